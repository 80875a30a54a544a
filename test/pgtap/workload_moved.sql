-- Units merged and split alone make no surge, and no change against the year
-- before: earlier work is compared where its posts are now.
BEGIN;
SELECT plan(28);
\i test/data/small_agency.sql
SELECT (date_trunc('month', current_date) - interval '1 month')::date AS last_month \gset
SELECT (date :'last_month' - interval '1 month')::date AS month_before, (date :'last_month' - interval '1 year')::date AS year_before \gset
INSERT INTO task (task_id, post_id, name, period_months) VALUES (11, 1, 'visits', 1), (12, 2, 'visits', 1), (14, 4, 'reports', 1);
INSERT INTO task_norm (task_id, norm_hours) VALUES (11, 1), (12, 1), (14, 1);
DELETE FROM task_volume;
-- a little unrest, the same every year
INSERT INTO task_volume SELECT t, m, v + extract(month FROM m)::integer % 3
	FROM (VALUES (11, 100), (12, 200), (14, 50)) AS w (t, v), generate_series(date :'last_month' - interval '3 years', date :'month_before', interval '1 month') AS m;
CREATE TEMPORARY TABLE work AS SELECT extract(month FROM date :'last_month')::integer % 3 AS rest;

SELECT is_empty('SELECT FROM unit_workload_trend AS n LEFT JOIN unit_workload_trend AS b ON b.unit_id = n.unit_id AND b.month = (n.month - interval ''1 year'')::date WHERE n.required_year_before IS DISTINCT FROM b.required', 'where no post continues another, the unit itself is compared');
SELECT is((SELECT count(required_year_before) FROM unit_workload_trend), 48::bigint, 'two units in 24 months');

SELECT merge_units('{3}', 2, :'last_month') \g /dev/null
SELECT t.task_id AS second FROM task AS t JOIN post AS p USING (post_id) WHERE p.continues_id = 2 AND t.name = 'visits' \gset
INSERT INTO task_volume SELECT t, :'last_month', v + rest FROM work, (VALUES (11, 100), (:second, 200), (14, 50)) AS w (t, v);
SELECT results_eq('SELECT unit_id, verdict, hours, expected, basis FROM unit_surges()', 'SELECT 2, ''usual'', 350 + 3 * rest::numeric, 350 + 3 * rest::numeric, ''season'' FROM work', 'a merge is no surge, and the merged unit gone');
SELECT results_eq('SELECT unit_id, verdict, hours::integer FROM workload_surge', 'SELECT 2, ''usual'', 350 + 3 * rest FROM work', 'nor in the view');
SELECT results_eq(format('SELECT unit_id, verdict, hours::integer / 10 FROM unit_surges(%L) ORDER BY 1', :'month_before'), 'VALUES (2, ''usual'', 15), (3, ''usual'', 20)', 'the month before is judged as it was');
SELECT results_eq('SELECT task_id, verdict, observations FROM task_surges(2) ORDER BY 1', format('VALUES (11, ''usual'', 24), (14, ''usual'', 24), (%s, ''usual'', 24)', :second), 'task by task, with what was counted for the former post');
SELECT is_empty('SELECT * FROM task_surges(3)', 'which is judged there no more');
SELECT results_eq(format('SELECT task_id, verdict FROM task_surges(3, %L)', :'month_before'), 'VALUES (12, ''usual'')', 'but for a month in which it was');
SELECT results_eq(format('SELECT task_id FROM task_surges(2, %L) ORDER BY 1', :'month_before'), 'VALUES (11), (14)', 'and then not in the other');
SELECT results_eq(format('SELECT unit_id, required_change FROM unit_workload_trend WHERE month = %L AND required IS NOT NULL', :'last_month'), 'VALUES (2, 0.0000)', 'nor is it more than a year before');
SELECT results_eq(format('SELECT unit_id, required_change FROM unit_workload_trend WHERE month = %L AND required IS NOT NULL ORDER BY 1', :'month_before'), 'VALUES (2, 0.0000), (3, 0.0000)', 'the month before is compared as it was');
SELECT is((SELECT required FROM unit_workload_trend WHERE month = :'year_before' AND unit_id = 3), (SELECT (200 + rest) * 12 / 1250.0 FROM work)::numeric(12,4), 'work done stays with the unit that did it');
UPDATE task_volume SET volume = 500 WHERE task_id = :second;
SELECT results_eq('SELECT unit_id, verdict FROM unit_surges()', 'VALUES (2, ''surge'')', 'more work than both had is one');
SELECT results_eq('SELECT task_id, verdict FROM task_surges(2) WHERE verdict <> ''usual''', format('VALUES (%s, ''surge'')', :second), 'of the task that has it');
UPDATE task_volume SET volume = 200 + rest FROM work WHERE task_id = :second;

-- the posts go apart again, in the same month
SELECT split_unit(2, ARRAY[(SELECT post_id FROM task WHERE task_id = :second)], 'PKM3', 'Health Centre 3', date :'last_month' + 9) AS made \gset
SELECT results_eq('SELECT unit_id, verdict, hours::integer / 10 FROM unit_surges() ORDER BY 1', format('VALUES (2, ''usual'', 15), (%s, ''usual'', 20)', :made), 'a split is no drop, and no beginning');
SELECT results_eq(format('SELECT t.name, s.verdict, s.observations FROM task_surges(%s) AS s JOIN task AS t USING (task_id)', :made), 'VALUES (''visits'', ''usual'', 24)', 'task by task, over two posts before');
SELECT results_eq('SELECT task_id, verdict FROM task_surges(2) ORDER BY 1', 'VALUES (11, ''usual''), (14, ''usual'')', 'and in the unit left');
SELECT is((SELECT required_year_before FROM unit_workload_trend WHERE month = :'last_month' AND unit_id = 2), (SELECT (150 + 2 * rest) * 12 / 1250.0 FROM work)::numeric(12,4), 'the year before, too, is without what was split off');
SELECT results_eq('SELECT count(*) FROM post_line WHERE post_id = (SELECT max(post_id) FROM post)', 'VALUES (2::bigint)', 'a post knows all that it continues');
SELECT is_empty('SELECT post_id FROM post_place AS a JOIN post_place AS b USING (post_id) WHERE daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to) AND a <> b', 'and is in one place a day');

SELECT move_posts(ARRAY[(SELECT max(post_id) FROM post)], 2, date :'last_month' + 12) \g /dev/null
SELECT results_eq(format('SELECT unit_id, required_year_before FROM unit_workload_trend WHERE month = %L AND required_year_before IS NOT NULL ORDER BY 1', :'last_month'), 'SELECT 2, ((350 + 3 * rest) * 12 / 1250.0)::numeric(12,4) FROM work', 'come back to the unit, all that the post continues counts there once');
SELECT results_eq('SELECT unit_id, verdict, hours::integer FROM unit_surges()', 'SELECT 2, ''usual'', 350 + 3 * rest FROM work', 'for surges, too');

-- a circle made by hand: each ends, however long a busy machine takes for it
SET LOCAL statement_timeout = '5min';
UPDATE post SET continues_id = 3 WHERE post_id = 1;
UPDATE post SET continues_id = 1 WHERE post_id = 3;
SELECT lives_ok('SELECT FROM ' || v, 'a circle ends in ' || v) FROM unnest('{unit_surges(),task_surges(2),unit_workload_trend,workload_findings(),data_quality}'::text[]) AS v;
SELECT is_empty('SELECT post_id FROM post_place AS a JOIN post_place AS b USING (post_id) WHERE daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to) AND a <> b', 'in one place a day, too');

SELECT * FROM finish();
ROLLBACK;
