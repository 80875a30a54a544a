#!/bin/sh
# A throw-away cluster to play with, its database "play" with the extension in it:
#   test/play.sh             psql; the cluster goes when you leave it
#   test/play.sh COMMAND…    any program, with PGHOST, PGPORT, PGUSER, PGDATABASE set
#   PLAY_FLAGS="-O2"         build flags (assertions, not optimised, unless told)
. "$(dirname "$0")/machine.sh"

need_packages
MACHINE_TERMINAL=1
enter_place "$@"
build "${PLAY_FLAGS:--DUSE_ASSERT_CHECKING -O1 -g}"
start_cluster
as_owner createdb play
as_owner psql -X -q -d play -c 'CREATE EXTENSION mutasi CASCADE'
export PGDATABASE=play
cd "$TREE"
[ $# -gt 0 ] || set -- psql
"$@"
