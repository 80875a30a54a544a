-- What a decision was made from is kept: who stood where and why, with the
-- profiles and the requirement of that moment. So a ranking can be recomputed
-- later, and an auditor gets the whole grounds in one file.

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
	PRIMARY KEY (transfer_id, rank)
);
CREATE INDEX decision_candidate_employee_idx ON @agency@.decision_candidate (employee_id);
COMMENT ON TABLE @agency@.decision_candidate IS 'Who stood where at a decision: everybody ranked before the chosen person, the chosen one, and the ten best in any case; with the profile of that moment and the reasons for passing over.';
CREATE TABLE @agency@.decision_rule (
	transfer_id integer NOT NULL REFERENCES @agency@.decision,
	rule text NOT NULL,
	passed boolean,
	waived boolean NOT NULL,
	detail text NOT NULL,
	legal_basis text,
	PRIMARY KEY (transfer_id, rule)
);
COMMENT ON TABLE @agency@.decision_rule IS 'How the chosen person passed each rule at the decision.';

CREATE FUNCTION @agency@.decision_kept() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	PERFORM mutasi.raise_error('MU116', 'what a decision was made from is kept as it was', '{}'::text[],
		hint => 'Correct the data the next decision is made from; this one stays on record.');
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.decision_kept() IS 'Trigger: refuses to change, delete or truncate the records of decisions (MU116).';
CREATE TRIGGER decision_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON @agency@.decision
	FOR EACH STATEMENT EXECUTE FUNCTION @agency@.decision_kept();
CREATE TRIGGER decision_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON @agency@.decision_candidate
	FOR EACH STATEMENT EXECUTE FUNCTION @agency@.decision_kept();
CREATE TRIGGER decision_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON @agency@.decision_rule
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
			c.experience, c.balance, g.eligible, g.reason, e.profile
		FROM candidates(NEW.to_post_id, least(listed, 10000)) AS c
		JOIN employee AS e ON e.employee_id = c.employee_id
		-- the case itself is no hindrance
		LEFT JOIN LATERAL eligibility_summary(ARRAY[c.employee_id], ARRAY[NEW.to_post_id], current_date,
			jsonb_build_object('initiative', NEW.initiative, 'transfer_id', NEW.transfer_id)) AS g ON true;
	INSERT INTO decision_rule (transfer_id, rule, passed, waived, detail, legal_basis)
		SELECT NEW.transfer_id, r.rule, r.passed, r.waived, r.detail, r.legal_basis
		FROM check_eligibility(ARRAY[NEW.employee_id], ARRAY[NEW.to_post_id], current_date,
			jsonb_build_object('initiative', NEW.initiative, 'transfer_id', NEW.transfer_id)) AS r;
	SELECT count(*) AS people, min(d.rank) AS first INTO passed_over FROM decision_candidate AS d
		WHERE d.transfer_id = NEW.transfer_id AND d.rank < NEW.rank AND d.eligible;
	IF passed_over.people > 0 AND coalesce(btrim(NEW.decision_grounds), '') = '' THEN
		PERFORM mutasi.raise_error('MU113', 'transfer %1 passes over %2 eligible people ranked higher, without grounds', ARRAY[NEW.transfer_id::text, passed_over.people::text, NEW.rank::text, passed_over.first::text],
			detail => 'The chosen person is ranked %3, the first of those passed over %4.',
			hint => 'Say in decision_grounds why.');
	END IF;
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
			SELECT k.rank, k.employee_id, k.score, k.competency, k.profile,
				mutasi.match_score(k.profile, d.requirement) AS fit,
				round(y.weight_competency * coalesce(mutasi.match_score(k.profile, d.requirement), 0) + y.weight_performance * coalesce(k.performance, 0)
					+ y.weight_qualification * coalesce(k.qualification, 0) + y.weight_experience * coalesce(k.experience, 0)
					+ y.weight_balance * coalesce(k.balance, 0), 6) AS again,
				profile_on(k.employee_id, d.as_of) AS profile_now
			FROM decision AS d JOIN decision_candidate AS k USING (transfer_id) JOIN policy AS y USING (policy_version)
			WHERE d.transfer_id = transfer),
		placed AS (SELECT a.*, row_number() OVER (ORDER BY a.again DESC, a.rank)::integer AS place FROM again AS a)
		SELECT p.rank, p.employee_id, p.score, p.place, p.again,
			p.rank = p.place AND p.score = p.again AND p.competency IS NOT DISTINCT FROM p.fit::numeric(7,6) AND p.profile IS NOT DISTINCT FROM p.profile_now,
			nullif(concat_ws('; ',
				CASE WHEN p.rank <> p.place THEN 'another rank' END,
				CASE WHEN p.score <> p.again THEN 'another score' END,
				CASE WHEN p.competency IS DISTINCT FROM p.fit::numeric(7,6) THEN 'another competency fit' END,
				CASE WHEN p.profile IS DISTINCT FROM p.profile_now THEN 'the assessments on record for that day now give another profile' END), '')
		FROM placed AS p ORDER BY p.rank;
END
$body$;
COMMENT ON FUNCTION @agency@.replay(integer) IS 'Recomputes the ranking of a decision from what was kept (profiles, requirement, parts, policy version) and says for each person whether it comes out the same, or where it differs; and whether the assessments on record still give the profile of that day.';

CREATE FUNCTION @agency@.decision_file(transfer integer) RETURNS jsonb
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
	SET timezone = 'UTC'
AS $body$
BEGIN
	IF NOT EXISTS (SELECT FROM decision AS d WHERE d.transfer_id = transfer) THEN
		PERFORM mutasi.raise_error('MU102', 'transfer %1 has not been decided', ARRAY[transfer::text]);
	END IF;
	RETURN (SELECT jsonb_build_object(
		'transfer', to_jsonb(t),
		'from_post', (SELECT to_jsonb(p) FROM post AS p WHERE p.post_id = t.from_post_id),
		'to_post', (SELECT to_jsonb(p) FROM post AS p WHERE p.post_id = t.to_post_id),
		'decision', to_jsonb(d),
		'policy', (SELECT to_jsonb(y) FROM policy AS y WHERE y.policy_version = d.policy_version),
		'candidates', (SELECT jsonb_agg(to_jsonb(k) ORDER BY k.rank) FROM decision_candidate AS k WHERE k.transfer_id = t.transfer_id),
		'rules', (SELECT jsonb_agg(to_jsonb(r) ORDER BY r.rule) FROM decision_rule AS r WHERE r.transfer_id = t.transfer_id),
		'waivers', (SELECT jsonb_agg(to_jsonb(w) ORDER BY w.waiver_id) FROM waiver AS w WHERE w.employee_id = t.employee_id AND (w.post_id IS NULL OR w.post_id = t.to_post_id)),
		'documents', (SELECT jsonb_agg(to_jsonb(f) ORDER BY f.code) FROM transfer_document AS f WHERE f.transfer_id = t.transfer_id),
		'history', (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.seq) FROM transfer_history AS h WHERE h.transfer_id = t.transfer_id))
		FROM transfer AS t JOIN decision AS d USING (transfer_id) WHERE t.transfer_id = transfer);
END
$body$;
COMMENT ON FUNCTION @agency@.decision_file(integer) IS 'The whole grounds of a decision for an auditor: case, posts, policy, everybody ranked with profile and reasons, rules, waivers, documents, history with its hashes. The same bytes from a restored copy.';
