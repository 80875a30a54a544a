-- A workflow survives what happens to its table: renames, new and dropped columns,
-- partitions, new versions; and its caches neither go stale nor leak.
BEGIN;
SET LOCAL client_min_messages = error;
SELECT plan(50);
SELECT mutasi.define_workflow('{"workflow": "evolve_steps",
	"states": [{"state": "draft", "initial": true}, {"state": "submitted", "editable": ["note"]}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "submit", "from": "draft", "to": "submitted", "condition": "NEW.amount > OLD.floor"},
		{"action": "finish", "from": "submitted", "to": "done", "columns": ["number"], "reason": true}]}');
CREATE TABLE request (dropped int, id int PRIMARY KEY, status text NOT NULL, amount int, floor int DEFAULT 0, note text, decree text, why text);
ALTER TABLE request DROP COLUMN dropped;
SELECT throws_ok($$SELECT mutasi.attach_workflow('request', 'evolve_steps', 'status')$$, '42703', NULL, 'a column the workflow asks for must be there');
SELECT throws_ok($$SELECT mutasi.attach_workflow('request', 'evolve_steps', 'status', '{"columns": {"number": "nothing"}}')$$, '42703', NULL, 'under a name that exists');
SELECT mutasi.attach_workflow('request', 'evolve_steps', 'status', '{"columns": {"number": "decree"}, "reason": "why"}');
INSERT INTO request (id, status, amount) VALUES (1, 'draft', 5), (2, 'draft', -5);
SELECT throws_ok($$UPDATE request SET status = 'submitted' WHERE id = 2$$, 'MU009', NULL, 'the condition');
ALTER TABLE request RENAME COLUMN amount TO jumlah;
ALTER TABLE request RENAME COLUMN status TO tahap;
ALTER TABLE request RENAME COLUMN why TO alasan;
ALTER TABLE request RENAME COLUMN decree TO nomor;
ALTER TABLE request RENAME COLUMN note TO catatan;
ALTER TABLE request RENAME COLUMN id TO nomor_kasus;
SELECT throws_ok($$UPDATE request SET tahap = 'submitted' WHERE nomor_kasus = 2$$, 'MU009', NULL, 'after the columns were renamed');
SELECT lives_ok($$UPDATE request SET tahap = 'submitted' WHERE nomor_kasus = 1$$, 'both ways');
ALTER TABLE request ADD COLUMN extra text DEFAULT 'x';
ALTER TABLE request ADD COLUMN more int;
SELECT lives_ok($$UPDATE request SET catatan = 'y' WHERE nomor_kasus = 1$$, 'with new columns');
SELECT throws_ok($$UPDATE request SET extra = 'y' WHERE nomor_kasus = 1$$, 'MU018', NULL, 'which are not editable where only some are');
ALTER TABLE request DROP COLUMN extra;
SELECT throws_ok($$ALTER TABLE request DROP COLUMN tahap$$, '2BP01', NULL, 'the state column cannot just be dropped');
SELECT throws_ok($$ALTER TABLE request DROP COLUMN jumlah$$, '2BP01', NULL, 'nor one that a condition reads');
ALTER TABLE request RENAME TO permohonan;
ALTER TABLE request_history RENAME TO riwayat;
ALTER TABLE request_history_seal RENAME TO segel;
SELECT throws_ok($$UPDATE permohonan SET tahap = 'done', alasan = 'ok' WHERE nomor_kasus = 1$$, 'MU010', NULL, 'after the table and its history were renamed');
SELECT throws_ok($$UPDATE permohonan SET tahap = 'done', nomor = '1' WHERE nomor_kasus = 1$$, 'MU012', NULL, 'a reason is asked for');
SELECT lives_ok($$UPDATE permohonan SET tahap = 'done', nomor = '1', alasan = 'ok' WHERE nomor_kasus = 1$$, 'and it goes on');
SELECT results_eq($$SELECT count(*)::int FROM riwayat WHERE id = 1$$, $$VALUES (4)$$, 'into the same history');
SELECT is(length(mutasi.seal_history('permohonan')), 64, 'it is sealed');
SELECT is_empty($$SELECT * FROM mutasi.verify_history('permohonan')$$, 'and verifies');
SELECT is_empty($$SELECT * FROM mutasi.workflow_health('permohonan')$$, 'and is healthy');
SELECT is(mutasi.workflow_current_options('permohonan') - 'columns', '{"reason": "alasan"}', 'options with the columns'' present names');

-- as pg_restore --disable-triggers leaves it
CREATE TEMP TABLE armed AS SELECT t.tgrelid, t.tgname, t.tgenabled FROM pg_trigger AS t JOIN pg_proc AS f ON f.oid = t.tgfoid WHERE f.pronamespace = 'mutasi'::regnamespace;
SELECT format('ALTER TABLE %s ENABLE TRIGGER ALL', r.tgrelid::regclass) FROM (SELECT DISTINCT tgrelid FROM armed) AS r \gexec
SELECT isnt_empty($$SELECT * FROM mutasi.workflow_health('permohonan') WHERE problem = 'trigger not always enabled'$$, 'triggers that a replica gets by are told of');
SELECT cmp_ok(mutasi.rearm_workflow('permohonan'), '>', 5, 'those of the table, the history and its seals');
SELECT is_empty($$SELECT a.tgrelid::regclass, a.tgname, a.tgenabled, t.tgenabled FROM armed AS a JOIN pg_trigger AS t USING (tgrelid, tgname) WHERE a.tgenabled <> t.tgenabled
	AND a.tgrelid IN (SELECT x.tgrelid FROM pg_trigger AS x WHERE x.tgrelid::regclass::text ~ 'permohonan|riwayat')$$, 'are as they were');
SELECT is_empty($$SELECT * FROM mutasi.workflow_health('permohonan')$$, 'and healthy');
SELECT is(mutasi.rearm_workflow('permohonan'), 0, 'once');
SELECT throws_ok($$SELECT mutasi.rearm_workflow('pg_class')$$, 'MU024', 'no workflow is attached to "pg_class"', 'a table without a workflow');

-- damage is refused and told of
ALTER TABLE permohonan DISABLE TRIGGER mutasi_workflow;
SELECT results_eq($$SELECT problem FROM mutasi.workflow_health('permohonan')$$, $$VALUES ('trigger disabled')$$, 'a disabled trigger is told of');
UPDATE permohonan SET tahap = 'done' WHERE nomor_kasus = 2;
INSERT INTO permohonan (nomor_kasus, tahap) VALUES (3, 'submitted');
ALTER TABLE permohonan ENABLE ALWAYS TRIGGER mutasi_workflow;
SELECT results_eq($$SELECT case_key, problem FROM mutasi.verify_history('permohonan')$$, $$VALUES ('2', 'missing'), ('3', 'missing')$$, 'what was written meanwhile is found');
SELECT throws_ok($$UPDATE permohonan SET catatan = 'z' WHERE nomor_kasus = 2$$, 'MU026', NULL, 'a row that left its history behind is not touched');
SELECT throws_ok($$UPDATE permohonan SET catatan = 'z' WHERE nomor_kasus = 3$$, 'MU019', NULL, 'nor one without history');
SELECT is(mutasi.import_cases('permohonan', 'written while the trigger was off'), 2::bigint, 'the owner takes both in');
SELECT is_empty($$SELECT * FROM mutasi.verify_history('permohonan')$$, 'and all is well');
ALTER TABLE permohonan DROP CONSTRAINT request_pkey;
SELECT is((SELECT problem FROM mutasi.workflow_health('permohonan')), 'key not unique', 'a lost key is told of');

-- partitions
CREATE TABLE kase (region text, id int, status text, amount int, floor int, number text, note text, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE kase_a PARTITION OF kase FOR VALUES IN ('a');
CREATE TABLE kase_b (note text, number text, floor int, amount int, status text, id int NOT NULL, region text NOT NULL);
ALTER TABLE kase ATTACH PARTITION kase_b FOR VALUES IN ('b');
SELECT mutasi.attach_workflow('kase', 'evolve_steps', 'status');
CREATE TABLE kase_c PARTITION OF kase FOR VALUES IN ('c');
INSERT INTO kase VALUES ('a', 1, 'draft', 5, 0), ('b', 1, 'draft', 5, 0), ('c', 1, 'draft', 5, 0);
SELECT throws_ok($$INSERT INTO kase_b (id, region, status) VALUES (2, 'b', 'done')$$, 'MU001', NULL, 'a partition is no back door');
SELECT throws_ok($$UPDATE kase_b SET status = 'done'$$, 'MU002', NULL, 'for updates either');
SELECT throws_ok($$TRUNCATE kase_a$$, 'MU007', NULL, 'nor for TRUNCATE');
SELECT throws_ok($$TRUNCATE kase_c$$, 'MU007', NULL, 'also one that came later');
SELECT throws_ok($$UPDATE kase SET region = 'b', id = 9 WHERE region = 'a'$$, 'MU005', NULL, 'a row that moves between partitions keeps its key');
SELECT lives_ok($$UPDATE kase SET status = 'submitted' WHERE region = 'b'$$, 'a partition with other column positions');
SELECT throws_ok($$SELECT mutasi.approve('kase', '["b", 1]', 'finish', 'done')$$, 'MU010', NULL, 'a key of two columns');
SELECT throws_ok($$SELECT mutasi.approve('kase', 'b', 'finish', 'done')$$, '22P02', NULL, 'is given as JSON');
SELECT is_empty($$SELECT * FROM mutasi.verify_history('kase')$$, 'partitions verify');
SELECT is_empty($$SELECT * FROM mutasi.workflow_health('kase')$$, 'and are healthy');
CREATE TABLE moving (id int, status text, amount int, floor int, number text, note text) PARTITION BY LIST (status);
SELECT throws_ok($$SELECT mutasi.attach_workflow('moving', 'evolve_steps', 'status')$$, '42P16', NULL, 'a partition key that is not in the key makes no primary key');
DROP TABLE moving;
SELECT throws_ok($$DELETE FROM kase_b WHERE id = 1$$, 'MU006', NULL, 'a DELETE in a partition is a DELETE');
SELECT throws_ok($$WITH u AS (UPDATE kase SET note = 'x' WHERE region = 'b' RETURNING id) DELETE FROM kase WHERE region = 'b'$$, 'MU006', NULL, 'in a CTE too');

-- versions
SELECT is(mutasi.define_workflow('{"workflow": "evolve_steps",
	"states": [{"state": "draft", "initial": true}, {"state": "filed"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "submit", "from": "draft", "to": "filed"}, {"action": "finish", "from": "filed", "to": "done"}]}'), 2, 'a change is a new version');
SELECT lives_ok($$INSERT INTO kase VALUES ('a', 7, 'draft', 5, 0); UPDATE kase SET status = 'submitted' WHERE id = 7$$, 'which running tables do not take of themselves');
SELECT throws_ok($$SELECT mutasi.migrate_cases('kase', 2, 'new rules')$$, 'MU003', NULL, 'a state that is gone needs a new one');
SELECT is(mutasi.migrate_cases('kase', 2, 'new rules', '{"submitted": "filed"}'), 4::bigint, 'all running cases go over on purpose');
SELECT results_eq($$SELECT region, id, status FROM kase ORDER BY 1, 2$$, $$VALUES ('a', 1, 'draft'), ('a', 7, 'filed'), ('b', 1, 'filed'), ('c', 1, 'draft')$$, 'into the states of the new version');
SELECT lives_ok($$UPDATE kase SET status = 'done' WHERE id = 7$$, 'and go on under it');

-- no leak per row
CREATE TABLE many (id int PRIMARY KEY, status text, amount int, floor int DEFAULT 0, number text, note text, docs text[] DEFAULT '{D1}');
SELECT mutasi.define_workflow('{"workflow": "leak_steps", "states": [{"state": "draft", "initial": true}, {"state": "a"}, {"state": "b"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "go", "from": "draft", "to": "a", "condition": "NEW.id > 0", "documents": ["D1"]}, {"action": "there", "from": "a", "to": "b", "condition": "length(coalesce(NEW.note, '''')) >= 0", "separate_from": ["finish"]},
		{"action": "back", "from": "b", "to": "a", "documents": [{"code": "D1", "when": "NEW.id > 0"}]}, {"action": "finish", "from": "b", "to": "done"}]}');
SELECT mutasi.attach_workflow('many', 'leak_steps', 'status', '{"documents": {"column": "docs"}}');
INSERT INTO many (id, status) SELECT g, 'draft' FROM generate_series(1, 200) AS g;
UPDATE many SET status = 'a';
UPDATE many SET status = 'b';
UPDATE many SET status = 'a';
DO $$ BEGIN FOR i IN 1..5 LOOP UPDATE many SET status = 'b'; UPDATE many SET status = 'a'; END LOOP; END $$;
CREATE TEMP TABLE before AS SELECT name, count(*) AS contexts, sum(total_bytes) AS bytes FROM pg_backend_memory_contexts AS m
	-- 18 has no column parent
	WHERE name ~ 'CachedPlan|mutasi|SPI' OR to_jsonb(m) ->> 'parent' ~ 'mutasi' GROUP BY name;
DO $$ BEGIN FOR i IN 1..5 LOOP UPDATE many SET status = 'b'; UPDATE many SET status = 'a'; END LOOP; END $$;
SELECT is_empty($$SELECT a.name, a.contexts, b.contexts FROM (SELECT name, count(*) AS contexts, sum(total_bytes) AS bytes FROM pg_backend_memory_contexts AS m
		WHERE name ~ 'CachedPlan|mutasi|SPI' OR to_jsonb(m) ->> 'parent' ~ 'mutasi' GROUP BY name) AS a LEFT JOIN before AS b USING (name)
	WHERE a.contexts > coalesce(b.contexts, 0) + 10 OR a.bytes > coalesce(b.bytes, 0) + 65536$$, '2,000 more transitions with conditions and documents leave no plans and no memory behind');
SELECT * FROM finish();
ROLLBACK;
