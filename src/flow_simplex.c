/*
 * flow_simplex.c
 *	  The general solver: network simplex, for what the contracted one cannot
 *	  express (units whose imbalance is weighed, so that staff may come in while
 *	  others go out) or is slow at (dense squares).
 *
 * Every employee is a node with one unit of supply and a way to stay:
 *
 *	 employee -> post -> unit's staff -> root        (transferred)
 *	 employee -> unit's releases -> unit's staff -> root   (stays)
 *
 * The releases node keeps back whom the unit may not lose; the arcs from a
 * unit's staff to the root are its ladder, one step a member.  Nodes that
 * would bind nothing are left out.  The start is "everybody stays", whose tree
 * is strongly feasible (each tree arc can carry more towards the root), and
 * the leaving arc is the last that blocks on the cycle, so the tree stays so
 * and the simplex cannot cycle (Cunningham 1976; Ahuja, Magnanti, Orlin 1993,
 * chapter 11). Entering arcs are found by block search (Grigoriadis 1986).
 *
 * With chains there are no releases nodes: staff is limited on balance, so
 * what a unit must keep is kept back at its staff node.  A holder is in a post
 * from the start, over the arc of the pair with the own post, and has no other
 * way to stay.  A post that is full then has no arc to the root that could
 * carry more, as the start needs; it gets a dummy one, dearer than any path,
 * which never carries anything.  Where dummies are left in the last tree, the
 * prices behind them are brought down to what the other arcs ask
 * (settle_dummies()).
 */
#include "flow_internal.h"

#include <string.h>

#define UNLIMITED INT32_MAX

/* Rounds over all arcs to bring prices behind dummies down. */
#define SETTLE_ROUNDS 200

enum
{
	AT_UPPER = -1, IN_TREE = 0, AT_LOWER = 1
};

typedef struct Net
{
	const FlowEnv *env;
	int32_t		nodes;			/* the root is 0 */
	int64_t		arcs;
	int64_t		room;
	int32_t    *from;
	int32_t    *to;
	int32_t    *capacity;
	int64_t    *cost;
	int8_t	   *state;

	/* by node: the spanning tree, siblings in lists */
	int32_t    *parent;
	int32_t    *child;
	int32_t    *next;
	int32_t    *previous;
	int32_t    *depth;
	int64_t    *arc;			/* to or from the parent */
	bool	   *up;				/* from the node to the parent? */
	int64_t    *flow;			/* on that arc */
	int64_t    *potential;

	int64_t		first_dummy;	/* dummy arcs are the last, from here on */
	int64_t		next_arc;
	int64_t		pivots;
	int64_t		steps;
} Net;

static int64_t
add_arc(Net *net, int32_t from, int32_t to, int64_t capacity, int64_t cost, int8_t state)
{
	int64_t		arc = net->arcs++;

	if (arc >= net->room)
		net->env->fail(net->env->context, FLOW_BAD_PROBLEM, "arcs");
	net->from[arc] = from;
	net->to[arc] = to;
	net->capacity[arc] = capacity > UNLIMITED ? UNLIMITED : (int32_t) capacity;
	net->cost[arc] = cost;
	net->state[arc] = state;
	return arc;
}

static void
attach(Net *net, int32_t node, int32_t parent)
{
	int32_t		first = net->child[parent];

	net->parent[node] = parent;
	net->next[node] = first;
	net->previous[node] = -1;
	if (first >= 0)
		net->previous[first] = node;
	net->child[parent] = node;
}

static void
detach(Net *net, int32_t node)
{
	if (net->previous[node] >= 0)
		net->next[net->previous[node]] = net->next[node];
	else
		net->child[net->parent[node]] = net->next[node];
	if (net->next[node] >= 0)
		net->previous[net->next[node]] = net->previous[node];
}

/* Hangs a node of the starting tree below its parent, which must hang already. */
static void
plant(Net *net, int32_t node, int64_t arc, int64_t flow)
{
	int32_t		parent = net->to[arc];

	net->state[arc] = IN_TREE;
	net->arc[node] = arc;
	net->up[node] = true;
	net->flow[node] = flow;
	net->depth[node] = net->depth[parent] + 1;
	net->potential[node] = net->potential[parent] - net->cost[arc];
	attach(net, node, parent);
}

/* The most profitable arc of the next block that has one, or -1: optimal. */
static int64_t
entering_arc(Net *net, int64_t block)
{
	int64_t		best = 0;
	int64_t		result = -1;
	int64_t		left = block;
	int64_t		arc = net->next_arc;

	for (int64_t seen = 0; seen < net->arcs; seen++)
	{
		int64_t		reduced = net->cost[arc] + net->potential[net->from[arc]] - net->potential[net->to[arc]];

		reduced = net->state[arc] > 0 ? reduced : net->state[arc] < 0 ? -reduced : 0;
		if (reduced < best)
		{
			best = reduced;
			result = arc;
		}
		if (++arc == net->arcs)
			arc = 0;
		net->steps++;
		if (--left == 0)
		{
			if (result >= 0)
				break;
			left = block;
		}
	}
	net->next_arc = arc;
	return result;
}

/* One pivot: the arc comes into the tree, or goes from one bound to the other. */
static void
pivot(Net *net, int64_t entering)
{
	bool		forward = net->state[entering] == AT_LOWER;
	int32_t		first = forward ? net->from[entering] : net->to[entering];
	int32_t		second = forward ? net->to[entering] : net->from[entering];
	int32_t		a = first;
	int32_t		b = second;
	int32_t		join;
	int64_t		change = net->capacity[entering];
	int32_t		out = -1;		/* node whose arc to the parent leaves */
	bool		out_first = false;
	int32_t		node;
	int32_t		parent;
	int64_t		arc;
	bool		up;
	int64_t		flow;
	int64_t		shift;

	while (a != b)
	{
		if (net->depth[a] >= net->depth[b])
			a = net->parent[a];
		else
			b = net->parent[b];
	}
	join = a;

	/* down from the join to the first node, then up from the second: the last that blocks */
	for (node = first; node != join; node = net->parent[node])
	{
		int64_t		room = net->flow[node];

		if (!net->up[node])
		{
			if (net->capacity[net->arc[node]] == UNLIMITED)
				continue;
			room = net->capacity[net->arc[node]] - room;
		}
		if (room < change)
		{
			change = room;
			out = node;
			out_first = true;
		}
	}
	for (node = second; node != join; node = net->parent[node])
	{
		int64_t		room = net->flow[node];

		if (net->up[node])
		{
			if (net->capacity[net->arc[node]] == UNLIMITED)
				continue;
			room = net->capacity[net->arc[node]] - room;
		}
		if (room <= change)
		{
			change = room;
			out = node;
			out_first = false;
		}
	}
	if (change > 0)
	{
		for (node = first; node != join; node = net->parent[node])
			net->flow[node] += net->up[node] ? -change : change;
		for (node = second; node != join; node = net->parent[node])
			net->flow[node] += net->up[node] ? change : -change;
	}
	if (out < 0)
	{
		net->state[entering] = (int8_t) -net->state[entering];
		return;
	}

	/* turn the path from the entering arc up to the leaving one around */
	flow = forward ? change : net->capacity[entering] - change;
	net->state[net->arc[out]] = net->flow[out] == 0 ? AT_LOWER : AT_UPPER;
	net->state[entering] = IN_TREE;
	node = out_first ? first : second;
	parent = out_first ? second : first;
	arc = entering;
	up = net->from[entering] == node;
	shift = net->cost[entering] + net->potential[net->from[entering]] - net->potential[net->to[entering]];
	if (up)
		shift = -shift;
	for (int32_t stem = node;;)
	{
		int32_t		old_parent = net->parent[stem];
		int64_t		old_arc = net->arc[stem];
		bool		old_up = net->up[stem];
		int64_t		old_flow = net->flow[stem];

		detach(net, stem);
		attach(net, stem, parent);
		net->arc[stem] = arc;
		net->up[stem] = up;
		net->flow[stem] = flow;
		if (stem == out)
			break;
		parent = stem;
		arc = old_arc;
		up = !old_up;
		flow = old_flow;
		stem = old_parent;
	}

	/* what hangs below has a new depth and, by the same amount, a new potential */
	for (int32_t at = node;;)
	{
		net->potential[at] += shift;
		net->depth[at] = net->depth[net->parent[at]] + 1;
		net->steps++;
		if (net->child[at] >= 0)
		{
			at = net->child[at];
			continue;
		}
		while (at != node && net->next[at] < 0)
			at = net->parent[at];
		if (at == node)
			break;
		at = net->next[at];
	}
}

static void
run(Net *net)
{
	int64_t		block = 10;
	int64_t		breath = 0;
	int64_t		entering;

	while (block * block < net->arcs)
		block++;
	while ((entering = entering_arc(net, block)) >= 0)
	{
		pivot(net, entering);
		net->pivots++;
		if (net->steps >= breath)
		{
			breath = net->steps + FLOW_BREATH;
			net->env->breathe(net->env->context, -net->pivots, 0);
		}
	}
}

/*
 * Which nodes the problem needs, and how many arcs.
 */
typedef struct Shape
{
	int32_t    *members;		/* by unit */
	int64_t    *arrivals;		/* by unit: the most that posts can take in */
	int32_t    *releases;		/* node, or -1 */
	int32_t    *staff;			/* node, or -1 */
	int32_t    *holders;		/* by post; NULL without chains */
	int32_t		nodes;
	int64_t		arcs;
} Shape;

static int64_t
most_arrivals(const FlowProblem *problem, int32_t post)
{
	int64_t		degree = problem->first_edge[post + 1] - problem->first_edge[post];

	return problem->seats[post] < degree ? problem->seats[post] : degree;
}

/* Of the unit's members, how many the plan may take. */
static int64_t
most_leavers(const FlowProblem *problem, const Shape *shape, int32_t unit)
{
	if (problem->releasable[unit] >= 0 && problem->releasable[unit] < shape->members[unit])
		return problem->releasable[unit];
	return shape->members[unit];
}

static void
shape_of(const FlowProblem *problem, Shape *shape)
{
	shape->nodes = 1 + problem->n_employees + problem->n_posts;
	shape->arcs = problem->n_employees + problem->n_edges + 2 * (int64_t) problem->n_posts;
	for (int32_t u = 0; u < problem->n_units; u++)
	{
		shape->members[u] = 0;
		shape->arrivals[u] = 0;
	}
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (problem->employee_unit[e] >= 0)
			shape->members[problem->employee_unit[e]]++;
	}
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		if (problem->post_unit[p] >= 0)
			shape->arrivals[problem->post_unit[p]] += most_arrivals(problem, p);
	}
	for (int32_t u = 0; u < problem->n_units; u++)
	{
		bool		limited = most_leavers(problem, shape, u) < shape->members[u];

		shape->releases[u] = -1;
		shape->staff[u] = -1;
		if (limited && problem->home == NULL)
		{
			shape->releases[u] = shape->nodes++;
			shape->arcs++;
		}
		if (flow_weighed(problem, u))
		{
			shape->staff[u] = shape->nodes++;
			shape->arcs += most_leavers(problem, shape, u) + shape->arrivals[u] + 1;
		}
		else if (limited && problem->home != NULL)
		{
			shape->staff[u] = shape->nodes++;
			shape->arcs++;
		}
	}
	if (problem->home == NULL)
		return;
	/* a dummy for each post that is full */
	memset(shape->holders, 0, sizeof(int32_t) * (size_t) problem->n_posts);
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (problem->home[e] >= 0)
			shape->holders[problem->home[e]]++;
	}
	shape->arcs += problem->n_posts;
}

size_t
flow_memory_simplex(const FlowProblem *problem)
{
	/* at most: every unit with both nodes, every ladder at its longest */
	size_t		nodes = 1 + (size_t) problem->n_employees + (size_t) problem->n_posts + 2 * (size_t) problem->n_units;
	size_t		arcs = (size_t) problem->n_employees + (size_t) problem->n_edges +
		2 * (size_t) problem->n_posts + 2 * (size_t) problem->n_units;

	if (problem->objective == FLOW_BALANCE)
	{
		arcs += (size_t) problem->n_employees;
		for (int32_t p = 0; p < problem->n_posts; p++)
			arcs += (size_t) most_arrivals(problem, p);
	}
	if (problem->home != NULL)
		arcs += (size_t) problem->n_posts;
	return arcs * (4 + 4 + 4 + 8 + 1) + nodes * (5 * 4 + 8 + 1 + 8 + 8) + (size_t) problem->n_units * 20 +
		(problem->home != NULL ? 12 : 4) * (size_t) problem->n_employees + 20 * (size_t) problem->n_posts + 16 * (size_t) problem->n_units +
		(problem->home != NULL ? nodes * 12 : 0);
}

/* The arcs from a post to where its people are counted; returns the one for the tree. */
static int64_t
add_seats(Net *net, const FlowProblem *problem, const FlowScale *scale, const Shape *shape, int32_t p, int32_t to, int64_t *flow)
{
	int32_t		node = 1 + problem->n_employees + p;
	int64_t		cost = flow_seat_value(problem, scale, p);
	int32_t		minimum = problem->minimum[p];
	int32_t		rest = problem->seats[p] - minimum;
	int32_t		holders = shape->holders ? shape->holders[p] : 0;
	int64_t		rest_arc = -1;
	int64_t		minimum_arc = -1;

	*flow = 0;
	if (rest > 0)
		rest_arc = add_arc(net, node, to, rest, -cost, holders == problem->seats[p] ? AT_UPPER : AT_LOWER);
	if (minimum > 0)
		minimum_arc = add_arc(net, node, to, minimum, -cost - scale->minimum_extra,
							  holders >= minimum ? AT_UPPER : AT_LOWER);
	if (holders == problem->seats[p])
		return -1;
	if (holders < minimum)
	{
		*flow = holders;
		return holders == 0 && rest_arc >= 0 ? rest_arc : minimum_arc;
	}
	*flow = holders - minimum;
	return rest_arc;
}

/* The starting tree: units' staff, their releases, posts, employees. */
static void
build(Net *net, const FlowProblem *problem, const FlowScale *scale, const Shape *shape, const uint32_t *employee_hash,
	  int64_t *seats_arc, int64_t *home_arc)
{
	int32_t		first_post = 1 + problem->n_employees;

	/* a post without seats stays outside */
	for (int32_t n = 0; n < net->nodes; n++)
		net->child[n] = net->parent[n] = -1;
	net->next[0] = net->previous[0] = -1;
	net->depth[0] = 0;
	net->arc[0] = -1;
	net->up[0] = false;
	net->flow[0] = 0;
	net->potential[0] = 0;

	for (int32_t u = 0; u < problem->n_units; u++)
	{
		int64_t		movable = most_leavers(problem, shape, u);

		if (shape->staff[u] >= 0 && !flow_weighed(problem, u))
			plant(net, shape->staff[u], add_arc(net, shape->staff[u], 0, UNLIMITED, 0, AT_LOWER), movable);
		else if (shape->staff[u] >= 0)
		{
			for (int64_t i = 0; i <= movable + shape->arrivals[u]; i++)
			{
				int64_t		cost = flow_step_cost(scale, problem->balance_weight,
												  problem->staff[u] - movable + i, problem->required[u]);
				int64_t		arc = add_arc(net, shape->staff[u], 0, 1, cost, i < movable ? AT_UPPER : AT_LOWER);

				if (i == movable)
					plant(net, shape->staff[u], arc, 0);
			}
		}
		if (shape->releases[u] >= 0)
		{
			int64_t		arc = add_arc(net, shape->releases[u], shape->staff[u] >= 0 ? shape->staff[u] : 0,
									  UNLIMITED, 0, AT_LOWER);

			plant(net, shape->releases[u], arc, movable);
		}
	}
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		int32_t		unit = problem->employee_unit[e];
		int32_t		stay = 0;

		if (flow_is_holder(problem, e))
			continue;
		if (unit >= 0 && shape->releases[unit] >= 0)
			stay = shape->releases[unit];
		else if (unit >= 0 && shape->staff[unit] >= 0)
			stay = shape->staff[unit];
		plant(net, 1 + e, add_arc(net, 1 + e, stay, UNLIMITED, 0, AT_LOWER), 1);
	}
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		int32_t		unit = problem->post_unit[p];
		int32_t		to = unit >= 0 && shape->staff[unit] >= 0 ? shape->staff[unit] : 0;
		int64_t		flow;
		uint32_t	post_hash = flow_hash(problem->post_id[p]);

		if (problem->seats[p] == 0)
			continue;
		seats_arc[p] = add_seats(net, problem, scale, shape, p, to, &flow);
		if (seats_arc[p] >= 0)
			plant(net, first_post + p, seats_arc[p], flow);
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
		{
			int32_t		e = problem->edge_employee[i];
			bool		home = flow_is_holder(problem, e) && problem->home[e] == p;
			int64_t		arc = add_arc(net, 1 + e, first_post + p, home ? UNLIMITED : 1,
									  -((int64_t) problem->edge_score[i] * scale->score_unit +
										flow_tie(employee_hash[e], post_hash, scale->tie_bits)), AT_LOWER);

			if (home)
				home_arc[e] = arc;
		}
	}
	net->first_dummy = net->arcs;
	if (problem->home == NULL)
		return;
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		if (problem->seats[p] > 0 && seats_arc[p] < 0)
			plant(net, first_post + p, add_arc(net, first_post + p, 0, UNLIMITED, scale->most_path + 1, AT_LOWER), 0);
	}
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (problem->home[e] >= 0)
			plant(net, 1 + e, home_arc[e], 1);
	}
}

/*
 * The last tree without its dummy arcs falls into parts, each of which may
 * lower its prices together as far as the arcs that join it to others let it:
 * the shortest ways from the part of the root, by the parts' own Bellman and
 * Ford.  Gives up, and leaves the prices as they are (valid, but high), after
 * a number of rounds.
 */
static void
settle_dummies(Net *net)
{
	int32_t    *part;
	int64_t    *fall;
	int32_t		parts = 1;
	int64_t		most = 0;
	bool		any = false;
	bool		changed = true;

	for (int32_t n = 1; n < net->nodes; n++)
		any = any || (net->parent[n] == 0 && net->arc[n] >= net->first_dummy);
	if (!any)
		return;
	part = flow_alloc(net->env, net->nodes, sizeof(int32_t));
	fall = flow_alloc(net->env, net->nodes, sizeof(int64_t));
	memset(part, 0, sizeof(int32_t) * (size_t) net->nodes);
	/* preorder over the tree, from the root */
	for (int32_t at = net->child[0]; at > 0;)
	{
		part[at] = net->arc[at] >= net->first_dummy ? parts++ : part[net->parent[at]];
		if (net->child[at] >= 0)
		{
			at = net->child[at];
			continue;
		}
		while (at > 0 && net->next[at] < 0)
			at = net->parent[at];
		if (at > 0)
			at = net->next[at];
	}
	for (int32_t i = 0; i < parts; i++)
		fall[i] = i == 0 ? 0 : INT64_MAX;
	for (int round = 0; changed && round < SETTLE_ROUNDS; round++)
	{
		changed = false;
		for (int64_t arc = 0; arc < net->first_dummy; arc++)
		{
			int32_t		from = part[net->from[arc]];
			int32_t		to = part[net->to[arc]];
			int64_t		slack;
			bool		full = net->state[arc] == AT_UPPER;

			if (from == to)
				continue;
			slack = net->cost[arc] + net->potential[net->from[arc]] - net->potential[net->to[arc]];
			/* prices fall as potentials rise; at the lower bound the slack stays >= 0, else <= 0 */
			if (!full && fall[from] != INT64_MAX && fall[from] + slack < fall[to])
			{
				fall[to] = fall[from] + slack;
				changed = true;
			}
			else if (full && fall[to] != INT64_MAX && fall[to] - slack < fall[from])
			{
				fall[from] = fall[to] - slack;
				changed = true;
			}
		}
		net->env->breathe(net->env->context, -net->pivots - 1, 0);
	}
	if (!changed)
	{
		/* parts that nothing holds fall as far as if the dummy cost nothing, or as the lowest */
		for (int32_t i = 0; i < parts; i++)
		{
			if (fall[i] != INT64_MAX && fall[i] > most)
				most = fall[i];
		}
		for (int64_t arc = net->first_dummy; arc < net->arcs; arc++)
		{
			if (net->cost[arc] > most)
				most = net->cost[arc];
		}
		for (int32_t n = 0; n < net->nodes; n++)
		{
			int64_t		by = fall[part[n]];

			if (n == 0 || net->parent[n] >= 0)
				net->potential[n] += by == INT64_MAX ? most : by;
		}
	}
	flow_free(net->env, fall);
	flow_free(net->env, part);
}

/* Flow on an arc, whether in the tree or not. */
static int64_t
arc_flow(const Net *net, int64_t arc)
{
	if (net->state[arc] != IN_TREE)
		return net->state[arc] == AT_UPPER ? net->capacity[arc] : 0;
	if (net->arc[net->from[arc]] == arc)
		return net->flow[net->from[arc]];
	return net->flow[net->to[arc]];
}

static void
read_plan(const Net *net, const FlowProblem *problem, const FlowScale *scale, const Shape *shape, FlowPlan *plan)
{
	int32_t		first_post = 1 + problem->n_employees;

	for (int32_t e = 0; e < problem->n_employees; e++)
		plan->post_of[e] = -1;
	for (int64_t arc = 0; arc < net->arcs; arc++)
	{
		int32_t		from = net->from[arc];
		int32_t		to = net->to[arc];

		if (from >= 1 && from < first_post && to >= first_post && to < first_post + problem->n_posts &&
			arc_flow(net, arc) > 0)
			plan->post_of[from - 1] = to - first_post;
	}
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		int32_t		unit = problem->post_unit[p];

		plan->post_price[p] = 0;
		if (problem->seats[p] > 0)
			plan->post_price[p] = (unit >= 0 && shape->staff[unit] >= 0 ? net->potential[shape->staff[unit]] : 0) -
				net->potential[first_post + p];
	}
	for (int32_t u = 0; u < problem->n_units; u++)
	{
		int64_t		staff = shape->staff[u] >= 0 ? net->potential[shape->staff[u]] : 0;

		plan->net_price[u] = flow_weighed(problem, u) ? -staff : 0;
		if (problem->home != NULL)
			plan->unit_price[u] = flow_weighed(problem, u) ? 0 : staff;
		else
			plan->unit_price[u] = shape->releases[u] >= 0 ? net->potential[shape->releases[u]] - staff : 0;
		if (flow_weighed(problem, u))
		{
			/*
			 * With the ladder empty to its first rung nothing keeps the net
			 * price up; it may rise to the rung below (and the price of a
			 * release with it, so that who stays pays the same).
			 */
			int64_t		floor = flow_step_cost(scale, problem->balance_weight,
											   problem->staff[u] - most_leavers(problem, shape, u) - 1,
											   problem->required[u]);

			if (plan->net_price[u] < floor)
			{
				if (shape->releases[u] >= 0 ||
					(flow_net_limit(problem, u) && problem->releasable[u] <= shape->members[u]))
					plan->unit_price[u] += floor - plan->net_price[u];
				plan->net_price[u] = floor;
			}
		}
	}
}

void
flow_solve_simplex(const FlowProblem *problem, const FlowEnv *env, FlowPlan *plan)
{
	Net			net;
	Shape		shape;
	uint32_t   *employee_hash;
	int64_t    *seats_arc;
	int64_t    *home_arc;

	shape.members = flow_alloc(env, problem->n_units, sizeof(int32_t));
	shape.arrivals = flow_alloc(env, problem->n_units, sizeof(int64_t));
	shape.releases = flow_alloc(env, problem->n_units, sizeof(int32_t));
	shape.staff = flow_alloc(env, problem->n_units, sizeof(int32_t));
	shape.holders = problem->home ? flow_alloc(env, problem->n_posts, sizeof(int32_t)) : NULL;
	shape_of(problem, &shape);

	memset(&net, 0, sizeof(net));
	net.env = env;
	net.nodes = shape.nodes;
	net.room = shape.arcs;
	net.from = flow_alloc(env, net.room, sizeof(int32_t));
	net.to = flow_alloc(env, net.room, sizeof(int32_t));
	net.capacity = flow_alloc(env, net.room, sizeof(int32_t));
	net.cost = flow_alloc(env, net.room, sizeof(int64_t));
	net.state = flow_alloc(env, net.room, sizeof(int8_t));
	net.parent = flow_alloc(env, net.nodes, sizeof(int32_t));
	net.child = flow_alloc(env, net.nodes, sizeof(int32_t));
	net.next = flow_alloc(env, net.nodes, sizeof(int32_t));
	net.previous = flow_alloc(env, net.nodes, sizeof(int32_t));
	net.depth = flow_alloc(env, net.nodes, sizeof(int32_t));
	net.arc = flow_alloc(env, net.nodes, sizeof(int64_t));
	net.up = flow_alloc(env, net.nodes, sizeof(bool));
	net.flow = flow_alloc(env, net.nodes, sizeof(int64_t));
	net.potential = flow_alloc(env, net.nodes, sizeof(int64_t));
	employee_hash = flow_alloc(env, problem->n_employees, sizeof(uint32_t));
	for (int32_t e = 0; e < problem->n_employees; e++)
		employee_hash[e] = flow_hash(problem->employee_id[e]);

	seats_arc = flow_alloc(env, problem->n_posts, sizeof(int64_t));
	home_arc = flow_alloc(env, problem->home ? problem->n_employees : 0, sizeof(int64_t));
	build(&net, problem, &plan->scale, &shape, employee_hash, seats_arc, home_arc);
	flow_free(env, home_arc);
	flow_free(env, seats_arc);
	run(&net);
	settle_dummies(&net);
	read_plan(&net, problem, &plan->scale, &shape, plan);
	plan->pivots = net.pivots;
	plan->steps += net.steps;

	flow_free(env, employee_hash);
	flow_free(env, net.potential);
	flow_free(env, net.flow);
	flow_free(env, net.up);
	flow_free(env, net.arc);
	flow_free(env, net.depth);
	flow_free(env, net.previous);
	flow_free(env, net.next);
	flow_free(env, net.child);
	flow_free(env, net.parent);
	flow_free(env, net.state);
	flow_free(env, net.cost);
	flow_free(env, net.capacity);
	flow_free(env, net.to);
	flow_free(env, net.from);
	if (shape.holders)
		flow_free(env, shape.holders);
	flow_free(env, shape.staff);
	flow_free(env, shape.releases);
	flow_free(env, shape.arrivals);
	flow_free(env, shape.members);
}
