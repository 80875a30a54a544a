-- What every plan keeps, on instances made by arithmetic.
BEGIN;
SELECT plan(22);

CREATE TEMPORARY TABLE candidate AS
SELECT e AS employee_id, p AS post_id, round(((e * 7919 + p * 104729) % 1000003) / 1000003.0, 4) AS score
FROM generate_series(1, 400) AS e, generate_series(1, 60) AS p
WHERE (e * 31 + p * 17) % 13 < 3;
CREATE TEMPORARY TABLE post AS
SELECT p AS post_id, 1 + p % 4 AS seats, 1 + p % 3 AS priority, CASE WHEN p % 10 = 0 THEN 1 ELSE 0 END AS minimum_fill, p % 7 AS unit_id
FROM generate_series(1, 60) AS p;
CREATE TEMPORARY TABLE donor AS SELECT e AS employee_id, e % 7 AS unit_id, 5 + e % 7 * 4 AS releasable FROM generate_series(1, 400) AS e;
CREATE TEMPORARY TABLE unit AS SELECT u AS unit_id, 50 + u * 3 AS staff, 40 + u * 5.5 AS required FROM generate_series(0, 6) AS u;

CREATE TEMPORARY TABLE solved AS
SELECT objective, mutasi.solve_transfers('TABLE candidate', 'TABLE post', 'TABLE donor', 'TABLE unit', objective) AS s
FROM (VALUES ('fill_then_score'), ('score'), ('balance')) AS o (objective);

SELECT is(count(*)::int, 3, 'every objective is proven') FROM solved, mutasi.plan_certificate(s) AS c WHERE c.proven AND c.objective_value = c.bound;
SELECT cmp_ok(min(c.transfers), '>', 50::bigint, 'the plans are not trivial') FROM solved, mutasi.plan_certificate(s) AS c;

SELECT is_empty($$ SELECT objective, m.post_id FROM solved, mutasi.plan_moves(s) AS m JOIN post USING (post_id)
	GROUP BY objective, m.post_id, seats HAVING count(*) > seats $$, 'no post has more people than seats');
SELECT is_empty($$ SELECT objective, m.employee_id FROM solved, mutasi.plan_moves(s) AS m
	GROUP BY 1, 2 HAVING count(*) > 1 $$, 'nobody moves twice');
SELECT is_empty($$ SELECT objective, m.from_unit FROM solved, mutasi.plan_moves(s) AS m JOIN donor USING (employee_id)
	GROUP BY objective, m.from_unit, releasable HAVING count(*) > releasable $$, 'no unit gives more than it can release');
SELECT is_empty($$ SELECT m.* FROM solved, mutasi.plan_moves(s) AS m
	WHERE NOT EXISTS (SELECT FROM candidate AS c WHERE (c.employee_id, c.post_id, c.score) = (m.employee_id, m.post_id, m.score)) $$,
	'every transfer is a candidate pair with its score');

-- the proof, redone in SQL from the exact integers
SELECT is_empty($$ SELECT * FROM solved, mutasi.plan_pairs(s) AS p WHERE slack < 0 $$, 'no pair beats the prices');
SELECT is_empty($$ SELECT * FROM solved, mutasi.plan_pairs(s) AS p WHERE chosen AND slack <> 0 $$, 'who was chosen is worth exactly the price');
SELECT is_empty($$ SELECT * FROM solved, mutasi.plan_pairs(s) AS p
	JOIN mutasi.plan_posts((SELECT s FROM solved WHERE objective = 'score')) AS q USING (post_id)
	WHERE objective = 'score' AND p.rent + q.exact_price <> p.gain + p.slack $$, 'slack = price + rent - gain');
SELECT is(
	(SELECT sum(p.gain)::numeric FROM solved, mutasi.plan_pairs(s) AS p WHERE objective = 'score' AND chosen),
	-- a seat above the minimum may stay empty at no cost, one of the minimum not
	(SELECT sum(greatest(q.exact_price * q.seats, q.exact_price * q.minimum_fill)) FROM solved, mutasi.plan_posts(s) AS q WHERE objective = 'score')
	+ (SELECT sum(u.exact_release_price * u.releasable) FROM solved, mutasi.plan_units(s) AS u WHERE objective = 'score')
	+ (SELECT sum(r.rent - u.exact_release_price) FROM solved,
		LATERAL (SELECT DISTINCT employee_id, rent FROM mutasi.plan_pairs(s)) AS r JOIN donor USING (employee_id)
		JOIN mutasi.plan_units(s) AS u USING (unit_id) WHERE objective = 'score'),
	'the sum of all gains equals the bound from the prices, added up in SQL');

-- the order of the input does not matter, nor how it is planned
SELECT is(mutasi.solve_transfers('SELECT * FROM candidate ORDER BY md5(employee_id::text || post_id)', 'SELECT * FROM post ORDER BY md5(post_id::text)',
	'SELECT * FROM donor ORDER BY md5(employee_id::text)', 'SELECT * FROM unit ORDER BY unit_id DESC', objective) = s, true,
	'shuffled input gives the same solution to the byte: ' || objective) FROM solved;
SELECT is(mutasi.solve_transfers('SELECT score::float8, post_id::bigint, employee_id::smallint FROM candidate', 'SELECT unit_id, minimum_fill, priority, seats, post_id FROM post',
	'TABLE donor', 'TABLE unit', 'score') = s, true, 'so do other integer types, binary scores and columns in another order')
FROM solved WHERE objective = 'score';

-- the sum against a greedy choice, the best pair first
CREATE TEMPORARY TABLE greedy (employee_id integer, post_id integer, score numeric);
DO $$
DECLARE
	pair record;
BEGIN
	FOR pair IN SELECT c.*, d.unit_id, d.releasable, p.seats FROM candidate AS c JOIN donor AS d USING (employee_id) JOIN post AS p USING (post_id)
		ORDER BY score DESC, employee_id, post_id
	LOOP
		IF NOT EXISTS (SELECT FROM greedy AS g WHERE g.employee_id = pair.employee_id)
			AND (SELECT count(*) FROM greedy AS g WHERE g.post_id = pair.post_id) < pair.seats
			AND (SELECT count(*) FROM greedy AS g JOIN donor USING (employee_id) WHERE unit_id = pair.unit_id) < pair.releasable
		THEN
			INSERT INTO greedy VALUES (pair.employee_id, pair.post_id, pair.score);
		END IF;
	END LOOP;
END $$;
SELECT cmp_ok(c.score, '>=', (SELECT sum(score) FROM greedy), 'the plan by score is no worse than a greedy one')
FROM solved, mutasi.plan_certificate(s) AS c WHERE solved.objective = 'score';
SELECT cmp_ok(c.transfers, '>=', (SELECT count(*) FROM greedy), 'nor fills the plan by seats fewer')
FROM solved, mutasi.plan_certificate(s) AS c WHERE solved.objective = 'fill_then_score';
SELECT cmp_ok(b.imbalance_after, '<', f.imbalance_after, 'the plan by balance has less imbalance than that by seats')
FROM (SELECT c.* FROM solved, mutasi.plan_certificate(s) AS c WHERE solved.objective = 'balance') AS b,
	(SELECT c.* FROM solved, mutasi.plan_certificate(s) AS c WHERE solved.objective = 'fill_then_score') AS f;
SELECT is((SELECT sum(imbalance_after) FROM mutasi.plan_units(s)), c.imbalance_after, 'the units'' imbalances sum to the plan''s')
FROM solved, mutasi.plan_certificate(s) AS c WHERE solved.objective = 'balance';

-- what a pair would have needed is what it takes
SELECT is(t.has, true, 'with a little more than what was needed, the pair is in the plan')
FROM (SELECT w.* FROM solved, candidate AS c, mutasi.plan_why_not(s, c.employee_id, c.post_id) AS w
	WHERE objective = 'score' AND w.needed IS NOT NULL AND w.has_post IS NULL AND c.employee_id < 60 ORDER BY w.short_by, 1, 2 LIMIT 1) AS w,
	LATERAL (SELECT EXISTS (SELECT FROM mutasi.plan_transfers(format(
		'SELECT employee_id, post_id, CASE WHEN (employee_id, post_id) = (%s, %s) THEN %s ELSE score END AS score FROM candidate', w.employee_id, w.post_id, w.needed + 0.000002),
		'TABLE post', 'TABLE donor', 'TABLE unit', 'score') AS m WHERE (m.employee_id, m.post_id) = (w.employee_id, w.post_id)) AS has) AS t;
SELECT is(t.has, false, 'with a little less it is not')
FROM (SELECT w.* FROM solved, candidate AS c, mutasi.plan_why_not(s, c.employee_id, c.post_id) AS w
	WHERE objective = 'score' AND w.needed IS NOT NULL AND w.has_post IS NULL AND c.employee_id < 60 ORDER BY w.short_by, 1, 2 LIMIT 1) AS w,
	LATERAL (SELECT EXISTS (SELECT FROM mutasi.plan_transfers(format(
		'SELECT employee_id, post_id, CASE WHEN (employee_id, post_id) = (%s, %s) THEN %s ELSE score END AS score FROM candidate', w.employee_id, w.post_id, w.needed - 0.000002),
		'TABLE post', 'TABLE donor', 'TABLE unit', 'score') AS m WHERE (m.employee_id, m.post_id) = (w.employee_id, w.post_id)) AS has) AS t;

-- the reasons hold: one release more fills a seat, and where people are needed elsewhere none does
SELECT is(c.empty, a.empty - 1, 'one release more of the blocking unit fills a seat')
FROM solved, mutasi.plan_certificate(s) AS a,
	LATERAL (SELECT blocking_unit FROM mutasi.plan_shortfall(s) WHERE reason = 'donors_at_floor' ORDER BY post_id LIMIT 1) AS f,
	LATERAL mutasi.plan_certificate('TABLE candidate', 'TABLE post',
		format('SELECT employee_id, unit_id, releasable + CASE WHEN unit_id = %s THEN 1 ELSE 0 END AS releasable FROM donor', f.blocking_unit), 'TABLE unit') AS c
WHERE solved.objective = 'fill_then_score';
SELECT is((SELECT sum(empty) FROM mutasi.plan_shortfall(s)), c.empty, 'every empty seat has a reason')
FROM solved, mutasi.plan_certificate(s) AS c WHERE solved.objective = 'fill_then_score';

SELECT * FROM finish();
ROLLBACK;
