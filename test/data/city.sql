-- A city to show things with, made of O*NET's skills and knowledge (see
-- onet/README.md): about 60 units, 1,500 people whose competencies are drawn
-- around the occupation they work in, tasks, norms and volumes. Everybody is
-- "Pegawai" and a number. The draw is a hash of a seed, so that every run on
-- every machine makes the same city. Run from the root of the tree, in a
-- database with the extension, with the agency's schema made before:
--   SELECT mutasi.create_agency('kota_contoh');
--   SET search_path = kota_contoh, mutasi, public;
--   \i test/data/city.sql

CREATE TEMP TABLE onet_competency (competency_id integer, element_id text, kind text, name text);
CREATE TEMP TABLE onet_requirement (soc text, competency_id integer, level numeric, importance numeric);
\copy onet_competency FROM 'test/data/onet/competency.tsv' WITH (FORMAT csv, DELIMITER E'\t', HEADER)
\copy onet_requirement FROM 'test/data/onet/requirement.tsv' WITH (FORMAT csv, DELIMITER E'\t', HEADER)

-- Uniform in [0,1) and roughly normal numbers out of a text.
CREATE FUNCTION pg_temp.draw(seed text) RETURNS double precision LANGUAGE sql IMMUTABLE AS
	$$ SELECT ('x' || left(md5('kota contoh ' || seed), 8))::bit(32)::bigint / 4294967296.0::double precision $$;
CREATE FUNCTION pg_temp.normal(seed text) RETURNS double precision LANGUAGE sql IMMUTABLE AS
	$$ SELECT (('x' || left(h, 6))::bit(24)::integer + ('x' || substr(h, 7, 6))::bit(24)::integer + ('x' || substr(h, 13, 6))::bit(24)::integer
		+ ('x' || substr(h, 19, 6))::bit(24)::integer) / 16777216.0::double precision * 1.7320508 - 3.4641016
		FROM md5('kota contoh ' || seed) AS h $$;

-- What occupations there are: title, job family, kind and class of post,
-- education asked, and the tasks by which their work is counted.
CREATE TEMP TABLE occupation (soc text PRIMARY KEY, title text, family text, kind text, class int, education int, field text,
	min_grade text, task1 text, norm1 numeric, task2 text, norm2 numeric);
INSERT INTO occupation VALUES
	('11-1021.00', 'Section Head', 'management', 'supervisor', 9, 7, NULL, 'III/b', 'cases decided', 1.5, 'meetings led', 2),
	('11-9032.00', 'School Principal', 'education', 'expert middle', 11, 7, 'education', 'III/c', 'staff appraisals', 6, 'meetings led', 2),
	('11-9111.00', 'Health Services Manager', 'management', 'supervisor', 9, 7, 'health', 'III/b', 'cases decided', 1.5, 'meetings led', 2),
	('13-1041.00', 'Compliance Officer', 'inspection', 'expert first', 8, 7, 'law', 'III/a', 'inspections', 4, 'reports', 3),
	('13-1071.00', 'Human Resources Specialist', 'personnel', 'expert first', 8, 7, 'administration', 'III/a', 'personnel files handled', 0.75, 'consultations', 1),
	('13-1075.00', 'Labour Relations Specialist', 'personnel', 'expert first', 8, 7, 'law', 'III/a', 'disputes mediated', 12, 'consultations', 1),
	('13-1111.00', 'Management Analyst', 'planning', 'expert first', 8, 7, 'administration', 'III/a', 'studies', 40, 'procedures reviewed', 8),
	('13-1121.00', 'Event Planner', 'communication', 'implementing', 6, 6, NULL, 'II/c', 'events', 30, 'permits', 2),
	('13-1141.00', 'Job Analyst', 'personnel', 'expert first', 8, 7, 'administration', 'III/a', 'posts analysed', 10, 'reports', 3),
	('13-1151.00', 'Training Specialist', 'personnel', 'expert first', 8, 7, 'education', 'III/a', 'training days', 8, 'courses designed', 30),
	('13-2011.00', 'Accountant and Auditor', 'finance', 'expert first', 8, 7, 'economics', 'III/a', 'accounts audited', 16, 'reports', 3),
	('13-2023.00', 'Property Assessor', 'finance', 'skilled', 7, 6, NULL, 'II/c', 'properties assessed', 2, 'appeals', 5),
	('13-2031.00', 'Budget Analyst', 'finance', 'expert first', 8, 7, 'economics', 'III/a', 'budgets reviewed', 20, 'reports', 3),
	('13-2081.00', 'Tax Officer', 'finance', 'skilled', 7, 6, 'economics', 'II/c', 'returns examined', 0.75, 'field visits', 3),
	('15-1211.00', 'Computer Systems Analyst', 'computing', 'expert first', 8, 7, 'computing', 'III/a', 'systems designed', 80, 'changes', 6),
	('15-1212.00', 'Information Security Analyst', 'computing', 'expert first', 9, 7, 'computing', 'III/a', 'incidents', 8, 'audits', 24),
	('15-1232.00', 'Computer Support Officer', 'computing', 'skilled', 6, 6, 'computing', 'II/c', 'requests', 0.75, 'installations', 2),
	('15-1244.00', 'Network Administrator', 'computing', 'skilled advanced', 7, 6, 'computing', 'II/c', 'incidents', 3, 'changes', 4),
	('15-1251.00', 'Computer Programmer', 'computing', 'expert first', 8, 7, 'computing', 'III/a', 'changes', 12, 'reports', 3),
	('15-2041.00', 'Statistician', 'planning', 'expert first', 8, 7, 'mathematics', 'III/a', 'surveys', 60, 'reports', 3),
	('17-1011.00', 'Architect', 'engineering', 'expert first', 8, 7, 'engineering', 'III/a', 'plans', 40, 'site visits', 4),
	('17-1022.00', 'Surveyor', 'engineering', 'expert first', 8, 7, 'engineering', 'III/a', 'plots surveyed', 6, 'maps', 8),
	('17-2051.00', 'Civil Engineer', 'engineering', 'expert first', 8, 7, 'engineering', 'III/a', 'designs', 40, 'site visits', 4),
	('17-2081.00', 'Environmental Engineer', 'environment', 'expert first', 8, 7, 'engineering', 'III/a', 'permits reviewed', 12, 'site visits', 4),
	('17-3022.00', 'Civil Engineering Technician', 'engineering', 'skilled', 6, 6, 'engineering', 'II/c', 'measurements', 3, 'drawings', 6),
	('19-1013.00', 'Soil and Plant Scientist', 'environment', 'expert first', 8, 7, 'agriculture', 'III/a', 'samples', 2, 'farm visits', 4),
	('19-2041.00', 'Environmental Scientist', 'environment', 'expert first', 8, 7, 'environment', 'III/a', 'studies', 40, 'samples', 2),
	('19-3011.00', 'Economist', 'planning', 'expert first', 8, 7, 'economics', 'III/a', 'studies', 40, 'reports', 3),
	('19-3051.00', 'Urban and Regional Planner', 'planning', 'expert first', 8, 7, 'engineering', 'III/a', 'plans', 60, 'hearings', 4),
	('19-4042.00', 'Environmental Technician', 'environment', 'skilled', 6, 6, 'environment', 'II/c', 'samples', 2, 'site visits', 3),
	('21-1012.00', 'Guidance Counsellor', 'education', 'expert first', 8, 7, 'education', 'III/a', 'counselling hours', 1, 'home visits', 2),
	('21-1021.00', 'Social Worker', 'social', 'expert first', 8, 7, 'social', 'III/a', 'families looked after', 10, 'home visits', 2),
	('21-1022.00', 'Healthcare Social Worker', 'social', 'expert first', 8, 7, 'social', 'III/a', 'patients looked after', 4, 'home visits', 2),
	('21-1091.00', 'Health Educator', 'public health', 'expert first', 8, 7, 'health', 'III/a', 'sessions', 3, 'home visits', 2),
	('21-1093.00', 'Social Assistant', 'social', 'implementing', 5, 3, NULL, 'II/a', 'applications', 1, 'home visits', 2),
	('23-1011.00', 'Legal Drafter', 'law', 'expert first', 8, 7, 'law', 'III/a', 'drafts', 12, 'opinions', 5),
	('25-2021.00', 'Primary School Teacher', 'education', 'expert first', 8, 7, 'education', 'III/a', 'lessons', 0.75, 'tests marked', 0.25),
	('25-2022.00', 'Junior Secondary Teacher', 'education', 'expert first', 8, 7, 'education', 'III/a', 'lessons', 0.75, 'tests marked', 0.25),
	('25-4011.00', 'Archivist', 'library', 'expert first', 7, 7, NULL, 'III/a', 'files archived', 0.5, 'enquiries', 1),
	('25-4022.00', 'Librarian', 'library', 'expert first', 7, 7, NULL, 'III/a', 'loans', 0.1, 'enquiries', 0.5),
	('27-3031.00', 'Public Relations Officer', 'communication', 'expert first', 7, 7, NULL, 'III/a', 'releases', 4, 'enquiries', 1),
	('29-1021.00', 'Dentist', 'medicine', 'expert young', 10, 8, 'medicine', 'III/b', 'treatments', 0.75, 'school visits', 4),
	('29-1031.00', 'Nutritionist', 'public health', 'expert first', 8, 7, 'health', 'III/a', 'consultations', 0.75, 'sessions', 3),
	('29-1051.00', 'Pharmacist', 'pharmacy', 'expert first', 8, 7, 'pharmacy', 'III/a', 'prescriptions', 0.15, 'stock checks', 4),
	('29-1123.00', 'Physiotherapist', 'therapy', 'expert first', 8, 7, 'health', 'III/a', 'treatments', 0.75, 'plans', 1.5),
	('29-1141.00', 'Nurse', 'nursing', 'skilled advanced', 7, 6, 'nursing', 'II/c', 'patients cared for', 0.5, 'home visits', 2),
	('29-1215.00', 'Family Physician', 'medicine', 'expert young', 10, 8, 'medicine', 'III/b', 'consultations', 0.25, 'home visits', 2),
	('29-1216.00', 'Internist', 'medicine', 'expert middle', 11, 8, 'medicine', 'III/c', 'consultations', 0.35, 'ward rounds', 2),
	('29-1221.00', 'Paediatrician', 'medicine', 'expert middle', 11, 8, 'medicine', 'III/c', 'consultations', 0.35, 'ward rounds', 2),
	('29-2011.00', 'Medical Laboratory Technologist', 'laboratory', 'skilled advanced', 7, 6, 'health', 'II/c', 'tests', 0.2, 'controls', 1),
	('29-2034.00', 'Radiographer', 'laboratory', 'skilled advanced', 7, 6, 'health', 'II/c', 'images', 0.4, 'controls', 1),
	('29-2052.00', 'Pharmacy Technician', 'pharmacy', 'skilled', 6, 6, 'pharmacy', 'II/c', 'prescriptions', 0.1, 'stock checks', 2),
	('29-9099.01', 'Midwife', 'nursing', 'skilled advanced', 7, 6, 'midwifery', 'II/c', 'births', 9, 'check-ups', 0.5),
	('33-2011.00', 'Firefighter', 'safety', 'skilled', 6, 3, NULL, 'II/a', 'calls', 6, 'drills', 3),
	('33-2021.00', 'Fire Inspector', 'inspection', 'skilled advanced', 7, 6, NULL, 'II/c', 'inspections', 4, 'reports', 2),
	('33-9032.00', 'Public Order Officer', 'safety', 'implementing', 5, 3, NULL, 'II/a', 'patrols', 6, 'reports', 1),
	('43-3031.00', 'Bookkeeper', 'finance', 'implementing', 6, 6, 'economics', 'II/c', 'vouchers', 0.2, 'reconciliations', 3),
	('43-4031.00', 'Licensing Clerk', 'service', 'implementing', 6, 3, NULL, 'II/a', 'applications', 0.5, 'enquiries', 0.25),
	('43-4161.00', 'Personnel Clerk', 'personnel', 'implementing', 6, 6, NULL, 'II/c', 'personnel files handled', 0.5, 'letters', 0.5),
	('43-5031.00', 'Emergency Dispatcher', 'safety', 'implementing', 6, 3, NULL, 'II/a', 'calls', 0.25, 'reports', 1),
	('43-6011.00', 'Executive Secretary', 'service', 'implementing', 6, 6, NULL, 'II/c', 'letters', 0.5, 'meetings prepared', 2),
	('43-6013.00', 'Medical Records Clerk', 'service', 'implementing', 6, 6, NULL, 'II/c', 'records', 0.2, 'enquiries', 0.25),
	('43-6014.00', 'Secretary', 'service', 'implementing', 6, 3, NULL, 'II/a', 'letters', 0.5, 'meetings prepared', 1.5),
	('43-9021.00', 'Data Entry Officer', 'service', 'implementing', 5, 3, NULL, 'II/a', 'records', 0.1, 'corrections', 0.25),
	('43-9061.00', 'Office Clerk', 'service', 'implementing', 5, 3, NULL, 'II/a', 'letters', 0.4, 'files handled', 0.3),
	('47-4011.00', 'Building Inspector', 'inspection', 'skilled advanced', 7, 6, 'engineering', 'II/c', 'inspections', 4, 'reports', 2),
	('47-4051.00', 'Road Maintenance Worker', 'safety', 'implementing', 5, 3, NULL, 'II/a', 'repairs', 8, 'inspections', 3),
	('53-6041.00', 'Traffic Technician', 'engineering', 'skilled', 6, 3, NULL, 'II/a', 'counts', 4, 'signals serviced', 6),
	('53-6051.00', 'Vehicle Inspector', 'inspection', 'skilled', 6, 3, NULL, 'II/a', 'vehicles inspected', 0.75, 'reports', 2);

-- Units by template: how many seats of which occupation.
CREATE TEMP TABLE template (template text, soc text, seats int);
INSERT INTO template VALUES
	('office', '11-1021.00', 2), ('office', '43-9061.00', 4), ('office', '43-6014.00', 1), ('office', '43-3031.00', 1),
	('secretariat', '13-1111.00', 4), ('secretariat', '27-3031.00', 3), ('secretariat', '23-1011.00', 3), ('secretariat', '43-6011.00', 5),
	('personnel', '13-1071.00', 8), ('personnel', '43-4161.00', 5), ('personnel', '13-1151.00', 3), ('personnel', '13-1141.00', 2),
	('inspectorate', '13-2011.00', 12), ('inspectorate', '13-1041.00', 4),
	('finance', '13-2011.00', 7), ('finance', '13-2031.00', 5), ('finance', '43-3031.00', 7),
	('revenue', '13-2081.00', 12), ('revenue', '13-2023.00', 4),
	('planning', '19-3051.00', 6), ('planning', '19-3011.00', 3), ('planning', '15-2041.00', 3),
	('informatics', '15-1211.00', 4), ('informatics', '15-1244.00', 4), ('informatics', '15-1251.00', 4), ('informatics', '15-1212.00', 2), ('informatics', '15-1232.00', 4),
	('works', '17-2051.00', 10), ('works', '17-3022.00', 8), ('works', '47-4051.00', 12),
	('housing', '17-1011.00', 3), ('housing', '47-4011.00', 5), ('housing', '17-1022.00', 3),
	('environment', '17-2081.00', 3), ('environment', '19-2041.00', 4), ('environment', '19-4042.00', 5),
	('transport', '53-6051.00', 6), ('transport', '53-6041.00', 6),
	('social', '21-1021.00', 8), ('social', '21-1022.00', 3), ('social', '21-1093.00', 6), ('social', '21-1091.00', 2),
	('registry', '43-4031.00', 14), ('registry', '43-9021.00', 6),
	('labour', '13-1075.00', 4), ('labour', '21-1012.00', 4),
	('library', '25-4022.00', 5), ('library', '25-4011.00', 4),
	('agriculture', '19-1013.00', 5), ('agriculture', '19-4042.00', 3),
	('tourism', '13-1121.00', 4), ('tourism', '27-3031.00', 3),
	('fire', '33-2011.00', 28), ('fire', '33-2021.00', 4),
	('order', '33-9032.00', 18), ('order', '13-1041.00', 3),
	('disaster', '43-5031.00', 8), ('disaster', '33-2011.00', 6),
	('health office', '21-1091.00', 6), ('health office', '11-9111.00', 3), ('health office', '29-1031.00', 3), ('health office', '15-2041.00', 1),
	('education office', '13-1151.00', 4), ('education office', '21-1012.00', 3), ('education office', '43-9021.00', 3),
	('district', '43-4031.00', 5), ('district', '21-1093.00', 3), ('district', '33-9032.00', 2),
	('primary school', '11-9032.00', 1), ('primary school', '25-2021.00', 16), ('primary school', '43-9061.00', 1),
	('junior school', '11-9032.00', 1), ('junior school', '25-2022.00', 26), ('junior school', '21-1012.00', 2), ('junior school', '25-4022.00', 1), ('junior school', '43-9061.00', 2),
	('health centre', '29-1215.00', 3), ('health centre', '29-1141.00', 12), ('health centre', '29-9099.01', 6), ('health centre', '29-1051.00', 1),
	('health centre', '29-2052.00', 2), ('health centre', '29-2011.00', 2), ('health centre', '29-1021.00', 1), ('health centre', '29-1031.00', 1),
	('health centre', '21-1091.00', 1), ('health centre', '43-6013.00', 2),
	('hospital', '29-1216.00', 14), ('hospital', '29-1221.00', 5), ('hospital', '29-1141.00', 110), ('hospital', '29-9099.01', 18), ('hospital', '29-2034.00', 6),
	('hospital', '29-2011.00', 9), ('hospital', '29-1051.00', 6), ('hospital', '29-2052.00', 8), ('hospital', '29-1123.00', 5), ('hospital', '43-6013.00', 10), ('hospital', '11-9111.00', 4);

CREATE TEMP TABLE plan_of_units (place serial, code text, name text, kind text, parent text, templates text[]);
INSERT INTO plan_of_units (code, name, kind, parent, templates) VALUES
	('CITY', 'City Government', 'city', NULL, '{}'),
	('SEC', 'City Secretariat', 'office', 'CITY', '{office,secretariat}'), ('PERS', 'Personnel Agency (BKPSDM)', 'office', 'CITY', '{office,personnel}'),
	('INSP', 'Inspectorate', 'office', 'CITY', '{office,inspectorate}'), ('FIN', 'Finance Agency', 'office', 'CITY', '{office,finance}'),
	('REV', 'Revenue Agency', 'office', 'CITY', '{office,revenue}'), ('PLAN', 'Planning Agency', 'office', 'CITY', '{office,planning}'),
	('INFO', 'Communication and Informatics Office', 'office', 'CITY', '{office,informatics}'), ('WORKS', 'Public Works Office', 'office', 'CITY', '{office,works}'),
	('HOUS', 'Housing Office', 'office', 'CITY', '{office,housing}'), ('ENV', 'Environment Office', 'office', 'CITY', '{office,environment}'),
	('TRANS', 'Transport Office', 'office', 'CITY', '{office,transport}'), ('SOC', 'Social Office', 'office', 'CITY', '{office,social}'),
	('REG', 'Population and Civil Registry Office', 'office', 'CITY', '{office,registry}'), ('LAB', 'Labour Office', 'office', 'CITY', '{office,labour}'),
	('LIB', 'Library and Archives Office', 'office', 'CITY', '{office,library}'), ('AGRI', 'Agriculture Office', 'office', 'CITY', '{office,agriculture}'),
	('TOUR', 'Tourism and Culture Office', 'office', 'CITY', '{office,tourism}'), ('FIRE', 'Fire Service', 'office', 'CITY', '{office,fire}'),
	('ORDER', 'Public Order Unit (Satpol PP)', 'office', 'CITY', '{office,order}'), ('DIS', 'Disaster Agency', 'office', 'CITY', '{office,disaster}'),
	('EDU', 'Education Office', 'office', 'CITY', '{office,"education office"}'), ('HEAL', 'Health Office', 'office', 'CITY', '{office,"health office"}'),
	('HOSP', 'City Hospital (RSUD)', 'hospital', 'HEAL', '{hospital,office}');
INSERT INTO plan_of_units (code, name, kind, parent, templates)
	SELECT 'PKM' || lpad(n::text, 2, '0'), 'Health Centre ' || lpad(n::text, 2, '0') || ' (Puskesmas)', 'health centre', 'HEAL', '{health centre}'::text[] FROM generate_series(1, 10) AS n
	UNION ALL SELECT 'SD' || lpad(n::text, 2, '0'), 'Primary School ' || lpad(n::text, 2, '0'), 'school', 'EDU', '{primary school}'::text[] FROM generate_series(1, 11) AS n
	UNION ALL SELECT 'SMP' || lpad(n::text, 2, '0'), 'Junior Secondary School ' || lpad(n::text, 2, '0'), 'school', 'EDU', '{junior school}'::text[] FROM generate_series(1, 7) AS n
	UNION ALL SELECT 'KEC' || lpad(n::text, 2, '0'), 'District ' || lpad(n::text, 2, '0') || ' (Kecamatan)', 'district', 'CITY', '{office,district}'::text[] FROM generate_series(1, 8) AS n;

INSERT INTO unit (unit_id, code, name, kind) SELECT p.place, p.code, p.name, p.kind FROM plan_of_units AS p;
UPDATE unit AS u SET parent_id = a.unit_id FROM plan_of_units AS p JOIN unit AS a ON a.code = p.parent WHERE u.code = p.code;

INSERT INTO competency (competency_id, code, name, kind, max_level)
	SELECT c.competency_id, c.element_id, c.name, 'technical', 7 FROM onet_competency AS c;

INSERT INTO post (unit_id, class, seats, min_staff, code, title, family, kind, min_grade, min_education, education_fields)
	SELECT u.unit_id, o.class, t.seats, floor(t.seats * 0.4)::int, u.code || '-' || replace(left(o.soc, 7), '-', '') || CASE right(o.soc, 2) WHEN '00' THEN '' ELSE right(o.soc, 2) END,
		o.title, o.family, o.kind, o.min_grade, o.education, CASE WHEN o.field IS NOT NULL THEN ARRAY[o.field] END
	FROM plan_of_units AS p JOIN unit AS u ON u.code = p.code
	JOIN (SELECT q.code, w.soc, sum(w.seats)::int AS seats FROM plan_of_units AS q JOIN template AS w ON w.template = ANY (q.templates) GROUP BY q.code, w.soc) AS t ON t.code = p.code
	JOIN occupation AS o ON o.soc = t.soc
	ORDER BY u.unit_id, o.soc;
CREATE TEMP TABLE post_occupation AS
	SELECT p.post_id, o.* FROM post AS p JOIN occupation AS o ON o.title = p.title;

-- The head of the section that a unit's other posts report to.
UPDATE post AS p SET reports_to = h.post_id FROM post AS h
	WHERE h.unit_id = p.unit_id AND h.title IN ('Section Head', 'School Principal', 'Health Services Manager') AND p.post_id <> h.post_id
		AND p.title NOT IN ('Section Head', 'School Principal', 'Health Services Manager');

-- All 68 levels and importances; the two or three that matter most of all are mandatory.
INSERT INTO post_competency (post_id, competency_id, level, weight, kind, mandatory)
	SELECT p.post_id, r.competency_id, r.level, r.importance,
		CASE WHEN r.importance >= 3 THEN 'core' ELSE 'secondary' END,
		r.importance >= 4.25 AND row_number() OVER (PARTITION BY p.post_id ORDER BY r.importance DESC, r.competency_id) <= 2
	FROM post_occupation AS p JOIN onet_requirement AS r USING (soc)
	WHERE r.level > 0;

-- Some units are busier than others, and some have more empty chairs.
CREATE TEMP TABLE unit_load AS
	SELECT u.unit_id, CASE u.code WHEN 'PKM07' THEN 1.16 WHEN 'HOSP' THEN 0.72 WHEN 'SMP03' THEN 1.12 WHEN 'KEC05' THEN 0.48 WHEN 'REG' THEN 1.10
			ELSE round((0.70 + 0.34 * pg_temp.draw('load ' || u.code))::numeric, 2) END AS load,
		CASE u.code WHEN 'PKM07' THEN 0.42 WHEN 'HOSP' THEN 0.03 WHEN 'SMP03' THEN 0.25 WHEN 'KEC05' THEN 0 WHEN 'REG' THEN 0.2
			ELSE round((0.14 * pg_temp.draw('empty ' || u.code))::numeric, 2) END AS empty
	FROM unit AS u;
CREATE TEMP TABLE seat AS
	SELECT p.post_id, p.unit_id, p.soc, n AS seat, row_number() OVER (ORDER BY p.post_id, n)::int AS employee_id
	FROM (SELECT q.post_id, o.soc, q.unit_id, q.seats, q.min_staff FROM post AS q JOIN post_occupation AS o USING (post_id)) AS p
	JOIN unit_load AS l USING (unit_id)
	CROSS JOIN LATERAL generate_series(1, greatest(p.min_staff, p.seats - round(p.seats * l.empty + (pg_temp.draw('seat ' || p.post_id) - 0.5) * 0.8)::int)) AS n
	WHERE n <= p.seats;

-- People: age, start of service, grade and status follow from one another.
CREATE TEMP TABLE person AS
	SELECT s.*, o.title, o.kind, o.class, o.education, o.field, o.min_grade,
		current_date - (9500 + floor(pg_temp.draw('age ' || s.employee_id) * 11200))::int AS born_on,
		pg_temp.draw('sex ' || s.employee_id) < 0.56 AS woman,
		pg_temp.draw('status ' || s.employee_id) < 0.15 AND o.class <= 8 AS pppk
	FROM seat AS s JOIN occupation AS o USING (soc);
ALTER TABLE person ADD appointed_on date, ADD nip text;
UPDATE person SET appointed_on = date_trunc('month', least(current_date - 400,
	born_on + (7700 + floor(pg_temp.draw('start ' || employee_id) * 3200))::int))::date;
UPDATE person SET appointed_on = date_trunc('month', current_date - (500 + floor(pg_temp.draw('contract ' || employee_id) * 1200))::int)::date WHERE pppk;
UPDATE person SET nip = to_char(born_on, 'YYYYMMDD') || CASE WHEN pppk THEN to_char(appointed_on, 'YYYY') || '21' ELSE to_char(appointed_on, 'YYYYMM') END
	|| CASE WHEN woman THEN '2' ELSE '1' END || lpad((1 + employee_id % 999)::text, 3, '0');

INSERT INTO employee (employee_id, name, nip, status, grade, grade_since, appointed_on, permanent_since)
	SELECT p.employee_id, 'Pegawai ' || lpad(p.employee_id::text, 4, '0'), p.nip::mutasi.nip, CASE WHEN p.pppk THEN 'pppk' ELSE 'pns' END,
		CASE WHEN p.pppk THEN CASE WHEN p.education >= 7 THEN 'PPPK IX' WHEN p.education = 6 THEN 'PPPK VII' ELSE 'PPPK V' END
			ELSE (SELECT g.grade FROM grade AS g WHERE g.scheme = 'pns' AND g.position =
				least(16, (SELECT b.position FROM grade AS b WHERE b.grade = p.min_grade) + least(4, (current_date - p.appointed_on) / 1900))) END,
		greatest(p.appointed_on, current_date - (200 + floor(pg_temp.draw('grade ' || p.employee_id) * 1200))::int), p.appointed_on,
		CASE WHEN NOT p.pppk THEN p.appointed_on + interval '1 year' END
	FROM person AS p ORDER BY p.employee_id;
SELECT setval(pg_get_serial_sequence('employee', 'employee_id'), (SELECT max(employee_id) FROM employee)) \g /dev/null

INSERT INTO incumbency (employee_id, post_id, valid_from)
	SELECT p.employee_id, p.post_id, greatest(p.appointed_on, current_date - (120 + floor(pg_temp.draw('tenure ' || p.employee_id) * 2600))::int)
	FROM person AS p ORDER BY p.employee_id;

-- One in six has studied something else than the post asks: that is where
-- people from other fields come from.
INSERT INTO education (employee_id, level, field, graduated_on)
	SELECT p.employee_id, greatest(1, p.education - CASE WHEN pg_temp.draw('level ' || p.employee_id) < 0.06 THEN 1 ELSE 0 END),
		CASE WHEN p.field IS NULL OR pg_temp.draw('field ' || p.employee_id) < 0.16
			THEN (ARRAY['nursing', 'education', 'economics', 'administration', 'health', 'computing', 'law', 'engineering'])[1 + floor(pg_temp.draw('other ' || p.employee_id) * 8)::int]
			ELSE p.field END,
		p.appointed_on - 200
	FROM person AS p;

INSERT INTO performance (employee_id, year, rating)
	SELECT p.employee_id, extract(year FROM current_date)::int - y,
		CASE WHEN d.r < 0.03 THEN 2 WHEN d.r < 0.08 THEN 3 WHEN d.r < 0.78 THEN 4 ELSE 5 END
	FROM person AS p CROSS JOIN generate_series(1, 2) AS y
	CROSS JOIN LATERAL (SELECT pg_temp.draw('rating ' || y || ' ' || p.employee_id) AS r) AS d
	WHERE pg_temp.draw('rated ' || y || ' ' || p.employee_id) >= 0.02
		AND make_date(extract(year FROM current_date)::int - y, 12, 31) > p.appointed_on;

INSERT INTO record_check (employee_id, subject, checked_on, checked_by)
	SELECT p.employee_id, s, current_date - 60, 'Personnel Agency'
	FROM person AS p CROSS JOIN unnest('{discipline,study leave,family}'::text[]) AS s
	WHERE pg_temp.draw('check ' || s || ' ' || p.employee_id) >= 0.02;
INSERT INTO discipline (employee_id, kind, valid_from, valid_to)
	SELECT p.employee_id, CASE WHEN pg_temp.draw('what ' || p.employee_id) < 0.5 THEN 'medium sanction' ELSE 'audit finding' END, current_date - 150, current_date + 215
	FROM person AS p WHERE pg_temp.draw('discipline ' || p.employee_id) < 0.02;
INSERT INTO study_leave (employee_id, valid_from, valid_to)
	SELECT p.employee_id, current_date - 300, current_date + 430 FROM person AS p WHERE pg_temp.draw('study ' || p.employee_id) < 0.012;
INSERT INTO relation (employee_id, relative_id, kind)
	SELECT DISTINCT a.employee_id, b.employee_id, 'spouse' FROM person AS a
	JOIN person AS b ON b.employee_id = 1 + (a.employee_id * 7 + 13) % (SELECT count(*) FROM person)
	WHERE pg_temp.draw('married ' || a.employee_id) < 0.06 AND a.employee_id < b.employee_id;

ANALYZE;
-- Competencies: the occupation's level, somewhat more where it matters most, the
-- person's own strength, and chance.
INSERT INTO assessment (employee_id, competency_id, level, assessed_on, expires_on, assessor)
	SELECT p.employee_id, r.competency_id,
		round(greatest(0, least(7, r.level + 0.25 + CASE WHEN r.importance >= 4.2 THEN 0.4 ELSE 0 END + 0.30 * s.strength + 0.45 * pg_temp.normal('c ' || p.employee_id || ' ' || r.competency_id)))::numeric, 2),
		current_date - (30 + floor(pg_temp.draw('assessed ' || p.employee_id) * 600))::int,
		current_date + 700, 'Assessment Centre'
	FROM person AS p
	CROSS JOIN LATERAL (SELECT pg_temp.normal('strength ' || p.employee_id) AS strength) AS s
	JOIN onet_requirement AS r ON r.soc = p.soc
	-- some were never assessed in everything
	WHERE pg_temp.draw('gap ' || p.employee_id) >= 0.04 OR r.competency_id <= 35;

-- Work: two tasks a post, 60 and 40 percent of its hours, last year.
INSERT INTO task (post_id, name)
	SELECT p.post_id, p.task1 FROM post_occupation AS p UNION ALL SELECT p.post_id, p.task2 FROM post_occupation AS p;
INSERT INTO task_norm (task_id, norm_hours)
	SELECT t.task_id, CASE t.name WHEN p.task1 THEN p.norm1 ELSE p.norm2 END FROM task AS t JOIN post_occupation AS p USING (post_id);
INSERT INTO task_volume (task_id, period_start, volume)
	SELECT t.task_id, make_date(extract(year FROM current_date)::int - 1, 1, 1),
		round(p.seats * 1250 * l.load * (0.92 + 0.16 * pg_temp.draw('work ' || p.code))::numeric
			* CASE t.name WHEN o.task1 THEN 0.6 ELSE 0.4 END / n.norm_hours)
	FROM task AS t JOIN post_occupation AS o USING (post_id) JOIN post AS p USING (post_id) JOIN unit_load AS l USING (unit_id) JOIN task_norm AS n USING (task_id);

-- The worked example of a published regulation (Perbup Lahat, annex III): the
-- mayor's aides, six tasks, 2.256 people's work for three.
INSERT INTO unit (unit_id, parent_id, code, name, kind)
	SELECT 61, u.unit_id, 'SEC-PROT', 'Protocol Section', 'section' FROM unit AS u WHERE u.code = 'SEC';
SELECT setval(pg_get_serial_sequence('unit', 'unit_id'), (SELECT max(unit_id) FROM unit)) \g /dev/null
WITH made AS (
	INSERT INTO post (unit_id, class, seats, code, title, family, kind, min_education)
		VALUES (61, 6, 3, 'SEC-PROT-AJUDAN', 'Aide (Ajudan)', 'service', 'implementing', 3) RETURNING post_id),
work (nth, hours, volume) AS (VALUES (1, 60, 10), (2, 60, 20), (3, 10, 12), (4, 30, 15), (5, 60, 5), (6, 30, 5)),
tasks AS (INSERT INTO task (post_id, name) SELECT m.post_id, 'task ' || w.nth FROM made AS m, work AS w RETURNING task_id, name),
norms AS (INSERT INTO task_norm (task_id, norm_hours) SELECT t.task_id, w.hours FROM tasks AS t JOIN work AS w ON t.name = 'task ' || w.nth)
INSERT INTO task_volume (task_id, period_start, volume)
	SELECT t.task_id, make_date(extract(year FROM current_date)::int - 1, 1, 1), w.volume FROM tasks AS t JOIN work AS w ON t.name = 'task ' || w.nth;
WITH aides AS (
	INSERT INTO employee (name, nip, grade, grade_since)
		SELECT 'Pegawai ' || n, ('19850' || (n - 1492) || '152009011' || (n - 800))::mutasi.nip, 'II/d', current_date - 800
		FROM generate_series(1498, 1500) AS n RETURNING employee_id)
INSERT INTO incumbency (employee_id, post_id, valid_from)
	SELECT a.employee_id, p.post_id, current_date - 900 FROM aides AS a, post AS p WHERE p.code = 'SEC-PROT-AJUDAN';
