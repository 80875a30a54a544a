-- GiST: whatever the index answers, the sequential scan answers
-- disabled ways of planning cost so much that every query would be compiled first
SET jit = off;
SET search_path = public, mutasi;
\set SHOW_CONTEXT never
SELECT amname, opcname, amvalidate(c.oid) FROM pg_opclass AS c JOIN pg_am ON pg_am.oid = opcmethod WHERE opcname = 'profile_gist_ops';

-- People of every sort, some of them under competencies that share buckets.
SELECT setseed(0.7);
CREATE TABLE person (id serial PRIMARY KEY, sort text, p competency_profile);
-- the first 32 competencies of one bucket of 2048 (and of every smaller number)
CREATE TABLE colliding AS
	SELECT i AS competency FROM generate_series(1, 300000) AS i, LATERAL (SELECT (i::bigint * 2654435761) & 4294967295 AS h) AS round
	WHERE (((h # (h >> 15)) * 739982445) & 4294967295) >> 21 = 1000 ORDER BY i LIMIT 32;
SELECT count(*) FROM colliding;
CREATE FUNCTION random_profile(competencies int, span int, skew float8, top numeric) RETURNS competency_profile LANGUAGE sql VOLATILE
	RETURN (SELECT profile_agg(c, round((random() * top::float8)::numeric, 2))
		FROM (SELECT DISTINCT 1 + floor(span * power(random(), skew))::int AS c FROM generate_series(1, competencies)) AS t);
CREATE FUNCTION random_requirement(competencies int, span int, skew float8, top numeric, surplus numeric) RETURNS competency_requirement LANGUAGE sql VOLATILE
	RETURN with_surplus((SELECT requirement_agg(c, 0.01 + round((random() * top::float8)::numeric, 2), 0.01 + round((random() * 5)::numeric, 2), CASE WHEN random() < 0.2 THEN 'secondary' END, random() < 0.05)
		FROM (SELECT DISTINCT 1 + floor(span * power(random(), skew))::int AS c FROM generate_series(1, competencies)) AS t), surplus);
INSERT INTO person (sort, p) SELECT 'random', random_profile(20, 300, 1, 5) FROM generate_series(1, 1500);
INSERT INTO person (sort, p) SELECT 'skewed', random_profile(25, 300, 4, 7) FROM generate_series(1, 1000);
INSERT INTO person (sort, p) SELECT 'family', (SELECT profile_agg(c, least(5, round((1 + i % 4 + random())::numeric, 2))) FROM (SELECT DISTINCT (i % 12) * 25 + 1 + floor(25 * random())::int AS c FROM generate_series(1, 15) WHERE i > 0) AS t) FROM generate_series(1, 1500) AS i;
INSERT INTO person (sort, p) SELECT 'duplicate', ('{1:3, 7:' || i % 3 || '}')::competency_profile FROM generate_series(1, 500) AS i;
INSERT INTO person (sort, p) SELECT 'empty', '{}' FROM generate_series(1, 20);
INSERT INTO person (sort, p) SELECT 'unknown', NULL FROM generate_series(1, 20);
INSERT INTO person (sort, p) SELECT 'single', random_profile(1, 300, 1, 5) FROM generate_series(1, 200);
INSERT INTO person (sort, p) SELECT 'high', random_profile(10, 300, 1, 655) FROM generate_series(1, 100);
INSERT INTO person (sort, p) SELECT 'nothing held', (SELECT profile_agg(c, 0) FROM generate_series(i, i + 10) AS c) FROM generate_series(1, 50) AS i;
INSERT INTO person (sort, p) SELECT 'long', random_profile(1500, 2000, 1, 5) FROM generate_series(1, 10);
INSERT INTO person (sort, p) SELECT 'colliding', (SELECT profile_agg(competency, round((random() * 5)::numeric, 2)) FROM colliding WHERE random() < 0.5 AND i > 0) FROM generate_series(1, 300) AS i;
-- real, correlated levels: O*NET's occupations, people a little above or below, everybody in all 68 competencies
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/data/onet/requirement.tsv'
CREATE TABLE onet (soc_code text, competency int, level numeric, importance numeric);
COPY onet FROM :'file' WITH (FORMAT csv, HEADER, DELIMITER E'\t');
CREATE TABLE occupation AS SELECT dense_rank() OVER (ORDER BY soc_code) AS nth, competency, level, importance FROM onet;
INSERT INTO person (sort, p) SELECT 'onet', profile_agg(competency, least(7, round(level * (8 + nth % 5) / 10, 2)) ORDER BY competency) FROM occupation WHERE nth % 2 = 0 GROUP BY nth ORDER BY nth;
SELECT max(profile_count(p)) > 256 AS some_too_long_for_a_key, max(profile_count(p)) > 1000 AS some_of_more_than_1000 FROM person;

CREATE TABLE post (id serial, r competency_requirement);
INSERT INTO post (r) SELECT random_requirement(n, 300, skew, top, surplus)
	FROM unnest(ARRAY[1, 5, 15, 60, 200]) AS n, unnest(ARRAY[1, 4]) AS skew, unnest(ARRAY[4, 100]) AS top, unnest(ARRAY[0, 0.5, 1]) AS surplus;
INSERT INTO post (r) SELECT with_surplus((SELECT requirement_agg(competency, 0.5 + round((random() * 4)::numeric, 2), 1, 'core', random() < 0.1) FROM colliding WHERE random() < 0.4 AND i > 0), surplus)
	FROM generate_series(1, 4) AS i, unnest(ARRAY[0, 0.5, 1]) AS surplus;
INSERT INTO post (r) SELECT with_surplus(r, surplus) FROM (SELECT requirement_agg(competency, level, importance, 'core', importance > 4.5) AS r FROM occupation WHERE nth % 220 = 1 AND level > 0 GROUP BY nth ORDER BY nth) AS o, unnest(ARRAY[0, 0.5, 1]) AS surplus;
INSERT INTO post (r) SELECT with_surplus(requirement_agg(c, 1 + c % 4, 1 + c % 3), surplus) FROM generate_series(1, 200) AS c, unnest(ARRAY[0, 0.5, 1]) AS surplus GROUP BY surplus ORDER BY surplus;
INSERT INTO post (r) VALUES ('{}'), ('{1:3, 7:2}'), ('{1:3!, 7:2!}'), ('{999999:3}'), ('{1:655.35*100}/1'), ('{1:0.01*0.01}/1'), ('{9:0.01!}');
SELECT count(*), min(requirement_count(r)), max(requirement_count(r)) AS longest FROM post;

-- What the two ways answer: the k nearest, who passes the gate, who equals.
CREATE FUNCTION nearest(requirement competency_requirement, k int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	-- the distances in their order; whose they are, but for those that tie with the last one; that nobody comes twice
	RETURN (SELECT concat_ws(' ', array_agg(d ORDER BY nth), array_agg(id ORDER BY id) FILTER (WHERE d < last), count(*) = count(DISTINCT id))
		FROM (SELECT d, id, row_number() OVER () AS nth, max(d) OVER () AS last FROM (SELECT p <=> requirement AS d, id FROM person ORDER BY p <=> requirement LIMIT k) AS n) AS t);
END $$;
CREATE FUNCTION passing(requirement competency_requirement) RETURNS bigint[] LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT ARRAY[count(*), sum(id), sum(id::bigint * id)] FROM person WHERE p @> requirement);
END $$;
CREATE FUNCTION equal(profile competency_profile) RETURNS bigint[] LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT ARRAY[count(*), sum(id)] FROM person WHERE p = profile);
END $$;
CREATE FUNCTION all_in_order(requirement competency_requirement) RETURNS text LANGUAGE plpgsql AS $$
DECLARE last float8 := -1; d float8; unknown int := 0; known int := 0; sum float8 := 0;
BEGIN
	FOR d IN SELECT p <=> requirement FROM person ORDER BY p <=> requirement LOOP
		IF d IS NULL THEN unknown := unknown + 1;
		ELSE
			IF d < last OR unknown > 0 THEN RETURN 'out of order'; END IF;
			last := d; known := known + 1; sum := sum + d;
		END IF;
	END LOOP;
	RETURN format('%s known, %s unknown', known, unknown);
END $$;
CREATE TABLE answer (way text, what text, id int, value text);
CREATE FUNCTION ask(way text) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
	by_index bool := way = 'index';
	used bigint := (SELECT idx_scan FROM pg_stat_xact_all_tables WHERE relname = 'person');
BEGIN
	-- each named: what was set before holds until the transaction ends
	PERFORM set_config(name, CASE WHEN by_index THEN 'off' ELSE 'on' END, true) FROM unnest('{enable_seqscan,enable_sort}'::text[]) AS name;
	PERFORM set_config('enable_indexscan', CASE WHEN by_index THEN 'on' ELSE 'off' END, true);
	SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexonlyscan = off;
	DELETE FROM answer WHERE answer.way = ask.way;
	INSERT INTO answer SELECT way, 'nearest', post.id, nearest(r, 1 + post.id % 40) FROM post;
	INSERT INTO answer SELECT way, 'passing', post.id, passing(r)::text FROM post;
	INSERT INTO answer SELECT way, 'equal', person.id, equal(p)::text FROM person WHERE person.id % 97 = 0 OR sort = 'long' OR person.id % 1000 < 3;
	INSERT INTO answer SELECT way, 'all', post.id, all_in_order(r) FROM post WHERE post.id % 50 = 0 OR r = '{}';
	used := (SELECT idx_scan FROM pg_stat_xact_all_tables WHERE relname = 'person') - used;
	IF by_index AND used < (SELECT count(*) FROM answer WHERE answer.way = ask.way) OR used > 0 AND NOT by_index THEN
		RAISE 'asked by %, and the index was used % times', way, used;
	END IF;
END $$;
CREATE FUNCTION differences() RETURNS TABLE (what text, asked bigint, different bigint) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM ask('scan');
	PERFORM ask('index');
	RETURN QUERY SELECT a.what, count(*), count(*) FILTER (WHERE a.value IS DISTINCT FROM b.value)
		FROM answer AS a FULL JOIN answer AS b ON a.what = b.what AND a.id = b.id AND b.way = 'index' WHERE a.way = 'scan' GROUP BY 1 ORDER BY 1;
END $$;

-- built over the rows, sorted
CREATE INDEX person_p ON person USING gist (p);
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM person ORDER BY p <=> '{1:3, 7:2}' LIMIT 3;
EXPLAIN (COSTS OFF) SELECT id FROM person WHERE p @> '{1:3!}' AND p = '{1:3, 7:2}' ORDER BY p <=> '{1:3, 7:2}' LIMIT 3;
RESET enable_seqscan;
SELECT * FROM differences();
-- after changes, and after what vacuum took away
UPDATE person SET p = profile_set(p, 1 + id % 300, 4.5) WHERE id % 3 = 0;
DELETE FROM person WHERE id % 7 = 0;
INSERT INTO person (sort, p) SELECT 'late', random_profile(20, 300, 2, 5) FROM generate_series(1, 500);
SELECT * FROM differences();
VACUUM person;
INSERT INTO person (sort, p) SELECT 'later', random_profile(20, 300, 2, 5) FROM generate_series(1, 300);
SELECT * FROM differences();
REINDEX INDEX person_p;
SELECT * FROM differences();
-- built row by row, with the fewest and the most buckets
DROP INDEX person_p;
CREATE TABLE copy (LIKE person);
INSERT INTO copy SELECT * FROM person;
TRUNCATE person;
CREATE INDEX person_p ON person USING gist (p profile_gist_ops (buckets = 256));
INSERT INTO person SELECT * FROM copy ORDER BY id;
SELECT * FROM differences();
-- changed, vacuumed, and built anew, sorted
UPDATE person SET p = profile_set(p, 1 + id % 300, 3.5) WHERE id % 3 = 1;
DELETE FROM person WHERE id % 11 = 0;
INSERT INTO person (sort, p) SELECT 'late', random_profile(20, 300, 2, 5) FROM generate_series(1, 300);
SELECT * FROM differences();
VACUUM person;
INSERT INTO person (sort, p) SELECT 'later', random_profile(20, 300, 2, 5) FROM generate_series(1, 300);
SELECT * FROM differences();
REINDEX INDEX person_p;
SELECT * FROM differences();
DROP INDEX person_p;
TRUNCATE person;
CREATE INDEX person_p ON person USING gist (p profile_gist_ops (buckets = 2048, max_level = 100));
INSERT INTO person SELECT * FROM copy ORDER BY id;
SELECT * FROM differences();
-- changed, vacuumed, and built anew, sorted
UPDATE person SET p = profile_set(p, 1 + id % 300, 3.5) WHERE id % 3 = 1;
DELETE FROM person WHERE id % 11 = 0;
INSERT INTO person (sort, p) SELECT 'late', random_profile(20, 300, 2, 5) FROM generate_series(1, 300);
SELECT * FROM differences();
VACUUM person;
INSERT INTO person (sort, p) SELECT 'later', random_profile(20, 300, 2, 5) FROM generate_series(1, 300);
SELECT * FROM differences();
REINDEX INDEX person_p;
SELECT * FROM differences();
DROP INDEX person_p;
CREATE INDEX person_p ON person USING gist (p profile_gist_ops (buckets = 2048, max_level = 1)) WITH (buffering = on);
SELECT * FROM differences();
-- together with another column
DROP INDEX person_p;
CREATE EXTENSION btree_gist SCHEMA public;
CREATE INDEX person_p ON person USING gist (sort, p);
SELECT * FROM differences();
EXPLAIN (COSTS OFF) SELECT id FROM person WHERE sort = 'family' ORDER BY p <=> '{1:3, 7:2}' LIMIT 3;
-- rescans with another requirement
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT post.id, t.d FROM post, LATERAL (SELECT p <=> r AS d FROM person WHERE sort = 'family' ORDER BY p <=> r LIMIT 3) AS t;
CREATE TABLE by_index AS SELECT post.id, t.d FROM post, LATERAL (SELECT p <=> r AS d FROM person WHERE sort = 'family' ORDER BY p <=> r LIMIT 3) AS t;
RESET enable_sort;
SET enable_indexscan = off;
CREATE TABLE by_scan AS SELECT post.id, t.d FROM post, LATERAL (SELECT p <=> r AS d FROM person WHERE sort = 'family' ORDER BY p <=> r LIMIT 3) AS t;
RESET enable_indexscan;
SELECT count(*) = (SELECT count(*) * 3 FROM post) AS three_each FROM by_index;
SELECT count(*) AS different FROM ((TABLE by_index EXCEPT ALL TABLE by_scan) UNION ALL (TABLE by_scan EXCEPT ALL TABLE by_index)) AS t;
DROP TABLE by_index, by_scan;

-- A build looks at a sample of the table to lay people out: over an expression and a part of
-- the rows, concurrently, in VACUUM FULL and CLUSTER, in a transaction's own table, over nothing,
-- over one column that is toasted and dropped columns; the sample never decides an answer.
CREATE TABLE laid_out (gone text, id int, p competency_profile, note text);
ALTER TABLE laid_out DROP COLUMN gone;
INSERT INTO laid_out SELECT i, (SELECT profile_agg(c, 1 + (i * 31 + c * 7) % 17 / 4.0) FROM (SELECT c FROM generate_series(1, 3) AS c UNION ALL SELECT 10 + i % 40 * 10 + (i / 40 + c) % 10 FROM generate_series(0, 5) AS c) AS t), repeat('x', i % 7) FROM generate_series(1, 3000) AS i;
INSERT INTO laid_out SELECT 3000 + i, (SELECT profile_agg(c, 1 + c % 4) FROM generate_series(1, 1500) AS c WHERE c % 3 <> i % 3), NULL FROM generate_series(1, 5) AS i;
INSERT INTO laid_out VALUES (4000, NULL, NULL), (4001, '{}', NULL);
CREATE FUNCTION laid_out_differs(expression text, condition text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE a text[]; b text[];
	question text := format($q$ SELECT array_agg((SELECT array_agg(d) FROM (SELECT %1$s <=> r AS d FROM laid_out WHERE %2$s ORDER BY %1$s <=> r LIMIT 15) AS t)::text ORDER BY r::text)
		FROM unnest(ARRAY['{1:3, 2:2, 15:4}', '{31:4*2, 32:4, 33:1}/1', '{1:4, 402:5, 403:5}/0', '{700:3, 701:2}', '{}']::competency_requirement[]) AS r $q$, expression, condition);
BEGIN
	SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off;
	EXECUTE question INTO a;
	IF NOT EXISTS (SELECT FROM pg_stat_xact_all_tables WHERE relname = 'laid_out' AND idx_scan > 0) THEN RAISE 'no index was used'; END IF;
	SET LOCAL enable_seqscan = on; SET LOCAL enable_sort = on; SET LOCAL enable_indexscan = off;
	EXECUTE question INTO b;
	RETURN (SELECT count(*) FILTER (WHERE a[i] IS DISTINCT FROM b[i]) FROM generate_series(1, 5) AS i);
END $$;
CREATE INDEX laid_out_e ON laid_out USING gist ((profile_set(p, 1, 2.5))) WHERE 12 / nullif(id % 4, 0) > 0;
SELECT laid_out_differs('profile_set(p, 1, 2.5)', '12 / nullif(id % 4, 0) > 0');
DROP INDEX laid_out_e;
CREATE INDEX CONCURRENTLY laid_out_p ON laid_out USING gist (p);
SELECT laid_out_differs('p', 'true');
REINDEX INDEX CONCURRENTLY laid_out_p;
SELECT laid_out_differs('p', 'true');
DELETE FROM laid_out WHERE id % 2 = 0;
VACUUM FULL laid_out;
SELECT laid_out_differs('p', 'true');
CREATE INDEX laid_out_id ON laid_out (id);
CLUSTER laid_out USING laid_out_id;
SELECT laid_out_differs('p', 'true');
ALTER TABLE laid_out ALTER COLUMN id TYPE bigint;
SELECT laid_out_differs('p', 'true');
BEGIN;
TRUNCATE laid_out;
INSERT INTO laid_out SELECT id, p, sort FROM person WHERE id % 5 = 0;
SELECT laid_out_differs('p', 'true');
SAVEPOINT before;
DROP INDEX laid_out_p;
CREATE INDEX laid_out_p ON laid_out USING gist (p);
SELECT laid_out_differs('p', 'true');
ROLLBACK TO before;
SELECT laid_out_differs('p', 'true');
COMMIT;
TRUNCATE laid_out;
REINDEX TABLE laid_out;
SELECT laid_out_differs('p', 'true');
INSERT INTO laid_out SELECT id, p, sort FROM person WHERE id % 10 = 0;
SELECT laid_out_differs('p', 'true');
DROP TABLE laid_out;
DROP FUNCTION laid_out_differs;

-- options
DROP INDEX person_p;
CREATE INDEX ON person USING gist (p profile_gist_ops (buckets = 1000));
CREATE INDEX ON person USING gist (p profile_gist_ops (buckets = 128));
CREATE INDEX ON person USING gist (p profile_gist_ops (buckets = 4096));
CREATE INDEX ON person USING gist (p profile_gist_ops (max_level = 0));
CREATE INDEX ON person USING gist (p profile_gist_ops (max_level = 656));
CREATE INDEX ON person USING gist (p profile_gist_ops (size = 1));
SELECT '1'::profile_gist_key;
DROP TABLE person, copy, post, answer, colliding, onet, occupation;
DROP FUNCTION random_profile, random_requirement, nearest, passing, equal, all_in_order, ask, differences;
DROP EXTENSION btree_gist;
