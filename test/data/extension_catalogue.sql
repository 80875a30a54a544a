-- Everything that the extension is in the database this is run in, one line a
-- fact and without an OID: two databases have the same extension where this
-- prints the same. Members with their definitions, privileges and comments, and
-- the rows that its tables have in a fresh database. (pg_dump's and ALTER
-- EXTENSION's roads must end where CREATE EXTENSION's does.)
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
SET search_path = pg_catalog, pg_temp;
-- privileges without the name of who installed it
CREATE FUNCTION pg_temp.rights(acl aclitem[], kind "char", owner oid) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(CASE grantee WHEN 0 THEN 'public' WHEN owner THEN 'owner' ELSE grantee::regrole::text END
			|| ' ' || privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ', '
			ORDER BY grantee <> 0, grantee <> owner, grantee::regrole::text COLLATE "C", privilege_type COLLATE "C"), '')
	FROM aclexplode(coalesce(acl, acldefault(kind, owner)))
$$;
-- a function's definition, an aggregate's too
CREATE FUNCTION pg_temp.definition(f oid) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(f)
		ELSE concat_ws(' ', p.provolatile, p.proparallel, p.proisstrict, p.procost, a.aggkind, a.aggnumdirectargs, a.aggtransfn, a.aggfinalfn,
			a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn, a.aggfinalextra, a.aggmfinalextra,
			a.aggfinalmodify, a.aggmfinalmodify, a.aggsortop::regoperator, a.aggtranstype::regtype, a.aggtransspace, a.aggmtranstype::regtype,
			a.aggmtransspace, a.agginitval, a.aggminitval) END
	FROM pg_proc AS p LEFT JOIN pg_aggregate AS a ON a.aggfnoid = p.oid WHERE p.oid = f
$$;
CREATE TEMPORARY TABLE member AS
SELECT d.classid, d.objid, d.deptype, pg_describe_object(d.classid, d.objid, 0) AS name
FROM pg_depend AS d JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'mutasi' AND d.deptype IN ('e', 'x');

CREATE TEMPORARY TABLE fact (line text);
INSERT INTO fact SELECT format('extension %s %s %s', extversion, extnamespace::regnamespace, extrelocatable) FROM pg_extension WHERE extname = 'mutasi';
INSERT INTO fact SELECT format('member %s %s: %s', deptype, name, coalesce(obj_description(objid, classid::regclass::text), '')) FROM member;
INSERT INTO fact
SELECT format('%s: %s, support %s, leakproof %s; %s', m.name, pg_temp.definition(p.oid), p.prosupport, p.proleakproof,
	pg_temp.rights(p.proacl, 'f', p.proowner))
FROM member AS m JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid;
INSERT INTO fact
SELECT format('%s: %s %s %s, commutator %s, negator %s, %s %s %s %s', m.name, o.oprcode, o.oprrest, o.oprjoin, o.oprcom::regoperator,
	o.oprnegate::regoperator, o.oprkind, o.oprcanhash, o.oprcanmerge, o.oprresult::regtype)
FROM member AS m JOIN pg_operator AS o ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid;
INSERT INTO fact
SELECT format('%s: %s', m.name, to_jsonb(c) - '{oid,opcmethod,opcnamespace,opcowner,opcfamily,opcintype,opckeytype}'::text[] ||
	jsonb_build_object('method', a.amname, 'in', c.opcintype::regtype, 'key', c.opckeytype::regtype, 'family', f.opfname))
FROM member AS m JOIN pg_opclass AS c ON m.classid = 'pg_opclass'::regclass AND m.objid = c.oid
	JOIN pg_am AS a ON a.oid = c.opcmethod JOIN pg_opfamily AS f ON f.oid = c.opcfamily;
INSERT INTO fact
SELECT format('%s: operator %s %s %s %s', m.name, o.amopstrategy, o.amoppurpose, o.amopopr::regoperator,
	(SELECT s.opfname FROM pg_opfamily AS s WHERE s.oid = o.amopsortfamily))
FROM member AS m JOIN pg_amop AS o ON m.classid = 'pg_opfamily'::regclass AND m.objid = o.amopfamily
UNION ALL
SELECT format('%s: function %s (%s, %s) %s', m.name, p.amprocnum, p.amproclefttype::regtype, p.amprocrighttype::regtype, p.amproc::regprocedure)
FROM member AS m JOIN pg_amproc AS p ON m.classid = 'pg_opfamily'::regclass AND m.objid = p.amprocfamily;
INSERT INTO fact
SELECT format('%s: %s', m.name, to_jsonb(t) - '{oid,typnamespace,typowner,typrelid,typelem,typarray,typbasetype,typcollation,typacl,typdefaultbin,typsubscript}'::text[] ||
	jsonb_build_object('element', t.typelem::regtype, 'base', t.typbasetype::regtype, 'rights', pg_temp.rights(t.typacl, 'T', t.typowner),
		'labels', (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid)))
FROM member AS m JOIN pg_type AS t ON m.classid = 'pg_type'::regclass AND m.objid = t.oid;
INSERT INTO fact
SELECT format('%s: %s, %s', m.name, c.castcontext, c.castmethod) FROM member AS m JOIN pg_cast AS c ON m.classid = 'pg_cast'::regclass AND m.objid = c.oid;
INSERT INTO fact
SELECT format('%s: %s %s %s; %s', m.name, c.relkind, c.relpersistence, CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) END,
	pg_temp.rights(c.relacl, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))
FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND m.objid = c.oid;
INSERT INTO fact
SELECT format('%s, column %s %s: %s%s%s %s %s; %s', m.name, row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum), a.attname,
	format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' NOT NULL' END, a.attidentity, a.attgenerated,
	pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum))
FROM member AS m JOIN pg_attribute AS a ON m.classid = 'pg_class'::regclass AND m.objid = a.attrelid AND a.attnum > 0 AND NOT a.attisdropped
	LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum;
INSERT INTO fact
SELECT format('%s: %s %s', m.name, c.conname, pg_get_constraintdef(c.oid))
-- (18 has a row for every NOT NULL, which the column has said already)
FROM member AS m JOIN pg_constraint AS c ON m.classid = 'pg_class'::regclass AND m.objid = c.conrelid AND c.contype <> 'n'
UNION ALL
SELECT format('%s: %s', m.name, pg_get_indexdef(i.indexrelid)) FROM member AS m JOIN pg_index AS i ON m.classid = 'pg_class'::regclass AND m.objid = i.indrelid
UNION ALL
SELECT format('%s: %s %s', m.name, t.tgenabled, pg_get_triggerdef(t.oid))
FROM member AS m JOIN pg_trigger AS t ON m.classid = 'pg_class'::regclass AND m.objid = t.tgrelid AND NOT t.tgisinternal;
-- what pg_dump takes along
INSERT INTO fact
SELECT format('dumped: %s %s', t::regclass, c) FROM pg_extension AS e, unnest(e.extconfig, e.extcondition) AS u (t, c) WHERE e.extname = 'mutasi';
-- rows that came with it
SELECT format('INSERT INTO fact SELECT format(''row of %s: %%s'', to_jsonb(r) - ''{defined_at,defined_by}''::text[]) FROM %s AS r', r, r)
FROM (SELECT m.objid::regclass AS r FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND m.objid = c.oid AND c.relkind = 'r') AS q \gexec
SELECT replace(line, E'\n', E'\\n') FROM fact ORDER BY line COLLATE "C";
