-- The move itself: applications, the case under its workflow, seats, floors and
-- eligibility at the decision, the effect, and taking it back.
BEGIN;
SELECT plan(71);
\i test/data/small_agency.sql
\i test/data/steps.sql

-- One step by one person; documents are filed as the workflow asks for them.
CREATE FUNCTION pg_temp.documents(t integer) RETURNS void LANGUAGE sql AS $$
	INSERT INTO kota.transfer_document (transfer_id, code, title) SELECT t, d, d FROM unnest('{D01,D02,D05,D06,D07,D08,D10,D12}'::text[]) AS d;
	UPDATE kota.transfer SET decision_grounds = 'as the team advised' WHERE transfer_id = t;
	INSERT INTO kota.notice (transfer_id, waived_because) VALUES (t, 'told in person') $$;
CREATE FUNCTION pg_temp.up_to(t integer, until text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s record;
BEGIN
	FOR s IN SELECT * FROM (VALUES (1, 'unit head', 'submitted'), (2, 'verifier', 'verification'), (3, 'verifier', 'analysis'), (4, 'analyst', 'team_review'),
			(5, 'mayor', 'decided'), (6, 'mayor', 'appointed')) AS v (n, who, state) ORDER BY n LOOP
		PERFORM pg_temp.step(t, s.who, s.state);
		EXIT WHEN s.state = until;
	END LOOP;
END $$;

-- what is filled in
INSERT INTO transfer (employee_id, to_post_id, reason, effective_on) VALUES (2, 1, 'PKM1 lacks nurses', current_date);
SELECT results_eq('SELECT from_post_id, kind, state, is_open, workflow FROM transfer', $$VALUES (2, 'rotation', 'draft', true, 'transfer_within_agency')$$, 'post given up and kind are filled in');
SELECT is((SELECT count(*) FROM transfer_history), 1::bigint, 'the case has its history');
SELECT throws_ok($$INSERT INTO transfer (employee_id, to_post_id, reason) VALUES (2, 4, 'x')$$, 'MU129', 'employee 2 has an open case already: transfer 1', 'one open case a person');
SELECT throws_ok($$INSERT INTO transfer (employee_id, to_post_id, reason) VALUES (8, 4, 'x'), (8, 1, 'x')$$, 'MU129', NULL, 'nor two in one statement');
ALTER TABLE transfer DISABLE TRIGGER a_transfer_one_open;
SELECT throws_ok($$INSERT INTO transfer (employee_id, to_post_id, reason) VALUES (2, 4, 'x')$$, '23505', NULL, 'which the index alone sees to as well');
ALTER TABLE transfer ENABLE TRIGGER a_transfer_one_open;
SELECT throws_ok($$INSERT INTO transfer (employee_id, to_post_id, reason) VALUES (3, 2, 'x')$$, 'MU127', 'employee 3 holds post 2, to which the transfer would lead', 'not to the same post');
SELECT throws_ok($$UPDATE transfer SET to_post_id = 2 WHERE transfer_id = 1$$, 'MU127', NULL, 'not by an update either');
SELECT throws_ok($$INSERT INTO transfer (employee_id, reason, kind) VALUES (3, 'x', 'rotation')$$, 'MU127', 'the transfer of employee 3 names no post to be held', 'not to nowhere');
SELECT throws_ok($$INSERT INTO transfer (employee_id, reason, kind) VALUES (3, 'x', 'inter-agency out')$$, 'MU127', 'the transfer of employee 3 is of kind "inter-agency out" and names no other agency', 'a move between agencies names the other one');
SELECT throws_ok($$INSERT INTO transfer (employee_id, to_post_id, reason, kind, other_agency, workflow) VALUES (3, 1, 'x', 'inter-agency out', 'Kota Y', 'transfer_with_centre')$$, 'MU127', 'the transfer of employee 3 leads out of the agency and to post 1 in it', 'and one out of the agency leads to no post in it');
SELECT throws_ok($$INSERT INTO transfer (employee_id, to_post_id, reason, kind, other_agency) VALUES (3, 1, 'x', 'inter-agency in', 'Kota Y')$$, 'MU127', NULL, 'and goes another route');
SELECT throws_ok($$INSERT INTO transfer (employee_id, to_post_id, reason, workflow) VALUES (3, 1, 'x', 'transfer_with_centre')$$, 'MU127', 'the transfer of employee 3 is of kind "rotation", for which workflow "transfer_with_centre" is not', 'as a move within the agency does not');
SELECT lives_ok($$INSERT INTO transfer (employee_id, to_post_id, reason) VALUES (3, 4, 'promoted'), (7, 1, 'x')$$, 'more cases');
SELECT results_eq('SELECT employee_id, kind FROM transfer ORDER BY 1', $$VALUES (2, 'rotation'), (3, 'promotion'), (7, 'promotion')$$, 'kinds of move');

-- the workflow guards it
SELECT throws_ok($$UPDATE transfer SET state = 'effective' WHERE employee_id = 2$$, 'MU002', NULL, 'no step is left out');
SELECT throws_ok($$INSERT INTO transfer (employee_id, to_post_id, reason, state) VALUES (5, 1, 'x', 'decided')$$, 'MU001', NULL, 'a case begins as a draft');
SELECT pg_temp.step(1, 'unit head', 'submitted') \g /dev/null
SELECT throws_ok('DELETE FROM transfer WHERE transfer_id = 1', 'MU006', NULL, 'a case that was submitted stays');
SELECT throws_ok($$SELECT pg_temp.step(1, 'unit head', 'verification')$$, 'MU015', NULL, 'duties are separated');
SELECT pg_temp.step(1, 'verifier', 'verification') \g /dev/null
SELECT throws_ok($$SELECT pg_temp.step(1, 'verifier', 'analysis')$$, 'MU011', NULL, 'documents are asked for');
SELECT pg_temp.documents(1) \g /dev/null
SELECT pg_temp.step(1, 'verifier', 'analysis'), pg_temp.step(1, 'analyst', 'team_review') \g /dev/null

SELECT throws_ok($$UPDATE transfer_document SET sha256 = '\x00' WHERE transfer_id = 1 AND code = 'D01'$$, '23514', NULL, 'a checksum has 32 bytes');
UPDATE transfer_document SET sha256 = sha256('the file') WHERE transfer_id = 1 AND code = 'D01';
SELECT is((SELECT encode(sha256, 'hex') = encode(sha256('the file'), 'hex') FROM transfer_document WHERE transfer_id = 1 AND code = 'D01'), true, 'and tells whether a file is the one that was filed');

-- the decision
INSERT INTO discipline (employee_id, kind, valid_from) VALUES (2, 'heavy sanction', current_date);
SELECT throws_like($$SELECT pg_temp.step(1, 'mayor', 'decided')$$, 'transfer 1 cannot be decided: the candidate is not eligible', 'eligibility is looked at again');
DELETE FROM discipline;
UPDATE transfer SET effective_on = NULL WHERE transfer_id = 1;
SELECT throws_ok($$SELECT pg_temp.step(1, 'mayor', 'decided')$$, 'MU109', NULL, 'a decision needs its day');
UPDATE transfer SET effective_on = current_date WHERE transfer_id = 1;
SELECT lives_ok($$SELECT pg_temp.step(1, 'mayor', 'decided')$$, 'decided');
SELECT results_eq('SELECT policy_version, score, rank, decision_date FROM transfer WHERE transfer_id = 1', 'VALUES (1, 0.960000, 2, current_date)', 'with policy, score and rank');
SELECT is((SELECT promised FROM vacancy WHERE post_id = 1), 1.00, 'the seat is promised');
UPDATE post SET seats = 2 WHERE post_id = 1;
SELECT is((SELECT count(*) FROM vacancy WHERE post_id = 1 AND blocked AND reason = 'every free seat is promised to a decided transfer'), 1::bigint, 'and no longer free for others');
SELECT is((SELECT passed FROM eligibility(4, 1) WHERE rule = 'vacancy'), false, 'nor eligible');
UPDATE post SET seats = 4 WHERE post_id = 1;

-- the effect
SELECT is_empty('SELECT * FROM apply_due_transfers()', 'not before the appointment');
SELECT pg_temp.step(1, 'mayor', 'appointed') \g /dev/null
UPDATE transfer SET effective_on = current_date + 1 WHERE transfer_id = 1;
SELECT is_empty('SELECT * FROM apply_due_transfers()', 'not before its day');
SELECT throws_ok($$SELECT pg_temp.step(1, 'unit', 'effective')$$, 'MU109', NULL, 'by nobody');
SELECT throws_ok($$SELECT * FROM apply_due_transfers(current_date + 1)$$, '22023', NULL, 'nor by asking for a future day');
UPDATE transfer SET effective_on = current_date WHERE transfer_id = 1;
SELECT results_eq('SELECT transfer_id, applied FROM apply_due_transfers()', 'VALUES (1, true)', 'on its day');
SELECT is_empty('SELECT * FROM apply_due_transfers()', 'once');
SELECT results_eq('SELECT post_id, valid_from = current_date, valid_to IS NULL FROM incumbency WHERE employee_id = 2 ORDER BY valid_from',
	'VALUES (2, false, false), (1, true, true)', 'the incumbency moved, without a gap');
SELECT results_eq('SELECT unit_id, existing FROM unit_workload WHERE unit_id > 1 ORDER BY 1', 'VALUES (2, 2.00), (3, 4.00)', 'and the units'' figures with it');

-- one case that cannot go does not hold up the others
UPDATE task_volume SET volume = 1000 WHERE task_id = 2;
UPDATE post SET min_staff = 1 WHERE post_id = 2;
SELECT set_config('mutasi.actor', 'unit head', true) \g /dev/null
INSERT INTO transfer (employee_id, to_post_id, reason, effective_on) VALUES (4, 1, 'x', current_date), (5, 1, 'y', current_date);
SELECT transfer_id AS four FROM transfer WHERE employee_id = 4 \gset
SELECT transfer_id AS five FROM transfer WHERE employee_id = 5 \gset
INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (4, 'performance', 'x', current_date + 9), (5, 'mandatory competencies', 'x', current_date + 9);
SELECT pg_temp.documents(:four), pg_temp.documents(:five), pg_temp.up_to(:four, 'appointed'), pg_temp.up_to(:five, 'appointed') \g /dev/null
UPDATE incumbency SET valid_to = current_date - 1 WHERE employee_id = 4;
SELECT results_eq('SELECT transfer_id, applied, message FROM apply_due_transfers()',
	format('VALUES (%s, false, ''employee 4 no longer holds the post that transfer %s takes away''), (%s, true, NULL)', :four, :four, :five), 'one that cannot go is named, the other goes');
UPDATE incumbency SET valid_to = NULL WHERE employee_id = 4;
UPDATE post SET min_staff = 3 WHERE post_id = 2;
SELECT is((SELECT message FROM apply_due_transfers()), format('transfer %s cannot take effect: the unit that gives would fall below its floor. The present post would keep 2 of at least 3 people.', :four), 'the floor is looked at again');
UPDATE post SET min_staff = 0, seats = 9 WHERE post_id = 2;
UPDATE post SET seats = 3 WHERE post_id = 1;
SELECT matches((SELECT message FROM apply_due_transfers()), 'post PKM1-N has 3 seats and would have 4', 'and the seats');
UPDATE post SET seats = 9 WHERE post_id = 1;
SELECT is((SELECT applied FROM apply_due_transfers()), true, 'then it goes');

-- taking it back
SELECT throws_ok(format('SELECT reverse_transfer(%s, ''x'')', (SELECT transfer_id FROM transfer WHERE employee_id = 7)), 'MU111', NULL, 'nothing to take back');
SELECT throws_ok('SELECT reverse_transfer(999, ''x'')', 'MU102', NULL, 'unknown transfer');
SELECT set_config('mutasi.actor', 'unit head', true) \g /dev/null
SELECT reverse_transfer(1, 'the move was contested with success') AS back \gset
SELECT results_eq(format('SELECT employee_id, from_post_id, to_post_id, reverses_id, state FROM transfer WHERE transfer_id = %s', :back), $$VALUES (2, 1, 2, 1, 'draft')$$, 'the way back is a case of its own');
INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (2, 'donor floor', 'restored to the former post', current_date + 9);
SELECT pg_temp.documents(:back), pg_temp.up_to(:back, 'appointed') \g /dev/null
SELECT is((SELECT applied FROM apply_due_transfers()), true, 'and takes effect on the same day');
SELECT results_eq('SELECT post_id FROM incumbency WHERE employee_id = 2 AND valid_to IS NULL', 'VALUES (2)', 'back in the former post');

-- applications
SELECT results_eq($$SELECT file_application(6, 1, 'near my family'), file_application(6, 4, 'to lead')$$, 'VALUES (1, 2)', 'applications');
SELECT results_eq('SELECT post_id, preference::int FROM application ORDER BY preference', 'VALUES (1, 1), (4, 2)', 'in order of preference');
SELECT throws_ok($$SELECT file_application(6, 1, 'again')$$, 'MU112', 'employee 6 has applied for post 1 already: application 1', 'once for a post');
SELECT throws_ok($$SELECT file_application(6, 2, 'to stay')$$, 'MU127', 'employee 6 has held post 2 since 2021-01-01', 'for another post than that held');
SELECT throws_ok($$SELECT file_application(6, 3, 'x', 2)$$, 'MU112', 'employee 6 has an application with preference 2 already: application 2', 'each with a preference of its own');
SELECT throws_ok($$SELECT file_application(6, 3, 'x', 0)$$, '22023', 'preference 0 is not one from 1 to 100', 'of those there are');
SELECT throws_ok($$SELECT file_application(6, 3, 'x', 101)$$, '22023', 'preference 101 is not one from 1 to 100', 'up to the last');
SELECT throws_ok($$SELECT file_application(999, 3, 'x')$$, 'MU102', 'there is no employee 999', 'by somebody there is');
SELECT throws_ok($$SELECT file_application(6, 3, ' ')$$, '22023', 'the application for post 3 gives no reason', 'with a reason');
SAVEPOINT filed;
SELECT file_application(8, 1, 'x', 100) \g /dev/null
SELECT throws_ok($$SELECT file_application(8, 4, 'x')$$, '22023', 'employee 8 has an application with preference 100, behind which there is no place', 'nothing comes behind the last');
INSERT INTO incumbency (employee_id, post_id, valid_from, kind) VALUES (8, 4, '2022-01-01', 'acting');
SELECT lives_ok($$SELECT file_application(8, 4, 'I do it already', 1)$$, 'who acts in a post may apply for it');
UPDATE post SET valid_to = current_date WHERE post_id = 3;
SELECT throws_ok($$SELECT file_application(6, 3, 'x')$$, 'MU102', format('post 3 (HEAL-C) ended on %s', current_date), 'for none that ended');
UPDATE post SET valid_from = current_date + 1, valid_to = NULL WHERE post_id = 3;
SELECT throws_ok($$SELECT file_application(6, 3, 'x')$$, 'MU102', format('post 3 (HEAL-C) begins on %s', current_date + 1), 'nor before it begins');
UPDATE employee SET left_on = current_date WHERE employee_id = 5;
SELECT throws_ok($$SELECT file_application(5, 1, 'x')$$, 'MU112', format('employee 5 left on %s and applies for no post', current_date), 'nobody who has left');
ROLLBACK TO filed;
SELECT throws_ok($$SELECT file_application(6, 999, 'x')$$, 'MU102', NULL, 'for a post there is');
SELECT throws_ok($$SELECT apply_for_transfer(1, 'x')$$, '42501', NULL, 'apply_for_transfer() is for employees');
SELECT lives_ok('SELECT withdraw_application(2)', 'withdrawn');
SELECT throws_ok('SELECT withdraw_application(2)', 'MU112', NULL, 'once');
SELECT open_transfer(1) AS own \gset
SELECT results_eq(format('SELECT initiative, to_post_id, reason FROM transfer WHERE transfer_id = %s', :own), $$VALUES ('own', 1, 'near my family')$$, 'a transfer comes of it');
SELECT throws_ok('SELECT open_transfer(1)', 'MU112', NULL, 'one');
SELECT throws_ok('SELECT withdraw_application(1)', 'MU112', NULL, 'from then on the transfer is withdrawn instead');
SELECT throws_ok($$SELECT file_application(6, 1, 'again')$$, 'MU112', 'employee 6 has applied for post 1 already: application 1', 'and the application stands while the transfer is open');
UPDATE transfer SET state = 'withdrawn', state_reason = 'not now' WHERE transfer_id = :own;
SELECT is((SELECT ended_at FROM application WHERE application_id = 1), now(), 'it ends with the transfer');
SELECT lives_ok($$SELECT file_application(6, 1, 'after all')$$, 'and the person may apply for the post again');
SELECT is((SELECT preference::int FROM application WHERE post_id = 1 AND ended_at IS NULL), 1, 'as the first wish, where no other stands');
INSERT INTO application (employee_id, post_id, preference, reason, transfer_id) VALUES (6, 1, 1, 'a case of before', :own);
SELECT is((SELECT ended_at FROM application WHERE reason = 'a case of before'), now(), 'one on record with a transfer that ended has ended');

SELECT * FROM finish();
ROLLBACK;
