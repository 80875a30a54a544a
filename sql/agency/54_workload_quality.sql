-- What is missing or impossible in the data that workload figures rest on,
-- each with the way to mend it.

-- A function, so that it can do without JIT: compiling a query of this length
-- takes longer than running it.
CREATE FUNCTION @agency@.workload_findings()
	RETURNS TABLE (problem text, subject text, subject_id integer, unit_id integer, what text, detail text, remedy text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 SET jit = off SET search_path = @agency@, mutasi, pg_temp
AS $body$
	WITH latest AS MATERIALIZED (
		SELECT n.year, make_date(n.year, 1, 1) AS first_day, make_date(n.year, 12, 31) AS last_day
		FROM (SELECT max(l.year) AS year FROM @agency@.post_load AS l WHERE l.year <= extract(year FROM current_date)) AS n),
	ages AS MATERIALIZED (
		SELECT a.kind, a.retirement_age FROM @agency@.retirement_ages(@agency@.policy_on(current_date)) AS a),
	-- Bounds by which most people and posts are passed over before anything is
	-- computed for them: nobody younger has retired, no effective time is shorter.
	bounds AS MATERIALIZED (
		SELECT (current_date - make_interval(years => min(k.retirement_age)))::date + 31 AS born_before,
			0.99 * least((SELECT min(y.effective_hours) FROM @agency@.policy AS y), (SELECT min(p.effective_hours) FROM @agency@.post AS p),
				(SELECT min(t.effective_hours) FROM @agency@.post_effective_time AS t)) AS hours
		FROM ages AS k),
	-- Volumes are many. The monthly work tells which posts can have anything
	-- missing; only their tasks are looked through one by one.
	months AS MATERIALIZED (
		SELECT l.post_id, min(l.volumes) AS fewest, count(*) AS months,
			min(l.month) AS first, max(l.month) AS last, sum(l.without_norm) AS without_norm,
			coalesce(min(l.volumes) FILTER (WHERE l.month BETWEEN y.first_day AND y.last_day), 0) AS fewest_in_year
		FROM @agency@.post_month_load AS l CROSS JOIN latest AS y GROUP BY l.post_id),
	tasks AS MATERIALIZED (
		SELECT t.post_id, count(*) AS tasks FROM @agency@.task AS t GROUP BY t.post_id),
	suspects AS MATERIALIZED (
		SELECT t.task_id, t.post_id, t.name, t.period_months
		FROM months AS m JOIN tasks AS k USING (post_id) JOIN @agency@.task AS t USING (post_id)
		WHERE m.fewest < k.tasks
			OR m.months <> extract(year FROM age(m.last, m.first)) * 12 + extract(month FROM age(m.last, m.first)) + 1)
	SELECT 'unit without posts', 'unit', u.unit_id, u.unit_id, u.code || ' ' || u.name,
		'no post, so no work and no staff is counted',
		'Add its posts to the table post, or end the unit with valid_to.'
	FROM @agency@.unit AS u
	WHERE (u.valid_to IS NULL OR u.valid_to > current_date)
		AND NOT EXISTS (SELECT FROM @agency@.post AS p WHERE p.unit_id = u.unit_id AND (p.valid_to IS NULL OR p.valid_to > current_date))
		AND NOT EXISTS (SELECT FROM @agency@.unit AS b WHERE b.parent_id = u.unit_id AND (b.valid_to IS NULL OR b.valid_to > current_date))
	UNION ALL
	SELECT 'unit without volumes', 'unit', u.unit_id, u.unit_id, u.code || ' ' || u.name,
		format('no volume in %s, the latest year on record', coalesce(y.year::text, 'any year')),
		'Record the volumes of its tasks in task_volume.'
	FROM @agency@.unit AS u CROSS JOIN latest AS y
	WHERE (u.valid_to IS NULL OR u.valid_to > current_date)
		AND EXISTS (SELECT FROM @agency@.post AS p WHERE p.unit_id = u.unit_id AND (p.valid_to IS NULL OR p.valid_to > current_date))
		AND NOT EXISTS (SELECT FROM @agency@.post AS p JOIN @agency@.post_load AS l ON l.post_id = p.post_id
			WHERE p.unit_id = u.unit_id AND l.year = y.year)
		AND u.unit_id NOT IN (SELECT p.unit_id FROM @agency@.post_line AS n JOIN @agency@.post AS p ON p.post_id = n.post_id
			JOIN @agency@.post_load AS l ON l.post_id = n.former_id WHERE l.year = (SELECT x.year FROM latest AS x))
	UNION ALL
	SELECT 'post without tasks', 'post', p.post_id, p.unit_id, p.code || ' ' || p.title,
		'no task, so it requires nobody', 'Add its tasks to the table task, or end the post with valid_to.'
	FROM @agency@.post AS p
	WHERE (p.valid_to IS NULL OR p.valid_to > current_date)
		AND NOT EXISTS (SELECT FROM @agency@.task AS t WHERE t.post_id = p.post_id)
	UNION ALL
	SELECT 'task without norm', 'task', t.task_id, p.unit_id, p.code || ': ' || t.name,
		'no time norm, so its volumes are missing from the hours', 'Add its norm to task_norm with the day from which it holds.'
	FROM @agency@.task AS t JOIN @agency@.post AS p USING (post_id)
	WHERE NOT EXISTS (SELECT FROM @agency@.task_norm AS n WHERE n.task_id = t.task_id)
	UNION ALL
	SELECT 'volume before its norm', 'task', t.task_id, p.unit_id, p.code || ': ' || t.name,
		format('volumes from %s, norms only from %s on', v.first, n.first), 'Add to task_norm the norm that held then.'
	FROM months AS m
	JOIN @agency@.task AS t USING (post_id)
	JOIN @agency@.post AS p USING (post_id)
	CROSS JOIN LATERAL (SELECT min(x.valid_from) AS first FROM @agency@.task_norm AS x WHERE x.task_id = t.task_id) AS n
	CROSS JOIN LATERAL (SELECT x.period_start AS first FROM @agency@.task_volume AS x
		WHERE x.task_id = t.task_id ORDER BY x.period_start LIMIT 1) AS v
	WHERE m.without_norm > 0 AND v.first < n.first
	UNION ALL
	SELECT 'task without volumes', 'task', t.task_id, p.unit_id, p.code || ': ' || t.name,
		format('no volume in %s, the latest year on record', coalesce(y.year::text, 'any year')),
		'Record its volumes in task_volume; 0 where it was not done.'
	FROM tasks AS k
	LEFT JOIN months AS m USING (post_id)
	JOIN @agency@.task AS t USING (post_id)
	JOIN @agency@.post AS p USING (post_id)
	CROSS JOIN latest AS y
	WHERE (p.valid_to IS NULL OR p.valid_to > current_date) AND k.tasks > coalesce(m.fewest_in_year, 0)
		AND NOT EXISTS (SELECT FROM @agency@.task_volume AS v WHERE v.task_id = t.task_id
			AND v.period_start BETWEEN y.first_day AND y.last_day)
		-- recorded for a post that this one continues, they count here
		AND (p.continues_id IS NULL OR NOT EXISTS (
			WITH RECURSIVE line (former_id) AS (
				SELECT p.continues_id
				UNION
				SELECT o.continues_id FROM line AS n CROSS JOIN LATERAL (SELECT f.continues_id FROM @agency@.post AS f WHERE f.post_id = n.former_id OFFSET 0) AS o
				WHERE o.continues_id IS NOT NULL)
			SELECT FROM line AS n CROSS JOIN LATERAL (SELECT f.task_id FROM @agency@.task AS f WHERE f.post_id = n.former_id AND f.name = t.name OFFSET 0) AS o
			CROSS JOIN LATERAL (SELECT FROM @agency@.task_volume AS f WHERE f.task_id = o.task_id AND f.period_start BETWEEN y.first_day AND y.last_day OFFSET 0) AS v))
	UNION ALL
	SELECT 'gap in the volumes', 'task', t.task_id, p.unit_id, p.code || ': ' || t.name,
		format('%s of %s periods from %s to %s are on record', g.present, g.periods, g.first, g.last),
		'Record the missing periods in task_volume; 0 where it was not done.'
	FROM suspects AS t
	JOIN @agency@.post AS p USING (post_id)
	CROSS JOIN LATERAL (SELECT count(*) AS present, min(v.period_start) AS first, max(v.period_start) AS last,
			(extract(year FROM age(max(v.period_start), min(v.period_start))) * 12
				+ extract(month FROM age(max(v.period_start), min(v.period_start))))::integer AS months
		FROM @agency@.task_volume AS v WHERE v.task_id = t.task_id) AS s
	CROSS JOIN LATERAL (SELECT s.present, s.months / t.period_months + 1 AS periods, s.first, s.last) AS g
	WHERE g.present < g.periods
	UNION ALL
	SELECT 'norm longer than a year''s work', 'task', t.task_id, p.unit_id, p.code || ': ' || t.name,
		format('%s hours from %s on for one piece, with %s effective hours a year', n.norm_hours, n.valid_from, h.hours),
		'Check the norm: it is in hours, not minutes.'
	FROM @agency@.task_norm AS n
	JOIN @agency@.task AS t USING (task_id)
	JOIN @agency@.post AS p USING (post_id)
	CROSS JOIN LATERAL @agency@.effective_hours_on(p.post_id, n.valid_from) AS h (hours)
	WHERE n.norm_hours > 1000 AND n.norm_hours > h.hours
	UNION ALL
	SELECT 'impossible workload', 'post', p.post_id, p.unit_id, p.code || ' ' || p.title,
		format('%s hours in %s would take %s people, ten times its %s seats or more', round(l.hours), l.year,
			round(l.hours / h.hours), p.seats),
		'Check volumes and norms of its tasks, and whether norms are in hours.'
	FROM @agency@.post AS p
	CROSS JOIN latest AS y CROSS JOIN bounds AS b
	JOIN @agency@.post_load AS l ON l.post_id = p.post_id AND l.year = y.year AND l.hours >= 10 * greatest(p.seats, 1) * b.hours
	CROSS JOIN LATERAL @agency@.effective_hours_on(p.post_id, make_date(l.year, 1, 1)) AS h (hours)
	WHERE l.hours > 10000 AND l.hours / h.hours >= 10 * greatest(p.seats, 1)
	UNION ALL
	SELECT 'effective time beyond the year', 'post', p.post_id, p.unit_id, p.code || ' ' || p.title,
		format('%s effective hours a year', p.effective_hours),
		'Check it: 1,250 to 1,300 hours are usual, 2,080 are 52 weeks of 40 hours.'
	FROM @agency@.post AS p WHERE p.effective_hours > 2080
	UNION ALL
	SELECT 'staff in no unit', 'employee', e.employee_id, NULL, e.name,
		'in service and in no main post today', 'Add an incumbency, or set left_on.'
	FROM @agency@.employee AS e
	WHERE (e.left_on IS NULL OR e.left_on > current_date) AND (e.appointed_on IS NULL OR e.appointed_on <= current_date)
		AND NOT EXISTS (SELECT FROM @agency@.incumbency AS i WHERE i.employee_id = e.employee_id AND i.kind = 'main'
			AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date))
	UNION ALL
	SELECT 'staff after departure', 'employee', e.employee_id, p.unit_id, e.name,
		format('left on %s and still holds post %s', e.left_on, p.code), 'End the incumbency with valid_to.'
	FROM @agency@.employee AS e
	JOIN @agency@.incumbency AS i USING (employee_id)
	JOIN @agency@.post AS p USING (post_id)
	WHERE e.left_on <= current_date AND i.kind <> 'acting' AND i.valid_from <= current_date
		AND (i.valid_to IS NULL OR i.valid_to > current_date)
	UNION ALL
	SELECT 'staff after retirement', 'employee', e.employee_id, p.unit_id, e.name,
		format('retired on %s and still holds post %s', r.day, p.code),
		'End the incumbency with valid_to, or check date of birth and kind of post.'
	FROM @agency@.employee AS e
	JOIN @agency@.incumbency AS i USING (employee_id)
	JOIN @agency@.post AS p USING (post_id)
	JOIN ages AS k ON k.kind = p.kind
	JOIN bounds AS b ON e.born_on < b.born_before
	CROSS JOIN LATERAL @agency@.retirement_date(e.born_on, k.retirement_age) AS r (day)
	WHERE r.day <= current_date AND i.kind <> 'acting' AND i.valid_from <= current_date
		AND (i.valid_to IS NULL OR i.valid_to > current_date)
	UNION ALL
	SELECT 'staff in a post or unit that ended', 'employee', e.employee_id, p.unit_id, e.name,
		format('holds post %s, which ended on %s', p.code, least(p.valid_to, u.valid_to)),
		'Move the person to another post, or prolong post and unit.'
	FROM @agency@.incumbency AS i
	JOIN @agency@.employee AS e USING (employee_id)
	JOIN @agency@.post AS p USING (post_id)
	JOIN @agency@.unit AS u ON u.unit_id = p.unit_id
	WHERE least(p.valid_to, u.valid_to) <= current_date AND i.kind <> 'acting' AND i.valid_from <= current_date
		AND (i.valid_to IS NULL OR i.valid_to > current_date)
$body$;
COMMENT ON FUNCTION @agency@.workload_findings() IS 'What workload_data_quality shows.';

CREATE VIEW @agency@.workload_data_quality WITH (security_invoker = true) AS
	SELECT f.problem, f.subject, f.subject_id, f.unit_id, f.what, f.detail, f.remedy FROM @agency@.workload_findings() AS f;
COMMENT ON VIEW @agency@.workload_data_quality IS 'What is missing or impossible in the data that workload figures rest on, one row a finding, with the way to mend it. Shows names: it runs with the reader''s rights.';
COMMENT ON COLUMN @agency@.workload_data_quality.problem IS 'Kind of finding.';
COMMENT ON COLUMN @agency@.workload_data_quality.subject IS 'unit, post, task or employee.';
COMMENT ON COLUMN @agency@.workload_data_quality.subject_id IS 'Its id.';
COMMENT ON COLUMN @agency@.workload_data_quality.unit_id IS 'The unit it belongs to; NULL for staff in no unit.';
COMMENT ON COLUMN @agency@.workload_data_quality.what IS 'Its code and name.';
COMMENT ON COLUMN @agency@.workload_data_quality.detail IS 'What was found.';
COMMENT ON COLUMN @agency@.workload_data_quality.remedy IS 'What to do.';

CREATE FUNCTION @agency@.shown_findings()
	RETURNS TABLE (problem text, subject text, subject_id integer, unit_id integer, what text, detail text, remedy text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000 SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN QUERY
		WITH found AS MATERIALIZED (SELECT w.* FROM workload_findings() AS w)
		SELECT f.problem, f.subject, f.subject_id, f.unit_id, f.what, f.detail, f.remedy
		FROM found AS f WHERE f.subject <> 'employee'
		UNION ALL
		SELECT f.problem, f.subject, NULL::integer, NULL::integer, NULL::text, format('%s people', count(*)), min(f.remedy)
		FROM found AS f WHERE f.subject = 'employee' GROUP BY f.problem, f.subject;
END
$body$;
COMMENT ON FUNCTION @agency@.shown_findings() IS 'What the view workload_data_gaps shows.';

CREATE VIEW @agency@.workload_data_gaps AS
	SELECT f.problem, f.subject, f.subject_id, f.unit_id, f.what, f.detail, f.remedy FROM @agency@.shown_findings() AS f;
COMMENT ON VIEW @agency@.workload_data_gaps IS 'What workload_data_quality finds, for those who see no persons: findings about people as a number only.';
COMMENT ON COLUMN @agency@.workload_data_gaps.problem IS 'Kind of finding.';
COMMENT ON COLUMN @agency@.workload_data_gaps.subject IS 'unit, post, task or employee.';
COMMENT ON COLUMN @agency@.workload_data_gaps.subject_id IS 'Its id; NULL for people.';
COMMENT ON COLUMN @agency@.workload_data_gaps.unit_id IS 'The unit it belongs to; NULL for people.';
COMMENT ON COLUMN @agency@.workload_data_gaps.what IS 'Its code and name; NULL for people.';
COMMENT ON COLUMN @agency@.workload_data_gaps.detail IS 'What was found; for people how many.';
COMMENT ON COLUMN @agency@.workload_data_gaps.remedy IS 'What to do.';
