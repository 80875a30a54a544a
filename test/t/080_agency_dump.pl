# An agency schema through pg_dump and restore: the same rows in every table,
# triggers enabled, derived columns right, the history's rows as they were, and
# the work goes on.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE origin; CREATE DATABASE copied; CREATE DATABASE only_schema');
$node->safe_psql('origin', 'CREATE EXTENSION mutasi; SELECT mutasi.create_agency(\'kota_y\')');
my $city = slurp_file('test/data/small_agency.sql');
$city =~ s/\\g \/dev\/null/;/g;
$node->safe_psql('origin', $city . q{
	INSERT INTO employee (name, nip) VALUES ('Pegawai 009', '198609262015051001');
	INSERT INTO relation (employee_id, relative_id, kind) VALUES (1, 2, 'sibling');
	INSERT INTO discipline (employee_id, kind, valid_from, valid_to) VALUES (3, 'light sanction', '2024-01-01', '2024-07-01');
	INSERT INTO study_leave (employee_id, valid_from, valid_to) VALUES (4, '2020-01-01', '2021-01-01');
	INSERT INTO holiday VALUES ('2026-08-17', 'Independence Day');
	INSERT INTO election_window (valid_from, valid_to) VALUES ('2024-03-01', '2024-12-01');
	INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (4, 'performance', 'long illness', current_date + 100);
	INSERT INTO workflow_role (role, login) VALUES ('verifier', 'verifier');
	SELECT new_policy(current_date, '{"surplus_weight": 0.25}', 'stricter');
	SELECT rename_unit(2, 'Health Centre North');
	SELECT file_application(6, 1, 'near my family');
	INSERT INTO transfer_plan (name, goal, period_from, period_to, evaluation) VALUES ('2026', 'balance', '2026-01-01', '2027-01-01', 'ratios');
	SELECT take_ranking_snapshot(3);
	INSERT INTO transfer (employee_id, to_post_id, reason, effective_on) VALUES (2, 1, 'PKM1 lacks nurses', current_date);
	UPDATE transfer SET state = 'submitted';
	INSERT INTO transfer (employee_id, to_post_id, reason, effective_on, decision_grounds) VALUES (3, 1, 'PKM1 lacks nurses', current_date, 'best of all');
	INSERT INTO transfer_document (transfer_id, code, title, sha256) SELECT 2, d, d, sha256(d::bytea) FROM unnest('{D01,D05,D06,D07,D08,D10}'::text[]) AS d;
	UPDATE transfer SET state = 'submitted' WHERE transfer_id = 2;
	BEGIN; SET LOCAL mutasi.actor = 'verifier';
	UPDATE transfer SET state = 'verification' WHERE transfer_id = 2;
	UPDATE transfer SET state = 'analysis' WHERE transfer_id = 2; COMMIT;
	BEGIN; SET LOCAL mutasi.actor = 'mayor';
	UPDATE transfer SET state = 'team_review' WHERE transfer_id = 2;
	UPDATE transfer SET state = 'decided' WHERE transfer_id = 2; COMMIT;
	-- a case with everything a file can have: plan, waiver, notice, objections, effect, a person erased
	INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (5, 'mandatory competencies', 'in training', current_date + 100), (5, 'competency fit', 'in training', current_date + 100), (5, 'donor floor', 'a nurse comes back from study leave', current_date + 100);
	INSERT INTO transfer (transfer_id, employee_id, to_post_id, reason, effective_on, decision_grounds, plan_id) VALUES (50, 5, 1, E'line\nbreak, "quotes", \u00e9', current_date, 'the others are needed', 1);
	INSERT INTO transfer_document (transfer_id, code, title, sha256) SELECT 50, d, d, sha256(d::bytea) FROM unnest('{D12,D10,D01,D05,D06,D07,D08}'::text[]) AS d;
	UPDATE transfer SET state = 'submitted' WHERE transfer_id = 50;
	BEGIN; SET LOCAL mutasi.actor = 'verifier';
	UPDATE transfer SET state = 'verification' WHERE transfer_id = 50;
	UPDATE transfer SET state = 'analysis' WHERE transfer_id = 50; COMMIT;
	BEGIN; SET LOCAL mutasi.actor = 'mayor';
	UPDATE transfer SET state = 'team_review' WHERE transfer_id = 50;
	UPDATE transfer SET state = 'decided' WHERE transfer_id = 50; UPDATE transfer SET state = 'appointed' WHERE transfer_id = 50;
	SELECT issue_notice(50); COMMIT;
	BEGIN; SET LOCAL mutasi.actor = 'pegawai_5';
	SELECT acknowledge_notice(50), file_objection(50, 'too far'), file_objection(50, 'too soon'); COMMIT;
	BEGIN; SET LOCAL mutasi.actor = 'mayor';
	SELECT answer_objection(objection_id, 'a flat comes with the post', false) FROM objection; COMMIT;
	BEGIN; SET LOCAL mutasi.actor = 'personnel agency';
	SELECT apply_due_transfers(); COMMIT;
	-- somebody leaves the agency
	UPDATE employee SET permanent_since = appointed_on + interval '1 year' WHERE employee_id = 6;
	INSERT INTO waiver (employee_id, rule, reason, valid_to) VALUES (6, 'donor floor', 'two nurses have been appointed', current_date + 100);
	INSERT INTO transfer (transfer_id, employee_id, kind, workflow, initiative, other_agency, reason, effective_on)
		VALUES (60, 6, 'inter-agency out', 'transfer_with_centre', 'own', 'Kementerian Kesehatan', 'to my family', current_date + 30);
	INSERT INTO transfer_document (transfer_id, code, title) SELECT 60, d, d FROM unnest('{D01,D02,D03,D04,D05,D06,D07,D08,D09}'::text[]) AS d;
	UPDATE transfer SET state = 'submitted' WHERE transfer_id = 60;
	BEGIN; SET LOCAL mutasi.actor = 'verifier';
	UPDATE transfer SET state = 'verification' WHERE transfer_id = 60;
	UPDATE transfer SET state = 'analysis' WHERE transfer_id = 60; COMMIT;
	BEGIN; SET LOCAL mutasi.actor = 'mayor';
	UPDATE transfer SET state = 'team_review' WHERE transfer_id = 60; UPDATE transfer SET state = 'receiver_proposal' WHERE transfer_id = 60;
	UPDATE transfer SET state = 'origin_consent' WHERE transfer_id = 60; UPDATE transfer SET state = 'bkn_consideration' WHERE transfer_id = 60; COMMIT;
	BEGIN; SET LOCAL mutasi.actor = 'bkn';
	UPDATE transfer SET state = 'decided' WHERE transfer_id = 60; COMMIT;
	UPDATE employee SET left_on = current_date WHERE employee_id = 8;
	SELECT erase_personal_data(8, 'left', 'UU 27/2022 Ps 43');
});

sub rows_of
{
	my ($database) = @_;
	return $node->safe_psql($database, q{
		SELECT c.oid::regclass || ' ' || (xpath('/row/c/text()', query_to_xml(format(
			'SELECT count(*) || '' '' || coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '''') AS c FROM %s AS t', c.oid::regclass), false, true, '')))[1]::text
		FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE n.nspname IN ('kota', 'kota_y') AND c.relkind = 'r' ORDER BY 1});
}

my $before = rows_of('origin');
like($before, qr/kota\.transfer_history 29 /, 'the history is among the tables');
my $file = $node->basedir . '/agency.dump';
command_ok([ 'pg_dump', '-Fc', '-f', $file, '-h', $node->host, '-p', $node->port, 'origin' ], 'dump');
command_ok([ 'pg_restore', '--exit-on-error', '-h', $node->host, '-p', $node->port, '-d', 'copied', $file ], 'restore into an empty database');
is(rows_of('copied'), $before, 'the same rows in every table');
command_ok([ 'pg_restore', '--exit-on-error', '--schema-only', '-h', $node->host, '-p', $node->port, '-d', 'only_schema', $file ], 'restore of the definitions alone');

my $triggers = q{SELECT string_agg(t.tgrelid::regclass || ' ' || t.tgname || ' ' || t.tgenabled::text, ', ' ORDER BY t.tgrelid::regclass::text, t.tgname)
	FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid WHERE c.relnamespace = 'kota'::regnamespace AND NOT t.tgisinternal};
is($node->safe_psql('copied', $triggers), $node->safe_psql('origin', $triggers), 'the same triggers, as enabled as before');
is($node->safe_psql('copied', 'SELECT sum(corrected) FROM kota.rebuild_derived()'), '0', 'nothing derived needs correction');
my $ranking = 'SELECT rank, employee_id, score, eligible, reason FROM kota.candidates(1, 10)';
is($node->safe_psql('copied', $ranking), $node->safe_psql('origin', $ranking), 'the same ranking');

for my $case (2, 50, 60)
{
	my $file_of = "SELECT kota.decision_file($case)";
	my $original = $node->safe_psql('origin', $file_of);
	is($node->safe_psql('copied', $file_of), $original, "case $case: the same decision file, byte for byte");
	is($node->safe_psql('copied', "SET timezone = 'Asia/Jayapura'; SET datestyle = 'German'; SET intervalstyle = 'iso_8601'; SET bytea_output = 'escape'; SET extra_float_digits = -3; SET search_path = pg_catalog; $file_of"),
		$original, "case $case: whatever the session's settings");
	is($node->safe_psql('copied', "SELECT md5(convert_to(kota.decision_file($case)::text, 'UTF8'))"), $node->safe_psql('origin', "SELECT md5(convert_to(kota.decision_file($case)::text, 'UTF8'))"), "case $case: by its digest too");
	is($node->safe_psql('copied', "SELECT count(*) FROM kota.replay($case) WHERE same IS FALSE"), '0', "case $case: the decision can be replayed");
}
is($node->safe_psql('copied', q{SELECT string_agg(k, ' ' ORDER BY k) FROM jsonb_each(kota.decision_file(50)) AS f (k, v) WHERE v <> 'null'}),
	'candidates decision documents employee from_post history notice objections plan policy rules to_post transfer units waivers', 'the file has every part');
is($node->safe_psql('copied', q{SELECT string_agg(k, ' ' ORDER BY k) FROM jsonb_each(kota.decision_file(60)) AS f (k, v) WHERE v <> 'null'}),
	'decision documents employee from_post history policy rules transfer units waivers', 'and that of somebody who leaves, all there is');
is($node->safe_psql('copied', q{SELECT string_agg(subject, ', ' ORDER BY subject) FROM kota.replay(60) WHERE same}),
	'policy, rule: contract, rule: discipline, rule: election window, rule: in service, rule: performance, rule: study leave, rule: ten years, rule: tenure, unit: from', 'which replays rule by rule');
is($node->safe_psql('copied', q{SELECT count(*) FROM jsonb_array_elements(kota.decision_file(50) -> 'candidates') AS c WHERE c ->> 'salt' IS NULL}), '1', 'and says whose values were erased');
is($node->safe_psql('copied', q{SELECT count(*) FROM mutasi.verify_history('kota.transfer')}), '0', 'the histories verify');
my ($status, $out, $err) = $node->psql('copied', q{UPDATE kota.transfer SET state = 'effective' WHERE transfer_id = 1});
like($err, qr/cannot go from "submitted" to "effective"/, 'the workflow still guards the transfer');
$node->safe_psql('copied', q{INSERT INTO kota.assessment (employee_id, competency_id, level, assessed_on) VALUES (1, 3, 5, current_date)});
is($node->safe_psql('copied', 'SELECT profile FROM kota.employee WHERE employee_id = 1'), '{1:4, 2:3, 3:5}', 'and the triggers derive');
($status, $out, $err) = $node->psql('copied', 'DROP EXTENSION mutasi');
like($err, qr/cannot drop extension mutasi because other objects depend on it/, 'DROP EXTENSION refuses');
is($node->safe_psql('only_schema', q{SELECT count(*) FROM kota.employee}), '0', 'definitions alone are empty');

# a part played by a role that the other cluster does not have
$node->safe_psql('postgres', 'CREATE ROLE gone_analyst; CREATE DATABASE elsewhere');
$node->safe_psql('origin', q{SELECT kota.enable_row_security(analyst => 'gone_analyst')});
my $rights = $node->safe_psql('origin', q{SELECT count(*) FROM kota.granted_right WHERE role = 'gone_analyst'});
command_ok([ 'pg_dump', '-Fc', '-f', "$file.role", '-h', $node->host, '-p', $node->port, 'origin' ], 'dump with a role');
$node->safe_psql('origin', 'DROP OWNED BY gone_analyst; DROP ROLE gone_analyst');
command_ok([ 'pg_restore', '--exit-on-error', '--no-privileges', '-h', $node->host, '-p', $node->port, '-d', 'elsewhere', "$file.role" ], 'restore without it');
is($node->safe_psql('elsewhere', q{SELECT count(*) FROM kota.granted_right WHERE role = 'gone_analyst'}), $rights, 'which rights it was granted is kept');
is($node->safe_psql('elsewhere', q{SELECT kota.enable_row_security(); SELECT count(*) FROM kota.granted_right}), "\n0", 'until the parts are named anew');

$node->stop;
done_testing();
