# Reference tables of the extension: a dump carries an agency's own rows and not
# the shipped ones, and restores into a database where the extension brings those.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('reference');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE one');
$node->safe_psql('postgres', 'CREATE DATABASE two');
$node->safe_psql('one', q{
	CREATE EXTENSION mutasi;
	INSERT INTO mutasi.job_person_band (scheme, min_percent, category) VALUES ('kota_x', 75, 'Baik'), ('kota_x', 0, 'Kurang');
	INSERT INTO mutasi.gap_table (name, outside) VALUES ('kota_x', 'end_value');
	INSERT INTO mutasi.gap_value (gap_table, gap, core_value, secondary_value) VALUES ('kota_x', 0, 9, 9), ('kota_x', -1, 7, 8);
	INSERT INTO mutasi.nine_box_scheme (scheme, potential_middle, potential_high, performance_middle, performance_high) VALUES ('kota_x', 50, 75, 60, 90);
	INSERT INTO mutasi.nine_box_recommendation (rule_set, box, potential, performance, recommendation, agency_pool, national_pool)
		VALUES ('kota_x', 9, 'high', 'above', 'promote', true, true);
	INSERT INTO mutasi.efficiency_band (scheme, min_ratio, grade) VALUES ('kota_x', 0, 'Z');
});

my @tables = qw(job_person_band gap_table gap_value nine_box_scheme nine_box_recommendation efficiency_band);
my $rows = join ' UNION ALL ',
  map { "SELECT '$_', to_jsonb(t)::text FROM mutasi.$_ AS t" } @tables;

for my $format (qw(plain custom))
{
	my $file = "$node->{_basedir}/dump.$format";
	$node->command_ok([ 'pg_dump', "--format=$format", "--file=$file", 'one' ], "$format: dump");
	$node->safe_psql('postgres', 'DROP DATABASE two');
	$node->safe_psql('postgres', 'CREATE DATABASE two');
	if ($format eq 'plain')
	{
		$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'two', '-f', $file ], "$format: restore");
		my $dump = slurp_file($file);
		like($dump, qr/kota_x/, 'own rows are in the dump');
		unlike($dump, qr/Memenuhi Syarat|classic|permendagri/, 'shipped rows are not');
	}
	else
	{
		$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', 'two', $file ], "$format: restore");
	}
	is($node->safe_psql('two', "SELECT * FROM ($rows) AS r ORDER BY 1, 2"),
		$node->safe_psql('one', "SELECT * FROM ($rows) AS r ORDER BY 1, 2"),
		"$format: the same rows in every reference table");
	is($node->safe_psql('two', q{SELECT mutasi.profile_matching('{1:3,2:2}', '{1:3,2:3~}', 60, 'kota_x')}),
		'8.6', "$format: and they work");
}
$node->stop;
done_testing();
