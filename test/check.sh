#!/bin/sh
# make check: build strictly, then every test there is; the last line counts them.
#
#   test/check.sh [NAME…]       only the tests of these names, in whichever harness
#                               (file names without ending; shell patterns work)
#   CHECK_ONLY="regress isolation pgtap tap"   some of the harnesses only
#   CHECK_MODE=ubsan            the extension with the undefined-behaviour and
#                               alignment sanitizers, the server as it is
#   CHECK_MODE=asan             server (from source, kept) and extension with the
#                               address and undefined-behaviour sanitizers
#   CHECK_MODE=valgrind         the same for valgrind; all but the Perl tests
#   CHECK_MODE=coverage         prints how much of each source file was executed;
#                               COVERAGE_DIR=FOLDER gets the annotated sources
#   CHECK_MAJOR=N               which server is built from source
#   CHECK_CLIENTS_OFF=1         install no clients for test/t/095_clients.pl; it
#                               skips those that are not there
#   KEEP=1                      leave the temporary folder behind
. "$(dirname "$0")/machine.sh"

mode=${CHECK_MODE:-}
all="regress isolation pgtap tap"
strict="-DUSE_ASSERT_CHECKING -Wall -Wextra -Werror"
case $mode in
"") ;;
ubsan) strict="$strict -O1 -g -fsanitize=undefined,alignment -fno-sanitize-recover=all";;
coverage)
	strict="$strict -O0 --coverage"
	# programs that tests build of the sources that need no server
	export COVERAGE_PROGRAMS="${place:-}/programs"
	;;
# gcc's -Wclobbered is in doubt about PG_TRY at these servers' -Og
asan) strict="$strict -Wno-clobbered";;
valgrind) strict="$strict -Wno-clobbered" all="regress isolation pgtap";;
*) die "no such mode: $mode";;
esac
# for every program of such a server, pg_config too
export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:disable_coredump=0 UBSAN_OPTIONS=print_stacktrace=1

if [ -z "$place" ]; then
	case $mode in
	asan|valgrind)
		# shellcheck disable=SC2086
		PG_CONFIG=$("$SOURCE/test/server.sh" "$mode" ${CHECK_MAJOR:-})
		;;
	esac
fi
# what the test with other clients takes is good to have, and can be left out
if [ -z "$place" ] && [ $# = 0 ] && [ -z "${CHECK_CLIENTS_OFF:-}" ]; then
	case " ${CHECK_ONLY:-$all} " in
	*" tap "*) try_packages python3-psycopg odbc-postgresql python3-pyodbc libpostgresql-jdbc-java javac=default-jdk-headless node=nodejs node-jsdom || :;;
	esac
fi
need_packages pgtap tap
# for the messages in other languages; their test says so where they are missing
[ -n "$place" ] || try_packages msgfmt=gettext locales || :
enter_place "$@"
[ "$mode" != coverage ] || as_owner mkdir "$COVERAGE_PROGRAMS"
build "$strict"
if [ "$mode" = valgrind ]; then
	# the cluster is made by the bare program; the server then runs under valgrind
	mkdir "$WORK/valgrind"
	chmod 777 "$WORK/valgrind"
	cat >"$WORK/postgres" <<-WRAPPER
		#!/bin/sh
		exec valgrind --quiet --leak-check=no --track-origins=yes --error-exitcode=128 --gen-suppressions=no \
			--suppressions='$("$PG_CONFIG" --bindir)/../valgrind.supp' --trace-children=yes --num-callers=20 \
			--error-markers=VALGRINDERROR-BEGIN,VALGRINDERROR-END --log-file='$WORK/valgrind/%p.log' '$BINDIR/postgres' "\$@"
	WRAPPER
	chmod 755 "$WORK/postgres"
	SERVER_PROGRAM=$WORK/postgres
	start_cluster "autovacuum = off"
else
	start_cluster
fi

passed=0
failed=0
harnesses=${CHECK_ONLY:-$all}
names=$*

# tally LOG OK NOT_OK STATUS: count a harness's result lines. A harness that
# says it failed and names no failed test counts as one failure.
tally() {
	ok=$(grep -cE "$2" "$1" || :)
	bad=$(grep -cE "$3" "$1" || :)
	[ "$4" = 0 ] || [ "$bad" -gt 0 ] || bad=1
	[ "$((ok + bad))" -gt 0 ] || bad=1
	passed=$((passed + ok))
	failed=$((failed + bad))
}

# wants HARNESS FOLDER ENDING: whether there is something to run in it; $tests
# has the names.
wants() {
	case " $harnesses " in *" $1 "*) ;; *) return 1;; esac
	tests=
	for file in "$TREE/$2"/*."$3"; do
		[ -e "$file" ] || continue
		name=$(basename "$file" ".$3")
		if [ -n "$names" ]; then
			named=
			set -f
			# shellcheck disable=SC2254
			for pattern in $names; do case $name in $pattern) named=1;; esac; done
			set +f
			[ -n "$named" ] || continue
		fi
		tests="$tests $name"
	done
	[ -n "$tests" ] || return 1
	say "== $1"
}

# in_folder FOLDER ENDING: the files of $tests
in_folder() { for name in $tests; do printf '%s ' "$1/$name.$2"; done; }

if wants regress test/sql sql; then
	status=0
	# shellcheck disable=SC2086
	(cd "$TREE" && as_owner "$PGXS_DIR/src/test/regress/pg_regress" --inputdir=test --bindir="$BINDIR" \
		--host="$PGHOST" --port="$PGPORT" --user=postgres --dbname=contrib_regression \
		--load-extension=mutasi $tests) >"$WORK/regress.log" 2>&1 || status=$?
	cat "$WORK/regress.log"
	[ $status = 0 ] || cat "$TREE/regression.diffs" 2>/dev/null || :
	tally "$WORK/regress.log" '^(ok |test .*\.\.\. ok)' '^(not ok|test .*FAILED)' $status
fi

if wants isolation test/isolation/specs spec; then
	status=0
	# shellcheck disable=SC2046,SC2086
	(cd "$TREE/test/isolation" && as_owner "$PGXS_DIR/src/test/isolation/pg_isolation_regress" --inputdir=. --outputdir=output_iso \
		--bindir="$BINDIR" --host="$PGHOST" --port="$PGPORT" --user=postgres --dbname=isolation_regression \
		$([ "$PGVER" -lt 16 ] || echo --expecteddir=.) \
		--load-extension=mutasi $tests) >"$WORK/isolation.log" 2>&1 || status=$?
	cat "$WORK/isolation.log"
	[ $status = 0 ] || cat "$TREE/test/isolation/output_iso/regression.diffs" 2>/dev/null || :
	tally "$WORK/isolation.log" '^(ok |test .*\.\.\. ok)' '^(not ok|test .*FAILED)' $status
fi

if wants pgtap test/pgtap sql; then
	as_owner createdb mutasi_pgtap
	as_owner psql -qX -d mutasi_pgtap -c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION mutasi'
	status=0
	# shellcheck disable=SC2046
	(cd "$TREE" && as_owner pg_prove -v -d mutasi_pgtap $(in_folder test/pgtap sql)) >"$WORK/pgtap.log" 2>&1 || status=$?
	if [ $status = 0 ]; then grep -E '^(test/|Files=|Result)' "$WORK/pgtap.log"; else cat "$WORK/pgtap.log"; fi
	tally "$WORK/pgtap.log" '^ok ' '^not ok ' $status
fi

if wants tap test/t pl; then
	status=0
	# shellcheck disable=SC2046
	(cd "$TREE" && as_owner env PG_REGRESS="$PGXS_DIR/src/test/regress/pg_regress" PATH="$PATH" \
		TESTDATADIR="$WORK/tap" TESTLOGDIR="$WORK/tap/log" TEMP_CONFIG="$EXTRA_CONF" \
		prove -v -I "$PGXS_DIR/src/test/perl" -I test/t $(in_folder test/t pl)) >"$WORK/tap.log" 2>&1 || status=$?
	if [ $status = 0 ]; then grep -E '^(test/|Files=|Result|# figures: )' "$WORK/tap.log"; else cat "$WORK/tap.log"; fi
	# what this machine lacks; not what it was too fast for
	sed -nE 's/^(ok [0-9]+|1\.\.0) # (skip|SKIP) /skipped: /p' "$WORK/tap.log" | grep -v ' was done in ' | sort -u || :
	tally "$WORK/tap.log" '^ok ' '^not ok ' $status
fi

# A test may pass while the server complains: no assertion, sanitizer, signal or
# leak may be in its log. (The Perl tests look at their own servers' logs.)
as_owner "$BINDIR/pg_ctl" -D "$WORK/data" -m fast -w -t 300 stop >/dev/null || failed=$((failed + 1))
if grep -E -B 3 -A 30 'TRAP: |was terminated by signal|runtime error: |AddressSanitizer|PANIC: |WARNING: .*(leak|was not closed|problem in alloc set|still referenced)' \
	"$WORK/server.log" >"$WORK/complaints.log"; then
	echo "== the server complained"
	head -n 200 "$WORK/complaints.log"
	failed=$((failed + 1))
fi

case $mode in
valgrind)
	reports=$(cat "$WORK"/valgrind/*.log | grep -c VALGRINDERROR-BEGIN || :)
	if [ "$reports" -gt 0 ]; then cat "$WORK"/valgrind/*.log | grep -v '^$' | head -n 300; failed=$((failed + 1)); fi
	echo "valgrind: $reports reports from $(ls "$WORK"/valgrind | wc -l) processes"
	;;
coverage)
	echo "== coverage"
	# shellcheck disable=SC2016
	(cd "$TREE" && as_owner sh -c 'gcov -r src/*.gcda "$COVERAGE_PROGRAMS"/*.gcda' 2>/dev/null) | awk '
		/^File / { file = $2; gsub(/\047/, "", file) }
		/^Lines executed:/ && file ~ /^src\/.*\.[ch]$/ {
			split($0, part, /[:% ]+/); percent = part[3]; lines = $NF
			printf "%6.2f %%  of %5d lines  %s\n", percent, lines, file
			covered += percent * lines / 100; total += lines; file = ""
		}
		END { if (total) printf "%6.2f %%  of %5d lines  in all\n", 100 * covered / total, total }' >"$WORK/coverage.txt"
	{ grep -v 'in all$' "$WORK/coverage.txt" | sort -n; grep 'in all$' "$WORK/coverage.txt"; } || :
	if [ -n "${COVERAGE_DIR:-}" ]; then mkdir -p "$COVERAGE_DIR" && cp "$TREE"/*.gcov "$COVERAGE_DIR/"; fi
	;;
esac

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
