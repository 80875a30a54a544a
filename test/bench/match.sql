-- Run by match.sh from the root of the tree, over the tables of people.sql.
--   psql variables: rivals (1: the other ways, too), vector (empty: without pgvector), hnsw, seconds;
--   sort: sparse or dense (what there is)
\set ON_ERROR_STOP 1
SET search_path = public, mutasi;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET client_min_messages = warning;

-- Processor time of this backend in ms. Reading /proc/self/stat makes the kernel
-- bring its count up to date, which schedstat then has in nanoseconds.
CREATE FUNCTION pg_temp.cpu() RETURNS float8 LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM pg_read_file('/proc/self/stat');
	RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1e6;
END
$$;
\if :{?sort}
\else
SELECT CASE WHEN EXISTS (SELECT FROM person) THEN 'sparse' ELSE 'dense' END AS sort \gset
\endif
SELECT CASE :'sort' WHEN 'sparse' THEN 'person' ELSE 'dense_person' END AS people, CASE :'sort' WHEN 'sparse' THEN 'post' ELSE 'dense_post' END AS posts \gset
SELECT count(*) AS size FROM :people \gset
CREATE TEMP TABLE setting AS SELECT :'sort'::text AS sort, :'posts'::text AS posts, :size::bigint AS size, :seconds::float8 AS seconds;

-- Asks for one post after the other until all are asked or the time is up. query
-- has %1$s for the requirement as a literal, %2$s for the post, %3$s for the surplus weight.
CREATE FUNCTION pg_temp.ask(nth integer, way text, query text, surplus numeric DEFAULT 0.5, note text DEFAULT NULL, scale numeric DEFAULT 1) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	at setting;
	post record;
	before float8;
	took float8[] := '{}';
	sum float8 := 0;
	base numeric;
	p50 numeric;
	p95 numeric;
	worst numeric;
BEGIN
	SELECT * INTO at FROM setting;
	FOR post IN EXECUTE format('SELECT id, with_surplus(requirement, %s) AS requirement FROM %I ORDER BY id', surplus, at.posts) LOOP
		before := pg_temp.cpu();
		EXECUTE format(query, quote_literal(post.requirement), post.id, surplus);
		took := took || (pg_temp.cpu() - before) * scale;
		sum := sum + (pg_temp.cpu() - before);
		EXIT WHEN sum > at.seconds * 1000;
	END LOOP;
	SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t), percentile_cont(0.95) WITHIN GROUP (ORDER BY t), max(t) INTO p50, p95, worst FROM unnest(took) AS t;
	INSERT INTO bench.result VALUES (at.sort, at.size, nth, way, surplus, cardinality(took), round(p50, 2), round(p95, 2), round(worst, 2), note);
	SELECT r.p50 INTO base FROM bench.result AS r WHERE r.sort = at.sort AND r.people = at.size AND r.way = 'GiST' AND r.sigma = surplus;
	RETURN NEXT rpad(way, 47) || lpad(surplus::text, 4) || lpad(cardinality(took)::text, 6) || lpad(round(p50, 2)::text, 11) || lpad(round(p95, 2)::text, 11) || lpad(round(worst, 2)::text, 11)
		|| coalesce(lpad(round(p50 / nullif(base, 0), 1)::text, 9), '') || coalesce('  ' || note, '');
END
$$;
CREATE FUNCTION pg_temp.size_of(relations text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_size_pretty(sum(pg_relation_size(r::regclass))) FROM unnest(string_to_array(relations, ',')) AS r
$$;
-- what it takes to build
CREATE FUNCTION pg_temp.build(what text, command text, relations text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	before float8 := pg_temp.cpu();
BEGIN
	EXECUTE command;
	RETURN rpad(what, 47) || lpad(round((pg_temp.cpu() - before)::numeric / 1000, 1)::text, 8) || ' s, ' || pg_temp.size_of(relations);
END
$$;

SELECT format('-- %s %s people (table %s), top 10', :size, :'sort', pg_temp.size_of(:'people'));
\echo to build
SELECT pg_temp.build('GiST', format('CREATE INDEX by_gist ON %I USING gist (profile)', :'people'), 'by_gist');
SELECT pg_temp.build('GIN', format('CREATE INDEX by_gin ON %I USING gin (profile)', :'people'), 'by_gin');
DROP INDEX by_gin;
SELECT format('ANALYZE %I', :'people') \gexec
\if :rivals
SELECT pg_temp.build('normalised: two covering indexes', 'CREATE INDEX holding_c ON holding (competency, person_id) INCLUDE (level); CREATE INDEX holding_p ON holding (person_id, competency) INCLUDE (level)', 'holding,holding_c,holding_p') || ' with the table';
VACUUM ANALYZE holding;
CREATE TABLE asked AS SELECT p.id AS post_id, r.competency, r.required AS level, r.weight FROM post AS p, match_explain('{}', p.requirement) AS r;
CREATE INDEX ON asked (post_id);
ANALYZE asked;
\endif
\echo
\echo 'processor time in ms                          sigma posts        p50        p95      worst  to GiST'
SELECT format('SELECT count(*) FROM (SELECT id FROM %I ORDER BY profile <=> %L LIMIT 1000) AS warm', :'people', '{1:1}') AS warm \gset
SET enable_seqscan = off; SET enable_sort = off;
:warm \g /dev/null
-- what the planner would not choose is measured, too: it says below what it chooses
SELECT pg_temp.ask(1, 'GiST', format('SELECT id FROM %I ORDER BY profile <=> %%1$s LIMIT 10', :'people'), s) FROM unnest(ARRAY[0, 0.5, 1]) AS s;
RESET enable_seqscan; RESET enable_sort;
SELECT pg_temp.ask(2, 'as the planner chooses', format('SELECT id FROM %I ORDER BY profile <=> %%1$s LIMIT 10', :'people'), s) FROM unnest(ARRAY[0, 0.5, 1]) AS s;
-- competency with two other components: performance, and rank in four steps
SELECT format('SELECT id, profile, ((hashint8extended(id, 77) & 1048575) / 1048575.0)::numeric AS performance, (hashint8extended(id, 78) & 3) / 3.0 AS rank_order FROM %I', :'people') AS components \gset
SELECT pg_temp.ask(10, 'composite, weights 60, 25, 15: rank_composite', format('SELECT * FROM rank_composite(%L, %%1$s, %L, 10)', :'components', '{"competency": 60, "performance": 25, "rank_order": 15}'), 0.5);
SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off;
SELECT pg_temp.ask(11, 'composite: weighted sum of everybody, sorted', format('SELECT id FROM (%s) AS p ORDER BY 60 * match_score(profile, %%1$s) + 25 * performance + 15 * rank_order DESC, id LIMIT 10', :'components'), 0.5);
SELECT pg_temp.ask(3, 'scan', format('SELECT id FROM %I ORDER BY profile <=> %%1$s LIMIT 10', :'people'), s) FROM unnest(ARRAY[0, 0.5]) AS s;
SELECT pg_temp.ask(4, 'scan that only touches the column', format('SELECT count(*) FROM %I WHERE profile_count(profile) < 0', :'people'), 0.5);
SELECT pg_temp.ask(5, 'count(*)', format('SELECT count(*) FROM %I', :'people'), 0.5);
-- The scan against reading the column, turn by turn over 200 posts and 100,000 people:
-- work beside it only ever slows a run down, and the two unequally, so runs are short
-- enough to fall into a quiet moment and each one's least counts; p50 is shown beside.
CREATE FUNCTION pg_temp.against(slow text, quick text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	at setting;
	post record;
	before float8;
	took float8[] := '{}';
	base float8[] := '{}';
	result text;
BEGIN
	SELECT * INTO at FROM setting;
	FOR post IN EXECUTE format('SELECT with_surplus(requirement, 0.5) AS requirement FROM %I ORDER BY id LIMIT 200', at.posts) LOOP
		before := pg_temp.cpu();
		EXECUTE format(slow, quote_literal(post.requirement));
		took := took || pg_temp.cpu() - before;
		before := pg_temp.cpu();
		EXECUTE quick;
		base := base || pg_temp.cpu() - before;
	END LOOP;
	SELECT format('%s (least %s ms against %s, turn by turn; p50 %s against %s)', round((min(t) / min(b))::numeric, 2), round(min(t)::numeric, 1), round(min(b)::numeric, 1),
		round(percentile_cont(0.5) WITHIN GROUP (ORDER BY t)::numeric, 1), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY b)::numeric, 1)) INTO result FROM unnest(took, base) AS r (t, b);
	RETURN result;
END
$$;
CREATE TABLE part_of_people AS SELECT * FROM :people LIMIT 100000;
VACUUM ANALYZE part_of_people;
CREATE FUNCTION pg_temp.detoast(competency_profile) RETURNS integer LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS :'detoast', 'detoast';
SELECT 'SELECT id FROM part_of_people ORDER BY profile <=> %1$s LIMIT 10' AS scan \gset
SELECT rpad('scan / plain scan that detoasts the column', 47) || pg_temp.against(:'scan', 'SELECT count(*) FROM part_of_people WHERE pg_temp.detoast(profile) < 0');
SELECT rpad('scan / scan that touches its header only', 47) || pg_temp.against(:'scan', 'SELECT count(*) FROM part_of_people WHERE profile_count(profile) < 0');
DROP TABLE part_of_people;
SELECT rpad('worst of GiST as chosen / scan, p50', 47) || round(max(a.worst) / nullif(max(b.p50), 0), 2) FROM bench.result AS a JOIN bench.result AS b USING (sort, people) JOIN setting AS s ON s.sort = a.sort AND s.size = a.people
	WHERE a.way = 'as the planner chooses' AND b.way = 'scan';

-- PL/pgSQL over arrays, for a part of the people and multiplied
CREATE FUNCTION pg_temp.far(held integer[], levels numeric[], required integer[], asked numeric[], weights numeric[], surplus numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	total numeric := 0;
	sum numeric := 0;
	level numeric;
BEGIN
	FOR i IN 1 .. cardinality(required) LOOP
		level := coalesce(levels[array_position(held, required[i])], 0);
		total := total + weights[i] * asked[i];
		sum := sum + weights[i] * CASE WHEN level < asked[i] THEN asked[i] - level ELSE surplus * (level - asked[i]) END;
	END LOOP;
	RETURN sum / total;
END
$$;
SELECT least(:size, 5000) AS part \gset
CREATE TEMP TABLE as_arrays AS
	SELECT p.id, array_agg(u.competency ORDER BY u.competency) AS held, array_agg(u.level ORDER BY u.competency) AS levels FROM (SELECT * FROM :people WHERE id <= :part) AS p, profile_unnest(p.profile) AS u GROUP BY p.id;
ANALYZE as_arrays;
UPDATE setting SET seconds = least(seconds, 5);
SELECT pg_temp.ask(9, 'PL/pgSQL over arrays', 'SELECT a.id FROM as_arrays AS a, (SELECT array_agg(competency) AS c, array_agg(required) AS l, array_agg(weight) AS w FROM match_explain(''{}'', %1$s)) AS r ORDER BY pg_temp.far(a.held, a.levels, r.c, r.l, r.w, %3$s) LIMIT 10',
	0.5, format('measured on %s people, multiplied', :part), :size::numeric / :part);
UPDATE setting SET seconds = :seconds;
RESET enable_indexscan; RESET enable_bitmapscan; RESET enable_indexonlyscan;
\if :rivals
SELECT pg_temp.ask(6, 'normalised: everybody added up', 'SELECT h.person_id, (SELECT sum(weight * level) FROM asked WHERE post_id = %2$s)
		- sum(a.weight * (a.level - CASE WHEN h.level < a.level THEN a.level - h.level ELSE %3$s * (h.level - a.level) END)) AS missing
	FROM holding AS h JOIN asked AS a ON a.post_id = %2$s AND a.competency = h.competency GROUP BY h.person_id ORDER BY missing LIMIT 10', s) FROM unnest(ARRAY[0, 0.5]) AS s;
-- Only who holds a technical competency (100 and above) that is asked: their sums,
-- the most promising completed; right if nobody else can have less, else more of them.
CREATE FUNCTION smart(post integer, surplus numeric) RETURNS TABLE (person_id bigint, missing numeric) LANGUAGE plpgsql AS $$
DECLARE
	total numeric := (SELECT sum(weight * level) FROM asked WHERE post_id = post);
	technical numeric := (SELECT sum(weight * level) FROM asked WHERE post_id = post AND competency >= 100);
	visited integer := 200;
	tenth numeric;
	bound numeric;
BEGIN
	CREATE TEMP TABLE promising ON COMMIT DROP AS
		SELECT h.person_id, technical - sum(a.weight * (a.level - CASE WHEN h.level < a.level THEN a.level - h.level ELSE surplus * (h.level - a.level) END)) AS missing
		FROM asked AS a JOIN holding AS h USING (competency) WHERE a.post_id = post AND a.competency >= 100 GROUP BY h.person_id;
	LOOP
		SELECT max(p.missing) INTO bound FROM (SELECT q.missing FROM promising AS q ORDER BY q.missing LIMIT visited) AS p;
		bound := least(bound, technical);
		CREATE TEMP TABLE complete ON COMMIT DROP AS
			SELECT p.person_id, p.missing + c.missing AS missing FROM (SELECT * FROM promising AS q ORDER BY q.missing LIMIT visited) AS p,
				LATERAL (SELECT sum(a.weight * CASE WHEN coalesce(h.level, 0) < a.level THEN a.level - coalesce(h.level, 0) ELSE surplus * (h.level - a.level) END) AS missing
					FROM asked AS a LEFT JOIN holding AS h ON h.person_id = p.person_id AND h.competency = a.competency WHERE a.post_id = post AND a.competency < 100) AS c
			ORDER BY 2 LIMIT 10;
		SELECT max(c.missing) INTO tenth FROM complete AS c;
		EXIT WHEN tenth <= bound OR visited > 1000000;
		visited := visited * 4;
		DROP TABLE complete;
	END LOOP;
	RETURN QUERY SELECT c.person_id, c.missing FROM complete AS c ORDER BY c.missing;
	DROP TABLE promising, complete;
END
$$;
SELECT pg_temp.ask(7, 'normalised: only who holds what is rare', 'SELECT * FROM smart(%2$s::integer, %3$s)', s) FROM unnest(ARRAY[0, 0.5]) AS s;
SELECT 'posts where that differs from the scan: ' || count(*) FROM (SELECT id, requirement FROM post ORDER BY id LIMIT 5) AS p
	WHERE (SELECT round(max(s.missing), 6) FROM smart(p.id::integer, 0.5) AS s) <> (SELECT round((max(n.d) * (SELECT sum(weight * level) FROM asked WHERE post_id = p.id))::numeric, 6)
		FROM (SELECT profile <=> with_surplus(p.requirement, 0.5) AS d FROM person ORDER BY 1 LIMIT 10) AS n);
SELECT :'vector' <> '' AS with_vector \gset
\if :with_vector
CREATE EXTENSION vector SCHEMA public;
SELECT least(:size, :hnsw) AS part \gset
CREATE FUNCTION pg_temp.as_vector(sums text) RETURNS text LANGUAGE sql AS $$ SELECT '{' || sums || '}/2000' $$;
CREATE TABLE embedding AS SELECT person_id AS id, pg_temp.as_vector(string_agg(competency || ':' || level, ',' ORDER BY competency))::sparsevec(2000) AS e FROM holding GROUP BY person_id;
CREATE TABLE few AS SELECT * FROM embedding WHERE id <= :part;
CREATE TABLE wanted AS SELECT post_id, pg_temp.as_vector(string_agg(competency || ':' || level * weight, ',' ORDER BY competency))::sparsevec(2000) AS e FROM asked GROUP BY post_id;
VACUUM ANALYZE embedding, few, wanted;
SELECT pg_temp.build('pgvector: HNSW over ' || :part || ' people', 'CREATE INDEX few_e ON few USING hnsw (e sparsevec_ip_ops)', 'few_e');
-- of the ten it gives, how many are as near as the true tenth
CREATE FUNCTION pg_temp.recall(query text, people bigint) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	hits numeric := 0;
	found bigint;
BEGIN
	FOR i IN 1 .. 50 LOOP
		EXECUTE format('SELECT count(*) FROM (' || query || ') AS v JOIN person AS p USING (id), post AS t WHERE t.id = %2$s AND p.profile <=> t.requirement <=
			(SELECT max(d) FROM (SELECT profile <=> t.requirement AS d FROM person WHERE id <= ' || people || ' ORDER BY 1 LIMIT 10) AS n)', NULL, i, 0.5) INTO found;
		hits := hits + found / 10.0;
	END LOOP;
	RETURN round(hits / 50, 2);
END
$$;
SELECT 'SELECT id FROM embedding ORDER BY e <#> (SELECT e FROM wanted WHERE post_id = %2$s) LIMIT 10' AS by_product, 'SELECT id FROM embedding ORDER BY e <-> (SELECT e FROM wanted WHERE post_id = %2$s) LIMIT 10' AS by_distance,
	'SELECT id FROM few ORDER BY e <#> (SELECT e FROM wanted WHERE post_id = %2$s) LIMIT 10' AS by_hnsw,
	'SELECT r.id FROM (SELECT id FROM few ORDER BY e <#> (SELECT e FROM wanted WHERE post_id = %2$s) LIMIT 200 OFFSET 0) AS r JOIN person AS q USING (id) ORDER BY q.profile <=> (SELECT requirement FROM post WHERE id = %2$s) LIMIT 10' AS by_rerank \gset
CREATE INDEX ON person (id);
ANALYZE person;
SELECT pg_temp.ask(8, 'pgvector: exact inner product', :'by_product', 0.5, 'recall ' || pg_temp.recall(:'by_product', :size));
SELECT pg_temp.ask(8, 'pgvector: exact L2 distance', :'by_distance', 0.5, 'recall ' || pg_temp.recall(:'by_distance', :size));
SET enable_seqscan = off;
SELECT pg_temp.ask(8, 'pgvector: HNSW, ef_search 40', :'by_hnsw', 0.5, format('recall %s, of %s people', pg_temp.recall(:'by_hnsw', :part), :part));
SET hnsw.ef_search = 400;
SELECT pg_temp.ask(8, 'pgvector: HNSW, ef_search 400, re-rank 200', :'by_rerank', 0.5, format('recall %s, of %s people', pg_temp.recall(:'by_rerank', :part), :part));
RESET enable_seqscan;
\endif
\endif
