-- Every type's text and binary input with damaged values; :module, :rounds, :seed.
\set ON_ERROR_STOP 1
CREATE FUNCTION public.fuzz_type(type regtype, samples text[], is_binary boolean, rounds bigint, seed bigint,
	OUT accepted bigint, OUT refused bigint) LANGUAGE C STRICT AS :'module', 'fuzz_type';
CREATE TABLE public.sample (type regtype, samples text[]);
INSERT INTO public.sample VALUES
	('mutasi.nip', '{198501012010011001,"19850101 201001 1 001",199912312024212007,200006152025211001}'),
	('mutasi.competency_profile', '{"{}","{1:3}","{1:3, 7:4.12, 12:2}","{1:0, 2:655.35, 2147483647:0.01}","{5:1,6:2,7:3,8:4,9:5,10:6,11:7.5,12:8.25}"}'),
	('mutasi.competency_requirement', '{"{}","{1:3}","{1:3, 7:4*2, 12:2!, 30:1~}","{1:3, 7:4*2, 12:2!, 30:1~}/0.25","{1:655.35*100!~, 2147483647:0.01*0.01}/1","{3:2*0.5~}/0"}');
-- a type that has no samples here would go untested
DO $$
DECLARE
	missing text;
BEGIN
	SELECT string_agg(t.oid::regtype::text, ', ') INTO missing
	FROM pg_depend AS d JOIN pg_extension AS e ON d.refobjid = e.oid AND e.extname = 'mutasi'
		JOIN pg_type AS t ON d.classid = 'pg_type'::regclass AND t.oid = d.objid
	WHERE d.deptype = 'e' AND t.typtype = 'b' AND t.typelem = 0 AND t.typreceive <> 0
		AND NOT EXISTS (SELECT FROM public.sample AS s WHERE s.type = t.oid)
		AND NOT EXISTS (SELECT FROM pg_opclass AS o WHERE o.opckeytype = t.oid);
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION 'no samples to fuzz type % with', missing;
	END IF;
END
$$;
\timing on
SELECT s.type, CASE WHEN b.is_binary THEN 'binary' ELSE 'text' END AS form, f.accepted, f.refused
FROM public.sample AS s, (VALUES (false), (true)) AS b (is_binary),
	LATERAL public.fuzz_type(s.type, s.samples, b.is_binary, :rounds, :seed) AS f
ORDER BY 1, 2;
