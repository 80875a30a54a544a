#!/bin/sh
# make clients: the views for BI as seen through psycopg, psqlODBC, JDBC, R,
# LibreOffice Base and Cube, and the dashboard of examples/dashboard. Prints a
# table: client, view, rows, the types it makes of the columns, whether it read
# exactly what the server holds. Installs what can be had; a client that cannot is
# named and is no failure, one that is there and reads wrong is.
#
#   test/clients.sh [CLIENT…]   psycopg odbc jdbc r base cube (all unless named)
#   CLIENTS_NPM=FOLDER          where Cube is installed by npm, and kept
. "$(dirname "$0")/machine.sh"

npm_folder=${CLIENTS_NPM:-/var/tmp/mutasi-clients}
if [ -z "$place" ]; then
	[ $# -gt 0 ] || set -- psycopg odbc jdbc r base cube
	for client in "$@"; do
		case $client in
		psycopg) try_packages python3-psycopg;;
		odbc) try_packages odbc-postgresql python3-pyodbc;;
		jdbc) try_packages libpostgresql-jdbc-java javac=default-jdk-headless;;
		r) try_packages Rscript=r-base-core r-cran-rpostgresql;;
		base) try_packages libreoffice-base libreoffice-sdbc-postgresql python3-uno;;
		cube)
			try_packages node=nodejs npm=npm &&
				if [ ! -e "$npm_folder/node_modules/@cubejs-backend/server-core" ]; then
					say "Installing Cube by npm into $npm_folder"
					mkdir -p "$npm_folder" && cp "$SOURCE/examples/dashboard/package.json" "$npm_folder/" &&
						(cd "$npm_folder" && npm install --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
				fi
			;;
		*) die "no such client: $client (psycopg, odbc, jdbc, r, base, cube)";;
		esac || say "$client: left out"
	done
fi
need_packages
enter_place "$@"
build "-O2"
PGPORT=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
port=$PGPORT
start_cluster "listen_addresses = '127.0.0.1'" "port = $port" "password_encryption = 'scram-sha-256'"
# by TCP nobody gets in without a password
PGPORT=$port
PGPASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export PGPORT PGPASSWORD
{ echo "local all all trust"; echo "host all all 127.0.0.1/32 scram-sha-256"; } | as_owner tee "$WORK/data/pg_hba.conf" >/dev/null
as_owner psql -qX -d postgres -c "ALTER ROLE postgres PASSWORD '$PGPASSWORD'" -c 'CREATE DATABASE bi' -c 'SELECT pg_reload_conf()' >/dev/null
cd "$TREE"
as_owner psql -qX -d bi -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION mutasi' -f test/data/bi_rows.sql
views=$(as_owner psql -XAtq -d bi -c "SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class AS c WHERE c.relnamespace = 'kota'::regnamespace
	AND c.relkind = 'v' AND c.relname NOT IN ('unit_above', 'policy_period', 'policy_retirement_age', 'post_effective_period', 'post_line', 'post_place')")
as_owner psql -XAtq -F '	' -d bi -v schema=kota -v views="$(echo "$views" | tr ' ' ,)" -f test/clients/views.sql >"$WORK/held"
PGHOST=127.0.0.1
PGDATABASE=bi
NODE_PATH=$npm_folder/node_modules
export PGHOST PGDATABASE NODE_PATH

passed=0
failed=0
# client NAME PROGRAM…: a line for each view; a client that is not there says so
client() {
	name=$1
	shift
	status=0
	# shellcheck disable=SC2086
	as_owner timeout 300 "$@" kota $views >"$WORK/read" 2>"$WORK/read.err" || status=$?
	[ $status = 0 ] || { tail -n 5 "$WORK/read.err" >&2; }
	if awk -F '\t' -v client="$name" '
		NR == FNR { rows[$1] = $2; md5[$1] = $3; sum[$1] = $4; n++; next }
		{ ok = ($2 == rows[$1] && ($4 == md5[$1] || $4 == sum[$1])); good += ok
		  printf "%-22s %-24s %6d  %-5s %s\n", client, $1, $2, ok ? "ok" : "WRONG", $3 }
		END { exit good != n }' "$WORK/held" "$WORK/read" && [ $status = 0 ]; then
		passed=$((passed + 1))
	else
		echo "$name: FAILED"
		failed=$((failed + 1))
	fi
}
missing() { echo "$1: not installed"; }
printf '%-22s %-24s %6s  %-5s %s\n' client view rows read types
for wanted in "$@"; do
	case $wanted in
	psycopg)
		if /usr/bin/python3 -c 'import psycopg' 2>/dev/null; then
			client "psycopg 3, text" test/clients/psycopg3.py text
			client "psycopg 3, binary" test/clients/psycopg3.py binary
		else missing psycopg; fi;;
	odbc)
		if /usr/bin/python3 -c 'import pyodbc, sys; sys.exit("PostgreSQL Unicode" not in pyodbc.drivers())' 2>/dev/null; then
			client "psqlODBC" test/clients/odbc.py
		else missing odbc; fi;;
	jdbc)
		if [ -e /usr/share/java/postgresql.jar ] && command -v javac >/dev/null; then
			client "JDBC, text" java -cp /usr/share/java/postgresql.jar test/clients/Jdbc.java text
			client "JDBC, binary" java -cp /usr/share/java/postgresql.jar test/clients/Jdbc.java binary
		else missing jdbc; fi;;
	r)
		if Rscript -e 'library(RPostgreSQL)' >/dev/null 2>&1; then client "R, RPostgreSQL" Rscript test/clients/rpostgresql.R
		else missing r; fi;;
	base)
		if /usr/bin/python3 -c 'import uno' 2>/dev/null && command -v soffice >/dev/null; then client "LibreOffice Base" test/clients/base.py
		else missing base; fi;;
	cube)
		if [ -e "$NODE_PATH/@cubejs-backend/server-core" ]; then
			client "Cube" node test/clients/cube.js
			echo
			echo "The dashboard of examples/dashboard, through Cube and beside plain SQL:"
			status=0
			as_owner timeout 300 node examples/dashboard/dashboard.js || status=$?
			if [ $status = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
		else missing cube; fi;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
