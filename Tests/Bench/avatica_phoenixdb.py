"""phoenixdb reads one query's rows; prints the seconds of each run as JSON.

    python avatica_phoenixdb.py URL SQL
"""

from __future__ import annotations

import json
import sys
import time

import phoenixdb


def main() -> int:
    """One run: connecting is not counted."""
    url, sql = sys.argv[1:]
    connection = phoenixdb.connect(url, autocommit=True)
    cursor = connection.cursor()
    cursor.itersize = 10_000
    start = time.perf_counter()
    cursor.execute(sql)
    count = sum(1 for _ in cursor)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": [seconds], "rows": count}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
