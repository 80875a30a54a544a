/*
 * engine.h
 *	  The ranking engine: people in memory, laid out so that the best k for a
 *	  requirement are found without scoring everybody; and posts in memory, for the
 *	  opposite direction.  Pure C: no fmgr, no SPI; memory and interrupts come from
 *	  whoever uses it.  See engine.c, engine_search.c, engine_posts.c.
 */
#ifndef MUTASI_ENGINE_H
#define MUTASI_ENGINE_H

#include "score.h"

/* What the engine needs of its surroundings.  None of these returns on failure. */
typedef struct EngineHost
{
	void	   *(*allocate) (void *arg, Size size);
	void		(*release) (void *arg, void *chunk);
	void		(*interrupt) (void *arg);	/* called at least every few milliseconds */
	/* called before an allocation that would exceed limit; must not return */
	void		(*refuse) (void *arg, Size needed, Size limit);
	void	   *arg;
} EngineHost;

typedef struct EngineMemory
{
	const EngineHost *host;
	Size		used;
	Size		limit;
} EngineMemory;

/* One of the best, by distance and, where that is equal, by id. */
typedef struct EngineRanked
{
	int64		distance;		/* numerator; the requirement's total is the denominator */
	int64		id;
} EngineRanked;

typedef struct Engine Engine;
typedef struct EngineQuery EngineQuery;

extern Engine *engine_create(const EngineHost *host, Size limit);
extern void engine_add(Engine *engine, int64 id, const ProfileView *profile);
extern bool engine_duplicate(Engine *engine, int64 *id);
extern void engine_finish(Engine *engine);
extern int64 engine_people(const Engine *engine);
extern Size engine_memory(const Engine *engine);
extern void engine_free(Engine *engine);

extern EngineQuery *engine_query(Engine *engine, const RequirementView *requirement, int64 k,
								 bool only_meeting);
extern Size engine_query_size(Engine *engine, int terms, int64 k);
extern void engine_search(Engine *engine, EngineQuery **queries, int count);
extern int64 engine_result(EngineQuery *query, const EngineRanked **ranked, int64 *total);
extern int64 engine_rescored(const EngineQuery *query);
extern void engine_query_free(Engine *engine, EngineQuery *query);

/* The opposite direction: posts in memory, one person at a time. */
typedef struct EngineChosen
{
	double		distance;		/* as the operator returns it */
	int64		id;
	int64		numerator;
	int64		total;
} EngineChosen;

typedef struct EnginePosts EnginePosts;

extern EnginePosts *engine_posts_create(const EngineHost *host, Size limit);
extern void engine_posts_add(EnginePosts *posts, int64 id, const RequirementView *requirement);
extern bool engine_posts_duplicate(EnginePosts *posts, int64 *id);
extern void engine_posts_finish(EnginePosts *posts, int64 k, bool only_meeting);
extern int64 engine_posts_choose(EnginePosts *posts, const ProfileView *profile,
								 const EngineChosen **chosen);
extern void engine_posts_free(EnginePosts *posts);

/* Within the engine. */
extern void *engine_allocate(EngineMemory *memory, Size size);
extern void engine_release(EngineMemory *memory, void *chunk, Size size);
extern void *engine_grow(EngineMemory *memory, void *chunk, Size old_size, Size new_size);
extern bool engine_first_duplicate(EngineMemory *memory, const int64 *ids, int64 count, int64 *id);

typedef struct EngineMap EngineMap;	/* competency to number, in order of appearance */

extern EngineMap *engine_map_create(EngineMemory *memory);
extern int64 engine_map_find(const EngineMap *map, int32 competency);
extern uint32 engine_map_enter(EngineMap *map, EngineMemory *memory, int32 competency);
extern void engine_map_free(EngineMap *map, EngineMemory *memory);

#endif							/* MUTASI_ENGINE_H */
