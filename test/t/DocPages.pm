# DocPages: runs the examples of a documentation page and checks its links.
#
# Of a Markdown page's fenced blocks, those with the info string "sql" are run in
# order, in one psql session in a database of the page's own with the extension
# installed (unless the page installs it itself); a "text" block right behind
# one is its exact output. A block with the info string "sql error" must end in
# an error; the "text" block behind it shows that. Blank space at the ends of
# lines and at the end of a block does not count, since editors remove it.
#
# The pages of a folder beside a page of the same name (doc/views/*.md beside
# doc/views.md) go on from where that page ends, each in one transaction of its own,
# which is rolled back: a copy of the database for each would take a minute.
#
# Uses the cluster that PGHOST, PGPORT, PGUSER name. Core Perl only.
package DocPages;

use strict;
use warnings;
use Exporter 'import';
use File::Basename qw(dirname);
use File::Spec;
use File::Temp;

our @EXPORT_OK = qw(all_pages read_page run_page leave_base bad_links);

# Marks the output of one block off from the next's.
my $mark = '=#=#= end of block';

sub slurp
{
	my ($file) = @_;
	open my $handle, '<:raw', $file or die "cannot read $file: $!\n";
	local $/;
	my $text = <$handle>;
	close $handle;
	return $text;
}

# The page's lines and its runnable blocks:
# {line, sql, error, expected (undef where no output is shown),
#  first, last (line numbers of the expected text's first and last line)}.
sub read_page
{
	my ($file) = @_;
	my @lines = split /\n/, slurp($file), -1;
	my (@blocks, $fence, $info, @body, $start, $behind);

	for my $i (0 .. $#lines)
	{
		my $line = $lines[$i];
		if (defined $fence)
		{
			if ($line =~ /^\s*(`{3,})\s*$/ && length $1 >= length $fence)
			{
				if ($info eq 'sql' || $info eq 'sql error')
				{
					push @blocks,
					  { line => $start, sql => join('', map { "$_\n" } @body),
						error => $info eq 'sql error', close => $i };
					$behind = $blocks[-1];
				}
				elsif ($info eq 'text' && $behind)
				{
					$behind->{expected} = join('', map { "$_\n" } @body);
					$behind->{first} = $start + 1;
					$behind->{last} = $i;
					undef $behind;
				}
				else
				{
					undef $behind;
				}
				undef $fence;
			}
			else
			{
				push @body, $line;
			}
		}
		elsif ($line =~ /^\s*(`{3,})\s*([^`]*?)\s*$/)
		{
			($fence, $info, $start) = ($1, $2, $i + 1);
			@body = ();
		}
		elsif ($line =~ /\S/)
		{
			# only a text block right behind shows the output
			undef $behind;
		}
	}
	die "$file:$start: a fenced block is not closed\n" if defined $fence;
	return (\@lines, \@blocks);
}

sub psql_value
{
	my ($query) = @_;
	open my $pipe, '-|', 'psql', '-XAtq', '-d', 'postgres', '-c', $query
	  or die "cannot run psql: $!\n";
	local $/;
	my $answer = <$pipe>;
	close $pipe or die "psql failed: $query\n";
	return split /\n/, $answer // '';
}

# What counts of an output.
sub normal
{
	my ($text) = @_;
	$text =~ s/[ \t\r]+$//mg;
	$text =~ s/\n+\z//;
	return $text;
}

# Every page there is, those of a folder right behind the page they go on from.
sub all_pages
{
	return map { ($_, glob s/\.md$/\/*.md/r) } grep { -e } glob 'README*.md CHANGELOG.md doc/*.md';
}

# The page that others go on from, while its database is kept, and the roles that
# were there before it.
my ($base, @roles_before_base);

sub drop_roles_but
{
	my %old = map { $_ => 1 } @_;
	for my $role (grep { !$old{$_} } psql_value('SELECT quote_ident(rolname) FROM pg_roles'))
	{
		psql_value("DROP ROLE $role");
	}
}

# Removes what was kept for the pages of a folder.
sub leave_base
{
	return unless defined $base;
	psql_value('DROP DATABASE doc_base');
	drop_roles_but(@roles_before_base);
	undef $base;
}

# Runs the page's blocks; gives each {output} and {problem} (undef where all is
# well).
sub run_page
{
	my ($file) = @_;
	my ($lines, $blocks) = read_page($file);
	my $from = dirname($file) . '.md';
	if (-e $from)
	{
		run_page($from) unless defined $base && $base eq $from;
		return run_blocks($lines, $blocks, 1);
	}
	leave_base();
	if (-d ($file =~ s/\.md$//r))
	{
		@roles_before_base = psql_value('SELECT quote_ident(rolname) FROM pg_roles');
		$base = $file;
	}
	return run_blocks($lines, $blocks);
}

sub run_blocks
{
	my ($lines, $blocks, $goes_on) = @_;
	my $kept = defined $base;
	return ($lines, $blocks) unless @$blocks || $kept;

	my $database = $kept ? 'doc_base' : 'doc_page';
	my @roles = psql_value('SELECT quote_ident(rolname) FROM pg_roles');
	psql_value("CREATE DATABASE $database") unless $goes_on;

	my $script = File::Temp->new(SUFFIX => '.sql');
	# an error's context tells line numbers of function bodies: nobody's business
	print $script "\\set SHOW_CONTEXT never\n\\set ON_ERROR_STOP 1\n";
	print $script "CREATE EXTENSION mutasi CASCADE;\n"
	  unless $goes_on || grep { $_->{sql} =~ /^\s*CREATE\s+EXTENSION\s+(IF\s+NOT\s+EXISTS\s+)?mutasi\b/im } @$blocks;
	# what one statement fails at is rolled back alone, as outside of a transaction
	print $script "\\set ON_ERROR_ROLLBACK on\nBEGIN;\n" if $goes_on;
	print $script "\\echo $mark\n";
	for my $block (@$blocks)
	{
		print $script "\\set ON_ERROR_STOP ", ($block->{error} ? 0 : 1), "\n";
		print $script $block->{sql}, "\n\\echo $mark\n";
	}
	close $script;

	# psql from standard input names no file and line in its messages
	my $output = `psql -X -q -d $database <'$script' 2>&1`;
	my @outputs = split /^\Q$mark\E\n/m, $output, -1;
	my $before = shift @outputs;
	my $stopped = $before =~ /\S/ && !@outputs;

	for my $i (0 .. $#$blocks)
	{
		my $block = $blocks->[$i];
		if ($stopped)
		{
			$block->{problem} = 'not run, because of the error before it'
			  . ($i ? '' : ":\n$before");
			next;
		}
		$block->{output} = $outputs[$i] // '';
		# what has no mark behind it is where psql stopped
		$stopped = 1 if $i >= $#outputs;
		my $failed = $block->{output} =~ /^(ERROR|FATAL|PANIC): /m || $stopped;
		if (!$block->{error} && $failed)
		{
			$block->{problem} = "the example fails:\n$block->{output}";
		}
		elsif ($block->{error} && !$failed)
		{
			$block->{problem} = "the example must fail, but gives:\n$block->{output}";
		}
		elsif (defined $block->{expected}
			&& normal($block->{expected}) ne normal($block->{output}))
		{
			$block->{problem} = "the output differs from the page.\n"
			  . "--- the page says\n$block->{expected}--- psql says\n$block->{output}---";
		}
	}

	# roles belong to the cluster: the next page starts without this one's
	unless ($kept)
	{
		psql_value("DROP DATABASE $database");
		drop_roles_but(@roles);
	}
	return ($lines, $blocks);
}

# Names by which a page's headings can be linked to (as forges make them).
sub anchors
{
	my ($file) = @_;
	my (%anchors, $fence);
	for my $line (split /\n/, slurp($file))
	{
		if ($line =~ /^\s*```/) { $fence = !$fence; next; }
		next if $fence;
		$anchors{$_} = 1 for $line =~ /<a\s+(?:name|id)="([^"]+)"/g;
		next unless $line =~ /^#+\s+(.*?)\s*#*$/;
		my $name = lc $1;
		$name =~ s/\[([^\]]*)\]\([^)]*\)/$1/g;
		utf8::decode($name);
		$name =~ s/[^\w\- ]//g;
		$name =~ s/ /-/g;
		utf8::encode($name);
		my ($base, $n) = ($name, 0);
		$name = $base . '-' . ++$n while $anchors{$name};
		$anchors{$name} = 1;
	}
	return \%anchors;
}

# Relative links of the page that lead nowhere, as "line: target".
sub bad_links
{
	my ($file) = @_;
	my (@bad, $fence);
	my $number = 0;
	for my $line (split /\n/, slurp($file))
	{
		$number++;
		if ($line =~ /^\s*```/) { $fence = !$fence; next; }
		next if $fence;
		$line =~ s/`[^`]*`//g;
		my @targets = $line =~ /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
		push @targets, $line =~ /^\s*\[[^\]]+\]:\s*(\S+)/;
		push @targets, $line =~ /<(?:img|a)\s[^>]*(?:src|href)="([^"]+)"/g;
		for my $target (@targets)
		{
			next if $target =~ /^[a-z][a-z0-9+.-]*:/i;
			my ($path, $anchor) = $target =~ /^([^#]*)(?:#(.*))?$/;
			my $to = $path eq '' ? $file : File::Spec->catfile(dirname($file), $path);
			if (!-e $to) { push @bad, "$number: $target"; }
			elsif (defined $anchor && $to =~ /\.md$/ && !anchors($to)->{$anchor})
			{
				push @bad, "$number: $target (no such heading)";
			}
		}
	}
	return @bad;
}

1;
