"""The setup library: what `odbcinst` and setup programs call to add data sources."""

from __future__ import annotations

import json
import sys
import textwrap

import pytest

from installed import Odbc

# A process of its own: the installer library reads the environment once.
SCRIPT = textwrap.dedent("""
    import ctypes, sys
    setup = ctypes.CDLL(sys.argv[1])
    setup.ConfigDSN.argtypes = [ctypes.c_void_p, ctypes.c_ushort, ctypes.c_char_p, ctypes.c_char_p]
    for request in sys.argv[2:]:
        number, _, pairs = request.partition(':')
        attributes = b''.join(pair.encode() + b'\\0' for pair in pairs.split(';')) + b'\\0'
        print(setup.ConfigDSN(None, int(number), b'Tern', attributes))
""")

# What a setup program does: the installer library loads the driver's setup and asks it.
FORM = textwrap.dedent("""
    import ctypes, json
    class Property(ctypes.Structure):
        pass
    Property._fields_ = [
        ("next", ctypes.POINTER(Property)), ("name", ctypes.c_char * 1001),
        ("value", ctypes.c_char * 1001), ("prompt", ctypes.c_int),
        ("choices", ctypes.POINTER(ctypes.c_char_p)), ("help", ctypes.c_char_p),
        ("widget", ctypes.c_void_p), ("refresh", ctypes.c_int), ("dll", ctypes.c_void_p)]
    installer = ctypes.CDLL("libodbcinst.so.2")
    first = ctypes.POINTER(Property)()
    assert installer.ODBCINSTConstructProperties(b"Tern", ctypes.byref(first)) == 0
    found, entry = {}, first
    while entry:
        choices = []
        while entry.contents.choices and entry.contents.choices[len(choices)]:
            choices.append(entry.contents.choices[len(choices)].decode())
        assert entry.contents.name not in found
        found[entry.contents.name.decode()] = [entry.contents.prompt, choices]
        entry = entry.contents.next
    assert installer.ODBCINSTDestructProperties(ctypes.byref(first)) == 0
    print(json.dumps(found))
""")

ADD, CHANGE, REMOVE = 1, 2, 3
LABEL, TEXT, COMBO, FILE, PASSWORD = 0, 1, 3, 4, 6


def test_setup_programs_are_told_what_a_data_source_may_hold(untraced: Odbc) -> None:
    done = untraced.run(sys.executable, "-c", FORM)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert list(found)[:2] == ["Name", "Description"]
    assert found["Protocol"][0] == COMBO and {"exasol", "avatica+http"} <= set(found["Protocol"][1])
    assert found["PWD"] == [PASSWORD, []] and found["http_password"][0] == PASSWORD
    assert found["tls_ca_file"] == [FILE, []]
    assert found["tls_verify"] == [COMBO, ["full", "chain", "off"]]
    assert not {"password", "user", "host", "port", "protocol"} & set(found)


def configure(odbc: Odbc, *requests: str) -> list[str]:
    """What ConfigDSN answers to each request."""
    done = odbc.run(sys.executable, "-c", SCRIPT, str(odbc.driver), *requests)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_data_source_is_added_used_changed_and_removed(untraced: Odbc) -> None:
    pairs = untraced.connection.removeprefix("DRIVER={Tern};")
    assert configure(untraced, f"{ADD}:DSN=added;{pairs}") == ["1"]
    assert "[added]" in untraced.run("odbcinst", "-q", "-s").stdout
    done = untraced.run("isql", "added", "-b", "-v", text="SELECT 40 + 2\n")
    assert "42" in done.stdout, done.stdout + done.stderr
    assert configure(untraced, f"{CHANGE}:DSN=added;Port=1") == ["1"]
    done = untraced.run("isql", "added", "-b", "-v", text="SELECT 1\n")
    assert "[08001]" in done.stdout and "localhost:1 " in done.stdout, done.stdout
    assert configure(untraced, f"{REMOVE}:DSN=added") == ["1"]
    assert "[added]" not in untraced.run("odbcinst", "-q", "-s").stdout


@pytest.mark.parametrize("request_", [
    f"{ADD}:Server=localhost", f"{ADD}:DSN=", f"{ADD}:DSN={'x' * 33}", f"{ADD}:DSN=a[b",
    f"{ADD}:DSN=x;no equals sign", "0:DSN=x", "9:DSN=x",
])
def test_what_makes_no_sense_is_refused(untraced: Odbc, request_: str) -> None:
    before = (untraced.folder / "odbc.ini").read_text()
    assert configure(untraced, request_) == ["0"]
    assert (untraced.folder / "odbc.ini").read_text() == before


def test_the_shipped_template_registers_and_unregisters(untraced: Odbc) -> None:
    assert "[Tern]" in untraced.run("odbcinst", "-q", "-d").stdout
    assert untraced.run("odbcinst", "-u", "-d", "-n", "Tern").returncode == 0
    assert "[Tern]" not in untraced.run("odbcinst", "-q", "-d").stdout
