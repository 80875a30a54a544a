-- Reference rows that come with the extension stand as they are published: an
-- agency adds sets of its own beside them. pg_dump keeps only what is not
-- shipped, so a change to a shipped row would be lost at the next restore.
-- (An upgrade script that changes shipped rows disables the trigger meanwhile.)

CREATE FUNCTION mutasi.keep_shipped() RETURNS trigger
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	set_name text;
	taken boolean;
BEGIN
	IF TG_OP = 'TRUNCATE' THEN
		PERFORM mutasi.raise_error('55000', 'rows of mutasi.%1 that came with the extension cannot be removed',
			ARRAY[TG_TABLE_NAME::text], hint => 'Delete your own rows, those that are not shipped.');
	END IF;
	IF TG_OP <> 'INSERT' THEN
		IF OLD.shipped THEN
			PERFORM mutasi.raise_error('55000', 'a row of mutasi.%1 that came with the extension cannot be changed or removed',
				ARRAY[TG_TABLE_NAME::text], hint => 'Add rows under a name of your own, and change those.');
		END IF;
	END IF;
	IF TG_OP = 'DELETE' THEN
		RETURN OLD;
	END IF;
	IF NEW.shipped THEN
		PERFORM mutasi.raise_error('55000', 'a row of mutasi.%1 cannot be marked as shipped',
			ARRAY[TG_TABLE_NAME::text],
			hint => 'Leave the column to its default: pg_dump keeps only what is not shipped.');
	END IF;
	set_name := to_jsonb(NEW) ->> TG_ARGV[0];
	EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I WHERE shipped AND %I = $1)',
		TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0]) INTO taken USING set_name;
	IF taken THEN
		PERFORM mutasi.raise_error('55000', '"%1" in mutasi.%2 came with the extension and takes no rows of your own',
			ARRAY[set_name, TG_TABLE_NAME::text], hint => 'Choose a name of your own.');
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION mutasi.keep_shipped() IS
	'Trigger of the reference tables: refuses to change or remove rows that came with the extension, and to add rows to a set of theirs. Its argument is the column that names the set.';
