# A plan under way: it tells how far it is, ends at once when it is cancelled,
# while its input is read as well as while it is solved, and leaves nothing.
use strict;
use warnings;
use IPC::Run qw(start pump finish timeout);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('plan');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION mutasi');
my $posts = "'SELECT p AS post_id, 10 AS seats, p % 50 AS unit_id FROM generate_series(0, 1999) AS p'";
my $donors = "'SELECT e AS employee_id, e % 50 AS unit_id, 400 AS releasable FROM generate_series(1, 20000) AS e'";
my $units = "'SELECT u AS unit_id, 400 + u AS staff, 500 - u AS required FROM generate_series(0, 49) AS u'";
my $candidates = "'SELECT e AS employee_id, (e * 7919 + k * 97) % 2000 AS post_id, (hashint8(e * 100 + k) & 1048575) / 1048576.0::float8 AS score FROM generate_series(1, 20000) AS e, generate_series(1, 20) AS k'";
# streamed, not made first
my $endless = "'SELECT g.e AS employee_id, 1 AS post_id, 0.5 AS score FROM (SELECT generate_series(1, 1000000000) AS e) AS g'";
my $balance = "SELECT count(*) FROM mutasi.plan_transfers($candidates, $posts, $donors, $units, 'balance')";
my $matching = "SELECT count(*) FROM mutasi.match_applications('SELECT g.e AS employee_id, 1 AS post_id, 1 AS preference, 0.5 AS score FROM (SELECT generate_series(1, 1000000000) AS e) AS g', 'SELECT 1 AS post_id, 1 AS seats')";

# Runs SQL, waits until psql has said something, then cancels the backend.
# Returns what psql said in all, and the seconds from the cancelling to the end.
sub cancelled
{
	my ($settings, $sql, $sign) = @_;
	my ($in, $out, $err) = ("SET mutasi.plan_memory = '4GB'; $settings;\nSELECT 'pid ' || pg_backend_pid();\n$sql;\n", '', '');
	my $limit = timeout($PostgreSQL::Test::Utils::timeout_default);
	my $psql = start [ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$in, '>', \$out, '2>', \$err, $limit;
	pump $psql until $out =~ /pid (\d+)/;
	my ($pid) = $out =~ /pid (\d+)/;
	pump $psql until $err =~ $sign || $err =~ /ERROR/;
	my $begin = time;
	$node->safe_psql('postgres', "SELECT pg_cancel_backend($pid)");
	finish $psql;
	return ($err, time - $begin);
}

my ($said, $took) = cancelled("SET mutasi.plan_progress = '1s'", "SELECT length(mutasi.solve_transfers($endless, $posts))", qr/rows of the candidates query read/);
like($said, qr/NOTICE:  planning: \d+ rows of the candidates query read/, 'a plan tells how much of its input is read');
like($said, qr/ERROR:  canceling statement due to user request/, 'and is cancelled while it reads');
note(sprintf '%.2f s after it was asked to', $took);

($said, $took) = cancelled("SET client_min_messages = debug1", $balance, qr/plan: input read/);
like($said, qr/ERROR:  canceling statement due to user request/, 'a plan is cancelled while it is solved');
unlike($said, qr/solved and proven/, 'before it is done');
note(sprintf '%.2f s after it was asked to', $took);

($said, $took) = cancelled("SET mutasi.plan_progress = '1s'", $matching, qr/rows of the applications query read/);
like($said, qr/ERROR:  canceling statement due to user request/, 'a matching is cancelled, too');

# a statement's own time limit
my ($status, $out, $err) = $node->psql('postgres', "SET mutasi.plan_memory = '4GB'; SET statement_timeout = '500ms'; SELECT length(mutasi.solve_transfers($endless, $posts))");
like($err, qr/canceling statement due to statement timeout/, 'and so is one that takes longer than statement_timeout');

# what was cancelled leaves neither memory nor its account of it
($status, $out, $err) = $node->psql('postgres', qq{
	SET statement_timeout = '300ms'; SET mutasi.plan_memory = '64MB';
	SELECT length(mutasi.solve_transfers($endless, $posts));
	SELECT length(mutasi.solve_transfers($endless, $posts));
	RESET statement_timeout;
	SELECT count(*) FROM mutasi.plan_transfers('SELECT e AS employee_id, e % 2 AS post_id, 0.5 AS score FROM generate_series(1, 100000) AS e', $posts);
	SELECT count(*) FROM pg_backend_memory_contexts WHERE name LIKE 'mutasi plan%';}, on_error_stop => 0);
is($out, "20\n0", 'a plan that ends early leaves no memory behind') or diag($err);
$node->stop;
done_testing();
