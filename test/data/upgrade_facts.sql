-- What of test/data/upgrade.sql must be the same before and after an upgrade
-- or a restore: every row, every answer of every index, every history.
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = mutasi, pg_temp;
SELECT format('SELECT %L, count(*), md5(string_agg(r::text, chr(10) ORDER BY r::text COLLATE "C"))
	FROM (SELECT to_jsonb(t) - CASE WHEN to_jsonb(t) ->> ''shipped'' = ''true'' THEN ''defined_at'' ELSE '''' END FROM %s AS t) AS q (r)', c.oid::regclass, c.oid::regclass)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND (n.nspname IN ('kota', 'own') OR c.oid IN (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'mutasi'))
ORDER BY c.oid::regclass::text COLLATE "C" \gexec
-- each index, asked alone, and no index
SET enable_sort = off;
SELECT format('BEGIN; %s SELECT %L, md5(string_agg(x::text, '' '')) FROM (%s) AS x; COMMIT', settings, name, query)
FROM (VALUES ('no index', 'SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexonlyscan = off;'),
		('index', 'SET LOCAL enable_seqscan = off;')) AS s (name, settings),
	(VALUES ('SELECT p.id, (SELECT array_agg(d ORDER BY d) FROM (SELECT (e.profile <=> p.requirement) AS d FROM own.person AS e ORDER BY e.profile <=> p.requirement LIMIT 20) AS k) FROM own.post AS p ORDER BY p.id'),
		('SELECT p.id, (SELECT array_agg(e.id ORDER BY e.id) FROM own.person AS e WHERE e.profile @> p.requirement) FROM own.post AS p ORDER BY p.id'),
		('SELECT e.id, (SELECT array_agg(f.id ORDER BY f.id) FROM own.person AS f WHERE f.profile = e.profile) FROM own.person AS e WHERE e.id <= 50 ORDER BY e.id'),
		('SELECT e.id, (SELECT f.id FROM own.person AS f WHERE f.nip = e.nip) FROM own.person AS e ORDER BY e.id')) AS q (query)
ORDER BY query COLLATE "C", name \gexec
SELECT 'plan', p.name, c.proven, c.transfers, c.score FROM own.plan AS p, mutasi.plan_certificate(p.solution) AS c;
SELECT 'history', v.* FROM own.published, mutasi.verify_history('own.request', root) AS v;
SELECT 'history', v.* FROM mutasi.verify_history('own.part') AS v UNION ALL SELECT 'history', v.* FROM mutasi.verify_history('kota.transfer') AS v;
SELECT 'health', h.* FROM mutasi.workflow_health('own.request') AS h UNION ALL SELECT 'health', h.* FROM mutasi.workflow_health('own.part') AS h
	UNION ALL SELECT 'health', h.* FROM mutasi.workflow_health('kota.transfer') AS h;
SELECT 'ranking', employee_id, score, eligible, reason FROM kota.candidates(1, 10);
SELECT 'derived', sum(corrected) FROM kota.rebuild_derived();
