# What runs long tells how far it is. Here every part of it is made slow by a
# trigger that sleeps, so that it is told on the fastest machine as well.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('progress');
$node->init(extra => [ '--username', 'postgres' ]);
$node->append_conf('postgresql.conf', "fsync = off");
$node->start;
$ENV{PGUSER} = 'postgres';
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION mutasi CASCADE;
\i test/data/small_agency.sql
INSERT INTO employee (employee_id, name, grade) SELECT 1000 + i, 'Pegawai ' || i, 'III/a' FROM generate_series(1, 6500) AS i;
INSERT INTO assessment (employee_id, competency_id, level, assessed_on, expires_on) SELECT 1000 + i, 1, 3, '2024-01-01', current_date + 100 FROM generate_series(1, 6500) AS i;
INSERT INTO post (unit_id, class, seats, min_staff, code, title) SELECT 2, 7, 100, 0, 'X' || i, 'Clerk' FROM generate_series(1, 2100) AS i;
INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, evaluation) VALUES (2, 'two', 'balance', current_date, current_date + 365, 'none');
INSERT INTO transfer_plan_move (plan_id, employee_id, to_post_id, from_post_id, score) SELECT 2, 1000 + i, (SELECT min(post_id) FROM post WHERE code LIKE 'X%') + i % 100, NULL, 0.5 FROM generate_series(1, 450) AS i;
INSERT INTO unit (unit_id, code, name) VALUES (1000, 'M', 'Unit M');
INSERT INTO post (unit_id, class, seats, code, title) SELECT 1000, 7, 1, 'M' || n, 'Clerk' FROM generate_series(1, 6) AS n;
SET search_path = public;
SELECT mutasi.define_workflow('{"workflow": "review", "states": [{"state": "draft", "initial": true, "deadline": 1, "on_expiry": "drop"}, {"state": "gone", "terminal": true}],
	"transitions": [{"action": "drop", "from": "draft", "to": "gone", "role": "system"}]}');
CREATE TABLE review (id int PRIMARY KEY, state text NOT NULL DEFAULT 'draft');
CREATE TABLE plain (id int PRIMARY KEY, state text NOT NULL DEFAULT 'draft');
INSERT INTO plain SELECT i FROM generate_series(1, 60) AS i;
SELECT mutasi.attach_workflow('review', 'review', 'state');
INSERT INTO review SELECT i FROM generate_series(1, 60) AS i;
ALTER TABLE review_history DISABLE TRIGGER USER;
UPDATE review_history SET recorded_at = recorded_at - interval '30 days';
ALTER TABLE review_history ENABLE ALWAYS TRIGGER mutasi_history_guard;
ALTER TABLE review_history ENABLE ALWAYS TRIGGER mutasi_history_truncate;
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(TG_ARGV[0]::float8); RETURN NEW; END$$;
-- a holiday calendar that takes its time
CREATE FUNCTION slow_holiday(date) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(0.03); RETURN false; END$$;
SQL

# Runs a statement, in a transaction that is rolled back, with triggers that sleep
# on the tables given ("table event level seconds"); returns the notices.
sub told
{
	my ($sql, @slow) = @_;
	my $triggers = join '', map { my ($table, $event, $level, $seconds) = split / /; "CREATE TRIGGER a_slow BEFORE $event ON $table FOR EACH $level EXECUTE FUNCTION public.slow($seconds);\n" } @slow;
	my ($status, $out, $err) = $node->psql('postgres', "SET search_path = kota, public;\nBEGIN;\n${triggers}SET LOCAL mutasi.agency_progress = 1;\n$sql;\nROLLBACK;");
	is($status, 0, 'it goes through') or diag($err);
	return $err;
}

# That the count grows and stays below what there is.
sub grows
{
	my ($what, $err, $pattern) = @_;
	my @counts = $err =~ /NOTICE:  $pattern/g;
	cmp_ok(scalar @counts, '>', 0, "$what tells how far it is") or diag($err);
	is_deeply([ sort { $a <=> $b } @counts ], \@counts, 'further and further');
}

my $all = told('SELECT refresh_profiles(current_date + 200)', 'employee UPDATE STATEMENT 0.6');
grows('refresh_profiles()', $all, 'employee.profile: (\d+) of 6500 derived anew');
$all = told('SELECT * FROM rebuild_derived(current_date + 200)', 'employee UPDATE STATEMENT 0.6', 'post UPDATE STATEMENT 1.1', 'post_month_load INSERT STATEMENT 0.2');
grows('rebuild_derived() of profiles', $all, 'employee.profile: (\d+) of 6508 derived anew');
grows('of requirements', $all, 'post.requirement: (\d+) of 2110 derived anew');
grows('of hours', $all, 'post_load.hours: (\d+) of 2110 derived anew');
grows('a rating of another score', told('UPDATE performance_rating SET score = score', 'employee UPDATE STATEMENT 1.1'), 'employee.recent_score: (\d+) of 6508 derived anew');
grows('open_plan()', told('SELECT open_plan(2)', 'transfer INSERT STATEMENT 0.4'), 'transfers opened: (\d+) of 450');
grows('merge_units()', told(q{SELECT merge_units('{1000}', 1)}, 'post INSERT STATEMENT 0.4'), 'posts moved: (\d+) of at most 6');
grows('run_timers()', told(q{SELECT count(*) FROM mutasi.run_timers('public.review')}, 'public.review UPDATE ROW 0.05'), 'timers run: (\d+)');
grows('an import', told(q{SELECT mutasi.import_cases('public.review', 'paper', (SELECT jsonb_agg(jsonb_build_object('id', 1000 + i, 'state', 'draft')) FROM generate_series(1, 60) AS i))}, 'public.review_history INSERT ROW 0.05'), 'history: (\d+) cases taken in');
# the history of a table that had a workflow once goes on
grows('attaching a workflow', told(q{SELECT mutasi.detach_workflow('public.review'); SELECT mutasi.attach_workflow('public.review', 'review', 'state')}, 'public.review_history INSERT ROW 0.05'), 'history: (\d+) cases taken in');
grows('deadlines', told(q{SELECT mutasi.attach_workflow('public.plain', 'review', 'state', '{"holidays": "public.slow_holiday"}');
	ALTER TABLE plain_history DISABLE TRIGGER USER;
	-- working days are counted once for all cases of a day
	UPDATE plain_history SET recorded_at = recorded_at - id * interval '1 day';
	SELECT count(*) FROM mutasi.case_deadlines('public.plain')}), 'deadlines looked at: (\d+)');
grows('migrate_cases()', told(q{SELECT mutasi.define_workflow('{"workflow": "review", "states": [{"state": "draft", "initial": true}, {"state": "gone", "terminal": true}],
	"transitions": [{"action": "drop", "from": "draft", "to": "gone"}]}');
	SELECT mutasi.migrate_cases('public.review', 2, 'new rules')}, 'public.review_history INSERT ROW 0.05'), 'cases moved to version 2: (\d+)');
grows('apply_due_transfers()', told(q{ALTER TABLE transfer DISABLE TRIGGER USER;
	INSERT INTO transfer (employee_id, to_post_id, kind, reason, state, effective_on, decided_at, notice_status)
		SELECT 1000 + i, (SELECT min(post_id) FROM post WHERE code LIKE 'X%'), 'rotation', 'x', 'appointed', current_date, now(), 'given' FROM generate_series(1, 40) AS i;
	ALTER TABLE transfer ENABLE TRIGGER USER;
	INSERT INTO notice (transfer_id, language, body) SELECT transfer_id, 'en', 'x' FROM transfer WHERE state = 'appointed';
	SELECT mutasi.import_cases('transfer', 'paper');
	SELECT mutasi.raise_error('XX000', t.message) FROM apply_due_transfers() AS t WHERE NOT t.applied}, 'transfer UPDATE ROW 0.06'), 'transfers made effective: (\d+)');
# the texts of a table of many pages
my $err = '';
for my $messages (100000, 400000, 1600000)
{
	$err = told("INSERT INTO outbox (employee_id, subject, body) SELECT 1, 'Mutasi', repeat(md5(i::text), 3) FROM generate_series(1, $messages) AS i;\nSELECT count(*) FROM find_mentions('{Pegawai 77}')");
	last if $err =~ /looking for the texts in outbox/;
}
grows('find_mentions()', $err, 'looking for the texts in outbox: (\d+) of \d+ pages');
# loading: employee by employee
grows('load_csv() as it writes', told(q{SELECT count(*) FROM load_csv('employee', 'name,grade' || (SELECT string_agg(E'\nNama ' || i || ',III/a', '') FROM generate_series(1, 5000) AS i))}, 'employee INSERT STATEMENT 0.4'), 'loading: (\d+) of 5000 rows');
# as it reads nothing can be slowed; enough lines take a while
for my $lines (20000, 80000, 320000, 1280000)
{
	$err = told("SELECT count(*) FROM read_csv('name,grade' || repeat(E'\\nNama,III/a', $lines))");
	last if $err =~ /reading: /;
}
grows('load_csv() as it reads', $err, 'reading: (\d+) of \d+ lines');
for my $lines (6000, 24000, 96000)
{
	$err = told("SELECT count(*) FROM load_rows('employee', ARRAY(SELECT generate_series(1, $lines)), ARRAY(SELECT jsonb_build_object('name', 'Nama ' || i, 'grade', 'III/a', 'born_on', '1990-01-01') FROM generate_series(1, $lines) AS i), 'report')", 'employee INSERT STATEMENT 0.1');
	last if $err =~ /reading/;
}
grows('load_csv() as it looks at each value', $err, 'reading: (\d+) of \d+ rows');
$node->stop;
done_testing();
