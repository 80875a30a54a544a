/*
 * staff_sum.h
 *	  The state of the staffing aggregates: exact sums of volume * norm, one per
 *	  distinct effective time.
 */
#ifndef MUTASI_STAFF_SUM_H
#define MUTASI_STAFF_SUM_H

#include "decimal.h"
#include "lib/stringinfo.h"

/* An effective time: equal values have equal keys, whatever their scale. */
typedef struct EffectiveKey
{
	Decimal		small;
	Numeric		large;			/* NULL where small holds the value */
} EffectiveKey;

/*
 * The sum for one effective time is wide * 10000^exponent + spill.  What does
 * not fit the wide integer goes into spill; the sum is exact either way.
 */
typedef struct StaffSum
{
	EffectiveKey effective;
	int64		rows;			/* rows summed; a sum without rows is dropped */
	Numeric		spill;			/* NULL while everything has fitted */
	int32		exponent;
	WideInt		wide;
} StaffSum;

struct effectivehash_hash;

typedef struct StaffState
{
	MemoryContext context;		/* where the state lives */
	int64		rows;			/* rows with all three values known */
	int			nsums;
	int			maxsums;
	int			last;			/* index of the sum used last */
	StaffSum   *sums;			/* &first until there are several */
	struct effectivehash_hash *lookup;	/* built when there are many */
	StaffSum	first;
} StaffState;

extern StaffState *staff_state_create(MemoryContext context);
extern void staff_state_add(StaffState *state, const struct varlena *volume,
							const struct varlena *norm, const struct varlena *effective,
							int direction);
extern void staff_state_merge(StaffState *state, const StaffState *other);
extern void staff_state_write(const StaffState *state, StringInfo buf);
extern StaffState *staff_state_read(StringInfo buf, MemoryContext context);
extern Numeric staff_state_result(const StaffState *state);

#endif							/* MUTASI_STAFF_SUM_H */
