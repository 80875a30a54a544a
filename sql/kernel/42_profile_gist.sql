-- GiST: people in order of their distance from a requirement, the gate, equality.

CREATE TYPE mutasi.profile_gist_key;
CREATE FUNCTION mutasi.profile_gist_key_in(cstring) RETURNS mutasi.profile_gist_key
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gist_key_in';
COMMENT ON FUNCTION mutasi.profile_gist_key_in(cstring) IS 'Refuses: index keys are made by the index.';
CREATE FUNCTION mutasi.profile_gist_key_out(mutasi.profile_gist_key) RETURNS cstring
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gist_key_out';
COMMENT ON FUNCTION mutasi.profile_gist_key_out(mutasi.profile_gist_key) IS 'A key in a few words, for page inspection.';
CREATE TYPE mutasi.profile_gist_key (
	INPUT = mutasi.profile_gist_key_in, OUTPUT = mutasi.profile_gist_key_out,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = plain
);
COMMENT ON TYPE mutasi.profile_gist_key IS 'Key of a GiST index on competency_profile; not for tables.';

CREATE FUNCTION mutasi.profile_gist_options(internal) RETURNS void
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gist_options';
COMMENT ON FUNCTION mutasi.profile_gist_options(internal) IS 'Options of profile_gist_ops: buckets (256, 512, 1024 or 2048; default 2048) and max_level (whole levels; default 7).';
CREATE FUNCTION mutasi.profile_gist_compress(internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gist_compress';
COMMENT ON FUNCTION mutasi.profile_gist_compress(internal) IS 'GiST: key of a profile.';
CREATE FUNCTION mutasi.profile_gist_union(internal, internal) RETURNS mutasi.profile_gist_key
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gist_union';
COMMENT ON FUNCTION mutasi.profile_gist_union(internal, internal) IS 'GiST: key of several keys.';
CREATE FUNCTION mutasi.profile_gist_same(mutasi.profile_gist_key, mutasi.profile_gist_key, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gist_same';
COMMENT ON FUNCTION mutasi.profile_gist_same(mutasi.profile_gist_key, mutasi.profile_gist_key, internal) IS 'GiST: are two keys the same?';
CREATE FUNCTION mutasi.profile_gist_penalty(internal, internal, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gist_penalty';
COMMENT ON FUNCTION mutasi.profile_gist_penalty(internal, internal, internal) IS 'GiST: by how much a key must grow.';
CREATE FUNCTION mutasi.profile_gist_picksplit(internal, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gist_picksplit';
COMMENT ON FUNCTION mutasi.profile_gist_picksplit(internal, internal) IS 'GiST: the two halves of a full page.';
CREATE FUNCTION mutasi.profile_gist_consistent(internal, mutasi.competency_profile, smallint, oid, internal) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gist_consistent';
COMMENT ON FUNCTION mutasi.profile_gist_consistent(internal, mutasi.competency_profile, smallint, oid, internal) IS 'GiST: can anybody under a key satisfy @> or =?';
CREATE FUNCTION mutasi.profile_gist_distance(internal, mutasi.competency_profile, smallint, oid, internal) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gist_distance';
COMMENT ON FUNCTION mutasi.profile_gist_distance(internal, mutasi.competency_profile, smallint, oid, internal) IS 'GiST: distance of a profile, or a lower bound for everybody under a key.';
CREATE FUNCTION mutasi.profile_gist_sortsupport(internal) RETURNS void
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gist_sortsupport';
COMMENT ON FUNCTION mutasi.profile_gist_sortsupport(internal) IS 'GiST: order in which people of like competencies come together, for the sorted build.';

CREATE OPERATOR CLASS mutasi.profile_gist_ops DEFAULT FOR TYPE mutasi.competency_profile USING gist AS
	OPERATOR 1 mutasi.<=> (mutasi.competency_profile, mutasi.competency_requirement) FOR ORDER BY pg_catalog.float_ops,
	OPERATOR 2 mutasi.@> (mutasi.competency_profile, mutasi.competency_requirement),
	OPERATOR 3 mutasi.= (mutasi.competency_profile, mutasi.competency_profile),
	FUNCTION 1 mutasi.profile_gist_consistent(internal, mutasi.competency_profile, smallint, oid, internal),
	FUNCTION 2 mutasi.profile_gist_union(internal, internal),
	FUNCTION 3 mutasi.profile_gist_compress(internal),
	FUNCTION 5 mutasi.profile_gist_penalty(internal, internal, internal),
	FUNCTION 6 mutasi.profile_gist_picksplit(internal, internal),
	FUNCTION 7 mutasi.profile_gist_same(mutasi.profile_gist_key, mutasi.profile_gist_key, internal),
	FUNCTION 8 mutasi.profile_gist_distance(internal, mutasi.competency_profile, smallint, oid, internal),
	FUNCTION 10 mutasi.profile_gist_options(internal),
	FUNCTION 11 mutasi.profile_gist_sortsupport(internal),
	STORAGE mutasi.profile_gist_key;
COMMENT ON OPERATOR CLASS mutasi.profile_gist_ops USING gist IS 'GiST index on profiles: ORDER BY profile <=> requirement LIMIT k, profile @> requirement, profile = profile. Options: buckets, max_level.';
COMMENT ON OPERATOR FAMILY mutasi.profile_gist_ops USING gist IS 'GiST index on profiles.';
