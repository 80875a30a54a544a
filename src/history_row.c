/*
 * history_row.c
 *	  Reading the last rows of a case's history and appending the next one.
 *
 * The writer of a case holds its row's lock (or has just inserted the row), so
 * nobody else appends to the same case; writers of different cases share
 * nothing.  What the previous row is must be seen as it is now, not as of the
 * statement's snapshot: SnapshotSelf.
 */
#include "postgres.h"

#include "history.h"
#include "mutasi.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/pg_am.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "replication/logicalworker.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

/* How deep we are in appending: the history's own trigger lets only that in. */
static int	appending = 0;

static const char *
slot_text(TupleTableSlot *slot, AttrNumber attnum)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, attnum, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

static bool
slot_bytes(TupleTableSlot *slot, AttrNumber attnum, uint8 *bytes, size_t len)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, attnum, &isnull);
	bytea	   *stored;

	memset(bytes, 0, len);
	if (isnull)
		return false;
	stored = DatumGetByteaPP(value);
	if (VARSIZE_ANY_EXHDR(stored) != len)
		return false;
	memcpy(bytes, VARDATA_ANY(stored), len);
	return true;
}

/*
 * Reads as much of a history row as is asked for.  A row that was tampered
 * with may hold anything, so NULLs are taken as they come.
 */
void
history_read_slot(const WorkflowTarget *target, TupleTableSlot *slot, HistoryPart part, HistoryRow *row)
{
	const AttrNumber *at = target->history_columns;
	bool		isnull;
	Datum		value;

	memset(row, 0, sizeof(HistoryRow));
	value = slot_getattr(slot, at[HISTORY_SEQ], &isnull);
	row->seq = isnull ? 0 : DatumGetInt32(value);
	value = slot_getattr(slot, at[HISTORY_RECORDED_AT], &isnull);
	row->recorded_at = isnull ? 0 : DatumGetTimestampTz(value);
	value = slot_getattr(slot, at[HISTORY_VERSION], &isnull);
	row->version = isnull ? 0 : DatumGetInt32(value);
	row->action = slot_text(slot, at[HISTORY_ACTION]);
	row->to_state = slot_text(slot, at[HISTORY_TO_STATE]);
	row->workflow = slot_text(slot, at[HISTORY_WORKFLOW]);
	row->has_hashes = slot_bytes(slot, at[HISTORY_HASH], row->hash, HISTORY_HASH_LEN);
	if (part == HISTORY_STATE)
		return;
	row->event = slot_text(slot, at[HISTORY_EVENT]);
	row->from_state = slot_text(slot, at[HISTORY_FROM_STATE]);
	row->actor = slot_text(slot, at[HISTORY_ACTOR]);
	row->on_behalf_of = slot_text(slot, at[HISTORY_ON_BEHALF_OF]);
	if (part == HISTORY_PEOPLE)
		return;
	row->actor_kind = slot_text(slot, at[HISTORY_ACTOR_KIND]);
	row->session_role = slot_text(slot, at[HISTORY_SESSION_ROLE]);
	row->acting_role = slot_text(slot, at[HISTORY_ACTING_ROLE]);
	row->privilege = slot_text(slot, at[HISTORY_PRIVILEGE]);
	row->reason = slot_text(slot, at[HISTORY_REASON]);
	value = slot_getattr(slot, at[HISTORY_CHANGES], &isnull);
	if (!isnull)
	{
		Jsonb	   *changes = DatumGetJsonbP(value);

		row->changes = JsonbToCString(NULL, &changes->root, VARSIZE(changes));
	}
	row->has_salt = slot_bytes(slot, at[HISTORY_SALT], row->salt, HISTORY_SALT_LEN);
	row->has_hashes &= slot_bytes(slot, at[HISTORY_VALUES_HASH], row->values_hash, HISTORY_HASH_LEN);
	row->has_hashes &= slot_bytes(slot, at[HISTORY_PREVIOUS_HASH], row->previous_hash, HISTORY_HASH_LEN);
}

/* --- what is open while a history is read and written --- */

/*
 * Opening the history and its indexes costs more than one row does, so a
 * statement keeps them from its first row to its last: the trigger
 * workflow_end() fires behind all row triggers of a statement, under the same
 * resource owner, and closes them.  Whoever has no such end to wait for
 * (acts, partitions) opens and closes for himself.
 *
 * A row goes straight into table and indexes where the history is as
 * attach_workflow() made it, but for further B-tree indexes on its columns.
 * Anything more that somebody gave it (triggers, checks, generated columns,
 * other indexes) is the executor's business.
 */
typedef struct HistoryAccess
{
	Relation	history;
	Relation	index;			/* the primary key, for the scan */
	Relation	own_index;		/* the same if it was opened for the scan only, else NULL */
	IndexScanDesc scan;
	TupleTableSlot *slot;		/* of the row that is read or inserted */
	bool		open_for_insert;
	bool		direct;			/* into table and indexes */
	int			nindexes;
	Relation   *indexes;
	IndexInfo **index_infos;
	EState	   *estate;			/* of an insertion through the executor */
	ResultRelInfo *result;
	MemoryContext cxt;
	SubTransactionId subid;
	bool		in_use;
} HistoryAccess;

static HistoryAccess *kept = NULL;

/* Would no trigger but our guard, which would only let us in, fire for an insertion? */
static bool
only_guard(const TriggerDesc *triggers)
{
	if (triggers == NULL)
		return true;
	if (triggers->trig_insert_after_row)
		return false;
	for (int i = 0; i < triggers->numtriggers; i++)
		if (TRIGGER_TYPE_MATCHES(triggers->triggers[i].tgtype, TRIGGER_TYPE_ROW,
								 TRIGGER_TYPE_BEFORE, TRIGGER_TYPE_INSERT) &&
			strcmp(triggers->triggers[i].tgname, "mutasi_history_guard") != 0)
			return false;
	return true;
}

/* Is there nothing to do for a new row but to store it and to check for NULL? */
static bool
is_simple_table(Relation history)
{
	TupleConstr *constr = RelationGetDescr(history)->constr;

	return history->rd_rel->relkind == RELKIND_RELATION && !history->rd_rel->relispartition &&
		only_guard(history->trigdesc) &&
		(constr == NULL || (constr->num_check == 0 && !constr->has_generated_stored));
}

static bool
is_simple_index(Relation index, const IndexInfo *info)
{
	return index->rd_rel->relam == BTREE_AM_OID && index->rd_index->indimmediate &&
		info->ii_Expressions == NIL && info->ii_Predicate == NIL && info->ii_ExclusionOps == NULL;
}

static void
open_indexes(HistoryAccess *access)
{
	List	   *oids = RelationGetIndexList(access->history);
	ListCell   *lc;

	access->indexes = palloc(sizeof(Relation) * Max(list_length(oids), 1));
	access->index_infos = palloc(sizeof(IndexInfo *) * Max(list_length(oids), 1));
	access->direct = true;
	foreach(lc, oids)
	{
		Relation	index = index_open(lfirst_oid(lc), RowExclusiveLock);
		IndexInfo  *info = BuildIndexInfo(index);

		access->indexes[access->nindexes] = index;
		access->index_infos[access->nindexes++] = info;
		if (!is_simple_index(index, info))
			access->direct = false;
	}
	list_free(oids);
}

static void
close_indexes(HistoryAccess *access)
{
	for (int i = 0; i < access->nindexes; i++)
		index_close(access->indexes[i], NoLock);
	access->nindexes = 0;
}

static void
open_executor(HistoryAccess *access)
{
	MemoryContext old = MemoryContextSwitchTo(access->cxt);

	access->estate = CreateExecutorState();
	MemoryContextSwitchTo(access->estate->es_query_cxt);
	access->result = makeNode(ResultRelInfo);
	InitResultRelInfo(access->result, access->history, 0, NULL, 0);
	if (only_guard(access->result->ri_TrigDesc))
		access->result->ri_TrigDesc = NULL;
	ExecOpenIndices(access->result, false);
	MemoryContextSwitchTo(old);
}

static void
open_for_insert(HistoryAccess *access)
{
	MemoryContext old = MemoryContextSwitchTo(access->cxt);

	if (is_simple_table(access->history))
	{
		open_indexes(access);
		if (!access->direct)
			close_indexes(access);
	}
	MemoryContextSwitchTo(old);
	if (!access->direct)
		open_executor(access);
	access->open_for_insert = true;
}

static HistoryAccess *
open_access(WorkflowTarget *target, bool insert)
{
	MemoryContext cxt = AllocSetContextCreate(TopTransactionContext, "mutasi history access", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	HistoryAccess *access = palloc0(sizeof(HistoryAccess));
	LOCKMODE	lockmode;

	access->cxt = cxt;
	access->subid = GetCurrentSubTransactionId();
	/* on a standby it is only read */
	lockmode = RecoveryInProgress() ? AccessShareLock : RowExclusiveLock;
	access->history = table_open(target->history, lockmode);
	if (insert)
	{
		/* the index that is searched is one of those that will be inserted into */
		open_for_insert(access);
		for (int i = 0; i < access->nindexes; i++)
			if (RelationGetRelid(access->indexes[i]) == target->history_index)
				access->index = access->indexes[i];
	}
	if (access->index == NULL)
		access->index = access->own_index = index_open(target->history_index, lockmode);
	access->slot = table_slot_create(access->history, NULL);
	access->scan = compat_index_beginscan(access->history, access->index, SnapshotSelf, target->nkeys);
	MemoryContextSwitchTo(old);
	return access;
}

static void
close_access(HistoryAccess *access)
{
	index_endscan(access->scan);
	ExecDropSingleTupleTableSlot(access->slot);
	if (access->own_index)
		index_close(access->own_index, NoLock);
	close_indexes(access);
	if (access->estate)
	{
		ExecCloseIndices(access->result);
		ExecCloseResultRelations(access->estate);
		ExecResetTupleTable(access->estate->es_tupleTable, false);
		FreeExecutorState(access->estate);
	}
	table_close(access->history, NoLock);
	MemoryContextDelete(access->cxt);
}

/* What a caller may use until end_access(). */
static HistoryAccess *
begin_access(WorkflowTarget *target, bool keep)
{
	HistoryAccess *access;

	if (keep && kept && !kept->in_use)
	{
		if (RelationGetRelid(kept->history) == target->history && kept->subid == GetCurrentSubTransactionId())
		{
			kept->in_use = true;
			return kept;
		}
	}
	access = open_access(target, keep);
	if (keep && kept == NULL)
		kept = access;
	access->in_use = true;
	return access;
}

static void
end_access(HistoryAccess *access)
{
	access->in_use = false;
	if (access != kept)
		close_access(access);
}

/* At the end of a transaction or subtransaction: what it left open is closed by now. */
void
history_forget(SubTransactionId subid)
{
	if (kept && (subid == InvalidSubTransactionId || kept->subid == subid))
	{
		if (subid != InvalidSubTransactionId)
			MemoryContextDelete(kept->cxt);
		kept = NULL;
	}
	if (subid == InvalidSubTransactionId)
		appending = 0;
}

/* workflow_end(): AFTER STATEMENT; closes what the statement's rows kept open. */
PG_FUNCTION_INFO_V1(mutasi_workflow_end);
Datum
mutasi_workflow_end(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired as a trigger", "mutasi.workflow_end")));
	/* a statement within a statement leaves it to the outer one */
	if (kept && !kept->in_use && kept->subid == GetCurrentSubTransactionId())
	{
		HistoryAccess *access = kept;

		kept = NULL;
		close_access(access);
	}
	return PointerGetDatum(NULL);
}

/* Visits the rows of a case, newest first, as they are now. */
void
history_walk(WorkflowTarget *target, Datum *key, HistoryPart part, bool keep, HistoryVisitor visit, void *arg)
{
	HistoryAccess *access = begin_access(target, keep);
	ScanKeyData keys[INDEX_MAX_KEYS];
	MemoryContext caller;

	for (int i = 0; i < target->nkeys; i++)
		ScanKeyEntryInitializeWithInfo(&keys[i], 0, i + 1, BTEqualStrategyNumber, InvalidOid,
									   target->key_collation[i], &target->key_equal[i], key[i]);
	/* the scan allocates what it needs where it is called, and lives on */
	caller = MemoryContextSwitchTo(access->cxt);
	index_rescan(access->scan, keys, target->nkeys, NULL, 0);
	for (;;)
	{
		HistoryRow	row;

		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(access->cxt);
		if (!index_getnext_slot(access->scan, BackwardScanDirection, access->slot))
			break;
		MemoryContextSwitchTo(caller);
		history_read_slot(target, access->slot, part, &row);
		if (!visit(&row, arg))
			break;
	}
	MemoryContextSwitchTo(caller);
	ExecClearTuple(access->slot);
	end_access(access);
}

static bool
take_first(const HistoryRow *row, void *arg)
{
	*(HistoryRow *) arg = *row;
	return false;
}

/* The newest row of a case, its state and hash; false if there is none. */
bool
history_head(WorkflowTarget *target, Datum *key, bool keep, HistoryRow *head)
{
	head->seq = 0;
	history_walk(target, key, HISTORY_STATE, keep, take_first, head);
	return head->seq > 0;
}

/* Room for a row's short texts and bytes, in the form in which they are stored. */
typedef struct ShortValues
{
	char		room[1024];
	size_t		used;
} ShortValues;

/* A value of text or bytea. */
static Datum
make_varlena(ShortValues *values, const void *bytes, size_t len)
{
	char	   *value;

	if (len <= VARATT_SHORT_MAX - VARHDRSZ_SHORT && values->used + VARHDRSZ_SHORT + len <= sizeof(values->room))
	{
		value = values->room + values->used;
		values->used += VARHDRSZ_SHORT + len;
		SET_VARSIZE_SHORT(value, VARHDRSZ_SHORT + len);
		memcpy(VARDATA_SHORT(value), bytes, len);
	}
	else
	{
		value = palloc(VARHDRSZ + len);
		SET_VARSIZE(value, VARHDRSZ + len);
		memcpy(VARDATA(value), bytes, len);
	}
	return PointerGetDatum(value);
}

static void
put_bytes(TupleTableSlot *slot, ShortValues *values, AttrNumber attnum, const void *bytes, size_t len)
{
	slot->tts_isnull[attnum - 1] = bytes == NULL;
	if (bytes)
		slot->tts_values[attnum - 1] = make_varlena(values, bytes, len);
}

static void
put_text(TupleTableSlot *slot, ShortValues *values, AttrNumber attnum, const char *text)
{
	put_bytes(slot, values, attnum, text, text ? strlen(text) : 0);
}

/* Random bytes for salts, fetched a page at a time. */
static void
make_salt(uint8 *salt)
{
	static uint8 pool[1024];
	static size_t used = sizeof(pool);

	if (used + HISTORY_SALT_LEN > sizeof(pool))
	{
		if (!pg_strong_random(pool, sizeof(pool)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not generate random values")));
		used = 0;
	}
	memcpy(salt, pool + used, HISTORY_SALT_LEN);
	memset(pool + used, 0, HISTORY_SALT_LEN);
	used += HISTORY_SALT_LEN;
}

/* Does the slot hold a value for each column that must have one? */
static bool
is_complete(TupleTableSlot *slot)
{
	TupleDesc	desc = slot->tts_tupleDescriptor;

	for (int i = 0; i < desc->natts; i++)
		if (slot->tts_isnull[i] && TupleDescAttr(desc, i)->attnotnull)
			return false;
	return true;
}

static void
insert_direct(HistoryAccess *access)
{
	Datum		values[INDEX_MAX_KEYS];
	bool		isnull[INDEX_MAX_KEYS];

	simple_table_tuple_insert(access->history, access->slot);
	for (int i = 0; i < access->nindexes; i++)
	{
		IndexInfo  *info = access->index_infos[i];

		if (!info->ii_ReadyForInserts)
			continue;
		FormIndexDatum(info, access->slot, NULL, values, isnull);
		index_insert(access->indexes[i], values, isnull, &access->slot->tts_tid, access->history,
					 info->ii_Unique ? UNIQUE_CHECK_YES : UNIQUE_CHECK_NO, false, info);
	}
}

/* Through the executor, which fires what triggers the history has and tells what is wrong. */
static pg_noinline void
insert_by_executor(HistoryAccess *access)
{
	bool		after;

	if (access->estate == NULL)
		open_executor(access);
	access->estate->es_output_cid = GetCurrentCommandId(true);
	if (access->result->ri_TrigDesc == NULL)
		ExecSimpleRelationInsert(access->result, access->estate, access->slot);
	else
	{
		after = access->result->ri_TrigDesc->trig_insert_after_row;
		if (after)
			AfterTriggerBeginQuery();
		appending++;
		PG_TRY();
		{
			ExecSimpleRelationInsert(access->result, access->estate, access->slot);
		}
		PG_FINALLY();
		{
			appending--;
		}
		PG_END_TRY();
		if (after)
			AfterTriggerEndQuery(access->estate);
	}
	ResetPerTupleExprContext(access->estate);
}

/*
 * Appends a row behind head (NULL for the first of its case): fills in number,
 * time, salt and hashes and inserts it, which keeps indexes, constraints and
 * the history's own triggers.  No privilege on the history table is asked of
 * the user.
 */
void
history_append(WorkflowTarget *target, Datum *key, bool keep, const HistoryRow *head, HistoryRow *row)
{
	const AttrNumber *at = target->history_columns;
	HistoryAccess *access;
	TupleTableSlot *slot;
	ShortValues values;

	if (head && head->seq == PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the history of a case in \"%s\" is full", target->name)));
	row->seq = head ? head->seq + 1 : 1;
	row->recorded_at = GetCurrentTimestamp();
	if (head && row->recorded_at < head->recorded_at)
		row->recorded_at = head->recorded_at;	/* the clock was set back */
	make_salt(row->salt);
	row->has_salt = true;
	if (head)
		memcpy(row->previous_hash, head->hash, HISTORY_HASH_LEN);
	else
		memset(row->previous_hash, 0, HISTORY_HASH_LEN);

	access = begin_access(target, keep);
	if (!access->open_for_insert)
		open_for_insert(access);
	slot = access->slot;
	values.used = 0;
	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, RelationGetDescr(access->history)->natts);
	for (int i = 0; i < target->nkeys; i++)
	{
		slot->tts_values[target->history_keys[i] - 1] = key[i];
		slot->tts_isnull[target->history_keys[i] - 1] = false;
	}
	slot->tts_values[at[HISTORY_SEQ] - 1] = Int32GetDatum(row->seq);
	slot->tts_isnull[at[HISTORY_SEQ] - 1] = false;
	slot->tts_values[at[HISTORY_RECORDED_AT] - 1] = TimestampTzGetDatum(row->recorded_at);
	slot->tts_isnull[at[HISTORY_RECORDED_AT] - 1] = false;
	slot->tts_values[at[HISTORY_VERSION] - 1] = Int32GetDatum(row->version);
	slot->tts_isnull[at[HISTORY_VERSION] - 1] = false;
	put_text(slot, &values, at[HISTORY_EVENT], row->event);
	put_text(slot, &values, at[HISTORY_ACTION], row->action);
	put_text(slot, &values, at[HISTORY_FROM_STATE], row->from_state);
	put_text(slot, &values, at[HISTORY_TO_STATE], row->to_state);
	put_text(slot, &values, at[HISTORY_WORKFLOW], row->workflow);
	put_text(slot, &values, at[HISTORY_ACTOR], row->actor);
	put_text(slot, &values, at[HISTORY_ACTOR_KIND], row->actor_kind);
	put_text(slot, &values, at[HISTORY_SESSION_ROLE], row->session_role);
	put_text(slot, &values, at[HISTORY_ACTING_ROLE], row->acting_role);
	put_text(slot, &values, at[HISTORY_ON_BEHALF_OF], row->on_behalf_of);
	put_text(slot, &values, at[HISTORY_PRIVILEGE], row->privilege);
	put_text(slot, &values, at[HISTORY_REASON], row->reason);
	if (row->changes)
	{
		if (row->stored_changes == NULL)
		{
			row->stored_changes = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(row->changes)));
			/* what is hashed is what will be read back */
			row->changes = JsonbToCString(NULL, &row->stored_changes->root, VARSIZE(row->stored_changes));
		}
		slot->tts_values[at[HISTORY_CHANGES] - 1] = JsonbPGetDatum(row->stored_changes);
		slot->tts_isnull[at[HISTORY_CHANGES] - 1] = false;
	}
	history_values_hash(row, row->values_hash);
	history_row_hash(history_key_json(target->history_key_values, target->nkeys, key), row, row->hash);
	put_bytes(slot, &values, at[HISTORY_SALT], row->salt, HISTORY_SALT_LEN);
	put_bytes(slot, &values, at[HISTORY_VALUES_HASH], row->values_hash, HISTORY_HASH_LEN);
	put_bytes(slot, &values, at[HISTORY_PREVIOUS_HASH], row->previous_hash, HISTORY_HASH_LEN);
	put_bytes(slot, &values, at[HISTORY_HASH], row->hash, HISTORY_HASH_LEN);
	ExecStoreVirtualTuple(slot);

	if (access->direct && is_complete(slot))
		insert_direct(access);
	else
		insert_by_executor(access);
	ExecClearTuple(slot);
	end_access(access);
}

/* Lets our own code write to histories and seals, until it takes that back. */
void
history_allow(bool allow)
{
	appending += allow ? 1 : -1;
}

/*
 * history_guard(): trigger of histories and seals.  Rows come in only from
 * our own code, which changes them only to erase values; nothing is deleted
 * or truncated.
 */
PG_FUNCTION_INFO_V1(mutasi_history_guard);
Datum
mutasi_history_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired BEFORE", "mutasi.history_guard")));
	if (appending > 0 && TRIGGER_FIRED_BY_INSERT(trigdata->tg_event))
		return PointerGetDatum(trigdata->tg_trigtuple);
	if (appending > 0 && TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
		return PointerGetDatum(trigdata->tg_newtuple);
	/* a subscriber takes what its publisher recorded */
	if (IsLogicalWorker() && TRIGGER_FIRED_BY_INSERT(trigdata->tg_event))
		return PointerGetDatum(trigdata->tg_trigtuple);
	ereport(ERROR,
			(errcode(ERRCODE_WF_APPEND_ONLY),
			 errmsg("history \"%s\" is append-only", RelationGetRelationName(trigdata->tg_relation)),
			 errhint("Rows are added by writes to the table it belongs to; personal values are erased with mutasi.erase_history_values().")));
	return PointerGetDatum(NULL);	/* not reached */
}
