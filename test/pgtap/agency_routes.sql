-- Every route of a transfer, step by step as the regulations have it: who takes
-- each step and nobody else, with which documents, by whom it is decided; and what
-- a move into the agency or out of it brings about.
BEGIN;
SELECT plan(76);
\i test/data/small_agency.sql
UPDATE employee SET permanent_since = appointed_on + interval '1 year';
SET LOCAL client_min_messages = error;
INSERT INTO workflow_role (role, login) SELECT r, r FROM unnest('{applicant,unit_head,verifier,analyst,assessment_team,appointing_official,origin_official,governor,minister,bkn,receiving_unit,supervisor}'::text[]) AS r;

-- the way of a route, and who goes it (SE BKN 3/SE/VIII/2019; PP 11/2017 Ps 191 to 195)
CREATE TEMP TABLE way (route text, permission boolean, n integer, who text, state text, PRIMARY KEY (route, permission, n));
INSERT INTO way SELECT route, permission, row_number() OVER (PARTITION BY route, permission ORDER BY o), split_part(s, ':', 1), split_part(s, ':', 2)
FROM (VALUES
	('transfer_within_agency', false, 'appointing_official:decided'),
	('transfer_within_agency', true, 'appointing_official:minister_permission appointing_official:decided'),
	('transfer_within_province', false, 'assessment_team:receiver_proposal appointing_official:origin_consent origin_official:bkn_consideration bkn:consideration_given governor:decided'),
	('transfer_within_province', true, 'assessment_team:receiver_proposal appointing_official:origin_consent origin_official:minister_permission minister:bkn_consideration bkn:consideration_given governor:decided'),
	('transfer_between_provinces', false, 'assessment_team:receiver_proposal appointing_official:origin_consent origin_official:bkn_consideration bkn:consideration_given minister:decided'),
	('transfer_between_provinces', true, 'assessment_team:receiver_proposal appointing_official:origin_consent origin_official:minister_permission minister:bkn_consideration bkn:consideration_given minister:decided'),
	('transfer_with_centre', false, 'assessment_team:receiver_proposal appointing_official:origin_consent origin_official:bkn_consideration bkn:decided'),
	('transfer_with_centre', true, 'assessment_team:receiver_proposal appointing_official:origin_consent origin_official:minister_permission minister:bkn_consideration bkn:decided')) AS r (route, permission, middle),
	string_to_table('unit_head:submitted verifier:verification verifier:analysis analyst:team_review ' || middle
		|| ' appointing_official:appointed receiving_unit:effective supervisor:monitoring supervisor:completed', ' ') WITH ORDINALITY AS t (s, o);

-- Goes it. Each step is tried by the applicant first, who plays no such part, then
-- without its documents, then as it should be; what was refused how is returned.
CREATE FUNCTION pg_temp.go(t integer, until text DEFAULT 'completed', OUT steps text[], OUT refused text[], OUT papers text[]) LANGUAGE plpgsql AS $$
DECLARE
	c kota.transfer;
	s record;
	needed text;
BEGIN
	steps := '{}'; refused := '{}'; papers := '{}';
	SELECT * INTO c FROM kota.transfer WHERE transfer_id = t;
	FOR s IN SELECT * FROM way WHERE route = c.workflow AND permission = c.minister_permission_needed ORDER BY n LOOP
		CONTINUE WHEN s.n <= (SELECT coalesce(max(w.n), 0) FROM way AS w WHERE w.route = c.workflow AND w.permission = c.minister_permission_needed AND w.state = c.state);
		IF s.state = 'effective' THEN INSERT INTO kota.notice (transfer_id, waived_because) VALUES (t, 'told in person') ON CONFLICT DO NOTHING; END IF;
		BEGIN
			PERFORM set_config('mutasi.actor', CASE s.who WHEN 'bkn' THEN 'governor' ELSE 'bkn' END, true);
			UPDATE kota.transfer SET state = s.state, state_reason = s.state WHERE transfer_id = t;
			refused := refused || (s.state || ' by anybody');
		EXCEPTION WHEN SQLSTATE 'MU008' THEN NULL;
		END;
		PERFORM set_config('mutasi.actor', s.who, true);
		FOR needed IN SELECT DISTINCT CASE jsonb_typeof(d) WHEN 'string' THEN d #>> '{}' ELSE d ->> 'code' END AS code
			FROM mutasi.workflow_transition AS w, jsonb_array_elements(w.required_documents) AS d
			WHERE w.workflow = c.workflow AND w.from_state = (SELECT x.state FROM kota.transfer AS x WHERE x.transfer_id = t) AND w.to_state = s.state
				AND (jsonb_typeof(d) = 'string' OR d ->> 'when' IS NULL OR c.initiative = 'own') ORDER BY 1
		LOOP
			BEGIN
				UPDATE kota.transfer SET state = s.state, state_reason = s.state WHERE transfer_id = t;
				refused := refused || (s.state || ' without ' || needed);
			EXCEPTION WHEN SQLSTATE 'MU011' THEN NULL;
			END;
			INSERT INTO kota.transfer_document (transfer_id, code, title) VALUES (t, needed, needed);
			papers := papers || needed;
		END LOOP;
		UPDATE kota.transfer SET state = s.state, state_reason = s.state WHERE transfer_id = t;
		steps := steps || s.state;
		EXIT WHEN s.state = until;
	END LOOP;
END $$;

-- one case of each route, with and without the Minister's permission, on own request and the agency's
CREATE FUNCTION pg_temp.opened(route text, permission boolean, own boolean) RETURNS integer LANGUAGE sql AS $$
	SELECT set_config('mutasi.actor', 'applicant', true);
	INSERT INTO kota.transfer (employee_id, to_post_id, reason, kind, workflow, other_agency, initiative, minister_permission_needed, effective_on, decision_grounds)
		VALUES (CASE WHEN route <> 'transfer_within_agency' AND NOT own THEN 60 ELSE 2 END, CASE WHEN route = 'transfer_within_agency' OR NOT own THEN 1 END, 'x',
			CASE WHEN route = 'transfer_within_agency' THEN 'rotation' WHEN own THEN 'inter-agency out' ELSE 'inter-agency in' END, route,
			CASE WHEN route <> 'transfer_within_agency' THEN 'Kota Y' END, CASE WHEN own THEN 'own' ELSE 'agency' END, permission, current_date, 'as the team advised')
		RETURNING transfer_id $$;
CREATE TEMP TABLE went (route text, permission boolean, own boolean, steps text[], refused text[], papers text[], held text, left_on date, sound bigint, replayed jsonb, file jsonb);
CREATE FUNCTION pg_temp.walk(route text, permission boolean, own boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	t integer;
	w record;
	r went;
BEGIN
	BEGIN
		INSERT INTO kota.employee (employee_id, name, appointed_on, born_on, grade) VALUES (60, 'Pegawai 060', '2010-01-01', '1988-01-01', 'III/a');
		INSERT INTO kota.education (employee_id, level, field) VALUES (60, 6, 'nursing');
		INSERT INTO kota.performance (employee_id, year, rating) SELECT 60, extract(year FROM current_date)::int - y, 4 FROM generate_series(1, 2) AS y;
		INSERT INTO kota.record_check (employee_id, subject, checked_on, checked_by) SELECT 60, s, '2024-01-01', 'BKPSDM' FROM unnest('{discipline,study leave,family}'::text[]) AS s;
		INSERT INTO kota.assessment (employee_id, competency_id, level, assessed_on, assessor) VALUES (60, 1, 4, '2024-02-01', 'LAN'), (60, 2, 3, '2024-02-01', 'LAN');
		t := pg_temp.opened(route, permission, own);
		SELECT * INTO w FROM pg_temp.go(t);
		r := ROW(route, permission, own, w.steps, w.refused, w.papers,
			(SELECT string_agg(format('%s %s', i.post_id, CASE WHEN i.valid_to IS NULL THEN 'on' ELSE 'ended' END), ', ' ORDER BY i.valid_from) FROM kota.incumbency AS i JOIN kota.transfer AS x USING (employee_id) WHERE x.transfer_id = t),
			(SELECT e.left_on FROM kota.employee AS e JOIN kota.transfer AS x USING (employee_id) WHERE x.transfer_id = t), (SELECT count(*) FROM mutasi.verify_history('kota.transfer')),
			(SELECT jsonb_object_agg(p.subject || coalesce(' ' || p.rank, ''), to_jsonb(p.*)) FROM kota.replay(t) AS p), kota.decision_file(t));
		RAISE EXCEPTION 'undo';
	EXCEPTION WHEN raise_exception THEN
		IF SQLERRM <> 'undo' THEN RAISE; END IF;
	END;
	INSERT INTO went VALUES (r.*);
END $$;
SELECT lives_ok(format('SELECT pg_temp.walk(%L, %L, %L)', route, permission, own), format('%s%s, on %s initiative, goes its way', route, CASE WHEN permission THEN ' with permission' ELSE '' END, CASE WHEN own THEN 'own' ELSE 'the agency''s' END))
	FROM (SELECT DISTINCT route, permission FROM way) AS w, unnest(ARRAY[false, true]) AS own ORDER BY route, permission, own;
SELECT is((SELECT count(*) FROM went), 16::bigint, 'all of them');
SELECT is_empty($$SELECT route, permission, refused FROM went WHERE refused <> '{}'$$, 'no step is anybody''s, none goes without its documents');
SELECT is_empty($$SELECT g.* FROM went AS g WHERE g.steps <> (SELECT array_agg(w.state ORDER BY n) FROM way AS w WHERE w.route = g.route AND w.permission = g.permission)$$, 'step by step');
SELECT set_eq($$SELECT route, permission, own, papers FROM went$$, $$
	SELECT route, permission, own, CASE WHEN own THEN '{D02}'::text[] ELSE '{}' END || CASE WHEN route = 'transfer_within_agency' THEN '{D01,D05,D06,D07,D08}'::text[] ELSE '{D01,D05,D06,D07,D08,D09,D03,D04}' END
		|| CASE route WHEN 'transfer_within_agency' THEN CASE WHEN permission THEN '{D10,D11}'::text[] ELSE '{D10}' END
			WHEN 'transfer_with_centre' THEN CASE WHEN permission THEN '{D11}'::text[] ELSE '{}' END ELSE CASE WHEN permission THEN '{D11,D10}'::text[] ELSE '{D10}' END END || '{D12}'::text[]
	FROM (SELECT DISTINCT route, permission FROM way) AS w, unnest(ARRAY[false, true]) AS own$$, 'with the documents of Per.BKN 5/2019 Ps 3, in the order of the steps that ask for them');
SELECT is_empty($$SELECT * FROM went WHERE sound <> 0$$, 'the histories verify');
SELECT is_empty($$SELECT * FROM went WHERE route = 'transfer_within_agency' AND (held, left_on) IS DISTINCT FROM ('2 ended, 1 on', NULL::date)$$, 'within the agency: from post to post');
SELECT is_empty($$SELECT * FROM went WHERE route <> 'transfer_within_agency' AND NOT own AND (held, left_on) IS DISTINCT FROM ('1 on', NULL::date)$$, 'into the agency: to the post');
SELECT is_empty($$SELECT * FROM went WHERE route <> 'transfer_within_agency' AND own AND (held, left_on) IS DISTINCT FROM ('2 ended', current_date)$$, 'out of the agency: from the post, and out of service');

-- the grounds of every decision are kept, also of those that lead out
SELECT is_empty($$SELECT route, permission, own, file -> 'decision' FROM went WHERE jsonb_typeof(file -> 'decision') <> 'object' OR file #>> '{policy,policy_version}' <> '1' OR file -> 'rules' IS NULL$$, 'every decision keeps its policy and what the rules said');
SELECT is_empty($$SELECT route, permission, own, d.value FROM went, jsonb_each(replayed) AS d WHERE d.value ->> 'same' = 'false'$$, 'and replays: nothing differs');
SELECT is_empty($$SELECT route, permission, own FROM went WHERE route <> 'transfer_within_agency' AND own AND replayed ? 'candidate 1' OR (route = 'transfer_within_agency' OR NOT own) AND NOT replayed ? 'candidate 1'$$, 'people are ranked where there is a post of ours');
SELECT is_empty($$SELECT route, permission, own, replayed FROM went WHERE route <> 'transfer_within_agency' AND own
	AND NOT (replayed @> '{"policy": {"same": true}, "unit: from": {"same": true}, "rule: ten years": {"same": true}, "rule: discipline": {"same": true}, "rule: election window": {"same": true},
		"rule: in service": {"same": null, "difference": "not asked again: the move itself has changed the record of that day"},
		"rule: donor floor": {"same": null, "difference": "not asked again: it rests on the moves under way then"}}' AND NOT replayed ? 'rule: vacancy')$$, 'who leaves: policy, unit left, and the rules asked of leavers');
SELECT is_empty($$SELECT route, own, u FROM went, jsonb_path_query_array(file, '$.units[*].side') AS u WHERE u <> CASE WHEN route = 'transfer_within_agency' THEN '["from", "to"]'::jsonb WHEN own THEN '["from"]' ELSE '["to"]' END$$, 'with the effect on each unit there is');
SELECT results_eq($$SELECT DISTINCT u ->> 'side', (u ->> 'existing_before')::numeric, (u ->> 'existing_after')::numeric, round((u ->> 'ratio_before')::numeric, 2), round((u ->> 'ratio_after')::numeric, 2)
	FROM went, jsonb_array_elements(file -> 'units') AS u ORDER BY 1$$, $$VALUES ('from', 5.00, 4.00, 0.60, 0.75), ('to', 1.00, 2.00, 4.00, 2.00)$$, 'as the day had it');
SELECT is_empty($$SELECT DISTINCT route, own, r FROM went, jsonb_array_elements(file -> 'rules') AS r WHERE r ->> 'rule' = 'ten years'
	AND r ->> 'detail' <> CASE WHEN own AND route <> 'transfer_within_agency' THEN 'own request to another agency: civil servant since 2011-04-30, 10 years needed' ELSE 'not an own request to another agency' END$$, 'the rules are kept as they were asked, for the route');
SELECT is_empty($$SELECT DISTINCT route, own, r ->> 'rule', r ->> 'binding' FROM went, jsonb_array_elements(file -> 'rules') AS r
	WHERE (r ->> 'binding')::boolean <> CASE WHEN route = 'transfer_within_agency' THEN true
		WHEN own THEN r ->> 'rule' IN ('in service', 'other post', 'no open case', 'donor floor', 'tenure', 'ten years', 'discipline', 'study leave', 'performance', 'election window', 'contract', 'conflict of interest')
		ELSE r ->> 'rule' NOT IN ('tenure', 'class', 'donor floor') END$$, 'and whether the decision was held to them');

-- how else a case may end, from where, and by whom; everywhere else it may not
CREATE FUNCTION pg_temp.ends(route text, at_state text, ending text, who text, with_reason boolean DEFAULT true, with_code boolean DEFAULT true, with_paper boolean DEFAULT true) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	t integer;
	outcome text;
BEGIN
	t := pg_temp.opened(route, true, true);
	IF at_state <> 'draft' THEN PERFORM pg_temp.go(t, at_state); END IF;
	IF with_paper THEN INSERT INTO kota.transfer_document (transfer_id, code, title) VALUES (t, 'D13', 'D13'); END IF;
	PERFORM set_config('mutasi.actor', who, true);
	BEGIN
		UPDATE kota.transfer SET state = ending, state_reason = CASE WHEN with_reason THEN 'because' END, rejection_code = CASE WHEN with_code THEN 'NO_VACANCY' END WHERE transfer_id = t;
		outcome := 'done';
	EXCEPTION WHEN OTHERS THEN
		outcome := SQLSTATE;
	END;
	RAISE EXCEPTION '%', outcome USING ERRCODE = 'P0002';
EXCEPTION WHEN no_data_found THEN
	RETURN SQLERRM;
END $$;
CREATE TEMP TABLE ending AS
	SELECT w.route, w.state, e.ending,
		CASE WHEN e.ending = 'withdrawn' THEN CASE WHEN w.state NOT IN ('decided', 'appointed', 'effective', 'monitoring', 'completed') THEN 'applicant' END
			WHEN e.ending = 'cancelled' THEN CASE WHEN w.state IN ('decided', 'appointed') THEN d.who END
			ELSE CASE w.state WHEN 'verification' THEN 'verifier' WHEN 'analysis' THEN 'analyst' WHEN 'team_review' THEN 'assessment_team' WHEN 'receiver_proposal' THEN 'appointing_official'
				WHEN 'origin_consent' THEN 'origin_official' WHEN 'minister_permission' THEN 'minister' WHEN 'bkn_consideration' THEN 'bkn' WHEN 'consideration_given' THEN d.who END END AS who
	FROM (SELECT route, state FROM way WHERE permission UNION SELECT DISTINCT route, 'draft' FROM way) AS w
	JOIN (VALUES ('transfer_within_agency', 'appointing_official'), ('transfer_within_province', 'governor'), ('transfer_between_provinces', 'minister'), ('transfer_with_centre', 'bkn')) AS d (route, who) USING (route),
		unnest('{rejected,withdrawn,cancelled}'::text[]) AS e (ending);
SELECT is_empty($$SELECT * FROM (SELECT *, pg_temp.ends(route, state, ending, coalesce(who, 'appointing_official')) AS outcome FROM ending) AS e
	WHERE CASE WHEN who IS NOT NULL THEN outcome <> 'done' WHEN state = 'completed' THEN outcome <> 'MU004' ELSE outcome <> 'MU002' END$$, 'every case may be rejected, withdrawn and cancelled where it should be, and nowhere else');
SELECT is_empty($$SELECT * FROM (SELECT *, pg_temp.ends(route, state, ending, 'receiving_unit') AS outcome FROM ending WHERE who IS NOT NULL) AS e WHERE outcome <> 'MU008'$$, 'not by anybody');
SELECT is_empty($$SELECT * FROM (SELECT *, pg_temp.ends(route, state, ending, who, with_reason => false) AS outcome FROM ending WHERE who IS NOT NULL) AS e WHERE outcome <> 'MU012'$$, 'not without a reason');
SELECT is_empty($$SELECT * FROM (SELECT *, pg_temp.ends(route, state, ending, who, with_code => false) AS outcome FROM ending WHERE who IS NOT NULL) AS e WHERE outcome <> CASE ending WHEN 'rejected' THEN 'MU013' ELSE 'done' END$$, 'rejected not without a code');
SELECT is_empty($$SELECT * FROM (SELECT *, pg_temp.ends(route, state, ending, who, with_paper => false) AS outcome FROM ending WHERE who IS NOT NULL) AS e WHERE outcome <> CASE ending WHEN 'cancelled' THEN 'MU011' ELSE 'done' END$$, 'cancelled not without a letter');
SELECT is(pg_temp.ends(route, 'verification', 'returned', 'verifier'), 'done', route || ': returned for completion') FROM (SELECT DISTINCT route FROM way) AS w ORDER BY route;
SELECT is_empty($$SELECT route, s FROM (SELECT DISTINCT route FROM way) AS w, unnest('{submitted,verification,analysis,team_review,minister_permission}'::text[]) AS s WHERE pg_temp.ends(route, s, 'expired', 'bkn') <> 'MU008'$$, 'nobody lets a case expire but the timer');
SELECT set_eq(format('SELECT title_id FROM mutasi.workflow_reason WHERE workflow = %L', route), $$SELECT unnest('{MASA_JABATAN_KURANG,SEPULUH_TAHUN,DISIPLIN,PERKARA_PENGADILAN,TUGAS_BELAJAR_IKATAN_DINAS,TEMUAN_INSPEKTORAT,KINERJA_DI_BAWAH_BAIK,FORMASI_TIDAK_ADA,UNIT_ASAL_KEKURANGAN,JPM_DI_BAWAH_AMBANG,KUALIFIKASI_PENDIDIKAN,KONFLIK_KEPENTINGAN,MASA_PEMILIHAN,PPPK_BEDA_INSTANSI,USIA_BUP,BERKAS_TIDAK_LENGKAP,PPK_ASAL_TIDAK_SETUJU,PERTEK_DITOLAK}'::text[])$$, route || ': the codes of a rejection')
	FROM (SELECT DISTINCT route FROM way) AS w ORDER BY route;
SELECT is_empty($$SELECT r.rule, r.rejection_code FROM kota.eligibility_rule AS r, (SELECT DISTINCT route FROM way) AS w WHERE NOT EXISTS (SELECT FROM mutasi.workflow_reason AS x WHERE x.workflow = w.route AND x.code = r.rejection_code)$$, 'every rule has its code among them');

-- who leaves the agency is judged, too, at the decision and when it takes effect
CREATE FUNCTION pg_temp.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' | ', SQLSTATE, nullif(detail, ''));
END $$;
SELECT pg_temp.opened('transfer_within_province', false, true) AS t \gset
SELECT pg_temp.go(:t, 'consideration_given') \g /dev/null
SAVEPOINT considered;
UPDATE employee SET appointed_on = current_date - 3000, permanent_since = NULL WHERE employee_id = 2;
SELECT matches(pg_temp.try(format('SELECT pg_temp.go(%s, ''decided'')', :t)), '^MU108 \| Rules not passed: ten years \(own request to another agency: in service since [0-9-]+, 10 years needed\)\.$', 'own request to leave within ten years');
ROLLBACK TO considered;
INSERT INTO discipline (employee_id, kind, valid_from) VALUES (2, 'court case', '2024-01-01');
SELECT is(pg_temp.try(format('SELECT pg_temp.go(%s, ''decided'')', :t)), 'MU108 | Rules not passed: discipline (a sanction, proceeding, court case or audit finding is in force).', 'a court case');
ROLLBACK TO considered;
DELETE FROM record_check WHERE employee_id = 2 AND subject = 'discipline';
SELECT is(pg_temp.try(format('SELECT pg_temp.go(%s, ''decided'')', :t)), 'MU108 | Rules not passed: discipline (unknown: nobody has checked the record).', 'what is unknown is not passed');
ROLLBACK TO considered;
UPDATE employee SET status = 'pppk', grade = 'PPPK IX' WHERE employee_id = 2;
SELECT is(pg_temp.try(format('SELECT pg_temp.go(%s, ''decided'')', :t)), 'MU108 | Rules not passed: contract (a contract (PPPK) is bound to its agency).', 'a contract');
ROLLBACK TO considered;
UPDATE task_volume SET volume = 15000 WHERE task_id = 2;
SELECT is(pg_temp.try(format('SELECT pg_temp.go(%s, ''decided'')', :t)), 'MU108 | Rules not passed: donor floor (the present unit''s workload ratio would be 1.50, at most 1.20 allowed).', 'the floor of the unit left');
UPDATE eligibility_rule SET parameter = '{"ratio": 1.5}' WHERE rule = 'donor floor';
SELECT is(pg_temp.try(format('SELECT pg_temp.go(%s, ''appointed'')', :t)), 'done', 'which is the agency''s to set');
SAVEPOINT appointed;
SELECT is(pg_temp.try(format('SELECT pg_temp.go(%s, ''effective'')', :t)), 'done', 'and holds for the effect as well');
ROLLBACK TO appointed;
UPDATE task_volume SET volume = 15100 WHERE task_id = 2;
SELECT is(pg_temp.try(format('SELECT pg_temp.go(%s, ''effective'')', :t)), 'MU108 | The present unit''s workload ratio would be 1.51, at most 1.5 allowed.', 'where the floor is looked at again');
ROLLBACK TO appointed;
UPDATE post SET min_staff = 5 WHERE post_id = 2;
SELECT is(pg_temp.try(format('SELECT pg_temp.go(%s, ''effective'')', :t)), 'MU108 | The present post would keep 4 of at least 5 people.', 'with the minimum staff of the post');
ROLLBACK TO considered;
CREATE FUNCTION public.own_rule(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text) LANGUAGE sql STABLE AS
	$$ SELECT e, p, p IS NOT NULL, 'stays' FROM unnest(employees, posts) AS q (e, p) $$;
INSERT INTO eligibility_rule (rule, place, function_name, rejection_code, description) VALUES ('own', 200, 'public.own_rule', 'QUALIFICATION', 'own');
SELECT is(pg_temp.try(format('SELECT pg_temp.go(%s, ''decided'')', :t)), 'MU108 | Rules not passed: own (stays).', 'a rule of the agency''s own may say no');
ROLLBACK TO considered;
SELECT pg_temp.go(:t, 'appointed') \g /dev/null
SELECT results_eq('SELECT applied FROM apply_due_transfers()', 'VALUES (false)', 'not without notice');
INSERT INTO notice (transfer_id, waived_because) VALUES (:t, 'told in person');
SELECT set_config('mutasi.actor', 'scheduler', true) \g /dev/null
SELECT matches((SELECT message FROM apply_due_transfers()), '^"scheduler" may not take_effect case [0-9]+ of "transfer" from "appointed" to "effective"$', 'not by anybody, where the part has been given to somebody');
INSERT INTO workflow_role (role, login) VALUES ('system', 'scheduler');
SELECT results_eq('SELECT applied, message FROM apply_due_transfers()', 'VALUES (true, NULL)', 'the day has come');
SELECT is((SELECT left_on FROM employee WHERE employee_id = 2), current_date, 'and the person is gone');

-- what would be said of a decision to let somebody go that its record does not bear out
SELECT is_empty(format('SELECT * FROM replay(%s) WHERE same IS FALSE', :t), 'a move out replays');
SAVEPOINT gone;
INSERT INTO discipline (employee_id, kind, valid_from) VALUES (2, 'court case', '2024-01-01');
SELECT results_eq(format('SELECT subject, difference FROM replay(%s) WHERE same IS FALSE', :t), $$VALUES ('rule: discipline', 'the record now gives another answer for that day: a sanction, proceeding, court case or audit finding is in force')$$, 'a record that has changed since');
ROLLBACK TO gone;
DELETE FROM record_check WHERE employee_id = 2 AND subject = 'discipline';
SELECT results_eq(format('SELECT same, difference FROM replay(%s) WHERE subject = ''rule: discipline''', :t), $$VALUES (NULL::boolean, 'the record no longer has an answer for that day: nobody has checked the record')$$, 'or has nothing to say any more');
ROLLBACK TO gone;
SELECT new_policy(current_date - 1, '{"own_request_years": 20}', publish => false) AS later \gset
UPDATE policy SET published_at = clock_timestamp() WHERE policy_version = :later;
SELECT is_empty(format('SELECT subject FROM replay(%s) WHERE same IS FALSE', :t), 'a policy published afterwards is not the decision''s: its rules are asked again by its own');
SELECT ok(EXISTS (SELECT FROM transfer_eligibility((SELECT x FROM transfer AS x WHERE x.transfer_id = :t)) AS r WHERE r.rule = 'ten years' AND NOT r.passed), 'though the rule goes by the new one now');
ROLLBACK TO gone;
ALTER TABLE decision_rule DISABLE TRIGGER decision_kept;
ALTER TABLE decision_unit DISABLE TRIGGER decision_kept;
ALTER TABLE decision DISABLE TRIGGER decision_kept;
SAVEPOINT open;
UPDATE decision_rule SET passed = NULL WHERE rule = 'ten years';
SELECT results_eq(format('SELECT subject, difference FROM replay(%s) WHERE same IS FALSE', :t), $$VALUES ('rule: ten years', 'the kept answer to the rule "ten years" was altered; the record now gives another answer for that day: own request to another agency: civil servant since 2011-04-30, 10 years needed')$$, 'an answer altered');
ROLLBACK TO open;
UPDATE decision_rule SET binding = NOT binding WHERE rule = 'vacancy';
SELECT ok(EXISTS (SELECT FROM replay(:t) WHERE subject = 'rule: vacancy' AND same IS FALSE), 'or what it was held to');
ROLLBACK TO open;
UPDATE decision_unit SET existing_after = 5;
SELECT set_eq(format('SELECT subject FROM replay(%s) WHERE same IS FALSE', :t), $$VALUES ('unit: from'), ('decision')$$, 'figures of the unit altered');
ROLLBACK TO open;
UPDATE decision SET policy_version = new_policy(current_date - 1, publish => false);
SELECT set_eq(format('SELECT subject FROM replay(%s) WHERE same IS FALSE', :t), $$VALUES ('policy'), ('decision')$$, 'another policy put under it');
ROLLBACK TO gone;
SELECT throws_ok('UPDATE decision_unit SET existing_after = 5', 'MU116', NULL, 'which nobody may');

-- a rejection is a decision as well; what is under way, or was taken back, is none
SELECT set_config('mutasi.actor', 'applicant', true) \g /dev/null
INSERT INTO employee (employee_id, name, appointed_on, born_on, grade) VALUES (60, 'Pegawai 060', '2010-01-01', '1988-01-01', 'III/a');
SELECT pg_temp.opened('transfer_between_provinces', false, false) AS r \gset
SELECT pg_temp.go(:r, 'bkn_consideration') \g /dev/null
SELECT throws_ok(format('SELECT decision_file(%s)', :r), 'MU102', format('transfer %s has not been decided', :r), 'a case under way has no file');
SELECT throws_ok('SELECT decision_file(99999)', 'MU102', 'there is no transfer 99999', 'nor one that does not exist');
SELECT throws_ok('SELECT * FROM replay(99999)', 'MU102', 'there is no transfer 99999', 'neither to replay');
SELECT set_config('mutasi.actor', 'bkn', true) \g /dev/null
UPDATE transfer SET state = 'rejected', state_reason = 'no formation', rejection_code = 'NO_VACANCY' WHERE transfer_id = :r;
SELECT results_eq(format('SELECT f #>> ''{transfer,rejection_code}'', f #>> ''{transfer,state_reason}'', f -> ''decision'', f #>> ''{history,-1,to_state}'' FROM decision_file(%s) AS f', :r), $$VALUES ('NO_VACANCY', 'no formation', 'null'::jsonb, 'rejected')$$, 'the file of a rejection has its reason');
SELECT throws_ok(format('SELECT * FROM replay(%s)', :r), 'MU102', format('of transfer %s nothing was kept that could be computed again', :r), 'and nothing to compute again');
SELECT * FROM finish();
ROLLBACK;
