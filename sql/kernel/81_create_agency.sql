-- Making an agency's own schema out of the rows of mutasi.agency_script, and
-- bringing one made by an earlier version up to date.

CREATE TABLE mutasi.agency_upgrade (
	from_version text NOT NULL,
	to_version text NOT NULL,
	script text NOT NULL,
	PRIMARY KEY (from_version)
);
COMMENT ON TABLE mutasi.agency_upgrade IS
	'The scripts that bring an agency schema from one version to the next; @agency@ stands for the schema''s name. Shipped with the extension, read by upgrade_agency().';
COMMENT ON COLUMN mutasi.agency_upgrade.from_version IS 'Version the agency schema has before the step.';
COMMENT ON COLUMN mutasi.agency_upgrade.to_version IS 'Version it has afterwards.';
COMMENT ON COLUMN mutasi.agency_upgrade.script IS 'SQL statements, @agency@ standing for the agency''s schema.';
REVOKE ALL ON mutasi.agency_upgrade FROM PUBLIC;
GRANT SELECT ON mutasi.agency_upgrade TO PUBLIC;

-- One place that knows what an agency may be called.
CREATE FUNCTION mutasi.check_agency_name(name text) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
	IF name IS NULL THEN
		PERFORM mutasi.raise_error('22004', 'the name of an agency schema must not be null', '{}'::text[],
			hint => 'Call it like this: SELECT mutasi.create_agency(''kota_x'').');
	END IF;
	IF name !~ '^[a-z][a-z0-9_]{0,47}$' OR name ~ '^pg_' OR name = ANY ('{mutasi,public,information_schema}'::text[]) THEN
		PERFORM mutasi.raise_error('42602', 'invalid name of an agency schema: "%1"', ARRAY[name],
			hint => 'Take one to 48 lower-case letters, digits and underscores, a letter first, and neither a "pg_" name nor one of PostgreSQL''s or mutasi''s own schemas.');
	END IF;
END
$body$;
COMMENT ON FUNCTION mutasi.check_agency_name(text) IS
	'Raises an error (22004, 42602) unless the text may name an agency schema: one to 48 lower-case letters, digits, underscores, a letter first, not a system schema.';

CREATE FUNCTION mutasi.create_agency(name text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	SET check_function_bodies = off
	SET client_min_messages = warning
AS $body$
DECLARE
	piece record;
BEGIN
	PERFORM mutasi.check_agency_name(name);
	IF EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname = name) THEN
		PERFORM mutasi.raise_error('42P06', 'schema "%1" already exists', ARRAY[name],
			hint => 'An agency schema is made anew: choose another name, or rename or drop that schema by your own hand.');
	END IF;
	IF NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') THEN
		PERFORM mutasi.raise_error('42501', 'role "%1" may not create schemas in database "%2"',
			ARRAY[current_user::text, pg_catalog.current_database()::text],
			hint => 'Have the privilege granted: GRANT CREATE ON DATABASE … TO ….');
	END IF;
	-- "No two posts on one day" is an exclusion constraint over an integer and
	-- a range. Only agency schemas need the operator class for it, so it is
	-- fetched here and CREATE EXTENSION mutasi stays one command.
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = 'btree_gist') THEN
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_available_extensions AS e WHERE e.name = 'btree_gist') THEN
			PERFORM mutasi.raise_error('58P01', 'extension "btree_gist" is not available', '{}'::text[],
				hint => 'It comes with PostgreSQL''s contrib modules; install them and try again.');
		END IF;
		IF pg_catalog.to_regnamespace('public') IS NULL THEN
			PERFORM mutasi.raise_error('55000', 'extension "btree_gist" is not installed and there is no schema "public" to put it into', '{}'::text[],
				hint => 'Run CREATE EXTENSION btree_gist SCHEMA … with a schema of your choice first.');
		END IF;
		CREATE EXTENSION btree_gist SCHEMA public;
	END IF;

	EXECUTE pg_catalog.format('CREATE SCHEMA %I', name);
	-- The new schema is empty and the caller's own: nothing in it can capture a
	-- name. pg_catalog, not listed, is searched before it.
	PERFORM pg_catalog.set_config('search_path', pg_catalog.format('%I, mutasi, pg_temp', name), true);
	FOR piece IN SELECT s.part, s.script FROM mutasi.agency_script AS s ORDER BY s.part COLLATE "C" LOOP
		EXECUTE pg_catalog.replace(piece.script, '@agency@', pg_catalog.quote_ident(name));
	END LOOP;
END
$body$;
COMMENT ON FUNCTION mutasi.create_agency(text) IS
	'Makes the schema of an agency (instansi): tables, triggers, functions and views, owned by the caller, who needs CREATE on the database. Refuses an existing schema (42P06) and a bad name (42602). Creates the extension btree_gist in schema public if the database lacks it.';

CREATE FUNCTION mutasi.upgrade_agency(name text) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	SET check_function_bodies = off
	SET client_min_messages = warning
AS $body$
DECLARE
	current_version text;
	target_version text;
	step record;
BEGIN
	PERFORM mutasi.check_agency_name(name);
	IF pg_catalog.to_regclass(pg_catalog.format('%I.agency_info', name)) IS NULL THEN
		PERFORM mutasi.raise_error('3F000', '"%1" is not an agency schema', ARRAY[name],
			hint => 'Agency schemas are made by mutasi.create_agency().');
	END IF;
	IF NOT pg_catalog.pg_has_role((SELECT n.nspowner FROM pg_catalog.pg_namespace AS n WHERE n.nspname = name), 'USAGE') THEN
		PERFORM mutasi.raise_error('42501', 'only the owner of schema "%1" may upgrade it', ARRAY[name]);
	END IF;
	SELECT e.extversion INTO STRICT target_version FROM pg_catalog.pg_extension AS e WHERE e.extname = 'mutasi';
	-- one upgrade at a time
	EXECUTE pg_catalog.format('SELECT version FROM %I.agency_info FOR UPDATE', name) INTO current_version;
	IF current_version IS NULL THEN
		PERFORM mutasi.raise_error('55000', 'table agency_info of schema "%1" has lost its row', ARRAY[name],
			hint => 'Insert the version the schema was made by, then try again.');
	END IF;
	PERFORM pg_catalog.set_config('search_path', pg_catalog.format('%I, mutasi, pg_temp', name), true);
	WHILE current_version <> target_version LOOP
		SELECT u.to_version, u.script INTO step FROM mutasi.agency_upgrade AS u WHERE u.from_version = current_version;
		IF NOT FOUND THEN
			PERFORM mutasi.raise_error('0A000', 'there is no way from version %1 of schema "%2" to version %3',
				ARRAY[current_version, name, target_version],
				hint => 'Bring the extension up to date with ALTER EXTENSION mutasi UPDATE; a schema newer than the extension cannot go back.');
		END IF;
		EXECUTE pg_catalog.replace(step.script, '@agency@', pg_catalog.quote_ident(name));
		current_version := step.to_version;
		EXECUTE pg_catalog.format('UPDATE %I.agency_info SET version = $1, upgraded_at = pg_catalog.now()', name) USING current_version;
	END LOOP;
	RETURN current_version;
END
$body$;
COMMENT ON FUNCTION mutasi.upgrade_agency(text) IS
	'Brings an agency schema to the installed version of the extension, step by step, and returns that version; nothing to do is no error. Only the schema''s owner may.';
