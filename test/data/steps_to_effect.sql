-- A transfer opened for a day, out of the agency where it names no post; through its
-- states, its documents filed, until this one; and what a statement is refused with.
\i test/data/steps.sql
CREATE FUNCTION pg_temp.opened(t integer, who integer, post integer, on_day date DEFAULT current_date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('mutasi.actor', 'unit head', true);
	INSERT INTO kota.transfer (transfer_id, employee_id, to_post_id, reason, effective_on, decision_grounds, kind, workflow, other_agency)
		VALUES (t, who, post, 'x', on_day, 'x', CASE WHEN post IS NULL THEN 'inter-agency out' END, CASE WHEN post IS NULL THEN 'transfer_within_province' ELSE 'transfer_within_agency' END,
			CASE WHEN post IS NULL THEN 'Kota Y' END);
	INSERT INTO kota.notice (transfer_id, waived_because) VALUES (t, 'told in person');
END $$;
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
