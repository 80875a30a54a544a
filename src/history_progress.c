/*
 * history_progress.c
 *	  Interrupts and progress of what reads a whole history: verification, seals.
 */
#include "postgres.h"

#include "mutasi.h"
#include "history_progress.h"

#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

static int	history_progress = 10;	/* seconds; 0: quiet */
static int64 rows_read;
static TimestampTz told;		/* when progress was told */

void
history_progress_init(void)
{
	DefineCustomIntVariable("mutasi.history_progress",
							gettext_noop("Sets the interval of notices about the progress of verifying and sealing a history."),
							gettext_noop("Zero turns them off."),
							&history_progress, history_progress, 0, 3600,
							PGC_USERSET, GUC_UNIT_S, NULL, NULL, NULL);
}

/* Before the first row. */
void
history_progress_start(void)
{
	rows_read = 0;
	told = history_progress > 0 ? GetCurrentTimestamp() : 0;
}

/* For each row: lets a cancel through, and tells how far it is when it is time. */
void
history_progress_row(void)
{
	CHECK_FOR_INTERRUPTS();
	rows_read++;
	/* asking for the time costs more than counting */
	if (history_progress > 0 && rows_read % 256 == 0)
	{
		TimestampTz now = GetCurrentTimestamp();

		if (TimestampDifferenceExceeds(told, now, history_progress * 1000))
		{
			told = now;
			ereport(NOTICE,
					(errmsg("history: %lld rows read", (long long) rows_read)));
		}
	}
}
