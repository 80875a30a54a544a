#!/bin/sh
# Planning transfers: ours in SQL (reading the input counted apart), LEMON's
# network simplex and cost scaling, SciPy (HiGHS, and its dense assignment),
# pgRouting, a greedy loop in PL/pgSQL; side by side in one run, CPU seconds, with
# the objective of each. Every method gets the same rows in the same random order.
# Instances, donor units may release 20 people each:
#   random   every person is a candidate of 5 posts drawn anywhere
#   geo      posts and people on a map on which people crowd in one place; candidates
#            of posts nearby, the nearer the better
#   onet     people made from O*NET occupations, candidates of the best 5 of 20 posts
#            drawn, scored by match_score()
#   tight    as random, with ten seats a post and as many seats as people
#   dense    everybody is a candidate of every post: random, or by distance ("geo")
#
#   BENCH_PLAN="district province ministry dense"   which; also any of the names
#       below, such as province_geo, and ministry_tight (10 million pairs)
#   BENCH_METHODS="lemon scipy pgrouting greedy"    beside ours
#   BENCH_PGROUTING=400000   up to how many pairs pgRouting is tried (20000: a province
#       takes it minutes)
set -eu
. "$TREE/test/machine.sh"
methods=${BENCH_METHODS:-lemon scipy pgrouting greedy}
wanted() { case " $methods " in *" $1 "*) return 0;; esac; return 1; }
lemon=''
scipy=''
pgrouting=''
dir=$(mktemp -d -p "${WORK:-/tmp}")
trap 'rm -rf "$dir"' EXIT
if wanted lemon; then
	try_packages g++ liblemon-dev >/dev/null 2>&1 || :
	[ ! -e /usr/include/lemon/network_simplex.h ] || ! g++ -O2 -w -o "$dir/lemon" "$TREE/test/bench/plan_lemon.cpp" || lemon=1
fi
if wanted scipy; then
	try_packages python3-scipy >/dev/null 2>&1 || :
	! /usr/bin/python3 -c 'import scipy.optimize' 2>/dev/null || scipy=1
fi
if wanted pgrouting; then
	major=$(psql -qXAtc 'SELECT current_setting($$server_version_num$$)::integer / 10000')
	try_packages "postgresql-$major-pgrouting" >/dev/null 2>&1 || :
	! psql -qXc 'CREATE EXTENSION pgrouting CASCADE' >/dev/null 2>&1 || pgrouting=1
fi

psql -qX -v ON_ERROR_STOP=1 <<'SQL'
CREATE EXTENSION mutasi;
-- the best pair first, as long as everybody has room: what is done by hand
CREATE FUNCTION greedy(OUT fills bigint, OUT score numeric) LANGUAGE plpgsql AS $$
DECLARE
	pair record;
BEGIN
	CREATE TEMP TABLE room AS SELECT post_id, seats FROM post;
	CREATE TEMP TABLE left_over AS SELECT DISTINCT unit_id, releasable FROM donor;
	CREATE TEMP TABLE taken (employee_id integer PRIMARY KEY);
	ALTER TABLE room ADD PRIMARY KEY (post_id);
	ALTER TABLE left_over ADD PRIMARY KEY (unit_id);
	fills := 0;
	score := 0;
	FOR pair IN SELECT c.*, d.unit_id FROM candidate AS c JOIN donor AS d USING (employee_id) ORDER BY c.score DESC, employee_id, post_id LOOP
		CONTINUE WHEN EXISTS (SELECT FROM taken AS t WHERE t.employee_id = pair.employee_id);
		CONTINUE WHEN (SELECT seats FROM room WHERE post_id = pair.post_id) = 0;
		CONTINUE WHEN (SELECT releasable FROM left_over WHERE unit_id = pair.unit_id) = 0;
		UPDATE room SET seats = seats - 1 WHERE post_id = pair.post_id;
		UPDATE left_over SET releasable = releasable - 1 WHERE unit_id = pair.unit_id;
		INSERT INTO taken VALUES (pair.employee_id);
		fills := fills + 1;
		score := score + pair.score;
	END LOOP;
END $$;
SQL

# cpu SQL: CPU seconds of the statement, and what it returned
cpu() {
	{
		echo "SET max_parallel_workers_per_gather = 0; SET mutasi.plan_memory = '8GB'; SET client_min_messages = log; SET log_statement_stats = on;"
		echo "$1;"
	} | psql -qXAt -F ' ' >"$dir/out" 2>"$dir/log"
	seconds=$(sed -n 's/^!\t\([0-9.]*\) s user, \([0-9.]*\) s system,.*elapsed$/\1 \2/p' "$dir/log" | tail -n 1 | awk '{ print $1 + $2 }')
	answer=$(grep -v '^SET' "$dir/out" | tail -n 1)
}
row() { printf '%-26s %10s %9s %8s %15s %9s\n' "$@"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.1f", a / b; else print "-" }'; }

instance() {	# NAME PEOPLE POSTS PER_PERSON KIND
	name=$1 people=$2 posts=$3 per=$4 kind=$5
	units=$((people / 100))
	psql -qX -v ON_ERROR_STOP=1 -v people="$people" -v posts="$posts" -v per="$per" -v kind="$kind" -v units="$units" <<'SQL'
SET client_min_messages = warning;
DROP TABLE IF EXISTS candidate, post, donor;
SELECT setseed(0.42) \g /dev/null
CREATE TABLE post AS SELECT i AS post_id, CASE WHEN :'kind' = 'tight' THEN 10 ELSE 1 END AS seats, random() AS x, random() AS y FROM generate_series(0, :posts - 1) AS i;
CREATE TABLE donor AS SELECT i AS employee_id, (random() * (:units - 1))::integer AS unit_id, CASE WHEN :'kind' IN ('dense', 'densegeo', 'tight') THEN 1000000 ELSE 20 END AS releasable,
	-- the sum of three dice: a crowded middle
	CASE WHEN :'kind' = 'geo' THEN (random() + random() + random()) / 3 ELSE random() END AS x, CASE WHEN :'kind' = 'geo' THEN (random() + random() + random()) / 3 ELSE random() END AS y
	FROM generate_series(0, :people - 1) AS i;
CREATE TABLE candidate (employee_id integer, post_id integer, score numeric(7,6));
SELECT :'kind' = 'dense' AS dense, :'kind' = 'densegeo' AS densegeo, :'kind' = 'geo' AS geo, :'kind' = 'onet' AS onet \gset
\if :dense
INSERT INTO candidate SELECT d.employee_id, p.post_id, random()::numeric(7,6) FROM donor AS d, post AS p;
\elif :densegeo
INSERT INTO candidate SELECT d.employee_id, p.post_id, (1 - sqrt((d.x - p.x) ^ 2 + (d.y - p.y) ^ 2) / 1.5)::numeric(7,6) FROM donor AS d, post AS p;
\elif :geo
-- a grid of posts, the cells of the map; candidates of the posts of the own cell and those around
CREATE TABLE cell AS SELECT floor(x * side)::integer AS cx, floor(y * side)::integer AS cy, array_agg(post_id) AS posts, array_agg(x) AS xs, array_agg(y) AS ys
	FROM post, (SELECT sqrt(:posts / 4.0) AS side) AS s GROUP BY 1, 2;
ALTER TABLE cell ADD PRIMARY KEY (cx, cy);
INSERT INTO candidate
	SELECT employee_id, post_id, (1 - 0.9 * least(away * side / 3, 1))::numeric(7,6)
	FROM (SELECT d.employee_id, n.post_id, sqrt((d.x - n.x) ^ 2 + (d.y - n.y) ^ 2) AS away, s.side,
			row_number() OVER (PARTITION BY d.employee_id ORDER BY hashint8(d.employee_id * 1000003::bigint + n.post_id)) AS nth
		FROM (SELECT sqrt(:posts / 4.0) AS side) AS s CROSS JOIN donor AS d
		JOIN cell AS c ON c.cx BETWEEN floor(d.x * s.side)::integer - 1 AND floor(d.x * s.side)::integer + 1
			AND c.cy BETWEEN floor(d.y * s.side)::integer - 1 AND floor(d.y * s.side)::integer + 1
		CROSS JOIN LATERAL unnest(c.posts, c.xs, c.ys) AS n (post_id, x, y)) AS w WHERE nth <= :per;
DROP TABLE cell;
\elif :onet
CREATE TEMP TABLE held (soc_code text, competency integer, level numeric, importance numeric);
\copy held FROM 'test/data/onet/requirement.tsv' WITH (FORMAT csv, HEADER, DELIMITER E'\t')
CREATE TEMP TABLE occupation AS SELECT row_number() OVER (ORDER BY soc_code) - 1 AS n, mutasi.requirement_agg(competency, greatest(0.01, level), importance) AS asked,
	mutasi.profile_agg(competency, level) AS profile FROM held GROUP BY soc_code;
CREATE TEMP TABLE fit AS SELECT a.n AS person, b.n AS post, mutasi.match_score(a.profile, b.asked) AS score FROM occupation AS a, occupation AS b;
ALTER TABLE fit ADD PRIMARY KEY (person, post);
ANALYZE fit;
INSERT INTO candidate
	SELECT employee_id, post_id, greatest(0, least(1, score + (hashint8(employee_id * 7919::bigint + post_id) % 1000) / 20000.0))::numeric(7,6)
	FROM (SELECT w.*, f.score, row_number() OVER (PARTITION BY w.employee_id ORDER BY f.score DESC, w.post_id) AS nth
		FROM (SELECT DISTINCT d.employee_id, (random() * (:posts - 1))::integer AS post_id FROM donor AS d, generate_series(1, 20)) AS w
		JOIN fit AS f ON f.person = w.employee_id * 17 % 879 AND f.post = w.post_id * 31 % 879) AS r WHERE nth <= :per;
\else
INSERT INTO candidate SELECT employee_id, post_id, random()::numeric(7,6)
	FROM (SELECT DISTINCT employee_id, (random() * (:posts - 1))::integer AS post_id FROM donor, generate_series(1, :per)) AS d;
\endif
-- in no order
CREATE TABLE shuffled AS SELECT * FROM candidate ORDER BY random();
DROP TABLE candidate;
ALTER TABLE shuffled RENAME TO candidate;
VACUUM (FREEZE, ANALYZE) candidate;
VACUUM (FREEZE, ANALYZE) donor;
VACUUM (FREEZE, ANALYZE) post;
SQL
	pairs=$(psql -qXAtc 'SELECT count(*) FROM candidate')
	{
		echo "$people $posts $units $pairs"
		psql -qXAtc 'SELECT seats FROM post ORDER BY post_id'
		psql -qXAtc 'SELECT unit_id FROM donor ORDER BY employee_id'
		awk -v n="$units" -v r="$(psql -qXAtc 'SELECT max(releasable) FROM donor')" 'BEGIN { for (i = 0; i < n; i++) print r }'
		psql -qXAt -F ' ' -c 'SELECT employee_id, post_id, (score * 1000000)::bigint FROM candidate'
	} >"$dir/instance"
	printf '\n%s: %s people, %s posts, %s pairs, %s\n' "$name" "$people" "$posts" "$pairs" "$kind"
	row method "CPU s" ratio filled score "peak MB"
	ours="SELECT c.transfers, (c.score * 1000000)::bigint FROM mutasi.plan_certificate(mutasi.solve_transfers('SELECT employee_id, post_id, score FROM candidate', 'SELECT post_id, seats FROM post', 'SELECT employee_id, unit_id, releasable FROM donor')) AS c"
	cpu "SELECT sum(employee_id), sum(post_id), sum(score) FROM candidate"
	scan=$seconds
	cpu "$ours"
	{ echo "SET max_parallel_workers_per_gather = 0; SET mutasi.plan_memory = '8GB'; SET client_min_messages = debug1; $ours;" | psql -qXAt -F ' '; } >"$dir/told" 2>&1
	read=$(sed -n 's/.*plan: input read in \([0-9.]*\) s.*/\1/p' "$dir/told")
	solve=$(sed -n 's/.*solved and proven in \([0-9.]*\) s.*/\1/p' "$dir/told")
	solver=$(sed -n 's/.*plan: \(.*\), [0-9]* steps, solved.*/\1/p' "$dir/told")
	held=$(sed -n 's/.*plan: \([0-9]*\) kB held.*/\1/p' "$dir/told")
	set -- $answer
	fills=$1 score=$2
	row "ours, reading the input" "$read" "" "" "" ""
	row "  (the scan by itself)" "$scan" "" "" "" ""
	row "ours, solving, proving" "$solve" 1 "$fills" "$score" "$((held / 1024))"
	echo "  ($solver)"
	if [ -n "$lemon" ]; then
		for algorithm in simplex scaling; do
			# shellcheck disable=SC2046
			set -- $("$dir/lemon" "$dir/instance" $algorithm || :)
			if [ $# -lt 4 ]; then row "LEMON $algorithm" "crashed" "" "" "" ""; continue; fi
			row "LEMON $algorithm" "$1" "$(ratio "$1" "$solve")" "$2" "$3" "$4"
			[ "$2 $3" = "$fills $score" ] || { echo "the objectives differ"; exit 1; }
		done
	else
		echo "(no LEMON here)"
	fi
	if [ -n "$scipy" ] && [ "$pairs" -le 400000 ]; then
		# shellcheck disable=SC2046
		set -- $(/usr/bin/python3 "$TREE/test/bench/plan_scipy.py" "$dir/instance" 2>/dev/null)
		row "SciPy HiGHS" "$1" "$(ratio "$1" "$solve")" "$2" "$3" ""
	fi
	if [ -n "$scipy" ] && [ "$people" = "$posts" ]; then
		# shellcheck disable=SC2046
		set -- $(/usr/bin/python3 "$TREE/test/bench/plan_scipy.py" "$dir/instance" dense 2>/dev/null)
		row "SciPy assignment" "$1" "$(ratio "$1" "$solve")" "$2" "$3" ""
	fi
	if [ -n "$pgrouting" ] && [ "$pairs" -le "${BENCH_PGROUTING:-20000}" ]; then
		# nodes: 0 the source, 1 the sink, then units, people, posts; whole costs, none
		# negative: with fractions its own rounding makes some so, which it refuses
		psql -qX <<'SQL'
SET client_min_messages = warning;
DROP TABLE IF EXISTS edge;
CREATE TABLE edge AS SELECT row_number() OVER () AS id, e.* FROM (
	SELECT DISTINCT 0::bigint AS source, 10000000 + unit_id::bigint AS target, releasable AS capacity, 0::float8 AS cost FROM donor
	UNION ALL SELECT 10000000 + unit_id, 20000000 + employee_id, 1, 0 FROM donor
	UNION ALL SELECT 20000000 + employee_id, 30000000 + post_id, 1, ((1 - score) * 1000000)::integer FROM candidate
	UNION ALL SELECT 30000000 + post_id, 1, seats, 0 FROM post) AS e;
SQL
		cpu "SELECT count(*), sum((f.flow * (1000000 - e.cost))::numeric)::bigint FROM pgr_maxFlowMinCost('SELECT id, source, target, capacity, -1 AS reverse_capacity, cost, 0::float8 AS reverse_cost FROM edge', 0, 1) AS f JOIN edge AS e ON e.id = f.edge WHERE e.source >= 20000000 AND e.target >= 30000000"
		# shellcheck disable=SC2086
		set -- $answer
		row "pgRouting" "$seconds" "$(ratio "$seconds" "$solve")" "${1:-failed}" "${2:-}" ""
	fi
	if wanted greedy && [ "$pairs" -le 400000 ]; then
		cpu "SELECT fills, (score * 1000000)::bigint FROM greedy()"
		set -- $answer
		row "greedy in PL/pgSQL" "$seconds" "$(ratio "$seconds" "$solve")" "$1" "$2" ""
		awk -v f="$1" -v g="$fills" -v s="$2" -v t="$score" 'BEGIN { printf "  greedy loses %.1f %% of the seats and %.1f %% of the score\n", 100 - 100 * f / g, 100 - 100 * s / t }'
	fi
}

one() {
	case $1 in
	district) one district_random; one district_geo; one district_onet;;
	province) one province_random; one province_geo; one province_onet;;
	ministry) one ministry_random; one ministry_geo; one ministry_onet;;
	dense) instance dense 5000 5000 5000 dense;;
	dense_geo) instance dense 5000 5000 5000 densegeo;;
	district_*) instance district 5000 300 3 "${1#*_}";;
	province_*) instance province 50000 5000 5 "${1#*_}";;
	ministry_tight) instance ministry 500000 50000 20 tight;;
	ministry_*) instance ministry 500000 50000 5 "${1#*_}";;
	*) echo "no instance $1"; exit 2;;
	esac
}
for which in ${BENCH_PLAN:-district province ministry dense}; do
	one "$which"
done
