-- Who may: roles, application actors, separation of duties, approvals by several, delegation.
BEGIN;
SET LOCAL client_min_messages = error;
SELECT plan(43);

SELECT mutasi.define_workflow('{"workflow": "people_steps",
	"states": [{"state": "draft", "initial": true}, {"state": "submitted"}, {"state": "checked"}, {"state": "done", "terminal": true}, {"state": "refused", "terminal": true}],
	"transitions": [
		{"action": "submit", "from": "draft", "to": "submitted"},
		{"action": "check", "from": "submitted", "to": "checked", "role": "checker", "separate_from": ["create", "submit"], "condition": "NEW.amount > 0"},
		{"action": "decide", "from": "checked", "to": "done", "role": "board", "approvals": 3, "separate_from": ["check"], "columns": ["number"]},
		{"action": "refuse", "from": "checked", "to": "refused", "role": "board", "reason": true}]}');
CREATE ROLE people_writer;
CREATE ROLE people_checker IN ROLE people_writer;
CREATE ROLE people_board IN ROLE people_writer;
CREATE ROLE people_app IN ROLE people_writer, people_checker, people_board;
GRANT SET ON PARAMETER mutasi.actor TO people_app;
CREATE SCHEMA people;
GRANT USAGE ON SCHEMA people TO people_writer;
CREATE TABLE people.delegation (delegate text, principal text, valid daterange);
CREATE FUNCTION people.may_stand_in(delegate text, principal text) RETURNS boolean LANGUAGE sql STABLE AS
	$$ SELECT EXISTS (SELECT FROM people.delegation AS d WHERE d.delegate = $1 AND d.principal = $2 AND d.valid @> current_date) $$;
CREATE TABLE people.request (id int PRIMARY KEY, status text NOT NULL, amount int, number text, why text);
GRANT SELECT, INSERT, UPDATE ON people.request TO people_writer;
SELECT mutasi.attach_workflow('people.request', 'people_steps', 'status',
	'{"roles": {"checker": "people_checker", "board": ["people_board"]}, "reason": "why", "delegation": "people.may_stand_in"}');

-- database roles
SET LOCAL ROLE people_writer;
INSERT INTO people.request VALUES (1, 'draft', 5, NULL, NULL);
UPDATE people.request SET status = 'submitted' WHERE id = 1;
SELECT throws_ok($$UPDATE people.request SET status = 'checked' WHERE id = 1$$, 'MU008', NULL, 'a role that does not play the part');
SET LOCAL ROLE people_checker;
SELECT throws_ok($$UPDATE people.request SET status = 'checked' WHERE id = 1$$, 'MU015', NULL, 'the same session role created it: SET ROLE makes nobody another person');

-- the application's actor
SET LOCAL ROLE people_writer;
SELECT throws_ok($$SET LOCAL mutasi.actor = 'Pegawai 009'$$, '42501', NULL, 'an actor is not for everybody to set');
SET LOCAL ROLE people_app;
SELECT lives_ok($$SET LOCAL mutasi.actor = 'Pegawai 001'$$, 'the application''s role may set one');
SELECT is(mutasi.current_actor(), 'Pegawai 001', 'and it counts');
UPDATE people.request SET amount = -1 WHERE id = 1;
SELECT throws_ok($$UPDATE people.request SET status = 'checked' WHERE id = 1$$, 'MU009', NULL, 'the condition is judged on the new row');
SELECT lives_ok($$UPDATE people.request SET status = 'checked', amount = 7 WHERE id = 1$$, 'another person checks, and meets the condition in the same statement');
SET LOCAL ROLE people_writer;
SELECT isnt(mutasi.current_actor(), 'Pegawai 001', 'the actor does not count for a role that may not set it');
SET LOCAL ROLE people_app;

-- approvals
SELECT throws_ok($$SELECT mutasi.approve('people.request', 1, 'decide')$$, 'MU015', NULL, 'who checked may not decide');
SET LOCAL mutasi.actor = 'Pegawai 002';
SELECT throws_ok($$SELECT mutasi.approve('people.request', 1, 'submit')$$, 'MU028', NULL, 'an action the state has not');
SELECT throws_ok($$SELECT mutasi.approve('people.request', 99, 'decide')$$, 'MU027', NULL, 'a case that is not there');
SELECT throws_ok($$UPDATE people.request SET status = 'done', number = '1' WHERE id = 1$$, 'MU014', NULL, 'one person cannot decide by a plain UPDATE');
SELECT is(mutasi.approve('people.request', 1, 'decide', 'agreed'), 2, 'the first of three approvals leaves two');
SELECT throws_ok($$SELECT mutasi.approve('people.request', 1, 'decide')$$, 'MU016', NULL, 'nobody approves twice');
SELECT results_eq($$SELECT action, allowed, sqlstate, missing_columns, approvals, approvals_given, reason_required FROM mutasi.allowed_transitions('people.request', 1)$$,
	$$VALUES ('decide', false, 'MU016', '"number"', 3, 1, false), ('refuse', true, NULL, NULL, 1, 0, true)$$, 'what a form is told');
SET LOCAL mutasi.actor = 'Pegawai 003';
SELECT is(mutasi.approve('people.request', 1, 'decide'), 1, 'the second');
SELECT lives_ok($$SELECT mutasi.revoke_approval('people.request', 1, 'decide', 'second thoughts')$$, 'taken back');
SELECT throws_ok($$SELECT mutasi.revoke_approval('people.request', 1, 'decide')$$, 'MU014', NULL, 'only once');
SET LOCAL mutasi.actor = 'Pegawai 004';
SELECT is(mutasi.approve('people.request', 1, 'decide'), 1, 'so the next one is the second again');
SET LOCAL mutasi.actor = 'Pegawai 003';
SELECT throws_ok($$SELECT mutasi.approve('people.request', 1, 'decide')$$, 'MU010', NULL, 'the last approval is the transition, and it needs its column');
UPDATE people.request SET number = '800/1' WHERE id = 1;
SELECT is(mutasi.approve('people.request', 1, 'decide'), 0, 'with it, the last approval makes the transition');
SELECT is((SELECT status FROM people.request WHERE id = 1), 'done', 'the case has moved');
SELECT throws_ok($$SELECT mutasi.approve('people.request', 1, 'decide')$$, 'MU004', NULL, 'a closed case has no approvals');
RESET ROLE;
SELECT results_eq($$SELECT event, action, actor, reason FROM mutasi.case_timeline('people.request', 1) WHERE seq >= 5 AND event <> 'change'$$,
	$$VALUES ('approval', 'decide', 'Pegawai 002', 'agreed'), ('approval', 'decide', 'Pegawai 003', NULL),
	('revocation', 'decide', 'Pegawai 003', 'second thoughts'), ('approval', 'decide', 'Pegawai 004', NULL), ('transition', 'decide', 'Pegawai 003', NULL)$$,
	'every approval is in the history');

-- reasons
SET LOCAL ROLE people_app;
SET LOCAL mutasi.actor = 'Pegawai 005';
INSERT INTO people.request VALUES (2, 'draft', 5, '800/2', 'old reason');
UPDATE people.request SET status = 'submitted' WHERE id = 2;
SET LOCAL mutasi.actor = 'Pegawai 006';
UPDATE people.request SET status = 'checked' WHERE id = 2;
SELECT throws_ok($$UPDATE people.request SET status = 'refused' WHERE id = 2$$, 'MU012', NULL, 'an old reason is none');
SELECT throws_ok($$UPDATE people.request SET status = 'refused', why = '  ' WHERE id = 2$$, 'MU012', NULL, 'nor is a blank one');
SELECT throws_ok($$SELECT mutasi.approve('people.request', 2, 'refuse')$$, 'MU012', NULL, 'nor none at all');

-- delegation
SET LOCAL mutasi.actor = 'Pegawai 007';
SET LOCAL mutasi.on_behalf_of = 'Pegawai 008';
SELECT throws_ok($$SELECT mutasi.approve('people.request', 2, 'decide')$$, 'MU017', NULL, 'no delegation, no acting for another');
RESET ROLE;
INSERT INTO people.delegation VALUES ('Pegawai 007', 'Pegawai 008', daterange(current_date - 9, current_date - 1));
SET LOCAL ROLE people_app;
SELECT throws_ok($$SELECT mutasi.approve('people.request', 2, 'decide')$$, 'MU017', NULL, 'nor a delegation that has ended');
RESET ROLE;
UPDATE people.delegation SET valid = daterange(current_date - 9, current_date + 9);
SET LOCAL ROLE people_app;
SELECT throws_ok($$SELECT mutasi.approve('people.request', 2, 'decide')$$, 'MU008', NULL, 'the principal must play the role himself');
RESET ROLE;
CREATE FUNCTION people.plays(person text, role text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT $1 IN ('Pegawai 008', 'Pegawai 002') AND $2 = 'board' $$;
SELECT mutasi.detach_workflow('people.request');
SELECT mutasi.attach_workflow('people.request', 'people_steps', 'status',
	'{"roles": {"checker": "people_checker", "board": "people_board"}, "reason": "why", "delegation": "people.may_stand_in", "plays_role": "people.plays"}');
SET LOCAL ROLE people_app;
SELECT is(mutasi.approve('people.request', 2, 'decide'), 2, 'with the delegation and the principal''s role it counts');
SET LOCAL mutasi.on_behalf_of = '';
SELECT throws_ok($$SELECT mutasi.approve('people.request', 2, 'decide')$$, 'MU016', NULL, 'the delegate does not count a second time for himself');
SET LOCAL mutasi.actor = 'Pegawai 008';
SELECT throws_ok($$SELECT mutasi.approve('people.request', 2, 'decide')$$, 'MU016', NULL, 'nor does the principal');
RESET ROLE;
SELECT results_eq($$SELECT actor, on_behalf_of FROM people.request_history WHERE id = 2 AND event = 'approval'$$,
	$$VALUES ('Pegawai 007', 'Pegawai 008')$$, 'both names are kept');

-- what privileges the role had is recorded
SELECT results_eq($$SELECT DISTINCT privilege FROM people.request_history WHERE id = 2$$, $$VALUES ('superuser')$$, 'a superuser''s session is recorded as such');
SET LOCAL mutasi.actor = '';
SELECT lives_ok($$SELECT mutasi.correct_case('people.request', 2, '{"status": "draft", "number": null}', 'wrong case')$$, 'the owner can correct a case');
SELECT results_eq($$SELECT event, from_state, to_state, reason, changes -> 'number' FROM mutasi.case_timeline('people.request', 2) ORDER BY seq DESC LIMIT 1$$,
	$$VALUES ('correct', 'checked', 'draft', 'wrong case', '["800/2", null]'::jsonb)$$, 'which is recorded');
SET LOCAL ROLE people_writer;
SELECT throws_ok($$SELECT mutasi.correct_case('people.request', 2, '{"status": "done"}', 'x')$$, '42501', NULL, 'nobody else can');
SELECT throws_ok($$SELECT mutasi.import_cases('people.request', 'x', '[{"id": 7, "status": "done"}]')$$, '42501', NULL, 'nor import');
RESET ROLE;
SELECT is(mutasi.import_cases('people.request', 'from the old system', '[{"id": 7, "status": "done"}, {"id": 8, "status": "checked", "amount": 1}]'), 2::bigint, 'the owner imports legacy cases');
SELECT throws_ok($$SELECT mutasi.import_cases('people.request', 'x', '[{"id": 9, "status": "strange"}]')$$, 'MU003', NULL, 'in states of the workflow only');
SELECT is_empty($$SELECT * FROM mutasi.verify_history('people.request')$$, 'all of it verifies');
SELECT is_empty($$SELECT * FROM mutasi.workflow_health('people.request')$$, 'and is healthy');
SELECT * FROM finish();
ROLLBACK;
