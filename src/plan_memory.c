/*
 * plan_memory.c
 *	  What the planner may hold, and what it does between two steps: the limit
 *	  of mutasi.plan_memory, interrupts, progress.
 */
#include "postgres.h"

#include "mutasi.h"

#include <limits.h>

#include "miscadmin.h"
#include "plan.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

int			mutasi_plan_memory = 1024 * 1024;	/* kB */
int			mutasi_plan_progress = 10;	/* seconds; 0: quiet */

/* Held by the planning call under way; a call that failed leaves it to the next to reset. */
static int64_t reserved;
static int64_t most_reserved;
static TimestampTz last_notice;

/* The settings; called when the library is loaded. */
void
plan_init(void)
{
	DefineCustomIntVariable("mutasi.plan_memory",
							gettext_noop("Sets the most memory that planning transfers may take."),
							gettext_noop("What a plan will need is known before it is solved; more is an error then."),
							&mutasi_plan_memory, 1024 * 1024, 1024, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomIntVariable("mutasi.plan_progress",
							gettext_noop("Sets the interval of notices about the progress of planning."),
							gettext_noop("Zero turns them off."),
							&mutasi_plan_progress, mutasi_plan_progress, 0, 3600,
							PGC_USERSET, GUC_UNIT_S, NULL, NULL, NULL);
}

void
PlanResetMemory(void)
{
	reserved = most_reserved = 0;
	last_notice = GetCurrentTimestamp();
}

/* Accounts for bytes about to be allocated; an error if they exceed the limit. */
void
PlanReserve(int64_t bytes, const char *what)
{
	int64_t		limit = (int64_t) mutasi_plan_memory * 1024;

	if (bytes > limit - reserved)
		ereport(ERROR,
				(errcode(ERRCODE_MUTASI_PLAN_MEMORY),
				 errmsg("planning needs more than \"mutasi.plan_memory\" (%d kB)", mutasi_plan_memory),
				 errdetail("The %s would take the memory held to %lld kB.", what,
						   (long long) ((reserved + bytes + 1023) / 1024)),
				 errhint("Raise \"mutasi.plan_memory\", or give fewer candidates a post.")));
	reserved += bytes;
	if (reserved > most_reserved)
		most_reserved = reserved;
}

/* The most that the call under way has held so far. */
int64_t
PlanMostMemory(void)
{
	return most_reserved;
}

/* What it holds now. */
int64_t
PlanHeldMemory(void)
{
	return reserved;
}

/* Would that many bytes more keep the limit? */
bool
PlanFits(int64_t bytes)
{
	return bytes <= (int64_t) mutasi_plan_memory * 1024 - reserved;
}

void
PlanUnreserve(int64_t bytes)
{
	reserved -= bytes;
}

void *
PlanAlloc(int64_t count, Size size)
{
	if (count < 1)
		count = 1;
	return MemoryContextAllocExtended(CurrentMemoryContext, mul_size((Size) count, size), MCXT_ALLOC_HUGE);
}

/* A longer array in place of one, accounted for; count only grows. */
void *
PlanGrow(void *pointer, int64_t old_count, int64_t new_count, Size size)
{
	PlanReserve((int64_t) mul_size((Size) (new_count - old_count), size), "input");
	if (pointer == NULL)
		return PlanAlloc(new_count, size);
	return repalloc_huge(pointer, mul_size((Size) new_count, size));
}

/* Has the interval of mutasi.plan_progress passed?  If so it begins anew. */
bool
PlanNoticeDue(void)
{
	TimestampTz now;

	if (mutasi_plan_progress <= 0)
		return false;
	now = GetCurrentTimestamp();
	if (!TimestampDifferenceExceeds(last_notice, now, mutasi_plan_progress * 1000))
		return false;
	last_notice = now;
	return true;
}

static void *
env_alloc(void *context, size_t size)
{
	return MemoryContextAllocExtended((MemoryContext) context, size, MCXT_ALLOC_HUGE);
}

static void
env_release(void *context, void *pointer)
{
	(void) context;
	pfree(pointer);
}

static void
env_breathe(void *context, int64_t done, int64_t total)
{
	(void) context;
	CHECK_FOR_INTERRUPTS();
	if (PlanNoticeDue())
	{
		if (done < 0)
			ereport(NOTICE,
					(errmsg("planning: %lld exchanges made by the general solver", (long long) -done)));
		else if (total > 0)
			ereport(NOTICE,
					(errmsg("planning: %lld of %lld seats decided", (long long) done, (long long) total)));
		else
			ereport(NOTICE,
					(errmsg("planning: looking for the reason")));
	}
}

static void
env_fail(void *context, FlowError error, const char *what)
{
	(void) context;
	switch (error)
	{
		case FLOW_TOO_LARGE:
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("the numbers of this plan exceed 64-bit arithmetic (%s)", what),
					 errhint("Use fewer priorities, lower scores or a lower balance weight, or plan in parts.")));
			break;
		case FLOW_NOT_PROVEN:
			ereport(ERROR,
					(errcode(ERRCODE_MUTASI_PLAN_NOT_PROVEN),
					 errmsg("the plan could not be proven optimal and is withheld"),
					 errdetail("The certificate found: %s.", what),
					 errhint("This is a defect of the planner; please report it with the input.")));
			break;
		case FLOW_BAD_PROBLEM:
			ereport(ERROR,
					(errcode(ERRCODE_MUTASI_PLAN_BROKEN),
					 errmsg("the planning problem is damaged (%s)", what)));
			break;
	}
}

/* The planner's way to the server, on the current memory context. */
FlowEnv *
PlanEnv(void)
{
	FlowEnv    *env = palloc(sizeof(FlowEnv));

	env->context = CurrentMemoryContext;
	env->alloc = env_alloc;
	env->release = env_release;
	env->breathe = env_breathe;
	env->fail = env_fail;
	return env;
}
