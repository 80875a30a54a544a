# chroot.sh: sourced by test/matrix.sh and test/bare.sh. Debian systems in a
# folder, made from the archive that this host's apt is configured with, kept
# under $CACHE and entered in mount and process namespaces of their own.
#
#   MUTASI_MATRIX=FOLDER   where they are kept (/var/tmp/mutasi-matrix)

set -eu
umask 022
SOURCE=$(cd "$(dirname "$0")/.." && pwd)
CACHE=${MUTASI_MATRIX:-/var/tmp/mutasi-matrix}
say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 1; }

[ "$(id -u)" = 0 ] || {
	command -v sudo >/dev/null 2>&1 || die "needs root or sudo, to make and enter chroots"
	exec sudo env MUTASI_MATRIX="$CACHE" CHECK_ONLY="${CHECK_ONLY:-}" CHECK_MODE="${CHECK_MODE:-}" "$SOURCE/test/$(basename "$0")" "$@"
}
mkdir -p "$CACHE"

need_bootstrap() {
	for tool in mmdebstrap debootstrap; do
		if command -v "$tool" >/dev/null 2>&1; then bootstrap=$tool; break; fi
	done
	if [ -z "${bootstrap:-}" ]; then
		say "Installing: mmdebstrap"
		apt-get -qq -o DPkg::Lock::Timeout=600 update >&2 || :
		DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends mmdebstrap >&2 ||
			die "neither mmdebstrap nor debootstrap is here or could be installed"
		bootstrap=mmdebstrap
	fi
	# whether this machine can run another architecture's programs
	if [ "$1" != "$(dpkg --print-architecture)" ] && ! command -v arch-test >/dev/null 2>&1; then
		DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends arch-test >&2 || :
	fi
}

# archive LABEL: the address of Debian's archive (label Debian) or of its
# security archive (Debian-Security) that this host's apt uses.
archive() {
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' "Label: $1" | head -n 1
}

# inside DIR NET WORKDIR COMMAND…: run a command in the chroot, as root with an
# environment of its own. NET is "net" to let it reach the network, else "".
inside() {
	_dir=$1 _net=--net _cwd=$3
	[ -z "$2" ] || _net=
	shift 3
	# shellcheck disable=SC2086
	unshare --mount --pid --fork --kill-child $_net sh -c '
		dir=$1 cwd=$2
		shift 2
		ip link set lo up 2>/dev/null || :
		mount -t proc proc "$dir/proc"
		mount --rbind /dev "$dir/dev"
		mount -t tmpfs shm "$dir/dev/shm"
		exec chroot "$dir" /usr/bin/env -i -C "$cwd" HOME=/tmp TERM=dumb DEBIAN_FRONTEND=noninteractive \
			PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
	' inside "$_dir" "$_cwd" "$@"
}

# make_chroot DIR SUITE ARCH [PACKAGE…]: a minimal system with these packages.
make_chroot() {
	_dir=$1 _suite=$2 _arch=$3
	shift 3
	need_bootstrap "$_arch"
	_main=$(archive Debian)
	[ -n "$_main" ] || { apt-get -qq update >&2; _main=$(archive Debian); }
	[ -n "$_main" ] || die "this host's apt names no Debian archive"
	_security=$(archive Debian-Security)
	_base=$_suite
	[ "$_suite" != experimental ] || _base=sid
	rm -rf "$_dir"
	_include=$(echo "$*" | tr ' ' ,)
	# how to reach the archive is as on the host
	apt-config dump 2>/dev/null | grep -E '^Acquire::(https?::Proxy|Check-Valid-Until) ' >"$CACHE/apt.conf" || :
	echo 'Acquire::Languages "none";' >>"$CACHE/apt.conf"
	if [ "$bootstrap" = mmdebstrap ]; then
		mmdebstrap --quiet --variant=minbase --architectures="$_arch" --aptopt="$CACHE/apt.conf" \
			${_include:+--include="$_include"} "$_base" "$_dir" "$_main"
	else
		debootstrap --variant=minbase --arch="$_arch" ${_include:+--include="$_include"} \
			"$_base" "$_dir" "$_main" /usr/share/debootstrap/scripts/sid
	fi || return 1
	rm -f "$_dir"/etc/apt/sources.list.d/*
	{
		echo "deb $_main $_base main"
		case $_suite in
		sid) ;;
		experimental) echo "deb $_main experimental main";;
		*)	# testing has no security archive at times
			if [ -n "$_security" ] && apt_has "$_security" "$_suite-security"; then echo "deb $_security $_suite-security main"; fi;;
		esac
	} >"$_dir/etc/apt/sources.list"
	cp "$CACHE/apt.conf" "$_dir/etc/apt/apt.conf.d/90host"
	cp /etc/resolv.conf "$_dir/etc/resolv.conf"
}

# Whether an archive has a suite, asked of apt in a folder of its own.
apt_has() {
	_state=$(mktemp -d)
	mkdir -p "$_state/lists/partial"
	echo "deb $1 $2 main" >"$_state/sources.list"
	_status=0
	apt-get -qq -o Dir::Etc::SourceList="$_state/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$_state/lists" \
		-o APT::Get::List-Cleanup=0 update >/dev/null 2>&1 || _status=1
	rm -rf "$_state"
	return $_status
}

# copy_source TO: the tree as a clone would have it.
copy_source() {
	mkdir -p "$1"
	(cd "$SOURCE" && tar cf - --exclude=./.git --exclude='*.o' --exclude='*.so' --exclude='*.bc' \
		--exclude="./mutasi--[0-9]*.sql" --exclude=./results --exclude='regression.*' .) | (cd "$1" && tar xf - --no-same-owner)
}
