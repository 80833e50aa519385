"""What the options of all stand-ins share: on the command line, as keyword arguments and at run time."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Mapping


@dataclass
class OptionSet:
    """A stand-in's options are the fields of its subclass, whose defaults give their types."""

    # The values of those that have but a few.
    CHOICES: ClassVar[Mapping[str, tuple[Any, ...]]] = {}

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        """Sets options by name (camelCase or snake_case); raises ValueError for bad ones."""
        known = {f.name for f in fields(self)}
        for key, value in values.items():
            name = "".join("_" + c.lower() if c.isupper() else c for c in key)
            if name not in known:
                raise ValueError(f"unknown option {key!r}; known: {', '.join(sorted(known))}")
            if name in self.CHOICES and value not in self.CHOICES[name]:
                raise ValueError(f"{name} must be one of {self.CHOICES[name]}")
            self.check(name, value)
            setattr(self, name, type(getattr(type(self), name))(value))
        return asdict(self)

    def check(self, name: str, value: Any) -> None:
        """Raises ValueError for what choices and types do not tell."""

    def restore(self, initial: dict[str, Any], *kept: str) -> None:
        """Back to the defaults and what the start said; the `kept` ones stay."""
        fresh = type(self)()
        fresh.change(initial)
        for item in fields(self):
            if item.name not in kept:
                setattr(self, item.name, getattr(fresh, item.name))

    @classmethod
    def add_arguments(cls, parser: argparse.ArgumentParser) -> None:
        """Adds the options to a command."""
        for item in fields(cls):
            flag, default = "--" + item.name.replace("_", "-"), getattr(cls, item.name)
            if isinstance(default, bool):
                parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None)
            else:
                choices = cls.CHOICES.get(item.name)
                parser.add_argument(flag, type=type(default), choices=choices, default=None, help=f"default {default}")
