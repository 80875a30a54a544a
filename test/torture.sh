#!/bin/sh
# make torture: everything that tries to break it, one after the other, and a
# table of figures at the end. Hours; each part is a make target of its own.
#
#   test/torture.sh [PART…]    all unless named (the parts: see below)
#   TORTURE_ROUNDS=10000000    damaged inputs for each type and form
#   TORTURE_QUERIES=100000     queries of sqlsmith
#   TORTURE_BOUND=5000         calls of each function
#   TORTURE_PLANS=100000       plans made by hand
#   TORTURE_SECONDS=300        of libFuzzer on each part of the planner's C
#   TORTURE_LOGS=FOLDER        where each part's log is left
set -eu
cd "$(dirname "$0")/.."
logs=${TORTURE_LOGS:-$(mktemp -d -p /tmp)}
mkdir -p "$logs"
rounds=${TORTURE_ROUNDS:-10000000}
[ $# -gt 0 ] || set -- lint check ubsan coverage fuzz_types fuzz_solutions fuzz_planner fuzz_calls fuzz_sqlsmith faults soak oracle asan valgrind matrix i386 upgrade bare
table=$logs/table
: >"$table"
failed=0

# part NAME FIGURES COMMAND…: runs it; FIGURES is a pattern of the lines that tell
part() {
	name=$1
	figures=$2
	shift 2
	echo "== $name: $*" >&2
	begin=$(date +%s)
	status=0
	"$@" >"$logs/$name.log" 2>&1 || status=$?
	verdict=passed
	if [ $status = 77 ]; then verdict="not to be had here"
	elif [ $status != 0 ]; then verdict=FAILED; failed=$((failed + 1)); tail -n 40 "$logs/$name.log" >&2
	fi
	printf '%-15s %-9s %6d s  %s\n' "$name" "$verdict" $(($(date +%s) - begin)) \
		"$(grep -E "$figures" "$logs/$name.log" | tail -n 4 | tr -s ' \t' ' ' | paste -sd ';' - | cut -c 1-200)" | tee -a "$table"
}
counts='^[0-9]+ passed, [0-9]+ failed'
# of those that other parts of the tree bring along
optional() { if grep -q "^$1:" Makefile; then return 0; else printf '%-15s %s\n' "$1" "no such target" | tee -a "$table"; return 1; fi; }

for what in "$@"; do
	case $what in
	lint|check|bare) part "$what" "$counts" make --no-print-directory "$what";;
	ubsan) part ubsan "$counts" make --no-print-directory check-ubsan;;
	asan) part asan "$counts" make --no-print-directory check-asan;;
	valgrind) part valgrind "$counts|^valgrind:" make --no-print-directory check-valgrind;;
	coverage) part coverage "in all$|$counts" make --no-print-directory coverage;;
	# (against the server with assertions that is there for valgrind)
	fuzz_types|fuzz_solutions|fuzz_planner|fuzz_calls|fuzz_sqlsmith)
		inputs=$rounds
		# each is read whole by eleven functions
		[ "$what" != fuzz_solutions ] || inputs=${TORTURE_PLANS:-100000}
		part "$what" "^ mutasi\\.|^ +[0-9]+ [|]|queries: |executions$|$counts" env PG_CONFIG="$(test/server.sh valgrind)" FUZZ_ROUNDS="$inputs" \
			FUZZ_SECONDS="${TORTURE_SECONDS:-300}" FUZZ_BOUND="${TORTURE_BOUND:-5000}" FUZZ_QUERIES="${TORTURE_QUERIES:-100000}" test/fuzz.sh "${what#fuzz_}";;
	faults|soak|oracle) if optional "$what"; then part "$what" "$counts|rounds|figures: (kill|immediate|slowest|transitions|.*sessions)|failed|instances equal" make --no-print-directory "$what"; fi;;
	matrix) part matrix "^PostgreSQL" make --no-print-directory matrix;;
	i386) part i386 "^PostgreSQL" test/matrix.sh 15-i386;;
	upgrade) part upgrade "$counts" make --no-print-directory upgrade;;
	*) echo "$0: no such part: $what" >&2; exit 1;;
	esac
done
echo
echo "$(git rev-parse --short HEAD 2>/dev/null || echo 'no commit'), $(date -u +%F), $(uname -m), logs in $logs"
cat "$table"
[ "$failed" = 0 ]
