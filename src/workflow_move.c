/*
 * workflow_move.c
 *	  Moves between partitions.
 *
 * The executor carries out an update that moves a row as a DELETE in one
 * partition and an INSERT in another, and fires their row triggers.  Before
 * that it fires BEFORE UPDATE on the row; a BEFORE DELETE of that very row right
 * behind it is taken for the first half of a move.
 * The old row is kept until the insert's AFTER trigger judges the pair as the
 * update that it is.  A half without its other half is an error before the
 * transaction commits, so a DELETE cannot be passed off as a move.
 */
#include "postgres.h"

#include "history.h"
#include "workflow_move.h"
#include "mutasi.h"

#include "access/tupconvert.h"
#include "access/table.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "replication/logicalworker.h"
#include "utils/memutils.h"

typedef struct Move
{
	Oid			root;
	Oid			relid;			/* the partition it leaves */
	ItemPointerData tid;
	char	   *key_text;
	HeapTuple	old;
	bool		half_seen;		/* the delete's AFTER trigger has passed */
	SubTransactionId subid;
} Move;

/* The row whose update is under way, should it turn out to be a move. */
static struct
{
	Oid			relid;
	ItemPointerData tid;
	SubTransactionId subid;
}			updating;

static List *moves = NIL;		/* in TopTransactionContext */

static void
move_xact_callback(XactEvent event, void *arg pg_attribute_unused())
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PARALLEL_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			if (moves != NIL)
			{
				Move	   *move = linitial(moves);

				ereport(ERROR,
						(errcode(ERRCODE_WF_DELETE),
						 errmsg("case %s was taken out of its partition and did not arrive in another", move->key_text),
						 errhint("A trigger of the table suppresses one half of the move; a case must not get lost.")));
			}
			break;
		default:
			moves = NIL;
			updating.relid = InvalidOid;
			break;
	}
}

static void
move_subxact_callback(SubXactEvent event, SubTransactionId me, SubTransactionId parent,
					  void *arg pg_attribute_unused())
{
	ListCell   *lc;

	updating.relid = InvalidOid;
	foreach(lc, moves)
	{
		Move	   *move = lfirst(lc);

		if (move->subid != me)
			continue;
		if (event == SUBXACT_EVENT_COMMIT_SUB)
			move->subid = parent;
		else if (event == SUBXACT_EVENT_ABORT_SUB)
			moves = foreach_delete_current(moves, lc);
	}
}

/* workflow_move(): BEFORE UPDATE OR DELETE FOR EACH ROW on partitioned tables. */
PG_FUNCTION_INFO_V1(mutasi_workflow_move);
Datum
mutasi_workflow_move(PG_FUNCTION_ARGS)
{
	static bool registered = false;
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	Relation	rel;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigdata->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired BEFORE ROW", "mutasi.workflow_move")));
	if (!registered)
	{
		RegisterXactCallback(move_xact_callback, NULL);
		RegisterSubXactCallback(move_subxact_callback, NULL);
		registered = true;
	}
	rel = trigdata->tg_relation;
	if (TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
	{
		updating.relid = RelationGetRelid(rel);
		updating.tid = trigdata->tg_trigtuple->t_self;
		updating.subid = GetCurrentSubTransactionId();
		return PointerGetDatum(trigdata->tg_newtuple);
	}
	if (!IsLogicalWorker() && updating.relid == RelationGetRelid(rel) &&
		updating.subid == GetCurrentSubTransactionId() &&
		ItemPointerEquals(&updating.tid, &trigdata->tg_trigtuple->t_self))
	{
		WorkflowTarget *target = workflow_target(rel, false);
		MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
		Move	   *move = palloc0(sizeof(Move));
		Datum		key[INDEX_MAX_KEYS];

		move->root = target->root;
		move->relid = RelationGetRelid(rel);
		move->tid = trigdata->tg_trigtuple->t_self;
		move->old = heap_copytuple(trigdata->tg_trigtuple);
		move->subid = GetCurrentSubTransactionId();
		for (int i = 0; i < target->nkeys; i++)
		{
			bool		isnull;

			key[i] = heap_getattr(move->old, target->keys[i], RelationGetDescr(rel), &isnull);
		}
		move->key_text = history_key_text(target->history_key_values, target->nkeys, key);
		moves = lappend(moves, move);
		MemoryContextSwitchTo(old);
	}
	updating.relid = InvalidOid;
	return PointerGetDatum(trigdata->tg_trigtuple);
}

/* Is the deletion of this row the first half of a move? */
bool
workflow_move_is_half(WorkflowTarget *target, ItemPointer tid)
{
	ListCell   *lc;

	foreach(lc, moves)
	{
		Move	   *move = lfirst(lc);

		if (!move->half_seen && move->relid == target->relid && ItemPointerEquals(&move->tid, tid))
		{
			move->half_seen = true;
			return true;
		}
	}
	return false;
}

/*
 * The old row of a case that arrives in a partition, in the form of that
 * partition, if its insertion is the second half of a move; else NULL.
 */
TupleTableSlot *
workflow_move_finish(WorkflowTarget *target, Relation rel, const char *key_text)
{
	ListCell   *lc;

	foreach(lc, moves)
	{
		Move	   *move = lfirst(lc);
		Relation	from;
		TupleConversionMap *map;
		TupleTableSlot *slot;
		HeapTuple	tuple;

		if (move->root != target->root || strcmp(move->key_text, key_text) != 0)
			continue;
		moves = foreach_delete_current(moves, lc);
		from = table_open(move->relid, AccessShareLock);
		map = convert_tuples_by_name(RelationGetDescr(from), RelationGetDescr(rel));
		tuple = map ? execute_attr_map_tuple(move->old, map) : move->old;
		slot = MakeSingleTupleTableSlot(RelationGetDescr(rel), &TTSOpsHeapTuple);
		ExecStoreHeapTuple(tuple, slot, false);
		table_close(from, NoLock);
		return slot;
	}
	return NULL;
}
