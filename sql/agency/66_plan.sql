-- Filling a transfer plan: proposals only, nothing happens to anybody.

CREATE FUNCTION @agency@.withhold_beyond_minimum(plan integer, solution mutasi.plan_solution, as_of date) RETURNS boolean
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	WITH chosen AS (
		SELECT w.employee_id, w.from_post_id, w.score, i.share
		FROM mutasi.plan_moves(solution) AS m
		JOIN transfer_plan_pair AS w ON w.plan_id = plan AND w.employee_id = m.employee_id AND w.post_id = m.post_id
		JOIN incumbency AS i ON i.employee_id = w.employee_id AND i.post_id = w.from_post_id AND i.kind <> 'acting'
			AND i.valid_from <= as_of AND (i.valid_to IS NULL OR i.valid_to > as_of)),
	spare AS (
		SELECT p.post_id, sum(i.share) - coalesce(max(n.leaving), 0) - p.min_staff AS spare
		FROM post AS p JOIN incumbency AS i ON i.post_id = p.post_id AND i.kind <> 'acting'
			AND i.valid_from <= as_of AND (i.valid_to IS NULL OR i.valid_to > as_of)
		LEFT JOIN pending_moves(ARRAY(SELECT DISTINCT c.from_post_id FROM chosen AS c)) AS n ON n.post_id = p.post_id
		WHERE p.post_id IN (SELECT c.from_post_id FROM chosen AS c)
		GROUP BY p.post_id),
	kept AS (
		SELECT c.employee_id, c.from_post_id, s.spare,
			sum(c.share) OVER (PARTITION BY c.from_post_id ORDER BY c.score DESC, c.employee_id) AS leaving,
			sum(c.share) OVER (PARTITION BY c.from_post_id) AS wanted
		FROM chosen AS c JOIN spare AS s ON s.post_id = c.from_post_id)
	UPDATE transfer_plan_pair AS d SET withheld = true
		WHERE d.plan_id = plan AND NOT d.withheld AND d.from_post_id IN (SELECT x.from_post_id FROM kept AS x WHERE x.wanted > x.spare)
			AND d.employee_id NOT IN (SELECT x.employee_id FROM kept AS x WHERE x.leaving <= x.spare);
	RETURN FOUND;
END
$body$;
COMMENT ON FUNCTION @agency@.withhold_beyond_minimum(integer, mutasi.plan_solution, date) IS 'Where a solution takes more of a post''s holders than its minimum staff can spare, withholds all of them but those with the best scores from the plan''s pairs. Returns whether anybody was, so that the plan must be solved again. Used by propose_plan() and propose_scenario().';

CREATE FUNCTION @agency@.keep_solution(plan integer, solution mutasi.plan_solution) RETURNS integer
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	made integer;
BEGIN
	UPDATE transfer_plan AS p SET solution = keep_solution.solution WHERE p.plan_id = plan;
	INSERT INTO transfer_plan_move (plan_id, employee_id, to_post_id, from_post_id, score)
		SELECT plan, m.employee_id, m.post_id, w.from_post_id, w.score
		FROM mutasi.plan_moves(solution) AS m
		JOIN transfer_plan_pair AS w ON w.plan_id = plan AND w.employee_id = m.employee_id AND w.post_id = m.post_id;
	GET DIAGNOSTICS made = ROW_COUNT;
	RETURN made;
END
$body$;
COMMENT ON FUNCTION @agency@.keep_solution(integer, mutasi.plan_solution) IS 'Keeps a solution with its plan, and its moves as the plan''s proposals; returns how many. Used by propose_plan() and propose_scenario().';

CREATE FUNCTION @agency@.plan_donors(plan integer) RETURNS TABLE (employee_id integer, unit_id integer, can_leave boolean)
	LANGUAGE sql STABLE ROWS 1000 SET search_path = @agency@, mutasi, pg_temp
AS $body$
	SELECT w.employee_id, w.from_unit_id, bool_or(p.unit_id IS DISTINCT FROM w.from_unit_id)
	FROM transfer_plan_pair AS w JOIN post AS p ON p.post_id = w.post_id
	WHERE w.plan_id = plan AND NOT w.withheld
	GROUP BY w.employee_id, w.from_unit_id
$body$;
COMMENT ON FUNCTION @agency@.plan_donors(integer) IS 'The people a plan can move, their units (NULL: none), and whether they can leave it: who can only move inside it leaves it no shorter. Used by propose_plan() and propose_scenario().';

CREATE FUNCTION @agency@.propose_plan(plan integer, per_post integer DEFAULT 20, as_of date DEFAULT current_date) RETURNS integer
	LANGUAGE plpgsql SET jit = off SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	goal transfer_plan;
	y policy;
	solved mutasi.plan_solution;
BEGIN
	SELECT p.* INTO goal FROM transfer_plan AS p WHERE p.plan_id = plan FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('MU102', 'there is no plan %1', ARRAY[plan::text]);
	END IF;
	IF goal.closed_on IS NOT NULL THEN
		PERFORM mutasi.raise_error('MU115', 'plan %1 is closed', ARRAY[plan::text], hint => 'Make a new plan.');
	END IF;
	IF EXISTS (SELECT FROM transfer AS t WHERE t.plan_id = plan) THEN
		PERFORM mutasi.raise_error('MU115', 'transfers of plan %1 are under way', ARRAY[plan::text],
			hint => 'What was proposed is the grounds of those transfers and stays; make a new plan for more.');
	END IF;
	IF per_post IS NULL OR per_post NOT BETWEEN 1 AND 1000 THEN
		PERFORM mutasi.raise_error('22023', 'the number of candidates must be from 1 to 1000, not %1', ARRAY[per_post::text]);
	END IF;
	PERFORM refresh_units();
	SELECT * INTO y FROM policy_in_force(as_of);
	DELETE FROM transfer_plan_move AS m WHERE m.plan_id = plan;
	DELETE FROM transfer_plan_pair AS m WHERE m.plan_id = plan;

	INSERT INTO transfer_plan_pair (plan_id, employee_id, post_id, score, from_post_id, from_unit_id)
		SELECT plan, c.employee_id, c.post_id, c.score, c.from_post_id, c.from_unit_id
		FROM ranked(ARRAY(SELECT o.post_id FROM open_posts(as_of) AS o JOIN post AS p ON p.post_id = o.post_id AND p.open
			WHERE o.free >= 1 ORDER BY o.post_id), per_post, as_of, eligible_only => true) AS c;

	-- Who may leave a unit at most: as many as keep its workload ratio within the
	-- policy's limit, nobody who arrives counted as there.
	-- A post's minimum staff is not the solver's matter: where more of its holders
	-- are chosen than it can spare, those with the best scores stay chosen, its
	-- others are withheld, and the rest is solved again. Free posts for which
	-- nobody is left are planned, too: that they stay empty is part of the plan.
	LOOP
		solved := mutasi.solve_transfers(
			format('SELECT employee_id, post_id, score FROM @agency@.transfer_plan_pair WHERE plan_id = %s AND NOT withheld', plan),
			format('SELECT o.post_id, floor(o.free)::integer AS seats, dense_rank() OVER (ORDER BY f.ratio DESC NULLS LAST)::integer AS priority, o.unit_id
				FROM @agency@.open_posts(%1$L) AS o
				LEFT JOIN @agency@.unit_figures(ARRAY(SELECT u.unit_id FROM @agency@.unit AS u), %1$L) AS f ON f.unit_id = o.unit_id
				JOIN @agency@.post AS p ON p.post_id = o.post_id AND p.open
				WHERE o.free >= 1', as_of),
			format('SELECT w.employee_id, w.unit_id,
					greatest(0, floor(f.existing - coalesce(l.leaving, 0) - coalesce(f.required, f.existing * %3$s) / %3$s))::integer AS releasable
				FROM (SELECT d.employee_id, CASE WHEN d.can_leave THEN d.unit_id END AS unit_id FROM @agency@.plan_donors(%2$s) AS d) AS w
				LEFT JOIN @agency@.unit_figures(ARRAY(SELECT DISTINCT x.from_unit_id FROM @agency@.transfer_plan_pair AS x WHERE x.plan_id = %2$s AND x.from_unit_id IS NOT NULL), %1$L) AS f
					ON f.unit_id = w.unit_id
				LEFT JOIN (SELECT p.unit_id, sum(n.leaving) AS leaving FROM @agency@.post AS p
					JOIN @agency@.pending_moves(ARRAY(SELECT q.post_id FROM @agency@.post AS q)) AS n ON n.post_id = p.post_id GROUP BY p.unit_id) AS l
					ON l.unit_id = w.unit_id', as_of, plan, y.max_donor_ratio));
		EXIT WHEN NOT withhold_beyond_minimum(plan, solved, as_of);
	END LOOP;
	RETURN keep_solution(plan, solved);
END
$body$;
COMMENT ON FUNCTION @agency@.propose_plan(integer, integer, date) IS 'Fills a plan with proposals, anew each time: of the per_post best eligible people of each free post the choice that fills the most seats, those of the units shortest of people first, then with the highest total score (mutasi.solve_transfers). Never below a donor''s floor: minimum staff of a post (where more of its holders would go than it can spare, those with the best scores go, even where another of them could fill a seat that nobody else can), workload ratio of a unit (max_donor_ratio), everybody who leaves counted as gone, nobody who arrives as there; in whole people, and a move inside the unit of somebody who could leave it as well counts as leaving it. Returns how many moves; transfer_plan.solution proves them, plan_what_if() shows what they would do, plan_shortfall() why a seat stays empty.';

CREATE FUNCTION @agency@.plan_shortfall(plan integer)
	RETURNS TABLE (post_id integer, title text, unit_name text, seats integer, filled integer, empty integer, candidates bigint, withheld bigint,
		reason text, explanation text)
	LANGUAGE plpgsql STABLE ROWS 100 SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
	solved mutasi.plan_solution;
BEGIN
	SELECT p.solution INTO solved FROM transfer_plan AS p WHERE p.plan_id = plan;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('MU102', 'there is no plan %1', ARRAY[plan::text]);
	ELSIF solved IS NULL THEN
		PERFORM mutasi.raise_error('MU115', 'nothing has been proposed for plan %1 yet', ARRAY[plan::text],
			hint => 'Call propose_plan() first.');
	END IF;
	RETURN QUERY
		SELECT f.post_id::integer, t.title, u.name, f.seats, f.filled, f.empty, f.candidates + k.people, k.people,
			-- the solver was not shown them
			CASE WHEN k.people > 0 THEN 'minimum_staff' ELSE f.reason END,
			CASE WHEN k.people > 0 THEN told(E'%1 eligible people stay, because the posts they hold keep their minimum staff\t' || k.people) ELSE f.explanation END
		FROM mutasi.plan_shortfall(solved) AS f
		JOIN post AS t ON t.post_id = f.post_id JOIN unit AS u ON u.unit_id = t.unit_id
		CROSS JOIN LATERAL (SELECT count(*) AS people FROM transfer_plan_pair AS w WHERE w.plan_id = plan AND w.post_id = f.post_id AND w.withheld) AS k
		ORDER BY f.empty DESC, f.post_id;
END
$body$;
COMMENT ON FUNCTION @agency@.plan_shortfall(integer) IS 'Every post that a proposed plan leaves with empty seats, and why: minimum_staff where eligible people (withheld) stay because the posts they hold keep their minimum staff, else as mutasi.plan_shortfall() has it: no_candidate, too_few_candidates, donors_at_floor, needed_elsewhere, costs_more. Changes nothing.';

CREATE FUNCTION @agency@.open_plan(plan integer, effective_on date DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	there record;
	people integer[];
	step constant integer := 100;
	n integer;
	made integer := 0;
BEGIN
	IF NOT EXISTS (SELECT FROM transfer_plan AS p WHERE p.plan_id = plan) THEN
		PERFORM mutasi.raise_error('MU102', 'there is no plan %1', ARRAY[plan::text]);
	END IF;
	-- Whom this plan itself has brought to the post is done; whoever came there
	-- otherwise makes the plan stale: its figures count a move that is none.
	SELECT m.employee_id, m.to_post_id INTO there
		FROM transfer_plan_move AS m
		WHERE m.plan_id = plan AND NOT EXISTS (SELECT FROM transfer AS t WHERE t.employee_id = m.employee_id AND (t.is_open OR t.plan_id = plan AND t.to_post_id = m.to_post_id))
			AND EXISTS (SELECT FROM incumbency AS i WHERE i.employee_id = m.employee_id AND i.post_id = m.to_post_id AND i.kind <> 'acting'
				AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date))
		ORDER BY m.employee_id LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('MU126', 'employee %1 already holds post %2, to which plan %3 would move the person', ARRAY[there.employee_id::text, there.to_post_id::text, plan::text],
			hint => 'Something changed since the plan was proposed: propose it anew with propose_plan(%3), or delete the move from transfer_plan_move to open the others.');
	END IF;
	people := ARRAY(SELECT m.employee_id FROM transfer_plan_move AS m
		WHERE m.plan_id = plan AND NOT EXISTS (SELECT FROM transfer AS t WHERE t.employee_id = m.employee_id AND t.is_open)
			AND NOT EXISTS (SELECT FROM incumbency AS i WHERE i.employee_id = m.employee_id AND i.post_id = m.to_post_id AND i.kind <> 'acting'
				AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date))
		ORDER BY m.employee_id);
	FOR i IN 1 .. cardinality(people) BY step LOOP
		PERFORM mutasi.tell_progress('transfers opened: %1 of %2', ARRAY[made::text, cardinality(people)::text]);
		INSERT INTO transfer (employee_id, to_post_id, initiative, reason, plan_id, effective_on)
			SELECT m.employee_id, m.to_post_id, 'agency', p.goal, p.plan_id, open_plan.effective_on
			FROM transfer_plan AS p JOIN transfer_plan_move AS m USING (plan_id)
			WHERE p.plan_id = plan AND m.employee_id = ANY (people[i : i + step - 1])
			ORDER BY m.employee_id;
		GET DIAGNOSTICS n = ROW_COUNT;
		made := made + n;
	END LOOP;
	RETURN made;
END
$body$;
COMMENT ON FUNCTION @agency@.open_plan(integer, date) IS 'Opens a transfer, a draft, for each proposed move of a plan whose person has no open one and was not yet brought to the post by this plan; returns how many. Raises MU126, and opens none, where a person came to hold the proposed post otherwise.';
