#!/bin/sh
# make deb: Debian packages of the tree as it is, postgresql-N-mutasi for each
# major that this machine's Debian supports, into build/deb, with lintian's
# verdict. Installs what the build takes; runs the regression tests while building.
#   test/deb.sh [FOLDER]     where the packages go
#   DEB_BUILD_OPTIONS=nocheck   without the tests
. "$(dirname "$0")/machine.sh"

if [ -z "$place" ]; then
	try_packages build-essential dpkg-dev debhelper lintian gettext postgresql-all postgresql-server-dev-all ||
		die "could not install what building packages takes"
fi
need_packages
enter_place "$@"
target=${1:-$SOURCE/build/deb}
rm -rf "$TREE/build"
cd "$TREE"
version=$(dpkg-parsechangelog -S Version)
upstream=${version%-*}
# dates inside are the changelog's
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -S Timestamp)
export SOURCE_DATE_EPOCH
# which majors there are is this Debian's business
as_owner pg_buildext updatecontrol
as_owner tar -c --exclude=./debian --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r,go-w \
	--transform="s,^\.,mutasi-$upstream," . | gzip -9n | as_owner tee "$WORK/mutasi_$upstream.orig.tar.gz" >/dev/null
say "Building the packages of mutasi $version"
status=0
as_owner dpkg-buildpackage -us -uc >"$WORK/deb.log" 2>&1 || status=$?
if [ $status != 0 ]; then tail -n 60 "$WORK/deb.log" >&2; die "the package build failed"; fi
changes=$(ls "$WORK"/mutasi_*.changes)
status=0
# (no upload to Debian, so no request to package closed by one)
as_owner lintian --suppress-tags initial-upload-closes-no-bugs --fail-on error,warning "$changes" >"$WORK/lintian.log" 2>&1 || status=$?
[ ! -s "$WORK/lintian.log" ] || { cat "$WORK/lintian.log"; echo; } >&2
[ $status = 0 ] || die "lintian complains"
mkdir -p "$target"
rm -f "$target"/*mutasi*
find "$WORK" -maxdepth 1 -type f -name '*mutasi*_*' -exec cp {} "$target/" \;
ls "$target"
