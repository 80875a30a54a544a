-- Type competency_requirement: what a post asks.

CREATE TYPE mutasi.competency_requirement;
CREATE FUNCTION mutasi.requirement_in(cstring) RETURNS mutasi.competency_requirement
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_in';
COMMENT ON FUNCTION mutasi.requirement_in(cstring) IS 'Text input.';
CREATE FUNCTION mutasi.requirement_out(mutasi.competency_requirement) RETURNS cstring
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_out';
COMMENT ON FUNCTION mutasi.requirement_out(mutasi.competency_requirement) IS 'Text output.';
CREATE FUNCTION mutasi.requirement_recv(internal) RETURNS mutasi.competency_requirement
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_recv';
COMMENT ON FUNCTION mutasi.requirement_recv(internal) IS 'Binary input.';
CREATE FUNCTION mutasi.requirement_send(mutasi.competency_requirement) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_send';
COMMENT ON FUNCTION mutasi.requirement_send(mutasi.competency_requirement) IS 'Binary output.';
CREATE TYPE mutasi.competency_requirement (
	INPUT = mutasi.requirement_in, OUTPUT = mutasi.requirement_out,
	RECEIVE = mutasi.requirement_recv, SEND = mutasi.requirement_send,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended
);
COMMENT ON TYPE mutasi.competency_requirement IS 'What a post asks (standar kompetensi jabatan): competencies with level (0.01 to 655.35), weight (*, 0.01 to 100, default 1), mandatory (!) or not, core or secondary (~); and for the whole the surplus weight (/, 0 to 1, default 0.5): how much holding more than asked counts against the fit. E.g. {1:3, 7:4*2, 12:2!, 30:1~}/0.25';
CREATE FUNCTION mutasi.requirement_lt(mutasi.competency_requirement, mutasi.competency_requirement) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_lt';
COMMENT ON FUNCTION mutasi.requirement_lt(mutasi.competency_requirement, mutasi.competency_requirement) IS 'Implementation of the < operator.';
CREATE OPERATOR mutasi.< (
	FUNCTION = mutasi.requirement_lt, LEFTARG = mutasi.competency_requirement, RIGHTARG = mutasi.competency_requirement,
	COMMUTATOR = OPERATOR(mutasi.>), NEGATOR = OPERATOR(mutasi.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR mutasi.< (mutasi.competency_requirement, mutasi.competency_requirement) IS 'is less than (an order without meaning for people)';
CREATE FUNCTION mutasi.requirement_le(mutasi.competency_requirement, mutasi.competency_requirement) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_le';
COMMENT ON FUNCTION mutasi.requirement_le(mutasi.competency_requirement, mutasi.competency_requirement) IS 'Implementation of the <= operator.';
CREATE OPERATOR mutasi.<= (
	FUNCTION = mutasi.requirement_le, LEFTARG = mutasi.competency_requirement, RIGHTARG = mutasi.competency_requirement,
	COMMUTATOR = OPERATOR(mutasi.>=), NEGATOR = OPERATOR(mutasi.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR mutasi.<= (mutasi.competency_requirement, mutasi.competency_requirement) IS 'is less than or equal to (an order without meaning for people)';
CREATE FUNCTION mutasi.requirement_eq(mutasi.competency_requirement, mutasi.competency_requirement) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_eq';
COMMENT ON FUNCTION mutasi.requirement_eq(mutasi.competency_requirement, mutasi.competency_requirement) IS 'Implementation of the = operator.';
CREATE OPERATOR mutasi.= (
	FUNCTION = mutasi.requirement_eq, LEFTARG = mutasi.competency_requirement, RIGHTARG = mutasi.competency_requirement,
	COMMUTATOR = OPERATOR(mutasi.=), NEGATOR = OPERATOR(mutasi.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR mutasi.= (mutasi.competency_requirement, mutasi.competency_requirement) IS 'equals';
CREATE FUNCTION mutasi.requirement_ne(mutasi.competency_requirement, mutasi.competency_requirement) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_ne';
COMMENT ON FUNCTION mutasi.requirement_ne(mutasi.competency_requirement, mutasi.competency_requirement) IS 'Implementation of the <> operator.';
CREATE OPERATOR mutasi.<> (
	FUNCTION = mutasi.requirement_ne, LEFTARG = mutasi.competency_requirement, RIGHTARG = mutasi.competency_requirement,
	COMMUTATOR = OPERATOR(mutasi.<>), NEGATOR = OPERATOR(mutasi.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR mutasi.<> (mutasi.competency_requirement, mutasi.competency_requirement) IS 'does not equal';
CREATE FUNCTION mutasi.requirement_ge(mutasi.competency_requirement, mutasi.competency_requirement) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_ge';
COMMENT ON FUNCTION mutasi.requirement_ge(mutasi.competency_requirement, mutasi.competency_requirement) IS 'Implementation of the >= operator.';
CREATE OPERATOR mutasi.>= (
	FUNCTION = mutasi.requirement_ge, LEFTARG = mutasi.competency_requirement, RIGHTARG = mutasi.competency_requirement,
	COMMUTATOR = OPERATOR(mutasi.<=), NEGATOR = OPERATOR(mutasi.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR mutasi.>= (mutasi.competency_requirement, mutasi.competency_requirement) IS 'is greater than or equal to (an order without meaning for people)';
CREATE FUNCTION mutasi.requirement_gt(mutasi.competency_requirement, mutasi.competency_requirement) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_gt';
COMMENT ON FUNCTION mutasi.requirement_gt(mutasi.competency_requirement, mutasi.competency_requirement) IS 'Implementation of the > operator.';
CREATE OPERATOR mutasi.> (
	FUNCTION = mutasi.requirement_gt, LEFTARG = mutasi.competency_requirement, RIGHTARG = mutasi.competency_requirement,
	COMMUTATOR = OPERATOR(mutasi.<), NEGATOR = OPERATOR(mutasi.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR mutasi.> (mutasi.competency_requirement, mutasi.competency_requirement) IS 'is greater than (an order without meaning for people)';
CREATE FUNCTION mutasi.requirement_cmp(mutasi.competency_requirement, mutasi.competency_requirement) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_cmp';
COMMENT ON FUNCTION mutasi.requirement_cmp(mutasi.competency_requirement, mutasi.competency_requirement) IS 'Three-way comparison for B-tree: below, at or above zero.';
CREATE FUNCTION mutasi.requirement_hash(mutasi.competency_requirement) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_hash';
COMMENT ON FUNCTION mutasi.requirement_hash(mutasi.competency_requirement) IS 'Hash of 32 bits.';
CREATE FUNCTION mutasi.requirement_hash_extended(mutasi.competency_requirement, bigint) RETURNS bigint
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_hash_extended';
COMMENT ON FUNCTION mutasi.requirement_hash_extended(mutasi.competency_requirement, bigint) IS 'Hash of 64 bits with a seed.';
CREATE OPERATOR CLASS mutasi.requirement_ops DEFAULT FOR TYPE mutasi.competency_requirement USING btree AS
	OPERATOR 1 mutasi.<, OPERATOR 2 mutasi.<=, OPERATOR 3 mutasi.=, OPERATOR 4 mutasi.>=, OPERATOR 5 mutasi.>,
	FUNCTION 1 mutasi.requirement_cmp(mutasi.competency_requirement, mutasi.competency_requirement);
COMMENT ON OPERATOR CLASS mutasi.requirement_ops USING btree IS 'B-tree order of competency_requirement (an order without meaning for people).';
COMMENT ON OPERATOR FAMILY mutasi.requirement_ops USING btree IS 'B-tree order of competency_requirement (an order without meaning for people).';
CREATE OPERATOR CLASS mutasi.requirement_hash_ops DEFAULT FOR TYPE mutasi.competency_requirement USING hash AS
	OPERATOR 1 mutasi.=,
	FUNCTION 1 mutasi.requirement_hash(mutasi.competency_requirement),
	FUNCTION 2 mutasi.requirement_hash_extended(mutasi.competency_requirement, bigint);
COMMENT ON OPERATOR CLASS mutasi.requirement_hash_ops USING hash IS 'Hashing of competency_requirement.';
COMMENT ON OPERATOR FAMILY mutasi.requirement_hash_ops USING hash IS 'Hashing of competency_requirement.';
CREATE FUNCTION mutasi.requirement_count(mutasi.competency_requirement) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_count';
COMMENT ON FUNCTION mutasi.requirement_count(mutasi.competency_requirement) IS 'How many competencies are required.';
CREATE FUNCTION mutasi.surplus(mutasi.competency_requirement) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_surplus';
COMMENT ON FUNCTION mutasi.surplus(mutasi.competency_requirement) IS 'The surplus weight, 0 to 1: how much holding more than asked counts against the fit.';
CREATE FUNCTION mutasi.with_surplus(mutasi.competency_requirement, numeric) RETURNS mutasi.competency_requirement
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_with_surplus';
COMMENT ON FUNCTION mutasi.with_surplus(mutasi.competency_requirement, numeric) IS 'The requirement with another surplus weight (0 to 1, at most two decimals).';
CREATE FUNCTION mutasi.requirement_unnest(requirement mutasi.competency_requirement)
	RETURNS TABLE (competency integer, level numeric, weight numeric, kind text, mandatory boolean)
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20 AS 'MODULE_PATHNAME', 'requirement_unnest';
COMMENT ON FUNCTION mutasi.requirement_unnest(mutasi.competency_requirement) IS 'One row for each required competency, ascending.';
CREATE FUNCTION mutasi.requirement_agg_combine(internal, internal) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_agg_combine';
COMMENT ON FUNCTION mutasi.requirement_agg_combine(internal, internal) IS 'Combination of two states of requirement_agg.';
CREATE FUNCTION mutasi.requirement_agg_serialize(internal) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_agg_serialize';
COMMENT ON FUNCTION mutasi.requirement_agg_serialize(internal) IS 'State of requirement_agg for another process.';
CREATE FUNCTION mutasi.requirement_agg_deserialize(bytea, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_agg_deserialize';
COMMENT ON FUNCTION mutasi.requirement_agg_deserialize(bytea, internal) IS 'State of requirement_agg from another process.';
CREATE FUNCTION mutasi.requirement_agg_final(internal) RETURNS mutasi.competency_requirement
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_agg_final';
COMMENT ON FUNCTION mutasi.requirement_agg_final(internal) IS 'Result of requirement_agg.';
CREATE FUNCTION mutasi.requirement_agg_transition(internal, integer, numeric) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_agg_transition';
COMMENT ON FUNCTION mutasi.requirement_agg_transition(internal, integer, numeric) IS 'One row of requirement_agg.';
CREATE AGGREGATE mutasi.requirement_agg(competency integer, level numeric) (
	SFUNC = mutasi.requirement_agg_transition, STYPE = internal,
	FINALFUNC = mutasi.requirement_agg_final,
	COMBINEFUNC = mutasi.requirement_agg_combine,
	SERIALFUNC = mutasi.requirement_agg_serialize, DESERIALFUNC = mutasi.requirement_agg_deserialize,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE mutasi.requirement_agg(integer, numeric) IS 'A requirement from rows, with the default surplus weight (see with_surplus). NULL weight, kind and mandatory mean 1, core and false; a competency that comes twice or has no level is an error; NULL when there is no row.';
CREATE FUNCTION mutasi.requirement_agg_transition(internal, integer, numeric, numeric) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_agg_transition';
COMMENT ON FUNCTION mutasi.requirement_agg_transition(internal, integer, numeric, numeric) IS 'One row of requirement_agg.';
CREATE AGGREGATE mutasi.requirement_agg(competency integer, level numeric, weight numeric) (
	SFUNC = mutasi.requirement_agg_transition, STYPE = internal,
	FINALFUNC = mutasi.requirement_agg_final,
	COMBINEFUNC = mutasi.requirement_agg_combine,
	SERIALFUNC = mutasi.requirement_agg_serialize, DESERIALFUNC = mutasi.requirement_agg_deserialize,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE mutasi.requirement_agg(integer, numeric, numeric) IS 'A requirement from rows, with the default surplus weight (see with_surplus). NULL weight, kind and mandatory mean 1, core and false; a competency that comes twice or has no level is an error; NULL when there is no row.';
CREATE FUNCTION mutasi.requirement_agg_transition(internal, integer, numeric, numeric, text, boolean) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'requirement_agg_transition';
COMMENT ON FUNCTION mutasi.requirement_agg_transition(internal, integer, numeric, numeric, text, boolean) IS 'One row of requirement_agg.';
CREATE AGGREGATE mutasi.requirement_agg(competency integer, level numeric, weight numeric, kind text, mandatory boolean) (
	SFUNC = mutasi.requirement_agg_transition, STYPE = internal,
	FINALFUNC = mutasi.requirement_agg_final,
	COMBINEFUNC = mutasi.requirement_agg_combine,
	SERIALFUNC = mutasi.requirement_agg_serialize, DESERIALFUNC = mutasi.requirement_agg_deserialize,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE mutasi.requirement_agg(integer, numeric, numeric, text, boolean) IS 'A requirement from rows, with the default surplus weight (see with_surplus). NULL weight, kind and mandatory mean 1, core and false; a competency that comes twice or has no level is an error; NULL when there is no row.';

-- A requirement as jsonb: {"surplus": 0.5, "competencies": [{"competency": 1, "level": 3, ...}, ...]}
CREATE FUNCTION mutasi.requirement_to_jsonb(requirement mutasi.competency_requirement) RETURNS jsonb
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT jsonb_build_object('surplus', trim_scale(mutasi.surplus(requirement)),
			'competencies', coalesce(jsonb_agg(jsonb_build_object('competency', u.competency,
				'level', trim_scale(u.level), 'weight', trim_scale(u.weight),
				'kind', u.kind, 'mandatory', u.mandatory) ORDER BY u.competency), '[]'::jsonb))
		FROM mutasi.requirement_unnest(requirement) AS u;
	END;
COMMENT ON FUNCTION mutasi.requirement_to_jsonb(mutasi.competency_requirement) IS 'The requirement as jsonb: {"surplus": 0.5, "competencies": [{"competency": 1, "level": 3, "weight": 1, "kind": "core", "mandatory": false}]}.';
CREATE CAST (mutasi.competency_requirement AS jsonb) WITH FUNCTION mutasi.requirement_to_jsonb(mutasi.competency_requirement);
COMMENT ON CAST (mutasi.competency_requirement AS jsonb) IS 'The requirement as jsonb.';
CREATE FUNCTION mutasi.requirement_from_jsonb(requirement jsonb) RETURNS mutasi.competency_requirement
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT mutasi.with_surplus(
			coalesce((SELECT mutasi.requirement_agg(c.competency, c.level, c.weight, c.kind, c.mandatory)
				FROM jsonb_to_recordset(requirement -> 'competencies')
					AS c(competency integer, level numeric, weight numeric, kind text, mandatory boolean)),
				'{}'::mutasi.competency_requirement),
			coalesce((requirement ->> 'surplus')::numeric, 0.5));
	END;
COMMENT ON FUNCTION mutasi.requirement_from_jsonb(jsonb) IS 'A requirement from the jsonb that the cast to jsonb gives; surplus, weight, kind and mandatory may be left out.';
CREATE CAST (jsonb AS mutasi.competency_requirement) WITH FUNCTION mutasi.requirement_from_jsonb(jsonb);
COMMENT ON CAST (jsonb AS mutasi.competency_requirement) IS 'A requirement from jsonb.';
