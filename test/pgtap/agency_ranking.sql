-- Ranking: exact against a plain computation over everybody, decided by data
-- and never by name, the same both ways.
BEGIN;
SELECT plan(35);
\i test/data/small_agency.sql

-- by hand, for employee 3: competency 1 - (2 * 0.5 * 0.5) / 11 = 0.954545; 0.5 * 0.954545 + 0.2 * 1 + 0.3 = 0.977273
SELECT results_eq('SELECT rank, employee_id, score FROM candidates(1, 4)',
	$$VALUES (1, 3, 0.977273), (2, 2, 0.960000), (3, 4, 0.894546), (4, 5, 0.869091)$$, 'computed by hand');
SELECT is((SELECT eligible FROM candidates(1, 4) WHERE rank = 3), false, 'who is not eligible is shown, with the reason');
SELECT is((SELECT reason FROM candidates(1, 4) WHERE rank = 3), 'performance: a rating below "good" in the last 2 years', 'the reason');
SELECT results_eq('SELECT employee_id FROM candidates(1, 10, eligible_only => true)', 'VALUES (3), (2)', 'only the eligible');
SELECT results_eq('SELECT competency, performance, qualification, experience, balance FROM score_pairs(''{6}'', ''{1}'')', 'VALUES (0.272727, 0.8, 1.0, 1.0, 1.0)', 'unknown competency counts as nothing held');
SELECT results_eq('SELECT qualification, experience FROM score_pairs(''{8,7}'', ''{1,1}'') ORDER BY employee_id', 'VALUES (0.0, 0.0), (0.0, 0.0)', 'parts of those who bring nothing');
-- balance: HEAL needs 1.6 has 2, PKM1 needs 4 has 1: |1.6-2| = 0.4 -> 0.6, 3 -> 2: (0.4 + 3 - 0.6 - 2 + 2) / 4 = 0.7
SELECT is((SELECT balance FROM score_pairs('{7}', '{1}')), 0.7, 'balance, by hand');
SELECT is((SELECT balance FROM score_pairs('{1}', '{4}')), 0.5, 'inside the unit nothing changes');
SELECT ok((SELECT bool_and(part BETWEEN 0 AND 1) FROM candidates(1, 10) AS c CROSS JOIN LATERAL unnest(ARRAY[c.score, c.competency, c.performance, c.qualification, c.experience, c.balance]) AS part WHERE part IS NOT NULL), 'every part is in [0,1]');

-- rank_of and opportunities agree with candidates
SELECT results_eq('SELECT c.rank, c.score FROM candidates(1, 10) AS c ORDER BY 1', 'SELECT r.rank, r.score FROM generate_series(2, 8) AS e CROSS JOIN LATERAL rank_of(e, 1) AS r ORDER BY 1', 'rank_of');
SELECT is_empty('SELECT * FROM rank_of(1, 1)', 'a holder has no rank');
SELECT results_eq('SELECT o.score FROM opportunities(2, 10) AS o WHERE o.post_id = 1', 'SELECT c.score FROM candidates(1, 10) AS c WHERE c.employee_id = 2', 'both directions give one score');
SELECT is((SELECT count(*) FROM opportunities(2, 10)), 2::bigint, 'free posts only');

-- errors
SELECT throws_ok('SELECT * FROM candidates(999)', 'MU102', 'there is no post 999', 'unknown post');
SELECT throws_ok('SELECT * FROM candidates(1, 0)', '22023', NULL, 'k = 0');
SELECT throws_ok('SELECT * FROM candidates(1, 10001)', '22023', NULL, 'k too large');
SELECT throws_ok('SELECT * FROM opportunities(999)', 'MU102', NULL, 'unknown person');
SELECT throws_ok('SELECT * FROM why_not(999, 1)', 'MU102', NULL, 'why_not of an unknown person');
SELECT throws_ok('SELECT * FROM why_not(2, 999)', 'MU102', NULL, 'or for an unknown post');

-- why not
SELECT matches((SELECT finding FROM why_not(5, 1) WHERE aspect = 'rank'), '^rank 4 with a score of 0\.869; the first has 0\.977$', 'why_not: rank');
SELECT is((SELECT remedy FROM why_not(5, 1) WHERE aspect = 'competency: Nursing care'), 'raise it by 1', 'why_not: what to do');
SELECT is((SELECT remedy FROM why_not(6, 1) WHERE aspect = 'competency: Nursing care'), 'have it assessed', 'why_not: unknown is not poor');
SELECT is((SELECT round(sum(contribution), 6) FROM explain_match(3, 1)), 1 - (SELECT competency FROM score_pairs('{3}', '{1}')), 'the explanation adds up');

-- what if
SELECT results_eq('SELECT unit_id, existing_before, existing_after, round(ratio_before, 2), round(ratio_after, 2) FROM what_if(''{2,3}'', ''{1,1}'')',
	$$VALUES (2, 1::numeric, 3.00, 4.00, 1.33), (3, 5.00, 3.00, 0.60, 1.00)$$, 'what_if');
SELECT is((SELECT count(*) FROM transfer), 0::bigint, 'changes nothing');

-- names, NIPs and logins decide nothing: swap two people's
CREATE TEMP TABLE was AS SELECT c.rank, c.employee_id, c.score, c.eligible, c.reason FROM candidates(1, 10) AS c;
UPDATE employee SET nip = CASE employee_id WHEN 2 THEN '198609262015051001' ELSE '199205082023082001' END::mutasi.nip WHERE employee_id IN (2, 5);
UPDATE employee SET nip = NULL WHERE employee_id = 5;
UPDATE employee SET nip = '199205082023082001' WHERE employee_id = 2;
UPDATE employee SET nip = '198609262015051001' WHERE employee_id = 5;
UPDATE employee SET login = NULL WHERE employee_id IN (2, 5);
UPDATE employee AS e SET name = f.name FROM employee AS f WHERE (e.employee_id, f.employee_id) IN ((2, 5), (5, 2));
SELECT results_eq('SELECT rank, employee_id, score, eligible, reason FROM candidates(1, 10)', 'SELECT * FROM was ORDER BY rank', 'names and numbers decide nothing');

-- equal scores go by seniority, then by id
INSERT INTO employee (employee_id, name, born_on, appointed_on, grade, grade_since) VALUES
	(21, 'Pegawai 021', '1985-01-01', '2012-01-01', 'III/a', '2022-04-01'), (22, 'Pegawai 022', '1985-01-01', '2011-01-01', 'III/a', '2022-04-01'),
	(23, 'Pegawai 023', '1985-01-01', '2011-01-01', 'III/b', '2023-04-01'), (24, 'Pegawai 024', '1985-01-01', '2011-01-01', 'III/b', '2023-04-01');
INSERT INTO assessment (employee_id, competency_id, level, assessed_on) SELECT e, c, 4, '2024-01-01' FROM generate_series(21, 24) AS e, generate_series(1, 2) AS c;
SELECT results_eq('SELECT employee_id FROM candidates(1, 20) WHERE employee_id > 20', 'VALUES (23), (24), (22), (21)', 'seniority decides equal scores');

-- exact against everybody computed: 600 people, several k and weights, ties in plenty
INSERT INTO employee (employee_id, name, appointed_on, grade, grade_since)
	SELECT n, 'Pegawai ' || n, date '2010-01-01' + n % 7, 'III/a', '2020-01-01' FROM generate_series(1000, 3999) AS n;
INSERT INTO assessment (employee_id, competency_id, level, assessed_on)
	SELECT n, c, (hashint4(n * 31 + c) & 15) / 4.0, '2024-01-01' FROM generate_series(1000, 3999) AS n, generate_series(1, 2) AS c WHERE (hashint4(n * 7 + c) & 7) > 0;
INSERT INTO performance (employee_id, year, rating)
	SELECT n, extract(year FROM current_date)::int - 1, 1 + abs(hashint4(n)) % 5 FROM generate_series(1000, 3999) AS n WHERE n % 11 > 0;
INSERT INTO education (employee_id, level, field) SELECT n, 4 + n % 5, CASE n % 3 WHEN 0 THEN 'nursing' END FROM generate_series(1000, 3999) AS n;
CREATE FUNCTION pg_temp.everybody(p integer, k integer) RETURNS TABLE (rank bigint, employee_id integer, score numeric) LANGUAGE sql AS $$
	WITH people AS (SELECT array_agg(e.employee_id) AS ids FROM kota.employee AS e WHERE e.left_on IS NULL
		AND NOT EXISTS (SELECT FROM kota.incumbency AS i WHERE i.employee_id = e.employee_id AND i.post_id = p))
	SELECT row_number() OVER (ORDER BY s.score DESC, d.place), s.employee_id, s.score
	FROM people AS w CROSS JOIN LATERAL kota.score_pairs(w.ids, array_fill(p, ARRAY[cardinality(w.ids)])) AS s
	JOIN LATERAL kota.seniority(w.ids) AS d ON d.employee_id = s.employee_id
	ORDER BY 1 LIMIT k $$;
SELECT results_eq(format('SELECT rank::bigint, employee_id, score FROM candidates(%s, %s)', p, k), format('SELECT * FROM pg_temp.everybody(%s, %s)', p, k), format('post %s, k = %s: as computed over everybody', p, k))
	FROM (VALUES (1, 1), (1, 10), (1, 300), (3, 25)) AS v (p, k);
SELECT new_policy(current_date, '{"weight_competency": 0.05, "weight_performance": 0.65}') \g /dev/null
SELECT results_eq('SELECT rank::bigint, employee_id, score FROM candidates(1, 15)', 'SELECT * FROM pg_temp.everybody(1, 15)', 'with hardly any weight on competency');
UPDATE employee SET profile = NULL WHERE employee_id BETWEEN 1000 AND 3000;
SELECT results_eq('SELECT rank::bigint, employee_id, score FROM candidates(1, 40)', 'SELECT * FROM pg_temp.everybody(1, 40)', 'with many people never assessed');

SELECT is(take_ranking_snapshot(3), 1, 'a snapshot');
SELECT results_eq('SELECT post_id, rank, employee_id, score FROM candidate_ranking WHERE post_id = 1 ORDER BY rank', 'SELECT 1, rank, employee_id, score::numeric(7,6) FROM candidates(1, 3)', 'holds what candidates() said');

SELECT * FROM finish();
ROLLBACK;
