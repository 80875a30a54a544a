-- Every refusal of a workflow has its own SQLSTATE, names what was refused, and
-- says in a hint what would be allowed or what to do: all thirty, one by one.
\set SHOW_CONTEXT never
SET client_min_messages = error;
CREATE SCHEMA wr;
SET search_path = wr;
CREATE FUNCTION wr.try(statement text, OUT code text, OUT says text) LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	code := 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	code := SQLSTATE;
	says := concat_ws(E'\n', SQLERRM, 'DETAIL ' || nullif(detail, ''), 'HINT ' || coalesce(nullif(hint, ''), 'none!'));
END $$;
SELECT mutasi.define_workflow('{"workflow": "wr_steps",
	"states": [{"state": "draft", "initial": true, "deadline": 2, "on_expiry": "lapse"}, {"state": "open", "editable": ["note"]}, {"state": "checked"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "submit", "from": "draft", "to": "open", "condition": "NEW.amount > 0"}, {"action": "lapse", "from": "draft", "to": "done", "role": "system"},
		{"action": "check", "from": "open", "to": "checked", "role": "checker", "separate_from": ["create", "submit"], "columns": ["number"], "documents": ["D1"]},
		{"action": "decide", "from": "checked", "to": "done", "approvals": 2},
		{"action": "refuse", "from": "open", "to": "done", "reason": true, "reason_code": true}],
	"reasons": [{"code": "LATE"}]}');
CREATE FUNCTION wr.plays(person text, role text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT person IN ('Pegawai 001', 'Pegawai 002') AND role <> 'system' $$;
CREATE FUNCTION wr.stands_in(delegate text, principal text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT false $$;
CREATE TABLE request (id int PRIMARY KEY, status text, amount int, number text, note text, why text, code text, files text[]);
SELECT mutasi.attach_workflow('request', 'wr_steps', 'status', '{"plays_role": "wr.plays", "delegation": "wr.stands_in", "reason": "why", "reason_code": "code", "documents": {"column": "files"}}');
BEGIN;
SET LOCAL mutasi.actor = 'Pegawai 001';
INSERT INTO request VALUES (1, 'draft', 1), (2, 'draft', 0), (3, 'draft', 1), (4, 'draft', 1), (5, 'draft', 1), (6, 'draft', 1);
UPDATE request SET status = 'open' WHERE id IN (1, 3, 4, 5, 6);
SET LOCAL mutasi.actor = 'Pegawai 002';
UPDATE request SET status = 'checked', number = '1', files = '{D1}' WHERE id = 3;
UPDATE request SET status = 'done', why = 'too late', code = 'LATE' WHERE id = 4;
COMMIT;
CREATE FUNCTION wr.as_actor(actor text, statement text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN format('SET LOCAL mutasi.actor = %L; %s', actor, statement); END $$;

\pset format unaligned
\pset tuples_only on
\pset recordsep '\n\n'
SELECT * FROM try($$INSERT INTO wr.request VALUES (9, 'open')$$);
SELECT * FROM try($$UPDATE wr.request SET status = 'checked' WHERE id = 2$$);
SELECT * FROM try($$UPDATE wr.request SET status = 'Open' WHERE id = 2$$);
SELECT * FROM try($$UPDATE wr.request SET note = 'x' WHERE id = 4$$);
SELECT * FROM try($$UPDATE wr.request SET id = 9 WHERE id = 2$$);
SELECT * FROM try($$DELETE FROM wr.request WHERE id = 1$$);
SELECT * FROM try($$TRUNCATE wr.request$$);
SELECT * FROM try(as_actor('Pegawai 003', $$UPDATE wr.request SET status = 'checked' WHERE id = 1$$));
SELECT * FROM try($$UPDATE wr.request SET status = 'open' WHERE id = 2$$);
SELECT * FROM try(as_actor('Pegawai 002', $$UPDATE wr.request SET status = 'checked' WHERE id = 1$$));
SELECT * FROM try(as_actor('Pegawai 002', $$UPDATE wr.request SET status = 'checked', number = '1' WHERE id = 1$$));
SELECT * FROM try($$UPDATE wr.request SET status = 'done', code = 'LATE' WHERE id = 1$$);
SELECT * FROM try($$UPDATE wr.request SET status = 'done', why = 'x', code = 'EARLY' WHERE id = 1$$);
SELECT * FROM try(as_actor('Pegawai 001', $$UPDATE wr.request SET status = 'done' WHERE id = 3$$));
BEGIN; SET LOCAL mutasi.actor = 'Pegawai 002'; SELECT mutasi.approve('request', 3, 'decide'); COMMIT;
SELECT * FROM try(as_actor('Pegawai 001', $$UPDATE wr.request SET status = 'checked', number = '1', files = '{D1}' WHERE id = 1$$));
SELECT * FROM try(as_actor('Pegawai 002', $$SELECT mutasi.approve('wr.request', 3, 'decide')$$));
SELECT * FROM try(as_actor('Pegawai 001', $$SET LOCAL mutasi.on_behalf_of = 'Pegawai 002'; SELECT mutasi.approve('wr.request', 3, 'decide')$$));
SELECT * FROM try(as_actor('Pegawai 002', $$SELECT mutasi.approve('wr.request', 4, 'decide')$$));
SELECT * FROM try($$UPDATE wr.request SET amount = 2 WHERE id = 1$$);
ALTER TABLE request DISABLE TRIGGER USER;
INSERT INTO request VALUES (7, 'draft');
UPDATE request SET status = 'checked' WHERE id = 5;
ALTER TABLE request ENABLE ALWAYS TRIGGER mutasi_workflow;
SELECT * FROM try($$UPDATE wr.request SET note = 'x' WHERE id = 7$$);
SELECT * FROM try($$SELECT mutasi.define_workflow('{"workflow": "wr_x", "states": [{"state": "a", "initial": true}]}')$$);
SELECT * FROM try($$UPDATE mutasi.workflow SET title = 'x' WHERE workflow = 'wr_steps'$$);
SELECT * FROM try($$SELECT mutasi.export_workflow('wr_none')$$);
SELECT * FROM try($$SELECT mutasi.attach_workflow('wr.request', 'wr_steps', 'status')$$);
CREATE TABLE other (id int PRIMARY KEY, status text);
SELECT * FROM try($$SELECT mutasi.detach_workflow('wr.other')$$);
CREATE TABLE hurt (id int PRIMARY KEY, status text, amount int, number text, note text);
SELECT mutasi.attach_workflow('hurt', 'wr_steps', 'status') IS NULL AS attached \gset
BEGIN;
DROP TRIGGER mutasi_workflow_columns ON hurt;
SELECT * FROM try($$INSERT INTO wr.hurt VALUES (1, 'draft')$$);
ROLLBACK;
SELECT * FROM try($$UPDATE wr.request SET note = 'x' WHERE id = 5$$);
SELECT * FROM try($$SELECT mutasi.approve('wr.request', 99, 'decide')$$);
SELECT * FROM try($$SELECT mutasi.approve('wr.request', 6, 'decide')$$);
SELECT * FROM try($$DELETE FROM wr.request_history$$);
SELECT * FROM try($$SELECT mutasi.expire_case('wr.request', '2')$$);
\pset recordsep '\n'
DROP SCHEMA wr CASCADE;
