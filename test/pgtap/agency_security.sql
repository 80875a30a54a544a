-- Row security: what each role sees and cannot see, through tables, views,
-- functions, error messages and EXPLAIN.
BEGIN;
SELECT plan(93);
\i test/data/small_agency.sql
CREATE ROLE a_employee; CREATE ROLE a_head; CREATE ROLE a_analyst; CREATE ROLE a_approver; CREATE ROLE a_auditor; CREATE ROLE a_stranger;
CREATE ROLE pegawai_2 IN ROLE a_employee;
CREATE ROLE pegawai_3 IN ROLE a_employee;
CREATE ROLE pegawai_1 IN ROLE a_head, a_employee;
GRANT USAGE ON SCHEMA mutasi, public TO PUBLIC;
INSERT INTO incumbency (employee_id, post_id, valid_from, kind) VALUES (1, 4, '2022-01-01', 'acting');	-- leads PKM1
INSERT INTO discipline (employee_id, kind, valid_from) VALUES (2, 'light sanction', '2024-01-01'), (3, 'medium sanction', '2024-01-01');
INSERT INTO relation (employee_id, relative_id, kind) VALUES (3, 4, 'spouse');
INSERT INTO transfer (employee_id, to_post_id, reason, initiative) VALUES (3, 1, 'agency''s own', 'agency'), (2, 1, 'closer to home', 'own'), (7, 3 + 1, 'x', 'agency');

CREATE FUNCTION pg_temp.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
	detail text;
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT, detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
GRANT CREATE ON SCHEMA public TO PUBLIC;

SELECT is(pg_temp.try('SET LOCAL ROLE a_employee; SELECT * FROM kota.unit'), '42501 | permission denied for schema kota', 'nobody gets in before it is enabled');
RESET ROLE;
SELECT throws_ok($$SELECT enable_row_security(employee => 'no_such_role')$$, '42704', 'role "no_such_role" does not exist', 'unknown role');
SELECT lives_ok($$SELECT enable_row_security('a_employee', 'a_head', 'a_analyst', 'a_approver', 'a_auditor')$$, 'enabled');
SELECT lives_ok($$SELECT enable_row_security('a_employee', 'a_head', 'a_analyst', 'a_approver', 'a_auditor')$$, 'and again');
SELECT is_empty($$SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'kota'::regnamespace AND c.relkind = 'r' AND NOT c.relrowsecurity
	AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname IN ('employee_id', 'transfer_id') AND a.attnum > 0 AND NOT a.attisdropped)
	AND (has_table_privilege('a_employee', c.oid, 'SELECT') OR has_table_privilege('a_head', c.oid, 'SELECT') OR has_table_privilege('a_analyst', c.oid, 'SELECT'))$$,
	'no table about persons is open to employees, heads or analysts without row security');

ANALYZE employee;
-- an employee
SET LOCAL ROLE pegawai_2;
SELECT is(my_employee(), 2, 'the login says who it is');
SELECT results_eq('SELECT employee_id FROM employee', 'VALUES (2)', 'employee: own row');
SELECT results_eq('SELECT DISTINCT employee_id FROM assessment', 'VALUES (2)', 'own assessments');
SELECT results_eq('SELECT DISTINCT employee_id FROM performance', 'VALUES (2)', 'own performance');
SELECT results_eq('SELECT DISTINCT employee_id FROM discipline', 'VALUES (2)', 'own discipline');
SELECT is_empty('SELECT * FROM relation', 'nobody else''s family');
SELECT results_eq('SELECT employee_id FROM transfer_status', 'VALUES (2)', 'own case, through the view');
SELECT results_eq('SELECT DISTINCT transfer_id FROM transfer_history', 'VALUES (2)', 'and its history');
SELECT is((SELECT count(*) FROM unit_workload), 3::bigint, 'aggregates');
SELECT ok((SELECT count(*) FROM vacancy) > 0, 'vacancies');
SELECT is(pg_temp.try('SELECT * FROM kota.candidate_ranking'), '42501 | permission denied for view candidate_ranking', 'no rankings');
SELECT results_eq('SELECT rank, score FROM my_rank(1)', 'VALUES (2, 0.960000)', 'my_rank(): the own rank among all');
SELECT results_eq('SELECT rank, employee_id FROM candidates(1, 10)', 'VALUES (1, 2)', 'candidates() shows nobody else');
SELECT is_empty('SELECT * FROM score_pairs(''{3,4}'', ''{1,1}'')', 'nor do its parts');
SELECT is_empty('SELECT * FROM check_eligibility(''{3}'', ''{1}'') WHERE detail LIKE ''%sanction%in force%''', 'nor the rules');
SELECT is(pg_temp.try('SELECT kota.why_not(3, 1)'), 'MU102 | there is no employee 3', 'nor why_not()');
SELECT is((SELECT finding FROM why_not(2, 1) WHERE aspect = 'rank'), 'rank 2 among all, with a score of 0.960', 'whose rank is that among all, though nobody else is seen');
SELECT is((SELECT finding FROM why_not(2, 2) WHERE aspect = 'rank'), 'holds the post already', 'or that there is none');
SELECT results_eq('SELECT rank, score FROM standing_of(2, 1)', 'SELECT rank, score FROM my_rank(1)', 'standing_of() tells of oneself');
SELECT is_empty('SELECT * FROM standing_of(3, 1)', 'and of nobody else');
SELECT is(people_in_service(), 8::bigint, 'how many there are is no secret');
SELECT is_empty('SELECT profile_on(3) WHERE profile_on(3) IS NOT NULL', 'nor a profile of a day');
SELECT is(pg_temp.try('UPDATE kota.employee SET grade = ''IV/e'''), '42501 | permission denied for table employee', 'reads the own row, does not write it');
SELECT is(pg_temp.try('INSERT INTO kota.assessment (employee_id, competency_id, level, assessed_on) VALUES (2, 1, 5, current_date)'), '42501 | permission denied for table assessment', 'nor assesses anybody');
SELECT is(pg_temp.try('SELECT kota.verify_interest(3, 4)'), '42501 | permission denied for table relation', 'nor verifies ties');
SELECT is(pg_temp.try('SELECT kota.enable_row_security()'), '42501 | permission denied for function enable_row_security', 'nor opens the doors');
SELECT lives_ok($$SELECT apply_for_transfer(4, 'I would like to lead')$$, 'applies');
SELECT results_eq('SELECT employee_id, post_id FROM application', 'VALUES (2, 4)', 'and sees it');
SELECT is(pg_temp.try($$SELECT kota.file_application(999, 4, 'for nobody')$$), '42501 | new row violates row-level security policy for table "application"', 'not for who is not there');
SELECT is(pg_temp.try($$SELECT kota.file_application(3, 4, 'for another')$$), '42501 | new row violates row-level security policy for table "application"', 'not for another');
SELECT is(pg_temp.try($$SELECT kota.apply_for_transfer(4, 'again')$$), 'MU112 | employee 2 has applied for post 4 already: application 1 | One open application for a post is enough: withdraw application 1 first, or, where a transfer has come of it, let that end.', 'once, and is told which');
SELECT is(pg_temp.try($$INSERT INTO kota.application (employee_id, post_id, preference, reason) VALUES (2, 2, 7, 'stay')$$), 'MU127 | employee 2 has held post 2 since 2018-01-01 | Apply for another post; the view vacancy lists those that are free.', 'not for the post held, by hand either');
SELECT is(pg_temp.try($$INSERT INTO kota.application (employee_id, post_id, preference, reason) VALUES (3, 2, 7, 'stay')$$), '42501 | new row violates row-level security policy for table "application"', 'and is not told which post another holds');
SELECT matches(pg_temp.try($$UPDATE kota.application SET withdrawn_at = '2020-01-01'$$), '^MU112 .*is not changed', 'does not withdraw it in the past');
SELECT lives_ok('SELECT withdraw_application(1)', 'withdraws it');
SELECT matches(pg_temp.try($$UPDATE kota.application SET withdrawn_at = NULL$$), '^MU112 .*application 1 was filed or withdrawn is not changed', 'and does not take that back');
SELECT is(pg_temp.try($$UPDATE kota.application SET filed_at = '2020-01-01'$$), '42501 | permission denied for table application', 'nor chooses when it was filed');
SELECT lives_ok($$SELECT apply_for_transfer(4, 'I would like to lead, after all')$$, 'applies anew');
SELECT is(pg_temp.try($$UPDATE kota.application SET transfer_id = 1$$), '42501 | permission denied for table application', 'does not declare it granted');
SELECT is(pg_temp.try($$INSERT INTO kota.transfer (employee_id, to_post_id, reason) VALUES (3, 4, 'x')$$), '42501 | permission denied for table transfer', 'opens no case');
SELECT is(pg_temp.try($$UPDATE kota.transfer SET state = 'submitted' WHERE transfer_id = 1; SELECT 1 / (SELECT count(*) FROM kota.transfer WHERE transfer_id = 1)$$), '22012 | division by zero', 'another''s case is not there');
INSERT INTO transfer_document (transfer_id, code, title) VALUES (2, 'D02', 'request');
SELECT lives_ok($$UPDATE transfer SET state = 'submitted' WHERE transfer_id = 2$$, 'submits the own case');
SELECT is(pg_temp.try($$UPDATE kota.transfer SET state = 'verification' WHERE transfer_id = 2$$), '42501 | new row violates row-level security policy for table "transfer"', 'does not verify it');
SELECT is(pg_temp.try($$INSERT INTO kota.transfer_document (transfer_id, code, title) VALUES (2, 'D10', 'decision')$$), '42501 | new row violates row-level security policy for table "transfer_document"', 'files no decision');
SELECT is(pg_temp.try($$DELETE FROM kota.transfer_history$$), '42501 | permission denied for table transfer_history', 'and cannot touch the history');
-- leaks
CREATE FUNCTION pg_temp.leak(n text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN IF n <> 'Pegawai 002' THEN RAISE EXCEPTION 'leaked %', n; END IF; RETURN true; END $$;
SELECT is(pg_temp.try('SELECT 1 / count(*) FROM kota.employee WHERE pg_temp.leak(name)'), 'done', 'a function in WHERE sees only what row security lets by');
SELECT is((SELECT count(*) FROM employee WHERE name = 'Pegawai 003'), 0::bigint, 'asking for another by name finds nothing');
CREATE FUNCTION pg_temp.plan_of(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || statement; END $$;
SELECT is_empty($$SELECT l FROM pg_temp.plan_of('SELECT * FROM kota.employee') AS l WHERE l LIKE '%Pegawai%'$$, 'EXPLAIN shows no value');
SELECT is_empty($$SELECT attname FROM pg_stats WHERE schemaname = 'kota' AND tablename = 'employee'$$, 'and not shown');
RESET ROLE;

-- another employee's request through an application's shared role
SET LOCAL ROLE pegawai_3;
SELECT results_eq('SELECT employee_id FROM employee', 'VALUES (3)', 'another one sees the other row');
SELECT is_empty('SELECT * FROM application', 'and nobody''s application');
RESET ROLE;

-- the head of a unit
CREATE TEMP TABLE head_rank AS SELECT rank, score FROM rank_of(1, 2);
GRANT SELECT ON head_rank TO a_head;
SET LOCAL ROLE pegawai_1;
SELECT set_eq('SELECT employee_id FROM employee', 'VALUES (1)', 'head: the people of the unit led');
SELECT set_eq('SELECT transfer_id FROM transfer', 'VALUES (1), (2), (3)', 'cases into the unit');
SELECT is((SELECT finding FROM why_not(1, 2) WHERE aspect = 'rank'), (SELECT format('rank %s among all, with a score of %s', rank, round(score, 3)) FROM head_rank), 'why_not() of the own people: their rank among all');
SELECT is_empty('SELECT * FROM standing_of(2, 1)', 'of others no rank');
SELECT is_empty('SELECT * FROM discipline', 'no one''s discipline');
SELECT is(pg_temp.try($$INSERT INTO kota.transfer (employee_id, to_post_id, reason) VALUES (5, 1, 'come to us')$$), '42501 | new row violates row-level security policy for table "transfer"', 'opens cases for the own people only');
SELECT is(pg_temp.try($$INSERT INTO kota.transfer (employee_id, to_post_id, reason) VALUES (5, 2, 'stay')$$), '42501 | new row violates row-level security policy for table "transfer"', 'and is not told which post another holds');
-- who has an open case is told to those who may see it; 4 has one, out of sight of this head
RESET ROLE;
SAVEPOINT unseen;
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason) VALUES (40, 4, 3, 'x');
SET LOCAL ROLE pegawai_1;
SELECT is(pg_temp.try($$INSERT INTO kota.transfer (employee_id, to_post_id, reason) VALUES (4, 1, 'come to us')$$), '42501 | new row violates row-level security policy for table "transfer"', 'nor who has an open case');
ROLLBACK TO unseen;
SET LOCAL ROLE pegawai_1;
SELECT lives_ok($$INSERT INTO transfer (employee_id, to_post_id, reason) VALUES (1, 2, 'rotation')$$, 'and for them');
SELECT matches(pg_temp.try($$INSERT INTO kota.transfer (employee_id, to_post_id, reason) VALUES (1, 2, 'again')$$), '^MU129 \| employee 1 has an open case already: transfer (\d+) \| Transfer \1 is in state "draft"\. \| A person has one open transfer: let transfer \1 take effect', 'once, and is told which');
RESET ROLE;

-- somebody whom a policy of the agency's own shows some of the people
CREATE ROLE a_partial;
GRANT USAGE ON SCHEMA kota TO a_partial;
GRANT SELECT ON ALL TABLES IN SCHEMA kota TO a_partial;
CREATE POLICY shown_some ON employee FOR SELECT TO a_partial USING (employee_id IN (2, 5));
SET LOCAL ROLE a_partial;
SELECT matches((SELECT finding FROM why_not(5, 1) WHERE aspect = 'rank'), '^rank 2 among those you may see, with a score of ', 'who sees some of the people is told so');
RESET ROLE;
UPDATE employee SET left_on = current_date WHERE employee_id = 8;
SELECT is((SELECT finding FROM why_not(8, 1) WHERE aspect = 'rank'), 'is no longer in service', 'nobody who left has a rank');
UPDATE employee SET left_on = NULL WHERE employee_id = 8;

-- an analyst
SET LOCAL ROLE a_analyst;
SELECT is((SELECT count(*) FROM unit_workload), 3::bigint, 'analyst: aggregates');
SELECT is(pg_temp.try('SELECT * FROM kota.employee'), '42501 | permission denied for table employee', 'no persons');
SELECT is(pg_temp.try('SELECT * FROM kota.transfer_status'), '42501 | permission denied for view transfer_status', 'no cases');
SELECT is(pg_temp.try('SELECT * FROM kota.candidates(1)'), '42501 | permission denied for table employee', 'not through functions');
RESET ROLE;

-- an approver and an auditor
SET LOCAL ROLE a_approver;
SELECT is((SELECT count(*) FROM employee), 8::bigint, 'approver: everybody');
SELECT is((SELECT count(*) FROM candidates(1, 20)), 7::bigint, 'and ranks them');
SELECT is((SELECT finding FROM why_not(5, 1) WHERE aspect = 'rank'), 'rank 4 with a score of 0.869; the first has 0.977', 'why_not() with the first one''s score');
RESET ROLE;
SET LOCAL SESSION AUTHORIZATION a_approver;
SELECT lives_ok($$UPDATE transfer SET state = 'verification' WHERE transfer_id = 2$$, 'takes a step');
SELECT lives_ok($$SELECT verify_interest(3, 4, true)$$, 'verifies a declared tie');
SELECT is(pg_temp.try($$UPDATE kota.relation SET kind = 'other'$$), '42501 | permission denied for table relation', 'and changes nothing else of it');
RESET SESSION AUTHORIZATION;
SET LOCAL ROLE a_auditor;
SELECT is((SELECT count(*) FROM transfer_history), 6::bigint, 'auditor: every history');
SELECT is(pg_temp.try($$UPDATE kota.transfer SET state = 'returned', state_reason = 'x' WHERE transfer_id = 2$$), '42501 | permission denied for table transfer', 'changes nothing');
RESET ROLE;
SET LOCAL ROLE a_stranger;
SELECT is(pg_temp.try('SELECT * FROM kota.unit_workload'), '42501 | permission denied for schema kota', 'a stranger stays outside');
RESET ROLE;

-- who has left leads nobody, though the incumbency be open still
UPDATE employee SET left_on = current_date WHERE employee_id = 1;
SET LOCAL ROLE pegawai_1;
SELECT is_empty('SELECT my_units()', 'who has left leads no unit');
SELECT set_eq('SELECT employee_id FROM employee', 'VALUES (1)', 'and reads the own row');
SELECT set_eq('SELECT employee_id FROM transfer', 'VALUES (1)', 'and the own cases only');
SELECT is(pg_temp.try($$INSERT INTO kota.transfer (employee_id, to_post_id, reason) VALUES (7, 1, 'come to us')$$), '42501 | new row violates row-level security policy for table "transfer"', 'and opens none');
RESET ROLE;
UPDATE employee SET left_on = current_date + 1 WHERE employee_id = 1;
SET LOCAL ROLE pegawai_1;
SELECT set_eq('SELECT my_units()', 'VALUES (2)', 'leads until the last day');
RESET ROLE;

-- other roles for the parts: those of before keep nothing of it, but what they were granted by hand
CREATE ROLE b_approver;
GRANT SELECT ON discipline, relation TO a_stranger;
GRANT DELETE ON waiver TO a_auditor;
GRANT SELECT ON message_text TO b_approver;
SELECT lives_ok($$SELECT enable_row_security(approver => 'b_approver', auditor => 'a_auditor')$$, 'enabled with other roles');
SELECT set_eq($$SELECT r::text, h.relation, h.privilege FROM unnest('{a_employee,a_head,a_analyst,a_approver,a_stranger}'::regrole[]) AS r, rights_of(ARRAY[r::text::name]) AS h WHERE h.relation <> ''$$,
	$$VALUES ('a_stranger', 'discipline', 'SELECT'), ('a_stranger', 'relation', 'SELECT')$$, 'the former ones have no right left, others theirs');
SELECT is(pg_temp.try('SET LOCAL ROLE a_approver; UPDATE kota.transfer_plan SET name = name'), '42501 | permission denied for schema kota', 'nor get in');
RESET ROLE;
SELECT ok(has_table_privilege('b_approver', 'transfer_plan', 'UPDATE') AND has_table_privilege('a_auditor', 'transfer_plan', 'SELECT') AND has_table_privilege('a_auditor', 'waiver', 'DELETE'), 'the present ones have theirs, and what was granted besides');
SELECT enable_row_security() \g /dev/null
SELECT set_eq($$SELECT r::text, h.relation, h.privilege FROM unnest('{b_approver,a_auditor}'::regrole[]) AS r, rights_of(ARRAY[r::text::name]) AS h$$,
	$$VALUES ('b_approver', 'message_text', 'SELECT'), ('a_auditor', 'waiver', 'DELETE')$$, 'a right that was there before stays');
-- what was granted by hand on columns under a right to the whole table, or made to be granted on
SELECT enable_row_security(analyst => 'a_analyst') \g /dev/null
GRANT SELECT (code, name), UPDATE (name) ON unit TO a_analyst;
GRANT SELECT (name) ON holiday TO a_analyst WITH GRANT OPTION;
GRANT SELECT ON competency TO a_analyst WITH GRANT OPTION;
SET LOCAL ROLE a_analyst; GRANT SELECT ON kota.competency TO a_stranger; RESET ROLE;
SELECT enable_row_security() \g /dev/null
SELECT set_eq($$SELECT h.relation, h.column_name, h.privilege, h.grantable FROM rights_of('{a_analyst}') AS h$$,
	$$VALUES ('unit', 'code', 'SELECT', false), ('unit', 'name', 'SELECT', false), ('unit', 'name', 'UPDATE', false), ('holiday', 'name', 'SELECT', true), ('competency', '', 'SELECT', true)$$,
	'rights on columns, and to grant on, that were granted by hand outlast those of the part');
SELECT is_empty('SELECT * FROM granted_right', 'and are none of its');

SELECT * FROM finish();
ROLLBACK;
