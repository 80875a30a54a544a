-- Which plan: the index where it prunes, the scan where nearly everybody holds
-- nearly everything that is asked, or where everybody is wanted.
SET search_path = public, mutasi;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE sparse AS
	SELECT i AS id, (SELECT profile_agg(c, 1 + (i * 31 + c * 7) % 17 / 4.0) FROM (SELECT c FROM generate_series(1, 5) AS c UNION ALL SELECT 10 + (i % 40) * 10 + c FROM generate_series(0, 9) AS c) AS t) AS p
	FROM generate_series(1, 20000) AS i;
CREATE TABLE dense AS
	SELECT i AS id, (SELECT profile_agg(c, 1 + (i * 31 + c * 7) % 17 / 4.0) FROM generate_series(1, 68) AS c) AS p
	FROM generate_series(1, 5000) AS i;
CREATE INDEX sparse_p ON sparse USING gist (p);
CREATE INDEX dense_p ON dense USING gist (p);
ANALYZE sparse, dense;

-- what ANALYZE knows
SELECT tablename, array_length(most_common_elems::text::int[], 1) AS competencies, most_common_elem_freqs[1] AS share_of_the_first, (SELECT min(f) FROM unnest(most_common_elem_freqs[1:array_length(most_common_elem_freqs, 1) - 3]) AS f) AS share_of_the_rarest
FROM pg_stats WHERE tablename IN ('sparse', 'dense') AND attname = 'p' ORDER BY 1;

EXPLAIN (COSTS OFF) SELECT id FROM sparse ORDER BY p <=> '{1:3, 2:3, 30:4*2, 31:4*2, 32:4*2}' LIMIT 10;
EXPLAIN (COSTS OFF) SELECT id FROM dense ORDER BY p <=> '{1:3, 2:3, 30:4*2, 31:4*2, 32:4*2}' LIMIT 10;
-- the less a surplus counts, the sooner the index is done
EXPLAIN (COSTS OFF) SELECT id FROM dense ORDER BY p <=> '{1:3, 2:3, 30:4*2, 31:4*2, 32:4*2}/0' LIMIT 10;
EXPLAIN (COSTS OFF) SELECT id FROM dense ORDER BY p <=> '{1:3, 2:3, 30:4*2, 31:4*2, 32:4*2}/1' LIMIT 10;
-- one competency that few hold is enough
EXPLAIN (COSTS OFF) SELECT id FROM sparse ORDER BY p <=> '{1:3, 2:3, 3:3, 4:3, 30:3}' LIMIT 10;
-- with the gate, and with another condition
EXPLAIN (COSTS OFF) SELECT id FROM sparse WHERE p @> '{1:3, 30:4!}' ORDER BY p <=> '{1:3, 30:4!}' LIMIT 10;
EXPLAIN (COSTS OFF) SELECT id FROM sparse WHERE id % 2 = 0 ORDER BY p <=> '{1:3, 30:4}' LIMIT 10;
-- what nobody holds puts nobody behind another
EXPLAIN (COSTS OFF) SELECT id FROM dense ORDER BY p <=> '{1:1, 99:4*2}' LIMIT 10;
-- everybody, in order: sorting is cheaper
EXPLAIN (COSTS OFF) SELECT id FROM sparse ORDER BY p <=> '{1:3, 2:3, 30:4*2, 31:4*2, 32:4*2}';
-- only what everybody holds is asked
EXPLAIN (COSTS OFF) SELECT id FROM sparse ORDER BY p <=> '{1:3, 2:3, 3:3}' LIMIT 10;
-- the requirement from another table: one search for each
CREATE TABLE post AS SELECT 1 AS id, '{1:3, 30:4}'::competency_requirement AS r;
EXPLAIN (COSTS OFF) SELECT post.id, t.id FROM post, LATERAL (SELECT id FROM sparse ORDER BY p <=> r LIMIT 3) AS t;
-- without statistics
CREATE TABLE unknown AS TABLE sparse;
CREATE INDEX ON unknown USING gist (p);
EXPLAIN (COSTS OFF) SELECT id FROM unknown ORDER BY p <=> '{1:3, 30:4}' LIMIT 3;
-- a build brings people of like competencies together, so that few pages are visited
CREATE FUNCTION part_visited(statement text, index regclass) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF, FORMAT JSON) ' || statement INTO plan;
	RETURN ((plan -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::numeric + (plan -> 0 -> 'Plan' ->> 'Shared Read Blocks')::numeric) / (pg_relation_size(index) / 8192);
END $$;
SELECT part_visited('SELECT id FROM sparse ORDER BY p <=> ''{1:3, 2:3, 30:4*2, 31:4*2, 32:4*2}'' LIMIT 10', 'sparse_p') < 0.25 AS few_pages;
DROP FUNCTION part_visited;
DROP TABLE sparse, dense, post, unknown;
