/*
 * flow_fuzz.c
 *	  libFuzzer target for the planner: bytes become a problem, mostly valid;
 *	  test/fuzz.sh builds and runs it.
 *
 * Whatever the numbers, solving must end in a proven plan or in an error by
 * FlowEnv.fail; both solvers must prove the same objective; a plan with a
 * changed price or transfer must not make the certificate misbehave.
 */
#include "../../src/flow_internal.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static jmp_buf failed;
static FlowError failure;
static void *blocks[4096];
static int	n_blocks;
static int64_t breaths;

static void *
fuzz_alloc(void *context, size_t size)
{
	(void) context;
	if (n_blocks == 4096)
		abort();
	/* not zeroed: reading what was never written is to be seen */
	return blocks[n_blocks++] = memset(malloc(size), 0xA5, size);
}

static void
fuzz_release(void *context, void *pointer)
{
	(void) context;
	for (int i = n_blocks - 1; i >= 0; i--)
	{
		if (blocks[i] == pointer)
		{
			free(pointer);
			blocks[i] = blocks[--n_blocks];
			return;
		}
	}
	abort();
}

static void
fuzz_breathe(void *context, int64_t done, int64_t total)
{
	(void) context;
	(void) done;
	(void) total;
	/* tiny problems end soon, or not at all */
	if (++breaths > 2000)
		abort();
}

static void
fuzz_fail(void *context, FlowError error, const char *what)
{
	(void) context;
	(void) what;
	failure = error;
	longjmp(failed, 1);
}

static const uint8_t *bytes;
static size_t left;

static uint32_t
take(uint32_t below)
{
	uint32_t	value = 0;

	for (int i = 0; i < (below > 65536 ? 4 : below > 256 ? 2 : 1) && left > 0; i++, left--)
		value = value << 8 | *bytes++;
	return value % below;
}

/* Mostly small, sometimes at the edge of what is allowed, now and then beyond. */
static int64_t
number(int64_t most)
{
	switch (take(8))
	{
		case 0:
			return most;
		case 1:
			return most - 1 - take(3);
		case 2:
			return take(UINT32_MAX) % (most + 1);
		case 3:
			return take(64) == 0 ? most + 1 : 0;
		default:
			return take(8);
	}
}

#define MOST 24

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FlowProblem problem;
	static int64_t post_id[MOST], employee_id[MOST], unit_id[MOST], required[MOST], first_edge[MOST + 1];
	static int32_t seats[MOST], minimum[MOST], level[MOST], post_unit[MOST], employee_unit[MOST], home[MOST], releasable[MOST], staff[MOST];
	static int32_t edge_employee[MOST * MOST], edge_score[MOST * MOST];
	static FlowPlan plan, other;
	static FlowProof proof, other_proof;
	static volatile bool weighed;
	FlowEnv		env = {NULL, fuzz_alloc, fuzz_release, fuzz_breathe, fuzz_fail};
	int64_t		edges = 0;

	bytes = data;
	left = size;
	breaths = 0;
	n_blocks = 0;
	memset(&problem, 0, sizeof(problem));
	problem.objective = (FlowObjective) take(3);
	problem.n_posts = (int32_t) take(MOST);
	problem.n_employees = (int32_t) take(MOST);
	problem.n_units = (int32_t) take(8);
	problem.n_levels = 1 + (int32_t) take(4);
	problem.balance_weight = number(FLOW_MAX_WEIGHT);
	for (int32_t u = 0; u < problem.n_units; u++)
	{
		unit_id[u] = u;
		releasable[u] = (int32_t) number(FLOW_MAX_COUNT) - (take(4) == 0);
		staff[u] = (int32_t) number(FLOW_MAX_COUNT);
		required[u] = number(FLOW_MAX_REQUIRED) - (take(4) == 0);
	}
	for (int32_t e = 0; e < problem.n_employees; e++)
	{
		employee_id[e] = (int64_t) e * 1000003 - 5;
		employee_unit[e] = (int32_t) take((uint32_t) problem.n_units + 1) - 1;
	}
	if (take(3) == 0)
		problem.home = home;
	for (int32_t p = 0; p < problem.n_posts; p++)
		post_unit[p] = (int32_t) take((uint32_t) problem.n_units + 1) - 1;
	for (int32_t e = 0; e < problem.n_employees; e++)
	{
		uint32_t	p = problem.home ? take((uint32_t) problem.n_posts + 1) : 0;

		home[e] = (int32_t) p - 1;
		if (p > 0)
			employee_unit[e] = post_unit[p - 1];
	}
	for (int32_t p = 0; p < problem.n_posts; p++)
	{
		uint32_t	density = take(256);
		int32_t		holders = 0;

		post_id[p] = p;
		for (int32_t e = 0; e < problem.n_employees; e++)
			holders += home[e] == p;
		seats[p] = (int32_t) number(FLOW_MAX_COUNT - MOST) + (take(200) ? holders : 0);
		minimum[p] = take(4) ? 0 : (int32_t) (number(FLOW_MAX_COUNT) % ((int64_t) seats[p] + 1));
		level[p] = (int32_t) take((uint32_t) problem.n_levels);
		first_edge[p] = edges;
		for (int32_t e = 0; e < problem.n_employees; e++)
		{
			if (take(256) > density && (!problem.home || home[e] != p))
				continue;
			edge_employee[edges] = e;
			edge_score[edges++] = (int32_t) number(FLOW_MAX_SCORE);
		}
	}
	first_edge[problem.n_posts] = edges;
	problem.n_edges = edges;
	problem.post_id = post_id;
	problem.seats = seats;
	problem.minimum = minimum;
	problem.level = level;
	problem.post_unit = post_unit;
	problem.employee_id = employee_id;
	problem.employee_unit = employee_unit;
	problem.unit_id = unit_id;
	problem.releasable = releasable;
	problem.staff = staff;
	problem.required = required;
	problem.first_edge = first_edge;
	problem.edge_employee = edge_employee;
	problem.edge_score = edge_score;

	if (setjmp(failed) != 0)
	{
		/* an unproven plan is a defect, the other errors are the input's */
		if (failure == FLOW_NOT_PROVEN)
			abort();
		while (n_blocks > 0)
			free(blocks[--n_blocks]);
		return 0;
	}
	flow_solve(&problem, FLOW_SIMPLEX, 0, &env, &plan);
	if (!flow_verify(&problem, &plan, &env, &proof))
		abort();
	weighed = problem.home != NULL;
	for (int32_t u = 0; u < problem.n_units; u++)
		weighed = weighed || flow_weighed(&problem, u);
	if (!weighed)
	{
		flow_solve(&problem, FLOW_SSP, 0, &env, &other);
		if (!flow_verify(&problem, &other, &env, &other_proof) ||
			other_proof.primal_hi != proof.primal_hi || other_proof.primal_lo != proof.primal_lo)
			abort();
	}
	if (edges > 0)
	{
		int64_t		edge = take((uint32_t) edges);
		int32_t		p = 0;

		while (edge >= first_edge[p + 1])
			p++;
		if (flow_loss(&problem, &plan, p, edge, &env) < 0)
			abort();
	}

	/* a plan from elsewhere: any numbers, no harm */
	if (problem.n_employees > 0)
		plan.post_of[take((uint32_t) problem.n_employees)] = (int32_t) take(MOST) - 1;
	if (problem.n_posts > 0)
		plan.post_price[take((uint32_t) problem.n_posts)] = take(2) ? INT64_MIN + take(9) : number(INT64_MAX - 1);
	if (problem.n_units > 0)
		plan.net_price[take((uint32_t) problem.n_units)] = take(2) ? INT64_MIN + take(9) : number(INT64_MAX - 1);
	flow_verify(&problem, &plan, &env, &other_proof);
	while (n_blocks > 0)
		free(blocks[--n_blocks]);
	return 0;
}
