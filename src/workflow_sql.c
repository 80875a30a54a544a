/*
 * workflow_sql.c
 *	  Functions that attach_workflow() and its companions need from C: what is
 *	  attached, baseline rows, conditions checked.
 */
#include "postgres.h"

#include "history.h"
#include "workflow.h"
#include "mutasi.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "nodes/primnodes.h"
#include "optimizer/optimizer.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "workflow_case.h"

/* The table in the argument, opened; NULL and views are errors. */
Relation
workflow_open(Oid relid, LOCKMODE lockmode)
{
	Relation	rel = table_open(relid, lockmode);

	if (rel->rd_rel->relkind != RELKIND_RELATION && rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not an ordinary or partitioned table", RelationGetRelationName(rel))));
	return rel;
}

/* Raises 42501 unless the current role has the rights of the table's owner. */
void
workflow_require_owner(const WorkflowTarget *target)
{
	if (!has_privs_of_role(GetUserId(), target->owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of table \"%s\"", target->name)));
}

/* workflow_attachment(regclass) */
PG_FUNCTION_INFO_V1(mutasi_workflow_attachment);
Datum
mutasi_workflow_attachment(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	Relation	rel;
	WorkflowTarget *target;
	TupleDesc	desc;
	Datum		values[8];
	bool		nulls[8] = {false};
	Datum	   *keys;
	StringInfoData columns;
	NameData	state;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	rel = workflow_open(relid, AccessShareLock);
	target = workflow_target(rel, false);
	if (target->root != relid)
	{
		Oid			root = target->root;

		table_close(rel, AccessShareLock);
		rel = workflow_open(root, AccessShareLock);
		target = workflow_target(rel, false);
	}
	namestrcpy(&state, NameStr(TupleDescAttr(RelationGetDescr(rel), target->state - 1)->attname));
	keys = palloc(sizeof(Datum) * target->nkeys);
	for (int i = 0; i < target->nkeys; i++)
		keys[i] = NameGetDatum(&TupleDescAttr(RelationGetDescr(rel), target->keys[i] - 1)->attname);
	initStringInfo(&columns);
	for (int i = 0; i < target->ncolumns; i++)
	{
		appendStringInfoString(&columns, i ? ", [" : "[[");
		escape_json(&columns, target->columns[i].logical);
		appendStringInfoString(&columns, ", ");
		escape_json(&columns, NameStr(TupleDescAttr(RelationGetDescr(rel), target->columns[i].attnum - 1)->attname));
		appendStringInfoChar(&columns, ']');
	}
	appendStringInfoChar(&columns, ']');
	values[0] = ObjectIdGetDatum(target->root);
	values[1] = ObjectIdGetDatum(target->history);
	values[2] = CStringGetTextDatum(target->workflow);
	values[3] = Int32GetDatum(target->version);
	values[4] = JsonbPGetDatum(target->options);
	values[5] = NameGetDatum(&state);
	values[6] = PointerGetDatum(construct_array(keys, target->nkeys, NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR));
	values[7] = DirectFunctionCall1(jsonb_in, CStringGetDatum(columns.data));
	desc = BlessTupleDesc(desc);
	table_close(rel, AccessShareLock);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/*
 * A row of a table as SPI gives it, as a slot of the table's own form.  The
 * slot holds on to the descriptor until it is dropped; one that is left to its
 * memory context needs a copy.
 */
TupleTableSlot *
workflow_slot(Relation rel, TupleDesc desc, Datum row)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(row);
	HeapTupleData tuple;
	TupleTableSlot *slot = MakeSingleTupleTableSlot(desc, &TTSOpsHeapTuple);

	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = RelationGetRelid(rel);
	tuple.t_data = header;
	ExecStoreHeapTuple(heap_copytuple(&tuple), slot, true);
	slot_getallattrs(slot);
	return slot;
}

/*
 * record_baseline(target, event, reason): a history row for each row of the
 * table; of an import, for each that has none or whose history ends in
 * another state.
 */
PG_FUNCTION_INFO_V1(mutasi_record_baseline);
Datum
mutasi_record_baseline(PG_FUNCTION_ARGS)
{
	Oid			relid;
	const char *event;
	Relation	rel;
	WorkflowTarget *target;
	WorkflowPerson person;
	Portal		cursor;
	SPIPlanPtr	plan;
	int64		written = 0;
	MemoryContext row_cxt;
	MemoryContext old_cxt;
	const char *reason = PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2));

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("table and event must not be null")));
	relid = PG_GETARG_OID(0);
	event = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (strcmp(event, "baseline") != 0 && strcmp(event, "import") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is not baseline or import", event)));
	/* nobody writes while we compare rows with their history */
	rel = workflow_open(relid, ShareRowExclusiveLock);
	target = workflow_target(rel, false);
	workflow_require_owner(target);
	if (target->root != relid)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is a partition", RelationGetRelationName(rel)),
				 errhint("Name the partitioned table.")));
	workflow_person(target, false, &person);

	SPI_connect();
	plan = SPI_prepare(psprintf("SELECT %s FROM %s AS t", workflow_whole_row(rel, "t"), workflow_qualified_name(rel)), 0, NULL);
	if (plan == NULL)
		elog(ERROR, "could not read \"%s\"", target->name);
	cursor = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	row_cxt = AllocSetContextCreate(CurrentMemoryContext, "mutasi baseline row", ALLOCSET_DEFAULT_SIZES);
	for (;;)
	{
		SPI_cursor_fetch(cursor, true, 1000);
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			SPITupleTable *table = SPI_tuptable;
			uint64		processed = SPI_processed;
			WorkflowCase c;
			Datum		key[INDEX_MAX_KEYS];
			bool		isnull;

			CHECK_FOR_INTERRUPTS();
			MemoryContextReset(row_cxt);
			old_cxt = MemoryContextSwitchTo(row_cxt);
			memset(&c, 0, sizeof(c));
			c.target = target;
			c.rel = rel;
			c.key = key;
			c.person = &person;
			c.reason = reason;
			c.new = workflow_slot(rel, RelationGetDescr(rel), SPI_getbinval(table->vals[i], table->tupdesc, 1, &isnull));
			for (int k = 0; k < target->nkeys; k++)
				key[k] = c.new->tts_values[target->keys[k] - 1];
			c.key_text = history_key_text(target->history_key_values, target->nkeys, key);
			if (workflow_record_baseline(&c, event))
				written++;
			ExecDropSingleTupleTableSlot(c.new);
			MemoryContextSwitchTo(old_cxt);
			SPI_tuptable = table;
			SPI_processed = processed;
		}
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(cursor);
	SPI_finish();
	table_close(rel, NoLock);
	PG_RETURN_INT64(written);
}

/*
 * workflow_new_partition(): event trigger behind CREATE TABLE and ALTER TABLE.
 * Looks only at commands that make or attach a partition: a restore's ALTER
 * TABLE … ENABLE TRIGGER comes while not all triggers are there yet.
 */
PG_FUNCTION_INFO_V1(mutasi_workflow_new_partition);
Datum
mutasi_workflow_new_partition(PG_FUNCTION_ARGS)
{
	EventTriggerData *trigdata = (EventTriggerData *) fcinfo->context;
	bool		partition = false;
	ListCell   *lc;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired as an event trigger", "mutasi.workflow_new_partition")));
	if (IsA(trigdata->parsetree, CreateStmt))
		partition = ((CreateStmt *) trigdata->parsetree)->partbound != NULL;
	else if (IsA(trigdata->parsetree, AlterTableStmt))
		foreach(lc, ((AlterTableStmt *) trigdata->parsetree)->cmds)
			if (lfirst_node(AlterTableCmd, lc)->subtype == AT_AttachPartition)
				partition = true;
	if (partition)
	{
		SPI_connect();
		if (SPI_execute("SELECT mutasi.guard_new_partitions()", false, 0) != SPI_OK_SELECT)
			elog(ERROR, "could not guard new partitions");
		SPI_finish();
	}
	PG_RETURN_NULL();
}

/* check_condition(target, condition) */
PG_FUNCTION_INFO_V1(mutasi_check_condition);
Datum
mutasi_check_condition(PG_FUNCTION_ARGS)
{
	Relation	rel;
	WorkflowTarget *target;
	Bitmapset  *attnums = NULL;
	Node	   *expr;
	Datum	   *names;
	int			n = 0;
	int			member = -1;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	rel = workflow_open(PG_GETARG_OID(0), AccessShareLock);
	target = workflow_target(rel, false);
	workflow_require_owner(target);
	expr = workflow_parse_condition(target, rel, text_to_cstring(PG_GETARG_TEXT_PP(1)));
	pull_varattnos(expr, INNER_VAR, &attnums);
	pull_varattnos(expr, OUTER_VAR, &attnums);
	names = palloc(sizeof(Datum) * Max(bms_num_members(attnums), 1));
	while ((member = bms_next_member(attnums, member)) >= 0)
	{
		AttrNumber	attnum = member + FirstLowInvalidHeapAttributeNumber;

		/* a whole row names no column */
		if (attnum > 0)
			names[n++] = CStringGetTextDatum(NameStr(TupleDescAttr(RelationGetDescr(rel), attnum - 1)->attname));
	}
	table_close(rel, AccessShareLock);
	PG_RETURN_ARRAYTYPE_P(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}
