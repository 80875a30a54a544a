-- Workflow definitions as data: the tables, how a definition gets in, out and
-- into a picture. A definition knows states and rules, never a table; what only
-- a table knows (columns, roles, documents) is given when it is attached.

CREATE TABLE mutasi.workflow (
	workflow text NOT NULL CHECK (workflow <> '' AND pg_catalog.length(workflow) <= 63),
	version integer NOT NULL CHECK (version > 0),
	title text,
	title_id text,
	description text,
	defined_at timestamp with time zone NOT NULL DEFAULT pg_catalog.now(),
	defined_by text NOT NULL DEFAULT session_user,
	shipped boolean NOT NULL DEFAULT false,
	digest bytea NOT NULL,
	PRIMARY KEY (workflow, version)
);
COMMENT ON TABLE mutasi.workflow IS
	'Workflow definitions (alur kerja), one row a published version. A version is frozen: a change is a new version, made by define_workflow().';
COMMENT ON COLUMN mutasi.workflow.workflow IS 'Name of the workflow.';
COMMENT ON COLUMN mutasi.workflow.version IS 'Version, counted from 1; running cases keep the version they started with.';
COMMENT ON COLUMN mutasi.workflow.title IS 'Title for people, English.';
COMMENT ON COLUMN mutasi.workflow.title_id IS 'Title for people, Indonesian.';
COMMENT ON COLUMN mutasi.workflow.description IS 'What the workflow is for and which rule it follows.';
COMMENT ON COLUMN mutasi.workflow.defined_at IS 'When this version was defined.';
COMMENT ON COLUMN mutasi.workflow.defined_by IS 'The session''s role that defined this version.';
COMMENT ON COLUMN mutasi.workflow.shipped IS 'True for a definition that comes with the extension: it is not dumped, and no version of it can be added.';
COMMENT ON COLUMN mutasi.workflow.digest IS 'SHA-256 of workflow_document(), set when defined: a definition altered afterwards is refused when it is read.';

CREATE TABLE mutasi.workflow_state (
	workflow text NOT NULL,
	version integer NOT NULL,
	state text NOT NULL CHECK (state <> '' AND pg_catalog.length(state) <= 63),
	ordinal integer NOT NULL,
	initial boolean NOT NULL DEFAULT false,
	terminal boolean NOT NULL DEFAULT false,
	deadline integer CHECK (deadline BETWEEN 1 AND 10000),
	on_expiry text,
	editable text[],
	title text,
	title_id text,
	shipped boolean NOT NULL DEFAULT false,
	PRIMARY KEY (workflow, version, state),
	UNIQUE (workflow, version, ordinal),
	FOREIGN KEY (workflow, version) REFERENCES mutasi.workflow
);
COMMENT ON TABLE mutasi.workflow_state IS 'States (tahap) of each workflow version.';
COMMENT ON COLUMN mutasi.workflow_state.workflow IS 'Name of the workflow.';
COMMENT ON COLUMN mutasi.workflow_state.version IS 'Version of the workflow.';
COMMENT ON COLUMN mutasi.workflow_state.state IS 'The value the state column holds.';
COMMENT ON COLUMN mutasi.workflow_state.ordinal IS 'Position in the definition, from 1.';
COMMENT ON COLUMN mutasi.workflow_state.initial IS 'A case may be inserted in this state, and deleted while it is in it.';
COMMENT ON COLUMN mutasi.workflow_state.terminal IS 'A case in this state is closed: nothing of its row may change.';
COMMENT ON COLUMN mutasi.workflow_state.deadline IS 'Working days a case may stay; NULL means without limit. The last day is counted in full: 5 expires on the sixth working day after entry.';
COMMENT ON COLUMN mutasi.workflow_state.on_expiry IS 'The action run_timers() takes, as SYSTEM, when the deadline has passed; NULL means that the case is only shown as overdue.';
COMMENT ON COLUMN mutasi.workflow_state.editable IS 'Columns that may change while a case stays in this state (names of the definition); NULL means all, an empty array none. Entering the state by a transition may change any column.';
COMMENT ON COLUMN mutasi.workflow_state.title IS 'Title for people, English.';
COMMENT ON COLUMN mutasi.workflow_state.title_id IS 'Title for people, Indonesian.';
COMMENT ON COLUMN mutasi.workflow_state.shipped IS 'True for a row that comes with the extension; not dumped.';

CREATE TABLE mutasi.workflow_transition (
	workflow text NOT NULL,
	version integer NOT NULL,
	action text NOT NULL CHECK (action <> '' AND pg_catalog.length(action) <= 63),
	from_state text NOT NULL,
	to_state text NOT NULL,
	ordinal integer NOT NULL,
	roles text[] NOT NULL DEFAULT '{}',
	condition text,
	required_columns text[] NOT NULL DEFAULT '{}',
	required_documents jsonb NOT NULL DEFAULT '[]',
	reason_required boolean NOT NULL DEFAULT false,
	reason_code_required boolean NOT NULL DEFAULT false,
	approvals integer NOT NULL DEFAULT 1 CHECK (approvals BETWEEN 1 AND 1000),
	separate_from text[] NOT NULL DEFAULT '{}',
	title text,
	title_id text,
	shipped boolean NOT NULL DEFAULT false,
	PRIMARY KEY (workflow, version, from_state, to_state),
	UNIQUE (workflow, version, from_state, action),
	UNIQUE (workflow, version, ordinal),
	FOREIGN KEY (workflow, version, from_state) REFERENCES mutasi.workflow_state,
	FOREIGN KEY (workflow, version, to_state) REFERENCES mutasi.workflow_state
);
COMMENT ON TABLE mutasi.workflow_transition IS 'Transitions of each workflow version: the only ways from state to state.';
COMMENT ON COLUMN mutasi.workflow_transition.workflow IS 'Name of the workflow.';
COMMENT ON COLUMN mutasi.workflow_transition.version IS 'Version of the workflow.';
COMMENT ON COLUMN mutasi.workflow_transition.action IS 'The verb; one for each pair of states, and one target state for each action in a state.';
COMMENT ON COLUMN mutasi.workflow_transition.from_state IS 'State the case is in before.';
COMMENT ON COLUMN mutasi.workflow_transition.to_state IS 'State the case is in afterwards.';
COMMENT ON COLUMN mutasi.workflow_transition.ordinal IS 'Position in the definition, from 1.';
COMMENT ON COLUMN mutasi.workflow_transition.roles IS 'Abstract roles any of which may take the action, mapped to database roles by attach_workflow(); empty means anyone who may write the table.';
COMMENT ON COLUMN mutasi.workflow_transition.condition IS 'SQL condition on OLD and NEW (no subqueries; call a function instead), evaluated as the table''s owner with search_path pg_catalog, pg_temp; the transition is refused unless it is true.';
COMMENT ON COLUMN mutasi.workflow_transition.required_columns IS 'Columns that must not be NULL (nor empty text) afterwards.';
COMMENT ON COLUMN mutasi.workflow_transition.required_documents IS 'Documents that must be there: an array of codes, or of {"code": …, "when": condition} for one that is needed only if the condition is true.';
COMMENT ON COLUMN mutasi.workflow_transition.reason_required IS 'The writer must give a reason.';
COMMENT ON COLUMN mutasi.workflow_transition.reason_code_required IS 'The reason-code column, if the table has named one, must hold a code of workflow_reason.';
COMMENT ON COLUMN mutasi.workflow_transition.approvals IS 'How many different people must approve; the last one''s approval makes the transition.';
COMMENT ON COLUMN mutasi.workflow_transition.separate_from IS 'Separation of duties: whoever took one of these actions in the same case (or ''create''d it) may not take this one.';
COMMENT ON COLUMN mutasi.workflow_transition.title IS 'Title for people, English.';
COMMENT ON COLUMN mutasi.workflow_transition.title_id IS 'Title for people, Indonesian.';
COMMENT ON COLUMN mutasi.workflow_transition.shipped IS 'True for a row that comes with the extension; not dumped.';

CREATE TABLE mutasi.workflow_reason (
	workflow text NOT NULL,
	version integer NOT NULL,
	code text NOT NULL CHECK (code <> ''),
	ordinal integer NOT NULL,
	title text,
	title_id text,
	shipped boolean NOT NULL DEFAULT false,
	PRIMARY KEY (workflow, version, code),
	UNIQUE (workflow, version, ordinal),
	FOREIGN KEY (workflow, version) REFERENCES mutasi.workflow
);
COMMENT ON TABLE mutasi.workflow_reason IS 'Reason codes (kode alasan) of each workflow version, for transitions that ask for one.';
COMMENT ON COLUMN mutasi.workflow_reason.workflow IS 'Name of the workflow.';
COMMENT ON COLUMN mutasi.workflow_reason.version IS 'Version of the workflow.';
COMMENT ON COLUMN mutasi.workflow_reason.code IS 'The code.';
COMMENT ON COLUMN mutasi.workflow_reason.ordinal IS 'Position in the definition, from 1.';
COMMENT ON COLUMN mutasi.workflow_reason.title IS 'Text for people, English.';
COMMENT ON COLUMN mutasi.workflow_reason.title_id IS 'Text for people, Indonesian.';
COMMENT ON COLUMN mutasi.workflow_reason.shipped IS 'True for a row that comes with the extension; not dumped.';

REVOKE ALL ON mutasi.workflow, mutasi.workflow_state, mutasi.workflow_transition, mutasi.workflow_reason FROM PUBLIC;
GRANT SELECT ON mutasi.workflow, mutasi.workflow_state, mutasi.workflow_transition, mutasi.workflow_reason TO PUBLIC;

-- What agencies define is dumped, what is shipped comes with the extension.
SELECT pg_catalog.pg_extension_config_dump('mutasi.workflow', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('mutasi.workflow_state', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('mutasi.workflow_transition', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('mutasi.workflow_reason', 'WHERE NOT shipped');

CREATE FUNCTION mutasi.workflow_document(workflow text, version integer) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
		'workflow', w.workflow,
		'title', w.title, 'title_id', w.title_id, 'description', w.description,
		'states', (
			SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
				'state', s.state,
				'initial', CASE WHEN s.initial THEN true END,
				'terminal', CASE WHEN s.terminal THEN true END,
				'deadline', s.deadline, 'on_expiry', s.on_expiry,
				'editable', to_jsonb(s.editable),
				'title', s.title, 'title_id', s.title_id)) ORDER BY s.ordinal)
			FROM mutasi.workflow_state AS s
			WHERE s.workflow = w.workflow AND s.version = w.version),
		'transitions', (
			SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
				'action', t.action, 'from', t.from_state, 'to', t.to_state,
				'role', CASE cardinality(t.roles) WHEN 0 THEN NULL WHEN 1 THEN to_jsonb(t.roles[1]) ELSE to_jsonb(t.roles) END,
				'condition', t.condition,
				'columns', CASE WHEN t.required_columns <> '{}' THEN to_jsonb(t.required_columns) END,
				'documents', CASE WHEN t.required_documents <> '[]' THEN t.required_documents END,
				'reason', CASE WHEN t.reason_required THEN true END,
				'reason_code', CASE WHEN t.reason_code_required THEN true END,
				'approvals', CASE WHEN t.approvals > 1 THEN t.approvals END,
				'separate_from', CASE WHEN t.separate_from <> '{}' THEN to_jsonb(t.separate_from) END,
				'title', t.title, 'title_id', t.title_id)) ORDER BY t.ordinal)
			FROM mutasi.workflow_transition AS t
			WHERE t.workflow = w.workflow AND t.version = w.version),
		'reasons', (
			SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
				'code', r.code, 'title', r.title, 'title_id', r.title_id)) ORDER BY r.ordinal)
			FROM mutasi.workflow_reason AS r
			WHERE r.workflow = w.workflow AND r.version = w.version)))
	FROM mutasi.workflow AS w
	WHERE w.workflow = $1 AND w.version = $2
	$$;
COMMENT ON FUNCTION mutasi.workflow_document(text, integer) IS
	'The definition of one workflow version as the JSON that define_workflow() takes; NULL if there is none.';

CREATE FUNCTION mutasi.workflow_digest(workflow text, version integer) RETURNS bytea
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS $$ SELECT sha256(convert_to(mutasi.workflow_document($1, $2)::text, 'UTF8')) $$;
COMMENT ON FUNCTION mutasi.workflow_digest(text, integer) IS
	'SHA-256 of workflow_document() in UTF-8: what mutasi.workflow.digest must be. NULL if there is no such version.';

CREATE FUNCTION mutasi.export_workflow(workflow text, version integer DEFAULT NULL) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	wanted integer := coalesce($2, (SELECT max(w.version) FROM mutasi.workflow AS w WHERE w.workflow = $1));
	document jsonb := mutasi.workflow_document($1, wanted);
BEGIN
	IF document IS NULL THEN
		PERFORM mutasi.raise_error('MU022', CASE WHEN $2 IS NULL THEN 'there is no workflow "%1"' ELSE 'there is no workflow "%1", version %2' END,
			ARRAY[$1, $2::text],
			hint => 'SELECT workflow, version FROM mutasi.workflow shows what there is.');
	END IF;
	RETURN document;
END
$$;
COMMENT ON FUNCTION mutasi.export_workflow(text, integer) IS
	'The definition of a workflow (by default its latest version) as JSON; define_workflow() of it gives the same workflow. MU022 if there is none.';

-- The parts of a definition ------------------------------------------------

CREATE FUNCTION mutasi.workflow_check_keys(part jsonb, place text, allowed text[], types text[]) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	entry record;
	at integer;
	found_type text;
BEGIN
	IF jsonb_typeof(part) IS DISTINCT FROM 'object' THEN
		PERFORM mutasi.raise_error('MU020', '%1 of a workflow definition must be a JSON object', ARRAY[place]);
	END IF;
	FOR entry IN SELECT e.key, e.value FROM jsonb_each(part) AS e ORDER BY e.key LOOP
		at := array_position(allowed, entry.key);
		found_type := jsonb_typeof(entry.value);
		IF at IS NULL THEN
			PERFORM mutasi.raise_error('MU020', '%1 has an unknown key "%2"', ARRAY[place, entry.key, array_to_string(allowed, ', ')],
				hint => 'Known keys are %3.');
		ELSIF found_type <> 'null' AND NOT found_type = ANY (string_to_array(types[at], '|')) THEN
			PERFORM mutasi.raise_error('MU020', '"%2" of %1 must be of type %3, not %4',
				ARRAY[place, entry.key, replace(types[at], '|', ' or '), found_type]);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_check_keys(jsonb, text, text[], text[]) IS
	'Part of define_workflow(): one object of a definition has only known keys with values of their types.';
REVOKE ALL ON FUNCTION mutasi.workflow_check_keys(jsonb, text, text[], text[]) FROM PUBLIC;

CREATE FUNCTION mutasi.workflow_text_array(value jsonb, place text) RETURNS text[]
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	item jsonb;
	items text[] := '{}';
BEGIN
	IF value IS NULL OR jsonb_typeof(value) = 'null' THEN
		RETURN '{}';
	END IF;
	IF jsonb_typeof(value) = 'string' THEN
		value := jsonb_build_array(value);
	END IF;
	FOR item IN SELECT e FROM jsonb_array_elements(value) AS e LOOP
		IF jsonb_typeof(item) <> 'string' OR item #>> '{}' = '' THEN
			PERFORM mutasi.raise_error('MU020', '%1 must be names, not %2', ARRAY[place, item::text]);
		END IF;
		IF item #>> '{}' = ANY (items) THEN
			PERFORM mutasi.raise_error('MU020', '%1 names "%2" twice', ARRAY[place, item #>> '{}']);
		END IF;
		items := items || (item #>> '{}');
	END LOOP;
	RETURN items;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_text_array(jsonb, text) IS
	'Part of define_workflow(): a name or an array of different names as text[].';
REVOKE ALL ON FUNCTION mutasi.workflow_text_array(jsonb, text) FROM PUBLIC;

CREATE FUNCTION mutasi.workflow_documents(value jsonb, place text) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	item jsonb;
BEGIN
	IF value IS NULL OR jsonb_typeof(value) = 'null' THEN
		RETURN '[]';
	END IF;
	FOR item IN SELECT e FROM jsonb_array_elements(value) AS e LOOP
		CONTINUE WHEN jsonb_typeof(item) = 'string' AND item #>> '{}' <> '';
		IF jsonb_typeof(item) = 'object' THEN
			PERFORM mutasi.workflow_check_keys(item, 'a document of ' || place, ARRAY['code', 'when'], ARRAY['string', 'string']);
			CONTINUE WHEN coalesce(item ->> 'code', '') <> '' AND coalesce(item ->> 'when', '') <> '';
		END IF;
		PERFORM mutasi.raise_error('MU020', '%2 is not a document of %1', ARRAY[place, item::text],
			hint => 'Give a code, or {"code": …, "when": condition}.');
	END LOOP;
	RETURN value;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_documents(jsonb, text) IS
	'Part of define_workflow(): the required documents of a transition, checked.';
REVOKE ALL ON FUNCTION mutasi.workflow_documents(jsonb, text) FROM PUBLIC;

CREATE FUNCTION mutasi.workflow_check_graph(workflow text, version integer) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	bad record;
BEGIN
	IF NOT EXISTS (SELECT FROM mutasi.workflow_state AS s WHERE s.workflow = $1 AND s.version = $2 AND s.initial) THEN
		PERFORM mutasi.raise_error('MU020', 'workflow "%1" has no initial state', ARRAY[$1],
			hint => 'Give "initial": true to the states in which a case may be inserted.');
	END IF;
	IF NOT EXISTS (SELECT FROM mutasi.workflow_state AS s WHERE s.workflow = $1 AND s.version = $2 AND s.terminal) THEN
		PERFORM mutasi.raise_error('MU020', 'workflow "%1" has no terminal state', ARRAY[$1],
			hint => 'Give "terminal": true to the states in which a case is closed.');
	END IF;
	SELECT t.* INTO bad FROM mutasi.workflow_transition AS t
		JOIN mutasi.workflow_state AS s ON s.workflow = t.workflow AND s.version = t.version AND s.state = t.from_state
		WHERE t.workflow = $1 AND t.version = $2 AND s.terminal ORDER BY t.ordinal LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('MU020', 'transition %1 ("%2" from "%3" to "%4") leaves a terminal state',
			ARRAY[bad.ordinal::text, bad.action, bad.from_state, bad.to_state]);
	END IF;
	WITH RECURSIVE reached(state) AS (
		SELECT s.state FROM mutasi.workflow_state AS s WHERE s.workflow = $1 AND s.version = $2 AND s.initial
		UNION
		SELECT t.to_state FROM reached JOIN mutasi.workflow_transition AS t
			ON t.workflow = $1 AND t.version = $2 AND t.from_state = reached.state)
	SELECT s.* INTO bad FROM mutasi.workflow_state AS s
		WHERE s.workflow = $1 AND s.version = $2 AND s.state NOT IN (SELECT r.state FROM reached AS r)
		ORDER BY s.ordinal LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('MU020', 'state "%1" cannot be reached from an initial state', ARRAY[bad.state],
			hint => 'Add a transition that leads to it, or take the state out.');
	END IF;
	WITH RECURSIVE finishing(state) AS (
		SELECT s.state FROM mutasi.workflow_state AS s WHERE s.workflow = $1 AND s.version = $2 AND s.terminal
		UNION
		SELECT t.from_state FROM finishing JOIN mutasi.workflow_transition AS t
			ON t.workflow = $1 AND t.version = $2 AND t.to_state = finishing.state)
	SELECT s.* INTO bad FROM mutasi.workflow_state AS s
		WHERE s.workflow = $1 AND s.version = $2 AND s.state NOT IN (SELECT f.state FROM finishing AS f)
		ORDER BY s.ordinal LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('MU020', 'state "%1" is a dead end: no terminal state can be reached from it', ARRAY[bad.state],
			hint => 'Add a transition that leads on, or make the state terminal.');
	END IF;
	SELECT s.* INTO bad FROM mutasi.workflow_state AS s
		WHERE s.workflow = $1 AND s.version = $2 AND s.terminal AND s.deadline IS NOT NULL ORDER BY s.ordinal LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('MU020', 'terminal state "%1" has a deadline', ARRAY[bad.state]);
	END IF;
	SELECT s.* INTO bad FROM mutasi.workflow_state AS s
		WHERE s.workflow = $1 AND s.version = $2 AND s.on_expiry IS NOT NULL
			AND NOT EXISTS (SELECT FROM mutasi.workflow_transition AS t
				WHERE t.workflow = $1 AND t.version = $2 AND t.from_state = s.state AND t.action = s.on_expiry)
		ORDER BY s.ordinal LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('MU020', 'state "%1" names action "%2" for its expiry, but has no such transition', ARRAY[bad.state, bad.on_expiry]);
	END IF;
	SELECT t.*, earlier INTO bad FROM mutasi.workflow_transition AS t CROSS JOIN unnest(t.separate_from) AS earlier
		WHERE t.workflow = $1 AND t.version = $2 AND earlier <> 'create'
			AND NOT EXISTS (SELECT FROM mutasi.workflow_transition AS o
				WHERE o.workflow = $1 AND o.version = $2 AND o.action = earlier)
		ORDER BY t.ordinal LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('MU020', 'transition %1 ("%2" from "%3" to "%4") is separated from an unknown action "%5"',
			ARRAY[bad.ordinal::text, bad.action, bad.from_state, bad.to_state, bad.earlier],
			hint => 'Name actions of the same workflow, or create.');
	END IF;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_check_graph(text, integer) IS
	'Part of define_workflow(): initial and terminal states exist, every state can be reached and can finish, expiry and separation name actions that exist.';
REVOKE ALL ON FUNCTION mutasi.workflow_check_graph(text, integer) FROM PUBLIC;

CREATE FUNCTION mutasi.define_workflow(definition jsonb) RETURNS integer
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	name text;
	latest mutasi.workflow;
	new_version integer;
	item jsonb;
	at integer;
	place text;
	other record;
BEGIN
	PERFORM mutasi.workflow_check_keys(definition, 'the top',
		ARRAY['workflow', 'title', 'title_id', 'description', 'states', 'transitions', 'reasons'],
		ARRAY['string', 'string', 'string', 'string', 'array', 'array', 'array']);
	name := definition ->> 'workflow';
	IF coalesce(name, '') = '' OR length(name) > 63 THEN
		PERFORM mutasi.raise_error('MU020', 'a workflow definition needs a name of 1 to 63 characters',
			hint => 'Give it as "workflow".');
	END IF;
	IF coalesce(jsonb_array_length(nullif(definition -> 'states', 'null')), 0) = 0 THEN
		PERFORM mutasi.raise_error('MU020', 'workflow "%1" has no states', ARRAY[name]);
	END IF;

	-- one definer at a time; readers are not kept waiting
	LOCK TABLE mutasi.workflow IN SHARE ROW EXCLUSIVE MODE;
	SELECT w.* INTO latest FROM mutasi.workflow AS w WHERE w.workflow = name ORDER BY w.version DESC LIMIT 1;
	IF latest.shipped THEN
		PERFORM mutasi.raise_error('MU021', 'workflow "%1" is shipped with the extension and cannot be given another version', ARRAY[name],
			hint => 'Export it, give it another "workflow" name, and define that.');
	END IF;
	new_version := coalesce(latest.version, 0) + 1;
	INSERT INTO mutasi.workflow (workflow, version, title, title_id, description, digest)
		VALUES (name, new_version, definition ->> 'title', definition ->> 'title_id', definition ->> 'description', '');

	at := 0;
	FOR item IN SELECT e FROM jsonb_array_elements(definition -> 'states') AS e LOOP
		at := at + 1;
		place := format('state %s', at);
		PERFORM mutasi.workflow_check_keys(item, place,
			ARRAY['state', 'initial', 'terminal', 'deadline', 'on_expiry', 'editable', 'title', 'title_id'],
			ARRAY['string', 'boolean', 'boolean', 'number', 'string', 'array', 'string', 'string']);
		IF coalesce(item ->> 'state', '') = '' OR length(item ->> 'state') > 63 THEN
			PERFORM mutasi.raise_error('MU020', '%1 needs a name of 1 to 63 characters', ARRAY[place], hint => 'Give it as "state".');
		END IF;
		IF EXISTS (SELECT FROM mutasi.workflow_state AS s
				WHERE s.workflow = name AND s.version = new_version AND s.state = item ->> 'state') THEN
			PERFORM mutasi.raise_error('MU020', 'state "%1" is defined twice', ARRAY[item ->> 'state']);
		END IF;
		IF (item ->> 'deadline')::numeric NOT BETWEEN 1 AND 10000 OR (item ->> 'deadline')::numeric % 1 <> 0 THEN
			PERFORM mutasi.raise_error('MU020', 'deadline %2 of state "%1" is not a number of working days from 1 to 10000',
				ARRAY[item ->> 'state', item ->> 'deadline']);
		END IF;
		INSERT INTO mutasi.workflow_state (workflow, version, state, ordinal, initial, terminal, deadline, on_expiry, editable, title, title_id)
			VALUES (name, new_version, item ->> 'state', at, coalesce((item ->> 'initial')::boolean, false),
				coalesce((item ->> 'terminal')::boolean, false), (item ->> 'deadline')::integer, item ->> 'on_expiry',
				CASE WHEN jsonb_typeof(item -> 'editable') = 'array'
					THEN mutasi.workflow_text_array(item -> 'editable', format('editable columns of state "%s"', item ->> 'state')) END,
				item ->> 'title', item ->> 'title_id');
	END LOOP;

	at := 0;
	FOR item IN SELECT e FROM jsonb_array_elements(coalesce(nullif(definition -> 'transitions', 'null'), '[]')) AS e LOOP
		at := at + 1;
		place := format('transition %s', at);
		PERFORM mutasi.workflow_check_keys(item, place,
			ARRAY['action', 'from', 'to', 'role', 'condition', 'columns', 'documents', 'reason', 'reason_code', 'approvals', 'separate_from', 'title', 'title_id'],
			ARRAY['string', 'string', 'string', 'string|array', 'string', 'array', 'array', 'boolean', 'boolean', 'number', 'string|array', 'string', 'string']);
		IF coalesce(item ->> 'action', '') = '' OR length(item ->> 'action') > 63 THEN
			PERFORM mutasi.raise_error('MU020', '%1 needs an action of 1 to 63 characters', ARRAY[place], hint => 'Give it as "action".');
		END IF;
		place := format('transition %s ("%s" from "%s" to "%s")', at, item ->> 'action',
			coalesce(item ->> 'from', ''), coalesce(item ->> 'to', ''));
		IF item ->> 'action' = ANY ('{create,change,delete,baseline,import,correct,migrate,erase}') THEN
			PERFORM mutasi.raise_error('MU020', 'action of %1 is a word the history keeps for itself', ARRAY[place],
				hint => 'Take another verb.');
		END IF;
		FOR other IN SELECT v.key, item ->> v.key AS state FROM (VALUES ('from'), ('to')) AS v(key) LOOP
			IF NOT EXISTS (SELECT FROM mutasi.workflow_state AS s
					WHERE s.workflow = name AND s.version = new_version AND s.state = other.state) THEN
				PERFORM mutasi.raise_error('MU020', '"%2" of %1 is not a state of the workflow', ARRAY[place, other.key]);
			END IF;
		END LOOP;
		IF item ->> 'from' = item ->> 'to' THEN
			PERFORM mutasi.raise_error('MU020', '%1 leads nowhere', ARRAY[place],
				hint => 'A change that keeps the state needs no transition; "editable" of the state says what may change.');
		END IF;
		SELECT t.* INTO other FROM mutasi.workflow_transition AS t
			WHERE t.workflow = name AND t.version = new_version AND t.from_state = item ->> 'from' AND t.to_state = item ->> 'to';
		IF FOUND THEN
			PERFORM mutasi.raise_error('MU020', '%1 is a second action for the same pair of states as transition %2 ("%3")',
				ARRAY[place, other.ordinal::text, other.action],
				hint => 'One action for each pair of states; "role" may name several roles.');
		END IF;
		SELECT t.* INTO other FROM mutasi.workflow_transition AS t
			WHERE t.workflow = name AND t.version = new_version AND t.from_state = item ->> 'from' AND t.action = item ->> 'action';
		IF FOUND THEN
			PERFORM mutasi.raise_error('MU020', '%1 has the same action and state as transition %2 (to "%3")',
				ARRAY[place, other.ordinal::text, other.to_state],
				hint => 'An action leads from one state to one other.');
		END IF;
		IF (item ->> 'approvals')::numeric NOT BETWEEN 1 AND 1000 OR (item ->> 'approvals')::numeric % 1 <> 0 THEN
			PERFORM mutasi.raise_error('MU020', 'approvals %2 of %1 is not a number from 1 to 1000', ARRAY[place, item ->> 'approvals']);
		END IF;
		IF btrim(item ->> 'condition') = '' THEN
			PERFORM mutasi.raise_error('MU020', 'the condition of %1 is empty', ARRAY[place]);
		END IF;
		INSERT INTO mutasi.workflow_transition (workflow, version, action, from_state, to_state, ordinal, roles, condition,
				required_columns, required_documents, reason_required, reason_code_required, approvals, separate_from, title, title_id)
			VALUES (name, new_version, item ->> 'action', item ->> 'from', item ->> 'to', at,
				mutasi.workflow_text_array(item -> 'role', 'roles of ' || place), item ->> 'condition',
				mutasi.workflow_text_array(item -> 'columns', 'columns of ' || place),
				mutasi.workflow_documents(item -> 'documents', place),
				coalesce((item ->> 'reason')::boolean, false), coalesce((item ->> 'reason_code')::boolean, false),
				coalesce((item ->> 'approvals')::integer, 1),
				mutasi.workflow_text_array(item -> 'separate_from', 'separation of ' || place),
				item ->> 'title', item ->> 'title_id');
	END LOOP;

	at := 0;
	FOR item IN SELECT e FROM jsonb_array_elements(coalesce(nullif(definition -> 'reasons', 'null'), '[]')) AS e LOOP
		at := at + 1;
		place := format('reason %s', at);
		PERFORM mutasi.workflow_check_keys(item, place, ARRAY['code', 'title', 'title_id'], ARRAY['string', 'string', 'string']);
		IF coalesce(item ->> 'code', '') = '' THEN
			PERFORM mutasi.raise_error('MU020', '%1 needs a code', ARRAY[place], hint => 'Give it as "code".');
		END IF;
		IF EXISTS (SELECT FROM mutasi.workflow_reason AS r
				WHERE r.workflow = name AND r.version = new_version AND r.code = item ->> 'code') THEN
			PERFORM mutasi.raise_error('MU020', 'reason "%1" is defined twice', ARRAY[item ->> 'code']);
		END IF;
		INSERT INTO mutasi.workflow_reason (workflow, version, code, ordinal, title, title_id)
			VALUES (name, new_version, item ->> 'code', at, item ->> 'title', item ->> 'title_id');
	END LOOP;

	PERFORM mutasi.workflow_check_graph(name, new_version);

	-- the same again is no new version
	IF latest.version IS NOT NULL AND latest.digest = mutasi.workflow_digest(name, new_version) THEN
		DELETE FROM mutasi.workflow_reason AS r WHERE r.workflow = name AND r.version = new_version;
		DELETE FROM mutasi.workflow_transition AS t WHERE t.workflow = name AND t.version = new_version;
		DELETE FROM mutasi.workflow_state AS s WHERE s.workflow = name AND s.version = new_version;
		DELETE FROM mutasi.workflow AS w WHERE w.workflow = name AND w.version = new_version;
		RETURN latest.version;
	END IF;
	-- this publishes and freezes it
	UPDATE mutasi.workflow AS w SET digest = mutasi.workflow_digest(name, new_version)
		WHERE w.workflow = name AND w.version = new_version;
	RETURN new_version;
END
$$;
COMMENT ON FUNCTION mutasi.define_workflow(jsonb) IS
	'Defines a workflow, or a new version of one, from {"workflow", "states": [{"state", "initial", "terminal", "deadline", "on_expiry", "editable"}], "transitions": [{"action", "from", "to", "role", "condition", "columns", "documents", "reason", "reason_code", "approvals", "separate_from"}], "reasons": [{"code"}]}, each with optional "title" and "title_id". Returns the version; the latest one if nothing differs from it. MU020 names what is wrong. For a superuser and whoever is granted EXECUTE.';
REVOKE ALL ON FUNCTION mutasi.define_workflow(jsonb) FROM PUBLIC;

-- A published version is frozen, for a superuser too. (INSERT stays open, because
-- a restore inserts; rows put in by hand break the digest.)
CREATE FUNCTION mutasi.workflow_frozen() RETURNS trigger
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF TG_OP = 'TRUNCATE' THEN
		PERFORM mutasi.raise_error('MU021', 'published workflows are frozen: "%1" cannot be truncated', ARRAY[TG_TABLE_NAME::text]);
	END IF;
	-- a version without its digest is just being defined
	IF EXISTS (SELECT FROM mutasi.workflow AS w
			WHERE w.workflow = OLD.workflow AND w.version = OLD.version AND w.digest <> '') THEN
		PERFORM mutasi.raise_error('MU021', 'version %2 of workflow "%1" is published and frozen', ARRAY[OLD.workflow, OLD.version::text],
			hint => 'Define a new version with define_workflow().');
	END IF;
	RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_frozen() IS
	'Trigger of the definition tables: a published workflow version cannot be changed or deleted (MU021).';
REVOKE ALL ON FUNCTION mutasi.workflow_frozen() FROM PUBLIC;

CREATE FUNCTION mutasi.workflow_diagram(workflow text, version integer DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	document jsonb := mutasi.export_workflow($1, $2);
	lines text[] := ARRAY['stateDiagram-v2'];
	item record;
BEGIN
	-- states are s1, s2, …: a state's name may be any text
	FOR item IN SELECT e.value AS state, e.ordinality AS number FROM jsonb_array_elements(document -> 'states') WITH ORDINALITY AS e LOOP
		lines := lines || format('    state "%s" as s%s', replace(item.state ->> 'state', '"', '#quot;'), item.number);
	END LOOP;
	FOR item IN SELECT e.value AS state, e.ordinality AS number FROM jsonb_array_elements(document -> 'states') WITH ORDINALITY AS e
			WHERE (e.value ->> 'initial')::boolean LOOP
		lines := lines || format('    [*] --> s%s', item.number);
	END LOOP;
	FOR item IN
		SELECT t.value AS transition, f.ordinality AS from_number, s.ordinality AS to_number
		FROM jsonb_array_elements(document -> 'transitions') WITH ORDINALITY AS t
		JOIN jsonb_array_elements(document -> 'states') WITH ORDINALITY AS f ON f.value ->> 'state' = t.value ->> 'from'
		JOIN jsonb_array_elements(document -> 'states') WITH ORDINALITY AS s ON s.value ->> 'state' = t.value ->> 'to'
		ORDER BY t.ordinality
	LOOP
		lines := lines || format('    s%s --> s%s : %s', item.from_number, item.to_number,
			replace(replace(item.transition ->> 'action', ';', '#59;'), ':', '#58;')
			|| CASE WHEN item.transition ? 'condition' THEN ' [condition]' ELSE '' END
			|| CASE WHEN (item.transition ->> 'approvals')::integer > 1 THEN format(' (%s approvals)', item.transition ->> 'approvals') ELSE '' END);
	END LOOP;
	FOR item IN SELECT e.value AS state, e.ordinality AS number FROM jsonb_array_elements(document -> 'states') WITH ORDINALITY AS e
			WHERE (e.value ->> 'terminal')::boolean LOOP
		lines := lines || format('    s%s --> [*]', item.number);
	END LOOP;
	RETURN array_to_string(lines, E'\n');
END
$$;
COMMENT ON FUNCTION mutasi.workflow_diagram(text, integer) IS
	'A workflow (by default its latest version) as the text of a Mermaid state diagram. [condition] marks transitions that have one.';
