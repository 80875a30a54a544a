/*
 * working_days.h
 *	  Working days of five- and six-day weeks, pure arithmetic on day numbers.
 *
 * A day is a number of days since 2000-01-01 (DateADT), a Saturday.
 */
#ifndef MUTASI_WORKING_DAYS_H
#define MUTASI_WORKING_DAYS_H

typedef struct WorkCalendar
{
	int			days_per_week;	/* 5: Monday to Friday, 6: Monday to Saturday */
	int			nholidays;
	const int32 *holidays;		/* strictly ascending */
} WorkCalendar;

extern bool is_weekday_worked(int64 day, int days_per_week);
extern int64 weekdays_up_to(int64 day, int days_per_week);
extern int64 nth_weekday(int64 n, int days_per_week);
extern int64 working_days_up_to(int64 day, const WorkCalendar *calendar);
extern int64 nth_working_day_after(int64 day, int64 n, const WorkCalendar *calendar);

#endif							/* MUTASI_WORKING_DAYS_H */
