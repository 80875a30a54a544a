#!/bin/sh
# make demo: an optimised build, a cluster of its own, and test/data/demo.sql in
# it. The demo's text goes to stdout, progress to stderr.
#   DEMO_SQL=FILE   another script, relative to the tree
. "$(dirname "$0")/machine.sh"

need_packages
enter_place "$@"
build "-O2"
start_cluster "jit = off" "shared_buffers = 256MB"
as_owner createdb demo
# from the root of the tree, as a reader would run it by hand
cd "$TREE"
as_owner psql -X -q -d demo -v ON_ERROR_STOP=1 -f "${DEMO_SQL:-test/data/demo.sql}" ||
	die "the demo stopped at an error, see above"
