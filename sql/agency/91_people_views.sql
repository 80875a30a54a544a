-- More views for BI tools: people's gaps, cases over time, deadlines, reviews
-- due, early warnings, plans. As in 90_views: built-in types, every column
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

CREATE VIEW @agency@.rotation_due WITH (security_invoker = true) AS
	SELECT h.employee_id, h.employee_name, h.post_id, h.post_title, h.unit_id, h.unit_name, h.since,
		m.months, h.maximum, m.months - h.maximum AS months_beyond
	FROM (SELECT e.employee_id, e.name AS employee_name, p.post_id, p.title AS post_title, u.unit_id, u.name AS unit_name,
			coalesce(s.since, i.valid_from) AS since,
			y.max_tenure_months AS maximum
		FROM @agency@.policy_on(current_date) AS y
		CROSS JOIN @agency@.incumbency AS i
		JOIN @agency@.employee AS e ON e.employee_id = i.employee_id
		JOIN @agency@.post AS p ON p.post_id = i.post_id
		JOIN @agency@.unit AS u ON u.unit_id = p.unit_id
		-- nothing began anew where the post goes on in another unit, or was held with
		-- another share or letter until then (by at most one row, they never overlap)
		LEFT JOIN @agency@.incumbency AS b ON b.employee_id = i.employee_id AND b.post_id = i.post_id AND b.valid_to = i.valid_from AND b.kind <> 'acting'
		-- asked for those alone, and once
		LEFT JOIN LATERAL (SELECT @agency@.held_since(i.employee_id, i.post_id, i.valid_from) AS since
			WHERE p.continues_id IS NOT NULL OR b.employee_id IS NOT NULL OFFSET 0) AS s ON true
		WHERE i.kind = 'main' AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date)
			AND (e.left_on IS NULL OR e.left_on > current_date)) AS h
	CROSS JOIN LATERAL (SELECT @agency@.months_between(h.since, current_date) AS months) AS m
	-- to the day: the maximum is exceeded the day after it is full
	WHERE (h.since + make_interval(months => h.maximum))::date < current_date;
COMMENT ON VIEW @agency@.rotation_due IS 'Who has been in the present main post longer than the policy''s max_tenure_months (jatuh tempo rotasi, PP 11/2017 Ps 190(3)); a hint for plans, which blocks nothing.';
COMMENT ON COLUMN @agency@.rotation_due.employee_id IS 'Person.';
COMMENT ON COLUMN @agency@.rotation_due.employee_name IS 'Name of the person.';
COMMENT ON COLUMN @agency@.rotation_due.post_id IS 'Main post held today.';
COMMENT ON COLUMN @agency@.rotation_due.post_title IS 'Title of the post.';
COMMENT ON COLUMN @agency@.rotation_due.unit_id IS 'Unit of the post.';
COMMENT ON COLUMN @agency@.rotation_due.unit_name IS 'Unit.';
COMMENT ON COLUMN @agency@.rotation_due.since IS 'Since when it is held, the time before a change of share, letter or kind and the posts that it continues included.';
COMMENT ON COLUMN @agency@.rotation_due.months IS 'Whole months in the post.';
COMMENT ON COLUMN @agency@.rotation_due.maximum IS 'Months that the policy in force today allows (max_tenure_months).';
COMMENT ON COLUMN @agency@.rotation_due.months_beyond IS 'Whole months beyond that; 0 in the first.';

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

CREATE VIEW @agency@.plan_evaluation WITH (security_invoker = true) AS
	SELECT p.plan_id, p.name AS plan_name, v.indicator, p.higher_is_better, v.baseline::numeric(14,3) AS baseline, v.target::numeric(14,3) AS target,
		v.actual::numeric(14,3) AS actual, v.reached, v.verdict, p.evaluate_on, p.evaluate_on <= current_date AND v.actual IS NULL AS overdue
	FROM @agency@.transfer_plan AS p
	CROSS JOIN LATERAL @agency@.evaluate_plan(p.plan_id) AS v;
COMMENT ON VIEW @agency@.plan_evaluation IS 'Each plan judged by its own evaluation mechanism: target, actual value, verdict.';
COMMENT ON COLUMN @agency@.plan_evaluation.plan_id IS 'Plan.';
COMMENT ON COLUMN @agency@.plan_evaluation.plan_name IS 'Name of the plan.';
COMMENT ON COLUMN @agency@.plan_evaluation.indicator IS 'What the plan measures itself by.';
COMMENT ON COLUMN @agency@.plan_evaluation.higher_is_better IS 'Whether a higher value is better.';
COMMENT ON COLUMN @agency@.plan_evaluation.baseline IS 'Value when the plan was made.';
COMMENT ON COLUMN @agency@.plan_evaluation.target IS 'Value to reach.';
COMMENT ON COLUMN @agency@.plan_evaluation.actual IS 'Mean latest value in the units with moves; NULL: nothing measured yet.';
COMMENT ON COLUMN @agency@.plan_evaluation.reached IS 'Whether the target was reached.';
COMMENT ON COLUMN @agency@.plan_evaluation.verdict IS 'In words.';
COMMENT ON COLUMN @agency@.plan_evaluation.evaluate_on IS 'Day on which it is to be evaluated.';
COMMENT ON COLUMN @agency@.plan_evaluation.overdue IS 'True where that day has come and nothing is measured.';

CREATE VIEW @agency@.transfer_deadline WITH (security_invoker = true) AS
	WITH zone AS (
		SELECT coalesce(w.options ->> 'time_zone', 'Asia/Jakarta') AS name FROM mutasi.workflow_attachment('@agency@.transfer') AS w),
	due AS (
		SELECT d.case_key::integer AS transfer_id, 'step' AS subject, d.entered_at AS since,
			-- due_at is the midnight behind the last day
			((d.due_at - interval '1 second') AT TIME ZONE z.name)::date AS due_on, d.on_expiry
		FROM zone AS z CROSS JOIN mutasi.case_deadlines('@agency@.transfer') AS d
		UNION ALL
		SELECT o.transfer_id, 'objection', o.filed_at, o.answer_due, NULL
		FROM (SELECT x.objection_id, x.transfer_id, x.filed_at, x.answer_due FROM @agency@.objection AS x WHERE x.answered_at IS NULL
			UNION
			-- a head of unit sees that there is one
			SELECT x.objection_id, x.transfer_id, x.filed_at, x.answer_due FROM @agency@.led_objections() AS x WHERE x.answered_at IS NULL) AS o
		UNION ALL
		SELECT t.transfer_id, 'notice', t.decided_at, t.effective_on, NULL
		FROM @agency@.transfer AS t
		-- by today's policy, which may be another than that of the case's last change
		WHERE t.state IN ('decided', 'appointed') AND t.notice_status NOT IN ('given', 'waived')
			AND (SELECT y.notice_required FROM @agency@.policy_on(current_date) AS y)
		UNION ALL
		SELECT t.transfer_id, 'effect', t.decided_at, t.effective_on, NULL
		FROM @agency@.transfer AS t WHERE t.state IN ('decided', 'appointed')
		UNION ALL
		SELECT i.transfer_id, 'induction', NULL, min(i.due_on), NULL FROM @agency@.induction_step AS i WHERE i.done_on IS NULL GROUP BY i.transfer_id
		UNION ALL
		SELECT r.transfer_id, 'placement review', NULL, min(r.due_on), NULL FROM @agency@.placement_review AS r WHERE r.reviewed_on IS NULL GROUP BY r.transfer_id)
	SELECT t.transfer_id, t.employee_id, e.name AS employee_name, t.state, d.subject, d.since, d.due_on,
		mutasi.working_days_between(current_date, d.due_on, ARRAY(SELECT h.day FROM @agency@.holiday AS h))::integer AS working_days_left,
		d.due_on < current_date AS overdue, d.on_expiry
	FROM due AS d
	JOIN @agency@.transfer AS t ON t.transfer_id = d.transfer_id
	JOIN @agency@.employee AS e ON e.employee_id = t.employee_id;
COMMENT ON VIEW @agency@.transfer_deadline IS 'What is due in each transfer: the step it waits in, answers to objections, the notice, the effect, induction, the next placement review.';
COMMENT ON COLUMN @agency@.transfer_deadline.transfer_id IS 'Transfer.';
COMMENT ON COLUMN @agency@.transfer_deadline.employee_id IS 'Person.';
COMMENT ON COLUMN @agency@.transfer_deadline.employee_name IS 'Name of the person.';
COMMENT ON COLUMN @agency@.transfer_deadline.state IS 'State in the workflow.';
COMMENT ON COLUMN @agency@.transfer_deadline.subject IS 'step, objection, notice, effect, induction, placement review.';
COMMENT ON COLUMN @agency@.transfer_deadline.since IS 'Since when it waits.';
COMMENT ON COLUMN @agency@.transfer_deadline.due_on IS 'Last day; NULL: no day is set.';
COMMENT ON COLUMN @agency@.transfer_deadline.working_days_left IS 'Working days left after today; below 0: overdue by so many.';
COMMENT ON COLUMN @agency@.transfer_deadline.overdue IS 'True where the day has passed.';
COMMENT ON COLUMN @agency@.transfer_deadline.on_expiry IS 'What the workflow does when the time of a step is over.';

CREATE VIEW @agency@.early_warning WITH (security_invoker = true) AS
	WITH placed AS (
		SELECT t.transfer_id, t.employee_id, t.to_post_id, t.effective_on FROM @agency@.transfer AS t WHERE t.state IN ('effective', 'monitoring')),
	held AS (
		SELECT r.*, lag(r.adaptation + r.performance) OVER (PARTITION BY r.transfer_id ORDER BY r.months) AS former,
			row_number() OVER (PARTITION BY r.transfer_id ORDER BY r.months DESC) = 1 AS latest
		FROM @agency@.placement_review AS r WHERE r.reviewed_on IS NOT NULL),
	found AS (
		SELECT r.transfer_id, 3 AS severity, r.reviewed_on AS since,
			format('review after %s months: %s', r.months, concat_ws(', ', CASE WHEN r.adaptation <= 2 THEN 'settles in badly' END,
				CASE WHEN r.performance <= 2 THEN 'performs badly' END, CASE WHEN NOT r.goal_reached THEN 'goal not reached' END)) AS warning,
			'decide on mentoring, training or return' AS advice
		FROM held AS r WHERE r.latest AND r.follow_up = 'none' AND (r.adaptation <= 2 OR r.performance <= 2 OR NOT r.goal_reached)
		UNION ALL
		SELECT r.transfer_id, 2, r.reviewed_on, format('review after %s months: worse than the one before', r.months), 'talk with person and supervisor'
		FROM held AS r WHERE r.latest AND r.adaptation + r.performance < r.former
		UNION ALL
		SELECT r.transfer_id, 3, r.reviewed_on, format('%s decided after %s months, and nothing came of it', r.follow_up, r.months), 'carry out what was decided'
		FROM held AS r JOIN placed AS t USING (transfer_id)
		WHERE r.latest AND (
			-- of the person, for whatever it was booked; what was over before the review did not come of it
			r.follow_up = 'training' AND NOT EXISTS (SELECT FROM @agency@.training AS g WHERE g.employee_id = t.employee_id AND g.booked_on IS NOT NULL
				AND g.cancelled_on IS NULL AND (g.completed_on IS NULL OR g.completed_on >= r.reviewed_on))
			OR r.follow_up = 'mentoring' AND NOT EXISTS (SELECT FROM @agency@.mentoring AS m WHERE m.transfer_id = r.transfer_id AND m.ends_on >= r.reviewed_on)
			OR r.follow_up = 'return' AND NOT EXISTS (SELECT FROM @agency@.transfer AS b WHERE b.reverses_id = r.transfer_id AND b.state NOT IN ('rejected', 'withdrawn', 'cancelled', 'expired')))
		UNION ALL
		SELECT r.transfer_id, 2, min(r.due_on), 'a review is overdue', 'hold it' FROM @agency@.placement_review AS r
		WHERE r.reviewed_on IS NULL AND r.due_on < current_date GROUP BY r.transfer_id
		UNION ALL
		SELECT i.transfer_id, 1, min(i.due_on), format('%s steps of the induction plan are overdue', count(*)), 'do them or change the plan'
		FROM @agency@.induction_step AS i WHERE i.done_on IS NULL AND i.due_on < current_date GROUP BY i.transfer_id
		UNION ALL
		SELECT t.transfer_id, 1, t.effective_on, 'no mentor was named', 'assign_mentor()' FROM placed AS t
		WHERE t.effective_on < current_date - 28 AND NOT EXISTS (SELECT FROM @agency@.mentoring AS m WHERE m.transfer_id = t.transfer_id)
		UNION ALL
		SELECT t.transfer_id, 2, t.effective_on, format('lacks what the post cannot do without: %s', string_agg(k.name, ', ' ORDER BY k.name)), 'propose_training(), book_training()'
		FROM placed AS t
		JOIN @agency@.employee AS e ON e.employee_id = t.employee_id
		JOIN @agency@.post_competency AS c ON c.post_id = t.to_post_id AND c.mandatory
		JOIN @agency@.competency AS k ON k.competency_id = c.competency_id
		WHERE coalesce(mutasi.profile_level(e.profile, c.competency_id), 0) < c.level
			AND NOT EXISTS (SELECT FROM @agency@.training AS g JOIN @agency@.training_programme AS p ON p.programme_id = g.programme_id
				WHERE g.employee_id = t.employee_id AND p.competency_id = c.competency_id AND g.booked_on IS NOT NULL AND g.completed_on IS NULL AND g.cancelled_on IS NULL)
		GROUP BY t.transfer_id, t.effective_on)
	SELECT f.transfer_id, t.employee_id, e.name AS employee_name, u.name AS unit_name, f.severity, f.warning, f.since, f.advice
	FROM found AS f
	JOIN placed AS t ON t.transfer_id = f.transfer_id
	JOIN @agency@.employee AS e ON e.employee_id = t.employee_id
	JOIN @agency@.post AS p ON p.post_id = t.to_post_id
	JOIN @agency@.unit AS u ON u.unit_id = p.unit_id;
COMMENT ON VIEW @agency@.early_warning IS 'Placements that may fail (peringatan dini): bad or falling reviews, follow-up that nothing came of, reviews and induction overdue, no mentor, mandatory competencies missing without training.';
COMMENT ON COLUMN @agency@.early_warning.transfer_id IS 'Transfer.';
COMMENT ON COLUMN @agency@.early_warning.employee_id IS 'Person.';
COMMENT ON COLUMN @agency@.early_warning.employee_name IS 'Name of the person.';
COMMENT ON COLUMN @agency@.early_warning.unit_name IS 'Unit moved to.';
COMMENT ON COLUMN @agency@.early_warning.severity IS '1 take note, 2 act soon, 3 act now.';
COMMENT ON COLUMN @agency@.early_warning.warning IS 'What gives cause for concern.';
COMMENT ON COLUMN @agency@.early_warning.since IS 'Since when.';
COMMENT ON COLUMN @agency@.early_warning.advice IS 'What to do.';
