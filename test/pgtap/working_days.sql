-- Working days against a walk over the days, one by one.
BEGIN;
SELECT plan(38);

-- known days: 1 December 2025 is a Monday
SELECT is(to_char(date '2025-12-01', 'FMDay'), 'Monday', 'the calendar these tests think of');
SELECT is(mutasi.add_working_days('2025-12-01', 5), date '2025-12-08', 'five working days from Monday end next Monday');
SELECT is(mutasi.add_working_days('2025-12-01', 5, days_per_week => 6), date '2025-12-06', 'in a six-day week on Saturday');
SELECT is(mutasi.add_working_days('2025-12-05', 1), date '2025-12-08', 'Friday to Monday');
SELECT is(mutasi.add_working_days('2025-12-06', 1), date '2025-12-08', 'Saturday to Monday');
SELECT is(mutasi.add_working_days('2025-12-07', 1), date '2025-12-08', 'Sunday to Monday');
SELECT is(mutasi.add_working_days('2025-12-22', 5, '{2025-12-25,2025-12-26,2026-01-01}'), date '2025-12-31', 'two holidays on the way');
SELECT is(mutasi.add_working_days('2025-12-22', 6, '{2025-12-25,2025-12-26,2026-01-01}'), date '2026-01-02', 'the day after a holiday at the end');
SELECT is(mutasi.add_working_days('2025-12-08', -5), date '2025-12-01', 'backwards');
SELECT is(mutasi.add_working_days('2025-12-07', -1), date '2025-12-05', 'backwards from a Sunday');
SELECT is(mutasi.add_working_days('2025-12-07', 0), date '2025-12-07', 'none: the day as given');
SELECT is(mutasi.working_days_between('2025-12-01', '2025-12-31'), 22, 'the first day is not counted');
SELECT is(mutasi.working_days_between('2025-11-30', '2025-12-31'), 23, 'December 2025 has 23 working days');
SELECT is(mutasi.working_days_between('2025-11-30', '2025-12-31', '{2025-12-25,2025-12-26}'), 21, 'less two holidays');
SELECT is(mutasi.working_days_between('2025-11-30', '2025-12-31', '{2025-12-25,2025-12-26}', 6), 25, 'of a six-day week');
SELECT is(mutasi.working_days_between('2025-12-31', '2025-12-01'), -22, 'backwards');
SELECT is(mutasi.working_days_between('2025-12-06', '2025-12-06'), 0, 'no day');
-- 365 - 104 - 14 - 12 = 235: the published count needs the leave as well
SELECT is(mutasi.working_days_between('2024-12-31', '2025-12-31'), 261, 'weekdays of 2025');
SELECT is(mutasi.working_days_between('2024-12-31', '2025-12-31', '{}', 6), 313, 'Mondays to Saturdays of 2025');
SELECT is(mutasi.is_working_day('2025-12-05'), true, 'a Friday');
SELECT is(mutasi.is_working_day('2025-12-06'), false, 'a Saturday');
SELECT is(mutasi.is_working_day('2025-12-06', '{}', 6), true, 'a Saturday of a six-day week');
SELECT is(mutasi.is_working_day('2025-12-25', '{2025-12-25}'), false, 'a holiday');

-- against the walk: holidays in no order, doubled, on weekends, around both ends
CREATE TEMPORARY TABLE day_off ON COMMIT DROP AS
SELECT array_agg((date '1999-12-20' + (i * i * 37 % 120))::date) AS holidays
FROM generate_series(1, 60) AS i;
CREATE FUNCTION pg_temp.walk(start date, finish date, holidays date[], week integer) RETURNS bigint
	LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN finish >= start THEN 1 ELSE -1 END * count(*)
	FROM generate_series(least(start + 1, finish), greatest(finish, start - 1), interval '1 day') AS d
	WHERE extract(isodow FROM d) <= week AND d::date <> ALL (holidays)
		AND CASE WHEN finish >= start THEN d::date > start AND d::date <= finish ELSE d::date >= finish AND d::date < start END
$$;
SELECT is((SELECT count(*) FROM day_off, generate_series(0, 130, 3) AS a, generate_series(0, 130, 3) AS b
	WHERE mutasi.working_days_between(date '1999-12-15' + a, date '1999-12-15' + b, holidays, week)
		IS DISTINCT FROM pg_temp.walk(date '1999-12-15' + a, date '1999-12-15' + b, holidays, week)), 0::bigint,
	'counting is walking, week of ' || week)
FROM unnest('{5,6}'::integer[]) AS week;
-- the n-th day is worked, n working days away, and no earlier one is
SELECT is((SELECT count(*) FROM day_off, generate_series(0, 130) AS a, generate_series(-25, 25) AS n,
		mutasi.add_working_days(date '1999-12-15' + a, n, holidays, week) AS r
	WHERE n <> 0 AND NOT (mutasi.is_working_day(r, holidays, week)
		AND pg_temp.walk(date '1999-12-15' + a, r, holidays, week) = n)), 0::bigint,
	'adding is walking, week of ' || week)
FROM unnest('{5,6}'::integer[]) AS week;
SELECT is((SELECT count(*) FROM day_off, generate_series(0, 3000, 7) AS a, generate_series(-4000, 4000, 371) AS n
	WHERE mutasi.working_days_between(date '1997-01-01' + a, mutasi.add_working_days(date '1997-01-01' + a, n, holidays), holidays)
		<> n), 0::bigint, 'counting is the inverse of adding');

-- large n takes no walk
SELECT is(mutasi.working_days_between('2025-12-01', mutasi.add_working_days('2025-12-01', 1000000000)), 1000000000, 'a billion days');
SELECT is(mutasi.add_working_days('infinity', 5), 'infinity'::date, 'infinity stays');
SELECT throws_ok('SELECT mutasi.add_working_days(''5000000-01-01'', 2000000000)', '22008', 'date out of range', 'beyond the last date');
SELECT throws_ok('SELECT mutasi.add_working_days(''2025-12-01'', -2000000)', '22008', 'date out of range', 'before the first date');
SELECT throws_ok('SELECT mutasi.working_days_between(''2025-12-01'', ''infinity'')', '22008',
	'cannot count the working days up to an infinite date', 'an infinite period');
SELECT throws_ok('SELECT mutasi.is_working_day(''-infinity'')', '22008', 'an infinite date has no weekday', 'an infinite day');
SELECT throws_ok('SELECT mutasi.add_working_days(''2025-12-01'', 1, ''{}'', 7)', '22023',
	'a week has 5 or 6 working days, not 7', 'no week of seven');
SELECT throws_ok('SELECT mutasi.add_working_days(''2025-12-01'', 1, ARRAY[NULL]::date[])', '22004',
	'holidays must not contain nulls', 'an unknown holiday');
SELECT throws_ok('SELECT mutasi.add_working_days(''2025-12-01'', 1, ''{infinity}'')', '22008',
	'holidays must be finite dates', 'an infinite holiday');
SELECT is(ARRAY[mutasi.add_working_days(NULL, 1)::text, mutasi.add_working_days('2025-12-01', NULL)::text,
	mutasi.add_working_days('2025-12-01', 1, NULL)::text, mutasi.working_days_between(NULL, '2025-12-01')::text],
	ARRAY[NULL, NULL, NULL, NULL], 'unknown is NULL');

SELECT * FROM finish();
ROLLBACK;
