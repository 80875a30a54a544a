# The planner's pure C, without a server: against brute force, both solvers
# against each other, with the address and undefined-behaviour sanitizers where
# the compiler has them.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

my $dir = tempdir(CLEANUP => 1);
my @sanitize = ('-fsanitize=address,undefined', '-fno-sanitize-recover=all');
open my $probe, '>', "$dir/probe.c" or die $!;
print $probe "int main(void) { return 0; }\n";
close $probe;
@sanitize = () if system("gcc @sanitize -o $dir/probe $dir/probe.c >$dir/log 2>&1 && $dir/probe") != 0;
# where coverage is counted, what these programs reach counts, too
($dir, @sanitize) = ($ENV{COVERAGE_PROGRAMS}, '--coverage', '-O0') if $ENV{COVERAGE_PROGRAMS};
$ENV{ASAN_OPTIONS} = 'detect_leaks=0';
for my $program (sort glob 'test/fuzz/*_test.c')
{
	my ($name) = $program =~ m{([^/]+)_test\.c$};
	my @files = ($program, glob("src/$name*.c"));
	is(system("gcc -std=gnu99 -O1 -g -Wall -Wextra -Werror @sanitize -o $dir/$name @files >$dir/log 2>&1"), 0, "$name builds without a server")
	  or diag(`cat $dir/log`);
	my $output = `$dir/$name 2>&1`;
	is($?, 0, "$name holds against brute force") or diag($output);
	note($output);
}
done_testing();
