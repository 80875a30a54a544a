-- What the coming months need, and who will still be there: work projected from
-- the months on record, less retirements and known moves.

CREATE FUNCTION @agency@.staff_changes(as_of date DEFAULT current_date, until date DEFAULT NULL)
	RETURNS TABLE (unit_id integer, post_id integer, employee_id integer, day date, change numeric, cause text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 SET jit = off SET search_path = @agency@, mutasi, pg_temp
AS $body$
	WITH ages AS MATERIALIZED (
		SELECT a.kind, a.retirement_age FROM retirement_ages(policy_on(as_of)) AS a),
	span AS (
		SELECT w.last_day,
			-- who is born later retires later than that, and need not be looked at
			(w.last_day - make_interval(years => (SELECT min(k.retirement_age) FROM ages AS k)))::date + 31 AS born_before
		FROM (SELECT coalesce(until, (as_of + interval '1 year')::date) AS last_day) AS w),
	moves AS (
		SELECT t.employee_id, t.from_post_id, t.to_post_id, greatest(t.effective_on, as_of + 1) AS day
		FROM transfer AS t
		WHERE t.state IN ('decided', 'appointed') AND t.effective_on IS NOT NULL),
	-- one row a time in a post, with the day and the cause of its end
	held AS (
		SELECT p.unit_id, i.post_id, i.employee_id, i.share, i.valid_from,
			coalesce(i.valid_to, 'infinity') AS ends,
			CASE WHEN e.born_on < s.born_before THEN retirement_date(e.born_on, k.retirement_age) ELSE 'infinity' END AS retires,
			coalesce(e.left_on, 'infinity') AS leaves,
			coalesce((SELECT min(m.day) FROM moves AS m WHERE m.employee_id = i.employee_id AND m.from_post_id = i.post_id), 'infinity') AS moves
		FROM incumbency AS i
		JOIN post AS p USING (post_id)
		JOIN ages AS k ON k.kind = p.kind
		JOIN employee AS e USING (employee_id)
		CROSS JOIN span AS s
		WHERE i.kind <> 'acting' AND (i.valid_to IS NULL OR i.valid_to > as_of)
			-- who neither comes nor goes in that time, as nearly everybody, is none of this
			AND (i.valid_from > as_of OR i.valid_to <= s.last_day OR e.born_on < s.born_before OR e.left_on <= s.last_day
				OR i.employee_id IN (SELECT m.employee_id FROM moves AS m))
		UNION ALL
		SELECT p.unit_id, m.to_post_id, m.employee_id, 1, m.day, 'infinity',
			coalesce(retirement_date(e.born_on, k.retirement_age), 'infinity'), coalesce(e.left_on, 'infinity'), 'infinity'
		FROM moves AS m
		JOIN post AS p ON p.post_id = m.to_post_id
		JOIN ages AS k ON k.kind = p.kind
		JOIN employee AS e USING (employee_id)),
	ended AS (
		-- what should have ended already ends now
		SELECT h.*, greatest(least(h.ends, h.retires, h.leaves, h.moves), as_of + 1) AS last,
			CASE least(h.ends, h.retires, h.leaves, h.moves)
				WHEN h.moves THEN 'moving out' WHEN h.retires THEN 'retirement' WHEN h.leaves THEN 'leaving' ELSE 'ending' END AS why
		FROM held AS h)
	SELECT d.unit_id, d.post_id, d.employee_id, d.last, -d.share, d.why
		FROM ended AS d CROSS JOIN span AS s WHERE d.last <= s.last_day AND d.valid_from < d.last
	UNION ALL
	SELECT d.unit_id, d.post_id, d.employee_id, d.valid_from, d.share,
			CASE WHEN EXISTS (SELECT FROM moves AS m WHERE m.employee_id = d.employee_id AND m.to_post_id = d.post_id AND m.day = d.valid_from)
				THEN 'moving in' ELSE 'starting' END
		FROM ended AS d CROSS JOIN span AS s
		WHERE d.valid_from > as_of AND d.valid_from <= s.last_day AND d.valid_from < d.last
$body$;
COMMENT ON FUNCTION @agency@.staff_changes(date, date) IS 'Who will come to and go from which post after a day, as far as is on record: retirements (at the ages of the policy in force on that day), ends of incumbencies, departures, decided transfers. until: default a year. Contracts (PPPK) that end are not among them, because they are usually renewed.';

CREATE FUNCTION @agency@.project_staffing(as_of date DEFAULT current_date, months integer DEFAULT 12)
	RETURNS TABLE (unit_id integer, month date, required numeric, staff_now numeric, retiring numeric, leaving numeric,
		moving_out numeric, moving_in numeric, starting numeric, staff numeric, contracts_ending integer, method text, months_known integer)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000 SET jit = off SET search_path = @agency@, mutasi, pg_temp
AS $body$
	WITH RECURSIVE span AS MATERIALIZED (
		SELECT date_trunc('month', as_of)::date AS this_month,
			n.last_month,
			-- the months on record may end before this one
			(extract(year FROM age(date_trunc('month', as_of)::date, n.last_month)) * 12
				+ extract(month FROM age(date_trunc('month', as_of)::date, n.last_month)))::integer AS behind
		FROM (SELECT max(l.month) AS last_month FROM post_month_load AS l WHERE l.month <= as_of) AS n),
	ahead AS MATERIALIZED (
		SELECT k AS step, (s.this_month + make_interval(months => k))::date AS month,
			(s.this_month + make_interval(months => k + 1) - interval '1 day')::date AS day
		FROM span AS s CROSS JOIN generate_series(1, months) AS k),
	-- the posts there are, each with those whose work it goes on with
	line (post_id, counted_id) AS (
		SELECT p.post_id, p.post_id FROM post AS p WHERE p.valid_from <= as_of AND (p.valid_to IS NULL OR p.valid_to > as_of)
		UNION
		SELECT n.post_id, p.continues_id FROM line AS n JOIN post AS p ON p.post_id = n.counted_id WHERE p.continues_id IS NOT NULL),
	-- the work of each unit, apart for posts with different effective time
	work AS (
		SELECT p.unit_id, coalesce(CASE WHEN e.post_id IS NULL THEN p.effective_hours ELSE e.effective_hours END, y.effective_hours) AS effective,
			l.month, sum(l.work) AS work
		FROM span AS s
		JOIN post_month_load AS l ON l.month <= s.last_month AND l.month > s.last_month - interval '10 years'
		JOIN line AS n ON n.counted_id = l.post_id
		JOIN post AS p ON p.post_id = n.post_id
		CROSS JOIN LATERAL policy_on(as_of) AS y
		LEFT JOIN post_effective_period AS e
			ON e.post_id = p.post_id AND e.valid_from <= as_of AND (e.valid_to IS NULL OR e.valid_to > as_of)
		GROUP BY 1, 2, 3),
	-- one element a month, from the first on record to the last, also where nothing is
	span_of AS (
		SELECT w.unit_id, w.effective, min(w.month) AS first_month FROM work AS w GROUP BY w.unit_id, w.effective),
	filled AS (
		SELECT x.unit_id, x.effective, x.month, sum(x.work) AS work
		FROM (SELECT w.unit_id, w.effective, w.month, w.work FROM work AS w
			UNION ALL
			SELECT o.unit_id, o.effective, g::date, NULL FROM span_of AS o CROSS JOIN span AS s
			CROSS JOIN LATERAL generate_series(o.first_month, s.last_month, interval '1 month') AS g) AS x
		GROUP BY x.unit_id, x.effective, x.month),
	series AS (
		SELECT f.unit_id, f.effective, array_agg(f.work ORDER BY f.month) AS series
		FROM filled AS f GROUP BY f.unit_id, f.effective),
	needed AS (
		SELECT r.unit_id, a.month, mutasi.staff_required(v.volume, 1, r.effective) AS required,
			min(v.method) AS method, max(v.observations) AS months_known
		FROM series AS r CROSS JOIN span AS s
		CROSS JOIN LATERAL mutasi.project_volume(r.series, project_staffing.months + s.behind) AS v
		JOIN ahead AS a ON a.step = v.step - s.behind
		GROUP BY r.unit_id, a.month),
	present AS (
		SELECT p.unit_id, sum(i.share) AS staff
		FROM incumbency AS i JOIN post AS p USING (post_id)
		WHERE i.kind <> 'acting' AND i.valid_from <= as_of AND (i.valid_to IS NULL OR i.valid_to > as_of)
		GROUP BY p.unit_id),
	changes AS MATERIALIZED (
		SELECT c.unit_id, c.day, c.change, c.cause FROM staff_changes(as_of, (SELECT max(a.day) FROM ahead AS a)) AS c),
	-- each in the first month that ends behind it, then added up from month to month
	changed_in AS MATERIALIZED (
		SELECT c.unit_id, d.step, sum(c.change) AS change,
			coalesce(-sum(c.change) FILTER (WHERE c.cause = 'retirement'), 0) AS retiring,
			coalesce(-sum(c.change) FILTER (WHERE c.cause IN ('leaving', 'ending')), 0) AS leaving,
			coalesce(-sum(c.change) FILTER (WHERE c.cause = 'moving out'), 0) AS moving_out,
			coalesce(sum(c.change) FILTER (WHERE c.cause = 'moving in'), 0) AS moving_in,
			coalesce(sum(c.change) FILTER (WHERE c.cause = 'starting'), 0) AS starting
		FROM changes AS c
		JOIN (SELECT x.day, min(a.step) AS step FROM (SELECT DISTINCT y.day FROM changes AS y) AS x JOIN ahead AS a ON a.day >= x.day GROUP BY x.day) AS d
			ON d.day = c.day
		GROUP BY c.unit_id, d.step),
	changed AS (
		SELECT b.unit_id, a.month, sum(c.change) OVER w AS change, sum(c.retiring) OVER w AS retiring, sum(c.leaving) OVER w AS leaving,
			sum(c.moving_out) OVER w AS moving_out, sum(c.moving_in) OVER w AS moving_in, sum(c.starting) OVER w AS starting
		FROM (SELECT f.unit_id, min(f.step) AS step FROM changed_in AS f GROUP BY f.unit_id) AS b
		JOIN ahead AS a ON a.step >= b.step
		LEFT JOIN changed_in AS c ON c.unit_id = b.unit_id AND c.step = a.step
		WINDOW w AS (PARTITION BY b.unit_id ORDER BY a.step)),
	contracts AS (
		SELECT p.unit_id, a.month, count(DISTINCT e.employee_id)::integer AS ending
		FROM employee AS e
		JOIN incumbency AS i ON i.employee_id = e.employee_id AND i.kind <> 'acting'
			AND i.valid_from <= as_of AND (i.valid_to IS NULL OR i.valid_to > as_of)
		JOIN post AS p USING (post_id)
		JOIN ahead AS a ON e.contract_ends_on >= as_of AND e.contract_ends_on <= a.day
		GROUP BY p.unit_id, a.month)
	SELECT u.unit_id, a.month, n.required, coalesce(p.staff, 0), coalesce(c.retiring, 0), coalesce(c.leaving, 0),
		coalesce(c.moving_out, 0), coalesce(c.moving_in, 0), coalesce(c.starting, 0), coalesce(p.staff, 0) + coalesce(c.change, 0),
		coalesce(t.ending, 0), n.method, n.months_known
	FROM unit AS u CROSS JOIN ahead AS a
	LEFT JOIN needed AS n ON n.unit_id = u.unit_id AND n.month = a.month
	LEFT JOIN present AS p ON p.unit_id = u.unit_id
	LEFT JOIN changed AS c ON c.unit_id = u.unit_id AND c.month = a.month
	LEFT JOIN contracts AS t ON t.unit_id = u.unit_id AND t.month = a.month
	WHERE n.unit_id IS NOT NULL OR p.unit_id IS NOT NULL OR c.unit_id IS NOT NULL
$body$;
COMMENT ON FUNCTION @agency@.project_staffing(date, integer) IS 'For each unit and each of the coming months: staff required, projected from the months on record (mutasi.project_volume, effective time of as_of), and staff there at the month''s end: who is there today less retirements, departures and decided moves, plus who is known to come.';

-- Who retires or leaves in a small unit is known by name: of a unit with fewer
-- people than the policy's min_group only the need is shown, and who is there.
CREATE FUNCTION @agency@.staffing_projection_shown()
	RETURNS TABLE (unit_id integer, month date, required numeric, staff_now numeric, retiring numeric, leaving numeric,
		moving_out numeric, moving_in numeric, starting numeric, staff numeric, contracts_ending integer, method text, months_known integer)
	LANGUAGE sql STABLE SECURITY DEFINER ROWS 10000 SET search_path = @agency@, mutasi, pg_temp
AS $body$
	SELECT s.unit_id, s.month, s.required, s.staff_now, CASE WHEN h.shown THEN s.retiring END, CASE WHEN h.shown THEN s.leaving END,
		CASE WHEN h.shown THEN s.moving_out END, CASE WHEN h.shown THEN s.moving_in END, CASE WHEN h.shown THEN s.starting END,
		CASE WHEN h.shown THEN s.staff END, CASE WHEN h.shown THEN s.contracts_ending END, s.method, s.months_known
	FROM project_staffing() AS s
	CROSS JOIN LATERAL policy_on() AS y
	CROSS JOIN LATERAL (SELECT s.staff_now >= y.min_group AS shown) AS h
$body$;
COMMENT ON FUNCTION @agency@.staffing_projection_shown() IS 'project_staffing() of today, without what changes in units of fewer people than policy.min_group.';

CREATE VIEW @agency@.staffing_projection AS
	SELECT s.unit_id, u.code AS unit_code, u.name AS unit_name, s.month,
		s.required::numeric(12,4) AS required,
		mutasi.round_staff(s.required, y.rounding_rule)::integer AS required_rounded,
		s.staff_now::numeric(10,2) AS staff_now,
		s.retiring::numeric(10,2) AS retiring,
		s.leaving::numeric(10,2) AS leaving,
		s.moving_out::numeric(10,2) AS moving_out,
		s.moving_in::numeric(10,2) AS moving_in,
		s.starting::numeric(10,2) AS starting,
		s.staff::numeric(10,2) AS staff,
		(s.staff - s.required)::numeric(12,4) AS difference,
		mutasi.workload_ratio(s.required, s.staff)::numeric(10,2) AS ratio,
		s.contracts_ending, s.method, s.months_known
	FROM @agency@.staffing_projection_shown() AS s
	JOIN @agency@.unit AS u ON u.unit_id = s.unit_id
	CROSS JOIN LATERAL @agency@.policy_on() AS y;
COMMENT ON VIEW @agency@.staffing_projection IS 'Need and staff of each unit in the coming twelve months (proyeksi kebutuhan pegawai). What changes in units of fewer people than the policy''s min_group is not shown; project_staffing() has it for whoever may see persons.';
COMMENT ON COLUMN @agency@.staffing_projection.unit_id IS 'Unit.';
COMMENT ON COLUMN @agency@.staffing_projection.unit_code IS 'The agency''s code for the unit.';
COMMENT ON COLUMN @agency@.staffing_projection.unit_name IS 'Name of the unit.';
COMMENT ON COLUMN @agency@.staffing_projection.month IS 'First day of the month.';
COMMENT ON COLUMN @agency@.staffing_projection.required IS 'Staff required at the month''s pace, projected; NULL where no volumes are on record.';
COMMENT ON COLUMN @agency@.staffing_projection.required_rounded IS 'The same, rounded by the policy''s rule.';
COMMENT ON COLUMN @agency@.staffing_projection.staff_now IS 'Staff today, in full-time shares.';
COMMENT ON COLUMN @agency@.staffing_projection.retiring IS 'Of them retired by the end of the month (batas usia pensiun).';
COMMENT ON COLUMN @agency@.staffing_projection.leaving IS 'Left by then for other reasons on record.';
COMMENT ON COLUMN @agency@.staffing_projection.moving_out IS 'Moved out by then by decided transfers.';
COMMENT ON COLUMN @agency@.staffing_projection.moving_in IS 'Moved in by then by decided transfers.';
COMMENT ON COLUMN @agency@.staffing_projection.starting IS 'Incumbencies on record that begin by then.';
COMMENT ON COLUMN @agency@.staffing_projection.staff IS 'Staff at the end of the month: the sum of the five.';
COMMENT ON COLUMN @agency@.staffing_projection.difference IS 'Staff less required; negative: short of people.';
COMMENT ON COLUMN @agency@.staffing_projection.ratio IS 'Required / staff; above 1: short of people; NULL where nobody will be there.';
COMMENT ON COLUMN @agency@.staffing_projection.contracts_ending IS 'People whose contract (PPPK) ends by then; still counted as staff.';
COMMENT ON COLUMN @agency@.staffing_projection.method IS 'How the need was projected: trend and season, or level where less than two years are on record.';
COMMENT ON COLUMN @agency@.staffing_projection.months_known IS 'How many months on record it was projected from.';
