/*
 * choice_fuzz.c
 *	  libFuzzer target for deferred acceptance and top trading cycles: bytes
 *	  become wishes, always valid; test/fuzz.sh builds and runs it.
 *
 * Whatever the wishes, both must end in a result that their checks accept,
 * which run here a second time; and the checks must take any numbers for a
 * result, and refuse one in which somebody was sent away.
 */
#include "../../src/choice.h"

#include <stdlib.h>
#include <string.h>

static void *
fuzz_alloc(void *context, size_t size)
{
	(void) context;
	/* not zeroed: reading what was never written is to be seen */
	return memset(malloc(size), 0xA5, size);
}

static void
fuzz_release(void *context, void *pointer)
{
	(void) context;
	free(pointer);
}

static void
fuzz_breathe(void *context, int64_t done, int64_t total)
{
	(void) context;
	if (done < 0 || done > total)
		abort();
}

static void
fuzz_fail(void *context, FlowError error, const char *what)
{
	(void) context;
	(void) error;
	(void) what;
	abort();
}

static const uint8_t *bytes;
static size_t left;

static uint32_t
take(uint32_t below)
{
	uint32_t	value = 0;

	for (int i = 0; i < (below > 65536 ? 4 : below > 256 ? 2 : 1) && left > 0; i++, left--)
		value = value << 8 | *bytes++;
	return value % below;
}

#define MOST 32

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static ChoiceProblem problem;
	static int32_t seats[MOST], current[MOST], cycle_of[MOST], wish_post[MOST * MOST], wish_score[MOST * MOST];
	static uint32_t lot[MOST];
	static int64_t first_wish[MOST + 1], wish_of[MOST];
	const FlowEnv env = {NULL, fuzz_alloc, fuzz_release, fuzz_breathe, fuzz_fail};
	bool		exchange;
	int64_t		wishes = 0;

	bytes = data;
	left = size;
	exchange = take(2) == 1;
	problem.n_posts = 1 + (int32_t) take(MOST - 1);
	problem.n_employees = (int32_t) take(MOST);
	for (int32_t p = 0; p < problem.n_posts; p++)
		seats[p] = take(8) == 0 ? FLOW_MAX_COUNT : (int32_t) take(4);
	for (int32_t e = 0; e < problem.n_employees; e++)
	{
		uint32_t	taken = 0;
		uint32_t	count = take((uint32_t) problem.n_posts + 1);

		current[e] = (int32_t) take((uint32_t) problem.n_posts + (exchange ? 0 : 1)) - (exchange ? 0 : 1);
		lot[e] = take(4);
		first_wish[e] = wishes;
		for (uint32_t i = 0; i < count; i++)
		{
			uint32_t	post = take((uint32_t) problem.n_posts);

			if (taken >> post & 1)
				continue;
			taken |= UINT32_C(1) << post;
			wish_post[wishes] = (int32_t) post;
			wish_score[wishes++] = take(8) == 0 ? FLOW_MAX_SCORE : (int32_t) take(4);
		}
	}
	first_wish[problem.n_employees] = wishes;
	problem.n_wishes = wishes;
	problem.seats = seats;
	problem.current = current;
	problem.lot = lot;
	problem.first_wish = first_wish;
	problem.wish_post = wish_post;
	problem.wish_score = wish_score;

	if (exchange)
	{
		choice_exchange(&problem, &env, wish_of, cycle_of);
		if (choice_fair(&problem, &env, wish_of) != NULL)
			abort();
		for (int32_t e = 0; e < problem.n_employees; e++)
		{
			if ((wish_of[e] >= 0) != (cycle_of[e] >= 0))
				abort();
		}
	}
	else
	{
		choice_accept(&problem, &env, wish_of);
		if (choice_stable(&problem, &env, wish_of) != NULL)
			abort();
	}
	for (int32_t e = 0; e < problem.n_employees; e++)
	{
		int64_t		wish = wish_of[e];

		if (wish < 0)
			continue;
		/* one who moved stays instead: a blocking pair, or a seat lost */
		wish_of[e] = -1;
		if ((exchange ? choice_fair(&problem, &env, wish_of) : choice_stable(&problem, &env, wish_of)) == NULL)
			abort();
		wish_of[e] = wish;
	}
	/* a result from elsewhere: any numbers, no harm */
	if (problem.n_employees > 0)
		wish_of[take((uint32_t) problem.n_employees)] = take(2) ? INT64_MAX - take(9) : (int64_t) take(MOST * MOST);
	if (exchange)
		choice_fair(&problem, &env, wish_of);
	else
		choice_stable(&problem, &env, wish_of);
	return 0;
}
