/*
 * requirement_ops.c
 *	  What is done with requirements: compared, hashed, read, given another
 *	  surplus weight.
 */
#include "postgres.h"

#include "mutasi.h"
#include "literal.h"
#include "requirement.h"

#include "common/hashfn.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

/*
 * A total order for sorting, grouping and merging, without a meaning for
 * people: competency, level, weight and kind, entry by entry; what ends first
 * comes first; the surplus weight decides last.
 */
static int
compare_requirements(const RequirementView *a, const RequirementView *b)
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
		if (x == y)
		{
			x = view_uint16(a->weights, i);
			y = view_uint16(b->weights, i);
		}
		if (x == y)
		{
			x = a->kinds[i];
			y = b->kinds[i];
		}
		if (x != y)
			return x < y ? -1 : 1;
	}
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	return (a->surplus > b->surplus) - (a->surplus < b->surplus);
}

static int
compare_arguments(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_REQUIREMENT_PP(0);
	struct varlena *b = PG_GETARG_REQUIREMENT_PP(1);
	RequirementView va;
	RequirementView vb;
	int			result;

	requirement_read(a, &va);
	requirement_read(b, &vb);
	result = compare_requirements(&va, &vb);
	/* btree support functions run in contexts that live long */
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

#define REQUIREMENT_COMPARISON(name, op) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(compare_arguments(fcinfo) op 0); \
}

REQUIREMENT_COMPARISON(requirement_lt, <)
REQUIREMENT_COMPARISON(requirement_le, <=)
REQUIREMENT_COMPARISON(requirement_eq, ==)
REQUIREMENT_COMPARISON(requirement_ne, !=)
REQUIREMENT_COMPARISON(requirement_ge, >=)
REQUIREMENT_COMPARISON(requirement_gt, >)

PG_FUNCTION_INFO_V1(requirement_cmp);
Datum
requirement_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_arguments(fcinfo));
}

PG_FUNCTION_INFO_V1(requirement_hash);
Datum
requirement_hash(PG_FUNCTION_ARGS)
{
	struct varlena *requirement = PG_GETARG_REQUIREMENT_PP(0);
	Datum		result;

	result = hash_any((unsigned char *) VARDATA_ANY(requirement), VARSIZE_ANY_EXHDR(requirement));
	PG_FREE_IF_COPY(requirement, 0);
	return result;
}

PG_FUNCTION_INFO_V1(requirement_hash_extended);
Datum
requirement_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *requirement = PG_GETARG_REQUIREMENT_PP(0);
	Datum		result;

	result = hash_any_extended((unsigned char *) VARDATA_ANY(requirement),
							   VARSIZE_ANY_EXHDR(requirement), PG_GETARG_INT64(1));
	PG_FREE_IF_COPY(requirement, 0);
	return result;
}

/* requirement_count(requirement) -> integer: how many competencies it asks. */
PG_FUNCTION_INFO_V1(requirement_count);
Datum
requirement_count(PG_FUNCTION_ARGS)
{
	RequirementView view;

	requirement_read(PG_GETARG_REQUIREMENT_PP(0), &view);
	PG_RETURN_INT32(view.count);
}

/* surplus(requirement) -> numeric: its surplus weight, 0 to 1. */
PG_FUNCTION_INFO_V1(requirement_surplus);
Datum
requirement_surplus(PG_FUNCTION_ARGS)
{
	RequirementView view;

	requirement_read(PG_GETARG_REQUIREMENT_PP(0), &view);
	PG_RETURN_NUMERIC(hundredths_to_numeric(view.surplus));
}

/* with_surplus(requirement, surplus) -> requirement: the same with that surplus weight. */
PG_FUNCTION_INFO_V1(requirement_with_surplus);
Datum
requirement_with_surplus(PG_FUNCTION_ARGS)
{
	CompetencyRequirement *copy;
	RequirementView view;
	int32		surplus = 0;

	switch (numeric_to_hundredths(PG_GETARG_NUMERIC(1), MAX_SURPLUS, &surplus))
	{
		case HUNDREDTHS_OK:
			break;
		case HUNDREDTHS_TOO_FINE:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("surplus weight %s has more than two decimals",
							DatumGetCString(DirectFunctionCall1(numeric_out, PG_GETARG_DATUM(1))))));
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("surplus weight %s is out of range",
							DatumGetCString(DirectFunctionCall1(numeric_out, PG_GETARG_DATUM(1)))),
					 errdetail("The surplus weight goes from 0 to 1.")));
	}
	copy = (CompetencyRequirement *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
	requirement_read((struct varlena *) copy, &view);
	copy->surplus = (uint16) surplus;
	PG_RETURN_POINTER(copy);
}

/* requirement_unnest(requirement) -> rows (competency, level, weight, kind, mandatory), ascending. */
PG_FUNCTION_INFO_V1(requirement_unnest);
Datum
requirement_unnest(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	RequirementView view;

	InitMaterializedSRF(fcinfo, 0);
	requirement_read(PG_GETARG_REQUIREMENT_PP(0), &view);
	for (int i = 0; i < view.count; i++)
	{
		Datum		values[5];
		bool		nulls[5] = {false, false, false, false, false};
		bool		secondary = (view.kinds[i] & REQUIREMENT_SECONDARY) != 0;

		values[0] = Int32GetDatum(view_int32(view.competencies, i));
		values[1] = NumericGetDatum(hundredths_to_numeric(view_uint16(view.levels, i)));
		values[2] = NumericGetDatum(hundredths_to_numeric(view_uint16(view.weights, i)));
		values[3] = CStringGetTextDatum(secondary ? "secondary" : "core");
		values[4] = BoolGetDatum((view.kinds[i] & REQUIREMENT_MANDATORY) != 0);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
