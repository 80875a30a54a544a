/*
 * plan_solution.c
 *	  A solved plan as a value: mutasi.plan_solution, a domain over bytea.
 *
 * It holds the problem and the plan with its prices, so moves, certificate and
 * reasons all speak of the very same optimum, in any session, for as long as
 * the value is kept, whatever has become of the tables since.  Little-endian
 * fields of fixed width:
 *
 *	 magic "MUTASI\0P", version, objective, has_units, 5 counts, weight,
 *	 solver and its counts, has_homes, level priorities, posts, employees, units, pairs, plan, checksum
 *
 * A value may come from anywhere (it is bytea after all), so reading checks
 * the length first, then the checksum, then that ids ascend and every index
 * and count is in range.
 */
#include "postgres.h"

#include "mutasi.h"

#include "plan.h"

#define MAGIC		UINT64CONST(0x5000495341545F4D)
#define VERSION		1

typedef struct Cursor
{
	uint8	   *at;
	uint8	   *end;
	bool		reading;
} Cursor;

static void
damaged(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("invalid plan solution: %s", what),
			 errhint("Only what solve_transfers() returned is a plan solution.")));
}

static inline uint64
get_bytes(const uint8 *at, int width)
{
	uint64		value = 0;

	for (int i = 0; i < width; i++)
		value |= (uint64) at[i] << (8 * i);
	return value;
}

static inline void
put_bytes(uint8 *at, int width, uint64 value)
{
	for (int i = 0; i < width; i++)
		at[i] = (uint8) (value >> (8 * i));
}

/* A number in or out. */
static void
pass(Cursor *cursor, int64 *value)
{
	if (cursor->end - cursor->at < 8)
		damaged("it is cut short");
	if (cursor->reading)
		*value = (int64) get_bytes(cursor->at, 8);
	else
		put_bytes(cursor->at, 8, (uint64) *value);
	cursor->at += 8;
}

/* An array in or out; read ones are allocated. */
static void *
pass_array(Cursor *cursor, const void *array, int64 count, int width)
{
	if (count < 0 || count > (cursor->end - cursor->at) / width)
		damaged("it is cut short");
	if (cursor->reading)
		array = PlanAlloc(count, (Size) width);
#ifdef WORDS_BIGENDIAN
	for (int64 i = 0; i < count; i++)
	{
		if (cursor->reading && width == 4)
			((int32 *) array)[i] = (int32) get_bytes(cursor->at + 4 * i, 4);
		else if (cursor->reading)
			((int64 *) array)[i] = (int64) get_bytes(cursor->at + 8 * i, 8);
		else if (width == 4)
			put_bytes(cursor->at + 4 * i, 4, (uint32) ((const int32 *) array)[i]);
		else
			put_bytes(cursor->at + 8 * i, 8, (uint64) ((const int64 *) array)[i]);
	}
#else
	if (cursor->reading && count > 0)
		memcpy(unconstify(void *, array), cursor->at, (Size) count * (Size) width);
	else if (count > 0)
		memcpy(cursor->at, array, (Size) count * (Size) width);
#endif
	cursor->at += count * width;
	return unconstify(void *, array);
}

/* FNV-1a over 8-byte words, the rest by bytes. */
static uint64
checksum(const uint8 *at, Size length)
{
	uint64		sum = UINT64CONST(0xCBF29CE484222325);
	Size		i = 0;

	for (; i + 8 <= length; i += 8)
	{
		sum = (sum ^ get_bytes(at + i, 8)) * UINT64CONST(0x100000001B3);
		sum ^= sum >> 29;
	}
	for (; i < length; i++)
		sum = (sum ^ at[i]) * UINT64CONST(0x100000001B3);
	return sum;
}

/* Everything between the header's first 16 bytes and the checksum. */
static void
pass_all(Cursor *cursor, PlanData *data)
{
	FlowProblem *problem = &data->problem;
	FlowPlan   *plan = &data->plan;
	int64		number[13];

	number[0] = problem->objective;
	number[1] = data->has_units;
	number[2] = problem->n_posts;
	number[3] = problem->n_employees;
	number[4] = problem->n_units;
	number[5] = problem->n_levels;
	number[6] = problem->n_edges;
	number[7] = problem->balance_weight;
	number[8] = plan->solver;
	number[9] = plan->bids;
	number[10] = plan->searches;
	number[11] = plan->pivots;
	number[12] = problem->home != NULL;
	for (int i = 0; i < 13; i++)
		pass(cursor, &number[i]);
	if (cursor->reading)
	{
		for (int i = 2; i < 6; i++)
		{
			if (number[i] < 0 || number[i] > INT32_MAX - 1)
				damaged("a count is out of range");
		}
		if (number[0] < FLOW_FILL_THEN_SCORE || number[0] > FLOW_BALANCE || number[5] < 1 ||
			number[7] < 0 || number[7] > FLOW_MAX_WEIGHT)
			damaged("a setting is out of range");
	}
	problem->objective = (FlowObjective) number[0];
	data->has_units = number[1] != 0;
	problem->n_posts = (int32) number[2];
	problem->n_employees = (int32) number[3];
	problem->n_units = (int32) number[4];
	problem->n_levels = (int32) number[5];
	problem->n_edges = number[6];
	problem->balance_weight = number[7];
	plan->solver = (FlowSolver) number[8];
	plan->bids = number[9];
	plan->searches = number[10];
	plan->pivots = number[11];
	if (number[12] != 0 && number[12] != 1)
		damaged("a setting is out of range");

	data->priority = pass_array(cursor, data->priority, problem->n_levels, 4);
	problem->post_id = pass_array(cursor, problem->post_id, problem->n_posts, 8);
	problem->seats = pass_array(cursor, problem->seats, problem->n_posts, 4);
	problem->minimum = pass_array(cursor, problem->minimum, problem->n_posts, 4);
	problem->level = pass_array(cursor, problem->level, problem->n_posts, 4);
	problem->post_unit = pass_array(cursor, problem->post_unit, problem->n_posts, 4);
	problem->employee_id = pass_array(cursor, problem->employee_id, problem->n_employees, 8);
	problem->employee_unit = pass_array(cursor, problem->employee_unit, problem->n_employees, 4);
	if (number[12] != 0)
		problem->home = pass_array(cursor, problem->home, problem->n_employees, 4);
	problem->unit_id = pass_array(cursor, problem->unit_id, problem->n_units, 8);
	problem->releasable = pass_array(cursor, problem->releasable, problem->n_units, 4);
	problem->staff = pass_array(cursor, problem->staff, problem->n_units, 4);
	problem->required = pass_array(cursor, problem->required, problem->n_units, 8);
	problem->first_edge = pass_array(cursor, problem->first_edge, (int64) problem->n_posts + 1, 8);
	problem->edge_employee = pass_array(cursor, problem->edge_employee, problem->n_edges, 4);
	problem->edge_score = pass_array(cursor, problem->edge_score, problem->n_edges, 4);
	plan->post_of = pass_array(cursor, plan->post_of, problem->n_employees, 4);
	plan->post_price = pass_array(cursor, plan->post_price, problem->n_posts, 8);
	plan->unit_price = pass_array(cursor, plan->unit_price, problem->n_units, 8);
	plan->net_price = pass_array(cursor, plan->net_price, problem->n_units, 8);
}

/* PlanEncode: the value that PlanDecode() reads. */
bytea *
PlanEncode(const PlanData *data)
{
	const FlowProblem *problem = &data->problem;
	Cursor		cursor;
	Size		size;
	bytea	   *result;
	PlanData	copy = *data;

	size = 16 + 13 * 8 + 4 * (Size) problem->n_levels + (8 + 4 * 4 + 8 + 8) * (Size) problem->n_posts + 8 +
		(8 + 4 + 4 + (problem->home ? 4 : 0)) * (Size) problem->n_employees + (8 + 4 + 4 + 8 + 8 + 8) * (Size) problem->n_units +
		8 * (Size) problem->n_edges + 8;
	if (size > MaxAllocSize - VARHDRSZ)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a plan of %lld candidate pairs is too large for one value", (long long) problem->n_edges),
				 errhint("Give fewer candidates a post, or plan in parts.")));
	result = palloc(size + VARHDRSZ);
	SET_VARSIZE(result, size + VARHDRSZ);
	cursor.at = (uint8 *) VARDATA(result);
	cursor.end = cursor.at + size;
	cursor.reading = false;
	put_bytes(cursor.at, 8, MAGIC);
	put_bytes(cursor.at + 8, 8, VERSION);
	cursor.at += 16;
	pass_all(&cursor, &copy);
	if (cursor.end - cursor.at != 8)
		elog(ERROR, "plan solution is %d bytes off", (int) (cursor.end - cursor.at));
	put_bytes(cursor.at, 8, checksum((uint8 *) VARDATA(result), size - 8));
	return result;
}

static bool
ascending(const int64 *ids, int32 count)
{
	for (int32 i = 1; i < count; i++)
	{
		if (ids[i] <= ids[i - 1])
			return false;
	}
	return true;
}

/* PlanDecode: problem and plan, safe to compute with; not yet proven. */
PlanData *
PlanDecode(bytea *solution)
{
	PlanData   *data = palloc0(sizeof(PlanData));
	FlowProblem *problem = &data->problem;
	Size		size = VARSIZE_ANY_EXHDR(solution);
	Cursor		cursor;

	PlanReserve((int64) size, "stored plan");
	cursor.at = (uint8 *) VARDATA_ANY(solution);
	cursor.end = cursor.at + size;
	cursor.reading = true;
	if (size < 24 || get_bytes(cursor.at, 8) != MAGIC)
		damaged("it does not begin like one");
	if (get_bytes(cursor.at + 8, 8) != VERSION)
		damaged("it is of an unknown version");
	if (get_bytes(cursor.end - 8, 8) != checksum(cursor.at, size - 8))
		damaged("its checksum is wrong");
	cursor.at += 16;
	cursor.end -= 8;
	pass_all(&cursor, data);
	if (cursor.at != cursor.end)
		damaged("it has bytes left over");
	if (!ascending(problem->post_id, problem->n_posts) ||
		!ascending(problem->employee_id, problem->n_employees) ||
		!ascending(problem->unit_id, problem->n_units))
		damaged("its ids do not ascend");
	/* every index and count, as before solving */
	flow_check_problem(problem, PlanEnv());
	for (int32 e = 0; e < problem->n_employees; e++)
	{
		if (data->plan.post_of[e] < -1 || data->plan.post_of[e] >= problem->n_posts)
			damaged("a transfer goes to no post");
	}
	flow_scale(problem, PlanEnv(), &data->plan.scale);
	return data;
}

/*
 * PlanRequireProof: for what searches along the prices.  Those of a plan that
 * the solver did not make may lead in circles for ever.
 */
void
PlanRequireProof(PlanData *data)
{
	if (!flow_verify(&data->problem, &data->plan, PlanEnv(), &data->proof))
		damaged(psprintf("it does not prove itself (%s)", data->proof.broken));
}
