-- Profile matching (GAP method): the gap of each competency is turned into a
-- value by a table, core and secondary competencies are averaged apart, and the
-- two averages are weighed against each other.

CREATE TABLE mutasi.gap_table (
	name text PRIMARY KEY CHECK (name OPERATOR(pg_catalog.<>) ''),
	outside text NOT NULL DEFAULT 'error'
		CHECK (outside OPERATOR(pg_catalog.=) 'error' OR outside OPERATOR(pg_catalog.=) 'end_value'),
	between_rows text NOT NULL DEFAULT 'error'
		CHECK (between_rows OPERATOR(pg_catalog.=) 'error' OR between_rows OPERATOR(pg_catalog.=) 'linear'),
	averages text NOT NULL DEFAULT 'plain'
		CHECK (averages OPERATOR(pg_catalog.=) 'plain' OR averages OPERATOR(pg_catalog.=) 'weighted'),
	source text,
	shipped boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE mutasi.gap_table IS
	'Gap tables of profile_matching(), their rows being in mutasi.gap_value. An agency adds tables under names of its own; pg_dump keeps them.';
COMMENT ON COLUMN mutasi.gap_table.name IS 'Name of the table.';
COMMENT ON COLUMN mutasi.gap_table.outside IS 'A gap below the lowest or above the highest row: error, or end_value for that row''s value.';
COMMENT ON COLUMN mutasi.gap_table.between_rows IS 'A gap between two rows: error, or linear for the straight line between their values.';
COMMENT ON COLUMN mutasi.gap_table.averages IS 'How values are averaged: plain, or weighted by the requirement''s weights.';
COMMENT ON COLUMN mutasi.gap_table.source IS 'Where the table is published.';
COMMENT ON COLUMN mutasi.gap_table.shipped IS 'True for the rows that come with the extension.';
GRANT SELECT ON mutasi.gap_table TO PUBLIC;

CREATE TABLE mutasi.gap_value (
	gap_table text NOT NULL REFERENCES mutasi.gap_table (name) ON UPDATE CASCADE ON DELETE CASCADE,
	gap numeric(6,2) NOT NULL CHECK (gap OPERATOR(pg_catalog.<) 'Infinity'),
	core_value numeric(8,4) NOT NULL CHECK (core_value OPERATOR(pg_catalog.>=) 0 AND core_value OPERATOR(pg_catalog.<) 'Infinity'),
	secondary_value numeric(8,4) NOT NULL CHECK (secondary_value OPERATOR(pg_catalog.>=) 0 AND secondary_value OPERATOR(pg_catalog.<) 'Infinity'),
	shipped boolean NOT NULL DEFAULT false,
	PRIMARY KEY (gap_table, gap)
);
COMMENT ON TABLE mutasi.gap_value IS 'The rows of the gap tables: what a gap is worth.';
COMMENT ON COLUMN mutasi.gap_value.gap_table IS 'The gap table.';
COMMENT ON COLUMN mutasi.gap_value.gap IS 'Held level - required level.';
COMMENT ON COLUMN mutasi.gap_value.core_value IS 'What the gap is worth for a core competency.';
COMMENT ON COLUMN mutasi.gap_value.secondary_value IS 'What the gap is worth for a secondary competency; the published tables make no difference.';
COMMENT ON COLUMN mutasi.gap_value.shipped IS 'True for the rows that come with the extension.';
GRANT SELECT ON mutasi.gap_value TO PUBLIC;

INSERT INTO mutasi.gap_table (name, outside, source, shipped) VALUES
	('classic', 'error', 'the classic table of the profile matching literature', true),
	('classic_end_value', 'end_value', 'the classic table; gaps beyond 4 count as 4', true);
INSERT INTO mutasi.gap_value (gap_table, gap, core_value, secondary_value, shipped)
	SELECT t.name, v.gap, v.value, v.value, true
	FROM (VALUES ('classic'), ('classic_end_value')) AS t(name),
		(VALUES (0, 5), (1, 4.5), (-1, 4), (2, 3.5), (-2, 3), (3, 2.5), (-3, 2), (4, 1.5), (-4, 1)) AS v(gap, value);

CREATE TRIGGER keep_shipped BEFORE INSERT OR UPDATE OR DELETE ON mutasi.gap_table
	FOR EACH ROW EXECUTE FUNCTION mutasi.keep_shipped('name');
COMMENT ON TRIGGER keep_shipped ON mutasi.gap_table IS 'Shipped rows stand as they are published.';
CREATE TRIGGER keep_shipped_truncate BEFORE TRUNCATE ON mutasi.gap_table
	FOR EACH STATEMENT EXECUTE FUNCTION mutasi.keep_shipped('name');
COMMENT ON TRIGGER keep_shipped_truncate ON mutasi.gap_table IS 'Shipped rows stand as they are published.';
CREATE TRIGGER keep_shipped BEFORE INSERT OR UPDATE OR DELETE ON mutasi.gap_value
	FOR EACH ROW EXECUTE FUNCTION mutasi.keep_shipped('gap_table');
COMMENT ON TRIGGER keep_shipped ON mutasi.gap_value IS 'Shipped rows stand as they are published.';
CREATE TRIGGER keep_shipped_truncate BEFORE TRUNCATE ON mutasi.gap_value
	FOR EACH STATEMENT EXECUTE FUNCTION mutasi.keep_shipped('gap_table');
COMMENT ON TRIGGER keep_shipped_truncate ON mutasi.gap_value IS 'Shipped rows stand as they are published.';
SELECT pg_catalog.pg_extension_config_dump('mutasi.gap_table', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('mutasi.gap_value', 'WHERE NOT shipped');

CREATE FUNCTION mutasi.profile_matching_explain(profile mutasi.competency_profile, requirement mutasi.competency_requirement,
		gap_table text DEFAULT 'classic')
	RETURNS TABLE (competency integer, required numeric, held numeric, gap numeric, kind text, weight numeric, value numeric, note text)
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 20 SET search_path = pg_catalog, pg_temp
	AS $$
#variable_conflict use_column
DECLARE
	rule mutasi.gap_table;
BEGIN
	SELECT t.* INTO rule FROM mutasi.gap_table AS t WHERE t.name = profile_matching_explain.gap_table;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('22023', 'no gap table "%1"', ARRAY[profile_matching_explain.gap_table],
			hint => 'The tables are rows of mutasi.gap_table and mutasi.gap_value; an agency may add its own.');
	END IF;
	-- the nearest rows on either side; the same row where the gap is in the table
	RETURN QUERY
	SELECT u.competency, u.level, h.held, h.held - u.level, u.kind, u.weight,
		trim_scale(CASE WHEN s.lower_gap = s.upper_gap THEN s.lower_value
			WHEN s.lower_gap < s.upper_gap AND rule.between_rows = 'linear' THEN
				s.lower_value + (s.upper_value - s.lower_value) * (h.held - u.level - s.lower_gap) / (s.upper_gap - s.lower_gap)
			WHEN (s.lower_gap IS NULL OR s.upper_gap IS NULL) AND rule.outside = 'end_value' THEN
				coalesce(s.lower_value, s.upper_value)
		END),
		CASE WHEN h.held IS NULL THEN 'not assessed'
			WHEN s.lower_gap = s.upper_gap THEN NULL
			WHEN s.lower_gap < s.upper_gap THEN
				CASE rule.between_rows WHEN 'linear' THEN 'between rows' ELSE 'not in the table' END
			WHEN s.lower_gap IS NULL AND s.upper_gap IS NULL OR rule.outside = 'error' THEN 'not in the table'
			ELSE 'end value'
		END
	FROM mutasi.requirement_unnest(requirement) AS u
		CROSS JOIN LATERAL (SELECT mutasi.profile_level(profile, u.competency) AS held) AS h
		LEFT JOIN LATERAL (SELECT l.gap AS lower_gap, CASE u.kind WHEN 'core' THEN l.core_value ELSE l.secondary_value END AS lower_value
			FROM mutasi.gap_value AS l
			WHERE l.gap_table = rule.name AND l.gap <= h.held - u.level
			ORDER BY l.gap DESC LIMIT 1) AS below ON true
		LEFT JOIN LATERAL (SELECT g.gap AS upper_gap, CASE u.kind WHEN 'core' THEN g.core_value ELSE g.secondary_value END AS upper_value
			FROM mutasi.gap_value AS g
			WHERE g.gap_table = rule.name AND g.gap >= h.held - u.level
			ORDER BY g.gap LIMIT 1) AS above ON true
		CROSS JOIN LATERAL (SELECT below.lower_gap, below.lower_value, above.upper_gap, above.upper_value) AS s
	ORDER BY u.competency;
END
$$;
COMMENT ON FUNCTION mutasi.profile_matching_explain(mutasi.competency_profile, mutasi.competency_requirement, text) IS
	'One row for each required competency: required and held level, gap (held - required), core or secondary, weight, and what the gap is worth by the gap table. note: not assessed (value NULL), not in the table (value NULL; profile_matching() raises an error), end value, between rows; NULL where the table has the gap. A gap table that does not exist is an error (22023).';

CREATE FUNCTION mutasi.profile_matching_parts(profile mutasi.competency_profile, requirement mutasi.competency_requirement,
		gap_table text DEFAULT 'classic',
		OUT core_sum numeric, OUT core_weight numeric, OUT secondary_sum numeric, OUT secondary_weight numeric)
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	rule mutasi.gap_table;
	missed boolean;
	wrong record;
BEGIN
	SELECT t.* INTO rule FROM mutasi.gap_table AS t WHERE t.name = profile_matching_parts.gap_table;
	-- gaps that are rows of the table: by far the most
	SELECT coalesce(sum(v.core_value * g.weight) FILTER (WHERE g.core), 0), coalesce(sum(g.weight) FILTER (WHERE g.core), 0),
		coalesce(sum(v.secondary_value * g.weight) FILTER (WHERE NOT g.core), 0), coalesce(sum(g.weight) FILTER (WHERE NOT g.core), 0),
		coalesce(bool_or(v.gap IS NULL), rule.name IS NULL)
	INTO core_sum, core_weight, secondary_sum, secondary_weight, missed
	FROM (SELECT mutasi.profile_level(profile, u.competency) - u.level AS gap, u.kind = 'core' AS core,
			CASE rule.averages WHEN 'weighted' THEN u.weight ELSE 1 END AS weight
		FROM mutasi.requirement_unnest(requirement) AS u) AS g
		LEFT JOIN mutasi.gap_value AS v ON v.gap_table = rule.name AND v.gap = g.gap;
	IF NOT missed THEN
		RETURN;
	END IF;
	SELECT
		CASE WHEN coalesce(bool_and(x.value IS NOT NULL) FILTER (WHERE x.kind = 'core'), true)
			THEN coalesce(sum(x.value * w.weight) FILTER (WHERE x.kind = 'core'), 0) END,
		CASE WHEN coalesce(bool_and(x.value IS NOT NULL) FILTER (WHERE x.kind <> 'core'), true)
			THEN coalesce(sum(x.value * w.weight) FILTER (WHERE x.kind <> 'core'), 0) END
	INTO core_sum, secondary_sum
	FROM mutasi.profile_matching_explain(profile, requirement, profile_matching_parts.gap_table) AS x,
		LATERAL (SELECT CASE rule.averages WHEN 'weighted' THEN x.weight ELSE 1 END AS weight) AS w;
	IF core_sum IS NULL OR secondary_sum IS NULL THEN
		SELECT x.competency, x.gap INTO wrong
		FROM mutasi.profile_matching_explain(profile, requirement, profile_matching_parts.gap_table) AS x
		WHERE x.note = 'not in the table'
		ORDER BY x.competency
		LIMIT 1;
		IF FOUND THEN
			PERFORM mutasi.raise_error('22003', 'the gap %1 of competency %2 is not in gap table "%3"',
				ARRAY[trim_scale(wrong.gap)::text, wrong.competency::text, profile_matching_parts.gap_table],
				hint => 'Use or add a gap table that has it, or one whose columns outside and between_rows say what such a gap is worth.');
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION mutasi.profile_matching_parts(mutasi.competency_profile, mutasi.competency_requirement, text) IS
	'The exact sums behind profile_matching(): NCF is core_sum / core_weight, NSF secondary_sum / secondary_weight. With a gap table of plain averages the weights are counts. A sum is NULL where a competency of its kind was never assessed. A gap that the table does not cover is an error (22003) that names the competency and the gap.';

-- A figure is kept as a fraction {numerator, denominator} until the end.
CREATE FUNCTION mutasi.profile_matching_fraction(profile mutasi.competency_profile, requirement mutasi.competency_requirement,
		core_percent numeric, gap_table text) RETURNS numeric[]
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	p record;
BEGIN
	-- NaN sorts above all
	IF core_percent < 0 OR core_percent > 100 THEN
		PERFORM mutasi.raise_error('22023', 'a core share of %1 percent is out of range', ARRAY[core_percent::text],
			hint => 'It must be between 0 and 100; the secondary competencies have the rest.');
	END IF;
	SELECT * INTO p FROM mutasi.profile_matching_parts(profile, requirement, gap_table);
	IF p.core_weight = 0 AND p.secondary_weight = 0 THEN
		RETURN NULL;
	END IF;
	IF core_percent > 0 AND p.core_weight = 0 THEN
		PERFORM mutasi.raise_error('22023', 'the requirement has no core competency, but %1 percent of the figure would come from them',
			ARRAY[trim_scale(core_percent)::text], hint => 'Mark only some competencies as secondary, or give core_percent 0.');
	END IF;
	IF core_percent < 100 AND p.secondary_weight = 0 THEN
		PERFORM mutasi.raise_error('22023', 'the requirement has no secondary competency, but %1 percent of the figure would come from them',
			ARRAY[trim_scale(100 - core_percent)::text],
			hint => 'Mark competencies as secondary with "~" in the requirement, or give core_percent 100.');
	END IF;
	-- a kind that has no share cannot make the figure unknown
	IF core_percent = 100 THEN
		RETURN CASE WHEN p.core_sum IS NOT NULL THEN ARRAY[p.core_sum, p.core_weight] END;
	ELSIF core_percent = 0 THEN
		RETURN CASE WHEN p.secondary_sum IS NOT NULL THEN ARRAY[p.secondary_sum, p.secondary_weight] END;
	ELSIF p.core_sum IS NULL OR p.secondary_sum IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN ARRAY[core_percent * p.core_sum * p.secondary_weight + (100 - core_percent) * p.secondary_sum * p.core_weight,
		100 * p.core_weight * p.secondary_weight];
END
$$;
COMMENT ON FUNCTION mutasi.profile_matching_fraction(mutasi.competency_profile, mutasi.competency_requirement, numeric, text) IS
	'The figure of profile_matching() as an exact fraction, {numerator, denominator}.';

CREATE FUNCTION mutasi.fraction_value(fraction numeric[]) RETURNS numeric
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	-- both whole numbers
	digits integer := greatest(scale(fraction[1]), scale(fraction[2]));
	dividend numeric := fraction[1] * ('1e' || digits)::numeric;
	divisor numeric := trunc(fraction[2] * ('1e' || digits)::numeric);
	places integer;
	scaled numeric;
	quotient numeric;
BEGIN
	IF dividend IS NULL OR divisor IS NULL THEN
		RETURN NULL;
	END IF;
	-- A divisor of 2^a * 5^b, the only kind with an end to its decimals, has no
	-- more than log2(divisor) of them.
	places := 4 * length(divisor::text);
	scaled := dividend * ('1e' || places)::numeric;
	quotient := div(scaled, divisor);
	IF quotient * divisor = scaled THEN
		RETURN trim_scale(quotient * ('1e-' || places)::numeric);
	END IF;
	-- A quotient without end is no tie of any rounding, and keeps a distance of
	-- 1 / (2 * 10^decimals * divisor) from each: with so many places, rounding
	-- this to six decimals or fewer is rounding the exact value.
	places := greatest(18, length(divisor::text) + 8);
	RETURN div(dividend * ('2e' || places)::numeric + divisor, divisor * 2) * ('1e-' || places)::numeric;
END
$$;
COMMENT ON FUNCTION mutasi.fraction_value(numeric[]) IS
	'A fraction {numerator >= 0, denominator > 0} as a decimal: exact where its decimals end; else half up with so many (18 or more) that rounding the result to six decimals or fewer gives what rounding the exact value would.';

CREATE FUNCTION mutasi.profile_matching(profile mutasi.competency_profile, requirement mutasi.competency_requirement,
		core_percent numeric DEFAULT 60, gap_table text DEFAULT 'classic') RETURNS numeric
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	RETURN mutasi.fraction_value(mutasi.profile_matching_fraction(profile, requirement, core_percent, gap_table));
END
$$;
COMMENT ON FUNCTION mutasi.profile_matching(mutasi.competency_profile, mutasi.competency_requirement, numeric, text) IS
	'Profile matching (GAP method) for one aspect: core_percent * NCF + the rest * NSF, NCF and NSF being the averages of what the gaps of the core and secondary competencies are worth by the gap table. Not rounded: exact where its decimals end, else with 18 or more decimals, so that round(…, 2) is right; for several aspects use profile_matching_total(). NULL where a competency that counts was never assessed, and for an empty requirement. Errors: a gap that the table does not cover (22003); no competency of a kind that has a share, a share outside 0 to 100, no such gap table (22023).';

-- Several aspects: fractions are added, and divided once, at the end. The state
-- is {numerator, denominator, sum of the percentages}; an unknown aspect makes
-- the numerator NULL.
CREATE FUNCTION mutasi.profile_matching_accum(state numeric[], profile mutasi.competency_profile, requirement mutasi.competency_requirement,
		aspect_percent numeric, core_percent numeric, gap_table text) RETURNS numeric[]
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	fraction numeric[];
BEGIN
	IF aspect_percent < 0 OR aspect_percent > 100 THEN
		PERFORM mutasi.raise_error('22023', 'an aspect of %1 percent is out of range', ARRAY[aspect_percent::text],
			hint => 'Percentages of aspects lie between 0 and 100 and sum to 100.');
	END IF;
	fraction := mutasi.profile_matching_fraction(profile, requirement, core_percent, gap_table);
	RETURN mutasi.profile_matching_combine(state,
		ARRAY[fraction[1] * aspect_percent, coalesce(fraction[2], 1), aspect_percent]);
END
$$;
COMMENT ON FUNCTION mutasi.profile_matching_accum(numeric[], mutasi.competency_profile, mutasi.competency_requirement, numeric, numeric, text) IS
	'One aspect of profile_matching_total().';
CREATE FUNCTION mutasi.profile_matching_accum(state numeric[], profile mutasi.competency_profile, requirement mutasi.competency_requirement,
		aspect_percent numeric) RETURNS numeric[]
	LANGUAGE sql STABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT mutasi.profile_matching_accum(state, profile, requirement, aspect_percent, 60::numeric, 'classic'::text);
	END;
COMMENT ON FUNCTION mutasi.profile_matching_accum(numeric[], mutasi.competency_profile, mutasi.competency_requirement, numeric) IS
	'One aspect of profile_matching_total() with 60 percent core and the classic table.';
CREATE FUNCTION mutasi.profile_matching_combine(a numeric[], b numeric[]) RETURNS numeric[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN a IS NULL THEN b
			WHEN b IS NULL THEN a
			WHEN a[2] = b[2] THEN ARRAY[a[1] + b[1], a[2], a[3] + b[3]]
			ELSE ARRAY[a[1] * b[2] + b[1] * a[2], a[2] * b[2], a[3] + b[3]]
		END;
	END;
COMMENT ON FUNCTION mutasi.profile_matching_combine(numeric[], numeric[]) IS 'Sum of two states of profile_matching_total().';
CREATE FUNCTION mutasi.profile_matching_final(state numeric[]) RETURNS numeric
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF state[3] <> 100 THEN
		PERFORM mutasi.raise_error('22023', 'the percentages of the aspects sum to %1, not to 100',
			ARRAY[trim_scale(state[3])::text], hint => 'Group by person and post, with one row for each aspect.');
	END IF;
	RETURN mutasi.fraction_value(ARRAY[state[1], state[2] * 100]);
END
$$;
COMMENT ON FUNCTION mutasi.profile_matching_final(numeric[]) IS 'Result of profile_matching_total().';
CREATE AGGREGATE mutasi.profile_matching_total(profile mutasi.competency_profile, requirement mutasi.competency_requirement, aspect_percent numeric) (
	SFUNC = mutasi.profile_matching_accum, STYPE = numeric[],
	FINALFUNC = mutasi.profile_matching_final, COMBINEFUNC = mutasi.profile_matching_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE mutasi.profile_matching_total(mutasi.competency_profile, mutasi.competency_requirement, numeric) IS
	'Profile matching (GAP method) over several aspects, one row each, with 60 percent core and the classic gap table: the sum of aspect_percent * profile_matching(), divided once at the end and not rounded (as profile_matching() says). NULL where an aspect is unknown, and without rows. The percentages must sum to 100 (error 22023).';
CREATE AGGREGATE mutasi.profile_matching_total(profile mutasi.competency_profile, requirement mutasi.competency_requirement, aspect_percent numeric,
		core_percent numeric, gap_table text) (
	SFUNC = mutasi.profile_matching_accum, STYPE = numeric[],
	FINALFUNC = mutasi.profile_matching_final, COMBINEFUNC = mutasi.profile_matching_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE mutasi.profile_matching_total(mutasi.competency_profile, mutasi.competency_requirement, numeric, numeric, text) IS
	'The same with a core share and a gap table for each aspect.';
