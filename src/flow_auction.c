/*
 * flow_auction.c
 *	  Phase 1 of the contracted solver: an auction that seats most.
 *
 * A seat not decided yet bids for the candidate it gains most from, as far as
 * that leaves it no worse off than with its second choice (Bertsekas 1988, with
 * an increment of zero).  So after every bid all price conditions hold, whoever
 * is outbid only has the post bid again, and the auction may stop anywhere:
 * what it leaves open, the searches of flow_ssp.c decide.  With no increment
 * equal choices can outbid each other for ever; a budget of bids ends that.
 */
#include "flow_internal.h"

/*
 * Bids a seat, in all: more only prolong the wars over equal choices, which the
 * searches settle sooner.
 */
#define BIDS_A_SEAT 10

/* As in flow_ssp.c. */
#define WASTE_FACTOR 6

/* The leaver of a full unit with the least rent: who loses the release first. */
static int32_t
least_rent(FlowState *state, int32_t unit)
{
	const int32_t *leaving = state->leaving + state->first_release[unit];
	int32_t		least = leaving[0];

	for (int32_t i = 1; i < state->released[unit]; i++)
	{
		const FlowEmployee *who = &state->employees[leaving[i]];
		int64_t		rent = state->employees[least].rent;

		/* the lower index among equals: the list's own order is an accident */
		if (who->rent < rent || (who->rent == rent && leaving[i] < least))
			least = leaving[i];
	}
	state->steps += state->released[unit];
	return least;
}

/*
 * One bid of a post with an open seat.  Returns the post that lost someone by
 * it, or -1.  *stuck is set if bidding cannot help the post any more.
 */
static int32_t
bid(FlowState *state, int32_t post, bool *stuck)
{
	const FlowProblem *problem = state->problem;
	FlowPair   *pairs = state->pairs + problem->first_edge[post];
	int64_t		count = problem->first_edge[post + 1] - problem->first_edge[post];
	int64_t		empty = -flow_empty_cost(problem, &state->scale, post, state->empty[post]);
	int64_t		first = INT64_MIN;
	int64_t		second = empty;	/* an empty seat is always a choice */
	const FlowPair *choice = NULL;
	FlowEmployee *who;
	int32_t		loser = -1;
	int64_t		i;

	*stuck = false;
	if (state->wasted[post] > WASTE_FACTOR * count)
		flow_refresh(state, post);
	for (i = 0; i < count; i++)
	{
		const FlowEmployee *candidate;
		int64_t		value;

		/* beyond what is sorted nothing is worth more than the last */
		if (i > 0 && -pairs[i - 1].key <= second)
			break;
		if (i == state->sorted[post])
			flow_extend(state, post);
		if (-pairs[i].key <= second)
			break;
		candidate = &state->employees[pairs[i].employee];
		if (candidate->post == post)
			continue;
		value = flow_gain(state, post, &pairs[i]) - flow_rent(state, candidate);
		if (value > first)
		{
			if (first > second)
				second = first;
			first = value;
			choice = &pairs[i];
		}
		else if (value > second)
			second = value;
	}
	state->steps += i + 1;
	state->wasted[post] += i;
	state->bids++;

	if (choice == NULL || first <= empty)
	{
		/* an empty seat is as good as anybody */
		flow_lower_worth(state, post, empty);
		state->empty[post]++;
		state->open[post]--;
		state->seats_open--;
		return -1;
	}

	who = &state->employees[choice->employee];
	if (who->post < 0 && who->unit >= 0 && state->spare[who->unit] == 0)
	{
		/* the unit is full: a release costs what the cheapest leaver makes of it */
		int32_t		leaver;

		if (state->released[who->unit] == 0)
		{
			/* nobody ever leaves: priced out, above all the rest may offer */
			state->price[who->unit] += first - empty;
			return -1;
		}
		leaver = least_rent(state, who->unit);
		if (state->employees[leaver].rent > state->price[who->unit])
		{
			state->price[who->unit] = state->employees[leaver].rent;
			return -1;
		}
		loser = state->employees[leaver].post;
		if (loser == post)
		{
			/*
			 * The post would take from one hand what it gives to the other.
			 * Paying no more than for this one raises the others' rents; if it
			 * pays no more already, the release must come from elsewhere,
			 * which takes a search.
			 */
			if (state->worth[post] > first)
				flow_lower_worth(state, post, first);
			else
				*stuck = true;
			return -1;
		}
		flow_unseat(state, leaver);
		flow_unrelease(state, leaver);
		flow_release(state, choice->employee);
	}
	else if (who->post >= 0)
	{
		loser = who->post;
		flow_unseat(state, choice->employee);
	}
	else
	{
		flow_release(state, choice->employee);
		if (who->unit >= 0)
			state->spare[who->unit]--;
	}
	flow_lower_worth(state, post, second);
	flow_seat(state, post, choice->employee, flow_gain(state, post, choice));
	state->open[post]--;
	state->seats_open--;
	if (loser >= 0)
	{
		state->open[loser]++;
		state->seats_open++;
	}
	return loser;
}

/*
 * Bids in rounds: every post with open seats in turn, posts outbid in a round
 * bid in the next.
 */
void
flow_auction(FlowState *state)
{
	int64_t		budget = state->seats_total * BIDS_A_SEAT;
	int32_t    *queue = flow_alloc(state->env, state->n_posts, sizeof(int32_t));
	bool	   *queued = flow_alloc(state->env, state->n_posts, sizeof(bool));
	int32_t		head = 0;
	int32_t		length = 0;

	for (int32_t p = 0; p < state->n_posts; p++)
	{
		queued[p] = state->open[p] > 0;
		if (queued[p])
			queue[length++] = p;
	}
	while (length > 0 && state->bids < budget)
	{
		int32_t		post = queue[head];
		bool		stuck;
		int32_t		loser = bid(state, post, &stuck);

		if (loser >= 0 && !queued[loser])
		{
			/* the queue is a ring and no post is in it twice */
			queue[(int32_t) (((int64_t) head + length) % state->n_posts)] = loser;
			length++;
			queued[loser] = true;
		}
		if (state->open[post] == 0 || stuck)
		{
			queued[post] = false;
			head = (int32_t) (((int64_t) head + 1) % state->n_posts);
			length--;
		}
		flow_breathe(state);
	}
	flow_free(state->env, queued);
	flow_free(state->env, queue);
}
