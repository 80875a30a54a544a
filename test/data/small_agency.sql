-- A small agency for tests and documentation, small enough to check by hand:
-- two health centres and an office, eight people, three competencies.
-- To be run in a database with the extension.
SELECT mutasi.create_agency('kota') \g /dev/null
SET search_path = kota, mutasi, public;

INSERT INTO unit (unit_id, parent_id, code, name, kind) VALUES
	(1, NULL, 'HEAL', 'Health Office', 'office'),
	(2, 1, 'PKM1', 'Health Centre 1', 'health centre'),
	(3, 1, 'PKM2', 'Health Centre 2', 'health centre');
INSERT INTO competency (competency_id, code, name, kind) VALUES
	(1, 'T.01', 'Nursing care', 'technical'), (2, 'M.01', 'Communication', 'managerial'), (3, 'T.02', 'Record keeping', 'technical');
INSERT INTO post (post_id, unit_id, class, seats, min_staff, code, title, family, kind, min_grade, min_education, education_fields) VALUES
	(1, 2, 7, 4, 1, 'PKM1-N', 'Nurse', 'nursing', 'skilled advanced', 'II/c', 6, '{nursing}'),
	(2, 3, 7, 5, 2, 'PKM2-N', 'Nurse', 'nursing', 'skilled advanced', 'II/c', 6, '{nursing}'),
	(3, 1, 5, 2, 0, 'HEAL-C', 'Clerk', 'service', 'implementing', 'II/a', 3, NULL),
	(4, 2, 9, 1, 0, 'PKM1-H', 'Head of Health Centre', 'management', 'supervisor', 'III/b', 7, NULL);
INSERT INTO post_competency (post_id, competency_id, level, weight, mandatory) VALUES
	(1, 1, 4, 2, true), (1, 2, 3, 1, false), (2, 1, 4, 2, true), (2, 2, 3, 1, false), (3, 3, 3, 1, false), (3, 2, 2, 1, false), (4, 2, 4, 1, false);
INSERT INTO employee (employee_id, name, born_on, appointed_on, sex, grade, grade_since, login)
	SELECT n, 'Pegawai ' || lpad(n::text, 3, '0'), date '1985-01-01' + n * 40, date '2010-03-01' + n * 30, CASE n % 2 WHEN 0 THEN 'female' ELSE 'male' END,
		CASE WHEN n <= 6 THEN 'III/a' ELSE 'II/b' END, date '2022-04-01', 'pegawai_' || n
	FROM generate_series(1, 8) AS n;
INSERT INTO incumbency (employee_id, post_id, valid_from) VALUES
	(1, 1, '2019-01-01'), (2, 2, '2018-01-01'), (3, 2, '2018-06-01'), (4, 2, '2019-06-01'), (5, 2, '2020-01-01'), (6, 2, '2021-01-01'), (7, 3, '2017-01-01'), (8, 3, '2018-01-01');
INSERT INTO education (employee_id, level, field) SELECT n, CASE WHEN n <= 6 THEN 6 ELSE 3 END, CASE WHEN n <= 6 OR n = 8 THEN 'nursing' END FROM generate_series(1, 8) AS n;
INSERT INTO performance (employee_id, year, rating)
	SELECT n, y, CASE WHEN n = 3 THEN 5 WHEN n = 4 AND y = extract(year FROM current_date)::int - 1 THEN 3 ELSE 4 END
	FROM generate_series(1, 8) AS n, generate_series(extract(year FROM current_date)::int - 2, extract(year FROM current_date)::int - 1) AS y;
INSERT INTO record_check (employee_id, subject, checked_on, checked_by)
	SELECT n, s, '2024-01-01', 'BKPSDM' FROM generate_series(1, 8) AS n, unnest('{discipline,study leave,family}'::text[]) AS s;
INSERT INTO assessment (employee_id, competency_id, level, assessed_on, assessor) VALUES
	(1, 1, 4, '2024-02-01', 'LAN'), (1, 2, 3, '2024-02-01', 'LAN'), (2, 1, 4, '2024-02-01', 'LAN'), (2, 2, 3, '2024-02-01', 'LAN'),
	(3, 1, 4.5, '2024-02-01', 'LAN'), (3, 2, 3, '2024-02-01', 'LAN'), (4, 1, 4, '2024-02-01', 'LAN'), (4, 2, 2, '2024-02-01', 'LAN'),
	(5, 1, 3, '2024-02-01', 'LAN'), (5, 2, 3, '2024-02-01', 'LAN'), (6, 2, 3, '2024-02-01', 'LAN'), (7, 3, 3, '2024-02-01', 'LAN'), (7, 2, 2, '2024-02-01', 'LAN'),
	(8, 3, 2, '2024-02-01', 'LAN'), (8, 1, 2, '2024-02-01', 'LAN');
INSERT INTO task (task_id, post_id, name) VALUES (1, 1, 'patients'), (2, 2, 'patients'), (3, 3, 'letters');
INSERT INTO task_norm (task_id, norm_hours) VALUES (1, 0.5), (2, 0.5), (3, 0.25);
INSERT INTO task_volume (task_id, period_start, volume)
	SELECT t, make_date(extract(year FROM current_date)::int - 1, 1, 1), v FROM (VALUES (1, 10000), (2, 7500), (3, 8000)) AS w (t, v);
SELECT setval(pg_get_serial_sequence('kota.' || t, c), 100) FROM (VALUES ('unit', 'unit_id'), ('post', 'post_id'), ('employee', 'employee_id'), ('task', 'task_id')) AS s (t, c) \g /dev/null
