/*
 * engine_posts.c
 *	  The ranking engine in the opposite direction: posts in memory, and for one
 *	  person after the other the best k of them.  Pure C.
 *
 * Each competency has the list of the posts that ask it.  Everybody starts at the
 * whole of every post's denominator (holding nothing), and for each competency
 * the person holds, the posts in its list are credited with the difference.  So
 * the work for a person is the number of terms that meet, not posts times terms.
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
	PostTerm   *term;			/* as they came; from finish on, by competency */
	bool		ascending;

	bool		finished;
	bool		only_meeting;
	int64		k;
	int64		ncompetencies;
	int64	   *start;			/* [ncompetencies + 1] into term */
	int64	   *distance;		/* of the person at hand, by post */
	int32	   *met;
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

/* All posts are here: brings the terms into the order of competencies. */
void
engine_posts_finish(EnginePosts *posts, int64 k, bool only_meeting)
{
	PostTerm   *sorted;

	Assert(!posts->finished && k > 0);
	posts->finished = true;
	posts->only_meeting = only_meeting;
	posts->k = Min(k, posts->posts);
	posts->start = engine_allocate(&posts->memory, (posts->ncompetencies + 2) * sizeof(int64));
	memset(posts->start, 0, (posts->ncompetencies + 2) * sizeof(int64));
	sorted = engine_allocate(&posts->memory, posts->terms * sizeof(PostTerm));
	for (int64 i = 0; i < posts->terms; i++)
		posts->start[posts->term[i].competency + 2]++;
	for (int64 i = 2; i <= posts->ncompetencies + 1; i++)
		posts->start[i] += posts->start[i - 1];
	for (int64 i = 0; i < posts->terms; i++)
		sorted[posts->start[posts->term[i].competency + 1]++] = posts->term[i];
	engine_release(&posts->memory, posts->term, posts->term_room * sizeof(PostTerm));
	posts->term = sorted;
	posts->term_room = posts->terms;
	posts->distance = engine_allocate(&posts->memory, posts->posts * sizeof(int64));
	posts->met = engine_allocate(&posts->memory, posts->posts * sizeof(int32));
	posts->best = engine_allocate(&posts->memory, posts->k * sizeof(EngineChosen));
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

/*
 * The best posts for a person, best first; valid until the next call.  Returns
 * how many there are.
 */
int64
engine_posts_choose(EnginePosts *posts, const ProfileView *profile, const EngineChosen **chosen)
{
	const EngineHost *host = posts->memory.host;
	int64	   *distance = posts->distance;
	EngineChosen *best = posts->best;
	int64		count = 0;

	Assert(posts->finished);
	host->interrupt(host->arg);
	*chosen = best;
	if (posts->posts == 0)
		return 0;
	memcpy(distance, posts->totals, posts->posts * sizeof(int64));
	if (posts->only_meeting)
		memset(posts->met, 0, posts->posts * sizeof(int32));
	for (int i = 0; i < profile->count; i++)
	{
		int64		number = engine_map_find(posts->map, view_int32(profile->competencies, i));
		int32		held = view_uint16(profile->levels, i);
		const PostTerm *end;

		if (number < 0)
			continue;
		end = posts->term + posts->start[number + 1];
		for (const PostTerm *at = posts->term + posts->start[number]; at < end; at++)
		{
			distance[at->post] += score_term_cost(&at->term, held) - (int64) at->term.short_cost * at->term.level;
			if (posts->only_meeting)
				posts->met[at->post] += at->term.mandatory && held >= at->term.level;
		}
	}
	for (int64 post = 0; post < posts->posts; post++)
	{
		EngineChosen item;

		if (posts->only_meeting && posts->met[post] < posts->mandatory[post])
			continue;
		item.numerator = distance[post];
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
		engine_release(&memory, posts->distance, posts->posts * sizeof(int64));
		engine_release(&memory, posts->met, posts->posts * sizeof(int32));
		engine_release(&memory, posts->best, posts->k * sizeof(EngineChosen));
	}
	engine_map_free(posts->map, &memory);
	engine_release(&memory, posts, sizeof(EnginePosts));
	Assert(memory.used == 0);
}
