-- Before the move: notice, objections, messages.

CREATE TABLE @agency@.notice_template (
	language text PRIMARY KEY CHECK (language ~ '^[a-z]{2}$'),
	body text NOT NULL
);
COMMENT ON TABLE @agency@.notice_template IS 'Text of the notice (pemberitahuan) to a person who is to move, by language; edit it as you like. In braces what is filled in: see notice_fields(); in square brackets a part that is left out where a field in it has nothing to say ({field?} asks and prints nothing). A field that does not exist is refused.';
COMMENT ON COLUMN @agency@.notice_template.language IS 'Two letters: id, en, or any other the agency adds.';

CREATE FUNCTION @agency@.fill_template(body text, fields jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	kept text := '';
	part text;
	named text[];
	pieces text[];
	filled text;
	field text;
BEGIN
	-- first what is optional, while no value is in it yet
	FOR part IN SELECT m[1] FROM regexp_matches(body, '(\[[^][]*\]|[^[]+|\[)', 'g') AS m LOOP
		IF part LIKE '[_%' THEN
			named := ARRAY(SELECT f[1] FROM regexp_matches(part, '\{([a-z_]+)\??\}', 'g') AS f WHERE fields ? f[1]);
			IF named <> '{}' THEN
				part := CASE WHEN EXISTS (SELECT FROM unnest(named) AS n WHERE fields ->> n IS NULL) THEN '' ELSE substr(part, 2, length(part) - 2) END;
			END IF;
		END IF;
		kept := kept || part;
	END LOOP;
	-- then piece by piece, so that a brace in a value is no field again
	pieces := string_to_array(kept, '{');
	filled := coalesce(pieces[1], '');
	FOR n IN 2 .. coalesce(cardinality(pieces), 0) LOOP
		field := substring(pieces[n] FROM '^([a-z_]+)\??\}');
		IF field IS NOT NULL AND fields ? field THEN
			filled := filled || CASE WHEN strpos(pieces[n], '?}') = length(field) + 1 THEN '' ELSE coalesce(fields ->> field, '-') END
				|| substr(pieces[n], strpos(pieces[n], '}') + 1);
		ELSE
			filled := filled || '{' || pieces[n];
		END IF;
	END LOOP;
	RETURN filled;
END
$body$;
COMMENT ON FUNCTION @agency@.fill_template(text, jsonb) IS 'A text with {field} replaced by the value of that key, NULL by a dash; [a part in square brackets with a {field}] is left out where a field in it is NULL, and else stands without the brackets; {field?} asks for a field and prints nothing. Braces and brackets around anything else, and in the values, stay.';

CREATE FUNCTION @agency@.notice_fields(transfer integer DEFAULT NULL) RETURNS jsonb
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	c transfer;
	left_unit record;
	new_unit record;
	figures_of date;
BEGIN
	IF transfer IS NULL THEN
		RETURN (SELECT jsonb_object_agg(f, NULL) FROM unnest('{name,from_post,from_unit,from_agency,to_post,to_unit,other_unit,to_agency,effective_on,reason,goal,letter,figures_of,ratio_from_before,ratio_from_after,ratio_to_before,ratio_to_after,objection_days,answer_days}'::text[]) AS f);
	END IF;
	SELECT t.* INTO c FROM transfer AS t WHERE t.transfer_id = notice_fields.transfer;
	-- what the decision was made from; what it would be today, before there is one
	SELECT d.as_of INTO figures_of FROM decision AS d WHERE d.transfer_id = c.transfer_id;
	IF FOUND THEN
		SELECT u.unit_name, u.ratio_before, u.ratio_after INTO left_unit FROM decision_unit AS u WHERE u.transfer_id = c.transfer_id AND u.side = 'from';
		SELECT u.unit_name, u.ratio_before, u.ratio_after INTO new_unit FROM decision_unit AS u WHERE u.transfer_id = c.transfer_id AND u.side = 'to';
	ELSE
		figures_of := current_date;
		SELECT w.unit_name, w.ratio_before, w.ratio_after INTO left_unit
			FROM what_if(ARRAY[c.employee_id], ARRAY[c.to_post_id], current_date, ARRAY[c.from_post_id]) AS w JOIN post AS p ON p.unit_id = w.unit_id WHERE p.post_id = c.from_post_id;
		SELECT w.unit_name, w.ratio_before, w.ratio_after INTO new_unit
			FROM what_if(ARRAY[c.employee_id], ARRAY[c.to_post_id], current_date, ARRAY[c.from_post_id]) AS w JOIN post AS p ON p.unit_id = w.unit_id WHERE p.post_id = c.to_post_id;
	END IF;
	RETURN (SELECT jsonb_build_object('name', e.name,
			'from_post', fp.title, 'from_unit', coalesce(left_unit.unit_name, fu.name), 'from_agency', CASE WHEN c.kind = 'inter-agency in' THEN c.other_agency END,
			'to_post', tp.title, 'to_unit', coalesce(new_unit.unit_name, tu.name),
			-- where the move stays in the unit, that is told once
			'other_unit', CASE WHEN tp.unit_id IS DISTINCT FROM fp.unit_id THEN coalesce(new_unit.unit_name, tu.name) END, 'to_agency', CASE WHEN c.kind = 'inter-agency out' THEN c.other_agency END,
			'effective_on', c.effective_on, 'reason', c.reason, 'goal', g.goal, 'letter', c.decision_letter,
			'figures_of', CASE WHEN left_unit.ratio_before + left_unit.ratio_after IS NOT NULL OR new_unit.ratio_before + new_unit.ratio_after IS NOT NULL THEN figures_of END,
			'ratio_from_before', round(left_unit.ratio_before, 2), 'ratio_from_after', round(left_unit.ratio_after, 2),
			'ratio_to_before', round(new_unit.ratio_before, 2), 'ratio_to_after', round(new_unit.ratio_after, 2),
			'objection_days', y.objection_days, 'answer_days', y.answer_days)
		FROM employee AS e
		CROSS JOIN LATERAL policy_on(current_date) AS y
		LEFT JOIN transfer_plan AS g ON g.plan_id = c.plan_id
		LEFT JOIN post AS fp ON fp.post_id = c.from_post_id LEFT JOIN unit AS fu ON fu.unit_id = fp.unit_id
		LEFT JOIN post AS tp ON tp.post_id = c.to_post_id LEFT JOIN unit AS tu ON tu.unit_id = tp.unit_id
		WHERE e.employee_id = c.employee_id);
END
$body$;
COMMENT ON FUNCTION @agency@.notice_fields(integer) IS 'What a notice can say of a transfer, as {"field": value}: person, posts and units (or the other agency; other_unit: the unit led to, where it is not the one left), day, reason, the plan''s goal, number of the decision, workload ratio of both units before and after and the day of these figures (as the decision kept them; today''s where there is no decision yet), working days to object and to answer. NULL where there is nothing to say. Without a transfer: the fields there are.';

CREATE FUNCTION @agency@.notice_template_fields() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	unknown text;
BEGIN
	SELECT m[1] INTO unknown FROM regexp_matches(NEW.body, '\{([^{}]*?)\??\}', 'g') AS m WHERE NOT notice_fields() ? m[1] ORDER BY 1 LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('22023', 'a notice has no field "%1"', ARRAY[unknown, (SELECT string_agg(k, ', ' ORDER BY k) FROM jsonb_object_keys(notice_fields()) AS k)],
			hint => 'Fields are %2.');
	END IF;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.notice_template_fields() IS 'Trigger: refuses a template with a field in braces that does not exist.';
CREATE TRIGGER notice_template_fields BEFORE INSERT OR UPDATE ON @agency@.notice_template
	FOR EACH ROW EXECUTE FUNCTION @agency@.notice_template_fields();

INSERT INTO @agency@.notice_template (language, body) VALUES
	('en', E'To {name}\n\nBy decision {letter} you move[ from {from_post}, {from_unit}][ from {from_agency}][ to {to_post}, {to_unit}][ to {to_agency}] with effect from {effective_on}.\n\nReason: {reason}.[\nGoal of the transfer plan: {goal}.][{figures_of?}\n\nWhat it does to the units concerned, by the figures of the decision (a workload ratio above 1 means too few people for the work):][\n- {from_unit}: from {ratio_from_before} to {ratio_from_after}][\n- {other_unit}: from {ratio_to_before} to {ratio_to_after}]\n\nYou may object within {objection_days} working days, with your grounds; you will get an answer within {answer_days} working days, and the move waits for it.'),
	('id', E'Kepada {name}\n\nDengan keputusan {letter} Saudara dipindahkan[ dari {from_post}, {from_unit}][ dari {from_agency}][ ke {to_post}, {to_unit}][ ke {to_agency}] terhitung mulai {effective_on}.\n\nAlasan: {reason}.[\nTujuan rencana mutasi: {goal}.][{figures_of?}\n\nDampak bagi unit yang bersangkutan menurut data saat keputusan (rasio beban kerja di atas 1 berarti kekurangan pegawai):][\n- {from_unit}: dari {ratio_from_before} menjadi {ratio_from_after}][\n- {other_unit}: dari {ratio_to_before} menjadi {ratio_to_after}]\n\nSaudara dapat mengajukan keberatan dalam {objection_days} hari kerja beserta alasannya; jawaban diberikan dalam {answer_days} hari kerja, dan mutasi menunggu jawaban itu.');

CREATE TABLE @agency@.notice (
	notice_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	transfer_id integer NOT NULL UNIQUE REFERENCES @agency@.transfer,
	language text,
	body text,
	issued_at timestamptz NOT NULL DEFAULT now(),
	issued_by text NOT NULL DEFAULT session_user,
	waived_because text,
	acknowledged_at timestamptz,
	CHECK (body IS NOT NULL OR waived_because IS NOT NULL)
);
COMMENT ON TABLE @agency@.notice IS 'Notices (pemberitahuan) to people who are to move, or why there was none. Without one a transfer does not take effect, unless the policy says otherwise.';

CREATE FUNCTION @agency@.notice_status(transfer integer) RETURNS text
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN coalesce((SELECT CASE WHEN n.body IS NOT NULL THEN 'given' ELSE 'waived' END FROM notice AS n WHERE n.transfer_id = notice_status.transfer),
		CASE WHEN (SELECT p.notice_required FROM policy_on(current_date) AS p) THEN 'owed' ELSE 'not required' END);
END
$body$;
COMMENT ON FUNCTION @agency@.notice_status(integer) IS 'Whether the person of a transfer was told: given, waived, owed, or not required by today''s policy. What transfer.notice_status follows.';

-- The case itself says so, because the workflow judges the case's row; its history
-- then has the day.
CREATE FUNCTION @agency@.notice_recorded() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	UPDATE transfer AS t SET notice_status = notice_status(t.transfer_id)
		WHERE t.transfer_id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.transfer_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.transfer_id END)
			AND t.is_open AND t.notice_status <> notice_status(t.transfer_id);
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.notice_recorded() IS 'Trigger: keeps transfer.notice_status as the notices are.';
CREATE TRIGGER notice_recorded AFTER INSERT OR UPDATE OR DELETE ON @agency@.notice
	FOR EACH ROW EXECUTE FUNCTION @agency@.notice_recorded();

CREATE TABLE @agency@.objection (
	objection_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	transfer_id integer NOT NULL REFERENCES @agency@.transfer,
	grounds text NOT NULL CHECK (grounds <> ''),
	filed_at timestamptz NOT NULL DEFAULT now(),
	answer_due date NOT NULL,
	answer text,
	upheld boolean,
	answered_at timestamptz,
	answered_by text,
	CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (upheld IS NULL))
);
CREATE INDEX objection_transfer_idx ON @agency@.objection (transfer_id);
COMMENT ON TABLE @agency@.objection IS 'Objections (keberatan) with their grounds, the day by which they are to be answered, and the answer. An open or upheld objection holds the transfer up.';

CREATE TABLE @agency@.outbox (
	message_id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	employee_id integer NOT NULL REFERENCES @agency@.employee,
	transfer_id integer REFERENCES @agency@.transfer,
	subject text NOT NULL,
	body text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	taken_at timestamptz,
	taken_by text
);
CREATE INDEX outbox_waiting_idx ON @agency@.outbox (message_id) WHERE taken_at IS NULL;
CREATE INDEX outbox_employee_idx ON @agency@.outbox (employee_id);
COMMENT ON COLUMN @agency@.outbox.taken_at IS 'When a gateway took it; NULL: waits.';
COMMENT ON TABLE @agency@.outbox IS 'Messages for a mail gateway, written in the transaction that causes them: rolled back with it, taken once by take_messages().';

CREATE FUNCTION @agency@.preview_notice(transfer integer, language text DEFAULT 'id') RETURNS text
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	template text;
BEGIN
	IF NOT EXISTS (SELECT FROM transfer AS t WHERE t.transfer_id = preview_notice.transfer) THEN
		PERFORM mutasi.raise_error('MU102', 'there is no transfer %1', ARRAY[transfer::text]);
	END IF;
	SELECT n.body INTO template FROM notice_template AS n WHERE n.language = preview_notice.language;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('22023', 'there is no notice in language "%1"', ARRAY[language], hint => 'Add one to notice_template.');
	END IF;
	RETURN fill_template(template, notice_fields(transfer));
END
$body$;
COMMENT ON FUNCTION @agency@.preview_notice(integer, text) IS 'The text that a notice of a transfer would have now, in a language; nothing is given or kept.';

CREATE FUNCTION @agency@.notice_allowed(transfer integer) RETURNS void
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	stage text;
	earlier text;
BEGIN
	SELECT t.state INTO stage FROM transfer AS t WHERE t.transfer_id = notice_allowed.transfer FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('MU102', 'there is no transfer %1', ARRAY[transfer::text]);
	END IF;
	IF stage NOT IN ('decided', 'appointed') THEN
		PERFORM mutasi.raise_error('MU117', 'transfer %1 is in state "%2": notice is given between decision and effect', ARRAY[transfer::text, stage]);
	END IF;
	-- behind the lock, so that of two at once the second sees what the first did
	earlier := notice_status(transfer);
	IF earlier = 'given' THEN
		PERFORM mutasi.raise_error('MU117', 'notice of transfer %1 was given already', ARRAY[transfer::text],
			hint => 'To correct it, DELETE FROM notice WHERE transfer_id = %1, then give notice anew; delete its message from outbox, too, if nobody has taken it yet.');
	ELSIF earlier = 'waived' THEN
		PERFORM mutasi.raise_error('MU117', 'notice of transfer %1 was waived already', ARRAY[transfer::text],
			hint => 'To give or waive it anew, DELETE FROM notice WHERE transfer_id = %1 first.');
	END IF;
END
$body$;
COMMENT ON FUNCTION @agency@.notice_allowed(integer) IS 'Raises an error unless notice of a transfer may be given now: it is decided and not yet in effect, and notice was neither given nor waived before (MU117).';

CREATE FUNCTION @agency@.issue_notice(transfer integer, language text DEFAULT 'id') RETURNS text
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	made text;
BEGIN
	PERFORM notice_allowed(transfer);
	made := preview_notice(transfer, language);
	INSERT INTO notice (transfer_id, language, body) VALUES (transfer, issue_notice.language, made);
	INSERT INTO outbox (employee_id, transfer_id, subject, body)
		SELECT t.employee_id, t.transfer_id, format('%s, %s -> %s', coalesce(t.decision_letter, t.transfer_id::text), coalesce(fp.title, t.other_agency, '-'), coalesce(tp.title, t.other_agency, '-')), made
		FROM transfer AS t LEFT JOIN post AS fp ON fp.post_id = t.from_post_id LEFT JOIN post AS tp ON tp.post_id = t.to_post_id
		WHERE t.transfer_id = issue_notice.transfer;
	RETURN made;
END
$body$;
COMMENT ON FUNCTION @agency@.issue_notice(integer, text) IS 'Gives notice of a decided transfer: makes the text from what the decision kept and the case says, and the language''s template (id, en, or the agency''s), keeps it and puts it into the outbox. Once, between decision and effect (MU117).';

CREATE FUNCTION @agency@.waive_notice(transfer integer, because text) RETURNS void
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	PERFORM notice_allowed(transfer);
	IF coalesce(btrim(because), '') = '' THEN
		PERFORM mutasi.raise_error('22023', 'a notice is waived with a reason', '{}'::text[], hint => 'Say why there is no notice, e.g. that the person asked for the move and waived it in writing.');
	END IF;
	INSERT INTO notice (transfer_id, waived_because) VALUES (transfer, because);
END
$body$;
COMMENT ON FUNCTION @agency@.waive_notice(integer, text) IS 'Records why no notice of a decided transfer is given; then it may take effect.';

CREATE FUNCTION @agency@.acknowledge_notice(transfer integer) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	UPDATE notice AS n SET acknowledged_at = now() FROM transfer AS t
		WHERE t.transfer_id = n.transfer_id AND n.transfer_id = transfer AND t.employee_id = my_employee() AND n.acknowledged_at IS NULL;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('MU118', 'there is no notice of transfer %1 for you to acknowledge', ARRAY[transfer::text]);
	END IF;
END
$body$;
COMMENT ON FUNCTION @agency@.acknowledge_notice(integer) IS 'The person concerned acknowledges a notice; for nobody else.';

CREATE FUNCTION @agency@.file_objection(transfer integer, grounds text) RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	y policy := policy_on(current_date);
	last_day date;
	made integer;
BEGIN
	-- locked, so that the move does not take effect in the same moment
	PERFORM FROM transfer AS t WHERE t.transfer_id = file_objection.transfer AND t.employee_id = my_employee() AND t.is_open FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('MU118', 'there is no open transfer %1 of yours to object to', ARRAY[transfer::text]);
	END IF;
	SELECT mutasi.add_working_days(n.issued_at::date, y.objection_days, ARRAY(SELECT h.day FROM holiday AS h)) INTO last_day
		FROM notice AS n WHERE n.transfer_id = file_objection.transfer AND n.body IS NOT NULL;
	IF last_day < current_date THEN
		PERFORM mutasi.raise_error('MU124', 'the time to object to transfer %1 ended on %2', ARRAY[transfer::text, last_day::text],
			hint => 'Ask the personnel agency to take it up by itself.');
	END IF;
	INSERT INTO objection (transfer_id, grounds, answer_due)
		VALUES (transfer, file_objection.grounds, mutasi.add_working_days(current_date, y.answer_days, ARRAY(SELECT h.day FROM holiday AS h)))
		RETURNING objection_id INTO made;
	RETURN made;
END
$body$;
COMMENT ON FUNCTION @agency@.file_objection(integer, text) IS 'The person concerned objects to an open transfer, with grounds, within policy.objection_days working days after the notice (MU124); it is to be answered within policy.answer_days. Returns the objection''s id.';

CREATE FUNCTION @agency@.answer_objection(objection integer, answer text, upheld boolean) RETURNS void
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF coalesce(btrim(answer), '') = '' OR upheld IS NULL THEN
		PERFORM mutasi.raise_error('22023', 'objection %1 is answered with a text and whether it is upheld', ARRAY[objection::text]);
	END IF;
	UPDATE objection AS o SET answer = answer_objection.answer, upheld = answer_objection.upheld, answered_at = now(), answered_by = me()
		FROM transfer AS t
		WHERE o.objection_id = objection AND o.answered_at IS NULL AND t.transfer_id = o.transfer_id AND t.employee_id IS DISTINCT FROM my_employee();
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('MU118', 'there is no open objection %1', ARRAY[objection::text], hint => 'One''s own objection is answered by somebody else.');
	END IF;
	INSERT INTO outbox (employee_id, transfer_id, subject, body)
		-- in the language of the notice, where there was one
		SELECT t.employee_id, t.transfer_id, told('answer to your objection', n.language), answer_objection.answer
		FROM objection AS o JOIN transfer AS t USING (transfer_id) LEFT JOIN notice AS n USING (transfer_id)
		WHERE o.objection_id = answer_objection.objection;
END
$body$;
COMMENT ON FUNCTION @agency@.answer_objection(integer, text, boolean) IS 'Answers an objection, once, not one''s own (MU118); upheld: the transfer does not take effect. The answer goes into the outbox.';

-- Whatever rights somebody has on the table.
CREATE FUNCTION @agency@.objection_answered() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF OLD.answered_at IS NOT NULL OR EXISTS (SELECT FROM transfer AS t WHERE t.transfer_id = NEW.transfer_id AND t.employee_id = my_employee()) THEN
		PERFORM mutasi.raise_error('MU118', 'there is no open objection %1', ARRAY[NEW.objection_id::text], hint => 'One''s own objection is answered by somebody else.');
	END IF;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.objection_answered() IS 'Trigger: an objection is answered once, and not by the person who objected (MU118).';
CREATE TRIGGER objection_answered BEFORE UPDATE ON @agency@.objection
	FOR EACH ROW WHEN ((OLD.transfer_id, OLD.upheld, OLD.answered_at, OLD.answered_by) IS DISTINCT FROM (NEW.transfer_id, NEW.upheld, NEW.answered_at, NEW.answered_by))
	EXECUTE FUNCTION @agency@.objection_answered();
CREATE TRIGGER objection_entered_answered BEFORE INSERT ON @agency@.objection
	FOR EACH ROW WHEN (NEW.answered_at IS NOT NULL) EXECUTE FUNCTION @agency@.objection_answered();

CREATE FUNCTION @agency@.take_messages(n integer DEFAULT 100)
	RETURNS TABLE (message_id bigint, employee_id integer, login text, subject text, body text)
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		WITH claimed AS MATERIALIZED (
			SELECT w.message_id FROM outbox AS w WHERE w.taken_at IS NULL ORDER BY w.message_id LIMIT n FOR UPDATE SKIP LOCKED),
		taken AS (
			UPDATE outbox AS o SET taken_at = clock_timestamp(), taken_by = session_user
			FROM claimed AS c WHERE o.message_id = c.message_id
			RETURNING o.message_id, o.employee_id, o.subject, o.body)
		SELECT t.message_id, t.employee_id, e.login, t.subject, t.body
		FROM taken AS t LEFT JOIN employee AS e ON e.employee_id = t.employee_id ORDER BY t.message_id;
END
$body$;
COMMENT ON FUNCTION @agency@.take_messages(integer) IS 'For a mail gateway: up to n messages that nobody has taken, oldest first, marked as taken; several gateways at once never get the same and never wait for each other. Send them, then commit: a rollback, or a gateway that dies, puts them back. Give message_id to the mail system as its message''s identifier, so that a message sent just before a crash is known when it comes again.';

CREATE FUNCTION @agency@.announce_messages() RETURNS integer
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	waiting integer;
BEGIN
	SELECT count(*) INTO waiting FROM outbox AS o WHERE o.taken_at IS NULL;
	IF waiting > 0 THEN
		PERFORM pg_notify('@agency@_outbox', waiting::text);
	END IF;
	RETURN waiting;
END
$body$;
COMMENT ON FUNCTION @agency@.announce_messages() IS 'Wakes listeners on the channel named as the schema with _outbox behind it, if messages wait; returns how many. Run it by a scheduler, not where cases are written: NOTIFY makes transactions commit one after another.';

CREATE FUNCTION @agency@.transfer_people() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF NEW.notice_status = 'owed' THEN
		PERFORM mutasi.raise_error('MU119', 'transfer %1 cannot take effect before notice is given', ARRAY[NEW.transfer_id::text],
			hint => 'SELECT issue_notice(%1), or waive_notice(%1, …) with the reason why there is none.');
	END IF;
	IF EXISTS (SELECT FROM objection AS o WHERE o.transfer_id = NEW.transfer_id AND o.upheld IS NOT FALSE) THEN
		PERFORM mutasi.raise_error('MU120', 'an objection to transfer %1 is open or was upheld', ARRAY[NEW.transfer_id::text],
			hint => 'Answer it first; where it was upheld, cancel the transfer.');
	END IF;
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.transfer_people() IS 'Trigger: a transfer takes effect only after notice was given or waived (MU119) and with no objection open or upheld (MU120).';
-- That notice is not owed is the workflow's condition; fired before it, this says
-- what to do. Fired behind it, it holds under workflows that have no such condition.
CREATE TRIGGER a_transfer_people AFTER UPDATE ON @agency@.transfer
	FOR EACH ROW WHEN (OLD.state = 'appointed' AND NEW.state = 'effective')
	EXECUTE FUNCTION @agency@.transfer_people();
CREATE TRIGGER zz_transfer_people AFTER UPDATE ON @agency@.transfer
	FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND NEW.state = 'effective')
	EXECUTE FUNCTION @agency@.transfer_people();

-- Heads of units learn that there is a notice or an objection, not what it says. They
-- are employees as well, who read their own whole, and PostgreSQL adds privileges up:
-- so they are shown it by functions and have no policy on the tables.
CREATE FUNCTION @agency@.led_notices() RETURNS TABLE (transfer_id integer, issued_at timestamptz, acknowledged_at timestamptz)
	LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN QUERY SELECT n.transfer_id, n.issued_at, n.acknowledged_at FROM notice AS n WHERE n.transfer_id IN (SELECT m FROM my_transfers(true) AS m);
END
$body$;
COMMENT ON FUNCTION @agency@.led_notices() IS 'That notice was given or waived, and when acknowledged, in transfers of the logged-in person and those from and into the units that person leads; not what it says.';
CREATE FUNCTION @agency@.led_objections() RETURNS TABLE (objection_id integer, transfer_id integer, filed_at timestamptz, answer_due date, answered_at timestamptz, upheld boolean)
	LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN QUERY SELECT o.objection_id, o.transfer_id, o.filed_at, o.answer_due, o.answered_at, o.upheld
		FROM objection AS o WHERE o.transfer_id IN (SELECT m FROM my_transfers(true) AS m);
END
$body$;
COMMENT ON FUNCTION @agency@.led_objections() IS 'That there is an objection, until when it is to be answered and whether it was upheld, in transfers of the logged-in person and those from and into the units that person leads; not its grounds, nor the answer.';

-- Conflicts of interest are declared by the person concerned.
CREATE FUNCTION @agency@.declare_interest(relative_nip text, kind text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	mine integer := my_employee();
	other integer;
BEGIN
	IF mine IS NULL THEN
		PERFORM mutasi.raise_error('42501', 'role "%1" is no employee''s login', ARRAY[me()],
			hint => 'Set employee.login to the role of the person who asks.');
	END IF;
	SELECT e.employee_id INTO other FROM employee AS e WHERE e.nip = relative_nip::mutasi.nip;
	-- no answer that tells whether somebody is employed here: the NIP was known to the person
	IF FOUND AND other <> mine THEN
		INSERT INTO relation (employee_id, relative_id, kind, holds, verified_on, verified_by) VALUES (mine, other, declare_interest.kind, NULL, NULL, NULL) ON CONFLICT DO NOTHING;
	END IF;
END
$body$;
COMMENT ON FUNCTION @agency@.declare_interest(text, text) IS 'The person who is logged in declares a tie (konflik kepentingan: spouse, parent, child, sibling, in-law, business, other) to whoever has a NIP; the rule "conflict of interest" then counts as unknown for both, until somebody has looked at it (verify_interest). A NIP that nobody here has is taken without a word. Only the personnel agency removes a declaration.';

CREATE FUNCTION @agency@.verify_interest(employee integer, relative integer, holds boolean DEFAULT true) RETURNS void
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF verify_interest.holds IS NULL THEN
		PERFORM mutasi.raise_error('22004', 'whether the tie holds must be true or false', '{}'::text[]);
	END IF;
	IF my_employee() IN (employee, relative) THEN
		PERFORM mutasi.raise_error('MU128', 'employee %1 cannot verify a tie of the own', ARRAY[my_employee()::text],
			hint => 'Somebody else looks at it.');
	END IF;
	UPDATE relation AS r SET holds = verify_interest.holds, verified_on = current_date, verified_by = me()
		WHERE r.employee_id = employee AND r.relative_id = relative;
	IF NOT FOUND THEN
		PERFORM mutasi.raise_error('MU102', 'employee %1 has declared no tie to employee %2', ARRAY[employee::text, relative::text]);
	END IF;
END
$body$;
COMMENT ON FUNCTION @agency@.verify_interest(integer, integer, boolean) IS 'Says of a declared tie whether it was found to hold (from then on it blocks by the rule "conflict of interest") or not (from then on it counts for nothing), and keeps who said so. Not by one of the two (MU128).';
