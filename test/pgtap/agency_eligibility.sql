-- Who may move where: each rule passed, not passed and unknown; waivers; an
-- agency's own rules; errors.
BEGIN;
SELECT plan(111);
\i test/data/small_agency.sql

CREATE FUNCTION pg_temp.verdict(e integer, p integer, r text, i text DEFAULT 'agency', w text DEFAULT 'within agency') RETURNS text LANGUAGE sql AS
	$$ SELECT coalesce(c.passed::text, 'unknown') FROM kota.eligibility(e, p, current_date, i, w) AS c WHERE c.rule = r $$;

SELECT is((SELECT count(*) FROM eligibility(2, 1)), 19::bigint, 'one row a rule');
SELECT is_empty('SELECT rule, detail FROM eligibility(2, 1) WHERE passed IS NOT TRUE', 'a nurse may move to a health centre that lacks nurses');
SELECT is_empty('SELECT 1 FROM eligibility(2, 1) WHERE detail IS NULL', 'every rule gives its detail');

-- in service
UPDATE employee SET left_on = current_date WHERE employee_id = 2;
SELECT is(pg_temp.verdict(2, 1, 'in service'), 'false', 'who has left does not move');
UPDATE employee SET left_on = NULL, status = 'cpns' WHERE employee_id = 2;
SELECT is(pg_temp.verdict(2, 1, 'in service'), 'false', 'nor a candidate');
UPDATE employee SET appointed_on = NULL, status = 'pns' WHERE employee_id = 2;
SELECT is(pg_temp.verdict(2, 1, 'in service'), 'unknown', 'start of service unknown');
UPDATE employee SET appointed_on = '2010-01-01' WHERE employee_id = 2;
-- other post
SELECT is(pg_temp.verdict(2, 2, 'other post'), 'false', 'not to the post held already');
-- vacancy
SELECT is(pg_temp.verdict(2, 3, 'vacancy'), 'false', 'no free seat');
UPDATE post SET open = false WHERE post_id = 1;
SELECT is(pg_temp.verdict(2, 1, 'vacancy'), 'false', 'a closed post');
UPDATE post SET open = true, valid_to = current_date WHERE post_id = 1;
SELECT is(pg_temp.verdict(2, 1, 'vacancy'), 'false', 'a post that is no more');
UPDATE post SET valid_to = NULL WHERE post_id = 1;
-- tenure
UPDATE incumbency SET valid_from = (current_date - interval '24 months')::date WHERE employee_id = 2;
SELECT is(pg_temp.verdict(2, 1, 'tenure'), 'true', '24 months in the post are enough');
UPDATE incumbency SET valid_from = (current_date - interval '24 months')::date + 1 WHERE employee_id = 2;
SELECT is(pg_temp.verdict(2, 1, 'tenure'), 'false', 'a day less is not');
UPDATE eligibility_rule SET parameter = '{"months": 6}' WHERE rule = 'tenure';
SELECT is(pg_temp.verdict(2, 1, 'tenure'), 'true', 'unless the agency''s parameter says so');
UPDATE eligibility_rule SET parameter = '{}' WHERE rule = 'tenure';
UPDATE incumbency SET valid_from = '2018-01-01', valid_to = current_date - 30 WHERE employee_id = 2;
INSERT INTO incumbency (employee_id, post_id, valid_from, share, letter) VALUES (2, 2, current_date - 30, 0.5, 'SK 2');
SELECT is(pg_temp.verdict(2, 1, 'tenure'), 'true', 'another share or letter in the same post begins nothing anew');
UPDATE incumbency SET kind = 'acting' WHERE employee_id = 2 AND valid_to IS NOT NULL;
SELECT is(pg_temp.verdict(2, 1, 'tenure'), 'false', 'having been acting in it is no time in the post');
DELETE FROM incumbency WHERE employee_id = 2 AND valid_to IS NOT NULL;
UPDATE incumbency SET valid_from = '2018-01-01', share = 1, letter = NULL WHERE employee_id = 2;
INSERT INTO employee (employee_id, name, appointed_on) VALUES (50, 'Pegawai 050', '2015-01-01');
SELECT is(pg_temp.verdict(50, 1, 'tenure'), 'unknown', 'no post on record');
-- ten years
UPDATE employee SET appointed_on = current_date - 3000 WHERE employee_id = 2;
SELECT is(pg_temp.verdict(2, 1, 'ten years', 'own', 'between agencies'), 'false', 'own request to another agency within ten years');
UPDATE employee SET appointed_on = '2010-01-01' WHERE employee_id = 2;
SELECT results_eq($$SELECT passed, detail FROM eligibility(2, 1, current_date, 'own', 'between agencies') WHERE rule = 'ten years'$$,
	$$VALUES (NULL::boolean, 'own request to another agency: since when a civil servant (TMT PNS) is not on record, 10 years needed')$$, 'since the appointment is not since permanent');
UPDATE employee SET permanent_since = current_date - interval '10 years' WHERE employee_id = 2;
SELECT is(pg_temp.verdict(2, 1, 'ten years', 'own', 'between agencies'), 'true', 'ten years to the day since then');
UPDATE employee SET permanent_since = permanent_since + 1 WHERE employee_id = 2;
SELECT results_eq($$SELECT passed, detail FROM eligibility(2, 1, current_date, 'own', 'between agencies') WHERE rule = 'ten years'$$,
	format('VALUES (false, ''own request to another agency: civil servant since %s, 10 years needed'')', (current_date - interval '10 years')::date + 1), 'a day less is not enough');
UPDATE eligibility_rule SET parameter = '{"hired_from": "2010-01-02"}' WHERE rule = 'ten years';
SELECT results_eq($$SELECT passed, detail FROM eligibility(2, 1, current_date, 'own', 'between agencies') WHERE rule = 'ten years'$$, $$VALUES (true, 'appointed before 2010-01-02, not bound')$$, 'unless hired before the agency''s day');
UPDATE eligibility_rule SET parameter = '{"hired_from": "2010-01-01"}' WHERE rule = 'ten years';
SELECT is(pg_temp.verdict(2, 1, 'ten years', 'own', 'between agencies'), 'false', 'not on it');
UPDATE employee SET status = 'pppk' WHERE employee_id = 2;
SELECT is(pg_temp.verdict(2, 1, 'ten years', 'own', 'between agencies'), 'true', 'of others it counts from the appointment');
UPDATE eligibility_rule SET parameter = '{}' WHERE rule = 'ten years';
SELECT throws_ok($$UPDATE employee SET permanent_since = '2009-12-31' WHERE employee_id = 2$$, '23514', NULL, 'nobody is permanent before the appointment');
UPDATE employee SET status = 'pns', permanent_since = NULL, appointed_on = current_date - 3000 WHERE employee_id = 2;
SELECT is(pg_temp.verdict(2, 1, 'ten years', 'agency', 'between agencies'), 'true', 'the agency''s own move');
SELECT is(pg_temp.verdict(2, 1, 'ten years', 'own'), 'true', 'inside the agency');
-- discipline
INSERT INTO discipline (employee_id, kind, valid_from) VALUES (2, 'light sanction', '2024-01-01');
SELECT is(pg_temp.verdict(2, 1, 'discipline'), 'false', 'a light sanction blocks, too');
UPDATE eligibility_rule SET parameter = '{"kinds": ["medium sanction", "heavy sanction", "proceeding", "court case", "audit finding"]}' WHERE rule = 'discipline';
SELECT is(pg_temp.verdict(2, 1, 'discipline'), 'true', 'unless the agency does not want it to');
INSERT INTO discipline (employee_id, kind, valid_from) VALUES (2, 'proceeding', '2024-01-01');
SELECT is(pg_temp.verdict(2, 1, 'discipline'), 'false', 'a proceeding under way blocks');
DELETE FROM discipline;
UPDATE eligibility_rule SET parameter = '{}' WHERE rule = 'discipline';
SELECT is(pg_temp.verdict(2, 1, 'discipline'), 'true', 'a checked record without any');
INSERT INTO discipline (employee_id, kind, valid_from, valid_to) VALUES (2, 'court case', '2024-01-01', current_date + 1);
SELECT is(pg_temp.verdict(2, 1, 'discipline'), 'false', 'a court case does');
UPDATE discipline SET valid_to = current_date WHERE kind = 'court case';
SELECT is(pg_temp.verdict(2, 1, 'discipline'), 'true', 'until it is over');
DELETE FROM record_check WHERE employee_id = 2 AND subject IN ('discipline', 'study leave');
SELECT is(pg_temp.verdict(2, 1, 'discipline'), 'unknown', 'an empty record that nobody checked is no evidence');
-- study leave
SELECT is(pg_temp.verdict(2, 1, 'study leave'), 'unknown', 'nor about study leave');
INSERT INTO study_leave (employee_id, valid_from) VALUES (2, '2025-01-01');
SELECT is(pg_temp.verdict(2, 1, 'study leave'), 'false', 'on study leave');
-- performance
SELECT is(pg_temp.verdict(4, 1, 'performance'), 'false', 'a rating below good');
DELETE FROM performance WHERE employee_id = 5 AND year = extract(year FROM current_date)::int - 1;
SELECT is(pg_temp.verdict(5, 1, 'performance'), 'unknown', 'one rating of two');
INSERT INTO performance (employee_id, year, rating) VALUES (5, extract(year FROM current_date)::int - 3, 4);
SELECT is(pg_temp.verdict(5, 1, 'performance'), 'true', 'last year not rated yet: the two before');
UPDATE performance SET year = year + 1 WHERE employee_id = 5 AND year = extract(year FROM current_date)::int - 2;
SELECT is(pg_temp.verdict(5, 1, 'performance'), 'unknown', 'a year missing between two: none before stands in for it');
SELECT is((SELECT recent_score FROM employee WHERE employee_id = 5), (SELECT round(score, 6) FROM performance_rating WHERE rating = 4), 'the score is of what is on record of these years');
UPDATE performance SET rating = 2 WHERE employee_id = 5 AND year = extract(year FROM current_date)::int - 3;
SELECT results_eq('SELECT r.ratings, r.lowest FROM generate_series(1, 3) AS y CROSS JOIN LATERAL recent_rating(ARRAY[5], current_date, y) AS r ORDER BY y', 'VALUES (1, 4::smallint), (1, 4::smallint), (2, 2::smallint)',
	'and what is before them does not count, neither way');
SELECT is((SELECT recent_score FROM employee WHERE employee_id = 5), (SELECT round(score, 6) FROM performance_rating WHERE rating = 4), 'nor for the score');
UPDATE performance SET year = year - 1, rating = 4 WHERE employee_id = 5 AND year = extract(year FROM current_date)::int - 1;
UPDATE performance SET rating = 4 WHERE employee_id = 5;
-- donor floor: PKM2 needs 3.00, has 5; required / left at most 1.20
UPDATE post SET min_staff = 5 WHERE post_id = 2;
SELECT is(pg_temp.verdict(3, 1, 'donor floor'), 'false', 'not below the minimum staff of the post');
UPDATE post SET min_staff = 0 WHERE post_id = 2;
UPDATE task_volume SET volume = 12000 WHERE task_id = 2;
SELECT is(pg_temp.verdict(3, 1, 'donor floor'), 'true', '4.80 required, 4 left: 1.20 is the limit');
UPDATE task_volume SET volume = 12200 WHERE task_id = 2;
SELECT is(pg_temp.verdict(3, 1, 'donor floor'), 'false', 'a little more is beyond it');
UPDATE post SET min_staff = 0 WHERE post_id = 1;
SELECT is(pg_temp.verdict(1, 4, 'donor floor'), 'true', 'a move inside the unit takes nobody away from it');
DELETE FROM task_volume WHERE task_id = 2;
SELECT is(pg_temp.verdict(3, 1, 'donor floor'), 'unknown', 'no workload on record');
SELECT is(pg_temp.verdict(50, 1, 'donor floor'), 'true', 'who holds no post leaves none behind');
-- grade, class, education
SELECT is(pg_temp.verdict(7, 1, 'grade'), 'false', 'grade too low');
UPDATE employee SET grade = 'PPPK IX', status = 'pppk' WHERE employee_id = 7;
SELECT is(pg_temp.verdict(7, 1, 'grade'), 'unknown', 'grades of two schemes');
SELECT is(pg_temp.verdict(7, 1, 'contract'), 'false', 'a contract is for its post title');
SELECT is(pg_temp.verdict(7, 3, 'contract', 'own', 'between agencies'), 'false', 'and for its agency');
SELECT is(pg_temp.verdict(2, 4, 'class'), 'true', 'two classes up');
UPDATE post SET class = 10 WHERE post_id = 4;
SELECT is(pg_temp.verdict(2, 4, 'class'), 'false', 'three classes up');
SELECT is(pg_temp.verdict(2, 4, 'education'), 'false', 'level of education');
SELECT is(pg_temp.verdict(8, 1, 'education'), 'false', 'the field alone is not enough');
UPDATE education SET field = NULL WHERE employee_id = 3;
INSERT INTO education (employee_id, level, field) VALUES (3, 5, 'nursing'), (3, 7, 'law');
SELECT results_eq($$SELECT passed, detail FROM eligibility(3, 1) WHERE rule = 'education'$$, $$VALUES (NULL::boolean, 'D3 without a field on record, D3 in nursing needed')$$, 'a field not on record is unknown, not another one');
SELECT is((SELECT qualification FROM score_pairs('{3}', '{1}')), NULL, 'in the score, too');
SELECT is(pg_temp.verdict(7, 1, 'education') || (SELECT qualification FROM score_pairs('{7}', '{1}')), 'false0', 'but of too low a level it does not matter');
SELECT is(pg_temp.verdict(3, 4, 'education'), 'true', 'nor where any will do');
INSERT INTO education (employee_id, level, field) VALUES (3, 6, 'nursing');
SELECT is(pg_temp.verdict(3, 1, 'education') || (SELECT qualification FROM score_pairs('{3}', '{1}')), 'true1', 'nor where another one fits');
DELETE FROM education WHERE employee_id = 3;
INSERT INTO education (employee_id, level, field) VALUES (3, 6, 'nursing');
DELETE FROM education WHERE employee_id = 8;
SELECT is(pg_temp.verdict(8, 1, 'education'), 'unknown', 'no education on record');
SELECT is(pg_temp.verdict(8, 3, 'education'), 'unknown', 'nor for a lower post');
-- competencies
SELECT is(pg_temp.verdict(5, 1, 'mandatory competencies'), 'false', 'below the level of a mandatory competency');
SELECT is(pg_temp.verdict(6, 1, 'mandatory competencies'), 'unknown', 'never assessed in it');
SELECT is(pg_temp.verdict(6, 1, 'competency fit'), 'false', 'fit below the threshold');
SELECT is(pg_temp.verdict(50, 1, 'competency fit'), 'unknown', 'never assessed at all');
-- conflict of interest
INSERT INTO relation (employee_id, relative_id, kind) VALUES (1, 2, 'spouse');
SELECT is(pg_temp.verdict(2, 1, 'conflict of interest'), 'false', 'the spouse works there');
SELECT is(pg_temp.verdict(1, 2, 'conflict of interest'), 'false', 'seen from either side');
SELECT is(pg_temp.verdict(3, 1, 'conflict of interest'), 'true', 'no tie');
-- election window, retirement
INSERT INTO election_window (valid_from, valid_to) VALUES (current_date - 10, current_date + 10);
SELECT is(pg_temp.verdict(2, 4, 'election window'), 'false', 'an official''s post in the election window');
SELECT is(pg_temp.verdict(2, 1, 'election window'), 'true', 'others may move');
UPDATE election_window SET consent_letter = '100/2026';
SELECT is(pg_temp.verdict(2, 4, 'election window'), 'true', 'with the Minister''s consent');
UPDATE employee SET born_on = current_date - 21000 WHERE employee_id = 2;
SELECT is(pg_temp.verdict(2, 1, 'retirement'), 'false', 'too near to retirement');
UPDATE employee SET born_on = NULL WHERE employee_id = 2;
SELECT is(pg_temp.verdict(2, 1, 'retirement'), 'unknown', 'date of birth unknown');

-- each rule once more: what it says where the others above have not asked
SELECT is(pg_temp.verdict(3, 1, 'in service'), 'true', 'in service');
SELECT is(pg_temp.verdict(3, 1, 'other post'), 'true', 'another post');
SELECT is(pg_temp.verdict(3, 1, 'no open case'), 'true', 'no other case');
INSERT INTO transfer (employee_id, to_post_id, reason) VALUES (3, 1, 'x');
SELECT is(pg_temp.verdict(3, 4, 'no open case'), 'false', 'a case under way');
SELECT is((SELECT passed FROM check_eligibility('{3}', '{4}', current_date, jsonb_build_object('transfer_id', (SELECT transfer_id FROM transfer))) WHERE rule = 'no open case'), true, 'which is not in its own way');
DELETE FROM transfer;
SELECT is(pg_temp.verdict(3, 1, 'vacancy'), 'true', 'a free seat');
UPDATE employee SET appointed_on = NULL WHERE employee_id = 3;
SELECT is(pg_temp.verdict(3, 1, 'ten years', 'own', 'between agencies'), 'unknown', 'ten years of what is not on record');
UPDATE employee SET appointed_on = current_date - interval '11 years', permanent_since = current_date - interval '10 years' WHERE employee_id = 3;
SELECT is(pg_temp.verdict(3, 1, 'ten years', 'own', 'between agencies'), 'true', 'ten years to the day');
SELECT is(pg_temp.verdict(3, 1, 'study leave'), 'true', 'a checked record without study leave');
SELECT is(pg_temp.verdict(3, 1, 'grade'), 'true', 'grade');
UPDATE employee SET grade = NULL WHERE employee_id = 3;
SELECT is(pg_temp.verdict(3, 1, 'grade'), 'unknown', 'no grade on record');
UPDATE employee SET grade = 'III/a' WHERE employee_id = 3;
UPDATE post SET class = NULL WHERE post_id = 2;
SELECT is(pg_temp.verdict(3, 4, 'class'), 'unknown', 'no class on record');
UPDATE post SET class = 7 WHERE post_id = 2;
SELECT is(pg_temp.verdict(3, 3, 'class'), 'true', 'down, as far as it goes (a demotion)');
UPDATE eligibility_rule SET parameter = '{"drop": 1}' WHERE rule = 'class';
SELECT is((SELECT c.passed || ': ' || c.detail FROM eligibility(3, 3) AS c WHERE c.rule = 'class'), 'false: class 7 to class 5, at most 1 down', 'unless the agency limits it');
UPDATE eligibility_rule SET parameter = '{"drop": 2}' WHERE rule = 'class';
SELECT is(pg_temp.verdict(3, 3, 'class') || pg_temp.verdict(3, 1, 'class') || pg_temp.verdict(3, 4, 'class'), 'truetruefalse', 'by so many classes; up as before');
UPDATE eligibility_rule SET parameter = '{}' WHERE rule = 'class';
SELECT is(pg_temp.verdict(3, 1, 'education') || pg_temp.verdict(3, 3, 'education'), 'truetrue', 'education in the field; any field');
SELECT is(pg_temp.verdict(3, 1, 'mandatory competencies') || pg_temp.verdict(3, 1, 'competency fit'), 'truetrue', 'competencies');
UPDATE post SET requirement = NULL WHERE post_id = 1;
SELECT is(pg_temp.verdict(3, 1, 'mandatory competencies') || pg_temp.verdict(3, 1, 'competency fit'), 'unknownunknown', 'a post whose requirement is not on record');
SELECT rebuild_derived() \g /dev/null
DELETE FROM record_check WHERE employee_id = 3 AND subject = 'family';
SELECT is(pg_temp.verdict(3, 1, 'conflict of interest'), 'unknown', 'nobody has asked for ties');
UPDATE post SET seats = 3 WHERE post_id = 3;
UPDATE incumbency SET post_id = 3 WHERE employee_id = 1;
UPDATE post SET reports_to = 3 WHERE post_id = 1;
SELECT is(pg_temp.verdict(2, 1, 'conflict of interest'), 'false', 'the spouse would be the superior, in another unit');
UPDATE post SET reports_to = NULL WHERE post_id = 1;
UPDATE post SET reports_to = 1 WHERE post_id = 3;
SELECT is(pg_temp.verdict(2, 1, 'conflict of interest'), 'false', 'or the subordinate');
UPDATE employee SET grade = 'PPPK IX', status = 'pppk', contract_ends_on = current_date - 1 WHERE employee_id = 3;
SELECT is(pg_temp.verdict(3, 1, 'contract'), 'false', 'a contract that has ended');
UPDATE employee SET contract_ends_on = current_date WHERE employee_id = 3;
SELECT is(pg_temp.verdict(3, 1, 'contract') || pg_temp.verdict(4, 1, 'contract'), 'truetrue', 'a contract for that post title, on its last day; no contract');
DELETE FROM incumbency WHERE employee_id = 3;
SELECT is(pg_temp.verdict(3, 1, 'contract'), 'unknown', 'a contract for a post that is not on record');
UPDATE eligibility_rule SET parameter = '{"same_title": false}' WHERE rule = 'contract';
SELECT is(pg_temp.verdict(3, 4, 'contract') || pg_temp.verdict(4, 1, 'retirement'), 'truetrue', 'any title, where the agency says so; time left until retirement');
UPDATE eligibility_rule SET parameter = '{}' WHERE rule = 'contract';

-- waivers
INSERT INTO waiver (employee_id, rule, reason, granted_by, valid_to) VALUES (4, 'performance', 'long illness', 'Mayor', current_date + 30);
SELECT is((SELECT waived FROM eligibility(4, 1) WHERE rule = 'performance'), true, 'a waiver lifts a rule');
SELECT throws_ok($$INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (4, 'discipline', 'x', current_date + 30)$$, 'MU107', 'rule "discipline" cannot be waived', 'not every rule can be waived');
SELECT throws_ok($$INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (4, 'tenure', 'x', NULL)$$, '23502', NULL, 'a waiver ends some day');
UPDATE waiver SET valid_to = current_date;
SELECT is((SELECT waived FROM eligibility(4, 1) WHERE rule = 'performance'), false, 'and then it is over');

-- rules of the agency's own, and switched off
CREATE FUNCTION public.own_rule(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text) LANGUAGE sql STABLE AS
	$$ SELECT e, p, e % 2 = (parameter ->> 'rest')::int, 'odd or even' FROM unnest(employees, posts) AS q (e, p) WHERE e < 8 $$;
INSERT INTO eligibility_rule (rule, place, function_name, parameter, rejection_code, description) VALUES ('own', 5, 'public.own_rule', '{"rest": 1}', 'QUALIFICATION', 'own');
SELECT results_eq('SELECT employee_id, passed FROM check_eligibility(''{3,4,8}'', ''{1,1,1}'') WHERE rule = ''own'' ORDER BY 1', $$VALUES (3, true), (4, false), (8, NULL)$$, 'an agency''s own rule; without an answer it is unknown');
SELECT results_eq($$SELECT c.employee_id, c.rule, c.passed, CASE WHEN c.passed IS NOT TRUE THEN c.detail END, c.legal_basis, c.waived FROM check_eligibility('{3,4,8}', '{1,1,1}') AS c ORDER BY 1, 2$$,
	$$SELECT c.employee_id, c.rule, c.passed, c.detail, c.legal_basis, c.waived FROM check_eligibility('{3,4,8}', '{1,1,1}', reasons_only => true) AS c ORDER BY 1, 2$$, 'only what speaks against, all else the same');
UPDATE eligibility_rule SET enabled = false WHERE rule = 'own';
SELECT is((SELECT count(*) FROM eligibility(2, 1)), 19::bigint, 'switched off');
SELECT throws_ok($$INSERT INTO eligibility_rule (rule, place, function_name, rejection_code, description) VALUES ('x', 5, 'public.no_rule', 'X', 'x')$$, '42883', NULL, 'a rule needs its function');

-- errors
SELECT throws_ok('SELECT * FROM eligibility(999, 1)', 'MU102', 'there is no employee 999', 'unknown person');
SELECT throws_ok('SELECT * FROM eligibility(1, 999)', 'MU102', 'there is no post 999', 'unknown post');
SELECT throws_ok($$SELECT * FROM eligibility(1, 1, current_date, 'nobody')$$, '22023', NULL, 'unknown initiative');

SELECT * FROM finish();
ROLLBACK;
