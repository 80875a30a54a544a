-- create_agency() and upgrade_agency(): names, privileges, twice, side by side,
-- and what holds for every object of an agency schema.
BEGIN;
SELECT plan(36);

SELECT lives_ok($$SELECT mutasi.create_agency('kota_a')$$, 'an agency schema is made');
SELECT lives_ok($$SELECT mutasi.create_agency('kota_b')$$, 'a second one beside it');
SELECT throws_ok($$SELECT mutasi.create_agency('kota_a')$$, '42P06', 'schema "kota_a" already exists', 'not the same twice');
SELECT throws_ok(format('SELECT mutasi.create_agency(%L)', n), '42602', format('invalid name of an agency schema: "%s"', n), format('bad name "%s"', n))
	FROM unnest(ARRAY['', 'Kota', '1kota', 'kota x', 'kota-x', 'kota;drop', 'pg_kota', 'mutasi', 'public', 'information_schema', 'kotä', repeat('k', 49)]) AS n;
SELECT throws_ok($$SELECT mutasi.create_agency(NULL)$$, '22004', NULL, 'no name');
SELECT lives_ok(format('SELECT mutasi.create_agency(%L)', n), format('good name "%s"', n)) FROM unnest(ARRAY['k', 'select', repeat('k', 48)]) AS n;

CREATE ROLE agency_nobody;
CREATE ROLE agency_maker;
SELECT format('GRANT CREATE ON DATABASE %I TO agency_maker', current_database()) \gexec
SET LOCAL ROLE agency_nobody;
SELECT throws_ok($$SELECT mutasi.create_agency('kota_n')$$, '42501', NULL, 'CREATE on the database is needed');
RESET ROLE;
SET LOCAL ROLE agency_maker;
SELECT lives_ok($$SELECT mutasi.create_agency('kota_m')$$, 'and enough');
SELECT is(mutasi.upgrade_agency('kota_m'), (SELECT extversion FROM pg_extension WHERE extname = 'mutasi'), 'its owner may upgrade it, to the version it has');
SELECT throws_ok($$SELECT mutasi.upgrade_agency('kota_a')$$, '42501', NULL, 'but not another''s');
RESET ROLE;
SELECT schema_owner_is('kota_m', 'agency_maker', 'the caller owns the schema');
SELECT is_empty($$SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'kota_m'::regnamespace
	AND c.relowner <> 'agency_maker'::regrole$$, 'and everything in it');
SELECT throws_ok($$SELECT mutasi.upgrade_agency('public')$$, '42602', NULL, 'public is no agency');
CREATE SCHEMA not_an_agency;
SELECT throws_ok($$SELECT mutasi.upgrade_agency('not_an_agency')$$, '3F000', NULL, 'nor is any schema');
UPDATE kota_b.agency_info SET version = '99';
SELECT throws_ok($$SELECT mutasi.upgrade_agency('kota_b')$$, '0A000', NULL, 'no way back from a later version');

-- what holds for every object
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc AS p WHERE p.pronamespace = 'kota_a'::regnamespace
	AND obj_description(p.oid, 'pg_proc') IS NULL$$, 'every function is commented');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c WHERE c.relnamespace = 'kota_a'::regnamespace AND c.relkind IN ('r', 'v', 'p')
	AND obj_description(c.oid, 'pg_class') IS NULL$$, 'every table and view is commented');
SELECT is_empty($$SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
	WHERE c.relnamespace = 'kota_a'::regnamespace AND c.relkind IN ('r', 'v', 'p') AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL ORDER BY 1, 2$$, 'every column of a table or view is commented');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
	WHERE p.pronamespace = 'kota_a'::regnamespace AND p.prosqlbody IS NULL
	AND NOT coalesce(array_to_string(p.proconfig, ' '), '') LIKE '%search_path=kota_a, mutasi, pg_temp%'$$, 'every function pins its search_path');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
	WHERE p.pronamespace = 'kota_a'::regnamespace AND l.lanname NOT IN ('sql', 'plpgsql')$$, 'no C in an agency schema');
SELECT is_empty($$SELECT a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
	WHERE c.relnamespace = 'kota_a'::regnamespace AND c.relkind = 'v' AND a.attnum > 0
	AND (a.atttypid NOT IN ('text'::regtype, 'integer'::regtype, 'bigint'::regtype, 'date'::regtype, 'boolean'::regtype, 'numeric'::regtype, 'timestamptz'::regtype)
		OR a.atttypid = 'numeric'::regtype AND a.atttypmod < 0)$$, 'views have built-in types only, numeric with its scale');
SELECT is_empty($$SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'kota_a'::regnamespace AND c.relkind = 'r'
	AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'p')$$, 'every table has a primary key');
-- dropping the extension
SELECT throws_ok('DROP EXTENSION mutasi', '2BP01', NULL, 'DROP EXTENSION refuses while an agency schema exists');

SELECT * FROM finish();
ROLLBACK;
