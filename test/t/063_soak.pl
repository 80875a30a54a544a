# A randomised model checker. Several sessions move the transfers of one agency
# about, lawfully and not; each knows from the workflow's definition (as data) and
# from what it did before what must come of each statement: which state, or which
# refusal. Seats and floors are competed for. Meanwhile one observer looks at what
# must hold at every moment, and in the end the whole history is judged again in
# SQL, and seats and floors are computed beside the agency's own rules.
#
#   MUTASI_SOAK=SECONDS     how long (12; `make soak` has 600)
#   MUTASI_SEED=N           another course of chance
#   MUTASI_SESSIONS=N       how many sessions (6)
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use IPC::Open2;
use POSIX ();
use Time::HiRes qw(time usleep);

my $seconds = $ENV{MUTASI_SOAK} // 12;
my $seed = $ENV{MUTASI_SEED} // 20260102;
my $sessions = $ENV{MUTASI_SESSIONS} // 6;
my $own = 5;		# people of each session
my $shared = 6;		# people that everybody lays hands on
my $posts = 8;

my $node = PostgreSQL::Test::Cluster->new('soak');
$node->init(extra => [ '--username', 'postgres' ]);
$node->append_conf('postgresql.conf', "fsync = off\nmax_connections = 40\ndeadlock_timeout = 200ms\nlog_min_error_statement = panic\nlog_min_messages = log\n");
$node->start;
$ENV{PGUSER} = 'postgres';
my $people = $own * $sessions + $shared;
my $seats = int($people / $posts) + 2;
$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION mutasi;
SELECT mutasi.create_agency('kota');
INSERT INTO kota.unit (unit_id, code, name) SELECT u, 'U' || u, 'Unit ' || u FROM generate_series(1, $posts / 2) AS u;
INSERT INTO kota.post (post_id, unit_id, code, title, seats, min_staff) SELECT p, 1 + (p - 1) / 2, 'P' || p, 'Clerk', $seats, 2 FROM generate_series(1, $posts) AS p;
INSERT INTO kota.employee (employee_id, name, appointed_on) SELECT e, 'Pegawai ' || lpad(e::text, 3, '0'), '2010-01-01' FROM generate_series(1, $people) AS e;
INSERT INTO kota.incumbency (employee_id, post_id, valid_from) SELECT e, 1 + e % $posts, '2015-01-01' FROM generate_series(1, $people) AS e;
UPDATE kota.eligibility_rule SET enabled = rule IN ('vacancy', 'donor floor');
INSERT INTO kota.task (task_id, post_id, name) SELECT p, p, 't' FROM generate_series(1, $posts) AS p;
INSERT INTO kota.task_norm (task_id, norm_hours) SELECT p, 1 FROM generate_series(1, $posts) AS p;
INSERT INTO kota.task_volume SELECT p, '2020-01-01', 100 FROM generate_series(1, $posts) AS p;
SELECT kota.new_policy('2020-01-01', jsonb_build_object('notice_required', false));
SQL

# the workflow, from its definition
my (%from, %states);
for (split /\n/, $node->safe_psql('postgres', "SELECT from_state, to_state, action, reason_required, reason_code_required, coalesce('system' = ANY (roles) AND cardinality(roles) = 1, false), coalesce(condition, '') LIKE 'coalesce%minister_permission_needed%', required_documents <> '[]' AND action <> 'submit' FROM mutasi.workflow_transition WHERE workflow = 'transfer_within_agency'"))
{
	my ($from, $to, $action, $reason, $code, $system, $condition, $documents) = split /\|/;
	$from{$from}{$to} = { action => $action, reason => $reason eq 't', code => $code eq 't', system => $system eq 't', condition => $condition eq 't', documents => $documents eq 't' };
}
$states{$_} = 1 for split /\n/, $node->safe_psql('postgres', "SELECT state FROM mutasi.workflow_state WHERE workflow = 'transfer_within_agency'");
my %closed = map { $_ => 1 } split /\n/, $node->safe_psql('postgres', "SELECT state FROM mutasi.workflow_state WHERE workflow = 'transfer_within_agency' AND terminal");

# --- a session ---------------------------------------------------------------------

# psql at the other end of two pipes; errors come as their SQLSTATE
sub connect_psql
{
	my ($out, $in);
	my $pid = open2($out, $in, 'psql -qXAt -v VERBOSITY=sqlstate -v ON_ERROR_STOP=0 -h ' . $node->host . ' -p ' . $node->port . ' postgres 2>&1');
	return { in => $in, out => $out, n => 0 };
}

# What a transaction came to: (SQLSTATE or '', its last line).
sub run
{
	my ($psql, $sql) = @_;
	my $mark = 'done ' . ++$psql->{n};
	print { $psql->{in} } "$sql\nSELECT '$mark';\n";
	$psql->{in}->flush;
	my ($error, $last) = ('', '');
	while (defined(my $line = readline $psql->{out}))
	{
		chomp $line;
		return ($error, $last) if $line eq $mark;
		if ($line =~ /ERROR:\s+([0-9A-Z]{5})/) { $error ||= $1; }
		elsif ($line =~ /(FATAL|PANIC|server closed)/) { return ('down', $line); }
		elsif ($line !~ /WARNING|NOTICE/) { $last = $line; }
	}
	return ('down', '');
}

sub pick { return $_[ int(rand(@_)) ]; }

sub session
{
	my ($number, $until, $file) = @_;
	srand($seed * 1000 + $number);
	open my $log, '>', $file or die;
	my $psql = connect_psql();
	my (%case, %count);
	my @mine = map { ($number - 1) * $own + $_ } 1 .. $own;
	my @everybodys = map { $sessions * $own + $_ } 1 .. $shared;
	my $wrong = sub { print $log "wrong session $number, action $psql->{n}: @_\n"; };
	my $step = sub {
		my ($c, $to, $t, %but) = @_;
		my $person = $but{person} // "does $t->{action}";
		my $reason = $but{reason} // "'why'";
		my $code = $but{code} // ($t->{code} ? "'NO_VACANCY'" : 'rejection_code');
		my $end = $but{end} // 'COMMIT';
		my $level = rand() < 0.3 ? 'ISOLATION LEVEL SERIALIZABLE' : rand() < 0.3 ? 'ISOLATION LEVEL REPEATABLE READ' : '';
		return run($psql, "BEGIN $level; SET LOCAL mutasi.actor = '$person'; UPDATE kota.transfer SET state = '$to', state_reason = $reason, rejection_code = $code WHERE transfer_id = $c->{id}; $end;");
	};
	# refusals of the whole transaction, by no fault of its own
	my %again = map { $_ => 1 } qw(40001 40P01);
	while (time < $until)
	{
		my $employee = pick(@mine);
		my $c = $case{$employee};
		my $dice = rand();
		my ($error, $last);
		if ($dice < 0.12)
		{
			# somebody else's hands on the same cases: any answer of the workflow will do
			my $e = pick(@everybodys);
			my $to = pick(keys %states);
			($error) = rand() < 0.3
				? run($psql, "BEGIN; SET LOCAL mutasi.actor = 'opens $number'; INSERT INTO kota.transfer (employee_id, to_post_id, reason, effective_on, decision_grounds) VALUES ($e, " . (1 + int(rand($posts))) . ", 'shared', current_date, 'x') RETURNING transfer_id \\gset\nINSERT INTO kota.transfer_document (transfer_id, code, title) SELECT :transfer_id, 'D' || lpad(d::text, 2, '0'), 'x' FROM generate_series(1, 13) AS d; COMMIT;")
				: run($psql, "BEGIN; SET LOCAL mutasi.actor = 'does ' || txid_current_if_assigned(); COMMIT; BEGIN; SET LOCAL mutasi.actor = 'shared $number'; UPDATE kota.transfer SET state = '$to', state_reason = 'why', rejection_code = CASE '$to' WHEN 'rejected' THEN 'NO_VACANCY' END WHERE transfer_id = (SELECT max(transfer_id) FROM kota.transfer WHERE employee_id = $e AND is_open); COMMIT;");
			$wrong->("a shared case answers $error") unless $error =~ /^(|MU0\d\d|MU10[0-9]|MU11[0-9]|MU127|MU129|23505|40001|40P01|42601)$/;
			$count{'shared cases'}++;
			next;
		}
		if (!$c || $closed{$c->{state}} || $c->{state} =~ /^(effective|monitoring)$/ && rand() < 0.5)
		{
			# a person without an open case begins one
			my $bare = rand() < 0.1;
			my $to = 1 + int(rand($posts));
			($error, $last) = run($psql, "BEGIN; SET LOCAL mutasi.actor = 'does create'; INSERT INTO kota.transfer (employee_id, to_post_id, reason, effective_on, decision_grounds) VALUES ($employee, $to, 'wish', current_date, 'x') RETURNING transfer_id \\gset\n"
				. ($bare ? '' : "INSERT INTO kota.transfer_document (transfer_id, code, title) SELECT :transfer_id, 'D' || lpad(d::text, 2, '0'), 'x' FROM generate_series(1, 13) AS d;\n")
				. 'SELECT :transfer_id, from_post_id FROM kota.transfer WHERE transfer_id = :transfer_id; COMMIT;');
			$count{'cases opened'}++ if $error eq '';
			if ($error eq '') { my ($id) = split /\|/, $last; $case{$employee} = { id => $id, state => 'draft', bare => $bare, done => {} }; }
			elsif ($error ne 'MU127' && !$again{$error}) { $wrong->("opening a case of $employee gives $error"); }	# to the post held already
			next;
		}
		my $open = $c->{state} !~ /^(effective|monitoring)$/;
		if ($dice < 0.16 && $open)
		{
			($error) = run($psql, "INSERT INTO kota.transfer (employee_id, to_post_id, reason, kind) SELECT $employee, post_id, 'second', 'rotation' FROM kota.post WHERE post_id <> (SELECT from_post_id FROM kota.transfer WHERE transfer_id = $c->{id}) LIMIT 1;");
			$wrong->("a second open case of $employee gives '$error'") unless $error eq 'MU129' || $again{$error};
			$count{'second cases refused'}++;
		}
		elsif ($dice < 0.24)
		{
			# where no transition leads
			my @nowhere = grep { $_ ne $c->{state} && !$from{ $c->{state} }{$_} } keys %states;
			my $to = pick(@nowhere);
			($error) = $step->($c, $to, { action => 'jump', code => 1 });
			$wrong->("$c->{id}: $c->{state} to $to gives '$error'") unless $error eq 'MU002' || $again{$error};
			$count{'illegal jumps refused'}++;
		}
		elsif ($dice < 0.28)
		{
			($error) = run($psql, $dice < 0.26 ? "DELETE FROM kota.transfer WHERE transfer_id = $c->{id} AND state <> 'draft';" : "UPDATE kota.transfer SET transfer_id = -transfer_id WHERE transfer_id = $c->{id};");
			my $expected = $dice >= 0.26 ? qr/^(MU005|23503)$/ : $c->{state} eq 'draft' ? qr/^$/ : qr/^(MU006|23503)$/;
			$wrong->("deletion or another key of $c->{id} in $c->{state} gives '$error'") unless $error =~ $expected || $again{$error};
			$count{'deletions and keys refused'}++;
		}
		elsif ($dice < 0.31)
		{
			my $to = pick('granted', 'Draft', '');
			($error) = $step->($c, $to, { action => 'nowhere' });
			$wrong->("an unknown state gives '$error'") unless $error eq 'MU003' || $again{$error};
			$count{'unknown states refused'}++;
		}
		else
		{
			my $to = pick(keys %{ $from{ $c->{state} } });
			# not everything ends at the first chance
			$to = pick(keys %{ $from{ $c->{state} } }) for 1 .. 2 * ($closed{$to} // 0);
			my $t = $from{ $c->{state} }{$to};
			my ($expected, %but) = ('');
			if ($t->{system}) { $expected = 'MU008'; }
			elsif ($t->{condition}) { $expected = 'MU009'; }
			elsif ($t->{documents} && $c->{bare}) { $expected = 'MU011'; }
			elsif ($t->{reason} && rand() < 0.2) { $expected = 'MU012'; $but{reason} = 'NULL'; }
			elsif ($t->{code} && rand() < 0.2) { $expected = 'MU013'; $but{code} = 'NULL'; }
			elsif ($t->{action} =~ /^(verify|analyse|decide)$/ && rand() < 0.2) { $expected = 'MU015'; $but{person} = 'does create'; }
			elsif (rand() < 0.1) { $but{end} = 'ROLLBACK'; }
			($error) = $step->($c, $to, $t, %but);
			my $contended = $to =~ /^(decided|effective)$/ && $expected eq '' && $error =~ /^(MU104|MU108|MU110)$/;
			if ($again{$error}) { $count{'serialization failures and deadlocks'}++; }
			elsif ($contended) { $count{'refused for want of a seat or by a floor'}++; }
			elsif ($error ne $expected) { $wrong->("$t->{action} of $c->{id} in $c->{state} gives '$error', expected '$expected'"); }
			elsif ($error eq '' && !$but{end}) { $c->{state} = $to; $count{'transitions'}++; }
			elsif ($but{end}) { $count{'transitions rolled back'}++; }
			else { $count{'lawless steps refused'}++; }
		}
		if (rand() < 0.3)
		{
			($error, $last) = run($psql, "SELECT state FROM kota.transfer WHERE transfer_id = $c->{id};");
			$wrong->("$c->{id} is in '$last' and not in '$c->{state}'") if $last ne $c->{state};
			$count{'states compared'}++;
		}
		last if $error eq 'down';
	}
	for my $employee (keys %case)
	{
		my (undef, $last) = run($psql, "SELECT state FROM kota.transfer WHERE transfer_id = $case{$employee}{id};");
		$wrong->("in the end $case{$employee}{id} is in '$last' and not in '$case{$employee}{state}'") if $last ne $case{$employee}{state};
	}
	print $log "count $_\t$count{$_}\n" for sort keys %count;
	close $log;
	POSIX::_exit(0);
}

# --- what must hold at every moment --------------------------------------------------

my $invariants = <<'SQL';
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT concat_ws('; ',
	(SELECT 'post ' || p.post_id || ' has ' || n.held || ' holders and ' || n.coming || ' promised on ' || p.seats || ' seats' FROM kota.post AS p
		CROSS JOIN LATERAL (SELECT (SELECT count(*) FROM kota.incumbency AS i WHERE i.post_id = p.post_id AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date)) AS held,
			(SELECT count(*) FROM kota.transfer AS t WHERE t.to_post_id = p.post_id AND t.state IN ('decided', 'appointed')) AS coming) AS n
		WHERE n.held + n.coming > p.seats LIMIT 1),
	(SELECT 'post ' || p.post_id || ' is left with ' || n.held - n.leaving || ' of at least ' || p.min_staff FROM kota.post AS p
		CROSS JOIN LATERAL (SELECT (SELECT count(*) FROM kota.incumbency AS i WHERE i.post_id = p.post_id AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date)) AS held,
			(SELECT count(*) FROM kota.transfer AS t WHERE t.from_post_id = p.post_id AND t.state IN ('decided', 'appointed')) AS leaving) AS n
		WHERE n.held - n.leaving < p.min_staff LIMIT 1),
	(SELECT 'employee ' || employee_id || ' has two open cases' FROM kota.transfer WHERE is_open GROUP BY employee_id HAVING count(*) > 1 LIMIT 1),
	(SELECT 'employee ' || a.employee_id || ' holds two posts' FROM kota.incumbency AS a JOIN kota.incumbency AS b USING (employee_id)
		WHERE a.incumbency_id < b.incumbency_id AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to) LIMIT 1),
	(SELECT 'employee ' || e.employee_id || ' holds no post' FROM kota.employee AS e
		WHERE NOT EXISTS (SELECT FROM kota.incumbency AS i WHERE i.employee_id = e.employee_id AND i.valid_to IS NULL) LIMIT 1),
	(SELECT 'case ' || t.transfer_id || ' is in ' || t.state || ' without its history row' FROM kota.transfer AS t
		WHERE t.state IS DISTINCT FROM (SELECT h.to_state FROM kota.transfer_history AS h WHERE h.transfer_id = t.transfer_id ORDER BY seq DESC LIMIT 1) LIMIT 1),
	(SELECT 'history of case ' || case_key || ': ' || problem || ' ' || coalesce(detail, '') FROM mutasi.verify_history('kota.transfer') LIMIT 1));
COMMIT;
SQL

my $until = time + $seconds;
my (@children, @files);
for my $number (1 .. $sessions)
{
	my $file = $node->basedir . "/session_$number.log";
	push @files, $file;
	my $pid = fork // die;
	session($number, $until, $file) if $pid == 0;
	push @children, $pid;
}
my ($looked, @broken) = (0);
while (time < $until)
{
	my $broken = $node->safe_psql('postgres', $invariants);
	push @broken, $broken if $broken ne '';
	$looked++;
	$node->safe_psql('postgres', "SELECT mutasi.seal_history('kota.transfer')") if $looked % 5 == 0;
	usleep(200_000);
}
waitpid $_, 0 for @children;
is_deeply(\@broken, [], 'what must hold held at every moment looked at');
my (%count, @wrong);
for my $file (@files)
{
	for (split /\n/, slurp_file($file))
	{
		if (/^wrong (.*)/) { push @wrong, $1; }
		elsif (/^count (.*)\t(\d+)/) { $count{$1} += $2; }
	}
}
is(scalar @wrong, 0, "every answer was the model's (seed $seed)");
diag($_) for @wrong[ 0 .. ($#wrong > 19 ? 19 : $#wrong) ];
cmp_ok($count{transitions} // 0, '>', 0, 'transitions were taken');

# --- the end: judged once more, without the workflow's own code ----------------------

is($node->safe_psql('postgres', $invariants), '', 'in the end all holds');
is($node->safe_psql('postgres', <<'SQL'), '', 'every step in the history is one of the workflow, by a person whose duties allow it');
SELECT concat_ws('; ',
	(SELECT 'case ' || h.transfer_id || ' row ' || h.seq FROM kota.transfer_history AS h WHERE h.event = 'transition' AND NOT EXISTS (SELECT FROM mutasi.workflow_transition AS t
		WHERE t.workflow = h.workflow AND t.version = h.version AND t.from_state = h.from_state AND t.to_state = h.to_state AND t.action = h.action) LIMIT 1),
	(SELECT 'case ' || h.transfer_id || ' begins in ' || h.to_state FROM kota.transfer_history AS h WHERE h.seq = 1 AND (h.event <> 'create' OR h.to_state <> 'draft') LIMIT 1),
	(SELECT 'case ' || h.transfer_id || ' row ' || h.seq || ' does not follow' FROM (SELECT *, lag(to_state) OVER (PARTITION BY transfer_id ORDER BY seq) AS before FROM kota.transfer_history) AS h
		WHERE h.seq > 1 AND h.from_state IS DISTINCT FROM h.before LIMIT 1),
	(SELECT 'case ' || h.transfer_id || ' goes on behind its end' FROM kota.transfer_history AS h JOIN mutasi.workflow_state AS s ON s.workflow = h.workflow AND s.version = h.version AND s.state = h.from_state
		WHERE s.terminal LIMIT 1),
	(SELECT 'case ' || h.transfer_id || ': ' || h.actor || ' did ' || h.action || ' and ' || e.action FROM kota.transfer_history AS h
		JOIN mutasi.workflow_transition AS t ON t.workflow = h.workflow AND t.version = h.version AND t.from_state = h.from_state AND t.to_state = h.to_state
		JOIN kota.transfer_history AS e ON e.transfer_id = h.transfer_id AND e.seq < h.seq AND e.actor = h.actor AND e.action = ANY (t.separate_from) LIMIT 1))
SQL
# whoever waits for a decision: is the answer what seats and floors, counted here, say?
my ($decided, $refused, @differs) = (0, 0);
for (split /\n/, $node->safe_psql('postgres', "SELECT transfer_id FROM kota.transfer WHERE state = 'team_review' ORDER BY 1"))
{
	my $expected = $node->safe_psql('postgres', <<"SQL");
SELECT (SELECT p.seats - (SELECT count(*) FROM kota.incumbency AS i WHERE i.post_id = p.post_id AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date))
		- (SELECT count(*) FROM kota.transfer AS o WHERE o.to_post_id = p.post_id AND o.state IN ('decided', 'appointed')) >= 1 FROM kota.post AS p WHERE p.post_id = t.to_post_id)
	AND (SELECT (SELECT count(*) FROM kota.incumbency AS i WHERE i.post_id = p.post_id AND i.valid_from <= current_date AND (i.valid_to IS NULL OR i.valid_to > current_date))
		- (SELECT count(*) FROM kota.transfer AS o WHERE o.from_post_id = p.post_id AND o.state IN ('decided', 'appointed')) - 1 >= p.min_staff
		FROM kota.incumbency AS j JOIN kota.post AS p USING (post_id) WHERE j.employee_id = t.employee_id AND j.valid_to IS NULL)
FROM kota.transfer AS t WHERE t.transfer_id = $_
SQL
	$node->safe_psql('postgres', "INSERT INTO kota.transfer_document (transfer_id, code, title) VALUES ($_, 'D10', 'x') ON CONFLICT DO NOTHING");
	my (undef, undef, $err) = $node->psql('postgres', "BEGIN; SET LOCAL mutasi.actor = 'the last'; UPDATE kota.transfer SET state = 'decided' WHERE transfer_id = $_; COMMIT");
	push @differs, "case $_: expected $expected, got " . ($err || 'decided') if ($err eq '' ? 't' : 'f') ne $expected;
	$err eq '' ? $decided++ : $refused++;
}
is_deeply(\@differs, [], 'decisions are what seats and floors say, counted beside the agency\'s own rules');
note("figures: $sessions sessions, $seconds s, looked at $looked times; decided in the end $decided, refused $refused");
note("figures: $_: $count{$_}") for sort keys %count;
$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC: |TRAP: |was terminated by signal/, 'and the server lived');
done_testing();
