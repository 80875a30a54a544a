/*
 * signature.h
 *	  What a set of profiles holds at most: for each bucket of competencies the
 *	  highest level, rounded up to one of fifteen steps.  Pure C; see signature.c.
 */
#ifndef MUTASI_SIGNATURE_H
#define MUTASI_SIGNATURE_H

#include "score.h"

#define SIGNATURE_MIN_BUCKETS 256
#define SIGNATURE_MAX_BUCKETS 2048
#define SIGNATURE_CODES 16

/* How competencies and levels are folded; the same throughout an index. */
typedef struct SignatureScale
{
	int			buckets;		/* a power of two */
	int			shift;			/* 32 - log2(buckets) */
	int			step;			/* hundredths from one code to the next */
} SignatureScale;

/* Two buckets to a byte. */
static inline Size
signature_size(const SignatureScale *scale)
{
	return (Size) scale->buckets / 2;
}

/*
 * Two rounds: after one multiplication alone, competencies a Fibonacci number apart
 * (987, 1597) would share buckets all along a dictionary.
 */
static inline uint32
signature_bucket(const SignatureScale *scale, int32 competency)
{
	uint32		hash = (uint32) competency * 0x9E3779B1U;

	hash ^= hash >> 15;
	return (hash * 0x2C1B3C6DU) >> scale->shift;
}

/* The lowest code that stands for a level this high: 0 holds nothing, 15 has no ceiling. */
static inline int
signature_code(const SignatureScale *scale, int32 level)
{
	int32		code = (level + scale->step - 1) / scale->step;

	return code < SIGNATURE_CODES - 1 ? code : SIGNATURE_CODES - 1;
}

/* The highest level that a code stands for. */
static inline int32
signature_level(const SignatureScale *scale, int code)
{
	return code < SIGNATURE_CODES - 1 ? code * scale->step : PG_UINT16_MAX;
}

static inline int
signature_get(const unsigned char *signature, uint32 bucket)
{
	return (signature[bucket >> 1] >> ((bucket & 1) * 4)) & 0x0F;
}

/*
 * A requirement against signatures: what each code of a term's bucket leaves
 * missing, so that a bound is one look-up a term.
 */
typedef struct BoundTerm
{
	uint32		bucket;
	int			needed;			/* lowest code that can hold the required level */
	bool		mandatory;
	int64		missing[SIGNATURE_CODES];
} BoundTerm;

extern void signature_scale_init(SignatureScale *scale, int buckets, int max_level);
extern void signature_add_profile(const SignatureScale *scale, unsigned char *signature,
								  const ProfileView *profile);
extern void signature_merge(unsigned char *target, const unsigned char *other, Size size);
extern int	signature_growth(const unsigned char *target, const unsigned char *other, Size size);
extern int	signature_growth_by_profile(const SignatureScale *scale, const unsigned char *signature,
										const ProfileView *profile);
extern int	signature_total(const unsigned char *signature, Size size);
extern bool signature_covers_profile(const SignatureScale *scale, const unsigned char *signature,
									 const ProfileView *profile);
extern void bound_prepare(const SignatureScale *scale, const PreparedRequirement *requirement,
						  BoundTerm *terms);
extern int64 signature_bound(const unsigned char *signature, const BoundTerm *terms, int count);
extern bool signature_meets_mandatory(const unsigned char *signature, const BoundTerm *terms, int count);

#endif							/* MUTASI_SIGNATURE_H */
