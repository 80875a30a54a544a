/*
 * profile_stats.h
 *	  What ANALYZE keeps about a column of profiles.
 */
#ifndef MUTASI_PROFILE_STATS_H
#define MUTASI_PROFILE_STATS_H

#include "score.h"
#include "utils/lsyscache.h"

/* How often the competencies of a column are held; see profile_stats.c. */
typedef struct HoldingStats
{
	int			count;
	int32	   *competencies;	/* ascending */
	float4	   *shares;			/* of the non-null profiles */
	float4		rarest;			/* whatever is not listed is held no more often */
	AttStatsSlot slot;
} HoldingStats;

extern bool holding_stats_read(HeapTuple statistics, HoldingStats *stats);
extern void holding_stats_free(HoldingStats *stats);
extern float4 holding_share(const HoldingStats *stats, int32 competency);

#endif							/* MUTASI_PROFILE_STATS_H */
