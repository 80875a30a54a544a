# The reference pages say what the catalogue says: `make reference` writes them.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use Test::More;
use Reference qw(reference_pages);

my $node = PostgreSQL::Test::Cluster->new('reference');
$node->init(extra => [ '--username', 'postgres', '--locale', 'C', '--encoding', 'UTF8' ]);
$node->start;
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
$ENV{PGUSER} = 'postgres';
$ENV{PGDATABASE} = 'postgres';
$ENV{PGCLIENTENCODING} = 'UTF8';
$node->safe_psql('postgres', "SET client_min_messages = error; CREATE EXTENSION mutasi CASCADE; SELECT mutasi.create_agency('kota_x')");

my %pages = reference_pages();
is_deeply([ sort map { s{.*/}{}r } glob 'doc/reference*.md' ], [ sort grep { /^reference/ } keys %pages ], 'the pages are those that make reference writes');
for my $name (sort keys %pages)
{
	my $page = -e "doc/$name" ? do { open my $in, '<:utf8', "doc/$name" or die $!; local $/; <$in> } : '';
	my @is = split /\n/, $page, -1;
	my @should = split /\n/, $pages{$name}, -1;
	my ($line) = grep { ($is[$_] // '') ne ($should[$_] // '') } 0 .. ($#is > $#should ? $#is : $#should);
	ok(!defined $line, "doc/$name")
	  or diag('line ', $line + 1, " is\n  ", $is[$line] // '(missing)', "\nand the catalogue says\n  ", $should[$line] // '(nothing)', "\nrun make reference");
}

# what the guide says of parts and documents in words is what the definitions have
my $guide = do { open my $in, '<:utf8', 'doc/agency.md' or die $!; local $/; <$in> };
my ($count, $listed) = $guide =~ /^There are (\w+) parts: (.*?)\. /m;
my @parts = split /\n/, $node->safe_psql('postgres', 'SELECT DISTINCT unnest(roles) FROM mutasi.workflow_transition WHERE shipped ORDER BY 1');
is($count, 'thirteen', 'thirteen parts are announced');
is(scalar @parts, 13, 'and there are as many');
is_deeply([ sort grep { my $word = $_; grep { $_ eq $word } @parts } do { my %seen; grep { !$seen{$_}++ } $listed =~ /\w+/g } ], [ sort @parts ], 'doc/agency.md names every part');
my @documents = split /\n/, $node->safe_psql('postgres', q{SELECT DISTINCT coalesce(d ->> 'code', d #>> '{}') FROM mutasi.workflow_transition, jsonb_array_elements(required_documents) AS d WHERE shipped ORDER BY 1});
is_deeply([ sort map { /D\d\d/g } $guide =~ /^\| (D\d\d(?:, D\d\d)*) \|/mg ], \@documents, 'doc/agency.md names every document');
$node->stop;
done_testing();
