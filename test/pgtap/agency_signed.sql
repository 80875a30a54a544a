-- Who did something and when is filled in, whatever an approver or a head of unit
-- writes; ties are verified by somebody else, applications stay what the person
-- asked for, a case stays the person's.
BEGIN;
SELECT plan(88);
\i test/data/small_agency.sql
\i test/data/steps_to_effect.sql
UPDATE post SET seats = 9, min_staff = 0;
UPDATE task_volume SET volume = 10;
CREATE ROLE a_employee; CREATE ROLE a_head; CREATE ROLE a_approver;
CREATE ROLE official IN ROLE a_approver;
CREATE ROLE pegawai_5 IN ROLE a_approver, a_employee;
CREATE ROLE pegawai_2 IN ROLE a_employee;
CREATE ROLE pegawai_1 IN ROLE a_head, a_employee;
GRANT USAGE ON SCHEMA mutasi, public TO PUBLIC;
SELECT enable_row_security('a_employee', 'a_head', NULL, 'a_approver', NULL) \g /dev/null
SELECT setval(pg_get_serial_sequence('kota.transfer', 'transfer_id'), 100) \g /dev/null

-- ties
INSERT INTO relation (employee_id, relative_id, kind, verified_on, verified_by) VALUES (5, 6, 'spouse', '2026-01-02', 'BKPSDM'), (3, 4, 'sibling', '2026-01-02', 'BKPSDM');
SELECT results_eq('SELECT verified_by, verified_on FROM relation', $$VALUES ('BKPSDM', date '2026-01-02'), ('BKPSDM', date '2026-01-02')$$, 'the owner enters what others verified');
SET LOCAL ROLE pegawai_5;
SELECT is(pg_temp.refusal('UPDATE kota.relation SET holds = false WHERE employee_id = 5'), 'MU128: employee 5 cannot verify a tie of the own', 'an approver lifts no tie of the own');
SELECT is(pg_temp.refusal($$UPDATE kota.relation SET verified_by = 'official' WHERE employee_id = 5$$), 'MU128: employee 5 cannot verify a tie of the own', 'nor says who looked at it');
SELECT is(pg_temp.refusal($$UPDATE kota.relation SET holds = false, verified_by = 'official', verified_on = '2020-01-01' WHERE employee_id = 3$$), 'done', 'that of others');
SELECT results_eq('SELECT holds, verified_by, verified_on FROM relation WHERE employee_id = 3', $$VALUES (false, 'pegawai_5', current_date)$$, 'under the own name, today');
SELECT is(pg_temp.refusal('UPDATE kota.relation SET holds = NULL WHERE employee_id = 3'), '22004: whether the tie holds must be true or false', 'yes or no');
SET LOCAL ROLE official;
SELECT lives_ok('SELECT verify_interest(5, 6, true)', 'somebody else verifies it');
SELECT is((SELECT verified_by FROM relation WHERE employee_id = 5), 'official', 'who is kept');
RESET ROLE;
RESET ROLE;
-- who takes on the role of the group is still the same person
SET LOCAL SESSION AUTHORIZATION pegawai_5;
SELECT is(me(), 'pegawai_5', 'logged in');
SET LOCAL ROLE a_approver;
SELECT is(me(), 'pegawai_5', 'in the role of the group');
SELECT is(pg_temp.refusal('UPDATE kota.relation SET holds = false WHERE employee_id = 5'), 'MU128: employee 5 cannot verify a tie of the own', 'that lifts no tie of the own either');
SELECT is(pg_temp.refusal('SELECT kota.verify_interest(5, 6, false)'), 'MU128: employee 5 cannot verify a tie of the own', 'nor by the function');
SELECT lives_ok('SELECT verify_interest(3, 4, true)', 'that of others');
RESET SESSION AUTHORIZATION;
RESET ROLE;
SELECT is((SELECT verified_by FROM relation WHERE employee_id = 3), 'pegawai_5', 'under the own name');
-- rights given by hand
GRANT INSERT, UPDATE ON relation TO a_approver;
CREATE POLICY by_hand ON relation FOR INSERT TO a_approver WITH CHECK (true);
SET LOCAL ROLE pegawai_5;
SELECT is(pg_temp.refusal($$INSERT INTO kota.relation (employee_id, relative_id, kind, declared_on, verified_by) VALUES (7, 5, 'business', '2001-01-01', 'official'), (7, 8, 'business', '2001-01-01', 'official')$$), 'done', 'ties entered by hand');
SELECT results_eq('SELECT relative_id, holds, verified_by, verified_on, declared_on FROM relation WHERE employee_id = 7 ORDER BY relative_id',
	$$VALUES (5, NULL::boolean, NULL::text, NULL::date, current_date), (8, true, 'pegawai_5', current_date, current_date)$$, 'the own one is declared only, that of others under the own name');
SELECT is(pg_temp.refusal('UPDATE kota.relation SET relative_id = 1 WHERE employee_id = 7 AND relative_id = 8'), '42501: "relative_id" of "relation" is not for role "pegawai_5" to write', 'whose tie it is stays');
RESET ROLE;
SELECT is(pg_temp.refusal('UPDATE kota.relation SET verified_by = ''BKPSDM'', holds = true WHERE employee_id = 3'), 'done', 'the owner puts right');
SELECT is((SELECT verified_by FROM relation WHERE employee_id = 3), 'BKPSDM', 'as it says');
DELETE FROM relation;

-- applications
SET LOCAL ROLE pegawai_2;
SELECT apply_for_transfer(4, 'I should like to lead') \g /dev/null
SELECT is(pg_temp.refusal($$UPDATE kota.application SET reason = 'near my family', preference = 3 WHERE application_id = 1$$), 'done', 'the person changes reason and preference');
SET LOCAL ROLE official;
SELECT is_empty($$SELECT v, r FROM unnest('{employee_id = 3,post_id = 1}'::text[]) AS v, pg_temp.refusal('UPDATE kota.application SET ' || v) AS r
	WHERE r <> 'MU112: who applied for which post by application 1 is not changed'$$, 'an approver changes neither who applies nor for what');
SELECT is_empty($$SELECT v, r FROM unnest('{"reason = ''x''",preference = 1}'::text[]) AS v, pg_temp.refusal('UPDATE kota.application SET ' || v) AS r
	WHERE r <> 'MU112: reason and preference of application 1 are changed by the person who applies'$$, 'nor what the person said');
SELECT is(pg_temp.refusal('SELECT kota.order_applications(''{1}'')'), 'MU112: reason and preference of application 1 are changed by the person who applies', 'nor the order');
SELECT matches(pg_temp.refusal('UPDATE kota.application SET filed_at = filed_at - interval ''1 year'''), '^MU112: when application 1 was filed', 'nor when it was filed');
SELECT matches(pg_temp.refusal('UPDATE kota.application SET ended_at = now()'), '^42501: "ended_at" of "application"', 'nor when it ended');
SELECT is(pg_temp.refusal($$INSERT INTO kota.application (application_id, employee_id, post_id, preference, reason, filed_at) VALUES (50, 7, 1, 1, 'on paper', '2001-01-01')$$), 'done', 'files one on behalf');
SELECT is((SELECT filed_at FROM application WHERE application_id = 50), now(), 'now');
SELECT matches(pg_temp.refusal($$INSERT INTO kota.application (employee_id, post_id, preference, reason, withdrawn_at) VALUES (7, 2, 2, 'x', '2001-01-01')$$), '^42501: "withdrawn_at" of "application"', 'not as withdrawn');
RESET ROLE;
UPDATE employee SET login = NULL WHERE employee_id = 7;
SET LOCAL ROLE official;
SELECT is(pg_temp.refusal('UPDATE kota.application SET preference = 2 WHERE application_id = 50'), 'done', 'for who has no login others put in order');
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason) VALUES (70, 6, 4, 'x');
SELECT is(pg_temp.refusal('UPDATE kota.application SET transfer_id = 70 WHERE application_id = 1'), 'MU112: which transfer came of application 1 is not changed', 'another''s case did not come of it');
SELECT matches(pg_temp.refusal($$INSERT INTO kota.application (employee_id, post_id, preference, reason, transfer_id) VALUES (8, 4, 2, 'x', 70)$$), '^42501: "transfer_id" of "application"', 'nor of one filed behind it');
SELECT lives_ok('SELECT open_transfer(1)', 'and a case is opened of it');
SELECT matches(pg_temp.refusal('UPDATE kota.application SET transfer_id = NULL WHERE application_id = 1'), '^MU112: which transfer came of application 1', 'which stays');
RESET ROLE;
SELECT is(pg_temp.refusal('UPDATE kota.application SET reason = ''put right'' WHERE application_id = 1'), 'done', 'the owner corrects');
SELECT lives_ok('SELECT move_posts(''{1}'', 3)', 'a post moves to another unit');
SELECT is((SELECT post_id FROM application WHERE application_id = 50), (SELECT post_id FROM post WHERE continues_id = 1), 'and its applications with it');

-- a case is the person's
SELECT set_config('mutasi.actor', '', true) \g /dev/null
SET LOCAL ROLE official;
SELECT is(pg_temp.refusal($$INSERT INTO kota.transfer (transfer_id, employee_id, to_post_id, reason, created_by, created_at) VALUES (1, 7, 4, 'x', 'somebody else', '2001-01-01')$$), 'done', 'an approver opens a case');
SELECT results_eq('SELECT created_by, created_at FROM transfer WHERE transfer_id = 1', $$VALUES ('official', now())$$, 'as who that is, now');
SELECT is_empty($$SELECT v, r FROM unnest('{employee_id = 8,"initiative = ''own''","created_by = ''x''",created_at = now() - interval ''1 day''}'::text[]) AS v, pg_temp.refusal('UPDATE kota.transfer SET ' || v || ' WHERE transfer_id = 1') AS r
	WHERE r NOT LIKE 'MU116: "' || split_part(v, ' ', 1) || '" of transfer 1 stays as the case was opened'$$, 'which stays, as do the person and whose wish it is');
RESET ROLE;
SELECT matches(pg_temp.refusal('UPDATE kota.transfer SET employee_id = 8 WHERE transfer_id = 1'), '^MU116', 'also for the owner');
SELECT is(pg_temp.refusal($$SELECT mutasi.correct_case('kota.transfer', 1, '{"employee_id": 8}', 'recorded wrongly')$$), 'done', 'who corrects the case');
SELECT matches(pg_temp.refusal('UPDATE kota.transfer SET employee_id = 7 WHERE transfer_id = 1'), '^MU116', 'and not otherwise behind that');
SELECT is(pg_temp.refusal($$SELECT mutasi.correct_case('kota.transfer', 1, '{"employee_id": 7}', 'it was right')$$), 'done', 'back');
SELECT is((SELECT kind FROM transfer WHERE transfer_id = 1), 'promotion', 'from clerk to head');
SET LOCAL ROLE official;
SELECT is(pg_temp.refusal('UPDATE kota.transfer SET to_post_id = 2 WHERE transfer_id = 1'), 'done', 'to another post');
UPDATE transfer SET from_post_id = 2, to_post_id = 3 WHERE transfer_id = 1;
SELECT is((SELECT kind FROM transfer WHERE transfer_id = 1), 'demotion', 'it is another kind of move');
UPDATE transfer SET kind = 'rotation' WHERE transfer_id = 1;
UPDATE transfer SET from_post_id = 3, to_post_id = 4 WHERE transfer_id = 1;
SELECT is((SELECT kind FROM transfer WHERE transfer_id = 1), 'rotation', 'but for what somebody said it is');
UPDATE transfer SET kind = 'promotion', effective_on = current_date WHERE transfer_id = 1;
RESET ROLE;
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on, decision_grounds) VALUES (2, 3, (SELECT post_id FROM post WHERE continues_id = 1), 'x', current_date, 'x');
SELECT pg_temp.up_to(2, 'team_review') \g /dev/null
SELECT set_config('mutasi.actor', 'mayor', true) \g /dev/null
SELECT set_config('mutasi.actor', 'pegawai_3', true) \g /dev/null
SELECT is(pg_temp.refusal($$SELECT pg_temp.step(2, 'pegawai_3', 'decided')$$), 'MU128: employee 3 cannot decide the own transfer', 'nobody decides the own case');
SELECT set_config('mutasi.actor', 'mayor', true) \g /dev/null
SELECT matches(pg_temp.refusal('UPDATE kota.transfer SET state = ''decided'', employee_id = 4 WHERE transfer_id = 2'), '^MU116: "employee_id" of transfer 2 stays', 'not in the same breath as the decision either');
SELECT pg_temp.up_to(2, 'decided') \g /dev/null
SELECT is(pg_temp.refusal($$SELECT pg_temp.step(2, 'pegawai_3', 'appointed')$$), 'MU128: employee 3 cannot decide the own transfer', 'nor appoints oneself');
SELECT pg_temp.up_to(2, 'appointed') \g /dev/null
SELECT set_config('mutasi.actor', '', true) \g /dev/null

-- nor lifts a rule for oneself, or says what the own training came to
SET LOCAL ROLE pegawai_5;
SELECT is(pg_temp.refusal($$INSERT INTO kota.waiver (employee_id, rule, reason, valid_to) VALUES (5, 'class', 'x', current_date + 9)$$), 'MU128: employee 5 cannot grant the own waiver', 'no waiver of the own');
SELECT is(pg_temp.refusal($$INSERT INTO kota.waiver (employee_id, rule, reason, valid_to) VALUES (6, 'class', 'x', current_date + 9)$$), 'done', 'one of another');
RESET ROLE;
INSERT INTO training_programme (programme_id, name, competency_id, to_level) VALUES (1, 'care', 1, 4);
INSERT INTO training (training_id, employee_id, programme_id, booked_on) VALUES (1, 5, 1, current_date - 20), (2, 6, 1, current_date - 20);
SET LOCAL ROLE pegawai_5;
SELECT is(pg_temp.refusal($$SELECT kota.complete_training(1, 4, 'certificate 1')$$), 'MU128: employee 5 cannot complete the own training', 'no training of the own');
SELECT is(pg_temp.refusal($$SELECT kota.complete_training(2, 4, 'certificate 2')$$), 'done', 'that of another');
RESET ROLE;

-- notices
SET LOCAL ROLE official;
SELECT matches(pg_temp.refusal($$INSERT INTO kota.notice (transfer_id, body) VALUES (1, 'x')$$), '^MU117: transfer 1 is in state "draft"', 'no notice before there is a decision');
SELECT is(pg_temp.refusal($$INSERT INTO kota.notice (transfer_id, language, body, issued_at, issued_by, acknowledged_at) VALUES (2, 'en', 'x', '2001-01-01', 'x', now())$$), '42501: "acknowledged_at" of "notice" is not for role "official" to write', 'nobody else says that a notice was read');
SELECT is(pg_temp.refusal($$INSERT INTO kota.notice (transfer_id, language, body, issued_at, issued_by) VALUES (2, 'en', 'x', '2001-01-01', 'x')$$), 'done', 'a notice is given');
SELECT results_eq('SELECT issued_at, issued_by FROM notice', $$VALUES (now(), 'official')$$, 'now, by whom it is');
SELECT is_empty($$SELECT v, r FROM unnest('{issued_at = ''2001-01-01'',"issued_by = ''x''",acknowledged_at = now(),"body = ''y''",transfer_id = 1}'::text[]) AS v, pg_temp.refusal('UPDATE kota.notice SET ' || v) AS r
	WHERE r NOT LIKE '42501: "' || split_part(v, ' ', 1) || '" of "notice"%'$$, 'and stays as it was given');

-- objections
SELECT is(pg_temp.refusal($$INSERT INTO kota.objection (objection_id, transfer_id, grounds, filed_at, answer_due) VALUES (1, 2, 'too far', '2001-01-01', current_date + 9)$$), 'done', 'an objection on paper');
SELECT is((SELECT filed_at FROM objection), now(), 'is filed now');
SELECT is_empty($$SELECT v, r FROM unnest('{filed_at = ''2001-01-01'',"grounds = ''none''",answer_due = current_date + 99,"answered_by = ''x''"}'::text[]) AS v, pg_temp.refusal('UPDATE kota.objection SET ' || v) AS r
	WHERE r NOT LIKE '42501: "' || split_part(v, ' ', 1) || '" of "objection"%'$$, 'and stays as it was filed');
SELECT is(pg_temp.refusal($$UPDATE kota.objection SET answer = 'no', upheld = false, answered_at = '2001-01-01', answered_by = 'mayor'$$), 'done', 'is answered');
SELECT results_eq('SELECT answered_at, answered_by FROM objection', $$VALUES (now(), 'official')$$, 'now, by whom it is');
SELECT is(pg_temp.refusal($$UPDATE kota.objection SET answer = 'yes'$$), '42501: "answer" of "objection" is not for role "official" to write', 'and stays answered so');
RESET ROLE;
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason) VALUES (3, 5, 3, 'x');
SET LOCAL ROLE pegawai_5;
SELECT matches(pg_temp.refusal($$INSERT INTO kota.objection (transfer_id, grounds, answer_due, answer, upheld, answered_at) VALUES (3, 'x', current_date, 'yes', true, now())$$), '^MU118', 'the own one is not entered as answered');

-- messages
SET LOCAL ROLE official;
SELECT matches(pg_temp.refusal($$INSERT INTO kota.outbox (employee_id, subject, body, taken_at) VALUES (2, 's', 'b', now())$$), '^42501: "taken_at" of "outbox"', 'no message is taken when it is written');
INSERT INTO outbox (message_id, employee_id, subject, body, created_at) VALUES (900, 2, 's', 'b', '2001-01-01');
SELECT is((SELECT created_at FROM outbox WHERE message_id = 900), now(), 'it is written now');
SELECT ok(EXISTS (SELECT FROM take_messages(100) AS m WHERE m.message_id = 900), 'a gateway takes it');
SELECT is((SELECT taken_by FROM outbox WHERE message_id = 900), 'official', 'under its own name');
SELECT matches(pg_temp.refusal('UPDATE kota.outbox SET body = ''other'' WHERE message_id = 900'), '^42501: "body" of "outbox"', 'and what was sent stays');

-- records, plans
SELECT is(pg_temp.refusal($$UPDATE kota.record_check SET checked_by = 'BKPSDM', checked_on = '2030-01-01' WHERE employee_id = 2$$), 'done', 'who looked at a record');
SELECT results_eq('SELECT DISTINCT checked_by, checked_on FROM record_check WHERE employee_id = 2', $$VALUES ('official', current_date)$$, 'is who writes it, today');
INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, evaluation, created_by, created_at) VALUES (1, 'p', 'g', '2026-01-01', '2027-01-01', 'e', 'mayor', '2001-01-01');
INSERT INTO transfer_plan_move (plan_id, employee_id, to_post_id, proposed_at) VALUES (1, 6, 3, '2001-01-01');
SELECT results_eq('SELECT created_by, created_at, (SELECT proposed_at FROM transfer_plan_move) FROM transfer_plan', $$VALUES ('official', now(), now())$$, 'a plan and its proposals likewise');
SELECT matches(pg_temp.refusal('UPDATE kota.transfer_plan SET created_by = ''mayor'''), '^42501: "created_by" of "transfer_plan"', 'which stays');
SELECT matches(pg_temp.refusal('UPDATE kota.transfer_plan_move SET proposed_at = ''2001-01-01'''), '^42501: "proposed_at" of "transfer_plan_move"', 'as does that');
RESET ROLE;
SELECT is(pg_temp.refusal($$UPDATE kota.transfer_plan SET created_by = 'mayor'$$), 'done', 'the owner puts right');

-- follow-up, by the head who leads the unit
SELECT pg_temp.step(2, 'system', 'effective') \g /dev/null
SELECT set_config('mutasi.actor', '', true) \g /dev/null
INSERT INTO post (post_id, unit_id, code, title, family, kind, class, seats) VALUES (60, 3, 'PKM2-H', 'Head', 'management', 'supervisor', 9, 1);
INSERT INTO incumbency (employee_id, post_id, valid_from, kind) VALUES (1, 60, '2022-01-01', 'acting');
SET LOCAL ROLE pegawai_1;
SELECT is(pg_temp.refusal($$UPDATE kota.induction_step SET done_on = current_date, done_by = 'mentor' WHERE transfer_id = 2 AND place = 1$$), 'done', 'a step is done');
SELECT is((SELECT done_by FROM induction_step WHERE transfer_id = 2 AND place = 1), 'pegawai_1', 'by whom it is');
UPDATE induction_step SET done_by = 'mentor' WHERE transfer_id = 2 AND place = 1;
SELECT is((SELECT done_by FROM induction_step WHERE transfer_id = 2 AND place = 1), 'pegawai_1', 'and by nobody else later');
SELECT is(pg_temp.refusal($$UPDATE kota.placement_review SET reviewed_on = current_date, reviewer = 'mayor', adaptation = 2, performance = 3, goal_reached = false, follow_up = 'none' WHERE transfer_id = 2 AND months = 3$$), 'done', 'a review');
SELECT is((SELECT reviewer FROM placement_review WHERE transfer_id = 2 AND months = 3), 'pegawai_1', 'by whom it is');
SET LOCAL ROLE official;
SELECT is_empty($$SELECT v, r FROM unnest('{"reviewer = ''official''",adaptation = 5,reviewed_on = ''2001-01-01''}'::text[]) AS v, pg_temp.refusal('UPDATE kota.placement_review SET ' || v || ' WHERE transfer_id = 2 AND months = 3') AS r
	WHERE r NOT LIKE '42501: "' || split_part(v, ' ', 1) || '" of "placement_review"%'$$, 'what it found stays');
SELECT lives_ok($$SELECT record_placement_review(2, 6, 4, 4, true)$$, 'the next one is another');
RESET ROLE;

-- letters and waivers that say nothing
SELECT matches(pg_temp.refusal($$INSERT INTO kota.election_window VALUES ('2026-01-01', '2027-01-01', '', NULL)$$), '^23514', 'an empty letter is no consent');
SELECT is_empty($$SELECT v, r FROM unnest(ARRAY['''   '', ''x'', ''2030-01-01''', '''x'', '' '', ''2030-01-01''', '''x'', ''x'', ''infinity''']) AS v,
	pg_temp.refusal('INSERT INTO kota.waiver (employee_id, rule, reason, granted_by, valid_to) VALUES (4, ''performance'', ' || v || ')') AS r WHERE r NOT LIKE '23514%'$$, 'a waiver says why, who and until when');

-- a unit is split by posts
SELECT is(pg_temp.refusal($$SELECT kota.split_unit(3, '{}', 'X', 'X')$$), '22023: none of the posts goes on in a new unit, so that unit 3 is not split', 'not by none');
SELECT is(pg_temp.refusal($$SELECT kota.split_unit(2, '{1}', 'X', 'X')$$), '22023: none of the posts goes on in a new unit, so that unit 2 is not split', 'nor by those that have gone');
SELECT * FROM finish();
ROLLBACK;
