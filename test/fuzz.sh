#!/bin/sh
# make fuzz: damaged and extreme input, against a build with assertions and the
# undefined-behaviour and alignment sanitizers. Every run draws new numbers from
# the seed that it prints.
#
#   test/fuzz.sh [types] [solutions] [calls] [sqlsmith]   all but the last unless named
#   FUZZ_ROUNDS=1000000   inputs for each type and form
#   FUZZ_BOUND=300        calls of each function
#   FUZZ_SECONDS=60       of libFuzzer on each part of the planner's pure C, where clang
#                         has it; FUZZ_CORPUS=FOLDER keeps what it finds from run to run
#   FUZZ_QUERIES=2000     queries of sqlsmith, where it is to be had
#   FUZZ_SEED=N           the same numbers again
. "$(dirname "$0")/machine.sh"

[ $# -gt 0 ] || set -- types solutions calls
export UBSAN_OPTIONS=print_stacktrace=1
need_packages
case " $* " in
*" planner "*) [ -n "$place" ] || try_packages clang=clang || :;;
esac
case " $* " in
*" sqlsmith "*) [ -n "$place" ] || try_packages sqlsmith=sqlsmith || exit 77;;
esac
enter_place "$@"
build "-DUSE_ASSERT_CHECKING -Wall -Wextra -Werror -O1 -g -fsanitize=undefined,alignment -fno-sanitize-recover=all"
start_cluster "shared_buffers = 256MB" "max_stack_depth = 2MB" "restart_after_crash = off" "log_min_messages = error"
seed=${FUZZ_SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
echo "seed $seed"

passed=0
failed=0
stage() {	# stage NAME COMMAND…
	name=$1
	shift
	say "== $name"
	status=0
	"$@" || status=$?
	if [ $status = 0 ] && ! grep -E 'TRAP: |terminated by signal|runtime error: |PANIC: ' "$WORK/server.log"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		grep -vE '(WARNING|NOTICE|HINT|CONTEXT|DETAIL): ' "$WORK/server.log" | tail -n 20 | cut -c 1-300
	fi
}
sql() { as_owner psql -X -q -d "$1" -v seed="$seed" -v rounds="${FUZZ_ROUNDS:-1000000}" -v bound="${FUZZ_BOUND:-300}" \
	-v module="$TREE/test/fuzz/mutasi_fuzz" -f "$TREE/test/fuzz/$2"; }

build_fuzzer() {
	run_logged as_owner make -s -C "$TREE/test/fuzz" PG_CONFIG="$PG_CONFIG" with_llvm=no PROFILE="-O2 -Wall -Wextra -Werror" ||
		die "the fuzzer was not built"
}

# the planner's C with libFuzzer, address and undefined-behaviour sanitizers; no server
planner() {
	mkdir -p "$WORK/planner"
	cd "$WORK/planner"
	for part in flow choice; do
		corpus=${FUZZ_CORPUS:-$WORK/planner}/$part
		mkdir -p "$corpus"
		clang -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o "${part}_fuzz" \
			"$TREE/test/fuzz/${part}_fuzz.c" "$TREE"/src/"$part"*.c || return 1
		ASAN_OPTIONS=detect_leaks=0 "./${part}_fuzz" -seed="$seed" -max_len=900 -max_total_time="${FUZZ_SECONDS:-60}" \
			-print_final_stats=1 "$corpus" >"$part.log" 2>&1 || { tail -n 60 "$part.log"; return 1; }
		echo "$part: $(sed -n 's/^stat::number_of_executed_units: *//p' "$part.log") executions"
	done
}

for what in "$@"; do
	if [ "$what" = planner ]; then
		echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long s) { (void) d; (void) s; return 0; }' >"$WORK/probe.c"
		if clang -fsanitize=fuzzer,address -o "$WORK/probe" "$WORK/probe.c" 2>/dev/null; then
			stage planner planner
			cd "$WORK"
		else
			say "== planner: skipped, clang has no libFuzzer here (libclang-rt-dev)"
		fi
		continue
	fi
	as_owner createdb "fuzz_$what"
	as_owner psql -X -q -d "fuzz_$what" -c 'CREATE EXTENSION mutasi CASCADE'
	case $what in
	types)
		build_fuzzer
		stage types sql fuzz_types types.sql
		;;
	solutions)
		build_fuzzer
		stage solutions sql fuzz_solutions solutions.sql
		;;
	calls) stage calls sql fuzz_calls calls.sql;;
	sqlsmith)
		# it draws from what is there: an agency, tables with columns of our types, all functions
		as_owner psql -X -q -d fuzz_sqlsmith -v ON_ERROR_STOP=1 -f "$TREE/test/fuzz/tables.sql"
		# it writes operators without their schema
		as_owner psql -X -q -d fuzz_sqlsmith -c 'ALTER DATABASE fuzz_sqlsmith SET search_path = mutasi, kota, public'
		# shellcheck disable=SC2016
		stage sqlsmith as_owner sh -c 'sqlsmith --target="host=$PGHOST port=$PGPORT user=postgres dbname=fuzz_sqlsmith" \
			--verbose --exclude-catalog --max-queries="$1" --seed="$2" >"$WORK/sqlsmith.log" 2>&1; status=$?; tail -n 12 "$WORK/sqlsmith.log"; exit $status' \
			sqlsmith "${FUZZ_QUERIES:-2000}" "$seed"
		;;
	*) die "nothing of that name to fuzz: $what";;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
