-- data_quality names every kind of problem, on the person, post or unit that has it
-- and on nobody else, with the fix and how much of the ranking it affects; whoever
-- does what the fix says is rid of it.
BEGIN;
SELECT plan(38);
\i test/data/small_agency.sql
INSERT INTO task (task_id, post_id, name) VALUES (4, 4, 'leads');
INSERT INTO task_norm (task_id, norm_hours) VALUES (4, 1);
INSERT INTO task_volume (task_id, period_start, volume) VALUES (4, make_date(extract(year FROM current_date)::int - 1, 1, 1), 1000);
INSERT INTO assessment (employee_id, competency_id, level, assessed_on, assessor) SELECT n, 2, 3, current_date - 10, 'LAN' FROM generate_series(1, 8) AS n;

SELECT is_empty('SELECT * FROM data_quality', 'where all is on record there is nothing to say');
-- free posts: 1 and 4, eight people, of whom one holds post 1: all figures of "rankings" follow
SELECT results_eq('SELECT post_id FROM vacancy WHERE NOT blocked ORDER BY 1', 'VALUES (1), (4)', 'two posts are free');

-- One problem after another, each alone in a subtransaction: what is found, word for
-- word, and nothing else; then what the fix says is done and it is gone.
CREATE TEMPORARY TABLE found (subject text, object_id integer, problem text, rankings integer, score_share numeric, detail text, fix text, affects text);
CREATE FUNCTION pg_temp.finds(cause text, remedy text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE cause;
	RETURN QUERY SELECT format('%s %s: %s (%s)', q.subject, q.object_id, q.problem, concat_ws(', ', q.rankings, q.score_share, q.detail)) FROM kota.data_quality AS q ORDER BY 1;
	INSERT INTO found SELECT q.subject, q.object_id, q.problem, q.rankings, q.score_share, q.detail, q.fix, q.affects FROM kota.data_quality AS q;
	EXECUTE remedy;
	RETURN QUERY SELECT format('still %s %s: %s', q.subject, q.object_id, q.problem) FROM kota.data_quality AS q ORDER BY 1;
END $$;
CREATE FUNCTION pg_temp.declares(who integer, relative integer, kind text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	UPDATE kota.employee SET nip = '198502102010031001' WHERE employee_id = relative AND nip IS NULL;
	PERFORM set_config('mutasi.actor', 'pegawai_' || who, true);
	PERFORM kota.declare_interest((SELECT nip::text FROM kota.employee WHERE employee_id = relative), kind);
	PERFORM set_config('mutasi.actor', '', true);
	RETURN (SELECT count(*) FROM kota.relation);
END $$;
CREATE TEMPORARY TABLE kept AS SELECT * FROM assessment;
SELECT results_eq($$SELECT pg_temp.finds('DELETE FROM assessment WHERE employee_id = 2', 'INSERT INTO assessment SELECT * FROM kept WHERE employee_id = 2')$$,
	$$VALUES ('employee 2: never assessed (2, 0.500)')$$, 'a person never assessed');
SELECT results_eq($$SELECT pg_temp.finds('UPDATE assessment SET expires_on = current_date WHERE employee_id = 2; SELECT refresh_profiles()', 'UPDATE assessment SET expires_on = NULL WHERE employee_id = 2; SELECT refresh_profiles()')$$,
	format($$VALUES ('employee 2: every assessment has expired (2, 0.500, last assessed on %s)')$$, current_date - 10), 'a person of whom every assessment has expired');
SELECT results_eq($$SELECT pg_temp.finds('UPDATE assessment SET expires_on = current_date WHERE employee_id = 2 AND competency_id = 1; SELECT refresh_profiles()', 'INSERT INTO assessment (employee_id, competency_id, level, assessed_on) VALUES (2, 1, 4, current_date)')$$,
	format($$VALUES ('employee 2: evidence has expired (1, 0.500, "Nursing care", expired on %s)')$$, current_date), 'evidence that has expired, in the one free post that asks for it');
UPDATE assessment SET expires_on = NULL;
SELECT results_eq($$SELECT pg_temp.finds('UPDATE assessment SET assessed_on = assessed_on - 4000 WHERE employee_id = 2', 'UPDATE assessment SET assessed_on = assessed_on + 4000 WHERE employee_id = 2')$$,
	$$VALUES (format('employee 2: assessments are out of date (2, 0.500, last assessed on %s)', current_date - 4000))$$, 'a person not assessed lately');
SELECT results_eq($$SELECT pg_temp.finds('UPDATE assessment SET level = 5.01 WHERE employee_id = 2 AND competency_id = 1 AND assessed_on < current_date - 100', 'UPDATE assessment SET level = 4 WHERE employee_id = 2 AND competency_id = 1')$$,
	$$VALUES ('employee 2: assessed beyond the scale (1, 0.500, level 5.01 in "Nursing care", whose scale ends at 5.00)')$$, 'an impossible level');
CREATE TEMPORARY TABLE rated AS SELECT * FROM performance;
SELECT results_eq($$SELECT pg_temp.finds('DELETE FROM performance WHERE employee_id = 3', 'INSERT INTO performance SELECT * FROM rated WHERE employee_id = 3')$$,
	$$VALUES ('employee 3: no performance rating of the last two years (2, 0.200)')$$, 'a person without current performance');
SELECT is_empty($$SELECT pg_temp.finds('UPDATE performance SET year = year - 1 WHERE employee_id = 3 AND year = (SELECT min(year) FROM performance)', 'UPDATE performance SET year = year + 1 WHERE employee_id = 3 AND year = (SELECT min(year) FROM performance)')$$, 'last year''s alone is current');
SELECT results_eq($$SELECT pg_temp.finds('UPDATE incumbency SET valid_to = current_date WHERE employee_id = 7', 'UPDATE incumbency SET valid_to = NULL WHERE employee_id = 7')$$,
	$$VALUES ('employee 7: holds no post (3, 0.100)')$$, 'a person without a post, which then is free too');
CREATE TEMPORARY TABLE schooled AS SELECT * FROM education;
SELECT results_eq($$SELECT pg_temp.finds('DELETE FROM education WHERE employee_id = 3', 'INSERT INTO education SELECT * FROM schooled WHERE employee_id = 3')$$,
	$$VALUES ('employee 3: no education on record (2, 0.100)')$$, 'no education');
SELECT results_eq($$SELECT pg_temp.finds('UPDATE employee SET grade = NULL WHERE employee_id = 3', 'UPDATE employee SET grade = ''III/a'' WHERE employee_id = 3')$$,
	$$VALUES ('employee 3: no grade on record (2, 0.000)')$$, 'no grade');
SELECT results_eq($$SELECT pg_temp.finds('UPDATE employee SET born_on = NULL WHERE employee_id = 3', 'UPDATE employee SET born_on = ''1985-05-01'' WHERE employee_id = 3')$$,
	$$VALUES ('employee 3: no date of birth on record (2, 0.000)')$$, 'no date of birth');
SELECT results_eq($$SELECT pg_temp.finds('UPDATE employee SET appointed_on = NULL WHERE employee_id = 3', 'UPDATE employee SET appointed_on = ''2010-06-01'' WHERE employee_id = 3')$$,
	$$VALUES ('employee 3: no start of service on record (2, 0.100)')$$, 'no start of service');
SELECT results_eq($$SELECT pg_temp.finds('UPDATE employee SET born_on = ''1999-01-01'' WHERE employee_id = 3', 'UPDATE employee SET born_on = ''1985-05-01'' WHERE employee_id = 3')$$,
	$$VALUES ('employee 3: appointed before the age of 16 (2, 0.000, born on 1999-01-01, appointed on 2010-06-01)')$$, 'impossible dates');
SELECT results_eq($$SELECT pg_temp.finds('UPDATE employee SET nip = ''198503222010032002'' WHERE employee_id = 3', 'UPDATE employee SET born_on = ''1985-03-22'' WHERE employee_id = 3')$$,
	$$VALUES ('employee 3: date of birth differs from that in the NIP (2, 0.000, born on 1985-05-01, by the NIP on 1985-03-22)')$$, 'dates that contradict each other');
CREATE TEMPORARY TABLE checked AS SELECT * FROM record_check;
SELECT results_eq($$SELECT pg_temp.finds('DELETE FROM record_check WHERE employee_id = 3 AND subject = ''family''', 'INSERT INTO record_check SELECT * FROM checked WHERE employee_id = 3 AND subject = ''family''')$$,
	$$VALUES ('employee 3: the record on discipline, study leave or family was never checked (2, 0.000)')$$, 'a record that nobody checked');
-- a tie that awaits verification: 3 works at Health Centre 2, where nothing is free; 1 at Health Centre 1 and holds one of its two free posts
SELECT is(pg_temp.declares(3, 1, 'sibling'), 1::bigint, 'a person declares a tie');
SELECT results_eq($$SELECT pg_temp.finds('', 'SELECT verify_interest(3, 1, false)')$$,
	format($$VALUES ('employee 3: a declared tie is not verified (2, 0.000, sibling: Pegawai 001 (1), declared on %s)')$$, current_date), 'a declared tie that nobody has verified, in the rankings it leaves unknown');
SELECT is((SELECT count(*) FROM unnest('{1,4}'::integer[]) AS p CROSS JOIN (VALUES (1), (3)) AS w (e) CROSS JOIN LATERAL check_eligibility(ARRAY[w.e], ARRAY[p]) AS c
	WHERE c.rule = 'conflict of interest' AND c.passed IS NULL), 0::bigint, 'which then are known');
UPDATE relation SET holds = NULL;
SELECT is((SELECT rankings FROM data_quality), (SELECT count(*)::integer FROM unnest('{1,4}'::integer[]) AS p CROSS JOIN (VALUES (1), (3)) AS w (e) CROSS JOIN LATERAL check_eligibility(ARRAY[w.e], ARRAY[p]) AS c
	WHERE c.rule = 'conflict of interest' AND c.passed IS NULL AND NOT EXISTS (SELECT FROM incumbency AS i WHERE i.employee_id = w.e AND i.post_id = p)), 'as the rule has it, and whoever holds the post is not ranked');
UPDATE employee SET left_on = current_date WHERE employee_id = 1;
SELECT is_empty($$SELECT * FROM data_quality WHERE problem LIKE '%tie%'$$, 'who has left stands in nobody''s way');
UPDATE employee SET left_on = NULL WHERE employee_id = 1;
DELETE FROM relation;
CREATE TEMPORARY TABLE asked AS SELECT * FROM post_competency;
SELECT results_eq($$SELECT pg_temp.finds('DELETE FROM post_competency WHERE post_id = 1', 'INSERT INTO post_competency SELECT * FROM asked WHERE post_id = 1')$$,
	$$VALUES ('post 1: no requirement on record (7, 0.500)')$$, 'a post without requirement, in the rankings of all seven who do not hold it');
SELECT results_eq($$SELECT pg_temp.finds('DELETE FROM post_competency WHERE post_id = 3', 'INSERT INTO post_competency SELECT * FROM asked WHERE post_id = 3')$$,
	$$VALUES ('post 3: no requirement on record (0, 0.500)')$$, 'in none where it is not free');
SELECT results_eq($$SELECT pg_temp.finds('UPDATE post SET class = NULL WHERE post_id = 1', 'UPDATE post SET class = 7 WHERE post_id = 1')$$,
	$$VALUES ('post 1: no class on record (7, 0.000)')$$, 'a post without class');
SELECT results_eq($$SELECT pg_temp.finds('UPDATE post SET min_staff = 5 WHERE post_id = 1', 'UPDATE post SET min_staff = 1 WHERE post_id = 1')$$,
	$$VALUES ('post 1: fewer seats than the minimum staff (7, 0.000)')$$, 'an impossible establishment');
SELECT results_eq($$SELECT pg_temp.finds('DELETE FROM task_volume WHERE task_id = 2', 'INSERT INTO task_volume (task_id, period_start, volume) VALUES (2, make_date(extract(year FROM current_date)::int - 1, 1, 1), 7500)')$$,
	$$VALUES ('unit 3: no workload of the latest year on record (10, 0.100)')$$, 'a unit without volumes: five people in two free posts'' rankings');
SELECT results_eq($$SELECT pg_temp.finds('DELETE FROM task_volume WHERE task_id = 4; DELETE FROM task_norm WHERE task_id = 4; DELETE FROM task WHERE task_id = 4',
	'INSERT INTO task (task_id, post_id, name) VALUES (4, 4, ''leads''); INSERT INTO task_norm (task_id, norm_hours) VALUES (4, 1); INSERT INTO task_volume (task_id, period_start, volume) VALUES (4, make_date(extract(year FROM current_date)::int - 1, 1, 1), 1000)')$$,
	$$VALUES ('post 4: no tasks on record (8, 0.100)')$$, 'a post without tasks');

-- the test knows every problem there is
SELECT set_eq($$SELECT coalesce(m[1], m[2]) FROM regexp_matches(pg_get_viewdef('data_quality'), '''([^'']+)''::text AS problem|''([^'']+)''::text,\s*''[^'']+''::text,\s*''', 'g') AS m$$, 'SELECT DISTINCT problem FROM found',
	'every problem of the view was met above');
SELECT is_empty('SELECT * FROM found WHERE coalesce(fix, '''') = '''' OR coalesce(affects, '''') = '''' OR rankings IS NULL OR score_share IS NULL', 'each with the fix, what it affects and how much');
-- what the figures say is so: the share of the score is the policy's weight
SELECT results_eq('SELECT DISTINCT score_share FROM found WHERE problem = ''never assessed''', 'SELECT weight_competency::numeric(4,3) FROM policy_on(current_date)', 'the share is the weight of the policy');

-- who has left, and what is no more, is nobody's concern
INSERT INTO employee (employee_id, name, left_on) VALUES (50, 'Pegawai 050', current_date);
INSERT INTO post (post_id, unit_id, code, title, valid_to) VALUES (60, 1, 'OLD', 'Typist', current_date);
SELECT is_empty('SELECT * FROM data_quality', 'nothing about people who left and posts that ended');

-- over time
SELECT take_data_quality_snapshot('clean') AS clean \gset
DELETE FROM performance WHERE employee_id IN (3, 4);
SELECT take_data_quality_snapshot('two ratings lost') AS lost \gset
INSERT INTO performance SELECT * FROM rated WHERE employee_id = 3;
SELECT take_data_quality_snapshot('one found') AS again \gset
SELECT results_eq($$SELECT snapshot_id, objects, rankings, change FROM data_quality_trend WHERE problem = 'no performance rating of the last two years' ORDER BY snapshot_id$$,
	format('VALUES (%s, 0, 0, NULL::integer), (%s, 2, 4, 2), (%s, 1, 2, -1)', :clean, :lost, :again), 'the trend goes up and down');
INSERT INTO performance SELECT * FROM rated WHERE employee_id = 4;
-- what concerns no free post touches no ranking
UPDATE post SET open = false;
SELECT results_eq($$SELECT pg_temp.finds('DELETE FROM assessment WHERE employee_id = 2', 'INSERT INTO assessment SELECT * FROM kept WHERE employee_id = 2')$$,
	$$VALUES ('employee 2: never assessed (0, 0.500)')$$, 'no free post, no ranking touched');
UPDATE post SET open = true;
-- and a problem touches as many rankings as it says: the person stands in those of the free posts
DELETE FROM assessment WHERE employee_id IN (1, 7);
SELECT results_eq($$SELECT object_id, rankings FROM data_quality WHERE subject = 'employee' AND problem = 'never assessed' ORDER BY 1$$,
	'SELECT c.employee_id, count(*)::integer FROM vacancy AS v CROSS JOIN LATERAL candidates(v.post_id, 100) AS c WHERE NOT v.blocked AND c.employee_id IN (1, 7) GROUP BY 1 ORDER BY 1', 'as many as rank the person, who is not ranked for the post held');
SELECT is_empty($$SELECT v.post_id FROM vacancy AS v CROSS JOIN LATERAL candidates(v.post_id, 100) AS c WHERE NOT v.blocked AND c.employee_id IN (1, 7) AND c.competency IS NOT NULL$$, 'in each of which the part is missing');
UPDATE assessment SET expires_on = current_date WHERE employee_id = 1;
INSERT INTO assessment (employee_id, competency_id, level, assessed_on, expires_on) VALUES (1, 2, 3, current_date - 1, current_date), (1, 3, 3, current_date - 1, NULL);
SELECT refresh_profiles() \g /dev/null
SELECT results_eq($$SELECT rankings, detail FROM data_quality WHERE object_id = 1 AND problem = 'evidence has expired'$$, format($$VALUES (1, '"Communication", expired on %s')$$, current_date),
	'both free posts ask for it, and one of them is held by the person');
UPDATE task_volume SET period_start = (period_start - interval '10 years')::date WHERE task_id = 1;
DELETE FROM task_volume WHERE task_id = 4;
SELECT results_eq($$SELECT object_id, rankings FROM data_quality WHERE problem = 'no workload of the latest year on record'$$, 'VALUES (2, 1)', 'a unit''s one person is ranked for one of two');
SELECT * FROM finish();
ROLLBACK;
