# Histories on a standby, after its promotion, and through logical replication.
# wal_consistency_checking makes the standby compare every page it replays, those
# of our indexes among them, with the primary's.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

$ENV{PGUSER} = 'postgres';
my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 'logical', extra => [ '--username', 'postgres' ]);
$primary->append_conf('postgresql.conf', "wal_consistency_checking = 'all'\nautovacuum = off\n");
$primary->start;
$primary->safe_psql('postgres', <<'SQL');
CREATE EXTENSION mutasi;
SELECT mutasi.define_workflow('{"workflow": "standby_steps",
	"states": [{"state": "draft", "initial": true}, {"state": "a", "deadline": 2, "on_expiry": "there"}, {"state": "b"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "go", "from": "draft", "to": "a"}, {"action": "there", "from": "a", "to": "b"},
		{"action": "back", "from": "b", "to": "a", "condition": "NEW.note IS NOT NULL"}, {"action": "finish", "from": "b", "to": "done", "approvals": 2}]}');
CREATE TABLE request (id int PRIMARY KEY, status text NOT NULL, note text);
SELECT mutasi.attach_workflow('request', 'standby_steps', 'status');
CREATE TABLE person (id int PRIMARY KEY, profile mutasi.competency_profile);
CREATE INDEX ON person USING gist (profile);
CREATE INDEX ON person USING gin (profile);
SQL
$primary->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->start;

$primary->safe_psql('postgres', <<'SQL');
INSERT INTO request SELECT g, 'draft', NULL FROM generate_series(1, 300) AS g;
UPDATE request SET status = 'a';
UPDATE request SET note = 'n' || id WHERE id % 2 = 0;
UPDATE request SET status = 'b' WHERE id % 3 = 0;
SELECT mutasi.seal_history('request');
UPDATE request SET status = 'a' WHERE id % 6 = 0;
BEGIN; UPDATE request SET status = 'b' WHERE id = 1; ROLLBACK;
INSERT INTO person SELECT g, mutasi.profile_agg(1 + (g * c * 7) % 50, ((g + c) % 5)::numeric) FROM generate_series(1, 2000) AS g, (VALUES (1), (2), (3), (5), (9)) AS v(c) WHERE (g * c * 7) % 50 NOT IN (SELECT (g * d * 7) % 50 FROM (VALUES (1), (2), (3), (5), (9)) AS w(d) WHERE d < c) GROUP BY g;
DELETE FROM person WHERE id % 5 = 0;
VACUUM person;
UPDATE person SET profile = mutasi.profile_merge(profile, '{7:2}') WHERE id % 7 = 0;
SELECT mutasi.approve('request', 3, 'finish');
SELECT mutasi.erase_history_values('request', '5', 'asked for');
SQL
my $root = $primary->safe_psql('postgres', "SELECT mutasi.seal_history('request')");
$primary->wait_for_catchup($standby);

my %questions = (
	'the history' => 'SELECT md5(string_agg(h::text, chr(10) ORDER BY id, seq)) FROM request_history AS h',
	'verify_history' => "SELECT count(*) FROM mutasi.verify_history('request')",
	'verify_history with a root' => "SELECT count(*) FROM mutasi.verify_history('request', '$root')",
	'case_timeline' => "SELECT md5(string_agg(t::text, chr(10) ORDER BY seq)) FROM mutasi.case_timeline('request', 6) AS t",
	'allowed_transitions' => "SELECT string_agg(t::text, chr(10) ORDER BY action) FROM mutasi.allowed_transitions('request', 3) AS t",
	'allowed_transitions with a condition' => "SELECT string_agg(t::text, chr(10) ORDER BY action) FROM mutasi.allowed_transitions('request', 9) AS t",
	'case_deadlines' => "SELECT md5(string_agg(t::text, chr(10) ORDER BY case_key)) FROM mutasi.case_deadlines('request', NULL, '2026-01-01') AS t",
	'workflow_health' => "SELECT count(*) FROM mutasi.workflow_health('request')",
	'the GiST index' => "SET enable_seqscan = off; SELECT md5(string_agg(d::text, ',')) FROM (SELECT profile OPERATOR(mutasi.<=>) '{3:2, 7:3}'::mutasi.competency_requirement AS d FROM person ORDER BY 1 LIMIT 100) AS q",
	'the GIN index' => "SET enable_seqscan = off; SET enable_indexscan = off; SELECT count(*) FROM person WHERE profile OPERATOR(mutasi.@>) '{7:2!}'::mutasi.competency_requirement",
);
sub same
{
	my ($when) = @_;
	for my $what (sort keys %questions)
	{
		is($standby->safe_psql('postgres', $questions{$what}), $primary->safe_psql('postgres', $questions{$what}), "$when: $what");
	}
}
same('standby');
is($standby->safe_psql('postgres', $questions{verify_history}), '0', 'and it verifies there');
for my $statement ("UPDATE request SET status = 'b' WHERE id = 1", "SELECT mutasi.approve('request', 3, 'finish')", "SELECT mutasi.seal_history('request')")
{
	my (undef, undef, $err) = $standby->psql('postgres', $statement);
	like($err, qr/read-only transaction|during recovery/, "nothing is written on a standby: $statement");
}

# under load, to the end
$primary->safe_psql('postgres', "UPDATE request SET status = CASE status WHEN 'a' THEN 'b' ELSE 'a' END, note = 'x' WHERE id % 4 = 1 AND status IN ('a', 'b')") for 1 .. 10;
$primary->safe_psql('postgres', 'CHECKPOINT');
$primary->safe_psql('postgres', "UPDATE person SET profile = mutasi.profile_merge(profile, '{9:3}') WHERE id % 3 = 0; REINDEX TABLE person; VACUUM person");
$primary->wait_for_catchup($standby);
same('after more');
$primary->stop('immediate');
$standby->promote;
is($standby->safe_psql('postgres', $questions{verify_history}), '0', 'after promotion it verifies');
is($standby->safe_psql('postgres', $questions{'verify_history with a root'}), '0', 'with the root that the primary gave, too');
$standby->safe_psql('postgres', "UPDATE request SET status = 'b' WHERE id = 2");
is($standby->safe_psql('postgres', "SELECT seq || ' ' || action FROM mutasi.case_timeline('request', 2) ORDER BY seq DESC LIMIT 1"), '4 there', 'and the chain goes on');
is($standby->safe_psql('postgres', $questions{verify_history}), '0', 'unbroken');
unlike(slurp_file($standby->logfile), qr/inconsistent page|PANIC|TRAP/, 'every page was replayed as it was written');
$standby->stop;

# --- logical ------------------------------------------------------------------------

$primary->start;
$primary->safe_psql('postgres', q{ALTER SYSTEM SET wal_consistency_checking = ''; SELECT pg_reload_conf()});
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init(extra => [ '--username', 'postgres' ]);
$subscriber->start;
$primary->safe_psql('postgres', 'CREATE DATABASE agency');
$subscriber->safe_psql('postgres', 'CREATE DATABASE agency');
my $city = slurp_file('test/data/small_agency.sql');
$city =~ s/\\g \/dev\/null/;/g;
$primary->safe_psql('agency', "CREATE EXTENSION mutasi;\n$city");
$primary->safe_psql('agency', "INSERT INTO kota.transfer (employee_id, to_post_id, reason) VALUES (3, 1, 'balance')");
# the subscriber has the same schema, as pg_dump --schema-only gives it
my $dump = $primary->basedir . '/schema.sql';
command_ok([ 'pg_dump', '-s', '-n', 'kota', '-f', $dump, $primary->connstr('agency') ], 'the schema is dumped');
$subscriber->safe_psql('agency', 'CREATE EXTENSION mutasi; CREATE EXTENSION btree_gist');
$subscriber->command_ok([ 'psql', '-qX', '-v', 'ON_ERROR_STOP=1', '-f', $dump, $subscriber->connstr('agency') ], 'and restored');
$primary->safe_psql('agency', 'CREATE PUBLICATION kota FOR TABLES IN SCHEMA kota');
my $from = $primary->connstr . ' dbname=agency';
$subscriber->safe_psql('agency', "CREATE SUBSCRIPTION kota CONNECTION '$from' PUBLICATION kota");
$subscriber->wait_for_subscription_sync($primary, 'kota', 'agency');
sub state_of
{
	my ($node) = @_;
	return $node->safe_psql('agency', <<'SQL');
SELECT string_agg(t.transfer_id || ' ' || t.state, ', ' ORDER BY transfer_id) || ' ' || (SELECT md5(string_agg(h::text, chr(10) ORDER BY transfer_id, seq)) FROM kota.transfer_history AS h) FROM kota.transfer AS t
SQL
}
is(state_of($subscriber), state_of($primary), 'the initial copy has cases and history as they are');
$primary->safe_psql('agency', <<'SQL');
UPDATE kota.transfer SET state_reason = 'a clearer reason' WHERE transfer_id = 1;
INSERT INTO kota.transfer (employee_id, to_post_id, reason) VALUES (4, 1, 'near');
DELETE FROM kota.transfer WHERE employee_id = 4;
INSERT INTO kota.incumbency (employee_id, post_id, valid_from, valid_to) VALUES (8, 1, '2015-01-01', '2016-01-01');
SELECT mutasi.seal_history('kota.transfer');
SQL
$primary->wait_for_catchup('kota');
is(state_of($subscriber), state_of($primary), 'and so are changes: judged and recorded once, where they were made');
is($subscriber->safe_psql('agency', "SELECT count(*) FROM mutasi.verify_history('kota.transfer')"), '0', 'the history verifies on the subscriber');
is($subscriber->safe_psql('agency', "SELECT count(*) FROM mutasi.workflow_health('kota.transfer')"), '0', 'the workflow is in force there');
my $tables = $primary->safe_psql('agency', "SELECT string_agg(format('SELECT %L || count(*) FROM %s', relname || ' ', oid::regclass), ' UNION ALL ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'kota'::regnamespace AND relkind = 'r'");
is($subscriber->safe_psql('agency', $tables), $primary->safe_psql('agency', $tables), 'every table has as many rows');
my $views = "SELECT md5(string_agg(w::text, chr(10) ORDER BY unit_id)) FROM kota.unit_workload AS w";
is($subscriber->safe_psql('agency', $views), $primary->safe_psql('agency', $views), 'and what is derived is the same');
my (undef, undef, $err) = $subscriber->psql('agency', "UPDATE kota.transfer SET state = 'completed' WHERE transfer_id = 1");
like($err, qr/cannot go from "draft" to "completed"/, 'a local writer is judged as everywhere');
(undef, undef, $err) = $subscriber->psql('agency', 'TRUNCATE kota.transfer CASCADE');
like($err, qr/cannot be truncated|append-only/, 'and cannot truncate');
# what the publisher does behind the workflow's back arrives too, and is found there too
$primary->safe_psql('agency', "ALTER TABLE kota.transfer DISABLE TRIGGER USER; UPDATE kota.transfer SET state = 'decided' WHERE transfer_id = 1; ALTER TABLE kota.transfer ENABLE TRIGGER USER");
$primary->wait_for_catchup('kota');
is($subscriber->safe_psql('agency', "SELECT case_key || ' ' || problem FROM mutasi.verify_history('kota.transfer') LIMIT 1"),
	$primary->safe_psql('agency', "SELECT case_key || ' ' || problem FROM mutasi.verify_history('kota.transfer') LIMIT 1"), 'a forgery on the publisher is found on the subscriber');
$subscriber->stop;
$primary->stop;
done_testing();
