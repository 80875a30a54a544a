-- Who comes first and who is counted how: ties by the seniority list, degrees of
-- the day, experience of posts held at once, days without a policy, policies
-- published ahead, and what is refused instead of guessed.
BEGIN;
SELECT plan(65);
\i test/data/small_agency.sql

-- civil servants before contract employees, whatever the numbers of their grades
INSERT INTO employee (employee_id, name, born_on, appointed_on, grade, grade_since, status) VALUES
	(31, 'Pegawai 031', '1985-01-01', '2011-01-01', 'PPPK XVII', '2015-04-01', 'pppk'), (32, 'Pegawai 032', '1985-01-01', '2011-01-01', 'PPPK IX', '2015-04-01', 'pppk'),
	(33, 'Pegawai 033', '1985-01-01', '2011-01-01', 'II/c', '2022-04-01', 'pns'), (34, 'Pegawai 034', '1985-01-01', '2011-01-01', 'III/a', '2022-04-01', 'pns'),
	(35, 'Pegawai 035', '1985-01-01', '2011-01-01', NULL, '2001-04-01', 'pns');
SELECT results_eq('SELECT employee_id FROM seniority(''{31,32,33,34,35}'') ORDER BY place', 'VALUES (34), (33), (31), (32), (35)', 'seniority: PNS, PPPK, without a grade');
SELECT results_eq('SELECT employee_id FROM candidates(3, 20) WHERE employee_id BETWEEN 31 AND 35', 'VALUES (34), (33), (31), (32), (35)', 'equal scores: PNS before PPPK');

-- a degree counts from its day
UPDATE employee SET grade = 'III/a', grade_since = '2022-04-01' WHERE employee_id IN (31, 32, 33);
INSERT INTO education (employee_id, level, graduated_on) VALUES
	(33, 6, NULL), (34, 7, '2015-07-01'), (31, 9, current_date + 30), (31, 6, '2012-01-01'), (32, 8, current_date);
SELECT results_eq('SELECT employee_id FROM seniority(''{31,32,33,34}'') ORDER BY place', 'VALUES (32), (34), (31), (33)', 'seniority: a degree not yet earned does not count');
SELECT results_eq('SELECT employee_id FROM seniority(''{31,32,33,34}'', current_date + 30) ORDER BY place', 'VALUES (31), (32), (34), (33)', 'from its day it does');
SELECT results_eq('SELECT employee_id FROM seniority(''{31,32,33,34}'', ''2014-01-01'') ORDER BY place', 'VALUES (31), (33), (32), (34)', 'and of a former day what was earned then');
SELECT results_eq('SELECT k.employee_id FROM candidates(4, 40, current_date + 30) AS k WHERE k.employee_id IN (31, 32) ORDER BY k.rank', 'VALUES (31), (32)', 'candidates() of another day likewise');

-- a day without a policy is refused, not answered without weights
CREATE FUNCTION pg_temp.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	code text;
	message text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', code, message, nullif(hint, ''));
END
$$;
CREATE TEMP TABLE asked (question text);
INSERT INTO asked VALUES ('candidates(1, 3, %s)'), ('candidates(1, 3, %s, true)'), ('ranked(''{1,2}'', 3, %s)'), ('opportunities(2, 3, %s)'), ('rank_of(2, 1, %s)'),
	('why_not(2, 1, %s)'), ('eligibility(2, 1, %s)'), ('score_pairs(''{2}'', ''{1}'', %s)'), ('scores_for(1, NULL, %s)'), ('eligibility_summary(''{2}'', ''{1}'', %s)'),
	('what_if(''{2}'', ''{1}'', %s)'), ('take_ranking_snapshot(3, %s)');
SELECT is(pg_temp.try('SELECT * FROM ' || format(question, 'date ''1999-06-01''')), 'MU102 | no policy is in force on 1999-06-01 | The first policy begins on 2000-01-01.', format(question, '1999')) FROM asked;
SELECT is(pg_temp.try('SELECT * FROM ' || format(question, 'NULL')), '22004 | the day must not be null', format(question, 'no day')) FROM asked;
SELECT is((policy_on('1999-06-01')).policy_version, NULL, 'policy_on() says that there is none');

-- new versions of the policy
SELECT is(pg_temp.try('SELECT new_policy(''1999-06-01'')'), 'MU102 | no policy is in force on 1999-06-01 | The first policy begins on 2000-01-01.', 'no version before the first');
SELECT is(pg_temp.try('SELECT new_policy(NULL)'), '22004 | the day must not be null', 'nor of no day');
SELECT new_policy('2010-01-01') \g /dev/null
SELECT is(pg_temp.try('SELECT new_policy(''2010-01-01'')'), '23505 | policy version 2 begins on 2010-01-01 already | A published version cannot be changed: let the new one begin on a later day.', 'one version of a day');
SELECT new_policy('2011-01-01', publish => false) \g /dev/null
SELECT is(pg_temp.try('SELECT new_policy(''2011-01-01'')'), '23505 | policy version 3, a draft, begins on 2011-01-01 already | Change that draft in the table policy, delete it, or let the new version begin on another day.', 'a draft of that day too');

-- a policy published ahead reaches the requirements on its day: as if it had been
-- published yesterday for today
UPDATE post SET surplus_weight = 0.75 WHERE post_id = 2;
ALTER TABLE policy DISABLE TRIGGER policy_published;
SELECT new_policy(current_date, '{"surplus_weight": 0.25}') \g /dev/null
ALTER TABLE policy ENABLE TRIGGER policy_published;
SELECT results_eq('SELECT post_id, surplus(requirement) FROM post ORDER BY post_id', 'VALUES (1, 0.5), (2, 0.75), (3, 0.5), (4, 0.5)', 'the day has come, and nothing derived yet');
SELECT is((SELECT count(*) FROM run_daily() WHERE failed = 0), 4::bigint, 'run_daily()');
SELECT results_eq('SELECT post_id, surplus(requirement) FROM post ORDER BY post_id', 'VALUES (1, 0.25), (2, 0.75), (3, 0.25), (4, 0.25)', 'brings them up to it, those with a weight of their own excepted');
CREATE TEMP TABLE placed AS SELECT post_id, ctid AS place FROM post;
SELECT run_daily() \g /dev/null
SELECT is_empty('SELECT post_id, ctid FROM post EXCEPT TABLE placed', 'once');

-- two halves of a day are one day of experience; one post after another is two times
SELECT is(months_served(since::date[], until::date[]), months::bigint, description) FROM (VALUES
	('{2020-01-01}', '{2022-01-01}', 24, 'one post'),
	('{2020-01-01,2020-01-01}', '{2022-01-01,2022-01-01}', 24, 'two at once'),
	('{2020-01-01,2021-07-01}', '{2021-01-01,2022-01-01}', 18, 'two one after the other'),
	('{2021-01-16,2020-01-01}', '{2022-01-31,2021-01-16}', 24, 'touching, each counted in whole months'),
	('{2021-01-15,2020-01-01}', '{2022-01-31,2021-01-16}', 24, 'overlapping by a day'),
	('{2020-01-01,2020-03-01,2020-05-01}', '{2021-01-01,2020-04-01,2022-01-01}', 24, 'one inside another, a third across its end'),
	('{2020-01-01,2021-01-01,2020-06-01,2023-01-01}', '{2021-01-01,2022-01-01,2021-06-01,2023-07-01}', 30, 'an additional post across two main ones, and one later')) AS v (since, until, months, description);
INSERT INTO post (post_id, unit_id, code, title, family, class, seats) VALUES (50, 1, 'X1', 'Analyst', 'analysis', 7, 9), (51, 2, 'X2', 'Analyst', 'analysis', 7, 9), (52, 3, 'X3', 'Analyst', 'analysis', 7, 9);
INSERT INTO employee (employee_id, name, appointed_on) SELECT n, 'Pegawai 0' || n, '2010-01-01' FROM generate_series(41, 44) AS n;
INSERT INTO incumbency (employee_id, post_id, valid_from, valid_to, share, kind) VALUES
	(41, 50, current_date - interval '24 months', NULL, 0.5, 'main'), (41, 51, current_date - interval '24 months', NULL, 0.5, 'additional'),
	(42, 50, current_date - interval '24 months', NULL, 1, 'main'),
	(43, 50, current_date - interval '24 months', current_date - interval '12 months', 1, 'main'), (43, 51, current_date - interval '12 months', NULL, 1, 'main'),
	(44, 50, current_date - interval '36 months', current_date - interval '6 months', 0.5, 'additional'), (44, 51, current_date - interval '12 months', current_date, 0.5, 'main');
SELECT results_eq('SELECT employee_id, experience FROM score_pairs(''{41,42,43,44}'', ''{52,52,52,52}'') ORDER BY 1', 'VALUES (41, 0.4), (42, 0.4), (43, 0.4), (44, 0.6)', 'experience: the halves of two posts count once');
SELECT results_eq('SELECT employee_id, score FROM scores_for(52) ORDER BY 1', 'SELECT s.employee_id, s.score FROM score_pairs(ARRAY(SELECT employee_id FROM employee ORDER BY 1), array_fill(52, ARRAY(SELECT count(*)::integer FROM employee))) AS s ORDER BY 1', 'scores_for() likewise');

-- posts held already are no opportunity, posts not open no vacancy
INSERT INTO employee (employee_id, name) VALUES (45, 'Pegawai 045');
UPDATE post SET seats = 9 WHERE post_id = 3;
INSERT INTO incumbency (employee_id, post_id, valid_from, valid_to, share, kind) VALUES (45, 50, '2020-01-01', NULL, 0.5, 'main'), (45, 51, '2020-01-01', NULL, 0.5, 'additional'),
	(45, 52, '2020-01-01', NULL, 0.5, 'acting'), (45, 3, '2018-01-01', '2019-01-01', 0.5, 'additional');

SELECT results_eq('SELECT post_id FROM opportunities(45, 10) ORDER BY post_id', 'VALUES (1), (3), (4), (52)', 'opportunities: neither the main post nor the additional one; an acting or former one is');
UPDATE post SET open = false WHERE post_id IN (1, 52);
SELECT take_ranking_snapshot(2) AS taken \gset
SELECT set_eq(format('SELECT post_id FROM ranking_row WHERE snapshot_id = %s', :taken), 'SELECT post_id FROM vacancy JOIN post USING (post_id) WHERE open AND free >= 1', 'a snapshot of rankings is of the posts that are open and have a free seat');
SELECT is((SELECT count(*) FROM vacancy WHERE post_id IN (1, 52) AND blocked), 2::bigint, 'among them none that is not open');

-- what moves would do, of people and posts that are there, each once
SELECT is(pg_temp.try('SELECT * FROM what_if(''{2,2}'', ''{1,4}'')'), '22023 | employee 2 would move twice | Ask for one move of each person at a time.', 'a person moved twice');
SELECT is(pg_temp.try('SELECT * FROM what_if(''{2,3}'', ''{1}'')'), '22023 | 2 employees and 1 posts do not make pairs | Give a post for each employee, NULL for who leaves the agency.', 'arrays of different length');
SELECT is(pg_temp.try('SELECT * FROM what_if(''{2,999}'', ''{1,1}'')'), 'MU102 | there is no employee 999', 'an unknown person');
SELECT is(pg_temp.try('SELECT * FROM what_if(''{2,NULL}'', ''{1,1}'')'), 'MU102 | there is no employee NULL', 'nobody');
SELECT is(pg_temp.try('SELECT * FROM what_if(''{2}'', ''{999}'')'), 'MU102 | there is no post 999', 'an unknown post');
SELECT results_eq('SELECT unit_id, existing_after - existing_before FROM what_if(''{2,3}'', ARRAY[NULL, 1]) ORDER BY 1', 'VALUES (2, 1.0), (3, -2.0)', 'a post NULL: out of the agency');
SELECT is_empty('SELECT * FROM what_if(''{}'', ''{}'')', 'no moves');
SELECT is(pg_temp.try('SELECT * FROM plan_what_if(999)'), 'MU102 | there is no plan 999', 'an unknown plan');
INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, evaluation) VALUES (1, 'p', 'g', '2026-01-01', '2027-01-01', 'e');
SELECT is_empty('SELECT * FROM plan_what_if(1)', 'a plan without moves does nothing');

-- who is in a post for longer than the policy wants
UPDATE incumbency SET valid_to = current_date WHERE valid_to IS NULL OR valid_to > current_date;
UPDATE post SET seats = 20;
INSERT INTO post (post_id, unit_id, code, title, continues_id) VALUES (60, 3, 'X4', 'Analyst', 50);
INSERT INTO employee (employee_id, name) SELECT n, 'Pegawai 0' || n FROM generate_series(71, 78) AS n;
INSERT INTO incumbency (employee_id, post_id, valid_from, valid_to, kind) VALUES
	(71, 50, current_date - interval '60 months', NULL, 'main'), (72, 50, current_date - interval '60 months 1 day', NULL, 'main'),
	(73, 50, current_date - interval '90 months', NULL, 'main'), (74, 50, current_date - interval '90 months', NULL, 'acting'), (75, 50, current_date - interval '90 months', NULL, 'additional'),
	(76, 50, current_date - interval '70 months', current_date - interval '10 months', 'main'), (76, 60, current_date - interval '10 months', NULL, 'main'),
	(77, 50, current_date - interval '90 months', current_date - interval '1 month', 'main'), (77, 51, current_date - interval '1 month', NULL, 'main'),
	(78, 50, current_date - interval '90 months', NULL, 'main');
UPDATE employee SET left_on = current_date WHERE employee_id = 78;
SELECT results_eq('SELECT employee_id, post_id, unit_id, months, maximum, months_beyond FROM rotation_due ORDER BY 1',
	'VALUES (72, 50, 1, 60, 60, 0), (73, 50, 1, 90, 60, 30), (76, 60, 3, 70, 60, 10)', 'due for rotation: beyond the maximum to the day, in the main post, the posts it continues included, in service');
-- another share, letter or kind in the same post begins nothing anew; acting in it did not hold it
UPDATE post SET seats = 20;
INSERT INTO employee (employee_id, name) VALUES (79, 'Pegawai 079'), (80, 'Pegawai 080'), (81, 'Pegawai 081');
INSERT INTO incumbency (employee_id, post_id, valid_from, valid_to, kind, share) VALUES
	(79, 50, current_date - interval '80 months', current_date - interval '20 months', 'additional', 0.5), (79, 50, current_date - interval '20 months', current_date - interval '10 months', 'main', 1),
	(79, 60, current_date - interval '10 months', current_date - interval '5 months', 'main', 1), (79, 60, current_date - interval '5 months', NULL, 'main', 0.5),
	(80, 50, current_date - interval '90 months', current_date - interval '20 months', 'acting', 1), (80, 50, current_date - interval '20 months', NULL, 'main', 1),
	(81, 50, current_date - interval '90 months', (current_date - interval '20 months')::date - 1, 'main', 1), (81, 50, current_date - interval '20 months', NULL, 'main', 1);
SELECT results_eq('SELECT employee_id, post_id, months, months_beyond FROM rotation_due WHERE employee_id > 78', 'VALUES (79, 60, 80, 20)',
	'nor did anything begin anew with another share or kind in the same post, but after acting in it and after a break it did');
DELETE FROM incumbency WHERE employee_id > 78;
ALTER TABLE policy ALTER COLUMN max_tenure_months DROP NOT NULL;
SELECT new_policy(current_date + 1, '{"max_tenure_months": 80}') \g /dev/null
SELECT is((SELECT count(*) FROM rotation_due), 3::bigint, 'a policy to come changes nothing yet');
ALTER TABLE policy DISABLE TRIGGER policy_frozen;
UPDATE policy SET max_tenure_months = 80 WHERE valid_from = current_date;
SELECT results_eq('SELECT employee_id, maximum, months_beyond FROM rotation_due', 'VALUES (73, 80, 10)', 'by the policy in force');
UPDATE policy SET max_tenure_months = NULL WHERE valid_from = current_date;
SELECT is_empty('SELECT * FROM rotation_due', 'without a maximum nobody is due');

SELECT * FROM finish();
ROLLBACK;
