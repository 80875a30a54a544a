/*
 * staffing.c
 *	  The published staffing formulas for one line of a form: ratios, the other
 *	  approaches of KepMenPAN 75/2004, WISN, ABK-Kes, class groups, rounding.
 *
 * Every quotient is computed once, from exact values, and rounded half up to
 * QUOTIENT_PLACES decimals (decimal.c).  All functions are strict: an unknown
 * argument makes the result unknown.
 */
#include "postgres.h"

#include "mutasi.h"
#include "decimal.h"
#include "staffing.h"

#include "utils/builtins.h"

static Numeric
apply(PGFunction function, Numeric value)
{
	return DatumGetNumeric(DirectFunctionCall1(function, NumericGetDatum(value)));
}

static Numeric
round_places(Numeric value, int places)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_round, NumericGetDatum(value),
											   Int32GetDatum(places)));
}

static bool
is_zero(Numeric value)
{
	return numeric_equal(value, int64_to_numeric(0));
}

/*
 * The WHO's table: up to a tenth more than n people's work is shared by n
 * (1.1, 2.2, ... 5.5), anything beyond needs one more.  The table is printed
 * to one decimal from 1.0 to 5.5 and beyond; between the printed figures and
 * above them the same tenth decides, so from 10 on the need is always rounded
 * down, and a need below 1 becomes 1.
 */
static Numeric
round_wisn(Numeric need)
{
	Numeric		down = apply(numeric_floor, need);

	if (numeric_compare(numeric_times(need, int64_to_numeric(10)),
						numeric_times(down, int64_to_numeric(11))) > 0)
		return apply(numeric_ceil, need);
	return down;
}

/*
 * Joint regulation of five ministers on teachers, 2011: below 1 is 1; 1.01 to
 * 1.66 down; 1.67 to 1.99 either; above 2 down.  The ranges are printed to two
 * decimals, so the need is rounded half up to two decimals first and none
 * falls between them.
 */
static Numeric
round_teacher(Numeric need, bool up)
{
	Numeric		printed = round_places(need, 2);
	Numeric		hundredfold = numeric_times(printed, int64_to_numeric(100));

	if (is_zero(need))
		return int64_to_numeric(0);
	if (numeric_compare(hundredfold, int64_to_numeric(100)) < 0)
		return int64_to_numeric(1);
	if (up && numeric_compare(hundredfold, int64_to_numeric(167)) >= 0 &&
		numeric_compare(hundredfold, int64_to_numeric(200)) < 0)
		return int64_to_numeric(2);
	return apply(numeric_floor, printed);
}

/* round_staff_need(need, rule): need finite and not negative. */
Numeric
round_staff_need(Numeric need, StaffRounding rule)
{
	switch (rule)
	{
		case ROUND_HALF_UP:
			return round_places(need, 0);
		case ROUND_CEIL:
			return apply(numeric_ceil, need);
		case ROUND_FLOOR:
			return apply(numeric_floor, need);
		case ROUND_WISN:
			return round_wisn(need);
		case ROUND_TEACHER_DOWN:
			return round_teacher(need, false);
		case ROUND_TEACHER_UP:
			return round_teacher(need, true);
	}
	elog(ERROR, "unrecognized rounding rule: %d", (int) rule);
	return NULL;				/* not reached */
}

/*
 * round_staff(need, rule, teacher_choice)
 *
 * need >= 0.  rule: half_up, ceil, floor, wisn, teacher; teacher_choice: down
 * or up, what the rule for teachers leaves open between 1.67 and 1.99.
 */
PG_FUNCTION_INFO_V1(mutasi_round_staff);
Datum
mutasi_round_staff(PG_FUNCTION_ARGS)
{
	static const struct
	{
		const char *name;
		StaffRounding rule;
	}			rules[] = {
		{"half_up", ROUND_HALF_UP},
		{"ceil", ROUND_CEIL},
		{"floor", ROUND_FLOOR},
		{"wisn", ROUND_WISN},
		{"teacher", ROUND_TEACHER_DOWN},
	};
	Numeric		need = PG_GETARG_NUMERIC(0);
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	char	   *choice = text_to_cstring(PG_GETARG_TEXT_PP(2));
	bool		up = strcmp(choice, "up") == 0;

	check_amount(need, "need");
	if (!up && strcmp(choice, "down") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unrecognized choice for 1.67 to 1.99: \"%s\"", choice),
				 errhint("Choose \"down\" or \"up\".")));
	for (int i = 0; i < (int) lengthof(rules); i++)
		if (strcmp(name, rules[i].name) == 0)
			PG_RETURN_NUMERIC(round_staff_need(need,
											   rules[i].rule == ROUND_TEACHER_DOWN && up ?
											   ROUND_TEACHER_UP : rules[i].rule));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized rounding rule: \"%s\"", name),
			 errhint("Rules are \"half_up\", \"ceil\", \"floor\", \"wisn\" and \"teacher\".")));
	PG_RETURN_NULL();			/* not reached */
}

/*
 * workload_ratio(required, existing): EJ of a post, EU of a unit, above 1 where
 * people are short (Permendagri 12/2008).  NULL where nobody is there.
 */
PG_FUNCTION_INFO_V1(mutasi_workload_ratio);
Datum
mutasi_workload_ratio(PG_FUNCTION_ARGS)
{
	Numeric		required = PG_GETARG_NUMERIC(0);
	Numeric		existing = PG_GETARG_NUMERIC(1);

	check_amount(required, "required staff");
	check_amount(existing, "existing staff");
	if (is_zero(existing))
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(numeric_quotient(required, existing));
}

/*
 * wisn_ratio(existing, required): below 1 where people are short (WHO).  0
 * where nobody is there; NULL where nobody is required.
 */
PG_FUNCTION_INFO_V1(mutasi_wisn_ratio);
Datum
mutasi_wisn_ratio(PG_FUNCTION_ARGS)
{
	Numeric		existing = PG_GETARG_NUMERIC(0);
	Numeric		required = PG_GETARG_NUMERIC(1);

	check_amount(existing, "existing staff");
	check_amount(required, "required staff");
	if (is_zero(required))
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(numeric_quotient(existing, required));
}

static Datum
amount_per_person(FunctionCallInfo fcinfo, const char *amount, const char *divisor)
{
	Numeric		volume = PG_GETARG_NUMERIC(0);
	Numeric		per_person = PG_GETARG_NUMERIC(1);

	check_amount(volume, amount);
	check_divisor(per_person, divisor);
	return NumericGetDatum(numeric_quotient(volume, per_person));
}

/* staff_by_output(volume, per_person): KepMenPAN 75/2004, "hasil kerja". */
PG_FUNCTION_INFO_V1(mutasi_staff_by_output);
Datum
mutasi_staff_by_output(PG_FUNCTION_ARGS)
{
	return amount_per_person(fcinfo, "volume", "output per person");
}

/* staff_by_object(objects, per_person): KepMenPAN 75/2004, "objek kerja". */
PG_FUNCTION_INFO_V1(mutasi_staff_by_object);
Datum
mutasi_staff_by_object(PG_FUNCTION_ARGS)
{
	return amount_per_person(fcinfo, "objects", "objects per person");
}

/* staff_by_equipment(units, per_person): KepMenPAN 75/2004, "peralatan kerja". */
PG_FUNCTION_INFO_V1(mutasi_staff_by_equipment);
Datum
mutasi_staff_by_equipment(PG_FUNCTION_ARGS)
{
	return amount_per_person(fcinfo, "units", "units per person");
}

/* 1 - share, where share is a fraction below 1. */
static Numeric
remaining_share(Numeric share, const char *name)
{
	Numeric		one = int64_to_numeric(1);

	check_amount(share, name);
	if (numeric_compare(share, one) >= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be below 1, not %s", name, numeric_for_message(share)),
				 errdetail("No working time would be left for the workload itself."),
				 errhint("Give a fraction: 0.04 for 4 percent.")));
	return numeric_minus(one, share);
}

/*
 * wisn_available_time(possible_days, public_holidays, annual_leave, sick_leave,
 * other_absence, hours_per_day): (A - (B + C + D + E)) * F, in hours a year.
 */
PG_FUNCTION_INFO_V1(mutasi_wisn_available_time);
Datum
mutasi_wisn_available_time(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"possible days", "public holidays", "annual leave",
	"sick leave", "other absence", "hours per day"};
	Numeric		days = PG_GETARG_NUMERIC(0);
	Numeric		hours = PG_GETARG_NUMERIC(5);
	Datum		result;

	for (int i = 0; i < (int) lengthof(names); i++)
		check_amount(PG_GETARG_NUMERIC(i), names[i]);
	for (int i = 1; i < 5; i++)
		days = numeric_minus(days, PG_GETARG_NUMERIC(i));
	check_divisor(hours, names[5]);
	if (numeric_compare(days, int64_to_numeric(0)) <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no working day is left: %s days", numeric_for_message(days)),
				 errhint("Holidays, leave and absence together must be less than the possible days.")));
	result = NumericGetDatum(numeric_times(days, hours));
	return DirectFunctionCall1(numeric_trim_scale, result);
}

/* wisn_category_factor(category_share): CAF = 1 / (1 - share). */
PG_FUNCTION_INFO_V1(mutasi_wisn_category_factor);
Datum
mutasi_wisn_category_factor(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(numeric_quotient(int64_to_numeric(1),
									   remaining_share(PG_GETARG_NUMERIC(0), "category share")));
}

/*
 * wisn_staff(basic, category_share, individual_time, available_time): basic *
 * CAF + IAF, CAF = 1 / (1 - category_share), IAF = individual_time /
 * available_time; over one denominator, so it is rounded once.
 */
PG_FUNCTION_INFO_V1(mutasi_wisn_staff);
Datum
mutasi_wisn_staff(PG_FUNCTION_ARGS)
{
	Numeric		basic = PG_GETARG_NUMERIC(0);
	Numeric		remaining;
	Numeric		individual = PG_GETARG_NUMERIC(2);
	Numeric		available = PG_GETARG_NUMERIC(3);

	check_amount(basic, "basic staff");
	remaining = remaining_share(PG_GETARG_NUMERIC(1), "category share");
	check_amount(individual, "individual time");
	check_divisor(available, "available time");
	PG_RETURN_NUMERIC(numeric_quotient(numeric_plus(numeric_times(basic, available),
													numeric_times(individual, remaining)),
									   numeric_times(remaining, available)));
}

/* health_staff(basic, support_share): ABK-Kes (Permenkes 33/2015), JKT * STP. */
PG_FUNCTION_INFO_V1(mutasi_health_staff);
Datum
mutasi_health_staff(PG_FUNCTION_ARGS)
{
	Numeric		basic = PG_GETARG_NUMERIC(0);
	Numeric		remaining;

	check_amount(basic, "basic staff");
	remaining = remaining_share(PG_GETARG_NUMERIC(1), "support share");
	PG_RETURN_NUMERIC(numeric_quotient(basic, remaining));
}

/* health_staff_2004(basic, allowance): KMK 81/2004, the allowance is added. */
PG_FUNCTION_INFO_V1(mutasi_health_staff_2004);
Datum
mutasi_health_staff_2004(PG_FUNCTION_ARGS)
{
	Numeric		basic = PG_GETARG_NUMERIC(0);
	Numeric		allowance = PG_GETARG_NUMERIC(1);

	check_amount(basic, "basic staff");
	check_amount(allowance, "allowance");
	PG_RETURN_NUMERIC(numeric_quotient(numeric_plus(basic, allowance), int64_to_numeric(1)));
}

/* class_groups(students, size): rombel of one grade, ceil(students / size). */
PG_FUNCTION_INFO_V1(mutasi_class_groups);
Datum
mutasi_class_groups(PG_FUNCTION_ARGS)
{
	Numeric		students = PG_GETARG_NUMERIC(0);
	Numeric		size = PG_GETARG_NUMERIC(1);
	Numeric		groups;

	check_amount(students, "students");
	check_divisor(size, "class size");
	groups = DatumGetNumeric(DirectFunctionCall2(numeric_div_trunc, NumericGetDatum(students),
												 NumericGetDatum(size)));
	if (numeric_compare(numeric_times(groups, size), students) < 0)
		groups = numeric_plus(groups, int64_to_numeric(1));
	PG_RETURN_NUMERIC(groups);
}

/*
 * exact_quotient(dividend, divisor): any finite numbers; NULL for a divisor of
 * zero.  The division behind all of the above, for formulas written in SQL.
 */
PG_FUNCTION_INFO_V1(mutasi_exact_quotient);
Datum
mutasi_exact_quotient(PG_FUNCTION_ARGS)
{
	Numeric		dividend = PG_GETARG_NUMERIC(0);
	Numeric		divisor = PG_GETARG_NUMERIC(1);
	bool		negative;
	Numeric		result;

	if (numeric_is_nan(dividend) || numeric_is_inf(dividend))
		check_amount(dividend, "dividend");
	if (numeric_is_nan(divisor) || numeric_is_inf(divisor))
		check_amount(divisor, "divisor");
	if (is_zero(divisor))
		PG_RETURN_NULL();
	negative = (numeric_compare(dividend, int64_to_numeric(0)) < 0) !=
		(numeric_compare(divisor, int64_to_numeric(0)) < 0);
	dividend = apply(numeric_abs, dividend);
	divisor = apply(numeric_abs, divisor);
	result = numeric_quotient(dividend, divisor);
	PG_RETURN_NUMERIC(negative ? apply(numeric_uminus, result) : result);
}
