/*
 * workflow.h
 *	  Workflow definitions in memory, a table with a workflow, and who acts.
 *
 * A definition (mutasi.workflow and its companions) is frozen, so it is kept
 * per backend by name and version.  A target is a table that a workflow is
 * attached to; all that is known of the attachment lives in the table's own
 * triggers, which pg_dump carries and which follow renames:
 *
 *	 mutasi_workflow            AFTER ROW constraint trigger FROM the history
 *	                            table; arguments: workflow, version, options
 *	 mutasi_workflow_columns    never fires; UPDATE OF names the columns, its
 *	                            argument says what each of them is
 */
#ifndef MUTASI_WORKFLOW_H
#define MUTASI_WORKFLOW_H

#include "executor/tuptable.h"
#include "nodes/bitmapset.h"
#include "utils/jsonb.h"
#include "utils/rel.h"

/* One SQLSTATE for each refusal; mutasi.workflow_error lists them. */
#define ERRCODE_WF_NOT_INITIAL		MAKE_SQLSTATE('M','U','0','0','1')
#define ERRCODE_WF_NO_TRANSITION	MAKE_SQLSTATE('M','U','0','0','2')
#define ERRCODE_WF_UNKNOWN_STATE	MAKE_SQLSTATE('M','U','0','0','3')
#define ERRCODE_WF_TERMINAL			MAKE_SQLSTATE('M','U','0','0','4')
#define ERRCODE_WF_KEY_CHANGED		MAKE_SQLSTATE('M','U','0','0','5')
#define ERRCODE_WF_DELETE			MAKE_SQLSTATE('M','U','0','0','6')
#define ERRCODE_WF_TRUNCATE			MAKE_SQLSTATE('M','U','0','0','7')
#define ERRCODE_WF_ROLE				MAKE_SQLSTATE('M','U','0','0','8')
#define ERRCODE_WF_CONDITION		MAKE_SQLSTATE('M','U','0','0','9')
#define ERRCODE_WF_COLUMN_MISSING	MAKE_SQLSTATE('M','U','0','1','0')
#define ERRCODE_WF_DOCUMENT_MISSING MAKE_SQLSTATE('M','U','0','1','1')
#define ERRCODE_WF_REASON_MISSING	MAKE_SQLSTATE('M','U','0','1','2')
#define ERRCODE_WF_REASON_CODE		MAKE_SQLSTATE('M','U','0','1','3')
#define ERRCODE_WF_APPROVALS		MAKE_SQLSTATE('M','U','0','1','4')
#define ERRCODE_WF_SEPARATION		MAKE_SQLSTATE('M','U','0','1','5')
#define ERRCODE_WF_ALREADY_APPROVED MAKE_SQLSTATE('M','U','0','1','6')
#define ERRCODE_WF_DELEGATION		MAKE_SQLSTATE('M','U','0','1','7')
#define ERRCODE_WF_NOT_EDITABLE		MAKE_SQLSTATE('M','U','0','1','8')
#define ERRCODE_WF_NO_HISTORY		MAKE_SQLSTATE('M','U','0','1','9')
#define ERRCODE_WF_DEFINITION		MAKE_SQLSTATE('M','U','0','2','0')
#define ERRCODE_WF_FROZEN			MAKE_SQLSTATE('M','U','0','2','1')
#define ERRCODE_WF_UNKNOWN			MAKE_SQLSTATE('M','U','0','2','2')
#define ERRCODE_WF_ATTACHED			MAKE_SQLSTATE('M','U','0','2','3')
#define ERRCODE_WF_NOT_ATTACHED		MAKE_SQLSTATE('M','U','0','2','4')
#define ERRCODE_WF_DAMAGED			MAKE_SQLSTATE('M','U','0','2','5')
#define ERRCODE_WF_STATE_DIFFERS	MAKE_SQLSTATE('M','U','0','2','6')
#define ERRCODE_WF_NO_CASE			MAKE_SQLSTATE('M','U','0','2','7')
#define ERRCODE_WF_NO_ACTION		MAKE_SQLSTATE('M','U','0','2','8')
#define ERRCODE_WF_APPEND_ONLY		MAKE_SQLSTATE('M','U','0','2','9')
#define ERRCODE_WF_NOT_DUE			MAKE_SQLSTATE('M','U','0','3','0')

/* --- a definition --- */

typedef struct WorkflowState
{
	char	   *name;
	bool		initial;
	bool		terminal;
	int			deadline;		/* working days, 0 for none */
	char	   *on_expiry;		/* action, or NULL */
	bool		all_editable;
	int			neditable;
	char	  **editable;
} WorkflowState;

typedef struct WorkflowDocument
{
	char	   *code;
	char	   *when;			/* condition, or NULL for always */
} WorkflowDocument;

typedef struct WorkflowTransition
{
	char	   *action;
	int			from;			/* index into states */
	int			to;
	int			nroles;
	char	  **roles;
	char	   *condition;		/* or NULL */
	int			ncolumns;
	char	  **columns;
	int			ndocuments;
	WorkflowDocument *documents;
	bool		reason;
	bool		reason_code;
	int			approvals;
	int			nseparate;
	char	  **separate;
} WorkflowTransition;

typedef struct WorkflowDefinition
{
	char	   *name;
	int			version;
	int			nstates;
	WorkflowState *states;
	int			ntransitions;
	WorkflowTransition *transitions;
	int			nreasons;
	char	  **reasons;
	MemoryContext cxt;
	bool		provisional;	/* defined by the transaction that runs */
} WorkflowDefinition;

extern WorkflowDefinition *workflow_definition(const char *name, int version);
extern int	workflow_find_state(const WorkflowDefinition *definition, const char *state);
extern WorkflowTransition *workflow_find_transition(const WorkflowDefinition *definition,
													int from, int to);
extern char *workflow_allowed_text(const WorkflowDefinition *definition, int from);

/* --- a table with a workflow --- */

/* How a column's values are written into the history's JSON. */
typedef enum ValueKind
{
	VALUE_BOOL,
	VALUE_NUMBER,				/* integers: the output text is a JSON number */
	VALUE_NUMERIC,
	VALUE_FLOAT4,
	VALUE_FLOAT8,
	VALUE_DATETIME,
	VALUE_JSON,
	VALUE_TEXT,					/* output text, which no setting changes */
	VALUE_OTHER					/* to_jsonb() under pinned settings */
} ValueKind;

typedef struct ValueType
{
	ValueKind	kind;
	Oid			type;			/* base type, below any domain */
	int16		typlen;
	bool		typbyval;
	FmgrInfo	out;			/* or to_jsonb for VALUE_OTHER */
} ValueType;

/* Columns of a history table behind its key columns, in the order of creation. */
typedef enum HistoryColumn
{
	HISTORY_SEQ,
	HISTORY_RECORDED_AT,
	HISTORY_EVENT,
	HISTORY_ACTION,
	HISTORY_FROM_STATE,
	HISTORY_TO_STATE,
	HISTORY_WORKFLOW,
	HISTORY_VERSION,
	HISTORY_ACTOR,
	HISTORY_ACTOR_KIND,
	HISTORY_SESSION_ROLE,
	HISTORY_ACTING_ROLE,
	HISTORY_ON_BEHALF_OF,
	HISTORY_PRIVILEGE,
	HISTORY_REASON,
	HISTORY_CHANGES,
	HISTORY_SALT,
	HISTORY_VALUES_HASH,
	HISTORY_PREVIOUS_HASH,
	HISTORY_HASH,
	HISTORY_NCOLUMNS
} HistoryColumn;

typedef struct WorkflowColumn
{
	char	   *logical;		/* name in the definition, or "@state" and the like */
	AttrNumber	attnum;
} WorkflowColumn;

typedef struct WorkflowCondition
{
	struct WorkflowCondition *next;
	char	   *text;
	Node	   *expr;			/* planned; OLD is INNER_VAR, NEW is OUTER_VAR */
} WorkflowCondition;

typedef struct WorkflowTarget
{
	Oid			relid;			/* the table or partition */
	Oid			root;			/* the table that the workflow is attached to */
	Oid			owner;
	Oid			history;
	char	   *name;			/* of the root, for messages */
	char	   *workflow;
	int			version;
	Jsonb	   *options;
	int			ncolumns;
	WorkflowColumn *columns;
	AttrNumber	state;
	AttrNumber	reason;			/* 0 where there is none, so the next ones */
	AttrNumber	reason_code;
	AttrNumber	documents;
	AttrNumber	workflow_column;
	int			nkeys;
	AttrNumber	keys[INDEX_MAX_KEYS];
	int			natts;
	ValueType  *values;			/* one an attribute */
	/* history table */
	Oid			history_index;
	FmgrInfo	key_equal[INDEX_MAX_KEYS];
	Oid			key_collation[INDEX_MAX_KEYS];
	AttrNumber	history_keys[INDEX_MAX_KEYS];
	ValueType  *history_key_values;
	AttrNumber	history_columns[HISTORY_NCOLUMNS];
	bool		ends;			/* workflow_end() fires behind each statement */
	WorkflowCondition *conditions;
	MemoryContext cxt;
} WorkflowTarget;

extern WorkflowTarget *workflow_target(Relation rel, bool missing_ok);
extern AttrNumber workflow_column(const WorkflowTarget *target, const char *logical);
extern char *workflow_option_text(const WorkflowTarget *target, const char *name);
extern JsonbValue *workflow_option(const WorkflowTarget *target, const char *name, JsonbValue *value);
extern int	workflow_option_version(const WorkflowTarget *target, const char *workflow);
extern Oid	workflow_enforce_oid(void);
extern void workflow_init_value_type(ValueType *value, Oid type);

/* --- who acts --- */

typedef struct WorkflowPerson
{
	Oid			role;			/* outer role: SET ROLE counts, SECURITY DEFINER does not */
	const char *person;			/* application actor, else session role, else SYSTEM */
	const char *kind;			/* "application", "role" or "system" */
	const char *session_role;
	const char *acting_role;
	const char *on_behalf_of;	/* principal of a delegation, or NULL */
	const char *privilege;		/* "superuser", "owner" or NULL */
} WorkflowPerson;

extern void workflow_actor_init(void);
extern void workflow_person(const WorkflowTarget *target, bool is_system, WorkflowPerson *person);
extern const char *workflow_given_reason(void);

/*
 * A privileged act under way: it lets one table's rows in by another door and
 * is recorded under its own name.
 */
typedef enum WorkflowMode
{
	WORKFLOW_NORMAL,
	WORKFLOW_IMPORT,
	WORKFLOW_CORRECT,
	WORKFLOW_MIGRATE,
	WORKFLOW_SYSTEM
} WorkflowMode;

typedef struct WorkflowAct
{
	WorkflowMode mode;
	Oid			root;			/* the table it is about */
	const char *key_text;		/* the case it is about, NULL for any */
	const char *reason;
	int			version;		/* to migrate to */
} WorkflowAct;

extern WorkflowAct workflow_act;

/* Is the act about this case? */
static inline bool
workflow_act_on(const WorkflowTarget *target, const char *key_text)
{
	return workflow_act.root == target->root &&
		(workflow_act.key_text == NULL || strcmp(workflow_act.key_text, key_text) == 0);
}

/* --- is a transition allowed --- */

typedef struct WorkflowRefusal
{
	int			sqlstate;
	char	   *message;
	char	   *detail;
	char	   *hint;
} WorkflowRefusal;

typedef struct WorkflowCase
{
	WorkflowTarget *target;
	Relation	rel;
	WorkflowDefinition *definition;
	Datum	   *key;
	char	   *key_text;
	TupleTableSlot *old;
	TupleTableSlot *new;
	const Bitmapset *changed;	/* attribute numbers */
	const Bitmapset *updated;	/* those in the statement's SET list, offset as in tg_updatedcols */
	WorkflowPerson *person;
	WorkflowMode mode;			/* of the act about this case */
	const char *reason;			/* given with the act, or NULL */
	bool		keep;			/* the history stays open until the statement ends */
} WorkflowCase;

extern List *workflow_check(WorkflowCase *c, WorkflowTransition *transition, bool first_only,
							bool asking);
extern bool workflow_condition_holds(WorkflowTarget *target, Relation rel, const char *text,
									 TupleTableSlot *old, TupleTableSlot *new);
extern char *workflow_reason_of(WorkflowCase *c);
extern char *workflow_missing_columns(WorkflowCase *c, WorkflowTransition *transition);
extern bool workflow_owner_query(const WorkflowTarget *target, const char *sql, int nargs, Oid *types, Datum *values);
extern int	workflow_votes(WorkflowCase *c, WorkflowTransition *transition, bool *mine);

/* --- things that outlive their use until the transaction ends --- */

extern void workflow_raise(const WorkflowRefusal *refusal);
extern void workflow_discard(MemoryContext cxt);
extern void workflow_init(void);

#endif							/* MUTASI_WORKFLOW_H */
