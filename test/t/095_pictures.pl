# The pictures of the documentation are what their queries make of this version:
# `make pictures` writes them.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use Test::More;

sub slurp { my ($file) = @_; open my $in, '<:raw', $file or return ''; local $/; return scalar <$in>; }

my $node = PostgreSQL::Test::Cluster->new('pictures');
$node->init(extra => [ '--username', 'postgres', '--encoding', 'UTF8' ]);
$node->start;
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
$ENV{PGUSER} = 'postgres';
$ENV{PGCLIENTENCODING} = 'UTF8';
delete $ENV{PGDATABASE};

my @names = map { s{.*/}{}r =~ s/\.sql$//r } glob 'test/pictures/*.sql';
ok(@names > 3, 'there are pictures');
is_deeply([ map { s{.*/}{}r =~ s/\.svg$//r } sort glob 'doc/pictures/*.svg' ], [ sort @names ], 'each picture has its query');
my $pages = join '', map { slurp($_) } glob 'README*.md doc/*.md doc/views/*.md';
for my $name (@names)
{
	$node->safe_psql('postgres', "CREATE DATABASE picture_$name");
	$node->safe_psql("picture_$name", 'CREATE EXTENSION mutasi');
	my $svg = `psql -XAtq -v ON_ERROR_STOP=1 -d picture_$name -f test/pictures/$name.sql 2>tmp_picture.log`;
	is($?, 0, "$name: its query runs") or diag(slurp('tmp_picture.log'));
	unlink 'tmp_picture.log';
	ok($svg eq slurp("doc/pictures/$name.svg"), "$name: the picture is current") or diag('run make pictures, and look at it');
	like($pages, qr{pictures/\Q$name\E\.svg}, "$name: a page shows it");
}
$node->stop;
done_testing();
