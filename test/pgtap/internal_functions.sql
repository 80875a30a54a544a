-- What PostgreSQL calls on its own, with arguments that SQL cannot make: the steps,
-- combination and serial forms of aggregates, and what indexes ask of their operator
-- classes. Nobody reaches them by hand: not with NULL, not with what another of them
-- returns, not with an aggregate, an operator, a cast or a function of one's own.
BEGIN;
SELECT plan(9);

CREATE TEMPORARY TABLE inner_function AS
SELECT p.oid, p.proname, p.proargtypes::oid[] AS types, p.prorettype, p.oid::regprocedure::text AS signature
FROM pg_depend AS d JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'mutasi'
	JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
WHERE d.deptype = 'e' AND p.prokind = 'f' AND 'internal'::regtype = ANY (p.proargtypes::oid[] || p.prorettype);
GRANT SELECT ON inner_function TO PUBLIC;

-- the error's SQLSTATE, or what came of it; so that a mistake in a statement here is no refusal
CREATE FUNCTION pg_temp.outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE statement INTO answer;
	RETURN 'done: ' || coalesce(answer, 'NULL');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

SELECT cmp_ok((SELECT count(*)::int FROM inner_function WHERE proname ~ '_(deserialize|combine)$'), '>=', 6, 'serial forms and combinations are found');
-- so that an aggregate with an internal state of its own name is looked at as well
SELECT is_empty($$
	SELECT a.aggfnoid, f FROM pg_aggregate AS a JOIN pg_proc AS p ON p.oid = a.aggfnoid,
		unnest(ARRAY[a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn]::oid[]) AS f
	WHERE p.pronamespace = 'mutasi'::regnamespace AND a.aggtranstype = 'internal'::regtype AND f <> 0
		AND NOT EXISTS (SELECT FROM inner_function AS i WHERE i.oid = f)
		-- a serial form is of bytes, and takes an internal argument nevertheless
	$$, 'all the parts of aggregates with internal states are among them');

-- every argument NULL, and for those that take bytes, bytes that somebody made up: a count
-- without what is counted, one below zero, a great one, and one of each
CREATE TEMPORARY TABLE call AS
SELECT i.signature, format('SELECT mutasi.%I(%s)::text', i.proname,
	(SELECT string_agg(CASE WHEN t = 'bytea'::regtype THEN quote_literal(b) || '::bytea' ELSE 'NULL' || CASE t WHEN 'internal'::regtype THEN '' ELSE '::' || t::regtype END END, ', ' ORDER BY n)
		FROM unnest(i.types) WITH ORDINALITY AS u (t, n))) AS statement
FROM inner_function AS i, unnest(ARRAY['\x', '\x00000001', '\xffffffff', '\x7fffffff00000001', '\x000000010000000100000001']) AS b
WHERE b = '\x' OR 'bytea'::regtype = ANY (i.types);
SELECT is_empty($$SELECT signature, statement, o FROM call, pg_temp.outcome(statement) AS o WHERE o NOT IN ('42883', '0A000')$$,
	'called by hand they are not found, or what is passed is no such value');

-- each fed with what each other returns
SELECT is_empty($$
	SELECT outer_one.signature, inner_one.signature, o
	FROM inner_function AS outer_one
	JOIN inner_function AS inner_one ON inner_one.prorettype = 'internal'::regtype AND 'internal'::regtype = ANY (outer_one.types),
	LATERAL pg_temp.outcome(format('SELECT mutasi.%I(%s)::text', outer_one.proname,
		(SELECT string_agg(CASE WHEN t = 'internal'::regtype THEN (SELECT format('mutasi.%I(%s)', inner_one.proname,
				(SELECT string_agg(CASE WHEN v = 'bytea'::regtype THEN '''\x0000000100000001000000010000000100000001''::bytea' ELSE 'NULL' || CASE v WHEN 'internal'::regtype THEN '' ELSE '::' || v::regtype END END, ', ' ORDER BY m)
					FROM unnest(inner_one.types) WITH ORDINALITY AS w (v, m))))
			ELSE 'NULL::' || t::regtype END, ', ' ORDER BY n) FROM unnest(outer_one.types) WITH ORDINALITY AS u (t, n)))) AS o
	WHERE o NOT IN ('42883', '0A000')$$, 'nor can one be fed with another''s answer');

-- an ordinary role's own objects around them
CREATE ROLE if_stranger;
GRANT USAGE ON SCHEMA mutasi, public TO PUBLIC;
GRANT CREATE ON SCHEMA public TO if_stranger;
SET LOCAL ROLE if_stranger;
SELECT is_empty($$
	SELECT i.signature, o FROM inner_function AS i,
		pg_temp.outcome(format('CREATE AGGREGATE public.mine_%s (%s) (SFUNC = mutasi.%I, STYPE = internal)', i.oid,
			(SELECT coalesce(string_agg(t::regtype::text, ', ' ORDER BY n), '*') FROM unnest(i.types[1:]) WITH ORDINALITY AS u (t, n)), i.proname)) AS o
	WHERE i.types[0] = 'internal'::regtype AND i.prorettype = 'internal'::regtype AND o <> '42P13'$$,
	'no aggregate of one''s own has an internal state');
SELECT is_empty($$
	SELECT i.signature, o FROM inner_function AS i,
		pg_temp.outcome(format('CREATE AGGREGATE public.mine_%s (text) (SFUNC = textcat, STYPE = text, FINALFUNC = mutasi.%I, SERIALFUNC = mutasi.%2$I, DESERIALFUNC = mutasi.%2$I)', i.oid, i.proname)) AS o
	WHERE o <> '42P13'$$, 'nor is one of them a part of another aggregate');
SELECT is_empty($$
	SELECT i.signature, o FROM inner_function AS i, unnest('{sql,internal,c}'::text[]) AS l,
		pg_temp.outcome(format('CREATE FUNCTION public.mine_%s(%s) RETURNS internal LANGUAGE %s AS %L', i.oid,
			(SELECT string_agg(t::regtype::text, ', ' ORDER BY n) FROM unnest(i.types) WITH ORDINALITY AS u (t, n)), l, i.proname)) AS o
	WHERE o <> CASE l WHEN 'sql' THEN '42P13' ELSE '42501' END$$, 'no function of one''s own stands for one');
SELECT is_empty($$
	SELECT i.signature, o FROM inner_function AS i,
		pg_temp.outcome(format('CREATE OPERATOR CLASS public.mine_%s FOR TYPE int USING gist AS FUNCTION 1 mutasi.%I(%s)', i.oid, i.proname,
			(SELECT string_agg(t::regtype::text, ', ' ORDER BY n) FROM unnest(i.types) WITH ORDINALITY AS u (t, n)))) AS o
	WHERE o <> '42501'$$, 'no operator class of one''s own calls one');
SELECT is_empty($$
	SELECT i.signature, o FROM inner_function AS i,
		pg_temp.outcome(format('CREATE CAST (internal AS %s) WITH FUNCTION mutasi.%I(%s)', i.prorettype::regtype, i.proname,
			(SELECT string_agg(t::regtype::text, ', ' ORDER BY n) FROM unnest(i.types) WITH ORDINALITY AS u (t, n)))) AS o
	WHERE o <> '42809'$$, 'no cast goes through one');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
