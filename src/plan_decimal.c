/*
 * plan_decimal.c
 *	  Between SQL's numbers and the planner's scaled integers.
 */
#include "postgres.h"

#include "mutasi.h"

#include "plan.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

/*
 * PlanParseDecimal: a printed decimal ("12", "-0.5", "1.5e-07", "NaN") times
 * 10^places, rounded half up, exactly. Numbers below zero and above most are
 * told apart before they are rounded into range.
 */
PlanNumber
PlanParseDecimal(const char *text, int places, int64_t most, int64_t *result)
{
	const char *digits;
	const char *p = text;
	bool		negative = false;
	bool		nonzero = false;
	int			point = -1;		/* digits before the decimal point */
	int			count = 0;
	int			exponent = 0;
	int			wanted;			/* digits that make up the integer */
	int			next = 0;		/* the first digit cut off */
	int			seen = 0;
	int64_t		value = 0;

	if (*p == '-')
	{
		negative = true;
		p++;
	}
	if (*p == 'N' || *p == 'n')
		return PLAN_NUMBER_NAN;
	if (*p == 'I' || *p == 'i')
		return PLAN_NUMBER_INFINITE;
	digits = p;
	for (; (*p >= '0' && *p <= '9') || *p == '.'; p++)
	{
		if (*p == '.')
			point = count;
		else
		{
			if (*p != '0')
				nonzero = true;
			count++;
		}
	}
	if (point < 0)
		point = count;
	if (*p == 'e' || *p == 'E')
		exponent = atoi(p + 1);
	if (negative && nonzero)
		return PLAN_NUMBER_NEGATIVE;
	*result = 0;
	if (!nonzero)
		return PLAN_NUMBER_GOOD;

	wanted = point + exponent + places;
	for (p = digits; (*p >= '0' && *p <= '9') || *p == '.'; p++)
	{
		if (*p == '.')
			continue;
		if (seen == wanted)
			next = *p - '0';
		if (seen++ >= wanted)
			break;
		value = value * 10 + (*p - '0');
		if (value > most)
			return PLAN_NUMBER_TOO_LARGE;
	}
	for (; seen < wanted; seen++)
	{
		value *= 10;
		if (value > most)
			return PLAN_NUMBER_TOO_LARGE;
	}
	if (next >= 5)
		value++;
	if (value > most)
		return PLAN_NUMBER_TOO_LARGE;
	*result = value;
	return PLAN_NUMBER_GOOD;
}

/* value / 10^places, with that many decimals. */
Datum
PlanNumeric(int64_t value, int places)
{
	return NumericGetDatum(int64_div_fast_to_numeric(value, places));
}

/* hi * 2^64 + lo. */
Datum
PlanWideNumeric(int64_t hi, uint64_t lo)
{
	Datum		base = DirectFunctionCall1(int8_numeric, Int64GetDatum(INT64CONST(1) << 32));
	Datum		result = DirectFunctionCall1(int8_numeric, Int64GetDatum(hi));

	result = DirectFunctionCall2(numeric_mul, result, base);
	result = DirectFunctionCall2(numeric_add, result,
								 DirectFunctionCall1(int8_numeric, Int64GetDatum((int64) (lo >> 32))));
	result = DirectFunctionCall2(numeric_mul, result, base);
	return DirectFunctionCall2(numeric_add, result,
							   DirectFunctionCall1(int8_numeric, Int64GetDatum((int64) (lo & PG_UINT32_MAX))));
}

/* A price or a difference of prices as points of score, rounded half away from zero to 6 decimals. */
Datum
PlanScore(const PlanData *data, int64_t price)
{
	int64_t		unit = data->plan.scale.score_unit;
	int64_t		magnitude = price < 0 ? -price : price;
	int64_t		rounded = magnitude / unit + (magnitude % unit >= unit - magnitude % unit ? 1 : 0);

	return PlanNumeric(price < 0 ? -rounded : rounded, 6);
}

/*
 * A price in its parts: multiples of what filling one seat more is worth (of
 * the last priority; of a minimum where the objective fills nothing else), and
 * the rest in points of score.
 */
Datum
PlanSplit(const PlanData *data, int64_t price, int64_t *seats)
{
	int64_t		unit = data->plan.scale.level_unit;
	int64_t		magnitude = price < 0 ? -price : price;

	*seats = magnitude / unit + (magnitude % unit >= unit - magnitude % unit ? 1 : 0);
	if (price < 0)
		*seats = -*seats;
	return PlanScore(data, price - *seats * unit);
}

/* What a filled seat of a post is worth for being filled. */
int64_t
PlanFillValue(const PlanData *data, int32_t post)
{
	return flow_seat_value(&data->problem, &data->plan.scale, post);
}

/* Index of an id in an ascending array, or -1. */
int32_t
PlanFind(const int64_t *ids, int32_t count, int64_t id)
{
	int32_t		low = 0;
	int32_t		high = count;

	while (low < high)
	{
		int32_t		middle = low + (high - low) / 2;

		if (ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && ids[low] == id ? low : -1;
}

/* The pair's place in the post's list, or -1. */
int64_t
PlanFindPair(const FlowProblem *problem, int32_t post, int32_t employee)
{
	int64_t		low = problem->first_edge[post];
	int64_t		high = problem->first_edge[post + 1];

	while (low < high)
	{
		int64_t		middle = low + (high - low) / 2;

		if (problem->edge_employee[middle] < employee)
			low = middle + 1;
		else
			high = middle;
	}
	return low < problem->first_edge[post + 1] && problem->edge_employee[low] == employee ? low : -1;
}
