-- The demo: a city from imbalance to an effective transfer. Run by test/demo.sh
-- from the root of the tree; every figure is computed here and now.
\set QUIET on
\pset footer off
\pset border 1
\pset null '–'
SET client_min_messages = warning;

\echo
\echo 'mutasi: transfers of civil servants (mutasi ASN), from imbalance to effective transfer'
\echo '===================================================================================='
\echo
\echo 'A city has people where the work is not, and work where the people are not. This shows how the personnel agency'
\echo 'finds out (1, 2), who could move and why (3, 4), what it would do (5), what the best plan for the whole city is (6),'
\echo 'and one transfer on its lawful way (7) until both units feel it (8). Indonesian terms stand in brackets.'
\echo
\echo 'Making a city: units, posts, people, competencies, tasks and their volumes ...'
CREATE EXTENSION mutasi;
SELECT mutasi.create_agency('kota_contoh') \g /dev/null
SET search_path = kota_contoh, mutasi, public;
\i test/data/city.sql
ANALYZE;
SELECT format('%s units, %s posts with %s seats, %s employees, %s assessments of %s competencies, %s tasks.',
		(SELECT count(*) FROM unit), (SELECT count(*) FROM post), (SELECT sum(seats) FROM post), (SELECT count(*) FROM employee),
		(SELECT count(*) FROM assessment), (SELECT count(*) FROM competency), (SELECT count(*) FROM task)) AS line \gset
\echo :line
\echo 'What the posts ask is O*NET''s level and importance of 68 skills and fields of knowledge (U.S. Department of'
\echo 'Labor, CC BY 4.0); the people are drawn around the occupation they work in, the same in every run.'

\echo
\echo
\echo '1. Which units are short of people, and which have people to spare?'
\echo
\echo 'required = hours of work last year / effective hours of one person (1,250); ratio = required / existing.'
\echo 'A ratio above 1 means too few people for the work. Grades as Permendagri 12/2008: A above 1.00 ... E below 0.50.'
\echo
WITH ordered AS (
	SELECT w.*, row_number() OVER (ORDER BY w.ratio DESC, w.unit_id) AS n, count(*) OVER () AS total FROM unit_workload AS w)
SELECT CASE WHEN o.n = 9 THEN '...' ELSE o.unit_name END AS "Unit",
	CASE WHEN o.n <> 9 THEN round(o.required, 2)::text ELSE '' END AS "required",
	CASE WHEN o.n <> 9 THEN round(o.existing)::text ELSE '' END AS "existing",
	CASE WHEN o.n <> 9 THEN o.ratio::text ELSE '' END AS "ratio",
	CASE WHEN o.n <> 9 THEN o.efficiency ELSE '' END AS "grade",
	CASE WHEN o.n <> 9 THEN o.situation ELSE '' END AS "situation"
FROM ordered AS o WHERE o.n <= 9 OR o.n > o.total - 7 ORDER BY o.n;
\echo 'The same arithmetic on a published example (Perbup Lahat, annex III: the mayor''s aides), whose printed result is'
\echo '2.256 people''s work and a need of 2 where 3 are there:'
\echo
SELECT w.unit_name AS "Unit", w.hours AS "hours", w.required AS "required", w.required_rounded AS "rounded", round(w.existing) AS "existing", w.ratio AS "ratio", w.efficiency AS "grade"
FROM unit_workload AS w WHERE w.unit_code = 'SEC-PROT';

\echo
\echo '2. Where are seats empty, and where does it hurt most?'
\echo
SELECT v.unit_name AS "Unit", v.post_title AS "Post", v.seats AS "seats", round(v.held) AS "held", round(v.free) AS "free", v.unit_ratio AS "unit's ratio"
FROM vacancy AS v WHERE NOT v.blocked ORDER BY v.unit_ratio DESC, v.free DESC, v.post_id LIMIT 12;
SELECT format('(%s posts have free seats; the 12 in the busiest units are shown.)', count(*)) AS line FROM vacancy AS v WHERE NOT v.blocked \gset
\echo :line

SELECT v.post_id AS target, v.post_title AS target_title, v.unit_name AS target_unit
	FROM vacancy AS v WHERE NOT v.blocked ORDER BY v.unit_ratio DESC, v.free DESC, v.post_id LIMIT 1 \gset
\echo
\echo
SELECT format('3. Who fits best as %s in %s? The ten best of all employees', :'target_title', :'target_unit') AS line \gset
\echo :line
\echo
\echo 'Each part is between 0 and 1; the score weighs them as the agency''s policy says (competency 0.50, performance'
\echo '0.20, education, experience and the balance of both units'' workload 0.10 each). Names decide nothing.'
\echo
CREATE TEMP TABLE best AS SELECT * FROM candidates(:target, 10);
SELECT b.rank AS "rank", b.name AS "who", p.title || ', ' || u.name AS "now", round(b.score, 3) AS "score",
	round(b.competency, 2) AS "comp.", round(b.performance, 2) AS "perf.", round(b.qualification, 2) AS "educ.",
	round(b.experience, 2) AS "exp.", round(b.balance, 2) AS "bal.",
	CASE WHEN b.eligible THEN 'yes' WHEN NOT b.eligible THEN 'no' ELSE 'unknown' END AS "eligible"
FROM best AS b LEFT JOIN post AS p ON p.post_id = b.from_post_id LEFT JOIN unit AS u ON u.unit_id = b.from_unit_id ORDER BY b.rank;
\echo 'Why some of them may not move:'
\echo
SELECT b.rank AS "rank", b.name AS "who", b.reason AS "reason" FROM best AS b WHERE b.eligible IS NOT TRUE ORDER BY b.rank;

SELECT c.employee_id AS chosen, c.name AS chosen_name, c.rank AS chosen_rank, c.from_unit_id AS chosen_unit
	FROM (SELECT * FROM best UNION ALL SELECT * FROM candidates(:target, 1, eligible_only => true)) AS c
	WHERE c.eligible ORDER BY c.score DESC, c.rank DESC LIMIT 1 \gset
SELECT k.rank AS chosen_rank FROM rank_of(:chosen, :target) AS k \gset
\echo
SELECT format('4. Why %s, the first of the eligible (rank %s)? The eight competencies that cost most', :'chosen_name', :chosen_rank) AS line \gset
\echo :line
\echo
SELECT m.competency AS "competency", m.required AS "asked", m.held AS "held", m.gap AS "gap", m.weight AS "weight",
	CASE WHEN m.mandatory THEN 'mandatory' ELSE m.kind END AS "kind", round(m.contribution, 4) AS "costs"
FROM explain_match(:chosen, :target) AS m LIMIT 8;
SELECT format('All 68 together cost %s; the fit is 1 less that: %s. Holding more than asked counts half against the fit.',
	round(sum(m.contribution), 6), round(1 - sum(m.contribution), 6)) AS line FROM explain_match(:chosen, :target) AS m \gset
\echo :line
\echo
\echo 'The rules, each with its legal basis:'
\echo
SELECT e.rule AS "rule", CASE WHEN e.passed THEN 'passed' WHEN NOT e.passed THEN 'NOT PASSED' ELSE 'unknown' END AS "result", e.detail AS "detail", e.legal_basis AS "legal basis"
FROM eligibility(:chosen, :target) AS e;

\echo
\echo '5. What would the move do to both units?'
\echo
SELECT w.unit_name AS "Unit", round(w.required, 2) AS "required", round(w.existing_before) AS "existing", round(w.existing_after) AS "afterwards",
	round(w.ratio_before, 2) AS "ratio", round(w.ratio_after, 2) AS "ratio afterwards", w.efficiency_before || ' -> ' || w.efficiency_after AS "grade"
FROM what_if(ARRAY[:chosen], ARRAY[:target]) AS w;
CREATE TEMP TABLE before AS SELECT w.unit_id, w.unit_name, w.existing, w.ratio, w.efficiency FROM unit_workload AS w
	WHERE w.unit_id IN (:chosen_unit, (SELECT p.unit_id FROM post AS p WHERE p.post_id = :target));

\echo
\echo '6. All free seats at once: the transfer plan (rencana mutasi)'
\echo
\echo 'A plan has a goal, a period, a measurable target and says how it will be evaluated. The optimiser fills it: the most'
\echo 'seats, the busiest units first, then the best scores; and it never takes anybody whom a unit cannot spare.'
\echo
SELECT round(count(*) FILTER (WHERE w.ratio > 1.20)::numeric, 0) AS overloaded FROM unit_workload AS w \gset
INSERT INTO transfer_plan (name, goal, period_from, period_to, indicator, baseline, target, higher_is_better, evaluation, evaluate_on)
	VALUES ('Balance', 'no unit far above its workload', current_date, current_date + 180, 'units with a ratio above 1.20', :overloaded, 0, false,
		'unit_workload, by the personnel agency, half a year later', current_date + 190) RETURNING plan_id AS plan \gset
SELECT propose_plan(:plan) AS moves \gset
SELECT format('%s moves fill %s of %s free seats, out of %s people a rule does not hold back; proven: %s (no other choice reaches more,', c.transfers, c.seats - c.empty,
		c.seats, (SELECT count(DISTINCT w.employee_id) FROM transfer_plan_pair AS w WHERE w.plan_id = p.plan_id), CASE WHEN c.proven THEN 'yes' ELSE 'no' END) AS line
	FROM transfer_plan AS p CROSS JOIN LATERAL mutasi.plan_certificate(p.solution) AS c WHERE p.plan_id = :plan \gset
\echo :line
\echo 'and anybody can check it). Seats that stay empty, and why:'
\echo
SELECT f.reason AS "why", sum(f.empty) AS "seats", CASE f.reason WHEN 'no_candidate' THEN 'no rule lets anybody into the post' WHEN 'too_few_candidates' THEN 'fewer people than seats'
		WHEN 'donors_at_floor' THEN 'the units of those who could would be left too short' WHEN 'minimum_staff' THEN 'the posts of those who could keep their minimum staff'
		ELSE 'those who could fill it are worth more elsewhere' END AS "in words"
FROM plan_shortfall(:plan) AS f GROUP BY f.reason ORDER BY 2 DESC, 1;
\echo 'What it would do to the units that it changes most, and nothing of it has happened yet:'
\echo
SELECT w.unit_name AS "Unit", round(w.required, 2) AS "required", round(w.existing_before) AS "existing", round(w.existing_after) AS "afterwards",
	round(w.ratio_before, 2) AS "ratio", round(w.ratio_after, 2) AS "ratio afterwards", w.efficiency_before || ' -> ' || w.efficiency_after AS "grade"
FROM plan_what_if(:plan) AS w ORDER BY abs(w.ratio_before - w.ratio_after) DESC, w.unit_id LIMIT 8;
SELECT format('Units with a ratio above 1.20: %s now, %s if the whole plan is carried out.', :overloaded, count(*) FILTER (WHERE round(coalesce(w.ratio_after, u.ratio), 2) > 1.20)) AS line
	FROM unit_workload AS u LEFT JOIN plan_what_if(:plan) AS w USING (unit_id) \gset
\echo :line

\echo
\echo '7. One transfer, step by step, each by the person whose part it is'
\echo
BEGIN;
SET LOCAL mutasi.actor = 'head of unit';
INSERT INTO transfer (employee_id, to_post_id, reason, effective_on, plan_id)
	VALUES (:chosen, :target, 'the unit with the highest workload ratio lacks staff', current_date, :plan) RETURNING transfer_id AS case \gset
COMMIT;
\echo 'A shortcut is tried first, UPDATE transfer SET state = ''effective'', straight from draft. The database refuses:'
\echo
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS TABLE ("message" text, "hint" text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	"message" := 'NOT REFUSED';
	RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS "message" = MESSAGE_TEXT, "hint" = PG_EXCEPTION_HINT;
	RETURN NEXT;
END $$;
\pset expanded on
SELECT * FROM pg_temp.refusal(format('UPDATE transfer SET state = ''effective'' WHERE transfer_id = %s', :case));
\pset expanded off
\echo 'And the lawful way:'
BEGIN; SET LOCAL mutasi.actor = 'head of unit'; UPDATE transfer SET state = 'submitted' WHERE transfer_id = :case; COMMIT;
BEGIN; SET LOCAL mutasi.actor = 'verifier'; UPDATE transfer SET state = 'verification' WHERE transfer_id = :case; COMMIT;
INSERT INTO transfer_document (transfer_id, code, title, number, issued_on, sha256) SELECT :case, d.code, d.title, d.code || '/2026', current_date, sha256(d.title::bytea)
	FROM (VALUES ('D01', 'post and workload analysis of both units'), ('D05', 'statement: no sanction, no court case'), ('D06', 'last decision on grade'),
		('D07', 'performance ratings of two years'), ('D08', 'statement: no study leave, no service bond')) AS d (code, title);
BEGIN; SET LOCAL mutasi.actor = 'verifier'; UPDATE transfer SET state = 'analysis' WHERE transfer_id = :case; COMMIT;
BEGIN; SET LOCAL mutasi.actor = 'analyst'; UPDATE transfer SET state = 'team_review' WHERE transfer_id = :case; COMMIT;
INSERT INTO transfer_document (transfer_id, code, title, number, issued_on) VALUES (:case, 'D10', 'decision', '800/17/BKPSDM', current_date);
BEGIN; SET LOCAL mutasi.actor = 'mayor';
UPDATE transfer SET state = 'decided', decision_letter = '800/17/BKPSDM', state_reason = 'highest score of the eligible',
	decision_grounds = 'Those ranked higher do not pass a rule, see the eligibility list.' WHERE transfer_id = :case; COMMIT;
INSERT INTO transfer_document (transfer_id, code, title, number, issued_on) VALUES (:case, 'D12', 'letter of appointment', '821/17/BKPSDM', current_date);
BEGIN; SET LOCAL mutasi.actor = 'mayor'; UPDATE transfer SET state = 'appointed', appointment_letter = '821/17/BKPSDM' WHERE transfer_id = :case; COMMIT;
SELECT issue_notice(:case, 'en') AS line \gset
BEGIN; SET LOCAL mutasi.actor = 'personnel agency'; SELECT count(*) FROM apply_due_transfers() AS a WHERE a.applied \g /dev/null
COMMIT;
\echo
SELECT row_number() OVER (ORDER BY h.seq) AS "step", h.actor AS "who", h.action AS "action", coalesce(h.from_state, '') AS "from", h.to_state AS "to", left(encode(h.hash, 'hex'), 12) || '...' AS "hash of the row"
FROM transfer_history AS h WHERE h.transfer_id = :case AND h.action <> 'change' ORDER BY h.seq;
\echo 'Between the appointment and its effect the person is told, in a notice made from the decision''s own data:'
\echo
SELECT '    ' || l AS line FROM regexp_split_to_table(:'line', E'\n') AS l WHERE l <> '' \g (tuples_only=on format=unaligned)
\echo
\echo 'Nobody objected here; an objection on file would have kept the transfer from taking effect until it is answered.'
\echo
\echo 'Each row of the history above is hashed with the one before it. Suppose the owner of the database switches the guards'
\echo 'off and writes another name over the mayor''s; verify_history() then says:'
\echo
BEGIN;
ALTER TABLE transfer_history DISABLE TRIGGER USER;
UPDATE transfer_history AS h SET actor = 'somebody else' WHERE h.transfer_id = :case AND h.action = 'decide';
SELECT v.* FROM mutasi.verify_history('kota_contoh.transfer') AS v;
ROLLBACK;
SELECT t.employee_name AS "who", t.from_post || ', ' || t.from_unit AS "from", t.to_post || ', ' || t.to_unit AS "to", t.kind AS "kind", t.state AS "state", t.rank AS "rank", t.policy_version AS "policy"
FROM transfer_status AS t WHERE t.transfer_id = :case;

\echo
\echo '8. Both units, before and after'
\echo
SELECT b.unit_name AS "Unit", round(b.existing) AS "staff before", round(w.existing) AS "staff after", b.ratio AS "ratio before", w.ratio AS "ratio after", b.efficiency || ' -> ' || w.efficiency AS "grade"
FROM before AS b JOIN unit_workload AS w USING (unit_id) ORDER BY b.ratio DESC;
SELECT format('The other moves of the plan go the same way: open_plan(%s) opens their cases.', :plan) AS line \gset
\echo :line
\echo 'Everything above is plain SQL on ordinary tables: README.md goes through it in five minutes.'
\echo
