-- Scoring: how well a profile fits a requirement. One arithmetic for all of it.

CREATE FUNCTION mutasi.match_distance(profile mutasi.competency_profile, requirement mutasi.competency_requirement) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'match_distance';
COMMENT ON FUNCTION mutasi.match_distance(mutasi.competency_profile, mutasi.competency_requirement) IS 'Distance of a profile from a requirement, 0 for a perfect fit: sum of weight * gap / sum of weight * required level, a gap being what is missing, or the surplus weight times what is too much. Not assessed counts as level 0; an empty requirement is at distance 0.';
CREATE FUNCTION mutasi.match_distance(requirement mutasi.competency_requirement, profile mutasi.competency_profile) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'match_distance_commuted';
COMMENT ON FUNCTION mutasi.match_distance(mutasi.competency_requirement, mutasi.competency_profile) IS 'Distance of a profile from a requirement, arguments the other way round.';
CREATE FUNCTION mutasi.match_meets(profile mutasi.competency_profile, requirement mutasi.competency_requirement) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'match_meets';
COMMENT ON FUNCTION mutasi.match_meets(mutasi.competency_profile, mutasi.competency_requirement) IS 'Does the profile hold every mandatory competency of the requirement at its level or above? Not assessed is not held.';
CREATE FUNCTION mutasi.match_meets(requirement mutasi.competency_requirement, profile mutasi.competency_profile) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'match_meets_commuted';
COMMENT ON FUNCTION mutasi.match_meets(mutasi.competency_requirement, mutasi.competency_profile) IS 'Is every mandatory competency of the requirement held by the profile at its level or above?';
CREATE OPERATOR mutasi.<=> (
	FUNCTION = mutasi.match_distance, LEFTARG = mutasi.competency_profile, RIGHTARG = mutasi.competency_requirement,
	COMMUTATOR = OPERATOR(mutasi.<=>)
);
COMMENT ON OPERATOR mutasi.<=> (mutasi.competency_profile, mutasi.competency_requirement) IS 'distance of a profile from a requirement';
CREATE OPERATOR mutasi.<=> (
	FUNCTION = mutasi.match_distance, LEFTARG = mutasi.competency_requirement, RIGHTARG = mutasi.competency_profile,
	COMMUTATOR = OPERATOR(mutasi.<=>)
);
COMMENT ON OPERATOR mutasi.<=> (mutasi.competency_requirement, mutasi.competency_profile) IS 'distance of a profile from a requirement';
CREATE OPERATOR mutasi.@> (
	FUNCTION = mutasi.match_meets, LEFTARG = mutasi.competency_profile, RIGHTARG = mutasi.competency_requirement,
	COMMUTATOR = OPERATOR(mutasi.<@), RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR mutasi.@> (mutasi.competency_profile, mutasi.competency_requirement) IS 'holds every mandatory competency at its level or above';
CREATE OPERATOR mutasi.<@ (
	FUNCTION = mutasi.match_meets, LEFTARG = mutasi.competency_requirement, RIGHTARG = mutasi.competency_profile,
	COMMUTATOR = OPERATOR(mutasi.@>), RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR mutasi.<@ (mutasi.competency_requirement, mutasi.competency_profile) IS 'every mandatory competency is held at its level or above';
CREATE FUNCTION mutasi.match_score(profile mutasi.competency_profile, requirement mutasi.competency_requirement) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'match_score';
COMMENT ON FUNCTION mutasi.match_score(mutasi.competency_profile, mutasi.competency_requirement) IS 'The fit, 0 to 1 with six decimals rounded half up: max(0, 1 - distance). A surplus never makes up for a gap.';
CREATE FUNCTION mutasi.adequacy(profile mutasi.competency_profile, requirement mutasi.competency_requirement) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'match_adequacy';
COMMENT ON FUNCTION mutasi.adequacy(mutasi.competency_profile, mutasi.competency_requirement) IS 'Can this person do it at all, 0 to 1 with six decimals rounded half up: the fit without regard to surplus, sum of weight * min(held, required) / sum of weight * required.';
CREATE FUNCTION mutasi.match_coverage(profile mutasi.competency_profile, requirement mutasi.competency_requirement) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'match_coverage';
COMMENT ON FUNCTION mutasi.match_coverage(mutasi.competency_profile, mutasi.competency_requirement) IS 'Share of the requirements weight that was assessed at all, 0 to 1 with six decimals rounded half up: keeps unknown apart from poor.';
CREATE FUNCTION mutasi.match_explain(profile mutasi.competency_profile, requirement mutasi.competency_requirement)
	RETURNS TABLE (competency integer, required numeric, held numeric, gap numeric, weight numeric,
		kind text, mandatory boolean, contribution numeric)
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20 AS 'MODULE_PATHNAME', 'match_explain';
COMMENT ON FUNCTION mutasi.match_explain(mutasi.competency_profile, mutasi.competency_requirement) IS 'One row for each required competency: required and held level (NULL: not assessed), gap (held - required, unknown counting as 0), weight, core or secondary, mandatory, and its contribution to the distance; contributions have twelve decimals and sum exactly to the distance so rounded.';
