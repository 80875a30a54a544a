-- The workflows that come with the extension, one for each route of a transfer:
-- PP 11/2017 articles 190-196, Per.BKN 5/2019 (documents), SE BKN 3/SE/VIII/2019
-- (order of approvals). Time limits are an agency's policy and given when a
-- workflow is attached (option "deadlines"), except BKN's five working days,
-- announced for 2026, after which its consideration is deemed given.

DO $definitions$
DECLARE
	-- titles, English and Indonesian, of the states
	titles constant jsonb := '{
		"draft": ["Draft", "Draf"],
		"submitted": ["Submitted", "Diajukan"],
		"verification": ["Verification of documents", "Verifikasi berkas"],
		"returned": ["Returned for completion", "Dikembalikan"],
		"analysis": ["Analysis", "Analisis"],
		"team_review": ["Consideration by the assessment team", "Pertimbangan Tim Penilai Kinerja"],
		"receiver_proposal": ["Proposal of the receiving agency", "Usul PPK penerima"],
		"origin_consent": ["Consent of the agency of origin", "Persetujuan PPK asal"],
		"minister_permission": ["Permission of the Minister of Home Affairs", "Izin Mendagri"],
		"bkn_consideration": ["Technical consideration of BKN", "Pertimbangan teknis BKN"],
		"consideration_given": ["Consideration given, awaiting decision", "Pertimbangan teknis diterima"],
		"decided": ["Decided", "Penetapan"],
		"appointed": ["Appointed", "Pengangkatan"],
		"effective": ["In effect", "Pelantikan dan SPMT"],
		"monitoring": ["Monitoring", "Monitoring"],
		"completed": ["Completed", "Selesai"],
		"rejected": ["Rejected", "Ditolak"],
		"withdrawn": ["Withdrawn", "Ditarik"],
		"cancelled": ["Cancelled", "Dibatalkan"],
		"expired": ["Expired", "Kedaluwarsa"]}';
	reasons constant jsonb := '[
		{"code": "TENURE_TOO_SHORT", "title": "Less than the minimum time in post", "title_id": "MASA_JABATAN_KURANG"},
		{"code": "TEN_YEAR_RULE", "title": "Own request to leave the agency within ten years", "title_id": "SEPULUH_TAHUN"},
		{"code": "DISCIPLINE", "title": "Under or serving a disciplinary sanction", "title_id": "DISIPLIN"},
		{"code": "COURT_CASE", "title": "Court case pending", "title_id": "PERKARA_PENGADILAN"},
		{"code": "STUDY_LEAVE_OR_BOND", "title": "On study assignment or bound by service", "title_id": "TUGAS_BELAJAR_IKATAN_DINAS"},
		{"code": "INSPECTORATE_FINDING", "title": "Open finding of the inspectorate", "title_id": "TEMUAN_INSPEKTORAT"},
		{"code": "PERFORMANCE_BELOW_GOOD", "title": "Performance below good in the last two years", "title_id": "KINERJA_DI_BAWAH_BAIK"},
		{"code": "NO_VACANCY", "title": "No vacancy in the formation", "title_id": "FORMASI_TIDAK_ADA"},
		{"code": "ORIGIN_SHORT_OF_STAFF", "title": "The unit of origin would be short of staff", "title_id": "UNIT_ASAL_KEKURANGAN"},
		{"code": "MATCH_BELOW_THRESHOLD", "title": "Job-person match below the threshold", "title_id": "JPM_DI_BAWAH_AMBANG"},
		{"code": "QUALIFICATION", "title": "Educational qualification does not fit", "title_id": "KUALIFIKASI_PENDIDIKAN"},
		{"code": "CONFLICT_OF_INTEREST", "title": "Conflict of interest", "title_id": "KONFLIK_KEPENTINGAN"},
		{"code": "ELECTION_PERIOD", "title": "Election period without the minister''s consent", "title_id": "MASA_PEMILIHAN"},
		{"code": "PPPK_OTHER_AGENCY", "title": "PPPK cannot move to another agency", "title_id": "PPPK_BEDA_INSTANSI"},
		{"code": "RETIREMENT_AGE", "title": "Too near to the age of retirement", "title_id": "USIA_BUP"},
		{"code": "DOCUMENTS_INCOMPLETE", "title": "Documents incomplete", "title_id": "BERKAS_TIDAK_LENGKAP"},
		{"code": "ORIGIN_REFUSES", "title": "The agency of origin does not consent", "title_id": "PPK_ASAL_TIDAK_SETUJU"},
		{"code": "BKN_REFUSES", "title": "BKN''s consideration is negative", "title_id": "PERTEK_DITOLAK"}]';
	-- the election window and the like: a column of that name, where the table has one
	permission constant text := 'coalesce(to_jsonb(NEW) ->> ''minister_permission_needed'', ''false'') IN (''true'', ''t'', ''yes'', ''1'')';
	own_request constant text := 'to_jsonb(NEW) ->> ''initiative'' IN (''own'', ''own_request'', ''SENDIRI'')';
	-- the person is told before, or there is a reason why not; a table that does not know has no such column
	told constant text := 'coalesce(to_jsonb(NEW) ->> ''notice_status'', ''not required'') IN (''given'', ''waived'', ''not required'')';
	-- who passes over eligible people ranked higher says why; a table that does not count them has no such column
	grounds constant text := '(coalesce(to_jsonb(NEW) ->> ''passed_over'', ''0'') = ''0'' OR coalesce(btrim(to_jsonb(NEW) ->> ''decision_grounds''), '''') <> '''')';
	route record;
	states jsonb;
	transitions jsonb;
	step jsonb;
	name text;
	review_to text;
BEGIN
	FOR route IN SELECT * FROM (VALUES
		('transfer_within_agency', 'Transfer within one agency', 'Mutasi dalam satu instansi',
			'PP 11/2017 articles 190 and 191: decided by the appointing official (PPK) after consideration of the assessment team.',
			NULL, NULL),
		('transfer_within_province', 'Transfer between agencies of one province', 'Mutasi antarinstansi dalam satu provinsi',
			'PP 11/2017 article 192: the governor decides after consideration of BKN, on proposal of the receiving and with consent of the origin''s PPK; the receiving PPK appoints.',
			'governor', 'consider'),
		('transfer_between_provinces', 'Transfer between provinces', 'Mutasi antarprovinsi',
			'PP 11/2017 article 193: the Minister of Home Affairs decides after consideration of BKN; proposal through the governor.',
			'minister', 'consider'),
		('transfer_with_centre', 'Transfer to, from or between central agencies', 'Mutasi dari, ke atau antarinstansi pusat',
			'PP 11/2017 articles 194 and 195, SE BKN 3/SE/VIII/2019: considered and decided by the head of BKN.',
			'bkn', 'decide')
		) AS r(workflow, title, title_id, description, decider, at_bkn)
	LOOP
		states := '[]';
		FOREACH name IN ARRAY ARRAY['draft', 'submitted', 'verification', 'returned', 'analysis', 'team_review']
			|| CASE WHEN route.decider IS NULL THEN ARRAY['minister_permission']
				ELSE ARRAY['receiver_proposal', 'origin_consent', 'minister_permission', 'bkn_consideration']
					|| CASE WHEN route.at_bkn = 'consider' THEN ARRAY['consideration_given'] ELSE '{}' END END
			|| ARRAY['decided', 'appointed', 'effective', 'monitoring', 'completed', 'rejected', 'withdrawn', 'cancelled', 'expired']
		LOOP
			step := jsonb_build_object('state', name, 'title', titles -> name -> 0, 'title_id', titles -> name -> 1);
			IF name = 'draft' THEN
				step := step || '{"initial": true}';
			ELSIF name IN ('completed', 'rejected', 'withdrawn', 'cancelled', 'expired') THEN
				step := step || '{"terminal": true}';
			ELSIF name = 'bkn_consideration' THEN
				step := step || jsonb_build_object('deadline', 5, 'on_expiry', route.at_bkn);
			ELSIF name IN ('submitted', 'verification', 'returned', 'analysis', 'team_review', 'receiver_proposal', 'origin_consent', 'minister_permission', 'consideration_given') THEN
				step := step || '{"on_expiry": "expire"}';
			END IF;
			states := states || jsonb_build_array(step);
		END LOOP;

		transitions := jsonb_build_array(
			jsonb_build_object('action', 'submit', 'from', 'draft', 'to', 'submitted', 'role', '["applicant", "unit_head"]'::jsonb,
				'documents', jsonb_build_array(jsonb_build_object('code', 'D02', 'when', own_request))),
			jsonb_build_object('action', 'verify', 'from', 'submitted', 'to', 'verification', 'role', 'verifier',
				'separate_from', '["create", "submit", "resubmit"]'::jsonb),
			jsonb_build_object('action', 'return', 'from', 'verification', 'to', 'returned', 'role', 'verifier', 'reason', true),
			jsonb_build_object('action', 'resubmit', 'from', 'returned', 'to', 'submitted', 'role', '["applicant", "unit_head"]'::jsonb),
			jsonb_build_object('action', 'analyse', 'from', 'verification', 'to', 'analysis', 'role', '["verifier", "analyst"]'::jsonb,
				'documents', '["D01", "D05", "D06", "D07", "D08"]'::jsonb || CASE WHEN route.decider IS NULL THEN '[]'::jsonb ELSE '["D09"]'::jsonb END,
				'separate_from', '["create", "submit", "resubmit"]'::jsonb),
			jsonb_build_object('action', 'review', 'from', 'analysis', 'to', 'team_review', 'role', 'analyst'));
		IF route.decider IS NULL THEN
			transitions := transitions || jsonb_build_array(
				jsonb_build_object('action', 'decide', 'from', 'team_review', 'to', 'decided', 'role', 'appointing_official',
					'condition', 'NOT ' || permission || ' AND ' || grounds, 'documents', '["D10"]'::jsonb,
					'separate_from', '["create", "submit", "resubmit", "verify", "analyse"]'::jsonb),
				jsonb_build_object('action', 'seek_permission', 'from', 'team_review', 'to', 'minister_permission',
					'role', '["appointing_official", "analyst"]'::jsonb, 'condition', permission),
				jsonb_build_object('action', 'decide', 'from', 'minister_permission', 'to', 'decided', 'role', 'appointing_official',
					'condition', grounds, 'documents', '["D10", "D11"]'::jsonb,
					'separate_from', '["create", "submit", "resubmit", "verify", "analyse"]'::jsonb));
		ELSE
			transitions := transitions || jsonb_build_array(
				jsonb_build_object('action', 'propose', 'from', 'team_review', 'to', 'receiver_proposal', 'role', 'assessment_team'),
				jsonb_build_object('action', 'request_consent', 'from', 'receiver_proposal', 'to', 'origin_consent', 'role', 'appointing_official',
					'documents', '["D03"]'::jsonb, 'separate_from', '["create", "submit", "resubmit"]'::jsonb),
				jsonb_build_object('action', 'seek_permission', 'from', 'origin_consent', 'to', 'minister_permission', 'role', 'origin_official',
					'documents', '["D04"]'::jsonb, 'condition', permission, 'separate_from', '["create", "submit", "resubmit"]'::jsonb),
				jsonb_build_object('action', 'consent', 'from', 'origin_consent', 'to', 'bkn_consideration', 'role', 'origin_official',
					'documents', '["D04"]'::jsonb, 'condition', 'NOT ' || permission, 'separate_from', '["create", "submit", "resubmit"]'::jsonb),
				jsonb_build_object('action', 'permit', 'from', 'minister_permission', 'to', 'bkn_consideration', 'role', 'minister',
					'documents', '["D11"]'::jsonb));
			IF route.at_bkn = 'consider' THEN
				transitions := transitions || jsonb_build_array(
					jsonb_build_object('action', 'consider', 'from', 'bkn_consideration', 'to', 'consideration_given', 'role', '["bkn", "system"]'::jsonb),
					jsonb_build_object('action', 'decide', 'from', 'consideration_given', 'to', 'decided', 'role', route.decider,
						'condition', grounds, 'documents', '["D10"]'::jsonb, 'separate_from', '["create", "submit", "resubmit", "verify", "analyse"]'::jsonb));
			ELSE
				transitions := transitions || jsonb_build_array(
					jsonb_build_object('action', 'decide', 'from', 'bkn_consideration', 'to', 'decided', 'role', '["bkn", "system"]'::jsonb,
						'condition', grounds, 'separate_from', '["create", "submit", "resubmit", "verify", "analyse"]'::jsonb));
			END IF;
		END IF;
		transitions := transitions || jsonb_build_array(
			jsonb_build_object('action', 'appoint', 'from', 'decided', 'to', 'appointed', 'role', 'appointing_official', 'documents', '["D12"]'::jsonb),
			jsonb_build_object('action', 'take_effect', 'from', 'appointed', 'to', 'effective', 'role', '["receiving_unit", "system"]'::jsonb, 'condition', told),
			jsonb_build_object('action', 'start_monitoring', 'from', 'effective', 'to', 'monitoring', 'role', '["supervisor", "receiving_unit", "verifier"]'::jsonb),
			jsonb_build_object('action', 'complete', 'from', 'monitoring', 'to', 'completed', 'role', '["supervisor", "verifier"]'::jsonb));

		-- refused, taken back, called off, run out: from every state where it may happen
		FOR step IN SELECT e FROM jsonb_array_elements(states) AS e LOOP
			name := step ->> 'state';
			IF name IN ('verification', 'returned', 'analysis', 'team_review', 'receiver_proposal', 'origin_consent', 'minister_permission', 'bkn_consideration', 'consideration_given') THEN
				transitions := transitions || jsonb_build_array(jsonb_build_object('action', 'reject', 'from', name, 'to', 'rejected',
					'role', CASE name
						WHEN 'verification' THEN '["verifier"]'
						WHEN 'returned' THEN '["verifier"]'
						WHEN 'analysis' THEN '["analyst", "verifier"]'
						WHEN 'team_review' THEN '["assessment_team", "appointing_official"]'
						WHEN 'receiver_proposal' THEN '["appointing_official"]'
						WHEN 'origin_consent' THEN '["origin_official"]'
						WHEN 'minister_permission' THEN '["minister", "appointing_official"]'
						WHEN 'bkn_consideration' THEN '["bkn"]'
						ELSE jsonb_build_array(route.decider)::text END::jsonb,
					'reason', true, 'reason_code', true));
			END IF;
			IF name IN ('draft', 'submitted', 'verification', 'returned', 'analysis', 'team_review', 'receiver_proposal', 'origin_consent', 'minister_permission', 'bkn_consideration', 'consideration_given') THEN
				transitions := transitions || jsonb_build_array(jsonb_build_object('action', 'withdraw', 'from', name, 'to', 'withdrawn',
					'role', '["applicant", "unit_head"]'::jsonb, 'reason', true));
			END IF;
			IF name IN ('decided', 'appointed') THEN
				transitions := transitions || jsonb_build_array(jsonb_build_object('action', 'cancel', 'from', name, 'to', 'cancelled',
					'role', jsonb_build_array(coalesce(route.decider, 'appointing_official')), 'reason', true,
					'documents', '["D13"]'::jsonb));
			END IF;
			IF step ->> 'on_expiry' = 'expire' THEN
				transitions := transitions || jsonb_build_array(jsonb_build_object('action', 'expire', 'from', name, 'to', 'expired', 'role', 'system'));
			END IF;
		END LOOP;
		PERFORM mutasi.define_workflow(jsonb_build_object('workflow', route.workflow, 'title', route.title, 'title_id', route.title_id,
			'description', route.description, 'states', states, 'transitions', transitions, 'reasons', reasons));
	END LOOP;
	UPDATE mutasi.workflow SET shipped = true;
	UPDATE mutasi.workflow_state SET shipped = true;
	UPDATE mutasi.workflow_transition SET shipped = true;
	UPDATE mutasi.workflow_reason SET shipped = true;
END
$definitions$;

CREATE TRIGGER workflow_frozen BEFORE UPDATE OR DELETE ON mutasi.workflow
	FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_frozen();
CREATE TRIGGER workflow_frozen BEFORE UPDATE OR DELETE ON mutasi.workflow_state
	FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_frozen();
CREATE TRIGGER workflow_frozen BEFORE UPDATE OR DELETE ON mutasi.workflow_transition
	FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_frozen();
CREATE TRIGGER workflow_frozen BEFORE UPDATE OR DELETE ON mutasi.workflow_reason
	FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_frozen();
CREATE TRIGGER workflow_kept BEFORE TRUNCATE ON mutasi.workflow
	FOR EACH STATEMENT EXECUTE FUNCTION mutasi.workflow_frozen();
CREATE TRIGGER workflow_kept BEFORE TRUNCATE ON mutasi.workflow_state
	FOR EACH STATEMENT EXECUTE FUNCTION mutasi.workflow_frozen();
CREATE TRIGGER workflow_kept BEFORE TRUNCATE ON mutasi.workflow_transition
	FOR EACH STATEMENT EXECUTE FUNCTION mutasi.workflow_frozen();
CREATE TRIGGER workflow_kept BEFORE TRUNCATE ON mutasi.workflow_reason
	FOR EACH STATEMENT EXECUTE FUNCTION mutasi.workflow_frozen();
