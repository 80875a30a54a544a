-- Errors of SQL and PL/pgSQL code, raised from C so that they can be translated.

CREATE FUNCTION mutasi.raise_error(sqlstate text, message text, args text[] DEFAULT '{}',
		hint text DEFAULT NULL, detail text DEFAULT NULL) RETURNS void
	LANGUAGE C VOLATILE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_raise_error';
COMMENT ON FUNCTION mutasi.raise_error(text, text, text[], text, text) IS
	'Raises an error: five-character SQLSTATE, message, and optionally hint and detail, each translated and then filled in, %1 to %9 standing for the elements of args (NULL prints as NULL, %% as %). Never returns.';

CREATE FUNCTION mutasi.raise_warning(message text, args text[] DEFAULT '{}', hint text DEFAULT NULL) RETURNS void
	LANGUAGE C VOLATILE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_raise_warning';
COMMENT ON FUNCTION mutasi.raise_warning(text, text[], text) IS
	'Raises a warning: message and optionally hint, each translated and then filled in as by raise_error().';

CREATE FUNCTION mutasi.tell_progress(message text, args text[] DEFAULT '{}') RETURNS void
	LANGUAGE C VOLATILE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_tell_progress';
COMMENT ON FUNCTION mutasi.tell_progress(text, text[]) IS
	'Tells how far a long function is, as a notice, translated and filled in as by raise_error(), where the statement has run for mutasi.agency_progress seconds since its begin or the last notice; does nothing otherwise. For every turn of a loop.';

CREATE FUNCTION mutasi.translated(message text, args text[] DEFAULT '{}') RETURNS text
	LANGUAGE C STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_translated';
COMMENT ON FUNCTION mutasi.translated(text, text[]) IS
	'A message of the extension in the language of lc_messages, filled in as by raise_error(); as it stands where there is no translation. NULL for NULL.';
