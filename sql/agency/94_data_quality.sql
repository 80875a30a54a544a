-- What is missing, expired or impossible on record, what to do about it, how much
-- of the ranking it affects, and whether it gets better.

-- What is asked of each person is gathered set by set first: people are many, and
-- those with a problem few.
CREATE VIEW @agency@.data_quality WITH (security_invoker = true) AS
	WITH y AS MATERIALIZED (SELECT p.*, (current_date - make_interval(months => p.max_assessment_age_months))::date AS assessed_since FROM @agency@.policy_on(current_date) AS p),
	free AS MATERIALIZED (SELECT o.post_id, o.unit_id FROM @agency@.open_posts() AS o JOIN @agency@.post AS p ON p.post_id = o.post_id WHERE p.open AND o.free >= 1),
	serving AS MATERIALIZED (SELECT e.employee_id FROM @agency@.employee AS e WHERE e.left_on IS NULL OR e.left_on > current_date),
	size AS MATERIALIZED (SELECT (SELECT count(*) FROM free AS f)::integer AS posts, (SELECT count(*) FROM serving AS e)::integer AS people),
	-- whoever holds a post is not ranked for it
	holder AS MATERIALIZED (
		SELECT DISTINCT f.post_id, i.employee_id FROM free AS f JOIN @agency@.incumbency AS i ON i.post_id = f.post_id
			JOIN serving AS e ON e.employee_id = i.employee_id
		WHERE i.kind <> 'acting' AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date)),
	held AS MATERIALIZED (SELECT h.employee_id, count(*)::integer AS posts FROM holder AS h GROUP BY h.employee_id),
	holders AS MATERIALIZED (SELECT h.post_id, count(*)::integer AS people FROM holder AS h GROUP BY h.post_id),
	above AS MATERIALIZED (SELECT a.unit_id, a.ancestor_id FROM @agency@.unit_above AS a),
	held_asked AS MATERIALIZED (
		SELECT h.employee_id, c.competency_id, count(*)::integer AS posts FROM holder AS h JOIN @agency@.post_competency AS c ON c.post_id = h.post_id
		GROUP BY h.employee_id, c.competency_id),
	-- in how many free posts' requirements each competency is
	asked AS MATERIALIZED (
		SELECT c.competency_id, count(*)::integer AS posts FROM free AS f JOIN @agency@.post_competency AS c ON c.post_id = f.post_id GROUP BY c.competency_id),
	-- findings are by far the most rows, and are gone through once
	assessed AS MATERIALIZED (
		SELECT a.employee_id, max(a.assessed_on) AS latest, min(a.expires_on) AS first_expiry,
			bool_or(a.level > (SELECT min(x.max_level) FROM @agency@.competency AS x)) AS high
		FROM @agency@.assessment AS a GROUP BY a.employee_id),
	-- whatever else is on record, a bit each, so that the people are joined with it once
	known AS MATERIALIZED (
		SELECT k.employee_id, bit_or(k.what) AS what
		FROM (SELECT p.employee_id, 1 AS what FROM @agency@.performance AS p WHERE p.year >= extract(year FROM current_date)::integer - 2
			UNION ALL
			SELECT i.employee_id, 2 FROM @agency@.incumbency AS i WHERE i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date)
			UNION ALL
			SELECT d.employee_id, 4 FROM @agency@.education AS d
			UNION ALL
			SELECT c.employee_id, CASE c.subject WHEN 'discipline' THEN 8 WHEN 'study leave' THEN 16 ELSE 32 END FROM @agency@.record_check AS c) AS k
		GROUP BY k.employee_id),
	person AS (
		SELECT e.employee_id, e.name, e.born_on, e.appointed_on, e.nip, s.latest,
			s.latest IS NULL AS never, s.latest IS NOT NULL AND e.profile IS NULL AS expired,
			e.profile IS NOT NULL AND s.latest < y.assessed_since AS outdated,
			k.unrated, k.unplaced, k.unschooled, e.grade IS NULL AS ungraded,
			e.born_on IS NULL AS unborn, e.appointed_on IS NULL AS unappointed, e.appointed_on < e.born_on + interval '16 years' AS young,
			e.nip IS NOT NULL AND e.born_on <> mutasi.birth_date(e.nip) AS differing, k.unchecked
		FROM @agency@.employee AS e CROSS JOIN y
		LEFT JOIN assessed AS s ON s.employee_id = e.employee_id
		LEFT JOIN known AS w ON w.employee_id = e.employee_id
		CROSS JOIN LATERAL (SELECT coalesce(w.what, 0) & 1 = 0 AS unrated, coalesce(w.what, 0) & 2 = 0 AS unplaced,
			coalesce(w.what, 0) & 4 = 0 AS unschooled, coalesce(w.what, 0) & 56 <> 56 AS unchecked) AS k
		WHERE e.left_on IS NULL OR e.left_on > current_date),
	-- those with a problem, and how many free posts they hold (IS TRUE: hashed once,
	-- where a join would go through the free posts for each person)
	flagged AS MATERIALIZED (
		SELECT e.*, (SELECT count(DISTINCT i.post_id)::integer FROM @agency@.incumbency AS i
				WHERE i.employee_id = e.employee_id AND i.kind <> 'acting' AND i.valid_from <= current_date
					AND (i.valid_to IS NULL OR i.valid_to > current_date) AND (i.post_id IN (SELECT f.post_id FROM free AS f)) IS TRUE) AS holding
		FROM person AS e
		WHERE e.never OR e.expired OR e.outdated OR e.unrated OR e.unplaced OR e.unschooled OR e.ungraded OR e.unborn OR e.unappointed OR e.young
			OR e.differing OR e.unchecked),
	-- what can be wrong with a person, with a post, in the order of the arrays below
	personal (nth, problem, fix, affects, weight) AS (
		SELECT v.* FROM y CROSS JOIN LATERAL (VALUES
			(1, 'never assessed', 'have the person assessed', 'rank and eligibility for every post', y.weight_competency),
			(2, 'every assessment has expired', 'have the person assessed again', 'rank and eligibility for every post', y.weight_competency),
			(3, 'assessments are out of date', 'have the person assessed again', 'rank for every post', y.weight_competency),
			(4, 'no performance rating of the last two years', 'enter the ratings', 'rank and eligibility for every post', y.weight_performance),
			(5, 'holds no post', 'enter the incumbency', 'the unit''s staff, tenure, balance', y.weight_balance),
			(6, 'no education on record', 'enter the education', 'rank and eligibility where a post asks for education', y.weight_qualification),
			(7, 'no grade on record', 'enter the grade', 'eligibility where a post asks for a grade, seniority', 0),
			(8, 'no date of birth on record', 'enter it, or the NIP', 'retirement', 0),
			(9, 'no start of service on record', 'enter it, or the NIP', 'experience, seniority', y.weight_experience),
			(10, 'appointed before the age of 16', 'correct the date of birth or of appointment', 'seniority, retirement', 0),
			(11, 'date of birth differs from that in the NIP', 'find out which is right', 'retirement', 0),
			(12, 'the record on discipline, study leave or family was never checked', 'have it checked, enter record_check', 'eligibility for every post', 0)
			) AS v (nth, problem, fix, affects, weight)),
	postal (nth, problem, fix, affects, weight) AS (
		SELECT v.* FROM y CROSS JOIN LATERAL (VALUES
			(1, 'no requirement on record', 'enter post_competency', 'nobody can be ranked for it', y.weight_competency),
			(2, 'no class on record', 'enter the class', 'nobody is eligible for it', 0),
			(3, 'fewer seats than the minimum staff', 'correct one of them', 'nobody can leave the post', 0),
			(4, 'no tasks on record', 'enter tasks, norms and volumes', 'the unit''s workload', y.weight_balance)
			) AS v (nth, problem, fix, affects, weight))
	SELECT 'employee' AS subject, e.employee_id AS object_id, e.name AS object_name, q.problem, q.fix, q.affects,
		z.posts - e.holding AS rankings, q.weight::numeric(4,3) AS score_share,
		CASE q.nth
			WHEN 2 THEN format('last assessed on %s', e.latest)
			WHEN 3 THEN format('last assessed on %s', e.latest)
			WHEN 10 THEN format('born on %s, appointed on %s', e.born_on, e.appointed_on)
			WHEN 11 THEN format('born on %s, by the NIP on %s', e.born_on, mutasi.birth_date(e.nip))
		END AS detail
	FROM flagged AS e
	CROSS JOIN size AS z
	CROSS JOIN LATERAL unnest(ARRAY[e.never, e.expired, e.outdated, e.unrated, e.unplaced, e.unschooled, e.ungraded, e.unborn, e.unappointed, e.young,
		e.differing, e.unchecked]) WITH ORDINALITY AS f (found, nth)
	JOIN personal AS q ON q.nth = f.nth
	WHERE f.found
	UNION ALL
	SELECT 'employee', a.employee_id, e.name, 'assessed beyond the scale', 'correct the assessment or the scale', 'rank for posts that ask for it',
		coalesce(n.posts, 0) - coalesce(h.posts, 0), y.weight_competency::numeric(4,3),
		format('level %s in "%s", whose scale ends at %s', a.level, k.name, k.max_level)
	FROM y, assessed AS s JOIN @agency@.assessment AS a ON a.employee_id = s.employee_id
	JOIN @agency@.competency AS k ON k.competency_id = a.competency_id JOIN @agency@.employee AS e ON e.employee_id = a.employee_id
	LEFT JOIN asked AS n ON n.competency_id = a.competency_id
	LEFT JOIN held_asked AS h ON h.employee_id = a.employee_id AND h.competency_id = a.competency_id
	WHERE s.high AND a.level > k.max_level AND (e.left_on IS NULL OR e.left_on > current_date)
	UNION ALL
	-- an expired finding that nothing newer replaces
	SELECT 'employee', a.employee_id, e.name, 'evidence has expired', 'have the person assessed again in it', 'rank for posts that ask for it',
		coalesce(n.posts, 0) - coalesce(h.posts, 0), y.weight_competency::numeric(4,3),
		format('"%s", expired on %s', k.name, a.expired_on)
	FROM y, (SELECT x.employee_id, x.competency_id, max(x.expires_on) AS expired_on
			FROM assessed AS s CROSS JOIN LATERAL (SELECT n.* FROM @agency@.assessment AS n WHERE n.employee_id = s.employee_id OFFSET 0) AS x
			WHERE s.first_expiry <= current_date AND x.expires_on <= current_date GROUP BY x.employee_id, x.competency_id) AS a
	JOIN @agency@.competency AS k ON k.competency_id = a.competency_id JOIN @agency@.employee AS e ON e.employee_id = a.employee_id
	LEFT JOIN asked AS n ON n.competency_id = a.competency_id
	LEFT JOIN held_asked AS h ON h.employee_id = a.employee_id AND h.competency_id = a.competency_id
	WHERE e.profile IS NOT NULL AND mutasi.profile_level(e.profile, a.competency_id) IS NULL AND (e.left_on IS NULL OR e.left_on > current_date)
	UNION ALL
	-- until somebody has looked at it, neither of the two is known to be free for where the other works
	SELECT 'employee', r.employee_id, e.name, 'a declared tie is not verified', 'have it looked into, then verify_interest()', 'eligibility of both where the other works',
		(SELECT count(*)::integer FROM (VALUES (r.employee_id, r.relative_id), (r.relative_id, r.employee_id)) AS t (person, other)
			CROSS JOIN free AS f JOIN @agency@.post AS p ON p.post_id = f.post_id JOIN @agency@.post_kind AS k ON k.kind = p.kind
			-- as rule_conflict_of_interest() has it
			WHERE EXISTS (SELECT FROM (SELECT i.post_id FROM @agency@.incumbency AS i WHERE i.employee_id = t.other AND (i.valid_to IS NULL OR i.valid_to > current_date)
						UNION ALL SELECT m.to_post_id FROM @agency@.transfer AS m WHERE m.employee_id = t.other AND m.state IN ('decided', 'appointed')) AS w
					JOIN @agency@.post AS theirs ON theirs.post_id = w.post_id JOIN @agency@.post_kind AS tk ON tk.kind = theirs.kind
					WHERE theirs.unit_id = p.unit_id OR theirs.post_id = p.reports_to OR theirs.reports_to = p.post_id
						OR tk.managerial AND (p.unit_id, theirs.unit_id) IN (SELECT a.unit_id, a.ancestor_id FROM above AS a)
						OR k.managerial AND (theirs.unit_id, p.unit_id) IN (SELECT a.unit_id, a.ancestor_id FROM above AS a))
				AND NOT EXISTS (SELECT FROM holder AS h WHERE h.post_id = f.post_id AND h.employee_id = t.person)),
		0::numeric(4,3), format('%s: %s (%s), declared on %s', r.kind, o.name, o.employee_id, r.declared_on)
	FROM @agency@.relation AS r JOIN @agency@.employee AS e ON e.employee_id = r.employee_id JOIN @agency@.employee AS o ON o.employee_id = r.relative_id
	WHERE r.holds IS NULL AND (e.left_on IS NULL OR e.left_on > current_date) AND (o.left_on IS NULL OR o.left_on > current_date)
	UNION ALL
	SELECT 'post', p.post_id, p.code, q.problem, q.fix, q.affects,
		CASE WHEN p.post_id IN (SELECT f.post_id FROM free AS f) THEN z.people - coalesce(h.people, 0) ELSE 0 END, q.weight::numeric(4,3), NULL
	FROM (SELECT o.*, NOT EXISTS (SELECT FROM @agency@.task AS t WHERE t.post_id = o.post_id) AS idle FROM @agency@.post AS o
		WHERE o.valid_to IS NULL OR o.valid_to > current_date) AS p
	CROSS JOIN size AS z
	LEFT JOIN holders AS h ON h.post_id = p.post_id
	CROSS JOIN LATERAL unnest(ARRAY[p.requirement IS NULL, p.class IS NULL, p.seats < p.min_staff, p.idle]) WITH ORDINALITY AS f (found, nth)
	JOIN postal AS q ON q.nth = f.nth
	WHERE f.found AND (p.requirement IS NULL OR p.class IS NULL OR p.seats < p.min_staff OR p.idle)
	UNION ALL
	SELECT 'unit', u.unit_id, u.name, 'no workload of the latest year on record', 'enter tasks, norms and volumes', 'its ratio; nobody from it is known to be dispensable',
		z.posts * (SELECT count(DISTINCT i.employee_id) FROM @agency@.incumbency AS i JOIN @agency@.post AS p ON p.post_id = i.post_id
			JOIN @agency@.employee AS e ON e.employee_id = i.employee_id
			WHERE p.unit_id = u.unit_id AND i.kind <> 'acting' AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date)
				AND (e.left_on IS NULL OR e.left_on > current_date))::integer - coalesce(h.posts, 0)::integer,
		y.weight_balance::numeric(4,3), NULL
	FROM @agency@.unit AS u CROSS JOIN y CROSS JOIN size AS z
	LEFT JOIN (SELECT m.unit_id, sum(o.posts) AS posts
		FROM (SELECT DISTINCT p.unit_id, i.employee_id FROM @agency@.incumbency AS i JOIN @agency@.post AS p ON p.post_id = i.post_id
			WHERE i.kind <> 'acting' AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date)
				AND i.employee_id IN (SELECT x.employee_id FROM held AS x)) AS m
		JOIN held AS o ON o.employee_id = m.employee_id GROUP BY m.unit_id) AS h ON h.unit_id = u.unit_id
	WHERE (u.valid_to IS NULL OR u.valid_to > current_date)
		AND EXISTS (SELECT FROM @agency@.post AS p WHERE p.unit_id = u.unit_id)
		AND NOT EXISTS (SELECT FROM @agency@.post AS p JOIN @agency@.post_load AS l ON l.post_id = p.post_id
			WHERE l.year = (SELECT @agency@.load_year()) AND p.unit_id = u.unit_id)
		AND u.unit_id NOT IN (SELECT p.unit_id FROM @agency@.post_line AS n JOIN @agency@.post AS p ON p.post_id = n.post_id JOIN @agency@.post_load AS l ON l.post_id = n.former_id
			WHERE l.year = (SELECT @agency@.load_year()));
COMMENT ON VIEW @agency@.data_quality IS 'What is missing, expired or impossible on record, with the fix and how much of the ranking it affects: in how many rankings of a person for a post that is free today, and which share of the score there rests on it. Workload data has a view of its own, workload_data_quality.';
COMMENT ON COLUMN @agency@.data_quality.subject IS 'employee, post or unit.';
COMMENT ON COLUMN @agency@.data_quality.object_id IS 'Its id.';
COMMENT ON COLUMN @agency@.data_quality.object_name IS 'Its name.';
COMMENT ON COLUMN @agency@.data_quality.problem IS 'What is wrong.';
COMMENT ON COLUMN @agency@.data_quality.fix IS 'What to do.';
COMMENT ON COLUMN @agency@.data_quality.affects IS 'What it keeps from being known.';
COMMENT ON COLUMN @agency@.data_quality.rankings IS 'How many rankings of a person for a post that is free today it touches.';
COMMENT ON COLUMN @agency@.data_quality.score_share IS 'Which share of the score there rests on it, by the policy''s weights; 0: it decides eligibility or ties only.';
COMMENT ON COLUMN @agency@.data_quality.detail IS 'Which value, where there is one.';

CREATE TABLE @agency@.data_quality_snapshot (
	snapshot_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	taken_at timestamptz NOT NULL DEFAULT now(),
	note text
);
COMMENT ON TABLE @agency@.data_quality_snapshot IS 'When the quality of the data was kept, for its trend.';
CREATE TABLE @agency@.data_quality_snapshot_row (
	snapshot_id integer NOT NULL REFERENCES @agency@.data_quality_snapshot ON DELETE CASCADE,
	subject text NOT NULL,
	problem text NOT NULL,
	objects integer NOT NULL,
	rankings bigint NOT NULL,
	PRIMARY KEY (snapshot_id, subject, problem)
);
COMMENT ON TABLE @agency@.data_quality_snapshot_row IS 'How many objects had which problem then; nobody is named.';

CREATE FUNCTION @agency@.take_data_quality_snapshot(note text DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql SET jit = off SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	taken integer;
BEGIN
	INSERT INTO data_quality_snapshot (note) VALUES (take_data_quality_snapshot.note) RETURNING snapshot_id INTO taken;
	INSERT INTO data_quality_snapshot_row (snapshot_id, subject, problem, objects, rankings)
		SELECT taken, q.subject, q.problem, count(*), coalesce(sum(q.rankings), 0)
		FROM (SELECT d.subject, d.problem, d.rankings FROM data_quality AS d
			UNION ALL
			SELECT w.subject, w.problem, 0 FROM workload_data_quality AS w) AS q
		GROUP BY q.subject, q.problem;
	RETURN taken;
END
$body$;
COMMENT ON FUNCTION @agency@.take_data_quality_snapshot(text) IS 'Keeps how many objects have which problem (data_quality and workload_data_quality), for data_quality_trend; returns the snapshot''s number. Run it monthly, say.';

CREATE VIEW @agency@.data_quality_trend AS
	SELECT s.snapshot_id, s.taken_at, k.subject, k.problem, coalesce(r.objects, 0) AS objects, coalesce(r.rankings, 0)::integer AS rankings,
		(coalesce(r.objects, 0) - lag(coalesce(r.objects, 0)) OVER (PARTITION BY k.subject, k.problem ORDER BY s.snapshot_id))::integer AS change
	FROM @agency@.data_quality_snapshot AS s
	CROSS JOIN (SELECT DISTINCT x.subject, x.problem FROM @agency@.data_quality_snapshot_row AS x) AS k
	LEFT JOIN @agency@.data_quality_snapshot_row AS r ON r.snapshot_id = s.snapshot_id AND r.subject = k.subject AND r.problem = k.problem;
COMMENT ON VIEW @agency@.data_quality_trend IS 'How many objects had which problem at each snapshot of the data''s quality, and the change since the one before.';
COMMENT ON COLUMN @agency@.data_quality_trend.snapshot_id IS 'Snapshot.';
COMMENT ON COLUMN @agency@.data_quality_trend.taken_at IS 'When it was taken.';
COMMENT ON COLUMN @agency@.data_quality_trend.subject IS 'employee, post, unit or task.';
COMMENT ON COLUMN @agency@.data_quality_trend.problem IS 'What is wrong.';
COMMENT ON COLUMN @agency@.data_quality_trend.objects IS 'How many have the problem.';
COMMENT ON COLUMN @agency@.data_quality_trend.rankings IS 'How many rankings it touched.';
COMMENT ON COLUMN @agency@.data_quality_trend.change IS 'More (or, below 0, fewer) than at the snapshot before; NULL for the first.';
