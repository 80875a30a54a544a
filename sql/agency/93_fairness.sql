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
		-- set against set, for people are many
		person AS MATERIALIZED (
			SELECT e.employee_id, coalesce(e.sex, 'unknown') AS sex,
				extract(year FROM age(current_date::timestamp, e.born_on::timestamp))::integer / 10 AS decade,
				coalesce(e.grade, 'unknown') AS grade, coalesce(u.name, 'no unit') AS unit,
				f.employee_id IS NOT NULL AS applied, t.employee_id IS NOT NULL AS moved,
				coalesce(v.waivers, 0) AS waivers, coalesce(o.overrides, 0) AS overrides, w.days AS waited
			FROM employee AS e
			-- as origin_post() has it
			LEFT JOIN (SELECT DISTINCT ON (i.employee_id) i.employee_id, p.unit_id FROM incumbency AS i JOIN post AS p USING (post_id)
				WHERE i.kind <> 'acting' AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date)
				ORDER BY i.employee_id, i.kind = 'main' DESC, i.share DESC, i.incumbency_id) AS c ON c.employee_id = e.employee_id
			LEFT JOIN unit AS u ON u.unit_id = c.unit_id
			LEFT JOIN (SELECT DISTINCT a.employee_id FROM application AS a) AS f ON f.employee_id = e.employee_id
			LEFT JOIN (SELECT DISTINCT m.employee_id FROM transfer AS m WHERE m.state IN ('effective', 'monitoring', 'completed')) AS t ON t.employee_id = e.employee_id
			LEFT JOIN (SELECT x.employee_id, count(*) AS waivers FROM waiver AS x GROUP BY x.employee_id) AS v ON v.employee_id = e.employee_id
			LEFT JOIN (SELECT x.employee_id, count(*) AS overrides FROM passed_over AS x GROUP BY x.employee_id) AS o ON o.employee_id = e.employee_id
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
		grouped AS MATERIALIZED (
			SELECT n.dimension, CASE n.dimension WHEN 'sex' THEN p.sex WHEN 'grade' THEN p.grade WHEN 'unit' THEN p.unit
					ELSE p.age END AS group_name,
				p.people, p.applied, p.moved, p.waivers, p.overrides
			FROM (SELECT q.sex, CASE WHEN q.decade IS NULL THEN 'unknown' ELSE format('%s to %s', q.decade * 10, q.decade * 10 + 9) END AS age, q.grade, q.unit, grouping(q.sex, q.decade, q.grade, q.unit) AS others, count(*)::integer AS people,
					(count(*) FILTER (WHERE q.applied))::integer AS applied, (count(*) FILTER (WHERE q.moved))::integer AS moved,
					sum(q.waivers)::integer AS waivers, sum(q.overrides)::integer AS overrides
				FROM person AS q GROUP BY GROUPING SETS ((q.sex), (q.decade), (q.grade), (q.unit))) AS p
			CROSS JOIN LATERAL (SELECT CASE p.others WHEN 7 THEN 'sex' WHEN 11 THEN 'age' WHEN 13 THEN 'grade' ELSE 'unit' END AS dimension) AS n
			UNION ALL
			SELECT 'approver', d.approver, count(*)::integer, (count(*) FILTER (WHERE p.applied))::integer, (count(*) FILTER (WHERE p.moved))::integer,
				sum(d.waivers)::integer, sum(d.overrides)::integer
			FROM dealt AS d LEFT JOIN person AS p USING (employee_id) GROUP BY d.approver),
		ordered AS MATERIALIZED (
			SELECT g.*, row_number() OVER (PARTITION BY g.dimension ORDER BY g.people, g.group_name) AS nth FROM grouped AS g),
		-- two approvers may have dealt with the same people, who then count once
		together AS (
			SELECT o.dimension, o.nth, o.people, sum(CASE WHEN o.dimension = 'approver' THEN coalesce(f.people, 0) ELSE o.people END)
				OVER (PARTITION BY o.dimension ORDER BY o.nth) AS different
			FROM ordered AS o
			LEFT JOIN (SELECT 'approver' AS dimension, m.nth, count(*) AS people
				FROM (SELECT d.employee_id, min(x.nth) AS nth FROM dealt AS d JOIN ordered AS x ON x.dimension = 'approver' AND x.group_name = d.approver
					GROUP BY d.employee_id) AS m GROUP BY m.nth) AS f USING (dimension, nth)),
		policy_now AS MATERIALIZED (SELECT y.min_group FROM policy_on(current_date) AS y),
		cut AS (
			SELECT t.dimension, groups_to_hide(array_agg(t.people ORDER BY t.nth), (SELECT y.min_group FROM policy_now AS y),
				array_agg(t.different::integer ORDER BY t.nth)) AS hidden
			FROM together AS t GROUP BY t.dimension),
		-- every group; those that are hidden have beside them the rest that takes their place
		placed AS MATERIALIZED (
			SELECT o.*, coalesce(o.nth > c.hidden, false) AS shown, coalesce(o.nth <= c.hidden, false) AS in_rest FROM ordered AS o JOIN cut AS c USING (dimension)),
		-- whom two hidden approvers dealt with is in the rest once
		dealt_rest AS MATERIALIZED (
			SELECT d.employee_id, bool_or(p.applied) AS applied, bool_or(p.moved) AS moved, sum(d.waivers) AS waivers, sum(d.overrides) AS overrides, min(p.waited) AS waited
			FROM dealt AS d JOIN placed AS o ON o.dimension = 'approver' AND o.group_name = d.approver AND o.in_rest
			LEFT JOIN person AS p USING (employee_id) GROUP BY d.employee_id),
		shared AS (
			SELECT o.dimension, o.group_name, o.people, o.applied, o.moved, o.waivers, o.overrides, o.shown FROM placed AS o
			UNION ALL
			SELECT o.dimension, '(small groups)', sum(o.people)::integer, sum(o.applied)::integer, sum(o.moved)::integer,
				sum(o.waivers)::integer, sum(o.overrides)::integer, true
			FROM placed AS o WHERE o.in_rest AND o.dimension <> 'approver' GROUP BY o.dimension
			UNION ALL
			SELECT 'approver', '(small groups)', count(*)::integer, (count(*) FILTER (WHERE d.applied))::integer, (count(*) FILTER (WHERE d.moved))::integer,
				sum(d.waivers)::integer, sum(d.overrides)::integer, true
			FROM dealt_rest AS d HAVING count(*) > 0),
		-- those who waited are few
		waiting AS MATERIALIZED (
			SELECT g.dimension, g.group_name, p.waited
			FROM person AS p CROSS JOIN LATERAL (VALUES ('sex', p.sex), ('age', CASE WHEN p.decade IS NULL THEN 'unknown' ELSE format('%s to %s', p.decade * 10, p.decade * 10 + 9) END),
				('grade', p.grade), ('unit', p.unit)) AS g (dimension, group_name)
			WHERE p.waited IS NOT NULL),
		waits AS (
			SELECT w.dimension, w.group_name, w.waited FROM waiting AS w
			UNION ALL
			SELECT w.dimension, '(small groups)', w.waited FROM waiting AS w JOIN placed AS o USING (dimension, group_name) WHERE o.in_rest
			UNION ALL
			SELECT 'approver', d.approver, p.waited FROM dealt AS d JOIN person AS p USING (employee_id) WHERE p.waited IS NOT NULL
			UNION ALL
			SELECT 'approver', '(small groups)', d.waited FROM dealt_rest AS d WHERE d.waited IS NOT NULL),
		medians AS (
			SELECT w.dimension, w.group_name, count(*) AS people, (percentile_disc(0.5) WITHIN GROUP (ORDER BY w.waited))::integer AS days
			FROM waits AS w GROUP BY w.dimension, w.group_name)
		SELECT s.dimension, s.group_name, s.people, s.applied, s.moved, s.waivers, s.overrides,
			-- the median of few is the time of one of them
			CASE WHEN m.people >= (SELECT y.min_group FROM policy_now AS y) THEN m.days END, s.shown
		FROM shared AS s LEFT JOIN medians AS m USING (dimension, group_name);
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
