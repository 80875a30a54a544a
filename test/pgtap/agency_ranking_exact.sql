-- The walk against a plain computation from the tables, that shares no code with
-- it: random people, posts, histories, workloads; ties in plenty; several days
-- and policies; one post and many at once; only the eligible.
BEGIN;
SELECT plan(29);
SELECT mutasi.create_agency('kota') \g /dev/null
SET search_path = kota, mutasi, public;
CREATE FUNCTION pg_temp.r(seed text, n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT abs(hashtext(seed)) % n $$;

INSERT INTO unit (unit_id, code, name) SELECT n, 'U' || n, 'Unit ' || n FROM generate_series(1, 15) AS n;
INSERT INTO competency (competency_id, code, name) SELECT n, 'C' || n, 'Competency ' || n FROM generate_series(1, 12) AS n;
INSERT INTO post (post_id, unit_id, code, title, family, class, seats, min_staff, min_education, education_fields, kind)
	SELECT n, 1 + pg_temp.r('unit' || n, 15), 'P' || n, 'Post', CASE pg_temp.r('family' || n, 6) WHEN 0 THEN NULL ELSE 'family ' || pg_temp.r('family' || n, 6) END,
		5 + pg_temp.r('class' || n, 4), 30, pg_temp.r('min' || n, 3), CASE WHEN n % 3 = 0 THEN 5 END, CASE WHEN n % 5 = 0 THEN '{law}'::text[] END,
		CASE WHEN n % 7 = 0 THEN 'supervisor' ELSE 'implementing' END
	FROM generate_series(1, 36) AS n;
INSERT INTO post_competency (post_id, competency_id, level, weight, mandatory)
	SELECT p, c, 1 + pg_temp.r(p || 'l' || c, 4), 1 + pg_temp.r(p || 'w' || c, 3), pg_temp.r(p || 'm' || c, 12) = 0
	FROM generate_series(1, 35) AS p, generate_series(1, 12) AS c WHERE pg_temp.r(p || 'asks' || c, 3) = 0;	-- post 36 asks nothing
INSERT INTO employee (employee_id, name, born_on, appointed_on, grade, grade_since, status, left_on)
	SELECT n, 'Pegawai ' || n, date '1970-01-01' + pg_temp.r('born' || n, 9000), date '2008-01-01' + 100 * pg_temp.r('came' || n, 40),
		CASE pg_temp.r('grade' || n, 8) WHEN 0 THEN NULL ELSE 'III/a' END, '2020-01-01', CASE pg_temp.r('status' || n, 20) WHEN 0 THEN 'cpns' ELSE 'pns' END,
		CASE pg_temp.r('left' || n, 25) WHEN 0 THEN date '2024-06-01' END
	FROM generate_series(1, 240) AS n;
-- a former post, a present one, and here and there two halves
INSERT INTO incumbency (employee_id, post_id, valid_from, valid_to)
	SELECT n, 1 + pg_temp.r('former' || n, 36), date '2014-01-01' + 30 * pg_temp.r('f' || n, 20), date '2016-06-01' + 30 * pg_temp.r('t' || n, 20)
	FROM generate_series(1, 240) AS n WHERE n % 3 > 0;
INSERT INTO incumbency (employee_id, post_id, valid_from, share, kind)
	SELECT n, 1 + pg_temp.r('now' || n, 36), date '2019-01-01' + 60 * pg_temp.r('s' || n, 20), CASE WHEN n % 10 = 0 THEN 0.5 ELSE 1 END, 'main'
	FROM generate_series(1, 240) AS n WHERE n % 17 > 0;
INSERT INTO incumbency (employee_id, post_id, valid_from, share, kind)
	SELECT n, 1 + (pg_temp.r('now' || n, 36) + 1) % 36, date '2021-01-01', 0.5, 'additional' FROM generate_series(10, 240, 20) AS n WHERE n % 17 > 0;
INSERT INTO incumbency (employee_id, post_id, valid_from, share, kind)
	SELECT i.employee_id, min(o.post_id), date '2022-06-01' + i.employee_id, 0.5, 'additional'
	FROM incumbency AS i JOIN post AS p USING (post_id) JOIN post AS o ON o.family = p.family AND o.post_id <> p.post_id
	WHERE i.share = 0.5 AND i.kind = 'main' AND i.employee_id % 20 = 0 GROUP BY i.employee_id;
INSERT INTO incumbency (employee_id, post_id, valid_from, kind)
	SELECT n, 1 + (pg_temp.r('now' || n, 36) + 2) % 36, date '2022-01-01', 'acting' FROM generate_series(3, 240, 31) AS n;
INSERT INTO assessment (employee_id, competency_id, level, assessed_on, expires_on)
	SELECT n, c, pg_temp.r(n || 'level' || c, 11) / 2.0, date '2023-01-01' + 50 * pg_temp.r(n || 'd' || c, 10), CASE WHEN pg_temp.r(n || 'e' || c, 9) = 0 THEN date '2025-01-01' END
	FROM generate_series(1, 240) AS n, generate_series(1, 12) AS c WHERE pg_temp.r(n || 'assessed' || c, 10) > 0 AND n % 23 > 0;
INSERT INTO performance (employee_id, year, rating)
	SELECT n, y, 3 + pg_temp.r(n || 'rating' || y, 3) FROM generate_series(1, 240) AS n, generate_series(extract(year FROM current_date)::int - 4, extract(year FROM current_date)::int - 1) AS y
	WHERE pg_temp.r(n || 'rated' || y, 6) > 0;
INSERT INTO education (employee_id, level, field, graduated_on)
	SELECT n, 3 + pg_temp.r('school' || n, 5), CASE pg_temp.r('field' || n, 3) WHEN 0 THEN 'law' WHEN 1 THEN 'economics' END, CASE WHEN n % 9 = 0 THEN date '2025-02-01' END
	FROM generate_series(1, 240) AS n WHERE n % 13 > 0;
INSERT INTO record_check (employee_id, subject, checked_on, checked_by) SELECT n, s, '2023-01-01', 'x' FROM generate_series(1, 240) AS n, unnest('{discipline,study leave,family}'::text[]) AS s;
INSERT INTO task (task_id, post_id, name) SELECT n, n, 'work' FROM generate_series(1, 34) AS n;
INSERT INTO task_norm (task_id, norm_hours) SELECT n, 1 FROM generate_series(1, 34) AS n;
INSERT INTO task_volume (task_id, period_start, volume)
	SELECT n, make_date(extract(year FROM current_date)::int - y, 1, 1), 1000 * pg_temp.r(y || 'volume' || n, 40) FROM generate_series(1, 34) AS n, generate_series(1, 3) AS y WHERE n % 11 > 0;
UPDATE eligibility_rule SET enabled = rule NOT IN ('class', 'grade');

-- The composite score from the tables, part by part, one pair at a time.
CREATE FUNCTION pg_temp.distance_of(unit integer, day date, more numeric) RETURNS numeric LANGUAGE sql STABLE AS $$
	-- |required - existing| with so many more people; NULL without workload
	SELECT abs((SELECT sum(v.volume * n.norm_hours) FROM kota.task AS t JOIN kota.post AS p USING (post_id) JOIN kota.task_volume AS v USING (task_id) JOIN kota.task_norm AS n USING (task_id)
			WHERE p.unit_id = unit AND extract(year FROM v.period_start) = (SELECT max(extract(year FROM w.period_start)) FROM kota.task_volume AS w WHERE extract(year FROM w.period_start) <= extract(year FROM day))) / 1250
		- coalesce((SELECT sum(i.share) FROM kota.incumbency AS i JOIN kota.post AS p USING (post_id)
			WHERE p.unit_id = unit AND i.kind <> 'acting' AND i.valid_from <= day AND coalesce(i.valid_to, 'infinity') > day), 0) - more) $$;
-- Months in a family: of posts that overlap, of the time from the first day to the last.
CREATE FUNCTION pg_temp.served(person integer, wanted text, day date) RETURNS numeric LANGUAGE plpgsql STABLE AS $$
DECLARE
	s record;
	since date;
	until date;
	months numeric;
BEGIN
	FOR s IN SELECT i.valid_from, least(coalesce(i.valid_to, day), day) AS valid_to FROM kota.incumbency AS i JOIN kota.post AS q USING (post_id)
		WHERE i.employee_id = person AND q.family = wanted AND i.kind <> 'acting' AND i.valid_from <= day ORDER BY 1
	LOOP
		IF s.valid_from < until THEN
			until := greatest(until, s.valid_to);
		ELSE
			months := coalesce(months, 0) + coalesce(kota.months_between(since, until), 0);
			since := s.valid_from;
			until := s.valid_to;
		END IF;
	END LOOP;
	RETURN months + kota.months_between(since, until);
END $$;
CREATE FUNCTION pg_temp.plain(p integer, day date) RETURNS TABLE (employee_id integer, score numeric) LANGUAGE sql STABLE AS $$
	SELECT e.employee_id, round(y.weight_competency * coalesce(mutasi.match_score(e.profile, t.requirement), 0)
		+ y.weight_performance * coalesce(round((SELECT avg(k.score) FROM (SELECT extract(year FROM day) - CASE WHEN EXISTS (SELECT FROM kota.performance AS g
					WHERE g.employee_id = e.employee_id AND g.year = extract(year FROM day) - 1) THEN 1 ELSE 2 END AS last) AS l
				JOIN kota.performance AS f ON f.employee_id = e.employee_id AND f.year <= l.last AND f.year > l.last - y.rating_years
				JOIN kota.performance_rating AS k USING (rating)), 6), 0)
		+ y.weight_qualification * CASE WHEN t.min_education IS NULL AND t.education_fields IS NULL THEN 1
			WHEN EXISTS (SELECT FROM kota.education AS d WHERE d.employee_id = e.employee_id AND coalesce(d.graduated_on, '-infinity') <= day
				AND d.level >= coalesce(t.min_education, 0) AND (t.education_fields IS NULL OR d.field = ANY (t.education_fields))) THEN 1
			WHEN EXISTS (SELECT FROM kota.education AS d WHERE d.employee_id = e.employee_id AND coalesce(d.graduated_on, '-infinity') <= day
				AND d.level >= coalesce(t.min_education, 0) AND d.field IS NULL) THEN 0	-- unknown
			WHEN EXISTS (SELECT FROM kota.education AS d WHERE d.employee_id = e.employee_id AND coalesce(d.graduated_on, '-infinity') <= day AND d.level >= coalesce(t.min_education, 0)) THEN 0.5
			ELSE 0 END
		+ y.weight_experience * round(least(1, CASE WHEN t.family IS NULL THEN greatest(0, kota.months_between(e.appointed_on, day))::numeric
			ELSE coalesce(pg_temp.served(e.employee_id, t.family, day), 0) END / y.full_experience_months), 6)
		+ y.weight_balance * coalesce(round(CASE WHEN o.unit_id = t.unit_id THEN 0.5
			WHEN o.unit_id IS NULL THEN (pg_temp.distance_of(t.unit_id, day, 0) - pg_temp.distance_of(t.unit_id, day, 1) + 1) / 2
			ELSE (pg_temp.distance_of(o.unit_id, day, 0) - pg_temp.distance_of(o.unit_id, day, -o.share)
				+ pg_temp.distance_of(t.unit_id, day, 0) - pg_temp.distance_of(t.unit_id, day, o.share) + 2 * o.share) / (4 * o.share) END, 6), 0), 6)
	FROM kota.employee AS e CROSS JOIN kota.post AS t
	CROSS JOIN LATERAL (SELECT * FROM kota.policy AS v WHERE v.published_at IS NOT NULL AND v.valid_from <= day ORDER BY v.valid_from DESC LIMIT 1) AS y
	LEFT JOIN LATERAL (SELECT q.unit_id, i.share FROM kota.incumbency AS i JOIN kota.post AS q USING (post_id)
		WHERE i.employee_id = e.employee_id AND i.kind <> 'acting' AND i.valid_from <= day AND coalesce(i.valid_to, 'infinity') > day
		ORDER BY i.kind = 'main' DESC, i.share DESC, i.incumbency_id LIMIT 1) AS o ON true
	WHERE t.post_id = p AND coalesce(e.left_on, 'infinity') > day
		AND NOT EXISTS (SELECT FROM kota.incumbency AS i WHERE i.employee_id = e.employee_id AND i.post_id = p AND i.kind <> 'acting'
			AND i.valid_from <= day AND coalesce(i.valid_to, 'infinity') > day) $$;
CREATE FUNCTION pg_temp.best(p integer, k integer, day date, only_eligible boolean) RETURNS TABLE (rank bigint, employee_id integer, score numeric) LANGUAGE sql STABLE AS $$
	SELECT row_number() OVER w, s.employee_id, s.score
	FROM pg_temp.plain(p, day) AS s JOIN kota.employee AS e USING (employee_id) LEFT JOIN kota.grade AS g USING (grade)
	WHERE NOT only_eligible OR NOT EXISTS (SELECT FROM kota.eligibility(s.employee_id, p, day) AS r WHERE r.passed IS NOT TRUE AND NOT r.waived)
	WINDOW w AS (ORDER BY s.score DESC, g.position DESC NULLS LAST, e.grade_since, e.appointed_on,
		(SELECT max(d.level) FROM kota.education AS d WHERE d.employee_id = s.employee_id) DESC NULLS LAST, e.born_on, s.employee_id)
	ORDER BY 1 LIMIT k $$;

CREATE FUNCTION pg_temp.compare(p integer, k integer, day date, only_eligible boolean, description text) RETURNS text LANGUAGE sql AS $$
	SELECT results_eq(format('SELECT rank::bigint, employee_id, score FROM candidates(%s, %s, %L, %L)', p, k, day, only_eligible),
		format('SELECT * FROM pg_temp.best(%s, %s, %L, %L)', p, k, day, only_eligible), description) $$;
SELECT pg_temp.compare(p, 12, current_date, false, format('post %s', p)) FROM unnest('{1,6,10,15,36}'::integer[]) AS p;
SELECT pg_temp.compare(15, 500, current_date, false, 'everybody');
SELECT pg_temp.compare(7, 1, current_date, false, 'the first');
SELECT pg_temp.compare(p, 8, date '2024-03-01', false, format('post %s on a day gone by', p)) FROM unnest('{2,9}'::integer[]) AS p;
SELECT pg_temp.compare(p, 6, current_date, true, format('post %s, eligible only', p)) FROM unnest('{3,12}'::integer[]) AS p;
SELECT cmp_ok((SELECT count(*)::int FROM incumbency AS i JOIN post AS p USING (post_id) JOIN incumbency AS o ON o.employee_id = i.employee_id AND o.incumbency_id > i.incumbency_id
	JOIN post AS q ON q.post_id = o.post_id AND q.family = p.family AND o.valid_from < coalesce(i.valid_to, current_date) WHERE o.kind = 'additional'), '>', 3, 'there were posts held at once');
SELECT is((SELECT count(*) FROM pg_temp.plain(15, current_date) AS s JOIN pg_temp.plain(15, current_date) AS t ON s.score = t.score AND s.employee_id < t.employee_id) > 0, true, 'there were ties');

-- many at once
SELECT results_eq('SELECT post_id, rank, employee_id, score, eligible, reason FROM ranked(ARRAY(SELECT post_id FROM post ORDER BY post_id), 7)',
	'SELECT p.post_id, c.rank, c.employee_id, c.score, c.eligible, c.reason FROM post AS p CROSS JOIN LATERAL candidates(p.post_id, 7) AS c ORDER BY 1, 2', 'many posts at once as one by one');
SELECT results_eq('SELECT post_id, rank, employee_id, score FROM ranked(ARRAY(SELECT post_id FROM post ORDER BY post_id), 3, current_date, true)',
	'SELECT p.post_id, c.rank, c.employee_id, c.score FROM post AS p CROSS JOIN LATERAL candidates(p.post_id, 3, current_date, true) AS c ORDER BY 1, 2', 'the eligible, too');
SELECT is_empty('SELECT * FROM ranked(''{}'', 3)', 'no posts');
SELECT results_eq('SELECT employee_id, r.rank, r.score FROM generate_series(1, 240, 37) AS employee_id CROSS JOIN LATERAL rank_of(employee_id, 15) AS r ORDER BY 1',
	'SELECT b.employee_id, b.rank::integer, b.score FROM pg_temp.best(15, 500, current_date, false) AS b WHERE b.employee_id % 37 = 1 ORDER BY 1', 'rank_of()');

SELECT results_eq(format('SELECT * FROM scores_for(%s, NULL, %L) ORDER BY 1', p, day), format('SELECT * FROM pg_temp.plain(%s, %L) ORDER BY 1', p, day), format('everybody''s score, post %s, %s', p, what))
	FROM (VALUES (15, current_date, 'with education'), (36, current_date, 'without a requirement'), (10, date '2024-03-01', 'on a day gone by'), (3, current_date, 'another')) AS v (p, day, what);
SELECT results_eq('SELECT s.* FROM scores_for(15, 0.6) AS s WHERE s.score >= 0.6 ORDER BY 1', 'SELECT s.* FROM scores_for(15) AS s WHERE s.score >= 0.6 ORDER BY 1', 'a least score leaves out nobody who has it');
SELECT is_empty('SELECT s.employee_id FROM scores_for(9) AS s CROSS JOIN LATERAL rank_of(s.employee_id, 9) AS r WHERE s.employee_id % 5 = 0 AND r.rank <= (SELECT count(*) FROM scores_for(9) AS o WHERE o.score > s.score)', 'rank_of() counts whoever is ahead');
SELECT throws_ok('SELECT * FROM scores_for(999)', 'MU102', 'there is no post 999', 'an unknown post');

-- other weights
SELECT new_policy(current_date, '{"weight_competency": 0.1, "weight_performance": 0.1, "weight_balance": 0.5, "weight_experience": 0.2}') \g /dev/null
SELECT pg_temp.compare(p, 9, current_date, false, format('post %s, most weight on balance', p)) FROM unnest('{4,11,15}'::integer[]) AS p;
SELECT new_policy(current_date + 1, '{"weight_competency": 1, "weight_performance": 0, "weight_balance": 0, "weight_experience": 0, "weight_qualification": 0}') \g /dev/null
SELECT pg_temp.compare(15, 9, current_date + 1, false, 'competency alone, tomorrow');
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
SELECT pg_temp.compare(15, 9, current_date + 1, false, 'without an index');

SELECT * FROM finish();
ROLLBACK;
