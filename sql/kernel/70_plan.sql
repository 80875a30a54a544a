-- Planning: the optimal set of transfers, as a value that proves itself.

CREATE FUNCTION mutasi.plan_solution_valid(solution bytea) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_plan_solution_valid';
COMMENT ON FUNCTION mutasi.plan_solution_valid(bytea) IS
	'True if the bytes are a plan solution, whole and with everything in range; an error says what is wrong with others. Does not prove the plan: plan_certificate() does.';

CREATE DOMAIN mutasi.plan_solution AS bytea
	CONSTRAINT plan_solution_valid CHECK (mutasi.plan_solution_valid(VALUE));
COMMENT ON DOMAIN mutasi.plan_solution IS
	'A solved transfer plan: the problem as it was read, the transfers, the prices that prove them optimal. Made by solve_transfers(), read by the plan_ functions; may be kept in a table, dumped and restored.';

CREATE FUNCTION mutasi.solve_transfers(candidates text, posts text, donors text DEFAULT NULL,
		units text DEFAULT NULL, objective text DEFAULT 'fill_then_score',
		balance_weight numeric DEFAULT 10, minimum text DEFAULT 'require') RETURNS mutasi.plan_solution
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 100000
	AS 'MODULE_PATHNAME', 'mutasi_solve_transfers';
COMMENT ON FUNCTION mutasi.solve_transfers(text, text, text, text, text, numeric, text) IS
	'The optimal set of transfers, proven. candidates: query of employee_id, post_id, score (0 to 1000; rounded half up to 6 decimals). posts: post_id, seats and optionally priority (1 is filled first), minimum_fill, unit_id (that receives). donors: employee_id, unit_id (null: leaves no unit) and optionally releasable (the most its unit may lose) and current_post. With a column current_post chains are planned: the seat of who leaves that post (null: none) opens and may be filled in turn, staying counts with the score of the pair with the own post if candidates has it, else 0, seats are still the vacant ones, minimum_fill counts all, and releasable is what the unit may lose on balance, less who arrives. units: unit_id, staff, required (null: unknown, not weighed). objective: fill_then_score, score or balance (score less balance_weight times imbalance, the sum of (staff - required)^2 / greatest(required, 1)). minimum: require (an error if minimum_fill cannot be met) or prefer. The queries run read-only with the caller''s rights in the caller''s snapshot.';

CREATE FUNCTION mutasi.plan_moves(solution mutasi.plan_solution, OUT employee_id bigint, OUT from_unit bigint,
		OUT post_id bigint, OUT to_unit bigint, OUT score numeric, OUT post_price_seats bigint, OUT post_price numeric, OUT rent_seats bigint, OUT rent numeric)
	RETURNS SETOF record
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 5000
	AS 'MODULE_PATHNAME', 'mutasi_plan_moves';
COMMENT ON FUNCTION mutasi.plan_moves(mutasi.plan_solution) IS
	'The transfers of a plan, by employee_id: score of the pair, price of a seat in the post, rent of the employee (what the plan gains by having this person), each as a number of seats filled and the rest in points of score. A price among others: equally good ones exist.';

CREATE FUNCTION mutasi.plan_posts(solution mutasi.plan_solution, OUT post_id bigint, OUT unit_id bigint,
		OUT priority integer, OUT seats integer, OUT minimum_fill integer, OUT filled integer, OUT empty integer,
		OUT candidates bigint, OUT price_seats bigint, OUT price numeric, OUT exact_price bigint,
		OUT holders integer, OUT leaving integer, OUT arriving integer) RETURNS SETOF record
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 5000
	AS 'MODULE_PATHNAME', 'mutasi_plan_posts';
COMMENT ON FUNCTION mutasi.plan_posts(mutasi.plan_solution) IS
	'Every post of a plan: seats, filled and empty, number of candidates, and the price of a seat (what one more would add, at most) as a number of seats filled and the rest in points of score. exact_price is the integer of the proof, less what an empty seat costs. With chains seats are those of the holders, too: holders had the post before, of whom leaving leave it for arriving.';

CREATE FUNCTION mutasi.plan_units(solution mutasi.plan_solution, OUT unit_id bigint, OUT releasable integer,
		OUT leaving integer, OUT arriving integer, OUT staff_before integer, OUT staff_after bigint,
		OUT required numeric, OUT ratio_before numeric, OUT ratio_after numeric, OUT imbalance_before numeric,
		OUT imbalance_after numeric, OUT release_price_seats bigint, OUT release_price numeric, OUT exact_release_price bigint,
		OUT exact_net_price bigint) RETURNS SETOF record
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 100
	AS 'MODULE_PATHNAME', 'mutasi_plan_units';
COMMENT ON FUNCTION mutasi.plan_units(mutasi.plan_solution) IS
	'What a plan does to each unit: who leaves and arrives, staff and the ratio staff / required before and after (null where the plan was given no staff or required), imbalance (staff - required)^2 / greatest(required, 1), and the price of one more release.';

CREATE FUNCTION mutasi.plan_pairs(solution mutasi.plan_solution, OUT employee_id bigint, OUT post_id bigint,
		OUT score numeric, OUT chosen boolean, OUT gain bigint, OUT rent bigint, OUT slack bigint)
	RETURNS SETOF record
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 50000
	AS 'MODULE_PATHNAME', 'mutasi_plan_pairs';
COMMENT ON FUNCTION mutasi.plan_pairs(mutasi.plan_solution) IS
	'Every candidate pair of a plan with the exact integers of the proof: gain (score and tie-break), rent of the employee, slack = price of the post (and net price of its unit; with chains less the price of a release) + rent - gain. With chains the pair of a holder with the own post is among them: chosen means staying. No slack is negative, and that of every chosen pair is 0.';

CREATE FUNCTION mutasi.plan_certificate(solution mutasi.plan_solution, OUT proven boolean, OUT objective text,
		OUT seats bigint, OUT transfers bigint, OUT empty bigint, OUT empty_minimum bigint, OUT score numeric,
		OUT imbalance_before numeric, OUT imbalance_after numeric, OUT objective_value numeric, OUT bound numeric,
		OUT pairs_checked bigint, OUT score_unit bigint, OUT tie_bits integer, OUT level_unit bigint,
		OUT solver text, OUT broken text) RETURNS record
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_plan_certificate';
COMMENT ON FUNCTION mutasi.plan_certificate(mutasi.plan_solution) IS
	'Checks a plan anew: every limit, every price condition, and that the objective equals the bound the prices give, which no plan can exceed. broken says what fails; null if proven.';

CREATE FUNCTION mutasi.plan_why_not(solution mutasi.plan_solution, employee bigint, post bigint,
		OUT employee_id bigint, OUT post_id bigint, OUT verdict text, OUT score numeric, OUT needed numeric,
		OUT costs_seats bigint, OUT short_by numeric, OUT lowest_taken numeric, OUT has_post bigint, OUT explanation text) RETURNS record
	LANGUAGE C STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_plan_why_not';
COMMENT ON FUNCTION mutasi.plan_why_not(mutasi.plan_solution, bigint, bigint) IS
	'Why an employee did not get a post: verdict assigned, not_a_candidate, no_seats, costs_a_seat, tie, better_elsewhere, unit_at_limit or outscored; the score; the score that would have been needed; what the best plan with this pair loses against the plan, as a number of seats and in points of score; the lowest score that got a seat; the post the employee has in the plan; and a sentence.';

CREATE FUNCTION mutasi.plan_shortfall(solution mutasi.plan_solution, OUT post_id bigint, OUT seats integer,
		OUT filled integer, OUT empty integer, OUT below_minimum integer, OUT candidates bigint, OUT reason text,
		OUT blocking_unit bigint, OUT competing_posts bigint, OUT people bigint, OUT explanation text)
	RETURNS SETOF record
	LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 100
	AS 'MODULE_PATHNAME', 'mutasi_plan_shortfall';
COMMENT ON FUNCTION mutasi.plan_shortfall(mutasi.plan_solution) IS
	'Every post with empty seats and why they are empty: no_candidate, too_few_candidates, donors_at_floor (one release more of blocking_unit would fill a seat), needed_elsewhere (competing_posts with more seats together share people, who all have one), costs_more (filling it would lower the objective).';

-- The forms that take the queries themselves: solve, then read.

CREATE FUNCTION mutasi.plan_transfers(candidates text, posts text, donors text DEFAULT NULL,
		units text DEFAULT NULL, objective text DEFAULT 'fill_then_score',
		balance_weight numeric DEFAULT 10, minimum text DEFAULT 'require',
		OUT employee_id bigint, OUT from_unit bigint, OUT post_id bigint, OUT to_unit bigint,
		OUT score numeric, OUT post_price_seats bigint, OUT post_price numeric, OUT rent_seats bigint, OUT rent numeric) RETURNS SETOF record
	LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 5000
BEGIN ATOMIC
	SELECT m.employee_id, m.from_unit, m.post_id, m.to_unit, m.score, m.post_price_seats, m.post_price,
		m.rent_seats, m.rent
	FROM mutasi.plan_moves(mutasi.solve_transfers(candidates, posts, donors, units, objective,
		balance_weight, minimum)) AS m;
END;
COMMENT ON FUNCTION mutasi.plan_transfers(text, text, text, text, text, numeric, text) IS
	'The optimal transfers for the queries given: plan_moves() of solve_transfers(). Keep the solution instead where reasons and proof are to speak of the very same plan later.';

CREATE FUNCTION mutasi.plan_certificate(candidates text, posts text, donors text DEFAULT NULL,
		units text DEFAULT NULL, objective text DEFAULT 'fill_then_score',
		balance_weight numeric DEFAULT 10, minimum text DEFAULT 'require',
		OUT proven boolean, OUT objective_name text, OUT seats bigint, OUT transfers bigint, OUT empty bigint,
		OUT empty_minimum bigint, OUT score numeric, OUT objective_value numeric, OUT bound numeric,
		OUT pairs_checked bigint) RETURNS record
	LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
	SELECT c.proven, c.objective, c.seats, c.transfers, c.empty, c.empty_minimum, c.score, c.objective_value,
		c.bound, c.pairs_checked
	FROM mutasi.plan_certificate(mutasi.solve_transfers(candidates, posts, donors, units, objective,
		balance_weight, minimum)) AS c;
END;
COMMENT ON FUNCTION mutasi.plan_certificate(text, text, text, text, text, numeric, text) IS
	'The certificate of the optimal plan for the queries given.';

CREATE FUNCTION mutasi.plan_why_not(candidates text, posts text, donors text, units text, objective text,
		employee bigint, post bigint,
		OUT employee_id bigint, OUT post_id bigint, OUT verdict text, OUT score numeric, OUT needed numeric,
		OUT costs_seats bigint, OUT short_by numeric, OUT lowest_taken numeric, OUT has_post bigint, OUT explanation text) RETURNS record
	LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
	SELECT w.employee_id, w.post_id, w.verdict, w.score, w.needed, w.costs_seats, w.short_by, w.lowest_taken, w.has_post, w.explanation
	FROM mutasi.plan_why_not(mutasi.solve_transfers(candidates, posts, donors, units, objective), employee, post) AS w;
END;
COMMENT ON FUNCTION mutasi.plan_why_not(text, text, text, text, text, bigint, bigint) IS
	'Why an employee did not get a post in the optimal plan for the queries given.';

CREATE FUNCTION mutasi.plan_shortfall(candidates text, posts text, donors text DEFAULT NULL,
		units text DEFAULT NULL, objective text DEFAULT 'fill_then_score',
		balance_weight numeric DEFAULT 10, minimum text DEFAULT 'prefer',
		OUT post_id bigint, OUT seats integer, OUT filled integer, OUT empty integer, OUT below_minimum integer,
		OUT candidate_count bigint, OUT reason text, OUT blocking_unit bigint, OUT competing_posts bigint,
		OUT people bigint, OUT explanation text) RETURNS SETOF record
	LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 100
BEGIN ATOMIC
	SELECT s.post_id, s.seats, s.filled, s.empty, s.below_minimum, s.candidates, s.reason, s.blocking_unit,
		s.competing_posts, s.people, s.explanation
	FROM mutasi.plan_shortfall(mutasi.solve_transfers(candidates, posts, donors, units, objective,
		balance_weight, minimum)) AS s;
END;
COMMENT ON FUNCTION mutasi.plan_shortfall(text, text, text, text, text, numeric, text) IS
	'Every seat the optimal plan for the queries given leaves empty, with its reason.';

CREATE FUNCTION mutasi.plan_compare(a mutasi.plan_solution, b mutasi.plan_solution, OUT employee_id bigint,
		OUT difference text, OUT post_a bigint, OUT score_a numeric, OUT post_b bigint, OUT score_b numeric)
	RETURNS SETOF record
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	SELECT coalesce(x.employee_id, y.employee_id),
		CASE WHEN y.employee_id IS NULL THEN 'only_a' WHEN x.employee_id IS NULL THEN 'only_b'
			WHEN x.post_id OPERATOR(pg_catalog.<>) y.post_id THEN 'another_post' ELSE 'another_score' END,
		x.post_id, x.score, y.post_id, y.score
	FROM mutasi.plan_moves(a) AS x
	FULL JOIN mutasi.plan_moves(b) AS y ON x.employee_id OPERATOR(pg_catalog.=) y.employee_id
	WHERE (x.post_id, x.score) IS DISTINCT FROM (y.post_id, y.score)
	ORDER BY 1;
END;
COMMENT ON FUNCTION mutasi.plan_compare(mutasi.plan_solution, mutasi.plan_solution) IS
	'Where two plans differ: only_a, only_b, another_post or another_score, by employee_id. No rows: the same transfers with the same scores.';
