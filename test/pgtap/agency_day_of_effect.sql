-- What is on record of the days to come, and what came between a decision and the
-- day it takes effect; ties to whoever leads, or will be there.
BEGIN;
SELECT plan(61);
\i test/data/small_agency.sql
\i test/data/steps_to_effect.sql
UPDATE post SET seats = 9, min_staff = 0;
UPDATE task_volume SET volume = 10;
CREATE FUNCTION pg_temp.verdict(e integer, p integer, r text, day date DEFAULT current_date) RETURNS text LANGUAGE sql AS
	$$ SELECT coalesce(c.passed::text, 'unknown') || ': ' || c.detail FROM kota.check_eligibility(ARRAY[e], ARRAY[p], day) AS c WHERE c.rule = r $$;
CREATE FUNCTION pg_temp.tied(e integer, p integer, day date DEFAULT current_date) RETURNS boolean LANGUAGE sql AS
	$$ SELECT NOT c.passed FROM kota.check_eligibility(ARRAY[e], ARRAY[p], day) AS c WHERE c.rule = 'conflict of interest' $$;
-- how a case goes on to this state: done, or what the refusal says
CREATE FUNCTION pg_temp.gets(t integer, until text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said text;
BEGIN
	PERFORM pg_temp.up_to(t, until);
	RETURN 'done';
EXCEPTION WHEN SQLSTATE 'MU108' THEN
	GET STACKED DIAGNOSTICS said = PG_EXCEPTION_DETAIL;
	RETURN regexp_replace(said, 'a sanction[^)]*', 'a sanction');
END $$;
SELECT setval(pg_get_serial_sequence('kota.transfer', 'transfer_id'), 100) \g /dev/null
SAVEPOINT start;

-- ties by the tree of units: 50 and 51 in the office above both health centres
INSERT INTO post (post_id, unit_id, class, seats, code, title, kind) VALUES (50, 1, 9, 9, 'HEAL-H', 'Head of Health Office', 'administrator'), (51, 1, 7, 9, 'HEAL-S', 'Analyst', 'expert young'),
	(52, 3, 9, 9, 'PKM2-H', 'Head of Health Centre', 'supervisor');
INSERT INTO relation (employee_id, relative_id, kind) VALUES (2, 7, 'spouse');
SELECT is(pg_temp.tied(2, 1), false, 'a relative in the unit above who leads nobody');
UPDATE incumbency SET post_id = 50 WHERE employee_id = 7;
SELECT is(pg_temp.verdict(2, 1, 'conflict of interest'), 'false: a relative or business partner works in that unit or reporting line', 'who leads the unit above leads the units below it');
SELECT is(pg_temp.tied(2, 4), true, 'their heads, too');
UPDATE incumbency SET kind = 'acting', valid_from = '2025-01-01' WHERE employee_id = 7;
SELECT is(pg_temp.tied(2, 1), true, 'acting counts');
INSERT INTO unit (unit_id, parent_id, code, name, kind) VALUES (5, 2, 'PKM1-A', 'Branch', 'branch'), (6, NULL, 'EDU', 'Education Office', 'office');
INSERT INTO post (post_id, unit_id, class, seats, code, title, kind) VALUES (53, 5, 7, 9, 'PKM1-A', 'Nurse', 'skilled advanced'), (54, 6, 7, 9, 'EDU', 'Nurse', 'skilled advanced');
SELECT is(pg_temp.tied(2, 53), true, 'however far below');
SELECT is(pg_temp.tied(2, 54), false, 'not beside it');
SELECT is(pg_temp.tied(2, 1, '2024-12-31'), false, 'nor before');
UPDATE relation SET holds = NULL;
SELECT matches(pg_temp.verdict(2, 1, 'conflict of interest'), '^unknown: a declared tie', 'declared only: not known');
UPDATE relation SET holds = false;
SELECT is(pg_temp.tied(2, 1), false, 'found not to hold');
UPDATE relation SET holds = true;
-- seen from the other end: 1 works below, and the post would lead
UPDATE relation SET relative_id = 1;
SELECT results_eq($$SELECT c.post_id, NOT c.passed FROM check_eligibility('{2,2,2,2,2}', '{50,51,52,4,3}') AS c WHERE c.rule = 'conflict of interest' ORDER BY 1$$,
	'VALUES (3, false), (4, true), (50, true), (51, false), (52, false)', 'a post that leads the relative, by the unit or from above; no other');
UPDATE incumbency SET post_id = 4 WHERE employee_id = 1;
SELECT results_eq($$SELECT c.post_id, NOT c.passed FROM check_eligibility('{2,2,2,2,2}', '{50,51,52,53,3}') AS c WHERE c.rule = 'conflict of interest' ORDER BY 1$$,
	'VALUES (3, false), (50, true), (51, false), (52, false), (53, true)', 'who leads a unit is no superior of those above it');
UPDATE relation SET holds = NULL;
UPDATE eligibility_rule SET parameter = '{"months": 0}' WHERE rule = 'tenure';
SELECT is((SELECT rankings FROM data_quality WHERE problem = 'a declared tie is not verified'), (SELECT count(*)::integer FROM vacancy AS v CROSS JOIN (VALUES (1), (2)) AS w (e) CROSS JOIN LATERAL check_eligibility(ARRAY[w.e], ARRAY[v.post_id]) AS c
	WHERE c.rule = 'conflict of interest' AND c.passed IS NULL AND NOT EXISTS (SELECT FROM incumbency AS i WHERE i.employee_id = w.e AND i.post_id = v.post_id)), 'data_quality counts them so');
ROLLBACK TO start;

-- ties to where the relative is going: 2 and 3 are married, 3 works at the office
INSERT INTO post (post_id, unit_id, class, seats, code, title, kind, family) VALUES (60, 1, 7, 9, 'HEAL-N', 'Nurse', 'skilled advanced', 'nursing'), (61, 1, 9, 9, 'HEAL-H', 'Head of Health Office', 'supervisor', 'nursing');
INSERT INTO post_competency (post_id, competency_id, level, weight, mandatory) VALUES (61, 2, 3, 1, false), (60, 2, 3, 1, false);
INSERT INTO relation (employee_id, relative_id, kind) VALUES (2, 3, 'spouse');
UPDATE incumbency SET post_id = 60 WHERE employee_id = 3;
SELECT is(pg_temp.tied(3, 1), false, 'not there yet');
SELECT pg_temp.opened(1, 2, 1, current_date + 10) \g /dev/null
SELECT is(pg_temp.tied(3, 1), false, 'nor by a case that is open');
SELECT is(pg_temp.gets(1, 'decided'), 'done', 'decided');
SELECT is(pg_temp.tied(3, 1), true, 'but by one that is decided');
SELECT is(pg_temp.tied(3, 61), true, 'also to who would lead from above');
SELECT is(pg_temp.tied(3, 2), true, 'and until it takes effect to where the other one is');
SELECT is(pg_temp.tied(3, 2, current_date + 9), true, 'to the day before');
SELECT is(pg_temp.tied(3, 2, current_date + 10), false, 'not from its day on');
SELECT is((SELECT c.passed FROM check_eligibility('{3}', '{1}', current_date, '{"transfer_id": 1}') AS c WHERE c.rule = 'conflict of interest'), true, 'asked for the case itself it is in nobody''s way');
SELECT is((SELECT k.eligible IS NOT FALSE OR k.reason NOT LIKE '%conflict%' FROM decision_candidate AS k WHERE k.transfer_id = 1 AND k.employee_id = 3), true, 'as the decision has it');
SELECT pg_temp.opened(2, 3, 1, current_date + 11) \g /dev/null
SELECT is(pg_temp.gets(2, 'decided'), 'Rules not passed: conflict of interest (a relative or business partner works in that unit or reporting line).', 'the second of two is not decided');
SELECT is(pg_temp.gets(1, 'appointed'), 'done', 'appointed');
SELECT is(pg_temp.tied(3, 1), true, 'counts as well');
UPDATE transfer SET effective_on = current_date WHERE transfer_id = 1;
SELECT results_eq('SELECT applied, message FROM apply_due_transfers()', 'VALUES (true, NULL::text)', 'in effect');
SELECT is(pg_temp.tied(3, 1) AND NOT pg_temp.tied(3, 2), true, 'where the other one is now');
ROLLBACK TO start;
-- somebody who leaves gives up all
INSERT INTO relation (employee_id, relative_id, kind) VALUES (2, 1, 'spouse');
SAVEPOINT leaves;
ALTER TABLE transfer DISABLE TRIGGER USER;
INSERT INTO transfer (transfer_id, employee_id, from_post_id, reason, kind, state, effective_on, workflow, other_agency) VALUES (3, 1, 4, 'x', 'inter-agency out', 'appointed', current_date + 5, 'transfer_within_province', 'Kota Y');
ALTER TABLE transfer ENABLE TRIGGER USER;
SELECT is(pg_temp.tied(2, 1, current_date + 4) AND NOT pg_temp.tied(2, 1, current_date + 5), true, 'whoever leaves is gone then');
ROLLBACK TO leaves;
-- on record ahead
UPDATE incumbency SET valid_to = current_date + 5 WHERE employee_id IN (1, 7);
UPDATE relation SET relative_id = 7;
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (7, 4, current_date + 5);
SELECT is(pg_temp.tied(2, 1), true, 'who will be there by what is on record');
SELECT is(pg_temp.tied(2, 1, current_date - 1), false, 'of a day that is past it is said as it was');
ROLLBACK TO start;

-- seats taken from a later day on
UPDATE post SET seats = 2 WHERE post_id = 1;
SELECT is(pg_temp.verdict(2, 1, 'vacancy'), 'true: 2 seats, 1 held, 0 promised', 'a seat is free');
UPDATE incumbency SET valid_to = current_date + 5 WHERE employee_id = 6;
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (6, 1, current_date + 5);
SELECT results_eq('SELECT * FROM seats_held(''{1,2}'') ORDER BY 1', 'VALUES (1, 1.00, 2.00), (2, 5.00, 5.00)', 'held today, and at most');
SELECT is(pg_temp.verdict(2, 1, 'vacancy'), 'false: 2 seats, 1 held, 1 promised', 'is not free until then either');
SELECT is(pg_temp.verdict(2, 1, 'vacancy', current_date + 5), 'false: 2 seats, 2 held, 0 promised', 'nor then');
SELECT is(pg_temp.verdict(2, 1, 'vacancy', current_date - 1), 'true: 2 seats, 1 held, 0 promised', 'of a day that is past it is said as it was');
SELECT results_eq('SELECT held, promised, free, blocked, reason FROM vacancy WHERE post_id = 1', $$VALUES (1.00, 1.00, 0.00, true, 'every free seat is taken up on a later day, by what is on record')$$, 'nor is it shown as free');
SELECT is_empty('SELECT * FROM opportunities(3) WHERE post_id = 1', 'or offered');
SELECT pg_temp.opened(1, 2, 1, current_date + 10) \g /dev/null
SELECT is(pg_temp.gets(1, 'decided'), 'Rules not passed: vacancy (2 seats, 2 held, 0 promised).', 'nobody else is decided for it');
-- one after another
UPDATE incumbency SET valid_to = current_date + 5 WHERE employee_id = 1;
SELECT results_eq('SELECT * FROM seats_held(''{1}'')', 'VALUES (1, 1.00, 1.00)', 'who follows on a day takes the same seat');
SELECT is(pg_temp.gets(1, 'decided'), 'done', 'so that another one is free');
ROLLBACK TO start;
-- service and post on the day of the effect
SELECT pg_temp.opened(1, 2, 1, current_date + 10), pg_temp.up_to(1, 'team_review') \g /dev/null
SAVEPOINT ahead;
UPDATE employee SET left_on = current_date + 1 WHERE employee_id = 2;
SELECT is(pg_temp.gets(1, 'decided'), format('Rules not passed: in service (left on %s).', current_date + 1), 'who will have left is not decided for');
ROLLBACK TO ahead;
UPDATE post SET valid_to = current_date + 5 WHERE post_id = 1;
SELECT is(pg_temp.gets(1, 'decided'), 'Rules not passed: vacancy (the post does not exist on that day).', 'nor a post that will have ended');
UPDATE post SET valid_to = current_date + 11 WHERE post_id = 1;
SELECT is(pg_temp.gets(1, 'decided'), 'done', 'one that ends later is');
SELECT is(pg_temp.refusal('UPDATE transfer SET effective_on = current_date + 11 WHERE transfer_id = 1'), format('MU108: transfer 1 cannot be decided: on %s, when it takes effect, the candidate is not eligible', current_date + 11), 'and its day is not moved to then');
ROLLBACK TO ahead;
INSERT INTO discipline (employee_id, kind, valid_from, valid_to) VALUES (2, 'heavy sanction', current_date + 1, current_date + 9);
SELECT is(pg_temp.gets(1, 'decided'), 'done', 'a sanction that will be over');
ROLLBACK TO ahead;
INSERT INTO discipline (employee_id, kind, valid_from) VALUES (2, 'heavy sanction', current_date + 1);
SELECT is(pg_temp.gets(1, 'decided'), 'Rules not passed: discipline (a sanction).', 'one in force by then');
ROLLBACK TO start;
-- the last day of whoever leaves may be on record
UPDATE employee SET left_on = current_date + 10 WHERE employee_id = 2;
SELECT pg_temp.opened(1, 2, NULL, current_date + 10) \g /dev/null
SELECT is((SELECT refused_on(t, current_date + 10, '{in service}') FROM transfer AS t), NULL, 'who goes to another agency');
SELECT is((SELECT refused_on(t, current_date + 11, '{in service}') FROM transfer AS t), format('in service (left on %s)', current_date + 10), 'on that day');
ROLLBACK TO start;

-- what came between appointment and effect
SELECT pg_temp.opened(1, 2, 1), pg_temp.up_to(1, 'appointed') \g /dev/null
SAVEPOINT due;
CREATE FUNCTION pg_temp.due(what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said text;
BEGIN
	BEGIN
		EXECUTE what;
		SELECT coalesce(a.message, 'applied') INTO said FROM kota.apply_due_transfers() AS a;
		IF (SELECT t.state FROM kota.transfer AS t WHERE t.transfer_id = 1) <> (CASE said WHEN 'applied' THEN 'effective' ELSE 'appointed' END) THEN
			said := said || ', and the state differs';
		END IF;
		RAISE EXCEPTION USING ERRCODE = 'P0002';
	EXCEPTION WHEN no_data_found THEN
	END;
	RETURN replace(regexp_replace(said, 'a sanction[^)]*', 'a sanction'), 'transfer 1 cannot take effect: on ' || current_date || ' the candidate is not eligible. Rules not passed: ', '');
END $$;
SELECT is(pg_temp.due('SELECT'), 'applied', 'nothing');
SELECT is(pg_temp.due($$INSERT INTO kota.discipline (employee_id, kind, valid_from) VALUES (2, 'court case', current_date)$$), 'discipline (a sanction).', 'a court case: stays appointed');
SELECT is(pg_temp.due($$INSERT INTO kota.study_leave (employee_id, valid_from) VALUES (2, current_date)$$), 'study leave (on study leave or under a service bond until further notice).', 'study leave');
SELECT is(pg_temp.due($$INSERT INTO kota.relation (employee_id, relative_id, kind) VALUES (1, 2, 'sibling')$$), 'conflict of interest (a relative or business partner works in that unit or reporting line).', 'a tie');
SELECT is(pg_temp.due($$INSERT INTO kota.relation (employee_id, relative_id, kind, holds) VALUES (1, 2, 'sibling', NULL)$$), 'applied', 'what one of the two only says holds up nothing');
SELECT matches(pg_temp.due($$UPDATE kota.post SET kind = 'supervisor' WHERE post_id = 1; INSERT INTO kota.election_window (valid_from, valid_to) VALUES (current_date, current_date + 9)$$), '^election window \(', 'an election window');
SELECT matches(pg_temp.due($$UPDATE kota.employee SET status = 'pppk', contract_ends_on = current_date - 1 WHERE employee_id = 2$$), '^contract \(the contract ended on ', 'a contract that has ended');
SELECT matches(pg_temp.due($$UPDATE kota.employee SET appointed_on = '2000-01-01', born_on = current_date - 20900 WHERE employee_id = 2$$), '^retirement \(', 'a date of birth put right');
SELECT is(pg_temp.due($$INSERT INTO kota.study_leave (employee_id, valid_from) VALUES (2, current_date); INSERT INTO kota.waiver (employee_id, rule, reason, valid_to) VALUES (2, 'study leave', 'x', current_date + 1)$$), 'applied', 'unless it is waived');
SELECT is(pg_temp.due($$DELETE FROM kota.performance WHERE employee_id = 2; UPDATE kota.eligibility_rule SET enabled = false WHERE rule = 'study leave'; INSERT INTO kota.study_leave (employee_id, valid_from) VALUES (2, current_date)$$), 'applied', 'what was judged by then, and rules switched off, are not asked');
SELECT is(pg_temp.due($$INSERT INTO kota.study_leave (employee_id, valid_from) VALUES (2, current_date); SELECT mutasi.correct_case('kota.transfer', 1, jsonb_build_object('decided_at', now() - interval '5 days'), 'x');
	INSERT INTO kota.waiver (employee_id, rule, reason, granted_on, valid_to) VALUES (2, 'study leave', 'x', current_date - 6, current_date - 1)$$), 'applied', 'nor what was waived at the decision');
-- told to whom
CREATE ROLE a_head;
CREATE ROLE a_approver;
CREATE ROLE pegawai_30 IN ROLE a_head;
CREATE ROLE official IN ROLE a_approver;
GRANT USAGE ON SCHEMA mutasi, public TO PUBLIC;
SELECT enable_row_security(NULL, 'a_head', NULL, 'a_approver', NULL) \g /dev/null
INSERT INTO employee (employee_id, name, born_on, appointed_on, grade, login) VALUES (30, 'Pegawai 030', '1980-01-01', '2005-01-01', 'IV/a', 'pegawai_30');
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (30, 4, '2020-01-01');
INSERT INTO discipline (employee_id, kind, valid_from) VALUES (2, 'court case', current_date);
SELECT set_config('mutasi.actor', '', true) \g /dev/null
SET LOCAL ROLE pegawai_30;
SELECT is(pg_temp.due('SELECT'), 'the record is not open to you.', 'who may not read it learns that');
SET LOCAL ROLE official;
SELECT is(pg_temp.due('SELECT'), 'discipline (a sanction).', 'who may learns what it is');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
