# Whatever may take long can be cancelled: each of these runs for a second or more
# and is cancelled at several points of its way. It ends with the SQLSTATE of a
# cancelled statement, within a second, and leaves nothing half done. What tells
# how far it is: 098_progress.pl.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

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
-- one version of a workflow with deadlines, and the next; cases long overdue; a table without one
SELECT mutasi.define_workflow('{"workflow": "review", "states": [{"state": "draft", "initial": true, "deadline": 1, "on_expiry": "drop"}, {"state": "gone", "terminal": true}],
	"transitions": [{"action": "drop", "from": "draft", "to": "gone", "role": "system"}]}');
SELECT mutasi.define_workflow('{"workflow": "review", "states": [{"state": "draft", "initial": true, "deadline": 2, "on_expiry": "drop"}, {"state": "gone", "terminal": true}],
	"transitions": [{"action": "drop", "from": "draft", "to": "gone", "role": "system"}]}');
CREATE TABLE review (id int PRIMARY KEY, state text NOT NULL DEFAULT 'draft');
SELECT mutasi.attach_workflow('review', 'review', 'state', '{"version": 1}');
INSERT INTO review SELECT i FROM generate_series(1, 10000) AS i;
CREATE TABLE plain (id int PRIMARY KEY, state text NOT NULL);
INSERT INTO plain SELECT i, 'done' FROM generate_series(1, 20000) AS i;
\i test/data/small_agency.sql
INSERT INTO employee (employee_id, name, grade) SELECT 1000 + i, 'Pegawai ' || i, 'III/a' FROM generate_series(1, 4000) AS i;
INSERT INTO competency (competency_id, code, name) SELECT 100 + i, 'C' || i, 'Competency ' || i FROM generate_series(1, 15) AS i;
INSERT INTO assessment (employee_id, competency_id, level, assessed_on, expires_on) SELECT 1000 + i, 100 + c, 3, '2024-01-01', current_date + 100 FROM generate_series(1, 4000) AS i, generate_series(1, 15) AS c;
INSERT INTO post (unit_id, class, seats, min_staff, code, title, family, kind) SELECT 2, 7, 10, 0, 'X' || i, 'Nurse', 'nursing', 'skilled' FROM generate_series(1, 100) AS i;
INSERT INTO post_competency (post_id, competency_id, level) SELECT post_id, 1, 3 FROM post WHERE code LIKE 'X%';
INSERT INTO task (post_id, name) SELECT post_id, 'task ' || n FROM post, generate_series(1, 20) AS n WHERE code LIKE 'X%';
INSERT INTO task_norm (task_id, norm_hours) SELECT task_id, 1 FROM task WHERE name LIKE 'task %';
INSERT INTO task_volume (task_id, period_start, volume) SELECT task_id, make_date(y, 1, 1), 5 FROM task, generate_series(2000, 2019) AS y WHERE name LIKE 'task %';
INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, evaluation) SELECT i, 'plan ' || i, 'balance', current_date, current_date + 365, 'none' FROM generate_series(1, 2) AS i;
INSERT INTO transfer_plan_move (plan_id, employee_id, to_post_id, from_post_id, score) SELECT 2, 1000 + i, (SELECT min(post_id) FROM post WHERE code LIKE 'X%') + i % 100, NULL, 0.5 FROM generate_series(1, 1000) AS i;
INSERT INTO unit (unit_id, code, name) SELECT 1000 + i, 'M' || i, 'Unit ' || i FROM generate_series(1, 50) AS i;
INSERT INTO post (unit_id, class, seats, code, title) SELECT 1000 + i, 7, 1, 'M' || i || '-' || n, 'Clerk' FROM generate_series(1, 50) AS i, generate_series(1, 20) AS n;
-- their time has come: the clock of their history is put back
ALTER TABLE public.review_history DISABLE TRIGGER USER;
UPDATE public.review_history SET recorded_at = recorded_at - interval '30 days';
ALTER TABLE public.review_history ENABLE ALWAYS TRIGGER mutasi_history_guard;
ALTER TABLE public.review_history ENABLE ALWAYS TRIGGER mutasi_history_truncate;
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
	'profiles derived anew' => q{SELECT refresh_profiles(current_date + 200)},
	'everything derived anew' => q{SELECT * FROM rebuild_derived(current_date + 200)},
	'a file read' => q{SELECT count(*) FROM load_csv('employee', 'name,grade' || repeat(E'\nPegawai,III/a', 10000))},
	'the lines of a file' => q{SELECT count(*) FROM read_csv('name,grade' || repeat(E'\nPegawai,III/a', 100000))},
	'a plan of an agency' => q{SELECT propose_plan(1)},
	'transfers of a plan' => q{SELECT open_plan(2)},
	'units merged' => q{SELECT merge_units(ARRAY(SELECT 1000 + i FROM generate_series(1, 50) AS i), 1)},
	'a snapshot of what data lack' => q{SELECT take_data_quality_snapshot()},
	'a snapshot of workloads' => q{SELECT take_workload_snapshot()},
	'a search for a name' => q{SELECT count(*) FROM find_mentions('{Pegawai 77}')},
	'attaching a workflow' => q{SELECT mutasi.attach_workflow('public.plain', 'lend', 'state')},
	'an import' => q{SELECT mutasi.import_cases('public.loan', 'paper', (SELECT jsonb_agg(jsonb_build_object('id', 1000000 + i, 'state', 'done')) FROM generate_series(1, 20000) AS i))},
	'a migration' => q{SELECT mutasi.migrate_cases('public.review', 2, 'new rules')},
	'timers' => q{SELECT count(*) FROM mutasi.run_timers('public.review')},
	'deadlines' => q{SELECT count(*) FROM mutasi.case_deadlines('public.review'), generate_series(1, 10)},
	'an aggregate of profiles' => q{SELECT count(*) FROM (SELECT mutasi.profile_agg(c, 1) FROM generate_series(1, 300) AS g, generate_series(1, 5000) AS c GROUP BY g) AS s},
);
# what each would have written
my $state = q{SELECT concat_ws(' ', (SELECT count(*) FROM pg_class WHERE relname LIKE 'person\_gi%' OR relname LIKE 'plain\_history%'),
	(SELECT count(*) FROM kota.ranking_snapshot), (SELECT count(*) FROM kota.employee WHERE profile IS NOT NULL), (SELECT count(*) FROM kota.employee),
	(SELECT count(*) FROM kota.transfer_plan_move), (SELECT count(*) FROM kota.transfer), (SELECT count(*) FROM kota.post WHERE valid_to IS NOT NULL),
	(SELECT count(*) FROM kota.load_run), (SELECT count(*) FROM loan), (SELECT count(*) FROM loan_history), (SELECT count(*) FROM review_history),
	(SELECT count(*) FROM review WHERE state = 'draft'))};
my $before = $node->safe_psql('postgres', $state);
for my $what (sort keys %long)
{
	for my $after (20, 150, 500)
	{
		# a machine where much else runs may be slow once, not three times
		my ($done, $err, $late) = (0, '', 0);
		for (1 .. 3)
		{
			(my $status, my $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\n\\set ON_ERROR_STOP off\n\\timing on\nSET search_path = kota, public;\nBEGIN;\nSET LOCAL statement_timeout = $after;\n$long{$what};\nROLLBACK;\n", on_error_stop => 0);
			$done = $err !~ /ERROR/;
			my @times = $out =~ /^Time: ([0-9.]+) ms/mg;
			$late = $times[3] - $after;
			last if $done || $late < 1000;
		}
	  SKIP:
		{
			# a machine so fast is no failure of ours
			skip "$what was done in $after ms", 2 if $done;
			like($err, qr/ERROR:  57014: /, "$what is cancelled after $after ms");
			cmp_ok($late, '<', 1000, 'within a second') or diag("$late ms");
		}
	}
}
is($node->safe_psql('postgres', $state), $before, 'nothing of all that is left behind');
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
($status, $out, $err) = $node->psql('postgres', q{SET mutasi.history_progress = 0; SELECT count(*) FROM mutasi.verify_history('loan')});
is($err, '', 'and nothing where that is turned off');
# so does ranking in bulk
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
# and the ranking of an agency's posts
my $ranking = sub { "SELECT count(*) FROM ranked(ARRAY(SELECT post_id FROM post WHERE code LIKE 'X%' ORDER BY 1 LIMIT $_[0]), 10)" };
my $posts = 3;
for (; $posts < 100; $posts *= 2)
{
	($status, $out, $err) = $node->psql('postgres', 'SET search_path = kota, public; SET mutasi.agency_progress = 1; ' . $ranking->($posts));
	last if $err =~ /NOTICE/;
}
like($err, qr/NOTICE:  ranking: \d+ of $posts posts/, 'a ranking of posts tells how many are done');
my @told = $err =~ /ranking: (\d+) of/g;
is_deeply([ sort { $a <=> $b } @told ], \@told, 'more and more of them');
($status, $out, $err) = $node->psql('postgres', 'SET search_path = kota, public; SET mutasi.agency_progress = 0; ' . $ranking->($posts));
is($err, '', 'and nothing where that is turned off');
($status, $out, $err) = $node->psql('postgres', "SET mutasi.agency_progress = 1; SELECT mutasi.tell_progress('%1 of %2 posts', '{1,2}'); SELECT pg_sleep(1.1); SELECT mutasi.tell_progress('%1 of %2 posts', '{1,2}')");
is($err, '', 'each statement counts from its own begin');
($status, $out, $err) = $node->psql('postgres', q{SET mutasi.agency_progress = 1; DO $$BEGIN FOR i IN 1 .. 24 LOOP PERFORM mutasi.tell_progress('turn %1', ARRAY[i::text]); PERFORM pg_sleep(0.1); END LOOP; END$$});
is(scalar(() = $err =~ /NOTICE:  turn \d+/g), 2, 'at most so often') or diag($err);
$node->stop;
my $log = slurp_file($node->logfile);
unlike($log, qr/TRAP:|PANIC:|terminated by signal|WARNING: .*(leak|not closed|still referenced)/, 'the server complains of nothing');
done_testing();
