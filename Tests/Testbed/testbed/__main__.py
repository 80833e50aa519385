"""`python -m testbed <stand-in> [--option value ...]`."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from testbed.common.launch import STAND_INS, serve


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="testbed", description=__doc__)
    commands = parser.add_subparsers(dest="stand_in", required=True)
    for name in STAND_INS:
        command = commands.add_parser(name)
        family = name.removesuffix("-replay")
        if name == family:
            import_module(f"testbed.{family}.options").Options.add_arguments(command)
        else:
            import_module(f"testbed.{family}.replay").add_arguments(command)
    values = vars(parser.parse_args(arguments))
    name = values.pop("stand_in")
    return serve(name, {key: value for key, value in values.items() if value is not None})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
