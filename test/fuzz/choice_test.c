/*
 * choice_test.c
 *	  Deferred acceptance and top trading cycles against brute force.
 *
 * usage: choice_test [COUNT [SEED]]
 *
 * COUNT random instances of up to 5 people and 4 posts: of all matchings, the
 * stable ones are enumerated, and the applicants' best must be what deferred
 * acceptance finds; after an exchange no reassignment of the same seats may
 * make somebody better off and nobody worse. Then larger ones, which only
 * their own checks judge.
 */
#include "../../src/choice.h"

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

static void *
test_alloc(void *context, size_t size)
{
	(void) context;
	return malloc(size);
}

static void
test_release(void *context, void *pointer)
{
	(void) context;
	free(pointer);
}

static void
test_breathe(void *context, int64_t done, int64_t total)
{
	(void) context;
	(void) done;
	(void) total;
}

static long instance;

static void
test_fail(void *context, FlowError error, const char *what)
{
	(void) context;
	printf("instance %ld: error %d, %s\n", instance, (int) error, what);
	exit(1);
}

static const FlowEnv env = {NULL, test_alloc, test_release, test_breathe, test_fail};

#define MOST 300

static ChoiceProblem problem;
static int32_t seats[MOST];
static int32_t current[MOST];
static uint32_t lot[MOST];
static int64_t first_wish[MOST + 1];
static int32_t wish_post[MOST * MOST];
static int32_t wish_score[MOST * MOST];

static void
make_instance(int32_t posts, int32_t employees, bool exchange)
{
	int64_t		wishes = 0;

	problem.n_posts = posts;
	problem.n_employees = employees;
	for (int32_t p = 0; p < posts; p++)
		seats[p] = draw(10) == 0 ? 1000000000 : (int32_t) draw(3);
	for (int32_t e = 0; e < employees; e++)
	{
		int32_t		order[MOST];

		current[e] = exchange || draw(3) == 0 ? (int32_t) draw((uint32_t) posts) : -1;
		lot[e] = draw(3);
		first_wish[e] = wishes;
		for (int32_t p = 0; p < posts; p++)
		{
			int32_t		other = (int32_t) draw((uint32_t) p + 1);

			order[p] = order[other];
			order[other] = p;
		}
		for (int32_t p = 0; p < posts; p++)
		{
			if (draw(4) == 0)
				continue;
			wish_post[wishes] = order[p];
			wish_score[wishes++] = (int32_t) draw(4);
		}
	}
	first_wish[employees] = wishes;
	problem.n_wishes = wishes;
	problem.seats = seats;
	problem.current = current;
	problem.lot = lot;
	problem.first_wish = first_wish;
	problem.wish_post = wish_post;
	problem.wish_score = wish_score;
}

static int64_t found[MOST];
static int64_t tried[MOST];
static long stable_ones;

static int64_t
place(int32_t employee, int64_t wish)
{
	return wish < 0 ? INT64_MAX : wish - first_wish[employee];
}

static void
fail(const char *what)
{
	printf("instance %ld: %s\n", instance, what);
	exit(1);
}

static void
enumerate(int32_t employee, bool exchange)
{
	if (employee == problem.n_employees)
	{
		bool		better = false;
		bool		worse = false;

		if ((exchange ? choice_fair(&problem, &env, tried) : choice_stable(&problem, &env, tried)) != NULL)
			return;
		stable_ones++;
		for (int32_t e = 0; e < problem.n_employees; e++)
		{
			if (place(e, tried[e]) < place(e, found[e]))
				better = true;
			if (place(e, tried[e]) > place(e, found[e]))
				worse = true;
		}
		if (exchange ? better && !worse : better)
			fail(exchange ? "an exchange makes some better off and none worse" : "a stable matching is better for somebody");
		return;
	}
	tried[employee] = -1;
	enumerate(employee + 1, exchange);
	for (int64_t i = first_wish[employee]; i < first_wish[employee + 1]; i++)
	{
		tried[employee] = i;
		enumerate(employee + 1, exchange);
	}
}

int
main(int argc, char **argv)
{
	long		count = argc > 1 ? atol(argv[1]) : 1500;
	uint64_t	seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	int32_t		cycle_of[MOST];
	long		moved = 0;

	for (instance = 0; instance < count; instance++)
	{
		bool		exchange = instance % 2 == 1;
		bool		large = instance % 10 >= 8;

		random_state = (seed * UINT64_C(1000003) + (uint64_t) instance) * UINT64_C(0x9E3779B97F4A7C15) + 7;
		for (int i = 0; i < 10; i++)
			draw(2);
		if (large)
			make_instance(1 + (int32_t) draw(80), 1 + (int32_t) draw(299), exchange);
		else
			make_instance(1 + (int32_t) draw(4), 1 + (int32_t) draw(5), exchange);
		if (exchange)
			choice_exchange(&problem, &env, found, cycle_of);
		else
			choice_accept(&problem, &env, found);
		for (int32_t e = 0; e < problem.n_employees; e++)
			moved += found[e] >= 0;
		if (!large)
		{
			stable_ones = 0;
			enumerate(0, exchange);
			if (stable_ones == 0)
				fail("nothing is stable");
		}
		/* the checks must see a place taken away, or a worse one */
		for (int32_t e = 0; !exchange && e < problem.n_employees; e++)
		{
			if (found[e] < 0)
				continue;
			found[e] = -1;
			if (choice_stable(&problem, &env, found) == NULL)
				fail("who was sent away does not block");
			break;
		}
	}
	printf("%ld instances hold, %ld people moved\n", count, moved);
	return 0;
}
