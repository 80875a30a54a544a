#!/bin/sh
# mutasi with Citus: a coordinator and two workers on the loopback, and what was
# seen there, as doc/many-machines.md tells it. No part of make check, since
# Debian has no package of Citus: without one it says so and ends well.
#   make citus                    or test/citus.sh
#   test/citus.sh COMMAND…        any program, with PGHOST, PGPORT, PGUSER, PGDATABASE
#                                 of the coordinator set: psql to look around
#   CITUS_SOURCE=FOLDER           a tree of Citus, built against PG_CONFIG (see the page)
. "$(dirname "$0")/machine.sh"

need_packages tap
if [ -z "$place" ] && [ ! -e "$("$PG_CONFIG" --pkglibdir)/citus.so" ] && [ ! -e "${CITUS_SOURCE:-}/src/backend/distributed/citus.so" ]; then
	say "skipped: Citus is not to be had; CITUS_SOURCE=FOLDER names a tree of it that is built"
	exit 0
fi
[ $# = 0 ] || MACHINE_TERMINAL=1
enter_place "$@"
build "${PLAY_FLAGS:--O2}"
if [ -n "${CITUS_SOURCE:-}" ]; then
	run_logged make -s -C "$CITUS_SOURCE" PG_CONFIG="$PG_CONFIG" with_llvm=no DESTDIR="${stage:-}" install || die "Citus could not be installed"
fi

coordinator='' worker_1='' worker_2=''
port=$((20000 + $$ % 20000))
for node in coordinator worker_1 worker_2; do
	port=$((port + 1))
	as_owner "$BINDIR/initdb" -D "$WORK/$node" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$WORK/initdb.log" 2>&1 ||
		{ cat "$WORK/initdb.log" >&2; die "initdb failed"; }
	as_owner tee -a "$WORK/$node/postgresql.conf" >/dev/null <<-CONF
		listen_addresses = '127.0.0.1'
		port = $port
		unix_socket_directories = '$WORK/socket'
		fsync = off
		wal_level = logical
		max_connections = 60
		max_prepared_transactions = 120
		include '$EXTRA_CONF'
		shared_preload_libraries = 'citus'
		# looks for its version where the server's own extensions are
		citus.enable_version_checks = off
	CONF
	as_owner "$BINDIR/pg_ctl" -D "$WORK/$node" -l "$WORK/$node.log" -w -t 60 start >/dev/null ||
		{ cat "$WORK/$node.log" >&2; die "the $node did not start"; }
	as_owner "$BINDIR/createdb" -h "$WORK/socket" -p "$port" -U postgres play
	as_owner "$BINDIR/psql" -X -q -h "$WORK/socket" -p "$port" -U postgres -d play -c 'CREATE EXTENSION citus' -c 'CREATE EXTENSION mutasi'
	eval "$node=$port"
done
PGHOST=$WORK/socket PGPORT=$coordinator PGUSER=postgres PGDATABASE=play PATH=$BINDIR:$PATH
export PGHOST PGPORT PGUSER PGDATABASE PATH
as_owner psql -X -q -o /dev/null -v ON_ERROR_STOP=1 -c "SELECT citus_set_coordinator_host('127.0.0.1', $coordinator)" \
	-c "SELECT citus_add_node('127.0.0.1', $worker_1)" -c "SELECT citus_add_node('127.0.0.1', $worker_2)"
cd "$TREE"
if [ $# -gt 0 ]; then
	as_owner "$@"
	exit
fi

as_owner perl - <<'PERL'
use strict;
use warnings;
use Test::More;

# SQL run on the coordinator: what it says, errors with it
sub psql
{
	my ($sql) = @_;
	open my $pipe, '-|', 'sh', '-c', 'exec psql -XAtq -v ON_ERROR_STOP=1 -c "SET client_min_messages = warning" -c "SET search_path = public, mutasi" -c "$1" 2>&1', 'sh', $sql or die "cannot run psql: $!\n";
	my $text = do { local $/; <$pipe> } // '';
	close $pipe;
	chomp $text;
	return $text;
}
sub done { my ($sql) = @_; my $text = psql($sql); $text !~ /^(ERROR|psql)/m or BAIL_OUT("$sql\n$text") }
# the answer is that of plain tables of the same rows, and EXPLAIN shows what; {…} names a table
sub same
{
	my ($what, $query, @plans) = @_;
	my ($there, $here) = map { my $kind = $_; psql($query =~ s/\{(\w+)\}/$kind$1/gr) } '', 'plain_';
	isnt($here, '', "$what: there is an answer");
	is($there, $here, "$what: as of plain tables");
	my $explained = psql('EXPLAIN (VERBOSE, COSTS OFF) ' . $query =~ s/\{(\w+)\}/$1/gr);
	like($explained, $_, "$what: where it is done") for @plans;
}
sub refused { my ($what, $sql, $like) = @_; like(psql($sql), $like, $what) }
diag(psql('SELECT citus_version()'));

# --- the types as columns, as keys, on the way ----------------------------------------

my %rows = (
	staff => q{SELECT i AS id, i % 100 AS unit_id, format('{1:%s, 2:%s, 3:%s, %s:2}', i * 7 % 5 + 1, i * 3 % 4 + 1, i * 11 % 5, 10 + i % 400)::competency_profile AS profile FROM generate_series(1, 20000) AS i},
	task_load => 'SELECT u AS unit_id, t AS task_id, (100 * t + u)::numeric AS volume, 0.5 AS norm_hours FROM generate_series(1, 2000) AS u, generate_series(1, 5) AS t',
	assessment => 'SELECT e AS employee_id, c AS competency, (1 + (e + c) % 4)::numeric AS level FROM generate_series(1, 1000) AS e, generate_series(1, 5) AS c',
	by_profile => 'SELECT profile, count(*)::int AS n FROM plain_staff GROUP BY profile',
	by_requirement => q{SELECT format('{1:%s, %s:2!}', i % 5 + 1, 10 + i)::competency_requirement AS requirement, i AS n FROM generate_series(1, 100) AS i},
	by_nip => q{SELECT format('%s201001%s%s', to_char(date '1980-01-01' + i, 'YYYYMMDD'), i % 2 + 1, lpad((i % 999 + 1)::text, 3, '0'))::nip AS nip, i AS n FROM generate_series(1, 500) AS i});
my @spread = ([ staff => 'id' ], [ task_load => 'unit_id' ], [ assessment => 'employee_id' ], [ by_profile => 'profile' ], [ by_requirement => 'requirement' ], [ by_nip => 'nip' ]);
for (@spread)
{
	my ($table, $key) = @$_;
	done("CREATE TABLE plain_$table AS $rows{$table}");
	done("CREATE TABLE $table (LIKE plain_$table)");
	done("ALTER TABLE $table ADD PRIMARY KEY ($key)") if $table =~ /^(staff|by_)/;
	done("SELECT create_distributed_table('$table', '$key', shard_count => 4)");
	done("INSERT INTO $table SELECT * FROM plain_$table");
	is(psql("SELECT count(DISTINCT nodeport) FROM citus_shards WHERE table_name = '$table'::regclass"), '2', "$table: by $key over two workers");
	same("$table: its rows", "SELECT count(*), min($key), max($key), sum(hashtext($key\::text)) FROM {$table}");
}
done('CREATE INDEX ON staff USING gist (profile)');
done('CREATE INDEX ON staff USING gin (profile)');
done("CREATE TABLE plain_post AS SELECT * FROM (VALUES (1, 'Nurse', '{1:5, 2:4, 50:3}'::competency_requirement), (2, 'Clerk', '{1:2!, 3:4!}')) AS p (post_id, title, requirement)");
done('CREATE TABLE post (LIKE plain_post); ALTER TABLE post ADD PRIMARY KEY (post_id)');
done("SELECT create_reference_table('post')");
done('INSERT INTO post SELECT * FROM plain_post');
done('ANALYZE');

for (@spread[ 3 .. 5 ])
{
	my ($table, $key) = @$_;
	my $one = psql("SELECT quote_literal($key) FROM plain_$table ORDER BY n DESC, $key LIMIT 1");
	same("a row by its $key", "SELECT n FROM {$table} WHERE $key = $one", qr/Task Count: 1$/m);
}
same('a join by profile', 'SELECT count(*) FROM {by_profile} AS a JOIN {by_profile} AS b USING (profile)', qr/Task Count: 4/);

# --- queries ----------------------------------------------------------------------------

same('nearest first', q{SELECT profile <=> '{1:5, 2:4, 50:3}' AS distance FROM {staff} ORDER BY profile <=> '{1:5, 2:4, 50:3}' LIMIT 10},
	qr/Query: SELECT .*ORDER BY \(profile OPERATOR\(mutasi\.<=>\) .*LIMIT '10'::bigint/, qr/Index Scan using staff_profile_idx_\d+/);
same('the gate', q{SELECT count(*) FROM {staff} WHERE profile @> '{1:5!, 50:2!}'}, qr/Query: .*WHERE \(profile OPERATOR\(mutasi\.@>\)/);
same('a score in a filter', q{SELECT count(*) FROM {staff} WHERE match_score(profile, '{1:5, 2:4}') > 0.9}, qr/Query: .*WHERE \(mutasi\.match_score\(/);
same('grouped by profile', 'SELECT profile, count(*) FROM {staff} GROUP BY profile ORDER BY 2 DESC, 1 LIMIT 5', qr/Group Key: remote_scan\.profile.*Query: SELECT profile, count\(\*\).*GROUP BY profile/s);
same('different profiles', 'SELECT count(DISTINCT profile) FROM {staff}');
same('posts on every worker', 'SELECT p.title, count(*) FROM {staff} AS s JOIN {post} AS p ON s.profile @> p.requirement GROUP BY 1 ORDER BY 1', qr/Query: SELECT .*JOIN public\.post_\d+ p ON/);
same('an aggregate by the distribution column', 'SELECT sum(required) FROM (SELECT unit_id, staff_required(volume, norm_hours, 1250) AS required FROM {task_load} GROUP BY unit_id) AS u', qr/Query: SELECT .*mutasi\.staff_required\(/);
same('profiles by the distribution column', 'SELECT employee_id, profile_agg(competency, level) FROM {assessment} GROUP BY employee_id ORDER BY 1 LIMIT 5', qr/Query: SELECT .*mutasi\.profile_agg\(/);
# a state of type internal: rows are gathered, not parts
same('an aggregate of all', 'SELECT staff_required(volume, norm_hours, 1250) FROM {task_load}', qr/Aggregate\n  Output: staff_required\(remote_scan.*Query: SELECT volume AS/s);
same('a profile of all', 'SELECT profile_agg(employee_id, level) FROM {assessment} WHERE competency = 1', qr/Aggregate\n  Output: profile_agg\(remote_scan/);
same('totals added up', 'SELECT sum(hours) / 1250 FROM (SELECT task_id, sum(volume * norm_hours) AS hours FROM {task_load} GROUP BY task_id) AS t', qr/Query: SELECT task_id, sum\(/);
# one of an array: parts
same('the total of profile matching', q{SELECT profile_matching_total(profile, '{1:5, 2:4, 3:2~}', 100) FROM {staff} WHERE id % 2000 = 0}, qr/coord_combine_agg.*worker_partial_agg/s);
same('ranking in bulk', q{SELECT person_id, post_id, rank FROM rank_candidates('SELECT id AS person_id, profile FROM {staff}', 'SELECT post_id, requirement FROM {post}', 3) ORDER BY 2, 3});
same('a plan', q{SELECT count(*), sum(score) FROM plan_transfers('SELECT s.id AS employee_id, p.post_id, match_score(s.profile, p.requirement) AS score FROM {staff} AS s, {post} AS p WHERE s.id % 500 = 0', 'SELECT post_id, 3 AS seats FROM {post}')});
done('CREATE VIEW fit AS SELECT s.id, p.title, match_score(s.profile, p.requirement) AS score FROM staff AS s, post AS p; CREATE VIEW plain_fit AS SELECT s.id, p.title, match_score(s.profile, p.requirement) AS score FROM plain_staff AS s, plain_post AS p');
same('a view over such tables', 'SELECT title, avg(score), max(score) FROM {fit} GROUP BY 1 ORDER BY 1', qr/Query: SELECT .*match_score\(/);
refused('nearest of each post, as a join, is not', q{SELECT p.title, c.id FROM post AS p CROSS JOIN LATERAL (SELECT s.id FROM staff AS s ORDER BY s.profile <=> p.requirement LIMIT 3) AS c}, qr/ERROR:  cannot push down this subquery/);

# --- shards move ------------------------------------------------------------------------

for my $mode (qw(force_logical block_writes))
{
	my ($shard, $from, $to) = split /\|/, psql(q{SELECT s.shardid, s.nodeport, (SELECT min(nodeport) FROM pg_dist_node WHERE shouldhaveshards AND nodeport <> s.nodeport) FROM citus_shards AS s WHERE table_name = 'staff'::regclass ORDER BY 1 LIMIT 1});
	done("SELECT citus_move_shard_placement($shard, '127.0.0.1', $from, '127.0.0.1', $to, '$mode')");
	is(psql("SELECT DISTINCT nodeport FROM citus_shards WHERE shardid = $shard"), $to, "a shard moves ($mode)");
	same("and then ($mode)", q{SELECT count(*), sum(hashtext(profile::text)), min(profile <=> '{1:5, 2:4, 50:3}') FROM {staff}});
}

# --- what stays on one server -------------------------------------------------------------

done(q{SELECT define_workflow('{"workflow": "leave", "states": [{"state": "draft", "initial": true}, {"state": "sent"}, {"state": "granted", "terminal": true}],
	"transitions": [{"action": "send", "from": "draft", "to": "sent"}, {"action": "grant", "from": "sent", "to": "granted"}]}')});
my $table = "(id int PRIMARY KEY, state text NOT NULL DEFAULT 'draft')";
done("CREATE TABLE leave_here $table; SELECT attach_workflow('leave_here', 'leave', 'state'); INSERT INTO leave_here VALUES (1)");
refused('a workflow on a table of the coordinator is in force', "UPDATE leave_here SET state = 'granted'", qr/ERROR:  case 1 of "leave_here" cannot go from "draft" to "granted"/);
done("CREATE TABLE leave_spread $table; SELECT create_distributed_table('leave_spread', 'id'); CREATE TABLE leave_everywhere $table; SELECT create_reference_table('leave_everywhere')");
refused('a distributed table takes no workflow', "SELECT attach_workflow('leave_spread', 'leave', 'state')", qr/ERROR:  triggers are not supported on distributed tables/);
refused('a reference table neither', "SELECT attach_workflow('leave_everywhere', 'leave', 'state')", qr/ERROR:  triggers are not supported on reference tables/);
refused('a table under a workflow is not distributed', "SELECT create_distributed_table('leave_here', 'id')", qr/ERROR:  cannot distribute relation "leave_here" because it has triggers/);
refused('nor made a reference table', "SELECT create_reference_table('leave_here')", qr/ERROR:  .*triggers/);
for my $sql ("SELECT create_distributed_table('leave_here', 'id')", "SELECT create_reference_table('leave_here')", "SELECT attach_workflow('leave_spread', 'leave', 'state')", "SELECT attach_workflow('leave_everywhere', 'leave', 'state')")
{
	refused("not with unsafe triggers either: $sql", "SET citus.enable_unsafe_triggers = on; $sql", qr/ERROR:  relation "public\.leave_\w+_history" does not exist/);
}
done("SET client_min_messages = error; SELECT create_agency('kota_x')");
done("INSERT INTO kota_x.unit (code, name, kind) VALUES ('PKM1', 'Health Centre 1', 'health centre'); INSERT INTO kota_x.post (unit_id, code, title, family, kind, class, seats) VALUES (1, 'PKM1-N', 'Nurse', 'nursing', 'skilled', 7, 4)");
is(psql('SELECT post_title, free FROM kota_x.vacancy'), 'Nurse|4.00', 'an agency schema works on the coordinator');
is(psql('SELECT s.id FROM staff AS s, kota_x.post AS p WHERE s.id = p.post_id'), '1', 'beside distributed tables');
refused('its tables are not distributed', "SELECT create_distributed_table('kota_x.task_volume', 'task_id')", qr/ERROR:  cannot distribute relation "task_volume" because it has triggers/);
refused('nor the whole schema', "SELECT citus_schema_distribute('kota_x')", qr/ERROR:  "table kota_x\.\w+" has dependency/);
is(psql('SELECT post_title, free FROM kota_x.vacancy'), 'Nurse|4.00', 'and an attempt leaves it as it was');
done_testing();
PERL
