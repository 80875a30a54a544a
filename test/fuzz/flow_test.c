/*
 * flow_test.c
 *	  The planner without a server, against brute force and against itself.
 *
 * usage: flow_test TINY MIDDLE [SEED]
 *
 * TINY random instances of up to 6 employees and 4 posts: every plan is
 * enumerated and compared aim by aim, not by the solver's weights.  MIDDLE
 * random instances of up to 400 employees: the contracted and the general
 * solver must prove the same objective.  Prints one line; exit status 1 on the
 * first difference.
 */
#include "../../src/flow_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state;

static uint32_t
draw(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t) ((random_state >> 16) % below);
}

static size_t held;
static size_t most_held;

static void *
test_alloc(void *context, size_t size)
{
	size_t	   *block = malloc(size + 16);

	(void) context;
	if (block == NULL)
		abort();
	*block = size;
	held += size;
	if (held > most_held)
		most_held = held;
	return (char *) block + 16;
}

static void
test_release(void *context, void *pointer)
{
	size_t	   *block = (size_t *) ((char *) pointer - 16);

	(void) context;
	held -= *block;
	free(block);
}

static void
test_breathe(void *context, int64_t done, int64_t total)
{
	(void) context;
	(void) done;
	(void) total;
}

static jmp_buf too_large;
static long same_plans;
static long both;
static long tampered;
static long chained;
static long refused;
static bool may_refuse;

static void
test_fail(void *context, FlowError error, const char *what)
{
	if (error == FLOW_TOO_LARGE && may_refuse)
		longjmp(too_large, 1);
	printf("failed in instance %ld: error %d, %s\n", *(long *) context, (int) error, what);
	exit(1);
}

static long instance;
static const FlowEnv env = {&instance, test_alloc, test_release, test_breathe, test_fail};

#define MOST 400

typedef struct Instance
{
	FlowProblem problem;
	int64_t		post_id[MOST];
	int32_t		seats[MOST];
	int32_t		minimum[MOST];
	int32_t		level[MOST];
	int32_t		post_unit[MOST];
	int64_t		employee_id[MOST];
	int32_t		employee_unit[MOST];
	int32_t		home[MOST];
	int64_t		unit_id[MOST];
	int32_t		releasable[MOST];
	int32_t		staff[MOST];
	int64_t		required[MOST];
	int64_t		first_edge[MOST + 1];
	int32_t		edge_employee[MOST * MOST];
	int32_t		edge_score[MOST * MOST];
} Instance;

static void
make_instance(Instance *it, uint32_t posts, uint32_t employees, uint32_t density)
{
	FlowProblem *problem = &it->problem;
	uint32_t	units = draw(4) == 0 ? 1 : 1 + draw(posts < 5 ? 4 : 20);
	uint32_t	score_kind = draw(5);
	uint32_t	seat_kind = draw(4);
	uint32_t	limit_kind = draw(4);
	bool		minima = draw(3) == 0;
	bool		chains = draw(3) == 0;
	int64_t		edges = 0;

	memset(problem, 0, sizeof(*problem));
	problem->objective = (FlowObjective) draw(3);
	problem->n_posts = (int32_t) posts;
	problem->n_employees = (int32_t) employees;
	problem->n_units = (int32_t) units;
	problem->n_levels = 1 + (int32_t) (draw(2) ? draw(4) : 0);
	problem->balance_weight = draw(4) ? draw(2000) : 0;
	for (uint32_t e = 0; e < employees; e++)
	{
		it->employee_id[e] = -5 + (int64_t) e * 7;
		it->employee_unit[e] = draw(10) ? (int32_t) draw(units) : -1;
		it->home[e] = -1;
	}
	for (uint32_t p = 0; p < posts; p++)
		it->post_unit[p] = draw(5) ? (int32_t) draw(units) : -1;
	/* holders of posts, of their own units */
	if (chains)
	{
		problem->home = it->home;
		for (uint32_t e = 0; e < employees; e++)
		{
			uint32_t	p = draw(posts);

			if (draw(3) && (posts < 10 || draw(4)))
				it->employee_unit[e] = it->post_unit[p];
			if (draw(4) && it->employee_unit[e] == it->post_unit[p])
				it->home[e] = (int32_t) p;
		}
	}
	for (uint32_t p = 0; p < posts; p++)
	{
		it->post_id[p] = 10 + p * 3;
		it->seats[p] = (int32_t) (seat_kind == 0 ? 1 : seat_kind == 1 ? draw(3) : seat_kind == 2 ? draw(6) :
								  draw(3) ? draw(3) : 999999000);
		for (uint32_t e = 0; e < employees; e++)
			it->seats[p] += it->home[e] == (int32_t) p;
		it->minimum[p] = minima && it->seats[p] > 0 && draw(2) ?
			1 + (int32_t) draw(it->seats[p] < 4 ? (uint32_t) it->seats[p] : 4) : 0;
		it->level[p] = (int32_t) draw((uint32_t) problem->n_levels);
		it->first_edge[p] = edges;
		{
			uint32_t	wanted = draw(8) ? density : 0;

			for (uint32_t e = 0; e < employees; e++)
			{
				if (draw(100) >= wanted && it->home[e] != (int32_t) p)
					continue;
				it->edge_employee[edges] = (int32_t) e;
				it->edge_score[edges++] = (int32_t) (score_kind == 0 ? 500000 : score_kind == 1 ? draw(4) * 250000 :
													 score_kind == 2 ? draw(1000001) : score_kind == 3 ? draw(3) : draw(1000000001));
			}
		}
	}
	it->first_edge[posts] = edges;
	for (uint32_t u = 0; u < units; u++)
	{
		it->unit_id[u] = u;
		it->releasable[u] = limit_kind == 0 ? -1 : limit_kind == 1 ? (int32_t) draw(3) : limit_kind == 2 ?
			(int32_t) draw(employees / units + 2) : (int32_t) (draw(2) ? draw(5) : 1000000000);
		it->staff[u] = (int32_t) draw(20);
		it->required[u] = draw(5) == 0 ? -1 : draw(6) == 0 ? 0 : (int64_t) draw(2500);
	}
	problem->n_edges = edges;
	problem->post_id = it->post_id;
	problem->seats = it->seats;
	problem->minimum = it->minimum;
	problem->level = it->level;
	problem->post_unit = it->post_unit;
	problem->employee_id = it->employee_id;
	problem->employee_unit = it->employee_unit;
	problem->unit_id = it->unit_id;
	problem->releasable = it->releasable;
	problem->staff = it->staff;
	problem->required = it->required;
	problem->first_edge = it->first_edge;
	problem->edge_employee = it->edge_employee;
	problem->edge_score = it->edge_score;
}

/* The aims of one plan, in order; higher is better. */
#define AIMS 24
typedef struct Aims
{
	int64_t		aim[AIMS];
	int			count;
} Aims;

static Aims
aims_of(const FlowProblem *problem, const int32_t *post_of)
{
	Aims		aims;
	int32_t		filled[8] = {0};
	int32_t		change[64] = {0};
	int64_t		score = 0;
	bool		limited = false;	/* chains within limits: minima by their number, then all seats by level */

	for (int32_t u = 0; u < problem->n_units; u++)
		limited = limited || flow_net_limit(problem, u);
	memset(&aims, 0, sizeof(aims));
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		int32_t		p = post_of[e];

		if (p < 0)
			continue;
		filled[p]++;
		if (problem->employee_unit[e] >= 0)
			change[problem->employee_unit[e]]--;
		if (problem->post_unit[p] >= 0)
			change[problem->post_unit[p]]++;
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
		{
			if (problem->edge_employee[i] == e)
				score += problem->edge_score[i];
		}
	}
	/* seats of minima: by level where the objective knows levels */
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		int32_t		level = problem->objective == FLOW_FILL_THEN_SCORE && !limited ? problem->level[p] : 0;
		int32_t		below = filled[p] < problem->minimum[p] ? filled[p] : problem->minimum[p];

		aims.aim[level] += below;
		if (problem->objective == FLOW_FILL_THEN_SCORE)
			aims.aim[problem->n_levels + problem->level[p]] += filled[p] - (limited ? 0 : below);
	}
	aims.count = 2 * problem->n_levels;
	if (problem->objective == FLOW_BALANCE)
	{
		for (int32_t u = 0; u < problem->n_units; u++)
		{
			FlowScale	scale;

			if (!flow_weighed(problem, u))
				continue;
			scale.balance_unit = 1;
			for (int32_t i = 0; i < change[u]; i++)
				score -= flow_step_cost(&scale, problem->balance_weight, problem->staff[u] + i, problem->required[u]);
			for (int32_t i = -1; i >= change[u]; i--)
				score += flow_step_cost(&scale, problem->balance_weight, problem->staff[u] + i, problem->required[u]);
		}
	}
	aims.aim[aims.count++] = score;
	return aims;
}

static int
compare_aims(const Aims *a, const Aims *b)
{
	for (int i = 0; i < a->count; i++)
	{
		if (a->aim[i] != b->aim[i])
			return a->aim[i] < b->aim[i] ? -1 : 1;
	}
	return 0;
}

static Aims best_aims;
static bool any_aims;
static int32_t forced_employee;	/* must get … */
static int32_t forced_post = -1;	/* … this post, if any */
static int64_t best_value;

/* The solver's own objective, relative to nobody moving. */
static int64_t
value_of(const FlowProblem *problem, const FlowScale *scale, const int32_t *post_of)
{
	int64_t		value = 0;
	int32_t		filled[8] = {0};
	int32_t		change[64] = {0};

	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		int32_t		p = post_of[e];

		if (p < 0)
			continue;
		value += flow_empty_cost(problem, scale, p, problem->seats[p] - ++filled[p]);
		if (problem->employee_unit[e] >= 0)
			change[problem->employee_unit[e]]--;
		if (problem->post_unit[p] >= 0)
			change[problem->post_unit[p]]++;
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
		{
			if (problem->edge_employee[i] == e)
				value += problem->edge_score[i] * scale->score_unit +
					flow_tie(flow_hash(problem->employee_id[e]), flow_hash(problem->post_id[p]), scale->tie_bits);
		}
	}
	for (int32_t u = 0; u < problem->n_units; u++)
	{
		if (!flow_weighed(problem, u))
			continue;
		for (int32_t i = 0; i < change[u]; i++)
			value -= flow_step_cost(scale, problem->balance_weight, problem->staff[u] + i, problem->required[u]);
		for (int32_t i = -1; i >= change[u]; i--)
			value += flow_step_cost(scale, problem->balance_weight, problem->staff[u] + i, problem->required[u]);
	}
	return value;
}

static const FlowScale *value_scale;

static void
enumerate(const FlowProblem *problem, int32_t employee, int32_t *post_of, int32_t *filled, int32_t *out)
{
	int32_t		unit;

	if (employee == problem->n_employees)
	{
		Aims		aims;

		for (int32_t u = 0; u < problem->n_units; u++)
		{
			/* what the unit loses on balance */
			int32_t		loss = out[u];

			if (!flow_net_limit(problem, u))
				continue;
			for (int32_t e = 0; e < problem->n_employees; e++)
				loss -= post_of[e] >= 0 && problem->post_unit[post_of[e]] == u;
			if (loss > problem->releasable[u])
				return;
		}
		if (forced_post >= 0)
		{
			if (post_of[forced_employee] == forced_post)
			{
				int64_t		value = value_of(problem, value_scale, post_of);

				if (!any_aims || value > best_value)
					best_value = value;
				any_aims = true;
			}
			return;
		}
		aims = aims_of(problem, post_of);
		if (!any_aims || compare_aims(&best_aims, &aims) < 0)
			best_aims = aims;
		any_aims = true;
		return;
	}
	post_of[employee] = -1;
	if (!flow_is_holder(problem, employee))
		enumerate(problem, employee + 1, post_of, filled, out);
	unit = problem->employee_unit[employee];
	if (problem->home == NULL && unit >= 0 && problem->releasable[unit] >= 0 && out[unit] >= problem->releasable[unit])
		return;
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		if (filled[p] >= problem->seats[p])
			continue;
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
		{
			if (problem->edge_employee[i] != employee)
				continue;
			post_of[employee] = p;
			filled[p]++;
			if (unit >= 0)
				out[unit]++;
			enumerate(problem, employee + 1, post_of, filled, out);
			filled[p]--;
			if (unit >= 0)
				out[unit]--;
		}
	}
	post_of[employee] = -1;
}

static void
free_plan(FlowPlan *plan)
{
	test_release(NULL, plan->post_of);
	test_release(NULL, plan->post_price);
	test_release(NULL, plan->unit_price);
	test_release(NULL, plan->net_price);
}

static void
fail(const char *what)
{
	printf("instance %ld: %s\n", instance, what);
	exit(1);
}

/* kept apart from main()'s registers, which a longjmp() need not restore */
static bool contracted;
static long tiny = 1000;
static long middle = 200;
static uint64_t seed = 1;

int
main(int argc, char **argv)
{
	static Instance it;

	if (argc > 1)
		tiny = atol(argv[1]);
	if (argc > 2)
		middle = atol(argv[2]);
	if (argc > 3)
		seed = strtoull(argv[3], NULL, 10);
	for (instance = 0; instance < tiny + middle; instance++)
	{
		FlowProblem *problem = &it.problem;
		FlowPlan	plan;
		FlowPlan	other;
		FlowProof	proof;
		FlowProof	other_proof;

		random_state = (seed * UINT64_C(1000003) + (uint64_t) instance) * UINT64_C(0x9E3779B97F4A7C15) + 88172645463325252u;
		for (int i = 0; i < 10; i++)
			draw(2);
		if (instance < tiny)
			make_instance(&it, 1 + draw(4), 1 + draw(6), 20 + draw(81));
		else
			make_instance(&it, 5 + draw(100), 20 + draw(380), 1 + draw(draw(3) ? 10 : 100));

		contracted = problem->home == NULL;
		for (int32_t u = 0; u < problem->n_units; u++)
		{
			if (flow_weighed(problem, u))
				contracted = false;
		}
		chained += problem->home != NULL;
		/* chains within the limits of many units, and priorities: not every one fits into 64 bits */
		may_refuse = problem->home != NULL && instance >= tiny;
		if (setjmp(too_large) != 0)
		{
			held = 0;
			refused++;
			continue;
		}
		most_held = 0;
		flow_solve(problem, FLOW_SIMPLEX, 0, &env, &plan);
		if (most_held > flow_memory(problem, FLOW_SIMPLEX) + 4096 + (size_t) (problem->n_employees * 16 + problem->n_posts * 8 + problem->n_units * 16))
			fail("the general solver took more memory than it said");
		if (!flow_verify(problem, &plan, &env, &proof))
			fail(proof.broken);
		if (contracted)
		{
			most_held = 0;
			flow_solve(problem, FLOW_SSP, 0, &env, &other);
			if (!flow_verify(problem, &other, &env, &other_proof))
				fail(other_proof.broken);
			if (other_proof.primal_hi != proof.primal_hi || other_proof.primal_lo != proof.primal_lo ||
				other_proof.score != proof.score || other_proof.empty != proof.empty)
				fail("the solvers differ");
			both++;
			same_plans += memcmp(plan.post_of, other.post_of, sizeof(int32_t) * (size_t) problem->n_employees) == 0;
			free_plan(&other);
			flow_solve(problem, FLOW_AUTO, 1, &env, &other);
			if (!flow_verify(problem, &other, &env, &other_proof) || other_proof.primal_lo != proof.primal_lo)
				fail("out of budget, another optimum");
			free_plan(&other);
		}
		if (instance < tiny)
		{
			int32_t		post_of[8];
			int32_t		filled[8] = {0};
			int32_t		out[64] = {0};
			Aims		aims = aims_of(problem, plan.post_of);

			any_aims = false;
			enumerate(problem, 0, post_of, filled, out);
			if (compare_aims(&aims, &best_aims) != 0)
				fail("brute force finds a better plan");

			/* what a pair left out would cost */
			if (problem->n_edges > 0)
			{
				int32_t		p = 0;
				int64_t		edge = draw((uint32_t) problem->n_edges);
				int64_t		loss;

				while (edge >= problem->first_edge[p + 1])
					p++;
				loss = flow_loss(problem, &plan, p, edge, &env);
				forced_employee = problem->edge_employee[edge];
				forced_post = p;
				value_scale = &plan.scale;
				any_aims = false;
				enumerate(problem, 0, post_of, filled, out);
				if (any_aims ? loss != value_of(problem, &plan.scale, plan.post_of) - best_value : loss != INT64_MAX)
					fail("brute force finds another loss");
				forced_post = -1;
			}
		}

		/* the certificate must see that somebody was left out or moved */
		if (proof.moves > 0)
		{
			int32_t		e = 0;

			while (plan.post_of[e] < 0 || (flow_is_holder(problem, e) && problem->home[e] == plan.post_of[e]))
				e++;
			plan.post_of[e] = -1;
			if (flow_verify(problem, &plan, &env, &other_proof) && other_proof.primal_lo != proof.primal_lo)
				fail("the certificate passed a worse plan");
			tampered++;
		}
		free_plan(&plan);
		if (held != 0)
			fail("memory was left behind");
	}
	printf("%ld tiny instances equal brute force, %ld solved both ways alike (%ld with the same transfers), %ld with chains (%ld too large), %ld tampered plans refused\n",
		   tiny, both, same_plans, chained, refused, tampered);
	return 0;
}
