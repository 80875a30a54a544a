/*
 * profile_gin.c
 *	  Filtering by competencies: the operators @>= (holds all of these at these
 *	  levels) and &&= (holds any of them), and GIN support for both and for the
 *	  gate @>.
 *
 * A GIN key is a competency with its level, competency * 65536 + level, so that
 * "this competency at this level or above" is a range of keys (a partial match)
 * and an answer needs no recheck.
 */
#include "postgres.h"

#include "mutasi.h"
#include "profile.h"
#include "requirement.h"

#include "access/gin.h"
#include "access/stratnum.h"

#define MEETS_STRATEGY		1	/* profile @> requirement */
#define HOLDS_ALL_STRATEGY	2	/* profile @>= profile */
#define HOLDS_ANY_STRATEGY	3	/* profile &&= profile */

#define LEVEL_BITS 16

static inline int64
gin_key(int32 competency, int32 level)
{
	return ((int64) competency << LEVEL_BITS) | level;
}

/* How many of wanted's competencies does held have at their level or above? */
static int
count_held(const ProfileView *held, const ProfileView *wanted)
{
	int			count = 0;
	int			i = 0;

	for (int j = 0; j < wanted->count; j++)
	{
		int32		competency = view_int32(wanted->competencies, j);

		while (i < held->count && view_int32(held->competencies, i) < competency)
			i++;
		if (i < held->count && view_int32(held->competencies, i) == competency &&
			view_uint16(held->levels, i) >= view_uint16(wanted->levels, j))
			count++;
	}
	return count;
}

/* profile @>= profile: holds all of these competencies at these levels or above. */
PG_FUNCTION_INFO_V1(profile_holds_all);
Datum
profile_holds_all(PG_FUNCTION_ARGS)
{
	ProfileView held;
	ProfileView wanted;

	profile_read(PG_GETARG_PROFILE_PP(0), &held);
	profile_read(PG_GETARG_PROFILE_PP(1), &wanted);
	PG_RETURN_BOOL(count_held(&held, &wanted) == wanted.count);
}

/* profile <=@ profile: its commutator. */
PG_FUNCTION_INFO_V1(profile_held_by);
Datum
profile_held_by(PG_FUNCTION_ARGS)
{
	ProfileView held;
	ProfileView wanted;

	profile_read(PG_GETARG_PROFILE_PP(1), &held);
	profile_read(PG_GETARG_PROFILE_PP(0), &wanted);
	PG_RETURN_BOOL(count_held(&held, &wanted) == wanted.count);
}

/* profile &&= profile: holds any of these competencies at its level or above. */
PG_FUNCTION_INFO_V1(profile_holds_any);
Datum
profile_holds_any(PG_FUNCTION_ARGS)
{
	ProfileView held;
	ProfileView wanted;

	profile_read(PG_GETARG_PROFILE_PP(0), &held);
	profile_read(PG_GETARG_PROFILE_PP(1), &wanted);
	PG_RETURN_BOOL(count_held(&held, &wanted) > 0);
}

PG_FUNCTION_INFO_V1(profile_gin_extract_value);
Datum
profile_gin_extract_value(PG_FUNCTION_ARGS)
{
	struct varlena *profile = PG_GETARG_PROFILE_PP(0);
	int32	   *nkeys = (int32 *) PG_GETARG_POINTER(1);
	ProfileView view;
	Datum	   *keys;

	profile_read(profile, &view);
	*nkeys = view.count;
	keys = palloc(Max(view.count, 1) * sizeof(Datum));
	for (int i = 0; i < view.count; i++)
		keys[i] = Int64GetDatum(gin_key(view_int32(view.competencies, i), view_uint16(view.levels, i)));
	PG_RETURN_POINTER(keys);
}

/*
 * The keys asked for, each the beginning of a range.  Who asks for nothing gets
 * everybody (all of nothing) or nobody (any of nothing).
 */
PG_FUNCTION_INFO_V1(profile_gin_extract_query);
Datum
profile_gin_extract_query(PG_FUNCTION_ARGS)
{
	struct varlena *query = (struct varlena *) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	int32	   *nkeys = (int32 *) PG_GETARG_POINTER(1);
	StrategyNumber strategy = PG_GETARG_UINT16(2);
	bool	  **partial = (bool **) PG_GETARG_POINTER(3);
	int32	   *search_mode = (int32 *) PG_GETARG_POINTER(6);
	Datum	   *keys;
	int			count = 0;

	if (strategy == MEETS_STRATEGY)
	{
		RequirementView view;

		requirement_read(query, &view);
		keys = palloc(Max(view.count, 1) * sizeof(Datum));
		for (int i = 0; i < view.count; i++)
		{
			if (view.kinds[i] & REQUIREMENT_MANDATORY)
				keys[count++] = Int64GetDatum(gin_key(view_int32(view.competencies, i),
													  view_uint16(view.levels, i)));
		}
	}
	else if (strategy == HOLDS_ALL_STRATEGY || strategy == HOLDS_ANY_STRATEGY)
	{
		ProfileView view;

		profile_read(query, &view);
		keys = palloc(Max(view.count, 1) * sizeof(Datum));
		for (; count < view.count; count++)
			keys[count] = Int64GetDatum(gin_key(view_int32(view.competencies, count),
												view_uint16(view.levels, count)));
	}
	else
		elog(ERROR, "unexpected strategy number %d", strategy);

	*nkeys = count;
	*partial = palloc(Max(count, 1) * sizeof(bool));
	for (int i = 0; i < count; i++)
		(*partial)[i] = true;
	if (count == 0 && strategy != HOLDS_ANY_STRATEGY)
		*search_mode = GIN_SEARCH_MODE_ALL;
	PG_RETURN_POINTER(keys);
}

/* Is a key in the range that begins at the one asked for?  Above it: 1, the end. */
PG_FUNCTION_INFO_V1(profile_gin_compare_partial);
Datum
profile_gin_compare_partial(PG_FUNCTION_ARGS)
{
	int64		asked = PG_GETARG_INT64(0);
	int64		key = PG_GETARG_INT64(1);

	if (key < asked)
		PG_RETURN_INT32(-1);
	PG_RETURN_INT32((key >> LEVEL_BITS) == (asked >> LEVEL_BITS) ? 0 : 1);
}

PG_FUNCTION_INFO_V1(profile_gin_consistent);
Datum
profile_gin_consistent(PG_FUNCTION_ARGS)
{
	bool	   *check = (bool *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = PG_GETARG_UINT16(1);
	int32		nkeys = PG_GETARG_INT32(3);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(5);
	bool		any = strategy == HOLDS_ANY_STRATEGY;

	*recheck = false;
	for (int i = 0; i < nkeys; i++)
	{
		if (check[i] == any)
			PG_RETURN_BOOL(any);
	}
	PG_RETURN_BOOL(!any);
}

/* False and true as above, wherever what is not known cannot change it. */
PG_FUNCTION_INFO_V1(profile_gin_triconsistent);
Datum
profile_gin_triconsistent(PG_FUNCTION_ARGS)
{
	GinTernaryValue *check = (GinTernaryValue *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = PG_GETARG_UINT16(1);
	int32		nkeys = PG_GETARG_INT32(3);
	bool		any = strategy == HOLDS_ANY_STRATEGY;
	GinTernaryValue decisive = any ? GIN_TRUE : GIN_FALSE;
	GinTernaryValue result = any ? GIN_FALSE : GIN_TRUE;

	for (int i = 0; i < nkeys; i++)
	{
		if (check[i] == decisive)
			PG_RETURN_GIN_TERNARY_VALUE(decisive);
		if (check[i] == GIN_MAYBE)
			result = GIN_MAYBE;
	}
	PG_RETURN_GIN_TERNARY_VALUE(result);
}
