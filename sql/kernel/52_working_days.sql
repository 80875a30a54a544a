-- Working days, for deadlines and for available time.

CREATE FUNCTION mutasi.add_working_days(day date, n integer, holidays date[] DEFAULT '{}', days_per_week integer DEFAULT 5)
	RETURNS date
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_add_working_days';
COMMENT ON FUNCTION mutasi.add_working_days(date, integer, date[], integer) IS
	'The n-th working day after day, which is not counted itself: a limit of n working days from day ends on it. n < 0: before day; n = 0: day as given, worked or not. holidays: in any order, doubles and weekends do not matter (ARRAY(SELECT …), which is never NULL); days_per_week: 5 (Monday to Friday) or 6 (Monday to Saturday). Infinite days stay as they are.';

CREATE FUNCTION mutasi.working_days_between(start date, finish date, holidays date[] DEFAULT '{}', days_per_week integer DEFAULT 5)
	RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_working_days_between';
COMMENT ON FUNCTION mutasi.working_days_between(date, date, date[], integer) IS
	'Working days after start, up to and including finish; below 0 where finish is before start (those from finish on, before start). The inverse of add_working_days(): working_days_between(d, add_working_days(d, n, …), …) = n. To count a whole period, both ends included, start one day earlier.';

CREATE FUNCTION mutasi.is_working_day(day date, holidays date[] DEFAULT '{}', days_per_week integer DEFAULT 5)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_is_working_day';
COMMENT ON FUNCTION mutasi.is_working_day(date, date[], integer) IS
	'True where day is neither on a weekend (of a five- or six-day week) nor among the holidays.';
