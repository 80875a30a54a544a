# Indexes on profiles answer like the scan on a standby, after its promotion, and
# after a crash in the middle of a load: GiST ordered and filtered, GIN filtered.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

$ENV{PGUSER} = 'postgres';
my $primary = PostgreSQL::Test::Cluster->new('match_primary');
$primary->init(allows_streaming => 1, extra => [ '--username', 'postgres' ]);
$primary->append_conf('postgresql.conf', "fsync = on\nautovacuum = off\njit = off\nwal_consistency_checking = 'gist,gin'\nrestart_after_crash = off\nmax_wal_size = 4GB\nwal_keep_size = 4GB\n");
$primary->start;
$primary->safe_psql('postgres', <<'SQL');
CREATE EXTENSION mutasi;
CREATE FUNCTION uniform(n bigint, seed bigint) RETURNS float8 LANGUAGE sql IMMUTABLE
	RETURN (hashint8extended(n, seed) & 16777215) / 16777216.0::float8;
-- 30 fields with 25 competencies each, 20 that everybody may hold; a few people too long for an exact key
CREATE FUNCTION made(id bigint) RETURNS mutasi.competency_profile LANGUAGE sql IMMUTABLE
	RETURN (SELECT mutasi.profile_agg(c, round((5 * uniform(id * 1000 + c, 3))::numeric, 2)) FROM (
		SELECT DISTINCT CASE WHEN slot > 12 THEN 1 + floor(20 * uniform(id * 1000 + slot, 1)) ELSE 100 + id % 30 * 25 + floor(25 * uniform(id * 1000 + slot, 2)) END::int AS c
		FROM generate_series(1, CASE WHEN id % 997 = 0 THEN 900 ELSE 18 END) AS slot
		UNION SELECT 2000 + slot FROM generate_series(1, CASE WHEN id % 997 = 0 THEN 400 ELSE 0 END) AS slot) AS s);
CREATE TABLE by_gist (id bigint, p mutasi.competency_profile);
CREATE TABLE by_gin (id bigint, p mutasi.competency_profile);
INSERT INTO by_gist SELECT g, made(g) FROM generate_series(1, 3000) AS g;
INSERT INTO by_gin TABLE by_gist;
CREATE INDEX by_gist_p ON by_gist USING gist (p);
CREATE INDEX by_gin_p ON by_gin USING gin (p);
CREATE TABLE post (id int, r mutasi.competency_requirement);
INSERT INTO post SELECT g, mutasi.with_surplus((SELECT mutasi.requirement_agg(competency, greatest(0.01, level), 1 + competency % 3, 'core', competency % 5 = g % 5)
	FROM mutasi.profile_unnest(made(g * 31)) WHERE competency % 4 < 2), g % 3 * 0.5) FROM generate_series(1, 60) AS g;
SQL

my $questions = <<'SQL';
SELECT post.id, (SELECT array_agg(d) FROM (SELECT p OPERATOR(mutasi.<=>) r AS d FROM by_gist ORDER BY p OPERATOR(mutasi.<=>) r LIMIT 20) AS t),
	(SELECT array_agg(id ORDER BY id) FROM by_gist WHERE p OPERATOR(mutasi.@>) r),
	(SELECT array_agg(id ORDER BY id) FROM by_gin WHERE p OPERATOR(mutasi.@>) r)
FROM post ORDER BY id;
SELECT sum(id), sum(id * id), count(*) FROM by_gist;
SQL
my $by_index = "SET enable_seqscan = off; SET enable_sort = off;";
my $by_scan = "SET enable_indexscan = off; SET enable_bitmapscan = off;";

sub check_answers
{
	my ($node, $when) = @_;
	my $scan = $node->safe_psql('postgres', "$by_scan $questions");
	is($node->safe_psql('postgres', "$by_index $questions"), $scan, "$when: the indexes answer like the scan");
	return $scan;
}

my $plan = $primary->safe_psql('postgres', "$by_index EXPLAIN (COSTS OFF) $questions");
like($plan, qr/Index Scan using by_gist_p.*Order By/s, 'the order comes from the index');
like($plan, qr/on by_gist_p.*on by_gin_p/s, 'the gate does, too');
check_answers($primary, 'built');

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('match_standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
for my $change (
	[ 'rows inserted', "INSERT INTO by_gist SELECT g, made(g) FROM generate_series(3001, 6000) AS g; INSERT INTO by_gin SELECT * FROM by_gist WHERE id > 3000" ],
	[ 'rows changed and removed', "UPDATE by_gist SET p = made(id + 100000) WHERE id % 3 = 0; DELETE FROM by_gist WHERE id % 7 = 0; UPDATE by_gin SET p = made(id + 100000) WHERE id % 3 = 0; DELETE FROM by_gin WHERE id % 7 = 0" ],
	[ 'vacuumed', "VACUUM by_gist; VACUUM by_gin" ],
	[ 'rows inserted where others were', "INSERT INTO by_gist SELECT g, made(g) FROM generate_series(6001, 7000) AS g; INSERT INTO by_gin SELECT * FROM by_gist WHERE id > 6000" ],
	[ 'indexes built anew', "REINDEX TABLE by_gist; REINDEX TABLE by_gin" ])
{
	my ($what, $sql) = @$change;
	$primary->safe_psql('postgres', $_) for split /;/, $sql;
	$primary->wait_for_catchup($standby, 'replay', $primary->lsn('write'));
	my $there = check_answers($primary, "primary, $what");
	is(check_answers($standby, "standby, $what"), $there, "both the same, $what");
}

# a crash in the middle of a load
for my $round (1 .. 2)
{
	my $from = 10000 * $round;
	my $before = $primary->safe_psql('postgres', 'SELECT count(*) FROM by_gist');
	my ($out, $err) = ('', '');
	my $load = "DO \$\$ BEGIN FOR i IN 0 .. 9000 LOOP INSERT INTO by_gist SELECT $from + i, made($from + i); INSERT INTO by_gin SELECT $from + i, made($from + i);"
	  . " IF i % 50 = 0 THEN COMMIT; END IF; END LOOP; END \$\$";
	my $loader = IPC::Run::start([ 'psql', '-X', '-d', $primary->connstr('postgres'), '-c', $load ], '>', \$out, '2>', \$err);
	for (1 .. 600)
	{
		last if $primary->safe_psql('postgres', 'SELECT count(*) FROM by_gist') > $before + 300;
		usleep(50_000);
	}
	$primary->stop('immediate');
	$loader->finish;
	$primary->start;
	my $after = $primary->safe_psql('postgres', 'SELECT count(*) FROM by_gist');
	cmp_ok($after, '>', $before, "crash $round: what was committed is there");
	cmp_ok($after, '<', $before + 9001, "crash $round: it came in the middle");
	check_answers($primary, "crash $round");
}
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('write'));
is(check_answers($standby, 'standby after the crashes'), check_answers($primary, 'primary after the crashes'), 'both the same after the crashes');

$primary->stop('immediate');
$standby->promote;
check_answers($standby, 'promoted');
$standby->safe_psql('postgres', "INSERT INTO by_gist SELECT g, made(g) FROM generate_series(50001, 51000) AS g");
$standby->safe_psql('postgres', "DELETE FROM by_gist WHERE id % 5 = 0");
$standby->safe_psql('postgres', 'VACUUM by_gist');
check_answers($standby, 'promoted and changed');
$standby->stop;
done_testing();
