# Hostile text and names in every argument of every function: nothing in them is
# ever run, neither with the rights of somebody else nor, where no query is asked
# for, at all; a stranger changes nothing; and tables whose names are hostile go
# through a workflow's whole life.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('injection');
$node->init(extra => [ '--username', 'postgres' ]);
$node->start;
$ENV{PGUSER} = 'postgres';
$node->safe_psql('postgres', 'CREATE ROLE mallory LOGIN; CREATE ROLE clerk LOGIN; CREATE DATABASE prey');
my $data = slurp_file('test/data/upgrade.sql');
$data =~ s{^\\i (\S+)$}{slurp_file($1)}meg;
$data =~ s/\\g \/dev\/null/;/g;
$data =~ s/^\\set .*$//mg;
$node->safe_psql('prey', $data);
$node->safe_psql('prey', <<'SQL');
-- sequences count what a rollback would hide
CREATE SEQUENCE public.ran;
CREATE SEQUENCE public.ran_as_another;
CREATE TABLE public.canary AS SELECT 1 AS alive;
CREATE FUNCTION public.pwned() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	PERFORM nextval('public.ran');
	IF current_user <> session_user THEN PERFORM nextval('public.ran_as_another'); END IF;
	RETURN 1;
END $$;
GRANT USAGE ON SEQUENCE public.ran, public.ran_as_another TO PUBLIC;
GRANT USAGE ON SCHEMA kota, own TO mallory;
ALTER SCHEMA public OWNER TO mallory;

CREATE TABLE public.hostile (id int GENERATED ALWAYS AS IDENTITY, value text);
INSERT INTO public.hostile (value) VALUES
	('''; SELECT public.pwned(); DROP TABLE public.canary; --'),
	('"; SELECT public.pwned(); DROP TABLE public.canary; --'),
	('x''); SELECT public.pwned(); --'), ('x" FROM (SELECT public.pwned()) AS y; --'),
	('$$; SELECT public.pwned(); $$'), ('1 OR public.pwned() = 1'), (') AS q, public.pwned() AS p; --'),
	('\''; SELECT public.pwned(); --'), ('public.pwned'), ('public.pwned()'), ('%s %I %1$L %%'), (E'\\x27 \n; SELECT public.pwned()'),
	('{"table": "x; SELECT public.pwned()", "workflow": "''; SELECT public.pwned(); --", "state": "\"; SELECT public.pwned()"}'),
	('["''; SELECT public.pwned(); --"]'), ('@agency@; SELECT public.pwned()'), ('own.request; SELECT public.pwned()'), (repeat('''"', 40));
GRANT SELECT ON public.hostile TO PUBLIC;

-- Every function with every hostile text in one argument after the other. What
-- is no text gets what lets the function go to work.
CREATE PROCEDURE public.attack() LANGUAGE plpgsql AS $do$
DECLARE
	f record;
	h record;
	arguments text[];
	t text;
	made int := 0;
BEGIN
	FOR f IN
		SELECT p.oid::regproc::text AS name, p.prokind, ARRAY(SELECT format_type(a, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS u (a, n) ORDER BY n) AS types
		FROM pg_proc AS p
		WHERE p.pronamespace IN ('mutasi'::regnamespace, 'kota'::regnamespace) AND p.prokind = 'f'
			AND NOT 'internal'::regtype = ANY (p.proargtypes) AND NOT 'cstring'::regtype = ANY (p.proargtypes)
			AND p.prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
			AND has_function_privilege(p.oid, 'EXECUTE')
		ORDER BY 1
	LOOP
		FOR place IN 1 .. cardinality(f.types) LOOP
			CONTINUE WHEN f.types[place] NOT IN ('text', 'name', 'character varying', 'text[]', 'name[]', 'jsonb', 'json', 'regclass', '"any"', 'anyelement');
			FOR h IN SELECT value FROM public.hostile ORDER BY id LOOP
				arguments := '{}';
				FOR i IN 1 .. cardinality(f.types) LOOP
					t := f.types[i];
					arguments := arguments || CASE
						WHEN i = place AND t IN ('"any"', 'anyelement') THEN quote_literal(h.value) || '::text'
						WHEN i = place AND t IN ('text[]', 'name[]') THEN 'ARRAY[' || quote_literal(h.value) || ']::' || t
						WHEN i = place AND t IN ('jsonb', 'json') AND left(h.value, 1) NOT IN ('{', '[') THEN
							format('jsonb_build_object(%L, %L)', h.value, h.value) || CASE t WHEN 'json' THEN '::json' ELSE '' END
						WHEN i = place THEN quote_literal(h.value) || '::' || t
						WHEN t = 'regclass' THEN '''own.request''::regclass'
						WHEN t IN ('text', 'name') THEN quote_literal('1') || '::' || t
						WHEN t = 'text[]' THEN '''{1}''::text[]' WHEN t = 'jsonb' THEN '''{}''::jsonb'
						WHEN t IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision', 'oid') THEN '1::' || t
						WHEN t IN ('integer[]', 'bigint[]') THEN '''{1}''::' || t
						WHEN t = 'boolean' THEN 'true' WHEN t = 'date' THEN '''2025-01-01''::date'
						WHEN t = 'mutasi.competency_profile' THEN '''{1:3}''::' || t WHEN t = 'mutasi.competency_requirement' THEN '''{1:3}''::' || t
						ELSE 'NULL::' || t END;
				END LOOP;
				made := made + 1;
				BEGIN
					EXECUTE format('SELECT count(*) FROM %s(%s)', f.name, array_to_string(arguments, ', '));
				EXCEPTION WHEN OTHERS THEN NULL;
				END;
			END LOOP;
		END LOOP;
		-- what it did must not disturb the next
		ROLLBACK;
	END LOOP;
	RAISE NOTICE 'attempts: %', made;
END $do$;
ALTER PROCEDURE public.attack() OWNER TO mallory;
-- A query that somebody hands over runs, with the caller's own rights. These ask for one.
CREATE VIEW public.takes_query AS
SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'mutasi'::regnamespace
	AND p.proname ~ '^(plan_|solve_|match_|exchange_|rank_|best_|composite)' AND 'text'::regtype = ANY (p.proargtypes);
SQL

# All that there is, as one number.
my $state = q{
	SELECT md5(string_agg(line, chr(10) ORDER BY line COLLATE "C")) FROM (
		SELECT c.oid::regclass || ' ' || (xpath('/row/c/text()', query_to_xml(format('SELECT coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '''') AS c FROM %s AS t',
			c.oid::regclass), false, true, '')))[1]::text AS line
		FROM pg_class AS c WHERE c.relkind = 'r' AND c.relnamespace IN ('kota'::regnamespace, 'own'::regnamespace, 'mutasi'::regnamespace, 'public'::regnamespace)
		UNION ALL SELECT 'relation ' || c.oid || c.relname || coalesce(c.relacl::text, '') FROM pg_class AS c WHERE c.relkind NOT IN ('i', 't', 'I') AND c.relnamespace <> 'pg_toast'::regnamespace
		UNION ALL SELECT 'function ' || p.oid || p.proname || md5(p.prosrc) || coalesce(p.proacl::text, '') || p.proowner FROM pg_proc AS p
		UNION ALL SELECT 'trigger ' || t.tgrelid || t.tgname || t.tgenabled::text FROM pg_trigger AS t WHERE NOT t.tgisinternal
		UNION ALL SELECT 'role ' || r.rolname || r.rolsuper FROM pg_roles AS r
		UNION ALL SELECT 'member ' || m.roleid || m.member FROM pg_auth_members AS m) AS lines };
sub ran { return $node->safe_psql('prey', "SELECT is_called::int * last_value FROM public.$_[0]"); }

my $before = $node->safe_psql('prey', $state);
my ($status, $out, $err) = $node->psql('prey', 'CALL public.attack()', extra_params => [ '-U', 'mallory' ]);
is($status, 0, 'a stranger tries') or diag($err);
my ($attempts) = $err =~ /attempts: (\d+)/;
cmp_ok($attempts // 0, '>', 1500, 'a great many times (' . ($attempts // 0) . ')');
is($node->safe_psql('prey', $state), $before, 'and nothing has changed');
is(ran('ran_as_another'), '0', 'nothing of it ran with the rights of another');

# The same as the owner of all that, with the functions left out that run a query.
my $asked = $node->safe_psql('prey', 'SELECT count(*) FROM public.takes_query');
cmp_ok($asked, '>', 5, 'functions that ask for a query are known');
$node->safe_psql('prey', q{ALTER PROCEDURE public.attack() OWNER TO postgres});
$node->safe_psql('prey', q{SELECT setval('public.ran', 1, false)});
my $source = $node->safe_psql('prey', q{SELECT pg_get_functiondef('public.attack()'::regprocedure)});
$source =~ s/AND has_function_privilege\(p\.oid, 'EXECUTE'\)/AND NOT (p.pronamespace = 'mutasi'::regnamespace AND p.proname IN (SELECT proname FROM public.takes_query))/ or die;
$node->safe_psql('prey', $source);
($status, $out, $err) = $node->psql('prey', 'CALL public.attack()');
is($status, 0, 'the owner tries') or diag($err);
($attempts) = $err =~ /attempts: (\d+)/;
cmp_ok($attempts // 0, '>', 1500, 'a great many times (' . ($attempts // 0) . ')');
is(ran('ran'), '0', 'nothing of it ran at all');
is($node->safe_psql('prey', 'TABLE public.canary'), '1', 'and nothing was dropped');

# --- somebody else's history -------------------------------------------------------------

sub refused
{
	my ($user, $sql, $message, $what) = @_;
	my (undef, undef, $stderr) = $node->psql('prey', $sql, extra_params => [ '-U', $user ]);
	like($stderr, $message, $what);
}
$node->safe_psql('prey', 'CREATE TABLE public.mine (id int PRIMARY KEY, status text); ALTER TABLE public.mine OWNER TO mallory');
refused('mallory', q{CREATE CONSTRAINT TRIGGER forged AFTER INSERT ON public.mine FROM own.request_history
	FOR EACH ROW EXECUTE FUNCTION mutasi.workflow_enforce('own_steps', '1', '{}')}, qr/permission denied for table request_history/,
	'a trigger made by hand cannot name the history of another');
refused('mallory', q{SELECT mutasi.attach_workflow('own.post', 'own_steps', 'requirement')}, qr/must be owner|permission denied/, 'nor a workflow be attached to a table of another');
refused('mallory', q{SELECT mutasi.detach_workflow('own.request')}, qr/must be owner|permission denied/, 'nor detached');
refused('mallory', q{SELECT mutasi.seal_history('own.request')}, qr/must be owner|permission denied/, 'nor its history sealed');
refused('mallory', q{SELECT mutasi.erase_history_values('own.request', '1', 'x')}, qr/must be owner|permission denied/, 'nor erased');
refused('mallory', q{SELECT mutasi.correct_case('own.request', '1', '{"amount": 0}', 'x')}, qr/must be owner|permission denied/, 'nor a case corrected');
refused('mallory', q{SELECT mutasi.approve('own.request', '1', 'submit')}, qr/permission denied/, 'nor approved');
refused('mallory', q{SELECT * FROM mutasi.verify_history('own.request')}, qr/must be owner|permission denied/, 'nor its history be read through verification');
refused('mallory', q{SELECT * FROM mutasi.case_timeline('own.request', '1')}, qr/permission denied/, 'nor through the timeline');
refused('mallory', q{SELECT mutasi.define_workflow('{}')}, qr/permission denied/, 'nor a workflow defined');
refused('mallory', q{INSERT INTO mutasi.workflow_transition DEFAULT VALUES}, qr/permission denied/, 'by hand neither');
refused('mallory', q{UPDATE mutasi.agency_script SET script = 'SELECT public.pwned()'}, qr/permission denied/, 'nor the script of agencies changed');
refused('mallory', q{INSERT INTO mutasi.agency_upgrade VALUES ('0.1', '9', 'SELECT public.pwned()')}, qr/permission denied/, 'nor an upgrade of them slipped in');
refused('mallory', q{CREATE FUNCTION mutasi.nip_eq(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'}, qr/permission denied for schema mutasi/, 'nor anything put into the schema');

# --- names that are hostile themselves ------------------------------------------------------

$node->safe_psql('prey', <<'SQL');
CREATE SCHEMA "we""ird'; SELECT public.pwned(); --";
SET search_path = "we""ird'; SELECT public.pwned(); --";
CREATE TABLE "t'; SELECT public.pwned(); --" ("k""1'; SELECT public.pwned()" int, "K 2" text, "s'; SELECT public.pwned(); --" text,
	"r""'; SELECT public.pwned()" text, "x\y %s %I" int, PRIMARY KEY ("k""1'; SELECT public.pwned()", "K 2"));
CREATE FUNCTION "f""'; SELECT public.pwned(); --"(a text, b text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
SELECT mutasi.define_workflow($json${"workflow": "w'; SELECT public.pwned(); --", "title": "\"'; SELECT public.pwned()",
	"states": [{"state": "a'; SELECT public.pwned(); --", "initial": true, "deadline": 3, "on_expiry": "go\"; SELECT public.pwned()"}, {"state": "b\"'", "terminal": true}],
	"transitions": [{"action": "go\"; SELECT public.pwned()", "from": "a'; SELECT public.pwned(); --", "to": "b\"'", "approvals": 2, "role": "r'; SELECT public.pwned(); --"}]}$json$);
SELECT mutasi.attach_workflow('"t''; SELECT public.pwned(); --"', 'w''; SELECT public.pwned(); --', 's''; SELECT public.pwned(); --',
	jsonb_build_object('reason', 'r"''; SELECT public.pwned()', 'plays_role', '"we""ird''; SELECT public.pwned(); --"."f""''; SELECT public.pwned(); --"',
		'roles', jsonb_build_object('r''; SELECT public.pwned(); --', 'mallory')));
INSERT INTO "t'; SELECT public.pwned(); --" VALUES (1, 'q"''', 'a''; SELECT public.pwned(); --', NULL, 5), (2, '''; SELECT public.pwned(); --', 'a''; SELECT public.pwned(); --', NULL, 5);
UPDATE "t'; SELECT public.pwned(); --" SET "x\y %s %I" = 6;
SELECT mutasi.workflow_diagram('w''; SELECT public.pwned(); --'), mutasi.export_workflow('w''; SELECT public.pwned(); --');
SELECT * FROM mutasi.allowed_transitions('"t''; SELECT public.pwned(); --"', '[1, "q\"''"]');
SELECT mutasi.approve('"t''; SELECT public.pwned(); --"', '[1, "q\"''"]', 'go"; SELECT public.pwned()', '''; SELECT public.pwned(); --');
SELECT mutasi.revoke_approval('"t''; SELECT public.pwned(); --"', '[1, "q\"''"]', 'go"; SELECT public.pwned()');
SELECT mutasi.correct_case('"t''; SELECT public.pwned(); --"', '[2, "''; SELECT public.pwned(); --"]', '{"x\\y %s %I": 9}', '''; SELECT public.pwned(); --');
SELECT mutasi.import_cases('"t''; SELECT public.pwned(); --"', 'r', jsonb_build_array(jsonb_build_object('k"1''; SELECT public.pwned()', 7, 'K 2', 'z', 's''; SELECT public.pwned(); --', 'b"''')));
SELECT mutasi.case_key_condition('"t''; SELECT public.pwned(); --"', '[2, "''; SELECT public.pwned(); --"]');
SELECT * FROM mutasi.case_timeline('"t''; SELECT public.pwned(); --"', '[2, "''; SELECT public.pwned(); --"]');
SELECT mutasi.run_timers('"t''; SELECT public.pwned(); --"');
SELECT mutasi.seal_history('"t''; SELECT public.pwned(); --"');
SELECT mutasi.erase_history_values('"t''; SELECT public.pwned(); --"', '[2, "''; SELECT public.pwned(); --"]', 'asked');
SQL
is($node->safe_psql('prey', <<'SQL'), '', 'hostile names: the history verifies and all is healthy');
SET search_path = "we""ird'; SELECT public.pwned(); --";
SELECT problem, detail FROM mutasi.verify_history('"t''; SELECT public.pwned(); --"') UNION ALL SELECT problem, detail FROM mutasi.workflow_health('"t''; SELECT public.pwned(); --"');
SQL
$node->safe_psql('prey', q{SET search_path = "we""ird'; SELECT public.pwned(); --"; SELECT mutasi.detach_workflow('"t''; SELECT public.pwned(); --"')});
is(ran('ran'), '0', 'and nothing of them ran');
for my $name (q{x'; SELECT public.pwned(); --}, q{x"; SELECT public.pwned(); --}, 'x$$; SELECT public.pwned(); $$', '@agency@', 'pg_temp')
{
	(my $quoted = $name) =~ s/'/''/g;
	refused('postgres', "SELECT mutasi.create_agency('$quoted')", qr/invalid name of an agency schema/, "no agency is called $name");
	refused('postgres', "SELECT mutasi.upgrade_agency('$quoted')", qr/invalid name of an agency schema/, "nor upgraded");
}
is(ran('ran'), '0', 'and nothing of that ran');
$node->stop;
done_testing();
