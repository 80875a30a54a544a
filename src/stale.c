/*
 * stale.c
 *	  mutasi.refuse_stale(): at REPEATABLE READ and SERIALIZABLE, whether rows
 *	  that something is derived from were changed after the snapshot was taken.
 *
 * A trigger that derives a column locks the row that has it and then reads the
 * rows it comes from.  At READ COMMITTED it reads what is there once it has the
 * lock.  With a snapshot for the whole transaction it may not: PostgreSQL
 * fails only where the locked row was written since, and whoever changed the
 * source had nothing to write when the derived value stayed what it was.
 */
#include "postgres.h"
#include "fmgr.h"

#include "compat.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "mutasi.h"

/*
 * What a query that gives one bigint finds by a snapshot; NULL is 0.
 */
static int64
found_by(SPIPlanPtr plan, Datum *keys, Snapshot snapshot)
{
	bool		isnull;
	Datum		found;

	PushActiveSnapshot(snapshot);
	if (SPI_execute_plan(plan, keys, NULL, true, 1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "could not read the rows that something is derived from");
	found = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	PopActiveSnapshot();
	return isnull ? 0 : DatumGetInt64(found);
}

/*
 * refuse_stale(relation, key, keys)
 *
 * A row version has its place and the transaction that made it, so the sum of
 * both over all rows differs where one came, went or was changed.  PostgreSQL's
 * foreign keys look past the snapshot in the same way.
 */
PG_FUNCTION_INFO_V1(mutasi_refuse_stale);
Datum
mutasi_refuse_stale(PG_FUNCTION_ARGS)
{
	Oid			relation = PG_GETARG_OID(0);
	char	   *key = NameStr(*PG_GETARG_NAME(1));
	Datum		keys = PG_GETARG_DATUM(2);
	Oid			type = INT4ARRAYOID;
	char	   *name;
	char	   *query;
	SPIPlanPtr	plan;

	if (!IsolationUsesXactSnapshot())
		PG_RETURN_VOID();
	name = get_rel_name(relation);
	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation)));
	query = psprintf("SELECT pg_catalog.bit_xor(pg_catalog.hashtidextended(t.ctid, t.xmin::pg_catalog.text::pg_catalog.int8))"
					 " FROM %s AS t",
					 quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), name));
	if (*key != '\0')
		query = psprintf("%s JOIN (SELECT DISTINCT k FROM pg_catalog.unnest($1) AS k) AS w"
						 " ON w.k OPERATOR(pg_catalog.=) t.%s", query, quote_identifier(key));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	plan = SPI_prepare(query, 1, &type);
	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\"", query);
	if (found_by(plan, &keys, GetActiveSnapshot()) != found_by(plan, &keys, GetLatestSnapshot()))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access: rows of \"%s\" were changed meanwhile", name),
				 errhint("Run the transaction again.")));
	SPI_finish();
	PG_RETURN_VOID();
}
