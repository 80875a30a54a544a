-- Workload month by month: effective time with validity, and what each post's
-- work of a month comes to.

CREATE TABLE @agency@.post_effective_time (
	post_id integer NOT NULL REFERENCES @agency@.post ON DELETE CASCADE,
	valid_from date NOT NULL,
	effective_hours numeric(8,2) CHECK (effective_hours > 0),
	PRIMARY KEY (post_id, valid_from)
);
COMMENT ON TABLE @agency@.post_effective_time IS 'Effective working hours a year (jam kerja efektif) of posts that have had more than one value, from a day on: a past period is computed with what was valid then. A change of post.effective_hours is kept here by itself; a change known in advance is inserted.';
COMMENT ON COLUMN @agency@.post_effective_time.post_id IS 'Post.';
COMMENT ON COLUMN @agency@.post_effective_time.valid_from IS 'First day on which the value holds.';
COMMENT ON COLUMN @agency@.post_effective_time.effective_hours IS 'Hours a year; NULL: as the policy says.';

CREATE FUNCTION @agency@.post_keep_effective_time() RETURNS trigger
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	-- what held until now, for all time before, unless something is on record
	INSERT INTO post_effective_time (post_id, valid_from, effective_hours)
		SELECT OLD.post_id, date '1900-01-01', OLD.effective_hours
		WHERE NOT EXISTS (SELECT FROM post_effective_time AS t WHERE t.post_id = OLD.post_id AND t.valid_from <= current_date)
		ON CONFLICT DO NOTHING;
	INSERT INTO post_effective_time AS t (post_id, valid_from, effective_hours)
		VALUES (NEW.post_id, current_date, NEW.effective_hours)
		ON CONFLICT (post_id, valid_from) DO UPDATE SET effective_hours = excluded.effective_hours;
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.post_keep_effective_time() IS 'Trigger: keeps the effective hours that a post had before a change.';
CREATE TRIGGER post_keep_effective_time AFTER UPDATE OF effective_hours ON @agency@.post
	FOR EACH ROW WHEN (OLD.effective_hours IS DISTINCT FROM NEW.effective_hours)
	EXECUTE FUNCTION @agency@.post_keep_effective_time();

CREATE FUNCTION @agency@.effective_hours_on(post integer, as_of date DEFAULT current_date) RETURNS numeric
	LANGUAGE sql STABLE PARALLEL SAFE SET search_path = @agency@, mutasi, pg_temp
AS $body$
	SELECT coalesce(CASE WHEN t.post_id IS NULL THEN p.effective_hours ELSE t.effective_hours END, y.effective_hours)
	FROM post AS p
	CROSS JOIN LATERAL policy_on(effective_hours_on.as_of) AS y
	LEFT JOIN LATERAL (SELECT e.post_id, e.effective_hours FROM post_effective_time AS e
		WHERE e.post_id = p.post_id AND e.valid_from <= effective_hours_on.as_of
		ORDER BY e.valid_from DESC LIMIT 1) AS t ON true
	WHERE p.post_id = effective_hours_on.post
$body$;
COMMENT ON FUNCTION @agency@.effective_hours_on(integer, date) IS 'Effective working hours a year that held for a post on a day: its own, else those of the policy then in force.';

CREATE VIEW @agency@.post_effective_period AS
	SELECT t.post_id, t.valid_from,
		lead(t.valid_from) OVER (PARTITION BY t.post_id ORDER BY t.valid_from) AS valid_to, t.effective_hours
	FROM @agency@.post_effective_time AS t;
COMMENT ON VIEW @agency@.post_effective_period IS 'Effective hours of posts with the time each value holds.';
COMMENT ON COLUMN @agency@.post_effective_period.post_id IS 'Post.';
COMMENT ON COLUMN @agency@.post_effective_period.valid_from IS 'First day.';
COMMENT ON COLUMN @agency@.post_effective_period.valid_to IS 'First day no longer; NULL: until further notice.';
COMMENT ON COLUMN @agency@.post_effective_period.effective_hours IS 'Hours a year; NULL: as the policy says.';

CREATE VIEW @agency@.policy_period AS
	SELECT y.policy_version, y.valid_from, lead(y.valid_from) OVER (ORDER BY y.valid_from) AS valid_to,
		y.effective_hours, y.rounding_rule, y.grade_scheme
	FROM @agency@.policy AS y WHERE y.published_at IS NOT NULL;
COMMENT ON VIEW @agency@.policy_period IS 'Published policies with the time each is in force, and what they say about workload.';
COMMENT ON COLUMN @agency@.policy_period.policy_version IS 'Policy.';
COMMENT ON COLUMN @agency@.policy_period.valid_from IS 'First day in force.';
COMMENT ON COLUMN @agency@.policy_period.valid_to IS 'First day no longer; NULL: until further notice.';
COMMENT ON COLUMN @agency@.policy_period.effective_hours IS 'Effective working hours a year.';
COMMENT ON COLUMN @agency@.policy_period.rounding_rule IS 'How a required number of staff is rounded.';
COMMENT ON COLUMN @agency@.policy_period.grade_scheme IS 'Bands that grade a workload ratio.';

-- Few posts continue another one. A circle, made by hand, ends where it began.
CREATE VIEW @agency@.post_line AS
	WITH RECURSIVE line (post_id, former_id) AS (
		SELECT p.post_id, p.continues_id FROM @agency@.post AS p WHERE p.continues_id IS NOT NULL
		UNION
		SELECT l.post_id, p.continues_id FROM line AS l JOIN @agency@.post AS p ON p.post_id = l.former_id WHERE p.continues_id IS NOT NULL)
	SELECT l.post_id, l.former_id FROM line AS l WHERE l.former_id <> l.post_id;
COMMENT ON VIEW @agency@.post_line IS 'Each post that continues another one (post.continues_id), with all that it continues, directly or through others.';
COMMENT ON COLUMN @agency@.post_line.post_id IS 'Post.';
COMMENT ON COLUMN @agency@.post_line.former_id IS 'A post that it continues.';

CREATE VIEW @agency@.post_place AS
	WITH later AS MATERIALIZED (
		SELECT l.former_id AS post_id, p.unit_id, p.valid_from,
			lead(p.valid_from) OVER w AS valid_to, row_number() OVER w = 1 AS first
		FROM @agency@.post_line AS l JOIN @agency@.post AS p ON p.post_id = l.post_id
		WINDOW w AS (PARTITION BY l.former_id ORDER BY p.valid_from, p.post_id))
	SELECT p.post_id, p.unit_id, NULL::date AS valid_from, n.valid_from AS valid_to
	FROM @agency@.post AS p LEFT JOIN later AS n ON n.post_id = p.post_id AND n.first
	UNION ALL
	SELECT n.post_id, n.unit_id, n.valid_from, n.valid_to FROM later AS n;
COMMENT ON VIEW @agency@.post_place IS 'The unit with which the work of a post is compared, from when to when: its own, and from the day on which another post continues it, that post''s. On each day one.';
COMMENT ON COLUMN @agency@.post_place.post_id IS 'Post.';
COMMENT ON COLUMN @agency@.post_place.unit_id IS 'Unit.';
COMMENT ON COLUMN @agency@.post_place.valid_from IS 'First day; NULL: always before.';
COMMENT ON COLUMN @agency@.post_place.valid_to IS 'First day no longer; NULL: until further notice.';

-- A volume covers one, three, six or twelve months. Its work is spread evenly
-- over them; kept as hours a year at that month's pace, it stays exact:
-- volume * norm * (12 / months covered).
CREATE TABLE @agency@.post_month_load (
	post_id integer NOT NULL REFERENCES @agency@.post ON DELETE CASCADE,
	month date NOT NULL,
	work numeric NOT NULL,
	monthly_hours numeric,
	volumes integer NOT NULL,
	without_norm integer NOT NULL,
	PRIMARY KEY (post_id, month)
);
CREATE INDEX post_month_load_month_idx ON @agency@.post_month_load (month);
COMMENT ON TABLE @agency@.post_month_load IS 'Work of a post in a month, derived from volumes and norms; kept by triggers, never written by hand.';
COMMENT ON COLUMN @agency@.post_month_load.post_id IS 'Post.';
COMMENT ON COLUMN @agency@.post_month_load.month IS 'First day of the month.';
COMMENT ON COLUMN @agency@.post_month_load.work IS 'Hours a year at the pace of this month, of all tasks; a twelfth of it are the hours of the month.';
COMMENT ON COLUMN @agency@.post_month_load.monthly_hours IS 'Hours of the month from tasks whose volumes are recorded monthly, all months at the task''s latest norm, so that volumes alone move it: what surges are seen in. NULL without such volumes.';
COMMENT ON COLUMN @agency@.post_month_load.volumes IS 'How many volumes cover the month.';
COMMENT ON COLUMN @agency@.post_month_load.without_norm IS 'How many of them had no norm in force and are missing from the work.';

CREATE FUNCTION @agency@.derive_months(posts integer[], years smallint[] DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
	SET enable_seqscan = off SET jit = off
AS $body$
DECLARE
	first_day date;
	last_day date;
	changed bigint;
BEGIN
	IF posts = '{}' OR years = '{}' THEN
		RETURN 0;
	END IF;
	SELECT make_date(min(y), 1, 1), make_date(max(y), 12, 31) INTO first_day, last_day FROM unnest(years) AS y;
	WITH wanted AS (SELECT DISTINCT u AS post_id FROM unnest(posts) AS u),
	-- Always from the posts to their tasks, volumes and norms, by their indexes
	-- (LATERAL, OFFSET 0): what the planner knows of a table that is being filled
	-- is no guide.
	priced AS (
		SELECT w.post_id, t.period_months, v.period_start,
			-- earlier norms are looked up for the few volumes that are older than the latest
			v.volume * CASE WHEN v.period_start >= n.valid_from THEN n.norm_hours ELSE (SELECT m.norm_hours FROM task_norm AS m
				WHERE m.task_id = t.task_id AND m.valid_from <= v.period_start ORDER BY m.valid_from DESC LIMIT 1) END AS hours,
			CASE WHEN t.period_months = 1 THEN v.volume * n.norm_hours END AS monthly_hours
		FROM wanted AS w
		CROSS JOIN LATERAL (SELECT k.task_id, k.period_months FROM task AS k WHERE k.post_id = w.post_id OFFSET 0) AS t
		LEFT JOIN LATERAL (SELECT m.norm_hours, m.valid_from FROM task_norm AS m
			WHERE m.task_id = t.task_id ORDER BY m.valid_from DESC LIMIT 1) AS n ON true
		CROSS JOIN LATERAL (SELECT x.period_start, x.volume FROM task_volume AS x
			WHERE x.task_id = t.task_id AND (years IS NULL OR (x.period_start BETWEEN first_day AND last_day
				AND extract(year FROM x.period_start)::smallint = ANY (years))) OFFSET 0) AS v),
	-- volumes are many and periods few: everything below is made from these
	periods AS MATERIALIZED (
		SELECT p.post_id, p.period_months, p.period_start, sum(p.hours) AS hours, sum(p.monthly_hours) AS monthly_hours,
			count(*) AS volumes, count(*) FILTER (WHERE p.hours IS NULL) AS without_norm
		FROM priced AS p GROUP BY p.post_id, p.period_months, p.period_start),
	years_of AS MATERIALIZED (
		SELECT p.post_id, extract(year FROM p.period_start)::smallint AS year, coalesce(sum(p.hours), 0) AS hours,
			sum(p.volumes)::integer AS volumes, sum(p.without_norm)::integer AS without_norm
		FROM periods AS p GROUP BY 1, 2),
	-- a full join is never done by nested loops, whatever the statistics say
	-- of a table that has just been filled
	year_changes AS MATERIALIZED (
		SELECT coalesce(y.post_id, l.post_id) AS post_id, coalesce(y.year, l.year) AS year,
			y.hours, y.volumes, y.without_norm, y.post_id IS NULL AS gone
		FROM years_of AS y
		FULL JOIN (SELECT o.* FROM wanted AS w CROSS JOIN LATERAL (SELECT x.* FROM post_load AS x
			WHERE x.post_id = w.post_id AND (years IS NULL OR x.year = ANY (years)) OFFSET 0) AS o) AS l
			ON l.post_id = y.post_id AND l.year = y.year
		WHERE (y.hours, y.volumes, y.without_norm) IS DISTINCT FROM (l.hours, l.volumes, l.without_norm)),
	year_upserted AS (
		INSERT INTO post_load AS l (post_id, year, hours, volumes, without_norm)
			SELECT c.post_id, c.year, c.hours, c.volumes, c.without_norm FROM year_changes AS c WHERE NOT c.gone
			ON CONFLICT (post_id, year) DO UPDATE
				SET hours = excluded.hours, volumes = excluded.volumes, without_norm = excluded.without_norm),
	year_removed AS (
		DELETE FROM post_load AS l USING year_changes AS c
			WHERE c.gone AND l.post_id = c.post_id AND l.year = c.year),
	months AS MATERIALIZED (
		SELECT p.post_id, (p.period_start + make_interval(months => k))::date AS month,
			coalesce(sum(p.hours * (12 / p.period_months)), 0) AS work,
			sum(p.monthly_hours) AS monthly_hours, sum(p.volumes)::integer AS volumes, sum(p.without_norm)::integer AS without_norm
		FROM periods AS p CROSS JOIN LATERAL generate_series(0, p.period_months - 1) AS k
		GROUP BY 1, 2),
	changes AS MATERIALIZED (
		SELECT coalesce(m.post_id, l.post_id) AS post_id, coalesce(m.month, l.month) AS month,
			m.work, m.monthly_hours, m.volumes, m.without_norm, m.post_id IS NULL AS gone
		FROM months AS m
		FULL JOIN (SELECT o.* FROM wanted AS w CROSS JOIN LATERAL (SELECT x.* FROM post_month_load AS x
			WHERE x.post_id = w.post_id AND (years IS NULL
				OR (x.month BETWEEN first_day AND last_day AND extract(year FROM x.month)::smallint = ANY (years))) OFFSET 0) AS o) AS l
			ON l.post_id = m.post_id AND l.month = m.month
		WHERE (m.work, m.monthly_hours, m.volumes, m.without_norm)
			IS DISTINCT FROM (l.work, l.monthly_hours, l.volumes, l.without_norm)),
	upserted AS (
		INSERT INTO post_month_load AS l (post_id, month, work, monthly_hours, volumes, without_norm)
			SELECT c.post_id, c.month, c.work, c.monthly_hours, c.volumes, c.without_norm FROM changes AS c WHERE NOT c.gone
			ON CONFLICT (post_id, month) DO UPDATE
				SET work = excluded.work, monthly_hours = excluded.monthly_hours,
					volumes = excluded.volumes, without_norm = excluded.without_norm),
	removed AS (
		DELETE FROM post_month_load AS l USING changes AS c
			WHERE c.gone AND l.post_id = c.post_id AND l.month = c.month)
	SELECT (SELECT count(*) FROM changes) + (SELECT count(*) FROM year_changes) INTO changed;
	RETURN changed;
END
$body$;
COMMENT ON FUNCTION @agency@.derive_months(integer[], smallint[]) IS 'Writes the yearly and monthly hours of these posts from volumes and norms; years NULL: all. Called by derive_loads(), under its lock on the posts. Returns how many rows changed.';

CREATE FUNCTION @agency@.post_month_load_truncated() RETURNS trigger
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	PERFORM mutasi.refuse_stale('post_month_load');
	DELETE FROM post_month_load;
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.post_month_load_truncated() IS 'Trigger: empties the monthly work with the volumes.';
CREATE TRIGGER post_month_load_truncated AFTER TRUNCATE ON @agency@.task_volume
	FOR EACH STATEMENT EXECUTE FUNCTION @agency@.post_month_load_truncated();
