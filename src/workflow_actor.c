/*
 * workflow_actor.c
 *	  Who acts: database roles, the application's actor, delegation.
 *
 * mutasi.actor names the person behind a connection that an application
 * shares.  Only a superuser may set it, until GRANT SET ON PARAMETER hands it
 * to the application's role.  It counts only in the transaction that set it
 * (a pooler's next client must not inherit it), and only while the role in
 * force is one it was granted to (SET ROLE to somebody else sheds it).
 */
#include "postgres.h"

#include "workflow.h"
#include "mutasi.h"

#include "catalog/pg_parameter_acl.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"

/* What the check hook notes with a value: the transaction that set it. */
typedef struct SetIn
{
	LocalTransactionId lxid;
} SetIn;

static char *actor_setting;
static char *behalf_setting;
static char *reason_setting;
static SetIn *actor_set_in;
static SetIn *behalf_set_in;
static SetIn *reason_set_in;

WorkflowAct workflow_act = {WORKFLOW_NORMAL, InvalidOid, NULL, NULL, 0};

static bool
check_setting(char **newval pg_attribute_unused(), void **extra, GucSource source)
{
	SetIn	   *set_in = compat_guc_malloc(sizeof(SetIn));

	if (set_in == NULL)
		return false;
	/* defaults of a database, a role or the command line set it in no transaction */
	set_in->lxid = source >= PGC_S_INTERACTIVE && MyProc ? compat_lxid(MyProc) : InvalidLocalTransactionId;
	*extra = set_in;
	return true;
}

static void
assign_actor(const char *newval pg_attribute_unused(), void *extra)
{
	actor_set_in = extra;
}

static void
assign_behalf(const char *newval pg_attribute_unused(), void *extra)
{
	behalf_set_in = extra;
}

static void
assign_reason(const char *newval pg_attribute_unused(), void *extra)
{
	reason_set_in = extra;
}

void
workflow_actor_init(void)
{
	DefineCustomStringVariable("mutasi.actor",
							   gettext_noop("The person an application acts for, in the transaction that sets it."),
							   gettext_noop("Use SET LOCAL. Counts only while the role in force may set it."),
							   &actor_setting, "", PGC_SUSET, GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE,
							   check_setting, assign_actor, NULL);
	DefineCustomStringVariable("mutasi.on_behalf_of",
							   gettext_noop("The person whose delegation the actor uses, in the transaction that sets it."),
							   gettext_noop("Use SET LOCAL. The delegation must be in force."),
							   &behalf_setting, "", PGC_USERSET, GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE,
							   check_setting, assign_behalf, NULL);
	DefineCustomStringVariable("mutasi.reason",
							   gettext_noop("The reason of the writes of the transaction that sets it."),
							   gettext_noop("Use SET LOCAL. For tables without a column for the reason."),
							   &reason_setting, "", PGC_USERSET, GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE,
							   check_setting, assign_reason, NULL);
}

static const char *
if_of_this_transaction(const char *setting, const SetIn *set_in)
{
	if (setting == NULL || setting[0] == '\0' || set_in == NULL ||
		set_in->lxid == InvalidLocalTransactionId || set_in->lxid != compat_lxid(MyProc))
		return NULL;
	return setting;
}

/* The application's actor, if the setting counts; else NULL. */
static const char *
application_actor(Oid role)
{
	const char *actor = if_of_this_transaction(actor_setting, actor_set_in);

	if (actor && pg_parameter_aclcheck("mutasi.actor", role, ACL_SET) != ACLCHECK_OK)
		return NULL;
	return actor;
}

/* The reason given with mutasi.reason in this transaction, or NULL. */
const char *
workflow_given_reason(void)
{
	return if_of_this_transaction(reason_setting, reason_set_in);
}

/* Fills in who acts on a table now. */
void
workflow_person(const WorkflowTarget *target, bool is_system, WorkflowPerson *person)
{
	Oid			session = GetSessionUserId();
	const char *actor;

	person->role = GetOuterUserId();
	person->session_role = GetUserNameFromId(session, false);
	person->acting_role = session == person->role ? person->session_role : GetUserNameFromId(person->role, false);
	if (superuser_arg(person->role) || superuser_arg(session))
		person->privilege = "superuser";
	else if (target && has_privs_of_role(person->role, target->owner))
		person->privilege = "owner";
	else
		person->privilege = NULL;

	person->on_behalf_of = NULL;
	if (is_system)
	{
		person->person = "SYSTEM";
		person->kind = "system";
		return;
	}
	actor = application_actor(person->role);
	person->person = actor ? actor : person->session_role;
	person->kind = actor ? "application" : "role";
	person->on_behalf_of = if_of_this_transaction(behalf_setting, behalf_set_in);
}

/* current_actor(): the person a write would be recorded under. */
PG_FUNCTION_INFO_V1(mutasi_current_actor);
Datum
mutasi_current_actor(PG_FUNCTION_ARGS)
{
	WorkflowPerson person;

	workflow_person(NULL, false, &person);
	PG_RETURN_TEXT_P(cstring_to_text(person.person));
}
