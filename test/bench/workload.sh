#!/bin/sh
# staff_required() over task rows in groups, against the same in built-in
# numeric and as an aggregate in PL/pgSQL; CPU time of one backend, all ways in
# turn, the best of several rounds.
#   BENCH_ROWS=10000000  BENCH_GROUPS=10000  BENCH_ROUNDS=5
set -eu
rows=${BENCH_ROWS:-10000000}
groups=${BENCH_GROUPS:-10000}
rounds=${BENCH_ROUNDS:-5}
log=$(mktemp -p "${WORK:-/tmp}")
trap 'rm -f "$log"' EXIT

psql -qXAt -v ON_ERROR_STOP=1 -v rows="$rows" -v groups="$groups" <<'SQL'
CREATE EXTENSION mutasi;
-- volumes up to 5,000 pieces, norms in hours with two decimals; the effective
-- time is one in most groups and differs within a tenth of them
CREATE TABLE task_volume AS
SELECT (i * 7919::bigint % :groups)::integer AS post,
	(1 + i * 31 % 5000)::numeric AS volume,
	((25 + i * 17 % 2000) / 100.0)::numeric(8,2) AS norm,
	(CASE WHEN (i * 7919::bigint % :groups) % 10 = 0 AND i % 3 = 0 THEN 1300 ELSE 1250 END)::numeric AS effective
FROM generate_series(1, :rows::bigint) AS i;
VACUUM (FREEZE, ANALYZE) task_volume;

CREATE FUNCTION plpgsql_accum(state numeric, volume numeric, norm numeric) RETURNS numeric
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS 'BEGIN RETURN state + volume * norm; END';
CREATE AGGREGATE plpgsql_work(numeric, numeric) (SFUNC = plpgsql_accum, STYPE = numeric, INITCOND = '0', PARALLEL = SAFE);
SQL

# every way is one query that returns one row, so that printing costs nothing
names='grouping built-in ours built-in_column ours_column plpgsql'
query() {
	case $1 in
	grouping) echo "SELECT sum(n) FROM (SELECT count(*) AS n FROM task_volume GROUP BY post) AS t";;
	built-in) echo "SELECT round(sum(n), 9) FROM (SELECT sum(volume * norm) / 1250 AS n FROM task_volume GROUP BY post) AS t";;
	ours) echo "SELECT round(sum(n), 9) FROM (SELECT mutasi.staff_required(volume, norm, 1250) AS n FROM task_volume GROUP BY post) AS t";;
	built-in_column) echo "SELECT round(sum(n), 9) FROM (SELECT sum(w / effective) AS n FROM (SELECT post, effective, sum(volume * norm) AS w FROM task_volume GROUP BY post, effective) AS s GROUP BY post) AS t";;
	ours_column) echo "SELECT round(sum(n), 9) FROM (SELECT mutasi.staff_required(volume, norm, effective) AS n FROM task_volume GROUP BY post) AS t";;
	plpgsql) echo "SELECT round(sum(n), 9) FROM (SELECT plpgsql_work(volume, norm) / 1250 AS n FROM task_volume GROUP BY post) AS t";;
	esac
}

label() {
	case $1 in
	grouping) echo "grouping alone, count(*)";;
	built-in) echo "(a) sum(volume * norm) / 1250";;
	ours) echo "staff_required(volume, norm, 1250)";;
	built-in_column) echo "(a') built-in, effective a column";;
	ours_column) echo "staff_required(volume, norm, effective)";;
	plpgsql) echo "(b) PL/pgSQL aggregate";;
	esac
}

round=0
while [ $round -lt "$rounds" ]; do
	for name in $names; do
		# "! 1.234567 s user, 0.012 s system, ..." is the statement's CPU time
		{
			echo "SET max_parallel_workers_per_gather = 0; SET work_mem = '1GB'; SET jit = off;"
			echo "SET client_min_messages = log; SET log_statement_stats = on;"
			query "$name"
		} | psql -qXAt -v ON_ERROR_STOP=1 2>&1 |
			awk -v name="$name" '/ s user, / && !/\[/ { cpu = $2 + $5 } /^[0-9.]+$/ { result = $1 } END { print name, cpu, result }' >>"$log"
	done
	round=$((round + 1))
done

best() { awk -v name="$1" '$1 == name && (min == "" || $2 < min) { min = $2 } END { print min }' "$log"; }
result() { awk -v name="$1" '$1 == name { print $3 }' "$log" | sort -u; }
same() {
	if [ "$(result "$1")" != "$(result "$2")" ]; then
		echo "results differ: $1 $(result "$1"), $2 $(result "$2")"
		exit 1
	fi
}
same ours built-in
same ours plpgsql
same ours_column built-in_column

builtin=$(best built-in)
column=$(best built-in_column)
plpgsql=$(best plpgsql)
printf '%s rows, %s groups, CPU seconds of one backend, best of %s\n' "$rows" "$groups" "$rounds"
printf '%-42s %8s %12s %12s\n' "" "CPU s" "of built-in" "PL/pgSQL is"
for name in $names; do
	cpu=$(best "$name")
	case $name in *_column) against=$column;; *) against=$builtin;; esac
	awk -v label="$(label "$name")" -v cpu="$cpu" -v against="$against" -v plpgsql="$plpgsql" \
		'BEGIN { printf "%-42s %8.2f %11.2fx %11.2fx\n", label, cpu, cpu / against, plpgsql / cpu }'
done
