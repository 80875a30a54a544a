-- A history keeps what its owner gives it besides: indexes of every kind, checks,
-- unique rules, columns; and says of every kind of value what jsonb gives back.
BEGIN;
SET LOCAL client_min_messages = error;
SELECT plan(31);
SELECT mutasi.define_workflow('{"workflow": "kept_steps",
	"states": [{"state": "draft", "initial": true}, {"state": "a"}, {"state": "b"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "go", "from": "draft", "to": "a"}, {"action": "there", "from": "a", "to": "b"},
		{"action": "back", "from": "b", "to": "a"}, {"action": "finish", "from": "b", "to": "done"}]}');
CREATE TABLE request (id int PRIMARY KEY, status text NOT NULL, note text);
SELECT mutasi.attach_workflow('request', 'kept_steps', 'status');
INSERT INTO request SELECT g, 'draft' FROM generate_series(1, 100) AS g;
UPDATE request SET status = 'a';

-- indexes: B-tree in another order and with more columns, then every other kind
CREATE INDEX by_time ON request_history (recorded_at DESC NULLS LAST, to_state) INCLUDE (action, reason);
UPDATE request SET status = 'b';
SET LOCAL enable_seqscan = off;
SELECT results_eq($$SELECT count(*)::int FROM request_history WHERE recorded_at > '-infinity' AND to_state = 'b'$$, $$VALUES (100)$$, 'a further B-tree index has what came after it');
CREATE INDEX by_expression ON request_history (upper(to_state));
CREATE INDEX by_part ON request_history (to_state) WHERE seq > 3;
CREATE INDEX by_key ON request_history USING gin (changes);
CREATE INDEX by_hash ON request_history USING hash (action);
UPDATE request SET status = 'a';
DROP INDEX by_time;
SET LOCAL enable_indexscan = off;
SELECT results_eq($$SELECT count(*)::int FROM request_history WHERE upper(to_state) = 'A'$$, $$VALUES (200)$$, 'an index on an expression too');
SELECT results_eq($$SELECT count(*)::int FROM request_history WHERE to_state = 'a' AND seq > 3$$, $$VALUES (100)$$, 'a partial one');
SELECT results_eq($$SELECT count(*)::int FROM request_history WHERE changes @> '{"status": ["b"]}'$$, $$VALUES (200)$$, 'a GIN index');
SELECT results_eq($$SELECT count(*)::int FROM request_history WHERE action = 'back'$$, $$VALUES (100)$$, 'and a hash index');
RESET enable_indexscan;
RESET enable_seqscan;
DROP INDEX by_expression, by_part, by_key, by_hash;

-- rules of the owner's own
CREATE UNIQUE INDEX one_reason ON request_history (reason);
SELECT lives_ok($$SET LOCAL mutasi.reason = 'the first'; UPDATE request SET status = 'b' WHERE id = 1$$, 'a reason that is unique');
SELECT throws_ok($$UPDATE request SET status = 'b' WHERE id = 2$$, '23505', NULL, 'the same again is refused');
SELECT results_eq($$SELECT status FROM request WHERE id = 2$$, $$VALUES ('a')$$, 'and nothing has changed');
DROP INDEX one_reason;
ALTER TABLE request_history ADD CONSTRAINT spoken CHECK (seq < 5 OR length(reason) > 3);
SELECT throws_ok($$SET LOCAL mutasi.reason = 'no'; UPDATE request SET status = 'b' WHERE id = 3$$, '23514', NULL, 'a check is kept');
SELECT lives_ok($$SET LOCAL mutasi.reason = 'in time'; UPDATE request SET status = 'b' WHERE id = 3$$, 'and lets the others through');
ALTER TABLE request_history DROP CONSTRAINT spoken;
SET LOCAL mutasi.reason = '';
ALTER TABLE request_history ADD COLUMN read_by text;
SELECT lives_ok($$UPDATE request SET status = 'b' WHERE id = 4$$, 'a column more is left empty');
ALTER TABLE request_history ADD COLUMN length_of_note int GENERATED ALWAYS AS (length(changes::text)) STORED;
SELECT lives_ok($$UPDATE request SET status = 'b' WHERE id = 5$$, 'a generated one');
SELECT results_eq($$SELECT length_of_note FROM request_history WHERE id = 5 ORDER BY seq DESC LIMIT 1$$, $$VALUES (22)$$, 'is generated');
ALTER TABLE request_history DROP COLUMN length_of_note, DROP COLUMN read_by;
SELECT lives_ok($$UPDATE request SET status = 'b' WHERE id = 6$$, 'after they were dropped');
SELECT is_empty($$SELECT * FROM mutasi.verify_history('request')$$, 'all of it verifies');

CREATE TABLE named (id int PRIMARY KEY, status text NOT NULL, note text);
SELECT mutasi.attach_workflow('named', 'kept_steps', 'status');
ALTER TABLE named_history ALTER COLUMN reason SET NOT NULL;
SELECT throws_ok($$INSERT INTO named VALUES (1, 'draft')$$, '23502', NULL, 'a reason that must be given');
SELECT lives_ok($$SET LOCAL mutasi.reason = 'given'; INSERT INTO named VALUES (1, 'draft'), (2, 'draft')$$, 'is given');
SELECT throws_ok($$SET LOCAL mutasi.reason = ''; UPDATE named SET status = 'a' WHERE id = 1$$, '23502', NULL, 'and missing again');
SELECT is_empty($$SELECT * FROM mutasi.verify_history('named')$$, 'what was refused left nothing behind');

-- every kind of value, columns in an order that is not jsonb's
CREATE TYPE mood AS ENUM ('calm', 'tired "so"');
CREATE DOMAIN short AS varchar(20);
CREATE TABLE kinds (status text NOT NULL, id int PRIMARY KEY, zz bool, big bigint, small smallint, n numeric, r real, d double precision,
	t text, c char(4), v short, nm name, q "char", u uuid, m mood, da date, ti time, tz timetz, ts timestamp, tstz timestamptz,
	i interval, j json, jb jsonb, ar int[], by bytea, "quo""ted" text, "日" text, long_name_with_several_words text);
SELECT mutasi.attach_workflow('kinds', 'kept_steps', 'status');
INSERT INTO kinds (status, id) VALUES ('draft', 1), ('draft', 2), ('draft', 3);
UPDATE kinds SET zz = true, big = -9223372036854775808, small = -32768, n = '12345678901234567890.0100', r = 1.1, d = 1e300,
	t = E'line\n"quote" \\ tab\t \u0001 é日', c = 'ab', v = 'short', nm = 'a name', q = 'x', u = '00000000-0000-0000-0000-000000000001', m = 'tired "so"',
	da = '2026-02-01', ti = '01:02:03.5', tz = '01:02:03+07', ts = '2026-02-01 01:02:03.000001', tstz = '2026-02-01 01:02:03+07', i = '1 day 2 hours',
	j = '{"b": 1.0, "a": 2}', jb = '{"b": 1.10, "a": 2}', ar = '{1,NULL,3}', by = '\x00ff', "quo""ted" = 'x', "日" = 'y', long_name_with_several_words = 'z' WHERE id = 1;
UPDATE kinds SET n = 'NaN', r = 'NaN', d = '-Infinity', da = 'infinity', ts = '-infinity', tstz = 'infinity', t = '', big = 0, small = 1, zz = false WHERE id = 2;
UPDATE kinds SET n = '-0.000', big = 9223372036854775807, small = 32767, da = '0044-03-15 BC', ti = '24:00', t = repeat('long ', 5000), zz = NULL WHERE id = 3;
UPDATE kinds SET status = 'a', t = NULL, n = n + 1 WHERE id = 3;
-- only what is written directly, in jsonb's order without asking it
UPDATE kinds SET "quo""ted" = 'p', zz = true, "日" = 'q', t = 'r', long_name_with_several_words = 's' WHERE id = 2;
SELECT is_empty($$SELECT * FROM mutasi.verify_history('kinds')$$, 'every kind of value verifies');
SELECT results_eq($$SELECT changes::text FROM kinds_history WHERE id = 2 ORDER BY seq DESC LIMIT 1$$,
	$$VALUES ('{"t": ["", "r"], "zz": [false, true], "日": [null, "q"], "quo\"ted": [null, "p"], "long_name_with_several_words": [null, "s"]}')$$, 'columns come in jsonb''s order');
SELECT results_eq($$SELECT changes -> 'n' ->> 1, changes -> 'd' ->> 1, changes -> 'da' ->> 1, changes -> 'big' ->> 1, changes -> 'zz' ->> 1 FROM kinds_history WHERE id = 2 AND seq = 2$$,
	$$VALUES ('NaN', '-Infinity', 'infinity', '0', 'false')$$, 'what is no JSON number is text');
SELECT results_eq($$SELECT changes -> 'n' ->> 1, changes -> 'big' ->> 1, changes -> 'small' ->> 1, changes -> 'da' ->> 1, length(changes -> 't' ->> 1) FROM kinds_history WHERE id = 3 AND seq = 2$$,
	$$VALUES ('0.000', '9223372036854775807', '32767', '0044-03-15 BC', 25000)$$, 'numbers keep their digits');
SELECT results_eq($$SELECT changes -> 't' ->> 1, changes -> 'n' ->> 1, changes -> 'm' ->> 1, changes -> 'tstz' ->> 1 FROM kinds_history WHERE id = 1 AND seq = 2$$,
	$$VALUES (E'line\n"quote" \\ tab\t \u0001 é日', '12345678901234567890.0100', 'tired "so"', '2026-01-31T18:02:03+00:00')$$, 'text keeps its letters');

-- the digests, told by the server's own: reasons of every length around a block's
CREATE TABLE told (id int PRIMARY KEY, status text NOT NULL);
SELECT mutasi.attach_workflow('told', 'kept_steps', 'status', '{}');
DO $$
BEGIN
	FOR i IN 1 .. 300 LOOP
		PERFORM set_config('mutasi.reason', repeat('x', i), true);
		INSERT INTO told VALUES (i, 'draft');
	END LOOP;
END $$;
CREATE FUNCTION framed(bytea) RETURNS bytea LANGUAGE sql AS $$SELECT int4send(length($1)) || $1$$;
CREATE FUNCTION framed(text) RETURNS bytea LANGUAGE sql AS $$SELECT framed(convert_to($1, 'UTF8'))$$;
SELECT is_empty($$SELECT id FROM told_history WHERE values_hash <>
	sha256(framed('mutasi values 1') || framed(salt) || framed(reason) || framed(changes::text))$$, 'hashes of values are the server''s SHA-256, whatever their length');
SELECT results_eq($$SELECT count(DISTINCT length(reason))::int FROM told_history$$, $$VALUES (300)$$, 'of 300 lengths');

-- columns of the names that our own queries give to tables
CREATE TABLE aliased (h int PRIMARY KEY, t text, status text NOT NULL, n text);
INSERT INTO aliased VALUES (1, 'one', 'draft', 'x');
SELECT lives_ok($$SELECT mutasi.attach_workflow('aliased', 'kept_steps', 'status')$$, 'a table with columns h, n and t');
INSERT INTO aliased VALUES (2, 'two', 'draft', 'y');
SELECT is_empty($$SELECT * FROM mutasi.verify_history('aliased')$$, 'verifies');
SELECT is(length(mutasi.seal_history('aliased')), 64, 'is sealed');
SELECT results_eq($$SELECT action FROM mutasi.allowed_transitions('aliased', '1')$$, $$VALUES ('go')$$, 'says what is allowed');
SELECT lives_ok($$SELECT mutasi.correct_case('aliased', '1', '{"t": "other", "status": "b"}', 'mistaken')$$, 'and is corrected');
SELECT * FROM finish();
ROLLBACK;
