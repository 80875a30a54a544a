-- Whose rights a trigger function of this schema runs with is its owner's, and what
-- it is told its table's rows say. So nobody may hang it on a table of their own,
-- whose rows they make up: who could make a temporary table shaped like "transfer"
-- would move people without any case. A trigger that is there fires without this
-- privilege, whoever writes.

DO $body$
DECLARE
	own regprocedure;
BEGIN
	FOR own IN SELECT p.oid FROM pg_proc AS p
		WHERE p.pronamespace = '@agency@'::regnamespace AND p.prorettype = 'trigger'::regtype ORDER BY p.proname
	LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', own);
	END LOOP;
END
$body$;
