/*
 * flow_ssp.c
 *	  The contracted solver: successive shortest paths over posts and donor
 *	  units only.
 *
 * An employee is matched to at most one post, so the residual network needs
 * no node for one: a post that looks for someone either takes a free employee
 * (and must then get a release from the unit, which is free while the unit has
 * releases left, else at the cost of whoever gives one back) or takes somebody
 * from another post (which must then look itself).  Prices are kept for posts
 * (worth of a seat, only falling) and units (price of a release, only rising);
 * an employee's rent follows: gain - worth while in a post, the unit's price
 * while free.  Both kinds of rent only rise, so the key rent - gain with which
 * a pair was last sorted is a lower bound for good, and a list sorted by old
 * keys may be left at the first key that is too high.  Lists are sorted again
 * when the steps wasted on out-of-date keys have paid for it.
 *
 * Phase 1 (flow_auction.c) seats most; phase 2 does one Dijkstra search with
 * reduced costs for every seat left, ending at a unit with releases left or at
 * a seat that had better stay empty.  (Jonker and Volgenant 1987 for the
 * assignment problem; Ahuja, Magnanti, Orlin 1993, chapters 9 and 12.)
 */
#include "flow_internal.h"

#include <string.h>

/* Steps wasted a pair before sorting again pays. */
#define WASTE_FACTOR 6

/* How much of a list is sorted at first. */
#define FIRST_SORTED 32

/* Runs up to this length are sorted by insertion. */
#define RUN 12

/*
 * Sorts pairs ascending by key; equal keys keep their order.  Merges runs, and
 * leaves alone what is in order: after the first time a list nearly is.
 */
static void
sort_pairs(FlowPair *pairs, int64_t count, FlowPair *scratch)
{
	for (int64_t start = 0; start < count; start += RUN)
	{
		int64_t		end = start + RUN < count ? start + RUN : count;

		for (int64_t i = start + 1; i < end; i++)
		{
			FlowPair	pair = pairs[i];
			int64_t		j = i;

			for (; j > start && pairs[j - 1].key > pair.key; j--)
				pairs[j] = pairs[j - 1];
			pairs[j] = pair;
		}
	}
	for (int64_t width = RUN; width < count; width *= 2)
	{
		for (int64_t start = 0; start + width < count; start += 2 * width)
		{
			int64_t		middle = start + width;
			int64_t		end = middle + width < count ? middle + width : count;
			int64_t		left = 0;
			int64_t		left_end;
			int64_t		right = middle;
			int64_t		out = start;

			if (pairs[middle - 1].key <= pairs[middle].key)
				continue;
			/* the head that is in place already need not move */
			while (pairs[out].key <= pairs[middle].key)
				out++;
			left_end = middle - out;
			memcpy(scratch, pairs + out, sizeof(FlowPair) * (size_t) left_end);
			while (left < left_end && right < end)
			{
				if (pairs[right].key < scratch[left].key)
					pairs[out++] = pairs[right++];
				else
					pairs[out++] = scratch[left++];
			}
			memcpy(pairs + out, scratch + left, sizeof(FlowPair) * (size_t) (left_end - left));
		}
	}
}

/* A range this long is sampled for its pivot. */
#define SAMPLED 1024
#define SAMPLE 128

/*
 * A key that a few more than k of count pairs do not exceed, as far as a sample at
 * equal distances tells: one pass of selection then leaves next to nothing, and
 * moves next to nothing, where the middle of the range would take two passes that
 * move half of it.
 */
static int64_t
sampled_pivot(const FlowPair *pairs, int64_t count, int64_t k)
{
	int64_t		keys[SAMPLE];
	int64_t		share = k * SAMPLE / count;
	int64_t		nth = share + 2;

	for (int64_t spread = 1; spread * spread <= share; spread++)
		nth += 2;
	for (int i = 0; i < SAMPLE; i++)
	{
		int64_t		key = pairs[count / SAMPLE * i].key;
		int			j = i;

		for (; j > 0 && keys[j - 1] > key; j--)
			keys[j] = keys[j - 1];
		keys[j] = key;
	}
	return keys[nth < SAMPLE ? nth : SAMPLE - 1];
}

/*
 * Brings the k pairs with the lowest keys, 0 < k < count, to the front, in no
 * order (Hoare's selection); sorts instead where pivots keep turning out badly.
 */
static void
select_pairs(FlowPair *pairs, int64_t count, int64_t k, FlowPair *scratch)
{
	int64_t		low = 0;
	int64_t		high = count - 1;
	int			patience = 64;

	while (low < high)
	{
		int64_t		a = pairs[low].key;
		int64_t		b = pairs[low + (high - low) / 2].key;
		int64_t		c = pairs[high].key;
		int64_t		pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
		int64_t		i = low;
		int64_t		j = high;

		if (high - low >= SAMPLED)
			pivot = sampled_pivot(pairs + low, high - low + 1, k - low);
		if (--patience == 0)
		{
			sort_pairs(pairs + low, high - low + 1, scratch);
			return;
		}
		while (i <= j)
		{
			while (pairs[i].key < pivot)
				i++;
			while (pairs[j].key > pivot)
				j--;
			if (i <= j)
			{
				FlowPair	pair = pairs[i];

				pairs[i++] = pairs[j];
				pairs[j--] = pair;
			}
		}
		if (k <= j)
			high = j;
		else if (k >= i)
			low = i;
		else
			return;
	}
}

/*
 * Sorts more of a post's list: most lists are never read far, so the next
 * lowest keys are selected, as many as are sorted already, and only they are
 * put in order.
 */
void
flow_extend(FlowState *state, int32_t post)
{
	FlowPair   *pairs = state->pairs + state->problem->first_edge[post];
	int64_t		count = state->problem->first_edge[post + 1] - state->problem->first_edge[post];
	int64_t		done = state->sorted[post];
	int64_t		more = done > FIRST_SORTED ? done : FIRST_SORTED;

	if (count - done <= 2 * more)
		more = count - done;
	else
		select_pairs(pairs + done, count - done, more, state->scratch);
	sort_pairs(pairs + done, more, state->scratch);
	state->sorted[post] = done + more;
}

/* Brings the keys of a post's list up to date and sorts its head. */
void
flow_refresh(FlowState *state, int32_t post)
{
	FlowPair   *pairs = state->pairs + state->problem->first_edge[post];
	int64_t		count = state->problem->first_edge[post + 1] - state->problem->first_edge[post];

	for (int64_t i = 0; i < count; i++)
		pairs[i].key = flow_rent(state, &state->employees[pairs[i].employee]) - flow_gain(state, post, &pairs[i]);
	state->sorted[post] = 0;
	flow_extend(state, post);
	state->wasted[post] = 0;
	state->steps += count;
}

/* Puts an employee who is in no post into one; the rent follows from the price. */
void
flow_seat(FlowState *state, int32_t post, int32_t employee, int64_t gain)
{
	FlowEmployee *who = &state->employees[employee];

	who->post = post;
	who->seat = state->filled[post]++;
	who->rent = gain - state->worth[post];
	state->seated[state->first_seat[post] + who->seat] = employee;
}

/* Takes an employee out of the post, not out of the unit's list of leavers. */
void
flow_unseat(FlowState *state, int32_t employee)
{
	FlowEmployee *who = &state->employees[employee];
	int32_t    *seated = state->seated + state->first_seat[who->post];
	int32_t		last = seated[--state->filled[who->post]];

	seated[who->seat] = last;
	state->employees[last].seat = who->seat;
	who->post = -1;
}

/* Enters an employee in the unit's list of leavers. */
void
flow_release(FlowState *state, int32_t employee)
{
	FlowEmployee *who = &state->employees[employee];

	if (who->unit < 0)
		return;
	who->release = state->released[who->unit]++;
	state->leaving[state->first_release[who->unit] + who->release] = employee;
}

void
flow_unrelease(FlowState *state, int32_t employee)
{
	FlowEmployee *who = &state->employees[employee];
	int32_t    *leaving;
	int32_t		last;

	if (who->unit < 0)
		return;
	leaving = state->leaving + state->first_release[who->unit];
	last = leaving[--state->released[who->unit]];
	leaving[who->release] = last;
	state->employees[last].release = who->release;
}

/* Lowers a post's price, which raises the rents of who is in it. */
void
flow_lower_worth(FlowState *state, int32_t post, int64_t worth)
{
	int64_t		fall = state->worth[post] - worth;
	int32_t    *seated = state->seated + state->first_seat[post];

	if (fall == 0)
		return;
	state->worth[post] = worth;
	for (int32_t i = 0; i < state->filled[post]; i++)
		state->employees[seated[i]].rent += fall;
}

/*
 * Phase 2.
 */
typedef struct HeapItem
{
	int64_t		distance;
	int32_t		node;			/* post, or n_posts + unit */
} HeapItem;

typedef struct Search
{
	int64_t    *distance;		/* by node; INT64_MAX: not reached */
	int32_t    *from;			/* node reached from */
	int32_t    *by;				/* who leaves this post, or the free employee of this unit */
	int32_t    *reached;
	int32_t		n_reached;
	HeapItem   *heap;
	int64_t		heap_size;
	int64_t		heap_room;
} Search;

static void
heap_push(FlowState *state, Search *search, int64_t distance, int32_t node)
{
	int64_t		i;

	if (search->heap_size == search->heap_room)
	{
		HeapItem   *bigger = flow_alloc(state->env, search->heap_room * 2, sizeof(HeapItem));

		memcpy(bigger, search->heap, sizeof(HeapItem) * (size_t) search->heap_size);
		flow_free(state->env, search->heap);
		search->heap = bigger;
		search->heap_room *= 2;
	}
	i = search->heap_size++;
	while (i > 0 && search->heap[(i - 1) / 2].distance > distance)
	{
		search->heap[i] = search->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	search->heap[i].distance = distance;
	search->heap[i].node = node;
}

static HeapItem
heap_pop(Search *search)
{
	HeapItem	top = search->heap[0];
	HeapItem	last = search->heap[--search->heap_size];
	int64_t		size = search->heap_size;
	int64_t		i = 0;

	for (;;)
	{
		int64_t		child = 2 * i + 1;

		if (child >= size)
			break;
		if (child + 1 < size && search->heap[child + 1].distance < search->heap[child].distance)
			child++;
		if (search->heap[child].distance >= last.distance)
			break;
		search->heap[i] = search->heap[child];
		i = child;
	}
	search->heap[i] = last;
	return top;
}

static void
reach(FlowState *state, Search *search, int32_t node, int64_t distance, int32_t from, int32_t by)
{
	if (search->distance[node] == INT64_MAX)
		search->reached[search->n_reached++] = node;
	search->distance[node] = distance;
	search->from[node] = from;
	search->by[node] = by;
	heap_push(state, search, distance, node);
}

/*
 * Decides one open seat of a post: by the cheapest chain of changes that ends
 * with a free employee or with a seat left empty, here or elsewhere.
 */
static void
decide_seat(FlowState *state, Search *search, int32_t start)
{
	const FlowProblem *problem = state->problem;
	int64_t		best;			/* cost of the cheapest end so far */
	int32_t		end_post = start;	/* where it is */
	int32_t		end_employee = -1;	/* who fills it; -1: nobody */
	int32_t		post;
	int32_t		incoming;

	state->searches++;
	search->n_reached = 0;
	search->heap_size = 0;
	best = INT64_MAX;
	reach(state, search, start, 0, -1, -1);

	while (search->heap_size > 0 && search->heap[0].distance < best)
	{
		HeapItem	item = heap_pop(search);
		int32_t		node = item.node;

		if (item.distance > search->distance[node])
			continue;			/* reached more cheaply since */
		if (node >= state->n_posts)
		{
			/* a unit with no release left: each leaver could give one back */
			int32_t		unit = node - state->n_posts;
			const int32_t *leaving = state->leaving + state->first_release[unit];
			int64_t		base = item.distance - state->price[unit];

			for (int32_t i = 0; i < state->released[unit]; i++)
			{
				const FlowEmployee *who = &state->employees[leaving[i]];
				int64_t		distance = base + who->rent;

				if (distance < best && distance < search->distance[who->post])
					reach(state, search, who->post, distance, node, leaving[i]);
			}
			state->steps += state->released[unit];
		}
		else
		{
			FlowPair   *pairs = state->pairs + problem->first_edge[node];
			int64_t		count = problem->first_edge[node + 1] - problem->first_edge[node];
			int64_t		base = item.distance + state->worth[node];
			int64_t		left_empty = base + flow_empty_cost(problem, &state->scale, node, state->empty[node]);
			int64_t		i;

			if (left_empty < best)
			{
				best = left_empty;
				end_post = node;
				end_employee = -1;
			}
			if (state->wasted[node] > WASTE_FACTOR * count)
				flow_refresh(state, node);
			for (i = 0; i < count; i++)
			{
				const FlowEmployee *who;
				int64_t		distance;

				/* beyond what is sorted nothing is lower than the last */
				if (i > 0 && base + pairs[i - 1].key >= best)
					break;
				if (i == state->sorted[node])
					flow_extend(state, node);
				if (base + pairs[i].key >= best)
					break;
				who = &state->employees[pairs[i].employee];

				if (who->post == node)
					continue;
				distance = base + flow_rent(state, who) - flow_gain(state, node, &pairs[i]);
				if (distance >= best)
					continue;
				if (who->post >= 0)
				{
					if (distance < search->distance[who->post])
						reach(state, search, who->post, distance, node, pairs[i].employee);
				}
				else if (who->unit < 0 || state->spare[who->unit] > 0)
				{
					best = distance;
					end_post = node;
					end_employee = pairs[i].employee;
				}
				else if (distance < search->distance[state->n_posts + who->unit])
					reach(state, search, state->n_posts + who->unit, distance, node, pairs[i].employee);
			}
			state->steps += i + 1;
			state->wasted[node] += i;
		}
		flow_breathe(state);
	}

	/* prices: everything nearer than the end moves by the difference */
	for (int32_t i = 0; i < search->n_reached; i++)
	{
		int32_t		node = search->reached[i];
		int64_t		change = best - search->distance[node];

		if (change > 0)
		{
			if (node >= state->n_posts)
				state->price[node - state->n_posts] += change;
			else
				flow_lower_worth(state, node, state->worth[node] - change);
		}
		search->distance[node] = INT64_MAX;
	}

	/* walk the chain back from its end to the start */
	state->open[start]--;
	state->seats_open--;
	post = end_post;
	incoming = end_employee;
	if (incoming >= 0)
	{
		flow_release(state, incoming);
		if (state->employees[incoming].unit >= 0)
			state->spare[state->employees[incoming].unit]--;
	}
	else
		state->empty[post]++;
	for (;;)
	{
		int32_t		outgoing = post == start ? -1 : search->by[post];

		if (outgoing >= 0)
			flow_unseat(state, outgoing);
		if (incoming >= 0)
		{
			const FlowPair *pair = state->pairs + problem->first_edge[post];

			while (pair->employee != incoming)
				pair++;
			flow_seat(state, post, incoming, flow_gain(state, post, pair));
		}
		if (outgoing < 0)
			break;
		post = search->from[post];
		incoming = outgoing;
		if (post >= state->n_posts)
		{
			/* outgoing gives the release back, somebody else of the unit takes it */
			flow_unrelease(state, outgoing);
			incoming = search->by[post];
			flow_release(state, incoming);
			post = search->from[post];
		}
	}
}

/*
 * The memory of the state, in the order of allocation in flow_solve_ssp().
 */
size_t
flow_memory_ssp(const FlowProblem *problem)
{
	size_t		posts = (size_t) problem->n_posts + 1;
	size_t		units = (size_t) problem->n_units + 1;
	size_t		employees = (size_t) problem->n_employees + 1;
	size_t		longest = 1;
	size_t		seats = 0;

	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		size_t		degree = (size_t) (problem->first_edge[p + 1] - problem->first_edge[p]);

		if (degree > longest)
			longest = degree;
		seats += degree < (size_t) problem->seats[p] ? degree + 1 : (size_t) problem->seats[p];
	}
	return sizeof(FlowPair) * ((size_t) problem->n_edges + longest) +
		sizeof(FlowEmployee) * employees + 4 * seats + 4 * employees +
		posts * (4 + 8 + 3 * 4 + 8 + 8 + 8) + units * (8 + 4 + 4 + 8) +
		(posts + units) * (8 + 3 * 4 + 4 * sizeof(HeapItem)) +
		4 * employees + 8 * posts + 16 * units;
}

static void *
zeroed(const FlowEnv *env, int64_t count, size_t size)
{
	void	   *result = flow_alloc(env, count, size);

	memset(result, 0, size * (size_t) (count > 0 ? count : 1));
	return result;
}

static void
set_up(FlowState *state, const FlowProblem *problem, const FlowEnv *env, const FlowScale *scale)
{
	int32_t		posts = problem->n_posts;
	int32_t		units = problem->n_units;
	int32_t    *members = zeroed(env, units, sizeof(int32_t));
	int64_t		longest = 0;

	memset(state, 0, sizeof(*state));
	state->problem = problem;
	state->env = env;
	state->scale = *scale;
	state->n_posts = posts;
	state->n_units = units;
	state->employees = flow_alloc(env, problem->n_employees, sizeof(FlowEmployee));
	state->pairs = flow_alloc(env, problem->n_edges, sizeof(FlowPair));
	state->post_hash = flow_alloc(env, posts, sizeof(uint32_t));
	state->worth = flow_alloc(env, posts, sizeof(int64_t));
	state->filled = zeroed(env, posts, sizeof(int32_t));
	state->empty = zeroed(env, posts, sizeof(int32_t));
	state->open = zeroed(env, posts, sizeof(int32_t));
	state->wasted = zeroed(env, posts, sizeof(int64_t));
	state->sorted = zeroed(env, posts, sizeof(int64_t));
	state->first_seat = flow_alloc(env, (int64_t) posts + 1, sizeof(int64_t));
	state->price = zeroed(env, units, sizeof(int64_t));
	state->released = zeroed(env, units, sizeof(int32_t));
	state->spare = zeroed(env, units, sizeof(int32_t));
	state->first_release = flow_alloc(env, (int64_t) units + 1, sizeof(int64_t));

	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (problem->employee_unit[e] >= 0)
			members[problem->employee_unit[e]]++;
	}
	/* a limit that cannot bind is none */
	state->first_release[0] = 0;
	for (int32_t u = 0; u < units; u++)
	{
		if (problem->releasable[u] < 0 || problem->releasable[u] >= members[u])
			members[u] = -1;
		else
			state->spare[u] = problem->releasable[u];
		state->first_release[u + 1] = state->first_release[u] + state->spare[u];
	}
	state->leaving = flow_alloc(env, state->first_release[units], sizeof(int32_t));
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		FlowEmployee *who = &state->employees[e];
		int32_t		unit = problem->employee_unit[e];

		memset(who, 0, sizeof(*who));
		who->unit = unit >= 0 && members[unit] >= 0 ? unit : -1;
		who->post = -1;
		who->hash = flow_hash(problem->employee_id[e]);
	}
	flow_free(env, members);

	state->first_seat[0] = 0;
	for (int32_t p = 0; p < posts; p++)
	{
		int64_t		degree = problem->first_edge[p + 1] - problem->first_edge[p];
		int64_t		open = problem->seats[p];

		/*
		 * One seat more than candidates is decided like any other, which
		 * brings the price down to that of an empty seat; the rest follow.
		 */
		if (open > degree + 1)
		{
			state->empty[p] = (int32_t) (open - degree - 1);
			open = degree + 1;
		}
		state->open[p] = (int32_t) open;
		state->seats_total += open;
		state->first_seat[p + 1] = state->first_seat[p] + open;
		if (degree > longest)
			longest = degree;
	}
	state->seats_open = state->seats_total;
	state->seated = flow_alloc(env, state->seats_total, sizeof(int32_t));
	state->scratch = flow_alloc(env, longest, sizeof(FlowPair));
	for (int32_t p = 0; p < posts; p++)
	{
		int64_t		first = problem->first_edge[p];
		int64_t		end = problem->first_edge[p + 1];

		state->post_hash[p] = flow_hash(problem->post_id[p]);
		for (int64_t i = first; i < end; i++)
		{
			state->pairs[i].employee = problem->edge_employee[i];
			state->pairs[i].score = problem->edge_score[i];
			state->pairs[i].key = 0;
		}
		flow_refresh(state, p);
		flow_breathe(state);

		/* worth: of the best candidate, or of the empty seat */
		state->worth[p] = -flow_empty_cost(problem, &state->scale, p, state->empty[p]);
		if (end > first && -state->pairs[first].key > state->worth[p])
			state->worth[p] = -state->pairs[first].key;
	}
}

/*
 * Solves the problem, or returns false when it has taken more steps than the
 * budget; nothing of the plan is set then.
 */
bool
flow_solve_ssp(const FlowProblem *problem, int64_t budget, const FlowEnv *env, FlowPlan *plan)
{
	FlowState	state;
	Search		search;
	int64_t		nodes = (int64_t) problem->n_posts + problem->n_units;
	bool		solved = true;

	set_up(&state, problem, env, &plan->scale);
	flow_auction(&state);

	search.distance = flow_alloc(env, nodes, sizeof(int64_t));
	search.from = flow_alloc(env, nodes, sizeof(int32_t));
	search.by = flow_alloc(env, nodes, sizeof(int32_t));
	search.reached = flow_alloc(env, nodes, sizeof(int32_t));
	search.heap_room = 1024;
	search.heap = flow_alloc(env, search.heap_room, sizeof(HeapItem));
	for (int64_t i = 0; i < nodes; i++)
		search.distance[i] = INT64_MAX;

	for (int32_t p = 0; p < problem->n_posts && solved; p++)
	{
		while (state.open[p] > 0 && solved)
		{
			decide_seat(&state, &search, p);
			solved = state.steps <= budget;
		}
	}
	plan->bids = state.bids;
	plan->searches = state.searches;
	plan->steps = state.steps;
	if (solved)
	{
		for (int32_t e = 0; e < problem->n_employees; e++)
			plan->post_of[e] = state.employees[e].post;
		for (int32_t p = 0; p < problem->n_posts; p++)
			plan->post_price[p] = problem->seats[p] > 0 ? state.worth[p] : 0;
		memcpy(plan->unit_price, state.price, sizeof(int64_t) * (size_t) problem->n_units);
	}

	flow_free(env, search.heap);
	flow_free(env, search.reached);
	flow_free(env, search.by);
	flow_free(env, search.from);
	flow_free(env, search.distance);
	flow_free(env, state.scratch);
	flow_free(env, state.seated);
	flow_free(env, state.leaving);
	flow_free(env, state.first_release);
	flow_free(env, state.spare);
	flow_free(env, state.released);
	flow_free(env, state.price);
	flow_free(env, state.first_seat);
	flow_free(env, state.sorted);
	flow_free(env, state.wasted);
	flow_free(env, state.open);
	flow_free(env, state.empty);
	flow_free(env, state.filled);
	flow_free(env, state.worth);
	flow_free(env, state.post_hash);
	flow_free(env, state.pairs);
	flow_free(env, state.employees);
	return solved;
}
