# Whatever may take long can be cancelled: each of these runs for a second or more
# and is cancelled at several points of its way. It ends with the SQLSTATE of a
# cancelled statement, soon, and leaves nothing half done.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('cancel');
$node->init(extra => [ '--username', 'postgres' ]);
$node->append_conf('postgresql.conf', "fsync = off\nmax_parallel_workers_per_gather = 0");
$node->start;
$ENV{PGUSER} = 'postgres';
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION mutasi CASCADE;
CREATE TABLE person AS SELECT i AS id, format('{1:%s, 2:%s, 3:%s, %s:2, %s:4}', i * 7 % 5 + 1, i * 3 % 4 + 1, i * 11 % 5, 10 + i % 400, 500 + i % 37)::mutasi.competency_profile AS profile
	FROM generate_series(1, 120000) AS i;
CREATE TABLE post AS SELECT i AS id, format('{1:%s, 2:%s, %s:3, %s:3}', i % 5 + 1, i % 4 + 1, 10 + i % 400, 500 + i % 37)::mutasi.competency_requirement AS requirement FROM generate_series(1, 1000) AS i;
CREATE TABLE pair AS SELECT e AS employee_id, (e * 7 + k * 13) % 5000 + 1 AS post_id, (mod(e * 31 + k * 17, 1000) / 1000.0)::numeric(7,6) AS score FROM generate_series(1, 50000) AS e, generate_series(1, 8) AS k;
CREATE TABLE loan (id int PRIMARY KEY, state text NOT NULL DEFAULT 'draft');
SELECT mutasi.define_workflow('{"workflow": "lend", "states": [{"state": "draft", "initial": true}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "finish", "from": "draft", "to": "done"}]}');
SELECT mutasi.attach_workflow('loan', 'lend', 'state');
INSERT INTO loan SELECT i FROM generate_series(1, 20000) AS i;
UPDATE loan SET state = 'done';
\i test/data/small_agency.sql
INSERT INTO employee (employee_id, name, grade) SELECT 1000 + i, 'Pegawai ' || i, 'III/a' FROM generate_series(1, 800) AS i;
INSERT INTO post (unit_id, class, seats, min_staff, code, title, family, kind) SELECT 2, 7, 1, 0, 'X' || i, 'Nurse', 'nursing', 'skilled' FROM generate_series(1, 100) AS i;
INSERT INTO post_competency (post_id, competency_id, level) SELECT post_id, 1, 3 FROM post WHERE code LIKE 'X%';
ANALYZE;
SQL

my %long = (
	'ranking in bulk' => q{SELECT count(*) FROM mutasi.rank_candidates('SELECT id, profile FROM public.person', 'SELECT id, requirement FROM public.post', 1000)},
	'a plan' => q{SELECT count(*) FROM mutasi.plan_transfers('SELECT employee_id, post_id, score FROM public.pair', 'SELECT i AS post_id, 3 AS seats FROM generate_series(1, 5000) AS i',
		'SELECT e AS employee_id, e % 500 AS unit_id, 20 AS releasable FROM generate_series(1, 50000) AS e')},
	'verification of a history' => q{SELECT count(*) FROM mutasi.verify_history('loan')},
	'a seal' => q{SELECT mutasi.seal_history('loan')},
	'a snapshot of rankings' => q{SELECT kota.take_ranking_snapshot(10)},
	'a GiST index' => q{CREATE INDEX person_gist ON person USING gist (profile mutasi.profile_gist_ops)},
	'a GIN index' => q{CREATE INDEX person_gin ON person USING gin (profile mutasi.profile_gin_ops)},
	'a scan by distance' => q{SELECT sum(p.profile OPERATOR(mutasi.<=>) q.requirement) FROM public.person AS p, public.post AS q},
	'an aggregate of profiles' => q{SELECT count(*) FROM (SELECT mutasi.profile_agg(c, 1) FROM generate_series(1, 300) AS g, generate_series(1, 5000) AS c GROUP BY g) AS s},
);
my $state = q{SELECT (SELECT count(*) FROM pg_class WHERE relname LIKE 'person\_gi%') || ' ' || (SELECT count(*) FROM kota.ranking_snapshot)};
my $before = $node->safe_psql('postgres', $state);
for my $what (sort keys %long)
{
	for my $after (20, 150, 500)
	{
		my $begin = time;
		my ($status, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\nSET statement_timeout = $after; SET search_path = kota, public; $long{$what}");
		my $took = time - $begin;
	  SKIP:
		{
			# a machine so fast is no failure of ours
			skip "$what was done in $after ms", 1 if $status == 0;
			like($err, qr/ERROR:  57014: /, "$what is cancelled after $after ms");
		}
		note(sprintf '%s: %.2f s', $what, $took);
		# no figure of speed: this is whether it ends at all
		cmp_ok($took, '<', 60, "$what ends");
		$node->safe_psql('postgres', 'DROP INDEX IF EXISTS person_gist, person_gin; DELETE FROM kota.ranking_snapshot') if $status == 0;
	}
}
is($node->safe_psql('postgres', $state), $before, 'no index, no snapshot is left behind');
is($node->safe_psql('postgres', q{SELECT count(*) FROM mutasi.verify_history('loan')}), '0', 'and the history is as it was');
# what takes more than a second tells how far it is, where it is asked to (as slow as this machine is)
my ($status, $out, $err);
for (1 .. 8)
{
	($status, $out, $err) = $node->psql('postgres', q{SET mutasi.history_progress = 1; SELECT count(*) FROM mutasi.verify_history('loan')});
	last if $err =~ /NOTICE/ || $_ == 8;
	# twice as many cases
	$node->safe_psql('postgres', 'INSERT INTO loan SELECT i + (SELECT max(id) FROM loan) FROM generate_series(1, (SELECT count(*) FROM loan)) AS i');
}
like($err, qr/NOTICE:  history: \d+ rows read/, 'verification tells how many rows it has read');
is($out, '0', 'and finds nothing wrong');
($status, $out, $err) = $node->psql('postgres', q{SELECT count(*) FROM mutasi.verify_history('loan')});
is($err, '', 'it tells nothing by itself');
# so does ranking in bulk, by itself every ten seconds
for my $times (1, 4, 16, 64)
{
	($status, $out, $err) = $node->psql('postgres', "SET mutasi.rank_progress = 1; SELECT count(*) FROM mutasi.rank_candidates(
		'SELECT id, profile FROM public.person', 'SELECT n * 1000 + id AS id, requirement FROM public.post, generate_series(1, $times) AS n', 1000)");
	last if $err =~ /results complete/;
}
like($err, qr/NOTICE:  ranking: 120000 people read, \d+ results complete/, 'ranking tells how far it is');
($status, $out, $err) = $node->psql('postgres', q{SET mutasi.rank_progress = 0; SELECT count(*) FROM mutasi.rank_candidates(
	'SELECT id, profile FROM public.person', 'SELECT id, requirement FROM public.post', 1000)});
is($err, '', 'and nothing where that is turned off');
is($out, '1000000', 'a thousand for each post');
# and the loops of an agency schema
for (1 .. 4)
{
	($status, $out, $err) = $node->psql('postgres', 'SET search_path = kota, public; SET mutasi.agency_progress = 1; SELECT take_ranking_snapshot(10)');
	last if $err =~ /NOTICE/ || $_ == 4;
	# twice as many posts
	$node->safe_psql('postgres', q{SET search_path = kota, public;
		INSERT INTO post (unit_id, class, seats, min_staff, code, title, family, kind) SELECT unit_id, class, 1, 0, code || 'Y', title, family, kind FROM post WHERE code LIKE 'X%';
		INSERT INTO post_competency (post_id, competency_id, level) SELECT post_id, 1, 3 FROM post AS p WHERE code LIKE 'X%' AND NOT EXISTS (SELECT FROM post_competency AS c WHERE c.post_id = p.post_id)});
}
like($err, qr/NOTICE:  ranking: \d+ of \d+ posts/, 'a snapshot of rankings tells how many posts are done');
my @told = $err =~ /ranking: (\d+) of/g;
is_deeply([ sort { $a <=> $b } @told ], \@told, 'more and more of them');
($status, $out, $err) = $node->psql('postgres', 'SET search_path = kota, public; SET mutasi.agency_progress = 0; SELECT take_ranking_snapshot(10)');
is($err, '', 'and nothing where that is turned off');
($status, $out, $err) = $node->psql('postgres', "SET mutasi.agency_progress = 1; SELECT mutasi.tell_progress('%1 of %2 posts', '{1,2}'); SELECT pg_sleep(1.1); SELECT mutasi.tell_progress('%1 of %2 posts', '{1,2}')");
is($err, '', 'each statement counts from its own begin');
($status, $out, $err) = $node->psql('postgres', q{SET mutasi.agency_progress = 1; DO $$BEGIN FOR i IN 1 .. 24 LOOP PERFORM mutasi.tell_progress('turn %1', ARRAY[i::text]); PERFORM pg_sleep(0.1); END LOOP; END$$});
is(scalar(() = $err =~ /NOTICE:  turn \d+/g), 2, 'at most so often') or diag($err);
$node->stop;
my $log = slurp_file($node->logfile);
unlike($log, qr/TRAP:|PANIC:|terminated by signal|WARNING: .*(leak|not closed|still referenced)/, 'the server complains of nothing');
done_testing();
