#!/bin/sh
# One post, its ten best people, side by side in one run: the scan and the GiST
# index of this extension, normalised tables (everybody added up, and a rewrite
# that visits only who holds a technical competency that is asked), pgvector (exact
# and HNSW with re-ranking), PL/pgSQL. Processor time of the backend, warm; p50, p95
# and the worst of the posts; time to build, size; how it grows with people.
#   MATCH_PEOPLE="10000 100000 1000000"  sizes of sparse people (0: none; try 5000000)
#   MATCH_DENSE="300000"                 sizes of dense, O*NET-derived people (0: none)
#   MATCH_POSTS=200                      posts asked; slow ways stop after MATCH_SECONDS=15 each
#   MATCH_RIVALS=1000000                 up to how many people the other ways are measured
#   MATCH_HNSW=50000                     up to how many people HNSW is built over
#   MATCH_PGVECTOR=folder                      a checkout of pgvector to build, where Debian has no package
set -eu
. "$TREE/test/machine.sh"
major=$(psql -XAtqc "SELECT current_setting('server_version_num')::int / 10000")
vector=
if try_packages "postgresql-$major-pgvector" >/dev/null 2>&1; then
	vector=package
elif [ -n "${MATCH_PGVECTOR:-}" ]; then
	dir=$(mktemp -d -p "$WORK")
	trap 'rm -rf "$dir"' EXIT
	config=$(find_pg_config)
	if (cp -R "$MATCH_PGVECTOR/." "$dir/" && make -s -C "$dir" PG_CONFIG="$config" OPTFLAGS= with_llvm=no &&
		make -s -C "$dir" PG_CONFIG="$config" with_llvm=no DESTDIR="$WORK/stage" install) >"$dir/log" 2>&1; then
		vector=checkout
	else
		tail -n 5 "$dir/log"
	fi
fi
[ -n "$vector" ] || echo "pgvector: no package here, and MATCH_PGVECTOR names no checkout that builds; left out"

${CC:-cc} -O2 -fPIC -shared -I"$("$PG_CONFIG" --includedir-server)" -o "$WORK/detoast.so" "$TREE/test/bench/detoast.c"
chmod 755 "$WORK/detoast.so"

psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE SCHEMA bench' -c 'CREATE TABLE bench.result (sort text, people bigint, nth integer, way text, sigma numeric, asked integer, p50 numeric, p95 numeric, worst numeric, note text)'
measure() {	# PEOPLE DENSE
	psql -X -q -c 'DROP SCHEMA public CASCADE' -c 'CREATE SCHEMA public' -c 'DROP EXTENSION IF EXISTS mutasi CASCADE' -c 'DROP EXTENSION IF EXISTS vector CASCADE' -c 'CREATE EXTENSION mutasi' 2>/dev/null
	holdings=0
	if [ "$1" -gt 0 ] && [ "$1" -le "${MATCH_RIVALS:-1000000}" ]; then holdings=1; fi
	psql -X -q -v people="$1" -v posts="${MATCH_POSTS:-200}" -v dense_people="$2" -v holdings=$holdings -f test/bench/people.sql
	psql -X -q -A -t -v rivals=$holdings -v vector="$vector" -v hnsw="${MATCH_HNSW:-50000}" -v seconds="${MATCH_SECONDS:-15}" -v detoast="$WORK/detoast" -f test/bench/match.sql
	echo
}
for people in ${MATCH_PEOPLE:-10000 100000 1000000}; do [ "$people" = 0 ] || measure "$people" 0; done
for people in ${MATCH_DENSE:-300000}; do [ "$people" = 0 ] || measure 0 "$people"; done

echo "how p50 in ms grows"
psql -X -q -P footer=off -c "SELECT way, sigma, jsonb_object_agg(people, p50 ORDER BY people) AS \"p50 by people\",
	round((max(p50) FILTER (WHERE people = most) / nullif(max(p50) FILTER (WHERE people = least), 0)), 1) AS \"times\", round(most::numeric / least) AS \"people: times\"
	FROM (SELECT *, min(people) OVER w AS least, max(people) OVER w AS most FROM bench.result WHERE sort = 'sparse' AND p50 IS NOT NULL WINDOW w AS (PARTITION BY way, sigma)) AS r
	GROUP BY way, sigma, least, most HAVING count(*) > 1 ORDER BY min(nth), sigma"
