#!/bin/sh
# make reference: writes doc/reference*.md from the comments in the catalogue of
# a throw-away database with the extension and an agency schema.
. "$(dirname "$0")/machine.sh"

need_packages prove=perl
enter_place "$@"
build "-O2"
start_cluster
as_owner createdb reference
as_owner psql -X -q -d reference -o /dev/null -c 'CREATE EXTENSION mutasi CASCADE' -c "SELECT mutasi.create_agency('kota_x')"
cd "$TREE"
as_owner mkdir "$WORK/pages"
as_owner env PGDATABASE=reference PAGES="$WORK/pages" perl -I test/t - <<'PERL'
use strict;
use warnings;
use Reference qw(reference_pages);

my %pages = reference_pages();
for my $name (sort keys %pages)
{
	open my $out, '>:utf8', "$ENV{PAGES}/$name" or die "cannot write $name: $!\n";
	print $out $pages{$name};
	close $out or die "cannot write $name: $!\n";
}
PERL
for page in "$WORK"/pages/*.md; do
	name=$(basename "$page")
	cmp -s "$page" "$SOURCE/doc/$name" || { cat "$page" >"$SOURCE/doc/$name"; echo "doc/$name"; }
done
for old in "$SOURCE"/doc/reference*.md; do
	[ -e "$WORK/pages/$(basename "$old")" ] || { rm "$old"; echo "doc/$(basename "$old") is gone"; }
done
