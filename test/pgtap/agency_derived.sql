-- Derived columns and figures: profile, requirement, hours, units' ratios, and
-- what the tables refuse.
BEGIN;
SELECT plan(60);
\i test/data/small_agency.sql

-- the profile follows the assessments
SELECT is(profile::text, '{1:4, 2:3}', 'profile after a load of many') FROM employee WHERE employee_id = 1;
INSERT INTO assessment (employee_id, competency_id, level, assessed_on) VALUES (1, 1, 5, current_date - 10);
SELECT is(profile::text, '{1:5, 2:3}', 'a newer assessment counts') FROM employee WHERE employee_id = 1;
INSERT INTO assessment (employee_id, competency_id, level, assessed_on) VALUES (1, 1, 1, '2020-01-01');
SELECT is(profile::text, '{1:5, 2:3}', 'an older one entered later does not') FROM employee WHERE employee_id = 1;
INSERT INTO assessment (employee_id, competency_id, level, assessed_on) VALUES (1, 1, 4.25, current_date - 10);
SELECT is(profile::text, '{1:4.25, 2:3}', 'of one day the one entered last') FROM employee WHERE employee_id = 1;
INSERT INTO assessment (employee_id, competency_id, level, assessed_on) VALUES (1, 1, 2, current_date + 10);
SELECT is(profile::text, '{1:4.25, 2:3}', 'one of tomorrow does not count yet') FROM employee WHERE employee_id = 1;
SELECT is(profile_on(1, current_date + 10)::text, '{1:2, 2:3}', 'but will');
DELETE FROM assessment WHERE employee_id = 1 AND assessed_on >= current_date - 10;
SELECT is(profile::text, '{1:4, 2:3}', 'deleting brings back what was before') FROM employee WHERE employee_id = 1;
UPDATE assessment SET employee_id = 5 WHERE employee_id = 8 AND competency_id = 3;
SELECT is((SELECT array_agg(profile::text ORDER BY employee_id) FROM employee WHERE employee_id IN (5, 8)), ARRAY['{1:3, 2:3, 3:2}', '{1:2}'], 'an update that moves one to another person changes both');
UPDATE assessment SET employee_id = 8 WHERE employee_id = 5 AND competency_id = 3;
INSERT INTO assessment (employee_id, competency_id, level, assessed_on, expires_on) VALUES (1, 3, 3, current_date - 30, current_date + 5);
SELECT is(profile::text, '{1:4, 2:3, 3:3}', 'counts until it expires') FROM employee WHERE employee_id = 1;
SELECT is(refresh_profiles(current_date + 5), 1::bigint, 'refresh_profiles() touches the one whom the days changed');
SELECT is(profile::text, '{1:4, 2:3}', 'and then it is gone') FROM employee WHERE employee_id = 1;
SELECT is(refresh_profiles(current_date + 5), 0::bigint, 'and nothing a second time');
SELECT is(refresh_profiles(), 1::bigint, 'and back');
DELETE FROM assessment WHERE competency_id = 3 AND employee_id = 1;
ALTER TABLE assessment DISABLE TRIGGER USER;
INSERT INTO assessment (employee_id, competency_id, level, assessed_on) VALUES (2, 3, 1, '2024-05-05');
DELETE FROM post_competency WHERE false;
ALTER TABLE assessment ENABLE TRIGGER USER;
SELECT results_eq('SELECT derived, corrected FROM rebuild_derived()', $$VALUES ('employee.profile', 1::bigint), ('employee.recent_score', 0), ('post.requirement', 0), ('post_load.hours', 0)$$,
	'rebuild_derived() corrects what a load past the triggers left behind, and nothing else');
DELETE FROM assessment WHERE employee_id = 2 AND competency_id = 3;
SAVEPOINT emptied;
TRUNCATE assessment;
SELECT is((SELECT count(*) FROM employee WHERE profile IS NOT NULL), 0::bigint, 'TRUNCATE empties the profiles');
ROLLBACK TO emptied;

-- the requirement follows what the post asks
SELECT is(requirement::text, '{1:4*2!, 2:3}', 'requirement') FROM post WHERE post_id = 1;
UPDATE post SET surplus_weight = 0.25 WHERE post_id = 1;
SELECT is(requirement::text, '{1:4*2!, 2:3}/0.25', 'its own surplus weight') FROM post WHERE post_id = 1;
UPDATE post SET surplus_weight = NULL WHERE post_id = 1;
SELECT lives_ok($$SELECT new_policy(current_date, '{"surplus_weight": 0}')$$, 'a new policy');
SELECT is(requirement::text, '{1:4*2!, 2:3}/0', 'the policy''s surplus weight reaches the requirement') FROM post WHERE post_id = 1;
DELETE FROM post_competency WHERE post_id = 4;
SELECT is(requirement, NULL, 'nothing asked: no requirement') FROM post WHERE post_id = 4;

-- policies
SELECT throws_ok('UPDATE policy SET min_tenure_months = 1 WHERE policy_version = 1', 'MU105', 'policy version 1 is published and cannot be changed', 'a published policy is frozen');
SELECT throws_ok('DELETE FROM policy WHERE policy_version = 1', 'MU105', NULL, 'and cannot be deleted');
SELECT throws_ok($$SELECT new_policy(current_date + 1, '{"min_tenur": 1}')$$, '22023', 'the policy has no setting "min_tenur"', 'a misspelt setting is refused');
SELECT throws_ok($$SELECT new_policy(current_date + 1, '{"weight_balance": 0.5}')$$, '22023', NULL, 'weights that do not add up to 1 too');
SELECT is((policy_on('2010-01-01')).policy_version, 1, 'the policy of a past day');
SELECT is((policy_on()).policy_version, 2, 'and of today');

-- hours and ratios
SELECT results_eq('SELECT post_id, hours FROM post_load ORDER BY 1', 'VALUES (1, 5000.0), (2, 3750.0), (3, 2000.00)', 'hours of posts');
SELECT results_eq('SELECT unit_id, required, existing, ratio, efficiency, required_rounded FROM unit_workload ORDER BY 1',
	$$VALUES (1, 1.6000, 2.00, 0.80, 'C', 2), (2, 4.0000, 1.00, 4.00, 'A', 4), (3, 3.0000, 5.00, 0.60, 'D', 3)$$, 'units'' ratios');
INSERT INTO task_norm (task_id, valid_from, norm_hours) VALUES (1, make_date(extract(year FROM current_date)::int, 1, 1), 1);
SELECT is((SELECT hours FROM post_load WHERE post_id = 1), 5000.0, 'a later norm leaves past hours alone');
INSERT INTO task_volume VALUES (1, make_date(extract(year FROM current_date)::int, 1, 1), 100);
SELECT is((SELECT hours FROM post_load WHERE post_id = 1 AND year = extract(year FROM current_date)), 100::numeric, 'and counts for its own time');
DELETE FROM task_volume WHERE task_id = 1 AND period_start = make_date(extract(year FROM current_date)::int, 1, 1);
SELECT is((SELECT count(*) FROM post_load WHERE post_id = 1), 1::bigint, 'removed volumes take their hours away');
SELECT throws_ok($$INSERT INTO task_volume VALUES (1, '2020-02-01', 1)$$, 'MU106', NULL, 'a yearly volume begins in January');
SELECT throws_ok($$INSERT INTO task_volume VALUES (1, '2020-01-02', 1)$$, '23514', NULL, 'on the first');
SELECT throws_ok($$INSERT INTO task_volume VALUES (1, '2020-01-01', -1)$$, '23514', NULL, 'and is not negative');
SELECT throws_ok($$INSERT INTO task_volume VALUES (1, '2020-01-01', 'NaN')$$, '23514', NULL, 'nor not a number');
SELECT throws_ok($$INSERT INTO task_norm VALUES (1, '2021-01-01', 0)$$, '23514', NULL, 'no norm of nothing');
UPDATE task SET post_id = 2, name = 'other patients' WHERE task_id = 1;
SELECT results_eq('SELECT post_id, hours FROM post_load ORDER BY 1', 'VALUES (2, 8750.0), (3, 2000.00)', 'a task moved to another post takes its hours along');
UPDATE task SET post_id = 1 WHERE task_id = 1;
SELECT results_eq($$SELECT count(*), min(work), max(work) FROM post_month_load WHERE post_id = 1$$, 'VALUES (12::bigint, 5000.0, 5000.0)', 'a yearly volume is the work of twelve months');
UPDATE task SET period_months = 6 WHERE task_id = 1;
SELECT results_eq($$SELECT count(*), min(work), max(work) FROM post_month_load WHERE post_id = 1$$, 'VALUES (6::bigint, 10000.0, 10000.0)', 'and of six where its task comes to cover six');
UPDATE task SET period_months = 12 WHERE task_id = 1;
DELETE FROM task WHERE task_id = 3;
SELECT is((SELECT count(*) FROM post_load WHERE post_id = 3), 0::bigint, 'and a deleted one takes them away');
SELECT results_eq('SELECT unit_id, required_with_units_below, existing_with_units_below, units_below FROM unit_balance WHERE parent_id IS NULL', $$VALUES (1, 7.0000, 8.00, 3)$$, 'roll-up over the tree');

-- the tree
SELECT throws_ok('UPDATE unit SET parent_id = 2 WHERE unit_id = 1', 'MU101', 'unit HEAL cannot be below itself', 'a loop is refused');
SELECT throws_ok('UPDATE unit SET parent_id = 1 WHERE unit_id = 1', '23514', NULL, 'the smallest too');
SELECT set_eq('SELECT unit_subtree(1)', 'VALUES (1), (2), (3)', 'the subtree');
SELECT lives_ok($$SELECT rename_unit(2, 'Health Centre North', current_date - 5)$$, 'a unit is renamed');
SELECT is(unit_name(2, current_date - 6) || ', ' || unit_name(2), 'Health Centre 1, Health Centre North', 'and keeps its name of then');
SELECT throws_ok($$SELECT rename_unit(2, 'Health Centre South', current_date - 6)$$, '22023', format('unit 2 cannot be renamed as of %s: it was renamed on %s', current_date - 6, current_date - 5), 'not from a day before its last rename');
SELECT rename_unit(2, 'Health Centre Northeast', current_date - 5) \g /dev/null
SELECT is(unit_name(2, current_date - 6) || ', ' || unit_name(2, current_date - 5), 'Health Centre 1, Health Centre Northeast', 'but on the same day');

-- people and posts
SELECT results_eq($$SELECT grade FROM grade WHERE scheme = 'pns' ORDER BY position$$, $$SELECT r || '/' || l FROM unnest('{I,II,III,IV}'::text[]) WITH ORDINALITY AS r (r, n), unnest('{a,b,c,d,e}'::text[]) AS l WHERE l < 'e' OR r = 'IV' ORDER BY n, l$$, 'the seventeen grades of civil servants, in their order');
SELECT results_eq($$SELECT grade, position::int FROM grade WHERE scheme = 'pppk' ORDER BY position$$, $$SELECT 'PPPK ' || btrim(to_char(n, 'RN')), n FROM generate_series(1, 17) AS n$$, 'and of contract employees');
SELECT throws_ok($$INSERT INTO employee (name, grade) VALUES ('x', 'III/e')$$, '23503', NULL, 'no other');
SELECT throws_ok($$INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (1, 3, '2020-01-01')$$, '23P01', NULL, 'one main post on a day');
SELECT lives_ok($$INSERT INTO incumbency (employee_id, post_id, valid_from, kind) VALUES (1, 4, '2020-01-01', 'acting')$$, 'acting (Plt) beside it');
SELECT throws_ok($$INSERT INTO incumbency (employee_id, post_id, valid_from, kind, share) VALUES (1, 2, '2020-01-01', 'additional', 0.5)$$, 'MU103', NULL, 'not more than full time');
UPDATE incumbency SET share = 0.5 WHERE employee_id = 1 AND kind = 'main';
SELECT throws_ok($$INSERT INTO incumbency (employee_id, post_id, valid_from, kind, share) VALUES (1, 3, '2020-01-01', 'additional', 0.5)$$, 'MU104', NULL, 'not more holders than seats');
SELECT throws_ok($$INSERT INTO incumbency (employee_id, post_id, valid_from, valid_to) VALUES (1, 1, '2020-01-01', '2019-01-01')$$, '23514', NULL, 'no end before the beginning');
INSERT INTO employee (name, nip) VALUES ('Pegawai 100', '198609262015051001') RETURNING employee_id AS made \gset
SELECT results_eq(format('SELECT born_on, appointed_on, sex FROM employee WHERE employee_id = %s', :made), $$VALUES (date '1986-09-26', date '2015-05-01', 'male')$$, 'birth, start of service and sex from the NIP');
UPDATE employee SET nip = '199205082023082001' WHERE employee_id = :made;
SELECT results_eq(format('SELECT nip::text, valid_to IS NULL FROM employee_nip WHERE employee_id = %s ORDER BY 1', :made), $$VALUES ('198609262015051001', false), ('199205082023082001', true)$$, 'every NIP is remembered');
SELECT throws_ok($$INSERT INTO assessment (employee_id, competency_id, level, assessed_on) VALUES (1, 1, -1, '2024-01-01')$$, '23514', NULL, 'no level below 0');
SELECT throws_ok($$INSERT INTO assessment (employee_id, competency_id, level, assessed_on) VALUES (1, 9, 1, '2024-01-01')$$, '23503', NULL, 'no unknown competency');

SELECT * FROM finish();
ROLLBACK;
