"""INSERT, UPDATE, DELETE, MERGE: values become what their columns are, and changes are counted."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from sqlglot import exp
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify_columns import quote_identifiers

from testbed.snowflake import engine
from testbed.snowflake.binds import array_length, fill, fill_columns, placeholders
from testbed.snowflake.catalog import ColumnFacts, Relation, identifier
from testbed.snowflake.engine import quoted
from testbed.snowflake.errors import compilation, unsupported
from testbed.snowflake.results import Result
from testbed.snowflake.statements import DELETE, INSERT, MERGE, UPDATE, Work, counts, table_name
from testbed.snowflake.translate import converted, named, resolved, rewrite
from testbed.snowflake.types import SFType

_COLUMNS = {
    INSERT: ["number of rows inserted"],
    UPDATE: ["number of rows updated", "number of multi-joined rows updated"],
    DELETE: ["number of rows deleted"],
}


def kind(tree: exp.Expression) -> int:
    """The statementTypeId of a DML statement."""
    return {exp.Insert: INSERT, exp.Update: UPDATE, exp.Delete: DELETE, exp.Merge: MERGE}[type(tree)]


def takes_arrays(tree: exp.Expression) -> bool:
    """Whether the service runs the statement once for all rows of an array bind."""
    if isinstance(tree, exp.Insert):
        return isinstance(tree.expression, exp.Values) and len(tree.expression.expressions) == 1
    return isinstance(tree, (exp.Update, exp.Delete, exp.Merge)) and bool(placeholders(tree))


def run(work: Work, tree: exp.Expression) -> Result:
    """Runs a DML statement, or describes it."""
    rows = array_length(work.bindings)
    relation = _target(work, tree)
    if work.described:
        fill(tree, {}, described=True)
        _sql(work, tree, relation)
        return _counted(tree, [0, 0])
    if rows is None:
        fill(tree, work.bindings)
        return _counted(tree, _execute(work, _sql(work, tree, relation), tree))
    if not takes_arrays(tree):
        raise unsupported("array binds for this statement")
    if isinstance(tree, exp.Insert):
        return _counted(tree, [_insert_arrays(work, tree, relation), 0])
    done = [0, 0]
    for number in range(rows):
        one = tree.copy()
        fill(one, {k: {**b, "value": b["value"][number]} for k, b in work.bindings.items()})
        done = [a + b for a, b in zip(done, _execute(work, _sql(work, one, relation), one))]
    return _counted(tree, done)


def _target(work: Work, tree: exp.Expression) -> Relation:
    table = tree.this.find(exp.Table) if tree.this else None
    if table is None:
        raise compilation("syntax error")
    return work.engine.catalog.get(table_name(work, table))


def _counted(tree: exp.Expression, done: list[int]) -> Result:
    number = kind(tree)
    if number == MERGE:
        names = []
        for when in tree.find_all(exp.When):
            then = when.args.get("then")
            name = "inserted" if isinstance(then, exp.Insert) else "updated" if isinstance(then, exp.Update) else "deleted"
            names.append(name)
        order = [n for n in ("inserted", "updated", "deleted") if n in names]
        values = {f"number of rows {n}": (done[0] if n == order[0] else done[1]) for n in order}
        stats = {f"numRows{n.capitalize()}": values[f"number of rows {n}"] for n in order}
        return counts(values, MERGE, stats)
    member = {INSERT: "numRowsInserted", UPDATE: "numRowsUpdated", DELETE: "numRowsDeleted"}[number]
    return counts(dict(zip(_COLUMNS[number], [done[0], 0])), number, {member: done[0]})


def _execute(work: Work, sql: str, tree: exp.Expression) -> list[int]:
    if not isinstance(tree, exp.Merge):
        return [engine.execute(work.cursor, sql), 0]
    _, columns = engine.run(work.cursor, sql + " RETURNING merge_action")
    actions = columns[0].to_pylist() if columns else []
    names = [n for n in ("INSERT", "UPDATE", "DELETE")
             if any(isinstance(w.args.get("then"), {"INSERT": exp.Insert, "UPDATE": exp.Update}.get(n, exp.Var)) for w in tree.find_all(exp.When))]
    found = [sum(a == n for a in actions) for n in names]
    work.session.written.append(sql)
    return (found + [0, 0])[:2]


def _sql(work: Work, tree: exp.Expression, relation: Relation) -> str:
    """The statement in DuckDB's dialect."""
    place = work.place()
    if isinstance(tree, exp.Insert):
        return _insert(work, tree, relation)
    tree = quote_identifiers(normalize_identifiers(tree.copy(), dialect="snowflake"), dialect="snowflake", identify=True)
    columns = {c.name: c for c in relation.columns}
    alias = tree.this.alias_or_name
    for column in tree.find_all(exp.Column):
        facts = columns.get(column.name)
        if facts and column.table in ("", alias, relation.name[2]):
            column.type = exp.DataType.build(facts.type.sql(), dialect="snowflake")
    for sub in list(tree.find_all(exp.Subquery)):
        if isinstance(sub.this, exp.Query):
            sub.set("this", resolved(named(sub.this), place))
    for table in tree.find_all(exp.Table):
        if not table.args.get("catalog") and isinstance(table.this, exp.Identifier):
            for key, part in zip(("catalog", "db"), table_name(work, table)):
                table.set(key, exp.to_identifier(part, quoted=True))
    for update in [tree] if isinstance(tree, exp.Update) else list(tree.find_all(exp.Update)):
        for item in update.expressions:
            facts = columns.get(item.this.name)
            if facts is None:
                raise compilation(f"error line 1 at position 0\ninvalid identifier '{item.this.name}'", "000904")
            item.set("expression", _cast(item.expression, facts))
    for insert in tree.find_all(exp.Insert):
        _merge_insert(insert, relation)
    return rewrite(tree, place).sql("duckdb")


def _merge_insert(insert: exp.Insert, relation: Relation) -> None:
    names = [identifier(i if isinstance(i, exp.Identifier) else i.this) for i in insert.this.expressions] if insert.this else []
    facts = [relation.column(n) for n in names] if names else list(relation.columns)
    if isinstance(insert.expression, exp.Tuple):
        values = [_cast(v, f) for v, f in zip(insert.expression.expressions, facts) if f]
        insert.set("expression", exp.Tuple(expressions=values))


def _cast(value: exp.Expression, facts: ColumnFacts) -> exp.Expression:
    if isinstance(value, (exp.Var, exp.Column)) and value.name.upper() == "DEFAULT":
        return exp.var("DEFAULT")
    return exp.cast(value.copy(), facts.type.sql(), dialect="snowflake")


def _columns(tree: exp.Insert, relation: Relation) -> list[ColumnFacts]:
    if not isinstance(tree.this, exp.Schema):
        return list(relation.columns)
    found = []
    for item in tree.this.expressions:
        name = identifier(item if isinstance(item, exp.Identifier) else item.this)
        facts = relation.column(name)
        if facts is None:
            raise compilation(f"error line 1 at position 0\ninvalid identifier '{name}'", "000904")
        found.append(facts)
    return found


def _head(relation: Relation, columns: list[ColumnFacts]) -> str:
    return f"INSERT INTO {quoted(*relation.name)} ({', '.join(quoted(c.name) for c in columns)})"


def _insert(work: Work, tree: exp.Insert, relation: Relation) -> str:
    columns, source = _columns(tree, relation), tree.expression
    place = work.place()
    if tree.args.get("overwrite"):
        engine.execute(work.cursor, f"DELETE FROM {quoted(*relation.name)}")
    if isinstance(source, exp.Values):
        rows = []
        for row in source.expressions:
            values = row.expressions if isinstance(row, exp.Tuple) else [row]
            _check_width(len(values), columns)
            rows.append("(" + ", ".join(_value(v, c, place) for v, c in zip(values, columns)) + ")")
        return f"{_head(relation, columns)} VALUES {', '.join(rows)}"
    inner = resolved(named(source.copy()), place)
    _check_width(len(inner.selects), columns)
    kinds = [s.type for s in inner.selects]
    sql = rewrite(inner, place).sql("duckdb")
    casts = []
    for number, (facts, found) in enumerate(zip(columns, kinds)):
        node: exp.Expression = exp.column(f"c{number}", quoted=True)
        node.type = found
        casts.append(converted(node, facts.type, place).sql("duckdb"))
    names = ", ".join(f'"c{n}"' for n in range(len(kinds)))
    return f"{_head(relation, columns)} SELECT {', '.join(casts)} FROM ({sql}) AS \"s\"({names})"


def _check_width(found: int, columns: list[ColumnFacts]) -> None:
    if found != len(columns):
        raise compilation(f"Insert value list does not match column list expecting {len(columns)} but got {found}", "002020", "21S01")


def _value(value: exp.Expression, facts: ColumnFacts, place: Any) -> str:
    cast = _cast(value, facts)
    if isinstance(cast, exp.Var):
        return "DEFAULT"
    select = resolved(exp.select(cast).copy(), place) if not cast.find(exp.Column) else exp.select(cast)
    return rewrite(select.selects[0].unalias(), place).sql("duckdb")


def _insert_arrays(work: Work, tree: exp.Insert, relation: Relation) -> int:
    columns = _columns(tree, relation)
    source = tree.copy()
    table = fill_columns(source, work.bindings, "b")
    row = source.expression.expressions[0]
    values = row.expressions if isinstance(row, exp.Tuple) else [row]
    _check_width(len(values), columns)
    place = work.place()
    casts = [rewrite(_cast(v, c), place).sql("duckdb") for v, c in zip(values, columns)]
    name = work.engine.scratch(work.cursor, pa.table(table)) if table.num_columns else None
    work.scratch.append(name)
    return engine.execute(work.cursor, f"{_head(relation, columns)} SELECT {', '.join(casts)} FROM {quoted(*name)} AS \"b\"")


def bind_facts(tree: exp.Expression, relation: Relation | None) -> list[dict[str, Any]]:
    """`metaDataOfBinds`: the columns that markers of an INSERT fill, text for all others."""
    markers = placeholders(tree)
    kinds = [SFType("text")] * len(markers)
    if relation and isinstance(tree, exp.Insert) and isinstance(tree.expression, exp.Values):
        columns = _columns(tree, relation)
        for row in tree.expression.expressions:
            for value, facts in zip(row.expressions if isinstance(row, exp.Tuple) else [row], columns):
                if isinstance(value, exp.Placeholder):
                    kinds[next(i for i, m in enumerate(markers) if m is value)] = facts.type
    facts = []
    for number, one in enumerate(kinds, 1):
        entry = one.rowtype(str(number))
        facts.append({k: entry[k] for k in ("name", "type", "length", "byteLength", "precision", "scale", "nullable")})
    return facts
