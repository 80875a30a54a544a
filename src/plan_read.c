/*
 * plan_read.c
 *	  Reads a planning problem from queries (plan_reader.c).
 *
 * Whatever order rows come in, the problem is the same: everything is sorted
 * by id.
 */
#include "postgres.h"

#include "mutasi.h"

#include "miscadmin.h"
#include "plan_reader.h"

typedef struct PostRow
{
	int64		id;
	int64		seats;
	int64		minimum;
	int64		priority;
	int64		unit;
	bool		has_unit;
} PostRow;

typedef struct DonorRow
{
	int64		employee;
	int64		unit;
	int64		releasable;
	int64		post;			/* held now */
	bool		has_unit;
	bool		has_post;
} DonorRow;

typedef struct UnitRow
{
	int64		id;
	int64		staff;
	int64		required;		/* hundredths; -1: unknown */
} UnitRow;

/*
 * Posts by id: where ids lie close together, as serial numbers do, an array from
 * the least to the greatest, a quarter of it used at least; else a hash table.
 */
typedef struct PostTable
{
	int64		least;
	uint64		span;			/* of the array; 0: none */
	int32	   *number;			/* -1: no such post */
	idtable_hash *table;
} PostTable;

static inline int32
post_number(const PostTable *posts, int64 id)
{
	uint64		offset = (uint64) id - (uint64) posts->least;
	IdEntry    *entry;

	if (posts->span > 0)
		return offset < posts->span ? posts->number[offset] : -1;
	entry = idtable_lookup(posts->table, id);
	return entry ? entry->number : -1;
}

/* From ids that ascend. */
static void
table_posts(PostTable *posts, const int64 *ids, int32 n)
{
	memset(posts, 0, sizeof(*posts));
	if (n > 0 && (uint64) ids[n - 1] - (uint64) ids[0] < (uint64) n * 4)
	{
		posts->least = ids[0];
		posts->span = (uint64) ids[n - 1] - (uint64) ids[0] + 1;
		posts->number = PlanAlloc((int64) posts->span, sizeof(int32));
		memset(posts->number, 0xFF, sizeof(int32) * (Size) posts->span);
		for (int32 i = 0; i < n; i++)
			posts->number[ids[i] - ids[0]] = i;
		return;
	}
	posts->table = idtable_create(CurrentMemoryContext, (uint32) n, NULL);
	for (int32 i = 0; i < n; i++)
	{
		bool		found;

		idtable_insert(posts->table, ids[i], &found)->number = i;
	}
}

static void
free_posts(PostTable *posts)
{
	if (posts->number)
		pfree(posts->number);
	if (posts->table)
		idtable_destroy(posts->table);
}

static void
read_post(Reader *reader)
{
	PostRow    *row = PlanReaderNext(reader, sizeof(PostRow));

	row->id = reader->value[0];
	row->seats = reader->value[1];
	row->priority = reader->null[2] ? 1 : reader->value[2];
	row->minimum = reader->value[3];
	row->unit = reader->value[4];
	row->has_unit = !reader->null[4];
	/* with donors their own posts may add to the seats: see settle_seats() */
	if (row->minimum > row->seats && reader->extra == NULL)
		PlanReaderBad(reader, &reader->columns[3], ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
				  psprintf("%lld, more than the %lld seats", (long long) row->minimum, (long long) row->seats));
}

static void
read_candidate(Reader *reader)
{
	CandidateRow *row = PlanReaderNext(reader, sizeof(CandidateRow));
	int32		post = post_number((const PostTable *) reader->extra, reader->value[1]);

	if (post < 0)
		ereport(ERROR,
				(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
				 errmsg("row %lld of the %s query%s: the posts query has no such post", (long long) reader->number,
						reader->name, PlanReaderRow(reader)),
				 errhint("Join the candidates with the posts, or list the post with 0 seats.")));
	row->employee = reader->value[0];
	row->post = post;
	row->score = (int32) reader->value[2];
}

static void
read_donor(Reader *reader)
{
	DonorRow   *row = PlanReaderNext(reader, sizeof(DonorRow));

	row->employee = reader->value[0];
	row->unit = reader->value[1];
	row->has_unit = !reader->null[1];
	row->releasable = reader->columns[2].attribute == 0 ? -1 : reader->value[2];
	row->post = reader->value[3];
	row->has_post = !reader->null[3];
}

static void
read_unit(Reader *reader)
{
	UnitRow    *row = PlanReaderNext(reader, sizeof(UnitRow));

	row->id = reader->value[0];
	row->staff = reader->value[1];
	row->required = reader->null[2] ? -1 : reader->value[2];
}

/* Of millions of rows, whoever cancels is heard while they are sorted. */
static int
compare_int64(int64 a, int64 b)
{
	CHECK_FOR_INTERRUPTS();
	return (a > b) - (a < b);
}

static int
compare_posts(const void *a, const void *b)
{
	return compare_int64(((const PostRow *) a)->id, ((const PostRow *) b)->id);
}

static int
compare_donors(const void *a, const void *b)
{
	return compare_int64(((const DonorRow *) a)->employee, ((const DonorRow *) b)->employee);
}

static int
compare_unit_rows(const void *a, const void *b)
{
	return compare_int64(((const UnitRow *) a)->id, ((const UnitRow *) b)->id);
}

static int
compare_ids(const void *a, const void *b)
{
	return compare_int64(*(const int64 *) a, *(const int64 *) b);
}

static void
read_posts(PlanData *data, const char *query, bool has_donors, int64 **unit_of, PostTable *posts)
{
	static const Column columns[] = {
		{"post_id", COLUMN_ID, false, false, 0, 0, 0, 0},
		{"seats", COLUMN_COUNT, false, false, 0, 0, 0, 0},
		{"priority", COLUMN_COUNT, true, false, 0, 0, 0, 0},
		{"minimum_fill", COLUMN_COUNT, true, false, 0, 0, 0, 0},
		{"unit_id", COLUMN_ID, true, true, 0, 0, 0, 0},
	};
	FlowProblem *problem = &data->problem;
	Reader		reader;
	PostRow    *rows;
	int32		n;
	int64	   *ids;
	int64	   *priorities;
	int32	   *seats,
			   *minimum,
			   *level,
			   *unit;

	PlanReaderSet(&reader, "posts", read_post, columns, lengthof(columns));
	reader.extra = has_donors ? &reader : NULL;
	PlanReaderRun(&reader, query);
	rows = reader.rows;
	n = (int32) reader.count;
	if (n > 0)
		qsort(rows, n, sizeof(PostRow), compare_posts);
	PlanReserve((int64) n * 60, "posts");
	ids = PlanAlloc(n, sizeof(int64));
	priorities = PlanAlloc(n, sizeof(int64));
	*unit_of = PlanAlloc(n, sizeof(int64));
	seats = PlanAlloc(n, sizeof(int32));
	minimum = PlanAlloc(n, sizeof(int32));
	level = PlanAlloc(n, sizeof(int32));
	unit = PlanAlloc(n, sizeof(int32));
	for (int32 i = 0; i < n; i++)
	{
		if (i > 0 && rows[i].id == rows[i - 1].id)
			PlanReaderDuplicate("posts", "post_id", rows[i].id);
		ids[i] = rows[i].id;
		seats[i] = (int32) rows[i].seats;
		minimum[i] = (int32) rows[i].minimum;
		priorities[i] = rows[i].priority;
		/* resolved when the units are known */
		unit[i] = rows[i].has_unit ? 0 : -1;
		(*unit_of)[i] = rows[i].unit;
	}
	table_posts(posts, ids, n);
	/* priorities, 1 first, as dense levels */
	if (n > 0)
		qsort(priorities, n, sizeof(int64), compare_ids);
	problem->n_levels = 0;
	for (int32 i = 0; i < n; i++)
	{
		if (i == 0 || priorities[i] != priorities[i - 1])
			priorities[problem->n_levels++] = priorities[i];
	}
	data->priority = PlanAlloc(problem->n_levels, sizeof(int32));
	for (int32 i = 0; i < problem->n_levels; i++)
		data->priority[i] = (int32) priorities[i];
	for (int32 i = 0; i < n; i++)
		level[i] = PlanFind(priorities, problem->n_levels, rows[i].priority);
	if (problem->n_levels == 0)
	{
		problem->n_levels = 1;
		data->priority[0] = 1;
	}
	pfree(priorities);
	if (rows)
		pfree(rows);
	PlanUnreserve(reader.room * (int64) sizeof(PostRow) + 8 * (int64) n);
	problem->n_posts = n;
	problem->post_id = ids;
	problem->seats = seats;
	problem->minimum = minimum;
	problem->level = level;
	problem->post_unit = unit;
}

/* Candidates: sorted by employee, then counted into the lists of the posts. */
static void
read_candidates(PlanData *data, const char *query, PostTable *posts)
{
	static const Column columns[] = {
		{"employee_id", COLUMN_ID, false, false, 0, 0, 0, 0},
		{"post_id", COLUMN_ID, false, false, 0, 0, 0, 0},
		{"score", COLUMN_DECIMAL, false, false, 6, FLOW_MAX_SCORE, 0, 0},
	};
	FlowProblem *problem = &data->problem;
	Reader		reader;
	CandidateRow *rows;
	int64		n;
	int32		n_employees = 0;
	int32		employee = -1;
	int64	   *ids;
	int64	   *first_edge;
	int64	   *place;
	int32	   *edge_employee;
	int32	   *edge_score;

	PlanReaderSet(&reader, "candidates", read_candidate, columns, lengthof(columns));
	reader.extra = posts;
	PlanReaderRun(&reader, query);
	PlanReaderTrim(&reader, sizeof(CandidateRow));
	n = reader.count;

	PlanReserve((int64) sizeof(CandidateRow) * n, "candidates");
	rows = PlanSortCandidates(reader.rows, n);
	PlanUnreserve((int64) sizeof(CandidateRow) * n);
	for (int64 i = 0; i < n; i++)
		n_employees += i == 0 || rows[i].employee != rows[i - 1].employee;

	PlanReserve((int64) n_employees * 8 + 8 * n + 16 * ((int64) problem->n_posts + 1), "candidates");
	ids = PlanAlloc(n_employees, sizeof(int64));
	first_edge = PlanAlloc((int64) problem->n_posts + 1, sizeof(int64));
	place = PlanAlloc((int64) problem->n_posts + 1, sizeof(int64));
	memset(first_edge, 0, sizeof(int64) * ((size_t) problem->n_posts + 1));
	for (int64 i = 0; i < n; i++)
		first_edge[rows[i].post + 1]++;
	for (int32 p = 0; p < problem->n_posts; p++)
		first_edge[p + 1] += first_edge[p];
	memcpy(place, first_edge, sizeof(int64) * ((size_t) problem->n_posts + 1));
	CHECK_FOR_INTERRUPTS();

	/* keeps employees ascending within each post */
	edge_employee = PlanAlloc(n, sizeof(int32));
	edge_score = PlanAlloc(n, sizeof(int32));
	for (int64 i = 0; i < n; i++)
	{
		int64		at = place[rows[i].post]++;

		if (i == 0 || rows[i].employee != rows[i - 1].employee)
			ids[++employee] = rows[i].employee;
		if (at > first_edge[rows[i].post] && edge_employee[at - 1] == employee)
			ereport(ERROR,
					(errcode(ERRCODE_UNIQUE_VIOLATION),
					 errmsg("the candidates query has more than one row for employee_id %lld and post_id %lld",
							(long long) ids[employee], (long long) problem->post_id[rows[i].post])));
		edge_employee[at] = employee;
		edge_score[at] = rows[i].score;
		if (i % 1000000 == 0)
			CHECK_FOR_INTERRUPTS();
	}
	pfree(place);
	if (rows)
		pfree(rows);
	PlanUnreserve((int64) sizeof(CandidateRow) * n + 8 * ((int64) problem->n_posts + 1));
	problem->n_employees = n_employees;
	problem->employee_id = ids;
	problem->n_edges = n;
	problem->first_edge = first_edge;
	problem->edge_employee = edge_employee;
	problem->edge_score = edge_score;
}

static DonorRow *
read_donors(const char *query, int32 *count, bool *chains)
{
	static const Column columns[] = {
		{"employee_id", COLUMN_ID, false, false, 0, 0, 0, 0},
		{"unit_id", COLUMN_ID, false, true, 0, 0, 0, 0},
		{"releasable", COLUMN_COUNT, true, false, 0, 0, 0, 0},
		{"current_post", COLUMN_ID, true, true, 0, 0, 0, 0},
	};
	Reader		reader;
	DonorRow   *rows;

	PlanReaderSet(&reader, "donors", read_donor, columns, lengthof(columns));
	PlanReaderRun(&reader, query);
	PlanReaderTrim(&reader, sizeof(DonorRow));
	*chains = reader.columns[3].attribute != 0;
	rows = reader.rows;
	*count = (int32) reader.count;
	if (*count > 0)
		qsort(rows, *count, sizeof(DonorRow), compare_donors);
	for (int32 i = 1; i < *count; i++)
	{
		if (rows[i].employee == rows[i - 1].employee)
			PlanReaderDuplicate("donors", "employee_id", rows[i].employee);
	}
	return rows;
}

static UnitRow *
read_units(const char *query, int32 *count)
{
	static const Column columns[] = {
		{"unit_id", COLUMN_ID, false, false, 0, 0, 0, 0},
		{"staff", COLUMN_COUNT, false, false, 0, 0, 0, 0},
		{"required", COLUMN_DECIMAL, false, true, 2, FLOW_MAX_REQUIRED, 0, 0},
	};
	Reader		reader;
	UnitRow    *rows;

	PlanReaderSet(&reader, "units", read_unit, columns, lengthof(columns));
	PlanReaderRun(&reader, query);
	PlanReaderTrim(&reader, sizeof(UnitRow));
	rows = reader.rows;
	*count = (int32) reader.count;
	if (*count > 0)
		qsort(rows, *count, sizeof(UnitRow), compare_unit_rows);
	for (int32 i = 1; i < *count; i++)
	{
		if (rows[i].id == rows[i - 1].id)
			PlanReaderDuplicate("units", "unit_id", rows[i].id);
	}
	return rows;
}

static int32
unit_index(idtable_hash *units, int64 id, const char *query, const char *column, int64 row_id)
{
	IdEntry    *unit = idtable_lookup(units, id);

	if (unit == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
				 errmsg("unit_id %lld of the %s query (%s %lld) is not in the units query", (long long) id,
						query, column, (long long) row_id),
				 errhint("List every unit; one whose required staff is unknown has a null there.")));
	return unit->number;
}

/* Units: those of the units query if there is one, else all that are mentioned. */
static void
settle_units(PlanData *data, const UnitRow *rows, int32 n_rows, bool listed,
			 DonorRow *donors, int32 n_donors, bool has_donors, const int64 *unit_of_post)
{
	FlowProblem *problem = &data->problem;
	idtable_hash *units;
	idtable_iterator iterator;
	IdEntry    *entry;
	bool		found;
	int64	   *ids;
	int32		n;
	int32	   *releasable;
	int32	   *staff;
	int64	   *required;
	int32	   *employee_unit;
	int32	   *post_unit = unconstify(int32 *, problem->post_unit);
	int32		donor = 0;

	/* ids, each once */
	units = idtable_create(CurrentMemoryContext, listed ? (uint32) n_rows : 1024, NULL);
	for (int32 i = 0; listed && i < n_rows; i++)
		idtable_insert(units, rows[i].id, &found);
	for (int32 i = 0; !listed && i < n_donors; i++)
	{
		if (donors[i].has_unit)
			idtable_insert(units, donors[i].unit, &found);
	}
	for (int32 i = 0; !listed && i < problem->n_posts; i++)
	{
		if (post_unit[i] >= 0)
			idtable_insert(units, unit_of_post[i], &found);
	}
	n = (int32) units->members;
	PlanReserve((int64) n * (8 + 4 + 4 + 8 + 3 * (int64) sizeof(IdEntry)) + (int64) problem->n_employees * 4, "units");
	ids = PlanAlloc(n, sizeof(int64));
	idtable_start_iterate(units, &iterator);
	for (int32 i = 0; (entry = idtable_iterate(units, &iterator)) != NULL; i++)
		ids[i] = entry->id;
	if (n > 0)
		qsort(ids, n, sizeof(int64), compare_ids);
	for (int32 i = 0; i < n; i++)
		idtable_lookup(units, ids[i])->number = i;
	releasable = PlanAlloc(n, sizeof(int32));
	staff = PlanAlloc(n, sizeof(int32));
	required = PlanAlloc(n, sizeof(int64));
	for (int32 i = 0; i < n; i++)
	{
		releasable[i] = -2;		/* nothing said yet */
		staff[i] = listed ? (int32) rows[i].staff : 0;
		required[i] = listed ? rows[i].required : -1;
	}
	problem->n_units = n;
	problem->unit_id = ids;
	problem->releasable = releasable;
	problem->staff = staff;
	problem->required = required;
	data->has_units = listed;

	for (int32 i = 0; i < n_donors; i++)
	{
		int32		unit;

		if (!donors[i].has_unit)
			continue;
		unit = unit_index(units, donors[i].unit, "donors", "employee_id", donors[i].employee);
		if (releasable[unit] != -2 && releasable[unit] != donors[i].releasable)
			ereport(ERROR,
					(errcode(ERRCODE_CARDINALITY_VIOLATION),
					 errmsg("the donors query gives unit_id %lld both %d and %lld as \"releasable\"",
							(long long) donors[i].unit, releasable[unit], (long long) donors[i].releasable),
					 errdetail("The second was met at employee_id %lld.", (long long) donors[i].employee),
					 errhint("\"releasable\" belongs to the unit: give the same number in all its rows.")));
		releasable[unit] = (int32) donors[i].releasable;
	}
	for (int32 i = 0; i < n; i++)
	{
		if (releasable[i] == -2)
			releasable[i] = -1;
	}
	for (int32 i = 0; i < problem->n_posts; i++)
	{
		if (post_unit[i] >= 0)
			post_unit[i] = unit_index(units, unit_of_post[i], "posts", "post_id", problem->post_id[i]);
	}

	employee_unit = PlanAlloc(problem->n_employees, sizeof(int32));
	for (int32 e = 0; e < problem->n_employees; e++)
	{
		employee_unit[e] = -1;
		if (!has_donors)
			continue;
		while (donor < n_donors && donors[donor].employee < problem->employee_id[e])
			donor++;
		if (donor >= n_donors || donors[donor].employee != problem->employee_id[e])
			ereport(ERROR,
					(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
					 errmsg("employee_id %lld of the candidates query is not in the donors query",
							(long long) problem->employee_id[e]),
					 errhint("List every candidate; who leaves no unit behind has a null unit_id.")));
		if (donors[donor].has_unit)
			employee_unit[e] = unit_index(units, donors[donor].unit, "donors", "employee_id", donors[donor].employee);
	}
	problem->employee_unit = employee_unit;
	idtable_destroy(units);
	PlanUnreserve((int64) n * 3 * (int64) sizeof(IdEntry));
}

/*
 * Chains: the seats of the donors' own posts, which open when they leave, and
 * the pair with the own post, which is to stay; of score 0 where the candidates
 * query has none.
 */
static void
settle_homes(PlanData *data, const DonorRow *donors)
{
	FlowProblem *problem = &data->problem;
	int32	   *seats = unconstify(int32 *, problem->seats);
	int32	   *home;
	int32	   *missing;		/* by post: pairs to add, then where they go */
	int32	   *added;			/* employees whose pair is missing, by post */
	int64	   *first_edge;
	int32	   *edge_employee;
	int32	   *edge_score;
	int32		donor = 0;
	int32		n_missing = 0;

	PlanReserve((int64) problem->n_employees * 8 + ((int64) problem->n_posts + 1) * 12, "chains");
	home = PlanAlloc(problem->n_employees, sizeof(int32));
	missing = PlanAlloc((int64) problem->n_posts + 1, sizeof(int32));
	memset(missing, 0, sizeof(int32) * ((Size) problem->n_posts + 1));
	for (int32_t e = 0; e < problem->n_employees; e++)
	{
		int32		post;
		int32		unit = problem->employee_unit[e];

		/* settle_units() has seen that every candidate is among the donors */
		home[e] = -1;
		while (donors[donor].employee < problem->employee_id[e])
			donor++;
		if (!donors[donor].has_post)
			continue;
		post = PlanFind(problem->post_id, problem->n_posts, donors[donor].post);
		if (post < 0)
			ereport(ERROR,
					(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
					 errmsg("current_post %lld of the donors query (employee_id %lld) is not in the posts query",
							(long long) donors[donor].post, (long long) donors[donor].employee),
					 errhint("List every post that may open; one without vacant seats has 0.")));
		if (unit != problem->post_unit[post])
			ereport(ERROR,
					(errcode(ERRCODE_CARDINALITY_VIOLATION),
					 errmsg("the donors query gives employee_id %lld another unit than the posts query gives current_post %lld",
							(long long) donors[donor].employee, (long long) donors[donor].post),
					 errdetail("unit_id is %s there and %s here.",
							   unit < 0 ? "null" : psprintf("%lld", (long long) problem->unit_id[unit]),
							   problem->post_unit[post] < 0 ? "null" :
							   psprintf("%lld", (long long) problem->unit_id[problem->post_unit[post]])),
					 errhint("Who holds a post belongs to its unit: give both queries the same unit_id.")));
		if (seats[post] >= FLOW_MAX_COUNT)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("post_id %lld has more than %d seats, those of its holders included",
							(long long) problem->post_id[post], FLOW_MAX_COUNT)));
		seats[post]++;
		home[e] = post;
		if (PlanFindPair(problem, post, e) < 0)
		{
			missing[post + 1]++;
			n_missing++;
		}
	}
	problem->home = home;
	if (n_missing > 0)
	{
		int64		n = problem->n_edges + n_missing;

		PlanReserve(n * 8 + n_missing * (int64) 4, "chains");
		added = PlanAlloc(n_missing, sizeof(int32));
		first_edge = PlanAlloc((int64) problem->n_posts + 1, sizeof(int64));
		edge_employee = PlanAlloc(n, sizeof(int32));
		edge_score = PlanAlloc(n, sizeof(int32));
		for (int32_t p = 0; p < problem->n_posts; p++)
			missing[p + 1] += missing[p];
		for (int32_t e = 0; e < problem->n_employees; e++)
		{
			if (home[e] >= 0 && PlanFindPair(problem, home[e], e) < 0)
				added[missing[home[e]]++] = e;
		}
		/* missing[p] is now where the additions of p end */
		n = 0;
		for (int32_t p = 0; p < problem->n_posts; p++)
		{
			int64_t		i = problem->first_edge[p];
			int32		a = p > 0 ? missing[p - 1] : 0;

			first_edge[p] = n;
			while (i < problem->first_edge[p + 1] || a < missing[p])
			{
				if (a >= missing[p] || (i < problem->first_edge[p + 1] && problem->edge_employee[i] < added[a]))
				{
					edge_employee[n] = problem->edge_employee[i];
					edge_score[n++] = problem->edge_score[i++];
				}
				else
				{
					edge_employee[n] = added[a++];
					edge_score[n++] = 0;
				}
			}
		}
		first_edge[problem->n_posts] = n;
		pfree(unconstify(int64_t *, problem->first_edge));
		pfree(unconstify(int32_t *, problem->edge_employee));
		pfree(unconstify(int32_t *, problem->edge_score));
		pfree(added);
		PlanUnreserve(problem->n_edges * 8 + n_missing * (int64) 4);
		problem->first_edge = first_edge;
		problem->edge_employee = edge_employee;
		problem->edge_score = edge_score;
		problem->n_edges = n;
	}
	pfree(missing);
	PlanUnreserve((int64) problem->n_posts * 4);
}

/* A minimum is one of the seats, those of the holders included. */
static void
check_minimums(const FlowProblem *problem)
{
	for (int32_t p = 0; p < problem->n_posts; p++)
	{
		if (problem->minimum[p] > problem->seats[p])
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("the posts query gives post_id %lld a \"minimum_fill\" of %d, more than the %d seats",
							(long long) problem->post_id[p], problem->minimum[p], problem->seats[p])));
	}
}

/*
 * PlanRead: the problem that the queries describe, in the current memory
 * context.  donors and units may be NULL.
 */
PlanData *
PlanRead(const char *candidates, const char *posts, const char *donors, const char *units,
		 FlowObjective objective, int64_t balance_weight)
{
	PlanData   *data = palloc0(sizeof(PlanData));
	PostTable	post_table;
	int64	   *unit_of_post;
	DonorRow   *donor_rows = NULL;
	UnitRow    *unit_rows = NULL;
	int32		n_donors = 0;
	int32		n_units = 0;

	bool		chains = false;

	data->problem.objective = objective;
	data->problem.balance_weight = balance_weight;
	read_posts(data, posts, donors != NULL, &unit_of_post, &post_table);
	read_candidates(data, candidates, &post_table);
	free_posts(&post_table);
	if (donors)
		donor_rows = read_donors(donors, &n_donors, &chains);
	if (units)
		unit_rows = read_units(units, &n_units);
	settle_units(data, unit_rows, n_units, units != NULL, donor_rows, n_donors, donors != NULL, unit_of_post);
	if (chains)
		settle_homes(data, donor_rows);
	check_minimums(&data->problem);
	if (donor_rows)
		pfree(donor_rows);
	if (unit_rows)
		pfree(unit_rows);
	pfree(unit_of_post);
	PlanUnreserve((int64) n_donors * (int64) sizeof(DonorRow) + (int64) n_units * (int64) sizeof(UnitRow) +
				  (int64) data->problem.n_posts * 8);
	return data;
}
