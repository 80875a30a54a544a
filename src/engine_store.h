/*
 * engine_store.h
 *	  How the engine lays people out in memory; shared by engine.c, which builds
 *	  it, and engine_search.c, which reads it.
 *
 * A level is kept as a code of one byte and, where a byte cannot tell all the
 * levels of that competency apart, a rest of one byte:
 *
 *		level = code * step + rest,  0 <= rest <= slack
 *
 * step is a multiple of the greatest common divisor of the levels that occur (so
 * levels in halves or whole numbers are exact in the code alone), and slack is
 * step less that divisor.  "Not assessed" and level 0 are one: both count as
 * holding nothing, for the distance as for the gate.
 *
 * A competency that at least one person in COLUMN_SHARE holds is a column: a code
 * for everybody, in blocks of BLOCK_ROWS people.  Any other is a posting list:
 * the people who hold it, chunk by chunk, with codes.
 */
#ifndef MUTASI_ENGINE_STORE_H
#define MUTASI_ENGINE_STORE_H

#include "engine.h"

#define BLOCK_ROWS 64
#define MAX_CHUNK_ROWS 32768	/* a row within its chunk has two bytes */
#define MIN_CHUNK_ROWS 1024
#define CHUNK_COLUMN_BYTES (512 * 1024) /* columns of a chunk should stay in the cache */
#define COLUMN_SHARE 4

typedef struct EngineCompetency
{
	int64		holders;
	int32		max;			/* highest level */
	int32		divisor;		/* of all levels; 0 while there is none but 0 */
	int32		column;			/* number of its column, or -1 */
	int32		step;
	int32		slack;
	int32		max_code;
	int32		rest;			/* place among a row's column rests, or -1 */
	uint64		reciprocal;		/* of step, see engine_code() */
} EngineCompetency;

/*
 * level / step without dividing: exact, because level * (reciprocal * step - 2^32)
 * < 2^16 * 2^16.
 */
static inline int32
engine_code(const EngineCompetency *competency, int32 level)
{
	return (int32) (((uint64) level * competency->reciprocal) >> 32);
}

/* Posting lists of the people in one chunk. */
typedef struct EngineChunk
{
	int64		nlists;
	int64		npostings;
	uint32	   *competency;		/* [nlists], ascending */
	uint32	   *start;			/* [nlists + 1] into the following */
	uint16	   *row;			/* within the chunk, ascending in a list */
	uint8	   *code;
	uint8	   *rest;			/* NULL where every code is exact */
	Size		size;
} EngineChunk;

/* A person while people are being read: competencies, numbered, and levels. */
typedef struct EngineRecord
{
	const uint32 *competencies; /* may be the preceding person's */
	uint32		count;
	uint16		levels[FLEXIBLE_ARRAY_MEMBER];
} EngineRecord;

typedef struct EngineSlab
{
	struct EngineSlab *next;
	Size		size;
	Size		used;
	/* records follow */
} EngineSlab;

struct Engine
{
	EngineMemory memory;

	/* while reading */
	int64		people;
	int64		room;			/* allocated for ids and records */
	EngineRecord **records;
	EngineSlab *slabs;
	bool		ascending;		/* did the ids come in strictly ascending order? */

	EngineMap  *map;
	EngineCompetency *competencies;
	int64		ncompetencies;
	int64		competency_room;

	/* from engine_finish() on */
	bool		finished;
	int64	   *ids;			/* by row */
	int64		ncolumns;
	int64		nrests;			/* columns whose codes are not exact */
	int64		nblocks;
	uint8	   *codes;			/* [block][column][row in block] */
	void	   *codes_chunk;	/* what was allocated for them */
	Size		codes_size;
	uint8	   *rests;			/* [row][nrests] */
	int64		chunk_rows;
	int64		nchunks;
	EngineChunk *chunks;
	uint16	   *gained;			/* [chunk_rows], for searching */
	uint8	   *met;			/* [chunk_rows], for searching */
};

static inline int64
engine_chunk_rows(const Engine *engine, int64 chunk)
{
	return Min(engine->chunk_rows, engine->people - chunk * engine->chunk_rows);
}

#endif							/* MUTASI_ENGINE_STORE_H */
