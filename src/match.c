/*
 * match.c
 *	  SQL face of scoring: distance, scores, gate and explanation.  The
 *	  arithmetic is in score.c.
 *
 * Operators are LEAKPROOF, so that row security keeps the index: no error they
 * can raise names a value.
 */
#include "postgres.h"

#include "mutasi.h"
#include "literal.h"
#include "match.h"
#include "requirement.h"

#include "funcapi.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

/* Decimals of a published score, and of a contribution to the distance. */
#define SCORE_DECIMALS 6
#define CONTRIBUTION_DECIMALS 12

/* A prepared requirement and the stored value it was made from. */
typedef struct RequirementCache
{
	PreparedRequirement *prepared;
	bool		constant;		/* a literal: the same in every call */
	Size		size;
	char		bytes[FLEXIBLE_ARRAY_MEMBER];
} RequirementCache;

/*
 * Is argument n written into the statement?  A parameter will not do: PL/pgSQL
 * evaluates an expression again and again with other values in its parameters.
 */
static bool
is_literal(FunctionCallInfo fcinfo, int n)
{
	Node	   *expr = fcinfo->flinfo ? fcinfo->flinfo->fn_expr : NULL;
	List	   *args = NIL;

	if (expr && IsA(expr, OpExpr))
		args = ((OpExpr *) expr)->args;
	else if (expr && IsA(expr, FuncExpr))
		args = ((FuncExpr *) expr)->args;
	return list_length(args) > n && IsA(list_nth(args, n), Const);
}

/*
 * The requirement in argument n, prepared.  A query usually compares one
 * requirement with many profiles, so the last one is kept in fn_extra; where it
 * may change from call to call it is known again by its bytes.
 */
PreparedRequirement *
prepare_requirement_arg(FunctionCallInfo fcinfo, int n)
{
	RequirementCache *cache = fcinfo->flinfo ? fcinfo->flinfo->fn_extra : NULL;
	struct varlena *datum;
	const char *bytes;
	Size		size;
	MemoryContext context;
	RequirementView view;

	if (cache && cache->constant)
		return cache->prepared;
	datum = PG_GETARG_REQUIREMENT_PP(n);
	bytes = VARDATA_ANY(datum);
	size = VARSIZE_ANY_EXHDR(datum);
	if (cache && cache->size == size && memcmp(cache->bytes, bytes, size) == 0)
		return cache->prepared;

	requirement_read(datum, &view);
	context = fcinfo->flinfo ? fcinfo->flinfo->fn_mcxt : CurrentMemoryContext;
	if (cache)
	{
		fcinfo->flinfo->fn_extra = NULL;
		pfree(cache->prepared);
		pfree(cache);
	}
	cache = MemoryContextAlloc(context, offsetof(RequirementCache, bytes) + size);
	cache->prepared = MemoryContextAlloc(context, score_prepared_size(view.count));
	cache->constant = is_literal(fcinfo, n);
	cache->size = size;
	memcpy(cache->bytes, bytes, size);
	score_prepare(&view, cache->prepared);
	if (fcinfo->flinfo)
		fcinfo->flinfo->fn_extra = cache;
	return cache->prepared;
}

static Numeric
fraction(int64 numerator, int64 denominator)
{
	return int64_div_fast_to_numeric(score_decimal(numerator, denominator, SCORE_DECIMALS),
									 SCORE_DECIMALS);
}

/* profile <=> requirement -> float8: the distance, >= 0. */
PG_FUNCTION_INFO_V1(match_distance);
Datum
match_distance(PG_FUNCTION_ARGS)
{
	PreparedRequirement *requirement = prepare_requirement_arg(fcinfo, 1);
	ProfileView profile;

	profile_read(PG_GETARG_PROFILE_PP(0), &profile);
	PG_RETURN_FLOAT8(score_as_float(requirement, score_distance(requirement, &profile)));
}

/* requirement <=> profile: its commutator. */
PG_FUNCTION_INFO_V1(match_distance_commuted);
Datum
match_distance_commuted(PG_FUNCTION_ARGS)
{
	PreparedRequirement *requirement = prepare_requirement_arg(fcinfo, 0);
	ProfileView profile;

	profile_read(PG_GETARG_PROFILE_PP(1), &profile);
	PG_RETURN_FLOAT8(score_as_float(requirement, score_distance(requirement, &profile)));
}

/* profile @> requirement -> boolean: every mandatory competency at its level or above. */
PG_FUNCTION_INFO_V1(match_meets);
Datum
match_meets(PG_FUNCTION_ARGS)
{
	PreparedRequirement *requirement = prepare_requirement_arg(fcinfo, 1);
	ProfileView profile;

	profile_read(PG_GETARG_PROFILE_PP(0), &profile);
	PG_RETURN_BOOL(score_meets_mandatory(requirement, &profile));
}

/* requirement <@ profile: its commutator. */
PG_FUNCTION_INFO_V1(match_meets_commuted);
Datum
match_meets_commuted(PG_FUNCTION_ARGS)
{
	PreparedRequirement *requirement = prepare_requirement_arg(fcinfo, 0);
	ProfileView profile;

	profile_read(PG_GETARG_PROFILE_PP(1), &profile);
	PG_RETURN_BOOL(score_meets_mandatory(requirement, &profile));
}

/* match_score(profile, requirement) -> numeric: max(0, 1 - distance), six decimals. */
PG_FUNCTION_INFO_V1(match_score);
Datum
match_score(PG_FUNCTION_ARGS)
{
	PreparedRequirement *requirement = prepare_requirement_arg(fcinfo, 1);
	ProfileView profile;
	int64		distance;

	profile_read(PG_GETARG_PROFILE_PP(0), &profile);
	if (requirement->total == 0)
		PG_RETURN_NUMERIC(fraction(1, 1));
	distance = score_distance(requirement, &profile);
	PG_RETURN_NUMERIC(fraction(Max(requirement->total - distance, 0), requirement->total));
}

/* adequacy(profile, requirement) -> numeric: the same with a surplus weight of 0. */
PG_FUNCTION_INFO_V1(match_adequacy);
Datum
match_adequacy(PG_FUNCTION_ARGS)
{
	PreparedRequirement *requirement = prepare_requirement_arg(fcinfo, 1);
	ProfileView profile;

	profile_read(PG_GETARG_PROFILE_PP(0), &profile);
	if (requirement->total == 0)
		PG_RETURN_NUMERIC(fraction(1, 1));
	PG_RETURN_NUMERIC(fraction(requirement->total - score_shortfall(requirement, &profile),
							   requirement->total));
}

/* match_coverage(profile, requirement) -> numeric: share of the weight that was assessed. */
PG_FUNCTION_INFO_V1(match_coverage);
Datum
match_coverage(PG_FUNCTION_ARGS)
{
	PreparedRequirement *requirement = prepare_requirement_arg(fcinfo, 1);
	ProfileView profile;

	profile_read(PG_GETARG_PROFILE_PP(0), &profile);
	if (requirement->total_weight == 0)
		PG_RETURN_NUMERIC(fraction(1, 1));
	PG_RETURN_NUMERIC(fraction(score_coverage(requirement, &profile), requirement->total_weight));
}

/*
 * match_explain(profile, requirement) -> one row per required competency.
 *
 * Contributions have twelve decimals and sum exactly to the distance rounded to
 * twelve decimals: each is the difference of two rounded running sums.
 */
PG_FUNCTION_INFO_V1(match_explain);
Datum
match_explain(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	PreparedRequirement *requirement;
	RequirementView asked;
	ProfileView profile;
	int64		sum = 0;
	int64		shown = 0;

	InitMaterializedSRF(fcinfo, 0);
	requirement_read(PG_GETARG_REQUIREMENT_PP(1), &asked);
	requirement = palloc(score_prepared_size(asked.count));
	score_prepare(&asked, requirement);
	profile_read(PG_GETARG_PROFILE_PP(0), &profile);
	for (int i = 0; i < requirement->count; i++)
	{
		const ScoreTerm *term = &requirement->terms[i];
		int32		held = score_held(&profile, term->competency);
		bool		secondary = (asked.kinds[i] & REQUIREMENT_SECONDARY) != 0;
		int64		total;
		Datum		values[8];
		bool		nulls[8] = {false};

		sum += score_term_cost(term, Max(held, 0));
		total = score_decimal(sum, requirement->total, CONTRIBUTION_DECIMALS);
		values[0] = Int32GetDatum(term->competency);
		values[1] = NumericGetDatum(hundredths_to_numeric(term->level));
		nulls[2] = held < 0;
		values[2] = held < 0 ? (Datum) 0 : NumericGetDatum(hundredths_to_numeric(held));
		values[3] = NumericGetDatum(hundredths_to_numeric(Max(held, 0) - term->level));
		values[4] = NumericGetDatum(hundredths_to_numeric(term->weight));
		values[5] = CStringGetTextDatum(secondary ? "secondary" : "core");
		values[6] = BoolGetDatum(term->mandatory);
		values[7] = NumericGetDatum(int64_div_fast_to_numeric(total - shown, CONTRIBUTION_DECIMALS));
		shown = total;
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
