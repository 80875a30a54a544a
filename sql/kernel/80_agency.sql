-- Agency schemas: the script that makes one is kept as rows, so that
-- create_agency() needs no file beside the database.

CREATE TABLE mutasi.agency_script (
	part text PRIMARY KEY,
	script text NOT NULL
);
COMMENT ON TABLE mutasi.agency_script IS
	'The parts, in the order of their names, of the script that makes an agency schema; @agency@ stands for the schema''s name. Shipped with the extension, read by create_agency().';
COMMENT ON COLUMN mutasi.agency_script.part IS 'Name of the part; parts run in this order (C collation).';
COMMENT ON COLUMN mutasi.agency_script.script IS 'SQL statements, @agency@ standing for the agency''s schema.';
REVOKE ALL ON mutasi.agency_script FROM PUBLIC;
GRANT SELECT ON mutasi.agency_script TO PUBLIC;
