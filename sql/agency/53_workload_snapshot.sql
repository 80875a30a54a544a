-- Snapshots of the workload of a month: what was known then stays on record,
-- whatever is corrected later.

CREATE TABLE @agency@.workload_snapshot (
	snapshot_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	month date NOT NULL CHECK (extract(day FROM month) = 1),
	taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	taken_by text NOT NULL DEFAULT session_user,
	policy_version integer NOT NULL REFERENCES @agency@.policy,
	note text
);
CREATE INDEX workload_snapshot_month_idx ON @agency@.workload_snapshot (month);
COMMENT ON TABLE @agency@.workload_snapshot IS 'Snapshots of the workload of all units in a month; only added to.';
COMMENT ON COLUMN @agency@.workload_snapshot.snapshot_id IS 'Snapshot.';
COMMENT ON COLUMN @agency@.workload_snapshot.taken_at IS 'When it was taken.';
COMMENT ON COLUMN @agency@.workload_snapshot.taken_by IS 'Who took it.';
COMMENT ON COLUMN @agency@.workload_snapshot.note IS 'Remark.';
COMMENT ON COLUMN @agency@.workload_snapshot.month IS 'First day of the month.';
COMMENT ON COLUMN @agency@.workload_snapshot.policy_version IS 'Policy in force in that month.';

CREATE TABLE @agency@.workload_snapshot_row (
	snapshot_id integer NOT NULL REFERENCES @agency@.workload_snapshot,
	unit_id integer NOT NULL,
	unit_code text NOT NULL,
	unit_name text NOT NULL,
	hours numeric,
	required numeric,
	existing numeric,
	ratio numeric,
	efficiency text,
	volumes_without_norm integer NOT NULL,
	required_with_units_below numeric,
	existing_with_units_below numeric,
	ratio_with_units_below numeric,
	PRIMARY KEY (snapshot_id, unit_id)
);
COMMENT ON TABLE @agency@.workload_snapshot_row IS 'The figures of each unit in a snapshot, as unit_workload_trend gave them, with the unit''s code and name of then.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.snapshot_id IS 'Snapshot.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.unit_id IS 'Unit.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.unit_code IS 'Its code at the time.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.unit_name IS 'Its name at the time.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.hours IS 'Hours of work of the month.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.required IS 'Staff required.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.existing IS 'Staff there.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.ratio IS 'Workload ratio; above 1: short of people.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.efficiency IS 'Efficiency grade of the ratio.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.volumes_without_norm IS 'Volumes that had no norm and are missing from the work.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.required_with_units_below IS 'Staff required by the unit and all below it.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.existing_with_units_below IS 'Staff in the unit and all below it.';
COMMENT ON COLUMN @agency@.workload_snapshot_row.ratio_with_units_below IS 'Their ratio.';

CREATE FUNCTION @agency@.workload_snapshot_kept() RETURNS trigger
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	PERFORM mutasi.raise_error('MU150', 'a workload snapshot is never changed', '{}',
		hint => 'Take another snapshot of the same month; both stay comparable.');
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.workload_snapshot_kept() IS 'Trigger: refuses to change or remove snapshots (MU150).';
CREATE TRIGGER workload_snapshot_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON @agency@.workload_snapshot
	FOR EACH STATEMENT EXECUTE FUNCTION @agency@.workload_snapshot_kept();
CREATE TRIGGER workload_snapshot_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON @agency@.workload_snapshot_row
	FOR EACH STATEMENT EXECUTE FUNCTION @agency@.workload_snapshot_kept();

CREATE FUNCTION @agency@.take_workload_snapshot(period date DEFAULT NULL, note text DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql SET jit = off SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	taken_month date;
	taken integer;
	version integer;
BEGIN
	taken_month := coalesce(date_trunc('month', period)::date,
		(SELECT max(l.month) FROM post_month_load AS l WHERE l.month <= current_date));
	IF taken_month IS NULL OR NOT EXISTS (SELECT FROM post_month_load AS l WHERE l.month = taken_month) THEN
		PERFORM mutasi.raise_error('MU151', 'no volumes are on record for %1', ARRAY[coalesce(to_char(taken_month, 'YYYY-MM'), 'any month')],
			hint => 'Record the volumes of the month first; see workload_data_quality for what is missing.');
	END IF;
	SELECT y.policy_version INTO version FROM policy_on(taken_month) AS y;
	INSERT INTO workload_snapshot (month, policy_version, note)
		VALUES (taken_month, version, take_workload_snapshot.note) RETURNING snapshot_id INTO taken;
	INSERT INTO workload_snapshot_row (snapshot_id, unit_id, unit_code, unit_name, hours, required, existing, ratio, efficiency,
			volumes_without_norm, required_with_units_below, existing_with_units_below, ratio_with_units_below)
		SELECT taken, t.unit_id, t.unit_code, t.unit_name, t.hours, t.required, t.existing, t.ratio, t.efficiency,
			t.volumes_without_norm, t.required_with_units_below, t.existing_with_units_below, t.ratio_with_units_below
		FROM unit_workload_trend AS t WHERE t.month = taken_month;
	RETURN taken;
END
$body$;
COMMENT ON FUNCTION @agency@.take_workload_snapshot(date, text) IS 'Keeps the workload of all units in the month of a day (default the latest with volumes) and returns the snapshot''s number. Refuses a month without volumes (MU151). A month may be taken again, after corrections.';

CREATE FUNCTION @agency@.compare_workload_snapshots(former integer, latter integer)
	RETURNS TABLE (unit_id integer, unit_code text, unit_name text, required_former numeric, required_latter numeric,
		existing_former numeric, existing_latter numeric, ratio_former numeric, ratio_latter numeric, change text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	absent integer;
BEGIN
	SELECT a INTO absent FROM unnest(ARRAY[former, latter]) AS a
		WHERE a IS NULL OR NOT EXISTS (SELECT FROM workload_snapshot AS s WHERE s.snapshot_id = a) LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('MU152', 'there is no workload snapshot %1', ARRAY[absent::text],
			hint => 'The table workload_snapshot lists them.');
	END IF;
	RETURN QUERY
		SELECT coalesce(b.unit_id, a.unit_id), coalesce(b.unit_code, a.unit_code), coalesce(b.unit_name, a.unit_name),
			a.required, b.required, a.existing, b.existing, a.ratio, b.ratio,
			CASE WHEN a.unit_id IS NULL THEN 'new' WHEN b.unit_id IS NULL THEN 'gone'
				WHEN (a.required, a.existing) IS NOT DISTINCT FROM (b.required, b.existing) THEN 'same'
				WHEN a.ratio < b.ratio THEN 'ratio up' WHEN a.ratio > b.ratio THEN 'ratio down' ELSE 'changed' END
		FROM (SELECT r.* FROM workload_snapshot_row AS r WHERE r.snapshot_id = former) AS a
		FULL JOIN (SELECT r.* FROM workload_snapshot_row AS r WHERE r.snapshot_id = latter) AS b USING (unit_id)
		ORDER BY 1;
END
$body$;
COMMENT ON FUNCTION @agency@.compare_workload_snapshots(integer, integer) IS 'Unit by unit, two snapshots side by side, with what changed: new, gone, same, ratio up, ratio down, changed. Refuses numbers that are none (MU152).';
