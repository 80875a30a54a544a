-- How input is refused: one line for each literal, and for each binary value.
CREATE FUNCTION pg_temp.try_text(type regtype, literal text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text; state text; message text; detail text; hint text;
BEGIN
	EXECUTE format('SELECT %L::%s::text', literal, type) INTO result;
	RETURN 'accepted: ' || result;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', state, message, nullif(detail, ''), nullif(hint, ''));
END
$$;

-- A value as COPY's binary format brings it, written to a file of the server's.
CREATE FUNCTION pg_temp.try_binary(type regtype, value bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	path text := current_setting('data_directory') || '/mutasi_binary_input';
	result text; state text; message text; detail text;
	file oid;
BEGIN
	EXECUTE format('CREATE TEMP TABLE binary_input (v %s) ON COMMIT DROP', type);
	file := lo_from_bytea(0, '\x5047434f50590aff0d0a00'::bytea || '\x0000000000000000'::bytea || '\x0001'::bytea
		|| int4send(length(value)) || value || '\xffff'::bytea);
	PERFORM lo_export(file, path);
	PERFORM lo_unlink(file);
	EXECUTE format('COPY binary_input FROM %L (FORMAT binary)', path);
	SELECT v::text INTO result FROM binary_input;
	DROP TABLE binary_input;
	RETURN 'accepted: ' || result;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' | ', state, message, nullif(detail, ''));
END
$$;
