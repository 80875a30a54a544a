-- Units merged and split; training and outcomes.
BEGIN;
SELECT plan(79);
\i test/data/small_agency.sql

-- what waits for the post that will move: two wishes, one with a case that ended, and exceptions
SELECT file_application(7, 2, 'near my family'), file_application(8, 2, 'to nurse'), file_application(1, 2, 'a change') \g /dev/null
SELECT open_transfer(2) AS ended \gset
UPDATE transfer SET state = 'withdrawn', state_reason = 'not now' WHERE transfer_id = :ended;
SELECT withdraw_application(3) \g /dev/null
INSERT INTO waiver (employee_id, post_id, rule, reason, granted_on, valid_to) VALUES (7, 2, 'grade', 'x', current_date - 60, current_date + 90),
	(8, 2, 'grade', 'x', current_date - 60, current_date + 90), (1, 2, 'grade', 'of long ago', current_date - 60, current_date - 30);
UPDATE post SET effective_hours = 1200 WHERE post_id = 2;
UPDATE post SET effective_hours = NULL WHERE post_id = 2;
SELECT throws_ok('SELECT merge_units(''{3}'', 2, current_date + 1)', '22023', format('posts cannot move to another unit as of the future date %s', current_date + 1), 'not ahead of the day');
SELECT throws_ok('SELECT split_unit(3, ''{2}'', ''PKM4'', ''Health Centre 4'', current_date + 1)', '22023', NULL, 'nor by a split');
SELECT is((SELECT open FROM post WHERE post_id = 2), true, 'and nothing happened');

-- what would end before it began, or twice, is said beforehand
SELECT throws_ok('SELECT merge_units(''{3}'', 2, ''2000-01-01'')', '22023', 'unit 3 begins on 2000-01-01 and cannot change as of 2000-01-01', 'not on its first day');
SELECT throws_ok('SELECT move_posts(''{2}'', 2, ''1999-01-01'')', '22023', 'unit 2 begins on 2000-01-01 and cannot change as of 1999-01-01', 'nor into a unit that is to come');
INSERT INTO post (post_id, unit_id, code, title, valid_from) VALUES (90, 3, 'PKM2-X', 'Clerk', current_date - 10);
SELECT throws_ok('SELECT merge_units(''{3}'', 2, current_date - 10)', '22023', format('post PKM2-X begins on %s and cannot go on elsewhere as of %1$s', current_date - 10), 'with a post that begins on the day');
SELECT throws_ok('SELECT split_unit(3, ''{90}'', ''PKM3'', ''Health Centre 3'', current_date - 20)', '22023', NULL, 'or after it');
SELECT throws_ok('SELECT move_posts(''{90,2}'', 2, current_date - 20)', '22023', NULL, 'whichever way it goes');
SELECT is((SELECT count(*) FROM post WHERE continues_id IS NOT NULL) + (SELECT count(*) FROM unit WHERE unit_id > 3), 0::bigint, 'and nothing happened');
DELETE FROM post WHERE post_id = 90;
SELECT throws_ok('SELECT merge_units(''{3}'', 2, NULL)', '22004', 'the day must not be null', 'a day is needed');
SELECT throws_ok('SELECT merge_units(NULL, 2)', 'MU102', 'there is no unit NULL', 'units too');
SELECT throws_ok('SELECT merge_units(''{3,NULL}'', 2)', 'MU102', 'there is no unit NULL', 'each of them');
SELECT throws_ok('SELECT merge_units(''{3}'', NULL)', 'MU102', 'there is no unit NULL', 'and another');
SELECT throws_ok('SELECT move_posts(NULL, 2)', 'MU102', 'there is no post NULL', 'posts');
SELECT throws_ok('SELECT move_posts(''{2,999}'', 2)', 'MU102', 'there is no post 999', 'that there are');
SELECT throws_ok('SELECT split_unit(3, NULL, ''X'', ''X'')', '22023', 'post NULL is not one of unit 3', 'to be split off, too');
SELECT throws_ok('SELECT split_unit(3, ''{2}'', NULL, ''X'')', '22023', 'the new unit needs a code and a name', 'a code');
SELECT throws_ok('SELECT split_unit(3, ''{2}'', ''X'', '''')', '22023', 'the new unit needs a code and a name', 'and a name');
SELECT throws_ok('SELECT split_unit(3, ''{2}'', ''PKM1'', ''X'')', '23505', 'code "PKM1" is that of unit 2 already', 'not those of another');

-- merge: the second health centre goes into the first
SELECT is(merge_units('{3}', 2, current_date - 10, 'Perwali 7/2026'), 1, 'its one post moves');
SELECT results_eq('SELECT unit_id, existing, required FROM unit_figures(''{2,3}'', current_date) ORDER BY 1', 'VALUES (2, 6::numeric, 7.0)', 'its people and its work are in the other unit, its posts no more');
SELECT is((SELECT required FROM unit_workload WHERE unit_id = 2), 7.0000, 'in the view, too');
SELECT is_empty('SELECT * FROM unit_workload WHERE unit_id = 3', 'once');
SELECT results_eq('SELECT unit_id, required FROM project_staffing(current_date, 1) WHERE unit_id IN (2, 3)', 'SELECT unit_id, required FROM unit_figures(''{2,3}'')', 'and in the projection');
SELECT is_empty($$SELECT * FROM workload_findings() WHERE problem IN ('unit without volumes', 'task without volumes') AND unit_id IN (2, 3)$$, 'no volume is missing');
SELECT results_eq('SELECT unit_id, existing, required FROM unit_figures(''{2,3}'', current_date - 11) ORDER BY 1', 'VALUES (2, 1::numeric, 4.0), (3, 5, 3.0)', 'the day before is as it was');
SELECT is((SELECT valid_to FROM unit WHERE unit_id = 3), current_date - 10, 'the merged unit ended');
SELECT results_eq('SELECT kind, unit_id, other_unit_id, legal_basis FROM unit_change', $$VALUES ('merge', 3, 2, 'Perwali 7/2026')$$, 'and it is on record');
SELECT is((SELECT count(*) FROM incumbency WHERE employee_id = 2), 2::bigint, 'people keep their past');
SELECT is((SELECT requirement::text FROM post WHERE code LIKE 'PKM2-N@%'), '{1:4*2!, 2:3}', 'the post asks what it asked');
SELECT is((SELECT count(*) FROM post AS p JOIN task AS t USING (post_id) JOIN task_norm AS n USING (task_id) WHERE p.code LIKE 'PKM2-N@%'), 1::bigint, 'with its tasks and norms');
SELECT post_id AS went_on FROM post WHERE continues_id = 2 \gset
SELECT is((SELECT code FROM post WHERE post_id = :went_on), 'PKM2-N@PKM1:' || (current_date - 10), 'and knows which one it continues');
SELECT results_eq('SELECT post_id, since FROM current_post(''{2}'', current_date)', format('VALUES (%s, date ''2018-01-01'')', :went_on), 'whose holders are in it since they came');
SELECT is((SELECT passed FROM eligibility(2, 3) WHERE rule = 'tenure'), true, 'so that their tenure goes on');
SELECT is((SELECT since FROM current_post('{2}', current_date - 11)), date '2018-01-01', 'as before');
SELECT results_eq('SELECT employee_id, post_id FROM application ORDER BY application_id', format('VALUES (7, %s), (8, 2), (1, 2)', :went_on), 'who applied for it applies for the one that goes on');
SELECT results_eq('SELECT employee_id, post_id, valid_to > current_date FROM waiver ORDER BY employee_id, post_id', format('VALUES (1, 2, false), (7, 2, true), (7, %1$s, true), (8, 2, true), (8, %1$s, true)', :went_on),
	'an exception in force is one for it, too');
SELECT results_eq(format('SELECT valid_from, effective_hours FROM post_effective_time WHERE post_id = %s', :went_on), 'SELECT valid_from, effective_hours FROM post_effective_time WHERE post_id = 2', 'and so does its effective time');
SELECT throws_ok('SELECT merge_units(''{2}'', 2)', '22023', NULL, 'not into itself');
SELECT throws_ok('SELECT merge_units(''{1}'', 2)', 'MU101', NULL, 'nor into what is below it');
SELECT throws_ok('SELECT merge_units(''{99}'', 2)', 'MU102', 'there is no unit 99', 'unknown unit');
SELECT throws_ok('SELECT merge_units(''{3}'', 2)', '22023', format('unit 3 ended on %s and cannot change as of %s', current_date - 10, current_date), 'nor what has ended');
SELECT throws_ok('SELECT split_unit(3, ''{2}'', ''X'', ''X'')', '22023', format('unit 3 ended on %s and cannot change as of %s', current_date - 10, current_date), 'which cannot be split either');
SELECT throws_ok('SELECT move_posts(''{1}'', 3)', '22023', NULL, 'and takes no posts');

-- split: the head and the nurses of the first go to a new unit
SELECT split_unit(2, '{4}', 'PKM3', 'Health Centre 3', current_date - 5) AS made \gset
SELECT results_eq(format('SELECT code, parent_id, kind FROM unit WHERE unit_id = %s', :made), $$VALUES ('PKM3', 1, 'health centre')$$, 'a unit beside the old one');
SELECT is((SELECT count(*) FROM post WHERE unit_id = :made), 1::bigint, 'with the posts named');
SELECT is(move_posts(ARRAY[:went_on], :made, current_date - 4), 1, 'a post moves a second time');
SELECT is((SELECT since FROM current_post('{2}', current_date)), date '2018-01-01', 'its holders are in it since they came, still');
SELECT results_eq(format('SELECT unit_id, required FROM unit_figures(''{2,%s}'') ORDER BY 1', :made), format('VALUES (2, 4.0), (%s, 3.0)', :made), 'and its work goes with it');
SELECT is_empty(format($$SELECT * FROM workload_findings() WHERE problem IN ('unit without volumes', 'task without volumes') AND unit_id = %s$$, :made), 'where none of it is missing');
SELECT is_empty(format($$SELECT * FROM data_quality WHERE subject = 'unit' AND object_id = %s$$, :made), 'nor of the unit''s workload');
SELECT refresh_units() \g /dev/null
UPDATE task_volume SET volume = 2 * volume WHERE task_id = 2;
SELECT is((SELECT required FROM unit_needs(ARRAY[:made])), 6.0, 'corrected afterwards, it is corrected where it counts');
INSERT INTO task_volume SELECT task_id, make_date(extract(year FROM current_date)::int - 1, 1, 1), 2500 FROM task AS t JOIN post AS p USING (post_id) WHERE p.unit_id = :made;
SELECT is((SELECT required FROM unit_needs(ARRAY[:made])), 7.0, 'with what is counted for the post itself');
SELECT results_eq('SELECT required FROM unit_figures(''{3}'', current_date - 11)', 'VALUES (6.0)', 'which the days before do not have');
UPDATE incumbency SET valid_to = current_date - 7 WHERE employee_id = 3 AND post_id = :went_on;
SELECT is((SELECT since FROM current_post('{3}', current_date)), current_date - 4, 'but for a break');
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

-- many plans and indicators at once, months missing here and there, units that several plans touch: against the
-- definition, unit by unit
INSERT INTO outcome_indicator (indicator, description) VALUES ('IKM', 'satisfaction index'), ('queue', 'people waiting');
INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, indicator, baseline, target, evaluation)
	SELECT n, 'p' || n, 'g', '2024-01-01', '2024-12-31', 'IKM', 80, 82, 'e' FROM generate_series(2, 6) AS n;
INSERT INTO unit (unit_id, code, name) SELECT n, 'V' || n, 'V' || n FROM generate_series(301, 340) AS n;
INSERT INTO post (post_id, unit_id, code, title, class) SELECT n, n, 'V' || n, 'V', 5 FROM generate_series(301, 340) AS n;
INSERT INTO employee (employee_id, name) SELECT n, 'Pegawai ' || n FROM generate_series(301, 320) AS n;
INSERT INTO transfer (employee_id, from_post_id, to_post_id, kind, reason, plan_id, state, effective_on)
	SELECT n, n, 301 + (n * 7) % 23, 'rotation', 'x', 2 + n % 6, 'completed', date '2024-03-01' + (n * 37) % 200 FROM generate_series(301, 320) AS n WHERE n <> 301 + (n * 7) % 23 AND n % 6 < 5;
INSERT INTO outcome_value (unit_id, indicator, period_start, value)
	SELECT u, i, (date '2023-01-01' + make_interval(months => m))::date, 50 + (hashint4(u * 100 + m) % 1000)::numeric / 37
	FROM generate_series(301, 340) AS u, unnest('{IKM,queue}'::text[]) AS i, generate_series(0, 35) AS m WHERE (u * 5 + m * 3 + length(i)) % 7 > 1;
SELECT results_eq('SELECT plan_id, indicator, units_with_moves, units_without, change_with, change_without FROM plan_effects(''{2,3,4,5,6}'', ''{IKM,queue}'', 200) ORDER BY 1, 2', $$
	WITH moved AS (
		SELECT t.plan_id, t.effective_on, p.unit_id FROM transfer AS t JOIN post AS p ON p.post_id IN (t.from_post_id, t.to_post_id)),
	c AS (
		SELECT s.plan_id, v.indicator, v.unit_id, v.unit_id IN (SELECT unit_id FROM moved AS m WHERE m.plan_id = s.plan_id) AS own,
			avg(v.value) FILTER (WHERE v.period_start >= s.last) - avg(v.value) FILTER (WHERE v.period_start < s.first) AS change
		FROM (SELECT plan_id, min(effective_on) AS first, max(effective_on) AS last FROM moved WHERE plan_id > 1 GROUP BY plan_id) AS s
		JOIN outcome_value AS v ON v.indicator IN ('IKM', 'queue') AND v.period_start BETWEEN s.first - 200 AND s.last + 200
		WHERE v.unit_id IN (SELECT unit_id FROM moved AS m WHERE m.plan_id = s.plan_id)
			OR v.unit_id NOT IN (SELECT unit_id FROM moved AS m WHERE m.plan_id <> s.plan_id AND m.effective_on BETWEEN s.first - 200 AND s.last + 200)
		GROUP BY s.plan_id, v.indicator, v.unit_id)
	SELECT plan_id, indicator, count(*) FILTER (WHERE own)::int, count(*) FILTER (WHERE NOT own)::int,
		round(avg(change::float8) FILTER (WHERE own)::numeric, 4), round(avg(change::float8) FILTER (WHERE NOT own)::numeric, 4)
	FROM c WHERE change IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2$$, 'effects of five plans by two indicators, as the definition has them');
SELECT results_eq('SELECT plan_id, units_with_moves, units_without, effect, standard_error, verdict FROM plan_effects(''{2,3,4,5,6}'', ''{queue}'') ORDER BY 1',
	'SELECT p, o.units_with_moves, o.units_without, o.effect, o.standard_error, o.verdict FROM generate_series(2, 6) AS p, plan_outcome(p, ''queue'') AS o ORDER BY 1', 'together as one by one');
SELECT results_eq('SELECT p, e.actual FROM generate_series(2, 6) AS p, evaluate_plan(p) AS e ORDER BY 1', $$
	SELECT p, (SELECT round(avg(o.value), 3) FROM (SELECT DISTINCT ON (w.unit_id) w.value FROM outcome_value AS w
		WHERE w.indicator = 'IKM' AND w.period_start >= '2024-01-01' AND EXISTS (SELECT FROM transfer AS t JOIN post AS q ON q.post_id IN (t.from_post_id, t.to_post_id)
			WHERE t.plan_id = p AND q.unit_id = w.unit_id AND w.period_start >= t.effective_on) ORDER BY w.unit_id, w.period_start DESC) AS o)
	FROM generate_series(2, 6) AS p ORDER BY 1$$, 'and what was reached by each');
SELECT is((SELECT count(*) FROM outcome WHERE units_with_moves > 0 AND units_without > 0), 11::bigint, 'and the view has them all');

SELECT * FROM finish();
ROLLBACK;
