-- The workload part of an agency schema: months, trend with roll-up, validity
-- of norms and effective time, surges, projection, snapshots, data quality.
BEGIN;
SELECT plan(57);
SET LOCAL client_min_messages = warning;
SELECT mutasi.create_agency('workload_city');
SET LOCAL search_path = workload_city, mutasi, public;

INSERT INTO unit (unit_id, parent_id, code, name) VALUES
	(1, NULL, 'CITY', 'city'), (2, 1, 'A', 'office A'), (3, 2, 'A1', 'section A1'), (4, 1, 'B', 'office B'), (5, 4, 'B1', 'section B1');
INSERT INTO post (post_id, unit_id, code, title, seats, effective_hours) VALUES
	(1, 2, 'A-clerk', 'clerk', 5, NULL), (2, 3, 'A1-clerk', 'clerk', 2, NULL), (3, 4, 'B-clerk', 'clerk', 3, 1300);
SELECT new_policy('2025-01-01', '{"effective_hours": 1200}');
INSERT INTO task (task_id, post_id, name, period_months) VALUES
	(1, 1, 'monthly', 1), (2, 1, 'yearly', 12), (3, 2, 'quarterly', 3), (4, 3, 'monthly', 1);
INSERT INTO task_norm (task_id, valid_from, norm_hours) VALUES
	(1, '2000-01-01', 2), (1, '2025-07-01', 3), (2, '2000-01-01', 6), (3, '2000-01-01', 20), (4, '2000-01-01', 1);
INSERT INTO task_volume (task_id, period_start, volume)
	SELECT 1, m, 50 FROM generate_series(date '2022-01-01', '2025-12-01', interval '1 month') AS m
	UNION ALL SELECT 2, m, 100 FROM generate_series(date '2022-01-01', '2025-01-01', interval '1 year') AS m
	UNION ALL SELECT 3, m, 10 FROM generate_series(date '2022-01-01', '2025-10-01', interval '3 months') AS m
	-- a peak every June, some unrest, and one month that is more than that
	UNION ALL SELECT 4, m, 130 + extract(month FROM m)::integer * extract(year FROM m)::integer % 7
		+ CASE WHEN extract(month FROM m) = 6 THEN 100 WHEN m = '2025-09-01' THEN 60 ELSE 0 END
		FROM generate_series(date '2022-01-01', '2025-12-01', interval '1 month') AS m;
INSERT INTO employee (employee_id, name, born_on, appointed_on, status, contract_ends_on)
	SELECT i, 'Pegawai ' || to_char(i, 'FM000'), b::date, '2010-01-01', s, c::date
	FROM (VALUES (1, '1990-05-05', 'pns', NULL), (2, '1968-01-15', 'pns', NULL), (3, '1985-03-03', 'pppk', '2026-02-28'),
		(4, '1992-02-02', 'pns', NULL), (5, '1993-02-02', 'pns', NULL)) AS t (i, b, s, c);
INSERT INTO incumbency (employee_id, post_id, valid_from, valid_to, share, kind) VALUES
	(1, 1, '2015-01-01', NULL, 1, 'main'), (2, 1, '2025-06-01', NULL, 1, 'main'), (3, 2, '2020-01-01', NULL, 0.5, 'main'),
	(4, 3, '2020-01-01', '2026-03-01', 1, 'main'), (1, 2, '2022-01-01', NULL, 1, 'acting');

-- months: a volume is spread over those it covers, without rounding
SELECT results_eq($$ SELECT month, work, monthly_hours, volumes FROM post_month_load WHERE post_id = 1 AND month >= '2025-06-01' ORDER BY month LIMIT 2 $$,
	$$ VALUES (date '2025-06-01', 1800::numeric, 150::numeric, 2), ('2025-07-01', 2400, 150, 2) $$,
	'monthly and yearly volumes of a month, with the norm that held then; for surges with the latest');
SELECT is((SELECT count(*) FROM post_month_load WHERE post_id = 2 AND work = 800 AND monthly_hours IS NULL), 48::bigint, 'a quarter is three months');
SELECT is((SELECT sum(work) / 12 FROM post_month_load WHERE post_id = 1 AND month BETWEEN '2025-01-01' AND '2025-12-01'),
	(SELECT hours FROM post_load WHERE post_id = 1 AND year = 2025), 'twelve months make the year');
DELETE FROM task_volume WHERE task_id = 1 AND period_start = '2025-12-01';
SELECT is((SELECT (work, volumes)::text FROM post_month_load WHERE post_id = 1 AND month = '2025-12-01'), '(600,1)', 'a volume that is deleted is gone from its month');
DELETE FROM task_volume WHERE task_id = 2 AND period_start = '2025-01-01';
SELECT is((SELECT count(*) FROM post_month_load WHERE post_id = 1 AND month = '2025-12-01'), 0::bigint, 'and the month with the last of them');
INSERT INTO task_volume VALUES (1, '2025-12-01', 50), (2, '2025-01-01', 100);
SELECT is((SELECT (work, volumes)::text FROM post_month_load WHERE post_id = 1 AND month = '2025-12-01'), '(2400,2)', 'both are back');
UPDATE task_norm SET norm_hours = 4 WHERE task_id = 1 AND valid_from = '2025-07-01';
SELECT is((SELECT work FROM post_month_load WHERE post_id = 1 AND month = '2025-12-01'), 3000::numeric, 'a norm that is corrected counts at once');
UPDATE task_norm SET norm_hours = 3 WHERE task_id = 1 AND valid_from = '2025-07-01';
SELECT is((SELECT work FROM post_month_load WHERE post_id = 1 AND month = '2025-06-01'), 1800::numeric, 'not for the time before');
UPDATE task SET post_id = 2 WHERE task_id = 2;
SELECT is((SELECT array_agg(work ORDER BY post_id) FROM post_month_load WHERE month = '2025-06-01' AND post_id < 3), '{1200,1400}'::numeric[], 'a task that moves takes its months along');
UPDATE task SET post_id = 1 WHERE task_id = 2;

-- trend, with everything as it was then
SELECT results_eq($$ SELECT unit_code, hours, required, existing, ratio, efficiency, required_year_before, required_change,
		required_with_units_below, existing_with_units_below, ratio_with_units_below
		FROM unit_workload_trend WHERE month = '2025-08-01' AND unit_id <> 4 ORDER BY unit_id $$,
	$$ VALUES ('CITY', NULL::numeric, NULL::numeric, 0::numeric, NULL::numeric, NULL, NULL::numeric, NULL::numeric, 3.8851, 3.5, 1.11),
		('A', 200, 2, 2, 1, 'B', 1.44, 0.56, 2.6667, 2.5, 1.07),
		('A1', 66.67, 0.6667, 0.5, 1.33, 'A', 0.64, 0.0267, 0.6667, 0.5, 1.33) $$,
	'own figures, figures with all units below, and the year before');
SELECT is((SELECT required FROM unit_workload_trend WHERE month = '2025-08-01' AND unit_id = 4),
	round((130 + 8 * 2025 % 7) * 12 / 1300.0, 4), 'a post''s own effective time counts before the policy''s');
SELECT is((SELECT existing FROM unit_workload_trend WHERE month = '2025-05-01' AND unit_id = 2), 1::numeric, 'staff as it was: one person before June');
SELECT is((SELECT required FROM unit_workload_trend WHERE month = '2024-12-01' AND unit_id = 2), 1.44, 'the policy before 2025 asks for 1,250 hours');
SELECT is((SELECT count(*) FROM unit_workload_trend), 4 * 48::bigint, 'a row for each unit and month with volumes below it');
SELECT is((SELECT sum(required) FROM unit_workload_trend WHERE month = '2023-03-01'),
	(SELECT required_with_units_below FROM unit_workload_trend WHERE month = '2023-03-01' AND unit_id = 1), 'own figures add up to the root''s');

-- effective time has validity
SELECT is(effective_hours_on(3, '2023-01-01'), 1300::numeric, 'effective time of a post');
SELECT is(effective_hours_on(1, '2023-01-01'), 1250::numeric, 'of the policy then');
SELECT is(effective_hours_on(1, '2025-01-01'), 1200::numeric, 'of the policy now');
UPDATE post SET effective_hours = 1000 WHERE post_id = 3;
SELECT is(effective_hours_on(3), 1000::numeric, 'a change holds from today');
SELECT is(effective_hours_on(3, '2023-01-01'), 1300::numeric, 'and leaves the past alone');
SELECT is((SELECT required FROM unit_workload_trend WHERE month = '2025-08-01' AND unit_id = 4),
	round((130 + 8 * 2025 % 7) * 12 / 1300.0, 4), 'a past month is computed with what was valid then');
INSERT INTO post_effective_time VALUES (3, '2024-01-01', NULL);
SELECT is((SELECT required FROM unit_workload_trend WHERE month = '2025-08-01' AND unit_id = 4),
	round((130 + 8 * 2025 % 7) * 12 / 1200.0, 4), 'unless the past itself is corrected');
UPDATE post SET effective_hours = 1300 WHERE post_id = 3;
DELETE FROM post_effective_time;

-- roll-up over a deep tree, loops refused
INSERT INTO unit (unit_id, parent_id, code, name)
	SELECT 100 + i, CASE WHEN i = 1 THEN 5 ELSE 99 + i END, 'D' || i, 'level ' || i FROM generate_series(1, 60) AS i;
UPDATE post SET unit_id = 160 WHERE post_id = 3;
SELECT is((SELECT count(*) FROM unit_workload_trend WHERE month = '2025-08-01' AND existing_with_units_below = 1), 62::bigint, 'sixty levels deep');
SELECT is((SELECT required_with_units_below FROM unit_workload_trend WHERE month = '2025-08-01' AND unit_id = 1), 3.8851, 'the root is as before');
SELECT throws_ok('UPDATE unit SET parent_id = 160 WHERE unit_id = 4', 'MU101', NULL, 'a loop is refused');
UPDATE post SET unit_id = 4 WHERE post_id = 3;
DELETE FROM unit WHERE unit_id > 100;

-- surges
SELECT results_eq($$ SELECT unit_id, verdict, hours, basis FROM unit_surges('2025-09-01') ORDER BY unit_id $$,
	$$ VALUES (2, 'usual', 150::numeric, 'season'), (4, 'surge', 190 + 9 * 2025 % 7::numeric, 'season') $$, 'September 2025 stands out in B');
SELECT is((SELECT verdict FROM unit_surges('2025-06-15') WHERE unit_id = 4), 'usual', 'June does every year');
SELECT is((SELECT verdict FROM unit_surges('2022-03-01') WHERE unit_id = 4), NULL, 'three months are too few to tell');
SELECT ok((SELECT hours > upper AND upper > expected AND expected > lower FROM unit_surges('2025-09-01') WHERE unit_id = 4), 'with the figures that say so');
SELECT results_eq($$ SELECT task_id, period_start, verdict FROM task_surges(4, '2025-09-01') $$, $$ VALUES (4, date '2025-09-01', 'surge') $$, 'the task behind it');
SELECT results_eq($$ SELECT task_id, verdict, basis FROM task_surges(3, '2025-12-01') $$, $$ VALUES (3, 'usual', 'season') $$, 'a quarterly task by quarters');
SELECT is((SELECT month FROM workload_surge LIMIT 1), date '2025-12-01', 'the view judges the latest month');
SELECT new_policy('2025-09-01', '{"surge_factor": 50}');
SELECT is((SELECT verdict FROM unit_surges('2025-09-01') WHERE unit_id = 4), 'usual', 'as the policy of that month has it');

-- projection: retirement on 2026-02-01, an end on 2026-03-01, a move in February
ALTER TABLE transfer DISABLE TRIGGER USER;
INSERT INTO transfer (employee_id, from_post_id, to_post_id, kind, reason, state, effective_on)
	VALUES (1, 1, 3, 'rotation', 'balance', 'decided', '2026-02-15');
ALTER TABLE transfer ENABLE TRIGGER USER;
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (5, 2, '2026-01-10');
SELECT results_eq($$ SELECT unit_id, employee_id, day, change, cause FROM staff_changes('2025-12-31', '2026-04-30') ORDER BY day, change $$,
	$$ VALUES (3, 5, date '2026-01-10', 1::numeric, 'starting'), (2, 2, '2026-02-01', -1, 'retirement'),
		(2, 1, '2026-02-15', -1, 'moving out'), (4, 1, '2026-02-15', 1, 'moving in'), (4, 4, '2026-03-01', -1, 'ending') $$,
	'who comes and goes, and why');
SELECT results_eq($$ SELECT month, staff_now, retiring, leaving, moving_out, moving_in, starting, staff, contracts_ending
		FROM project_staffing('2025-12-31', 3) WHERE unit_id IN (2, 3) ORDER BY unit_id, month $$,
	$$ VALUES (date '2026-01-01', 2::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 2::numeric, 0),
		('2026-02-01', 2, 1, 0, 1, 0, 0, 0, 0), ('2026-03-01', 2, 1, 0, 1, 0, 0, 0, 0),
		('2026-01-01', 0.5, 0, 0, 0, 0, 1, 1.5, 0), ('2026-02-01', 0.5, 0, 0, 0, 0, 1, 1.5, 1), ('2026-03-01', 0.5, 0, 0, 0, 0, 1, 1.5, 1) $$,
	'staff month by month');
SELECT is((SELECT array_agg(DISTINCT round(required, 4)) FROM project_staffing('2025-12-31', 3) WHERE unit_id = 3), '{0.6667}'::numeric[], 'a steady need goes on');
SELECT is((SELECT staff FROM project_staffing('2025-12-31', 3) WHERE unit_id = 4 AND month = '2026-03-01'), 1::numeric, 'one in, one out');
SELECT is((SELECT array_agg(required ORDER BY month) FROM project_staffing('2025-12-31', 12) WHERE unit_id = 4),
	(SELECT array_agg(mutasi.exact_quotient(v.volume, 1300) ORDER BY v.step) FROM mutasi.project_volume(
		(SELECT array_agg(work ORDER BY month) FROM post_month_load WHERE post_id = 3), 12) AS v),
	'the need is projected work by effective time');
SELECT is((SELECT DISTINCT method FROM project_staffing('2025-12-31', 3) WHERE unit_id = 4), 'trend and season', 'and says how');
SELECT is((SELECT max(month) FROM project_staffing('2026-03-15', 2)), date '2026-05-01', 'the months asked for follow the day, whatever the last month on record');
SELECT is((SELECT count(*) FROM staffing_projection WHERE unit_id = 2), 12::bigint, 'the view looks a year ahead');

-- snapshots
SELECT is(take_workload_snapshot('2025-08-20', 'first'), 1, 'a snapshot is taken');
UPDATE task_volume SET volume = 100 WHERE task_id = 1 AND period_start = '2025-08-01';
SELECT is(take_workload_snapshot('2025-08-01'), 2, 'and another after a correction');
SELECT results_eq('SELECT unit_code, required_former, required_latter, ratio_former, ratio_latter, change FROM compare_workload_snapshots(1, 2) WHERE unit_id <> 4',
	$$ VALUES ('CITY', NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, 'same'), ('A', 2.0000, 3.5000, 1.00, 1.75, 'ratio up'),
		('A1', 0.6667, 0.6667, 1.33, 1.33, 'same') $$, 'they compare');
SELECT is((SELECT required FROM workload_snapshot_row WHERE snapshot_id = 1 AND unit_id = 2), 2::numeric, 'the first is as it was');
SELECT throws_ok('UPDATE workload_snapshot_row SET required = 1', 'MU150', 'a workload snapshot is never changed', 'no update');
SELECT throws_ok('DELETE FROM workload_snapshot', 'MU150', 'a workload snapshot is never changed', 'no delete');
SELECT throws_ok('TRUNCATE workload_snapshot_row', 'MU150', 'a workload snapshot is never changed', 'no truncate');
SELECT throws_ok('SELECT take_workload_snapshot(''2019-05-01'')', 'MU151', 'no volumes are on record for 2019-05', 'a month without volumes');
SELECT throws_ok('SELECT * FROM compare_workload_snapshots(1, 99)', 'MU152', 'there is no workload snapshot 99', 'no such snapshot');

-- data quality: nothing is wrong but what is named
INSERT INTO unit (unit_id, parent_id, code, name) VALUES (6, 1, 'C', 'office C');
INSERT INTO post (post_id, unit_id, code, title, effective_hours) VALUES (4, 6, 'C-head', 'head', 2500);
INSERT INTO task (task_id, post_id, name, period_months) VALUES (5, 4, 'unmeasured', 12), (6, 3, 'not done', 1);
INSERT INTO task_norm VALUES (6, '2025-06-01', 75000);
INSERT INTO task_volume VALUES (6, '2025-03-01', 1), (6, '2025-08-01', 2);
INSERT INTO employee (employee_id, name, born_on, appointed_on, left_on) VALUES
	(6, 'Pegawai 006', '1990-01-01', '2015-01-01', NULL), (7, 'Pegawai 007', '1950-01-01', '1980-01-01', NULL),
	(8, 'Pegawai 008', '1990-01-01', '2015-01-01', '2024-01-01');
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (7, 3, '2000-01-01'), (8, 1, '2016-01-01');
SELECT results_eq($$ SELECT problem, subject, subject_id, unit_id FROM workload_data_quality
		WHERE NOT (subject = 'employee' AND subject_id < 6) ORDER BY problem COLLATE "C", subject_id $$,
	$$ VALUES ('effective time beyond the year', 'post', 4, 6), ('gap in the volumes', 'task', 6, 4), ('impossible workload', 'post', 3, 4),
		('norm longer than a year''s work', 'task', 6, 4), ('staff after departure', 'employee', 8, 2), ('staff after retirement', 'employee', 7, 4),
		('staff in no unit', 'employee', 6, NULL), ('task without norm', 'task', 5, 6), ('task without volumes', 'task', 5, 6),
		('unit without posts', 'unit', 5, 5), ('unit without volumes', 'unit', 6, 6), ('volume before its norm', 'task', 6, 4) $$,
	'each defect is found, with its place');
SELECT is((SELECT count(*) FROM workload_data_quality WHERE remedy IS NULL OR detail IS NULL OR what IS NULL), 0::bigint, 'each names its remedy');
SELECT is((SELECT volumes_without_norm FROM unit_workload_trend WHERE unit_id = 4 AND month = '2025-03-01'), 1, 'the trend tells of the volume without norm');

-- gaps that make up for each other month by month
INSERT INTO task (task_id, post_id, name, period_months) VALUES (7, 4, 'odd', 1), (8, 4, 'even', 1);
INSERT INTO task_volume SELECT 7 + k % 2, (date '2025-01-01' + make_interval(months => k))::date, 1 FROM generate_series(0, 9) AS k;
SELECT results_eq($$ SELECT subject_id, detail FROM workload_data_quality WHERE problem = 'gap in the volumes' AND unit_id = 6 ORDER BY 1 $$,
	$$ VALUES (7, '5 of 9 periods from 2025-01-01 to 2025-09-01 are on record'), (8, '5 of 9 periods from 2025-02-01 to 2025-10-01 are on record') $$,
	'gaps of two tasks that fill each other');

TRUNCATE task_volume;
SELECT is((SELECT count(*) FROM post_month_load), 0::bigint, 'no volumes, no months');
SELECT is((SELECT count(*) FROM unit_workload_trend), 0::bigint, 'and no trend');
SELECT is((SELECT count(*) FROM workload_surge), 0::bigint, 'no surge');
SELECT * FROM finish();
ROLLBACK;
