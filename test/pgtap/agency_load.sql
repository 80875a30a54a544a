-- Getting data in: every template loads its own example, every bad cell is
-- reported with its reason, the rest goes in; from a foreign-shaped database too.
BEGIN;
SELECT plan(69);
SELECT mutasi.create_agency('kota') \g /dev/null
SET search_path = kota, mutasi, public;

-- the templates fit the tables
SELECT is_empty($$SELECT l.template, l.column_name FROM load_column AS l JOIN load_template AS t USING (template)
	WHERE l.target IS NOT NULL AND NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = ('kota.' || t.target)::regclass AND a.attname = l.target AND a.attnum > 0)$$,
	'every column of a template is one of the table');
SELECT is_empty($$SELECT t.template, k FROM load_template AS t CROSS JOIN unnest(t.key_columns) AS k
	WHERE NOT EXISTS (SELECT FROM load_column AS l WHERE l.template = t.template AND l.target = k)$$, 'so is every key');
SELECT is_empty($$SELECT t.template, a.attname FROM load_template AS t JOIN pg_attribute AS a ON a.attrelid = ('kota.' || t.target)::regclass AND a.attnum > 0 AND NOT a.attisdropped
	WHERE a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND NOT EXISTS (SELECT FROM load_column AS l WHERE l.template = t.template AND l.target = a.attname AND l.required)$$,
	'what a table cannot do without, the template demands');
SELECT is_empty($$SELECT a.template, a.column_name FROM load_column AS a WHERE a.reference IN (SELECT template FROM load_template)
	AND a.reference <> a.template AND (SELECT t.place FROM load_template AS t WHERE t.template = a.reference) > (SELECT t.place FROM load_template AS t WHERE t.template = a.template)$$,
	'what a template refers to comes before it');
-- and every table has its way: a template, or one of these, told in doc/data.md
SELECT set_eq($$SELECT c.relname::text FROM pg_class AS c WHERE c.relnamespace = 'kota'::regnamespace AND c.relkind IN ('r', 'p')
	AND c.relname NOT IN (SELECT target FROM load_template)$$, ARRAY[
	-- shipped lists and texts that an agency edits
	'education_level', 'eligibility_rule', 'grade', 'induction_template', 'message_text', 'notice_template', 'performance_rating', 'post_kind',
	-- settings and plans, by their functions and statements
	'delegation', 'policy', 'transfer_plan', 'transfer_plan_move', 'transfer_plan_pair',
	-- written case by case, so that rules, roles and histories see each one; legacy cases by import_cases()
	'application', 'induction_step', 'mentoring', 'notice', 'objection', 'outbox', 'placement_review', 'transfer', 'transfer_document',
	-- kept by triggers and snapshots, never by hand
	'agency_info', 'data_quality_snapshot', 'data_quality_snapshot_row', 'decision', 'decision_candidate', 'decision_rule', 'decision_unit', 'granted_right', 'load_column', 'load_reference', 'load_run', 'load_template',
	'personal_data_act', 'post_load', 'post_month_load', 'ranking_row', 'ranking_snapshot', 'transfer_history', 'transfer_history_seal', 'transfer_history_seal_head', 'unit_change', 'unit_state',
	'workload_snapshot', 'workload_snapshot_row'], 'every table has a template, or another way in');
-- each example loads, in order
SELECT is_empty($$SELECT * FROM load_csv('unit', 'code,name' || chr(10) || 'DINKES,Dinas Kesehatan' || chr(10) || 'PKM1,Puskesmas 1')$$, 'units');
CREATE FUNCTION pg_temp.example(t text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r record;
	said text;
BEGIN
	FOR r IN SELECT * FROM kota.load_csv(t, kota.csv_template(t), 'skip') LOOP
		said := concat_ws('; ', said, format('%s %s %s %s', r.line, r.column_name, r.value, r.reason));
	END LOOP;
	RETURN said;
END $$;
INSERT INTO employee (name, nip) VALUES ('Pegawai 002', '199205082023082001');
SELECT is(pg_temp.example(t.template), CASE t.template WHEN 'relation' THEN '2 relative  is empty' END, t.template || ': its own example loads') FROM load_template AS t ORDER BY t.place;
SELECT is((SELECT count(DISTINCT template) FROM load_run WHERE loaded + skipped > 0), 25::bigint, 'and is counted');
SELECT results_eq('SELECT profile::text FROM employee WHERE name = ''Pegawai 001''', $$VALUES ('{1:4}')$$, 'triggers derived what they derive');
SELECT results_eq('SELECT hours FROM post_load', 'VALUES (5000.0)', 'the workload too');

-- what stands beside the structure: former numbers, training with its assessment, exceptions, times
SELECT results_eq($$SELECT nip::text, valid_to FROM employee_nip WHERE valid_to IS NOT NULL$$, $$VALUES ('198609262015051002', date '2019-01-01')$$, 'a former number');
SELECT results_eq($$SELECT a.level, a.evidence FROM assessment AS a WHERE a.assessed_on = '2026-03-06'$$, $$VALUES (4.00, 'K-12')$$, 'a completed training is an assessment');
SELECT results_eq($$SELECT * FROM load_csv('training', E'employee,competency,programme,starts_on,completed_on,level_reached,evidence\n198609262015051001,T.01,Nursing II,2026-04-01,2026-04-09,4,\n198609262015051001,T.01,Nursing II,2026-05-01,,,\n198609262015051001,Nursing care,Nursing IX,2026-05-02,,,')$$,
	$$VALUES (2, NULL::text, NULL::text, 'not allowed: CHECK (((completed_on IS NULL) OR (evidence IS NOT NULL)))'), (4, 'programme', 'Nursing IX', 'there is no such training programme')$$, 'training without evidence, or that the catalogue does not have');
SELECT results_eq($$SELECT * FROM load_csv('waiver', E'employee,rule,reason,granted_by,granted_on,valid_to\n198609262015051001,age,old,BKPSDM,2026-01-15,2026-02-01\n198609262015051001,grade,x,BKPSDM,2026-01-15,2026-01-01\n198609262015051001,grade,x,BKPSDM,2026-01-16,2026-03-01')$$,
	$$VALUES (2, 'rule', 'age', 'there is no such rule'), (3, NULL, NULL, 'not allowed: CHECK ((valid_to >= granted_on))')$$, 'exceptions');
-- no template takes what makes no sense: a row of question marks is reported by each, and nothing goes in
CREATE FUNCTION pg_temp.nonsense(t text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	header text[] := ARRAY(SELECT c.column_name FROM kota.load_column AS c WHERE c.template = t ORDER BY c.place);
	bad bigint;
BEGIN
	SELECT count(*) INTO bad FROM kota.load_csv(t, array_to_string(header, ',') || chr(10) || array_to_string(array_fill('?'::text, ARRAY[cardinality(header)]), ',')) AS l WHERE l.line = 2 AND l.reason <> '';
	RETURN (SELECT format('%s loaded, %s rejected', r.loaded, r.rejected) || CASE WHEN bad = 0 THEN ', not said why' ELSE '' END FROM kota.load_run AS r ORDER BY r.load_id DESC LIMIT 1);
END $$;
SELECT results_eq('SELECT DISTINCT pg_temp.nonsense(template) FROM load_template', $$VALUES ('0 loaded, 1 rejected')$$, 'every template reports nonsense');

-- raw as it comes: byte-order mark, semicolons, Windows line ends, decimal commas, Indonesian words, columns in any order
SELECT results_eq($$SELECT * FROM load_csv('post', E'\ufeffunit_code;CODE;Title;kind;class;seats;education_fields;open;note\r\nPKM1;P-A;"Perawat; ""Ahli""";fungsional keterampilan terampil;7;;ners | bidan;tidak;x\r\n;;;;;;;;\r\nPKM9;P-B;Bidan;pengawas;99;1,5;;mungkin;\r\nPKM1;P-C;"two\nlines";;;;;;;\r\nPKM1;P-D;unclosed "quote;;;;;;\r\nPKM1;P-A;again;;;;;;\r\nPKM1;P-E;short\r\n')$$,
	$$VALUES (1, 'note', '', 'the template has no such column; it is not read'),
		(4, 'seats', '1,5', 'is not a whole number'),
		(4, 'open', 'mungkin', 'is neither yes nor no (true, false, ya, tidak, 1, 0)'),
		(7, NULL, NULL, 'a quotation mark is not closed'),
		(8, 'code', 'P-A', 'says the same as line 2'),
		(9, NULL, NULL, 'the row has 3 values, the header 9 columns')$$, 'every bad row is reported');
SELECT results_eq($$SELECT code, title, kind, class, seats, education_fields, open FROM post WHERE code LIKE 'P-%' ORDER BY code$$,
	$$VALUES ('P-A', 'Perawat; "Ahli"', 'skilled', 7::smallint, 1, '{ners,bidan}'::text[], false), ('P-C', E'two\nlines', 'implementing', NULL, 1, NULL, true)$$, 'and the rest is in, with defaults for empty cells');
SELECT results_eq('SELECT rows_read, loaded, updated, skipped, rejected FROM load_run ORDER BY load_id DESC LIMIT 1', 'VALUES (6, 2, 0, 0, 4)', 'counted');
SELECT results_eq($$SELECT * FROM load_csv('employee', E'nip,name,sex,born_on,grade,status\n198609262015051009,Pegawai 003,L,26/09/1986,III/a,PPPK Paruh Waktu\n1986092620150510,Pegawai 004,L,31/02/1990,III/z,x\n,Pegawai 005,x,1990-1-5,,\n199205082023082001,Pegawai 006,,,,')$$,
	$$VALUES (3, 'nip', '1986092620150510', 'is not a NIP: A NIP has 18 digits; spaces may stand behind the 8th, 14th and 15th'),
		(3, 'born_on', '31/02/1990', 'is not a date (write 2026-12-31, 31-12-2026 or 31/12/2026: day, month, year)'),
		(4, NULL, NULL, 'not allowed: CHECK ((sex = ANY (ARRAY[''male''::text, ''female''::text])))'),
		(5, 'nip', '199205082023082001', 'is on record already')$$, 'employees');
SELECT results_eq('SELECT sex, status, born_on FROM employee WHERE name = ''Pegawai 003''', $$VALUES ('male', 'pppk_part_time', date '1986-09-26')$$, 'read as meant');
SELECT is_empty($$SELECT * FROM load_csv('employee', E'nip,name,appointed_on,permanent_since\n197501012000031001,Pegawai 009,,01/03/2001')$$, 'since when a civil servant');
SELECT is_empty($$SELECT * FROM load_csv('discipline', E'employee,kind,valid_from\n197501012000031001,Proses,2026-01-15')$$, 'a proceeding');
SELECT results_eq('SELECT e.appointed_on, e.permanent_since, d.kind FROM employee AS e JOIN discipline AS d USING (employee_id) WHERE e.name = ''Pegawai 009''', $$VALUES (date '2000-03-01', date '2001-03-01', 'proceeding')$$, 'read');
-- trees in any order, several levels, and one that leads nowhere
SELECT results_eq($$SELECT * FROM load_csv('unit', E'code,name,parent_code\nC,c,B\nB,b,A\nA,a,DINKES\nX,x,Y\nZ,z,X')$$,
	$$VALUES (5, 'parent_code', 'Y', 'there is no such unit'), (6, 'parent_code', 'X', 'there is no such unit')$$, 'units below units of the same file');
SELECT results_eq($$SELECT p.code FROM unit AS u JOIN unit AS p ON p.unit_id = u.parent_id WHERE u.code = 'C'$$, $$VALUES ('B')$$, 'in place');
-- refusals of the database are reasons, one by one, in order
SELECT results_eq($$SELECT * FROM load_csv('incumbency', E'employee,post_code,valid_from\n198609262015051009,PKM1-N,2020-01-01\n198609262015051009,P-A,2021-01-01\n199205082023082001,P-A,2021-01-01\n198609262015051001,P-A,2021-01-01')$$,
	$$VALUES (3, NULL, NULL, 'A person has one main post on a day.'), (5, NULL, NULL, 'A person has one main post on a day.')$$, 'a person has one main post');
SELECT is((SELECT e.name FROM incumbency AS i JOIN post AS p USING (post_id) JOIN employee AS e USING (employee_id) WHERE p.code = 'P-A'), 'Pegawai 002', 'who could have it has it');
SELECT matches((SELECT reason FROM load_csv('incumbency', E'employee,post_code,valid_from,kind\n198609262015051009,P-A,2022-01-01,tambahan')), 'would work 2.00 of full time', 'a trigger''s refusal is a reason');
-- again
SELECT is((SELECT count(*) FROM load_csv('unit', E'code,name\nA,aa\nB,bb', 'skip')), 0::bigint, 'what is there can be skipped');
SELECT is((SELECT name FROM unit WHERE code = 'A'), 'a', 'and stays');
SELECT is((SELECT count(*) FROM load_csv('unit', E'code,name,kind,parent_code\nA,aa,,\nQ,q,,', 'update')), 0::bigint, 'or updated');
SELECT results_eq($$SELECT name, kind, parent_id IS NULL FROM unit WHERE code IN ('A', 'Q') ORDER BY code$$, $$VALUES ('aa', 'office', false), ('q', 'office', true)$$, 'an empty cell changes nothing; new ones go in');
SELECT results_eq('SELECT loaded, updated FROM load_run ORDER BY load_id DESC LIMIT 1', 'VALUES (1, 1)', 'counted apart');
-- numbers nobody should guess at
SELECT results_eq($$SELECT * FROM load_csv('task_norm', E'post_code,task,norm_hours\nPKM1-N,patients,"1.250,5"')$$,
	$$VALUES (2, 'norm_hours', '1.250,5', 'is not a number (write 1250.5 or 1250,5, without a separator of thousands)')$$, 'a separator of thousands is not guessed at');

-- beside rows that were entered with numbers of their own
INSERT INTO unit (unit_id, code, name) SELECT max(unit_id) + n, 'OWN' || n, 'own' FROM unit, generate_series(1, 3) AS n GROUP BY n;
SELECT is_empty($$SELECT * FROM load_csv('unit', E'code,name\nAFTER1,a\nAFTER2,b')$$, 'files go in beside rows with numbers of their own');
SELECT results_eq($$SELECT a.unit_id > max(o.unit_id) FROM unit AS a, unit AS o WHERE a.code = 'AFTER1' AND o.code LIKE 'OWN%' GROUP BY a.unit_id$$, 'VALUES (true)', 'numbered behind them');
SELECT lives_ok($$INSERT INTO unit (code, name) VALUES ('AFTER3', 'c')$$, 'as the next ones are');

-- a whole file that makes no sense
SELECT throws_ok($$SELECT load_csv('units', 'code')$$, '22023', 'there is no template "units"', 'unknown template');
SELECT throws_ok($$SELECT load_csv('unit', 'code')$$, '22023', 'the header lacks name', 'a required column missing');
SELECT throws_ok($$SELECT load_csv('unit', E'code,code,name\n')$$, '22023', 'the header has the column "code" twice', 'a column twice');
SELECT throws_ok($$SELECT load_csv('unit', '')$$, '22023', 'the text has no header', 'nothing at all');
SELECT throws_ok($$SELECT load_csv('unit', E'code,name\nA,a', 'overwrite')$$, '22023', NULL, 'an unknown way with what is there');
SELECT throws_ok($$SELECT csv_template('x')$$, '22023', 'there is no template "x"', 'csv_template');
SELECT throws_ok($$SELECT load_query('unit', 'SELECT 1 AS code')$$, '22023', 'the query lacks name', 'a query without a required column');
SELECT * FROM finish();
ROLLBACK;
