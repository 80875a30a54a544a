/*
 * error.c
 *	  mutasi.raise_error(): errors of our SQL and PL/pgSQL code, raised from C
 *	  because PL/pgSQL's RAISE cannot be translated; mutasi.translated(): the
 *	  same for texts that are answers and no errors; mutasi.tell_progress(): for
 *	  notices from time to time.
 */
#include "postgres.h"

#include "mutasi.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

/* "%1" to "%9" are all a message may refer to. */
#define MAX_ERROR_ARGS 9

/*
 * Fills in a format: %1 to %9 stand for args, %% for a percent sign; any other
 * percent sign, and a number without its argument, is printed as it stands.
 */
static char *
fill_in(const char *format, char *const *args, int nargs)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (const char *p = format; *p; p++)
	{
		if (p[0] == '%' && p[1] == '%')
		{
			appendStringInfoChar(&buf, '%');
			p++;
		}
		else if (p[0] == '%' && p[1] >= '1' && p[1] <= '9' && p[1] - '1' < nargs)
		{
			appendStringInfoString(&buf, args[p[1] - '1']);
			p++;
		}
		else
			appendStringInfoChar(&buf, *p);
	}
	return buf.data;
}

/* Reads a text[] into at most MAX_ERROR_ARGS strings; returns how many. */
static int
read_args(ArrayType *array, char **args)
{
	Datum	   *elems;
	bool	   *nulls;
	int			nelems;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elems, &nulls, &nelems);
	nelems = Min(nelems, MAX_ERROR_ARGS);
	for (int i = 0; i < nelems; i++)
		args[i] = nulls[i] ? pstrdup("NULL") : TextDatumGetCString(elems[i]);
	return nelems;
}

/*
 * raise_error(sqlstate, message, args, hint, detail)
 *
 * Raises an error of the given SQLSTATE.  message, hint and detail are looked
 * up in the message catalogue as they stand and filled in afterwards, so a
 * translator sees whole sentences and may reorder the arguments.
 */
PG_FUNCTION_INFO_V1(mutasi_raise_error);
Datum
mutasi_raise_error(PG_FUNCTION_ARGS)
{
	char	   *sqlstate;
	char	   *message;
	char	   *hint;
	char	   *detail;
	char	   *args[MAX_ERROR_ARGS];
	int			nargs = 0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("SQLSTATE and message of an error must not be null")));

	sqlstate = text_to_cstring(PG_GETARG_TEXT_PP(0));
	if (strlen(sqlstate) != 5 ||
		strspn(sqlstate, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 5 ||
		strncmp(sqlstate, "00", 2) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is not an SQLSTATE of an error", sqlstate),
				 errhint("Give five digits or capital letters that do not begin with 00.")));

	if (!PG_ARGISNULL(2))
		nargs = read_args(PG_GETARG_ARRAYTYPE_P(2), args);

	message = text_to_cstring(PG_GETARG_TEXT_PP(1));
	hint = PG_ARGISNULL(3) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(3));
	detail = PG_ARGISNULL(4) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(4));

	ereport(ERROR,
			(errcode(MAKE_SQLSTATE(sqlstate[0], sqlstate[1], sqlstate[2],
								   sqlstate[3], sqlstate[4])),
			 errmsg_internal("%s", fill_in(dgettext(TEXTDOMAIN, message), args, nargs)),
			 detail ? errdetail_internal("%s", fill_in(dgettext(TEXTDOMAIN, detail), args, nargs)) : 0,
			 hint ? errhint("%s", fill_in(dgettext(TEXTDOMAIN, hint), args, nargs)) : 0));
	PG_RETURN_VOID();			/* not reached */
}

/*
 * raise_warning(message, args, hint)
 *
 * Raises a warning; message and hint are translated and filled in as
 * raise_error() does it.
 */
PG_FUNCTION_INFO_V1(mutasi_raise_warning);
Datum
mutasi_raise_warning(PG_FUNCTION_ARGS)
{
	char	   *args[MAX_ERROR_ARGS];
	int			nargs = 0;
	char	   *hint;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("message of a warning must not be null")));
	if (!PG_ARGISNULL(1))
		nargs = read_args(PG_GETARG_ARRAYTYPE_P(1), args);
	hint = PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2));
	ereport(WARNING,
			(errcode(ERRCODE_WARNING),
			 errmsg_internal("%s", fill_in(dgettext(TEXTDOMAIN, text_to_cstring(PG_GETARG_TEXT_PP(0))), args, nargs)),
			 hint ? errhint("%s", fill_in(dgettext(TEXTDOMAIN, hint), args, nargs)) : 0));
	PG_RETURN_VOID();
}

/*
 * tell_progress(message, args)
 *
 * A notice at most every mutasi.agency_progress seconds of a statement.
 * Whoever goes through a long loop calls it at every turn; it is cheap where
 * it is not yet time.  A cancel gets through here as well.
 */
static int	agency_progress = 10;	/* seconds; 0: quiet */

void
error_init(void)
{
	DefineCustomIntVariable("mutasi.agency_progress",
							gettext_noop("Sets the interval of notices about the progress of long functions of an agency schema and of workflows."),
							gettext_noop("Rankings of many posts, loads, deriving anew, imports, daily tasks. Zero turns them off."),
							&agency_progress, agency_progress, 0, 3600,
							PGC_USERSET, GUC_UNIT_S, NULL, NULL, NULL);
}

/*
 * Is it time to tell how far the statement is?  For each turn of a loop: lets a
 * cancel through as well.
 */
bool
progress_due(void)
{
	static TimestampTz told = 0;
	TimestampTz begun = GetCurrentStatementStartTimestamp();
	TimestampTz now;

	CHECK_FOR_INTERRUPTS();
	if (agency_progress == 0)
		return false;
	/* what was told to an earlier statement does not count */
	now = GetCurrentTimestamp();
	if (!TimestampDifferenceExceeds(Max(told, begun), now, agency_progress * 1000))
		return false;
	told = now;
	return true;
}

PG_FUNCTION_INFO_V1(mutasi_tell_progress);
Datum
mutasi_tell_progress(PG_FUNCTION_ARGS)
{
	char	   *args[MAX_ERROR_ARGS];
	int			nargs = 0;

	if (PG_ARGISNULL(0) || !progress_due())
		PG_RETURN_VOID();
	if (!PG_ARGISNULL(1))
		nargs = read_args(PG_GETARG_ARRAYTYPE_P(1), args);
	ereport(NOTICE,
			(errmsg_internal("%s", fill_in(dgettext(TEXTDOMAIN, text_to_cstring(PG_GETARG_TEXT_PP(0))), args, nargs))));
	PG_RETURN_VOID();
}

/*
 * translated(message, args)
 *
 * The text itself, looked up and filled in as raise_error() does it.
 */
PG_FUNCTION_INFO_V1(mutasi_translated);
Datum
mutasi_translated(PG_FUNCTION_ARGS)
{
	char	   *args[MAX_ERROR_ARGS];
	int			nargs = 0;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(1))
		nargs = read_args(PG_GETARG_ARRAYTYPE_P(1), args);
	PG_RETURN_TEXT_P(cstring_to_text(fill_in(dgettext(TEXTDOMAIN, text_to_cstring(PG_GETARG_TEXT_PP(0))), args, nargs)));
}
