-- A workflow on a table: what it lets pass, what it refuses and how it says so
\set SHOW_CONTEXT never
\set VERBOSITY default
SELECT workflow, version, shipped FROM mutasi.workflow WHERE shipped ORDER BY 1;
SELECT mutasi.define_workflow('{"workflow": "two_step",
	"states": [{"state": "draft", "initial": true}, {"state": "submitted"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "submit", "from": "draft", "to": "submitted"},
		{"action": "finish", "from": "submitted", "to": "done", "role": "approver"}]}');
SELECT mutasi.define_workflow(mutasi.export_workflow('two_step'));
SELECT jsonb_pretty(mutasi.export_workflow('two_step'));
SELECT mutasi.workflow_diagram('two_step');

CREATE SCHEMA wf;
SET search_path = wf;
CREATE TABLE request (id int PRIMARY KEY, status text, note text);
INSERT INTO request VALUES (90, 'submitted', 'legacy');
SELECT mutasi.attach_workflow('request', 'two_step', 'status');

INSERT INTO request VALUES (1, 'draft', 'first');
INSERT INTO request VALUES (2, 'submitted', 'too far');
INSERT INTO request VALUES (2, 'nonsense', 'unknown');
INSERT INTO request VALUES (2, NULL, 'none');
UPDATE request SET status = 'done' WHERE id = 1;
UPDATE request SET status = 'nonsense' WHERE id = 1;
UPDATE request SET note = 'changed' WHERE id = 1;
UPDATE request SET status = 'submitted' WHERE id = 1;
UPDATE request SET status = 'draft' WHERE id = 1;
UPDATE request SET id = 3 WHERE id = 1;
DELETE FROM request WHERE id = 1;
UPDATE request SET status = 'done' WHERE id = 1;
UPDATE request SET note = 'later' WHERE id = 1;
UPDATE request SET note = note WHERE id = 1;	-- nothing changes
DELETE FROM request WHERE id = 1;
TRUNCATE request;
INSERT INTO request VALUES (4, 'draft', 'in vain');
DELETE FROM request WHERE id = 4;
UPDATE request SET status = 'done' WHERE id = 90;
SELECT id, seq, event, action, from_state, to_state, workflow, version, reason, changes FROM request_history ORDER BY id, seq;

-- the history is append-only, for its owner too
INSERT INTO request_history SELECT * FROM request_history WHERE id = 1 AND seq = 1;
UPDATE request_history SET actor = 'nobody' WHERE id = 1;
DELETE FROM request_history WHERE id = 1;
TRUNCATE request_history;

-- attaching
SELECT mutasi.attach_workflow('request', 'two_step', 'status');
SELECT mutasi.attach_workflow('request_history', 'two_step', 'to_state');
CREATE TABLE other (id int PRIMARY KEY, status text, number int);
SELECT mutasi.attach_workflow('other', 'no_such', 'status');
SELECT mutasi.attach_workflow('other', 'two_step', 'status', '{"version": 7}');
SELECT mutasi.attach_workflow('other', 'two_step', 'state');
SELECT mutasi.attach_workflow('other', 'two_step', 'number');
SELECT mutasi.attach_workflow('other', 'two_step', 'status', '{"nonsense": 1}');
SELECT mutasi.attach_workflow('other', 'two_step', 'status', '{"roles": {"approver": "no_such_role"}}');
SELECT mutasi.attach_workflow('other', 'two_step', 'status', '{"plays_role": "wf.no_such"}');
SELECT mutasi.attach_workflow('other', 'two_step', 'status', '{"time_zone": "Mars/Olympus"}');
SELECT mutasi.attach_workflow('other', 'two_step', 'status', '{"deadlines": {"done": 3}}');
CREATE TABLE keyless (id int, status text);
SELECT mutasi.attach_workflow('keyless', 'two_step', 'status');
INSERT INTO other VALUES (1, 'strange');
SELECT mutasi.attach_workflow('other', 'two_step', 'status');
SELECT mutasi.detach_workflow('other');
SELECT mutasi.detach_workflow('request');
UPDATE request SET note = 'free' WHERE id = 1;
SELECT mutasi.attach_workflow('request', 'two_step', 'status', '{"roles": {"approver": "pg_monitor"}}');
SELECT mutasi.workflow_attachment('request');

-- definitions that are refused
SELECT mutasi.define_workflow('[]');
SELECT mutasi.define_workflow('{"workflow": "x"}');
SELECT mutasi.define_workflow('{"workflow": "x", "states": [{"state": "a", "colour": "red"}]}');
SELECT mutasi.define_workflow('{"workflow": "x", "states": [{"state": "a", "initial": true}, {"state": "a"}]}');
SELECT mutasi.define_workflow('{"workflow": "x", "states": [{"state": "a", "initial": true}]}');
SELECT mutasi.define_workflow('{"workflow": "x", "states": [{"state": "a", "initial": true}, {"state": "b", "terminal": true}]}');
SELECT mutasi.define_workflow('{"workflow": "x", "states": [{"state": "a", "initial": true}, {"state": "b", "terminal": true}, {"state": "c"}],
	"transitions": [{"action": "go", "from": "a", "to": "b"}, {"action": "stay", "from": "a", "to": "c"}]}');
SELECT mutasi.define_workflow('{"workflow": "x", "states": [{"state": "a", "initial": true}, {"state": "b", "terminal": true}],
	"transitions": [{"action": "go", "from": "a", "to": "b"}, {"action": "run", "from": "a", "to": "b"}]}');
SELECT mutasi.define_workflow('{"workflow": "x", "states": [{"state": "a", "initial": true}, {"state": "b", "terminal": true}],
	"transitions": [{"action": "go", "from": "a", "to": "z"}]}');
SELECT mutasi.define_workflow('{"workflow": "x", "states": [{"state": "a", "initial": true}, {"state": "b", "terminal": true}],
	"transitions": [{"action": "create", "from": "a", "to": "b"}]}');
SELECT mutasi.define_workflow('{"workflow": "x", "states": [{"state": "a", "initial": true}, {"state": "b", "terminal": true}],
	"transitions": [{"action": "go", "from": "a", "to": "b", "separate_from": ["fly"]}]}');
SELECT mutasi.define_workflow('{"workflow": "x", "states": [{"state": "a", "initial": true, "deadline": 3, "on_expiry": "fly"}, {"state": "b", "terminal": true}],
	"transitions": [{"action": "go", "from": "a", "to": "b"}]}');
SELECT mutasi.define_workflow('{"workflow": "transfer_within_agency", "states": [{"state": "a", "initial": true}, {"state": "b", "terminal": true}],
	"transitions": [{"action": "go", "from": "a", "to": "b"}]}');
UPDATE mutasi.workflow SET title = 'x' WHERE workflow = 'two_step';
DELETE FROM mutasi.workflow_transition WHERE workflow = 'two_step';
SELECT mutasi.export_workflow('x');
RESET search_path;
DROP SCHEMA wf CASCADE;

-- a published definition altered behind define_workflow()'s back: refused by whoever reads it
CREATE TABLE smuggled (id int PRIMARY KEY, state text NOT NULL);
SELECT mutasi.define_workflow('{"workflow": "three_step",
	"states": [{"state": "draft", "initial": true}, {"state": "checked"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "check", "from": "draft", "to": "checked"}, {"action": "finish", "from": "checked", "to": "done"}]}');
SELECT mutasi.attach_workflow('smuggled', 'three_step', 'state');
INSERT INTO smuggled VALUES (1, 'draft');
ALTER TABLE mutasi.workflow_transition DISABLE TRIGGER workflow_frozen;
UPDATE mutasi.workflow_transition SET to_state = 'done' WHERE workflow = 'three_step' AND action = 'check';
ALTER TABLE mutasi.workflow_transition ENABLE TRIGGER workflow_frozen;
-- who has read it before goes by what was published, who reads it now refuses it
UPDATE smuggled SET state = 'done';
\c -
\set SHOW_CONTEXT never
UPDATE smuggled SET state = 'done';
SELECT * FROM smuggled;
SELECT problem, object FROM mutasi.workflow_health('smuggled');
ALTER TABLE mutasi.workflow_transition DISABLE TRIGGER workflow_frozen;
UPDATE mutasi.workflow_transition SET to_state = 'checked' WHERE workflow = 'three_step' AND action = 'check';
ALTER TABLE mutasi.workflow_transition ENABLE TRIGGER workflow_frozen;
UPDATE smuggled SET state = 'checked';
SELECT * FROM smuggled;
