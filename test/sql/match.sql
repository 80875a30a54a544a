-- scoring: one arithmetic for distance, scores, gate and explanation
SET search_path = public, mutasi;

-- by hand: {1:3, 7:4*2} asks 3 + 8 = 11
--   held {1:3, 7:4}: nothing missing, nothing over
--   held {1:2, 7:4}: 1 short                         -> 1/11
--   held {1:3, 7:5}: 1 over, weight 2, surplus 0.5   -> 1/11
--   held {1:5, 7:3}: 2 over at 0.5, 1 short at 2     -> 3/11
--   held {7:4}:      1 unknown counts as 0           -> 3/11
SELECT p, p <=> r AS distance, match_score(p, r), adequacy(p, r), match_coverage(p, r), r <=> p = p <=> r AS commutes
FROM (VALUES ('{1:3, 7:4*2}'::competency_requirement)) AS a(r),
	(VALUES ('{1:3, 7:4}'::competency_profile), ('{1:2, 7:4}'), ('{1:3, 7:5}'), ('{1:5, 7:3}'), ('{7:4}'), ('{}'), ('{1:0, 7:0}'), ('{2:9}'), ('{1:655.35, 7:655.35}'), (NULL)) AS b(p);

-- the surplus weight decides what holding more costs
SELECT surplus, p <=> with_surplus('{1:3, 7:4*2}', surplus) AS distance, match_score(p, with_surplus('{1:3, 7:4*2}', surplus)), adequacy(p, with_surplus('{1:3, 7:4*2}', surplus))
FROM (VALUES ('{1:5, 7:3}'::competency_profile)) AS a(p), (VALUES (0), (0.25), (0.5), (0.75), (1)) AS b(surplus);
-- a surplus never makes up for a gap
SELECT adequacy('{1:9, 7:3}', '{1:3, 7:4}/0') < 1;

-- empty requirement; unknown argument
SELECT '{1:3}'::competency_profile <=> '{}'::competency_requirement AS distance, match_score('{1:3}', '{}'), adequacy('{}', '{}'), match_coverage('{}', '{}'), '{}'::competency_profile @> '{}'::competency_requirement AS meets;
SELECT NULL::competency_profile <=> '{1:3}'::competency_requirement AS distance, match_score(NULL, '{1:3}'), match_score('{1:3}', NULL), '{1:3}'::competency_profile @> NULL::competency_requirement AS meets;

-- the gate
SELECT p, p @> '{1:3!, 2:2!, 7:4}'::competency_requirement AS meets, '{1:3!, 2:2!, 7:4}'::competency_requirement <@ p AS commutes
FROM (VALUES ('{1:3, 2:2}'::competency_profile), ('{1:2.99, 2:2}'), ('{1:3}'), ('{1:9, 2:9, 7:9}'), ('{}'), ('{7:4}')) AS v(p);
SELECT '{}'::competency_profile @> '{1:3}'::competency_requirement AS nothing_mandatory;

-- half up at the sixth decimal: 1/3, 2/3, and exact halves
SELECT match_score('{1:1}', '{1:3}'), match_score('{1:2}', '{1:3}'), match_score('{1:0.01}', '{1:200}') AS "0.00005", match_score('{1:0.01}', '{1:80}') AS "0.000125", match_score('{1:1}', '{1:640}') AS "0.0015625", match_score('{1:0.01}', '{1:640}') AS "0.000015625";
-- exact where floats would not be: a tie at the seventh decimal
SELECT match_score('{1:0.01}', '{1:320, 2:80}') AS "0.000025", adequacy('{1:0.05, 2:0.05}', '{1:400, 2:400}') AS "0.000125", adequacy('{1:0.01}', '{1:400, 2:400}') AS "0.0000125 up";

-- the reasons
SELECT * FROM match_explain('{1:2, 7:5, 9:1}', '{1:3!, 7:4*2, 8:1~}');
SELECT * FROM match_explain('{1:2}', '{}');
SELECT * FROM match_explain(NULL, '{1:1}');

-- random values: the definition in numeric, the operator, the scores and the explanation agree
SELECT setseed(0.42);
CREATE TABLE held AS
	SELECT i AS id, (SELECT profile_agg(c, round((random() * 5)::numeric, 2)) FROM generate_series(1, 30) AS c WHERE random() < 0.5 AND i > 0) AS p
	FROM generate_series(1, 60) AS i;
CREATE TABLE asked AS
	SELECT i AS id, with_surplus((SELECT requirement_agg(c, round((random() * 5)::numeric, 2) + 0.01, round((random() * 10)::numeric, 2) + 0.01, CASE WHEN random() < 0.3 THEN 'secondary' END, random() < 0.1)
		FROM generate_series(1, 35) AS c WHERE random() < 0.3 AND i > 0), round(random()::numeric, 2)) AS r
	FROM generate_series(1, 60) AS i;
INSERT INTO held VALUES (0, '{}'); INSERT INTO asked VALUES (0, '{1:1}/0');
CREATE VIEW defined AS
	SELECT h.id AS person, a.id AS post, p, r, d.*, e.*
	FROM held AS h, asked AS a,
		LATERAL (SELECT sum(u.weight * CASE WHEN coalesce(p -> u.competency, 0) < u.level THEN u.level - coalesce(p -> u.competency, 0)
					ELSE surplus(r) * (coalesce(p -> u.competency, 0) - u.level) END) AS above,
				sum(u.weight * u.level) AS below,
				sum(u.weight * least(coalesce(p -> u.competency, 0), u.level)) AS reached,
				sum(u.weight) AS weight, coalesce(sum(u.weight) FILTER (WHERE p -> u.competency IS NOT NULL), 0) AS assessed,
				bool_and(NOT u.mandatory OR coalesce(p -> u.competency, 0) >= u.level) AS meets
			FROM requirement_unnest(r) AS u) AS d,
		LATERAL (SELECT sum(contribution) AS contributions, count(*) AS rows FROM match_explain(p, r)) AS e;
SELECT count(*),
	count(*) FILTER (WHERE (p <=> r) <> (above * 1000000)::float8 / (below * 1000000)::float8) AS distance_differs,
	count(*) FILTER (WHERE match_score(p, r) <> round(greatest(1 - above / below, 0), 6)) AS score_differs,
	count(*) FILTER (WHERE adequacy(p, r) <> round(reached / below, 6)) AS adequacy_differs,
	count(*) FILTER (WHERE match_coverage(p, r) <> round(assessed / weight, 6)) AS coverage_differs,
	count(*) FILTER (WHERE (p @> r) <> meets) AS gate_differs,
	count(*) FILTER (WHERE contributions <> round(above / below, 12)) AS contributions_differ,
	count(*) FILTER (WHERE rows <> requirement_count(r)) AS rows_differ
FROM defined;
SELECT bool_or(meets), bool_or(NOT meets), bool_or(above > below), min(assessed) = 0 AS none_assessed FROM defined;

-- the requirement is kept from row to row, and given up when another comes
SELECT count(DISTINCT d) FROM (SELECT p <=> r AS d FROM held, asked WHERE held.id = 1 ORDER BY asked.id) AS t;
SELECT sum(a.d - b.d) AS same_in_any_order FROM (SELECT held.id AS h, asked.id AS a, p <=> r AS d FROM held, asked ORDER BY held.id, asked.id) AS a
	JOIN (SELECT held.id AS h, asked.id AS a, r <=> p AS d FROM asked, held ORDER BY asked.id, held.id) AS b USING (h, a);

-- leakproof, immutable, parallel safe: row security keeps the index, workers may score
SELECT oprname, bool_and(proleakproof) AS leakproof, bool_and(provolatile = 'i') AS immutable, bool_and(proparallel = 's') AS parallel_safe
FROM pg_operator JOIN pg_proc ON pg_proc.oid = oprcode WHERE oprnamespace = 'mutasi'::regnamespace AND oprname IN ('<=>', '@>', '<@') GROUP BY oprname ORDER BY oprname;
DROP VIEW defined;
DROP TABLE held, asked;

-- whatever loop computes it, the same number: profiles of one layout, one after the
-- other (eight levels at a time), mixed layouts, more terms than are hashed; against numerics
SELECT setseed(0.4);
CREATE TABLE shaped AS SELECT n, i, (SELECT profile_agg(c, round((random() * top)::numeric, 2)) FROM generate_series(1, n) AS c WHERE i > 0) AS p
	FROM unnest(ARRAY[0, 1, 7, 8, 9, 16, 31, 68, 200, 1030]) AS n, unnest(ARRAY[5, 655.35]) AS top, generate_series(1, 3) AS i;
INSERT INTO shaped SELECT 0, i, (SELECT profile_agg(c, round((random() * 5)::numeric, 2)) FROM generate_series(1, 80) AS c WHERE random() < 0.3 AND i > 0) FROM generate_series(1, 100) AS i;
-- that begin alike and go on differently, some with a level of more than 327.67 on the way
INSERT INTO shaped SELECT 0, i, (SELECT profile_agg(c, CASE WHEN i % 5 = 0 AND random() < 0.1 THEN 600 ELSE round((random() * 5)::numeric, 2) END)
	FROM generate_series(1, 120) AS c WHERE i > 0 AND (c <= 9 + i % 30 OR random() < 0.2)) FROM generate_series(1, 120) AS i;
CREATE TABLE asking AS SELECT with_surplus((SELECT requirement_agg(c, 0.01 + round((random() * top)::numeric, 2), 0.01 + round((random() * 99.99)::numeric, 2)) FROM generate_series(first, last, step) AS c), s) AS r
	FROM (VALUES (1, 9, 1), (1, 68, 1), (2, 70, 3), (5, 5, 1), (60, 300, 2), (1, 1030, 1), (2000, 2010, 1)) AS v(first, last, step), unnest(ARRAY[5, 655.34]) AS top, unnest(ARRAY[0, 0.37, 1]) AS s;
SELECT count(*) AS pairs, count(*) FILTER (WHERE d <> float8(missing) / float8(whole)) AS different FROM (
	SELECT p <=> r AS d, (SELECT 1000000 * sum(weight * CASE WHEN coalesce(held, 0) < required THEN required - coalesce(held, 0) ELSE surplus(r) * (held - required) END) FROM match_explain(p, r)) AS missing,
		(SELECT 1000000 * sum(weight * required) FROM match_explain(p, r)) AS whole
	FROM asking, shaped) AS t;
DROP TABLE shaped, asking;
-- an expression that is evaluated again and again, with another requirement each time
CREATE FUNCTION one_after_the_other() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r competency_requirement;
	p competency_profile := '{1:2, 2:5}';
	found text := '';
	d float8;
BEGIN
	FOREACH r IN ARRAY ARRAY['{1:4}', '{1:2}', '{2:5, 3:5}', '{1:4}']::competency_requirement[] LOOP
		d := p <=> r;
		found := found || ' ' || d;
	END LOOP;
	RETURN found;
END $$;
SELECT one_after_the_other();
DROP FUNCTION one_after_the_other;
