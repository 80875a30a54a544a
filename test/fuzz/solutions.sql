-- Solutions of transfer plans as somebody would make them by hand: numbers
-- changed, the checksum right. Whatever is in them, every function that reads
-- one ends soon, with an answer or an orderly error; :module, :rounds, :seed.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
CREATE FUNCTION public.damage_solution(solution bytea, seed bigint) RETURNS bytea
	LANGUAGE C STRICT AS :'module', 'damage_solution';
CREATE TABLE public.candidate AS SELECT e AS employee_id, p AS post_id, ((e * 7 + p * 13) % 100) / 100.0 AS score
	FROM generate_series(1, 9) AS e, generate_series(1, 5) AS p WHERE (e + p) % 3 > 0;
CREATE TABLE public.post AS SELECT p AS post_id, 1 + p % 2 AS seats, 1 + p % 2 AS priority, 1 + p % 3 AS unit_id FROM generate_series(1, 5) AS p;
CREATE TABLE public.donor AS SELECT e AS employee_id, 1 + e % 3 AS unit_id FROM generate_series(1, 9) AS e;
CREATE TABLE public.unit AS SELECT u AS unit_id, 3 + u AS staff, 4.5 * u AS required FROM generate_series(1, 3) AS u;
CREATE TABLE public.good AS
SELECT row_number() OVER () AS n, s::bytea AS solution FROM (
	SELECT mutasi.solve_transfers('TABLE public.candidate', 'TABLE public.post', 'TABLE public.donor')
	UNION ALL SELECT mutasi.solve_transfers('TABLE public.candidate', 'TABLE public.post', 'TABLE public.donor', 'TABLE public.unit', 'balance')
	UNION ALL SELECT mutasi.solve_transfers('SELECT employee_id, post_id, score FROM public.candidate WHERE employee_id < 3', 'TABLE public.post')
) AS v (s);
CREATE TABLE public.solution_fault (n bigint, seed bigint, reader text, sqlstate text, message text);
CREATE TABLE public.solution_result (accepted bigint, refused bigint, unproven bigint);

CREATE PROCEDURE public.read_all(rounds bigint, seed bigint) LANGUAGE plpgsql AS $$
DECLARE
	readers text[] := ARRAY['plan_moves($1)', 'plan_posts($1)', 'plan_units($1)', 'plan_pairs($1)', 'plan_certificate($1)', 'plan_shortfall($1)',
		'plan_why_not($1, 1, 1)', 'plan_why_not($1, 5, 3)', 'plan_why_not($1, 7, 5)', 'plan_compare($1, $2)', 'plan_compare($2, $1)'];
	goods bytea[] := ARRAY(SELECT solution FROM public.good ORDER BY n);
	bad bytea;
	reader text;
	seed_of bigint;
	proven boolean;
	accepted bigint := 0;
	refused bigint := 0;
	unproven bigint := 0;
	state text;
	message text;
BEGIN
	FOR round IN 1 .. rounds LOOP
		seed_of := seed * 1000003 + round;
		bad := public.damage_solution(goods[1 + round % cardinality(goods)], seed_of);
		BEGIN
			reader := 'cast';
			PERFORM bad::mutasi.plan_solution;
			accepted := accepted + 1;
			SELECT c.proven INTO proven FROM mutasi.plan_certificate(bad::mutasi.plan_solution) AS c;
			IF NOT proven THEN unproven := unproven + 1; END IF;
			FOREACH reader IN ARRAY readers LOOP
				EXECUTE 'SELECT pg_catalog.count(*) FROM mutasi.' || reader USING bad::mutasi.plan_solution, goods[1]::mutasi.plan_solution;
			END LOOP;
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
			IF reader = 'cast' THEN refused := refused + 1; END IF;
			-- a solution that is damaged says so with XX001, or with the planner's own class
			IF state LIKE 'XX%' AND NOT (state = 'XX001' AND message LIKE 'invalid plan solution%') OR state IN ('57014', '22003', '22012') THEN
				INSERT INTO public.solution_fault VALUES (1 + round % cardinality(goods), seed_of, reader, state, message);
			END IF;
		END;
		IF round % 1000 = 0 THEN COMMIT; END IF;
	END LOOP;
	INSERT INTO public.solution_result VALUES (accepted, refused, unproven);
END
$$;
\timing on
CALL public.read_all(:rounds, :seed);
\timing off
SELECT * FROM public.solution_result;
SELECT reader, sqlstate, message, count(*), min(n) AS good, min(seed) AS seed FROM public.solution_fault GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT count(*) > 0 AS faults FROM public.solution_fault \gset
\if :faults
DO $$BEGIN RAISE EXCEPTION 'a solution made by hand was read with an error that nobody meant, see above'; END$$;
\endif
