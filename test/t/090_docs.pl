# The examples of README.md and the pages of doc do what the pages say, and their links
# lead somewhere. See DocPages.pm; `test/docs.sh --show PAGE` prints a page with
# the real outputs filled in.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use Test::More;
use DocPages qw(all_pages run_page leave_base bad_links);

my $node = PostgreSQL::Test::Cluster->new('docs');
# whoever runs the test, examples are run by a superuser of one name
$node->init(extra => [ '--username', 'postgres' ]);
$node->start;
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
$ENV{PGUSER} = 'postgres';
delete $ENV{PGDATABASE};

my @pages = all_pages();
ok(@pages > 0, 'there is documentation');
for my $page (@pages)
{
	my @bad = bad_links($page);
	ok(!@bad, "$page: relative links") or diag(map { "$page:$_ leads nowhere\n" } @bad);

	my (undef, $blocks) = run_page($page);
	for my $block (@$blocks)
	{
		ok(!defined $block->{problem}, "$page:$block->{line}")
		  or diag("$page:$block->{line}: $block->{problem}");
	}
}
leave_base();
$node->stop;
done_testing();
