/*
 * profile_agg.c
 *	  Aggregate profile_agg(competency, level): a profile from rows.
 */
#include "postgres.h"

#include "mutasi.h"
#include "profile.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

typedef struct ProfileAggState
{
	int			count;
	int			capacity;
	ProfileEntry *entries;
} ProfileAggState;

static ProfileAggState *
new_state(MemoryContext context)
{
	ProfileAggState *state = MemoryContextAlloc(context, sizeof(ProfileAggState));

	state->count = 0;
	state->capacity = 16;
	state->entries = MemoryContextAlloc(context, state->capacity * sizeof(ProfileEntry));
	return state;
}

/* repalloc() stays in the context where the entries are. */
static void
add_entry(ProfileAggState *state, int32 competency, int32 level)
{
	if (state->count >= MAX_COMPETENCIES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a %s cannot have %d competencies", "competency_profile", state->count + 1),
				 errdetail("It can have up to %d.", MAX_COMPETENCIES)));
	if (state->count >= state->capacity)
	{
		state->capacity *= 2;
		state->entries = repalloc(state->entries, state->capacity * sizeof(ProfileEntry));
	}
	state->entries[state->count].competency = competency;
	state->entries[state->count].level = level;
	state->count++;
}

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("%s can be called as part of an aggregate only", "profile_agg")));
	return context;
}

/*
 * A row whose level is NULL says the competency is unknown, and adds nothing;
 * so an outer join of a person without assessments gives the empty profile.
 */
PG_FUNCTION_INFO_V1(profile_agg_transition);
Datum
profile_agg_transition(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	ProfileAggState *state;
	int32		competency;

	state = PG_ARGISNULL(0) ? new_state(context) : (ProfileAggState *) PG_GETARG_POINTER(0);
	if (PG_ARGISNULL(2))
		PG_RETURN_POINTER(state);
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("competency of level %s is null",
						DatumGetCString(DirectFunctionCall1(numeric_out, PG_GETARG_DATUM(2))))));
	competency = PG_GETARG_INT32(1);
	add_entry(state, competency, level_from_numeric(PG_GETARG_NUMERIC(2), competency));
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(profile_agg_combine);
Datum
profile_agg_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	ProfileAggState *state = PG_ARGISNULL(0) ? NULL : (ProfileAggState *) PG_GETARG_POINTER(0);
	ProfileAggState *other = PG_ARGISNULL(1) ? NULL : (ProfileAggState *) PG_GETARG_POINTER(1);

	if (other == NULL)
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	if (state == NULL)
		state = new_state(context);
	for (int i = 0; i < other->count; i++)
		add_entry(state, other->entries[i].competency, other->entries[i].level);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(profile_agg_serialize);
Datum
profile_agg_serialize(PG_FUNCTION_ARGS)
{
	ProfileAggState *state;
	StringInfoData buf;

	(void) aggregate_context(fcinfo);
	state = (ProfileAggState *) PG_GETARG_POINTER(0);
	pq_begintypsend(&buf);
	pq_sendint32(&buf, state->count);
	for (int i = 0; i < state->count; i++)
	{
		pq_sendint32(&buf, state->entries[i].competency);
		pq_sendint32(&buf, state->entries[i].level);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(profile_agg_deserialize);
Datum
profile_agg_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes;
	StringInfoData buf;
	ProfileAggState *state;
	int32		count;

	(void) aggregate_context(fcinfo);
	bytes = PG_GETARG_BYTEA_PP(0);
	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));

	state = new_state(CurrentMemoryContext);
	count = (int32) pq_getmsgint(&buf, 4);
	for (int i = 0; i < count; i++)
	{
		int32		competency = (int32) pq_getmsgint(&buf, 4);
		int32		level = (int32) pq_getmsgint(&buf, 4);

		if (level < 0 || level > MAX_LEVEL)
			elog(ERROR, "invalid level %d in the state of an aggregate", level);
		add_entry(state, competency, level);
	}
	pq_getmsgend(&buf);
	pfree(buf.data);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(profile_agg_final);
Datum
profile_agg_final(PG_FUNCTION_ARGS)
{
	ProfileAggState *state;
	ProfileEntry *entries;

	(void) aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (ProfileAggState *) PG_GETARG_POINTER(0);
	/* the state may be asked again (as a window function): sort a copy */
	entries = palloc(Max(state->count, 1) * sizeof(ProfileEntry));
	memcpy(entries, state->entries, state->count * sizeof(ProfileEntry));
	PG_RETURN_POINTER(profile_from_entries(entries, state->count, PROFILE_FROM_ARGUMENTS, NULL));
}
