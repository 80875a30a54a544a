#!/bin/sh
# make dist: what is committed, as the archives of a release in build/: a tarball
# for distributions and a zip for PGXN, named as PGXN wants it. The same commit
# gives the same bytes anywhere: git's own archive, no time stamps but the commit's.
#   test/dist.sh [COMMIT]     HEAD unless told
set -eu
umask 022
cd "$(dirname "$0")/.."
commit=${1:-HEAD}
command -v git >/dev/null 2>&1 && git rev-parse -q --verify "$commit^{commit}" >/dev/null ||
	{ echo "$0: needs git and a clone of the repository, to archive commit $commit" >&2; exit 1; }
version=$(git show "$commit:META.json" | sed -n 's/^\t"version": "\(.*\)",$/\1/p')
[ -n "$version" ] || { echo "$0: META.json of $commit has no version" >&2; exit 1; }
if [ "$commit" = HEAD ] && [ -n "$(git status --porcelain)" ]; then
	echo "$0: what is not committed is left out" >&2
fi
mkdir -p build
name=mutasi-$version
# user settings and the time zone must not show in the archive
export TZ=UTC GIT_CONFIG_NOSYSTEM=1
archive="git -c tar.umask=0022 -c core.autocrlf=false archive --prefix=$name/"
$archive --format=tar "$commit" | gzip -9n >"build/$name.tar.gz"
$archive --format=zip -9 -o "build/$name.zip" "$commit"
(cd build && sha256sum "$name.tar.gz" "$name.zip")
