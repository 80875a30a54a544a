-- A decided case is what was decided: who moves, from where, to where and on what
-- grounds is kept; and what a case says of itself to be let off a rule is so.
BEGIN;
SELECT plan(32);
\i test/data/small_agency.sql
\i test/data/steps_to_effect.sql
UPDATE post SET seats = 9, min_staff = 0;
UPDATE task_volume SET volume = 10;

-- before the decision
SELECT setval(pg_get_serial_sequence('kota.transfer', 'transfer_id'), 100) \g /dev/null
SELECT set_config('mutasi.actor', 'unit head', true) \g /dev/null
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on, decision_grounds, decided_at, score, rank, policy_version, decision_digest)
	VALUES (1, 2, 1, 'x', current_date + 3, 'x', now(), 1, 1, 1, 'x');
SELECT results_eq('SELECT decided_at, score, rank, policy_version, decision_digest FROM transfer WHERE transfer_id = 1', 'VALUES (NULL::timestamptz, NULL::numeric, NULL::integer, NULL::integer, NULL::text)', 'what the decision writes does not come with a draft');
SELECT is(pg_temp.refusal('UPDATE transfer SET rank = 1 WHERE transfer_id = 1'), 'MU116: "rank" of transfer 1 is written by the decision alone', 'nor is it written before');
SELECT is(pg_temp.refusal('UPDATE transfer SET to_post_id = 4, plan_id = NULL WHERE transfer_id = 1'), 'done', 'what is not decided yet may be changed');
UPDATE transfer SET to_post_id = 1 WHERE transfer_id = 1;
SELECT pg_temp.up_to(1, 'team_review') \g /dev/null
SELECT set_config('mutasi.actor', 'mayor', true) \g /dev/null
SELECT is(pg_temp.refusal('UPDATE transfer SET state = ''decided'', decision_digest = ''forged'', score = 1 WHERE transfer_id = 1'), 'done', 'at the decision');
SELECT results_eq('SELECT decision_digest, score FROM transfer WHERE transfer_id = 1', 'SELECT decision_digest(1), 0.91', 'what it writes is not written by hand');

-- from the decision on
CREATE FUNCTION pg_temp.changes() RETURNS TABLE (changed text, answer text) LANGUAGE sql AS $$
	SELECT split_part(v, ' ', 1), pg_temp.refusal('UPDATE kota.transfer SET ' || v || ' WHERE transfer_id = 1')
	FROM unnest('{employee_id = 7,from_post_id = 3,to_post_id = 4,"kind = ''promotion''","initiative = ''own''",other_agency = ''x'',minister_permission_needed = true,reverses_id = 1,plan_id = 1,"decision_date = ''2020-01-01''",decision_grounds = NULL,
		"decision_digest = ''x''","decided_at = ''2020-01-01''",policy_version = NULL,score = 1,rank = 1,"created_by = ''x''","employee_id = 7, from_post_id = 3, to_post_id = 4"}'::text[]) AS v $$;
INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, evaluation) VALUES (1, 'p', 'g', '2026-01-01', '2027-01-01', 'e');
SELECT is_empty($$SELECT * FROM pg_temp.changes() WHERE answer NOT LIKE 'MU116: transfer 1 has been decided, and its "%" stays as it was decided'$$, 'decided: who, from where, to where, how and on what decision stays');
SELECT is((SELECT answer FROM pg_temp.changes() WHERE changed = 'employee_id' LIMIT 1), 'MU116: transfer 1 has been decided, and its "employee_id" stays as it was decided', 'the refusal names the column');
SELECT is(pg_temp.refusal($$UPDATE transfer SET decision_letter = 'SK 7', appointment_letter = 'SK 8', appointment_date = current_date WHERE transfer_id = 1$$), 'done', 'letters come later');
SELECT pg_temp.up_to(1, 'appointed') \g /dev/null
SELECT is_empty($$SELECT * FROM pg_temp.changes() WHERE answer NOT LIKE 'MU116%'$$, 'appointed: the same');
SELECT is(pg_temp.refusal('UPDATE transfer SET state = ''effective'', employee_id = 7, from_post_id = 3, effective_on = current_date WHERE transfer_id = 1') ~ '^MU', true, 'nor in the same breath as the effect');
SELECT is(pg_temp.refusal($$SELECT mutasi.correct_case('kota.transfer', 1, '{"initiative": "own"}', 'recorded wrongly')$$), 'done', 'the owner puts right what was recorded wrongly');
SELECT mutasi.correct_case('kota.transfer', 1, '{"initiative": "agency"}', 'it was right') \g /dev/null

-- the day
UPDATE transfer SET effective_on = current_date + 2 WHERE transfer_id = 1;
SELECT is((SELECT effective_on FROM transfer WHERE transfer_id = 1), current_date + 2, 'its day is moved by the owner');
SELECT matches(pg_temp.refusal('UPDATE transfer SET effective_on = NULL WHERE transfer_id = 1'), '^MU116', 'not to no day');
CREATE ROLE a_employee;
CREATE ROLE a_head;
CREATE ROLE a_approver;
CREATE ROLE pegawai_30 IN ROLE a_head;
CREATE ROLE official IN ROLE a_approver;
GRANT USAGE ON SCHEMA mutasi, public TO PUBLIC;
SELECT enable_row_security('a_employee', 'a_head', NULL, 'a_approver', NULL) \g /dev/null
INSERT INTO employee (employee_id, name, born_on, appointed_on, grade, login) VALUES (30, 'Pegawai 030', '1980-01-01', '2005-01-01', 'IV/a', 'pegawai_30');
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (30, 4, '2020-01-01');
SELECT set_config('mutasi.actor', '', true) \g /dev/null
SET LOCAL ROLE pegawai_30;
SELECT is(pg_temp.refusal('UPDATE kota.transfer SET effective_on = ''2001-01-01'' WHERE transfer_id = 1'), '42501: role "pegawai_30" does not move the day of transfer 1, which has been decided', 'a head of unit does not move it');
SET LOCAL ROLE official;
SELECT is(pg_temp.refusal('UPDATE kota.transfer SET effective_on = current_date + 1 WHERE transfer_id = 1'), 'done', 'an approver does');
SELECT is_empty($$SELECT * FROM pg_temp.changes() WHERE answer NOT LIKE 'MU116%'$$, 'and nothing else');
RESET ROLE;
SELECT issue_notice(1, 'en') \g /dev/null
SELECT is(pg_temp.refusal('UPDATE transfer SET effective_on = current_date WHERE transfer_id = 1'), 'MU116: notice of the day on which transfer 1 takes effect has been given', 'of which notice is given');
DELETE FROM notice;
UPDATE transfer SET effective_on = current_date WHERE transfer_id = 1;
SELECT waive_notice(1, 'told in person') \g /dev/null
SELECT is((SELECT applied FROM apply_due_transfers()), true, 'in effect');
SELECT is_empty($$SELECT * FROM pg_temp.changes() WHERE answer NOT LIKE 'MU116%'$$, 'in effect: nothing is changed either');
SELECT matches(pg_temp.refusal('UPDATE transfer SET effective_on = current_date + 1 WHERE transfer_id = 1'), '^MU116', 'and the day is past');

-- let off a rule
SELECT set_config('mutasi.actor', 'unit head', true) \g /dev/null
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on) VALUES (2, 7, 1, 'another case', current_date);
SELECT is(pg_temp.refusal('INSERT INTO transfer (employee_id, to_post_id, reason, reverses_id) VALUES (3, 1, ''x'', 2)'), 'MU111: the transfer of employee 3 does not take back transfer 2', 'a case of another person is not taken back');
SELECT matches(pg_temp.refusal('INSERT INTO transfer (employee_id, to_post_id, reason, reverses_id) VALUES (2, 3, ''x'', 1)'), '^MU111', 'nor to another post');
SELECT matches(pg_temp.refusal('UPDATE transfer SET reverses_id = 1 WHERE transfer_id = 2'), '^MU111', 'nor by an update');
SELECT matches(pg_temp.refusal($$INSERT INTO transfer (employee_id, to_post_id, reason, kind, workflow, other_agency) VALUES (3, 1, 'x', 'inter-agency in', 'transfer_with_centre', 'Kota Y')$$), '^MU127: employee 3 holds a post in the agency', 'whoever holds a post does not come in');
INSERT INTO employee (employee_id, name, born_on, appointed_on, grade) VALUES (60, 'Pegawai 060', '1988-01-01', '2010-01-01', 'III/a');
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, kind, workflow, other_agency) VALUES (3, 60, 1, 'x', 'inter-agency in', 'transfer_with_centre', 'Kota Y');
SELECT matches(pg_temp.refusal('UPDATE transfer SET employee_id = 3 WHERE transfer_id = 3'), '^MU127', 'nor by an update');
SELECT pg_temp.step(3, 'unit head', 'submitted') \g /dev/null
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (60, 3, current_date);
SELECT lives_ok($$SELECT pg_temp.step(3, 'unit head', 'withdrawn')$$, 'whose post came meanwhile may withdraw');

-- taking back
SELECT reverse_transfer(1, 'contested') AS back \gset
SELECT is(pg_temp.refusal('UPDATE transfer SET reverses_id = reverses_id, effective_on = current_date WHERE reverses_id = 1'), 'done', 'a case that takes another back');
INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (2, 'donor floor', 'x', current_date + 9);
UPDATE transfer SET decision_grounds = 'x' WHERE transfer_id = :back;
SELECT pg_temp.up_to(:back, 'appointed'), waive_notice(:back, 'told in person') \g /dev/null
SELECT is((SELECT applied FROM apply_due_transfers()), true, 'does');
SELECT is(pg_temp.refusal('SELECT reverse_transfer(1, ''again'')'), format('MU111: transfer 1 was taken back already, by transfer %s', :back), 'once');
SELECT set_config('mutasi.actor', 'unit head', true) \g /dev/null
SELECT is(pg_temp.refusal('INSERT INTO transfer (employee_id, to_post_id, reason, reverses_id) VALUES (2, 1, ''x'', 1)') ~ '^MU111', true, 'nor by hand');
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on, decision_grounds) VALUES (5, 3, 1, 'x', current_date, 'x');
SELECT pg_temp.up_to(5, 'appointed'), waive_notice(5, 'told in person') \g /dev/null
SELECT is((SELECT applied FROM apply_due_transfers()), true, 'another one');
DELETE FROM incumbency WHERE employee_id = 3 AND valid_to IS NULL;
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (3, 3, current_date);
SELECT is(pg_temp.refusal('SELECT reverse_transfer(5, ''x'')'), 'MU111: employee 3 no longer holds the post that transfer 5 led to', 'not from a post that is no longer held');

SELECT * FROM finish();
ROLLBACK;
