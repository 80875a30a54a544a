#!/bin/sh
# Does the order make sense? Ranks all 879 occupations of O*NET for each one's
# requirement and prints who comes first, how often they are of the same kind, and
# how the surplus weight and the weights move that, beside other measures.
#
#   ONET_RELATED='…/Related Occupations.txt' test/bench.sh ranking_quality
#
# compares with O*NET's expert-made lists of related occupations besides; the file
# is in the text version of the O*NET 29.3 database, onetcenter.org/database.html.
set -eu
cd "${TREE:-$(dirname "$0")/../..}"
psql -X -q -c 'CREATE EXTENSION mutasi'
related=
if [ -n "${ONET_RELATED:-}" ]; then
	psql -X -q -c 'CREATE TABLE related (soc_code text, title text, related text, related_title text, tier text, index integer)'
	tr -d '\r' <"$ONET_RELATED" | psql -X -q -c "COPY related FROM STDIN (FORMAT csv, HEADER, DELIMITER E'\\t', QUOTE E'\\x01')"
	related="-v related=1"
fi
# shellcheck disable=SC2086
psql -X -q $related -f test/bench/ranking_quality.sql
[ -n "$related" ] || echo "O*NET's lists of related occupations: not compared with, ONET_RELATED names no file"
