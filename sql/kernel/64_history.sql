-- Reading, sealing, verifying and lawfully erasing a history.

CREATE FUNCTION mutasi.history_key_condition(target regclass, key text) RETURNS text
	LANGUAGE C STABLE AS 'MODULE_PATHNAME', 'mutasi_history_key_condition';
COMMENT ON FUNCTION mutasi.history_key_condition(regclass, text) IS
	'An SQL condition that is true for the history rows of the case with that key.';

CREATE FUNCTION mutasi.case_timeline(target regclass, key text, OUT seq integer, OUT recorded_at timestamp with time zone,
		OUT event text, OUT action text, OUT from_state text, OUT to_state text, OUT actor text, OUT on_behalf_of text,
		OUT acting_role text, OUT privilege text, OUT reason text, OUT changes jsonb, OUT in_state interval) RETURNS SETOF record
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	attached record;
BEGIN
	SELECT * INTO attached FROM mutasi.workflow_attachment(target);
	RETURN QUERY EXECUTE format('SELECT h.seq, h.recorded_at, h.event, h.action, h.from_state, h.to_state, h.actor, h.on_behalf_of,'
		' h.acting_role, h.privilege, h.reason, h.changes, lead(h.recorded_at) OVER (ORDER BY h.seq) - h.recorded_at'
		' FROM %s AS h WHERE %s ORDER BY h.seq', attached.history, mutasi.history_key_condition(attached.root, key));
END
$$;
COMMENT ON FUNCTION mutasi.case_timeline(regclass, text) IS
	'The history of one case, oldest first: what happened, who did it and for whom, when and why, what changed, and how long it was until the next event (in_state, NULL for the last). Needs SELECT on the history.';
CREATE FUNCTION mutasi.case_timeline(target regclass, key bigint, OUT seq integer, OUT recorded_at timestamp with time zone,
		OUT event text, OUT action text, OUT from_state text, OUT to_state text, OUT actor text, OUT on_behalf_of text,
		OUT acting_role text, OUT privilege text, OUT reason text, OUT changes jsonb, OUT in_state interval) RETURNS SETOF record
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$ SELECT * FROM mutasi.case_timeline($1, $2::text) $$;
COMMENT ON FUNCTION mutasi.case_timeline(regclass, bigint) IS 'case_timeline() for a key that is a number.';

CREATE FUNCTION mutasi.seal_history(target regclass) RETURNS text
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_seal_history';
COMMENT ON FUNCTION mutasi.seal_history(regclass) IS
	'Folds the newest history row of every case that has grown since the last seal into one Merkle root, chained to that seal, and returns the root in hexadecimal: publish it where nobody can take it back. Returns the last root if nothing is new. Does not make writers wait. For the table''s owner. MU026 if what was sealed before was altered.';

CREATE FUNCTION mutasi.verify_history(target regclass, published_root text DEFAULT NULL, OUT case_key text, OUT seq integer,
		OUT problem text, OUT detail text) RETURNS SETOF record
	LANGUAGE C VOLATILE ROWS 10 AS 'MODULE_PATHNAME', 'mutasi_verify_history';
COMMENT ON FUNCTION mutasi.verify_history(regclass, text) IS
	'Lists every history row that was altered, inserted, reordered or is missing (problem), by case and number, in the order of the cases; compares the table''s present rows with what their history ends with; and checks the seals: given a root that was published, also that it is among them, so that removing the newest rows together with their seal is found. No rows if all is well. Needs SELECT on table, history and seals.';

CREATE FUNCTION mutasi.erase_history_values(target regclass, key text, reason text, numbers integer[] DEFAULT NULL) RETURNS bigint
	LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'mutasi_erase_history_values';
COMMENT ON FUNCTION mutasi.erase_history_values(regclass, text, text, integer[]) IS
	'Erases the personal values (reasons, changed columns, salts) from a case''s history, or from its rows of the numbers given, where the law demands it, and records that. Who did what and when stays, and the chain stays verifiable. For the table''s owner. Returns how many rows lost their values.';
CREATE FUNCTION mutasi.erase_history_values(target regclass, key bigint, reason text, numbers integer[] DEFAULT NULL) RETURNS bigint
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$ SELECT mutasi.erase_history_values($1, $2::text, $3, $4) $$;
COMMENT ON FUNCTION mutasi.erase_history_values(regclass, bigint, text, integer[]) IS 'erase_history_values() for a key that is a number.';
