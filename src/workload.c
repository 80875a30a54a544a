/*
 * workload.c
 *	  SQL face of the staffing aggregates: staff_required() and
 *	  teacher_required().
 */
#include "postgres.h"

#include "mutasi.h"
#include "staff_sum.h"
#include "staffing.h"

#include "libpq/pqformat.h"
#include "utils/memutils.h"

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo, const char *function)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "%s called in non-aggregate context", function);
	return context;
}

/* One argument, packed: read without a copy unless it is compressed or out of line. */
static inline const struct varlena *
packed_argument(FunctionCallInfo fcinfo, int number)
{
	return PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(number));
}

/*
 * staff_accum(state, volume, norm, effective)
 *
 * A row with an unknown value is not summed, as in every aggregate of SQL.
 */
PG_FUNCTION_INFO_V1(mutasi_staff_accum);
Datum
mutasi_staff_accum(PG_FUNCTION_ARGS)
{
	StaffState *state;

	if (unlikely(PG_ARGISNULL(0)))
		state = staff_state_create(aggregate_context(fcinfo, "staff_accum"));
	else
		state = (StaffState *) PG_GETARG_POINTER(0);

	if (likely(!PG_ARGISNULL(1) && !PG_ARGISNULL(2) && !PG_ARGISNULL(3)))
		staff_state_add(state, packed_argument(fcinfo, 1), packed_argument(fcinfo, 2),
						packed_argument(fcinfo, 3), 1);
	PG_RETURN_POINTER(state);
}

/* staff_accum_inv(state, volume, norm, effective): takes a row away again. */
PG_FUNCTION_INFO_V1(mutasi_staff_accum_inv);
Datum
mutasi_staff_accum_inv(PG_FUNCTION_ARGS)
{
	StaffState *state;

	(void) aggregate_context(fcinfo, "staff_accum_inv");
	if (PG_ARGISNULL(0))
		elog(ERROR, "staff_accum_inv called without a state");
	state = (StaffState *) PG_GETARG_POINTER(0);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2) && !PG_ARGISNULL(3))
		staff_state_add(state, packed_argument(fcinfo, 1), packed_argument(fcinfo, 2),
						packed_argument(fcinfo, 3), -1);
	PG_RETURN_POINTER(state);
}

/* staff_combine(state, state): adds the second to the first. */
PG_FUNCTION_INFO_V1(mutasi_staff_combine);
Datum
mutasi_staff_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo, "staff_combine");
	StaffState *state = PG_ARGISNULL(0) ? NULL : (StaffState *) PG_GETARG_POINTER(0);

	if (PG_ARGISNULL(1))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	if (state == NULL)
		state = staff_state_create(context);
	staff_state_merge(state, (StaffState *) PG_GETARG_POINTER(1));
	PG_RETURN_POINTER(state);
}

/* staff_serialize(state): for the leader of a parallel plan. */
PG_FUNCTION_INFO_V1(mutasi_staff_serialize);
Datum
mutasi_staff_serialize(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	(void) aggregate_context(fcinfo, "staff_serialize");
	pq_begintypsend(&buf);
	staff_state_write((StaffState *) PG_GETARG_POINTER(0), &buf);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* staff_deserialize(bytea, internal) */
PG_FUNCTION_INFO_V1(mutasi_staff_deserialize);
Datum
mutasi_staff_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes;
	StringInfoData buf;
	StaffState *state;

	(void) aggregate_context(fcinfo, "staff_deserialize");
	bytes = PG_GETARG_BYTEA_PP(0);
	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	/* the caller merges it and throws it away with this context */
	state = staff_state_read(&buf, CurrentMemoryContext);
	pq_getmsgend(&buf);
	pfree(buf.data);
	PG_RETURN_POINTER(state);
}

/* staff_final(state): the staff required; NULL without a known row. */
PG_FUNCTION_INFO_V1(mutasi_staff_final);
Datum
mutasi_staff_final(PG_FUNCTION_ARGS)
{
	Numeric		result;

	(void) aggregate_context(fcinfo, "staff_final");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	result = staff_state_result((StaffState *) PG_GETARG_POINTER(0));
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(result);
}

/* teacher_final(state): the same, rounded by the rule for teachers. */
PG_FUNCTION_INFO_V1(mutasi_teacher_final);
Datum
mutasi_teacher_final(PG_FUNCTION_ARGS)
{
	Numeric		result;

	(void) aggregate_context(fcinfo, "teacher_final");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	result = staff_state_result((StaffState *) PG_GETARG_POINTER(0));
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(round_staff_need(result, ROUND_TEACHER_DOWN));
}
