"""CREATE, ALTER, DROP and the like: what DuckDB gets, and what the catalog remembers."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from testbed.snowflake import commands, engine
from testbed.snowflake.catalog import ColumnFacts, ForeignKey, Name, Relation, full_name, identifier
from testbed.snowflake.engine import quoted
from testbed.snowflake.errors import SQLError, compilation, missing, unsupported
from testbed.snowflake.results import Result
from testbed.snowflake.statements import CREATE_TABLE, DDL, DROP, Work, parse, split, status, typed
from testbed.snowflake.translate import resolved, rewrite, translate_query
from testbed.snowflake.types import MAX_TEXT, SFType, from_sqlglot


def run(work: Work, text: str) -> Result:
    """Any DDL; it commits what is open."""
    if work.described:
        return status("", DDL)
    if re.match(r"(GRANT|REVOKE)\b", text, re.I):
        return nothing(work, text)
    if work.session.in_transaction:
        commands.end_transaction(work, True)
    word = text.split()[0].upper()
    if match := re.match(rf"(CREATE)\s+(OR\s+REPLACE\s+)?(?:TRANSIENT\s+)?(DATABASE|SCHEMA)\s+(IF\s+NOT\s+EXISTS\s+)?({commands.NAME})", text, re.I):
        return _create_space(work, match)
    if match := re.match(rf"(DROP)\s+()(DATABASE|SCHEMA)\s+(IF\s+EXISTS\s+)?({commands.NAME})", text, re.I):
        return _drop_space(work, match)
    if re.match(r"(DROP|ALTER|CREATE)\s+(WAREHOUSE|ROLE|USER|FUNCTION|PROCEDURE|SEQUENCE|FILE)\b", text, re.I):
        return nothing(work, text)
    tree = parse(split(work.sql)[0])
    handlers: dict[str, Any] = {"CREATE": _create, "DROP": _drop, "ALTER": _alter, "TRUNCATE": _truncate, "COMMENT": _comment}
    if word not in handlers:
        raise unsupported(word)
    return handlers[word](work, tree)


def nothing(work: Work, text: str) -> Result:
    """Objects that the stand-in does not keep."""
    return status("Statement executed successfully.", DDL)


def _create_space(work: Work, match: re.Match[str]) -> Result:
    kind, parts, catalog = match.group(3).upper(), commands.parts_of(match.group(5)), work.engine.catalog
    replace, lenient = bool(match.group(2)), bool(match.group(4))
    with work.engine.lock:
        if kind == "DATABASE":
            exists = parts[0] in catalog.databases
            if exists and lenient:
                return status(f"{parts[0]} already exists, statement succeeded.", DDL)
            if exists and not replace:
                raise compilation(f"Object '{parts[0]}' already exists.", "002002", "42710")
            if exists:
                work.engine.drop_database(parts[0])
            work.engine.create_database(parts[0])
            work.session.database, work.session.schema = parts[0], "PUBLIC"
            return status(f"Database {parts[0]} successfully created.", DDL)
        database = parts[0] if len(parts) == 2 else work.session.database
        if not database or database not in catalog.databases:
            raise missing(database or "", "Database")
        exists = parts[-1] in catalog.databases[database]
        if exists and lenient:
            return status(f"{parts[-1]} already exists, statement succeeded.", DDL)
        if exists and not replace:
            raise compilation(f"Object '{database}.{parts[-1]}' already exists.", "002002", "42710")
        if exists:
            engine.execute(work.cursor, f"DROP SCHEMA {quoted(database, parts[-1])} CASCADE")
        engine.execute(work.cursor, f"CREATE SCHEMA {quoted(database, parts[-1])}")
        catalog.databases[database][parts[-1]] = {}
        work.session.database, work.session.schema = database, parts[-1]
        return status(f"Schema {parts[-1]} successfully created.", DDL)


def _drop_space(work: Work, match: re.Match[str]) -> Result:
    kind, parts, catalog = match.group(3).upper(), commands.parts_of(match.group(5)), work.engine.catalog
    session = work.session
    with work.engine.lock:
        database = parts[0] if kind == "DATABASE" or len(parts) == 2 else session.database or ""
        exists = database in catalog.databases and (kind == "DATABASE" or parts[-1] in catalog.databases[database])
        if not exists:
            if match.group(4):
                return status(f"Drop statement executed successfully ({parts[-1]} already dropped).", DROP)
            raise compilation(f"{kind.capitalize()} '{parts[-1]}' does not exist or not authorized.", "002003", "02000")
        if kind == "DATABASE":
            work.engine.drop_database(database)
        else:
            engine.execute(work.cursor, f"DROP SCHEMA {quoted(database, parts[-1])} CASCADE")
            del catalog.databases[database][parts[-1]]
        if session.database == database and kind == "DATABASE":
            session.database = session.schema = None
        elif session.database == database and session.schema == parts[-1]:
            session.schema = None
    return status(f"{parts[-1]} successfully dropped.", DROP)


def _name(work: Work, table: exp.Table) -> Name:
    name = full_name(table, work.session.database, work.session.schema)
    if not name[0]:
        raise engine.wrong_database()
    if not name[1]:
        raise SQLError("090106", "22000", "Cannot perform CREATE TABLE. This session does not have a current schema. "
                       "Call 'USE SCHEMA', or use a qualified name.")  # fmt: skip
    work.engine.catalog.schema(name[0], name[1])
    return name


def _create(work: Work, tree: exp.Expression) -> Result:
    if not isinstance(tree, exp.Create) or str(tree.kind).upper() not in ("TABLE", "VIEW"):
        raise unsupported("CREATE")
    table, kind = tree.this.find(exp.Table), str(tree.kind).upper()
    name, catalog = _name(work, table), work.engine.catalog
    with work.engine.lock:
        found = catalog.find(name)
        if found and tree.args.get("exists"):
            return status(f"{name[2]} already exists, statement succeeded.", CREATE_TABLE if kind == "TABLE" else DDL)
        if found and not tree.args.get("replace"):
            raise compilation(f"Object '{'.'.join(name)}' already exists.", "002002", "42710")
        relation = _view(work, tree, name) if kind == "VIEW" else _table(work, tree, name, found)
        if tree.find(exp.TemporaryProperty):
            relation.kind = "TEMPORARY"
            work.session.temporary.add(name)
        elif tree.find(exp.TransientProperty):
            relation.kind = "TRANSIENT"
        if comment := next((p for p in tree.find_all(exp.SchemaCommentProperty)), None):
            relation.comment = comment.this.name
        catalog.put(relation)
    result = status(f"{kind.capitalize()} {name[2]} successfully created.", CREATE_TABLE if kind == "TABLE" else DDL)
    return result


def _replace(work: Work, found: Relation | None) -> None:
    if found:
        kind = "VIEW" if found.kind == "VIEW" else "TABLE"
        engine.execute(work.cursor, f"DROP {kind} {quoted(*found.name)}")


def _view(work: Work, tree: exp.Create, name: Name) -> Relation:
    query = translate_query(tree.expression, work.place())
    columns = typed(work, query, engine.describe(work.cursor, query.sql), [None] * len(query.types))  # type: ignore[list-item]
    names = [identifier(i.this if isinstance(i, exp.ColumnDef) else i) for i in tree.this.expressions] if isinstance(tree.this, exp.Schema) else []
    facts = [ColumnFacts(n or c.entry["name"], c.type, c.entry["nullable"]) for c, n in zip(columns, names or [""] * len(columns))]
    _replace(work, work.engine.catalog.find(name))
    listed = ", ".join(quoted(f.name) for f in facts)
    engine.execute(work.cursor, f"CREATE VIEW {quoted(*name)} ({listed}) AS {query.sql}")
    return Relation(name, facts, "VIEW", text=work.sql)


def _table(work: Work, tree: exp.Create, name: Name, found: Relation | None) -> Relation:
    source = tree.args.get("clone") or next((p for p in tree.find_all(exp.LikeProperty)), None)
    if source is not None:
        model = work.engine.catalog.get(_name(work, source.this))
        _replace(work, found)
        relation = Relation(name, list(model.columns), primary_key=list(model.primary_key))
        rows = "" if isinstance(source, exp.Clone) else " LIMIT 0"
        engine.execute(work.cursor, f"CREATE TABLE {quoted(*name)} AS SELECT * FROM {quoted(*model.name)}{rows}")
        return relation
    if isinstance(tree.expression, exp.Query):
        query = translate_query(tree.expression, work.place())
        columns = typed(work, query, engine.describe(work.cursor, query.sql), [None] * len(query.types))  # type: ignore[list-item]
        facts = [ColumnFacts(c.entry["name"], _stored(c.type)) for c in columns]
        _replace(work, found)
        listed = ", ".join(f"CAST({quoted(f'c{n}')} AS {f.type.storage()}) AS {quoted(f.name)}" for n, f in enumerate(facts))
        names = ", ".join(quoted(f"c{n}") for n in range(len(facts)))
        engine.execute(work.cursor, f"CREATE TABLE {quoted(*name)} AS SELECT {listed} FROM ({query.sql}) AS s({names})")
        return Relation(name, facts)
    if not isinstance(tree.this, exp.Schema):
        raise compilation("syntax error unexpected '<EOF>'.")
    relation = Relation(name, [])
    lines = [line for item in tree.this.expressions if (line := _item(work, item, relation))]
    _replace(work, found)
    engine.execute(work.cursor, f"CREATE TABLE {quoted(*name)} ({', '.join(lines)})")
    return relation


def _stored(kind: SFType) -> SFType:
    return SFType("fixed", 38, kind.scale) if kind.kind == "fixed" and kind.scale == 0 and kind.precision < 38 else kind


def _item(work: Work, item: exp.Expression, relation: Relation) -> str | None:
    """A column or constraint of CREATE TABLE; keys are only remembered."""
    if isinstance(item, exp.ColumnDef):
        facts, line = _column(work, item, relation)
        relation.columns.append(facts)
        return line
    name = identifier(item.this) if isinstance(item, exp.Constraint) else ""
    for part in item.expressions if isinstance(item, exp.Constraint) else [item]:
        columns = [identifier(c.this if isinstance(c, (exp.Ordered, exp.Column)) else c) for c in _listed(part)]
        if isinstance(part, exp.PrimaryKey):
            relation.primary_key, relation.primary_key_name = columns, name
        elif isinstance(part, (exp.UniqueColumnConstraint,)):
            relation.unique_keys.append((name, columns))
        elif isinstance(part, exp.ForeignKey):
            reference = part.args["reference"].this
            table = reference.this if isinstance(reference, exp.Schema) else reference
            targets = [identifier(c) for c in reference.expressions] if isinstance(reference, exp.Schema) else []
            relation.foreign_keys.append(ForeignKey(name, columns, _name(work, table), targets))
    return None


def _listed(part: exp.Expression) -> list[exp.Expression]:
    if isinstance(part, exp.UniqueColumnConstraint) and isinstance(part.this, exp.Schema):
        return list(part.this.expressions)
    return list(part.expressions)


def _column(work: Work, item: exp.ColumnDef, relation: Relation) -> tuple[ColumnFacts, str]:
    kind = from_sqlglot(item.kind)
    if kind is None:
        raise compilation(f"Unsupported data type '{item.kind.sql('snowflake') if item.kind else ''}'.", "002040")
    facts = ColumnFacts(identifier(item.this), kind)
    line = f"{quoted(facts.name)} {kind.storage()}"
    for constraint in item.constraints:
        what = constraint.kind
        if isinstance(what, exp.NotNullColumnConstraint):
            facts.nullable = bool(what.args.get("allow_null"))
        elif isinstance(what, exp.PrimaryKeyColumnConstraint):
            relation.primary_key, facts.nullable = [facts.name], False
        elif isinstance(what, exp.UniqueColumnConstraint):
            relation.unique_keys.append(("", [facts.name]))
        elif isinstance(what, exp.CommentColumnConstraint):
            facts.comment = what.this.name
        elif isinstance(what, exp.DefaultColumnConstraint):
            facts.default = what.this.sql("snowflake")
            line += f" DEFAULT {_default(work, what.this, kind)}"
        elif isinstance(what, (exp.GeneratedAsIdentityColumnConstraint, exp.AutoIncrementColumnConstraint)):
            start, step = (what.args.get("start"), what.args.get("increment"))
            facts.autoincrement = f"IDENTITY START {start.name if start else 1} INCREMENT {step.name if step else 1} NOORDER"
            line += f" DEFAULT {_sequence(work, relation.name, start.name if start else '1', step.name if step else '1')}"
    if not facts.nullable:
        line += " NOT NULL"
    if kind.kind == "text" and kind.length < MAX_TEXT:
        line += f" CHECK (length({quoted(facts.name)}) <= {kind.length})"
    return facts, line


def _sequence(work: Work, name: Name, start: str, step: str) -> str:
    work.engine.sequences += 1
    sequence = quoted(name[0], name[1], f"$SEQ{work.engine.sequences}")
    engine.execute(work.cursor, f"CREATE SEQUENCE {sequence} START {start} INCREMENT {step}")
    return "nextval('" + sequence.replace("'", "''") + "')"


def _default(work: Work, node: exp.Expression, kind: SFType) -> str:
    select = resolved(exp.select(exp.cast(node.copy(), kind.sql(), dialect="snowflake")), work.place())
    return "(" + rewrite(select.selects[0].unalias(), work.place()).sql("duckdb") + ")"


def _drop(work: Work, tree: exp.Expression) -> Result:
    table, kind = tree.find(exp.Table), str(tree.args.get("kind") or "TABLE").upper()
    name = full_name(table, work.session.database, work.session.schema)
    with work.engine.lock:
        found = work.engine.catalog.find(name)
        if found is None:
            if tree.args.get("exists"):
                return status(f"Drop statement executed successfully ({name[2]} already dropped).", DROP)
            raise missing(".".join(n for n in name if n), kind.capitalize())
        _replace(work, found)
        work.engine.catalog.drop(name)
        work.session.temporary.discard(name)
    return status(f"{name[2]} successfully dropped.", DROP)


def _truncate(work: Work, tree: exp.Expression) -> Result:
    relation = work.engine.catalog.get(_name(work, tree.find(exp.Table)))
    engine.execute(work.cursor, f"DELETE FROM {quoted(*relation.name)}")
    return status("Statement executed successfully.", DDL)


def _comment(work: Work, tree: exp.Expression) -> Result:
    text = tree.expression.name if tree.expression else ""
    if isinstance(tree.this, exp.Column):
        table = exp.table_(tree.this.args["table"], db=tree.this.args.get("db"), catalog=tree.this.args.get("catalog"))
        relation = work.engine.catalog.get(_name(work, table))
        if facts := relation.column(identifier(tree.this.this)):
            facts.comment = text
    elif isinstance(tree.this, exp.Table):
        work.engine.catalog.get(_name(work, tree.this)).comment = text
    return status("Statement executed successfully.", DDL)


def _alter(work: Work, tree: exp.Expression) -> Result:
    if not isinstance(tree, exp.Alter):
        return nothing(work, "")
    relation = work.engine.catalog.get(_name(work, tree.this))
    head = f"ALTER TABLE {quoted(*relation.name)}"
    for action in tree.args.get("actions") or []:
        if isinstance(action, exp.ColumnDef):
            facts, line = _column(work, action, relation)
            line = line.split(" CHECK ")[0].replace(" NOT NULL", "")
            engine.execute(work.cursor, f"{head} ADD COLUMN {line}")
            relation.columns.append(facts)
        elif isinstance(action, exp.Drop):
            name = identifier(action.this if isinstance(action.this, exp.Identifier) else action.this.this)
            engine.execute(work.cursor, f"{head} DROP COLUMN {quoted(name)}")
            relation.columns = [c for c in relation.columns if c.name != name]
        elif isinstance(action, exp.RenameColumn):
            old, new = identifier(action.this.this), identifier(action.args["to"].this)
            engine.execute(work.cursor, f"{head} RENAME COLUMN {quoted(old)} TO {quoted(new)}")
            for facts in relation.columns:
                facts.name = new if facts.name == old else facts.name
        elif isinstance(action, exp.AlterRename):
            name = _name(work, action.this)
            engine.execute(work.cursor, f"{head} RENAME TO {quoted(name[2])}")
            work.engine.catalog.drop(relation.name)
            relation.name = name
            work.engine.catalog.put(relation)
        else:
            raise unsupported("ALTER TABLE")
    return status("Statement executed successfully.", DDL)
