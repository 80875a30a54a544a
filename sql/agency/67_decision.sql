-- What a decision was made from is kept: who stood where and why, with the
-- profiles and the requirement of that moment, what the rules said, what the move
-- does to both units. A move out of the agency leads to no post, so nobody is
-- ranked for it; all else is kept of it as well. So a ranking can be recomputed
-- later, and an auditor gets the whole grounds in one file. Each row has a salted
-- hash of its own, and the digest over all of them goes into the transfer, hence
-- into its history: what is changed afterwards is found, and what the law has
-- erased leaves the digest as it was.

CREATE TABLE @agency@.decision (
	transfer_id integer PRIMARY KEY REFERENCES @agency@.transfer,
	as_of date NOT NULL,
	policy_version integer NOT NULL REFERENCES @agency@.policy,
	requirement mutasi.competency_requirement,
	taken_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE @agency@.decision IS 'Decisions on transfers: day, policy and requirement they were made from. Written by a trigger, never changed.';
CREATE TABLE @agency@.decision_candidate (
	transfer_id integer NOT NULL REFERENCES @agency@.decision,
	rank integer NOT NULL,
	employee_id integer NOT NULL REFERENCES @agency@.employee,
	chosen boolean NOT NULL,
	score numeric(7,6) NOT NULL,
	competency numeric(7,6),
	performance numeric(7,6),
	qualification numeric(7,6),
	experience numeric(7,6),
	balance numeric(7,6),
	eligible boolean,
	reason text,
	profile mutasi.competency_profile,
	salt text,
	row_hash text NOT NULL,
	PRIMARY KEY (transfer_id, rank)
);
CREATE INDEX decision_candidate_employee_idx ON @agency@.decision_candidate (employee_id);
COMMENT ON TABLE @agency@.decision_candidate IS 'Who stood where at a decision: everybody ranked before the chosen person, the chosen one, and the ten best in any case; with the profile of that moment and the reasons for passing over.';
CREATE TABLE @agency@.decision_rule (
	transfer_id integer NOT NULL REFERENCES @agency@.decision,
	rule text NOT NULL,
	passed boolean,
	waived boolean NOT NULL,
	binding boolean NOT NULL,
	detail text,
	legal_basis text,
	salt text,
	row_hash text NOT NULL,
	PRIMARY KEY (transfer_id, rule)
);
COMMENT ON TABLE @agency@.decision_rule IS 'How the chosen person passed each rule at the decision.';
CREATE TABLE @agency@.decision_unit (
	transfer_id integer NOT NULL REFERENCES @agency@.decision,
	side text NOT NULL CHECK (side IN ('from', 'to')),
	unit_id integer NOT NULL REFERENCES @agency@.unit,
	unit_name text NOT NULL,
	required numeric,
	existing_before numeric NOT NULL,
	existing_after numeric NOT NULL,
	ratio_before numeric,
	ratio_after numeric,
	PRIMARY KEY (transfer_id, side)
);
CREATE INDEX decision_unit_unit_idx ON @agency@.decision_unit (unit_id);
COMMENT ON TABLE @agency@.decision_unit IS 'What the move does to the unit it leaves and the unit it leads to, by the figures of the day of the decision (what_if()); other moves decided by then and not in effect are not counted. No row where there is no such unit.';

COMMENT ON COLUMN @agency@.decision_candidate.salt IS 'Random; keeps erased values from being guessed from the hash. NULL: the values were lawfully erased.';
COMMENT ON COLUMN @agency@.decision_candidate.row_hash IS 'SHA-256, hexadecimal, of what the row said when the decision was made; see decision_candidate_hash().';
COMMENT ON COLUMN @agency@.decision_rule.salt IS 'Random; NULL: the values were lawfully erased.';
COMMENT ON COLUMN @agency@.decision_rule.row_hash IS 'SHA-256, hexadecimal, of what the row said when the decision was made; see decision_rule_hash().';

CREATE FUNCTION @agency@.decision_candidate_hash(c @agency@.decision_candidate) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = @agency@, mutasi, pg_temp
AS $body$
	SELECT encode(sha256(convert_to(jsonb_build_array(c.transfer_id, c.rank, c.employee_id, c.chosen, c.score, c.competency, c.performance,
		c.qualification, c.experience, c.balance, c.eligible, c.reason, c.profile::text, c.salt)::text, 'UTF8')), 'hex')
$body$;
COMMENT ON FUNCTION @agency@.decision_candidate_hash(@agency@.decision_candidate) IS 'SHA-256, hexadecimal, over the row as a JSON array: transfer_id, rank, employee_id, chosen, score and its five parts, eligible, reason, profile, salt.';
CREATE FUNCTION @agency@.decision_rule_hash(r @agency@.decision_rule) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = @agency@, mutasi, pg_temp
AS $body$
	SELECT encode(sha256(convert_to(jsonb_build_array(r.transfer_id, r.rule, r.passed, r.waived, r.binding, r.detail, r.legal_basis, r.salt)::text, 'UTF8')), 'hex')
$body$;
COMMENT ON FUNCTION @agency@.decision_rule_hash(@agency@.decision_rule) IS 'SHA-256, hexadecimal, over the row as a JSON array: transfer_id, rule, passed, waived, binding, detail, legal_basis, salt.';
CREATE FUNCTION @agency@.decision_digest(transfer integer) RETURNS text
	LANGUAGE sql STABLE SET search_path = @agency@, mutasi, pg_temp SET timezone = 'UTC'
AS $body$
	SELECT encode(sha256(convert_to(jsonb_build_array(d.transfer_id, d.as_of, d.policy_version, d.requirement::text, d.taken_at,
			(SELECT jsonb_agg(c.row_hash ORDER BY c.rank) FROM decision_candidate AS c WHERE c.transfer_id = d.transfer_id),
			(SELECT jsonb_agg(r.row_hash ORDER BY r.rule COLLATE "C") FROM decision_rule AS r WHERE r.transfer_id = d.transfer_id),
			(SELECT jsonb_agg(jsonb_build_array(u.side, u.unit_id, u.unit_name, u.required, u.existing_before, u.existing_after, u.ratio_before, u.ratio_after)
				ORDER BY u.side COLLATE "C") FROM decision_unit AS u WHERE u.transfer_id = d.transfer_id))::text, 'UTF8')), 'hex')
	FROM decision AS d WHERE d.transfer_id = $1
$body$;
COMMENT ON FUNCTION @agency@.decision_digest(integer) IS 'SHA-256, hexadecimal, over the kept grounds of a decision: its row, the hashes of all its candidates by rank and rules by name, and the figures of both units, as a JSON array. transfer.decision_digest has what it was when the decision was made.';

CREATE FUNCTION @agency@.decision_sealed() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	-- rows that come with their hash are being restored
	IF NEW.row_hash IS NULL THEN
		NEW.salt := encode(uuid_send(gen_random_uuid()), 'hex');
		IF TG_TABLE_NAME = 'decision_rule' THEN
			NEW.row_hash := decision_rule_hash(NEW);
		ELSE
			NEW.row_hash := decision_candidate_hash(NEW);
		END IF;
	END IF;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.decision_sealed() IS 'Trigger: gives each kept row its salt and hash.';
CREATE TRIGGER decision_sealed BEFORE INSERT ON @agency@.decision_candidate
	FOR EACH ROW EXECUTE FUNCTION @agency@.decision_sealed();
CREATE TRIGGER decision_sealed BEFORE INSERT ON @agency@.decision_rule
	FOR EACH ROW EXECUTE FUNCTION @agency@.decision_sealed();

CREATE FUNCTION @agency@.decision_kept() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	erasable text[] := CASE TG_TABLE_NAME
		WHEN 'decision_candidate' THEN '{competency,performance,qualification,experience,balance,reason,profile,salt}'::text[]
		WHEN 'decision_rule' THEN '{detail,salt}'::text[] ELSE '{}'::text[] END;
	former jsonb;
	latter jsonb;
BEGIN
	-- Only an erasure recorded in this very transaction may empty what is the person's.
	IF TG_OP = 'UPDATE' THEN
		former := to_jsonb(OLD);
		latter := to_jsonb(NEW);
		IF former - erasable = latter - erasable
			AND NOT EXISTS (SELECT FROM unnest(erasable) AS a WHERE jsonb_typeof(latter -> a) <> 'null')
			AND EXISTS (SELECT FROM personal_data_act AS a WHERE a.kind = 'erasure' AND a.done_at = now()
				AND a.employee_id = CASE TG_TABLE_NAME WHEN 'decision_candidate' THEN (latter ->> 'employee_id')::integer
					ELSE (SELECT t.employee_id FROM transfer AS t WHERE t.transfer_id = (latter ->> 'transfer_id')::integer) END) THEN
			RETURN NEW;
		END IF;
	END IF;
	PERFORM mutasi.raise_error('MU116', 'what a decision was made from is kept as it was', '{}'::text[],
		hint => 'Correct the data the next decision is made from; this one stays on record. Personal values are erased with erase_personal_data().');
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.decision_kept() IS 'Trigger: refuses to change, delete or truncate the records of decisions (MU116); only erase_personal_data() takes a person''s values out.';
CREATE TRIGGER decision_kept BEFORE UPDATE OR DELETE ON @agency@.decision
	FOR EACH ROW EXECUTE FUNCTION @agency@.decision_kept();
CREATE TRIGGER decision_kept_whole BEFORE TRUNCATE ON @agency@.decision
	FOR EACH STATEMENT EXECUTE FUNCTION @agency@.decision_kept();
CREATE TRIGGER decision_kept BEFORE UPDATE OR DELETE ON @agency@.decision_candidate
	FOR EACH ROW EXECUTE FUNCTION @agency@.decision_kept();
CREATE TRIGGER decision_kept_whole BEFORE TRUNCATE ON @agency@.decision_candidate
	FOR EACH STATEMENT EXECUTE FUNCTION @agency@.decision_kept();
CREATE TRIGGER decision_kept BEFORE UPDATE OR DELETE ON @agency@.decision_rule
	FOR EACH ROW EXECUTE FUNCTION @agency@.decision_kept();
CREATE TRIGGER decision_kept_whole BEFORE TRUNCATE ON @agency@.decision_rule
	FOR EACH STATEMENT EXECUTE FUNCTION @agency@.decision_kept();
CREATE TRIGGER decision_kept BEFORE UPDATE OR DELETE ON @agency@.decision_unit
	FOR EACH ROW EXECUTE FUNCTION @agency@.decision_kept();
CREATE TRIGGER decision_kept_whole BEFORE TRUNCATE ON @agency@.decision_unit
	FOR EACH STATEMENT EXECUTE FUNCTION @agency@.decision_kept();

CREATE FUNCTION @agency@.passed_over(c @agency@.transfer, OUT people integer, OUT first integer)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	own numeric;
	ahead integer[];
BEGIN
	IF c.to_post_id IS NULL THEN
		RETURN;
	END IF;
	IF EXISTS (SELECT FROM decision AS d WHERE d.transfer_id = c.transfer_id) THEN
		-- whoever is not ranked at all stands behind everybody
		SELECT count(*), min(k.rank) INTO people, first FROM decision_candidate AS k
			WHERE k.transfer_id = c.transfer_id AND (k.rank < c.rank OR c.rank IS NULL) AND k.eligible;
		RETURN;
	END IF;
	-- in the order of rank_of(); of those ahead it is asked only who is eligible, not why not
	SELECT s.score INTO own FROM score_pairs(ARRAY[c.employee_id], ARRAY[c.to_post_id], current_date) AS s;
	WITH reached AS MATERIALIZED (SELECT s.employee_id, s.score FROM scores_for(c.to_post_id, own, current_date) AS s WHERE s.score >= own)
	SELECT array_agg(r.employee_id ORDER BY r.score DESC, d.place) INTO ahead
		FROM reached AS r JOIN seniority(ARRAY(SELECT x.employee_id FROM reached AS x), current_date) AS d ON d.employee_id = r.employee_id;
	ahead := CASE WHEN c.employee_id = ANY (ahead) THEN ahead[: array_position(ahead, c.employee_id) - 1]
		-- not ranked: holds the post, or has left
		ELSE ARRAY(SELECT k.employee_id FROM ranked(ARRAY[c.to_post_id], 10, current_date) AS k ORDER BY k.rank) END;
	SELECT count(*), min(array_position(ahead, g.employee_id)) INTO people, first
		FROM eligible_pairs(ahead, array_fill(c.to_post_id, ARRAY[cardinality(ahead)]), current_date, transfer_context(c)) AS g;
END
$body$;
COMMENT ON FUNCTION @agency@.passed_over(@agency@.transfer) IS 'How many eligible people are ranked before the one whom a transfer would move, and the rank of the first of them: as the decision kept it, or today. NULL where nobody is ranked.';

CREATE FUNCTION @agency@.decision_grounded(c @agency@.transfer) RETURNS void
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	better record;
BEGIN
	IF coalesce(btrim(c.decision_grounds), '') <> '' THEN
		RETURN;
	END IF;
	SELECT * INTO better FROM passed_over(c);
	IF better.people > 0 THEN
		PERFORM mutasi.raise_error('MU113', 'transfer %1 passes over %2 eligible people ranked higher, without grounds', ARRAY[c.transfer_id::text, better.people::text, coalesce(c.rank::text, '-'), better.first::text],
			detail => 'The chosen person is ranked %3, the first of those passed over %4.',
			hint => 'Say in decision_grounds why.');
	END IF;
END
$body$;
COMMENT ON FUNCTION @agency@.decision_grounded(@agency@.transfer) IS 'Raises MU113 where a decision on a transfer passes over eligible people ranked higher and says no grounds.';

CREATE FUNCTION @agency@.decision_record() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	listed integer := greatest(10, coalesce(NEW.rank, 0));
BEGIN
	INSERT INTO decision (transfer_id, as_of, policy_version, requirement)
		VALUES (NEW.transfer_id, current_date, NEW.policy_version, (SELECT p.requirement FROM post AS p WHERE p.post_id = NEW.to_post_id));
	-- nobody is ranked for a place in another agency
	IF NEW.to_post_id IS NOT NULL THEN
		INSERT INTO decision_candidate (transfer_id, rank, employee_id, chosen, score, competency, performance, qualification, experience, balance, eligible, reason, profile)
			SELECT NEW.transfer_id, c.rank, c.employee_id, c.employee_id = NEW.employee_id, c.score, c.competency, c.performance, c.qualification,
				c.experience, c.balance, c.eligible, c.reason, e.profile
			-- the case itself is no hindrance
			FROM ranked(ARRAY[NEW.to_post_id], least(listed, 10000), current_date, false, transfer_context(NEW)) AS c
			JOIN employee AS e ON e.employee_id = c.employee_id;
	END IF;
	INSERT INTO decision_rule (transfer_id, rule, passed, waived, binding, detail, legal_basis)
		SELECT NEW.transfer_id, r.rule, r.passed, r.waived, r.binding, r.detail, r.legal_basis FROM transfer_eligibility(NEW, current_date) AS r;
	INSERT INTO decision_unit (transfer_id, side, unit_id, unit_name, required, existing_before, existing_after, ratio_before, ratio_after)
		SELECT NEW.transfer_id, e.side, w.unit_id, w.unit_name, w.required, w.existing_before, w.existing_after, w.ratio_before, w.ratio_after
		FROM (VALUES ('from', NEW.from_post_id), ('to', NEW.to_post_id)) AS e (side, post_id)
		JOIN post AS p ON p.post_id = e.post_id
		JOIN what_if(ARRAY[NEW.employee_id], ARRAY[NEW.to_post_id], current_date, ARRAY[NEW.from_post_id]) AS w ON w.unit_id = p.unit_id;
	PERFORM decision_grounded(NEW);
	-- into the transfer, and with it into its history, which is chained and sealed
	UPDATE transfer AS t SET decision_digest = decision_digest(NEW.transfer_id), passed_over = (SELECT o.people FROM passed_over(NEW) AS o)
		WHERE t.transfer_id = NEW.transfer_id;
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.decision_record() IS 'Trigger: keeps what a decision was made from, and refuses one that passes over eligible people without grounds (MU113).';
-- That grounds are given is the workflow's condition; fired before it, this says what
-- to do. What decision_record() finds, under locks, holds in any case.
CREATE FUNCTION @agency@.decision_told() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	PERFORM decision_grounded(NEW);
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.decision_told() IS 'Trigger: says before the workflow does what a decision without grounds lacks (MU113).';
CREATE TRIGGER a_decision_told AFTER UPDATE ON @agency@.transfer
	FOR EACH ROW WHEN (OLD.state IN ('team_review', 'minister_permission', 'bkn_consideration', 'consideration_given') AND NEW.state = 'decided' AND NEW.passed_over > 0)
	EXECUTE FUNCTION @agency@.decision_told();
-- behind the look at eligibility, and its locks
CREATE TRIGGER zzz_decision_record AFTER UPDATE ON @agency@.transfer
	FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND NEW.state = 'decided')
	EXECUTE FUNCTION @agency@.decision_record();

-- A rule is asked again where the record has what it was on that day: what comes
-- with dates. What the moves under way then had to do with it is not kept.
CREATE FUNCTION @agency@.replayed_rules(transfer integer)
	RETURNS TABLE (rule text, same boolean, difference text)
	LANGUAGE plpgsql STABLE ROWS 20 SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	of_that_moment constant text[] := '{no open case,other post,vacancy,donor floor}';
	of_today constant text[] := '{grade,class,mandatory competencies,competency fit,conflict of interest}';
	by_the_move constant text[] := '{in service,tenure,contract}';
	c transfer;
	d decision;
	moved boolean;
BEGIN
	SELECT t.* INTO c FROM transfer AS t WHERE t.transfer_id = replayed_rules.transfer;
	SELECT k.* INTO d FROM decision AS k WHERE k.transfer_id = replayed_rules.transfer;
	moved := c.effective_on <= d.as_of AND c.state IN ('effective', 'monitoring', 'completed');
	RETURN QUERY
		WITH again AS MATERIALIZED (SELECT a.* FROM transfer_eligibility(c, d.as_of, d.policy_version) AS a),
		compared AS (
			SELECT k.rule, k.passed, k.waived, a.passed AS passed_again, a.waived AS waived_again, a.detail,
				k.salt IS NOT NULL AND decision_rule_hash(k.*) <> k.row_hash AS altered,
				CASE WHEN k.salt IS NULL THEN 'the values were lawfully erased'
					WHEN k.rule = ANY (of_that_moment) THEN 'not asked again: it rests on the moves under way then'
					WHEN k.rule = ANY (of_today) THEN 'not asked again: the record has it as it is today'
					WHEN moved AND k.rule = ANY (by_the_move) THEN 'not asked again: the move itself has changed the record of that day'
					WHEN a.rule IS NULL THEN 'the rule is no longer asked'
					WHEN k.passed IS NOT NULL AND a.passed IS NULL THEN 'the record no longer has an answer for that day: ' || a.detail END AS unknown
			FROM decision_rule AS k LEFT JOIN again AS a ON a.rule = k.rule
			WHERE k.transfer_id = d.transfer_id AND k.binding)
		SELECT m.rule,
			CASE WHEN m.altered THEN false WHEN m.unknown IS NULL THEN m.passed IS NOT DISTINCT FROM m.passed_again AND m.waived = m.waived_again END,
			nullif(concat_ws('; ',
				CASE WHEN m.altered THEN format('the kept answer to the rule "%s" was altered', m.rule) END,
				CASE WHEN NOT m.altered THEN m.unknown END,
				CASE WHEN m.unknown IS NULL AND m.passed IS DISTINCT FROM m.passed_again THEN 'the record now gives another answer for that day: ' || m.detail END,
				CASE WHEN m.unknown IS NULL AND m.waived <> m.waived_again THEN
					CASE WHEN m.waived THEN 'the waiver is gone' ELSE 'there is now a waiver for that day' END END), '')
		FROM compared AS m ORDER BY m.rule COLLATE "C";
END
$body$;
COMMENT ON FUNCTION @agency@.replayed_rules(integer) IS 'Part of replay(): each rule that a decision was held to, asked again for its day and by the policy version kept, and whether the answer kept is the same; NULL where the record does not have what it was then.';

CREATE FUNCTION @agency@.replay(transfer integer)
	RETURNS TABLE (subject text, rank integer, employee_id integer, score numeric, replayed_rank integer, replayed_score numeric, same boolean, difference text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	c transfer;
	d decision;
	ranking boolean;
BEGIN
	SELECT t.* INTO c FROM transfer AS t WHERE t.transfer_id = replay.transfer;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('MU102', 'there is no transfer %1', ARRAY[transfer::text]);
	END IF;
	SELECT k.* INTO d FROM decision AS k WHERE k.transfer_id = replay.transfer;
	IF NOT FOUND THEN
		IF c.state = 'rejected' OR c.decided_at IS NULL AND c.state IN ('decided', 'appointed', 'effective', 'monitoring', 'completed', 'cancelled') THEN
			PERFORM mutasi.raise_error('MU102', 'of transfer %1 nothing was kept that could be computed again', ARRAY[transfer::text],
				hint => 'That is so of a case that was rejected, or imported after its decision: decision_file(%1) has what is on record.');
		END IF;
		PERFORM mutasi.raise_error('MU102', 'transfer %1 has not been decided', ARRAY[transfer::text]);
	END IF;
	ranking := EXISTS (SELECT FROM decision_candidate AS k WHERE k.transfer_id = d.transfer_id);
	RETURN QUERY
		WITH again AS (
			SELECT k.rank, k.employee_id, k.score, k.competency, k.profile, k.salt IS NULL AS erased,
				k.salt IS NOT NULL AND decision_candidate_hash(k.*) <> k.row_hash AS altered,
				mutasi.match_score(k.profile, d.requirement) AS fit,
				CASE WHEN k.salt IS NULL THEN k.score ELSE
					round(y.weight_competency * coalesce(mutasi.match_score(k.profile, d.requirement), 0) + y.weight_performance * coalesce(k.performance, 0)
					+ y.weight_qualification * coalesce(k.qualification, 0) + y.weight_experience * coalesce(k.experience, 0)
					+ y.weight_balance * coalesce(k.balance, 0), 6) END AS again,
				profile_on(k.employee_id, d.as_of) AS profile_now
			FROM decision_candidate AS k JOIN policy AS y ON y.policy_version = d.policy_version
			WHERE k.transfer_id = d.transfer_id),
		placed AS (SELECT a.*, row_number() OVER (ORDER BY a.again DESC, a.rank)::integer AS place FROM again AS a)
		SELECT 'candidate', p.rank, p.employee_id, p.score, p.place, CASE WHEN NOT p.erased THEN p.again END,
			CASE WHEN p.erased THEN CASE WHEN p.rank <> p.place THEN false END ELSE
				NOT p.altered AND p.rank = p.place AND p.score = p.again AND p.competency IS NOT DISTINCT FROM p.fit::numeric(7,6)
					AND p.profile IS NOT DISTINCT FROM p.profile_now END,
			nullif(concat_ws('; ',
				CASE WHEN p.erased THEN 'the values were lawfully erased' END,
				CASE WHEN p.altered THEN 'the kept row was altered' END,
				CASE WHEN p.rank <> p.place THEN 'another rank' END,
				CASE WHEN NOT p.erased AND p.score <> p.again THEN 'another score' END,
				CASE WHEN NOT p.erased AND p.competency IS DISTINCT FROM p.fit::numeric(7,6) THEN 'another competency fit' END,
				CASE WHEN NOT p.erased AND p.profile IS DISTINCT FROM p.profile_now THEN 'the assessments on record for that day now give another profile' END), '')
		FROM placed AS p ORDER BY p.rank;
	-- where nobody was ranked these are the grounds, else they are told of where they differ
	RETURN QUERY
		SELECT 'rule: ' || r.rule, NULL::integer, NULL::integer, NULL::numeric, NULL::integer, NULL::numeric, r.same, r.difference
		FROM replayed_rules(d.transfer_id) AS r WHERE NOT ranking OR r.same IS FALSE;
	RETURN QUERY
		SELECT 'policy', NULL::integer, NULL::integer, NULL::numeric, NULL::integer, NULL::numeric, y.same,
			CASE WHEN NOT y.same THEN 'another version was in force on that day' END
		FROM (SELECT d.policy_version IS NOT DISTINCT FROM (SELECT p.policy_version FROM policy AS p
			WHERE p.published_at <= d.taken_at AND p.valid_from <= d.as_of ORDER BY p.valid_from DESC LIMIT 1) AS same) AS y
		WHERE NOT ranking OR NOT y.same;
	RETURN QUERY
		SELECT 'unit: ' || u.side, NULL::integer, NULL::integer, NULL::numeric, NULL::integer, NULL::numeric, u.same,
			CASE WHEN NOT u.same THEN 'the ratios do not follow from the staff kept' END
		FROM (SELECT x.side, x.ratio_before IS NOT DISTINCT FROM mutasi.workload_ratio(x.required, x.existing_before)
				AND x.ratio_after IS NOT DISTINCT FROM mutasi.workload_ratio(x.required, x.existing_after) AS same
			FROM decision_unit AS x WHERE x.transfer_id = d.transfer_id) AS u
		WHERE NOT ranking OR NOT u.same ORDER BY u.side;
	RETURN QUERY
		SELECT 'decision', NULL::integer, NULL::integer, NULL::numeric, NULL::integer, NULL::numeric, false,
			'what is kept of the decision is not what the transfer''s history has the digest of'
		WHERE c.decision_digest IS DISTINCT FROM decision_digest(c.transfer_id);
END
$body$;
COMMENT ON FUNCTION @agency@.replay(integer) IS 'Recomputes a decision from what was kept and says whether it comes out the same, or where it differs (same NULL: the values were erased, or the record no longer has them). Subject candidate: rank and score of each person kept, from profile, requirement, parts and policy version, and whether the assessments on record still give the profile of that day. Of a move out of the agency, for which nobody is ranked, one row for each rule it was held to (asked again for that day), for the policy, and for the unit left (its ratios from its staff); of others such a row only where it differs. Subject decision: something was added, removed or altered (the digest differs from transfer.decision_digest, which verify_history() vouches for).';

CREATE FUNCTION @agency@.decision_file(transfer integer) RETURNS jsonb
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
	SET timezone = 'UTC' SET bytea_output = 'hex' SET intervalstyle = 'postgres' SET extra_float_digits = '1'
AS $body$
DECLARE
	c transfer;
BEGIN
	SELECT t.* INTO c FROM transfer AS t WHERE t.transfer_id = decision_file.transfer;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('MU102', 'there is no transfer %1', ARRAY[transfer::text]);
	END IF;
	-- a rejection is a decision, too; of a case imported after its decision there is what was imported
	IF c.state NOT IN ('decided', 'appointed', 'effective', 'monitoring', 'completed', 'cancelled', 'rejected')
		AND NOT EXISTS (SELECT FROM decision AS d WHERE d.transfer_id = c.transfer_id) THEN
		PERFORM mutasi.raise_error('MU102', 'transfer %1 has not been decided', ARRAY[transfer::text]);
	END IF;
	RETURN (SELECT jsonb_build_object(
		'transfer', to_jsonb(t.*),
		'employee', (SELECT jsonb_build_object('employee_id', e.employee_id, 'name', e.name, 'nip', e.nip, 'grade', e.grade, 'status', e.status)
			FROM employee AS e WHERE e.employee_id = t.employee_id),
		'plan', (SELECT jsonb_build_object('plan_id', p.plan_id, 'name', p.name, 'goal', p.goal, 'indicator', p.indicator, 'baseline', p.baseline,
			'target', p.target, 'evaluation', p.evaluation, 'evaluate_on', p.evaluate_on) FROM transfer_plan AS p WHERE p.plan_id = t.plan_id),
		'from_post', (SELECT to_jsonb(p.*) FROM post AS p WHERE p.post_id = t.from_post_id),
		'to_post', (SELECT to_jsonb(p.*) FROM post AS p WHERE p.post_id = t.to_post_id),
		'decision', to_jsonb(d.*),
		'policy', (SELECT to_jsonb(y.*) FROM policy AS y WHERE y.policy_version = d.policy_version),
		'candidates', (SELECT jsonb_agg(to_jsonb(k.*) ORDER BY k.rank) FROM decision_candidate AS k WHERE k.transfer_id = t.transfer_id),
		'rules', (SELECT jsonb_agg(to_jsonb(r.*) ORDER BY r.rule COLLATE "C") FROM decision_rule AS r WHERE r.transfer_id = t.transfer_id),
		'units', (SELECT jsonb_agg(to_jsonb(u.*) ORDER BY u.side COLLATE "C") FROM decision_unit AS u WHERE u.transfer_id = t.transfer_id),
		'waivers', (SELECT jsonb_agg(to_jsonb(w.*) ORDER BY w.waiver_id) FROM waiver AS w WHERE w.employee_id = t.employee_id AND (w.post_id IS NULL OR w.post_id = t.to_post_id)),
		'documents', (SELECT jsonb_agg(to_jsonb(f.*) ORDER BY f.code COLLATE "C") FROM transfer_document AS f WHERE f.transfer_id = t.transfer_id),
		'notice', (SELECT to_jsonb(n.*) FROM notice AS n WHERE n.transfer_id = t.transfer_id),
		'objections', (SELECT jsonb_agg(to_jsonb(o.*) ORDER BY o.objection_id) FROM objection AS o WHERE o.transfer_id = t.transfer_id),
		'history', (SELECT jsonb_agg(to_jsonb(h.*) ORDER BY h.seq) FROM transfer_history AS h WHERE h.transfer_id = t.transfer_id))
		FROM transfer AS t LEFT JOIN decision AS d USING (transfer_id) WHERE t.transfer_id = c.transfer_id);
END
$body$;
COMMENT ON FUNCTION @agency@.decision_file(integer) IS 'The whole grounds of a decision for an auditor: case, person, plan, posts, policy, everybody ranked with profile and reasons (nobody for a move out of the agency), rules, effect on both units, waivers, documents, notice, objections, history with its hashes. Of a rejected case what is on record of it: reason, code, documents, history. The same bytes from a restored copy, whatever the session''s settings.';
