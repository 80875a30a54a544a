# extract.pl: the messages of the sources, for the catalogues.
#
#   perl po/extract.pl                 writes the template to stdout
#   perl po/extract.pl po/id.po …      brings catalogues up to date: what is new comes
#                                      in without a translation, what is gone goes
#
# Run it from the root of the tree (`make messages` does).
#
# The messages of the C sources are found by xgettext. Those of SQL and PL/pgSQL
# are the literals among the arguments of mutasi.raise_error(), raise_warning()
# and translated(): message, hint and detail, wherever in the expression they
# stand; and what an agency's constraints are said to mean. These use %1 to %9
# for their arguments; the C ones are printf formats.
use strict;
use warnings;
use utf8;

binmode STDOUT, ':utf8';
binmode STDERR, ':utf8';
my %where;		# msgid => places, in order of their first appearance
my @order;
my %format;		# msgid => c-format or no-c-format
my %plural;

sub found
{
	my ($msgid, $place, $flag, $plural) = @_;
	push @order, $msgid unless $where{$msgid};
	push @{ $where{$msgid} }, $place;
	$format{$msgid} = $flag if defined $flag;
	$plural{$msgid} = $plural if defined $plural;
}

# --- C --------------------------------------------------------------------------

my @keywords = (
	'_', 'gettext', 'gettext_noop', 'errmsg', 'errdetail', 'errdetail_log', 'errhint', 'errcontext', 'errbacktrace_ignore',
	'errmsg_plural:1,2', 'errdetail_plural:1,2', 'errhint_plural:1,2', 'ngettext:1,2', 'dngettext:2,3', 'dgettext:2');
my @flags = map { "--flag=$_:1:c-format" } qw(errmsg errdetail errdetail_log errhint errcontext);
push @flags, map { ("--flag=$_:1:c-format", "--flag=$_:2:c-format") } qw(errmsg_plural errdetail_plural errhint_plural);
my @sources = sort glob 'src/*.c';
open my $pipe, '-|', 'xgettext', '--from-code=UTF-8', '-L', 'C', '--no-wrap', '--keyword', (map { "--keyword=$_" } @keywords),
  @flags, '-o', '-', @sources
  or die "cannot run xgettext: $!\n";
binmode $pipe, ':utf8';
{
	local $/ = '';
	while (my $entry = <$pipe>)
	{
		next if $entry =~ /^msgid ""\nmsgstr/m;
		my @places = map { split ' ' } $entry =~ /^#: (.*)$/mg;
		my $unquote = sub {
			my ($text) = @_;
			return undef unless defined $text;
			return join '', map { s/^"//; s/"$//; s/\\n/\n/g; s/\\"/"/g; s/\\\\/\\/g; $_ } grep { /\S/ } split /\n/, $text;
		};
		my ($id) = $entry =~ /^msgid ((?:".*"\n?)+)/m;
		my ($ids) = $entry =~ /^msgid_plural ((?:".*"\n?)+)/m;
		my $flag = $entry =~ /^#,.*\bc-format/m ? 'c-format' : undef;
		$id = $unquote->($id);
		# what only passes on a text made elsewhere
		next if $id =~ /^%s$/;
		found($id, $places[0], $flag, $unquote->($ids));
	}
}
close $pipe or die "xgettext failed\n";

# --- SQL --------------------------------------------------------------------------

# The tokens that matter from where $$text stands: quoted literals, brackets,
# commas, words; comments are gone already.
sub calls
{
	my ($file, $text) = @_;
	while ($text =~ /\bmutasi\.(raise_error|raise_warning|tell_progress|translated)\s*\(/g)
	{
		my ($kind, $begin) = ($1, pos $text);
		my $line = 1 + (substr($text, 0, $begin) =~ tr/\n//);
		my ($depth, $arg, $name, @literals) = (1, 0, undef);
		while ($depth && $text =~ /\G(?:\s+|--[^\n]*|'((?:[^']|'')*)'|([(\[])|([)\]])|(,)|([A-Za-z_]\w*)(\s*=>)?|.)/gcs)
		{
			my ($literal, $open, $close, $comma, $word, $names) = ($1, $2, $3, $4, $5, $6);
			if (defined $literal) { push @literals, [ $arg, $name, $literal =~ s/''/'/gr, $depth ]; }
			elsif ($open) { $depth++; }
			elsif ($close) { $depth--; }
			elsif ($comma && $depth == 1) { $arg++; undef $name; }
			elsif (defined $word && $names && $depth == 1) { $name = lc $word; }
		}
		# raise_error(sqlstate, message, args, hint, detail); raise_warning(message, args, hint)
		my @names = $kind eq 'raise_error' ? qw(sqlstate message args hint detail) : qw(message args hint);
		for my $literal (@literals)
		{
			my ($at, $by_name, $string, $deep) = @$literal;
			my $is = $by_name // $names[$at] // '';
			next unless $is =~ /^(message|hint|detail)$/;
			# comparisons with short codes within a CASE are no messages
			next if $string !~ /\s/;
			found($string, "$file:$line", 'no-c-format');
		}
	}
}

for my $file (sort glob 'sql/kernel/*.sql sql/agency/*.sql')
{
	# the functions themselves
	next if $file =~ m{/01_error\.sql$};
	open my $in, '<:utf8', $file or die "cannot read $file: $!\n";
	local $/;
	my $text = <$in>;
	calls($file, $text);
	while ($text =~ /^COMMENT ON CONSTRAINT \S+ ON \S+ IS '((?:[^']|'')*)';/mg)
	{
		my ($string, $line) = ($1 =~ s/''/'/gr, 1 + (substr($text, 0, $-[0]) =~ tr/\n//));
		found($string, "$file:$line", 'no-c-format');
	}
}

# --- out ------------------------------------------------------------------------------

sub quote
{
	my ($text) = @_;
	$text =~ s/\\/\\\\/g;
	$text =~ s/"/\\"/g;
	$text =~ s/\n/\\n/g;
	return "\"$text\"";
}

# A catalogue's text: header, and each message with what translated() has for it.
sub catalogue
{
	my ($header, $translated) = @_;
	my $text = "msgid \"\"\nmsgstr \"\"\n$header";
	for my $msgid (@order)
	{
		# the file says enough: line numbers would change with every edit
		my %seen;
		my $quoted = quote($msgid);
		my $to = $translated->{$quoted} // '""';
		$text .= "\n";
		$text .= "#: $_\n" for grep { !$seen{$_}++ } map { s/:\d+$//r } @{ $where{$msgid} };
		$text .= "#, $format{$msgid}\n" if $format{$msgid};
		$text .= "msgid $quoted\n";
		$text .= defined $plural{$msgid} ? 'msgid_plural ' . quote($plural{$msgid}) . "\nmsgstr[0] $to\n" : "msgstr $to\n";
	}
	return $text;
}

print catalogue(<<'HEAD', {}) unless @ARGV;
"Project-Id-Version: mutasi\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Language: \n"
HEAD

for my $file (@ARGV)
{
	open my $in, '<:utf8', $file or die "cannot read $file: $!\n";
	my $old = do { local $/; <$in> };
	close $in;
	my ($header) = $old =~ /\Amsgid ""\nmsgstr ""\n((?:".*\n)*)/ or die "$file has no header\n";
	my %translated;
	# our own catalogues have each text on one line
	$translated{$1} = $2 while $old =~ /^msgid (".+")\n(?:msgid_plural ".*"\n)?msgstr(?:\[0\])? (".*")$/mg;
	my @missing = grep { ($translated{ quote($_) } // '""') eq '""' } @order;
	open my $out, '>:utf8', $file or die "cannot write $file: $!\n";
	print $out catalogue($header, \%translated);
	close $out or die "cannot write $file: $!\n";
	print STDERR "$file: ", scalar @order, ' messages, ', scalar @missing, " without a translation\n";
	print STDERR '  ', quote($_), "\n" for @missing;
}
