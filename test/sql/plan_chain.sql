-- Chains: a vacancy filled from a post whose holder moves opens that post.
\set SHOW_CONTEXT never
\set VERBOSITY default
-- 10 is vacant; 20, 30 and 40 are held by 1, 2 and 3; 4 is free and fits the last
CREATE TABLE pair AS SELECT * FROM (VALUES (1, 10, 0.9), (1, 20, 0.6), (2, 20, 0.8), (2, 30, 0.5), (3, 40, 0.7), (3, 10, 0.75), (4, 30, 0.4))
	AS v (employee_id, post_id, score);
CREATE TABLE post AS SELECT * FROM (VALUES (10, 1, 1), (20, 0, 1), (30, 0, 2), (40, 0, 2)) AS v (post_id, seats, unit_id);
CREATE TABLE person AS SELECT * FROM (VALUES (1, 1, NULL::int, 20), (2, 2, NULL, 30), (3, 2, NULL, 40), (4, 3, 1, NULL)) AS v (employee_id, unit_id, releasable, current_post);
\set donors '''SELECT employee_id, unit_id, current_post FROM person'''
SELECT employee_id, from_unit, post_id, to_unit, score FROM mutasi.plan_transfers('TABLE pair', 'TABLE post', :donors);
-- without chains only the vacancy is filled
SELECT employee_id, post_id, score FROM mutasi.plan_transfers('TABLE pair', 'TABLE post', 'SELECT employee_id, unit_id FROM person');
CREATE TABLE kept AS SELECT mutasi.solve_transfers('TABLE pair', 'TABLE post', :donors) AS solution;
SELECT proven, seats, transfers, empty, score, objective_value = bound AS equal, solver FROM kept, mutasi.plan_certificate(solution);
SELECT post_id, seats, filled, empty, holders, leaving, arriving FROM kept, mutasi.plan_posts(solution);
SELECT unit_id, leaving, arriving FROM kept, mutasi.plan_units(solution);
SELECT employee_id, post_id, chosen, slack >= 0 AND (NOT chosen OR slack = 0) AS holds FROM kept, mutasi.plan_pairs(solution) ORDER BY 1, 2;
SELECT p.employee_id, p.post_id, w.verdict, w.costs_seats, w.short_by, w.has_post, w.explanation FROM kept, pair AS p, mutasi.plan_why_not(solution, p.employee_id, p.post_id) AS w
	WHERE w.verdict <> 'assigned' ORDER BY 1, 2;
-- a swap needs no vacancy, and is not made where staying is worth more
SELECT employee_id, post_id FROM mutasi.plan_transfers(
	'SELECT * FROM (VALUES (1, 2, 0.6), (2, 1, 0.6), (1, 1, 0.5), (2, 2, 0.6)) AS v (employee_id, post_id, score)',
	'SELECT p AS post_id, 0 AS seats FROM generate_series(1, 2) AS p', 'SELECT e AS employee_id, NULL::int AS unit_id, e AS current_post FROM generate_series(1, 2) AS e');
SELECT count(*) FROM mutasi.plan_transfers(
	'SELECT * FROM (VALUES (1, 2, 0.6), (2, 1, 0.6), (1, 1, 0.5), (2, 2, 0.8)) AS v (employee_id, post_id, score)',
	'SELECT p AS post_id, 0 AS seats FROM generate_series(1, 2) AS p', 'SELECT e AS employee_id, NULL::int AS unit_id, e AS current_post FROM generate_series(1, 2) AS e');
-- a post of a higher priority takes from one of a lower, a minimum keeps it
SELECT employee_id, post_id FROM mutasi.plan_transfers('SELECT 1 AS employee_id, 10 AS post_id, 0.1 AS score',
	'SELECT * FROM (VALUES (10, 1, 1), (20, 0, 2)) AS v (post_id, seats, priority)', 'SELECT 1 AS employee_id, NULL::int AS unit_id, 20 AS current_post');
SELECT count(*) FROM mutasi.plan_transfers('SELECT 1 AS employee_id, 10 AS post_id, 0.1 AS score',
	'SELECT * FROM (VALUES (10, 1, 1, 0), (20, 0, 2, 1)) AS v (post_id, seats, priority, minimum_fill)', 'SELECT 1 AS employee_id, NULL::int AS unit_id, 20 AS current_post');
-- a unit's limit is on balance: 1 may go where 4 comes
\set limited '''SELECT employee_id, unit_id, CASE unit_id WHEN 3 THEN 1 ELSE 0 END AS releasable, current_post FROM person'''
SELECT employee_id, post_id FROM mutasi.plan_transfers('TABLE pair', 'TABLE post', :limited);
SELECT employee_id, post_id FROM mutasi.plan_transfers('SELECT * FROM pair WHERE employee_id <> 4', 'TABLE post', :limited);
SELECT post_id, empty, reason, blocking_unit FROM mutasi.plan_shortfall('TABLE pair', 'TABLE post', 'SELECT employee_id, unit_id, 0 AS releasable, current_post FROM person');
SELECT u.unit_id, u.release_price_seats FROM mutasi.solve_transfers('TABLE pair', 'TABLE post', 'SELECT employee_id, unit_id, 0 AS releasable, current_post FROM person') AS s, mutasi.plan_units(s) AS u;
-- with the balance of units
SELECT u.unit_id, u.leaving, u.arriving, u.staff_before, u.staff_after FROM mutasi.solve_transfers('TABLE pair', 'TABLE post', :donors,
	'SELECT u AS unit_id, 5 AS staff, 4 + u AS required FROM generate_series(1, 3) AS u', 'balance') AS s, mutasi.plan_units(s) AS u;
-- at size: proven, everybody in one place, no post over-filled, no unit below its floor, the order of rows does not matter
CREATE TABLE many AS SELECT e AS employee_id, p AS post_id, round(('x' || substr(md5(e || ':' || p), 1, 5))::bit(20)::int / 1048576.0, 2) AS score
	FROM generate_series(1, 400) AS e, generate_series(1, 80) AS p WHERE ('x' || substr(md5(e || '/' || p), 1, 2))::bit(8)::int < 20 OR (e % 80 + 1 = p AND e <= 200);
CREATE TABLE many_post AS SELECT p AS post_id, p % 3 AS seats, p % 8 AS unit_id, 1 + p % 2 AS priority FROM generate_series(1, 80) AS p;
CREATE TABLE many_person AS SELECT e AS employee_id, CASE WHEN e <= 200 THEN (e % 80 + 1) % 8 ELSE e % 8 END AS unit_id, 3 AS releasable,
	CASE WHEN e <= 200 THEN e % 80 + 1 END AS current_post FROM generate_series(1, 400) AS e;
CREATE TABLE many_kept AS SELECT mutasi.solve_transfers('TABLE many', 'TABLE many_post', 'TABLE many_person') AS solution;
SELECT proven, transfers > 100 AS many_moved FROM many_kept, mutasi.plan_certificate(solution);
SELECT count(*) FILTER (WHERE filled > seats) AS over_filled, count(*) FILTER (WHERE holders - leaving + arriving <> filled) AS miscounted, sum(leaving) > 30 AS chained
	FROM many_kept, mutasi.plan_posts(solution);
SELECT max(leaving - arriving) AS lost_at_most, max(leaving) > 3 AS more_left FROM many_kept, mutasi.plan_units(solution);
SELECT count(*) AS differ FROM mutasi.solve_transfers('SELECT * FROM many ORDER BY md5(employee_id || post_id::text)', 'SELECT * FROM many_post ORDER BY md5(post_id::text)',
	'SELECT * FROM many_person ORDER BY md5(employee_id::text)') AS s, many_kept WHERE s <> solution;
-- refused
SELECT mutasi.solve_transfers('SELECT * FROM pair WHERE post_id <> 40', 'SELECT * FROM post WHERE post_id <> 40', :donors);
SELECT mutasi.solve_transfers('SELECT * FROM pair WHERE employee_id <> 3', 'TABLE post', 'SELECT employee_id, 3 AS unit_id, current_post FROM person');
SELECT mutasi.solve_transfers('TABLE pair', 'SELECT post_id, seats FROM post', :donors);
SELECT mutasi.solve_transfers('TABLE pair', 'SELECT post_id, 1000000000 AS seats, unit_id FROM post', :donors);
SELECT mutasi.solve_transfers('TABLE pair', 'SELECT *, 2 AS minimum_fill FROM post', :donors);
SELECT mutasi.solve_transfers('TABLE pair', 'SELECT post_id, seats, unit_id, 9 AS minimum_fill FROM post', 'SELECT employee_id, unit_id FROM person');
SELECT mutasi.solve_transfers('TABLE pair', 'TABLE post', 'SELECT employee_id, unit_id, ''20''::text AS current_post FROM person');
-- priorities within the limits of many units are more than 64 bits hold
SELECT mutasi.solve_transfers('SELECT e AS employee_id, e AS post_id, 1 AS score FROM generate_series(1, 60) AS e', 'SELECT p AS post_id, 0 AS seats, p AS unit_id, p AS priority FROM generate_series(1, 60) AS p',
	'SELECT e AS employee_id, e AS unit_id, 0 AS releasable, e AS current_post FROM generate_series(1, 60) AS e');
DROP TABLE pair, post, person, kept, many, many_post, many_person, many_kept;
