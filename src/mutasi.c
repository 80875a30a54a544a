/*
 * mutasi.c
 *	  The module itself: magic block and what happens when it is loaded.
 */
#include "postgres.h"

#include "mutasi.h"
#include "history_progress.h"
#include "match.h"
#include "plan.h"
#include "rank.h"
#include "workflow.h"

#include "miscadmin.h"
#include "utils/guc.h"

MUTASI_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	pg_bindtextdomain(TEXTDOMAIN);

	error_init();
	rank_init();
	workflow_init();
	history_progress_init();
	match_cost_init();
	plan_init();

	/* Settings of the rooms come before this: it closes the prefix. */
	MarkGUCPrefixReserved("mutasi");
}
