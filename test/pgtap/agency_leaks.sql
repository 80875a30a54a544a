-- What no role gets to know by the back door: what views and functions open to
-- each role return, planning, estimates, error messages, functions that run
-- with the owner's rights.
BEGIN;
SELECT plan(57);
\i test/data/small_agency.sql
CREATE ROLE l_employee; CREATE ROLE l_head; CREATE ROLE l_analyst; CREATE ROLE l_approver; CREATE ROLE l_auditor;
CREATE ROLE pegawai_2 IN ROLE l_employee;
CREATE ROLE pegawai_1 IN ROLE l_head;
GRANT USAGE ON SCHEMA mutasi, public TO PUBLIC;
GRANT CREATE ON SCHEMA public TO PUBLIC;
INSERT INTO incumbency (employee_id, post_id, valid_from, kind) VALUES (1, 4, '2022-01-01', 'acting');	-- leads PKM1
INSERT INTO discipline (employee_id, kind, valid_from) VALUES (3, 'medium sanction', '2024-01-01');
INSERT INTO relation (employee_id, relative_id, kind) VALUES (3, 4, 'spouse');
INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (4, 'performance', 'long illness', current_date + 9);
INSERT INTO delegation (principal, delegate, valid_to, reason) VALUES ('pegawai_2', 'pegawai_5', current_date + 9, 'leave'), ('mayor', 'deputy', current_date + 9, 'travel');
INSERT INTO transfer (employee_id, to_post_id, reason, initiative) VALUES (3, 1, 'agency''s own', 'agency'), (2, 1, 'closer to home', 'own');
INSERT INTO transfer_document (transfer_id, code, title) VALUES (1, 'D05', 'statement'), (2, 'D06', 'grade');
SELECT file_application(5, 1, 'family') \g /dev/null
SELECT take_ranking_snapshot(3) \g /dev/null
INSERT INTO transfer_plan (name, goal, period_from, period_to, evaluation) VALUES ('2026', 'balance', '2026-01-01', '2027-01-01', 'ratios');
SELECT enable_row_security('l_employee', 'l_head', 'l_analyst', 'l_approver', 'l_auditor') \g /dev/null
ANALYZE employee;
ANALYZE assessment;

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
-- every table and view a role may read, read whole: one row each that fails
CREATE FUNCTION pg_temp.unreadable() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	r record;
	outcome text;
BEGIN
	FOR r IN SELECT c.oid::regclass AS relation FROM pg_class AS c WHERE c.relnamespace = 'kota'::regnamespace AND c.relkind IN ('r', 'v', 'p')
		AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1::text
	LOOP
		outcome := pg_temp.try(format('SELECT count(t::text) FROM %s AS t', r.relation));
		IF outcome <> 'done' THEN
			RETURN NEXT r.relation || ': ' || outcome;
		END IF;
	END LOOP;
END $$;
-- rows of everything a role may read that show one of these words
CREATE FUNCTION pg_temp.shows(pattern text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	r record;
	n bigint;
BEGIN
	FOR r IN SELECT c.oid::regclass AS relation FROM pg_class AS c WHERE c.relnamespace = 'kota'::regnamespace AND c.relkind IN ('r', 'v', 'p')
		AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1::text
	LOOP
		EXECUTE format('SELECT count(*) FROM %s AS t WHERE t::text ~ %L', r.relation, pattern) INTO n;
		IF n > 0 THEN
			RETURN NEXT r.relation::text;
		END IF;
	END LOOP;
END $$;
CREATE FUNCTION pg_temp.plan_of(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (VERBOSE, ANALYZE, COSTS ON, TIMING OFF, SUMMARY OFF) ' || statement; END $$;
CREATE FUNCTION pg_temp.leak(n anyelement) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN IF n::text NOT LIKE '%2%' THEN RAISE EXCEPTION 'leaked %', n; END IF; RETURN true; END $$;

-- the employee
SET LOCAL ROLE pegawai_2;
SELECT is_empty('SELECT * FROM pg_temp.unreadable()', 'employee: whatever may be read can be read');
SELECT set_eq($$SELECT * FROM pg_temp.shows('Pegawai 00[1345678]')$$, ARRAY[]::text[], 'and names nobody else');
SELECT results_eq('SELECT principal FROM delegation', $$VALUES ('pegawai_2')$$, 'own delegations only');
SELECT is_empty('SELECT * FROM waiver', 'no one else''s waiver');
SELECT is_empty('SELECT * FROM transfer_document WHERE transfer_id = 1', 'nor documents');
SELECT is_empty('SELECT * FROM transfer_timeline WHERE transfer_id = 1', 'nor a timeline');
SELECT results_eq('SELECT DISTINCT employee_id FROM employee_gap UNION SELECT 2', 'VALUES (2)', 'nor gaps');
SELECT is(pg_temp.try('SELECT count(*) FROM kota.employee WHERE pg_temp.leak(name)'), 'done', 'a function that tells is asked about the own row only');
SELECT is(pg_temp.try('SELECT count(*) FROM kota.employee WHERE pg_temp.leak(employee_id) AND profile IS NOT NULL'), 'done', 'by the number, too');
SELECT is(pg_temp.try('SELECT count(*) FROM kota.transfer_status WHERE pg_temp.leak(employee_name)'), 'done', 'through a view, too');
SELECT is(pg_temp.try('SELECT count(*) FROM (SELECT employee_id FROM kota.employee ORDER BY profile OPERATOR(mutasi.<=>) ''{1:4}'' LIMIT 5) AS n WHERE pg_temp.leak(employee_id)'), 'done', 'and through the index on profiles');
SELECT results_eq($$SELECT employee_id FROM employee WHERE profile OPERATOR(mutasi.@>) '{1:1}'::mutasi.competency_requirement$$, 'VALUES (2)', 'a gate lets by the own row only');
SELECT results_eq($$SELECT replace(l, '003', '999') FROM pg_temp.plan_of('SELECT * FROM kota.employee WHERE name = ''Pegawai 003''') AS l$$,
	$$SELECT l FROM pg_temp.plan_of('SELECT * FROM kota.employee WHERE name = ''Pegawai 999''') AS l$$, 'EXPLAIN says of somebody what it says of nobody');
SELECT is_empty($$SELECT l FROM pg_temp.plan_of('SELECT * FROM kota.candidates(1, 10)') AS l WHERE l ~ 'Pegawai 00[13-8]'$$, 'nor what a function ranks');
SELECT is_empty($$SELECT 1 FROM pg_stats WHERE schemaname = 'kota' AND tablename IN ('employee', 'assessment', 'transfer')$$, 'statistics of persons are not shown');
SELECT is_empty('SELECT * FROM eligibility_summary(''{3}'', ''{1}'') WHERE reason ~ ''sanction''', 'eligibility of another tells nothing of sanctions');
SELECT is((SELECT count(*) FROM recent_rating('{1,3,4}', current_date, 2)), 0::bigint, 'nobody''s ratings');
SELECT is((SELECT count(*) FROM current_assessment('{1,3,4}')), 0::bigint, 'nobody''s assessments');
SELECT is((SELECT count(*) FROM seniority('{1,3,4}')), 0::bigint, 'nobody''s seniority');
SELECT is((SELECT count(*) FROM service_spells('{1,3,4}')), 0::bigint, 'nobody''s service');
SELECT is((SELECT count(*) FROM current_post('{1,3,4}', current_date)), 0::bigint, 'nobody''s post');
SELECT is((SELECT count(*) FROM explain_match(3, 1)), 0::bigint, 'nobody''s gaps');
SELECT is((SELECT count(*) FROM rank_of(3, 1)), 0::bigint, 'nobody''s rank');
SELECT is(pg_temp.try('SELECT kota.decision_file(1)') ~ '^(MU102|42501)', true, 'no decision file');
SELECT is(pg_temp.try('SELECT kota.acknowledge_notice(1)'), 'MU118 | there is no notice of transfer 1 for you to acknowledge', 'another''s notice and none are told in the same words');
SELECT is(pg_temp.try('SELECT kota.acknowledge_notice(999)'), 'MU118 | there is no notice of transfer 999 for you to acknowledge', 'indeed');
SELECT is(pg_temp.try('SELECT kota.why_not(3, 1)'), replace(pg_temp.try('SELECT kota.why_not(999, 1)'), '999', '3'), 'another and nobody, too');
SELECT is(pg_temp.try('SELECT kota.open_transfer(1)'), replace(pg_temp.try('SELECT kota.open_transfer(999)'), '999', '1'), 'another''s application and none');
SELECT is(pg_temp.try('SELECT kota.withdraw_application(1)'), replace(pg_temp.try('SELECT kota.withdraw_application(999)'), '999', '1'), 'another''s application is not withdrawn');
SELECT is(pg_temp.try('SELECT kota.reverse_transfer(1, ''x'')') ~ '^(MU102|42501)', true, 'another''s transfer is not reversed');
SELECT is(pg_temp.try('SELECT * FROM kota.run_daily()'), '42501 | permission denied for function run_daily', 'no owner''s work');
SELECT is(pg_temp.try('SELECT kota.set_deadlines(''{}'')'), '42501 | permission denied for function set_deadlines', 'no deadlines');
SELECT is(pg_temp.try($$INSERT INTO kota.delegation (principal, delegate, valid_to, reason) VALUES ('mayor', 'pegawai_2', current_date + 9, 'x')$$), '42501 | permission denied for table delegation', 'nobody makes himself the mayor''s delegate');
SELECT is(pg_temp.try($$INSERT INTO kota.workflow_role (role, login) VALUES ('appointing_official', 'pegawai_2')$$), '42501 | permission denied for table workflow_role', 'nor an official');
SELECT is(pg_temp.try($$INSERT INTO kota.waiver (employee_id, rule, reason, valid_to) VALUES (2, 'tenure', 'x', current_date + 9)$$), '42501 | permission denied for table waiver', 'nor waives a rule');
SELECT is(pg_temp.try($$UPDATE kota.policy SET note = 'x'$$), '42501 | permission denied for table policy', 'nor makes policy');
RESET ROLE;

-- the head of a unit
SET LOCAL ROLE pegawai_1;
SELECT is_empty('SELECT * FROM pg_temp.unreadable()', 'head: whatever may be read can be read');
SELECT is_empty('SELECT * FROM delegation', 'no one''s delegations');
SELECT is_empty('SELECT * FROM application', 'no applications from other units');
SELECT is_empty('SELECT * FROM pg_temp.shows(''long illness'')', 'no waiver''s reason');
SELECT is(pg_temp.try('SELECT * FROM kota.discipline'), '42501 | permission denied for table discipline', 'no discipline');
SELECT is(pg_temp.try('SELECT * FROM kota.candidate_ranking'), '42501 | permission denied for view candidate_ranking', 'no rankings of others');
SELECT results_eq('SELECT employee_id FROM candidates(2, 10)', 'VALUES (1)', 'ranks the own people only');
SELECT results_eq('SELECT rule, passed, detail FROM eligibility(1, 2) WHERE passed IS NULL',
	$$VALUES ('discipline', NULL::boolean, 'the record is not open to you'), ('conflict of interest', NULL, 'the record is not open to you')$$, 'and learns what is not for a head to know');
RESET ROLE;

-- the analyst
SET LOCAL ROLE l_analyst;
SELECT is_empty('SELECT * FROM pg_temp.unreadable()', 'analyst: whatever may be read can be read');
SELECT is_empty('SELECT * FROM pg_temp.shows(''Pegawai'')', 'and names nobody');
SELECT is((SELECT count(*) FROM staffing_projection), 36::bigint, 'need and staff to come, of three units, in twelve months');
SELECT results_eq('SELECT DISTINCT unit_id FROM staffing_projection WHERE staff IS NOT NULL', 'VALUES (3)', 'of the unit with people enough only');
SELECT ok((SELECT count(*) FROM workload_data_gaps) > 0, 'gaps in the data');
SELECT is(pg_temp.try('SELECT * FROM kota.project_staffing()') ~ '^42501', true, 'not the causes, which are persons');
SELECT is(pg_temp.try('SELECT * FROM kota.workload_findings()') ~ '^42501', true, 'nor the names');
SELECT is((SELECT count(*) FROM unit_workload), 3::bigint, 'workloads');
RESET ROLE;

-- approver and auditor
SET LOCAL ROLE l_approver;
SELECT is_empty('SELECT * FROM pg_temp.unreadable()', 'approver: whatever may be read can be read');
SELECT is(pg_temp.try($$INSERT INTO kota.delegation (principal, delegate, valid_to, reason) VALUES ('mayor', 'l_approver', current_date + 9, 'x')$$), '42501 | permission denied for table delegation', 'delegates the own part only');
RESET ROLE;
SET LOCAL ROLE l_auditor;
SELECT is_empty('SELECT * FROM pg_temp.unreadable()', 'auditor: whatever may be read can be read');
SELECT is((SELECT count(*) FROM delegation), 2::bigint, 'every delegation');
SELECT is((SELECT count(*) FROM pg_class AS c WHERE c.relnamespace = 'kota'::regnamespace AND c.relkind = 'r' AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')), 0::bigint, 'writes nowhere');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
