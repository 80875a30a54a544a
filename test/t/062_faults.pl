# Faults under load: processes killed at random moments, immediate shutdowns, a
# full disk, no memory, cancelled and timed out statements, locks that do not
# come. After each: every index agrees with its table, every history verifies,
# no case is in a state without its history row, no temporary file, no shared memory
# and no lock is left; and a session in which much failed has no more memory than before.
#
#   MUTASI_FAULTS=N     how many kills and shutdowns (4; `make faults` has 200)
#   MUTASI_SEED=N       another course of chance
#   MUTASI_FULL=FOLDER  a small file system of its own to be filled up
use strict;
use warnings;
use Cwd;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep time);

my $rounds = $ENV{MUTASI_FAULTS} // 4;
my $seed = $ENV{MUTASI_SEED} // 20260101;
srand($seed);

my $node = PostgreSQL::Test::Cluster->new('faults');
$node->init(extra => [ '--username', 'postgres' ]);
# killed processes leave their writes with the system, so nothing needs to reach the disk
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
restart_after_crash = on
max_connections = 40
shared_buffers = 16MB
work_mem = 64kB
max_wal_size = 64MB
checkpoint_timeout = 30s
autovacuum_naptime = 1s
log_statement = none
log_min_error_statement = panic
# shared memory that is taken for a query is a file, so that it can be counted
dynamic_shared_memory_type = mmap
CONF
$node->start;
$ENV{PGUSER} = 'postgres';

# --- what is worked on -----------------------------------------------------------

$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION mutasi;
CREATE EXTENSION amcheck;
SELECT mutasi.define_workflow('{"workflow": "fault_steps",
	"states": [{"state": "draft", "initial": true}, {"state": "a", "deadline": 1, "on_expiry": "there"}, {"state": "b"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "go", "from": "draft", "to": "a"}, {"action": "there", "from": "a", "to": "b"},
		{"action": "back", "from": "b", "to": "a"}, {"action": "finish", "from": "b", "to": "done", "approvals": 2}]}');
CREATE SEQUENCE fresh START 1000;
CREATE TABLE person (id int PRIMARY KEY, profile mutasi.competency_profile);
CREATE INDEX person_gist ON person USING gist (profile);
CREATE INDEX person_gin ON person USING gin (profile);
CREATE FUNCTION random_profile() RETURNS mutasi.competency_profile LANGUAGE sql VOLATILE AS
	$$ SELECT mutasi.profile_agg(c, (random() * 5)::numeric(4,2)) FROM (SELECT DISTINCT (1 + random() * 60)::int AS c FROM generate_series(1, 12)) AS d $$;
INSERT INTO person SELECT g, random_profile() FROM generate_series(1, 300) AS g;
CREATE TABLE wanted AS SELECT g AS id, (SELECT mutasi.requirement_agg(c, 1 + (random() * 3)::numeric(4,2)) FROM (SELECT DISTINCT (1 + random() * 60)::int AS c FROM generate_series(1, 4 + g * 0)) AS d) AS requirement
	FROM generate_series(1, 5) AS g;
CREATE FUNCTION begin_again() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	DROP TABLE IF EXISTS request, request_history, request_history_seal, request_history_seal_head CASCADE;
	CREATE TABLE request (id int PRIMARY KEY, status text NOT NULL, note text);
	CREATE INDEX request_status ON request (status);
	PERFORM mutasi.attach_workflow('request', 'fault_steps', 'status');
	INSERT INTO request SELECT g, 'draft', NULL FROM generate_series(1, 200) AS g;
	UPDATE request SET status = 'a';
END $$;
SELECT begin_again();
-- the indexes against the table, by the same questions answered with and without them
CREATE FUNCTION disagreements() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	r record;
	by_index text;
	by_scan text;
	n bigint := 0;
BEGIN
	FOR r IN SELECT c.oid::regclass AS name FROM pg_class AS c JOIN pg_am AS a ON a.oid = c.relam
		WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace
	LOOP
		PERFORM bt_index_parent_check(r.name, true);
	END LOOP;
	FOR r IN SELECT id, requirement FROM wanted LOOP
		SET LOCAL enable_seqscan = off;
		EXECUTE format('SELECT md5(string_agg(d::text, %L ORDER BY d)) FROM (SELECT profile OPERATOR(mutasi.<=>) %L::mutasi.competency_requirement AS d FROM person ORDER BY profile OPERATOR(mutasi.<=>) %L::mutasi.competency_requirement LIMIT 40) AS q', ',', r.requirement, r.requirement) INTO by_index;
		SET LOCAL enable_seqscan = on;
		SET LOCAL enable_indexscan = off;
		SET LOCAL enable_bitmapscan = off;
		EXECUTE format('SELECT md5(string_agg(d::text, %L ORDER BY d)) FROM (SELECT profile OPERATOR(mutasi.<=>) %L::mutasi.competency_requirement AS d FROM person ORDER BY profile OPERATOR(mutasi.<=>) %L::mutasi.competency_requirement LIMIT 40) AS q', ',', r.requirement, r.requirement) INTO by_scan;
		n := n + (by_index IS DISTINCT FROM by_scan)::int;
		EXECUTE format('SELECT count(*)::text FROM person WHERE profile OPERATOR(mutasi.@>) %L::mutasi.competency_requirement', r.requirement) INTO by_scan;
		SET LOCAL enable_indexscan = on;
		SET LOCAL enable_bitmapscan = on;
		SET LOCAL enable_seqscan = off;
		EXECUTE format('SELECT count(*)::text FROM person WHERE profile OPERATOR(mutasi.@>) %L::mutasi.competency_requirement', r.requirement) INTO by_index;
		n := n + (by_index IS DISTINCT FROM by_scan)::int;
		SET LOCAL enable_seqscan = on;
	END LOOP;
	RETURN n;
END $$;
SQL

my $script = $node->basedir . '/writers.sql';
append_to_file($script, <<'SQL');
\set id random(1, 200)
\set what random(1, 13)
\if :what <= 6
UPDATE request SET status = CASE status WHEN 'a' THEN 'b' ELSE 'a' END, note = 'writer ' || :client_id WHERE id = :id AND status IN ('a', 'b');
\elif :what = 7
INSERT INTO request SELECT nextval('fresh'), 'draft', 'new';
\elif :what = 8
SELECT mutasi.seal_history('request');
\elif :what = 9
UPDATE person SET profile = random_profile() WHERE id = :id;
\elif :what = 10
BEGIN;
UPDATE request SET note = 'first' WHERE id = :id AND status IN ('a', 'b');
SAVEPOINT s;
UPDATE request SET status = CASE status WHEN 'a' THEN 'b' ELSE 'a' END WHERE id = :id AND status IN ('a', 'b');
ROLLBACK TO s;
COMMIT;
\elif :what = 11
SELECT count(*) FROM (SELECT h.* FROM request_history AS h ORDER BY hash, changes) AS q;
\elif :what = 12
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT count(p) FROM (SELECT mutasi.profile_agg(id, 1) AS p FROM person) AS q;
COMMIT;
\else
BEGIN;
DELETE FROM person WHERE id = :id;
INSERT INTO person VALUES (:id, random_profile());
COMMIT;
\endif
SQL

my %faults;
my $bad = 0;

# What must hold after a fault; the name of what does not, else nothing.
sub wrong
{
	# of those that are about to end, something may still be there for a moment
	for (1 .. 100)
	{
		last if $node->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity
			WHERE backend_type IN ('client backend', 'parallel worker') AND pid <> pg_backend_pid()}) eq '0';
		usleep(20_000);
	}
	my $answer = $node->safe_psql('postgres', <<'SQL');
SELECT concat_ws(', ',
	(SELECT 'history: ' || case_key || ' ' || problem FROM mutasi.verify_history('request') LIMIT 1),
	(SELECT 'case without its history row: ' || r.id FROM request AS r WHERE r.status IS DISTINCT FROM
		(SELECT h.to_state FROM request_history AS h WHERE h.id = r.id ORDER BY seq DESC LIMIT 1) LIMIT 1),
	(SELECT 'index disagrees' WHERE disagreements() > 0),
	(SELECT 'temporary file: ' || t.spcname || ' ' || f.name FROM pg_tablespace AS t, pg_ls_tmpdir(t.oid) AS f WHERE t.spcname <> 'pg_global' LIMIT 1),
	(SELECT 'lock: ' || l.locktype || ' ' || l.mode FROM pg_locks AS l WHERE NOT EXISTS (SELECT FROM pg_stat_activity AS a WHERE a.pid = l.pid) LIMIT 1),
	(SELECT 'health: ' || problem FROM mutasi.workflow_health('request') LIMIT 1))
SQL
	return $answer;
}

# A backend that waits for a lock of PostgreSQL's own whose holder was killed hears of it
# from the postmaster; where that was killed too before it told, nobody wakes it. The next
# start fails with the hint to end such processes, and so does this, as a service manager
# would. They sleep: one that works on without its postmaster is a fault.
sub end_stuck
{
	my $folder = Cwd::realpath($node->data_dir);
	my %before;
	for my $look (1, 2)
	{
		for my $pid (map { m{(\d+)$} } glob '/proc/[0-9]*')
		{
			next unless (readlink("/proc/$pid/cwd") // '') eq $folder;
			my $stat = eval { slurp_file("/proc/$pid/stat") } // next;
			my @field = split / /, $stat =~ s/^.*\) //sr;
			my ($state, $worked) = ($field[0], $field[11] + $field[12]);
			if ($look == 1) { $before{$pid} = $worked; next; }
			next unless defined $before{$pid};
			fail("process $pid works on without its postmaster") if $state eq 'R' || $worked > $before{$pid};
			$faults{'backends asleep behind a dead one, ended'}++ if kill 'KILL', $pid;
		}
		usleep(500_000);
	}
}

sub start_again
{
	# the dead postmaster's children may still hold its shared memory
	my $patience = time + 10;
	for (1 .. 600)
	{
		$node->{_pid} = undef;
		last if $node->start(fail_ok => 1);
		if (time > $patience) { end_stuck(); $patience = time + 10; }
		usleep(50_000);
	}
}

sub wait_until_up
{
	for (1 .. 600)
	{
		return 1 if $node->psql('postgres', 'SELECT 1', on_error_die => 0, stderr => \my $err) == 0;
		usleep(50_000);
	}
	return 0;
}

# --- killed ------------------------------------------------------------------------

my @kinds = ('kill -9 of a backend', 'kill -9 of the postmaster', 'immediate shutdown', 'kill -9 of a backend, and again during recovery');
my $worked = 0;
for my $round (1 .. $rounds)
{
	my $kind = $kinds[ $round <= @kinds ? $round - 1 : int(rand(@kinds)) ];
	$node->safe_psql('postgres', 'SELECT begin_again()') if $round % 25 == 0;
	my $before = $node->safe_psql('postgres', 'SELECT count(*) FROM request_history');
	my ($out, $err) = ('', '');
	my $writers = IPC::Run::start(
		[ 'pgbench', '-n', '-c', '8', '-j', '2', '-T', '60', '-h', $node->host, '-p', $node->port, '-f', $script, 'postgres' ],
		'>', \$out, '2>', \$err);
	for (1 .. 200)
	{
		last if $node->safe_psql('postgres', 'SELECT count(*) FROM request_history') > $before;
		usleep(10_000);
	}
	usleep(int(rand(400_000)));
	if ($kind =~ /^kill -9 of a backend/)
	{
		my $pid = $node->safe_psql('postgres',
			"SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY state = 'active' DESC, random() LIMIT 1");
		BAIL_OUT("round $round: no writer to kill") unless $pid =~ /^\d+$/;
		kill 'KILL', $pid;
		if ($kind =~ /recovery/)
		{
			usleep(int(rand(60_000)));
			$node->kill9;
			start_again();
		}
	}
	elsif ($kind =~ /postmaster/)
	{
		$node->kill9;
		start_again();
	}
	else
	{
		$node->stop('immediate');
		$node->start;
	}
	$writers->finish;
	BAIL_OUT("round $round ($kind): the server does not come back") unless wait_until_up();
	my $wrong = wrong();
	$worked += $node->safe_psql('postgres', 'SELECT count(*) FROM request_history') - ($round % 25 == 0 ? 0 : $before);
	$faults{$kind}++;
	if ($wrong ne '')
	{
		$bad++;
		fail("round $round, $kind: $wrong");
	}
}
$faults{'backends that the server saw die'} = () = slurp_file($node->logfile) =~ /was terminated by signal 9/g;
cmp_ok($faults{'backends that the server saw die'}, '>', 0, 'backends were killed indeed');
is($bad, 0, "$rounds kills and shutdowns under load: nothing lost, nothing torn (seed $seed)");
cmp_ok($worked, '>', 0, 'and work was done meanwhile');
note("figures: $_: $faults{$_}") for sort keys %faults;
note("figures: history rows written under load: $worked");

# --- statements that are cancelled ---------------------------------------------------

$node->safe_psql('postgres', <<'SQL');
CREATE TABLE big (id int PRIMARY KEY, status text NOT NULL, note text);
INSERT INTO big SELECT g, 'draft', 'note ' || g FROM generate_series(1, 30000) AS g;
SELECT mutasi.attach_workflow('big', 'fault_steps', 'status');
CREATE TABLE crowd AS SELECT g AS id, (SELECT profile FROM person WHERE person.id = 1 + g % 300) AS profile FROM generate_series(1, 60000) AS g;
CREATE TABLE pair AS SELECT e AS employee_id, (e * 7 + p * 131) % 4000 AS post_id, ((e * 31 + p * 17) % 1000 + 1) / 1000.0 AS score, p AS preference
	FROM generate_series(1, 20000) AS e, generate_series(1, 8) AS p;
ANALYZE;
SQL
my %long = (
	'verify_history' => q{SELECT count(*) FROM mutasi.verify_history('big')},
	'seal_history' => q{SELECT mutasi.seal_history('big')},
	'bulk transition' => q{UPDATE big SET status = 'a'},
	'attach_workflow' => q{CREATE TABLE big2 (LIKE big INCLUDING ALL); INSERT INTO big2 TABLE big; SELECT mutasi.attach_workflow('big2', 'fault_steps', 'status')},
	'case_deadlines' => q{UPDATE big SET status = 'a' WHERE id <= 5000; SELECT count(*) FROM mutasi.case_deadlines('big')},
	'rank_candidates' => q{SELECT count(*) FROM mutasi.rank_candidates('SELECT id, profile FROM crowd', 'SELECT w.id + 10 * g AS id, requirement FROM wanted AS w, generate_series(1, 2000) AS g')},
	'rank_posts' => q{SELECT count(*) FROM mutasi.rank_posts('SELECT id, profile FROM crowd', 'SELECT w.id + 10 * g AS id, requirement FROM wanted AS w, generate_series(1, 300) AS g')},
	'plan_transfers' => q{SELECT count(*) FROM mutasi.plan_transfers('SELECT employee_id, post_id, score FROM pair', 'SELECT DISTINCT post_id, 1 AS seats FROM pair')},
	'match_applications' => q{SELECT count(*) FROM mutasi.match_applications('SELECT employee_id, post_id, preference, score FROM pair WHERE post_id <> 0', 'SELECT g AS post_id, 1 AS seats FROM generate_series(1, 3999) AS g')},
	'GiST build' => q{CREATE INDEX ON crowd USING gist (profile)},
	'GIN build' => q{CREATE INDEX ON crowd USING gin (profile)},
	'GiST insertion' => q{INSERT INTO person SELECT 1000 + id, profile FROM crowd},
	'match_applications, sorting' => q{SELECT count(*) FROM mutasi.match_applications('SELECT employee_id + 20000 * g AS employee_id, post_id, preference, score FROM pair, generate_series(0, 9) AS g WHERE post_id <> 0', 'SELECT g AS post_id, 1 AS seats FROM generate_series(1, 3999) AS g')},
	'profile_agg' => q{SELECT count(p) FROM (SELECT mutasi.profile_agg(c, 1) AS p FROM generate_series(1, 10000) AS c, generate_series(1, 300) AS g GROUP BY g) AS q},
);
my %slowest;
my $busiest = [ 0, 'nothing' ];
for my $what (sort keys %long)
{
	for my $how ('statement timeout', 'cancel')
	{
		my $answered = 0;
		# somewhere in the middle; a statement that is over by then is asked for less patience
		for my $after (250, 100, 40, 15, 5)
		{
			my ($took, $err) = (0, '');
			if ($how eq 'cancel')
			{
				my ($out, $stderr) = ('', '');
				my $name = 'cancelled';
				my $client = IPC::Run::start([ 'psql', '-qXAt', '-d', $node->connstr('postgres') . " application_name=$name", '-c', "BEGIN; $long{$what}; ROLLBACK" ],
					'>', \$out, '2>', \$stderr);
				for (1 .. 200)
				{
					last if $node->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE application_name = '$name' AND state = 'active'");
					usleep(2_000);
				}
				usleep($after * 1000);
				# the canceller waits for the answer: what it measures is ours, not the client's
				$took = $node->safe_psql('postgres', <<"SQL");
-- processor time of a process in milliseconds, where the system tells (in ticks of ten)
CREATE FUNCTION pg_temp.used(pid int) RETURNS float8 LANGUAGE plpgsql AS \$\$
DECLARE
	part text[];
BEGIN
	part := string_to_array(regexp_replace(pg_read_file('/proc/' || pid || '/stat', 0, 4000), '^.*[)] ', ''), ' ');
	RETURN (part[12]::float8 + part[13]::float8) * 10;
EXCEPTION WHEN undefined_file THEN
	RETURN NULL;
END \$\$;
DO \$\$
DECLARE
	p int := (SELECT pid FROM pg_stat_activity WHERE application_name = '$name' AND state = 'active');
	began timestamptz := clock_timestamp();
	used float8 := pg_temp.used(p);
	now_used float8 := used;
BEGIN
	PERFORM pg_cancel_backend(p) WHERE p IS NOT NULL;
	WHILE p IS NOT NULL AND EXISTS (SELECT FROM pg_stat_activity WHERE pid = p AND state = 'active') LOOP
		now_used := coalesce(pg_temp.used(p), now_used);
		PERFORM pg_sleep(0.002), pg_stat_clear_snapshot();
	END LOOP;
	PERFORM set_config('faults.took', (extract(epoch FROM clock_timestamp() - began) * 1000)::text, false),
		set_config('faults.used', (now_used - used)::text, false);
END \$\$;
SELECT current_setting('faults.took') || ' ' || coalesce(nullif(current_setting('faults.used'), ''), '0');
SQL
				($took, my $used) = split ' ', $took;
				$busiest = [ $used, $what ] if $used > $busiest->[0];
				$client->finish;
				$err = $stderr;
			}
			else
			{
				my $began = time;
				$node->psql('postgres', "BEGIN; SET LOCAL statement_timeout = '${after}ms'; $long{$what}; ROLLBACK", stderr => \$err);
				$took = (time - $began) * 1000 - $after;
			}
			next unless $err =~ /canceling statement due to/;
			$answered = 1;
			$slowest{$how} = [ $took, $what ] if !$slowest{$how} || $took > $slowest{$how}[0];
			last;
		}
		ok($answered, "$what: $how is answered");
	}
}
note(sprintf("figures: slowest answer to a %s: %d ms (%s; the timeout's includes starting psql)", $_, $slowest{$_}[0], $slowest{$_}[1])) for sort keys %slowest;
# what the machine's other load adds to the time is not ours
cmp_ok($busiest->[0], '<', 1000, "whoever cancels is heard before another second's work is done ($busiest->[1]: $busiest->[0] ms)");
note("figures: most work done after a cancel: $busiest->[0] ms of processor time ($busiest->[1])");
is(wrong(), '', 'and nothing is left behind of them');
is($node->safe_psql('postgres', "SELECT count(*) FROM mutasi.verify_history('big')"), '0', 'the large history verifies');

# --- one session in which much fails ---------------------------------------------------

my @failing = (
	(map { "SET statement_timeout = '20ms'; BEGIN; $long{$_}; ROLLBACK; RESET statement_timeout" } sort keys %long),
	q{SELECT '{1:3, 1:4, 2:99999}'::mutasi.competency_profile},
	q{SELECT '{1:3!*99999}'::mutasi.competency_requirement},
	q{SELECT mutasi.profile_agg(c, 1) FROM generate_series(1, 100000) AS c},
	q{SELECT mutasi.profile_agg(1, -1) FROM generate_series(1, 100) AS c},
	q{SELECT * FROM mutasi.rank_candidates('SELECT id, profile, 1 / (id - 500) FROM crowd', 'SELECT id, requirement FROM wanted')},
	q{SELECT * FROM mutasi.plan_transfers('SELECT employee_id, post_id, score / (employee_id - 9000) FROM pair', 'SELECT DISTINCT post_id, 1 AS seats FROM pair')},
	q{SELECT * FROM mutasi.plan_transfers('SELECT employee_id, post_id, score FROM pair', 'SELECT DISTINCT post_id, -1 AS seats FROM pair')},
	q{SELECT * FROM mutasi.match_applications('SELECT 1, 1, 1, 1 UNION ALL SELECT 1, 1, 1, 1', 'SELECT 1, 1')},
	q{UPDATE big SET status = CASE WHEN id < 500 THEN 'a' ELSE 'nowhere' END WHERE id < 600},
	q{UPDATE big SET status = 'done' WHERE id = 1},
	q{SELECT mutasi.define_workflow('{"workflow": "fault_steps", "states": [{"state": "draft"}]}')},
	q{SELECT count(*) FROM mutasi.verify_history('pg_class')},
	q{SET mutasi.plan_memory = '64kB'; SELECT count(*) FROM mutasi.plan_transfers('SELECT employee_id, post_id, score FROM pair', 'SELECT DISTINCT post_id, 1 AS seats FROM pair'); RESET mutasi.plan_memory},
);
# queries in several processes, of which one ends with an error, and the segments of shared memory they take
my $parallel = "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off";
my $workers = q{SELECT count(p) FROM (SELECT mutasi.profile_agg(id % 9000, 1 / (id - 59000)) AS p FROM crowd) AS q};
like($node->safe_psql('postgres', "$parallel; EXPLAIN $workers"), qr/Partial .*Aggregate/, 'several processes add up');
push @failing, ($workers) x 4;
my $measure = q{SELECT 'memory ' || sum(total_bytes) || ' ' || (SELECT count(*) FROM pg_ls_dir('pg_dynshmem')) FROM pg_backend_memory_contexts};
my $once = join('', map { "$_;\n" } @failing);
my ($intervals, $repeats) = (4, 4);
my (undef, $memory, $errors) = $node->psql('postgres', "$parallel;\n" . join("$measure;\n", $once x 3, ($once x $repeats) x $intervals, ''), on_error_stop => 0);
my (@memory, @segments);
while ($memory =~ /memory (\d+) (\d+)/g) { push @memory, $1; push @segments, $2 }
my $failed = () = $errors =~ /ERROR: /g;
my $statements = (3 + $repeats * $intervals) * @failing;
cmp_ok($failed, '>', $statements * 0.8, "most of $statements statements failed");
is(scalar(@memory), $intervals + 1, 'the memory of their session was measured');
# plans that are kept come by and by; what leaks does so every time
my ($least) = sort { $a <=> $b } map { $memory[$_] - $memory[ $_ - 1 ] } 1 .. $#memory;
cmp_ok($least, '<', 16 * 1024, "no memory is left behind of a failure (@memory)");
($least) = sort { $a <=> $b } map { $segments[$_] - $segments[ $_ - 1 ] } 1 .. $#segments;
cmp_ok($least, '<=', 0, "nor shared memory (@segments)");
note("figures: failures in one session: $failed; its memory meanwhile: @memory bytes; segments of shared memory: @segments");
is(wrong(), '', 'and nothing else is left of them');

# --- locks that do not come -------------------------------------------------------------

my $holder = $node->background_psql('postgres', on_error_stop => 0);
$holder->query_safe("BEGIN; UPDATE request SET note = 'held' WHERE id = (SELECT min(id) FROM request WHERE status IN ('a', 'b'));");
my $held = $node->safe_psql('postgres', "SELECT min(id) FROM request WHERE status IN ('a', 'b')");
for my $statement ("UPDATE request SET note = 'mine' WHERE id = $held", "SELECT mutasi.correct_case('request', '$held', '{\"note\": \"x\"}', 'why')",
	"SELECT mutasi.detach_workflow('request')", "SELECT mutasi.erase_history_values('request', '$held', 'why')")
{
	my (undef, undef, $err) = $node->psql('postgres', "SET lock_timeout = '50ms'; $statement");
	like($err, qr/canceling statement due to lock timeout/, "a lock that does not come: $statement");
}
$holder->query_safe('COMMIT;');
$holder->quit;
is(wrong(), '', 'nothing is left behind of them either');

# --- no memory ----------------------------------------------------------------------------

# a little more than a backend has when it is idle
my $idle = $node->safe_psql('postgres', q{SELECT substring(pg_read_file('/proc/' || pg_backend_pid() || '/status') FROM 'VmPeak:\s+(\d+)')});
my $start = 'ulimit -v %d; exec pg_ctl -w -D "' . $node->data_dir . '" -l "' . $node->logfile . '" -o "--cluster-name=faults" start >/dev/null';
my $refused = 0;
for my $more ($rounds < 50 ? (12_000) : (4_000, 8_000, 12_000, 20_000, 40_000))
{
	$node->stop;
	if (system('bash', '-c', sprintf($start, $idle + $more)) != 0)
	{
		note("figures: with $more kB more than an idle backend the server does not start");
		start_again();
		next;
	}
	$node->_update_pid(1);
	for my $what (sort keys %long)
	{
		my (undef, undef, $err) = $node->psql('postgres', "SET work_mem = '1GB'; SET maintenance_work_mem = '1GB'; SET statement_timeout = '20s'; BEGIN; $long{$what}; ROLLBACK");
		$refused++ if $err =~ /out of memory|could not resize shared memory|could not load library/;
		fail("no memory, $what: $err") if $err =~ /server closed the connection|could not connect/;
	}
	$node->stop;
	$node->start;
	is(wrong(), '', "with $more kB of address space more than an idle backend: nothing is left behind");
}
cmp_ok($refused, '>', 0, 'some statements found no memory');
note("figures: statements refused for want of memory: $refused");

# --- a full disk -----------------------------------------------------------------------------

SKIP:
{
	skip 'a full disk needs MUTASI_FULL, a small file system of its own', 4 unless $ENV{MUTASI_FULL};
	$node->safe_psql('postgres', "CREATE TABLESPACE small LOCATION '$ENV{MUTASI_FULL}'");
	$node->safe_psql('postgres', <<'SQL');
SET default_tablespace = small;
CREATE TABLE tight (id int PRIMARY KEY, status text NOT NULL, note text);
SELECT mutasi.attach_workflow('tight', 'fault_steps', 'status');
SQL
	my $err = '';
	my $inserted = 0;
	for (1 .. 200)
	{
		(undef, undef, $err) = $node->psql('postgres', "INSERT INTO tight SELECT g, 'draft', repeat('x', 100) FROM generate_series($inserted + 1, $inserted + 1000) AS g");
		last if $err ne '';
		$inserted += 1000;
	}
	like($err, qr/No space left on device/, "the disk is full after $inserted cases");
	for (1 .. 20)
	{
		(undef, undef, $err) = $node->psql('postgres', "UPDATE tight SET status = 'a' WHERE id = (SELECT min(id) FROM tight WHERE status = 'draft')");
		last if $err ne '';
	}
	is($node->safe_psql('postgres', "SELECT count(*) FROM mutasi.verify_history('tight')"), '0', 'its history verifies');
	is($node->safe_psql('postgres', "SELECT count(*) FROM tight AS t WHERE t.status IS DISTINCT FROM (SELECT h.to_state FROM tight_history AS h WHERE h.id = t.id ORDER BY seq DESC LIMIT 1)"),
		'0', 'no case is in a state without its history row');
	is($node->safe_psql('postgres', "SELECT bt_index_parent_check('tight_pkey', true)::text || bt_index_parent_check('tight_history_pkey', true)::text"), '', 'and its indexes agree');
	note("figures: cases on the full disk: $inserted");
	$node->safe_psql('postgres', 'DROP TABLE tight, tight_history, tight_history_seal, tight_history_seal_head CASCADE');
	$node->safe_psql('postgres', 'DROP TABLESPACE small');
}

is(wrong(), '', 'in the end all is well');
$node->stop;
my $log = slurp_file($node->logfile);
unlike($log, qr/PANIC: |TRAP: |was terminated by signal (?!9)|WARNING:.*(leak|was not closed|still referenced)|AddressSanitizer|runtime error:/, 'and the log has nothing worse than what was done to it');
done_testing();
