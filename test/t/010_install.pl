# CREATE EXTENSION: refuses a schema that is not its own, and nothing that
# somebody made beforehand is called by it or by what it installs.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('install');
$node->init;
$node->start;

# A database of its own for each case.
my $databases = 0;
sub database
{
	my $name = 'case_' . ++$databases;
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	return $name;
}

# The statement fails with this SQLSTATE and message.
sub refused
{
	my ($db, $sql, $sqlstate, $message, $what) = @_;
	my ($status, $out, $err) = $node->psql($db, "\\set VERBOSITY verbose\n$sql");
	like($err, qr/ERROR:  \Q$sqlstate\E: $message/, $what);
	return $err;
}

$node->safe_psql('postgres', 'CREATE ROLE mallory LOGIN; CREATE ROLE clerk LOGIN');

# --- the schema ---------------------------------------------------------------

my $db = database();
$node->safe_psql($db, 'CREATE SCHEMA mutasi AUTHORIZATION mallory');
my $err = refused($db, 'CREATE EXTENSION mutasi', '42501', 'schema "mutasi" is owned by "mallory", not by ',
	'a schema of somebody else\'s is refused');
like($err, qr/HINT:  \S/, 'with a hint');
is($node->safe_psql($db, q{SELECT count(*) FROM pg_extension WHERE extname = 'mutasi'}), '0', 'nothing is installed');
is($node->safe_psql($db, q{SELECT count(*) FROM pg_proc WHERE pronamespace = 'mutasi'::regnamespace}), '0', 'nothing is left in the schema');

# Each kind of thing that could have been put there before us.
my %planted = (
	function => q{CREATE FUNCTION mutasi.raise_error(text, text) RETURNS void LANGUAGE sql AS 'SELECT'},
	operator => q{CREATE OPERATOR mutasi.= (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_catalog.textne)},
	type => q{CREATE TYPE mutasi.nip AS (a int)},
	domain => q{CREATE DOMAIN mutasi.nip AS text},
	table => q{CREATE TABLE mutasi.agency_script (part text, script text)},
	view => q{CREATE VIEW mutasi.pg_class AS SELECT 1 AS a},
	sequence => q{CREATE SEQUENCE mutasi.s},
	collation => q{CREATE COLLATION mutasi."default" FROM "C"},
	'text search configuration' => q{CREATE TEXT SEARCH CONFIGURATION mutasi.simple (COPY = pg_catalog.simple)},
	'operator family' => q{CREATE OPERATOR FAMILY mutasi.f USING btree},
	conversion => q{CREATE CONVERSION mutasi.c FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1},
	statistics => q{CREATE TABLE public.t (a int, b int); CREATE STATISTICS mutasi.s ON a, b FROM public.t},
);
for my $kind (sort keys %planted)
{
	$db = database();
	$node->safe_psql($db, "CREATE SCHEMA mutasi; $planted{$kind}");
	$err = refused($db, 'CREATE EXTENSION mutasi', '42710', 'schema "mutasi" is not empty', "a schema that holds a $kind is refused");
}

$db = database();
$node->safe_psql($db, 'CREATE SCHEMA mutasi; CREATE EXTENSION mutasi');
is($node->safe_psql($db, q{SELECT extversion FROM pg_extension WHERE extname = 'mutasi'}), '0.1',
	'an empty schema of one\'s own is taken');
$node->safe_psql($db, 'DROP EXTENSION mutasi');
is($node->safe_psql($db, q{SELECT count(*) FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass
	AND refobjid = to_regnamespace('mutasi')}), '0', 'DROP EXTENSION takes everything with it');
$node->safe_psql($db, 'CREATE EXTENSION mutasi');
pass('and it can be created again');
refused($db, 'CREATE EXTENSION mutasi SCHEMA public', '42710', 'extension "mutasi" already exists', 'not twice');
$node->safe_psql($db, 'DROP EXTENSION mutasi');
refused($db, 'CREATE EXTENSION mutasi SCHEMA public', '0A000', 'extension "mutasi" must be installed in schema "mutasi"',
	'in no other schema');

# --- who may ------------------------------------------------------------------

$db = database();
$node->safe_psql($db, "GRANT CREATE ON DATABASE $db TO clerk");
my ($status, $out, $stderr) = $node->psql($db, 'CREATE EXTENSION mutasi',
	extra_params => [ '-U', 'clerk' ]);
like($stderr, qr/permission denied to create extension "mutasi"/, 'only a superuser may create it');

# --- hostile objects before us --------------------------------------------------

# In a schema that comes first in everybody's search_path, for each built-in
# function and operator one of the same name and arguments that raises: where
# our code does not say whose it means, it is found out here.
$db = database();
$node->safe_psql($db, <<'SQL');
CREATE SCHEMA hostile;
CREATE FUNCTION public.captured() RETURNS void LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'a hostile object was called' USING ERRCODE = 'XX999'; END$$;
DO $do$
DECLARE
	p record;
	made int := 0;
BEGIN
	SET LOCAL check_function_bodies = off;
	FOR p IN
		SELECT proname, pg_get_function_identity_arguments(oid) AS arguments, pg_get_function_result(oid) AS result,
			proargtypes
		FROM pg_proc
		WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND NOT proretset
			AND prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype, 'language_handler'::regtype)
			AND NOT 'internal'::regtype = ANY (proargtypes)
	LOOP
		BEGIN
			EXECUTE format('CREATE FUNCTION hostile.%I(%s) RETURNS %s LANGUAGE plpgsql AS $f$BEGIN PERFORM public.captured(); RETURN NULL; END$f$',
				p.proname, p.arguments, p.result);
			made := made + 1;
		EXCEPTION WHEN OTHERS THEN
			NULL;	-- cstring, polymorphic results without such an argument and the like
		END;
	END LOOP;
	IF made < 1500 THEN RAISE EXCEPTION 'only % hostile functions', made; END IF;
	made := 0;
	FOR p IN SELECT oprname, NULLIF(oprleft, 0) AS oprleft, oprright, oprresult FROM pg_operator
		WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprright <> 0 AND oprresult <> 0
	LOOP
		BEGIN
			EXECUTE format('CREATE FUNCTION hostile.%I(%s) RETURNS %s LANGUAGE plpgsql AS $f$BEGIN PERFORM public.captured(); RETURN NULL; END$f$',
				'operator_' || made, concat_ws(', ', p.oprleft::regtype::text, p.oprright::regtype::text), p.oprresult::regtype);
			EXECUTE format('CREATE OPERATOR hostile.%s (%s RIGHTARG = %s, FUNCTION = hostile.%I)',
				p.oprname, 'LEFTARG = ' || p.oprleft::regtype::text || ',', p.oprright::regtype, 'operator_' || made);
			made := made + 1;
		EXCEPTION WHEN OTHERS THEN
			NULL;
		END;
	END LOOP;
	IF made < 500 THEN RAISE EXCEPTION 'only % hostile operators', made; END IF;
END
$do$;
SQL
$node->safe_psql('postgres', "ALTER DATABASE $db SET search_path = hostile, pg_catalog, public");
($status, $out, $stderr) = $node->psql($db, 'SELECT 1 + 1');
like($stderr, qr/a hostile object was called/, 'the trap works');
($status, $out, $stderr) = $node->psql($db, 'CREATE EXTENSION mutasi CASCADE');
is($status, 0, 'CREATE EXTENSION calls no hostile object') or diag($stderr);

# Every function once with arguments that let it go to work where we know such,
# otherwise NULL; what it returns is other tests' business.
my %sample = (
	text => q{'x'::text}, integer => '1::int4', bigint => '1::int8', smallint => '1::int2', numeric => '1::numeric',
	boolean => 'true', date => q{'2025-01-01'::date}, 'text[]' => q{'{x}'::text[]}, 'integer[]' => q{'{1}'::int4[]},
	'mutasi.nip' => q{'198501012010011001'::mutasi.nip},
	'mutasi.competency_profile' => q{'{1:3, 7:4}'::mutasi.competency_profile},
	'mutasi.competency_requirement' => q{'{1:3, 7:4*2}'::mutasi.competency_requirement},
	'timestamp with time zone' => q{'2025-01-01 00:00+00'::timestamptz}, name => q{'x'::name}, regclass => q{'pg_class'::regclass},
	jsonb => q{'{}'::jsonb}, 'double precision' => '1::float8',
);
my $functions = $node->safe_psql('postgres', 'SELECT 1') && $node->safe_psql($db, <<'SQL');
SET search_path = pg_catalog;
SELECT p.oid::regproc || E'\t' || coalesce((SELECT string_agg(format_type(t, NULL), '|' ORDER BY n)
	FROM unnest(p.proargtypes) WITH ORDINALITY AS a(t, n)), '')
FROM pg_depend AS d JOIN pg_extension AS e ON d.refobjid = e.oid AND e.extname = 'mutasi'
	JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
WHERE d.deptype = 'e' AND p.prokind IN ('f', 'p') AND NOT 'internal'::regtype = ANY (p.proargtypes)
	AND NOT 'cstring'::regtype = ANY (p.proargtypes)
	AND p.prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
ORDER BY 1
SQL
my ($called, $captured) = (0, 0);
for my $line (split /\n/, $functions)
{
	my ($name, $types) = split /\t/, $line, -1;
	my @types = split /\|/, $types;
	for my $known (1, 0)
	{
		my $arguments = join ', ', map { $known && $sample{$_} ? $sample{$_} : "NULL::$_" } @types;
		(undef, undef, $stderr) = $node->psql($db, "SELECT FROM $name($arguments)");
		$called++;
		if ($stderr =~ /hostile/) { $captured++; diag("$name($arguments): $stderr"); }
	}
}
cmp_ok($called, '>', 20, "functions were called");
is($captured, 0, "no function calls a hostile object ($called calls)");

# --- hostile objects before create_agency ---------------------------------------

$stderr = '';
($status, $out, $stderr) = $node->psql($db, q{SELECT mutasi.create_agency('hostile_agency')});
is($status, 0, 'create_agency() calls no hostile object') or diag($stderr);
# one with people in it; the test data itself is not written against such a path
($status, $out, $stderr) = $node->psql($db, "SET search_path = pg_catalog;\n\\i test/data/small_agency.sql", on_error_stop => 1);
is($status, 0, 'an agency with data') or diag($stderr);
my $parts = $node->safe_psql($db, <<'SQL');
SET search_path = pg_catalog;
SELECT c.oid::regclass::text || E'\t' || c.relkind::text || E'\t' || coalesce((SELECT quote_ident(a.attname) FROM pg_attribute AS a
	WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
	ORDER BY a.attnum LIMIT 1), '')
FROM pg_class AS c WHERE c.relnamespace = 'kota'::regnamespace AND c.relkind IN ('r', 'v') ORDER BY 1
SQL
my $asked = 0;
$captured = 0;
for my $line (split /\n/, $parts)
{
	my ($name, $kind, $column) = split /\t/, $line, -1;
	# the triggers of every row, and everything that a view computes
	my @statements = ("SELECT pg_catalog.count(pg_catalog.row_to_json(x)) FROM $name AS x");
	push @statements, "UPDATE $name SET $column = $column" if $kind eq 'r' && $column ne '';
	for my $statement (@statements)
	{
		(undef, undef, $stderr) = $node->psql($db, $statement);
		$asked++;
		if ($stderr =~ /hostile object/) { $captured++; diag("$statement: $stderr"); }
	}
}
for my $call ('eligibility(1, 1)', 'candidates(1, 3)', 'opportunities(1, 3)', 'apply_due_transfers()', 'rebuild_derived()')
{
	(undef, undef, $stderr) = $node->psql($db, "SELECT FROM kota.$call");
	$asked++;
	if ($stderr =~ /hostile object/) { $captured++; diag("$call: $stderr"); }
}
cmp_ok($asked, '>', 40, 'an agency was used');
is($captured, 0, "nothing in an agency schema calls a hostile object ($asked statements)");

$node->stop;
done_testing();
