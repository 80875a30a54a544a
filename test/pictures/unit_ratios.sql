-- What a plan does to the units of the city worked through in doc/planning.md:
-- staff for each one required, before, after the plan with the highest score,
-- and after the one that balances. Read off plan_units().
\ir include/svg.psql
CREATE TEMP TABLE city_unit AS SELECT * FROM (VALUES
	(1, 'Health Centre North', 'health', 18, 26.4), (2, 'Health Centre South', 'health', 31, 24.0), (3, 'Health Centre East', 'health', 14, 21.5),
	(4, 'Hospital Pharmacy', 'health', 22, 16.2), (5, 'Primary School 1', 'school', 24, 17.8), (6, 'Primary School 2', 'school', 13, 19.1),
	(7, 'Junior School 3', 'school', 29, 22.6), (8, 'Junior School 4', 'school', 15, 20.3), (9, 'Civil Registry', 'office', 12, 21.7),
	(10, 'Tax Office', 'office', 27, 19.4), (11, 'Archives', 'office', 16, 9.8), (12, 'Permits Office', 'office', 11, 17.2)) AS v (unit_id, name, family, staff, required);
CREATE TEMP TABLE city_person AS SELECT unit_id * 100 + n AS employee_id, unit_id, family FROM city_unit, generate_series(1, staff) AS n;
CREATE TEMP TABLE city_post AS SELECT unit_id * 10 AS post_id, family, ceil(greatest(required - staff, 2))::integer AS seats, unit_id FROM city_unit;
CREATE TEMP TABLE city_pair AS
SELECT e.employee_id, p.post_id, round(CASE WHEN e.family = p.family THEN 0.6 ELSE 0.3 END + 0.4 * ('x' || left(d.hash, 4))::bit(16)::integer / 65536, 3) AS score
FROM city_person AS e JOIN city_post AS p ON p.unit_id <> e.unit_id, LATERAL (SELECT md5(e.employee_id || ' ' || p.post_id) AS hash) AS d
WHERE ('x' || right(d.hash, 2))::bit(8)::integer < CASE WHEN e.family = p.family THEN 80 ELSE 16 END;
CREATE TEMP TABLE dot AS
SELECT u.unit_id, c.name, u.ratio_before AS before, max(u.ratio_after) FILTER (WHERE o.objective = 'balance') AS balanced, max(u.ratio_after) FILTER (WHERE o.objective = 'fill_then_score') AS scored,
	row_number() OVER (ORDER BY u.ratio_before) AS row
FROM (VALUES ('balance'), ('fill_then_score')) AS o (objective),
	mutasi.plan_units(mutasi.solve_transfers('SELECT employee_id, post_id, score FROM city_pair', 'SELECT post_id, seats, unit_id FROM city_post',
		'SELECT employee_id, unit_id, greatest(0, staff - ceil(0.9 * required))::integer AS releasable FROM city_person JOIN city_unit USING (unit_id)',
		'SELECT unit_id, staff, required FROM city_unit', o.objective)) AS u
	JOIN city_unit AS c ON c.unit_id = u.unit_id
GROUP BY u.unit_id, c.name, u.ratio_before;
-- a ratio of 0.4 is at 210, 0.1 is 48 wide; rows are 30 apart
SELECT pg_temp.card(900, 150 + 30 * (SELECT count(*) FROM dot),
	'Staff for each one required, before and after',
	'plan_units(): a city of 12 units. Balancing pulls both ends towards 1; the highest score fills as many seats without looking.',
	'<circle cx="216" cy="82" r="6" fill="#ffffff" stroke="#94a3b8" stroke-width="2"/>' || pg_temp.txt(228, 86, 'before', 'n')
	|| '<circle cx="302" cy="82" r="6" fill="#0f766e"/>' || pg_temp.txt(314, 86, 'after, objective balance', 'n')
	|| '<path d="M484 76l6 6l-6 6l-6 -6z" fill="#d97706"/>' || pg_temp.txt(496, 86, 'after, objective fill_then_score', 'n') || E'\n'
	|| (SELECT string_agg(format('<path d="M%s 104V%s" stroke="%s"%s/>', 210 + 48 * t, 114 + 30 * (SELECT count(*) FROM dot), CASE t WHEN 6 THEN '#475569' ELSE '#e2e8f0' END,
				CASE t WHEN 6 THEN ' stroke-width="1.5"' ELSE '' END)
			|| pg_temp.txt(210 + 48 * t, 132 + 30 * (SELECT count(*) FROM dot), round(0.4 + t / 10.0, 1)::text, 's', 'middle'), E'\n' ORDER BY t)
		FROM generate_series(0, 13) AS t) || E'\n'
	|| (SELECT string_agg(pg_temp.txt(196, 90 + 30 * d.row, d.name, 'b', 'end')
			|| format('<path d="M%s %sH%s" stroke="#99f6e4" stroke-width="4"/>', b.x, 86 + 30 * d.row, a.x)
			|| format('<circle cx="%s" cy="%s" r="6" fill="#ffffff" stroke="#94a3b8" stroke-width="2"/>', b.x, 86 + 30 * d.row)
			|| format('<path d="M%s %sl6 6l-6 6l-6 -6z" fill="#d97706"/>', s.x, 80 + 30 * d.row)
			|| format('<circle cx="%s" cy="%s" r="6" fill="#0f766e"/>', a.x, 86 + 30 * d.row), E'\n' ORDER BY d.row)
		FROM dot AS d, LATERAL (SELECT trim_scale(round(210 + 480 * (d.before - 0.4), 1)) AS x) AS b, LATERAL (SELECT trim_scale(round(210 + 480 * (d.balanced - 0.4), 1)) AS x) AS a,
			LATERAL (SELECT trim_scale(round(210 + 480 * (d.scored - 0.4), 1)) AS x) AS s));
