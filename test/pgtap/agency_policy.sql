-- Versions of the policy: what a setting cannot be is refused before it is frozen.
BEGIN;
SELECT plan(18);
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
SELECT is_empty($$SELECT a.attname, g.value FROM pg_attribute AS a CROSS JOIN unnest(ARRAY['{"x": 1}', '[]', '"x"', '""', '-1', '1e9', '1e300', '"NaN"', '"Infinity"']) AS g (value)
	WHERE a.attrelid = 'kota.policy'::regclass AND a.attnum > 0 AND NOT a.attisdropped
		AND a.attname NOT IN ('policy_version', 'valid_from', 'published_at', 'published_by', 'note')
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

SELECT * FROM finish();
ROLLBACK;
