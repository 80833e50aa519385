"""Every trap of the protocol that a server can show is shown by the stand-in: by a replayed exchange or a test here."""

from __future__ import annotations

import re
from pathlib import Path

from maxscale_recording import exchanges
from test_maxscale_recorded import EXCLUDED

SHOWN = {
    "max_rows 0 in the first query gives nothing": "maxrows.first_query_zero",
    "ten seconds without a byte end the session": "test_ten_seconds_without_a_byte_end_a_session",
    "201 whether or not the SQL failed": "error.syntax",
    "a dead database is 201 with 2006": "kill.first_query",
    "complete is false on an exact fit": "maxrows.equal",
    "1000 rows by default": "maxrows.default_1000",
    "unsigned numbers saturate": "types.col.c_ubig",
    "binary is cut at NUL or null": "types.col.c_blob",
    "bits are cut or null": "types.col.c_bit64",
    "six digits of a FLOAT": "types.col.c_float",
    "text is cut at NUL": "types.unicode",
    "rows come before columns": "types.all",
    "lines and margins by default": "big.pretty_default",
    "no body without a length": "proto.chunked_request",
    "no body, no keep-alive": "proto.get_closes",
    "a body keeps the socket": "proto.get_with_body_keeps_alive",
    "a cookie set by the client": "token.in_cookie_set_by_client",
    "an expired token leaves an orphan": "token.expired.still_listed",
    "the Location of a 202 is broken": "async.location_header_is_broken",
    "results are an object while a query runs": "async.poll_busy",
    "closing a busy connection is 404": "busy.delete",
    "no token is a bad token": "token.missing",
    "a reconnect forgets the limits": "timeout.reconnect_forgets.vars",
    "a second reconnect drops a transaction": "v2208.reconnect_in_trx_again",
    "new limits zero ROW_COUNT()": "maxrows.row_count_lost.read",
    "NUL is refused": "proto.nul_in_sql",
    "bad UTF-8 is refused": "proto.invalid_utf8",
    "errors that are no JSON": "proto.bad_json.quotes",
    "an error with sqlstate 01000": "error.set_value_truncated",
    "an error with sqlstate 02000": "error.not_found_class",
    "a router opens without servers": "down.open_service",
    "a router has its own thread ids": "service.select",
    "VARBINARY is VARCHAR": "types.col.c_varbinary",
    "ENUM and UUID are CHAR, JSON is TEXT": "types.all.limit0",
    "a YEAR is a string": "types.col.c_year",
    "SET NAMES turns text into null": "types.latin1.select",
    "an inner order is lost": "rewrite.cte_loses_order",
    "LIMIT 0 may evaluate": "probe.derived.calls",
    "HEX of bits has no zeros in front": "types.exact.binary",
    "HEX of a long value is null": "types.hex_too_long",
    "a negative id is an unsigned one": "dml.u64_last_insert_id",
    "everybody sees the SQL": "conn.list",
    "the SQL comes back": "proto.sql_is_echoed",
    "an emoji is no name": "types.column_names.astral_literal",
    "a restart forgets connections": "restart.old_connection",
    "a restart forgets tokens": "restart.old_bearer",
    "a header overrides the method": "proto.method_override",
    "403 for 400 in 6.x": "test_the_oldest_release_has_numbers_for_ids_and_403_for_400",
    "headers have a limit": "proto.header_too_big",
    "long tokens": "test_a_restart_forgets_connections_and_the_random_key",
    "a cancel of nothing succeeds": "cancel.idle",
    "zero dates": "types.zero_dates",
    "a user's limit is not seen": "maxrows.user_sql_select_limit",
    "a cancelled query has no rows": "cancel.victim_streaming",
    "no types before 24.02": "v2208.types.all",
    "no cancel before 23.02": "v2208.cancel_missing",
    "no async before 23.02": "v2208.async_is_ignored",
    "a text over the packet limit": "test_a_text_over_the_packet_limit_ends_the_session",
    "huge timeouts wrap": "test_huge_timeouts_wrap",
}  # fmt: skip


def test_every_trap_is_shown() -> None:
    texts = [path.read_text() for path in Path(__file__).parent.glob("test_*.py")]
    tests = {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.M)}
    replayed = {e["name"] for e in exchanges() if e["name"] not in EXCLUDED}
    assert {trap: where for trap, where in SHOWN.items() if where not in tests | replayed} == {}
