-- What each unit needs and has today, kept, so that ranking and eligibility need
-- not add it up for every unit they come across. A row that says its day is
-- right; whatever may change it takes the day away in the same transaction, and
-- without it the figures are added up as ever. So nothing is ever wrong by it,
-- at most slower.

CREATE TABLE @agency@.unit_state (
	unit_id integer PRIMARY KEY REFERENCES @agency@.unit ON DELETE CASCADE,
	figures_on date,
	year integer,
	policy_version integer,
	required numeric,
	existing numeric
);
COMMENT ON TABLE @agency@.unit_state IS 'Staff required by and there in each unit on a day, as unit_figures() gives them; kept by refresh_units(), never written by hand. A row without a day says nothing.';
COMMENT ON COLUMN @agency@.unit_state.unit_id IS 'Unit.';
COMMENT ON COLUMN @agency@.unit_state.figures_on IS 'Day for which the figures hold; NULL: something has changed since.';
COMMENT ON COLUMN @agency@.unit_state.year IS 'Year of the volumes.';
COMMENT ON COLUMN @agency@.unit_state.policy_version IS 'Policy whose effective hours were used.';
COMMENT ON COLUMN @agency@.unit_state.required IS 'Staff required.';
COMMENT ON COLUMN @agency@.unit_state.existing IS 'Staff there, in full-time shares.';

CREATE FUNCTION @agency@.unit_state_make() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	INSERT INTO unit_state (unit_id) SELECT c.unit_id FROM current_rows AS c ON CONFLICT DO NOTHING;
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.unit_state_make() IS 'Trigger: gives each new unit its row in unit_state.';
CREATE TRIGGER unit_state_make AFTER INSERT ON @agency@.unit
	REFERENCING NEW TABLE AS current_rows FOR EACH STATEMENT EXECUTE FUNCTION @agency@.unit_state_make();

-- Always an update, also of a row that has no day: refresh_units() locks the
-- rows before it looks, so whoever comes second sees what the first one did (or,
-- at REPEATABLE READ, fails and tries again).
CREATE FUNCTION @agency@.forget_units(units integer[]) RETURNS void
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	PERFORM FROM unit_state AS s WHERE s.unit_id IN (SELECT u FROM unnest(units) AS u) ORDER BY s.unit_id FOR NO KEY UPDATE;
	UPDATE unit_state AS s SET figures_on = NULL WHERE s.unit_id IN (SELECT u FROM unnest(units) AS u);
END
$body$;
COMMENT ON FUNCTION @agency@.forget_units(integer[]) IS 'Takes the day from what is kept of these units, because something changes.';

CREATE FUNCTION @agency@.unit_state_changed() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
	-- plans made while a table is empty are kept while it is filled
	SET enable_seqscan = off SET jit = off
AS $body$
DECLARE
	units integer[];
BEGIN
	IF TG_OP = 'TRUNCATE' THEN
		PERFORM mutasi.refuse_stale('unit');
		units := ARRAY(SELECT s.unit_id FROM unit_state AS s);
	ELSIF TG_TABLE_NAME = 'post' THEN
		IF TG_OP = 'INSERT' THEN
			-- that of the post it continues, too: whoever changes hours there with a
			-- snapshot that does not show this post fails by that row
			units := ARRAY(SELECT c.unit_id FROM current_rows AS c
				UNION SELECT p.unit_id FROM current_rows AS c JOIN post AS p ON p.post_id = c.continues_id);
		ELSIF TG_OP = 'DELETE' THEN
			units := ARRAY(SELECT DISTINCT f.unit_id FROM former AS f);
		ELSE
			-- most changes of a post do not matter here
			units := ARRAY(SELECT w.unit_id FROM former AS f JOIN current_rows AS c USING (post_id)
				CROSS JOIN LATERAL (VALUES (f.unit_id), (c.unit_id)) AS w (unit_id)
				WHERE (f.unit_id, f.effective_hours, f.valid_from, f.valid_to) IS DISTINCT FROM (c.unit_id, c.effective_hours, c.valid_from, c.valid_to)
					OR f.continues_id IS DISTINCT FROM c.continues_id
				UNION SELECT p.unit_id FROM former AS f JOIN current_rows AS c USING (post_id) JOIN post AS p ON p.post_id IN (f.continues_id, c.continues_id)
				WHERE f.continues_id IS DISTINCT FROM c.continues_id);
		END IF;
	ELSIF TG_OP = 'INSERT' THEN
		units := ARRAY(SELECT DISTINCT p.unit_id FROM current_rows AS c JOIN post AS p USING (post_id));
	ELSIF TG_OP = 'DELETE' THEN
		units := ARRAY(SELECT DISTINCT p.unit_id FROM former AS f JOIN post AS p USING (post_id));
	ELSE
		units := ARRAY(SELECT p.unit_id FROM former AS f JOIN post AS p USING (post_id)
			UNION SELECT p.unit_id FROM current_rows AS c JOIN post AS p USING (post_id));
	END IF;
	-- hours count in the unit, too, where the post went on
	IF TG_TABLE_NAME = 'post_load' AND units <> '{}' AND EXISTS (SELECT FROM post AS p WHERE p.continues_id IS NOT NULL) THEN
		units := ARRAY(WITH RECURSIVE reached (unit_id) AS (
			SELECT u FROM unnest(units) AS u
			UNION
			SELECT n.unit_id FROM reached AS r JOIN post AS p ON p.unit_id = r.unit_id JOIN post AS n ON n.continues_id = p.post_id)
			SELECT r.unit_id FROM reached AS r);
	END IF;
	IF units <> '{}' THEN
		PERFORM forget_units(units);
	END IF;
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.unit_state_changed() IS 'Trigger: takes the day from what is kept of units whose posts, holders, hours or effective time change.';
DO $triggers$
DECLARE
	relation text;
BEGIN
	FOREACH relation IN ARRAY '{post,incumbency,post_load,post_effective_time}'::text[] LOOP
		EXECUTE format('CREATE TRIGGER unit_state_insert AFTER INSERT ON @agency@.%I REFERENCING NEW TABLE AS current_rows
			FOR EACH STATEMENT EXECUTE FUNCTION @agency@.unit_state_changed()', relation);
		EXECUTE format('CREATE TRIGGER unit_state_update AFTER UPDATE ON @agency@.%I REFERENCING OLD TABLE AS former NEW TABLE AS current_rows
			FOR EACH STATEMENT EXECUTE FUNCTION @agency@.unit_state_changed()', relation);
		EXECUTE format('CREATE TRIGGER unit_state_delete AFTER DELETE ON @agency@.%I REFERENCING OLD TABLE AS former
			FOR EACH STATEMENT EXECUTE FUNCTION @agency@.unit_state_changed()', relation);
		EXECUTE format('CREATE TRIGGER unit_state_truncate AFTER TRUNCATE ON @agency@.%I
			FOR EACH STATEMENT EXECUTE FUNCTION @agency@.unit_state_changed()', relation);
	END LOOP;
END
$triggers$;

CREATE FUNCTION @agency@.refresh_units() RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	this_year integer;
	version integer;
	stale integer[];
	written bigint;
BEGIN
	-- elsewhere the snapshot may be older than the lock
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RETURN 0;
	END IF;
	stale := ARRAY(SELECT s.unit_id FROM unit_state AS s ORDER BY s.unit_id FOR NO KEY UPDATE);
	this_year := load_year(current_date);
	version := (policy_on(coalesce(make_date(this_year, 1, 1), current_date))).policy_version;
	stale := ARRAY(SELECT s.unit_id FROM unit_state AS s
		WHERE (s.figures_on, s.year, s.policy_version) IS DISTINCT FROM (current_date, this_year, version));
	UPDATE unit_state AS s SET figures_on = current_date, year = this_year, policy_version = version, required = f.required, existing = f.existing
		FROM unit_figures(stale) AS f WHERE f.unit_id = s.unit_id;
	GET DIAGNOSTICS written = ROW_COUNT;
	RETURN written;
END
$body$;
COMMENT ON FUNCTION @agency@.refresh_units() IS 'Adds up what units need and have today where it has changed since, and keeps it; returns how many units. Part of run_daily(), take_ranking_snapshot() and propose_plan(); worth while after large loads. Does nothing in a transaction that is not READ COMMITTED.';

CREATE FUNCTION @agency@.unit_needs(units integer[], as_of date DEFAULT current_date)
	RETURNS TABLE (unit_id integer, required numeric, existing numeric)
	LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
	SET enable_nestloop = on
AS $body$
#variable_conflict use_column
DECLARE
	this_year integer;
	version integer;
	kept bigint;
	rest integer[] := '{}';
BEGIN
	IF as_of = current_date THEN
		this_year := load_year(as_of);
		version := (policy_on(coalesce(make_date(this_year, 1, 1), as_of))).policy_version;
		RETURN QUERY
			SELECT s.unit_id, s.required, s.existing FROM unit_state AS s
			WHERE s.unit_id = ANY (units) AND s.figures_on = as_of AND s.policy_version = version AND s.year IS NOT DISTINCT FROM this_year;
		GET DIAGNOSTICS kept = ROW_COUNT;
		-- mostly all of them are
		IF kept < (SELECT count(DISTINCT u) FROM unnest(units) AS u) THEN
			rest := ARRAY(SELECT DISTINCT u FROM unnest(units) AS u
				EXCEPT SELECT s.unit_id FROM unit_state AS s
				WHERE s.unit_id = ANY (units) AND s.figures_on = as_of AND s.policy_version = version AND s.year IS NOT DISTINCT FROM this_year);
		END IF;
	ELSE
		rest := units;
	END IF;
	IF rest <> '{}' THEN
		RETURN QUERY SELECT f.unit_id, f.required, f.existing FROM unit_figures(rest, as_of) AS f;
	END IF;
END
$body$;
COMMENT ON FUNCTION @agency@.unit_needs(integer[], date) IS 'Staff required by and there in these units on a day, as unit_figures() gives them: from what is kept where that is of the day, else added up.';
