# The online application of examples/online, driven over HTTP on the loopback:
# people log in with their database roles, see vacancies and their own rank, file,
# order and withdraw, submit, acknowledge and object, and reach nothing of anybody
# else's; the program has no rights of its own.
use strict;
use warnings;
use HTTP::Tiny;
use IPC::Run;
use JSON::PP;
use MIME::Base64;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'psycopg 3 is not installed' if system q{/usr/bin/python3 -c 'import psycopg' >/dev/null 2>&1};

my $node = PostgreSQL::Test::Cluster->new('online');
$node->init(extra => [ '--username', 'postgres' ]);
$node->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'\npassword_encryption = 'scram-sha-256'");
unlink $node->data_dir . '/pg_hba.conf';
$node->append_conf('pg_hba.conf', "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256");
$node->start;
$ENV{PGUSER} = 'postgres';
my %secret = map { my $who = $_; ($who => join '', map { ('a' .. 'z', 0 .. 9)[ rand 36 ] } 1 .. 20) } qw(pegawai_2 pegawai_5 pegawai_6 pegawai_3 pegawai_4 clerk);
$node->safe_psql('postgres', 'CREATE DATABASE online');
$node->safe_psql('online', "CREATE EXTENSION mutasi CASCADE;\n\\i test/data/small_agency.sql");
$node->safe_psql('online', 'CREATE ROLE pegawai; CREATE ROLE bkpsdm; SELECT kota.enable_row_security(employee => \'pegawai\', approver => \'bkpsdm\');'
	. join '', map { "CREATE ROLE $_ LOGIN PASSWORD '$secret{$_}' IN ROLE pegawai;" } sort keys %secret);

my ($out, $err) = ('', '');
my $server;
{
	local %ENV = (PATH => $ENV{PATH}, PGHOST => '127.0.0.1', PGPORT => $node->port, PGDATABASE => 'online', AGENCY => 'kota', PYTHONDONTWRITEBYTECODE => 1);
	$server = IPC::Run::start([ '/usr/bin/python3', 'examples/online/server.py', '0' ], '<', \undef, '>', \$out, '2>', \$err, IPC::Run::timeout(180));
	$server->pump until $out =~ /\n/ || !$server->pumpable;
}
my ($base) = $out =~ m{(http://127\.0\.0\.1:\d+)/} or BAIL_OUT("the server did not start: $err");
my $http = HTTP::Tiny->new(timeout => 60);

# asked(WHO, METHOD, PATH, BODY): status and answer
sub asked
{
	my ($who, $method, $path, $body, %more) = @_;
	my ($name, $password) = ref $who ? @$who : ($who, $secret{$who});
	my $response = $http->request($method, $base . $path, {
		headers => { 'Content-Type' => 'application/json', $name ? (Authorization => 'Basic ' . encode_base64("$name:$password", '')) : (), %{ $more{headers} // {} } },
		defined $body ? (content => ref $body ? encode_json($body) : $body) : () });
	my $answer = eval { decode_json($response->{content}) } // $response->{content};
	return ($response->{status}, $answer);
}
sub answers
{
	my ($who, $method, $path, $body) = @_;
	my ($status, $answer) = asked($who, $method, $path, $body);
	is($status, 200, "$who: $method $path") or diag(explain($answer));
	return $answer;
}
sub refused
{
	my ($status, $like, $what, @request) = @_;
	my ($got, $answer) = asked(@request);
	is($got, $status, "$what: status $status") or diag(explain($answer));
	like(ref $answer eq 'HASH' ? join(' ', map { $_ // '' } @$answer{qw(sqlstate message hint)}) : encode_json([$answer]), $like, "$what: told why");
}

# --- getting in ---------------------------------------------------------------------

refused(401, qr/log in/, 'without a name', [], 'GET', '/me');
refused(401, qr/log in/, 'the page, too', [], 'GET', '/');
refused(401, qr/does not let you in/, 'with a wrong password', [ 'pegawai_2', 'wrong' ], 'GET', '/me');
refused(401, qr/log in/, 'with an empty password', [ 'pegawai_2', '' ], 'GET', '/me');
refused(401, qr/does not let you in/, 'as somebody who is not there', [ 'nobody', 'x' ], 'GET', '/me');
refused(404, qr/nothing here/, 'another path', 'pegawai_2', 'GET', '/employees');
my ($status, $page) = asked('pegawai_2', 'GET', '/');
like($page, qr/Permohonan mutasi/, 'the page');

# --- looking ------------------------------------------------------------------------

is_deeply(answers('pegawai_2', 'GET', '/me'), [ { employee_id => 2, name => 'Pegawai 002', nip => undef, grade => 'III/a' } ], 'who I am');
my @free = map { "$_->{post_id}: $_->{free}" } @{ answers('pegawai_2', 'GET', '/vacancies') };
is_deeply(\@free, [ '1: 3.00', '4: 1.00' ], 'vacancies, the busiest unit first');
my ($rank) = @{ answers('pegawai_2', 'GET', '/vacancies/1/rank') };
is("$rank->{rank} $rank->{score}", $node->safe_psql('online', "SELECT rank || ' ' || score FROM kota.rank_of(2, 1)"), 'the own rank among all, as the agency sees it');
is(scalar @{ answers('pegawai_2', 'GET', '/vacancies/1/match') }, 2, 'the own competencies beside what is asked');
my @best = map { "$_->{post_id} $_->{score}" } @{ answers('pegawai_2', 'GET', '/opportunities') };
is_deeply(\@best, [ split /\n/, $node->safe_psql('online', "SELECT post_id || ' ' || score FROM kota.opportunities(2, 10) ORDER BY rank") ], 'what suits best, the same');
refused(403, qr/42501.*no employee's login/, 'a login that is no employee', 'clerk', 'GET', '/vacancies/1/rank');
is_deeply(answers('clerk', 'GET', '/me'), [], 'and sees no person');

# --- filing, ordering, withdrawing ----------------------------------------------------

my $one = answers('pegawai_5', 'POST', '/applications', { post => 1, reason => "dekat rumah; '); DROP TABLE kota.application; --" })->[0]{application_id};
my $two = answers('pegawai_5', 'POST', '/applications', { post => 4, reason => 'ingin memimpin' })->[0]{application_id};
sub mine { return join ' ', map { "$_->{post_id}:$_->{preference}" } grep { !$_->{withdrawn_at} } @{ (asked($_[0], 'GET', '/applications'))[1] } }
is(mine('pegawai_5'), '1:1 4:2', 'filed, in the order they came');
refused(409, qr/MU112.*application $one/, 'the same post again', 'pegawai_5', 'POST', '/applications', { post => 1, reason => 'again' });
refused(409, qr/MU102.*vacancy lists the posts/, 'a post there is not', 'pegawai_5', 'POST', '/applications', { post => 99, reason => 'x' });
refused(400, qr/23502/, 'without a reason', 'pegawai_5', 'POST', '/applications', { post => 2 });
answers('pegawai_5', 'PUT', '/applications/order', { applications => [ $two, $one ] });
is(mine('pegawai_5'), '4:1 1:2', 'in another order');
answers('pegawai_5', 'PUT', '/applications/order', { applications => [ $one ] });
is(mine('pegawai_5'), '1:1 4:2', 'those not named come behind');
refused(409, qr/MU112/, 'one named twice', 'pegawai_5', 'PUT', '/applications/order', { applications => [ $one, $one ] });
refused(409, qr/MU112/, 'none', 'pegawai_5', 'PUT', '/applications/order', { applications => [] });
refused(409, qr/MU112/, 'an order of somebody else\'s', 'pegawai_6', 'PUT', '/applications/order', { applications => [ $two, $one ] });
refused(409, qr/MU112/, 'withdrawing somebody else\'s', 'pegawai_6', 'POST', "/applications/$two/withdraw", {});
is(mine('pegawai_6'), '', 'and nobody else sees them');
answers('pegawai_5', 'POST', "/applications/$two/withdraw", {});
is(mine('pegawai_5'), '1:1', 'withdrawn');
refused(409, qr/MU112/, 'twice', 'pegawai_5', 'POST', "/applications/$two/withdraw", {});

# --- the case that comes of it --------------------------------------------------------

my $case = $node->safe_psql('online', "SELECT kota.open_transfer($one, current_date)");
is(answers('pegawai_5', 'GET', '/transfers')->[0]{state}, 'draft', 'the own case is seen');
is_deeply(answers('pegawai_6', 'GET', '/transfers'), [], 'by nobody else');
refused(404, qr/no such case of yours/, 'submitting somebody else\'s', 'pegawai_6', 'POST', "/transfers/$case/submit", {});
refused(409, qr/MU\d+.*document "D02"/, 'submitting without the letter', 'pegawai_5', 'POST', "/transfers/$case/submit", {});
my $letter = { code => 'D02', title => 'surat permohonan mutasi', number => '17/2026' };
refused(403, qr/42501/, 'the letter filed by somebody else', 'pegawai_6', 'POST', "/transfers/$case/documents", $letter);
refused(403, qr/42501/, 'a document that is not the employee\'s to file', 'pegawai_5', 'POST', "/transfers/$case/documents", { %$letter, code => 'D01' });
answers('pegawai_5', 'POST', "/transfers/$case/documents", $letter);
is_deeply(answers('pegawai_5', 'POST', "/transfers/$case/submit", {}), [ { transfer_id => $case, state => 'submitted' } ], 'submitted');
answers('pegawai_5', 'POST', "/transfers/$case/submit", {});	# pressed twice: once
is(join(' ', map { "$_->{to_state} by $_->{actor}" } @{ answers('pegawai_5', 'GET', "/transfers/$case/history") }), 'draft by postgres submitted by pegawai_5', 'and each step with its person');
refused(404, qr/no such case of yours/, 'withdrawing somebody else\'s', 'pegawai_6', 'POST', "/transfers/$case/withdraw", { reason => 'x' });
is(answers('pegawai_5', 'POST', "/transfers/$case/withdraw", { reason => 'keluarga' })->[0]{state}, 'withdrawn', 'withdrawn');

# one that the agency decides
$node->safe_psql('online', q{
	SET search_path = kota, mutasi, public;
	BEGIN; SET LOCAL mutasi.actor = 'head of unit';
	INSERT INTO transfer (employee_id, to_post_id, reason, effective_on) VALUES (2, 1, 'PKM1 lacks nurses', current_date);
	UPDATE transfer SET state = 'submitted' WHERE employee_id = 2; COMMIT;
	INSERT INTO transfer_document (transfer_id, code, title, sha256) SELECT transfer_id, d, d, sha256(d::bytea) FROM transfer, unnest('{D01,D05,D06,D07,D08,D10,D12}'::text[]) AS d WHERE employee_id = 2;
	BEGIN; SET LOCAL mutasi.actor = 'verifier'; UPDATE transfer SET state = 'verification' WHERE employee_id = 2; UPDATE transfer SET state = 'analysis' WHERE employee_id = 2; COMMIT;
	BEGIN; SET LOCAL mutasi.actor = 'analyst'; UPDATE transfer SET state = 'team_review' WHERE employee_id = 2; COMMIT;
	BEGIN; SET LOCAL mutasi.actor = 'mayor'; UPDATE transfer SET state = 'decided', decision_letter = '800/1/2026', decision_grounds = 'The person ranked first declined.' WHERE employee_id = 2; COMMIT;
	SELECT issue_notice(transfer_id) FROM transfer WHERE employee_id = 2});
my $decided = $node->safe_psql('online', 'SELECT transfer_id FROM kota.transfer WHERE employee_id = 2');
my $notice = answers('pegawai_2', 'GET', '/notices');
like($notice->[0]{body}, qr/Kepada Pegawai 002/, 'the notice, in the own language');
is_deeply(answers('pegawai_5', 'GET', '/notices'), [], 'to nobody else');
refused(409, qr/MU118/, 'acknowledged by nobody else', 'pegawai_5', 'POST', "/transfers/$decided/acknowledge", {});
answers('pegawai_2', 'POST', "/transfers/$decided/acknowledge", {});
ok(answers('pegawai_2', 'GET', '/notices')->[0]{acknowledged_at}, 'acknowledged');
refused(404, qr/no such case of yours/, 'an agency\'s case is not the employee\'s to withdraw', 'pegawai_2', 'POST', "/transfers/$decided/withdraw", { reason => 'x' });
refused(409, qr/MU118/, 'an objection by somebody else', 'pegawai_5', 'POST', "/transfers/$decided/objections", { grounds => 'x' });
ok(answers('pegawai_2', 'POST', "/transfers/$decided/objections", { grounds => 'anak sekolah' })->[0]{objection_id}, 'an objection');

# --- what comes in by the wire ----------------------------------------------------------

refused(400, qr/./, 'no JSON', 'pegawai_5', 'POST', '/applications', '{"post": 1');
refused(400, qr/no JSON object/, 'no object', 'pegawai_5', 'POST', '/applications', '[1]');
refused(400, qr/neither a text/, 'a nested value', 'pegawai_5', 'POST', '/applications', { post => { a => 1 }, reason => 'x' });
refused(400, qr/./, 'a post that is no number', 'pegawai_5', 'POST', '/applications', { post => 'x', reason => 'x' });
refused(400, qr/too long/, 'a body without end', 'pegawai_5', 'POST', '/applications', { post => 1, reason => 'x' x 100_000 });
($status) = asked('pegawai_5', 'POST', '/applications', 'post=1', headers => { 'Content-Type' => 'text/plain' });
is($status, 415, 'what a foreign page could send is refused');
is($node->safe_psql('online', 'SELECT count(*) FROM kota.application'), '2', 'nothing of that was written');
is($node->safe_psql('online', q{SELECT count(*) FROM pg_stat_activity WHERE application_name = 'online application' AND usename = 'postgres'}), '0', 'nobody came as somebody with more rights');
# --- the page itself, in jsdom and in a browser --------------------------------------------

# Debian's node-jsdom, or one that npm put elsewhere
$ENV{NODE_PATH} = join ':', grep { defined } $ENV{NODE_PATH}, '/usr/share/nodejs', '/usr/local/lib/node_modules';
my %missing = (
	jsdom => q{node -e 'require("jsdom"); if (typeof fetch !== "function") process.exit(1)'},
	chromium => q{node -e 0 && "${ONLINE_BROWSER:-chromium}" --version});
for (values %missing) { $_ = system("$_ >/dev/null 2>&1") }

sub shows
{
	my ($how, $who, $errand) = @_;
	local $ENV{ONLINE_USER} = $who;
	local $ENV{ONLINE_PASSWORD} = $secret{$who};
	my ($told, $complaints) = ('', '');
	IPC::Run::run([ 'node', 'test/clients/online_page.js', $how, "$base/", $errand ], '<', \undef, '>', \$told, '2>', \$complaints, IPC::Run::timeout(120));
	diag($complaints) if $complaints ne '';
	return $told;
}

# way, who applies
for ([ 'jsdom', 3 ], [ 'chromium', 4 ])
{
	my ($how, $person) = @$_;
	SKIP:
	{
		skip $how eq 'jsdom' ? 'node with fetch and jsdom (Debian\'s node-jsdom) is not installed' : 'node and Chromium are not installed (apt-get install nodejs chromium; 80 MB that make check does not fetch by itself)', 4
		  if $missing{$how};
		my $looks = $how eq 'chromium' ? "desk: fine\ntelephone: fine\n" : '';
		my $me = "me: Pegawai 00$person, III/a\n";
		my $place = $node->safe_psql('online', "SELECT 'peringkat ' || rank || ', nilai ' || score FROM kota.rank_of($person, 1)");
		is(shows($how, "pegawai_$person", 'apply'), $me . $looks . "rank: $place\n"
			. "filed: 1. | Nurse | Health Centre 1 | dekat <b>rumah</b> |  | Tarik ; markup: 0\n${looks}order: Head of Health Centre, Nurse\nleft: Nurse\n",
			"$how: on the page somebody sees the own rank, files, orders and withdraws");
		my $wish = $node->safe_psql('online', "SELECT application_id FROM kota.application WHERE employee_id = $person AND withdrawn_at IS NULL");
		my $case = $node->safe_psql('online', "SELECT kota.open_transfer($wish, current_date)");
		is(shows($how, "pegawai_$person", 'case'), "${me}state: Draf\nmessage: case $case of \"transfer\" lacks what \"submit\" needs: document \"D02\"\n${looks}state: Diajukan\nstate: Ditarik ; buttons: 0\n",
			"$how: submits the case, is told what it lacks, and takes it back");
		$node->safe_psql('online', q{
			SET search_path = kota, mutasi, public;
			SELECT answer_objection(objection_id, 'the school year is over by then', false) FROM objection WHERE answer IS NULL;
			UPDATE notice SET acknowledged_at = NULL});
		is(shows($how, 'pegawai_2', 'notice'), "me: Pegawai 002, III/a\nnotice: Kepada Pegawai 002\n${looks}read: true\nmessage: \n", "$how: reads and acknowledges a notice, and objects");
		is($node->safe_psql('online', 'SELECT count(*) FILTER (WHERE answer IS NULL), (SELECT count(acknowledged_at) FROM kota.notice) FROM kota.objection'), '1|1', "$how: as the agency sees");
	}
}
unlike($err, qr/Traceback/, 'the program raised nothing') or diag($err);

$server->kill_kill(grace => 5);
$node->stop;
done_testing();
