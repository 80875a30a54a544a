-- No writer gets around a workflow: each statement that might is tried.
BEGIN;
SET LOCAL client_min_messages = error;
SELECT plan(71);

SELECT mutasi.define_workflow('{"workflow": "bypass_steps",
	"states": [{"state": "draft", "initial": true}, {"state": "submitted"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "submit", "from": "draft", "to": "submitted"}, {"action": "finish", "from": "submitted", "to": "done"}]}');
CREATE ROLE bypass_writer;
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent VALUES (1), (2), (3);
CREATE TABLE request (id int PRIMARY KEY, status text NOT NULL, parent int REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE, note text,
	UNIQUE (note) DEFERRABLE INITIALLY DEFERRED);
SELECT mutasi.attach_workflow('request', 'bypass_steps', 'status');
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON request TO bypass_writer;
GRANT SELECT, UPDATE, DELETE ON parent TO bypass_writer;
INSERT INTO request VALUES (1, 'draft', 1, 'a'), (2, 'draft', 2, 'b'), (3, 'draft', 3, 'c');
UPDATE request SET status = 'submitted' WHERE id IN (1, 2);
UPDATE request SET status = 'done' WHERE id = 2;
SET LOCAL ROLE bypass_writer;

-- plain statements
SELECT throws_ok($$INSERT INTO request VALUES (9, 'done')$$, 'MU001', NULL, 'INSERT in a later state');
SELECT throws_ok($$INSERT INTO request SELECT 9, 'submitted'$$, 'MU001', NULL, 'INSERT … SELECT in a later state');
SELECT throws_ok($$INSERT INTO request VALUES (9, 'nonsense')$$, 'MU003', NULL, 'INSERT in no state');
SELECT throws_ok($$UPDATE request SET status = 'done' WHERE id = 3$$, 'MU002', NULL, 'UPDATE that skips a state');
SELECT throws_ok($$UPDATE request SET status = 'draft' WHERE id = 1$$, 'MU002', NULL, 'UPDATE backwards');
SELECT throws_ok($$UPDATE request SET status = 'Done ' WHERE id = 1$$, 'MU003', NULL, 'UPDATE to something like a state');
SELECT throws_ok($$UPDATE request SET note = 'x' WHERE id = 2$$, 'MU004', NULL, 'UPDATE of a closed case');
SELECT throws_ok($$UPDATE request SET status = 'draft' WHERE id = 2$$, 'MU004', NULL, 'reopening a closed case');
SELECT throws_ok($$UPDATE request SET id = 10 WHERE id = 1$$, 'MU005', NULL, 'UPDATE of the key');
SELECT throws_ok($$DELETE FROM request WHERE id = 1$$, 'MU006', NULL, 'DELETE of a submitted case');
SELECT throws_ok($$DELETE FROM request WHERE id = 2$$, 'MU006', NULL, 'DELETE of a closed case');
SELECT throws_ok($$DELETE FROM request$$, 'MU006', NULL, 'DELETE of everything');
SELECT throws_ok($$TRUNCATE request$$, 'MU007', NULL, 'TRUNCATE');
SELECT throws_ok($$UPDATE request SET status = CASE id WHEN 3 THEN 'submitted' ELSE 'draft' END$$, 'MU002', NULL, 'one bad row fails the statement');

-- conflict and merge
SELECT throws_ok($$INSERT INTO request VALUES (3, 'draft') ON CONFLICT (id) DO UPDATE SET status = 'done'$$, 'MU002', NULL, 'ON CONFLICT DO UPDATE');
SELECT lives_ok($$INSERT INTO request VALUES (1, 'done') ON CONFLICT DO NOTHING$$, 'ON CONFLICT DO NOTHING does nothing');
SELECT throws_ok($$MERGE INTO request r USING (VALUES (1, 'draft'), (9, 'done')) AS v(id, s) ON r.id = v.id
	WHEN MATCHED THEN UPDATE SET status = v.s WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.s)$$, 'MU002', NULL, 'MERGE UPDATE');
SELECT throws_ok($$MERGE INTO request r USING (VALUES (9, 'done')) AS v(id, s) ON r.id = v.id
	WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.s)$$, 'MU001', NULL, 'MERGE INSERT');
SELECT throws_ok($$MERGE INTO request r USING (VALUES (1)) AS v(id) ON r.id = v.id WHEN MATCHED THEN DELETE$$, 'MU006', NULL, 'MERGE DELETE');

-- writable CTEs, cursors, prepared statements, savepoints
SELECT throws_ok($$WITH u AS (UPDATE request SET status = 'done' WHERE id = 3 RETURNING id) SELECT * FROM u$$, 'MU002', NULL, 'writable CTE');
SELECT throws_ok($$WITH d AS (DELETE FROM request WHERE id = 1 RETURNING *) INSERT INTO request SELECT 11, 'draft', parent, 'z' FROM d$$, 'MU006', NULL, 'a CTE that deletes and inserts');
CREATE FUNCTION pg_temp.by_cursor() RETURNS void LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT * FROM request WHERE id = 3 FOR UPDATE; r record;
BEGIN
	OPEN c; FETCH c INTO r;
	UPDATE request SET status = 'done' WHERE CURRENT OF c;
END $$;
SELECT throws_ok($$SELECT pg_temp.by_cursor()$$, 'MU002', NULL, 'WHERE CURRENT OF');
PREPARE jump(int, text) AS UPDATE request SET status = $2 WHERE id = $1;
SELECT throws_ok($$EXECUTE jump(3, 'done')$$, 'MU002', NULL, 'prepared statement');
CREATE FUNCTION pg_temp.by_savepoint() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		UPDATE request SET status = 'submitted' WHERE id = 3;
		RAISE EXCEPTION 'back';
	EXCEPTION WHEN raise_exception THEN NULL;
	END;
	UPDATE request SET status = 'done' WHERE id = 3;
	RETURN 'passed';
END $$;
SELECT throws_ok($$SELECT pg_temp.by_savepoint()$$, 'MU002', NULL, 'a step that was rolled back is no step');

-- keys and cascades
SELECT throws_ok($$DELETE FROM parent WHERE id = 1$$, 'MU006', NULL, 'ON DELETE CASCADE reaches a submitted case');
SELECT throws_ok($$UPDATE parent SET id = 20 WHERE id = 2$$, 'MU004', NULL, 'ON UPDATE CASCADE reaches a closed case');
SELECT lives_ok($$SET CONSTRAINTS ALL DEFERRED$$, 'constraints are deferred …');
SELECT throws_ok($$UPDATE request SET status = 'done' WHERE id = 3$$, 'MU002', NULL, '… and the workflow is not');

-- the replication role as far as a non-superuser can set it
SELECT throws_ok($$SET session_replication_role = replica$$, '42501', NULL, 'session_replication_role is not for everybody');
RESET ROLE;
GRANT SET ON PARAMETER session_replication_role TO bypass_writer;
SET LOCAL ROLE bypass_writer;
SELECT lives_ok($$SET LOCAL session_replication_role = replica$$, 'and when it is granted …');
SELECT throws_ok($$UPDATE request SET status = 'done' WHERE id = 3$$, 'MU002', NULL, '… the workflow holds');
SELECT throws_ok($$TRUNCATE request$$, 'MU007', NULL, '… for TRUNCATE too');
SET LOCAL session_replication_role = origin;
SELECT throws_ok($$ALTER TABLE request DISABLE TRIGGER ALL$$, '42501', NULL, 'triggers are the owner''s');
SELECT throws_ok($$INSERT INTO request_history SELECT * FROM request_history$$, '42501', NULL, 'the history is nobody else''s');
RESET ROLE;

-- views, rules, other triggers
CREATE VIEW request_view AS SELECT * FROM request;
SELECT throws_ok($$UPDATE request_view SET status = 'done' WHERE id = 3$$, 'MU002', NULL, 'a view');
CREATE TABLE door (id int, status text);
CREATE RULE door AS ON INSERT TO door DO INSTEAD UPDATE request SET status = NEW.status WHERE id = NEW.id;
SELECT throws_ok($$INSERT INTO door VALUES (3, 'done')$$, 'MU002', NULL, 'a rule');
CREATE FUNCTION sneak() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.status := 'done'; RETURN NEW; END $$;
CREATE TRIGGER zzz_sneak BEFORE UPDATE ON request FOR EACH ROW EXECUTE FUNCTION sneak();
SELECT throws_ok($$UPDATE request SET note = 'y' WHERE id = 3$$, 'MU002', NULL, 'a BEFORE trigger that changes the row to the last');
DROP TRIGGER zzz_sneak ON request;
CREATE FUNCTION as_owner(i int, s text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ UPDATE request SET status = s WHERE id = i $$;
SELECT throws_ok($$SELECT as_owner(3, 'done')$$, 'MU002', NULL, 'a SECURITY DEFINER function');
SELECT throws_ok($$UPDATE request_history SET action = 'x'$$, 'MU029', NULL, 'the history is closed to its owner');
SELECT throws_ok($$UPDATE request_history_seal SET root = ''; INSERT INTO request_history_seal VALUES (1, now(), 1, '', '')$$, 'MU029', NULL, 'seals are closed to their owner');

-- COPY, INSTEAD OF triggers, rules and MERGE on a view
SELECT throws_ok($$COPY request (id, status) FROM PROGRAM 'echo 9,done' (FORMAT csv)$$, 'MU001', NULL, 'COPY');
SELECT throws_ok($$COPY request (id, status) FROM PROGRAM 'echo 9,nonsense' (FORMAT csv)$$, 'MU003', NULL, 'COPY of no state');
CREATE FUNCTION instead() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE request SET status = NEW.status WHERE id = OLD.id; RETURN NEW; END $$;
CREATE VIEW request_instead AS SELECT * FROM request;
CREATE TRIGGER instead INSTEAD OF UPDATE ON request_instead FOR EACH ROW EXECUTE FUNCTION instead();
SELECT throws_ok($$UPDATE request_instead SET status = 'done' WHERE id = 3$$, 'MU002', NULL, 'an INSTEAD OF trigger');
CREATE RULE gone AS ON DELETE TO door DO INSTEAD DELETE FROM request WHERE id = OLD.id;
INSERT INTO door VALUES (3, 'submitted');
SELECT results_eq($$SELECT status FROM request WHERE id = 3$$, $$VALUES ('submitted')$$, 'a rule may do what everybody may');
CREATE RULE also AS ON UPDATE TO parent DO ALSO UPDATE request SET status = 'draft' WHERE parent = OLD.id;
SELECT throws_ok($$UPDATE parent SET id = id WHERE id = 3$$, 'MU002', NULL, 'a DO ALSO rule');
DROP RULE also ON parent;
CREATE VIEW request_checked AS SELECT * FROM request WHERE id = 3 WITH CHECK OPTION;
SELECT throws_ok($$INSERT INTO request_checked VALUES (3, 'draft') ON CONFLICT (id) DO UPDATE SET status = 'draft'$$, 'MU002', NULL, 'ON CONFLICT through a view');

-- foreign keys that write: SET NULL, SET DEFAULT, CASCADE, now and deferred
CREATE TABLE boss (id int PRIMARY KEY);
INSERT INTO boss VALUES (0), (1), (2), (3);
CREATE TABLE child (id int PRIMARY KEY, status text NOT NULL,
	a int DEFAULT 0 REFERENCES boss ON DELETE SET NULL ON UPDATE SET NULL,
	b int DEFAULT 0 REFERENCES boss ON DELETE SET DEFAULT ON UPDATE SET DEFAULT,
	c int REFERENCES boss ON DELETE CASCADE ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED);
SELECT mutasi.attach_workflow('child', 'bypass_steps', 'status');
INSERT INTO child VALUES (1, 'draft', 1, 2, 3);
UPDATE child SET status = 'submitted';
SELECT lives_ok($$DELETE FROM boss WHERE id = 1$$, 'ON DELETE SET NULL changes an open case …');
SELECT lives_ok($$DELETE FROM boss WHERE id = 2$$, '… and so does ON DELETE SET DEFAULT …');
SELECT results_eq($$SELECT event, changes FROM child_history WHERE seq > 2 ORDER BY seq$$, $$VALUES ('change', '{"a": [1, null]}'::jsonb), ('change', '{"b": [2, 0]}')$$, '… and both are recorded');
SELECT throws_ok($$DELETE FROM boss WHERE id = 3; SET CONSTRAINTS ALL IMMEDIATE$$, 'MU006', NULL, 'a deferred ON DELETE CASCADE');
SELECT lives_ok($$UPDATE boss SET id = 33 WHERE id = 3; SET CONSTRAINTS ALL IMMEDIATE$$, 'ON UPDATE CASCADE to a column that is not the key');
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO boss VALUES (1), (2);
UPDATE child SET a = 1, b = 2;
UPDATE child SET status = 'done';
SELECT throws_ok($$DELETE FROM boss WHERE id = 1$$, 'MU004', NULL, 'ON DELETE SET NULL reaches a closed case');
SELECT throws_ok($$UPDATE boss SET id = 11 WHERE id = 1$$, 'MU004', NULL, 'ON UPDATE SET NULL too');
SELECT throws_ok($$DELETE FROM boss WHERE id = 2$$, 'MU004', NULL, 'ON DELETE SET DEFAULT too');
SELECT throws_ok($$UPDATE boss SET id = 11 WHERE id = 2$$, 'MU004', NULL, 'ON UPDATE SET DEFAULT too');
SELECT throws_ok($$UPDATE boss SET id = 34 WHERE id = 33; SET CONSTRAINTS ALL IMMEDIATE$$, 'MU004', NULL, 'ON UPDATE CASCADE too');
SELECT is_empty($$SELECT * FROM mutasi.verify_history('child')$$, 'and the history verifies');
-- a key that is a foreign key
CREATE TABLE keyed (boss int PRIMARY KEY REFERENCES boss ON UPDATE CASCADE ON DELETE CASCADE, status text NOT NULL);
SELECT mutasi.attach_workflow('keyed', 'bypass_steps', 'status');
INSERT INTO keyed VALUES (0, 'draft');
SELECT throws_ok($$UPDATE boss SET id = -1 WHERE id = 0$$, 'MU005', NULL, 'ON UPDATE CASCADE of the key');

-- partitions: rows that move, and partitions written to directly
CREATE TABLE kase (id int, year int, status text, PRIMARY KEY (year, id)) PARTITION BY RANGE (year);
CREATE TABLE kase_25 PARTITION OF kase FOR VALUES FROM (2025) TO (2026);
CREATE TABLE kase_26 PARTITION OF kase FOR VALUES FROM (2026) TO (2027);
SELECT mutasi.attach_workflow('kase', 'bypass_steps', 'status');
INSERT INTO kase VALUES (1, 2025, 'draft'), (2, 2025, 'draft');
UPDATE kase SET status = 'submitted' WHERE id = 1;
SELECT throws_ok($$UPDATE kase SET year = 2026 WHERE id = 1$$, 'MU005', NULL, 'a move to another partition');
SELECT throws_ok($$MERGE INTO kase k USING (VALUES (1)) AS v(id) ON k.id = v.id WHEN MATCHED THEN UPDATE SET year = 2026, status = 'draft'$$, 'MU005', NULL, 'a move by MERGE');
SELECT throws_ok($$WITH d AS (DELETE FROM kase_25 WHERE id = 1 RETURNING *) INSERT INTO kase_26 SELECT id, 2026, 'draft' FROM d$$, 'MU006', NULL, 'a move by hand');
SELECT throws_ok($$COPY kase_26 FROM PROGRAM 'echo 5,2026,done' (FORMAT csv)$$, 'MU001', NULL, 'COPY into a partition');
SELECT throws_ok($$TRUNCATE kase_25$$, 'MU007', NULL, 'TRUNCATE of a partition');

-- the parts of attach_workflow() are nobody's crowbar
SET LOCAL ROLE bypass_writer;
SELECT throws_ok($$SELECT mutasi.workflow_create_triggers('request', 'request_history', 'bypass_steps', '{"version": 1}')$$, '42501', NULL, 'a stranger makes no triggers');
SELECT throws_ok($$SELECT mutasi.workflow_pin_columns('request', '[["id", ["@state"]]]')$$, '42501', NULL, 'and moves none');
RESET ROLE;
SELECT throws_ok($$SELECT mutasi.workflow_pin_columns('request', '[]')$$, '22023', NULL, 'columns must be some');
SELECT throws_ok($$SELECT mutasi.workflow_history_table(NULL, NULL, NULL)$$, '22004', NULL, 'a history is of a table');
SELECT throws_ok($$SELECT mutasi.workflow_create_triggers('keyed', 'request', 'bypass_steps', '{"version": 1}')$$, '42809', NULL, 'any table is no history');

-- nothing of this left a trace
SELECT results_eq($$SELECT id, status FROM request ORDER BY id$$, $$VALUES (1, 'submitted'), (2, 'done'), (3, 'submitted')$$, 'the rows are as they were, but for one lawful step');
SELECT results_eq($$SELECT id, count(*)::int FROM request_history GROUP BY id ORDER BY id$$, $$VALUES (1, 2), (2, 3), (3, 2)$$, 'and so is the history');
SELECT is_empty($$SELECT * FROM mutasi.verify_history('request')$$, 'which verifies');
SELECT * FROM finish();
ROLLBACK;
