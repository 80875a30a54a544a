/*
 * detoast.c
 *	  What any function that reads a column's value does before its own work: the
 *	  value detoasted, and nothing else.  match.sh measures scans by it.
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(detoast);
Datum
detoast(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_GETARG_VARLENA_P(0);

	PG_RETURN_INT32((int32) VARSIZE(value));
}
