-- Grades of a workload ratio: bands are rows, not code.

CREATE TABLE mutasi.efficiency_band (
	scheme text NOT NULL CHECK (scheme OPERATOR(pg_catalog.<>) ''),
	min_ratio numeric(8,2) NOT NULL CHECK (min_ratio OPERATOR(pg_catalog.>=) 0),
	grade text NOT NULL CHECK (grade OPERATOR(pg_catalog.<>) ''),
	label text,
	source text,
	shipped boolean NOT NULL DEFAULT false,
	PRIMARY KEY (scheme, min_ratio),
	UNIQUE (scheme, grade)
);
COMMENT ON TABLE mutasi.efficiency_band IS
	'Bands of efficiency_grade(): a grade holds from its min_ratio up to the next higher one of the same scheme. An agency adds rows of its own under a scheme name of its own; pg_dump keeps them.';
COMMENT ON COLUMN mutasi.efficiency_band.scheme IS 'Name of the scheme.';
COMMENT ON COLUMN mutasi.efficiency_band.min_ratio IS 'Lowest workload_ratio() of the band, two decimals, inclusive.';
COMMENT ON COLUMN mutasi.efficiency_band.grade IS 'The grade (PJ of a post, PU of a unit).';
COMMENT ON COLUMN mutasi.efficiency_band.label IS 'The grade in the regulation''s words.';
COMMENT ON COLUMN mutasi.efficiency_band.source IS 'Where the band is published.';
COMMENT ON COLUMN mutasi.efficiency_band.shipped IS 'True for the rows that come with the extension.';
GRANT SELECT ON mutasi.efficiency_band TO PUBLIC;

-- Printed as "> 1.00", "0.90 - 1.00", "0.70 - 0.89" ...: with the ratio rounded
-- to two decimals first, these are the lower ends of bands without holes.
INSERT INTO mutasi.efficiency_band (scheme, min_ratio, grade, label, source, shipped) VALUES
	('permendagri_12_2008', 1.01, 'A', 'Sangat Baik', 'Permendagri 12/2008, PJ/PU', true),
	('permendagri_12_2008', 0.90, 'B', 'Baik', 'Permendagri 12/2008, PJ/PU', true),
	('permendagri_12_2008', 0.70, 'C', 'Cukup', 'Permendagri 12/2008, PJ/PU', true),
	('permendagri_12_2008', 0.50, 'D', 'Sedang', 'Permendagri 12/2008, PJ/PU', true),
	('permendagri_12_2008', 0.00, 'E', 'Kurang', 'Permendagri 12/2008, PJ/PU', true),
	('depkeu_2002', 1.01, 'A', NULL, 'Departemen Keuangan, 2002', true),
	('depkeu_2002', 0.81, 'B', NULL, 'Departemen Keuangan, 2002', true),
	('depkeu_2002', 0.66, 'C', NULL, 'Departemen Keuangan, 2002', true),
	('depkeu_2002', 0.50, 'D', NULL, 'Departemen Keuangan, 2002', true),
	('depkeu_2002', 0.00, 'E', NULL, 'Departemen Keuangan, 2002', true);

CREATE TRIGGER keep_shipped BEFORE INSERT OR UPDATE OR DELETE ON mutasi.efficiency_band
	FOR EACH ROW EXECUTE FUNCTION mutasi.keep_shipped('scheme');
COMMENT ON TRIGGER keep_shipped ON mutasi.efficiency_band IS 'Shipped rows stand as they are published.';
CREATE TRIGGER keep_shipped_truncate BEFORE TRUNCATE ON mutasi.efficiency_band
	FOR EACH STATEMENT EXECUTE FUNCTION mutasi.keep_shipped('scheme');
COMMENT ON TRIGGER keep_shipped_truncate ON mutasi.efficiency_band IS 'Shipped rows stand as they are published.';
SELECT pg_catalog.pg_extension_config_dump('mutasi.efficiency_band', 'WHERE NOT shipped');

CREATE FUNCTION mutasi.efficiency_grade(ratio numeric, scheme text DEFAULT 'permendagri_12_2008') RETURNS text
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
	AS $$
DECLARE
	rounded numeric;
	result text;
BEGIN
	IF ratio OPERATOR(pg_catalog.<) 0 OR ratio OPERATOR(pg_catalog.>=) 'Infinity' THEN
		PERFORM mutasi.raise_error('22023', 'a workload ratio must be a finite number of zero or more, not %1',
			ARRAY[ratio::pg_catalog.text], hint => 'Give NULL for what is not known.');
	END IF;
	-- half up to the two decimals of the printed bands, so no ratio falls between two
	rounded := pg_catalog.round(ratio, 2);
	SELECT b.grade INTO result
	FROM mutasi.efficiency_band AS b
	WHERE b.scheme OPERATOR(pg_catalog.=) efficiency_grade.scheme
		AND b.min_ratio OPERATOR(pg_catalog.<=) rounded
	ORDER BY b.min_ratio DESC
	LIMIT 1;
	IF result IS NULL THEN
		IF EXISTS (SELECT FROM mutasi.efficiency_band AS b
				WHERE b.scheme OPERATOR(pg_catalog.=) efficiency_grade.scheme) THEN
			PERFORM mutasi.raise_error('22023', 'ratio %1 is below the lowest band of scheme "%2"',
				ARRAY[rounded::pg_catalog.text, scheme],
				hint => 'Add a band with min_ratio 0 to mutasi.efficiency_band.');
		END IF;
		PERFORM mutasi.raise_error('22023', 'no efficiency scheme "%1"', ARRAY[scheme],
			hint => 'The schemes are rows of mutasi.efficiency_band; an agency may add its own.');
	END IF;
	RETURN result;
END
$$;
COMMENT ON FUNCTION mutasi.efficiency_grade(numeric, text) IS
	'Grade (PJ/PU) of a workload_ratio() (EJ/EU), by the bands of mutasi.efficiency_band; the ratio is rounded half up to two decimals first. Note the direction: A stands for a unit that is short of people. NULL for a NULL ratio (nobody there).';
