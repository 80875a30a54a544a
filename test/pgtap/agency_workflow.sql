-- The agency around its workflow: who acts for whom, deadlines in working days
-- with the agency's holidays, timers, and what a scheduler runs every day.
BEGIN;
SELECT plan(39);
\i test/data/small_agency.sql

-- delegation
INSERT INTO workflow_role (role, login) VALUES ('verifier', 'verifier'), ('analyst', 'analyst'), ('appointing_official', 'mayor');
INSERT INTO transfer (employee_id, to_post_id, reason, effective_on) VALUES (2, 1, 'PKM1 lacks nurses', current_date);
SELECT set_config('mutasi.actor', 'head', true) \g /dev/null
UPDATE transfer SET state = 'submitted' WHERE transfer_id = 1;
SELECT set_config('mutasi.actor', 'deputy', true) \g /dev/null
SELECT throws_ok($$UPDATE transfer SET state = 'verification' WHERE transfer_id = 1$$, 'MU008', NULL, 'the part is somebody else''s');
SELECT results_eq($$SELECT DISTINCT hint FROM mutasi.allowed_transitions('kota.transfer', 1) WHERE sqlstate = 'MU008'$$,
	$$VALUES ('No database role plays it; only run_timers() or the function given as plays_role decides; that of an agency schema goes by the rows of its table workflow_role.')$$, 'and the hint says where the agency names who plays it');
SELECT set_config('mutasi.on_behalf_of', 'verifier', true) \g /dev/null
SELECT throws_ok($$UPDATE transfer SET state = 'verification' WHERE transfer_id = 1$$, 'MU017', NULL, 'nobody acts for another unasked');
SELECT set_config('mutasi.on_behalf_of', '', true) \g /dev/null
SELECT set_config('mutasi.actor', 'verifier', true) \g /dev/null
SELECT throws_ok($$SELECT delegate_my_part('verifier', current_date + 5, 'leave')$$, '22023', NULL, 'not to oneself');
SELECT throws_ok($$SELECT delegate_my_part('deputy', current_date + 5, ' ')$$, '22023', NULL, 'not without a reason');
SELECT throws_ok($$SELECT delegate_my_part('deputy', current_date, 'leave')$$, '22023', NULL, 'not for no time');
SELECT throws_ok($$SELECT delegate_my_part('deputy', current_date - 1, 'leave', current_date - 9)$$, '22023', NULL, 'not for the past');
SELECT throws_ok($$SELECT delegate_my_part('deputy', NULL, 'leave')$$, '22023', NULL, 'not without an end');
SELECT is(delegate_my_part('deputy', current_date + 30, 'leave', current_date + 10), 1, 'ahead of time');
SELECT is(acts_for('deputy', 'verifier'), false, 'does not count yet');
SELECT is(delegate_my_part('deputy', current_date + 5, 'leave', letter => '800/1'), 2, 'from today on');
SELECT is(acts_for('deputy', 'verifier'), true, 'counts');
SELECT is(acts_for('verifier', 'deputy'), false, 'one way');
SELECT set_config('mutasi.actor', 'deputy', true) \g /dev/null
SELECT is(delegate_my_part('third', current_date + 5, 'leave'), 3, 'the deputy gives the own part to a third');
SELECT is(acts_for('third', 'verifier'), false, 'but not what was given to the deputy');
SELECT set_config('mutasi.on_behalf_of', 'verifier', true) \g /dev/null
SELECT lives_ok($$UPDATE transfer SET state = 'verification' WHERE transfer_id = 1$$, 'the delegate acts');
SELECT results_eq($$SELECT actor, on_behalf_of FROM transfer_history WHERE to_state = 'verification'$$, $$VALUES ('deputy', 'verifier')$$, 'under both names');
SELECT set_config('mutasi.on_behalf_of', '', true), set_config('mutasi.actor', 'stranger', true) \g /dev/null
SELECT throws_ok('SELECT end_delegation(2)', 'MU102', NULL, 'a stranger ends nothing');
SELECT set_config('mutasi.actor', 'verifier', true) \g /dev/null
SELECT lives_ok('SELECT end_delegation(2)', 'the principal does');
SELECT is(acts_for('deputy', 'verifier'), false, 'and it counts no longer');
SELECT throws_ok('SELECT end_delegation(2)', 'MU102', NULL, 'once');

-- deadlines
SELECT is((SELECT working_days FROM mutasi.case_deadlines('kota.transfer')), 15, 'a state has its working days');
SELECT is((SELECT array_agg(d ORDER BY d) FROM jsonb_object_keys(set_deadlines('{}')) AS d),
	'{analysis,consideration_given,minister_permission,origin_consent,receiver_proposal,returned,submitted,team_review,verification}', 'every state that waits has them');
SELECT is(set_deadlines('{"verification": 3, "analysis": null}') ->> 'verification', '3', 'the agency sets its own');
SELECT results_eq('SELECT working_days, due_at FROM mutasi.case_deadlines(''kota.transfer'')',
	$$SELECT 3, mutasi.working_days_until(now(), 3, '{}')$$, 'for cases under way, too');
SELECT throws_ok($$SELECT set_deadlines('{"nowhere": 3}')$$, '22023', NULL, 'a state there is');
SELECT throws_ok($$SELECT set_deadlines('{"verification": 0}')$$, '22023', NULL, 'a day at least');
SELECT is((SELECT count(*) FROM mutasi.verify_history('kota.transfer')), 0::bigint, 'the history verifies after the change');
SELECT is((SELECT count(*) FROM mutasi.workflow_health('kota.transfer')), 0::bigint, 'and the workflow is sound');
SELECT throws_ok($$UPDATE transfer SET state = 'effective' WHERE transfer_id = 1$$, 'MU002', NULL, 'and guards');
INSERT INTO holiday (day, name) SELECT d::date, 'long feast' FROM generate_series(current_date + 1, current_date + 20, interval '1 day') AS d;
SELECT cmp_ok((SELECT due_at::date FROM mutasi.case_deadlines('kota.transfer')), '>', current_date + 20, 'the agency''s holidays do not count');
DELETE FROM holiday;

-- every day
INSERT INTO assessment (employee_id, competency_id, level, assessed_on, expires_on) VALUES (7, 1, 5, current_date - 5, current_date + 1);
SELECT refresh_profiles(current_date + 1) \g /dev/null
UPDATE employee SET recent_score_of = 199902 WHERE employee_id = 4;
SELECT results_eq('SELECT task, done, failed FROM run_daily()',
	$$VALUES ('profiles refreshed', 1::bigint, 0::bigint), ('units'' figures refreshed', 3, 0), ('timers run', 0, 0), ('transfers made effective', 0, 0)$$, 'run_daily(): what time has changed');
SELECT is((SELECT recent_score_of <> 199902 FROM employee WHERE employee_id = 4), true, 'a new year brings other ratings');
SELECT results_eq('SELECT sum(done)::int, sum(failed)::int FROM run_daily()', 'VALUES (0, 0)', 'nothing a second time');

-- BKN's silence: five working days, then the next state, by SYSTEM
SELECT set_config('mutasi.actor', '', true) \g /dev/null
SELECT mutasi.import_cases('kota.transfer', 'came on paper', jsonb_build_array(jsonb_build_object('transfer_id', 50, 'employee_id', 5, 'from_post_id', 2,
	'kind', 'inter-agency out', 'initiative', 'agency', 'reason', 'x', 'workflow', 'transfer_within_province', 'state', 'bkn_consideration', 'other_agency', 'Kota Y',
	'minister_permission_needed', false, 'created_by', 'x', 'created_at', now()))) \g /dev/null
SELECT is((SELECT on_expiry FROM mutasi.case_deadlines('kota.transfer', '50')), 'consider', 'silence is consent at BKN');
SELECT is((SELECT overdue FROM mutasi.case_deadlines('kota.transfer', '50', now() + interval '20 days')), true, 'after its days');
SELECT is((SELECT count(*) FROM mutasi.run_timers('kota.transfer')), 0::bigint, 'not before');
SELECT is((SELECT working_days FROM mutasi.case_deadlines('kota.transfer', '50')), 5, 'five of them');
SELECT results_eq('SELECT count(*) FROM transfer_overdue', 'VALUES (0::bigint)', 'nothing is overdue');

SELECT * FROM finish();
ROLLBACK;
