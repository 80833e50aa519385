# The script through DBD::ODBC: `perl script.pl CONNECTION-STRING`. Perl runs signal handlers only
# between two calls, so that a query timeout stands for the cancel.
use strict;
use warnings;
use utf8;
use DBI;
binmode STDOUT, ':encoding(UTF-8)';

sub show {
    my ($step, @values) = @_;
    print "$step=", join('|', map { defined $_ ? $_ : 'NULL' } map { text($_) } @values), "\n";
}

# What the driver hands out is UTF-8 where this build of DBD::ODBC knows no wide text.
sub text {
    my ($value) = @_;
    utf8::decode($value) if defined $value && !utf8::is_utf8($value);
    return $value;
}

my $table = $ENV{SCRIPT_TABLE};
my $db = DBI->connect("dbi:ODBC:$ARGV[0]", undef, undef,
    {RaiseError => 1, PrintError => 0, AutoCommit => 1, LongReadLen => 100000});
show('connect', 'yes');
$db->do($ENV{$_}) for qw(SCRIPT_CREATE SCRIPT_FILL_1 SCRIPT_FILL_2);
my $schema = length $ENV{SCRIPT_SCHEMA} ? $ENV{SCRIPT_SCHEMA} : undef;
my @names = map { $_->[2] }
    @{$db->table_info(undef, $schema, $ENV{SCRIPT_NAME}, undef)->fetchall_arrayref};
my @columns = map { $_->[3] }
    @{$db->column_info(undef, $schema, $ENV{SCRIPT_NAME}, '%')->fetchall_arrayref};
show('catalog', @names, join(',', @columns));
show('row', @$_) for @{$db->selectall_arrayref("SELECT * FROM $table ORDER BY I")};
my $insert = $db->prepare("INSERT INTO $table VALUES (?, ?, ?, ?, ?, ?)");
$insert->execute(3, "naïve €\x{1F600}", '12.34', 0.25, '2000-02-29', '2000-02-29 01:02:03');
$insert->execute(4, (undef) x 5);
show('parameters', $db->selectrow_array("SELECT * FROM $table WHERE I = ?", undef, $_)) for 3, 4;
$db->{odbc_array_operations} = 1;
my $array = $db->prepare("INSERT INTO $table (I, T) VALUES (?, ?)");
my @numbers = map { 100 + $_ } 0 .. 9_999;
my @texts = map { $_ % 5 ? "näme $_" : undef } 0 .. 9_999;
$array->execute_array({ArrayTupleStatus => \my @status}, \@numbers, \@texts);
show('array',
    $db->selectrow_array("SELECT COUNT(*), COUNT(T), MAX(I) FROM $table WHERE I >= 100"));
$db->begin_work;
$db->do("DELETE FROM $table WHERE I < 100");
$db->rollback;
show('rollback', $db->selectrow_array("SELECT COUNT(*) FROM $table"));
show('error', eval { $db->do($ENV{SCRIPT_MISSING}); 'no error' } // $db->state);
$db->{odbc_query_timeout} = 1;
my $state = eval { $db->do($ENV{SCRIPT_ENDLESS}); 'no error' } // $db->state;
$db->{odbc_query_timeout} = 0;
show('timeout', $state, $db->selectrow_array("SELECT I FROM $table WHERE I = 1"));
$db->do("DROP TABLE $table");
$db->disconnect;
