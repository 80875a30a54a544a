# What a BI tool gets: every view of an agency schema is read through psycopg 3 (text
# and binary), psqlODBC and JDBC (text and binary), and each gives exactly the
# rows that the server holds. A client that is not installed is skipped, see
# test/clients/README.md; test/clients.sh runs more of them.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('clients');
# JDBC and ODBC come by TCP, and over TCP nobody gets in without a password
my $password = join '', map { ('a' .. 'z', 0 .. 9)[ rand 36 ] } 1 .. 24;
$node->init(extra => [ '--username', 'postgres' ]);
$node->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'");
unlink $node->data_dir . '/pg_hba.conf';
$node->append_conf('pg_hba.conf', "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256");
$node->start;
$ENV{PGUSER} = 'postgres';
$node->safe_psql('postgres', "CREATE DATABASE bi; ALTER ROLE postgres PASSWORD '$password'");
$node->safe_psql('bi', "CREATE EXTENSION mutasi CASCADE;\n\\i test/data/bi_rows.sql");

# helpers of other views are not for tools
my $helpers = q{'unit_above', 'policy_period', 'policy_retirement_age', 'post_effective_period', 'post_line', 'post_place'};
my @views = split /\n/, $node->safe_psql('bi', qq{SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'kota'::regnamespace
	AND c.relkind = 'v' AND c.relname NOT IN ($helpers) ORDER BY 1});
my %view = map { $_ => 1 } @views;
my @promised = qw(unit_workload unit_balance vacancy candidate_ranking employee_gap transfer_status transfer_timeline transfer_deadline plan_summary
  plan_impact placement_review_due outcome data_quality fairness);
is_deeply([ grep { !$view{$_} } @promised ], [], 'every view for BI is there');

my ($status, $out, $err) = $node->psql('bi', "\\set schema kota\n\\set views '" . join(',', @views) . "'\n\\i test/clients/views.sql",
	extra_params => [ '-F', "\t" ]);
is($status, 0, 'the server tells what the views hold') or diag($err);
my %held = map { my ($view, $rows, $md5) = split /\t/; ($view => "$rows rows, $md5") } split /\n/, $out;
is_deeply([ grep { $held{$_} =~ /^0 / } @promised ], [], 'none of them is empty');

sub has { my @command = @_; return !system "@command >/dev/null 2>&1"; }

local $ENV{PGHOST} = '127.0.0.1';
local $ENV{PGPORT} = $node->port;
local $ENV{PGDATABASE} = 'bi';
local $ENV{PGPASSWORD} = $password;
sub reads
{
	my ($client, $there, @command) = @_;
  SKIP:
	{
		skip "$client is not installed", 1 unless $there;
		my ($told, $complaints) = ('', '');
		IPC::Run::run([ @command, 'kota', @views ], '<', \undef, '>', \$told, '2>', \$complaints);
		my %read;
		for my $line (split /\n/, $told)
		{
			my ($view, $rows, $types, $md5) = split /\t/, $line;
			push @{ $read{$view} }, "$rows rows, $md5";
		}
		my $times = @{ $read{ $views[0] } // [] } || 1;
		is_deeply(\%read, { map { $_ => [ ($held{$_}) x $times ] } @views }, "$client reads what the views hold") or diag($complaints);
	}
}

# Debian's own interpreter is the one that finds Debian's modules
my $psycopg = has(q{/usr/bin/python3 -c 'import psycopg'});
reads("psycopg 3, $_", $psycopg, '/usr/bin/python3', 'test/clients/psycopg3.py', $_) for qw(text binary);
reads('psqlODBC', has(q{/usr/bin/python3 -c 'import pyodbc, sys; sys.exit("PostgreSQL Unicode" not in pyodbc.drivers())'}),
	'/usr/bin/python3', 'test/clients/odbc.py');
my $jar = '/usr/share/java/postgresql.jar';
reads('JDBC, text and binary', -e $jar && has('javac -version'), 'java', '-XX:TieredStopAtLevel=1', '-cp', $jar, 'test/clients/Jdbc.java', 'text,binary');

$node->stop;
done_testing();
