"""Avatica over DuckDB: the generic server, Phoenix Query Server and Druid flavours."""
