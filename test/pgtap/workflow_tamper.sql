-- 200 random edits of a history by a superuser: each is found, and the first bad row named.
BEGIN;
SET LOCAL client_min_messages = error;
SELECT plan(11);
SELECT mutasi.define_workflow('{"workflow": "tamper_steps",
	"states": [{"state": "draft", "initial": true}, {"state": "a"}, {"state": "b"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "go", "from": "draft", "to": "a"}, {"action": "there", "from": "a", "to": "b"},
		{"action": "back", "from": "b", "to": "a"}, {"action": "finish", "from": "b", "to": "done"}]}');
CREATE TABLE request (id int PRIMARY KEY, status text NOT NULL, note text, amount numeric, at timestamptz, extra jsonb);
SELECT mutasi.attach_workflow('request', 'tamper_steps', 'status');
INSERT INTO request SELECT g, 'draft', NULL, g / 3.0, '2026-01-01'::timestamptz + g * interval '1 hour', jsonb_build_object('n', g) FROM generate_series(1, 20) AS g;
UPDATE request SET status = 'a', note = 'one';
UPDATE request SET note = 'changed ' || id, amount = amount * 2 WHERE id % 2 = 0;
UPDATE request SET status = 'b';
UPDATE request SET status = 'a' WHERE id % 3 = 0;
UPDATE request SET status = 'b' WHERE id % 3 = 0;
UPDATE request SET status = 'done' WHERE id % 5 = 0;
SELECT is_empty($$SELECT * FROM mutasi.verify_history('request')$$, 'untouched it verifies');
SELECT is(length(mutasi.seal_history('request')), 64, 'and is sealed');
CREATE TEMP TABLE pristine AS SELECT * FROM request_history;

-- each edit: what it does, the case and the row it touches first
CREATE FUNCTION pg_temp.edit(kind int, OUT what text, OUT id int, OUT seq int) LANGUAGE plpgsql AS $$
DECLARE
	r record;
	o record;
	columns text[] := ARRAY['recorded_at = recorded_at + interval ''1 second''', 'action = action || ''x''', 'from_state = ''zz''', 'to_state = ''zz''',
		'actor = ''somebody''', 'session_role = ''somebody''', 'acting_role = ''somebody''', 'on_behalf_of = ''somebody''', 'privilege = ''none''',
		'reason = ''because''', 'changes = changes || ''{"note": ["x", "y"]}''', 'salt = ''\x00000000000000000000000000000000''', 'salt = NULL',
		'values_hash = sha256(''x'')', 'previous_hash = sha256(''x'')', 'hash = sha256(''x'')', 'version = version + 1', 'workflow = ''other''',
		'event = ''change''', 'actor_kind = ''system''', 'changes = NULL', 'changes = NULL, reason = NULL, salt = NULL', 'hash = ''\x00'''];
	edit text;
BEGIN
	SELECT * INTO r FROM request_history AS h ORDER BY random() LIMIT 1;
	id := r.id;
	seq := r.seq;
	CASE kind
		WHEN 0 THEN
			edit := columns[1 + floor(random() * cardinality(columns))::int];
			-- not an edit that happens to change nothing
			WHILE edit = 'event = ''change''' AND r.event = 'change' LOOP
				edit := columns[1 + floor(random() * cardinality(columns))::int];
			END LOOP;
			what := 'update ' || edit;
			EXECUTE format('UPDATE request_history AS h SET %s WHERE h.id = %s AND h.seq = %s', edit, r.id, r.seq);
		WHEN 1 THEN
			what := 'delete';
			DELETE FROM request_history AS h WHERE h.id = r.id AND h.seq = r.seq;
		WHEN 2 THEN
			what := 'insert behind';
			SELECT max(h.seq) + 1 INTO seq FROM request_history AS h WHERE h.id = r.id;
			INSERT INTO request_history SELECT (p).* FROM (SELECT jsonb_populate_record(h, jsonb_build_object('seq', edit.seq)) AS p
				FROM request_history AS h, (SELECT edit.seq) AS e(seq) WHERE h.id = r.id AND h.seq = r.seq) AS x;
		WHEN 3 THEN
			what := 'insert between';
			UPDATE request_history AS h SET seq = -h.seq - 1 WHERE h.id = r.id AND h.seq >= r.seq;
			UPDATE request_history AS h SET seq = -h.seq WHERE h.id = r.id AND h.seq < 0;
			INSERT INTO request_history SELECT p.id, r.seq, p.recorded_at, p.event, p.action, p.from_state, p.to_state, p.workflow, p.version, 'nobody', p.actor_kind,
				p.session_role, p.acting_role, p.on_behalf_of, p.privilege, p.reason, p.changes, p.salt, p.values_hash, sha256('z'), p.hash
				FROM pristine AS p WHERE p.id = r.id AND p.seq = r.seq;
		WHEN 4 THEN
			what := 'swap';
			SELECT h.seq INTO o FROM request_history AS h WHERE h.id = r.id AND h.seq <> r.seq ORDER BY random() LIMIT 1;
			UPDATE request_history AS h SET seq = -1 WHERE h.id = r.id AND h.seq = r.seq;
			UPDATE request_history AS h SET seq = r.seq WHERE h.id = r.id AND h.seq = o.seq;
			UPDATE request_history AS h SET seq = o.seq WHERE h.id = r.id AND h.seq = -1;
			seq := least(r.seq, o.seq);
		WHEN 5 THEN
			what := 'truncate tail';
			DELETE FROM request_history AS h WHERE h.id = r.id AND h.seq >= r.seq;
		WHEN 6 THEN
			what := 'move to another case';
			UPDATE request_history AS h SET id = 100 + r.id WHERE h.id = r.id AND h.seq = r.seq;
	END CASE;
END $$;
CREATE TEMP TABLE outcome (kind int, what text, id int, seq int, found_id text, found_seq int, problem text, detail text);
CREATE FUNCTION pg_temp.try(kind int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	e record;
	v record;
BEGIN
	BEGIN
		SELECT * INTO e FROM pg_temp.edit(kind);
		SELECT * INTO v FROM mutasi.verify_history('request') LIMIT 1;
		RAISE EXCEPTION 'undo';
	EXCEPTION WHEN raise_exception THEN
		IF SQLERRM <> 'undo' THEN RAISE; END IF;
	END;
	INSERT INTO outcome VALUES (kind, e.what, e.id, e.seq, v.case_key, v.seq, v.problem, v.detail);
END $$;
ALTER TABLE request_history DISABLE TRIGGER USER;
SELECT setseed(0.42);
SELECT count(pg_temp.try(g % 7)) FROM generate_series(0, 209) AS g;
SELECT is((SELECT count(*)::int FROM outcome), 210, '210 edits were tried');
SELECT is((SELECT count(*)::int FROM outcome WHERE problem IS NULL), 0, 'every one is found');
SELECT is_empty($$SELECT * FROM outcome WHERE found_id IS DISTINCT FROM id::text OR found_seq IS DISTINCT FROM seq$$, 'and the first bad row is named');
SELECT is((SELECT count(DISTINCT kind)::int FROM outcome), 7, 'in all its kinds');
SELECT is_empty($$SELECT * FROM mutasi.verify_history('request')$$, 'the history itself came through untouched');
ALTER TABLE request_history ENABLE ALWAYS TRIGGER mutasi_history_guard;

-- an attacker who knows the hash and rewrites the chain to its end is found by a published root
SELECT mutasi.seal_history('request') AS first_root \gset
UPDATE request SET status = 'a' WHERE id = 1;
SELECT mutasi.seal_history('request') AS root \gset
SELECT is_empty(format($$SELECT * FROM mutasi.verify_history('request', %L)$$, :'first_root'), 'an older root that was published holds');
ALTER TABLE request_history DISABLE TRIGGER USER;
ALTER TABLE request_history_seal DISABLE TRIGGER USER;
ALTER TABLE request_history_seal_head DISABLE TRIGGER USER;
ALTER TABLE request DISABLE TRIGGER USER;
UPDATE request SET status = 'b' WHERE id = 1;
DELETE FROM request_history WHERE id = 1 AND seq = (SELECT max(seq) FROM request_history WHERE id = 1);
SAVEPOINT newest_gone;
SELECT results_eq($$SELECT case_key, seq, problem FROM mutasi.verify_history('request')$$, $$VALUES ('1', 4, 'missing')$$, 'the newest row is missed by its seal');
DELETE FROM request_history_seal_head WHERE seal = 2;
DELETE FROM request_history_seal WHERE seal = 2;
SELECT is_empty($$SELECT * FROM mutasi.verify_history('request')$$, 'with its seal gone too, nothing inside the database tells …');
SELECT results_eq(format($$SELECT problem FROM mutasi.verify_history('request', %L)$$, :'root'), $$VALUES ('published root not found')$$, '… but the published root does');
SELECT * FROM finish();
ROLLBACK;
