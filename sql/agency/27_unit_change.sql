-- Units merged and split. The past stays where it was: posts are not moved but
-- end, and go on as new ones in the other unit, with their people, what they
-- ask, their tasks and norms, and what was applied for and granted; volumes
-- already counted stay with the old ones, which the new ones name (continues_id):
-- figures of days before find them there, and those of days after count them, too.

-- What would end before it began, or end a second time, is said before anything is changed.
CREATE FUNCTION @agency@.unit_can_change(units integer[], as_of date, ends boolean) RETURNS void
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	offence record;
BEGIN
	IF as_of IS NULL THEN
		PERFORM mutasi.raise_error('22004', 'the day must not be null');
	END IF;
	SELECT w.asked, u.unit_id, u.valid_from, u.valid_to INTO offence
		FROM unnest(coalesce(units, ARRAY[NULL::integer])) AS w (asked) LEFT JOIN unit AS u ON u.unit_id = w.asked
		WHERE u.unit_id IS NULL OR u.valid_to <= as_of OR u.valid_from > as_of OR (ends AND u.valid_from = as_of)
		ORDER BY w.asked LIMIT 1;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF offence.unit_id IS NULL THEN
		PERFORM mutasi.raise_error('MU102', 'there is no unit %1', ARRAY[coalesce(offence.asked::text, 'NULL')]);
	ELSIF offence.valid_to <= as_of THEN
		PERFORM mutasi.raise_error('22023', 'unit %1 ended on %2 and cannot change as of %3', ARRAY[offence.unit_id::text, offence.valid_to::text, as_of::text],
			hint => 'Choose a unit that there is on the day, or a day before its end.');
	END IF;
	PERFORM mutasi.raise_error('22023', 'unit %1 begins on %2 and cannot change as of %3', ARRAY[offence.unit_id::text, offence.valid_from::text, as_of::text],
		hint => 'Choose a later day, or correct unit.valid_from.');
END
$body$;
COMMENT ON FUNCTION @agency@.unit_can_change(integer[], date, boolean) IS 'Refuses units that do not exist (MU102), have ended by the day or begin after it (22023), and where they are to end, those that begin on it.';

CREATE FUNCTION @agency@.move_posts(posts integer[], to_unit integer, as_of date DEFAULT current_date) RETURNS integer
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	target unit;
	former post;
	held incumbency;
	made integer;
	moved jsonb := '{}';
	nth integer := 0;
	hindrance record;
BEGIN
	SELECT u.* INTO target FROM unit AS u WHERE u.unit_id = to_unit FOR KEY SHARE;
	PERFORM unit_can_change(ARRAY[to_unit], as_of, false);
	SELECT w.asked INTO hindrance FROM unnest(coalesce(posts, ARRAY[NULL::integer])) AS w (asked)
		WHERE NOT EXISTS (SELECT FROM post AS p WHERE p.post_id = w.asked) ORDER BY w.asked LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('MU102', 'there is no post %1', ARRAY[coalesce(hindrance.asked::text, 'NULL')]);
	END IF;
	-- that a post is closed, who is below whom and who applied for what have no days
	IF as_of > current_date THEN
		PERFORM mutasi.raise_error('22023', 'posts cannot move to another unit as of the future date %1', ARRAY[as_of::text],
			hint => 'Merge, split or move on the day itself, or later with that day as as_of.');
	END IF;
	PERFORM FROM post AS p WHERE p.post_id = ANY (posts) ORDER BY p.post_id FOR NO KEY UPDATE;
	SELECT t.transfer_id, p.code INTO hindrance FROM transfer AS t JOIN post AS p ON p.post_id IN (t.from_post_id, t.to_post_id)
		WHERE t.is_open AND p.post_id = ANY (posts) ORDER BY t.transfer_id LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('MU121', 'post %1 cannot move to another unit while transfer %2 is under way', ARRAY[hindrance.code, hindrance.transfer_id::text],
			hint => 'Bring the transfer to its end first, or cancel it.');
	END IF;
	SELECT p.code, p.valid_from INTO hindrance FROM post AS p
		WHERE p.post_id = ANY (posts) AND p.valid_from >= as_of AND p.unit_id <> to_unit AND NOT EXISTS (SELECT FROM post AS n WHERE n.continues_id = p.post_id)
		ORDER BY p.valid_from DESC, p.post_id LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('22023', 'post %1 begins on %2 and cannot go on elsewhere as of %3', ARRAY[hindrance.code, hindrance.valid_from::text, as_of::text],
			hint => 'Choose a later day; a post that has no past in its unit can simply be given the other one (post.unit_id).');
	END IF;
	FOR former IN SELECT p.* FROM post AS p WHERE p.post_id = ANY (posts) AND (p.valid_to IS NULL OR p.valid_to > as_of) AND p.unit_id <> to_unit
			-- what goes on elsewhere already is not moved a second time
			AND NOT EXISTS (SELECT FROM post AS n WHERE n.continues_id = p.post_id) ORDER BY p.post_id LOOP
		PERFORM mutasi.tell_progress('posts moved: %1 of at most %2', ARRAY[nth::text, cardinality(posts)::text]);
		nth := nth + 1;
		INSERT INTO post (unit_id, class, seats, min_staff, code, title, family, kind, min_grade, min_education, education_fields, surplus_weight,
				effective_hours, reports_to, open, valid_from, continues_id)
			VALUES (to_unit, former.class, former.seats, former.min_staff, former.code || '@' || target.code || ':' || as_of, former.title, former.family, former.kind, former.min_grade,
				former.min_education, former.education_fields, former.surplus_weight, former.effective_hours, former.reports_to, former.open, as_of, former.post_id)
			RETURNING post_id INTO made;
		moved := moved || jsonb_build_object(former.post_id::text, made);
		INSERT INTO post_competency (post_id, competency_id, level, weight, kind, mandatory)
			SELECT made, c.competency_id, c.level, c.weight, c.kind, c.mandatory FROM post_competency AS c WHERE c.post_id = former.post_id;
		WITH copied AS (
			INSERT INTO task (post_id, name, period_months) SELECT made, t.name, t.period_months FROM task AS t WHERE t.post_id = former.post_id
				RETURNING task_id, name)
		INSERT INTO task_norm (task_id, valid_from, norm_hours)
			SELECT c.task_id, n.valid_from, n.norm_hours FROM copied AS c
			JOIN task AS t ON t.post_id = former.post_id AND t.name = c.name JOIN task_norm AS n ON n.task_id = t.task_id;
		INSERT INTO post_effective_time (post_id, valid_from, effective_hours)
			SELECT made, t.valid_from, t.effective_hours FROM post_effective_time AS t WHERE t.post_id = former.post_id;
		-- an application is for the post that goes on; a waiver is granted for it too, and stays as it was for the former one
		UPDATE application AS a SET post_id = made WHERE a.post_id = former.post_id AND a.withdrawn_at IS NULL AND a.transfer_id IS NULL;
		INSERT INTO waiver (employee_id, post_id, rule, reason, granted_by, granted_on, valid_to, ended_by, ended_on)
			SELECT w.employee_id, made, w.rule, w.reason, w.granted_by, w.granted_on, w.valid_to, w.ended_by, w.ended_on
			FROM waiver AS w JOIN eligibility_rule AS r ON r.rule = w.rule AND r.waivable
			WHERE w.post_id = former.post_id AND w.valid_to > as_of;
		FOR held IN SELECT i.* FROM incumbency AS i WHERE i.post_id = former.post_id AND (i.valid_to IS NULL OR i.valid_to > as_of) ORDER BY i.incumbency_id LOOP
			IF held.valid_from >= as_of THEN
				DELETE FROM incumbency AS i WHERE i.incumbency_id = held.incumbency_id;
			ELSE
				UPDATE incumbency AS i SET valid_to = as_of WHERE i.incumbency_id = held.incumbency_id;
			END IF;
			INSERT INTO incumbency (employee_id, post_id, valid_from, valid_to, share, kind, letter)
				VALUES (held.employee_id, made, greatest(held.valid_from, as_of), held.valid_to, held.share, held.kind, held.letter);
		END LOOP;
		UPDATE post AS p SET valid_to = as_of, open = false WHERE p.post_id = former.post_id;
	END LOOP;
	UPDATE post AS p SET reports_to = (moved ->> p.reports_to::text)::integer
		WHERE p.reports_to IS NOT NULL AND moved ? p.reports_to::text AND (p.valid_to IS NULL OR p.valid_to > as_of);
	RETURN (SELECT count(*) FROM jsonb_object_keys(moved));
END
$body$;
COMMENT ON FUNCTION @agency@.move_posts(integer[], integer, date) IS 'Moves posts with their holders, requirements, tasks, norms, open applications and waivers to another unit from a day on, not one ahead: each ends and goes on as a new post there (continues_id), so that past figures stay and nobody''s time in the post begins anew. Refused while a transfer from or to one is under way (MU121), and where a post begins on the day or later, or the unit is not there on it (22023). Returns how many.';

CREATE FUNCTION @agency@.merge_units(units integer[], into_unit integer, as_of date DEFAULT current_date, legal_basis text DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	moved integer;
BEGIN
	PERFORM unit_can_change(ARRAY[into_unit], as_of, false);
	IF into_unit = ANY (units) THEN
		PERFORM mutasi.raise_error('22023', 'unit %1 cannot be merged into itself', ARRAY[into_unit::text]);
	END IF;
	IF into_unit IN (SELECT s FROM unnest(units) AS w CROSS JOIN LATERAL unit_subtree(w) AS s) THEN
		PERFORM mutasi.raise_error('MU101', 'unit %1 is below one that would be merged into it', ARRAY[into_unit::text],
			hint => 'Give it another parent first.');
	END IF;
	PERFORM unit_can_change(units, as_of, true);
	moved := move_posts(ARRAY(SELECT p.post_id FROM post AS p WHERE p.unit_id = ANY (units)), into_unit, as_of);
	INSERT INTO unit_change (kind, unit_id, other_unit_id, changed_on, legal_basis)
		SELECT 'merge', w, into_unit, as_of, merge_units.legal_basis FROM unnest(units) AS w;
	UPDATE unit AS u SET parent_id = into_unit WHERE u.parent_id = ANY (units) AND u.unit_id <> ALL (units);
	UPDATE unit AS u SET valid_to = as_of WHERE u.unit_id = ANY (units);
	RETURN moved;
END
$body$;
COMMENT ON FUNCTION @agency@.merge_units(integer[], integer, date, text) IS 'Merges units into another from a day on: posts move (see move_posts), units below get the new parent, the merged ones end. Returns how many posts moved.';

CREATE FUNCTION @agency@.split_unit(unit integer, posts integer[], code text, name text, as_of date DEFAULT current_date, legal_basis text DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql SET search_path = @agency@, mutasi, pg_temp
AS $body$
DECLARE
	made integer;
	stranger integer;
	taken integer;
BEGIN
	PERFORM unit_can_change(ARRAY[split_unit.unit], as_of, false);
	SELECT w INTO stranger FROM unnest(coalesce(posts, ARRAY[NULL::integer])) AS w WHERE NOT EXISTS (SELECT FROM post AS p WHERE p.post_id = w AND p.unit_id = split_unit.unit) LIMIT 1;
	IF FOUND THEN
		PERFORM mutasi.raise_error('22023', 'post %1 is not one of unit %2', ARRAY[coalesce(stranger::text, 'NULL'), unit::text]);
	END IF;
	IF coalesce(code, '') = '' OR coalesce(name, '') = '' THEN
		PERFORM mutasi.raise_error('22023', 'the new unit needs a code and a name', '{}'::text[]);
	END IF;
	SELECT u.unit_id INTO taken FROM unit AS u WHERE u.code = split_unit.code;
	IF FOUND THEN
		PERFORM mutasi.raise_error('23505', 'code "%1" is that of unit %2 already', ARRAY[code, taken::text],
			hint => 'Give the new unit a code of its own; move_posts() takes posts to a unit that there is.');
	END IF;
	INSERT INTO unit (parent_id, code, name, kind, valid_from)
		SELECT u.parent_id, split_unit.code, split_unit.name, u.kind, as_of FROM unit AS u WHERE u.unit_id = split_unit.unit
		RETURNING unit_id INTO made;
	IF move_posts(posts, made, as_of) = 0 THEN
		PERFORM mutasi.raise_error('22023', 'none of the posts goes on in a new unit, so that unit %1 is not split', ARRAY[unit::text],
			hint => 'Give posts of the unit that there are on the day.');
	END IF;
	INSERT INTO unit_change (kind, unit_id, other_unit_id, changed_on, legal_basis)
		VALUES ('split', split_unit.unit, made, as_of, split_unit.legal_basis);
	RETURN made;
END
$body$;
COMMENT ON FUNCTION @agency@.split_unit(integer, integer[], text, text, date, text) IS 'Makes a new unit out of some posts of a unit from a day on (see move_posts), beside it in the tree; returns its id. Refused where no post goes on there (22023).';
