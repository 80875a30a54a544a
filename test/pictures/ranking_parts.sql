-- The parts of the composite score of those who fit a post best, and why some
-- may not be chosen. From candidates() of a small agency.
\ir include/svg.psql
\o /dev/null
\i test/data/small_agency.sql
\o
CREATE TEMP TABLE bar AS
SELECT c.*, p.weight_competency AS wc, p.weight_performance AS wp, p.weight_qualification AS wq, p.weight_experience AS we, p.weight_balance AS wb
FROM candidates(1, 7) AS c, policy AS p WHERE p.policy_version = 1;
CREATE TEMP TABLE part AS
SELECT b.rank, v.place, v.colour, v.gain, sum(v.gain) OVER (PARTITION BY b.rank ORDER BY v.place) - v.gain AS from_
FROM bar AS b, LATERAL (VALUES
	(1, '#0f766e', b.wc * coalesce(b.competency, 0)), (2, '#d97706', b.wp * coalesce(b.performance, 0)), (3, '#4f46e5', b.wq * coalesce(b.qualification, 0)),
	(4, '#0891b2', b.we * coalesce(b.experience, 0)), (5, '#be185d', b.wb * coalesce(b.balance, 0))) AS v (place, colour, gain);
-- a score of 1 is 420 wide, beginning at 150; rows are 46 apart
SELECT pg_temp.card(900, 178 + 46 * (SELECT count(*) FROM bar),
	'Who fits best as Nurse in Health Centre 1, and why',
	'candidates(1): each part of the score times its weight in the policy. Faded: a rule holds the person back.',
	-- legend
	(SELECT string_agg(format('<rect x="%s" y="76" width="12" height="12" rx="3" fill="%s"/>', l.x, l.colour) || pg_temp.txt(l.x + 18, 86, l.name, 'n'), E'\n' ORDER BY l.x)
		FROM (SELECT 150, '#0f766e', format('competency (%s)', trim_scale(wc)) FROM bar WHERE rank = 1 UNION ALL SELECT 278, '#d97706', format('performance (%s)', trim_scale(wp)) FROM bar WHERE rank = 1
			UNION ALL SELECT 414, '#4f46e5', format('qualification (%s)', trim_scale(wq)) FROM bar WHERE rank = 1 UNION ALL SELECT 550, '#0891b2', format('experience (%s)', trim_scale(we)) FROM bar WHERE rank = 1
			UNION ALL SELECT 678, '#be185d', format('balance of units (%s)', trim_scale(wb)) FROM bar WHERE rank = 1) AS l (x, colour, name)) || E'\n'
	-- scale
	|| (SELECT string_agg(format('<path d="M%s 104V%s" stroke="#e2e8f0"/>', trim_scale(150 + 420 * t / 10.0), 112 + 46 * (SELECT count(*) FROM bar))
			|| pg_temp.txt(150 + 420 * t / 10.0, 130 + 46 * (SELECT count(*) FROM bar), trim_scale(t / 10.0)::text, 's', 'middle'), E'\n' ORDER BY t)
		FROM generate_series(0, 10, 2) AS t) || E'\n'
	-- bars
	|| (SELECT string_agg(format('<rect x="%s" y="%s" width="%s" height="22" fill="%s"%s/>', trim_scale(round(150 + 420 * p.from_, 1)), 112 + 46 * (p.rank - 1),
			trim_scale(round(420 * p.gain, 1)), p.colour, CASE WHEN b.eligible THEN '' ELSE ' opacity="0.35"' END), E'\n' ORDER BY p.rank, p.place)
		FROM part AS p JOIN bar AS b USING (rank) WHERE p.gain > 0) || E'\n'
	|| (SELECT string_agg(pg_temp.txt(138, 127 + 46 * (b.rank - 1), b.rank || '.  ' || b.name, CASE WHEN b.eligible THEN 'b' ELSE 's' END, 'end')
			|| pg_temp.txt(582, 127 + 46 * (b.rank - 1), round(b.score, 3)::text, CASE WHEN b.eligible THEN 'b' ELSE 's' END)
			|| CASE WHEN b.eligible THEN '' ELSE pg_temp.txt(150, 147 + 46 * (b.rank - 1), CASE WHEN length(b.reason) > 118 THEN left(b.reason, 116) || ' …' ELSE b.reason END, 'i') END, E'\n' ORDER BY b.rank)
		FROM bar AS b) || E'\n'
	|| pg_temp.txt(24, 160 + 46 * (SELECT count(*) FROM bar), 'Scores are exact decimals; equal ones go by seniority, then by id. why_not() tells each person what would have to change.', 's'));
