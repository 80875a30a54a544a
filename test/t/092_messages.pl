# Messages come in Indonesian where lc_messages asks for it: those of the C code,
# those that SQL and PL/pgSQL raise through mutasi.raise_error(), and back.
#
# A server looks for catalogues beside its own program, so it is run from a copy
# of its folder; the locale is made for the test, nobody's system is touched.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $config = $ENV{PG_CONFIG} // 'pg_config';
sub config { my ($what) = @_; my $value = `$config --$what`; chomp $value; return $value; }

plan skip_all => 'this PostgreSQL was built without translations' if config('configure') !~ /--enable-nls/;
plan skip_all => 'gettext (msgfmt) is not installed' if system('command -v msgfmt >/dev/null 2>&1');
plan skip_all => 'the sources of locales are not installed (package locales)' unless -e '/usr/share/i18n/locales/id_ID';

my $place = PostgreSQL::Test::Utils::tempdir_short();
my ($major) = config('version') =~ /^PostgreSQL (\d+)/;

# --- make install puts the catalogue where the server looks -------------------------

local $ENV{MAKEFLAGS} = '';
system("make -s PG_CONFIG='$config' with_llvm=no DESTDIR='$place/root' install >'$place/install.log' 2>&1") == 0
  or BAIL_OUT('make install failed: ' . PostgreSQL::Test::Utils::slurp_file("$place/install.log"));
my $catalogue = "$place/root" . config('localedir') . "/id/LC_MESSAGES/mutasi-$major.mo";
ok(-s $catalogue, 'make install puts the Indonesian catalogue beside those of the server');

# --- a server of its own folder, with a locale ----------------------------------------

my $bindir = config('bindir');
make_path("$place/root$bindir");
for my $program (glob "$bindir/*")
{
	next if -d $program;
	copy($program, "$place/root$program") or die "cannot copy $program: $!\n";
	chmod 0755, "$place/root$program";
}
# What is not in the copy is a link to the server's own.
sub fill
{
	my ($dir) = @_;
	for my $path (glob "$dir/*")
	{
		my $copy = "$place/root$path";
		if (-d $copy && !-l $copy) { fill($path); }
		elsif (!-e $copy) { symlink $path, $copy or die "cannot link $path: $!\n"; }
	}
}
for my $dir (config('pkglibdir'), config('sharedir'))
{
	make_path("$place/root$dir");
	fill($dir);
}
make_path("$place/locale");
system("localedef -i id_ID -f UTF-8 '$place/locale/id_ID.UTF-8' >'$place/localedef.log' 2>&1");
BAIL_OUT('localedef failed: ' . PostgreSQL::Test::Utils::slurp_file("$place/localedef.log"))
  unless -e "$place/locale/id_ID.UTF-8/LC_CTYPE";
$ENV{LOCPATH} = "$place/locale";
delete $ENV{LANGUAGE};
# the copy has the extension
delete $ENV{TEMP_CONFIG};

my $node = PostgreSQL::Test::Cluster->new('messages', install_path => "$place/root" . dirname($bindir));
$node->init(extra => [ '--encoding', 'UTF8' ]);
$node->append_conf('postgresql.conf', "lc_messages = 'id_ID.UTF-8'\n");
$node->start;
is($node->safe_psql('postgres', 'SHOW lc_messages'), 'id_ID.UTF-8', 'the server takes the locale');
$node->safe_psql('postgres', q{
	CREATE EXTENSION mutasi CASCADE;
	SET client_min_messages = error;
	SELECT mutasi.create_agency('kota_x');
	CREATE TABLE public.case_ (id int PRIMARY KEY, state text NOT NULL);
	SELECT mutasi.define_workflow('{"workflow": "small", "states": [{"state": "draft", "initial": true}, {"state": "done", "terminal": true}],
		"transitions": [{"from": "draft", "to": "done", "action": "finish", "reason": true}]}');
	SELECT mutasi.attach_workflow('public.case_', 'small', 'state');
	INSERT INTO public.case_ VALUES (1, 'draft');
});

# what psql prints on stderr
sub says
{
	my ($sql) = @_;
	my ($status, $out, $err) = $node->psql('postgres', $sql);
	return $err;
}

like(says(q{SELECT '19860926'::mutasi.nip}), qr/sintaks masukan tidak sah untuk tipe nip: "19860926"/, 'a message of the C code');
like(says(q{SELECT '19860926'::mutasi.nip}), qr/NIP terdiri atas 18 angka; spasi boleh/, 'and its detail');
like(says(q{SELECT mutasi.create_agency('Kota X')}), qr/nama skema instansi tidak sah: "Kota X"/, 'a message that PL\/pgSQL raises');
like(says(q{SELECT mutasi.create_agency('Kota X')}), qr/Pakailah satu sampai 48 huruf kecil/, 'and its hint');
like(says(q{UPDATE public.case_ SET state = 'done'}), qr/"finish" atas kasus 1 dari "case_" memerlukan alasan/, "the workflow's refusal");
like(says(q{UPDATE public.case_ SET state = 'gone'}), qr/kasus 1 dari "case_": "gone" bukan status alur kerja "small", versi 1/, 'and another');
like(says(q{SELECT kota_x.rename_unit(7, 'X')}), qr/tidak ada unit 7/, 'a message of an agency schema');
like(says(q{SELECT * FROM mutasi.solve_transfers(NULL, NULL)}), qr/kueri calon dan kueri jabatan tidak boleh null/, 'a message of the planner');
like(says(q{SELECT mutasi.profile_agg(1, 1000)}), qr/Tingkat berada dari 0 sampai 655\.35\./, 'a hint or detail of the types');

# answers that are no errors: why the loader left a row out
my $load = q{SELECT string_agg(concat_ws(' ', line, column_name, value, reason), E'\n' ORDER BY line, column_name)
	FROM kota_x.load_csv('employee', E'nip,name,born_on,grade,shoe\n1986,A,,,\n,,,,\n198609262015051001,B,31/2/1990,III/z,4\n,D,,III/z,\n198609262015051001,C,,III/a,\n"E,,,,\n1,2\n')};
is($node->safe_psql('postgres', $load), join("\n",
	'1 shoe  templat tidak mempunyai kolom ini; isinya tidak dibaca',
	'2 nip 1986 bukan NIP: NIP terdiri atas 18 angka; spasi boleh berada di belakang angka ke-8, ke-14, dan ke-15',
	'4 born_on 31/2/1990 bukan tanggal (tulislah 2026-12-31, 31-12-2026 atau 31/12/2026: hari, bulan, tahun)',
	'5 grade III/z tidak ada golongan seperti itu',
	'7 tanda kutip tidak ditutup',
	'8 baris ini berisi 2 nilai, sedangkan judulnya 5 kolom'), 'the reasons of the loader');
like($node->safe_psql('postgres', "SET lc_messages = 'C'; $load"), qr/is not a NIP: A NIP has 18 digits/, 'in English again');

like(says(q{SET lc_messages = 'C'; SELECT '19860926'::mutasi.nip}), qr/invalid input syntax for type nip: "19860926"/, 'and in English again');
like(says(q{SET lc_messages = 'C'; SELECT mutasi.create_agency('Kota X')}), qr/invalid name of an agency schema: "Kota X"/, 'those of PL/pgSQL as well');

$node->stop;
done_testing();
