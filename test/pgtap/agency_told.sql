-- What is told and what follows from it, to the word and the number: notices in both
-- languages, grounds wherever somebody eligible is passed over, training that
-- follows a review, each early warning, the figures of fairness one by one, and the
-- statistics of outcomes against computations of another kind.
BEGIN;
SELECT plan(61);
\i test/data/small_agency.sql
\i test/data/steps.sql
CREATE FUNCTION pg_temp.up_to(t integer, until text, decider text DEFAULT 'mayor') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	s record;
BEGIN
	INSERT INTO kota.transfer_document (transfer_id, code, title) SELECT t, d, d FROM unnest('{D01,D02,D05,D06,D07,D08,D10,D12}'::text[]) AS d ON CONFLICT DO NOTHING;
	FOR s IN SELECT * FROM (VALUES (1, 'unit head', 'submitted'), (2, 'verifier', 'verification'), (3, 'verifier', 'analysis'), (4, 'analyst', 'team_review'),
			(5, decider, 'decided'), (6, decider, 'appointed')) AS v (n, who, state) ORDER BY n LOOP
		CONTINUE WHEN s.n <= array_position('{submitted,verification,analysis,team_review,decided,appointed}'::text[], (SELECT x.state FROM kota.transfer AS x WHERE x.transfer_id = t));
		PERFORM pg_temp.step(t, s.who, s.state);
		EXIT WHEN s.state = until;
	END LOOP;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN format('%s: %s', SQLSTATE, SQLERRM);
END $$;

-- the notice: reason, goal and effect on both units, in both languages
SELECT setval(pg_get_serial_sequence('kota.transfer', 'transfer_id'), 900), setval(pg_get_serial_sequence('kota.training', 'training_id'), 900) \g /dev/null
INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, evaluation) VALUES (1, '2026', 'no health centre above a ratio of 1.5', current_date, current_date + 365, 'e');
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on, decision_letter, plan_id) VALUES (1, 3, 1, 'Health Centre 1 lacks nurses', current_date, 'SK 7', 1);
SELECT is(pg_temp.up_to(1, 'decided'), 'done', 'the first in rank needs no grounds');
SELECT is(preview_notice(1, 'en'), format($$To Pegawai 003

By decision SK 7 you move from Nurse, Health Centre 2 to Nurse, Health Centre 1 with effect from %s.

Reason: Health Centre 1 lacks nurses.
Goal of the transfer plan: no health centre above a ratio of 1.5.

What it does to the units concerned, by the figures of the decision (a workload ratio above 1 means too few people for the work):
- Health Centre 2: from 0.60 to 0.75
- Health Centre 1: from 4.00 to 2.00

You may object within 10 working days, with your grounds; you will get an answer within 5 working days, and the move waits for it.$$, current_date), 'the notice in English');
SELECT is(preview_notice(1, 'id'), format($$Kepada Pegawai 003

Dengan keputusan SK 7 Saudara dipindahkan dari Nurse, Health Centre 2 ke Nurse, Health Centre 1 terhitung mulai %s.

Alasan: Health Centre 1 lacks nurses.
Tujuan rencana mutasi: no health centre above a ratio of 1.5.

Dampak bagi unit yang bersangkutan menurut data saat keputusan (rasio beban kerja di atas 1 berarti kekurangan pegawai):
- Health Centre 2: dari 0.60 menjadi 0.75
- Health Centre 1: dari 4.00 menjadi 2.00

Saudara dapat mengajukan keberatan dalam 10 hari kerja beserta alasannya; jawaban diberikan dalam 5 hari kerja, dan mutasi menunggu jawaban itu.$$, current_date), 'and in Indonesian');
SELECT results_eq($$SELECT ratio_before::numeric(4,2), ratio_after::numeric(4,2) FROM what_if('{3}', '{1}') ORDER BY unit_id$$, $$SELECT (f ->> (v || '_before'))::numeric(4,2), (f ->> (v || '_after'))::numeric(4,2) FROM notice_fields(1) AS f, unnest('{ratio_to,ratio_from}'::text[]) WITH ORDINALITY AS u (v, o) ORDER BY o$$, 'the effect is that of what_if()');
-- what the decision was made from, not what the day of the notice has
SAVEPOINT decided;
UPDATE task_volume SET volume = 2 * volume;
UPDATE unit SET name = 'Puskesmas 2' WHERE unit_id = 3;
SELECT isnt((SELECT ratio_before FROM what_if('{3}', '{1}') WHERE unit_id = 2)::numeric(4,2), 4.00, 'the figures have changed since the decision');
SELECT results_eq($$SELECT f ->> 'from_unit', (f ->> 'figures_of')::date, f ->> 'ratio_from_before', f ->> 'ratio_from_after', f ->> 'ratio_to_before', f ->> 'ratio_to_after' FROM notice_fields(1) AS f$$,
	$$VALUES ('Health Centre 2', current_date, '0.60', '0.75', '4.00', '2.00')$$, 'the notice has those it was made from');
SELECT results_eq($$SELECT u ->> 'side', u ->> 'unit_name', round((u ->> 'ratio_after')::numeric, 2) FROM jsonb_array_elements(decision_file(1) -> 'units') AS u$$, $$VALUES ('from', 'Health Centre 2', 0.75), ('to', 'Health Centre 1', 2.00)$$, 'as the decision file does');
SELECT is_empty('SELECT * FROM replay(1) WHERE same IS FALSE', 'and replay() finds nothing else');
ROLLBACK TO decided;
-- before there is a decision: what it would be today
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason) VALUES (2, 4, 1, 'x');
SELECT results_eq($$SELECT f ->> 'figures_of', f ->> 'ratio_from_after', f ->> 'ratio_to_after' FROM notice_fields(2) AS f$$, $$VALUES (current_date::text, '0.75', '2.00')$$, 'a preview without a decision has today''s');
-- nobody is told of a post, unit, goal or figure that there is none of
UPDATE transfer SET state = 'withdrawn', state_reason = 'x' WHERE transfer_id = 2;
INSERT INTO transfer (transfer_id, employee_id, kind, workflow, other_agency, initiative, reason, effective_on, decision_letter)
	VALUES (3, 4, 'inter-agency out', 'transfer_with_centre', 'Kementerian Kesehatan', 'own', 'to my family', '2031-01-01', 'SK 9');
SELECT is(preview_notice(3, 'en'), $$To Pegawai 004

By decision SK 9 you move from Nurse, Health Centre 2 to Kementerian Kesehatan with effect from 2031-01-01.

Reason: to my family.

What it does to the units concerned, by the figures of the decision (a workload ratio above 1 means too few people for the work):
- Health Centre 2: from 0.60 to 0.75

You may object within 10 working days, with your grounds; you will get an answer within 5 working days, and the move waits for it.$$, 'somebody who leaves');
DELETE FROM task_volume;
SELECT matches(preview_notice(3, 'id'), 'dari Nurse, Health Centre 2 ke Kementerian Kesehatan terhitung mulai 2031-01-01\.\s+Alasan: to my family\.\s+Saudara dapat', 'and without any figures');
ROLLBACK TO decided;
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason) VALUES (6, 1, 4, 'x');
SELECT matches(preview_notice(6, 'en'), 'for the work\):\n- Health Centre 1: from 4\.00 to 4\.00\n\nYou may', 'a move within the unit has one unit');
INSERT INTO employee (employee_id, name) VALUES (60, 'Pegawai 060');
INSERT INTO transfer (transfer_id, employee_id, to_post_id, kind, workflow, other_agency, reason, effective_on) VALUES (4, 60, 1, 'inter-agency in', 'transfer_within_province', 'Kota Y', 'x', '2031-01-01');
SELECT matches(preview_notice(4, 'id'), 'Saudara dipindahkan dari Kota Y ke Nurse, Health Centre 1 terhitung.*kekurangan pegawai\):\n- Health Centre 1: dari 4\.00 menjadi 2\.00\n\n', 'somebody who comes');
ROLLBACK TO decided;
UPDATE notice_template SET body = '{name}: {reason} | {goal} | {ratio_from_after} | {ratio_to_after}' WHERE language = 'id';
SAVEPOINT owed;
SELECT results_eq($$SELECT due_on FROM transfer_deadline WHERE transfer_id = 1 AND subject = 'notice'$$, 'VALUES (current_date)', 'a notice is due before the effect');
SELECT new_policy(current_date, '{"notice_required": false}') \g /dev/null
SELECT is_empty($$SELECT * FROM transfer_deadline WHERE subject = 'notice'$$, 'none where the policy asks for none');
ROLLBACK TO owed;
SELECT is(issue_notice(1), 'Pegawai 003: Health Centre 1 lacks nurses | no health centre above a ratio of 1.5 | 0.75 | 2.00', 'as the agency edits it');
SELECT results_eq('SELECT o.body, o.employee_id FROM outbox AS o', 'SELECT n.body, 3 FROM notice AS n', 'the same goes into the outbox, to the person');
SELECT throws_ok($$UPDATE notice_template SET body = '{salary}' WHERE language = 'id'$$, '22023', 'a notice has no field "salary"', 'and no edit breaks it');
-- what was given stays what was given
UPDATE notice_template SET body = 'else' WHERE language = 'id';
SELECT matches((SELECT body FROM notice), '^Pegawai 003: ', 'a later edit changes no notice that was given');

-- objections: grounds, a day for the answer, the answer; upheld, the move does not happen
SAVEPOINT objected;
INSERT INTO holiday VALUES (mutasi.add_working_days(current_date, 2), 'a holiday'), (mutasi.add_working_days(current_date, 5), 'another');
SELECT set_config('mutasi.actor', 'pegawai_3', true) \g /dev/null
SELECT file_objection(1, 'too far') AS objection \gset
SELECT results_eq('SELECT grounds, answer_due, answer FROM objection', $$SELECT 'too far', mutasi.add_working_days(current_date, 7), NULL::text$$, 'an answer is due in five working days, two holidays later');
SELECT set_config('mutasi.actor', 'mayor', true) \g /dev/null
SELECT is(pg_temp.up_to(1, 'appointed'), 'done', 'the case may go on');
UPDATE objection SET answer_due = mutasi.add_working_days(current_date, -3);
SELECT results_eq($$SELECT working_days_left, overdue FROM transfer_deadline WHERE subject = 'objection'$$, 'VALUES (-3, true)', 'an answer that is owed is shown, by how many working days');
SELECT answer_objection(:objection, 'that is so', true) \g /dev/null
SELECT results_eq('SELECT upheld, answer, answered_by, answered_at IS NOT NULL FROM objection', $$VALUES (true, 'that is so', 'mayor', true)$$, 'upheld');
SELECT results_eq('SELECT employee_id, subject, body FROM outbox ORDER BY message_id DESC LIMIT 1', $$VALUES (3, 'jawaban atas keberatan Saudara', 'that is so')$$, 'the answer goes out to the person, in the language of the notice');
SELECT set_config('mutasi.actor', 'personnel agency', true) \g /dev/null
SELECT results_eq('SELECT applied, message FROM apply_due_transfers()', $$VALUES (false, 'an objection to transfer 1 is open or was upheld')$$, 'and the move does not take effect');
SELECT is_empty($$SELECT * FROM transfer_deadline WHERE subject = 'objection'$$, 'nothing is owed any more');
ROLLBACK TO objected;

-- no message is announced where cases are written
SELECT set_eq($$SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace IN ('kota'::regnamespace, 'mutasi'::regnamespace) AND p.prosrc ~* '\m(pg_notify|notify)\M'$$, $$VALUES ('announce_messages'::name)$$, 'one function notifies, and no trigger');
SELECT is_empty($$SELECT t.tgname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_proc AS p ON p.oid = t.tgfoid
	WHERE c.relnamespace = 'kota'::regnamespace AND p.prosrc ~ 'announce_messages'$$, 'which none calls');

-- who is passed over, for everybody and every post, as the whole ranking says it
SELECT is_empty($$SELECT e.employee_id, p.post_id, o.*, r.* FROM employee AS e CROSS JOIN post AS p
	CROSS JOIN LATERAL passed_over(jsonb_populate_record(NULL::transfer, jsonb_build_object('employee_id', e.employee_id, 'to_post_id', p.post_id, 'initiative', 'agency', 'kind', 'rotation', 'transfer_id', 7000))) AS o
	CROSS JOIN LATERAL (SELECT count(*)::integer AS people, min(k.rank) AS first FROM ranked(ARRAY[p.post_id], 100, current_date, false, '{"initiative": "agency", "route": "within agency", "transfer_id": 7000}') AS k
		WHERE k.eligible AND k.rank < coalesce((SELECT x.rank FROM rank_of(e.employee_id, p.post_id) AS x), 11)) AS r
	WHERE (o.people, o.first) IS DISTINCT FROM (r.people, r.first)$$, 'passed_over() counts as the ranking does');
SELECT cmp_ok((SELECT count(*) FROM employee AS e CROSS JOIN LATERAL passed_over(jsonb_populate_record(NULL::transfer, jsonb_build_object('employee_id', e.employee_id, 'to_post_id', 1, 'initiative', 'agency', 'kind', 'rotation', 'transfer_id', 7000))) AS o WHERE o.people > 0), '>', 2::bigint, 'and there are some');
-- grounds, wherever somebody eligible stands before the chosen one
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on) VALUES (2, 5, 1, 'near home', current_date);
UPDATE eligibility_rule SET enabled = false WHERE rule = 'mandatory competencies';
SELECT is(pg_temp.up_to(2, 'decided', 'deputy'), 'MU113: transfer 2 passes over 1 eligible people ranked higher, without grounds', 'one who is eligible is passed over');
UPDATE transfer SET decision_grounds = ' ' WHERE transfer_id = 2;
SELECT matches(pg_temp.up_to(2, 'decided', 'deputy'), '^MU113', 'blanks are no grounds');
UPDATE transfer SET decision_grounds = 'the others are needed where they are' WHERE transfer_id = 2;
SELECT is(pg_temp.up_to(2, 'decided', 'deputy'), 'done', 'with grounds it is decided');
SELECT results_eq('SELECT c.rank, c.employee_id, c.chosen, c.eligible, c.reason IS NOT NULL FROM decision_candidate AS c WHERE c.transfer_id = 2 AND c.rank <= (SELECT t.rank FROM transfer AS t WHERE t.transfer_id = 2) ORDER BY c.rank',
	'VALUES (1, 3, false, false, true), (2, 2, false, true, false), (3, 4, false, false, true), (4, 5, true, true, false)', 'kept: everybody before the chosen one with rank, and the rules that held the ineligible back');
SELECT results_eq($$SELECT (c ->> 'rank')::integer, c ->> 'reason' FROM jsonb_array_elements(decision_file(2) -> 'candidates') AS c WHERE NOT (c ->> 'eligible')::boolean AND (c ->> 'rank')::integer < 4$$,
	$$SELECT rank, reason FROM decision_candidate WHERE transfer_id = 2 AND NOT eligible AND rank < 4 ORDER BY rank$$, 'the auditor''s file has them');
SELECT is(decision_file(2) #>> '{transfer,decision_grounds}', 'the others are needed where they are', 'with the grounds for the others');
-- who is in no ranking at all stands behind everybody
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on) VALUES (3, 6, 1, 'x', current_date);
SELECT pg_temp.up_to(3, 'team_review') \g /dev/null
SAVEPOINT gone;
UPDATE incumbency SET valid_to = current_date WHERE employee_id = 6;
UPDATE employee SET left_on = current_date WHERE employee_id = 6;
UPDATE eligibility_rule SET enabled = false WHERE rule IN (SELECT r.rule FROM check_eligibility('{6}', '{1}', current_date, '{"transfer_id": 3}') AS r WHERE r.passed IS NOT TRUE) OR rule = 'donor floor';
SELECT matches(pg_temp.up_to(3, 'decided'), '^MU113: transfer 3 passes over \d eligible people', 'passing over all for somebody who is not ranked needs grounds too');
ROLLBACK TO gone;
SELECT pg_temp.step(3, 'unit head', 'withdrawn') \g /dev/null

-- fairness, figure by figure: nobody is hidden where a group may be of one
SELECT new_policy(current_date, '{"min_group": 1}') \g /dev/null
INSERT INTO waiver (employee_id, rule, reason, granted_by, valid_to) VALUES (4, 'tenure', 'r', 'deputy', current_date + 9), (4, 'grade', 'r', 'deputy', current_date + 9), (7, 'tenure', 'r', 'mayor', current_date + 9);
INSERT INTO application (employee_id, post_id, preference, reason, filed_at, transfer_id) VALUES (3, 1, 1, 'r', now() - interval '12 days 1 hour', 1), (5, 1, 1, 'r', now() - interval '20 days 1 hour', 2), (6, 1, 1, 'r', now() - interval '90 days', 3), (8, 1, 1, 'r', now(), NULL);
SELECT pg_temp.up_to(1, 'appointed') \g /dev/null
SELECT set_config('mutasi.actor', 'personnel agency', true) \g /dev/null
SELECT results_eq('SELECT applied FROM apply_due_transfers()', 'VALUES (true)', 'one moves');
SELECT results_eq($$SELECT group_name, people, applied, moved, share_moved, waivers, median_wait_days, overrides FROM fairness WHERE dimension = 'sex' ORDER BY 1$$,
	$$VALUES ('female', 4, 2, 0, 0.0000, 2, NULL::integer, 0), ('male', 4, 2, 1, 0.2500, 1, 12, 1)$$, 'by sex');
SELECT results_eq($$SELECT group_name, people, applied, moved, share_moved, waivers, median_wait_days, overrides FROM fairness WHERE dimension = 'unit' ORDER BY 1$$,
	$$VALUES ('Health Centre 1', 2, 1, 1, 0.5000, 0, 12, 0), ('Health Centre 2', 4, 2, 0, 0.0000, 2, 20, 1), ('Health Office', 2, 1, 0, 0.0000, 1, NULL, 0)$$, 'by unit');
SELECT results_eq($$SELECT group_name, people, applied, moved, share_moved, waivers, median_wait_days, overrides FROM fairness WHERE dimension = 'grade' ORDER BY 1$$,
	$$VALUES ('II/b', 2, 1, 0, 0.0000, 1, NULL::integer, 0), ('III/a', 6, 3, 1, 0.1667, 2, 12, 1)$$, 'by grade');
UPDATE employee SET born_on = (current_date - make_interval(years => CASE WHEN employee_id <= 3 THEN 30 ELSE 49 END))::date;
SELECT results_eq($$SELECT group_name, people, applied, moved, share_moved, waivers, median_wait_days, overrides FROM fairness WHERE dimension = 'age' ORDER BY 1$$,
	$$VALUES ('30 to 39', 3, 1, 1, 0.3333, 0, 12, 0), ('40 to 49', 5, 3, 0, 0.0000, 3, 20, 1)$$, 'by age band, whose ends belong to it');
SELECT results_eq($$SELECT group_name, people, waivers, overrides, median_wait_days FROM fairness WHERE dimension = 'approver' ORDER BY 1$$,
	$$VALUES ('deputy', 2, 2, 1, 20), ('mayor', 2, 1, 0, 12)$$, 'overrides and waivers by approver');

-- reviews that lead on to training, and to the certificate behind the assessment
INSERT INTO training_programme (programme_id, name, competency_id, from_level, to_level, hours, provider) VALUES (1, 'Speaking', 2, 3, 4, 16, 'BPSDM');
UPDATE post_competency SET level = 4, mandatory = true WHERE post_id = 1 AND competency_id = 2;
SELECT results_eq($$SELECT severity, warning, advice FROM early_warning WHERE transfer_id = 1$$, $$VALUES (2, 'lacks what the post cannot do without: Communication', 'propose_training(), book_training()')$$, 'what a placed person lacks is a warning');
INSERT INTO training (employee_id, programme_id, transfer_id, booked_on, completed_on, level_reached, evidence) VALUES (3, 1, 1, current_date - 100, current_date - 90, 3, 'K-0');
SELECT set_config('mutasi.actor', 'supervisor', true) \g /dev/null
SELECT record_placement_review(1, 3, 4, 4, true, 'training', 'speaks too little') \g /dev/null
SELECT results_eq('SELECT p.name, t.transfer_id, t.booked_on FROM training AS t JOIN training_programme AS p USING (programme_id) WHERE t.completed_on IS NULL', $$VALUES ('Speaking', 1, NULL::date)$$, 'a review with training proposes what closes the gap');
SELECT ok(EXISTS (SELECT FROM early_warning WHERE severity = 3 AND warning = 'training decided after 3 months, and nothing came of it'), 'what is proposed only, and what was over before, did not come of it');
SELECT training_id AS training FROM training WHERE completed_on IS NULL \gset
SELECT book_training(:training, current_date + 7) \g /dev/null
SELECT is_empty('SELECT * FROM early_warning WHERE transfer_id = 1', 'booked, it did; and the gap is seen to');
SELECT complete_training(:training, 4, 'K-9') \g /dev/null
SELECT results_eq($$SELECT competency_id, level, assessed_on, assessor, evidence FROM assessment WHERE employee_id = 3 ORDER BY assessment_id DESC LIMIT 1$$, $$VALUES (2, 4.00, current_date, 'BPSDM', 'K-9')$$, 'completed, it is an assessment with its evidence');
SELECT is_empty('SELECT * FROM early_warning WHERE transfer_id = 1', 'and nothing is missing');
-- a training of the person's that was booked otherwise counts
UPDATE training SET transfer_id = NULL;
SELECT is_empty('SELECT * FROM early_warning WHERE transfer_id = 1', 'for whatever it was booked');
-- a return that comes to nothing
SELECT pg_temp.step(1, 'supervisor', 'monitoring') \g /dev/null
SELECT record_placement_review(1, 6, 3, 3, false, 'return', 'x') AS back \gset
SELECT ok(NOT EXISTS (SELECT FROM early_warning WHERE severity = 3), 'a return is under way');
SELECT pg_temp.step(:back, 'unit head', 'withdrawn') \g /dev/null
SELECT ok(EXISTS (SELECT FROM early_warning WHERE severity = 3 AND warning = 'return decided after 6 months, and nothing came of it'), 'withdrawn, it came to nothing');

-- the difference in differences by another way: pooled variance, groups of 5 and 8,
-- several values before and after, one unit that other moves touched
SELECT mutasi.detach_workflow('kota.transfer') \g /dev/null
INSERT INTO outcome_indicator VALUES ('IKM', 'satisfaction index', true);
INSERT INTO unit (unit_id, code, name) SELECT 500 + n, 'S' || n, 'S' || n FROM generate_series(1, 14) AS n;
INSERT INTO post (post_id, unit_id, code, title) SELECT 500 + n, 500 + n, 'S' || n, 'S' FROM generate_series(1, 14) AS n;
INSERT INTO employee (employee_id, name) SELECT 500 + n, 'Pegawai ' || (500 + n) FROM generate_series(1, 14) AS n;
INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, evaluation) VALUES (2, 'q', 'g', '2024-01-01', '2025-01-01', 'e');
INSERT INTO transfer (employee_id, to_post_id, kind, reason, plan_id, state, effective_on) SELECT 500 + n, 500 + n, 'rotation', 'x', CASE WHEN n < 14 THEN 2 END, 'completed', date '2024-06-01' + n FROM unnest('{1,2,3,4,5,14}'::integer[]) AS n;
INSERT INTO outcome_value (unit_id, indicator, period_start, value)
	SELECT 500 + n, 'IKM', make_date(2024, m, 1), 60 + (n * 7919 + m * 104729) % 23 + CASE WHEN n <= 5 AND m > 6 THEN 12 ELSE 0 END FROM generate_series(1, 14) AS n CROSS JOIN unnest('{2,4,8,10,11}'::integer[]) AS m;
INSERT INTO outcome_value (unit_id, indicator, period_start, value) SELECT 500 + n, 'IKM', '2024-06-03', 1000 FROM generate_series(1, 14) AS n;	-- while people moved: neither before nor after
CREATE TEMPORARY TABLE change AS
	SELECT unit_id, unit_id <= 505 AS moved, avg(value) FILTER (WHERE period_start > '2024-06-30') - avg(value) FILTER (WHERE period_start < '2024-06-01') AS change
	FROM outcome_value WHERE indicator = 'IKM' AND unit_id < 514 GROUP BY unit_id;
SELECT results_eq($$SELECT units_with_moves, units_without, effect, standard_error, verdict FROM plan_outcome(2, 'IKM')$$,
	$$SELECT 5, 8, round(avg(change) FILTER (WHERE moved) - avg(change) FILTER (WHERE NOT moved), 4),
		round(sqrt((4 * var_samp(change) FILTER (WHERE moved) + 7 * var_samp(change) FILTER (WHERE NOT moved)) / 11 * (1.0 / 5 + 1.0 / 8)), 4), 'better than units without moves' FROM change$$, 'effect and standard error by pooled variance');
UPDATE outcome_indicator SET higher_is_better = false WHERE indicator = 'IKM';
SELECT is((SELECT verdict FROM plan_outcome(2, 'IKM')), 'worse than units without moves', 'and the other way round');
-- the quantiles of Student's t: 2 out of 2 * 20 tails, by integrating cos^(n - 1)
SELECT is_empty($$SELECT n, q, p FROM (SELECT string_to_array(substring(prosrc FROM '\{(12\.706[0-9.,]+)\}'), ',')::double precision[] AS t FROM pg_proc WHERE oid = 'kota.plan_effects'::regproc) AS f
	CROSS JOIN LATERAL unnest(f.t) WITH ORDINALITY AS u (q, n)
	CROSS JOIN LATERAL (SELECT sum(cos(atan(q / sqrt(n)) * (i - 0.5) / 1000) ^ (n - 1)) * atan(q / sqrt(n)) / (sum(cos(pi() / 2 * (i - 0.5) / 1000) ^ (n - 1)) * pi() / 2) AS p FROM generate_series(1, 1000) AS i) AS s
	WHERE abs(p - 0.95) > 0.0001 OR cardinality(f.t) <> 30$$, 'the table of Student''s t is right');

-- vacancies: each reason for which one is blocked
UPDATE transfer SET state = 'cancelled' WHERE state IN ('draft', 'submitted');
UPDATE post SET seats = 2, open = false WHERE post_id = 1;
SELECT results_eq($$SELECT post_id, blocked, reason FROM vacancy WHERE post_id IN (1, 2, 4) ORDER BY 1$$,
	$$VALUES (2, false, NULL), (4, false, NULL::text)$$, 'where every seat is held there is no vacancy');
UPDATE post SET seats = 3 WHERE post_id = 1;
SELECT results_eq($$SELECT blocked, promised, free, reason FROM vacancy WHERE post_id = 1$$, $$VALUES (true, 1.00, 0.00, 'not open for filling; every free seat is promised to a decided transfer')$$, 'not open, and promised');
UPDATE post SET open = true, seats = 4 WHERE post_id = 1;
SELECT results_eq($$SELECT blocked, promised, free, reason FROM vacancy WHERE post_id = 1$$, $$VALUES (false, 1.00, 1.00, NULL::text)$$, 'one seat more is free');
DELETE FROM post_competency WHERE post_id = 1;
SELECT results_eq($$SELECT blocked, reason FROM vacancy WHERE post_id = 1$$, $$VALUES (true, 'what the post asks is not on record')$$, 'nobody can be ranked for it');
UPDATE incumbency SET share = 0.5 WHERE employee_id = 7;
SELECT is_empty('SELECT * FROM vacancy WHERE post_id = 3', 'half a seat is no vacancy');
SELECT is_empty('SELECT * FROM vacancy WHERE blocked IS DISTINCT FROM (reason IS NOT NULL)', 'blocked means a reason, always');

SELECT * FROM finish();
ROLLBACK;
