#!/bin/sh
# Print the install script: the parts of sql/kernel in the order of their names,
# with the parts of sql/agency, as rows of mutasi.agency_script, right behind the
# kernel part that creates that table (80_agency.sql).
set -eu
cd "$(dirname "$0")"
export LC_ALL=C

printf '%s\n' '\echo Use "CREATE EXTENSION mutasi" to load this file. \quit'
for part in kernel/*.sql; do
	printf '\n-- %s\n\n' "$part"
	cat "$part"
	[ "$part" = kernel/80_agency.sql ] || continue
	for script in agency/*.sql; do
		[ -e "$script" ] || continue
		if grep -q 'mutasi_agency_script' "$script"; then
			echo "$script: must not contain the dollar quote of its own wrapping" >&2
			exit 1
		fi
		name=$(basename "$script" .sql)
		printf '\nINSERT INTO mutasi.agency_script (part, script) VALUES (%s, $mutasi_agency_script$\n' "'$name'"
		cat "$script"
		printf '$mutasi_agency_script$);\n'
	done
done
