-- GIN: whatever the index answers, the sequential scan answers
SET search_path = public, mutasi;
SET jit = off;
SELECT amvalidate(oid) FROM pg_opclass WHERE opcname = 'profile_gin_ops';

-- the operators
SELECT p, p @>= '{1:3, 2:0}' AS holds_all, '{1:3, 2:0}' <=@ p AS held_by, p &&= '{1:3, 2:0}' AS holds_any
FROM (VALUES ('{1:3, 2:0}'::competency_profile), ('{1:3}'), ('{1:2.99, 2:0}'), ('{1:2.99}'), ('{2:0}'), ('{}'), ('{9:9}'), (NULL)) AS v(p);
SELECT '{}'::competency_profile @>= '{}' AS all_of_nothing, '{1:1}'::competency_profile &&= '{}' AS any_of_nothing;

SELECT setseed(0.3);
CREATE TABLE person (id serial PRIMARY KEY, p competency_profile);
CREATE FUNCTION random_profile(competencies int, span int, skew float8, top numeric) RETURNS competency_profile LANGUAGE sql VOLATILE
	RETURN (SELECT profile_agg(c, round((random() * top::float8)::numeric, 2))
		FROM (SELECT DISTINCT 1 + floor(span * power(random(), skew))::int AS c FROM generate_series(1, competencies)) AS t);
INSERT INTO person (p) SELECT random_profile(20, 60, 1, 5) FROM generate_series(1, 2000);
INSERT INTO person (p) SELECT random_profile(20, 60, 4, 5) FROM generate_series(1, 1000);
INSERT INTO person (p) SELECT random_profile(900, 2000, 1, 655.35) FROM generate_series(1, 20);
INSERT INTO person (p) SELECT v FROM (VALUES ('{}'::competency_profile), (NULL), ('{1:0}'), ('{2147483647:655.35}')) AS v(v), generate_series(1, 10);
CREATE TABLE question (id serial, p competency_profile, r competency_requirement);
INSERT INTO question (p, r)
	SELECT q, (SELECT requirement_agg(u.competency, u.level + 0.01, 1, 'core', random() < 0.6) FROM profile_unnest(q) AS u)
	FROM (SELECT random_profile(n, 60, skew, top) AS q FROM unnest(ARRAY[1, 2, 3, 8]) AS n, unnest(ARRAY[1, 3]) AS skew, unnest(ARRAY[1, 5]) AS top, generate_series(1, 4)) AS t;
INSERT INTO question (p, r) VALUES ('{}', '{}'), ('{1:0}', '{1:0.01!}'), ('{2147483647:655.35}', '{2147483647:655.35!}'), ('{3000:0}', '{3000:1!}'), ('{5:655.35}', '{5:3}');

CREATE FUNCTION answers() RETURNS TABLE (id int, gate bigint[], holds_all bigint[], holds_any bigint[]) LANGUAGE plpgsql AS $$
DECLARE q question; a bigint[]; b bigint[]; c bigint[];
BEGIN
	FOR q IN SELECT * FROM question ORDER BY question.id LOOP
		EXECUTE 'SELECT ARRAY[count(*), sum(id), sum(id::bigint * id)] FROM person WHERE p @> $1' INTO a USING q.r;
		EXECUTE 'SELECT ARRAY[count(*), sum(id), sum(id::bigint * id)] FROM person WHERE p @>= $1' INTO b USING q.p;
		EXECUTE 'SELECT ARRAY[count(*), sum(id), sum(id::bigint * id)] FROM person WHERE p &&= $1' INTO c USING q.p;
		id := q.id; gate := a; holds_all := b; holds_any := c;
		RETURN NEXT;
	END LOOP;
END $$;
CREATE FUNCTION differences() RETURNS TABLE (questions bigint, gate bigint, holds_all bigint, holds_any bigint, found numeric) LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = off;
	CREATE TEMP TABLE by_scan ON COMMIT DROP AS SELECT * FROM answers();
	SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = on;
	CREATE TEMP TABLE by_index ON COMMIT DROP AS SELECT * FROM answers();
	RETURN QUERY SELECT count(*), count(*) FILTER (WHERE s.gate IS DISTINCT FROM i.gate), count(*) FILTER (WHERE s.holds_all IS DISTINCT FROM i.holds_all),
		count(*) FILTER (WHERE s.holds_any IS DISTINCT FROM i.holds_any), sign(sum(s.gate[1]) * sum(s.holds_all[1]) * sum(s.holds_any[1])) FROM by_scan AS s JOIN by_index AS i USING (id);
END $$;

CREATE INDEX person_p ON person USING gin (p);
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM person WHERE p @> '{1:3!}';
EXPLAIN (COSTS OFF) SELECT id FROM person WHERE p @>= '{1:3}' AND p &&= '{2:1, 3:1}';
RESET enable_seqscan;
SELECT * FROM differences();
-- changes, waiting in the pending list or not
UPDATE person SET p = profile_set(p, 1 + id % 60, 4.5) WHERE id % 3 = 0;
DELETE FROM person WHERE id % 7 = 0;
INSERT INTO person (p) SELECT random_profile(20, 60, 2, 5) FROM generate_series(1, 300);
SELECT * FROM differences();
SELECT gin_clean_pending_list('person_p') >= 0;
VACUUM person;
SELECT * FROM differences();
-- built by several workers, where the version does that (18)
DROP INDEX person_p;
ALTER TABLE person SET (parallel_workers = 2);
SET min_parallel_table_scan_size = 0;
SET max_parallel_maintenance_workers = 2;
CREATE INDEX person_p ON person USING gin (p);
SELECT * FROM differences();
RESET min_parallel_table_scan_size;
RESET max_parallel_maintenance_workers;
DROP INDEX person_p;
CREATE INDEX person_p ON person USING gin (p) WITH (fastupdate = off);
INSERT INTO person (p) SELECT random_profile(20, 60, 2, 5) FROM generate_series(1, 300);
SELECT * FROM differences();
-- so little memory that whole pages are remembered, not rows
SET work_mem = '64kB';
SELECT * FROM differences();
RESET work_mem;
DROP TABLE person, question;
DROP FUNCTION random_profile, answers, differences;
