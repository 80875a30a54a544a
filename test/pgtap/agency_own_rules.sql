-- Rules of an agency's own that answer what was not asked, twice, or cannot be
-- right; waivers that stay as they were granted; shares of moves; the Minister's
-- permission for one case.
BEGIN;
SELECT plan(64);
\i test/data/small_agency.sql
CREATE FUNCTION pg_temp.verdict(e integer, p integer, r text, context jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS
	$$ SELECT coalesce(c.passed::text, 'unknown') || ': ' || c.detail FROM kota.check_eligibility(ARRAY[e], ARRAY[p], current_date, context) AS c WHERE c.rule = r $$;
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	context text;
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
	RETURN SQLSTATE || ': ' || SQLERRM || coalesce(' / ' || substring(context FROM '/\* .* \*/'), '');
END $$;

-- more pairs than asked: whoever an earlier rule holds back stays held back
CREATE FUNCTION kota.everybody(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text) LANGUAGE sql STABLE
	AS $$ SELECT e.employee_id, p.post_id, true, 'welcome' FROM kota.employee AS e CROSS JOIN kota.post AS p $$;
CREATE TEMP TABLE before AS SELECT employee_id, eligible FROM candidates(1, 20, current_date, true);
SELECT ok((SELECT count(*) FROM before) BETWEEN 1 AND 6, 'some are eligible, some are not');
INSERT INTO eligibility_rule (rule, place, function_name, rejection_code, description) VALUES ('everybody', 200, 'kota.everybody', 'QUALIFICATION', 'x');
SELECT set_eq('SELECT employee_id, eligible FROM candidates(1, 20, current_date, true)', 'SELECT * FROM before', 'a rule that lets everybody pass brings nobody back');
SELECT is((SELECT count(*) FROM check_eligibility('{2}', '{1}')), 20::bigint, 'nor does it answer about others');
SELECT set_eq('SELECT * FROM eligible_pairs(''{2,7}'', ''{1,1}'')', 'VALUES (2, 1)', 'of the pairs asked those that pass');
DELETE FROM eligibility_rule WHERE rule = 'everybody';
SELECT set_eq('SELECT * FROM eligible_pairs(''{2,2,7}'', ''{1,1,1}'')', 'VALUES (2, 1)', 'a pair asked twice');
SELECT is((SELECT count(DISTINCT (rule, passed)) FROM check_eligibility('{2,2}', '{1,1}')), 19::bigint, 'is answered alike');

-- two answers about one pair
CREATE FUNCTION kota.twice(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text) LANGUAGE sql STABLE
	AS $$ SELECT e, p, x, 'says' FROM unnest(employees, posts) AS q (e, p), (VALUES (true), (false)) AS v (x) WHERE e = 2 $$;
INSERT INTO eligibility_rule (rule, place, function_name, rejection_code, description) VALUES ('twice', 200, 'kota.twice', 'QUALIFICATION', 'x');
SELECT is(pg_temp.refusal('SELECT * FROM kota.eligibility(2, 1)'), '21000: rule "twice" gives 2 answers about employee 2 and post 1', 'a rule that answers twice is named');
SELECT is(pg_temp.refusal('SELECT * FROM kota.check_eligibility(''{3,4,2,5}'', ''{1,1,1,1}'')'), '21000: rule "twice" gives 2 answers about employee 2 and post 1', 'also where it is silent about others');
SELECT is(pg_temp.refusal('SELECT * FROM kota.check_eligibility(''{2,2}'', ''{1,1}'')'), '21000: rule "twice" gives 4 answers about employee 2 and post 1', 'and where it is asked twice');
SELECT is(pg_temp.refusal('SELECT * FROM kota.candidates(1, 5, current_date, true)'), '21000: rule "twice" gives 2 answers about employee 2 and post 1', 'where only the eligible are wanted, too');
SELECT is(pg_temp.refusal('SELECT * FROM kota.eligibility(3, 1)'), 'done', 'about others it is silent');
UPDATE eligibility_rule SET enabled = false WHERE rule = 'twice';
SELECT is(pg_temp.refusal('SELECT * FROM kota.eligibility(2, 1)'), 'done', 'switched off');

-- what cannot be right is refused when it is written
CREATE FUNCTION kota.counts(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS TABLE (employee_id integer, post_id integer, passed integer, remark text) LANGUAGE sql AS $$ SELECT 1, 1, 1, 'x' $$;
CREATE FUNCTION kota.one_number(employees integer[], posts integer[], as_of date, parameter jsonb) RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;
CREATE TYPE kota.answer AS (employee_id integer, post_id integer, passed boolean, detail text);
CREATE FUNCTION kota.typed(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS SETOF kota.answer LANGUAGE sql AS $$ SELECT e, p, true, 'typed' FROM unnest(employees, posts) AS q (e, p) $$;
CREATE FUNCTION pg_temp.rule(f text, code text DEFAULT 'QUALIFICATION') RETURNS text LANGUAGE sql AS
	$$ SELECT pg_temp.refusal(format('INSERT INTO kota.eligibility_rule (rule, place, function_name, rejection_code, description) VALUES (%L, 201, %L, %L, ''x'')', f, f, code)) $$;
SELECT is(pg_temp.rule('kota.counts'), '42P13: rule "kota.counts": function kota.counts does not return passed boolean, detail text', 'columns of another type, or name');
SELECT is(pg_temp.rule('kota.one_number'), '42P13: rule "kota.one_number": function kota.one_number does not return employee_id integer, post_id integer, passed boolean, detail text', 'no columns');
SELECT is(pg_temp.rule('kota.typed'), 'done', 'columns of a type');
SELECT is(pg_temp.verdict(2, 1, 'kota.typed'), 'true: typed', 'are read');
SELECT is(pg_temp.rule('kota.everybody', 'NO_SUCH'), '22023: rule "kota.everybody": no workflow has a reason "NO_SUCH"', 'a reason that no workflow has');
CREATE FUNCTION pg_temp.takes(r text, p jsonb) RETURNS text LANGUAGE sql AS
	$$ SELECT pg_temp.refusal(format('UPDATE kota.eligibility_rule SET parameter = %L WHERE rule = %L', p, r)) $$;
SELECT is(pg_temp.takes('tenure', '{"months": "abc"}'), '22023: rule "tenure": parameter "months" cannot be "abc"', 'a parameter that is no number');
SELECT is_empty($$SELECT v.* FROM (VALUES ('tenure', '{"months": 1.5}'), ('ten years', '{"years": []}'), ('performance', '{"rating": true}'), ('performance', '{"years": "two"}'), ('donor floor', '{"ratio": "1,2"}'),
		('class', '{"jump": {}}'), ('class', '{"drop": 99999999999}'), ('competency fit', '{"score": "high"}'), ('retirement', '{"months": ""}'), ('contract', '{"same_title": "maybe"}'),
		('discipline', '{"kinds": 3}'), ('discipline', '{"kinds": null}'), ('discipline', '{"kinds": [1]}'), ('discipline', '{"check_months": "x"}'), ('study leave', '{"check_months": -1}'), ('conflict of interest', '{"check_months": 0.5}')) AS v (rule, p) WHERE pg_temp.takes(v.rule, v.p::jsonb) NOT LIKE '22023: rule "' || v.rule || '": parameter "%'$$, 'of each shipped rule');
SELECT is_empty($$SELECT v.* FROM (VALUES ('tenure', '{"months": 6}'), ('tenure', '{"months": "6"}'), ('tenure', '{"months": null, "note": "ours"}'), ('ten years', '{"years": 5}'), ('performance', '{"rating": 3, "years": 1}'), ('donor floor', '{"ratio": 1.5}'),
		('class', '{"jump": 1, "drop": 0}'), ('competency fit', '{"score": 0.7}'), ('retirement', '{"months": 12}'), ('contract', '{"same_title": false}'), ('contract', '{"same_title": "off"}'),
		('discipline', '{"kinds": ["court case"]}'), ('discipline', '{"kinds": "court case"}'), ('discipline', '{"kinds": []}'), ('discipline', '{"check_months": 6}'), ('study leave', '{"check_months": "6"}'), ('conflict of interest', '{"check_months": null}'), ('kota.typed', '{"months": "abc"}')) AS v (rule, p)
	WHERE pg_temp.takes(v.rule, v.p::jsonb) <> 'done' OR pg_temp.refusal('SELECT * FROM kota.eligibility(2, 1)') <> 'done'$$, 'what each takes is taken, and an own rule anything');
SELECT is(pg_temp.takes('discipline', '{"kinds": ["heavy sanktion", "court case"]}'), '22023: rule "discipline": parameter "kinds" cannot be "heavy sanktion"', 'a kind that discipline cannot hold would block nobody');
ALTER TABLE discipline DROP CONSTRAINT discipline_kind_check, ADD CONSTRAINT discipline_kind_check CHECK (kind IN ('court case', 'warning'));
SELECT is(pg_temp.takes('discipline', '{"kinds": ["warning"]}'), 'done', 'what it can hold the table says');
SELECT is(pg_temp.takes('discipline', '{"kinds": "heavy sanction"}'), '22023: rule "discipline": parameter "kinds" cannot be "heavy sanction"', 'and what it cannot');
SELECT is(pg_temp.takes('tenure', '{"mnths": 6}'), '22023: rule "tenure": there is no parameter "mnths"', 'a parameter misspelt');
SELECT is(pg_temp.takes('grade', '{"months": 6}'), '22023: rule "grade": there is no parameter "months"', 'one of another rule');
SELECT is_empty($$SELECT v.* FROM (VALUES ('tenure', '{"months": -1}'), ('ten years', '{"years": -10}'), ('ten years', '{"years": 99999}'), ('performance', '{"years": 0}'), ('performance', '{"rating": -1}'),
		('donor floor', '{"ratio": -0.1}'), ('class', '{"jump": -1}'), ('class', '{"drop": "-1"}'), ('competency fit', '{"score": -0.5}'), ('competency fit', '{"score": 68}'), ('retirement', '{"months": -12}'),
		('ten years', '{"hired_from": "2014-02-30"}'), ('ten years', '{"hired_from": "15-01-2014"}'), ('ten years', '{"hired_from": 2014}'), ('retirement', '{"months": 999999999}'), ('discipline', '{"check_months": -6}')) AS v (rule, p) WHERE pg_temp.takes(v.rule, v.p::jsonb) NOT LIKE '22023: rule "' || v.rule || '": parameter "%" cannot be %'$$, 'numbers and days that make no sense');
SELECT is_empty($$SELECT v.* FROM (VALUES ('tenure', '{"months": 0}'), ('ten years', '{"hired_from": "2016-02-29"}'), ('class', '{"jump": 0, "note": [1]}'), ('grade', '{"note": "ours"}'), ('competency fit', '{"score": 1}'), ('competency fit', '{"score": "0.00"}'), ('donor floor', '{"ratio": 0}'))
	AS v (rule, p) WHERE pg_temp.takes(v.rule, v.p::jsonb) <> 'done'$$, 'and those that do');
UPDATE eligibility_rule SET parameter = '{}';
CREATE FUNCTION kota.divides(employees integer[], posts integer[], as_of date, parameter jsonb)
	RETURNS SETOF kota.answer LANGUAGE sql AS $$ SELECT e, p, true, (1 / (parameter ->> 'by')::int)::text FROM unnest(employees, posts) AS q (e, p) $$;
INSERT INTO eligibility_rule (rule, place, function_name, parameter, rejection_code, description) VALUES ('our */ own', 202, 'kota.divides', '{"by": 0}', 'QUALIFICATION', 'x');
SELECT is(pg_temp.refusal('SELECT * FROM kota.eligibility(2, 1)'), '22012: division by zero / /* rule "our  own" */', 'an error inside a rule''s function says which rule it is');
SELECT is(pg_temp.refusal('SELECT * FROM kota.eligible_pairs(''{2}'', ''{1}'')'), '22012: division by zero / /* rule "our  own" */', 'everywhere');
DELETE FROM eligibility_rule WHERE NOT shipped;

-- waivers: who granted them and when is not the approver's to say; they end, and stay
CREATE ROLE o_approver; CREATE ROLE o_official IN ROLE o_approver;
GRANT USAGE ON SCHEMA mutasi, public TO PUBLIC;
SELECT enable_row_security(approver => 'o_approver') \g /dev/null
SELECT set_config('mutasi.actor', 'the mayor', true) \g /dev/null
INSERT INTO waiver (waiver_id, employee_id, rule, reason, valid_to) VALUES (901, 4, 'tenure', 'x', current_date + 30);
SELECT is((SELECT granted_by FROM waiver), 'the mayor', 'the application''s actor grants');
SELECT set_config('mutasi.actor', '', true) \g /dev/null
INSERT INTO waiver (waiver_id, employee_id, rule, reason, granted_by, granted_on, valid_to) VALUES (902, 4, 'grade', 'x', 'BKPSDM', '2025-01-02', current_date + 30);
SELECT is((SELECT granted_by || granted_on FROM waiver WHERE waiver_id = 902), 'BKPSDM2025-01-02', 'the owner enters what others granted');
SET LOCAL ROLE o_official;
INSERT INTO waiver (waiver_id, employee_id, rule, reason, granted_by, granted_on, valid_to) VALUES (903, 4, 'performance', 'long illness', 'the mayor', '2025-01-02', current_date + 30);
SELECT is((SELECT granted_by || ' ' || granted_on FROM waiver WHERE waiver_id = 903), 'o_official ' || current_date, 'an approver grants as who that is, today');
SELECT is((SELECT waived FROM eligibility(4, 1) WHERE rule = 'performance'), true, 'it counts');
SELECT is(pg_temp.refusal('UPDATE kota.waiver SET granted_by = ''the mayor'' WHERE waiver_id = 903'), 'MU107: waiver 903 cannot be changed but to end it earlier', 'who granted it stays');
SELECT is(pg_temp.refusal('UPDATE kota.waiver SET reason = ''another'' WHERE waiver_id = 903'), 'MU107: waiver 903 cannot be changed but to end it earlier', 'why, too');
SELECT is(pg_temp.refusal('UPDATE kota.waiver SET rule = ''grade'' WHERE waiver_id = 903'), 'MU107: waiver 903 cannot be changed but to end it earlier', 'and what for');
SELECT is(pg_temp.refusal('UPDATE kota.waiver SET valid_to = valid_to + 1 WHERE waiver_id = 903'), 'MU107: waiver 903 cannot be changed but to end it earlier', 'nor is it prolonged');
SELECT is(pg_temp.refusal('UPDATE kota.waiver SET valid_to = current_date WHERE waiver_id = 903'), 'done', 'one granted today is ended today');
SELECT is((SELECT ended_by || ' ' || ended_on FROM waiver WHERE waiver_id = 903), 'o_official ' || current_date, 'who did so and when is kept');
SELECT is(pg_temp.refusal('UPDATE kota.waiver SET ended_by = ''the mayor'' WHERE waiver_id = 903'), 'MU107: waiver 903 cannot be changed but to end it earlier', 'and stays');
SELECT is(pg_temp.refusal('UPDATE kota.waiver SET valid_to = current_date + 9, ended_by = ''the mayor'', ended_on = ''2025-01-03'' WHERE waiver_id = 902'), 'done', 'ended as another');
SELECT is((SELECT ended_by || ' ' || ended_on FROM waiver WHERE waiver_id = 902), 'o_official ' || current_date, 'it is ended as who that is, today');
INSERT INTO waiver (waiver_id, employee_id, rule, reason, valid_to, ended_by, ended_on) VALUES (904, 5, 'tenure', 'x', current_date + 30, 'the mayor', '2025-01-03');
SELECT is((SELECT ended_by FROM waiver WHERE waiver_id = 904), NULL, 'what begins has not been ended');
SELECT is((SELECT waived FROM eligibility(4, 1) WHERE rule = 'performance'), false, 'and counts no longer');
RESET ROLE;
SELECT is(pg_temp.refusal('UPDATE kota.waiver SET valid_to = granted_on - 1 WHERE waiver_id = 903'), '23514: new row for relation "waiver" violates check constraint "waiver_check"', 'not before it was granted');
SELECT is(pg_temp.refusal('UPDATE kota.waiver SET reason = ''x'' WHERE waiver_id = 903'), 'MU107: waiver 903 cannot be changed but to end it earlier', 'the owner keeps them, too');
SELECT is(pg_temp.refusal('UPDATE kota.waiver SET ended_by = ''x'' WHERE waiver_id = 903'), 'MU107: waiver 903 cannot be changed but to end it earlier', 'and who ended them');
UPDATE waiver SET valid_to = current_date + 9, ended_by = 'BKPSDM', ended_on = '2025-02-03' WHERE waiver_id = 904;
SELECT is((SELECT ended_by || ended_on FROM waiver WHERE waiver_id = 904), 'BKPSDM2025-02-03', 'but enters what others ended');
DELETE FROM waiver WHERE waiver_id = 904;
SELECT is(pg_temp.refusal($$SELECT kota.correct_personal_data(4, '{"reason": "recovering"}', 'wrong reason', 'UU 27/2022 Ps 6', 'waiver', '{"waiver_id": 903}')$$), 'done', 'but for what is put right by law');
SELECT is((SELECT reason FROM waiver WHERE waiver_id = 903), 'recovering', 'which is recorded');

-- shares: half a seat is enough for who works half the time
CREATE FUNCTION pg_temp.free() RETURNS numeric LANGUAGE sql AS $$ SELECT free FROM kota.open_posts() WHERE post_id = 1 $$;
UPDATE post SET seats = 1, min_staff = 0 WHERE post_id = 1;
UPDATE incumbency SET share = 0.5 WHERE employee_id IN (1, 2, 3);
SELECT is(pg_temp.verdict(2, 1, 'vacancy'), 'true: 1 seats, 0.5 held, 0 promised', 'half a seat for half a person');
SELECT is(pg_temp.verdict(4, 1, 'vacancy'), 'false: 1 seats, 0.5 held, 0 promised', 'not for a whole one');
UPDATE post SET seats = 2 WHERE post_id = 1;
ALTER TABLE transfer DISABLE TRIGGER USER;
INSERT INTO transfer (transfer_id, employee_id, from_post_id, to_post_id, reason, kind, state, effective_on, decision_date) VALUES (801, 2, 2, 1, 'x', 'rotation', 'decided', current_date + 5, current_date);
SELECT results_eq('SELECT post_id, coming, leaving FROM pending_moves(''{1,2}'') ORDER BY 1', 'VALUES (1, 0.5, 0.0), (2, 0.0, 0.5)', 'a decided move counts by its share at both ends');
SELECT is(pg_temp.verdict(4, 1, 'vacancy'), 'true: 2 seats, 0.5 held, 0.5 promised', 'a whole seat is left');
SELECT is(pg_temp.free(), 1.0, 'open_posts() says so');
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, kind, state, effective_on, decision_date, other_agency, workflow) VALUES (802, 8, 1, 'x', 'inter-agency in', 'decided', current_date + 5, current_date, 'Kota Y', 'transfer_with_centre');
SELECT results_eq('SELECT post_id, coming, leaving FROM pending_moves(''{1}'')', 'VALUES (1, 1.5, 0.0)', 'who comes from elsewhere takes a whole seat');
DELETE FROM transfer;
-- a waiver of a rule that can be waived no longer
ALTER TABLE transfer ENABLE TRIGGER zz_transfer_effects;
UPDATE post SET min_staff = 4, seats = 9 WHERE post_id IN (1, 2);
INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (6, 'donor floor', 'x', current_date + 9);
INSERT INTO transfer (transfer_id, employee_id, from_post_id, to_post_id, reason, kind, state, effective_on, decision_date) VALUES (804, 6, 2, 1, 'x', 'rotation', 'appointed', current_date, current_date);
UPDATE eligibility_rule SET waivable = false WHERE rule = 'donor floor';
SELECT is(pg_temp.refusal('UPDATE kota.transfer SET state = ''effective'' WHERE transfer_id = 804'), 'MU108: transfer 804 cannot take effect: the unit that gives would fall below its floor', 'what can be waived no longer is not waived');
UPDATE eligibility_rule SET waivable = true WHERE rule = 'donor floor';
SELECT is(pg_temp.refusal('UPDATE kota.transfer SET state = ''effective'' WHERE transfer_id = 804'), 'done', 'else it is');
DELETE FROM transfer;
ALTER TABLE transfer ENABLE TRIGGER USER;

-- the Minister's permission for one case
INSERT INTO election_window (valid_from, valid_to) VALUES (current_date - 5, current_date + 100);
INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on, minister_permission_needed) VALUES (803, 5, 4, 'x', current_date, true);
SELECT matches(pg_temp.verdict(5, 4, 'election window', '{"transfer_id": 803}'), '^false: election window until .* without the Minister''s consent', 'asked for and not given');
INSERT INTO transfer_document (transfer_id, code, title, number) VALUES (803, 'D11', 'permission', '100/SJ');
SELECT matches(pg_temp.verdict(5, 4, 'election window', '{"transfer_id": 803}'), '^false', 'the letter without its step');
ALTER TABLE transfer DISABLE TRIGGER zz_transfer_effects;
CREATE FUNCTION pg_temp.step(who text, s text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
	PERFORM set_config('mutasi.actor', who, true);
	UPDATE kota.transfer SET state = s, state_reason = 'step' WHERE transfer_id = 803;
END $$;
INSERT INTO transfer_document (transfer_id, code, title) SELECT 803, d, d FROM unnest('{D01,D02,D05,D06,D07,D08,D10,D12}'::text[]) AS d;
UPDATE transfer SET decision_grounds = 'as the team advised' WHERE transfer_id = 803;
SELECT pg_temp.step('unit head', 'submitted'), pg_temp.step('verifier', 'verification'), pg_temp.step('verifier', 'analysis'), pg_temp.step('analyst', 'team_review'), pg_temp.step('team', 'minister_permission') \g /dev/null
SELECT is(pg_temp.verdict(5, 4, 'election window', '{"transfer_id": 803}'), 'true: election window, with the Minister''s permission for this case', 'both');
SELECT matches(pg_temp.verdict(6, 4, 'election window', '{"transfer_id": 803}'), '^false', 'for nobody else');
SELECT matches(pg_temp.verdict(5, 4, 'election window'), '^false', 'and by no other case');
SELECT is((SELECT passed FROM transfer_eligibility((SELECT t FROM transfer AS t WHERE transfer_id = 803)) WHERE rule = 'election window'), true, 'the decision goes by it');

SELECT * FROM finish();
ROLLBACK;
