/*
 * profile_stats.c
 *	  ANALYZE for competency_profile: beside what every type gets, how many
 *	  people hold each of the most common competencies (kept like an array's most
 *	  common elements, so pg_stats shows them).
 */
#include "postgres.h"

#include "mutasi.h"
#include "profile.h"
#include "profile_stats.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "utils/fmgrprotos.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/* Hash of a sample's competencies: no sample has more than it can count. */
typedef struct HeldCount
{
	int32		competency;		/* the key */
	int32		count;
} HeldCount;

/* What ANALYZE would do for a type without wishes of its own. */
typedef struct ProfileAnalyzeExtra
{
	AnalyzeAttrComputeStatsFunc standard_compute_stats;
	void	   *standard_extra;
} ProfileAnalyzeExtra;

static int
by_count_descending(const void *x, const void *y)
{
	const HeldCount *a = *(HeldCount *const *) x;
	const HeldCount *b = *(HeldCount *const *) y;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return (a->competency > b->competency) - (a->competency < b->competency);
}

static int
by_competency(const void *x, const void *y)
{
	const HeldCount *a = *(HeldCount *const *) x;
	const HeldCount *b = *(HeldCount *const *) y;

	return (a->competency > b->competency) - (a->competency < b->competency);
}

static void
compute_profile_stats(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int samples, double total)
{
	ProfileAnalyzeExtra *extra = (ProfileAnalyzeExtra *) stats->extra_data;
	HASHCTL		control;
	HTAB	   *counts;
	HASH_SEQ_STATUS walk;
	HeldCount  *entry;
	HeldCount **found;
	int			nfound = 0;
	int			wanted;
	int			profiles = 0;
	int			slot;

	/* distinct values, most common values and so on, as for any sortable type */
	stats->extra_data = extra->standard_extra;
	extra->standard_compute_stats(stats, fetch, samples, total);
	stats->extra_data = extra;
	if (!stats->stats_valid)
		return;

	control.keysize = sizeof(int32);
	control.entrysize = sizeof(HeldCount);
	control.hcxt = CurrentMemoryContext;
	counts = hash_create("competencies of a sample", 1024, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (int i = 0; i < samples; i++)
	{
		bool		isnull;
		Datum		value;
		struct varlena *profile;
		ProfileView view;

		analyze_delay_point();
		value = fetch(stats, i, &isnull);
		if (isnull)
			continue;
		/* very wide values are not worth detoasting for statistics */
		if (toast_raw_datum_size(value) > 4096)
			continue;
		profile = PG_DETOAST_DATUM_PACKED(value);
		profile_read(profile, &view);
		profiles++;
		for (int j = 0; j < view.count; j++)
		{
			int32		competency = view_int32(view.competencies, j);
			bool		known;

			entry = (HeldCount *) hash_search(counts, &competency, HASH_ENTER, &known);
			entry->count = known ? entry->count + 1 : 1;
		}
		if ((Pointer) profile != DatumGetPointer(value))
			pfree(profile);
	}
	if (profiles == 0)
	{
		hash_destroy(counts);
		return;
	}

	found = palloc(Max(hash_get_num_entries(counts), 1) * sizeof(HeldCount *));
	hash_seq_init(&walk, counts);
	while ((entry = (HeldCount *) hash_seq_search(&walk)) != NULL)
		found[nfound++] = entry;
	qsort(found, nfound, sizeof(HeldCount *), by_count_descending);
	wanted = Min(nfound, analyze_target(stats) * 10);

	for (slot = 0; slot < STATISTIC_NUM_SLOTS && stats->stakind[slot] != 0; slot++)
		;
	if (slot < STATISTIC_NUM_SLOTS && wanted > 0)
	{
		MemoryContext old = MemoryContextSwitchTo(stats->anl_context);
		Datum	   *values = palloc(wanted * sizeof(Datum));
		float4	   *numbers = palloc((wanted + 3) * sizeof(float4));

		/* then shares: of each, the lowest, the highest, and of unknown elements */
		numbers[wanted] = (float4) found[wanted - 1]->count / profiles;
		numbers[wanted + 1] = (float4) found[0]->count / profiles;
		numbers[wanted + 2] = 0;
		qsort(found, wanted, sizeof(HeldCount *), by_competency);
		for (int i = 0; i < wanted; i++)
		{
			values[i] = Int32GetDatum(found[i]->competency);
			numbers[i] = (float4) found[i]->count / profiles;
		}
		MemoryContextSwitchTo(old);
		stats->stakind[slot] = STATISTIC_KIND_MCELEM;
		stats->staop[slot] = Int4EqualOperator;
		stats->stacoll[slot] = InvalidOid;
		stats->stanumbers[slot] = numbers;
		stats->numnumbers[slot] = wanted + 3;
		stats->stavalues[slot] = values;
		stats->numvalues[slot] = wanted;
		stats->statypid[slot] = INT4OID;
		stats->statyplen[slot] = sizeof(int32);
		stats->statypbyval[slot] = true;
		stats->statypalign[slot] = TYPALIGN_INT;
	}
	hash_destroy(counts);
}

/* typanalyze of competency_profile. */
PG_FUNCTION_INFO_V1(profile_typanalyze);
Datum
profile_typanalyze(PG_FUNCTION_ARGS)
{
	VacAttrStats *stats = (VacAttrStats *) PG_GETARG_POINTER(0);
	ProfileAnalyzeExtra *extra;

	if (!std_typanalyze(stats))
		PG_RETURN_BOOL(false);
	extra = palloc(sizeof(ProfileAnalyzeExtra));
	extra->standard_compute_stats = stats->compute_stats;
	extra->standard_extra = stats->extra_data;
	stats->compute_stats = compute_profile_stats;
	stats->extra_data = extra;
	PG_RETURN_BOOL(true);
}

/* What a pg_statistic row tells of holdings; false where it tells nothing. */
bool
holding_stats_read(HeapTuple statistics, HoldingStats *stats)
{
	if (!get_attstatsslot(&stats->slot, statistics, STATISTIC_KIND_MCELEM, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return false;
	/* planners are handed whatever stands in the catalogue */
	if (stats->slot.valuetype != INT4OID || stats->slot.nnumbers != stats->slot.nvalues + 3)
	{
		free_attstatsslot(&stats->slot);
		return false;
	}
	stats->count = stats->slot.nvalues;
	stats->competencies = palloc(Max(stats->count, 1) * sizeof(int32));
	for (int i = 0; i < stats->count; i++)
		stats->competencies[i] = DatumGetInt32(stats->slot.values[i]);
	stats->shares = stats->slot.numbers;
	stats->rarest = stats->slot.numbers[stats->count];
	return true;
}

void
holding_stats_free(HoldingStats *stats)
{
	pfree(stats->competencies);
	free_attstatsslot(&stats->slot);
}

/*
 * The share of people who hold a competency.  One that is not listed is held by
 * nobody where the list has room left, else no more often than any listed.
 */
float4
holding_share(const HoldingStats *stats, int32 competency)
{
	int			low = 0;
	int			high = stats->count - 1;

	while (low <= high)
	{
		int			middle = low + (high - low) / 2;

		if (stats->competencies[middle] == competency)
			return stats->shares[middle];
		if (stats->competencies[middle] < competency)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return stats->count < default_statistics_target * 10 ? 0 : Min(stats->rarest, 0.01f);
}
