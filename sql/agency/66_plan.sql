-- Filling a transfer plan: proposals only, nothing happens to anybody.

CREATE FUNCTION @agency@.propose_plan(plan integer, per_post integer DEFAULT 20, as_of date DEFAULT current_date) RETURNS integer
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	goal transfer_plan;
	y policy;
	pair record;
	origin record;
	figures record;
	taken integer;
	made integer := 0;
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
	SELECT * INTO y FROM policy_on(as_of);
	DELETE FROM transfer_plan_move AS m WHERE m.plan_id = plan;
	-- the posts of the units that are shortest first, for each its best people
	FOR pair IN
		SELECT o.post_id, o.free, c.employee_id, c.score
		FROM open_posts(as_of) AS o
		JOIN post AS p ON p.post_id = o.post_id AND p.open
		LEFT JOIN unit_figures(ARRAY(SELECT u.unit_id FROM unit AS u), as_of) AS f ON f.unit_id = o.unit_id
		CROSS JOIN LATERAL candidates(o.post_id, per_post, as_of, eligible_only => true) AS c
		WHERE o.free >= 1
		ORDER BY f.ratio DESC NULLS LAST, o.post_id, c.rank
	LOOP
		CONTINUE WHEN EXISTS (SELECT FROM transfer_plan_move AS m WHERE m.plan_id = plan AND m.employee_id = pair.employee_id);
		SELECT count(*) INTO taken FROM transfer_plan_move AS m WHERE m.plan_id = plan AND m.to_post_id = pair.post_id;
		CONTINUE WHEN pair.free - taken < 1;
		SELECT c.post_id, c.unit_id, c.share, q.min_staff INTO origin
			FROM current_post(ARRAY[pair.employee_id], as_of) AS c JOIN post AS q USING (post_id);
		IF FOUND THEN
			-- the donor's floor, everybody the plan takes away counted as gone and nobody it brings as there
			CONTINUE WHEN (SELECT coalesce(sum(i.share), 0) FROM incumbents(as_of) AS i WHERE i.post_id = origin.post_id AND i.kind <> 'acting')
				- coalesce((SELECT n.leaving FROM pending_moves(ARRAY[origin.post_id]) AS n), 0)
				- (SELECT count(*) FROM transfer_plan_move AS m WHERE m.plan_id = plan AND m.from_post_id = origin.post_id)
				- origin.share < origin.min_staff;
			IF origin.unit_id <> (SELECT t.unit_id FROM post AS t WHERE t.post_id = pair.post_id) THEN
				SELECT f.required, f.existing
						- coalesce((SELECT sum(n.leaving) FROM pending_moves(ARRAY(SELECT q.post_id FROM post AS q WHERE q.unit_id = origin.unit_id)) AS n), 0)
						- (SELECT count(*) FROM transfer_plan_move AS m JOIN post AS q ON q.post_id = m.from_post_id WHERE m.plan_id = plan AND q.unit_id = origin.unit_id)
						- origin.share AS staff_left
					INTO figures FROM unit_figures(ARRAY[origin.unit_id], as_of) AS f;
				CONTINUE WHEN figures.required IS NULL OR figures.staff_left <= 0
					OR round(figures.required / figures.staff_left, 2) > y.max_donor_ratio;
			END IF;
		END IF;
		INSERT INTO transfer_plan_move (plan_id, employee_id, to_post_id, from_post_id, score)
			VALUES (plan, pair.employee_id, pair.post_id, CASE WHEN origin IS NOT NULL THEN origin.post_id END, pair.score);
		made := made + 1;
	END LOOP;
	RETURN made;
END
$body$;
COMMENT ON FUNCTION @agency@.propose_plan(integer, integer, date) IS 'Fills a plan with proposals, anew each time: the free posts of the units that are shortest of people first, each with its best eligible people, never below a donor''s floor (minimum staff of the post, workload ratio of the unit, with everybody the plan takes away counted as gone). Greedy, in a fixed order; returns how many moves it proposes. plan_what_if() shows what they would do.';

CREATE FUNCTION @agency@.open_plan(plan integer, effective_on date DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	made integer;
BEGIN
	IF NOT EXISTS (SELECT FROM transfer_plan AS p WHERE p.plan_id = plan) THEN
		PERFORM mutasi.raise_error('MU102', 'there is no plan %1', ARRAY[plan::text]);
	END IF;
	INSERT INTO transfer (employee_id, to_post_id, initiative, reason, plan_id, effective_on)
		SELECT m.employee_id, m.to_post_id, 'agency', p.goal, p.plan_id, open_plan.effective_on
		FROM transfer_plan AS p JOIN transfer_plan_move AS m USING (plan_id)
		WHERE p.plan_id = plan AND NOT EXISTS (SELECT FROM transfer AS t WHERE t.employee_id = m.employee_id AND t.is_open)
		ORDER BY m.employee_id;
	GET DIAGNOSTICS made = ROW_COUNT;
	RETURN made;
END
$body$;
COMMENT ON FUNCTION @agency@.open_plan(integer, date) IS 'Opens a transfer, a draft, for each proposed move of a plan whose person has no open one; returns how many.';
