-- Who moves, applies, waits and gets waivers, by group; and what approvers do.
--
-- A group of fewer people than the policy's min_group is shown by no figure of its
-- own, only together with others. Which others is the question: whoever reads the
-- view knows how many people there are, may know which groups there are (units,
-- grades), and knows this file. So, from the smallest on, groups are put together
-- until the rest that they make
-- - holds every group that is too small, and two groups at least;
-- - holds min_group people at least;
-- - is smaller, group by group, than what is shown by itself, and not all alike: then
--   every way to deal its sizes out among its groups would have looked the same. Of
--   two groups it is enough that the smaller one could have had another size.
-- So no group's size follows. Where the rest would have to be everybody, the dimension
-- is not shown at all. (test/pgtap/agency_fairness.sql tries all ways to fill one to
-- five groups.)
CREATE FUNCTION @agency@.groups_to_hide(sizes integer[], min_group integer, together integer[] DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	small integer := (SELECT count(*) FROM unnest(sizes) AS s WHERE s < min_group);
	people integer := 0;
BEGIN
	IF small = 0 THEN
		RETURN 0;
	END IF;
	FOR n IN 1 .. cardinality(sizes) - 1 LOOP
		people := people + sizes[n];
		CONTINUE WHEN n < greatest(small, 2) OR coalesce(together[n], people) < min_group;
		-- of two: sizes of the smaller one that leave less to the other than is shown
		IF sizes[1] < sizes[n] AND sizes[n] < sizes[n + 1]
			OR n = 2 AND least(min_group - 1, people - 1) > greatest(1, people - sizes[3] + 1) THEN
			RETURN n;
		END IF;
	END LOOP;
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.groups_to_hide(integer[], integer, integer[]) IS 'How many of the smallest groups have to be put together, so that none of fewer than min_group people is shown or follows by subtraction: sizes in ascending order; and, where one person may be in several groups, how many different people the first 1, 2, … have together. 0: none is small. NULL: nothing of them can be shown.';

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
		member AS MATERIALIZED (
			SELECT g.dimension, g.group_name, p.employee_id, p.applied, p.moved, p.waivers, p.overrides, p.waited
			FROM person AS p CROSS JOIN LATERAL (VALUES ('sex', p.sex), ('age', p.age), ('grade', p.grade), ('unit', p.unit)) AS g (dimension, group_name)
			UNION ALL
			SELECT 'approver', d.approver, d.employee_id, p.applied, p.moved, d.waivers, d.overrides, p.waited
			FROM dealt AS d LEFT JOIN person AS p USING (employee_id)),
		ordered AS MATERIALIZED (
			SELECT m.dimension, m.group_name, count(*)::integer AS people,
				row_number() OVER (PARTITION BY m.dimension ORDER BY count(*), m.group_name) AS nth
			FROM member AS m GROUP BY m.dimension, m.group_name),
		-- two approvers may have dealt with the same people, who then count once
		together AS (
			SELECT o.dimension, o.nth, o.people, sum(count(f.employee_id)) OVER (PARTITION BY o.dimension ORDER BY o.nth) AS different
			FROM ordered AS o
			LEFT JOIN (SELECT x.dimension, m.employee_id, min(x.nth) AS nth FROM member AS m JOIN ordered AS x USING (dimension, group_name)
				GROUP BY x.dimension, m.employee_id) AS f USING (dimension, nth)
			GROUP BY o.dimension, o.nth, o.people),
		policy_now AS MATERIALIZED (SELECT y.min_group FROM policy_on(current_date) AS y),
		cut AS (
			SELECT t.dimension, groups_to_hide(array_agg(t.people ORDER BY t.nth), (SELECT y.min_group FROM policy_now AS y),
				array_agg(t.different::integer ORDER BY t.nth)) AS hidden
			FROM together AS t GROUP BY t.dimension),
		-- every group, and beside them the rest that takes the place of those hidden
		shared AS (
			SELECT o.dimension, o.group_name, o.nth > c.hidden AS shown, m.employee_id, m.applied, m.moved, m.waivers, m.overrides, m.waited
			FROM ordered AS o JOIN cut AS c USING (dimension) JOIN member AS m USING (dimension, group_name)
			UNION ALL
			SELECT o.dimension, '(small groups)', true, m.employee_id, bool_or(m.applied), bool_or(m.moved), sum(m.waivers), sum(m.overrides), min(m.waited)
			FROM ordered AS o JOIN cut AS c USING (dimension) JOIN member AS m USING (dimension, group_name)
			WHERE o.nth <= c.hidden GROUP BY o.dimension, m.employee_id)
		SELECT s.dimension, s.group_name, count(*)::integer, (count(*) FILTER (WHERE s.applied))::integer, (count(*) FILTER (WHERE s.moved))::integer,
			sum(s.waivers)::integer, sum(s.overrides)::integer,
			-- the median of few is the time of one of them
			CASE WHEN count(s.waited) >= (SELECT y.min_group FROM policy_now AS y) THEN (percentile_disc(0.5) WITHIN GROUP (ORDER BY s.waited))::integer END,
			coalesce(s.shown, false)
		FROM shared AS s GROUP BY s.dimension, s.group_name, s.shown;
END
$body$;
COMMENT ON FUNCTION @agency@.fairness_groups() IS 'Figures behind the view fairness: every group, whether it is shown, and the rest that takes the place of those that are not; for the owner.';
REVOKE ALL ON FUNCTION @agency@.fairness_groups() FROM PUBLIC;

CREATE FUNCTION @agency@.fairness_shown()
	RETURNS TABLE (dimension text, group_name text, people integer, applied integer, moved integer, waivers integer, overrides integer, median_wait_days integer)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN QUERY
		SELECT g.dimension, g.group_name, g.people, g.applied, g.moved, g.waivers, g.overrides, g.median_wait_days
		FROM fairness_groups() AS g WHERE g.shown;
END
$body$;
COMMENT ON FUNCTION @agency@.fairness_shown() IS 'Who moves, applies and gets waivers, by group; small groups together.';

CREATE VIEW @agency@.fairness AS
	SELECT g.dimension, g.group_name, g.people, g.applied, g.moved, (g.moved::numeric / nullif(g.people, 0))::numeric(5,4) AS share_moved, g.waivers,
		g.median_wait_days, g.overrides
	FROM @agency@.fairness_shown() AS g;
COMMENT ON VIEW @agency@.fairness IS 'Who moves, applies and gets waivers, by sex, age band, grade and unit; and by approver, on whom each decided. Groups of fewer people than the policy''s min_group, and as many more as it takes that none can be had by subtraction, are one row together, "(small groups)"; a dimension where even that would tell one has no rows.';
COMMENT ON COLUMN @agency@.fairness.dimension IS 'sex, age, grade, unit or approver.';
COMMENT ON COLUMN @agency@.fairness.group_name IS 'The group; (small groups): those that are too small to be shown by themselves, together.';
COMMENT ON COLUMN @agency@.fairness.people IS 'People in it (approver: on whom this person decided, or for whom lifted a rule).';
COMMENT ON COLUMN @agency@.fairness.applied IS 'Of them, how many ever applied.';
COMMENT ON COLUMN @agency@.fairness.moved IS 'How many moved.';
COMMENT ON COLUMN @agency@.fairness.share_moved IS 'Share that moved.';
COMMENT ON COLUMN @agency@.fairness.waivers IS 'Waivers granted to them (approver: by this person).';
COMMENT ON COLUMN @agency@.fairness.median_wait_days IS 'Median days from application to decision; NULL: fewer than min_group of them waited for one.';
COMMENT ON COLUMN @agency@.fairness.overrides IS 'Decisions for them that passed over eligible people ranked higher.';
