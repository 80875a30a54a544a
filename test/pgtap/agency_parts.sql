-- What people are owed, done under row security by those whose part it is, each with
-- no more rights than enable_row_security() gives: notice, acknowledgement,
-- objection, answer, messages, mentor, induction, reviews, training, return, replay.
BEGIN;
SELECT plan(41);
\i test/data/small_agency.sql
SELECT setval(pg_get_serial_sequence('kota.transfer', 'transfer_id'), 900) \g /dev/null
CREATE FUNCTION pg_temp.step(t integer, who text, s text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('mutasi.actor', who, true);
	UPDATE kota.transfer SET state = s WHERE transfer_id = t;
END $$;
INSERT INTO training_programme (name, competency_id, from_level, to_level) VALUES ('Speaking', 2, 3, 4);
UPDATE post_competency SET level = 4 WHERE post_id = 1 AND competency_id = 2;
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on) VALUES (1, 3, 1, 'PKM1 lacks nurses', current_date);
INSERT INTO transfer_document (transfer_id, code, title) SELECT 1, d, d FROM unnest('{D01,D05,D06,D07,D08,D10,D12}'::text[]) AS d;
SELECT pg_temp.step(1, who, state) FROM (VALUES (1, 'unit head', 'submitted'), (2, 'verifier', 'verification'), (3, 'verifier', 'analysis'), (4, 'analyst', 'team_review'), (5, 'mayor', 'decided'), (6, 'mayor', 'appointed')) AS v (n, who, state) ORDER BY n \g /dev/null
SELECT set_config('mutasi.actor', '', true) \g /dev/null
INSERT INTO incumbency (employee_id, post_id, valid_from, kind) VALUES (1, 4, '2024-01-01', 'acting');
CREATE ROLE p_employee; CREATE ROLE p_head; CREATE ROLE p_analyst; CREATE ROLE p_approver; CREATE ROLE p_auditor;
CREATE ROLE pegawai_1 IN ROLE p_head, p_employee;	-- leads the unit moved to
CREATE ROLE pegawai_3 IN ROLE p_employee;	-- moves
CREATE ROLE pegawai_5 IN ROLE p_employee;	-- a colleague left behind
GRANT USAGE ON SCHEMA mutasi, public TO PUBLIC;
SELECT enable_row_security('p_employee', 'p_head', 'p_analyst', 'p_approver', 'p_auditor') \g /dev/null

-- told
SET LOCAL ROLE pegawai_5;
SELECT throws_ok('SELECT issue_notice(1)', 'MU102', 'there is no transfer 1', 'a colleague gives no notice');
SELECT throws_ok('SELECT acknowledge_notice(1)', 'MU118', NULL, 'nor acknowledges one');
SET LOCAL ROLE p_approver;
SELECT matches(issue_notice(1, 'en'), 'To Pegawai 003.*from 4\.00 to 2\.00', 'an approver gives notice, with the effect on both units');
SET LOCAL ROLE pegawai_3;
SELECT matches((SELECT body FROM notice), '^To Pegawai 003', 'the person reads it');
SELECT lives_ok('SELECT acknowledge_notice(1)', 'acknowledges');
SELECT isnt(file_objection(1, 'too far'), NULL, 'objects');
SELECT results_eq('SELECT grounds FROM objection', $$VALUES ('too far')$$, 'and reads the objection');
SELECT throws_ok($$SELECT answer_objection((SELECT objection_id FROM objection), 'granted', true)$$, '42501', NULL, 'but does not answer it');
RESET ROLE;
SET LOCAL mutasi.actor = 'pegawai_3';
SELECT throws_ok($$UPDATE kota.objection SET answer = 'granted', upheld = true, answered_at = now(), answered_by = 'mayor'$$, 'MU118', NULL, 'not even with the owner''s rights');
SET LOCAL mutasi.actor = '';
SET LOCAL ROLE pegawai_5;
SELECT is_empty('SELECT transfer_id FROM notice UNION ALL SELECT transfer_id FROM objection', 'nobody else reads them');
SET LOCAL ROLE pegawai_1;
SELECT results_eq('SELECT transfer_id, acknowledged_at IS NOT NULL FROM led_notices()', 'VALUES (1, true)', 'the head of the unit moved to sees that there is one');
SELECT is_empty('SELECT body FROM notice', 'not what it says, though employees read their own');
SELECT results_eq('SELECT transfer_id, answer_due > current_date FROM led_objections()', 'VALUES (1, true)', 'and that there is an objection');
SELECT is_empty('SELECT grounds FROM objection', 'not the grounds');
SELECT is_empty($$SELECT subject FROM transfer_deadline WHERE subject = 'notice'$$, 'nor is notice taken to be owed');
SET LOCAL ROLE p_approver;
SELECT lives_ok($$SELECT answer_objection((SELECT objection_id FROM objection), 'a flat comes with the post', false)$$, 'an approver answers');
SELECT throws_ok('UPDATE objection SET upheld = true', 'MU118', NULL, 'once: the answer is not turned round afterwards');
SELECT results_eq('SELECT m.employee_id FROM take_messages() AS m', 'VALUES (3), (3)', 'the messages are taken');
SET LOCAL ROLE p_analyst;
SELECT throws_ok('SELECT * FROM take_messages()', '42501', NULL, 'not by an analyst');
RESET ROLE;
SELECT results_eq('SELECT applied FROM apply_due_transfers()', 'VALUES (true)', 'it takes effect');

-- prepared and followed up, by the head of the new unit
SET LOCAL ROLE pegawai_1;
SELECT isnt(assign_mentor(1, 1), NULL, 'the head names a mentor');
SELECT lives_ok('SELECT complete_induction_step(1, 1)', 'does a step of the induction');
SELECT lives_ok($$SELECT record_placement_review(1, 3, 2, 3, true, 'training', 'speaks too little')$$, 'reviews');
SELECT throws_ok($$INSERT INTO training (employee_id, programme_id, booked_on, completed_on, level_reached, evidence) VALUES (3, 1, current_date, current_date, 5, 'mine')$$, '42501', NULL, 'a head raises nobody''s level');
SELECT throws_ok($$INSERT INTO training (employee_id, programme_id) VALUES (1, 1)$$, '42501', NULL, 'nor books');
SELECT results_eq('SELECT transfer_id, booked_on FROM training', 'VALUES (1, NULL::date)', 'by which training is proposed');
SELECT results_eq($$SELECT warning FROM early_warning WHERE severity = 3$$, $$VALUES ('training decided after 3 months, and nothing came of it')$$, 'and is warned');
SET LOCAL ROLE pegawai_3;
SELECT results_eq('SELECT months FROM placement_review WHERE reviewed_on IS NOT NULL', 'VALUES (3::smallint)', 'the person reads the review');
SELECT throws_ok('UPDATE placement_review SET adaptation = 5', '42501', NULL, 'and does not write it');
RESET ROLE;
SET LOCAL mutasi.actor = 'pegawai_3';
SELECT throws_ok('UPDATE kota.placement_review SET adaptation = 5 WHERE months = 3', 'MU123', NULL, 'not even with an approver''s or the owner''s rights');
SELECT throws_ok($$INSERT INTO kota.placement_review (transfer_id, months, due_on, reviewed_on, reviewer, adaptation, performance, goal_reached, follow_up) VALUES (1, 9, current_date, current_date, 'me', 5, 5, true, 'none')$$, 'MU123', NULL, 'nor one more');
SET LOCAL mutasi.actor = '';
SET LOCAL ROLE pegawai_3;
SELECT throws_ok('UPDATE training SET booked_on = current_date', '42501', NULL, 'nor books');
SELECT is((SELECT count(*) FROM induction_step), 7::bigint, 'reads the induction plan');
SET LOCAL ROLE p_approver;
SELECT lives_ok('SELECT book_training(training_id, current_date + 7) FROM training', 'an approver books it');
SET LOCAL ROLE pegawai_1;
SELECT is_empty('SELECT * FROM early_warning WHERE severity = 3', 'the warning is gone');
SELECT isnt(record_placement_review(1, 6, 2, 2, false, 'return', 'cannot settle'), NULL, 'a return is opened by the head');
SELECT is((SELECT reverses_id FROM transfer WHERE employee_id = 3 AND transfer_id > 900), 1, 'as a case');

-- looked at again
SET LOCAL ROLE p_auditor;
SELECT is((SELECT bool_and(same) FROM replay(1)), true, 'the auditor replays the decision');
SELECT is(jsonb_array_length(decision_file(1) -> 'objections'), 1, 'and draws up its file');
SELECT throws_ok($$UPDATE decision SET as_of = current_date$$, '42501', NULL, 'changing nothing');
SET LOCAL ROLE pegawai_3;
SELECT is((SELECT jsonb_array_length(my_personal_data() -> 'decision_candidate')), 1, 'the person gets the own line of the ranking');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
