#!/bin/sh
# make bench: an optimised build, a cluster with room, and every executable
# test/bench/*.sh in it, or the named ones:  test/bench.sh [NAME…]
#
# A benchmark is run by the caller (not the cluster's owner) with PGHOST, PGPORT,
# PGUSER, PGDATABASE=bench (empty), PATH, TREE and WORK set; it may source
# "$TREE/test/machine.sh" for try_packages, prints a table with ratios to stdout
# and exits 77 where what it compares with is not to be had.
. "$(dirname "$0")/machine.sh"

need_packages
enter_place "$@"
build "-O2"
start_cluster "shared_buffers = 2GB" "maintenance_work_mem = 1GB" "work_mem = 256MB" \
	"autovacuum = off" "jit = off" "max_wal_size = 8GB" "full_page_writes = off" "synchronous_commit = off" \
	"random_page_cost = 1.1" "max_worker_processes = 16"

# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(cd "$TREE/test/bench" && for f in *.sh; do [ ! -x "$f" ] || echo "${f%.sh}"; done)
echo "$("$BINDIR/postgres" --version), $(nproc) processors ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)), $(uname -sm)"
failed=0
for name in "$@"; do
	script=$TREE/test/bench/${name%.sh}.sh
	[ -x "$script" ] || die "no executable test/bench/${name%.sh}.sh"
	echo
	echo "== ${name%.sh}"
	as_owner dropdb --if-exists bench
	as_owner createdb bench
	status=0
	(cd "$TREE" && PGDATABASE=bench "$script") || status=$?
	case $status in
	0) ;;
	77) echo "skipped: what it compares with is not to be had here";;
	*) echo "failed with status $status"; failed=1;;
	esac
done
exit $failed
