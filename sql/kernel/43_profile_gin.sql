-- Filtering by competencies, and GIN support for it.

CREATE FUNCTION mutasi.holds_all(profile mutasi.competency_profile, wanted mutasi.competency_profile) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_holds_all';
COMMENT ON FUNCTION mutasi.holds_all(mutasi.competency_profile, mutasi.competency_profile) IS 'Does the first profile hold all competencies of the second at their levels or above? A level of 0 asks that it was assessed.';
CREATE FUNCTION mutasi.held_by(wanted mutasi.competency_profile, profile mutasi.competency_profile) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_held_by';
COMMENT ON FUNCTION mutasi.held_by(mutasi.competency_profile, mutasi.competency_profile) IS 'Are all competencies of the first profile held by the second at their levels or above?';
CREATE FUNCTION mutasi.holds_any(profile mutasi.competency_profile, wanted mutasi.competency_profile) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_holds_any';
COMMENT ON FUNCTION mutasi.holds_any(mutasi.competency_profile, mutasi.competency_profile) IS 'Does the first profile hold any competency of the second at its level or above?';
CREATE OPERATOR mutasi.@>= (
	FUNCTION = mutasi.holds_all, LEFTARG = mutasi.competency_profile, RIGHTARG = mutasi.competency_profile,
	COMMUTATOR = OPERATOR(mutasi.<=@), RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR mutasi.@>= (mutasi.competency_profile, mutasi.competency_profile) IS 'holds all of these competencies at these levels or above';
CREATE OPERATOR mutasi.<=@ (
	FUNCTION = mutasi.held_by, LEFTARG = mutasi.competency_profile, RIGHTARG = mutasi.competency_profile,
	COMMUTATOR = OPERATOR(mutasi.@>=), RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR mutasi.<=@ (mutasi.competency_profile, mutasi.competency_profile) IS 'all of these competencies are held at these levels or above';
CREATE OPERATOR mutasi.&&= (
	FUNCTION = mutasi.holds_any, LEFTARG = mutasi.competency_profile, RIGHTARG = mutasi.competency_profile,
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR mutasi.&&= (mutasi.competency_profile, mutasi.competency_profile) IS 'holds any of these competencies at its level or above';

CREATE FUNCTION mutasi.profile_gin_extract_value(mutasi.competency_profile, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gin_extract_value';
COMMENT ON FUNCTION mutasi.profile_gin_extract_value(mutasi.competency_profile, internal) IS 'GIN: keys of a profile.';
CREATE FUNCTION mutasi.profile_gin_extract_query(mutasi.competency_profile, internal, smallint, internal, internal, internal, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gin_extract_query';
COMMENT ON FUNCTION mutasi.profile_gin_extract_query(mutasi.competency_profile, internal, smallint, internal, internal, internal, internal) IS 'GIN: ranges of keys asked for.';
CREATE FUNCTION mutasi.profile_gin_compare_partial(bigint, bigint, smallint, internal) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gin_compare_partial';
COMMENT ON FUNCTION mutasi.profile_gin_compare_partial(bigint, bigint, smallint, internal) IS 'GIN: is a key in the range asked for?';
CREATE FUNCTION mutasi.profile_gin_consistent(internal, smallint, mutasi.competency_profile, integer, internal, internal, internal, internal) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gin_consistent';
COMMENT ON FUNCTION mutasi.profile_gin_consistent(internal, smallint, mutasi.competency_profile, integer, internal, internal, internal, internal) IS 'GIN: does who has these keys satisfy the query?';
CREATE FUNCTION mutasi.profile_gin_triconsistent(internal, smallint, mutasi.competency_profile, integer, internal, internal, internal) RETURNS "char"
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gin_triconsistent';
COMMENT ON FUNCTION mutasi.profile_gin_triconsistent(internal, smallint, mutasi.competency_profile, integer, internal, internal, internal) IS 'GIN: the same where some keys are not known yet.';

CREATE OPERATOR CLASS mutasi.profile_gin_ops DEFAULT FOR TYPE mutasi.competency_profile USING gin AS
	OPERATOR 1 mutasi.@> (mutasi.competency_profile, mutasi.competency_requirement),
	OPERATOR 2 mutasi.@>= (mutasi.competency_profile, mutasi.competency_profile),
	OPERATOR 3 mutasi.&&= (mutasi.competency_profile, mutasi.competency_profile),
	FUNCTION 1 pg_catalog.btint8cmp(bigint, bigint),
	FUNCTION 2 mutasi.profile_gin_extract_value(mutasi.competency_profile, internal),
	FUNCTION 3 mutasi.profile_gin_extract_query(mutasi.competency_profile, internal, smallint, internal, internal, internal, internal),
	FUNCTION 4 mutasi.profile_gin_consistent(internal, smallint, mutasi.competency_profile, integer, internal, internal, internal, internal),
	FUNCTION 5 mutasi.profile_gin_compare_partial(bigint, bigint, smallint, internal),
	FUNCTION 6 mutasi.profile_gin_triconsistent(internal, smallint, mutasi.competency_profile, integer, internal, internal, internal),
	STORAGE bigint;
COMMENT ON OPERATOR CLASS mutasi.profile_gin_ops USING gin IS 'GIN index on profiles: profile @> requirement (the gate), profile @>= profile (holds all), profile &&= profile (holds any).';
COMMENT ON OPERATOR FAMILY mutasi.profile_gin_ops USING gin IS 'GIN index on profiles.';
