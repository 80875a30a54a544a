/*
 * requirement_agg.c
 *	  Aggregate requirement_agg(competency, level [, weight [, kind, mandatory]]):
 *	  a requirement from rows.
 */
#include "postgres.h"

#include "mutasi.h"
#include "literal.h"
#include "requirement.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

typedef struct RequirementAggState
{
	int			count;
	int			capacity;
	RequirementEntry *entries;
} RequirementAggState;

static RequirementAggState *
new_state(MemoryContext context)
{
	RequirementAggState *state = MemoryContextAlloc(context, sizeof(RequirementAggState));

	state->count = 0;
	state->capacity = 16;
	state->entries = MemoryContextAlloc(context, state->capacity * sizeof(RequirementEntry));
	return state;
}

/* repalloc() stays in the context where the entries are. */
static void
add_entry(RequirementAggState *state, const RequirementEntry *entry)
{
	if (state->count >= MAX_COMPETENCIES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a %s cannot have %d competencies", "competency_requirement", state->count + 1),
				 errdetail("It can have up to %d.", MAX_COMPETENCIES)));
	if (state->count >= state->capacity)
	{
		state->capacity *= 2;
		state->entries = repalloc(state->entries, state->capacity * sizeof(RequirementEntry));
	}
	state->entries[state->count++] = *entry;
}

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("%s can be called as part of an aggregate only", "requirement_agg")));
	return context;
}

static int32
weight_from_numeric(Numeric value, int32 competency)
{
	int32		weight = 0;

	switch (numeric_to_hundredths(value, MAX_WEIGHT, &weight))
	{
		case HUNDREDTHS_OK:
			if (weight > 0)
				return weight;
			break;
		case HUNDREDTHS_TOO_FINE:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("weight %s of competency %d has more than two decimals",
							DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value))),
							competency),
					 errhint("Round it first, for example with round(weight, 2).")));
			break;
		default:
			break;
	}
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("weight %s of competency %d is out of range",
					DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value))),
					competency),
			 errdetail("Weights go from 0.01 to 100.")));
	return 0;					/* not reached */
}

static int32
kind_from_text(text *value, int32 competency)
{
	char	   *kind = text_to_cstring(value);

	if (strcmp(kind, "core") == 0)
		return 0;
	if (strcmp(kind, "secondary") == 0)
		return REQUIREMENT_SECONDARY;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid kind \"%s\" of competency %d", kind, competency),
			 errhint("A competency is \"core\" or \"secondary\".")));
	return 0;					/* not reached */
}

/*
 * NULL weight, kind and mandatory mean weight 1, core, not mandatory.  A row
 * that is NULL in both competency and level (of an outer join) adds nothing; a
 * competency without a level is an error, because a requirement cannot ask for
 * an unknown level.
 */
PG_FUNCTION_INFO_V1(requirement_agg_transition);
Datum
requirement_agg_transition(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	RequirementAggState *state;
	RequirementEntry entry = {0, 0, DEFAULT_WEIGHT, 0};

	state = PG_ARGISNULL(0) ? new_state(context) : (RequirementAggState *) PG_GETARG_POINTER(0);
	if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
		PG_RETURN_POINTER(state);
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("competency of level %s is null",
						DatumGetCString(DirectFunctionCall1(numeric_out, PG_GETARG_DATUM(2))))));
	entry.competency = PG_GETARG_INT32(1);
	if (PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("required level of competency %d is null", entry.competency),
				 errhint("Leave out what is not required, for example with FILTER (WHERE level IS NOT NULL).")));
	entry.level = level_from_numeric(PG_GETARG_NUMERIC(2), entry.competency);
	if (PG_NARGS() > 3 && !PG_ARGISNULL(3))
		entry.weight = weight_from_numeric(PG_GETARG_NUMERIC(3), entry.competency);
	if (PG_NARGS() > 4 && !PG_ARGISNULL(4))
		entry.kind |= kind_from_text(PG_GETARG_TEXT_PP(4), entry.competency);
	if (PG_NARGS() > 5 && !PG_ARGISNULL(5) && PG_GETARG_BOOL(5))
		entry.kind |= REQUIREMENT_MANDATORY;
	add_entry(state, &entry);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(requirement_agg_combine);
Datum
requirement_agg_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	RequirementAggState *state = PG_ARGISNULL(0) ? NULL : (RequirementAggState *) PG_GETARG_POINTER(0);
	RequirementAggState *other = PG_ARGISNULL(1) ? NULL : (RequirementAggState *) PG_GETARG_POINTER(1);

	if (other == NULL)
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	if (state == NULL)
		state = new_state(context);
	for (int i = 0; i < other->count; i++)
		add_entry(state, &other->entries[i]);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(requirement_agg_serialize);
Datum
requirement_agg_serialize(PG_FUNCTION_ARGS)
{
	RequirementAggState *state;
	StringInfoData buf;

	(void) aggregate_context(fcinfo);
	state = (RequirementAggState *) PG_GETARG_POINTER(0);
	pq_begintypsend(&buf);
	pq_sendint32(&buf, state->count);
	for (int i = 0; i < state->count; i++)
	{
		pq_sendint32(&buf, state->entries[i].competency);
		pq_sendint32(&buf, state->entries[i].level);
		pq_sendint32(&buf, state->entries[i].weight);
		pq_sendint32(&buf, state->entries[i].kind);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(requirement_agg_deserialize);
Datum
requirement_agg_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes;
	StringInfoData buf;
	RequirementAggState *state;
	int32		count;

	(void) aggregate_context(fcinfo);
	bytes = PG_GETARG_BYTEA_PP(0);
	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));

	state = new_state(CurrentMemoryContext);
	count = (int32) pq_getmsgint(&buf, 4);
	for (int i = 0; i < count; i++)
	{
		RequirementEntry entry;

		entry.competency = (int32) pq_getmsgint(&buf, 4);
		entry.level = (int32) pq_getmsgint(&buf, 4);
		entry.weight = (int32) pq_getmsgint(&buf, 4);
		entry.kind = (int32) pq_getmsgint(&buf, 4);
		add_entry(state, &entry);
	}
	pq_getmsgend(&buf);
	pfree(buf.data);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(requirement_agg_final);
Datum
requirement_agg_final(PG_FUNCTION_ARGS)
{
	RequirementAggState *state;
	RequirementEntry *entries;

	(void) aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (RequirementAggState *) PG_GETARG_POINTER(0);
	/* the state may be asked again (as a window function): sort a copy */
	entries = palloc(Max(state->count, 1) * sizeof(RequirementEntry));
	memcpy(entries, state->entries, state->count * sizeof(RequirementEntry));
	PG_RETURN_POINTER(requirement_from_entries(entries, state->count, DEFAULT_SURPLUS,
											   PROFILE_FROM_ARGUMENTS, NULL));
}
