/*
 * history_verify.c
 *	  verify_history(): every row of a history against its hash, its neighbour,
 *	  the table's present row and the seals.
 */
#include "postgres.h"

#include "history.h"
#include "history_progress.h"
#include "history_seal.h"
#include "workflow.h"
#include "workflow_case.h"
#include "mutasi.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

/* How many numbers to try for a row that was moved within its case. */
#define REORDER_TRIES 10000

/* What the history says a column holds. */
typedef struct ImageColumn
{
	char	   *name;
	Jsonb	   *value;
} ImageColumn;

typedef struct Verification
{
	ReturnSetInfo *result;
	WorkflowTarget *target;
	Relation	rel;
	int64		faults;
	SealedHeads *heads;

	/* the case under way */
	MemoryContext case_cxt;
	MemoryContext row_cxt;
	char	   *key_text;		/* NULL before the first one */
	HistoryRow	previous;
	uint8		previous_computed[HISTORY_HASH_LEN];
	List	   *image;			/* of ImageColumn */
	List	   *erased;			/* numbers of rows without their values */
	HeapTuple	live;			/* the table's row, or NULL */
	bool		faulty;			/* something was found in it already */
} Verification;

static void
report(Verification *v, const char *key_text, int32 seq, const char *problem, const char *detail)
{
	Datum		values[4];
	bool		nulls[4] = {false};

	nulls[0] = key_text == NULL;
	if (key_text)
		values[0] = CStringGetTextDatum(key_text);
	nulls[1] = seq <= 0 && key_text == NULL;
	values[1] = Int32GetDatum(seq);
	values[2] = CStringGetTextDatum(problem);
	values[3] = CStringGetTextDatum(detail);
	tuplestore_putvalues(v->result->setResult, v->result->setDesc, values, nulls);
	v->faults++;
	v->faulty = true;
}

void
verification_report(Verification *v, const char *key_text, int32 seq, const char *problem, const char *detail)
{
	report(v, key_text, seq, problem, detail);
}

/* --- what the history says the row holds --- */

static void
set_image(Verification *v, const char *name, size_t len, JsonbValue *value)
{
	MemoryContext old = MemoryContextSwitchTo(v->case_cxt);
	Jsonb	   *stored = JsonbValueToJsonb(value);
	ListCell   *lc;
	ImageColumn *column;

	foreach(lc, v->image)
	{
		column = lfirst(lc);
		if (strlen(column->name) == len && memcmp(column->name, name, len) == 0)
		{
			column->value = stored;
			MemoryContextSwitchTo(old);
			return;
		}
	}
	column = palloc(sizeof(ImageColumn));
	column->name = pnstrdup(name, len);
	column->value = stored;
	v->image = lappend(v->image, column);
	MemoryContextSwitchTo(old);
}

static void
apply_changes(Verification *v, const HistoryRow *row)
{
	Jsonb	   *changes;
	JsonbIterator *it;
	JsonbValue	value;
	JsonbIteratorToken token;
	const char *name = "";
	size_t		len = 0;

	if (row->changes == NULL)
		return;
	changes = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(pstrdup(row->changes))));
	if (!JB_ROOT_IS_OBJECT(changes))
		return;
	it = JsonbIteratorInit(&changes->root);
	(void) JsonbIteratorNext(&it, &value, true);
	while ((token = JsonbIteratorNext(&it, &value, true)) == WJB_KEY || token == WJB_VALUE)
	{
		if (token == WJB_KEY)
		{
			name = value.val.string.val;
			len = value.val.string.len;
		}
		else if (value.type == jbvBinary && JsonContainerIsArray(value.val.binary.data) &&
				 JsonContainerSize(value.val.binary.data) == 2)
			set_image(v, name, len, getIthJsonbValueFromContainer(value.val.binary.data, 1));
	}
}

/* Compares the table's row with what its history makes of it. */
static void
compare_live(Verification *v)
{
	TupleDesc	desc = RelationGetDescr(v->rel);
	TupleTableSlot *slot;
	bool		deleted = v->previous.to_state == NULL;
	int32		next = v->previous.seq + 1;

	if (v->live == NULL)
	{
		if (!deleted)
			report(v, v->key_text, next, "missing",
				   psprintf(_("The table's row is gone, and the history does not say who deleted it.")));
		return;
	}
	if (deleted)
	{
		report(v, v->key_text, next, "missing",
			   psprintf(_("The history says that the row was deleted, but the table has it.")));
		return;
	}
	slot = MakeSingleTupleTableSlot(desc, &TTSOpsHeapTuple);
	ExecStoreHeapTuple(v->live, slot, false);
	slot_getallattrs(slot);
	{
		/* the state by itself: its column may have another name by now */
		const char *state = workflow_column_text(v->target, slot, v->target->state);

		if (state == NULL || strcmp(state, v->previous.to_state) != 0)
		{
			report(v, v->key_text, next, "missing",
				   psprintf(_("The row is in state \"%s\", but the history ends with \"%s\": newer rows were removed, or the table was changed while the triggers did not fire."),
							state ? state : "", v->previous.to_state));
			ExecDropSingleTupleTableSlot(slot);
			return;
		}
	}
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		ListCell   *lc;

		if (att->attisdropped)
			continue;
		foreach(lc, v->image)
		{
			ImageColumn *column = lfirst(lc);
			StringInfoData buf;
			Jsonb	   *live;

			if (strcmp(column->name, NameStr(att->attname)) != 0)
				continue;
			initStringInfo(&buf);
			history_append_value(&buf, &v->target->values[i], slot->tts_values[i], slot->tts_isnull[i]);
			live = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(buf.data)));
			if (compareJsonbContainers(&live->root, &column->value->root) != 0)
			{
				report(v, v->key_text, next, "missing",
					   psprintf(_("Column \"%s\" holds %s, but the history ends with %s: newer rows were removed, or the table was changed while the triggers did not fire."),
								column->name, JsonbToCString(NULL, &live->root, VARSIZE(live)),
								JsonbToCString(NULL, &column->value->root, VARSIZE(column->value))));
				ExecDropSingleTupleTableSlot(slot);
				return;
			}
		}
	}
	ExecDropSingleTupleTableSlot(slot);
}

static void
end_case(Verification *v)
{
	ListCell   *lc;

	if (v->key_text == NULL)
		return;
	foreach(lc, v->erased)
		report(v, v->key_text, lfirst_int(lc), "altered",
			   _("Its values were removed, and no erasure is recorded."));
	/* a broken chain says enough; what it makes of the row means nothing */
	if (!v->faulty)
		compare_live(v);
	v->key_text = NULL;
	v->image = NIL;
	v->erased = NIL;
	v->live = NULL;
	v->faulty = false;
	memset(&v->previous, 0, sizeof(HistoryRow));
	MemoryContextReset(v->case_cxt);
}

/* --- one row --- */

static const char *
copy_text(const char *text)
{
	return text ? pstrdup(text) : NULL;
}

/* The number under which a row was hashed, if it was moved within its case; else 0. */
static int32
original_number(const char *key_json, const HistoryRow *row)
{
	HistoryRow	trial = *row;
	uint8		hash[HISTORY_HASH_LEN];

	for (int32 seq = 1; seq <= REORDER_TRIES; seq++)
	{
		CHECK_FOR_INTERRUPTS();
		trial.seq = seq;
		history_row_hash(key_json, &trial, hash);
		if (memcmp(hash, row->hash, HISTORY_HASH_LEN) == 0)
			return seq;
	}
	return 0;
}

static void
check_erasures(Verification *v, const HistoryRow *row)
{
	Jsonb	   *changes;
	JsonbValue	list;
	MemoryContext old;

	if (row->changes == NULL)
		return;
	changes = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(pstrdup(row->changes))));
	if (!JB_ROOT_IS_OBJECT(changes) ||
		getKeyJsonValueFromContainer(&changes->root, "erased", 6, &list) == NULL || list.type != jbvBinary)
		return;
	old = MemoryContextSwitchTo(v->case_cxt);
	for (uint32 i = 0; i < JsonContainerSize(list.val.binary.data); i++)
	{
		JsonbValue *item = getIthJsonbValueFromContainer(list.val.binary.data, i);

		if (item->type == jbvNumeric)
			v->erased = list_delete_int(v->erased,
										DatumGetInt32(DirectFunctionCall1(numeric_int4, NumericGetDatum(item->val.numeric))));
	}
	MemoryContextSwitchTo(old);
}

static void
check_row(Verification *v, const char *key_json, HistoryRow *row)
{
	uint8		hash[HISTORY_HASH_LEN];
	uint8		values_hash[HISTORY_HASH_LEN];
	bool		first = v->previous.seq == 0;
	int32		expected = v->previous.seq + 1;
	bool		gap = row->seq != expected;
	bool		own_ok;
	bool		values_ok = true;
	bool		erased = false;
	bool		link_ok;
	static const uint8 zeros[HISTORY_HASH_LEN];

	if (row->seq > expected)
		report(v, v->key_text, expected, "missing",
			   row->seq == expected + 1 ? psprintf(_("Row %d is missing."), expected) :
			   psprintf(_("Rows %d to %d are missing."), expected, row->seq - 1));
	history_row_hash(key_json, row, hash);
	own_ok = row->has_hashes && memcmp(hash, row->hash, HISTORY_HASH_LEN) == 0;
	if (row->has_salt)
	{
		history_values_hash(row, values_hash);
		values_ok = memcmp(values_hash, row->values_hash, HISTORY_HASH_LEN) == 0;
	}
	else if (row->reason == NULL && row->changes == NULL)
		erased = true;
	else
		values_ok = false;
	if (first)
		link_ok = memcmp(row->previous_hash, zeros, HISTORY_HASH_LEN) == 0;
	else
		link_ok = memcmp(row->previous_hash, v->previous.hash, HISTORY_HASH_LEN) == 0 ||
			memcmp(row->previous_hash, v->previous_computed, HISTORY_HASH_LEN) == 0;

	if (!own_ok)
	{
		int32		original = row->has_hashes ? original_number(key_json, row) : 0;

		if (original > 0)
			report(v, v->key_text, row->seq, "reordered",
				   psprintf(_("It was recorded as row %d of its case."), original));
		else if (!link_ok && !gap)
			report(v, v->key_text, row->seq, "inserted",
				   _("It is chained to no row before it, and its hash is not that of what it says: it was put in, or altered."));
		else
			report(v, v->key_text, row->seq, "altered",
				   _("Its hash is not that of what it says."));
	}
	else if (!values_ok)
		report(v, v->key_text, row->seq, "altered",
			   _("Reason, changes or salt are not what was recorded."));
	else if (!link_ok && !gap)
		report(v, v->key_text, first ? row->seq : v->previous.seq, first ? "missing" : "altered",
			   first ? _("It is chained to a row before it, and there is none.") :
			   psprintf(_("It has a hash of its own, but row %d was chained to another one."), row->seq));
	else if (!first && !gap && row->event && strcmp(row->event, "erase") != 0 &&
			 (row->from_state == NULL) != (v->previous.to_state == NULL))
		report(v, v->key_text, row->seq, "altered",
			   _("It does not begin in the state in which the row before it ended."));
	else if (!first && !gap && row->from_state && v->previous.to_state &&
			 strcmp(row->from_state, v->previous.to_state) != 0)
		report(v, v->key_text, row->seq, "altered",
			   _("It does not begin in the state in which the row before it ended."));

	if (erased)
	{
		MemoryContext old = MemoryContextSwitchTo(v->case_cxt);

		v->erased = lappend_int(v->erased, row->seq);
		v->image = NIL;			/* what it changed is not known any more */
		MemoryContextSwitchTo(old);
	}
	if (own_ok && values_ok && row->event)
	{
		if (strcmp(row->event, "erase") == 0)
			check_erasures(v, row);
		else
		{
			if (strcmp(row->event, "create") == 0 || strcmp(row->event, "baseline") == 0 ||
				strcmp(row->event, "import") == 0 || strcmp(row->event, "delete") == 0)
				v->image = NIL;
			if (strcmp(row->event, "delete") != 0)
				apply_changes(v, row);
		}
	}
	/* compare with the seals */
	sealed_heads_check(v->heads, v->key_text, row->seq, row->hash);

	{
		MemoryContext old = MemoryContextSwitchTo(v->case_cxt);

		v->previous = *row;
		v->previous.event = copy_text(row->event);
		v->previous.action = copy_text(row->action);
		v->previous.to_state = copy_text(row->to_state);
		memcpy(v->previous_computed, hash, HISTORY_HASH_LEN);
		MemoryContextSwitchTo(old);
	}
}

/* --- the walk --- */

/* Columns of the table's key and of the history's, joined: t.a OPERATOR(…) h.a AND … */
static char *
join_condition(WorkflowTarget *target, Relation rel, Relation history)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < target->nkeys; i++)
		appendStringInfo(&buf, "%st.%s %s h.%s", i ? " AND " : "",
						 quote_identifier(NameStr(TupleDescAttr(RelationGetDescr(rel), target->keys[i] - 1)->attname)),
						 workflow_equality(TupleDescAttr(RelationGetDescr(rel), target->keys[i] - 1)->atttypid),
						 quote_identifier(NameStr(TupleDescAttr(RelationGetDescr(history), target->history_keys[i] - 1)->attname)));
	return buf.data;
}

static void
verify_rows(Verification *v, Relation history)
{
	WorkflowTarget *target = v->target;
	StringInfoData sql;
	SPIPlanPtr	plan;
	Portal		cursor;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT %s, %s FROM %s AS h LEFT JOIN %s AS t ON %s ORDER BY %sh.seq",
					 workflow_whole_row(history, "h"), workflow_whole_row(v->rel, "t"),
					 workflow_qualified_name(history), workflow_qualified_name(v->rel),
					 join_condition(target, v->rel, history),
					 workflow_history_keys(target, history, "h."));
	plan = SPI_prepare_cursor(sql.data, 0, NULL, 0);
	if (plan == NULL)
		elog(ERROR, "could not read the history of \"%s\"", target->name);
	cursor = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	history_progress_start();
	for (;;)
	{
		SPI_cursor_fetch(cursor, true, 1000);
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			TupleTableSlot *slot;
			MemoryContext old;
			HistoryRow	row;
			Datum		key[INDEX_MAX_KEYS];
			Datum		live;
			bool		isnull;
			char	   *key_text;
			char	   *key_json;

			history_progress_row();
			MemoryContextReset(v->row_cxt);
			old = MemoryContextSwitchTo(v->row_cxt);
			slot = workflow_slot(history, RelationGetDescr(history), SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull));
			for (int k = 0; k < target->nkeys; k++)
				key[k] = slot->tts_values[target->history_keys[k] - 1];
			key_text = history_key_text(target->history_key_values, target->nkeys, key);
			key_json = history_key_json(target->history_key_values, target->nkeys, key);
			history_read_slot(target, slot, HISTORY_ALL, &row);
			if (v->key_text == NULL || strcmp(v->key_text, key_text) != 0)
			{
				end_case(v);
				v->key_text = MemoryContextStrdup(v->case_cxt, key_text);
				live = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &isnull);
				if (!isnull)
				{
					TupleTableSlot *live_slot = workflow_slot(v->rel, RelationGetDescr(v->rel), live);
					MemoryContext row_cxt = MemoryContextSwitchTo(v->case_cxt);

					v->live = ExecCopySlotHeapTuple(live_slot);
					MemoryContextSwitchTo(row_cxt);
					ExecDropSingleTupleTableSlot(live_slot);
				}
			}
			check_row(v, key_json, &row);
			ExecDropSingleTupleTableSlot(slot);
			MemoryContextSwitchTo(old);
		}
		SPI_freetuptable(SPI_tuptable);
	}
	end_case(v);
	SPI_cursor_close(cursor);
}

static void
verify_rows_without_history(Verification *v, Relation history)
{
	WorkflowTarget *target = v->target;
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT %s FROM %s AS t WHERE NOT EXISTS (SELECT FROM %s AS h WHERE %s)", workflow_whole_row(v->rel, "t"),
					 workflow_qualified_name(v->rel), workflow_qualified_name(history),
					 join_condition(target, v->rel, history));
	if (SPI_execute(sql.data, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read \"%s\"", target->name);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;
		Datum		key[INDEX_MAX_KEYS];
		TupleTableSlot *slot = workflow_slot(v->rel, RelationGetDescr(v->rel), SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull));

		CHECK_FOR_INTERRUPTS();
		for (int k = 0; k < target->nkeys; k++)
			key[k] = slot->tts_values[target->keys[k] - 1];
		report(v, history_key_text(target->history_key_values, target->nkeys, key), 1, "missing",
			   _("The table has the row, and the history knows nothing of it."));
		ExecDropSingleTupleTableSlot(slot);
	}
}

/* verify_history(target, published_root) */
PG_FUNCTION_INFO_V1(mutasi_verify_history);
Datum
mutasi_verify_history(PG_FUNCTION_ARGS)
{
	Verification v;
	Relation	history;
	char	   *published = NULL;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the table must not be null")));
	if (!PG_ARGISNULL(1))
		published = text_to_cstring(PG_GETARG_TEXT_PP(1));
	InitMaterializedSRF(fcinfo, 0);
	memset(&v, 0, sizeof(v));
	v.result = (ReturnSetInfo *) fcinfo->resultinfo;
	v.rel = workflow_open(PG_GETARG_OID(0), AccessShareLock);
	v.target = workflow_target(v.rel, false);
	if (v.target->root != RelationGetRelid(v.rel))
	{
		Oid			root = v.target->root;

		table_close(v.rel, AccessShareLock);
		v.rel = workflow_open(root, AccessShareLock);
		v.target = workflow_target(v.rel, false);
	}
	history = table_open(v.target->history, AccessShareLock);
	SPI_connect();
	v.case_cxt = AllocSetContextCreate(CurrentMemoryContext, "mutasi verified case", ALLOCSET_DEFAULT_SIZES);
	v.row_cxt = AllocSetContextCreate(CurrentMemoryContext, "mutasi verified row", ALLOCSET_DEFAULT_SIZES);
	v.heads = sealed_heads_read(v.target);
	verify_rows(&v, history);
	verify_rows_without_history(&v, history);
	seals_verify(v.target, v.heads, published, &v);
	SPI_finish();
	table_close(history, AccessShareLock);
	table_close(v.rel, AccessShareLock);
	return (Datum) 0;
}
