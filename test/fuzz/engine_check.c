/*
 * engine_check.c
 *	  The ranking engine without a server, against scoring everybody and sorting.
 *
 * usage: engine_check CASES [SEED]
 *
 * Random people and requirements of every shape: few and many competencies, held
 * by all or by hardly anybody, levels in whole numbers or up to the highest, many
 * alike; every loop for bounds; both directions; and memory that runs out
 * anywhere.  Prints one line; exit status 1 on the first difference.
 */
#include "postgres.h"

#include "engine_bound.h"

#include <setjmp.h>
#undef qsort
#undef printf
#undef fprintf

/* What the engine's files take from the server, apart from EngineHost. */
void
pg_qsort(void *base, size_t count, size_t size, int (*compare) (const void *, const void *))
{
	qsort(base, count, size, compare);
}

#ifdef USE_ASSERT_CHECKING
void
ExceptionalCondition(const char *condition,
#if PG_VERSION_NUM < 160000
					 const char *type pg_attribute_unused(),
#endif
					 const char *file, int line)
{
	fprintf(stderr, "assertion failed: %s, %s:%d\n", condition, file, line);
	abort();
}
#endif

static uint64 random_state;

static uint32
draw(uint32 below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32) ((random_state >> 16) % below);
}

/* ---- host: blocks are kept in a list, to be freed after a refusal ---- */

typedef struct Block
{
	struct Block *next;
	struct Block *before;
	size_t		size;
	size_t		unused;
} Block;

static Block blocks = {&blocks, &blocks, 0, 0};
static jmp_buf refused;

static void *
test_allocate(void *arg, Size size)
{
	Block	   *block = malloc(sizeof(Block) + size);

	(void) arg;
	if (block == NULL)
		abort();
	memset(block + 1, 0x7f, size);
	block->size = size;
	block->next = blocks.next;
	block->before = &blocks;
	blocks.next->before = block;
	blocks.next = block;
	return block + 1;
}

static void
test_release(void *arg, void *chunk)
{
	Block	   *block = (Block *) chunk - 1;

	(void) arg;
	block->next->before = block->before;
	block->before->next = block->next;
	free(block);
}

static void
test_interrupt(void *arg)
{
	(void) arg;
}

static void
test_refuse(void *arg, Size needed, Size limit)
{
	(void) arg;
	if (needed <= limit)
		abort();
	longjmp(refused, 1);
}

static const EngineHost host = {test_allocate, test_release, test_interrupt, test_refuse, NULL};

/* ---- random people and posts ---- */

#define MAX_COUNT 80

typedef struct Person
{
	int64		id;
	ProfileView view;
	int32		competencies[MAX_COUNT];
	uint16		levels[MAX_COUNT];
} Person;

typedef struct Post
{
	int64		id;
	RequirementView view;
	int32		competencies[MAX_COUNT];
	uint16		levels[MAX_COUNT];
	uint16		weights[MAX_COUNT];
	uint8		kinds[MAX_COUNT];
} Post;

static Person *people;
static int	npeople;
static Post *posts;
static int	nposts;

static void
make_case(void)
{
	static const int sizes[] = {1, 3, 63, 64, 65, 130, 400, 1100};
	static const int quanta[] = {1, 1, 7, 25, 50, 100, 300};
	int			universe = 1 + draw(MAX_COUNT);
	int			spread = draw(2) ? 1 : 1 + draw(1000000);	/* between ids of competencies */
	int			quantum = quanta[draw(7)];
	int			highest = draw(4) == 0 ? 65535 : 100 + draw(900);
	int			alike = draw(3) == 0 ? 1 + draw(5) : 0;
	int			share[MAX_COUNT];
	int			start = draw(1000000);

	npeople = draw(60) == 0 ? 40000 : sizes[draw(8)];
	for (int c = 0; c < universe; c++)
		share[c] = draw(3) == 0 ? 100 : draw(3) == 0 ? 1 + draw(5) : draw(101);
	people = malloc(npeople * sizeof(Person));
	for (int i = 0; i < npeople; i++)
	{
		Person	   *person = &people[i];

		if (alike > 0 && i >= alike)
			*person = people[draw(alike)];
		else
		{
			person->view.count = 0;
			for (int c = 0; c < universe; c++)
			{
				if ((int) draw(100) >= share[c])
					continue;
				person->competencies[person->view.count] = 1 + c * spread;
				person->levels[person->view.count++] = draw(highest / quantum + 1) * quantum;
			}
		}
	}
	/* each id once: in order, or backwards */
	for (int i = 0; i < npeople; i++)
	{
		people[i].id = start % 2 ? start - i : start + INT64CONST(7000000000) * i;
		people[i].view.competencies = (const char *) people[i].competencies;
		people[i].view.levels = (const char *) people[i].levels;
	}
	nposts = 1 + draw(npeople > 10000 ? 3 : 12);
	posts = malloc(nposts * sizeof(Post));
	for (int i = 0; i < nposts; i++)
	{
		Post	   *post = &posts[i];
		int			asked = draw(101);
		int			post_quantum = draw(2) ? quantum : 1;
		int			heavy = draw(3);

		post->id = i * 3 - 5;
		post->view.count = 0;
		post->view.surplus = draw(2) ? (int) draw(101) : (int) draw(5) * 25;
		for (int c = 0; c < universe + 2 && post->view.count < MAX_COUNT; c++)
		{
			int			n = post->view.count;

			if ((int) draw(100) >= asked)
				continue;
			post->competencies[n] = 1 + c * spread;
			post->levels[n] = Max(1, Min(65535, (1 + draw(highest / post_quantum + 1)) * post_quantum));
			post->weights[n] = heavy == 0 ? 100 : heavy == 1 ? 1 + draw(10000) : 100 + draw(400);
			post->kinds[n] = draw(10) == 0 ? REQUIREMENT_MANDATORY : 0;
			post->view.count++;
		}
		post->view.competencies = (const char *) post->competencies;
		post->view.levels = (const char *) post->levels;
		post->view.weights = (const char *) post->weights;
		post->view.kinds = (const char *) post->kinds;
	}
}

static int
compare_ranked(const void *x, const void *y)
{
	const EngineRanked *a = x;
	const EngineRanked *b = y;

	if (a->distance != b->distance)
		return a->distance < b->distance ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static int
compare_chosen(const void *x, const void *y)
{
	const EngineChosen *a = x;
	const EngineChosen *b = y;

	if (a->distance != b->distance)
		return a->distance < b->distance ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static PreparedRequirement *
prepare(const Post *post)
{
	PreparedRequirement *prepared = malloc(score_prepared_size(post->view.count));

	score_prepare(&post->view, prepared);
	return prepared;
}

static uint64 lists;
static uint64 refusals;

static bool
check_people(Engine *engine, int64 k, bool only_meeting)
{
	EngineQuery **queries = malloc(nposts * sizeof(EngineQuery *));
	EngineRanked *all = malloc(npeople * sizeof(EngineRanked));
	bool		good = true;

	for (int i = 0; i < nposts; i++)
		queries[i] = engine_query(engine, &posts[i].view, k, only_meeting);
	engine_search(engine, queries, nposts);
	for (int i = 0; i < nposts && good; i++)
	{
		PreparedRequirement *prepared = prepare(&posts[i]);
		const EngineRanked *ranked;
		int64		total;
		int64		count = engine_result(queries[i], &ranked, &total);
		int64		n = 0;

		for (int j = 0; j < npeople; j++)
		{
			if (only_meeting && !score_meets_mandatory(prepared, &people[j].view))
				continue;
			all[n].distance = score_distance_plain(prepared, &people[j].view);
			all[n++].id = people[j].id;
		}
		qsort(all, n, sizeof(EngineRanked), compare_ranked);
		good = total == prepared->total && count == Min(n, k);
		for (int64 j = 0; j < count && good; j++)
			good = compare_ranked(&all[j], &ranked[j]) == 0;
		free(prepared);
		lists++;
	}
	for (int i = 0; i < nposts; i++)
		engine_query_free(engine, queries[i]);
	free(queries);
	free(all);
	return good;
}

static bool
check_posts(int64 k, bool only_meeting)
{
	EnginePosts *engine = engine_posts_create(&host, SIZE_MAX);
	EngineChosen *all = malloc(nposts * sizeof(EngineChosen));
	PreparedRequirement **prepared = malloc(nposts * sizeof(PreparedRequirement *));
	bool		good = true;

	for (int i = 0; i < nposts; i++)
	{
		engine_posts_add(engine, posts[i].id, &posts[i].view);
		prepared[i] = prepare(&posts[i]);
	}
	engine_posts_finish(engine, k, only_meeting);
	for (int j = 0; j < Min(npeople, 50) && good; j++)
	{
		const EngineChosen *chosen;
		int64		count = engine_posts_choose(engine, &people[j].view, &chosen);
		int64		n = 0;

		for (int i = 0; i < nposts; i++)
		{
			if (only_meeting && !score_meets_mandatory(prepared[i], &people[j].view))
				continue;
			all[n].numerator = score_distance_plain(prepared[i], &people[j].view);
			all[n].distance = score_as_float(prepared[i], all[n].numerator);
			all[n++].id = posts[i].id;
		}
		qsort(all, n, sizeof(EngineChosen), compare_chosen);
		good = count == Min(n, k);
		for (int64 i = 0; i < count && good; i++)
			good = compare_chosen(&all[i], &chosen[i]) == 0 && all[i].numerator == chosen[i].numerator;
		lists++;
	}
	engine_posts_free(engine);
	for (int i = 0; i < nposts; i++)
		free(prepared[i]);
	free(prepared);
	free(all);
	return good;
}

static Engine *
fill(Size limit)
{
	Engine	   *engine = engine_create(&host, limit);

	for (int i = 0; i < npeople; i++)
		engine_add(engine, people[i].id, &people[i].view);
	engine_finish(engine);
	return engine;
}

/* With too little memory: refused, never more in use than allowed, nothing broken. */
static void
check_refusal(void)
{
	if (setjmp(refused) == 0)
	{
		Engine	   *engine = fill(20000 + draw(npeople * 1000));

		engine_free(engine);
		return;
	}
	refusals++;
	while (blocks.next != &blocks)
		test_release(NULL, blocks.next + 1);
}

int
main(int argc, char **argv)
{
	int			cases = argc > 1 ? atoi(argv[1]) : 100;
	uint64		seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;

	for (int i = 0; i < cases; i++)
	{
		static const int64 ks[] = {1, 2, 10, 100, 1000000};
		Engine	   *engine;

		random_state = (seed * 1000003 + i) * UINT64CONST(0x9E3779B97F4A7C15) | 1;
		for (int j = 0; j < 10; j++)
			draw(2);
		make_case();
		engine = fill(SIZE_MAX);
		for (int kernel = BOUND_PORTABLE; kernel <= BOUND_AVX2; kernel++)
		{
			int64		k = ks[draw(5)];
			bool		only_meeting = draw(3) == 0;

			bound_use_kernel(kernel);
			if (!check_people(engine, k, only_meeting))
			{
				printf("case %d of seed %llu: people for posts differ (k %lld, gate %d, loop %d)\n", i,
					   (unsigned long long) seed, (long long) k, only_meeting, kernel);
				return 1;
			}
		}
		engine_free(engine);
		if (!check_posts(ks[draw(5)], draw(3) == 0))
		{
			printf("case %d of seed %llu: posts for people differ\n", i, (unsigned long long) seed);
			return 1;
		}
		if (blocks.next != &blocks)
		{
			printf("case %d of seed %llu: memory is left over\n", i, (unsigned long long) seed);
			return 1;
		}
		check_refusal();
		free(people);
		free(posts);
	}
	printf("%d cases, %llu lists, %llu refusals: no difference\n", cases, (unsigned long long) lists, (unsigned long long) refusals);
	return 0;
}
