# machine.sh: sourced by the scripts behind `make demo`, `make check` and the like.
#
# Finds or installs what is needed, builds the extension in a copy of the tree
# and runs a cluster of its own, all below one temporary folder that is taken
# away at the end, whatever happens. Nothing is installed into the system's
# PostgreSQL, and no cluster of the user's is touched. A script goes:
#
#   . "$(dirname "$0")/machine.sh"
#   need_packages [pgtap] [tap]   installs what is missing, nothing where all is there
#   enter_place "$@"              makes the folder and carries on inside it
#   build FLAGS                   compiles, and stages what a cluster loads
#   start_cluster [SETTING…]      a cluster on a socket of its own
#
# and has from then on
#
#   $WORK       the temporary folder         $TREE     the built copy of the tree
#   $BINDIR     PostgreSQL's programs        $PGVER    its major version
#   $PGXS_DIR   PGXS with its test programs  PGHOST, PGPORT, PGUSER: the cluster
#   $EXTRA_CONF settings by which another cluster finds the built extension
#   as_owner CMD…  runs CMD as the unprivileged owner of all that
#
# enter_place runs the script a second time, in a session (process group) of its
# own: the first stays behind as its keeper, ends it at Ctrl-C or TERM at once,
# and clears away. What needs a terminal (sudo's password) is done before it.
#
#   PG_CONFIG=…  another PostgreSQL       KEEP=1  leave the folder behind

set -eu
umask 022
SOURCE=$(cd "$(dirname "$0")/.." && pwd)
[ -e "$SOURCE/mutasi.control" ] || SOURCE=$(cd "$SOURCE/.." && pwd)
# tests in Perl unset LC_ALL, so that LANG must be one that is there as well
export LC_ALL=C.UTF-8 LANG=C.UTF-8
unset LANGUAGE CDPATH LC_CTYPE LC_COLLATE LC_MESSAGES LC_MONETARY LC_NUMERIC LC_TIME
place=${MUTASI_PLACE:-}		# set in the second run, by the first
unset MUTASI_PLACE

say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 1; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif command -v sudo >/dev/null 2>&1; then sudo "$@"
	else die "something is missing on this machine, and neither root nor sudo is there to run: $*"
	fi
}

# --- packages ---------------------------------------------------------------

apt_updated=
apt_update() {
	[ -z "$apt_updated" ] || return 0
	command -v apt-get >/dev/null 2>&1 || die "not a Debian machine: install PostgreSQL 15 or newer with its server headers, and set PG_CONFIG"
	# one broken list of many must not stop us: the installation tells
	as_root apt-get -qq -o DPkg::Lock::Timeout=600 update >&2 || say "apt-get update failed; trying with the lists there are"
	apt_updated=1
}

# Installing a PostgreSQL server makes and starts a cluster "main" unless its
# configuration says otherwise. We say so in a file of our own for as long as
# our installation takes, and leave the user's configuration as it is.
no_main=/etc/postgresql-common/createcluster.d/zz-mutasi-$$.conf
no_main_begin() {
	trap 'no_main_end; exit 129' HUP
	trap 'no_main_end; exit 130' INT
	trap 'no_main_end; exit 143' TERM
	made_dirs=
	for dir in /etc/postgresql-common /etc/postgresql-common/createcluster.d; do
		[ -d "$dir" ] || { as_root mkdir "$dir"; made_dirs="$dir $made_dirs"; }
	done
	echo "create_main_cluster = false" | as_root tee "$no_main" >/dev/null
}
no_main_end() {
	as_root rm -f "$no_main"
	# those that have got an owner meanwhile are not empty, or belong to a package
	for dir in $made_dirs; do
		dpkg-query -S "$dir" >/dev/null 2>&1 || as_root rmdir "$dir" 2>/dev/null || :
	done
	trap - HUP INT TERM
}

apt_install() {
	apt_update
	say "Installing: $*"
	apt_log=$(mktemp)
	no_main_begin
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 \
		install -y --no-install-recommends "$@" >"$apt_log" 2>&1 ||
		{ no_main_end; cat "$apt_log" >&2; rm -f "$apt_log"; return 1; }
	no_main_end
	rm -f "$apt_log"
}

# try_packages NAME…: for what is good to have; says so and fails where it is
# not to be had. A name may be a program's, given as PROGRAM=PACKAGE: then the
# package is only looked for where the program is missing.
try_packages() {
	wanted=
	for name in "$@"; do
		case $name in
		*=*) command -v "${name%%=*}" >/dev/null 2>&1 || wanted="$wanted ${name#*=}";;
		*) [ "$(dpkg-query -W -f '${Status}' "$name" 2>/dev/null)" = "install ok installed" ] || wanted="$wanted $name";;
		esac
	done
	[ -n "$wanted" ] || return 0
	# shellcheck disable=SC2086
	(apt_install $wanted) || { say "not to be had here:$wanted"; return 1; }
}

has_server() {
	[ -e "$("$1" --pgxs 2>/dev/null)" ] && [ -x "$("$1" --bindir)/postgres" ] &&
		[ -e "$("$1" --includedir-server)/postgres.h" ]
}

# The pg_config to build against: PG_CONFIG, else the newest installed
# PostgreSQL that has a server and its headers, else none.
find_pg_config() {
	if [ -n "${PG_CONFIG:-}" ]; then
		config=$(command -v "$PG_CONFIG") || die "PG_CONFIG=$PG_CONFIG: no such program"
		echo "$config"
		return
	fi
	for config in $(ls -d /usr/lib/postgresql/*/bin/pg_config 2>/dev/null | sort -t/ -k5 -rn); do
		major=${config#/usr/lib/postgresql/}
		if [ "${major%%/*}" -ge 15 ] && has_server "$config"; then echo "$config"; return; fi
	done
	# a PostgreSQL from elsewhere, first on the PATH
	config=$(command -v pg_config 2>/dev/null) || return 0
	if has_server "$config"; then echo "$config"; fi
}

# The folder that holds pgTAP's extension files, any major's: they are SQL only.
find_pgtap() {
	for dir in "$("$PG_CONFIG" --sharedir 2>/dev/null || echo "/usr/share/postgresql/$major")/extension" \
		/usr/share/postgresql/*/extension; do
		if [ -e "$dir/pgtap.control" ]; then echo "$dir"; return; fi
	done
}

has_perl_module() { perl -M"$1" -e 1 2>/dev/null; }

# need_packages [pgtap] [tap] [PROGRAM=PACKAGE]…: what a build and a cluster take, and that.
need_packages() {
	[ -z "$place" ] || return 0		# the keeper has seen to it
	missing=
	PG_CONFIG=$(find_pg_config) || exit 1
	if [ -z "$PG_CONFIG" ]; then
		# the distribution's own major, whatever it is
		depends() { apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1; }
		major=$(depends)
		[ -n "$major" ] || { apt_update; major=$(depends); }
		[ -n "$major" ] || die "the distribution names no PostgreSQL: install one with its server headers, and set PG_CONFIG"
		[ "$major" -ge 15 ] || die "the distribution's PostgreSQL is $major; mutasi needs 15 or newer: install one, and set PG_CONFIG"
		missing="postgresql-$major postgresql-server-dev-$major"
		PG_CONFIG=/usr/lib/postgresql/$major/bin/pg_config
	else
		has_server "$PG_CONFIG" || die "PG_CONFIG=$PG_CONFIG: its PostgreSQL has no server or no server headers"
		major=$("$PG_CONFIG" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
		[ "$major" -ge 15 ] || die "PG_CONFIG=$PG_CONFIG is PostgreSQL $major; mutasi needs 15 or newer"
	fi
	# the compiler that PostgreSQL was built with is the one PGXS calls
	{ command -v gcc >/dev/null 2>&1 && [ -e /usr/include/stdio.h ]; } || missing="$missing gcc libc6-dev"
	command -v make >/dev/null 2>&1 || missing="$missing make"
	for tool in "$@"; do
		case $tool in
		pgtap)
			[ -n "$(find_pgtap)" ] || missing="$missing postgresql-$major-pgtap"
			command -v pg_prove >/dev/null 2>&1 || missing="$missing libtap-parser-sourcehandler-pgtap-perl"
			;;
		tap)
			{ command -v prove >/dev/null 2>&1 && has_perl_module Test::More; } || missing="$missing perl"
			has_perl_module IPC::Run || missing="$missing libipc-run-perl"
			;;
		*=*)
			command -v "${tool%%=*}" >/dev/null 2>&1 || missing="$missing ${tool#*=}"
			;;
		esac
	done
	# shellcheck disable=SC2086
	[ -z "$missing" ] || apt_install $missing || die "could not install:$missing"
	know_postgres
}

# What PG_CONFIG says, for everything that follows.
know_postgres() {
	BINDIR=$("$PG_CONFIG" --bindir)
	PGXS_DIR=$(dirname "$("$PG_CONFIG" --pgxs)")/../..
	PGXS_DIR=$(cd "$PGXS_DIR" && pwd)
	PGVER=$("$PG_CONFIG" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
	export PG_CONFIG BINDIR PGXS_DIR PGVER
}

# --- the throw-away place -----------------------------------------------------

# As its owner: setpriv changes the user in place, so signals reach the command.
as_owner() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid="$OWNER" --regid="$(id -g "$OWNER")" --init-groups -- env HOME="$WORK" USER="$OWNER" LOGNAME="$OWNER" "$@"
	else
		"$@"
	fi
}

# A folder that its owner can enter, with a short and plain name: sockets lie
# below it (a socket's path may have 107 bytes), and PGXS quotes little.
new_folder() {
	for base in "${TMPDIR:-/tmp}" /tmp /var/tmp; do
		case $base in *[!A-Za-z0-9_./+-]*|[!/]*) continue;; esac
		[ ${#base} -le 50 ] && [ -d "$base" ] && [ -w "$base" ] || continue
		WORK=$(mktemp -d "$base/mutasi.XXXXXX") || continue
		chmod 755 "$WORK"
		as_owner test -x "$WORK" && as_owner test -r "$WORK" && return
		rmdir "$WORK"
	done
	die "found no folder for temporary files that $OWNER may enter"
}

copy_tree() {
	# what is built or left over stays behind
	(cd "$SOURCE" && tar cf - --exclude=./.git --exclude='*.o' --exclude='*.so' --exclude='*.bc' \
		--exclude='*.gcda' --exclude='*.gcno' --exclude="./mutasi--[0-9]*.sql" --exclude='regression.*' \
		--exclude=./results --exclude=./output_iso --exclude=./tmp_check --exclude=./tmp_check_iso .) |
		(cd "$TREE" && tar xf - --no-same-owner)
}

# Ends the second run with all its children, the clusters first of all.
machine_down() {
	status=$?
	trap - EXIT
	trap '' INT TERM HUP
	if [ -n "${child:-}" ]; then
		kill -TERM -- "-$child" 2>/dev/null || :
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			kill -0 -- "-$child" 2>/dev/null || break
			sleep 0.1
		done
	fi
	if [ -n "${WORK:-}" ] && [ -d "$WORK" ]; then
		cd /
		find "$WORK" -name postmaster.pid 2>/dev/null | while read -r pidfile; do
			as_owner "$BINDIR/pg_ctl" -D "$(dirname "$pidfile")" -m immediate -w -t 20 stop >/dev/null 2>&1 || :
		done
		[ -z "${child:-}" ] || kill -KILL -- "-$child" 2>/dev/null || :
		if [ -n "${KEEP:-}" ]; then
			say "kept: $WORK"
		else
			# a process that is about to end may still write
			rm -rf "$WORK" 2>/dev/null || { sleep 1; rm -rf "$WORK"; }
		fi
	fi
	exit "$status"
}

# enter_place "$@": see at the top. With MACHINE_TERMINAL=1 the second run keeps
# the terminal, for a program that a person talks to.
enter_place() {
	if [ -n "$place" ]; then
		cd "$WORK"
		return
	fi
	# nothing of the user's own clusters and settings
	for name in $(env | sed -n 's/^\(PG[A-Z]*\)=.*/\1/p'); do
		case $name in PGVER) ;; *) unset "$name";; esac
	done
	OWNER=$(id -un)
	if [ "$OWNER" = root ]; then
		OWNER=postgres
		id "$OWNER" >/dev/null 2>&1 || OWNER=nobody
	fi
	trap machine_down EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	new_folder
	TREE=$WORK/tree
	EXTRA_CONF=$WORK/extra.conf
	mkdir "$TREE" "$WORK/socket" "$WORK/tap" "$WORK/tmp"
	copy_tree
	[ "$(id -u)" != 0 ] || chown -R "$OWNER:" "$WORK"
	export WORK TREE OWNER EXTRA_CONF
	export TMPDIR="$WORK/tmp" MUTASI_PLACE="$WORK"
	if [ -n "${MACHINE_TERMINAL:-}" ]; then
		status=0
		trap : INT		# the program's own business
		"$SOURCE/test/$(basename "$0")" "$@" || status=$?
	else
		setsid "$SOURCE/test/$(basename "$0")" "$@" </dev/null &
		child=$!
		status=0
		wait "$child" || status=$?
	fi
	exit "$status"
}

# --- build ----------------------------------------------------------------------

run_logged() {
	"$@" >"$WORK/build.log" 2>&1 || { cat "$WORK/build.log" >&2; return 1; }
}

# A PostgreSQL of one prefix, as built from source, without a search path for
# extensions: a copy of it below $WORK takes the extension. (Its programs find
# their libraries and files relative to their own place.)
copy_postgres() {
	prefix=$(dirname "$BINDIR")
	case "$("$PG_CONFIG" --pkglibdir) $("$PG_CONFIG" --sharedir)" in
	"$prefix"/*" $prefix"/*) ;;
	*) die "$("$PG_CONFIG" --version) has no search path for extensions, and is not in one folder that could be copied";;
	esac
	as_owner cp -a "$prefix" "$WORK/pg" || die "could not copy $prefix"
	PG_CONFIG=$WORK/pg/bin/pg_config
	know_postgres
}

# build FLAGS: compile with these flags for compiler and linker besides
# PostgreSQL's own, and stage it where a cluster with $EXTRA_CONF finds it.
build() {
	say "Building against $("$PG_CONFIG" --version)"
	stage=$WORK/stage
	stage_search=
	if [ "$PGVER" -ge 18 ]; then
		stage_search="extension_control_path = '$stage$("$PG_CONFIG" --sharedir):\$system'"
	elif as_owner "$BINDIR/postgres" --describe-config 2>/dev/null | cut -f1 | grep -qx extension_destdir; then
		stage_search="extension_destdir = '$stage'"
	else
		copy_postgres
		stage=
	fi
	run_logged as_owner make -s -C "$TREE" -j"$(nproc)" PG_CONFIG="$PG_CONFIG" with_llvm=no PROFILE="$1" ||
		die "the build failed"
	if grep -q 'warning:' "$WORK/build.log"; then cat "$WORK/build.log" >&2; die "the build gave warnings"; fi
	run_logged as_owner make -s -C "$TREE" PG_CONFIG="$PG_CONFIG" with_llvm=no PROFILE="$1" DESTDIR="$stage" install ||
		die "make install failed"
	if [ -n "$(find_pgtap)" ] && [ ! -e "$("$PG_CONFIG" --sharedir)/extension/pgtap.control" ]; then
		as_owner cp "$(find_pgtap)"/pgtap* "$stage$("$PG_CONFIG" --sharedir)/extension/"
	fi
	{
		echo "timezone = 'UTC'"
		# outputs are compared, however long a loaded machine takes
		for what in agency history plan rank; do echo "mutasi.${what}_progress = 0"; done
		[ -z "$stage" ] || echo "$stage_search"
		[ -z "$stage" ] || echo "dynamic_library_path = '$stage$("$PG_CONFIG" --pkglibdir):\$libdir'"
	} | as_owner tee "$EXTRA_CONF" >/dev/null
}

# start_cluster [SETTING…]: initdb and start on a socket of its own, no network.
start_cluster() {
	as_owner "$BINDIR/initdb" -D "$WORK/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$WORK/initdb.log" 2>&1 ||
		{ cat "$WORK/initdb.log" >&2; die "initdb failed"; }
	{
		cat <<-CONF
			listen_addresses = ''
			unix_socket_directories = '$WORK/socket'
			fsync = off
			max_connections = 60
			max_prepared_transactions = 4
			logging_collector = off
			include '$EXTRA_CONF'
		CONF
		for setting in "$@"; do echo "$setting"; done
	} | as_owner tee -a "$WORK/data/postgresql.conf" >/dev/null
	as_owner "$BINDIR/pg_ctl" -p "${SERVER_PROGRAM:-$BINDIR/postgres}" -D "$WORK/data" -l "$WORK/server.log" -w -t 600 start >/dev/null ||
		{ cat "$WORK/server.log" >&2; die "the cluster did not start"; }
	PGHOST=$WORK/socket PGPORT=5432 PGUSER=postgres
	PATH=$BINDIR:$PATH
	export PGHOST PGPORT PGUSER PATH
}
