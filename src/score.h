/*
 * score.h
 *	  The scoring arithmetic: one definition for operator, index, explanation,
 *	  parallel worker and vector loop.  Pure C; see score.c.
 */
#ifndef MUTASI_SCORE_H
#define MUTASI_SCORE_H

/*
 * A profile and a requirement as scoring reads them: pointers into a stored
 * value, which may stand at any address.
 */
typedef struct ProfileView
{
	int			count;
	const char *competencies;	/* int32[count], strictly ascending */
	const char *levels;			/* uint16[count], hundredths */
} ProfileView;

typedef struct RequirementView
{
	int			count;
	int			surplus;		/* hundredths, 0..100 */
	const char *competencies;	/* int32[count], strictly ascending */
	const char *levels;			/* uint16[count], hundredths, > 0 */
	const char *weights;		/* uint16[count], hundredths, 1..10000 */
	const char *kinds;			/* uint8[count], REQUIREMENT_* bits */
} RequirementView;

#define REQUIREMENT_SECONDARY	0x01
#define REQUIREMENT_MANDATORY	0x02

static inline int32
view_int32(const char *array, int i)
{
	int32		result;

	memcpy(&result, array + i * sizeof(int32), sizeof(int32));
	return result;
}

static inline int32
view_uint16(const char *array, int i)
{
	uint16		result;

	memcpy(&result, array + i * sizeof(uint16), sizeof(uint16));
	return result;
}

/* One required competency, multiplied out. */
typedef struct ScoreTerm
{
	int32		competency;
	int32		level;			/* required, hundredths */
	int32		short_cost;		/* of each hundredth missing: weight * 100 */
	int32		over_cost;		/* of each hundredth too much: weight * surplus */
	int32		weight;			/* hundredths */
	bool		mandatory;
} ScoreTerm;

/* What the loops over profiles need of a term; weight 0: not required. */
typedef struct ScoreSlot
{
	int32		competency;
	uint16		level;
	uint16		weight;
} ScoreSlot;

/*
 * A requirement prepared for scoring many profiles.  Lives in one chunk of
 * score_prepared_size() bytes that may be moved by memcpy only when prepared
 * anew.  Scoring writes to its layout cache, so it belongs to one thread.
 */
typedef struct PreparedRequirement
{
	int			count;
	int			nmandatory;
	int			surplus;		/* hundredths */
	int64		total;			/* denominator: sum of short_cost * level */
	int64		total_weight;

	/*
	 * Perfect hash of the competencies for short requirements: the term of a
	 * competency, if any, is slots[(competency * multiplier) >> shift].
	 */
	ScoreSlot  *slots;			/* NULL: walk both lists instead */
	uint32		multiplier;
	int			shift;

	/*
	 * Layout cache: where many profiles have the very same competencies, or begin
	 * with the same ones (say, everybody was assessed in all of a dictionary, or in
	 * its managerial part), what is asked of each is written down once, place by
	 * place.
	 */
	int			layout_misses;
	int			layout_count;	/* competencies in the cached layout, -1: none */
	int32	   *layout_competencies;	/* [SCORE_MAX_LAYOUT] */
	uint16	   *layout_levels;	/* [SCORE_MAX_LAYOUT] */
	uint16	   *layout_weights; /* [SCORE_MAX_LAYOUT], 0: not required */

	ScoreTerm	terms[FLEXIBLE_ARRAY_MEMBER];
} PreparedRequirement;

/* Longest profile whose layout is worth keeping. */
#define SCORE_MAX_LAYOUT 1024

extern Size score_terms_size(int count);
extern void score_prepare_terms(const RequirementView *requirement, PreparedRequirement *prepared);
extern Size score_prepared_size(int count);
extern void score_prepare(const RequirementView *requirement, PreparedRequirement *prepared);

extern int64 score_distance(PreparedRequirement *requirement, const ProfileView *profile);
extern int64 score_distance_plain(const PreparedRequirement *requirement, const ProfileView *profile);
extern int64 score_shortfall(const PreparedRequirement *requirement, const ProfileView *profile);
extern int64 score_coverage(const PreparedRequirement *requirement, const ProfileView *profile);
extern bool score_meets_mandatory(const PreparedRequirement *requirement, const ProfileView *profile);
extern int32 score_held(const ProfileView *profile, int32 competency);

/*
 * What one competency adds to the distance's numerator when held hundredths of
 * it are held; unknown counts as holding 0.
 */
static inline int64
score_term_cost(const ScoreTerm *term, int32 held)
{
	int32		gap = term->level - held;

	return gap > 0 ? (int64) gap * term->short_cost : -(int64) gap * term->over_cost;
}

extern int64 score_decimal(int64 numerator, int64 denominator, int digits);

/* The distance as the operator returns it. */
static inline double
score_as_float(const PreparedRequirement *requirement, int64 distance)
{
	return requirement->total == 0 ? 0.0 : (double) distance / (double) requirement->total;
}

#endif							/* MUTASI_SCORE_H */
