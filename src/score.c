/*
 * score.c
 *	  The scoring arithmetic.  Pure C on its arguments: no fmgr, no allocation.
 *
 * The distance of a profile from a requirement is
 *
 *		sum of w * g  /  sum of w * required
 *
 * over the required competencies, where g is required - held for whoever falls
 * short and surplus * (held - required) for whoever holds more.  A competency
 * that was never assessed counts as held at 0.
 *
 * Everything is a whole number: levels, weights w and the surplus weight are
 * hundredths, and both sums are multiplied by 100 * 100 * 100 so that the surplus
 * weight leaves no fraction.  With at most 10,000 competencies, levels below
 * 65,536, weights up to 10,000 and the surplus weight up to 100 (all in
 * hundredths) a sum stays below 10^4 * 65536 * 10^4 * 100 = 6.6 * 10^14 < 2^50: no
 * overflow of int64, and exact as a double.  So no order of summation, no
 * parallel worker and no vector loop can come to another result, and a quotient
 * of two such doubles is rounded once.
 */
#include "postgres.h"

#include "score.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Longer requirements are walked: their hash would leave the first-level cache. */
#define MAX_HASHED_TERMS 64
#define MIN_HASH_BITS 3
#define MAX_HASH_BITS 9

/* Bits to begin with: a quarter full, so that a perfect hash is found soon. */
static int
hash_bits(int count)
{
	int			bits = MIN_HASH_BITS;

	while (bits < MAX_HASH_BITS && (1 << bits) < count * 4)
		bits++;
	return bits;
}

Size
score_prepared_size(int count)
{
	Size		size = offsetof(PreparedRequirement, terms) + (Size) count * sizeof(ScoreTerm);

	if (count <= MAX_HASHED_TERMS)
		size += ((Size) 1 << MAX_HASH_BITS) * sizeof(ScoreSlot);
	size += SCORE_MAX_LAYOUT * (sizeof(int32) + 2 * sizeof(uint16));
	return size;
}

/*
 * Looks for a multiplier under which no two competencies share a slot.  Where
 * none of a few is found, the lists are walked: slower, the same result.
 */
static void
build_hash(PreparedRequirement *prepared)
{
	uint32		multiplier = 0x9E3779B1;	/* 2^32 / golden ratio */

	for (int bits = hash_bits(prepared->count); bits <= MAX_HASH_BITS; bits++)
	{
		for (int attempt = 0; attempt < 64; attempt++)
		{
			int			i;

			/* a competency is never 0, so an empty slot matches none */
			memset(prepared->slots, 0, ((Size) 1 << bits) * sizeof(ScoreSlot));
			for (i = 0; i < prepared->count; i++)
			{
				const ScoreTerm *term = &prepared->terms[i];
				ScoreSlot  *slot = &prepared->slots[((uint32) term->competency * multiplier) >> (32 - bits)];

				if (slot->competency != 0)
					break;
				slot->competency = term->competency;
				slot->level = (uint16) term->level;
				slot->weight = (uint16) term->weight;
			}
			if (i == prepared->count)
			{
				prepared->multiplier = multiplier;
				prepared->shift = 32 - bits;
				return;
			}
			multiplier = multiplier * 0x915F77F5 + 2;	/* stays odd */
		}
	}
	prepared->slots = NULL;
}

Size
score_terms_size(int count)
{
	return offsetof(PreparedRequirement, terms) + (Size) count * sizeof(ScoreTerm);
}

/*
 * The terms and sums of a requirement alone, for who goes through the terms
 * without score_distance(); takes score_terms_size() bytes.
 */
void
score_prepare_terms(const RequirementView *requirement, PreparedRequirement *prepared)
{
	memset(prepared, 0, offsetof(PreparedRequirement, terms));
	prepared->count = requirement->count;
	prepared->surplus = requirement->surplus;
	for (int i = 0; i < requirement->count; i++)
	{
		ScoreTerm  *term = &prepared->terms[i];

		term->competency = view_int32(requirement->competencies, i);
		term->level = view_uint16(requirement->levels, i);
		term->weight = view_uint16(requirement->weights, i);
		term->short_cost = term->weight * 100;
		term->over_cost = term->weight * requirement->surplus;
		term->mandatory = (requirement->kinds[i] & REQUIREMENT_MANDATORY) != 0;
		prepared->nmandatory += term->mandatory;
		prepared->total += (int64) term->short_cost * term->level;
		prepared->total_weight += term->weight;
	}
}

void
score_prepare(const RequirementView *requirement, PreparedRequirement *prepared)
{
	char	   *rest = (char *) &prepared->terms[requirement->count];

	score_prepare_terms(requirement, prepared);
	prepared->slots = NULL;
	if (prepared->count <= MAX_HASHED_TERMS)
	{
		prepared->slots = (ScoreSlot *) rest;
		rest += ((Size) 1 << MAX_HASH_BITS) * sizeof(ScoreSlot);
		build_hash(prepared);
	}
	prepared->layout_misses = 0;
	prepared->layout_count = -1;
	prepared->layout_competencies = (int32 *) rest;
	prepared->layout_levels = (uint16 *) (rest + SCORE_MAX_LAYOUT * sizeof(int32));
	prepared->layout_weights = prepared->layout_levels + SCORE_MAX_LAYOUT;
}

static inline int32
merge_step(const ProfileView *profile, int *position, int32 competency, int32 unknown)
{
	int			i = *position;
	int32		held = unknown;

	while (i < profile->count)
	{
		int32		id = view_int32(profile->competencies, i);

		if (id > competency)
			break;
		if (id == competency)
		{
			held = view_uint16(profile->levels, i);
			i++;
			break;
		}
		i++;
	}
	*position = i;
	return held;
}

/*
 * Both lists ascend: walk them together.  For each term in turn, held becomes the
 * profile's level of its competency, or unknown where it has none.
 */
#define FOREACH_TERM(requirement, profile, term, held, unknown) \
	for (int nth_ = 0, position_ = 0; \
		 nth_ < (requirement)->count && \
		 ((term) = &(requirement)->terms[nth_], \
		  (held) = merge_step((profile), &position_, (term)->competency, (unknown)), true); \
		 nth_++)

/*
 * Numerator of the distance, the plain way: requirement->total is the
 * denominator.  score_distance() comes to the same, faster.
 */
int64
score_distance_plain(const PreparedRequirement *requirement, const ProfileView *profile)
{
	const ScoreTerm *term;
	int32		held;
	int64		sum = 0;

	FOREACH_TERM(requirement, profile, term, held, 0)
		sum += score_term_cost(term, held);
	return sum;
}

/*
 * The fast ways sum, over the required competencies that are held, the weighted
 * levels that count towards the requirement (held, at most as much as required)
 * and all that are held.  With these
 *
 *		sum of w * g = sum of w * required - fitting + surplus * (held - fitting)
 *
 * which is the same whole number, in other words: nothing is rounded anywhere.
 */
typedef struct WeightedLevels
{
	uint64		fitting;
	uint64		held;
} WeightedLevels;

static inline void
add_level(WeightedLevels *sums, uint32 held, uint32 level, uint32 weight)
{
	sums->fitting += Min(held, level) * weight;
	sums->held += held * weight;
}

static inline int64
distance_from_sums(const PreparedRequirement *requirement, const WeightedLevels *sums)
{
	return requirement->total - (int64) sums->fitting * 100 +
		(int64) (sums->held - sums->fitting) * requirement->surplus;
}

/* Through the hash, without a branch: whether it is required is hard to foretell. */
static inline void
add_by_hash(const PreparedRequirement *requirement, const ProfileView *profile, int from,
			WeightedLevels *sums)
{
	const ScoreSlot *slots = requirement->slots;
	uint32		multiplier = requirement->multiplier;
	int			shift = requirement->shift;

	for (int i = from; i < profile->count; i++)
	{
		int32		competency = view_int32(profile->competencies, i);
		const ScoreSlot *slot = &slots[((uint32) competency * multiplier) >> shift];
		uint32		required = -(uint32) (slot->competency == competency);

		add_level(sums, (uint32) view_uint16(profile->levels, i) & required, slot->level, slot->weight);
	}
}

/* Writes down what is asked of profiles like this one, place by place. */
static void
keep_layout(PreparedRequirement *requirement, const ProfileView *profile)
{
	int			nth = 0;

	requirement->layout_misses = 0;
	if (profile->count > SCORE_MAX_LAYOUT)
		return;
	requirement->layout_count = profile->count;
	memcpy(requirement->layout_competencies, profile->competencies, profile->count * sizeof(int32));
	for (int place = 0; place < profile->count; place++)
	{
		int32		competency = requirement->layout_competencies[place];
		bool		required;

		while (nth < requirement->count && requirement->terms[nth].competency < competency)
			nth++;
		required = nth < requirement->count && requirement->terms[nth].competency == competency;
		requirement->layout_levels[place] = required ? (uint16) requirement->terms[nth].level : 0;
		requirement->layout_weights[place] = required ? (uint16) requirement->terms[nth].weight : 0;
	}
}

/* Competencies compared, and their levels added, in one go. */
#define BLOCK 8

/*
 * Adds the levels of the profile's first competencies, block by block, as long as
 * they are the layout's; returns how many.  Whoever was assessed in everything of a
 * dictionary has the layout from beginning to end; where some competencies are
 * asked of everybody and have low numbers, all begin alike.
 *
 * Pairs of 16-bit products are summed in lanes of 32 bits, unsigned: six blocks of
 * 2 * 32,767 * 10,000 fit.  A level above 327.67 has the sign bit, which the
 * multiplication would misread: the rest is then left to the caller.
 */
static inline int
add_by_layout(const PreparedRequirement *requirement, const ProfileView *profile,
			  WeightedLevels *sums)
{
	int			i = 0;
#ifdef __SSE2__
	int			whole = Min(profile->count, requirement->layout_count) - BLOCK;
	const __m128i zero = _mm_setzero_si128();
	__m128i		total = zero;

	while (i <= whole)
	{
		int			begin = i;
		int			end = Min(whole, i + 5 * BLOCK);
		__m128i		fitting = zero;
		__m128i		all = zero;

		for (; i <= end; i += BLOCK)
		{
			const __m128i *ids = (const __m128i *) (profile->competencies + i * sizeof(int32));
			const __m128i *kept = (const __m128i *) (requirement->layout_competencies + i);
			__m128i		same = _mm_and_si128(_mm_cmpeq_epi32(_mm_loadu_si128(ids), _mm_loadu_si128(kept)),
											 _mm_cmpeq_epi32(_mm_loadu_si128(ids + 1), _mm_loadu_si128(kept + 1)));
			__m128i		held = _mm_loadu_si128((const __m128i *) (profile->levels + i * sizeof(uint16)));
			__m128i		level = _mm_loadu_si128((const __m128i *) (requirement->layout_levels + i));
			__m128i		weight = _mm_loadu_si128((const __m128i *) (requirement->layout_weights + i));
			__m128i		large = _mm_srai_epi16(_mm_or_si128(held, level), 15);

			if (_mm_movemask_epi8(_mm_andnot_si128(large, same)) != 0xFFFF)
				break;
			fitting = _mm_add_epi32(fitting, _mm_madd_epi16(_mm_min_epi16(held, level), weight));
			all = _mm_add_epi32(all, _mm_madd_epi16(held, weight));
		}
		if (i == begin)
			break;
		fitting = _mm_add_epi64(_mm_unpacklo_epi32(fitting, zero), _mm_unpackhi_epi32(fitting, zero));
		all = _mm_add_epi64(_mm_unpacklo_epi32(all, zero), _mm_unpackhi_epi32(all, zero));
		total = _mm_add_epi64(total, _mm_add_epi64(_mm_unpacklo_epi64(fitting, all), _mm_unpackhi_epi64(fitting, all)));
		if (i <= end)
			break;
	}
	{
		uint64		lanes[2];

		memcpy(lanes, &total, sizeof(lanes));
		sums->fitting += lanes[0];
		sums->held += lanes[1];
	}
#else
	(void) requirement;
	(void) profile;
	(void) sums;
#endif
	return i;
}

/* A layout that keeps missing is replaced, in case most profiles have another. */
#define LAYOUT_PATIENCE 256

/*
 * Numerator of the distance; requirement->total is the denominator.
 */
int64
score_distance(PreparedRequirement *requirement, const ProfileView *profile)
{
	WeightedLevels sums = {0, 0};
	int			done = add_by_layout(requirement, profile, &sums);

	if (profile->count == requirement->layout_count &&
		memcmp(profile->competencies + done * sizeof(int32), requirement->layout_competencies + done,
			   (profile->count - done) * sizeof(int32)) == 0)
	{
		for (; done < profile->count; done++)
			add_level(&sums, view_uint16(profile->levels, done), requirement->layout_levels[done],
					  requirement->layout_weights[done]);
		return distance_from_sums(requirement, &sums);
	}
	if (requirement->layout_count < 0 || ++requirement->layout_misses >= LAYOUT_PATIENCE)
		keep_layout(requirement, profile);
	if (requirement->slots == NULL)
		return score_distance_plain(requirement, profile);
	add_by_hash(requirement, profile, done, &sums);
	return distance_from_sums(requirement, &sums);
}

/* The same with a surplus weight of 0: what is missing only. */
int64
score_shortfall(const PreparedRequirement *requirement, const ProfileView *profile)
{
	const ScoreTerm *term;
	int32		held;
	int64		sum = 0;

	FOREACH_TERM(requirement, profile, term, held, 0)
	{
		if (held < term->level)
			sum += (int64) (term->level - held) * term->short_cost;
	}
	return sum;
}

/* Weight of the required competencies that were assessed at all. */
int64
score_coverage(const PreparedRequirement *requirement, const ProfileView *profile)
{
	const ScoreTerm *term;
	int32		held;
	int64		sum = 0;

	FOREACH_TERM(requirement, profile, term, held, -1)
	{
		if (held >= 0)
			sum += term->weight;
	}
	return sum;
}

/* Does the profile hold every mandatory competency at its level or above? */
bool
score_meets_mandatory(const PreparedRequirement *requirement, const ProfileView *profile)
{
	const ScoreTerm *term;
	int32		held;

	if (requirement->nmandatory == 0)
		return true;
	FOREACH_TERM(requirement, profile, term, held, -1)
	{
		if (term->mandatory && held < term->level)
			return false;
	}
	return true;
}

/* The profile's level of one competency in hundredths, or -1 when unknown. */
int32
score_held(const ProfileView *profile, int32 competency)
{
	int			low = 0;
	int			high = profile->count - 1;

	while (low <= high)
	{
		int			middle = low + (high - low) / 2;
		int32		id = view_int32(profile->competencies, middle);

		if (id == competency)
			return view_uint16(profile->levels, middle);
		if (id < competency)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return -1;
}

/*
 * numerator / denominator in units of 10^-digits, rounded half up, by long
 * division: numerator >= 0, 0 < denominator < 2^59, and the result must fit.
 */
int64
score_decimal(int64 numerator, int64 denominator, int digits)
{
	int64		result = numerator / denominator;
	int64		rest = numerator % denominator;

	for (int i = 0; i < digits; i++)
	{
		rest *= 10;
		result = result * 10 + rest / denominator;
		rest %= denominator;
	}
	if (rest * 2 >= denominator)
		result++;
	return result;
}
