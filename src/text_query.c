/*
 * text_query.c
 *	  Queries that a function is given as text, read through a cursor in batches:
 *	  one SELECT, run with the rights and the search path of whoever calls, in the
 *	  snapshot of the calling statement, and unable to change anything.
 *
 * Columns are found by name; their types are checked before the first row is
 * read, so that a mistake is told even where there is no row.
 */
#include "postgres.h"

#include "mutasi.h"
#include "text_query.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/syscache.h"

#define BATCH_ROWS 1000
#define FIRST_WRAPPED_ROWS 32	/* of an ordered query, few rows may do */

/* The type, as the hint of an error tells it; of our own types, its name. */
static const char *
wanted_type(TextQueryType kind)
{
	switch (kind)
	{
		case TEXT_QUERY_INTEGER:
			return "smallint, integer or bigint";
		case TEXT_QUERY_PROFILE:
			return "competency_profile";
		case TEXT_QUERY_REQUIREMENT:
			return "competency_requirement";
		case TEXT_QUERY_NUMBER:
			break;
	}
	return "numeric, double precision or another number";
}

/* The extension's type of that kind. */
Oid
text_query_own_type(TextQueryType kind, Oid schema)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
						   CStringGetDatum(wanted_type(kind)), ObjectIdGetDatum(schema));
}

static bool
is_wanted_type(TextQueryType kind, Oid type, Oid schema)
{
	switch (kind)
	{
		case TEXT_QUERY_INTEGER:
			return type == INT2OID || type == INT4OID || type == INT8OID;
		case TEXT_QUERY_NUMBER:
			return type == INT2OID || type == INT4OID || type == INT8OID ||
				type == NUMERICOID || type == FLOAT4OID || type == FLOAT8OID;
		case TEXT_QUERY_PROFILE:
		case TEXT_QUERY_REQUIREMENT:
			break;
	}
	return type == text_query_own_type(kind, schema);
}

static char *
column_names(TupleDesc desc)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < desc->natts; i++)
		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "", NameStr(TupleDescAttr(desc, i)->attname));
	return names.data;
}

static void
find_column(TextQuery *query, TupleDesc desc, TextQueryColumn *column, Oid schema)
{
	column->attnum = 0;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (strcmp(NameStr(attribute->attname), column->name) != 0)
			continue;
		if (column->attnum != 0)
			ereport(ERROR,
					(errcode(ERRCODE_AMBIGUOUS_COLUMN),
					 errmsg("the %s has more than one column \"%s\"", query->label, column->name),
					 errhint("Give each column a name of its own.")));
		column->attnum = i + 1;
		column->type = getBaseType(attribute->atttypid);
		if (!is_wanted_type(column->kind, column->type, schema))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of the %s has type %s", column->name, query->label,
							format_type_be(attribute->atttypid)),
					 errhint("It must be %s: cast it in the query.", wanted_type(column->kind))));
	}
	if (column->attnum == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("the %s has no column \"%s\"", query->label, column->name),
				 errdetail("Its columns are: %s.", column_names(desc)),
				 errhint("Name the column in the query: SELECT ... AS %s.", quote_identifier(column->name))));
}

/*
 * Opens a cursor on before || text || behind, with the arguments $1 and so on.
 * To be called between SPI_connect() and SPI_finish().  schema is the one of the
 * extension's types.
 */
void
text_query_open_wrapped(TextQuery *query, const char *label, const char *text,
						const char *before, const char *behind,
						int nargs, Oid *types, Datum *values, Oid schema,
						TextQueryColumn *columns, int ncolumns)
{
	SPIPlanPtr	plan;
	TupleDesc	desc;
	StringInfoData statement;

	memset(query, 0, sizeof(TextQuery));
	query->label = label;
	query->columns = columns;
	query->batch_context = AllocSetContextCreate(CurrentMemoryContext, "mutasi query batch",
												 ALLOCSET_DEFAULT_SIZES);

	/* by itself first: only one SELECT may be wrapped, and errors point into it */
	plan = SPI_prepare(text, 0, NULL);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	if (!SPI_is_cursor_plan(plan) ||
		((CachedPlanSource *) linitial(SPI_plan_get_plan_sources(plan)))->commandTag != CMDTAG_SELECT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the %s is not one SELECT", label),
				 errhint("Give one SELECT (or WITH ... SELECT, VALUES, TABLE) as text.")));
	desc = ((CachedPlanSource *) linitial(SPI_plan_get_plan_sources(plan)))->resultDesc;
	Assert(desc != NULL);
	for (int i = 0; i < ncolumns; i++)
		find_column(query, desc, &columns[i], schema);

	query->batch_rows = BATCH_ROWS;
	if (before != NULL)
	{
		query->batch_rows = FIRST_WRAPPED_ROWS;
		SPI_freeplan(plan);
		initStringInfo(&statement);
		appendStringInfoString(&statement, before);
		appendStringInfoString(&statement, text);
		while (statement.len > 0 && strchr("; \t\r\n", statement.data[statement.len - 1]) != NULL)
			statement.data[--statement.len] = '\0';
		/* on a line of its own: the text may end in a comment */
		appendStringInfo(&statement, "\n%s", behind);
		plan = SPI_prepare_cursor(statement.data, nargs, types, CURSOR_OPT_FAST_PLAN);
		if (plan == NULL)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	}
	query->portal = SPI_cursor_open(NULL, plan, values, NULL, true);
}

void
text_query_open(TextQuery *query, const char *label, const char *text, Oid schema,
				TextQueryColumn *columns, int ncolumns)
{
	text_query_open_wrapped(query, label, text, NULL, NULL, 0, NULL, NULL, schema, columns, ncolumns);
}

/* Goes on to the next row, if there is one. */
bool
text_query_next(TextQuery *query)
{
	if (query->next >= query->fetched)
	{
		MemoryContextReset(query->batch_context);
		if (query->batch != NULL)
			SPI_freetuptable(query->batch);
		query->batch = NULL;
		SPI_cursor_fetch(query->portal, true, query->batch_rows);
		query->batch_rows = Min(query->batch_rows * 2, BATCH_ROWS);
		query->batch = SPI_tuptable;
		query->fetched = SPI_processed;
		query->next = 0;
		query->desc = query->batch->tupdesc;
		CHECK_FOR_INTERRUPTS();
		if (query->fetched == 0)
			return false;
	}
	query->tuple = query->batch->vals[query->next++];
	query->row++;
	return true;
}

Datum
text_query_value(TextQuery *query, int column, bool *isnull)
{
	return SPI_getbinval(query->tuple, query->desc, query->columns[column].attnum, isnull);
}

/* The value of an integer column that must not be NULL. */
int64
text_query_id(TextQuery *query, int column)
{
	bool		isnull;
	Datum		value = text_query_value(query, column, &isnull);

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("column \"%s\" is NULL in row %lld of the %s",
						query->columns[column].name, (long long) query->row, query->label)));
	switch (query->columns[column].type)
	{
		case INT2OID:
			return DatumGetInt16(value);
		case INT4OID:
			return DatumGetInt32(value);
		default:
			return DatumGetInt64(value);
	}
}

void
text_query_close(TextQuery *query)
{
	if (query->batch != NULL)
		SPI_freetuptable(query->batch);
	query->batch = NULL;
	SPI_cursor_close(query->portal);
	MemoryContextDelete(query->batch_context);
}
