-- Which version made this schema, and the small closed lists that rules and
-- views refer to. The lists are ordinary rows: an agency may add to them.

CREATE TABLE @agency@.agency_info (
	singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	version text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	upgraded_at timestamptz,
	language text NOT NULL DEFAULT 'en' CHECK (language ~ '^[a-z]{2}$')
);
COMMENT ON TABLE @agency@.agency_info IS 'Which version of mutasi made and last upgraded this schema; one row.';
COMMENT ON COLUMN @agency@.agency_info.singleton IS 'Always true: the table has one row.';
COMMENT ON COLUMN @agency@.agency_info.version IS 'Version of mutasi that the schema has.';
COMMENT ON COLUMN @agency@.agency_info.created_at IS 'When the schema was made.';
COMMENT ON COLUMN @agency@.agency_info.language IS 'Language of what rules and explanations say; see set_language().';
COMMENT ON COLUMN @agency@.agency_info.upgraded_at IS 'When upgrade_agency() last brought it to another version; NULL: never.';
INSERT INTO @agency@.agency_info (version)
	SELECT e.extversion FROM pg_extension AS e WHERE e.extname = 'mutasi';

CREATE TABLE @agency@.grade (
	grade text PRIMARY KEY,
	scheme text NOT NULL CHECK (scheme IN ('pns', 'pppk')),
	position smallint NOT NULL CHECK (position BETWEEN 1 AND 17),
	name text NOT NULL,
	UNIQUE (scheme, position)
);
COMMENT ON TABLE @agency@.grade IS 'Grades (golongan/ruang) of civil servants (PNS) and of contract employees (PPPK); comparable within a scheme only.';
COMMENT ON COLUMN @agency@.grade.grade IS 'Code: I/a to IV/e for PNS, PPPK I to PPPK XVII for contract employees.';
COMMENT ON COLUMN @agency@.grade.scheme IS 'pns or pppk.';
COMMENT ON COLUMN @agency@.grade.position IS 'Order within the scheme, 1 lowest.';
COMMENT ON COLUMN @agency@.grade.name IS 'Name of the rank (pangkat).';
INSERT INTO @agency@.grade (grade, scheme, position, name) VALUES
	('I/a', 'pns', 1, 'Juru Muda'), ('I/b', 'pns', 2, 'Juru Muda Tingkat I'),
	('I/c', 'pns', 3, 'Juru'), ('I/d', 'pns', 4, 'Juru Tingkat I'),
	('II/a', 'pns', 5, 'Pengatur Muda'), ('II/b', 'pns', 6, 'Pengatur Muda Tingkat I'),
	('II/c', 'pns', 7, 'Pengatur'), ('II/d', 'pns', 8, 'Pengatur Tingkat I'),
	('III/a', 'pns', 9, 'Penata Muda'), ('III/b', 'pns', 10, 'Penata Muda Tingkat I'),
	('III/c', 'pns', 11, 'Penata'), ('III/d', 'pns', 12, 'Penata Tingkat I'),
	('IV/a', 'pns', 13, 'Pembina'), ('IV/b', 'pns', 14, 'Pembina Tingkat I'),
	('IV/c', 'pns', 15, 'Pembina Utama Muda'), ('IV/d', 'pns', 16, 'Pembina Utama Madya'),
	('IV/e', 'pns', 17, 'Pembina Utama');
INSERT INTO @agency@.grade (grade, scheme, position, name)
	SELECT 'PPPK ' || roman, 'pppk', place, 'Golongan ' || roman
	FROM unnest('{I,II,III,IV,V,VI,VII,VIII,IX,X,XI,XII,XIII,XIV,XV,XVI,XVII}'::text[]) WITH ORDINALITY AS r (roman, place);

CREATE TABLE @agency@.post_kind (
	kind text PRIMARY KEY,
	indonesian text NOT NULL,
	level smallint NOT NULL CHECK (level BETWEEN 1 AND 20),
	managerial boolean NOT NULL,
	retirement_age smallint NOT NULL CHECK (retirement_age BETWEEN 40 AND 80)
);
COMMENT ON TABLE @agency@.post_kind IS 'Kinds of post (jenis dan jenjang jabatan, UU 20/2023) with their order and retirement age (batas usia pensiun, BUP).';
COMMENT ON COLUMN @agency@.post_kind.kind IS 'Name of the kind.';
COMMENT ON COLUMN @agency@.post_kind.indonesian IS 'The Indonesian term.';
COMMENT ON COLUMN @agency@.post_kind.level IS 'Order, 1 lowest: a move to the same level is a rotation, to a higher one a promotion, to a lower one a demotion.';
COMMENT ON COLUMN @agency@.post_kind.managerial IS 'True for posts that lead others; the election window and reporting-line rules look at it.';
COMMENT ON COLUMN @agency@.post_kind.retirement_age IS 'Age in years at which the holder retires (BUP) where the policy does not say: what the first version began with, and of kinds added later. Changed by new_policy(), setting retirement_ages. Check it against the regulation in force.';
INSERT INTO @agency@.post_kind (kind, indonesian, level, managerial, retirement_age) VALUES
	('implementing', 'pelaksana', 1, false, 58),
	('skilled beginner', 'fungsional keterampilan pemula', 2, false, 58),
	('skilled', 'fungsional keterampilan terampil', 3, false, 58),
	('skilled advanced', 'fungsional keterampilan mahir', 4, false, 58),
	('skilled senior', 'fungsional keterampilan penyelia', 5, false, 58),
	('expert first', 'fungsional keahlian ahli pertama', 5, false, 58),
	('expert young', 'fungsional keahlian ahli muda', 6, false, 58),
	('expert middle', 'fungsional keahlian ahli madya', 8, false, 60),
	('expert principal', 'fungsional keahlian ahli utama', 10, false, 65),
	('supervisor', 'pengawas', 6, true, 58),
	('administrator', 'administrator', 8, true, 58),
	('high pratama', 'pimpinan tinggi pratama', 10, true, 60),
	('high madya', 'pimpinan tinggi madya', 12, true, 60),
	('high utama', 'pimpinan tinggi utama', 14, true, 60);

CREATE TABLE @agency@.education_level (
	level smallint PRIMARY KEY CHECK (level BETWEEN 1 AND 20),
	code text NOT NULL UNIQUE,
	name text NOT NULL
);
COMMENT ON TABLE @agency@.education_level IS 'Levels of education (jenjang pendidikan) in their order, 1 lowest.';
COMMENT ON COLUMN @agency@.education_level.level IS 'Order, 1 lowest.';
COMMENT ON COLUMN @agency@.education_level.code IS 'Indonesian abbreviation.';
COMMENT ON COLUMN @agency@.education_level.name IS 'Name.';
INSERT INTO @agency@.education_level (level, code, name) VALUES
	(1, 'SD', 'primary school'), (2, 'SMP', 'junior secondary school'), (3, 'SMA', 'senior secondary school'),
	(4, 'D1', 'one-year diploma'), (5, 'D2', 'two-year diploma'), (6, 'D3', 'three-year diploma'),
	(7, 'S1', 'bachelor or four-year diploma (S1, D4)'), (8, 'S2', 'master'), (9, 'S3', 'doctorate');

CREATE TABLE @agency@.performance_rating (
	rating smallint PRIMARY KEY CHECK (rating BETWEEN 1 AND 9),
	name text NOT NULL UNIQUE,
	indonesian text NOT NULL,
	score numeric(4,3) NOT NULL CHECK (score BETWEEN 0 AND 1)
);
COMMENT ON TABLE @agency@.performance_rating IS 'Predicates of a year''s performance (predikat kinerja) with the score in [0,1] that the ranking gives them.';
COMMENT ON COLUMN @agency@.performance_rating.rating IS 'Order, 1 lowest.';
COMMENT ON COLUMN @agency@.performance_rating.name IS 'Name.';
COMMENT ON COLUMN @agency@.performance_rating.indonesian IS 'The Indonesian predicate.';
COMMENT ON COLUMN @agency@.performance_rating.score IS 'Score in [0,1] that the ranking gives it.';
INSERT INTO @agency@.performance_rating (rating, name, indonesian, score) VALUES
	(1, 'very poor', 'sangat kurang', 0.2), (2, 'poor', 'kurang', 0.4), (3, 'needs improvement', 'butuh perbaikan', 0.6),
	(4, 'good', 'baik', 0.8), (5, 'very good', 'sangat baik', 1.0);

CREATE TABLE @agency@.holiday (
	day date PRIMARY KEY,
	name text NOT NULL
);
COMMENT ON TABLE @agency@.holiday IS 'Public holidays (hari libur) besides Saturdays and Sundays; deadlines in working days skip them.';
COMMENT ON COLUMN @agency@.holiday.day IS 'Day.';
COMMENT ON COLUMN @agency@.holiday.name IS 'Name of the holiday.';
