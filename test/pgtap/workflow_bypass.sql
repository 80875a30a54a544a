-- No writer gets around a workflow: each statement that might is tried.
BEGIN;
SET LOCAL client_min_messages = error;
SELECT plan(43);

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

-- nothing of this left a trace
SELECT results_eq($$SELECT id, status FROM request ORDER BY id$$, $$VALUES (1, 'submitted'), (2, 'done'), (3, 'draft')$$, 'the rows are as they were');
SELECT results_eq($$SELECT id, count(*)::int FROM request_history GROUP BY id ORDER BY id$$, $$VALUES (1, 2), (2, 3), (3, 1)$$, 'and so is the history');
SELECT is_empty($$SELECT * FROM mutasi.verify_history('request')$$, 'which verifies');
SELECT * FROM finish();
ROLLBACK;
