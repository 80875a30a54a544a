-- Who may execute each function of the extension and of an agency schema. Every
-- function stands here under what was decided for it; one that is missing fails,
-- as does one whose privileges, or whose rights while it runs, are others.
BEGIN;
SELECT plan(12);
\i test/data/small_agency.sql
RESET search_path;
SET search_path = public;

CREATE TEMPORARY TABLE decided (place text, decision text, why text, functions text);
INSERT INTO decided VALUES
('mutasi', 'anyone', 'computes, or runs with the caller''s rights on the caller''s tables; of those behind a type, an index, an aggregate PostgreSQL asks for nothing else', '
		add_working_days, adequacy, allowed_transitions, appointed_on, appointed_year, approve, attach_workflow, birth_date,
		case_deadlines, case_key, case_key_condition, case_timeline, check_agency_name, check_condition, class_groups, competencies,
		correct_case, create_agency, current_actor, detach_workflow, efficiency_grade, erase_history_values, exact_quotient,
		exchange_cycles, expire_case, export_workflow, fraction_value, guard_new_partitions, health_staff, health_staff_2004, held_by,
		history_key_condition, holds_all, holds_any, import_cases, import_rows, is_pppk, is_working_day, job_person_category,
		job_person_match, job_person_match_explain, levels, match_applications, match_coverage, match_distance, match_explain,
		match_meets, match_score, migrate_case, migrate_cases, migrate_due, nine_box, nine_box_at, nip_cmp, nip_eq, nip_format, nip_ge,
		nip_gt, nip_hash, nip_hash_extended, nip_in, nip_le, nip_lt, nip_ne, nip_out, nip_recv, nip_send, nip_sortsupport,
		overdue_cases, percent_of, plan_certificate, plan_compare, plan_moves, plan_pairs, plan_posts, plan_shortfall,
		plan_solution_valid, plan_transfers, plan_units, plan_why_not, profile, profile_agg, profile_agg_combine,
		profile_agg_deserialize, profile_agg_final, profile_agg_serialize, profile_agg_transition, profile_cmp, profile_count,
		profile_eq, profile_from_array, profile_from_jsonb, profile_ge, profile_gin_compare_partial, profile_gin_consistent,
		profile_gin_extract_query, profile_gin_extract_value, profile_gin_triconsistent, profile_gist_compress, profile_gist_consistent,
		profile_gist_distance, profile_gist_key_in, profile_gist_key_out, profile_gist_options, profile_gist_penalty,
		profile_gist_picksplit, profile_gist_same, profile_gist_sortsupport, profile_gist_union, profile_gt, profile_hash,
		profile_hash_extended, profile_in, profile_le, profile_level, profile_lt, profile_matching, profile_matching_accum,
		profile_matching_combine, profile_matching_explain, profile_matching_final, profile_matching_fraction, profile_matching_parts,
		profile_matching_total, profile_merge, profile_ne, profile_out, profile_recv, profile_send, profile_set, profile_subtract,
		profile_to_array, profile_to_jsonb, profile_typanalyze, profile_unnest, project_volume, raise_error, raise_warning, tell_progress,
		rank_candidates, rank_composite, rank_posts, rearm_workflow, record_baseline, refuse_stale, requirement_agg, requirement_agg_combine,
		requirement_agg_deserialize, requirement_agg_final, requirement_agg_serialize, requirement_agg_transition, requirement_cmp,
		requirement_count, requirement_eq, requirement_from_jsonb, requirement_ge, requirement_gt, requirement_hash,
		requirement_hash_extended, requirement_in, requirement_le, requirement_lt, requirement_ne, requirement_out, requirement_recv,
		requirement_send, requirement_subtract, requirement_to_jsonb, requirement_unnest, revoke_approval, round_staff, run_timers,
		seal_history, sex, solve_transfers, staff_accum, staff_accum_inv, staff_by_equipment, staff_by_object, staff_by_output,
		staff_combine, staff_deserialize, staff_final, staff_required, staff_serialize, surplus, teacher_final, teacher_required, translated,
		unassessed, upgrade_agency, usual_band, verify_history, volume_surge, wisn_available_time, wisn_category_factor, wisn_ratio,
		wisn_staff, with_surplus, workflow_add_column, workflow_attach, workflow_attachment, workflow_check_options,
		workflow_create_triggers, workflow_current_options, workflow_diagram, workflow_digest, workflow_document,
		workflow_guard_truncate, workflow_health, workflow_history_table, workflow_owner_check, workflow_pin_columns,
		workflow_relation_option, workflow_seal_tables, working_days_between, working_days_until, workload_ratio'),
('mutasi', 'anyone', 'triggers that an owner hangs on the own table; they run with the rights of whoever writes, and look at whose table it is', '
		history_guard, workflow_columns, workflow_end, workflow_enforce, workflow_key, workflow_new_partition, workflow_truncate'),
('mutasi', 'anyone', 'trigger that only refuses', '
		keep_shipped'),
('mutasi', 'owner, definer', 'writes the workflows that everybody''s cases follow', '
		define_workflow'),
('mutasi', 'owner', 'parts of define_workflow(), and the trigger that keeps what it wrote', '
		workflow_check_graph, workflow_check_keys, workflow_documents, workflow_frozen, workflow_text_array'),
('kota', 'anyone', 'run with the caller''s rights: row security and the tables'' privileges say what comes of it', '
		allowed_on_its_day, announce_messages, answer_objection, apply_due_transfers, apply_for_transfer, assign_mentor, balance_part, best_of, best_people,
		book_training, candidates, check_eligibility, compare_plans, compare_workload_snapshots, complete_induction_step,
		complete_training, composite_score, csv_template, current_assessment, current_post, decision_candidate_hash, decision_digest,
		decision_file, decision_grounded, decision_rule_hash, derive_loads, derive_months, derive_profiles, derive_recent_scores, derive_requirements,
		effective_hours_on, eligibility, eligibility_summary, eligible_pairs, evaluate_plan, experience_part, explain_match,
		is_decided, role_in_force,
		continuation, secrets_open,
		file_application, fill_template, find_mentions, forget_units, groups_to_hide, held_since, incumbents, issue_notice, keep_solution, load_csv,
		load_insert, load_query, load_rows, load_value, lock_posts, me, merge_units, months_between, months_served, move_posts, new_policy,
		move_kind, notice_allowed, notice_fields, notice_status, open_plan, plan_donors, plan_shortfall, origin_post, transfer_context, open_state, open_transfer, opportunities, order_applications, passed_over, personal_data,
		plan_compare, plan_effects, plan_outcome, plan_unit_impact, plan_what_if, policy_asked, policy_in_force, policy_on, policy_setting_sound, policy_surplus, preview_notice, profile_on,
		project_staffing, propose_plan, propose_scenario, propose_training, qualification_part, rank_of, ranked, read_csv,
		rebuild_derived, recent_rating, record_placement_review, refresh_profiles, refused_on, rename_unit, replay, replayed_rules, retirement_ages, retirement_date,
		reverse_transfer, rows_about, rule_class, rule_competency_fit, rule_conflict_of_interest, rule_discipline, rule_donor_floor,
		rule_education, rule_election_window, rule_grade, rule_in_service, rule_mandatory_competencies, rule_no_open_case,
		rule_other_post, rule_performance, rule_pppk, rule_retirement, rule_study_leave, rule_ten_years, rule_tenure, rule_vacancy,
		score_pairs, scores_for, sees_whole, seniority, service_spells, split_unit, staff_changes, staffing_day, take_data_quality_snapshot,
		take_messages, take_ranking_snapshot, take_workload_snapshot, task_surges, told, training_needs, transfer_eligibility, transfer_sound, unit_can_change, unit_name, unit_subtree,
		unit_surges, verify_interest, waive_notice, what_if, why_not, with_waivers, withdraw_application, withhold_beyond_minimum, workload_findings'),
('kota', 'anyone, definer', 'about the caller, by my_employee() and me(), or the people the caller leads, and nobody else', '
		acknowledge_notice, declare_interest, delegate_my_part, end_delegation, file_objection, led_notices, led_objections,
		logged_in_as_person, my_employee, my_opportunities, my_people, my_personal_data, my_rank, my_transfers, my_units, standing_of'),
('kota', 'anyone, definer', 'aggregates of posts and units, small groups withheld, without persons', '
		fairness_shown, load_year, open_posts, pending_moves, people_in_service, seats_held, shown_findings, staffing_projection_shown, unit_figures, unit_needs'),
('kota', 'anyone, definer', 'asked by the workflow on behalf of whoever acts: whether a person has a part', '
		acts_for, plays_role'),
('kota', 'anyone, definer', 'takes no argument and writes only what anybody would compute', '
		refresh_units'),
('kota', 'owner', 'acts on the whole agency, or on a person''s data', '
		correct_personal_data, enable_row_security, erase_personal_data, rights_of, run_daily, set_deadlines, set_language'),
('kota', 'owner, definer', 'what fairness_shown() withholds from', '
		fairness_groups'),
('kota', 'owner, definer', 'triggers with the owner''s rights: a table of another''s own must not have them', '
		application_ended, application_linked, assessment_derive_profile, assessment_truncated, decision_kept, decision_record, decision_sealed, decision_told, eligibility_rule_valid,
		employee_fill_from_nip, employee_keep_nip, incumbency_within_limits, notice_recorded, notice_template_fields, objection_answered, performance_derive_score,
		personal_data_act_kept, placement_review_not_own, policy_frozen, policy_published, policy_sound, post_kind_age_kept, post_competency_derive_requirement, post_competency_truncated,
		post_surplus_changed, task_changed, task_norm_changed, task_volume_changed, task_volume_truncated,
		transfer_exempt, transfer_kept,
		transfer_document_kept,
		training_completed, transfer_effects, transfer_fill, transfer_followed_up, transfer_people, unit_refuse_loop,
		unit_state_changed, unit_state_make, waiver_allowed'),
('kota', 'owner', 'triggers that need no other rights, not to be had elsewhere either', '
		application_dated, application_filed, done_by_another, notice_timely, post_keep_effective_time, post_month_load_truncated, relation_verified, signature_kept, signed, transfer_one_open,
		waiver_kept, workload_snapshot_kept');

CREATE TEMPORARY TABLE decision AS
SELECT d.place || '.' || btrim(f, E' \t\n') AS function, d.decision FROM decided AS d, string_to_table(d.functions, ',') AS f;

-- what is: of functions of one name, each must have it
CREATE TEMPORARY TABLE found AS
SELECT n.nspname || '.' || p.proname AS function, p.oid,
	CASE WHEN has_function_privilege('public', p.oid, 'EXECUTE') THEN 'anyone' ELSE 'owner' END || CASE WHEN p.prosecdef THEN ', definer' ELSE '' END AS decision
FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname IN ('mutasi', 'kota');

SELECT cmp_ok((SELECT count(*)::int FROM found), '>', 400, 'functions are found');
SELECT is_empty('SELECT function FROM decision GROUP BY function HAVING count(*) > 1', 'each is decided once');
SELECT is_empty('SELECT DISTINCT f.function, f.decision FROM found AS f WHERE NOT EXISTS (SELECT FROM decision AS d WHERE d.function = f.function) ORDER BY 1',
	'no function without a decision on who may execute it');
SELECT is_empty('SELECT d.function FROM decision AS d WHERE NOT EXISTS (SELECT FROM found AS f WHERE f.function = d.function) ORDER BY 1',
	'no decision on a function that is not there');
SELECT is_empty('SELECT f.oid::regprocedure, f.decision AS is, d.decision AS decided FROM found AS f JOIN decision AS d USING (function) WHERE f.decision <> d.decision ORDER BY 1::text',
	'every function is as decided');
SELECT is_empty($$SELECT f.oid::regprocedure, a.grantee::regrole FROM found AS f JOIN pg_proc AS p USING (oid), aclexplode(p.proacl) AS a
	WHERE a.grantee <> 0 AND a.grantee <> p.proowner$$, 'nobody else is granted anything');

-- What the decision on triggers is about: an employee's own table, shaped like "transfer",
-- whose rows the employee makes up.
CREATE ROLE fp_employee;
CREATE ROLE pegawai_2 IN ROLE fp_employee;
GRANT USAGE ON SCHEMA mutasi, public TO PUBLIC;
SELECT lives_ok($$SELECT kota.enable_row_security('fp_employee')$$, 'employees are let in');
CREATE FUNCTION pg_temp.attempt(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE TEMPORARY TABLE before AS SELECT * FROM kota.incumbency;
GRANT SELECT ON found TO PUBLIC;
SET LOCAL ROLE pegawai_2;
CREATE TEMPORARY TABLE transfer (transfer_id int, employee_id int, from_post_id int, to_post_id int, state text, kind text, initiative text,
	effective_on date, decision_date date, decision_letter text, appointment_letter text, reverses_id int);
SELECT is(pg_temp.attempt('CREATE TRIGGER promote_me AFTER UPDATE ON pg_temp.transfer FOR EACH ROW EXECUTE FUNCTION kota.transfer_effects()'),
	'42501 permission denied for function kota.transfer_effects', 'the trigger that moves people hangs on no table of an employee''s own');
INSERT INTO pg_temp.transfer VALUES (1, 2, 2, 4, 'draft', 'promotion', 'own', current_date, current_date, 'made up', 'made up');
UPDATE pg_temp.transfer SET state = 'effective';
SELECT is_empty($$SELECT f.function, a.answer FROM found AS f JOIN pg_proc AS p USING (oid),
		pg_temp.attempt(format('CREATE TRIGGER mine BEFORE UPDATE ON pg_temp.transfer FOR EACH ROW EXECUTE FUNCTION %s()', f.oid::regproc)) AS a (answer)
	WHERE p.pronamespace = 'kota'::regnamespace AND p.prorettype = 'trigger'::regtype AND a.answer NOT LIKE '42501 permission denied for function %'$$,
	'nor does any other of the agency''s');
RESET ROLE;
SELECT set_eq('SELECT * FROM kota.incumbency', 'SELECT * FROM before', 'and nobody is moved');
-- the triggers that are there fire for whoever may write
SET LOCAL ROLE pegawai_2;
SELECT is(pg_temp.attempt($$SELECT kota.apply_for_transfer(4, 'I would like to lead')$$), 'done', 'an employee applies');
RESET ROLE;

-- what only the owner may do
SELECT is_empty($$SELECT f.oid::regprocedure FROM found AS f WHERE f.decision LIKE 'owner%' AND has_function_privilege('pegawai_2', f.oid, 'EXECUTE')$$,
	'an employee may do nothing of what is the owner''s');
SELECT * FROM finish();
ROLLBACK;
