# kill -9 in the middle of eight writers: after recovery no case is in a state
# without its history row, and everything verifies.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $node = PostgreSQL::Test::Cluster->new('workflow_crash');
$node->init(extra => [ '--username', 'postgres' ]);
$node->append_conf('postgresql.conf', "fsync = on\nsynchronous_commit = on\nrestart_after_crash = off\n");
$node->start;
$ENV{PGUSER} = 'postgres';
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION mutasi;
SELECT mutasi.define_workflow('{"workflow": "crash_steps",
	"states": [{"state": "draft", "initial": true}, {"state": "a"}, {"state": "b"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "go", "from": "draft", "to": "a"}, {"action": "there", "from": "a", "to": "b"},
		{"action": "back", "from": "b", "to": "a"}, {"action": "finish", "from": "b", "to": "done"}]}');
CREATE TABLE request (id int PRIMARY KEY, status text NOT NULL, note text);
SELECT mutasi.attach_workflow('request', 'crash_steps', 'status');
INSERT INTO request SELECT g, 'draft', NULL FROM generate_series(1, 200) AS g;
UPDATE request SET status = 'a';
CREATE SEQUENCE fresh START 1000;
SQL

my $script = $node->basedir . '/writers.sql';
append_to_file($script, <<'SQL');
\set id random(1, 200)
UPDATE request SET status = CASE status WHEN 'a' THEN 'b' ELSE 'a' END, note = 'writer ' || :client_id WHERE id = :id;
INSERT INTO request SELECT nextval('fresh'), 'draft', 'new';
SQL

for my $round (1 .. 2)
{
	my ($out, $err) = ('', '');
	my $writers = IPC::Run::start(
		[ 'pgbench', '-n', '-c', '8', '-j', '2', '-T', '60', '-h', $node->host, '-p', $node->port, '-f', $script, 'postgres' ],
		'>', \$out, '2>', \$err);
	# until they are well under way
	my $before = $node->safe_psql('postgres', 'SELECT count(*) FROM request_history');
	for (1 .. 600)
	{
		last if $node->safe_psql('postgres', 'SELECT count(*) FROM request_history') > $before + 200;
		usleep(100_000);
	}
	my $pid = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND query ~ '^(UPDATE|INSERT)' LIMIT 1");
	ok($pid =~ /^\d+$/, "round $round: writers are at work");
	kill 'KILL', $pid;
	$writers->finish;
	# the postmaster goes down with restart_after_crash off
	for (1 .. 300)
	{
		last unless -e $node->data_dir . '/postmaster.pid';
		usleep(100_000);
	}
	$node->_update_pid(0);
	$node->start;
	is($node->safe_psql('postgres', 'SELECT count(*) FROM mutasi.verify_history(\'request\')'), '0', "round $round: everything verifies");
	is($node->safe_psql('postgres', <<'SQL'), '0', "round $round: every case's state is its history's last");
SELECT count(*) FROM request AS r WHERE r.status IS DISTINCT FROM
	(SELECT h.to_state FROM request_history AS h WHERE h.id = r.id ORDER BY seq DESC LIMIT 1)
SQL
	cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM request_history'), '>', $before, "round $round: work was done and kept");
}
$node->stop;
done_testing();
