-- Acting on cases: approvals, deadlines, the privileged ways in, and what a form
-- needs to know. A key is given as the text of its value (or as a bigint), a key
-- of several columns as a JSON array.

CREATE FUNCTION mutasi.approve(target regclass, key text, action text, reason text DEFAULT NULL) RETURNS integer
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_approve';
COMMENT ON FUNCTION mutasi.approve(regclass, text, text, text) IS
	'Approves an action of a case. Where it needs several approvals, one is recorded, and the last one, of as many different people, makes the transition. Returns how many are still missing; 0 means that the case has moved. Refuses what the transition itself would be refused for, a second approval of the same person (MU016) and an action that the state has not (MU028).';
CREATE FUNCTION mutasi.approve(target regclass, key bigint, action text, reason text DEFAULT NULL) RETURNS integer
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$ SELECT mutasi.approve($1, $2::text, $3, $4) $$;
COMMENT ON FUNCTION mutasi.approve(regclass, bigint, text, text) IS 'approve() for a key that is a number.';

CREATE FUNCTION mutasi.revoke_approval(target regclass, key text, action text, reason text DEFAULT NULL) RETURNS void
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_revoke_approval';
COMMENT ON FUNCTION mutasi.revoke_approval(regclass, text, text, text) IS
	'Takes the caller''s own approval back, as long as the case has not moved; recorded. MU014 if there is none.';
CREATE FUNCTION mutasi.revoke_approval(target regclass, key bigint, action text, reason text DEFAULT NULL) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$ SELECT mutasi.revoke_approval($1, $2::text, $3, $4) $$;
COMMENT ON FUNCTION mutasi.revoke_approval(regclass, bigint, text, text) IS 'revoke_approval() for a key that is a number.';

CREATE FUNCTION mutasi.allowed_transitions(target regclass, key text, OUT action text, OUT to_state text, OUT allowed boolean,
		OUT sqlstate text, OUT message text, OUT hint text, OUT roles text[], OUT reason_required boolean,
		OUT reason_code_required boolean, OUT missing_columns text, OUT approvals integer, OUT approvals_given integer) RETURNS SETOF record
	LANGUAGE C VOLATILE ROWS 10 AS 'MODULE_PATHNAME', 'mutasi_allowed_transitions';
COMMENT ON FUNCTION mutasi.allowed_transitions(regclass, text) IS
	'What the workflow allows from the case''s present state, one row a transition, to drive a form: allowed is whether the caller may take it now, else sqlstate, message and hint say why not, in the words the table would use. What the form itself is to fill in stands apart: reason_required, reason_code_required, missing_columns (quoted names).';
CREATE FUNCTION mutasi.allowed_transitions(target regclass, key bigint, OUT action text, OUT to_state text, OUT allowed boolean,
		OUT sqlstate text, OUT message text, OUT hint text, OUT roles text[], OUT reason_required boolean,
		OUT reason_code_required boolean, OUT missing_columns text, OUT approvals integer, OUT approvals_given integer) RETURNS SETOF record
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$ SELECT * FROM mutasi.allowed_transitions($1, $2::text) $$;
COMMENT ON FUNCTION mutasi.allowed_transitions(regclass, bigint) IS 'allowed_transitions() for a key that is a number.';

-- Deadlines --------------------------------------------------------------------

CREATE FUNCTION mutasi.working_days_until(entered_at timestamp with time zone, days integer, options jsonb DEFAULT '{}') RETURNS timestamp with time zone
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	zone text := coalesce(options ->> 'time_zone', 'Asia/Jakarta');
	workdays integer[] := coalesce((SELECT array_agg(e.value::integer) FROM jsonb_array_elements_text(options -> 'workdays') AS e), '{1,2,3,4,5}');
	holidays jsonb := options -> 'holidays';
	day date := (entered_at AT TIME ZONE zone)::date;
	counted integer := 0;
	tried integer := 0;
	free boolean;
BEGIN
	WHILE counted < days LOOP
		day := day + 1;
		tried := tried + 1;
		IF tried > 100000 THEN
			PERFORM mutasi.raise_error('54000', '%1 working days after %2 are beyond all calendars', ARRAY[days::text, entered_at::text],
				hint => 'Look at the workdays and holidays of the table.');
		END IF;
		CONTINUE WHEN NOT extract(isodow FROM day)::integer = ANY (workdays);
		free := false;
		IF jsonb_typeof(holidays) = 'object' THEN
			EXECUTE format('SELECT EXISTS (SELECT FROM %s AS h WHERE h.%I = $1)', holidays ->> 'table', holidays ->> 'column') INTO free USING day;
		ELSIF jsonb_typeof(holidays) = 'string' THEN
			EXECUTE format('SELECT %s($1)', holidays #>> '{}') INTO free USING day;
		END IF;
		IF NOT coalesce(free, false) THEN
			counted := counted + 1;
		END IF;
	END LOOP;
	-- the last day counts in full
	RETURN (day + 1)::timestamp AT TIME ZONE zone;
END
$$;
COMMENT ON FUNCTION mutasi.working_days_until(timestamp with time zone, integer, jsonb) IS
	'The moment when a number of working days after a day has passed: the midnight behind the last of them. Options as of attach_workflow(): time_zone (default Asia/Jakarta), workdays (ISO, default 1 to 5), holidays. The day of entry is not counted: five days from a Monday end with the next Monday.';

CREATE FUNCTION mutasi.case_deadlines(target regclass, key text DEFAULT NULL, as_of timestamp with time zone DEFAULT NULL,
		OUT case_key text, OUT state text, OUT entered_at timestamp with time zone, OUT working_days integer,
		OUT due_at timestamp with time zone, OUT on_expiry text, OUT overdue boolean) RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	attached record;
	zone text;
	same_case text;
	query text;
	looked bigint := 0;
	entered_on date;
	last_on date;
	last_days integer;
BEGIN
	SELECT * INTO attached FROM mutasi.workflow_attachment(target);
	zone := coalesce(attached.options ->> 'time_zone', 'Asia/Jakarta');
	-- equality as the history's primary key has it: the type may be one whose = is not on any search_path
	SELECT string_agg(format('h.%I OPERATOR(%I.%s) t.%I', a.attname, n.nspname, o.oprname, attached.key_columns[k.ordinality]), ' AND ' ORDER BY k.ordinality)
	INTO same_case
	FROM pg_index AS i
	CROSS JOIN ROWS FROM (unnest(i.indkey::smallint[]), unnest(i.indclass::oid[])) WITH ORDINALITY AS k(attnum, class, ordinality)
	JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
	JOIN pg_opclass AS c ON c.oid = k.class
	JOIN pg_amop AS m ON m.amopfamily = c.opcfamily AND m.amopstrategy = 3 AND m.amoplefttype = c.opcintype AND m.amoprighttype = c.opcintype
	JOIN pg_operator AS o ON o.oid = m.amopopr
	JOIN pg_namespace AS n ON n.oid = o.oprnamespace
	WHERE i.indrelid = attached.history AND i.indisprimary AND k.ordinality <= cardinality(attached.key_columns);
	query := format('SELECT mutasi.case_key(%L::regclass, %s), t.%I::text, e.recorded_at, d.days, s.on_expiry FROM %s AS t'
		' CROSS JOIN LATERAL (SELECT h.recorded_at, h.workflow, h.version FROM %s AS h WHERE %s'
		' AND h.from_state IS DISTINCT FROM h.to_state ORDER BY h.seq DESC LIMIT 1) AS e'
		' JOIN mutasi.workflow_state AS s ON s.workflow = e.workflow AND s.version = e.version AND s.state = t.%I::text AND NOT s.terminal'
		' CROSS JOIN LATERAL (SELECT coalesce(($1 ->> s.state)::integer, s.deadline) AS days) AS d WHERE d.days IS NOT NULL',
		attached.root, (SELECT string_agg(format('t.%I', k), ', ') FROM unnest(attached.key_columns) AS k),
		attached.state_column, attached.root, attached.history, same_case, attached.state_column);
	IF key IS NOT NULL THEN
		query := query || format(' AND %s', mutasi.case_key_condition(attached.root, key));
	END IF;
	-- many cases came in on the same day and have the same time: that is counted once
	query := query || ' ORDER BY (e.recorded_at AT TIME ZONE $2)::date, d.days';
	FOR case_key, state, entered_at, working_days, on_expiry IN EXECUTE query USING coalesce(attached.options -> 'deadlines', '{}'), zone LOOP
		PERFORM mutasi.tell_progress('deadlines looked at: %1', ARRAY[looked::text]);
		looked := looked + 1;
		entered_on := (entered_at AT TIME ZONE zone)::date;
		IF entered_on IS DISTINCT FROM last_on OR working_days IS DISTINCT FROM last_days THEN
			due_at := mutasi.working_days_until(entered_at, working_days, attached.options);
			last_on := entered_on;
			last_days := working_days;
		END IF;
		overdue := coalesce(as_of, clock_timestamp()) >= due_at;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION mutasi.case_deadlines(regclass, text, timestamp with time zone) IS
	'Cases (or one of them) that are in a state with a deadline: since when, how many working days they have, when these are over, which action the state names for that, and whether it is so at as_of (default now). Needs SELECT on table and history.';

CREATE FUNCTION mutasi.case_key(target regclass, VARIADIC key "any") RETURNS text
	LANGUAGE C STABLE AS 'MODULE_PATHNAME', 'mutasi_case_key';
COMMENT ON FUNCTION mutasi.case_key(regclass, "any") IS
	'The key of a case as functions of this extension take and return it: the text of its value, or a JSON array if it has several columns. MU024 if the table has no workflow.';
CREATE FUNCTION mutasi.case_key_condition(target regclass, key text) RETURNS text
	LANGUAGE C STABLE AS 'MODULE_PATHNAME', 'mutasi_case_key_condition';
COMMENT ON FUNCTION mutasi.case_key_condition(regclass, text) IS
	'An SQL condition that is true for the case with that key: column = literal, ANDed.';

CREATE FUNCTION mutasi.overdue_cases(target regclass, as_of timestamp with time zone DEFAULT NULL,
		OUT case_key text, OUT state text, OUT entered_at timestamp with time zone, OUT due_at timestamp with time zone, OUT on_expiry text) RETURNS SETOF record
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
	SELECT d.case_key, d.state, d.entered_at, d.due_at, d.on_expiry
	FROM mutasi.case_deadlines($1, NULL, $2) AS d WHERE d.overdue ORDER BY d.due_at, d.case_key
	$$;
COMMENT ON FUNCTION mutasi.overdue_cases(regclass, timestamp with time zone) IS
	'Cases whose deadline has passed, longest first. The view <table>_overdue, made by attach_workflow(), shows the same.';

CREATE FUNCTION mutasi.expire_case(target regclass, key text) RETURNS text
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_expire_case';
COMMENT ON FUNCTION mutasi.expire_case(regclass, text) IS
	'Takes, as SYSTEM, the action that the case''s state names for its expiry, and returns it; MU030 unless the deadline has passed by the server''s clock. Anyone who may update the row may call it.';

CREATE FUNCTION mutasi.run_timers(target regclass, OUT case_key text, OUT from_state text, OUT action text,
		OUT due_at timestamp with time zone, OUT error text, OUT message text) RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	item record;
	attached record;
	taken boolean;
	n integer := 0;
BEGIN
	SELECT * INTO attached FROM mutasi.workflow_attachment(target);
	FOR item IN SELECT o.* FROM mutasi.overdue_cases(target) AS o WHERE o.on_expiry IS NOT NULL LOOP
		PERFORM mutasi.tell_progress('timers run: %1', ARRAY[n::text]);
		n := n + 1;
		case_key := item.case_key;
		from_state := item.state;
		due_at := item.due_at;
		action := NULL;
		error := NULL;
		message := NULL;
		BEGIN
			-- a case that somebody works on now is left to him, or to the next run
			EXECUTE format('SELECT true FROM %s WHERE %s FOR NO KEY UPDATE SKIP LOCKED', attached.root,
				mutasi.case_key_condition(attached.root, item.case_key)) INTO taken;
			CONTINUE WHEN taken IS NULL;
			action := mutasi.expire_case(attached.root, item.case_key);
		EXCEPTION
			-- moved on, or run by another session, since we looked
			WHEN SQLSTATE 'MU030' OR SQLSTATE 'MU027' THEN
				CONTINUE;
			WHEN OTHERS THEN
				error := SQLSTATE;
				message := SQLERRM;
		END;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION mutasi.run_timers(regclass) IS
	'Moves every case whose deadline has passed by the action its state names (an expiry, or an approval by silence), each for itself, as SYSTEM. Returns one row a case; error (an SQLSTATE) and message say why one could not be moved. Safe to run twice and from several sessions: each looks again under the row''s lock. For the table''s owner, or who may read table and history and update the table; call it from a scheduler.';

-- The privileged ways in ---------------------------------------------------------

CREATE FUNCTION mutasi.import_rows(target regclass, rows jsonb, reason text) RETURNS bigint
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_import_rows';
COMMENT ON FUNCTION mutasi.import_rows(regclass, jsonb, text) IS
	'Part of import_cases(): inserts rows in any state. For the table''s owner.';

CREATE FUNCTION mutasi.import_cases(target regclass, reason text, rows jsonb DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM mutasi.workflow_owner_check(target);
	IF btrim(coalesce(reason, '')) = '' THEN
		PERFORM mutasi.raise_error('MU012', 'an import needs a reason');
	END IF;
	RETURN CASE WHEN rows IS NULL THEN mutasi.record_baseline(target, 'import', reason)
		ELSE mutasi.import_rows(target, rows, reason) END;
END
$$;
COMMENT ON FUNCTION mutasi.import_cases(regclass, text, jsonb) IS
	'Takes legacy cases in, recorded as imports with a reason: the given rows (a JSON array of objects, columns as keys), in any state of the workflow; or, without rows, those already in the table whose history is missing or ends in another state. For the table''s owner. Returns how many.';

CREATE FUNCTION mutasi.correct_case(target regclass, key text, changes jsonb, reason text) RETURNS void
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_correct_case';
COMMENT ON FUNCTION mutasi.correct_case(regclass, text, jsonb, text) IS
	'Puts a stuck or wrong case right, beyond the workflow''s transitions: sets columns (the state among them, not the key) to the values of a JSON object; recorded as a correction with its reason. For the table''s owner.';
CREATE FUNCTION mutasi.correct_case(target regclass, key bigint, changes jsonb, reason text) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$ SELECT mutasi.correct_case($1, $2::text, $3, $4) $$;
COMMENT ON FUNCTION mutasi.correct_case(regclass, bigint, jsonb, text) IS 'correct_case() for a key that is a number.';

CREATE FUNCTION mutasi.migrate_case(target regclass, key text, version integer, state text, reason text) RETURNS void
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_migrate_case';
COMMENT ON FUNCTION mutasi.migrate_case(regclass, text, integer, text, text) IS
	'Moves one running case to another version of its workflow, into a state of that version (NULL: the one it is in); recorded. For the table''s owner.';

CREATE FUNCTION mutasi.workflow_current_options(target regclass) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	attached record;
	options jsonb;
	item record;
BEGIN
	SELECT * INTO attached FROM mutasi.workflow_attachment(target);
	options := attached.options - 'version';
	FOR item IN SELECT c.value ->> 0 AS logical, c.value ->> 1 AS name FROM jsonb_array_elements(attached.columns) AS c LOOP
		CASE item.logical
			WHEN '@state', '@key' THEN NULL;
			WHEN '@workflow' THEN options := options || jsonb_build_object('workflow_column', item.name);
			WHEN '@documents' THEN options := options || jsonb_build_object('documents', jsonb_build_object('column', item.name));
			WHEN '@reason', '@reason_code' THEN options := options || jsonb_build_object(ltrim(item.logical, '@'), item.name);
			ELSE
				IF item.logical <> item.name OR options -> 'columns' ? item.logical THEN
					options := options || jsonb_build_object('columns',
						coalesce(options -> 'columns', '{}') || jsonb_build_object(item.logical, item.name));
				END IF;
		END CASE;
	END LOOP;
	RETURN options;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_current_options(regclass) IS
	'The options a table''s workflow was attached with, its columns as they are called now, without the version.';

CREATE FUNCTION mutasi.migrate_cases(target regclass, version integer, reason text, states jsonb DEFAULT '{}', workflow text DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	attached record;
	wanted text;
	options jsonb;
	item record;
	moved bigint := 0;
BEGIN
	PERFORM mutasi.workflow_owner_check(target);
	IF btrim(coalesce(reason, '')) = '' THEN
		PERFORM mutasi.raise_error('MU012', 'a migration needs a reason');
	END IF;
	IF jsonb_typeof(states) IS DISTINCT FROM 'object' THEN
		PERFORM mutasi.raise_error('22023', 'states of migrate_cases() must be a JSON object: {"state": "state of the new version"}');
	END IF;
	EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', target);
	SELECT * INTO attached FROM mutasi.workflow_attachment(target);
	IF attached.root <> target THEN
		PERFORM mutasi.raise_error('42809', 'the workflow of the partition "%1" is that of the partitioned table "%2"', ARRAY[target::text, attached.root::text]);
	END IF;
	wanted := coalesce(migrate_cases.workflow, attached.workflow);
	IF NOT EXISTS (SELECT FROM mutasi.workflow AS w WHERE w.workflow = wanted AND w.version = migrate_cases.version) THEN
		PERFORM mutasi.raise_error('MU022', 'there is no workflow "%1", version %2', ARRAY[wanted, coalesce(version::text, '')]);
	END IF;
	-- new cases begin with the new version, and its columns, conditions and roles are checked
	options := mutasi.workflow_current_options(target);
	IF options ? 'workflow_column' THEN
		options := jsonb_set(options, ARRAY['workflows', wanted], to_jsonb(version));
	END IF;
	options := options || jsonb_build_object('version', CASE WHEN wanted = attached.workflow THEN version ELSE attached.version END,
		'history', (SELECT c.relname FROM pg_class AS c WHERE c.oid = attached.history));
	PERFORM mutasi.detach_workflow(target);
	PERFORM mutasi.workflow_attach(target, attached.workflow, attached.state_column, options, false);
	-- running cases of any other version
	FOR item IN EXECUTE format('SELECT mutasi.case_key(%L::regclass, %s) AS case_key, t.%I::text AS state FROM %s AS t', target,
		(SELECT string_agg(format('t.%I', k), ', ') FROM unnest(attached.key_columns) AS k), attached.state_column, target)
	LOOP
		PERFORM mutasi.tell_progress('cases moved to version %1: %2', ARRAY[version::text, moved::text]);
		IF mutasi.migrate_due(target, item.case_key, wanted, version) THEN
			PERFORM mutasi.migrate_case(target, item.case_key, version, states ->> item.state, reason);
			moved := moved + 1;
		END IF;
	END LOOP;
	RETURN moved;
END
$$;
COMMENT ON FUNCTION mutasi.migrate_cases(regclass, integer, text, jsonb, text) IS
	'Moves a table to another version of its workflow (workflow names one where the table has several): new cases begin with it, and every running case of that workflow goes over to it, recorded with the reason; states {"state": "state of the new version"} says where to, where a state''s name has changed. Closed cases stay under the version they ended with. For the table''s owner. Returns how many cases went over.';

CREATE FUNCTION mutasi.migrate_due(target regclass, key text, workflow text, version integer) RETURNS boolean
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_migrate_due';
COMMENT ON FUNCTION mutasi.migrate_due(regclass, text, text, integer) IS
	'Part of migrate_cases(): is the case running, under that workflow, in another version?';

-- Health ---------------------------------------------------------------------------

-- pg_restore --disable-triggers leaves every trigger as an ordinary one, and so
-- does ENABLE TRIGGER ALL: then a replica's session gets by.
CREATE FUNCTION mutasi.rearm_workflow(target regclass) RETURNS integer
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	item record;
	changed integer := 0;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = target AND t.tgfoid = 'mutasi.workflow_enforce()'::regprocedure) THEN
		PERFORM mutasi.raise_error('MU024', 'no workflow is attached to "%1"', ARRAY[target::text]);
	END IF;
	FOR item IN
		-- the table, its history, the seals and their heads: each trigger says what comes next
		WITH RECURSIVE guarded(relid) AS (
			SELECT target::oid
			UNION
			SELECT n.relid FROM guarded AS g CROSS JOIN LATERAL (
				SELECT p.relid::oid FROM pg_partition_tree(g.relid) AS p
				UNION ALL
				SELECT t.tgconstrrelid FROM pg_trigger AS t JOIN pg_proc AS f ON f.oid = t.tgfoid
				WHERE t.tgrelid = g.relid AND t.tgconstrrelid <> 0 AND t.tgname LIKE 'mutasi\_%' AND f.pronamespace = 'mutasi'::regnamespace) AS n(relid))
		SELECT g.relid::regclass AS relation, t.tgname, CASE WHEN f.proname = 'workflow_columns' THEN 'REPLICA' ELSE 'ALWAYS' END AS mode
		FROM guarded AS g JOIN pg_trigger AS t ON t.tgrelid = g.relid JOIN pg_proc AS f ON f.oid = t.tgfoid
		WHERE f.pronamespace = 'mutasi'::regnamespace AND t.tgname NOT IN ('mutasi_history_seal', 'mutasi_seal_head')
			AND t.tgenabled <> CASE WHEN f.proname = 'workflow_columns' THEN 'R' ELSE 'A' END
			AND f.proname IN ('workflow_enforce', 'workflow_columns', 'workflow_truncate', 'workflow_key', 'workflow_end', 'history_guard')
		ORDER BY g.relid::regclass::text, t.tgname
	LOOP
		PERFORM mutasi.workflow_owner_check(item.relation);
		EXECUTE format('ALTER TABLE %s ENABLE %s TRIGGER %I', item.relation, item.mode, item.tgname);
		changed := changed + 1;
	END LOOP;
	RETURN changed;
END
$$;
COMMENT ON FUNCTION mutasi.rearm_workflow(regclass) IS
	'Puts the triggers of a workflow, its history and seals back as attach_workflow() made them, after a restore with --disable-triggers or by hand: always enabled, in a replica''s session too. For the table''s owner. Returns how many it changed; what was written meanwhile verify_history() finds. Raises MU024 where no workflow is attached.';

CREATE FUNCTION mutasi.workflow_health(target regclass, OUT problem text, OUT object text, OUT detail text) RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	attached record;
	item record;
	text_value text;
	number bigint;
BEGIN
	-- triggers: there, on, on every partition too
	FOR item IN
		SELECT r.relid::regclass AS relation, w.function, w.everywhere, t.tgname, t.tgenabled
		FROM (SELECT p.relid FROM pg_partition_tree(target) AS p UNION SELECT target) AS r(relid)
		JOIN pg_class AS c ON c.oid = r.relid
		CROSS JOIN (VALUES ('workflow_enforce', true), ('workflow_columns', false), ('workflow_truncate', true), ('workflow_key', true), ('workflow_end', false)) AS w(function, everywhere)
		LEFT JOIN pg_trigger AS t ON t.tgrelid = r.relid AND t.tgfoid = format('mutasi.%s()', w.function)::regprocedure
		WHERE (w.everywhere OR r.relid = target)
			AND (w.function NOT IN ('workflow_key', 'workflow_end') OR (w.function = 'workflow_key') = ((SELECT c.relkind FROM pg_class AS c WHERE c.oid = target) = 'p'))
			AND (t.tgname IS NULL OR t.tgenabled = 'D' OR (t.tgenabled <> 'A' AND w.function <> 'workflow_columns'))
		ORDER BY r.relid::regclass::text, w.function
	LOOP
		problem := CASE WHEN item.tgname IS NULL THEN 'trigger missing'
			WHEN item.tgenabled = 'D' THEN 'trigger disabled' ELSE 'trigger not always enabled' END;
		object := format('%s on %s', coalesce(item.tgname, 'mutasi.' || item.function || '()'), item.relation);
		detail := CASE WHEN item.tgname IS NULL THEN 'Writes are not judged or not recorded; detach and attach the workflow.'
			ELSE 'rearm_workflow() switches it on; rows written meanwhile are found by verify_history().' END;
		RETURN NEXT;
	END LOOP;
	BEGIN
		SELECT * INTO attached FROM mutasi.workflow_attachment(target);
	EXCEPTION WHEN SQLSTATE 'MU024' OR SQLSTATE 'MU025' THEN
		problem := 'attachment unreadable';
		object := target::text;
		detail := SQLERRM;
		RETURN NEXT;
		RETURN;
	END;
	IF EXISTS (SELECT FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = target AND NOT c.relispartition) THEN
		problem := 'inherited';
		object := target::text;
		detail := 'Rows of tables that inherit from it are not judged.';
		RETURN NEXT;
	END IF;
	-- the key is still the key
	IF NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = attached.root AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL
			AND (SELECT array_agg(a.attname::name ORDER BY a.attname) FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(attnum, o)
				JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE k.o <= i.indnkeyatts)
			= (SELECT array_agg(k ORDER BY k) FROM unnest(attached.key_columns) AS k)) THEN
		problem := 'key not unique';
		object := attached.root::text;
		detail := 'The primary key the workflow was attached with is gone.';
		RETURN NEXT;
	END IF;
	-- the history
	FOR item IN
		SELECT w.name, t.tgenabled FROM (VALUES ('mutasi_history_guard'), ('mutasi_history_truncate')) AS w(name)
		LEFT JOIN pg_trigger AS t ON t.tgrelid = attached.history AND t.tgname = w.name
		WHERE t.tgenabled IS DISTINCT FROM 'A'
	LOOP
		problem := CASE WHEN item.tgenabled IS NULL THEN 'trigger missing' WHEN item.tgenabled = 'D' THEN 'trigger disabled' ELSE 'trigger not always enabled' END;
		object := format('%s on %s', item.name, attached.history);
		detail := 'The history could be edited; look at verify_history().';
		RETURN NEXT;
	END LOOP;
	IF (SELECT c.relowner FROM pg_class AS c WHERE c.oid = attached.history) <> (SELECT c.relowner FROM pg_class AS c WHERE c.oid = attached.root) THEN
		problem := 'history has another owner';
		object := attached.history::text;
		detail := format('ALTER TABLE %s OWNER TO %I puts it right.', attached.history,
			pg_get_userbyid((SELECT c.relowner FROM pg_class AS c WHERE c.oid = attached.root)));
		RETURN NEXT;
	END IF;
	FOR item IN
		SELECT a.grantee, string_agg(a.privilege_type, ', ') AS privileges
		FROM pg_class AS c CROSS JOIN aclexplode(c.relacl) AS a
		WHERE c.oid = attached.history AND a.grantee <> c.relowner AND a.privilege_type <> 'SELECT'
		GROUP BY a.grantee
	LOOP
		problem := 'history writable';
		object := attached.history::text;
		detail := format('%s has %s on it; only SELECT is of use.', CASE item.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(item.grantee)) END, item.privileges);
		RETURN NEXT;
	END LOOP;
	-- what the definitions need
	FOR item IN SELECT e.key AS name, e.value::integer AS version
		FROM jsonb_each_text(coalesce(attached.options -> 'workflows', '{}') || jsonb_build_object(attached.workflow, attached.version)) AS e
	LOOP
		IF (SELECT w.digest FROM mutasi.workflow AS w WHERE w.workflow = item.name AND w.version = item.version)
				IS DISTINCT FROM mutasi.workflow_digest(item.name, item.version) OR mutasi.workflow_digest(item.name, item.version) IS NULL THEN
			problem := 'workflow missing or altered';
			object := format('%s, version %s', item.name, item.version);
			detail := 'Restore the rows of mutasi.workflow and its companions.';
			RETURN NEXT;
		END IF;
	END LOOP;
	FOR item IN
		SELECT DISTINCT r.role FROM jsonb_each(attached.options -> 'roles') AS e
		CROSS JOIN LATERAL jsonb_array_elements_text(CASE jsonb_typeof(e.value) WHEN 'array' THEN e.value ELSE jsonb_build_array(e.value) END) AS r(role)
		WHERE NOT EXISTS (SELECT FROM pg_roles AS p WHERE p.rolname = r.role)
	LOOP
		problem := 'role missing';
		object := item.role;
		detail := 'It plays a role of the workflow and does not exist.';
		RETURN NEXT;
	END LOOP;
	FOR item IN
		SELECT DISTINCT c.condition FROM (
			SELECT t.workflow, t.version, t.condition FROM mutasi.workflow_transition AS t
			UNION ALL
			SELECT t.workflow, t.version, d.value ->> 'when' FROM mutasi.workflow_transition AS t
				CROSS JOIN jsonb_array_elements(t.required_documents) AS d WHERE jsonb_typeof(d.value) = 'object') AS c
		WHERE c.condition IS NOT NULL
			AND ((c.workflow, c.version) = (attached.workflow, attached.version) OR attached.options -> 'workflows' -> c.workflow = to_jsonb(c.version))
	LOOP
		BEGIN
			PERFORM mutasi.check_condition(attached.root, item.condition);
		EXCEPTION WHEN OTHERS THEN
			problem := 'condition fails';
			object := item.condition;
			detail := SQLERRM;
			RETURN NEXT;
		END;
	END LOOP;
	FOR item IN
		SELECT v.option, v.arguments, attached.options ->> v.option AS function
		FROM (VALUES ('plays_role', '(text, text)'), ('delegation', '(text, text)'), ('holidays', '(date)')) AS v(option, arguments)
		-- CASE: the text of an object is no name, and conditions have no order
		WHERE CASE WHEN jsonb_typeof(attached.options -> v.option) = 'string'
			THEN to_regprocedure((attached.options ->> v.option) || v.arguments) IS NULL ELSE false END
		UNION ALL
		SELECT v.option, '', attached.options -> v.option ->> 'table' FROM (VALUES ('documents'), ('holidays')) AS v(option)
		WHERE CASE WHEN attached.options -> v.option ? 'table' THEN to_regclass(attached.options -> v.option ->> 'table') IS NULL END
	LOOP
		problem := 'option refers to nothing';
		object := format('%s: %s%s', item.option, item.function, item.arguments);
		detail := 'Detach the workflow and attach it with its present name.';
		RETURN NEXT;
	END LOOP;
	-- rows beside their history
	SELECT count(*) INTO number FROM mutasi.verify_history(target) AS v;
	IF number > 0 THEN
		problem := 'history does not verify';
		object := attached.history::text;
		detail := format('verify_history() finds %s faults.', number);
		RETURN NEXT;
	END IF;
END
$$;
COMMENT ON FUNCTION mutasi.workflow_health(regclass) IS
	'What is wrong with the workflow of a table: missing or disabled triggers (partitions too), a history that could be or was edited, roles, functions, tables or definitions that are gone, conditions that fail. No rows if all is well. Reads the whole history; for the table''s owner.';

-- New partitions are guarded against TRUNCATE as the others are (the row triggers
-- come with the partitioned table).
CREATE FUNCTION mutasi.guard_new_partitions() RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	partition regclass;
BEGIN
	FOR partition IN
		SELECT DISTINCT p.relid
		FROM pg_event_trigger_ddl_commands() AS d
		CROSS JOIN LATERAL pg_partition_tree(d.objid) AS p
		WHERE d.classid = 'pg_class'::regclass AND d.object_type = 'table'
			AND EXISTS (SELECT FROM pg_partition_ancestors(p.relid) AS a(relid)
				JOIN pg_trigger AS t ON t.tgrelid = a.relid
				WHERE t.tgfoid = 'mutasi.workflow_truncate()'::regprocedure)
			AND NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = p.relid
				AND t.tgfoid = 'mutasi.workflow_truncate()'::regprocedure)
	LOOP
		PERFORM mutasi.workflow_guard_truncate(partition);
	END LOOP;
END
$$;
COMMENT ON FUNCTION mutasi.guard_new_partitions() IS
	'Part of the event trigger mutasi_guard_new_partitions, and of use only in it: guards partitions that the command under way made or attached.';
CREATE FUNCTION mutasi.workflow_new_partition() RETURNS event_trigger
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_workflow_new_partition';
COMMENT ON FUNCTION mutasi.workflow_new_partition() IS
	'Event trigger: a partition that joins a table with a workflow is guarded against TRUNCATE too.';
CREATE EVENT TRIGGER mutasi_guard_new_partitions ON ddl_command_end
	WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE')
	EXECUTE FUNCTION mutasi.workflow_new_partition();
COMMENT ON EVENT TRIGGER mutasi_guard_new_partitions IS
	'Guards partitions that join a table with a workflow against TRUNCATE.';
