-- What plans do to units, and what came of them.

CREATE VIEW @agency@.plan_impact WITH (security_invoker = true) AS
	SELECT p.plan_id, p.name AS plan_name, w.unit_id, w.unit_name, w.required::numeric(12,4) AS required,
		w.existing_before::numeric(10,2) AS existing_before, w.existing_after::numeric(10,2) AS existing_after,
		w.ratio_before::numeric(10,2) AS ratio_before, w.ratio_after::numeric(10,2) AS ratio_after
	FROM @agency@.transfer_plan AS p
	CROSS JOIN LATERAL @agency@.plan_what_if(p.plan_id) AS w
	WHERE NOT EXISTS (SELECT FROM @agency@.transfer AS t WHERE t.plan_id = p.plan_id AND t.state IN ('effective', 'monitoring', 'completed'));
COMMENT ON VIEW @agency@.plan_impact IS 'What each plan of which no move has taken effect yet would do to the units concerned, before and after.';
COMMENT ON COLUMN @agency@.plan_impact.plan_id IS 'Plan.';
COMMENT ON COLUMN @agency@.plan_impact.plan_name IS 'Name of the plan.';
COMMENT ON COLUMN @agency@.plan_impact.unit_id IS 'Unit concerned.';
COMMENT ON COLUMN @agency@.plan_impact.unit_name IS 'Name of the unit.';
COMMENT ON COLUMN @agency@.plan_impact.required IS 'Staff required.';
COMMENT ON COLUMN @agency@.plan_impact.existing_before IS 'Staff there now.';
COMMENT ON COLUMN @agency@.plan_impact.existing_after IS 'Staff there after all moves of the plan.';
COMMENT ON COLUMN @agency@.plan_impact.ratio_before IS 'Workload ratio now; above 1: short of people.';
COMMENT ON COLUMN @agency@.plan_impact.ratio_after IS 'Workload ratio after all moves.';

CREATE VIEW @agency@.outcome WITH (security_invoker = true) AS
	SELECT p.plan_id, p.name AS plan_name, i.indicator, i.higher_is_better, o.units_with_moves, o.units_without,
		o.change_with::numeric(14,4) AS change_with, o.change_without::numeric(14,4) AS change_without,
		o.effect::numeric(14,4) AS effect, o.standard_error::numeric(14,4) AS standard_error, o.verdict
	FROM @agency@.plan_effects(ARRAY(SELECT a.plan_id FROM @agency@.transfer_plan AS a), ARRAY(SELECT a.indicator FROM @agency@.outcome_indicator AS a)) AS o
	JOIN @agency@.transfer_plan AS p ON p.plan_id = o.plan_id
	JOIN @agency@.outcome_indicator AS i ON i.indicator = o.indicator;
COMMENT ON VIEW @agency@.outcome IS 'What came of each plan by each indicator: change in units with moves against units without (difference in differences), within a year before and after.';
COMMENT ON COLUMN @agency@.outcome.plan_id IS 'Plan.';
COMMENT ON COLUMN @agency@.outcome.plan_name IS 'Name of the plan.';
COMMENT ON COLUMN @agency@.outcome.indicator IS 'Indicator.';
COMMENT ON COLUMN @agency@.outcome.higher_is_better IS 'Whether a higher value is better.';
COMMENT ON COLUMN @agency@.outcome.units_with_moves IS 'Units with moves and values before and after.';
COMMENT ON COLUMN @agency@.outcome.units_without IS 'Units without moves and values before and after.';
COMMENT ON COLUMN @agency@.outcome.change_with IS 'Mean change in units with moves.';
COMMENT ON COLUMN @agency@.outcome.change_without IS 'Mean change in units without.';
COMMENT ON COLUMN @agency@.outcome.effect IS 'Difference of the two changes.';
COMMENT ON COLUMN @agency@.outcome.standard_error IS 'Its standard error.';
COMMENT ON COLUMN @agency@.outcome.verdict IS 'In words; an effect within its 95 % confidence interval around none is chance.';
