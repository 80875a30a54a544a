#!/bin/sh
# make deb-check: for each supported major, `make deb` as the first command in a
# Debian system of its own that has only make, the package's own tests
# (autopkgtest) there, and then in another, bare one: install the .deb with what
# it depends on, and run the README's examples against a cluster of Debian's.
# Needs root or sudo and the network; two minutes a major, less the second time.
#
#   test/deb-check.sh [WHICH…]  15 17 18 (as default)
#   DEB_FRESH=1                 make the systems anew
#   KEEP=1                      leave the last system behind, to look at
. "$(dirname "$0")/chroot.sh"

suite_of() {
	case $1 in
	15) echo bookworm;;
	17) echo trixie;;
	18) echo forky;;
	*) die "no such member: $1 (15, 17, 18)";;
	esac
}
passed=0
failed=0
verdict() {	# verdict STATUS WHAT
	if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "not ok - $2"; failed=$((failed + 1)); fi
}
[ $# -gt 0 ] || set -- 15 17 18
for major in "$@"; do
	suite=$(suite_of "$major")
	base=$CACHE/bare-$suite.tar
	build=$CACHE/deb-$major
	bare=$CACHE/deb-bare-$major
	log=$CACHE/deb-$major.log
	exec 8>"$CACHE/deb-$major.lock"
	flock 8
	: >"$log"
	if [ ! -e "$base" ]; then
		say "Making a bare $suite system"
		make_chroot "$bare" "$suite" "$(dpkg --print-architecture)" make sudo >>"$log" 2>&1 || { cat "$log" >&2; die "no bare $suite system"; }
		tar -C "$bare" --one-file-system -cf "$base.new" .
		mv "$base.new" "$base"
	fi
	fresh() {	# fresh DIR: a system as it was made
		rm -rf "$1"
		mkdir "$1"
		tar -C "$1" -xf "$base"
		printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
		chmod +x "$1/usr/sbin/policy-rc.d"
	}
	# the build, by the first command there is
	if [ -n "${DEB_FRESH:-}" ] || [ ! -e "$build/.built" ]; then fresh "$build"; fi
	rm -rf "$build/srv/mutasi"
	copy_source "$build/srv/mutasi"
	status=0
	inside "$build" net /srv/mutasi make deb >>"$log" 2>&1 || status=$?
	verdict $status "PostgreSQL $major ($suite): make deb, the tests while building and lintian"
	[ $status = 0 ] || { tail -n 40 "$log" >&2; continue; }
	touch "$build/.built"
	deb=$(ls "$build"/srv/mutasi/build/deb/postgresql-"$major"-mutasi_*.deb)

	# autopkgtest as Debian runs it
	status=0
	inside "$build" net / sh -ec '
		command -v autopkgtest >/dev/null || apt-get -qq install -y --no-install-recommends autopkgtest
		cd /srv/mutasi/build/deb
		dpkg -r "postgresql-$1-mutasi" >/dev/null 2>&1 || :
		rm -rf /srv/autopkgtest
		autopkgtest --output-dir=/srv/autopkgtest --no-built-binaries ./*.deb ./*.dsc -- null' sh "$major" >>"$log" 2>&1 || status=$?
	verdict $status "PostgreSQL $major ($suite): autopkgtest"
	[ $status = 0 ] || tail -n 40 "$log" >&2

	# a machine that has nothing
	fresh "$bare"
	mkdir "$bare/srv/mutasi"
	cp "$deb" "$bare/srv/"
	cp -r "$SOURCE/README.md" "$SOURCE/doc" "$bare/srv/mutasi/"
	cp "$SOURCE/test/t/DocPages.pm" "$bare/srv/"
	status=0
	inside "$bare" net /srv sh -ec 'apt-get -qq update; apt-get -qq install -y --no-install-recommends ./postgresql-*.deb' >>"$log" 2>&1 || status=$?
	verdict $status "PostgreSQL $major ($suite): apt install of the package on a bare system"
	[ $status = 0 ] || { tail -n 40 "$log" >&2; continue; }
	status=0
	cat >"$bare/srv/tour.pl" <<-'PERL'
		use strict;
		use warnings;
		use DocPages qw(run_page);
		my ($run, $bad) = (0, 0);
		my (undef, $blocks) = run_page('README.md');
		for my $block (@$blocks)
		{
			$run++;
			next unless defined $block->{problem};
			$bad++;
			print "README.md:$block->{line}: $block->{problem}\n";
		}
		print "$run examples, $bad failed\n";
		exit($bad || !$run ? 1 : 0);
	PERL
	# the cluster is Debian's own; locale as the README's outputs were made
	inside "$bare" "" /srv/mutasi LC_ALL=C.UTF-8 LANG=C.UTF-8 sh -ec '
		pg_virtualenv -v "$1" -o "timezone=UTC" sh -ec "PGUSER=postgres perl -I /srv /srv/tour.pl"' sh "$major" >>"$log" 2>&1 || status=$?
	verdict $status "PostgreSQL $major ($suite): the README's examples with the package"
	[ $status = 0 ] || tail -n 40 "$log" >&2
	# what make install puts in place, the package has
	inside "$bare" "" / dpkg -L "postgresql-$major-mutasi" | sed 's,.*/,,' | sort -u >"$CACHE/deb-$major.files"
	status=0
	for file in mutasi.so mutasi.control mutasi--0.1.sql; do
		grep -qxF -- "$file" "$CACHE/deb-$major.files" || { status=1; echo "missing: $file" >&2; }
	done
	for po in "$SOURCE"/po/*.po; do
		[ -e "$po" ] || continue
		grep -q '^mutasi.*\.mo$' "$CACHE/deb-$major.files" || { status=1; echo "missing: the messages of $po" >&2; }
	done
	verdict $status "PostgreSQL $major ($suite): the package has module, control file, script and messages"
	# and goes without a trace, once nothing uses it
	status=0
	inside "$bare" "" / sh -ec 'apt-get -qq purge -y "postgresql-$1-mutasi"; ! find / -xdev -name "*mutasi*" -not -path "/srv/*" | grep .' sh "$major" >>"$log" 2>&1 || status=$?
	verdict $status "PostgreSQL $major ($suite): purged without a trace"
	[ $status = 0 ] || tail -n 20 "$log" >&2
	[ -n "${KEEP:-}" ] || rm -rf "$bare"
	flock -u 8
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
