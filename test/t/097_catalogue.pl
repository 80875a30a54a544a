# The catalogues are complete: every message of the sources has its translation,
# with the same arguments, and none is left that no source has any more.
# `make messages` brings them up to date.
use strict;
use warnings;
use Test::More;

plan skip_all => 'gettext is not installed' if system('command -v msgfmt xgettext >/dev/null 2>&1');

my $template = `perl po/extract.pl`;
is($?, 0, 'messages are extracted');
utf8::decode($template);
my %source;
for my $entry (split /\n\n/, $template)
{
	next unless $entry =~ /^msgid "(.+)"$/m;
	my $id = $1;
	$source{$id} = $entry =~ /^#, no-c-format$/m ? 'sql' : 'c';
}
cmp_ok(scalar keys %source, '>', 600, 'many of them');

for my $file (glob 'po/*.po')
{
	open my $in, '<:utf8', $file or die "cannot read $file: $!\n";
	my $text = do { local $/; <$in> };
	my %to;
	$to{$1} = $2 while $text =~ /^msgid "(.+)"\n(?:msgid_plural ".*"\n)?msgstr(?:\[0\])? "(.*)"$/mg;
	is(system("msgfmt --check-format --check-domain -o /dev/null $file"), 0, "$file is well formed");
	unlike($text, qr/^#,.*fuzzy/m, "$file: nothing is fuzzy");
	my @missing = grep { ($to{$_} // '') eq '' } sort keys %source;
	ok(!@missing, "$file: every message is translated") or diag(map { "  $_\n" } @missing);
	my @gone = grep { !exists $source{$_} } sort keys %to;
	ok(!@gone, "$file: none is left over") or diag(map { "  $_\n" } @gone);
	# msgfmt looks at C's formats, not at ours
	my $places = sub { join ' ', sort $_[0] =~ /%[1-9]/g };
	my @other = grep { $source{$_} eq 'sql' && ($to{$_} // '') ne '' && $places->($_) ne $places->($to{$_}) } sort keys %source;
	ok(!@other, "$file: the same arguments") or diag(map { "  $_\n" } @other);
	# an English sentence taken over as it stands is no translation
	my @same = grep { ($to{$_} // '') eq $_ && /[a-z]{3,} [a-z]{3,} [a-z]{3,}/ } sort keys %source;
	ok(!@same, "$file: no message is left in English") or diag(map { "  $_\n" } @same);
	my @ends = grep { my $t = $to{$_} // ''; $t ne '' && (/\.$/ xor $t =~ /\.$/) } sort keys %source;
	ok(!@ends, "$file: stops where the English has them") or diag(map { "  $_\n" } @ends);
}
done_testing();
