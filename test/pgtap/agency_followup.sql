-- Told, prepared, followed up: templates, waivers of notice, deadlines, training,
-- mentors, induction, reviews, early warnings, returns; and grounds that show
-- whoever changed them.
BEGIN;
SELECT plan(89);
\i test/data/small_agency.sql
\i test/data/steps.sql
INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, evaluation) VALUES (1, 'p', 'every health centre {staffed}', current_date, current_date + 365, 'e');
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on, decision_grounds, plan_id) VALUES (900, 3, 1, 'PKM1 lacks nurses', current_date, 'x', 1);
INSERT INTO transfer_document (transfer_id, code, title) SELECT 900, d, d FROM unnest('{D01,D02,D05,D06,D07,D08,D10,D12}'::text[]) AS d;

-- templates
SELECT is(fill_template('{a} and {b}, {c}{', '{"a": "{b}", "b": null}'), '{b} and -, {c}{', 'fields are filled in once; what is none stays');
SELECT is(fill_template('[x {a}][y {b}][z {a} {b}][{a?}w][{b?}v][see {c}] [annex][ {a}', '{"a": "[{b}]", "b": null}'), 'x [{b}]w[see {c}] [annex][ [{b}]', 'a part in brackets goes with its fields; others, and those in values, stay');
SELECT is(fill_template('', '{}'), '', 'nothing');
SELECT throws_ok($$INSERT INTO notice_template VALUES ('jv', 'Kagem {nama}')$$, '22023', 'a notice has no field "nama"', 'a template names only what there is');
SELECT lives_ok($$INSERT INTO notice_template VALUES ('jv', 'Kagem {name}: {goal}')$$, 'a language of the agency''s own');
SELECT throws_ok($$SELECT preview_notice(99, 'jv')$$, 'MU102', NULL, 'no such transfer');
SELECT throws_ok($$SELECT preview_notice(900, 'fr')$$, '22023', 'there is no notice in language "fr"', 'no such language');
SELECT is(preview_notice(900, 'jv'), 'Kagem Pegawai 003: every health centre {staffed}', 'what it will say can be seen before');
SELECT is_empty('SELECT * FROM notice', 'and is not given by that');
SELECT throws_ok($$SELECT waive_notice(900, 'x')$$, 'MU117', NULL, 'no notice before the decision');

-- deadlines of the step
SELECT mutasi.detach_workflow('kota.transfer') \g /dev/null
SELECT mutasi.attach_workflow('kota.transfer', 'transfer_within_agency', 'state', '{"workflow_column": "workflow", "workflows": {"transfer_within_agency": true, "transfer_within_province": true, "transfer_between_provinces": true, "transfer_with_centre": true},
	"plays_role": "kota.plays_role", "reason": "state_reason", "reason_code": "rejection_code", "documents": {"table": "kota.transfer_document", "case": "transfer_id", "code": "code"}, "holidays": {"table": "kota.holiday", "column": "day"}, "deadlines": {"submitted": 3}, "history": "transfer_history2"}') \g /dev/null
SELECT pg_temp.step(900, 'unit head', 'submitted') \g /dev/null
SELECT results_eq('SELECT subject, due_on, working_days_left, overdue, on_expiry FROM transfer_deadline',
	$$SELECT 'step', d, 3, false, 'expire' FROM mutasi.add_working_days((now() AT TIME ZONE 'Asia/Jakarta')::date, 3) AS d WHERE (now() AT TIME ZONE 'Asia/Jakarta')::date = current_date
	UNION ALL SELECT subject, due_on, working_days_left, overdue, on_expiry FROM transfer_deadline WHERE (now() AT TIME ZONE 'Asia/Jakarta')::date <> current_date$$, 'three working days for the step');
SELECT pg_temp.step(900, w, s) FROM (VALUES (2, 'verifier', 'verification'), (3, 'verifier', 'analysis'), (4, 'analyst', 'team_review'), (5, 'mayor', 'decided'), (6, 'mayor', 'appointed')) AS v (n, w, s) ORDER BY n \g /dev/null
SELECT set_eq('SELECT subject FROM transfer_deadline', $$VALUES ('notice'), ('effect')$$, 'decided: notice and effect are due');
SELECT is((SELECT message FROM apply_due_transfers()), 'transfer 900 cannot take effect before notice is given', 'no effect before notice');
SELECT throws_ok($$SELECT waive_notice(900, ' ')$$, '22023', 'a notice is waived with a reason', 'not without a reason');
SELECT lives_ok($$SELECT waive_notice(900, 'asked for it in writing')$$, 'waived');
SELECT throws_ok($$SELECT issue_notice(900)$$, 'MU117', 'notice of transfer 900 was waived already', 'then none is given');
-- objections have their time, and their answer too
SELECT set_config('mutasi.actor', 'pegawai_3', true) \g /dev/null
SELECT file_objection(900, 'too far') AS objection \gset
SELECT throws_ok(format($$SELECT answer_objection(%s, 'I agree with myself', true)$$, :objection), 'MU118', NULL, 'nobody answers the own objection');
SELECT set_config('mutasi.actor', 'mayor', true) \g /dev/null
SELECT throws_ok(format($$SELECT answer_objection(%s, '', true)$$, :objection), '22023', NULL, 'an answer says something');
SELECT results_eq($$SELECT due_on, working_days_left FROM transfer_deadline WHERE subject = 'objection'$$, $$SELECT mutasi.add_working_days(current_date, 5), 5$$, 'five working days to answer');
SELECT lives_ok(format($$SELECT answer_objection(%s, 'a flat comes with the post', false)$$, :objection), 'answered');
UPDATE notice SET body = 'x', issued_at = now() - interval '30 days';
SELECT set_config('mutasi.actor', 'pegawai_3', true) \g /dev/null
SELECT throws_ok($$SELECT file_objection(900, 'later')$$, 'MU124', NULL, 'too late to object');
SELECT throws_ok($$SELECT assign_mentor(900, 3)$$, 'MU122', 'employee 3 cannot be the mentor of transfer 900', 'nobody is the own mentor');

-- prepared
INSERT INTO training_programme (programme_id, name, competency_id, from_level, to_level, hours) VALUES (1, 'Speaking', 2, 3, 4, 16);
UPDATE post_competency SET level = 4, mandatory = true WHERE post_id = 1 AND competency_id = 2;
SELECT is(propose_training(900), 1, 'what is missing is proposed');
SELECT is(propose_training(900), 0, 'once');
SELECT training_id AS training FROM training \gset
SELECT results_eq('SELECT booked_on, transfer_id FROM training', 'VALUES (NULL::date, 900)', 'not booked by that');
SELECT throws_ok(format($$SELECT complete_training(%s, 4, 'certificate 9')$$, :training), 'MU125', NULL, 'not completed before it is booked');
SELECT throws_ok('UPDATE training SET starts_on = current_date', '23514', NULL, 'nor begun');
SELECT lives_ok(format('SELECT book_training(%s, current_date + 7)', :training), 'booked');
SELECT throws_ok($$SELECT book_training(99, current_date)$$, 'MU125', NULL, 'no such training');
SELECT throws_ok(format($$SELECT complete_training(%s, 4, '')$$, :training), '22023', NULL, 'completed with evidence');
SELECT throws_ok('SELECT propose_training(99)', 'MU102', NULL, 'no such transfer');

-- in effect: induction plan and reviews are there
INSERT INTO holiday SELECT (current_date + make_interval(months => 3))::date, 'a holiday';
SELECT is((SELECT applied FROM apply_due_transfers()), true, 'takes effect');
SELECT results_eq('SELECT months::integer, due_on FROM placement_review ORDER BY 1',
	$$SELECT m, mutasi.add_working_days((current_date + make_interval(months => m))::date - 1, 1, ARRAY[(current_date + make_interval(months => 3))::date]) FROM unnest('{3,6,12}'::integer[]) AS m$$, 'reviews at 3, 6, 12 months, on working days, holidays skipped');
SELECT is((SELECT count(*) FROM induction_step WHERE transfer_id = 900), (SELECT count(*) FROM induction_template), 'an induction plan');
SELECT ok((SELECT bool_and(mutasi.is_working_day(due_on)) FROM induction_step), 'due on working days');
SELECT set_eq('SELECT subject FROM transfer_deadline', $$VALUES ('induction'), ('placement review')$$, 'both are deadlines');
SELECT is_empty($$SELECT * FROM early_warning WHERE severity > 1$$, 'nothing to worry about: the training is booked');
SELECT lives_ok($$SELECT complete_induction_step(900, 1, 'done')$$, 'a step done');
SELECT throws_ok($$SELECT complete_induction_step(900, 1)$$, 'MU123', NULL, 'once');
SELECT lives_ok('SELECT assign_mentor(900, 1, 3)', 'a mentor');
SELECT lives_ok('SELECT assign_mentor(900, 2, 6)', 'another one');
SELECT results_eq('SELECT mentor_id, ended_because FROM mentoring ORDER BY mentoring_id', $$VALUES (1, 'another mentor was named'), (2, NULL)$$, 'one at a time');
SELECT throws_ok('SELECT assign_mentor(900, 1, 0)', '22023', NULL, 'for how long');
SELECT throws_ok('SELECT assign_mentor(99, 1)', 'MU122', NULL, 'for whom');
SELECT is((SELECT count(*) FROM take_messages() AS m WHERE m.employee_id IN (1, 2) AND m.subject = 'mentoring'), 2::bigint, 'mentors are told');
SELECT set_config('mutasi.actor', 'mayor', true) \g /dev/null
SELECT lives_ok(format($$SELECT complete_training(%s, 4, 'certificate 9')$$, :training), 'the training is completed');
SELECT is((SELECT profile_level(profile, 2) FROM employee WHERE employee_id = 3), 4.00::numeric, 'and lifts the profile');

-- warnings
DELETE FROM mentoring;
-- time passes
ALTER TABLE transfer DISABLE TRIGGER y_transfer_kept;
UPDATE transfer SET effective_on = current_date - 200;
UPDATE placement_review SET due_on = due_on - 200;
UPDATE induction_step SET due_on = due_on - 200;
SELECT set_eq('SELECT severity, warning FROM early_warning', $$VALUES (1, '6 steps of the induction plan are overdue'), (1, 'no mentor was named'), (2, 'a review is overdue')$$, 'what was left undone');
SELECT set_config('mutasi.actor', 'pegawai_3', true) \g /dev/null
SELECT throws_ok($$SELECT record_placement_review(900, 3, 5, 5, true)$$, 'MU123', 'nobody reviews the own placement', 'not by oneself');
SELECT set_config('mutasi.actor', 'supervisor', true) \g /dev/null
SELECT throws_ok($$SELECT record_placement_review(900, 4, 5, 5, true)$$, 'MU123', NULL, 'no review after four months');
SELECT is(record_placement_review(900, 3, 4, 4, true), NULL, 'a good review');
SELECT throws_ok($$SELECT record_placement_review(900, 3, 5, 5, true)$$, 'MU123', NULL, 'once');
SELECT is(record_placement_review(900, 6, 3, 2, true), NULL, 'a worse one');
SELECT set_eq('SELECT severity, warning, advice FROM early_warning WHERE severity > 1', $$VALUES (3, 'review after 6 months: performs badly', 'decide on mentoring, training or return'), (2, 'review after 6 months: worse than the one before', 'talk with person and supervisor')$$, 'is a warning');
UPDATE placement_review SET follow_up = 'mentoring' WHERE months = 6;
SELECT ok(EXISTS (SELECT FROM early_warning WHERE warning = 'mentoring decided after 6 months, and nothing came of it'), 'a decision that nothing comes of is one');
INSERT INTO mentoring (transfer_id, mentor_id, ends_on) VALUES (900, 2, current_date + 90);
SELECT ok(NOT EXISTS (SELECT FROM early_warning WHERE severity = 3), 'until something does');
UPDATE transfer SET effective_on = current_date;
ALTER TABLE transfer ENABLE TRIGGER y_transfer_kept;
SELECT pg_temp.step(900, 'supervisor', 'monitoring') \g /dev/null
SELECT record_placement_review(900, 12, 1, 1, false, 'return', 'cannot settle') AS back \gset
SELECT results_eq(format('SELECT employee_id, to_post_id, reverses_id, state FROM transfer WHERE transfer_id = %s', :back), $$VALUES (3, 2, 900, 'draft')$$, 'return opens the transfer back');
SELECT is((SELECT return_transfer_id FROM placement_review WHERE months = 12), :back, 'and is linked to it');

-- grounds that were tampered with
SELECT is((SELECT bool_and(same) FROM replay(900) WHERE employee_id IS NOT NULL AND employee_id <> 3), true, 'replay: the same');
SELECT is((SELECT count(*) FROM replay(900) WHERE employee_id IS NULL), 0::bigint, 'nothing altered');
SELECT is(decision_digest(900), (SELECT decision_digest FROM transfer WHERE transfer_id = 900), 'the digest is in the transfer');
SELECT ok(EXISTS (SELECT FROM transfer_history2 WHERE changes -> 'decision_digest' ->> 1 = decision_digest(900)), 'and in its history');
ALTER TABLE decision_candidate DISABLE TRIGGER decision_kept;
ALTER TABLE decision_rule DISABLE TRIGGER decision_kept;
ALTER TABLE decision DISABLE TRIGGER decision_kept;
SAVEPOINT honest;
UPDATE decision_candidate SET performance = 0.5, score = score - 0.06 WHERE employee_id = 2;
SELECT results_eq('SELECT difference FROM replay(900) WHERE employee_id = 2', $$VALUES ('the kept row was altered')$$, 'a score altered consistently');
ROLLBACK TO honest;
UPDATE decision_candidate SET score = 0.99 WHERE employee_id = 2;
SELECT results_eq('SELECT rank, replayed_rank, difference FROM replay(900) WHERE employee_id = 2', $$VALUES (2, 2, 'the kept row was altered; another score')$$, 'a score altered alone');
ROLLBACK TO honest;
UPDATE decision_rule SET detail = 'fine' WHERE rule = 'tenure';
SELECT results_eq('SELECT difference FROM replay(900) WHERE employee_id IS NULL', $$VALUES ('the kept answer to the rule "tenure" was altered')$$, 'a rule''s answer altered');
ROLLBACK TO honest;
DELETE FROM decision_candidate WHERE rank = (SELECT max(rank) FROM decision_candidate);
SELECT results_eq('SELECT difference FROM replay(900) WHERE employee_id IS NULL', $$VALUES ('what is kept of the decision is not what the transfer''s history has the digest of')$$, 'a candidate taken out');
ROLLBACK TO honest;
UPDATE decision SET requirement = '{1:1}';
SELECT ok((SELECT count(*) FROM replay(900) WHERE same IS FALSE) > 1, 'the requirement altered');
ROLLBACK TO honest;
UPDATE decision_candidate SET score = 0.99, salt = 'x' WHERE employee_id = 2;
UPDATE decision_candidate AS c SET row_hash = decision_candidate_hash(c) WHERE employee_id = 2;
SELECT ok(EXISTS (SELECT FROM replay(900) WHERE difference LIKE 'what is kept of the decision is not%'), 'a hash made anew does not fit the digest');
ROLLBACK TO honest;

-- quality of the data over time
SELECT results_eq($$SELECT rankings, score_share FROM data_quality WHERE subject = 'post' AND object_id = 4 AND problem = 'no tasks on record'$$, 'VALUES (8, 0.100)', 'how much of the ranking a problem affects');
SELECT take_data_quality_snapshot('first') AS first \gset
INSERT INTO task (post_id, name) VALUES (4, 'lead');
INSERT INTO employee (name) VALUES ('Pegawai 300');
SELECT take_data_quality_snapshot('second') AS second \gset
SELECT results_eq(format('SELECT subject, problem, objects, change FROM data_quality_trend WHERE snapshot_id = %s AND change <> 0 AND problem IN (''no tasks on record'', ''never assessed'') ORDER BY 1', :second),
	$$VALUES ('employee', 'never assessed', 1, 1), ('post', 'no tasks on record', 0, -1)$$, 'the trend names nobody and shows both ways');
-- the published example: Student's sleep data (Biometrika 6, 1908): 0.75 and 2.33 hours, difference 1.58, t = 1.8608, hence 0.8491
INSERT INTO outcome_indicator VALUES ('sleep', 'hours', true);
INSERT INTO unit (unit_id, code, name) SELECT 500 + n, 'S' || n, 'S' || n FROM generate_series(1, 20) AS n;
INSERT INTO post (post_id, unit_id, code, title) SELECT 500 + n, 500 + n, 'S' || n, 'S' FROM generate_series(1, 20) AS n;
INSERT INTO employee (employee_id, name) SELECT 500 + n, 'Pegawai ' || (500 + n) FROM generate_series(11, 20) AS n;
SELECT mutasi.detach_workflow('kota.transfer') \g /dev/null
INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, evaluation) VALUES (2, 'q', 'g', '2025-01-01', '2026-01-01', 'e');
INSERT INTO transfer (employee_id, to_post_id, kind, reason, plan_id, state, effective_on) SELECT 500 + n, 500 + n, 'rotation', 'x', 2, 'completed', '2025-06-01' FROM generate_series(11, 20) AS n;
INSERT INTO outcome_value (unit_id, indicator, period_start, value)
	SELECT 500 + o, 'sleep', d, CASE d WHEN date '2025-03-01' THEN 0 ELSE v END
	FROM unnest('{0.7,-1.6,-0.2,-1.2,-0.1,3.4,3.7,0.8,0.0,2.0,1.9,0.8,1.1,0.1,-0.1,4.4,5.5,1.6,4.6,3.4}'::numeric[]) WITH ORDINALITY AS s (v, o) CROSS JOIN (VALUES (date '2025-03-01'), ('2025-09-01')) AS p (d);
SELECT results_eq('SELECT units_with_moves, units_without, change_with, change_without, effect, standard_error, verdict FROM plan_outcome(2, ''sleep'')',
	$$VALUES (10, 10, 2.3300, 0.7500, 1.5800, 0.8491, 'no effect beyond chance')$$, 'difference in differences and standard error as published');
-- conflicts of interest, declared by oneself
UPDATE employee SET nip = '198503222010032004' WHERE employee_id = 4;
SELECT set_config('mutasi.actor', 'pegawai_5', true) \g /dev/null
SELECT lives_ok($$SELECT declare_interest('198503222010032004', 'sibling')$$, 'declared');
SELECT results_eq('SELECT relative_id, kind, holds, verified_on, verified_by FROM relation WHERE employee_id = 5', $$VALUES (4, 'sibling', NULL::boolean, NULL::date, NULL::text)$$, 'on record, under one''s own name, and nobody has looked at it');
SELECT lives_ok($$SELECT declare_interest('198601012010031001', 'spouse')$$, 'a number that nobody here has tells nothing');
SELECT throws_ok($$SELECT declare_interest('198503222010032004', 'rival')$$, '23514', NULL, 'a tie that there is not');
-- what one only says does not decide about the other
CREATE FUNCTION pg_temp.tied(e integer, p integer) RETURNS text LANGUAGE sql AS $$ SELECT concat(coalesce(c.passed::text, 'unknown'), ': ', c.detail) FROM kota.eligibility(e, p) AS c WHERE c.rule = 'conflict of interest' $$;
UPDATE incumbency SET post_id = 1 WHERE employee_id = 5;
SELECT is(pg_temp.tied(4, 4), 'unknown: a declared tie to that unit or reporting line is not verified yet', 'a declaration by another is no verdict');
SELECT is(pg_temp.tied(5, 2), 'unknown: a declared tie to that unit or reporting line is not verified yet', 'nor is one''s own');
SELECT throws_ok('SELECT verify_interest(5, 4)', 'MU128', 'employee 5 cannot verify a tie of the own', 'nobody verifies the own tie');
SELECT set_config('mutasi.actor', 'pegawai_4', true) \g /dev/null
SELECT throws_ok('SELECT verify_interest(5, 4, false)', 'MU128', NULL, 'nor refutes it, from the other side');
SELECT set_config('mutasi.actor', 'verifier', true) \g /dev/null
SELECT throws_ok('SELECT verify_interest(4, 5)', 'MU102', 'employee 4 has declared no tie to employee 5', 'a tie there is');
SELECT throws_ok('SELECT verify_interest(5, 4, NULL)', '22004', NULL, 'yes or no');
SELECT lives_ok('SELECT verify_interest(5, 4, false)', 'it does not hold');
SELECT matches(pg_temp.tied(4, 4), '^true: declared on ', 'and counts for nothing');
SELECT results_eq('SELECT holds, verified_on, verified_by FROM relation', $$VALUES (false, current_date, 'verifier')$$, 'who said so is kept');
SELECT set_config('mutasi.actor', 'pegawai_5', true) \g /dev/null
SELECT declare_interest('198503222010032004', 'sibling') \g /dev/null
SELECT matches(pg_temp.tied(4, 4), '^true: declared on ', 'and saying it again changes nothing');
SELECT set_config('mutasi.actor', 'verifier', true) \g /dev/null
SELECT lives_ok('SELECT verify_interest(5, 4)', 'it holds');
SELECT is(pg_temp.tied(4, 4) || '; ' || pg_temp.tied(5, 2), 'false: a relative or business partner works in that unit or reporting line; false: a relative or business partner works in that unit or reporting line', 'and blocks both');
INSERT INTO relation (employee_id, relative_id, kind) VALUES (6, 7, 'in-law');
SELECT results_eq('SELECT holds, verified_by FROM relation WHERE employee_id = 6', 'SELECT true, session_user::text COLLATE "default"', 'what the agency enters itself holds');
SELECT set_config('mutasi.actor', 'nobody', true) \g /dev/null
SELECT throws_ok($$SELECT declare_interest('198503222010032004', 'sibling')$$, '42501', NULL, 'who is no employee declares nothing');
SELECT * FROM finish();
ROLLBACK;
