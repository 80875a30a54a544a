/*
 * rank.c
 *	  SQL face of ranking in bulk: reads people and posts from queries, has the
 *	  engine rank them, and returns the rows.
 */
#include "postgres.h"

#include "mutasi.h"
#include "engine.h"
#include "engine_bound.h"
#include "rank.h"
#include "requirement.h"
#include "text_query.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#define SCORE_DECIMALS 6
#define MAX_BATCH_POSTS 64

/* Settings. */
static int	rank_memory = 1024 * 1024;	/* kB */
static int	rank_progress = 10; /* seconds; 0: quiet */

static const struct config_enum_entry kernel_options[] = {
	{"auto", BOUND_AVX2, false},
	{"avx2", BOUND_AVX2, true},
	{"sse2", BOUND_SSE2, false},
	{"portable", BOUND_PORTABLE, false},
	{NULL, 0, false}
};
static int	rank_kernel = BOUND_AVX2;

typedef struct RankState
{
	FunctionCallInfo fcinfo;
	ReturnSetInfo *rsinfo;
	Oid			schema;
	char	   *people;
	char	   *posts;
	int64		k;
	bool		only_meeting;

	MemoryContext context;
	MemoryContext row_context;	/* of the row that is being put */
	EngineHost	host;
	Size		limit;
	bool		ranking;		/* people have been read */
	int64		people_read;
	int64		ranked;			/* posts, or people in the opposite direction */
	TimestampTz told;			/* when progress was told */
} RankState;

void
rank_init(void)
{
	DefineCustomIntVariable("mutasi.rank_memory",
							"Sets the memory that ranking in bulk may use.",
							"rank_candidates() keeps all people in memory, rank_posts() all posts; what exceeds this is refused.",
							&rank_memory, rank_memory, 64, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomIntVariable("mutasi.rank_progress",
							"Sets how often ranking in bulk tells how far it is.",
							"As a NOTICE; 0 turns that off.",
							&rank_progress, rank_progress, 0, INT_MAX / 1000,
							PGC_USERSET, GUC_UNIT_S, NULL, NULL, NULL);
	DefineCustomEnumVariable("mutasi.rank_kernel",
							 "Sets which of the loops for lower bounds ranking in bulk uses.",
							 "For tests: all give the same bits. One that the machine does not have stands for the next below.",
							 &rank_kernel, rank_kernel, kernel_options,
							 PGC_USERSET, GUC_NOT_IN_SAMPLE | GUC_NO_SHOW_ALL, NULL, NULL, NULL);
}

/* ---- what the engine needs of the server ---- */

static void *
host_allocate(void *arg, Size size)
{
	return MemoryContextAllocHuge(((RankState *) arg)->context, size);
}

static void
host_release(void *arg pg_attribute_unused(), void *chunk)
{
	pfree(chunk);
}

static void
host_interrupt(void *arg)
{
	RankState  *state = arg;

	CHECK_FOR_INTERRUPTS();
	if (rank_progress > 0)
	{
		TimestampTz now = GetCurrentTimestamp();

		if (!TimestampDifferenceExceeds(state->told, now, rank_progress * 1000))
			return;
		state->told = now;
		if (state->ranking)
			ereport(NOTICE,
					(errmsg("ranking: %lld people read, %lld results complete",
							(long long) state->people_read, (long long) state->ranked)));
		else
			ereport(NOTICE,
					(errmsg("ranking: %lld people read", (long long) state->people_read)));
	}
}

static void
host_refuse(void *arg, Size needed, Size limit)
{
	RankState  *state = arg;

	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("ranking needs more memory than mutasi.rank_memory allows"),
			 errdetail("The setting allows %lld kB; %lld kB would be in use after %lld people were read.",
					   (long long) (limit / 1024), (long long) (needed / 1024 + 1), (long long) state->people_read),
			 errhint("Raise mutasi.rank_memory, select fewer people, or lower k.")));
}

/* ---- arguments and results ---- */

static char *
query_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be NULL", name),
				 errhint("It takes a query as text.")));
	return text_to_cstring(PG_GETARG_TEXT_PP(n));
}

static void
rank_begin(RankState *state, FunctionCallInfo fcinfo)
{
	memset(state, 0, sizeof(RankState));
	state->fcinfo = fcinfo;
	state->rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	InitMaterializedSRF(fcinfo, 0);
	state->people = query_argument(fcinfo, 0, "people");
	state->posts = query_argument(fcinfo, 1, "posts");
	if (PG_ARGISNULL(2) || PG_GETARG_INT32(2) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 PG_ARGISNULL(2) ? errmsg("argument \"%s\" must not be NULL", "k") :
				 errmsg("k must be at least 1, not %d", PG_GETARG_INT32(2)),
				 errhint("k is how many of the best to list.")));
	state->k = PG_GETARG_INT32(2);
	state->only_meeting = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);
	state->schema = get_func_namespace(fcinfo->flinfo->fn_oid);

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	state->context = AllocSetContextCreate(CurrentMemoryContext, "mutasi ranking", ALLOCSET_DEFAULT_SIZES);
	state->row_context = AllocSetContextCreate(state->context, "mutasi ranked row", ALLOCSET_SMALL_SIZES);
	state->limit = (Size) Min((uint64) rank_memory * 1024, (uint64) SIZE_MAX);
	state->host.allocate = host_allocate;
	state->host.release = host_release;
	state->host.interrupt = host_interrupt;
	state->host.refuse = host_refuse;
	state->host.arg = state;
	state->told = GetCurrentTimestamp();
}

static void
rank_end(RankState *state)
{
	MemoryContextDelete(state->context);
	SPI_finish();
}

static void
put_row(RankState *state, int64 first_id, int64 rank, int64 second_id, int64 distance, int64 total)
{
	Datum		values[5];
	bool		nulls[5] = {false};
	int64		fit = total == 0 ? 1 : Max(total - distance, 0);
	MemoryContext old = MemoryContextSwitchTo(state->row_context);

	values[0] = Int64GetDatum(first_id);
	values[1] = Int32GetDatum((int32) rank);
	values[2] = Int64GetDatum(second_id);
	values[3] = NumericGetDatum(int64_div_fast_to_numeric(score_decimal(fit, Max(total, 1), SCORE_DECIMALS),
														  SCORE_DECIMALS));
	values[4] = Float8GetDatum(total == 0 ? 0.0 : (double) distance / (double) total);
	tuplestore_putvalues(state->rsinfo->setResult, state->rsinfo->setDesc, values, nulls);
	MemoryContextSwitchTo(old);
	MemoryContextReset(state->row_context);
}

static void
refuse_duplicate(int64 id, const char *whose, const char *label)
{
	ereport(ERROR,
			(errcode(ERRCODE_CARDINALITY_VIOLATION),
			 errmsg("id %lld appears more than once in the %s", (long long) id, label),
			 errhint("Each %s may come once: look at the query's joins, or use DISTINCT ON (id).", whose)));
}

static void
open_people(RankState *state, TextQuery *query, TextQueryColumn *columns)
{
	columns[0] = (TextQueryColumn) {.name = "id",.kind = TEXT_QUERY_INTEGER};
	columns[1] = (TextQueryColumn) {.name = "profile",.kind = TEXT_QUERY_PROFILE};
	text_query_open(query, "people query", state->people, state->schema, columns, 2);
}

static void
open_posts(RankState *state, TextQuery *query, TextQueryColumn *columns)
{
	columns[0] = (TextQueryColumn) {.name = "id",.kind = TEXT_QUERY_INTEGER};
	columns[1] = (TextQueryColumn) {.name = "requirement",.kind = TEXT_QUERY_REQUIREMENT};
	text_query_open(query, "posts query", state->posts, state->schema, columns, 2);
}

/*
 * The next row that has a profile or requirement: its id, and the value, valid
 * until the next call.  Whoever's is NULL is unknown, and not ranked.
 */
static bool
next_known(TextQuery *query, int64 *id, struct varlena **value)
{
	while (text_query_next(query))
	{
		bool		isnull;
		Datum		datum;

		*id = text_query_id(query, 0);
		datum = text_query_value(query, 1, &isnull);
		if (isnull)
			continue;
		*value = PG_DETOAST_DATUM_PACKED(datum);
		return true;
	}
	return false;
}

/* ---- people for each post ---- */

static Engine *
read_people(RankState *state, TextQuery *query)
{
	Engine	   *engine = engine_create(&state->host, state->limit);
	MemoryContext old = MemoryContextSwitchTo(query->batch_context);
	struct varlena *value;
	int64		id;

	while (next_known(query, &id, &value))
	{
		ProfileView profile;

		profile_read(value, &profile);
		engine_add(engine, id, &profile);
		if (++state->people_read % 1024 == 0)
			host_interrupt(state);
	}
	MemoryContextSwitchTo(old);
	if (engine_duplicate(engine, &id))
		refuse_duplicate(id, "person", query->label);
	engine_finish(engine);
	return engine;
}

static void
rank_batch(RankState *state, Engine *engine, const int64 *ids, EngineQuery **queries, int count)
{
	engine_search(engine, queries, count);
	for (int i = 0; i < count; i++)
	{
		const EngineRanked *ranked;
		int64		total;
		int64		n = engine_result(queries[i], &ranked, &total);

		elog(DEBUG1, "post %lld: %lld people scored", (long long) ids[i],
			 (long long) engine_rescored(queries[i]));
		for (int64 j = 0; j < n; j++)
		{
			put_row(state, ids[i], j + 1, ranked[j].id, ranked[j].distance, total);
			if (j % 1024 == 1023)
				host_interrupt(state);
		}
		engine_query_free(engine, queries[i]);
		state->ranked++;
	}
}

/*
 * rank_candidates(people, posts, k, only_meeting) -> the best k people for each post.
 */
PG_FUNCTION_INFO_V1(rank_candidates);
Datum
rank_candidates(PG_FUNCTION_ARGS)
{
	RankState	state;
	TextQuery	people;
	TextQuery	posts;
	TextQueryColumn people_columns[2];
	TextQueryColumn posts_columns[2];
	Engine	   *engine;
	int64	   *seen = NULL;
	int64		nseen = 0;
	int64		room = 0;
	EngineMemory seen_memory;
	int64		ids[MAX_BATCH_POSTS];
	EngineQuery *queries[MAX_BATCH_POSTS];
	int			count = 0;
	Size		base;
	MemoryContext old;
	struct varlena *value;
	int64		id;

	rank_begin(&state, fcinfo);
	/* both, before any row is read: mistakes are told at once */
	open_people(&state, &people, people_columns);
	open_posts(&state, &posts, posts_columns);
	bound_use_kernel(rank_kernel);
	engine = read_people(&state, &people);
	text_query_close(&people);
	state.ranking = true;

	seen_memory = (EngineMemory) {&state.host, 0, state.limit};
	base = engine_memory(engine);
	old = MemoryContextSwitchTo(posts.batch_context);
	while (next_known(&posts, &id, &value))
	{
		RequirementView requirement;

		if (nseen == room)
		{
			seen = engine_grow(&seen_memory, seen, room * sizeof(int64), Max(room * 2, 64) * sizeof(int64));
			room = Max(room * 2, 64);
		}
		seen[nseen++] = id;
		requirement_read(value, &requirement);
		if (engine_people(engine) == 0)
			continue;
		ids[count] = id;
		queries[count++] = engine_query(engine, &requirement, state.k, state.only_meeting);
		/* several at a time, as far as there is room for them */
		if (count == MAX_BATCH_POSTS || engine_memory(engine) - base > (state.limit - base) / 4)
		{
			rank_batch(&state, engine, ids, queries, count);
			count = 0;
		}
	}
	MemoryContextSwitchTo(old);
	rank_batch(&state, engine, ids, queries, count);
	if (engine_first_duplicate(&seen_memory, seen, nseen, &id))
		refuse_duplicate(id, "post", posts.label);
	text_query_close(&posts);
	rank_end(&state);
	return (Datum) 0;
}

/* ---- posts for each person ---- */

static EnginePosts *
read_posts(RankState *state, TextQuery *query)
{
	EnginePosts *posts = engine_posts_create(&state->host, state->limit);
	MemoryContext old = MemoryContextSwitchTo(query->batch_context);
	struct varlena *value;
	int64		id;

	while (next_known(query, &id, &value))
	{
		RequirementView requirement;

		requirement_read(value, &requirement);
		engine_posts_add(posts, id, &requirement);
	}
	MemoryContextSwitchTo(old);
	if (engine_posts_duplicate(posts, &id))
		refuse_duplicate(id, "post", query->label);
	engine_posts_finish(posts, state->k, state->only_meeting);
	return posts;
}

/*
 * rank_posts(people, posts, k, only_meeting) -> the best k posts for each person.
 */
PG_FUNCTION_INFO_V1(rank_posts);
Datum
rank_posts(PG_FUNCTION_ARGS)
{
	RankState	state;
	TextQuery	people;
	TextQuery	posts;
	TextQueryColumn people_columns[2];
	TextQueryColumn posts_columns[2];
	EnginePosts *engine;
	EngineMemory seen_memory;
	int64	   *seen = NULL;
	int64		nseen = 0;
	int64		room = 0;
	MemoryContext old;
	struct varlena *value;
	int64		id;

	rank_begin(&state, fcinfo);
	open_people(&state, &people, people_columns);
	open_posts(&state, &posts, posts_columns);
	engine = read_posts(&state, &posts);
	text_query_close(&posts);
	state.ranking = true;

	seen_memory = (EngineMemory) {&state.host, 0, state.limit};
	old = MemoryContextSwitchTo(people.batch_context);
	while (next_known(&people, &id, &value))
	{
		ProfileView profile;
		const EngineChosen *chosen;
		int64		n;

		if (nseen == room)
		{
			seen = engine_grow(&seen_memory, seen, room * sizeof(int64), Max(room * 2, 64) * sizeof(int64));
			room = Max(room * 2, 64);
		}
		seen[nseen++] = id;
		state.people_read = nseen;
		profile_read(value, &profile);
		n = engine_posts_choose(engine, &profile, &chosen);
		for (int64 i = 0; i < n; i++)
			put_row(&state, id, i + 1, chosen[i].id, chosen[i].numerator, chosen[i].total);
		state.ranked++;
	}
	MemoryContextSwitchTo(old);
	if (engine_first_duplicate(&seen_memory, seen, nseen, &id))
		refuse_duplicate(id, "person", people.label);
	text_query_close(&people);
	rank_end(&state);
	return (Datum) 0;
}
