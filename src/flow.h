/*
 * flow.h
 *	  Optimal transfer plans: minimum-cost flow from donor units (at most what
 *	  they can release) over employees (at most one transfer each) to posts
 *	  (at most their seats), with prices that prove the optimum.
 *
 * Pure C: no server function is called. Memory, interrupts and errors go
 * through FlowEnv, so that the same files link into the extension, the
 * standalone tests and the fuzzer.
 *
 * All arithmetic is exact in 64-bit integers; flow.c holds the argument why
 * nothing overflows.
 */
#ifndef MUTASI_FLOW_H
#define MUTASI_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Scores are integers at this scale: 0.5 is 500,000. */
#define FLOW_SCORE_SCALE	1000000
/* The highest score, 1000.000000. */
#define FLOW_MAX_SCORE		(1000 * FLOW_SCORE_SCALE)
/* The most seats of a post, people a unit can release, staff of a unit. */
#define FLOW_MAX_COUNT		1000000000
/* The highest balance weight and required staff, both in hundredths. */
#define FLOW_MAX_WEIGHT		INT64_C(100000000)
#define FLOW_MAX_REQUIRED	INT64_C(100000000000)

/* What can go wrong, for FlowEnv.fail. */
typedef enum FlowError
{
	FLOW_TOO_LARGE,				/* numbers would leave 64 bits */
	FLOW_NOT_PROVEN,			/* the certificate failed: a bug, never a plan */
	FLOW_BAD_PROBLEM			/* the caller broke the contract of FlowProblem */
} FlowError;

/*
 * What the solvers need from outside.  alloc never returns NULL and release
 * takes what it returned; breathe is called about every 100,000 steps with the
 * seats decided so far, and may leave by longjmp, as fail must.
 */
typedef struct FlowEnv
{
	void	   *context;
	void	   *(*alloc) (void *context, size_t size);
	void		(*release) (void *context, void *pointer);
	void		(*breathe) (void *context, int64_t done, int64_t total);
	void		(*fail) (void *context, FlowError error, const char *what);
} FlowEnv;

typedef enum FlowObjective
{
	FLOW_FILL_THEN_SCORE = 0,	/* most seats, by priority; then highest score */
	FLOW_SCORE = 1,				/* highest total score */
	FLOW_BALANCE = 2			/* total score less weight times imbalance */
} FlowObjective;

/*
 * A planning problem, everything by index; whoever builds it sorts by id, so
 * that equal inputs in any order are equal problems.
 */
typedef struct FlowProblem
{
	FlowObjective objective;
	int32_t		n_posts;
	int32_t		n_employees;
	int32_t		n_units;
	int32_t		n_levels;		/* of priority; at least 1 */
	int64_t		n_edges;

	const int64_t *post_id;		/* ascending */
	const int32_t *seats;		/* 0 … FLOW_MAX_COUNT */
	const int32_t *minimum;		/* 0 … seats: filled before all others */
	const int32_t *level;		/* 0 … n_levels - 1, 0 is filled first */
	const int32_t *post_unit;	/* receiving unit, or -1 */

	const int64_t *employee_id; /* ascending */
	const int32_t *employee_unit;	/* donor unit, or -1 */

	/*
	 * NULL, or chains are wanted: by employee the post held now, or -1.  Its
	 * seat counts in seats and opens when the employee leaves; staying is one
	 * of the pairs, of the same unit.  Then a unit's releasable limits what it
	 * loses on balance: who arrives makes up for who leaves.
	 */
	const int32_t *home;

	const int64_t *unit_id;		/* ascending */
	const int32_t *releasable;	/* 0 … FLOW_MAX_COUNT; negative: no limit */
	const int32_t *staff;		/* before the plan, 0 … FLOW_MAX_COUNT */
	const int64_t *required;	/* hundredths; negative: unknown, not weighed */
	int64_t		balance_weight; /* score one point of imbalance costs, hundredths */

	const int64_t *first_edge;	/* n_posts + 1: a post's candidates … */
	const int32_t *edge_employee;	/* … ascending within the post */
	const int32_t *edge_score;	/* 0 … FLOW_MAX_SCORE */
} FlowProblem;

typedef enum FlowSolver
{
	FLOW_AUTO = 0,				/* by shape and by work budget */
	FLOW_SSP = 1,				/* auction and contracted shortest paths */
	FLOW_SIMPLEX = 2			/* network simplex: anything */
} FlowSolver;

/*
 * How a problem's several aims are folded into one integer a transfer:
 * gain = score * score_unit + tie, tie < 2^tie_bits; an empty seat costs
 * empty[post], or empty_minimum[post] if it is one of the minimum.
 */
typedef struct FlowScale
{
	int64_t		most_moves;		/* no plan has more transfers */
	int64_t		score_unit;
	int			tie_bits;
	int64_t		most_gain;		/* of a single transfer */
	int64_t		level_unit;		/* more than all gains together */
	int64_t		level_ratio;	/* 1: a seat of each priority is worth a level_unit more than of
								 * the next; else this many times as much */
	int64_t		fill_unit;		/* level_unit, or 0 where empty seats cost nothing */
	int64_t		minimum_extra;	/* added for a seat of the minimum */
	int64_t		balance_unit;	/* of one millionth point of imbalance; 0: none */
	int64_t		most_path;		/* no way through the residual network costs more */
} FlowScale;

/*
 * A proven plan.  With v(p) the unit of a post and u(e) that of an employee,
 * the prices satisfy, and flow_verify() checks, for every candidate (e, p):
 *
 *   post_price[p] + rent(e) >= gain(e, p) - net_price[v(p)],
 *   rent(e) >= unit_price[u(e)] - net_price[u(e)],
 *
 * with equality for the transfers of the plan (first line) and for who stays
 * (second line).
 *
 * With chains (FlowProblem.home) a unit's unit_price is that of its staff on
 * balance, so net_price[v(p)] - unit_price[v(p)] stands for net_price[v(p)] in
 * the first line, and the second does not hold for holders, who have a post in
 * every plan and whose rent may be negative.
 */
typedef struct FlowPlan
{
	FlowScale	scale;
	int32_t    *post_of;		/* employee's new post, or -1; of a holder who stays, the own */
	int64_t    *post_price;		/* worth of one more seat, less what an empty one costs */
	int64_t    *unit_price;		/* worth of one more release */
	int64_t    *net_price;		/* marginal imbalance of one more member of staff */
	FlowSolver	solver;
	int64_t		bids;
	int64_t		searches;
	int64_t		pivots;
	int64_t		steps;			/* candidate pairs looked at */
} FlowPlan;

/* What flow_verify() adds up. */
typedef struct FlowProof
{
	int64_t		moves;			/* without who stays in the own post */
	int64_t		empty_minimum;	/* seats of minima left empty */
	int64_t		empty;			/* seats left empty, those included */
	int64_t		score;			/* sum at FLOW_SCORE_SCALE */
	int64_t		imbalance;		/* sum over units at FLOW_SCORE_SCALE, see flow_imbalance() */
	int64_t		pairs;			/* candidate pairs checked */
	/* both objective values, as hi * 2^64 + lo; equal if proven */
	int64_t		primal_hi;
	uint64_t	primal_lo;
	int64_t		dual_hi;
	uint64_t	dual_lo;
	const char *broken;			/* NULL, or which condition failed … */
	int64_t		broken_at;		/* … at which index */
} FlowProof;

/*
 * flow_solve: the optimal plan, verified.  budget is how many steps the
 * contracted solver may take before FLOW_AUTO gives the problem to the general
 * one (0: the default, in proportion to the problem).  Arrays of the plan come
 * from env->alloc.
 */
extern void flow_solve(const FlowProblem *problem, FlowSolver solver, int64_t budget,
					   const FlowEnv *env, FlowPlan *plan);

/* Most bytes flow_solve() will hold at once, by its own solver. */
extern size_t flow_memory(const FlowProblem *problem, FlowSolver solver);

/* Fails with FLOW_BAD_PROBLEM if an index or a count is out of range. */
extern void flow_check_problem(const FlowProblem *problem, const FlowEnv *env);

/* The integer weights of a problem; fails with FLOW_TOO_LARGE. */
extern void flow_scale(const FlowProblem *problem, const FlowEnv *env, FlowScale *scale);

/* Checks contract, capacities, every price condition, primal = dual. */
extern bool flow_verify(const FlowProblem *problem, const FlowPlan *plan,
						const FlowEnv *env, FlowProof *proof);

/*
 * What the objective loses if this pair must be in the plan, exactly: 0 if it
 * is, INT64_MAX if no plan can have it.
 */
extern int64_t flow_loss(const FlowProblem *problem, const FlowPlan *plan, int32_t post,
						 int64_t edge, const FlowEnv *env);

/* Every employee's rent, as in FlowPlan. */
extern void flow_rents(const FlowProblem *problem, const FlowPlan *plan, int64_t *rent);

/* The tie-break bits of a pair: a hash of both ids, 0 … 2^bits - 1. */
extern uint32_t flow_hash(int64_t id);
static inline uint32_t
flow_tie(uint32_t employee_hash, uint32_t post_hash, int bits)
{
	uint32_t	x;

	if (bits == 0)
		return 0;
	x = employee_hash + post_hash * UINT32_C(0x9E3779B1);
	x ^= x >> 16;
	x *= UINT32_C(0x7FEB352D);
	x ^= x >> 15;
	x *= UINT32_C(0x846CA68B);
	return x >> (32 - bits);
}

/*
 * flow_marginal: what the member of staff number staff + 1 adds to a unit's
 * imbalance (staff - required)^2 / greatest(required, 1), at FLOW_SCORE_SCALE,
 * rounded down (which keeps it ascending in staff).  required in hundredths.
 */
extern int64_t flow_marginal(int64_t staff, int64_t required);

/* A unit's imbalance as above, rounded half up. */
extern int64_t flow_imbalance(int64_t staff, int64_t required);

#endif							/* MUTASI_FLOW_H */
