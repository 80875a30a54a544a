#!/bin/sh
# Ranking in bulk and composite ranking, beside the statements that one would
# write without them. All in one session; processor time of its backend, since
# other work on the machine makes elapsed time worthless.
#   RANK_PEOPLE="10000 100000 1000000"  sizes (1000000; 0: none)
#   RANK_DENSE="300000"                 sizes of dense people (300000; 0: none)
#   RANK_COMPOSITE=1                    composite ranking too (builds the index)
set -eu

measure() {	# PEOPLE DENSE
psql -X -q -v ON_ERROR_STOP=1 -c 'DROP SCHEMA public CASCADE' -c 'CREATE SCHEMA public' -c 'DROP EXTENSION IF EXISTS mutasi CASCADE' -c 'CREATE EXTENSION mutasi' 2>/dev/null
psql -X -q -v people="$1" -v dense_people="$2" -f test/bench/people.sql
psql -X -q -A -t -v ON_ERROR_STOP=1 -v composite="${RANK_COMPOSITE:-1}" <<'SQL'
SET search_path = public, mutasi;
SET mutasi.rank_memory = '8GB';
SET mutasi.rank_progress = 0;
SET jit = off;
SET max_parallel_workers_per_gather = 0;

-- processor time of this backend in ms, by the system's clock ticks of 10 ms
CREATE FUNCTION pg_temp.cpu() RETURNS numeric LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	field text[] := string_to_array(regexp_replace(pg_read_file('/proc/self/stat'), '^.*\) ', ''), ' ');
BEGIN
	RETURN (field[12]::numeric + field[13]::numeric) * 10;
END
$$;
CREATE FUNCTION pg_temp.cost(query text) RETURNS numeric LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	before numeric := pg_temp.cpu();
BEGIN
	EXECUTE 'SELECT count(*) FROM (' || query || ') AS q';
	RETURN pg_temp.cpu() - before;
END
$$;
CREATE FUNCTION pg_temp.report(label text, value numeric, unit text, than numeric DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT rpad(label, 62) || lpad(CASE WHEN value < 10 THEN round(value, 3) WHEN value < 100 THEN round(value, 1) ELSE round(value) END::text, 10) || ' ' || rpad(unit, 12)
		|| CASE WHEN than IS NULL OR value <= 0 THEN '' ELSE round(than / value, 1) || ' times' END
$$;

-- times_over: so many times each post, that the clock's ticks do not matter
CREATE FUNCTION pg_temp.bulk(people text, posts text, scanned integer, times_over integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
	m bigint;
	build numeric;
	cost numeric;
	scan numeric;
	sql numeric;
	wrong bigint;
	sigma numeric;
	kernel text;
	bulk text := 'SELECT * FROM rank_candidates(%L, %L, 10)';
	read_people text := format('SELECT id, profile FROM %s', people);
BEGIN
	EXECUTE format('SELECT count(*) FROM %s', people) INTO n;
	EXECUTE format('SELECT count(*) FROM %s', posts) INTO m;
	RETURN NEXT format('-- %s: %s people, %s posts, top 10', people, n, m);
	RETURN NEXT '                                                              processor time            ORDER BY takes';
	PERFORM count(*) FROM person;
	EXECUTE format('SELECT max(id) FROM %s', people);
	-- the scan, post by post, as ORDER BY profile <=> requirement, id LIMIT 10
	scan := 0;
	FOR i IN 1 .. scanned LOOP
		EXECUTE format('CREATE TEMP TABLE asked ON COMMIT DROP AS SELECT requirement FROM %s WHERE id = %s', posts, i);
		scan := scan + pg_temp.cost(format('SELECT id FROM %s ORDER BY profile <=> (SELECT requirement FROM asked), id LIMIT 10', people));
		DROP TABLE asked;
	END LOOP;
	scan := scan / scanned;
	RETURN NEXT pg_temp.report('ORDER BY profile <=> requirement, id LIMIT 10, scan', scan, 'ms a post');
	build := pg_temp.cost(format(bulk, read_people, format('SELECT * FROM %s LIMIT 0', posts)));
	RETURN NEXT pg_temp.report('rank_candidates: reading and building', build, 'ms', NULL);
	FOREACH sigma IN ARRAY ARRAY[0, 0.5, 1] LOOP
		cost := pg_temp.cost(format(bulk, read_people, format('SELECT row_number() OVER () AS id, with_surplus(requirement, %s) AS requirement FROM %s, generate_series(1, %s)', sigma, posts, times_over)));
		RETURN NEXT pg_temp.report(format('rank_candidates: surplus weight %s, besides building', sigma), (cost - build) / (m * times_over), 'ms a post', scan);
		IF sigma = 0.5 THEN
			RETURN NEXT pg_temp.report(format('rank_candidates: building included, %s posts', m * times_over), cost / (m * times_over), 'ms a post', scan);
		END IF;
	END LOOP;
	FOREACH kernel IN ARRAY ARRAY['avx2', 'sse2', 'portable'] LOOP
		PERFORM set_config('mutasi.rank_kernel', kernel, true);
		cost := pg_temp.cost(format(bulk, read_people, format('SELECT row_number() OVER () AS id, requirement FROM %s, generate_series(1, %s)', posts, times_over)));
		RETURN NEXT pg_temp.report(format('rank_candidates: loops for %s', kernel), (cost - build) / (m * times_over), 'ms a post', scan);
	END LOOP;
	PERFORM set_config('mutasi.rank_kernel', 'auto', true);
	cost := pg_temp.cost(format(bulk, read_people, format('SELECT row_number() OVER () AS id, requirement FROM %s, generate_series(1, %s)', posts, times_over)) || ' WHERE post_id < 0');
	cost := pg_temp.cost(format('SELECT * FROM rank_candidates(%L, %L, 100)', read_people, format('SELECT row_number() OVER () AS id, requirement FROM %s, generate_series(1, %s)', posts, times_over)));
	RETURN NEXT pg_temp.report('rank_candidates: top 100', (cost - build) / (m * times_over), 'ms a post', scan);
	-- exact?
	EXECUTE format($q$
		SELECT count(*) FROM rank_candidates(%L, 'SELECT * FROM %2$s WHERE id <= %3$s') AS r
		FULL JOIN (SELECT p.id AS post, b.* FROM %2$s AS p, LATERAL (
			SELECT id, profile <=> requirement AS distance, row_number() OVER (ORDER BY profile <=> requirement, id) AS nth FROM %4$s ORDER BY 2, 1 LIMIT 10) AS b
			WHERE p.id <= %3$s) AS s
		ON r.post_id = s.post AND r.rank = s.nth AND r.person_id = s.id AND r.distance = s.distance
		WHERE r.post_id IS NULL OR s.post IS NULL $q$, read_people, posts, least(scanned, 3), people) INTO wrong;
	RETURN NEXT format('rows that differ from the scan''s: %s', wrong);
	-- the opposite
	cost := pg_temp.cost(format('SELECT * FROM rank_posts(%L, %L, 10)', read_people || ' WHERE id <= 20000', format('TABLE %s', posts)));
	sql := pg_temp.cost(format('SELECT b.* FROM %s AS p, LATERAL (SELECT q.id FROM %s AS q ORDER BY p.profile <=> q.requirement, q.id LIMIT 10) AS b WHERE p.id <= 2000', people, posts));
	RETURN NEXT pg_temp.report(format('LATERAL ... ORDER BY, %s posts for each person', m), sql / least(n, 2000) * 1000, 'ms per 1000');
	RETURN NEXT pg_temp.report('rank_posts', cost / least(n, 20000) * 1000, 'ms per 1000', sql / least(n, 2000) * 1000);
END
$$;

CREATE FUNCTION pg_temp.composite() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	before numeric;
	indexed numeric;
	scanned numeric;
	asked competency_requirement;
	query text := 'SELECT id, profile, ((hashint8extended(id, 77) & 1048575) / 1048575.0)::numeric AS performance, (hashint8extended(id, 78) & 3) / 3.0 AS rank_order FROM person';
	weights jsonb := '{"competency": 60, "performance": 25, "rank_order": 15}';
BEGIN
	before := pg_temp.cpu();
	CREATE INDEX ON person USING gist (profile);
	RETURN NEXT pg_temp.report('GiST index: build', pg_temp.cpu() - before, 'ms');
	before := pg_temp.cpu();
	FOR asked IN SELECT requirement FROM post WHERE id <= 20 LOOP
		PERFORM count(*) FROM rank_composite(query, asked, weights, 10);
	END LOOP;
	indexed := (pg_temp.cpu() - before) / 20;
	before := pg_temp.cpu();
	FOR asked IN SELECT requirement FROM post WHERE id <= 2 LOOP
		PERFORM id FROM (SELECT id, 60 * match_score(profile, asked) + 25 * performance + 15 * rank_order AS total FROM (
			SELECT id, profile, ((hashint8extended(id, 77) & 1048575) / 1048575.0)::numeric AS performance, (hashint8extended(id, 78) & 3) / 3.0 AS rank_order FROM person) AS p) AS t
			ORDER BY total DESC, id LIMIT 10;
	END LOOP;
	scanned := (pg_temp.cpu() - before) / 2;
	RETURN NEXT pg_temp.report('weighted sum of everybody, ORDER BY', scanned, 'ms a post');
	RETURN NEXT pg_temp.report('rank_composite over the index', indexed, 'ms a post', scanned);
END
$$;

SELECT count(*) > 0 AS sparse FROM person \gset
SELECT count(*) > 0 AS dense FROM dense_person \gset
\if :sparse
SELECT pg_temp.bulk('person', 'post', 3, 10);
\if :composite
SELECT pg_temp.composite();
\endif
\endif
\if :dense
SELECT pg_temp.bulk('dense_person', 'dense_post', 3, 1);
\endif
SQL
echo
}

for people in ${RANK_PEOPLE:-1000000}; do [ "$people" = 0 ] || measure "$people" 0; done
for people in ${RANK_DENSE:-300000}; do [ "$people" = 0 ] || RANK_COMPOSITE=0 measure 0 "$people"; done
