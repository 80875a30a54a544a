-- Attaching a workflow to a table. All that is known of the attachment is kept
-- in the table's own triggers, so that pg_dump carries it and renames follow.

CREATE FUNCTION mutasi.workflow_enforce() RETURNS trigger
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_workflow_enforce';
COMMENT ON FUNCTION mutasi.workflow_enforce() IS
	'Trigger made by attach_workflow(): refuses what a case''s workflow does not allow (SQLSTATE class MU, see workflow_error) and records every insert, transition, change and delete in the history. Arguments: workflow, version, options.';
CREATE FUNCTION mutasi.workflow_key() RETURNS trigger
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_workflow_key';
COMMENT ON FUNCTION mutasi.workflow_key() IS
	'Trigger made by attach_workflow() on partitioned tables: refuses an update that changes the key before it becomes a move to another partition (MU005).';
CREATE FUNCTION mutasi.workflow_truncate() RETURNS trigger
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_workflow_truncate';
COMMENT ON FUNCTION mutasi.workflow_truncate() IS
	'Trigger made by attach_workflow(): refuses TRUNCATE (MU007).';
CREATE FUNCTION mutasi.workflow_columns() RETURNS trigger
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_workflow_columns';
COMMENT ON FUNCTION mutasi.workflow_columns() IS
	'Trigger made by attach_workflow() that never fires: it holds the columns the workflow needs, so that they can be renamed but not dropped.';
CREATE FUNCTION mutasi.workflow_end() RETURNS trigger
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_workflow_end';
COMMENT ON FUNCTION mutasi.workflow_end() IS
	'Trigger made by attach_workflow(): closes, behind a statement, what its rows kept open of the history. Without it each row opens it anew: slower, not less safe.';
CREATE FUNCTION mutasi.history_guard() RETURNS trigger
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_history_guard';
COMMENT ON FUNCTION mutasi.history_guard() IS
	'Trigger of a history table: rows are only added, and only by the workflow (MU029).';

CREATE FUNCTION mutasi.current_actor() RETURNS text
	LANGUAGE C STABLE PARALLEL RESTRICTED
	AS 'MODULE_PATHNAME', 'mutasi_current_actor';
COMMENT ON FUNCTION mutasi.current_actor() IS
	'The person a write would be recorded under: the application''s actor (mutasi.actor) if it was set in this transaction and the role in force may set it, else the session''s role.';

CREATE FUNCTION mutasi.record_baseline(target regclass, event text, reason text) RETURNS bigint
	LANGUAGE C VOLATILE
	AS 'MODULE_PATHNAME', 'mutasi_record_baseline';
COMMENT ON FUNCTION mutasi.record_baseline(regclass, text, text) IS
	'Part of attach_workflow() and import_cases(): writes a history row for each row of the table (event baseline), or for each that has none or whose history ends in another state (event import). For the table''s owner. Returns how many it wrote.';

CREATE FUNCTION mutasi.check_condition(target regclass, condition text) RETURNS text[]
	LANGUAGE C VOLATILE
	AS 'MODULE_PATHNAME', 'mutasi_check_condition';
COMMENT ON FUNCTION mutasi.check_condition(regclass, text) IS
	'Part of attach_workflow(): parses a condition for a table with a workflow as its owner and returns the columns it reads. Raises what is wrong with it.';

CREATE TABLE mutasi.workflow_error (
	sqlstate text PRIMARY KEY CHECK (sqlstate ~ '^MU0[0-9][0-9]$'),
	condition_name text NOT NULL UNIQUE,
	meaning text NOT NULL
);
COMMENT ON TABLE mutasi.workflow_error IS 'The SQLSTATEs of workflow and history, one for each refusal, so that applications can branch. Shipped with the extension.';
COMMENT ON COLUMN mutasi.workflow_error.sqlstate IS 'The SQLSTATE.';
COMMENT ON COLUMN mutasi.workflow_error.condition_name IS 'A short name for it.';
COMMENT ON COLUMN mutasi.workflow_error.meaning IS 'What was refused.';
INSERT INTO mutasi.workflow_error (sqlstate, condition_name, meaning) VALUES
	('MU001', 'not_initial_state', 'a case was inserted in a state in which none begins'),
	('MU002', 'no_transition', 'there is no transition from the case''s state to the new one'),
	('MU003', 'unknown_state', 'the state is NULL or not a state of the case''s workflow'),
	('MU004', 'terminal_state', 'the case is closed and stays as it is'),
	('MU005', 'key_changed', 'key and workflow of a case stay'),
	('MU006', 'delete_refused', 'a case beyond its initial state was to be deleted'),
	('MU007', 'truncate_refused', 'a table with a workflow was to be truncated'),
	('MU008', 'role_refused', 'the person or role may not take the action'),
	('MU009', 'condition_not_met', 'the condition of the transition is not true'),
	('MU010', 'column_missing', 'a column that the transition needs is empty'),
	('MU011', 'document_missing', 'a document that the transition needs is missing'),
	('MU012', 'reason_missing', 'the transition needs a reason'),
	('MU013', 'reason_code_missing', 'the transition needs one of the workflow''s reason codes'),
	('MU014', 'approvals_missing', 'the transition needs more approvals'),
	('MU015', 'duties_separated', 'the same person took an earlier action that is separated from this one'),
	('MU016', 'already_approved', 'the person has approved already'),
	('MU017', 'no_delegation', 'no delegation is in force'),
	('MU018', 'not_editable', 'the column may not change in this state'),
	('MU019', 'no_history', 'the case has no history'),
	('MU020', 'invalid_definition', 'a workflow definition is not valid'),
	('MU021', 'frozen_definition', 'a published workflow version cannot change, or was altered'),
	('MU022', 'unknown_workflow', 'there is no such workflow or version, or it is not one of the table''s'),
	('MU023', 'already_attached', 'the table has a workflow already'),
	('MU024', 'not_attached', 'the table has no workflow'),
	('MU025', 'damaged_attachment', 'triggers or history of a table with a workflow are damaged'),
	('MU026', 'state_differs', 'the case''s row and its history do not fit together'),
	('MU027', 'no_case', 'there is no such case, or it is not visible'),
	('MU028', 'no_such_action', 'the action is not available in the case''s state'),
	('MU029', 'append_only', 'a history is only added to'),
	('MU030', 'not_due', 'the deadline of the case has not passed');
REVOKE ALL ON mutasi.workflow_error FROM PUBLIC;
GRANT SELECT ON mutasi.workflow_error TO PUBLIC;

-- Reading an attachment ------------------------------------------------------

CREATE FUNCTION mutasi.workflow_attachment(target regclass, OUT root regclass, OUT history regclass, OUT workflow text,
		OUT version integer, OUT options jsonb, OUT state_column name, OUT key_columns name[], OUT columns jsonb) RETURNS record
	LANGUAGE C STABLE STRICT
	AS 'MODULE_PATHNAME', 'mutasi_workflow_attachment';
COMMENT ON FUNCTION mutasi.workflow_attachment(regclass) IS
	'What is attached to a table (or to the table a partition belongs to): the table, its history, the workflow and version of new cases, the options, the state and key columns as they are called now, and all columns the workflow names. MU024 if nothing is attached, MU025 if the attachment is damaged.';

CREATE FUNCTION mutasi.workflow_owner_check(target regclass) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	owner oid;
BEGIN
	IF target IS NULL THEN
		PERFORM mutasi.raise_error('22004', 'the table must not be null');
	END IF;
	SELECT c.relowner INTO owner FROM pg_class AS c WHERE c.oid = target;
	IF owner IS NULL THEN
		PERFORM mutasi.raise_error('42P01', 'there is no table with OID %1', ARRAY[target::oid::text]);
	ELSIF NOT pg_has_role(owner, 'USAGE') THEN
		PERFORM mutasi.raise_error('42501', 'must be owner of table "%1"', ARRAY[target::text],
			hint => 'Let its owner "%2" do it, or a superuser.', detail => NULL);
	END IF;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_owner_check(regclass) IS
	'Raises 42501 unless the current role has the rights of the table''s owner.';

-- Attaching ------------------------------------------------------------------

CREATE FUNCTION mutasi.workflow_check_options(target regclass, workflow text, options jsonb) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	entry record;
	item record;
	wanted integer;
	versions jsonb := '{}';
	function_oid regproc;
	known constant text[] := ARRAY['version', 'workflows', 'workflow_column', 'roles', 'plays_role', 'columns', 'reason', 'reason_code',
		'documents', 'holidays', 'workdays', 'time_zone', 'delegation', 'deadlines', 'separation', 'history'];
BEGIN
	PERFORM mutasi.workflow_owner_check(target);
	IF workflow IS NULL THEN
		PERFORM mutasi.raise_error('22004', 'the workflow must not be null');
	END IF;
	IF jsonb_typeof(options) IS DISTINCT FROM 'object' THEN
		PERFORM mutasi.raise_error('22023', 'options of attach_workflow() must be a JSON object');
	END IF;
	options := jsonb_strip_nulls(options);
	FOR entry IN SELECT e.key, e.value, jsonb_typeof(e.value) AS type FROM jsonb_each(options) AS e ORDER BY e.key LOOP
		IF NOT entry.key = ANY (known) THEN
			PERFORM mutasi.raise_error('22023', 'attach_workflow() has no option "%1"', ARRAY[entry.key, array_to_string(known, ', ')],
				hint => 'Options are %2.');
		END IF;
		IF entry.type <> ALL (CASE
				WHEN entry.key = 'version' THEN ARRAY['number']
				WHEN entry.key = 'separation' THEN ARRAY['boolean']
				WHEN entry.key IN ('roles', 'columns', 'deadlines', 'workflows') THEN ARRAY['object']
				WHEN entry.key = 'documents' THEN ARRAY['object']
				WHEN entry.key = 'holidays' THEN ARRAY['object', 'string']
				WHEN entry.key = 'workdays' THEN ARRAY['array']
				ELSE ARRAY['string'] END) THEN
			PERFORM mutasi.raise_error('22023', 'option "%1" of attach_workflow() cannot be of type %2', ARRAY[entry.key, entry.type]);
		END IF;
	END LOOP;

	-- workflows and versions, the default one among them
	IF options ? 'workflows' AND NOT options ? 'workflow_column' THEN
		PERFORM mutasi.raise_error('22023', 'option "workflows" needs "workflow_column"',
			hint => 'Name the column whose value chooses the workflow of a new row.');
	END IF;
	FOR item IN
		SELECT $2 AS name, options -> 'version' AS version
		UNION ALL
		SELECT e.key, nullif(e.value, 'true') FROM jsonb_each(options -> 'workflows') AS e WHERE e.key <> $2
	LOOP
		IF jsonb_typeof(item.version) NOT IN ('null', 'number') THEN
			PERFORM mutasi.raise_error('22023', 'version %2 of workflow "%1" is not a number', ARRAY[item.name, item.version::text],
				hint => 'Give the version, or true for the latest.');
		END IF;
		SELECT w.version INTO wanted FROM mutasi.workflow AS w
			WHERE w.workflow = item.name AND (item.version IS NULL OR w.version = item.version::numeric)
			ORDER BY w.version DESC LIMIT 1;
		IF NOT FOUND THEN
			PERFORM mutasi.raise_error('MU022', CASE WHEN item.version IS NULL THEN 'there is no workflow "%1"' ELSE 'there is no workflow "%1", version %2' END,
				ARRAY[item.name, item.version::text],
				hint => 'SELECT workflow, version FROM mutasi.workflow shows what there is.');
		END IF;
		versions := versions || jsonb_build_object(item.name, wanted);
	END LOOP;
	options := options || jsonb_build_object('version', versions -> $2);
	IF options ? 'workflow_column' THEN
		options := options || jsonb_build_object('workflows', versions);
	END IF;

	-- roles: they exist, and the workflow knows what they play
	FOR item IN
		SELECT e.key AS abstract, r.role, jsonb_typeof(e.value) AS type
		FROM jsonb_each(options -> 'roles') AS e
		LEFT JOIN LATERAL jsonb_array_elements_text(CASE jsonb_typeof(e.value) WHEN 'array' THEN e.value ELSE jsonb_build_array(e.value) END) AS r(role) ON true
	LOOP
		IF item.type NOT IN ('string', 'array') OR item.role IS NULL THEN
			PERFORM mutasi.raise_error('22023', 'role "%1" must be mapped to the name of a database role or an array of names', ARRAY[item.abstract]);
		ELSIF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = item.role) THEN
			PERFORM mutasi.raise_error('42704', 'database role "%2" for "%1" does not exist', ARRAY[item.abstract, item.role]);
		END IF;
	END LOOP;

	-- functions: named so that they are found with any search_path
	FOR item IN SELECT v.option FROM (VALUES ('plays_role'), ('delegation')) AS v(option) WHERE options ? v.option LOOP
		function_oid := to_regprocedure((options ->> item.option) || '(text, text)')::oid::regproc;
		IF function_oid IS NULL OR (SELECT p.prorettype FROM pg_proc AS p WHERE p.oid = function_oid) <> 'boolean'::regtype THEN
			PERFORM mutasi.raise_error('42883', 'option "%1": there is no function %2(text, text) that returns boolean', ARRAY[item.option, options ->> item.option],
				hint => 'Write its name with its schema.');
		END IF;
		options := options || jsonb_build_object(item.option, (SELECT format('%I.%I', n.nspname, p.proname)
			FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE p.oid = function_oid));
	END LOOP;
	IF options ? 'time_zone' AND NOT EXISTS (SELECT FROM pg_timezone_names AS z WHERE z.name = options ->> 'time_zone') THEN
		PERFORM mutasi.raise_error('22023', 'time zone "%1" is not known', ARRAY[options ->> 'time_zone'],
			hint => 'For example Asia/Jakarta, Asia/Makassar or Asia/Jayapura.');
	END IF;
	FOR item IN SELECT e.value AS day FROM jsonb_array_elements(options -> 'workdays') AS e LOOP
		IF item.day NOT IN ('1', '2', '3', '4', '5', '6', '7') THEN
			PERFORM mutasi.raise_error('22023', 'option "workdays": %1 is not a day from 1 (Monday) to 7 (Sunday)', ARRAY[item.day::text]);
		END IF;
	END LOOP;
	IF options -> 'workdays' = '[]' THEN
		PERFORM mutasi.raise_error('22023', 'option "workdays" names no day');
	END IF;
	FOR item IN SELECT e.key AS state, e.value AS days FROM jsonb_each(options -> 'deadlines') AS e LOOP
		IF jsonb_typeof(item.days) <> 'number' OR item.days::numeric NOT BETWEEN 1 AND 10000 OR item.days::numeric % 1 <> 0 THEN
			PERFORM mutasi.raise_error('22023', 'deadline %2 of state "%1" is not a number of working days from 1 to 10000', ARRAY[item.state, item.days::text]);
		END IF;
		IF NOT EXISTS (SELECT FROM mutasi.workflow_state AS s JOIN jsonb_each(versions) AS v ON s.workflow = v.key AND to_jsonb(s.version) = v.value
				WHERE s.state = item.state AND NOT s.terminal) THEN
			PERFORM mutasi.raise_error('22023', 'option "deadlines": "%1" is not a state that a case can leave', ARRAY[item.state]);
		END IF;
	END LOOP;
	RETURN options;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_check_options(regclass, text, jsonb) IS
	'Part of attach_workflow(): the options, checked and completed with versions and qualified names.';

CREATE FUNCTION mutasi.workflow_relation_option(option text, spec jsonb, wanted text[]) RETURNS jsonb
	LANGUAGE plpgsql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	relation regclass := to_regclass(spec ->> 'table');
	item text;
BEGIN
	IF relation IS NULL THEN
		PERFORM mutasi.raise_error('42P01', 'option "%1": there is no table "%2"', ARRAY[option, coalesce(spec ->> 'table', '')],
			hint => 'Write its name with its schema.');
	END IF;
	FOREACH item IN ARRAY wanted LOOP
		IF NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attname = spec ->> item AND a.attnum > 0 AND NOT a.attisdropped) THEN
			PERFORM mutasi.raise_error('42703', 'option "%1": table "%2" has no column "%3" for "%4"',
				ARRAY[option, relation::text, coalesce(spec ->> item, ''), item]);
		END IF;
	END LOOP;
	RETURN spec || jsonb_build_object('table', (SELECT format('%I.%I', n.nspname, c.relname)
		FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = relation));
END
$$;
COMMENT ON FUNCTION mutasi.workflow_relation_option(text, jsonb, text[]) IS
	'Part of attach_workflow(): an option that names a table and columns of it, checked, the table with its schema.';

CREATE FUNCTION mutasi.workflow_pin_columns(target regclass, columns jsonb) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM mutasi.workflow_owner_check(target);
	IF jsonb_typeof(columns) IS DISTINCT FROM 'array' OR columns = '[]' OR EXISTS (SELECT FROM jsonb_array_elements(columns) AS e
			WHERE jsonb_typeof(e.value -> 0) IS DISTINCT FROM 'string' OR jsonb_typeof(e.value -> 1) IS DISTINCT FROM 'array') THEN
		PERFORM mutasi.raise_error('22023', 'columns of a workflow must be an array of [column, [names]], not %1', ARRAY[coalesce(columns::text, 'null')]);
	END IF;
	-- [[column, [logical names]], …]; the order of UPDATE OF is the order of the names
	IF EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = target AND t.tgname = 'mutasi_workflow_columns') THEN
		EXECUTE format('DROP TRIGGER mutasi_workflow_columns ON %s', target);
	END IF;
	EXECUTE format('CREATE TRIGGER mutasi_workflow_columns AFTER UPDATE OF %s ON %s FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION mutasi.workflow_columns(%L)',
		(SELECT string_agg(quote_ident(e.value ->> 0), ', ' ORDER BY e.ordinality) FROM jsonb_array_elements(columns) WITH ORDINALITY AS e), target,
		(SELECT jsonb_agg(e.value -> 1 ORDER BY e.ordinality) FROM jsonb_array_elements(columns) WITH ORDINALITY AS e));
	-- it has nothing to do: with this, ordinary statements do not even look at its WHEN; AFTER, where
	-- they look through their triggers anyway
	EXECUTE format('ALTER TABLE %s ENABLE REPLICA TRIGGER mutasi_workflow_columns', target);
END
$$;
COMMENT ON FUNCTION mutasi.workflow_pin_columns(regclass, jsonb) IS
	'Part of attach_workflow(): makes the trigger that holds the workflow''s columns.';

CREATE FUNCTION mutasi.workflow_add_column(columns jsonb, column_name text, logical text) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS $$
	-- one entry a column, each with all its logical names
	SELECT CASE WHEN EXISTS (SELECT FROM jsonb_array_elements($1) AS e WHERE e.value ->> 0 = $2)
		THEN (SELECT jsonb_agg(CASE WHEN e.value ->> 0 = $2 AND NOT e.value -> 1 ? $3
				THEN jsonb_build_array($2, (e.value -> 1) || to_jsonb($3)) ELSE e.value END ORDER BY e.ordinality)
			FROM jsonb_array_elements($1) WITH ORDINALITY AS e)
		ELSE $1 || jsonb_build_array(jsonb_build_array($2, jsonb_build_array($3))) END
	$$;
COMMENT ON FUNCTION mutasi.workflow_add_column(jsonb, text, text) IS
	'Part of attach_workflow(): adds a logical name of a column to a list of columns.';

CREATE FUNCTION mutasi.workflow_seal_tables(history regclass, schema_name name, history_name text, owner oid) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	seal text;
	head text;
	item text;
	number integer := 1;
BEGIN
	PERFORM mutasi.workflow_owner_check(history);
	IF schema_name IS NULL OR history_name IS NULL OR NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.oid = $4) THEN
		PERFORM mutasi.raise_error('22023', 'seals of "%1" need a schema, a name and an owner', ARRAY[history::text]);
	END IF;
	-- seals outlive the history they are of: another one of that name takes the next free names
	LOOP
		item := CASE number WHEN 1 THEN '' ELSE '_' || number END;
		seal := format('%I.%I', schema_name, left(history_name, 45) || '_seal' || item);
		head := format('%I.%I', schema_name, left(history_name, 45) || '_seal_head' || item);
		EXIT WHEN to_regclass(seal) IS NULL AND to_regclass(head) IS NULL;
		number := number + 1;
	END LOOP;
	EXECUTE format('CREATE TABLE %s (seal integer PRIMARY KEY, sealed_at timestamp with time zone NOT NULL, cases bigint NOT NULL, merkle_root bytea NOT NULL, root bytea NOT NULL)', seal);
	EXECUTE format('COMMENT ON TABLE %s IS %L', seal, format('Seals of %s, made by seal_history(): each one root over the newest rows of the cases that had grown, chained to the seal before.', history));
	EXECUTE format('COMMENT ON COLUMN %s.seal IS %L', seal, 'Number, from 1.');
	EXECUTE format('COMMENT ON COLUMN %s.sealed_at IS %L', seal, 'When it was made.');
	EXECUTE format('COMMENT ON COLUMN %s.cases IS %L', seal, 'How many cases it covers.');
	EXECUTE format('COMMENT ON COLUMN %s.merkle_root IS %L', seal, 'Root of the Merkle tree over the rows of the head table, in the byte order of their keys.');
	EXECUTE format('COMMENT ON COLUMN %s.root IS %L', seal, 'SHA-256 over number, root before, time, cases and Merkle root: what is published.');
	EXECUTE format('CREATE TABLE %s (seal integer NOT NULL, case_key text NOT NULL, seq integer NOT NULL, hash bytea NOT NULL, PRIMARY KEY (seal, case_key))', head);
	EXECUTE format('COMMENT ON TABLE %s IS %L', head, format('What each seal of %s covers: the newest row of each case that had grown.', history));
	EXECUTE format('COMMENT ON COLUMN %s.seal IS %L', head, 'Number of the seal.');
	EXECUTE format('COMMENT ON COLUMN %s.case_key IS %L', head, 'Key of the case, as text.');
	EXECUTE format('COMMENT ON COLUMN %s.seq IS %L', head, 'Number of the row in the case''s history.');
	EXECUTE format('COMMENT ON COLUMN %s.hash IS %L', head, 'Hash of that row.');
	FOREACH item IN ARRAY ARRAY[seal, head] LOOP
		EXECUTE format('CREATE TRIGGER mutasi_history_guard BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION mutasi.history_guard()', item);
		EXECUTE format('CREATE TRIGGER mutasi_history_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION mutasi.history_guard()', item);
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER mutasi_history_guard', item);
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER mutasi_history_truncate', item);
		EXECUTE format('ALTER TABLE %s OWNER TO %I', item, pg_get_userbyid(owner));
	END LOOP;
	-- triggers that never fire tie the tables together: pg_dump carries them, renames follow
	EXECUTE format('CREATE CONSTRAINT TRIGGER mutasi_history_seal AFTER UPDATE ON %s FROM %s NOT DEFERRABLE FOR EACH ROW WHEN (false) EXECUTE FUNCTION mutasi.history_guard()', history, seal);
	EXECUTE format('CREATE CONSTRAINT TRIGGER mutasi_seal_head AFTER UPDATE ON %s FROM %s NOT DEFERRABLE FOR EACH ROW WHEN (false) EXECUTE FUNCTION mutasi.history_guard()', seal, head);
END
$$;
COMMENT ON FUNCTION mutasi.workflow_seal_tables(regclass, name, text, oid) IS
	'Part of attach_workflow(): makes the tables that hold a history''s seals.';

CREATE FUNCTION mutasi.workflow_history_table(target regclass, wanted text, key_columns name[]) RETURNS regclass
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	place record;
	history_name text;
	qualified text;
	existing regclass;
	fixed constant text[] := ARRAY['seq', 'recorded_at', 'event', 'action', 'from_state', 'to_state', 'workflow', 'version', 'actor',
		'actor_kind', 'session_role', 'acting_role', 'on_behalf_of', 'privilege', 'reason', 'changes', 'salt', 'values_hash', 'previous_hash', 'hash'];
	item record;
	definitions text[] := '{}';
	keys text[] := '{}';
BEGIN
	PERFORM mutasi.workflow_owner_check(target);
	IF coalesce(cardinality(key_columns), 0) = 0 OR (SELECT count(*) FROM pg_attribute AS a
			WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = ANY (key_columns)) <> cardinality(key_columns) THEN
		PERFORM mutasi.raise_error('42703', 'table "%1" has no such key columns: %2', ARRAY[target::text, coalesce(key_columns::text, 'null')]);
	END IF;
	SELECT n.nspname, c.relname, c.relowner INTO place FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = target;
	history_name := coalesce(wanted, left(place.relname, 55) || '_history');
	qualified := format('%I.%I', place.nspname, history_name);
	existing := to_regclass(qualified);
	IF existing IS NOT NULL THEN
		-- of an earlier attachment: its chain goes on
		IF NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = existing AND t.tgfoid = 'mutasi.history_guard()'::regprocedure)
				OR EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgconstrrelid = existing AND t.tgfoid = 'mutasi.workflow_enforce()'::regprocedure) THEN
			PERFORM mutasi.raise_error('42P07', 'relation "%1" already exists and is not a history that waits for its table', ARRAY[qualified],
				hint => 'Choose another name with option "history".');
		END IF;
		RETURN existing;
	END IF;
	FOR item IN
		SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attcollation, t.typcollation, k.ordinality,
			(SELECT format('%I.%I', cn.nspname, co.collname) FROM pg_collation AS co JOIN pg_namespace AS cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation) AS collation
		FROM unnest(key_columns) WITH ORDINALITY AS k(name, ordinality)
		JOIN pg_attribute AS a ON a.attrelid = target AND a.attname = k.name
		JOIN pg_type AS t ON t.oid = a.atttypid
		ORDER BY k.ordinality
	LOOP
		-- a key called like one of our columns keeps its name behind case_
		keys := keys || quote_ident(CASE WHEN item.attname = ANY (fixed) THEN left('case_' || item.attname, 63) ELSE item.attname END);
		definitions := definitions || format('%s %s%s NOT NULL', keys[item.ordinality], item.type,
			CASE WHEN item.attcollation <> item.typcollation THEN ' COLLATE ' || item.collation ELSE '' END);
	END LOOP;
	EXECUTE format('CREATE TABLE %s (%s,'
		' seq integer NOT NULL, recorded_at timestamp with time zone NOT NULL, event text NOT NULL, action text NOT NULL,'
		' from_state text, to_state text, workflow text NOT NULL, version integer NOT NULL,'
		' actor text NOT NULL, actor_kind text NOT NULL, session_role text NOT NULL, acting_role text NOT NULL,'
		' on_behalf_of text, privilege text, reason text, changes jsonb, salt bytea,'
		' values_hash bytea NOT NULL, previous_hash bytea NOT NULL, hash bytea NOT NULL,'
		' PRIMARY KEY (%s, seq))', qualified, array_to_string(definitions, ', '), array_to_string(keys, ', '));
	existing := to_regclass(qualified);
	EXECUTE format('COMMENT ON TABLE %s IS %L', qualified,
		format('History of the cases of %s, append-only: who did what when, why, and what changed, each row hashed with the one before it in the same case.', target));
	FOR item IN SELECT c.name, c.comment FROM (VALUES
			('seq', 'Number within the case, from 1.'),
			('recorded_at', 'When it was recorded.'),
			('event', 'Kind: create, transition, change, delete, approval, revocation, baseline, import, correct, migrate, erase.'),
			('action', 'The action of the workflow; the event itself where it is none.'),
			('from_state', 'State before; NULL where the case begins.'),
			('to_state', 'State after; NULL where the row was deleted.'),
			('workflow', 'Workflow of the case.'),
			('version', 'Version of the workflow.'),
			('actor', 'The person: the application''s actor, else the session''s role, else SYSTEM.'),
			('actor_kind', 'application, role or system.'),
			('session_role', 'Role the session was opened with.'),
			('acting_role', 'Role in force (SET ROLE).'),
			('on_behalf_of', 'Person whose delegation was used.'),
			('privilege', 'superuser or owner, if the role is one and so could have gone around the rules.'),
			('reason', 'The reason that was given.'),
			('changes', 'Changed columns: {"column": [old, new]}.'),
			('salt', 'Random bytes that keep erased values from being guessed.'),
			('values_hash', 'SHA-256 over salt, reason and changes.'),
			('previous_hash', 'hash of the row before it in the same case.'),
			('hash', 'SHA-256 over previous_hash and everything but salt, reason and changes, which enter by values_hash.')
		) AS c(name, comment)
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', qualified, item.name, item.comment);
	END LOOP;
	EXECUTE format('CREATE TRIGGER mutasi_history_guard BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION mutasi.history_guard()', qualified);
	EXECUTE format('CREATE TRIGGER mutasi_history_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION mutasi.history_guard()', qualified);
	EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER mutasi_history_guard', qualified);
	EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER mutasi_history_truncate', qualified);
	IF place.relowner <> (SELECT c.relowner FROM pg_class AS c WHERE c.oid = existing) THEN
		EXECUTE format('ALTER TABLE %s OWNER TO %I', qualified, pg_get_userbyid(place.relowner));
	END IF;
	PERFORM mutasi.workflow_seal_tables(existing, place.nspname, history_name, place.relowner);
	RETURN existing;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_history_table(regclass, text, name[]) IS
	'Part of attach_workflow(): makes the history table beside a table, owned by its owner, or takes up that of an earlier attachment.';

CREATE FUNCTION mutasi.workflow_attach(target regclass, workflow text, state_column name, options jsonb, baseline boolean) RETURNS regclass
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	relation record;
	key_columns name[];
	columns jsonb := '[]';
	settings jsonb;
	history regclass;
	item record;
	missing text;
	condition_column text;
	overdue text;
BEGIN
	PERFORM mutasi.workflow_owner_check(target);
	IF workflow IS NULL OR state_column IS NULL THEN
		PERFORM mutasi.raise_error('22004', 'workflow and state column must not be null');
	END IF;
	-- no writer between the look at the rows and the triggers
	EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', target);
	SELECT c.* INTO relation FROM pg_class AS c WHERE c.oid = target;
	IF relation.relkind NOT IN ('r', 'p') OR relation.relpersistence = 't' OR target::oid < 16384 THEN
		PERFORM mutasi.raise_error('42809', 'a workflow cannot be attached to "%1"', ARRAY[target::text],
			hint => 'It must be an ordinary or partitioned table that is not temporary.');
	END IF;
	IF relation.relispartition THEN
		PERFORM mutasi.raise_error('42809', 'a workflow cannot be attached to the partition "%1" alone', ARRAY[target::text],
			hint => 'Attach it to the partitioned table.');
	END IF;
	IF relation.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = target OR i.inhparent = target) THEN
		PERFORM mutasi.raise_error('42809', 'a workflow cannot be attached to "%1", which inherits or is inherited from', ARRAY[target::text],
			hint => 'Triggers do not follow inheritance; use partitioning.');
	END IF;
	IF EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = target AND t.tgfoid = 'mutasi.workflow_enforce()'::regprocedure) THEN
		PERFORM mutasi.raise_error('MU023', 'a workflow is attached to "%1" already', ARRAY[target::text],
			hint => 'mutasi.detach_workflow() lifts it; mutasi.migrate_cases() changes its version.');
	END IF;
	IF EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = target AND t.tgfoid = 'mutasi.history_guard()'::regprocedure) THEN
		PERFORM mutasi.raise_error('42809', '"%1" is a history', ARRAY[target::text]);
	END IF;

	-- the key
	SELECT array_agg(a.attname ORDER BY k.ordinality) INTO key_columns
	FROM pg_index AS i
	CROSS JOIN unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(attnum, ordinality)
	JOIN pg_attribute AS a ON a.attrelid = target AND a.attnum = k.attnum
	WHERE i.indrelid = target AND i.indisprimary AND i.indimmediate AND k.ordinality <= i.indnkeyatts;
	IF key_columns IS NULL THEN
		PERFORM mutasi.raise_error('42P16', '"%1" has no primary key, or a deferrable one', ARRAY[target::text],
			hint => 'A history is kept under the key: add PRIMARY KEY, NOT DEFERRABLE.');
	END IF;

	-- the columns that are asked for by name
	settings := mutasi.workflow_check_options(target, workflow, options);
	columns := mutasi.workflow_add_column(columns, state_column::text, '@state');
	FOR item IN SELECT k.name FROM unnest(key_columns) WITH ORDINALITY AS k(name, ordinality) ORDER BY k.ordinality LOOP
		IF item.name = state_column THEN
			PERFORM mutasi.raise_error('42P16', 'the state column "%1" must not be part of the key', ARRAY[state_column::text]);
		END IF;
		columns := mutasi.workflow_add_column(columns, item.name::text, '@key');
	END LOOP;
	FOR item IN
		SELECT '@' || v.option AS logical, settings ->> v.option AS name FROM (VALUES ('reason'), ('reason_code'), ('workflow_column')) AS v(option) WHERE settings ? v.option
		UNION ALL SELECT '@documents', settings -> 'documents' ->> 'column' WHERE settings -> 'documents' ? 'column'
		UNION ALL SELECT e.key, e.value FROM jsonb_each_text(settings -> 'columns') AS e
		UNION ALL SELECT '@state', state_column::text
	LOOP
		IF NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = target AND a.attname = item.name AND a.attnum > 0 AND NOT a.attisdropped) THEN
			PERFORM mutasi.raise_error('42703', 'table "%1" has no column "%2"', ARRAY[target::text, item.name]);
		END IF;
		columns := mutasi.workflow_add_column(columns, item.name, CASE item.logical WHEN '@workflow_column' THEN '@workflow' ELSE item.logical END);
	END LOOP;
	FOR item IN
		SELECT a.attname, a.attgenerated, t.typtype, t.typcategory, v.logical
		FROM jsonb_array_elements(columns) AS e
		CROSS JOIN jsonb_array_elements_text(e.value -> 1) AS v(logical)
		JOIN pg_attribute AS a ON a.attrelid = target AND a.attname = e.value ->> 0
		JOIN pg_type AS t ON t.oid = a.atttypid
	LOOP
		IF item.logical IN ('@state', '@workflow', '@reason', '@reason_code') AND item.typcategory NOT IN ('S', 'E') THEN
			PERFORM mutasi.raise_error('42804', 'column "%2" of "%1" must be of a character or enum type to hold the %3',
				ARRAY[target::text, item.attname::text, ltrim(replace(item.logical, '_', ' '), '@')]);
		END IF;
		IF item.logical IN ('@state', '@key', '@workflow') AND item.attgenerated <> '' THEN
			PERFORM mutasi.raise_error('42804', 'column "%2" of "%1" is generated and cannot hold the %3',
				ARRAY[target::text, item.attname::text, ltrim(item.logical, '@')]);
		END IF;
	END LOOP;
	-- the columns that the definitions ask for
	FOR item IN
		SELECT DISTINCT ON (need.name) need.name, need.place FROM (
			SELECT c.name, format('transition "%s" from "%s" of workflow "%s"', t.action, t.from_state, t.workflow) AS place, t.workflow, t.version
			FROM mutasi.workflow_transition AS t CROSS JOIN unnest(t.required_columns) AS c(name)
			UNION ALL
			SELECT c.name, format('state "%s" of workflow "%s"', s.state, s.workflow), s.workflow, s.version
			FROM mutasi.workflow_state AS s CROSS JOIN unnest(s.editable) AS c(name)) AS need
		WHERE (need.workflow, need.version) = ($2, (settings ->> 'version')::integer)
			OR settings -> 'workflows' -> need.workflow = to_jsonb(need.version)
		ORDER BY need.name
	LOOP
		IF settings -> 'columns' ? item.name THEN
			CONTINUE;
		END IF;
		IF NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = target AND a.attname = item.name AND a.attnum > 0 AND NOT a.attisdropped) THEN
			PERFORM mutasi.raise_error('42703', 'table "%1" has no column "%2", which %3 asks for', ARRAY[target::text, item.name, item.place],
				hint => 'Add it, or map another one with option "columns": {"%2": …}.');
		END IF;
		columns := mutasi.workflow_add_column(columns, item.name, item.name);
	END LOOP;

	-- documents and holidays
	IF settings ? 'documents' THEN
		IF (SELECT count(*) FROM unnest(ARRAY['column', 'table', 'function']) AS k(key) WHERE settings -> 'documents' ? k.key) <> 1 THEN
			PERFORM mutasi.raise_error('22023', 'option "documents" needs one of "column", "table", "function"',
				hint => '{"column": …} with text[] or jsonb of codes, {"table": …, "case": …, "code": …}, or {"function": …} of the key and a code.');
		ELSIF settings -> 'documents' ? 'table' THEN
			IF cardinality(key_columns) > 1 THEN
				PERFORM mutasi.raise_error('22023', 'option "documents" cannot name a table for a key of several columns',
					hint => 'Give a {"function": …} of the key and a code.');
			END IF;
			settings := settings || jsonb_build_object('documents',
				mutasi.workflow_relation_option('documents', settings -> 'documents', ARRAY['case', 'code']));
		ELSIF settings -> 'documents' ? 'function' THEN
			SELECT format('%I.%I', n.nspname, p.proname) AS name INTO item
			FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
			WHERE p.oid = to_regprocedure(format('%s(%s, text)', settings -> 'documents' ->> 'function',
				(SELECT string_agg(format_type(a.atttypid, NULL), ', ' ORDER BY k.ordinality)
				FROM unnest(key_columns) WITH ORDINALITY AS k(name, ordinality) JOIN pg_attribute AS a ON a.attrelid = target AND a.attname = k.name)))
				AND p.prorettype = 'boolean'::regtype;
			IF NOT FOUND THEN
				PERFORM mutasi.raise_error('42883', 'option "documents": there is no function %1 of the key''s columns and a text that returns boolean',
					ARRAY[settings -> 'documents' ->> 'function'], hint => 'Write its name with its schema.');
			END IF;
			settings := settings || jsonb_build_object('documents', jsonb_build_object('function', item.name));
		ELSIF NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = target AND a.attname = settings -> 'documents' ->> 'column'
				AND a.atttypid IN ('text[]'::regtype, 'jsonb'::regtype)) THEN
			PERFORM mutasi.raise_error('42804', 'option "documents": column "%1" must be of type text[] or jsonb', ARRAY[settings -> 'documents' ->> 'column']);
		END IF;
	END IF;
	IF jsonb_typeof(settings -> 'holidays') = 'object' THEN
		settings := settings || jsonb_build_object('holidays',
			mutasi.workflow_relation_option('holidays', settings -> 'holidays', ARRAY['column']));
	ELSIF settings ? 'holidays' THEN
		SELECT format('%I.%I', n.nspname, p.proname) AS name INTO item
		FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
		WHERE p.oid = to_regprocedure((settings ->> 'holidays') || '(date)') AND p.prorettype = 'boolean'::regtype;
		IF NOT FOUND THEN
			PERFORM mutasi.raise_error('42883', 'option "holidays": there is no function %1(date) that returns boolean', ARRAY[settings ->> 'holidays'],
				hint => 'Write its name with its schema, or give {"table": …, "column": …}.');
		END IF;
		settings := settings || jsonb_build_object('holidays', item.name);
	END IF;

	-- what nobody is there to play or to show
	SELECT string_agg(DISTINCT format('"%s"', r.role), ', ') INTO missing
	FROM mutasi.workflow_transition AS t CROSS JOIN unnest(t.roles) AS r(role)
	WHERE ((t.workflow, t.version) = ($2, (settings ->> 'version')::integer) OR settings -> 'workflows' -> t.workflow = to_jsonb(t.version))
		AND NOT coalesce(settings -> 'roles' ? r.role, false) AND r.role <> 'system';
	IF missing IS NOT NULL AND NOT settings ? 'plays_role' THEN
		PERFORM mutasi.raise_warning('roles of the workflow that are not mapped may be played by anyone who may write "%1": %2', ARRAY[target::text, missing],
			hint => 'Map them with option "roles": {"role": "database role"}.');
	END IF;
	SELECT string_agg(DISTINCT format('"%s"', e.key), ', ') INTO missing
	FROM jsonb_object_keys(settings -> 'roles') AS e(key)
	WHERE NOT EXISTS (SELECT FROM mutasi.workflow_transition AS t
		WHERE ((t.workflow, t.version) = ($2, (settings ->> 'version')::integer) OR settings -> 'workflows' -> t.workflow = to_jsonb(t.version))
			AND e.key = ANY (t.roles));
	IF missing IS NOT NULL THEN
		PERFORM mutasi.raise_warning('roles that the workflow does not know are mapped: %1', ARRAY[missing]);
	END IF;
	IF NOT settings ? 'documents' AND EXISTS (SELECT FROM mutasi.workflow_transition AS t
			WHERE ((t.workflow, t.version) = ($2, (settings ->> 'version')::integer) OR settings -> 'workflows' -> t.workflow = to_jsonb(t.version))
				AND t.required_documents <> '[]') THEN
		PERFORM mutasi.raise_warning('the workflow asks for documents, which are not checked for "%1"', ARRAY[target::text],
			hint => 'Say with option "documents" where they are.');
	END IF;
	IF settings -> 'separation' = 'false' THEN
		PERFORM mutasi.raise_warning('separation of duties is waived for "%1"', ARRAY[target::text]);
	END IF;

	-- history and triggers
	history := mutasi.workflow_history_table(target, settings ->> 'history', key_columns);
	PERFORM mutasi.workflow_pin_columns(target, columns);
	PERFORM mutasi.workflow_create_triggers(target, history, workflow, settings);

	-- the conditions, now that the table has its columns' logical names
	FOR item IN
		SELECT DISTINCT c.condition FROM (
			SELECT t.workflow, t.version, t.condition FROM mutasi.workflow_transition AS t
			UNION ALL
			SELECT t.workflow, t.version, d.value ->> 'when' FROM mutasi.workflow_transition AS t
				CROSS JOIN jsonb_array_elements(t.required_documents) AS d WHERE jsonb_typeof(d.value) = 'object') AS c
		WHERE c.condition IS NOT NULL
			AND ((c.workflow, c.version) = ($2, (settings ->> 'version')::integer) OR settings -> 'workflows' -> c.workflow = to_jsonb(c.version))
		ORDER BY c.condition
	LOOP
		FOREACH condition_column IN ARRAY mutasi.check_condition(target, item.condition) LOOP
			IF NOT EXISTS (SELECT FROM jsonb_array_elements(columns) AS e CROSS JOIN jsonb_array_elements_text(e.value -> 1) AS l(logical)
					WHERE e.value ->> 0 = condition_column AND l.logical NOT LIKE '@%') THEN
				columns := mutasi.workflow_add_column(columns, condition_column, condition_column);
			END IF;
		END LOOP;
	END LOOP;
	PERFORM mutasi.workflow_pin_columns(target, columns);

	-- the view of what is overdue, as its reader's own privileges allow
	SELECT format('%I.%I', n.nspname, left(c.relname, 55) || '_overdue') INTO overdue
	FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = target;
	IF to_regclass(overdue) IS NULL THEN
		EXECUTE format('CREATE VIEW %s AS SELECT o.case_key, o.state, o.entered_at, o.due_at, o.on_expiry FROM mutasi.overdue_cases(%L::regclass) AS o', overdue, target);
		FOR item IN SELECT c.name, c.comment FROM (VALUES
				('case_key', 'Key of the case, as text.'), ('state', 'State it is in.'), ('entered_at', 'Since when.'),
				('due_at', 'When its working days were over.'), ('on_expiry', 'Action that run_timers() will take; NULL for none.')) AS c(name, comment)
		LOOP
			EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', overdue, item.name, item.comment);
		END LOOP;
		EXECUTE format('COMMENT ON VIEW %s IS %L', overdue, format('Cases of %s whose deadline has passed. Needs SELECT on the table and its history.', target));
		IF relation.relowner <> (SELECT c.relowner FROM pg_class AS c WHERE c.oid = to_regclass(overdue)) THEN
			EXECUTE format('ALTER VIEW %s OWNER TO %I', overdue, pg_get_userbyid(relation.relowner));
		END IF;
	END IF;
	IF baseline THEN
		PERFORM mutasi.record_baseline(target, 'baseline', NULL);
	END IF;
	RETURN history;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_attach(regclass, text, name, jsonb, boolean) IS
	'Part of attach_workflow() and migrate_cases(): checks everything, makes history and triggers, and writes baseline rows if so wished.';

CREATE FUNCTION mutasi.attach_workflow(target regclass, workflow text, state_column name, options jsonb DEFAULT '{}') RETURNS regclass
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$ SELECT mutasi.workflow_attach($1, $2, $3, $4, true) $$;
COMMENT ON FUNCTION mutasi.attach_workflow(regclass, text, name, jsonb) IS
	'Puts a workflow on an ordinary or partitioned table with a primary key: triggers that let its state column move only along the workflow''s transitions, and the history table <table>_history beside it (returned), with a baseline row for each existing row. For the table''s owner. Options: version, roles {role: database role}, plays_role, columns {name in the workflow: column}, reason, reason_code, documents, holidays, workdays, time_zone, delegation, deadlines {state: working days}, separation, workflow_column and workflows {workflow: version}, history. MU023 if one is attached already, MU022 for an unknown workflow.';

CREATE FUNCTION mutasi.workflow_create_triggers(target regclass, history regclass, workflow text, options jsonb) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	partition regclass;
BEGIN
	PERFORM mutasi.workflow_owner_check(target);
	PERFORM mutasi.workflow_owner_check(history);
	IF NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = history AND t.tgfoid = 'mutasi.history_guard()'::regprocedure) THEN
		PERFORM mutasi.raise_error('42809', '"%1" is not a history', ARRAY[history::text]);
	END IF;
	IF NOT EXISTS (SELECT FROM mutasi.workflow AS w WHERE w.workflow = $3 AND w.version::text = options ->> 'version') THEN
		PERFORM mutasi.raise_error('MU022', 'there is no workflow "%1", version %2', ARRAY[workflow, options ->> 'version']);
	END IF;
	-- FROM ties history and table together: pg_dump carries it, renames follow
	EXECUTE format('CREATE CONSTRAINT TRIGGER mutasi_workflow AFTER INSERT OR UPDATE OR DELETE ON %s FROM %s NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_enforce(%L, %L, %L)',
		target, history, workflow, options ->> 'version', options);
	EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER mutasi_workflow', target);
	IF (SELECT c.relkind FROM pg_class AS c WHERE c.oid = target) = 'p' THEN
		EXECUTE format('CREATE TRIGGER mutasi_workflow_key BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_key()', target);
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER mutasi_workflow_key', target);
	ELSE
		EXECUTE format('CREATE TRIGGER mutasi_workflow_end AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION mutasi.workflow_end()', target);
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER mutasi_workflow_end', target);
	END IF;
	FOR partition IN SELECT p.relid FROM pg_partition_tree(target) AS p UNION SELECT target LOOP
		PERFORM mutasi.workflow_guard_truncate(partition);
	END LOOP;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_create_triggers(regclass, regclass, text, jsonb) IS
	'Part of attach_workflow(): makes the triggers that enforce.';

CREATE FUNCTION mutasi.workflow_guard_truncate(target regclass) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM mutasi.workflow_owner_check(target);
	IF NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = target AND t.tgfoid = 'mutasi.workflow_truncate()'::regprocedure) THEN
		EXECUTE format('CREATE TRIGGER mutasi_workflow_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION mutasi.workflow_truncate()', target);
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER mutasi_workflow_truncate', target);
	END IF;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_guard_truncate(regclass) IS
	'Part of attach_workflow(): makes the trigger that refuses TRUNCATE, on a table or partition.';

CREATE FUNCTION mutasi.detach_workflow(target regclass) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	item record;
BEGIN
	PERFORM mutasi.workflow_owner_check(target);
	EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', target);
	IF NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = target
			AND t.tgfoid IN ('mutasi.workflow_enforce()'::regprocedure, 'mutasi.workflow_columns()'::regprocedure)) THEN
		PERFORM mutasi.raise_error('MU024', 'no workflow is attached to "%1"', ARRAY[target::text],
			hint => 'mutasi.attach_workflow() attaches one.');
	END IF;
	IF (SELECT c.relispartition FROM pg_class AS c WHERE c.oid = target) THEN
		PERFORM mutasi.raise_error('42809', 'the workflow of the partition "%1" is that of the partitioned table', ARRAY[target::text],
			hint => 'Detach it from the partitioned table.');
	END IF;
	FOR item IN
		SELECT t.tgname, t.tgrelid::regclass AS relation
		FROM (SELECT p.relid FROM pg_partition_tree(target) AS p UNION SELECT target) AS r(relid)
		JOIN pg_trigger AS t ON t.tgrelid = r.relid
		WHERE t.tgparentid = 0 AND t.tgfoid IN ('mutasi.workflow_enforce()'::regprocedure, 'mutasi.workflow_columns()'::regprocedure,
			'mutasi.workflow_key()'::regprocedure, 'mutasi.workflow_truncate()'::regprocedure, 'mutasi.workflow_end()'::regprocedure)
	LOOP
		EXECUTE format('DROP TRIGGER %I ON %s', item.tgname, item.relation);
	END LOOP;
	FOR item IN
		SELECT DISTINCT v.oid::regclass AS view
		FROM pg_depend AS d JOIN pg_rewrite AS r ON r.oid = d.objid JOIN pg_class AS v ON v.oid = r.ev_class
		WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = target
			AND v.relkind = 'v' AND v.relname LIKE '%\_overdue'
			AND EXISTS (SELECT FROM pg_depend AS f WHERE f.classid = 'pg_rewrite'::regclass AND f.objid = r.oid
				AND f.refclassid = 'pg_proc'::regclass AND f.refobjid = 'mutasi.overdue_cases(regclass, timestamp with time zone)'::regprocedure)
	LOOP
		EXECUTE format('DROP VIEW %s', item.view);
	END LOOP;
END
$$;
COMMENT ON FUNCTION mutasi.detach_workflow(regclass) IS
	'Takes the workflow off a table; for its owner. The history stays, still append-only, and goes on if a workflow is attached again. MU024 if none is attached.';
