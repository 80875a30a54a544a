-- What holds for every object of the extension, whoever added it.
BEGIN;
SELECT plan(18);

-- The extension's members, with what a person would call them.
CREATE TEMPORARY TABLE member AS
SELECT d.classid, d.objid, d.classid::regclass::text AS catalogue,
	pg_describe_object(d.classid, d.objid, 0) AS name
FROM pg_depend AS d
	JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'mutasi' AND d.deptype = 'e';

CREATE TEMPORARY TABLE member_function AS
SELECT p.*, p.oid::regprocedure::text AS signature, l.lanname
FROM member AS m
	JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
	JOIN pg_language AS l ON l.oid = p.prolang;

CREATE TEMPORARY TABLE member_relation AS
SELECT c.*, c.oid::regclass::text AS name
FROM member AS m
	JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid;

-- so that an empty catalogue does not pass for a good one
SELECT cmp_ok((SELECT count(*)::int FROM member_function), '>', 10, 'functions are found');
SELECT cmp_ok((SELECT count(*)::int FROM member_relation), '>', 0, 'relations are found');

SELECT is_empty($$
	SELECT m.name FROM member AS m
	WHERE obj_description(m.objid, m.catalogue) IS NULL
		-- a sequence of a column and an array type come with what they belong to
		AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = m.classid AND d.objid = m.objid
			AND d.deptype IN ('a', 'i') AND d.refclassid IN ('pg_class'::regclass, 'pg_type'::regclass))
		AND NOT (m.classid = 'pg_type'::regclass
			AND EXISTS (SELECT FROM pg_type AS t WHERE t.typarray = m.objid OR t.oid = m.objid AND t.typrelid <> 0))
	ORDER BY 1$$, 'every object has a comment');

SELECT is_empty($$
	SELECT r.name, a.attname FROM member_relation AS r
		JOIN pg_attribute AS a ON a.attrelid = r.oid
	WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped
		AND col_description(r.oid, a.attnum) IS NULL
	ORDER BY 1, 2$$, 'every column of a table, view or composite type has a comment');

SELECT is_empty($$
	SELECT name FROM member
	WHERE obj_description(objid, catalogue) ~ '\m(TODO|FIXME|XXX)\M' ORDER BY 1$$, 'no comment leaves something to be done');

SELECT is_empty($$
	SELECT m.name FROM member AS m
	WHERE m.classid IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_class'::regclass, 'pg_operator'::regclass,
			'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_collation'::regclass)
		AND (pg_identify_object(m.classid, m.objid, 0)).schema IS DISTINCT FROM 'mutasi'
	ORDER BY 1$$, 'every object is in schema mutasi');

-- Functions ------------------------------------------------------------------

SELECT is_empty($$
	SELECT signature FROM member_function
	WHERE lanname NOT IN ('c', 'internal', 'sql', 'plpgsql') ORDER BY 1$$, 'functions are in C, SQL or PL/pgSQL');

SELECT is_empty($$
	SELECT signature FROM member_function
	WHERE prosecdef AND NOT coalesce(proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)
	ORDER BY 1$$, 'SECURITY DEFINER only with a pinned search_path');

SELECT is_empty($$
	SELECT signature, setting FROM member_function, unnest(proconfig) AS setting
	WHERE setting LIKE 'search\_path=%' AND setting <> 'search_path=pg_catalog, pg_temp'
	ORDER BY 1$$, 'a pinned search_path is pg_catalog, pg_temp');

-- A function that C code or the planner may run in a worker, or fold at planning
-- time, must not be better than what it calls: what is at least visible of that.
SELECT is_empty($$
	SELECT signature FROM member_function
	WHERE lanname IN ('sql', 'plpgsql') AND provolatile = 'i' AND prosrc ~* '\m(FROM|JOIN)\s+mutasi\.[a-z_]+\M(?!\s*\()'
	ORDER BY 1$$, 'what reads a table is not IMMUTABLE');

SELECT is_empty($$
	SELECT signature FROM member_function
	WHERE proretset AND prorows = 1000 AND lanname = 'c' AND prosupport = 0
	ORDER BY 1$$, 'set-returning C functions say how many rows to expect');

SELECT is_empty($$
	SELECT p.signature FROM member_function AS p
		JOIN pg_aggregate AS a ON a.aggfnoid = p.oid
	WHERE p.proparallel = 's' AND a.aggcombinefn = 0 AND a.aggkind = 'n'
	ORDER BY 1$$, 'an aggregate marked PARALLEL SAFE can combine partial states');

SELECT is_empty($$
	SELECT p.signature FROM member_function AS p
		JOIN pg_aggregate AS a ON a.aggfnoid = p.oid
	WHERE a.aggcombinefn <> 0 AND a.aggtranstype = 'internal'::regtype
		AND (a.aggserialfn = 0 OR a.aggdeserialfn = 0)
	ORDER BY 1$$, 'an aggregate that combines internal states can ship them');

-- Types, operators, index support ----------------------------------------------

SELECT is_empty($$
	SELECT t.typname FROM member AS m JOIN pg_type AS t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
	WHERE t.typtype = 'b' AND t.typelem = 0 AND (t.typreceive = 0 OR t.typsend = 0)
		-- what an index keeps instead of the value never leaves it
		AND t.oid NOT IN (SELECT opckeytype FROM pg_opclass)
	ORDER BY 1$$, 'every base type that a column may have has a binary form');

SELECT is_empty($$
	SELECT t.typname FROM member AS m JOIN pg_type AS t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
	WHERE t.typtype = 'b' AND t.typelem = 0
		-- an index's inner key is no column's type
		AND NOT EXISTS (SELECT FROM pg_opclass AS o WHERE o.opckeytype = t.oid)
		AND (SELECT count(DISTINCT a.amname) FROM pg_opclass AS o JOIN pg_am AS a ON a.oid = o.opcmethod
			WHERE o.opcintype = t.oid AND o.opcdefault AND a.amname IN ('btree', 'hash')) < 2
	ORDER BY 1$$, 'every base type sorts, groups and hashes');

SELECT is_empty($$
	SELECT o.oid::regoperator FROM member AS m JOIN pg_operator AS o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid
	WHERE o.oprresult = 'boolean'::regtype AND (o.oprrest = 0 OR o.oprjoin = 0)
	ORDER BY 1$$, 'every boolean operator has a selectivity estimate');

SELECT is_empty($$
	SELECT o.opcname FROM member AS m JOIN pg_opclass AS o ON m.classid = 'pg_opclass'::regclass AND o.oid = m.objid
	WHERE NOT amvalidate(o.oid)
	ORDER BY 1$$, 'every operator class is valid for its access method');

-- Privileges -------------------------------------------------------------------

SELECT is_empty($$
	SELECT r.name, a.privilege_type FROM member_relation AS r, aclexplode(r.relacl) AS a
	WHERE a.grantee = 0 AND a.privilege_type <> 'SELECT' AND NOT (r.relkind = 'S' AND a.privilege_type = 'USAGE')
	ORDER BY 1, 2$$, 'nobody but the owner may write to a table by default');

SELECT * FROM finish();
ROLLBACK;
