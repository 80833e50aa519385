"""arrow-odbc, PHP and Perl."""

from __future__ import annotations

import sys
import textwrap

from installed import SOURCE, Odbc


def test_arrow_odbc_reads_and_writes(odbc: Odbc) -> None:
    script = textwrap.dedent("""
        import sys, pyarrow
        from arrow_odbc import connect, insert_into_table, read_arrow_batches_from_odbc
        text = sys.argv[1]
        batches = list(read_arrow_batches_from_odbc(
            'SELECT ID, NAME FROM RETAIL.BIG ORDER BY ID', connection_string=text,
            batch_size=1000))
        table = pyarrow.Table.from_batches(batches)
        assert table.num_rows == 2500, table.num_rows
        ids = table.column(0).to_pylist()
        assert [int(i) for i in ids] == list(range(int(ids[0]), int(ids[0]) + 2500))
        typed = list(read_arrow_batches_from_odbc(
            'SELECT C_BOOL, C_VARCHAR, C_DOUBLE, C_DATE, C_TS, C_DEC10_5 FROM RETAIL.T_ALL',
            connection_string=text, batch_size=10, max_text_size=1000))[0]
        assert 'Grüße \\U0001f680' in typed.column(1).to_pylist()
        assert None in typed.column(3).to_pylist()
        import pyodbc
        admin = pyodbc.connect(text, autocommit=True)
        admin.execute('CREATE TABLE S2.ARR (ID BIGINT, NAME VARCHAR(100))')
        rows = pyarrow.table({'ID': pyarrow.array(range(10000), pyarrow.int64()),
                              'NAME': [None if i % 5 == 0 else f'n{i}' for i in range(10000)]})
        insert_into_table(
            rows.to_reader(), chunk_size=5000, table='S2.ARR', connection_string=text)
        counts = admin.execute('SELECT COUNT(*), COUNT(NAME) FROM S2.ARR').fetchone()
        assert [int(n) for n in counts] == [10000, 8000], counts
        admin.execute('DROP TABLE S2.ARR')
    """)
    done = odbc.run(sys.executable, "-c", script, odbc.connection)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]


PHP = r"""
$db = new PDO("odbc:" . $argv[1]);
$db->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
$row = $db->query("SELECT C_VARCHAR, C_DEC10_5, C_DATE FROM RETAIL.T_ALL WHERE C_DEC18 > 1")->fetch(PDO::FETCH_NUM);
if ($row[0] !== "Grüße \u{1F680}" || $row[2] !== "2024-06-18") { var_dump($row); exit(1); }
$db->exec("CREATE TABLE S2.PHP1 (ID DECIMAL(9,0), T VARCHAR(5000))");
$insert = $db->prepare("INSERT INTO S2.PHP1 VALUES (?, ?)");
$long = str_repeat("ä", 2000);
$insert->execute([1, $long]);
$insert->execute([2, null]);
$select = $db->prepare("SELECT T FROM S2.PHP1 WHERE ID = ?");
$select->execute([1]);
if ($select->fetchColumn() !== $long) { echo "long text differs\n"; exit(1); }
$db->beginTransaction();
$db->exec("DELETE FROM S2.PHP1");
$db->rollBack();
if ((int)$db->query("SELECT COUNT(*) FROM S2.PHP1")->fetchColumn() !== 2) { echo "no rollback\n"; exit(1); }
try { $db->query("SELECT * FROM NO_SUCH"); echo "no error\n"; exit(1); }
catch (PDOException $e) { if ($e->getCode() !== "42S02") { echo $e->getCode(); exit(1); } }
$db->exec("DROP TABLE S2.PHP1");
echo "done\n";
"""


def test_php_pdo_odbc(odbc: Odbc) -> None:
    done = odbc.run("php", "-r", PHP, "--", odbc.connection)
    assert done.stdout.strip() == "done", done.stdout + done.stderr


PERL = r"""
use strict; use warnings; use utf8; use DBI;
my $db = DBI->connect("dbi:ODBC:$ARGV[0]", undef, undef, {RaiseError => 1, PrintError => 0, AutoCommit => 1, LongReadLen => 100000});
my ($text, $day) = $db->selectrow_array("SELECT C_VARCHAR, C_DATE FROM RETAIL.T_ALL WHERE C_DEC18 > 1");
utf8::decode($text) unless utf8::is_utf8($text);
die "text $text" unless $text eq "Grüße \x{1F680}"; die "day $day" unless $day eq "2024-06-18";
$db->do("CREATE TABLE S2.PERL1 (ID DECIMAL(9,0), T VARCHAR(100))");
my $insert = $db->prepare("INSERT INTO S2.PERL1 VALUES (?, ?)");
$insert->execute($_, $_ % 3 ? "näme $_" : undef) for 1 .. 20;
$db->begin_work; $db->do("DELETE FROM S2.PERL1"); $db->rollback;
my ($count, $texts) = $db->selectrow_array("SELECT COUNT(*), COUNT(T) FROM S2.PERL1");
die "counts $count $texts" unless $count == 20 && $texts == 14;
my @tables = map { $_->[2] } @{$db->table_info(undef, "RETAIL", "CUST%")->fetchall_arrayref};
die "tables @tables" unless grep { $_ eq "CUSTOMER" } @tables;
eval { $db->do("SELECT * FROM NO_SUCH") }; die "state " . $db->state unless $db->state eq "42S02";
$db->do("DROP TABLE S2.PERL1"); $db->disconnect; print "done\n";
"""


def test_perl_dbd_odbc(odbc: Odbc) -> None:
    done = odbc.run("perl", "-e", PERL, f"DSN={SOURCE}")
    assert done.stdout.strip() == "done", done.stdout + done.stderr
