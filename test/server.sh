#!/bin/sh
# A PostgreSQL server built from the distribution's source for a tool that wants
# one of its own, kept under $MUTASI_MATRIX (/var/tmp/mutasi-matrix):
#
#   test/server.sh valgrind [MAJOR]   with assertions and hints for valgrind
#   test/server.sh asan [MAJOR]       with address and undefined-behaviour sanitizers
#   test/server.sh assert [MAJOR]     with assertions only
#
# Prints its pg_config. About five minutes the first time, none after.
#
# One assertion is taken out of it, which does not hold and ends a server in what
# any PL/pgSQL function may do; doc/trust.md has the sequence.
set -eu
umask 022
say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 1; }

kind=${1:?valgrind, asan or assert}
major=${2:-$(apt-cache depends postgresql | sed -n 's/.*Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1)}
cache=${MUTASI_MATRIX:-/var/tmp/mutasi-matrix}
target=$cache/server-$kind-$major
built_as="without the assertion of heap_update()"	# servers kept from before are built anew
mkdir -p "$cache"
exec 9>"$target.lock"
flock 9
if [ -x "$target/bin/postgres" ] && [ "$(cat "$target/.ready" 2>/dev/null)" = "$built_as" ]; then echo "$target/bin/pg_config"; exit; fi

case $kind in
valgrind) flags="-Og -ggdb -fno-omit-frame-pointer -DUSE_VALGRIND" packages="valgrind=valgrind"; header=valgrind/memcheck.h;;
asan) flags="-Og -ggdb -fno-omit-frame-pointer -fsanitize=address,undefined,alignment -fno-sanitize-recover=all" packages=; header=;;
assert) flags="-O1 -ggdb" packages=; header=;;
*) die "no such kind of server: $kind";;
esac
missing=
for need in bison=bison flex=flex gcc=gcc make=make bzip2=bzip2 perl=perl pkg-config=pkg-config $packages; do
	command -v "${need%%=*}" >/dev/null 2>&1 || missing="$missing ${need#*=}"
done
[ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"
[ -z "$header" ] || [ -e "/usr/include/$header" ] || missing="$missing valgrind"
perl -MIPC::Run -e 1 2>/dev/null || missing="$missing libipc-run-perl"
if [ -n "$missing" ]; then
	sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
	say "Installing:$missing"
	# shellcheck disable=SC2086
	{ $sudo apt-get -qq -o DPkg::Lock::Timeout=600 update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq \
		-o DPkg::Lock::Timeout=600 install -y --no-install-recommends $missing; } >"$target.log" 2>&1 ||
		{ cat "$target.log" >&2; die "could not install:$missing"; }
fi

# The source, by the archive this machine's apt uses: lists of its own, so that
# nobody's apt configuration needs a deb-src line.
say "Building a server for $kind (PostgreSQL $major), see $target.log"
build=$target.build
rm -rf "$build" "$target"
mkdir -p "$build/apt/lists/partial"
apt-get indextargets --format 'deb-src $(REPO_URI) $(CODENAME) main' 'Created-By: Packages' 'Origin: Debian' |
	sort -u >"$build/apt/sources.list"
[ -s "$build/apt/sources.list" ] || die "this machine's apt names no Debian archive"
cd "$build"
# with_lists PROGRAM ARGUMENTS…: apt-get or apt-cache with those lists
with_lists() {
	program=$1
	shift
	"$program" -q -o Dir::Etc::SourceList="$build/apt/sources.list" -o Dir::Etc::SourceParts=- \
		-o Dir::State::Lists="$build/apt/lists" -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache= -o APT::Sandbox::User=root "$@"
}
# the newest version whose files the archive really has
get_source() {
	for version in $(with_lists apt-cache showsrc "postgresql-$major" | sed -n 's/^Version: //p' | sort -Vru); do
		with_lists apt-get source --download-only --tar-only "postgresql-$major=$version" && return
	done
	return 1
}
{
	with_lists apt-get update &&
	get_source &&
	tar xf postgresql-*.tar.* --strip-components=1 &&
	sed -i '/^\t*Assert(HEAP_XMAX_IS_LOCKED_ONLY(infomask_lock_old_tuple));$/d' src/backend/access/heap/heapam.c &&
	./configure --prefix="$target" --enable-cassert --enable-debug --enable-tap-tests \
		--without-icu --without-readline --without-zlib CFLAGS="$flags" &&
	export ASAN_OPTIONS=detect_leaks=0 &&
	make -s -j"$(nproc)" && make -s install &&
	make -s -j"$(nproc)" -C contrib all && make -s -C contrib install
} >"$target.log" 2>&1 || { tail -n 30 "$target.log" >&2; die "the server for $kind was not built"; }
cp src/tools/valgrind.supp "$target/" 2>/dev/null || :
cd /
rm -rf "$build"
echo "$built_as" >"$target/.ready"
echo "$target/bin/pg_config"
