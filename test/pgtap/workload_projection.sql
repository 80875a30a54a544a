-- Usual bands, surges and projections: published figures, PostgreSQL's own
-- regression functions as oracle, and series that are known to the last digit.
BEGIN;
SELECT plan(43);
SELECT setseed(0.5);

-- NIST/SEMATECH e-Handbook 6.3.2.2, individuals chart: 50.81, 45.8159 to 55.8041
SELECT results_eq($$ SELECT observations, center, round(spread, 4), round(lower, 4), round(upper, 4)
		FROM mutasi.usual_band('{49.6,47.6,49.9,51.3,47.8,51.2,52.6,52.4,53.6,52.1}', 'individuals') $$,
	$$ VALUES (10, 50.81, 1.8778, 45.8159, 55.8041) $$, 'individuals chart');
-- e-Handbook 7.1.6, box plot fences: quartiles 429.75 and 742.25, inner -39 and 1211, outer -507.75 and 1679.75
CREATE TEMPORARY TABLE nist ON COMMIT DROP AS SELECT '{30,171,184,201,212,250,265,270,272,289,305,306,322,322,336,346,351,370,390,
	404,409,411,436,437,439,441,444,448,451,453,470,480,482,487,494,495,499,503,514,521,522,527,548,550,559,560,570,572,
	574,578,585,592,592,607,616,618,621,629,637,638,640,656,668,707,709,719,737,739,752,758,766,792,792,794,802,818,830,
	832,843,858,860,869,918,925,953,991,1000,1005,1068,1441}'::numeric[] AS series;
SELECT results_eq('SELECT (mutasi.usual_band(series)).* FROM nist', 'VALUES (90, 559.5, 312.5, -39::numeric, 1211::numeric)', 'inner fences');
SELECT results_eq('SELECT b.lower, b.upper FROM nist, mutasi.usual_band(series, factor => 3) AS b', 'VALUES (-507.75, 1679.75)', 'outer fences');
SELECT results_eq('SELECT (mutasi.usual_band(array_agg(x ORDER BY random()))).* FROM nist, unnest(series) AS x',
	'SELECT (mutasi.usual_band(series)).* FROM nist', 'fences do not depend on the order');
SELECT results_eq($$ SELECT * FROM mutasi.usual_band('{1,2,3}') $$, 'VALUES (3, 2::numeric, 2::numeric, -2::numeric, 6::numeric)', 'three values');
SELECT results_eq($$ SELECT * FROM mutasi.usual_band('{4,4,4,4}') $$, 'VALUES (4, 4::numeric, 0::numeric, 4::numeric, 4::numeric)', 'equal values make a band without width');
SELECT results_eq($$ SELECT * FROM mutasi.usual_band('{3,NULL,1,NULL,2}') $$, 'VALUES (3, 2::numeric, 2::numeric, -2::numeric, 6::numeric)', 'unknown values are left out');
SELECT results_eq($$ SELECT * FROM mutasi.usual_band('{1,2}') $$, 'VALUES (2, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric)', 'two values make no band');
SELECT results_eq($$ SELECT * FROM mutasi.usual_band('{1,NULL,2,NULL,3}', 'individuals') $$, 'VALUES (3, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric)', 'no moving range across an unknown value');
SELECT results_eq($$ SELECT observations FROM mutasi.usual_band('{}') UNION ALL SELECT observations FROM mutasi.usual_band(NULL, 'individuals') $$, 'VALUES (0), (0)', 'empty and unknown series');
SELECT throws_ok($$ SELECT mutasi.usual_band('{1,2,3}', 'sigma') $$, '22023', 'unrecognized rule of a usual band: "sigma"', 'no such rule');
SELECT throws_ok($$ SELECT mutasi.usual_band('{1,2,3}', 'tukey', 0) $$, '22023', 'the factor of a usual band must be above zero, not 0', 'factor zero');
SELECT throws_ok($$ SELECT mutasi.usual_band('{1,NaN,3}') $$, '22023', 'a series must hold finite numbers', 'NaN in a series');

-- surges
SELECT results_eq($$ SELECT verdict, volume, expected, lower, upper, observations, basis FROM mutasi.volume_surge('{10,12,11,13,12,11,10,12,11,30}') $$,
	$$ VALUES ('surge', 30::numeric, 11::numeric, 8.25, 14.25, 9, 'level') $$, 'a surge with its figures');
SELECT is((mutasi.volume_surge('{10,12,11,13,12,11,10,12,11,1}')).verdict, 'drop', 'a drop');
SELECT is((mutasi.volume_surge('{10,12,11,13,12,11,10,12,11,14.25}')).verdict, 'usual', 'on the edge is inside');
SELECT is((mutasi.volume_surge('{10,12,11,13,12,11,10,12,11,14.2500000000000000000001}')).verdict, 'surge', 'beyond the edge, exactly');
SELECT is((mutasi.volume_surge('{10,12,11,13,12,11,10,12,11,30}', rule => 'individuals')).upper, 14.99024822695035461, 'by the other rule');
SELECT results_eq($$ SELECT verdict, observations, basis FROM mutasi.volume_surge('{10,12,11}') $$, $$ VALUES (NULL::text, 2, NULL::text) $$, 'too short a series');
SELECT results_eq($$ SELECT verdict, upper FROM mutasi.volume_surge('{10,12,11,13,12,11,10,12,11,NULL}') $$, $$ VALUES (NULL::text, 14.25) $$, 'an unknown value has a band and no verdict');
-- a peak that comes every June is no surge; twice the peak is
CREATE FUNCTION pg_temp.with_june(last numeric) RETURNS numeric[]
	LANGUAGE sql IMMUTABLE AS $$
	SELECT array_agg(CASE WHEN i = 42 THEN last WHEN i % 12 = 6 THEN 500 + i % 5 ELSE 100 + i % 5 END ORDER BY i)
	FROM generate_series(1, 42) AS i $$;
SELECT results_eq($$ SELECT verdict, basis FROM mutasi.volume_surge(pg_temp.with_june(505)) $$, $$ VALUES ('usual', 'season') $$, 'the yearly peak is usual');
SELECT results_eq($$ SELECT verdict, basis FROM mutasi.volume_surge(pg_temp.with_june(900)) $$, $$ VALUES ('surge', 'season') $$, 'more than the yearly peak is not');
SELECT results_eq($$ SELECT verdict, basis FROM mutasi.volume_surge(pg_temp.with_june(100)) $$, $$ VALUES ('drop', 'season') $$, 'no yearly peak is a drop');
SELECT results_eq($$ SELECT verdict, basis FROM mutasi.volume_surge(pg_temp.with_june(505), season => 1) $$, $$ VALUES ('surge', 'level') $$, 'without a season the peak stands out');
SELECT throws_ok($$ SELECT mutasi.volume_surge('{1,2,3}', 0) $$, '22023', 'a season must be 1 period or longer, not 0', 'no season of 0');
SELECT throws_ok($$ SELECT mutasi.volume_surge('{1,2,3}', min_observations => 2) $$, '22023', 'min_observations must be 3 or more, not 2', 'no band from 2');

-- a series of trend and season is continued exactly
SELECT is((SELECT array_agg(volume ORDER BY step) FROM mutasi.project_volume(
		ARRAY(SELECT 100 + 3 * i + (ARRAY[5, -5, 20.5, -20.5])[1 + i % 4] FROM generate_series(1, 11) AS i), 6, 4)),
	ARRAY(SELECT 100 + 3 * i + (ARRAY[5, -5, 20.5, -20.5])[1 + i % 4] FROM generate_series(12, 17) AS i),
	'trend and season are continued');
SELECT is((SELECT array_agg(volume ORDER BY step) FROM mutasi.project_volume(
		ARRAY(SELECT CASE WHEN i NOT IN (2, 7, 14) THEN 100 + 3 * i + (ARRAY[5, -5, 20.5, -20.5])[1 + i % 4] END FROM generate_series(1, 15) AS i), 6, 4)),
	ARRAY(SELECT 100 + 3 * i + (ARRAY[5, -5, 20.5, -20.5])[1 + i % 4] FROM generate_series(16, 21) AS i),
	'also with unknown periods in between');
SELECT results_eq($$ SELECT method, slope, residual, observations FROM mutasi.project_volume('{10,20,12,22,14,24,16,26}', 1, 2) $$,
	$$ VALUES ('trend and season', 1::numeric, 0::numeric, 8) $$, 'slope and residual');
-- a line: the textbook's least squares
SELECT results_eq($$ SELECT round(volume, 6), method, slope, residual FROM mutasi.project_volume('{1,2,4}', 2, 1) $$,
	$$ VALUES (5.333333, 'trend', 1.5, 0.408248), (6.833333, 'trend', 1.5, 0.408248) $$, 'trend alone');
CREATE TEMPORARY TABLE observed ON COMMIT DROP AS
SELECT s, i, CASE WHEN random() > 0.1 THEN round((random() * 1000)::numeric, 2) END AS y
FROM generate_series(1, 40) AS s, generate_series(1, 60) AS i;
SELECT is((SELECT count(*) FROM (SELECT s, array_agg(y ORDER BY i) AS series, regr_slope(y, i) AS slope,
			regr_intercept(y, i) + 63 * regr_slope(y, i) AS third FROM observed GROUP BY s) AS o
		JOIN LATERAL mutasi.project_volume(series, 3, 1) AS p ON p.step = 3
	WHERE abs(p.slope - o.slope) > 1e-9 OR abs(p.volume - o.third) > 1e-9), 0::bigint, 'regr_slope() and regr_intercept() agree');
SELECT is((SELECT count(*) FROM (SELECT s, array_agg(y ORDER BY i) AS series FROM observed GROUP BY s) AS o
		JOIN LATERAL mutasi.project_volume(series, 1) AS p ON true
		JOIN (SELECT s, regr_slope(dy, di) AS slope, sqrt((regr_syy(dy, di) - regr_sxy(dy, di) ^ 2 / regr_sxx(dy, di)) / (count(dy) - 13)) AS residual
			FROM (SELECT s, y - avg(y) OVER w AS dy, i - avg(i) OVER w AS di FROM observed WHERE y IS NOT NULL
				WINDOW w AS (PARTITION BY s, i % 12)) AS d GROUP BY s) AS r USING (s)
	WHERE p.method <> 'trend and season' OR abs(p.slope - r.slope) > 1e-9 OR abs(p.residual - r.residual) > 1e-5), 0::bigint,
	'regr_slope() of what the seasonal means leave agrees');
-- too short for a trend
SELECT results_eq($$ SELECT volume, method, slope FROM mutasi.project_volume('{1,2,NULL}', 1) $$, $$ VALUES (1.5, 'level', NULL::numeric) $$, 'less than two seasons: the level');
SELECT is((SELECT method FROM mutasi.project_volume(array_fill(7, ARRAY[23])::numeric[], 1)), 'level', '23 months are not two years');
SELECT is((SELECT method FROM mutasi.project_volume(array_fill(7, ARRAY[24])::numeric[], 1)), 'trend and season', '24 months are');
SELECT results_eq($$ SELECT volume, method FROM mutasi.project_volume('{}', 1) UNION ALL SELECT volume, method FROM mutasi.project_volume('{NULL,NULL}', 1)
	UNION ALL SELECT volume, method FROM mutasi.project_volume(NULL, 1) $$,
	$$ VALUES (NULL::numeric, NULL::text), (NULL, NULL), (NULL, NULL) $$, 'nothing known, nothing projected');
SELECT is((SELECT array_agg(volume) FROM mutasi.project_volume('{9,6,3}', 3, 1)), '{0,0,0}'::numeric[], 'never below zero');
SELECT is((SELECT count(*) FROM mutasi.project_volume('{9,6,3}', 0, 1)), 0::bigint, 'no step ahead');
SELECT is((SELECT array_agg(volume) FROM mutasi.project_volume('[5:7]={1,2,3}'::numeric[], 2, 1)), '{4,5}'::numeric[], 'whatever the array''s first subscript');
SELECT is((SELECT method FROM mutasi.project_volume('{1,2,3}', 1, 2000000000)), 'level', 'a season longer than any series');
SELECT throws_ok($$ SELECT mutasi.project_volume('{1,2,3}', -1) $$, '22023', 'cannot project -1 periods ahead', 'not back');
SELECT throws_ok($$ SELECT mutasi.project_volume('{1,2,3}', 1, 0) $$, '22023', 'a season must be 1 period or longer, not 0', 'no season of 0');
SELECT throws_ok($$ SELECT mutasi.project_volume('{1,Infinity,3}', 1) $$, '22023', 'a series must hold finite numbers', 'infinity in a series');

SELECT * FROM finish();
ROLLBACK;
