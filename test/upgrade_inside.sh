#!/bin/sh
# The part of test/upgrade.sh that runs inside its Debian system, as root, in a
# copy of the tree: builds and installs the extension for every major there is,
# and takes a database from one to another.
#
#   upgrade_inside.sh [FROM-TO…]
set -eu
umask 022
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
[ $# -gt 0 ] || set -- 15-17 15-18 17-18
tree=$PWD
place=$(mktemp -d -p /tmp)
chmod 755 "$place"
chown postgres: "$place"
passed=0
failed=0
verdict() {	# verdict STATUS WHAT
	if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "not ok - $2"; failed=$((failed + 1)); fi
}
bin() { echo "/usr/lib/postgresql/$1/bin"; }
as_postgres() { setpriv --reuid=postgres --regid="$(id -g postgres)" --init-groups -- env HOME="$place" PGHOST="$place" "$@"; }
sql() {	# sql MAJOR DATABASE [ARGUMENTS…]
	_major=$1
	_database=$2
	shift 2
	(cd "$tree" && as_postgres "$(bin "$_major")/psql" -X -q -p "54$_major" -U postgres -d "$_database" "$@")
}
make_cluster() {	# make_cluster MAJOR NAME
	# 18 has checksums unless told; both must agree for pg_upgrade
	_sums=; [ "$1" -lt 18 ] || _sums=--no-data-checksums
	as_postgres "$(bin "$1")/initdb" -D "$place/$2" -U postgres -A trust -E UTF8 --locale=C --no-sync $_sums >/dev/null
	printf "listen_addresses = ''\nunix_socket_directories = '%s'\nport = 54%s\nfsync = off\ntimezone = 'UTC'\n" "$place" "$1" |
		as_postgres tee -a "$place/$2/postgresql.conf" >/dev/null
}
start() { as_postgres "$(bin "$1")/pg_ctl" -D "$place/$2" -l "$place/$2.log" -w start >/dev/null; }
stop() { as_postgres "$(bin "$1")/pg_ctl" -D "$place/$2" -m fast -w stop >/dev/null 2>&1 || :; }
clear_up() {
	for _pid in "$place"/*/postmaster.pid; do [ -e "$_pid" ] && kill -INT "$(head -n 1 "$_pid")"; done
	rm -rf "$place"
}
trap clear_up EXIT

for major in $(echo "$*" | tr ' -' '\n\n' | sort -u); do
	version=$("$(bin "$major")/postgres" --version)
	echo "${version#postgres (}" | sed 's/^\(PostgreSQL\)) /\1 /; s/ (.*//'
	rm -rf "$tree/build-$major"
	mkdir "$tree/build-$major"
	tar cf - --exclude='./build-*' . | tar xf - -C "$tree/build-$major"
	make -s -C "$tree/build-$major" with_llvm=no PG_CONFIG="$(bin "$major")/pg_config" PROFILE="-Wall -Wextra -Werror -DUSE_ASSERT_CHECKING" install
	# the catalogue of a fresh installation, to compare with
	make_cluster "$major" "fresh$major"
	start "$major" "fresh$major"
	sql "$major" postgres -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION mutasi'
	sql "$major" postgres -f test/data/extension_catalogue.sql >"$place/fresh$major.catalogue"
	test "$(wc -l <"$place/fresh$major.catalogue")" -gt 1000
	stop "$major" "fresh$major"
done

# compare MAJOR DATABASE WHAT: all is as it was, is enforced and works
compare() {
	status=0
	sql "$1" "$2" -f test/data/upgrade_facts.sql >"$place/after" 2>&1 || status=$?
	diff "$place/before" "$place/after" || status=1
	verdict $status "$3: the same rows, answers and histories"
	status=0
	sql "$1" "$2" -f test/data/extension_catalogue.sql >"$place/catalogue" 2>&1 || status=$?
	# rows of one's own are in reference tables, and not in a fresh catalogue
	grep -v -e '^row of .*kota_x' -e '^row of .*own_steps' "$place/catalogue" | diff "$place/fresh$1.catalogue" - || status=1
	verdict $status "$3: the extension is that of a fresh installation"
	status=0
	sql "$1" "$2" -f test/data/upgrade_after.sql >"$place/works" 2>&1 || :
	diff "$place/expected" "$place/works" || status=1
	verdict $status "$3: enforced as before, and works"
}
cat >"$place/expected" <<-'EXPECTED'
	psql:test/data/upgrade_after.sql:7: ERROR:  MU002
	psql:test/data/upgrade_after.sql:8: ERROR:  MU009
	psql:test/data/upgrade_after.sql:9: ERROR:  MU007
	psql:test/data/upgrade_after.sql:10: ERROR:  MU029
	psql:test/data/upgrade_after.sql:11: ERROR:  MU002
	psql:test/data/upgrade_after.sql:12: ERROR:  22P02
	psql:test/data/upgrade_after.sql:13: ERROR:  2BP01
	2|submit
	{1:4, 2:3, 3:5}
	t
	0

	t
EXPECTED

for pair in "$@"; do
	from=${pair%-*}
	to=${pair#*-}
	rm -rf "$place/old" "$place/new"
	make_cluster "$from" old
	start "$from" old
	sql "$from" postgres -c 'CREATE DATABASE origin'
	sql "$from" origin -f test/data/upgrade.sql
	sql "$from" origin -f test/data/upgrade_facts.sql >"$place/before" 2>&1
	test "$(wc -l <"$place/before")" -gt 60 || { cat "$place/before"; verdict 1 "$pair: the facts are read"; }

	# pg_dump of the newer major, as its manual advises
	make_cluster "$to" new
	start "$to" new
	sql "$to" postgres -c 'CREATE DATABASE copied'
	status=0
	as_postgres "$(bin "$to")/pg_dump" -Fc -p "54$from" -U postgres -f "$place/origin.dump" origin || status=1
	as_postgres "$(bin "$to")/pg_restore" --exit-on-error -p "54$to" -U postgres -d copied "$place/origin.dump" || status=1
	verdict $status "$pair: pg_dump and pg_restore without an error"
	compare "$to" copied "$pair, pg_dump"
	stop "$to" new
	rm -rf "$place/new"

	make_cluster "$to" new
	stop "$from" old
	status=0
	(cd "$place" && as_postgres "$(bin "$to")/pg_upgrade" -U postgres -b "$(bin "$from")" -B "$(bin "$to")" -d "$place/old" -D "$place/new" \
		-s "$place" -p "54$from" -P "54$to" >"$place/pg_upgrade.log" 2>&1) || { status=1; cat "$place/pg_upgrade.log"; }
	verdict $status "$pair: pg_upgrade without an error"
	start "$to" new
	compare "$to" origin "$pair, pg_upgrade"
	stop "$to" new
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
