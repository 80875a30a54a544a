-- Scenarios: the same people and posts planned for another aim, or without
-- some of them; kept as plans of their own, compared, and opened like any plan.

CREATE FUNCTION @agency@.propose_scenario(plan integer, scenario text, objective text DEFAULT 'balance', balance_weight numeric DEFAULT 10,
		without_employees integer[] DEFAULT '{}', without_posts integer[] DEFAULT '{}', as_of date DEFAULT current_date) RETURNS integer
	LANGUAGE plpgsql SET jit = off SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	base transfer_plan;
	made integer;
	solved mutasi.plan_solution;
BEGIN
	SELECT p.* INTO base FROM transfer_plan AS p WHERE p.plan_id = plan FOR SHARE;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('MU102', 'there is no plan %1', ARRAY[plan::text]);
	END IF;
	IF base.solution IS NULL THEN
		PERFORM mutasi.raise_error('MU115', 'nothing has been proposed for plan %1 yet', ARRAY[plan::text],
			hint => 'Call propose_plan() first: a scenario begins with its candidates.');
	END IF;
	INSERT INTO transfer_plan (name, goal, period_from, period_to, indicator, baseline, target, higher_is_better, evaluation, evaluate_on)
		VALUES (scenario, base.goal, base.period_from, base.period_to, base.indicator, base.baseline, base.target, base.higher_is_better, base.evaluation, base.evaluate_on)
		RETURNING plan_id INTO made;
	INSERT INTO transfer_plan_pair (plan_id, employee_id, post_id, score, from_post_id, from_unit_id)
		SELECT made, w.employee_id, w.post_id, w.score, w.from_post_id, w.from_unit_id
		FROM transfer_plan_pair AS w
		WHERE w.plan_id = plan AND w.employee_id <> ALL (coalesce(without_employees, '{}')) AND w.post_id <> ALL (coalesce(without_posts, '{}'));

	-- seats, priorities and what units can release are those the plan was solved
	-- with; a post's minimum staff is kept as propose_plan() keeps it
	LOOP
		solved := mutasi.solve_transfers(
			format('SELECT employee_id, post_id, score FROM @agency@.transfer_plan_pair WHERE plan_id = %s AND NOT withheld', made),
			format('SELECT o.post_id, o.seats, o.priority, o.minimum_fill, o.unit_id
				FROM @agency@.transfer_plan AS p, mutasi.plan_posts(p.solution) AS o
				WHERE p.plan_id = %s AND o.post_id <> ALL (%L::bigint[])', plan, coalesce(without_posts, '{}')),
			-- A unit the plan was solved without has nobody to release. To balance, the
			-- unit of a move inside it is needed: who comes there is one who left there.
			format('SELECT w.employee_id, w.unit_id, coalesce(u.releasable, 0) AS releasable
				FROM (SELECT d.employee_id, CASE WHEN d.can_leave OR %L THEN d.unit_id END AS unit_id FROM @agency@.plan_donors(%s) AS d) AS w
				LEFT JOIN (SELECT v.* FROM @agency@.transfer_plan AS p, mutasi.plan_units(p.solution) AS v WHERE p.plan_id = %s) AS u ON u.unit_id = w.unit_id',
				objective = 'balance', made, plan),
			format('SELECT u.unit_id, coalesce(round(f.existing), 0)::integer AS staff, f.required
				FROM @agency@.unit AS u LEFT JOIN @agency@.unit_figures(ARRAY(SELECT x.unit_id FROM @agency@.unit AS x), %L) AS f ON f.unit_id = u.unit_id', as_of),
			objective, balance_weight);
		EXIT WHEN NOT withhold_beyond_minimum(made, solved, as_of);
	END LOOP;
	PERFORM keep_solution(made, solved);
	RETURN made;
END
$body$;
COMMENT ON FUNCTION @agency@.propose_scenario(integer, text, text, numeric, integer[], integer[], date) IS 'Plans the candidates and posts of a proposed plan anew, for another objective (fill_then_score, score or balance; see mutasi.solve_transfers) or without some people or posts, within the same floors (for balance every move inside a unit counts as leaving it). Keeps the result as a plan of its own, named scenario, and returns its plan_id; the plan it begins with stays as it is. Compare with compare_plans(), plan_compare() and plan_unit_impact(); open_plan() turns the one chosen into transfers.';

CREATE FUNCTION @agency@.plan_unit_impact(plan integer, as_of date DEFAULT current_date)
	RETURNS TABLE (unit_id integer, unit_name text, leaving integer, arriving integer, required numeric, existing_before numeric, existing_after numeric,
		ratio_before numeric, ratio_after numeric, efficiency_before text, efficiency_after text)
	LANGUAGE plpgsql STABLE ROWS 100 SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	IF NOT EXISTS (SELECT FROM transfer_plan AS p WHERE p.plan_id = plan) THEN
		PERFORM mutasi.raise_error('MU102', 'there is no plan %1', ARRAY[plan::text]);
	END IF;
	RETURN QUERY
		SELECT u.unit_id, u.name,
			(SELECT count(*)::integer FROM transfer_plan_move AS m JOIN post AS p ON p.post_id = m.from_post_id WHERE m.plan_id = plan AND p.unit_id = u.unit_id),
			(SELECT count(*)::integer FROM transfer_plan_move AS m JOIN post AS p ON p.post_id = m.to_post_id WHERE m.plan_id = plan AND p.unit_id = u.unit_id),
			coalesce(w.required, f.required), coalesce(w.existing_before, f.existing), coalesce(w.existing_after, f.existing),
			coalesce(w.ratio_before, f.ratio), coalesce(w.ratio_after, f.ratio),
			coalesce(w.efficiency_before, mutasi.efficiency_grade(f.ratio, y.grade_scheme)), coalesce(w.efficiency_after, mutasi.efficiency_grade(f.ratio, y.grade_scheme))
		FROM unit_figures(ARRAY(SELECT x.unit_id FROM unit AS x), as_of) AS f
		JOIN unit AS u ON u.unit_id = f.unit_id
		CROSS JOIN policy_on(as_of) AS y
		LEFT JOIN plan_what_if(plan, as_of) AS w ON w.unit_id = u.unit_id
		ORDER BY u.unit_id;
END
$body$;
COMMENT ON FUNCTION @agency@.plan_unit_impact(integer, date) IS 'What a plan does to every unit, those it leaves alone included: who leaves and arrives, staff, workload ratio (above 1: short of people) and grade before and after all its moves. Changes nothing.';

CREATE FUNCTION @agency@.compare_plans(plans integer[], as_of date DEFAULT current_date)
	RETURNS TABLE (plan_id integer, plan_name text, objective text, proven boolean, transfers integer, empty bigint, score numeric, units_concerned integer,
		mean_deviation_before numeric, mean_deviation_after numeric, worst_ratio_before numeric, worst_ratio_after numeric, transfers_opened integer)
	LANGUAGE plpgsql STABLE ROWS 5 SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
	missing integer := (SELECT min(x) FROM unnest(plans) AS x WHERE x NOT IN (SELECT p.plan_id FROM transfer_plan AS p));
BEGIN
	IF missing IS NOT NULL THEN
		PERFORM mutasi.raise_error('MU102', 'there is no plan %1', ARRAY[missing::text]);
	END IF;
	RETURN QUERY
		SELECT p.plan_id, p.name, c.objective, c.proven,
			(SELECT count(*)::integer FROM transfer_plan_move AS m WHERE m.plan_id = p.plan_id), c.empty,
			(SELECT sum(m.score) FROM transfer_plan_move AS m WHERE m.plan_id = p.plan_id),
			i.concerned, i.deviation_before, i.deviation_after, i.worst_before, i.worst_after,
			(SELECT count(*)::integer FROM transfer AS t WHERE t.plan_id = p.plan_id)
		FROM transfer_plan AS p
		LEFT JOIN LATERAL mutasi.plan_certificate(p.solution) AS c ON p.solution IS NOT NULL
		CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE u.leaving + u.arriving > 0)::integer AS concerned,
				round(avg(abs(u.ratio_before - 1)), 4) AS deviation_before, round(avg(abs(u.ratio_after - 1)), 4) AS deviation_after,
				max(u.ratio_before) AS worst_before, max(u.ratio_after) AS worst_after
			FROM plan_unit_impact(p.plan_id, as_of) AS u) AS i
		WHERE p.plan_id = ANY (plans)
		ORDER BY array_position(plans, p.plan_id);
END
$body$;
COMMENT ON FUNCTION @agency@.compare_plans(integer[], date) IS 'Plans side by side, in the order given: objective and whether it is proven (null for a plan made by hand), moves, seats left empty, total score, units concerned, the mean of |workload ratio - 1| over all units and the highest ratio before and after, transfers already opened.';

CREATE FUNCTION @agency@.plan_compare(a integer, b integer)
	RETURNS TABLE (employee_id integer, name text, difference text, from_post_id integer, post_a integer, title_a text, score_a numeric,
		post_b integer, title_b text, score_b numeric)
	LANGUAGE plpgsql STABLE ROWS 100 SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
	missing integer := (SELECT min(x) FROM unnest(ARRAY[a, b]) AS x WHERE x NOT IN (SELECT p.plan_id FROM transfer_plan AS p));
BEGIN
	IF missing IS NOT NULL THEN
		PERFORM mutasi.raise_error('MU102', 'there is no plan %1', ARRAY[missing::text]);
	END IF;
	RETURN QUERY
		SELECT e.employee_id, e.name,
			CASE WHEN y.employee_id IS NULL THEN 'only_a' WHEN x.employee_id IS NULL THEN 'only_b'
				WHEN x.to_post_id <> y.to_post_id THEN 'another_post' ELSE 'another_score' END,
			coalesce(x.from_post_id, y.from_post_id), x.to_post_id, p.title, x.score::numeric, y.to_post_id, q.title, y.score::numeric
		FROM (SELECT m.* FROM transfer_plan_move AS m WHERE m.plan_id = a) AS x
		FULL JOIN (SELECT m.* FROM transfer_plan_move AS m WHERE m.plan_id = b) AS y ON y.employee_id = x.employee_id
		JOIN employee AS e ON e.employee_id = coalesce(x.employee_id, y.employee_id)
		LEFT JOIN post AS p ON p.post_id = x.to_post_id
		LEFT JOIN post AS q ON q.post_id = y.to_post_id
		WHERE (x.to_post_id, x.score) IS DISTINCT FROM (y.to_post_id, y.score)
		ORDER BY e.employee_id;
END
$body$;
COMMENT ON FUNCTION @agency@.plan_compare(integer, integer) IS 'Whose move differs between two plans: only_a, only_b, another_post or another_score, by employee_id, with posts and scores in both. No rows: the same moves.';
