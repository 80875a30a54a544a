-- staff_required() is exact and the same in every plan: serial, parallel,
-- partition by partition, sorted, as a moving window, against an oracle in
-- numeric fractions, on random data with short and long, tiny and huge values.
BEGIN;
SELECT plan(28);
SELECT setseed(0.20221122);

-- the exact quotient of two numerics, rounded half up to 18 decimals
CREATE FUNCTION pg_temp.exact_quotient(dividend numeric, divisor numeric) RETURNS numeric
	LANGUAGE sql IMMUTABLE AS
	$$ SELECT div(2 * dividend * 1e18 + divisor, 2 * divisor) * 1e-18 $$;
-- sum(work[i] / effective[i]) over one common denominator
CREATE FUNCTION pg_temp.exact_sum(work numeric[], effective numeric[]) RETURNS numeric
	LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	dividend numeric := 0;
	divisor numeric := 1;
BEGIN
	FOR i IN 1 .. coalesce(cardinality(work), 0) LOOP
		dividend := dividend * effective[i] + work[i] * divisor;
		divisor := divisor * effective[i];
	END LOOP;
	RETURN CASE WHEN work IS NOT NULL THEN pg_temp.exact_quotient(dividend, divisor) END;
END
$$;

-- kinds of groups: 0 one effective time, 1 few, 2 several dozen, 3 long numbers,
-- 4 hardly known, 5 sums beyond 128 bits
CREATE TABLE public.workload_task AS
SELECT i AS id, i % 6 AS kind, (i / 6) % 12 AS grp,
	CASE WHEN r1 < 0.03 OR (i % 6 = 4 AND r1 < 0.9) THEN NULL
		WHEN r1 < 0.06 THEN 0
		WHEN i % 6 = 3 AND r1 < 0.3 THEN (r2 * 1e15)::numeric * 1e20 + 1.000000000000000000001
		WHEN i % 6 = 3 AND r1 < 0.5 THEN (r2 * 1e15)::numeric * 1e-25
		WHEN i % 6 = 5 THEN 9999999999999999 - floor(r2 * 1e6)::numeric
		ELSE floor(r2 * 5000)::numeric END AS volume,
	CASE WHEN r3 < 0.03 THEN NULL
		WHEN i % 6 = 3 AND r3 < 0.3 THEN (r4 * 1e15)::numeric + 1e-30
		WHEN i % 6 = 5 THEN (9999999999999999 - floor(r4 * 1e6)::numeric) * (ARRAY[1, 1e-4, 1e4])[1 + i % 3]
		ELSE round((r4 * 100)::numeric, (i % 5)::integer) END AS norm,
	(CASE WHEN r5 < 0.02 THEN NULL
		WHEN i % 6 = 0 THEN 1250 + (i % 2) * 0.00
		WHEN i % 6 = 1 THEN (ARRAY[1200, 1250, 1300, 75000, 333.3333])[1 + floor(r5 * 5)::integer]
		WHEN i % 6 = 2 THEN 1000 + floor(r5 * 60)
		WHEN i % 6 = 3 AND r5 < 0.5 THEN (ARRAY[7e40 + 1, 123456789.123456789123456789, 3e-30])[1 + floor(r5 * 6)::integer]
		WHEN i % 6 = 3 THEN 1250 + floor(r5 * 6) / 7.0
		ELSE 1250 + (i % 3) * 50 END)::numeric AS effective
FROM (SELECT i, random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5
	FROM generate_series(1, 9000) AS i) AS t;
ANALYZE public.workload_task;

CREATE FUNCTION pg_temp.with_settings(query text, VARIADIC settings text[]) RETURNS SETOF text
	LANGUAGE plpgsql AS $$
DECLARE
	rows text[];
BEGIN
	FOR i IN 1 .. cardinality(settings) BY 2 LOOP
		PERFORM set_config(settings[i], settings[i + 1], true);
	END LOOP;
	EXECUTE 'SELECT array_agg(t::text ORDER BY t::text) FROM (' || query || ') AS t' INTO rows;
	FOR i IN 1 .. cardinality(settings) BY 2 LOOP
		EXECUTE format('SET LOCAL %I TO DEFAULT', settings[i]);
	END LOOP;
	RETURN QUERY SELECT unnest(rows);
END
$$;
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	line text;
	lines text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		lines := lines || line || E'\n';
	END LOOP;
	RETURN lines;
END
$$;

-- serial against the oracle
SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TABLE public.workload_serial AS
SELECT kind, grp, mutasi.staff_required(volume, norm, effective) AS need
FROM public.workload_task GROUP BY kind, grp;
CREATE TABLE public.workload_oracle AS
SELECT kind, grp, pg_temp.exact_sum(array_agg(work) FILTER (WHERE work IS NOT NULL), array_agg(effective) FILTER (WHERE work IS NOT NULL)) AS need
FROM (SELECT kind, grp, effective, sum(volume * norm) AS work FROM public.workload_task
	WHERE effective IS NOT NULL GROUP BY kind, grp, effective) AS t
GROUP BY kind, grp;
SELECT is((SELECT count(*) FROM public.workload_serial), 72::bigint, 'as many groups as meant');
SELECT cmp_ok((SELECT max(length(need::text)) FROM public.workload_serial), '>', 60, 'long numbers are among them');
SELECT is((SELECT count(*) FROM public.workload_serial AS s JOIN public.workload_oracle AS o USING (kind, grp)
	WHERE kind = k AND s.need IS NOT DISTINCT FROM o.need), 12::bigint, 'serial is exact, kind ' || k)
FROM generate_series(0, 5) AS k;
SELECT is((SELECT count(*) FROM public.workload_serial WHERE need IS NULL), 0::bigint, 'every group had a known row');
SELECT is((SELECT count(*) FROM public.workload_serial WHERE need <> trim_scale(need)
	OR scale(need) <> scale(trim_scale(need)) OR scale(need) > 18), 0::bigint, 'at most 18 decimals, no trailing zero');

-- parallel, hashed and sorted, with and without the leader
SELECT set_config('max_parallel_workers_per_gather', '4', true), set_config('parallel_setup_cost', '0', true),
	set_config('parallel_tuple_cost', '0', true), set_config('min_parallel_table_scan_size', '0', true),
	set_config(CASE WHEN current_setting('server_version_num')::integer >= 160000
		THEN 'debug_parallel_query' ELSE 'force_parallel_mode' END, 'on', true);
SELECT alike(pg_temp.plan_of('SELECT kind, grp, mutasi.staff_required(volume, norm, effective) FROM public.workload_task GROUP BY kind, grp'),
	'%Partial%Aggregate%Parallel Seq Scan%', 'the plan aggregates in the workers');
SELECT results_eq(
	format($$ SELECT * FROM pg_temp.with_settings('SELECT kind, grp, mutasi.staff_required(volume, norm, effective) AS need FROM public.workload_task GROUP BY kind, grp', VARIADIC %L) $$, settings),
	'SELECT t::text FROM public.workload_serial AS t ORDER BY t::text',
	'parallel is serial: ' || settings::text)
FROM (VALUES
	('{parallel_leader_participation,on}'::text[]),
	('{parallel_leader_participation,off}'),
	('{enable_hashagg,off,parallel_leader_participation,off}'),
	('{enable_sort,off,enable_hashagg,on}'),
	('{work_mem,64kB}')) AS t (settings);
SELECT is(mutasi.staff_required(volume, norm, effective),
	(SELECT pg_temp.exact_sum(array_agg(work), array_agg(effective)) FROM (SELECT effective, sum(volume * norm) AS work
		FROM public.workload_task WHERE effective IS NOT NULL AND kind < 3 GROUP BY effective HAVING sum(volume * norm) IS NOT NULL) AS t),
	'parallel without groups, many effective times') FROM public.workload_task WHERE kind < 3;
SELECT is(mutasi.staff_required(volume, norm, effective), NULL, 'parallel over no rows')
FROM public.workload_task WHERE id < 0;
SELECT is(mutasi.staff_required(volume, norm, effective) FILTER (WHERE id < 0), NULL, 'parallel, all rows filtered')
FROM public.workload_task;
-- states with many, and different, effective times in each worker
CREATE FUNCTION pg_temp.exact_by(modulus integer) RETURNS TABLE (g integer, need numeric)
	LANGUAGE sql AS $$
	SELECT g, pg_temp.exact_sum(array_agg(w), array_agg(e))
	FROM (SELECT id % 7 AS g, 1 + id % modulus::numeric AS e, sum(id::numeric) AS w FROM public.workload_task GROUP BY 1, 2) AS t
	GROUP BY g $$;
SELECT results_eq('SELECT id % 7, mutasi.staff_required(id, 1, 1 + id % 499) FROM public.workload_task GROUP BY 1 ORDER BY 1',
	'SELECT g, need FROM pg_temp.exact_by(499) ORDER BY 1', 'hundreds of effective times in a group');
SELECT set_config(CASE WHEN current_setting('server_version_num')::integer >= 160000
		THEN 'debug_parallel_query' ELSE 'force_parallel_mode' END, 'off', true);
SET LOCAL max_parallel_workers_per_gather = 0;

-- an exact tie at the nineteenth decimal, made of parts that do not come out even
SELECT is(mutasi.staff_required(v, 1, e), 0.000000000000000001, 'a tie is rounded up: 1/3 + 1/6 of 1e-18')
FROM (VALUES (1e-18, 3), (1e-18, 6)) AS t (v, e);
SELECT is(mutasi.staff_required(v, 1, e), 0::numeric, 'just below the tie')
FROM (VALUES (1e-18, 3), (1e-18, 6.0000000000000000000000000000000000000000000000000000000000001)) AS t (v, e);

-- roll-up
SELECT results_eq(
	$$ SELECT kind, mutasi.staff_required(volume, norm, effective) FROM public.workload_task WHERE kind < 3 GROUP BY ROLLUP (kind) ORDER BY kind $$,
	$$ SELECT kind, mutasi.staff_required(volume, norm, effective) FROM public.workload_task WHERE kind < 3 GROUP BY kind
	   UNION ALL SELECT NULL, mutasi.staff_required(volume, norm, effective) FROM public.workload_task WHERE kind < 3 ORDER BY kind $$,
	'ROLLUP');

-- moving windows, with the inverse transition, against recomputation
CREATE FUNCTION pg_temp.window_differences(frame text, partition_kind integer) RETURNS bigint
	LANGUAGE plpgsql AS $$
DECLARE
	result bigint;
BEGIN
	-- a volatile argument forbids the inverse transition: the frame is summed anew
	EXECUTE format($q$
		SELECT count(*) FROM (
			SELECT mutasi.staff_required(volume, norm, effective) OVER w AS moving,
				mutasi.staff_required(volume + 0 * floor(random())::integer, norm, effective) OVER w AS anew
			FROM public.workload_task WHERE kind = $1 AND grp < 3
			WINDOW w AS (PARTITION BY grp ORDER BY id %s)) AS t
		WHERE moving IS DISTINCT FROM anew $q$, frame) INTO result USING partition_kind;
	RETURN result;
END
$$;
SELECT is((SELECT sum(pg_temp.window_differences(frame, k)) FROM generate_series(0, 5) AS k), 0::numeric, 'window is plain: ' || frame)
FROM (VALUES ('ROWS BETWEEN 11 PRECEDING AND CURRENT ROW'), ('ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING'),
	('ROWS BETWEEN CURRENT ROW AND CURRENT ROW'), ('ROWS BETWEEN 5 FOLLOWING AND 40 FOLLOWING')) AS t (frame);
SELECT is(array_agg(n ORDER BY i), '{1,3,5,3,NULL,6}'::numeric[], 'a window that holds no known row is NULL')
FROM (SELECT i, mutasi.staff_required(v, 1, 1) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS n
	FROM (VALUES (1, 1), (2, 2), (3, 3), (4, NULL), (5, NULL), (6, 6)) AS t (i, v)) AS w WHERE i <> 0;

SELECT * FROM finish();
ROLLBACK;
