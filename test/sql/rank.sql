-- ranking in bulk: the same rows as ORDER BY profile <=> requirement, id LIMIT k, for each post; and the opposite
SET search_path = public, mutasi;
SET jit = off;
\getenv abs_srcdir PG_ABS_SRCDIR

-- by hand: {1:3, 7:4*2} asks 11; ties by id
CREATE TABLE person (id bigint, profile competency_profile);
CREATE TABLE post (id bigint, requirement competency_requirement);
INSERT INTO person VALUES (3, '{1:3, 7:4}'), (1, '{1:2, 7:4}'), (2, '{1:3, 7:5}'), (9, NULL), (4, '{}');
INSERT INTO post VALUES (20, '{1:3, 7:4*2!}'), (10, '{}'), (30, NULL), (40, '{5:1!}');
SELECT * FROM rank_candidates('TABLE person', 'TABLE post', 3);
SELECT * FROM rank_candidates('TABLE person', 'TABLE post', only_meeting => true);
SELECT * FROM rank_posts('TABLE person', 'TABLE post', 2);
SELECT * FROM rank_posts('TABLE person', 'TABLE post', only_meeting => true);
-- more columns than needed do no harm, and any integer will do as id
SELECT * FROM rank_candidates('SELECT ''x'' AS name, profile, id::smallint FROM person', 'SELECT id::integer, 1 AS seats, requirement FROM post WHERE id = 20', 1);
CREATE DOMAIN known_profile AS competency_profile NOT NULL;
SELECT * FROM rank_candidates('SELECT id, profile::known_profile FROM person WHERE profile IS NOT NULL', 'TABLE post -- all of them', 1);
SELECT * FROM rank_candidates('TABLE person;', 'TABLE post LIMIT 0');
SELECT * FROM rank_candidates('TABLE person LIMIT 0', 'TABLE post');
SELECT * FROM rank_posts('TABLE person', 'TABLE post LIMIT 0');
SELECT * FROM rank_posts('TABLE person LIMIT 0', 'TABLE post');

-- What the functions give against what is defined, both ways; no difference is the only right answer.
CREATE FUNCTION differences(k integer, meeting boolean DEFAULT false, OUT rows bigint, OUT differ bigint) LANGUAGE sql AS $$
	WITH got AS MATERIALIZED (SELECT * FROM rank_candidates('SELECT id, profile FROM person', 'SELECT id, requirement FROM post', k, meeting)),
	want AS MATERIALIZED (
		SELECT post.id, (row_number() OVER (PARTITION BY post.id ORDER BY best.distance, best.id))::integer,
			best.id AS person, match_score(best.profile, requirement), best.distance
		FROM post, LATERAL (SELECT person.id, profile, profile <=> requirement AS distance FROM person
			WHERE profile IS NOT NULL AND (NOT meeting OR profile @> requirement) ORDER BY 3, 1 LIMIT k) AS best
		WHERE requirement IS NOT NULL)
	SELECT (SELECT count(*) FROM got), (SELECT count(*) FROM (TABLE got EXCEPT ALL TABLE want) AS a) + (SELECT count(*) FROM (TABLE want EXCEPT ALL TABLE got) AS b)
$$;
CREATE FUNCTION differences_opposite(k integer, meeting boolean DEFAULT false, OUT rows bigint, OUT differ bigint) LANGUAGE sql AS $$
	WITH got AS MATERIALIZED (SELECT * FROM rank_posts('SELECT id, profile FROM person WHERE id % 7 = 0', 'SELECT id, requirement FROM post', k, meeting)),
	want AS MATERIALIZED (
		SELECT person.id, (row_number() OVER (PARTITION BY person.id ORDER BY best.distance, best.id))::integer,
			best.id AS post, match_score(profile, best.requirement), best.distance
		FROM person, LATERAL (SELECT post.id, requirement, profile <=> requirement AS distance FROM post
			WHERE requirement IS NOT NULL AND (NOT meeting OR profile @> requirement) ORDER BY 3, 1 LIMIT k) AS best
		WHERE profile IS NOT NULL AND person.id % 7 = 0)
	SELECT (SELECT count(*) FROM got), (SELECT count(*) FROM (TABLE got EXCEPT ALL TABLE want) AS a) + (SELECT count(*) FROM (TABLE want EXCEPT ALL TABLE got) AS b)
$$;
CREATE FUNCTION all_differences(data text, largest integer DEFAULT 1000000, OUT lists text, OUT differ bigint) LANGUAGE sql AS $$
	SELECT data || ': ' || count(*), sum(d.differ) FROM unnest(ARRAY[1, 10, largest]) AS k, unnest(ARRAY[false, true]) AS meeting, LATERAL (
		SELECT * FROM differences(k, meeting) UNION ALL SELECT * FROM differences_opposite(k, meeting)) AS d
$$;
-- posts that ask for competencies of the people at hand, of every kind
CREATE FUNCTION make_posts(n integer, most integer, highest numeric DEFAULT 5) RETURNS void LANGUAGE sql AS $$
	TRUNCATE post;
	INSERT INTO post SELECT i, with_surplus(coalesce((
			SELECT requirement_agg(competency, greatest(0.01, round((random() * highest)::numeric, 2)),
				CASE WHEN i % 3 = 0 THEN 1 WHEN i % 3 = 1 THEN ceil(random() * 3)::numeric ELSE round((random() * 99)::numeric, 2) + 0.01 END,
				NULL, random() < 0.15)
			FROM (SELECT DISTINCT u.competency FROM (SELECT profile FROM person WHERE profile IS NOT NULL ORDER BY random() LIMIT 8) AS p, profile_unnest(profile) AS u) AS c
			WHERE random() < (random() + i % 5) / 5 * most / 20 AND i > 0), '{}'),
		CASE i % 5 WHEN 0 THEN 0 WHEN 1 THEN 0.25 WHEN 2 THEN 0.5 WHEN 3 THEN 1 ELSE round(random()::numeric, 2) END)
	FROM generate_series(1, n) AS i
$$;
SELECT setseed(0.4711);

TRUNCATE person; TRUNCATE post;
INSERT INTO person VALUES (1, '{}'); INSERT INTO post VALUES (1, '{1:1}'), (2, '{}');
SELECT * FROM all_differences('one who holds nothing');
TRUNCATE person;
INSERT INTO person SELECT i, ('{5:' || i % 6 || '}')::competency_profile FROM generate_series(1, 500) AS i;
TRUNCATE post;
INSERT INTO post SELECT i, ('{5:' || i || '}/' || i / 5.0)::competency_requirement FROM generate_series(1, 5) AS i;
SELECT * FROM all_differences('a single competency');

TRUNCATE person;
INSERT INTO person SELECT i, CASE WHEN i % 50 > 0 THEN coalesce((SELECT profile_agg(c, round((random() * 5)::numeric, 2)) FROM generate_series(1, 30) AS c WHERE random() < 0.5 AND i > 0), '{}') END
	FROM generate_series(800, 1, -1) AS i;
SELECT make_posts(15, 12);
SELECT * FROM all_differences('random');
-- whole and half levels, negative ids
UPDATE person SET id = -id, profile = (SELECT profile_agg(competency, round(level * 2) / 2) FROM profile_unnest(profile));
SELECT * FROM all_differences('random, half levels');

-- some competencies everybody holds, others almost nobody; more than one chunk of posting lists
CREATE TABLE skewed AS
	SELECT i AS id, (SELECT profile_agg(c, l) FROM (
			SELECT c, round((random() * 5)::numeric, i % 3) AS l FROM (SELECT DISTINCT floor(power(3000, random()))::integer AS c FROM generate_series(1, 12) WHERE i > 0) AS d) AS h) AS profile
	FROM generate_series(1, 34000) AS i;
TRUNCATE person; INSERT INTO person SELECT * FROM skewed;
SELECT make_posts(6, 10);
INSERT INTO post VALUES (101, '{1:3}'), (102, '{2999:3}'), (103, '{1:5, 2998:4!}/1'), (104, '{4000:2, 2:3}/0'), (105, '{4000:2!, 2:3}'), (106, '{2000:4, 2001:4!, 2002:3, 2003:1, 2004:5}/0.25');
SELECT 'skewed' AS data, k, meeting, d.differ FROM (VALUES (1, false), (10, true), (1000, false)) AS v(k, meeting), differences(k, meeting) AS d;
-- the loops of all machines give the same
SET mutasi.rank_kernel = portable;
SELECT differ FROM differences(10);
SET mutasi.rank_kernel = sse2;
SELECT differ FROM differences(10);
RESET mutasi.rank_kernel;
-- what the order of reading is does not matter
CREATE TEMP TABLE once AS SELECT * FROM rank_candidates('SELECT * FROM person ORDER BY id', 'TABLE post', 20);
CREATE TEMP TABLE again AS SELECT * FROM rank_candidates('SELECT * FROM person ORDER BY id DESC', 'TABLE post ORDER BY id DESC', 20);
SELECT count(*) FROM (TABLE once EXCEPT ALL TABLE again) AS d;

-- the same profiles over and over
TRUNCATE person; INSERT INTO person SELECT i, profile FROM generate_series(1, 5000) AS i JOIN skewed ON skewed.id = (i * 7919) % 20 + 1;
SELECT make_posts(8, 8);
SELECT * FROM all_differences('duplicates', 300);

-- levels from one end to the other, and weights
TRUNCATE person;
INSERT INTO person SELECT i, (SELECT profile_agg(c, round((power(random(), c) * 655.35)::numeric, 2)) FROM generate_series(1, 8) AS c WHERE random() < 0.8 AND i > 0) FROM generate_series(1, 5000) AS i;
SELECT make_posts(6, 20, 655.35);
INSERT INTO post VALUES (101, '{1:655.35*100, 2:0.01*0.01, 3:655.35}'), (102, '{1:0.01*100, 8:0.01*0.01}/1'), (103, '{4:655.35!, 5:0.01!}'), (104, '{9:655.35*100, 6:1*0.01}/1');
SELECT * FROM all_differences('extremes', 100);
SET mutasi.rank_kernel = portable;
SELECT differ FROM differences(10);
RESET mutasi.rank_kernel;

-- O*NET: people near the occupations, posts as the occupations ask; everybody holds everything
CREATE TABLE onet (soc_code text, competency integer, level numeric, importance numeric);
\set file :abs_srcdir '/data/onet/requirement.tsv'
COPY onet FROM :'file' WITH (FORMAT csv, HEADER, DELIMITER E'\t');
CREATE TABLE occupation AS SELECT row_number() OVER (ORDER BY soc_code) AS id, profile_agg(competency, level) AS profile,
		requirement_agg(competency, greatest(level, 0.01), importance) AS requirement
	FROM onet GROUP BY soc_code;
TRUNCATE person; TRUNCATE post;
INSERT INTO person SELECT i, (SELECT profile_agg(competency, round(greatest(0, level + (random() + random() - 1))::numeric, 2)) FROM profile_unnest(profile))
	FROM generate_series(1, 4500) AS i JOIN occupation ON id = i % 879 + 1;
INSERT INTO post SELECT id, with_surplus(requirement, (id % 5) / 4.0) FROM occupation WHERE id % 150 = 0;
SELECT * FROM all_differences('O*NET', 50);
-- occupations for occupations
TRUNCATE person; TRUNCATE post;
INSERT INTO person SELECT id, profile FROM occupation;
INSERT INTO post SELECT id, requirement FROM occupation WHERE id % 10 = 0;
SELECT rows, differ FROM differences(10);

-- a thousand competencies each; requirements of 200, of 1,000, of 10,000
TRUNCATE person; TRUNCATE post;
INSERT INTO person SELECT i, profile(array_agg(c), array_agg(round(((hashint8extended(c * 1000 + i, 1) & 1023) / 200.0)::numeric, 2))) FROM generate_series(1, 1100) AS i, generate_series(1, 1000) AS c GROUP BY i;
INSERT INTO post SELECT n, (SELECT requirement_agg(c * (1000 / least(n, 1000)), round(((hashint8extended(c, n) & 1023) / 200.0 + 0.01)::numeric, 2)) FROM generate_series(1, n) AS c)
	FROM unnest(ARRAY[1, 8, 200, 1000, 10000]) AS n;
SELECT 'a thousand' AS data, k, d.* FROM unnest(ARRAY[10, 10000]) AS k, differences(k) AS d;
SELECT * FROM differences_opposite(3);
-- in posting lists as well: each competency is held by one in ten
UPDATE person SET profile = (SELECT profile_agg(competency, level) FROM profile_unnest(profile) WHERE (competency + id) % 10 = 0);
SELECT 'a thousand, sparse' AS data, k, d.* FROM unnest(ARRAY[10, 10000]) AS k, differences(k) AS d;

-- what is refused
\set VERBOSITY default
SELECT * FROM rank_candidates(NULL, 'TABLE post');
SELECT * FROM rank_candidates('TABLE person', NULL);
SELECT * FROM rank_candidates('TABLE person', 'TABLE post', 0);
SELECT * FROM rank_candidates('TABLE person', 'TABLE post', NULL);
SELECT * FROM rank_candidates('', 'TABLE post');
SELECT * FROM rank_candidates('SELECT 1; SELECT 2', 'TABLE post');
SELECT * FROM rank_candidates('CREATE TABLE person_2 ()', 'TABLE post');
SELECT * FROM rank_candidates('INSERT INTO person VALUES (0, NULL) RETURNING *', 'TABLE post');
SELECT * FROM rank_candidates('WITH gone AS (DELETE FROM person RETURNING *) TABLE gone', 'TABLE post');
SELECT * FROM rank_candidates('SELECT id AS person_id, profile FROM person', 'TABLE post');
SELECT * FROM rank_candidates('TABLE person LIMIT 0', 'SELECT id, requirement AS "Requirement" FROM post LIMIT 0');
SELECT * FROM rank_candidates('SELECT id, id, profile FROM person', 'TABLE post');
SELECT * FROM rank_candidates('SELECT id::text, profile FROM person LIMIT 0', 'TABLE post');
SELECT * FROM rank_candidates('SELECT id, profile::text FROM person LIMIT 0', 'TABLE post');
SELECT * FROM rank_candidates('TABLE person LIMIT 0', 'SELECT id, ''{1:1}'' AS requirement FROM post');
SELECT * FROM rank_posts('TABLE person LIMIT 0', 'SELECT id, NULL AS requirement FROM post');
SELECT * FROM rank_candidates('SELECT * FROM nowhere', 'TABLE post');
SELECT * FROM rank_candidates('SELECT nullif(id, 2) AS id, profile FROM person ORDER BY person.id', 'TABLE post');
SELECT * FROM rank_candidates('TABLE person', 'SELECT NULL::integer AS id, requirement FROM post');
SELECT * FROM rank_posts('SELECT NULL::bigint AS id, profile FROM person', 'TABLE post');
SELECT * FROM rank_candidates('TABLE person UNION ALL SELECT id + 17, profile FROM person', 'TABLE post');
SELECT * FROM rank_candidates('TABLE person', 'SELECT 5 AS id, requirement FROM post');
SELECT * FROM rank_posts('SELECT 5 AS id, profile FROM person', 'TABLE post');
SELECT * FROM rank_posts('TABLE person', 'SELECT 5 AS id, requirement FROM post');
-- memory is counted before it is taken
SET mutasi.rank_memory = '256kB';
\set VERBOSITY terse
SELECT * FROM rank_candidates('TABLE person', 'TABLE post');
SELECT * FROM rank_posts('TABLE person', 'TABLE post');
SELECT * FROM rank_candidates('SELECT * FROM person WHERE id <= 10', 'SELECT id, requirement FROM post WHERE id < 10', 1);
RESET mutasi.rank_memory;
-- its words differ by version
\set VERBOSITY sqlstate
SET mutasi.rank_memory = '1kB';
\set VERBOSITY terse
-- cancelled in the middle
CREATE FUNCTION cancelled(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'finished';
EXCEPTION WHEN query_canceled THEN
	RETURN 'cancelled';
END
$$;
SET statement_timeout = '200ms';
SELECT cancelled('SELECT count(*) FROM rank_candidates(''SELECT g AS id, profile FROM generate_series(1, 2000000) AS g, (SELECT profile FROM skewed LIMIT 1) AS p'', ''TABLE post'')');
RESET statement_timeout;
-- one who may not read the table may not rank it
CREATE ROLE regress_rank_reader;
GRANT SELECT ON post TO regress_rank_reader;
GRANT USAGE ON SCHEMA public TO regress_rank_reader;
SET ROLE regress_rank_reader;
SELECT * FROM rank_candidates('TABLE person', 'TABLE post');
RESET ROLE;
DROP OWNED BY regress_rank_reader;
DROP ROLE regress_rank_reader;
-- says of itself what it is
SELECT proname, provolatile, proparallel, prosecdef, proconfig FROM pg_proc WHERE pronamespace = 'mutasi'::regnamespace AND proname IN ('rank_candidates', 'rank_posts') ORDER BY 1;
DROP TABLE person, post, skewed, onet, occupation, once, again;
DROP FUNCTION differences, differences_opposite, all_differences, make_posts, cancelled;
DROP DOMAIN known_profile;
