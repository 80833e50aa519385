"""Requests are read and numbers written as MaxScale's JSON library does."""

from __future__ import annotations

import json
import random
import struct
from decimal import Decimal

import pytest

from maxscale_wire import Client
from testbed.maxscale.jansson import JsonError, load
from testbed.maxscale.values import integer, real, text


@pytest.mark.parametrize(
    "body, message",
    [
        (b"{sql:", b"string or '}' expected near 'sql'"),
        (b'{"sql":"x" "y"}', b"'}' expected near '\"y\"'"),
        (b"{", b"string or '}' expected near end of file"),
        (b'{"sql":"SELECT \'\xff\'"}', b"unable to decode byte 0xff near '\"SELECT ''"),
        (b'{"sql":"a\\u0000b"}', b"\\u0000 is not allowed without JSON_ALLOW_NUL near '\"a\\u0000b\"'"),
        (b'{"sql":"\\ud800"}', b"invalid Unicode '\\uD800' near '\"\\ud800\"'"),
        (b"[1", b"']' expected near end of file"),
        (b'{"a":1} x', b"end of file expected near 'x'"),
        (b"7", b"'[' or '{' expected near '7'"),
        (b'{"a":9223372036854775808}', b"too big integer near '9223372036854775808'"),
        (b'{"a":NaN}', b"invalid token near 'NaN'"),
        (b'{"a":[[' + b"[" * 3000, b"maximum parsing depth reached near '['"),
    ],
)
def test_bad_requests_have_the_librarys_messages(body: bytes, message: bytes) -> None:
    with pytest.raises(JsonError) as found:
        load(body)
    assert found.value.text == message


def test_good_requests_are_read() -> None:
    assert load(b' {"a":1,"a":[true,null,-0.5,"\\ud83d\\ude00"]} ') == {"a": [True, None, -0.5, "😀"]}
    assert load(b'{"deep":' + b"[" * 200 + b"]" * 200 + b"}")["deep"] != []


def test_reals_have_17_digits_and_come_back() -> None:
    pick = random.Random(1)
    for _ in range(5000):
        (value,) = struct.unpack("<d", pick.randbytes(8))
        if value - value == 0:
            written = real(value)
            assert float(written) == value and ("." in written or "e" in written) and "+" not in written
            assert len(Decimal(written).normalize().as_tuple().digits) <= 17
    assert [real(v) for v in (0.1, 1e22, 5e-324, 1e-5, 100.0, -0.0)] == [
        "0.10000000000000001", "1e22", "4.9406564584124654e-324", "1.0000000000000001e-5", "100.0", "-0.0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sent, written",
    [(b"18446744073709551615", b"9223372036854775807"), (b"-9223372036854775808", b"-9223372036854775808"), (b"0042", b"42"),
     (b"9223372036854775808", b"9223372036854775807"), (b"0", b"0"), (b"-5", b"-5"), (b"000", b"0")],
)  # fmt: skip
def test_integers_saturate(sent: bytes, written: bytes) -> None:
    assert integer(sent) == written


def test_texts_are_cut_at_nul_and_null_when_not_utf8() -> None:
    found = [text(v) for v in (b"a\0b", b"\0", b"\xff", b"a\0\xff", b"\x1f\x7f\"\\\n/", b"\xed\xa0\x80")]
    assert found == [b'"a"', b'""', b"null", b'"a"', b'"\\u001F\x7f\\"\\\\\\n/"', b"null"]


def test_every_kind_of_character_is_written(client: Client) -> None:
    points = [*range(1, 0x250), 0x2028, 0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF]
    literals = ",".join(f"CONVERT(_utf32 x'{p:08x}' USING utf8mb4)" for p in points)
    assert client.rows(f"SELECT {literals}") == [[chr(p) for p in points]]
    assert json.loads(client.body)["data"]["attributes"]["sql"].startswith("SELECT")
