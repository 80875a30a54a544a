-- The small agency with something in every view that BI tools read: a plan and
-- its indicator, rankings, a transfer that has taken effect and its reviews, one
-- under way, applications. To be run in a database with the extension, from the
-- root of the tree.
\i test/data/small_agency.sql
INSERT INTO transfer_plan (name, goal, period_from, period_to, indicator, evaluation) VALUES
	('Nurses 2026', 'no unit above a ratio of 1.20', '2026-01-01', '2027-01-01', 'waiting time', 'ratios and waiting time a year later'),
	('Clerks 2026', 'a clerk where letters wait', '2026-01-01', '2027-01-01', NULL, 'ratios');
INSERT INTO transfer_plan_move (plan_id, employee_id, to_post_id, from_post_id) VALUES (2, 4, 1, 2);
SELECT take_ranking_snapshot(5) \g /dev/null
SELECT take_workload_snapshot() \g /dev/null
INSERT INTO outcome_indicator (indicator, description, higher_is_better) VALUES ('waiting time', 'minutes from arrival to treatment', false);
INSERT INTO outcome_value (unit_id, indicator, period_start, value)
	SELECT u, 'waiting time', (current_date + make_interval(months => m))::date, 60 + u * 3 + m * u FROM generate_series(1, 3) AS u, unnest('{-9,-6,-3,3,6,9}'::int[]) AS m;
-- one case to its effect, a day's work of four people
BEGIN; SET LOCAL mutasi.actor = 'head of unit';
INSERT INTO transfer (employee_id, to_post_id, reason, effective_on, plan_id) VALUES (2, 1, 'Health Centre 1 lacks nurses', current_date, 1);
UPDATE transfer SET state = 'submitted' WHERE transfer_id = 1; COMMIT;
INSERT INTO transfer_document (transfer_id, code, title, sha256) SELECT 1, d, d, sha256(d::bytea) FROM unnest('{D01,D05,D06,D07,D08,D10,D12}'::text[]) AS d;
BEGIN; SET LOCAL mutasi.actor = 'verifier'; UPDATE transfer SET state = 'verification' WHERE transfer_id = 1; COMMIT;
BEGIN; SET LOCAL mutasi.actor = 'verifier'; UPDATE transfer SET state = 'analysis' WHERE transfer_id = 1; COMMIT;
BEGIN; SET LOCAL mutasi.actor = 'analyst'; UPDATE transfer SET state = 'team_review' WHERE transfer_id = 1; COMMIT;
BEGIN; SET LOCAL mutasi.actor = 'mayor';
UPDATE transfer SET state = 'decided', decision_letter = '800/1/2026', state_reason = 'best of the eligible', decision_grounds = 'The person ranked first declined.' WHERE transfer_id = 1;
UPDATE transfer SET state = 'appointed', appointment_letter = '821/1/2026' WHERE transfer_id = 1; COMMIT;
SELECT issue_notice(1, 'en') \g /dev/null
BEGIN; SET LOCAL mutasi.actor = 'personnel agency'; SELECT apply_due_transfers() \g /dev/null
COMMIT;
-- one under way, and two wishes
INSERT INTO transfer (employee_id, to_post_id, reason, effective_on) VALUES (3, 1, 'nearer to the children''s school', current_date + 60);
UPDATE transfer SET state = 'submitted' WHERE transfer_id = 2;
SELECT file_application(5, 1, 'tugas belajar selesai – dekat keluarga'), file_application(6, 1, 'line
break, "quotes", comma') \g /dev/null
-- somebody nobody assessed
INSERT INTO employee (employee_id, name) VALUES (9, 'Pegawai 009');
UPDATE placement_review SET due_on = current_date - 3 WHERE months = 3;
-- nine people are few: small groups are put together below three
SELECT new_policy(current_date, '{"min_group": 3}') \g /dev/null
