-- Matching by the wishes of people.

CREATE FUNCTION mutasi.match_applications(applications text, posts text, OUT employee_id bigint,
		OUT current_post bigint, OUT post_id bigint, OUT preference bigint, OUT score numeric)
	RETURNS SETOF record
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 100000 ROWS 5000
	AS 'MODULE_PATHNAME', 'mutasi_match_applications';
COMMENT ON FUNCTION mutasi.match_applications(text, text) IS
	'Deferred acceptance (Gale and Shapley). applications: query of employee_id, post_id, preference (of the employee, 1 is the first, no two alike), score (how the post ranks the applicant, the higher first) and optionally current_post; posts: post_id, seats (vacant ones). Every applicant has a row, with the post got or nulls. Incumbents come first in their own post and keep it unless they get one they prefer; the seat they leave is given as well. Nobody could have a preferred post without somebody of higher rank losing it. Equal scores are decided by a lot drawn from the employee_id, the same for all posts.';

CREATE FUNCTION mutasi.exchange_cycles(preferences text, OUT cycle integer, OUT employee_id bigint,
		OUT from_post bigint, OUT to_post bigint, OUT preference bigint) RETURNS SETOF record
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 100000 ROWS 5000
	AS 'MODULE_PATHNAME', 'mutasi_exchange_cycles';
COMMENT ON FUNCTION mutasi.exchange_cycles(text) IS
	'Top trading cycles (Shapley and Scarf) among incumbents. preferences: query of employee_id, current_post, post_id (that the employee would rather have), preference (1 is the first, no two alike). Returns who moves, by cycles in which everybody gets the post of the next; who is in none keeps the post. Nobody is worse off, and no other exchange could make somebody better off and nobody worse.';
