/*
 * engine_posts.c
 *	  The ranking engine in the opposite direction: posts in memory, and for one
 *	  person after the other the best k of them.  Pure C.
 *
 * A competency that less than a quarter of the posts ask has the list of the posts
 * that ask it; what the others ask is kept post by post.  Everybody starts at what
 * each post's rare competencies cost when nothing of them is held; for each rare
 * competency the person does hold, the posts in its list are credited.  What
 * stands then is a lower bound of the distance, to which the common competencies
 * can only add, and for the posts that no list touched it is the same for
 * everybody: they are kept in its order.  So the touched posts are scored first,
 * where the bound allows, then the others until the bound is above the worst of
 * the k chosen.  The work for a person goes with the posts that have something
 * rare in common with them, not with all posts.
 *
 * Posts have different denominators, so distances are compared as the operator
 * gives them: quotients as float8, each rounded once; the post's id decides where
 * they are equal.
 */
#include "postgres.h"

#include "engine.h"

#define FIRST_ROOM 64

typedef struct PostTerm
{
	uint32		post;
	int32		competency;		/* its number, while posts are being added */
	ScoreTerm	term;
} PostTerm;

/* What a post is at least away from whoever holds nothing rare that it asks. */
typedef struct PostBound
{
	double		bound;
	uint32		post;
} PostBound;

struct EnginePosts
{
	EngineMemory memory;
	EngineMap  *map;
	int64		posts;
	int64		post_room;
	int64	   *ids;
	int64	   *totals;
	int32	   *mandatory;		/* how many mandatory competencies */
	int64		terms;
	int64		term_room;
	PostTerm   *term;			/* as they came; from finish on, the rare ones by competency */
	bool		ascending;

	bool		finished;
	bool		only_meeting;
	int64		k;
	int64		ncompetencies;
	int64	   *start;			/* [ncompetencies + 1] into term */
	PostTerm   *common;			/* terms of common competencies, post by post */
	int64		commons;
	int64	   *common_start;	/* [posts + 1] into common */
	int64	   *missing;		/* by post: cost of the rare ones when not held */
	PostBound  *bounds;			/* the same as a part of the total, ascending */
	int64		people;			/* asked about so far: the stamp of the one at hand */
	int64	   *stamp;			/* by post: who touched it last */
	uint32	   *touched;
	int64	   *distance;		/* of the person at hand, by touched post: the rare part */
	int32	   *met;
	int32	   *held;			/* by competency; 0 but for the person at hand */
	EngineChosen *best;			/* heap, the worst on top; sorted at last */
};

EnginePosts *
engine_posts_create(const EngineHost *host, Size limit)
{
	EngineMemory memory = {host, 0, limit};
	EnginePosts *posts = engine_allocate(&memory, sizeof(EnginePosts));

	memset(posts, 0, sizeof(EnginePosts));
	posts->memory = memory;
	posts->ascending = true;
	posts->map = engine_map_create(&posts->memory);
	return posts;
}

#define GROW(array, old_room, new_room) \
	((array) = engine_grow(&posts->memory, (array), (old_room) * sizeof(*(array)), (new_room) * sizeof(*(array))))

/* One more post.  The requirement is copied; ids may come in any order. */
void
engine_posts_add(EnginePosts *posts, int64 id, const RequirementView *requirement)
{
	int64		n = posts->posts;
	Size		size = score_terms_size(requirement->count);
	PreparedRequirement *prepared;

	Assert(!posts->finished);
	if (n >= PG_INT32_MAX)
		posts->memory.host->refuse(posts->memory.host->arg, SIZE_MAX, posts->memory.limit);
	if (n == posts->post_room)
	{
		int64		room = Max(posts->post_room * 2, FIRST_ROOM);

		GROW(posts->ids, posts->post_room, room);
		GROW(posts->totals, posts->post_room, room);
		GROW(posts->mandatory, posts->post_room, room);
		posts->post_room = room;
	}
	while (posts->terms + requirement->count > posts->term_room)
	{
		int64		room = Max(posts->term_room * 2, FIRST_ROOM);

		GROW(posts->term, posts->term_room, room);
		posts->term_room = room;
	}
	prepared = engine_allocate(&posts->memory, size);
	score_prepare_terms(requirement, prepared);
	for (int i = 0; i < prepared->count; i++)
	{
		PostTerm   *term = &posts->term[posts->terms++];

		term->post = n;
		term->competency = engine_map_enter(posts->map, &posts->memory, prepared->terms[i].competency);
		term->term = prepared->terms[i];
		posts->ncompetencies = Max(posts->ncompetencies, term->competency + 1);
	}
	if (n > 0 && posts->ids[n - 1] >= id)
		posts->ascending = false;
	posts->ids[n] = id;
	posts->totals[n] = prepared->total;
	posts->mandatory[n] = prepared->nmandatory;
	posts->posts++;
	engine_release(&posts->memory, prepared, size);
}

/* Does an id appear more than once?  Says the least that does. */
bool
engine_posts_duplicate(EnginePosts *posts, int64 *id)
{
	if (posts->ascending)
		return false;
	return engine_first_duplicate(&posts->memory, posts->ids, posts->posts, id);
}

static int
compare_bounds(const void *x, const void *y)
{
	const PostBound *a = (const PostBound *) x;
	const PostBound *b = (const PostBound *) y;

	if (a->bound != b->bound)
		return a->bound < b->bound ? -1 : 1;
	return (a->post > b->post) - (a->post < b->post);
}

#define PER_POST(type) engine_allocate(&posts->memory, posts->posts * sizeof(type))

/* All posts are here: parts what is rare from what is common, and orders both. */
void
engine_posts_finish(EnginePosts *posts, int64 k, bool only_meeting)
{
	PostTerm   *rare;
	int64		nrare = 0;

	Assert(!posts->finished && k > 0);
	posts->finished = true;
	posts->only_meeting = only_meeting;
	posts->k = Min(k, posts->posts);
	posts->start = engine_allocate(&posts->memory, (posts->ncompetencies + 2) * sizeof(int64));
	memset(posts->start, 0, (posts->ncompetencies + 2) * sizeof(int64));
	for (int64 i = 0; i < posts->terms; i++)
		posts->start[posts->term[i].competency + 2]++;
	/* held says for the time being what is common: asked by a quarter of the posts or more */
	posts->held = engine_allocate(&posts->memory, posts->ncompetencies * sizeof(int32));
	for (int64 i = 2; i <= posts->ncompetencies + 1; i++)
	{
		posts->held[i - 2] = posts->start[i] * 4 >= posts->posts;
		if (posts->held[i - 2])
			posts->start[i] = 0;
		nrare += posts->start[i];
		posts->start[i] = nrare;
	}
	posts->commons = posts->terms - nrare;
	rare = engine_allocate(&posts->memory, nrare * sizeof(PostTerm));
	posts->common = engine_allocate(&posts->memory, posts->commons * sizeof(PostTerm));
	posts->common_start = engine_allocate(&posts->memory, (posts->posts + 1) * sizeof(int64));
	posts->missing = PER_POST(int64);
	posts->bounds = PER_POST(PostBound);
	posts->stamp = PER_POST(int64);
	posts->touched = PER_POST(uint32);
	posts->distance = PER_POST(int64);
	posts->met = PER_POST(int32);
	posts->best = engine_allocate(&posts->memory, posts->k * sizeof(EngineChosen));
	memset(posts->missing, 0, posts->posts * sizeof(int64));
	memset(posts->stamp, 0, posts->posts * sizeof(int64));

	/* terms came post by post */
	posts->commons = 0;
	for (int64 i = 0, post = 0; post <= posts->posts; post++)
	{
		posts->common_start[post] = posts->commons;
		for (; i < posts->terms && posts->term[i].post == post; i++)
		{
			const PostTerm *term = &posts->term[i];

			if (posts->held[term->competency])
				posts->common[posts->commons++] = *term;
			else
			{
				/* where its list goes on */
				rare[posts->start[term->competency + 1]++] = *term;
				posts->missing[post] += (int64) term->term.short_cost * term->term.level;
			}
		}
	}
	memset(posts->held, 0, posts->ncompetencies * sizeof(int32));
	for (int64 post = 0; post < posts->posts; post++)
	{
		posts->bounds[post].post = (uint32) post;
		posts->bounds[post].bound = posts->totals[post] == 0 ? 0.0 :
			(double) posts->missing[post] / (double) posts->totals[post];
	}
	qsort(posts->bounds, posts->posts, sizeof(PostBound), compare_bounds);
	engine_release(&posts->memory, posts->term, posts->term_room * sizeof(PostTerm));
	posts->term = rare;
	posts->terms = posts->term_room = nrare;
}

static inline bool
ranks_behind(const EngineChosen *a, const EngineChosen *b)
{
	return a->distance > b->distance || (a->distance == b->distance && a->id > b->id);
}

static void
sift_down(EngineChosen *heap, int64 count, int64 at, EngineChosen item)
{
	for (;;)
	{
		int64		child = 2 * at + 1;

		if (child >= count)
			break;
		if (child + 1 < count && ranks_behind(&heap[child + 1], &heap[child]))
			child++;
		if (!ranks_behind(&heap[child], &item))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = item;
}

/* Scores a post whose rare part and mandatory competencies met are known; counts who is chosen. */
static int64
consider(EnginePosts *posts, uint32 post, int64 distance, int32 met, int64 count)
{
	EngineChosen *best = posts->best;
	const PostTerm *end = posts->common + posts->common_start[post + 1];
	EngineChosen item;

	for (const PostTerm *at = posts->common + posts->common_start[post]; at < end; at++)
	{
		int32		held = posts->held[at->competency];

		distance += score_term_cost(&at->term, held);
		met += at->term.mandatory && held >= at->term.level;
	}
	if (posts->only_meeting && met < posts->mandatory[post])
		return count;
	item.numerator = distance;
	item.total = posts->totals[post];
	item.distance = item.total == 0 ? 0.0 : (double) item.numerator / (double) item.total;
	item.id = posts->ids[post];
	if (count < posts->k)
	{
		int64		at = count++;

		while (at > 0 && ranks_behind(&item, &best[(at - 1) / 2]))
		{
			best[at] = best[(at - 1) / 2];
			at = (at - 1) / 2;
		}
		best[at] = item;
	}
	else if (ranks_behind(&best[0], &item))
		sift_down(best, count, 0, item);
	return count;
}

/*
 * The best posts for a person, best first; valid until the next call.  Returns
 * how many there are.
 */
int64
engine_posts_choose(EnginePosts *posts, const ProfileView *profile, const EngineChosen **chosen)
{
	const EngineHost *host = posts->memory.host;
	EngineChosen *best = posts->best;
	int64		person = ++posts->people;
	int64		ntouched = 0;
	int64		count = 0;

	Assert(posts->finished);
	host->interrupt(host->arg);
	*chosen = best;
	if (posts->posts == 0)
		return 0;
	for (int i = 0; i < profile->count; i++)
	{
		int64		number = engine_map_find(posts->map, view_int32(profile->competencies, i));
		int32		held = view_uint16(profile->levels, i);
		const PostTerm *end;

		if (number < 0)
			continue;
		posts->held[number] = held;
		end = posts->term + posts->start[number + 1];
		for (const PostTerm *at = posts->term + posts->start[number]; at < end; at++)
		{
			if (posts->stamp[at->post] != person)
			{
				posts->stamp[at->post] = person;
				posts->touched[ntouched++] = at->post;
				posts->distance[at->post] = posts->missing[at->post];
				posts->met[at->post] = 0;
			}
			posts->distance[at->post] += score_term_cost(&at->term, held) - (int64) at->term.short_cost * at->term.level;
			posts->met[at->post] += at->term.mandatory && held >= at->term.level;
		}
	}

	/*
	 * A quotient's rounding keeps its order, so a bound above the worst chosen
	 * cannot turn out to be equal to it.
	 */
	for (int64 i = 0; i < ntouched; i++)
	{
		uint32		post = posts->touched[i];

		if (count < posts->k || (double) posts->distance[post] / (double) posts->totals[post] <= best[0].distance)
			count = consider(posts, post, posts->distance[post], posts->met[post], count);
	}
	for (int64 i = 0; i < posts->posts; i++)
	{
		uint32		post = posts->bounds[i].post;

		if (count == posts->k && posts->bounds[i].bound > best[0].distance)
			break;
		if (posts->stamp[post] != person)
			count = consider(posts, post, posts->missing[post], 0, count);
	}
	for (int i = 0; i < profile->count; i++)
	{
		int64		number = engine_map_find(posts->map, view_int32(profile->competencies, i));

		if (number >= 0)
			posts->held[number] = 0;
	}
	for (int64 left = count - 1; left > 0; left--)
	{
		EngineChosen worst = best[0];

		sift_down(best, left, 0, best[left]);
		best[left] = worst;
	}
	*chosen = best;
	return count;
}

void
engine_posts_free(EnginePosts *posts)
{
	EngineMemory memory = posts->memory;

	engine_release(&memory, posts->ids, posts->post_room * sizeof(int64));
	engine_release(&memory, posts->totals, posts->post_room * sizeof(int64));
	engine_release(&memory, posts->mandatory, posts->post_room * sizeof(int32));
	engine_release(&memory, posts->term, posts->term_room * sizeof(PostTerm));
	if (posts->finished)
	{
		engine_release(&memory, posts->start, (posts->ncompetencies + 2) * sizeof(int64));
		engine_release(&memory, posts->common, posts->commons * sizeof(PostTerm));
		engine_release(&memory, posts->common_start, (posts->posts + 1) * sizeof(int64));
		engine_release(&memory, posts->missing, posts->posts * sizeof(int64));
		engine_release(&memory, posts->bounds, posts->posts * sizeof(PostBound));
		engine_release(&memory, posts->stamp, posts->posts * sizeof(int64));
		engine_release(&memory, posts->touched, posts->posts * sizeof(uint32));
		engine_release(&memory, posts->distance, posts->posts * sizeof(int64));
		engine_release(&memory, posts->met, posts->posts * sizeof(int32));
		engine_release(&memory, posts->held, posts->ncompetencies * sizeof(int32));
		engine_release(&memory, posts->best, posts->k * sizeof(EngineChosen));
	}
	engine_map_free(posts->map, &memory);
	engine_release(&memory, posts, sizeof(EnginePosts));
	Assert(memory.used == 0);
}
