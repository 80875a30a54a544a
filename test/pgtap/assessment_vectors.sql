-- Published results of the assessment methods: Job Person Match, profile
-- matching (GAP method), nine-box; to the printed digit.
BEGIN;
SELECT plan(87);
SET LOCAL search_path = public, mutasi;

-- JPM: sum over sum hides a gap behind a surplus, the mean of capped ratios does not
SELECT is(job_person_match('{1:4,2:3,3:3,4:4}', '{1:4,2:4,3:3,4:3}'), 100.00, 'JPM by sums');
SELECT is(job_person_match('{1:4,2:3,3:3,4:4}', '{1:4,2:4,3:3,4:3}', 'mean_capped'), 93.75, 'JPM by the mean of capped ratios');
SELECT results_eq(
	$$SELECT competency, gap, percent FROM job_person_match_explain('{1:4,2:3,3:3,4:4}', '{1:4,2:4,3:3,4:3}')$$,
	$$VALUES (1, 0.00, 100.00), (2, -1.00, 75.00), (3, 0.00, 100.00), (4, 1.00, 133.33)$$,
	'JPM: the gap that the sum hides');
SELECT is(job_person_match('{1:357.13}', '{1:335}'), 106.61, 'spsp: 357.13 of 335.00 is 106.606, exact (printed 106.55)');
SELECT is(job_person_match('{1:4}', '{1:3*15}', 'weighted_sum_ratio'), 133.33, 'spsp: level 4 against 3 at weight 15, 60 of 45');
SELECT is(job_person_match('{1:4,2:1}', '{1:3*15,2:2*5}', 'weighted_sum_ratio'), 118.18, '(60 + 5) of (45 + 10)');
SELECT is(job_person_match('{1:4,2:1}', '{1:3*15,2:2*5}'), 100.00, 'weights stay out of the unweighted methods');
SELECT is(job_person_match('{1:4,2:1}', '{1:3*15,2:2*5}', 'mean_capped'), 75.00, 'capped mean, unweighted');
SELECT is(job_person_match('{1:4,2:1}', '{1:3*15,2:2*5}', 'weighted_mean_capped'), 87.50, 'capped mean, weighted: (15 + 2.5) of 20');
-- JF weights of PermenKP 35/2020: Madya, technical 40, managerial and socio-cultural 60
SELECT is(round(job_person_match('{1:3,2:4}', '{1:4,2:4}') * 0.40 + job_person_match('{11:3,12:3}', '{11:3,12:4}') * 0.60, 2),
	86.43, 'JPM of two groups, weighted: 87.50 * 40 % + 85.71 * 60 % = 86.426');

-- half up, exactly, at the second decimal: 1/800 is 0.125 percent, 1/1600 is 0.0625
SELECT is(job_person_match('{1:0.01}', '{1:8}'), 0.13, '0.125 rounds up');
SELECT is(job_person_match('{1:0.01}', '{1:16}'), 0.06, '0.0625 rounds down');
SELECT is(job_person_match('{1:1,2:1,3:1}', '{1:3,2:3,3:3}', 'mean_capped'), 33.33, 'three thirds of a third');
SELECT is(job_person_match('{1:1,2:1,3:3}', '{1:3,2:6,3:2}', 'mean_capped'), 50.00, '1/3 + 1/6 + 1 is 3/2 exactly');
SELECT is(job_person_match('{1:1,2:4,3:0.02,4:0}', '{1:3,2:6,3:4,4:1}', 'mean_capped'), 25.13, '(1/3 + 2/3 + 0.005) / 4 is 25.125 percent: a tie through thirds');
SELECT is(job_person_match('{1:0}', '{1:3}'), 0.00, 'assessed at 0 is 0 percent');
-- levels 1 to 5 have the common denominator 60: another way to the same figures
SELECT setseed(0.7);
CREATE TEMPORARY TABLE pair ON COMMIT DROP AS
	SELECT i, (SELECT profile_agg(c, floor(random() * 6)::numeric) FROM generate_series(1, 8) AS c WHERE i > 0) AS p,
		(SELECT requirement_agg(c, 1 + floor(random() * 5)::numeric, 1 + floor(random() * 3)::numeric) FROM generate_series(1, 8) AS c WHERE i > 0) AS r
	FROM generate_series(1, 300) AS i;
SELECT is((SELECT count(*) FROM pair, LATERAL (SELECT
			sum(p -> u.competency) AS held, sum(u.level) AS required,
			sum(least(p -> u.competency, u.level) * 60 / u.level) AS reached, sum(least(p -> u.competency, u.level) * 60 / u.level * u.weight) AS weighted, sum(u.weight) AS weight
		FROM requirement_unnest(r) AS u) AS s
	WHERE job_person_match(p, r) = round(100 * held / required, 2)
		AND job_person_match(p, r, 'mean_capped') = round(100 * round(reached) / 480, 2)
		AND job_person_match(p, r, 'weighted_mean_capped') = round(100 * round(weighted) / (60 * weight), 2)),
	300::bigint, 'JPM of 300 random people the long way');
SELECT is((SELECT job_person_match(profile_agg(c, c / 200.0), requirement_agg(c, c / 100.0), 'mean_capped') FROM generate_series(2, 10000, 2) AS c),
	50.00, '5,000 different denominators, no rounding before the end');

-- unknown stays unknown
SELECT is(job_person_match('{1:4,2:3}', '{1:4,2:4,3:3}'), NULL, 'never assessed: no figure');
SELECT is(job_person_match('{1:4,2:3}', '{1:4,2:4,3:3}', 'mean_capped'), NULL, 'never assessed: no figure');
SELECT is(unassessed('{1:4,2:3}', '{1:4,2:4,3:3,9:1}'), '{3,9}', 'and why');
SELECT is(unassessed('{1:4,3:0}', '{1:4,3:3}'), '{}', 'level 0 was assessed');
SELECT is(unassessed('{1:4}', '{}'), '{}', 'nothing required');
SELECT is(job_person_match('{1:4,2:3}', requirement_subtract('{1:4,2:4,3:3}', unassessed('{1:4,2:3}', '{1:4,2:4,3:3}'))),
	87.50, 'over what was assessed, on purpose');
SELECT is(requirement_subtract('{1:3*2!, 7:4~, 9:1}/0.25', '{9,NULL,44}'), '{1:3*2!, 7:4~}/0.25'::competency_requirement, 'requirement_subtract keeps the rest as it is');
SELECT is(requirement_subtract('{1:3}/0', '{1}'), '{}/0'::competency_requirement, 'requirement_subtract of everything');
SELECT is(requirement_subtract('{1:3}', '{}'), '{1:3}'::competency_requirement, 'requirement_subtract of nothing');
SELECT is(job_person_match('{1:4}', '{}'), NULL, 'nothing required: no percentage');
SELECT is(job_person_match('{}', '{1:4}'), NULL, 'nobody assessed anything');
SELECT is(job_person_match(NULL, '{1:4}'), NULL, 'no profile');

-- categories at their boundaries; what is printed decides
SELECT is(job_person_category(68.00), 'MMS', '68.00');
SELECT is(job_person_category(67.99), 'KMS', '67.99');
SELECT is(job_person_category(80.00), 'MS', '80.00');
SELECT is(job_person_category(79.99), 'MMS', '79.99');
SELECT is(job_person_category(79.995), 'MS', '79.995 is 80.00');
SELECT is(job_person_category(79.9949), 'MMS', '79.9949 is 79.99');
SELECT is(job_person_category(67.995), 'MMS', '67.995 is 68.00');
SELECT is(job_person_category(0), 'KMS', '0');
SELECT is(job_person_category(133.33), 'MS', 'above 100');
SELECT is(job_person_category(NULL), NULL, 'unknown');
SELECT is(job_person_category(90, 'mapping'), 'Optimal', 'mapping: 90');
SELECT is(job_person_category(89.99, 'mapping'), 'Cukup Optimal', 'mapping: 89.99');
SELECT is(job_person_category(78, 'mapping'), 'Cukup Optimal', 'mapping: 78');
SELECT is(job_person_category(77.99, 'mapping'), 'Kurang Optimal', 'mapping: 77.99');
SELECT is(ARRAY[job_person_category(90, 'job_fit_90_80'), job_person_category(80, 'job_fit_90_80'), job_person_category(79.99, 'job_fit_90_80')],
	'{MS,MMS,TMS}', 'the alternative scheme');

-- PM-1: six candidates, three aspects of 20, 30 and 50 percent, 60/40
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS
	$$BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END$$;
CREATE TEMPORARY TABLE aspect (nth integer, percent numeric, requirement competency_requirement) ON COMMIT DROP;
INSERT INTO aspect VALUES
	(1, 20, '{1:3, 2:3, 3:4~, 4:4~, 5:3, 6:4~, 7:4~, 8:5, 9:3, 10:4~}'),
	(2, 30, '{11:3, 12:4, 13:2~, 14:3~, 15:3, 16:5~}'),
	(3, 50, '{17:3, 18:3, 19:4~, 20:5~}');
CREATE TEMPORARY TABLE candidate (name text, profile competency_profile) ON COMMIT DROP;
INSERT INTO candidate
	SELECT name, profile(ARRAY(SELECT generate_series(1, 20)), levels) FROM (VALUES
		('P1', '{2,4,3,3,2,2,4,3,2,3, 3,4,3,1,3,1, 4,4,4,4}'::numeric[]),
		('P2', '{3,4,3,3,2,3,4,2,4,4, 4,5,5,1,4,1, 4,3,4,4}'),
		('P3', '{4,4,3,3,4,3,2,3,3,2, 4,2,2,4,5,2, 4,5,5,2}'),
		('P4', '{3,5,4,3,4,4,3,5,4,3, 1,5,5,5,5,2, 3,3,4,5}'),
		('P5', '{3,3,3,1,2,5,3,2,5,4, 4,5,4,3,5,3, 4,3,3,5}'),
		('P6', '{3,3,3,3,3,3,3,3,3,3, 3,3,3,3,3,3, 3,3,3,3}')) AS v(name, levels);
SELECT results_eq(
	'SELECT name, array_agg(round(profile_matching(profile, requirement), 4) ORDER BY nth) FROM candidate, aspect GROUP BY name ORDER BY name',
	$$VALUES ('P1', '{3.9400,4.1333,4.5000}'::numeric[]), ('P2', '{4.1600,3.5667,4.6500}'), ('P3', '{4.0200,3.7333,3.7000}'),
		('P4', '{4.4600,3.2667,5.0000}'), ('P5', '{3.9000,4.0333,4.6500}'), ('P6', '{4.3600,4.4667,4.4000}')$$,
	'PM-1: the aspects');
SELECT results_eq(
	'SELECT name, profile_matching_total(profile, requirement, percent) FROM candidate, aspect GROUP BY name ORDER BY name',
	$$VALUES ('P1', 4.278), ('P2', 4.227), ('P3', 3.774), ('P4', 4.372), ('P5', 4.315), ('P6', 4.412)$$,
	'PM-1: the totals are the printed ones, and exact');
SELECT results_eq(
	'SELECT name FROM candidate, aspect GROUP BY name ORDER BY profile_matching_total(profile, requirement, percent) DESC',
	$$SELECT unnest('{P6,P4,P5,P1,P2,P3}'::text[])$$,
	'PM-1: the ranks');
SELECT is((SELECT round(profile_matching_total(profile, requirement, percent), 2) FROM candidate, aspect WHERE name = 'P5'), 4.32,
	'PM-1: 4.315 is an exact tie and rounds up');
SELECT is((SELECT round(sum(percent / 100 * trunc(profile_matching(profile, requirement), 12)), 2) FROM candidate, aspect WHERE name = 'P5'), 4.31,
	'which it would not from quotients that were cut off');
SELECT results_eq(
	$$SELECT profile_matching_total(profile, requirement, percent ORDER BY nth DESC), profile_matching_total(profile, requirement, percent, 60, 'classic') FROM candidate, aspect GROUP BY name ORDER BY name$$,
	'SELECT profile_matching_total(profile, requirement, percent), profile_matching_total(profile, requirement, percent) FROM candidate, aspect GROUP BY name ORDER BY name',
	'PM-1: the order of the aspects does not matter');
SELECT results_eq(
	$$SELECT competency, gap, value, kind FROM candidate, profile_matching_explain(profile, '{17:3, 18:3, 19:4~, 20:5~}') WHERE name = 'P1'$$,
	$$VALUES (17, 1.00, 4.5, 'core'), (18, 1.00, 4.5, 'core'), (19, 0.00, 5.0, 'secondary'), (20, -1.00, 4.0, 'secondary')$$,
	'PM-1: the gaps of P1 in the third aspect');
SELECT results_eq(
	$$SELECT core_sum, core_weight, secondary_sum, secondary_weight FROM candidate, profile_matching_parts(profile, '{11:3, 12:4, 13:2~, 14:3~, 15:3, 16:5~}') WHERE name = 'P1'$$,
	'VALUES (15.0, 3::numeric, 8.5, 3::numeric)',
	'PM-1: the sums of P1 in the second aspect');

-- PM-3: 60/40; core experience, technique, leadership
SELECT results_eq(
	$$SELECT name, round(profile_matching(profile, '{1:4~, 2:5, 3:5, 4:4~, 5:4}'), 2) FROM (VALUES
		('A', '{1:4,2:5,3:4,4:3,5:3}'::competency_profile), ('B', '{1:3,2:4,3:5,4:4,5:4}'), ('C', '{1:4,2:3,3:4,4:5,5:5}'), ('D', '{1:5,2:5,3:3,4:4,5:2}')) AS v(name, profile) ORDER BY 2 DESC$$,
	$$VALUES ('B', 4.60), ('A', 4.40), ('C', 4.20), ('D', 4.10)$$,
	'PM-3: figures and order');
SELECT results_eq(
	$$SELECT name, round(core_sum / core_weight, 3), round(secondary_sum / secondary_weight, 2) FROM (VALUES
		('A', '{1:4,2:5,3:4,4:3,5:3}'::competency_profile), ('B', '{1:3,2:4,3:5,4:4,5:4}'), ('C', '{1:4,2:3,3:4,4:5,5:5}'), ('D', '{1:5,2:5,3:3,4:4,5:2}')) AS v(name, profile), profile_matching_parts(profile, '{1:4~, 2:5, 3:5, 4:4~, 5:4}') ORDER BY 1$$,
	$$VALUES ('A', 4.333, 4.50), ('B', 4.667, 4.50), ('C', 3.833, 4.75), ('D', 3.667, 4.75)$$,
	'PM-3: core and secondary averages');
SELECT is(profile_matching('{1:4,2:5,3:4,4:3,5:3}', '{1:4~, 2:5, 3:5, 4:4~, 5:4}', 70), round(4.38333333333333333333, 18), '70/30: 13/3 * 0.7 + 4.5 * 0.3, eighteen decimals');
SELECT is(profile_matching('{1:4,2:5,3:4,4:3,5:3}', '{1:4~, 2:5, 3:5, 4:4~, 5:4}', 0), 4.5, '0/100 is the secondary average');
SELECT is(profile_matching('{2:5,3:4,5:3}', '{2:5, 3:5, 5:4}', 100), round(13 / 3.0::numeric(30,28), 18), '100/0 is the core average, and needs no secondary');
SELECT is(profile_matching('{2:5,3:4,5:3}', '{2:5, 3:5, 5:4, 6:1~}', 100), round(13 / 3.0::numeric(30,28), 18), 'nor one that was assessed');

-- PM-4: another table, with values of its own for secondary competencies, a
-- straight line between its rows, and averages weighted by the criteria
INSERT INTO gap_table (name, between_rows, averages) VALUES ('own_continuous', 'linear', 'weighted');
INSERT INTO gap_value (gap_table, gap, core_value, secondary_value) VALUES
	('own_continuous', -2, 3, 3.5), ('own_continuous', 0, 5, 5), ('own_continuous', 2, 4, 4.5);
SELECT results_eq(
	$$SELECT round(profile_matching(profile, '{1:4*60, 2:5*40, 3:3*70~, 4:4*30~}', 60, 'own_continuous'), 2), core_sum / core_weight, secondary_sum / secondary_weight
		FROM (VALUES ('{1:5,2:5,3:4,4:5}'::competency_profile), ('{1:3,2:5,3:5,4:3}')) AS v(profile), profile_matching_parts(profile, '{1:4*60, 2:5*40, 3:3*70~, 4:4*30~}', 'own_continuous') ORDER BY 1 DESC$$,
	'VALUES (4.72, 4.7, 4.75), (4.41, 4.4, 4.425)',
	'PM-4: a continuous, weighted variant as rows of a gap table');

-- what a gap outside of the table means is the table's to say
SELECT is(profile_matching('{1:9, 2:0}', '{1:3, 2:5~}', 60, 'classic_end_value'), 1.3, 'end values: 60 % of 1.5 and 40 % of 1');
SELECT results_eq(
	$$SELECT competency, gap, value, note FROM profile_matching_explain('{1:9, 2:0, 4:3.5}', '{1:3, 2:5~, 3:1, 4:3}', 'classic_end_value')$$,
	$$VALUES (1, 6.00, 1.5, 'end value'), (2, -5.00, 1.0, 'end value'), (3, NULL, NULL, 'not assessed'), (4, 0.50, NULL, 'not in the table')$$,
	'the explanation tells which');
SELECT results_eq(
	$$SELECT competency, gap, value, note FROM profile_matching_explain('{1:9, 2:4.5}', '{1:3, 2:3}')$$,
	$$VALUES (1, 6.00, NULL::numeric, 'not in the table'), (2, 1.50, NULL, 'not in the table')$$,
	'the classic table has whole gaps up to 4');
SELECT throws_ok($$SELECT profile_matching('{1:9, 2:4}', '{1:3, 2:3~}')$$, '22003', 'the gap 6 of competency 1 is not in gap table "classic"', 'a gap outside the table');
SELECT throws_ok($$SELECT profile_matching('{1:3, 2:4.25}', '{1:3, 2:3~}')$$, '22003', 'the gap 1.25 of competency 2 is not in gap table "classic"', 'a gap between rows');

-- unknown
SELECT is(profile_matching('{1:3}', '{1:3, 2:3~}'), NULL, 'a secondary competency never assessed: no figure');
SELECT is(profile_matching('{2:3}', '{1:3, 2:3~}'), NULL, 'a core competency never assessed: no figure');
SELECT is(profile_matching('{2:3}', '{}'), NULL, 'nothing required: no figure');
SELECT is((SELECT profile_matching_total(profile_subtract(profile, '{7}'), requirement, percent) FROM candidate, aspect WHERE name = 'P1'), NULL, 'an unknown aspect makes the total unknown');
SELECT is((SELECT profile_matching_total(NULL, requirement, percent) FROM aspect), NULL, 'no profile, no total');
SELECT is((SELECT profile_matching_total(profile, requirement, percent) FROM candidate, aspect WHERE false), NULL, 'no rows, no total');

-- any plan: states combine to the same total
SELECT is((SELECT profile_matching_final(profile_matching_combine(a, b)) FROM (
		SELECT profile_matching_accum(NULL, profile, '{11:3, 12:4, 13:2~, 14:3~, 15:3, 16:5~}', 30) AS a,
			profile_matching_accum(profile_matching_accum(NULL, profile, '{17:3, 18:3, 19:4~, 20:5~}', 50),
				profile, '{1:3, 2:3, 3:4~, 4:4~, 5:3, 6:4~, 7:4~, 8:5, 9:3, 10:4~}', 20) AS b
		FROM candidate WHERE name = 'P5') AS s), 4.315, 'states combine');
SELECT is(profile_matching_combine(NULL, '{1,2,3}'), '{1,2,3}', 'an empty state adds nothing');
SELECT is(profile_matching_combine('{1,2,3}', NULL), '{1,2,3}', 'nor on the other side');
-- 400 random people and requirements against the formula as it is written, in
-- sixtieths (1 to 5 competencies of a kind), and in a parallel plan
CREATE TABLE drawn AS
	SELECT i AS id, 1 + i / 4 AS person, 25 AS percent,
		(SELECT profile_agg(c, floor(1 + random() * 5)::numeric) FROM generate_series(1, 10) AS c WHERE i > 0) AS p,
		(SELECT requirement_agg(c, floor(1 + random() * 5)::numeric, NULL, CASE WHEN c <= 1 + i % 5 THEN 'core' ELSE 'secondary' END, NULL)
			FROM generate_series(1, 2 + i % 5 + (i / 5) % 4) AS c WHERE i > 0) AS r
	FROM generate_series(4, 403) AS i;
CREATE TEMPORARY TABLE formula ON COMMIT DROP AS
	SELECT id, person, (60 * 60 * core / ncore + 40 * 60 * secondary / nsecondary)::integer AS sixtieths FROM (
		SELECT d.id, d.person, sum(v) FILTER (WHERE kind = 'core') AS core, count(*) FILTER (WHERE kind = 'core') AS ncore,
			sum(v) FILTER (WHERE kind = 'secondary') AS secondary, count(*) FILTER (WHERE kind = 'secondary') AS nsecondary
		FROM drawn AS d, requirement_unnest(d.r) AS u,
			LATERAL (SELECT CASE g WHEN 0 THEN 5 WHEN 1 THEN 4.5 WHEN -1 THEN 4 WHEN 2 THEN 3.5 WHEN -2 THEN 3 WHEN 3 THEN 2.5 WHEN -3 THEN 2 WHEN 4 THEN 1.5 WHEN -4 THEN 1 END AS v
				FROM (SELECT (d.p -> u.competency) - u.level AS g) AS gap) AS value
		GROUP BY d.id, d.person) AS s;
SELECT is((SELECT count(*) FROM drawn JOIN formula USING (id)
	WHERE round(profile_matching(p, r) * 6000, 12) = sixtieths), 400::bigint, 'profile matching of 400 random people');
SELECT is((SELECT count(*) FROM (SELECT person, profile_matching_total(p, r, percent) AS total FROM drawn GROUP BY person) AS t
		JOIN (SELECT person, sum(sixtieths) AS sum FROM formula GROUP BY person) AS f USING (person)
	WHERE round(total * 24000, 12) = sum), 100::bigint, 'totals of 100 random people with four aspects');
CREATE TEMPORARY TABLE serial ON COMMIT DROP AS SELECT person, profile_matching_total(p, r, percent) AS total FROM drawn GROUP BY person;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
ALTER TABLE drawn SET (parallel_workers = 2);
SELECT ok((SELECT bool_or(line ~ 'Partial (Hash|Group|)Aggregate|Partial Aggregate') FROM pg_temp.plan_of(
	'SELECT person, mutasi.profile_matching_total(p, r, percent) FROM drawn GROUP BY person') AS line), 'totals in a parallel plan');
SELECT results_eq('SELECT person, profile_matching_total(p, r, percent) FROM drawn GROUP BY person ORDER BY person',
	'SELECT person, total FROM serial ORDER BY person', 'are the same');
-- the fraction's decimals: finite ones whole, others as far as rounding needs
SELECT is(fraction_value('{1,1024}'), 0.0009765625, 'an end to the decimals: all of them');
SELECT is(fraction_value('{2,3}'), 0.666666666666666667, 'no end: eighteen, half up');
SELECT is((SELECT count(*) FROM generate_series(1, 60) AS d, generate_series(0, 300) AS n, generate_series(0, 4) AS k
		WHERE round(fraction_value(ARRAY[n, d]), k) <> div(n * ('2e' || k)::numeric + d, d * 2::numeric) * ('1e-' || k)::numeric),
	0::bigint, 'rounding it is rounding the exact value');

-- nine-box, layout of PermenPAN-RB 3/2020
SELECT results_eq(
	$$SELECT array_agg(nine_box_at(potential, performance) ORDER BY j) FROM unnest('{rendah,menengah,tinggi}'::text[]) WITH ORDINALITY AS p(potential, i),
		unnest('{di bawah ekspektasi,sesuai ekspektasi,di atas ekspektasi}'::text[]) WITH ORDINALITY AS q(performance, j) GROUP BY i ORDER BY i$$,
	$$VALUES ('{1,2,4}'::integer[]), ('{3,5,7}'), ('{6,8,9}')$$, 'nine-box: the layout');
SELECT results_eq(
	$$SELECT array_agg(nine_box(potential, performance, 'potential_68_77_performance_70_85') ORDER BY performance) FROM unnest('{67.99,68,77}'::numeric[]) AS potential, unnest('{69.99,70,85}'::numeric[]) AS performance GROUP BY potential ORDER BY potential$$,
	$$VALUES ('{1,2,4}'::integer[]), ('{3,5,7}'), ('{6,8,9}')$$, 'nine-box: cuts are inclusive');
SELECT is(ARRAY[nine_box(60.4, 60.5, 'bands_60_80'), nine_box(80.5, 80.4, 'bands_60_80'), nine_box(100, 81, 'bands_60_80')], '{2,8,9}',
	'nine-box: bands printed in whole numbers have no holes');
SELECT is((SELECT array_agg(nine_box(x, y, ARRAY[m - s, m + s], ARRAY[m - s, m + s]) ORDER BY x)
		FROM (VALUES (1, 9), (5, 5), (9, 1)) AS v(x, y), (SELECT 5.0 AS m, 3.0 AS s) AS c), '{4,5,6}', 'nine-box: cuts of one''s own');
SELECT is(nine_box(NULL, 80, 'bands_60_80'), NULL, 'nine-box: unknown');
SELECT is((SELECT array_agg(box ORDER BY box) FROM nine_box_recommendation WHERE rule_set = 'permenpanrb_3_2020' AND agency_pool), '{7,8,9}', 'nine-box: the agency''s succession pool');

SELECT * FROM finish();
ROLLBACK;
