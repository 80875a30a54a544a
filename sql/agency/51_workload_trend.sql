-- The workload of units over time, by themselves and with all units below.

CREATE FUNCTION @agency@.staffing_day(month date) RETURNS date
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN CASE WHEN month <= current_date
		THEN least(current_date, (month + interval '1 month' - interval '1 day')::date)
		ELSE (month + interval '1 month' - interval '1 day')::date END;
COMMENT ON FUNCTION @agency@.staffing_day(date) IS 'The day on which the staff of a month is counted: its last day, for the current month today.';

CREATE VIEW @agency@.unit_above AS
	WITH RECURSIVE above (unit_id, ancestor_id) AS (
		SELECT u.unit_id, u.unit_id FROM @agency@.unit AS u
		UNION
		SELECT a.unit_id, u.parent_id FROM above AS a JOIN @agency@.unit AS u ON u.unit_id = a.ancestor_id
		WHERE u.parent_id IS NOT NULL)
	SELECT a.unit_id, a.ancestor_id FROM above AS a;
COMMENT ON VIEW @agency@.unit_above IS 'Each unit with itself and every unit above it.';
COMMENT ON COLUMN @agency@.unit_above.unit_id IS 'Unit.';
COMMENT ON COLUMN @agency@.unit_above.ancestor_id IS 'The unit itself or one above it.';

CREATE VIEW @agency@.unit_workload_trend AS
	SELECT r.unit_id, u.parent_id, u.code AS unit_code, u.name AS unit_name, r.month,
		(r.work / 12)::numeric(14,2) AS hours,
		r.required::numeric(12,4) AS required,
		coalesce(s.existing, 0)::numeric(10,2) AS existing,
		mutasi.workload_ratio(r.required, coalesce(s.existing, 0))::numeric(10,2) AS ratio,
		mutasi.efficiency_grade(mutasi.workload_ratio(r.required, coalesce(s.existing, 0)), y.grade_scheme) AS efficiency,
		b.required::numeric(12,4) AS required_year_before,
		(r.required - b.required)::numeric(12,4) AS required_change,
		r.without_norm::integer AS volumes_without_norm,
		r.required_below::numeric(14,4) AS required_with_units_below,
		coalesce(s.existing_below, 0)::numeric(12,2) AS existing_with_units_below,
		mutasi.workload_ratio(r.required_below, coalesce(s.existing_below, 0))::numeric(10,2) AS ratio_with_units_below
	FROM (
		SELECT a.ancestor_id AS unit_id, l.month,
			sum(l.work) FILTER (WHERE a.unit_id = a.ancestor_id) AS work,
			coalesce(sum(l.without_norm) FILTER (WHERE a.unit_id = a.ancestor_id), 0) AS without_norm,
			mutasi.staff_required(l.work, 1, coalesce(CASE WHEN e.post_id IS NULL THEN p.effective_hours ELSE e.effective_hours END,
				y.effective_hours)) FILTER (WHERE a.unit_id = a.ancestor_id) AS required,
			mutasi.staff_required(l.work, 1, coalesce(CASE WHEN e.post_id IS NULL THEN p.effective_hours ELSE e.effective_hours END,
				y.effective_hours)) AS required_below
		FROM @agency@.post_month_load AS l
		JOIN @agency@.post AS p USING (post_id)
		JOIN @agency@.unit_above AS a ON a.unit_id = p.unit_id
		JOIN @agency@.policy_period AS y ON y.valid_from <= l.month AND (y.valid_to IS NULL OR y.valid_to > l.month)
		LEFT JOIN @agency@.post_effective_period AS e
			ON e.post_id = l.post_id AND e.valid_from <= l.month AND (e.valid_to IS NULL OR e.valid_to > l.month)
		GROUP BY a.ancestor_id, l.month) AS r
	JOIN @agency@.unit AS u ON u.unit_id = r.unit_id
	JOIN @agency@.policy_period AS y ON y.valid_from <= r.month AND (y.valid_to IS NULL OR y.valid_to > r.month)
	LEFT JOIN (
		SELECT a.ancestor_id AS unit_id, m.month, sum(i.share) FILTER (WHERE a.unit_id = a.ancestor_id) AS existing,
			sum(i.share) AS existing_below
		FROM (SELECT DISTINCT x.month, @agency@.staffing_day(x.month) AS day FROM @agency@.post_month_load AS x) AS m
		JOIN @agency@.incumbency AS i ON i.kind <> 'acting' AND i.valid_from <= m.day AND (i.valid_to IS NULL OR i.valid_to > m.day)
		JOIN @agency@.post AS p USING (post_id)
		JOIN @agency@.unit_above AS a ON a.unit_id = p.unit_id
		GROUP BY a.ancestor_id, m.month) AS s ON s.unit_id = r.unit_id AND s.month = r.month
	-- posts that another continues, few or none, where they have been; once for all units (OFFSET 0)
	LEFT JOIN (
		SELECT c.unit_id, array_agg(c.post_id) AS posts, array_agg(c.valid_from) AS starts, array_agg(c.valid_to) AS ends
		FROM @agency@.post_place AS c WHERE c.valid_from IS NOT NULL OR c.valid_to IS NOT NULL GROUP BY c.unit_id OFFSET 0) AS g ON g.unit_id = r.unit_id
	-- of the posts that the unit has at the month's end, also where they were another's then; each looked up (OFFSET 0)
	LEFT JOIN LATERAL (
		SELECT mutasi.staff_required(l.work, 1, coalesce(CASE WHEN e.post_id IS NULL THEN p.effective_hours ELSE e.effective_hours END,
				y.effective_hours)) AS required
		FROM (
			SELECT o.post_id, o.effective_hours FROM @agency@.post AS o
			WHERE o.unit_id = r.unit_id AND (g.posts IS NULL OR o.post_id <> ALL (g.posts))
			UNION ALL
			SELECT o.post_id, o.effective_hours FROM unnest(g.posts, g.starts, g.ends) AS c (post_id, valid_from, valid_to)
			CROSS JOIN LATERAL (SELECT f.post_id, f.effective_hours FROM @agency@.post AS f WHERE f.post_id = c.post_id OFFSET 0) AS o
			WHERE (c.valid_from IS NULL OR c.valid_from < r.month + interval '1 month')
				AND (c.valid_to IS NULL OR c.valid_to >= r.month + interval '1 month')) AS p
		CROSS JOIN LATERAL (SELECT m.post_id, m.month, m.work FROM @agency@.post_month_load AS m
			WHERE m.post_id = p.post_id AND m.month = (r.month - interval '1 year')::date OFFSET 0) AS l
		JOIN @agency@.policy_period AS y ON y.valid_from <= l.month AND (y.valid_to IS NULL OR y.valid_to > l.month)
		LEFT JOIN @agency@.post_effective_period AS e
			ON e.post_id = l.post_id AND e.valid_from <= l.month AND (e.valid_to IS NULL OR e.valid_to > l.month)) AS b ON true;
COMMENT ON VIEW @agency@.unit_workload_trend IS 'Workload of units month by month (tren beban kerja), by themselves and with all units below, each month with the norms, effective time and staff it had. Staff required: at the month''s pace, as if it lasted a year.';
COMMENT ON COLUMN @agency@.unit_workload_trend.unit_id IS 'Unit.';
COMMENT ON COLUMN @agency@.unit_workload_trend.parent_id IS 'The unit above.';
COMMENT ON COLUMN @agency@.unit_workload_trend.unit_code IS 'The agency''s code for the unit.';
COMMENT ON COLUMN @agency@.unit_workload_trend.unit_name IS 'Name of the unit.';
COMMENT ON COLUMN @agency@.unit_workload_trend.month IS 'First day of the month.';
COMMENT ON COLUMN @agency@.unit_workload_trend.hours IS 'Hours of work of the month in the unit''s own posts; a volume that covers several months is spread evenly over them.';
COMMENT ON COLUMN @agency@.unit_workload_trend.required IS 'Staff required by the unit''s own posts; NULL where they have no volumes.';
COMMENT ON COLUMN @agency@.unit_workload_trend.existing IS 'Staff in the unit''s own posts at the end of the month (today, for the current one), in full-time shares.';
COMMENT ON COLUMN @agency@.unit_workload_trend.ratio IS 'Workload ratio EU = required / existing; above 1: short of people; NULL where nobody is there.';
COMMENT ON COLUMN @agency@.unit_workload_trend.efficiency IS 'Efficiency grade of the ratio (PU); A means short of people.';
COMMENT ON COLUMN @agency@.unit_workload_trend.required_year_before IS 'Staff required in the same month a year before by the posts that the unit has at the end of this one, with those that they continue: what it was merged with counts, what was split off does not.';
COMMENT ON COLUMN @agency@.unit_workload_trend.required_change IS 'Required less required a year before.';
COMMENT ON COLUMN @agency@.unit_workload_trend.volumes_without_norm IS 'Volumes of the unit''s own posts that had no norm and are missing from the work.';
COMMENT ON COLUMN @agency@.unit_workload_trend.required_with_units_below IS 'Staff required by the unit and all below it.';
COMMENT ON COLUMN @agency@.unit_workload_trend.existing_with_units_below IS 'Staff in the unit and all below it.';
COMMENT ON COLUMN @agency@.unit_workload_trend.ratio_with_units_below IS 'Their ratio.';
