/*
 * choice.c
 *	  Deferred acceptance and top trading cycles.
 */
#include "choice.h"
#include "flow_internal.h"

#include <string.h>

/*
 * How a post ranks who stands before it: its own incumbents, then by score,
 * then by lot (one for all posts, which costs applicants less than a lot for
 * each), then the lower index.
 */
typedef struct Standing
{
	int64_t		rank;			/* incumbent and score */
	uint32_t	lot;
	int32_t		employee;
} Standing;

static Standing
standing(const ChoiceProblem *problem, int32_t employee, int32_t post, int32_t score)
{
	Standing	result;

	result.rank = problem->current[employee] == post ? INT64_MAX : score;
	result.lot = problem->lot[employee];
	result.employee = employee;
	return result;
}

static bool
before(const Standing *a, const Standing *b)
{
	if (a->rank != b->rank)
		return a->rank > b->rank;
	if (a->lot != b->lot)
		return a->lot > b->lot;
	return a->employee < b->employee;
}

/* The wishes an employee has above the post held now. */
static int64_t
last_wish(const ChoiceProblem *problem, int32_t employee)
{
	for (int64_t i = problem->first_wish[employee]; i < problem->first_wish[employee + 1]; i++)
	{
		if (problem->wish_post[i] == problem->current[employee])
			return i;
	}
	return problem->first_wish[employee + 1];
}

/* Seats of each post: the vacant ones and those of its incumbents. */
static int64_t *
all_seats(const ChoiceProblem *problem, const FlowEnv *env)
{
	int64_t    *seats = flow_alloc(env, problem->n_posts, sizeof(int64_t));

	for (int32_t p = 0; p < problem->n_posts; p++)
		seats[p] = problem->seats[p];
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		if (problem->current[e] >= 0)
			seats[problem->current[e]]++;
	}
	return seats;
}

void
choice_accept(const ChoiceProblem *problem, const FlowEnv *env, int64_t *wish_of)
{
	int64_t    *seats = all_seats(problem, env);
	int64_t    *first = flow_alloc(env, (int64_t) problem->n_posts + 1, sizeof(int64_t));
	int64_t    *held = flow_alloc(env, problem->n_posts, sizeof(int64_t));
	int64_t    *next = flow_alloc(env, problem->n_employees, sizeof(int64_t));
	int64_t    *last = flow_alloc(env, problem->n_employees, sizeof(int64_t));
	int32_t    *waiting = flow_alloc(env, problem->n_employees, sizeof(int32_t));
	Standing   *heaps;			/* of each post, the last to be held first */
	int32_t		n_waiting = 0;
	int64_t		proposals = 0;
	const char *wrong;

	/* a post never holds more than apply to it, its incumbents included */
	memset(first, 0, sizeof(int64_t) * ((size_t) problem->n_posts + 1));
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		last[e] = last_wish(problem, e);
		for (int64_t i = problem->first_wish[e]; i < last[e]; i++)
			first[problem->wish_post[i] + 1]++;
		if (problem->current[e] >= 0)
			first[problem->current[e] + 1]++;
	}
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		if (first[p + 1] > seats[p])
			first[p + 1] = seats[p];
		else
			seats[p] = first[p + 1];
		first[p + 1] += first[p];
		held[p] = 0;
	}
	heaps = flow_alloc(env, first[problem->n_posts], sizeof(Standing));
	for (int32_t e = problem->n_employees - 1; e >= 0; e--)
	{
		next[e] = problem->first_wish[e];
		wish_of[e] = -1;
		waiting[n_waiting++] = e;
	}

	while (n_waiting > 0)
	{
		int32_t		employee = waiting[n_waiting - 1];
		int64_t		wish = next[employee];
		int32_t		post;
		Standing	applicant;
		Standing   *heap;
		int64_t		i;

		if (++proposals % FLOW_BREATH == 0)
			env->breathe(env->context, problem->n_employees - n_waiting, problem->n_employees);
		if (wish > last[employee] || (wish == last[employee] && problem->current[employee] < 0))
		{
			n_waiting--;		/* no wish is left */
			continue;
		}
		next[employee]++;
		/* after the last wish, the post held now */
		post = wish == last[employee] ? problem->current[employee] : problem->wish_post[wish];
		applicant = standing(problem, employee, post, wish == last[employee] ? 0 : problem->wish_score[wish]);
		heap = heaps + first[post];
		if (held[post] == seats[post])
		{
			int32_t		rejected;

			if (seats[post] == 0 || !before(&applicant, &heap[0]))
				continue;
			/* in the place of the last */
			rejected = heap[0].employee;
			for (i = 0; 2 * i + 1 < held[post];)
			{
				int64_t		child = 2 * i + 1;

				if (child + 1 < held[post] && before(&heap[child], &heap[child + 1]))
					child++;
				if (before(&heap[child], &applicant))
					break;
				heap[i] = heap[child];
				i = child;
			}
			heap[i] = applicant;
			waiting[n_waiting - 1] = rejected;
			wish_of[rejected] = -1;
		}
		else
		{
			for (i = held[post]++; i > 0 && before(&heap[(i - 1) / 2], &applicant); i = (i - 1) / 2)
				heap[i] = heap[(i - 1) / 2];
			heap[i] = applicant;
			n_waiting--;
		}
		wish_of[employee] = wish == last[employee] ? -1 : wish;
	}

	flow_free(env, heaps);
	flow_free(env, waiting);
	flow_free(env, last);
	flow_free(env, next);
	flow_free(env, held);
	flow_free(env, first);
	flow_free(env, seats);
	wrong = choice_stable(problem, env, wish_of);
	if (wrong != NULL)
		env->fail(env->context, FLOW_NOT_PROVEN, wrong);
}

const char *
choice_stable(const ChoiceProblem *problem, const FlowEnv *env, const int64_t *wish_of)
{
	int64_t    *seats = all_seats(problem, env);
	Standing   *worst = flow_alloc(env, problem->n_posts, sizeof(Standing));
	bool	   *any = flow_alloc(env, problem->n_posts, sizeof(bool));
	int64_t		steps = 0;
	const char *wrong = NULL;

	memset(any, 0, sizeof(bool) * (size_t) problem->n_posts);
	for (int32_t e = 0; e < problem->n_employees && !wrong; e++)
	{
		int64_t		wish = wish_of[e];
		int32_t		post = problem->current[e];
		Standing	holder;

		if (wish >= 0 && (wish < problem->first_wish[e] || wish >= problem->first_wish[e + 1]))
		{
			wrong = "somebody has the wish of another";
			break;
		}
		if (wish >= 0)
			post = problem->wish_post[wish];
		if (wish >= last_wish(problem, e))
			wrong = "an incumbent is worse off";
		else if (post >= 0)
		{
			if (--seats[post] < 0)
				wrong = "more people than seats";
			holder = standing(problem, e, post, wish >= 0 ? problem->wish_score[wish] : 0);
			if (!any[post] || before(&worst[post], &holder))
				worst[post] = holder;
			any[post] = true;
		}
	}
	/* whoever would rather have another post stands behind everyone there */
	for (int32_t e = 0; e < problem->n_employees && !wrong; e++)
	{
		int64_t		end = wish_of[e] >= 0 ? wish_of[e] : last_wish(problem, e);

		for (int64_t i = problem->first_wish[e]; i < end && !wrong; i++)
		{
			int32_t		post = problem->wish_post[i];
			Standing	applicant = standing(problem, e, post, problem->wish_score[i]);

			if (seats[post] > 0 || (any[post] && before(&applicant, &worst[post])))
				wrong = "a blocking pair";
			if (++steps % FLOW_BREATH == 0)
				env->breathe(env->context, problem->n_employees, problem->n_employees);
		}
	}
	flow_free(env, any);
	flow_free(env, worst);
	flow_free(env, seats);
	return wrong;
}

/*
 * Everybody points at the best post that still has somebody in it to trade
 * with, every post at the one of its people who comes first by lot; whoever
 * is on a cycle moves and is gone.  A chain of pointers is followed until it
 * bites itself, and what it left over is followed on from there, so that each
 * wish is looked at once.
 */
void
choice_exchange(const ChoiceProblem *problem, const FlowEnv *env, int64_t *wish_of, int32_t *cycle_of)
{
	int64_t    *first = flow_alloc(env, (int64_t) problem->n_posts + 1, sizeof(int64_t));
	int64_t    *front = flow_alloc(env, problem->n_posts, sizeof(int64_t));
	int32_t    *people = flow_alloc(env, problem->n_employees, sizeof(int32_t));
	int64_t    *next = flow_alloc(env, problem->n_employees, sizeof(int64_t));
	int64_t    *last = flow_alloc(env, problem->n_employees, sizeof(int64_t));
	bool	   *gone = flow_alloc(env, problem->n_employees, sizeof(bool));
	int32_t    *chain = flow_alloc(env, problem->n_employees, sizeof(int32_t));
	bool	   *linked = flow_alloc(env, problem->n_employees, sizeof(bool));
	int32_t		length = 0;
	int32_t		cycles = 0;
	int64_t		steps = 0;
	const char *wrong;

	/* the people of each post, in the order of their lots */
	memset(first, 0, sizeof(int64_t) * ((size_t) problem->n_posts + 1));
	for (int32_t e = 0; e < problem->n_employees; e++)
		first[problem->current[e] + 1]++;
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		first[p + 1] += first[p];
		front[p] = first[p];
	}
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		people[front[problem->current[e]]++] = e;
		next[e] = problem->first_wish[e];
		last[e] = last_wish(problem, e);
		wish_of[e] = -1;
		cycle_of[e] = -1;
		gone[e] = linked[e] = false;
	}
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		int64_t		count = first[p + 1] - first[p];
		int32_t    *list = people + first[p];

		/* heap sort: a post may have very many people */
		for (int64_t start = count / 2 - 1, end = count; end > 1;)
		{
			int64_t		i;
			int32_t		moving;
			Standing	m;

			if (start >= 0)
			{
				i = start--;
				moving = list[i];
			}
			else
			{
				moving = list[--end];
				list[end] = list[0];
				i = 0;
			}
			m = standing(problem, moving, -2, 0);
			for (;;)
			{
				int64_t		child = 2 * i + 1;
				Standing	c;

				if (child >= end)
					break;
				c = standing(problem, list[child], -2, 0);
				if (child + 1 < end)
				{
					Standing	d = standing(problem, list[child + 1], -2, 0);

					if (before(&c, &d))
					{
						child++;
						c = d;
					}
				}
				if (before(&c, &m))
					break;
				list[i] = list[child];
				i = child;
			}
			list[i] = moving;
			if (++steps % FLOW_BREATH == 0)
				env->breathe(env->context, 0, problem->n_employees);
		}
		front[p] = first[p];
	}

	for (int32_t start = 0; start < problem->n_employees;)
	{
		int32_t		employee;
		int32_t		post;
		int32_t		target;

		if (length == 0)
		{
			if (gone[start])
			{
				start++;
				continue;
			}
			chain[length++] = start;
			linked[start] = true;
		}
		employee = chain[length - 1];
		if (++steps % FLOW_BREATH == 0)
			env->breathe(env->context, start, problem->n_employees);

		/* the best post with somebody left, in the end the own */
		for (;;)
		{
			post = next[employee] < last[employee] ? problem->wish_post[next[employee]] : problem->current[employee];
			while (front[post] < first[post + 1] && gone[people[front[post]]])
				front[post]++;
			if (front[post] < first[post + 1])
				break;
			next[employee]++;
		}
		/* who has come back to the own post stays, whoever the post points at */
		target = post == problem->current[employee] ? employee : people[front[post]];
		if (!linked[target])
		{
			linked[target] = true;
			chain[length++] = target;
			continue;
		}
		/* the chain bites itself: everybody from the target on is on the cycle */
		{
			bool		moves = target != employee;
			int32_t		member;

			do
			{
				member = chain[--length];
				gone[member] = true;
				linked[member] = false;
				if (moves)
				{
					wish_of[member] = next[member];
					cycle_of[member] = cycles;
				}
			} while (member != target);
			if (moves)
				cycles++;
		}
	}

	flow_free(env, linked);
	flow_free(env, chain);
	flow_free(env, gone);
	flow_free(env, last);
	flow_free(env, next);
	flow_free(env, people);
	flow_free(env, front);
	flow_free(env, first);
	wrong = choice_fair(problem, env, wish_of);
	if (wrong != NULL)
		env->fail(env->context, FLOW_NOT_PROVEN, wrong);
}

const char *
choice_fair(const ChoiceProblem *problem, const FlowEnv *env, const int64_t *wish_of)
{
	int64_t    *change = flow_alloc(env, problem->n_posts, sizeof(int64_t));
	const char *wrong = NULL;

	memset(change, 0, sizeof(int64_t) * (size_t) problem->n_posts);
	for (int32_t e = 0; e < problem->n_employees && !wrong; e++)
	{
		if (wish_of[e] < 0)
			continue;
		if (wish_of[e] < problem->first_wish[e] || wish_of[e] >= problem->first_wish[e + 1])
			wrong = "somebody has the wish of another";
		else if (wish_of[e] >= last_wish(problem, e))
			wrong = "an incumbent is worse off";
		else
		{
			change[problem->current[e]]--;
			change[problem->wish_post[wish_of[e]]]++;
		}
	}
	for (int32_t p = 0; p < problem->n_posts && !wrong; p++)
	{
		if (change[p] != 0)
			wrong = "a seat gained or lost";
	}
	flow_free(env, change);
	return wrong;
}
