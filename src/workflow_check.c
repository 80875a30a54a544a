/*
 * workflow_check.c
 *	  May this person take this transition of this case now?
 *
 * One list of refusals serves the trigger (which raises the first), approve()
 * and allowed_transitions(), so what a form is told and what the table
 * enforces cannot differ.
 */
#include "postgres.h"

#include "history.h"
#include "workflow.h"
#include "workflow_case.h"
#include "mutasi.h"

#include "access/sysattr.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "parser/parser.h"
#include "rewrite/rewriteManip.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

static void
refuse(List **refusals, int sqlstate, char *message, char *detail, char *hint)
{
	WorkflowRefusal *refusal = palloc(sizeof(WorkflowRefusal));

	refusal->sqlstate = sqlstate;
	refusal->message = message;
	refusal->detail = detail;
	refusal->hint = hint;
	*refusals = lappend(*refusals, refusal);
}

/* --- code of the agency's, run as the table's owner with a pinned search_path --- */

typedef struct AsOwner
{
	Oid			userid;
	int			sec_context;
	int			guc_level;
} AsOwner;

static void
become_owner(const WorkflowTarget *target, AsOwner *saved)
{
	GetUserIdAndSecContext(&saved->userid, &saved->sec_context);
	SetUserIdAndSecContext(target->owner, saved->sec_context | SECURITY_LOCAL_USERID_CHANGE);
	saved->guc_level = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

/* After an error the transaction's abort does this. */
static void
become_user(const AsOwner *saved)
{
	AtEOXact_GUC(true, saved->guc_level);
	SetUserIdAndSecContext(saved->userid, saved->sec_context);
}

/* The names under which a condition sees the table's columns. */
static Alias *
condition_alias(const WorkflowTarget *target, Relation rel, const char *name)
{
	TupleDesc	desc = RelationGetDescr(rel);
	List	   *names = NIL;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		const char *column = NameStr(att->attname);

		if (att->attisdropped)
			continue;
		for (int j = 0; j < target->ncolumns; j++)
			if (target->columns[j].attnum == att->attnum && target->columns[j].logical[0] != '@')
				column = target->columns[j].logical;
		names = lappend(names, makeString(pstrdup(column)));
	}
	return makeAlias(name, names);
}

/* Parses and plans a condition, in CurrentMemoryContext. */
static Node *
parse_condition(WorkflowTarget *target, Relation rel, const char *text)
{
	List	   *parsed = raw_parser(text, RAW_PARSE_PLPGSQL_EXPR);
	SelectStmt *select = castNode(SelectStmt, linitial_node(RawStmt, parsed)->stmt);
	ParseState *pstate = make_parsestate(NULL);
	ParseNamespaceItem *item;
	Node	   *expr;

	if (list_length(select->targetList) != 1 || select->fromClause || select->whereClause ||
		select->groupClause || select->havingClause || select->distinctClause ||
		select->sortClause || select->limitCount || select->limitOffset ||
		select->windowClause || select->lockingClause || select->withClause || select->op != SETOP_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("workflow condition is not an expression: %s", text)));
	pstate->p_sourcetext = text;
	item = addRangeTableEntryForRelation(pstate, rel, AccessShareLock,
										 condition_alias(target, rel, "old"), false, false);
	addNSItemToQuery(pstate, item, false, true, true);
	item = addRangeTableEntryForRelation(pstate, rel, AccessShareLock,
										 condition_alias(target, rel, "new"), false, false);
	addNSItemToQuery(pstate, item, false, true, true);
	expr = transformExpr(pstate, linitial_node(ResTarget, select->targetList)->val, EXPR_KIND_TRIGGER_WHEN);
	expr = coerce_to_boolean(pstate, expr, "WHEN");
	assign_expr_collations(pstate, expr);
	ChangeVarNodes(expr, PRS2_OLD_VARNO, INNER_VAR, 0);
	ChangeVarNodes(expr, PRS2_NEW_VARNO, OUTER_VAR, 0);
	free_parsestate(pstate);
	return (Node *) expression_planner((Expr *) expr);
}

/* The same as the table's owner, for attach_workflow(). */
Node *
workflow_parse_condition(WorkflowTarget *target, Relation rel, const char *text)
{
	AsOwner		saved;
	Node	   *expr;

	become_owner(target, &saved);
	expr = parse_condition(target, rel, text);
	become_user(&saved);
	return expr;
}

/*
 * Is a condition true for OLD and NEW?  Parsed once for a table, evaluated by
 * the executor without a query, as a trigger's WHEN is.
 */
bool
workflow_condition_holds(WorkflowTarget *target, Relation rel, const char *text,
						 TupleTableSlot *old, TupleTableSlot *new)
{
	WorkflowCondition *condition;
	AsOwner		saved;
	EState	   *estate;
	ExprContext *econtext;
	ExprState  *state;
	MemoryContext oldcxt;
	Datum		result;
	bool		isnull;

	become_owner(target, &saved);
	for (condition = target->conditions; condition; condition = condition->next)
		if (strcmp(condition->text, text) == 0)
			break;
	if (condition == NULL)
	{
		Node	   *expr = parse_condition(target, rel, text);

		oldcxt = MemoryContextSwitchTo(target->cxt);
		condition = palloc(sizeof(WorkflowCondition));
		condition->text = pstrdup(text);
		condition->expr = copyObject(expr);
		condition->next = target->conditions;
		target->conditions = condition;
		MemoryContextSwitchTo(oldcxt);
	}
	estate = CreateExecutorState();
	oldcxt = MemoryContextSwitchTo(estate->es_query_cxt);
	econtext = GetPerTupleExprContext(estate);
	econtext->ecxt_innertuple = old;
	econtext->ecxt_outertuple = new;
	state = ExecInitExpr((Expr *) condition->expr, NULL);
	result = ExecEvalExprSwitchContext(state, econtext, &isnull);
	MemoryContextSwitchTo(oldcxt);
	FreeExecutorState(estate);
	become_user(&saved);
	return !isnull && DatumGetBool(result);
}

/* Runs a query that gives one boolean, as the table's owner; false for NULL or no row. */
bool
workflow_owner_query(const WorkflowTarget *target, const char *sql, int nargs, Oid *types, Datum *values)
{
	AsOwner		saved;
	bool		result = false;

	become_owner(target, &saved);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args(sql, nargs, types, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not run \"%s\"", sql);
	if (SPI_processed == 1)
	{
		bool		isnull;
		Datum		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);

		result = !isnull && DatumGetBool(value);
	}
	SPI_finish();
	become_user(&saved);
	return result;
}

/* function(first, second), both text, as the options name it. */
static bool
ask_function(const WorkflowTarget *target, const char *function, const char *first, const char *second)
{
	Oid			types[2] = {TEXTOID, TEXTOID};
	Datum		values[2];

	values[0] = CStringGetTextDatum(first);
	values[1] = CStringGetTextDatum(second);
	return workflow_owner_query(target, psprintf("SELECT %s($1, $2)", function), 2, types, values);
}

/* --- roles --- */

/* The database roles that play an abstract role, NIL if it is not mapped. */
static List *
mapped_roles(const WorkflowTarget *target, const char *role)
{
	JsonbValue	roles;
	JsonbValue	value;
	List	   *names = NIL;

	if (workflow_option(target, "roles", &roles) == NULL || roles.type != jbvBinary ||
		getKeyJsonValueFromContainer(roles.val.binary.data, role, strlen(role), &value) == NULL)
		return NIL;
	if (value.type == jbvString)
		return list_make1(pnstrdup(value.val.string.val, value.val.string.len));
	if (value.type == jbvBinary)
		for (uint32 i = 0; i < JsonContainerSize(value.val.binary.data); i++)
		{
			JsonbValue *item = getIthJsonbValueFromContainer(value.val.binary.data, i);

			if (item && item->type == jbvString)
				names = lappend(names, pnstrdup(item->val.string.val, item->val.string.len));
		}
	return names;
}

static bool
plays_role(WorkflowCase *c, const char *role)
{
	WorkflowPerson *person = c->person;
	List	   *mapped = mapped_roles(c->target, role);
	char	   *function = workflow_option_text(c->target, "plays_role");
	Oid			roleid = person->role;
	ListCell   *lc;

	/* SYSTEM itself does not come here: its part is others' only if they are given it */
	if (mapped == NIL && function == NULL)
		return strcmp(role, "system") != 0;
	/* a delegate acts with the principal's role, not with his own */
	if (person->on_behalf_of)
		roleid = get_role_oid(person->on_behalf_of, true);
	foreach(lc, mapped)
	{
		Oid			mappedid = get_role_oid(lfirst(lc), true);

		if (OidIsValid(mappedid) && OidIsValid(roleid) && has_privs_of_role(roleid, mappedid))
			return true;
	}
	return function != NULL &&
		ask_function(c->target, function, person->on_behalf_of ? person->on_behalf_of : person->person, role);
}

static void
check_role(WorkflowCase *c, WorkflowTransition *t, List **refusals)
{
	StringInfoData roles;
	StringInfoData played;

	if (t->nroles == 0 || strcmp(c->person->kind, "system") == 0)
		return;
	for (int i = 0; i < t->nroles; i++)
		if (plays_role(c, t->roles[i]))
			return;
	initStringInfo(&roles);
	initStringInfo(&played);
	for (int i = 0; i < t->nroles; i++)
	{
		ListCell   *lc;

		appendStringInfo(&roles, "%s\"%s\"", i ? ", " : "", t->roles[i]);
		foreach(lc, mapped_roles(c->target, t->roles[i]))
			appendStringInfo(&played, "%s\"%s\"", played.len ? ", " : "", (char *) lfirst(lc));
	}
	refuse(refusals, ERRCODE_WF_ROLE,
		   psprintf(_("\"%s\" may not %s case %s of \"%s\" from \"%s\" to \"%s\""),
					c->person->on_behalf_of ? c->person->on_behalf_of :
					strcmp(c->person->kind, "application") == 0 ? c->person->person : c->person->acting_role,
					t->action, c->key_text, c->target->name,
					c->definition->states[t->from].name, c->definition->states[t->to].name),
		   psprintf(_("The action is for the role %s."), roles.data),
		   played.len ? psprintf(_("It is played by members of %s."), played.data) :
		   pstrdup(_("No database role plays it; only run_timers() or the function given as plays_role decides; that of an agency schema goes by the rows of its table workflow_role.")));
}

static void
check_delegation(WorkflowCase *c, List **refusals)
{
	char	   *function;

	if (c->person->on_behalf_of == NULL)
		return;
	function = workflow_option_text(c->target, "delegation");
	if (function && ask_function(c->target, function, c->person->person, c->person->on_behalf_of))
		return;
	refuse(refusals, ERRCODE_WF_DELEGATION,
		   psprintf(_("\"%s\" holds no delegation of \"%s\" that is in force"),
					c->person->person, c->person->on_behalf_of),
		   function ? psprintf(_("%s() says so."), function) :
		   psprintf(_("No delegations were named when the workflow was attached to \"%s\"."), c->target->name),
		   pstrdup(_("Reset mutasi.on_behalf_of to act in your own name.")));
}

/* --- columns, documents, reason --- */

static bool
is_blank(const ValueType *type, Datum value)
{
	if (type->type == TEXTOID || type->type == VARCHAROID || type->type == BPCHAROID)
	{
		text	   *t = DatumGetTextPP(value);
		const char *s = VARDATA_ANY(t);

		for (size_t i = 0; i < VARSIZE_ANY_EXHDR(t); i++)
			if (s[i] != ' ' && s[i] != '\t' && s[i] != '\n' && s[i] != '\r')
				return false;
		return true;
	}
	return false;
}

/* The columns that a transition needs and that are empty, quoted; NULL if none is. */
char *
workflow_missing_columns(WorkflowCase *c, WorkflowTransition *t)
{
	StringInfoData missing;

	initStringInfo(&missing);
	for (int i = 0; i < t->ncolumns; i++)
	{
		AttrNumber	attnum = workflow_column(c->target, t->columns[i]);
		bool		isnull = true;
		Datum		value = 0;

		if (attnum == 0)
			attnum = get_attnum(c->target->relid, t->columns[i]);
		if (attnum > 0)
			value = slot_getattr(c->new, attnum, &isnull);
		if (isnull || is_blank(&c->target->values[attnum - 1], value))
			appendStringInfo(&missing, "%s\"%s\"", missing.len ? ", " : "",
							 attnum > 0 ? NameStr(TupleDescAttr(RelationGetDescr(c->rel), attnum - 1)->attname) : t->columns[i]);
	}
	return missing.len ? missing.data : NULL;
}

static void
check_columns(WorkflowCase *c, WorkflowTransition *t, bool asking, List **refusals)
{
	char	   *missing = asking ? NULL : workflow_missing_columns(c, t);

	if (missing)
		refuse(refusals, ERRCODE_WF_COLUMN_MISSING,
			   psprintf(_("case %s of \"%s\" lacks what \"%s\" needs: column %s"),
						c->key_text, c->target->name, t->action, missing),
			   NULL, pstrdup(_("Fill it in with or before the transition.")));
}

/* Codes in the row's own documents column: text[] or a jsonb array. */
static bool
document_in_column(WorkflowCase *c, const char *code)
{
	AttrNumber	attnum = c->target->documents;
	Oid			type = c->target->values[attnum - 1].type;
	bool		isnull;
	Datum		value = slot_getattr(c->new, attnum, &isnull);
	Datum		values[2];
	Oid			types[2] = {TEXTOID, TEXTOID};

	if (isnull)
		return false;
	types[1] = type;
	values[0] = CStringGetTextDatum(code);
	values[1] = value;
	return workflow_owner_query(c->target, type == JSONBOID ? "SELECT $2 ? $1" :
					   "SELECT $1 = ANY ($2::pg_catalog.text[])", 2, types, values);
}

static bool
document_present(WorkflowCase *c, const char *code)
{
	JsonbValue	option;
	JsonbValue	part;
	StringInfoData sql;
	Oid			types[INDEX_MAX_KEYS + 1];
	Datum		values[INDEX_MAX_KEYS + 1];

	if (c->target->documents)
		return document_in_column(c, code);
	workflow_option(c->target, "documents", &option);
	for (int i = 0; i < c->target->nkeys; i++)
	{
		types[i] = TupleDescAttr(RelationGetDescr(c->rel), c->target->keys[i] - 1)->atttypid;
		values[i] = c->key[i];
	}
	types[c->target->nkeys] = TEXTOID;
	values[c->target->nkeys] = CStringGetTextDatum(code);
	initStringInfo(&sql);
	if (getKeyJsonValueFromContainer(option.val.binary.data, "function", 8, &part))
	{
		appendStringInfo(&sql, "SELECT %s(", pnstrdup(part.val.string.val, part.val.string.len));
		for (int i = 0; i <= c->target->nkeys; i++)
			appendStringInfo(&sql, "%s$%d", i ? ", " : "", i + 1);
		appendStringInfoChar(&sql, ')');
	}
	else
	{
		JsonbValue	column;

		getKeyJsonValueFromContainer(option.val.binary.data, "table", 5, &part);
		getKeyJsonValueFromContainer(option.val.binary.data, "code", 4, &column);
		appendStringInfo(&sql, "SELECT true FROM %s WHERE %s::pg_catalog.text OPERATOR(pg_catalog.=) $%d",
						 pnstrdup(part.val.string.val, part.val.string.len),
						 quote_identifier(pnstrdup(column.val.string.val, column.val.string.len)),
						 c->target->nkeys + 1);
		getKeyJsonValueFromContainer(option.val.binary.data, "case", 4, &column);
		appendStringInfo(&sql, " AND %s = $1",
						 quote_identifier(pnstrdup(column.val.string.val, column.val.string.len)));
	}
	return workflow_owner_query(c->target, sql.data, c->target->nkeys + 1, types, values);
}

static void
check_documents(WorkflowCase *c, WorkflowTransition *t, List **refusals)
{
	StringInfoData missing;
	JsonbValue	option;

	/* attach_workflow() warned where no documents were named */
	if (t->ndocuments == 0 || workflow_option(c->target, "documents", &option) == NULL)
		return;
	initStringInfo(&missing);
	for (int i = 0; i < t->ndocuments; i++)
	{
		WorkflowDocument *document = &t->documents[i];

		if (document->when &&
			!workflow_condition_holds(c->target, c->rel, document->when, c->old, c->new))
			continue;
		if (!document_present(c, document->code))
			appendStringInfo(&missing, "%s\"%s\"", missing.len ? ", " : "", document->code);
	}
	if (missing.len)
		refuse(refusals, ERRCODE_WF_DOCUMENT_MISSING,
			   psprintf(_("case %s of \"%s\" lacks what \"%s\" needs: document %s"),
						c->key_text, c->target->name, t->action, missing.data),
			   NULL, pstrdup(_("Add it before the transition.")));
}

/*
 * The reason given with this write: by the act, by mutasi.reason, or in the
 * reason column, there only if the statement set it (an old reason is none).
 */
char *
workflow_reason_of(WorkflowCase *c)
{
	AttrNumber	attnum = c->target->reason;
	bool		isnull;
	Datum		value;

	if (c->reason)
		return pstrdup(c->reason);
	if (attnum > 0 && c->new &&
		(c->old == NULL || bms_is_member(attnum, c->changed) ||
		 bms_is_member(attnum - FirstLowInvalidHeapAttributeNumber, c->updated)))
	{
		value = slot_getattr(c->new, attnum, &isnull);
		if (!isnull && !is_blank(&c->target->values[attnum - 1], value))
		{
			Oid			out;
			bool		varlena;

			getTypeOutputInfo(TupleDescAttr(RelationGetDescr(c->rel), attnum - 1)->atttypid, &out, &varlena);
			return OidOutputFunctionCall(out, value);
		}
	}
	return workflow_given_reason() ? pstrdup(workflow_given_reason()) : NULL;
}

static void
check_reason(WorkflowCase *c, WorkflowTransition *t, bool asking, List **refusals)
{
	AttrNumber	attnum = c->target->reason_code;
	bool		isnull;
	Datum		value;

	if (asking)
		return;
	if (t->reason && workflow_reason_of(c) == NULL)
		refuse(refusals, ERRCODE_WF_REASON_MISSING,
			   psprintf(_("\"%s\" of case %s of \"%s\" needs a reason"), t->action, c->key_text, c->target->name),
			   NULL,
			   c->target->reason ?
			   psprintf(_("Set column \"%s\" in the same statement, or mutasi.reason in the same transaction."),
						NameStr(TupleDescAttr(RelationGetDescr(c->rel), c->target->reason - 1)->attname)) :
			   pstrdup(_("SET LOCAL mutasi.reason in the same transaction.")));
	if (t->reason_code && attnum > 0)
	{
		char	   *code = NULL;
		StringInfoData codes;

		value = slot_getattr(c->new, attnum, &isnull);
		if (!isnull)
		{
			Oid			out;
			bool		varlena;

			getTypeOutputInfo(TupleDescAttr(RelationGetDescr(c->rel), attnum - 1)->atttypid, &out, &varlena);
			code = OidOutputFunctionCall(out, value);
		}
		initStringInfo(&codes);
		for (int i = 0; i < c->definition->nreasons; i++)
		{
			if (code && strcmp(code, c->definition->reasons[i]) == 0)
				return;
			appendStringInfo(&codes, "%s%s", i ? ", " : "", c->definition->reasons[i]);
		}
		refuse(refusals, ERRCODE_WF_REASON_CODE,
			   code ? psprintf(_("\"%s\" is no reason code of workflow \"%s\""), code, c->definition->name) :
			   psprintf(_("\"%s\" of case %s of \"%s\" needs a reason code"), t->action, c->key_text, c->target->name),
			   NULL, psprintf(_("Column \"%s\" takes: %s."),
							  NameStr(TupleDescAttr(RelationGetDescr(c->rel), attnum - 1)->attname), codes.data));
	}
}

/* --- people: separation of duties and approvals --- */

typedef struct PeopleWalk
{
	WorkflowCase *c;
	WorkflowTransition *t;
	bool		in_state;		/* still in the rows since the state was entered */
	char	   *separated_action;	/* an earlier action of one of the same people */
	char	   *separated_person;
	List	   *revoked;		/* people whose newer revocation was seen */
	List	   *voters;			/* people who have approved (acting or principal) */
	int			votes;
	bool		mine;			/* the person or principal is among them */
} PeopleWalk;

static bool
same_people(const WorkflowPerson *person, const HistoryRow *row)
{
	const char *mine[2] = {person->person, person->on_behalf_of};
	const char *theirs[2] = {row->actor, row->on_behalf_of};

	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++)
			if (mine[i] && theirs[j] && strcmp(mine[i], theirs[j]) == 0)
				return true;
	return false;
}

static bool
in_list(List *list, const char *name)
{
	ListCell   *lc;

	foreach(lc, list)
		if (name && strcmp(lfirst(lc), name) == 0)
			return true;
	return false;
}

/* Takes one mention of a name out of a list. */
static bool
take_from(List **list, const char *name)
{
	ListCell   *lc;

	foreach(lc, *list)
		if (strcmp(lfirst(lc), name) == 0)
		{
			*list = foreach_delete_current(*list, lc);
			return true;
		}
	return false;
}

static bool
visit_people(const HistoryRow *row, void *arg)
{
	PeopleWalk *walk = arg;
	bool		moved = row->from_state == NULL || row->to_state == NULL ||
		strcmp(row->from_state, row->to_state) != 0;

	if (row->event == NULL || row->action == NULL || row->actor == NULL)
		return true;			/* tampered with; verify_history() names it */
	if (strcmp(row->event, "delete") == 0)
		return false;			/* an earlier case of the same key */
	if (walk->in_state && !moved && strcmp(row->action, walk->t->action) == 0)
	{
		if (strcmp(row->event, "revocation") == 0)
			walk->revoked = lappend(walk->revoked, (char *) row->actor);
		else if (strcmp(row->event, "approval") == 0)
		{
			/* newest first: a revocation undoes the approval before it */
			if (take_from(&walk->revoked, row->actor))
				 /* taken back */ ;
			else if (!in_list(walk->voters, row->actor) && !in_list(walk->voters, row->on_behalf_of))
			{
				walk->votes++;
				walk->voters = lappend(walk->voters, (char *) row->actor);
				if (row->on_behalf_of)
					walk->voters = lappend(walk->voters, (char *) row->on_behalf_of);
				if (same_people(walk->c->person, row))
					walk->mine = true;
			}
		}
	}
	if (moved)
		walk->in_state = false;
	if (walk->separated_action == NULL && strcmp(row->event, "revocation") != 0 && same_people(walk->c->person, row))
		for (int i = 0; i < walk->t->nseparate; i++)
			if (strcmp(walk->t->separate[i], row->action) == 0)
			{
				walk->separated_action = walk->t->separate[i];
				walk->separated_person = (char *) row->actor;
			}
	return walk->in_state || walk->t->nseparate > 0;
}

static void
check_people(WorkflowCase *c, WorkflowTransition *t, bool asking, List **refusals)
{
	PeopleWalk	walk = {.c = c,.t = t,.in_state = true};
	bool		waived = false;
	JsonbValue	option;

	if (strcmp(c->person->kind, "system") == 0 || (t->nseparate == 0 && t->approvals <= 1))
		return;
	if (workflow_option(c->target, "separation", &option) && option.type == jbvBool)
		waived = !option.val.boolean;
	history_walk(c->target, c->key, HISTORY_PEOPLE, false, visit_people, &walk);
	if (walk.separated_action && !waived)
		refuse(refusals, ERRCODE_WF_SEPARATION,
			   psprintf(_("\"%s\" may not %s case %s of \"%s\": the same person took \"%s\" in it"),
						walk.separated_person, t->action, c->key_text, c->target->name, walk.separated_action),
			   pstrdup(_("The workflow separates these duties.")),
			   pstrdup(_("Somebody else must do it.")));
	if (t->approvals <= 1)
		return;
	if (asking)
	{
		if (walk.mine)
			refuse(refusals, ERRCODE_WF_ALREADY_APPROVED,
				   psprintf(_("\"%s\" has approved \"%s\" of case %s of \"%s\" already"),
							c->person->person, t->action, c->key_text, c->target->name),
				   psprintf(_("It has %d of %d approvals."), walk.votes, t->approvals),
				   pstrdup(_("The next approval is somebody else's; mutasi.revoke_approval() takes one back.")));
		return;
	}
	if (walk.votes + (walk.mine ? 0 : 1) < t->approvals)
		refuse(refusals, ERRCODE_WF_APPROVALS,
			   psprintf(_("\"%s\" of case %s of \"%s\" needs %d approvals and has %d"),
						t->action, c->key_text, c->target->name, t->approvals, walk.votes),
			   NULL, pstrdup(_("Approve with mutasi.approve(); the last approval makes the transition.")));
}

/* How many different people have approved an action since the state was entered. */
int
workflow_votes(WorkflowCase *c, WorkflowTransition *t, bool *mine)
{
	PeopleWalk	walk = {.c = c,.t = t,.in_state = true};

	history_walk(c->target, c->key, HISTORY_PEOPLE, false, visit_people, &walk);
	if (mine)
		*mine = walk.mine;
	return walk.votes;
}

/*
 * Everything that stands against a transition: a list of WorkflowRefusal, the
 * first one only if so wished.  asking: what a form wants to know before
 * reason and columns are filled in, and before an approval.
 */
List *
workflow_check(WorkflowCase *c, WorkflowTransition *t, bool first_only, bool asking)
{
	List	   *refusals = NIL;

	check_delegation(c, &refusals);
	if (first_only && refusals)
		return refusals;
	check_role(c, t, &refusals);
	if (first_only && refusals)
		return refusals;
	check_people(c, t, asking, &refusals);
	if (first_only && refusals)
		return refusals;
	check_reason(c, t, asking, &refusals);
	if (first_only && refusals)
		return refusals;
	check_columns(c, t, asking, &refusals);
	if (first_only && refusals)
		return refusals;
	check_documents(c, t, &refusals);
	if (first_only && refusals)
		return refusals;
	if (t->condition && !workflow_condition_holds(c->target, c->rel, t->condition, c->old, c->new))
		refuse(&refusals, ERRCODE_WF_CONDITION,
			   psprintf(_("case %s of \"%s\" does not meet the condition of \"%s\""),
						c->key_text, c->target->name, t->action),
			   psprintf(_("The condition is: %s"), t->condition),
			   pstrdup(_("NEW is the row as it would become, OLD as it is: what is missing may be set in the same statement.")));
	return refusals;
}
