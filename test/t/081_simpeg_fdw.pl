# An existing personnel database on another server as the source: foreign tables
# through postgres_fdw, views with the templates' names, load_query(); rows that do
# not fit are named, and a nightly run takes over what changed.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('agency');
$node->init;
$node->start;
if ($node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'}) eq '0')
{
	$node->stop;
	plan skip_all => 'postgres_fdw is not installed';
}
my $source = PostgreSQL::Test::Cluster->new('simpeg');
$source->init;
$source->start;
$source->safe_psql('postgres', q{
	CREATE TABLE tb_opd (kd_opd text, nm_opd text, kd_induk text);
	CREATE TABLE tb_jabatan (kd_jab text, nm_jab text, kd_opd text, jenis text, kelas text, formasi integer);
	CREATE TABLE tb_pegawai (nip_baru text, nama text, jk char(1), gol text, kd_jab text, tmt_jab date);
	INSERT INTO tb_opd VALUES ('1.02.01', 'SD Negeri 1', '1.02'), ('1.02', 'Dinas Pendidikan', NULL);
	INSERT INTO tb_jabatan VALUES ('G1', 'Guru Kelas', '1.02.01', 'fungsional keahlian ahli pertama', '8', 30), ('G9', 'Guru', '1.02.09', 'pelaksana', '8', 1);
	INSERT INTO tb_pegawai SELECT format('19860101201003%s%s', 1 + n % 2, to_char(n, 'FM000')), 'Pegawai ' || to_char(n, 'FM000'),
		CASE n % 2 WHEN 0 THEN 'L' ELSE 'P' END, 'III/a', 'G1', date '2019-01-01' FROM generate_series(1, 20) AS n;
	INSERT INTO tb_pegawai VALUES ('1986', 'Pegawai 099', 'L', 'III/a', 'G1', '2019-01-01');
});

$node->safe_psql('postgres', sprintf(q{
	CREATE EXTENSION mutasi;
	SELECT mutasi.create_agency('kota');
	CREATE EXTENSION postgres_fdw;
	CREATE SERVER simpeg FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '%s', port '%s', dbname 'postgres');
	CREATE USER MAPPING FOR CURRENT_USER SERVER simpeg;
	CREATE SCHEMA simpeg;
	IMPORT FOREIGN SCHEMA public LIMIT TO (tb_opd, tb_jabatan, tb_pegawai) FROM SERVER simpeg INTO simpeg;
	CREATE SCHEMA to_mutasi;
	CREATE VIEW to_mutasi.unit AS SELECT kd_opd AS code, nm_opd AS name, kd_induk AS parent_code FROM simpeg.tb_opd;
	CREATE VIEW to_mutasi.post AS SELECT kd_jab AS code, nm_jab AS title, kd_opd AS unit_code, jenis AS kind, kelas AS class, formasi AS seats FROM simpeg.tb_jabatan;
	CREATE VIEW to_mutasi.employee AS SELECT nip_baru AS nip, nama AS name, jk AS sex, gol AS grade FROM simpeg.tb_pegawai;
	CREATE VIEW to_mutasi.incumbency AS SELECT nip_baru AS employee, kd_jab AS post_code, tmt_jab AS valid_from FROM simpeg.tb_pegawai;
}, $source->host, $source->port));

my $load = q{SELECT l.reason || ': ' || l.value FROM (VALUES (1, 'unit'), (2, 'post'), (3, 'employee'), (4, 'incumbency')) AS t (n, name)
	CROSS JOIN LATERAL kota.load_query(t.name, 'SELECT * FROM to_mutasi.' || t.name, 'update') AS l ORDER BY t.n, l.line};
my $first = $node->safe_psql('postgres', $load);
like($first, qr/^there is no such unit: 1\.02\.09\nis not a NIP: .*: 1986\nthere is no such employee: 1986$/, 'what does not fit is named');
is($node->safe_psql('postgres', 'SELECT template, loaded, updated, rejected FROM kota.load_run ORDER BY load_id'),
	"unit|2|0|0\npost|1|0|1\nemployee|20|0|1\nincumbency|20|0|1", 'the rest is in');
is($node->safe_psql('postgres', q{SELECT count(*), count(DISTINCT sex) FROM kota.employee AS e JOIN kota.incumbency USING (employee_id)}), '20|2', 'with their posts');

$source->safe_psql('postgres', q{
	UPDATE tb_pegawai SET gol = 'III/b' WHERE nama = 'Pegawai 001';
	UPDATE tb_pegawai SET nip_baru = '198601012010031099' WHERE nama = 'Pegawai 099';
	INSERT INTO tb_opd VALUES ('1.02.09', 'SD Negeri 9', '1.02')});
is($node->safe_psql('postgres', $load), '', 'mended in the source, the next run finds nothing to say');
is($node->safe_psql('postgres', q{SELECT grade FROM kota.employee WHERE name = 'Pegawai 001'}), 'III/b', 'and takes over what changed');
is($node->safe_psql('postgres', 'SELECT count(*) FROM kota.employee'), '21', 'nobody twice');
is($node->safe_psql('postgres', 'SELECT count(*) FROM kota.incumbency'), '21', 'no post twice');

# the source is away: a clear error, and nothing half loaded
$source->stop;
my ($status, $out, $err) = $node->psql('postgres', q{SELECT * FROM kota.load_query('employee', 'SELECT * FROM to_mutasi.employee', 'update')});
like($err, qr/could not connect to server "simpeg"/, 'a source that is away is an error');
is($node->safe_psql('postgres', 'SELECT count(*) FROM kota.load_run'), '8', 'and no load');
$node->stop;
done_testing();
