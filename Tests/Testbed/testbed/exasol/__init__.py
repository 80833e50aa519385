"""Exasol WebSocket API stand-in over DuckDB."""
