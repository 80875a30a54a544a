/*
 * workflow_act.c
 *	  Acts on a single case: approve and take it back, let a deadline run out,
 *	  correct, import, and ask what is allowed.
 *
 * They lock the case's row first, then look at the history as it is now.  What
 * they change they change by an ordinary UPDATE or INSERT as the caller, so
 * privileges, row security and the table's own triggers apply, and the
 * enforcing trigger judges it once more.
 */
#include "postgres.h"

#include "history.h"
#include "workflow.h"
#include "workflow_case.h"
#include "mutasi.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

/* A key as functions are given it: the text of the value, or a JSON array of several. */
static void
read_key(WorkflowTarget *target, Relation rel, const char *text, Datum *key)
{
	Jsonb	   *json = NULL;

	if (target->nkeys > 1)
	{
		json = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(pstrdup(text))));
		if (!JB_ROOT_IS_ARRAY(json) || JB_ROOT_IS_SCALAR(json) || (int) JB_ROOT_COUNT(json) != target->nkeys)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" is not a key of \"%s\"", text, target->name),
					 errhint("Its key has %d columns: give a JSON array of their values.", target->nkeys)));
	}
	for (int i = 0; i < target->nkeys; i++)
	{
		Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), target->keys[i] - 1);
		Oid			input;
		Oid			ioparam;
		char	   *value = pstrdup(text);

		if (json)
		{
			JsonbValue *item = getIthJsonbValueFromContainer(&json->root, i);

			value = item->type == jbvString ? pnstrdup(item->val.string.val, item->val.string.len) :
				item->type == jbvNumeric ? DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(item->val.numeric))) :
				item->type == jbvBool ? pstrdup(item->val.boolean ? "true" : "false") : NULL;
			if (value == NULL)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("\"%s\" is not a key of \"%s\"", text, target->name)));
		}
		getTypeInputInfo(att->atttypid, &input, &ioparam);
		key[i] = OidInputFunctionCall(input, value, ioparam, att->atttypmod);
	}
}

/* A type's equality: OPERATOR(schema.=). */
char *
workflow_equality(Oid typeid)
{
	TypeCacheEntry *type = lookup_type_cache(typeid, TYPECACHE_EQ_OPR);
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(type->eq_opr));
	Form_pg_operator operator;
	char	   *text;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "type %u has no equality", typeid);
	operator = (Form_pg_operator) GETSTRUCT(tuple);
	text = psprintf("OPERATOR(%s.%s)", quote_identifier(get_namespace_name(operator->oprnamespace)),
					NameStr(operator->oprname));
	ReleaseSysCache(tuple);
	return text;
}

/* The key columns of a history, each with a comma behind it. */
char *
workflow_history_keys(WorkflowTarget *target, Relation history, const char *prefix)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < target->nkeys; i++)
		appendStringInfo(&buf, "%s%s, ", prefix,
						 quote_identifier(NameStr(TupleDescAttr(RelationGetDescr(history), target->history_keys[i] - 1)->attname)));
	return buf.data;
}

/* WHERE k1 OPERATOR(s.=) $1 AND …, for the table's key. */
static void
append_key_condition(StringInfo sql, WorkflowTarget *target, Relation rel, int first_param)
{
	for (int i = 0; i < target->nkeys; i++)
	{
		Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), target->keys[i] - 1);

		appendStringInfo(sql, "%s%s %s $%d", i ? " AND " : " WHERE ",
						 quote_identifier(NameStr(att->attname)),
						 workflow_equality(att->atttypid), first_param + i);
	}
}

char *
workflow_qualified_name(Relation rel)
{
	return quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
									  RelationGetRelationName(rel));
}

/* SQL for the whole row of a table under an alias, whether or not it has a column of that name. */
char *
workflow_whole_row(Relation rel, const char *alias)
{
	return psprintf("%s.*::%s", alias, workflow_qualified_name(rel));
}

/*
 * Opens a case by its key: its row, locked if so wished, its history's last row
 * and its definition.  SPI must be connected.  MU027 if the caller sees no
 * such row.
 */
static void
open_case(WorkflowCase *c, WorkflowPerson *person, Datum *key, HistoryRow *head,
		  Oid relid, const char *key_text, bool lock, bool is_system)
{
	StringInfoData sql;
	Oid			types[INDEX_MAX_KEYS];
	bool		isnull;
	const char *state;

	memset(c, 0, sizeof(WorkflowCase));
	c->rel = workflow_open(relid, lock ? RowExclusiveLock : AccessShareLock);
	c->target = workflow_target(c->rel, false);
	c->key = key;
	c->person = person;
	read_key(c->target, c->rel, key_text, key);
	c->key_text = history_key_text(c->target->history_key_values, c->target->nkeys, key);
	for (int i = 0; i < c->target->nkeys; i++)
		types[i] = TupleDescAttr(RelationGetDescr(c->rel), c->target->keys[i] - 1)->atttypid;
	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT %s FROM %s AS t", workflow_whole_row(c->rel, "t"), workflow_qualified_name(c->rel));
	append_key_condition(&sql, c->target, c->rel, 1);
	if (lock)
		appendStringInfoString(&sql, " FOR NO KEY UPDATE OF t");
	if (SPI_execute_with_args(sql.data, c->target->nkeys, types, key, NULL, !lock, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read \"%s\"", c->target->name);
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_WF_NO_CASE),
				 errmsg("there is no case %s in \"%s\"", c->key_text, c->target->name),
				 errhint("It does not exist, or row security hides it.")));
	c->old = workflow_slot(c->rel, CreateTupleDescCopy(RelationGetDescr(c->rel)), SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	workflow_person(c->target, is_system, person);
	state = workflow_column_text(c->target, c->old, c->target->state);
	workflow_require_head(c, state ? state : "", head);
	c->definition = workflow_definition(head->workflow, head->version);
}

/* The row with its state set to another, as a transition would leave it. */
static TupleTableSlot *
with_state(WorkflowCase *c, const char *state)
{
	TupleDesc	desc = RelationGetDescr(c->rel);
	Form_pg_attribute att = TupleDescAttr(desc, c->target->state - 1);
	TupleTableSlot *slot = MakeSingleTupleTableSlot(CreateTupleDescCopy(desc), &TTSOpsVirtual);
	Oid			input;
	Oid			ioparam;

	ExecClearTuple(slot);
	memcpy(slot->tts_values, c->old->tts_values, sizeof(Datum) * desc->natts);
	memcpy(slot->tts_isnull, c->old->tts_isnull, sizeof(bool) * desc->natts);
	getTypeInputInfo(att->atttypid, &input, &ioparam);
	slot->tts_values[c->target->state - 1] =
		OidInputFunctionCall(input, pstrdup(state), ioparam, att->atttypmod);
	slot->tts_isnull[c->target->state - 1] = false;
	ExecStoreVirtualTuple(slot);
	return slot;
}

static WorkflowTransition *
find_action(WorkflowCase *c, const HistoryRow *head, const char *action)
{
	int			from = workflow_find_state(c->definition, head->to_state);

	for (int i = 0; i < c->definition->ntransitions; i++)
		if (c->definition->transitions[i].from == from &&
			strcmp(c->definition->transitions[i].action, action) == 0)
			return &c->definition->transitions[i];
	if (from >= 0 && c->definition->states[from].terminal)
		ereport(ERROR,
				(errcode(ERRCODE_WF_TERMINAL),
				 errmsg("case %s of \"%s\" is closed: it is in the terminal state \"%s\"",
						c->key_text, c->target->name, head->to_state),
				 errhint("A closed case stays as it is; begin another one.")));
	ereport(ERROR,
			(errcode(ERRCODE_WF_NO_ACTION),
			 errmsg("case %s of \"%s\" has no action \"%s\" in state \"%s\"",
					c->key_text, c->target->name, action, head->to_state),
			 errhint("From \"%s\" workflow \"%s\" allows: %s.", head->to_state, c->definition->name,
					 workflow_allowed_text(c->definition, Max(from, 0)))));
	return NULL;				/* not reached */
}

/* Runs a command for one case or table under a mode, recorded with a reason. */
static uint64
run_as_act(WorkflowMode mode, WorkflowTarget *target, const char *key_text, const char *reason,
		   int version, const char *sql, int nargs, Oid *types, Datum *values, const char *nulls)
{
	WorkflowAct saved = workflow_act;
	uint64		processed;

	PG_TRY();
	{
		int			result;

		workflow_act.mode = mode;
		workflow_act.root = target->root;
		workflow_act.key_text = key_text;
		workflow_act.reason = reason;
		workflow_act.version = version;
		result = SPI_execute_with_args(sql, nargs, types, values, nulls, false, 0);
		if (result < 0)
			elog(ERROR, "could not run \"%s\": %s", sql, SPI_result_code_string(result));
		processed = SPI_processed;
	}
	PG_FINALLY();
	{
		workflow_act = saved;
	}
	PG_END_TRY();
	return processed;
}

/* UPDATE … SET state = …, with the reason column where there is one. */
static void
move_case(WorkflowCase *c, WorkflowMode mode, const char *state, const char *reason, int version)
{
	TupleDesc	desc = RelationGetDescr(c->rel);
	StringInfoData sql;
	Oid			types[INDEX_MAX_KEYS + 2];
	Datum		values[INDEX_MAX_KEYS + 2];
	int			n = c->target->nkeys;

	for (int i = 0; i < n; i++)
	{
		types[i] = TupleDescAttr(desc, c->target->keys[i] - 1)->atttypid;
		values[i] = c->key[i];
	}
	types[n] = TupleDescAttr(desc, c->target->state - 1)->atttypid;
	values[n] = with_state(c, state)->tts_values[c->target->state - 1];
	initStringInfo(&sql);
	appendStringInfo(&sql, "UPDATE %s SET %s = $%d", workflow_qualified_name(c->rel),
					 quote_identifier(NameStr(TupleDescAttr(desc, c->target->state - 1)->attname)), n + 1);
	n++;
	if (reason && c->target->reason && mode != WORKFLOW_MIGRATE)
	{
		Form_pg_attribute att = TupleDescAttr(desc, c->target->reason - 1);
		Oid			input;
		Oid			ioparam;

		getTypeInputInfo(att->atttypid, &input, &ioparam);
		types[n] = att->atttypid;
		values[n] = OidInputFunctionCall(input, pstrdup(reason), ioparam, att->atttypmod);
		appendStringInfo(&sql, ", %s = $%d", quote_identifier(NameStr(att->attname)), n + 1);
		n++;
	}
	append_key_condition(&sql, c->target, c->rel, 1);
	if (run_as_act(mode, c->target, c->key_text, reason, version, sql.data, n, types, values, NULL) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_WF_NO_CASE),
				 errmsg("case %s of \"%s\" could not be changed", c->key_text, c->target->name),
				 errhint("Row security or a trigger of the table suppresses the change.")));
}

static char *
text_argument(FunctionCallInfo fcinfo, int n, const char *name, bool required)
{
	if (!PG_ARGISNULL(n))
		return text_to_cstring(PG_GETARG_TEXT_PP(n));
	if (required)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
	return NULL;
}

static Oid
table_argument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the table must not be null")));
	return PG_GETARG_OID(0);
}

/*
 * approve(target, key, action, reason): one person's approval; the last one
 * needed makes the transition.  Returns how many are still missing.
 */
PG_FUNCTION_INFO_V1(mutasi_approve);
Datum
mutasi_approve(PG_FUNCTION_ARGS)
{
	Oid			relid = table_argument(fcinfo);
	char	   *key_text = text_argument(fcinfo, 1, "the key", true);
	char	   *action = text_argument(fcinfo, 2, "the action", true);
	char	   *reason = text_argument(fcinfo, 3, "the reason", false);
	WorkflowCase c;
	WorkflowPerson person;
	WorkflowTransition *t;
	Datum		key[INDEX_MAX_KEYS];
	HistoryRow	head;
	List	   *refusals;
	int			missing = 0;

	if (reason && reason[strspn(reason, " \t\r\n")] == '\0')
		reason = NULL;
	SPI_connect();
	open_case(&c, &person, key, &head, relid, key_text, true, false);
	t = find_action(&c, &head, action);
	c.reason = reason;
	if (t->reason && workflow_reason_of(&c) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WF_REASON_MISSING),
				 errmsg("\"%s\" of case %s of \"%s\" needs a reason", t->action, c.key_text, c.target->name),
				 errhint("Give it as the last argument.")));
	if (t->approvals > 1)
	{
		c.new = with_state(&c, c.definition->states[t->to].name);
		refusals = workflow_check(&c, t, true, true);
		if (refusals)
			workflow_raise(linitial(refusals));
		missing = t->approvals - workflow_votes(&c, t, NULL) - 1;
	}
	if (missing > 0)
	{
		HistoryRow	row;

		workflow_fill_row(&row, &person, c.definition);
		row.event = "approval";
		row.action = t->action;
		row.from_state = row.to_state = head.to_state;
		row.reason = reason;
		history_append(c.target, key, false, &head, &row);
	}
	else
		move_case(&c, WORKFLOW_NORMAL, c.definition->states[t->to].name, reason, 0);
	table_close(c.rel, NoLock);
	SPI_finish();
	PG_RETURN_INT32(Max(missing, 0));
}

/* revoke_approval(target, key, action, reason): takes the caller's own approval back. */
PG_FUNCTION_INFO_V1(mutasi_revoke_approval);
Datum
mutasi_revoke_approval(PG_FUNCTION_ARGS)
{
	Oid			relid = table_argument(fcinfo);
	char	   *key_text = text_argument(fcinfo, 1, "the key", true);
	char	   *action = text_argument(fcinfo, 2, "the action", true);
	char	   *reason = text_argument(fcinfo, 3, "the reason", false);
	WorkflowCase c;
	WorkflowPerson person;
	WorkflowTransition *t;
	Datum		key[INDEX_MAX_KEYS];
	HistoryRow	head;
	HistoryRow	row;
	bool		mine = false;

	SPI_connect();
	open_case(&c, &person, key, &head, relid, key_text, true, false);
	t = find_action(&c, &head, action);
	person.on_behalf_of = NULL;	/* one takes back what one did oneself */
	(void) workflow_votes(&c, t, &mine);
	if (!mine)
		ereport(ERROR,
				(errcode(ERRCODE_WF_APPROVALS),
				 errmsg("\"%s\" has not approved \"%s\" of case %s of \"%s\"",
						person.person, t->action, c.key_text, c.target->name)));
	workflow_fill_row(&row, &person, c.definition);
	row.event = "revocation";
	row.action = t->action;
	row.from_state = row.to_state = head.to_state;
	row.reason = reason;
	history_append(c.target, key, false, &head, &row);
	table_close(c.rel, NoLock);
	SPI_finish();
	PG_RETURN_VOID();
}

/*
 * expire_case(target, key): the action that the case's state names for its
 * expiry, as SYSTEM, if its deadline has passed.  Returns the action.
 */
PG_FUNCTION_INFO_V1(mutasi_expire_case);
Datum
mutasi_expire_case(PG_FUNCTION_ARGS)
{
	Oid			relid = table_argument(fcinfo);
	char	   *key_text = text_argument(fcinfo, 1, "the key", true);
	WorkflowCase c;
	WorkflowPerson person;
	WorkflowTransition *t;
	Datum		key[INDEX_MAX_KEYS];
	HistoryRow	head;
	Oid			types[2] = {REGCLASSOID, TEXTOID};
	Datum		values[2];
	int			state;
	MemoryContext outer = CurrentMemoryContext;
	char	   *action;

	SPI_connect();
	open_case(&c, &person, key, &head, relid, key_text, true, true);
	state = workflow_find_state(c.definition, head.to_state);
	values[0] = ObjectIdGetDatum(c.target->root);
	values[1] = CStringGetTextDatum(c.key_text);
	if (state < 0 || c.definition->states[state].on_expiry == NULL ||
		!workflow_owner_query(c.target, "SELECT overdue FROM mutasi.case_deadlines($1, $2)", 2, types, values))
		ereport(ERROR,
				(errcode(ERRCODE_WF_NOT_DUE),
				 errmsg("case %s of \"%s\" has no deadline that has passed", c.key_text, c.target->name),
				 errhint("mutasi.case_deadlines() shows when a case is due; mutasi.run_timers() moves those that are.")));
	t = find_action(&c, &head, c.definition->states[state].on_expiry);
	move_case(&c, WORKFLOW_SYSTEM, c.definition->states[t->to].name,
			  psprintf("deadline of state \"%s\" has passed", head.to_state), 0);
	action = MemoryContextStrdup(outer, t->action);
	table_close(c.rel, NoLock);
	SPI_finish();
	PG_RETURN_TEXT_P(cstring_to_text(action));
}

/* Names in a JSON object, as columns of the table; keys may not be among them if so wished. */
static List *
json_columns(WorkflowTarget *target, Relation rel, Jsonb *object, bool keys_too, List *columns)
{
	JsonbIterator *it = JsonbIteratorInit(&object->root);
	JsonbIteratorToken token;
	JsonbValue	value;

	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		char	   *name;
		AttrNumber	attnum;

		CHECK_FOR_INTERRUPTS();
		if (token != WJB_KEY)
			continue;
		name = pnstrdup(value.val.string.val, value.val.string.len);
		attnum = get_attnum(RelationGetRelid(rel), name);
		if (attnum <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("table \"%s\" has no column \"%s\"", target->name, name)));
		for (int i = 0; i < target->nkeys && !keys_too; i++)
			if (target->keys[i] == attnum)
				ereport(ERROR,
						(errcode(ERRCODE_WF_KEY_CHANGED),
						 errmsg("key column \"%s\" of \"%s\" cannot be changed", name, target->name)));
		if (!list_member_int(columns, attnum))
			columns = lappend_int(columns, attnum);
	}
	return columns;
}

static char *
column_list(Relation rel, List *columns, const char *prefix)
{
	StringInfoData buf;
	ListCell   *lc;

	initStringInfo(&buf);
	foreach(lc, columns)
		appendStringInfo(&buf, "%s%s%s", buf.len ? ", " : "", prefix,
						 quote_identifier(NameStr(TupleDescAttr(RelationGetDescr(rel), lfirst_int(lc) - 1)->attname)));
	return buf.data;
}

/* correct_case(target, key, changes, reason): the owner's way to put a case right, recorded. */
PG_FUNCTION_INFO_V1(mutasi_correct_case);
Datum
mutasi_correct_case(PG_FUNCTION_ARGS)
{
	Oid			relid = table_argument(fcinfo);
	char	   *key_text = text_argument(fcinfo, 1, "the key", true);
	char	   *reason = text_argument(fcinfo, 3, "the reason", true);
	Relation	rel;
	WorkflowTarget *target;
	Jsonb	   *changes;
	List	   *columns;
	Datum		key[INDEX_MAX_KEYS];
	Datum		values[INDEX_MAX_KEYS + 1];
	Oid			types[INDEX_MAX_KEYS + 1];
	StringInfoData sql;

	if (PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the changes must not be null")));
	changes = PG_GETARG_JSONB_P(2);
	if (!JB_ROOT_IS_OBJECT(changes) || JB_ROOT_COUNT(changes) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the changes must be a JSON object of columns and their new values")));
	if (reason[strspn(reason, " \t\r\n")] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_WF_REASON_MISSING),
				 errmsg("a correction needs a reason")));
	rel = workflow_open(relid, RowExclusiveLock);
	target = workflow_target(rel, false);
	workflow_require_owner(target);
	read_key(target, rel, key_text, key);
	columns = json_columns(target, rel, changes, false, NIL);
	for (int i = 0; i < target->nkeys; i++)
	{
		types[i] = TupleDescAttr(RelationGetDescr(rel), target->keys[i] - 1)->atttypid;
		values[i] = key[i];
	}
	types[target->nkeys] = JSONBOID;
	values[target->nkeys] = JsonbPGetDatum(changes);
	initStringInfo(&sql);
	appendStringInfo(&sql, "UPDATE %s SET (%s) = (SELECT %s FROM pg_catalog.jsonb_populate_record(NULL::%s, $%d) AS n)",
					 workflow_qualified_name(rel), column_list(rel, columns, ""), column_list(rel, columns, "n."),
					 workflow_qualified_name(rel), target->nkeys + 1);
	append_key_condition(&sql, target, rel, 1);
	SPI_connect();
	if (run_as_act(WORKFLOW_CORRECT, target, history_key_text(target->history_key_values, target->nkeys, key),
				   reason, 0, sql.data, target->nkeys + 1, types, values, NULL) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_WF_NO_CASE),
				 errmsg("there is no case %s in \"%s\"", key_text, target->name)));
	SPI_finish();
	table_close(rel, NoLock);
	PG_RETURN_VOID();
}

/* import_rows(target, rows, reason): rows in any state of the workflow, recorded as imports. */
PG_FUNCTION_INFO_V1(mutasi_import_rows);
Datum
mutasi_import_rows(PG_FUNCTION_ARGS)
{
	Oid			relid = table_argument(fcinfo);
	char	   *reason = text_argument(fcinfo, 2, "the reason", true);
	Relation	rel;
	WorkflowTarget *target;
	Jsonb	   *rows;
	List	   *columns = NIL;
	Oid			types[1] = {JSONBOID};
	Datum		values[1];
	uint64		imported;

	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the rows must not be null")));
	rows = PG_GETARG_JSONB_P(1);
	if (!JB_ROOT_IS_ARRAY(rows) || JB_ROOT_IS_SCALAR(rows))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the rows must be a JSON array of objects")));
	rel = workflow_open(relid, RowExclusiveLock);
	target = workflow_target(rel, false);
	workflow_require_owner(target);
	for (uint32 i = 0; i < JB_ROOT_COUNT(rows); i++)
	{
		JsonbValue *row = getIthJsonbValueFromContainer(&rows->root, i);

		CHECK_FOR_INTERRUPTS();
		if (row->type != jbvBinary || !JsonContainerIsObject(row->val.binary.data))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("row %u of the rows to import is not a JSON object", i + 1)));
		columns = json_columns(target, rel, JsonbValueToJsonb(row), true, columns);
	}
	if (columns == NIL)
	{
		table_close(rel, NoLock);
		PG_RETURN_INT64(0);
	}
	values[0] = JsonbPGetDatum(rows);
	SPI_connect();
	imported = run_as_act(WORKFLOW_IMPORT, target, NULL, reason, 0,
						  psprintf("INSERT INTO %s (%s) SELECT %s FROM pg_catalog.jsonb_populate_recordset(NULL::%s, $1) AS n",
								   workflow_qualified_name(rel), column_list(rel, columns, ""), column_list(rel, columns, "n."),
								   workflow_qualified_name(rel)),
						  1, types, values, NULL);
	SPI_finish();
	table_close(rel, NoLock);
	PG_RETURN_INT64((int64) imported);
}

/* allowed_transitions(target, key): what may be done with a case now, and by whom. */
PG_FUNCTION_INFO_V1(mutasi_allowed_transitions);
Datum
mutasi_allowed_transitions(PG_FUNCTION_ARGS)
{
	Oid			relid = table_argument(fcinfo);
	char	   *key_text = text_argument(fcinfo, 1, "the key", true);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	WorkflowCase c;
	WorkflowPerson person;
	Datum		key[INDEX_MAX_KEYS];
	HistoryRow	head;
	int			from;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	open_case(&c, &person, key, &head, relid, key_text, false, false);
	from = workflow_find_state(c.definition, head.to_state);
	for (int i = 0; i < c.definition->ntransitions; i++)
	{
		WorkflowTransition *t = &c.definition->transitions[i];
		Datum		values[12];
		bool		nulls[12] = {false};
		List	   *refusals;
		WorkflowRefusal *first = NULL;
		char	   *missing;
		Datum	   *names;

		if (t->from != from)
			continue;
		c.new = with_state(&c, c.definition->states[t->to].name);
		refusals = workflow_check(&c, t, false, true);
		if (refusals)
			first = linitial(refusals);
		missing = workflow_missing_columns(&c, t);
		names = palloc(sizeof(Datum) * Max(t->nroles, 1));
		for (int j = 0; j < t->nroles; j++)
			names[j] = CStringGetTextDatum(t->roles[j]);
		values[0] = CStringGetTextDatum(t->action);
		values[1] = CStringGetTextDatum(c.definition->states[t->to].name);
		values[2] = BoolGetDatum(refusals == NIL);
		nulls[3] = nulls[4] = nulls[5] = first == NULL;
		if (first)
		{
			values[3] = CStringGetTextDatum(unpack_sql_state(first->sqlstate));
			values[4] = CStringGetTextDatum(first->message);
			nulls[5] = first->hint == NULL;
			if (first->hint)
				values[5] = CStringGetTextDatum(first->hint);
		}
		values[6] = PointerGetDatum(construct_array(names, t->nroles, TEXTOID, -1, false, TYPALIGN_INT));
		values[7] = BoolGetDatum(t->reason);
		values[8] = BoolGetDatum(t->reason_code && c.target->reason_code > 0);
		nulls[9] = missing == NULL;
		if (missing)
			values[9] = CStringGetTextDatum(missing);
		values[10] = Int32GetDatum(t->approvals);
		values[11] = Int32GetDatum(t->approvals > 1 ? workflow_votes(&c, t, NULL) : 0);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	table_close(c.rel, AccessShareLock);
	SPI_finish();
	return (Datum) 0;
}

/* migrate_rows(target, workflow, version, states, reason): running cases to another version. */
PG_FUNCTION_INFO_V1(mutasi_migrate_case);
Datum
mutasi_migrate_case(PG_FUNCTION_ARGS)
{
	Oid			relid = table_argument(fcinfo);
	char	   *key_text = text_argument(fcinfo, 1, "the key", true);
	int			version = PG_GETARG_INT32(2);
	char	   *state = text_argument(fcinfo, 3, "the state", false);
	char	   *reason = text_argument(fcinfo, 4, "the reason", true);
	WorkflowCase c;
	WorkflowPerson person;
	Datum		key[INDEX_MAX_KEYS];
	HistoryRow	head;
	WorkflowDefinition *definition;

	SPI_connect();
	open_case(&c, &person, key, &head, relid, key_text, true, false);
	workflow_require_owner(c.target);
	definition = workflow_definition(head.workflow, version);
	if (state == NULL)
		state = pstrdup(head.to_state);
	if (workflow_find_state(definition, state) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_WF_UNKNOWN_STATE),
				 errmsg("case %s of \"%s\": \"%s\" is not a state of workflow \"%s\", version %d",
						c.key_text, c.target->name, state, definition->name, version),
				 errhint("Say with the third argument which state of the new version takes its place.")));
	if (strcmp(state, head.to_state) == 0)
	{
		HistoryRow	row;

		workflow_fill_row(&row, &person, definition);
		row.event = row.action = "migrate";
		row.from_state = row.to_state = head.to_state;
		row.reason = reason;
		history_append(c.target, key, false, &head, &row);
	}
	else
		move_case(&c, WORKFLOW_MIGRATE, state, reason, version);
	table_close(c.rel, NoLock);
	SPI_finish();
	PG_RETURN_VOID();
}

/*
 * erase_history_values(target, key, reason, numbers): takes reason, changes and
 * salt out of a case's history, or out of the rows of these numbers; what was
 * hashed stays, and the erasure is recorded.
 */
PG_FUNCTION_INFO_V1(mutasi_erase_history_values);
Datum
mutasi_erase_history_values(PG_FUNCTION_ARGS)
{
	Oid			relid = table_argument(fcinfo);
	char	   *key_text = text_argument(fcinfo, 1, "the key", true);
	char	   *reason = text_argument(fcinfo, 2, "the reason", true);
	Relation	rel = workflow_open(relid, RowExclusiveLock);
	WorkflowTarget *target = workflow_target(rel, false);
	Relation	history;
	Datum		key[INDEX_MAX_KEYS + 1];
	Oid			types[INDEX_MAX_KEYS + 1];
	bool		some = !PG_ARGISNULL(3);
	StringInfoData sql;
	StringInfoData erased;
	HistoryRow	head;
	HistoryRow	row;
	WorkflowPerson person;
	WorkflowDefinition *definition;
	uint64		n;

	workflow_require_owner(target);
	read_key(target, rel, key_text, key);
	workflow_person(target, false, &person);
	for (int i = 0; i < target->nkeys; i++)
		types[i] = TupleDescAttr(RelationGetDescr(rel), target->keys[i] - 1)->atttypid;
	SPI_connect();
	/* nobody else adds to this case meanwhile */
	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT FROM %s", workflow_qualified_name(rel));
	append_key_condition(&sql, target, rel, 1);
	appendStringInfoString(&sql, " FOR NO KEY UPDATE");
	if (SPI_execute_with_args(sql.data, target->nkeys, types, key, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read \"%s\"", target->name);
	if (!history_head(target, key, false, &head) || head.workflow == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WF_NO_HISTORY),
				 errmsg("case %s of \"%s\" has no history", key_text, target->name)));
	definition = workflow_definition(head.workflow, head.version);
	history = table_open(target->history, RowExclusiveLock);
	resetStringInfo(&sql);
	appendStringInfo(&sql, "UPDATE %s AS h SET reason = NULL, changes = NULL, salt = NULL WHERE salt IS NOT NULL"
					 " AND event OPERATOR(pg_catalog.<>) 'erase'", workflow_qualified_name(history));
	for (int i = 0; i < target->nkeys; i++)
		appendStringInfo(&sql, " AND %s %s $%d",
						 quote_identifier(NameStr(TupleDescAttr(RelationGetDescr(history), target->history_keys[i] - 1)->attname)),
						 workflow_equality(types[i]), i + 1);
	if (some)
	{
		key[target->nkeys] = PG_GETARG_DATUM(3);
		types[target->nkeys] = INT4ARRAYOID;
		appendStringInfo(&sql, " AND seq OPERATOR(pg_catalog.=) ANY ($%d)", target->nkeys + 1);
	}
	appendStringInfoString(&sql, " RETURNING seq");
	history_allow(true);
	PG_TRY();
	{
		if (SPI_execute_with_args(sql.data, target->nkeys + (some ? 1 : 0), types, key, NULL, false, 0) != SPI_OK_UPDATE_RETURNING)
			elog(ERROR, "could not erase values of \"%s\"", target->name);
	}
	PG_FINALLY();
	{
		history_allow(false);
	}
	PG_END_TRY();
	n = SPI_processed;
	if (n > 0)
	{
		initStringInfo(&erased);
		appendStringInfoString(&erased, "{\"erased\": [");
		for (uint64 i = 0; i < n; i++)
		{
			bool		isnull;

			appendStringInfo(&erased, "%s%d", i ? ", " : "",
							 DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull)));
		}
		appendStringInfoString(&erased, "]}");
		workflow_fill_row(&row, &person, definition);
		row.event = row.action = "erase";
		row.from_state = row.to_state = head.to_state;
		row.reason = reason;
		row.changes = erased.data;
		history_append(target, key, false, &head, &row);
	}
	table_close(history, NoLock);
	table_close(rel, NoLock);
	SPI_finish();
	PG_RETURN_INT64((int64) n);
}

/* key_condition(target, key): column = literal, …, with the columns of the table or of its history. */
static Datum
key_condition(FunctionCallInfo fcinfo, bool of_history)
{
	Relation	rel = workflow_open(table_argument(fcinfo), AccessShareLock);
	WorkflowTarget *target = workflow_target(rel, false);
	Datum		key[INDEX_MAX_KEYS];
	StringInfoData sql;

	read_key(target, rel, text_argument(fcinfo, 1, "the key", true), key);
	initStringInfo(&sql);
	for (int i = 0; i < target->nkeys; i++)
	{
		Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), target->keys[i] - 1);
		const char *column = of_history ? get_attname(target->history, target->history_keys[i], false) : NameStr(att->attname);
		Oid			out;
		bool		varlena;

		getTypeOutputInfo(att->atttypid, &out, &varlena);
		appendStringInfo(&sql, "%s%s %s %s::%s", i ? " AND " : "", quote_identifier(column),
						 workflow_equality(att->atttypid), quote_literal_cstr(OidOutputFunctionCall(out, key[i])),
						 format_type_be_qualified(att->atttypid));
	}
	table_close(rel, AccessShareLock);
	PG_RETURN_TEXT_P(cstring_to_text(sql.data));
}

/* case_key_condition(target, key): for the table's own columns. */
PG_FUNCTION_INFO_V1(mutasi_case_key_condition);
Datum
mutasi_case_key_condition(PG_FUNCTION_ARGS)
{
	return key_condition(fcinfo, false);
}

/* history_key_condition(target, key): for the history's columns. */
PG_FUNCTION_INFO_V1(mutasi_history_key_condition);
Datum
mutasi_history_key_condition(PG_FUNCTION_ARGS)
{
	return key_condition(fcinfo, true);
}

/* migrate_due(target, key, workflow, version): is the case running under another version? */
PG_FUNCTION_INFO_V1(mutasi_migrate_due);
Datum
mutasi_migrate_due(PG_FUNCTION_ARGS)
{
	Oid			relid = table_argument(fcinfo);
	char	   *key_text = text_argument(fcinfo, 1, "the key", true);
	char	   *workflow = text_argument(fcinfo, 2, "the workflow", true);
	int			version = PG_GETARG_INT32(3);
	WorkflowCase c;
	WorkflowPerson person;
	Datum		key[INDEX_MAX_KEYS];
	HistoryRow	head;
	int			state;
	bool		due;

	SPI_connect();
	open_case(&c, &person, key, &head, relid, key_text, false, false);
	state = workflow_find_state(c.definition, head.to_state);
	due = strcmp(head.workflow, workflow) == 0 && head.version != version &&
		(state < 0 || !c.definition->states[state].terminal);
	table_close(c.rel, AccessShareLock);
	SPI_finish();
	PG_RETURN_BOOL(due);
}

/* case_key(target, key…): the key as our functions take and return it. */
PG_FUNCTION_INFO_V1(mutasi_case_key);
Datum
mutasi_case_key(PG_FUNCTION_ARGS)
{
	Relation	rel = workflow_open(table_argument(fcinfo), AccessShareLock);
	WorkflowTarget *target = workflow_target(rel, false);
	Datum	   *args;
	bool	   *nulls;
	Oid		   *types;
	Datum		key[INDEX_MAX_KEYS];
	int			nargs = extract_variadic_args(fcinfo, 1, true, &args, &types, &nulls);
	char	   *text;

	if (nargs != target->nkeys)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the key of \"%s\" has %d columns, not %d", target->name, target->nkeys, nargs)));
	for (int i = 0; i < nargs; i++)
	{
		Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), target->keys[i] - 1);

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a key must not be null")));
		if (types[i] == att->atttypid)
			key[i] = args[i];
		else
		{
			Oid			function;
			Oid			ioparam;
			bool		varlena;
			char	   *value;

			getTypeOutputInfo(types[i], &function, &varlena);
			value = OidOutputFunctionCall(function, args[i]);
			getTypeInputInfo(att->atttypid, &function, &ioparam);
			key[i] = OidInputFunctionCall(function, value, ioparam, att->atttypmod);
		}
	}
	text = history_key_text(target->history_key_values, target->nkeys, key);
	table_close(rel, AccessShareLock);
	PG_RETURN_TEXT_P(cstring_to_text(text));
}
