# README.md and README.id.md are the same in content: sections, SQL, outputs,
# tables, links; so are the five places, but for the language of their notices;
# every shell command in the README is one that works; the index of the
# documentation names every page. (That the SQL runs is 090_docs's business.)
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use Test::More;

sub slurp { my ($file) = @_; open my $in, '<:utf8', $file or die "cannot read $file: $!\n"; local $/; return scalar <$in>; }

# what a page is made of: headings with their levels, fenced blocks by kind, links, rows of tables
sub parts
{
	my ($file) = @_;
	my (%part, $fence, $body);
	for my $line (split /\n/, slurp($file))
	{
		if (defined $fence)
		{
			if ($line =~ /^```\s*$/) { push @{ $part{$fence} }, $body; undef $fence; }
			else { $body .= "$line\n"; }
		}
		elsif ($line =~ /^```\s*(.*?)\s*$/) { ($fence, $body) = ($1, ''); push @{ $part{shape} }, "```$1"; }
		elsif ($line =~ /^(#+) /) { push @{ $part{shape} }, $1; $part{headings}++; }
		elsif ($line =~ /^\|/) { push @{ $part{shape} }, '|' . ($line =~ tr/|//); }
		elsif ($line =~ /^- /) { push @{ $part{shape} }, '-'; }
		elsif ($line =~ /^\*\*/) { push @{ $part{shape} }, '**'; }
		push @{ $part{links} }, grep { !/^#/ && !/^README(\.id)?\.md$/ } $line =~ /\]\(([^)]+)\)/g if !defined $fence;
	}
	return \%part;
}

my ($english, $indonesian) = map { parts($_) } 'README.md', 'README.id.md';
my @sections = slurp('README.md') =~ /^## (.*)$/mg;
is_deeply(\@sections, [ 'Two commands', 'Installation', 'Five minutes', 'Storing', 'Querying', 'Indexing', 'Planning', 'Workflow', 'Agency schema', 'Performance', 'Limits',
	'Frequently asked questions', 'Troubleshooting', 'Reference', 'Upgrading', 'Contributing', 'Licence' ], 'the README has its sections, in the order that readers of PostgreSQL extensions know');
like(slurp('README.md') =~ s/^## .*//msr, qr/^!\[[^\]]+\]\(doc\/pictures\/\w+\.svg\)/m, 'and a picture before them');
is_deeply($indonesian->{shape}, $english->{shape}, 'both have the same sections, blocks, tables and lists, in one order');
is_deeply($indonesian->{$_}, $english->{$_}, "and the same blocks: $_") for 'sql', 'sql error', 'text';
# a page that is there in Indonesian is linked to in Indonesian
is_deeply($indonesian->{links}, [ map { my ($page, $at) = /^([^#]*)\.md(.*)$/; defined $page && -e "$page.id.md" ? "$page.id.md$at" : $_ } @{ $english->{links} } ], 'and the same links');
my $commands = sub { map { s/\s*#.*//r } map { split /\n/ } @{ $_[0]{sh} } };
is_deeply([ $commands->($indonesian) ], [ $commands->($english) ], 'and the same commands');

my @gexec = grep { slurp($_) =~ /\\gexec/ } glob 'README*.md doc/*.md';
is("@gexec", '', 'examples do without \\gexec');
for my $page (glob 'doc/howto*.md')
{
	next if $page =~ /\.id\.md$/;
	my ($one, $other) = map { parts($_) } $page, $page =~ s/\.md$/.id.md/r;
	is_deeply($other->{shape}, $one->{shape}, "$page and its Indonesian twin have the same parts");
	my @sql = map { s/issue_notice\((\w+), 'en'\)/issue_notice($1, 'id')/gr } @{ $one->{sql} // [] };
	# the Indonesian one has the agency speak Indonesian
	my @other = map { s/^SELECT set_language\('id'\);?.*\n//mgr } @{ $other->{sql} // [] };
	is_deeply(\@other, \@sql, "$page: and the same SQL");
	is(scalar @{ $other->{text} // [] }, scalar @{ $one->{text} // [] }, "$page: and outputs of as much");
}

# Indonesian, not left in English: hardly a line of prose is the same
{
	my %is = map { $_ => 1 } split /\n/, slurp('README.md') =~ s/^```.*?^```$//gmsr;
	my @same = grep { $is{$_} && /[a-z]{4,} [a-z]{4,} [a-z]{4,}/ && !/^[|]/ } split /\n/, slurp('README.id.md') =~ s/^```.*?^```$//gmsr;
	ok(!@same, 'no line of prose is left in English') or diag(map { "  $_\n" } @same);
}

# --- the commands ---------------------------------------------------------------------

my $node = PostgreSQL::Test::Cluster->new('readme');
$node->init(extra => [ '--username', 'postgres' ]);
$node->start;
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
$ENV{PGUSER} = 'postgres';
delete $ENV{PGDATABASE};
$node->safe_psql('postgres', 'CREATE DATABASE simpeg');
my $makefile = slurp('Makefile');
local $ENV{MAKEFLAGS} = '';
for my $command (grep { /\S/ } $commands->($english))
{
	if ($command =~ /^(?:sudo )?make(?: ([a-z-]+))?$/)
	{
		my $goal = $1 // 'all';
		my $output = `make -n $goal 2>&1`;
		is($?, 0, $command) or diag($output);
		my ($script) = $output =~ m{^(test/\S+\.sh)}m;
		ok(-x $script, "$command: $script is there") if defined $script;
	}
	elsif ($command =~ /^psql /)
	{
		my $output = `$command 2>&1`;
		is($?, 0, $command) or diag($output);
	}
	else { fail("a command of a kind that this test knows how to try: $command"); }
}
is($node->safe_psql('simpeg', 'SELECT count(*) FROM kota_x.unit'), '0', 'and they leave an agency schema behind');
# the table of what is in it
my ($objects) = slurp('README.md') =~ /^## Agency schema\n(.*?)^## /ms;
my @names = map { /`(\w+)`/g } grep { /^\|/ } split /\n/, $objects;
cmp_ok(scalar @names, '>', 50, 'the README names what an agency schema has');
my $list = join ',', map { "('$_')" } @names;
is($node->safe_psql('simpeg', "SELECT string_agg(n, ' ') FROM (VALUES $list) AS v (n)
	WHERE to_regclass('kota_x.' || n) IS NULL AND NOT EXISTS (SELECT FROM pg_proc AS p WHERE p.pronamespace = 'kota_x'::regnamespace AND p.proname = n)"), '', 'each is there');
# --- each view for BI has its page, with its columns as they are ---------------------------

# the helpers of other views are told in the index only
my $helpers = "'unit_above', 'policy_period', 'policy_retirement_age', 'post_effective_period', 'post_line', 'post_place'";
my @views = split /\n/, $node->safe_psql('simpeg', "SELECT relname FROM pg_class WHERE relnamespace = 'kota_x'::regnamespace AND relkind = 'v' AND relname NOT IN ($helpers) ORDER BY 1");
is_deeply([ map { s{.*/}{}r =~ s/\.md$//r } sort glob 'doc/views/*.md' ], [ sort @views ], 'one page a view');
my $view_index = slurp('doc/views.md');
for my $view (@views)
{
	my $page = slurp("doc/views/$view.md");
	my $columns = join "\n", $page =~ /^(\| `\w+` \| `[^`]+` \| .*)$/mg;
	is($columns, $node->safe_psql('simpeg', "SELECT string_agg(format('| `%s` | `%s` | %s |', a.attname, replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz'),
		col_description(a.attrelid, a.attnum)), E'\\n' ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = 'kota_x.$view'::regclass AND a.attnum > 0 AND NOT a.attisdropped"), "$view: its columns");
	my @headings = $page =~ /^## (.*)$/mg;
	is_deeply(\@headings, [ 'Columns', 'Who reads it', 'Example', 'Pitfalls', 'In a BI tool' ], "$view: its parts");
	like($view_index, qr{\(views/$view\.md\)}, "$view: in the index");
}
$node->stop;
for my $script (slurp('README.md') =~ /`(test\/[\w\/.]+\.sh)/g) { ok(-x $script, "$script is there"); }

# --- the index of the documentation ------------------------------------------------------

my $index = slurp('doc/README.md');
my @missing = grep { my $page = s{^doc/}{}r; $page ne 'README.md' && $page !~ /^reference-/ && $index !~ /\]\(\Q$page\E[)#]/ } glob 'doc/*.md';
ok(!@missing, 'doc/README.md names every page') or diag(map { "  $_\n" } @missing);

done_testing();
