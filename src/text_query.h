/*
 * text_query.h
 *	  Queries that a function is given as text, read through a cursor.
 */
#ifndef MUTASI_TEXT_QUERY_H
#define MUTASI_TEXT_QUERY_H

#include "executor/spi.h"
#include "utils/portal.h"

typedef enum TextQueryType
{
	TEXT_QUERY_INTEGER,			/* smallint, integer, bigint */
	TEXT_QUERY_PROFILE,			/* mutasi.competency_profile */
	TEXT_QUERY_REQUIREMENT,		/* mutasi.competency_requirement */
	TEXT_QUERY_NUMBER			/* any of the integers, numeric, real, double precision */
} TextQueryType;

typedef struct TextQueryColumn
{
	const char *name;
	TextQueryType kind;
	int			attnum;			/* filled in, as is the rest */
	Oid			type;
} TextQueryColumn;

typedef struct TextQuery
{
	const char *label;			/* "people query": for messages */
	TextQueryColumn *columns;
	Portal		portal;
	MemoryContext batch_context;	/* what is made from a batch's rows */
	uint64		next;			/* in SPI_tuptable */
	uint64		fetched;
	long		batch_rows;		/* in the next batch */
	int64		row;			/* number of the current row, from 1 */
	HeapTuple	tuple;
	TupleDesc	desc;
	SPITupleTable *batch;
} TextQuery;

extern Oid	text_query_own_type(TextQueryType kind, Oid schema);
extern void text_query_open(TextQuery *query, const char *label, const char *text, Oid schema,
							TextQueryColumn *columns, int ncolumns);
extern void text_query_open_wrapped(TextQuery *query, const char *label, const char *text,
									const char *before, const char *behind,
									int nargs, Oid *types, Datum *values, Oid schema,
									TextQueryColumn *columns, int ncolumns);
extern bool text_query_next(TextQuery *query);
extern Datum text_query_value(TextQuery *query, int column, bool *isnull);
extern int64 text_query_id(TextQuery *query, int column);
extern void text_query_close(TextQuery *query);

#endif							/* MUTASI_TEXT_QUERY_H */
