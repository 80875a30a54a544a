-- The nine-box of talent management (PermenPAN-RB 3/2020): potential against
-- performance. Where the axes are cut is not uniform, so cuts are rows or arguments.

CREATE FUNCTION mutasi.nine_box_at(potential text, performance text) RETURNS integer
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	-- rows: potential low, middle, high; columns: performance below, met, above
	box CONSTANT integer[] := '{{1, 2, 4}, {3, 5, 7}, {6, 8, 9}}';
	i integer;
	j integer;
BEGIN
	i := CASE WHEN lower(potential) IN ('low', 'rendah') THEN 1
		WHEN lower(potential) IN ('middle', 'menengah') THEN 2
		WHEN lower(potential) IN ('high', 'tinggi') THEN 3 END;
	IF i IS NULL THEN
		PERFORM mutasi.raise_error('22023', 'no level of potential "%1"', ARRAY[potential],
			hint => 'The levels are low, middle, high (rendah, menengah, tinggi).');
	END IF;
	j := CASE WHEN lower(performance) IN ('below', 'di bawah ekspektasi') THEN 1
		WHEN lower(performance) IN ('met', 'sesuai ekspektasi') THEN 2
		WHEN lower(performance) IN ('above', 'di atas ekspektasi') THEN 3 END;
	IF j IS NULL THEN
		PERFORM mutasi.raise_error('22023', 'no level of performance "%1"', ARRAY[performance],
			hint => 'The levels are below, met, above (di bawah ekspektasi, sesuai ekspektasi, di atas ekspektasi).');
	END IF;
	RETURN box[i][j];
END
$$;
COMMENT ON FUNCTION mutasi.nine_box_at(text, text) IS
	'Box 1 to 9 for levels that are known already: potential low, middle or high (rendah, menengah, tinggi), performance below, met or above expectation (di bawah, sesuai, di atas ekspektasi). Layout of PermenPAN-RB 3/2020: 1 2 4, 3 5 7, 6 8 9 from low to high potential, each from below to above expectation. Another word is an error (22023).';

CREATE FUNCTION mutasi.nine_box(potential numeric, performance numeric, potential_cuts numeric[], performance_cuts numeric[]) RETURNS integer
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	figure numeric;
	cuts text;
BEGIN
	FOR figure IN VALUES (potential), (performance) LOOP
		IF figure IN ('NaN', 'Infinity', '-Infinity') THEN
			PERFORM mutasi.raise_error('22023', 'potential and performance must be finite numbers, not %1', ARRAY[figure::text],
				hint => 'Give NULL for what is not known.');
		END IF;
	END LOOP;
	cuts := CASE
		WHEN (cardinality(potential_cuts) = 2 AND array_ndims(potential_cuts) = 1
			AND potential_cuts[array_lower(potential_cuts, 1)] < potential_cuts[array_upper(potential_cuts, 1)]) IS NOT TRUE
			THEN potential_cuts::text
		WHEN (cardinality(performance_cuts) = 2 AND array_ndims(performance_cuts) = 1
			AND performance_cuts[array_lower(performance_cuts, 1)] < performance_cuts[array_upper(performance_cuts, 1)]) IS NOT TRUE
			THEN performance_cuts::text
	END;
	IF cuts IS NOT NULL THEN
		PERFORM mutasi.raise_error('22023', 'cuts of the nine-box must be two ascending numbers, not %1', ARRAY[cuts],
			hint => 'Give the lowest figure of the middle level and that of the high level.');
	END IF;
	RETURN mutasi.nine_box_at(
		CASE WHEN potential >= potential_cuts[array_upper(potential_cuts, 1)] THEN 'high'
			WHEN potential >= potential_cuts[array_lower(potential_cuts, 1)] THEN 'middle' ELSE 'low' END,
		CASE WHEN performance >= performance_cuts[array_upper(performance_cuts, 1)] THEN 'above'
			WHEN performance >= performance_cuts[array_lower(performance_cuts, 1)] THEN 'met' ELSE 'below' END);
END
$$;
COMMENT ON FUNCTION mutasi.nine_box(numeric, numeric, numeric[], numeric[]) IS
	'Box 1 to 9 of a potential and a performance figure, with the cuts given: each the lowest figure of the middle and of the high level, inclusive; nothing is rounded. For cuts taken from the people themselves, such as mean and standard deviation. NULL for a NULL; figures that are not finite, and cuts that are not two ascending numbers, are errors (22023).';

CREATE TABLE mutasi.nine_box_scheme (
	scheme text PRIMARY KEY CHECK (scheme OPERATOR(pg_catalog.<>) ''),
	potential_middle numeric NOT NULL,
	potential_high numeric NOT NULL,
	performance_middle numeric NOT NULL,
	performance_high numeric NOT NULL,
	decimals smallint NOT NULL DEFAULT 2 CHECK (decimals OPERATOR(pg_catalog.>=) 0::smallint AND decimals OPERATOR(pg_catalog.<=) 6::smallint),
	source text,
	shipped boolean NOT NULL DEFAULT false,
	CHECK (potential_middle OPERATOR(pg_catalog.<) potential_high AND potential_high OPERATOR(pg_catalog.<) 'Infinity'),
	CHECK (performance_middle OPERATOR(pg_catalog.<) performance_high AND performance_high OPERATOR(pg_catalog.<) 'Infinity')
);
COMMENT ON TABLE mutasi.nine_box_scheme IS
	'Cuts of nine_box(). No regulation sets them; an agency adds its own under a name of its own; pg_dump keeps them.';
COMMENT ON COLUMN mutasi.nine_box_scheme.scheme IS 'Name of the scheme.';
COMMENT ON COLUMN mutasi.nine_box_scheme.potential_middle IS 'Lowest figure of middle potential (menengah), inclusive.';
COMMENT ON COLUMN mutasi.nine_box_scheme.potential_high IS 'Lowest figure of high potential (tinggi), inclusive.';
COMMENT ON COLUMN mutasi.nine_box_scheme.performance_middle IS 'Lowest figure of performance that meets expectation (sesuai ekspektasi), inclusive.';
COMMENT ON COLUMN mutasi.nine_box_scheme.performance_high IS 'Lowest figure of performance above expectation (di atas ekspektasi), inclusive.';
COMMENT ON COLUMN mutasi.nine_box_scheme.decimals IS 'Figures are rounded half up to so many decimals first; 0 for bands that are printed in whole numbers.';
COMMENT ON COLUMN mutasi.nine_box_scheme.source IS 'Where the cuts are from.';
COMMENT ON COLUMN mutasi.nine_box_scheme.shipped IS 'True for the rows that come with the extension.';
GRANT SELECT ON mutasi.nine_box_scheme TO PUBLIC;

INSERT INTO mutasi.nine_box_scheme
	(scheme, potential_middle, potential_high, performance_middle, performance_high, decimals, source, shipped) VALUES
	('potential_68_77_performance_70_85', 68, 77, 70, 85, 2, 'seen in government applications; no regulation known', true),
	('bands_60_80', 61, 81, 61, 81, 0, 'bands 0-60, 61-80, 81-100 seen in government applications; no regulation known', true);

CREATE TRIGGER keep_shipped BEFORE INSERT OR UPDATE OR DELETE ON mutasi.nine_box_scheme
	FOR EACH ROW EXECUTE FUNCTION mutasi.keep_shipped('scheme');
COMMENT ON TRIGGER keep_shipped ON mutasi.nine_box_scheme IS 'Shipped rows stand as they are published.';
CREATE TRIGGER keep_shipped_truncate BEFORE TRUNCATE ON mutasi.nine_box_scheme
	FOR EACH STATEMENT EXECUTE FUNCTION mutasi.keep_shipped('scheme');
COMMENT ON TRIGGER keep_shipped_truncate ON mutasi.nine_box_scheme IS 'Shipped rows stand as they are published.';
SELECT pg_catalog.pg_extension_config_dump('mutasi.nine_box_scheme', 'WHERE NOT shipped');

CREATE FUNCTION mutasi.nine_box(potential numeric, performance numeric, scheme text) RETURNS integer
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	s mutasi.nine_box_scheme;
BEGIN
	SELECT t.* INTO s FROM mutasi.nine_box_scheme AS t WHERE t.scheme = nine_box.scheme;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('22023', 'no nine-box scheme "%1"', ARRAY[scheme],
			hint => 'The schemes are rows of mutasi.nine_box_scheme; an agency may add its own.');
	END IF;
	RETURN mutasi.nine_box(round(potential, s.decimals), round(performance, s.decimals),
		ARRAY[s.potential_middle, s.potential_high], ARRAY[s.performance_middle, s.performance_high]);
END
$$;
COMMENT ON FUNCTION mutasi.nine_box(numeric, numeric, text) IS
	'Box 1 to 9 of a potential and a performance figure, by the cuts of a scheme in mutasi.nine_box_scheme. There is no default scheme, because no regulation sets the cuts. NULL for a NULL; figures that are not finite and an unknown scheme are errors (22023). Layout of PermenPAN-RB 3/2020, see nine_box_at().';

CREATE TABLE mutasi.nine_box_recommendation (
	rule_set text NOT NULL CHECK (rule_set OPERATOR(pg_catalog.<>) ''),
	box integer NOT NULL CHECK (box OPERATOR(pg_catalog.>=) 1 AND box OPERATOR(pg_catalog.<=) 9),
	potential text NOT NULL,
	performance text NOT NULL,
	recommendation text NOT NULL,
	recommendation_indonesian text,
	agency_pool boolean NOT NULL,
	national_pool boolean NOT NULL,
	source text,
	shipped boolean NOT NULL DEFAULT false,
	PRIMARY KEY (rule_set, box),
	CHECK (mutasi.nine_box_at(potential, performance) OPERATOR(pg_catalog.=) box)
);
COMMENT ON TABLE mutasi.nine_box_recommendation IS
	'What is recommended for the people of each box. An agency adds rows under a rule set of its own; pg_dump keeps them.';
COMMENT ON COLUMN mutasi.nine_box_recommendation.rule_set IS 'Name of the set of recommendations.';
COMMENT ON COLUMN mutasi.nine_box_recommendation.box IS 'Box 1 to 9.';
COMMENT ON COLUMN mutasi.nine_box_recommendation.potential IS 'Level of potential of the box: low, middle, high.';
COMMENT ON COLUMN mutasi.nine_box_recommendation.performance IS 'Level of performance of the box: below, met, above (expectation).';
COMMENT ON COLUMN mutasi.nine_box_recommendation.recommendation IS 'What is recommended.';
COMMENT ON COLUMN mutasi.nine_box_recommendation.recommendation_indonesian IS 'The same in Indonesian.';
COMMENT ON COLUMN mutasi.nine_box_recommendation.agency_pool IS 'In the agency''s succession pool (kelompok rencana suksesi instansi)?';
COMMENT ON COLUMN mutasi.nine_box_recommendation.national_pool IS 'In the national succession pool (kelompok rencana suksesi nasional)?';
COMMENT ON COLUMN mutasi.nine_box_recommendation.source IS 'Where the recommendation is from.';
COMMENT ON COLUMN mutasi.nine_box_recommendation.shipped IS 'True for the rows that come with the extension.';
GRANT SELECT ON mutasi.nine_box_recommendation TO PUBLIC;

INSERT INTO mutasi.nine_box_recommendation
	(rule_set, box, potential, performance, recommendation, recommendation_indonesian, agency_pool, national_pool, source, shipped)
	SELECT 'permenpanrb_3_2020', v.box, v.potential, v.performance, v.recommendation, v.indonesian,
		v.box OPERATOR(pg_catalog.>=) 7, v.box OPERATOR(pg_catalog.=) 9,
		'PermenPAN-RB 3/2020 as government applications quote its annex', true
	FROM (VALUES
		(9, 'high', 'above', 'promote or keep; agency and national succession pool; reward', 'promosi atau dipertahankan; kelompok rencana suksesi instansi dan nasional; penghargaan'),
		(8, 'high', 'met', 'keep; agency succession pool; rotate or widen the job', 'dipertahankan; kelompok rencana suksesi instansi; rotasi atau perluasan jabatan'),
		(7, 'middle', 'above', 'keep; agency succession pool; rotate or enrich the job; development; study assignment', 'dipertahankan; kelompok rencana suksesi instansi; rotasi atau pengayaan jabatan; pengembangan kompetensi; tugas belajar'),
		(6, 'high', 'below', 'proper placement; coaching; performance counselling', 'penempatan yang sesuai; bimbingan; konseling kinerja'),
		(5, 'middle', 'met', 'proper placement; coaching; development', 'penempatan yang sesuai; bimbingan; pengembangan kompetensi'),
		(4, 'low', 'above', 'rotate; development', 'rotasi; pengembangan kompetensi'),
		(3, 'middle', 'below', 'coaching; counselling; development; proper placement', 'bimbingan; konseling; pengembangan kompetensi; penempatan yang sesuai'),
		(2, 'low', 'met', 'coaching; development; proper placement', 'bimbingan; pengembangan kompetensi; penempatan yang sesuai'),
		(1, 'low', 'below', 'handled as the regulations provide', 'diproses sesuai ketentuan peraturan perundang-undangan')
	) AS v(box, potential, performance, recommendation, indonesian);

CREATE TRIGGER keep_shipped BEFORE INSERT OR UPDATE OR DELETE ON mutasi.nine_box_recommendation
	FOR EACH ROW EXECUTE FUNCTION mutasi.keep_shipped('rule_set');
COMMENT ON TRIGGER keep_shipped ON mutasi.nine_box_recommendation IS 'Shipped rows stand as they are published.';
CREATE TRIGGER keep_shipped_truncate BEFORE TRUNCATE ON mutasi.nine_box_recommendation
	FOR EACH STATEMENT EXECUTE FUNCTION mutasi.keep_shipped('rule_set');
COMMENT ON TRIGGER keep_shipped_truncate ON mutasi.nine_box_recommendation IS 'Shipped rows stand as they are published.';
SELECT pg_catalog.pg_extension_config_dump('mutasi.nine_box_recommendation', 'WHERE NOT shipped');
