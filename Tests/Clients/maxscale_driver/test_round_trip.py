"""Every type of MariaDB there and back: no cell may differ from what another client sees.

Values go in by one way and come out by the other: PyMySQL writes and Tern reads, Tern writes and
PyMySQL reads, both as the digits of the bytes or in the server's own words.
"""

from __future__ import annotations

import datetime as dt
import random
import struct
import uuid
from decimal import Context, Decimal
from typing import Any, Callable

import pyarrow as pa
import pytest

from session import Session, TernError

Connect = Callable[..., Session]

# A column of each type with values at its edges, as SQL. NULL is added to all.
TYPES: dict[str, list[str]] = {
    "BOOL": ["0", "1", "127"],
    "TINYINT": ["-128", "127"], "TINYINT UNSIGNED": ["0", "255"],
    "SMALLINT": ["-32768", "32767"], "SMALLINT UNSIGNED": ["65535"],
    "MEDIUMINT": ["-8388608", "8388607"], "MEDIUMINT UNSIGNED": ["16777215"],
    "INT": ["-2147483648", "2147483647"], "INT UNSIGNED": ["4294967295"],
    "INT(7) ZEROFILL": ["42"],
    "BIGINT": ["-9223372036854775808", "9223372036854775807", "9007199254740993"],
    "BIGINT UNSIGNED": ["18446744073709551615", "9223372036854775807", "9223372036854775808", "0"],
    "DECIMAL(65,30)": ["99999999999999999999999999999999999.999999999999999999999999999999",
                       "-0.000000000000000000000000000001", "0"],
    "DECIMAL(18,2)": ["-9999999999999999.99", "0.10"], "DECIMAL(5,0) UNSIGNED": ["99999"],
    "FLOAT": ["16777217", "3.4028234663852886e38", "-1.17549435e-38", "0.1"],
    "DOUBLE": ["1.7976931348623157e308", "5e-324", "-0.1", "0.30000000000000004"],
    "BIT(1)": ["b'0'", "b'1'"], "BIT(8)": ["b'0'", "b'11111111'", "b'01000001'"],
    "BIT(64)": ["b'0'", "18446744073709551615", "b'1'"],
    "DATE": ["'0001-01-01'", "'9999-12-31'", "'2024-02-29'"],
    "TIME": ["'00:00:00'", "'23:59:59'"], "TIME(6)": ["'12:34:56.789012'"],
    "DATETIME": ["'1000-01-01 00:00:00'", "'9999-12-31 23:59:59'"],
    "DATETIME(6)": ["'2024-02-29 12:34:56.789012'"],
    "TIMESTAMP(3) NULL": ["'1970-01-01 00:00:01.000'", "'2038-01-19 03:14:07.999'"],
    "YEAR": ["1901", "2155", "0"],
    "CHAR(10)": ["'abc'", "''", "'日本 😀'"],
    "VARCHAR(100)": ["''", "'O''Neil'", "'a\\\\b'", "x'610062'", "x'01'", "x'00'", "'😀é'", "' x '"],
    "VARCHAR(50) COLLATE utf8mb4_bin": ["'Grüße'", "x'780079'"],
    "VARCHAR(50) CHARACTER SET latin1": ["'Größe'", "x'610062'"],
    "VARCHAR(50) CHARACTER SET ucs2": ["'日本'"],
    "TINYTEXT": ["'t'"], "TEXT": ["REPEAT('ä',70)"], "MEDIUMTEXT": ["x'6100'"], "LONGTEXT": ["'l'"],
    "BINARY(4)": ["x'00ff10'", "x''"], "VARBINARY(20)": ["x''", "x'00'", "x'ff00fe'", "'text'"],
    "TINYBLOB": ["x'00'"], "BLOB": ["REPEAT(x'00ff',300)"], "MEDIUMBLOB": ["x'80'"],
    "LONGBLOB": ["x'c3a4'", "x'31'"],
    "ENUM('a','ü','c''d')": ["'ü'", "'c''d'"], "SET('x','y','z')": ["'x,z'", "''"],
    "JSON": ["""'{"a": [1, null, "😀"]}'"""],
    "UUID": ["'01234567-89ab-1def-8123-456789abcdef'"],
    "INET4": ["'192.168.0.1'"], "INET6": ["'2001:db8::ff00:42:8329'", "'::'"],
    "GEOMETRY": ["ST_GeomFromText('POINT(1 -2)', 4326)"], "POINT": ["POINT(0,0)"],
    "POLYGON": ["ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))')"],
}


@pytest.fixture(scope="session")
def tables() -> dict[str, str]:
    """Tables that were made, by what they are for."""
    return {}


def fresh() -> str:
    return "t_" + uuid.uuid4().hex[:12]


def every_type(database: Any, tables: dict[str, str]) -> str:
    """One table with a column a type and a row an edge, made once."""
    if "types" in tables:
        return tables["types"]
    name = fresh()
    columns = ", ".join(f"c{index} {kind}" for index, kind in enumerate(TYPES))
    with database.cursor() as cursor:
        cursor.execute("SET sql_mode='STRICT_ALL_TABLES', time_zone='+00:00'")
        cursor.execute(f"CREATE TABLE {name} (id INT PRIMARY KEY, {columns}) CHARSET utf8mb4")
        longest = max(len(values) for values in TYPES.values())
        for row in range(longest + 1):
            values = [values[row] if row < len(values) else "NULL" for values in TYPES.values()]
            cursor.execute(f"INSERT INTO {name} VALUES ({row}, {', '.join(values)})")
    tables["types"] = name
    return name


# How the server itself shows a value so that nothing is lost on the way to PyMySQL.
def words(kind: str, column: str) -> str:
    """An expression that is ASCII whatever the value is."""
    if kind.startswith(("BIT",)):
        return f"LPAD(HEX({column}), 16, '0')"
    if kind == "FLOAT":
        return f"CAST({column} AS DOUBLE)"
    if kind.startswith(("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "DECIMAL", "DOUBLE",
                        "BOOL", "DATE", "TIME", "YEAR")) and not kind.startswith("INET"):
        return column
    if kind.startswith(("BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB",
                        "GEOMETRY", "POINT", "POLYGON")):
        return f"HEX({column})"
    return f"HEX(CONVERT({column} USING utf8mb4))"


def shown(kind: str, value: Any) -> Any:
    """Tern's value in the form of `words`."""
    if value is None:
        return None
    if kind.startswith("BIT"):
        number = int.from_bytes(value, "big") if isinstance(value, bytes) else int(value)
        return f"{number:016X}"
    if isinstance(value, bytes):
        return value.hex().upper()
    if isinstance(value, str):
        return value.encode().hex().upper()
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, dt.time):
        return dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second,
                            microseconds=value.microsecond)
    if kind == "BOOL" or isinstance(value, bool):
        return int(value)
    return value


def test_every_type_arrives_as_the_database_has_it(
    connect: Connect, database: Any, tables: dict[str, str], release: str
) -> None:
    name = every_type(database, tables)
    own = connect("&geometry_as=raw").table(f"SELECT * FROM {name} ORDER BY id")
    with database.cursor() as cursor:
        cursor.execute("SET time_zone='+00:00'")
        list_ = ", ".join(words(kind, f"c{index}") for index, kind in enumerate(TYPES))
        cursor.execute(f"SELECT {list_} FROM {name} ORDER BY id")
        wanted = list(zip(*cursor.fetchall()))
    wrong = []
    for index, kind in enumerate(TYPES):
        found = [shown(kind, value) for value in own.column(f"c{index}").to_pylist()]
        # PyMySQL has no class for the years before 1000 and after 9999; as text both agree.
        if [str(v) for v in found] != [str(v) for v in wanted[index]]:
            wrong.append((kind, own.schema.field(f"c{index}").type, found, wanted[index]))
    assert not wrong, wrong


def test_types_are_not_wider_than_they_must_be(connect: Connect, database: Any, tables: dict[str, str]) -> None:
    name = every_type(database, tables)
    types = {kind: connect_type for kind, connect_type in zip(
        TYPES, connect().table(f"SELECT * FROM {name} WHERE id < 0").schema.types[1:])}
    assert types["BIGINT UNSIGNED"] == pa.uint64()
    assert types["MEDIUMINT UNSIGNED"] == pa.uint32()
    assert types["DECIMAL(65,30)"] == pa.decimal256(65, 30)
    assert types["DECIMAL(18,2)"] == pa.decimal128(18, 2)
    assert types["DATE"] == pa.date32() and types["TIME(6)"] == pa.time64("us")
    assert types["DATETIME(6)"] == pa.timestamp("us")
    assert types["TIMESTAMP(3) NULL"] == pa.timestamp("us", "UTC")
    assert types["BLOB"] == pa.binary() and types["VARCHAR(100)"] == pa.string()
    assert types["BIT(1)"] == pa.bool_() and types["YEAR"] == pa.int16()


def test_extension_types_have_their_own_form(
    connect: Connect, database: Any, tables: dict[str, str], release: str
) -> None:
    """arrow.uuid of sixteen bytes, and well-known binary that another parser takes."""
    name, kinds = every_type(database, tables), list(TYPES)
    wanted = [f"c{kinds.index(kind)}" for kind in ("UUID", "POINT", "GEOMETRY", "ENUM('a','ü','c''d')")]
    session = connect("&uuid_as=uuid&enum_values=on")
    found = session.table(f"SELECT {', '.join(wanted)} FROM {name} WHERE id = 0")
    assert found.schema.types[0] == pa.uuid()
    assert found.column(0).to_pylist() == [uuid.UUID("01234567-89ab-1def-8123-456789abcdef")]
    keys = [field.metadata or {} for field in found.schema]
    assert [k.get(b"ARROW:extension:name") for k in keys] == [None, b"geoarrow.wkb", b"geoarrow.wkb", None]
    assert struct.unpack("<BIdd", found.column(1).to_pylist()[0]) == (1, 1, 0.0, 0.0)
    # The extended form: a flag in the type, then the SRID.
    assert struct.unpack("<BIIdd", found.column(2).to_pylist()[0]) == (1, 0x2000_0001, 4326, 1.0, -2.0)
    assert keys[3][b"mariadb:type"].decode() == "enum('a','ü','c''d')"


def texts(count: int, seed: int) -> list[str]:
    """Texts of letters that quoting could trip over, and of any others."""
    generator = random.Random(seed)
    hostile = "'\"\\`;-#/*?%_\0\n\r\x1a\x08 ()=@$:{}"
    letters = [*hostile, *"aZ09äß日本😀\u200b\ufeff\U0010ffff\x01\x7f\x80ÿ"]
    found = ["", "'", "\\", "\\'", "'; DROP TABLE x; -- ", "a\0b", "\0", "\x01", "?", "/*", "%s"]
    while len(found) < count:
        found.append("".join(generator.choices(letters, k=generator.randint(1, 24))))
    return found


MODES = ["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES",
         "STRICT_ALL_TABLES,PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE"]


@pytest.mark.parametrize("mode", MODES)
def test_every_text_goes_in_as_it_is(connect: Connect, database: Any, mode: str) -> None:
    """One by one and as rows of a batch; read by PyMySQL as digits, and by Tern."""
    name, session = fresh(), connect()
    session.execute(f"SET SESSION sql_mode='{mode}'")
    session.execute(f"CREATE TABLE {name} (id INT PRIMARY KEY, t LONGTEXT, b LONGBLOB)")
    insert = session.prepare(f"INSERT INTO {name} VALUES (?, ?, ?)")
    single, batch = texts(40, 1), texts(400, 2)
    for index, text in enumerate(single):
        insert.run_batch(pa.record_batch(
            [pa.array([index]), pa.array([text]), pa.array([text.encode()])], names=["a", "b", "c"]))
    rows = list(range(len(single), len(single) + len(batch)))
    insert.run_batch(pa.record_batch(
        [pa.array(rows), pa.array(batch), pa.array([t.encode() for t in batch])],
        names=["a", "b", "c"]))
    insert.close()
    wanted = [*single, *batch]
    with database.cursor() as cursor:
        cursor.execute(f"SELECT HEX(t), HEX(b) FROM {name} ORDER BY id")
        digits = [text.encode().hex().upper() for text in wanted]
        assert list(cursor.fetchall()) == [(text, text) for text in digits]
    own = session.table(f"SELECT t, b FROM {name} ORDER BY id")
    assert own.column("t").to_pylist() == wanted
    assert own.column("b").to_pylist() == [text.encode() for text in wanted]
    # The same as a literal in a condition: it means the same there.
    find = session.prepare(f"SELECT id FROM {name} WHERE t = BINARY ? AND id < {len(single)}")
    for index, text in enumerate(single):
        assert [str(index)] in find.rows(text), repr(text)
    find.close()


def random_rows(seed: int, count: int) -> pa.RecordBatch:
    """Rows of every type that a parameter may have, NULLs among them."""
    generator = random.Random(seed)

    def some(make: Callable[[], Any]) -> list[Any]:
        return [None if generator.random() < 0.15 else make() for _ in range(count)]

    day = dt.date(2000, 1, 1)
    moment = dt.datetime(1970, 1, 1)
    columns = {
        "i8": pa.array(some(lambda: generator.randint(-128, 127)), pa.int8()),
        "i64": pa.array(some(lambda: generator.randint(-2**63, 2**63 - 1)), pa.int64()),
        "u64": pa.array(some(lambda: generator.randint(0, 2**64 - 1)), pa.uint64()),
        "f32": pa.array(some(lambda: generator.uniform(-1e30, 1e30)), pa.float32()),
        "f64": pa.array(some(lambda: generator.uniform(-1, 1) * 10.0 ** generator.randint(-300, 300)),
                        pa.float64()),
        "exact": pa.array(some(lambda: Decimal(generator.randint(-10**38 + 1, 10**38 - 1)).scaleb(-10)),
                        pa.decimal128(38, 10)),
        "big": pa.array(some(lambda: Decimal(generator.randint(-10**65 + 1, 10**65 - 1)).scaleb(
            -30, context=_WIDE)), pa.decimal256(65, 30)),
        "yes": pa.array(some(lambda: generator.random() < 0.5), pa.bool_()),
        "day": pa.array(some(lambda: day + dt.timedelta(days=generator.randint(-700_000, 2_900_000))),
                        pa.date32()),
        "tod": pa.array(some(lambda: (moment + dt.timedelta(
            microseconds=generator.randint(0, 86_399_999_999))).time()), pa.time64("us")),
        "at": pa.array(some(lambda: moment + dt.timedelta(
            microseconds=generator.randint(-30_000_000_000_000_000, 250_000_000_000_000_000))),
            pa.timestamp("us")),
        "raw": pa.array(some(lambda: generator.randbytes(generator.randint(0, 40))), pa.binary()),
    }
    return pa.record_batch(list(columns.values()), names=list(columns))


_WIDE = Context(prec=80)
_KINDS = ("TINYINT, BIGINT, BIGINT UNSIGNED, FLOAT, DOUBLE, DECIMAL(38,10), DECIMAL(65,30), BOOL, DATE,"
          " TIME(6), DATETIME(6), BLOB").split(", ")


def test_random_values_make_the_round_trip(connect: Connect) -> None:
    session, name = connect(), fresh()
    batch = random_rows(7, 300)
    columns = ", ".join(f"{n} {k}" for n, k in zip(batch.schema.names, _KINDS))
    session.execute(f"CREATE TABLE {name} (id INT AUTO_INCREMENT PRIMARY KEY, {columns})")
    insert = session.prepare(
        f"INSERT INTO {name} ({', '.join(batch.schema.names)}) VALUES ({', '.join('?' * 12)})")
    insert.run_batch(batch)
    insert.close()
    own = session.table(f"SELECT {', '.join(batch.schema.names)} FROM {name} ORDER BY id")
    for field in batch.schema:
        found = own.column(field.name).to_pylist()
        wanted = batch.column(field.name).to_pylist()
        if field.name == "yes":
            found = [None if v is None else bool(v) for v in found]
        assert found == wanted, field.name


@pytest.mark.parametrize("value", ["0000-00-00", "2024-00-10"])
def test_zero_dates_follow_the_policy(connect: Connect, database: Any, value: str) -> None:
    name = fresh()
    with database.cursor() as cursor:
        cursor.execute("SET sql_mode=''")
        cursor.execute(f"CREATE TABLE {name} (d DATE, t DATETIME)")
        cursor.execute(f"INSERT INTO {name} VALUES ('{value}', '{value} 00:00:00')")
    sql = f"SELECT d, t FROM {name}"
    with pytest.raises(TernError) as caught:
        connect().rows(sql)
    assert caught.value.sqlstate == "22007" and "zero_date" in caught.value.message
    assert connect("&zero_date=null").rows(sql) == [[None, None]]
    assert connect("&zero_date=text").rows(sql) == [[value, f"{value} 00:00:00"]]


def test_what_cannot_be_rewritten_is_refused_and_never_wrong(connect: Connect, database: Any) -> None:
    name = fresh()
    with database.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} (u BIGINT UNSIGNED, b BLOB)")
        cursor.execute(f"INSERT INTO {name} VALUES (18446744073709551615, x'00ff')")
        cursor.execute(f"CREATE PROCEDURE p_{name}() SELECT u FROM {name}")
        cursor.execute(f"CREATE PROCEDURE q_{name}() SELECT b FROM {name}")
    for procedure in ("p", "q"):
        with pytest.raises(TernError) as caught:
            connect().rows(f"CALL {procedure}_{name}()")
        assert caught.value.sqlstate == "22018", caught.value
    assert connect().rows(f"SELECT u, b FROM {name}") == [["18446744073709551615", "00FF"]]
