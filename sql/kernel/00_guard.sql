-- The extension's schema must be the installer's own and empty: whoever owns a
-- schema may replace what is in it, and whoever put something there before us
-- could have our unqualified-looking calls resolve to it.
DO $guard$
DECLARE
	schema_oid pg_catalog.oid;
	schema_owner pg_catalog.oid;
BEGIN
	SELECT n.oid, n.nspowner INTO STRICT schema_oid, schema_owner
	FROM pg_catalog.pg_namespace AS n
	WHERE n.nspname OPERATOR(pg_catalog.=) 'mutasi';
	IF pg_catalog.pg_get_userbyid(schema_owner) OPERATOR(pg_catalog.<>) current_user THEN
		RAISE EXCEPTION 'schema "mutasi" is owned by "%", not by "%"',
				pg_catalog.pg_get_userbyid(schema_owner), current_user
			USING ERRCODE = 'insufficient_privilege',
				HINT = 'Rename or drop that schema, or make the installing role its owner; the extension must own what is in it.';
	END IF;
	IF EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS d
			WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass
				AND d.refobjid OPERATOR(pg_catalog.=) schema_oid
				AND d.deptype OPERATOR(pg_catalog.=) 'n'::"char"
				-- the extension being created depends on its schema by now
				AND d.classid OPERATOR(pg_catalog.<>) 'pg_catalog.pg_extension'::pg_catalog.regclass) THEN
		RAISE EXCEPTION 'schema "mutasi" is not empty'
			USING ERRCODE = 'duplicate_object',
				HINT = 'Move what is in it elsewhere: objects made before the extension could capture its calls.';
	END IF;
END
$guard$;
