/*
 * plan_reader.h
 *	  Reading rows of an inner query, for the planner and the matchers.
 */
#ifndef MUTASI_PLAN_READER_H
#define MUTASI_PLAN_READER_H

#include "plan.h"

#include "common/hashfn.h"
#include "executor/tuptable.h"
#include "tcop/dest.h"

typedef enum ColumnKind
{
	COLUMN_ID,					/* smallint, integer, bigint */
	COLUMN_COUNT,				/* the same, 0 … FLOW_MAX_COUNT */
	COLUMN_DECIMAL				/* the same, numeric, real, double precision; not negative */
} ColumnKind;

typedef struct Column
{
	const char *name;
	ColumnKind	kind;
	bool		optional;		/* may be absent */
	bool		nullable;		/* may be null in a row */
	int			places;			/* of a decimal */
	int64_t		most;			/* of a decimal, scaled */
	/* found in the query */
	int			attribute;		/* 0: absent */
	Oid			type;
} Column;

#define PLAN_MAX_COLUMNS 5

/* id -> the order in which ids were first met */
typedef struct IdEntry
{
	int64		id;
	int32		number;
	char		status;
} IdEntry;

static inline uint32
id_hash(int64 id)
{
	return (uint32) murmurhash32((uint32) id ^ murmurhash32((uint32) ((uint64) id >> 32)));
}

#define SH_PREFIX idtable
#define SH_ELEMENT_TYPE IdEntry
#define SH_KEY_TYPE int64
#define SH_KEY id
#define SH_HASH_KEY(tb, key) id_hash(key)
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct Reader;
typedef void (*RowReader) (struct Reader *reader);

typedef struct Reader
{
	DestReceiver receiver;
	const char *name;			/* of the query: "candidates" */
	Column		columns[PLAN_MAX_COLUMNS];
	int			n_columns;
	RowReader	row;
	MemoryContext row_context;
	MemoryContext context;		/* where the arrays are */
	/* the row at hand */
	int64		number;
	int64		value[PLAN_MAX_COLUMNS];
	bool		null[PLAN_MAX_COLUMNS];
	/* what is read */
	void	   *rows;
	int64		count;
	int64		room;
	/* the ids of employees, in the order they were met */
	idtable_hash *employees;
	int64_t    *employee_ids;
	int64		employee_room;
	/* what the row reader knows besides */
	void	   *extra;
} Reader;

/* Sets a reader up for columns, then runs a query into it: row by row into reader->row. */
extern void PlanReaderSet(Reader *reader, const char *name, RowReader row, const Column *columns, int n_columns);
extern void PlanReaderRun(Reader *reader, const char *query);

/* Room for one more row; and, when all are read, no more room than rows. */
extern void *PlanReaderNext(Reader *reader, Size size);
extern void PlanReaderTrim(Reader *reader, Size size);

/* A row of the candidates query, in order of employees: plan_sort.c. */
typedef struct CandidateRow
{
	int64		employee;		/* id */
	int32		post;			/* number */
	int32		score;
} CandidateRow;

extern CandidateRow *PlanSortCandidates(CandidateRow *rows, int64 n);

/* The number of the employee of this id, new or met before. */
extern int32 PlanReaderEmployee(Reader *reader, int64 id);

/* Errors that name the row at hand. */
extern char *PlanReaderRow(const Reader *reader);
extern void PlanReaderBad(const Reader *reader, const Column *column, int code, const char *what);
extern void PlanReaderDuplicate(const char *query, const char *column, int64 id);

#endif							/* MUTASI_PLAN_READER_H */
