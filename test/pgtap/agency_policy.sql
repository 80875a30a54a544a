-- Versions of the policy: what a setting cannot be is refused before it is frozen;
-- retirement ages are those of the version in force on the day asked.
BEGIN;
SELECT plan(42);
\i test/data/small_agency.sql

CREATE FUNCTION pg_temp.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text;
	said text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, said = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', state, said, nullif(hint, ''));
END
$$;
CREATE FUNCTION pg_temp.changed(changes text, publish boolean DEFAULT true) RETURNS text LANGUAGE sql AS
	$$ SELECT pg_temp.try(format('SELECT kota.new_policy(current_date, %L, publish => %L)', changes, publish)) $$;

-- all settings there are, those of later parts of the schema too
SELECT is_empty($$SELECT a.attname, g.value FROM pg_attribute AS a CROSS JOIN unnest(ARRAY['{}', '[]', '"x"', '""', '-1', '1e9', '1e300', '"NaN"', '"Infinity"']) AS g (value)
	WHERE a.attrelid = 'kota.policy'::regclass AND a.attnum > 0 AND NOT a.attisdropped
		AND a.attname NOT IN ('policy_version', 'valid_from', 'published_at', 'published_by', 'note')
		AND (a.attname, g.value) <> ('retirement_ages', '{}')
		AND pg_temp.changed(format('{"%s": %s}', a.attname, g.value)) NOT LIKE format('22023 | %%"%s"%%cannot be %% | It is %%', a.attname)$$, 'no setting can be just anything, and says what it can be');
SELECT is_empty($$SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = 'kota.policy'::regclass AND a.attnotnull AND a.attnum > 0
		AND a.attname NOT IN ('policy_version', 'valid_from')
		AND pg_temp.changed(format('{"%s": null}', a.attname)) NOT LIKE format('22023 | the setting "%s" of the policy cannot be null | It is %%', a.attname)$$, 'nor nothing');
SELECT is(pg_temp.changed('{"grade_scheme": "permendagri"}'), '22023 | the setting "grade_scheme" of the policy cannot be "permendagri" | It is one of the schemes of mutasi.efficiency_band: depkeu_2002, permendagri_12_2008.', 'bands that there are none of');
SELECT is(pg_temp.changed('{"min_rating": 9}'), '22023 | the setting "min_rating" of the policy cannot be 9 | It is one of the ratings of the table performance_rating: 1, 2, 3, 4, 5.', 'a rating that nobody can have');
SELECT is(pg_temp.changed('{"effective_hours": 0.001}'), '22023 | the setting "effective_hours" of the policy cannot be 0.001 | It is a number from 1 to 8784.', 'a year of no time');
SELECT is(pg_temp.changed('{"rating_years": 2.5}'), '22023 | the setting "rating_years" of the policy cannot be 2.5 | It is a whole number from 1 to 10.', 'half a year');
SELECT is(pg_temp.changed('{"rounding_rule": "up"}'), '22023 | the setting "rounding_rule" of the policy cannot be "up" | It is one of half_up, ceil, floor, wisn, teacher.', 'another rounding');
SELECT is(pg_temp.changed('{"weight_balance": 0.5}'), '22023 | the weights of the policy add up to 1.400 | weight_competency, weight_performance, weight_qualification, weight_experience and weight_balance must together be 1, with three decimals.', 'weights');
SELECT is(pg_temp.changed('{"min_tenure_months": 61}'), '22023 | max_tenure_months of the policy (60) is less than min_tenure_months (61) | A rotation is due when a move is admitted, or later.', 'due before it is admitted');
SELECT is(pg_temp.changed('["min_tenure_months"]'), '22023 | the changes of the policy are no object: ["min_tenure_months"] | Give them as {"setting": value}.', 'no settings at all');
SELECT is(pg_temp.try($$SELECT new_policy('infinity')$$), '22023 | a policy cannot begin on infinity', 'never');
SELECT is((SELECT count(*) FROM policy), 1::bigint, 'nothing came of these');

-- a scheme of the agency's own, and drafts
SAVEPOINT own_scheme;
INSERT INTO mutasi.efficiency_band (scheme, min_ratio, grade) VALUES ('kota', 0.5, 'much');
SELECT is(pg_temp.changed('{"grade_scheme": "kota"}'), '22023 | scheme "kota" has no band that begins at ratio 0 | Add a band with min_ratio 0 to mutasi.efficiency_band.', 'bands that do not reach down to nothing');
INSERT INTO mutasi.efficiency_band (scheme, min_ratio, grade) VALUES ('kota', 0, 'little');
SELECT is(pg_temp.changed('{"grade_scheme": "kota"}', false), 'done', 'a draft with an own scheme');
DELETE FROM mutasi.efficiency_band WHERE scheme = 'kota';
SELECT is(pg_temp.try('UPDATE kota.policy SET published_at = now() WHERE policy_version = 2'), '22023 | the setting "grade_scheme" of the policy cannot be "kota" | It is one of the schemes of mutasi.efficiency_band: depkeu_2002, permendagri_12_2008.', 'is not published without it');
SELECT is(pg_temp.try($$UPDATE kota.policy SET grade_scheme = 'depkeu_2002', published_at = now() WHERE policy_version = 2$$), 'done', 'but with one that there is');
SELECT is(pg_temp.try($$INSERT INTO kota.policy (policy_version, valid_from, published_at, max_donor_ratio) VALUES (3, '2030-01-01', now(), 'NaN')$$), '22023 | the setting "max_donor_ratio" of the policy cannot be "NaN" | It is a number from 0.01 to 999.99.', 'nor is anything past new_policy()');
DELETE FROM performance;
SELECT throws_ok('DELETE FROM performance_rating WHERE rating = 4', '23503', NULL, 'the rating that a policy asks stays');
ROLLBACK TO own_scheme;

-- retirement ages: employee 2, a nurse ("skilled advanced"), turns 58 in the month
-- before this one a year ahead
CREATE FUNCTION pg_temp.retiring(post integer, as_of date) RETURNS text LANGUAGE sql AS
	$$ SELECT coalesce(r.passed::text, 'unknown') FROM kota.eligibility(2, post, as_of) AS r WHERE r.rule = 'retirement' $$;
CREATE FUNCTION pg_temp.ages(version integer) RETURNS text LANGUAGE sql AS
	$$ SELECT string_agg(a.retirement_age::text, ' ' ORDER BY a.kind) FROM kota.policy_retirement_age AS a
		WHERE a.policy_version = version AND a.kind IN ('administrator', 'skilled advanced', 'supervisor') $$;
UPDATE employee SET born_on = (date_trunc('month', current_date) - interval '57 years 2 months')::date WHERE employee_id = 2;
SELECT is(pg_temp.retiring(1, current_date), 'false', 'too near to retirement');
SELECT is(pg_temp.try($$UPDATE kota.post_kind SET retirement_age = 70 WHERE kind = 'skilled advanced'$$), 'MU105 | the retirement age of kind "skilled advanced" is set by the policy | Change it from a day on: new_policy(day, ''{"retirement_ages": {"skilled advanced": 70}}'').', 'no other age behind the policy');
SELECT is(pg_temp.changed('{"retirement_ages": {"nurse": 60}}'), '22023 | the policy cannot have a retirement age of kind "nurse": there is no such kind of post | The kinds are rows of the table post_kind: '
	|| (SELECT string_agg(k.kind, ', ' ORDER BY k.kind COLLATE "C") FROM post_kind AS k) || '.', 'a kind of post that there is none of');
SELECT is(pg_temp.changed('{"retirement_ages": {"supervisor": 81}}'), '22023 | the retirement age of kind "supervisor" cannot be 81 | It is a whole number from 40 to 80.', 'an age');
SELECT is(pg_temp.changed('{"retirement_ages": {"supervisor": 59.5}}'), '22023 | the retirement age of kind "supervisor" cannot be 59.5 | It is a whole number from 40 to 80.', 'half a year');
SELECT is(pg_temp.changed('{"retirement_ages": {"supervisor": null}}'), '22023 | the retirement age of kind "supervisor" cannot be NULL | It is a whole number from 40 to 80.', 'none');
SELECT is(pg_temp.changed('{"retirement_ages": 58}'), '22023 | the setting "retirement_ages" of the policy cannot be 58 | It is an object of kinds of post and ages, as {"implementing": 58}.', 'one for all');
SELECT new_policy(current_date - 100, '{"retirement_ages": {"supervisor": 59}}') AS first \gset
SELECT new_policy(current_date, '{"retirement_ages": {"skilled advanced": 60}}') AS second \gset
SELECT is(pg_temp.ages(:first) || ', ' || pg_temp.ages(:second) || ', ' || pg_temp.ages(1), '58 58 59, 58 60 59, 58 58 58', 'kinds not named keep the age of the version before');
SELECT is(pg_temp.retiring(1, current_date) || pg_temp.retiring(1, current_date - 1), 'truefalse', 'the rule goes by the version in force on the day');
SELECT is(pg_temp.try(format('UPDATE kota.policy SET retirement_ages = %L WHERE policy_version = %s', '{}', :second)), format('MU105 | policy version %s is published and cannot be changed | Make the next version with new_policy() and publish it.', :second), 'which is frozen');
UPDATE employee SET born_on = (date_trunc('month', current_date) - interval '58 years 2 months')::date WHERE employee_id = 2;
INSERT INTO transfer (employee_id, to_post_id, reason) VALUES (2, 1, 'x');
SELECT is((SELECT array_agg(r.passed ORDER BY v.nth) FROM transfer AS t, unnest(ARRAY[NULL, :first, :second]) WITH ORDINALITY AS v (version, nth)
	CROSS JOIN LATERAL transfer_eligibility(t, current_date, v.version) AS r WHERE r.rule = 'retirement'), '{true,false,true}', 'a decision asked again goes by the version it was made under');
SELECT is_empty($$SELECT FROM workload_data_quality WHERE problem = 'staff after retirement'$$, 'nobody is there beyond the age of today');
SELECT is_empty($$SELECT FROM staff_changes(current_date, (current_date + interval '1 year')::date) WHERE cause = 'retirement'$$, 'nor retires by it');
SELECT results_eq($$SELECT employee_id FROM staff_changes(current_date - 1) WHERE cause = 'retirement'$$, 'VALUES (2)', 'but by that of the day before');
SELECT is_empty($$SELECT FROM staff_changes('1999-01-01', '2000-01-01') WHERE cause = 'retirement'$$, 'before the first policy the kinds have the ages they began with');
SELECT new_policy(current_date + 1, '{"retirement_ages": {"skilled advanced": 55}}') \g /dev/null
SELECT results_eq($$SELECT employee_id FROM staff_changes(current_date + 1) WHERE cause = 'retirement'$$, 'VALUES (2)', 'and that of the day after');

-- a kind that is added
INSERT INTO post_kind (kind, indonesian, level, managerial, retirement_age) VALUES ('expert special', 'x', 9, false, 62);
SELECT is((SELECT array_agg(DISTINCT a.retirement_age) FROM policy_retirement_age AS a WHERE a.kind = 'expert special'), '{62}', 'comes with its age');
SELECT is(pg_temp.try($$UPDATE kota.post_kind SET retirement_age = 63 WHERE kind = 'expert special'$$), 'done', 'which may be mended');
INSERT INTO post (post_id, unit_id, class, seats, code, title, family, kind) VALUES (9, 2, 7, 4, 'PKM1-S', 'Special', 'nursing', 'expert special');
SELECT matches(pg_temp.try($$UPDATE kota.post_kind SET retirement_age = 64 WHERE kind = 'expert special'$$), '^MU105', 'until a post has it');
SELECT is(pg_temp.retiring(9, current_date), 'true', 'and counts');
SELECT new_policy(current_date + 2, '{"retirement_ages": {"expert special": 64}}') AS third \gset
SELECT results_eq($$SELECT a.policy_version, a.retirement_age FROM policy_retirement_age AS a WHERE a.kind = 'expert special' ORDER BY 1$$, format('VALUES (1, 63), (%s, 63), (%s, 63), (%s, 63), (%s, 64)', :first, :second, :second + 1, :third), 'until the policy says another');

-- a draft made by hand
INSERT INTO policy (policy_version, valid_from, retirement_ages) VALUES (50, '2040-01-01', '{"administrator": 61}');
SELECT is((SELECT p.retirement_ages FROM policy AS p WHERE p.policy_version = 50),
	(SELECT jsonb_object_agg(k.kind, CASE k.kind WHEN 'administrator' THEN 61 ELSE k.retirement_age END) FROM post_kind AS k), 'says all ages');
DELETE FROM post WHERE post_id = 9;
DELETE FROM post_kind WHERE kind = 'expert special';
SELECT matches(pg_temp.try('UPDATE kota.policy SET published_at = now() WHERE policy_version = 50'), '^22023 \| the policy cannot have a retirement age of kind "expert special"', 'of kinds that there are');
SELECT is(pg_temp.try('SELECT kota.new_policy(current_date + 3)'), 'done', 'a kind that has gone stands in no later version''s way');

SELECT * FROM finish();
ROLLBACK;
