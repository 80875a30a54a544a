/*
 * history_seal.c
 *	  seal_history(), and the seals' part of verify_history().
 *
 * A seal covers, of every case whose history has grown since it was last
 * sealed, the newest row one snapshot sees.  Its leaves, in the byte order of
 * the case keys, form a Merkle tree (as RFC 6962 does it: a leaf is hashed
 * behind a 0 byte, a node behind a 1 byte; a tree of n leaves splits at the
 * largest power of two below n).  The seal's root is
 *
 *	 SHA-256("mutasi seal 1", number, root of the seal before, sealed_at, cases, Merkle root)
 *
 * with lengths in front as in history_value.c.  Because each row is chained to
 * the one before it in its case, the newest row stands for all before it.
 */
#include "postgres.h"

#include "history.h"
#include "history_progress.h"
#include "history_seal.h"
#include "workflow.h"
#include "workflow_case.h"
#include "mutasi.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

typedef struct Leaf
{
	char	   *key_text;
	int32		seq;
	uint8		hash[HISTORY_HASH_LEN];
} Leaf;

typedef struct SealedRow
{
	const char *key;			/* hash key: case key, a blank, row number */
	int32		seal;
	uint8		hash[HISTORY_HASH_LEN];
	bool		seen;
	bool		differs;
} SealedRow;

struct SealedHeads
{
	HTAB	   *rows;			/* SealedRow by case and number */
	HTAB	   *newest;			/* Newest by case */
	Oid			seal;			/* the tables; 0 where there are none */
	Oid			head;
};

typedef struct Newest
{
	const char *key;
	int32		seq;
	int32		present;		/* the last row that the history has now */
	bool		reported;
	uint8		hash[HISTORY_HASH_LEN];
} Newest;

static uint32
string_pointer_hash(const void *key, Size keysize pg_attribute_unused())
{
	const char *text = *(const char *const *) key;

	return hash_bytes((const unsigned char *) text, strlen(text));
}

static int
string_pointer_match(const void *a, const void *b, Size keysize pg_attribute_unused())
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static HTAB *
string_table(const char *name, Size entrysize)
{
	HASHCTL		ctl;

	ctl.keysize = sizeof(char *);
	ctl.entrysize = entrysize;
	ctl.hash = string_pointer_hash;
	ctl.match = string_pointer_match;
	ctl.hcxt = CurrentMemoryContext;
	return hash_create(name, 1024, &ctl, HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

/* The table that a relation's never-firing trigger names: history -> seals -> heads. */
static Oid
table_behind(Oid relid, const char *trigger)
{
	Relation	rel = table_open(relid, AccessShareLock);
	Oid			found = InvalidOid;

	if (rel->trigdesc)
		for (int i = 0; i < rel->trigdesc->numtriggers; i++)
			if (strcmp(rel->trigdesc->triggers[i].tgname, trigger) == 0)
				found = rel->trigdesc->triggers[i].tgconstrrelid;
	table_close(rel, AccessShareLock);
	return found;
}

static void
find_seal_tables(WorkflowTarget *target, Oid *seal, Oid *head)
{
	*seal = table_behind(target->history, "mutasi_history_seal");
	*head = OidIsValid(*seal) ? table_behind(*seal, "mutasi_seal_head") : InvalidOid;
	if (!OidIsValid(*seal) || !OidIsValid(*head))
		ereport(ERROR,
				(errcode(ERRCODE_WF_DAMAGED),
				 errmsg("the history of \"%s\" has lost its seals", target->name),
				 errdetail("The tables of its seals, or the triggers that name them, are missing.")));
}

static char *
qualified(Oid relid)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), get_rel_name(relid));
}

static bool
bytes_at(SPITupleTable *table, uint64 row, int column, uint8 *bytes)
{
	bool		isnull;
	Datum		value = SPI_getbinval(table->vals[row], table->tupdesc, column, &isnull);
	bytea	   *stored;

	memset(bytes, 0, HISTORY_HASH_LEN);
	if (isnull)
		return false;
	stored = DatumGetByteaPP(value);
	if (VARSIZE_ANY_EXHDR(stored) != HISTORY_HASH_LEN)
		return false;
	memcpy(bytes, VARDATA_ANY(stored), HISTORY_HASH_LEN);
	return true;
}

/* --- hashing --- */

static void
leaf_hash(const Leaf *leaf, uint8 *result)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '\0');
	history_hash_text(&buf, leaf->key_text);
	history_hash_int(&buf, leaf->seq);
	history_hash_bytes(&buf, leaf->hash, HISTORY_HASH_LEN);
	history_digest(&buf, result);
	pfree(buf.data);
}

/* Root over leaves[0 … n-1], n > 0; overwrites nothing. */
static void
merkle_root(uint8 (*leaves)[HISTORY_HASH_LEN], int64 n, uint8 *result)
{
	StringInfoData buf;
	uint8		left[HISTORY_HASH_LEN];
	uint8		right[HISTORY_HASH_LEN];
	int64		split = 1;

	CHECK_FOR_INTERRUPTS();
	if (n == 1)
	{
		memcpy(result, leaves[0], HISTORY_HASH_LEN);
		return;
	}
	while (split * 2 < n)
		split *= 2;
	merkle_root(leaves, split, left);	/* depth is log2 of n */
	merkle_root(leaves + split, n - split, right);
	initStringInfo(&buf);
	appendStringInfoChar(&buf, '\1');
	appendBinaryStringInfo(&buf, (char *) left, HISTORY_HASH_LEN);
	appendBinaryStringInfo(&buf, (char *) right, HISTORY_HASH_LEN);
	history_digest(&buf, result);
	pfree(buf.data);
}

static void
heads_root(List *leaves, uint8 *result)
{
	int64		n = list_length(leaves);
	uint8		(*hashes)[HISTORY_HASH_LEN];
	ListCell   *lc;
	int64		i = 0;

	if (n == 0)
	{
		StringInfoData empty;

		initStringInfo(&empty);
		history_digest(&empty, result);
		return;
	}
	hashes = MemoryContextAllocHuge(CurrentMemoryContext, mul_size(n, HISTORY_HASH_LEN));
	foreach(lc, leaves)
		leaf_hash(lfirst(lc), hashes[i++]);
	merkle_root(hashes, n, result);
	pfree(hashes);
}

static void
seal_root(int32 number, const uint8 *previous, TimestampTz sealed_at, int64 cases, const uint8 *merkle, uint8 *result)
{
	StringInfoData buf;

	initStringInfo(&buf);
	history_hash_text(&buf, "mutasi seal 1");
	history_hash_int(&buf, number);
	history_hash_bytes(&buf, previous, HISTORY_HASH_LEN);
	history_hash_int(&buf, sealed_at);
	history_hash_int(&buf, cases);
	history_hash_bytes(&buf, merkle, HISTORY_HASH_LEN);
	history_digest(&buf, result);
	pfree(buf.data);
}

static char *
hex(const uint8 *bytes)
{
	char	   *text = palloc(HISTORY_HASH_LEN * 2 + 1);

	for (int i = 0; i < HISTORY_HASH_LEN; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return text;
}

/* --- what is sealed --- */

static char *
row_name(const char *key_text, int32 seq)
{
	return psprintf("%s %d", key_text, seq);
}

/* All sealed rows, by case and number, and the newest of each case. */
SealedHeads *
sealed_heads_read(WorkflowTarget *target)
{
	SealedHeads *heads = palloc0(sizeof(SealedHeads));
	SPIPlanPtr	plan;
	Portal		cursor;

	find_seal_tables(target, &heads->seal, &heads->head);
	heads->rows = string_table("mutasi sealed rows", sizeof(SealedRow));
	heads->newest = string_table("mutasi sealed cases", sizeof(Newest));
	plan = SPI_prepare_cursor(psprintf("SELECT case_key, seq, hash, seal FROM %s ORDER BY seal", qualified(heads->head)), 0, NULL, 0);
	if (plan == NULL)
		elog(ERROR, "could not read the seals of \"%s\"", target->name);
	cursor = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	for (;;)
	{
		SPI_cursor_fetch(cursor, true, 1000);
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			bool		isnull;
			bool		found;
			char	   *key_text = TextDatumGetCString(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull));
			int32		seq = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &isnull));
			char	   *name = row_name(key_text, seq);
			SealedRow  *row = hash_search(heads->rows, &name, HASH_ENTER, &found);
			Newest	   *newest = hash_search(heads->newest, &key_text, HASH_ENTER, NULL);

			if (!found)
			{
				row->seen = false;
				row->differs = false;
				row->seal = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 4, &isnull));
				(void) bytes_at(SPI_tuptable, i, 3, row->hash);
			}
			newest->seq = seq;
			newest->present = 0;
			newest->reported = false;
			(void) bytes_at(SPI_tuptable, i, 3, newest->hash);
		}
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(cursor);
	return heads;
}

/* Notes that a row of the history was seen, and whether it is what was sealed. */
void
sealed_heads_check(SealedHeads *heads, const char *key_text, int32 seq, const uint8 *hash)
{
	char	   *name = row_name(key_text, seq);
	SealedRow  *row = hash_search(heads->rows, &name, HASH_FIND, NULL);
	Newest	   *newest;

	if (row)
	{
		row->seen = true;
		row->differs = memcmp(row->hash, hash, HISTORY_HASH_LEN) != 0;
	}
	pfree(name);
	newest = hash_search(heads->newest, &key_text, HASH_FIND, NULL);
	if (newest && newest->present < seq)
		newest->present = seq;
}

static int
compare_sealed(const void *a, const void *b)
{
	CHECK_FOR_INTERRUPTS();
	return strcmp((*(SealedRow *const *) a)->key, (*(SealedRow *const *) b)->key);
}

/* Sealed rows that the history has not, or not so any more. */
static void
report_sealed(SealedHeads *heads, struct Verification *verification)
{
	HASH_SEQ_STATUS status;
	SealedRow  *row;
	SealedRow **bad;
	int			n = 0;

	bad = palloc(sizeof(SealedRow *) * Max(hash_get_num_entries(heads->rows), 1));
	hash_seq_init(&status, heads->rows);
	while ((row = hash_seq_search(&status)) != NULL)
		if (!row->seen || row->differs)
			bad[n++] = row;
	qsort(bad, n, sizeof(SealedRow *), compare_sealed);
	for (int i = 0; i < n; i++)
	{
		char	   *key_text = pstrdup(bad[i]->key);
		char	   *blank = strrchr(key_text, ' ');
		int32		seq = pg_strtoint32(blank + 1);
		Newest	   *newest;

		*blank = '\0';
		newest = hash_search(heads->newest, &key_text, HASH_FIND, NULL);
		if (bad[i]->differs)
			verification_report(verification, key_text, seq, "altered",
								psprintf(_("Seal %d covers another row in its place."), bad[i]->seal));
		else if (newest == NULL || seq <= newest->present)
			verification_report(verification, key_text, seq, "missing",
								psprintf(_("Seal %d covers it."), bad[i]->seal));
		else if (!newest->reported)
		{
			/* all that is gone from the end is one finding */
			newest->reported = true;
			verification_report(verification, key_text, newest->present + 1, "missing",
								psprintf(_("The seals cover rows up to %d."), newest->seq));
		}
	}
}

/* The seals themselves: their roots, their chain, and the root that was published. */
void
seals_verify(WorkflowTarget *target, SealedHeads *heads, const char *published, struct Verification *verification)
{
	uint8		previous[HISTORY_HASH_LEN] = {0};
	int32		expected = 1;
	bool		found = published == NULL;
	SPITupleTable *seals;
	uint64		nseals;

	report_sealed(heads, verification);
	if (SPI_execute(psprintf("SELECT seal, sealed_at, cases, merkle_root, root FROM %s ORDER BY seal",
							 qualified(heads->seal)), true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the seals of \"%s\"", target->name);
	seals = SPI_tuptable;
	nseals = SPI_processed;
	for (uint64 i = 0; i < nseals; i++)
	{
		bool		isnull;
		int32		number = DatumGetInt32(SPI_getbinval(seals->vals[i], seals->tupdesc, 1, &isnull));
		TimestampTz sealed_at = DatumGetTimestampTz(SPI_getbinval(seals->vals[i], seals->tupdesc, 2, &isnull));
		int64		cases = DatumGetInt64(SPI_getbinval(seals->vals[i], seals->tupdesc, 3, &isnull));
		uint8		stored_merkle[HISTORY_HASH_LEN];
		uint8		stored_root[HISTORY_HASH_LEN];
		uint8		merkle[HISTORY_HASH_LEN];
		uint8		root[HISTORY_HASH_LEN];
		List	   *leaves = NIL;
		Oid			types[1] = {INT4OID};
		Datum		values[1];

		CHECK_FOR_INTERRUPTS();
		(void) bytes_at(seals, i, 4, stored_merkle);
		(void) bytes_at(seals, i, 5, stored_root);
		if (number != expected)
			verification_report(verification, NULL, 0, "seal missing",
								psprintf(_("Seals %d to %d are missing."), expected, number - 1));
		values[0] = Int32GetDatum(number);
		if (SPI_execute_with_args(psprintf("SELECT case_key, seq, hash FROM %s WHERE seal OPERATOR(pg_catalog.=) $1 ORDER BY case_key COLLATE pg_catalog.\"C\"",
										   qualified(heads->head)), 1, types, values, NULL, true, 0) != SPI_OK_SELECT)
			elog(ERROR, "could not read the seals of \"%s\"", target->name);
		for (uint64 j = 0; j < SPI_processed; j++)
		{
			Leaf	   *leaf = palloc(sizeof(Leaf));

			leaf->key_text = TextDatumGetCString(SPI_getbinval(SPI_tuptable->vals[j], SPI_tuptable->tupdesc, 1, &isnull));
			leaf->seq = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[j], SPI_tuptable->tupdesc, 2, &isnull));
			(void) bytes_at(SPI_tuptable, j, 3, leaf->hash);
			leaves = lappend(leaves, leaf);
		}
		SPI_freetuptable(SPI_tuptable);
		heads_root(leaves, merkle);
		seal_root(number, previous, sealed_at, cases, merkle, root);
		if (list_length(leaves) != cases || memcmp(merkle, stored_merkle, HISTORY_HASH_LEN) != 0 ||
			memcmp(root, stored_root, HISTORY_HASH_LEN) != 0)
			verification_report(verification, NULL, 0, "seal altered",
								psprintf(_("Seal %d is not that of the rows it covers and of the seal before it."), number));
		else if (published && pg_strcasecmp(hex(root), published) == 0)
			found = true;
		list_free_deep(leaves);
		memcpy(previous, stored_root, HISTORY_HASH_LEN);
		expected = number + 1;
	}
	if (!found)
		verification_report(verification, NULL, 0, "published root not found",
							psprintf(_("None of the %d seals has the root %s: seals and the rows they covered were removed or altered, or it is not the root of this table."),
									 expected - 1, published));
}

/* --- sealing --- */

static int
compare_leaves(const ListCell *a, const ListCell *b)
{
	return strcmp(((Leaf *) lfirst(a))->key_text, ((Leaf *) lfirst(b))->key_text);
}

/* The cases whose newest row is not sealed yet. */
static List *
new_heads(WorkflowTarget *target, SealedHeads *heads, MemoryContext cxt)
{
	Relation	history = table_open(target->history, AccessShareLock);
	List	   *leaves = NIL;
	SPIPlanPtr	plan;
	Portal		cursor;
	char	   *keys = workflow_history_keys(target, history, "h.");
	MemoryContext row_cxt = AllocSetContextCreate(CurrentMemoryContext, "mutasi seal row", ALLOCSET_DEFAULT_SIZES);

	plan = SPI_prepare_cursor(psprintf("SELECT DISTINCT ON (%.*s) %s FROM %s AS h ORDER BY %sh.seq DESC",
									   (int) strlen(keys) - 2, keys, workflow_whole_row(history, "h"),
									   workflow_qualified_name(history), keys), 0, NULL, 0);
	if (plan == NULL)
		elog(ERROR, "could not read the history of \"%s\"", target->name);
	cursor = SPI_cursor_open(NULL, plan, NULL, NULL, false);
	history_progress_start();
	for (;;)
	{
		SPI_cursor_fetch(cursor, true, 1000);
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			MemoryContext old;
			TupleTableSlot *slot;
			HistoryRow	row;
			Datum		key[INDEX_MAX_KEYS];
			bool		isnull;
			char	   *key_text;
			Newest	   *newest;

			history_progress_row();
			MemoryContextReset(row_cxt);
			old = MemoryContextSwitchTo(row_cxt);
			slot = workflow_slot(history, RelationGetDescr(history), SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull));
			for (int k = 0; k < target->nkeys; k++)
				key[k] = slot->tts_values[target->history_keys[k] - 1];
			key_text = history_key_text(target->history_key_values, target->nkeys, key);
			history_read_slot(target, slot, HISTORY_STATE, &row);
			newest = hash_search(heads->newest, &key_text, HASH_FIND, NULL);
			if (newest && (newest->seq > row.seq ||
						   (newest->seq == row.seq && memcmp(newest->hash, row.hash, HISTORY_HASH_LEN) != 0)))
				ereport(ERROR,
						(errcode(ERRCODE_WF_STATE_DIFFERS),
						 errmsg("the history of case %s of \"%s\" is not the one that was sealed", key_text, target->name),
						 errdetail("Row %d was sealed; the history ends with row %d.", newest->seq, row.seq),
						 errhint("mutasi.verify_history() shows what was altered; nothing is sealed over it.")));
			if (newest == NULL || newest->seq < row.seq)
			{
				Leaf	   *leaf;

				MemoryContextSwitchTo(cxt);
				leaf = palloc(sizeof(Leaf));
				leaf->key_text = pstrdup(key_text);
				leaf->seq = row.seq;
				memcpy(leaf->hash, row.hash, HISTORY_HASH_LEN);
				leaves = lappend(leaves, leaf);
				MemoryContextSwitchTo(row_cxt);
			}
			ExecDropSingleTupleTableSlot(slot);
			MemoryContextSwitchTo(old);
		}
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(cursor);
	table_close(history, NoLock);
	list_sort(leaves, compare_leaves);
	return leaves;
}

static Datum
bytea_datum(const uint8 *bytes)
{
	bytea	   *value = palloc(VARHDRSZ + HISTORY_HASH_LEN);

	SET_VARSIZE(value, VARHDRSZ + HISTORY_HASH_LEN);
	memcpy(VARDATA(value), bytes, HISTORY_HASH_LEN);
	return PointerGetDatum(value);
}

static void
insert_heads(Oid head, Datum number, List *leaves)
{
	Oid			types[4] = {INT4OID, TEXTOID, INT4OID, BYTEAOID};
	Datum		values[4];
	ListCell   *lc;
	SPIPlanPtr	plan = SPI_prepare(psprintf("INSERT INTO %s (seal, case_key, seq, hash) VALUES ($1, $2, $3, $4)", qualified(head)),
								   4, types);

	if (plan == NULL)
		elog(ERROR, "could not write to \"%s\"", get_rel_name(head));
	foreach(lc, leaves)
	{
		Leaf	   *leaf = lfirst(lc);

		CHECK_FOR_INTERRUPTS();
		values[0] = number;
		values[1] = CStringGetTextDatum(leaf->key_text);
		values[2] = Int32GetDatum(leaf->seq);
		values[3] = bytea_datum(leaf->hash);
		if (SPI_execute_plan(plan, values, NULL, false, 0) != SPI_OK_INSERT)
			elog(ERROR, "could not write to \"%s\"", get_rel_name(head));
		pfree(DatumGetPointer(values[1]));
		pfree(DatumGetPointer(values[3]));
	}
}

/* Writes a seal (number, time, cases, Merkle root, root) and what it covers. */
static pg_noinline void
write_seal(Oid seal, Oid head, Datum *values, List *leaves)
{
	Oid			types[5] = {INT4OID, TIMESTAMPTZOID, INT8OID, BYTEAOID, BYTEAOID};

	history_allow(true);
	PG_TRY();
	{
		if (SPI_execute_with_args(psprintf("INSERT INTO %s (seal, sealed_at, cases, merkle_root, root) VALUES ($1, $2, $3, $4, $5)",
										   qualified(seal)), 5, types, values, NULL, false, 0) != SPI_OK_INSERT)
			elog(ERROR, "could not write to \"%s\"", get_rel_name(seal));
		insert_heads(head, values[0], leaves);
	}
	PG_FINALLY();
	{
		history_allow(false);
	}
	PG_END_TRY();
}

/* seal_history(target): see above.  Returns the root in hexadecimal. */
PG_FUNCTION_INFO_V1(mutasi_seal_history);
Datum
mutasi_seal_history(PG_FUNCTION_ARGS)
{
	MemoryContext outer = CurrentMemoryContext;
	Relation	rel;
	WorkflowTarget *target;
	SealedHeads *heads;
	Oid			seal;
	Oid			head;
	List	   *leaves;
	int32		number = 1;
	uint8		previous[HISTORY_HASH_LEN] = {0};
	uint8		merkle[HISTORY_HASH_LEN];
	uint8		root[HISTORY_HASH_LEN];
	TimestampTz now;
	char	   *result;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the table must not be null")));
	rel = workflow_open(PG_GETARG_OID(0), AccessShareLock);
	target = workflow_target(rel, false);
	workflow_require_owner(target);
	find_seal_tables(target, &seal, &head);
	SPI_connect();
	/* one seal at a time; writers of cases do not touch this table */
	if (SPI_execute(psprintf("LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", qualified(seal)), false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "could not lock the seals of \"%s\"", target->name);
	if (SPI_execute(psprintf("SELECT seal, root FROM %s ORDER BY seal DESC", qualified(seal)), false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read the seals of \"%s\"", target->name);
	if (SPI_processed == 1)
	{
		bool		isnull;

		number = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull)) + 1;
		(void) bytes_at(SPI_tuptable, 0, 2, previous);
	}
	heads = sealed_heads_read(target);
	leaves = new_heads(target, heads, CurrentMemoryContext);
	if (leaves == NIL && number > 1)
		result = hex(previous);	/* nothing new: the last seal still stands for all */
	else
	{
		Datum		values[5];

		now = GetCurrentTimestamp();
		heads_root(leaves, merkle);
		seal_root(number, previous, now, list_length(leaves), merkle, root);
		values[0] = Int32GetDatum(number);
		values[1] = TimestampTzGetDatum(now);
		values[2] = Int64GetDatum(list_length(leaves));
		values[3] = bytea_datum(merkle);
		values[4] = bytea_datum(root);
		write_seal(seal, head, values, leaves);
		result = hex(root);
	}
	result = MemoryContextStrdup(outer, result);
	SPI_finish();
	table_close(rel, NoLock);
	PG_RETURN_TEXT_P(cstring_to_text(result));
}
