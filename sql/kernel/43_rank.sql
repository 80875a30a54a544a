-- Ranking in bulk: the best k people for each of many posts, and the opposite.

CREATE FUNCTION mutasi.rank_candidates(people text, posts text, k integer DEFAULT 10, only_meeting boolean DEFAULT false)
	RETURNS TABLE (post_id bigint, rank integer, person_id bigint, score numeric, distance double precision)
	LANGUAGE C STABLE PARALLEL UNSAFE COST 10000 ROWS 10000 AS 'MODULE_PATHNAME', 'rank_candidates';
COMMENT ON FUNCTION mutasi.rank_candidates(text, text, integer, boolean) IS
	'The best k people for each post, exactly: ordered by profile <=> requirement, equal distances by person id. people: a query with columns id and profile; posts: a query with columns id and requirement; with only_meeting, only people who hold every mandatory competency. A NULL profile or requirement is not ranked. People are kept in memory up to mutasi.rank_memory.';
CREATE FUNCTION mutasi.rank_posts(people text, posts text, k integer DEFAULT 10, only_meeting boolean DEFAULT false)
	RETURNS TABLE (person_id bigint, rank integer, post_id bigint, score numeric, distance double precision)
	LANGUAGE C STABLE PARALLEL UNSAFE COST 10000 ROWS 10000 AS 'MODULE_PATHNAME', 'rank_posts';
COMMENT ON FUNCTION mutasi.rank_posts(text, text, integer, boolean) IS
	'The best k posts for each person, exactly: ordered by profile <=> requirement, equal distances by post id. The queries are those of rank_candidates. Posts are kept in memory up to mutasi.rank_memory.';

-- The best of a weighted mean of the fit and other components.
CREATE FUNCTION mutasi.rank_composite(query text, requirement mutasi.competency_requirement, weights jsonb, k integer DEFAULT 10)
	RETURNS TABLE (rank integer, id bigint, score numeric, components jsonb)
	LANGUAGE C STABLE PARALLEL UNSAFE COST 10000 ROWS 10 AS 'MODULE_PATHNAME', 'rank_composite';
COMMENT ON FUNCTION mutasi.rank_composite(text, mutasi.competency_requirement, jsonb, integer) IS
	'The best k rows of a query by the weighted mean of the competency fit (match_score) and other components from 0 to 1, exactly; equal scores by id. query: columns id, profile and the components; weights: {"competency": 60, "performance": 30, ...}, "competency" being the fit and every other name a column. Rows are read in the order of profile <=> requirement, by its index where there is one, until nobody left can be among the best. A row of which the profile or a component is NULL is not ranked.';
