-- A plan keeps a post's minimum staff whoever of its holders is chosen: all are
-- offered, and of those chosen beyond what the post can spare the best go.
BEGIN;
SELECT plan(28);
SELECT mutasi.create_agency('kota') \g /dev/null
SET search_path = kota, mutasi, public;
INSERT INTO unit (unit_id, code, name) VALUES (1, 'A', 'A'), (2, 'B', 'B'), (3, 'C', 'C');
INSERT INTO competency (competency_id, code, name) VALUES (1, 'c', 'c');
INSERT INTO post (post_id, unit_id, code, title, class, seats, min_staff) VALUES (1, 1, 'A1', 'Clerk', 5, 5, 3), (2, 1, 'A2', 'Clerk', 5, 2, 0), (3, 2, 'B1', 'Clerk', 5, 2, 0), (4, 3, 'C1', 'Clerk', 5, 2, 0);
INSERT INTO post_competency (post_id, competency_id, level) SELECT n, 1, 4 FROM generate_series(1, 4) AS n;
INSERT INTO employee (employee_id, name, born_on, appointed_on, grade) SELECT n, 'Pegawai ' || n, '1985-01-01', '2010-01-01', 'III/a' FROM generate_series(1, 7) AS n;
INSERT INTO incumbency (employee_id, post_id, valid_from) SELECT n, CASE WHEN n <= 5 THEN 1 ELSE 2 END, '2015-01-01' FROM generate_series(1, 7) AS n;
-- the holders of A1 fit better than those of A2, the first of them best
INSERT INTO assessment (employee_id, competency_id, level, assessed_on) SELECT n, 1, CASE WHEN n <= 5 THEN 4 - n * 0.05 ELSE 3 END, '2024-01-01' FROM generate_series(1, 7) AS n;
INSERT INTO task (task_id, post_id, name) VALUES (1, 1, 'w');
INSERT INTO task_norm (task_id, norm_hours) VALUES (1, 1);
INSERT INTO task_volume VALUES (1, make_date(extract(year FROM current_date)::int - 1, 1, 1), 1250);
UPDATE eligibility_rule SET enabled = rule IN ('vacancy', 'other post', 'no open case');
INSERT INTO transfer_plan (name, goal, period_from, period_to, evaluation) VALUES ('p', 'g', current_date, current_date + 90, 'e');

SELECT is(propose_plan(1), 4, 'every seat is filled');
SELECT results_eq('SELECT employee_id FROM transfer_plan_move ORDER BY 1', 'VALUES (1), (2), (6), (7)', 'by two of A1, the best, and two of A2');
SELECT results_eq('SELECT DISTINCT employee_id FROM transfer_plan_pair WHERE withheld ORDER BY 1', 'VALUES (3), (4), (5)', 'the others of A1 are withheld, and on record');
SELECT is((SELECT proven FROM mutasi.plan_certificate((SELECT solution FROM transfer_plan))), true, 'what remains is solved with proof');
UPDATE post SET min_staff = 5 WHERE post_id = 1;
SELECT is(propose_plan(1), 2, 'A1 can spare nobody');
SELECT results_eq('SELECT employee_id FROM transfer_plan_move ORDER BY 1', 'VALUES (6), (7)', 'A2 both');
SELECT results_eq('SELECT seats, empty FROM transfer_plan, mutasi.plan_certificate(solution)', 'VALUES (4::bigint, 2::bigint)', 'a seat for which only withheld people are left is empty all the same');
SELECT results_eq('SELECT sum(empty), min(withheld), bool_and(reason = ''minimum_staff'') FROM plan_shortfall(1)', 'VALUES (2::bigint, 5::bigint, true)', 'for the sake of the minimum staff');
SELECT is((SELECT DISTINCT explanation FROM plan_shortfall(1)), '5 eligible people stay, because the posts they hold keep their minimum staff', 'in words');
INSERT INTO post (post_id, unit_id, code, title, class, seats) VALUES (5, 3, 'C2', 'Clerk', 5, 1);
UPDATE eligibility_rule SET enabled = true WHERE rule = 'class';
UPDATE post SET class = 12 WHERE post_id = 5;
SELECT is(propose_plan(1), 2, 'a free post nobody may fill');
SELECT results_eq('SELECT reason, candidates, withheld FROM plan_shortfall(1) WHERE post_id = 5', 'VALUES (''no_candidate'', 0::bigint, 0::bigint)', 'has no candidate');
SELECT throws_ok('SELECT propose_plan(1, ' || n || ')', '22023', 'the number of candidates must be from 1 to 1000, not ' || n, 'and not ' || n || ' candidates each') FROM unnest('{0,-5,1001}'::int[]) AS n;
SELECT throws_ok('SELECT propose_plan(1, NULL)', '22023', NULL, 'nor NULL');
SELECT is((SELECT count(*) FROM transfer_plan_move), 2::bigint, 'which leaves what was proposed');
SELECT throws_ok('SELECT ranked(''{1}'', 0)', '22023', 'the number of candidates must be from 1 to 10000, not 0', 'ranked() neither');
SELECT throws_ok('SELECT plan_shortfall(7)', 'MU102', 'there is no plan 7', 'no plan');
INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, evaluation) VALUES (7, 'q', 'g', current_date, current_date + 90, 'e');
SELECT throws_ok('SELECT plan_shortfall(7)', 'MU115', 'nothing has been proposed for plan 7 yet', 'nothing proposed');
SELECT is(propose_scenario(1, 'without C', 'balance', without_posts => '{4,5}') > 0, true, 'a scenario without some posts');
SELECT is_empty('SELECT FROM plan_shortfall((SELECT plan_id FROM transfer_plan WHERE name = ''without C'')) WHERE post_id IN (4, 5)', 'does not miss them');
DELETE FROM transfer_plan WHERE name = 'without C';
DELETE FROM post WHERE post_id = 5;
UPDATE eligibility_rule SET enabled = false WHERE rule = 'class';
UPDATE employee SET left_on = current_date WHERE employee_id = 7;
SELECT is_empty('SELECT * FROM opportunities(7)', 'who has left has no opportunities');
UPDATE employee SET left_on = NULL WHERE employee_id = 7;
UPDATE post SET min_staff = 0 WHERE post_id = 1;
SELECT is(propose_plan(1), 4, 'without a floor');
SELECT results_eq('SELECT employee_id FROM transfer_plan_move ORDER BY 1', 'VALUES (1), (2), (3), (4)', 'the best four');
SELECT is((SELECT count(*) FROM transfer_plan_pair WHERE withheld), 0::bigint, 'nobody is withheld');

-- A has nobody to spare: nobody leaves it, but they move inside it
UPDATE task_volume SET volume = 12500;
UPDATE eligibility_rule SET enabled = true WHERE rule = 'class';
UPDATE post SET class = 12 WHERE post_id IN (3, 4);
INSERT INTO post (post_id, unit_id, code, title, class, seats) VALUES (6, 1, 'A3', 'Clerk', 5, 1);
INSERT INTO post_competency (post_id, competency_id, level) VALUES (6, 1, 4);
INSERT INTO waiver (employee_id, rule, post_id, reason, granted_by, valid_to) VALUES (1, 'class', 3, 'x', 'BKPSDM', current_date + 90);
SELECT is(propose_plan(1), 1, 'a unit with nobody to spare fills its own post');
SELECT results_eq('SELECT employee_id, to_post_id FROM transfer_plan_move WHERE plan_id = 1', 'VALUES (2, 6)', 'with the best of those who can only move inside it');
SELECT results_eq(format('SELECT employee_id, to_post_id FROM transfer_plan_move WHERE plan_id = %s', propose_scenario(1, 'again', 'fill_then_score')), 'VALUES (2, 6)', 'so does a scenario of the plan');

SELECT * FROM finish();
ROLLBACK;
