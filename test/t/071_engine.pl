# The ranking engine's pure C, without a server: against scoring everybody and
# sorting, with the address and undefined-behaviour sanitizers where the compiler
# has them.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

my $dir = tempdir(CLEANUP => 1);
my $config = $ENV{PG_CONFIG} || 'pg_config';
chomp(my $headers = `$config --includedir-server`);
my @sanitize = ('-fsanitize=address,undefined', '-fno-sanitize-recover=all');
open my $probe, '>', "$dir/probe.c" or die $!;
print $probe "int main(void) { return 0; }\n";
close $probe;
@sanitize = () if system("gcc @sanitize -o $dir/probe $dir/probe.c >$dir/log 2>&1 && $dir/probe") != 0;
# where coverage is counted, what this program reaches counts, too
($dir, @sanitize) = ($ENV{COVERAGE_PROGRAMS}, '--coverage', '-O0') if $ENV{COVERAGE_PROGRAMS};
$ENV{ASAN_OPTIONS} = 'detect_leaks=0';
my @files = ('test/fuzz/engine_check.c', glob('src/engine*.c'), 'src/score.c');
is(system("gcc -std=gnu99 -O1 -g -DUSE_ASSERT_CHECKING -isystem $headers -Isrc @sanitize -o $dir/engine @files >$dir/log 2>&1"), 0,
	'the engine builds without a server') or diag(`cat $dir/log`);
my $output = `$dir/engine 150 5 2>&1`;
is($?, 0, 'the engine lists what sorting everybody lists') or diag($output);
note($output);
done_testing();
