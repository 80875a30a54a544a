-- What a decision was made from is kept: who stood where and why, with the
-- profiles and the requirement of that moment. So a ranking can be recomputed
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
	detail text,
	legal_basis text,
	salt text,
	row_hash text NOT NULL,
	PRIMARY KEY (transfer_id, rule)
);
COMMENT ON TABLE @agency@.decision_rule IS 'How the chosen person passed each rule at the decision.';

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
	SELECT encode(sha256(convert_to(jsonb_build_array(r.transfer_id, r.rule, r.passed, r.waived, r.detail, r.legal_basis, r.salt)::text, 'UTF8')), 'hex')
$body$;
COMMENT ON FUNCTION @agency@.decision_rule_hash(@agency@.decision_rule) IS 'SHA-256, hexadecimal, over the row as a JSON array: transfer_id, rule, passed, waived, detail, legal_basis, salt.';
CREATE FUNCTION @agency@.decision_digest(transfer integer) RETURNS text
	LANGUAGE sql STABLE SET search_path = @agency@, mutasi, pg_temp SET timezone = 'UTC'
AS $body$
	SELECT encode(sha256(convert_to(jsonb_build_array(d.transfer_id, d.as_of, d.policy_version, d.requirement::text, d.taken_at,
			(SELECT jsonb_agg(c.row_hash ORDER BY c.rank) FROM decision_candidate AS c WHERE c.transfer_id = d.transfer_id),
			(SELECT jsonb_agg(r.row_hash ORDER BY r.rule COLLATE "C") FROM decision_rule AS r WHERE r.transfer_id = d.transfer_id))::text, 'UTF8')), 'hex')
	FROM decision AS d WHERE d.transfer_id = $1
$body$;
COMMENT ON FUNCTION @agency@.decision_digest(integer) IS 'SHA-256, hexadecimal, over the kept grounds of a decision: its row and the hashes of all its candidates by rank and rules by name, as a JSON array. transfer.decision_digest has what it was when the decision was made.';

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

CREATE FUNCTION @agency@.decision_record() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	listed integer := greatest(10, coalesce(NEW.rank, 0));
	passed_over record;
BEGIN
	INSERT INTO decision (transfer_id, as_of, policy_version, requirement)
		SELECT NEW.transfer_id, current_date, NEW.policy_version, p.requirement FROM post AS p WHERE p.post_id = NEW.to_post_id;
	INSERT INTO decision_candidate (transfer_id, rank, employee_id, chosen, score, competency, performance, qualification, experience, balance, eligible, reason, profile)
		SELECT NEW.transfer_id, c.rank, c.employee_id, c.employee_id = NEW.employee_id, c.score, c.competency, c.performance, c.qualification,
			c.experience, c.balance, c.eligible, c.reason, e.profile
		-- the case itself is no hindrance
		FROM ranked(ARRAY[NEW.to_post_id], least(listed, 10000), current_date, false,
			jsonb_build_object('initiative', NEW.initiative, 'transfer_id', NEW.transfer_id,
				'route', CASE WHEN NEW.kind LIKE 'inter-agency%' THEN 'between agencies' ELSE 'within agency' END)) AS c
		JOIN employee AS e ON e.employee_id = c.employee_id;
	INSERT INTO decision_rule (transfer_id, rule, passed, waived, detail, legal_basis)
		SELECT NEW.transfer_id, r.rule, r.passed, r.waived, r.detail, r.legal_basis
		FROM check_eligibility(ARRAY[NEW.employee_id], ARRAY[NEW.to_post_id], current_date,
			jsonb_build_object('initiative', NEW.initiative, 'transfer_id', NEW.transfer_id)) AS r;
	SELECT count(*) AS people, min(d.rank) AS first INTO passed_over FROM decision_candidate AS d
		-- who is not ranked at all stands behind everybody
		WHERE d.transfer_id = NEW.transfer_id AND (d.rank < NEW.rank OR NEW.rank IS NULL) AND d.eligible;
	IF passed_over.people > 0 AND coalesce(btrim(NEW.decision_grounds), '') = '' THEN
		PERFORM mutasi.raise_error('MU113', 'transfer %1 passes over %2 eligible people ranked higher, without grounds', ARRAY[NEW.transfer_id::text, passed_over.people::text, coalesce(NEW.rank::text, '-'), passed_over.first::text],
			detail => 'The chosen person is ranked %3, the first of those passed over %4.',
			hint => 'Say in decision_grounds why.');
	END IF;
	-- into the transfer, and with it into its history, which is chained and sealed
	UPDATE transfer AS t SET decision_digest = decision_digest(NEW.transfer_id) WHERE t.transfer_id = NEW.transfer_id;
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.decision_record() IS 'Trigger: keeps what a decision was made from, and refuses one that passes over eligible people without grounds (MU113).';
-- behind the look at eligibility, and its locks
CREATE TRIGGER zzz_decision_record AFTER UPDATE ON @agency@.transfer
	FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND NEW.state = 'decided' AND NEW.to_post_id IS NOT NULL)
	EXECUTE FUNCTION @agency@.decision_record();

CREATE FUNCTION @agency@.replay(transfer integer)
	RETURNS TABLE (rank integer, employee_id integer, score numeric, replayed_rank integer, replayed_score numeric, same boolean, difference text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF NOT EXISTS (SELECT FROM decision AS d WHERE d.transfer_id = transfer) THEN
		PERFORM mutasi.raise_error('MU102', 'transfer %1 has not been decided', ARRAY[transfer::text]);
	END IF;
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
			FROM decision AS d JOIN decision_candidate AS k USING (transfer_id) JOIN policy AS y USING (policy_version)
			WHERE d.transfer_id = transfer),
		placed AS (SELECT a.*, row_number() OVER (ORDER BY a.again DESC, a.rank)::integer AS place FROM again AS a)
		SELECT p.rank, p.employee_id, p.score, p.place, CASE WHEN NOT p.erased THEN p.again END,
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
	RETURN QUERY
		SELECT NULL::integer, NULL::integer, NULL::numeric, NULL::integer, NULL::numeric, false, format('the kept answer to the rule "%s" was altered', r.rule)
		FROM decision_rule AS r WHERE r.transfer_id = transfer AND r.salt IS NOT NULL AND decision_rule_hash(r.*) <> r.row_hash ORDER BY r.rule;
	RETURN QUERY
		SELECT NULL::integer, NULL::integer, NULL::numeric, NULL::integer, NULL::numeric, false,
			'what is kept of the decision is not what the transfer''s history has the digest of'
		FROM transfer AS t WHERE t.transfer_id = replay.transfer AND t.decision_digest IS DISTINCT FROM decision_digest(t.transfer_id);
END
$body$;
COMMENT ON FUNCTION @agency@.replay(integer) IS 'Recomputes the ranking of a decision from what was kept (profiles, requirement, parts, policy version) and says for each person whether it comes out the same, or where it differs (same NULL: the values were erased); and whether the assessments on record still give the profile of that day. Rows without a person say what else was altered: a rule''s answer, a row that was added or removed (the digest differs from transfer.decision_digest, which verify_history() vouches for).';

CREATE FUNCTION @agency@.decision_file(transfer integer) RETURNS jsonb
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
	SET timezone = 'UTC' SET bytea_output = 'hex' SET intervalstyle = 'postgres' SET extra_float_digits = '1'
AS $body$
BEGIN
	IF NOT EXISTS (SELECT FROM decision AS d WHERE d.transfer_id = transfer) THEN
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
		'waivers', (SELECT jsonb_agg(to_jsonb(w.*) ORDER BY w.waiver_id) FROM waiver AS w WHERE w.employee_id = t.employee_id AND (w.post_id IS NULL OR w.post_id = t.to_post_id)),
		'documents', (SELECT jsonb_agg(to_jsonb(f.*) ORDER BY f.code COLLATE "C") FROM transfer_document AS f WHERE f.transfer_id = t.transfer_id),
		'notice', (SELECT to_jsonb(n.*) FROM notice AS n WHERE n.transfer_id = t.transfer_id),
		'objections', (SELECT jsonb_agg(to_jsonb(o.*) ORDER BY o.objection_id) FROM objection AS o WHERE o.transfer_id = t.transfer_id),
		'history', (SELECT jsonb_agg(to_jsonb(h.*) ORDER BY h.seq) FROM transfer_history AS h WHERE h.transfer_id = t.transfer_id))
		FROM transfer AS t JOIN decision AS d USING (transfer_id) WHERE t.transfer_id = transfer);
END
$body$;
COMMENT ON FUNCTION @agency@.decision_file(integer) IS 'The whole grounds of a decision for an auditor: case, person, plan, posts, policy, everybody ranked with profile and reasons, rules, waivers, documents, notice, objections, history with its hashes. The same bytes from a restored copy, whatever the session''s settings.';
