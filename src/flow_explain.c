/*
 * flow_explain.c
 *	  What a pair that is not in the plan would cost it, exactly.
 *
 * The reduced cost of a pair only bounds that from below (prices are not
 * unique).  The loss itself is the reduced cost plus the shortest way, in the
 * residual network of the plan, from the post that has one too many back to
 * the employee who has left a place behind: one search of Dijkstra's with the
 * reduced costs, none of which is negative.
 */
#include "flow_internal.h"

#include <string.h>

typedef struct Item
{
	int64_t		distance;
	int64_t		node;
} Item;

typedef struct Residual
{
	const FlowProblem *problem;
	const FlowPlan *plan;
	const FlowEnv *env;
	int64_t    *rent;
	uint32_t   *hash;
	int64_t    *first_pair;		/* by employee, into pair_post and pair_edge */
	int32_t    *pair_post;
	int64_t    *pair_edge;
	int64_t    *first_seated;	/* by post */
	int32_t    *seated;
	int64_t    *first_staying;	/* by unit */
	int32_t    *staying;
	int64_t    *out;			/* by unit */
	int64_t    *in;
	int64_t    *distance;
	Item	   *heap;
	int64_t		heap_size;
	int64_t		heap_room;
} Residual;

/* Nodes: the root, employees, posts, units' releases, units' staff. */
#define ROOT			INT64_C(0)
#define EMPLOYEE(e)		(1 + (int64_t) (e))
#define POST(r, p)		(1 + (int64_t) (r)->problem->n_employees + (p))
#define RELEASES(r, u)	(1 + (int64_t) (r)->problem->n_employees + (r)->problem->n_posts + (u))
#define STAFF(r, u)		(RELEASES(r, u) + (r)->problem->n_units)

static void
relax(Residual *r, int64_t node, int64_t distance)
{
	int64_t		i;

	if (distance >= r->distance[node])
		return;
	r->distance[node] = distance;
	if (r->heap_size == r->heap_room)
	{
		Item	   *bigger = flow_alloc(r->env, r->heap_room * 2, sizeof(Item));

		memcpy(bigger, r->heap, sizeof(Item) * (size_t) r->heap_size);
		flow_free(r->env, r->heap);
		r->heap = bigger;
		r->heap_room *= 2;
	}
	for (i = r->heap_size++; i > 0 && r->heap[(i - 1) / 2].distance > distance; i = (i - 1) / 2)
		r->heap[i] = r->heap[(i - 1) / 2];
	r->heap[i].distance = distance;
	r->heap[i].node = node;
}

static Item
pop(Residual *r)
{
	Item		top = r->heap[0];
	Item		last = r->heap[--r->heap_size];
	int64_t		i = 0;

	for (;;)
	{
		int64_t		child = 2 * i + 1;

		if (child >= r->heap_size)
			break;
		if (child + 1 < r->heap_size && r->heap[child + 1].distance < r->heap[child].distance)
			child++;
		if (r->heap[child].distance >= last.distance)
			break;
		r->heap[i] = r->heap[child];
		i = child;
	}
	r->heap[i] = last;
	return top;
}

static int64_t
step(const Residual *r, int32_t unit, int64_t staff)
{
	return flow_step_cost(&r->plan->scale, r->problem->balance_weight, staff, r->problem->required[unit]);
}

/* Where who comes to a unit's post, or stays in the unit, is counted. */
static int64_t
staff_node(const Residual *r, int32_t unit)
{
	return flow_weighed(r->problem, unit) || flow_net_limit(r->problem, unit) ? STAFF(r, unit) : ROOT;
}

/* Where who has no post any more is counted: as one kept back, or as staff. */
static int64_t
stay_node(const Residual *r, int32_t unit)
{
	if (unit < 0)
		return ROOT;
	return r->problem->home ? staff_node(r, unit) : RELEASES(r, unit);
}

/* May the unit release one more? */
static bool
may_release(const Residual *r, int32_t unit)
{
	int64_t		used = r->problem->home ? r->out[unit] - r->in[unit] : r->out[unit];

	return r->problem->releasable[unit] < 0 || used < r->problem->releasable[unit];
}

static void
leave_root(Residual *r, int64_t distance)
{
	const FlowProblem *problem = r->problem;

	/* one fewer at a post, in an unweighed unit, or one fewer member of staff */
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		int64_t		filled = r->first_seated[p + 1] - r->first_seated[p];

		if (filled > 0 && staff_node(r, problem->post_unit[p]) == ROOT)
			relax(r, POST(r, p), distance + r->plan->post_price[p] +
				  flow_empty_cost(problem, &r->plan->scale, p, problem->seats[p] - filled));
	}
	for (int32_t u = 0; u < problem->n_units; u++)
	{
		if (problem->home && !may_release(r, u))
			continue;
		if (flow_weighed(problem, u))
			relax(r, STAFF(r, u), distance + r->plan->net_price[u] -
				  step(r, u, problem->staff[u] + r->in[u] - r->out[u] - 1));
		else if (problem->home == NULL ? may_release(r, u) : flow_net_limit(problem, u))
			relax(r, problem->home ? STAFF(r, u) : RELEASES(r, u), distance);
	}
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (r->plan->post_of[e] < 0 && stay_node(r, problem->employee_unit[e]) == ROOT)
			relax(r, EMPLOYEE(e), distance);
	}
}

static void
leave_employee(Residual *r, int32_t e, int64_t distance)
{
	const FlowProblem *problem = r->problem;
	int32_t		unit = problem->employee_unit[e];
	int32_t		post = r->plan->post_of[e];

	for (int64_t i = r->first_pair[e]; i < r->first_pair[e + 1]; i++)
	{
		int32_t		p = r->pair_post[i];
		int64_t		gain;

		if (p == post)
			continue;
		gain = (int64_t) problem->edge_score[r->pair_edge[i]] * r->plan->scale.score_unit +
			flow_tie(r->hash[e], flow_hash(problem->post_id[p]), r->plan->scale.tie_bits);
		relax(r, POST(r, p), distance + flow_ask(problem, r->plan, p) + r->rent[e] - gain);
	}
	/* or stay; a holder only in a post */
	if (post >= 0 && !flow_is_holder(problem, e))
	{
		int64_t		base = unit >= 0 ? r->plan->unit_price[unit] - r->plan->net_price[unit] : 0;

		relax(r, stay_node(r, unit), distance + r->rent[e] - base);
	}
}

static void
leave_post(Residual *r, int32_t p, int64_t distance)
{
	const FlowProblem *problem = r->problem;
	int64_t		filled = r->first_seated[p + 1] - r->first_seated[p];

	for (int64_t i = r->first_seated[p]; i < r->first_seated[p + 1]; i++)
		relax(r, EMPLOYEE(r->seated[i]), distance);
	/* an empty seat takes one more */
	if (filled < problem->seats[p])
		relax(r, staff_node(r, problem->post_unit[p]), distance - r->plan->post_price[p] -
			  flow_empty_cost(problem, &r->plan->scale, p, problem->seats[p] - filled - 1));
}

static void
leave_staff(Residual *r, int32_t u, int64_t distance)
{
	const FlowProblem *problem = r->problem;

	/* one member more in all, one release more, or one fewer come to a post */
	relax(r, ROOT, distance + (problem->home ? r->plan->unit_price[u] : 0) +
		  (flow_weighed(problem, u) ? step(r, u, problem->staff[u] + r->in[u] - r->out[u]) - r->plan->net_price[u] : 0));
	if (problem->home)
	{
		for (int64_t i = r->first_staying[u]; i < r->first_staying[u + 1]; i++)
			relax(r, EMPLOYEE(r->staying[i]), distance);
	}
	else if (may_release(r, u))
		relax(r, RELEASES(r, u), distance);
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		int64_t		filled = r->first_seated[p + 1] - r->first_seated[p];

		if (problem->post_unit[p] == u && filled > 0)
			relax(r, POST(r, p), distance + r->plan->post_price[p] +
				  flow_empty_cost(problem, &r->plan->scale, p, problem->seats[p] - filled));
	}
}

/* A unit keeps somebody: another of it may go instead, or its staff has one more. */
static void
leave_releases(Residual *r, int32_t u, int64_t distance)
{
	for (int64_t i = r->first_staying[u]; i < r->first_staying[u + 1]; i++)
		relax(r, EMPLOYEE(r->staying[i]), distance);
	relax(r, staff_node(r, u), distance + r->plan->unit_price[u]);
}

static void
group(const FlowEnv *env, int64_t groups, int64_t *first, int64_t items, const int32_t *group_of, int32_t *list)
{
	int64_t    *place = flow_alloc(env, groups + 1, sizeof(int64_t));

	memset(first, 0, sizeof(int64_t) * (size_t) (groups + 1));
	for (int64_t i = 0; i < items; i++)
	{
		if (group_of[i] >= 0)
			first[group_of[i] + 1]++;
	}
	for (int64_t g = 0; g < groups; g++)
		first[g + 1] += first[g];
	memcpy(place, first, sizeof(int64_t) * (size_t) (groups + 1));
	for (int64_t i = 0; i < items; i++)
	{
		if (group_of[i] >= 0)
			list[place[group_of[i]]++] = (int32_t) i;
	}
	flow_free(env, place);
}

/*
 * flow_loss: what the objective loses if this pair must be in the plan; 0 if
 * it is, INT64_MAX if no plan can have it.
 */
int64_t
flow_loss(const FlowProblem *problem, const FlowPlan *plan, int32_t post, int64_t edge, const FlowEnv *env)
{
	Residual	r;
	int32_t		employee = problem->edge_employee[edge];
	int64_t		nodes = 1 + (int64_t) problem->n_employees + problem->n_posts + 2 * (int64_t) problem->n_units;
	int64_t		posts = problem->n_posts;
	int64_t		employees = problem->n_employees;
	int64_t		units = problem->n_units;
	int64_t		loss = INT64_MAX;
	int64_t    *place;
	int32_t    *stays_in;
	int64_t		steps = 0;

	if (plan->post_of[employee] == post)
		return 0;
	memset(&r, 0, sizeof(r));
	r.problem = problem;
	r.plan = plan;
	r.env = env;
	r.rent = flow_alloc(env, employees, sizeof(int64_t));
	flow_rents(problem, plan, r.rent);
	r.hash = flow_alloc(env, employees, sizeof(uint32_t));
	r.first_pair = flow_alloc(env, employees + 1, sizeof(int64_t));
	r.pair_post = flow_alloc(env, problem->n_edges, sizeof(int32_t));
	r.pair_edge = flow_alloc(env, problem->n_edges, sizeof(int64_t));
	r.first_seated = flow_alloc(env, posts + 1, sizeof(int64_t));
	r.seated = flow_alloc(env, employees, sizeof(int32_t));
	r.first_staying = flow_alloc(env, units + 1, sizeof(int64_t));
	r.staying = flow_alloc(env, employees, sizeof(int32_t));
	r.out = flow_alloc(env, units, sizeof(int64_t));
	r.in = flow_alloc(env, units, sizeof(int64_t));
	r.distance = flow_alloc(env, nodes, sizeof(int64_t));
	r.heap_room = 1024;
	r.heap = flow_alloc(env, r.heap_room, sizeof(Item));

	/* pairs by employee, people by post, who stays by unit */
	memset(r.first_pair, 0, sizeof(int64_t) * (size_t) (employees + 1));
	for (int64_t i = 0; i < problem->n_edges; i++)
		r.first_pair[problem->edge_employee[i] + 1]++;
	for (int64_t e = 0; e < employees; e++)
		r.first_pair[e + 1] += r.first_pair[e];
	place = flow_alloc(env, employees, sizeof(int64_t));
	memcpy(place, r.first_pair, sizeof(int64_t) * (size_t) employees);
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		for (int64_t i = problem->first_edge[p]; i < problem->first_edge[p + 1]; i++)
		{
			int64_t		at = place[problem->edge_employee[i]]++;

			r.pair_post[at] = p;
			r.pair_edge[at] = i;
		}
	}
	flow_free(env, place);
	group(env, posts, r.first_seated, employees, plan->post_of, r.seated);
	stays_in = flow_alloc(env, employees, sizeof(int32_t));
	memset(r.out, 0, sizeof(int64_t) * (size_t) units);
	memset(r.in, 0, sizeof(int64_t) * (size_t) units);
	for (int64_t e = 0; e < employees; e++)
	{
		int32_t		p = plan->post_of[e];

		r.hash[e] = flow_hash(problem->employee_id[e]);
		stays_in[e] = p < 0 ? problem->employee_unit[e] : -1;
		if (p >= 0 && problem->employee_unit[e] >= 0)
			r.out[problem->employee_unit[e]]++;
		if (p >= 0 && problem->post_unit[p] >= 0)
			r.in[problem->post_unit[p]]++;
	}
	group(env, units, r.first_staying, employees, stays_in, r.staying);
	flow_free(env, stays_in);

	for (int64_t i = 0; i < nodes; i++)
		r.distance[i] = INT64_MAX;
	relax(&r, POST(&r, post), flow_ask(problem, plan, post) + r.rent[employee] -
		  ((int64_t) problem->edge_score[edge] * plan->scale.score_unit +
		   flow_tie(r.hash[employee], flow_hash(problem->post_id[post]), plan->scale.tie_bits)));
	while (r.heap_size > 0)
	{
		Item		item = pop(&r);
		int64_t		node = item.node;

		if (item.distance > r.distance[node])
			continue;
		if (node == EMPLOYEE(employee))
		{
			loss = item.distance;
			break;
		}
		if (++steps % 1000 == 0)
			env->breathe(env->context, 0, 0);
		if (node == ROOT)
			leave_root(&r, item.distance);
		else if (node < POST(&r, 0))
			leave_employee(&r, (int32_t) (node - 1), item.distance);
		else if (node < RELEASES(&r, 0))
			leave_post(&r, (int32_t) (node - POST(&r, 0)), item.distance);
		else if (node < STAFF(&r, 0))
			leave_releases(&r, (int32_t) (node - RELEASES(&r, 0)), item.distance);
		else
			leave_staff(&r, (int32_t) (node - STAFF(&r, 0)), item.distance);
	}

	flow_free(env, r.heap);
	flow_free(env, r.distance);
	flow_free(env, r.in);
	flow_free(env, r.out);
	flow_free(env, r.staying);
	flow_free(env, r.first_staying);
	flow_free(env, r.seated);
	flow_free(env, r.first_seated);
	flow_free(env, r.pair_edge);
	flow_free(env, r.pair_post);
	flow_free(env, r.first_pair);
	flow_free(env, r.hash);
	flow_free(env, r.rent);
	return loss;
}
