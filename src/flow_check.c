/*
 * flow_check.c
 *	  The certificate: that a plan keeps every limit, and that its prices leave
 *	  no room for a better one.
 *
 * Shares nothing with the solvers but the definition of the problem and of
 * its weights.  Linear programming duality, complementary slackness: if no
 * limit is broken, no candidate pair beats the prices of its post and
 * employee, and everything used is worth exactly its price, then the plan's
 * objective equals a bound that no plan exceeds.  Both are also added up,
 * in 128 bits, and compared.
 */
#include "flow_internal.h"

#include <string.h>

typedef struct Wide
{
	int64_t		hi;
	uint64_t	lo;
} Wide;

static void
wide_add(Wide *sum, int64_t hi, uint64_t lo)
{
	sum->lo += lo;
	sum->hi = (int64_t) ((uint64_t) sum->hi + (uint64_t) hi + (sum->lo < lo ? 1 : 0));
}

static void
wide_add_int(Wide *sum, int64_t value)
{
	wide_add(sum, value < 0 ? -1 : 0, (uint64_t) value);
}

/* Adds value * count, 0 <= count < 2^31: the product in two halves. */
static void
wide_add_product(Wide *sum, int64_t value, int64_t count)
{
	int64_t		low = (int64_t) ((uint64_t) value & UINT32_MAX) * count;
	int64_t		high = (value - (int64_t) ((uint64_t) value & UINT32_MAX)) / (INT64_C(1) << 32) * count;

	wide_add_int(sum, low);
	wide_add(sum, (high - (int64_t) ((uint64_t) high & UINT32_MAX)) / (INT64_C(1) << 32), (uint64_t) high << 32);
}

static void
wide_subtract(Wide *sum, Wide other)
{
	wide_add(sum, (int64_t) ~(uint64_t) other.hi, ~other.lo);
	wide_add_int(sum, 1);
}

static bool
wide_less(Wide a, Wide b)
{
	return a.hi != b.hi ? a.hi < b.hi : a.lo < b.lo;
}

static bool
broken(FlowProof *proof, const char *what, int64_t at)
{
	if (proof->broken == NULL)
	{
		proof->broken = what;
		proof->broken_at = at;
	}
	return false;
}

static bool
out_of_range(int64_t price)
{
	return price > FLOW_PRICE_LIMIT || price < -FLOW_PRICE_LIMIT;
}

/*
 * A post's seats: the count taken, the cost of the empty ones, and what the
 * price says any number of taken seats is worth at most.
 */
static bool
check_post(const FlowProblem *problem, const FlowPlan *plan, int32_t post, int64_t filled,
		   FlowProof *proof, Wide *primal, Wide *dual)
{
	const FlowScale *scale = &plan->scale;
	int64_t		seats = problem->seats[post];
	int64_t		minimum = problem->minimum[post];
	int64_t		empty = seats - filled;
	int64_t		cost = flow_seat_value(problem, scale, post);
	int64_t		price = plan->post_price[post];
	Wide		best = {0, 0};

	if (filled > seats)
		return broken(proof, "more people than seats", post);
	if (empty > 0 && price > -flow_empty_cost(problem, scale, post, empty - 1))
		return broken(proof, "an empty seat has a price", post);
	if (filled > 0 && price < -flow_empty_cost(problem, scale, post, empty))
		return broken(proof, "a taken seat costs less than an empty one", post);

	wide_add_product(primal, -cost, empty);
	if (empty > seats - minimum)
		wide_add_product(primal, -scale->minimum_extra, empty - (seats - minimum));

	/* the best of f * price - cost(seats - f): at one of three corners */
	for (int corner = 0; corner < 3; corner++)
	{
		Wide		value = {0, 0};
		int64_t		taken = corner == 0 ? 0 : corner == 1 ? minimum : seats;

		wide_add_product(&value, price, taken);
		wide_add_product(&value, -cost, seats - taken);
		if (seats - taken > seats - minimum)
			wide_add_product(&value, -scale->minimum_extra, minimum - taken);
		if (corner == 0 || wide_less(best, value))
			best = value;
	}
	wide_add(dual, best.hi, best.lo);

	proof->empty += empty;
	if (empty > seats - minimum)
		proof->empty_minimum += empty - (seats - minimum);
	return true;
}

/*
 * A unit: releases, and the imbalance of its staff after the plan.  With
 * chains the limit is on leavers less arrivals.
 */
static bool
check_unit(const FlowProblem *problem, const FlowPlan *plan, int32_t unit, int64_t out, int64_t in,
		   FlowProof *proof, Wide *primal, Wide *dual)
{
	const FlowScale *scale = &plan->scale;
	int64_t		change = in - out;
	int64_t		limit = problem->releasable[unit];
	int64_t		price = plan->unit_price[unit];
	int64_t		net = plan->net_price[unit];
	int64_t		used = problem->home ? -change : out;
	Wide		ladder = {0, 0};

	if (price < 0)
		return broken(proof, "a release has a negative price", unit);
	if (limit < 0)
	{
		if (price != 0)
			return broken(proof, "an unlimited release has a price", unit);
	}
	else
	{
		if (used > limit)
			return broken(proof, "more releases than allowed", unit);
		if (used < limit && price != 0)
			return broken(proof, "a release left over has a price", unit);
		wide_add_product(dual, price, limit);
	}

	if (!flow_weighed(problem, unit))
		return net == 0 ? true : broken(proof, "an unweighed unit has a net price", unit);

	if (net > flow_step_cost(scale, problem->balance_weight, problem->staff[unit] + change, problem->required[unit]) ||
		net < flow_step_cost(scale, problem->balance_weight, problem->staff[unit] + change - 1, problem->required[unit]))
		return broken(proof, "a net price off its ladder", unit);
	for (int64_t i = 0; i < change; i++)
		wide_add_int(&ladder, flow_step_cost(scale, problem->balance_weight, problem->staff[unit] + i, problem->required[unit]));
	for (int64_t i = -1; i >= change; i--)
		wide_add_int(&ladder, -flow_step_cost(scale, problem->balance_weight, problem->staff[unit] + i, problem->required[unit]));
	wide_subtract(primal, ladder);
	wide_subtract(dual, ladder);
	wide_add_product(dual, change < 0 ? -net : net, change < 0 ? -change : change);
	return true;
}

static bool
check_all(const FlowProblem *problem, const FlowPlan *plan, const FlowEnv *env, FlowProof *proof,
		  int64_t *filled, int64_t *out, int64_t *in, int64_t *rent, uint32_t *hash)
{
	const FlowScale *scale = &plan->scale;
	Wide		primal = {0, 0};
	Wide		dual = {0, 0};
	int64_t		breath = 0;

	/* prices may come from anywhere: no sum of four may leave 64 bits */
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		if (out_of_range(plan->post_price[p]))
			return broken(proof, "a price out of range", p);
		filled[p] = 0;
	}
	for (int32_t u = 0; u < problem->n_units; u++)
	{
		if (out_of_range(plan->unit_price[u]) || out_of_range(plan->net_price[u]))
			return broken(proof, "a price out of range", u);
		out[u] = in[u] = 0;
	}
	/* who stays has the rent of the unit; the others' is found at their pair */
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		int32_t		unit = problem->employee_unit[e];

		hash[e] = flow_hash(problem->employee_id[e]);
		rent[e] = unit >= 0 ? plan->unit_price[unit] - plan->net_price[unit] : 0;
		if (plan->post_of[e] < -1 || plan->post_of[e] >= problem->n_posts)
			return broken(proof, "an unknown post", e);
		if (flow_is_holder(problem, e) && plan->post_of[e] < 0)
			return broken(proof, "a holder without a post", e);
	}

	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		uint32_t	post_hash = flow_hash(problem->post_id[p]);
		int32_t		to = problem->post_unit[p];
		int64_t		ask = flow_ask(problem, plan, p);

		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
		{
			int32_t		e = problem->edge_employee[i];
			int32_t		from = problem->employee_unit[e];
			int64_t		gain;
			int64_t		pays;
			int64_t		base;

			if (plan->post_of[e] != p)
				continue;
			gain = (int64_t) problem->edge_score[i] * scale->score_unit + flow_tie(hash[e], post_hash, scale->tie_bits);
			pays = gain - ask;
			base = rent[e];
			if (pays < base && !flow_is_holder(problem, e))
				return broken(proof, "a transfer below its price", i);
			rent[e] = pays;
			filled[p]++;
			if (from >= 0)
				out[from]++;
			if (to >= 0)
				in[to]++;
			if (!flow_is_holder(problem, e) || problem->home[e] != p)
				proof->moves++;
			proof->score += problem->edge_score[i];
			wide_add_int(&primal, gain);
			wide_add_int(&dual, pays);
			wide_add_int(&dual, -base);
		}
	}
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (plan->post_of[e] >= 0)
			filled[plan->post_of[e]]--;
	}
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		if (filled[p] != 0)
			return broken(proof, "a transfer that is no candidate pair", p);
	}
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (plan->post_of[e] >= 0)
			filled[plan->post_of[e]]++;
	}

	/* no pair anywhere beats the prices */
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		uint32_t	post_hash = flow_hash(problem->post_id[p]);
		int64_t		ask = flow_ask(problem, plan, p);

		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
		{
			int32_t		e = problem->edge_employee[i];
			int64_t		gain = (int64_t) problem->edge_score[i] * scale->score_unit +
				flow_tie(hash[e], post_hash, scale->tie_bits);

			if (gain > ask + rent[e])
				return broken(proof, "a pair beats the prices", i);
			if (++breath % FLOW_BREATH == 0)
				env->breathe(env->context, p, problem->n_posts);
		}
	}
	proof->pairs = problem->n_edges;

	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		if (!check_post(problem, plan, p, filled[p], proof, &primal, &dual))
			return false;
	}
	for (int32_t u = 0; u < problem->n_units; u++)
	{
		if (!check_unit(problem, plan, u, out[u], in[u], proof, &primal, &dual))
			return false;
		if (flow_weighed(problem, u))
		{
			int64_t		imbalance = flow_imbalance(problem->staff[u] + in[u] - out[u], problem->required[u]);

			/* only told, not proven with; saturates */
			if (proof->imbalance > INT64_MAX - imbalance)
				proof->imbalance = INT64_MAX;
			else
				proof->imbalance += imbalance;
		}
	}
	proof->primal_hi = primal.hi;
	proof->primal_lo = primal.lo;
	proof->dual_hi = dual.hi;
	proof->dual_lo = dual.lo;
	if (primal.hi != dual.hi || primal.lo != dual.lo)
		return broken(proof, "objective and bound differ", 0);
	return true;
}

/*
 * flow_verify: true if the plan is proven optimal; else proof->broken says
 * which condition fails, and proof->broken_at at which post, unit, employee
 * or pair.
 */
bool
flow_verify(const FlowProblem *problem, const FlowPlan *plan, const FlowEnv *env, FlowProof *proof)
{
	int64_t    *filled = flow_alloc(env, problem->n_posts, sizeof(int64_t));
	int64_t    *out = flow_alloc(env, problem->n_units, sizeof(int64_t));
	int64_t    *in = flow_alloc(env, problem->n_units, sizeof(int64_t));
	int64_t    *rent = flow_alloc(env, problem->n_employees, sizeof(int64_t));
	uint32_t   *hash = flow_alloc(env, problem->n_employees, sizeof(uint32_t));
	bool		proven;

	memset(proof, 0, sizeof(*proof));
	proven = check_all(problem, plan, env, proof, filled, out, in, rent, hash);
	flow_free(env, hash);
	flow_free(env, rent);
	flow_free(env, in);
	flow_free(env, out);
	flow_free(env, filled);
	return proven;
}
