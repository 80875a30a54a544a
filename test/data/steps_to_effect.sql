-- Through the states of a transfer within the agency, its documents filed, until
-- this one; and what a statement is refused with.
\i test/data/steps.sql
CREATE FUNCTION pg_temp.up_to(t integer, until text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s record;
BEGIN
	INSERT INTO kota.transfer_document (transfer_id, code, title) SELECT t, d, d FROM unnest('{D01,D02,D05,D06,D07,D08,D10,D12}'::text[]) AS d ON CONFLICT DO NOTHING;
	FOR s IN SELECT * FROM (VALUES (1, 'unit head', 'submitted'), (2, 'verifier', 'verification'), (3, 'verifier', 'analysis'), (4, 'analyst', 'team_review'),
			(5, 'mayor', 'decided'), (6, 'mayor', 'appointed')) AS v (n, who, state)
		WHERE n > coalesce(array_position('{submitted,verification,analysis,team_review,decided}', (SELECT x.state FROM kota.transfer AS x WHERE x.transfer_id = t)), 0) ORDER BY n LOOP
		PERFORM pg_temp.step(t, s.who, s.state);
		EXIT WHEN s.state = until;
	END LOOP;
END $$;
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
