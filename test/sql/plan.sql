-- Transfer plans: what they choose, why, and what they refuse to read.
\set SHOW_CONTEXT never
\set VERBOSITY default
CREATE TABLE candidate (employee_id integer, post_id integer, score numeric);
INSERT INTO candidate VALUES (1, 10, 0.9), (1, 20, 0.8), (2, 10, 0.85), (3, 20, 0.5), (3, 30, 0.4),
	(4, 40, 0.3), (5, 10, 0.2), (6, 10, 0.870001), (6, 60, 0.1);
CREATE TABLE post (post_id integer, seats integer, priority integer, unit_id integer);
INSERT INTO post VALUES (10, 1, 1, 1), (20, 1, 1, 2), (30, 1, 2, 1), (40, 2, 1, 2), (50, 1, 1, 2), (60, 0, 1, 1);
CREATE TABLE donor (employee_id integer, unit_id integer, releasable integer);
INSERT INTO donor VALUES (1, 7, 2), (2, 7, 2), (3, 7, 2), (4, 8, 0), (5, NULL, 9), (6, NULL, 9);

SELECT * FROM mutasi.plan_transfers('TABLE candidate', 'TABLE post', 'TABLE donor');
-- one solution, kept, and everything that reads it
CREATE TABLE kept (name text PRIMARY KEY, solution mutasi.plan_solution);
INSERT INTO kept SELECT 'fill', mutasi.solve_transfers('TABLE candidate', 'TABLE post', 'TABLE donor');
INSERT INTO kept SELECT 'score', mutasi.solve_transfers('TABLE candidate', 'TABLE post', 'TABLE donor', objective => 'score');
SELECT name, proven, objective, seats, transfers, empty, score, objective_value = bound AS equal, pairs_checked, broken
	FROM kept, mutasi.plan_certificate(solution) ORDER BY name;
SELECT name, p.* FROM kept, mutasi.plan_posts(solution) AS p WHERE name = 'fill' ORDER BY post_id;
SELECT u.* FROM kept, mutasi.plan_units(solution) AS u WHERE name = 'fill' ORDER BY unit_id;
SELECT post_id, empty, candidates, reason, blocking_unit, explanation FROM kept, mutasi.plan_shortfall(solution)
	WHERE name = 'fill' ORDER BY post_id;
SELECT w.* FROM kept, candidate AS c, mutasi.plan_why_not(solution, c.employee_id, c.post_id) AS w
	WHERE name = 'fill' ORDER BY 2, 1;
SELECT w.* FROM kept, candidate AS c, mutasi.plan_why_not(solution, c.employee_id, c.post_id) AS w
	WHERE name = 'score' ORDER BY 2, 1;
SELECT verdict, explanation FROM kept, mutasi.plan_why_not(solution, 5, 20) WHERE name = 'fill';
SELECT verdict, explanation FROM kept, mutasi.plan_why_not(solution, 99, 20) WHERE name = 'fill';
SELECT * FROM kept, mutasi.plan_why_not(solution, 5, 99) WHERE name = 'fill';
SELECT d.* FROM kept AS a, kept AS b, mutasi.plan_compare(a.solution, b.solution) AS d
	WHERE a.name = 'fill' AND b.name = 'score';
-- the forms that take queries
SELECT proven, objective_name, transfers, score FROM mutasi.plan_certificate('TABLE candidate', 'TABLE post', 'TABLE donor');
SELECT verdict FROM mutasi.plan_why_not('TABLE candidate', 'TABLE post', 'TABLE donor', NULL, 'score', 5, 10);
SELECT post_id, reason FROM mutasi.plan_shortfall('TABLE candidate', 'TABLE post', 'TABLE donor') ORDER BY 1;

-- reasons for empty seats: posts that compete, and too few
SELECT post_id, empty, reason, competing_posts, people, explanation FROM mutasi.plan_shortfall(
	'SELECT * FROM (VALUES (1, 1, 0.5), (1, 2, 0.5), (2, 1, 0.4), (2, 2, 0.4), (2, 3, 0.1), (3, 9, 1)) AS v (employee_id, post_id, score)',
	'SELECT * FROM (VALUES (1, 1), (2, 1), (3, 1), (9, 3)) AS v (post_id, seats)');

-- minimums: all of them, or as near as possible
CREATE TABLE short_post AS SELECT * FROM (VALUES (1, 1, 0), (2, 2, 1), (3, 2, 2)) AS v (post_id, seats, minimum_fill);
CREATE TABLE few AS SELECT e AS employee_id, p AS post_id, 0.1 * p + 0.01 * e AS score FROM generate_series(1, 2) AS e, generate_series(1, 3) AS p;
SELECT * FROM mutasi.plan_transfers('TABLE few', 'TABLE short_post');
SELECT employee_id, post_id FROM mutasi.plan_transfers('TABLE few', 'TABLE short_post', minimum => 'prefer');
SELECT employee_id, post_id FROM mutasi.plan_transfers('TABLE few', 'SELECT post_id, seats, minimum_fill FROM short_post WHERE post_id < 3', objective => 'score');
SELECT post_id, below_minimum, reason FROM mutasi.plan_shortfall('TABLE few', 'TABLE short_post') ORDER BY 1;

-- balance: an overstaffed unit gives to an understaffed one, although the score is less
CREATE TABLE unit AS SELECT * FROM (VALUES (1, 12, 8.0), (2, 6, 10.5), (3, 5, NULL)) AS v (unit_id, staff, required);
CREATE TABLE move AS SELECT * FROM (VALUES (101, 11, 0.9), (101, 12, 0.6), (102, 12, 0.7), (103, 12, 0.7), (201, 11, 0.95), (301, 12, 0.9)) AS v (employee_id, post_id, score);
CREATE TABLE mover AS SELECT * FROM (VALUES (101, 1), (102, 1), (103, 1), (201, 2), (301, 3)) AS v (employee_id, unit_id);
CREATE TABLE place AS SELECT * FROM (VALUES (11, 1, 1), (12, 3, 2)) AS v (post_id, seats, unit_id);
SELECT objective, employee_id, from_unit, post_id, to_unit, score FROM (VALUES ('fill_then_score'), ('score'), ('balance')) AS o (objective),
	mutasi.plan_transfers('TABLE move', 'TABLE place', 'TABLE mover', 'TABLE unit', objective) ORDER BY 1, 2;
INSERT INTO kept SELECT 'balance', mutasi.solve_transfers('TABLE move', 'TABLE place', 'TABLE mover', 'TABLE unit', 'balance');
SELECT proven, transfers, empty, score, imbalance_before, imbalance_after, solver FROM kept, mutasi.plan_certificate(solution) WHERE name = 'balance';
SELECT unit_id, leaving, arriving, staff_before, staff_after, required, ratio_before, ratio_after, imbalance_before, imbalance_after
	FROM kept, mutasi.plan_units(solution) WHERE name = 'balance' ORDER BY 1;
SELECT w.employee_id, w.post_id, verdict, needed, short_by, explanation FROM kept, move AS m, mutasi.plan_why_not(solution, m.employee_id, m.post_id) AS w
	WHERE name = 'balance' ORDER BY 1, 2;
SELECT post_id, empty, reason, explanation FROM kept, mutasi.plan_shortfall(solution) WHERE name = 'balance';

-- scores: exact half up at the sixth decimal, of every numeric type
SELECT c.gain / p.score_unit AS millionths, c.score FROM
	(SELECT mutasi.solve_transfers($$SELECT * FROM (VALUES (1, 1, 0.0000005), (2, 1, 0.00000049999999999999999999999), (3, 1, 0.1234565), (4, 1, 1000)) AS v (employee_id, post_id, score)$$,
		'SELECT 1 AS post_id, 9 AS seats')) AS s (s), mutasi.plan_pairs(s) AS c, mutasi.plan_certificate(s) AS p ORDER BY employee_id;
SELECT score FROM mutasi.plan_transfers($$SELECT v.employee_id::smallint, 1::bigint AS post_id, score::float8 FROM (VALUES (1, 5e-7), (2, 4.9e-7), (3, 0.1234565), (4, 1e-300), (5, 999.9999995)) AS v (employee_id, score)$$, 'SELECT 1 AS post_id, 9 AS seats');
SELECT score FROM mutasi.plan_transfers('SELECT 1 AS employee_id, 1 AS post_id, 0.1::real AS score', 'SELECT 1 AS post_id, 9 AS seats');
SELECT score FROM mutasi.plan_transfers('SELECT 1 AS employee_id, 1 AS post_id, 7 AS score', 'SELECT 1 AS post_id, 1 AS seats');
-- no rows, no seats, nobody
SELECT count(*) FROM mutasi.plan_transfers('SELECT 1 AS employee_id, 1 AS post_id, 1 AS score WHERE false', 'SELECT 1 AS post_id, 1 AS seats WHERE false');
SELECT proven, seats, transfers, empty FROM mutasi.plan_certificate('SELECT 1 AS employee_id, 1 AS post_id, 1 AS score WHERE false', 'SELECT 1 AS post_id, 1000000000 AS seats');

-- refused, each naming what
\set post '''SELECT 1 AS post_id, 1 AS seats'''
SELECT mutasi.solve_transfers('SELECT 1 AS employee_id, 1 AS post_id, NULL::numeric AS score', :post);
SELECT mutasi.solve_transfers('SELECT NULL::int AS employee_id, 1 AS post_id, 1 AS score', :post);
SELECT mutasi.solve_transfers($$SELECT 1 AS employee_id, 1 AS post_id, 'NaN'::numeric AS score$$, :post);
SELECT mutasi.solve_transfers($$SELECT 1 AS employee_id, 1 AS post_id, 'NaN'::float8 AS score$$, :post);
SELECT mutasi.solve_transfers($$SELECT 1 AS employee_id, 1 AS post_id, 'Infinity'::float8 AS score$$, :post);
SELECT mutasi.solve_transfers('SELECT 1 AS employee_id, 1 AS post_id, -0.5 AS score', :post);
SELECT mutasi.solve_transfers('SELECT 1 AS employee_id, 1 AS post_id, -1 AS score', :post);
SELECT mutasi.solve_transfers('SELECT 1 AS employee_id, 1 AS post_id, 1000.0000005 AS score', :post);
SELECT mutasi.solve_transfers('SELECT 1 AS employee_id, 1 AS post_id, 1e300 AS score', :post);
SELECT mutasi.solve_transfers('SELECT 1 AS employee_id, 1 AS post_id, 1 AS score UNION ALL SELECT 1, 1, 2', :post);
SELECT mutasi.solve_transfers('SELECT 1 AS employee_id, 2 AS post_id, 1 AS score', :post);
SELECT mutasi.solve_transfers('SELECT 1 AS employee_id, 1 AS post_id, 1 AS scoer', :post);
SELECT mutasi.solve_transfers('SELECT 1 AS employee_id, 1 AS post_id', :post);
SELECT mutasi.solve_transfers('SELECT 1 AS employee_id, 1 AS post_id, 1 AS score, 2 AS score', :post);
SELECT mutasi.solve_transfers($$SELECT '1' AS employee_id, 1 AS post_id, 1 AS score WHERE false$$, :post);
SELECT mutasi.solve_transfers('SELECT 1.5 AS employee_id, 1 AS post_id, 1 AS score WHERE false', :post);
SELECT mutasi.solve_transfers('DELETE FROM post RETURNING 1 AS employee_id, 1 AS post_id, 1 AS score', :post);
SELECT mutasi.solve_transfers('DELETE FROM post', :post);
SELECT mutasi.solve_transfers('SELECT 1; SELECT 2', :post);
SELECT mutasi.solve_transfers('', :post);
SELECT mutasi.solve_transfers('SELECT 1 AS employee_id, 1 AS post_id, 1 / 0 AS score', :post);
SELECT mutasi.solve_transfers('SELECT', :post);
SELECT mutasi.solve_transfers(NULL, :post);
SELECT mutasi.solve_transfers('TABLE few', NULL);
SELECT mutasi.solve_transfers('TABLE few', 'SELECT 1 AS post_id, -1 AS seats');
SELECT mutasi.solve_transfers('TABLE few', 'SELECT 1 AS post_id, 1000000001 AS seats');
SELECT mutasi.solve_transfers('TABLE few', 'SELECT 1 AS post_id, 1 AS seats, 2 AS minimum_fill');
SELECT mutasi.solve_transfers('TABLE few', 'SELECT 1 AS post_id, 1 AS seats, NULL::int AS priority');
SELECT mutasi.solve_transfers('TABLE few', 'SELECT 1 AS post_id, 1 AS seats UNION ALL SELECT 1, 2');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', 'SELECT 1 AS employee_id, 1 AS unit_id');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', 'SELECT 1 AS employee_id, 1 AS unit_id UNION ALL SELECT 1, 2');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', 'SELECT 1 AS employee_id, 1 AS unit_id, 3 AS releasable UNION ALL SELECT 2, 1, 4');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', 'SELECT 1 AS employee_id, 1 AS unit_id UNION ALL SELECT 2, 5', 'TABLE unit');
SELECT mutasi.solve_transfers('TABLE few', 'SELECT *, 8 AS unit_id FROM short_post', NULL, 'TABLE unit');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', NULL, 'SELECT 1 AS unit_id, 1 AS staff, 1 AS required UNION ALL SELECT 1, 2, 3');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', NULL, 'SELECT 1 AS unit_id, NULL::int AS staff, 1 AS required');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', NULL, NULL, 'best');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', NULL, NULL, NULL);
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', NULL, NULL, 'balance');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', NULL, 'TABLE unit', 'balance', -1);
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', NULL, 'TABLE unit', 'balance', NULL);
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', minimum => 'maybe');
-- every column of every query is judged, and the row named
SELECT mutasi.solve_transfers('TABLE few', 'SELECT post_id, NULL::int AS seats FROM short_post');
SELECT mutasi.solve_transfers('TABLE few', 'SELECT post_id, seats, -1 AS priority FROM short_post');
SELECT mutasi.solve_transfers('TABLE few', 'SELECT post_id, seats, -2 AS minimum_fill FROM short_post');
SELECT mutasi.solve_transfers('TABLE few', 'SELECT post_id, seats, 1 AS minimum FROM short_post');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', 'SELECT NULL::int AS employee_id, 1 AS unit_id');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', 'SELECT 1 AS employee_id, 1 AS unit_id, -1 AS releasable');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', 'SELECT 1 AS employee_id, 1 AS unit_id, NULL::int AS releasable');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', 'SELECT 1 AS employee_id, 1 AS unit_id, 1 AS floor');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', NULL, 'SELECT 1 AS unit_id, -1 AS staff, 1 AS required');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', NULL, 'SELECT 1 AS unit_id, 1 AS staff, -0.5 AS required');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', NULL, $$SELECT 1 AS unit_id, 1 AS staff, 'NaN'::float8 AS required$$);
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', NULL, 'SELECT 1 AS unit_id, 1 AS staff, 1000000001 AS required');
SELECT mutasi.solve_transfers('TABLE few', 'TABLE short_post', NULL, 'SELECT NULL::int AS unit_id, 1 AS staff, 1 AS required');
-- numbers too large for the arithmetic, said before solving
SELECT mutasi.solve_transfers('SELECT 1 AS employee_id, 1 AS post_id, 1 AS score', 'SELECT 1 AS post_id, 1 AS seats, 1 AS unit_id', NULL,
	'SELECT 1 AS unit_id, 1000000000 AS staff, 0 AS required', 'balance', 1000000);
-- ids from one end of bigint to the other, far apart and close together, in any order
SELECT employee_id, post_id, score FROM mutasi.plan_transfers('SELECT * FROM (VALUES (9223372036854775807, 9223372036854775807, 0.5), (0, -9223372036854775808, 0.9), (-9223372036854775808, 9223372036854775807, 0.7),
	(-1, -9223372036854775808, 0.8), (-1, 9223372036854775807, 0.9), (4294967296, -9223372036854775808, 0.4), (2048, 9223372036854775807, 0.6)) AS v (employee_id, post_id, score)',
	'SELECT * FROM (VALUES (9223372036854775807, 2), (-9223372036854775808, 2)) AS v (post_id, seats)');
SELECT count(*) FILTER (WHERE p.post_id = (p.employee_id * 7919) % 1000) AS own_best, count(*) AS transfers
FROM mutasi.plan_transfers('SELECT (e * 2654435761) % 1000003 - 500000 AS employee_id, post_id, CASE post_id WHEN (((e * 2654435761) % 1000003 - 500000) * 7919) % 1000 THEN 1 ELSE 0.5 END AS score
	FROM generate_series(1, 5000) AS e, unnest(ARRAY[(((e * 2654435761) % 1000003 - 500000) * 7919) % 1000, 2000 + e % 7]) AS post_id', 'SELECT p AS post_id, 20 AS seats FROM generate_series(-1000, 2010) AS p') AS p;
-- memory: before, not after (how much it is depends on the size of a pointer)
SET mutasi.plan_memory = '1MB';
DO $$
DECLARE
	people integer;
	detail text;
	hint text;
BEGIN
	FOREACH people IN ARRAY ARRAY[200000, 13000] LOOP
		BEGIN
			PERFORM mutasi.solve_transfers(format('SELECT e AS employee_id, 1 AS post_id, 1 AS score FROM generate_series(1, %s) AS e', people), 'SELECT 1 AS post_id, 1 AS seats');
		EXCEPTION WHEN SQLSTATE 'MU203' THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
			RAISE NOTICE '% people: %', people, SQLERRM
				USING DETAIL = regexp_replace(detail, '1[0-9]{3} kB', '1… kB'), HINT = hint;
		END;
	END LOOP;
END
$$;
RESET mutasi.plan_memory;
-- a value that is not a solution
SELECT '\x00'::mutasi.plan_solution;
SELECT mutasi.plan_moves('\x4d5f5441534950000100000000000000000000000000000000000000');
SELECT set_byte(solution, 200, get_byte(solution, 200) # 1)::mutasi.plan_solution FROM kept WHERE name = 'fill';
SELECT substr(solution, 1, 100)::mutasi.plan_solution FROM kept WHERE name = 'fill';
-- kept solutions survive their tables
DROP TABLE candidate, post, donor;
SELECT count(*) FROM kept, mutasi.plan_moves(solution) WHERE name = 'fill';
DROP TABLE kept, short_post, few, unit, move, mover, place;
