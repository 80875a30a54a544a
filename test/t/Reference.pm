# Reference: the reference pages of the documentation, doc/reference*.md, made
# from the comments in the catalogue of a database that has the extension and an
# agency schema "kota_x". `make reference` writes them; a test compares. Tables of
# the shipped workflows' steps, on a page of the reference and between two marks
# in doc/agency.md, come from the definitions.
#
# Which section an object stands in follows from the file of sql/ that creates it.
# Uses the cluster that PGHOST, PGPORT, PGUSER name. Core Perl only.
package Reference;

use strict;
use warnings;
use Exporter 'import';
use utf8;
use JSON::PP;

our @EXPORT_OK = qw(reference_pages);

my $made = "<!-- Made by `make reference` from the comments in the catalogue: change those, not this page. -->\n";

# Pages of the kernel: [file, title, what it is about, first and last number of the parts in sql/kernel]
my @kernel_pages = (
	[ 'reference-types.md', 'Types, matching and ranking', 'What people hold, what posts ask, how well they fit, and who fits best', 10, 43, 'matching.md', 'ranking.md' ],
	[ 'reference-assessment.md', 'Assessment and workload', 'Job person match, profile matching, nine-box, staffing methods, working days, projections', 44, 59, 'workload.md', 'matching.md' ],
	[ 'reference-workflow.md', 'Workflow and history', 'Definitions, attachment, cases, approvals, deadlines, seals and verification', 60, 69, 'workflow.md', 'audit.md' ],
	[ 'reference-planning.md', 'Planning', 'Optimal transfers with their proof, applications, exchanges', 70, 79, 'planning.md' ],
	[ 'reference-kernel.md', 'The rest of the kernel', 'Errors, rows that come with the extension, making agency schemas, and whatever else there is', 0, 99, 'agency.md' ]);

# --- the database ------------------------------------------------------------------

sub query
{
	my ($sql) = @_;
	open my $pipe, '-|', 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1',
	  '-c', "LOAD 'mutasi'", '-c', 'SET search_path = kota_x, mutasi, pg_catalog',
	  '-c', "SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM ($sql) AS q"
	  or die "cannot run psql: $!\n";
	local $/;
	my $answer = <$pipe>;
	close $pipe or die "psql failed: $sql\n";
	return decode_json($answer);
}

# what every query selects by
my $ours = q{('mutasi'::regnamespace, 'kota_x'::regnamespace)};

my %sql = (
	types => qq{
		SELECT n.nspname AS schema, t.typname AS name, t.typtype AS kind, obj_description(t.oid, 'pg_type') AS comment,
			CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod)
				WHEN 'e' THEN (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid) END AS what
		FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace LEFT JOIN pg_class AS c ON c.oid = t.typrelid
		WHERE t.typnamespace IN $ours AND t.typcategory <> 'A' AND coalesce(c.relkind = 'c', true)
		ORDER BY 1, 2},
	functions => qq{
		SELECT n.nspname AS schema, p.proname AS name, p.prokind AS kind, pg_get_function_arguments(p.oid) AS arguments,
			pg_get_function_result(p.oid) AS result, p.provolatile AS volatility, p.proisstrict AS strict, p.proparallel AS parallel,
			p.prosecdef AS definer, obj_description(p.oid, 'pg_proc') AS comment,
			NOT has_function_privilege('public', p.oid, 'EXECUTE') AS restricted,
			p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype)
				OR 'internal'::regtype = ANY (p.proargtypes) OR p.prorettype IN ('internal'::regtype, 'cstring'::regtype) OR 'cstring'::regtype = ANY (p.proargtypes)
				OR EXISTS (SELECT FROM pg_type AS t WHERE p.oid IN (t.typsend, t.typreceive))
				OR EXISTS (SELECT FROM pg_aggregate AS a WHERE p.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn))
				OR EXISTS (SELECT FROM pg_amproc AS m WHERE m.amproc = p.oid)
				OR EXISTS (SELECT FROM pg_operator AS o WHERE o.oprcode = p.oid) AND obj_description(p.oid, 'pg_proc') LIKE 'Implementation of %'
				OR obj_description(p.oid, 'pg_proc') ~ '^Part of ' AS behind
		FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
		WHERE p.pronamespace IN $ours
		ORDER BY 1, 2, pg_get_function_arguments(p.oid)},
	operators => qq{
		SELECT n.nspname AS schema, o.oprname AS name, format_type(nullif(o.oprleft, 0), NULL) AS "left", format_type(o.oprright, NULL) AS "right",
			format_type(o.oprresult, NULL) AS result, p.proname AS function, obj_description(o.oid, 'pg_operator') AS comment
		FROM pg_operator AS o JOIN pg_namespace AS n ON n.oid = o.oprnamespace JOIN pg_proc AS p ON p.oid = o.oprcode
		WHERE o.oprnamespace IN $ours
		ORDER BY 1, 3, 4, 2},
	casts => qq{
		SELECT format_type(c.castsource, NULL) AS source, format_type(c.casttarget, NULL) AS target, c.castcontext AS context, obj_description(c.oid, 'pg_cast') AS comment
		FROM pg_cast AS c JOIN pg_type AS s ON s.oid = c.castsource JOIN pg_type AS t ON t.oid = c.casttarget
		WHERE s.typnamespace IN $ours OR t.typnamespace IN $ours
		ORDER BY 1, 2},
	classes => qq{
		SELECT n.nspname AS schema, c.opcname AS name, a.amname AS method, format_type(c.opcintype, NULL) AS type, c.opcdefault AS is_default, obj_description(c.oid, 'pg_opclass') AS comment
		FROM pg_opclass AS c JOIN pg_namespace AS n ON n.oid = c.opcnamespace JOIN pg_am AS a ON a.oid = c.opcmethod
		WHERE c.opcnamespace IN $ours
		ORDER BY 1, 2},
	relations => qq{
		SELECT n.nspname AS schema, c.relname AS name, c.relkind AS kind, obj_description(c.oid, 'pg_class') AS comment,
			coalesce(c.reloptions::text LIKE '%security_invoker=true%' OR c.reloptions::text LIKE '%security_invoker=on%', false) AS invoker,
			NOT EXISTS (SELECT FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS a WHERE a.grantee = 0 AND a.privilege_type = 'SELECT') AS restricted
		FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE c.relnamespace IN $ours AND c.relkind IN ('r', 'p', 'v', 'm')
		ORDER BY 1, 2},
	columns => qq{
		SELECT n.nspname AS schema, c.relname AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS needed,
			a.attidentity <> '' AS identity, a.attgenerated <> '' AS generated, pg_get_expr(d.adbin, d.adrelid) AS "default", col_description(c.oid, a.attnum) AS comment
		FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_attribute AS a ON a.attrelid = c.oid
			LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
		WHERE c.relnamespace IN $ours AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY 1, 2, a.attnum},
	constraints => qq{
		SELECT n.nspname AS schema, c.relname AS relation, k.contype AS kind, pg_get_constraintdef(k.oid) AS definition
		FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE c.relnamespace IN $ours AND k.contype IN ('p', 'u', 'f', 'x') AND k.conparentid = 0
		ORDER BY 1, 2, position(k.contype IN 'puxf'), 4},
	settings => q{
		SELECT name, vartype AS type, unit, boot_val AS "default", context, short_desc, extra_desc, min_val, max_val
		FROM pg_settings WHERE name LIKE 'mutasi.%' ORDER BY name},
	errors => q{SELECT sqlstate, condition_name, meaning AS description FROM mutasi.workflow_error ORDER BY 1},
	workflows => q{SELECT workflow, version, title, title_id, description FROM mutasi.workflow WHERE shipped ORDER BY array_position('{transfer_within_agency,transfer_within_province,transfer_between_provinces,transfer_with_centre}', workflow)},
	states => q{SELECT workflow, state, title, title_id, initial, terminal, deadline, on_expiry FROM mutasi.workflow_state WHERE shipped ORDER BY workflow, ordinal},
	steps => q{
		SELECT workflow, action, from_state, to_state, to_json(roles) AS roles, condition, required_documents AS documents, to_json(required_columns) AS columns,
			reason_required, reason_code_required, approvals, to_json(separate_from) AS separate_from
		FROM mutasi.workflow_transition WHERE shipped ORDER BY workflow, ordinal},
	reasons => q{SELECT workflow, code, title, title_id FROM mutasi.workflow_reason WHERE shipped ORDER BY workflow, ordinal});

# --- where objects come from -----------------------------------------------------------

# "schema.name" => the part that creates it
sub origins
{
	my %origin;
	for my $file (sort glob 'sql/kernel/*.sql sql/agency/*.sql')
	{
		my ($room, $part) = $file =~ m{sql/(\w+)/([^/]+)\.sql$};
		open my $in, "<:utf8", $file or die "cannot read $file: $!\n";
		local $/;
		my $text = <$in>;
		while ($text =~ /^\s*CREATE\s+(?:UNIQUE\s+)?(?:TYPE|DOMAIN|FUNCTION|PROCEDURE|AGGREGATE|TABLE|VIEW|MATERIALIZED\s+VIEW|OPERATOR\s+CLASS|OPERATOR)\s+(mutasi|\@agency\@)\.([^\s(;]+)/gim)
		{
			$origin{ ($1 eq 'mutasi' ? 'mutasi' : 'kota_x') . ".$2" } //= $part;
		}
	}
	return \%origin;
}

# The title of a section: the first sentence of the part's leading comment, or
# what it says before a colon where that is long.
sub title_of
{
	my ($room, $part) = @_;
	open my $in, "<:utf8", "sql/$room/$part.sql" or die "no part $part: $!\n";
	my $text = '';
	while (my $line = <$in>) { last unless $line =~ s/^--\s*//; chomp $line; $text .= ($text eq '' ? '' : ' ') . $line; }
	# up to the first stop that is not within brackets
	my ($first) = $text =~ /^((?:\([^)]*\)|[^.(]|\.(?=\S))+?)(?:\.\s|\.?$)/;
	$first //= $text;
	$first =~ s/:.*// if length $first > 80;
	$first =~ s/^((?:\([^)]*\)|[^,(])+),.*/$1/ if length $first > 100;
	return $first;
}

# --- Markdown ---------------------------------------------------------------------------

sub cell { my ($text) = @_; $text = '' unless defined $text; $text =~ s/\|/\\|/g; $text =~ s/\s*\n\s*/ /g; return prose($text); }

# what Markdown would take for markup, outside of code, in a comment
sub prose { my ($text) = @_; $text = '' unless defined $text; $text =~ s/([*<>_\[\]~])/\\$1/g; $text =~ s/\\([_])(?=\w)/$1/g; return $text; }

sub code { my ($text) = @_; $text =~ s/\|/\\|/g; return "`$text`"; }

# the agency's own schema is the reader's; so is the kernel's
sub bare { my ($text) = @_; $text =~ s/\b(?:mutasi|kota_x)\.(?=\w)//g; return $text; }

my %volatility = (i => 'immutable', s => 'stable', v => 'volatile');
my %parallel = (s => 'parallel safe', r => 'parallel restricted', u => 'parallel unsafe');

sub signature
{
	my ($f) = @_;
	my $result = bare($f->{result} // '');
	return "$f->{name}(" . bare($f->{arguments}) . ')' . ($result eq '' ? '' : " → $result");
}

sub marks
{
	my ($f) = @_;
	my @marks = ($f->{kind} eq 'a' ? 'aggregate' : $f->{kind} eq 'p' ? 'procedure' : (), $f->{kind} eq 'p' ? () : $volatility{ $f->{volatility} });
	push @marks, 'NULL for a NULL argument' if $f->{strict} && $f->{kind} ne 'a';
	push @marks, $parallel{ $f->{parallel} };
	push @marks, 'runs with its owner\'s rights' if $f->{definer};
	push @marks, 'not for everybody' if $f->{restricted};
	return join ', ', @marks;
}

sub functions_text
{
	my ($level, @functions) = @_;
	my $text = '';
	my $last = '';
	for my $f (grep { !$_->{behind} } @functions)
	{
		$text .= "$level `$f->{name}`\n\n" if $f->{name} ne $last;
		$last = $f->{name};
		$text .= '`' . signature($f) . "`  \n" . prose($f->{comment}) . ' *(' . marks($f) . ")*\n\n";
	}
	return $text;
}

sub behind_text
{
	my (@functions) = grep { $_->{behind} } @_;
	return '' unless @functions;
	my $text = "| behind the above | |\n|---|---|\n";
	$text .= '| ' . code(signature($_)) . ' | ' . cell($_->{comment}) . " |\n" for @functions;
	return "$text\n";
}

sub relation_text
{
	my ($level, $r, $columns, $constraints) = @_;
	my $text = "$level `$r->{name}`\n\n" . prose($r->{comment});
	$text .= " *(view" . ($r->{invoker} ? ', with the reader\'s rights' : '') . ")*" if $r->{kind} eq 'v';
	$text .= "\n\n| column | type | |\n|---|---|---|\n";
	for my $c (@$columns)
	{
		my @notes;
		push @notes, 'must be given' if $c->{needed} && !defined $c->{default} && !$c->{identity} && $r->{kind} ne 'v';
		push @notes, 'numbered by itself' if $c->{identity};
		if ($c->{generated}) { push @notes, 'computed'; }
		elsif (defined $c->{default}) { push @notes, 'default ' . code(bare($c->{default})); }
		$text .= "| `$c->{name}` | " . bare($c->{type}) . ' | ' . join(' ', grep { $_ ne '' } cell($c->{comment}), @notes ? '*(' . join(', ', @notes) . ')*' : '') . " |\n";
	}
	$text .= "\n";
	if (@$constraints)
	{
		$text .= join("  \n", map { code(bare($_->{definition})) } @$constraints) . "\n\n";
	}
	return $text;
}

# what a heading is linked by
sub anchor { my ($text) = @_; $text = lc $text; $text =~ s/[^\w\- ]//g; $text =~ s/ /-/g; return $text; }

# --- shipped workflows -----------------------------------------------------------------

sub join_or { my (@words) = @_; my $last = pop @words; return @words ? join(', ', @words) . " or $last" : $last // ''; }

# A condition of the shipped definitions in words; one that is not known here as it stands.
sub condition_text
{
	my ($sql) = @_;
	return join(', and ', map { condition_text($_) } $1, $2) if $sql =~ /^(.*\)) AND (\(.*\))$/;
	return ($1 ? 'unless' : 'if') . ' `minister_permission_needed`' if $sql =~ /^(NOT )?coalesce\(to_jsonb\(NEW\) ->> 'minister_permission_needed', 'false'\) IN \('true', 't', 'yes', '1'\)$/;
	return 'if `initiative` is `own`' if $sql eq q{to_jsonb(NEW) ->> 'initiative' IN ('own', 'own_request', 'SENDIRI')};
	return 'if nobody eligible ranked higher is passed over, or grounds are given'
		if $sql eq q{(coalesce(to_jsonb(NEW) ->> 'passed_over', '0') = '0' OR coalesce(btrim(to_jsonb(NEW) ->> 'decision_grounds'), '') <> '')};
	return 'if notice is given, waived or not required' if $sql eq q{coalesce(to_jsonb(NEW) ->> 'notice_status', 'not required') IN ('given', 'waived', 'not required')};
	return 'if ' . code($sql);
}

# The past participle of what somebody did in the case before.
my %did = (create => 'created', submit => 'submitted', resubmit => 'resubmitted', verify => 'verified', analyse => 'analysed');

# The steps of a workflow as a table; steps that differ only in where they start are one row.
sub steps_text
{
	my (@steps) = @_;
	my (@rows, %row);
	for my $s (@steps)
	{
		my @more;
		push @more, condition_text($s->{condition}) if defined $s->{condition};
		push @more, 'not who ' . join_or(map { $did{$_} // "did `$_`" } @{ $s->{separate_from} }) . ' it' if @{ $s->{separate_from} };
		push @more, 'with ' . join(', ', map { "`$_`" } @{ $s->{columns} }) if @{ $s->{columns} };
		push @more, "$s->{approvals} approvals" if $s->{approvals} > 1;
		push @more, $s->{reason_code_required} ? 'a reason and its code' : 'a reason' if $s->{reason_required} || $s->{reason_code_required};
		my $documents = join ', ', map { ref $_ ? $_->{code} . (defined $_->{when} ? ' ' . condition_text($_->{when}) : '') : $_ } @{ $s->{documents} };
		my $rest = join ' | ', "| $s->{to_state}", join_or(@{ $s->{roles} }), $documents, join('; ', @more) . ' |';
		my $key = "$s->{action} $rest";
		push @rows, $row{$key} = { action => $s->{action}, rest => $rest } if !$row{$key};
		push @{ $row{$key}{from} }, $s->{from_state};
	}
	return "| action | from | to | whose part | documents | and what else |\n|---|---|---|---|---|---|\n"
	  . join '', map { "| `$_->{action}` | " . join(', ', @{ $_->{from} }) . " $_->{rest}\n" } @rows;
}

# --- the pages -------------------------------------------------------------------------

# All pages: file name below doc/ => text. Those of the reference are made whole,
# of agency.md a part.
sub reference_pages
{
	my %data = map { $_ => query($sql{$_}) } keys %sql;
	my $origin = origins();
	my (%columns, %constraints);
	push @{ $columns{"$_->{schema}.$_->{relation}"} }, $_ for @{ $data{columns} };
	push @{ $constraints{"$_->{schema}.$_->{relation}"} }, $_ for @{ $data{constraints} };

	# room => part => kind of object => objects
	my %rooms;
	for my $kind (qw(types functions operators classes relations))
	{
		for my $object (@{ $data{$kind} })
		{
			# operators of several types share a name
			my $part = $origin->{ $kind eq 'operators' ? "mutasi.$object->{function}" : "$object->{schema}.$object->{name}" };
			# what attach_workflow() makes beside a table
			$part //= '61_workflow' if $object->{schema} eq 'kota_x' && $object->{name} =~ /^transfer_/;
			$part //= $object->{schema} eq 'mutasi' ? '80_agency' : '95_security';
			push @{ $rooms{ $object->{schema} eq 'mutasi' ? 'kernel' : 'agency' }{$part}{$kind} }, $object;
		}
	}

	my %pages;
	my @index;
	my %names;		# name => links to where it stands, for the alphabetical index
	my $name_it = sub {
		my ($file, @objects) = @_;
		for my $object (@objects)
		{
			$names{ $object->{name} }{$file} = 1;
		}
	};
	my %done;
	for my $page (@kernel_pages)
	{
		my ($file, $title, $about, $first, $last, @guides) = @$page;
		my $text = "# Reference: $title\n\n$made\n$about. Objects are in the schema `mutasi`. "
		  . 'How to use them: ' . join(', ', map { my $name = s/\.md$//r; "[$name]($_)" } @guides) . ". All pages: [reference](reference.md).\n\n";
		my $body = '';
		my @contents;
		my %count = (functions => 0, relations => 0);
		for my $part (sort keys %{ $rooms{kernel} })
		{
			my ($number) = $part =~ /^(\d+)/;
			next if $done{$part} || $number < $first || $number > $last;
			$done{$part} = 1;
			my $objects = $rooms{kernel}{$part};
			my $heading = title_of('kernel', $part);
			push @contents, "- [$heading](#" . anchor($heading) . ")\n";
			$body .= "## $heading\n\n";
			if (my @types = @{ $objects->{types} // [] })
			{
				$body .= "| type | |\n|---|---|\n";
				$body .= "| `$_->{name}` | " . cell($_->{comment}) . (defined $_->{what} ? " ($_->{what})" : '') . " |\n" for @types;
				$body .= "\n";
				my %is = map { $_->{name} => 1 } @types;
				my @casts = grep { $is{ $_->{source} } || $is{ $_->{target} } } @{ $data{casts} };
				if (@casts)
				{
					$body .= "| cast | |\n|---|---|\n";
					$body .= "| $_->{source} → $_->{target} | " . cell($_->{comment}) . ' (' . { e => 'explicit', a => 'in assignments', i => 'implicit' }->{ $_->{context} } . ") |\n" for @casts;
					$body .= "\n";
				}
			}
			if (my @operators = @{ $objects->{operators} // [] })
			{
				$body .= "| operator | |\n|---|---|\n";
				$body .= '| ' . code(join ' ', grep { defined && $_ ne '-' } $_->{left}, $_->{name}, $_->{right}) . ' → ' . $_->{result} . ' | ' . cell($_->{comment}) . " |\n" for @operators;
				$body .= "\n";
			}
			if (my @classes = @{ $objects->{classes} // [] })
			{
				$body .= "| operator class | for | |\n|---|---|---|\n";
				$body .= "| `$_->{name}` | $_->{method} on $_->{type}" . ($_->{is_default} ? ' (default)' : '') . ' | ' . cell($_->{comment}) . " |\n" for @classes;
				$body .= "\n";
			}
			my @functions = @{ $objects->{functions} // [] };
			$body .= relation_text('###', $_, $columns{"mutasi.$_->{name}"}, $constraints{"mutasi.$_->{name}"} // []) for @{ $objects->{relations} // [] };
			$body .= functions_text('###', @functions) . behind_text(@functions);
			$name_it->($file, @{ $objects->{relations} // [] }, grep { !$_->{behind} } @functions);
			$count{functions} += grep { !$_->{behind} } @functions;
			$count{relations} += @{ $objects->{relations} // [] };
		}
		if ($file eq 'reference-workflow.md')
		{
			push @contents, "- [SQLSTATEs](#sqlstates)\n";
			$body .= "## SQLSTATEs\n\nAs `mutasi.workflow_error` has them; those of agency schemas are on [its page](agency.md#errors-of-an-agency-schema).\n\n| SQLSTATE | name | |\n|---|---|---|\n";
			$body .= "| $_->{sqlstate} | `$_->{condition_name}` | " . cell($_->{description}) . " |\n" for @{ $data{errors} };
			$body .= "\n";
		}
		if ($file eq 'reference-kernel.md')
		{
			push @contents, "- [Settings](#settings)\n";
			$body .= "## Settings\n\n| setting | default | |\n|---|---|---|\n";
			for my $s (@{ $data{settings} })
			{
				my $default = ($s->{default} // '') eq '' ? 'none' : $s->{default} . (defined $s->{unit} ? " $s->{unit}" : '');
				my $range = $s->{type} =~ /^(integer|real)$/ ? " From $s->{min_val} to $s->{max_val}." : '';
				$body .= "| `$s->{name}` | $default | " . cell("$s->{short_desc} " . ($s->{extra_desc} // '')) . "$range Set by " . ($s->{context} eq 'user' ? 'anybody' : 'a superuser, or whom `GRANT SET ON PARAMETER` lets') . ". |\n";
			}
			$body .= "\n";
		}
		$pages{$file} = $text . join('', @contents) . "\n" . $body;
		push @index, "| [$title]($file) | $about | $count{functions} functions, $count{relations} tables and views |\n";
	}

	# the shipped workflows, each with its states and steps
	{
		my $text = "# Reference: The shipped workflows\n\n$made\nThe states and steps of each route of a transfer, as the extension defines them. Who plays a part: [the agency schema](agency.md#the-steps-of-a-transfer-inside-one-agency); "
		  . "what the documents are, too. In words and pictures: [workflow](workflow.md#the-shipped-workflows). All pages: [reference](reference.md).\n\n";
		my $body = '';
		my $reasons = '';
		for my $w (@{ $data{workflows} })
		{
			my $of = sub { grep { $_->{workflow} eq $w->{workflow} } @{ $data{ $_[0] } } };
			$text .= "- [`$w->{workflow}`](#" . anchor($w->{workflow}) . "): $w->{title}\n";
			$body .= "## `$w->{workflow}`\n\n" . prose("$w->{title} ($w->{title_id}). $w->{description}") . "\n\n" . steps_text($of->('steps')) . "\n"
			  . "| state | | | when its time is up |\n|---|---|---|---|\n";
			for my $s ($of->('states'))
			{
				my $time = defined $s->{deadline} ? "$s->{deadline} working days, then `$s->{on_expiry}`" : defined $s->{on_expiry} ? "`$s->{on_expiry}`, where the agency sets a time" : '';
				$body .= "| `$s->{state}` | $s->{title}" . ($s->{initial} ? ' (the first)' : $s->{terminal} ? ' (closed)' : '') . " | $s->{title_id} | $time |\n";
			}
			my $these = "| code | | |\n|---|---|---|\n" . join('', map { "| `$_->{code}` | " . cell($_->{title}) . " | `$_->{title_id}` |\n" } $of->('reasons')) . "\n";
			if ($these ne $reasons) { $body .= "\nReason codes:\n\n$these"; $reasons = $these; }
			else { $body .= "\nReason codes: as above.\n\n"; }
		}
		$pages{'reference-shipped-workflows.md'} = "$text\n$body";
		push @index, '| [The shipped workflows](reference-shipped-workflows.md) | who does what in which state, documents, reason codes | ' . @{ $data{workflows} } . " workflows |\n";

		# the steps inside one agency stand in the guide as well, between two marks
		open my $in, '<:utf8', 'doc/agency.md' or die "cannot read doc/agency.md: $!\n";
		my $guide = do { local $/; <$in> };
		my $steps = steps_text(grep { $_->{workflow} eq 'transfer_within_agency' } @{ $data{steps} });
		$guide =~ s/(<!-- Made by `make reference` from the definition of transfer_within_agency\. -->\n).*?(<!-- End of what is made\. -->)/$1$steps$2/s
		  or die "doc/agency.md: no marks for the steps of transfer_within_agency\n";
		$pages{'agency.md'} = $guide;
	}

	my $agency = $rooms{agency};
	my @parts = sort keys %$agency;
	my $agency_page = sub {
		my ($file, $title, $about, $wanted, $render) = @_;
		my $text = "# Reference: $title\n\n$made\n$about, as in a schema made by `mutasi.create_agency('kota_x')`; for its use see [the agency schema](agency.md). All pages: [reference](reference.md).\n\n";
		my ($body, $count) = ('', 0);
		my @contents;
		for my $part (@parts)
		{
			my @objects = $wanted->($agency->{$part}, $part) or next;
			my $heading = title_of('agency', $part);
			push @contents, "- [$heading](#" . anchor($heading) . ')' . ($file =~ /function/ ? '' : ': ' . join(', ', map { "[`$_->{name}`](#" . anchor($_->{name}) . ')' } @objects)) . "\n";
			$body .= "## $heading\n\n" . $render->(@objects);
			$name_it->($file, grep { !$_->{behind} } @objects);
			$count += grep { !$_->{behind} } @objects;
		}
		$pages{$file} = $text . join('', @contents) . "\n" . $body;
		return $count;
	};
	my $relation = sub { join '', map { relation_text('###', $_, $columns{"kota_x.$_->{name}"}, $constraints{"kota_x.$_->{name}"} // []) } @_ };
	# two pages, by the number of the part
	my $tables = $agency_page->('reference-agency-tables.md', 'Tables of an agency schema: structure', 'Every table and column of structure, people, competencies, workload, policy and rules',
		sub { $_[1] lt '60' ? grep { $_->{kind} ne 'v' } @{ $_[0]{relations} // [] } : () }, $relation);
	my $case_tables = $agency_page->('reference-agency-case-tables.md', 'Tables of an agency schema: moves', 'Every table and column of plans, transfers, rankings, decisions, notices, training, outcomes',
		sub { $_[1] ge '60' ? grep { $_->{kind} ne 'v' } @{ $_[0]{relations} // [] } : () }, $relation);
	my $views = $agency_page->('reference-agency-views.md', 'Views of an agency schema', 'Every view and column, built-in types only, for BI tools and reports',
		sub { grep { $_->{kind} eq 'v' } @{ $_[0]{relations} // [] } }, $relation);
	my $functions = $agency_page->('reference-agency-functions.md', 'Functions of an agency schema', 'Every function',
		sub { @{ $_[0]{functions} // [] } }, sub { functions_text('###', @_) . behind_text(@_) });
	push @index,
	  "| [Tables of an agency schema: structure](reference-agency-tables.md) | structure, people, competencies, workload, policy, rules | $tables tables |\n",
	  "| [Tables of an agency schema: moves](reference-agency-case-tables.md) | plans, transfers and their history, rankings, decisions, people, training, outcomes | $case_tables tables |\n",
	  "| [Views of an agency schema](reference-agency-views.md) | what BI tools and reports read | $views views |\n",
	  "| [Functions of an agency schema](reference-agency-functions.md) | eligibility, ranking, plans, the move, people, outcomes | $functions functions |\n";

	$pages{'reference.md'} = "# Reference\n\n$made\nEvery SQL object of `mutasi` with the comment it carries in the catalogue, where `\\d+`, `\\df+`, `\\do+` and `\\dx+ mutasi` show it too. "
	  . "How to use them is told on the [other pages](README.md).\n\n| page | what for | |\n|---|---|---|\n" . join('', @index) . "\n"
	  . "Types and operators stand with [types](reference-types.md), settings and what is left with [the rest](reference-kernel.md#settings), SQLSTATEs with [workflow](reference-workflow.md#sqlstates) and [agency schemas](agency.md#errors-of-an-agency-schema).\n\n"
	  . "## By name\n\n";
	my %letters;
	for my $name (sort keys %names)
	{
		my @places = sort keys %{ $names{$name} };
		push @{ $letters{ uc substr $name, 0, 1 } }, map { "[`$name`]($_#" . anchor($name) . ')' . (@places > 1 ? ' (' . (/agency/ ? 'agency' : 'kernel') . ')' : '') } @places;
	}
	$pages{'reference.md'} .= "**$_** " . join(', ', @{ $letters{$_} }) . "\n\n" for sort keys %letters;
	for my $file (grep { /^reference/ } keys %pages)
	{
		$pages{$file} =~ s/[ ]+\n(?!\S)/\n/g;
		$pages{$file} =~ s/\n{3,}/\n\n/g;
		$pages{$file} =~ s/\s*\z/\n/;
	}
	return %pages;
}

1;
