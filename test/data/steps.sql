-- How tests carry a transfer of test/data/small_agency.sql one step on.
CREATE FUNCTION pg_temp.step(t integer, who text, s text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('mutasi.actor', who, true);
	UPDATE kota.transfer SET state = s, state_reason = 'step ' || s WHERE transfer_id = t;
END $$;
