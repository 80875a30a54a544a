/*
 * engine_bound.c
 *	  Lower bounds for a block of people at a time: 16 or 32 people in a vector,
 *	  or one after the other.  All three give the same bits.
 */
#include "postgres.h"

#include "engine_bound.h"
#include "engine_store.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2_KERNEL
#endif

#define TERMS_PER_CHECK 8		/* between looks whether anybody is left */

static uint64
block_portable(const BoundTerms *terms, const uint8 *codes, const uint16 *gained)
{
	uint64		within = 0;

	for (int lane = 0; lane < BLOCK_ROWS; lane++)
	{
		int32		bound = terms->floor;

		if (gained != NULL)
			bound = Max(bound - gained[lane], 0);
		for (int i = 0; i < terms->ncolumns && bound <= terms->threshold; i++)
		{
			const ColumnTerm *column = &terms->columns[i];

			bound += bound_of_code(column, codes[column->column * BLOCK_ROWS + lane]);
			bound = Min(bound, WORST_BOUND);
		}
		if (bound <= terms->threshold)
			within |= UINT64CONST(1) << lane;
	}
	return within;
}

#if defined(__SSE2__)

static inline uint64
within_sse2(__m128i low, __m128i high, __m128i threshold)
{
	__m128i		zero = _mm_setzero_si128();
	__m128i		a = _mm_cmpeq_epi16(_mm_subs_epu16(low, threshold), zero);
	__m128i		b = _mm_cmpeq_epi16(_mm_subs_epu16(high, threshold), zero);

	return (uint64) _mm_movemask_epi8(_mm_packs_epi16(a, b));
}

#define VECTOR(address) _mm_loadu_si128((const __m128i *) (address))

static uint64
block_sse2(const BoundTerms *terms, const uint8 *codes, const uint16 *gained)
{
	const __m128i zero = _mm_setzero_si128();
	const __m128i threshold = _mm_set1_epi16((short) terms->threshold);
	const __m128i floor = _mm_set1_epi16((short) terms->floor);
	uint64		result = 0;

	for (int part = 0; part < BLOCK_ROWS; part += 16)
	{
		__m128i		low = floor;
		__m128i		high = floor;
		uint64		within;

		if (gained != NULL)
		{
			low = _mm_subs_epu16(low, VECTOR(gained + part));
			high = _mm_subs_epu16(high, VECTOR(gained + part + 8));
		}
		within = within_sse2(low, high, threshold);
		for (int i = 0; i < terms->ncolumns && within != 0;)
		{
			int			until = Min(i + TERMS_PER_CHECK, terms->ncolumns);

			for (; i < until; i++)
			{
				const ColumnTerm *column = &terms->columns[i];
				__m128i		code = VECTOR(codes + column->column * BLOCK_ROWS + part);
				__m128i		missing = _mm_subs_epu8(VECTOR(column->short_below), code);
				__m128i		weight = VECTOR(column->short_weight);

				/* (missing << 8) * weight >> 16 */
				low = _mm_adds_epu16(low, _mm_mulhi_epu16(_mm_unpacklo_epi8(zero, missing), weight));
				high = _mm_adds_epu16(high, _mm_mulhi_epu16(_mm_unpackhi_epi8(zero, missing), weight));
				if (terms->has_surplus)
				{
					__m128i		over = _mm_subs_epu8(code, VECTOR(column->over_above));

					weight = VECTOR(column->over_weight);
					low = _mm_adds_epu16(low, _mm_mulhi_epu16(_mm_unpacklo_epi8(zero, over), weight));
					high = _mm_adds_epu16(high, _mm_mulhi_epu16(_mm_unpackhi_epi8(zero, over), weight));
				}
			}
			within = within_sse2(low, high, threshold);
		}
		result |= within << part;
	}
	return result;
}
#endif							/* __SSE2__ */

#if defined(HAVE_AVX2_KERNEL)

/*
 * The same, 32 people at a time.  Unpacking and packing work within halves of 16
 * bytes, so low has people 0 to 7 and 16 to 23, high 8 to 15 and 24 to 31, and
 * packing brings them back into order.
 */
#define AVX2 __attribute__((target("avx2")))
#define WIDE(address) _mm256_loadu_si256((const __m256i *) (address))
#define TWICE(address) _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *) (address)))

AVX2 static inline uint64
within_avx2(__m256i low, __m256i high, __m256i threshold)
{
	__m256i		zero = _mm256_setzero_si256();
	__m256i		a = _mm256_cmpeq_epi16(_mm256_subs_epu16(low, threshold), zero);
	__m256i		b = _mm256_cmpeq_epi16(_mm256_subs_epu16(high, threshold), zero);

	return (uint32) _mm256_movemask_epi8(_mm256_packs_epi16(a, b));
}

AVX2 static uint64
block_avx2(const BoundTerms *terms, const uint8 *codes, const uint16 *gained)
{
	const __m256i zero = _mm256_setzero_si256();
	const __m256i threshold = _mm256_set1_epi16((short) terms->threshold);
	const __m256i floor = _mm256_set1_epi16((short) terms->floor);
	uint64		result = 0;

	for (int part = 0; part < BLOCK_ROWS; part += 32)
	{
		__m256i		low = floor;
		__m256i		high = floor;
		uint64		within;

		if (gained != NULL)
		{
			__m256i		first = WIDE(gained + part);
			__m256i		second = WIDE(gained + part + 16);

			low = _mm256_subs_epu16(low, _mm256_permute2x128_si256(first, second, 0x20));
			high = _mm256_subs_epu16(high, _mm256_permute2x128_si256(first, second, 0x31));
		}
		within = within_avx2(low, high, threshold);
		for (int i = 0; i < terms->ncolumns && within != 0;)
		{
			int			until = Min(i + TERMS_PER_CHECK, terms->ncolumns);

			for (; i < until; i++)
			{
				const ColumnTerm *column = &terms->columns[i];
				__m256i		code = WIDE(codes + column->column * BLOCK_ROWS + part);
				__m256i		missing = _mm256_subs_epu8(TWICE(column->short_below), code);
				__m256i		weight = TWICE(column->short_weight);

				low = _mm256_adds_epu16(low, _mm256_mulhi_epu16(_mm256_unpacklo_epi8(zero, missing), weight));
				high = _mm256_adds_epu16(high, _mm256_mulhi_epu16(_mm256_unpackhi_epi8(zero, missing), weight));
				if (terms->has_surplus)
				{
					__m256i		over = _mm256_subs_epu8(code, TWICE(column->over_above));

					weight = TWICE(column->over_weight);
					low = _mm256_adds_epu16(low, _mm256_mulhi_epu16(_mm256_unpacklo_epi8(zero, over), weight));
					high = _mm256_adds_epu16(high, _mm256_mulhi_epu16(_mm256_unpackhi_epi8(zero, over), weight));
				}
			}
			within = within_avx2(low, high, threshold);
		}
		result |= within << part;
	}
	return result;
}
#endif							/* HAVE_AVX2_KERNEL */

uint64		(*bound_block) (const BoundTerms *terms, const uint8 *codes, const uint16 *gained) = block_portable;

/* Takes this loop, or the best below it that the machine has; says which. */
BoundKernel
bound_use_kernel(BoundKernel wanted)
{
#if defined(HAVE_AVX2_KERNEL)
	if (wanted >= BOUND_AVX2 && __builtin_cpu_supports("avx2"))
	{
		bound_block = block_avx2;
		return BOUND_AVX2;
	}
#endif
#if defined(__SSE2__)
	if (wanted >= BOUND_SSE2)
	{
		bound_block = block_sse2;
		return BOUND_SSE2;
	}
#endif
	(void) wanted;
	bound_block = block_portable;
	return BOUND_PORTABLE;
}

/* Has anybody in the block gained so much?  least is at most MOST_GAIN. */
bool
bound_gained(const uint16 *gained, int least)
{
#if defined(__SSE2__)
	__m128i		most = VECTOR(gained);

	for (int i = 8; i < BLOCK_ROWS; i += 8)
		most = _mm_max_epi16(most, VECTOR(gained + i));
	return _mm_movemask_epi8(_mm_cmpgt_epi16(most, _mm_set1_epi16((short) (least - 1)))) != 0;
#else
	for (int i = 0; i < BLOCK_ROWS; i++)
	{
		if (gained[i] >= least)
			return true;
	}
	return false;
#endif
}
