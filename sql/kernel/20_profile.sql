-- Type competency_profile: what a person holds.

CREATE TYPE mutasi.competency_profile;
CREATE FUNCTION mutasi.profile_in(cstring) RETURNS mutasi.competency_profile
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_in';
COMMENT ON FUNCTION mutasi.profile_in(cstring) IS 'Text input.';
CREATE FUNCTION mutasi.profile_out(mutasi.competency_profile) RETURNS cstring
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_out';
COMMENT ON FUNCTION mutasi.profile_out(mutasi.competency_profile) IS 'Text output.';
CREATE FUNCTION mutasi.profile_recv(internal) RETURNS mutasi.competency_profile
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_recv';
COMMENT ON FUNCTION mutasi.profile_recv(internal) IS 'Binary input.';
CREATE FUNCTION mutasi.profile_send(mutasi.competency_profile) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_send';
COMMENT ON FUNCTION mutasi.profile_send(mutasi.competency_profile) IS 'Binary output.';
CREATE FUNCTION mutasi.profile_typanalyze(internal) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_typanalyze';
COMMENT ON FUNCTION mutasi.profile_typanalyze(internal) IS 'ANALYZE: counts how many hold each of the most common competencies.';
CREATE TYPE mutasi.competency_profile (
	INPUT = mutasi.profile_in, OUTPUT = mutasi.profile_out,
	RECEIVE = mutasi.profile_recv, SEND = mutasi.profile_send,
	ANALYZE = mutasi.profile_typanalyze,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended
);
COMMENT ON TYPE mutasi.competency_profile IS 'What a person holds (profil kompetensi): competencies (1 to 2147483647) with levels (0 to 655.35 in hundredths), e.g. {1:3, 7:4.12}. Level 0 is assessed and holds none; absent is not assessed. At most 10000 competencies.';
CREATE FUNCTION mutasi.profile_lt(mutasi.competency_profile, mutasi.competency_profile) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_lt';
COMMENT ON FUNCTION mutasi.profile_lt(mutasi.competency_profile, mutasi.competency_profile) IS 'Implementation of the < operator.';
CREATE OPERATOR mutasi.< (
	FUNCTION = mutasi.profile_lt, LEFTARG = mutasi.competency_profile, RIGHTARG = mutasi.competency_profile,
	COMMUTATOR = OPERATOR(mutasi.>), NEGATOR = OPERATOR(mutasi.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR mutasi.< (mutasi.competency_profile, mutasi.competency_profile) IS 'is less than (an order without meaning for people)';
CREATE FUNCTION mutasi.profile_le(mutasi.competency_profile, mutasi.competency_profile) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_le';
COMMENT ON FUNCTION mutasi.profile_le(mutasi.competency_profile, mutasi.competency_profile) IS 'Implementation of the <= operator.';
CREATE OPERATOR mutasi.<= (
	FUNCTION = mutasi.profile_le, LEFTARG = mutasi.competency_profile, RIGHTARG = mutasi.competency_profile,
	COMMUTATOR = OPERATOR(mutasi.>=), NEGATOR = OPERATOR(mutasi.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR mutasi.<= (mutasi.competency_profile, mutasi.competency_profile) IS 'is less than or equal to (an order without meaning for people)';
CREATE FUNCTION mutasi.profile_eq(mutasi.competency_profile, mutasi.competency_profile) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_eq';
COMMENT ON FUNCTION mutasi.profile_eq(mutasi.competency_profile, mutasi.competency_profile) IS 'Implementation of the = operator.';
CREATE OPERATOR mutasi.= (
	FUNCTION = mutasi.profile_eq, LEFTARG = mutasi.competency_profile, RIGHTARG = mutasi.competency_profile,
	COMMUTATOR = OPERATOR(mutasi.=), NEGATOR = OPERATOR(mutasi.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR mutasi.= (mutasi.competency_profile, mutasi.competency_profile) IS 'equals';
CREATE FUNCTION mutasi.profile_ne(mutasi.competency_profile, mutasi.competency_profile) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_ne';
COMMENT ON FUNCTION mutasi.profile_ne(mutasi.competency_profile, mutasi.competency_profile) IS 'Implementation of the <> operator.';
CREATE OPERATOR mutasi.<> (
	FUNCTION = mutasi.profile_ne, LEFTARG = mutasi.competency_profile, RIGHTARG = mutasi.competency_profile,
	COMMUTATOR = OPERATOR(mutasi.<>), NEGATOR = OPERATOR(mutasi.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR mutasi.<> (mutasi.competency_profile, mutasi.competency_profile) IS 'does not equal';
CREATE FUNCTION mutasi.profile_ge(mutasi.competency_profile, mutasi.competency_profile) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_ge';
COMMENT ON FUNCTION mutasi.profile_ge(mutasi.competency_profile, mutasi.competency_profile) IS 'Implementation of the >= operator.';
CREATE OPERATOR mutasi.>= (
	FUNCTION = mutasi.profile_ge, LEFTARG = mutasi.competency_profile, RIGHTARG = mutasi.competency_profile,
	COMMUTATOR = OPERATOR(mutasi.<=), NEGATOR = OPERATOR(mutasi.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR mutasi.>= (mutasi.competency_profile, mutasi.competency_profile) IS 'is greater than or equal to (an order without meaning for people)';
CREATE FUNCTION mutasi.profile_gt(mutasi.competency_profile, mutasi.competency_profile) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gt';
COMMENT ON FUNCTION mutasi.profile_gt(mutasi.competency_profile, mutasi.competency_profile) IS 'Implementation of the > operator.';
CREATE OPERATOR mutasi.> (
	FUNCTION = mutasi.profile_gt, LEFTARG = mutasi.competency_profile, RIGHTARG = mutasi.competency_profile,
	COMMUTATOR = OPERATOR(mutasi.<), NEGATOR = OPERATOR(mutasi.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR mutasi.> (mutasi.competency_profile, mutasi.competency_profile) IS 'is greater than (an order without meaning for people)';
CREATE FUNCTION mutasi.profile_cmp(mutasi.competency_profile, mutasi.competency_profile) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_cmp';
COMMENT ON FUNCTION mutasi.profile_cmp(mutasi.competency_profile, mutasi.competency_profile) IS 'Three-way comparison for B-tree: below, at or above zero.';
CREATE FUNCTION mutasi.profile_hash(mutasi.competency_profile) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_hash';
COMMENT ON FUNCTION mutasi.profile_hash(mutasi.competency_profile) IS 'Hash of 32 bits.';
CREATE FUNCTION mutasi.profile_hash_extended(mutasi.competency_profile, bigint) RETURNS bigint
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_hash_extended';
COMMENT ON FUNCTION mutasi.profile_hash_extended(mutasi.competency_profile, bigint) IS 'Hash of 64 bits with a seed.';
CREATE OPERATOR CLASS mutasi.profile_ops DEFAULT FOR TYPE mutasi.competency_profile USING btree AS
	OPERATOR 1 mutasi.<, OPERATOR 2 mutasi.<=, OPERATOR 3 mutasi.=, OPERATOR 4 mutasi.>=, OPERATOR 5 mutasi.>,
	FUNCTION 1 mutasi.profile_cmp(mutasi.competency_profile, mutasi.competency_profile);
COMMENT ON OPERATOR CLASS mutasi.profile_ops USING btree IS 'B-tree order of competency_profile (an order without meaning for people).';
COMMENT ON OPERATOR FAMILY mutasi.profile_ops USING btree IS 'B-tree order of competency_profile (an order without meaning for people).';
CREATE OPERATOR CLASS mutasi.profile_hash_ops DEFAULT FOR TYPE mutasi.competency_profile USING hash AS
	OPERATOR 1 mutasi.=,
	FUNCTION 1 mutasi.profile_hash(mutasi.competency_profile),
	FUNCTION 2 mutasi.profile_hash_extended(mutasi.competency_profile, bigint);
COMMENT ON OPERATOR CLASS mutasi.profile_hash_ops USING hash IS 'Hashing of competency_profile.';
COMMENT ON OPERATOR FAMILY mutasi.profile_hash_ops USING hash IS 'Hashing of competency_profile.';
CREATE FUNCTION mutasi.profile_level(mutasi.competency_profile, integer) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_level';
COMMENT ON FUNCTION mutasi.profile_level(mutasi.competency_profile, integer) IS 'Level of one competency; NULL when it was not assessed.';
CREATE OPERATOR mutasi.-> (
	FUNCTION = mutasi.profile_level, LEFTARG = mutasi.competency_profile, RIGHTARG = integer
);
COMMENT ON OPERATOR mutasi.-> (mutasi.competency_profile, integer) IS 'level of one competency, NULL when it was not assessed';
CREATE FUNCTION mutasi.profile_count(mutasi.competency_profile) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_count';
COMMENT ON FUNCTION mutasi.profile_count(mutasi.competency_profile) IS 'How many competencies were assessed.';
CREATE FUNCTION mutasi.competencies(mutasi.competency_profile) RETURNS integer[]
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_competencies';
COMMENT ON FUNCTION mutasi.competencies(mutasi.competency_profile) IS 'The assessed competencies, ascending.';
CREATE FUNCTION mutasi.levels(mutasi.competency_profile) RETURNS numeric[]
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_levels';
COMMENT ON FUNCTION mutasi.levels(mutasi.competency_profile) IS 'The levels, in the order of competencies().';
CREATE FUNCTION mutasi.profile_unnest(profile mutasi.competency_profile)
	RETURNS TABLE (competency integer, level numeric)
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20 AS 'MODULE_PATHNAME', 'profile_unnest';
COMMENT ON FUNCTION mutasi.profile_unnest(mutasi.competency_profile) IS 'One row for each assessed competency, ascending.';
CREATE FUNCTION mutasi.profile(competencies integer[], levels numeric[]) RETURNS mutasi.competency_profile
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_from_arrays';
COMMENT ON FUNCTION mutasi.profile(integer[], numeric[]) IS 'A profile from two arrays side by side; a NULL level is unknown and adds nothing.';
CREATE FUNCTION mutasi.profile_set(mutasi.competency_profile, integer, numeric) RETURNS mutasi.competency_profile
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_set';
COMMENT ON FUNCTION mutasi.profile_set(mutasi.competency_profile, integer, numeric) IS 'The profile with another level of one competency; a NULL level makes it unknown.';
CREATE FUNCTION mutasi.profile_merge(base mutasi.competency_profile, newer mutasi.competency_profile) RETURNS mutasi.competency_profile
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_merge';
COMMENT ON FUNCTION mutasi.profile_merge(mutasi.competency_profile, mutasi.competency_profile) IS 'Every competency of either profile; where both have one, the level of the second.';
CREATE FUNCTION mutasi.profile_subtract(mutasi.competency_profile, integer[]) RETURNS mutasi.competency_profile
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_subtract';
COMMENT ON FUNCTION mutasi.profile_subtract(mutasi.competency_profile, integer[]) IS 'The profile without these competencies.';
CREATE FUNCTION mutasi.profile_agg_combine(internal, internal) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_agg_combine';
COMMENT ON FUNCTION mutasi.profile_agg_combine(internal, internal) IS 'Combination of two states of profile_agg.';
CREATE FUNCTION mutasi.profile_agg_serialize(internal) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_agg_serialize';
COMMENT ON FUNCTION mutasi.profile_agg_serialize(internal) IS 'State of profile_agg for another process.';
CREATE FUNCTION mutasi.profile_agg_deserialize(bytea, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_agg_deserialize';
COMMENT ON FUNCTION mutasi.profile_agg_deserialize(bytea, internal) IS 'State of profile_agg from another process.';
CREATE FUNCTION mutasi.profile_agg_final(internal) RETURNS mutasi.competency_profile
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_agg_final';
COMMENT ON FUNCTION mutasi.profile_agg_final(internal) IS 'Result of profile_agg.';
CREATE FUNCTION mutasi.profile_agg_transition(internal, integer, numeric) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_agg_transition';
COMMENT ON FUNCTION mutasi.profile_agg_transition(internal, integer, numeric) IS 'One row of profile_agg.';
CREATE AGGREGATE mutasi.profile_agg(competency integer, level numeric) (
	SFUNC = mutasi.profile_agg_transition, STYPE = internal,
	FINALFUNC = mutasi.profile_agg_final,
	COMBINEFUNC = mutasi.profile_agg_combine,
	SERIALFUNC = mutasi.profile_agg_serialize, DESERIALFUNC = mutasi.profile_agg_deserialize,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE mutasi.profile_agg(integer, numeric) IS 'A profile from rows. A NULL level is unknown and adds nothing; a competency that comes twice is an error; NULL when there is no row.';

-- A profile as jsonb is an object, {"1": 3, "7": 4.12}; as an array, rows of two.
CREATE FUNCTION mutasi.profile_to_jsonb(profile mutasi.competency_profile) RETURNS jsonb
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT coalesce(jsonb_object_agg(u.competency::text, trim_scale(u.level)), '{}'::jsonb)
		FROM mutasi.profile_unnest(profile) AS u;
	END;
COMMENT ON FUNCTION mutasi.profile_to_jsonb(mutasi.competency_profile) IS 'The profile as a jsonb object, {"1": 3, "7": 4.12}.';
CREATE CAST (mutasi.competency_profile AS jsonb) WITH FUNCTION mutasi.profile_to_jsonb(mutasi.competency_profile);
COMMENT ON CAST (mutasi.competency_profile AS jsonb) IS 'The profile as a jsonb object, {"1": 3, "7": 4.12}.';
CREATE FUNCTION mutasi.profile_from_jsonb(profile jsonb) RETURNS mutasi.competency_profile
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT coalesce(mutasi.profile_agg(e.key::integer, e.value::numeric), '{}'::mutasi.competency_profile)
		FROM jsonb_each_text(profile) AS e;
	END;
COMMENT ON FUNCTION mutasi.profile_from_jsonb(jsonb) IS 'A profile from a jsonb object {"1": 3, "7": 4.12}; a level of null is unknown and adds nothing.';
CREATE CAST (jsonb AS mutasi.competency_profile) WITH FUNCTION mutasi.profile_from_jsonb(jsonb);
COMMENT ON CAST (jsonb AS mutasi.competency_profile) IS 'A profile from a jsonb object {"1": 3, "7": 4.12}.';
CREATE FUNCTION mutasi.profile_to_array(profile mutasi.competency_profile) RETURNS numeric[]
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT coalesce(array_agg(ARRAY[u.competency::numeric, u.level] ORDER BY u.competency), '{}'::numeric[])
		FROM mutasi.profile_unnest(profile) AS u;
	END;
COMMENT ON FUNCTION mutasi.profile_to_array(mutasi.competency_profile) IS 'The profile as an array of rows {competency, level}.';
CREATE CAST (mutasi.competency_profile AS numeric[]) WITH FUNCTION mutasi.profile_to_array(mutasi.competency_profile);
COMMENT ON CAST (mutasi.competency_profile AS numeric[]) IS 'The profile as an array of rows {competency, level}.';
CREATE FUNCTION mutasi.profile_from_array(profile numeric[]) RETURNS mutasi.competency_profile
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
	first integer := array_lower(profile, 2);
	wrong numeric;
BEGIN
	IF array_ndims(profile) IS NOT NULL
			AND (array_ndims(profile) <> 2 OR array_length(profile, 2) <> 2) THEN
		PERFORM mutasi.raise_error('2202E', 'an array of %1 does not make a profile',
			ARRAY[array_dims(profile)], hint => 'Give rows of two, {{competency, level}, ...}.');
	END IF;
	SELECT profile[i][first] INTO wrong
	FROM generate_subscripts(profile, 1) AS i
	WHERE profile[i][first] <> trunc(profile[i][first]) OR profile[i][first] NOT BETWEEN 1 AND 2147483647
	ORDER BY i
	LIMIT 1;
	IF wrong IS NOT NULL THEN
		PERFORM mutasi.raise_error('22023', 'invalid competency %1 in competency_profile', ARRAY[wrong::text],
			detail => 'Competencies are whole numbers from 1 to 2147483647.');
	END IF;
	RETURN coalesce((SELECT mutasi.profile_agg(profile[i][first]::integer, profile[i][first + 1])
			FROM generate_subscripts(profile, 1) AS i), '{}'::mutasi.competency_profile);
END
$function$;
COMMENT ON FUNCTION mutasi.profile_from_array(numeric[]) IS 'A profile from an array of rows {competency, level}; a NULL level is unknown and adds nothing.';
CREATE CAST (numeric[] AS mutasi.competency_profile) WITH FUNCTION mutasi.profile_from_array(numeric[]);
COMMENT ON CAST (numeric[] AS mutasi.competency_profile) IS 'A profile from an array of rows {competency, level}.';
