-- What the rules rest on: who may see it, whole reporting lines, contracts without
-- an end. Never passed without evidence, and never by what the caller cannot see.
BEGIN;
SELECT plan(40);
\i test/data/small_agency.sql
CREATE ROLE r_employee; CREATE ROLE r_head; CREATE ROLE r_approver; CREATE ROLE r_auditor;
CREATE ROLE pegawai_2 IN ROLE r_employee;
CREATE ROLE pegawai_1 IN ROLE r_head;
CREATE ROLE the_approver IN ROLE r_approver;
CREATE ROLE r_partial;
GRANT USAGE ON SCHEMA mutasi, public TO PUBLIC;
CREATE FUNCTION pg_temp.verdict(e integer, p integer, r text) RETURNS text LANGUAGE sql AS
	$$ SELECT coalesce(c.passed::text, 'unknown') || ': ' || c.detail FROM kota.check_eligibility(ARRAY[e], ARRAY[p]) AS c WHERE c.rule = r $$;

-- under row security
INSERT INTO incumbency (employee_id, post_id, valid_from, kind) VALUES (1, 4, '2022-01-01', 'acting');	-- leads PKM1
INSERT INTO relation (employee_id, relative_id, kind) VALUES (2, 1, 'spouse');
UPDATE post SET seats = 1 WHERE post_id = 1;
UPDATE post SET seats = 5 WHERE post_id = 2;
SELECT enable_row_security('r_employee', 'r_head', NULL, 'r_approver', 'r_auditor') \g /dev/null
CREATE TEMP TABLE truth AS SELECT e.employee_id, p.post_id, c.rule, c.passed FROM employee AS e CROSS JOIN post AS p CROSS JOIN LATERAL eligibility(e.employee_id, p.post_id) AS c;
GRANT SELECT ON truth TO PUBLIC;
SELECT results_eq($$SELECT passed FROM truth WHERE employee_id = 2 AND post_id = 1 AND rule IN ('vacancy', 'conflict of interest')$$, 'VALUES (false), (false)', 'a full post, in the unit where the spouse works');
CREATE FUNCTION pg_temp.untrue() RETURNS TABLE (employee_id integer, post_id integer, rule text, passed boolean, truth boolean) LANGUAGE sql AS $$
	SELECT t.employee_id, t.post_id, t.rule, c.passed, t.passed
	FROM truth AS t LEFT JOIN LATERAL kota.check_eligibility(ARRAY[t.employee_id], ARRAY[t.post_id]) AS c ON c.rule = t.rule
	WHERE c.passed IS NOT NULL AND c.passed IS DISTINCT FROM t.passed $$;
SET LOCAL ROLE pegawai_2;
SELECT is_empty('SELECT * FROM pg_temp.untrue()', 'employee: no answer but the true one, about nobody');
SELECT is(pg_temp.verdict(2, 1, 'vacancy'), 'false: 1 seats, 1 held, 0 promised', 'seats held by others are held');
SELECT is(pg_temp.verdict(2, 1, 'conflict of interest'), 'unknown: the record is not open to you', 'where relatives work is not told');
SELECT is(pg_temp.verdict(2, 3, 'conflict of interest'), 'unknown: the record is not open to you', 'nor by what is said of other posts');
SELECT is(pg_temp.verdict(2, 1, 'donor floor'), 'true: the present unit''s workload ratio would be 0.75, at most 1.20 allowed', 'the present post''s holders are counted');
SELECT is((SELECT count(*) FROM check_eligibility('{3}', '{1}') AS c WHERE c.passed AND c.rule <> 'vacancy'), 0::bigint, 'of somebody not seen nothing is passed');
SELECT is((SELECT finding FROM why_not(2, 1) WHERE aspect = 'rule: vacancy'), '1 seats, 1 held, 0 promised', 'why_not() says so');
SELECT is_empty('SELECT * FROM opportunities(2) WHERE eligible', 'opportunities() calls nobody eligible by what is not seen');
RESET ROLE;
SET LOCAL ROLE pegawai_1;
SELECT is_empty('SELECT * FROM pg_temp.untrue()', 'head: the same');
SELECT is(pg_temp.verdict(1, 2, 'vacancy'), 'false: 5 seats, 5 held, 0 promised', 'a full post of another unit');
RESET ROLE;
SET LOCAL ROLE the_approver;
SELECT is_empty('SELECT * FROM pg_temp.untrue()', 'approver: the same');
SELECT results_eq($$SELECT count(*) FROM truth AS t LEFT JOIN LATERAL check_eligibility(ARRAY[t.employee_id], ARRAY[t.post_id]) AS c ON c.rule = t.rule WHERE c.passed IS DISTINCT FROM t.passed$$, 'VALUES (0::bigint)', 'and all of it');
RESET ROLE;
SET LOCAL ROLE r_auditor;
SELECT is(pg_temp.verdict(2, 1, 'conflict of interest'), 'false: a relative or business partner works in that unit or reporting line', 'auditor: all of it');
SELECT is(pg_temp.verdict(3, 1, 'conflict of interest'), 'true: declared on 2024-01-01, no tie to that unit', 'also that there is no tie');
RESET ROLE;
-- a policy of the agency's own shows part of it; a restrictive one takes from who had all
GRANT USAGE ON SCHEMA kota TO r_partial;
GRANT SELECT ON ALL TABLES IN SCHEMA kota TO r_partial;
CREATE POLICY shown ON employee FOR SELECT TO r_partial USING (true);
CREATE POLICY shown ON record_check FOR SELECT TO r_partial USING (true);
CREATE POLICY shown ON relation FOR SELECT TO r_partial USING (true);
SET LOCAL ROLE r_partial;
SELECT is(pg_temp.verdict(2, 1, 'conflict of interest'), 'unknown: the record is not open to you', 'all ties, but not who holds what');
RESET ROLE;
CREATE POLICY shown ON incumbency FOR SELECT TO r_partial USING (true);
SET LOCAL ROLE r_partial;
SELECT is(pg_temp.verdict(3, 1, 'conflict of interest'), 'unknown: the record is not open to you', 'nor who is to hold it');
RESET ROLE;
CREATE POLICY shown ON transfer FOR SELECT TO r_partial USING (true);
SET LOCAL ROLE r_partial;
SELECT is(left(pg_temp.verdict(2, 1, 'conflict of interest'), 5) || left(pg_temp.verdict(3, 1, 'conflict of interest'), 4), 'falsetrue', 'all of it');
RESET ROLE;
CREATE POLICY less ON relation AS RESTRICTIVE FOR SELECT TO PUBLIC USING (kind <> 'business');
SET LOCAL ROLE r_partial;
SELECT is(pg_temp.verdict(3, 1, 'conflict of interest'), 'unknown: the record is not open to you', 'a policy that takes some away');
SELECT is(left(pg_temp.verdict(2, 1, 'conflict of interest'), 5), 'false', 'what is seen is said');
RESET ROLE;
SELECT is((SELECT count(*) FROM truth AS t JOIN LATERAL check_eligibility(ARRAY[t.employee_id], ARRAY[t.post_id]) AS c ON c.rule = t.rule WHERE c.passed IS DISTINCT FROM t.passed), 0::bigint, 'the owner''s answers are as before');

-- the whole reporting line: 14 above 13 above 12 above 11, in units of their own
INSERT INTO unit (unit_id, parent_id, code, name, kind) SELECT n, 1, 'U' || n, 'Unit ' || n, 'office' FROM generate_series(11, 15) AS n;
INSERT INTO post (post_id, unit_id, class, seats, code, title, family, kind, reports_to)
	SELECT n, n, 7, 2, 'P' || n, 'Staff ' || n, 'service', 'implementing', CASE WHEN n < 14 THEN n + 1 END FROM unnest('{14,13,12,11,15}'::int[]) AS n;
INSERT INTO employee (employee_id, name, born_on, appointed_on) VALUES (51, 'Pegawai 051', '1990-01-01', '2015-01-01'), (52, 'Pegawai 052', '1990-01-01', '2015-01-01');
INSERT INTO record_check (employee_id, subject, checked_on, checked_by) VALUES (51, 'family', '2024-01-01', 'x'), (52, 'family', '2024-01-01', 'x');
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (51, 14, '2020-01-01'), (52, 15, '2020-01-01');
INSERT INTO relation (employee_id, relative_id, kind) VALUES (51, 52, 'sibling');
SELECT results_eq($$SELECT c.post_id, c.passed FROM check_eligibility('{52,52,52,52,52}', '{11,12,13,14,15}') AS c WHERE c.rule = 'conflict of interest' ORDER BY 1$$,
	'VALUES (11, false), (12, false), (13, false), (14, false), (15, true)', 'a relative anywhere above');
UPDATE incumbency SET post_id = 11 WHERE employee_id = 51;
SELECT results_eq($$SELECT c.post_id, c.passed FROM check_eligibility('{52,52,52,52,52}', '{11,12,13,14,15}') AS c WHERE c.rule = 'conflict of interest' ORDER BY 1$$,
	'VALUES (11, false), (12, false), (13, false), (14, false), (15, true)', 'or below');
UPDATE post SET reports_to = 11 WHERE post_id = 14;
SELECT results_eq($$SELECT c.post_id, c.passed FROM check_eligibility('{52,52,52}', '{11,13,15}') AS c WHERE c.rule = 'conflict of interest' ORDER BY 1$$,
	'VALUES (11, false), (13, false), (15, true)', 'a circle of posts is no endless one');
UPDATE post SET reports_to = NULL WHERE post_id = 14;
UPDATE post SET reports_to = 12 WHERE post_id = 15;
UPDATE incumbency SET post_id = 11 WHERE employee_id = 51;
UPDATE relation SET holds = NULL WHERE relative_id = 52;
SELECT results_eq($$SELECT c.post_id, c.passed FROM check_eligibility('{52,52,51}', '{13,15,15}') AS c WHERE c.rule = 'conflict of interest' ORDER BY 1, c.employee_id$$,
	'VALUES (13, NULL), (15, NULL), (15, true)', 'side by side is not one line; what is not verified is unknown');

-- contracts
UPDATE employee SET status = 'pppk', grade = 'PPPK IX' WHERE employee_id = 3;
SELECT is(pg_temp.verdict(3, 1, 'contract'), 'unknown: the end of the contract is not on record', 'a contract without an end on record is no evidence');
SELECT is(pg_temp.verdict(3, 4, 'contract'), 'false: the contract (PPPK) is for "Nurse"', 'another title is refused anyway');
UPDATE employee SET contract_ends_on = '2999-12-31' WHERE employee_id = 3;
SELECT is(pg_temp.verdict(3, 1, 'contract'), 'true: keeps the post title of the contract', 'the end on record');
UPDATE eligibility_rule SET parameter = '{"same_title": false}' WHERE rule = 'contract';
SELECT is(pg_temp.verdict(3, 4, 'contract'), 'true: the contract runs until 2999-12-31', 'any title: the detail says no other');
SELECT is(pg_temp.verdict(3, 1, 'contract'), 'true: the contract runs until 2999-12-31', 'nor of the same');
UPDATE incumbency SET valid_to = current_date WHERE employee_id = 3;
SELECT is(pg_temp.verdict(3, 1, 'contract'), 'true: the contract runs until 2999-12-31', 'nor of no present post');
UPDATE employee SET contract_ends_on = NULL WHERE employee_id = 3;
SELECT is(pg_temp.verdict(3, 4, 'contract'), 'unknown: the end of the contract is not on record', 'the end is asked for all the same');
SELECT set_language('id') \g /dev/null
SELECT is(pg_temp.verdict(3, 4, 'contract'), 'unknown: akhir perjanjian kerja tidak tercatat', 'in the agency''s language');
UPDATE employee SET contract_ends_on = '2999-12-31' WHERE employee_id = 3;
SELECT is(pg_temp.verdict(3, 4, 'contract'), 'true: perjanjian kerja berlaku sampai 2999-12-31', 'both');

-- a check of the record counts as long as the agency says
SELECT set_language('en') \g /dev/null
CREATE FUNCTION pg_temp.checked() RETURNS TABLE (rule text, passed boolean, detail text) LANGUAGE sql AS
	$$ SELECT e.rule, e.passed, e.detail FROM kota.eligibility(5, 1) AS e WHERE e.rule IN ('discipline', 'study leave', 'conflict of interest') ORDER BY e.rule $$;
UPDATE record_check SET checked_on = current_date - interval '6 months' WHERE employee_id = 5;
SELECT is((SELECT bool_and(passed) FROM pg_temp.checked()), true, 'for ever');
UPDATE eligibility_rule SET parameter = '{"check_months": 6}' WHERE rule IN ('discipline', 'study leave', 'conflict of interest');
SELECT is((SELECT bool_and(passed) FROM pg_temp.checked()), true, 'six months');
UPDATE record_check SET checked_on = checked_on - 1 WHERE employee_id = 5;
SELECT results_eq('SELECT rule, passed, detail FROM pg_temp.checked()', format('VALUES (''conflict of interest'', NULL::boolean, ''declared on %1$s, too long ago''), (''discipline'', NULL, ''record checked on %1$s, too long ago''), (''study leave'', NULL, ''record checked on %1$s, too long ago'')',
	(SELECT DISTINCT checked_on FROM record_check WHERE employee_id = 5)), 'and not a day more');
INSERT INTO relation (employee_id, relative_id, kind, holds) VALUES (5, 1, 'sibling', true);
SELECT is((SELECT passed FROM pg_temp.checked() WHERE rule = 'conflict of interest'), false, 'a tie on record counts however old the declaration');
UPDATE relation SET relative_id = 7 WHERE employee_id = 5;
SELECT is((SELECT passed FROM pg_temp.checked() WHERE rule = 'conflict of interest'), NULL, 'one to elsewhere makes it no newer');
INSERT INTO discipline (employee_id, kind, valid_from) VALUES (5, 'court case', current_date);
SELECT is((SELECT passed FROM pg_temp.checked() WHERE rule = 'discipline'), false, 'and what is in force, too');
SELECT * FROM finish();
ROLLBACK;
