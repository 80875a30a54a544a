-- Who may move where. A rule is a row that names a function; the function
-- judges many (employee, post) pairs at once and says passed, not passed, or
-- NULL: nothing on record. NULL never counts as passed.
--
-- A rule function:  f(employees integer[], posts integer[], as_of date, parameter jsonb)
--   RETURNS TABLE (employee_id integer, post_id integer, passed boolean, detail text)
-- The arrays run in parallel, one pair per position. parameter is the rule's
-- own parameter with the case's context merged in: "initiative" (own, agency),
-- "route" (within agency, between agencies), and of a case that is there already
-- what transfer_context() says: "transfer_id", "effective_on", "employee_id" and
-- "from_post_id", the post that this person gives up; where a decision is asked again
-- "policy_version", see policy_asked().

CREATE TABLE @agency@.eligibility_rule (
	rule text PRIMARY KEY CHECK (rule <> ''),
	place smallint NOT NULL,
	enabled boolean NOT NULL DEFAULT true,
	shipped boolean NOT NULL DEFAULT false,
	waivable boolean NOT NULL DEFAULT false,
	function_name text NOT NULL,
	parameter jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameter) = 'object'),
	rejection_code text NOT NULL,
	legal_basis text,
	description text NOT NULL
);
COMMENT ON TABLE @agency@.eligibility_rule IS 'Rules that decide who may move (syarat mutasi). An agency switches them, sets their parameters and adds rules of its own.';
COMMENT ON COLUMN @agency@.eligibility_rule.rule IS 'Name of the rule.';
COMMENT ON COLUMN @agency@.eligibility_rule.enabled IS 'Whether it is asked; false switches it off.';
COMMENT ON COLUMN @agency@.eligibility_rule.legal_basis IS 'Regulation it rests on.';
COMMENT ON COLUMN @agency@.eligibility_rule.description IS 'What it asks, in words.';
COMMENT ON COLUMN @agency@.eligibility_rule.place IS 'Order in which rules are shown.';
COMMENT ON COLUMN @agency@.eligibility_rule.shipped IS 'True for the rules that come with mutasi.';
COMMENT ON COLUMN @agency@.eligibility_rule.waivable IS 'Whether a waiver may lift it.';
COMMENT ON COLUMN @agency@.eligibility_rule.function_name IS 'The function that judges it, with its schema; in this agency''s schema when none is given.';
COMMENT ON COLUMN @agency@.eligibility_rule.parameter IS 'What the function is given besides the pairs; {} takes the policy''s values. For shipped functions only what they know, and note, for what the agency has to say of it.';
COMMENT ON COLUMN @agency@.eligibility_rule.rejection_code IS 'Reason code for a rejection on this ground, one of the workflow''s (mutasi.workflow_reason).';

CREATE FUNCTION @agency@.eligibility_rule_valid() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	judge regprocedure := to_regprocedure(NEW.function_name || '(integer[],integer[],date,jsonb)');
	wrong text;
	value text;
	-- what each shipped function takes
	takes constant jsonb := jsonb '{"rule_in_service": {}, "rule_other_post": {}, "rule_no_open_case": {}, "rule_vacancy": {}, "rule_grade": {}, "rule_education": {},
		"rule_mandatory_competencies": {}, "rule_election_window": {}, "rule_donor_floor": {"ratio": "number"}, "rule_tenure": {"months": "months"}, "rule_ten_years": {"years": "years", "hired_from": "day"},
		"rule_discipline": {"kinds": "kinds", "check_months": "months"}, "rule_study_leave": {"check_months": "months"}, "rule_conflict_of_interest": {"check_months": "months"},
		"rule_performance": {"rating": "rating", "years": "some years"}, "rule_class": {"jump": "classes", "drop": "classes"}, "rule_competency_fit": {"score": "share"},
		"rule_pppk": {"same_title": "truth"}, "rule_retirement": {"months": "months"}}'
		-> (SELECT p.proname::text FROM pg_proc AS p WHERE p.oid = judge AND p.pronamespace = '@agency@'::regnamespace);
	kinds jsonb;
BEGIN
	IF judge IS NULL THEN
		PERFORM mutasi.raise_error('42883', 'rule "%1": there is no function %2(integer[], integer[], date, jsonb)',
			ARRAY[NEW.rule, NEW.function_name],
			hint => 'Create the function first; it returns (employee_id integer, post_id integer, passed boolean, detail text).');
	END IF;
	SELECT string_agg(w.name || ' ' || format_type(w.type, NULL), ', ' ORDER BY w.nth) INTO wrong
		FROM (VALUES (1, 'employee_id', 'integer'::regtype), (2, 'post_id', 'integer'), (3, 'passed', 'boolean'), (4, 'detail', 'text')) AS w (nth, name, type)
		WHERE NOT EXISTS (SELECT FROM pg_proc AS p, unnest(p.proargnames, p.proallargtypes, p.proargmodes) AS a (name, type, mode)
				WHERE p.oid = judge AND p.prokind = 'f' AND a.mode IN ('t', 'o', 'b') AND a.name = w.name AND a.type = w.type)
			-- or the row of a table or a type of its own
			AND NOT EXISTS (SELECT FROM pg_proc AS p JOIN pg_type AS y ON y.oid = p.prorettype JOIN pg_attribute AS a ON a.attrelid = y.typrelid
				WHERE p.oid = judge AND p.prokind = 'f' AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = w.name AND a.atttypid = w.type);
	IF wrong IS NOT NULL THEN
		PERFORM mutasi.raise_error('42P13', 'rule "%1": function %2 does not return %3', ARRAY[NEW.rule, NEW.function_name, wrong],
			hint => 'It returns (employee_id integer, post_id integer, passed boolean, detail text).');
	END IF;
	IF NOT EXISTS (SELECT FROM mutasi.workflow_reason AS r WHERE r.code = NEW.rejection_code) THEN
		PERFORM mutasi.raise_error('22023', 'rule "%1": no workflow has a reason "%2"', ARRAY[NEW.rule, NEW.rejection_code],
			hint => 'mutasi.workflow_reason lists the reasons a transfer may be rejected for.');
	END IF;
	-- What is wrong would else be found by whoever asks about anybody, and say of no
	-- rule that it is wrong; what is misspelt would be found by nobody.
	IF takes IS NOT NULL THEN
		SELECT k INTO wrong FROM jsonb_object_keys(NEW.parameter) AS k WHERE k <> 'note' AND NOT takes ? k ORDER BY k LIMIT 1;
		IF FOUND THEN
			PERFORM mutasi.raise_error('22023', 'rule "%1": there is no parameter "%2"',
				ARRAY[NEW.rule, wrong, (SELECT coalesce(string_agg(k, ', ' ORDER BY k) || ', ', '') || 'note' FROM jsonb_object_keys(takes) AS k)],
				hint => 'The rule''s function takes: %3. What the agency has to say of it goes into note.');
		END IF;
		SELECT k.key, (NEW.parameter -> k.key)::text INTO wrong, value
			FROM jsonb_each_text(takes) AS k (key, looks)
			WHERE NEW.parameter ? k.key
				AND CASE WHEN k.looks = 'day' THEN CASE WHEN NEW.parameter ->> k.key !~ '^[12]\d{3}-(0[1-9]|1[0-2])-\d{2}$' THEN true
							-- the day of that number from the first of the month on
							ELSE to_char(make_date(substr(NEW.parameter ->> k.key, 1, 4)::integer, substr(NEW.parameter ->> k.key, 6, 2)::integer, 1)
								+ (substr(NEW.parameter ->> k.key, 9)::integer - 1), 'YYYY-MM-DD') <> NEW.parameter ->> k.key END
					WHEN k.looks <> 'kinds' THEN NEW.parameter ->> k.key !~ CASE k.looks WHEN 'months' THEN '^\s*[+]?\d{1,5}\s*$'
							WHEN 'years' THEN '^\s*[+]?\d{1,4}\s*$' WHEN 'some years' THEN '^\s*[+]?0{0,3}[1-9]\d{0,3}\s*$' WHEN 'rating' THEN '^\s*[+]?\d{1,4}\s*$'
							WHEN 'classes' THEN '^\s*[+]?\d{1,9}\s*$' WHEN 'number' THEN '^\s*[+]?\d+(\.\d*)?\s*$' WHEN 'share' THEN '^\s*[+]?(0+(\.\d*)?|0*1(\.0*)?)\s*$'
							ELSE '(?i)^\s*(true|false|t|f|yes|no|y|n|on|off|1|0)\s*$' END
					WHEN jsonb_typeof(NEW.parameter -> k.key) = 'array' THEN jsonb_path_exists(NEW.parameter -> k.key, '$[*] ? (@.type() != "string")')
					ELSE jsonb_typeof(NEW.parameter -> k.key) <> 'string' END
			ORDER BY k.key LIMIT 1;
		IF NOT FOUND AND takes ? 'kinds' AND NEW.parameter ? 'kinds' THEN
			-- a kind that nothing on record can have blocks nobody; the table says which there are
			kinds := NEW.parameter -> 'kinds';
			EXECUTE 'SELECT ''kinds'', to_json(d.kind)::text FROM jsonb_array_elements_text($1) AS d (kind) WHERE NOT (' ||
				(SELECT coalesce(string_agg(pg_get_expr(c.conbin, c.conrelid), ' AND '), 'true') FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attname = 'kind'
					WHERE c.conrelid = '@agency@.discipline'::regclass AND c.contype = 'c' AND c.conkey = ARRAY[a.attnum]) || ') LIMIT 1'
				INTO wrong, value USING CASE WHEN jsonb_typeof(kinds) = 'array' THEN kinds ELSE jsonb_build_array(kinds) END;
		END IF;
		IF wrong IS NOT NULL THEN
			PERFORM mutasi.raise_error('22023', 'rule "%1": parameter "%2" cannot be %3', ARRAY[NEW.rule, wrong, value],
				hint => 'months, check_months, years, rating, jump and drop are whole numbers, ratio and score numbers, none of them below 0, score at most 1, hired_from is a day (2014-01-15), same_title true or false, kinds a list of what the column discipline.kind can hold; without a parameter the policy''s value holds.');
		END IF;
	END IF;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.eligibility_rule_valid() IS 'Trigger: refuses a rule whose function does not exist or returns something else, whose reason no workflow has, or whose parameter is not what the shipped function takes: a name it does not know (note excepted), a number that makes no sense, a kind that discipline.kind cannot hold.';
CREATE TRIGGER eligibility_rule_valid BEFORE INSERT OR UPDATE OF function_name, parameter, rejection_code ON @agency@.eligibility_rule
	FOR EACH ROW EXECUTE FUNCTION @agency@.eligibility_rule_valid();

CREATE TABLE @agency@.waiver (
	waiver_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	employee_id integer NOT NULL REFERENCES @agency@.employee,
	post_id integer REFERENCES @agency@.post,
	rule text NOT NULL REFERENCES @agency@.eligibility_rule,
	reason text NOT NULL CHECK (btrim(reason) <> ''),
	granted_by text NOT NULL DEFAULT mutasi.current_actor() CHECK (btrim(granted_by) <> ''),
	granted_on date NOT NULL DEFAULT current_date,
	valid_to date NOT NULL CHECK (isfinite(valid_to)),
	ended_by text,
	ended_on date,
	-- one that was ended on the day it was granted counts on no day
	CHECK (valid_to >= granted_on),
	CHECK ((ended_by IS NULL) = (ended_on IS NULL))
);
CREATE INDEX waiver_employee_idx ON @agency@.waiver (employee_id);
COMMENT ON TABLE @agency@.waiver IS 'Exceptions (dispensasi): who lifted which rule for whom, why and until when. post_id NULL: for any post. Ended by an earlier valid_to; otherwise it stays as it was granted.';
COMMENT ON COLUMN @agency@.waiver.waiver_id IS 'Waiver.';
COMMENT ON COLUMN @agency@.waiver.employee_id IS 'Person.';
COMMENT ON COLUMN @agency@.waiver.post_id IS 'Post; NULL: any.';
COMMENT ON COLUMN @agency@.waiver.rule IS 'Rule that is lifted.';
COMMENT ON COLUMN @agency@.waiver.reason IS 'Why.';
COMMENT ON COLUMN @agency@.waiver.granted_by IS 'Who granted it; filled in, but for what the owner of the schema enters.';
COMMENT ON COLUMN @agency@.waiver.granted_on IS 'First day it counts; filled in, but for what the owner of the schema enters.';
COMMENT ON COLUMN @agency@.waiver.valid_to IS 'First day it no longer counts. An earlier one ends the waiver; nothing else of it is changed.';
COMMENT ON COLUMN @agency@.waiver.ended_by IS 'Who ended it earlier than it was granted for; filled in, but for what the owner of the schema enters. NULL: nobody.';
COMMENT ON COLUMN @agency@.waiver.ended_on IS 'The day on which that was done, not the one from which it holds; filled in, but for what the owner of the schema enters.';

CREATE FUNCTION @agency@.waiver_allowed() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF NOT (SELECT r.waivable FROM eligibility_rule AS r WHERE r.rule = NEW.rule) THEN
		PERFORM mutasi.raise_error('MU107', 'rule "%1" cannot be waived', ARRAY[NEW.rule],
			hint => 'Only rules marked waivable in eligibility_rule can be lifted by a waiver.');
	END IF;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.waiver_allowed() IS 'Trigger: refuses a waiver for a rule that cannot be waived (MU107).';
CREATE TRIGGER waiver_allowed BEFORE INSERT OR UPDATE OF rule ON @agency@.waiver
	FOR EACH ROW EXECUTE FUNCTION @agency@.waiver_allowed();

-- With the rights of whoever writes: it is about who that is.
CREATE FUNCTION @agency@.waiver_kept() RETURNS trigger
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	of_owner constant boolean := pg_has_role((SELECT c.relowner FROM pg_class AS c WHERE c.oid = TG_RELID), 'USAGE');
BEGIN
	IF TG_OP = 'INSERT' THEN
		-- the owner enters what others granted, and when
		IF NOT of_owner THEN
			NEW.granted_by := me();
			NEW.granted_on := current_date;
			NEW.ended_by := NULL;
			NEW.ended_on := NULL;
		END IF;
	ELSIF NEW.valid_to < OLD.valid_to AND to_jsonb(NEW) - '{valid_to,ended_by,ended_on}'::text[] = to_jsonb(OLD) - '{valid_to,ended_by,ended_on}'::text[] THEN
		-- so does the owner enter that others ended it
		IF NOT of_owner OR (NEW.ended_by, NEW.ended_on) IS NOT DISTINCT FROM (OLD.ended_by, OLD.ended_on) THEN
			NEW.ended_by := me();
			NEW.ended_on := current_date;
		END IF;
	ELSIF NEW IS DISTINCT FROM OLD THEN
		IF of_owner THEN
			-- what the law asks to be put right or erased is, and recorded
			PERFORM FROM personal_data_act AS a WHERE a.employee_id = OLD.employee_id AND a.done_at = now();
			IF FOUND THEN
				RETURN NEW;
			END IF;
		END IF;
		PERFORM mutasi.raise_error('MU107', 'waiver %1 cannot be changed but to end it earlier', ARRAY[OLD.waiver_id::text],
			hint => 'Set valid_to to an earlier day, today''s ends it, and grant another waiver.');
	END IF;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.waiver_kept() IS 'Trigger: fills in who grants a waiver, or ends it earlier, and when, unless the schema''s owner says, and refuses any later change but an earlier end (MU107).';
CREATE TRIGGER waiver_kept BEFORE INSERT OR UPDATE ON @agency@.waiver
	FOR EACH ROW EXECUTE FUNCTION @agency@.waiver_kept();

CREATE TABLE @agency@.election_window (
	valid_from date PRIMARY KEY,
	valid_to date NOT NULL CHECK (valid_to > valid_from),
	-- an empty one is none, and would open the window
	consent_letter text CHECK (btrim(consent_letter) <> ''),
	note text
);
COMMENT ON TABLE @agency@.election_window IS 'Times in which officials may be replaced only with the Minister''s written consent (UU 10/2016 Ps 71(2), 162(3)); a window with a consent letter does not block.';
COMMENT ON COLUMN @agency@.election_window.valid_from IS 'First day.';
COMMENT ON COLUMN @agency@.election_window.valid_to IS 'First day no longer.';
COMMENT ON COLUMN @agency@.election_window.consent_letter IS 'Number of the Minister''s written consent; with it the window does not block.';
COMMENT ON COLUMN @agency@.election_window.note IS 'Remark.';

-- Months gone between two days, whole ones only.
CREATE FUNCTION @agency@.months_between(since date, until date) RETURNS integer
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN (extract(year FROM age(until::timestamp, since::timestamp)) * 12 + extract(month FROM age(until::timestamp, since::timestamp)))::integer;
COMMENT ON FUNCTION @agency@.months_between(date, date) IS 'Whole months from one day to another.';

-- A post that goes on in another unit is another row, and so is the incumbency;
-- likewise where share, letter or kind change in the same post. For the person
-- nothing began anew.
CREATE FUNCTION @agency@.held_since(employee integer, post integer, since date) RETURNS date
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	-- a spell begins before it ends: each step is an earlier day
	RETURN (
		WITH RECURSIVE spell AS (
			SELECT held_since.post AS post_id, held_since.since AS first_day
			UNION
			SELECT i.post_id, i.valid_from
			FROM spell AS s JOIN post AS p ON p.post_id = s.post_id
			JOIN incumbency AS i ON i.employee_id = held_since.employee AND i.valid_to = s.first_day AND i.kind <> 'acting'
				AND i.post_id IN (p.post_id, p.continues_id))
		SELECT min(s.first_day) FROM spell AS s);
END
$body$;
COMMENT ON FUNCTION @agency@.held_since(integer, integer, date) IS 'The day since which a person is in a post that was taken up on the day since, counting the time in the same post before it with another share, letter or kind (acting excepted) and the posts that it continues (post.continues_id), as long as they were held without a break.';

-- What a person would give up: the main post, or where there is none the
-- additional one with the largest share. A case may be about another one.
CREATE FUNCTION @agency@.origin_post(employees integer[], as_of date, context jsonb DEFAULT '{}')
	RETURNS TABLE (employee_id integer, post_id integer, unit_id integer, valid_from date, share numeric, continues_id integer)
	LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10 SET search_path = @agency@, mutasi, pg_temp
	SET enable_nestloop = on
AS $body$
#variable_conflict use_column
DECLARE
	mover constant integer := (context ->> 'employee_id')::integer;
	given_up constant integer := (context ->> 'from_post_id')::integer;
BEGIN
	RETURN QUERY
		SELECT DISTINCT ON (i.employee_id) i.employee_id, i.post_id, p.unit_id, i.valid_from, i.share, p.continues_id
		FROM incumbency AS i JOIN post AS p USING (post_id)
		WHERE i.employee_id = ANY (employees) AND i.kind <> 'acting'
			AND i.valid_from <= as_of AND (i.valid_to IS NULL OR i.valid_to > as_of)
		ORDER BY i.employee_id, (i.employee_id = mover AND i.post_id = given_up) IS TRUE DESC, i.kind = 'main' DESC, i.share DESC, i.incumbency_id;
END
$body$;
COMMENT ON FUNCTION @agency@.origin_post(integer[], date, jsonb) IS 'The post that each of these people would give up by a move on a day: the main one, else the additional one with the largest share; of the person a case is about (employee_id in the context) the one that the case gives up (from_post_id), where it is held.';

CREATE FUNCTION @agency@.current_post(employees integer[], as_of date, context jsonb DEFAULT '{}')
	RETURNS TABLE (employee_id integer, post_id integer, unit_id integer, since date, share numeric)
	LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10 SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT o.employee_id, o.post_id, o.unit_id,
			CASE WHEN o.continues_id IS NOT NULL OR EXISTS (SELECT FROM incumbency AS b
					WHERE b.employee_id = o.employee_id AND b.post_id = o.post_id AND b.valid_to = o.valid_from AND b.kind <> 'acting')
				THEN held_since(o.employee_id, o.post_id, o.valid_from) ELSE o.valid_from END, o.share
		FROM origin_post(employees, as_of, context) AS o;
END
$body$;
COMMENT ON FUNCTION @agency@.current_post(integer[], date, jsonb) IS 'The post each of these people holds on a day, as origin_post() has it; and since when, the time before a change of share, letter or kind and the posts that it continues included (held_since()).';

-- Figures of posts, which tell nothing of who holds them: by them a full post is
-- full for everybody who asks, also under row security.
CREATE FUNCTION @agency@.seats_held(posts integer[], as_of date DEFAULT current_date)
	RETURNS TABLE (post_id integer, held numeric, most numeric)
	LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10 SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT h.post_id, h.held,
			-- few are taken up later: shares come and go on days, their running sum is what is held
			CASE WHEN NOT h.later THEN h.held ELSE (
				SELECT max(w.total) FROM (SELECT sum(sum(d.change)) OVER (ORDER BY d.day) AS total
					FROM incumbency AS i CROSS JOIN LATERAL (VALUES (greatest(i.valid_from, as_of), i.share), (i.valid_to, -i.share)) AS d (day, change)
					WHERE i.post_id = h.post_id AND i.kind <> 'acting' AND (i.valid_to IS NULL OR i.valid_to > as_of) AND d.day IS NOT NULL
					GROUP BY d.day) AS w) END
		FROM (SELECT i.post_id, coalesce(sum(i.share) FILTER (WHERE i.valid_from <= as_of), 0) AS held, bool_or(i.valid_from > as_of) AS later
			FROM incumbency AS i
			WHERE i.post_id = ANY (posts) AND i.kind <> 'acting' AND (i.valid_from <= as_of OR as_of >= current_date) AND (i.valid_to IS NULL OR i.valid_to > as_of)
			GROUP BY i.post_id) AS h;
END
$body$;
COMMENT ON FUNCTION @agency@.seats_held(integer[], date) IS 'Per post: how many of its seats are held on a day, and how many are at most from that day on by what is on record (of a day that is past, on that day), whoever asks; no row where none is.';

CREATE FUNCTION @agency@.sees_whole(place regclass) RETURNS boolean
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN NOT row_security_active(place) OR coalesce((
		SELECT bool_or(p.polpermissive AND pg_get_expr(p.polqual, p.polrelid) = 'true')
			AND bool_and(p.polpermissive OR pg_get_expr(p.polqual, p.polrelid) = 'true')
		FROM pg_policy AS p
		WHERE p.polrelid = place AND p.polcmd IN ('r', '*')
			AND (0 = ANY (p.polroles) OR EXISTS (SELECT FROM unnest(p.polroles) AS r (role) WHERE pg_has_role(r.role, 'USAGE')))), false);
END
$body$;
COMMENT ON FUNCTION @agency@.sees_whole(regclass) IS 'Whether row security shows the caller every row of a table: by a policy that says so (true), as an approver''s and an auditor''s do.';

-- Transfers that are decided and not yet effective hold a seat at one end and
-- have given one up at the other. Who is counted as there by a day, or as gone, is
-- whose own day is not later; but what is due today is gone once it is.
CREATE FUNCTION @agency@.pending_moves(posts integer[], except_transfer integer DEFAULT NULL, by_day date DEFAULT current_date)
	RETURNS TABLE (post_id integer, coming numeric, leaving numeric, come_by numeric, gone_by numeric)
	LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10 SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT m.post_id, coalesce(sum(m.share) FILTER (WHERE m.comes), 0), coalesce(sum(m.share) FILTER (WHERE NOT m.comes), 0),
			coalesce(sum(m.share) FILTER (WHERE m.comes AND m.effective_on <= by_day), 0),
			-- whose incumbency ends before that anyway is not in it then
			coalesce(sum(m.share) FILTER (WHERE NOT m.comes AND m.held AND m.effective_on > current_date AND m.effective_on <= by_day AND coalesce(m.valid_to > by_day, true)), 0)
		FROM (
			-- the share with which the post given up is held, as the move will find it
			SELECT e.post_id, e.comes, e.effective_on, coalesce(i.share, 1) AS share, i.share IS NOT NULL AS held, i.valid_to
			FROM (SELECT t.to_post_id AS post_id, true AS comes, t.employee_id, t.from_post_id, t.effective_on
					FROM transfer AS t WHERE t.to_post_id = ANY (posts) AND t.state IN ('decided', 'appointed')
						AND t.transfer_id IS DISTINCT FROM except_transfer
				UNION ALL
				SELECT t.from_post_id, false, t.employee_id, t.from_post_id, t.effective_on
					FROM transfer AS t WHERE t.from_post_id = ANY (posts) AND t.state IN ('decided', 'appointed')
						AND t.transfer_id IS DISTINCT FROM except_transfer
				UNION ALL
				-- what else is held by whoever leaves the agency
				SELECT o.post_id, false, t.employee_id, o.post_id, t.effective_on
					FROM transfer AS t JOIN incumbency AS o ON o.employee_id = t.employee_id AND o.post_id = ANY (posts) AND o.post_id IS DISTINCT FROM t.from_post_id
						AND o.kind <> 'acting' AND o.valid_from <= t.effective_on AND (o.valid_to IS NULL OR o.valid_to >= t.effective_on)
					WHERE t.to_post_id IS NULL AND t.state IN ('decided', 'appointed') AND t.transfer_id IS DISTINCT FROM except_transfer) AS e
			LEFT JOIN LATERAL (
				SELECT h.share, h.valid_to FROM incumbency AS h
				WHERE h.employee_id = e.employee_id AND h.post_id = e.from_post_id AND h.kind <> 'acting'
					AND h.valid_from <= e.effective_on AND (h.valid_to IS NULL OR h.valid_to >= e.effective_on)
				ORDER BY h.valid_from DESC LIMIT 1) AS i ON true) AS m
		GROUP BY m.post_id;
END
$body$;
COMMENT ON FUNCTION @agency@.pending_moves(integer[], integer, date) IS 'Per post: how much decided transfers are still to bring (coming) and to take away (leaving), each by the share of full time with which the person holds the post given up (1 for who comes from elsewhere); and how much of it by a day (come_by, gone_by), of those who go only who goes on a day to come: what is due is gone once the transfer takes effect.';

-- What rules and explanations say, in the language of the agency. English is
-- what the code says; other languages are rows of message_text.
CREATE TABLE @agency@.message_text (
	language text NOT NULL CHECK (language ~ '^[a-z]{2}$' AND language <> 'en'),
	message text NOT NULL CHECK (message <> ''),
	body text NOT NULL CHECK (body <> ''),
	PRIMARY KEY (language, message)
);
COMMENT ON TABLE @agency@.message_text IS 'What rules, reasons and explanations say in other languages than English; set_language() chooses. An agency adds languages, its own rules'' messages, or words it better.';
COMMENT ON COLUMN @agency@.message_text.language IS 'Two letters: id for Indonesian.';
COMMENT ON COLUMN @agency@.message_text.message IS 'The English message, %1, %2 … standing for what is filled in.';
COMMENT ON COLUMN @agency@.message_text.body IS 'The same in this language; what is filled in may come in another order.';

CREATE FUNCTION @agency@.told(detail text, language text DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	words text[] := string_to_array(detail, E'\t');
	spoken text := coalesce(language, (SELECT i.language FROM agency_info AS i));
	said text := words[1];
BEGIN
	IF spoken <> 'en' THEN
		SELECT array_agg(coalesce(t.body, w.word) ORDER BY w.nth) INTO words
			FROM unnest(words) WITH ORDINALITY AS w (word, nth)
			LEFT JOIN message_text AS t ON t.language = spoken AND t.message = w.word;
		said := words[1];
	END IF;
	IF cardinality(words) > 1 THEN
		IF strpos(array_to_string(words[2:], ''), '%') > 0 THEN
			-- marked first, lest a "%1" in what is filled in be filled in again
			said := regexp_replace(said, '%([1-9])', chr(1) || '\1' || chr(2), 'g');
			FOR n IN 2 .. cardinality(words) LOOP
				said := replace(said, chr(1) || n - 1 || chr(2), words[n]);
			END LOOP;
		ELSE
			FOR n IN 2 .. cardinality(words) LOOP
				said := replace(said, '%' || n - 1, words[n]);
			END LOOP;
		END IF;
	END IF;
	RETURN said;
END
$body$;
COMMENT ON FUNCTION @agency@.told(text, text) IS 'A message in a language (default the agency''s): a template with %1, %2 …, behind it, after a tab each, what they stand for. A plain text without tabs is looked up as it is, and returned as it is where the language lacks it.';

CREATE FUNCTION @agency@.set_language(language text) RETURNS void
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF language IS NULL OR language <> 'en' AND NOT EXISTS (SELECT FROM message_text AS t WHERE t.language = set_language.language) THEN
		PERFORM mutasi.raise_error('22023', 'there are no messages in language "%1"', ARRAY[language],
			hint => 'en and id come with mutasi; add rows to message_text for another.');
	END IF;
	UPDATE agency_info AS i SET language = set_language.language;
END
$body$;
COMMENT ON FUNCTION @agency@.set_language(text) IS 'Chooses the language of eligibility details, reasons and explanations for everybody: en, id, or one the agency added to message_text. What decisions keep stays in the language of then.';
REVOKE ALL ON FUNCTION @agency@.set_language(text) FROM PUBLIC;

CREATE FUNCTION @agency@.with_waivers(rules text[], employees integer[], posts integer[], as_of date,
		judged_by text[], judged integer[], judged_for integer[], verdicts boolean[], details text[], reasons_only boolean)
	RETURNS TABLE (employee_id integer, post_id integer, rule text, passed boolean, detail text, legal_basis text,
		waivable boolean, waived boolean, place smallint)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
	-- how long the arrays are is not known to the planner, which takes them for short
	SET enable_nestloop = off
	-- the nested loop of all rules with all pairs then looks dear enough to compile
	SET jit = off
AS $body$
DECLARE
	spoken text := (SELECT i.language FROM agency_info AS i);
	answers bigint;
	twice record;
BEGIN
	RETURN QUERY
		SELECT p.e, p.q, r.rule, f.passed,
			CASE WHEN reasons_only AND f.passed THEN NULL
				WHEN f.detail IS NULL THEN told('the rule gave no answer', spoken)
				WHEN spoken = 'en' AND strpos(f.detail, chr(9)) = 0 THEN f.detail
				ELSE told(f.detail, spoken) END,
			r.legal_basis, r.waivable,
			f.passed IS NOT TRUE AND r.waivable AND EXISTS (SELECT FROM waiver AS w
				WHERE w.employee_id = p.e AND w.rule = r.rule AND (w.post_id IS NULL OR w.post_id = p.q)
					AND w.granted_on <= as_of AND w.valid_to > as_of),
			r.place
		FROM eligibility_rule AS r
		CROSS JOIN unnest(employees, posts) AS p (e, q)
		-- no post: of somebody who leaves the agency
		LEFT JOIN unnest(judged_by, judged, judged_for, verdicts, details) AS f (rule, e, q, passed, detail)
			ON f.rule = r.rule AND f.e = p.e AND coalesce(f.q, 0) = coalesce(p.q, 0)
		WHERE r.rule = ANY (rules);
	GET DIAGNOSTICS answers = ROW_COUNT;
	-- more than one a pair and rule: a rule answered twice, or a pair was asked twice
	IF answers > cardinality(rules)::bigint * cardinality(employees) THEN
		SELECT u.rule, u.e, u.q, sum(u.answered) AS times INTO twice
			FROM (SELECT j.rule, j.e, j.q, 1 AS answered, 0 AS asked FROM unnest(judged_by, judged, judged_for) AS j (rule, e, q)
				UNION ALL
				SELECT r.rule, p.e, p.q, 0, 1 FROM unnest(rules) AS r (rule) CROSS JOIN unnest(employees, posts) AS p (e, q)) AS u
			GROUP BY u.rule, u.e, u.q HAVING sum(u.asked) > 0 AND sum(u.answered) > sum(u.asked)
			ORDER BY u.rule, u.e, u.q LIMIT 1;
		IF FOUND THEN
			PERFORM mutasi.raise_error('21000', 'rule "%1" gives %2 answers about employee %3 and post %4',
				ARRAY[twice.rule, twice.times::text, twice.e::text, coalesce(twice.q::text, '-')],
				hint => 'Its function must return one row for a pair; mend it, or switch the rule off (eligibility_rule.enabled).');
		END IF;
	END IF;
END
$body$;
COMMENT ON FUNCTION @agency@.with_waivers(text[], integer[], integer[], date, text[], integer[], integer[], boolean[], text[], boolean) IS 'Part of check_eligibility(): what the functions of these rules said, for every pair asked, in the agency''s language, with waivers.';

CREATE FUNCTION @agency@.check_eligibility(employees integer[], posts integer[], as_of date DEFAULT current_date, context jsonb DEFAULT '{}',
		reasons_only boolean DEFAULT false, only_rules text[] DEFAULT NULL)
	RETURNS TABLE (employee_id integer, post_id integer, rule text, passed boolean, detail text, legal_basis text,
		waivable boolean, waived boolean, place smallint)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	r eligibility_rule;
	judged integer[];
	judged_for integer[];
	verdicts boolean[];
	details text[];
	-- what several rules said is put together at once, as long as it is not too much
	rules text[] := '{}';
	all_judged_by text[] := '{}';
	all_judged integer[] := '{}';
	all_judged_for integer[] := '{}';
	all_verdicts boolean[] := '{}';
	all_details text[] := '{}';
BEGIN
	IF cardinality(employees) <> cardinality(posts) THEN
		PERFORM mutasi.raise_error('22023', '%1 employees and %2 posts do not make pairs',
			ARRAY[cardinality(employees)::text, cardinality(posts)::text]);
	END IF;
	-- what the rules ask stands in it
	PERFORM policy_in_force(as_of);
	FOR r IN SELECT q.* FROM eligibility_rule AS q WHERE q.enabled AND (only_rules IS NULL OR q.rule = ANY (only_rules)) ORDER BY q.place, q.rule LOOP
		-- Only this is planned anew for each rule, and it is short. Where the function
		-- fails, the statement is part of what the error says, and the rule with it.
		EXECUTE 'SELECT array_agg(f.employee_id), array_agg(f.post_id), array_agg(f.passed), array_agg(f.detail)
			FROM ' || r.function_name || '($1, $2, $3, $4) AS f /* rule "' || translate(r.rule, '*/', '') || '" */'
			INTO judged, judged_for, verdicts, details
			USING employees, posts, as_of, r.parameter || context;
		rules := rules || r.rule;
		all_judged_by := all_judged_by || array_fill(r.rule, ARRAY[coalesce(cardinality(judged), 0)]);
		all_judged := all_judged || judged;
		all_judged_for := all_judged_for || judged_for;
		all_verdicts := all_verdicts || verdicts;
		all_details := all_details || details;
		IF cardinality(all_judged) >= 10000 THEN
			RETURN QUERY SELECT f.* FROM with_waivers(rules, employees, posts, as_of, all_judged_by, all_judged, all_judged_for, all_verdicts, all_details, reasons_only) AS f;
			rules := '{}';
			all_judged_by := '{}';
			all_judged := '{}';
			all_judged_for := '{}';
			all_verdicts := '{}';
			all_details := '{}';
		END IF;
	END LOOP;
	IF rules <> '{}' THEN
		RETURN QUERY SELECT f.* FROM with_waivers(rules, employees, posts, as_of, all_judged_by, all_judged, all_judged_for, all_verdicts, all_details, reasons_only) AS f;
	END IF;
END
$body$;
COMMENT ON FUNCTION @agency@.check_eligibility(integer[], integer[], date, jsonb, boolean, text[]) IS 'Judges many (employee, post) pairs, given as two arrays of the same length, by every rule that is switched on. A post NULL asks about leaving the agency: rules about the post itself then give no answer. reasons_only: of rules that are passed no detail is worded, which takes a third of the time. only_rules: asks these rules only.';

CREATE FUNCTION @agency@.eligibility(employee integer, post integer, as_of date DEFAULT current_date,
		initiative text DEFAULT 'agency', route text DEFAULT 'within agency')
	RETURNS TABLE (rule text, passed boolean, detail text, legal_basis text, waivable boolean, waived boolean)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF NOT EXISTS (SELECT FROM employee AS e WHERE e.employee_id = employee) THEN
		PERFORM mutasi.raise_error('MU102', 'there is no employee %1', ARRAY[employee::text]);
	END IF;
	IF NOT EXISTS (SELECT FROM post AS p WHERE p.post_id = post) THEN
		PERFORM mutasi.raise_error('MU102', 'there is no post %1', ARRAY[post::text]);
	END IF;
	IF initiative IS NULL OR initiative NOT IN ('own', 'agency') THEN
		PERFORM mutasi.raise_error('22023', 'unknown initiative "%1"', ARRAY[initiative], hint => 'It is own or agency.');
	END IF;
	IF route IS NULL OR route NOT IN ('within agency', 'between agencies') THEN
		PERFORM mutasi.raise_error('22023', 'unknown route "%1"', ARRAY[route], hint => 'It is within agency or between agencies.');
	END IF;
	RETURN QUERY SELECT c.rule, c.passed, c.detail, c.legal_basis, c.waivable, c.waived
		FROM check_eligibility(ARRAY[employee], ARRAY[post], as_of,
			jsonb_build_object('initiative', initiative, 'route', route)) AS c
		ORDER BY c.place, c.rule;
END
$body$;
COMMENT ON FUNCTION @agency@.eligibility(integer, integer, date, text, text) IS 'Whether a person may move to a post: one row per rule, passed true, false or NULL (nothing on record), with the reason, the legal basis and whether a waiver lifts it.';

-- One line for a list: eligible is false when a rule failed, NULL when none
-- failed but one could not be judged.
CREATE FUNCTION @agency@.eligibility_summary(employees integer[], posts integer[], as_of date DEFAULT current_date, context jsonb DEFAULT '{}')
	RETURNS TABLE (employee_id integer, post_id integer, eligible boolean, reason text)
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		SELECT c.employee_id, c.post_id,
			CASE WHEN bool_or(c.passed IS FALSE AND NOT c.waived) THEN false
				WHEN bool_or(c.passed IS NULL AND NOT c.waived) THEN NULL
				ELSE true END,
			nullif(concat_ws('; ',
				string_agg(told(c.rule) || ': ' || c.detail, '; ' ORDER BY c.place, c.rule) FILTER (WHERE c.passed IS FALSE AND NOT c.waived),
				string_agg(told(E'%1 unknown\t' || c.rule) || ': ' || c.detail, '; ' ORDER BY c.place, c.rule) FILTER (WHERE c.passed IS NULL AND NOT c.waived),
				string_agg(told(E'%1 waived\t' || c.rule), '; ' ORDER BY c.place, c.rule) FILTER (WHERE c.waived)), '')
		FROM check_eligibility(employees, posts, as_of, context, reasons_only => true) AS c
		GROUP BY c.employee_id, c.post_id;
END
$body$;
COMMENT ON FUNCTION @agency@.eligibility_summary(integer[], integer[], date, jsonb) IS 'Per (employee, post) pair one line: eligible (NULL: cannot be judged) and the reasons why not.';

-- Where only the eligible are wanted, whom one rule holds back is not shown to
-- the next; those that hold back most come first.
CREATE FUNCTION @agency@.eligible_pairs(employees integer[], posts integer[], as_of date DEFAULT current_date, context jsonb DEFAULT '{}')
	RETURNS TABLE (employee_id integer, post_id integer)
	LANGUAGE plpgsql STABLE ROWS 100 SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	r eligibility_rule;
	people integer[] := employees;
	places integer[] := posts;
	judged integer[];
	judged_for integer[];
	verdicts boolean[];
	twice text[];
BEGIN
	FOR r IN SELECT q.* FROM eligibility_rule AS q WHERE q.enabled
		ORDER BY array_position('{competency fit,education,mandatory competencies,grade,class,performance}'::text[], q.rule), q.place, q.rule
	LOOP
		EXIT WHEN people = '{}';
		EXECUTE 'SELECT array_agg(f.employee_id), array_agg(f.post_id), array_agg(f.passed)
			FROM ' || r.function_name || '($1, $2, $3, $4) AS f /* rule "' || translate(r.rule, '*/', '') || '" */'
			INTO judged, judged_for, verdicts
			USING people, places, as_of, r.parameter || context;
		IF judged = people AND judged_for = places THEN
			-- one answer to each pair, in the order asked
			SELECT coalesce(array_agg(f.e), '{}'), coalesce(array_agg(f.p), '{}') INTO people, places
				FROM unnest(judged, judged_for, verdicts) AS f (e, p, passed)
				WHERE f.passed OR r.waivable AND EXISTS (SELECT FROM waiver AS w
					WHERE w.employee_id = f.e AND w.rule = r.rule AND (w.post_id IS NULL OR w.post_id = f.p)
						AND w.granted_on <= as_of AND w.valid_to > as_of);
			CONTINUE;
		END IF;
		-- of the pairs asked only: what else a function returns is nobody's answer
		SELECT coalesce(array_agg(k.e) FILTER (WHERE k.kept), '{}'), coalesce(array_agg(k.p) FILTER (WHERE k.kept), '{}'),
				min(ARRAY[k.answers::text, k.e::text, coalesce(k.p::text, '-')]) FILTER (WHERE k.answers > k.asked)
			INTO people, places, twice
			FROM (SELECT g.e, g.p, g.answers, g.asked,
					g.passed OR r.waivable AND EXISTS (SELECT FROM waiver AS w
						WHERE w.employee_id = g.e AND w.rule = r.rule AND (w.post_id IS NULL OR w.post_id = g.p)
							AND w.granted_on <= as_of AND w.valid_to > as_of) AS kept
				FROM (SELECT u.e, u.p, count(*) FILTER (WHERE u.asked) AS asked, count(*) FILTER (WHERE NOT u.asked) AS answers,
						coalesce(bool_and(u.passed), false) AS passed
					FROM (SELECT q.e, q.p, true AS asked, NULL::boolean AS passed FROM unnest(people, places) AS q (e, p)
						UNION ALL
						SELECT f.e, f.p, false, coalesce(f.passed, false) FROM unnest(judged, judged_for, verdicts) AS f (e, p, passed)) AS u
					GROUP BY u.e, u.p) AS g
				WHERE g.asked > 0) AS k;
		IF twice IS NOT NULL THEN
			PERFORM mutasi.raise_error('21000', 'rule "%1" gives %2 answers about employee %3 and post %4', r.rule || twice,
				hint => 'Its function must return one row for a pair; mend it, or switch the rule off (eligibility_rule.enabled).');
		END IF;
	END LOOP;
	RETURN QUERY SELECT DISTINCT q.e, q.p FROM unnest(people, places) AS q (e, p);
END
$body$;
COMMENT ON FUNCTION @agency@.eligible_pairs(integer[], integer[], date, jsonb) IS 'Of many (employee, post) pairs those whom no rule holds back: every rule passed or waived, as eligibility_summary() says true.';
