-- composite ranking: the same rows as computing everybody, in the order of score, then id
SET search_path = public, mutasi;
SET jit = off;

-- by hand: asked {1:4}; fit 1, 0.75, 0.5, 0.25; weights 60 and 40
CREATE TABLE person (id integer, profile competency_profile, performance numeric, experience double precision, willing integer);
INSERT INTO person VALUES (1, '{1:4}', 0.10, 0.5, 0), (2, '{1:3}', 0.90, 0.5, 1), (3, '{1:2}', 1, 0.25, 1), (4, '{1:1}', 1, 1, 1),
	(5, '{1:4}', NULL, 1, 1), (6, NULL, 1, 1, 1), (8, '{1:3}', 0.90, NULL, 1), (7, '{1:3}', 0.9, 0.5, 1);
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": 60, "performance": 40}');
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": 0.6, "performance": 0.4}', 2);
-- integers and floating point; the mean of unlike weights; a component without weight is shown
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": 1, "experience": 1, "willing": 1, "performance": 0}', 4);
-- no fit at all, no other component, an empty requirement
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"performance": 1}', 4);
SELECT * FROM rank_composite('SELECT id, profile FROM person ORDER BY id DESC', '{1:4}', '{"competency": 1}', 4);
SELECT * FROM rank_composite('TABLE person;', '{}', '{"competency": 1, "willing": 2}', 3);
SELECT * FROM rank_composite('TABLE person LIMIT 0 -- nobody', '{1:4}', '{"competency": 1}');
-- other columns, and names that must be quoted, even in JSON
SELECT * FROM rank_composite('SELECT id, profile, ''x'' AS name, 1 AS "Ki""nerja\" FROM person', '{1:4}', '{"Ki\"nerja\\": 1}', 1);
-- half up at the sixth decimal: 1/3 of 1 and of 0.9999995
SELECT * FROM rank_composite('SELECT 1 AS id, ''{1:1}''::competency_profile AS profile, 0.9999995 AS a, 0.0000005 AS b', '{1:3}', '{"competency": 1, "a": 1, "b": 1}');

-- reading stops: each row's fit is 0.01 lower than the one's before
TRUNCATE person;
INSERT INTO person SELECT i, ('{1:' || 100 - i || '}')::competency_profile, i % 10 / 10.0, 0.5, 0 FROM generate_series(0, 99) AS i;
SET client_min_messages = debug1;
-- the best is id 9, 0.91 + 0.9; from id 20, fit 0.8, nobody can have more
SELECT * FROM rank_composite('TABLE person', '{1:100}', '{"competency": 1, "performance": 1}', 1);
SELECT count(*) FROM rank_composite('TABLE person', '{1:100}', '{"competency": 1}', 3);
SELECT count(*) FROM rank_composite('TABLE person', '{1:100}', '{"competency": 1, "willing": 1}', 3);
RESET client_min_messages;

-- against the definition, all of it; no difference is the only right answer
CREATE FUNCTION differences(requirement competency_requirement, weights jsonb, k integer, OUT rows bigint, OUT differ bigint) LANGUAGE sql AS $$
	WITH got AS MATERIALIZED (SELECT * FROM rank_composite('SELECT * FROM person', requirement, weights, k)),
	part AS (SELECT id, match_score(profile, requirement) AS competency, round(performance, 6) AS performance, round(experience::numeric, 6) AS experience, round(willing, 6) AS willing FROM person),
	total AS (SELECT id, (SELECT sum(w.value::numeric * CASE w.key WHEN 'competency' THEN competency WHEN 'performance' THEN performance WHEN 'experience' THEN experience ELSE willing END)
				FROM jsonb_each_text(weights) AS w) AS total,
			(SELECT sum(w.value::numeric) FROM jsonb_each_text(weights) AS w) AS whole,
			jsonb_build_object('competency', competency) || (SELECT jsonb_object_agg(w.key, CASE w.key WHEN 'competency' THEN competency WHEN 'performance' THEN performance WHEN 'experience' THEN experience ELSE willing END)
				FROM jsonb_each_text(weights) AS w) AS components
		FROM part WHERE competency IS NOT NULL AND NOT EXISTS (SELECT FROM jsonb_each_text(weights) AS w
			WHERE CASE w.key WHEN 'competency' THEN competency WHEN 'performance' THEN performance WHEN 'experience' THEN experience ELSE willing END IS NULL)),
	want AS MATERIALIZED (SELECT (row_number() OVER (ORDER BY total DESC, id))::integer, id::bigint, round(total / whole, 6), components FROM total ORDER BY 1 LIMIT k)
	SELECT (SELECT count(*) FROM got), (SELECT count(*) FROM (TABLE got EXCEPT ALL TABLE want) AS a) + (SELECT count(*) FROM (TABLE want EXCEPT ALL TABLE got) AS b)
$$;
CREATE FUNCTION all_differences(OUT lists bigint, OUT differ bigint) LANGUAGE sql AS $$
	SELECT count(*), sum(d.differ)
	FROM (VALUES ('{3:2.5, 5:4*2, 7:1}'::competency_requirement), ('{1:5, 2:5, 3:5, 4:5, 9:1*3}/0'), ('{6:1}/1'), ('{}'), ('{44:3}')) AS r(requirement),
		(VALUES ('{"competency": 1}'::jsonb), ('{"competency": 60, "performance": 40}'), ('{"performance": 0.000001, "competency": 1000}'),
			('{"competency": 0.2, "performance": 0.3, "experience": 0.123456, "willing": 1}'), ('{"willing": 1, "experience": 1}'), ('{"competency": 0, "willing": 3}')) AS w(weights),
		unnest(ARRAY[1, 10, 10000]) AS k, differences(requirement, weights, k) AS d
$$;
SELECT setseed(0.815);
TRUNCATE person;
INSERT INTO person SELECT i, (SELECT profile_agg(c, round((random() * 5)::numeric, 2)) FROM generate_series(1, 10) AS c WHERE random() < 0.6 AND i > 0),
		CASE WHEN random() < 0.9 THEN random()::numeric END, CASE WHEN random() < 0.9 THEN random() END, CASE WHEN random() < 0.9 THEN round(random()) END
	FROM generate_series(1, 400) AS i;
SELECT * FROM all_differences();
-- the same by the index
CREATE INDEX ON person USING gist (profile);
SET enable_seqscan = off; SET enable_sort = off;
SELECT * FROM all_differences();
-- ties everywhere: whole levels, few steps
UPDATE person SET profile = (SELECT profile_agg(competency, round(level / 2)) FROM profile_unnest(profile)), performance = round(performance, 1), experience = round(experience::numeric, 1), id = -id;
SELECT * FROM all_differences();
RESET enable_seqscan; RESET enable_sort;
SELECT * FROM all_differences();
-- everybody alike
UPDATE person SET profile = '{3:1}', performance = 0.5, experience = 0.25, willing = 1;
SELECT * FROM all_differences();

-- what is refused
SELECT * FROM rank_composite(NULL, '{1:4}', '{"competency": 1}');
SELECT * FROM rank_composite('TABLE person', NULL, '{"competency": 1}');
SELECT * FROM rank_composite('TABLE person', '{1:4}', NULL);
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": 1}', NULL);
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": 1}', 0);
SELECT * FROM rank_composite('TABLE person', '{1:4}', '[60, 40]');
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{}');
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": 0, "performance": 0}');
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": -1}');
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": 1000.000001}');
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": 0.0000001}');
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": 1e400}');
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": "60"}');
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": {"weight": 60}}');
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"id": 1}');
SELECT * FROM rank_composite('TABLE person', '{1:4}', (SELECT jsonb_object_agg('c' || i, 1) FROM generate_series(1, 101) AS i));
SELECT * FROM rank_composite('TABLE person', '{1:4}', '{"competency": 1, "discipline": 1}');
SELECT * FROM rank_composite('SELECT id, profile, ''1'' AS performance FROM person', '{1:4}', '{"performance": 1}');
SELECT * FROM rank_composite('SELECT id FROM person', '{1:4}', '{"competency": 1}');
SELECT * FROM rank_composite('DELETE FROM person RETURNING *', '{1:4}', '{"competency": 1}');
SELECT * FROM rank_composite('SELECT NULL::integer AS id, profile FROM person', '{1:4}', '{"competency": 1}');
SELECT * FROM rank_composite('SELECT id, profile, v AS performance FROM person, unnest(ARRAY[1.2]) AS v ORDER BY id LIMIT 1', '{1:4}', '{"performance": 1}');
SELECT v, (SELECT score FROM rank_composite('SELECT 17 AS id, ''{}''::competency_profile AS profile, ' || v || ' AS performance', '{1:4}', '{"performance": 1}'))
	FROM unnest(ARRAY['1', '0.0', '-0.0::float8', '1e-9', '0.9999999', '1::real']) AS v;
SELECT * FROM rank_composite('SELECT 17 AS id, ''{}''::competency_profile AS profile, 1.0000001 AS performance', '{1:4}', '{"performance": 1}');
SELECT * FROM rank_composite('SELECT 17 AS id, ''{}''::competency_profile AS profile, -0.0000001 AS performance', '{1:4}', '{"performance": 1}');
SELECT * FROM rank_composite('SELECT 17 AS id, ''{}''::competency_profile AS profile, ''NaN''::float8 AS performance', '{1:4}', '{"performance": 1}');
SELECT * FROM rank_composite('SELECT 17 AS id, ''{}''::competency_profile AS profile, ''Infinity''::numeric AS performance', '{1:4}', '{"performance": 1}');
SELECT * FROM rank_composite('SELECT 17 AS id, ''{}''::competency_profile AS profile, 12345678901234567890 AS performance', '{1:4}', '{"performance": 1}');
DROP TABLE person;
DROP FUNCTION differences, all_differences;
