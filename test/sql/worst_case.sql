-- The largest of everything, and what is said of one more (doc/limits.md).
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE SCHEMA lim;
SET search_path = lim, mutasi, public;
SET default_toast_compression = 'pglz';	-- from 19 on it is lz4, where that is there: other figures
-- profiles and requirements: 10,000 competencies
CREATE TABLE big AS SELECT profile_agg(214748364 * 10 - 10000 + i, 655.35) AS profile, requirement_agg(214748364 * 10 - 10000 + i, 655.35, 100, 'core', true) AS requirement
	FROM generate_series(1, 10000) AS i;
SELECT profile_count(profile) FROM big;
SELECT length(profile::text), length(requirement::text), profile::text::competency_profile = profile AS text, requirement::text::competency_requirement = requirement AS same FROM big;
SELECT profile_agg(i, 1) FROM generate_series(1, 10001) AS i;
SELECT requirement_agg(i, 1, 1, 'core', false) FROM generate_series(1, 10001) AS i;
SELECT ('{' || string_agg(i || ':1', ',') || '}')::competency_profile IS NULL AS accepted FROM generate_series(1, 10001) AS i;
SELECT ('{' || string_agg(i || ':1', ',') || '}')::competency_requirement IS NULL AS accepted FROM generate_series(1, 10001) AS i;
SELECT profile_merge(profile, '{1:1}') IS NULL AS accepted FROM big;
SELECT '{2147483648:1}'::competency_profile;
SELECT '{1:655.36}'::competency_profile;
SELECT '{1:1*100.01}'::competency_requirement;
-- the largest against the largest: exact, without overflow
SELECT profile <=> requirement AS distance, match_score(profile, requirement) AS score, adequacy(profile, requirement) AS adequacy, profile @> requirement AS met FROM big;
SELECT '{}'::competency_profile <=> requirement AS distance, match_score('{}', requirement) AS score FROM big;
SELECT profile <=> (SELECT requirement_agg(i, 0.01, 0.01, 'core', false) FROM generate_series(1, 10000) AS i) AS distance FROM big;
SELECT count(*), sum(contribution) FROM big, match_explain(profile, requirement);
-- through a column, TOAST and indexes that take it
CREATE TABLE held (id int, profile competency_profile);
INSERT INTO held SELECT 1, profile FROM big;
INSERT INTO held SELECT 2, profile_agg(i * 200000, (i % 6)::numeric) FROM generate_series(1, 10000) AS i;
INSERT INTO held VALUES (3, '{1:1}'), (4, '{}'), (5, NULL);
CREATE INDEX held_gist ON held USING gist (profile);
CREATE INDEX held_gin ON held USING gin (profile);
CREATE INDEX held_hash ON held USING hash (profile);
SET enable_seqscan = off;
SELECT id FROM held ORDER BY profile <=> (SELECT requirement FROM big) LIMIT 1;
SELECT id FROM held WHERE profile @> (SELECT requirement FROM big);
SELECT id FROM held WHERE profile = (SELECT profile FROM big);
RESET enable_seqscan;
-- a btree entry must fit a third of a page: about 440 competencies
CREATE INDEX ON held (profile);
DELETE FROM held WHERE id < 3;
INSERT INTO held SELECT 6, profile_agg(i, 3) FROM generate_series(1, 440) AS i;
CREATE INDEX ON held (profile);

-- plans: numbers, and memory as it is set
SELECT count(*) FROM plan_transfers('SELECT 1 AS employee_id, 1 AS post_id, 1000 AS score', 'SELECT 1 AS post_id, 1000000000 AS seats');
SELECT count(*) FROM plan_transfers('SELECT 1 AS employee_id, 1 AS post_id, 1000 AS score', 'SELECT 1 AS post_id, 1000000001 AS seats');
SELECT count(*) FROM plan_transfers('SELECT 1 AS employee_id, 1 AS post_id, 1000.000001 AS score', 'SELECT 1 AS post_id, 1 AS seats');
SELECT employee_id, post_id FROM plan_transfers('SELECT 9223372036854775807 AS employee_id, -9223372036854775808 AS post_id, 0.5 AS score',
	'SELECT -9223372036854775808 AS post_id, 1 AS seats');
SET mutasi.plan_memory = '1MB';
SELECT count(*) FROM plan_transfers('SELECT e AS employee_id, p AS post_id, 0.5 AS score FROM generate_series(1, 1000) AS e, generate_series(1, 100) AS p',
	'SELECT p AS post_id, 1 AS seats FROM generate_series(1, 100) AS p');
RESET mutasi.plan_memory;

-- histories: 2,147,483,647 rows of one case
SELECT define_workflow('{"workflow": "limit_steps", "states": [{"state": "a", "initial": true}, {"state": "b", "terminal": true}],
	"transitions": [{"action": "go", "from": "a", "to": "b"}]}');
CREATE TABLE full_case (id int PRIMARY KEY, status text, note text);
SELECT attach_workflow('full_case', 'limit_steps', 'status');
INSERT INTO full_case VALUES (1, 'a', NULL), (2, 'a', NULL);
ALTER TABLE full_case_history DISABLE TRIGGER USER;
UPDATE full_case_history SET seq = 2147483646 WHERE id = 1;
ALTER TABLE full_case_history ENABLE ALWAYS TRIGGER mutasi_history_guard;
UPDATE full_case SET note = 'the last one' WHERE id = 1;
UPDATE full_case SET note = 'one too many' WHERE id = 1;
UPDATE full_case SET status = 'b' WHERE id = 1;
SELECT seq FROM full_case_history WHERE id = 1 ORDER BY seq;
-- a row of megabytes has its history
UPDATE full_case SET note = repeat('0123456789', 1000000) WHERE id = 2;
SELECT length(changes::text) FROM full_case_history WHERE id = 2 AND seq = 2;
SELECT case_key, seq, problem FROM verify_history('full_case') WHERE case_key = '2';
-- a key of 31 columns, one fewer than an index may have
SELECT format('CREATE TABLE wide (%s, status text, PRIMARY KEY (%s))', string_agg('k' || i || ' int', ', ' ORDER BY i), string_agg('k' || i, ', ' ORDER BY i))
	FROM generate_series(1, 31) AS i \gexec
SELECT attach_workflow('wide', 'limit_steps', 'status');
SELECT format('INSERT INTO wide VALUES (%s, ''a'')', string_agg(i::text, ', ')) FROM generate_series(1, 31) AS i \gexec
UPDATE wide SET status = 'b';
SELECT to_state, count(*) FROM wide_history GROUP BY 1 ORDER BY 1;
SELECT * FROM verify_history('wide');
SELECT format('CREATE TABLE wider (%s, status text, PRIMARY KEY (%s))', string_agg('k' || i || ' int', ', ' ORDER BY i), string_agg('k' || i, ', ' ORDER BY i))
	FROM generate_series(1, 32) AS i \gexec
SELECT attach_workflow('wider', 'limit_steps', 'status');
-- names as long as names may be
CREATE TABLE t234567890123456789012345678901234567890123456789012345678901234 (i234567890123456789012345678901234567890123456789012345678901234 int PRIMARY KEY, status text);
SELECT attach_workflow('t234567890123456789012345678901234567890123456789012345678901234', 'limit_steps', 'status');
INSERT INTO t234567890123456789012345678901234567890123456789012345678901234 VALUES (1, 'a');
SELECT * FROM verify_history('t234567890123456789012345678901234567890123456789012345678901234');
-- an agency's ids go to 2,147,483,647
SELECT create_agency(repeat('k', 48));
SELECT format('INSERT INTO %1$I.unit (unit_id, code, name, kind) VALUES (2147483647, %2$L, %2$L, ''office'')', repeat('k', 48), repeat('u', 40)) \gexec
SELECT create_agency(repeat('k', 49));
DROP SCHEMA lim CASCADE;
SELECT format('DROP SCHEMA %I CASCADE', repeat('k', 48)) \gexec
DROP EXTENSION btree_gist;
