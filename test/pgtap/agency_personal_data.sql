-- Personal data: a copy, corrections and erasures everywhere they live; histories
-- and decisions verify afterwards; each act is recorded, without values.
BEGIN;
SELECT plan(56);
\i test/data/small_agency.sql
CREATE FUNCTION pg_temp.step(t integer, who text, s text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('mutasi.actor', who, true);
	UPDATE kota.transfer SET state = s, state_reason = 'step ' || s || ' for Pegawai 002' WHERE transfer_id = t;
END $$;
UPDATE employee SET nip = '198503222010032002' WHERE employee_id = 2;
UPDATE employee SET nip = '198503222010032003' WHERE employee_id = 2;
UPDATE employee SET permanent_since = appointed_on + interval '1 year' WHERE employee_id = 2;
INSERT INTO discipline (employee_id, kind, valid_from, valid_to, letter) VALUES (2, 'light sanction', '2015-01-01', '2015-06-01', 'SECRET-D');
INSERT INTO relation (employee_id, relative_id, kind) VALUES (2, 7, 'sibling'), (8, 2, 'in-law');
INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (2, 'tenure', 'SECRET-W', current_date + 100);
INSERT INTO training_programme (name, competency_id, to_level) VALUES ('Nursing IV', 1, 5);
INSERT INTO training (employee_id, programme_id, completed_on, level_reached, evidence) VALUES (2, 1, current_date, 4, 'SECRET-T');
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on, decision_grounds) VALUES (900, 2, 1, 'SECRET-R of Pegawai 002', current_date, 'SECRET-G');
INSERT INTO transfer_document (transfer_id, code, title, number, location, sha256) SELECT 900, d, 'SECRET-DOC', 'SECRET-N', '/archive/' || d, sha256(d::bytea) FROM unnest('{D01,D02,D05,D06,D07,D08,D10,D12}'::text[]) AS d;
SELECT pg_temp.step(900, w, s) FROM (VALUES (1, 'unit head', 'submitted'), (2, 'verifier', 'verification'), (3, 'verifier', 'analysis'), (4, 'analyst', 'team_review'), (5, 'mayor', 'decided')) AS v (n, w, s) ORDER BY n \g /dev/null
SELECT throws_ok($$SELECT * FROM erase_personal_data(2, 'r', 'UU 27/2022 Ps 43', '{discipline}')$$, 'MU160', 'employee 2 has an open transfer, which rests on the data', 'no erasure while a case is open');
SELECT issue_notice(900, 'en') \g /dev/null
SELECT set_config('mutasi.actor', 'pegawai_2', true) \g /dev/null
SELECT file_objection(900, 'SECRET-O') AS objection \gset
SELECT set_config('mutasi.actor', 'mayor', true) \g /dev/null
SELECT answer_objection(:objection, 'SECRET-A', false) \g /dev/null
SELECT pg_temp.step(900, 'mayor', 'appointed') \g /dev/null
SELECT pg_temp.step(900, 'PKM1', 'effective') \g /dev/null
SELECT assign_mentor(900, 1, 6, 'SECRET-M') \g /dev/null
SELECT pg_temp.step(900, 'PKM1', 'monitoring') \g /dev/null
SELECT record_placement_review(900, 3, 5, 5, true, 'none', 'SECRET-P') \g /dev/null
SELECT pg_temp.step(900, 'supervisor', 'completed') \g /dev/null
SELECT file_application(2, 3, 'SECRET-X') \g /dev/null
SELECT take_ranking_snapshot(8) \g /dev/null
-- another person's decision, in which this one was passed over, and which speaks of this one
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on, decision_grounds) VALUES (901, 4, 1, 'need', current_date, 'better than Pegawai 002');
CREATE FUNCTION pg_temp.texts(sought text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	r record;
	n bigint;
BEGIN
	FOR r IN SELECT c.oid::regclass AS t FROM pg_class AS c WHERE c.relnamespace = 'kota'::regnamespace AND c.relkind = 'r' ORDER BY 1 LOOP
		EXECUTE format('SELECT count(*) FROM %s AS t WHERE strpos(t::text, $1) > 0', r.t) INTO n USING sought;
		IF n > 0 THEN RETURN NEXT r.t::text; END IF;
	END LOOP;
END $$;
SELECT cmp_ok((SELECT count(*) FROM pg_temp.texts('SECRET')), '>', 10::bigint, 'secrets are all over the place');
SELECT is_empty('SELECT * FROM verify_history(''kota.transfer'')', 'the histories verify before');
SELECT seal_history('kota.transfer') AS root \gset

-- a copy
SELECT set_eq($$SELECT jsonb_object_keys(personal_data(2))$$, $$VALUES ('employee'), ('employee_nip'), ('education'), ('performance'), ('discipline'), ('record_check'), ('relation'), ('incumbency'),
	('assessment'), ('waiver'), ('training'), ('transfer'), ('transfer_document'), ('transfer_history'), ('application'), ('notice'), ('objection'), ('outbox'), ('placement_review'), ('induction_step'),
	('mentoring'), ('decision'), ('decision_candidate'), ('decision_rule'), ('decision_unit'), ('ranking_row')$$, 'personal_data(): everything about the person');
SELECT is(jsonb_array_length(personal_data(2) -> 'relation'), 2, 'declared by either side');
SELECT is_empty($$SELECT e FROM jsonb_array_elements(personal_data(2) -> 'decision_candidate') AS e WHERE (e ->> 'employee_id')::integer <> 2$$, 'not the other candidates');
SELECT throws_ok('SELECT personal_data(99)', 'MU102', NULL, 'nobody');
SELECT set_config('mutasi.actor', 'pegawai_2', true) \g /dev/null
SELECT is(my_personal_data(), personal_data(2), 'the person gets the same');
SELECT set_config('mutasi.actor', 'nobody', true) \g /dev/null
SELECT throws_ok('SELECT my_personal_data()', '42501', NULL, 'who is no employee gets nothing');
SELECT set_config('mutasi.actor', 'data officer', true) \g /dev/null

-- correction
SELECT throws_ok($$SELECT * FROM correct_personal_data(2, '{"profile": null}', 'r', 'g')$$, '42703', 'table "employee" has no column "profile" to be corrected', 'what is derived is not corrected');
SELECT throws_ok($$SELECT * FROM correct_personal_data(2, '{"name": "x"}', ' ', 'g')$$, '22023', 'a correction needs a reason and a legal ground', 'nor without a reason');
SELECT throws_ok($$SELECT * FROM correct_personal_data(2, '{}', 'r', 'g')$$, '22023', NULL, 'nor nothing');
SELECT throws_ok($$SELECT * FROM correct_personal_data(2, '{"level": 1}', 'r', 'g', 'assessment')$$, 'MU162', '3 rows of "assessment" are meant, not one', 'nor several rows at once');
SELECT throws_ok($$SELECT * FROM correct_personal_data(2, '{"state": "x"}', 'r', 'g', 'transfer')$$, '22023', NULL, 'nor a case');
SELECT results_eq($$SELECT corrected, rows FROM correct_personal_data(2, '{"level": 3.5}', 'typing error', 'UU 27/2022 Ps 6', 'assessment', '{"competency_id": 2}')$$, $$VALUES ('assessment', 1::bigint)$$, 'one finding corrected');
SELECT is((SELECT profile_level(profile, 2) FROM employee WHERE employee_id = 2), 3.50::numeric, 'and derived from');
SELECT set_eq($$SELECT corrected FROM correct_personal_data(2, '{"name": "Pegawai 2B", "nip": "198503222010032004"}', 'wrong name and number', 'UU 27/2022 Ps 6', requested_by => 'the person', letter => 'B-1')$$,
	$$VALUES ('employee'), ('employee_nip'), ('notice'), ('outbox'), ('transfer'), ('transfer_history'), ('mention left: transfer'), ('mention left: transfer_history')$$, 'a wrong name and number are corrected wherever they were written');
SELECT results_eq('SELECT nip::text, valid_to FROM employee_nip WHERE employee_id = 2 ORDER BY nip', $$VALUES ('198503222010032002', current_date), ('198503222010032004', NULL)$$, 'a number that was wrong never was the person''s; the one before it stays');
SELECT unalike((SELECT body FROM notice), '%Pegawai 002%', 'the notice names the right one');
SELECT is((SELECT reason FROM transfer WHERE transfer_id = 900), 'SECRET-R of Pegawai 2B', 'so does the case');
SELECT results_eq('SELECT transfer_id, count(*) FILTER (WHERE changes::text LIKE ''%Pegawai 002%'') FROM transfer_history GROUP BY 1 ORDER BY 1', 'VALUES (900, 0::bigint), (901, 1)', 'its history no longer has the wrong one');
SELECT is((SELECT count(*) FROM transfer_history WHERE transfer_id = 900 AND (reason LIKE '%Pegawai 002%' OR changes IS NULL) AND event <> 'erase' AND salt IS NOT NULL), 0::bigint, 'none of its rows');
SELECT results_eq($$SELECT changes -> 'notice_status' FROM transfer_history WHERE transfer_id = 900 AND changes ? 'notice_status' AND event = 'change'$$, $$VALUES ('["owed", "given"]'::jsonb)$$, 'what was recorded without it stays');
SELECT is_empty('SELECT * FROM verify_history(''kota.transfer'')', 'and verifies');
SELECT results_eq($$SELECT kind, places, requested_by, letter, done_by FROM personal_data_act ORDER BY act_id DESC LIMIT 1$$,
	$$VALUES ('correction', '{employee.name,employee.nip}'::text[], 'the person', 'B-1', 'data officer')$$, 'the act is recorded');

-- columns of the agency's own, named as our queries name tables
ALTER TABLE employee ADD COLUMN t text DEFAULT 'own', ADD COLUMN e integer DEFAULT 7;
ALTER TABLE discipline ADD COLUMN t text DEFAULT 'own';
ALTER TABLE transfer ADD COLUMN t text, ADD COLUMN d integer;
SELECT is((personal_data(2) -> 'employee' -> 0) - 'profile' @> '{"employee_id": 2, "t": "own", "e": 7}', true, 'a column "t" does not stand for the row');
SELECT lives_ok($$SELECT * FROM correct_personal_data(2, '{"letter": "SECRET-D2"}', 'misread', 'UU 27/2022 Ps 6', 'discipline', '{"letter": "SECRET-D"}')$$, 'neither in a correction');
SELECT is((decision_file(900) -> 'transfer') @> '{"transfer_id": 900}', true, 'nor in the file of a decision');

-- erasure
SELECT mutasi.correct_case('kota.transfer', 901, '{"decision_grounds": "better"}', 'names somebody else') \g /dev/null
SELECT mutasi.erase_history_values('kota.transfer', 901, 'names somebody else') \g /dev/null
SELECT throws_ok($$SELECT * FROM erase_personal_data(2, 'r', 'g')$$, 'MU160', 'employee 2 is in service, and the agency needs to know who that is', 'whoever is in service stays known');
SELECT throws_ok($$SELECT * FROM erase_personal_data(2, 'r', '')$$, '22023', 'an erasure needs a reason and a legal ground', 'no ground');
SELECT throws_ok($$SELECT * FROM erase_personal_data(2, 'r', 'g', '{wallet}')$$, '22023', 'there is no place "wallet" of personal data', 'no such place');
SELECT throws_ok($$SELECT * FROM erase_personal_data(77, 'r', 'g')$$, 'MU102', NULL, 'nobody');
SELECT results_eq($$SELECT erased, rows FROM erase_personal_data(2, 'over since 2015', 'UU 27/2022 Ps 43(1)a', '{relation,discipline}')$$, $$VALUES ('discipline', 1::bigint), ('relation', 2)$$, 'single places of somebody in service');
SELECT throws_ok('UPDATE decision_candidate SET profile = NULL, salt = NULL, reason = NULL, competency = NULL, performance = NULL, qualification = NULL, experience = NULL, balance = NULL WHERE employee_id = 4', 'MU116', NULL, 'nobody else''s decision can be emptied on the side');
UPDATE incumbency SET valid_to = current_date + 1 WHERE employee_id = 2 AND valid_to IS NULL;
UPDATE employee SET left_on = current_date WHERE employee_id = 2;
SELECT decision_digest FROM transfer WHERE transfer_id = 900 \gset
CREATE TEMPORARY TABLE done AS SELECT * FROM erase_personal_data(2, 'left the service five years ago', 'UU 27/2022 Ps 43(1)a, 44', requested_by => 'retention schedule', letter => 'R-7');
SELECT is_empty($$SELECT * FROM done WHERE erased LIKE 'mention%'$$, 'nothing is mentioned any more');
SELECT matches((SELECT detail FROM done WHERE erased = 'document'), '^files to destroy: /archive/D01, ', 'the files to destroy are named');
SELECT is_empty($$SELECT * FROM pg_temp.texts('SECRET')$$, 'no secret is left in any table');
SELECT is_empty($$SELECT * FROM pg_temp.texts('Pegawai 2B')$$, 'nor the name');
SELECT is_empty($$SELECT * FROM pg_temp.texts('Pegawai 002')$$, 'nor the former one');
SELECT is_empty($$SELECT * FROM pg_temp.texts('19850322')$$, 'nor a number, nor the date of birth in it');
SELECT is_empty($$SELECT * FROM pg_temp.texts('1985-03-22')$$, 'nor the date of birth');
SELECT results_eq('SELECT name, nip::text, born_on, permanent_since, sex, profile::text, login FROM employee WHERE employee_id = 2', $$VALUES ('(erased)', NULL::text, NULL::date, NULL::date, NULL::text, NULL::text, NULL::text)$$, 'what is left of the person');
SELECT is((SELECT count(*) FROM incumbency WHERE employee_id = 2), 2::bigint, 'that somebody held the posts stays');
SELECT is_empty(format('SELECT * FROM verify_history(''kota.transfer'', %L)', :'root'), 'the histories verify, the published root too');
SELECT is(decision_digest(900), :'decision_digest', 'the decision''s digest is what it was');
SELECT results_eq('SELECT same IS NULL, difference FROM replay(900) WHERE employee_id = 2', $$VALUES (true, 'the values were lawfully erased')$$, 'its replay says that the values were erased');
SELECT is((SELECT count(*) FROM replay(900) WHERE same IS FALSE AND employee_id IS NULL), 0::bigint, 'and that nothing else was touched');
SELECT lives_ok('SELECT decision_file(900)', 'the file can still be drawn up');
SELECT results_eq('SELECT kind, legal_ground, requested_by, letter, done_by, done_at = now() FROM personal_data_act ORDER BY act_id DESC LIMIT 1',
	$$VALUES ('erasure', 'UU 27/2022 Ps 43(1)a, 44', 'retention schedule', 'R-7', 'data officer', true)$$, 'the act is recorded');
SELECT throws_ok('UPDATE personal_data_act SET reason = ''x''', 'MU161', NULL, 'and stays');
SELECT throws_ok('DELETE FROM personal_data_act', 'MU161', NULL, 'cannot be deleted');
SELECT throws_ok('TRUNCATE personal_data_act', 'MU161', NULL, 'nor truncated');
SELECT results_eq('SELECT count(*) FROM done', $$SELECT 20::bigint$$, 'every place is accounted for');
SELECT lives_ok($$SELECT * FROM erase_personal_data(2, 'again', 'UU 27/2022 Ps 43')$$, 'erasing again finds nothing and is no error');
-- the owner only
CREATE ROLE a_clerk;
GRANT USAGE ON SCHEMA kota, mutasi, public TO a_clerk;
SET LOCAL ROLE a_clerk;
SELECT throws_ok($$SELECT * FROM kota.erase_personal_data(3, 'r', 'g')$$, '42501', NULL, 'the owner erases, nobody else');
SELECT throws_ok($$SELECT * FROM kota.correct_personal_data(3, '{"name": "x"}', 'r', 'g')$$, '42501', NULL, 'and corrects');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
