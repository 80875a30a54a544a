-- Something of everything that a database may have of ours, for upgrades and
-- restores: an agency with people and cases, own rows in reference tables,
-- profiles with every index, workflows attached to tables of one's own, sealed.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
CREATE EXTENSION mutasi;
\i test/data/small_agency.sql
SET search_path = kota, mutasi, public;
INSERT INTO transfer (employee_id, to_post_id, reason, effective_on) VALUES (2, 1, 'PKM1 lacks nurses', current_date), (3, 1, 'the same', current_date);
UPDATE transfer SET state = 'submitted' WHERE transfer_id = 1;
SELECT mutasi.seal_history('kota.transfer') \g /dev/null
INSERT INTO mutasi.job_person_band (scheme, min_percent, category) VALUES ('kota_x', 75, 'Baik'), ('kota_x', 0, 'Kurang');
INSERT INTO mutasi.gap_table (name, outside) VALUES ('kota_x', 'end_value');
INSERT INTO mutasi.gap_value (gap_table, gap, core_value, secondary_value) VALUES ('kota_x', 0, 9, 9), ('kota_x', -1, 7, 8);
RESET search_path;

CREATE SCHEMA own;
CREATE TABLE own.person (id int PRIMARY KEY, nip mutasi.nip UNIQUE, profile mutasi.competency_profile);
INSERT INTO own.person
SELECT i, (198501012010010000 + 1000 * (1 + i % 2) + i)::text::mutasi.nip,
	(SELECT mutasi.profile_agg(1 + (i * 7 + c * 13) % 40, ((i * c) % 60 / 10.0)::numeric) FROM generate_series(1, 12) AS c)
FROM generate_series(1, 900) AS i;
CREATE TABLE own.post (id int PRIMARY KEY, requirement mutasi.competency_requirement);
INSERT INTO own.post
SELECT i, (SELECT mutasi.requirement_agg(1 + (i * 5 + c * 11) % 40, (1 + c % 5)::numeric, 1 + c % 2, CASE c % 2 WHEN 0 THEN 'core' ELSE 'secondary' END, c = 1) FROM generate_series(1, 6) AS c)
FROM generate_series(1, 20) AS i;
CREATE INDEX person_gist ON own.person USING gist (profile);
CREATE INDEX person_gin ON own.person USING gin (profile);
CREATE INDEX person_btree ON own.person (profile);
CREATE INDEX person_hash ON own.person USING hash (profile);
CREATE TABLE own.plan (name text, solution mutasi.plan_solution);
INSERT INTO own.plan SELECT 'first', mutasi.solve_transfers(
	'SELECT id AS employee_id, id % 7 AS post_id, 0.5 AS score FROM own.person WHERE id < 40', 'SELECT p AS post_id, 3 AS seats FROM generate_series(0, 6) AS p');
SELECT mutasi.define_workflow('{"workflow": "own_steps",
	"states": [{"state": "draft", "initial": true}, {"state": "submitted", "deadline": 5, "on_expiry": "finish"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "submit", "from": "draft", "to": "submitted", "condition": "NEW.amount > 0"}, {"action": "finish", "from": "submitted", "to": "done"}]}') \g /dev/null
CREATE TABLE own.request (gone int, id int PRIMARY KEY, status text, amount numeric, at timestamptz DEFAULT now(), price float8 DEFAULT 0.1);
ALTER TABLE own.request DROP COLUMN gone;
SELECT mutasi.attach_workflow('own.request', 'own_steps', 'status') \g /dev/null
INSERT INTO own.request (id, status, amount) SELECT g, 'draft', g * 1.10 FROM generate_series(1, 30) AS g;
UPDATE own.request SET status = 'submitted' WHERE id > 5;
UPDATE own.request SET status = 'done' WHERE id > 20;
CREATE TABLE own.part (id int, year int, status text, amount int, PRIMARY KEY (year, id)) PARTITION BY LIST (year);
CREATE TABLE own.part_26 PARTITION OF own.part FOR VALUES IN (2026);
SELECT mutasi.attach_workflow('own.part', 'own_steps', 'status') \g /dev/null
INSERT INTO own.part VALUES (1, 2026, 'draft', 1);
UPDATE own.part SET status = 'submitted';
SELECT mutasi.erase_history_values('own.request', 25, 'asked to') \g /dev/null
CREATE TABLE own.published AS SELECT mutasi.seal_history('own.request') AS root;
