"""Measures Tern beside its peers: a readable table, and .build/bench.json for programs.

    python Tests/Bench/run.py [CASE]
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "Tests" / "Testbed")]

import avatica_cases  # noqa: E402
import exasol_cases  # noqa: E402  (found on the path set above)
import maxscale_cases  # noqa: E402
import odbc_cases  # noqa: E402
import snowflake_cases  # noqa: E402
from measure import Row, print_table, save  # noqa: E402

CASES = {
    **exasol_cases.CASES, **avatica_cases.CASES, **maxscale_cases.CASES,
    **snowflake_cases.CASES, **odbc_cases.CASES}


def main() -> int:
    """Runs one case or all of them."""
    wanted = sys.argv[1:]
    unknown = [name for name in wanted if name not in CASES]
    if unknown:
        print(f"no case {', '.join(unknown)}; there are: {', '.join(CASES)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in wanted or CASES:
        print(f"measuring {name} …", flush=True)
        rows += CASES[name]()
    print_table(rows)
    save(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
