-- Units merged and split; training and outcomes.
BEGIN;
SELECT plan(33);
\i test/data/small_agency.sql

-- merge: the second health centre goes into the first
SELECT is(merge_units('{3}', 2, current_date - 10, 'Perwali 7/2026'), 1, 'its one post moves');
SELECT results_eq('SELECT unit_id, existing, required FROM unit_figures(''{2,3}'', current_date) ORDER BY 1', 'VALUES (2, 6::numeric, 4.0)', 'its people are in the other unit, its posts no more');
SELECT results_eq('SELECT unit_id, existing, required FROM unit_figures(''{2,3}'', current_date - 11) ORDER BY 1', 'VALUES (2, 1::numeric, 4.0), (3, 5, 3.0)', 'the day before is as it was');
SELECT is((SELECT valid_to FROM unit WHERE unit_id = 3), current_date - 10, 'the merged unit ended');
SELECT results_eq('SELECT kind, unit_id, other_unit_id, legal_basis FROM unit_change', $$VALUES ('merge', 3, 2, 'Perwali 7/2026')$$, 'and it is on record');
SELECT is((SELECT count(*) FROM incumbency WHERE employee_id = 2), 2::bigint, 'people keep their past');
SELECT is((SELECT requirement::text FROM post WHERE code LIKE 'PKM2-N@%'), '{1:4*2!, 2:3}', 'the post asks what it asked');
SELECT is((SELECT count(*) FROM post AS p JOIN task AS t USING (post_id) JOIN task_norm AS n USING (task_id) WHERE p.code LIKE 'PKM2-N@%'), 1::bigint, 'with its tasks and norms');
SELECT throws_ok('SELECT merge_units(''{2}'', 2)', '22023', NULL, 'not into itself');
SELECT throws_ok('SELECT merge_units(''{1}'', 2)', 'MU101', NULL, 'nor into what is below it');
SELECT throws_ok('SELECT merge_units(''{99}'', 2)', 'MU102', 'there is no unit 99', 'unknown unit');

-- split: the head and the nurses of the first go to a new unit
SELECT split_unit(2, '{4}', 'PKM3', 'Health Centre 3', current_date - 5) AS made \gset
SELECT results_eq(format('SELECT code, parent_id, kind FROM unit WHERE unit_id = %s', :made), $$VALUES ('PKM3', 1, 'health centre')$$, 'a unit beside the old one');
SELECT is((SELECT count(*) FROM post WHERE unit_id = :made), 1::bigint, 'with the posts named');
SELECT throws_ok('SELECT split_unit(2, ''{3}'', ''X'', ''X'')', '22023', 'post 3 is not one of unit 2', 'only with its own');
SELECT throws_ok('SELECT split_unit(2, ''{1}'', ''PKM3'', ''X'')', '23505', NULL, 'under a code of its own');
INSERT INTO transfer (employee_id, to_post_id, reason) VALUES (7, 1, 'x');
SELECT throws_ok('SELECT move_posts(''{1}'', 1)', 'MU121', NULL, 'not while a transfer is under way');

-- training
INSERT INTO training_programme (programme_id, name, competency_id, from_level, to_level, hours) VALUES (1, 'Nursing I', 1, 0, 3, 40), (2, 'Nursing II', 1, 3, 4, 40), (3, 'Nursing III', 1, 3, 5, 80), (4, 'Speaking', 2, 0, 2, 16);
SELECT results_eq('SELECT competency, held, programme, closes_gap FROM training_needs(5, 1)', $$VALUES ('Nursing care', 3.00, 'Nursing II', true)$$, 'the programme that just closes the gap');
SELECT results_eq('SELECT competency, held, programme, closes_gap FROM training_needs(6, 1)', $$VALUES ('Nursing care', NULL::numeric, 'Nursing I', false)$$, 'the first step where no programme closes it');
SELECT results_eq('SELECT competency, programme FROM training_needs(4, 1)', $$VALUES ('Communication', NULL::text)$$, 'none where the catalogue has none');
SELECT is_empty('SELECT * FROM training_needs(2, 1)', 'nothing where nothing is missing');
INSERT INTO training (employee_id, programme_id, starts_on) VALUES (5, 2, current_date);
SELECT throws_ok('UPDATE training SET completed_on = current_date, level_reached = 4', '23514', NULL, 'completed only with evidence');
UPDATE training SET completed_on = current_date, level_reached = 4, evidence = 'certificate 12';
SELECT results_eq('SELECT level, evidence FROM assessment WHERE employee_id = 5 AND competency_id = 1 ORDER BY assessed_on DESC LIMIT 1', $$VALUES (4.00, 'certificate 12')$$, 'a completed training is an assessment');
SELECT is((SELECT profile::text FROM employee WHERE employee_id = 5), '{1:4, 2:3}', 'and lifts the profile');

-- outcomes: three units with moves, three without; the workflow aside
SELECT mutasi.detach_workflow('kota.transfer') \g /dev/null
INSERT INTO outcome_indicator (indicator, description, higher_is_better) VALUES ('waiting time', 'minutes until seen', false);
SELECT throws_ok('SELECT * FROM plan_outcome(1, ''waiting time'')', 'MU102', 'there is no plan 1', 'unknown plan');
INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, indicator, baseline, target, higher_is_better, evaluation) VALUES (1, 'p', 'g', '2025-01-01', '2026-01-01', 'waiting time', 60, 40, false, 'e');
SELECT throws_ok('SELECT * FROM plan_outcome(1, ''x'')', 'MU102', 'there is no indicator "x"', 'unknown indicator');
SELECT is((SELECT verdict FROM plan_outcome(1, 'waiting time')), 'not enough units to compare', 'nothing measured');
SELECT is((SELECT verdict FROM evaluate_plan(1)), 'nothing measured yet in the units with moves', 'nor to evaluate');
INSERT INTO unit (unit_id, code, name) SELECT n, 'T' || n, 'T' || n FROM generate_series(201, 206) AS n;
INSERT INTO post (post_id, unit_id, code, title, class) SELECT n, n, 'T' || n, 'T', 5 FROM generate_series(201, 206) AS n;
INSERT INTO employee (employee_id, name) SELECT n, 'Pegawai ' || n FROM generate_series(201, 203) AS n;
INSERT INTO transfer (employee_id, to_post_id, kind, reason, plan_id, state, effective_on) SELECT n, n, 'rotation', 'x', 1, 'completed', '2025-06-01' FROM generate_series(201, 203) AS n;
INSERT INTO outcome_value (unit_id, indicator, period_start, value)
	SELECT u, 'waiting time', p, v FROM (VALUES
		(201, date '2025-03-01', 60), (202, '2025-03-01', 62), (203, '2025-03-01', 58), (204, '2025-03-01', 60), (205, '2025-03-01', 61), (206, '2025-03-01', 59),
		(201, '2025-09-01', 38), (202, '2025-09-01', 42), (203, '2025-09-01', 37), (204, '2025-09-01', 59), (205, '2025-09-01', 60), (206, '2025-09-01', 57)) AS w (u, p, v);
-- changes -22 -20 -21 against -1 -1 -2: -21 and -1.3333; residuals 1 1 0 and .3333 .3333 .6667: ss 2.6667; se sqrt(2.6667 / 4 / 1.5)
SELECT results_eq('SELECT units_with_moves, units_without, change_with, change_without, effect, standard_error, verdict FROM plan_outcome(1, ''waiting time'')',
	$$VALUES (3, 3, -21.0000, -1.3333, -19.6667, 0.6667, 'better than units without moves')$$, 'difference in differences, computed by hand');
SELECT results_eq('SELECT actual, reached, verdict FROM evaluate_plan(1)', $$VALUES (39.000, true, 'target reached')$$, 'the plan reached its target');
UPDATE transfer_plan SET target = 30;
SELECT is((SELECT verdict FROM evaluate_plan(1)), 'improved, target not reached', 'or came nearer');
UPDATE transfer_plan SET baseline = 35;
SELECT is((SELECT verdict FROM evaluate_plan(1)), 'target not reached', 'or not');
UPDATE outcome_value SET value = value + (unit_id * 7 % 5) * 30 WHERE period_start = '2025-09-01';
SELECT is((SELECT verdict FROM plan_outcome(1, 'waiting time')), 'no effect beyond chance', 'noise is not called an effect');
UPDATE transfer_plan SET target = NULL;
SELECT is((SELECT verdict FROM evaluate_plan(1)), 'the plan set no measurable target', 'a plan without a target');

SELECT * FROM finish();
ROLLBACK;
