-- The transfer under the workflows of its routes, and who plays which part.

CREATE TABLE @agency@.workflow_role (
	role text NOT NULL CHECK (role IN ('applicant', 'unit_head', 'verifier', 'analyst', 'assessment_team', 'appointing_official',
		'origin_official', 'governor', 'minister', 'bkn', 'receiving_unit', 'supervisor', 'system')),
	login text NOT NULL CHECK (login <> ''),
	valid_from date NOT NULL DEFAULT current_date,
	valid_to date CHECK (valid_to > valid_from),
	PRIMARY KEY (role, login)
);
COMMENT ON TABLE @agency@.workflow_role IS 'Who plays which part in a transfer: a person''s login, or a database role whose members all play it. A part that nobody is named for may be played by anyone who may write transfers; system only by those named.';
COMMENT ON COLUMN @agency@.workflow_role.role IS 'Part in the workflow.';
COMMENT ON COLUMN @agency@.workflow_role.login IS 'Login of a person, or a database role.';

CREATE FUNCTION @agency@.plays_role(person text, role text) RETURNS boolean
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF NOT EXISTS (SELECT FROM workflow_role AS w WHERE w.role = plays_role.role
			AND w.valid_from <= current_date AND (w.valid_to IS NULL OR w.valid_to > current_date)) THEN
		RETURN plays_role.role <> 'system';
	END IF;
	RETURN EXISTS (SELECT FROM workflow_role AS w
		WHERE w.role = plays_role.role AND w.valid_from <= current_date AND (w.valid_to IS NULL OR w.valid_to > current_date)
			AND (w.login = person
				OR EXISTS (SELECT FROM pg_roles AS r JOIN pg_roles AS p ON p.rolname = person
					WHERE r.rolname = w.login AND NOT p.rolsuper AND pg_has_role(p.oid, r.oid, 'MEMBER'))));
END
$body$;
COMMENT ON FUNCTION @agency@.plays_role(text, text) IS 'Whether a person plays a part, by the table workflow_role; asked by the workflow''s trigger.';

SELECT mutasi.attach_workflow('@agency@.transfer', 'transfer_within_agency', 'state', jsonb_build_object(
	'workflow_column', 'workflow',
	'workflows', '{"transfer_within_agency": true, "transfer_within_province": true, "transfer_between_provinces": true, "transfer_with_centre": true}'::jsonb,
	'plays_role', '@agency@.plays_role',
	'reason', 'state_reason',
	'reason_code', 'rejection_code',
	'documents', jsonb_build_object('table', '@agency@.transfer_document', 'case', 'transfer_id', 'code', 'code'),
	'holidays', jsonb_build_object('table', '@agency@.holiday', 'column', 'day')));
