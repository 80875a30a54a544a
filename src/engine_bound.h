/*
 * engine_bound.h
 *	  Lower bounds of the distance for a block of people at a time, from the codes
 *	  of columns; see engine_search.c for what they are and engine_bound.c for how.
 */
#ifndef MUTASI_ENGINE_BOUND_H
#define MUTASI_ENGINE_BOUND_H

#include "engine.h"

#define WORST_BOUND 65535		/* a bound of this may stand for any larger one */
#define MOST_GAIN 32767			/* signed, for the sake of SSE2 */

/* What the loop over a column's codes needs, first of all in vectors as they are loaded. */
typedef struct ColumnTerm
{
	uint8		short_below[16];	/* codes below this fall short */
	uint8		over_above[16]; /* codes above this are more than asked */
	uint16		short_weight[8];	/* units of 1/256 for each code missing */
	uint16		over_weight[8]; /* for each too much */
	const ScoreTerm *term;
	int64		column;
	int64		step;
	int64		rest;			/* place among the row's rests, or -1 */
	int			met_from;		/* least code that may meet a mandatory level */
	int64		order;			/* the most costly come first */
} ColumnTerm;

typedef struct BoundTerms
{
	int			ncolumns;
	ColumnTerm *columns;
	bool		has_surplus;	/* does more than asked cost anything? */
	uint16		floor;			/* where everybody starts, in units */
	uint16		threshold;		/* bounds above it are out */
} BoundTerms;

/* The loops there are, for tests; a machine without one takes the next below. */
typedef enum BoundKernel
{
	BOUND_PORTABLE,
	BOUND_SSE2,
	BOUND_AVX2
} BoundKernel;

extern BoundKernel bound_use_kernel(BoundKernel wanted);

/*
 * Which of a block's people (bit by bit) have a bound of no more than the
 * threshold.  codes are the block's columns; gained[64], where not NULL, is what
 * is taken off the floor first.
 */
extern uint64 (*bound_block) (const BoundTerms *terms, const uint8 *codes, const uint16 *gained);

extern bool bound_gained(const uint16 *gained, int least);

/* What one code adds to the bound, in units. */
static inline int32
bound_of_code(const ColumnTerm *column, int32 code)
{
	uint32		missing = Max(column->short_below[0] - code, 0);
	uint32		over = Max(code - column->over_above[0], 0);

	return (int32) ((missing * column->short_weight[0]) >> 8) + (int32) ((over * column->over_weight[0]) >> 8);
}

#endif							/* MUTASI_ENGINE_BOUND_H */
