/*
 * engine_memory.c
 *	  What both sides of the ranking engine stand on: memory that is counted
 *	  before it is taken, and a map from competencies to numbers.  Pure C.
 */
#include "postgres.h"

#include "engine.h"

/* Memory of this size; refused when the limit does not allow for it. */
void *
engine_allocate(EngineMemory *memory, Size size)
{
	if (size > memory->limit || memory->used > memory->limit - size)
	{
		memory->host->refuse(memory->host->arg,
							 size > SIZE_MAX - memory->used ? SIZE_MAX : memory->used + size,
							 memory->limit);
		pg_unreachable();
	}
	memory->used += size;
	return memory->host->allocate(memory->host->arg, Max(size, 1));
}

void
engine_release(EngineMemory *memory, void *chunk, Size size)
{
	if (chunk == NULL)
		return;
	Assert(memory->used >= size);
	memory->used -= size;
	memory->host->release(memory->host->arg, chunk);
}

/* A larger copy in place of an old one. */
void *
engine_grow(EngineMemory *memory, void *chunk, Size old_size, Size new_size)
{
	void	   *result = engine_allocate(memory, new_size);

	if (chunk != NULL)
		memcpy(result, chunk, old_size);
	engine_release(memory, chunk, old_size);
	return result;
}

#define ST_SORT sort_ids
#define ST_ELEMENT_TYPE int64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* The least id that appears more than once, if any does. */
bool
engine_first_duplicate(EngineMemory *memory, const int64 *ids, int64 count, int64 *id)
{
	Size		size = (Size) count * sizeof(int64);
	int64	   *sorted;
	bool		found = false;

	/* nothing to copy from where there is nothing */
	if (count < 2)
		return false;
	sorted = engine_allocate(memory, size);
	memcpy(sorted, ids, size);
	sort_ids(sorted, count);
	for (int64 i = 1; i < count && !found; i++)
	{
		found = sorted[i - 1] == sorted[i];
		*id = sorted[i];
	}
	engine_release(memory, sorted, size);
	return found;
}

/* Open addressing; competencies are positive, so 0 is an empty place. */
struct EngineMap
{
	uint32		places;			/* a power of two */
	uint32		entries;
	int32	   *competency;
	uint32	   *number;
};

#define FIRST_PLACES 256

static inline uint32
first_place(const EngineMap *map, int32 competency)
{
	/* Fibonacci hashing: neighbouring ids come to lie apart */
	return (uint32) (((uint64) (uint32) competency * UINT64CONST(0x9E3779B97F4A7C15)) >> 32) & (map->places - 1);
}

static void
map_allocate(EngineMap *map, EngineMemory *memory, uint32 places)
{
	map->places = places;
	map->competency = engine_allocate(memory, (Size) places * sizeof(int32));
	map->number = engine_allocate(memory, (Size) places * sizeof(uint32));
	memset(map->competency, 0, (Size) places * sizeof(int32));
}

EngineMap *
engine_map_create(EngineMemory *memory)
{
	EngineMap  *map = engine_allocate(memory, sizeof(EngineMap));

	map->entries = 0;
	map_allocate(map, memory, FIRST_PLACES);
	return map;
}

/* The competency's number, or -1. */
int64
engine_map_find(const EngineMap *map, int32 competency)
{
	uint32		place = first_place(map, competency);

	while (map->competency[place] != 0)
	{
		if (map->competency[place] == competency)
			return map->number[place];
		place = (place + 1) & (map->places - 1);
	}
	return -1;
}

/* The competency's number, the next free one if it is new. */
uint32
engine_map_enter(EngineMap *map, EngineMemory *memory, int32 competency)
{
	uint32		place = first_place(map, competency);

	while (map->competency[place] != 0)
	{
		if (map->competency[place] == competency)
			return map->number[place];
		place = (place + 1) & (map->places - 1);
	}
	if (map->entries >= map->places / 2)
	{
		EngineMap	old = *map;

		map_allocate(map, memory, old.places * 2);
		for (uint32 i = 0; i < old.places; i++)
		{
			if (old.competency[i] == 0)
				continue;
			place = first_place(map, old.competency[i]);
			while (map->competency[place] != 0)
				place = (place + 1) & (map->places - 1);
			map->competency[place] = old.competency[i];
			map->number[place] = old.number[i];
		}
		engine_release(memory, old.competency, (Size) old.places * sizeof(int32));
		engine_release(memory, old.number, (Size) old.places * sizeof(uint32));
		return engine_map_enter(map, memory, competency);
	}
	map->competency[place] = competency;
	map->number[place] = map->entries++;
	return map->number[place];
}

void
engine_map_free(EngineMap *map, EngineMemory *memory)
{
	engine_release(memory, map->competency, (Size) map->places * sizeof(int32));
	engine_release(memory, map->number, (Size) map->places * sizeof(uint32));
	engine_release(memory, map, sizeof(EngineMap));
}
