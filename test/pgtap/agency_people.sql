-- Told before, followed up after, decided on grounds that can be looked at
-- again: plans, notices, objections, messages, reviews, decision files, and the
-- views about data and fairness.
BEGIN;
SELECT plan(87);
\i test/data/small_agency.sql
\i test/data/steps.sql
CREATE FUNCTION pg_temp.up_to(t integer, until text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s record;
BEGIN
	INSERT INTO kota.transfer_document (transfer_id, code, title) SELECT t, d, d FROM unnest('{D01,D02,D05,D06,D07,D08,D10,D12}'::text[]) AS d ON CONFLICT DO NOTHING;
	FOR s IN SELECT * FROM (VALUES (1, 'unit head', 'submitted'), (2, 'verifier', 'verification'), (3, 'verifier', 'analysis'), (4, 'analyst', 'team_review'),
			(5, 'mayor', 'decided'), (6, 'mayor', 'appointed')) AS v (n, who, state) ORDER BY n LOOP
		PERFORM pg_temp.step(t, s.who, s.state);
		EXIT WHEN s.state = until;
	END LOOP;
END $$;

CREATE FUNCTION pg_temp.refusal(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE command;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN format('%s: %s. %s', SQLSTATE, SQLERRM, hint);
END $$;

-- plans
INSERT INTO transfer_plan (name, goal, period_from, period_to, indicator, baseline, target, evaluation)
	VALUES ('2026', 'every health centre below a ratio of 1.5', current_date, current_date + 365, 'health centres above 1.5', 1, 0, 'unit_workload, by BKPSDM, in January');
SELECT throws_ok($$INSERT INTO transfer_plan (name, goal, period_from, period_to, evaluation) VALUES ('x', 'y', '2026-01-01', '2027-01-01', '')$$, '23514', NULL, 'a plan says how it will be evaluated');
SELECT is(propose_plan(1), 2, 'two nurses can be spared');
SELECT results_eq('SELECT employee_id, to_post_id, from_post_id FROM transfer_plan_move ORDER BY 1', 'VALUES (2, 1, 2), (3, 1, 2)', 'the two best');
SELECT is(propose_plan(1), 2, 'proposing again starts anew');
SELECT is((SELECT proven FROM transfer_plan AS p, LATERAL mutasi.plan_certificate(p.solution) AS c), true, 'proven optimal');
SELECT results_eq('SELECT unit_id, existing_before, existing_after FROM plan_what_if(1)', 'VALUES (2, 1.00, 3.00), (3, 5.00, 3.00)', 'what the plan would do');
UPDATE post SET min_staff = 4 WHERE post_id = 2;
SELECT is(propose_plan(1), 1, 'never below the minimum staff of the donor');
UPDATE post SET min_staff = 2 WHERE post_id = 2;
UPDATE task_volume SET volume = 12000 WHERE task_id = 2;	-- 4.80 required, 5 there, 1.20 at most
SELECT is(propose_plan(1), 1, 'nor above its workload ratio');
UPDATE task_volume SET volume = 7500 WHERE task_id = 2;
UPDATE post SET seats = 2 WHERE post_id = 1;
SELECT is(propose_plan(1), 1, 'nor beyond the seats');
UPDATE post SET seats = 4 WHERE post_id = 1;
SELECT is(propose_plan(1), 2, 'and back');
SELECT throws_ok('SELECT propose_plan(99)', 'MU102', 'there is no plan 99', 'unknown plan');
SELECT set_config('mutasi.actor', 'unit head', true) \g /dev/null
SAVEPOINT moved;
UPDATE incumbency SET valid_to = current_date WHERE employee_id = 3;
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (3, 1, current_date);
SELECT is(pg_temp.refusal('SELECT open_plan(1, current_date)'), 'MU126: employee 3 already holds post 1, to which plan 1 would move the person. Something changed since the plan was proposed: propose it anew with propose_plan(1), or delete the move from transfer_plan_move to open the others.', 'a person moved to the post since is named, with what to do');
SELECT is_empty('SELECT * FROM transfer', 'and nothing was opened');
SAVEPOINT anew;
SELECT is(propose_plan(1), open_plan(1, current_date), 'what is proposed anew can be opened');
ROLLBACK TO anew;
DELETE FROM transfer_plan_move WHERE plan_id = 1 AND employee_id = 3;
SELECT is(open_plan(1, current_date), 1, 'and so can the others, without that move');
ROLLBACK TO moved;
SELECT is(open_plan(1, current_date), 2, 'the plan''s transfers are opened');
SELECT throws_ok('SELECT propose_plan(1)', 'MU115', NULL, 'and the proposals stay from then on');
SELECT results_eq('SELECT proposed, under_way, effective FROM plan_summary', 'VALUES (2, 2, 0)', 'plan_summary');

-- deciding for the second best
SELECT transfer_id AS two FROM transfer WHERE employee_id = 2 \gset
SELECT transfer_id AS three FROM transfer WHERE employee_id = 3 \gset
UPDATE transfer SET state = 'withdrawn', state_reason = 'x' WHERE transfer_id = :three;
SELECT pg_temp.up_to(:two, 'team_review') \g /dev/null
SELECT is((SELECT passed_over FROM transfer WHERE transfer_id = :two), 1, 'who comes to be decided has how many stand before');
SELECT is((SELECT count(*) FROM mutasi.workflow AS w CROSS JOIN LATERAL jsonb_array_elements(mutasi.export_workflow(w.workflow) -> 'transitions') AS t
	WHERE w.shipped AND t ->> 'to' = 'decided' AND t ->> 'condition' LIKE '%passed_over%decision_grounds%'), 5::bigint, 'grounds are a condition of every step to a decision, and exported');
SELECT is((SELECT count(*) FROM mutasi.workflow AS w CROSS JOIN LATERAL jsonb_array_elements(mutasi.export_workflow(w.workflow) -> 'transitions') AS t WHERE w.shipped AND t ->> 'to' = 'decided'), 5::bigint, 'there are no others');
SELECT matches(mutasi.workflow_diagram('transfer_with_centre'), 'decide \[condition\]', 'and drawn');
SELECT set_config('mutasi.actor', 'mayor', true) \g /dev/null
SELECT results_eq(format('SELECT allowed, sqlstate, hint FROM mutasi.allowed_transitions(''kota.transfer'', %s) WHERE action = ''decide''', :two), $$VALUES (false, 'MU009'::text, 'NEW is the row as it would become, OLD as it is: what is missing may be set in the same statement.'::text)$$, 'a form is told before');
UPDATE transfer SET passed_over = 0 WHERE transfer_id = :two;
SELECT is((SELECT passed_over FROM transfer WHERE transfer_id = :two), 1, 'nobody writes it');
SELECT throws_ok(format('UPDATE transfer SET state = ''decided'', passed_over = 0 WHERE transfer_id = %s', :two), 'MU113', NULL, 'nor in the same breath');
ALTER TABLE transfer DISABLE TRIGGER a_decision_told;
SELECT throws_ok(format('UPDATE transfer SET state = ''decided'' WHERE transfer_id = %s', :two), 'MU009', NULL, 'the condition alone refuses it too');
ALTER TABLE transfer ENABLE TRIGGER a_decision_told;
SAVEPOINT grounds;
UPDATE transfer SET decision_grounds = 'x' WHERE transfer_id = :two;
SELECT is((SELECT allowed FROM mutasi.allowed_transitions('kota.transfer', :two) WHERE action = 'decide'), true, 'with grounds the form may go on');
ROLLBACK TO grounds;
-- the best one leaves meanwhile: nobody is passed over any more, which the decision finds by itself
UPDATE employee SET left_on = current_date WHERE employee_id = 3;
SELECT lives_ok(format('UPDATE transfer SET state = ''decided'' WHERE transfer_id = %s', :two), 'what counts is the day of the decision');
SELECT results_eq(format('SELECT rank, passed_over FROM transfer WHERE transfer_id = %s', :two), 'VALUES (1, 0)', 'which is on the case');
ROLLBACK TO grounds;
SELECT throws_ok(format('SELECT pg_temp.step(%s, ''mayor'', ''decided'')', :two), 'MU113', format('transfer %s passes over 1 eligible people ranked higher, without grounds', :two), 'passing over the first needs grounds');
UPDATE transfer SET decision_grounds = 'the first asked to stay' WHERE transfer_id = :two;
SELECT lives_ok(format('SELECT pg_temp.step(%s, ''mayor'', ''decided'')', :two), 'with grounds it is decided');
SELECT results_eq('SELECT rank, employee_id, chosen, eligible FROM decision_candidate ORDER BY rank LIMIT 3', 'VALUES (1, 3, false, true), (2, 2, true, true), (3, 4, false, false)', 'who stood where is kept');
SELECT is((SELECT count(*) FROM decision_rule WHERE passed), 19::bigint, 'and how the chosen one passed the rules');
SELECT throws_ok('UPDATE decision_candidate SET rank = 5 WHERE rank = 1', 'MU116', NULL, 'it cannot be changed');
SELECT throws_ok('DELETE FROM decision_rule', 'MU116', NULL, 'nor deleted');
SELECT throws_ok('TRUNCATE decision_rule', 'MU116', NULL, 'nor truncated');
SELECT is((SELECT bool_and(same) FROM replay(:two)), true, 'replay: the same');
INSERT INTO assessment (employee_id, competency_id, level, assessed_on) VALUES (3, 1, 1, current_date);
SELECT results_eq(format('SELECT employee_id, score = replayed_score, difference FROM replay(%s) WHERE NOT same', :two),
	$$VALUES (3, true, 'the assessments on record for that day now give another profile')$$, 'replay names whose record was changed afterwards; the kept ranking stands');
DELETE FROM assessment WHERE employee_id = 3 AND assessed_on = current_date;
SELECT throws_ok('SELECT * FROM replay(99)', 'MU102', NULL, 'nothing to replay');
SELECT decision_file(:two) AS file \gset
SELECT is(jsonb_array_length(:'file'::jsonb -> 'candidates'), 7, 'decision_file: everybody ranked');
SELECT is(:'file'::jsonb #>> '{transfer,decision_grounds}', 'the first asked to stay', 'and the grounds');
SET timezone = 'Asia/Jakarta';
SELECT is(decision_file(:two)::text, :'file', 'the same bytes in another time zone');
RESET timezone;

-- notice, objection, effect
SELECT pg_temp.step(:two, 'mayor', 'appointed') \g /dev/null
SELECT is((SELECT message FROM apply_due_transfers()), format('transfer %s cannot take effect before notice is given', :two), 'no effect before notice');
-- it is the workflow's own condition
SELECT is((SELECT count(*) FROM mutasi.workflow AS w CROSS JOIN LATERAL jsonb_array_elements(mutasi.export_workflow(w.workflow) -> 'transitions') AS t
	WHERE w.shipped AND t ->> 'to' = 'effective' AND t ->> 'condition' LIKE '%notice_status%'), 4::bigint, 'every shipped workflow has the condition, and exports it');
SELECT results_eq(format('SELECT allowed, sqlstate FROM mutasi.allowed_transitions(''kota.transfer'', %s) WHERE action = ''take_effect''', :two), $$VALUES (false, 'MU009'::text)$$, 'a form is told before');
UPDATE transfer SET notice_status = 'given' WHERE transfer_id = :two;
SELECT is((SELECT notice_status FROM transfer WHERE transfer_id = :two), 'owed', 'nobody writes that notice was given');
SELECT throws_ok(format('UPDATE transfer SET notice_status = ''given'', state = ''effective'' WHERE transfer_id = %s', :two), 'MU119', NULL, 'nor in the same breath');
ALTER TABLE transfer DISABLE TRIGGER a_transfer_people;
SELECT throws_ok(format('UPDATE transfer SET state = ''effective'' WHERE transfer_id = %s', :two), 'MU009', NULL, 'the condition alone refuses it too');
ALTER TABLE transfer ENABLE TRIGGER a_transfer_people;
SAVEPOINT notice;
SELECT waive_notice(:two, 'asked for it in writing') \g /dev/null
SELECT results_eq(format('SELECT notice_status, (SELECT h.changes #>> ''{notice_status,1}'' FROM transfer_history AS h WHERE h.transfer_id = t.transfer_id ORDER BY h.seq DESC LIMIT 1) FROM transfer AS t WHERE t.transfer_id = %s', :two), $$VALUES ('waived', 'waived')$$, 'a waiver is on the case and in its history');
SELECT is((SELECT applied FROM apply_due_transfers()), true, 'and will do');
ROLLBACK TO notice;
SELECT throws_ok(format('SELECT issue_notice(%s, ''fr'')', :two), '22023', NULL, 'a language without a template');
SELECT throws_ok(format('SELECT issue_notice(%s)', :three), 'MU117', NULL, 'no notice of a case that is over');
SELECT matches(issue_notice(:two, 'en'), 'To Pegawai 002.*Health Centre 2: from 0\.60 to 0\.75\n- Health Centre 1: from 4\.00 to 2\.00', 'the notice is made of the decision''s data');
SELECT unalike((SELECT body FROM notice), '%{%', 'nothing in it is left to fill in');
SELECT is(pg_temp.refusal(format('SELECT issue_notice(%s)', :two)), format('MU117: notice of transfer %s was given already. To correct it, DELETE FROM notice WHERE transfer_id = %1$s, then give notice anew; delete its message from outbox, too, if nobody has taken it yet.', :two), 'once');
SELECT throws_ok(format('SELECT waive_notice(%s, ''x'')', :two), 'MU117', format('notice of transfer %s was given already', :two), 'nor waived behind it');
SAVEPOINT corrected;
DELETE FROM notice WHERE transfer_id = :two;
DELETE FROM outbox WHERE transfer_id = :two AND taken_at IS NULL;
UPDATE transfer SET decision_letter = 'SK 7' WHERE transfer_id = :two;
SELECT matches(issue_notice(:two, 'en'), 'By decision SK 7 you move', 'corrected as the hint says');
SELECT results_eq(format('SELECT changes #>> ''{notice_status,1}'' FROM transfer_history WHERE transfer_id = %s AND changes ? ''notice_status'' ORDER BY seq', :two), $$VALUES ('owed'), ('given'), ('owed'), ('given')$$, 'which the history tells');
SELECT is((SELECT count(*) FROM outbox), 1::bigint, 'and one message goes out');
ROLLBACK TO corrected;
SELECT is((SELECT notice_status FROM transfer WHERE transfer_id = :two), 'given', 'the case says that notice was given');
SET LOCAL mutasi.actor = 'pegawai_2';
SELECT lives_ok(format('SELECT acknowledge_notice(%s)', :two), 'the person acknowledges it');
SELECT is(file_objection(:two, 'my child goes to school here'), 1, 'and objects');
SET LOCAL mutasi.actor = 'pegawai_3';
SELECT throws_ok(format('SELECT acknowledge_notice(%s)', :two), 'MU118', NULL, 'nobody else acknowledges');
SELECT throws_ok(format('SELECT file_objection(%s, ''x'')', :two), 'MU118', NULL, 'nor objects');
SET LOCAL mutasi.actor = 'personnel agency';
SELECT ok((SELECT answer_due > current_date + 4 FROM objection), 'five working days to answer');
SELECT is((SELECT message FROM apply_due_transfers()), format('an objection to transfer %s is open or was upheld', :two), 'an open objection holds it up');
SELECT lives_ok($$SELECT answer_objection(1, 'the school term ends before the day', false)$$, 'answered');
SELECT throws_ok($$SELECT answer_objection(1, 'again', true)$$, 'MU118', NULL, 'once');
SELECT is((SELECT applied FROM apply_due_transfers()), true, 'then it takes effect');
SAVEPOINT opened;
SET LOCAL mutasi.actor = 'unit head';
SELECT is(open_plan(1, current_date), 1, 'the plan can be opened for those withdrawn; whom it has moved stays');
SELECT results_eq('SELECT employee_id FROM transfer WHERE is_open', 'VALUES (3)', 'those only');
ROLLBACK TO opened;
SELECT results_eq('SELECT months::int, due_on >= (current_date + make_interval(months => months))::date FROM placement_review ORDER BY 1', 'VALUES (3, true), (6, true), (12, true)', 'reviews are due');
SELECT ok((SELECT bool_and(extract(isodow FROM due_on) < 6) FROM placement_review), 'on working days');

-- the outbox
SELECT is(announce_messages(), 2, 'two messages wait');
SELECT is((SELECT count(*) FROM take_messages(1)), 1::bigint, 'one is taken');
SELECT is((SELECT count(*) FROM take_messages()), 1::bigint, 'then the other');
SELECT is((SELECT count(*) FROM take_messages()), 0::bigint, 'none twice');

-- early warning
UPDATE placement_review SET reviewed_on = current_date, reviewer = 'head', adaptation = 2, performance = 3, goal_reached = false, follow_up = 'none' WHERE months = 3;
SELECT results_eq('SELECT months, warning FROM placement_review_due', $$VALUES (3, 'settles in badly; goal not reached')$$, 'a bad review without follow-up is a warning');
UPDATE placement_review SET follow_up = 'mentoring' WHERE months = 3;
SELECT is_empty('SELECT * FROM placement_review_due', 'until something is done');
UPDATE placement_review SET due_on = current_date - 1 WHERE months = 6;
SELECT is((SELECT overdue FROM placement_review_due), true, 'and an overdue one is shown');

-- gaps, timeline, quality
SELECT results_eq('SELECT competency_name, missing, mandatory, assessed FROM employee_gap WHERE employee_id = 6', $$VALUES ('Nursing care', 4.00, true, false)$$, 'employee_gap');
SELECT is((SELECT count(*) FROM transfer_timeline WHERE transfer_id = :two), (SELECT count(*) FROM transfer_history WHERE transfer_id = :two), 'transfer_timeline');
SELECT is_empty($$SELECT * FROM data_quality WHERE subject = 'employee' AND object_id = 1$$, 'nothing to complain about');
INSERT INTO employee (employee_id, name) VALUES (60, 'Pegawai 060');
SELECT is((SELECT count(*) FROM data_quality WHERE subject = 'employee' AND object_id = 60), 8::bigint, 'an empty record');
INSERT INTO assessment (employee_id, competency_id, level, assessed_on) VALUES (1, 2, 6, '2020-01-01');
SELECT is((SELECT problem FROM data_quality WHERE object_id = 1 AND subject = 'employee'), 'assessed beyond the scale', 'an impossible value');

-- fairness: 9 people in three units of 2, 1 and 5; groups below 5 are shown together, or not at all
SELECT is_empty($$SELECT group_name, people FROM fairness WHERE dimension = 'unit'$$, 'where no group would be left to be shown, none is');
INSERT INTO employee (name, sex) SELECT 'Pegawai ' || n, CASE WHEN n % 2 = 0 THEN 'male' ELSE 'female' END FROM generate_series(200, 239) AS n;
SELECT results_eq($$SELECT group_name, people FROM fairness WHERE dimension = 'sex' ORDER BY 1$$, $$SELECT '(small groups)', count(*)::integer FROM employee WHERE sex IS DISTINCT FROM 'male' UNION ALL SELECT 'male', count(*)::integer FROM employee WHERE sex = 'male'$$,
	'one small group alone is shown together with the next smallest');

SELECT * FROM finish();
ROLLBACK;
