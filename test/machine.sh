# machine.sh: sourced by the scripts behind `make demo`, `make check` and the like.
#
# Finds or installs what is needed, builds the extension in a copy of the tree,
# and runs a cluster of its own, all below one temporary folder that is taken
# away at the end, whatever happens. Nothing is installed into the system's
# PostgreSQL, and no cluster of the user's is touched.
#
# What a script gets after `machine_up`:
#   $WORK       the temporary folder         $TREE     the built copy of the tree
#   $BINDIR     PostgreSQL's programs        $PGVER    its major version
#   $PGXS_DIR   PGXS with its test programs  PGHOST, PGPORT, PGUSER: the cluster
#   $EXTRA_CONF settings by which another cluster finds the built extension
#   as_owner CMD…  runs CMD as the unprivileged owner of all that

set -eu
SOURCE=$(cd "$(dirname "$0")/.." && pwd)
export LC_ALL=C.UTF-8
unset PGDATABASE PGSERVICE PGOPTIONS PGPASSWORD PGDATA PGSSLMODE PGCLUSTER || :

say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 1; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif command -v sudo >/dev/null 2>&1; then sudo "$@"
	else die "needs root or sudo to run: $*"
	fi
}

# --- packages ---------------------------------------------------------------

apt_updated=
apt_install() {
	command -v apt-get >/dev/null 2>&1 || die "not a Debian machine; please install: $*"
	say "Installing: $*"
	if [ -z "$apt_updated" ]; then
		as_root apt-get -qq -o DPkg::Lock::Timeout=600 update >&2
		apt_updated=1
	fi
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 \
		install -y --no-install-recommends "$@" >&2
}

# The pg_config to build against: PG_CONFIG, else the newest installed
# PostgreSQL that has a server and its headers, else none.
find_pg_config() {
	if [ -n "${PG_CONFIG:-}" ]; then
		command -v "$PG_CONFIG" || die "PG_CONFIG=$PG_CONFIG: no such program"
		return
	fi
	for config in $(ls -d /usr/lib/postgresql/*/bin/pg_config 2>/dev/null | sort -t/ -k5 -rn); do
		if [ -e "$("$config" --pgxs)" ] && [ -x "$("$config" --bindir)/postgres" ]; then
			echo "$config"
			return
		fi
	done
	# a PostgreSQL from elsewhere, first on the PATH
	config=$(command -v pg_config 2>/dev/null) || return 0
	if [ -e "$("$config" --pgxs)" ] && [ -x "$("$config" --bindir)/postgres" ]; then
		echo "$config"
	fi
}

need_packages() {
	missing=
	PG_CONFIG=$(find_pg_config)
	if [ -z "$PG_CONFIG" ]; then
		# the distribution's own major, whatever it is
		command -v apt-cache >/dev/null 2>&1 || die "no PostgreSQL with server headers found; set PG_CONFIG"
		if [ -z "$(apt-cache depends postgresql 2>/dev/null)" ]; then
			as_root apt-get -qq -o DPkg::Lock::Timeout=600 update >&2
			apt_updated=1
		fi
		major=$(apt-cache depends postgresql | sed -n 's/.*Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1)
		[ -n "$major" ] || die "the distribution names no PostgreSQL; set PG_CONFIG"
		missing="postgresql-$major postgresql-server-dev-$major"
		PG_CONFIG=/usr/lib/postgresql/$major/bin/pg_config
	else
		major=$("$PG_CONFIG" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
	fi
	command -v gcc >/dev/null 2>&1 && [ -e /usr/include/stdio.h ] || missing="$missing gcc libc6-dev"
	command -v msgfmt >/dev/null 2>&1 || missing="$missing gettext"
	for tool in "$@"; do
		case $tool in
		pgtap)
			sharedir=$("$PG_CONFIG" --sharedir 2>/dev/null || echo "/usr/share/postgresql/$major")
			[ -e "$sharedir/extension/pgtap.control" ] || missing="$missing postgresql-$major-pgtap"
			command -v pg_prove >/dev/null 2>&1 || missing="$missing libtap-parser-sourcehandler-pgtap-perl"
			;;
		tap)
			command -v prove >/dev/null 2>&1 || missing="$missing perl"
			perl -MIPC::Run -e 1 2>/dev/null || missing="$missing libipc-run-perl"
			;;
		esac
	done
	# shellcheck disable=SC2086
	[ -z "$missing" ] || apt_install $missing
	export PG_CONFIG
	BINDIR=$("$PG_CONFIG" --bindir)
	PGXS_DIR=$(dirname "$(dirname "$("$PG_CONFIG" --pgxs)")")/..
	PGXS_DIR=$(cd "$PGXS_DIR" && pwd)
	PGVER=$("$PG_CONFIG" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
	export BINDIR PGXS_DIR PGVER
}

# --- the throw-away place -----------------------------------------------------

machine_down() {
	status=$?
	trap - EXIT INT TERM HUP
	if [ -n "${WORK:-}" ] && [ -d "$WORK" ]; then
		for data in "$WORK"/data "$WORK"/tap/*/pgdata; do
			[ -e "$data/postmaster.pid" ] && as_owner "$BINDIR/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1
		done
		if [ -n "${KEEP:-}" ]; then say "kept: $WORK"; else rm -rf "$WORK"; fi
	fi
	exit $status
}

as_owner() {
	if [ "$(id -u)" = 0 ]; then
		runuser -u "$OWNER" -- env HOME="$WORK" "$@"
	else
		"$@"
	fi
}

make_place() {
	if [ "$(id -u)" = 0 ]; then
		OWNER=postgres
		id "$OWNER" >/dev/null 2>&1 || OWNER=nobody
	else
		OWNER=$(id -un)
	fi
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/mutasi.XXXXXX")
	# a socket's path may have 107 bytes
	[ ${#WORK} -le 80 ] || { rmdir "$WORK"; WORK=$(mktemp -d /tmp/mutasi.XXXXXX); }
	trap machine_down EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	TREE=$WORK/tree
	mkdir "$TREE" "$WORK/socket" "$WORK/tap"
	# what is built or left over stays behind
	(cd "$SOURCE" && tar cf - --exclude=./.git --exclude='*.o' --exclude='*.so' --exclude='*.bc' \
		--exclude=./results --exclude=./output_iso --exclude=./tmp_check --exclude=./tmp_check_iso .) |
		(cd "$TREE" && tar xf - --no-same-owner)
	chmod 755 "$WORK"
	[ "$(id -u)" != 0 ] || chown -R "$OWNER:" "$WORK"
	export WORK TREE OWNER
}

# build FLAGS [LINKFLAGS]: compile and install below $WORK/stage.
build() {
	say "Building against $("$PG_CONFIG" --version)"
	as_owner make -s -C "$TREE" -j"$(nproc)" PG_CONFIG="$PG_CONFIG" with_llvm=no \
		PG_CFLAGS="$1" SHLIB_LINK="${2:-}" >"$WORK/build.log" 2>&1 ||
		{ cat "$WORK/build.log" >&2; die "the build failed"; }
	if grep -q 'warning:' "$WORK/build.log"; then cat "$WORK/build.log" >&2; die "the build gave warnings"; fi
	EXTRA_CONF=$WORK/extra.conf
	export EXTRA_CONF
	stage=$WORK/stage
	if [ "$PGVER" -ge 18 ]; then
		as_owner make -s -C "$TREE" PG_CONFIG="$PG_CONFIG" with_llvm=no DESTDIR="$stage" install >"$WORK/build.log" 2>&1 ||
			{ cat "$WORK/build.log" >&2; die "make install failed"; }
		as_owner tee "$EXTRA_CONF" >/dev/null <<-CONF
			extension_control_path = '$stage$("$PG_CONFIG" --sharedir):\$system'
			dynamic_library_path = '$stage$("$PG_CONFIG" --pkglibdir):\$libdir'
		CONF
	elif as_owner "$BINDIR/postgres" --describe-config 2>/dev/null | cut -f1 | grep -qx extension_destdir; then
		as_owner make -s -C "$TREE" PG_CONFIG="$PG_CONFIG" with_llvm=no DESTDIR="$stage" install >"$WORK/build.log" 2>&1 ||
			{ cat "$WORK/build.log" >&2; die "make install failed"; }
		as_owner tee "$EXTRA_CONF" >/dev/null <<-CONF
			extension_destdir = '$stage'
			dynamic_library_path = '$stage$("$PG_CONFIG" --pkglibdir):\$libdir'
		CONF
	else
		# a PostgreSQL without a search path for extensions: into its own folders
		[ -w "$("$PG_CONFIG" --pkglibdir)" ] ||
			die "$("$PG_CONFIG" --version) has no search path for extensions and its folders are not yours to write"
		make -s -C "$TREE" PG_CONFIG="$PG_CONFIG" with_llvm=no install >"$WORK/build.log" 2>&1 ||
			{ cat "$WORK/build.log" >&2; die "make install failed"; }
		as_owner touch "$EXTRA_CONF"
	fi
}

# start_cluster [SETTING…]: initdb and start on a socket of its own, no network.
start_cluster() {
	as_owner "$BINDIR/initdb" -D "$WORK/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$WORK/initdb.log" 2>&1 ||
		{ cat "$WORK/initdb.log" >&2; die "initdb failed"; }
	as_owner tee -a "$WORK/data/postgresql.conf" >/dev/null <<-CONF
		listen_addresses = ''
		unix_socket_directories = '$WORK/socket'
		fsync = off
		max_connections = 60
		max_prepared_transactions = 4
		logging_collector = off
		include '$EXTRA_CONF'
	CONF
	for setting in "$@"; do
		echo "$setting" | as_owner tee -a "$WORK/data/postgresql.conf" >/dev/null
	done
	as_owner "$BINDIR/pg_ctl" -D "$WORK/data" -l "$WORK/server.log" -w start >/dev/null ||
		{ cat "$WORK/server.log" >&2; die "the cluster did not start"; }
	PGHOST=$WORK/socket PGPORT=5432 PGUSER=postgres
	export PGHOST PGPORT PGUSER
	PATH=$BINDIR:$PATH
	export PATH
}
