-- type competency_profile
SET client_min_messages = warning;
\getenv abs_srcdir PG_ABS_SRCDIR
\set inputs :abs_srcdir '/sql/include/inputs.sql'
\i :inputs
RESET client_min_messages;
\pset format unaligned
SET search_path = public, mutasi;
\set SHOW_CONTEXT never

-- accepted: any order, blanks anywhere, zeros behind; printed canonically
SELECT t, pg_temp.try_text('competency_profile', t) FROM (VALUES ('{}'), (' { } '), ('{1:3}'), ('{7:4.12,1:3, 12 : 2}'),
	('{1:0}'), ('{1:0.00}'), ('{1:655.35}'), ('{1:3.50}'), ('{1:3.5000}'), ('{1:.5}'), ('{1:5.}'), ('{2147483647:1}'),
	('{007:03.10}'), (E'{1:3,\n\t2:4}')) AS v(t);

-- refused
SELECT t, pg_temp.try_text('competency_profile', t) FROM (VALUES (''), (' '), ('{'), ('}'), ('{1}'), ('{1:}'), ('{:3}'), ('{1:3'),
	('{1:3,}'), ('{,1:3}'), ('{1:3,,2:4}'), ('{1:3 2:4}'), ('{1:3;2:4}'), ('{1=3}'), ('{1:3}x'), ('{1:3}{2:4}'), ('1:3'), ('[1:3]'),
	('{0:3}'), ('{-1:3}'), ('{1.5:3}'), ('{2147483648:3}'), ('{99999999999999999999999:3}'), ('{a:3}'), ('{1:a}'), ('{1:-3}'), ('{1:+3}'),
	('{1:3.125}'), ('{1:3.1.2}'), ('{1:.}'), ('{1:655.36}'), ('{1:99999999999999999999}'), ('{1:NaN}'), ('{1:1e2}'), ('{1:3, 1:3}'), ('{1:3, 2:1, 1:4}'),
	('{1:3*2}'), ('{1:3!}'), ('{1:3}/0.5'), ('{"1":3}'), ('{é:3}'), ('{1:3, ééééééééééééééééééééééé}'), ('null')) AS v(t);

-- limits: 10,000 competencies and not one more
SELECT profile_count(('{' || string_agg(i || ':1', ',') || '}')::competency_profile) FROM generate_series(1, 10000) AS i;
SELECT left(pg_temp.try_text('competency_profile', '{' || string_agg(i || ':1', ',') || '}'), 100) FROM generate_series(1, 10001) AS i;
SELECT pg_temp.try_text('competency_profile', '{1:1}'); -- and it still works

-- binary: int16 flags, int32 count, then int32 competency and int16 level each
SELECT encode(profile_send('{1:3, 7:4.12}'), 'hex');
SELECT note, pg_temp.try_binary('competency_profile', b) FROM (VALUES
	('good', '\x000000000002 00000001012c 00000007019c'::bytea),
	('empty', '\x000000000000'),
	('flags', '\x00010000000100000001012c'),
	('unsorted', '\x000000000002 00000007019c 00000001012c'),
	('duplicate', '\x000000000002 00000001012c 00000001012c'),
	('zero competency', '\x00000000000100000000012c'),
	('negative competency', '\x000000000001ffffffff012c'),
	('short', '\x00000000000200000001012c'),
	('shorter', '\x0000'), ('nothing', ''),
	('trailing', '\x00000000000100000001012c00'),
	('negative count', '\x0000ffffffff00000001012c'),
	('huge count', '\x00007fffffff00000001012c'),
	('count above the limit', '\x000000002711'::bytea || decode(repeat('00000001012c', 10001), 'hex'))) AS v(note, b);
-- what is sent is received
WITH p AS (SELECT ('{' || string_agg(DISTINCT (i * 7919 % 50000 + 1) || ':' || (i * 31 % 65536) / 100.0, ',') || '}')::competency_profile AS v
	FROM generate_series(1, 300) AS i)
SELECT pg_temp.try_binary('competency_profile', profile_send(v)) = 'accepted: ' || v::text FROM p;

-- reading
SELECT p -> 7, p -> 8, profile_level(p, 1), profile_count(p), competencies(p), levels(p) FROM (VALUES ('{1:3, 7:4.12}'::competency_profile)) AS v(p);
SELECT * FROM profile_unnest('{1:3, 7:4.12, 9:0}');
SELECT * FROM profile_unnest('{}');

-- making and changing
SELECT profile(ARRAY[7, 1, 3], ARRAY[4.12, 3, NULL]);
SELECT profile('{}'::int[], '{}'::numeric[]), profile(NULL, ARRAY[1.0]);
SELECT profile(ARRAY[1], ARRAY[1, 2]);
SELECT profile(ARRAY[1, NULL], ARRAY[1, 2]);
SELECT profile(ARRAY[1, 1], ARRAY[1, 2]);
SELECT profile(ARRAY[0], ARRAY[1]);
SELECT profile(ARRAY[1], ARRAY[1.001]);
SELECT profile(ARRAY[1], ARRAY[-1]);
SELECT profile(ARRAY[1], ARRAY['NaN'::numeric]);
SELECT profile(ARRAY[1], ARRAY['Infinity'::numeric]);
SELECT profile(array_agg(i), array_agg(1.0)) FROM generate_series(1, 10001) AS i;
SELECT profile_set('{1:3, 7:4}', 3, 2.5), profile_set('{1:3, 7:4}', 7, 0), profile_set('{1:3, 7:4}', 7, NULL), profile_set('{1:3}', 9, NULL), profile_set(NULL, 1, 1);
SELECT profile_set('{1:3}', 0, 1);
SELECT profile_set('{1:3}', NULL, 1);
SELECT profile_merge('{1:3, 7:4, 9:1}', '{2:5, 7:1}'), profile_merge('{}', '{1:1}'), profile_merge('{1:1}', '{}'), profile_merge('{2147483647:1}', '{1:1, 2147483647:2}'), profile_merge('{1:1}', NULL);
SELECT profile_subtract('{1:3, 7:4, 9:1}', ARRAY[7, 7, 8, NULL]), profile_subtract('{}', ARRAY[1]), profile_subtract('{1:1}', '{}');

-- casts
SELECT '{1:3, 7:4.12}'::competency_profile::jsonb, '{}'::competency_profile::jsonb,
	'{"7": 4.12, "1": "3", "9": null}'::jsonb::competency_profile, '{}'::jsonb::competency_profile;
SELECT '{"x": 1}'::jsonb::competency_profile;
SELECT '[1]'::jsonb::competency_profile;
SELECT '{1:3, 7:4.12}'::competency_profile::numeric[], '{}'::competency_profile::numeric[],
	ARRAY[[7, 4.12], [1, 3]]::numeric[]::competency_profile, '{}'::numeric[]::competency_profile;
SELECT ARRAY[1, 2]::numeric[]::competency_profile;
SELECT ARRAY[[1, 2, 3]]::numeric[]::competency_profile;
SELECT ARRAY[[1.5, 2]]::numeric[]::competency_profile;
SELECT ARRAY[[1, 2], [1, 3]]::numeric[]::competency_profile;

-- aggregate
SELECT profile_agg(c, l) FROM (VALUES (7, 4.12), (1, 3), (9, NULL)) AS v(c, l);
SELECT profile_agg(c, l) FROM (VALUES (1, 1.0)) AS v(c, l) WHERE false;
SELECT profile_agg(c, l) FROM (VALUES (NULL::int, NULL::numeric)) AS v(c, l);
SELECT profile_agg(c, l) FROM (VALUES (1, 1.0), (NULL, 2)) AS v(c, l);
SELECT profile_agg(c, l) FROM (VALUES (1, 1.0), (1, 2)) AS v(c, l);
SELECT profile_agg(c, l) FROM (VALUES (1, 1.005)) AS v(c, l);
SELECT profile_agg(c, l) FROM (VALUES (-1, 1)) AS v(c, l);
SELECT profile_agg(i, 1) FROM generate_series(1, 10001) AS i;
SELECT g, profile_agg(c, l) FROM (VALUES (1, 7, 4), (1, 1, 3), (2, 5, 0.5), (2, NULL, NULL)) AS v(g, c, l) GROUP BY ROLLUP (g) ORDER BY g;
SELECT c, profile_agg(c, 1) OVER (ORDER BY c) FROM generate_series(3, 1, -1) AS c;
-- parallel gives what serial gives
CREATE TABLE assessment AS SELECT i % 500 AS person, (i / 500) * 13 % 97 + 1 AS competency, (i * 37 % 1000) / 100.0 AS level FROM generate_series(0, 39999) AS i;
CREATE TABLE serial AS SELECT person, profile_agg(competency, level) AS p FROM assessment GROUP BY person;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
ALTER TABLE assessment SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT person, profile_agg(competency, level) FROM assessment GROUP BY person;
SELECT count(*), bool_and(s.p = t.p) FROM serial AS s JOIN (SELECT person, profile_agg(competency, level) AS p FROM assessment GROUP BY person) AS t USING (person);
SELECT profile_agg(competency, level) FROM assessment WHERE person = -1;
RESET ALL;
SET search_path = public, mutasi;

-- equality, order, hash: BI tools group and sort by whatever they find
CREATE TABLE held (id int, p competency_profile);
INSERT INTO held SELECT i, ('{' || i % 5 + 1 || ':' || i % 3 || ', 9:' || i % 2 || '}')::competency_profile FROM generate_series(1, 300) AS i;
INSERT INTO held VALUES (301, '{}'), (302, '{1:0}'), (303, NULL);
SELECT count(*), count(DISTINCT p) FROM held;
SELECT count(*) FROM (SELECT p FROM held GROUP BY p) AS t;
SELECT p, count(*) FROM held GROUP BY p ORDER BY p LIMIT 5;
SELECT '{1:3}'::competency_profile = '{1:3.00}', '{1:3}'::competency_profile < '{1:3, 2:1}', '{1:3}'::competency_profile < '{2:1}', '{1:3}'::competency_profile >= '{1:2.99}',
	'{}'::competency_profile < '{1:0}', '{1:3}'::competency_profile <> '{1:3}', '{2:1}'::competency_profile > '{1:9}', '{1:1}'::competency_profile <= '{1:1}';
CREATE INDEX ON held (p);
SET enable_seqscan = off; SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM held WHERE p = '{1:0}';
SELECT count(*) FROM held WHERE p = '{1:0}';
RESET enable_seqscan; RESET enable_bitmapscan;
SELECT count(*) FROM held AS a JOIN held AS b ON a.p = b.p;

-- large values are toasted and come back
CREATE TABLE large (p competency_profile);
INSERT INTO large SELECT ('{' || string_agg(i || ':' || (i * 7919 % 60000) / 100.0, ',') || '}')::competency_profile FROM generate_series(1, 10000) AS i;
SELECT profile_count(p), p -> 10000, pg_column_size(p) > 2000, (SELECT count(*) FROM profile_unnest(p)) FROM large;
DROP TABLE assessment, serial, held, large;
