#!/bin/sh
# make lint: what can be said of the sources without running them. shellcheck
# over the scripts, clang's static analyser and gcc's stricter warnings over the
# C, each header alone, the Perl compiled, and the rules of test/t/001_tree.pl
# (pgspot's for the install script among them).
. "$(dirname "$0")/machine.sh"

need_packages shellcheck=shellcheck prove=perl clang=clang
enter_place "$@"

passed=0
failed=0
verdict() {	# verdict STATUS WHAT
	if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "not ok - $2"; failed=$((failed + 1)); fi
}
cd "$TREE"

status=0
# set -e is in the file that they source (SC2164), and so are variables' readers (SC2034)
shellcheck -s sh -S warning -e SC1091,SC2034,SC2164 test/*.sh sql/assemble.sh test/bench/*.sh || status=1
verdict $status "shellcheck"

for file in test/t/*.pl test/t/*.pm; do
	status=0
	perl -I "$PGXS_DIR/src/test/perl" -I test/t -wc "$file" 2>"$WORK/perl.log" || status=1
	[ $status = 0 ] || cat "$WORK/perl.log"
	verdict $status "perl -c $file"
done

# assertions tell the analyser what holds
includes="-isystem $("$PG_CONFIG" --includedir-server) -isystem $("$PG_CONFIG" --includedir) -Isrc -DUSE_ASSERT_CHECKING -D_GNU_SOURCE -include $WORK/version.h"
echo '#define MUTASI_VERSION "0"' | as_owner tee "$WORK/version.h" >/dev/null
for file in src/*.c; do
	status=0
	# shellcheck disable=SC2086
	clang --analyze -Xclang -analyzer-werror -Xclang -analyzer-output=text $includes "$file" -o /dev/null || status=1
	verdict $status "clang's analyser: $file"
	status=0
	# shellcheck disable=SC2086
	gcc -std=gnu99 -O2 -fsyntax-only -Wall -Wextra -Wshadow=local -Wvla -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes \
		-Wformat=2 -Wundef -Werror $includes "$file" || status=1
	verdict $status "gcc's warnings: $file"
done
for file in src/*.h; do
	status=0
	# shellcheck disable=SC2086
	printf '#include "postgres.h"\n#include "mutasi.h"\n#include "%s"\n' "$(basename "$file")" |
		gcc -std=gnu99 -fsyntax-only -Wall -Wextra -Werror $includes -x c - || status=1
	verdict $status "stands alone: $file"
done

status=0
prove -I test/t test/t/001_tree.pl || status=1
verdict $status "the tree's own rules"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
