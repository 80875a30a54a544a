# A dump carries workflows, attachments, histories and seals, in whole and schema
# by schema, and shipped definitions come once, with the extension.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('workflow_dump');
$node->init(extra => [ '--username', 'postgres' ]);
$node->start;
$ENV{PGUSER} = 'postgres';
my $dir = $node->basedir;
$node->safe_psql('postgres', 'CREATE DATABASE source; CREATE DATABASE whole; CREATE DATABASE parted; CREATE ROLE keeper;');
$node->safe_psql('source', <<'SQL');
CREATE EXTENSION mutasi;
SELECT mutasi.define_workflow('{"workflow": "dump_steps",
	"states": [{"state": "draft", "initial": true}, {"state": "submitted", "deadline": 5, "on_expiry": "finish"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "submit", "from": "draft", "to": "submitted", "condition": "NEW.amount > 0"}, {"action": "finish", "from": "submitted", "to": "done", "columns": ["number"]}],
	"reasons": [{"code": "NO"}]}');
CREATE SCHEMA kota AUTHORIZATION keeper;
CREATE TYPE kota.stage AS ENUM ('draft', 'submitted', 'done');
CREATE TABLE kota.request (gone int, id int PRIMARY KEY, status kota.stage, amount numeric, at timestamptz DEFAULT now(), decree text, price float8 DEFAULT 0.1);
ALTER TABLE kota.request OWNER TO keeper;
ALTER TABLE kota.request DROP COLUMN gone;
SELECT mutasi.attach_workflow('kota.request', 'dump_steps', 'status', '{"columns": {"number": "decree"}}');
INSERT INTO kota.request (id, status, amount) SELECT g, 'draft', g * 1.10 FROM generate_series(1, 20) AS g;
UPDATE kota.request SET status = 'submitted' WHERE id > 5;
UPDATE kota.request SET status = 'done', decree = '1' WHERE id > 15;
ALTER TABLE kota.request RENAME COLUMN amount TO jumlah;
CREATE TABLE kota.part (id int, year int, status text, amount int, number text, PRIMARY KEY (year, id)) PARTITION BY LIST (year);
CREATE TABLE kota.part_26 PARTITION OF kota.part FOR VALUES IN (2026);
SELECT mutasi.attach_workflow('kota.part', 'dump_steps', 'status');
INSERT INTO kota.part VALUES (1, 2026, 'draft', 1);
UPDATE kota.part SET status = 'submitted';
SQL
my $root = $node->safe_psql('source', "SELECT mutasi.seal_history('kota.request')");
is($node->safe_psql('source', "SELECT relowner::regrole FROM pg_class WHERE relname = 'request_history'"), 'keeper', "the history is the table owner's");

sub check_copy
{
	my ($db, $what) = @_;
	is($node->safe_psql($db, "SELECT count(*) FROM mutasi.verify_history('kota.request', '$root')"), '0', "$what: the history verifies, against the published root too");
	is($node->safe_psql($db, "SELECT count(*) FROM mutasi.verify_history('kota.part')"), '0', "$what: so does that of a partitioned table");
	is($node->safe_psql($db, "SELECT * FROM mutasi.workflow_health('kota.request') UNION ALL SELECT * FROM mutasi.workflow_health('kota.part')"), '', "$what: all is healthy");
	my ($rc, $out, $err) = $node->psql($db, "UPDATE kota.request SET status = 'done' WHERE id = 1");
	like($err, qr/cannot go from "draft" to "done"/, "$what: the workflow is enforced");
	($rc, $out, $err) = $node->psql($db, "UPDATE kota.request SET status = 'submitted', jumlah = -1 WHERE id = 1");
	like($err, qr/does not meet the condition/, "$what: with the renamed column");
	($rc, $out, $err) = $node->psql($db, "TRUNCATE kota.part_26");
	like($err, qr/cannot be truncated/, "$what: on partitions too");
	($rc, $out, $err) = $node->psql($db, "DELETE FROM kota.request_history WHERE id = 1");
	like($err, qr/append-only/, "$what: the history is guarded");
	$node->safe_psql($db, "UPDATE kota.request SET status = 'submitted' WHERE id = 1; UPDATE kota.part SET status = 'done', number = '1'");
	is($node->safe_psql($db, "SELECT seq, action FROM kota.request_history WHERE id = 1 ORDER BY seq DESC LIMIT 1"), '2|submit', "$what: work goes on");
	is($node->safe_psql($db, "SELECT count(*) FROM mutasi.verify_history('kota.request')"), '0', "$what: and verifies");
	is($node->safe_psql($db, "SELECT count(*) FROM mutasi.workflow WHERE shipped"), '4', "$what: shipped definitions are there once");
}

$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/whole.dump", $node->connstr('source') ], 'a dump of everything');
$node->command_ok([ 'pg_restore', '-e', '-d', $node->connstr('whole'), "$dir/whole.dump" ], 'restores without an error');
check_copy('whole', 'whole');
is($node->safe_psql('whole', "SELECT mutasi.export_workflow('dump_steps') IS NOT NULL"), 't', "an agency's own workflow came along");

# one schema only, into a database that has the extension and the workflow
$node->safe_psql('parted', 'CREATE EXTENSION mutasi');
my $definition = $node->safe_psql('source', "SELECT mutasi.export_workflow('dump_steps')");
$node->command_ok([ 'pg_dump', '-n', 'kota', '-f', "$dir/kota.sql", $node->connstr('source') ], 'a dump of one schema');
$node->command_ok([ 'psql', '-X', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/kota.sql", $node->connstr('parted') ], 'restores too');
my ($rc, $out, $err) = $node->psql('parted', "UPDATE kota.request SET status = 'submitted' WHERE id = 1");
like($err, qr/there is no workflow "dump_steps"/, 'without its definition nothing is let through');
$node->safe_psql('parted', "SELECT mutasi.define_workflow(\$d\$$definition\$d\$)");
check_copy('parted', 'one schema');

# the extension goes only where nothing depends on it
($rc, $out, $err) = $node->psql('whole', 'DROP EXTENSION mutasi');
like($err, qr/other objects depend on it/, 'the extension cannot be dropped from under a workflow');
$node->stop;
done_testing();
