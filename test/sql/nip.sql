-- type nip
SET client_min_messages = warning;
\getenv abs_srcdir PG_ABS_SRCDIR
\set inputs :abs_srcdir '/sql/include/inputs.sql'
\i :inputs
RESET client_min_messages;
\pset format unaligned
SET search_path = public, mutasi;
SET datestyle = ISO;

-- published samples (domain: PNS, PNS, PNS, PPPK)
SELECT n, mutasi.nip_format(n), mutasi.birth_date(n), mutasi.appointed_on(n), mutasi.appointed_year(n),
	mutasi.sex(n), mutasi.is_pppk(n)
FROM (VALUES ('198609262015051001'::mutasi.nip), ('199205082023082001'), ('196804111993031009'),
	('199009132025242014'), ('199009132025152014')) AS t(n);

-- accepted forms
SELECT pg_temp.try_text('mutasi.nip', t) FROM (VALUES ('198609262015051001'), ('19860926 201505 1 001'),
	('  198609262015051001 '), ('19860926201505 1 001'), (E'\t198609262015051001\n'),
	('200002292024121999')) AS v(t);

-- refused
SELECT t, pg_temp.try_text('mutasi.nip', t) FROM (VALUES (''), (' '), ('1'), ('19860926201505100'),
	('1986092620150510011'), ('1986 09 26 2015 05 1 001'), ('19860926  201505 1 001'), ('1986092 6201505 1 001'),
	('198609262015051 00 1'), ('-98609262015051001'), ('+198609262015051001'), ('19860926201505100a'),
	('a98609262015051001'), ('198600262015051001'), ('198613262015051001'), ('198609312015051001'),
	('198602292015051001'), ('190002292015051001'), ('000009262015051001'), ('198609002015051001'),
	('198609262015001001'), ('198609261986091001'), ('198609261985101001'), ('198609261986211001'),
	('198609262015050001'), ('198609262015053001'), ('198609262015059001'), ('198609262015051000'),
	('198609262015051.01'), ('1.98609262015e17'), ('0x8609262015051001'), ('19860926-201505-1-001'),
	('NaN'), ('198609262015051001;'), ('１98609262015051001')) AS v(t);

-- binary
SELECT pg_temp.try_binary('mutasi.nip', b) FROM (VALUES (int8send(198609262015051001)), (int8send(-1)), (int8send(0)),
	(int8send(9223372036854775807)), (int8send(-9223372036854775808)), (int8send(198613262015051001)), (int8send(1986092620150510010)),
	('\x00'::bytea), (''::bytea), (int8send(198609262015051001) || '\x00'::bytea)) AS v(b);
SELECT encode(mutasi.nip_send('198609262015051001'), 'hex') = encode(int8send(198609262015051001), 'hex');

-- order, equality, hash, index
CREATE TEMP TABLE person AS
	SELECT i AS id, ('1986' || lpad((i % 12 + 1)::text, 2, '0') || lpad((i % 28 + 1)::text, 2, '0') || '201505'
		|| (i % 2 + 1)::text || lpad((i % 999 + 1)::text, 3, '0'))::mutasi.nip AS number
	FROM generate_series(1, 2000) AS i;
CREATE INDEX ON person (number);
SELECT count(*), count(DISTINCT number) FROM person;
SELECT bool_and(ok) FROM (SELECT number::text >= lag(number::text) OVER (ORDER BY number) IS NOT FALSE AS ok FROM person) AS t;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM person WHERE number = '198602022015052002';
SELECT count(*) FROM person WHERE number = (SELECT number FROM person WHERE id = 5);
RESET enable_seqscan;
SET enable_mergejoin = off; SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM person AS a JOIN person AS b USING (number);
SELECT count(*) = (SELECT sum(n * n) FROM (SELECT count(*) AS n FROM person GROUP BY number::text) AS t)
FROM person AS a JOIN person AS b USING (number);
RESET enable_mergejoin; RESET enable_nestloop;
SELECT '198609262015051001'::mutasi.nip OPERATOR(mutasi.<) '199205082023082001', '198609262015051001'::mutasi.nip OPERATOR(mutasi.<=) '198609262015051001',
	'198609262015051001'::mutasi.nip OPERATOR(mutasi.<>) '199205082023082001', '198609262015051001'::mutasi.nip OPERATOR(mutasi.>=) '199205082023082001',
	'198609262015051001'::mutasi.nip OPERATOR(mutasi.>) '199205082023082001', '198609262015051001'::mutasi.nip OPERATOR(mutasi.=) '19860926 201505 1 001';
-- a hash partition takes it
CREATE TEMP TABLE part (number mutasi.nip) PARTITION BY HASH (number);
CREATE TEMP TABLE part0 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE part1 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO part SELECT number FROM person;
SELECT (SELECT count(*) FROM part0) BETWEEN 500 AND 1500 AS both_used, count(*) FROM part;
SELECT mutasi.birth_date(NULL), mutasi.sex(NULL), mutasi.nip_format(NULL);
