-- Who comes first and who is counted how: ties by the seniority list, degrees of
-- the day, experience of posts held at once, days without a policy, policies
-- published ahead, and what is refused instead of guessed.
BEGIN;
SELECT plan(6);
\i test/data/small_agency.sql

-- civil servants before contract employees, whatever the numbers of their grades
INSERT INTO employee (employee_id, name, born_on, appointed_on, grade, grade_since, status) VALUES
	(31, 'Pegawai 031', '1985-01-01', '2011-01-01', 'PPPK XVII', '2015-04-01', 'pppk'), (32, 'Pegawai 032', '1985-01-01', '2011-01-01', 'PPPK IX', '2015-04-01', 'pppk'),
	(33, 'Pegawai 033', '1985-01-01', '2011-01-01', 'II/c', '2022-04-01', 'pns'), (34, 'Pegawai 034', '1985-01-01', '2011-01-01', 'III/a', '2022-04-01', 'pns'),
	(35, 'Pegawai 035', '1985-01-01', '2011-01-01', NULL, '2001-04-01', 'pns');
SELECT results_eq('SELECT employee_id FROM seniority(''{31,32,33,34,35}'') ORDER BY place', 'VALUES (34), (33), (31), (32), (35)', 'seniority: PNS, PPPK, without a grade');
SELECT results_eq('SELECT employee_id FROM candidates(3, 20) WHERE employee_id BETWEEN 31 AND 35', 'VALUES (34), (33), (31), (32), (35)', 'equal scores: PNS before PPPK');

-- a degree counts from its day
UPDATE employee SET grade = 'III/a', grade_since = '2022-04-01' WHERE employee_id IN (31, 32, 33);
INSERT INTO education (employee_id, level, graduated_on) VALUES
	(33, 6, NULL), (34, 7, '2015-07-01'), (31, 9, current_date + 30), (31, 6, '2012-01-01'), (32, 8, current_date);
SELECT results_eq('SELECT employee_id FROM seniority(''{31,32,33,34}'') ORDER BY place', 'VALUES (32), (34), (31), (33)', 'seniority: a degree not yet earned does not count');
SELECT results_eq('SELECT employee_id FROM seniority(''{31,32,33,34}'', current_date + 30) ORDER BY place', 'VALUES (31), (32), (34), (33)', 'from its day it does');
SELECT results_eq('SELECT employee_id FROM seniority(''{31,32,33,34}'', ''2014-01-01'') ORDER BY place', 'VALUES (31), (33), (32), (34)', 'and of a former day what was earned then');
SELECT results_eq('SELECT k.employee_id FROM candidates(4, 40, current_date + 30) AS k WHERE k.employee_id IN (31, 32) ORDER BY k.rank', 'VALUES (31), (32)', 'candidates() of another day likewise');

SELECT * FROM finish();
ROLLBACK;
