/*
 * workflow_definition.c
 *	  Workflow definitions in memory, by name and version.
 *
 * A published version never changes, so what was read stays good for the life
 * of the backend; only a version that this very transaction defines may yet be
 * rolled back, and is forgotten at its end.  A definition whose rows do not
 * give its digest was altered behind define_workflow()'s back and is refused.
 */
#include "postgres.h"

#include "history.h"
#include "workflow.h"
#include "mutasi.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

static List *definitions = NIL; /* in TopMemoryContext */
static Oid	definitions_relid = InvalidOid;
static bool definitions_stale = false;

/* Contexts that somebody further up may still read until the transaction ends. */
static List *discarded = NIL;	/* in TopMemoryContext */

void
workflow_discard(MemoryContext cxt)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

	discarded = lappend(discarded, cxt);
	MemoryContextSwitchTo(old);
}

static void
forget_definitions(bool all)
{
	ListCell   *lc;

	foreach(lc, definitions)
	{
		WorkflowDefinition *definition = lfirst(lc);

		if (all || definition->provisional)
		{
			definitions = foreach_delete_current(definitions, lc);
			workflow_discard(definition->cxt);
		}
	}
}

static void
xact_callback(XactEvent event, void *arg pg_attribute_unused())
{
	ListCell   *lc;

	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PARALLEL_ABORT:
		case XACT_EVENT_PREPARE:
			memset(&workflow_act, 0, sizeof(workflow_act));
			history_forget(InvalidSubTransactionId);
			forget_definitions(false);
			foreach(lc, discarded)
				MemoryContextDelete(lfirst(lc));
			list_free(discarded);
			discarded = NIL;
			break;
		default:
			break;
	}
}

static void
subxact_callback(SubXactEvent event, SubTransactionId me,
				 SubTransactionId parent pg_attribute_unused(), void *arg pg_attribute_unused())
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
	{
		history_forget(me);
		forget_definitions(false);
	}
}

static void
relcache_callback(Datum arg pg_attribute_unused(), Oid relid)
{
	/* the table itself was dropped, truncated or made anew */
	if (relid == InvalidOid || relid == definitions_relid)
		definitions_stale = true;
}

void
workflow_init(void)
{
	RegisterXactCallback(xact_callback, NULL);
	RegisterSubXactCallback(subxact_callback, NULL);
	CacheRegisterRelcacheCallback(relcache_callback, (Datum) 0);
	workflow_actor_init();
}

/* --- reading --- */

static SPITupleTable *
query(const char *sql, const char *name, int version, uint64 *nrows)
{
	Oid			types[2] = {TEXTOID, INT4OID};
	Datum		values[2];

	values[0] = CStringGetTextDatum(name);
	values[1] = Int32GetDatum(version);
	if (SPI_execute_with_args(sql, 2, types, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read workflow \"%s\"", name);
	*nrows = SPI_processed;
	return SPI_tuptable;
}

static char *
text_at(SPITupleTable *table, uint64 row, int column, MemoryContext cxt)
{
	bool		isnull;
	Datum		value = SPI_getbinval(table->vals[row], table->tupdesc, column, &isnull);

	return isnull ? NULL : MemoryContextStrdup(cxt, TextDatumGetCString(value));
}

static bool
bool_at(SPITupleTable *table, uint64 row, int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(table->vals[row], table->tupdesc, column, &isnull);

	return !isnull && DatumGetBool(value);
}

static int
int_at(SPITupleTable *table, uint64 row, int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(table->vals[row], table->tupdesc, column, &isnull);

	return isnull ? 0 : DatumGetInt32(value);
}

static int
texts_at(SPITupleTable *table, uint64 row, int column, MemoryContext cxt, char ***texts)
{
	bool		isnull;
	Datum		value = SPI_getbinval(table->vals[row], table->tupdesc, column, &isnull);
	Datum	   *elems;
	bool	   *nulls;
	int			n;

	*texts = NULL;
	if (isnull)
		return -1;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT, &elems, &nulls, &n);
	*texts = MemoryContextAlloc(cxt, sizeof(char *) * Max(n, 1));
	for (int i = 0; i < n; i++)
		(*texts)[i] = MemoryContextStrdup(cxt, nulls[i] ? "" : TextDatumGetCString(elems[i]));
	return n;
}

static void
read_documents(WorkflowTransition *transition, Jsonb *documents, MemoryContext cxt)
{
	uint32		n = JB_ROOT_COUNT(documents);

	transition->documents = MemoryContextAlloc(cxt, sizeof(WorkflowDocument) * Max(n, 1));
	transition->ndocuments = 0;
	for (uint32 i = 0; i < n; i++)
	{
		JsonbValue *item = getIthJsonbValueFromContainer(&documents->root, i);
		WorkflowDocument *document = &transition->documents[transition->ndocuments++];
		JsonbValue	value;

		document->code = NULL;
		document->when = NULL;
		if (item->type == jbvString)
			document->code = pnstrdup(item->val.string.val, item->val.string.len);
		else if (item->type == jbvBinary)
		{
			if (getKeyJsonValueFromContainer(item->val.binary.data, "code", 4, &value) &&
				value.type == jbvString)
				document->code = pnstrdup(value.val.string.val, value.val.string.len);
			if (getKeyJsonValueFromContainer(item->val.binary.data, "when", 4, &value) &&
				value.type == jbvString)
				document->when = pnstrdup(value.val.string.val, value.val.string.len);
		}
		if (document->code == NULL)
			elog(ERROR, "malformed document of a workflow transition");
		document->code = MemoryContextStrdup(cxt, document->code);
		if (document->when)
			document->when = MemoryContextStrdup(cxt, document->when);
	}
}

static void
read_states(WorkflowDefinition *definition, MemoryContext cxt)
{
	uint64		n;
	SPITupleTable *table = query("SELECT state, initial, terminal, deadline, on_expiry, editable"
								 " FROM mutasi.workflow_state"
								 " WHERE workflow OPERATOR(pg_catalog.=) $1 AND version OPERATOR(pg_catalog.=) $2"
								 " ORDER BY ordinal", definition->name, definition->version, &n);

	definition->nstates = (int) n;
	definition->states = MemoryContextAllocZero(cxt, sizeof(WorkflowState) * Max(n, 1));
	for (uint64 i = 0; i < n; i++)
	{
		WorkflowState *state = &definition->states[i];

		state->name = text_at(table, i, 1, cxt);
		state->initial = bool_at(table, i, 2);
		state->terminal = bool_at(table, i, 3);
		state->deadline = int_at(table, i, 4);
		state->on_expiry = text_at(table, i, 5, cxt);
		state->neditable = texts_at(table, i, 6, cxt, &state->editable);
		state->all_editable = state->neditable < 0;
	}
	SPI_freetuptable(table);
}

static void
read_transitions(WorkflowDefinition *definition, MemoryContext cxt)
{
	uint64		n;
	SPITupleTable *table = query("SELECT action, from_state, to_state, roles, condition, required_columns, required_documents,"
								 " reason_required, reason_code_required, approvals, separate_from"
								 " FROM mutasi.workflow_transition"
								 " WHERE workflow OPERATOR(pg_catalog.=) $1 AND version OPERATOR(pg_catalog.=) $2"
								 " ORDER BY ordinal", definition->name, definition->version, &n);

	definition->ntransitions = (int) n;
	definition->transitions = MemoryContextAllocZero(cxt, sizeof(WorkflowTransition) * Max(n, 1));
	for (uint64 i = 0; i < n; i++)
	{
		WorkflowTransition *t = &definition->transitions[i];
		bool		isnull;
		Datum		documents;

		t->action = text_at(table, i, 1, cxt);
		t->from = workflow_find_state(definition, text_at(table, i, 2, CurrentMemoryContext));
		t->to = workflow_find_state(definition, text_at(table, i, 3, CurrentMemoryContext));
		t->nroles = texts_at(table, i, 4, cxt, &t->roles);
		t->condition = text_at(table, i, 5, cxt);
		t->ncolumns = texts_at(table, i, 6, cxt, &t->columns);
		documents = SPI_getbinval(table->vals[i], table->tupdesc, 7, &isnull);
		read_documents(t, DatumGetJsonbP(documents), cxt);
		t->reason = bool_at(table, i, 8);
		t->reason_code = bool_at(table, i, 9);
		t->approvals = int_at(table, i, 10);
		t->nseparate = texts_at(table, i, 11, cxt, &t->separate);
	}
	SPI_freetuptable(table);
}

static WorkflowDefinition *
load_definition(const char *name, int version)
{
	WorkflowDefinition *definition;
	MemoryContext cxt;
	SPITupleTable *table;
	uint64		n;
	Oid			save_userid;
	int			save_sec;
	Oid			owner;

	/*
	 * Everybody writes to tables with a workflow, so read the definition with
	 * the extension owner's eyes, in the newest snapshot: the trigger that
	 * brought us here was found in the newest catalogs too.
	 */
	definitions_relid = get_relname_relid("workflow", get_namespace_oid("mutasi", false));
	if (!OidIsValid(definitions_relid))
		elog(ERROR, "table mutasi.workflow is missing");
	{
		Relation	rel = RelationIdGetRelation(definitions_relid);

		if (!RelationIsValid(rel))
			elog(ERROR, "table mutasi.workflow is missing");
		owner = rel->rd_rel->relowner;
		RelationClose(rel);
	}
	GetUserIdAndSecContext(&save_userid, &save_sec);
	SetUserIdAndSecContext(owner, save_sec | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");

	table = query("SELECT digest OPERATOR(pg_catalog.=) mutasi.workflow_digest(workflow, version), xmin"
				  " FROM mutasi.workflow"
				  " WHERE workflow OPERATOR(pg_catalog.=) $1 AND version OPERATOR(pg_catalog.=) $2",
				  name, version, &n);
	if (n != 1)
		ereport(ERROR,
				(errcode(ERRCODE_WF_UNKNOWN),
				 errmsg("there is no workflow \"%s\", version %d", name, version),
				 errhint("Define it with mutasi.define_workflow(), or restore the rows of mutasi.workflow.")));
	if (!bool_at(table, 0, 1))
		ereport(ERROR,
				(errcode(ERRCODE_WF_FROZEN),
				 errmsg("version %d of workflow \"%s\" is not as it was published", version, name),
				 errdetail("The rows that define it do not give the digest in mutasi.workflow."),
				 errhint("Restore its rows; a change is a new version, made by mutasi.define_workflow().")));

	/* SPI's memory goes with SPI_finish(); the context is adopted at the end */
	cxt = AllocSetContextCreate(CurrentMemoryContext, "mutasi workflow definition", ALLOCSET_SMALL_SIZES);
	definition = MemoryContextAllocZero(cxt, sizeof(WorkflowDefinition));
	definition->cxt = cxt;
	definition->name = MemoryContextStrdup(cxt, name);
	definition->version = version;
	{
		bool		isnull;
		Datum		xmin = SPI_getbinval(table->vals[0], table->tupdesc, 2, &isnull);

		definition->provisional = TransactionIdIsCurrentTransactionId(DatumGetTransactionId(xmin));
	}
	SPI_freetuptable(table);
	read_states(definition, cxt);
	read_transitions(definition, cxt);
	table = query("SELECT pg_catalog.array_agg(code ORDER BY ordinal) FROM mutasi.workflow_reason"
				  " WHERE workflow OPERATOR(pg_catalog.=) $1 AND version OPERATOR(pg_catalog.=) $2",
				  name, version, &n);
	definition->nreasons = Max(texts_at(table, 0, 1, cxt, &definition->reasons), 0);

	MemoryContextSetParent(cxt, CacheMemoryContext);
	SPI_finish();
	PopActiveSnapshot();
	SetUserIdAndSecContext(save_userid, save_sec);
	return definition;
}

/*
 * The definition of one workflow version, good until the end of the
 * transaction at least.  Raises MU022 if there is none, MU021 if its rows were
 * altered after it was published.
 */
WorkflowDefinition *
workflow_definition(const char *name, int version)
{
	ListCell   *lc;
	WorkflowDefinition *definition;
	MemoryContext old;

	if (definitions_stale)
	{
		definitions_stale = false;
		forget_definitions(true);
	}
	foreach(lc, definitions)
	{
		definition = lfirst(lc);
		if (definition->version == version && strcmp(definition->name, name) == 0)
			return definition;
	}
	definition = load_definition(name, version);
	old = MemoryContextSwitchTo(TopMemoryContext);
	definitions = lappend(definitions, definition);
	MemoryContextSwitchTo(old);
	return definition;
}

/* Index of a state, or -1. */
int
workflow_find_state(const WorkflowDefinition *definition, const char *state)
{
	for (int i = 0; i < definition->nstates; i++)
		if (strcmp(definition->states[i].name, state) == 0)
			return i;
	return -1;
}

/* The transition between two states, or NULL. */
WorkflowTransition *
workflow_find_transition(const WorkflowDefinition *definition, int from, int to)
{
	for (int i = 0; i < definition->ntransitions; i++)
		if (definition->transitions[i].from == from && definition->transitions[i].to == to)
			return &definition->transitions[i];
	return NULL;
}

/* What a state allows, for a hint: submit -> "submitted", withdraw -> "withdrawn". */
char *
workflow_allowed_text(const WorkflowDefinition *definition, int from)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < definition->ntransitions; i++)
	{
		WorkflowTransition *t = &definition->transitions[i];

		if (t->from == from)
			appendStringInfo(&buf, "%s%s -> \"%s\"", buf.len ? ", " : "",
							 t->action, definition->states[t->to].name);
	}
	return buf.data;
}
