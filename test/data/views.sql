-- The small agency as the pages about its views show it: two plans, a transfer that
-- has taken effect and one that somebody applied for, indicators, snapshots; and
-- row security, with a role for each part. Names of the roles begin with bi_.
\i test/data/small_agency.sql
CREATE FUNCTION step(t integer, who text, s text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('mutasi.actor', who, true);
	UPDATE kota.transfer SET state = s WHERE transfer_id = t;
END $$;
INSERT INTO transfer_plan (name, goal, period_from, period_to, indicator, baseline, target, higher_is_better, evaluation) VALUES
	('2025', 'no health centre above a ratio of 1.5', '2025-01-01', '2025-12-31', 'waiting time', 60, 45, false, 'BKPSDM, yearly'),
	('2026', 'and none above 1.2', '2026-01-01', '2026-12-31', NULL, NULL, NULL, false, 'BKPSDM, yearly');
-- one case from draft to effect, of plan 1
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, plan_id, effective_on) VALUES (1, 3, 1, 'PKM1 lacks nurses', 1, '2025-06-02');
INSERT INTO transfer_document (transfer_id, code, title) SELECT 1, d, d FROM unnest('{D01,D05,D06,D07,D08,D10,D12}'::text[]) AS d;
SELECT step(1, who, state) FROM (VALUES (1, 'unit head', 'submitted'), (2, 'verifier', 'verification'), (3, 'verifier', 'analysis'), (4, 'analyst', 'team_review'), (5, 'mayor', 'decided'), (6, 'mayor', 'appointed')) AS v (n, who, state) ORDER BY n \g /dev/null
SELECT waive_notice(1, 'asked for it') \g /dev/null
SELECT apply_due_transfers() \g /dev/null
SELECT assign_mentor(1, 1) \g /dev/null
SELECT complete_induction_step(1, n) FROM generate_series(1, 7) AS n \g /dev/null
SELECT record_placement_review(1, 3, 2, 3, true) \g /dev/null
UPDATE placement_review SET due_on = current_date + 100 WHERE months > 3;
-- plan 2, proposed; a wish, and an objection to it
SELECT propose_plan(2) \g /dev/null
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, initiative) VALUES (2, 2, 1, 'near my family', 'own');
BEGIN;
SET LOCAL mutasi.actor = 'pegawai_2';
SELECT file_objection(2, 'I would rather wait') \g /dev/null
COMMIT;
INSERT INTO outcome_indicator VALUES ('waiting time', 'minutes until seen', false);
INSERT INTO outcome_value (unit_id, indicator, period_start, value) VALUES (1, 'waiting time', '2025-03-01', 20), (1, 'waiting time', '2025-09-01', 21), (2, 'waiting time', '2025-03-01', 60), (2, 'waiting time', '2025-09-01', 44), (3, 'waiting time', '2025-03-01', 40), (3, 'waiting time', '2025-09-01', 38);
SELECT take_data_quality_snapshot() \g /dev/null
INSERT INTO employee (employee_id, name) VALUES (9, 'Pegawai 009');
SELECT take_data_quality_snapshot() \g /dev/null
SELECT take_ranking_snapshot(5) \g /dev/null
-- who reads: Pegawai 001 leads Health Centre 1, Pegawai 002 is an employee like others
INSERT INTO incumbency (employee_id, post_id, valid_from, kind) VALUES (1, 4, '2024-01-01', 'acting');
CREATE ROLE bi_employee; CREATE ROLE bi_head; CREATE ROLE bi_analyst; CREATE ROLE bi_approver; CREATE ROLE bi_auditor;
CREATE ROLE pegawai_1 IN ROLE bi_head, bi_employee;
CREATE ROLE pegawai_2 IN ROLE bi_employee;
SELECT enable_row_security('bi_employee', 'bi_head', 'bi_analyst', 'bi_approver', 'bi_auditor') \g /dev/null
