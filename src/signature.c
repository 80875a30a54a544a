/*
 * signature.c
 *	  Bucketed maxima of profiles, four bits a bucket.  Pure C.
 *
 * Whatever is missing from a signature is missing from every profile under it,
 * because levels are rounded up and buckets keep the highest: so the shortfall
 * of a signature is a lower bound of the distance of each of them, under every
 * surplus weight from 0 to 1 (a surplus can only add to the distance).
 */
#include "postgres.h"

#include "signature.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * buckets: a power of two from SIGNATURE_MIN_BUCKETS to SIGNATURE_MAX_BUCKETS;
 * max_level: up to where levels are told apart, in hundredths.
 */
void
signature_scale_init(SignatureScale *scale, int buckets, int max_level)
{
	scale->buckets = buckets;
	scale->shift = 32;
	for (int i = buckets; i > 1; i >>= 1)
		scale->shift--;
	/* codes 1 to 14 reach max_level, 15 is beyond */
	scale->step = (max_level + SIGNATURE_CODES - 3) / (SIGNATURE_CODES - 2);
	if (scale->step < 1)
		scale->step = 1;
}

void
signature_add_profile(const SignatureScale *scale, unsigned char *signature,
					  const ProfileView *profile)
{
	for (int i = 0; i < profile->count; i++)
	{
		uint32		bucket = signature_bucket(scale, view_int32(profile->competencies, i));
		int			code = signature_code(scale, view_uint16(profile->levels, i));
		int			shift = (bucket & 1) * 4;

		if (code > signature_get(signature, bucket))
			signature[bucket >> 1] = (signature[bucket >> 1] & ~(0x0F << shift)) | (code << shift);
	}
}

/* target becomes the higher of the two in every bucket.  size is a multiple of 16. */
void
signature_merge(unsigned char *target, const unsigned char *other, Size size)
{
#ifdef __SSE2__
	const __m128i low = _mm_set1_epi8(0x0F);

	for (Size i = 0; i < size; i += 16)
	{
		__m128i		a = _mm_loadu_si128((const __m128i *) (target + i));
		__m128i		b = _mm_loadu_si128((const __m128i *) (other + i));
		__m128i		lows = _mm_max_epu8(_mm_and_si128(a, low), _mm_and_si128(b, low));
		__m128i		highs = _mm_max_epu8(_mm_andnot_si128(low, a), _mm_andnot_si128(low, b));

		_mm_storeu_si128((__m128i *) (target + i), _mm_or_si128(lows, highs));
	}
#else
	for (Size i = 0; i < size; i++)
	{
		unsigned char lows = Max(target[i] & 0x0F, other[i] & 0x0F);
		unsigned char highs = Max(target[i] & 0xF0, other[i] & 0xF0);

		target[i] = lows | highs;
	}
#endif
}

/* By how many codes, over all buckets, other is above target. */
int
signature_growth(const unsigned char *target, const unsigned char *other, Size size)
{
	int			growth = 0;

#ifdef __SSE2__
	const __m128i low = _mm_set1_epi8(0x0F);
	const __m128i zero = _mm_setzero_si128();
	__m128i		sum = zero;

	for (Size i = 0; i < size; i += 16)
	{
		__m128i		a = _mm_loadu_si128((const __m128i *) (target + i));
		__m128i		b = _mm_loadu_si128((const __m128i *) (other + i));
		__m128i		lows = _mm_subs_epu8(_mm_and_si128(b, low), _mm_and_si128(a, low));
		__m128i		highs = _mm_subs_epu8(_mm_and_si128(_mm_srli_epi16(b, 4), low),
										  _mm_and_si128(_mm_srli_epi16(a, 4), low));

		sum = _mm_add_epi64(sum, _mm_sad_epu8(_mm_add_epi8(lows, highs), zero));
	}
	growth = _mm_cvtsi128_si32(sum) + _mm_cvtsi128_si32(_mm_srli_si128(sum, 8));
#else
	for (Size i = 0; i < size; i++)
	{
		int			lows = (other[i] & 0x0F) - (target[i] & 0x0F);
		int			highs = (other[i] >> 4) - (target[i] >> 4);

		growth += Max(lows, 0) + Max(highs, 0);
	}
#endif
	return growth;
}

/* The same for one profile that is not folded yet. */
int
signature_growth_by_profile(const SignatureScale *scale, const unsigned char *signature,
							const ProfileView *profile)
{
	int			growth = 0;

	for (int i = 0; i < profile->count; i++)
	{
		uint32		bucket = signature_bucket(scale, view_int32(profile->competencies, i));
		int			more = signature_code(scale, view_uint16(profile->levels, i)) -
			signature_get(signature, bucket);

		growth += Max(more, 0);
	}
	return growth;
}

/* Sum of all codes: how much room a signature leaves. */
int
signature_total(const unsigned char *signature, Size size)
{
	int			total = 0;

	for (Size i = 0; i < size; i++)
		total += (signature[i] & 0x0F) + (signature[i] >> 4);
	return total;
}

/* Could this very profile be under the signature? */
bool
signature_covers_profile(const SignatureScale *scale, const unsigned char *signature,
						 const ProfileView *profile)
{
	return signature_growth_by_profile(scale, signature, profile) == 0;
}

/* terms has room for requirement->count of them. */
void
bound_prepare(const SignatureScale *scale, const PreparedRequirement *requirement,
			  BoundTerm *terms)
{
	for (int i = 0; i < requirement->count; i++)
	{
		const ScoreTerm *term = &requirement->terms[i];

		terms[i].bucket = signature_bucket(scale, term->competency);
		terms[i].needed = signature_code(scale, term->level);
		terms[i].mandatory = term->mandatory;
		for (int code = 0; code < SIGNATURE_CODES; code++)
		{
			int32		missing = term->level - signature_level(scale, code);

			terms[i].missing[code] = missing > 0 ? (int64) missing * term->short_cost : 0;
		}
	}
}

/* Lower bound of the distance's numerator for every profile under the signature. */
int64
signature_bound(const unsigned char *signature, const BoundTerm *terms, int count)
{
	int64		sum = 0;

	for (int i = 0; i < count; i++)
		sum += terms[i].missing[signature_get(signature, terms[i].bucket)];
	return sum;
}

/* Could a profile under the signature hold every mandatory competency? */
bool
signature_meets_mandatory(const unsigned char *signature, const BoundTerm *terms, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (terms[i].mandatory && signature_get(signature, terms[i].bucket) < terms[i].needed)
			return false;
	}
	return true;
}
