-- Groups too small to be shown cannot be had by subtraction: the test tries.
BEGIN;
SELECT plan(12);
\i test/data/small_agency.sql

-- What an attacker knows: how many people there are, which groups are hidden, what
-- the others are, the rule and its threshold. Every way to fill the hidden groups
-- that would have hidden just these is a solution; a hidden group is recovered if
-- all solutions agree on it.
CREATE FUNCTION pg_temp.hides(sizes integer[], threshold integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
	WITH o AS (SELECT row_number() OVER w AS nth, sum(s) OVER w AS hidden, s FROM unnest(sizes) AS s WINDOW w AS (ORDER BY s ROWS UNBOUNDED PRECEDING))
	SELECT CASE WHEN count(*) FILTER (WHERE s < threshold) = 0 THEN 0
		ELSE coalesce(min(nth) FILTER (WHERE nth >= greatest((SELECT count(*) FROM o WHERE s < threshold), 2) AND hidden >= threshold AND hidden > nth AND hidden <> nth * (threshold - 1)), count(*)) END::integer FROM o
$$;
CREATE FUNCTION pg_temp.recovered(total integer, k integer, shown integer[], threshold integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	found integer;
BEGIN
	WITH RECURSIVE fill (sizes, rest) AS (
		SELECT '{}'::integer[], total - coalesce((SELECT sum(s) FROM unnest(shown) AS s), 0)::integer
		UNION ALL
		SELECT f.sizes || n, f.rest - n FROM fill AS f CROSS JOIN LATERAL generate_series(1, f.rest) AS n WHERE cardinality(f.sizes) < k)
	SELECT count(DISTINCT f.sizes[1]) INTO found FROM fill AS f
	WHERE cardinality(f.sizes) = k AND f.rest = 0 AND pg_temp.hides(f.sizes || shown, threshold) = k
		AND (shown = '{}' OR (SELECT max(s) FROM unnest(f.sizes) AS s) <= (SELECT min(s) FROM unnest(shown) AS s));
	RETURN found < 2;
END $$;
SELECT is(pg_temp.hides('{1,10,10}', 5), 2, 'one small group takes the next smallest with it');
SELECT is(pg_temp.hides('{1,1,9}', 5), 3, 'two groups of one are a third group''s business');
SELECT is(pg_temp.hides('{4,4,4,9}', 5), 4, 'nor are groups that are all as large as a hidden one can be');
SELECT is(pg_temp.hides('{5,6}', 5), 0, 'where no group is small all are shown');

CREATE TEMPORARY TABLE trial (n integer, sizes integer[], recovered boolean, right_figures boolean);
DO $$
DECLARE
	sizes integer[];
	hidden integer;
	shown integer[];
BEGIN
	PERFORM setseed(0.3);
	UPDATE kota.employee SET left_on = current_date;
	FOR n IN 1 .. 40 LOOP
		sizes := CASE n WHEN 1 THEN '{4,4,4,9}' WHEN 2 THEN '{1,1,9}' WHEN 3 THEN '{4,4,4,4,5}' ELSE ARRAY(SELECT (1 + floor(random() * CASE n % 3 WHEN 0 THEN 4 WHEN 1 THEN 8 ELSE 14 END))::integer FROM generate_series(1, 2 + n % 3)) END;
		DELETE FROM kota.employee WHERE employee_id > 1000;
		INSERT INTO kota.employee (employee_id, name, grade)
			SELECT 1000 + row_number() OVER (), 'x', (ARRAY['II/a', 'II/b', 'II/c', 'II/d', 'III/a'])[s.o] FROM unnest(sizes) WITH ORDINALITY AS s (size, o) CROSS JOIN generate_series(1, s.size);
		SELECT count(*) FILTER (WHERE f.people IS NULL), coalesce(array_agg(f.people) FILTER (WHERE f.people IS NOT NULL), '{}') INTO hidden, shown FROM kota.fairness AS f WHERE f.dimension = 'grade';
		INSERT INTO trial VALUES (n, sizes, hidden > 0 AND pg_temp.recovered((SELECT sum(s)::integer FROM unnest(sizes) AS s), hidden, shown, 5),
			ARRAY(SELECT s FROM unnest(shown) AS s ORDER BY s) = (SELECT coalesce(array_agg(s ORDER BY s), '{}') FROM (SELECT s FROM unnest(sizes) AS s ORDER BY s OFFSET hidden) AS x)
			AND NOT EXISTS (SELECT FROM unnest(shown) AS s WHERE s < 5));
	END LOOP;
END $$;
SELECT is_empty($$SELECT sizes FROM trial WHERE NOT right_figures$$, 'what is shown is right, and never small');
-- fewer people than groups times two, or than the threshold in all: nothing could hide them
SELECT is_empty($$SELECT sizes FROM trial WHERE recovered AND (SELECT sum(s) > cardinality(sizes) AND sum(s) >= 5 FROM unnest(sizes) AS s)$$, 'no hidden group is recovered');
SELECT cmp_ok((SELECT count(*) FROM trial WHERE pg_temp.hides(sizes, 5) > 0), '>', 10::bigint, 'the attack was tried');

-- what is hidden is hidden in every column
SELECT is_empty($$SELECT * FROM fairness WHERE people IS NULL AND (applied IS NOT NULL OR moved IS NOT NULL OR share_moved IS NOT NULL OR waivers IS NOT NULL OR median_wait_days IS NOT NULL OR overrides IS NOT NULL)$$, 'a hidden group shows nothing at all');

-- approvers
DELETE FROM employee WHERE employee_id > 1000;
UPDATE employee SET left_on = NULL WHERE employee_id <= 8;
INSERT INTO waiver (employee_id, rule, reason, granted_by, valid_to) SELECT e, 'tenure', 'r', CASE WHEN e <= 6 THEN 'approver 1' ELSE 'approver 2' END, current_date + 9 FROM generate_series(1, 8) AS e;
SELECT results_eq($$SELECT group_name, people, waivers FROM fairness WHERE dimension = 'approver' ORDER BY 1$$, $$VALUES ('approver 1', NULL::integer, NULL::integer), ('approver 2', NULL, NULL)$$, 'an approver with few cases takes the next along');
INSERT INTO waiver (employee_id, rule, reason, granted_by, valid_to) SELECT e, 'grade', 'r', 'approver 2', current_date + 9 FROM generate_series(1, 5) AS e;
SELECT results_eq($$SELECT group_name, people, waivers, overrides FROM fairness WHERE dimension = 'approver' ORDER BY 1$$, $$VALUES ('approver 1', 6, 6, 0), ('approver 2', 7, 7, 0)$$, 'waivers by approver');

-- the staffing projection: who retires in a small unit is known by name
UPDATE employee SET born_on = (current_date - interval '58 years' + interval '2 months')::date, appointed_on = '2000-01-01' WHERE employee_id IN (1, 2);
SELECT is_empty($$SELECT * FROM staffing_projection WHERE unit_id = 2 AND num_nonnulls(retiring, leaving, moving_out, moving_in, starting, staff, difference, ratio, contracts_ending) > 0$$, 'no change is shown for a unit of one person');
SELECT is((SELECT max(retiring) FROM staffing_projection WHERE unit_id = 3), 1.00, 'for one of five it is');
SELECT * FROM finish();
ROLLBACK;
