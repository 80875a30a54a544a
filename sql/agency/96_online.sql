-- What the logged-in person may ask about the whole agency's data without seeing
-- it: besides my_rank() the posts that would suit best. For clients that people
-- themselves log in to.

CREATE FUNCTION @agency@.my_opportunities(k integer DEFAULT 10, as_of date DEFAULT current_date)
	RETURNS TABLE (rank integer, post_id integer, title text, unit_name text, score numeric, competency numeric, performance numeric,
		qualification numeric, experience numeric, balance numeric, eligible boolean, reason text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10 SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	mine integer := my_employee();
BEGIN
	IF mine IS NULL THEN
		PERFORM mutasi.raise_error('42501', 'role "%1" is no employee''s login', ARRAY[me()],
			hint => 'Set employee.login to the role of the person who asks.');
	END IF;
	RETURN QUERY SELECT o.* FROM opportunities(mine, k, as_of) AS o ORDER BY o.rank;
END
$body$;
COMMENT ON FUNCTION @agency@.my_opportunities(integer, date) IS 'The k free posts that suit the logged-in person best, as opportunities() lists them for those who see everything: under row security that function leaves unknown what the caller may not see, such as ties to other people. Tells nothing about anybody else.';
