-- More views for BI tools: people's gaps, cases over time, reviews due, plans,
-- quality of the data, fairness. As in 90_views: built-in types, every column
-- commented, persons only with the reader's own rights.

CREATE VIEW @agency@.employee_gap WITH (security_invoker = true) AS
	SELECT e.employee_id, e.name AS employee_name, p.post_id, p.title AS post_title, u.name AS unit_name,
		c.competency_id, k.name AS competency_name, c.level::numeric(5,2) AS required,
		h.held::numeric(5,2) AS held, (c.level - coalesce(h.held, 0))::numeric(5,2) AS missing,
		c.mandatory, h.held IS NOT NULL AS assessed
	FROM @agency@.incumbency AS i
	JOIN @agency@.employee AS e ON e.employee_id = i.employee_id
	JOIN @agency@.post AS p ON p.post_id = i.post_id
	JOIN @agency@.unit AS u ON u.unit_id = p.unit_id
	JOIN @agency@.post_competency AS c ON c.post_id = p.post_id
	JOIN @agency@.competency AS k ON k.competency_id = c.competency_id
	CROSS JOIN LATERAL (SELECT mutasi.profile_level(e.profile, c.competency_id) AS held) AS h
	WHERE i.kind <> 'acting' AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date)
		AND coalesce(h.held, 0) < c.level;
COMMENT ON VIEW @agency@.employee_gap IS 'What each person lacks in competencies for the post held, mandatory ones first: the need for training.';
COMMENT ON COLUMN @agency@.employee_gap.employee_id IS 'Person.';
COMMENT ON COLUMN @agency@.employee_gap.employee_name IS 'Name of the person.';
COMMENT ON COLUMN @agency@.employee_gap.post_id IS 'Post held.';
COMMENT ON COLUMN @agency@.employee_gap.post_title IS 'Title of the post.';
COMMENT ON COLUMN @agency@.employee_gap.unit_name IS 'Unit.';
COMMENT ON COLUMN @agency@.employee_gap.competency_id IS 'Competency.';
COMMENT ON COLUMN @agency@.employee_gap.competency_name IS 'Name of the competency.';
COMMENT ON COLUMN @agency@.employee_gap.required IS 'Level asked.';
COMMENT ON COLUMN @agency@.employee_gap.held IS 'Level held; NULL: not assessed.';
COMMENT ON COLUMN @agency@.employee_gap.missing IS 'How much is missing.';
COMMENT ON COLUMN @agency@.employee_gap.mandatory IS 'Whether the post cannot do without it.';
COMMENT ON COLUMN @agency@.employee_gap.assessed IS 'False where it was never assessed.';

CREATE VIEW @agency@.transfer_timeline WITH (security_invoker = true) AS
	SELECT t.transfer_id, t.employee_id, e.name AS employee_name, h.seq AS step, h.recorded_at, h.actor, h.action, h.from_state, h.to_state, h.reason
	FROM @agency@.transfer AS t
	JOIN @agency@.employee AS e ON e.employee_id = t.employee_id
	JOIN @agency@.transfer_history AS h ON h.transfer_id = t.transfer_id;
COMMENT ON VIEW @agency@.transfer_timeline IS 'Every step of every transfer: who did what when, and why.';
COMMENT ON COLUMN @agency@.transfer_timeline.transfer_id IS 'Transfer.';
COMMENT ON COLUMN @agency@.transfer_timeline.employee_id IS 'Person.';
COMMENT ON COLUMN @agency@.transfer_timeline.employee_name IS 'Name of the person.';
COMMENT ON COLUMN @agency@.transfer_timeline.step IS 'Number of the step in the case, from 1.';
COMMENT ON COLUMN @agency@.transfer_timeline.recorded_at IS 'When.';
COMMENT ON COLUMN @agency@.transfer_timeline.actor IS 'Who.';
COMMENT ON COLUMN @agency@.transfer_timeline.action IS 'What.';
COMMENT ON COLUMN @agency@.transfer_timeline.from_state IS 'State before.';
COMMENT ON COLUMN @agency@.transfer_timeline.to_state IS 'State after.';
COMMENT ON COLUMN @agency@.transfer_timeline.reason IS 'Reason given.';

CREATE VIEW @agency@.placement_review_due WITH (security_invoker = true) AS
	SELECT r.transfer_id, t.employee_id, e.name AS employee_name, u.name AS unit_name, r.months::integer AS months, r.due_on, r.reviewed_on,
		r.reviewed_on IS NULL AND r.due_on < current_date AS overdue,
		nullif(concat_ws('; ', CASE WHEN r.adaptation <= 2 THEN 'settles in badly' END, CASE WHEN r.performance <= 2 THEN 'performs badly' END,
			CASE WHEN r.goal_reached IS FALSE THEN 'goal not reached' END), '') AS warning,
		r.follow_up
	FROM @agency@.placement_review AS r
	JOIN @agency@.transfer AS t ON t.transfer_id = r.transfer_id
	JOIN @agency@.employee AS e ON e.employee_id = t.employee_id
	JOIN @agency@.post AS p ON p.post_id = t.to_post_id
	JOIN @agency@.unit AS u ON u.unit_id = p.unit_id
	WHERE r.reviewed_on IS NULL AND r.due_on <= current_date + 30
		OR r.reviewed_on IS NOT NULL AND (r.adaptation <= 2 OR r.performance <= 2 OR NOT r.goal_reached) AND r.follow_up = 'none';
COMMENT ON VIEW @agency@.placement_review_due IS 'Placement reviews that are due within 30 days or overdue, and early warnings: reviews that found a person settling in badly, performing badly, or the goal missed without follow-up.';
COMMENT ON COLUMN @agency@.placement_review_due.transfer_id IS 'Transfer.';
COMMENT ON COLUMN @agency@.placement_review_due.employee_id IS 'Person.';
COMMENT ON COLUMN @agency@.placement_review_due.employee_name IS 'Name of the person.';
COMMENT ON COLUMN @agency@.placement_review_due.unit_name IS 'Unit moved to.';
COMMENT ON COLUMN @agency@.placement_review_due.months IS 'Months after the move: 3, 6 or 12.';
COMMENT ON COLUMN @agency@.placement_review_due.due_on IS 'Working day it is due.';
COMMENT ON COLUMN @agency@.placement_review_due.reviewed_on IS 'When it was done.';
COMMENT ON COLUMN @agency@.placement_review_due.overdue IS 'True where it should have been done.';
COMMENT ON COLUMN @agency@.placement_review_due.warning IS 'What gives cause for concern.';
COMMENT ON COLUMN @agency@.placement_review_due.follow_up IS 'What follows from the review.';

CREATE VIEW @agency@.plan_summary AS
	SELECT p.plan_id, p.name AS plan_name, p.goal, p.period_from, p.period_to, p.indicator, p.baseline, p.target, p.evaluation, p.evaluate_on,
		(SELECT count(*) FROM @agency@.transfer_plan_move AS m WHERE m.plan_id = p.plan_id)::integer AS proposed,
		(SELECT count(*) FROM @agency@.transfer AS t WHERE t.plan_id = p.plan_id AND t.is_open)::integer AS under_way,
		(SELECT count(*) FROM @agency@.transfer AS t WHERE t.plan_id = p.plan_id AND t.state IN ('effective', 'monitoring', 'completed'))::integer AS effective,
		(SELECT count(*) FROM @agency@.transfer AS t WHERE t.plan_id = p.plan_id AND t.state IN ('rejected', 'withdrawn', 'cancelled', 'expired'))::integer AS ended_otherwise
	FROM @agency@.transfer_plan AS p;
COMMENT ON VIEW @agency@.plan_summary IS 'Transfer plans: goal, period, measurable target, and how far their moves are.';
COMMENT ON COLUMN @agency@.plan_summary.plan_id IS 'Plan.';
COMMENT ON COLUMN @agency@.plan_summary.plan_name IS 'Name of the plan.';
COMMENT ON COLUMN @agency@.plan_summary.goal IS 'Goal.';
COMMENT ON COLUMN @agency@.plan_summary.period_from IS 'First day.';
COMMENT ON COLUMN @agency@.plan_summary.period_to IS 'Last day.';
COMMENT ON COLUMN @agency@.plan_summary.indicator IS 'What is measured.';
COMMENT ON COLUMN @agency@.plan_summary.baseline IS 'Value when the plan was made.';
COMMENT ON COLUMN @agency@.plan_summary.target IS 'Value to reach.';
COMMENT ON COLUMN @agency@.plan_summary.evaluation IS 'How it will be evaluated.';
COMMENT ON COLUMN @agency@.plan_summary.evaluate_on IS 'When.';
COMMENT ON COLUMN @agency@.plan_summary.proposed IS 'Moves proposed.';
COMMENT ON COLUMN @agency@.plan_summary.under_way IS 'Transfers not yet effective.';
COMMENT ON COLUMN @agency@.plan_summary.effective IS 'Transfers that took effect.';
COMMENT ON COLUMN @agency@.plan_summary.ended_otherwise IS 'Transfers rejected, withdrawn, cancelled or expired.';

CREATE VIEW @agency@.data_quality WITH (security_invoker = true) AS
	SELECT 'employee' AS subject, e.employee_id AS object_id, e.name AS object_name, q.problem, q.fix, q.affects
	FROM @agency@.employee AS e
	CROSS JOIN LATERAL @agency@.policy_on(current_date) AS y
	LEFT JOIN LATERAL (SELECT max(a.assessed_on) AS latest FROM @agency@.assessment AS a WHERE a.employee_id = e.employee_id) AS s ON true
	CROSS JOIN LATERAL (VALUES
		(s.latest IS NULL, 'never assessed', 'have the person assessed', 'rank and eligibility for every post'),
		(s.latest IS NOT NULL AND e.profile IS NULL, 'every assessment has expired', 'have the person assessed again', 'rank and eligibility for every post'),
		(e.profile IS NOT NULL AND s.latest < current_date - make_interval(months => y.max_assessment_age_months), 'assessments are out of date', 'have the person assessed again', 'rank for every post'),
		(NOT EXISTS (SELECT FROM @agency@.performance AS p WHERE p.employee_id = e.employee_id AND p.year >= extract(year FROM current_date) - 2), 'no performance rating of the last two years', 'enter the ratings', 'rank and eligibility for every post'),
		(NOT EXISTS (SELECT FROM @agency@.incumbency AS i WHERE i.employee_id = e.employee_id AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date)), 'holds no post', 'enter the incumbency', 'the unit''s staff, tenure'),
		(NOT EXISTS (SELECT FROM @agency@.education AS d WHERE d.employee_id = e.employee_id), 'no education on record', 'enter the education', 'rank and eligibility where a post asks for education'),
		(e.grade IS NULL, 'no grade on record', 'enter the grade', 'eligibility where a post asks for a grade, seniority'),
		(e.born_on IS NULL, 'no date of birth on record', 'enter it, or the NIP', 'retirement'),
		(e.appointed_on < e.born_on + interval '16 years', 'appointed before the age of 16', 'correct the date of birth or of appointment', 'seniority, retirement'),
		(e.nip IS NOT NULL AND e.born_on <> mutasi.birth_date(e.nip), 'date of birth differs from that in the NIP', 'find out which is right', 'retirement'),
		((SELECT count(*) FROM @agency@.record_check AS c WHERE c.employee_id = e.employee_id) < 3, 'the record on discipline, study leave or family was never checked', 'have it checked, enter record_check', 'eligibility for every post')
		) AS q (found, problem, fix, affects)
	WHERE q.found AND e.left_on IS NULL
	UNION ALL
	SELECT 'employee', a.employee_id, e.name, format('level %s in "%s", whose scale ends at %s', a.level, k.name, k.max_level), 'correct the assessment or the scale', 'rank for posts that ask for it'
	FROM @agency@.assessment AS a JOIN @agency@.competency AS k ON k.competency_id = a.competency_id JOIN @agency@.employee AS e ON e.employee_id = a.employee_id
	WHERE a.level > k.max_level AND e.left_on IS NULL
	UNION ALL
	SELECT 'post', p.post_id, p.code, q.problem, q.fix, q.affects
	FROM @agency@.post AS p
	CROSS JOIN LATERAL (VALUES
		(p.requirement IS NULL, 'no requirement on record', 'enter post_competency', 'nobody can be ranked for it'),
		(p.class IS NULL, 'no class on record', 'enter the class', 'nobody is eligible for it'),
		(p.seats < p.min_staff, 'fewer seats than the minimum staff', 'correct one of them', 'nobody can leave the post'),
		(NOT EXISTS (SELECT FROM @agency@.task AS t WHERE t.post_id = p.post_id), 'no tasks on record', 'enter tasks, norms and volumes', 'the unit''s workload')
		) AS q (found, problem, fix, affects)
	WHERE q.found AND (p.valid_to IS NULL OR p.valid_to > current_date)
	UNION ALL
	SELECT 'unit', u.unit_id, u.name, 'no workload of the latest year on record', 'enter tasks, norms and volumes', 'its ratio; nobody from it is known to be dispensable'
	FROM @agency@.unit AS u
	WHERE EXISTS (SELECT FROM @agency@.post AS p WHERE p.unit_id = u.unit_id)
		AND NOT EXISTS (SELECT FROM @agency@.post AS p JOIN @agency@.post_load AS l ON l.post_id = p.post_id AND l.year = @agency@.load_year() WHERE p.unit_id = u.unit_id);
COMMENT ON VIEW @agency@.data_quality IS 'What is missing, expired or impossible on record, with the fix and what it affects. Workload data has a view of its own, workload_data_quality, where that is installed.';
COMMENT ON COLUMN @agency@.data_quality.subject IS 'employee, post or unit.';
COMMENT ON COLUMN @agency@.data_quality.object_id IS 'Its id.';
COMMENT ON COLUMN @agency@.data_quality.object_name IS 'Its name.';
COMMENT ON COLUMN @agency@.data_quality.problem IS 'What is wrong.';
COMMENT ON COLUMN @agency@.data_quality.fix IS 'What to do.';
COMMENT ON COLUMN @agency@.data_quality.affects IS 'What it keeps from being known.';

-- Who moves, applies and gets waivers, by group. A group of fewer people than
-- the policy's min_group shows no figures; and where there is just one such
-- group the next smallest shows none either, lest the one be had by subtraction.
CREATE FUNCTION @agency@.fairness_groups()
	RETURNS TABLE (dimension text, group_name text, people integer, applied integer, moved integer, waivers integer, median_wait_days integer, shown boolean)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		WITH person AS (
			SELECT e.employee_id, coalesce(e.sex, 'unknown') AS sex,
				CASE WHEN e.born_on IS NULL THEN 'unknown' ELSE format('%s to %s', a.decade * 10, a.decade * 10 + 9) END AS age,
				coalesce(e.grade, 'unknown') AS grade, coalesce(u.name, 'no unit') AS unit,
				(SELECT count(*) FROM application AS f WHERE f.employee_id = e.employee_id) > 0 AS applied,
				EXISTS (SELECT FROM transfer AS t WHERE t.employee_id = e.employee_id AND t.state IN ('effective', 'monitoring', 'completed')) AS moved,
				(SELECT count(*) FROM waiver AS w WHERE w.employee_id = e.employee_id) AS waivers,
				(SELECT min(extract(day FROM t.decided_at - f.filed_at)) FROM application AS f JOIN transfer AS t ON t.transfer_id = f.transfer_id
					WHERE f.employee_id = e.employee_id AND t.decided_at IS NOT NULL) AS waited
			FROM employee AS e
			CROSS JOIN LATERAL (SELECT extract(year FROM age(current_date::timestamp, e.born_on::timestamp))::integer / 10 AS decade) AS a
			LEFT JOIN current_post(ARRAY(SELECT x.employee_id FROM employee AS x), current_date) AS c ON c.employee_id = e.employee_id
			LEFT JOIN unit AS u ON u.unit_id = c.unit_id
			WHERE e.left_on IS NULL),
		grouped AS (
			SELECT g.dimension, g.group_name, count(*)::integer AS people, (count(*) FILTER (WHERE p.applied))::integer AS applied,
				(count(*) FILTER (WHERE p.moved))::integer AS moved, sum(p.waivers)::integer AS waivers,
				(percentile_disc(0.5) WITHIN GROUP (ORDER BY p.waited))::integer AS waited
			FROM person AS p CROSS JOIN LATERAL (VALUES ('sex', p.sex), ('age', p.age), ('grade', p.grade), ('unit', p.unit)) AS g (dimension, group_name)
			GROUP BY g.dimension, g.group_name),
		judged AS (
			SELECT g.*, y.min_group, count(*) FILTER (WHERE g.people < y.min_group) OVER (PARTITION BY g.dimension) AS small,
				row_number() OVER (PARTITION BY g.dimension, g.people < y.min_group ORDER BY g.people, g.group_name) AS nth
			FROM grouped AS g CROSS JOIN policy_on(current_date) AS y)
		SELECT j.dimension, j.group_name, j.people, j.applied, j.moved, j.waivers, j.waited,
			j.people >= j.min_group AND NOT (j.small = 1 AND j.nth = 1)
		FROM judged AS j;
END
$body$;
COMMENT ON FUNCTION @agency@.fairness_groups() IS 'Figures behind the view fairness, small groups marked; for the owner.';
REVOKE ALL ON FUNCTION @agency@.fairness_groups() FROM PUBLIC;
CREATE FUNCTION @agency@.fairness_shown()
	RETURNS TABLE (dimension text, group_name text, people integer, applied integer, moved integer, waivers integer, median_wait_days integer)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN QUERY
		SELECT g.dimension, g.group_name, CASE WHEN g.shown THEN g.people END, CASE WHEN g.shown THEN g.applied END,
			CASE WHEN g.shown THEN g.moved END, CASE WHEN g.shown THEN g.waivers END, CASE WHEN g.shown THEN g.median_wait_days END
		FROM fairness_groups() AS g;
END
$body$;
COMMENT ON FUNCTION @agency@.fairness_shown() IS 'Who moves, applies and gets waivers, by group, with the figures of small groups left out.';
CREATE VIEW @agency@.fairness AS
	SELECT g.dimension, g.group_name, g.people, g.applied, g.moved, (g.moved::numeric / g.people)::numeric(5,4) AS share_moved, g.waivers, g.median_wait_days
	FROM @agency@.fairness_shown() AS g;
COMMENT ON VIEW @agency@.fairness IS 'Who moves, applies and gets waivers, by sex, age band, grade and unit. Groups of fewer people than the policy''s min_group show no figures, nor does the next smallest where only one is that small.';
COMMENT ON COLUMN @agency@.fairness.dimension IS 'sex, age, grade or unit.';
COMMENT ON COLUMN @agency@.fairness.group_name IS 'The group.';
COMMENT ON COLUMN @agency@.fairness.people IS 'People in it; NULL: too few to show.';
COMMENT ON COLUMN @agency@.fairness.applied IS 'Of them, how many ever applied.';
COMMENT ON COLUMN @agency@.fairness.moved IS 'How many moved.';
COMMENT ON COLUMN @agency@.fairness.share_moved IS 'Share that moved.';
COMMENT ON COLUMN @agency@.fairness.waivers IS 'Waivers granted to them.';
COMMENT ON COLUMN @agency@.fairness.median_wait_days IS 'Median days from application to decision.';

