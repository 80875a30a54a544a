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

Size
score_prepared_size(int count)
{
	return offsetof(PreparedRequirement, terms) + (Size) count * sizeof(ScoreTerm);
}

void
score_prepare(const RequirementView *requirement, PreparedRequirement *prepared)
{
	prepared->count = requirement->count;
	prepared->nmandatory = 0;
	prepared->total = 0;
	prepared->total_weight = 0;
	for (int i = 0; i < requirement->count; i++)
	{
		ScoreTerm  *term = &prepared->terms[i];

		term->competency = view_int32(requirement->competencies, i);
		term->level = view_uint16(requirement->levels, i);
		term->weight = view_uint16(requirement->weights, i);
		term->short_cost = (int64) term->weight * 100;
		term->over_cost = (int64) term->weight * requirement->surplus;
		term->mandatory = (requirement->kinds[i] & REQUIREMENT_MANDATORY) != 0;
		prepared->nmandatory += term->mandatory;
		prepared->total += term->short_cost * term->level;
		prepared->total_weight += term->weight;
	}
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

/* Numerator of the distance; requirement->total is the denominator. */
int64
score_distance(const PreparedRequirement *requirement, const ProfileView *profile)
{
	const ScoreTerm *term;
	int32		held;
	int64		sum = 0;

	FOREACH_TERM(requirement, profile, term, held, 0)
		sum += score_term_cost(term, held);
	return sum;
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
			sum += (term->level - held) * term->short_cost;
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
