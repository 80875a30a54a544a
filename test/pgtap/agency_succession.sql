-- Seats that become free and posts that begin by the day of a transfer; arrivals that
-- a unit cannot count on yet; incumbencies on record that a transfer would run into.
BEGIN;
SELECT plan(27);
\i test/data/small_agency.sql
\i test/data/steps_to_effect.sql
UPDATE eligibility_rule SET enabled = rule IN ('vacancy', 'in service', 'other post', 'no open case');
UPDATE post SET seats = 9, min_staff = 0;
UPDATE task_volume SET volume = 10;
CREATE FUNCTION pg_temp.decided(t integer) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.refusal(format('SELECT pg_temp.up_to(%s, ''decided'')', t)) $$;

-- 1 leaves the only seat of post 1 in ten days
UPDATE post SET seats = 1 WHERE post_id = 1;
SELECT pg_temp.opened(1, 1, 3, current_date + 10), pg_temp.up_to(1, 'appointed') \g /dev/null
SAVEPOINT leaving;
SELECT pg_temp.opened(2, 2, 1, current_date + 9) \g /dev/null
SELECT matches(pg_temp.decided(2), '^MU108', 'the seat is not free the day before it is given up');
ROLLBACK TO leaving;
SELECT pg_temp.opened(2, 2, 1, current_date + 10) \g /dev/null
SELECT is(pg_temp.decided(2), 'done', 'on that day it is');
SELECT pg_temp.opened(3, 3, 1, current_date + 30) \g /dev/null
SELECT matches(pg_temp.decided(3), '^MU108', 'and promised once');
SELECT results_eq('SELECT passed, detail FROM eligibility(4, 1) WHERE rule = ''vacancy''', $$VALUES (false, '1 seats, 1 held, 1 promised')$$, 'today it is held and promised');
SELECT results_eq('SELECT passed, detail FROM eligibility(4, 1, current_date + 10) WHERE rule = ''vacancy''', $$VALUES (false, '1 seats, 0 held, 1 promised')$$, 'then promised');
ROLLBACK TO leaving;
-- what is due today is gone once it is, not before
UPDATE kota.transfer SET effective_on = current_date WHERE transfer_id = 1;
SELECT is((SELECT gone_by FROM pending_moves('{1}', by_day => current_date + 30)), 0::numeric, 'a seat that is given up today is free when it is');
UPDATE kota.transfer SET effective_on = current_date + 1 WHERE transfer_id = 1;
SELECT results_eq('SELECT come_by, gone_by FROM pending_moves(''{1,3}'', by_day => current_date) ORDER BY post_id', 'VALUES (0::numeric, 0::numeric), (0, 0)', 'nobody by today');
SELECT results_eq('SELECT come_by, gone_by FROM pending_moves(''{1,3}'', by_day => current_date + 1) ORDER BY post_id', 'VALUES (0, 1.00), (1.00, 0)', 'one by tomorrow');
ROLLBACK TO leaving;
-- whose incumbency ends before that anyway
UPDATE incumbency SET valid_to = current_date + 5 WHERE employee_id = 1;
SELECT is((SELECT gone_by FROM pending_moves('{1}', by_day => current_date + 10)), 0::numeric, 'who is not there any more then is not gone a second time');
ROLLBACK TO leaving;
-- a successor to somebody who retires, and in a post that begins
UPDATE post SET seats = 5 WHERE post_id = 2;
UPDATE incumbency SET valid_to = current_date + 5 WHERE employee_id = 3;
SELECT pg_temp.opened(4, 7, 2, current_date + 10) \g /dev/null
SELECT is(pg_temp.decided(4), 'done', 'the seat of somebody whose incumbency ends before');
INSERT INTO post (post_id, unit_id, class, code, title, valid_from) VALUES (60, 1, 5, 'NEW', 'Clerk', current_date + 10);
SELECT pg_temp.opened(5, 8, 60, current_date + 10) \g /dev/null
SELECT is(pg_temp.decided(5), 'done', 'a post that begins by then');
SELECT pg_temp.opened(6, 6, 60, current_date + 9) \g /dev/null
SELECT matches(pg_temp.decided(6), '^MU108', 'not before it begins');
ROLLBACK TO leaving;

-- an arrival in three years does not let anybody go today
UPDATE eligibility_rule SET enabled = rule IN ('donor floor', 'in service');
UPDATE task_volume SET volume = 2500 * 4 WHERE task_id = 2;	-- unit 3 needs four of its five
SELECT refresh_units() \g /dev/null
SELECT is((SELECT round(required, 2) FROM unit_workload WHERE unit_id = 3), 4.00, 'four needed');
SELECT pg_temp.opened(2, 2, 3, current_date) \g /dev/null
SELECT is(pg_temp.decided(2), 'done', 'one may go');
SELECT pg_temp.opened(3, 3, 3, current_date) \g /dev/null
SELECT matches(pg_temp.decided(3), '^MU108', 'a second not');
SAVEPOINT arrival;
SELECT pg_temp.opened(7, 7, 2, current_date + 1000) \g /dev/null
SELECT is(pg_temp.decided(7), 'done', 'somebody comes in three years');
SELECT matches(pg_temp.decided(3), '^MU108', 'which fills nobody''s place today');
ROLLBACK TO arrival;
SELECT pg_temp.opened(7, 7, 2, current_date + 5) \g /dev/null
SELECT is(pg_temp.decided(7), 'done', 'somebody comes in five days');
UPDATE kota.transfer SET effective_on = current_date + 5 WHERE transfer_id = 3;
SELECT is(pg_temp.decided(3), 'done', 'who goes then may go');
ROLLBACK TO leaving;

-- a main post that is taken up later, by what is on record
UPDATE eligibility_rule SET enabled = rule = 'in service';
UPDATE incumbency SET valid_to = current_date + 20 WHERE employee_id = 4;
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (4, 3, current_date + 20);
SELECT pg_temp.opened(8, 4, 4, current_date + 10) \g /dev/null
SELECT is(pg_temp.decided(8), format('MU110: employee 4 takes up post 3 on %s, by what is on record, and cannot be moved before by transfer 8', current_date + 20), 'is not run into');
DELETE FROM incumbency WHERE employee_id = 4 AND post_id = 3;
SELECT is(pg_temp.decided(8), 'done', 'without it the case is decided');

ROLLBACK TO leaving;
-- whoever leaves the agency with two posts leaves both
UPDATE eligibility_rule SET enabled = rule = 'donor floor';
UPDATE task_volume SET volume = 10;
SELECT refresh_units() \g /dev/null
UPDATE incumbency SET share = 0.5 WHERE employee_id = 2;
INSERT INTO incumbency (employee_id, post_id, valid_from, share, kind) VALUES (2, 4, '2019-01-01', 0.5, 'additional');
SELECT results_eq('SELECT passed, detail FROM check_eligibility(''{2}'', ''{NULL}'')', $$VALUES (false, 'the present unit would be left with nobody')$$, 'the unit of the additional post has nobody else');
INSERT INTO employee (employee_id, name, appointed_on) VALUES (40, 'Pegawai 040', '2010-01-01');
INSERT INTO incumbency (employee_id, post_id, valid_from, share) VALUES (40, 4, '2020-01-01', 0.5);
SELECT refresh_units() \g /dev/null
SELECT results_eq('SELECT passed FROM check_eligibility(''{2}'', ''{NULL}'')', 'VALUES (true)', 'with somebody else nothing speaks against it');
UPDATE post SET min_staff = 1 WHERE post_id = 4;
SELECT results_eq('SELECT passed, detail FROM check_eligibility(''{2,2,3}'', ''{NULL,1,NULL}'')', $$VALUES (false, 'the present post would keep 0.5 of at least 1 people'), (true, 'the present unit''s workload ratio would be 0.00, at most 1.20 allowed'), (true, 'the present unit''s workload ratio would be 0.00, at most 1.20 allowed')$$,
	'but for the additional post, which only who leaves gives up');
SELECT set_config('mutasi.actor', 'unit head', true) \g /dev/null
INSERT INTO transfer (transfer_id, employee_id, kind, workflow, other_agency, reason, effective_on) VALUES (9, 2, 'inter-agency out', 'transfer_with_centre', 'Kota Y', 'x', current_date + 5);
ALTER TABLE transfer DISABLE TRIGGER USER;
UPDATE transfer SET state = 'decided' WHERE transfer_id = 9;
ALTER TABLE transfer ENABLE TRIGGER USER;
SELECT results_eq('SELECT post_id, leaving, gone_by FROM pending_moves(''{2,4}'', by_day => current_date + 5) ORDER BY post_id', 'VALUES (2, 0.50, 0.50), (4, 0.50, 0.50)', 'both are given up');
UPDATE post SET min_staff = 0 WHERE post_id = 4;
SELECT is((SELECT count(*) FROM check_eligibility('{3,3}', '{1,4}')), 2::bigint, 'one answer a pair');
SELECT results_eq('SELECT employee_id, post_id FROM rule_donor_floor(''{4,3,4}'', ''{3,1,1}'', current_date, ''{}'')', 'VALUES (4, 3), (3, 1), (4, 1)', 'in the order asked');

SELECT * FROM finish();
ROLLBACK;
