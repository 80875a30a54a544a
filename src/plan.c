/*
 * plan.c
 *	  The planner's SQL functions: solve_transfers() and what reads its result.
 *
 * solve_transfers() returns the solution as a value; every other function here
 * reads one (plan_explain.c has the reasons).  The forms that take queries are
 * SQL wrappers of the two.
 */
#include "postgres.h"

#include "mutasi.h"

#include <sys/resource.h>
#include <sys/time.h>

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "plan.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/tuplestore.h"

static const char *const objective_names[] = {"fill_then_score", "score", "balance"};

/* CPU time of this process so far, in seconds: what the benchmark tells apart. */
static double
cpu_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double) usage.ru_utime.tv_sec + (double) usage.ru_stime.tv_sec +
		((double) usage.ru_utime.tv_usec + (double) usage.ru_stime.tv_usec) / 1e6;
}

static char *
query_argument(FunctionCallInfo fcinfo, int i)
{
	return PG_ARGISNULL(i) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(i));
}

/* An error that lists the posts of a plan whose minimum is not met, if any. */
static void
require_minimums(const PlanData *data)
{
	const FlowProblem *problem = &data->problem;
	int32_t    *filled = palloc0(sizeof(int32_t) * Max(problem->n_posts, 1));
	StringInfoData list;
	int			n = 0;

	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (data->plan.post_of[e] >= 0)
			filled[data->plan.post_of[e]]++;
	}
	initStringInfo(&list);
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		if (filled[p] >= problem->minimum[p])
			continue;
		if (n++ < 5)
			appendStringInfo(&list, "%s%lld (%d of %d)", list.len > 0 ? ", " : "",
							 (long long) problem->post_id[p], filled[p], problem->minimum[p]);
	}
	pfree(filled);
	if (n == 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_MUTASI_MINIMUM_NOT_MET),
			 errmsg_plural("the minimum of %d post cannot be met", "the minimums of %d posts cannot be met together", n, n),
			 errdetail("At best, by post_id: %s%s.", list.data, n > 5 ? ", …" : ""),
			 errhint("With minimum => 'prefer' the plan comes as near as possible, and plan_shortfall() tells why.")));
}

/*
 * solve_transfers(candidates, posts, donors, units, objective, balance_weight, minimum)
 */
PG_FUNCTION_INFO_V1(mutasi_solve_transfers);
Datum
mutasi_solve_transfers(PG_FUNCTION_ARGS)
{
	MemoryContext work;
	MemoryContext caller = CurrentMemoryContext;
	char	   *objective_name;
	char	   *minimum;
	int			objective = -1;
	int64_t		weight = 0;
	PlanData   *data;
	FlowEnv    *env;
	FlowSolver	solver = FLOW_AUTO;
	int64_t		memory;
	int64_t		held;
	bytea	   *result;
	double		started = cpu_seconds();
	double		read;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the candidates query and the posts query must not be null")));
	objective_name = query_argument(fcinfo, 4);
	for (int i = 0; i < (int) lengthof(objective_names) && objective_name; i++)
	{
		if (strcmp(objective_name, objective_names[i]) == 0)
			objective = i;
	}
	if (objective < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown objective \"%s\"", objective_name ? objective_name : "NULL"),
				 errhint("It is fill_then_score, score or balance.")));
	minimum = query_argument(fcinfo, 6);
	if (minimum == NULL || (strcmp(minimum, "require") != 0 && strcmp(minimum, "prefer") != 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown way \"%s\" with minimum_fill", minimum ? minimum : "NULL"),
				 errhint("It is require or prefer.")));
	if (objective == FLOW_BALANCE)
	{
		char	   *text;

		if (PG_ARGISNULL(3))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("objective \"balance\" needs a units query"),
					 errhint("Give units => 'SELECT unit_id, staff, required …'.")));
		if (PG_ARGISNULL(5))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("balance_weight must not be null")));
		text = DatumGetCString(DirectFunctionCall1(numeric_out, PG_GETARG_DATUM(5)));
		if (PlanParseDecimal(text, 2, FLOW_MAX_WEIGHT, &weight) != PLAN_NUMBER_GOOD)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("balance_weight %s is out of range", text),
					 errhint("It is between 0 and %lld.", (long long) (FLOW_MAX_WEIGHT / 100))));
	}

	work = AllocSetContextCreate(caller, "mutasi plan", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(work);
	PlanResetMemory();
	data = PlanRead(query_argument(fcinfo, 0), query_argument(fcinfo, 1), query_argument(fcinfo, 2),
					query_argument(fcinfo, 3), (FlowObjective) objective, weight);

	read = cpu_seconds();
	ereport(DEBUG1, (errmsg_internal("plan: input read in %.6f s", read - started)));

	/* before, not after: what solving will need, the general solver only if it fits */
	env = PlanEnv();
	memory = (int64_t) flow_memory(&data->problem, FLOW_AUTO);
	if (PlanFits((int64_t) flow_memory(&data->problem, FLOW_SIMPLEX)))
		memory = Max(memory, (int64_t) flow_memory(&data->problem, FLOW_SIMPLEX));
	else if (objective != FLOW_BALANCE && data->problem.home == NULL)
		solver = FLOW_SSP;
	held = PlanMostMemory();
	PlanReserve(memory, "solver");
	flow_solve(&data->problem, solver, 0, env, &data->plan);
	PlanUnreserve(memory);
	/* what the solver that came to the plan took, not what the other would have */
	memory = Max((int64_t) flow_memory(&data->problem, FLOW_AUTO), (int64_t) flow_memory(&data->problem, data->plan.solver));
	ereport(DEBUG1, (errmsg_internal("plan: %lld kB held at most", (long long) (Max(held, PlanHeldMemory() + memory) / 1024))));
	ereport(DEBUG1,
			(errmsg_internal("plan: %s, %lld steps, solved and proven in %.6f s",
							 data->plan.solver == FLOW_SIMPLEX ? "network simplex" : "shortest paths",
							 (long long) data->plan.steps, cpu_seconds() - read)));

	if (strcmp(minimum, "require") == 0)
		require_minimums(data);
	MemoryContextSwitchTo(caller);
	result = PlanEncode(data);
	MemoryContextDelete(work);
	PG_RETURN_BYTEA_P(result);
}

/* Is this bytea one of ours, in every byte?  The domain's check; false never: an error says why. */
PG_FUNCTION_INFO_V1(mutasi_plan_solution_valid);
Datum
mutasi_plan_solution_valid(PG_FUNCTION_ARGS)
{
	bytea	   *solution = PG_GETARG_BYTEA_PP(0);
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "mutasi plan", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(work);

	PlanResetMemory();
	PlanDecode(solution);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(work);
	PG_RETURN_BOOL(true);
}

static PlanData *
solution_argument(FunctionCallInfo fcinfo)
{
	PlanResetMemory();
	return PlanDecode(PG_GETARG_BYTEA_PP(0));
}

static void
put_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	CHECK_FOR_INTERRUPTS();
}

static void
put_id(Datum *value, bool *null, const int64_t *ids, int32_t index)
{
	*null = index < 0;
	*value = index < 0 ? (Datum) 0 : Int64GetDatum(ids[index]);
}

/* plan_moves(solution): who goes where, with the prices of post and person */
PG_FUNCTION_INFO_V1(mutasi_plan_moves);
Datum
mutasi_plan_moves(PG_FUNCTION_ARGS)
{
	PlanData   *data = solution_argument(fcinfo);
	const FlowProblem *problem = &data->problem;
	int32_t    *score = PlanAlloc(problem->n_employees, sizeof(int32_t));
	int64_t    *rent = PlanAlloc(problem->n_employees, sizeof(int64_t));

	InitMaterializedSRF(fcinfo, 0);
	flow_rents(problem, &data->plan, rent);
	for (int32_t e = 0; e < problem->n_employees; e++)
		score[e] = -1;
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
		{
			if (data->plan.post_of[problem->edge_employee[i]] == p)
				score[problem->edge_employee[i]] = problem->edge_score[i];
		}
	}
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		int32_t		p = data->plan.post_of[e];
		Datum		values[9];
		bool		nulls[9] = {0};
		int64_t		seats;

		if (p < 0 || PlanStays(data, e))
			continue;
		if (score[e] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("invalid plan solution: employee_id %lld has a post without being its candidate",
							(long long) problem->employee_id[e])));
		values[0] = Int64GetDatum(problem->employee_id[e]);
		put_id(&values[1], &nulls[1], problem->unit_id, problem->employee_unit[e]);
		values[2] = Int64GetDatum(problem->post_id[p]);
		put_id(&values[3], &nulls[3], problem->unit_id, problem->post_unit[p]);
		values[4] = PlanNumeric(score[e], 6);
		values[6] = PlanSplit(data, data->plan.post_price[p] + PlanFillValue(data, p), &seats);
		values[5] = Int64GetDatum(seats);
		values[8] = PlanSplit(data, rent[e], &seats);
		values[7] = Int64GetDatum(seats);
		put_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}

/* plan_posts(solution): every post, its seats, how they were filled, its price */
PG_FUNCTION_INFO_V1(mutasi_plan_posts);
Datum
mutasi_plan_posts(PG_FUNCTION_ARGS)
{
	PlanData   *data = solution_argument(fcinfo);
	const FlowProblem *problem = &data->problem;
	int32_t    *filled = PlanAlloc(problem->n_posts, sizeof(int32_t));
	int32_t    *holders = PlanAlloc(problem->n_posts, sizeof(int32_t));
	int32_t    *leaving = PlanAlloc(problem->n_posts, sizeof(int32_t));

	InitMaterializedSRF(fcinfo, 0);
	memset(filled, 0, sizeof(int32_t) * (Size) problem->n_posts);
	memset(holders, 0, sizeof(int32_t) * (Size) problem->n_posts);
	memset(leaving, 0, sizeof(int32_t) * (Size) problem->n_posts);
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (data->plan.post_of[e] >= 0)
			filled[data->plan.post_of[e]]++;
		if (problem->home && problem->home[e] >= 0)
		{
			holders[problem->home[e]]++;
			leaving[problem->home[e]] += !PlanStays(data, e);
		}
	}
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		Datum		values[14];
		bool		nulls[14] = {0};
		int64_t		seats;

		values[0] = Int64GetDatum(problem->post_id[p]);
		put_id(&values[1], &nulls[1], problem->unit_id, problem->post_unit[p]);
		values[2] = Int32GetDatum(data->priority[problem->level[p]]);
		values[3] = Int32GetDatum(problem->seats[p]);
		values[4] = Int32GetDatum(problem->minimum[p]);
		values[5] = Int32GetDatum(filled[p]);
		values[6] = Int32GetDatum(problem->seats[p] - filled[p]);
		values[7] = Int64GetDatum(problem->first_edge[p + 1] - problem->first_edge[p]);
		values[9] = PlanSplit(data, data->plan.post_price[p] + PlanFillValue(data, p), &seats);
		values[8] = Int64GetDatum(seats);
		values[10] = Int64GetDatum(data->plan.post_price[p]);
		values[11] = Int32GetDatum(holders[p]);
		values[12] = Int32GetDatum(leaving[p]);
		values[13] = Int32GetDatum(filled[p] - (holders[p] - leaving[p]));
		put_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}

/* staff / required with 6 decimals, half up; null without both or where nobody is required */
static void
put_ratio(Datum *value, bool *null, bool known, int64_t staff, int64_t required)
{
	*null = !known || required <= 0;
	if (!*null)
	{
		Datum		ratio = DirectFunctionCall2(numeric_div, PlanNumeric(staff, 0), PlanNumeric(required, 2));

		*value = DirectFunctionCall2(numeric_round, ratio, Int32GetDatum(6));
	}
}

/* plan_units(solution): what the plan does to each unit */
PG_FUNCTION_INFO_V1(mutasi_plan_units);
Datum
mutasi_plan_units(PG_FUNCTION_ARGS)
{
	PlanData   *data = solution_argument(fcinfo);
	const FlowProblem *problem = &data->problem;
	int32_t    *in = PlanAlloc(problem->n_units, sizeof(int32_t));
	int32_t    *out = PlanAlloc(problem->n_units, sizeof(int32_t));

	InitMaterializedSRF(fcinfo, 0);
	memset(in, 0, sizeof(int32_t) * (Size) problem->n_units);
	memset(out, 0, sizeof(int32_t) * (Size) problem->n_units);
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		int32_t		p = data->plan.post_of[e];

		if (PlanStays(data, e))
			continue;
		if (p >= 0 && problem->employee_unit[e] >= 0)
			out[problem->employee_unit[e]]++;
		if (p >= 0 && problem->post_unit[p] >= 0)
			in[problem->post_unit[p]]++;
	}
	for (int32_t u = 0; u < problem->n_units; u++)
	{
		Datum		values[15] = {0};
		bool		nulls[15] = {0};
		int64_t		seats;
		int64_t		after = (int64_t) problem->staff[u] - out[u] + in[u];
		bool		known = data->has_units && problem->required[u] >= 0;

		values[0] = Int64GetDatum(problem->unit_id[u]);
		nulls[1] = problem->releasable[u] < 0;
		values[1] = Int32GetDatum(problem->releasable[u]);
		values[2] = Int32GetDatum(out[u]);
		values[3] = Int32GetDatum(in[u]);
		nulls[4] = nulls[5] = !data->has_units;
		values[4] = Int32GetDatum(problem->staff[u]);
		values[5] = Int64GetDatum(after);
		nulls[6] = nulls[9] = nulls[10] = !known;
		values[6] = known ? PlanNumeric(problem->required[u], 2) : (Datum) 0;
		put_ratio(&values[7], &nulls[7], known, problem->staff[u], problem->required[u]);
		put_ratio(&values[8], &nulls[8], known, after, problem->required[u]);
		values[9] = known ? PlanNumeric(flow_imbalance(problem->staff[u], problem->required[u]), 6) : (Datum) 0;
		values[10] = known ? PlanNumeric(flow_imbalance(after, problem->required[u]), 6) : (Datum) 0;
		values[12] = PlanSplit(data, data->plan.unit_price[u], &seats);
		values[11] = Int64GetDatum(seats);
		values[13] = Int64GetDatum(data->plan.unit_price[u]);
		values[14] = Int64GetDatum(data->plan.net_price[u]);
		put_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}

/* plan_pairs(solution): every candidate pair with its gain and what it lacks */
PG_FUNCTION_INFO_V1(mutasi_plan_pairs);
Datum
mutasi_plan_pairs(PG_FUNCTION_ARGS)
{
	PlanData   *data = solution_argument(fcinfo);
	const FlowProblem *problem = &data->problem;
	int64_t    *rent = PlanAlloc(problem->n_employees, sizeof(int64_t));

	InitMaterializedSRF(fcinfo, 0);
	flow_rents(problem, &data->plan, rent);
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		uint32_t	hash = flow_hash(problem->post_id[p]);
		int64_t		ask = flow_ask(problem, &data->plan, p);

		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
		{
			int32_t		e = problem->edge_employee[i];
			int64_t		gain = problem->edge_score[i] * data->plan.scale.score_unit +
				flow_tie(flow_hash(problem->employee_id[e]), hash, data->plan.scale.tie_bits);
			Datum		values[7];
			bool		nulls[7] = {0};

			values[0] = Int64GetDatum(problem->employee_id[e]);
			values[1] = Int64GetDatum(problem->post_id[p]);
			values[2] = PlanNumeric(problem->edge_score[i], 6);
			values[3] = BoolGetDatum(data->plan.post_of[e] == p);
			values[4] = Int64GetDatum(gain);
			values[5] = Int64GetDatum(rent[e]);
			values[6] = Int64GetDatum(ask + rent[e] - gain);
			put_row(fcinfo, values, nulls);
		}
	}
	return (Datum) 0;
}

static int64_t
add_saturating(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/* plan_certificate(solution): one row; proven or what is broken */
PG_FUNCTION_INFO_V1(mutasi_plan_certificate);
Datum
mutasi_plan_certificate(PG_FUNCTION_ARGS)
{
	PlanData   *data = solution_argument(fcinfo);
	const FlowProblem *problem = &data->problem;
	FlowProof	proof;
	TupleDesc	description;
	Datum		values[17] = {0};
	bool		nulls[17] = {0};
	bool		proven;
	int64_t		seats = 0;
	int64_t		before = 0;
	int64_t		after = 0;
	int64_t    *change = PlanAlloc(data->problem.n_units, sizeof(int64_t));
	int			i = 0;

	if (get_call_result_type(fcinfo, NULL, &description) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	proven = flow_verify(problem, &data->plan, PlanEnv(), &proof);
	for (int32_t p = 0; p < problem->n_posts; p++)
		seats += problem->seats[p];
	memset(change, 0, sizeof(int64_t) * (Size) problem->n_units);
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		int32_t		p = data->plan.post_of[e];

		if (p >= 0 && problem->employee_unit[e] >= 0)
			change[problem->employee_unit[e]]--;
		if (p >= 0 && problem->post_unit[p] >= 0)
			change[problem->post_unit[p]]++;
	}
	for (int32_t u = 0; u < problem->n_units; u++)
	{
		if (data->has_units && problem->required[u] >= 0)
		{
			before = add_saturating(before, flow_imbalance(problem->staff[u], problem->required[u]));
			after = add_saturating(after, flow_imbalance(problem->staff[u] + change[u], problem->required[u]));
		}
	}
	values[i++] = BoolGetDatum(proven);
	values[i++] = CStringGetTextDatum(objective_names[problem->objective]);
	values[i++] = Int64GetDatum(seats);
	/* what was added up before a condition failed means nothing */
	for (int j = 2; j < 17; j++)
		nulls[j] = !proven;
	nulls[2] = false;
	values[i++] = Int64GetDatum(proof.moves);
	values[i++] = Int64GetDatum(proof.empty);
	values[i++] = Int64GetDatum(proof.empty_minimum);
	values[i++] = PlanNumeric(proof.score, 6);
	nulls[i] = !data->has_units;
	values[i++] = PlanNumeric(before, 6);
	nulls[i] = !data->has_units;
	values[i++] = PlanNumeric(after, 6);
	values[i++] = PlanWideNumeric(proof.primal_hi, proof.primal_lo);
	values[i++] = PlanWideNumeric(proof.dual_hi, proof.dual_lo);
	values[i++] = Int64GetDatum(proof.pairs);
	nulls[i] = false;
	values[i++] = Int64GetDatum(data->plan.scale.score_unit);
	nulls[i] = false;
	values[i++] = Int32GetDatum(data->plan.scale.tie_bits);
	nulls[i] = false;
	values[i++] = Int64GetDatum(data->plan.scale.level_unit);
	nulls[i] = false;
	values[i++] = CStringGetTextDatum(data->plan.solver == FLOW_SIMPLEX ? "network simplex" : "shortest paths");
	nulls[i] = proven;
	if (!proven)
		values[i] = PointerGetDatum(cstring_to_text(psprintf("%s (index %lld)", proof.broken, (long long) proof.broken_at)));
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(description), values, nulls));
}
