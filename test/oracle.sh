#!/bin/sh
# make oracle: the planner's optimum against that of an independent solver
# (LEMON, which only this and the benchmark compile); no server is needed.
#
#   test/oracle.sh [INSTANCES [SEED]]     240 unless said
#
# Exits 77 where LEMON or a C++ compiler is not to be had.
. "$(dirname "$0")/machine.sh"

try_packages gcc g++ liblemon-dev || :
if [ ! -e /usr/include/lemon/network_simplex.h ] || ! command -v g++ >/dev/null 2>&1; then
	say "an independent solver is not to be had here (liblemon-dev, g++)"
	exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
for file in "$SOURCE"/src/flow*.c; do
	gcc -std=gnu99 -O2 -c "$file"
done
g++ -O2 -w -o oracle "$SOURCE/test/bench/plan_oracle.cpp" ./flow*.o
status=0
./oracle "$@" || status=$?
exit $status
