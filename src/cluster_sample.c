/*
 * cluster_sample.c
 *	  The sample that the order of a GiST build is learned from: rows of the table,
 *	  spread evenly over it.
 */
#include "postgres.h"

#include "mutasi.h"
#include "cluster.h"
#include "profile.h"

#include "access/genam.h"
#include "access/gist.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/index.h"
#include "catalog/pg_am_d.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* Blocks to look at: where there are more, some are left out. */
#define SAMPLE_BLOCKS 4096

/* So many row numbers in a row without a row end a block. */
#define PATIENCE 8

/* Which column of the index has keys made by this function; -1: none. */
static int
column_of(Relation index, Oid compress)
{
	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
	{
		if (index_getprocid(index, i + 1, GIST_COMPRESS_PROC) == compress)
			return i;
	}
	return -1;
}

/* Evenly spread rows of the table, as many as the sample takes. */
static void
read_sample(Relation table, Relation index, int column, ClusterSample *sample)
{
	IndexInfo  *info = BuildIndexInfo(index);
	EState	   *estate = CreateExecutorState();
	ExprContext *econtext = GetPerTupleExprContext(estate);
	TupleTableSlot *slot = table_slot_create(table, NULL);
	ExprState  *predicate = ExecPrepareQual(info->ii_Predicate, estate);
	BlockNumber nblocks = RelationGetNumberOfBlocks(table);
	BlockNumber looked_at = Min(nblocks, SAMPLE_BLOCKS);
	int			rows = looked_at > 0 ? (CLUSTER_SAMPLE_PROFILES + looked_at - 1) / looked_at : 0;
	bool		full = false;

	econtext->ecxt_scantuple = slot;
	for (BlockNumber i = 0; i < looked_at && !full; i++)
	{
		BlockNumber block = (BlockNumber) ((uint64) i * nblocks / looked_at);
		int			found = 0;
		int			missed = 0;

		CHECK_FOR_INTERRUPTS();
		for (int offset = FirstOffsetNumber; found < rows && missed < PATIENCE && !full; offset++)
		{
			ItemPointerData tid;
			Datum		values[INDEX_MAX_KEYS];
			bool		nulls[INDEX_MAX_KEYS];

			ItemPointerSet(&tid, block, offset);
			if (!table_tuple_fetch_row_version(table, &tid, GetActiveSnapshot(), slot))
			{
				missed++;
				continue;
			}
			missed = 0;
			found++;
			ResetExprContext(econtext);
			if (ExecQual(predicate, econtext))
			{
				MemoryContext old = MemoryContextSwitchTo(econtext->ecxt_per_tuple_memory);

				FormIndexDatum(info, slot, estate, values, nulls);
				if (!nulls[column])
				{
					ProfileView profile;

					profile_read(PG_DETOAST_DATUM_PACKED(values[column]), &profile);
					full = !cluster_sample_add(sample, &profile);
				}
				MemoryContextSwitchTo(old);
			}
			ExecClearTuple(slot);
		}
	}
	ExecDropSingleTupleTableSlot(slot);
	FreeExecutorState(estate);
}

/*
 * An order for the keys of an index that is being built, in the given context;
 * compress is the support function that makes the keys.
 */
ClusterOrder *
cluster_order_of_build(Relation index, Oid compress, MemoryContext context)
{
	MemoryContext own = AllocSetContextCreate(CurrentMemoryContext, "sample of profiles", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(own);
	ClusterSample *sample = cluster_sample_new();
	int			column = column_of(index, compress);
	ClusterOrder *order;

	if (column >= 0 && ActiveSnapshotSet())
	{
		/* whoever builds the index has the table open, and locked */
		Relation	table = table_open(index->rd_index->indrelid, NoLock);

		/* row numbers mean what is presumed here in heaps */
		if (table->rd_rel->relam == HEAP_TABLE_AM_OID)
			read_sample(table, index, column, sample);
		table_close(table, NoLock);
	}
	MemoryContextSwitchTo(context);
	order = cluster_order_learn(sample);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(own);
	return order;
}
