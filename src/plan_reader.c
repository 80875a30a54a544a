/*
 * plan_reader.c
 *	  Runs an inner query and reads its rows by column name.
 *
 * A query runs read-only in the snapshot of the statement that called and
 * streams its rows into a receiver of ours: nothing is materialised, and a bad
 * row is named while it is at hand.  Columns are found by name; one that is
 * unknown is an error, since a misspelt optional column would otherwise
 * silently not count.
 */
#include "postgres.h"

#include "mutasi.h"

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "plan_reader.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

static const char *
column_type_names(ColumnKind kind)
{
	return kind == COLUMN_DECIMAL ?
		"smallint, integer, bigint, numeric, real or double precision" : "smallint, integer or bigint";
}

static bool
column_type_fits(ColumnKind kind, Oid type)
{
	switch (type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return true;
		case NUMERICOID:
		case FLOAT4OID:
		case FLOAT8OID:
			return kind == COLUMN_DECIMAL;
		default:
			return false;
	}
}

/* Finds the columns by name and checks their types; also for a query without rows. */
static void
start_reading(DestReceiver *self, int operation, TupleDesc description)
{
	Reader	   *reader = (Reader *) self;

	(void) operation;
	for (int i = 0; i < description->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(description, i);
		const char *name = NameStr(attribute->attname);
		Column	   *column = NULL;

		for (int j = 0; j < reader->n_columns; j++)
		{
			if (strcmp(reader->columns[j].name, name) == 0)
				column = &reader->columns[j];
		}
		if (column == NULL)
		{
			StringInfoData known;

			initStringInfo(&known);
			for (int j = 0; j < reader->n_columns; j++)
				appendStringInfo(&known, "%s%s%s", j > 0 ? ", " : "", reader->columns[j].name,
								 reader->columns[j].optional ? " (optional)" : "");
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("the %s query has an unknown column \"%s\"", reader->name, name),
					 errhint("It may have the columns %s.", known.data)));
		}
		if (column->attribute != 0)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("the %s query has column \"%s\" twice", reader->name, name)));
		column->attribute = i + 1;
		column->type = getBaseType(attribute->atttypid);
		if (!column_type_fits(column->kind, column->type))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of the %s query is of type %s", name, reader->name,
							format_type_be(attribute->atttypid)),
					 errhint("It must be %s.", column_type_names(column->kind))));
	}
	for (int j = 0; j < reader->n_columns; j++)
	{
		if (reader->columns[j].attribute == 0 && !reader->columns[j].optional)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("the %s query has no column \"%s\"", reader->name, reader->columns[j].name),
					 errhint("Name it with AS.")));
	}
}

/* " (employee_id 12, post_id 7)": the columns of the row at hand that identify it. */
char *
PlanReaderRow(const Reader *reader)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < reader->n_columns; i++)
	{
		if (reader->columns[i].kind == COLUMN_ID && reader->columns[i].attribute != 0 && !reader->null[i])
			appendStringInfo(&buf, "%s%s %lld", buf.len > 0 ? ", " : " (", reader->columns[i].name,
							 (long long) reader->value[i]);
	}
	if (buf.len > 0)
		appendStringInfoChar(&buf, ')');
	return buf.data;
}

void
PlanReaderBad(const Reader *reader, const Column *column, int code, const char *what)
{
	ereport(ERROR,
			(errcode(code),
			 errmsg("row %lld of the %s query%s: \"%s\" is %s", (long long) reader->number, reader->name,
					PlanReaderRow(reader), column->name, what)));
}

static void
read_decimal(Reader *reader, int i, Datum datum)
{
	Column	   *column = &reader->columns[i];
	char		buffer[DOUBLE_SHORTEST_DECIMAL_LEN];
	const char *text = buffer;
	PlanNumber	outcome;

	if (column->type == FLOAT8OID)
		double_to_shortest_decimal_buf(DatumGetFloat8(datum), buffer);
	else if (column->type == FLOAT4OID)
		float_to_shortest_decimal_buf(DatumGetFloat4(datum), buffer);
	else if (column->type == NUMERICOID)
		text = DatumGetCString(DirectFunctionCall1(numeric_out, datum));
	else
		text = psprintf("%lld", (long long) reader->value[i]);

	outcome = PlanParseDecimal(text, column->places, column->most, &reader->value[i]);
	if (outcome == PLAN_NUMBER_GOOD)
		return;
	reader->null[i] = true;
	if (strlen(text) > 40)
		text = psprintf("%.40s…", text);
	switch (outcome)
	{
		case PLAN_NUMBER_NAN:
			PlanReaderBad(reader, column, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "NaN");
			break;
		case PLAN_NUMBER_INFINITE:
			PlanReaderBad(reader, column, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "infinite");
			break;
		case PLAN_NUMBER_NEGATIVE:
			PlanReaderBad(reader, column, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
					  psprintf("%s, below zero", text));
			break;
		default:
			PlanReaderBad(reader, column, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
					  psprintf("%s, more than %lld", text,
							   (long long) (column->most / (column->places == 2 ? 100 : FLOW_SCORE_SCALE))));
			break;
	}
}

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	Reader	   *reader = (Reader *) self;
	MemoryContext old = MemoryContextSwitchTo(reader->row_context);

	slot_getallattrs(slot);
	reader->number++;
	/* whole numbers first: a message about a decimal names the row by them */
	for (int pass = 0; pass < 2; pass++)
	{
		for (int i = 0; i < reader->n_columns; i++)
		{
			Column	   *column = &reader->columns[i];
			Datum		datum;

			if ((column->kind == COLUMN_DECIMAL) != (pass == 1))
				continue;
			reader->null[i] = true;
			reader->value[i] = 0;
			if (column->attribute == 0 || slot->tts_isnull[column->attribute - 1])
				continue;
			datum = slot->tts_values[column->attribute - 1];
			reader->null[i] = false;
			if (column->type == INT8OID)
				reader->value[i] = DatumGetInt64(datum);
			else if (column->type == INT4OID)
				reader->value[i] = DatumGetInt32(datum);
			else if (column->type == INT2OID)
				reader->value[i] = DatumGetInt16(datum);
			if (pass == 1)
				read_decimal(reader, i, datum);
		}
	}
	for (int i = 0; i < reader->n_columns; i++)
	{
		Column	   *column = &reader->columns[i];

		if (reader->null[i] && column->attribute != 0 && !column->nullable)
			PlanReaderBad(reader, column, ERRCODE_NULL_VALUE_NOT_ALLOWED, "null");
		if (column->kind == COLUMN_COUNT && reader->value[i] < 0)
			PlanReaderBad(reader, column, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
					  psprintf("%lld, below zero", (long long) reader->value[i]));
		if (column->kind == COLUMN_COUNT && reader->value[i] > FLOW_MAX_COUNT)
			PlanReaderBad(reader, column, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
					  psprintf("%lld, more than %d", (long long) reader->value[i], FLOW_MAX_COUNT));
	}
	reader->row(reader);
	MemoryContextSwitchTo(old);
	if (reader->number % 1000 == 0)
	{
		MemoryContextReset(reader->row_context);
		CHECK_FOR_INTERRUPTS();
		if (PlanNoticeDue())
			ereport(NOTICE,
					(errmsg("planning: %lld rows of the %s query read", (long long) reader->number, reader->name)));
	}
	return true;
}

static void
stop_reading(DestReceiver *self)
{
	(void) self;
}

static void
no_destroy(DestReceiver *self)
{
	(void) self;
}

/* Runs a query into a reader. */
void
PlanReaderRun(Reader *reader, const char *query)
{
	SPIPlanPtr	plan;
	SPIExecuteOptions options;
	int			result;

	reader->receiver.receiveSlot = receive_row;
	reader->receiver.rStartup = start_reading;
	reader->receiver.rShutdown = stop_reading;
	reader->receiver.rDestroy = no_destroy;
	reader->receiver.mydest = DestNone;
	reader->row_context = AllocSetContextCreate(reader->context, "mutasi plan row", ALLOCSET_DEFAULT_SIZES);

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	plan = SPI_prepare_cursor(query, 0, NULL, CURSOR_OPT_PARALLEL_OK);
	if (plan == NULL || !SPI_is_cursor_plan(plan))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the %s query is not a single query that returns rows", reader->name),
				 errhint("Give one SELECT, VALUES or TABLE command.")));
	memset(&options, 0, sizeof(options));
	options.read_only = true;
	options.must_return_tuples = true;
	options.dest = &reader->receiver;
	result = SPI_execute_plan_extended(plan, &options);
	if (result < 0)
		elog(ERROR, "SPI_execute_plan_extended failed: %s", SPI_result_code_string(result));
	SPI_finish();
	MemoryContextDelete(reader->row_context);
}

/* Makes room for one more row: half as many again, later an eighth. */
void *
PlanReaderNext(Reader *reader, Size size)
{
	if (reader->count == reader->room)
	{
		MemoryContext old = MemoryContextSwitchTo(reader->context);
		int64		room = reader->room == 0 ? 1024 : reader->room + reader->room / (reader->room < 100000 ? 2 : 8);

		if (reader->count >= INT32_MAX - 1)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("the %s query returns more than %d rows", reader->name, INT32_MAX - 1)));
		reader->rows = PlanGrow(reader->rows, reader->room, room, size);
		reader->room = room;
		MemoryContextSwitchTo(old);
	}
	return (char *) reader->rows + size * reader->count++;
}

void
PlanReaderTrim(Reader *reader, Size size)
{
	if (reader->rows == NULL || reader->count == reader->room)
		return;
	reader->rows = repalloc_huge(reader->rows, size * (Size) Max(reader->count, 1));
	PlanUnreserve((reader->room - reader->count) * (int64) size);
	reader->room = reader->count;
}

void
PlanReaderDuplicate(const char *query, const char *column, int64 id)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNIQUE_VIOLATION),
			 errmsg("the %s query has more than one row for %s %lld", query, column, (long long) id)));
}

void
PlanReaderSet(Reader *reader, const char *name, RowReader row, const Column *columns, int n_columns)
{
	memset(reader, 0, sizeof(*reader));
	reader->name = name;
	reader->row = row;
	memcpy(reader->columns, columns, sizeof(Column) * (size_t) n_columns);
	reader->n_columns = n_columns;
	reader->context = CurrentMemoryContext;
}


int32
PlanReaderEmployee(Reader *reader, int64 id)
{
	bool		found;
	IdEntry    *entry = idtable_insert(reader->employees, id, &found);

	if (!found)
	{
		entry->number = (int32) reader->employees->members - 1;
		if (entry->number >= reader->employee_room)
		{
			MemoryContext old = MemoryContextSwitchTo(reader->context);
			int64		room = reader->employee_room == 0 ? 1024 : reader->employee_room + reader->employee_room / 2;

			/* with the entry in the hash table, which doubles and is half empty */
			PlanReserve((room - reader->employee_room) * 4 * (int64) sizeof(IdEntry), "input");
			reader->employee_ids = PlanGrow(reader->employee_ids, reader->employee_room, room, sizeof(int64));
			reader->employee_room = room;
			MemoryContextSwitchTo(old);
		}
		reader->employee_ids[entry->number] = id;
	}
	return entry->number;
}
