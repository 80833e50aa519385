"""Stand-in servers for the tests: each speaks one wire protocol on loopback over a real SQL engine."""

from testbed.common.launch import running

__all__ = ["running"]
