-- What rules and explanations say is data: in Indonesian whatever is said in
-- English, in another language what the agency adds.
BEGIN;
SELECT plan(15);
\i test/data/small_agency.sql

SELECT is((SELECT reason FROM candidates(1, 4) WHERE rank = 3), 'performance: a rating below "good" in the last 2 years', 'English to begin with');
CREATE TEMP TABLE english AS SELECT e.employee_id, p.post_id, c.rule, c.passed, c.detail FROM employee AS e CROSS JOIN post AS p CROSS JOIN LATERAL eligibility(e.employee_id, p.post_id) AS c;
CREATE TEMP TABLE english_why AS SELECT e.employee_id, w.* FROM employee AS e CROSS JOIN LATERAL why_not(e.employee_id, 1) AS w;
SELECT lives_ok($$SELECT set_language('id')$$, 'Indonesian');
SELECT is((SELECT reason FROM candidates(1, 4) WHERE rank = 3), 'kinerja: ada predikat di bawah "baik" dalam 2 tahun terakhir', 'the reason, with what is filled in');
SELECT is_empty($$SELECT n.rule, n.detail FROM english AS n CROSS JOIN LATERAL eligibility(n.employee_id, n.post_id) AS c WHERE c.rule = n.rule AND c.detail = n.detail$$, 'no detail stays English');
SELECT is_empty($$SELECT n.rule FROM english AS n CROSS JOIN LATERAL eligibility(n.employee_id, n.post_id) AS c WHERE c.rule = n.rule AND c.passed IS DISTINCT FROM n.passed$$, 'the answers are the same');
SELECT is_empty($$SELECT w.finding, w.remedy FROM english_why AS n CROSS JOIN LATERAL why_not(n.employee_id, 1) AS w WHERE w.aspect = n.aspect AND (w.finding = n.finding OR w.remedy = n.remedy)$$, 'nor does why_not()');
SELECT matches((SELECT finding FROM why_not(5, 1) WHERE aspect = 'rank'), '^peringkat 4 dengan nilai 0\.869; yang pertama 0\.977$', 'in its own order');
-- every message in the code has its Indonesian: those with figures, and those of rules without
SELECT is_empty($$
	SELECT DISTINCT p.proname, m[1] FROM pg_proc AS p CROSS JOIN LATERAL regexp_matches(p.prosrc, 'format\(E''((?:[^'']|'''')*?)\\t', 'g') AS m
	WHERE p.pronamespace = 'kota'::regnamespace
		AND NOT EXISTS (SELECT FROM message_text AS t WHERE t.language = 'id' AND t.message = replace(replace(m[1], '%%', '%'), '''''', ''''))$$, 'no message with figures is forgotten');
SELECT is_empty($$
	SELECT DISTINCT p.proname, m[1] FROM pg_proc AS p CROSS JOIN LATERAL regexp_matches(p.prosrc, '(?:THEN|ELSE) ''((?:[^'']|'''')+)''', 'g') AS m
	WHERE p.pronamespace = 'kota'::regnamespace AND p.proname LIKE 'rule\_%' AND m[1] NOT IN ('male', 'female')
		AND NOT EXISTS (SELECT FROM message_text AS t WHERE t.language = 'id' AND t.message = replace(m[1], '''''', ''''))$$, 'nor one of a rule without');
SELECT is_empty($$SELECT r.rule FROM eligibility_rule AS r WHERE NOT EXISTS (SELECT FROM message_text AS t WHERE t.language = 'id' AND t.message = r.rule)$$, 'nor a rule''s name');
SELECT throws_ok($$SELECT set_language('xx')$$, '22023', 'there are no messages in language "xx"', 'a language there is');
INSERT INTO message_text (language, message, body) VALUES ('jv', '%1 months in the present post, %2 needed', '%2 wulan prelu, lagi %1'), ('jv', '%1 "%2"', '%2, %1');
SELECT set_language('jv') \g /dev/null
SELECT matches((SELECT detail FROM eligibility(2, 1) WHERE rule = 'tenure'), '^24 wulan prelu, lagi [0-9]+$', 'a language of the agency''s own, in its own order');
SELECT is((SELECT detail FROM eligibility(2, 1) WHERE rule = 'vacancy'), '4 seats, 1 held, 0 promised', 'English where it lacks a word');
SELECT is(told(E'%1 "%2"\t%2\t100 %1'), '100 %1, %2', 'what is filled in is not filled in again');
SELECT is(told(NULL), NULL, 'nothing is nothing');

SELECT * FROM finish();
ROLLBACK;
