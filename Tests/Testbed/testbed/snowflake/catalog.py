"""What exists: databases, schemas, tables and their columns, with the types that DuckDB does not know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterator

from sqlglot import exp
from sqlglot.schema import MappingSchema

from testbed.snowflake.errors import missing
from testbed.snowflake.types import SFType

Name = tuple[str, str, str]


@dataclass
class ColumnFacts:
    """One column of a table or view."""

    name: str
    type: SFType
    nullable: bool = True
    default: str | None = None
    comment: str | None = None
    autoincrement: str = ""


@dataclass
class ForeignKey:
    """A reference to another table; nothing enforces it."""

    name: str
    columns: list[str]
    table: Name
    references: list[str]


@dataclass
class Relation:
    """A table or view."""

    name: Name
    columns: list[ColumnFacts]
    kind: str = "TABLE"
    comment: str = ""
    primary_key: list[str] = field(default_factory=list)
    primary_key_name: str = ""
    unique_keys: list[tuple[str, list[str]]] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    text: str = ""

    def column(self, name: str) -> ColumnFacts | None:
        return next((c for c in self.columns if c.name == name), None)


class Catalog:
    """Every relation by database, schema and name; names are as the service folds them."""

    def __init__(self) -> None:
        self.databases: dict[str, dict[str, dict[str, Relation]]] = {}
        self.comments: dict[tuple[str, ...], str] = {}

    def add_database(self, name: str) -> None:
        self.databases[name] = {"PUBLIC": {}}

    def schema(self, database: str, schema: str) -> dict[str, Relation]:
        """The relations of a schema; raises what the service says if there is none."""
        if database not in self.databases:
            raise missing(database, "Database")
        if schema not in self.databases[database]:
            raise missing(f"{database}.{schema}", "Schema")
        return self.databases[database][schema]

    def find(self, name: Name) -> Relation | None:
        return self.databases.get(name[0], {}).get(name[1], {}).get(name[2])

    def get(self, name: Name) -> Relation:
        """The relation; raises 002003 if there is none."""
        found = self.find(name)
        if found is None:
            raise missing(".".join(name) if name[0] else name[2])
        return found

    def put(self, relation: Relation) -> None:
        database, schema, name = relation.name
        self.schema(database, schema)[name] = relation

    def drop(self, name: Name) -> None:
        self.databases.get(name[0], {}).get(name[1], {}).pop(name[2], None)

    def relations(self, database: str | None = None, schema: str | None = None) -> Iterator[Relation]:
        """Relations in order of their names."""
        for db in sorted(self.databases):
            for sc in sorted(self.databases[db]):
                if database in (None, db) and schema in (None, sc):
                    for name in sorted(self.databases[db][sc]):
                        yield self.databases[db][sc][name]

    def mapping(self, names: set[Name], more: dict[Name, dict[str, str]]) -> MappingSchema:
        """The columns of some relations as sqlglot's resolver wants them."""
        tree: dict[str, Any] = {}
        for name in names:
            if relation := self.find(name):
                columns = {f'"{c.name}"': c.type.sql() for c in relation.columns}
                tree.setdefault(f'"{name[0]}"', {}).setdefault(f'"{name[1]}"', {})[f'"{name[2]}"'] = columns
        for name, columns in more.items():
            tree.setdefault(f'"{name[0]}"', {}).setdefault(f'"{name[1]}"', {})[f'"{name[2]}"'] = columns
        return MappingSchema(tree or None, dialect="snowflake")


def identifier(node: exp.Expression | str | None) -> str:
    """A name as the service folds it: upper case unless it was quoted."""
    if node is None or node == "":
        return ""
    if isinstance(node, exp.Identifier):
        return node.this if node.quoted else node.this.upper()
    return str(node).upper()


def full_name(table: exp.Table, database: str | None, schema: str | None) -> Name:
    """Database, schema and name of a table; two dots mean PUBLIC."""
    name = identifier(table.this)
    given_schema, given_database = identifier(table.args.get("db")), identifier(table.args.get("catalog"))
    if given_database:
        return given_database, given_schema or "PUBLIC", name
    if not given_schema and not schema and database:
        return database, "PUBLIC", name
    return database or "", given_schema or schema or "", name
