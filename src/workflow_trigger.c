/*
 * workflow_trigger.c
 *	  The triggers of a table with a workflow.
 *
 * What is judged is the row that was stored, AFTER ROW, because a BEFORE
 * trigger may change it to the last.
 */
#include "postgres.h"

#include "history.h"
#include "workflow.h"
#include "mutasi.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "replication/logicalworker.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "workflow_case.h"

/* Attributes of two rows of one table that differ. */
static Bitmapset *
changed_columns(TupleDesc desc, TupleTableSlot *old, TupleTableSlot *new)
{
	Bitmapset  *changed = NULL;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (att->attisdropped)
			continue;
		if (old->tts_isnull[i] != new->tts_isnull[i] ||
			(!old->tts_isnull[i] &&
			 !datum_image_eq(old->tts_values[i], new->tts_values[i], att->attbyval, att->attlen)))
			changed = bms_add_member(changed, i + 1);
	}
	return changed;
}

/* All columns that a row stores. */
static Bitmapset *
all_columns(TupleDesc desc)
{
	Bitmapset  *given = NULL;

	for (int i = 0; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped && TupleDescAttr(desc, i)->attgenerated != 'v')
			given = bms_add_member(given, i + 1);
	return given;
}

/*
 * How many cases an import or a baseline has taken in, told from time to time.
 * An import's rows come one by one, so the count is a statement's.
 */
static void
taken_in(int cases)
{
	static TimestampTz statement = 0;
	static int64 count = 0;

	if (statement != GetCurrentStatementStartTimestamp())
	{
		statement = GetCurrentStatementStartTimestamp();
		count = 0;
	}
	count += cases;
	if (progress_due())
		ereport(NOTICE,
				(errmsg("history: %lld cases taken in", (long long) count)));
}

const char *
workflow_column_text(WorkflowTarget *target, TupleTableSlot *slot, AttrNumber attnum)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, attnum, &isnull);
	ValueType  *type = &target->values[attnum - 1];

	if (isnull)
		return NULL;
	if (type->type == TEXTOID || type->type == VARCHAROID)
		return TextDatumGetCString(value);
	return OutputFunctionCall(&type->out, value);
}

/* The row's state; MU003 if it has none. */
static const char *
state_of(WorkflowTarget *target, TupleTableSlot *slot, const char *key_text)
{
	const char *state = workflow_column_text(target, slot, target->state);

	if (state == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WF_UNKNOWN_STATE),
				 errmsg("case %s of \"%s\" has no state", key_text, target->name),
				 errhint("The state column must not be null.")));
	return state;
}

static int
known_state(WorkflowTarget *target, WorkflowDefinition *definition, const char *state,
			const char *key_text, int from)
{
	int			found = workflow_find_state(definition, state);

	if (found < 0)
	{
		StringInfoData states;

		initStringInfo(&states);
		for (int i = 0; i < definition->nstates; i++)
			appendStringInfo(&states, "%s\"%s\"", i ? ", " : "", definition->states[i].name);
		ereport(ERROR,
				(errcode(ERRCODE_WF_UNKNOWN_STATE),
				 errmsg("case %s of \"%s\": \"%s\" is not a state of workflow \"%s\", version %d",
						key_text, target->name, state, definition->name, definition->version),
				 from >= 0 ?
				 errhint("From \"%s\" it allows: %s.", definition->states[from].name,
						 workflow_allowed_text(definition, from)) :
				 errhint("Its states are %s.", states.data)));
	}
	return found;
}

void
workflow_fill_row(HistoryRow *row, const WorkflowPerson *person, const WorkflowDefinition *definition)
{
	memset(row, 0, sizeof(HistoryRow));
	row->workflow = definition->name;
	row->version = definition->version;
	row->actor = person->person;
	row->actor_kind = person->kind;
	row->session_role = person->session_role;
	row->acting_role = person->acting_role;
	row->on_behalf_of = person->on_behalf_of;
	row->privilege = person->privilege;
}

void
workflow_raise(const WorkflowRefusal *refusal)
{
	ereport(ERROR,
			(errcode(refusal->sqlstate),
			 errmsg_internal("%s", refusal->message),
			 refusal->detail ? errdetail_internal("%s", refusal->detail) : 0,
			 refusal->hint ? errhint("%s", refusal->hint) : 0));
}

/* The workflow version under which a new row starts. */
static WorkflowDefinition *
starting_definition(WorkflowTarget *target, TupleTableSlot *new, const char *key_text)
{
	const char *workflow = NULL;
	int			version;

	if (target->workflow_column)
		workflow = workflow_column_text(target, new, target->workflow_column);
	if (workflow == NULL)
		return workflow_definition(target->workflow, target->version);
	version = workflow_option_version(target, workflow);
	if (version == 0)
		ereport(ERROR,
				(errcode(ERRCODE_WF_UNKNOWN),
				 errmsg("case %s of \"%s\": workflow \"%s\" is not one of those attached to the table",
						key_text, target->name, workflow),
				 errhint("Name it in \"workflows\" of the options of mutasi.attach_workflow().")));
	return workflow_definition(workflow, version);
}

static void
after_insert(WorkflowCase *c)
{
	WorkflowTarget *target = c->target;
	HistoryRow	head;
	HistoryRow	row;
	bool		has_head = history_head(target, c->key, c->keep, &head);
	const char *state = state_of(target, c->new, c->key_text);
	int			to;

	if (has_head && head.to_state != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WF_STATE_DIFFERS),
				 errmsg("case %s of \"%s\" is inserted, but its history is that of a row that exists", c->key_text, target->name),
				 errdetail("The last history row is number %d, \"%s\".", head.seq, head.action ? head.action : ""),
				 errhint("The row was removed behind the workflow's back; take another key.")));
	c->definition = starting_definition(target, c->new, c->key_text);
	to = known_state(target, c->definition, state, c->key_text, -1);
	if (!c->definition->states[to].initial && c->mode != WORKFLOW_IMPORT)
	{
		StringInfoData initial;

		initStringInfo(&initial);
		for (int i = 0; i < c->definition->nstates; i++)
			if (c->definition->states[i].initial)
				appendStringInfo(&initial, "%s\"%s\"", initial.len ? ", " : "", c->definition->states[i].name);
		ereport(ERROR,
				(errcode(ERRCODE_WF_NOT_INITIAL),
				 errmsg("case %s of \"%s\" cannot begin in state \"%s\"", c->key_text, target->name, state),
				 errhint("Workflow \"%s\" begins in %s. Legacy cases come in through mutasi.import_cases().",
						 c->definition->name, initial.data)));
	}
	workflow_fill_row(&row, c->person, c->definition);
	row.event = row.action = c->mode == WORKFLOW_IMPORT ? "import" : "create";
	row.to_state = state;
	row.reason = workflow_reason_of(c);
	history_set_changes(&row, target, RelationGetDescr(c->rel), NULL, c->new, c->changed);
	history_append(target, c->key, c->keep, has_head ? &head : NULL, &row);
	if (c->mode == WORKFLOW_IMPORT)
		taken_in(1);
}

/*
 * Takes a row that came in before the workflow (baseline) or behind its back
 * (import) into the history as it is; false for an import of a row whose
 * history ends in its very state.
 */
bool
workflow_record_baseline(WorkflowCase *c, const char *event)
{
	WorkflowTarget *target = c->target;
	HistoryRow	head;
	HistoryRow	row;
	bool		has_head = history_head(target, c->key, c->keep, &head);
	const char *state = state_of(target, c->new, c->key_text);

	/* a baseline is taken of every row: anything may have changed while none was attached */
	if (has_head && strcmp(event, "import") == 0 && head.to_state && strcmp(head.to_state, state) == 0)
	{
		taken_in(0);
		return false;
	}
	c->definition = starting_definition(target, c->new, c->key_text);
	(void) known_state(target, c->definition, state, c->key_text, -1);
	c->changed = all_columns(RelationGetDescr(c->rel));
	workflow_fill_row(&row, c->person, c->definition);
	row.event = row.action = event;
	row.from_state = has_head ? head.to_state : NULL;
	row.to_state = state;
	row.reason = c->reason;
	history_set_changes(&row, target, RelationGetDescr(c->rel), NULL, c->new, c->changed);
	history_append(target, c->key, c->keep, has_head ? &head : NULL, &row);
	taken_in(1);
	return true;
}

/* The case's last history row, which must end in the state the row is in. */
void
workflow_require_head(WorkflowCase *c, const char *old_state, HistoryRow *head)
{
	if (!history_head(c->target, c->key, c->keep, head) || head->workflow == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WF_NO_HISTORY),
				 errmsg("case %s of \"%s\" has no history", c->key_text, c->target->name),
				 errdetail("The row came in while the workflow's triggers did not fire."),
				 errhint("The table's owner can take it in with mutasi.import_cases().")));
	if (head->to_state == NULL || strcmp(head->to_state, old_state) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_WF_STATE_DIFFERS),
				 errmsg("case %s of \"%s\" is in state \"%s\", but its history ends in \"%s\"",
						c->key_text, c->target->name, old_state, head->to_state ? head->to_state : ""),
				 errdetail("The row was changed while the workflow's triggers did not fire, or the history was."),
				 errhint("Look at mutasi.verify_history(); the table's owner can put it right with mutasi.correct_case().")));
}

static void
check_editable(WorkflowCase *c, const WorkflowState *state)
{
	int			attnum = -1;

	if (state->all_editable)
		return;
	while ((attnum = bms_next_member(c->changed, attnum)) >= 0)
	{
		bool		editable = false;
		StringInfoData columns;

		initStringInfo(&columns);
		for (int i = 0; i < state->neditable && !editable; i++)
		{
			AttrNumber	column = workflow_column(c->target, state->editable[i]);

			if (column == 0)
				column = get_attnum(c->target->relid, state->editable[i]);
			editable = column == attnum;
			appendStringInfo(&columns, "%s\"%s\"", i ? ", " : "", state->editable[i]);
		}
		if (!editable)
			ereport(ERROR,
					(errcode(ERRCODE_WF_NOT_EDITABLE),
					 errmsg("column \"%s\" of case %s of \"%s\" may not be changed in state \"%s\"",
							NameStr(TupleDescAttr(RelationGetDescr(c->rel), attnum - 1)->attname),
							c->key_text, c->target->name, state->name),
					 state->neditable ? errhint("In this state these may be: %s.", columns.data) :
					 errhint("In this state nothing may be changed but by a transition.")));
	}
}

static void
after_update(WorkflowCase *c)
{
	WorkflowTarget *target = c->target;
	WorkflowTransition *transition;
	HistoryRow	head;
	HistoryRow	row;
	const char *old_state;
	const char *new_state;
	int			from;
	int			to;
	List	   *refusals;

	for (int i = 0; i < target->nkeys; i++)
		if (bms_is_member(target->keys[i], c->changed))
			ereport(ERROR,
					(errcode(ERRCODE_WF_KEY_CHANGED),
					 errmsg("key column \"%s\" of case %s of \"%s\" cannot be changed",
							NameStr(TupleDescAttr(RelationGetDescr(c->rel), target->keys[i] - 1)->attname),
							c->key_text, target->name),
					 errhint("The history is kept under the key: withdraw this case and begin another.")));
	if (bms_is_empty(c->changed))
		return;					/* nothing happened to the row */
	new_state = state_of(target, c->new, c->key_text);
	old_state = workflow_column_text(target, c->old, target->state);
	if (old_state == NULL)
		old_state = "";
	if (c->mode == WORKFLOW_CORRECT || c->mode == WORKFLOW_MIGRATE)
	{
		if (!history_head(target, c->key, c->keep, &head) || head.workflow == NULL)
			workflow_require_head(c, old_state, &head);
		c->definition = workflow_definition(head.workflow,
											c->mode == WORKFLOW_MIGRATE ? workflow_act.version : head.version);
		(void) known_state(target, c->definition, new_state, c->key_text, -1);
		workflow_fill_row(&row, c->person, c->definition);
		row.event = row.action = c->mode == WORKFLOW_MIGRATE ? "migrate" : "correct";
		row.from_state = old_state;
		row.to_state = new_state;
		row.reason = workflow_reason_of(c);
		history_set_changes(&row, target, RelationGetDescr(c->rel), c->old, c->new, c->changed);
		history_append(target, c->key, c->keep, &head, &row);
		return;
	}
	workflow_require_head(c, old_state, &head);
	c->definition = workflow_definition(head.workflow, head.version);
	from = known_state(target, c->definition, old_state, c->key_text, -1);
	if (c->definition->states[from].terminal)
		ereport(ERROR,
				(errcode(ERRCODE_WF_TERMINAL),
				 errmsg("case %s of \"%s\" is closed: it is in the terminal state \"%s\"", c->key_text, target->name, old_state),
				 errhint("A closed case stays as it is; begin another one.")));
	if (target->workflow_column && bms_is_member(target->workflow_column, c->changed))
	{
		const char *workflow = workflow_column_text(target, c->new, target->workflow_column);

		if (strcmp(workflow ? workflow : target->workflow, head.workflow) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_WF_KEY_CHANGED),
					 errmsg("case %s of \"%s\" runs under workflow \"%s\" and cannot change to \"%s\"",
							c->key_text, target->name, head.workflow, workflow ? workflow : target->workflow),
					 errhint("Withdraw this case and begin another.")));
	}
	to = known_state(target, c->definition, new_state, c->key_text, from);
	workflow_fill_row(&row, c->person, c->definition);
	if (to == from)
	{
		check_editable(c, &c->definition->states[from]);
		row.event = row.action = "change";
	}
	else
	{
		transition = workflow_find_transition(c->definition, from, to);
		if (transition == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_WF_NO_TRANSITION),
					 errmsg("case %s of \"%s\" cannot go from \"%s\" to \"%s\"",
							c->key_text, target->name, old_state, new_state),
					 errhint("From \"%s\" workflow \"%s\" allows: %s.", old_state, c->definition->name,
							 workflow_allowed_text(c->definition, from))));
		refusals = workflow_check(c, transition, true, false);
		if (refusals)
			workflow_raise(linitial(refusals));
		row.event = "transition";
		row.action = transition->action;
	}
	row.from_state = old_state;
	row.to_state = new_state;
	row.reason = workflow_reason_of(c);
	history_set_changes(&row, target, RelationGetDescr(c->rel), c->old, c->new, c->changed);
	history_append(target, c->key, c->keep, &head, &row);
}

static void
after_delete(WorkflowCase *c)
{
	WorkflowTarget *target = c->target;
	HistoryRow	head;
	HistoryRow	row;
	const char *state = workflow_column_text(target, c->old, target->state);
	int			from;

	workflow_require_head(c, state ? state : "", &head);
	c->definition = workflow_definition(head.workflow, head.version);
	from = known_state(target, c->definition, state, c->key_text, -1);
	if (!c->definition->states[from].initial)
		ereport(ERROR,
				(errcode(ERRCODE_WF_DELETE),
				 errmsg("case %s of \"%s\" cannot be deleted in state \"%s\"", c->key_text, target->name, state),
				 c->definition->states[from].terminal ?
				 errhint("A closed case stays as it is.") :
				 errhint("From \"%s\" workflow \"%s\" allows: %s.", state, c->definition->name,
						 workflow_allowed_text(c->definition, from))));
	workflow_fill_row(&row, c->person, c->definition);
	row.event = row.action = "delete";
	row.from_state = state;
	row.reason = workflow_reason_of(c);
	history_set_changes(&row, target, RelationGetDescr(c->rel), c->old, NULL, c->changed);
	history_append(target, c->key, c->keep, &head, &row);
}

/*
 * workflow_enforce(workflow, version, options): AFTER INSERT OR UPDATE OR
 * DELETE FOR EACH ROW.  Refuses what the case's workflow does not allow and
 * records what it does.
 */
PG_FUNCTION_INFO_V1(mutasi_workflow_enforce);
Datum
mutasi_workflow_enforce(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	Relation	rel;
	TupleDesc	desc;
	WorkflowCase c;
	WorkflowPerson person;
	Datum		key[INDEX_MAX_KEYS];
	TupleTableSlot *keyed;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(trigdata->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired AFTER ROW", "mutasi.workflow_enforce")));

	/* Replicated changes were judged and recorded where they were made. */
	if (IsLogicalWorker())
		return PointerGetDatum(NULL);

	rel = trigdata->tg_relation;
	desc = RelationGetDescr(rel);
	memset(&c, 0, sizeof(c));
	c.target = workflow_target(rel, false);
	c.keep = c.target->ends;
	c.rel = rel;
	c.updated = trigdata->tg_updatedcols;
	c.key = key;
	c.person = &person;
	if (TRIGGER_FIRED_BY_INSERT(trigdata->tg_event))
		c.new = trigdata->tg_trigslot;
	else
	{
		c.old = trigdata->tg_trigslot;
		if (TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
			c.new = trigdata->tg_newslot;
	}
	if (c.old)
		slot_getallattrs(c.old);
	if (c.new)
		slot_getallattrs(c.new);
	keyed = c.old ? c.old : c.new;
	Assert(keyed != NULL);
	for (int i = 0; i < c.target->nkeys; i++)
		key[i] = keyed->tts_values[c.target->keys[i] - 1];
	c.key_text = history_key_text(c.target->history_key_values, c.target->nkeys, key);
	if (workflow_act_on(c.target, c.key_text))
	{
		c.mode = workflow_act.mode;
		c.reason = workflow_act.reason;
	}

	workflow_person(c.target, c.mode == WORKFLOW_SYSTEM, &person);
	if (c.old && c.new)
	{
		c.changed = changed_columns(desc, c.old, c.new);
		after_update(&c);
	}
	else if (c.new)
	{
		c.changed = all_columns(desc);
		after_insert(&c);
	}
	else
	{
		c.changed = all_columns(desc);
		after_delete(&c);
	}
	return PointerGetDatum(NULL);
}

/*
 * workflow_key(): BEFORE UPDATE FOR EACH ROW on partitioned tables.  An update
 * that moves a row to another partition is carried out as a DELETE and an
 * INSERT, and that changes the key, which contains the partition key: it is
 * refused before it falls apart.  (Elsewhere workflow_enforce() sees both.)
 */
PG_FUNCTION_INFO_V1(mutasi_workflow_key);
Datum
mutasi_workflow_key(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	TupleDesc	desc;
	WorkflowTarget *target;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigdata->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigdata->tg_event) || !TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired BEFORE UPDATE", "mutasi.workflow_key")));
	if (IsLogicalWorker())
		return PointerGetDatum(trigdata->tg_newtuple);
	target = workflow_target(trigdata->tg_relation, false);
	desc = RelationGetDescr(trigdata->tg_relation);
	for (int i = 0; i < target->nkeys; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, target->keys[i] - 1);
		bool		old_null;
		bool		new_null;
		Datum		old = heap_getattr(trigdata->tg_trigtuple, target->keys[i], desc, &old_null);
		Datum		new = heap_getattr(trigdata->tg_newtuple, target->keys[i], desc, &new_null);

		if (old_null != new_null ||
			(!old_null && !datum_image_eq(old, new, att->attbyval, att->attlen)))
			ereport(ERROR,
					(errcode(ERRCODE_WF_KEY_CHANGED),
					 errmsg("key column \"%s\" of a case of \"%s\" cannot be changed",
							NameStr(att->attname), target->name),
					 errhint("The history is kept under the key: withdraw this case and begin another.")));
	}
	return PointerGetDatum(trigdata->tg_newtuple);
}

/* workflow_truncate(): BEFORE TRUNCATE; a table with a workflow is not truncated. */
PG_FUNCTION_INFO_V1(mutasi_workflow_truncate);
Datum
mutasi_workflow_truncate(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BY_TRUNCATE(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired for TRUNCATE", "mutasi.workflow_truncate")));
	if (IsLogicalWorker())
		return PointerGetDatum(NULL);
	ereport(ERROR,
			(errcode(ERRCODE_WF_TRUNCATE),
			 errmsg("\"%s\" has a workflow and cannot be truncated", RelationGetRelationName(trigdata->tg_relation)),
			 errhint("Rows in an initial state can be deleted; everything else stays.")));
	return PointerGetDatum(NULL);	/* not reached */
}

/* workflow_columns(names): holds column names, never fires. */
PG_FUNCTION_INFO_V1(mutasi_workflow_columns);
Datum
mutasi_workflow_columns(PG_FUNCTION_ARGS)
{
	return PointerGetDatum(NULL);
}
