-- Deferred acceptance and exchanges.
\set SHOW_CONTEXT never
-- the example of Gale and Shapley 1962, four and four: each man his last but one or so
SELECT * FROM mutasi.match_applications($$
	SELECT * FROM (VALUES
		(1, 1, 1, 2), (1, 2, 2, 3), (1, 3, 3, 4),
		(2, 2, 1, 2), (2, 3, 2, 3), (2, 1, 3, 4),
		(3, 3, 1, 2), (3, 1, 2, 3), (3, 2, 3, 4)) AS v (employee_id, post_id, preference, score)$$,
	'SELECT p AS post_id, 1 AS seats FROM generate_series(1, 3) AS p');
-- seats, an incumbent who keeps the post, one who gets a better one and leaves a seat behind
CREATE TABLE application AS SELECT * FROM (VALUES
	(1, 10, 1, 0.9, NULL::int), (2, 10, 1, 0.8, NULL), (2, 20, 2, 0.4, NULL), (3, 10, 1, 0.7, 20), (4, 10, 1, 0.95, 30), (5, 30, 1, 0.1, NULL), (6, 30, 1, 0.1, NULL))
	AS v (employee_id, post_id, preference, score, current_post);
SELECT * FROM mutasi.match_applications('TABLE application', 'SELECT * FROM (VALUES (10, 2), (20, 0), (30, 0)) AS v (post_id, seats)');
-- a wish below the own post counts for nothing
SELECT * FROM mutasi.match_applications('SELECT 1 AS employee_id, 20 AS post_id, 1 AS preference, 1 AS score, 20 AS current_post UNION ALL SELECT 1, 10, 2, 1, 20',
	'SELECT 10 AS post_id, 5 AS seats UNION ALL SELECT 20, 0');
-- exchanges: a swap, a cycle of three, somebody left out, one who wants what nobody gives
CREATE TABLE wish AS SELECT * FROM (VALUES
	(1, 10, 20, 1), (2, 20, 10, 1), (3, 30, 40, 1), (4, 40, 50, 1), (4, 40, 30, 2), (5, 50, 30, 1), (6, 60, 10, 1), (7, 10, 60, 2), (7, 10, 99, 1))
	AS v (employee_id, current_post, post_id, preference);
SELECT * FROM mutasi.exchange_cycles('TABLE wish');
SELECT * FROM mutasi.exchange_cycles('SELECT * FROM wish ORDER BY md5(employee_id::text || post_id)') EXCEPT SELECT * FROM mutasi.exchange_cycles('TABLE wish');

-- at size: no blocking pair, nobody worse off, no seat over-filled, checked in SQL
CREATE TABLE many AS
SELECT e AS employee_id, p AS post_id, row_number() OVER (PARTITION BY e ORDER BY md5(e || ':' || p)) AS preference,
	round(('x' || substr(md5(p || '-' || e), 1, 6))::bit(24)::int / 16777216.0, 1) AS score,
	CASE WHEN e % 3 = 0 THEN 1 + e % 40 END AS current_post
FROM generate_series(1, 300) AS e, generate_series(1, 40) AS p WHERE ('x' || substr(md5(e || '/' || p), 1, 2))::bit(8)::int < 60;
CREATE TABLE many_seats AS SELECT p AS post_id, p % 5 AS seats FROM generate_series(1, 40) AS p;
CREATE TABLE matched AS SELECT * FROM mutasi.match_applications('TABLE many', 'TABLE many_seats');
SELECT count(*) AS applicants, count(post_id) > 60 AS many_moved FROM matched;
WITH seat AS (
	SELECT s.post_id, s.seats + (SELECT count(DISTINCT employee_id) FROM many WHERE current_post = s.post_id) AS seats,
		(SELECT count(*) FROM matched AS m WHERE coalesce(m.post_id, m.current_post) = s.post_id) AS taken,
		(SELECT min(m.score) FROM matched AS m WHERE m.post_id = s.post_id) AS lowest
	FROM many_seats AS s)
SELECT (SELECT count(*) FROM seat WHERE taken > seats) AS over_filled,
	(SELECT count(*) FROM matched AS m JOIN many AS own ON own.employee_id = m.employee_id AND own.post_id = m.current_post
		WHERE m.preference > own.preference) AS worse_off,
	(SELECT count(*) FROM many AS w JOIN matched AS m USING (employee_id) JOIN seat AS s ON s.post_id = w.post_id
		WHERE w.preference < coalesce(m.preference, (SELECT o.preference FROM many AS o WHERE o.employee_id = w.employee_id AND o.post_id = w.current_post), 1000)
			AND w.post_id IS DISTINCT FROM w.current_post
			AND (s.taken < s.seats OR w.score > s.lowest)) AS blocking;
SELECT count(*) > 20 AS many_moved, count(*) = count(DISTINCT employee_id) AS once FROM mutasi.exchange_cycles('SELECT employee_id, current_post, post_id, preference FROM many WHERE current_post IS NOT NULL');
SELECT from_post AS post_id, count(*) FROM mutasi.exchange_cycles('SELECT employee_id, current_post, post_id, preference FROM many WHERE current_post IS NOT NULL') GROUP BY 1
EXCEPT ALL
SELECT to_post, count(*) FROM mutasi.exchange_cycles('SELECT employee_id, current_post, post_id, preference FROM many WHERE current_post IS NOT NULL') GROUP BY 1;
-- nobody gets by an exchange what is no better than the own post
SELECT count(*) AS worse_off FROM mutasi.exchange_cycles('SELECT employee_id, current_post, post_id, preference FROM many WHERE current_post IS NOT NULL') AS x
	JOIN many AS own ON own.employee_id = x.employee_id AND own.post_id = x.from_post WHERE own.preference <= x.preference;
SELECT count(*) AS differ FROM (SELECT employee_id, from_post, to_post FROM mutasi.exchange_cycles('SELECT employee_id, current_post, post_id, preference FROM many WHERE current_post IS NOT NULL ORDER BY md5(post_id || employee_id::text)')
	EXCEPT SELECT employee_id, from_post, to_post FROM mutasi.exchange_cycles('SELECT employee_id, current_post, post_id, preference FROM many WHERE current_post IS NOT NULL')) AS d;
-- the order of rows does not matter
SELECT count(*) FROM (SELECT * FROM mutasi.match_applications('SELECT * FROM many ORDER BY md5(post_id || employee_id::text)', 'SELECT * FROM many_seats ORDER BY seats') EXCEPT TABLE matched) AS d;

-- refused
\set posts '''SELECT 1 AS post_id, 1 AS seats'''
SELECT * FROM mutasi.match_applications('SELECT 1 AS employee_id, 2 AS post_id, 1 AS preference, 1 AS score', :posts);
SELECT * FROM mutasi.match_applications('SELECT 1 AS employee_id, 1 AS post_id, 1 AS preference, 1 AS score, 3 AS current_post', :posts);
SELECT * FROM mutasi.match_applications('SELECT 1 AS employee_id, 1 AS post_id, 1 AS preference, 1 AS score UNION ALL SELECT 1, 1, 2, 1', :posts);
SELECT * FROM mutasi.match_applications('SELECT 1 AS employee_id, 1 AS post_id, 1 AS preference, 1 AS score UNION ALL SELECT 1, 2, 1, 1', 'SELECT p AS post_id, 1 AS seats FROM generate_series(1, 2) AS p');
SELECT * FROM mutasi.match_applications('SELECT 1 AS employee_id, 1 AS post_id, 1 AS preference, 1 AS score, 1 AS current_post UNION ALL SELECT 1, 2, 2, 1, 2', 'SELECT p AS post_id, 1 AS seats FROM generate_series(1, 2) AS p');
SELECT * FROM mutasi.match_applications('SELECT 1 AS employee_id, 1 AS post_id, NULL::int AS preference, 1 AS score', :posts);
SELECT * FROM mutasi.match_applications('SELECT 1 AS employee_id, 1 AS post_id, -1 AS preference, 1 AS score', :posts);
SELECT * FROM mutasi.match_applications('SELECT 1 AS employee_id, 1 AS post_id, 1 AS preference', :posts);
SELECT * FROM mutasi.match_applications(NULL, :posts);
SELECT * FROM mutasi.exchange_cycles(NULL);
SELECT * FROM mutasi.exchange_cycles('SELECT 1 AS employee_id, 2 AS post_id, 1 AS preference');
SELECT * FROM mutasi.exchange_cycles('SELECT 1 AS employee_id, 2 AS post_id, 1 AS preference, NULL::int AS current_post');
SELECT * FROM mutasi.exchange_cycles('SELECT 1 AS employee_id, 2 AS post_id, 1 AS preference, 1 AS current_post UNION ALL SELECT 1, 2, 2, 1');
SELECT * FROM mutasi.exchange_cycles('SELECT 1 AS employee_id, 2 AS post_id, 1 AS preference, 1 AS current_post UNION ALL SELECT 1, 3, 1, 1');
SELECT * FROM mutasi.match_applications($$SELECT 1 AS employee_id, 1 AS post_id, 1 AS preference, 'NaN'::float8 AS score$$, :posts);
SELECT * FROM mutasi.match_applications('SELECT 1 AS employee_id, 1 AS post_id, 1 AS preference, -0.1 AS score', :posts);
SELECT * FROM mutasi.match_applications('SELECT 1 AS employee_id, 1 AS post_id, 1 AS preference, 1 AS score', 'SELECT 1 AS post_id, -1 AS seats');
SELECT * FROM mutasi.match_applications('SELECT 1 AS employee_id, 1 AS post_id, 1 AS preference, 1 AS score', 'SELECT 1 AS post_id, 1 AS seats UNION ALL SELECT 1, 2');
SELECT count(*) FROM mutasi.exchange_cycles('SELECT 1 AS employee_id, 2 AS post_id, 1 AS preference, 1 AS current_post WHERE false');
DROP TABLE application, wish, many, many_seats, matched;
