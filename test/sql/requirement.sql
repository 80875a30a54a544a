-- type competency_requirement
SET client_min_messages = warning;
\getenv abs_srcdir PG_ABS_SRCDIR
\set inputs :abs_srcdir '/sql/include/inputs.sql'
\i :inputs
RESET client_min_messages;
\pset format unaligned
SET search_path = public, mutasi;
\set SHOW_CONTEXT never

-- accepted
SELECT t, pg_temp.try_text('competency_requirement', t) FROM (VALUES ('{}'), ('{1:3, 7:4*2, 12:2!, 30:1~}/0.25'), ('{30:1~,12:2!,7:4*2,1:3}'),
	('{1:3*1}'), ('{1:3*1.00!~}'), ('{1:3 * 0.01 ! ~ } / 1'), ('{1:3*100}/0'), ('{1:0.01}/0.5'), ('{1:3}/0.50'), ('{1:655.35!}/.25'), ('{}/0')) AS v(t);

-- refused
SELECT t, pg_temp.try_text('competency_requirement', t) FROM (VALUES (''), ('{'), ('{1}'), ('{1:}'), ('{1:3'), ('{1:3,}'), ('{,1:3}'), ('{1:3 2:4}'), ('{1:3}x'),
	('{0:3}'), ('{-1:3}'), ('{2147483648:3}'), ('{1:0}'), ('{1:0.00}'), ('{1:-1}'), ('{1:3.125}'), ('{1:656}'), ('{1:3*}'), ('{1:3*0}'), ('{1:3*100.01}'), ('{1:3*0.005}'),
	('{1:3*-1}'), ('{1:3!*2}'), ('{1:3~!}'), ('{1:3~*2}'), ('{1:3!!}'), ('{1:3~~}'), ('{1:3*2*2}'), ('{1:3, 1:4}'), ('{1:3}/'), ('{1:3}/1.01'), ('{1:3}/2'), ('{1:3}/-1'),
	('{1:3}/0.255'), ('{1:3}/0.5/0.5'), ('{1:3}/a'), ('/0.5'), ('{1:a}'), ('{1:NaN}'), ('{a:1}'), ('{1:3?}'), ('{é:3}')) AS v(t);

-- limits
SELECT requirement_count(('{' || string_agg(i || ':1', ',') || '}')::competency_requirement) FROM generate_series(1, 10000) AS i;
SELECT left(pg_temp.try_text('competency_requirement', '{' || string_agg(i || ':1', ',') || '}'), 100) FROM generate_series(1, 10001) AS i;

-- binary: int16 flags, int16 surplus, int32 count, then int32 competency, int16 level, int16 weight, int8 kind each
SELECT encode(requirement_send('{1:3, 7:4*2!~}/0.25'), 'hex');
SELECT note, pg_temp.try_binary('competency_requirement', b) FROM (VALUES
	('good', '\x0000001900000002 00000001012c006400 00000007019000c803'::bytea),
	('empty', '\x0000003200000000'),
	('flags', '\x0001003200000001 00000001012c006400'),
	('surplus above 1', '\x0000006500000001 00000001012c006400'),
	('unsorted', '\x0000003200000002 00000007012c006400 00000001012c006400'),
	('duplicate', '\x0000003200000002 00000001012c006400 00000001012c006400'),
	('zero competency', '\x0000003200000001 00000000012c006400'),
	('negative competency', '\x0000003200000001 80000000012c006400'),
	('zero level', '\x0000003200000001 000000010000006400'),
	('zero weight', '\x0000003200000001 00000001012c000000'),
	('weight above 100', '\x0000003200000001 00000001012c271100'),
	('unknown kind', '\x0000003200000001 00000001012c006404'),
	('short', '\x0000003200000001 00000001012c0064'),
	('shorter', '\x00000032'), ('nothing', ''),
	('trailing', '\x0000003200000001 00000001012c00640000'),
	('negative count', '\x00000032ffffffff 00000001012c006400'),
	('huge count', '\x000000327fffffff 00000001012c006400')) AS v(note, b);
WITH r AS (SELECT requirement_agg(DISTINCT i * 7919 % 50000 + 1, (i * 31 % 65535 + 1) / 100.0, (i % 10000 + 1) / 100.0, CASE i % 2 WHEN 0 THEN 'core' ELSE 'secondary' END, i % 3 = 0) AS v
	FROM generate_series(1, 300) AS i)
SELECT requirement_count(v), pg_temp.try_binary('competency_requirement', requirement_send(v)) = 'accepted: ' || v::text FROM r;

-- reading
SELECT requirement_count(r), surplus(r), with_surplus(r, 0.75), with_surplus(r, 0.5), with_surplus(r, NULL), surplus(with_surplus(r, 1)) FROM (VALUES ('{1:3, 7:4*2}/0.25'::competency_requirement)) AS v(r);
SELECT with_surplus('{1:3}', 1.01);
SELECT with_surplus('{1:3}', -0.01);
SELECT with_surplus('{1:3}', 0.125);
SELECT with_surplus('{1:3}', 'NaN');
SELECT * FROM requirement_unnest('{1:3, 7:4.5*2, 12:2!, 30:1*0.25!~}');
SELECT * FROM requirement_unnest('{}');

-- casts
SELECT '{1:3, 7:4.5*2!~}/0.25'::competency_requirement::jsonb;
SELECT '{}'::competency_requirement::jsonb;
SELECT '{1:3, 7:4.5*2!~}/0.25'::competency_requirement::jsonb::competency_requirement, '{"competencies": [{"competency": 1, "level": 3}]}'::jsonb::competency_requirement, '{}'::jsonb::competency_requirement;
SELECT '{"competencies": [{"competency": 1}]}'::jsonb::competency_requirement;

-- aggregate
SELECT requirement_agg(c, l) FROM (VALUES (7, 4.12), (1, 3)) AS v(c, l);
SELECT requirement_agg(c, l, w) FROM (VALUES (7, 4.12, 2), (1, 3, NULL)) AS v(c, l, w);
SELECT requirement_agg(c, l, w, k, m) FROM (VALUES (7, 4.12, 2, 'secondary', true), (1, 3, NULL, NULL, NULL), (2, 1, 0.5, 'core', false), (NULL, NULL, 1, 'core', true)) AS v(c, l, w, k, m);
SELECT requirement_agg(1, 1) WHERE false;
SELECT requirement_agg(1, NULL);
SELECT requirement_agg(NULL, 1);
SELECT requirement_agg(1, 0);
SELECT requirement_agg(1, 0.005);
SELECT requirement_agg(1, 1, 0);
SELECT requirement_agg(1, 1, 101);
SELECT requirement_agg(1, 1, 0.001);
SELECT requirement_agg(1, 1, 'NaN');
SELECT requirement_agg(1, 1, 1, 'main', false);
SELECT requirement_agg(c, 1) FROM (VALUES (3), (3)) AS v(c);
SELECT requirement_agg(i, 1) FROM generate_series(1, 10001) AS i;
CREATE TABLE asked AS SELECT i % 500 AS post, (i / 500) * 13 % 97 + 1 AS competency, (i * 37 % 1000 + 1) / 100.0 AS level, (i % 400 + 1) / 100.0 AS weight,
	CASE WHEN i % 2 = 0 THEN 'core' ELSE 'secondary' END AS kind, i % 5 = 0 AS mandatory FROM generate_series(0, 39999) AS i;
CREATE TABLE serial AS SELECT post, requirement_agg(competency, level, weight, kind, mandatory) AS r FROM asked GROUP BY post;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
ALTER TABLE asked SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT post, requirement_agg(competency, level, weight, kind, mandatory) FROM asked GROUP BY post;
SELECT count(*), bool_and(s.r = t.r) FROM serial AS s JOIN (SELECT post, requirement_agg(competency, level, weight, kind, mandatory) AS r FROM asked GROUP BY post) AS t USING (post);
RESET ALL;
SET search_path = public, mutasi;

-- equality, order, hash
SELECT '{1:3}'::competency_requirement = '{1:3*1}/0.5', '{1:3}'::competency_requirement < '{1:3}/0.75', '{1:3}'::competency_requirement <> '{1:3!}', '{1:3}'::competency_requirement < '{1:3!}',
	'{1:3*2}'::competency_requirement > '{1:3}', '{}'::competency_requirement <= '{1:1}', '{2:1}'::competency_requirement >= '{1:9}', '{1:3~}'::competency_requirement = '{1:3}';
SELECT r, count(*) FROM (SELECT ('{1:' || i % 3 + 1 || '}/' || (i % 2) / 2.0)::competency_requirement AS r FROM generate_series(1, 60) AS i) AS t GROUP BY r ORDER BY r;
SELECT count(*) FROM serial AS a JOIN serial AS b ON a.r = b.r;
CREATE INDEX ON serial (r);
DROP TABLE asked, serial;
