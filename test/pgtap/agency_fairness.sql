-- Groups too small to be shown cannot be had by subtraction: the test tries.
BEGIN;
SELECT plan(23);
\i test/data/small_agency.sql

-- the rule: how many of the smallest are put together
SELECT is(groups_to_hide('{5,6}', 5), 0, 'where no group is small all are shown');
SELECT is(groups_to_hide('{1,9,10}', 5), 2, 'one small group takes the next smallest with it');
SELECT is(groups_to_hide('{1,2,9,10}', 5), 3, 'two that are still too few people together take another');
SELECT is(groups_to_hide('{1,1,8,9}', 5), 3, 'of groups that are all alike one knows each');
SELECT is(groups_to_hide('{2,20,20}', 5), 2, 'but of two, where the smaller one could have another size as well');
SELECT is(groups_to_hide('{4,8,8,9}', 5), 3, 'what is hidden is smaller than what is shown, or its place in the order would tell');
SELECT is(groups_to_hide('{4,5,5}', 5), NULL, 'where nothing could be shown nothing is');
SELECT is(groups_to_hide('{3}', 5), NULL, 'nor of a single small group');
SELECT is(groups_to_hide('{2,3,9}', 5, '{2,4,9}'), NULL, 'people who are in two groups count once');

-- What an attacker knows: the rule and its threshold, how many people there are, all
-- groups' names, and what is shown. Every way to fill the groups that looks the same
-- is a solution; a hidden group is recovered if all solutions agree on it. Nothing
-- keeps a secret where as many people as groups, none of them empty, are known
-- from elsewhere, or where there is one group.
CREATE TEMPORARY TABLE solution AS
	WITH RECURSIVE fill (n, k, sizes, rest) AS (
		SELECT n, k, '{}'::integer[], n FROM generate_series(1, 11) AS n CROSS JOIN generate_series(1, 5) AS k
		UNION ALL
		SELECT f.n, f.k, f.sizes || s, f.rest - s FROM fill AS f CROSS JOIN LATERAL generate_series(1, f.rest) AS s WHERE cardinality(f.sizes) < f.k)
	SELECT f.n, f.k, f.sizes, t.threshold, h.hidden,
		ARRAY(SELECT CASE WHEN x.nth > h.hidden THEN x.size END
			FROM (SELECT u.o, u.size, row_number() OVER (ORDER BY u.size, u.o) AS nth FROM unnest(f.sizes) WITH ORDINALITY AS u (size, o)) AS x ORDER BY x.o) AS shown
	FROM fill AS f CROSS JOIN unnest('{2,3,5,6}'::integer[]) AS t (threshold)
	CROSS JOIN LATERAL (SELECT groups_to_hide(ARRAY(SELECT s FROM unnest(f.sizes) AS s ORDER BY s), t.threshold) AS hidden) AS h
	WHERE cardinality(f.sizes) = f.k AND f.rest = 0;
CREATE TEMPORARY TABLE recovered AS
	SELECT s.threshold, s.n, s.k, s.hidden IS NOT NULL AS something_shown, s.shown, g.o, min(s.sizes[g.o]) AS size
	FROM solution AS s CROSS JOIN LATERAL generate_series(1, s.k) AS g (o)
	WHERE s.shown[g.o] IS NULL
	GROUP BY s.threshold, s.n, s.k, s.hidden IS NOT NULL, s.shown, g.o
	HAVING count(DISTINCT s.sizes[g.o]) < 2;
SELECT is_empty('SELECT * FROM recovered WHERE something_shown', 'no group that is hidden beside others can be recovered');
SELECT is_empty('SELECT * FROM recovered WHERE NOT something_shown AND k > 1 AND n > k', 'nor one of those where nothing is shown');
SELECT is_empty('SELECT * FROM solution WHERE EXISTS (SELECT FROM unnest(shown) AS s WHERE s < threshold)', 'no small group is shown');
SELECT is_empty('SELECT * FROM solution WHERE hidden > 0 AND n - (SELECT sum(s) FROM unnest(shown) AS s) < threshold', 'those hidden are as many people as a group must have');
SELECT cmp_ok((SELECT count(*) FROM solution WHERE hidden > 0), '>', 1000::bigint, 'the attack was tried');

-- the view follows the rule
CREATE TEMPORARY TABLE trial (sizes integer[], shown integer[], rest integer);
DO $$
DECLARE
	sizes integer[];
BEGIN
	PERFORM setseed(0.3);
	UPDATE kota.employee SET left_on = current_date;
	FOR n IN 1 .. 40 LOOP
		sizes := CASE n WHEN 1 THEN '{4,4,4,9}' WHEN 2 THEN '{1,1,9}' WHEN 3 THEN '{1,6,9}' ELSE ARRAY(SELECT (1 + floor(random() * CASE n % 3 WHEN 0 THEN 4 WHEN 1 THEN 8 ELSE 14 END))::integer FROM generate_series(1, 2 + n % 3)) END;
		DELETE FROM kota.employee WHERE employee_id > 1000;
		INSERT INTO kota.employee (employee_id, name, grade)
			SELECT 1000 + row_number() OVER (), 'x', (ARRAY['II/a', 'II/b', 'II/c', 'II/d', 'III/a'])[s.o] FROM unnest(sizes) WITH ORDINALITY AS s (size, o) CROSS JOIN generate_series(1, s.size);
		INSERT INTO trial SELECT ARRAY(SELECT s FROM unnest(sizes) AS s ORDER BY s),
			coalesce(array_agg(f.people ORDER BY f.people) FILTER (WHERE f.group_name <> '(small groups)'), '{}'), sum(f.people) FILTER (WHERE f.group_name = '(small groups)')
			FROM kota.fairness AS f WHERE f.dimension = 'grade';
	END LOOP;
END $$;
SELECT is_empty($$SELECT t.* FROM trial AS t CROSS JOIN LATERAL (SELECT groups_to_hide(t.sizes, 5) AS n) AS h
	WHERE t.shown <> CASE WHEN h.n IS NULL THEN '{}' ELSE t.sizes[h.n + 1 :] END
		OR t.rest IS DISTINCT FROM (SELECT sum(s) FROM unnest(t.sizes[: h.n]) AS s)$$,
	'the view shows the large groups, and the others together');
SELECT is((SELECT count(DISTINCT coalesce(sign(groups_to_hide(sizes, 5)), -1)) FROM trial), 3::bigint, 'of all three kinds');

-- what few waited is no median of theirs
DELETE FROM employee WHERE employee_id > 1000;
UPDATE employee SET left_on = NULL WHERE employee_id <= 8;
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, state) SELECT n, n, 1, 'r', 'draft' FROM generate_series(2, 6) AS n;
INSERT INTO application (employee_id, post_id, preference, reason, filed_at, transfer_id) SELECT n, 1, 1, 'r', now() - make_interval(days => n), n FROM generate_series(2, 6) AS n;
ALTER TABLE transfer DISABLE TRIGGER USER;
UPDATE transfer SET decided_at = now() WHERE transfer_id <= 5;
SELECT results_eq($$SELECT sum(people), sum(applied), count(median_wait_days) FROM fairness WHERE dimension = 'age'$$, $$VALUES (8::bigint, 5::bigint, 0::bigint)$$, 'four who waited have no median');
UPDATE transfer SET decided_at = now();
SELECT results_eq($$SELECT median_wait_days FROM fairness WHERE dimension = 'age'$$, $$VALUES (4)$$, 'five have');
ALTER TABLE transfer ENABLE TRIGGER USER;

-- approvers
INSERT INTO waiver (employee_id, rule, reason, granted_by, valid_to) SELECT e, 'tenure', 'r', CASE WHEN e <= 6 THEN 'approver 1' ELSE 'approver 2' END, current_date + 9 FROM generate_series(1, 8) AS e;
SELECT is_empty($$SELECT * FROM fairness WHERE dimension = 'approver'$$, 'of two approvers one with few cases nothing is shown');
INSERT INTO waiver (employee_id, rule, reason, granted_by, valid_to) SELECT e, 'grade', 'r', 'approver 3', current_date + 9 FROM generate_series(1, 8) AS e;
SELECT results_eq($$SELECT group_name, people, waivers FROM fairness WHERE dimension = 'approver' ORDER BY 1$$, $$VALUES ('(small groups)', 8, 8), ('approver 3', 8, 8)$$, 'beside a third they are shown together, and not named');
INSERT INTO waiver (employee_id, rule, reason, granted_by, valid_to) SELECT e, 'grade', 'r', 'approver 2', current_date + 9 FROM generate_series(1, 5) AS e;
SELECT results_eq($$SELECT group_name, people, waivers, overrides FROM fairness WHERE dimension = 'approver' ORDER BY 1$$, $$VALUES ('approver 1', 6, 6, 0), ('approver 2', 7, 7, 0), ('approver 3', 8, 8, 0)$$, 'waivers by approver');

-- the staffing projection: who retires in a small unit is known by name
UPDATE employee SET born_on = (current_date - interval '58 years' + interval '2 months')::date, appointed_on = '2000-01-01' WHERE employee_id IN (1, 2);
SELECT is_empty($$SELECT * FROM staffing_projection WHERE unit_id = 2 AND num_nonnulls(retiring, leaving, moving_out, moving_in, starting, staff, difference, ratio, contracts_ending) > 0$$, 'no change is shown for a unit of one person');
SELECT is((SELECT max(retiring) FROM staffing_projection WHERE unit_id = 3), 1.00, 'for one of five it is');
SELECT * FROM finish();
ROLLBACK;
