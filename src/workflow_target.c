/*
 * workflow_target.c
 *	  What is known of a table with a workflow, read from its triggers and kept
 *	  per backend until the table, its root or its history changes.
 */
#include "postgres.h"

#include "workflow.h"
#include "mutasi.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "common/jsonapi.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

typedef struct CachedTarget
{
	Oid			relid;			/* hash key */
	bool		valid;
	WorkflowTarget *target;		/* NULL while being filled in */
} CachedTarget;

static HTAB *targets = NULL;

static const char *const history_column_names[HISTORY_NCOLUMNS] = {
	"seq", "recorded_at", "event", "action", "from_state", "to_state", "workflow", "version",
	"actor", "actor_kind", "session_role", "acting_role", "on_behalf_of", "privilege",
	"reason", "changes", "salt", "values_hash", "previous_hash", "hash"
};

static void
target_relcache_callback(Datum arg pg_attribute_unused(), Oid relid)
{
	HASH_SEQ_STATUS status;
	CachedTarget *entry;

	hash_seq_init(&status, targets);
	while ((entry = hash_seq_search(&status)) != NULL)
		if (relid == InvalidOid || entry->relid == relid || entry->target == NULL ||
			entry->target->root == relid || entry->target->history == relid)
			entry->valid = false;
}

/* Conditions may have functions inlined, and an enum label may be renamed. */
static void
target_syscache_callback(Datum arg pg_attribute_unused(), int cacheid pg_attribute_unused(),
						 uint32 hashvalue pg_attribute_unused())
{
	target_relcache_callback(arg, InvalidOid);
}

/* mutasi.workflow_enforce(), the function that marks the trigger we look for. */
Oid
workflow_enforce_oid(void)
{
	return LookupFuncName(list_make2(makeString("mutasi"), makeString("workflow_enforce")),
						  0, NULL, false);
}

/* How values of a type are written; in CurrentMemoryContext. */
void
workflow_init_value_type(ValueType *value, Oid type)
{
	Oid			base = getBaseType(type);
	Oid			out;
	bool		varlena;

	value->type = base;
	get_typlenbyval(base, &value->typlen, &value->typbyval);
	switch (base)
	{
		case BOOLOID:
			value->kind = VALUE_BOOL;
			return;
		case FLOAT4OID:
			value->kind = VALUE_FLOAT4;
			return;
		case FLOAT8OID:
			value->kind = VALUE_FLOAT8;
			return;
		case DATEOID:
		case TIMEOID:
		case TIMETZOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			value->kind = VALUE_DATETIME;
			return;
		case INT2OID:
		case INT4OID:
		case INT8OID:
			value->kind = VALUE_NUMBER;
			break;
		case NUMERICOID:
			value->kind = VALUE_NUMERIC;
			break;
		case JSONOID:
		case JSONBOID:
			value->kind = VALUE_JSON;
			break;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case NAMEOID:
		case CHAROID:
		case UUIDOID:
			value->kind = VALUE_TEXT;
			break;
		default:
			value->kind = type_is_enum(base) ? VALUE_TEXT : VALUE_OTHER;
			break;
	}
	if (value->kind == VALUE_OTHER)
	{
		Param	   *param = makeNode(Param);

		/* to_jsonb() asks the call expression for its argument's type */
		param->paramkind = PARAM_EXTERN;
		param->paramtype = base;
		param->paramtypmod = -1;
		param->paramcollid = InvalidOid;
		param->location = -1;
		fmgr_info(F_TO_JSONB, &value->out);
		fmgr_info_set_expr((Node *) makeFuncExpr(F_TO_JSONB, JSONBOID, list_make1(param),
												 InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL),
						   &value->out);
		return;
	}
	getTypeOutputInfo(base, &out, &varlena);
	fmgr_info(out, &value->out);
}

static void
damaged(const char *name, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_WF_DAMAGED),
			 errmsg("the workflow of \"%s\" is damaged", name),
			 errdetail("%s", detail),
			 errhint("mutasi.workflow_health() shows what is wrong; mutasi.detach_workflow() and mutasi.attach_workflow() put it right.")));
}

static Trigger *
find_trigger(Relation rel, const char *function)
{
	Oid			funcid = LookupFuncName(list_make2(makeString("mutasi"), makeString(pstrdup(function))), 0, NULL, false);

	if (rel->trigdesc)
		for (int i = 0; i < rel->trigdesc->numtriggers; i++)
			if (rel->trigdesc->triggers[i].tgfoid == funcid)
				return &rel->trigdesc->triggers[i];
	return NULL;
}

/* The columns by their logical names: from the root's never-firing trigger. */
static void
read_columns(WorkflowTarget *target, Relation rel, Relation root, Trigger *pin)
{
	Jsonb	   *names;
	int			n;

	if (pin->tgnargs != 1)
		damaged(target->name, _("Trigger mutasi_workflow_columns has not one argument."));
	names = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(pin->tgargs[0])));
	if (!JB_ROOT_IS_ARRAY(names) || (int) JB_ROOT_COUNT(names) != pin->tgnattr)
		damaged(target->name, _("Trigger mutasi_workflow_columns does not name as many columns as it lists."));
	n = 0;
	for (int i = 0; i < pin->tgnattr; i++)
	{
		JsonbValue *item = getIthJsonbValueFromContainer(&names->root, i);

		n += item->type == jbvBinary ? JsonContainerSize(item->val.binary.data) : 1;
	}
	target->columns = palloc(sizeof(WorkflowColumn) * Max(n, 1));
	for (int i = 0; i < pin->tgnattr; i++)
	{
		JsonbValue *item = getIthJsonbValueFromContainer(&names->root, i);
		AttrNumber	attnum = pin->tgattr[i];
		int			size;

		if (rel != root)
			attnum = get_attnum(RelationGetRelid(rel), NameStr(TupleDescAttr(RelationGetDescr(root), attnum - 1)->attname));
		if (attnum <= 0 || item->type != jbvBinary)
			damaged(target->name, _("Trigger mutasi_workflow_columns does not fit the table's columns."));
		size = JsonContainerSize(item->val.binary.data);
		for (int j = 0; j < size; j++)
		{
			JsonbValue *name = getIthJsonbValueFromContainer(item->val.binary.data, j);
			WorkflowColumn *column = &target->columns[target->ncolumns++];

			if (name->type != jbvString)
				damaged(target->name, _("Trigger mutasi_workflow_columns does not fit the table's columns."));
			column->logical = pnstrdup(name->val.string.val, name->val.string.len);
			column->attnum = attnum;
			if (strcmp(column->logical, "@state") == 0)
				target->state = attnum;
			else if (strcmp(column->logical, "@key") == 0)
			{
				if (target->nkeys >= INDEX_MAX_KEYS)
					damaged(target->name, _("Too many key columns."));
				target->keys[target->nkeys++] = attnum;
			}
			else if (strcmp(column->logical, "@reason") == 0)
				target->reason = attnum;
			else if (strcmp(column->logical, "@reason_code") == 0)
				target->reason_code = attnum;
			else if (strcmp(column->logical, "@documents") == 0)
				target->documents = attnum;
			else if (strcmp(column->logical, "@workflow") == 0)
				target->workflow_column = attnum;
		}
	}
	if (target->state == 0 || target->nkeys == 0)
		damaged(target->name, _("Trigger mutasi_workflow_columns names no state or no key column."));
}

static void
read_history(WorkflowTarget *target, Relation rel)
{
	Relation	history = try_table_open(target->history, AccessShareLock);
	Relation	index;
	Oid			indexid;

	if (history == NULL)
		damaged(target->name, _("Its history table is missing."));
	RelationGetIndexList(history);
	indexid = compat_primary_key_index(history);
	if (!OidIsValid(indexid))
		damaged(target->name, _("Its history table has no primary key."));
	index = index_open(indexid, AccessShareLock);
	if (index->rd_index->indnkeyatts != target->nkeys + 1)
		damaged(target->name, _("The primary key of its history table is not the case's key and a number."));
	for (int i = 0; i < target->nkeys; i++)
	{
		Oid			equal = get_opfamily_member(index->rd_opfamily[i], index->rd_opcintype[i],
												index->rd_opcintype[i], BTEqualStrategyNumber);
		AttrNumber	attnum = index->rd_index->indkey.values[i];

		if (attnum <= 0 || !OidIsValid(equal) ||
			TupleDescAttr(RelationGetDescr(history), attnum - 1)->atttypid !=
			TupleDescAttr(RelationGetDescr(rel), target->keys[i] - 1)->atttypid)
			damaged(target->name, _("The key of its history table is not of the type of the table's key."));
		fmgr_info(get_opcode(equal), &target->key_equal[i]);
		target->key_collation[i] = index->rd_indcollation[i];
		target->history_keys[i] = attnum;
	}
	target->history_index = indexid;
	for (int i = 0; i < HISTORY_NCOLUMNS; i++)
	{
		target->history_columns[i] = get_attnum(target->history, history_column_names[i]);
		if (target->history_columns[i] <= 0)
			damaged(target->name, psprintf(_("Its history table has no column \"%s\"."), history_column_names[i]));
	}
	index_close(index, AccessShareLock);
	table_close(history, AccessShareLock);
	target->history_key_values = palloc0(sizeof(ValueType) * target->nkeys);
	for (int i = 0; i < target->nkeys; i++)
		workflow_init_value_type(&target->history_key_values[i],
								 TupleDescAttr(RelationGetDescr(rel), target->keys[i] - 1)->atttypid);
}

static WorkflowTarget *
build_target(Relation rel, Trigger *trigger)
{
	WorkflowTarget *target = palloc0(sizeof(WorkflowTarget));
	Trigger    *pin = find_trigger(rel, "workflow_columns");
	Relation	root = rel;
	TupleDesc	desc = RelationGetDescr(rel);

	target->relid = RelationGetRelid(rel);
	target->name = pstrdup(RelationGetRelationName(rel));
	if (pin == NULL && rel->rd_rel->relispartition)
	{
		List	   *ancestors = get_partition_ancestors(RelationGetRelid(rel));
		ListCell   *lc;

		foreach(lc, ancestors)
		{
			root = table_open(lfirst_oid(lc), AccessShareLock);
			pin = find_trigger(root, "workflow_columns");
			if (pin)
				break;
			table_close(root, AccessShareLock);
		}
	}
	if (pin == NULL)
		damaged(target->name, _("Trigger mutasi_workflow_columns is missing."));
	target->root = RelationGetRelid(root);
	target->owner = root->rd_rel->relowner;
	target->name = pstrdup(RelationGetRelationName(root));
	if (trigger->tgnargs != 3)
		damaged(target->name, _("Trigger mutasi_workflow has not three arguments."));
	target->workflow = pstrdup(trigger->tgargs[0]);
	target->version = pg_strtoint32(trigger->tgargs[1]);
	target->options = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(trigger->tgargs[2])));
	target->history = trigger->tgconstrrelid;
	{
		Trigger    *end = find_trigger(rel, "workflow_end");

		/* only the triggers of the table named in a statement fire at its end */
		target->ends = end && end->tgenabled == TRIGGER_FIRES_ALWAYS && !rel->rd_rel->relispartition &&
			rel->rd_rel->relkind == RELKIND_RELATION &&
			TRIGGER_FOR_AFTER(end->tgtype) && TRIGGER_FOR_INSERT(end->tgtype) &&
			TRIGGER_FOR_UPDATE(end->tgtype) && TRIGGER_FOR_DELETE(end->tgtype);
	}
	read_columns(target, rel, root, pin);
	target->natts = desc->natts;
	target->values = palloc0(sizeof(ValueType) * desc->natts);
	for (int i = 0; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped)
			workflow_init_value_type(&target->values[i], TupleDescAttr(desc, i)->atttypid);
	if (root != rel)
		table_close(root, AccessShareLock);
	read_history(target, rel);
	return target;
}

/*
 * The workflow of a table or partition that is open; NULL if it has none and
 * missing_ok, else MU024.  Good until the end of the transaction at least.
 */
WorkflowTarget *
workflow_target(Relation rel, bool missing_ok)
{
	Oid			relid = RelationGetRelid(rel);
	CachedTarget *entry;
	WorkflowTarget *target;
	Trigger    *trigger;
	MemoryContext cxt;
	MemoryContext old;
	bool		found;

	if (targets == NULL)
	{
		HASHCTL		ctl;

		ctl.keysize = sizeof(Oid);
		ctl.entrysize = sizeof(CachedTarget);
		ctl.hcxt = TopMemoryContext;
		targets = hash_create("mutasi workflow targets", 16, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
		CacheRegisterRelcacheCallback(target_relcache_callback, (Datum) 0);
		CacheRegisterSyscacheCallback(PROCOID, target_syscache_callback, (Datum) 0);
		CacheRegisterSyscacheCallback(ENUMOID, target_syscache_callback, (Datum) 0);
	}
	entry = hash_search(targets, &relid, HASH_FIND, NULL);
	if (entry && entry->valid)
		return entry->target;

	if (entry)
	{
		/* somebody further up the stack may still use it */
		target = entry->target;
		hash_search(targets, &relid, HASH_REMOVE, NULL);
		if (target)
			workflow_discard(target->cxt);
	}
	trigger = find_trigger(rel, "workflow_enforce");
	if (trigger == NULL)
	{
		if (missing_ok)
			return NULL;
		ereport(ERROR,
				(errcode(ERRCODE_WF_NOT_ATTACHED),
				 errmsg("no workflow is attached to \"%s\"", RelationGetRelationName(rel)),
				 errhint("mutasi.attach_workflow() attaches one.")));
	}
	entry = hash_search(targets, &relid, HASH_ENTER, &found);
	entry->target = NULL;
	entry->valid = true;		/* an invalidation while we build undoes it */
	PG_TRY();
	{
		cxt = AllocSetContextCreate(CurrentMemoryContext, "mutasi workflow target", ALLOCSET_SMALL_SIZES);
		old = MemoryContextSwitchTo(cxt);
		target = build_target(rel, trigger);
		target->cxt = cxt;
		MemoryContextSwitchTo(old);
	}
	PG_CATCH();
	{
		hash_search(targets, &relid, HASH_REMOVE, NULL);
		PG_RE_THROW();
	}
	PG_END_TRY();
	MemoryContextSetParent(cxt, CacheMemoryContext);
	entry = hash_search(targets, &relid, HASH_FIND, NULL);
	entry->target = target;
	return target;
}

/* The column with a logical name: as mapped, else one of that very name; 0 if none. */
AttrNumber
workflow_column(const WorkflowTarget *target, const char *logical)
{
	for (int i = 0; i < target->ncolumns; i++)
		if (strcmp(target->columns[i].logical, logical) == 0)
			return target->columns[i].attnum;
	return 0;
}

/* One of the options of attach_workflow(); NULL if it was not given. */
JsonbValue *
workflow_option(const WorkflowTarget *target, const char *name, JsonbValue *value)
{
	if (getKeyJsonValueFromContainer(&target->options->root, name, strlen(name), value) == NULL ||
		value->type == jbvNull)
		return NULL;
	return value;
}

char *
workflow_option_text(const WorkflowTarget *target, const char *name)
{
	JsonbValue	value;

	if (workflow_option(target, name, &value) == NULL || value.type != jbvString)
		return NULL;
	return pnstrdup(value.val.string.val, value.val.string.len);
}

/* The version with which new cases of a workflow start; 0 if the table does not take it. */
int
workflow_option_version(const WorkflowTarget *target, const char *workflow)
{
	JsonbValue	value;
	JsonbValue	version;

	if (strcmp(workflow, target->workflow) == 0)
		return target->version;
	if (workflow_option(target, "workflows", &value) == NULL || value.type != jbvBinary ||
		getKeyJsonValueFromContainer(value.val.binary.data, workflow, strlen(workflow), &version) == NULL ||
		version.type != jbvNumeric)
		return 0;
	return DatumGetInt32(DirectFunctionCall1(numeric_int4, NumericGetDatum(version.val.numeric)));
}
