/*
 * workflow_move.h
 *	  A row that an update moves to another partition: two events, one change.
 */
#ifndef MUTASI_WORKFLOW_MOVE_H
#define MUTASI_WORKFLOW_MOVE_H

#include "workflow.h"

#include "storage/itemptr.h"

extern bool workflow_move_is_half(WorkflowTarget *target, ItemPointer tid);
extern TupleTableSlot *workflow_move_finish(WorkflowTarget *target, Relation rel, const char *key_text);

#endif							/* MUTASI_WORKFLOW_MOVE_H */
