-- What BI tools read: built-in types only, stable names and order, every column
-- commented. Views that show persons run with the reader's own rights
-- (security_invoker), so row security holds; aggregates run with the owner's.

CREATE VIEW @agency@.unit_workload AS
	SELECT u.unit_id, u.code AS unit_code, u.name AS unit_name, u.kind AS unit_kind,
		f.year,
		f.hours::numeric(14,2) AS hours,
		f.required::numeric(12,4) AS required,
		mutasi.round_staff(f.required, y.rounding_rule)::integer AS required_rounded,
		f.existing::numeric(10,2) AS existing,
		(f.existing - f.required)::numeric(12,4) AS difference,
		f.ratio::numeric(10,2) AS ratio,
		mutasi.efficiency_grade(f.ratio, y.grade_scheme) AS efficiency,
		CASE WHEN f.required IS NULL THEN 'no workload on record'
			WHEN f.existing = 0 THEN 'nobody there'
			WHEN round(f.ratio, 2) > 1 THEN 'short of people'
			WHEN round(f.ratio, 2) >= 0.9 THEN 'balanced'
			ELSE 'people to spare' END AS situation
	FROM (SELECT DISTINCT l.year FROM @agency@.post_load AS l) AS n
	CROSS JOIN LATERAL @agency@.unit_figures(ARRAY(SELECT x.unit_id FROM @agency@.unit AS x),
		CASE WHEN n.year = @agency@.load_year() THEN current_date ELSE make_date(n.year, 12, 31) END, n.year) AS f
	CROSS JOIN LATERAL @agency@.policy_on(make_date(n.year, 1, 1)) AS y
	JOIN @agency@.unit AS u ON u.unit_id = f.unit_id;
COMMENT ON VIEW @agency@.unit_workload IS 'Workload of each unit in each year on record (rekap analisis beban kerja): staff required, staff there, their ratio and grade. A ratio above 1 means short of people.';
COMMENT ON COLUMN @agency@.unit_workload.unit_id IS 'Unit.';
COMMENT ON COLUMN @agency@.unit_workload.unit_code IS 'The agency''s code for the unit.';
COMMENT ON COLUMN @agency@.unit_workload.unit_name IS 'Name of the unit.';
COMMENT ON COLUMN @agency@.unit_workload.unit_kind IS 'Kind of unit.';
COMMENT ON COLUMN @agency@.unit_workload.year IS 'Year of the volumes.';
COMMENT ON COLUMN @agency@.unit_workload.hours IS 'Hours of work: volumes times norms.';
COMMENT ON COLUMN @agency@.unit_workload.required IS 'Staff required, unrounded: hours divided by effective working hours.';
COMMENT ON COLUMN @agency@.unit_workload.required_rounded IS 'Staff required, rounded by the policy''s rule.';
COMMENT ON COLUMN @agency@.unit_workload.existing IS 'Staff there, in full-time shares: today for the latest year on record, for earlier ones on their last day.';
COMMENT ON COLUMN @agency@.unit_workload.difference IS 'Existing minus required; negative: short of people.';
COMMENT ON COLUMN @agency@.unit_workload.ratio IS 'Workload ratio EU = required / existing; NULL where nobody is there.';
COMMENT ON COLUMN @agency@.unit_workload.efficiency IS 'Efficiency grade of the ratio (PU); A means short of people, see mutasi.efficiency_grade.';
COMMENT ON COLUMN @agency@.unit_workload.situation IS 'The ratio in words.';

CREATE VIEW @agency@.unit_balance AS
	WITH RECURSIVE figures AS MATERIALIZED (
		SELECT f.* FROM @agency@.unit_figures(ARRAY(SELECT x.unit_id FROM @agency@.unit AS x)) AS f),
	above (unit_id, ancestor_id) AS (
		SELECT u.unit_id, u.unit_id FROM @agency@.unit AS u
		UNION ALL
		SELECT a.unit_id, u.parent_id FROM above AS a JOIN @agency@.unit AS u ON u.unit_id = a.ancestor_id WHERE u.parent_id IS NOT NULL),
	rolled AS (
		SELECT a.ancestor_id AS unit_id, sum(f.required) AS required, sum(f.existing) AS existing,
			count(f.unit_id)::integer AS units
		FROM above AS a JOIN figures AS f ON f.unit_id = a.unit_id
		GROUP BY a.ancestor_id)
	SELECT u.unit_id, u.parent_id, u.code AS unit_code, u.name AS unit_name,
		(SELECT max(f.year) FROM figures AS f) AS year,
		f.required::numeric(12,4) AS required, f.existing::numeric(10,2) AS existing, f.ratio::numeric(10,2) AS ratio,
		r.units AS units_below,
		r.required::numeric(14,4) AS required_with_units_below, r.existing::numeric(12,2) AS existing_with_units_below,
		mutasi.workload_ratio(r.required, r.existing)::numeric(10,2) AS ratio_with_units_below
	FROM @agency@.unit AS u
	JOIN rolled AS r ON r.unit_id = u.unit_id
	LEFT JOIN figures AS f ON f.unit_id = u.unit_id;
COMMENT ON VIEW @agency@.unit_balance IS 'Today''s balance of each unit by itself and with all units below it, from the latest year on record.';
COMMENT ON COLUMN @agency@.unit_balance.unit_id IS 'Unit.';
COMMENT ON COLUMN @agency@.unit_balance.parent_id IS 'The unit above.';
COMMENT ON COLUMN @agency@.unit_balance.unit_code IS 'The agency''s code for the unit.';
COMMENT ON COLUMN @agency@.unit_balance.unit_name IS 'Name of the unit.';
COMMENT ON COLUMN @agency@.unit_balance.year IS 'Year of the volumes.';
COMMENT ON COLUMN @agency@.unit_balance.required IS 'Staff required by the unit''s own posts.';
COMMENT ON COLUMN @agency@.unit_balance.existing IS 'Staff in the unit''s own posts.';
COMMENT ON COLUMN @agency@.unit_balance.ratio IS 'Their ratio; above 1: short of people.';
COMMENT ON COLUMN @agency@.unit_balance.units_below IS 'How many units with posts the following columns count, the unit itself among them.';
COMMENT ON COLUMN @agency@.unit_balance.required_with_units_below IS 'Staff required by the unit and all below it.';
COMMENT ON COLUMN @agency@.unit_balance.existing_with_units_below IS 'Staff in the unit and all below it.';
COMMENT ON COLUMN @agency@.unit_balance.ratio_with_units_below IS 'Their ratio.';

CREATE VIEW @agency@.vacancy AS
	SELECT o.post_id, p.code AS post_code, p.title AS post_title, p.kind AS post_kind, p.class::integer AS post_class,
		u.unit_id, u.code AS unit_code, u.name AS unit_name,
		o.seats, o.held::numeric(8,2) AS held, o.coming::numeric(8,2) AS promised, o.free::numeric(8,2) AS free,
		f.ratio::numeric(10,2) AS unit_ratio,
		NOT p.open OR o.free < 1 OR p.requirement IS NULL AS blocked,
		nullif(concat_ws('; ',
			CASE WHEN NOT p.open THEN 'not open for filling' END,
			CASE WHEN o.free >= 1 THEN NULL
				WHEN EXISTS (SELECT FROM @agency@.transfer AS t WHERE t.to_post_id = o.post_id AND t.state IN ('decided', 'appointed')) THEN 'every free seat is promised to a decided transfer'
				ELSE 'every free seat is taken up on a later day, by what is on record' END,
			CASE WHEN p.requirement IS NULL THEN 'what the post asks is not on record' END), '') AS reason
	FROM @agency@.open_posts() AS o
	JOIN @agency@.post AS p ON p.post_id = o.post_id
	JOIN @agency@.unit AS u ON u.unit_id = o.unit_id
	LEFT JOIN @agency@.unit_figures(ARRAY(SELECT x.unit_id FROM @agency@.unit AS x)) AS f ON f.unit_id = o.unit_id;
COMMENT ON VIEW @agency@.vacancy IS 'Every post with a seat that nobody holds today (lowongan, formasi kosong), with the reason where it cannot be filled.';
COMMENT ON COLUMN @agency@.vacancy.post_id IS 'Post.';
COMMENT ON COLUMN @agency@.vacancy.post_code IS 'The agency''s code for the post.';
COMMENT ON COLUMN @agency@.vacancy.post_title IS 'Title of the post.';
COMMENT ON COLUMN @agency@.vacancy.post_kind IS 'Kind of post.';
COMMENT ON COLUMN @agency@.vacancy.post_class IS 'Class of the post.';
COMMENT ON COLUMN @agency@.vacancy.unit_id IS 'Unit.';
COMMENT ON COLUMN @agency@.vacancy.unit_code IS 'The agency''s code for the unit.';
COMMENT ON COLUMN @agency@.vacancy.unit_name IS 'Name of the unit.';
COMMENT ON COLUMN @agency@.vacancy.seats IS 'Seats of the post.';
COMMENT ON COLUMN @agency@.vacancy.held IS 'Seats held today.';
COMMENT ON COLUMN @agency@.vacancy.promised IS 'Seats promised to transfers that are decided and not yet effective, and seats that are taken up on a later day by an incumbency on record.';
COMMENT ON COLUMN @agency@.vacancy.free IS 'Seats that can still be filled.';
COMMENT ON COLUMN @agency@.vacancy.unit_ratio IS 'Workload ratio of the unit; above 1: short of people.';
COMMENT ON COLUMN @agency@.vacancy.blocked IS 'True where it cannot be filled at present.';
COMMENT ON COLUMN @agency@.vacancy.reason IS 'Why not.';

CREATE VIEW @agency@.candidate_ranking WITH (security_invoker = true) AS
	SELECT s.taken_at, s.as_of, s.policy_version, r.post_id, p.title AS post_title, u.name AS unit_name,
		r.rank, r.employee_id, e.name AS employee_name, r.score,
		r.competency, r.performance, r.qualification, r.experience, r.balance,
		r.eligible, r.reason, fp.title AS present_post, fu.name AS present_unit
	FROM (SELECT x.snapshot_id, x.taken_at, x.as_of, x.policy_version FROM @agency@.ranking_snapshot AS x ORDER BY x.snapshot_id DESC LIMIT 1) AS s
	JOIN @agency@.ranking_row AS r ON r.snapshot_id = s.snapshot_id
	JOIN @agency@.employee AS e ON e.employee_id = r.employee_id
	JOIN @agency@.post AS p ON p.post_id = r.post_id
	JOIN @agency@.unit AS u ON u.unit_id = p.unit_id
	LEFT JOIN @agency@.post AS fp ON fp.post_id = r.from_post_id
	LEFT JOIN @agency@.unit AS fu ON fu.unit_id = r.from_unit_id;
COMMENT ON VIEW @agency@.candidate_ranking IS 'The best candidates of every free post, from the latest snapshot; take_ranking_snapshot() takes one, candidates() ranks one post at this moment.';
COMMENT ON COLUMN @agency@.candidate_ranking.taken_at IS 'When the snapshot was taken.';
COMMENT ON COLUMN @agency@.candidate_ranking.as_of IS 'Day for which it ranks.';
COMMENT ON COLUMN @agency@.candidate_ranking.policy_version IS 'Policy it was made under.';
COMMENT ON COLUMN @agency@.candidate_ranking.post_id IS 'Post.';
COMMENT ON COLUMN @agency@.candidate_ranking.post_title IS 'Title of the post.';
COMMENT ON COLUMN @agency@.candidate_ranking.unit_name IS 'Unit of the post.';
COMMENT ON COLUMN @agency@.candidate_ranking.rank IS 'Rank, 1 best.';
COMMENT ON COLUMN @agency@.candidate_ranking.employee_id IS 'Person.';
COMMENT ON COLUMN @agency@.candidate_ranking.employee_name IS 'Name of the person.';
COMMENT ON COLUMN @agency@.candidate_ranking.score IS 'Composite score, 0 to 1.';
COMMENT ON COLUMN @agency@.candidate_ranking.competency IS 'Part: competency fit; NULL: nothing on record.';
COMMENT ON COLUMN @agency@.candidate_ranking.performance IS 'Part: performance.';
COMMENT ON COLUMN @agency@.candidate_ranking.qualification IS 'Part: education.';
COMMENT ON COLUMN @agency@.candidate_ranking.experience IS 'Part: experience in the job family.';
COMMENT ON COLUMN @agency@.candidate_ranking.balance IS 'Part: effect on both units'' balance.';
COMMENT ON COLUMN @agency@.candidate_ranking.eligible IS 'True, false, or NULL where it cannot be judged.';
COMMENT ON COLUMN @agency@.candidate_ranking.reason IS 'Rules that hold the person back, or waivers that lift them.';
COMMENT ON COLUMN @agency@.candidate_ranking.present_post IS 'Title of the present post.';
COMMENT ON COLUMN @agency@.candidate_ranking.present_unit IS 'Present unit.';

CREATE VIEW @agency@.transfer_status WITH (security_invoker = true) AS
	SELECT t.transfer_id, t.employee_id, e.name AS employee_name, t.kind, t.initiative, t.state, t.is_open,
		fu.name AS from_unit, fp.title AS from_post, tu.name AS to_unit, tp.title AS to_post, t.other_agency,
		t.reason, t.state_reason, t.plan_id, t.effective_on, t.decision_letter, t.decision_date,
		t.score, t.rank, t.policy_version, t.created_at
	FROM @agency@.transfer AS t
	JOIN @agency@.employee AS e ON e.employee_id = t.employee_id
	LEFT JOIN @agency@.post AS fp ON fp.post_id = t.from_post_id
	LEFT JOIN @agency@.unit AS fu ON fu.unit_id = fp.unit_id
	LEFT JOIN @agency@.post AS tp ON tp.post_id = t.to_post_id
	LEFT JOIN @agency@.unit AS tu ON tu.unit_id = tp.unit_id;
COMMENT ON VIEW @agency@.transfer_status IS 'Every transfer with where it stands.';
COMMENT ON COLUMN @agency@.transfer_status.transfer_id IS 'Transfer.';
COMMENT ON COLUMN @agency@.transfer_status.employee_id IS 'Person.';
COMMENT ON COLUMN @agency@.transfer_status.employee_name IS 'Name of the person.';
COMMENT ON COLUMN @agency@.transfer_status.kind IS 'rotation, promotion, demotion, inter-agency in or out.';
COMMENT ON COLUMN @agency@.transfer_status.initiative IS 'own or agency.';
COMMENT ON COLUMN @agency@.transfer_status.state IS 'State in the workflow.';
COMMENT ON COLUMN @agency@.transfer_status.is_open IS 'Not yet effective and not ended otherwise.';
COMMENT ON COLUMN @agency@.transfer_status.from_unit IS 'Unit given up.';
COMMENT ON COLUMN @agency@.transfer_status.from_post IS 'Post given up.';
COMMENT ON COLUMN @agency@.transfer_status.to_unit IS 'Unit of the new post.';
COMMENT ON COLUMN @agency@.transfer_status.to_post IS 'New post.';
COMMENT ON COLUMN @agency@.transfer_status.other_agency IS 'Agency it comes from or goes to.';
COMMENT ON COLUMN @agency@.transfer_status.reason IS 'Why the move is wanted.';
COMMENT ON COLUMN @agency@.transfer_status.state_reason IS 'Reason given for the last step.';
COMMENT ON COLUMN @agency@.transfer_status.plan_id IS 'Plan it belongs to.';
COMMENT ON COLUMN @agency@.transfer_status.effective_on IS 'First day in the new post.';
COMMENT ON COLUMN @agency@.transfer_status.decision_letter IS 'Number of the decision.';
COMMENT ON COLUMN @agency@.transfer_status.decision_date IS 'Date of the decision.';
COMMENT ON COLUMN @agency@.transfer_status.score IS 'Composite score at the decision.';
COMMENT ON COLUMN @agency@.transfer_status.rank IS 'Rank at the decision.';
COMMENT ON COLUMN @agency@.transfer_status.policy_version IS 'Policy the decision was made under.';
COMMENT ON COLUMN @agency@.transfer_status.created_at IS 'When the case was opened.';
