/*
 * profile_ops.c
 *	  What is done with profiles: compared, hashed, read, changed.
 */
#include "postgres.h"

#include "mutasi.h"
#include "literal.h"
#include "profile.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

/*
 * A total order for sorting, grouping and merging, without a meaning for
 * people: by competency and level, entry by entry; what ends first comes first.
 */
static int
compare_profiles(const ProfileView *a, const ProfileView *b)
{
	int			common = Min(a->count, b->count);

	for (int i = 0; i < common; i++)
	{
		int32		x = view_int32(a->competencies, i);
		int32		y = view_int32(b->competencies, i);

		if (x == y)
		{
			x = view_uint16(a->levels, i);
			y = view_uint16(b->levels, i);
		}
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a->count > b->count) - (a->count < b->count);
}

static int
compare_arguments(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_PROFILE_PP(0);
	struct varlena *b = PG_GETARG_PROFILE_PP(1);
	ProfileView va;
	ProfileView vb;
	int			result;

	profile_read(a, &va);
	profile_read(b, &vb);
	result = compare_profiles(&va, &vb);
	/* btree support functions run in contexts that live long */
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

#define PROFILE_COMPARISON(name, op) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(compare_arguments(fcinfo) op 0); \
}

PROFILE_COMPARISON(profile_lt, <)
PROFILE_COMPARISON(profile_le, <=)
PROFILE_COMPARISON(profile_eq, ==)
PROFILE_COMPARISON(profile_ne, !=)
PROFILE_COMPARISON(profile_ge, >=)
PROFILE_COMPARISON(profile_gt, >)

PG_FUNCTION_INFO_V1(profile_cmp);
Datum
profile_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_arguments(fcinfo));
}

PG_FUNCTION_INFO_V1(profile_hash);
Datum
profile_hash(PG_FUNCTION_ARGS)
{
	struct varlena *profile = PG_GETARG_PROFILE_PP(0);
	Datum		result;

	result = hash_any((unsigned char *) VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile));
	PG_FREE_IF_COPY(profile, 0);
	return result;
}

PG_FUNCTION_INFO_V1(profile_hash_extended);
Datum
profile_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *profile = PG_GETARG_PROFILE_PP(0);
	Datum		result;

	result = hash_any_extended((unsigned char *) VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile),
							   PG_GETARG_INT64(1));
	PG_FREE_IF_COPY(profile, 0);
	return result;
}

/* profile_level(profile, competency) -> numeric: NULL when not assessed. */
PG_FUNCTION_INFO_V1(profile_level);
Datum
profile_level(PG_FUNCTION_ARGS)
{
	ProfileView view;
	int32		level;

	profile_read(PG_GETARG_PROFILE_PP(0), &view);
	level = score_held(&view, PG_GETARG_INT32(1));
	if (level < 0)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(hundredths_to_numeric(level));
}

/* profile_count(profile) -> integer: how many competencies were assessed. */
PG_FUNCTION_INFO_V1(profile_count);
Datum
profile_count(PG_FUNCTION_ARGS)
{
	ProfileView view;

	profile_read(PG_GETARG_PROFILE_PP(0), &view);
	PG_RETURN_INT32(view.count);
}

/* competencies(profile) -> integer[], ascending. */
PG_FUNCTION_INFO_V1(profile_competencies);
Datum
profile_competencies(PG_FUNCTION_ARGS)
{
	ProfileView view;
	Datum	   *elems;

	profile_read(PG_GETARG_PROFILE_PP(0), &view);
	elems = palloc(Max(view.count, 1) * sizeof(Datum));
	for (int i = 0; i < view.count; i++)
		elems[i] = Int32GetDatum(view_int32(view.competencies, i));
	PG_RETURN_ARRAYTYPE_P(construct_array(elems, view.count, INT4OID, sizeof(int32), true,
										  TYPALIGN_INT));
}

/* levels(profile) -> numeric[], in the order of competencies(). */
PG_FUNCTION_INFO_V1(profile_levels);
Datum
profile_levels(PG_FUNCTION_ARGS)
{
	ProfileView view;
	Datum	   *elems;

	profile_read(PG_GETARG_PROFILE_PP(0), &view);
	elems = palloc(Max(view.count, 1) * sizeof(Datum));
	for (int i = 0; i < view.count; i++)
		elems[i] = NumericGetDatum(hundredths_to_numeric(view_uint16(view.levels, i)));
	PG_RETURN_ARRAYTYPE_P(construct_array(elems, view.count, NUMERICOID, -1, false,
										  TYPALIGN_INT));
}

/* profile_unnest(profile) -> rows (competency, level), ascending. */
PG_FUNCTION_INFO_V1(profile_unnest);
Datum
profile_unnest(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	ProfileView view;

	InitMaterializedSRF(fcinfo, 0);
	profile_read(PG_GETARG_PROFILE_PP(0), &view);
	for (int i = 0; i < view.count; i++)
	{
		Datum		values[2];
		bool		nulls[2] = {false, false};

		values[0] = Int32GetDatum(view_int32(view.competencies, i));
		values[1] = NumericGetDatum(hundredths_to_numeric(view_uint16(view.levels, i)));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* Copies a profile's entries to an array with room for extra more. */
static ProfileEntry *
entries_of(const ProfileView *view, int extra)
{
	ProfileEntry *entries = palloc((view->count + extra) * sizeof(ProfileEntry) + 1);

	for (int i = 0; i < view->count; i++)
	{
		entries[i].competency = view_int32(view->competencies, i);
		entries[i].level = view_uint16(view->levels, i);
	}
	return entries;
}

/*
 * profile(competencies integer[], levels numeric[]) -> profile: the two arrays
 * side by side.  A NULL level says unknown and adds nothing.
 */
PG_FUNCTION_INFO_V1(profile_from_arrays);
Datum
profile_from_arrays(PG_FUNCTION_ARGS)
{
	ArrayType  *ids = PG_GETARG_ARRAYTYPE_P(0);
	ArrayType  *levels = PG_GETARG_ARRAYTYPE_P(1);
	Datum	   *id_elems;
	Datum	   *level_elems;
	bool	   *id_nulls;
	bool	   *level_nulls;
	int			nids;
	int			nlevels;
	ProfileEntry *entries;
	int			count = 0;

	deconstruct_array(ids, INT4OID, sizeof(int32), true, TYPALIGN_INT, &id_elems, &id_nulls, &nids);
	deconstruct_array(levels, NUMERICOID, -1, false, TYPALIGN_INT, &level_elems, &level_nulls, &nlevels);
	if (nids != nlevels)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("there are %d competencies and %d levels", nids, nlevels),
				 errhint("Give one level for each competency, NULL where it is unknown.")));
	if (nids > MAX_COMPETENCIES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a %s cannot have %d competencies", "competency_profile", nids),
				 errdetail("It can have up to %d.", MAX_COMPETENCIES)));
	entries = palloc(Max(nids, 1) * sizeof(ProfileEntry));
	for (int i = 0; i < nids; i++)
	{
		if (id_nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("competency %d of the array is null", i + 1)));
		if (level_nulls[i])
			continue;
		entries[count].competency = DatumGetInt32(id_elems[i]);
		entries[count].level = level_from_numeric(DatumGetNumeric(level_elems[i]),
												  entries[count].competency);
		count++;
	}
	PG_RETURN_POINTER(profile_from_entries(entries, count, PROFILE_FROM_ARGUMENTS, NULL));
}

/*
 * profile_set(profile, competency, level) -> profile: with that level instead
 * of what it had; a NULL level makes the competency unknown.
 */
PG_FUNCTION_INFO_V1(profile_set);
Datum
profile_set(PG_FUNCTION_ARGS)
{
	ProfileView view;
	ProfileEntry *entries;
	int32		competency;
	int			count = 0;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the competency to set is null")));
	profile_read(PG_GETARG_PROFILE_PP(0), &view);
	competency = PG_GETARG_INT32(1);
	entries = entries_of(&view, 1);
	for (int i = 0; i < view.count; i++)
	{
		if (entries[i].competency != competency)
			entries[count++] = entries[i];
	}
	if (!PG_ARGISNULL(2))
	{
		entries[count].competency = competency;
		entries[count++].level = level_from_numeric(PG_GETARG_NUMERIC(2), competency);
	}
	PG_RETURN_POINTER(profile_from_entries(entries, count, PROFILE_FROM_ARGUMENTS, NULL));
}

/*
 * profile_merge(base, newer) -> profile: every competency of either; where both
 * have one, the newer's level.
 */
PG_FUNCTION_INFO_V1(profile_merge);
Datum
profile_merge(PG_FUNCTION_ARGS)
{
	ProfileView base;
	ProfileView newer;
	ProfileEntry *entries;
	int			count = 0;
	int			i = 0;
	int			j = 0;

	profile_read(PG_GETARG_PROFILE_PP(0), &base);
	profile_read(PG_GETARG_PROFILE_PP(1), &newer);
	entries = palloc((base.count + newer.count) * sizeof(ProfileEntry) + 1);
	while (i < base.count || j < newer.count)
	{
		int32		x = i < base.count ? view_int32(base.competencies, i) : PG_INT32_MAX;
		int32		y = j < newer.count ? view_int32(newer.competencies, j) : PG_INT32_MAX;

		if (j >= newer.count || (i < base.count && x < y))
		{
			entries[count].competency = x;
			entries[count++].level = view_uint16(base.levels, i++);
		}
		else
		{
			if (i < base.count && x == y)
				i++;
			entries[count].competency = y;
			entries[count++].level = view_uint16(newer.levels, j++);
		}
	}
	PG_RETURN_POINTER(profile_from_entries(entries, count, PROFILE_FROM_ARGUMENTS, NULL));
}

/*
 * profile_subtract(profile, competencies integer[]) -> profile: without them;
 * one that is not there, or NULL, changes nothing.
 */
PG_FUNCTION_INFO_V1(profile_subtract);
Datum
profile_subtract(PG_FUNCTION_ARGS)
{
	ProfileView view;
	ProfileEntry *entries;
	Datum	   *elems;
	bool	   *nulls;
	int			nelems;
	bool	   *gone;
	int			count = 0;

	profile_read(PG_GETARG_PROFILE_PP(0), &view);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), INT4OID, sizeof(int32), true, TYPALIGN_INT,
					  &elems, &nulls, &nelems);
	entries = entries_of(&view, 0);
	gone = palloc0(view.count + 1);
	for (int k = 0; k < nelems; k++)
	{
		int			low = 0;
		int			high = view.count - 1;

		while (!nulls[k] && low <= high)
		{
			int			middle = low + (high - low) / 2;

			if (entries[middle].competency == DatumGetInt32(elems[k]))
			{
				gone[middle] = true;
				break;
			}
			if (entries[middle].competency < DatumGetInt32(elems[k]))
				low = middle + 1;
			else
				high = middle - 1;
		}
	}
	for (int i = 0; i < view.count; i++)
	{
		if (!gone[i])
			entries[count++] = entries[i];
	}
	PG_RETURN_POINTER(profile_from_entries(entries, count, PROFILE_FROM_ARGUMENTS, NULL));
}
