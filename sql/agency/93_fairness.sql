-- Who moves, applies, waits and gets waivers, by group; and what approvers do.
-- A group of fewer people than the policy's min_group shows no figures. Neither
-- does the next smallest, and the next, until what is hidden of a dimension is
-- two groups at least, together min_group people, more people than groups, and not
-- min_group - 1 in each: then all people less those shown, together with this very
-- rule, still leave more than one size for each hidden group. (Tried on all ways to
-- fill two to five groups with up to eleven people.)
CREATE FUNCTION @agency@.fairness_groups()
	RETURNS TABLE (dimension text, group_name text, people integer, applied integer, moved integer, waivers integer, overrides integer,
		median_wait_days integer, shown boolean)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		WITH passed_over AS MATERIALIZED (
			SELECT c.transfer_id, c.employee_id FROM decision_candidate AS c
			WHERE c.chosen AND EXISTS (SELECT FROM decision_candidate AS b WHERE b.transfer_id = c.transfer_id AND b.rank < c.rank AND b.eligible)),
		waited AS MATERIALIZED (
			SELECT f.employee_id, min(extract(day FROM t.decided_at - f.filed_at)) AS days
			FROM application AS f JOIN transfer AS t USING (transfer_id) WHERE t.decided_at IS NOT NULL GROUP BY f.employee_id),
		person AS MATERIALIZED (
			SELECT e.employee_id, coalesce(e.sex, 'unknown') AS sex,
				CASE WHEN e.born_on IS NULL THEN 'unknown' ELSE format('%s to %s', a.decade * 10, a.decade * 10 + 9) END AS age,
				coalesce(e.grade, 'unknown') AS grade, coalesce(u.name, 'no unit') AS unit,
				EXISTS (SELECT FROM application AS f WHERE f.employee_id = e.employee_id) AS applied,
				EXISTS (SELECT FROM transfer AS t WHERE t.employee_id = e.employee_id AND t.state IN ('effective', 'monitoring', 'completed')) AS moved,
				(SELECT count(*) FROM waiver AS w WHERE w.employee_id = e.employee_id) AS waivers,
				(SELECT count(*) FROM passed_over AS o WHERE o.employee_id = e.employee_id) AS overrides,
				w.days AS waited
			FROM employee AS e
			CROSS JOIN LATERAL (SELECT extract(year FROM age(current_date::timestamp, e.born_on::timestamp))::integer / 10 AS decade) AS a
			LEFT JOIN current_post(ARRAY(SELECT x.employee_id FROM employee AS x), current_date) AS c ON c.employee_id = e.employee_id
			LEFT JOIN unit AS u ON u.unit_id = c.unit_id
			LEFT JOIN waited AS w ON w.employee_id = e.employee_id
			WHERE e.left_on IS NULL OR e.left_on > current_date),
		-- on whom an approver decided, or for whom lifted a rule
		dealt AS MATERIALIZED (
			SELECT x.approver, x.employee_id, sum(x.waivers) AS waivers, sum(x.overrides) AS overrides
			FROM (SELECT h.actor AS approver, t.employee_id, 0 AS waivers, (o.transfer_id IS NOT NULL)::integer AS overrides
				FROM transfer_history AS h JOIN transfer AS t USING (transfer_id) LEFT JOIN passed_over AS o USING (transfer_id)
				WHERE h.to_state = 'decided' AND h.from_state IS DISTINCT FROM 'decided'
				UNION ALL
				SELECT w.granted_by, w.employee_id, 1, 0 FROM waiver AS w) AS x
			GROUP BY x.approver, x.employee_id),
		grouped AS (
			SELECT g.dimension, g.group_name, count(*)::integer AS people, (count(*) FILTER (WHERE p.applied))::integer AS applied,
				(count(*) FILTER (WHERE p.moved))::integer AS moved, sum(p.waivers)::integer AS waivers, sum(p.overrides)::integer AS overrides,
				(percentile_disc(0.5) WITHIN GROUP (ORDER BY p.waited))::integer AS waited
			FROM person AS p CROSS JOIN LATERAL (VALUES ('sex', p.sex), ('age', p.age), ('grade', p.grade), ('unit', p.unit)) AS g (dimension, group_name)
			GROUP BY g.dimension, g.group_name
			UNION ALL
			SELECT 'approver', d.approver, count(*)::integer, (count(*) FILTER (WHERE p.applied))::integer, (count(*) FILTER (WHERE p.moved))::integer,
				sum(d.waivers)::integer, sum(d.overrides)::integer, (percentile_disc(0.5) WITHIN GROUP (ORDER BY p.waited))::integer
			FROM dealt AS d LEFT JOIN person AS p USING (employee_id) GROUP BY d.approver),
		ordered AS (
			SELECT g.*, row_number() OVER w AS nth, sum(g.people) OVER w AS hidden, y.min_group,
				count(*) FILTER (WHERE g.people < y.min_group) OVER (PARTITION BY g.dimension) AS small
			FROM grouped AS g CROSS JOIN policy_on(current_date) AS y
			WINDOW w AS (PARTITION BY g.dimension ORDER BY g.people, g.group_name ROWS UNBOUNDED PRECEDING)),
		-- how many of the smallest are hidden; all where nothing less will do
		cut AS (
			SELECT o.dimension, CASE WHEN max(o.small) = 0 THEN 0
				ELSE coalesce(min(o.nth) FILTER (WHERE o.nth >= greatest(o.small, 2) AND o.hidden >= o.min_group AND o.hidden > o.nth AND o.hidden <> o.nth * (o.min_group - 1)), max(o.nth)) END AS last
			FROM ordered AS o GROUP BY o.dimension)
		SELECT o.dimension, o.group_name, o.people, o.applied, o.moved, o.waivers, o.overrides, o.waited, o.nth > c.last
		FROM ordered AS o JOIN cut AS c USING (dimension);
END
$body$;
COMMENT ON FUNCTION @agency@.fairness_groups() IS 'Figures behind the view fairness, with the groups that are hidden marked; for the owner.';
REVOKE ALL ON FUNCTION @agency@.fairness_groups() FROM PUBLIC;

CREATE FUNCTION @agency@.fairness_shown()
	RETURNS TABLE (dimension text, group_name text, people integer, applied integer, moved integer, waivers integer, overrides integer, median_wait_days integer)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN QUERY
		SELECT g.dimension, g.group_name, CASE WHEN g.shown THEN g.people END, CASE WHEN g.shown THEN g.applied END,
			CASE WHEN g.shown THEN g.moved END, CASE WHEN g.shown THEN g.waivers END, CASE WHEN g.shown THEN g.overrides END,
			CASE WHEN g.shown THEN g.median_wait_days END
		FROM fairness_groups() AS g;
END
$body$;
COMMENT ON FUNCTION @agency@.fairness_shown() IS 'Who moves, applies and gets waivers, by group, with the figures of small groups left out.';

CREATE VIEW @agency@.fairness AS
	SELECT g.dimension, g.group_name, g.people, g.applied, g.moved, (g.moved::numeric / nullif(g.people, 0))::numeric(5,4) AS share_moved, g.waivers,
		g.median_wait_days, g.overrides
	FROM @agency@.fairness_shown() AS g;
COMMENT ON VIEW @agency@.fairness IS 'Who moves, applies and gets waivers, by sex, age band, grade and unit; and by approver, on whom each decided. Groups of fewer people than the policy''s min_group show no figures, nor do as many more as it takes that no group can be had by subtraction.';
COMMENT ON COLUMN @agency@.fairness.dimension IS 'sex, age, grade, unit or approver.';
COMMENT ON COLUMN @agency@.fairness.group_name IS 'The group.';
COMMENT ON COLUMN @agency@.fairness.people IS 'People in it (approver: on whom this person decided, or for whom lifted a rule); NULL: too few to show.';
COMMENT ON COLUMN @agency@.fairness.applied IS 'Of them, how many ever applied.';
COMMENT ON COLUMN @agency@.fairness.moved IS 'How many moved.';
COMMENT ON COLUMN @agency@.fairness.share_moved IS 'Share that moved.';
COMMENT ON COLUMN @agency@.fairness.waivers IS 'Waivers granted to them (approver: by this person).';
COMMENT ON COLUMN @agency@.fairness.median_wait_days IS 'Median days from application to decision.';
COMMENT ON COLUMN @agency@.fairness.overrides IS 'Decisions for them that passed over eligible people ranked higher.';
