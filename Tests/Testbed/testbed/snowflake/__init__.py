"""A stand-in for the Snowflake service: its REST interface over DuckDB."""
