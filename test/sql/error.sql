-- raise_error(): SQLSTATE, message, hint and detail reach the client filled in
\set SHOW_CONTEXT never
\set ON_ERROR_STOP 0
DO $$
DECLARE
	state text; message text; detail text; hint text;
BEGIN
	PERFORM mutasi.raise_error('MU001', 'post %1 has %2 seats, 100%% taken', ARRAY['7', NULL],
		hint => 'Ask for %2, then %1; %3 stays.', detail => 'Detail of %1.');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RAISE NOTICE '% | % | % | %', state, message, detail, hint;
END
$$;
SELECT mutasi.raise_error('22023', 'plain');
SELECT mutasi.raise_error('22', 'plain');
SELECT mutasi.raise_error('00000', 'plain');
SELECT mutasi.raise_error('mu001', 'plain');
SELECT mutasi.raise_error(NULL, 'plain');
SELECT mutasi.raise_error('MU001', NULL);

-- answers: filled in as they are, where there is no translation
SELECT mutasi.translated('%2 before %1, 100%%, %3', '{a,NULL}'), mutasi.translated('as it is'), mutasi.translated(NULL) IS NULL AS of_null;

-- a table that is gone; at READ COMMITTED nothing is looked at
SELECT mutasi.refuse_stale(0::regclass, 'id', '{1}');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT mutasi.refuse_stale(0::regclass, 'id', '{1}');
ROLLBACK;
