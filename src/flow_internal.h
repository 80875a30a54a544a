/*
 * flow_internal.h
 *	  What the files of the planner share with each other: what a price means,
 *	  which its SQL face must know too, and the state of the contracted solver.
 */
#ifndef MUTASI_FLOW_INTERNAL_H
#define MUTASI_FLOW_INTERNAL_H

#include "flow.h"

/* Every price and distance stays below this, so that a sum of four fits. */
#define FLOW_PRICE_LIMIT	(INT64_C(1) << 60)

/* Between two calls of FlowEnv.breathe. */
#define FLOW_BREATH			100000

/* a * b for non-negative numbers, or -1 if it exceeds INT64_MAX. */
static inline int64_t
flow_mul(int64_t a, int64_t b)
{
	if (a < 0 || b < 0 || (a != 0 && b > INT64_MAX / a))
		return -1;
	return a * b;
}

static inline void *
flow_alloc(const FlowEnv *env, int64_t count, size_t size)
{
	if (count < 1)
		count = 1;
	if ((uint64_t) count > (uint64_t) (SIZE_MAX / 2) / size)
		env->fail(env->context, FLOW_TOO_LARGE, "memory");
	return env->alloc(env->context, (size_t) count * size);
}

static inline void
flow_free(const FlowEnv *env, void *pointer)
{
	env->release(env->context, pointer);
}

/* What a filled seat of a priority is worth for being filled, in multiples of fill_unit. */
static inline int64_t
flow_level_weight(const FlowProblem *problem, const FlowScale *scale, int32_t level)
{
	int64_t		weight = 1;

	if (scale->level_ratio == 1)
		return problem->n_levels - level;
	for (int32_t i = problem->n_levels - 1; i > level; i--)
		weight *= scale->level_ratio;	/* flow_scale() has checked that it fits */
	return weight;
}

static inline int64_t
flow_seat_value(const FlowProblem *problem, const FlowScale *scale, int32_t post)
{
	return scale->fill_unit == 0 ? 0 : flow_level_weight(problem, scale, problem->level[post]) * scale->fill_unit;
}

/* What one more empty seat of a post costs when `empty` are empty already. */
static inline int64_t
flow_empty_cost(const FlowProblem *problem, const FlowScale *scale, int32_t post, int64_t empty)
{
	int64_t		cost = flow_seat_value(problem, scale, post);

	if (empty >= (int64_t) problem->seats[post] - problem->minimum[post])
		cost += scale->minimum_extra;
	return cost;
}

/* Objective cost of a unit's member of staff number staff + 1; ascending in staff. */
static inline int64_t
flow_step_cost(const FlowScale *scale, int64_t balance_weight, int64_t staff, int64_t required)
{
	int64_t		marginal = flow_marginal(staff, required);
	int64_t		weighted = marginal * balance_weight;

	/* flow_scale() has checked that the products fit */
	return (weighted >= 0 ? weighted / 100 : -((-weighted + 99) / 100)) * scale->balance_unit;
}

/* With chains: is the unit's loss on balance limited? */
static inline bool
flow_net_limit(const FlowProblem *problem, int32_t unit)
{
	return problem->home != NULL && unit >= 0 && problem->releasable[unit] >= 0;
}

/* What a pair of this post must gain, less the rent of the employee. */
static inline int64_t
flow_ask(const FlowProblem *problem, const FlowPlan *plan, int32_t post)
{
	int32_t		to = problem->post_unit[post];

	if (to < 0)
		return plan->post_price[post];
	return plan->post_price[post] + plan->net_price[to] - (problem->home ? plan->unit_price[to] : 0);
}

/* Has the employee a post that counts among the seats? */
static inline bool
flow_is_holder(const FlowProblem *problem, int32_t employee)
{
	return problem->home != NULL && problem->home[employee] >= 0;
}

/* Does the plan weigh this unit's imbalance? */
static inline bool
flow_weighed(const FlowProblem *problem, int32_t unit)
{
	return problem->objective == FLOW_BALANCE && unit >= 0 && problem->required[unit] >= 0;
}

/* The solvers: fill in everything of the plan but scale. */
extern bool flow_solve_ssp(const FlowProblem *problem, int64_t budget, const FlowEnv *env, FlowPlan *plan);
extern void flow_solve_simplex(const FlowProblem *problem, const FlowEnv *env, FlowPlan *plan);
extern size_t flow_memory_ssp(const FlowProblem *problem);
extern size_t flow_memory_simplex(const FlowProblem *problem);

/*
 * State of the contracted solver, shared by its two phases.
 */
typedef struct FlowPair
{
	int64_t		key;			/* rent - gain, possibly out of date: rents only rise, so a lower bound */
	int32_t		employee;
	int32_t		score;
} FlowPair;

typedef struct FlowEmployee
{
	int64_t		rent;			/* while in a post; else that of the unit */
	int32_t		unit;			/* with a limit that can bind, or -1 */
	int32_t		post;			/* or -1 */
	uint32_t	hash;
	int32_t		seat;			/* place in the post's list */
	int32_t		release;		/* place in the unit's list */
} FlowEmployee;

typedef struct FlowState
{
	const FlowProblem *problem;
	const FlowEnv *env;
	FlowScale	scale;
	int32_t		n_posts;
	int32_t		n_units;

	FlowPair   *pairs;			/* by first_edge, the head of each post's list ascending by key */
	FlowPair   *scratch;		/* for sorting: the longest list */
	FlowEmployee *employees;
	uint32_t   *post_hash;

	/* by post */
	int64_t    *worth;			/* price of a seat; only falls */
	int32_t    *filled;
	int32_t    *empty;			/* seats decided to stay empty */
	int32_t    *open;			/* seats not decided yet */
	int64_t    *wasted;			/* steps since the keys were last brought up to date */
	int64_t    *sorted;			/* how much of the list is in order; the rest is no lower */
	int64_t    *first_seat;		/* n_posts + 1, into seated */
	int32_t    *seated;			/* employees */

	/* by unit */
	int64_t    *price;			/* of one release; only rises */
	int32_t    *released;
	int32_t    *spare;			/* releases left */
	int64_t    *first_release;	/* n_units + 1, into leaving */
	int32_t    *leaving;		/* employees in posts */

	int64_t		seats_total;
	int64_t		seats_open;
	int64_t		steps;
	int64_t		breath;			/* steps at which to breathe next */
	int64_t		bids;
	int64_t		searches;
} FlowState;

extern void flow_auction(FlowState *state);

static inline int64_t
flow_gain(const FlowState *state, int32_t post, const FlowPair *pair)
{
	return (int64_t) pair->score * state->scale.score_unit +
		flow_tie(state->employees[pair->employee].hash, state->post_hash[post], state->scale.tie_bits);
}

static inline int64_t
flow_rent(const FlowState *state, const FlowEmployee *employee)
{
	if (employee->post >= 0)
		return employee->rent;
	return employee->unit < 0 ? 0 : state->price[employee->unit];
}

static inline void
flow_breathe(FlowState *state)
{
	if (state->steps >= state->breath)
	{
		state->breath = state->steps + FLOW_BREATH;
		state->env->breathe(state->env->context, state->seats_total - state->seats_open, state->seats_total);
	}
}

extern void flow_seat(FlowState *state, int32_t post, int32_t employee, int64_t gain);
extern void flow_unseat(FlowState *state, int32_t employee);
extern void flow_release(FlowState *state, int32_t employee);
extern void flow_unrelease(FlowState *state, int32_t employee);
extern void flow_lower_worth(FlowState *state, int32_t post, int64_t worth);
extern void flow_extend(FlowState *state, int32_t post);
extern void flow_refresh(FlowState *state, int32_t post);

#endif							/* MUTASI_FLOW_INTERNAL_H */
