/*
 * plan_choice.c
 *	  SQL face of choice.c: match_applications() and exchange_cycles().
 */
#include "postgres.h"

#include "mutasi.h"

#include "choice.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "plan_reader.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

typedef struct WishRow
{
	int32		employee;
	int32		post;
	int64		preference;
	int32		score;
} WishRow;

typedef struct SeatRow
{
	int64		id;
	int64		seats;
} SeatRow;

/* What reading wishes needs besides the rows. */
typedef struct Wishes
{
	idtable_hash *posts;		/* known, or met so far */
	bool		closed;			/* posts not in there are an error */
	int64	   *current;		/* by employee number: post number, -1 none, -2 not said yet */
	int64		current_room;
	int64	   *post_ids;		/* by post number */
	int64		post_room;
} Wishes;

static void
read_seat(Reader *reader)
{
	SeatRow    *row = PlanReaderNext(reader, sizeof(SeatRow));

	row->id = reader->value[0];
	row->seats = reader->value[1];
}

static int32
post_number(Reader *reader, int64 id, const char *column)
{
	Wishes	   *wishes = reader->extra;
	IdEntry    *entry = idtable_lookup(wishes->posts, id);
	bool		found;

	if (entry != NULL)
		return entry->number;
	if (wishes->closed)
		ereport(ERROR,
				(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
				 errmsg("row %lld of the %s query%s: the posts query has no \"%s\" %lld", (long long) reader->number,
						reader->name, PlanReaderRow(reader), column, (long long) id),
				 errhint("List every post; one without vacant seats has 0.")));
	entry = idtable_insert(wishes->posts, id, &found);
	entry->number = (int32) wishes->posts->members - 1;
	if (entry->number >= wishes->post_room)
	{
		MemoryContext old = MemoryContextSwitchTo(reader->context);
		int64		room = wishes->post_room == 0 ? 1024 : wishes->post_room * 2;

		wishes->post_ids = PlanGrow(wishes->post_ids, wishes->post_room, room, sizeof(int64));
		wishes->post_room = room;
		MemoryContextSwitchTo(old);
	}
	wishes->post_ids[entry->number] = id;
	return entry->number;
}

/* columns: employee_id, post_id, preference, current_post, score */
static void
read_wish(Reader *reader)
{
	Wishes	   *wishes = reader->extra;
	WishRow    *row = PlanReaderNext(reader, sizeof(WishRow));
	int64		current = reader->null[3] ? -1 : post_number(reader, reader->value[3], "current_post");

	row->employee = PlanReaderEmployee(reader, reader->value[0]);
	row->post = post_number(reader, reader->value[1], "post_id");
	row->preference = reader->value[2];
	row->score = (int32) reader->value[4];
	if (row->employee >= wishes->current_room)
	{
		MemoryContext old = MemoryContextSwitchTo(reader->context);
		int64		room = wishes->current_room == 0 ? 1024 : wishes->current_room * 2;

		wishes->current = PlanGrow(wishes->current, wishes->current_room, room, sizeof(int64));
		for (int64 i = wishes->current_room; i < room; i++)
			wishes->current[i] = -2;
		wishes->current_room = room;
		MemoryContextSwitchTo(old);
	}
	if (wishes->current[row->employee] != -2 && wishes->current[row->employee] != current)
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("row %lld of the %s query%s: another row gives this employee another \"current_post\"",
						(long long) reader->number, reader->name, PlanReaderRow(reader))));
	wishes->current[row->employee] = current;
}

static int
compare_seats(const void *a, const void *b)
{
	const SeatRow *x = a;
	const SeatRow *y = b;

	CHECK_FOR_INTERRUPTS();
	return (x->id > y->id) - (x->id < y->id);
}

typedef struct IdNumber
{
	int64		id;
	int32		number;
} IdNumber;

static int
compare_id_numbers(const void *a, const void *b)
{
	const IdNumber *x = a;
	const IdNumber *y = b;

	CHECK_FOR_INTERRUPTS();
	return (x->id > y->id) - (x->id < y->id);
}

/* rank[number] = place of the id among all, and the ids in that order */
static int64 *
rank_ids(const int64 *ids, int32 n, int32 **rank)
{
	IdNumber   *order = PlanAlloc(n, sizeof(IdNumber));
	int64	   *sorted = PlanAlloc(n, sizeof(int64));

	*rank = PlanAlloc(n, sizeof(int32));
	for (int32 i = 0; i < n; i++)
	{
		order[i].id = ids[i];
		order[i].number = i;
	}
	if (n > 0)
		qsort(order, n, sizeof(IdNumber), compare_id_numbers);
	for (int32 i = 0; i < n; i++)
	{
		(*rank)[order[i].number] = i;
		sorted[i] = order[i].id;
	}
	pfree(order);
	return sorted;
}

/* Sorting millions takes a second or more: whoever cancels is heard in between. */
static int
compare_wishes(const void *a, const void *b)
{
	const WishRow *x = a;
	const WishRow *y = b;

	CHECK_FOR_INTERRUPTS();
	if (x->employee != y->employee)
		return (x->employee > y->employee) - (x->employee < y->employee);
	if (x->preference != y->preference)
		return (x->preference > y->preference) - (x->preference < y->preference);
	return (x->post > y->post) - (x->post < y->post);
}

static int
compare_wish_posts(const void *a, const void *b)
{
	const WishRow *x = a;
	const WishRow *y = b;

	CHECK_FOR_INTERRUPTS();
	if (x->employee != y->employee)
		return (x->employee > y->employee) - (x->employee < y->employee);
	return (x->post > y->post) - (x->post < y->post);
}

typedef struct Choices
{
	ChoiceProblem problem;
	int64	   *employee_id;
	int64	   *post_id;
	int64	   *preference;		/* by wish */
} Choices;

/* Reads wishes; posts is NULL where no seats are vacant. */
static Choices *
read_choices(const char *name, const char *query, const char *posts)
{
	static const Column seat_columns[] = {
		{"post_id", COLUMN_ID, false, false, 0, 0, 0, 0},
		{"seats", COLUMN_COUNT, false, false, 0, 0, 0, 0},
	};
	static const Column wish_columns[] = {
		{"employee_id", COLUMN_ID, false, false, 0, 0, 0, 0},
		{"post_id", COLUMN_ID, false, false, 0, 0, 0, 0},
		{"preference", COLUMN_COUNT, false, false, 0, 0, 0, 0},
		{"current_post", COLUMN_ID, true, true, 0, 0, 0, 0},
		{"score", COLUMN_DECIMAL, false, false, 6, FLOW_MAX_SCORE, 0, 0},
	};
	Choices    *choices = palloc0(sizeof(Choices));
	ChoiceProblem *problem = &choices->problem;
	Reader		reader;
	Wishes		wishes;
	WishRow    *rows;
	int32		n_posts = 0;
	int32		n;
	int32	   *seats;
	int32	   *post_rank;
	int32	   *employee_rank;
	int32	   *current;
	uint32	   *lot;
	int64	   *first;
	int32	   *wish_post;
	int32	   *wish_score;

	memset(&wishes, 0, sizeof(wishes));
	wishes.posts = idtable_create(CurrentMemoryContext, 1024, NULL);
	seats = NULL;
	if (posts)
	{
		SeatRow    *seat_rows;

		PlanReaderSet(&reader, "posts", read_seat, seat_columns, lengthof(seat_columns));
		PlanReaderRun(&reader, posts);
		n_posts = (int32) reader.count;
		seat_rows = reader.rows;
		if (n_posts > 0)
			qsort(seat_rows, n_posts, sizeof(SeatRow), compare_seats);
		PlanReserve((int64) n_posts * 60, "posts");
		seats = PlanAlloc(n_posts, sizeof(int32));
		wishes.post_ids = PlanAlloc(n_posts, sizeof(int64));
		for (int32 i = 0; i < n_posts; i++)
		{
			bool		found;

			if (i > 0 && seat_rows[i].id == seat_rows[i - 1].id)
				PlanReaderDuplicate("posts", "post_id", seat_rows[i].id);
			idtable_insert(wishes.posts, seat_rows[i].id, &found)->number = i;
			wishes.post_ids[i] = seat_rows[i].id;
			seats[i] = (int32) seat_rows[i].seats;
		}
		wishes.closed = true;
	}

	/* an exchange has no scores, and everybody has a post */
	PlanReaderSet(&reader, name, read_wish, wish_columns, posts ? 5 : 4);
	if (!posts)
	{
		reader.columns[3].optional = false;
		reader.columns[3].nullable = false;
	}
	reader.employees = idtable_create(CurrentMemoryContext, 1024, NULL);
	reader.extra = &wishes;
	PlanReaderRun(&reader, query);
	rows = reader.rows;
	n = (int32) reader.employees->members;
	n_posts = (int32) wishes.posts->members;
	PlanReserve(reader.count * 16 + (int64) n * 100 + (int64) n_posts * 80, "solver");

	choices->employee_id = rank_ids(reader.employee_ids, n, &employee_rank);
	choices->post_id = rank_ids(wishes.post_ids, n_posts, &post_rank);
	current = PlanAlloc(n, sizeof(int32));
	lot = PlanAlloc(n, sizeof(uint32));
	first = PlanAlloc((int64) n + 1, sizeof(int64));
	memset(first, 0, sizeof(int64) * ((Size) n + 1));
	for (int32 i = 0; i < n; i++)
	{
		int64		post = wishes.current[i];

		current[employee_rank[i]] = post < 0 ? -1 : post_rank[post];
	}
	for (int32 e = 0; e < n; e++)
		lot[e] = flow_hash(choices->employee_id[e]);
	for (int64 i = 0; i < reader.count; i++)
	{
		rows[i].employee = employee_rank[rows[i].employee];
		rows[i].post = post_rank[rows[i].post];
		first[rows[i].employee + 1]++;
	}
	for (int32 e = 0; e < n; e++)
		first[e + 1] += first[e];

	if (reader.count > 0)
		qsort(rows, reader.count, sizeof(WishRow), compare_wish_posts);
	for (int64 i = 1; i < reader.count; i++)
	{
		if (rows[i].employee == rows[i - 1].employee && rows[i].post == rows[i - 1].post)
			ereport(ERROR,
					(errcode(ERRCODE_UNIQUE_VIOLATION),
					 errmsg("the %s query has more than one row for employee_id %lld and post_id %lld", name,
							(long long) choices->employee_id[rows[i].employee],
							(long long) choices->post_id[rows[i].post])));
	}
	if (reader.count > 0)
		qsort(rows, reader.count, sizeof(WishRow), compare_wishes);
	wish_post = PlanAlloc(reader.count, sizeof(int32));
	wish_score = PlanAlloc(reader.count, sizeof(int32));
	choices->preference = PlanAlloc(reader.count, sizeof(int64));
	for (int64 i = 0; i < reader.count; i++)
	{
		if (i > 0 && rows[i].employee == rows[i - 1].employee && rows[i].preference == rows[i - 1].preference)
			ereport(ERROR,
					(errcode(ERRCODE_UNIQUE_VIOLATION),
					 errmsg("the %s query gives employee_id %lld preference %lld twice", name,
							(long long) choices->employee_id[rows[i].employee], (long long) rows[i].preference),
					 errhint("Preferences of one person must differ; 1 is the first.")));
		wish_post[i] = rows[i].post;
		wish_score[i] = rows[i].score;
		choices->preference[i] = rows[i].preference;
	}
	if (seats == NULL)
	{
		seats = PlanAlloc(n_posts, sizeof(int32));
		memset(seats, 0, sizeof(int32) * (Size) n_posts);
	}
	problem->n_posts = n_posts;
	problem->n_employees = n;
	problem->n_wishes = reader.count;
	problem->seats = seats;
	problem->current = current;
	problem->lot = lot;
	problem->first_wish = first;
	problem->wish_post = wish_post;
	problem->wish_score = wish_score;
	return choices;
}

static char *
required_query(FunctionCallInfo fcinfo, int i, const char *name)
{
	if (PG_ARGISNULL(i))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the %s query must not be null", name)));
	return text_to_cstring(PG_GETARG_TEXT_PP(i));
}

/* match_applications(applications, posts): employee_id, current_post, post_id, preference, score */
PG_FUNCTION_INFO_V1(mutasi_match_applications);
Datum
mutasi_match_applications(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *applications = required_query(fcinfo, 0, "applications");
	char	   *posts = required_query(fcinfo, 1, "posts");
	Choices    *choices;
	const ChoiceProblem *problem;
	int64_t    *wish_of;

	InitMaterializedSRF(fcinfo, 0);
	PlanResetMemory();
	choices = read_choices("applications", applications, posts);
	problem = &choices->problem;
	wish_of = PlanAlloc(problem->n_employees, sizeof(int64_t));
	choice_accept(problem, PlanEnv(), wish_of);
	for (int32 e = 0; e < problem->n_employees; e++)
	{
		Datum		values[5] = {0};
		bool		nulls[5] = {0};

		values[0] = Int64GetDatum(choices->employee_id[e]);
		nulls[1] = problem->current[e] < 0;
		if (!nulls[1])
			values[1] = Int64GetDatum(choices->post_id[problem->current[e]]);
		nulls[2] = nulls[3] = nulls[4] = wish_of[e] < 0;
		if (wish_of[e] >= 0)
		{
			values[2] = Int64GetDatum(choices->post_id[problem->wish_post[wish_of[e]]]);
			values[3] = Int64GetDatum(choices->preference[wish_of[e]]);
			values[4] = PlanNumeric(problem->wish_score[wish_of[e]], 6);
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		CHECK_FOR_INTERRUPTS();
	}
	return (Datum) 0;
}

/* exchange_cycles(preferences): cycle, employee_id, from_post, to_post, preference */
PG_FUNCTION_INFO_V1(mutasi_exchange_cycles);
Datum
mutasi_exchange_cycles(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *preferences = required_query(fcinfo, 0, "preferences");
	Choices    *choices;
	const ChoiceProblem *problem;
	int64_t    *wish_of;
	int32_t    *cycle_of;
	int32_t    *name_of;
	int32_t		cycles = 0;

	InitMaterializedSRF(fcinfo, 0);
	PlanResetMemory();
	choices = read_choices("preferences", preferences, NULL);
	problem = &choices->problem;
	wish_of = PlanAlloc(problem->n_employees, sizeof(int64_t));
	cycle_of = PlanAlloc(problem->n_employees, sizeof(int32_t));
	name_of = PlanAlloc(problem->n_employees, sizeof(int32_t));
	choice_exchange(problem, PlanEnv(), wish_of, cycle_of);

	/* cycles are numbered by their lowest employee_id */
	for (int32 e = 0; e < problem->n_employees; e++)
		name_of[e] = 0;
	for (int32 e = 0; e < problem->n_employees; e++)
	{
		Datum		values[5] = {0};
		bool		nulls[5] = {0};

		if (cycle_of[e] < 0)
			continue;
		if (name_of[cycle_of[e]] == 0)
			name_of[cycle_of[e]] = ++cycles;
		values[0] = Int32GetDatum(name_of[cycle_of[e]]);
		values[1] = Int64GetDatum(choices->employee_id[e]);
		values[2] = Int64GetDatum(choices->post_id[problem->current[e]]);
		values[3] = Int64GetDatum(choices->post_id[problem->wish_post[wish_of[e]]]);
		values[4] = Int64GetDatum(choices->preference[wish_of[e]]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		CHECK_FOR_INTERRUPTS();
	}
	return (Datum) 0;
}
