-- What a transfer does when it takes effect; whom the refusal of a decision tells what;
-- and the documents a decision rests on.
BEGIN;
SELECT plan(48);
\i test/data/small_agency.sql
\i test/data/steps_to_effect.sql
UPDATE post SET seats = 9, min_staff = 0;
UPDATE task_volume SET volume = 10;

SELECT setval(pg_get_serial_sequence('kota.transfer', 'transfer_id'), 100) \g /dev/null
-- an additional post is exchanged for another, beside the main one
SAVEPOINT beside;
UPDATE incumbency SET share = 0.5 WHERE employee_id = 2 AND kind = 'main';
INSERT INTO incumbency (employee_id, post_id, valid_from, share, kind) VALUES (2, 3, '2019-01-01', 0.5, 'additional');
SELECT set_config('mutasi.actor', 'unit head', true) \g /dev/null
INSERT INTO transfer (transfer_id, employee_id, from_post_id, to_post_id, reason, effective_on, decision_grounds) VALUES (5, 2, 3, 1, 'x', current_date, 'x');
INSERT INTO notice (transfer_id, waived_because) VALUES (5, 'told in person');
INSERT INTO transfer_document (transfer_id, code, title, number, issued_on) VALUES (5, 'D10', 'decision', '800/1', current_date - 2), (5, 'D12', 'appointment', '821/2', NULL);
SELECT pg_temp.up_to(5, 'appointed') \g /dev/null
SELECT results_eq('SELECT decision_letter, decision_date, appointment_letter, appointment_date FROM transfer WHERE transfer_id = 5',
	$$VALUES ('800/1', current_date - 2, '821/2', current_date)$$, 'what is left out of letters those filed say');
SELECT results_eq('SELECT applied, message FROM apply_due_transfers()', 'VALUES (true, NULL::text)', 'from an additional post');
SELECT is((SELECT letter FROM incumbency WHERE employee_id = 2 AND post_id = 1), '821/2', 'by the letter of appointment');
SELECT results_eq('SELECT post_id, kind, share, valid_to = current_date FROM incumbency WHERE employee_id = 2 ORDER BY valid_from, post_id',
	$$VALUES (2, 'main', 0.50, NULL), (3, 'additional', 0.50, true), (1, 'additional', 0.50, NULL)$$, 'to another, beside the main one');
ROLLBACK TO beside;
-- judged by that post: its share, its unit; and taken back
UPDATE incumbency SET share = 0.7 WHERE employee_id = 2 AND kind = 'main';
INSERT INTO incumbency (employee_id, post_id, valid_from, share, kind) VALUES (2, 3, '2019-01-01', 0.3, 'additional');
UPDATE incumbency SET share = 0.6 WHERE employee_id = 1;
UPDATE post SET seats = 1 WHERE post_id = 1;
UPDATE post SET min_staff = 5 WHERE post_id = 2;
SELECT set_config('mutasi.actor', 'unit head', true) \g /dev/null
SELECT results_eq('SELECT rule, passed FROM eligibility(2, 1) WHERE rule IN (''vacancy'', ''donor floor'')', $$VALUES ('vacancy', false), ('donor floor', false)$$, 'the main post asks for more, and is needed');
INSERT INTO transfer (transfer_id, employee_id, from_post_id, to_post_id, reason, effective_on, decision_grounds) VALUES (5, 2, 3, 1, 'x', current_date, 'x');
INSERT INTO notice (transfer_id, waived_because) VALUES (5, 'told in person');
SAVEPOINT floor;
UPDATE post SET min_staff = 3 WHERE post_id = 3;
SELECT matches(pg_temp.refusal('SELECT pg_temp.up_to(5, ''decided'')'), '^MU108', 'not where the additional post''s unit would fall below its floor');
ROLLBACK TO floor;
UPDATE incumbency SET valid_to = current_date - 1 WHERE employee_id = 2 AND post_id = 3;
SELECT is(pg_temp.refusal('SELECT pg_temp.up_to(5, ''decided'')'), 'MU110: employee 2 does not hold the post that transfer 5 takes away', 'nor from a post that is held no more');
ROLLBACK TO floor;
SELECT pg_temp.up_to(5, 'appointed') \g /dev/null
SELECT results_eq('SELECT side, unit_id, existing_after - existing_before FROM decision_unit WHERE transfer_id = 5 ORDER BY side', 'VALUES (''from'', 1, -0.3), (''to'', 2, 0.3)', 'by its share');
SELECT results_eq('SELECT applied, message FROM apply_due_transfers()', 'VALUES (true, NULL::text)', 'and takes effect');
SELECT set_config('mutasi.actor', 'unit head', true) \g /dev/null
SELECT reverse_transfer(5, 'x') AS back \gset
SELECT results_eq(format('SELECT t.from_post_id, t.to_post_id FROM transfer AS t WHERE t.transfer_id = %s', :back), 'VALUES (1, 3)', 'the way back gives up the additional post it led to');
SELECT results_eq('SELECT unit_id, existing_after - existing_before FROM what_if(''{2}'', ''{3}'', from_posts => ''{1}'') ORDER BY unit_id', 'VALUES (1, 0.3), (2, -0.3)', 'what it would do');
SELECT results_eq('SELECT unit_id, existing_after - existing_before FROM what_if(''{2}'', ''{3}'') ORDER BY unit_id', 'VALUES (1, 0.7), (3, -0.7)', 'from the main post unless told otherwise');
SELECT results_eq('SELECT unit_id, existing_after - existing_before FROM what_if(''{2}'', ''{NULL}'') ORDER BY unit_id', 'VALUES (2, -0.3), (3, -0.7)', 'whoever leaves gives up all');
SELECT is(pg_temp.refusal('SELECT what_if(''{2}'', ''{3}'', from_posts => ''{1,2}'')'), '22023: 1 employees and 2 posts do not make pairs', 'one each');
ROLLBACK TO beside;
-- a post, and a person, that are gone
SELECT pg_temp.opened(1, 2, 1), pg_temp.up_to(1, 'appointed') \g /dev/null
SAVEPOINT due;
UPDATE post SET valid_to = current_date - 10 WHERE post_id = 1;
SELECT results_eq('SELECT applied, message FROM apply_due_transfers()', format($$VALUES (false, 'post 1, to which transfer 1 leads, does not exist on %s')$$, current_date), 'not into a post that has ended');
ROLLBACK TO due;
UPDATE employee SET left_on = current_date - 20 WHERE employee_id = 2;
SELECT results_eq('SELECT applied, message FROM apply_due_transfers()', $$VALUES (false, 'employee 2, whom transfer 1 moves, is no longer in service')$$, 'nor of somebody who has left');
ROLLBACK TO due;

-- who acts in the post, and who gives it half the time
INSERT INTO incumbency (employee_id, post_id, valid_from, kind) VALUES (2, 1, '2025-01-01', 'acting');
UPDATE incumbency SET share = 0.5 WHERE employee_id = 2 AND kind = 'main';
INSERT INTO incumbency (employee_id, post_id, valid_from, share, kind) VALUES (2, 3, '2019-01-01', 0.5, 'additional');
SELECT results_eq('SELECT applied, message FROM apply_due_transfers()', 'VALUES (true, NULL::text)', 'whoever acts in the post is appointed to it');
SELECT results_eq('SELECT post_id, kind, share, valid_to = current_date FROM incumbency WHERE employee_id = 2 ORDER BY valid_from, post_id',
	$$VALUES (2, 'main', 0.50, true), (3, 'additional', 0.50, NULL), (1, 'acting', 1.00, true), (1, 'main', 0.50, NULL)$$, 'acting ends, and the share goes with the person');
ROLLBACK TO due;
INSERT INTO incumbency (employee_id, post_id, valid_from, kind) VALUES (2, 1, current_date, 'acting');
SELECT is((SELECT applied FROM apply_due_transfers()), true, 'acting since this day');
SELECT results_eq('SELECT post_id, kind FROM incumbency WHERE employee_id = 2 AND valid_to IS NULL', $$VALUES (1, 'main')$$, 'is acting no more');
ROLLBACK TO due;

-- a post that goes on in another unit is the same
SELECT is((SELECT applied FROM apply_due_transfers()), true, 'in effect');
SELECT move_posts('{2}', 1) \g /dev/null
SELECT set_config('mutasi.actor', 'unit head', true) \g /dev/null
SELECT reverse_transfer(1, 'x') AS back \gset
SELECT is((SELECT t.to_post_id FROM transfer AS t WHERE t.transfer_id = :back), (SELECT p.post_id FROM post AS p WHERE p.continues_id = 2), 'the way back is to the post as it goes on');
ROLLBACK TO due;

UPDATE post SET continues_id = CASE post_id WHEN 1 THEN 2 ELSE 1 END WHERE post_id IN (1, 2);
SELECT is(continuation(1), 2, 'posts made to continue each other have an end');
ROLLBACK TO due;

-- somebody who goes to another agency
INSERT INTO incumbency (employee_id, post_id, valid_from, kind) VALUES (3, 4, '2024-01-01', 'acting');
UPDATE incumbency SET share = 0.5 WHERE employee_id = 3 AND kind = 'main';
INSERT INTO incumbency (employee_id, post_id, valid_from, share, kind) VALUES (3, 1, '2024-01-01', 0.5, 'additional'), (3, 3, current_date + 5, 1, 'acting');
SELECT pg_temp.opened(2, 3, NULL) \g /dev/null
INSERT INTO transfer_document (transfer_id, code, title) SELECT 2, d, d FROM unnest('{D01,D03,D04,D05,D06,D07,D08,D09,D10,D12}'::text[]) AS d;
SELECT pg_temp.step(2, w, s) FROM (VALUES (1, 'unit head', 'submitted'), (2, 'verifier', 'verification'), (3, 'verifier', 'analysis'), (4, 'analyst', 'team_review'), (5, 'team', 'receiver_proposal'),
	(6, 'mayor', 'origin_consent'), (7, 'other mayor', 'bkn_consideration'), (8, 'bkn', 'consideration_given'), (9, 'governor', 'decided'), (10, 'mayor', 'appointed')) AS v (n, w, s) ORDER BY n \g /dev/null
SELECT is((SELECT applied FROM apply_due_transfers() AS a WHERE a.transfer_id = 2), true, 'goes');
SELECT results_eq('SELECT post_id, kind FROM incumbency WHERE employee_id = 3 AND valid_to = current_date ORDER BY post_id', $$VALUES (1, 'additional'), (2, 'main'), (4, 'acting')$$, 'and holds no post any more');
SELECT is_empty('SELECT * FROM incumbency WHERE employee_id = 3 AND (valid_to IS NULL OR valid_to > current_date)', 'nor will');

-- what the refusal of a decision tells whom
SELECT pg_temp.opened(3, 4, 1), pg_temp.up_to(3, 'team_review') \g /dev/null
INSERT INTO discipline (employee_id, kind, valid_from) VALUES (4, 'heavy sanction', current_date);
CREATE ROLE a_employee;
CREATE ROLE a_head;
CREATE ROLE a_approver;
CREATE ROLE pegawai_30 IN ROLE a_head, a_employee;
CREATE ROLE official IN ROLE a_approver;
GRANT USAGE ON SCHEMA mutasi, public TO PUBLIC;
SELECT enable_row_security('a_employee', 'a_head', NULL, 'a_approver', NULL) \g /dev/null
INSERT INTO employee (employee_id, name, born_on, appointed_on, grade, login) VALUES (30, 'Pegawai 030', '1980-01-01', '2005-01-01', 'IV/a', 'pegawai_30');
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (30, 4, '2020-01-01');
CREATE FUNCTION pg_temp.told_of() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said text;
BEGIN
	UPDATE kota.transfer SET state = 'decided', state_reason = 'x' WHERE transfer_id = 3;
	RETURN 'decided';
EXCEPTION WHEN SQLSTATE 'MU108' THEN
	GET STACKED DIAGNOSTICS said = PG_EXCEPTION_DETAIL;
	RETURN said;
END $$;
SELECT set_config('mutasi.actor', '', true) \g /dev/null
SET LOCAL ROLE pegawai_30;
SELECT matches(pg_temp.told_of(), 'performance \(.*\), the record is not open to you\.$', 'a head of unit learns nothing of discipline');
SELECT unalike(pg_temp.told_of(), '%discipline%', 'not by the rule''s name either');
SET LOCAL ROLE official;
SELECT matches(pg_temp.told_of(), 'discipline \(a sanction, proceeding, court case or audit finding is in force\)', 'an approver does');
RESET ROLE;
SELECT matches(pg_temp.told_of(), 'discipline \(a sanction', 'and the owner');
DELETE FROM discipline;
INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (4, 'performance', 'x', current_date + 9);
SELECT set_config('mutasi.actor', 'mayor', true) \g /dev/null

-- documents
SELECT is(pg_temp.refusal($$UPDATE transfer_document SET number = '7', filed_at = 'infinity' WHERE transfer_id = 3 AND code = 'D07'$$), 'done', 'before the decision a document may be corrected');
SELECT is((SELECT filed_at FROM transfer_document WHERE transfer_id = 3 AND code = 'D07'), now(), 'and is not filed in the future');
SAVEPOINT day;
INSERT INTO study_leave (employee_id, valid_from, valid_to) VALUES (4, current_date + 200, current_date + 900);
UPDATE transfer SET effective_on = current_date + 250 WHERE transfer_id = 3;
SELECT matches(pg_temp.told_of(), '^Rules not passed: study leave \(on study leave or under a service bond until [0-9-]+\)\.$', 'nor for a day on which the person is on study leave');
UPDATE transfer SET effective_on = current_date + 100 WHERE transfer_id = 3;
SELECT is(pg_temp.told_of(), 'decided', 'before it');
ROLLBACK TO day;
UPDATE employee SET born_on = (current_date - interval '58 years' + interval '30 months')::date, appointed_on = '2000-01-01' WHERE employee_id = 4;
UPDATE transfer SET effective_on = current_date + 1500 WHERE transfer_id = 3;
SELECT matches(pg_temp.told_of(), '^Rules not passed: retirement ', 'nor for one after the retirement');
UPDATE eligibility_rule SET waivable = true WHERE rule = 'retirement';
INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (4, 'retirement', 'x', current_date + 9);
SELECT is(pg_temp.told_of(), 'decided', 'unless that is waived');
ROLLBACK TO day;
SELECT is(pg_temp.told_of(), 'decided', 'decided');
SAVEPOINT moved;
INSERT INTO study_leave (employee_id, valid_from, valid_to) VALUES (4, current_date + 200, current_date + 900);
SELECT matches(pg_temp.refusal('UPDATE transfer SET effective_on = current_date + 250 WHERE transfer_id = 3'), '^MU108: transfer 3 cannot be decided: on ', 'nor is its day moved to one of study leave');
SELECT is(pg_temp.refusal('UPDATE transfer SET effective_on = current_date + 100 WHERE transfer_id = 3'), 'done', 'to one before it, it is');
ROLLBACK TO moved;
SET LOCAL ROLE official;
SELECT is(pg_temp.refusal($$INSERT INTO kota.transfer_document (transfer_id, code, title, filed_at) VALUES (3, 'D14', 'x', now() - interval '1 year')$$), 'done', 'an approver adds a document');
RESET ROLE;
SELECT is((SELECT filed_at FROM transfer_document WHERE transfer_id = 3 AND code = 'D14'), now(), 'which is filed now, not when that says');
ROLLBACK TO moved;
SELECT is_empty($$SELECT v, r FROM unnest('{"title = ''x''","code = ''D77''","number = ''x''","issued_on = current_date","issued_by = ''x''","sha256 = sha256(''x'')","transfer_id = 1, code = ''D99''","filed_at = ''-infinity''"}'::text[]) AS v
	CROSS JOIN LATERAL pg_temp.refusal('UPDATE kota.transfer_document SET ' || v || ' WHERE transfer_id = 3 AND code = ''D07''') AS r WHERE r <> 'MU116: document D07 of transfer 3, which has been decided, stays as it was filed'$$, 'then it stays');
SELECT matches(pg_temp.refusal($$DELETE FROM transfer_document WHERE transfer_id = 3 AND code = 'D08'$$), '^MU116', 'and is not taken out');
SELECT is(pg_temp.refusal($$UPDATE transfer_document SET location = 'archive 2' WHERE transfer_id = 3$$), 'done', 'but the file may lie elsewhere');
SELECT is(pg_temp.refusal($$INSERT INTO transfer_document (transfer_id, code, title) VALUES (3, 'D13', 'x')$$), 'done', 'and others are added');
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason) VALUES (4, 5, 1, 'x');
INSERT INTO transfer_document (transfer_id, code, title) VALUES (4, 'D01', 'x');
SELECT is(pg_temp.refusal('DELETE FROM transfer_document WHERE transfer_id = 4'), 'done', 'of a draft they go');
SELECT results_eq($$SELECT erased, rows FROM erase_personal_data(3, 'x', 'UU 27/2022 Ps 43', '{document}')$$, $$VALUES ('document', 10::bigint)$$, 'personal data are erased');
SELECT is((SELECT count(*) FROM transfer_document WHERE transfer_id = 2 AND title = '(erased)'), 10::bigint, 'all of them');

SELECT * FROM finish();
ROLLBACK;
