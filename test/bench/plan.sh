#!/bin/sh
# Planning transfers: ours in SQL (reading the input counted apart), LEMON's
# network simplex and cost scaling, SciPy (HiGHS, and its dense assignment), a
# greedy loop in PL/pgSQL; side by side, CPU seconds, with the objective of each.
# Instances: every person is a candidate of 5 posts, at random or overlapping
# ("geo": nearby posts of a crowded map), donor units may release 2 in 10.
#   BENCH_PLAN="district province ministry dense"   BENCH_SCIPY=1
set -eu
. "$TREE/test/machine.sh"
try_packages lemon=liblemon-dev gxx=g++ scipy=python3-scipy >/dev/null 2>&1 || :
dir=$(mktemp -d "${WORK:-/tmp}/plan.XXXXXX")
trap 'rm -rf "$dir"' EXIT
lemon=
if [ -e /usr/include/lemon/network_simplex.h ] && g++ -O2 -w -o "$dir/lemon" "$TREE/test/bench/plan_lemon.cpp" 2>/dev/null; then lemon=1; fi
scipy=
if /usr/bin/python3 -c 'import scipy.optimize' 2>/dev/null; then scipy=1; fi

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
DROP TABLE IF EXISTS candidate, post, donor;
SELECT setseed(0.42) \g /dev/null
CREATE TABLE post AS SELECT i AS post_id, 1 AS seats, random() AS x, random() AS y FROM generate_series(0, :posts - 1) AS i;
CREATE TABLE donor AS SELECT i AS employee_id, (random() * (:units - 1))::integer AS unit_id, CASE WHEN :'kind' = 'dense' THEN 1000000 ELSE 20 END AS releasable FROM generate_series(0, :people - 1) AS i;
CREATE TABLE candidate (employee_id integer, post_id integer, score numeric(7,6));
SELECT :'kind' = 'dense' AS dense, :'kind' = 'geo' AS geo \gset
\if :dense
INSERT INTO candidate SELECT d.employee_id, p.post_id, random()::numeric(7,6) FROM donor AS d, post AS p;
\elif :geo
-- posts numbered along a line, people crowded at its beginning, candidates of those around
INSERT INTO candidate SELECT employee_id, post_id, (1 - 0.9 * abs(at - post_id) / 40)::numeric(7,6)
	FROM (SELECT employee_id, power(random(), 4) * (:posts - 1) AS at FROM donor) AS d
	CROSS JOIN LATERAL (SELECT DISTINCT greatest(least((at + (random() - 0.5) * 40)::integer, :posts - 1), 0) AS post_id FROM generate_series(1, :per + 0 * employee_id)) AS n
	WHERE abs(at - post_id) <= 40;
\else
INSERT INTO candidate SELECT employee_id, post_id, random()::numeric(7,6)
	FROM (SELECT DISTINCT employee_id, (random() * (:posts - 1))::integer AS post_id FROM donor, generate_series(1, :per)) AS d;
\endif
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
	set -- $(echo "SET max_parallel_workers_per_gather = 0; SET mutasi.plan_memory = '8GB'; SET client_min_messages = debug1; $ours;" |
		psql -qXAt -F ' ' 2>&1 | sed -n 's/.*plan: input read in \([0-9.]*\) s, solved and proven in \([0-9.]*\) s.*/\1 \2/p')
	read=$1 solve=$2
	set -- $answer
	fills=$1 score=$2
	row "ours, reading the input" "$read" "" "" "" ""
	row "  (the scan by itself)" "$scan" "" "" "" ""
	row "ours, solving, proving" "$solve" 1 "$fills" "$score" ""
	if [ -n "$lemon" ]; then
		for algorithm in simplex scaling; do
			set -- $("$dir/lemon" "$dir/instance" $algorithm)
			row "LEMON $algorithm" "$1" "$(ratio "$1" "$solve")" "$2" "$3" "$4"
			[ "$2 $3" = "$fills $score" ] || { echo "the objectives differ"; exit 1; }
		done
	else
		echo "(no LEMON here)"
	fi
	if [ -n "$scipy" ] && [ "$pairs" -le 400000 ] && [ "$kind" != dense ]; then
		set -- $(/usr/bin/python3 "$TREE/test/bench/plan_scipy.py" "$dir/instance" 2>/dev/null)
		row "SciPy HiGHS" "$1" "$(ratio "$1" "$solve")" "$2" "$3" ""
	fi
	if [ -n "$scipy" ] && [ "$kind" = dense ]; then
		set -- $(/usr/bin/python3 "$TREE/test/bench/plan_scipy.py" "$dir/instance" dense 2>/dev/null)
		row "SciPy assignment" "$1" "$(ratio "$1" "$solve")" "$2" "$3" ""
	fi
	if [ "$pairs" -le 400000 ]; then
		cpu "SELECT fills, (score * 1000000)::bigint FROM greedy()"
		set -- $answer
		row "greedy in PL/pgSQL" "$seconds" "$(ratio "$seconds" "$solve")" "$1" "$2" ""
		awk -v f="$1" -v g="$fills" -v s="$2" -v t="$score" 'BEGIN { printf "  greedy loses %.1f %% of the seats and %.1f %% of the score\n", 100 - 100 * f / g, 100 - 100 * s / t }'
	fi
}

for which in ${BENCH_PLAN:-district province ministry dense}; do
	case $which in
	district) instance district 5000 300 3 random; instance district 5000 300 3 geo;;
	province) instance province 50000 5000 5 random; instance province 50000 5000 5 geo;;
	ministry) instance ministry 500000 50000 5 random; instance ministry 500000 50000 5 geo;;
	dense) instance dense 5000 5000 5000 dense;;
	*) echo "no instance $which"; exit 2;;
	esac
done
