/*
 * workflow_case.h
 *	  What the SQL functions that act on cases share with the trigger.
 */
#ifndef MUTASI_WORKFLOW_CASE_H
#define MUTASI_WORKFLOW_CASE_H

#include "access/sysattr.h"
#include "storage/lockdefs.h"

#include "history.h"
#include "workflow.h"

extern Relation workflow_open(Oid relid, LOCKMODE lockmode);
extern void workflow_require_owner(const WorkflowTarget *target);
extern TupleTableSlot *workflow_slot(Relation rel, TupleDesc desc, Datum row);
extern char *workflow_qualified_name(Relation rel);
extern char *workflow_whole_row(Relation rel, const char *alias);
extern char *workflow_equality(Oid type);
extern char *workflow_history_keys(WorkflowTarget *target, Relation history, const char *prefix);
extern Node *workflow_parse_condition(WorkflowTarget *target, Relation rel, const char *text);
extern bool workflow_record_baseline(WorkflowCase *c, const char *event);
extern const char *workflow_column_text(WorkflowTarget *target, TupleTableSlot *slot, AttrNumber attnum);
extern void workflow_require_head(WorkflowCase *c, const char *old_state, HistoryRow *head);
extern void workflow_fill_row(HistoryRow *row, const WorkflowPerson *person, const WorkflowDefinition *definition);

#endif							/* MUTASI_WORKFLOW_CASE_H */
