#!/bin/sh
# make check: build strictly, then every test there is; the last line counts them.
#   CHECK_SANITIZE=1   with the undefined-behaviour and alignment sanitizers
#   CHECK_ONLY="regress isolation pgtap tap"   some of the harnesses only
#   KEEP=1             leave the temporary folder behind
. "$(dirname "$0")/machine.sh"

need_packages pgtap tap
enter_place "$@"

strict="-DUSE_ASSERT_CHECKING -Wall -Wextra -Werror"
case ${CHECK_SANITIZE:-} in
"") build "$strict";;
*) build "$strict -O1 -g -fsanitize=undefined,alignment -fno-sanitize-recover=all";;
esac
start_cluster

passed=0
failed=0
harnesses=${CHECK_ONLY:-regress isolation pgtap tap}

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

wants() { case " $harnesses " in *" $1 "*) return 0;; *) return 1;; esac; }

if wants regress; then
	say "== regress"
	tests=$(cd "$TREE/test/sql" && ls -- *.sql | sed 's/\.sql$//' | LC_ALL=C sort)
	status=0
	# shellcheck disable=SC2086
	(cd "$TREE" && as_owner "$PGXS_DIR/src/test/regress/pg_regress" --inputdir=test --bindir="$BINDIR" \
		--host="$PGHOST" --port="$PGPORT" --user=postgres --dbname=contrib_regression \
		--load-extension=mutasi $tests) >"$WORK/regress.log" 2>&1 || status=$?
	cat "$WORK/regress.log"
	[ $status = 0 ] || cat "$TREE/regression.diffs" 2>/dev/null || :
	tally "$WORK/regress.log" '^(ok |test .*\.\.\. ok)' '^(not ok|test .*FAILED)' $status
fi

if wants isolation && ls "$TREE"/test/isolation/specs/*.spec >/dev/null 2>&1; then
	say "== isolation"
	specs=$(cd "$TREE/test/isolation/specs" && ls -- *.spec | sed 's/\.spec$//' | LC_ALL=C sort)
	status=0
	# shellcheck disable=SC2086
	(cd "$TREE/test/isolation" && as_owner "$PGXS_DIR/src/test/isolation/pg_isolation_regress" --inputdir=. --outputdir=output_iso \
		--bindir="$BINDIR" --host="$PGHOST" --port="$PGPORT" --user=postgres --dbname=isolation_regression \
		$([ "$PGVER" -lt 16 ] || echo --expecteddir=.) \
		--load-extension=mutasi $specs) >"$WORK/isolation.log" 2>&1 || status=$?
	cat "$WORK/isolation.log"
	[ $status = 0 ] || cat "$TREE/test/isolation/output_iso/regression.diffs" 2>/dev/null || :
	tally "$WORK/isolation.log" '^(ok |test .*\.\.\. ok)' '^(not ok|test .*FAILED)' $status
fi

if wants pgtap && ls "$TREE"/test/pgtap/*.sql >/dev/null 2>&1; then
	say "== pgtap"
	as_owner createdb mutasi_pgtap
	as_owner psql -qX -d mutasi_pgtap -c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION mutasi'
	status=0
	(cd "$TREE" && as_owner pg_prove -v -d mutasi_pgtap test/pgtap/*.sql) >"$WORK/pgtap.log" 2>&1 || status=$?
	if [ $status = 0 ]; then grep -E '^(test/|Files=|Result)' "$WORK/pgtap.log"; else cat "$WORK/pgtap.log"; fi
	tally "$WORK/pgtap.log" '^ok ' '^not ok ' $status
fi

if wants tap && ls "$TREE"/test/t/*.pl >/dev/null 2>&1; then
	say "== tap"
	status=0
	(cd "$TREE" && as_owner env PG_REGRESS="$PGXS_DIR/src/test/regress/pg_regress" PATH="$PATH" \
		TESTDATADIR="$WORK/tap" TESTLOGDIR="$WORK/tap/log" TEMP_CONFIG="$EXTRA_CONF" \
		prove -v -I "$PGXS_DIR/src/test/perl" -I test/t test/t/*.pl) >"$WORK/tap.log" 2>&1 || status=$?
	if [ $status = 0 ]; then grep -E '^(test/|Files=|Result)' "$WORK/tap.log"; else cat "$WORK/tap.log"; fi
	tally "$WORK/tap.log" '^ok ' '^not ok ' $status
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
