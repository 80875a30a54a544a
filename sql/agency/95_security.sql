-- Row security: what an employee, the head of a unit, an analyst, an approver
-- and an auditor see and do. Nothing of it is in force until
-- enable_row_security() names the database roles that play these parts; until
-- then only the owner of the schema gets in at all.

-- Whoever plays a part no more must lose what came with it, and nothing else: so
-- it is kept which rights were granted here and not by somebody's hand.
CREATE TABLE @agency@.granted_right (
	-- no regrole: a dump could not be restored where the role does not exist
	role name NOT NULL,
	relation text NOT NULL DEFAULT '',
	column_name text NOT NULL DEFAULT '',
	privilege text NOT NULL,
	PRIMARY KEY (role, relation, column_name, privilege)
);
COMMENT ON TABLE @agency@.granted_right IS 'Rights that enable_row_security() granted and did not find there; called again, it revokes them first. Written by it alone.';
COMMENT ON COLUMN @agency@.granted_right.role IS 'Name of the database role that has it, which need not exist any more, or in the cluster restored into; a role that is renamed keeps the right as if granted by hand.';
COMMENT ON COLUMN @agency@.granted_right.relation IS 'Table or view of the agency; empty: the schema.';
COMMENT ON COLUMN @agency@.granted_right.column_name IS 'Column that it is limited to; empty: all.';
COMMENT ON COLUMN @agency@.granted_right.privilege IS 'What it allows: SELECT, INSERT, UPDATE, or USAGE of the schema.';

CREATE FUNCTION @agency@.rights_of(roles name[]) RETURNS TABLE (role name, relation text, column_name text, privilege text, grantable boolean)
	LANGUAGE plpgsql STABLE ROWS 1000 SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN QUERY
		SELECT r.rolname, h.relation, h.column_name, h.privilege, bool_or(h.grantable)
		FROM (
			SELECT x.grantee, '' AS relation, '' AS column_name, x.privilege_type AS privilege, x.is_grantable AS grantable
				FROM pg_namespace AS n CROSS JOIN LATERAL aclexplode(n.nspacl) AS x
				WHERE n.oid = '@agency@'::regnamespace
			UNION ALL SELECT x.grantee, c.relname::text, '', x.privilege_type, x.is_grantable
				FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS x
				WHERE c.relnamespace = '@agency@'::regnamespace
			UNION ALL SELECT x.grantee, c.relname::text, a.attname::text, x.privilege_type, x.is_grantable
				FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid CROSS JOIN LATERAL aclexplode(a.attacl) AS x
				WHERE c.relnamespace = '@agency@'::regnamespace AND NOT a.attisdropped) AS h
		JOIN pg_roles AS r ON r.oid = h.grantee
		WHERE r.rolname = ANY (roles)
		GROUP BY 1, 2, 3, 4;
END
$body$;
COMMENT ON FUNCTION @agency@.rights_of(name[]) IS 'The rights that these database roles were granted themselves on the schema, its tables and views, and their columns, and whether they may grant them on.';
REVOKE ALL ON FUNCTION @agency@.rights_of(name[]) FROM PUBLIC;

CREATE FUNCTION @agency@.my_units() RETURNS SETOF integer
	LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10 SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN QUERY
		SELECT DISTINCT s.unit_id
		FROM incumbency AS i
		JOIN employee AS e USING (employee_id)
		JOIN post AS p USING (post_id)
		JOIN post_kind AS k ON k.kind = p.kind
		CROSS JOIN LATERAL unit_subtree(p.unit_id) AS s (unit_id)
		WHERE i.employee_id = my_employee() AND k.managerial
			-- nobody leads who has left, whatever became of the post
			AND (e.left_on IS NULL OR e.left_on > current_date)
			AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date);
END
$body$;
COMMENT ON FUNCTION @agency@.my_units() IS 'The units that the logged-in person leads, by holding a managerial post there (acting counts), with those below them; none for who has left the agency.';

CREATE FUNCTION @agency@.my_people() RETURNS SETOF integer
	LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN QUERY
		SELECT i.employee_id FROM incumbency AS i JOIN post AS p USING (post_id)
		WHERE p.unit_id IN (SELECT u FROM my_units() AS u)
			AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date)
		UNION SELECT my_employee() WHERE my_employee() IS NOT NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.my_people() IS 'The people in the units that the logged-in person leads, and that person.';

CREATE FUNCTION @agency@.my_transfers(led boolean) RETURNS SETOF integer
	LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN QUERY
		SELECT t.transfer_id FROM transfer AS t
		WHERE t.employee_id = my_employee()
			OR led AND (t.employee_id IN (SELECT w FROM my_people() AS w)
				OR t.to_post_id IN (SELECT p.post_id FROM post AS p WHERE p.unit_id IN (SELECT u FROM my_units() AS u)));
END
$body$;
COMMENT ON FUNCTION @agency@.my_transfers(boolean) IS 'The transfers of the logged-in person and, where led is true, those from and into the units that person leads.';

CREATE FUNCTION @agency@.people_in_service(as_of date DEFAULT current_date) RETURNS bigint
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN (SELECT count(*) FROM employee AS e WHERE e.left_on IS NULL OR e.left_on > as_of);
END
$body$;
COMMENT ON FUNCTION @agency@.people_in_service(date) IS 'How many people are in service on a day, whoever asks.';

CREATE FUNCTION @agency@.standing_of(employee integer, post integer, as_of date DEFAULT current_date)
	RETURNS TABLE (rank integer, score numeric)
	LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF standing_of.employee IN (SELECT w FROM my_people() AS w) THEN
		RETURN QUERY SELECT r.rank, r.score FROM rank_of(standing_of.employee, standing_of.post, standing_of.as_of) AS r;
	END IF;
END
$body$;
COMMENT ON FUNCTION @agency@.standing_of(integer, integer, date) IS 'Rank for a post among everybody, and score, of the logged-in person or of somebody in the units that person leads; no row for anybody else, nor for a holder of the post. Tells nothing about those ahead.';

CREATE FUNCTION @agency@.my_rank(post integer, as_of date DEFAULT current_date)
	RETURNS TABLE (rank integer, score numeric, competency numeric, performance numeric, qualification numeric, experience numeric,
		balance numeric, eligible boolean, reason text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = @agency@, mutasi, pg_temp
	-- of one row, whatever the planner expects of the functions it asks
	SET jit = off
AS $body$
DECLARE
	mine integer := my_employee();
BEGIN
	IF mine IS NULL THEN
		PERFORM mutasi.raise_error('42501', 'role "%1" is no employee''s login', ARRAY[me()],
			hint => 'Set employee.login to the role of the person who asks.');
	END IF;
	RETURN QUERY
		SELECT k.rank, s.score, s.competency, s.performance, s.qualification, s.experience, s.balance, g.eligible, g.reason
		FROM score_pairs(ARRAY[mine], ARRAY[post], as_of) AS s
		LEFT JOIN rank_of(mine, post, as_of) AS k ON true
		LEFT JOIN eligibility_summary(ARRAY[mine], ARRAY[post], as_of) AS g ON true;
END
$body$;
COMMENT ON FUNCTION @agency@.my_rank(integer, date) IS 'Rank, score with its parts and eligibility of the logged-in person for a post, and nothing about anybody else.';

CREATE FUNCTION @agency@.enable_row_security(employee text DEFAULT NULL, unit_head text DEFAULT NULL, analyst text DEFAULT NULL,
		approver text DEFAULT NULL, auditor text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	part record;
	own text[] := '{employee_nip,education,performance,study_leave,record_check,assessment,incumbency,waiver,application}';
	secret text[] := '{discipline,relation}';
	everywhere text[] := '{agency_info,message_text,grade,post_kind,education_level,performance_rating,holiday,unit,unit_change,post,competency,post_competency,policy,policy_retirement_age,eligibility_rule,election_window,task,task_norm,task_volume,post_load,post_month_load,post_effective_time,post_effective_period,policy_period,post_line,post_place,unit_above,unit_state,workload_snapshot,workload_snapshot_row,induction_template}';
	aggregates text[] := '{unit_workload,unit_balance,unit_workload_trend,workload_surge,vacancy,plan_summary,fairness,staffing_projection,data_quality_trend,workload_data_gaps}';
	persons text[] := '{candidate_ranking,transfer_status,transfer_timeline,employee_gap,rotation_due,placement_review_due,data_quality,workload_data_quality,plan_impact,outcome,plan_evaluation,transfer_deadline,early_warning,transfer_overdue,delegation}';
	thing text;
	former record;
	roles name[] := ARRAY(SELECT r.rolname FROM pg_roles AS r WHERE r.rolname IN (employee, unit_head, analyst, approver, auditor));
	by_hand granted_right[];
	former_roles name[];
	on_columns text[];
BEGIN
	FOR part IN SELECT * FROM (VALUES ('employee', employee), ('unit_head', unit_head), ('analyst', analyst), ('approver', approver), ('auditor', auditor)) AS v (part, role_name)
		WHERE v.role_name IS NOT NULL
	LOOP
		IF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = part.role_name) THEN
			PERFORM mutasi.raise_error('42704', 'role "%1" does not exist', ARRAY[part.role_name::text],
				hint => 'Create it first: CREATE ROLE …; people are then granted it.');
		END IF;
	END LOOP;
	-- from a clean slate, so that it can be called again
	FOR former IN SELECT p.polname, p.polrelid::regclass AS relation FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
			WHERE c.relnamespace = '@agency@'::regnamespace AND p.polname LIKE 'mutasi\_%' LOOP
		EXECUTE format('DROP POLICY %I ON %s', former.polname, former.relation);
	END LOOP;
	former_roles := ARRAY(SELECT DISTINCT g.role FROM granted_right AS g);
	-- a right on a whole table takes those on its columns along when it goes
	on_columns := ARRAY(SELECT format('GRANT %s (%I) ON @agency@.%I TO %I%s', h.privilege, h.column_name, h.relation, h.role, CASE WHEN h.grantable THEN ' WITH GRANT OPTION' END)
		FROM rights_of(former_roles) AS h
		WHERE h.column_name <> '' AND (h.grantable OR (h.role, h.relation, h.column_name, h.privilege) NOT IN (SELECT g.role, g.relation, g.column_name, g.privilege FROM granted_right AS g)));
	-- and what may be granted on was made so by hand
	FOR former IN SELECT h.* FROM rights_of(former_roles) AS h
			JOIN granted_right AS g ON (g.role, g.relation, g.column_name, g.privilege) = (h.role, h.relation, h.column_name, h.privilege)
			WHERE NOT h.grantable LOOP
		EXECUTE format('REVOKE %s%s ON %s FROM %I', former.privilege, CASE WHEN former.column_name <> '' THEN format(' (%I)', former.column_name) END,
			CASE WHEN former.relation = '' THEN 'SCHEMA @agency@' ELSE format('@agency@.%I', former.relation) END, former.role);
	END LOOP;
	FOR thing IN SELECT c FROM unnest(on_columns) AS c
			EXCEPT SELECT format('GRANT %s (%I) ON @agency@.%I TO %I%s', h.privilege, h.column_name, h.relation, h.role, CASE WHEN h.grantable THEN ' WITH GRANT OPTION' END)
				FROM rights_of(former_roles) AS h LOOP
		EXECUTE thing;
	END LOOP;
	DELETE FROM granted_right;
	by_hand := ARRAY(SELECT ROW(h.role, h.relation, h.column_name, h.privilege)::granted_right FROM rights_of(roles) AS h);
	FOREACH thing IN ARRAY own || secret || '{employee,transfer,transfer_document,transfer_history,ranking_row,transfer_plan_pair,transfer_plan_move,notice,objection,outbox,placement_review,induction_step,mentoring,personal_data_act,decision,decision_candidate,decision_rule,decision_unit,training,delegation}'::text[] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', thing);
	END LOOP;

	FOR part IN SELECT * FROM (VALUES ('employee', employee), ('unit_head', unit_head), ('analyst', analyst), ('approver', approver), ('auditor', auditor)) AS v (part, role_name)
		WHERE v.role_name IS NOT NULL
	LOOP
		EXECUTE format('GRANT USAGE ON SCHEMA @agency@ TO %I', part.role_name);
		FOREACH thing IN ARRAY everywhere || aggregates LOOP
			EXECUTE format('GRANT SELECT ON %I TO %I', thing, part.role_name);
		END LOOP;
		IF part.part = 'employee' THEN
			FOREACH thing IN ARRAY own || secret || '{employee,transfer,transfer_document,transfer_history,transfer_status,transfer_timeline,transfer_deadline,employee_gap,notice,objection,placement_review,induction_step,mentoring,training,training_programme,personal_data_act}'::text[] LOOP
				EXECUTE format('GRANT SELECT ON %I TO %I', thing, part.role_name);
			END LOOP;
			EXECUTE format('CREATE POLICY mutasi_own ON employee FOR SELECT TO %I USING (employee_id = (SELECT my_employee()))', part.role_name);
			EXECUTE format('CREATE POLICY mutasi_own ON delegation FOR SELECT TO %I USING (me() IN (principal, delegate))', part.role_name);
			EXECUTE format('GRANT SELECT ON delegation TO %I', part.role_name);
			FOREACH thing IN ARRAY own || secret LOOP
				EXECUTE format('CREATE POLICY mutasi_own ON %I FOR SELECT TO %I USING (employee_id = (SELECT my_employee()))', thing, part.role_name);
			END LOOP;
			EXECUTE format('CREATE POLICY mutasi_own ON transfer FOR SELECT TO %I USING (employee_id = (SELECT my_employee()))', part.role_name);
			EXECUTE format('CREATE POLICY mutasi_own_write ON transfer FOR UPDATE TO %I USING (employee_id = (SELECT my_employee()) AND initiative = ''own'')'
				' WITH CHECK (employee_id = (SELECT my_employee()) AND initiative = ''own'' AND state IN (''draft'', ''submitted'', ''withdrawn''))', part.role_name);
			EXECUTE format('GRANT UPDATE (state, state_reason) ON transfer TO %I', part.role_name);
			EXECUTE format('CREATE POLICY mutasi_own ON transfer_document FOR SELECT TO %I USING (transfer_id IN (SELECT my_transfers(false)))', part.role_name);
			EXECUTE format('CREATE POLICY mutasi_own_write ON transfer_document FOR INSERT TO %I WITH CHECK (transfer_id IN (SELECT my_transfers(false)) AND code IN (''D02'', ''D06''))', part.role_name);
			EXECUTE format('GRANT INSERT ON transfer_document TO %I', part.role_name);
			EXECUTE format('CREATE POLICY mutasi_own ON notice FOR SELECT TO %I USING (transfer_id IN (SELECT my_transfers(false)))', part.role_name);
			EXECUTE format('CREATE POLICY mutasi_own ON objection FOR SELECT TO %I USING (transfer_id IN (SELECT my_transfers(false)))', part.role_name);
			FOREACH thing IN ARRAY '{transfer_history,placement_review,induction_step}'::text[] LOOP
				EXECUTE format('CREATE POLICY mutasi_own ON %I FOR SELECT TO %I USING (transfer_id IN (SELECT my_transfers(false)))', thing, part.role_name);
			END LOOP;
			FOREACH thing IN ARRAY '{training,personal_data_act}'::text[] LOOP
				EXECUTE format('CREATE POLICY mutasi_own ON %I FOR SELECT TO %I USING (employee_id = (SELECT my_employee()))', thing, part.role_name);
			END LOOP;
			EXECUTE format('CREATE POLICY mutasi_own ON mentoring FOR SELECT TO %I USING (transfer_id IN (SELECT my_transfers(false)) OR mentor_id = (SELECT my_employee()))', part.role_name);
			EXECUTE format('CREATE POLICY mutasi_own_file ON application FOR INSERT TO %I WITH CHECK (employee_id = (SELECT my_employee()) AND transfer_id IS NULL AND withdrawn_at IS NULL)', part.role_name);
			EXECUTE format('CREATE POLICY mutasi_own_change ON application FOR UPDATE TO %I USING (employee_id = (SELECT my_employee()) AND transfer_id IS NULL)'
				' WITH CHECK (employee_id = (SELECT my_employee()) AND transfer_id IS NULL)', part.role_name);
			EXECUTE format('GRANT INSERT (employee_id, post_id, preference, reason), UPDATE (preference, reason, withdrawn_at) ON application TO %I', part.role_name);
		ELSIF part.part = 'unit_head' THEN
			FOREACH thing IN ARRAY own || '{employee,transfer,transfer_document,transfer_history,transfer_status,transfer_deadline,employee_gap,placement_review,placement_review_due,early_warning,induction_step,mentoring,training,training_programme}'::text[] LOOP
				EXECUTE format('GRANT SELECT ON %I TO %I', thing, part.role_name);
			END LOOP;
			FOREACH thing IN ARRAY own || '{employee,training}'::text[] LOOP
				EXECUTE format('CREATE POLICY mutasi_led ON %I FOR SELECT TO %I USING (employee_id IN (SELECT my_people()))', thing, part.role_name);
			END LOOP;
			EXECUTE format('CREATE POLICY mutasi_led ON delegation FOR SELECT TO %I USING (me() IN (principal, delegate))', part.role_name);
			EXECUTE format('GRANT SELECT ON delegation TO %I', part.role_name);
			-- by the person, too: what a statement has just inserted my_transfers() does not see
			EXECUTE format('CREATE POLICY mutasi_led ON transfer FOR SELECT TO %I USING (transfer_id IN (SELECT my_transfers(true)) OR employee_id IN (SELECT my_people()))', part.role_name);
			EXECUTE format('CREATE POLICY mutasi_led_open ON transfer FOR INSERT TO %I WITH CHECK (employee_id IN (SELECT my_people()) AND initiative = ''agency'')', part.role_name);
			EXECUTE format('CREATE POLICY mutasi_led_step ON transfer FOR UPDATE TO %I USING (transfer_id IN (SELECT my_transfers(true))) WITH CHECK (true)', part.role_name);
			EXECUTE format('GRANT INSERT (employee_id, from_post_id, to_post_id, reason, initiative, effective_on, plan_id, reverses_id), UPDATE (state, state_reason, effective_on) ON transfer TO %I', part.role_name);
			EXECUTE format('CREATE POLICY mutasi_led ON transfer_document FOR SELECT TO %I USING (transfer_id IN (SELECT my_transfers(true)))', part.role_name);
			FOREACH thing IN ARRAY '{transfer_history,placement_review,induction_step,mentoring}'::text[] LOOP
				EXECUTE format('CREATE POLICY mutasi_led ON %I FOR SELECT TO %I USING (transfer_id IN (SELECT my_transfers(true)))', thing, part.role_name);
			END LOOP;
			-- for transfer_deadline; rows they see by led_notices() and led_objections()
			EXECUTE format('GRANT SELECT (objection_id, transfer_id, filed_at, answer_due, answered_at) ON objection TO %I', part.role_name);
			-- the supervisor's part of the follow-up
			FOREACH thing IN ARRAY '{placement_review,induction_step,mentoring}'::text[] LOOP
				EXECUTE format('CREATE POLICY mutasi_led_change ON %I FOR UPDATE TO %I USING (transfer_id IN (SELECT my_transfers(true))) WITH CHECK (transfer_id IN (SELECT my_transfers(true)))', thing, part.role_name);
				EXECUTE format('GRANT UPDATE ON %I TO %I', thing, part.role_name);
			END LOOP;
			FOREACH thing IN ARRAY '{induction_step,mentoring}'::text[] LOOP
				EXECUTE format('CREATE POLICY mutasi_led_add ON %I FOR INSERT TO %I WITH CHECK (transfer_id IN (SELECT my_transfers(true)))', thing, part.role_name);
				EXECUTE format('GRANT INSERT ON %I TO %I', thing, part.role_name);
			END LOOP;
			-- proposes; who books and completes, by which assessments rise, is an approver
			EXECUTE format('CREATE POLICY mutasi_led_add ON training FOR INSERT TO %I WITH CHECK (employee_id IN (SELECT my_people()) AND booked_on IS NULL)', part.role_name);
			EXECUTE format('GRANT INSERT (employee_id, programme_id, transfer_id, booked_on) ON training TO %I', part.role_name);
			EXECUTE format('CREATE POLICY mutasi_led_add ON outbox FOR INSERT TO %I WITH CHECK (transfer_id IN (SELECT my_transfers(true)))', part.role_name);
			EXECUTE format('GRANT INSERT (employee_id, transfer_id, subject, body) ON outbox TO %I', part.role_name);
		ELSIF part.part IN ('approver', 'auditor') THEN
			FOREACH thing IN ARRAY own || secret || persons || '{employee,transfer,transfer_document,transfer_history,transfer_plan,transfer_plan_pair,transfer_plan_move,ranking_snapshot,ranking_row,workflow_role,notice,notice_template,objection,outbox,placement_review,decision,decision_candidate,decision_rule,decision_unit,training_programme,training,outcome_indicator,outcome_value,induction_step,mentoring,personal_data_act,data_quality_snapshot,data_quality_snapshot_row}'::text[] LOOP
				EXECUTE format('GRANT SELECT ON %I TO %I', thing, part.role_name);
			END LOOP;
			FOREACH thing IN ARRAY own || secret || '{employee,transfer,transfer_document,transfer_history,transfer_plan_pair,transfer_plan_move,ranking_row,notice,objection,outbox,placement_review,induction_step,mentoring,personal_data_act,decision,decision_candidate,decision_rule,decision_unit,training,delegation}'::text[] LOOP
				EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO %I USING (true)', 'mutasi_' || part.part, thing, part.role_name);
			END LOOP;
			IF part.part = 'approver' THEN
				FOREACH thing IN ARRAY '{transfer,transfer_document,waiver,record_check,application,transfer_plan_pair,transfer_plan_move,notice,objection,outbox,placement_review,induction_step,mentoring,training}'::text[] LOOP
					EXECUTE format('CREATE POLICY mutasi_approver_add ON %I FOR INSERT TO %I WITH CHECK (true)', thing, part.role_name);
					EXECUTE format('CREATE POLICY mutasi_approver_change ON %I FOR UPDATE TO %I USING (true) WITH CHECK (true)', thing, part.role_name);
					EXECUTE format('GRANT INSERT, UPDATE ON %I TO %I', thing, part.role_name);
				END LOOP;
				EXECUTE format('GRANT INSERT, UPDATE ON transfer_plan TO %I', part.role_name);
				EXECUTE format('CREATE POLICY mutasi_approver_verify ON relation FOR UPDATE TO %I USING (true) WITH CHECK (true)', part.role_name);
				EXECUTE format('GRANT UPDATE (holds, verified_on, verified_by) ON relation TO %I', part.role_name);
			END IF;
		END IF;
	END LOOP;
	INSERT INTO granted_right SELECT h.role, h.relation, h.column_name, h.privilege FROM rights_of(roles) AS h
		EXCEPT SELECT w.role, w.relation, w.column_name, w.privilege FROM unnest(by_hand) AS w;
END
$body$;
COMMENT ON FUNCTION @agency@.enable_row_security(text, text, text, text, text) IS 'Puts row security on what tells of persons and grants the named database roles their parts. employee: own data and cases, may apply. unit_head: the people of the units led and transfers from and into them, may open cases. analyst: aggregates only. approver: everything, decides. auditor: everything, changes nothing. May be called again with other roles: those of before lose what it granted them, and keep what was granted by hand. Owner only.';
REVOKE ALL ON FUNCTION @agency@.enable_row_security(text, text, text, text, text) FROM PUBLIC;
