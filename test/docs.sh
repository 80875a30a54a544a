#!/bin/sh
# The examples of the documentation, against a throw-away cluster:
#   test/docs.sh [PAGE…]        runs and compares them (all pages unless named)
#   test/docs.sh --show PAGE    prints the page with the real outputs filled in
#                               where it shows one, for its author to read
. "$(dirname "$0")/machine.sh"

need_packages prove=perl
enter_place "$@"
build "-O2"
start_cluster
cd "$TREE"
as_owner perl -I test/t - "$@" <<'PERL'
use strict;
use warnings;
use DocPages qw(all_pages run_page bad_links);

my $show = @ARGV && $ARGV[0] eq '--show' && shift;
my ($passed, $failed) = (0, 0);
for my $page (@ARGV ? @ARGV : all_pages())
{
	my ($lines, $blocks) = run_page($page);
	if ($show)
	{
		# from the end, so that line numbers before it stay right
		for my $block (reverse grep { defined $_->{expected} } @$blocks)
		{
			my @output = split /\n/, $block->{output} // '(not run)';
			s/\s+$// for @output;
			splice @$lines, $block->{first} - 1, $block->{last} - $block->{first} + 1, @output;
		}
		print join "\n", @$lines;
		for my $block (grep { !defined $_->{output} } @$blocks)
		{
			print STDERR "$page:$block->{line}: $block->{problem}\n";
		}
		next;
	}
	for my $link (bad_links($page)) { print "$page:$link leads nowhere\n"; $failed++; }
	for my $block (@$blocks)
	{
		if (defined $block->{problem}) { print "$page:$block->{line}: $block->{problem}\n"; $failed++; }
		else { $passed++; }
	}
}
print "$passed passed, $failed failed\n" unless $show;
exit($failed ? 1 : 0);
PERL
