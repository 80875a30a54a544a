-- Job Person Match (JPM): what a person holds as a percentage of what a post
-- asks, and the categories that agencies read from it.

-- What keeps a figure unknown, and how to do without it on purpose.
CREATE FUNCTION mutasi.unassessed(profile mutasi.competency_profile, requirement mutasi.competency_requirement) RETURNS integer[]
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT coalesce(array_agg(u.competency ORDER BY u.competency), '{}'::integer[])
		FROM mutasi.requirement_unnest(requirement) AS u
		WHERE mutasi.profile_level(profile, u.competency) IS NULL;
	END;
COMMENT ON FUNCTION mutasi.unassessed(mutasi.competency_profile, mutasi.competency_requirement) IS
	'The required competencies that were never assessed, ascending: why job_person_match() and profile_matching() are NULL. Empty when all were.';

CREATE FUNCTION mutasi.requirement_subtract(requirement mutasi.competency_requirement, competencies integer[]) RETURNS mutasi.competency_requirement
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT mutasi.with_surplus(
			coalesce(mutasi.requirement_agg(u.competency, u.level, u.weight, u.kind, u.mandatory), '{}'::mutasi.competency_requirement),
			mutasi.surplus(requirement))
		FROM mutasi.requirement_unnest(requirement) AS u
		WHERE (u.competency = ANY (competencies)) IS NOT TRUE;
	END;
COMMENT ON FUNCTION mutasi.requirement_subtract(mutasi.competency_requirement, integer[]) IS
	'The requirement without these competencies, surplus weight and all else as before. With unassessed() it restricts a figure to what was assessed.';

-- Half up by whole-number division: no quotient is rounded before this.
CREATE FUNCTION mutasi.percent_of(part numeric, whole numeric) RETURNS numeric
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT div(part * 20000 + whole, whole * 2) * 0.01;
	END;
COMMENT ON FUNCTION mutasi.percent_of(numeric, numeric) IS
	'100 * part / whole, the exact quotient rounded half up to two decimals; part of zero or more, whole above zero.';

CREATE FUNCTION mutasi.job_person_match(profile mutasi.competency_profile, requirement mutasi.competency_requirement,
		method text DEFAULT 'sum_ratio') RETURNS numeric
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	weighted boolean := method IN ('weighted_sum_ratio', 'weighted_mean_capped');
	part numeric;
	whole numeric;
	unknown boolean;
	common numeric := 1;
	divisor numeric;
BEGIN
	IF method IN ('sum_ratio', 'weighted_sum_ratio') THEN
		SELECT sum(h.held * h.weight), sum(h.level * h.weight), bool_or(h.held IS NULL)
		INTO part, whole, unknown
		FROM (SELECT u.level, CASE WHEN weighted THEN u.weight ELSE 1 END AS weight,
				mutasi.profile_level(profile, u.competency) AS held
			FROM mutasi.requirement_unnest(requirement) AS u) AS h;
	ELSIF method IN ('mean_capped', 'weighted_mean_capped') THEN
		-- ratios with different denominators are brought to a common one, so
		-- that nothing is rounded before the end
		FOR divisor IN
			SELECT DISTINCT u.level * 100 FROM mutasi.requirement_unnest(requirement) AS u
		LOOP
			common := lcm(common, divisor);
		END LOOP;
		SELECT sum(h.reached * div(common, h.level * 100)), sum(h.weight) * common, bool_or(h.unknown)
		INTO part, whole, unknown
		FROM (SELECT g.level, sum(least(g.held, g.level) * 100 * g.weight) AS reached, sum(g.weight) AS weight,
				bool_or(g.held IS NULL) AS unknown
			FROM (SELECT u.level, CASE WHEN weighted THEN u.weight ELSE 1 END AS weight,
					mutasi.profile_level(profile, u.competency) AS held
				FROM mutasi.requirement_unnest(requirement) AS u) AS g
			GROUP BY g.level) AS h;
	ELSE
		PERFORM mutasi.raise_error('22023', 'no job person match method "%1"', ARRAY[method],
			hint => 'The methods are sum_ratio, mean_capped, weighted_sum_ratio and weighted_mean_capped.');
	END IF;
	IF unknown OR whole IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN mutasi.percent_of(part, whole);
END
$$;
COMMENT ON FUNCTION mutasi.job_person_match(mutasi.competency_profile, mutasi.competency_requirement, text) IS
	'Job Person Match (JPM) in percent, the exact quotient rounded half up to two decimals. method: sum_ratio (default), sum of held / sum of required levels, may exceed 100 and lets a surplus hide a gap; mean_capped, mean of held / required with each capped at 100; weighted_sum_ratio and weighted_mean_capped, the same with the requirement''s weights, which the first two leave out. NULL where a required competency was never assessed (unassessed() names them) and for an empty requirement. Another method is an error (22023). PermenKP 35/2020.';

CREATE FUNCTION mutasi.job_person_match_explain(profile mutasi.competency_profile, requirement mutasi.competency_requirement)
	RETURNS TABLE (competency integer, required numeric, held numeric, gap numeric, weight numeric, percent numeric)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 20
	BEGIN ATOMIC
		SELECT u.competency, u.level, h.held, h.held - u.level, u.weight, mutasi.percent_of(h.held, u.level)
		FROM mutasi.requirement_unnest(requirement) AS u,
			LATERAL (SELECT mutasi.profile_level(profile, u.competency) AS held) AS h
		ORDER BY u.competency;
	END;
COMMENT ON FUNCTION mutasi.job_person_match_explain(mutasi.competency_profile, mutasi.competency_requirement) IS
	'One row for each required competency: required and held level, gap (held - required), weight, and held / required in percent with two decimals, not capped; held, gap and percent are NULL where it was never assessed.';

CREATE TABLE mutasi.job_person_band (
	scheme text NOT NULL CHECK (scheme OPERATOR(pg_catalog.<>) ''),
	min_percent numeric(6,2) NOT NULL CHECK (min_percent OPERATOR(pg_catalog.>=) 0 AND min_percent OPERATOR(pg_catalog.<) 'Infinity'),
	category text NOT NULL CHECK (category OPERATOR(pg_catalog.<>) ''),
	label text,
	source text,
	shipped boolean NOT NULL DEFAULT false,
	PRIMARY KEY (scheme, min_percent),
	UNIQUE (scheme, category)
);
COMMENT ON TABLE mutasi.job_person_band IS
	'Bands of job_person_category(): a category holds from its min_percent up to the next higher one of the same scheme. An agency adds rows under a scheme name of its own; pg_dump keeps them.';
COMMENT ON COLUMN mutasi.job_person_band.scheme IS 'Name of the scheme.';
COMMENT ON COLUMN mutasi.job_person_band.min_percent IS 'Lowest percentage of the band, two decimals, inclusive.';
COMMENT ON COLUMN mutasi.job_person_band.category IS 'The category, as it is written on the result.';
COMMENT ON COLUMN mutasi.job_person_band.label IS 'The category in full.';
COMMENT ON COLUMN mutasi.job_person_band.source IS 'Where the band is published.';
COMMENT ON COLUMN mutasi.job_person_band.shipped IS 'True for the rows that come with the extension.';
GRANT SELECT ON mutasi.job_person_band TO PUBLIC;

INSERT INTO mutasi.job_person_band (scheme, min_percent, category, label, source, shipped) VALUES
	('job_fit', 80, 'MS', 'Memenuhi Syarat', 'PermenKP 35/2020', true),
	('job_fit', 68, 'MMS', 'Masih Memenuhi Syarat', 'PermenKP 35/2020', true),
	('job_fit', 0, 'KMS', 'Kurang Memenuhi Syarat', 'PermenKP 35/2020', true),
	('mapping', 90, 'Optimal', 'Optimal', 'Peraturan BRIN 3/2023, pasal 33', true),
	('mapping', 78, 'Cukup Optimal', 'Cukup Optimal', 'Peraturan BRIN 3/2023, pasal 33', true),
	('mapping', 0, 'Kurang Optimal', 'Kurang Optimal', 'Peraturan BRIN 3/2023, pasal 33', true),
	('job_fit_90_80', 90, 'MS', 'Memenuhi Syarat', 'seen in an assessment application (RnDQuantum/spsp_new); no regulation known', true),
	('job_fit_90_80', 80, 'MMS', 'Masih Memenuhi Syarat', 'seen in an assessment application (RnDQuantum/spsp_new); no regulation known', true),
	('job_fit_90_80', 0, 'TMS', 'Tidak Memenuhi Syarat', 'seen in an assessment application (RnDQuantum/spsp_new); no regulation known', true);

CREATE TRIGGER keep_shipped BEFORE INSERT OR UPDATE OR DELETE ON mutasi.job_person_band
	FOR EACH ROW EXECUTE FUNCTION mutasi.keep_shipped('scheme');
COMMENT ON TRIGGER keep_shipped ON mutasi.job_person_band IS 'Shipped rows stand as they are published.';
CREATE TRIGGER keep_shipped_truncate BEFORE TRUNCATE ON mutasi.job_person_band
	FOR EACH STATEMENT EXECUTE FUNCTION mutasi.keep_shipped('scheme');
COMMENT ON TRIGGER keep_shipped_truncate ON mutasi.job_person_band IS 'Shipped rows stand as they are published.';
SELECT pg_catalog.pg_extension_config_dump('mutasi.job_person_band', 'WHERE NOT shipped');

CREATE FUNCTION mutasi.job_person_category(percent numeric, scheme text DEFAULT 'job_fit') RETURNS text
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	rounded numeric;
	result text;
BEGIN
	IF percent < 0 OR percent >= 'Infinity' THEN
		PERFORM mutasi.raise_error('22023', 'a job person match must be a finite percentage of zero or more, not %1',
			ARRAY[percent::text], hint => 'Give NULL for what is not known.');
	END IF;
	-- half up to the two decimals that are published: what is printed decides
	rounded := round(percent, 2);
	SELECT b.category INTO result
	FROM mutasi.job_person_band AS b
	WHERE b.scheme = job_person_category.scheme AND b.min_percent <= rounded
	ORDER BY b.min_percent DESC
	LIMIT 1;
	IF result IS NULL THEN
		IF EXISTS (SELECT FROM mutasi.job_person_band AS b WHERE b.scheme = job_person_category.scheme) THEN
			PERFORM mutasi.raise_error('22023', '%1 percent is below the lowest band of scheme "%2"',
				ARRAY[rounded::text, scheme],
				hint => 'Add a band with min_percent 0 to mutasi.job_person_band.');
		END IF;
		PERFORM mutasi.raise_error('22023', 'no job person match scheme "%1"', ARRAY[scheme],
			hint => 'The schemes are rows of mutasi.job_person_band; an agency may add its own.');
	END IF;
	RETURN result;
END
$$;
COMMENT ON FUNCTION mutasi.job_person_category(numeric, text) IS
	'Category of a job_person_match() percentage, by the bands of mutasi.job_person_band: job_fit (default) MS from 80, MMS from 68, else KMS; mapping Optimal from 90, Cukup Optimal from 78, else Kurang Optimal. The percentage is rounded half up to two decimals first, so 79.995 is 80.00 and MS. NULL for NULL; an unknown scheme, a negative percentage, NaN and infinity are errors (22023).';
