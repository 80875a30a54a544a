/*
 * requirement.h
 *	  Type competency_requirement: what a post asks.
 *
 * Canonical like a profile.  Behind the varlena header come
 *
 *		uint16	flags, zero: for a later change of format
 *		uint16	count
 *		uint16	surplus weight, in hundredths, 0..100
 *		uint16	zero
 *		int32	competency[count], > 0, strictly ascending
 *		uint16	level[count], in hundredths, > 0
 *		uint16	weight[count], in hundredths, 1..10000
 *		uint8	kind[count], REQUIREMENT_SECONDARY and REQUIREMENT_MANDATORY bits
 */
#ifndef MUTASI_REQUIREMENT_H
#define MUTASI_REQUIREMENT_H

#include "profile.h"

#define DEFAULT_SURPLUS 50		/* 0.5 */
#define MAX_SURPLUS 100
#define DEFAULT_WEIGHT 100		/* 1 */
#define MAX_WEIGHT 10000		/* 100 */

typedef struct CompetencyRequirement
{
	int32		vl_len_;		/* varlena header, do not touch directly */
	uint16		flags;			/* zero */
	uint16		count;
	uint16		surplus;
	uint16		unused;			/* zero */
	char		data[FLEXIBLE_ARRAY_MEMBER];
} CompetencyRequirement;

#define REQUIREMENT_HEADER_SIZE (4 * sizeof(uint16))
#define REQUIREMENT_ENTRY_SIZE (sizeof(int32) + 2 * sizeof(uint16) + sizeof(uint8))

typedef struct RequirementEntry
{
	int32		competency;
	int32		level;			/* in hundredths */
	int32		weight;			/* in hundredths */
	int32		kind;			/* REQUIREMENT_* bits */
} RequirementEntry;

extern CompetencyRequirement *requirement_from_entries(RequirementEntry *entries, int count,
													   int surplus, ProfileSource source,
													   struct Node *escontext);
extern void requirement_read(struct varlena *datum, RequirementView *view);

#define PG_GETARG_REQUIREMENT_PP(n) ((struct varlena *) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(n)))

#endif							/* MUTASI_REQUIREMENT_H */
