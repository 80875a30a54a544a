-- The shipped rules. Each judges many pairs at once; see 45_eligibility. A detail
-- with figures in it is a template, a tab and the figures, so that it can be said
-- in the agency's language; see told().

CREATE FUNCTION @agency@.rule_in_service(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT q.e, q.p,
			CASE WHEN e.left_on <= as_of THEN false WHEN e.appointed_on > as_of THEN false WHEN e.status = 'cpns' THEN false
				WHEN e.appointed_on IS NULL THEN NULL ELSE true END,
			CASE WHEN e.left_on <= as_of THEN format(E'left on %%1\t%s', e.left_on)
				WHEN e.appointed_on > as_of THEN format(E'begins on %%1\t%s', e.appointed_on)
				WHEN e.status = 'cpns' THEN 'still a candidate civil servant (CPNS)'
				WHEN e.appointed_on IS NULL THEN 'start of service is not on record'
				ELSE 'in service' END
		FROM unnest(employees, posts) AS q (e, p) JOIN employee AS e ON e.employee_id = q.e;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_in_service(integer[], integer[], date, jsonb) IS 'Rule: in service, and no longer a candidate (CPNS).';

CREATE FUNCTION @agency@.rule_other_post(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	-- of somebody whom row security does not show there is no answer
	IF row_security_active('@agency@.employee') THEN
		SELECT coalesce(array_agg(q.e), '{}'), coalesce(array_agg(q.p), '{}') INTO employees, posts
			FROM unnest(employees, posts) AS q (e, p) WHERE EXISTS (SELECT FROM employee AS w WHERE w.employee_id = q.e);
	END IF;
	RETURN QUERY
		SELECT q.e, q.p, held.e IS NULL, CASE WHEN held.e IS NULL THEN 'another post' ELSE 'holds this post already' END
		FROM unnest(employees, posts) AS q (e, p)
		LEFT JOIN (SELECT DISTINCT i.employee_id AS e, i.post_id AS p FROM incumbency AS i
			WHERE i.employee_id = ANY (employees) AND i.kind <> 'acting'
				AND i.valid_from <= as_of AND (i.valid_to IS NULL OR i.valid_to > as_of)) AS held ON held.e = q.e AND held.p = q.p;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_other_post(integer[], integer[], date, jsonb) IS 'Rule: does not hold the post already.';

CREATE FUNCTION @agency@.rule_tenure(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT q.e, q.p, months_between(c.since, as_of) >= y.months,
			CASE WHEN c.since IS NULL THEN 'no present post on record'
				ELSE format(E'%%1 months in the present post, %%2 needed\t%s\t%s', months_between(c.since, as_of), y.months) END
		FROM unnest(employees, posts) AS q (e, p)
		LEFT JOIN current_post(employees, as_of, parameter) AS c ON c.employee_id = q.e
		CROSS JOIN (SELECT coalesce((parameter ->> 'months')::integer, p.min_tenure_months) AS months FROM policy_asked(as_of, parameter) AS p) AS y;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_tenure(integer[], integer[], date, jsonb) IS 'Rule: long enough in the present post. Parameter months, default policy.min_tenure_months.';

CREATE FUNCTION @agency@.rule_ten_years(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
	hired_from constant date := (parameter ->> 'hired_from')::date;
BEGIN
	IF (parameter ->> 'initiative' = 'own' AND parameter ->> 'route' = 'between agencies') IS NOT TRUE THEN
		RETURN QUERY SELECT q.e, q.p, true, 'not an own request to another agency' FROM unnest(employees, posts) AS q (e, p) JOIN employee AS e ON e.employee_id = q.e;
		RETURN;
	END IF;
	RETURN QUERY
		SELECT q.e, q.p,
			CASE WHEN coalesce(e.appointed_on, e.permanent_since) < hired_from THEN true
				WHEN e.status <> 'pns' THEN e.appointed_on + make_interval(years => y.years) <= as_of
				WHEN e.permanent_since IS NOT NULL THEN e.permanent_since + make_interval(years => y.years) <= as_of
				-- nobody is permanent before the appointment
				WHEN e.appointed_on + make_interval(years => y.years) > as_of THEN false END,
			CASE WHEN coalesce(e.appointed_on, e.permanent_since) < hired_from THEN format(E'appointed before %%1, not bound\t%s', hired_from)
				WHEN e.status = 'pns' AND e.permanent_since IS NOT NULL
					THEN format(E'own request to another agency: civil servant since %%1, %%2 years needed\t%s\t%s', e.permanent_since, y.years)
				WHEN e.status = 'pns' AND (e.appointed_on + make_interval(years => y.years) > as_of) IS NOT TRUE
					THEN format(E'own request to another agency: since when a civil servant (TMT PNS) is not on record, %%1 years needed\t%s', y.years)
				WHEN e.appointed_on IS NULL THEN 'start of service is not on record'
				ELSE format(E'own request to another agency: in service since %%1, %%2 years needed\t%s\t%s', e.appointed_on, y.years) END
		FROM unnest(employees, posts) AS q (e, p) JOIN employee AS e ON e.employee_id = q.e
		CROSS JOIN (SELECT coalesce((parameter ->> 'years')::integer, p.own_request_years) AS years FROM policy_asked(as_of, parameter) AS p) AS y;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_ten_years(integer[], integer[], date, jsonb) IS 'Rule: an own request to another agency only after ten years as a civil servant (employee.permanent_since, TMT PNS; where that is not on record it is unknown, unless even the appointment is not so long ago); of others since the appointment. Parameters years, default policy.own_request_years; hired_from: people appointed before that day are not bound, default everybody is.';

CREATE FUNCTION @agency@.rule_discipline(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
	-- what was looked at before that says nothing of today
	checked_since constant date := as_of - make_interval(months => (parameter ->> 'check_months')::integer);
BEGIN
	-- who may not see the record learns that, not what is in it
	IF NOT has_table_privilege('@agency@.discipline', 'SELECT') THEN
		RETURN QUERY SELECT q.e, q.p, NULL::boolean, 'the record is not open to you' FROM unnest(employees, posts) AS q (e, p);
		RETURN;
	END IF;
	RETURN QUERY
		-- the person's own record stays out of the detail: lists are read by many
		SELECT q.e, q.p,
			CASE WHEN d.hit IS NOT NULL THEN false WHEN c.checked_on IS NULL OR c.checked_on < checked_since THEN NULL ELSE true END,
			CASE WHEN d.hit IS NOT NULL THEN 'a sanction, proceeding, court case or audit finding is in force'
				WHEN c.checked_on IS NULL THEN 'nobody has checked the record'
				WHEN c.checked_on < checked_since THEN format(E'record checked on %%1, too long ago\t%s', c.checked_on)
				ELSE format(E'record checked on %%1, nothing in force\t%s', c.checked_on) END
		FROM unnest(employees, posts) AS q (e, p)
		LEFT JOIN (SELECT s.employee_id, count(*) AS hit FROM discipline AS s
			WHERE s.employee_id = ANY (employees) AND s.valid_from <= as_of AND (s.valid_to IS NULL OR s.valid_to > as_of)
				AND (parameter -> 'kinds' IS NULL OR parameter -> 'kinds' ? s.kind)
			GROUP BY s.employee_id) AS d ON d.employee_id = q.e
		LEFT JOIN record_check AS c ON c.employee_id = q.e AND c.subject = 'discipline' AND c.checked_on <= as_of;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_discipline(integer[], integer[], date, jsonb) IS 'Rule: no sanction, disciplinary proceeding, court case or audit finding in force. Parameters kinds: a list of the kinds that block, default all, light sanctions too; check_months: how many months a check of the record counts, default for ever.';

CREATE FUNCTION @agency@.rule_study_leave(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
	-- what was looked at before that says nothing of today
	checked_since constant date := as_of - make_interval(months => (parameter ->> 'check_months')::integer);
BEGIN
	RETURN QUERY
		SELECT q.e, q.p,
			CASE WHEN s.until IS NOT NULL THEN false WHEN c.checked_on IS NULL OR c.checked_on < checked_since THEN NULL ELSE true END,
			CASE WHEN s.until IS NOT NULL THEN format(E'on study leave or under a service bond until %%1\t%s', s.until)
				WHEN c.checked_on IS NULL THEN 'nobody has checked the record'
				WHEN c.checked_on < checked_since THEN format(E'record checked on %%1, too long ago\t%s', c.checked_on)
				ELSE format(E'record checked on %%1, nothing in force\t%s', c.checked_on) END
		FROM unnest(employees, posts) AS q (e, p)
		LEFT JOIN (SELECT l.employee_id, coalesce(max(l.valid_to)::text, 'further notice') AS until FROM study_leave AS l
			WHERE l.employee_id = ANY (employees) AND l.valid_from <= as_of AND (l.valid_to IS NULL OR l.valid_to > as_of)
			GROUP BY l.employee_id) AS s ON s.employee_id = q.e
		LEFT JOIN record_check AS c ON c.employee_id = q.e AND c.subject = 'study leave' AND c.checked_on <= as_of;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_study_leave(integer[], integer[], date, jsonb) IS 'Rule: not on study leave (tugas belajar) and under no service bond (ikatan dinas). Parameter check_months: how many months a check of the record counts, default for ever.';

-- The last finished year may not have been rated yet: one year of grace. The years
-- follow one another: one without a rating among them is missing, and no year
-- before stands in for it.
CREATE FUNCTION @agency@.recent_rating(employees integer[], as_of date, years integer)
	RETURNS TABLE (employee_id integer, ratings integer, lowest smallint, score numeric)
	LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 SET search_path = @agency@, mutasi, pg_temp
	SET enable_nestloop = on
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT l.employee_id, count(*)::integer, min(l.rating), avg(r.score)
		FROM (SELECT p.employee_id, p.rating, p.year, max(p.year) OVER (PARTITION BY p.employee_id) AS latest
			FROM performance AS p
			WHERE p.employee_id = ANY (employees)
				AND p.year < extract(year FROM as_of) AND p.year >= extract(year FROM as_of) - years - 1) AS l
		JOIN performance_rating AS r USING (rating)
		WHERE l.year >= extract(year FROM as_of) - years OR l.latest < extract(year FROM as_of) - 1
		GROUP BY l.employee_id;
END
$body$;
COMMENT ON FUNCTION @agency@.recent_rating(integer[], date, integer) IS 'The ratings of so many finished years before a day, one after the other, up to the last one, or to the one before where the last is not rated yet: how many of them are on record, the lowest, the mean score.';

-- The mean score again as a column, so that a ranking can tell from the person's
-- row alone how good the score can be at most; see best_people().
CREATE FUNCTION @agency@.derive_recent_scores(employees integer[], as_of date DEFAULT current_date) RETURNS bigint
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	y policy := policy_on(as_of);
	key integer := extract(year FROM as_of)::integer * 100 + y.rating_years;
	people constant integer[] := ARRAY(SELECT DISTINCT u FROM unnest(employees) AS u ORDER BY u);
	step constant integer := 5000;
	part integer[];
	written bigint;
	total bigint := 0;
BEGIN
	PERFORM FROM employee AS e WHERE e.employee_id IN (SELECT u FROM unnest(people) AS u) ORDER BY e.employee_id FOR NO KEY UPDATE;
	PERFORM mutasi.refuse_stale('performance', 'employee_id', people);
	PERFORM mutasi.refuse_stale('performance_rating');
	PERFORM mutasi.refuse_stale('policy');
	FOR i IN 1 .. cardinality(people) BY step LOOP
		PERFORM mutasi.tell_progress('%1: %2 of %3 derived anew', ARRAY['employee.recent_score', (i - 1)::text, cardinality(people)::text]);
		part := people[i : i + step - 1];
		WITH derived AS (
			SELECT w.u AS employee_id, o.recent_score AS former, round(r.score, 6) AS score
			FROM unnest(part) AS w (u) JOIN employee AS o ON o.employee_id = w.u LEFT JOIN recent_rating(part, as_of, y.rating_years) AS r ON r.employee_id = w.u),
		made AS (
			UPDATE employee AS e SET recent_score = d.score, recent_score_of = key FROM derived AS d
			WHERE e.employee_id = d.employee_id AND (d.former IS DISTINCT FROM d.score OR e.recent_score_of IS DISTINCT FROM key)
			RETURNING d.former IS DISTINCT FROM d.score AS changed)
		SELECT count(*) FILTER (WHERE m.changed) INTO written FROM made AS m;
		total := total + written;
	END LOOP;
	RETURN total;
END
$body$;
COMMENT ON FUNCTION @agency@.derive_recent_scores(integer[], date) IS 'Writes the recent performance scores of these people; returns how many changed.';

CREATE FUNCTION @agency@.performance_derive_score() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF TG_TABLE_NAME = 'performance_rating' OR TG_OP = 'TRUNCATE' THEN
		-- whoever enters a rating by the old score has done so, or waits
		LOCK TABLE performance IN SHARE MODE;
		PERFORM mutasi.refuse_stale('employee');
		PERFORM derive_recent_scores(ARRAY(SELECT e.employee_id FROM employee AS e ORDER BY e.employee_id));
	ELSIF TG_OP = 'INSERT' THEN
		PERFORM derive_recent_scores(ARRAY(SELECT DISTINCT c.employee_id FROM current_rows AS c));
	ELSIF TG_OP = 'DELETE' THEN
		PERFORM derive_recent_scores(ARRAY(SELECT DISTINCT f.employee_id FROM former AS f));
	ELSE
		PERFORM derive_recent_scores(ARRAY(SELECT c.employee_id FROM current_rows AS c UNION SELECT f.employee_id FROM former AS f));
	END IF;
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.performance_derive_score() IS 'Trigger: derives the recent performance scores of the people whose ratings a statement touched.';
CREATE TRIGGER performance_derive_score_insert AFTER INSERT ON @agency@.performance
	REFERENCING NEW TABLE AS current_rows FOR EACH STATEMENT EXECUTE FUNCTION @agency@.performance_derive_score();
CREATE TRIGGER performance_derive_score_update AFTER UPDATE ON @agency@.performance
	REFERENCING OLD TABLE AS former NEW TABLE AS current_rows
	FOR EACH STATEMENT EXECUTE FUNCTION @agency@.performance_derive_score();
CREATE TRIGGER performance_derive_score_delete AFTER DELETE ON @agency@.performance
	REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION @agency@.performance_derive_score();
CREATE TRIGGER performance_derive_score_truncate AFTER TRUNCATE ON @agency@.performance
	FOR EACH STATEMENT EXECUTE FUNCTION @agency@.performance_derive_score();
CREATE TRIGGER performance_derive_score AFTER UPDATE ON @agency@.performance_rating
	FOR EACH STATEMENT EXECUTE FUNCTION @agency@.performance_derive_score();

CREATE FUNCTION @agency@.rule_performance(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		WITH y AS MATERIALIZED (
			SELECT coalesce((parameter ->> 'rating')::smallint, p.min_rating) AS rating,
				coalesce((parameter ->> 'years')::integer, p.rating_years) AS years FROM policy_asked(as_of, parameter) AS p),
		r AS MATERIALIZED (SELECT l.* FROM y CROSS JOIN LATERAL recent_rating(employees, as_of, y.years) AS l)
		SELECT q.e, q.p,
			CASE WHEN r.lowest < y.rating THEN false WHEN r.ratings IS NULL OR r.ratings < y.years THEN NULL ELSE true END,
			CASE WHEN r.lowest < y.rating THEN format(E'a rating below "%%1" in the last %%2 years\t%s\t%s', n.name, y.years)
				WHEN r.ratings IS NULL OR r.ratings < y.years THEN format(E'%%1 of the last %%2 ratings on record\t%s\t%s', coalesce(r.ratings, 0), y.years)
				ELSE format(E'at least "%%1" in the last %%2 years\t%s\t%s', n.name, y.years) END
		FROM unnest(employees, posts) AS q (e, p)
		CROSS JOIN y
		LEFT JOIN performance_rating AS n ON n.rating = y.rating
		LEFT JOIN r ON r.employee_id = q.e;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_performance(integer[], integer[], date, jsonb) IS 'Rule: performance at least good in each of the last years; a year without a rating among them is unknown, but the last may not be rated yet. Parameters rating, years; default as the policy says.';

CREATE FUNCTION @agency@.rule_vacancy(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
	-- of a case the day on which the seat will be taken
	on_day constant date := greatest(as_of, (parameter ->> 'effective_on')::date);
BEGIN
	RETURN QUERY
		WITH asked AS (SELECT DISTINCT p FROM unnest(posts) AS p),
		seat AS (
			SELECT p.post_id, p.open, p.seats, p.valid_from <= on_day AND (p.valid_to IS NULL OR p.valid_to > on_day) AS exists_then,
				coalesce(h.held, 0) - coalesce(m.gone_by, 0) AS held, coalesce(m.coming, 0) + coalesce(h.most - h.held, 0) AS coming
			FROM asked AS a JOIN post AS p ON p.post_id = a.p
			-- by whoever holds them, also where the caller may not see who that is
			LEFT JOIN seats_held(posts, on_day) AS h ON h.post_id = p.post_id
			LEFT JOIN pending_moves(posts, (parameter ->> 'transfer_id')::integer, on_day) AS m ON m.post_id = p.post_id)
		-- as much of a seat as the person will take: what is given up elsewhere
		SELECT q.e, q.p, s.exists_then AND s.open AND s.seats - s.held - s.coming >= coalesce(c.share, 1),
			CASE WHEN NOT s.exists_then THEN 'the post does not exist on that day'
				WHEN NOT s.open THEN 'the post is not open for filling'
				ELSE format(E'%%1 seats, %%2 held, %%3 promised\t%s\t%s\t%s', s.seats, trim_scale(s.held), trim_scale(s.coming)) END
		FROM unnest(employees, posts) AS q (e, p) JOIN seat AS s ON s.post_id = q.p
		LEFT JOIN origin_post(employees, as_of, parameter) AS c ON c.employee_id = q.e;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_vacancy(integer[], integer[], date, jsonb) IS 'Rule: the post has a free seat, or as much of one as the person''s share of full time in the present post; what is promised to decided transfers, or taken from a later day on by an incumbency on record, is not counted as free, what decided transfers will have given up by then is. Of a case the day is the one on which it takes effect.';

CREATE FUNCTION @agency@.rule_donor_floor(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	-- of somebody whom row security does not show there is no answer
	IF row_security_active('@agency@.employee') THEN
		SELECT coalesce(array_agg(q.e), '{}'), coalesce(array_agg(q.p), '{}') INTO employees, posts
			FROM unnest(employees, posts) AS q (e, p) WHERE EXISTS (SELECT FROM employee AS w WHERE w.employee_id = q.e);
	END IF;
	RETURN QUERY
		WITH asked AS MATERIALIZED (SELECT q.e, q.p, q.nth FROM unnest(employees, posts) WITH ORDINALITY AS q (e, p, nth)),
		origin AS MATERIALIZED (
			SELECT o.employee_id, o.post_id, o.unit_id, o.share, o.share AS from_unit, false AS by_leaver FROM origin_post(employees, as_of, parameter) AS o
			UNION ALL
			-- whoever leaves the agency gives up every post
			SELECT i.employee_id, i.post_id, p.unit_id, i.share, sum(i.share) OVER (PARTITION BY i.employee_id, p.unit_id), true
			FROM incumbency AS i JOIN post AS p ON p.post_id = i.post_id
			WHERE i.employee_id IN (SELECT a.e FROM asked AS a WHERE a.p IS NULL) AND i.kind <> 'acting'
				AND i.valid_from <= as_of AND (i.valid_to IS NULL OR i.valid_to > as_of)),
		origin_posts AS MATERIALIZED (SELECT array_agg(DISTINCT o.post_id) AS ids, array_agg(DISTINCT o.unit_id) AS units FROM origin AS o),
		unit_posts AS MATERIALIZED (SELECT p.post_id, p.unit_id, p.min_staff FROM post AS p, origin_posts AS o WHERE p.unit_id = ANY (o.units)),
		pending AS MATERIALIZED (
			SELECT p.unit_id, p.post_id, p.min_staff, coalesce(m.leaving, 0) AS leaving, coalesce(m.come_by, 0) AS coming
			FROM unit_posts AS p
			LEFT JOIN pending_moves((SELECT array_agg(u.post_id) FROM unit_posts AS u), (parameter ->> 'transfer_id')::integer,
				greatest(as_of, (parameter ->> 'effective_on')::date)) AS m USING (post_id)),
		held AS (SELECT h.post_id, h.held FROM seats_held((SELECT o.ids FROM origin_posts AS o), as_of) AS h),
		figures AS MATERIALIZED (
			SELECT f.unit_id, f.required, f.existing - n.net AS existing
			FROM origin_posts AS o CROSS JOIN LATERAL unit_needs(o.units, as_of) AS f
			JOIN (SELECT g.unit_id, sum(g.leaving - g.coming) AS net FROM pending AS g GROUP BY g.unit_id) AS n USING (unit_id)),
		judged AS (
			SELECT q.e, q.p, q.nth, o.post_id AS from_post, o.unit_id = t.unit_id AS same_unit,
				h.held - g.leaving - o.share AS left_in_post, g.min_staff, f.required, f.existing - o.from_unit AS left_in_unit,
				mutasi.workload_ratio(f.required, nullif(f.existing - o.from_unit, 0)) AS ratio_after, y.ratio AS limit_ratio
			FROM asked AS q
			LEFT JOIN post AS t ON t.post_id = q.p
			CROSS JOIN (SELECT coalesce((parameter ->> 'ratio')::numeric, p.max_donor_ratio) AS ratio FROM policy_asked(as_of, parameter) AS p) AS y
			LEFT JOIN origin AS o ON o.employee_id = q.e AND o.by_leaver = (q.p IS NULL)
			LEFT JOIN pending AS g ON g.post_id = o.post_id
			LEFT JOIN held AS h ON h.post_id = o.post_id
			LEFT JOIN figures AS f ON f.unit_id = o.unit_id),
		verdict AS (
			SELECT j.e, j.p, j.nth, j.from_post,
				CASE WHEN j.from_post IS NULL THEN true
					WHEN j.left_in_post < j.min_staff THEN false
					WHEN j.same_unit THEN true
					WHEN j.required IS NULL THEN NULL
					WHEN j.left_in_unit <= 0 THEN j.required = 0
					ELSE round(j.ratio_after, 2) <= j.limit_ratio END AS passed,
				CASE WHEN j.from_post IS NULL THEN 'leaves no post behind'
					WHEN j.left_in_post < j.min_staff THEN format(E'the present post would keep %%1 of at least %%2 people\t%s\t%s', trim_scale(j.left_in_post), j.min_staff)
					WHEN j.same_unit THEN 'stays in the unit'
					WHEN j.required IS NULL THEN 'the present unit has no workload on record'
					WHEN j.left_in_unit <= 0 THEN 'the present unit would be left with nobody'
					ELSE format(E'the present unit''s workload ratio would be %%1, at most %%2 allowed\t%s\t%s', round(j.ratio_after, 2), j.limit_ratio) END AS detail
			FROM judged AS j)
		-- of several posts what speaks against it
		SELECT w.e, w.p, w.passed, w.detail
		FROM (SELECT x.*, row_number() OVER (PARTITION BY x.nth ORDER BY CASE WHEN x.passed THEN 2 WHEN x.passed IS NULL THEN 1 ELSE 0 END, x.from_post) AS place
			FROM verdict AS x) AS w
		WHERE w.place = 1 ORDER BY w.nth;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_donor_floor(integer[], integer[], date, jsonb) IS 'Rule: the unit that gives keeps its floor: the post its minimum staff, the unit a workload ratio of at most the parameter ratio, default policy.max_donor_ratio. Who will go by a decided move is counted as gone, who will come only by a move that is not later than the day judged (of a case its own). Whoever leaves the agency gives up every post held: each has to pass.';

CREATE FUNCTION @agency@.rule_grade(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT q.e, q.p,
			CASE WHEN p.min_grade IS NULL THEN true WHEN h.scheme <> m.scheme THEN NULL ELSE h.position >= m.position END,
			CASE WHEN p.min_grade IS NULL THEN 'any grade'
				WHEN e.grade IS NULL THEN 'grade is not on record'
				WHEN h.scheme <> m.scheme THEN format(E'grade %%1 cannot be compared with %%2\t%s\t%s', e.grade, p.min_grade)
				ELSE format(E'grade %%1, %%2 needed\t%s\t%s', e.grade, p.min_grade) END
		FROM unnest(employees, posts) AS q (e, p)
		JOIN employee AS e ON e.employee_id = q.e JOIN post AS p ON p.post_id = q.p
		LEFT JOIN grade AS h ON h.grade = e.grade LEFT JOIN grade AS m ON m.grade = p.min_grade;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_grade(integer[], integer[], date, jsonb) IS 'Rule: the grade (golongan) the post asks for; grades of different schemes cannot be compared.';

CREATE FUNCTION @agency@.rule_class(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT q.e, q.p, t.class - f.class <= y.jump AND (y.drop IS NULL OR f.class - t.class <= y.drop),
			CASE WHEN t.class IS NULL THEN 'the post has no class on record'
				WHEN f.class IS NULL THEN 'no class on record for the present post'
				WHEN f.class - t.class > y.drop THEN format(E'class %%1 to class %%2, at most %%3 down\t%s\t%s\t%s', f.class, t.class, y.drop)
				ELSE format(E'class %%1 to class %%2, at most %%3 up\t%s\t%s\t%s', f.class, t.class, y.jump) END
		FROM unnest(employees, posts) AS q (e, p)
		JOIN post AS t ON t.post_id = q.p
		LEFT JOIN origin_post(employees, as_of, parameter) AS c ON c.employee_id = q.e
		LEFT JOIN post AS f ON f.post_id = c.post_id
		CROSS JOIN (SELECT coalesce((parameter ->> 'jump')::integer, p.max_class_jump) AS jump, (parameter ->> 'drop')::integer AS drop
			FROM policy_asked(as_of, parameter) AS p) AS y;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_class(integer[], integer[], date, jsonb) IS 'Rule: not too many classes of post (kelas jabatan) up at once, nor down where the agency limits that. Parameters jump, default policy.max_class_jump, and drop, default no limit.';

CREATE FUNCTION @agency@.rule_education(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		WITH held AS (
			SELECT q.e, q.p, p.min_education, p.education_fields, max(d.level) AS level,
				max(d.level) FILTER (WHERE d.field = ANY (p.education_fields)) AS level_in_field,
				max(d.level) FILTER (WHERE d.field IS NULL) AS level_unknown
			FROM unnest(employees, posts) AS q (e, p)
			JOIN post AS p ON p.post_id = q.p
			LEFT JOIN education AS d ON d.employee_id = q.e AND (d.graduated_on IS NULL OR d.graduated_on <= as_of)
			GROUP BY q.e, q.p, p.post_id)
		SELECT h.e, h.p,
			CASE WHEN h.min_education IS NULL AND h.education_fields IS NULL THEN true
				WHEN h.level IS NULL THEN NULL
				WHEN h.education_fields IS NULL THEN h.level >= h.min_education
				-- what a degree is of may be what is asked
				WHEN h.field_unknown THEN NULL
				ELSE coalesce(h.level_in_field >= coalesce(h.min_education, 0), false) END,
			CASE WHEN h.min_education IS NULL AND h.education_fields IS NULL THEN 'any education'
				WHEN h.level IS NULL THEN 'no education on record'
				WHEN h.education_fields IS NULL THEN format(E'%%1, %%2 needed\t%s\t%s', l.code, coalesce(m.code, 'any level'))
				WHEN h.field_unknown THEN format(E'%%1 without a field on record, %%2 in %%3 needed\t%s\t%s\t%s', l.code, coalesce(m.code, 'any level'), array_to_string(h.education_fields, ' / '))
				WHEN h.level_in_field IS NOT NULL THEN format(E'%%1 in a field that fits, %%2 in %%3 needed\t%s\t%s\t%s', l.code, coalesce(m.code, 'any level'),
					array_to_string(h.education_fields, ' / '))
				ELSE format(E'%%1 in another field, %%2 in %%3 needed\t%s\t%s\t%s', l.code, coalesce(m.code, 'any level'), array_to_string(h.education_fields, ' / ')) END
		FROM (SELECT w.*, w.education_fields IS NOT NULL AND coalesce(w.level_in_field < coalesce(w.min_education, 0), true)
				AND w.level_unknown >= coalesce(w.min_education, 0) AS field_unknown FROM held AS w) AS h
		LEFT JOIN education_level AS l ON l.level = CASE WHEN h.field_unknown THEN h.level_unknown ELSE coalesce(h.level_in_field, h.level) END
		LEFT JOIN education_level AS m ON m.level = h.min_education;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_education(integer[], integer[], date, jsonb) IS 'Rule: the level and field of education the post asks for; where only a degree whose field is not on record could be of both, it is unknown.';

CREATE FUNCTION @agency@.rule_mandatory_competencies(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT q.e, q.p,
			CASE WHEN p.requirement IS NULL THEN NULL
				WHEN m.missing > 0 THEN false WHEN m.unknown > 0 THEN NULL ELSE true END,
			CASE WHEN p.requirement IS NULL THEN 'the post''s requirement is not on record'
				WHEN m.missing > 0 THEN format(E'below the level needed in %%1\t%s', m.missing_names)
				WHEN m.unknown > 0 THEN format(E'not assessed in %%1\t%s', m.unknown_names)
				ELSE 'holds every mandatory competency' END
		FROM unnest(employees, posts) AS q (e, p)
		JOIN employee AS e ON e.employee_id = q.e JOIN post AS p ON p.post_id = q.p
		LEFT JOIN LATERAL (
			SELECT count(*) FILTER (WHERE h.held < c.level) AS missing, count(*) FILTER (WHERE h.held IS NULL) AS unknown,
				string_agg(k.name, ', ' ORDER BY k.competency_id) FILTER (WHERE h.held < c.level) AS missing_names,
				string_agg(k.name, ', ' ORDER BY k.competency_id) FILTER (WHERE h.held IS NULL) AS unknown_names
			FROM post_competency AS c JOIN competency AS k USING (competency_id)
			CROSS JOIN LATERAL (SELECT mutasi.profile_level(e.profile, c.competency_id) AS held) AS h
			WHERE c.post_id = q.p AND c.mandatory) AS m ON true;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_mandatory_competencies(integer[], integer[], date, jsonb) IS 'Rule: every mandatory competency of the post at its level; one that was never assessed is unknown.';

CREATE FUNCTION @agency@.rule_competency_fit(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT q.e, q.p, mutasi.match_score(e.profile, p.requirement) >= y.score,
			CASE WHEN p.requirement IS NULL THEN 'the post''s requirement is not on record'
				WHEN e.profile IS NULL THEN 'never assessed'
				ELSE format(E'fit %%1, %%2 needed\t%s\t%s', round(mutasi.match_score(e.profile, p.requirement), 3), trim_scale(y.score)) END
		FROM unnest(employees, posts) AS q (e, p)
		JOIN employee AS e ON e.employee_id = q.e JOIN post AS p ON p.post_id = q.p
		CROSS JOIN (SELECT coalesce((parameter ->> 'score')::numeric, p.min_score) AS score FROM policy_asked(as_of, parameter) AS p) AS y;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_competency_fit(integer[], integer[], date, jsonb) IS 'Rule: a competency fit of at least the parameter score, default policy.min_score.';

CREATE FUNCTION @agency@.rule_conflict_of_interest(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
	-- what was looked at before that says nothing of today
	checked_since constant date := as_of - make_interval(months => (parameter ->> 'check_months')::integer);
	whole boolean;
BEGIN
	-- who may not see the record learns that, not what is in it
	IF NOT has_table_privilege('@agency@.relation', 'SELECT') THEN
		RETURN QUERY SELECT q.e, q.p, NULL::boolean, 'the record is not open to you' FROM unnest(employees, posts) AS q (e, p);
		RETURN;
	END IF;
	-- nor is that there is no tie said to whom row security shows some ties, or some
	-- holders of posts or cases, only: it would be said of what the caller does not see
	whole := sees_whole('@agency@.relation') AND sees_whole('@agency@.incumbency') AND sees_whole('@agency@.transfer');
	-- most people have none
	IF NOT EXISTS (SELECT FROM relation AS r WHERE r.employee_id = ANY (employees) AND r.holds IS NOT FALSE)
		AND NOT EXISTS (SELECT FROM relation AS r WHERE r.relative_id = ANY (employees) AND r.holds IS NOT FALSE)
	THEN
		RETURN QUERY
			SELECT q.e, q.p, CASE WHEN c.checked_on >= coalesce(checked_since, c.checked_on) AND whole THEN true END,
				CASE WHEN c.checked_on IS NULL THEN 'no declaration of family ties on record'
					WHEN c.checked_on < checked_since THEN format(E'declared on %%1, too long ago\t%s', c.checked_on)
					WHEN NOT whole THEN 'the record is not open to you'
					ELSE format(E'declared on %%1, no tie to that unit\t%s', c.checked_on) END
			FROM unnest(employees, posts) AS q (e, p)
			LEFT JOIN record_check AS c ON c.employee_id = q.e AND c.subject = 'family' AND c.checked_on <= as_of;
		RETURN;
	END IF;
	RETURN QUERY
		WITH RECURSIVE tie AS MATERIALIZED (
			SELECT r.employee_id AS e, r.relative_id AS other, r.holds FROM relation AS r WHERE r.employee_id = ANY (employees) AND r.holds IS NOT FALSE
			UNION
			SELECT r.relative_id, r.employee_id, r.holds FROM relation AS r WHERE r.relative_id = ANY (employees) AND r.holds IS NOT FALSE),
		pending AS MATERIALIZED (
			SELECT m.employee_id, m.from_post_id, m.to_post_id, m.effective_on FROM transfer AS m
			WHERE m.employee_id IN (SELECT t.other FROM tie AS t) AND m.state IN ('decided', 'appointed')
				AND m.transfer_id IS DISTINCT FROM (parameter ->> 'transfer_id')::integer),
		-- where the other one works, and where it is on record or decided that the other one will
		place AS MATERIALIZED (
			SELECT i.employee_id, i.post_id FROM incumbency AS i
			WHERE i.employee_id IN (SELECT t.other FROM tie AS t)
				AND (i.valid_from <= as_of OR as_of >= current_date) AND (i.valid_to IS NULL OR i.valid_to > as_of)
				-- given up by then; until the move is made the post is held
				AND (as_of <= current_date OR NOT EXISTS (SELECT FROM pending AS m WHERE m.employee_id = i.employee_id
					AND (m.from_post_id = i.post_id OR m.to_post_id IS NULL) AND m.effective_on <= as_of))
			UNION
			SELECT m.employee_id, m.to_post_id FROM pending AS m WHERE m.to_post_id IS NOT NULL),
		near AS MATERIALIZED (
			SELECT q.e, q.p, t.holds, target.unit_id, k.managerial, theirs.post_id AS their_post, theirs.unit_id AS their_unit, theirs_kind.managerial AS they_lead
			FROM unnest(employees, posts) AS q (e, p)
			JOIN tie AS t ON t.e = q.e
			JOIN post AS target ON target.post_id = q.p JOIN post_kind AS k ON k.kind = target.kind
			JOIN place AS i ON i.employee_id = t.other
			JOIN post AS theirs ON theirs.post_id = i.post_id JOIN post_kind AS theirs_kind ON theirs_kind.kind = theirs.kind),
		-- the whole line above each of these posts; a circle ends where it closes
		line AS (
			SELECT n.p AS post_id, n.p AS above FROM near AS n UNION SELECT n.their_post, n.their_post FROM near AS n
			UNION
			SELECT l.post_id, s.reports_to FROM line AS l JOIN post AS s ON s.post_id = l.above WHERE s.reports_to IS NOT NULL),
		-- and the units above those that somebody leads from above
		unit_line AS (
			SELECT n.unit_id, n.unit_id AS above FROM near AS n WHERE n.they_lead UNION SELECT n.their_unit, n.their_unit FROM near AS n WHERE n.managerial
			UNION
			SELECT l.unit_id, u.parent_id FROM unit_line AS l JOIN unit AS u ON u.unit_id = l.above WHERE u.parent_id IS NOT NULL),
		tied AS (
			SELECT n.e, n.p, bool_or(n.holds) AS holds
			FROM near AS n
			WHERE n.their_unit = n.unit_id OR (n.p, n.their_post) IN (SELECT l.post_id, l.above FROM line AS l)
				OR (n.their_post, n.p) IN (SELECT l.post_id, l.above FROM line AS l)
				OR n.they_lead AND (n.unit_id, n.their_unit) IN (SELECT l.unit_id, l.above FROM unit_line AS l)
				OR n.managerial AND (n.their_unit, n.unit_id) IN (SELECT l.unit_id, l.above FROM unit_line AS l)
			GROUP BY n.e, n.p)
		SELECT q.e, q.p,
			-- what one of the two only says is no evidence yet, neither for a tie nor against one
			CASE WHEN d.holds THEN false WHEN d.e IS NOT NULL OR c.checked_on IS NULL OR c.checked_on < checked_since OR NOT whole THEN NULL ELSE true END,
			CASE WHEN d.holds THEN 'a relative or business partner works in that unit or reporting line'
				WHEN d.e IS NOT NULL THEN 'a declared tie to that unit or reporting line is not verified yet'
				WHEN c.checked_on IS NULL THEN 'no declaration of family ties on record'
				WHEN c.checked_on < checked_since THEN format(E'declared on %%1, too long ago\t%s', c.checked_on)
				WHEN NOT whole THEN 'the record is not open to you'
				ELSE format(E'declared on %%1, no tie to that unit\t%s', c.checked_on) END
		FROM unnest(employees, posts) AS q (e, p)
		LEFT JOIN tied AS d ON d.e = q.e AND d.p = q.p
		LEFT JOIN record_check AS c ON c.employee_id = q.e AND c.subject = 'family' AND c.checked_on <= as_of;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_conflict_of_interest(integer[], integer[], date, jsonb) IS 'Rule: no relative or business partner in the unit, nor anywhere above or below the post (reports_to), nor leading a unit above it, nor in a unit that the post leads with those below it (post_kind.managerial). Posts that decided transfers will bring the other one count as held, and so do those taken up later by what is on record. A tie that was declared and not verified yet is unknown, see verify_interest(); so is whether there is none, to a caller whom row security does not show every tie, every holder of a post and every case. Parameter check_months: how many months a declaration counts, default for ever.';

CREATE FUNCTION @agency@.rule_election_window(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
	until date;
BEGIN
	-- of somebody whom row security does not show there is no answer
	IF row_security_active('@agency@.employee') THEN
		SELECT coalesce(array_agg(q.e), '{}'), coalesce(array_agg(q.p), '{}') INTO employees, posts
			FROM unnest(employees, posts) AS q (e, p) WHERE EXISTS (SELECT FROM employee AS w WHERE w.employee_id = q.e);
	END IF;
	SELECT max(o.valid_to) INTO until FROM election_window AS o
		WHERE o.valid_from <= as_of AND o.valid_to > as_of AND o.consent_letter IS NULL;
	IF until IS NULL THEN
		RETURN QUERY SELECT q.e, q.p, true, 'no election window' FROM unnest(employees, posts) AS q (e, p);
		RETURN;
	END IF;
	RETURN QUERY
		SELECT q.e, q.p, m.transfer_id IS NOT NULL OR NOT (coalesce(tk.managerial, false) OR coalesce(fk.managerial, false)),
			CASE WHEN m.transfer_id IS NOT NULL THEN 'election window, with the Minister''s permission for this case'
				WHEN coalesce(tk.managerial, false) OR coalesce(fk.managerial, false) THEN format(E'election window until %%1 without the Minister''s consent\t%s', until)
				ELSE 'election window, but no managerial post' END
		FROM unnest(employees, posts) AS q (e, p)
		LEFT JOIN post AS t ON t.post_id = q.p LEFT JOIN post_kind AS tk ON tk.kind = t.kind
		LEFT JOIN origin_post(employees, as_of, parameter) AS c ON c.employee_id = q.e
		LEFT JOIN post AS f ON f.post_id = c.post_id LEFT JOIN post_kind AS fk ON fk.kind = f.kind
		-- what the Minister permits is the move of this person by this case, as far as
		-- the caller may see it: asked for, given, and filed
		LEFT JOIN (SELECT a.transfer_id, a.employee_id, a.to_post_id FROM transfer AS a
			WHERE a.transfer_id = (parameter ->> 'transfer_id')::integer AND a.minister_permission_needed
				AND EXISTS (SELECT FROM transfer_document AS d WHERE d.transfer_id = a.transfer_id AND d.code = 'D11')
				AND EXISTS (SELECT FROM transfer_history AS h WHERE h.transfer_id = a.transfer_id AND h.to_state = 'minister_permission')) AS m
			ON m.employee_id = q.e AND m.to_post_id IS NOT DISTINCT FROM q.p;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_election_window(integer[], integer[], date, jsonb) IS 'Rule: no replacement of officials in an election window without the Minister''s consent: a letter for the window, or the permission for the case asked about (its state minister_permission, with document D11).';

CREATE FUNCTION @agency@.rule_pppk(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT q.e, q.p,
			CASE WHEN e.status NOT IN ('pppk', 'pppk_part_time') THEN true
				WHEN parameter ->> 'route' = 'between agencies' THEN false
				WHEN e.contract_ends_on < as_of THEN false
				WHEN y.same_title AND f.title <> t.title THEN false
				WHEN y.same_title AND (f.title IS NULL OR t.title IS NULL) OR e.contract_ends_on IS NULL THEN NULL
				ELSE true END,
			CASE WHEN e.status NOT IN ('pppk', 'pppk_part_time') THEN 'not a contract employee'
				WHEN parameter ->> 'route' = 'between agencies' THEN 'a contract (PPPK) is bound to its agency'
				WHEN e.contract_ends_on < as_of THEN format(E'the contract ended on %%1\t%s', e.contract_ends_on)
				WHEN y.same_title AND f.title IS NULL THEN 'no present post on record'
				WHEN y.same_title AND f.title IS DISTINCT FROM t.title THEN format(E'the contract (PPPK) is for "%%1"\t%s', f.title)
				WHEN e.contract_ends_on IS NULL THEN 'the end of the contract is not on record'
				WHEN y.same_title THEN 'keeps the post title of the contract'
				ELSE format(E'the contract runs until %%1\t%s', e.contract_ends_on) END
		FROM unnest(employees, posts) AS q (e, p)
		CROSS JOIN (SELECT coalesce((parameter ->> 'same_title')::boolean, true) AS same_title) AS y
		JOIN employee AS e ON e.employee_id = q.e LEFT JOIN post AS t ON t.post_id = q.p
		LEFT JOIN origin_post(employees, as_of, parameter) AS c ON c.employee_id = q.e
		LEFT JOIN post AS f ON f.post_id = c.post_id;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_pppk(integer[], integer[], date, jsonb) IS 'Rule: contract employees (PPPK) only within the agency and in the post title of their contract. A contract whose end is not on record is unknown. Parameter same_title false lifts the title.';

CREATE FUNCTION @agency@.rule_retirement(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT q.e, q.p, r.retires >= as_of + make_interval(months => y.months),
			CASE WHEN r.retires IS NULL THEN 'date of birth is not on record'
				ELSE format(E'retires on %%1 in that post, %%2 months must be left\t%s\t%s', r.retires, y.months) END
		FROM unnest(employees, posts) AS q (e, p)
		JOIN employee AS e ON e.employee_id = q.e
		JOIN post AS t ON t.post_id = q.p JOIN retirement_ages(policy_asked(as_of, parameter)) AS k ON k.kind = t.kind
		CROSS JOIN LATERAL (SELECT retirement_date(e.born_on, k.retirement_age) AS retires) AS r
		CROSS JOIN (SELECT coalesce((parameter ->> 'months')::integer, p.min_service_left_months) AS months FROM policy_asked(as_of, parameter) AS p) AS y;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_retirement(integer[], integer[], date, jsonb) IS 'Rule: enough time left until retirement, at the age (BUP) that the policy in force has for the kind of post. Parameter months, default policy.min_service_left_months.';

CREATE FUNCTION @agency@.retirement_date(born_on date, retirement_age integer) RETURNS date
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN (date_trunc('month', born_on::timestamp + make_interval(years => retirement_age)) + interval '1 month')::date;
COMMENT ON FUNCTION @agency@.retirement_date(date, integer) IS 'First day of retirement: the first of the month after the one in which the age is reached.';

CREATE FUNCTION @agency@.rule_no_open_case(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	-- of somebody whom row security does not show there is no answer
	IF row_security_active('@agency@.employee') THEN
		SELECT coalesce(array_agg(q.e), '{}'), coalesce(array_agg(q.p), '{}') INTO employees, posts
			FROM unnest(employees, posts) AS q (e, p) WHERE EXISTS (SELECT FROM employee AS w WHERE w.employee_id = q.e);
	END IF;
	RETURN QUERY
		SELECT q.e, q.p, o.transfer_id IS NULL,
			CASE WHEN o.transfer_id IS NULL THEN 'no other transfer under way' ELSE format(E'transfer %%1 is under way\t%s', o.transfer_id) END
		FROM unnest(employees, posts) AS q (e, p)
		LEFT JOIN (SELECT t.employee_id, min(t.transfer_id) AS transfer_id FROM transfer AS t
			WHERE t.employee_id = ANY (employees) AND t.is_open
				AND t.transfer_id IS DISTINCT FROM (parameter ->> 'transfer_id')::integer
			GROUP BY t.employee_id) AS o ON o.employee_id = q.e;
END
$body$;
COMMENT ON FUNCTION @agency@.rule_no_open_case(integer[], integer[], date, jsonb) IS 'Rule: one open transfer per person.';

INSERT INTO @agency@.eligibility_rule (rule, place, shipped, waivable, function_name, rejection_code, legal_basis, description) VALUES
	('in service', 10, true, false, '@agency@.rule_in_service', 'QUALIFICATION', 'Per.BKN 5/2019 Ps 3', 'In service and appointed (PNS or PPPK).'),
	('other post', 20, true, false, '@agency@.rule_other_post', 'NO_VACANCY', NULL, 'Does not hold the post already.'),
	('no open case', 30, true, false, '@agency@.rule_no_open_case', 'DOCUMENTS_INCOMPLETE', NULL, 'One open transfer per person.'),
	('vacancy', 40, true, false, '@agency@.rule_vacancy', 'NO_VACANCY', 'PP 11/2017 Ps 190(4)', 'The post has a free seat.'),
	('donor floor', 50, true, true, '@agency@.rule_donor_floor', 'ORIGIN_SHORT_OF_STAFF', 'PP 11/2017 Ps 190(4)', 'The present unit keeps its floor.'),
	('tenure', 60, true, true, '@agency@.rule_tenure', 'TENURE_TOO_SHORT', 'PP 11/2017 Ps 190(3)', 'Long enough in the present post.'),
	('ten years', 70, true, false, '@agency@.rule_ten_years', 'TEN_YEAR_RULE', 'PermenPAN-RB 27/2021 Ps 52; 6/2024 Ps 59', 'Own request to another agency after ten years as a civil servant only.'),
	('discipline', 80, true, false, '@agency@.rule_discipline', 'DISCIPLINE', 'Per.BKN 5/2019 Ps 3', 'No sanction, disciplinary proceeding, court case or audit finding in force.'),
	('study leave', 90, true, true, '@agency@.rule_study_leave', 'STUDY_LEAVE_OR_BOND', 'Per.BKN 5/2019 Ps 3', 'Not on study leave, no service bond.'),
	('performance', 100, true, true, '@agency@.rule_performance', 'PERFORMANCE_BELOW_GOOD', 'Per.BKN 5/2019 Ps 3', 'At least good in the last two years.'),
	('grade', 110, true, true, '@agency@.rule_grade', 'QUALIFICATION', 'PP 11/2017 Ps 190(4)', 'The grade the post asks for.'),
	('class', 120, true, true, '@agency@.rule_class', 'QUALIFICATION', 'PP 11/2017 Ps 190(4)', 'Not too many classes of post up at once.'),
	('education', 130, true, true, '@agency@.rule_education', 'QUALIFICATION', 'PP 11/2017 Ps 190(4)', 'The education the post asks for.'),
	('mandatory competencies', 140, true, true, '@agency@.rule_mandatory_competencies', 'MATCH_BELOW_THRESHOLD', 'PermenPAN-RB 38/2017', 'Every mandatory competency at its level.'),
	('competency fit', 150, true, true, '@agency@.rule_competency_fit', 'MATCH_BELOW_THRESHOLD', 'PermenPAN-RB 38/2017', 'A competency fit of at least the threshold.'),
	('conflict of interest', 160, true, false, '@agency@.rule_conflict_of_interest', 'CONFLICT_OF_INTEREST', 'PP 11/2017 Ps 190(5)', 'No relative or partner in the unit or reporting line.'),
	('election window', 170, true, false, '@agency@.rule_election_window', 'ELECTION_PERIOD', 'UU 10/2016 Ps 71(2), 162(3)', 'No replacement of officials in an election window.'),
	('contract', 180, true, true, '@agency@.rule_pppk', 'PPPK_OTHER_AGENCY', 'PP 49/2018 Ps 37', 'Contract employees stay in their agency and post title.'),
	('retirement', 190, true, true, '@agency@.rule_retirement', 'RETIREMENT_AGE', 'PP 11/2017', 'Enough time left until retirement.');
