-- What goes wrong with workflows and histories, and what is said of it: damaged
-- attachments, wrong arguments, rows removed behind the history's back.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA ew;
SET search_path = ew;
CREATE FUNCTION ew.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
SELECT mutasi.define_workflow('{"workflow": "err_steps", "states": [{"state": "draft", "initial": true},
		{"state": "open", "deadline": 2, "on_expiry": "close"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "submit", "from": "draft", "to": "open"}, {"action": "close", "from": "open", "to": "done"},
		{"action": "back", "from": "open", "to": "draft", "reason": true, "reason_code": true, "role": "checker"}],
	"reasons": [{"code": "LATE"}, {"code": "WRONG"}]}');
SELECT mutasi.define_workflow('{"workflow": "err_other", "states": [{"state": "draft", "initial": true}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "finish", "from": "draft", "to": "done", "approvals": 2}]}');

-- keys: of one column and of several, of every kind of type
CREATE TABLE two (year int, code text, status text, PRIMARY KEY (year, code));
SELECT mutasi.attach_workflow('two', 'err_steps', 'status');
INSERT INTO two VALUES (2026, 'a "b"', 'draft');
SELECT mutasi.case_key('two', 2026, 'x'::text);
SELECT mutasi.case_key('two', 2026::bigint, 'x'::varchar);
SELECT try($$SELECT mutasi.case_key('two', 2026)$$);
SELECT try($$SELECT mutasi.case_key('two', 2026, NULL::text)$$);
SELECT try($$SELECT mutasi.case_key('two', 'x'::text, 'y'::text)$$);
SELECT mutasi.case_key_condition('two', '[2026, "a \"b\""]');
SELECT try($$SELECT mutasi.case_key_condition('two', '[2026]')$$);
SELECT try($$SELECT mutasi.case_key_condition('two', '"2026"')$$);
SELECT try($$SELECT mutasi.case_key_condition('two', '{"a": 1}')$$);
SELECT try($$SELECT mutasi.case_key_condition('two', '[2026, null]')$$);
SELECT try($$SELECT mutasi.case_key_condition('two', '[2026, {}]')$$);
SELECT try($$SELECT mutasi.case_key_condition('two', '[true, "x"]')$$);
SELECT try($$SELECT mutasi.case_key_condition('two', 'nonsense')$$);
SELECT try($$SELECT mutasi.case_key_condition('two', NULL)$$);
SELECT try($$SELECT mutasi.case_key_condition(NULL, 'x')$$);
SELECT action, from_state, to_state FROM mutasi.case_timeline('two', '[2026, "a \"b\""]');
CREATE TABLE daily (day date PRIMARY KEY, status text, share real, rate float8, worth numeric, sure boolean, tags int[], at timetz);
SELECT mutasi.attach_workflow('daily', 'err_steps', 'status');
INSERT INTO daily VALUES ('2026-08-17', 'draft', 'NaN', '-Infinity', 'NaN', true, '{1,2}', '10:00+07'),
	('infinity', 'draft', 'Infinity', 'Infinity', '-Infinity', false, '{}', '24:00+00'), ('0044-03-15 BC', 'draft', 0.1, 0.1, 0.10, NULL, NULL, NULL);
SELECT day, changes FROM daily_history ORDER BY day;
SELECT action FROM mutasi.case_timeline('daily', '2026-08-17');
SELECT * FROM mutasi.verify_history('daily');
CREATE TABLE sure (yes boolean PRIMARY KEY, status text);
SELECT mutasi.attach_workflow('sure', 'err_steps', 'status');
INSERT INTO sure VALUES (true, 'draft');
SELECT action FROM mutasi.case_timeline('sure', 'true');
SELECT * FROM mutasi.verify_history('sure');

-- arguments
CREATE TABLE request (id int PRIMARY KEY, status text, note text, why text, code text, kind text);
SELECT mutasi.attach_workflow('request', 'err_steps', 'status',
	'{"reason": "why", "reason_code": "code", "workflow_column": "kind", "workflows": {"err_other": 1}, "roles": {"checker": "pg_monitor"}}');
CREATE VIEW request_view AS SELECT * FROM request;
INSERT INTO request VALUES (1, 'draft');
SELECT try($$SELECT mutasi.approve(NULL, '1', 'submit')$$);
SELECT try($$SELECT mutasi.approve('request', NULL::text, 'submit')$$);
SELECT try($$SELECT mutasi.approve('request', '1', NULL)$$);
SELECT try($$SELECT mutasi.approve('request', 'x', 'submit')$$);
SELECT try($$SELECT mutasi.approve('request_view', '1', 'submit')$$);
SELECT try($$SELECT mutasi.approve('pg_class', '1', 'submit')$$);
SELECT try($$SELECT mutasi.approve('request', '2', 'submit')$$);
SELECT mutasi.approve('request', '1', 'submit', E' \t');
SELECT reason FROM request_history WHERE id = 1 AND action = 'submit';
SELECT try($$SELECT mutasi.expire_case('request', '1')$$);
SELECT try($$SELECT mutasi.correct_case('request', '1', NULL, 'x')$$);
SELECT try($$SELECT mutasi.correct_case('request', '1', '{}', 'x')$$);
SELECT try($$SELECT mutasi.correct_case('request', '1', '[1]', 'x')$$);
SELECT try($$SELECT mutasi.correct_case('request', '1', '{"note": 1}', NULL)$$);
SELECT try($$SELECT mutasi.correct_case('request', '1', '{"note": 1}', E' \n')$$);
SELECT try($$SELECT mutasi.correct_case('request', '1', '{"nothing": 1}', 'x')$$);
SELECT try($$SELECT mutasi.correct_case('request', '1', '{"id": 2}', 'x')$$);
SELECT try($$SELECT mutasi.correct_case('request', '99', '{"note": 1}', 'x')$$);
SELECT try($$SELECT mutasi.import_cases('request', 'x', NULL)$$);
SELECT try($$SELECT mutasi.import_cases('request', 'x', '{}')$$);
SELECT try($$SELECT mutasi.import_cases('request', 'x', '7')$$);
SELECT try($$SELECT mutasi.import_cases('request', 'x', '[{"id": 5}, 6]')$$);
SELECT try($$SELECT mutasi.import_cases('request', NULL, '[{"id": 5}]')$$);
SELECT mutasi.import_cases('request', 'x', '[]');
SELECT mutasi.import_cases('request', 'x', '[{}]');
SELECT try($$SELECT mutasi.check_condition('request', '1; DROP TABLE ew.request')$$);
SELECT try($$SELECT mutasi.check_condition('request', 'true FROM pg_class')$$);
SELECT try($$SELECT mutasi.check_condition('request', 'true ORDER BY 1')$$);
SELECT try($$SELECT mutasi.check_condition('request', 'NEW.nothing > 1')$$);
SELECT try($$SELECT mutasi.check_condition('request', 'NEW.note')$$);
SELECT try($$SELECT mutasi.check_condition('request', '(SELECT true)')$$);
SELECT try($$SELECT mutasi.check_condition('request', 'count(*) > 1')$$);
SELECT mutasi.check_condition('request', 'NEW.note IS DISTINCT FROM OLD.note AND NEW.id > 0');
SELECT mutasi.check_condition('request', 'NEW IS NOT NULL');

-- a reason code, of the workflow's list
SELECT try($$UPDATE ew.request SET status = 'draft', why = 'x' WHERE id = 1$$);
SELECT try($$UPDATE ew.request SET status = 'draft', why = 'x', code = 'BAD' WHERE id = 1$$);
SELECT try($$UPDATE ew.request SET status = 'draft', code = 'LATE' WHERE id = 1$$);
UPDATE request SET code = 'LATE' WHERE id = 1;
SELECT mutasi.approve('request', '1', 'back', 'not complete');	-- goes into the table's own column
SELECT status, why, code FROM request WHERE id = 1;
SELECT reason FROM request_history WHERE id = 1 AND action = 'back';

-- several workflows on one table
SELECT try($$INSERT INTO ew.request (id, status, kind) VALUES (2, 'draft', 'err_nonsense')$$);
INSERT INTO request (id, status, kind) VALUES (2, 'draft', 'err_other');
SELECT try($$UPDATE ew.request SET kind = NULL WHERE id = 2$$);
SELECT try($$UPDATE ew.request SET status = 'open' WHERE id = 2$$);
-- an approval that a trigger of the table's owner suppresses
CREATE FUNCTION ew.suppress() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER suppress BEFORE UPDATE ON request FOR EACH ROW WHEN (NEW.id = 1) EXECUTE FUNCTION suppress();
SELECT try($$SELECT mutasi.approve('ew.request', '1', 'submit')$$);
SELECT try($$SELECT mutasi.correct_case('ew.request', '1', '{"note": "x"}', 'y')$$);
DROP TRIGGER suppress ON request;

-- rows that came or went behind the workflow's back
INSERT INTO request VALUES (10, 'draft'), (11, 'draft'), (12, 'draft'), (13, 'draft');
UPDATE request SET note = 'as recorded' WHERE id = 13;
DELETE FROM request WHERE id = 12;
ALTER TABLE request DISABLE TRIGGER USER;
DELETE FROM request WHERE id = 10;
UPDATE request SET status = 'open' WHERE id = 11;
INSERT INTO request VALUES (12, 'draft');
UPDATE request SET note = 'in secret' WHERE id = 13;
INSERT INTO request VALUES (14, 'open');
ALTER TABLE request ENABLE TRIGGER USER;
SELECT case_key, seq, problem, detail FROM mutasi.verify_history('request') ORDER BY 1, 2;
SELECT problem, detail FROM mutasi.workflow_health('request') ORDER BY 1, 2;
SELECT try($$INSERT INTO ew.request VALUES (10, 'draft')$$);
SELECT try($$UPDATE ew.request SET status = 'done' WHERE id = 11$$);
SELECT try($$UPDATE ew.request SET note = 'x' WHERE id = 14$$);
SELECT try($$SELECT mutasi.erase_history_values('ew.request', '14', 'asked to')$$);
SELECT try($$SELECT mutasi.correct_case('ew.request', '14', '{"note": "y"}', 'why')$$);

-- erasing what a history says of a person
INSERT INTO two VALUES (2026, 'c', 'draft');
UPDATE two SET status = 'open' WHERE code = 'c';
SELECT mutasi.seal_history('two') IS NOT NULL AS sealed;
SELECT try($$SELECT mutasi.erase_history_values('ew.two', NULL::text, 'asked to')$$);
SELECT try($$SELECT mutasi.erase_history_values('ew.two', '[2026, "c"]', NULL)$$);
SELECT mutasi.erase_history_values('two', '[2026, "c"]', 'the person asked for it');
SELECT seq, event, reason, changes, salt IS NULL AS unsalted FROM two_history WHERE code = 'c' ORDER BY seq;
SELECT * FROM mutasi.verify_history('two');
UPDATE two SET status = 'done' WHERE code = 'c';
SELECT mutasi.erase_history_values('two', '[2026, "c"]', 'and once more');
SELECT seq, event, reason, changes FROM two_history WHERE code = 'c' ORDER BY seq;
SELECT * FROM mutasi.verify_history('two');
SELECT mutasi.erase_history_values('two', '[2026, "c"]', 'nothing is left');
SELECT mutasi.seal_history('two') IS NOT NULL AS sealed;
-- some rows only
INSERT INTO two VALUES (2026, 'e', 'draft');
UPDATE two SET status = 'open' WHERE code = 'e';
SELECT mutasi.erase_history_values('two', '[2026, "e"]', 'only what names her', '{2,9,NULL}') AS erased, mutasi.erase_history_values('two', '[2026, "e"]', 'none', '{}') AS none;
SELECT seq, event, reason, changes, salt IS NULL AS unsalted FROM two_history WHERE code = 'e' ORDER BY seq;
SELECT * FROM mutasi.verify_history('two');
-- values that were removed without the function
INSERT INTO two VALUES (2026, 'd', 'draft');
ALTER TABLE two_history DISABLE TRIGGER mutasi_history_guard;
UPDATE two_history SET reason = NULL, changes = NULL, salt = NULL WHERE code = 'd';
SELECT case_key, seq, problem, detail FROM mutasi.verify_history('two');
-- a case that loses rows after its seal is not sealed over
DELETE FROM two_history WHERE code = 'c' AND seq = 5;
SELECT try($$SELECT mutasi.seal_history('ew.two')$$);
ALTER TABLE two_history ENABLE ALWAYS TRIGGER mutasi_history_guard;

-- a seal with no rows at all, and seals that are tampered with
CREATE TABLE empty (id int PRIMARY KEY, status text);
SELECT mutasi.attach_workflow('empty', 'err_steps', 'status');
SELECT mutasi.seal_history('empty') IS NOT NULL AS sealed;	-- of nothing
INSERT INTO empty VALUES (1, 'draft'), (2, 'draft');
SELECT mutasi.seal_history('empty') IS NOT NULL AS sealed;
INSERT INTO empty VALUES (3, 'draft');
SELECT mutasi.seal_history('empty') IS NOT NULL AS sealed;
SELECT * FROM mutasi.verify_history('empty');
ALTER TABLE empty_history_seal DISABLE TRIGGER USER;
ALTER TABLE empty_history_seal_head DISABLE TRIGGER USER;
BEGIN;
UPDATE empty_history_seal SET root = sha256('x') WHERE seal = (SELECT max(seal) FROM empty_history_seal);
SELECT problem, detail FROM mutasi.verify_history('empty');
ROLLBACK;
BEGIN;
UPDATE empty_history_seal SET merkle_root = 'short';
SELECT problem, detail FROM mutasi.verify_history('empty') ORDER BY 2;
ROLLBACK;
BEGIN;
DELETE FROM empty_history_seal_head WHERE seal = 2 AND case_key = '1';
SELECT problem, detail FROM mutasi.verify_history('empty') ORDER BY 2;
ROLLBACK;
BEGIN;
DELETE FROM empty_history_seal_head WHERE seal = 1;
DELETE FROM empty_history_seal WHERE seal = 1;
SELECT problem, detail FROM mutasi.verify_history('empty') ORDER BY 2;
ROLLBACK;
BEGIN;
ALTER TABLE empty_history DISABLE TRIGGER USER;
UPDATE empty_history SET hash = sha256('y') WHERE id = 3;
UPDATE empty_history SET hash = sha256('y') WHERE id = 1;
DELETE FROM empty_history WHERE id = 2;
SELECT case_key, seq, problem, detail FROM mutasi.verify_history('empty') ORDER BY 1, 2, 3;
ROLLBACK;
DROP TABLE empty_history_seal_head;
SELECT try($$SELECT mutasi.seal_history('ew.empty')$$);
SELECT try($$SELECT * FROM mutasi.verify_history('ew.empty')$$);

-- a history that is damaged as such
CREATE TABLE hurt (id int PRIMARY KEY, status text);
SELECT mutasi.attach_workflow('hurt', 'err_steps', 'status');
INSERT INTO hurt VALUES (1, 'draft');
BEGIN;
ALTER TABLE hurt_history DROP COLUMN privilege;
SELECT try($$UPDATE ew.hurt SET status = 'open'$$);
ROLLBACK;
BEGIN;
ALTER TABLE hurt_history DROP CONSTRAINT hurt_history_pkey;
SELECT try($$UPDATE ew.hurt SET status = 'open'$$);
ROLLBACK;
BEGIN;
ALTER TABLE hurt_history DROP CONSTRAINT hurt_history_pkey;
ALTER TABLE hurt_history ADD PRIMARY KEY (id);
SELECT try($$UPDATE ew.hurt SET status = 'open'$$);
ROLLBACK;
BEGIN;
ALTER TABLE hurt_history DROP CONSTRAINT hurt_history_pkey;
ALTER TABLE hurt_history ADD PRIMARY KEY (hash, seq);
SELECT try($$UPDATE ew.hurt SET status = 'open'$$);
ROLLBACK;
BEGIN;
DROP TRIGGER mutasi_workflow_columns ON hurt;
SELECT try($$UPDATE ew.hurt SET status = 'open'$$);
ROLLBACK;
-- attachments made by hand
CREATE FUNCTION ew.pin(arguments text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	DROP TRIGGER mutasi_workflow_columns ON ew.hurt;
	EXECUTE 'CREATE TRIGGER mutasi_workflow_columns AFTER UPDATE OF status, id ON ew.hurt FOR EACH ROW WHEN (false) EXECUTE FUNCTION mutasi.workflow_columns(' || arguments || ')';
	PERFORM ew.try('SELECT 1');
	RETURN ew.try('UPDATE ew.hurt SET status = ''open''');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLERRM;
END $$;
BEGIN; SELECT pin(''); ROLLBACK;
BEGIN; SELECT pin('''x'''); ROLLBACK;
BEGIN; SELECT pin('''{}'''); ROLLBACK;
BEGIN; SELECT pin('''[["@state"]]'''); ROLLBACK;
BEGIN; SELECT pin('''["@state", "@key"]'''); ROLLBACK;
BEGIN; SELECT pin('''[["@state"], [7]]'''); ROLLBACK;
BEGIN; SELECT pin('''[["@state"], ["else"]]'''); ROLLBACK;
BEGIN; SELECT pin('''[[], []]'''); ROLLBACK;
BEGIN; SELECT pin('''[["@state"], ["@key"]]'''); ROLLBACK;
CREATE TABLE free (id int PRIMARY KEY, status text);
CREATE FUNCTION ew.made(trigger_definition text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE trigger_definition;
	RETURN ew.try(statement);
END $$;
BEGIN; SELECT made('CREATE TRIGGER t AFTER INSERT ON ew.free FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_enforce()', 'INSERT INTO ew.free VALUES (1)'); ROLLBACK;
BEGIN; SELECT made('CREATE TRIGGER t BEFORE INSERT ON ew.free FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_enforce()', 'INSERT INTO ew.free VALUES (1)'); ROLLBACK;
BEGIN; SELECT made('CREATE TRIGGER t AFTER INSERT ON ew.free EXECUTE FUNCTION mutasi.workflow_enforce()', 'INSERT INTO ew.free VALUES (1)'); ROLLBACK;
BEGIN; SELECT made('CREATE TRIGGER t AFTER INSERT ON ew.free FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_key()', 'INSERT INTO ew.free VALUES (1)'); ROLLBACK;
BEGIN; SELECT made('CREATE TRIGGER t AFTER INSERT ON ew.free FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_truncate()', 'INSERT INTO ew.free VALUES (1)'); ROLLBACK;
BEGIN; SELECT made('CREATE TRIGGER t AFTER INSERT ON ew.free FOR EACH ROW EXECUTE FUNCTION mutasi.history_guard()', 'INSERT INTO ew.free VALUES (1)'); ROLLBACK;
BEGIN; SELECT made('CREATE TRIGGER t AFTER INSERT ON ew.free FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_columns()', 'INSERT INTO ew.free VALUES (1)'); ROLLBACK;
BEGIN; SELECT made('CREATE TRIGGER t AFTER INSERT ON ew.free EXECUTE FUNCTION mutasi.workflow_end()', 'INSERT INTO ew.free VALUES (1)'); ROLLBACK;
BEGIN; SELECT made($$CREATE TRIGGER w AFTER INSERT ON ew.free FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_enforce('err_steps', '1', '{}');
	CREATE TRIGGER c AFTER UPDATE OF status, id ON ew.free FOR EACH ROW WHEN (false) EXECUTE FUNCTION mutasi.workflow_columns('[["@state"], ["@key"]]')$$,
	'INSERT INTO ew.free VALUES (1, ''draft'')'); ROLLBACK;
BEGIN; SELECT made($$CREATE TRIGGER w AFTER INSERT ON ew.free FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_enforce('err_steps', 'one', '{}')$$,
	'INSERT INTO ew.free VALUES (1, ''draft'')'); ROLLBACK;
SELECT try('SELECT mutasi.workflow_attachment(''ew.free'')');
-- it works again
UPDATE hurt SET status = 'open';
SELECT * FROM mutasi.verify_history('hurt');

-- a trigger of the owner's own on the history, which fires
CREATE TABLE seen (id int);
CREATE FUNCTION ew.note_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO ew.seen VALUES (NEW.id); RETURN NEW; END $$;
CREATE TRIGGER note_before BEFORE INSERT ON hurt_history FOR EACH ROW EXECUTE FUNCTION note_it();
CREATE TRIGGER note_after AFTER INSERT ON hurt_history FOR EACH ROW EXECUTE FUNCTION note_it();
INSERT INTO hurt VALUES (2, 'draft'), (3, 'draft');
SELECT id, count(*) FROM seen GROUP BY id ORDER BY id;
SELECT * FROM mutasi.verify_history('hurt');

-- partitions are asked by their own name, too
CREATE TABLE part (id int, year int, status text, PRIMARY KEY (year, id)) PARTITION BY LIST (year);
CREATE TABLE part_25 PARTITION OF part FOR VALUES IN (2025) PARTITION BY LIST (id);
CREATE TABLE part_25_1 PARTITION OF part_25 FOR VALUES IN (1);
CREATE TABLE part_26 PARTITION OF part FOR VALUES IN (2026);
SELECT mutasi.attach_workflow('part', 'err_steps', 'status');
INSERT INTO part VALUES (1, 2025, 'draft'), (1, 2026, 'draft');
UPDATE part_25_1 SET status = 'open';
SELECT root, history, state_column, key_columns FROM mutasi.workflow_attachment('part_25_1');
SELECT * FROM mutasi.verify_history('part_25_1');
SELECT try($$SELECT mutasi.detach_workflow('ew.part_26')$$);

-- documents: in a column, by a function
SELECT mutasi.define_workflow('{"workflow": "err_documents", "states": [{"state": "draft", "initial": true}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "finish", "from": "draft", "to": "done", "documents": ["D1", "D2"], "columns": ["number"]}]}');
CREATE TABLE papers (id int PRIMARY KEY, status text, number text, files text[]);
SELECT mutasi.attach_workflow('papers', 'err_documents', 'status', '{"documents": {"column": "files"}}');
INSERT INTO papers VALUES (1, 'draft', E' \t', NULL);
SELECT try($$UPDATE ew.papers SET status = 'done'$$);
SELECT try($$UPDATE ew.papers SET status = 'done', number = '7'$$);
SELECT try($$UPDATE ew.papers SET status = 'done', number = '7', files = '{D2}'$$);
SELECT try($$UPDATE ew.papers SET status = 'done', number = '7', files = '{D2,D1}'$$);
CREATE TABLE papers_too (id int PRIMARY KEY, status text, number text);
CREATE FUNCTION ew.has_document(id int, code text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT id = 2 OR code = 'D1' $$;
SELECT try($$SELECT mutasi.attach_workflow('ew.papers_too', 'err_documents', 'status', '{"documents": {"function": "ew.no_such"}}')$$);
SELECT try($$SELECT mutasi.attach_workflow('ew.papers_too', 'err_documents', 'status', '{"documents": {"function": "ew.has_document; DROP TABLE ew.papers"}}')$$) LIKE '42%' AS refused;
SELECT try($$SELECT mutasi.attach_workflow('ew.papers_too', 'err_documents', 'status', '{"documents": {"table": "ew.papers; --", "case": "id", "code": "id"}}')$$) LIKE '42%' AS refused;
SELECT mutasi.attach_workflow('papers_too', 'err_documents', 'status', '{"documents": {"function": "ew.has_document"}}');
INSERT INTO papers_too VALUES (1, 'draft', 'x'), (2, 'draft', 'x');
SELECT try($$UPDATE ew.papers_too SET status = 'done' WHERE id = 1$$);
SELECT try($$UPDATE ew.papers_too SET status = 'done' WHERE id = 2$$);
-- a function that says no
CREATE FUNCTION ew.nobody(delegate text, principal text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT false $$;
CREATE TABLE stand_in (id int PRIMARY KEY, status text);
SELECT mutasi.attach_workflow('stand_in', 'err_other', 'status');
INSERT INTO stand_in VALUES (1, 'draft');
SELECT try($$SET LOCAL mutasi.on_behalf_of = 'Pegawai 002'; SELECT mutasi.approve('ew.stand_in', '1', 'finish')$$);
SELECT mutasi.detach_workflow('stand_in');
SELECT mutasi.attach_workflow('stand_in', 'err_other', 'status', '{"delegation": "ew.nobody"}');
SELECT try($$SET LOCAL mutasi.on_behalf_of = 'Pegawai 002'; SELECT mutasi.approve('ew.stand_in', '1', 'finish')$$);
-- options that are tables, and are gone
CREATE TABLE ew.free_days (day date PRIMARY KEY);
CREATE TABLE ew.filed (id int, code text);
CREATE TABLE by_table (id int PRIMARY KEY, status text, number text);
SELECT mutasi.attach_workflow('by_table', 'err_documents', 'status',
	'{"holidays": {"table": "ew.free_days", "column": "day"}, "documents": {"table": "ew.filed", "case": "id", "code": "code"}}');
SELECT problem, object FROM mutasi.workflow_health('by_table');
DROP TABLE ew.free_days, ew.filed;
SELECT problem, object FROM mutasi.workflow_health('by_table') ORDER BY 2;
DROP SCHEMA ew CASCADE;
