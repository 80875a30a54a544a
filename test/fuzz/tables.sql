-- An agency with people and cases, and tables full of the extension's types, for
-- sqlsmith to draw from.
\ir ../data/small_agency.sql
INSERT INTO transfer (employee_id, to_post_id, reason, effective_on) VALUES (2, 1, 'PKM1 lacks nurses', current_date), (3, 1, 'the same', current_date);
UPDATE transfer SET state = 'submitted' WHERE transfer_id = 1;
RESET search_path;
CREATE TABLE public.person (
	id int PRIMARY KEY,
	nip mutasi.nip,
	profile mutasi.competency_profile,
	since date
);
CREATE TABLE public.post (
	id int PRIMARY KEY,
	title text,
	requirement mutasi.competency_requirement,
	seats int
);
INSERT INTO public.person
SELECT i, (198501012010011000 + i % 999 + 1)::text::mutasi.nip,
	(SELECT mutasi.profile_agg(1 + (i * 7 + c * 13) % 40, ((i + c) % 6)::numeric) FROM generate_series(1, 5) AS c),
	'2015-01-01'::date + i
FROM generate_series(1, 300) AS i;
INSERT INTO public.post
SELECT i, 'post ' || i,
	(SELECT mutasi.requirement_agg(1 + (i * 7 + c * 13) % 40, 1 + (i + c) % 5, 1, 'core', c = 1) FROM generate_series(1, 5) AS c), i % 4
FROM generate_series(1, 60) AS i;
CREATE INDEX ON public.person USING gist (profile);
CREATE INDEX ON public.person USING gin (profile);
CREATE INDEX ON public.person USING hash (profile);
ANALYZE;
