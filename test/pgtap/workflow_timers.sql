-- Deadlines in working days, expiry and approval by silence, as SYSTEM.
BEGIN;
SET LOCAL client_min_messages = error;
SELECT plan(27);
-- counting: 2026-01-05 is a Monday; times are Jakarta's
SELECT is(mutasi.working_days_until('2026-01-05 10:00+07', 5), '2026-01-13 00:00+07', 'five days from a Monday end with the next Monday, in full');
SELECT is(mutasi.working_days_until('2026-01-05 10:00+07', 1), '2026-01-07 00:00+07', 'one day');
SELECT is(mutasi.working_days_until('2026-01-09 23:59+07', 1), '2026-01-13 00:00+07', 'a Friday''s one day is Monday');
SELECT is(mutasi.working_days_until('2026-01-10 12:00+07', 1), '2026-01-13 00:00+07', 'and so is a Saturday''s');
SELECT is(mutasi.working_days_until('2026-01-09 23:30+07', 1, '{"time_zone": "Asia/Jayapura"}'), '2026-01-13 00:00+09', 'the day is the zone''s own: it is Saturday in Jayapura by then');
SELECT is(mutasi.working_days_until('2026-01-09 10:00+07', 1, '{"workdays": [1, 2, 3, 4, 5, 6]}'), '2026-01-11 00:00+07', 'a six-day week');
CREATE TABLE holiday (day date PRIMARY KEY, name text);
INSERT INTO holiday VALUES ('2026-01-06', 'libur'), ('2026-01-07', 'libur');
SELECT is(mutasi.working_days_until('2026-01-05 10:00+07', 5, '{"holidays": {"table": "public.holiday", "column": "day"}}'), '2026-01-15 00:00+07', 'holidays from a table');
CREATE FUNCTION is_holiday(date) RETURNS boolean LANGUAGE sql AS $$ SELECT $1 = '2026-01-06' $$;
SELECT is(mutasi.working_days_until('2026-01-05 10:00+07', 5, '{"holidays": "public.is_holiday"}'), '2026-01-14 00:00+07', 'holidays from a function');
SELECT throws_ok($$SELECT mutasi.working_days_until('2026-01-05 10:00+07', 100001)$$, '54000', NULL, 'no endless search');

SELECT mutasi.define_workflow('{"workflow": "timer_nip", "states": [{"state": "draft", "initial": true, "deadline": 3, "on_expiry": "lapse"}, {"state": "lapsed", "terminal": true}],
	"transitions": [{"action": "lapse", "from": "draft", "to": "lapsed"}]}');
SELECT mutasi.define_workflow('{"workflow": "timer_steps",
	"states": [{"state": "draft", "initial": true}, {"state": "waiting", "deadline": 5, "on_expiry": "deem"}, {"state": "answer", "on_expiry": "lapse"},
		{"state": "blocked", "deadline": 3, "on_expiry": "deem"}, {"state": "watched", "deadline": 2},
		{"state": "given"}, {"state": "done", "terminal": true}, {"state": "lapsed", "terminal": true}],
	"transitions": [{"action": "ask", "from": "draft", "to": "waiting"}, {"action": "question", "from": "draft", "to": "answer"},
		{"action": "block", "from": "draft", "to": "blocked"}, {"action": "watch", "from": "draft", "to": "watched"},
		{"action": "deem", "from": "waiting", "to": "given", "role": ["considerer", "system"]}, {"action": "lapse", "from": "answer", "to": "lapsed", "role": "system", "reason": true},
		{"action": "deem", "from": "blocked", "to": "given", "condition": "false"}, {"action": "close", "from": "watched", "to": "done"}, {"action": "finish", "from": "given", "to": "done"}]}');
CREATE ROLE timer_considerer;
CREATE ROLE timer_clerk;
CREATE TABLE request (id int PRIMARY KEY, status text NOT NULL);
SELECT mutasi.attach_workflow('request', 'timer_steps', 'status', '{"roles": {"considerer": "timer_considerer"}, "deadlines": {"answer": 4}}');
GRANT SELECT, UPDATE ON request TO timer_clerk;
INSERT INTO request SELECT g, 'draft' FROM generate_series(1, 6) AS g;
UPDATE request SET status = (ARRAY['waiting', 'answer', 'blocked', 'watched', 'waiting'])[id] WHERE id < 6;
SELECT results_eq($$SELECT case_key, state, working_days, on_expiry, overdue FROM mutasi.case_deadlines('request') ORDER BY case_key$$,
	$$VALUES ('1', 'waiting', 5, 'deem', false), ('2', 'answer', 4, 'lapse', false), ('3', 'blocked', 3, 'deem', false), ('4', 'watched', 2, NULL, false), ('5', 'waiting', 5, 'deem', false)$$,
	'deadlines of the definition and of the table');
SELECT is_empty($$SELECT * FROM mutasi.run_timers('request')$$, 'nothing is due');
SELECT throws_ok($$SELECT mutasi.expire_case('request', '1')$$, 'MU030', NULL, 'nobody can run ahead of the clock');
SELECT is((SELECT count(*)::int FROM mutasi.overdue_cases('request', now() + interval '30 days')), 5, 'though one may look ahead');
SET LOCAL ROLE timer_clerk;
SELECT throws_ok($$UPDATE request SET status = 'lapsed' WHERE id = 2$$, 'MU008', NULL, 'what is SYSTEM''s is nobody''s');
RESET ROLE;
SELECT is_empty($$SELECT * FROM mutasi.case_deadlines('request') AS d WHERE d.due_at IS DISTINCT FROM mutasi.working_days_until(d.entered_at, d.working_days)$$, 'each has its own');
-- time passes: a superuser sets the history's clock back, for all but case 5
ALTER TABLE request_history DISABLE TRIGGER USER;
UPDATE request_history SET recorded_at = recorded_at - interval '20 days' WHERE id <> 5;
ALTER TABLE request_history ENABLE ALWAYS TRIGGER mutasi_history_guard;
ALTER TABLE request_history ENABLE ALWAYS TRIGGER mutasi_history_truncate;
SELECT results_eq($$SELECT case_key, on_expiry FROM request_overdue ORDER BY case_key$$, $$VALUES ('1', 'deem'), ('2', 'lapse'), ('3', 'deem'), ('4', NULL)$$, 'the view shows what is overdue');
SELECT results_eq($$SELECT case_key, from_state, action, error FROM mutasi.run_timers('request') ORDER BY case_key$$,
	$$VALUES ('1', 'waiting', 'deem', NULL), ('2', 'answer', 'lapse', NULL), ('3', 'blocked', NULL, 'MU009')$$, 'the timers move what they can, each case for itself');
SELECT results_eq($$SELECT id, status FROM request ORDER BY id$$, $$VALUES (1, 'given'), (2, 'lapsed'), (3, 'blocked'), (4, 'watched'), (5, 'waiting'), (6, 'draft')$$, 'so the cases stand');
SELECT results_eq($$SELECT case_key, error FROM mutasi.run_timers('request')$$, $$VALUES ('3', 'MU009')$$, 'run twice, they move nothing twice');
SELECT results_eq($$SELECT actor, actor_kind, reason, session_role = session_user::text FROM request_history WHERE id = 1 ORDER BY seq DESC LIMIT 1$$,
	$$VALUES ('SYSTEM', 'system', 'deadline of state "waiting" has passed', true)$$, 'SYSTEM did it, and whose session it was stands beside');
SELECT is_empty($$SELECT 1 FROM request_history AS h WHERE actor = 'SYSTEM' AND id NOT IN (1, 2)$$, 'and nothing else is SYSTEM''s');
SELECT mutasi.import_cases('request', 'put the clock right') IS NOT NULL AS imported \gset
SELECT is((SELECT count(DISTINCT d.due_at)::int FROM mutasi.case_deadlines('request') AS d), (SELECT count(DISTINCT (d.working_days, mutasi.working_days_until(d.entered_at, d.working_days)))::int
	FROM mutasi.case_deadlines('request') AS d WHERE d.due_at = mutasi.working_days_until(d.entered_at, d.working_days)), 'also where they came in on different days');
-- an answer in time starts no timer later
UPDATE request SET status = 'done' WHERE id = 4;
SELECT is((SELECT count(*)::int FROM mutasi.overdue_cases('request') WHERE case_key = '4'), 0, 'a closed case is not overdue');
SELECT lives_ok($$UPDATE request SET status = 'done' WHERE id = 1$$, 'after the timer, people go on');
SELECT results_eq($$SELECT actor FROM request_history WHERE id = 1 ORDER BY seq DESC LIMIT 1$$, $$SELECT session_user::text COLLATE "default"$$, 'in their own name');
SELECT is_empty($$SELECT * FROM mutasi.verify_history('request') WHERE case_key IN ('5')$$, 'a case whose clock was not touched verifies');
-- a key of a type whose = is on no search_path
CREATE TABLE by_number (number mutasi.nip PRIMARY KEY, status text NOT NULL);
SELECT mutasi.attach_workflow('by_number', 'timer_nip', 'status');
INSERT INTO by_number VALUES ('198001012010011001', 'draft');
SELECT results_eq($$SELECT case_key, state, working_days FROM mutasi.case_deadlines('by_number')$$, $$VALUES ('198001012010011001', 'draft', 3)$$, 'deadlines of cases whose key is a civil-servant number');
SELECT * FROM finish();
ROLLBACK;
