-- Who did something and when is not typed but filled in: rows would else name
-- others, or another day, and be believed. Only the owner of the schema enters
-- what others did before, and puts right what is wrong. Waivers, applications,
-- transfers and their documents have triggers of their own to the same end.

-- With the rights of whoever writes: it is about who that is.
CREATE FUNCTION @agency@.signed() RETURNS trigger
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	signature jsonb := '{}';
	c text;
BEGIN
	IF NOT pg_has_role((SELECT r.relowner FROM pg_class AS r WHERE r.oid = TG_RELID), 'USAGE') THEN
		FOREACH c IN ARRAY TG_ARGV LOOP
			signature := signature || jsonb_build_object(c, CASE WHEN c LIKE '%\_at' THEN to_jsonb(now()) WHEN c LIKE '%\_on' THEN to_jsonb(current_date) ELSE to_jsonb(me()) END);
		END LOOP;
		NEW := jsonb_populate_record(NEW, signature);
	END IF;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.signed() IS 'Trigger: fills the columns it is given with who writes, and when (…_at, …_on), unless the schema''s owner writes.';

CREATE FUNCTION @agency@.signature_kept() RETURNS trigger
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	former jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) END;
	changed text;
BEGIN
	IF NOT pg_has_role((SELECT r.relowner FROM pg_class AS r WHERE r.oid = TG_RELID), 'USAGE') THEN
		SELECT a.c INTO changed FROM unnest(TG_ARGV) WITH ORDINALITY AS a (c, n)
			WHERE coalesce(former -> a.c, 'null') <> coalesce(to_jsonb(NEW) -> a.c, 'null') ORDER BY a.n LIMIT 1;
		IF FOUND THEN
			PERFORM mutasi.raise_error('42501', '"%1" of "%2" is not for role "%3" to write', ARRAY[changed, TG_TABLE_NAME::text, role_in_force()],
				hint => 'What says who did something, and when, is filled in and stays, as does what was done then. The owner of the schema puts right what is wrong.');
		END IF;
	END IF;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.signature_kept() IS 'Trigger: the columns it is given stay as they are, and empty in a new row, unless the schema''s owner writes (42501).';

-- Ties: found to hold, or not, by somebody else than the two, as verify_interest() has it.
CREATE FUNCTION @agency@.relation_verified() RETURNS trigger
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	-- the owner enters what others verified
	IF pg_has_role((SELECT c.relowner FROM pg_class AS c WHERE c.oid = TG_RELID), 'USAGE') THEN
		RETURN NEW;
	END IF;
	IF my_employee() IN (NEW.employee_id, NEW.relative_id) THEN
		IF TG_OP = 'UPDATE' THEN
			PERFORM mutasi.raise_error('MU128', 'employee %1 cannot verify a tie of the own', ARRAY[my_employee()::text],
				hint => 'Somebody else looks at it.');
		END IF;
		-- declared, and not looked at yet
		NEW.holds := NULL;
	ELSIF TG_OP = 'UPDATE' AND NEW.holds IS NULL THEN
		PERFORM mutasi.raise_error('22004', 'whether the tie holds must be true or false', '{}'::text[]);
	END IF;
	NEW.verified_by := CASE WHEN NEW.holds IS NOT NULL THEN me() END;
	NEW.verified_on := CASE WHEN NEW.holds IS NOT NULL THEN current_date END;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.relation_verified() IS 'Trigger: fills in who verified a tie and when, unless the schema''s owner writes, and lets neither of the two verify it (MU128): a tie that one of them enters is declared only.';
CREATE TRIGGER relation_declared BEFORE INSERT ON @agency@.relation
	FOR EACH ROW EXECUTE FUNCTION @agency@.signed('declared_on');
CREATE TRIGGER relation_kept BEFORE UPDATE ON @agency@.relation
	FOR EACH ROW EXECUTE FUNCTION @agency@.signature_kept('employee_id', 'relative_id', 'declared_on');
CREATE TRIGGER relation_verified BEFORE INSERT OR UPDATE ON @agency@.relation
	FOR EACH ROW EXECUTE FUNCTION @agency@.relation_verified();

-- Nobody decides about oneself (UU 30/2014 Ps 42: no decision with a conflict of
-- interest); whoever writes, the owner too where that is the person's login.
CREATE FUNCTION @agency@.done_by_another() RETURNS trigger
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF my_employee() = NEW.employee_id THEN
		IF TG_TABLE_NAME = 'transfer' THEN
			PERFORM mutasi.raise_error('MU128', 'employee %1 cannot decide the own transfer', ARRAY[NEW.employee_id::text],
				hint => 'Somebody else decides it.');
		ELSIF TG_TABLE_NAME = 'waiver' THEN
			PERFORM mutasi.raise_error('MU128', 'employee %1 cannot grant the own waiver', ARRAY[NEW.employee_id::text],
				hint => 'Somebody else decides it.');
		ELSE
			PERFORM mutasi.raise_error('MU128', 'employee %1 cannot complete the own training', ARRAY[NEW.employee_id::text],
				hint => 'Somebody else enters the level reached.');
		END IF;
	END IF;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.done_by_another() IS 'Trigger: nobody decides the own transfer, grants the own waiver or completes the own training (MU128; UU 30/2014 Ps 42).';
CREATE TRIGGER decided_by_another BEFORE UPDATE ON @agency@.transfer
	FOR EACH ROW WHEN (NEW.state IN ('decided', 'appointed') AND NEW.state <> OLD.state) EXECUTE FUNCTION @agency@.done_by_another();
CREATE TRIGGER granted_by_another BEFORE INSERT ON @agency@.waiver
	FOR EACH ROW EXECUTE FUNCTION @agency@.done_by_another();
CREATE TRIGGER completed_by_another BEFORE INSERT OR UPDATE OF completed_on ON @agency@.training
	FOR EACH ROW WHEN (NEW.completed_on IS NOT NULL) EXECUTE FUNCTION @agency@.done_by_another();

-- whoever says that a record is complete has looked, today
CREATE TRIGGER record_check_signed BEFORE INSERT OR UPDATE ON @agency@.record_check
	FOR EACH ROW EXECUTE FUNCTION @agency@.signed('checked_by', 'checked_on');

-- What a case is opened with stays: transfer_kept().
CREATE TRIGGER a_transfer_signed BEFORE INSERT ON @agency@.transfer
	FOR EACH ROW EXECUTE FUNCTION @agency@.signed('created_by', 'created_at');

CREATE TRIGGER transfer_plan_signed BEFORE INSERT ON @agency@.transfer_plan
	FOR EACH ROW EXECUTE FUNCTION @agency@.signed('created_by', 'created_at');
CREATE TRIGGER transfer_plan_kept BEFORE UPDATE ON @agency@.transfer_plan
	FOR EACH ROW EXECUTE FUNCTION @agency@.signature_kept('created_by', 'created_at');
CREATE TRIGGER transfer_plan_move_signed BEFORE INSERT ON @agency@.transfer_plan_move
	FOR EACH ROW EXECUTE FUNCTION @agency@.signed('proposed_at');
CREATE TRIGGER transfer_plan_move_kept BEFORE UPDATE ON @agency@.transfer_plan_move
	FOR EACH ROW EXECUTE FUNCTION @agency@.signature_kept('proposed_at');

-- later changes: application_dated()
CREATE TRIGGER application_signed BEFORE INSERT ON @agency@.application
	FOR EACH ROW EXECUTE FUNCTION @agency@.signed('filed_at');
CREATE TRIGGER application_begun BEFORE INSERT ON @agency@.application
	FOR EACH ROW EXECUTE FUNCTION @agency@.signature_kept('withdrawn_at', 'ended_at', 'transfer_id');
-- fired before application_linked(), which writes it
CREATE TRIGGER application_end_kept BEFORE UPDATE ON @agency@.application
	FOR EACH ROW EXECUTE FUNCTION @agency@.signature_kept('ended_at');

-- A notice is what the person was told, and the time to object runs from it; that
-- it was read the person says alone, by acknowledge_notice().
CREATE TRIGGER notice_signed BEFORE INSERT ON @agency@.notice
	FOR EACH ROW EXECUTE FUNCTION @agency@.signed('issued_by', 'issued_at');
-- the time to object does not begin before there is a decision
CREATE FUNCTION @agency@.notice_timely() RETURNS trigger
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF NOT pg_has_role((SELECT r.relowner FROM pg_class AS r WHERE r.oid = TG_RELID), 'USAGE') THEN
		PERFORM notice_allowed(NEW.transfer_id);
	END IF;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.notice_timely() IS 'Trigger: a notice is given between decision and effect (MU117), unless the schema''s owner enters it.';
CREATE TRIGGER notice_timely BEFORE INSERT ON @agency@.notice
	FOR EACH ROW EXECUTE FUNCTION @agency@.notice_timely();
CREATE TRIGGER notice_unread BEFORE INSERT ON @agency@.notice
	FOR EACH ROW EXECUTE FUNCTION @agency@.signature_kept('acknowledged_at');
CREATE TRIGGER notice_kept BEFORE UPDATE ON @agency@.notice
	FOR EACH ROW EXECUTE FUNCTION @agency@.signature_kept('transfer_id', 'issued_by', 'issued_at', 'acknowledged_at', 'language', 'body', 'waived_because');

CREATE TRIGGER objection_signed BEFORE INSERT ON @agency@.objection
	FOR EACH ROW EXECUTE FUNCTION @agency@.signed('filed_at');
CREATE TRIGGER objection_kept BEFORE UPDATE ON @agency@.objection
	FOR EACH ROW EXECUTE FUNCTION @agency@.signature_kept('transfer_id', 'grounds', 'filed_at', 'answer_due');
CREATE TRIGGER objection_answer_signed BEFORE INSERT OR UPDATE ON @agency@.objection
	FOR EACH ROW WHEN (NEW.answered_at IS NOT NULL) EXECUTE FUNCTION @agency@.signed('answered_by', 'answered_at');
CREATE TRIGGER objection_answer_kept BEFORE UPDATE ON @agency@.objection
	FOR EACH ROW WHEN (OLD.answered_at IS NOT NULL) EXECUTE FUNCTION @agency@.signature_kept('answer');
CREATE TRIGGER objection_unanswered BEFORE INSERT OR UPDATE ON @agency@.objection
	FOR EACH ROW WHEN (NEW.answered_at IS NULL) EXECUTE FUNCTION @agency@.signature_kept('answered_by');

-- a message that was taken was sent as it is
CREATE TRIGGER outbox_signed BEFORE INSERT ON @agency@.outbox
	FOR EACH ROW EXECUTE FUNCTION @agency@.signed('created_at');
CREATE TRIGGER outbox_waits BEFORE INSERT ON @agency@.outbox
	FOR EACH ROW EXECUTE FUNCTION @agency@.signature_kept('taken_by', 'taken_at');
CREATE TRIGGER outbox_kept BEFORE UPDATE ON @agency@.outbox
	FOR EACH ROW EXECUTE FUNCTION @agency@.signature_kept('created_at');
CREATE TRIGGER outbox_sent_kept BEFORE UPDATE ON @agency@.outbox
	FOR EACH ROW WHEN (OLD.taken_at IS NOT NULL) EXECUTE FUNCTION @agency@.signature_kept('employee_id', 'transfer_id', 'subject', 'body');
CREATE TRIGGER outbox_taken BEFORE UPDATE ON @agency@.outbox
	FOR EACH ROW WHEN (NEW.taken_at IS NOT NULL AND (OLD.taken_at, OLD.taken_by) IS DISTINCT FROM (NEW.taken_at, NEW.taken_by))
	EXECUTE FUNCTION @agency@.signed('taken_by', 'taken_at');

CREATE TRIGGER induction_step_entered_done BEFORE INSERT ON @agency@.induction_step
	FOR EACH ROW WHEN (NEW.done_on IS NOT NULL) EXECUTE FUNCTION @agency@.signed('done_by');
CREATE TRIGGER induction_step_done BEFORE UPDATE ON @agency@.induction_step
	FOR EACH ROW WHEN (NEW.done_on IS NOT NULL AND (OLD.done_on, OLD.done_by) IS DISTINCT FROM (NEW.done_on, NEW.done_by))
	EXECUTE FUNCTION @agency@.signed('done_by');

CREATE TRIGGER placement_review_entered BEFORE INSERT ON @agency@.placement_review
	FOR EACH ROW WHEN (NEW.reviewed_on IS NOT NULL) EXECUTE FUNCTION @agency@.signed('reviewer');
CREATE TRIGGER placement_review_done BEFORE UPDATE ON @agency@.placement_review
	FOR EACH ROW WHEN (OLD.reviewed_on IS NULL AND NEW.reviewed_on IS NOT NULL) EXECUTE FUNCTION @agency@.signed('reviewer');
CREATE TRIGGER placement_review_kept BEFORE UPDATE ON @agency@.placement_review
	FOR EACH ROW WHEN (OLD.reviewed_on IS NOT NULL)
	EXECUTE FUNCTION @agency@.signature_kept('transfer_id', 'months', 'reviewed_on', 'reviewer', 'adaptation', 'performance', 'goal_reached', 'follow_up', 'return_transfer_id');
