-- What is kept of units is never wrong: whatever changes their figures takes the
-- day away, and what is read instead is added up.
BEGIN;
SELECT plan(24);
\i test/data/small_agency.sql

-- rows that say their day and differ from what is added up
CREATE FUNCTION pg_temp.wrong() RETURNS TABLE (unit_id integer, kept numeric, added numeric) LANGUAGE sql AS $$
	SELECT s.unit_id, s.required, f.required FROM kota.unit_state AS s
	LEFT JOIN kota.unit_figures(ARRAY(SELECT u.unit_id FROM kota.unit AS u)) AS f USING (unit_id)
	WHERE s.figures_on = current_date AND s.year = kota.load_year() AND s.policy_version = (kota.policy_on(make_date(kota.load_year(), 1, 1))).policy_version
		AND (s.required, s.existing) IS DISTINCT FROM (f.required, f.existing) $$;
CREATE FUNCTION pg_temp.same() RETURNS boolean LANGUAGE sql AS $$
	SELECT NOT EXISTS (SELECT n.unit_id, n.required, n.existing FROM kota.unit_needs('{1,2,3}') AS n
		EXCEPT SELECT f.unit_id, f.required, f.existing FROM kota.unit_figures('{1,2,3}') AS f)
		AND NOT EXISTS (SELECT FROM pg_temp.wrong()) AND (SELECT count(*) FROM kota.unit_needs('{1,2,3}')) = (SELECT count(*) FROM kota.unit_figures('{1,2,3}')) $$;
SELECT is((SELECT count(*) FROM unit_state WHERE figures_on IS NOT NULL), 0::bigint, 'nothing kept to begin with');
SELECT ok(pg_temp.same(), 'and it is added up');
SELECT is(refresh_units(), 3::bigint, 'kept');
SELECT is((SELECT count(*) FROM unit_state WHERE figures_on = current_date), 3::bigint, 'of all units');
SELECT ok(pg_temp.same(), 'the same figures');
SELECT is(refresh_units(), 0::bigint, 'nothing to do a second time');

CREATE FUNCTION pg_temp.after(statement text, description text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM kota.refresh_units();
	EXECUTE statement;
	RETURN NEXT ok(pg_temp.same(), description);
END $$;
SELECT pg_temp.after('UPDATE incumbency SET valid_to = current_date WHERE employee_id = 2', 'somebody goes');
SELECT pg_temp.after('INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES (2, 1, current_date)', 'somebody comes');
SELECT pg_temp.after('UPDATE incumbency SET post_id = 1 WHERE employee_id = 3', 'somebody is moved by hand');
SELECT pg_temp.after('DELETE FROM incumbency WHERE employee_id = 4', 'an entry is removed');
SELECT pg_temp.after('UPDATE task_volume SET volume = volume * 2 WHERE task_id = 2', 'volumes change');
SELECT pg_temp.after('UPDATE task_norm SET norm_hours = 0.7 WHERE task_id = 1', 'a norm changes');
SELECT pg_temp.after('UPDATE post SET effective_hours = 1000 WHERE post_id = 2', 'effective time changes');
SELECT pg_temp.after('INSERT INTO post_effective_time (post_id, valid_from, effective_hours) VALUES (1, ''2015-01-01'', 1100)', 'effective time of the past');
SELECT pg_temp.after('UPDATE post SET unit_id = 3 WHERE post_id = 4', 'a post goes to another unit');
SELECT pg_temp.after('UPDATE post SET valid_to = current_date WHERE post_id = 3', 'a post ends');
SELECT pg_temp.after('INSERT INTO post (post_id, unit_id, code, title) VALUES (60, 1, ''N'', ''New'')', 'a post is made');
SELECT pg_temp.after('INSERT INTO task (task_id, post_id, name) VALUES (90, 60, ''n''); INSERT INTO task_norm (task_id, norm_hours) VALUES (90, 1);
	INSERT INTO task_volume VALUES (90, make_date(extract(year FROM current_date)::int, 1, 1), 500)', 'a new year begins');
SELECT pg_temp.after('SELECT new_policy(date_trunc(''year'', current_date)::date, ''{"effective_hours": 1300}'')', 'a policy with other hours');
SELECT pg_temp.after('SELECT move_posts(''{1}'', 3)', 'posts move with their holders');
SELECT pg_temp.after('DELETE FROM task_volume', 'no volumes any more');
SELECT pg_temp.after('TRUNCATE incumbency', 'nobody any more');
SELECT is((SELECT count(*) FROM unit_needs('{1,2,3}', current_date - 400)), (SELECT count(*) FROM unit_figures('{1,2,3}', current_date - 400)), 'other days are added up');
INSERT INTO unit (unit_id, code, name) VALUES (50, 'X', 'X');
SELECT is((SELECT count(*) FROM unit_state WHERE unit_id = 50), 1::bigint, 'a new unit has its row');

SELECT * FROM finish();
ROLLBACK;
