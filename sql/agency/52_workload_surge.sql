-- Months in which the work of a unit, or a task, left its usual band.

ALTER TABLE @agency@.policy
	ADD COLUMN surge_rule text NOT NULL DEFAULT 'tukey' CHECK (surge_rule IN ('tukey', 'individuals')),
	ADD COLUMN surge_factor numeric(5,2) CHECK (surge_factor > 0 AND surge_factor < 'NaN'),
	ADD COLUMN surge_min_observations integer NOT NULL DEFAULT 8 CHECK (surge_min_observations >= 3);
COMMENT ON COLUMN @agency@.policy.surge_rule IS 'How the usual band of a series of volumes is drawn: see mutasi.usual_band.';
COMMENT ON COLUMN @agency@.policy.surge_factor IS 'Width of the band; NULL: as the rule has it (1.5 tukey, 3 individuals).';
COMMENT ON COLUMN @agency@.policy.surge_min_observations IS 'How many earlier periods it takes to judge one.';

CREATE FUNCTION @agency@.unit_surges(for_month date DEFAULT NULL)
	RETURNS TABLE (unit_id integer, month date, verdict text, hours numeric, expected numeric, lower numeric, upper numeric,
		observations integer, basis text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 SET jit = off SET search_path = @agency@, mutasi, pg_temp
AS $body$
	WITH judged AS MATERIALIZED (
		SELECT coalesce(date_trunc('month', for_month)::date,
			(SELECT l.month FROM post_month_load AS l WHERE l.monthly_hours IS NOT NULL AND l.month <= current_date
				ORDER BY l.month DESC LIMIT 1)) AS month),
	-- work that came or went with the posts is no surge: it is where they are in the month judged
	moved AS MATERIALIZED (
		SELECT c.post_id, c.unit_id FROM judged AS j JOIN post_place AS c
			ON c.valid_from < j.month + interval '1 month' AND (c.valid_to IS NULL OR c.valid_to >= j.month + interval '1 month')),
	hours AS (
		SELECT coalesce(c.unit_id, p.unit_id) AS unit_id, l.month, sum(l.monthly_hours) AS hours
		FROM post_month_load AS l JOIN post AS p USING (post_id) LEFT JOIN moved AS c ON c.post_id = l.post_id CROSS JOIN judged AS j
		WHERE l.month <= j.month AND l.month > j.month - interval '10 years' AND l.monthly_hours IS NOT NULL
		GROUP BY 1, l.month),
	-- one element a month from the first to the one that is judged, also where nothing is on record
	span AS (
		SELECT h.unit_id, min(h.month) AS first_month FROM hours AS h GROUP BY h.unit_id),
	filled AS (
		SELECT x.unit_id, x.month, sum(x.hours) AS hours
		FROM (SELECT h.unit_id, h.month, h.hours FROM hours AS h
			UNION ALL
			SELECT s.unit_id, g::date, NULL FROM span AS s CROSS JOIN judged AS j
			CROSS JOIN LATERAL generate_series(s.first_month, j.month, interval '1 month') AS g) AS x
		GROUP BY x.unit_id, x.month),
	series AS (
		SELECT f.unit_id, array_agg(f.hours ORDER BY f.month) AS series FROM filled AS f GROUP BY f.unit_id)
	SELECT s.unit_id, j.month, v.verdict, v.volume, v.expected, v.lower, v.upper, v.observations, v.basis
	FROM series AS s CROSS JOIN judged AS j
	CROSS JOIN LATERAL policy_on(j.month) AS y
	CROSS JOIN LATERAL mutasi.volume_surge(s.series, 12, y.surge_rule, y.surge_factor, y.surge_min_observations) AS v
$body$;
COMMENT ON FUNCTION @agency@.unit_surges(date) IS 'Judges for each unit the hours of a month (default the latest on record) from tasks whose volumes are monthly (all months at the latest norms, so that a new norm is no surge), against the same months and the months before, up to ten years back, of the posts that the unit has at the end of that month and those that they continue (post_place), so that a merge or a split is no surge: see mutasi.volume_surge, and the policy''s surge_rule, surge_factor, surge_min_observations.';

CREATE FUNCTION @agency@.task_surges(unit integer, for_month date DEFAULT NULL)
	RETURNS TABLE (post_id integer, task_id integer, period_start date, verdict text, volume numeric, expected numeric,
		lower numeric, upper numeric, observations integer, basis text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 100 SET jit = off SET search_path = @agency@, mutasi, pg_temp
AS $body$
	WITH until AS (
		SELECT (date_trunc('month', coalesce(for_month, current_date)) + interval '1 month')::date AS day),
	-- the posts that went on elsewhere by then are judged there, under the task of the same name
	posts AS MATERIALIZED (
		SELECT c.post_id FROM until AS n JOIN post_place AS c ON c.unit_id = task_surges.unit
			AND (c.valid_from IS NULL OR c.valid_from < n.day) AND (c.valid_to IS NULL OR c.valid_to >= n.day)),
	heads AS MATERIALIZED (
		SELECT p.post_id, p.valid_from < n.day AS begun FROM posts AS c CROSS JOIN until AS n
		CROSS JOIN LATERAL (SELECT f.post_id, f.valid_from FROM post AS f WHERE f.post_id = c.post_id OFFSET 0) AS p
		WHERE NOT EXISTS (SELECT FROM post AS o WHERE o.continues_id = p.post_id AND o.valid_from < n.day OFFSET 0)),
	-- volumes are many: looked up (OFFSET 0)
	counted AS MATERIALIZED (
		SELECT t.post_id, t.task_id, t.period_months, v.period_start, sum(v.volume) AS volume
		FROM (SELECT k.post_id, k.task_id, k.period_months, k.task_id AS counted_id FROM heads AS h
			CROSS JOIN LATERAL (SELECT f.post_id, f.task_id, f.period_months FROM task AS f WHERE f.post_id = h.post_id OFFSET 0) AS k
			UNION ALL
			SELECT h.post_id, k.task_id, k.period_months, o.task_id FROM heads AS h JOIN post_line AS l USING (post_id)
			CROSS JOIN LATERAL (SELECT f.task_id, f.name, f.period_months FROM task AS f WHERE f.post_id = l.post_id OFFSET 0) AS k
			CROSS JOIN LATERAL (SELECT f.task_id FROM task AS f
				WHERE f.post_id = l.former_id AND f.name = k.name AND f.period_months = k.period_months OFFSET 0) AS o
			WHERE h.begun) AS t
		CROSS JOIN LATERAL (SELECT f.period_start, f.volume FROM task_volume AS f WHERE f.task_id = t.counted_id OFFSET 0) AS v
		GROUP BY t.post_id, t.task_id, t.period_months, v.period_start),
	tasks AS (
		SELECT v.post_id, v.task_id, v.period_months, min(v.period_start) AS first,
			max(v.period_start) FILTER (WHERE v.period_start <= coalesce(for_month, current_date)) AS judged
		FROM counted AS v GROUP BY v.post_id, v.task_id, v.period_months),
	series AS (
		SELECT t.post_id, t.task_id, t.period_months, t.judged, array_agg(v.volume ORDER BY m.period_start) AS series
		FROM tasks AS t
		CROSS JOIN LATERAL (SELECT g::date AS period_start
			FROM generate_series(t.first, t.judged, make_interval(months => t.period_months)) AS g) AS m
		LEFT JOIN counted AS v ON v.task_id = t.task_id AND v.period_start = m.period_start
		GROUP BY t.post_id, t.task_id, t.period_months, t.judged)
	SELECT s.post_id, s.task_id, s.judged, v.verdict, v.volume, v.expected, v.lower, v.upper, v.observations, v.basis
	FROM series AS s
	CROSS JOIN LATERAL policy_on(s.judged) AS y
	CROSS JOIN LATERAL mutasi.volume_surge(s.series, 12 / s.period_months, y.surge_rule, y.surge_factor, y.surge_min_observations) AS v
$body$;
COMMENT ON FUNCTION @agency@.task_surges(integer, date) IS 'Judges for each task of a unit its latest volume up to a month (default the latest on record) against its own earlier ones, and those of the task of the same name of the posts that its post continues, whatever period the task counts in: which task is behind the surge of a unit.';

CREATE VIEW @agency@.workload_surge AS
	SELECT s.unit_id, u.code AS unit_code, u.name AS unit_name, s.month, s.verdict,
		s.hours::numeric(14,2) AS hours, s.expected::numeric(14,2) AS expected,
		s.lower::numeric(14,2) AS lower, s.upper::numeric(14,2) AS upper,
		CASE WHEN s.verdict = 'surge' THEN mutasi.exact_quotient((s.hours - s.expected) * 12, y.effective_hours) END::numeric(12,4)
			AS staff_for_surge,
		s.observations, s.basis
	FROM @agency@.unit_surges() AS s
	JOIN @agency@.unit AS u ON u.unit_id = s.unit_id
	CROSS JOIN LATERAL @agency@.policy_on(s.month) AS y;
COMMENT ON VIEW @agency@.workload_surge IS 'The latest month on record, unit by unit: did its work leave the usual band (lonjakan beban kerja), and the figures that say so. A merge or split alone is none: earlier months are those of the posts that the unit has now. unit_surges() judges other months, task_surges() the tasks of a unit.';
COMMENT ON COLUMN @agency@.workload_surge.unit_id IS 'Unit.';
COMMENT ON COLUMN @agency@.workload_surge.unit_code IS 'The agency''s code for the unit.';
COMMENT ON COLUMN @agency@.workload_surge.unit_name IS 'Name of the unit.';
COMMENT ON COLUMN @agency@.workload_surge.month IS 'First day of the month.';
COMMENT ON COLUMN @agency@.workload_surge.verdict IS 'surge (above upper), drop (below lower), usual; NULL where it cannot be judged: too few months, or nothing recorded for this one.';
COMMENT ON COLUMN @agency@.workload_surge.hours IS 'Hours of work of the month, from tasks with monthly volumes, at the tasks'' latest norms.';
COMMENT ON COLUMN @agency@.workload_surge.expected IS 'What was to be expected.';
COMMENT ON COLUMN @agency@.workload_surge.lower IS 'Lower end of the usual band.';
COMMENT ON COLUMN @agency@.workload_surge.upper IS 'Upper end of the usual band.';
COMMENT ON COLUMN @agency@.workload_surge.staff_for_surge IS 'How many people the hours above the expected ones come to, while they last.';
COMMENT ON COLUMN @agency@.workload_surge.observations IS 'How many earlier months, or changes from year to year, drew the band.';
COMMENT ON COLUMN @agency@.workload_surge.basis IS 'season: change from the same month a year before; level: the months themselves.';
