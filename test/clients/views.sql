-- What the server says of each view: see README.md. Variables: schema, views
-- (names with commas between them).
\set QUIET on
SET extra_float_digits = 1;
SET timezone = 'UTC';
CREATE FUNCTION pg_temp.digest(schema text, view text) RETURNS TABLE (view_ text, rows_ bigint, md5_ text, sum_ text, columns_ text) LANGUAGE plpgsql AS $$
DECLARE
	cells text;
	sums text;
	nulls text;
BEGIN
	SELECT string_agg(format(CASE WHEN a.atttypid = 'boolean'::regtype THEN 'coalesce(left(v.%1$I::text, 1), ''\N'')'
			WHEN a.atttypid = 'timestamptz'::regtype THEN 'coalesce(to_char(v.%1$I AT TIME ZONE ''UTC'', ''YYYY-MM-DD HH24:MI:SS.US''), ''\N'')'
			ELSE 'coalesce(replace(v.%1$I::text, E''\n'', ''\n''), ''\N'')' END, a.attname), ', ' ORDER BY a.attnum),
		coalesce(string_agg(format('coalesce(sum(v.%1$I), 0)', a.attname), ' + ') FILTER (WHERE a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)), 'count(*) * 0'),
		string_agg(format_type(a.atttypid, a.atttypmod), ' ' ORDER BY a.attnum)
		INTO cells, sums, columns_
		FROM pg_attribute AS a WHERE a.attrelid = format('%I.%I', schema, view)::regclass AND a.attnum > 0 AND NOT a.attisdropped;
	view_ := view;
	EXECUTE format('SELECT count(*), ''md5:'' || md5(coalesce(string_agg(l, E''\n'' ORDER BY l COLLATE "C"), '''')) FROM (SELECT concat_ws(chr(31), %s) FROM %I.%I AS v) AS t (l)', cells, schema, view)
		INTO rows_, md5_;
	EXECUTE format('SELECT ''sum:'' || round((%s)::numeric, 2) FROM %I.%I AS v', sums, schema, view) INTO sum_;
	RETURN NEXT;
END $$;
SELECT d.* FROM unnest(string_to_array(:'views', ',')) AS v, pg_temp.digest(:'schema', v) AS d;
