-- Who fits best. The composite score is a weighted sum of five parts, each in
-- [0,1], with the policy's weights:
--   competency     mutasi.match_score(profile, requirement)
--   performance    mean score of the last ratings
--   qualification  1 level and field fit, 0.5 the level only, 0 neither; unknown
--                  where a degree of the level may be of a field that fits
--   experience     months in the post's job family, of those that count as full;
--                  posts held at once count once
--   balance        what the move does to both units' |required - existing|:
--                  1 helps both, 0.5 nothing, 0 harms both
-- A part of which nothing is on record is NULL and adds nothing. Equal scores
-- go by seniority (daftar urut kepangkatan): grade, time in grade, length of
-- service, education, age; at last by employee_id. Names and NIPs decide nothing.

CREATE FUNCTION @agency@.service_spells(employees integer[], as_of date DEFAULT current_date)
	RETURNS TABLE (employee_id integer, incumbency_id integer, kind text, share numeric, valid_from date, valid_to date, post_id integer, unit_id integer, family text)
	LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 SET search_path = @agency@, mutasi, pg_temp
	SET enable_nestloop = on
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT i.employee_id, i.incumbency_id, i.kind, i.share, i.valid_from, i.valid_to, p.post_id, p.unit_id, p.family
		FROM incumbency AS i JOIN post AS p USING (post_id)
		WHERE i.employee_id = ANY (employees) AND i.valid_from <= as_of AND i.kind <> 'acting';
END
$body$;
COMMENT ON FUNCTION @agency@.service_spells(integer[], date) IS 'The posts each of these people has held until a day, in no order, acting posts left out, with their unit and job family (rumpun jabatan).';

-- Posts held beside one another are one time of service, posts held one after
-- the other are counted each for itself.
CREATE FUNCTION @agency@.months_served(since date[], until date[]) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN (SELECT sum(@agency@.months_between(t.since, t.until))
		FROM (SELECT min(n.since) AS since, max(n.until) AS until
			FROM (SELECT b.since, b.until, count(*) FILTER (WHERE b.begins) OVER (ORDER BY b.since, b.until) AS nth
				FROM (SELECT s.since, s.until,
						(s.since < max(s.until) OVER (ORDER BY s.since, s.until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) IS NOT TRUE AS begins
					FROM unnest(since, until) AS s (since, until)) AS b) AS n
			GROUP BY n.nth) AS t);
COMMENT ON FUNCTION @agency@.months_served(date[], date[]) IS 'Months of service in posts held from the days of the first array to those of the second: the sum of each one''s whole months, of posts that overlap those of the time from the first day to the last.';

-- What the parts and the sum are made of, in one place: expressions that the
-- planner puts where they are called.
CREATE FUNCTION @agency@.qualification_part(min_education smallint, education_fields text[], level smallint, level_in_field smallint, level_unknown smallint) RETURNS numeric
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN min_education IS NULL AND education_fields IS NULL THEN 1
		WHEN level IS NULL THEN NULL
		WHEN level_in_field >= coalesce(min_education, 0) THEN 1
		WHEN level_unknown >= coalesce(min_education, 0) THEN NULL
		WHEN level >= coalesce(min_education, 0) THEN 0.5
		ELSE 0 END;
COMMENT ON FUNCTION @agency@.qualification_part(smallint, text[], smallint, smallint, smallint) IS 'The part of the score for education: what the post asks, the highest level there is, the highest in a field that fits, the highest whose field is not on record; NULL where only that one may fit.';

CREATE FUNCTION @agency@.experience_part(family text, appointed_on date, holds_post boolean, months bigint, full_months integer, as_of date) RETURNS numeric
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN family IS NULL THEN
			CASE WHEN appointed_on IS NULL THEN NULL
				ELSE round(least(1, greatest(0, @agency@.months_between(appointed_on, as_of))::numeric / full_months), 6) END
		WHEN NOT holds_post AND months IS NULL THEN NULL
		ELSE round(least(1, coalesce(months, 0)::numeric / full_months), 6) END;
COMMENT ON FUNCTION @agency@.experience_part(text, date, boolean, bigint, integer, date) IS 'The part of the score for experience: months in the post''s job family, or in service where it has none, of those that count as full.';

CREATE FUNCTION @agency@.balance_part(from_unit integer, from_required numeric, from_existing numeric, share numeric,
		to_unit integer, to_required numeric, to_existing numeric) RETURNS numeric
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN from_unit = to_unit THEN 0.5
		WHEN from_unit IS NULL THEN CASE WHEN to_required IS NOT NULL
			THEN round((abs(to_required - to_existing) - abs(to_required - to_existing - 1) + 1) / 2, 6) END
		ELSE round((abs(from_required - from_existing) - abs(from_required - from_existing + share)
			+ abs(to_required - to_existing) - abs(to_required - to_existing - share) + 2 * share) / (4 * share), 6) END;
COMMENT ON FUNCTION @agency@.balance_part(integer, numeric, numeric, numeric, integer, numeric, numeric) IS 'The part of the score for what a move of this share does to both units'' |required - existing|.';

CREATE FUNCTION @agency@.composite_score(y @agency@.policy, competency numeric, performance numeric, qualification numeric,
		experience numeric, balance numeric) RETURNS numeric
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN round((y).weight_competency * coalesce(competency, 0) + (y).weight_performance * coalesce(performance, 0)
		+ (y).weight_qualification * coalesce(qualification, 0) + (y).weight_experience * coalesce(experience, 0)
		+ (y).weight_balance * coalesce(balance, 0), 6);
COMMENT ON FUNCTION @agency@.composite_score(@agency@.policy, numeric, numeric, numeric, numeric, numeric) IS 'The weighted sum of the five parts, a part that is NULL adding nothing; rounded half up to six places.';

CREATE FUNCTION @agency@.score_pairs(employees integer[], posts integer[], as_of date DEFAULT current_date)
	RETURNS TABLE (employee_id integer, post_id integer, score numeric, competency numeric, performance numeric,
		qualification numeric, experience numeric, balance numeric, from_post_id integer, from_unit_id integer)
	LANGUAGE plpgsql STABLE ROWS 100 SET search_path = @agency@, mutasi, pg_temp
	-- how long the arrays are is not known to the planner, which takes them for short
	SET enable_nestloop = off
	-- a nested loop that cannot be helped then looks dear enough to compile
	SET jit = off
AS $body$
#variable_conflict use_column
DECLARE
	y policy := policy_in_force(as_of);
	key integer := extract(year FROM as_of)::integer * 100 + y.rating_years;
	full_months integer := y.full_experience_months;
BEGIN
	RETURN QUERY
		WITH pair AS MATERIALIZED (SELECT q.e, q.p FROM unnest(employees, posts) AS q (e, p)),
		target AS MATERIALIZED (
			SELECT p.post_id, p.unit_id, p.requirement, p.family, p.min_education, p.education_fields
			FROM post AS p WHERE p.post_id = ANY (posts)),
		spell AS MATERIALIZED (SELECT s.* FROM service_spells(employees, as_of) AS s),
		-- as origin_post() has it
		origin AS MATERIALIZED (
			SELECT DISTINCT ON (s.employee_id) s.employee_id, s.post_id, s.unit_id, s.share
			FROM spell AS s WHERE s.valid_to IS NULL OR s.valid_to > as_of
			ORDER BY s.employee_id, s.kind = 'main' DESC, s.share DESC, s.incumbency_id),
		people AS MATERIALIZED (
			SELECT w.employee_id, w.profile, w.appointed_on, w.recent_score, w.recent_score_of IS NOT DISTINCT FROM key AS scored
			FROM employee AS w WHERE w.employee_id = ANY (employees)),
		-- the derived score where it is of these years
		rated AS MATERIALIZED (
			SELECT r.* FROM (SELECT array_agg(e.employee_id) AS ids FROM people AS e WHERE NOT e.scored HAVING count(*) > 0) AS u
			CROSS JOIN LATERAL recent_rating(u.ids, as_of, y.rating_years) AS r),
		figures AS MATERIALIZED (
			SELECT f.unit_id, f.required, f.existing
			FROM unit_needs(ARRAY(SELECT t.unit_id FROM target AS t UNION SELECT o.unit_id FROM origin AS o), as_of) AS f),
		-- main posts follow one another: time can be counted twice only where there
		-- was an additional one
		in_family AS MATERIALIZED (
			SELECT s.employee_id, s.family, sum(months_between(s.valid_from, least(s.valid_to, as_of))) AS months,
				count(*) > 1 AND bool_or(s.kind = 'additional') AS together
			FROM spell AS s WHERE s.family IN (SELECT t.family FROM target AS t)
			GROUP BY s.employee_id, s.family),
		served AS MATERIALIZED (
			SELECT f.employee_id, f.family, f.months FROM in_family AS f WHERE NOT f.together
			UNION ALL
			SELECT b.employee_id, b.family, (SELECT m.months FROM months_served(b.since, b.until) AS m (months))
			FROM (SELECT s.employee_id, s.family, array_agg(s.valid_from) AS since, array_agg(least(s.valid_to, as_of)) AS until
				FROM spell AS s JOIN in_family AS f ON f.employee_id = s.employee_id AND f.family = s.family
				WHERE f.together GROUP BY s.employee_id, s.family) AS b),
		schooling AS MATERIALIZED (
			SELECT q.p AS post_id, q.e AS employee_id, max(d.level) AS level,
				max(d.level) FILTER (WHERE t.education_fields IS NULL OR d.field = ANY (t.education_fields)) AS level_in_field,
				max(d.level) FILTER (WHERE d.field IS NULL) AS level_unknown
			FROM (SELECT DISTINCT w.e, w.p FROM pair AS w) AS q
			JOIN target AS t ON t.post_id = q.p
			JOIN (SELECT n.employee_id, n.level, n.field FROM education AS n
				WHERE n.employee_id = ANY (employees) AND (n.graduated_on IS NULL OR n.graduated_on <= as_of)) AS d ON d.employee_id = q.e
			WHERE t.min_education IS NOT NULL OR t.education_fields IS NOT NULL
			GROUP BY q.p, q.e),
		part AS (
			SELECT q.e, q.p,
				mutasi.match_score(e.profile, t.requirement) AS competency,
				CASE WHEN e.scored THEN e.recent_score ELSE round(r.score, 6) END AS performance,
				qualification_part(t.min_education, t.education_fields, s.level, s.level_in_field, s.level_unknown) AS qualification,
				experience_part(t.family, e.appointed_on, o.post_id IS NOT NULL, m.months, full_months, as_of) AS experience,
				balance_part(o.unit_id, fo.required, fo.existing, o.share, t.unit_id, ft.required, ft.existing) AS balance,
				o.post_id AS from_post_id, o.unit_id AS from_unit_id
			FROM pair AS q
			JOIN people AS e ON e.employee_id = q.e
			JOIN target AS t ON t.post_id = q.p
			LEFT JOIN origin AS o ON o.employee_id = q.e
			LEFT JOIN rated AS r ON r.employee_id = q.e
			LEFT JOIN schooling AS s ON s.employee_id = q.e AND s.post_id = q.p
			LEFT JOIN served AS m ON m.employee_id = q.e AND m.family = t.family
			LEFT JOIN figures AS fo ON fo.unit_id = o.unit_id
			LEFT JOIN figures AS ft ON ft.unit_id = t.unit_id)
		SELECT d.e, d.p,
			composite_score(y, d.competency, d.performance, d.qualification, d.experience, d.balance),
			d.competency, d.performance, d.qualification, d.experience, d.balance, d.from_post_id, d.from_unit_id
		FROM part AS d;
END
$body$;
COMMENT ON FUNCTION @agency@.score_pairs(integer[], integer[], date) IS 'Composite score and its parts of many (employee, post) pairs, given as two arrays of the same length. Of another day, too, the competency part is that of the profiles kept today. Exact decimals rounded half up to six places; a part without anything on record is NULL and adds nothing.';

-- Everybody for one post, set against set: what differs from score_pairs() is
-- that nothing is looked up person by person or pair by pair. The balance, the
-- dearest part, is computed once a unit and share.
CREATE FUNCTION @agency@.scores_for(post integer, least_score numeric DEFAULT NULL, as_of date DEFAULT current_date)
	RETURNS TABLE (employee_id integer, score numeric)
	LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = @agency@, mutasi, pg_temp
	-- most rows of each table are joined, whatever the planner thinks of them
	SET enable_nestloop = off
	SET enable_mergejoin = off
	SET jit = off
AS $body$
#variable_conflict use_column
DECLARE
	target post;
	receiving record;
	y policy := policy_in_force(as_of);
	key integer := extract(year FROM as_of)::integer * 100 + y.rating_years;
	-- of whom the fit and the performance say that the least score is out of reach
	-- are not looked at (fit and score are rounded, upwards at most by this much)
	needed double precision := least_score - 0.000002 - y.weight_qualification - y.weight_experience - y.weight_balance;
	w_fit double precision := y.weight_competency;
	w_rating double precision := y.weight_performance;
BEGIN
	SELECT p.* INTO target FROM post AS p WHERE p.post_id = scores_for.post;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('MU102', 'there is no post %1', ARRAY[post::text]);
	END IF;
	SELECT u.required, u.existing INTO receiving FROM unit_needs(ARRAY[target.unit_id], as_of) AS u;
	RETURN QUERY
		WITH people AS MATERIALIZED (
			SELECT e.employee_id, mutasi.match_score(e.profile, target.requirement) AS competency, e.appointed_on,
				e.recent_score, e.recent_score_of IS NOT DISTINCT FROM key AS scored
			FROM employee AS e
			WHERE (e.left_on IS NULL OR e.left_on > as_of)
				AND e.employee_id NOT IN (SELECT i.employee_id FROM incumbency AS i
					WHERE i.post_id = scores_for.post AND i.kind <> 'acting' AND i.valid_from <= as_of AND (i.valid_to IS NULL OR i.valid_to > as_of))
				AND (needed IS NULL OR w_fit * greatest(0, 1 - coalesce(e.profile OPERATOR(mutasi.<=>) target.requirement, 1))
					+ w_rating * CASE WHEN e.recent_score_of = key THEN coalesce(e.recent_score, 0) ELSE 1 END >= needed)),
		rated AS MATERIALIZED (
			SELECT r.employee_id, r.score FROM recent_rating(ARRAY(SELECT e.employee_id FROM people AS e WHERE NOT e.scored), as_of, y.rating_years) AS r),
		-- as origin_post() has it
		origin AS MATERIALIZED (
			SELECT DISTINCT ON (i.employee_id) i.employee_id, p.unit_id, i.share
			FROM incumbency AS i JOIN post AS p ON p.post_id = i.post_id
			WHERE i.kind <> 'acting' AND i.valid_from <= as_of AND (i.valid_to IS NULL OR i.valid_to > as_of)
			ORDER BY i.employee_id, i.kind = 'main' DESC, i.share DESC, i.incumbency_id),
		figures AS MATERIALIZED (
			SELECT f.unit_id, f.required, f.existing FROM unit_needs(ARRAY(SELECT DISTINCT o.unit_id FROM origin AS o), as_of) AS f),
		balanced AS MATERIALIZED (
			SELECT m.unit_id, m.share, balance_part(m.unit_id, fo.required, fo.existing, m.share, target.unit_id, receiving.required, receiving.existing) AS balance
			FROM (SELECT DISTINCT o.unit_id, o.share FROM origin AS o) AS m
			LEFT JOIN figures AS fo ON fo.unit_id = m.unit_id),
		in_family AS MATERIALIZED (
			SELECT i.employee_id, sum(months_between(i.valid_from, least(i.valid_to, as_of))) AS months,
				count(*) > 1 AND bool_or(i.kind = 'additional') AS together
			FROM post AS p JOIN incumbency AS i ON i.post_id = p.post_id
			WHERE p.family = target.family AND i.kind <> 'acting' AND i.valid_from <= as_of
			GROUP BY i.employee_id),
		served AS MATERIALIZED (
			SELECT f.employee_id, f.months FROM in_family AS f WHERE NOT f.together
			UNION ALL
			SELECT b.employee_id, (SELECT m.months FROM months_served(b.since, b.until) AS m (months))
			FROM (SELECT i.employee_id, array_agg(i.valid_from) AS since, array_agg(least(i.valid_to, as_of)) AS until
				FROM incumbency AS i JOIN post AS p ON p.post_id = i.post_id
				WHERE i.employee_id = ANY (ARRAY(SELECT f.employee_id FROM in_family AS f WHERE f.together))
					AND p.family = target.family AND i.kind <> 'acting' AND i.valid_from <= as_of
				GROUP BY i.employee_id) AS b),
		schooling AS MATERIALIZED (
			SELECT d.employee_id, max(d.level) AS level,
				max(d.level) FILTER (WHERE target.education_fields IS NULL OR d.field = ANY (target.education_fields)) AS level_in_field,
				max(d.level) FILTER (WHERE d.field IS NULL) AS level_unknown
			FROM education AS d
			WHERE (target.min_education IS NOT NULL OR target.education_fields IS NOT NULL) AND (d.graduated_on IS NULL OR d.graduated_on <= as_of)
			GROUP BY d.employee_id)
		SELECT e.employee_id, composite_score(y, e.competency,
			CASE WHEN e.scored THEN e.recent_score ELSE round(r.score, 6) END,
			qualification_part(target.min_education, target.education_fields, s.level, s.level_in_field, s.level_unknown),
			experience_part(target.family, e.appointed_on, o.employee_id IS NOT NULL, m.months, y.full_experience_months, as_of),
			CASE WHEN o.employee_id IS NULL THEN balance_part(NULL, NULL, NULL, NULL, target.unit_id, receiving.required, receiving.existing) ELSE b.balance END)
		FROM people AS e
		LEFT JOIN rated AS r ON r.employee_id = e.employee_id
		LEFT JOIN origin AS o ON o.employee_id = e.employee_id
		LEFT JOIN balanced AS b ON b.unit_id = o.unit_id AND b.share = o.share
		LEFT JOIN served AS m ON m.employee_id = e.employee_id
		LEFT JOIN schooling AS s ON s.employee_id = e.employee_id;
END
$body$;
COMMENT ON FUNCTION @agency@.scores_for(integer, numeric, date) IS 'The composite scores for a post of everybody who is in service and does not hold it, as score_pairs() has them; with least_score, at least of all who have that.';

-- Of the people given, in the order of what their score can be at most, those
-- who belong among the best k (with all who equal the last of them), or have at
-- least least_score. They are scored in full, the most promising first, until
-- nobody who is left can come in front; eligibility is asked only for whom it
-- can decide.
CREATE FUNCTION @agency@.best_of(post integer, people integer[], bounds double precision[], k integer, least_score numeric,
		as_of date, eligible_only boolean, INOUT pool integer[], INOUT pool_scores numeric[])
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	total integer := coalesce(cardinality(people), 0);
	first integer := 1;
	page_size integer := greatest(32, 2 * coalesce(k, 500));
	page integer[];
	page_scores numeric[];
	threshold numeric := least_score;
	chosen integer[];
BEGIN
	IF cardinality(pool) >= k THEN
		threshold := greatest(least_score, (SELECT min(x) FROM unnest(pool_scores) AS x));
	END IF;
	WHILE first <= total AND (threshold IS NULL OR bounds[first] >= threshold) LOOP
		-- up to where the bound falls below what is needed
		page := people[first : least(first + page_size - 1, total)];
		IF threshold IS NOT NULL THEN
			page := page[1 : (SELECT count(*) FROM unnest(bounds[first : first + page_size - 1]) AS b WHERE b >= threshold)];
		END IF;
		first := first + page_size;
		page_size := least(page_size * 2, 4096);
		SELECT array_agg(s.employee_id ORDER BY s.score DESC, s.employee_id), array_agg(s.score ORDER BY s.score DESC, s.employee_id)
			INTO page, page_scores
			FROM score_pairs(page, array_fill(post, ARRAY[cardinality(page)]), as_of) AS s
			WHERE threshold IS NULL OR s.score >= threshold;
		CONTINUE WHEN page IS NULL;
		chosen := page;
		IF eligible_only THEN
			chosen := ARRAY(SELECT g.employee_id FROM eligible_pairs(page, array_fill(post, ARRAY[cardinality(page)]), as_of) AS g);
		END IF;
		SELECT coalesce(array_agg(u.id), '{}'), coalesce(array_agg(u.score), '{}') INTO pool, pool_scores
			FROM (SELECT w.id, w.score, rank() OVER (ORDER BY w.score DESC) AS place
				FROM (SELECT o.id, o.score FROM unnest(pool, pool_scores) AS o (id, score)
					UNION ALL
					SELECT o.id, o.score FROM unnest(page, page_scores) AS o (id, score)
						WHERE NOT eligible_only OR o.id IN (SELECT c FROM unnest(chosen) AS c)) AS w) AS u
			WHERE k IS NULL OR u.place <= k;
		IF cardinality(pool) >= k THEN
			threshold := greatest(least_score, (SELECT min(x) FROM unnest(pool_scores) AS x));
		END IF;
	END LOOP;
END
$body$;
COMMENT ON FUNCTION @agency@.best_of(integer, integer[], double precision[], integer, numeric, date, boolean, integer[], numeric[]) IS 'Adds to a pool of people and their scores for a post whoever of the people given belongs among the best k, or has at least least_score. bounds: what each one''s score can be at most, descending. Used by best_people().';

-- The walk behind candidates() and rank_of(): people in the order of their
-- competency fit, as the index on employee.profile gives them. What a person can
-- reach is the fit and the performance, which the person's row tells, and the
-- weight of the other parts; the walk ends where the fit alone is too low for
-- anybody further on (threshold algorithm). Exact, ties included.
CREATE FUNCTION @agency@.best_people(post integer, k integer, least_score numeric, as_of date, eligible_only boolean) RETURNS integer[]
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	target post;
	y policy;
	key integer;
	holders integer[];
	versed integer[];
	gain numeric;
	w_fit double precision;
	w_rating double precision;
	w_served double precision;
	rest double precision;
	threshold double precision := least_score;
	people integer[] := '{}';
	bounds double precision[] := '{}';
	waiting integer := 0;
	-- the more are looked at before the first is scored, the better the first are
	page_size integer := greatest(400, 4 * coalesce(k, 100));
	pool integer[] := '{}';
	pool_scores numeric[] := '{}';
	-- a cursor, so that the planner reckons with the walk ending early
	walk NO SCROLL CURSOR FOR
		SELECT e.employee_id, w_fit * greatest(0, 1 - coalesce(e.profile OPERATOR(mutasi.<=>) target.requirement, 1)) AS fit,
			w_rating * CASE WHEN e.recent_score_of = key THEN coalesce(e.recent_score, 0) ELSE 1 END AS more
		FROM employee AS e
		WHERE (e.left_on IS NULL OR e.left_on > as_of) AND e.employee_id <> ALL (holders)
			AND (versed IS NULL OR e.employee_id NOT IN (SELECT u FROM unnest(versed) AS u))
		ORDER BY e.profile OPERATOR(mutasi.<=>) target.requirement;
BEGIN
	SELECT p.* INTO target FROM post AS p WHERE p.post_id = best_people.post;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('MU102', 'there is no post %1', ARRAY[post::text]);
	END IF;
	y := policy_in_force(as_of);
	key := extract(year FROM as_of)::integer * 100 + y.rating_years;
	holders := ARRAY(SELECT i.employee_id FROM incumbency AS i
		WHERE i.post_id = best_people.post AND i.kind <> 'acting'
			AND i.valid_from <= as_of AND (i.valid_to IS NULL OR i.valid_to > as_of));
	w_fit := y.weight_competency;
	w_rating := y.weight_performance;
	w_served := y.weight_experience;
	-- education can be full; the balance at most what the unit that receives
	-- leaves room for, even by a share of full time (nothing but a move inside it
	-- where it has no workload on record)
	SELECT abs(u.required - u.existing) - abs(u.required - u.existing - 1) INTO gain FROM unit_needs(ARRAY[target.unit_id], as_of) AS u;
	-- (and fit and score are rounded, upwards at most by this much)
	rest := 0.000002 + y.weight_qualification + y.weight_balance * CASE WHEN gain IS NULL OR gain <= -1 THEN 0.5 ELSE 1 END;

	-- Who has served in the post's job family is looked at first, all of them; of
	-- the others the experience is none, so that the walk can end sooner. Where
	-- the family is a large part of the agency it would not pay.
	IF target.family IS NOT NULL AND w_served > 0
		AND (SELECT count(*) FROM (SELECT FROM post AS p WHERE p.family = target.family LIMIT 2001) AS n) <= 2000
	THEN
		versed := ARRAY(SELECT DISTINCT i.employee_id FROM post AS p JOIN incumbency AS i ON i.post_id = p.post_id
			WHERE p.family = target.family AND i.kind <> 'acting' AND i.valid_from <= as_of LIMIT 5001);
	END IF;
	IF versed = '{}' OR target.family IS NOT NULL AND w_served = 0 THEN
		versed := NULL;
		w_served := 0;
	ELSIF cardinality(versed) > 5000 THEN
		versed := NULL;
	ELSIF versed IS NOT NULL THEN
		SELECT coalesce(array_agg(e.employee_id), '{}'), coalesce(array_agg(w_fit * greatest(0, 1 - coalesce(e.profile OPERATOR(mutasi.<=>) target.requirement, 1))
				+ w_rating * CASE WHEN e.recent_score_of = key THEN coalesce(e.recent_score, 0) ELSE 1 END + w_served + rest), '{}')
			INTO people, bounds
			FROM employee AS e
			WHERE e.employee_id = ANY (versed) AND (e.left_on IS NULL OR e.left_on > as_of) AND e.employee_id <> ALL (holders);
		waiting := cardinality(people);
		page_size := page_size + waiting;
		w_served := 0;
	END IF;

	FOR r IN walk LOOP
		IF threshold IS NOT NULL THEN
			EXIT WHEN r.fit + w_rating + w_served + rest < threshold;
			CONTINUE WHEN r.fit + r.more + w_served + rest < threshold;
		END IF;
		waiting := waiting + 1;
		people[waiting] := r.employee_id;
		bounds[waiting] := r.fit + r.more + w_served + rest;
		IF waiting = page_size THEN
			SELECT b.pool, b.pool_scores INTO pool, pool_scores
				FROM (SELECT array_agg(o.id) AS people, array_agg(o.bound) AS bounds
					FROM (SELECT u.id, u.bound FROM unnest(people, bounds) AS u (id, bound) ORDER BY u.bound DESC, u.id) AS o) AS q
				CROSS JOIN LATERAL best_of(best_people.post, q.people, q.bounds, k, least_score, as_of, eligible_only, pool, pool_scores) AS b;
			IF cardinality(pool) >= k THEN
				threshold := greatest(least_score, (SELECT min(x) FROM unnest(pool_scores) AS x));
			END IF;
			people := '{}';
			bounds := '{}';
			waiting := 0;
			page_size := 4 * greatest(400, 4 * coalesce(k, 100));
		END IF;
	END LOOP;
	IF waiting > 0 THEN
		SELECT b.pool INTO pool
			FROM (SELECT array_agg(o.id) AS people, array_agg(o.bound) AS bounds
				FROM (SELECT u.id, u.bound FROM unnest(people, bounds) AS u (id, bound) ORDER BY u.bound DESC, u.id) AS o) AS q
			CROSS JOIN LATERAL best_of(best_people.post, q.people, q.bounds, k, least_score, as_of, eligible_only, pool, pool_scores) AS b;
	END IF;
	RETURN pool;
END
$body$;
COMMENT ON FUNCTION @agency@.best_people(integer, integer, numeric, date, boolean) IS 'Ids, in no order, of the k people with the highest composite score for a post and of all who equal the last of them; with least_score, of all who have at least that.';

-- Seniority, the tie-break of last resort but one (DUK).
CREATE FUNCTION @agency@.seniority(employees integer[], as_of date DEFAULT current_date)
	RETURNS TABLE (employee_id integer, place bigint)
	LANGUAGE plpgsql STABLE ROWS 100 SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT e.employee_id, row_number() OVER (ORDER BY
			-- grades are comparable within a scheme only
			CASE g.scheme WHEN 'pns' THEN 1 WHEN 'pppk' THEN 2 END NULLS LAST, g.position DESC NULLS LAST, e.grade_since NULLS LAST, e.appointed_on NULLS LAST,
			d.level DESC NULLS LAST, e.born_on NULLS LAST, e.employee_id)
		FROM employee AS e
		LEFT JOIN grade AS g USING (grade)
		LEFT JOIN (SELECT s.employee_id, max(s.level) AS level FROM education AS s
			WHERE s.employee_id = ANY (employees) AND (s.graduated_on IS NULL OR s.graduated_on <= as_of) GROUP BY s.employee_id) AS d USING (employee_id)
		WHERE e.employee_id = ANY (employees);
END
$body$;
COMMENT ON FUNCTION @agency@.seniority(integer[], date) IS 'These people in the order of the seniority list (daftar urut kepangkatan, DUK): grade (PNS before PPPK), time in grade, length of service, education earned by that day, age; at last employee_id.';

-- Many posts at once: the walk is each post's own, but scores, seniority and
-- eligibility of whoever it finds are computed for hundreds of posts together.
CREATE FUNCTION @agency@.ranked(posts integer[], k integer DEFAULT 10, as_of date DEFAULT current_date, eligible_only boolean DEFAULT false,
		context jsonb DEFAULT '{}')
	RETURNS TABLE (post_id integer, rank integer, employee_id integer, score numeric, competency numeric, performance numeric,
		qualification numeric, experience numeric, balance numeric, eligible boolean, reason text, from_post_id integer, from_unit_id integer)
	LANGUAGE plpgsql STABLE ROWS 100 SET jit = off SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
	total integer := cardinality(posts);
	chunk integer;
	first integer := 1;
	nth integer := 0;
	one integer;
	pool integer[];
	ids integer[];
	places integer[];
	short integer[];
BEGIN
	IF k IS NULL OR k NOT BETWEEN 1 AND 10000 THEN
		PERFORM mutasi.raise_error('22023', 'the number of candidates must be from 1 to 10000, not %1', ARRAY[k::text]);
	END IF;
	chunk := greatest(1, 2000 / k);
	WHILE first <= total LOOP
		ids := '{}';
		places := '{}';
		short := '{}';
		FOREACH one IN ARRAY posts[first : first + chunk - 1] LOOP
			-- of several posts the best are asked for with some to spare, so that
			-- those who may not move can be left out behind; of one there is no need
			PERFORM mutasi.tell_progress('ranking: %1 of %2 posts', ARRAY[nth::text, total::text]);
			nth := nth + 1;
			pool := best_people(one, CASE WHEN eligible_only AND total > 1 THEN 3 * k ELSE k END, NULL, as_of, eligible_only AND total = 1);
			IF eligible_only AND total > 1 AND cardinality(pool) >= 3 * k THEN
				short := short || one;
			END IF;
			ids := ids || pool;
			places := places || array_fill(one, ARRAY[cardinality(pool)]);
		END LOOP;
		first := first + chunk;
		CONTINUE WHEN ids = '{}';
		IF eligible_only AND total > 1 THEN
			-- whose spare ones were not enough are walked anew, eligibility asked on the way
			SELECT coalesce(array_agg(g.employee_id), '{}'), coalesce(array_agg(g.post_id), '{}') INTO ids, places
				FROM eligible_pairs(ids, places, as_of, context) AS g;
			FOR one IN SELECT w.p FROM unnest(short) AS w (p)
				WHERE (SELECT count(*) FROM unnest(places) AS n (p) WHERE n.p = w.p) < k
			LOOP
				pool := best_people(one, k, NULL, as_of, true);
				SELECT array_agg(n.e), array_agg(n.p) INTO ids, places
					FROM (SELECT o.e, o.p FROM unnest(ids, places) AS o (e, p) WHERE o.p <> one
						UNION ALL SELECT m, one FROM unnest(pool) AS m) AS n;
			END LOOP;
			CONTINUE WHEN coalesce(ids, '{}') = '{}';
		END IF;
		RETURN QUERY
			WITH scored AS MATERIALIZED (
				SELECT s.*, row_number() OVER (PARTITION BY s.post_id ORDER BY s.score DESC, d.place) AS nth
				FROM score_pairs(ids, places, as_of) AS s
				JOIN seniority(ids, as_of) AS d ON d.employee_id = s.employee_id),
			best AS MATERIALIZED (SELECT c.* FROM scored AS c WHERE c.nth <= k),
			listed AS MATERIALIZED (SELECT array_agg(b.employee_id) AS ids, array_agg(b.post_id) AS posts FROM best AS b)
			SELECT b.post_id, b.nth::integer, b.employee_id, b.score, b.competency, b.performance, b.qualification, b.experience, b.balance,
				g.eligible, g.reason, b.from_post_id, b.from_unit_id
			FROM best AS b
			LEFT JOIN (SELECT w.* FROM listed AS l CROSS JOIN LATERAL eligibility_summary(l.ids, l.posts, as_of, context) AS w) AS g
				ON g.employee_id = b.employee_id AND g.post_id = b.post_id
			ORDER BY b.post_id, b.nth;
	END LOOP;
END
$body$;
COMMENT ON FUNCTION @agency@.ranked(integer[], integer, date, boolean, jsonb) IS 'The k best people for each of these posts, as candidates() finds them for one. context: what the eligibility rules are told besides, see check_eligibility().';

CREATE FUNCTION @agency@.candidates(post integer, k integer DEFAULT 10, as_of date DEFAULT current_date, eligible_only boolean DEFAULT false)
	RETURNS TABLE (rank integer, employee_id integer, name text, score numeric, competency numeric, performance numeric,
		qualification numeric, experience numeric, balance numeric, eligible boolean, reason text, from_post_id integer, from_unit_id integer)
	LANGUAGE plpgsql STABLE ROWS 10 SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF k IS NULL OR k < 1 OR k > 10000 THEN
		PERFORM mutasi.raise_error('22023', 'the number of candidates must be from 1 to 10000, not %1', ARRAY[k::text]);
	END IF;
	RETURN QUERY
		SELECT r.rank, r.employee_id, e.name, r.score, r.competency, r.performance, r.qualification, r.experience, r.balance,
			r.eligible, r.reason, r.from_post_id, r.from_unit_id
		FROM ranked(ARRAY[post], k, as_of, eligible_only) AS r JOIN employee AS e ON e.employee_id = r.employee_id
		ORDER BY r.rank;
END
$body$;
COMMENT ON FUNCTION @agency@.candidates(integer, integer, date, boolean) IS 'The k best people for a post, exactly, with the composite score, its parts (NULL: nothing on record), eligibility and the reasons against it. Holders of the post are left out. eligible_only: only those whom no rule holds back. Of another day, too, the competency part is that of the profiles kept today; see profile_on().';

CREATE FUNCTION @agency@.rank_of(employee integer, post integer, as_of date DEFAULT current_date)
	RETURNS TABLE (rank integer, score numeric)
	LANGUAGE plpgsql STABLE ROWS 1 SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	own numeric;
	ahead bigint;
	equals integer[];
BEGIN
	SELECT s.score INTO own FROM score_pairs(ARRAY[employee], ARRAY[post], as_of) AS s;
	IF own IS NULL THEN
		RETURN;
	END IF;
	SELECT count(*) FILTER (WHERE s.score > own), array_agg(s.employee_id) FILTER (WHERE s.score = own) INTO ahead, equals
		FROM scores_for(post, own, as_of) AS s;
	RETURN QUERY SELECT (ahead + d.nth)::integer, own
		FROM (SELECT o.employee_id, row_number() OVER (ORDER BY o.place) AS nth FROM seniority(equals, as_of) AS o) AS d
		WHERE d.employee_id = rank_of.employee;
END
$body$;
COMMENT ON FUNCTION @agency@.rank_of(integer, integer, date) IS 'A person''s rank for a post among everybody who does not hold it, and the composite score; no row for a holder of the post. Under row security: among those the caller sees (my_rank() tells the own rank among all).';

CREATE FUNCTION @agency@.open_posts(as_of date DEFAULT current_date)
	RETURNS TABLE (post_id integer, unit_id integer, seats integer, held numeric, coming numeric, free numeric)
	LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 200 SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		WITH held AS (
			SELECT i.post_id, sum(i.share) FILTER (WHERE i.valid_from <= as_of) AS held, bool_or(i.valid_from > as_of) AS later FROM incumbency AS i
			WHERE i.kind <> 'acting' AND (i.valid_from <= as_of OR as_of >= current_date) AND (i.valid_to IS NULL OR i.valid_to > as_of) GROUP BY i.post_id),
		short AS MATERIALIZED (
			SELECT p.post_id, p.unit_id, p.seats, coalesce(h.held, 0) AS held, h.later
			FROM post AS p LEFT JOIN held AS h USING (post_id)
			WHERE p.valid_from <= as_of AND (p.valid_to IS NULL OR p.valid_to > as_of) AND p.seats - coalesce(h.held, 0) >= 1)
		SELECT s.post_id, s.unit_id, s.seats, s.held, n.coming, s.seats - s.held - n.coming
		FROM short AS s
		LEFT JOIN pending_moves((SELECT array_agg(x.post_id) FROM short AS x)) AS m USING (post_id)
		LEFT JOIN seats_held((SELECT array_agg(x.post_id) FROM short AS x WHERE x.later), as_of) AS t ON t.post_id = s.post_id
		CROSS JOIN LATERAL (SELECT coalesce(m.coming, 0) + coalesce(t.most - t.held, 0) AS coming) AS n;
END
$body$;
COMMENT ON FUNCTION @agency@.open_posts(date) IS 'Posts with at least one seat nobody holds on a day, and how many of those seats are promised: to decided transfers, or to who takes them up later by what is on record.';

CREATE FUNCTION @agency@.opportunities(employee integer, k integer DEFAULT 10, as_of date DEFAULT current_date)
	RETURNS TABLE (rank integer, post_id integer, title text, unit_name text, score numeric, competency numeric, performance numeric,
		qualification numeric, experience numeric, balance numeric, eligible boolean, reason text)
	LANGUAGE plpgsql STABLE SET jit = off SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	pool integer[];
BEGIN
	IF k IS NULL OR k < 1 OR k > 10000 THEN
		PERFORM mutasi.raise_error('22023', 'the number of posts must be from 1 to 10000, not %1', ARRAY[k::text]);
	END IF;
	IF NOT EXISTS (SELECT FROM employee AS e WHERE e.employee_id = opportunities.employee) THEN
		PERFORM mutasi.raise_error('MU102', 'there is no employee %1', ARRAY[employee::text]);
	END IF;
	PERFORM policy_in_force(as_of);
	-- candidates() ranks nobody who has left
	IF EXISTS (SELECT FROM employee AS e WHERE e.employee_id = opportunities.employee AND e.left_on <= as_of) THEN
		RETURN;
	END IF;
	-- as candidates() leaves out whoever holds the post, be it beside another
	pool := ARRAY(SELECT o.post_id FROM open_posts(as_of) AS o JOIN post AS p USING (post_id)
		WHERE o.free >= 1 AND p.open AND NOT EXISTS (SELECT FROM incumbency AS i
			WHERE i.employee_id = opportunities.employee AND i.post_id = o.post_id AND i.kind <> 'acting'
				AND i.valid_from <= as_of AND (i.valid_to IS NULL OR i.valid_to > as_of))
		ORDER BY o.post_id);
	RETURN QUERY
		WITH best AS MATERIALIZED (
			SELECT s.*, row_number() OVER (ORDER BY s.score DESC, s.post_id) AS nth
			FROM score_pairs(array_fill(opportunities.employee, ARRAY[cardinality(pool)]), pool, as_of) AS s
			ORDER BY s.score DESC, s.post_id LIMIT k),
		listed AS MATERIALIZED (SELECT array_agg(b.employee_id) AS ids, array_agg(b.post_id) AS posts FROM best AS b)
		SELECT b.nth::integer, b.post_id, p.title, u.name, b.score, b.competency, b.performance, b.qualification, b.experience, b.balance,
			g.eligible, g.reason
		FROM best AS b
		JOIN post AS p ON p.post_id = b.post_id JOIN unit AS u ON u.unit_id = p.unit_id
		LEFT JOIN (SELECT w.* FROM listed AS l CROSS JOIN LATERAL eligibility_summary(l.ids, l.posts, as_of) AS w) AS g
			ON g.post_id = b.post_id
		ORDER BY b.nth;
END
$body$;
COMMENT ON FUNCTION @agency@.opportunities(integer, integer, date) IS 'The k free posts that suit a person best, exactly, with the composite score, its parts, eligibility and the reasons against it. Posts the person holds are left out; equal scores go by post_id. No row for somebody who has left.';

CREATE FUNCTION @agency@.explain_match(employee integer, post integer)
	RETURNS TABLE (competency text, kind text, required numeric, held numeric, gap numeric, weight numeric, mandatory boolean, contribution numeric)
	LANGUAGE plpgsql STABLE ROWS 68 SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT k.name, x.kind, x.required, x.held, x.gap, x.weight, x.mandatory, x.contribution
		FROM employee AS e JOIN post AS p ON p.post_id = explain_match.post
		CROSS JOIN LATERAL mutasi.match_explain(e.profile, p.requirement) AS x
		JOIN competency AS k ON k.competency_id = x.competency
		WHERE e.employee_id = explain_match.employee
		ORDER BY abs(x.contribution) DESC, x.competency;
END
$body$;
COMMENT ON FUNCTION @agency@.explain_match(integer, integer) IS 'Why a person fits a post as well or badly as the competency part says: one row a competency, the largest contribution to the distance first.';

CREATE FUNCTION @agency@.why_not(employee integer, post integer, as_of date DEFAULT current_date)
	RETURNS TABLE (aspect text, finding text, remedy text)
	LANGUAGE plpgsql STABLE ROWS 20 SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	own record;
	place record;
	lead record;
	y policy;
BEGIN
	IF NOT EXISTS (SELECT FROM employee AS e WHERE e.employee_id = why_not.employee) THEN
		PERFORM mutasi.raise_error('MU102', 'there is no employee %1', ARRAY[employee::text]);
	END IF;
	SELECT * INTO own FROM score_pairs(ARRAY[employee], ARRAY[post], as_of);
	IF own IS NULL THEN
		PERFORM mutasi.raise_error('MU102', 'there is no post %1', ARRAY[post::text]);
	END IF;
	SELECT * INTO y FROM policy_in_force(as_of);
	aspect := 'rank';
	-- Whom row security shows only some of the people cannot count those ahead:
	-- of oneself, and of the people one leads, the rank among everybody is told.
	IF row_security_active('@agency@.employee')
		AND (SELECT count(*) FROM employee AS e WHERE e.left_on IS NULL OR e.left_on > as_of) < people_in_service(as_of)
	THEN
		SELECT * INTO place FROM standing_of(employee, post, as_of);
		finding := format(E'rank %%1 among all, with a score of %%2\t%s\t%s', place.rank, round(place.score, 3));
		IF place.rank IS NULL THEN
			SELECT * INTO place FROM rank_of(employee, post, as_of);
			finding := format(E'rank %%1 among those you may see, with a score of %%2\t%s\t%s', place.rank, round(place.score, 3));
		END IF;
	ELSE
		SELECT * INTO place FROM rank_of(employee, post, as_of);
		SELECT c.* INTO lead FROM candidates(post, 1, as_of) AS c;
		finding := format(E'rank %%1 with a score of %%2; the first has %%3\t%s\t%s\t%s', place.rank, round(own.score, 3), round(lead.score, 3));
	END IF;
	finding := told(CASE WHEN place.rank IS NOT NULL THEN finding
		WHEN EXISTS (SELECT FROM employee AS e WHERE e.employee_id = why_not.employee AND e.left_on <= as_of) THEN 'is no longer in service'
		ELSE 'holds the post already' END);
	remedy := NULL;
	RETURN NEXT;
	RETURN QUERY
		SELECT x.part, told(CASE WHEN x.value IS NULL THEN format(E'nothing on record; costs %%1 of the score\t%s', round(x.weight, 3))
				ELSE format(E'%%1 of 1; costs %%2 of the score\t%s\t%s', round(x.value, 3), round(x.weight * (1 - x.value), 3)) END),
			told(CASE x.part WHEN 'competency' THEN 'close the gaps listed below'
				WHEN 'performance' THEN CASE WHEN x.value IS NULL THEN 'have the last years'' ratings entered' ELSE 'a better rating in the years to come' END
				WHEN 'qualification' THEN CASE WHEN x.value IS NULL THEN 'have the education entered, with its field' ELSE 'a degree of the level and field asked for' END
				WHEN 'experience' THEN format(E'%%1 months in the job family count as full\t%s', y.full_experience_months)
				ELSE 'lies in the two units'' workload, not in the person' END)
		FROM (VALUES ('competency', own.competency, y.weight_competency), ('performance', own.performance, y.weight_performance),
			('qualification', own.qualification, y.weight_qualification), ('experience', own.experience, y.weight_experience),
			('balance', own.balance, y.weight_balance)) AS x (part, value, weight)
		WHERE x.weight > 0 AND coalesce(x.value, 0) < 1;
	RETURN QUERY
		SELECT 'rule: ' || c.rule, CASE WHEN c.passed IS NULL THEN told('unknown') || ': ' ELSE '' END || c.detail,
			told(CASE WHEN c.passed IS NULL THEN 'have the record completed'
				WHEN c.waivable THEN 'may be waived by the authority in charge' ELSE 'cannot be waived' END)
		FROM check_eligibility(ARRAY[employee], ARRAY[post], as_of) AS c
		WHERE c.passed IS NOT TRUE AND NOT c.waived
		ORDER BY c.place, c.rule;
	RETURN QUERY
		SELECT 'competency: ' || m.competency,
			told(CASE WHEN m.held IS NULL THEN format(E'not assessed, %%1 asked\t%s', trim_scale(m.required))
				ELSE format(E'holds %%1, %%2 asked\t%s\t%s', trim_scale(m.held), trim_scale(m.required)) END),
			told(CASE WHEN m.held IS NULL THEN 'have it assessed' ELSE format(E'raise it by %%1\t%s', trim_scale(m.required - m.held)) END)
		FROM explain_match(employee, post) AS m
		WHERE m.held IS NULL OR m.held < m.required
		LIMIT 10;
END
$body$;
COMMENT ON FUNCTION @agency@.why_not(integer, integer, date) IS 'What keeps a person from a post: rank (among all, also where row security shows the caller nobody else: then without the first one''s score), what each part of the score costs, rules not passed, the largest competency gaps, each with what would have to change.';

CREATE FUNCTION @agency@.what_if(employees integer[], posts integer[], as_of date DEFAULT current_date, from_posts integer[] DEFAULT NULL)
	RETURNS TABLE (unit_id integer, unit_name text, required numeric, existing_before numeric, existing_after numeric,
		ratio_before numeric, ratio_after numeric, efficiency_before text, efficiency_after text)
	LANGUAGE plpgsql STABLE ROWS 10 SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
	wrong record;
BEGIN
	IF coalesce(cardinality(employees), 0) <> coalesce(cardinality(posts), 0) THEN
		PERFORM mutasi.raise_error('22023', '%1 employees and %2 posts do not make pairs',
			ARRAY[coalesce(cardinality(employees), 0)::text, coalesce(cardinality(posts), 0)::text],
			hint => 'Give a post for each employee, NULL for who leaves the agency.');
	END IF;
	IF cardinality(from_posts) <> cardinality(employees) THEN
		PERFORM mutasi.raise_error('22023', '%1 employees and %2 posts do not make pairs', ARRAY[cardinality(employees)::text, cardinality(from_posts)::text],
			hint => 'Give the post that is given up for each employee, NULL for the main one, or leave from_posts out.');
	END IF;
	-- what is not there, or is moved twice, would be counted all the same
	SELECT q.e, q.p, x.employee_id IS NULL AS unknown, t.post_id IS NULL AND q.p IS NOT NULL AS nowhere INTO wrong
		FROM (SELECT u.e, u.p, count(*) OVER (PARTITION BY u.e) AS times FROM unnest(employees, posts) AS u (e, p)) AS q
		LEFT JOIN employee AS x ON x.employee_id = q.e
		LEFT JOIN post AS t ON t.post_id = q.p
		WHERE x.employee_id IS NULL OR q.p IS NOT NULL AND t.post_id IS NULL OR q.times > 1
		ORDER BY q.e, q.p LIMIT 1;
	IF wrong.unknown THEN
		PERFORM mutasi.raise_error('MU102', 'there is no employee %1', ARRAY[coalesce(wrong.e::text, 'NULL')]);
	ELSIF wrong.nowhere THEN
		PERFORM mutasi.raise_error('MU102', 'there is no post %1', ARRAY[wrong.p::text]);
	ELSIF FOUND THEN
		PERFORM mutasi.raise_error('22023', 'employee %1 would move twice', ARRAY[wrong.e::text],
			hint => 'Ask for one move of each person at a time.');
	END IF;
	RETURN QUERY
		WITH held AS MATERIALIZED (
			SELECT i.employee_id, i.post_id, p.unit_id, i.share FROM incumbency AS i JOIN post AS p ON p.post_id = i.post_id
			WHERE i.employee_id = ANY (employees) AND i.kind <> 'acting' AND i.valid_from <= as_of AND (i.valid_to IS NULL OR i.valid_to > as_of)),
		move AS MATERIALIZED (
			SELECT q.e, q.p IS NULL AS out, t.unit_id AS to_unit, coalesce(h.post_id, o.post_id) AS from_post, coalesce(h.share, o.share, 1) AS share
			FROM unnest(employees, posts, from_posts) AS q (e, p, f)
			LEFT JOIN post AS t ON t.post_id = q.p
			LEFT JOIN held AS h ON h.employee_id = q.e AND h.post_id = q.f
			LEFT JOIN origin_post(employees, as_of) AS o ON o.employee_id = q.e),
		net AS MATERIALIZED (
			SELECT n.unit_id, sum(n.change) AS change
			FROM (SELECT m.to_unit AS unit_id, m.share AS change FROM move AS m WHERE m.to_unit IS NOT NULL
				-- whoever leaves the agency gives up all that is held
				UNION ALL SELECT h.unit_id, -h.share FROM move AS m JOIN held AS h ON h.employee_id = m.e WHERE m.out OR h.post_id = m.from_post) AS n
			GROUP BY n.unit_id)
		SELECT f.unit_id, u.name, f.required, f.existing, f.existing + n.change,
			f.ratio, mutasi.workload_ratio(f.required, f.existing + n.change),
			mutasi.efficiency_grade(f.ratio, y.grade_scheme),
			mutasi.efficiency_grade(mutasi.workload_ratio(f.required, f.existing + n.change), y.grade_scheme)
		FROM net AS n
		JOIN unit_figures(ARRAY(SELECT w.unit_id FROM net AS w), as_of) AS f ON f.unit_id = n.unit_id
		JOIN unit AS u ON u.unit_id = f.unit_id
		CROSS JOIN policy_in_force(as_of) AS y
		ORDER BY f.unit_id;
END
$body$;
COMMENT ON FUNCTION @agency@.what_if(integer[], integer[], date, integer[]) IS 'What moves would do to the units concerned: staff and workload ratio before and after. A post NULL: the person leaves the agency, and all posts held there. from_posts: the post each of them gives up, where it is not the main one (NULL). Arrays of different length and a person twice are refused (22023), and who or what is not there (MU102). Changes nothing.';

CREATE FUNCTION @agency@.plan_what_if(plan integer, as_of date DEFAULT current_date)
	RETURNS TABLE (unit_id integer, unit_name text, required numeric, existing_before numeric, existing_after numeric,
		ratio_before numeric, ratio_after numeric, efficiency_before text, efficiency_after text)
	LANGUAGE plpgsql STABLE ROWS 50 SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	IF NOT EXISTS (SELECT FROM transfer_plan AS p WHERE p.plan_id = plan) THEN
		PERFORM mutasi.raise_error('MU102', 'there is no plan %1', ARRAY[plan::text]);
	END IF;
	RETURN QUERY
		SELECT w.* FROM (SELECT array_agg(m.employee_id ORDER BY m.employee_id) AS e, array_agg(m.to_post_id ORDER BY m.employee_id) AS p
				FROM transfer_plan_move AS m WHERE m.plan_id = plan) AS a
			CROSS JOIN LATERAL what_if(a.e, a.p, as_of) AS w;
END
$body$;
COMMENT ON FUNCTION @agency@.plan_what_if(integer, date) IS 'What all moves of a plan together would do to the units concerned; see what_if.';

-- Rankings of every vacancy at once are taken on purpose and say when.
CREATE TABLE @agency@.ranking_snapshot (
	snapshot_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	taken_at timestamptz NOT NULL DEFAULT now(),
	as_of date NOT NULL,
	policy_version integer NOT NULL REFERENCES @agency@.policy
);
COMMENT ON TABLE @agency@.ranking_snapshot IS 'When the rankings of all vacancies were taken, for which day and under which policy.';
COMMENT ON COLUMN @agency@.ranking_snapshot.snapshot_id IS 'Snapshot.';
COMMENT ON COLUMN @agency@.ranking_snapshot.taken_at IS 'When it was taken.';
COMMENT ON COLUMN @agency@.ranking_snapshot.as_of IS 'Day for which it ranks.';
COMMENT ON COLUMN @agency@.ranking_snapshot.policy_version IS 'Policy it was made under.';
CREATE TABLE @agency@.ranking_row (
	snapshot_id integer NOT NULL REFERENCES @agency@.ranking_snapshot ON DELETE CASCADE,
	post_id integer NOT NULL REFERENCES @agency@.post ON DELETE CASCADE,
	rank integer NOT NULL,
	employee_id integer NOT NULL REFERENCES @agency@.employee ON DELETE CASCADE,
	score numeric(7,6) NOT NULL,
	competency numeric(7,6),
	performance numeric(7,6),
	qualification numeric(7,6),
	experience numeric(7,6),
	balance numeric(7,6),
	eligible boolean,
	reason text,
	from_post_id integer,
	from_unit_id integer,
	PRIMARY KEY (snapshot_id, post_id, rank)
);
CREATE INDEX ranking_row_employee_idx ON @agency@.ranking_row (employee_id);
COMMENT ON TABLE @agency@.ranking_row IS 'The best candidates of each vacancy in a snapshot; columns as candidates() returns them.';
COMMENT ON COLUMN @agency@.ranking_row.snapshot_id IS 'Snapshot.';
COMMENT ON COLUMN @agency@.ranking_row.post_id IS 'Post.';
COMMENT ON COLUMN @agency@.ranking_row.rank IS 'Rank, 1 best.';
COMMENT ON COLUMN @agency@.ranking_row.employee_id IS 'Person.';
COMMENT ON COLUMN @agency@.ranking_row.score IS 'Composite score, 0 to 1.';
COMMENT ON COLUMN @agency@.ranking_row.competency IS 'Part: competency fit; NULL: nothing on record.';
COMMENT ON COLUMN @agency@.ranking_row.performance IS 'Part: performance.';
COMMENT ON COLUMN @agency@.ranking_row.qualification IS 'Part: education.';
COMMENT ON COLUMN @agency@.ranking_row.experience IS 'Part: experience in the job family.';
COMMENT ON COLUMN @agency@.ranking_row.balance IS 'Part: effect on both units'' balance.';
COMMENT ON COLUMN @agency@.ranking_row.eligible IS 'True, false, or NULL where it cannot be judged.';
COMMENT ON COLUMN @agency@.ranking_row.reason IS 'Rules that hold the person back, or waivers that lift them.';
COMMENT ON COLUMN @agency@.ranking_row.from_post_id IS 'Present post.';
COMMENT ON COLUMN @agency@.ranking_row.from_unit_id IS 'Present unit.';

CREATE FUNCTION @agency@.take_ranking_snapshot(k integer DEFAULT 10, as_of date DEFAULT current_date) RETURNS integer
	LANGUAGE plpgsql SET jit = off SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	made integer;
BEGIN
	IF k IS NULL OR k < 1 OR k > 1000 THEN
		PERFORM mutasi.raise_error('22023', 'the number of candidates must be from 1 to 1000, not %1', ARRAY[k::text]);
	END IF;
	PERFORM refresh_units();
	INSERT INTO ranking_snapshot (as_of, policy_version) SELECT take_ranking_snapshot.as_of, p.policy_version FROM policy_in_force(as_of) AS p
		RETURNING snapshot_id INTO made;
	INSERT INTO ranking_row (snapshot_id, post_id, rank, employee_id, score, competency, performance, qualification, experience, balance,
			eligible, reason, from_post_id, from_unit_id)
		SELECT made, c.post_id, c.rank, c.employee_id, c.score, c.competency, c.performance, c.qualification, c.experience, c.balance,
			c.eligible, c.reason, c.from_post_id, c.from_unit_id
		FROM ranked(ARRAY(SELECT o.post_id FROM open_posts(as_of) AS o JOIN post AS p ON p.post_id = o.post_id AND p.open
			WHERE o.free >= 1 ORDER BY o.post_id), k, as_of) AS c;
	RETURN made;
END
$body$;
COMMENT ON FUNCTION @agency@.take_ranking_snapshot(integer, date) IS 'Ranks the k best candidates of every post that is open for filling and has a free seat and keeps the result for the view candidate_ranking; returns the snapshot''s id.';
