-- Every function of the extension that SQL can call, with NULL, empty, extreme
-- and boundary arguments: all combinations, or :bound of them drawn at random.
-- A call may fail, but only with an error that somebody meant: no internal error
-- (class XX), and the server lives. Each is rolled back. :bound, :seed.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
SET statement_timeout = 0;
CREATE TABLE public.value (type regtype, literal text);
INSERT INTO public.value
SELECT type::regtype, unnest(literals) FROM (VALUES
	('smallint', ARRAY['0', '1', '-1', '32767', '-32768']),
	('integer', ARRAY['0', '1', '-1', '2147483647', '-2147483648']),
	('bigint', ARRAY['0', '1', '-1', '9223372036854775807', '-9223372036854775808']),
	('numeric', ARRAY['0', '1', '-1', '0.005', '655.36', '1e100', '-1e-100', 'NaN', 'Infinity', '-Infinity']),
	('real', ARRAY['0', '1', '-1', 'NaN', 'Infinity', '-Infinity', '1e-37']),
	('double precision', ARRAY['0', '1', '-1', 'NaN', 'Infinity', '-Infinity', '1e-300']),
	('boolean', ARRAY['true', 'false']),
	('text', ARRAY['', 'x', 'public.value', 'SELECT 1', E'%1 %s "\\'';--', repeat('x', 10000)]),
	('name', ARRAY['', 'x', 'public', repeat('x', 63)]),
	('"char"', ARRAY['', 'x']),
	('date', ARRAY['2025-01-31', '0001-01-01', '5874897-12-31', '4713-01-01 BC', 'infinity', '-infinity']),
	('timestamp', ARRAY['2025-01-31 12:00', '294276-12-31', '4713-01-01 BC', 'infinity', '-infinity']),
	('timestamptz', ARRAY['2025-01-31 12:00+00', '294276-12-31 00:00+00', '4713-01-01 00:00+00 BC', 'infinity', '-infinity']),
	('interval', ARRAY['0', '1 day', '-1 day', '178000000 years', '-178000000 years']),
	('daterange', ARRAY['empty', '(,)', '[2025-01-01,2025-02-01)']),
	('oid', ARRAY['0', '1', '4294967295']),
	('regclass', ARRAY['public.value', 'pg_class', '4294967295']),
	('regtype', ARRAY['text', 'mutasi.nip', '4294967295']),
	('regprocedure', ARRAY['now()', '4294967295']),
	('regrole', ARRAY['postgres', '4294967295']),
	('regnamespace', ARRAY['public', 'mutasi', '4294967295']),
	('bytea', ARRAY['', '\x00', '\xffffffff']),
	('uuid', ARRAY['00000000-0000-0000-0000-000000000000']),
	('json', ARRAY['null', '{}', '[]', '{"a":[1,null]}', '1e400']),
	('jsonb', ARRAY['null', '{}', '[]', '{"1":3,"7":4.12}', '{"a":[1,null]}', '-1']),
	('mutasi.nip', ARRAY['198501012010011001', '199912312024212007']),
	('mutasi.competency_profile', ARRAY['{}', '{1:0}', '{1:3, 7:4.12}', '{2147483647:655.35}']),
	('mutasi.competency_requirement', ARRAY['{}', '{1:3!}', '{1:3, 7:4*2~}/0', '{2147483647:655.35*100!~}/1'])
) AS v (type, literals);
-- enums of the extension, and arrays of what there is
INSERT INTO public.value
SELECT e.enumtypid, e.enumlabel FROM pg_enum AS e JOIN pg_type AS t ON t.oid = e.enumtypid
WHERE t.typnamespace = 'mutasi'::regnamespace;
INSERT INTO public.value
SELECT t.typarray, a FROM (SELECT DISTINCT v.type FROM public.value AS v) AS v
	JOIN pg_type AS t ON t.oid = v.type AND t.typarray <> 0,
	LATERAL (SELECT '{}' UNION ALL SELECT '{NULL}' UNION ALL
		SELECT ARRAY[min(w.literal), NULL, max(w.literal)]::text FROM public.value AS w WHERE w.type = v.type UNION ALL
		SELECT ARRAY[ARRAY[min(w.literal)], ARRAY[max(w.literal)]]::text FROM public.value AS w WHERE w.type = v.type) AS l (a);

CREATE TABLE public.call_result (signature text, calls bigint, errors bigint);
CREATE TABLE public.call_fault (statement text, sqlstate text, message text);

CREATE PROCEDURE public.call_all(bound int) LANGUAGE plpgsql AS $$
DECLARE
	f record;
	types regtype[];
	counts int[];
	total numeric;
	calls bigint;
	errors bigint;
	arguments text;
	literal text;
	pick bigint;
	statement text;
	state text;
	message text;
BEGIN
	FOR f IN
		SELECT p.oid, p.oid::regprocedure::text AS signature, p.oid::regproc::text AS name, p.prokind,
			p.proargtypes::oid[] AS argtypes
		FROM pg_depend AS d JOIN pg_extension AS e ON d.refobjid = e.oid AND e.extname = 'mutasi'
			JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
		WHERE d.deptype = 'e' AND p.prokind IN ('f', 'a')
			AND NOT 'internal'::regtype = ANY (p.proargtypes) AND NOT 'cstring'::regtype = ANY (p.proargtypes)
			AND p.prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
		ORDER BY 2
	LOOP
		-- a polymorphic argument is tried as text
		types := ARRAY(SELECT CASE t.typname WHEN 'anyelement' THEN 'text'::regtype WHEN 'anyarray' THEN 'text[]'::regtype
				WHEN 'anynonarray' THEN 'text'::regtype WHEN 'any' THEN 'text'::regtype ELSE t.oid::regtype END
			FROM unnest(f.argtypes) WITH ORDINALITY AS a (oid, n) JOIN pg_type AS t USING (oid) ORDER BY n);
		-- NULL is one more value of each
		counts := ARRAY(SELECT 1 + (SELECT count(*)::int FROM public.value AS v WHERE v.type = t)
			FROM unnest(types) WITH ORDINALITY AS a (t, n) ORDER BY n);
		total := 1;
		FOR i IN 1 .. cardinality(counts) LOOP total := total * counts[i]; END LOOP;
		calls := least(total, bound);
		errors := 0;
		FOR number IN 0 .. calls - 1 LOOP
			arguments := '';
			pick := number;
			FOR i IN 1 .. cardinality(types) LOOP
				IF total > bound THEN
					pick := floor(random() * counts[i]);
				END IF;
				SELECT v.literal INTO literal FROM public.value AS v WHERE v.type = types[i] ORDER BY v.literal COLLATE "C"
					LIMIT 1 OFFSET nullif(pick % counts[i], 0) - 1;
				arguments := arguments || CASE WHEN i > 1 THEN ', ' ELSE '' END
					|| CASE WHEN pick % counts[i] = 0 THEN 'NULL' ELSE quote_literal(literal) END || '::' || types[i]::text;
				pick := pick / counts[i];
			END LOOP;
			statement := format('SELECT count(*) FROM (SELECT %s(%s) AS r%s) AS x WHERE x::text <> ''-''', f.name, arguments,
				CASE WHEN f.prokind = 'a' THEN ' FROM generate_series(1, 2)' ELSE '' END);
			BEGIN
				EXECUTE statement;
				RAISE EXCEPTION USING ERRCODE = 'FZ000';
			EXCEPTION
				WHEN SQLSTATE 'FZ000' THEN NULL;
				WHEN OTHERS THEN
					GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
					errors := errors + 1;
					-- bytes that are no solution are told so by this code
					IF state LIKE 'XX%' AND message !~ '^(could not open relation with OID [1-9]|invalid plan solution: )'
						OR state IN ('42601', '42883', '42702', '42804', '0A000')
							-- a helper trusts the function it is a part of
							AND obj_description(f.oid, 'pg_proc') !~ '^Part of '
							-- what PostgreSQL says of a query that was given to one of these is passed on
							AND NOT (state = '42601' AND message ~ '^syntax error at or near' AND f.name ~
								'^mutasi\.(rank_candidates|rank_posts|rank_composite|solve_transfers|plan_transfers|plan_certificate|plan_why_not|plan_shortfall|match_applications|exchange_cycles)$') THEN
						INSERT INTO public.call_fault VALUES (regexp_replace(statement, 'x{20,}', 'xxx…'), state, regexp_replace(message, 'x{20,}', 'xxx…'));
					END IF;
			END;
		END LOOP;
		INSERT INTO public.call_result VALUES (f.signature, calls, errors);
		COMMIT;
	END LOOP;
END
$$;
SELECT setseed(:seed / 1e9) \g /dev/null
CALL public.call_all(:bound);
SELECT count(*) AS functions, sum(calls) AS calls, sum(errors) AS refused FROM public.call_result;
\pset expanded on
SELECT sqlstate, message, count(*), min(statement) AS statement FROM public.call_fault GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) > 0 AS faults FROM public.call_fault \gset
\if :faults
DO $$BEGIN RAISE EXCEPTION 'calls ended in an error that nobody meant, see above'; END$$;
\endif
