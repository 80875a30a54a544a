-- What the agency may set: thresholds, weights, times. A version that has been
-- published is never changed again, so a decision can be read with the policy
-- it was made under.

CREATE TABLE @agency@.policy (
	policy_version integer PRIMARY KEY CHECK (policy_version > 0),
	valid_from date NOT NULL UNIQUE,
	published_at timestamptz,
	published_by text,
	note text,
	min_tenure_months integer NOT NULL DEFAULT 24 CHECK (min_tenure_months >= 0),
	max_tenure_months integer NOT NULL DEFAULT 60 CHECK (max_tenure_months > 0),
	own_request_years integer NOT NULL DEFAULT 10 CHECK (own_request_years >= 0),
	min_rating smallint NOT NULL DEFAULT 4 REFERENCES @agency@.performance_rating,
	rating_years integer NOT NULL DEFAULT 2 CHECK (rating_years BETWEEN 1 AND 10),
	min_service_left_months integer NOT NULL DEFAULT 12 CHECK (min_service_left_months >= 0),
	min_score numeric(7,6) NOT NULL DEFAULT 0.68 CHECK (min_score BETWEEN 0 AND 1),
	max_donor_ratio numeric(5,2) NOT NULL DEFAULT 1.20 CHECK (max_donor_ratio > 0 AND max_donor_ratio < 'NaN'),
	max_class_jump integer NOT NULL DEFAULT 2 CHECK (max_class_jump >= 0),
	effective_hours numeric(8,2) NOT NULL DEFAULT 1250 CHECK (effective_hours > 0 AND effective_hours < 'NaN'),
	rounding_rule text NOT NULL DEFAULT 'half_up' CHECK (rounding_rule IN ('half_up', 'ceil', 'floor', 'wisn', 'teacher')),
	grade_scheme text NOT NULL DEFAULT 'permendagri_12_2008',
	surplus_weight numeric(3,2) NOT NULL DEFAULT 0.5 CHECK (surplus_weight BETWEEN 0 AND 1),
	weight_competency numeric(4,3) NOT NULL DEFAULT 0.50 CHECK (weight_competency >= 0),
	weight_performance numeric(4,3) NOT NULL DEFAULT 0.20 CHECK (weight_performance >= 0),
	weight_qualification numeric(4,3) NOT NULL DEFAULT 0.10 CHECK (weight_qualification >= 0),
	weight_experience numeric(4,3) NOT NULL DEFAULT 0.10 CHECK (weight_experience >= 0),
	weight_balance numeric(4,3) NOT NULL DEFAULT 0.10 CHECK (weight_balance >= 0),
	full_experience_months integer NOT NULL DEFAULT 60 CHECK (full_experience_months > 0),
	max_assessment_age_months integer NOT NULL DEFAULT 36 CHECK (max_assessment_age_months > 0),
	notice_required boolean NOT NULL DEFAULT true,
	min_group integer NOT NULL DEFAULT 5 CHECK (min_group >= 1),
	objection_days integer NOT NULL DEFAULT 10 CHECK (objection_days BETWEEN 1 AND 365),
	answer_days integer NOT NULL DEFAULT 5 CHECK (answer_days BETWEEN 1 AND 365),
	retirement_ages jsonb NOT NULL DEFAULT '{}',
	CHECK (max_tenure_months >= min_tenure_months),
	CONSTRAINT policy_weights_sum_to_one
		CHECK (weight_competency + weight_performance + weight_qualification + weight_experience + weight_balance = 1)
);
COMMENT ON TABLE @agency@.policy IS 'The agency''s settings by version (kebijakan): the newest published one whose valid_from has come counts. A published version is frozen; new_policy() makes the next.';
COMMENT ON COLUMN @agency@.policy.policy_version IS 'Version, counted from 1.';
COMMENT ON COLUMN @agency@.policy.valid_from IS 'First day in force.';
COMMENT ON COLUMN @agency@.policy.published_at IS 'When it was published; NULL: a draft, not in force. A published version is frozen.';
COMMENT ON COLUMN @agency@.policy.published_by IS 'Who published it.';
COMMENT ON COLUMN @agency@.policy.note IS 'Why it was made.';
COMMENT ON COLUMN @agency@.policy.rating_years IS 'How many years'' ratings count, one after the other, up to the last finished year or, where that is not rated yet, the one before.';
COMMENT ON COLUMN @agency@.policy.weight_competency IS 'Weight of the competency fit in the composite score; the five weights together are 1.';
COMMENT ON COLUMN @agency@.policy.weight_performance IS 'Weight of the performance.';
COMMENT ON COLUMN @agency@.policy.weight_qualification IS 'Weight of the education.';
COMMENT ON COLUMN @agency@.policy.weight_experience IS 'Weight of the experience in the job family.';
COMMENT ON COLUMN @agency@.policy.weight_balance IS 'Weight of what the move does to both units'' balance.';
COMMENT ON COLUMN @agency@.policy.min_tenure_months IS 'Least time in a post before a move (PP 11/2017 Ps 190(3): two years).';
COMMENT ON COLUMN @agency@.policy.max_tenure_months IS 'Time in a post after which a rotation is due (PP 11/2017 Ps 190(3): five years): the view rotation_due lists whom; never blocks a move.';
COMMENT ON COLUMN @agency@.policy.own_request_years IS 'Years as a civil servant (since TMT PNS) before an own request to another agency is admitted (PermenPAN-RB 27/2021 Ps 52, 6/2024 Ps 59).';
COMMENT ON COLUMN @agency@.policy.min_rating IS 'Least performance rating in each of the last rating_years years (Per.BKN 5/2019 Ps 3: "baik", two years).';
COMMENT ON COLUMN @agency@.policy.min_service_left_months IS 'Least time left until retirement (BUP) at the new post.';
COMMENT ON COLUMN @agency@.policy.min_score IS 'Least competency fit for an eligible candidate, in [0,1].';
COMMENT ON COLUMN @agency@.policy.max_donor_ratio IS 'Highest workload ratio (EU) a move may leave behind in the unit that gives: its floor.';
COMMENT ON COLUMN @agency@.policy.max_class_jump IS 'How many classes of post (kelas jabatan) a move may go up at once.';
COMMENT ON COLUMN @agency@.policy.effective_hours IS 'Effective working hours a year (jam kerja efektif); BKN 1,250, Permendagri 12/2008 1,300.';
COMMENT ON COLUMN @agency@.policy.rounding_rule IS 'How a required number of staff is rounded: see mutasi.round_staff.';
COMMENT ON COLUMN @agency@.policy.grade_scheme IS 'Which bands grade a workload ratio: see mutasi.efficiency_grade.';
COMMENT ON COLUMN @agency@.policy.surplus_weight IS 'How much holding more than asked counts against the fit, 0 to 1.';
COMMENT ON COLUMN @agency@.policy.full_experience_months IS 'Months in the same job family that count as full experience.';
COMMENT ON COLUMN @agency@.policy.max_assessment_age_months IS 'Age from which an assessment is reported as out of date.';
COMMENT ON COLUMN @agency@.policy.notice_required IS 'Whether a transfer takes effect only after notice was given to the person, or waived with a reason.';
COMMENT ON COLUMN @agency@.policy.objection_days IS 'Working days after the notice within which the person may object.';
COMMENT ON COLUMN @agency@.policy.answer_days IS 'Working days within which an objection is to be answered.';
COMMENT ON COLUMN @agency@.policy.min_group IS 'Aggregates over fewer people than this are not shown.';
COMMENT ON COLUMN @agency@.policy.retirement_ages IS 'Age in years at which the holder of a post retires (batas usia pensiun, BUP), by kind of post. Kinds left out take the age in post_kind; new_policy() takes over what the version before has of kinds not named. As rows: policy_retirement_age.';
INSERT INTO @agency@.policy (policy_version, valid_from, published_at, published_by, note, retirement_ages)
	SELECT 1, '2000-01-01', now(), session_user, 'shipped defaults', jsonb_object_agg(k.kind, k.retirement_age) FROM @agency@.post_kind AS k;

CREATE FUNCTION @agency@.policy_frozen() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF OLD.published_at IS NOT NULL THEN
		PERFORM mutasi.raise_error('MU105', 'policy version %1 is published and cannot be changed', ARRAY[OLD.policy_version::text],
			hint => 'Make the next version with new_policy() and publish it.');
	END IF;
	RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$body$;
COMMENT ON FUNCTION @agency@.policy_frozen() IS 'Trigger: refuses to change or delete a published policy version (MU105).';
CREATE TRIGGER policy_frozen BEFORE UPDATE OR DELETE ON @agency@.policy
	FOR EACH ROW EXECUTE FUNCTION @agency@.policy_frozen();

-- Once published a version stays, so what nobody could be judged or no figure be
-- computed with is refused before: the upper limits keep dates and numbers within
-- what they can be.
CREATE FUNCTION @agency@.policy_setting_sound(setting text, value jsonb) RETURNS void
	LANGUAGE plpgsql STABLE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	given text := value #>> '{}';
	shown text := left(value::text, 40);
	allowed record;
	choices text[];
	part record;
BEGIN
	IF given IS NULL AND NOT (SELECT a.attnotnull FROM pg_attribute AS a WHERE a.attrelid = '@agency@.policy'::regclass AND a.attname = setting) THEN
		RETURN;
	END IF;
	SELECT l.* INTO allowed FROM (VALUES ('min_tenure_months', true, 0, 1200), ('max_tenure_months', true, 1, 1200), ('own_request_years', true, 0, 100),
			('rating_years', true, 1, 10), ('min_service_left_months', true, 0, 1200), ('min_score', false, 0, 1), ('max_donor_ratio', false, 0.01, 999.99),
			('max_class_jump', true, 0, 100), ('effective_hours', false, 1, 8784), ('surplus_weight', false, 0, 1),
			('weight_competency', false, 0, 1), ('weight_performance', false, 0, 1), ('weight_qualification', false, 0, 1),
			('weight_experience', false, 0, 1), ('weight_balance', false, 0, 1), ('full_experience_months', true, 1, 1200),
			('max_assessment_age_months', true, 1, 1200), ('min_group', true, 1, 1000000), ('objection_days', true, 1, 365), ('answer_days', true, 1, 365),
			('surge_factor', false, 0.01, 999.99), ('surge_min_observations', true, 3, 120)) AS l (setting, whole, low, high)
		WHERE l.setting = policy_setting_sound.setting;
	IF FOUND THEN
		IF given IS NULL OR (CASE WHEN given ~ '^\s*[-+]?\d{1,30}(\.\d*)?\s*$'
				THEN given::numeric NOT BETWEEN allowed.low AND allowed.high OR allowed.whole AND given::numeric <> trunc(given::numeric) ELSE true END) THEN
			PERFORM mutasi.raise_error('22023', 'the setting "%1" of the policy cannot be %2', ARRAY[setting, shown, allowed.low::text, allowed.high::text],
				hint => CASE WHEN allowed.whole THEN 'It is a whole number from %3 to %4.' ELSE 'It is a number from %3 to %4.' END);
		END IF;
		RETURN;
	END IF;
	IF setting = 'retirement_ages' THEN
		IF jsonb_typeof(value) IS DISTINCT FROM 'object' THEN
			PERFORM mutasi.raise_error('22023', 'the setting "%1" of the policy cannot be %2', ARRAY[setting, shown],
				hint => 'It is an object of kinds of post and ages, as {"implementing": 58}.');
		END IF;
		FOR part IN SELECT g.kind, left(g.age, 40) AS age, k.kind IS NOT NULL AS known FROM jsonb_each_text(value) AS g (kind, age)
				LEFT JOIN post_kind AS k ON k.kind = g.kind
				WHERE k.kind IS NULL OR NOT CASE WHEN g.age ~ '^\d{2}$' THEN g.age::integer BETWEEN 40 AND 80 ELSE false END ORDER BY g.kind LOOP
			IF part.known THEN
				PERFORM mutasi.raise_error('22023', 'the retirement age of kind "%1" cannot be %2', ARRAY[part.kind, part.age],
					hint => 'It is a whole number from 40 to 80.');
			END IF;
			PERFORM mutasi.raise_error('22023', 'the policy cannot have a retirement age of kind "%1": there is no such kind of post',
				ARRAY[part.kind, (SELECT string_agg(k.kind, ', ' ORDER BY k.kind COLLATE "C") FROM post_kind AS k)],
				hint => 'The kinds are rows of the table post_kind: %2.');
		END LOOP;
		RETURN;
	END IF;
	choices := CASE setting
		WHEN 'rounding_rule' THEN '{half_up,ceil,floor,wisn,teacher}'
		WHEN 'surge_rule' THEN '{tukey,individuals}'
		WHEN 'notice_required' THEN '{true,false}'
		WHEN 'grade_scheme' THEN ARRAY(SELECT b.scheme FROM mutasi.efficiency_band AS b GROUP BY b.scheme ORDER BY b.scheme COLLATE "C")
		WHEN 'min_rating' THEN ARRAY(SELECT r.rating::text FROM performance_rating AS r ORDER BY r.rating) END;
	IF choices IS NOT NULL AND (given IS NULL OR given <> ALL (choices)) THEN
		PERFORM mutasi.raise_error('22023', 'the setting "%1" of the policy cannot be %2', ARRAY[setting, shown, array_to_string(choices, ', ')],
			hint => CASE setting WHEN 'grade_scheme' THEN 'It is one of the schemes of mutasi.efficiency_band: %3.'
				WHEN 'min_rating' THEN 'It is one of the ratings of the table performance_rating: %3.' ELSE 'It is one of %3.' END);
	ELSIF setting = 'grade_scheme' AND NOT EXISTS (SELECT FROM mutasi.efficiency_band AS b WHERE b.scheme = given AND b.min_ratio = 0) THEN
		PERFORM mutasi.raise_error('22023', 'scheme "%1" has no band that begins at ratio 0', ARRAY[given],
			hint => 'Add a band with min_ratio 0 to mutasi.efficiency_band.');
	END IF;
END
$body$;
COMMENT ON FUNCTION @agency@.policy_setting_sound(text, jsonb) IS 'Refuses what a setting of the policy cannot be (22023) and says what it can be.';

CREATE FUNCTION @agency@.policy_sound() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	weights numeric := NEW.weight_competency + NEW.weight_performance + NEW.weight_qualification + NEW.weight_experience + NEW.weight_balance;
BEGIN
	IF NOT isfinite(NEW.valid_from) THEN
		PERFORM mutasi.raise_error('22023', 'a policy cannot begin on %1', ARRAY[NEW.valid_from::text]);
	END IF;
	PERFORM policy_setting_sound(s.key, s.value) FROM jsonb_each(to_jsonb(NEW)) AS s;
	IF weights <> 1 THEN
		PERFORM mutasi.raise_error('22023', 'the weights of the policy add up to %1', ARRAY[weights::text],
			hint => 'weight_competency, weight_performance, weight_qualification, weight_experience and weight_balance must together be 1, with three decimals.');
	ELSIF NEW.max_tenure_months < NEW.min_tenure_months THEN
		PERFORM mutasi.raise_error('22023', 'max_tenure_months of the policy (%1) is less than min_tenure_months (%2)',
			ARRAY[NEW.max_tenure_months::text, NEW.min_tenure_months::text],
			hint => 'A rotation is due when a move is admitted, or later.');
	END IF;
	-- each version says it all, so that it stays what it was
	SELECT coalesce(jsonb_object_agg(a.kind, a.retirement_age), '{}') INTO NEW.retirement_ages FROM retirement_ages(NEW) AS a;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.policy_sound() IS 'Trigger: refuses settings that nobody could be judged or no figure be computed with (22023), and fills in the retirement ages of kinds left out; asked of a draft again when it is published.';
-- behind policy_frozen
CREATE TRIGGER policy_sound BEFORE INSERT OR UPDATE ON @agency@.policy
	FOR EACH ROW EXECUTE FUNCTION @agency@.policy_sound();

-- A kind of post that is newer than the version has the age it came with.
CREATE FUNCTION @agency@.retirement_ages(y @agency@.policy) RETURNS TABLE (kind text, retirement_age integer)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 20 SET search_path = @agency@, mutasi, pg_temp
AS $body$
	SELECT k.kind, coalesce(((y).retirement_ages ->> k.kind)::integer, k.retirement_age) FROM post_kind AS k
$body$;
COMMENT ON FUNCTION @agency@.retirement_ages(@agency@.policy) IS 'The retirement age of each kind of post by a version of the policy, as policy_on() gives it: retirement_ages(policy_on(day)).';

CREATE FUNCTION @agency@.post_kind_age_kept() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	IF EXISTS (SELECT FROM policy AS p WHERE p.published_at IS NOT NULL AND p.retirement_ages ? OLD.kind)
		OR EXISTS (SELECT FROM post AS p WHERE p.kind = OLD.kind) THEN
		PERFORM mutasi.raise_error('MU105', 'the retirement age of kind "%1" is set by the policy', ARRAY[OLD.kind, NEW.retirement_age::text],
			hint => 'Change it from a day on: new_policy(day, ''{"retirement_ages": {"%1": %2}}'').');
	END IF;
	RETURN NEW;
END
$body$;
COMMENT ON FUNCTION @agency@.post_kind_age_kept() IS 'Trigger: refuses to change the age of a kind that a published policy or a post has (MU105), which would change what was answered before.';
CREATE TRIGGER post_kind_age_kept BEFORE UPDATE OF retirement_age ON @agency@.post_kind
	FOR EACH ROW WHEN (OLD.retirement_age <> NEW.retirement_age) EXECUTE FUNCTION @agency@.post_kind_age_kept();

CREATE VIEW @agency@.policy_retirement_age AS
	SELECT y.policy_version, k.kind, coalesce((y.retirement_ages ->> k.kind)::integer, k.retirement_age) AS retirement_age
	FROM @agency@.policy AS y CROSS JOIN @agency@.post_kind AS k;
COMMENT ON VIEW @agency@.policy_retirement_age IS 'The retirement age (batas usia pensiun, BUP) of each kind of post in each version of the policy.';
COMMENT ON COLUMN @agency@.policy_retirement_age.policy_version IS 'Policy.';
COMMENT ON COLUMN @agency@.policy_retirement_age.kind IS 'Kind of post.';
COMMENT ON COLUMN @agency@.policy_retirement_age.retirement_age IS 'Age in years at which the holder retires.';

CREATE FUNCTION @agency@.policy_on(as_of date DEFAULT current_date) RETURNS @agency@.policy
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	found_policy policy;
BEGIN
	SELECT p.* INTO found_policy FROM policy AS p
		WHERE p.published_at IS NOT NULL AND p.valid_from <= as_of ORDER BY p.valid_from DESC LIMIT 1;
	RETURN found_policy;
END
$body$;
COMMENT ON FUNCTION @agency@.policy_on(date) IS 'The policy in force on a day; NULL before the first, see policy_in_force().';

-- Without weights and thresholds nobody can be ranked or judged.
CREATE FUNCTION @agency@.policy_in_force(as_of date) RETURNS @agency@.policy
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	found_policy policy := policy_on(as_of);
BEGIN
	IF found_policy.policy_version IS NULL THEN
		IF as_of IS NULL THEN
			PERFORM mutasi.raise_error('22004', 'the day must not be null');
		END IF;
		PERFORM mutasi.raise_error('MU102', 'no policy is in force on %1',
			ARRAY[as_of::text, (SELECT min(p.valid_from) FROM policy AS p WHERE p.published_at IS NOT NULL)::text],
			hint => 'The first policy begins on %2.');
	END IF;
	RETURN found_policy;
END
$body$;
COMMENT ON FUNCTION @agency@.policy_in_force(date) IS 'The policy in force on a day, as policy_on() has it; a day before the first policy is refused (MU102), and no day (22004).';

-- A decision that is asked again is judged by the policy it was made under.
CREATE FUNCTION @agency@.policy_asked(as_of date, parameter jsonb) RETURNS @agency@.policy
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	kept policy;
BEGIN
	IF parameter ->> 'policy_version' IS NULL THEN
		RETURN policy_on(as_of);
	END IF;
	SELECT p.* INTO kept FROM policy AS p WHERE p.policy_version = (parameter ->> 'policy_version')::integer;
	RETURN kept;
END
$body$;
COMMENT ON FUNCTION @agency@.policy_asked(date, jsonb) IS 'The policy that a rule goes by: the version that its parameter names (policy_version), as replay() does, else the one in force on the day.';

CREATE FUNCTION @agency@.policy_surplus() RETURNS numeric
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	RETURN (
		SELECT p.surplus_weight FROM policy_on() AS p);
END
$body$;
COMMENT ON FUNCTION @agency@.policy_surplus() IS 'The surplus weight of the policy in force today.';

CREATE FUNCTION @agency@.new_policy(valid_from date, changes jsonb DEFAULT '{}', note text DEFAULT NULL, publish boolean DEFAULT true)
	RETURNS integer
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	base policy;
	next_version integer;
	unknown text;
	other policy;
	ages jsonb;
BEGIN
	LOCK TABLE policy IN SHARE ROW EXCLUSIVE MODE;
	IF jsonb_typeof(changes) <> 'object' THEN
		PERFORM mutasi.raise_error('22023', 'the changes of the policy are no object: %1', ARRAY[changes::text],
			hint => 'Give them as {"setting": value}.');
	END IF;
	SELECT k INTO unknown FROM jsonb_object_keys(changes) AS k
		WHERE k NOT IN (SELECT a.attname FROM pg_attribute AS a
				WHERE a.attrelid = '@agency@.policy'::regclass AND a.attnum > 0 AND NOT a.attisdropped)
			OR k IN ('policy_version', 'valid_from', 'published_at', 'published_by', 'note')
		ORDER BY k LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('22023', 'the policy has no setting "%1"', ARRAY[unknown],
			hint => 'The settings are the columns of the table policy.');
	END IF;
	PERFORM policy_setting_sound(c.key, c.value) FROM jsonb_each(changes) AS c ORDER BY c.key;
	base := policy_in_force(new_policy.valid_from);
	SELECT p.* INTO other FROM policy AS p WHERE p.valid_from = new_policy.valid_from;
	IF FOUND AND other.published_at IS NULL THEN
		PERFORM mutasi.raise_error('23505', 'policy version %1, a draft, begins on %2 already', ARRAY[other.policy_version::text, other.valid_from::text],
			hint => 'Change that draft in the table policy, delete it, or let the new version begin on another day.');
	ELSIF FOUND THEN
		PERFORM mutasi.raise_error('23505', 'policy version %1 begins on %2 already', ARRAY[other.policy_version::text, other.valid_from::text],
			hint => 'A published version cannot be changed: let the new one begin on a later day.');
	END IF;
	SELECT max(p.policy_version) + 1 INTO next_version FROM policy AS p;
	SELECT jsonb_object_agg(a.kind, a.retirement_age) INTO ages FROM retirement_ages(base) AS a;
	base := jsonb_populate_record(base, changes);
	base.retirement_ages := ages || coalesce(changes -> 'retirement_ages', '{}');
	base.policy_version := next_version;
	base.valid_from := new_policy.valid_from;
	base.note := new_policy.note;
	base.published_at := CASE WHEN publish THEN now() END;
	base.published_by := CASE WHEN publish THEN session_user::text END;
	INSERT INTO policy SELECT base.*;
	RETURN next_version;
END
$body$;
COMMENT ON FUNCTION @agency@.new_policy(date, jsonb, text, boolean) IS 'Makes the next version of the policy out of the one in force on valid_from, with the changes given as {"setting": value}, retirement ages for the kinds that change as {"retirement_ages": {"kind": years}}; publishes it unless told not to. Of one day there is one version (23505), and none before the first (MU102); what a setting cannot be is refused (22023). Returns its number.';

CREATE FUNCTION @agency@.policy_published() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = @agency@, mutasi, pg_temp
AS $body$
BEGIN
	-- a new surplus weight that is in force changes what posts ask
	IF (SELECT p.policy_version FROM policy_on() AS p) = NEW.policy_version THEN
		-- whoever enters what a post asks by the old weight has done so, or waits
		LOCK TABLE post_competency IN SHARE MODE;
		PERFORM mutasi.refuse_stale('post_competency');
		PERFORM derive_requirements(ARRAY(SELECT p.post_id FROM post AS p WHERE p.surplus_weight IS NULL ORDER BY p.post_id));
	END IF;
	RETURN NULL;
END
$body$;
COMMENT ON FUNCTION @agency@.policy_published() IS 'Trigger: derives requirements anew when a policy that is in force is published.';
CREATE TRIGGER policy_published AFTER INSERT OR UPDATE ON @agency@.policy
	FOR EACH ROW WHEN (NEW.published_at IS NOT NULL) EXECUTE FUNCTION @agency@.policy_published();
