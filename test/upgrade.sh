#!/bin/sh
# make upgrade: an agency's database from one PostgreSQL major to another, by
# pg_dump and by pg_upgrade, with everything in it: rows, indexes, workflows,
# histories, seals. In one Debian system of its own (testing, with the older
# majors' packages of the releases before), kept like those of test/matrix.sh.
#
#   test/upgrade.sh [FROM-TO…]   15-17 15-18 17-18 unless named
#   MATRIX_FRESH=1, MUTASI_MATRIX=FOLDER as in test/matrix.sh
. "$(dirname "$0")/chroot.sh"

system=$CACHE/upgrade
log=$CACHE/upgrade.log

prepare() {
	make_chroot "$system" forky "$(dpkg --print-architecture)" make gcc libc6-dev || return 1
	printf '#!/bin/sh\nexit 101\n' >"$system/usr/sbin/policy-rc.d"
	chmod +x "$system/usr/sbin/policy-rc.d"
	mkdir -p "$system/etc/postgresql-common"
	echo "create_main_cluster = false" >"$system/etc/postgresql-common/createcluster.conf"
	main=$(archive Debian)
	for release in bookworm trixie; do echo "deb $main $release main"; done >"$system/etc/apt/sources.list.d/older.list"
	# all but the servers, and the libraries that only they need, is testing's
	printf 'Package: *\nPin: release n=bookworm\nPin-Priority: 100\n\nPackage: *\nPin: release n=trixie\nPin-Priority: 101\n' \
		>"$system/etc/apt/preferences.d/older"
	inside "$system" net / apt-get -qq update || :
	for major in 15 17 18; do
		inside "$system" net / apt-get -qq install -y --no-install-recommends -o Dpkg::Options::=--force-confold "postgresql-$major" || return 1
		# shellcheck disable=SC2016
		inside "$system" net /tmp sh -ec 'apt-get download -qq "$@"; for deb in *.deb; do dpkg-deb -x "$deb" /; done; rm -f ./*.deb' \
			unpack "postgresql-server-dev-$major" || return 1
	done
	# shellcheck disable=SC2016
	inside "$system" net /tmp sh -ec 'apt-get download -qq libpq-dev libssl-dev; for deb in *.deb; do dpkg-deb -x "$deb" /; done; rm -f ./*.deb' || return 1
	inside "$system" net / apt-get clean
	rm -rf "$system"/var/lib/apt/lists/* "$system"/usr/share/doc/* "$system"/usr/share/man/*
	touch "$system/.ready"
}

exec 8>"$CACHE/upgrade.lock"
flock 8
[ -z "${MATRIX_FRESH:-}" ] || rm -f "$system/.ready"
if [ ! -e "$system/.ready" ]; then
	say "Making a system with PostgreSQL 15, 17 and 18"
	if ! prepare >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		die "a system with several majors is not to be had, see $log"
	fi
fi
work=/build/mutasi.$$
copy_source "$system$work"
status=0
inside "$system" "" "$work" sh test/upgrade_inside.sh "$@" >"$log" 2>&1 || status=$?
rm -rf "${system:?}$work"
grep -E '^(ok|not ok|PostgreSQL |[0-9]+ passed)' "$log" || :
[ $status = 0 ] || tail -n "${MATRIX_TAIL:-60}" "$log" >&2
exit $status
