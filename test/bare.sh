#!/bin/sh
# make bare: `make demo` and `make check` as the first command on a bare Debian
# machine that has only make, and under the circumstances a user may have:
# as root and as a user with sudo, where everything is there already and apt must
# not be touched, from a folder with a space in a place only root may enter,
# with a long TMPDIR, two at once, ended by a signal. Needs root; a minute or two
# and the network; the system is made anew from a kept base.
#
#   test/bare.sh [SUITE]     bookworm unless told
. "$(dirname "$0")/chroot.sh"

suite=${1:-bookworm}
system=$CACHE/bare-$suite
exec 8>"$CACHE/bare-$suite.lock"
flock 8
if [ ! -e "$system.tar" ]; then
	say "Making a bare $suite system"
	make_chroot "$system" "$suite" "$(dpkg --print-architecture)" make sudo >"$system.log" 2>&1 || { cat "$system.log" >&2; die "no bare $suite system"; }
	tar -C "$system" --one-file-system -cf "$system.tar" .
fi

passed=0
failed=0
verdict() {	# verdict STATUS WHAT
	if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "not ok - $2"; failed=$((failed + 1)); fi
}
fresh() {
	rm -rf "$system"
	mkdir "$system"
	tar -C "$system" -xf "$system.tar"
	mkdir -m 700 "$system/srv/closed"	# only root may enter
	copy_source "$system/srv/closed/a clone"
	inside "$system" "" / useradd -m -s /bin/sh operator1
	echo 'operator1 ALL=(ALL) NOPASSWD: ALL' >"$system/etc/sudoers.d/operator1"
	copy_source "$system/home/operator1/mutasi"
	inside "$system" "" / chown -R operator1: /home/operator1
}
log=$system.log
: >"$log"
as_operator1='cd ~operator1/mutasi && exec setpriv --reuid=operator1 --regid=operator1 --init-groups env HOME=/home/operator1 USER=operator1'

# run NET COMMAND: in the system, its output into $out (stdout) and the log
out=$CACHE/bare.out
run() {
	status=0
	printf '\n$ %s\n' "$2" >>"$log"
	# whatever its outcome, no server may run behind it
	inside "$system" "$1" / sh -c '
		sh -c "$1"
		status=$?
		if readlink /proc/[0-9]*/exe | grep postgres >&2; then echo "a server still runs" >&2; status=99; fi
		exit $status' run "$2" >"$out" 2>>"$log" || status=$?
	cat "$out" >>"$log"
	return $status
}
clean_check() {	# the last line counts, and nothing is left behind
	tail -n 1 "$out" | grep -qE '^[1-9][0-9]* passed, 0 failed$' || return 1
	nothing_left
}
nothing_left() {
	[ "$status" != 99 ] || return 1
	left=$(ls -d "$system"/tmp/mutasi.* "$system"/var/tmp/mutasi.* "$system"/etc/postgresql-common/createcluster.d/*mutasi* 2>/dev/null)
	[ -z "$left" ] || { echo "left behind: $left" >>"$log"; return 1; }
}
no_cluster() { [ -z "$(ls "$system"/etc/postgresql/*/ 2>/dev/null)" ]; }
set +e

fresh
run net 'cd "/srv/closed/a clone" && make demo' && grep -q . "$out"; verdict $? "root: make demo is the first command"
no_cluster; verdict $? "no cluster of the distribution's was made"
! grep -rq '^ *create_main_cluster' "$system/etc/postgresql-common"; verdict $? "its configuration is as the package has it"
run net 'cd "/srv/closed/a clone" && make check' && clean_check; verdict $? "root: make check after it"

fresh
run net 'cd "/srv/closed/a clone" && make check' && clean_check; verdict $? "root: make check is the first command"

# everything is there now: apt must not be called
for tool in apt-get apt apt-cache dpkg; do
	printf '#!/bin/sh\necho "%s was called" >&2\nexit 42\n' "$tool" >"$system/usr/local/bin/$tool"
	chmod +x "$system/usr/local/bin/$tool"
done
run "" 'cd "/srv/closed/a clone" && make check' && clean_check; verdict $? "root: make check touches no package manager, and no network"
run "" 'cd "/srv/closed/a clone" && make demo' && grep -q . "$out"; verdict $? "root: make demo touches no package manager"
run "" "$as_operator1 CHECK_ONLY='regress pgtap' make check" && clean_check; verdict $? "user: make check touches no package manager"
run "" 'long=/tmp/$(printf %0100d 1); mkdir "$long"; cd "/srv/closed/a clone" && TMPDIR=$long make check' && clean_check; verdict $? "a long TMPDIR"
run "" 'mkdir "/tmp/with space"; cd "/srv/closed/a clone" && TMPDIR="/tmp/with space" CHECK_ONLY=regress make check' && clean_check; verdict $? "a TMPDIR with a space"
run "" 'mkdir -m 700 /srv/closed/tmp; cd "/srv/closed/a clone" && TMPDIR=/srv/closed/tmp CHECK_ONLY=regress make check' && clean_check; verdict $? "a TMPDIR that only root may enter"
run "" 'cd "/srv/closed/a clone" && umask 077 && CHECK_ONLY=regress make check' && clean_check; verdict $? "a strict umask"
run "" 'cd "/srv/closed/a clone" && PGHOST=/nowhere PGPORT=1 PGUSER=x PGDATABASE=y PGOPTIONS=--z PGHOSTADDR=127.0.0.9 LANG=de_DE.UTF-8 make check' && clean_check; verdict $? "settings of the user's for another cluster"
run "" 'cd "/srv/closed/a clone" && CHECK_ONLY=regress make check PG_CONFIG=$(ls /usr/lib/postgresql/*/bin/pg_config)' && clean_check; verdict $? "PG_CONFIG given"
run "" 'cd "/srv/closed/a clone" && make check PG_CONFIG=/nowhere/pg_config'
[ $status != 0 ] && nothing_left; verdict $? "PG_CONFIG that is not there fails"
run "" 'cd "/srv/closed/a clone" && export CHECK_ONLY=regress; (make check >/tmp/1 2>&1 & one=$!; make check >/tmp/2 2>&1; two=$?; wait $one && [ $two = 0 ]) && cat /tmp/1 && cat /tmp/2' && clean_check; verdict $? "two at once"
echo 'SELECT 1/0;' >>"$system/srv/closed/a clone/test/data/demo.sql"
run "" 'cd "/srv/closed/a clone" && make demo'
[ $status != 0 ] && nothing_left; verdict $? "a demo that fails says so and leaves nothing"
echo 'SELECT 1;' >"$system/srv/closed/a clone/test/sql/error.sql"
run "" 'cd "/srv/closed/a clone" && CHECK_ONLY=regress make check'
[ $status != 0 ] && tail -n 1 "$out" | grep -qE ' [1-9][0-9]* failed$' && nothing_left; verdict $? "a check that fails says so and leaves nothing"
# ended by a signal while a test runs: gone within seconds
echo 'SELECT pg_sleep(60);' >"$system/srv/closed/a clone/test/sql/error.sql"
for signal in INT TERM HUP; do
	run "" 'cd "/srv/closed/a clone" && begin=$(date +%s)
		setsid sh -c "trap - INT; exec env --default-signal=INT make check" & pid=$!
		while ! pgrep -f "pg_sleep|mutasi.*[p]ostgres: postgres contrib_regression" >/dev/null 2>&1 && ! ls /tmp/mutasi.*/regress.log >/dev/null 2>&1; do sleep 0.1; done
		sleep 1; kill -'$signal' -- -$pid; wait $pid; sleep 1
		echo "ended after $(($(date +%s) - begin)) s"; true' &&
		nothing_left; verdict $? "ended by $signal: nothing is left, no server runs"
done

# a user with sudo on a bare machine
fresh
run net "$as_operator1 make check" && clean_check; verdict $? "user with sudo: make check is the first command"
run "" "$as_operator1 make demo" && grep -q . "$out"; verdict $? "user with sudo: make demo"
no_cluster; verdict $? "user with sudo: no cluster of the distribution's was made"
[ "$failed" = 0 ] || echo "See $log"
[ -n "${KEEP:-}" ] || rm -rf "$system"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
