#!/bin/sh
# make faults: processes killed under load, a full disk, no memory, cancelled
# statements (test/t/062_faults.pl), many times over, with figures.
#   MUTASI_FAULTS=200   kills and shutdowns     MUTASI_SEED=N   another course
# As root a small file system is mounted to be filled up; else that part is left out.
set -eu
cd "$(dirname "$0")/.."
MUTASI_FAULTS=${MUTASI_FAULTS:-200}
export MUTASI_FAULTS
full=
if [ "$(id -u)" = 0 ]; then
	full=$(mktemp -d -p /tmp)
	if mount -t tmpfs -o size=24m,mode=0755 mutasi-full "$full" 2>/dev/null; then
		# as its owner, a folder in it: a tablespace wants one that is empty
		owner=postgres
		id "$owner" >/dev/null 2>&1 || owner=nobody
		mkdir "$full/space"
		chown "$owner:" "$full/space"
		MUTASI_FULL=$full/space
		export MUTASI_FULL
		trap 'umount "$full"; rmdir "$full"' EXIT
	else
		echo "faults: no file system can be mounted here; the disk is not filled up" >&2
		rmdir "$full"
	fi
fi
child=
trap '[ -z "$child" ] || kill "$child"; wait; exit 143' TERM HUP INT
CHECK_ONLY=tap test/check.sh 062_faults &
child=$!
wait "$child"
