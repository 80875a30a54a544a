-- Scenarios: a plan solved anew for another aim or without some people, kept,
-- compared, and opened; the plan it begins with stays.
BEGIN;
SELECT plan(19);
\i test/data/small_agency.sql
INSERT INTO transfer_plan (name, goal, period_from, period_to, indicator, baseline, target, evaluation)
	VALUES ('2026', 'every health centre below a ratio of 1.5', current_date, current_date + 365, 'health centres above 1.5', 1, 0, 'unit_workload, by BKPSDM, in January');
SELECT throws_ok($$SELECT propose_scenario(1, 'too early')$$, 'MU115', 'nothing has been proposed for plan 1 yet', 'a scenario begins with a proposal');
SELECT throws_ok($$SELECT propose_scenario(9, 'x')$$, 'MU102', 'there is no plan 9', 'unknown plan');
SELECT is(propose_plan(1), 2, 'the plan');
SELECT is(propose_scenario(1, 'without the best', 'fill_then_score', without_employees => ARRAY[2]), 2, 'a scenario is a plan of its own');
SELECT is(propose_scenario(1, 'balance', 'balance'), 3, 'and so is one for another aim');
SELECT throws_ok($$SELECT propose_scenario(1, 'x', 'luck')$$, '22023', 'unknown objective "luck"', 'an objective there is none');
SELECT results_eq('SELECT name, goal FROM transfer_plan ORDER BY plan_id', $$VALUES ('2026', 'every health centre below a ratio of 1.5'), ('without the best', 'every health centre below a ratio of 1.5'), ('balance', 'every health centre below a ratio of 1.5')$$, 'goal and evaluation go with it');
SELECT results_eq('SELECT employee_id, to_post_id FROM transfer_plan_move WHERE plan_id = 1 ORDER BY 1', 'VALUES (2, 1), (3, 1)', 'the plan it begins with stays');
SELECT is((SELECT count(*)::int FROM transfer_plan_move WHERE plan_id = 2 AND employee_id = 2), 0, 'who is left out is left out');
SELECT results_eq('SELECT employee_id, difference, post_a, post_b FROM plan_compare(1, 2) WHERE employee_id = 2', $$VALUES (2, 'only_a', 1, NULL::int)$$, 'plan_compare tells who goes in one only');
SELECT is((SELECT count(*)::int FROM plan_compare(1, 1)), 0, 'a plan does not differ from itself');
SELECT is((SELECT count(*)::int FROM plan_unit_impact(1)), (SELECT count(*)::int FROM unit_figures(ARRAY(SELECT unit_id FROM unit))), 'the impact on every unit');
SELECT results_eq('SELECT unit_id, leaving, arriving, existing_before, existing_after FROM plan_unit_impact(1) WHERE leaving + arriving > 0', 'VALUES (2, 0, 2, 1.00, 3.00), (3, 2, 0, 5.00, 3.00)', 'before and after');
SELECT results_eq('SELECT plan_id, plan_name, objective, proven, transfers, transfers_opened FROM compare_plans(ARRAY[3, 1])',
	$$SELECT p, n, o, true, m, 0 FROM (VALUES (3, 'balance', 'balance', (SELECT count(*)::int FROM transfer_plan_move WHERE plan_id = 3)), (1, '2026', 'fill_then_score', 2)) AS v (p, n, o, m)$$, 'plans side by side');
SELECT ok((SELECT bool_and(mean_deviation_after < mean_deviation_before) FROM compare_plans(ARRAY[1, 2, 3])), 'all bring the units nearer to what they need');
SELECT throws_ok('SELECT compare_plans(ARRAY[1, 7])', 'MU102', 'there is no plan 7', 'unknown plan to compare');
SELECT throws_ok('SELECT plan_compare(8, 1)', 'MU102', 'there is no plan 8', 'unknown plan to compare with');
UPDATE post SET min_staff = 4 WHERE post_id = 2;
SELECT propose_scenario(1, 'floor', 'fill_then_score') AS floor \gset
SELECT is((SELECT count(*)::int FROM transfer_plan_move WHERE plan_id = :floor), 1, 'never below the minimum staff of the donor');
SELECT set_config('mutasi.actor', 'unit head', true) \g /dev/null
SELECT is(open_plan(2, current_date), (SELECT count(*)::int FROM transfer_plan_move WHERE plan_id = 2), 'one statement turns the scenario chosen into transfers');
SELECT * FROM finish();
ROLLBACK;
