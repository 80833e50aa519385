"""Statements in Snowflake's dialect to statements in DuckDB's, with the types that their results have.

The statement is resolved and typed by sqlglot first; then every node whose meaning depends on a type that
DuckDB does not have (timestamps, semi-structured values, exact division) is replaced.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Callable

from sqlglot import exp
from sqlglot.errors import OptimizeError, SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from testbed.snowflake.catalog import Catalog, Name, full_name, identifier
from testbed.snowflake.errors import SQLError, compilation, missing, raised
from testbed.snowflake.stamps import written
from testbed.snowflake.types import SEMI, STAMPS, SFType, from_sqlglot

_VARCHAR = exp.DataType.build("VARCHAR")


@dataclass
class Place:
    """What names and functions of a statement mean in its session."""

    catalog: Catalog
    database: str | None
    schema: str | None
    facts: dict[str, Any]
    zone: str = "UTC"
    now: float = 0.0
    # Makes a table of a former result, or of INFORMATION_SCHEMA, and gives its name and columns.
    result_scan: Callable[[str], tuple[Name, dict[str, str]]] | None = None
    information: Callable[[Name], tuple[Name, dict[str, str]] | None] | None = None
    extra: dict[Name, dict[str, str]] = field(default_factory=dict)


@dataclass
class Query:
    """A query ready for DuckDB; `origins` are the table columns that result columns are."""

    sql: str
    types: list[SFType | None]
    origins: list[tuple[Name, str] | None]
    literals: list[int | None]
    names: list[str]


def translate_query(tree: exp.Expression, place: Place) -> Query:
    """A SELECT or set operation."""
    tree = resolved(named(tree.copy()), place)
    selects = _selects(tree)
    types = [from_sqlglot(s.type) for s in selects]
    origins, literals = [_origin(s, tree) for s in selects], [_digits(s) for s in selects]
    names = [s.alias_or_name for s in selects]
    return Query(rewrite(tree, place).sql("duckdb"), types, origins, literals, names)


def _selects(tree: exp.Expression) -> list[exp.Expression]:
    return list(tree.selects) if isinstance(tree, exp.Query) else []


def named(tree: exp.Expression) -> exp.Expression:
    """Unnamed columns are called by their text, in upper case."""
    for pair in tree.find_all(exp.PropertyEQ):
        if isinstance(pair.this, exp.Identifier):
            pair.this.set("quoted", True)
    for values in tree.find_all(exp.Values):
        alias = values.args.get("alias") or exp.TableAlias(this=exp.to_identifier("VALUES", quoted=True))
        if not alias.args.get("columns") and values.expressions:
            count = len(values.expressions[0].expressions)
            alias.set("columns", [exp.to_identifier(f"COLUMN{n + 1}", quoted=True) for n in range(count)])
            values.set("alias", alias)
    first = tree
    while isinstance(first, (exp.SetOperation, exp.Subquery)):
        first = first.this
    if isinstance(first, exp.Select):
        for item in first.expressions:
            if isinstance(item, exp.Alias):
                continue
            name = item.name if isinstance(item, (exp.Column, exp.Dot)) else ""
            if isinstance(item, exp.Star) or isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
                continue
            if isinstance(item, exp.Column):
                name = identifier(item.this)
            text = name or item.sql("snowflake").upper()
            item.replace(exp.alias_(item.copy(), exp.to_identifier(text, quoted=True)))
    return tree


def resolved(tree: exp.Expression, place: Place) -> exp.Expression:
    """The query with every name in full, in upper case, and every node typed."""
    _replace_values(tree, place)
    names = _tables(tree, place)
    schema = place.catalog.mapping(names, place.extra)
    try:
        tree = qualify(tree, schema=schema, dialect="snowflake", catalog=f'"{place.database}"' if place.database else None,
                       db=f'"{place.schema}"' if place.schema else None, validate_qualify_columns=False,
                       quote_identifiers=True, identify=True)  # fmt: skip
        return annotate_types(tree, schema=schema, dialect="snowflake")
    except OptimizeError as error:
        name = str(error).rpartition(": ")[2].strip("'\"")
        raise compilation(f"error line 1 at position 7\ninvalid identifier '{name}'", "000904") from None
    except SqlglotError as error:
        raise compilation(str(error).split("\n")[0]) from None


def _tables(tree: exp.Expression, place: Place) -> set[Name]:
    """The relations that a query reads; raises 002003 for one that does not exist."""
    aliases = {identifier(c.args["alias"].this) for c in tree.find_all(exp.CTE)}
    for rows in list(tree.find_all(exp.TableFromRows)):
        _table_function(rows, place)
    names = set()
    for table in list(tree.find_all(exp.Table)):
        if isinstance(table.this, exp.Anonymous) and str(table.this.this).upper() == "IDENTIFIER":
            given = exp.to_table(table.this.expressions[0].name, dialect="snowflake")
            given.set("alias", table.args.get("alias"))
            table.replace(given)
            table = given
        if not isinstance(table.this, exp.Identifier):
            _table_function(table, place)
            continue
        if not table.args.get("db") and identifier(table.this) in aliases:
            continue
        name = full_name(table, place.database, place.schema)
        if name[1] == "INFORMATION_SCHEMA" and place.information:
            found = place.information(name)
            if found is None:
                raise missing(".".join(name))
            _redirect(table, found, place, identifier(table.this))
            continue
        if not name[0]:
            raise compilation("Cannot perform SELECT. This session does not have a current database. Call 'USE DATABASE', "
                              "or use a qualified name.", "090105", "22000")  # fmt: skip
        if not name[1] and place.catalog.find(name) is None:
            raise compilation("Cannot perform SELECT. This session does not have a current schema. Call 'USE SCHEMA', "
                              "or use a qualified name.", "090106", "22000")  # fmt: skip
        if place.catalog.find(name) is None and name not in place.extra:
            given = [identifier(p) for p in (table.args.get("catalog"), table.args.get("db"), table.this) if p]
            raise missing(".".join(given))
        for key, part in zip(("catalog", "db"), name):
            table.set(key, exp.to_identifier(part, quoted=True))
        table.set("this", exp.to_identifier(name[2], quoted=True))
        names.add(name)
    return names


def _redirect(node: exp.Expression, found: tuple[Name, dict[str, str]], place: Place, default: str) -> None:
    """Lets a node read another relation under the name that it had."""
    name, columns = found
    place.extra[name] = columns
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(default, quoted=True))
    catalog, schema, table = (exp.to_identifier(part, quoted=True) for part in name)
    node.replace(exp.Table(this=table, db=schema, catalog=catalog, alias=alias))


def _table_function(node: exp.Expression, place: Place) -> None:
    call = node.find(exp.Anonymous)
    if call is not None and str(call.this).upper() == "RESULT_SCAN" and place.result_scan and call.expressions:
        _redirect(node, place.result_scan(_text(call.expressions[0], place)), place, "RESULT_SCAN")


def _text(node: exp.Expression, place: Place) -> str:
    if isinstance(node, exp.Anonymous) and str(node.this).upper() == "LAST_QUERY_ID":
        return str(place.facts.get("LAST_QUERY_ID") or "")
    return node.name


def _replace_values(tree: exp.Expression, place: Place) -> None:
    """Functions and variables of the session are constants."""
    for node in list(tree.find_all(exp.Anonymous, exp.Parameter, exp.Func)):
        if isinstance(node, exp.Parameter):
            name = node.name.upper()
            if name not in place.facts.get("VARIABLES", {}):
                raise compilation(f"error line 1 at position 7\nSession variable '${name}' does not exist", "002211")
            node.replace(exp.convert(place.facts["VARIABLES"][name]))
            continue
        name = str(node.this).upper() if isinstance(node, exp.Anonymous) else node.sql_name()
        if name in place.facts and name != "VARIABLES":
            node.replace(_constant(place.facts[name]))


def _constant(value: Any) -> exp.Expression:
    return exp.cast(exp.Null(), "VARCHAR") if value is None else exp.convert(value)


def _origin(select: exp.Expression, tree: exp.Expression) -> tuple[Name, str] | None:
    """The table column that a result column is, for the facts that only the table has."""
    column = select.unalias()
    if not isinstance(column, exp.Column) or not isinstance(tree, exp.Select):
        return None
    sources = [tree.args.get("from_") or tree.args.get("from"), *(tree.args.get("joins") or [])]
    for source in sources:
        table = source.this if source is not None else None
        if isinstance(table, exp.Table) and table.alias_or_name == column.table:
            return (table.catalog, table.db, table.name), column.name
    return None


def _digits(select: exp.Expression) -> int | None:
    """Digits of a whole number that is written in the statement."""
    node = select.unalias()
    while isinstance(node, (exp.Neg, exp.Paren)):
        node = node.this
    return len(node.name) if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit() else None


# Nodes.


def kind_of(node: Any) -> SFType | None:
    """The inferred type of a node."""
    if isinstance(node, exp.Literal):
        return SFType("text") if node.is_string else None
    if isinstance(node, (exp.Nullif, exp.Coalesce)) and from_sqlglot(node.type) is None:
        return kind_of(node.this)
    return from_sqlglot(node.type) if isinstance(node, exp.Expression) else None


def rewrite(node: exp.Expression, place: Place) -> exp.Expression:
    """Replaces from the leaves up; a replacement keeps the type of what it replaces."""
    for key, value in list(node.args.items()):
        if isinstance(value, exp.Expression):
            node.set(key, rewrite(value, place))
        elif isinstance(value, list):
            node.set(key, [rewrite(v, place) if isinstance(v, exp.Expression) else v for v in value])
    rule = next((r for types, r in _RULES if isinstance(node, types)), None)
    if rule is None:
        return node
    new = rule(node, place)
    if new is not node and new.type is None:
        new.type = node.type
    return new


def call(name: str, *arguments: Any) -> exp.Expression:
    """A call of a function that the engine defines."""
    return exp.Anonymous(this=name, expressions=[a if isinstance(a, exp.Expression) else exp.convert(a) for a in arguments])


def as_text(node: exp.Expression) -> exp.Expression:
    return exp.Cast(this=node, to=_VARCHAR.copy())


def stamp(node: exp.Expression, to: SFType, place: Place) -> exp.Expression:
    """A value of any kind as a timestamp of this type."""
    source = kind_of(node)
    if source and source.kind == "timestamp_ltz" and to.kind != "timestamp_ltz":
        node = call("sf_shown", as_text(node), place.zone)
    elif source and source.kind in STAMPS and source.kind != "timestamp_ltz" or to.kind == "timestamp_ntz":
        node = as_text(node)
    elif source and source.kind == "timestamp_ltz":
        return call("sf_ntz", as_text(node), to.scale)
    else:
        node = as_text(node)
    if to.kind == "timestamp_ntz":
        return call("sf_ntz", node, to.scale)
    return call("sf_tz" if to.kind == "timestamp_tz" else "sf_ltz", node, to.scale, place.zone)


def converted(node: exp.Expression, to: SFType, place: Place) -> exp.Expression:
    """CAST(node AS to)."""
    source = kind_of(node)
    kind = source.kind if source else ""
    if to.kind in STAMPS:
        return stamp(node, to, place)
    if kind in SEMI and to.kind not in SEMI:
        node, kind = call("sf_plain", as_text(node)), "text"
    if to.kind == "text" and kind in STAMPS:
        return call("sf_shown_text", as_text(node), kind, place.zone)
    if to.kind in ("date", "time") and kind in STAMPS:
        shown = call("sf_shown", as_text(node), place.zone) if kind == "timestamp_ltz" else as_text(node)
        part = (1, 10) if to.kind == "date" else (12, 18)
        return exp.Cast(this=call("substr", shown, *part), to=exp.DataType.build(to.storage(), dialect="duckdb"))
    if to.kind in SEMI:
        return node if kind in SEMI else as_text(call("to_json", node))
    if to.kind == "binary" and kind == "text":
        return call("sf_binary", as_text(node))
    if to.kind in ("date", "time") and kind in ("text", ""):
        new = call(f"sf_{to.kind}", as_text(node))
        return new if to.kind == "date" else exp.Cast(this=new, to=exp.DataType.build("TIME_NS", dialect="duckdb", udt=True))
    if to.kind == "decfloat":
        return call("sf_decfloat", as_text(node))
    return exp.Cast(this=node, to=exp.DataType.build(to.storage(), dialect="duckdb", udt=True))


def _cast(node: exp.Cast, place: Place) -> exp.Expression:
    to = from_sqlglot(node.to)
    if to is None:
        return node
    new = converted(node.this, to, place)
    return call("try", new) if isinstance(node, exp.TryCast) else new


def _compare(node: exp.Expression, place: Place) -> exp.Expression:
    keys = [k for k in ("this", "expression", "low", "high") if isinstance(node.args.get(k), exp.Expression)]
    kinds = [k for k in (kind_of(node.args[k]) for k in keys) if k and k.kind in STAMPS]
    if kinds and not isinstance(node.args.get("expression"), exp.Query):
        to = SFType(kinds[0].kind, scale=9)
        for key in keys:
            found = kind_of(node.args[key])
            if found is None or found.kind != to.kind:
                node.set(key, stamp(node.args[key], to, place))
        if isinstance(node, exp.In):
            node.set("expressions", [stamp(e, to, place) for e in node.expressions])
    return node


def _of_time(node: exp.Expression, place: Place) -> exp.Expression:
    """Functions of dates: DuckDB computes them with its own type, six digits long."""
    found = False
    for key, value in list(node.args.items()):
        kind = kind_of(value)
        if isinstance(value, exp.Expression) and kind and kind.kind in STAMPS:
            shown = call("sf_shown", as_text(value), place.zone) if kind.kind == "timestamp_ltz" else call("substr", as_text(value), 1, 26)
            node.set(key, exp.Cast(this=shown, to=exp.DataType.build("TIMESTAMP", dialect="duckdb")))
            found = True
    result = from_sqlglot(node.type)
    if result and result.kind == "date":
        return exp.cast(exp.Paren(this=node.copy()), "DATE")
    if found and result and result.kind in STAMPS:
        bare = node.copy()
        return stamp(exp.Paren(this=bare), SFType(result.kind, scale=9), place)
    return node


def _division(node: exp.Div, place: Place) -> exp.Expression:
    left, right = kind_of(node.this), kind_of(node.expression)
    zero = exp.EQ(this=node.expression.copy(), expression=exp.Literal.number(0))
    stop = call("error", raised("100051", "22012", "Division by zero"))
    divisor = exp.Case(ifs=[exp.If(this=zero, true=stop)], default=node.expression)
    new: exp.Expression = exp.Div(this=node.this, expression=divisor, typed=False, safe=False)
    is_real = any(k and k.kind == "real" and not isinstance(n, exp.Literal) for k, n in ((left, node.this), (right, node.expression)))
    return exp.Paren(this=new) if is_real else exp.cast(exp.Paren(this=new), "DECIMAL(38, 6)", dialect="duckdb")


def _average(node: exp.Avg, place: Place) -> exp.Expression:
    kind = kind_of(node.this)
    return exp.cast(node.copy(), "DECIMAL(38, 6)", dialect="duckdb") if kind and kind.kind == "fixed" else node


def _now(node: exp.Expression, place: Place) -> exp.Expression:
    nanos = int(place.now * 1_000_000) * 1000
    return exp.convert(written(*divmod(nanos, 10**9)))


def _today(node: exp.Expression, place: Place) -> exp.Expression:
    return exp.cast(exp.convert(time.strftime("%Y-%m-%d", time.gmtime(place.now))), "DATE")


def _semi(node: exp.Expression, place: Place) -> exp.Expression:
    """Constructors give JSON text; what is already JSON stays what it is."""
    new = _constructed(node)
    new.type = exp.DataType.build({exp.ParseJSON: "VARIANT", exp.Array: "ARRAY"}.get(type(node), "OBJECT"), dialect="snowflake")
    return new


def _constructed(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.ParseJSON):
        return call("sf_parse_json", as_text(node.this))
    if isinstance(node, exp.Array):
        return as_text(call("json_array", *[_inner(e) for e in node.expressions]))
    pairs: list[exp.Expression] = []
    for item in node.expressions:
        if isinstance(item, (exp.PropertyEQ, exp.EQ, exp.KeyValue if hasattr(exp, "KeyValue") else exp.PropertyEQ)):
            pairs += [exp.convert(item.this.name) if isinstance(item.this, exp.Identifier) else item.this, _inner(item.expression)]
        else:
            pairs.append(_inner(item))
    return as_text(call("json_object", *pairs))


def _aggregate(node: exp.Expression, place: Place) -> exp.Expression:
    """ARRAY_AGG leaves NULL out, and gives an empty array for nothing."""
    group = node if isinstance(node, exp.WithinGroup) else None
    inner = node.this if group else node
    if not isinstance(inner, exp.ArrayAgg) or isinstance(node.parent, exp.WithinGroup):
        return node
    value = inner.this
    order = f" {group.expression.sql('duckdb')}" if group else ""
    text = _inner(value).sql("duckdb")
    new = f"COALESCE(CAST(to_json(list({text}{order}) FILTER (WHERE {value.sql('duckdb')} IS NOT NULL)) AS VARCHAR), '[]')"
    return exp.Paren(this=exp.Var(this=new))


def _inner(node: exp.Expression) -> exp.Expression:
    """A value inside of an array or object: JSON as it is, and what may be JSON by its looks."""
    kind = kind_of(node)
    if kind and kind.kind in SEMI:
        return exp.Cast(this=node, to=exp.DataType.build("JSON", dialect="duckdb"))
    if (kind is None or kind.kind == "text") and isinstance(node, (exp.Column, exp.Coalesce)):
        text = node.sql("duckdb")
        return exp.Var(this=f"CASE WHEN typeof({text}) = 'VARCHAR' AND left({text}::VARCHAR, 1) IN ('[', '{{') AND json_valid({text}::VARCHAR) "
                       f"THEN {text}::VARCHAR::JSON ELSE to_json({text}) END")  # fmt: skip
    return node


def _extract_json(node: exp.JSONExtract, place: Place) -> exp.Expression:
    path = node.expression.sql("duckdb")
    return call("sf_path", as_text(node.this), exp.convert(path.strip("'")))


_RULES: list[tuple[Any, Callable[[Any, Place], exp.Expression]]] = [
    (exp.Cast, _cast),
    ((exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.NullSafeEQ), _compare),
    ((exp.CurrentTimestamp, exp.CurrentDatetime), _now),
    (exp.CurrentDate, _today),
    ((exp.DateAdd, exp.DateSub, exp.DateDiff, exp.DateTrunc, exp.TimestampTrunc, exp.TsOrDsAdd, exp.TimestampAdd, exp.Extract,
      exp.Year, exp.Month, exp.Day, exp.DayOfWeek, exp.TimeToStr, exp.LastDay, exp.TsOrDsDiff, exp.TimestampDiff, exp.Week,
      exp.Quarter), _of_time),
    (exp.Div, _division),
    (exp.Avg, _average),
    ((exp.ParseJSON, exp.Array, exp.Struct), _semi),
    ((exp.ArrayAgg, exp.WithinGroup), _aggregate),
    (exp.JSONExtract, _extract_json),
]  # fmt: skip


def checked_name(name: Name, what: str) -> Name:
    """A name that a statement creates or changes needs a database and a schema."""
    if not name[0] or not name[1]:
        raise SQLError("090105", "22000", f"Cannot perform {what}. This session does not have a current database. "
                       "Call 'USE DATABASE', or use a qualified name.")  # fmt: skip
    return name
