/*
 * engine.c
 *	  The ranking engine: people are read once and laid out for searching, as
 *	  described in engine_store.h.  Pure C.
 *
 * While people are being read, each is a record of numbered competencies and
 * levels; a person with the same competencies as the one before shares them.
 * engine_finish() knows then who holds what, and builds columns and posting
 * lists from the records.
 */
#include "postgres.h"

#include "engine_store.h"

#define FIRST_SLAB ((Size) 16 * 1024)
#define LAST_SLAB ((Size) 4 * 1024 * 1024)
#define FIRST_ROOM 256
#define ROWS_PER_INTERRUPT 4096

/* Memory is refused when more than limit bytes would be in use at a time. */
Engine *
engine_create(const EngineHost *host, Size limit)
{
	EngineMemory memory = {host, 0, limit};
	Engine	   *engine = engine_allocate(&memory, sizeof(Engine));

	memset(engine, 0, sizeof(Engine));
	engine->memory = memory;
	engine->ascending = true;
	engine->map = engine_map_create(&engine->memory);
	return engine;
}

int64
engine_people(const Engine *engine)
{
	return engine->people;
}

Size
engine_memory(const Engine *engine)
{
	return engine->memory.used;
}

/* Room for a record, aligned for a pointer. */
static EngineRecord *
new_record(Engine *engine, Size size)
{
	EngineSlab *slab = engine->slabs;
	EngineRecord *record;

	size = TYPEALIGN(sizeof(void *), size);
	if (slab == NULL || slab->size - slab->used < size)
	{
		Size		slab_size = slab == NULL ? FIRST_SLAB : Min(slab->size * 2, LAST_SLAB);

		slab_size = Max(slab_size, size + TYPEALIGN(sizeof(void *), sizeof(EngineSlab)));
		slab = engine_allocate(&engine->memory, slab_size);
		slab->next = engine->slabs;
		slab->size = slab_size;
		slab->used = TYPEALIGN(sizeof(void *), sizeof(EngineSlab));
		engine->slabs = slab;
	}
	record = (EngineRecord *) ((char *) slab + slab->used);
	slab->used += size;
	return record;
}

static uint32
enter_competency(Engine *engine, int32 id)
{
	uint32		number = engine_map_enter(engine->map, &engine->memory, id);

	if (number == engine->ncompetencies)
	{
		EngineCompetency *competency;

		if (engine->ncompetencies == engine->competency_room)
		{
			int64		room = Max(engine->competency_room * 2, FIRST_ROOM);

			engine->competencies = engine_grow(&engine->memory, engine->competencies,
											   engine->competency_room * sizeof(EngineCompetency),
											   room * sizeof(EngineCompetency));
			engine->competency_room = room;
		}
		competency = &engine->competencies[engine->ncompetencies++];
		memset(competency, 0, sizeof(EngineCompetency));
	}
	return number;
}

static int32
greatest_common_divisor(int32 a, int32 b)
{
	while (b != 0)
	{
		int32		rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* One more person.  The profile is copied; ids may come in any order. */
void
engine_add(Engine *engine, int64 id, const ProfileView *profile)
{
	int64		n = engine->people;
	EngineRecord *record;
	EngineRecord *last;
	Size		fixed = offsetof(EngineRecord, levels);
	Size		size = fixed + profile->count * sizeof(uint16);
	bool		shared = false;

	Assert(!engine->finished);
	if (n >= PG_UINT32_MAX)		/* rows have four bytes while they are put in order */
		engine->memory.host->refuse(engine->memory.host->arg, SIZE_MAX, engine->memory.limit);
	if (n == engine->room)
	{
		int64		room = Max(engine->room * 2, FIRST_ROOM);

		engine->ids = engine_grow(&engine->memory, engine->ids,
								  engine->room * sizeof(int64), room * sizeof(int64));
		engine->records = engine_grow(&engine->memory, engine->records,
									  engine->room * sizeof(EngineRecord *), room * sizeof(EngineRecord *));
		engine->room = room;
	}

	/* same competencies as the person before? */
	last = n > 0 ? engine->records[n - 1] : NULL;
	if (last != NULL && last->count == (uint32) profile->count && profile->count > 0)
	{
		/* numbers stand for ids one to one */
		shared = true;
		for (int i = 0; i < profile->count && shared; i++)
			shared = engine_map_find(engine->map, view_int32(profile->competencies, i)) == last->competencies[i];
	}
	if (!shared)
		size = TYPEALIGN(sizeof(uint32), size) + profile->count * sizeof(uint32);
	record = new_record(engine, size);
	record->count = profile->count;
	memcpy(record->levels, profile->levels, profile->count * sizeof(uint16));
	if (shared)
		record->competencies = last->competencies;
	else
	{
		uint32	   *numbers = (uint32 *) ((char *) record +
										  TYPEALIGN(sizeof(uint32), fixed + profile->count * sizeof(uint16)));

		for (int i = 0; i < profile->count; i++)
			numbers[i] = enter_competency(engine, view_int32(profile->competencies, i));
		record->competencies = numbers;
	}

	for (int i = 0; i < profile->count; i++)
	{
		EngineCompetency *competency = &engine->competencies[record->competencies[i]];
		int32		level = record->levels[i];

		competency->holders++;
		if (level > competency->max)
			competency->max = level;
		if (competency->divisor != 1 && (competency->divisor == 0 || level % competency->divisor != 0))
			competency->divisor = greatest_common_divisor(level, competency->divisor);
	}

	if (n > 0 && engine->ids[n - 1] >= id)
		engine->ascending = false;
	engine->ids[n] = id;
	engine->records[n] = record;
	engine->people++;
}

/* Does an id appear more than once?  Says the least that does. */
bool
engine_duplicate(Engine *engine, int64 *id)
{
	if (engine->ascending)
		return false;
	return engine_first_duplicate(&engine->memory, engine->ids, engine->people, id);
}

/* Columns or lists, and how levels become codes. */
static void
decide_layout(Engine *engine)
{
	for (int64 i = 0; i < engine->ncompetencies; i++)
	{
		EngineCompetency *competency = &engine->competencies[i];
		int32		divisor = Max(competency->divisor, 1);
		int32		least = competency->max / 256 + 1;	/* so that codes are below 256 */

		competency->step = (least + divisor - 1) / divisor * divisor;
		competency->slack = competency->step - divisor;
		competency->max_code = competency->max / competency->step;
		competency->reciprocal = (UINT64CONST(1) << 32) / competency->step + 1;
		Assert(competency->max_code < 256 && competency->slack < 256);
		competency->column = competency->rest = -1;
		if (competency->holders >= (engine->people + COLUMN_SHARE - 1) / COLUMN_SHARE)
		{
			competency->column = engine->ncolumns++;
			if (competency->slack > 0)
				competency->rest = engine->nrests++;
		}
	}
	engine->chunk_rows = MAX_CHUNK_ROWS;
	while (engine->chunk_rows > MIN_CHUNK_ROWS &&
		   engine->chunk_rows * engine->ncolumns > CHUNK_COLUMN_BYTES)
		engine->chunk_rows /= 2;
	engine->nblocks = (engine->people + BLOCK_ROWS - 1) / BLOCK_ROWS;
	engine->nchunks = (engine->people + engine->chunk_rows - 1) / engine->chunk_rows;
}

/*
 * The order of rows: people who hold the same among the competencies that few
 * hold are put side by side, so that a post's candidates lie in few chunks.  A
 * person's leading competency is the one of theirs that the most people hold,
 * columns apart; people are sorted by their first and then by their second.
 * Any order gives the same answers.
 */
static void
sort_by_number(Engine *engine, const uint32 *from, uint32 *to, const uint32 *key, int64 *start)
{
	memset(start, 0, (engine->ncompetencies + 2) * sizeof(int64));
	for (int64 i = 0; i < engine->people; i++)
		start[key[i] + 1]++;
	for (int64 i = 1; i <= engine->ncompetencies + 1; i++)
		start[i] += start[i - 1];
	for (int64 i = 0; i < engine->people; i++)
		to[start[key[from[i]]]++] = from[i];
}

static uint32 *
order_rows(Engine *engine)
{
	EngineMemory *memory = &engine->memory;
	int64		n = engine->people;
	Size		size = n * sizeof(uint32);
	Size		start_size = (engine->ncompetencies + 2) * sizeof(int64);
	uint32	   *order = engine_allocate(memory, size);
	uint32	   *other;
	uint32	   *first;
	uint32	   *second;
	int64	   *start;

	for (int64 i = 0; i < n; i++)
		order[i] = i;
	if (engine->nchunks <= 1 || engine->ncolumns == engine->ncompetencies)
		return order;

	other = engine_allocate(memory, size);
	first = engine_allocate(memory, size);
	second = engine_allocate(memory, size);
	start = engine_allocate(memory, start_size);
	for (int64 i = 0; i < n; i++)
	{
		const EngineRecord *record = engine->records[i];
		int64		best[2] = {-1, -1};
		uint32		lead[2] = {engine->ncompetencies, engine->ncompetencies};

		if (i % ROWS_PER_INTERRUPT == 0)
			memory->host->interrupt(memory->host->arg);
		for (uint32 j = 0; j < record->count; j++)
		{
			const EngineCompetency *competency = &engine->competencies[record->competencies[j]];

			if (competency->column >= 0 || competency->holders <= best[1])
				continue;
			if (competency->holders > best[0])
			{
				best[1] = best[0];
				lead[1] = lead[0];
				best[0] = competency->holders;
				lead[0] = record->competencies[j];
			}
			else
			{
				best[1] = competency->holders;
				lead[1] = record->competencies[j];
			}
		}
		first[i] = lead[0];
		second[i] = lead[1];
	}
	sort_by_number(engine, order, other, second, start);
	sort_by_number(engine, other, order, first, start);
	engine_release(memory, start, start_size);
	engine_release(memory, second, size);
	engine_release(memory, first, size);
	engine_release(memory, other, size);
	return order;
}

/* One competency that one person of the chunk at hand holds. */
typedef struct Posting
{
	uint32		number;
	uint16		row;			/* within the chunk */
	uint16		level;
} Posting;

typedef struct Postings
{
	Posting    *posting;
	int64		count;
	int64		room;
} Postings;

/*
 * Rows are visited in another order than records lie in memory: what is needed a
 * little later is asked for in time.  (A macro, because gcc takes a function that
 * does nothing else for one without effect.)
 */
#define ROWS_AHEAD 16

#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void) (address))
#endif

/*
 * Puts the columns of a chunk's people in place, and collects what goes into
 * lists; count has one zero for each competency, and is counted up.
 */
static void
read_chunk(Engine *engine, int64 first_row, int64 rows, const uint32 *order,
		   Postings *postings, uint32 *count)
{
	postings->count = 0;
	for (int64 i = 0; i < rows; i++)
	{
		int64		row = first_row + i;
		const EngineRecord *record = engine->records[order[row]];
		uint8	   *codes = engine->codes + row / BLOCK_ROWS * engine->ncolumns * BLOCK_ROWS + row % BLOCK_ROWS;
		Posting    *posting;

		if (row + 2 * ROWS_AHEAD < engine->people)
		{
			const char *ahead = (const char *) engine->records[order[row + ROWS_AHEAD]];

			PREFETCH(&engine->records[order[row + 2 * ROWS_AHEAD]]);
			PREFETCH(ahead);
			PREFETCH(ahead + 64);
			PREFETCH(ahead + 128);
		}
		if (postings->room - postings->count < record->count)
		{
			int64		room = Max(postings->room * 2, postings->count + record->count);

			postings->posting = engine_grow(&engine->memory, postings->posting,
											postings->room * sizeof(Posting), room * sizeof(Posting));
			postings->room = room;
		}
		posting = postings->posting + postings->count;
		for (uint32 j = 0; j < record->count; j++)
		{
			uint32		number = record->competencies[j];
			const EngineCompetency *competency = &engine->competencies[number];
			int32		level = record->levels[j];

			if (competency->column < 0)
			{
				/* level 0 counts as not held */
				if (level == 0)
					continue;
				*posting++ = (Posting) {number, i, level};
				count[number]++;
			}
			else
			{
				int32		code = engine_code(competency, level);

				codes[(Size) competency->column * BLOCK_ROWS] = code;
				if (competency->rest >= 0)
					engine->rests[row * engine->nrests + competency->rest] = level - code * competency->step;
			}
		}
		postings->count = posting - postings->posting;
	}
}

/* The posting lists of a chunk; leaves count at zeros again. */
static void
build_lists(Engine *engine, EngineChunk *chunk, const Postings *postings, uint32 *count)
{
	int64		nlists = 0;
	bool		exact = true;
	uint32		start = 0;
	char	   *place;

	for (int64 number = 0; number < engine->ncompetencies; number++)
	{
		if (count[number] == 0)
			continue;
		nlists++;
		exact = exact && engine->competencies[number].slack == 0;
	}

	/* one piece of memory, widest elements first */
	chunk->nlists = nlists;
	chunk->npostings = postings->count;
	chunk->size = (Size) (2 * nlists + 1) * sizeof(uint32) +
		postings->count * (sizeof(uint16) + sizeof(uint8) + (exact ? 0 : sizeof(uint8)));
	place = engine_allocate(&engine->memory, chunk->size);
	chunk->competency = (uint32 *) place;
	chunk->start = chunk->competency + nlists;
	chunk->row = (uint16 *) (chunk->start + nlists + 1);
	chunk->code = (uint8 *) (chunk->row + postings->count);
	chunk->rest = exact ? NULL : chunk->code + postings->count;

	nlists = 0;
	for (int64 number = 0; number < engine->ncompetencies; number++)
	{
		if (count[number] == 0)
			continue;
		chunk->competency[nlists] = number;
		chunk->start[nlists] = start;
		start += count[number];
		count[number] = chunk->start[nlists];	/* from here on: where the next one goes */
		nlists++;
	}
	chunk->start[nlists] = start;
	for (int64 i = 0; i < postings->count; i++)
	{
		const Posting *posting = &postings->posting[i];
		const EngineCompetency *competency = &engine->competencies[posting->number];
		uint32		at = count[posting->number]++;
		int32		code = engine_code(competency, posting->level);

		chunk->row[at] = posting->row;
		chunk->code[at] = code;
		if (!exact)
			chunk->rest[at] = posting->level - code * competency->step;
	}
	for (int64 i = 0; i < nlists; i++)
		count[chunk->competency[i]] = 0;
}

/* Everybody is here: lays them out for searching, and lets go of the records. */
void
engine_finish(Engine *engine)
{
	EngineMemory *memory = &engine->memory;
	int64		n = engine->people;
	uint32	   *order;
	int64	   *ids;
	Size		count_size;
	uint32	   *count;
	Postings	postings = {NULL, 0, 0};
	EngineSlab *slab;

	Assert(!engine->finished);
	engine->finished = true;
	decide_layout(engine);
	order = order_rows(engine);

	/* blocks start at cache lines */
	engine->codes_size = (Size) engine->nblocks * engine->ncolumns * BLOCK_ROWS + BLOCK_ROWS;
	engine->codes_chunk = engine_allocate(memory, engine->codes_size);
	memset(engine->codes_chunk, 0, engine->codes_size);
	engine->codes = (uint8 *) TYPEALIGN(BLOCK_ROWS, engine->codes_chunk);
	engine->rests = engine_allocate(memory, (Size) n * engine->nrests);
	memset(engine->rests, 0, (Size) n * engine->nrests);
	engine->chunks = engine_allocate(memory, engine->nchunks * sizeof(EngineChunk));
	memset(engine->chunks, 0, engine->nchunks * sizeof(EngineChunk));
	engine->gained = engine_allocate(memory, engine->chunk_rows * sizeof(uint16));
	engine->met = engine_allocate(memory, engine->chunk_rows);
	count_size = engine->ncompetencies * sizeof(uint32);
	count = engine_allocate(memory, count_size);
	memset(count, 0, count_size);

	ids = engine_allocate(memory, n * sizeof(int64));
	for (int64 row = 0; row < n; row++)
		ids[row] = engine->ids[order[row]];
	for (int64 i = 0; i < engine->nchunks; i++)
	{
		memory->host->interrupt(memory->host->arg);
		read_chunk(engine, i * engine->chunk_rows, engine_chunk_rows(engine, i), order, &postings, count);
		build_lists(engine, &engine->chunks[i], &postings, count);
	}

	engine_release(memory, postings.posting, postings.room * sizeof(Posting));
	engine_release(memory, count, count_size);
	engine_release(memory, order, n * sizeof(uint32));
	engine_release(memory, engine->ids, engine->room * sizeof(int64));
	engine_release(memory, engine->records, engine->room * sizeof(EngineRecord *));
	engine->ids = ids;
	engine->records = NULL;
	while ((slab = engine->slabs) != NULL)
	{
		engine->slabs = slab->next;
		engine_release(memory, slab, slab->size);
	}
	engine->room = n;
}

void
engine_free(Engine *engine)
{
	EngineMemory memory = engine->memory;
	EngineSlab *slab;

	while ((slab = engine->slabs) != NULL)
	{
		engine->slabs = slab->next;
		engine_release(&memory, slab, slab->size);
	}
	for (int64 i = 0; i < engine->nchunks; i++)
		engine_release(&memory, engine->chunks[i].competency, engine->chunks[i].size);
	engine_release(&memory, engine->chunks, engine->nchunks * sizeof(EngineChunk));
	engine_release(&memory, engine->records, engine->room * sizeof(EngineRecord *));
	engine_release(&memory, engine->ids, engine->room * sizeof(int64));
	engine_release(&memory, engine->rests, (Size) engine->people * engine->nrests);
	engine_release(&memory, engine->codes_chunk, engine->codes_size);
	engine_release(&memory, engine->gained, engine->chunk_rows * sizeof(uint16));
	engine_release(&memory, engine->met, engine->chunk_rows);
	engine_release(&memory, engine->competencies, engine->competency_room * sizeof(EngineCompetency));
	engine_map_free(engine->map, &memory);
	engine_release(&memory, engine, sizeof(Engine));
	Assert(memory.used == 0);
}
