"""DDL: parsed here, run in DuckDB, and written down in the side catalog."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from testbed.exasol import meta
from testbed.exasol.errors import ExaError, not_found, position, syntax_error
from testbed.exasol.tokens import TokenReader, tokenize, type_text
from testbed.exasol.types import ExaType, parse_type

_constraint_ids = itertools.count(132778252552708450200004707328)


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclass
class ColumnDefinition:
    name: str
    type: ExaType
    nullable: bool = True
    default: str | None = None
    identity: bool = False
    comment: str | None = None


@dataclass
class ConstraintDefinition:
    kind: str
    columns: list[str]
    name: str = ""
    enabled: bool = True
    reference: tuple[str | None, str, list[str]] | None = None


@dataclass
class TableDefinition:
    columns: list[ColumnDefinition] = field(default_factory=list)
    constraints: list[ConstraintDefinition] = field(default_factory=list)
    distribute: list[str] = field(default_factory=list)
    partition: list[str] = field(default_factory=list)
    comment: str | None = None


class TableParser:
    """Reads what stands between the parentheses of CREATE TABLE."""

    def __init__(self, reader: TokenReader) -> None:
        self._r = reader
        self.table = TableDefinition()

    def parse(self) -> TableDefinition:
        self._r.expect("(")
        while True:
            self._item()
            if self._r.accept(")"):
                break
            self._r.expect(",")
        if self._r.accept("COMMENT", "IS"):
            self.table.comment = self._r.next().string
        if not self._r.done:
            raise syntax_error(self._r.sql, self._r.peek().text)
        return self.table

    def _item(self) -> None:
        reader = self._r
        if reader.accept("DISTRIBUTE", "BY"):
            self.table.distribute = self._names()
        elif reader.accept("PARTITION", "BY"):
            self.table.partition = self._names()
        elif reader.peek().upper in ("CONSTRAINT", "PRIMARY", "FOREIGN"):
            name = reader.identifier() if reader.accept("CONSTRAINT") else ""
            self._constraint(name, None)
        else:
            self._column()

    def _names(self) -> list[str]:
        names = [self._r.identifier()]
        while (
            self._r.peek().text == ","
            and self._r.peek(2).text in (",", ")")
            and self._r.peek(1).upper not in ("DISTRIBUTE", "PARTITION")
        ):
            self._r.next()
            names.append(self._r.identifier())
        return names

    def _column(self) -> None:
        reader = self._r
        name = reader.identifier()
        start = reader.peek()
        text = type_text(reader)
        if text is None:
            raise syntax_error(reader.sql, start.text)
        try:
            column = ColumnDefinition(name, parse_type(text))
        except ValueError as error:
            raise ExaError(f"{error}{position(reader.sql, start.text)}") from None
        self.table.columns.append(column)
        while reader.peek().text not in (",", ")") and not reader.done:
            self._column_option(column)

    def _column_option(self, column: ColumnDefinition) -> None:
        reader = self._r
        if reader.accept("DEFAULT"):
            start = reader.peek().start
            while (
                reader.peek().text not in (",", ")")
                and reader.peek().upper
                not in ("NOT", "CONSTRAINT", "PRIMARY", "COMMENT", "REFERENCES", "NULL")
                or reader.peek().start == start
            ):
                if reader.peek().text == "(":
                    reader.group()
                else:
                    reader.next()
            column.default = reader.sql[start : reader.peek().start].strip()
        elif reader.accept("IDENTITY"):
            column.identity = True
        elif reader.accept("NOT", "NULL"):
            column.nullable = False
        elif reader.accept("NULL") or reader.accept("ENABLE") or reader.accept("DISABLE"):
            pass
        elif reader.accept("COMMENT", "IS"):
            column.comment = reader.next().string
        else:
            name = reader.identifier() if reader.accept("CONSTRAINT") else ""
            if reader.accept("NOT", "NULL"):
                column.nullable = False
            else:
                self._constraint(name, column.name)

    def _constraint(self, name: str, column: str | None) -> None:
        reader = self._r
        if reader.accept("PRIMARY", "KEY"):
            columns = [column] if column else reader.identifier_list()
            found = ConstraintDefinition("PRIMARY KEY", columns, name)
        else:
            columns = [column] if column else []
            if not column:
                reader.expect("FOREIGN", "KEY")
                columns = reader.identifier_list()
            reader.expect("REFERENCES")
            schema, table = reader.name()
            target = reader.identifier_list() if reader.peek().text == "(" else []
            found = ConstraintDefinition(
                "FOREIGN KEY", columns, name, reference=(schema, table, target)
            )
        if reader.accept("DISABLE"):
            found.enabled = False
        reader.accept("ENABLE")
        self.table.constraints.append(found)


class Definer:
    """Runs DDL for one session: `session` gives run(), translate_query(), current_schema."""

    def __init__(self, session: Any) -> None:
        self._s = session

    def execute(self, sql: str) -> int | None:
        """Runs a DDL statement and returns its row count; None when it is none."""
        reader = TokenReader(tokenize(sql), sql)
        for words, method in self._table():
            if reader.accept(*words):
                return method(reader)
        return None

    def _table(self) -> list[tuple[tuple[str, ...], Any]]:
        replace = ("CREATE", "OR", "REPLACE")
        return [
            (("CREATE", "SCHEMA"), self._create_schema),
            (("DROP", "SCHEMA"), self._drop_schema),
            (("CREATE", "TABLE"), self._create_table),
            ((*replace, "TABLE"), lambda r: self._create_table(r, replace=True)),
            (("DROP", "TABLE"), lambda r: self._drop(r, "TABLE")),
            (("CREATE", "VIEW"), self._create_view),
            (("CREATE", "FORCE", "VIEW"), self._create_view),
            ((*replace, "VIEW"), lambda r: self._create_view(r, replace=True)),
            (("DROP", "VIEW"), lambda r: self._drop(r, "VIEW")),
            (("TRUNCATE", "TABLE"), self._truncate),
            (("COMMENT", "ON"), self._comment),
            (("ALTER", "TABLE"), self._alter),
        ]

    def _exists_clause(self, reader: TokenReader) -> bool:
        return reader.accept("IF", "NOT", "EXISTS") or reader.accept("IF", "EXISTS")

    def _create_schema(self, reader: TokenReader) -> int:
        lenient = self._exists_clause(reader)
        name = reader.identifier()
        if meta.schema_exists(self._s.run, name):
            if lenient:
                return 0
            raise ExaError(f"schema {name} already exists{position(reader.sql, name)}")
        self._s.run(f"CREATE SCHEMA {quote(name)}")
        meta.add_schema(self._s.run, name)
        self._s.set_schema(name)
        return 0

    def _drop_schema(self, reader: TokenReader) -> int:
        lenient = self._exists_clause(reader)
        name = reader.identifier()
        if not meta.schema_exists(self._s.run, name):
            if lenient:
                return 0
            raise ExaError(f"schema {name} not found{position(reader.sql, name)}")
        cascade = " CASCADE" if reader.accept("CASCADE") else ""
        self._s.run(f"DROP SCHEMA {quote(name)}{cascade}")
        meta.forget(self._s.run, name)
        if self._s.current_schema == name:
            self._s.set_schema("")
        return 0

    def _target(self, reader: TokenReader) -> tuple[str, str]:
        schema, name = reader.name()
        schema = schema or self._s.current_schema
        if not schema:
            raise ExaError(
                f"no schema specified or opened or current schema has been dropped"
                f"{position(reader.sql, name)}",
                "42000",
            )
        if not meta.schema_exists(self._s.run, schema):
            raise ExaError(f"schema {schema} not found{position(reader.sql, schema)}")
        if schema == "SYS":
            raise ExaError("insufficient privileges for creating objects in schema SYS", "42500")
        return schema, name

    def _make_room(
        self, reader: TokenReader, schema: str, name: str, replace: bool, lenient: bool
    ) -> bool:
        """False when the object exists and may stay."""
        kind = meta.object_kind(self._s.run, schema, name)
        if kind is None:
            return True
        if lenient:
            return False
        if not replace:
            raise ExaError(f"object {name} already exists{position(reader.sql, name)}")
        self._s.run(f"DROP {kind} {quote(schema)}.{quote(name)}")
        meta.forget(self._s.run, schema, name)
        return True

    def _create_table(self, reader: TokenReader, replace: bool = False) -> int:
        lenient = self._exists_clause(reader)
        schema, name = self._target(reader)
        start = reader.index
        table = TableParser(reader).parse() if reader.peek().text == "(" else None
        end, reader.index = reader.index, start
        if not self._make_room(reader, schema, name, replace, lenient):
            return 0
        if reader.accept("AS"):
            return self._create_as(reader, schema, name)
        if reader.accept("LIKE"):
            return self._create_like(reader, schema, name)
        reader.index = end
        if table is None:
            raise syntax_error(reader.sql, reader.peek().text)
        self._s.run(f"CREATE TABLE {quote(schema)}.{quote(name)} ({self._body(schema, table)})")
        self._record(schema, name, table)
        return 0

    def _body(self, schema: str, table: TableDefinition) -> str:
        parts = []
        for column in table.columns:
            part = f"{quote(column.name)} {column.type.duck()}"
            if column.identity:
                sequence = f"exa_identity_{next(_constraint_ids) % 10**9}"
                self._s.run(f"CREATE SEQUENCE {sequence}")
                part += f" DEFAULT nextval('{sequence}')"
            elif column.default:
                part += f" DEFAULT {column.default}"
            if not column.nullable:
                part += " NOT NULL"
            if column.type.is_text:
                part += f" CHECK (length({quote(column.name)}) <= {column.type.size})"
            parts.append(part)
        for constraint in table.constraints:
            columns = ", ".join(quote(c) for c in constraint.columns)
            if constraint.kind == "PRIMARY KEY" and constraint.enabled:
                parts.append(f"PRIMARY KEY ({columns})")
            elif constraint.reference and constraint.enabled:
                target_schema, target, target_columns = constraint.reference
                if (target_schema or schema) == schema:
                    listed = (
                        f" ({', '.join(quote(c) for c in target_columns)})"
                        if target_columns
                        else ""
                    )
                    parts.append(
                        f"FOREIGN KEY ({columns}) REFERENCES {quote(schema)}.{quote(target)}{listed}"
                    )
        return ", ".join(parts)

    def _record(self, schema: str, name: str, table: TableDefinition) -> None:
        run = self._s.run
        meta.add_object(
            run,
            schema,
            name,
            "TABLE",
            comment=table.comment,
            distributed=bool(table.distribute),
            partitioned=bool(table.partition),
        )
        keys = {c for k in table.constraints if k.kind == "PRIMARY KEY" for c in k.columns}
        for number, column in enumerate(table.columns, 1):
            partition = (
                table.partition.index(column.name) + 1 if column.name in table.partition else None
            )
            nullable = column.nullable and column.name not in keys
            meta.add_column(
                run,
                schema,
                name,
                column.name,
                number,
                column.type,
                nullable=nullable,
                default=column.default,
                identity="1" if column.identity else None,
                comment=column.comment,
                distribution=column.name in table.distribute,
                partition=partition,
            )
            if not nullable:
                meta.add_constraint(
                    run, schema, name, f"SYS_{next(_constraint_ids)}", "NOT NULL", [column.name]
                )
        for constraint in table.constraints:
            reference = None
            if constraint.reference:
                target_schema, target, columns = constraint.reference
                target_schema = target_schema or schema
                columns = columns or self._key_columns(target_schema, target)
                reference = (target_schema, target, columns)
            meta.add_constraint(
                run,
                schema,
                name,
                constraint.name or f"SYS_{next(_constraint_ids)}",
                constraint.kind,
                constraint.columns,
                enabled=constraint.enabled,
                reference=reference,
            )

    def _key_columns(self, schema: str, table: str) -> list[str]:
        rows = self._s.run(
            f"SELECT column_name FROM {meta.SCHEMA}.constraints WHERE schema_name = $1 AND table_name = $2 "
            "AND kind = 'PRIMARY KEY' ORDER BY position",
            [schema, table],
        ).fetchall()
        return [row[0] for row in rows]

    def _create_as(self, reader: TokenReader, schema: str, name: str) -> int:
        sql, columns = self._s.translate_query(reader.sql[reader.peek().start :])
        listed = ", ".join(f"C{i} AS {quote(c)}" for i, (c, _) in enumerate(columns))
        aliases = ", ".join(f"C{i}" for i in range(len(columns)))
        count = self._s.run(
            f"CREATE TABLE {quote(schema)}.{quote(name)} AS SELECT {listed} "
            f"FROM ({sql}) AS Q({aliases})"
        ).fetchall()
        meta.add_object(self._s.run, schema, name, "TABLE")
        for number, (column, kind) in enumerate(columns, 1):
            meta.add_column(self._s.run, schema, name, column, number, kind)
        return int(count[0][0]) if count else 0

    def _create_like(self, reader: TokenReader, schema: str, name: str) -> int:
        source_schema, source = reader.name()
        columns = self._s.lookup(source_schema, source)
        if columns is None:
            raise not_found(source, reader.sql)
        table = TableDefinition([ColumnDefinition(c, kind) for c, kind in columns])
        self._s.run(f"CREATE TABLE {quote(schema)}.{quote(name)} ({self._body(schema, table)})")
        self._record(schema, name, table)
        return 0

    def _create_view(self, reader: TokenReader, replace: bool = False) -> int:
        reader.accept("FORCE")
        reader.accept("VIEW")
        schema, name = self._target(reader)
        self._make_room(reader, schema, name, replace, False)
        names = reader.identifier_list() if reader.peek().text == "(" else None
        reader.expect("AS")
        sql, columns = self._s.translate_query(reader.sql[reader.peek().start :])
        shown = names or [c for c, _ in columns]
        listed = ", ".join(quote(c) for c in shown)
        self._s.run(f"CREATE VIEW {quote(schema)}.{quote(name)} ({listed}) AS {sql}")
        meta.add_object(self._s.run, schema, name, "VIEW", body=reader.sql)
        for number, (column, (_, kind)) in enumerate(zip(shown, columns), 1):
            meta.add_column(
                self._s.run, schema, name, column, number, kind, nullable=None, owner_kind="VIEW"
            )
        return 0

    def _drop(self, reader: TokenReader, kind: str) -> int:
        lenient = self._exists_clause(reader)
        schema, name = reader.name()
        schema = schema or self._s.current_schema
        if meta.object_kind(self._s.run, schema or "", name) != kind:
            if lenient:
                return 0
            raise not_found(name, reader.sql)
        self._s.run(f"DROP {kind} {quote(schema)}.{quote(name)}")
        meta.forget(self._s.run, schema, name)
        return 0

    def _alter(self, reader: TokenReader) -> int:
        """ADD, DROP, RENAME COLUMN: enough to make prepared statements stale."""
        schema, name = self._target(reader)
        if meta.object_kind(self._s.run, schema, name) != "TABLE":
            raise not_found(name, reader.sql)
        table, run = f"{quote(schema)}.{quote(name)}", self._s.run
        place = [schema, name]
        if reader.accept("ADD"):
            reader.accept("COLUMN")
            column, kind = reader.identifier(), parse_type(type_text(reader) or reader.peek().text)
            run(f"ALTER TABLE {table} ADD COLUMN {quote(column)} {kind.duck()}")
            meta.add_column(
                run, schema, name, column, len(meta.columns_of(run, schema, name) or []) + 1, kind
            )
        elif reader.accept("DROP"):
            reader.accept("COLUMN")
            column = reader.identifier()
            run(f"ALTER TABLE {table} DROP COLUMN {quote(column)}")
            run(
                f"DELETE FROM {meta.SCHEMA}.columns WHERE schema_name = $1 AND table_name = $2 AND name = $3",
                [*place, column],
            )
        else:
            reader.expect("RENAME", "COLUMN")
            column = reader.identifier()
            reader.expect("TO")
            new = reader.identifier()
            run(f"ALTER TABLE {table} RENAME COLUMN {quote(column)} TO {quote(new)}")
            run(
                f"UPDATE {meta.SCHEMA}.columns SET name = $4 WHERE schema_name = $1 AND table_name = $2 "
                "AND name = $3",
                [*place, column, new],
            )
        return 0

    def _truncate(self, reader: TokenReader) -> int:
        schema, name = reader.name()
        schema = schema or self._s.current_schema
        if meta.object_kind(self._s.run, schema or "", name) != "TABLE":
            raise not_found(name, reader.sql)
        rows = self._s.run(f"DELETE FROM {quote(schema)}.{quote(name)}").fetchall()
        return int(rows[0][0]) if rows else 0

    def _comment(self, reader: TokenReader) -> int:
        kind = reader.next().upper
        parts = [reader.identifier()]
        while reader.accept("."):
            parts.append(reader.identifier())
        reader.expect("IS")
        text = reader.next().string or None
        if kind == "SCHEMA":
            self._s.run(
                f"UPDATE {meta.SCHEMA}.schemas SET comment = $2 WHERE name = $1", [parts[0], text]
            )
            return 0
        wanted = 3 if kind == "COLUMN" else 2
        if len(parts) < wanted:
            parts.insert(0, self._s.current_schema or "")
        if kind == "COLUMN":
            self._s.run(
                f"UPDATE {meta.SCHEMA}.columns SET comment = $4 WHERE schema_name = $1 "
                "AND table_name = $2 AND name = $3",
                [*parts, text],
            )
        else:
            self._s.run(
                f"UPDATE {meta.SCHEMA}.objects SET comment = $3 WHERE schema_name = $1 AND name = $2",
                [*parts, text],
            )
        return 0
