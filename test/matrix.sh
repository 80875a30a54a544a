#!/bin/sh
# make matrix: `make check` against several PostgreSQL majors, each in a Debian
# system of its own in a folder (about a minute to make one, then kept).
#
#   test/matrix.sh [WHICH…]    15 17 18 19 (as default), 15-i386 (32 bits)
#   CHECK_ONLY, CHECK_MODE as in test/check.sh
#   MATRIX_FRESH=1             make the systems anew
#   MUTASI_MATRIX=FOLDER       where they are kept (/var/tmp/mutasi-matrix)
#
# Prints a line for each; 19 may not be to be had, which is no failure.
. "$(dirname "$0")/chroot.sh"

# suite_of WHICH: suite, major, architecture
suite_of() {
	case $1 in
	15) echo bookworm 15 "$(dpkg --print-architecture)";;
	17) echo trixie 17 "$(dpkg --print-architecture)";;
	18) echo forky 18 "$(dpkg --print-architecture)";;
	19) echo experimental 19 "$(dpkg --print-architecture)";;
	15-i386) echo bookworm 15 i386;;
	*) die "no such member of the matrix: $1 (15, 17, 18, 19, 15-i386)";;
	esac
}

# The headers' package depends on clang and LLVM, which a build without bitcode
# does not need: unpacked instead of installed, it spares half a gigabyte.
unpack() {
	inside "$system" net /tmp sh -ec 'apt-get download -qq "$@"; for deb in *.deb; do dpkg-deb -x "$deb" /; done; rm -f ./*.deb' unpack "$@"
}

prepare() {
	make_chroot "$system" "$suite" "$arch" make gcc libc6-dev || return 1
	if [ "$suite" = experimental ]; then
		# of experimental only what is PostgreSQL's; the rest stays as it is
		printf 'Package: *-%s libpq*\nPin: release a=experimental\nPin-Priority: 990\n' "$major" >"$system/etc/apt/preferences.d/postgresql"
	fi
	mkdir -p "$system/etc/postgresql-common"
	printf '#!/bin/sh\nexit 101\n' >"$system/usr/sbin/policy-rc.d"
	chmod +x "$system/usr/sbin/policy-rc.d"
	echo "create_main_cluster = false" >"$system/etc/postgresql-common/createcluster.conf"
	# where one of several lists can't be had the installation decides
	inside "$system" net / apt-get -qq update || :
	inside "$system" net / apt-get -qq install -y --no-install-recommends -o Dpkg::Options::=--force-confold \
		"postgresql-$major" perl libipc-run-perl libtap-parser-sourcehandler-pgtap-perl gettext locales || return 1
	unpack "postgresql-server-dev-$major" libpq-dev libssl-dev || return 1
	inside "$system" net / apt-get -qq install -y --no-install-recommends "postgresql-$major-pgtap" ||
		unpack postgresql-18-pgtap || return 1
	inside "$system" net / apt-get clean
	rm -rf "$system"/var/lib/apt/lists/* "$system"/usr/share/doc/* "$system"/usr/share/man/*
	touch "$system/.ready"
}

[ $# -gt 0 ] || set -- 15 17 18 19
failed=0
for which in "$@"; do
	set_of=$(suite_of "$which") || exit 1
	# shellcheck disable=SC2086
	set -- $set_of
	suite=$1 major=$2 arch=$3
	system=$CACHE/$which
	log=$CACHE/$which.log
	exec 8>"$CACHE/$which.lock"
	flock 8
	[ -z "${MATRIX_FRESH:-}" ] || rm -f "$system/.ready"
	if [ ! -e "$system/.ready" ]; then
		say "Making a $suite system with PostgreSQL $major ($arch)"
		if ! prepare >"$log" 2>&1; then
			tail -n 20 "$log" >&2
			echo "PostgreSQL $which ($suite): not to be had, see $log"
			[ "$which" = 19 ] || failed=1
			continue
		fi
	fi
	flock -u 8
	flock -s 8
	work=/build/mutasi.$$
	copy_source "$system$work"
	begin=$(date +%s)
	status=0
	inside "$system" "" "$work" CHECK_ONLY="${CHECK_ONLY:-}" CHECK_MODE="${CHECK_MODE:-}" CHECK_CLIENTS_OFF=1 make check >"$log" 2>&1 || status=$?
	rm -rf "${system:?}$work"
	flock -u 8
	counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
	[ $status = 0 ] || { failed=1; tail -n "${MATRIX_TAIL:-60}" "$log" >&2; }
	version=$(inside "$system" "" / "/usr/lib/postgresql/$major/bin/postgres" --version | sed 's/^postgres (PostgreSQL) \([^ ]*\).*/\1/')
	echo "PostgreSQL $version ($suite, $arch): ${counts:-the check did not come to its end} ($(($(date +%s) - begin)) s)"
done
exit $failed
