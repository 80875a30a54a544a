# Two servers, one table over both (doc/many-machines.md shows the recipe within
# one): a partition here, a partition there. Answers are those of one plain table,
# and what may be judged on the other side is, as EXPLAIN shows.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($here, $there) = map { PostgreSQL::Test::Cluster->new($_) } qw(here there);
for my $node ($here, $there)
{
	$node->init(extra => [ '--username', 'postgres' ]);
	$node->append_conf('postgresql.conf', 'random_page_cost = 1.1');
	$node->start;
}
$ENV{PGUSER} = 'postgres';
my $person = q{format('{1:%s, 2:%s, 3:%s, %s:2}', i * 7 % 5 + 1, i * 3 % 4 + 1, i * 11 % 5, 10 + i % 400)::mutasi.competency_profile};
my $columns = 'id int NOT NULL, unit_id int NOT NULL, profile mutasi.competency_profile, volume numeric NOT NULL';
$there->safe_psql('postgres', "CREATE EXTENSION mutasi; CREATE TABLE staff ($columns); CREATE INDEX ON staff USING gist (profile mutasi.profile_gist_ops)");
my ($host, $port) = ($there->host, $there->port);
$here->safe_psql('postgres', <<SQL);
CREATE EXTENSION mutasi;
CREATE EXTENSION postgres_fdw;
CREATE TABLE one AS SELECT i AS id, i % 50 AS unit_id, $person AS profile, i::numeric / 7 AS volume FROM generate_series(1, 6000) AS i;
CREATE SERVER there FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'postgres', extensions 'mutasi', use_remote_estimate 'true');
CREATE USER MAPPING FOR CURRENT_USER SERVER there;
CREATE TABLE staff ($columns) PARTITION BY HASH (unit_id);
CREATE TABLE staff_here PARTITION OF staff FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE INDEX ON staff_here USING gist (profile mutasi.profile_gist_ops);
CREATE FOREIGN TABLE staff_there PARTITION OF staff FOR VALUES WITH (MODULUS 2, REMAINDER 1) SERVER there OPTIONS (table_name 'staff');
INSERT INTO staff SELECT * FROM one;
SQL
$there->safe_psql('postgres', 'ANALYZE');
$here->safe_psql('postgres', 'ANALYZE');
my ($n_here, $n_there) = map { $_->[0]->safe_psql('postgres', "SELECT count(*) FROM $_->[1]") } [ $here, 'staff_here' ], [ $there, 'staff' ];
cmp_ok($n_here, '>', 1000, 'people here');
is($n_here + $n_there, 6000, 'and the others there');

my $settings = 'SET search_path = public, mutasi; SET enable_partitionwise_aggregate = on;';
# same(QUERY with %s for the table, WHAT, what EXPLAIN shows)
sub same
{
	my ($query, $what, $plan) = @_;
	my @answers = map { $here->safe_psql('postgres', "$settings SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM (" . sprintf($query, $_) . ") AS t") } qw(staff one);
	isnt($answers[1], '', "$what: there is an answer");
	is($answers[0], $answers[1], "$what: as of one table");
	my $explained = $here->safe_psql('postgres', "$settings EXPLAIN (VERBOSE, COSTS OFF) " . sprintf($query, 'staff'));
	like($explained, $plan, "$what: where it is done") if $plan;
}
my $gate = q{SELECT id FROM %s WHERE profile @> '{1:5!, 3:2!}'};
same($gate, 'the gate', qr/Remote SQL: .*WHERE \(\(profile OPERATOR\(mutasi\.@>\)/);
same(q{SELECT id FROM %s WHERE match_score(profile, '{1:5, 2:4}') > 0.9}, 'a score in a filter', qr/Remote SQL: .*WHERE \(\(mutasi\.match_score\(/);
same(q{SELECT match_score(profile, '{1:5, 2:4}') FROM %s WHERE id = 4321}, 'a score', qr/Foreign Scan/);
same(q{SELECT profile <=> '{1:5, 2:4, 50:3}' FROM %s ORDER BY profile <=> '{1:5, 2:4, 50:3}'::competency_requirement LIMIT 20}, 'nearest first',
	qr/Merge Append.*Remote SQL: .*ORDER BY \(profile OPERATOR\(mutasi\.<=>\).*ASC/s);
same(q{SELECT unit_id, staff_required(volume, 0.5, 1250) FROM %s GROUP BY unit_id}, 'an aggregate by the partition key',
	qr/Remote SQL: SELECT unit_id, mutasi\.staff_required\(.*GROUP BY 1/);
same(q{SELECT staff_required(volume, 0.5, 1250) FROM %s}, 'an aggregate of all', qr/Finalize Aggregate.*Partial Aggregate/s);
same(q{SELECT profile, count(*) FROM %s GROUP BY profile ORDER BY count(*) DESC, profile LIMIT 5}, 'equality, hashing and order', undef);
same(q{SELECT r.rank, r.person_id, r.score FROM rank_candidates('SELECT id, profile FROM %s', 'SELECT 1 AS id, ''{1:5, 2:4, 50:3}''::mutasi.competency_requirement AS requirement', 5) AS r}, 'ranking in bulk', undef);

# without the promise that the other side has the same extension nothing is shipped, and the answer stays
$here->safe_psql('postgres', 'ALTER SERVER there OPTIONS (DROP extensions)');
same($gate, 'without the option', qr/Filter: .*@>/);

# the other side goes away in the middle: an error, and nothing half done
$there->stop('immediate');
my ($status, $out, $err) = $here->psql('postgres', "SET search_path = public, mutasi; BEGIN; DELETE FROM staff WHERE profile @> '{1:5!}'::mutasi.competency_requirement; COMMIT;");
isnt($status, 0, 'a server that is gone is an error');
like($err, qr/could not connect to server/, 'which says so');
is($here->safe_psql('postgres', 'SELECT count(*) FROM staff_here'), $n_here, 'nothing is deleted here either');

$here->stop;
done_testing();
