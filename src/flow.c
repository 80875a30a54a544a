/*
 * flow.c
 *	  The front of the planner: how several aims become one integer, which
 *	  solver gets the problem, and that no plan leaves unproven.
 *
 * Aims in order.  Let M be the most transfers any plan can have.
 *  - A pair's gain is score * score_unit + tie with 0 <= tie < 2^b.  With
 *    score_unit = M * 2^b the ties of a whole plan sum to less than one unit
 *    of score, so they only choose among plans of equal total score.
 *  - level_unit = (M + 1) * (highest gain) exceeds what all gains of a plan
 *    sum to.  A seat left empty costs a multiple of it: 1 for the last
 *    priority, more for each before it, more still for seats of a minimum.
 *    The sets of seats that can be filled together form a matroid (they are
 *    the sets linked to the donors by disjoint paths), in which any weights
 *    in the right order give the set that is best by level, so equal steps
 *    between the levels do, and no power per level is needed.
 *  - With balance, a unit's imbalance is convex in its staff, so it is a
 *    ladder of steps of ascending cost.
 *  - With chains the holders of posts must all be seated somewhere, and the
 *    seats that can be filled then still form a matroid (what can be filled
 *    alone can be filled together with all holders: Mendelsohn and Dulmage
 *    1958) - unless units have limits.  A limit on balance lets one change
 *    trade a seat in each of several units, at most one fewer in each unit and
 *    one without; so a seat must outweigh a seat of the next priority in all
 *    of them, and a seat of a minimum all others.
 *
 * Nothing overflows.  Prices of the contracted solver lie between
 * -(cost of an empty seat) and cost of an empty seat + highest gain, because
 * every search may end by leaving a seat empty.  Those of the network simplex
 * are costs along a tree path to the root, on which every post lies at most
 * once: two gains and two seat costs a post, two steps of ladders a unit.
 * With chains a path may also pass two seats in each limited unit.
 * flow_scale() takes the largest b for which these stay below
 * FLOW_PRICE_LIMIT = 2^60, and refuses the problem if not even b = 0 will do;
 * sums of objective values are kept in 128 bits by flow_check.c.
 */
#include "flow_internal.h"

#include <string.h>

/* Tie-break bits beyond these make equal totals no rarer in practice. */
#define MOST_TIE_BITS 16

/* 64 bits to 32, every input bit deciding about half of the output's. */
uint32_t
flow_hash(int64_t id)
{
	uint64_t	x = (uint64_t) id + UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
	x ^= x >> 31;
	return (uint32_t) (x >> 32);
}

int64_t
flow_marginal(int64_t staff, int64_t required)
{
	int64_t		divisor = required > 100 ? required : 100;

	/* at most (2e9 * 100 + 2e11) * 1e6 < 2^59 */
	int64_t		numerator = ((2 * staff + 1) * 100 - 2 * required) * FLOW_SCORE_SCALE;

	return numerator >= 0 ? numerator / divisor : -((-numerator + divisor - 1) / divisor);
}

int64_t
flow_imbalance(int64_t staff, int64_t required)
{
	int64_t		divisor = required > 100 ? required : 100;
	int64_t		gap = staff * 100 - required;	/* hundredths */
	int64_t		whole;
	int64_t		rest;
	int64_t		result;

	/* gap^2 / (100 * divisor) points; |gap| <= 2e11, so by long division */
	if (gap < 0)
		gap = -gap;
	whole = gap / divisor;
	rest = gap % divisor;

	/*
	 * gap^2 / divisor = gap * whole + gap * rest / divisor, the latter below
	 * gap; saturates where a unit is overstaffed beyond any sense.
	 */
	if (whole > 0 && gap > INT64_MAX / 20000 / whole)
		return INT64_MAX / 2;
	result = gap * whole;		/* hundredths of a point */
	if (result > INT64_MAX / 20000)
		return INT64_MAX / 2;
	result *= FLOW_SCORE_SCALE / 100;
	/* gap * rest * 10^4 / divisor, digit by digit: rest < divisor <= 1e11 */
	{
		int64_t		part = 0;
		uint64_t	carry = 0;	/* of gap * (rest / divisor), by binary long multiplication */
		uint64_t	g = (uint64_t) gap * (FLOW_SCORE_SCALE / 100);

		for (int bit = 62; bit >= 0; bit--)
		{
			/* (part, carry) = (part + carry / divisor) of the bits so far, doubled */
			part *= 2;
			carry *= 2;
			if (carry >= (uint64_t) divisor)
			{
				carry -= (uint64_t) divisor;
				part++;
			}
			if ((g >> bit) & 1)
			{
				carry += (uint64_t) rest;
				if (carry >= (uint64_t) divisor)
				{
					carry -= (uint64_t) divisor;
					part++;
				}
			}
		}
		result += part + (2 * carry >= (uint64_t) divisor ? 1 : 0);
	}
	return result;
}

/* The highest |cost| of a step of any unit's ladder, per balance_unit; -1: too large. */
static int64_t
steepest_step(const FlowProblem *problem, const FlowEnv *env)
{
	int64_t		steepest = 0;
	int64_t    *arrivals;
	int64_t    *departures;

	if (problem->objective != FLOW_BALANCE)
		return 0;
	arrivals = flow_alloc(env, problem->n_units, sizeof(int64_t));
	departures = flow_alloc(env, problem->n_units, sizeof(int64_t));
	memset(arrivals, 0, sizeof(int64_t) * (size_t) problem->n_units);
	memset(departures, 0, sizeof(int64_t) * (size_t) problem->n_units);
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		int64_t		degree = problem->first_edge[p + 1] - problem->first_edge[p];

		if (problem->post_unit[p] >= 0)
			arrivals[problem->post_unit[p]] += problem->seats[p] < degree ? problem->seats[p] : degree;
	}
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (problem->employee_unit[e] >= 0)
			departures[problem->employee_unit[e]]++;
	}
	for (int32_t u = 0; u < problem->n_units && steepest >= 0; u++)
	{
		int64_t		ends[2];

		if (!flow_weighed(problem, u))
			continue;
		/* one step beyond either end, which the network simplex may hold */
		ends[0] = problem->staff[u] - departures[u] - 1;
		ends[1] = problem->staff[u] + arrivals[u] + 1;
		for (int i = 0; i < 2 && steepest >= 0; i++)
		{
			int64_t		cost = flow_marginal(ends[i], problem->required[u]);

			cost = flow_mul(cost < 0 ? -cost : cost, problem->balance_weight);
			if (cost < 0)
				steepest = -1;
			else if (cost / 100 + 1 > steepest)
				steepest = cost / 100 + 1;
		}
	}
	flow_free(env, arrivals);
	flow_free(env, departures);
	return steepest;
}

void
flow_scale(const FlowProblem *problem, const FlowEnv *env, FlowScale *scale)
{
	int64_t		most_moves = 0;
	int64_t		most_score = 0;
	int64_t		minimum_posts = 0;
	int64_t		steepest = steepest_step(problem, env);
	bool		weighed = problem->objective == FLOW_BALANCE;
	int64_t		passes = 1;		/* units and root through which one change may trade seats */

	for (int32_t u = 0; u < problem->n_units; u++)
	{
		if (flow_net_limit(problem, u) || (problem->home != NULL && flow_weighed(problem, u)))
			passes++;
	}
	scale->level_ratio = passes > 1 && problem->objective == FLOW_FILL_THEN_SCORE ? passes + 1 : 1;

	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		int64_t		degree = problem->first_edge[p + 1] - problem->first_edge[p];

		most_moves += problem->seats[p] < degree ? problem->seats[p] : degree;
		if (problem->minimum[p] > 0)
			minimum_posts++;
	}
	if (most_moves > problem->n_employees)
		most_moves = problem->n_employees;
	for (int64_t i = 0; i < problem->n_edges; i++)
	{
		if (problem->edge_score[i] > most_score)
			most_score = problem->edge_score[i];
	}
	scale->most_moves = most_moves;

	for (int bits = MOST_TIE_BITS; steepest >= 0; bits = bits > 0 ? bits - 1 : -1)
	{
		int64_t		step;
		int64_t		bound;
		int64_t		part;
		int64_t		top = 1;	/* what a seat of the first priority is worth */

		if (bits < 0)
			break;
		scale->tie_bits = bits;
		/* (with no tie bits, ids alone decide through the order of the input) */
		scale->score_unit = bits == 0 ? 1 : most_moves * (INT64_C(1) << bits);
		if (scale->score_unit < 1)
			scale->score_unit = 1;
		part = flow_mul(most_score, scale->score_unit);
		if (part < 0 || part > FLOW_PRICE_LIMIT)
			continue;
		scale->most_gain = part + ((INT64_C(1) << bits) - 1);
		if (scale->most_gain < 1)
			scale->most_gain = 1;
		scale->balance_unit = weighed ? scale->score_unit : 0;
		step = flow_mul(steepest, scale->balance_unit);
		if (step < 0 || step > FLOW_PRICE_LIMIT / 8)
			continue;
		scale->level_unit = flow_mul(most_moves + 1, scale->most_gain + 4 * step);
		if (scale->level_unit < 0)
			continue;
		scale->fill_unit = problem->objective == FLOW_FILL_THEN_SCORE ? scale->level_unit : 0;
		if (scale->level_ratio == 1)
			top = problem->n_levels;
		else
		{
			for (int32_t i = 1; i < problem->n_levels && top >= 0; i++)
				top = flow_mul(top, scale->level_ratio);
		}
		if (scale->fill_unit == 0)
			top = top < 0 ? -1 : 0;
		bound = flow_mul(scale->fill_unit, top);
		if (top < 0 || bound < 0 || bound > FLOW_PRICE_LIMIT)
			continue;
		scale->minimum_extra = 0;
		if (minimum_posts > 0)
		{
			scale->minimum_extra = flow_mul(passes, scale->fill_unit > 0 ? bound : scale->level_unit);
			if (scale->minimum_extra < 0 || scale->minimum_extra > FLOW_PRICE_LIMIT)
				continue;
		}

		/*
		 * The cost of an empty seat touches the root of the simplex's tree
		 * except with balance, where a path may pass two a post.
		 */
		bound = flow_mul(bound + scale->minimum_extra,
						 problem->home ? 2 * passes : weighed ? 2 * minimum_posts + 2 : 2);
		if (bound < 0 || bound > FLOW_PRICE_LIMIT)
			continue;
		part = flow_mul(2 * (int64_t) problem->n_posts + 2, scale->most_gain);
		if (part < 0 || part > FLOW_PRICE_LIMIT)
			continue;
		bound += part;
		part = flow_mul(2 * (int64_t) problem->n_units + 2, step);
		if (part < 0 || part > FLOW_PRICE_LIMIT)
			continue;
		bound += part;
		/* with chains a tree may hold a dummy arc that costs more than any path */
		scale->most_path = bound;
		if (bound < FLOW_PRICE_LIMIT / (problem->home ? 4 : 1))
			return;
	}
	env->fail(env->context, FLOW_TOO_LARGE, "weights");
}

/*
 * Does every holder have the own post among the pairs, in the own unit, and
 * every post no more holders than seats?
 */
static bool
homes_hold(const FlowProblem *problem, const FlowEnv *env)
{
	int32_t    *holders = flow_alloc(env, problem->n_posts, sizeof(int32_t));
	int64_t		found = 0;
	bool		hold = true;

	memset(holders, 0, sizeof(int32_t) * (size_t) problem->n_posts);
	for (int32_t e = 0; e < problem->n_employees && hold; e++)
	{
		int32_t		p = problem->home[e];

		if (p < 0)
			continue;
		found++;
		hold = ++holders[p] <= problem->seats[p] && problem->employee_unit[e] == problem->post_unit[p];
	}
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
			found -= problem->home[problem->edge_employee[i]] == p;
	}
	flow_free(env, holders);
	return hold && found == 0;
}

/* Breaks of FlowProblem's contract that would be read or written out of bounds. */
void
flow_check_problem(const FlowProblem *problem, const FlowEnv *env)
{
	const char *bad = NULL;

	if (problem->n_posts < 0 || problem->n_posts == INT32_MAX || problem->n_employees < 0 || problem->n_units < 0 ||
		problem->n_edges < 0 || problem->n_levels < 1 || problem->first_edge[0] != 0 ||
		problem->first_edge[problem->n_posts] != problem->n_edges ||
		problem->balance_weight < 0 || problem->balance_weight > FLOW_MAX_WEIGHT)
		bad = "size";
	for (int32_t p = 0; p < problem->n_posts && !bad; p++)
	{
		if (problem->seats[p] < 0 || problem->seats[p] > FLOW_MAX_COUNT ||
			problem->minimum[p] < 0 || problem->minimum[p] > problem->seats[p] ||
			problem->level[p] < 0 || problem->level[p] >= problem->n_levels ||
			problem->post_unit[p] < -1 || problem->post_unit[p] >= problem->n_units ||
			problem->first_edge[p + 1] < problem->first_edge[p] ||
			problem->first_edge[p + 1] > problem->n_edges ||
			problem->first_edge[p + 1] - problem->first_edge[p] > problem->n_employees)
			bad = "post";
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1] && !bad; i++)
		{
			if (problem->edge_employee[i] < 0 || problem->edge_employee[i] >= problem->n_employees ||
				problem->edge_score[i] < 0 || problem->edge_score[i] > FLOW_MAX_SCORE ||
				(i > problem->first_edge[p] && problem->edge_employee[i] <= problem->edge_employee[i - 1]))
				bad = "pair";
		}
	}
	for (int32_t e = 0; e < problem->n_employees && !bad; e++)
	{
		if (problem->employee_unit[e] < -1 || problem->employee_unit[e] >= problem->n_units ||
			(problem->home && (problem->home[e] < -1 || problem->home[e] >= problem->n_posts)))
			bad = "employee";
	}
	for (int32_t u = 0; u < problem->n_units && !bad; u++)
	{
		if (problem->releasable[u] > FLOW_MAX_COUNT ||
			problem->staff[u] < 0 || problem->staff[u] > FLOW_MAX_COUNT ||
			problem->required[u] > FLOW_MAX_REQUIRED)
			bad = "unit";
	}
	if (!bad && problem->home && !homes_hold(problem, env))
		bad = "holder";
	if (bad)
		env->fail(env->context, FLOW_BAD_PROBLEM, bad);
}

/*
 * Chains, or is some unit's imbalance weighed?  Then zero transfers is not a
 * price-zero start.
 */
static bool
needs_simplex(const FlowProblem *problem)
{
	if (problem->home != NULL)
		return true;
	for (int32_t u = 0; u < problem->n_units; u++)
	{
		if (flow_weighed(problem, u))
			return true;
	}
	return false;
}

size_t
flow_memory(const FlowProblem *problem, FlowSolver solver)
{
	if (solver == FLOW_SIMPLEX || needs_simplex(problem))
		return flow_memory_simplex(problem);
	return flow_memory_ssp(problem);
}

/*
 * A post without seats takes no part in solving; its price is what the best
 * candidate would make of the first.
 */
static void
price_closed_posts(const FlowProblem *problem, const FlowEnv *env, FlowPlan *plan)
{
	int64_t    *rent = NULL;

	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		uint32_t	post_hash = flow_hash(problem->post_id[p]);
		int64_t		ask;

		if (problem->seats[p] > 0)
			continue;
		/* no less than what an empty seat would cost */
		plan->post_price[p] = -flow_seat_value(problem, &plan->scale, p);
		if (problem->first_edge[p + 1] == problem->first_edge[p])
			continue;
		if (rent == NULL)
		{
			rent = flow_alloc(env, problem->n_employees, sizeof(int64_t));
			flow_rents(problem, plan, rent);
		}
		ask = flow_ask(problem, plan, p) - plan->post_price[p];
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
		{
			int32_t		e = problem->edge_employee[i];
			int64_t		value = (int64_t) problem->edge_score[i] * plan->scale.score_unit +
				flow_tie(flow_hash(problem->employee_id[e]), post_hash, plan->scale.tie_bits) -
				ask - rent[e];

			if (value > plan->post_price[p])
				plan->post_price[p] = value;
		}
	}
	if (rent != NULL)
		flow_free(env, rent);
}

/* Every employee's rent, as in FlowPlan. */
void
flow_rents(const FlowProblem *problem, const FlowPlan *plan, int64_t *rent)
{
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		int32_t		unit = problem->employee_unit[e];

		rent[e] = unit >= 0 ? plan->unit_price[unit] - plan->net_price[unit] : 0;
	}
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		uint32_t	post_hash = flow_hash(problem->post_id[p]);
		int64_t		ask = flow_ask(problem, plan, p);

		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
		{
			int32_t		e = problem->edge_employee[i];

			if (plan->post_of[e] == p)
				rent[e] = (int64_t) problem->edge_score[i] * plan->scale.score_unit +
					flow_tie(flow_hash(problem->employee_id[e]), post_hash, plan->scale.tie_bits) - ask;
		}
	}
}

/*
 * How many steps the contracted solver may take.  What it does well it does in
 * 1 to 50 a pair, also with ten million pairs and hardly a person to spare.
 * Where nearly everybody is a candidate of every post, easy problems take
 * little more than one, and in hard ones (scores by distance) each search looks
 * at nearly all: there the general solver, which takes 20 to 40 quick ones a
 * pair, is the better the sooner.
 */
static int64_t
default_budget(const FlowProblem *problem)
{
	int64_t		all = (int64_t) problem->n_posts * problem->n_employees;

	if (problem->n_edges >= all / 4)
		return INT64_C(20000000) + problem->n_edges / 2 * 5;
	return INT64_C(20000000) + 200 * problem->n_edges;
}

void
flow_solve(const FlowProblem *problem, FlowSolver solver, int64_t budget,
		   const FlowEnv *env, FlowPlan *plan)
{
	FlowProof	proof;

	flow_check_problem(problem, env);
	memset(plan, 0, sizeof(*plan));
	flow_scale(problem, env, &plan->scale);
	plan->post_of = flow_alloc(env, problem->n_employees, sizeof(int32_t));
	plan->post_price = flow_alloc(env, problem->n_posts, sizeof(int64_t));
	plan->unit_price = flow_alloc(env, problem->n_units, sizeof(int64_t));
	plan->net_price = flow_alloc(env, problem->n_units, sizeof(int64_t));
	memset(plan->net_price, 0, sizeof(int64_t) * (size_t) problem->n_units);

	if (solver == FLOW_SSP && needs_simplex(problem))
		env->fail(env->context, FLOW_BAD_PROBLEM, "chains and balance need the general solver");
	if (solver == FLOW_AUTO && needs_simplex(problem))
		solver = FLOW_SIMPLEX;
	if (solver != FLOW_SIMPLEX)
	{
		if (solver == FLOW_SSP)
			budget = INT64_MAX;
		else if (budget <= 0)
			budget = default_budget(problem);
		if (flow_solve_ssp(problem, budget, env, plan))
			plan->solver = FLOW_SSP;
		else
			solver = FLOW_SIMPLEX;
	}
	if (solver == FLOW_SIMPLEX)
	{
		flow_solve_simplex(problem, env, plan);
		plan->solver = FLOW_SIMPLEX;
	}
	price_closed_posts(problem, env, plan);
	if (!flow_verify(problem, plan, env, &proof))
		env->fail(env->context, FLOW_NOT_PROVEN, proof.broken);
}
