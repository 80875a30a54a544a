/*
 * engine_search.c
 *	  The best k people for a requirement, from the layout of engine_store.h.
 *	  Pure C.
 *
 * Distances are compared as score.c makes them: whole numbers over the same
 * denominator.  Whoever is listed has been scored by score_term_cost(); what
 * follows only decides who need not be.
 *
 * For everybody a lower bound of the distance is had in units of 16 bits:
 *
 * - each competency in posting lists starts at its whole cost, and each posting
 *   takes off what its level gains, rounded up to units;
 * - each column adds the cost of the best level that the code may stand for,
 *   rounded down to units, 16 people at a time;
 * - sums saturate, which can only lower a bound.
 *
 * All rounding goes one way, so bound * unit <= distance always.  A person is
 * scored when bound <= floor(kth best / unit); a person left out has therefore
 * bound >= floor(kth best / unit) + 1, and a distance above the kth best.  Equal
 * distances are always scored, and the id decides.
 *
 * (Lower bounds by codes of one byte, exact scores for those who remain: the
 * VA-file of Weber, Schek and Blott, VLDB 1998.)
 */
#include "postgres.h"

#include "port/pg_bitutils.h"

#include "engine_bound.h"
#include "engine_store.h"

#define MAX_SEEDS 16

typedef struct ListTerm
{
	const ScoreTerm *term;
	uint32		competency;
	int64		step;
	int			met_from;
	uint16	   *gain;			/* [max_code + 1] units */
	uint16		best_gain;
	int64		list;			/* in the chunk at hand, or -1 */
} ListTerm;

struct EngineQuery
{
	Size		size;
	PreparedRequirement *requirement;
	bool		only_meeting;
	bool		impossible;		/* a mandatory competency that nobody holds */
	int			nlist_mandatory;

	BoundTerms	bound;
	int			nlists;
	ListTerm   *lists;
	int64		fixed;			/* distance of who holds none of the lists' competencies, columns apart */
	int64		unit;

	int64		k;
	int64		count;
	EngineRanked *best;			/* heap, the worst on top; sorted at last */

	int			nseeds;
	int64		seeds[MAX_SEEDS];	/* blocks that were done first */
	int64		rescored;
};

/* ---- what a query is made of ---- */

static Size
query_parts(int terms, int64 k, int64 gains, Size *at)
{
	Size		size = TYPEALIGN(64, sizeof(EngineQuery)) + 64;

	at[0] = size;
	size += TYPEALIGN(64, score_terms_size(terms));
	at[1] = size;
	size += (Size) terms * TYPEALIGN(64, sizeof(ColumnTerm));
	at[2] = size;
	size += TYPEALIGN(64, (Size) terms * sizeof(ListTerm));
	at[3] = size;
	size += TYPEALIGN(64, (Size) gains * sizeof(uint16));
	at[4] = size;
	size += (Size) k * sizeof(EngineRanked);
	return size;
}

/* At most so many bytes for a query of that many terms. */
Size
engine_query_size(Engine *engine, int terms, int64 k)
{
	Size		at[5];

	return query_parts(terms, Min(k, engine->people), (int64) terms * 256, at);
}

static int
compare_columns(const void *x, const void *y)
{
	const ColumnTerm *a = x;
	const ColumnTerm *b = y;

	if (a->order != b->order)
		return a->order > b->order ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

/* Cost of the level of this code that costs least. */
static int64
least_cost(const ScoreTerm *term, const EngineCompetency *competency, int code)
{
	int32		low = code * competency->step;
	int32		high = low + competency->slack;

	if (term->level < low)
		return score_term_cost(term, low);
	return score_term_cost(term, Min(high, term->level));
}

/*
 * A distance of 1 in units: so many that the gains of all terms together, each
 * rounded up, are at most MOST_GAIN, and that no weight overflows.
 */
static int64
choose_unit(const Engine *engine, const PreparedRequirement *requirement)
{
	int64		unit = requirement->total / (MOST_GAIN - requirement->count) + 1;

	for (int i = 0; i < requirement->count; i++)
	{
		const ScoreTerm *term = &requirement->terms[i];
		int64		number = engine_map_find(engine->map, term->competency);

		if (number >= 0 && engine->competencies[number].column >= 0)
			unit = Max(unit, (int64) Max(term->short_cost, term->over_cost) *
					   engine->competencies[number].step * 256 / WORST_BOUND + 1);
	}
	return unit;
}

static void
make_column_term(EngineQuery *query, const ScoreTerm *term, const EngineCompetency *competency,
				 int64 *always)
{
	ColumnTerm *column = &query->bound.columns[query->bound.ncolumns++];
	int32		reach = term->level - competency->slack;
	int32		below = reach > 0 ? reach / competency->step : 0;
	int32		above = (term->level + competency->step - 1) / competency->step;
	int64		short_weight = (int64) term->short_cost * competency->step * 256 / query->unit;
	int64		over_weight = (int64) term->over_cost * competency->step * 256 / query->unit;

	Assert(short_weight <= WORST_BOUND && over_weight <= WORST_BOUND);
	/* levels beyond what anybody holds are missing to everybody */
	if (below > competency->max_code)
	{
		*always += (int64) (below - competency->max_code) * competency->step * term->short_cost;
		below = competency->max_code;
	}
	memset(column->short_below, below, sizeof(column->short_below));
	memset(column->over_above, Min(above, 255), sizeof(column->over_above));
	for (int i = 0; i < 8; i++)
	{
		column->short_weight[i] = short_weight;
		column->over_weight[i] = over_weight;
	}
	column->term = term;
	column->column = competency->column;
	column->step = competency->step;
	column->rest = competency->rest;
	column->met_from = reach > 0 ? (reach + competency->step - 1) / competency->step : 0;
	column->order = Max(below * short_weight, Max(competency->max_code - above, 0) * over_weight);
}

static void
make_list_term(EngineQuery *query, const ScoreTerm *term, const EngineCompetency *competency,
			   uint32 number, uint16 *gain)
{
	ListTerm   *list = &query->lists[query->nlists++];
	int64		whole = (int64) term->short_cost * term->level;
	int32		reach = term->level - competency->slack;

	list->term = term;
	list->competency = number;
	list->step = competency->step;
	list->met_from = reach > 0 ? (reach + competency->step - 1) / competency->step : 0;
	list->gain = gain;
	list->best_gain = 0;
	for (int code = 0; code <= competency->max_code; code++)
	{
		int64		gained = Max(whole - least_cost(term, competency, code), 0);

		gain[code] = (gained + query->unit - 1) / query->unit;
		list->best_gain = Max(list->best_gain, gain[code]);
	}
}

/*
 * A query for the best k people.  With only_meeting, only those who hold every
 * mandatory competency at its level or above are listed.  The requirement is
 * copied.
 */
EngineQuery *
engine_query(Engine *engine, const RequirementView *requirement, int64 k, bool only_meeting)
{
	Size		at[5];
	Size		size;
	int64		gains = 0;
	char	   *place;
	EngineQuery *query;
	PreparedRequirement *prepared;
	uint16	   *gain;
	int64		always = 0;

	Assert(engine->finished && k > 0);
	k = Min(k, engine->people);
	for (int i = 0; i < requirement->count; i++)
	{
		int64		number = engine_map_find(engine->map, view_int32(requirement->competencies, i));

		if (number >= 0 && engine->competencies[number].column < 0)
			gains += engine->competencies[number].max_code + 1;
	}
	size = query_parts(requirement->count, k, gains, at);
	place = engine_allocate(&engine->memory, size);
	query = (EngineQuery *) place;
	memset(query, 0, sizeof(EngineQuery));
	query->size = size;
	query->only_meeting = only_meeting;
	query->k = k;
	query->bound.threshold = WORST_BOUND;
	query->bound.has_surplus = requirement->surplus > 0;
	/* the parts of a query start at cache lines, wherever it lies */
#define PART(n) ((char *) TYPEALIGN(64, place + at[n] - 64))
	query->requirement = prepared = (PreparedRequirement *) PART(0);
	query->bound.columns = (ColumnTerm *) PART(1);
	query->lists = (ListTerm *) PART(2);
	gain = (uint16 *) PART(3);
	query->best = (EngineRanked *) PART(4);
#undef PART

	score_prepare_terms(requirement, prepared);
	query->unit = choose_unit(engine, prepared);
	for (int i = 0; i < prepared->count; i++)
	{
		const ScoreTerm *term = &prepared->terms[i];
		int64		number = engine_map_find(engine->map, term->competency);
		const EngineCompetency *competency = number < 0 ? NULL : &engine->competencies[number];

		if (competency != NULL && competency->column >= 0)
		{
			make_column_term(query, term, competency, &always);
			continue;
		}
		query->fixed += (int64) term->short_cost * term->level;
		if (competency == NULL || competency->max == 0)
		{
			if (term->mandatory && only_meeting)
				query->impossible = true;
			continue;
		}
		make_list_term(query, term, competency, number, gain);
		gain += competency->max_code + 1;
		query->nlist_mandatory += term->mandatory;
	}
	query->bound.floor = Min((query->fixed + always) / query->unit, WORST_BOUND);
	qsort(query->bound.columns, query->bound.ncolumns, sizeof(ColumnTerm), compare_columns);
	return query;
}

void
engine_query_free(Engine *engine, EngineQuery *query)
{
	engine_release(&engine->memory, query, query->size);
}

/* ---- the best so far: a heap with the worst of them on top ---- */

static inline bool
ranks_behind(const EngineRanked *a, const EngineRanked *b)
{
	return a->distance > b->distance || (a->distance == b->distance && a->id > b->id);
}

static void
sift_down(EngineRanked *heap, int64 count, int64 at, EngineRanked item)
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

static void
offer(EngineQuery *query, int64 distance, int64 id)
{
	EngineRanked item = {distance, id};
	EngineRanked *heap = query->best;

	query->rescored++;
	if (query->count < query->k)
	{
		int64		at = query->count++;

		while (at > 0 && ranks_behind(&item, &heap[(at - 1) / 2]))
		{
			heap[at] = heap[(at - 1) / 2];
			at = (at - 1) / 2;
		}
		heap[at] = item;
		if (query->count < query->k)
			return;
	}
	else if (ranks_behind(&heap[0], &item))
		sift_down(heap, query->count, 0, item);
	else
		return;
	query->bound.threshold = Min(heap[0].distance / query->unit, WORST_BOUND);
}

/*
 * The result, best first; the query is done with.  Returns how many there are;
 * total is the denominator of their distances.
 */
int64
engine_result(EngineQuery *query, const EngineRanked **ranked, int64 *total)
{
	for (int64 left = query->count - 1; left > 0; left--)
	{
		EngineRanked worst = query->best[0];

		sift_down(query->best, left, 0, query->best[left]);
		query->best[left] = worst;
	}
	*ranked = query->best;
	*total = query->requirement->total;
	return query->count;
}

/* How many people were scored exactly. */
int64
engine_rescored(const EngineQuery *query)
{
	return query->rescored;
}

/* ---- exact scores ---- */

/* First posting of the list at or behind this row of the chunk. */
static inline uint32
first_posting(const EngineChunk *chunk, int64 list, int64 row)
{
	uint32		low = chunk->start[list];
	uint32		high = chunk->start[list + 1];

	while (low < high)
	{
		uint32		middle = low + (high - low) / 2;

		if (chunk->row[middle] < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Scores the people of a block whose bits are set, and offers them. */
static void
score_block(Engine *engine, EngineQuery *query, int64 chunk_number, int64 block, uint64 which)
{
	const EngineChunk *chunk = &engine->chunks[chunk_number];
	const uint8 *codes = engine->codes + block * engine->ncolumns * BLOCK_ROWS;
	int64		first_row = block * BLOCK_ROWS;
	int64		row_in_chunk = first_row - chunk_number * engine->chunk_rows;
	int64		distance[BLOCK_ROWS];
	int			lanes[BLOCK_ROWS];
	int			nlanes = 0;

	for (uint64 left = which; left != 0; left &= left - 1)
		lanes[nlanes++] = pg_rightmost_one_pos64(left);
	for (int i = 0; i < nlanes; i++)
		distance[lanes[i]] = query->fixed;

	for (int t = 0; t < query->bound.ncolumns; t++)
	{
		const ColumnTerm *column = &query->bound.columns[t];
		const uint8 *code = codes + column->column * BLOCK_ROWS;
		const uint8 *rest = column->rest < 0 ? NULL :
			engine->rests + first_row * engine->nrests + column->rest;

		for (int i = 0; i < nlanes; i++)
		{
			int32		held = code[lanes[i]] * column->step + (rest ? rest[lanes[i] * engine->nrests] : 0);

			distance[lanes[i]] += score_term_cost(column->term, held);
			if (query->only_meeting && column->term->mandatory && held < column->term->level)
				which &= ~(UINT64CONST(1) << lanes[i]);
		}
	}
	for (int t = 0; t < query->nlists; t++)
	{
		const ListTerm *list = &query->lists[t];
		int64		whole = (int64) list->term->short_cost * list->term->level;
		uint64		met = 0;

		if (list->list >= 0)
		{
			uint32		end = chunk->start[list->list + 1];

			for (uint32 at = first_posting(chunk, list->list, row_in_chunk);
				 at < end && chunk->row[at] < row_in_chunk + BLOCK_ROWS; at++)
			{
				int			lane = chunk->row[at] - row_in_chunk;
				int32		held = chunk->code[at] * list->step + (chunk->rest ? chunk->rest[at] : 0);

				if ((which >> lane & 1) == 0)
					continue;
				distance[lane] += score_term_cost(list->term, held) - whole;
				if (held >= list->term->level)
					met |= UINT64CONST(1) << lane;
			}
		}
		if (query->only_meeting && list->term->mandatory)
			which &= met;
	}
	for (; which != 0; which &= which - 1)
	{
		int			lane = pg_rightmost_one_pos64(which);

		offer(query, distance[lane], engine->ids[first_row + lane]);
	}
}

/* ---- search ---- */

/* Of the block's people, those that may meet every mandatory column's level. */
static uint64
block_meeting(const EngineQuery *query, const uint8 *codes, const uint8 *met)
{
	uint64		meeting = ~UINT64CONST(0);

	for (int t = 0; t < query->bound.ncolumns; t++)
	{
		const ColumnTerm *column = &query->bound.columns[t];

		if (!column->term->mandatory)
			continue;
		for (int lane = 0; lane < BLOCK_ROWS; lane++)
		{
			if (codes[column->column * BLOCK_ROWS + lane] < column->met_from)
				meeting &= ~(UINT64CONST(1) << lane);
		}
	}
	if (query->nlist_mandatory > 0)
	{
		for (int lane = 0; lane < BLOCK_ROWS; lane++)
		{
			if (met[lane] != query->nlist_mandatory % 256)
				meeting &= ~(UINT64CONST(1) << lane);
		}
	}
	return meeting;
}

static bool
was_seed(const EngineQuery *query, int64 block)
{
	for (int i = 0; i < query->nseeds; i++)
	{
		if (query->seeds[i] == block)
			return true;
	}
	return false;
}

/* Looks at one block; gained and met are the chunk's, or gained is NULL. */
static inline void
search_block(Engine *engine, EngineQuery *query, int64 chunk, int64 block, bool gained)
{
	const uint8 *codes = engine->codes + block * engine->ncolumns * BLOCK_ROWS;
	int64		row_in_chunk = block * BLOCK_ROWS - chunk * engine->chunk_rows;
	int64		rows = engine->people - block * BLOCK_ROWS;
	uint64		within;

	within = bound_block(&query->bound, codes, gained ? engine->gained + row_in_chunk : NULL);
	if (rows < BLOCK_ROWS)
		within &= (UINT64CONST(1) << rows) - 1;
	if (query->only_meeting && within != 0)
		within &= block_meeting(query, codes, engine->met + row_in_chunk);
	if (within != 0 && !was_seed(query, block))
		score_block(engine, query, chunk, block, within);
}

/*
 * Finds the query's lists in a chunk.  Returns how many postings they have; -1
 * when nobody in the chunk can be listed.
 */
static int64
find_lists(Engine *engine, EngineQuery *query, int64 chunk_number, uint64 *promise)
{
	const EngineChunk *chunk = &engine->chunks[chunk_number];
	int64		postings = 0;

	*promise = 0;
	for (int t = 0; t < query->nlists; t++)
	{
		ListTerm   *term = &query->lists[t];
		int64		low = 0;
		int64		high = chunk->nlists;

		while (low < high)
		{
			int64		middle = low + (high - low) / 2;

			if (chunk->competency[middle] < term->competency)
				low = middle + 1;
			else
				high = middle;
		}
		term->list = low < chunk->nlists && chunk->competency[low] == term->competency ? low : -1;
		if (term->list >= 0)
		{
			int64		length = chunk->start[low + 1] - chunk->start[low];

			postings += length;
			*promise += (uint64) length * term->best_gain;
		}
		else if (query->only_meeting && term->term->mandatory)
			return -1;
	}
	return postings;
}

/* What each person of the chunk gains by their postings. */
static void
gather(Engine *engine, EngineQuery *query, int64 chunk_number)
{
	const EngineChunk *chunk = &engine->chunks[chunk_number];
	uint16	   *gained = engine->gained;
	uint8	   *met = engine->met;

	memset(gained, 0, engine->chunk_rows * sizeof(uint16));
	if (query->only_meeting && query->nlist_mandatory > 0)
		memset(met, 0, engine->chunk_rows);
	for (int t = 0; t < query->nlists; t++)
	{
		const ListTerm *term = &query->lists[t];
		const uint16 *gain = term->gain;
		const uint16 *row = chunk->row;
		const uint8 *code = chunk->code;
		uint32		end;

		if (term->list < 0)
			continue;
		end = chunk->start[term->list + 1];
		/* all gains together are at most MOST_GAIN, see choose_unit() */
		for (uint32 at = chunk->start[term->list]; at < end; at++)
			gained[row[at]] += gain[code[at]];
		if (query->only_meeting && term->term->mandatory)
		{
			/* counts modulo 256: score_block() makes sure */
			for (uint32 at = chunk->start[term->list]; at < end; at++)
				met[row[at]] += code[at] >= term->met_from;
		}
	}
}

static void
search_chunk(Engine *engine, EngineQuery *query, int64 chunk)
{
	int64		first = chunk * engine->chunk_rows / BLOCK_ROWS;
	int64		end = first + (engine_chunk_rows(engine, chunk) + BLOCK_ROWS - 1) / BLOCK_ROWS;
	uint64		promise;
	int64		postings = find_lists(engine, query, chunk, &promise);

	if (postings < 0 || (postings == 0 && query->bound.floor > query->bound.threshold))
		return;
	if (postings > 0)
		gather(engine, query, chunk);
	for (int64 block = first; block < end; block++)
	{
		/* most blocks end here: nobody in them has gained enough */
		if (query->bound.floor > query->bound.threshold &&
			!bound_gained(engine->gained + (block - first) * BLOCK_ROWS, query->bound.floor - query->bound.threshold))
			continue;
		search_block(engine, query, chunk, block, postings > 0);
	}
}

/*
 * Columns that cost a sample of people the most come first: the sooner bounds
 * exceed the threshold, the fewer columns are read.
 */
#define SAMPLE_BLOCKS 4
#define SAMPLE_FROM_BLOCKS 512

static void
order_by_sample(Engine *engine, EngineQuery *query)
{
	for (int t = 0; t < query->bound.ncolumns; t++)
	{
		ColumnTerm *column = &query->bound.columns[t];

		column->order = 0;
		for (int i = 0; i < SAMPLE_BLOCKS; i++)
		{
			int64		block = engine->nblocks * (2 * i + 1) / (2 * SAMPLE_BLOCKS);
			const uint8 *codes = engine->codes + (block * engine->ncolumns + column->column) * BLOCK_ROWS;

			for (int lane = 0; lane < BLOCK_ROWS; lane++)
				column->order += bound_of_code(column, codes[lane]);
		}
	}
	qsort(query->bound.columns, query->bound.ncolumns, sizeof(ColumnTerm), compare_columns);
}

/*
 * The sooner the kth best is near what it will be, the fewer are scored.  So a
 * few blocks come first: those of the people who gain the most in the chunk that
 * promises the most; without postings, a sample.
 */
static void
search_seeds(Engine *engine, EngineQuery *query)
{
	int64		best_chunk = -1;
	uint64		best_promise = 0;
	uint64		promise;
	int			nseeds = Min(2 + query->k / 8, MAX_SEEDS);

	if (engine->nblocks <= 4 * MAX_SEEDS)
		return;
	for (int64 chunk = 0; chunk < engine->nchunks; chunk++)
	{
		if (find_lists(engine, query, chunk, &promise) > 0 && promise > best_promise)
		{
			best_promise = promise;
			best_chunk = chunk;
		}
	}
	if (best_chunk >= 0)
	{
		int64		first = best_chunk * engine->chunk_rows / BLOCK_ROWS;
		int64		blocks = (engine_chunk_rows(engine, best_chunk) + BLOCK_ROWS - 1) / BLOCK_ROWS;
		uint16		most[MAX_CHUNK_ROWS / BLOCK_ROWS];

		Assert(blocks > 0);
		find_lists(engine, query, best_chunk, &promise);
		gather(engine, query, best_chunk);
		for (int64 i = 0; i < blocks; i++)
		{
			most[i] = 0;
			for (int lane = 0; lane < BLOCK_ROWS; lane++)
				most[i] = Max(most[i], engine->gained[i * BLOCK_ROWS + lane]);
		}
		while (query->nseeds < nseeds)
		{
			int64		best = 0;

			for (int64 i = 1; i < blocks; i++)
			{
				if (most[i] > most[best])
					best = i;
			}
			if (most[best] == 0)
				break;
			most[best] = 0;
			search_block(engine, query, best_chunk, first + best, true);
			query->seeds[query->nseeds++] = first + best;
		}
	}
	else
	{
		if (engine->nblocks >= SAMPLE_FROM_BLOCKS)
			order_by_sample(engine, query);
		for (int i = 0; i < MAX_SEEDS; i++)
		{
			int64		block = engine->nblocks * i / MAX_SEEDS;
			int64		chunk = block * BLOCK_ROWS / engine->chunk_rows;

			if (find_lists(engine, query, chunk, &promise) < 0)
				continue;
			search_block(engine, query, chunk, block, false);
			query->seeds[query->nseeds++] = block;
		}
	}
}

/*
 * Searches for several queries at once: chunk by chunk, so that each is brought
 * into the cache once for all of them.
 */
void
engine_search(Engine *engine, EngineQuery **queries, int count)
{
	const EngineHost *host = engine->memory.host;

	if (engine->people == 0)
		return;
	for (int i = 0; i < count; i++)
	{
		host->interrupt(host->arg);
		if (!queries[i]->impossible)
			search_seeds(engine, queries[i]);
	}
	for (int64 chunk = 0; chunk < engine->nchunks; chunk++)
	{
		for (int i = 0; i < count; i++)
		{
			host->interrupt(host->arg);
			if (!queries[i]->impossible)
				search_chunk(engine, queries[i], chunk);
		}
	}
}
