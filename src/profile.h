/*
 * profile.h
 *	  Type competency_profile: what a person holds, competency by competency.
 *
 * A value is canonical: competencies strictly ascending, header words zero but
 * for the count, nothing behind the last level.  Two profiles are equal when
 * their bytes are.
 *
 * Behind the varlena header (of one byte when short, so nothing here may be
 * presumed aligned) come
 *
 *		uint16	flags, zero: for a later change of format
 *		uint16	count
 *		int32	competency[count], > 0, strictly ascending
 *		uint16	level[count], in hundredths
 *
 * Level 0 says "assessed, holds none"; a competency that is absent has not been
 * assessed.
 */
#ifndef MUTASI_PROFILE_H
#define MUTASI_PROFILE_H

#include "utils/numeric.h"

#include "score.h"

#define MAX_COMPETENCIES 10000	/* in a profile or a requirement */
#define MAX_LEVEL 65535			/* in hundredths: 655.35 */

typedef struct CompetencyProfile
{
	int32		vl_len_;		/* varlena header, do not touch directly */
	uint16		flags;			/* zero */
	uint16		count;
	char		data[FLEXIBLE_ARRAY_MEMBER];
} CompetencyProfile;

/* Bytes behind the varlena header of any size. */
#define PROFILE_HEADER_SIZE (2 * sizeof(uint16))
#define PROFILE_ENTRY_SIZE (sizeof(int32) + sizeof(uint16))

/* One entry, while a profile is being put together. */
typedef struct ProfileEntry
{
	int32		competency;
	int32		level;			/* in hundredths */
} ProfileEntry;

/* Where the entries come from: decides the SQLSTATE, and whether to sort. */
typedef enum ProfileSource
{
	PROFILE_FROM_TEXT,
	PROFILE_FROM_BINARY,		/* must be in order already */
	PROFILE_FROM_ARGUMENTS
} ProfileSource;

extern CompetencyProfile *profile_from_entries(ProfileEntry *entries, int count,
											   ProfileSource source, struct Node *escontext);
extern void profile_read(struct varlena *datum, ProfileView *view);
extern int32 level_from_numeric(Numeric value, int32 competency);

#define PG_GETARG_PROFILE_PP(n) ((struct varlena *) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(n)))

#endif							/* MUTASI_PROFILE_H */
