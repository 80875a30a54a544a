# META.json by the rules of the PGXN Meta Spec 1.0.0, and what else a release
# says of itself in several places: Debian's files agree with it, and the files
# that it names are there.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;

sub slurp
{
	my ($file) = @_;
	open my $handle, '<:raw', $file or die "cannot read $file: $!\n";
	local $/;
	return scalar <$handle>;
}

# --- the rules, as data ---------------------------------------------------------

# A rule is a function (value, where) that returns complaints.
my $semver = qr/(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*)?/;
my %license = map { $_ => 1 } qw(agpl_3 apache_1_1 apache_2_0 artistic_1 artistic_2 bsd freebsd gfdl_1_2 gfdl_1_3 gpl_1 gpl_2 gpl_3
  lgpl_2_1 lgpl_3_0 mit mozilla_1_0 mozilla_1_1 openssl perl_5 postgresql qpl_1_0 ssleay sun zlib open_source restricted
  unrestricted unknown);
sub like_ { my ($what, $pattern) = @_; return sub { my ($v, $at) = @_; return defined $v && !ref $v && $v =~ /\A$pattern\z/s ? () : "$at: no $what" } }
sub list_of
{
	my ($rule) = @_;
	return sub {
		my ($v, $at) = @_;
		return $rule->($v, $at) if !ref $v;
		return "$at: no list" if ref $v ne 'ARRAY';
		return "$at: empty" if !@$v;
		return map { $rule->($v->[$_], "$at\[$_]") } 0 .. $#$v;
	};
}
sub map_of
{
	my ($name, $rule) = @_;
	return sub {
		my ($v, $at) = @_;
		return "$at: no map" if ref $v ne 'HASH';
		return map { ($name->($_, "key $at.$_"), $rule->($v->{$_}, "$at.$_")) } sort keys %$v;
	};
}
# fields(NAME => RULE, '!NAME' => RULE of a required one); others begin with x_
sub fields
{
	my (%rule) = @_;
	return sub {
		my ($v, $at) = @_;
		return "$at: no map" if ref $v ne 'HASH';
		my @bad;
		for my $name (sort keys %rule)
		{
			my $required = $name =~ /^!/;
			my $plain = $name =~ s/^!//r;
			if (exists $v->{$plain}) { push @bad, $rule{$name}->($v->{$plain}, "$at.$plain"); }
			elsif ($required) { push @bad, "$at.$plain: missing"; }
		}
		push @bad, map { "$at.$_: unknown" } grep { !exists $rule{$_} && !exists $rule{"!$_"} && !/^x_/i } sort keys %$v;
		return @bad;
	};
}
my $string = like_('text', qr/.+/s);
my $term = like_('term', qr{[^\s[:cntrl:]/\\]{2,}});
my $version = like_('semantic version', $semver);
my $range = like_('version range', qr/(?:(?:<=|>=|==|!=|<|>)?\s*(?:0|$semver))(?:\s*,\s*(?:<=|>=|==|!=|<|>)?\s*(?:0|$semver))*/);
my $url = like_('URL', qr{[A-Za-z][A-Za-z0-9+.-]*://[^/\s]+\S*});
my $file = like_('path below the archive\'s root', qr{(?!/)(?!.*(?:^|/)\.\.(?:/|$))[^\\\s]+});
my $licenses = sub {
	my ($v, $at) = @_;
	return map_of($string, $url)->($v, $at) if ref $v eq 'HASH' && %$v;
	return list_of(sub { my ($l, $where) = @_; return defined $l && $license{$l} ? () : "$where: no licence that PGXN knows" })->($v, $at);
};
my $spec = fields(
	'!name' => $term, '!version' => $version, '!abstract' => $string, '!maintainer' => list_of($string), '!license' => $licenses,
	'!provides' => sub {
		my ($v, $at) = @_;
		return "$at: empty" if ref $v eq 'HASH' && !%$v;
		return map_of($term, fields('!file' => $file, '!version' => $version, abstract => $string, docfile => $file))->($v, $at);
	},
	'!meta-spec' => fields('!version' => like_('version of the spec', qr/1\.0\.0/), url => $url),
	description => $string, generated_by => $string, release_status => like_('release status', qr/stable|testing|unstable/),
	tags => list_of(like_('tag', qr{[^[:cntrl:]/\\]{1,256}})),
	no_index => fields(file => list_of($file), directory => list_of($file)),
	prereqs => map_of(like_('phase', qr/configure|runtime|build|test|develop/),
		map_of(like_('relation', qr/requires|recommends|suggests|conflicts/), map_of($term, $range))),
	resources => fields(homepage => $url, license => list_of($url), bugtracker => fields(web => $url, mailto => like_('address', qr/[^@\s]+@[^@\s]+/)),
		repository => fields(web => $url, url => $url, type => like_('lower-case word', qr/[a-z]+/))),
);

# --- ours -------------------------------------------------------------------------

my $text = slurp('META.json');
my $meta = decode_json($text);
is_deeply([ $spec->($meta, 'META.json') ], [], 'META.json follows the PGXN Meta Spec 1.0.0');

# the check can fail: each of these is one mistake
my %mistake = (
	'a version of two numbers' => sub { $_[0]{version} = '0.1' },
	'no maintainer' => sub { delete $_[0]{maintainer} },
	'a name with a blank' => sub { $_[0]{name} = 'mutasi asn' },
	'an unknown field' => sub { $_[0]{homepage} = 'http://example.org/' },
	'an unknown licence' => sub { $_[0]{license} = 'PostgreSQL' },
	'nothing provided' => sub { $_[0]{provides} = {} },
	'provided without file' => sub { delete $_[0]{provides}{mutasi}{file} },
	'a file outside' => sub { $_[0]{provides}{mutasi}{file} = '../mutasi.sql' },
	'an unknown phase' => sub { $_[0]{prereqs}{running} = { requires => { plpgsql => 0 } } },
	'an unknown relation' => sub { $_[0]{prereqs}{runtime}{needs} = { plpgsql => 0 } },
	'a version range that is none' => sub { $_[0]{prereqs}{runtime}{requires}{PostgreSQL} = '15' },
	'a release status that is none' => sub { $_[0]{release_status} = 'beta' },
	'a tag with a slash' => sub { push @{ $_[0]{tags} }, 'a/b' },
	'another spec' => sub { $_[0]{'meta-spec'}{version} = '2' },
	'an address that is none' => sub { $_[0]{'meta-spec'}{url} = 'pgxn.org' },
);
for my $what (sort keys %mistake)
{
	my $bad = decode_json($text);
	$mistake{$what}->($bad);
	my @found = $spec->($bad, 'META.json');
	is(scalar @found, 1, "found: $what") or diag(map { "  $_\n" } @found);
}

# --- it agrees with the rest --------------------------------------------------------

my ($control_version) = slurp('mutasi.control') =~ /^default_version\s*=\s*'([^']+)'/m;
my ($requires) = slurp('mutasi.control') =~ /^requires\s*=\s*'([^']*)'/m;
is_deeply([ sort grep { $_ ne 'PostgreSQL' } keys %{ $meta->{prereqs}{runtime}{requires} } ], [ sort split /\s*,\s*/, $requires ],
	'it requires what the control file requires');
for my $provided (values %{ $meta->{provides} })
{
	ok(-e $provided->{docfile}, "the docfile $provided->{docfile} is there");
}
my ($debian_version) = slurp('debian/changelog') =~ /\Amutasi \(([^)-]+)-[^)]+\)/;
is($debian_version, $control_version, 'debian/changelog is of the same version');
chomp(my $majors = slurp('debian/pgversions'));
is("$majors.0.0", ($meta->{prereqs}{runtime}{requires}{PostgreSQL} =~ s/^(\d+)/$1+/r), 'and for the same majors as META.json');
like(slurp('debian/control.in'), qr/^Package: postgresql-PGVERSION-mutasi$/m, 'the package is named after the major');
my $copyright = join ' ', split ' ', slurp('debian/copyright') =~ s/^ \.$//mgr;
my $license = join ' ', split ' ', slurp('LICENSE') =~ s/\A.*?\n\n//sr;
ok(index($copyright, $license) >= 0, 'debian/copyright has the text of LICENSE');

# --- make dist: the same bytes from the same commit, whoever makes it, wherever ----------

SKIP:
{
	skip 'git or gzip is not installed', 4 if system 'command -v git >/dev/null 2>&1 && command -v gzip >/dev/null 2>&1';
	my $place = tempdir(CLEANUP => 1);
	# not the whole tree: what the script reads, and files of several kinds
	for my $name ('here', 'there')
	{
		make_path("$place/$name/test");
		copy($_, "$place/$name/$_") or die "cannot copy $_: $!\n" for 'META.json', 'LICENSE', 'test/dist.sh';
		chmod 0755, "$place/$name/test/dist.sh";
	}
	my $git = "git -c user.name=mutasi -c user.email=mutasi\@mutasi.example -c init.defaultBranch=main -c commit.gpgsign=false";
	is(system("cd $place/here && $git init -q && printf 'a\\nb\\n' >'with blank.txt' && $git add -A && $git commit -qm one"), 0, 'a commit');
	is(system("rm -rf $place/there && $git clone -q $place/here $place/there && sleep 2"), 0, 'a clone of it');
	my $made = sub { my ($name, $with) = @_; my $sums = `cd $place/$name && $with sh test/dist.sh`; return $? ? "failed: $?" : $sums; };
	my $once = $made->('here', 'umask 077; TZ=Asia/Jakarta');
	like($once, qr/\A[0-9a-f]{64}  mutasi-[\d.]+\.tar\.gz\n[0-9a-f]{64}  mutasi-[\d.]+\.zip\n\z/, 'make dist makes both archives');
	system("cd $place/there && git config core.autocrlf true && git config tar.umask 0077 && touch -d 2001-01-01 LICENSE");
	is($made->('there', 'umask 000; TZ=America/Lima'), $once, 'and the same bytes in a clone, with other settings, elsewhere in the world');
}

done_testing();
