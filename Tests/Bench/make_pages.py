"""Writes fetch replies of an Exasol server for the decoder benchmark.

One million rows of six columns (BIGINT, DECIMAL(18,2), DOUBLE, VARCHAR, DATE, TIMESTAMP) in pages
of about 5 MB, each a file of its own, so that every decoder reads the very same bytes.

    python3 Tests/Bench/make_pages.py DIRECTORY [ROWS]
"""

import datetime
import json
import pathlib
import random
import sys

PAGE_ROWS = 40_000
WORDS = "alpha bravo Charlie delta-echo foxtrot Grüße hotel india Ωmega kilo".split()
EPOCH = datetime.datetime(1970, 1, 1)


def timestamp(rng: random.Random) -> str:
    """A moment between 1970 and 2069 with six digits, as the default format writes it."""
    moment = EPOCH + datetime.timedelta(microseconds=rng.randrange(0, 3_155_760_000_000_000))
    return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond:06d}"


def decimal(rng: random.Random) -> str:
    """Cents with the trailing zeros of the fraction trimmed, as the server does."""
    cents = rng.randrange(-99_999_999_999, 100_000_000_000)
    sign, whole, rest = "-" if cents < 0 else "", abs(cents) // 100, abs(cents) % 100
    return f"{sign}{whole}.{rest:02d}".rstrip("0").rstrip(".")


def page(rng: random.Random, first: int, count: int) -> bytes:
    """One reply to `fetch`, columns first."""
    columns = [
        [first + row if row % 4 else rng.randrange(10**17, 10**18) for row in range(count)],
        [decimal(rng) for _ in range(count)],
        [rng.random() * 10 ** rng.randrange(-3, 9) for _ in range(count)],
        [" ".join(rng.choices(WORDS, k=rng.randrange(1, 6))) for _ in range(count)],
        [(EPOCH + datetime.timedelta(days=rng.randrange(0, 36_525))).strftime("%Y-%m-%d")
         for _ in range(count)],
        [timestamp(rng) for _ in range(count)],
    ]
    reply = {"status": "ok", "responseData": {"numRows": count, "data": columns}}
    return json.dumps(reply, separators=(",", ":"), ensure_ascii=False).encode()


def main() -> None:
    """Writes the pages."""
    directory = pathlib.Path(sys.argv[1])
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    directory.mkdir(parents=True, exist_ok=True)
    rng = random.Random(20_240_618)
    for number, first in enumerate(range(0, rows, PAGE_ROWS)):
        reply = page(rng, first, min(PAGE_ROWS, rows - first))
        (directory / f"page-{number:04d}.json").write_bytes(reply)


if __name__ == "__main__":
    main()
