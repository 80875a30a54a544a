# The extension's update path: ALTER EXTENSION UPDATE from every version there
# ever was ends where CREATE EXTENSION does, to the last comment and privilege,
# and the library serves a database whose SQL is still the old one's.
#
# A release leaves its install script in test/data/versions/mutasi--A.sql, and the
# step from it in sql/mutasi--A--B.sql. That the comparison sees a difference, and
# that the road works at all, is shown with a version made up of the present one.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('update');
$node->init;
$node->start;

# Where the server finds the scripts: what check.sh has staged.
my ($current) = slurp_file('mutasi.control') =~ /^default_version\s*=\s*'([^']+)'/m;
chomp(my $share = `$ENV{PG_CONFIG} --sharedir`);
my $extra = slurp_file($ENV{TEMP_CONFIG});
my ($folder) = $extra =~ /^extension_destdir = '([^']+)'/m ? "$1$share" : $extra =~ /^extension_control_path = '([^':]+):/m ? $1 : $share;
$folder .= '/extension';
my $full = slurp_file("$folder/mutasi--$current.sql");
ok(length $full > 100_000, 'the install script is found');

my @made;
sub write_script
{
	my ($name, $text) = @_;
	open my $handle, '>', "$folder/$name" or BAIL_OUT("cannot write $folder/$name: $!");
	print $handle $text;
	close $handle;
	push @made, "$folder/$name";
}
END { unlink @made if @made; }

my $databases = 0;
sub database
{
	my $name = 'update_' . ++$databases;
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	return $name;
}

# The catalogue of a database's extension, the version's number aside.
sub catalogue
{
	my ($database) = @_;
	my $text = $node->safe_psql($database, slurp_file('test/data/extension_catalogue.sql'));
	$text =~ s/^extension \S+ /extension /m;
	return $text;
}

# The first lines of which only one has.
sub differences
{
	my ($one, $two) = @_;
	my %one = map { $_ => 1 } split /\n/, $one;
	my %two = map { $_ => 1 } split /\n/, $two;
	return ((map { "- $_" } grep { !$two{$_} } sort keys %one), (map { "+ $_" } grep { !$one{$_} } sort keys %two));
}

my $fresh_database = database();
$node->safe_psql($fresh_database, 'CREATE EXTENSION mutasi');
my $fresh = catalogue($fresh_database);
cmp_ok(scalar(split /\n/, $fresh), '>', 1000, 'the catalogue of a fresh installation is read');

sub same_as_fresh
{
	my ($database, $what) = @_;
	my @differences = differences($fresh, catalogue($database));
	is(scalar @differences, 0, $what) or diag(join "\n", @differences[ 0 .. ($#differences < 20 ? $#differences : 20) ]);
}

# --- a version made up: the present one without its last parts -----------------------

my @parts = split /^(?=-- kernel\/)/m, $full;
cmp_ok(scalar @parts, '>', 20, 'the install script has its parts');
my %late = map { $_ => 1 } grep { $parts[$_] =~ m{^-- kernel/(72_choice|53_projection)\.sql} } 0 .. $#parts;
is(scalar(keys %late), 2, 'two of them come later');
my $old = join '', map { $late{$_} ? () : $parts[$_] } 0 .. $#parts;
my $step = join '', map { $parts[$_] } sort { $a <=> $b } keys %late;
$step = qq{\\echo Use "ALTER EXTENSION mutasi UPDATE TO '$current'" to load this file. \\quit\n$step};
write_script('mutasi--0.0.sql', $old);
write_script("mutasi--0.0--$current.sql", $step .
	"INSERT INTO mutasi.agency_upgrade VALUES ('0.0', '$current', 'CREATE TABLE \@agency\@.added (id int)');\n");
# one that forgets a comment and a privilege, and changes a function's mark
(my $careless = $step) =~ s/^COMMENT ON FUNCTION .*?;\n//ms;
write_script('mutasi--0.0--0.0.1.sql', $careless . "ALTER FUNCTION mutasi.adequacy(mutasi.competency_profile, mutasi.competency_requirement) VOLATILE;\n"
	. "GRANT INSERT ON mutasi.workflow TO PUBLIC;\n");

my $db = database();
$node->safe_psql($db, q{CREATE EXTENSION mutasi VERSION '0.0'});
is($node->safe_psql($db, q{SELECT extversion FROM pg_extension WHERE extname = 'mutasi'}), '0.0', 'the old version is installed, with the new library');
isnt(catalogue($db), $fresh, 'and is another one');
# work under the old SQL, which the update must leave alone
$node->safe_psql($db, slurp_file('test/data/small_agency.sql') =~ s/\\g \/dev\/null/;/gr);
$node->safe_psql($db, q{
	CREATE TABLE public.person AS SELECT i AS id, format('{%s:3, %s:4}', i, i + 7)::mutasi.competency_profile AS profile FROM generate_series(1, 500) AS i;
	CREATE INDEX ON public.person USING gist (profile);
	CREATE INDEX ON public.person USING gin (profile);
	INSERT INTO kota.transfer (employee_id, to_post_id, reason, effective_on) VALUES (2, 1, 'PKM1 lacks nurses', current_date);
	INSERT INTO mutasi.gap_table (name, outside) VALUES ('kota_x', 'end_value'); });
my $ranking = 'SELECT rank, employee_id, score FROM kota.candidates(1, 10)';
my $nearest = q{SELECT id FROM public.person ORDER BY profile OPERATOR(mutasi.<=>) '{9:3,16:4}' LIMIT 3};
my @before = map { $node->safe_psql($db, $_) } $ranking, $nearest, 'TABLE mutasi.gap_table';
$node->safe_psql($db, "ALTER EXTENSION mutasi UPDATE TO '$current'");
is($node->safe_psql($db, $ranking), $before[0], 'an agency made before ranks as before');
is($node->safe_psql($db, $nearest), $before[1], 'an index built before finds as before');
is($node->safe_psql($db, 'TABLE mutasi.gap_table'), $before[2], 'own rows in reference tables stay');
is($node->safe_psql($db, "SELECT count(*) FROM mutasi.verify_history('kota.transfer')"), '0', 'histories begun before verify');
is($node->safe_psql($db, 'SELECT version FROM kota.agency_info'), '0.0', 'the agency is still of the version it was made by');
is($node->safe_psql($db, "SELECT mutasi.upgrade_agency('kota')"), $current, 'and is brought to the new one');
is($node->safe_psql($db, 'TABLE kota.added; SELECT version FROM kota.agency_info'), $current, 'by the step\'s script');
# (rows that the fresh one has not)
$node->safe_psql($db, q{DELETE FROM mutasi.gap_table WHERE name = 'kota_x'; DELETE FROM mutasi.agency_upgrade WHERE from_version = '0.0'});
same_as_fresh($db, 'the updated extension is the fresh one');

$db = database();
$node->safe_psql($db, q{CREATE EXTENSION mutasi VERSION '0.0'; ALTER EXTENSION mutasi UPDATE TO '0.0.1'});
my @seen = differences($fresh, catalogue($db));
cmp_ok(scalar(grep { /^- member .*: \S/ } @seen), '>=', 1, 'a forgotten comment is seen');
cmp_ok(scalar(grep { /^\+ function mutasi\.adequacy/ && !/IMMUTABLE/ } @seen), '>=', 1, 'a changed mark is seen');
cmp_ok(scalar(grep { /workflow.*public INSERT/ } @seen), '>=', 1, 'a changed privilege is seen');

# --- the versions that there were ------------------------------------------------------

my @released = map { m{mutasi--([0-9.]+)\.sql$} ? $1 : () } sort glob 'test/data/versions/mutasi--*.sql';
note(@released ? "released before: @released" : 'no version was released before this one');
for my $version (@released)
{
	write_script("mutasi--$version.sql", slurp_file("test/data/versions/mutasi--$version.sql"));
	$db = database();
	$node->safe_psql($db, "CREATE EXTENSION mutasi VERSION '$version'; ALTER EXTENSION mutasi UPDATE TO '$current'");
	same_as_fresh($db, "from $version to $current");
}
my @steps = map { m{mutasi--([0-9.]+)--} ? $1 : () } glob 'sql/mutasi--*--*.sql';
my %released = map { $_ => 1 } @released;
is(join(' ', grep { !$released{$_} } @steps), '', 'every step that is shipped begins at a version that is kept');

$node->stop;
done_testing();
