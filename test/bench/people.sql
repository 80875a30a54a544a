-- People and posts to measure with. Run by psql from the root of the tree, in a
-- database with the extension:
--
--   psql -v people=1000000 -v posts=200 -v dense_people=300000 -f test/bench/people.sql
--
--   people         sparse people (1000000; 0: none)
--   posts          posts of each sort (200)
--   dense_people   dense people (0: none)
--   holdings       1 for the normalised table beside the profiles (0)
--
-- Everything is a function of a row's number and of hashes of it, so person 17 is
-- the same among 10,000 and among 5,000,000, on every machine and in every plan.
--
-- Sparse people: 60 job families, the sizes of which fall off like Zipf's law
-- (the largest has 8 % of the people, the smallest 0.8 %). Everybody holds the 9
-- core competencies (1 to 9); about 8.5 of the 30 technical ones of the family
-- (family * 30 + 100 onward), the first of each three more often than the third;
-- and 3 of 60 general ones (10 to 69). That makes 20.5. Levels, in steps of 0.25
-- up to 5, follow the person's seniority, so they go up and down together.
-- A post asks the 9 core competencies and 4 to 8 technical ones of one family,
-- the first of them mandatory.
--
-- Dense people: everybody holds all 68 of O*NET's skills and knowledge, at the
-- levels of one of its 879 occupations, more or less by seniority and a bit by
-- chance. Their posts ask what O*NET's occupations do, with the importance as weight.
\set ON_ERROR_STOP 1
\if :{?people} \else \set people 1000000 \endif
\if :{?posts} \else \set posts 200 \endif
\if :{?dense_people} \else \set dense_people 0 \endif
\if :{?holdings} \else \set holdings 0 \endif

-- n uniform in [0, 1), the same for the same arguments for ever
CREATE FUNCTION pg_temp.uniform(n bigint, seed bigint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN (hashint8extended(n, seed) & 16777215) / 16777216.0::float8;

SELECT array_agg(share ORDER BY family) AS shares FROM (
	SELECT family, sum(power(family, -0.55)) OVER (ORDER BY family) / sum(power(family, -0.55)) OVER () AS share
	FROM generate_series(1, 60) AS family) AS f WHERE family < 60 \gset

CREATE TABLE person (id bigint NOT NULL, profile mutasi.competency_profile NOT NULL);
INSERT INTO person
	SELECT p.id, (
		SELECT mutasi.profile_agg(h.competency, (round(greatest(0.25, least(5,
				p.seniority + (CASE WHEN h.competency > 99 THEN 0.6 ELSE 0.2 END)
				+ 1.2 * (pg_temp.uniform(p.id * 32 + h.slot, 5) + pg_temp.uniform(p.id * 32 + h.slot, 6) - 1))) * 4) / 4)::numeric)
		FROM (
			SELECT slot, slot AS competency FROM generate_series(1, 9) AS slot
			UNION ALL
			SELECT 10 + slot, 70 + p.family * 30 + slot * 3 + (CASE WHEN u < 0.55 THEN 0 WHEN u < 0.85 THEN 1 ELSE 2 END)
			FROM generate_series(0, 9) AS slot, LATERAL (SELECT pg_temp.uniform(p.id * 32 + slot, 3) AS u) AS r
			WHERE pg_temp.uniform(p.id * 32 + slot, 4) < 0.85
			UNION ALL
			SELECT 20 + slot, 10 + slot * 15 + floor(15 * power(pg_temp.uniform(p.id * 32 + slot, 7), 1.5))::integer
			FROM generate_series(0, 3) AS slot
			WHERE pg_temp.uniform(p.id * 32 + slot, 8) < 0.75) AS h)
	FROM (
		SELECT id, width_bucket(pg_temp.uniform(id, 1), :'shares'::float8[]) + 1 AS family,
			1.2 + 2.6 * pg_temp.uniform(id, 2) AS seniority
		FROM generate_series(1, :people::bigint) AS id) AS p;
CREATE TABLE post (id bigint NOT NULL, requirement mutasi.competency_requirement NOT NULL);
INSERT INTO post
	SELECT p.id, (
		SELECT mutasi.requirement_agg(h.competency, (round(greatest(1, least(4.5,
				p.grade + 1.5 * (pg_temp.uniform(p.id * 32 + h.slot, 15) - 0.5))) * 2) / 2)::numeric, h.weight, NULL, h.slot = h.first)
		FROM (
			SELECT slot, slot AS competency, 1::numeric AS weight, 0 AS first FROM generate_series(1, 9) AS slot
			UNION ALL
			SELECT t.*, min(slot) OVER () FROM (
				SELECT 10 + slot AS slot, 70 + p.family * 30 + slot * 3 + floor(2.2 * pg_temp.uniform(p.id * 32 + slot, 13))::integer,
					1 + floor(2 * pg_temp.uniform(p.id * 32 + slot, 14))::numeric
				FROM generate_series(0, 9) AS slot
				ORDER BY pg_temp.uniform(p.id * 32 + slot, 16)
				LIMIT p.technical) AS t) AS h)
	FROM (
		SELECT id, width_bucket(pg_temp.uniform(id, 11), :'shares'::float8[]) + 1 AS family,
			1.8 + 2.2 * pg_temp.uniform(id, 12) AS grade, 4 + floor(5 * pg_temp.uniform(id, 17))::integer AS technical
		FROM generate_series(1, :posts::bigint) AS id) AS p;

CREATE TABLE onet_requirement (soc_code text, competency integer, level numeric, importance numeric);
\copy onet_requirement FROM 'test/data/onet/requirement.tsv' WITH (FORMAT csv, HEADER, DELIMITER E'\t')
CREATE TABLE dense_person (id bigint NOT NULL, profile mutasi.competency_profile NOT NULL);
-- an occupation's levels as one array, so that a person is made from one row
CREATE TEMP TABLE onet_occupation AS
	SELECT row_number() OVER (ORDER BY soc_code) - 1 AS occupation, array_agg(competency ORDER BY competency) AS competencies,
		array_agg(level::float8 ORDER BY competency) AS levels
	FROM onet_requirement GROUP BY soc_code;
ANALYZE onet_occupation;
INSERT INTO dense_person
	SELECT p.id, mutasi.profile(o.competencies, ARRAY(
		SELECT round(100 * greatest(0, least(7, l.level * p.seniority
			+ 0.8 * (pg_temp.uniform(p.id * 128 + l.nth, 25) + pg_temp.uniform(p.id * 128 + l.nth, 26) - 1))))::integer::numeric / 100
		FROM unnest(o.levels) WITH ORDINALITY AS l(level, nth) ORDER BY l.nth))
	FROM (
		SELECT id, floor((SELECT count(*) FROM onet_occupation) * power(pg_temp.uniform(id, 21), 1.5))::bigint AS occupation,
			0.7 + 0.5 * pg_temp.uniform(id, 22) AS seniority
		FROM generate_series(1, :dense_people::bigint) AS id) AS p
	JOIN onet_occupation AS o USING (occupation);
CREATE TABLE dense_post (id bigint NOT NULL, requirement mutasi.competency_requirement NOT NULL);
INSERT INTO dense_post
	SELECT nth, requirement FROM (
		SELECT row_number() OVER (ORDER BY pg_temp.uniform(n, 31)) AS nth, requirement FROM (
			SELECT row_number() OVER (ORDER BY soc_code) AS n, mutasi.requirement_agg(competency, level, importance) AS requirement
			FROM onet_requirement WHERE level > 0 GROUP BY soc_code) AS o) AS o
	WHERE nth <= :posts;

-- the normalised table that an agency has without the extension
CREATE TABLE holding (person_id bigint NOT NULL, competency integer NOT NULL, level numeric(5, 2) NOT NULL);
\if :holdings
INSERT INTO holding SELECT p.id, h.competency, h.level FROM person AS p, mutasi.profile_unnest(p.profile) AS h;
\endif
VACUUM (ANALYZE, FREEZE) person, post, dense_person, dense_post, holding;
