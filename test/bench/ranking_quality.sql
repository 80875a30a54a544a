-- Does the order make sense? Every O*NET occupation is ranked for the requirement
-- of every other one. Run by ranking_quality.sh from the root of the tree.
--   psql variable related: set where the table "related" holds O*NET's related occupations
\set ON_ERROR_STOP 1
\pset footer off
SET search_path = public, mutasi;
SET client_min_messages = warning;

CREATE TABLE occupation (soc_code text PRIMARY KEY, title text NOT NULL);
\copy occupation FROM 'test/data/onet/occupation.tsv' WITH (FORMAT csv, HEADER, DELIMITER E'\t')
CREATE TABLE holding (soc_code text, competency integer, level numeric, importance numeric);
\copy holding FROM 'test/data/onet/requirement.tsv' WITH (FORMAT csv, HEADER, DELIMITER E'\t')
ANALYZE occupation, holding;

-- the occupations as people who hold exactly what theirs asks, and as posts
CREATE TABLE person AS
	SELECT soc_code, profile_agg(competency, level) AS profile FROM holding GROUP BY soc_code;
CREATE TABLE post AS
	SELECT 'importance as weight' AS asks, 1 AS nth, soc_code, requirement_agg(competency, level, importance) AS requirement
	FROM holding WHERE level > 0 GROUP BY soc_code
	UNION ALL
	SELECT 'no weights', 2, soc_code, requirement_agg(competency, level)
	FROM holding WHERE level > 0 GROUP BY soc_code
	UNION ALL
	SELECT 'only importance 3 and above', 3, soc_code, requirement_agg(competency, level, importance)
	FROM holding WHERE level > 0 AND importance >= 3 GROUP BY soc_code;

\echo
\echo The first eight for some posts: importance as weight, default surplus weight
SELECT o.title AS post, array_to_string(array_agg(n.title ORDER BY n.rank), E'\n') AS "first eight of 878", array_to_string(array_agg(n.score ORDER BY n.rank), E'\n') AS score
FROM post AS s JOIN occupation AS o USING (soc_code),
	LATERAL (SELECT row_number() OVER (ORDER BY f.distance, f.soc_code) AS rank, f.title, f.score
		FROM (SELECT p.profile <=> s.requirement AS distance, p.soc_code, q.title, match_score(p.profile, s.requirement) AS score
			FROM person AS p JOIN occupation AS q USING (soc_code)
			WHERE p.soc_code <> s.soc_code
			ORDER BY 1, 2 LIMIT 8) AS f) AS n
WHERE s.nth = 1 AND o.soc_code IN ('29-1141.00', '13-2011.00', '43-9061.00', '25-2021.00', '17-2051.00', '21-1021.00', '15-1244.00', '33-2011.00', '19-3051.00', '25-4022.00', '13-2081.00', '11-1011.00')
GROUP BY o.title ORDER BY o.title;

CREATE TABLE ranking (nth integer, asks text, surplus numeric, post text, person text, rank integer);
SELECT format('INSERT INTO ranking SELECT %s, %L, %s, s.soc_code, p.soc_code, row_number() OVER (PARTITION BY s.soc_code ORDER BY p.profile <=> s.r, p.soc_code)
	FROM (SELECT soc_code, with_surplus(requirement, %3$s) AS r FROM post WHERE asks = %2$L OFFSET 0) AS s
		CROSS JOIN LATERAL (SELECT * FROM person AS q WHERE q.soc_code <> s.soc_code) AS p', a.nth, a.asks, surplus)
FROM (SELECT DISTINCT nth, asks FROM post) AS a, unnest('{0,0.25,0.5,1}'::numeric[]) AS surplus ORDER BY nth, surplus \gexec
-- what else people rank by: all of them from the products of two occupations' levels
CREATE TABLE measured AS SELECT soc_code, competency, level::float8 FROM holding;
CREATE TABLE size AS SELECT soc_code, sum(level) AS total, sum(level * level) AS squares FROM measured GROUP BY soc_code;
ANALYZE measured, size;
CREATE TABLE product AS
	SELECT a.soc_code AS post, b.soc_code AS person, sum(a.level * b.level) AS product
	FROM measured AS a JOIN measured AS b USING (competency) GROUP BY a.soc_code, b.soc_code;
INSERT INTO ranking
	SELECT v.nth, v.asks, NULL, p.post, p.person, row_number() OVER (PARTITION BY v.nth, p.post ORDER BY v.distance, p.person)
	FROM product AS p JOIN size AS a ON a.soc_code = p.post JOIN size AS b ON b.soc_code = p.person,
		LATERAL (VALUES (4, 'job person match, sum_ratio', - b.total / a.total), (5, 'Euclidean distance', a.squares + b.squares - 2 * p.product),
			(6, 'cosine similarity', - p.product / sqrt(a.squares * b.squares))) AS v(nth, asks, distance)
	WHERE p.post <> p.person;
ANALYZE ranking;

\echo
\echo Of the first ten, how many percent are of the kind of the post in the occupational
\echo classification (SOC), major group (22 in all) and minor group (92); how far they can
\echo do what is asked (mean adequacy, importance as weight); and how many different
\echo occupations come first for any of the posts
WITH one AS (SELECT soc_code, requirement FROM post WHERE nth = 1), first AS (
	SELECT nth, asks, surplus,
		round(100 * avg((left(post, 2) = left(person, 2))::integer), 1) AS "same major group",
		round(100 * avg((left(post, 4) = left(person, 4))::integer), 1) AS "same minor group",
		round(avg(adequacy(p.profile, o.requirement)), 3) AS adequacy,
		count(DISTINCT person) FILTER (WHERE rank = 1) AS "different firsts"
	FROM ranking AS r JOIN person AS p ON p.soc_code = r.person JOIN one AS o ON o.soc_code = r.post
	WHERE rank <= 10
	GROUP BY nth, asks, surplus
	UNION ALL
	SELECT 7, 'chance', NULL, round(100 * avg((left(o.soc_code, 2) = left(p.soc_code, 2))::integer), 1),
		round(100 * avg((left(o.soc_code, 4) = left(p.soc_code, 4))::integer), 1), round(avg(adequacy(p.profile, o.requirement)), 3), NULL
	FROM one AS o JOIN person AS p ON p.soc_code <> o.soc_code)
SELECT asks AS "ranked by", surplus, "same major group", "same minor group", adequacy, "different firsts" FROM first ORDER BY nth, surplus;

\if :{?related}
DELETE FROM related WHERE index > 10;
ANALYZE related;
\echo
\echo Against the ten occupations that experts at O*NET name as the most related:
\echo AUC is the chance that a related one stands before an unrelated one (0.5: no sense),
\echo recall the share of them among the first ten
SELECT asks AS "ranked by", surplus, round(avg(1 - (rank - among)::numeric / (878 - named)), 3) AS auc,
	round(count(*) FILTER (WHERE rank <= 10)::numeric / count(*), 3) AS "recall of ten"
FROM (SELECT r.*, row_number() OVER (PARTITION BY nth, surplus, post ORDER BY rank) AS among, count(*) OVER (PARTITION BY nth, surplus, post) AS named
	FROM ranking AS r JOIN related AS e ON e.soc_code = r.post AND e.related = r.person) AS n
GROUP BY nth, asks, surplus ORDER BY nth, surplus;
\endif
