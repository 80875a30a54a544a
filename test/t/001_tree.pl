# The source tree keeps its own rules: every test has what it is compared with,
# META.json and the control file agree, and the install script follows the rules
# of pgspot (PS001 to PS018) as far as they apply.
use strict;
use warnings;
use File::Find;
use JSON::PP;
use Test::More;

sub slurp
{
	my ($file) = @_;
	open my $handle, '<:raw', $file or die "cannot read $file: $!\n";
	local $/;
	return scalar <$handle>;
}

sub base { my ($file) = @_; $file =~ s{.*/}{}; $file =~ s{\.[^.]*$}{}; return $file; }

# none(WHAT, OFFENDERS): passes where there is none, else names them
sub none
{
	my ($what, @offenders) = @_;
	ok(!@offenders, $what) or diag(map { "  $_\n" } @offenders);
}

# --- the version is one -----------------------------------------------------------

my ($version) = slurp('mutasi.control') =~ /^default_version\s*=\s*'([^']+)'/m;
ok($version, 'the control file has a version');
my $meta = eval { decode_json(slurp('META.json')) };
ok($meta, 'META.json is JSON') or diag($@);
# PGXN wants three numbers
my $semantic = $version =~ /^\d+\.\d+$/ ? "$version.0" : $version;
is($meta->{version}, $semantic, 'META.json has the version of the control file');
is($meta->{provides}{mutasi}{version}, $semantic, 'and so has what it provides');
is($meta->{provides}{mutasi}{file}, "mutasi--$version.sql", 'and the install script');
for my $field (qw(name abstract maintainer license provides meta-spec))
{
	ok(defined $meta->{$field}, "META.json has what PGXN requires: $field");
}
like(slurp('CHANGELOG.md'), qr/^## \Q$version\E\b/m, 'the version is in the changelog');

# --- every test is complete --------------------------------------------------------

my %inputs = map { base($_) => 1 } glob 'test/sql/*.sql';
my %expected = map { base($_) => 1 } glob 'expected/*.out';
# NAME_1.out is another answer of NAME
none('every regression test has an expected output', grep { !$expected{$_} } sort keys %inputs);
none('every expected output has a test', grep { my $n = $_; !$inputs{$n} && !($n =~ s/_\d$//r eq $n ? 0 : $inputs{ $n =~ s/_\d$//r }) } sort keys %expected);
my %specs = map { base($_) => 1 } glob 'test/isolation/specs/*.spec';
my %isolation = map { base($_) => 1 } glob 'test/isolation/expected/*.out';
none('every isolation spec has an expected output', grep { !$isolation{$_} } sort keys %specs);
none('every isolation output has a spec', grep { my $n = s/_\d$//r; !$specs{$_} && !$specs{$n} } sort keys %isolation);
none('every pgTAP test plans, finishes and rolls back',
	grep { my $t = slurp($_); !($t =~ /\bplan\s*\(/ && $t =~ /\bfinish\s*\(/ && $t =~ /^ROLLBACK;/m && $t =~ /^BEGIN;/m) } glob 'test/pgtap/*.sql');
none('benchmarks are executable', grep { !-x } glob 'test/bench/*.sh');

# --- the source files -----------------------------------------------------------------

my @sources;
find(
	{
		no_chdir => 1,
		wanted => sub {
			push @sources, $File::Find::name
			  if -f && /\.(c|h|sql|sh|pl|pm|spec|md)$/ && !m{/(results|output_iso|tmp_check[^/]*|data)/};
		}
	},
	'src', 'sql', 'test', (-d 'doc' ? 'doc' : ()));
cmp_ok(scalar @sources, '>', 20, 'sources are found');
# (the reference is made from the catalogue, and read by searching)
none('no file is longer than 1200 lines',
	map { my $n = () = slurp($_) =~ /\n/g; $n > 1200 ? "$_: $n lines" : () } grep { !m{^doc/reference} } sort @sources);
# the words are put together here, lest this file offend
my $undone = join '|', map { scalar reverse $_ } 'ODOT', 'EMXIF', 'XXX', 'redlohecalp';
none('nothing is left to be done',
	map { my $f = $_; slurp($f) =~ /\b($undone)\b/ ? "$f: $1" : () } grep { !/(\.md|001_tree\.pl|catalogue\.sql)$/ } sort @sources);
# (those that link without a server apart)
none('C files include postgres.h first',
	grep { /\.c$/ && !m{^src/(flow|choice)} && m{^src/} && slurp($_) =~ /^#include\s+(?!"postgres\.h")/m && slurp($_) !~ /\A(?:(?!^#include).)*^#include "postgres\.h"/ms } sort @sources);
none('no line ends in blanks',
	map { my $f = $_; my $n = 0; map { $n++; /[ \t]$/ ? "$f:$n" : () } split /\n/, slurp($f) } grep { /\.(c|h|sh|pl|pm)$/ } sort @sources);

# --- the install script -----------------------------------------------------------------

# SQL without comments; strings and bodies stay
sub code
{
	my ($text) = @_;
	$text =~ s/('(?:[^']|'')*')|--[^\n]*/defined $1 ? $1 : ''/ge;
	$text =~ s{/\*.*?\*/}{}gs;
	return $text;
}

for my $room ([ 'kernel', 'mutasi' ], [ 'agency', '@agency@' ])
{
	my ($folder, $schema) = @$room;
	for my $file (sort glob "sql/$folder/*.sql")
	{
		my $sql = code(slurp($file));
		my @bad;
		push @bad, 'CREATE OR REPLACE (PS002)' if $sql =~ /\bCREATE\s+OR\s+REPLACE\b/i;
		push @bad, 'IF NOT EXISTS (PS010 to PS015)' if $sql =~ /\bCREATE\b[^;(]*\bIF\s+NOT\s+EXISTS\b/i;
		while ($sql =~ /\bCREATE\s+(?:UNIQUE\s+)?(?:CONSTRAINT\s+)?(FUNCTION|PROCEDURE|AGGREGATE|OPERATOR\s+CLASS|OPERATOR\s+FAMILY|OPERATOR|TYPE|DOMAIN|TABLE|VIEW|MATERIALIZED\s+VIEW|SEQUENCE)\s+([^\s(]+)/gi)
		{
			my ($kind, $name) = (uc $1, $2);
			next if $name =~ /^\Q$schema\E\./ || $name =~ /^mutasi\./;
			# a format() string's place holders make their own
			next if $name =~ /^%/;
			push @bad, "$kind $name is not qualified (PS017)";
		}
		while ($sql =~ /\bSET\s+search_path\s*(?:=|TO)\s*([^;\n]*?)(?=\s+(?:SET|AS|LANGUAGE|STABLE|VOLATILE|IMMUTABLE|STRICT|PARALLEL|SECURITY|COST|ROWS|RETURNS|BEGIN)\b|[;\n]|$)/gi)
		{
			# an agency's functions find its own tables: the schema is its owner's, pg_catalog
			# comes before it where it is not listed, and pg_temp comes last
			push @bad, "search_path is set to $1 (PS018)"
			  if $1 ne 'pg_catalog, pg_temp' && !($folder eq 'agency' && $1 eq '@agency@, mutasi, pg_temp');
		}
		# each function's header (what is outside its body)
		while ($sql =~ /\bCREATE\s+(?:FUNCTION|PROCEDURE)\s+([^\s(]+)(.*?)(?:\$\w*\$.*?\$\w*\$([^;]*);|;)/gis)
		{
			my ($name, $header) = ($1, $2 . ($3 // ''));
			push @bad, "$name is SECURITY DEFINER without a pinned search_path (PS003)"
			  if $header =~ /\bSECURITY\s+DEFINER\b/i && $header !~ /\bSET\s+search_path\b/i;
		}
		none("$file follows the rules", @bad);
	}
}

# Bodies in SQL and PL/pgSQL that do not pin their search_path say of every
# operator and function whose it is (PS001, PS005, PS009, PS016).
my $word = qr/[a-z_][a-z0-9_]*/i;
my %syntax = map { $_ => 1 } qw(
  and or not in exists values any all some array row coalesce nullif greatest least grouping
  over filter within order by partition on using as when then else case if elsif while return returns
  select from where having limit offset union except intersect with insert into update delete set table
  cast extract overlay position substring trim normalize varchar char character numeric decimal bit float
  time timestamp interval default perform execute format_ raise exception loop end for in setof returning
  conflict distinct lateral rows range groups is like references key primary unique check foreign begin declare
  cast materialized recursive xmlelement assert key only escape
);

sub unqualified
{
	my ($body) = @_;
	my @bad;
	my $text = code($body);
	# strings hold text, not code (dynamic SQL is for the reviewer)
	$text =~ s/'(?:[^']|'')*'/''/g;
	$text =~ s/"[^"]*"/quoted/g;
	# types of their own grammar, and what is qualified
	$text =~ s/\bOPERATOR\s*\(\s*pg_catalog\s*\.\s*[^\s)]+\s*\)/ , /gi;
	$text =~ s/:=|=>|\.\.|::/ /g;
	# assignments of UPDATE … SET a = b, and of SET LOCAL x = y
	1 while $text =~ s/(\bSET\s+(?:LOCAL\s+)?(?:$word\s*,?\s*)?[\w.]+\s*)=(?!=)/$1 /i;
	while ($text =~ m{(?<![\w.])([-+*/<>=~!@#%^&|`?]+)(?![\w]*\()}g)
	{
		my ($op, $at) = ($1, pos($text) - length $1);
		my $before = substr($text, 0, $at);
		my $after = substr($text, $at + length $op);
		# count(*), t.*, SELECT *
		next if $op eq '*' && ($before =~ /[(.,]\s*$/ || $before =~ /\b(SELECT|RETURNING|DISTINCT)\s*$/i);
		# the sign of a number
		next if $op =~ /^[-+]$/ && $after =~ /^\d/ && $before =~ /(^|[(,=]|\b(?:THEN|ELSE|RETURN|SELECT|DEFAULT|WHEN|BY|AND|OR))\s*$/i;
		push @bad, "operator $op";
	}
	while ($text =~ /(?<![\w.@%])($word)\s*\(/g)
	{
		my ($name, $at) = (lc $1, $-[1]);
		next if $syntax{$name};
		my $before = substr($text, 0, $at);
		# a table's columns, an alias's columns, a common table expression
		next if $before =~ /\b(INTO|AS|WITH|RECURSIVE|CURSOR|,)\s*$/i && substr($text, $at) =~ /^$word\s*\(\s*$word(\s*,\s*$word)*\s*\)/;
		push @bad, "function $name()";
	}
	while ($text =~ /\b(IN\s*\((?!\s*SELECT\b)|LIKE\b|ILIKE\b|BETWEEN\b|IS\s+(?:NOT\s+)?DISTINCT\b|CASE\s+(?!WHEN\b))/gi)
	{
		push @bad, "hidden operator in " . ($1 =~ s/\s+/ /gr);
	}
	return @bad;
}

# the checker itself can fail
ok(scalar(unqualified('SELECT a + b')), 'an unqualified operator is found');
ok(scalar(unqualified("IF x = '' THEN")), 'in an IF as well');
ok(scalar(unqualified('SELECT lower(a)')), 'an unqualified function is found');
ok(scalar(unqualified('CASE a WHEN 1 THEN 2 END')), 'a simple CASE is found');
ok(!unqualified("SELECT count_.*, pg_catalog.lower(a) OPERATOR(pg_catalog.||) '+' -- b + c"), 'qualified ones pass');

for my $file (sort glob 'sql/kernel/*.sql sql/agency/*.sql')
{
	my $sql = slurp($file);
	my @bad;
	while ($sql =~ /\bCREATE\s+(?:FUNCTION|PROCEDURE)\s+([^\s(]+)((?:(?!\$\w*\$|;\s*\n).)*)(\$\w*\$)(.*?)\3([^;]*);/gis)
	{
		my ($name, $header, $body) = ($1, "$2 $5", $4);
		next if $header =~ /\bSET\s+search_path\b/i || $header !~ /\bLANGUAGE\s+(sql|plpgsql)\b/i;
		my %seen;
		push @bad, map { "$name: $_" } grep { !$seen{$_}++ } unqualified($body);
	}
	none("$file: bodies without a pinned search_path are qualified", @bad);
}

done_testing();
