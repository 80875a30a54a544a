/*
 * working_days.c
 *	  add_working_days(), working_days_between(), is_working_day().
 *
 * Days are counted, not walked over: whole weeks by arithmetic, holidays by
 * binary search.  Everything rests on one function, the number of working days
 * up to a day, so that adding and counting are each other's inverse.
 */
#include "postgres.h"

#include "mutasi.h"
#include "working_days.h"

#include "miscadmin.h"
#include "utils/array.h"
#include "utils/date.h"

/* Monday 1999-12-27, five days before the epoch (a Saturday). */
#define A_MONDAY (-5)

/* Weeks and the day of the week, also for days before the epoch. */
static inline int64
floor_divide(int64 a, int64 b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

/* Is the day's weekday worked, holidays aside? */
bool
is_weekday_worked(int64 day, int days_per_week)
{
	return (day - A_MONDAY) - 7 * floor_divide(day - A_MONDAY, 7) < days_per_week;
}

/* Worked weekdays from A_MONDAY to day, both included; below 0 before it. */
int64
weekdays_up_to(int64 day, int days_per_week)
{
	int64		days = day - A_MONDAY + 1;
	int64		weeks = floor_divide(days, 7);

	return weeks * days_per_week + Min(days - 7 * weeks, days_per_week);
}

/* The day with weekdays_up_to(day) = n that is worked itself. */
int64
nth_weekday(int64 n, int days_per_week)
{
	int64		weeks = floor_divide(n - 1, days_per_week);

	return A_MONDAY + 7 * weeks + (n - 1 - weeks * days_per_week);
}

/* How many holidays are on or before day. */
static int
holidays_up_to(int64 day, const WorkCalendar *calendar)
{
	int			low = 0;
	int			high = calendar->nholidays;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (calendar->holidays[middle] <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Worked weekdays up to day less the holidays among them (all holidays fall on worked weekdays). */
int64
working_days_up_to(int64 day, const WorkCalendar *calendar)
{
	return weekdays_up_to(day, calendar->days_per_week) - holidays_up_to(day, calendar);
}

/*
 * The n-th working day after day (before it, for n < 0); day itself for n = 0.
 *
 * The day sought is the first on which working_days_up_to() reaches a target.
 * It is the (target + h)-th worked weekday, h being the holidays up to it; h
 * only grows with the day, so it is found by binary search among holidays.
 */
int64
nth_working_day_after(int64 day, int64 n, const WorkCalendar *calendar)
{
	int64		target;
	int			low = 0;
	int			high = calendar->nholidays;

	if (n == 0)
		return day;
	/* counting backwards, the day itself is not counted either */
	target = n > 0 ? working_days_up_to(day, calendar) + n :
		working_days_up_to(day - 1, calendar) + n + 1;

	/* holiday k comes before the day sought if fewer than target working days precede it */
	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		int64		before = weekdays_up_to((int64) calendar->holidays[middle] - 1, calendar->days_per_week) - middle;

		if (before < target)
			low = middle + 1;
		else
			high = middle;
	}
	return nth_weekday(target + low, calendar->days_per_week);
}

static int
compare_days(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	return (x > y) - (x < y);
}

/*
 * The calendar of a holidays array: ascending, each day once, only days that
 * would be worked otherwise.  Order, repetition and holidays on a weekend do
 * not matter to the caller.
 */
static WorkCalendar
make_calendar(ArrayType *array, int32 days_per_week)
{
	WorkCalendar calendar = {0};
	DateADT    *days;
	int32	   *holidays;
	int			count;
	int			kept = 0;
	bool		sorted = true;

	if (days_per_week != 5 && days_per_week != 6)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a week has 5 or 6 working days, not %d", days_per_week),
				 errhint("Give 5 for Monday to Friday, 6 for Monday to Saturday.")));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("holidays must not contain nulls"),
				 errhint("Leave the unknown days out of the array.")));

	calendar.days_per_week = days_per_week;
	count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	if (count == 0)
		return calendar;
	days = (DateADT *) ARR_DATA_PTR(array);
	holidays = palloc(sizeof(int32) * count);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (DATE_NOT_FINITE(days[i]))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("holidays must be finite dates")));
		if (!is_weekday_worked(days[i], days_per_week))
			continue;
		if (kept > 0 && holidays[kept - 1] >= days[i])
			sorted = false;
		holidays[kept++] = days[i];
	}
	if (!sorted)
	{
		int			distinct = 1;

		qsort(holidays, kept, sizeof(int32), compare_days);
		for (int i = 1; i < kept; i++)
			if (holidays[i] != holidays[distinct - 1])
				holidays[distinct++] = holidays[i];
		kept = distinct;
	}
	calendar.nholidays = kept;
	calendar.holidays = holidays;
	return calendar;
}

/*
 * add_working_days(day, n, holidays, days_per_week)
 *
 * The n-th working day after day, day itself not counted; n < 0: before it;
 * n = 0: day as given.  Infinite days stay as they are.
 */
PG_FUNCTION_INFO_V1(mutasi_add_working_days);
Datum
mutasi_add_working_days(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	int32		n = PG_GETARG_INT32(1);
	WorkCalendar calendar = make_calendar(PG_GETARG_ARRAYTYPE_P(2), PG_GETARG_INT32(3));
	int64		result;

	if (DATE_NOT_FINITE(day))
		PG_RETURN_DATEADT(day);
	result = nth_working_day_after(day, n, &calendar);
	if (result < DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE ||
		result >= DATE_END_JULIAN - POSTGRES_EPOCH_JDATE)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("date out of range"),
				 errdetail("%d working days were to be added.", n)));
	PG_RETURN_DATEADT((DateADT) result);
}

/*
 * working_days_between(start, finish, holidays, days_per_week)
 *
 * Working days after start up to and including finish; where finish is before
 * start, minus those from finish on and before start.
 */
PG_FUNCTION_INFO_V1(mutasi_working_days_between);
Datum
mutasi_working_days_between(PG_FUNCTION_ARGS)
{
	DateADT		start = PG_GETARG_DATEADT(0);
	DateADT		finish = PG_GETARG_DATEADT(1);
	WorkCalendar calendar = make_calendar(PG_GETARG_ARRAYTYPE_P(2), PG_GETARG_INT32(3));
	int64		result;

	if (DATE_NOT_FINITE(start) || DATE_NOT_FINITE(finish))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("cannot count the working days up to an infinite date")));
	if (finish >= start)
		result = working_days_up_to(finish, &calendar) - working_days_up_to(start, &calendar);
	else
		result = working_days_up_to((int64) finish - 1, &calendar) - working_days_up_to((int64) start - 1, &calendar);
	PG_RETURN_INT32((int32) result);
}

/* is_working_day(day, holidays, days_per_week) */
PG_FUNCTION_INFO_V1(mutasi_is_working_day);
Datum
mutasi_is_working_day(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	WorkCalendar calendar = make_calendar(PG_GETARG_ARRAYTYPE_P(1), PG_GETARG_INT32(2));

	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("an infinite date has no weekday")));
	PG_RETURN_BOOL(working_days_up_to(day, &calendar) > working_days_up_to((int64) day - 1, &calendar));
}
