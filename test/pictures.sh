#!/bin/sh
# make pictures: writes doc/pictures/*.svg, each the output of the query in
# test/pictures/ of the same name, run by psql in a fresh database with the
# extension, from the root of the tree.
#   test/pictures.sh [NAME…]    these only
. "$(dirname "$0")/machine.sh"

need_packages
enter_place "$@"
build "-O2"
start_cluster
cd "$TREE"
failed=0
for script in test/pictures/*.sql; do
	name=$(basename "$script" .sql)
	case " $* " in "  "|*" $name "*) ;; *) continue;; esac
	as_owner createdb "picture_$name"
	as_owner psql -X -q -d "picture_$name" -c 'CREATE EXTENSION mutasi'
	if ! as_owner psql -XAtq -v ON_ERROR_STOP=1 -d "picture_$name" -f "$script" >"$WORK/$name.svg"; then
		echo "$script failed"
		failed=1
	elif ! cmp -s "$WORK/$name.svg" "$SOURCE/doc/pictures/$name.svg"; then
		mkdir -p "$SOURCE/doc/pictures"
		cat "$WORK/$name.svg" >"$SOURCE/doc/pictures/$name.svg"
		echo "doc/pictures/$name.svg"
	fi
done
exit $failed
