-- assessment methods: what is refused, and with which words
\set SHOW_CONTEXT never
SET search_path = public, mutasi;

SELECT job_person_match('{1:3}', '{1:3}', 'average');
SELECT job_person_category(-0.01);
SELECT job_person_category('NaN');
SELECT job_person_category('Infinity');
SELECT job_person_category(80, 'seleksi');

SELECT profile_matching('{1:9, 2:4}', '{1:3, 2:3~}');
SELECT profile_matching('{1:3, 2:3}', '{1:3, 2:3~}', 60, 'klasik');
SELECT profile_matching_explain('{1:3, 2:3}', '{1:3, 2:3~}', 'klasik');
SELECT profile_matching('{1:3, 2:3}', '{1:3, 2:3~}', -1);
SELECT profile_matching('{1:3, 2:3}', '{1:3, 2:3~}', 100.5);
SELECT profile_matching('{1:3, 2:3}', '{1:3, 2:3~}', 'NaN');
SELECT profile_matching('{1:3, 2:3}', '{1:3, 2:3}');
SELECT profile_matching('{1:3, 2:3}', '{1:3~, 2:3~}', 70.5);
SELECT profile_matching_total('{1:3, 2:3}', '{1:3, 2:3~}', percent) FROM (VALUES (20), (30)) AS v(percent);
SELECT profile_matching_total('{1:3, 2:3}', '{1:3, 2:3~}', percent) FROM (VALUES (120), (-20)) AS v(percent);

SELECT nine_box(80, 80, 'kota');
SELECT nine_box('NaN', 80, 'bands_60_80');
SELECT nine_box(80, '-Infinity', '{1, 2}', '{1, 2}');
SELECT nine_box(80, 80, '{2, 1}', '{1, 2}');
SELECT nine_box(80, 80, '{1, 2}', '{1, 2, 3}');
SELECT nine_box(80, 80, '{1, 2}', '{1, NULL}');
SELECT nine_box(80, 80, '{{1}, {2}}', '{1, 2}');
SELECT nine_box_at('medium', 'met');
SELECT nine_box_at('middle', 'sesuai');

-- shipped rows stand; an agency's own are its own
INSERT INTO job_person_band (scheme, min_percent, category) VALUES ('job_fit', 95, 'Istimewa');
INSERT INTO job_person_band (scheme, min_percent, category, shipped) VALUES ('own', 95, 'Istimewa', true);
UPDATE job_person_band SET min_percent = 75 WHERE category = 'MS';
DELETE FROM gap_table WHERE name = 'classic';
UPDATE gap_value SET core_value = 4 WHERE gap = 0;
TRUNCATE nine_box_scheme;
TRUNCATE gap_table, gap_value;
DELETE FROM nine_box_recommendation;
DELETE FROM efficiency_band WHERE grade = 'A';
INSERT INTO efficiency_band (scheme, min_ratio, grade) VALUES ('permendagri_12_2008', 1.50, 'A+');
-- every table with shipped rows that pg_dump leaves out keeps them as they are
SELECT c.conrelid FROM (SELECT unnest(extconfig)::regclass AS conrelid, unnest(extcondition) AS condition FROM pg_extension WHERE extname = 'mutasi') AS c
WHERE c.conrelid::text ~ '^(job_person|gap|nine_box|efficiency)'
	AND NOT (SELECT count(*) = 2 FROM pg_trigger WHERE tgrelid = c.conrelid AND tgfoid = 'keep_shipped'::regproc AND tgenabled = 'O');
BEGIN;
INSERT INTO job_person_band (scheme, min_percent, category) VALUES ('own', 50, 'Cukup');
SELECT job_person_category(50, 'own');
SELECT job_person_category(49.994, 'own');
ROLLBACK;
BEGIN;
INSERT INTO gap_table (name) VALUES ('own');
SELECT note, value FROM profile_matching_explain('{1:3}', '{1:3}', 'own');
INSERT INTO gap_value (gap_table, gap, core_value, secondary_value) VALUES ('own', 0, 9, 8);
SELECT profile_matching('{1:3, 2:3}', '{1:3, 2:3~}', 50, 'own');
UPDATE gap_table SET name = 'own_9_8' WHERE name = 'own';
SELECT profile_matching('{1:3, 2:3}', '{1:3, 2:3~}', 50, 'own_9_8');
SAVEPOINT s;
UPDATE gap_value SET gap_table = 'classic' WHERE gap_table = 'own_9_8';
ROLLBACK TO s;
DELETE FROM gap_table WHERE name = 'own_9_8';
SELECT count(*) FROM gap_value WHERE NOT shipped;
ROLLBACK;
INSERT INTO gap_table (name, outside) VALUES ('own', 'three');
INSERT INTO job_person_band (scheme, min_percent, category) VALUES ('own', 'NaN', 'Cukup');
INSERT INTO nine_box_scheme (scheme, potential_middle, potential_high, performance_middle, performance_high) VALUES ('own', 80, 60, 60, 80);
INSERT INTO nine_box_recommendation (rule_set, box, potential, performance, recommendation, agency_pool, national_pool) VALUES ('own', 9, 'high', 'met', 'promote', true, true);

-- everybody may read and compute; only who may write the tables adds to them
CREATE ROLE assessor;
SET ROLE assessor;
SELECT job_person_category(70), profile_matching('{1:3, 2:3}', '{1:3, 2:3~}'), nine_box(70, 70, 'bands_60_80'), count(*) FROM nine_box_recommendation;
INSERT INTO job_person_band (scheme, min_percent, category) VALUES ('own', 50, 'Cukup');
RESET ROLE;
DROP ROLE assessor;

-- honest marks, comments on everything
SELECT proname, provolatile, proparallel, proisstrict FROM pg_proc
WHERE pronamespace = 'mutasi'::regnamespace AND proname ~ '^(job_person|profile_matching|nine_box|unassessed|requirement_subtract|percent_of|fraction_value)'
ORDER BY proname, pronargs;
