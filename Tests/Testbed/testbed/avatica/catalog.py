"""JDBC metadata: the result sets of getTables and its relatives, and those that only syncResults reaches."""

from __future__ import annotations

import re
from typing import Any, Callable

import pyarrow as pa

from testbed.avatica.database import CATALOG, ROOT, Execution, Session, TableColumn
from testbed.avatica.errors import AvaticaError, java
from testbed.avatica.types import Column, SqlType, sql_type

Rows = list[tuple[Any, ...]]

# label:type, `!` marks NOT NULL
_NAME, _TEXT, _INT, _SHORT, _BOOL = "VARCHAR(128)", "VARCHAR(65536)", "INTEGER", "SMALLINT", "BOOLEAN"
_LAYOUTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "catalogs": ("INFORMATION_SCHEMA_CATALOG_NAME", [("TABLE_CAT!", _NAME)]),
    "schemas": ("SYSTEM_SCHEMAS", [("TABLE_SCHEM!", _NAME), ("TABLE_CATALOG", _NAME), ("IS_DEFAULT", _BOOL)]),
    "tableTypes": ("SYSTEM_TABLETYPES", [("TABLE_TYPE!", _NAME)]),
    "tables": ("SYSTEM_TABLES", [
        ("TABLE_CAT!", _NAME), ("TABLE_SCHEM!", _NAME), ("TABLE_NAME!", _NAME), ("TABLE_TYPE!", _TEXT), ("REMARKS", _TEXT),
        ("TYPE_CAT", _NAME), ("TYPE_SCHEM", _NAME), ("TYPE_NAME", _NAME), ("SELF_REFERENCING_COL_NAME", _NAME),
        ("REF_GENERATION", _TEXT), ("HSQLDB_TYPE", _NAME), ("READ_ONLY", _BOOL), ("COMMIT_ACTION", _TEXT)]),
    "columns": ("SYSTEM_COLUMNS", [
        ("TABLE_CAT!", _NAME), ("TABLE_SCHEM!", _NAME), ("TABLE_NAME!", _NAME), ("COLUMN_NAME", _NAME), ("DATA_TYPE", _SHORT),
        ("TYPE_NAME", _NAME), ("COLUMN_SIZE", _INT), ("BUFFER_LENGTH", _INT), ("DECIMAL_DIGITS", _INT), ("NUM_PREC_RADIX", _INT),
        ("NULLABLE", _INT), ("REMARKS", _TEXT), ("COLUMN_DEF", _TEXT), ("SQL_DATA_TYPE", _INT), ("SQL_DATETIME_SUB", _INT),
        ("CHAR_OCTET_LENGTH", _INT), ("ORDINAL_POSITION!", _INT), ("IS_NULLABLE", "VARCHAR(3)"), ("SCOPE_CATALOG", _NAME),
        ("SCOPE_SCHEMA", _NAME), ("SCOPE_TABLE", _NAME), ("SOURCE_DATA_TYPE", _SHORT), ("IS_AUTOINCREMENT", "VARCHAR(3)"),
        ("IS_GENERATEDCOLUMN", "VARCHAR(3)")]),
    "typeInfo": ("SYSTEM_TYPEINFO", [
        ("TYPE_NAME", _NAME), ("DATA_TYPE", _SHORT), ("PRECISION", _INT), ("LITERAL_PREFIX", _TEXT), ("LITERAL_SUFFIX", _TEXT),
        ("CREATE_PARAMS", _TEXT), ("NULLABLE", _SHORT), ("CASE_SENSITIVE", _BOOL), ("SEARCHABLE", _INT),
        ("UNSIGNED_ATTRIBUTE", _BOOL), ("FIXED_PREC_SCALE", _BOOL), ("AUTO_INCREMENT", _BOOL), ("LOCAL_TYPE_NAME", _NAME),
        ("MINIMUM_SCALE", _SHORT), ("MAXIMUM_SCALE", _SHORT), ("SQL_DATA_TYPE", _INT), ("SQL_DATETIME_SUB", _INT),
        ("NUM_PREC_RADIX", _INT), ("INTERVAL_PRECISION", _INT)]),
}  # fmt: skip

_TYPES: Rows = [
    ("BIT", -7, 1024, "'", "'", "LENGTH", 1, False, 2, False, False, False, 0, 0, 0),
    ("TINYINT", -6, 8, None, None, None, 1, False, 2, False, False, True, 0, 0, 2),
    ("BIGINT", -5, 64, None, None, None, 1, False, 2, False, False, True, 0, 0, 2),
    ("VARBINARY", -3, 2147483647, "'", "'", "LENGTH", 1, False, 3, False, False, False, 0, 0, 0),
    ("BINARY", -2, 2147483647, "'", "'", "LENGTH", 1, False, 3, False, False, False, 0, 0, 0),
    ("UUID", -2, 16, "'", "'", None, 1, False, 3, False, False, False, 0, 0, 0),
    ("CHARACTER", 1, 2147483647, "'", "'", "LENGTH", 1, True, 3, False, False, False, 0, 0, 0),
    ("NUMERIC", 2, 2147483647, None, None, "PRECISION,SCALE", 1, False, 2, False, True, True, 0, 32767, 10),
    ("DECIMAL", 3, 2147483647, None, None, "PRECISION,SCALE", 1, False, 2, False, True, True, 0, 32767, 10),
    ("INTEGER", 4, 32, None, None, None, 1, False, 2, False, False, True, 0, 0, 2),
    ("SMALLINT", 5, 16, None, None, None, 1, False, 2, False, False, True, 0, 0, 2),
    ("DOUBLE", 8, 64, None, None, None, 1, False, 2, False, False, False, 0, 0, 2),
    ("FLOAT", 8, 64, None, None, None, 1, False, 2, False, False, False, 0, 0, 2),
    ("REAL", 8, 64, None, None, None, 1, False, 2, False, False, False, 0, 0, 2),
    ("NVARCHAR", 12, 2147483647, "'", "'", "LENGTH", 1, True, 3, False, False, False, 0, 0, 0),
    ("VARCHAR", 12, 2147483647, "'", "'", "LENGTH", 1, True, 3, False, False, False, 0, 0, 0),
    ("BOOLEAN", 16, 0, None, None, None, 1, False, 2, False, False, False, 0, 0, 0),
    ("DATE", 91, 0, "'", "'", None, 1, False, 2, False, False, False, 0, 0, 0),
    ("TIME", 92, 0, "'", "'", None, 1, False, 2, False, False, False, 0, 0, 0),
    ("TIMESTAMP", 93, 0, "'", "'", None, 1, False, 2, False, False, False, 0, 0, 0),
    ("OTHER", 1111, 0, None, None, None, 1, False, 2, False, False, False, 0, 0, 0),
    ("BLOB", 2004, 2147483647, "'", "'", "LENGTH", 1, False, 0, False, False, False, 0, 0, 0),
    ("CLOB", 2005, 2147483647, "'", "'", "LENGTH", 1, True, 0, False, False, False, 0, 0, 0),
]
_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES", "TRIGGER")
_SQL_DATA_TYPE = {-5: 25, -2: 60, -3: 61, -7: 14}


def matches(pattern: str | None, name: str) -> bool:
    """SQL LIKE with `\\` as the escape character; no pattern matches everything."""
    if pattern is None:
        return True
    parts = re.findall(r"\\.|.", pattern, re.S)
    expression = "".join({"%": ".*", "_": "."}.get(p, re.escape(p[-1])) for p in parts)
    return re.fullmatch(expression, name, re.S) is not None


def result(layout: str, rows: Rows) -> Execution:
    """A metadata result set."""
    table_name, specification = _LAYOUTS[layout]
    columns, arrays = [], []
    for at, (label, kind) in enumerate(specification):
        declared = sql_type(kind)
        columns.append(
            Column(label.rstrip("!"), declared, 0 if label.endswith("!") else 1, table_name, "INFORMATION_SCHEMA", CATALOG,
                   "CATALOG_NAME" if layout == "catalogs" else None, of_table=True)  # fmt: skip
        )
        arrays.append(pa.array([row[at] for row in rows], _ARROW[declared.kind]))
    return Execution(columns, pa.Table.from_arrays(arrays, names=[str(i) for i in range(len(arrays))]))


_ARROW = {"varchar": pa.string(), "integer": pa.int32(), "smallint": pa.int16(), "boolean": pa.bool_()}


class Metadata:
    """Answers of one connection's database."""

    def __init__(self, session: Session) -> None:
        self.session = session

    # Requests of the protocol.

    def catalogs(self) -> Execution:
        return result("catalogs", [(CATALOG,)])

    def table_types(self) -> Execution:
        return result("tableTypes", [("GLOBAL TEMPORARY",), ("SYSTEM TABLE",), ("TABLE",), ("VIEW",)])

    def type_info(self) -> Execution:
        rows = [(*row[:12], None, row[12], row[13], None, None, row[14], None) for row in _TYPES]
        return result("typeInfo", rows)

    def schemas(self, catalog: str | None = None, pattern: str | None = None) -> Execution:
        names = [n for n in self.session.schemas() if matches(pattern, n)] if catalog in (None, CATALOG) else []
        return result("schemas", [(n, CATALOG, n == CATALOG) for n in names])

    def tables(self, catalog: str | None, schema: str | None, name: str | None, types: list[str] | None) -> Execution:
        found = self.session.query(
            "SELECT schema_name, table_name, 'TABLE', comment, table_oid, temporary FROM duckdb_tables() "
            f"WHERE database_name='{ROOT}' AND NOT internal UNION ALL SELECT schema_name, view_name, 'VIEW', comment, view_oid, "
            f"temporary FROM duckdb_views() WHERE database_name='{ROOT}' AND NOT internal ORDER BY 3, 5"
        )
        rows: Rows = []
        for owner, table, kind, comment, _, _ in found if catalog in (None, CATALOG) else []:
            if matches(schema, owner) and matches(name, table) and (types is None or kind in types):
                storage = "MEMORY" if kind == "TABLE" else None
                rows.append((CATALOG, owner, table, kind, comment, None, None, None, None, None, storage, False, None))
        return result("tables", rows)

    def columns(self, catalog: str | None, schema: str | None, table: str | None, column: str | None) -> Execution:
        found = self._columns(catalog, schema, table)
        return result("columns", [_column_row(c) for c in found if matches(column, c.name)])

    def _columns(self, catalog: str | None, schema: str | None, table: str | None) -> list[TableColumn]:
        if catalog not in (None, CATALOG):
            return []
        return [c for c in self.session.columns_of() if matches(schema, c.schema) and matches(table, c.table)]

    # Operations that only syncResults reaches.

    def operation(self, name: str, arguments: list[Any]) -> Rows:
        """The rows of a DatabaseMetaData call, without their columns."""
        if name == "GET_CLIENT_INFO_PROPERTIES":
            raise java("IllegalArgumentException", f"Unhandled Metadata operation: {name}")
        arity, call = _OPERATIONS[name]
        if len(arguments) != arity:
            shown = ", ".join("null" if a is None else str(a) for a in arguments)
            raise AvaticaError(f"RuntimeException: Expected {arity} arguments, but got [{shown}]")
        return call(self, *arguments)

    def _constraints(self, kind: str) -> Rows:
        return self.session.query(
            "SELECT schema_name, table_name, constraint_column_names, constraint_name, referenced_table, referenced_column_names "
            f"FROM duckdb_constraints() WHERE database_name='{ROOT}' AND constraint_type=? ORDER BY table_oid, constraint_index",
            [kind],
        )

    def primary_keys(self, catalog: str | None, schema: str | None, table: str | None) -> Rows:
        return [
            (CATALOG, owner, name, column, at + 1, constraint)
            for owner, name, columns, constraint, _, _ in self._constraints("PRIMARY KEY")
            if schema in (None, owner) and table == name
            for at, column in enumerate(columns)
        ]

    def foreign_keys(self, parent: tuple[Any, Any], child: tuple[Any, Any]) -> Rows:
        keys = {(r[0], r[1]): r[3] for r in self._constraints("PRIMARY KEY")}
        return [
            (CATALOG, owner, referenced, theirs, CATALOG, owner, name, ours, at + 1, 3, 3, constraint, keys.get((owner, referenced)), 7)
            for owner, name, columns, constraint, referenced, others in self._constraints("FOREIGN KEY")
            if parent[1] in (None, referenced) and child[1] in (None, name) and parent[0] in (None, owner) and child[0] in (None, owner)
            for at, (ours, theirs) in enumerate(zip(columns, others))
        ]

    def index_info(self, catalog: str | None, schema: str | None, table: str | None, unique: Any, approximate: Any) -> Rows:
        rows: Rows = []
        for kind in ("PRIMARY KEY", "UNIQUE"):
            for owner, name, columns, constraint, _, _ in self._constraints(kind):
                if schema in (None, owner) and name == table:
                    rows += [(CATALOG, owner, name, False, CATALOG, constraint, 3, i + 1, c, "A", None, 0, None, None)
                             for i, c in enumerate(columns)]  # fmt: skip
        for owner, name, index, is_unique, expressions in self.session.query(
            "SELECT schema_name, table_name, index_name, is_unique, expressions FROM duckdb_indexes() "
            f"WHERE database_name='{ROOT}' ORDER BY index_oid"
        ):
            if schema in (None, owner) and name == table and (is_unique or not unique):
                columns = [c.strip().strip("'\"") for c in expressions.strip("[]").split(",")]
                rows += [(CATALOG, owner, name, not is_unique, CATALOG, index, 3, i + 1, c, "A", None, 0, None, None)
                         for i, c in enumerate(columns)]  # fmt: skip
        return rows

    def best_row(self, catalog: str | None, schema: str | None, table: str | None, scope: Any, nullable: Any) -> Rows:
        types = {c.name: c.type for c in self._columns(catalog, schema, table)}
        return [
            (0, key[3], types[key[3]].id, types[key[3]].name, types[key[3]].precision, None, None, 1, CATALOG, key[1], key[2], 0, True)
            for key in self.primary_keys(catalog, schema, table)
        ]

    def table_privileges(self, catalog: str | None, schema: str | None, table: str | None) -> Rows:
        words = _PRIVILEGES
        names = dict.fromkeys((c.schema, c.table) for c in self._columns(catalog, schema, table))
        return [(CATALOG, s, t, "_SYSTEM", "DBA", word, "YES") for s, t in names for word in words]

    def column_privileges(self, catalog: str | None, schema: str | None, table: str | None, column: str | None) -> Rows:
        found = [c for c in self._columns(catalog, schema, table) if matches(column, c.name)]
        words = _PRIVILEGES
        return [(CATALOG, c.schema, c.table, c.name, "_SYSTEM", "DBA", w, "YES") for w in words for c in found]

    def rows_of(self, execution: Execution) -> Rows:
        table = execution.table
        return [] if table is None else list(zip(*(c.to_pylist() for c in table.columns)))

    def tables_by_list(self, catalog: Any, schema: Any, name: Any, types: Any) -> Rows:
        # The JSON mapper makes a list where JDBC wants an array; protobuf does not have the defect.
        if isinstance(types, list):
            raise java("ClassCastException", "class java.util.ArrayList cannot be cast to class [Ljava.lang.String; (java.util.ArrayList "
                       "and [Ljava.lang.String; are in module java.base of loader 'bootstrap')")  # fmt: skip
        return self.rows_of(self.tables(catalog, schema, name, list(types) if types is not None else None))


def _column_row(c: TableColumn) -> tuple[Any, ...]:
    kind: SqlType = c.type
    numeric = kind.signed
    decimal = kind.kind in ("decimal", "numeric")
    digits = kind.scale if decimal else (0 if numeric and kind.kind not in ("real", "double") else None)
    radix = 10 if decimal else (2 if numeric else None)
    octets = kind.length if kind.kind in ("char", "varchar", "binary", "varbinary", "bit") else 0
    subtype = {91: 1, 92: 2, 93: 3}.get(kind.id)
    data_type = _SQL_DATA_TYPE.get(kind.id, kind.id)
    return (
        CATALOG, c.schema, c.table, c.name, kind.id, kind.name, kind.precision, None, digits, radix, 1 if c.nullable else 0,
        c.comment, c.default, data_type, subtype, octets, c.position, "YES" if c.nullable else "NO", None, None, None, None,
        "YES" if c.identity else "NO", "NO",
    )  # fmt: skip


def _nothing(*_: Any) -> Rows:
    return []


_OPERATIONS: dict[str, tuple[int, Callable[..., Rows]]] = {
    "GET_PRIMARY_KEYS": (3, Metadata.primary_keys),
    "GET_IMPORTED_KEYS": (3, lambda m, c, s, t: m.foreign_keys((None, None), (s, t))),
    "GET_EXPORTED_KEYS": (3, lambda m, c, s, t: m.foreign_keys((s, t), (None, None))),
    "GET_CROSS_REFERENCE": (6, lambda m, pc, ps, pt, fc, fs, ft: m.foreign_keys((ps, pt), (fs, ft))),
    "GET_INDEX_INFO": (5, Metadata.index_info),
    "GET_BEST_ROW_IDENTIFIER": (5, Metadata.best_row),
    "GET_TABLE_PRIVILEGES": (3, Metadata.table_privileges),
    "GET_COLUMN_PRIVILEGES": (4, Metadata.column_privileges),
    "GET_VERSION_COLUMNS": (3, _nothing),
    "GET_PROCEDURES": (3, _nothing),
    "GET_PROCEDURE_COLUMNS": (4, _nothing),
    "GET_FUNCTIONS": (3, _nothing),
    "GET_FUNCTION_COLUMNS": (4, _nothing),
    "GET_SUPER_TABLES": (3, _nothing),
    "GET_SUPER_TYPES": (3, _nothing),
    "GET_ATTRIBUTES": (4, _nothing),
    "GET_PSEUDO_COLUMNS": (4, _nothing),
    "GET_UDTS": (4, _nothing),
    "GET_CATALOGS": (0, lambda m: m.rows_of(m.catalogs())),
    "GET_SCHEMAS": (0, lambda m: m.rows_of(m.schemas())),
    "GET_SCHEMAS_WITH_ARGS": (2, lambda m, c, s: m.rows_of(m.schemas(c, s))),
    "GET_TABLE_TYPES": (0, lambda m: m.rows_of(m.table_types())),
    "GET_TYPE_INFO": (0, lambda m: m.rows_of(m.type_info())),
    "GET_TABLES": (4, Metadata.tables_by_list),
    "GET_COLUMNS": (4, lambda m, c, s, t, n: m.rows_of(m.columns(c, s, t, n))),
}
