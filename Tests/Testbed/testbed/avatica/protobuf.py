"""The protobuf encoding of Avatica, written out from the protocol reference.

A codec of its own, driven by the tables below, and not the generated classes of a client: the
stand-in must also be able to send duplicates, unknown fields and wrong types.
"""

from __future__ import annotations

import struct
from typing import Any

PREFIX = "org.apache.calcite.avatica.proto."

REPS = (
    "PRIMITIVE_BOOLEAN PRIMITIVE_BYTE PRIMITIVE_CHAR PRIMITIVE_SHORT PRIMITIVE_INT PRIMITIVE_LONG PRIMITIVE_FLOAT PRIMITIVE_DOUBLE "
    "BOOLEAN BYTE CHARACTER SHORT INTEGER LONG FLOAT DOUBLE JAVA_SQL_TIME JAVA_SQL_TIMESTAMP JAVA_SQL_DATE JAVA_UTIL_DATE BYTE_STRING "
    "STRING NUMBER OBJECT NULL BIG_INTEGER BIG_DECIMAL ARRAY STRUCT MULTISET UBYTE USHORT UINTEGER ULONG"
).split()
OPERATIONS = (
    "GET_ATTRIBUTES GET_BEST_ROW_IDENTIFIER GET_CATALOGS GET_CLIENT_INFO_PROPERTIES GET_COLUMN_PRIVILEGES GET_COLUMNS "
    "GET_CROSS_REFERENCE GET_EXPORTED_KEYS GET_FUNCTION_COLUMNS GET_FUNCTIONS GET_IMPORTED_KEYS GET_INDEX_INFO GET_PRIMARY_KEYS "
    "GET_PROCEDURE_COLUMNS GET_PROCEDURES GET_PSEUDO_COLUMNS GET_SCHEMAS GET_SCHEMAS_WITH_ARGS GET_SUPER_TABLES GET_SUPER_TYPES "
    "GET_TABLE_PRIVILEGES GET_TABLES GET_TABLE_TYPES GET_TYPE_INFO GET_UDTS GET_VERSION_COLUMNS"
).split()
ENUMS = {
    "Rep": REPS,
    "Op": OPERATIONS,
    "Style": ["OBJECT", "RECORD", "RECORD_PROJECTION", "ARRAY", "LIST", "MAP"],
    "Severity": ["UNKNOWN", "FATAL", "ERROR", "WARNING"],
    "State": ["SQL", "METADATA"],
    "Argument": ["STRING", "BOOL", "INT", "REPEATED_STRING", "REPEATED_INT", "NULL"],
    "Statement": "SELECT INSERT UPDATE DELETE UPSERT MERGE OTHER_DML CREATE DROP ALTER OTHER_DDL CALL".split(),
}

# name=number type; * repeated, a capital letter begins an enum (#Name) or a message (@Name).
_SCHEMA = """
WireMessage: name=1 string, wrapped_message=2 bytes
CatalogsRequest: connection_id=1 string
TableTypesRequest: connection_id=1 string
TypeInfoRequest: connection_id=1 string
DatabasePropertyRequest: connection_id=1 string
CreateStatementRequest: connection_id=1 string
CloseConnectionRequest: connection_id=1 string
CommitRequest: connection_id=1 string
RollbackRequest: connection_id=1 string
SchemasRequest: catalog=1 string, schema_pattern=2 string, connection_id=3 string, has_catalog=4 bool, has_schema_pattern=5 bool
TablesRequest: catalog=1 string, schema_pattern=2 string, table_name_pattern=3 string, type_list=4 *string, has_type_list=6 bool, connection_id=7 string, has_catalog=8 bool, has_schema_pattern=9 bool, has_table_name_pattern=10 bool
ColumnsRequest: catalog=1 string, schema_pattern=2 string, table_name_pattern=3 string, column_name_pattern=4 string, connection_id=5 string, has_catalog=6 bool, has_schema_pattern=7 bool, has_table_name_pattern=8 bool, has_column_name_pattern=9 bool
PrepareAndExecuteRequest: connection_id=1 string, sql=2 string, max_row_count=3 u64, statement_id=4 u32, max_rows_total=5 i64, first_frame_max_size=6 i32
PrepareRequest: connection_id=1 string, sql=2 string, max_row_count=3 u64, max_rows_total=4 i64
ExecuteRequest: statementHandle=1 @StatementHandle, parameter_values=2 *@TypedValue, deprecated_first_frame_max_size=3 u64, has_parameter_values=4 bool, first_frame_max_size=5 i32
FetchRequest: connection_id=1 string, statement_id=2 u32, offset=3 u64, fetch_max_row_count=4 u32, frame_max_size=5 i32
CloseStatementRequest: connection_id=1 string, statement_id=2 u32
OpenConnectionRequest: connection_id=1 string, info=2 *@Entry
Entry: key=1 string, value=2 string
ConnectionSyncRequest: connection_id=1 string, conn_props=2 @ConnectionProperties
SyncResultsRequest: connection_id=1 string, statement_id=2 u32, state=3 @QueryState, offset=4 u64
PrepareAndExecuteBatchRequest: connection_id=1 string, statement_id=2 u32, sql_commands=3 *string
ExecuteBatchRequest: connection_id=1 string, statement_id=2 u32, updates=3 *@UpdateBatch
UpdateBatch: parameter_values=1 *@TypedValue
ResultSetResponse: connection_id=1 string, statement_id=2 u32, own_statement=3 bool, signature=4 @Signature, first_frame=5 @Frame, update_count=6 u64, metadata=7 @RpcMetadata
ExecuteResponse: results=1 *@ResultSetResponse, missing_statement=2 bool, metadata=3 @RpcMetadata
PrepareResponse: statement=1 @StatementHandle, metadata=2 @RpcMetadata
FetchResponse: frame=1 @Frame, missing_statement=2 bool, missing_results=3 bool, metadata=4 @RpcMetadata
CreateStatementResponse: connection_id=1 string, statement_id=2 u32, metadata=3 @RpcMetadata
CloseStatementResponse: metadata=1 @RpcMetadata
OpenConnectionResponse: metadata=1 @RpcMetadata
CloseConnectionResponse: metadata=1 @RpcMetadata
ConnectionSyncResponse: conn_props=1 @ConnectionProperties, metadata=2 @RpcMetadata
DatabasePropertyResponse: props=1 *@DatabasePropertyElement, metadata=2 @RpcMetadata
DatabasePropertyElement: key=1 @DatabaseProperty, value=2 @TypedValue, metadata=3 @RpcMetadata
DatabaseProperty: name=1 string, functions=2 *string
SyncResultsResponse: missing_statement=1 bool, more_results=2 bool, metadata=3 @RpcMetadata
ExecuteBatchResponse: connection_id=1 string, statement_id=2 u32, update_counts=3 *u64, missing_statement=4 bool, metadata=5 @RpcMetadata
CommitResponse:
RollbackResponse:
ErrorResponse: exceptions=1 *string, error_message=2 string, severity=3 #Severity, error_code=4 u32, sql_state=5 string, metadata=6 @RpcMetadata, has_exceptions=7 bool
RpcMetadata: server_address=1 string
ConnectionProperties: is_dirty=1 bool, auto_commit=2 bool, read_only=3 bool, transaction_isolation=4 u32, catalog=5 string, schema=6 string, has_auto_commit=7 bool, has_read_only=8 bool
StatementHandle: connection_id=1 string, id=2 u32, signature=3 @Signature
Signature: columns=1 *@ColumnMetaData, sql=2 string, parameters=3 *@AvaticaParameter, cursor_factory=4 @CursorFactory, statementType=5 #Statement
ColumnMetaData: ordinal=1 u32, auto_increment=2 bool, case_sensitive=3 bool, searchable=4 bool, currency=5 bool, nullable=6 u32, signed=7 bool, display_size=8 u32, label=9 string, column_name=10 string, schema_name=11 string, precision=12 u32, scale=13 u32, table_name=14 string, catalog_name=15 string, read_only=16 bool, writable=17 bool, definitely_writable=18 bool, column_class_name=19 string, type=20 @AvaticaType
AvaticaType: id=1 u32, name=2 string, rep=3 #Rep, columns=4 *@ColumnMetaData, component=5 @AvaticaType
AvaticaParameter: signed=1 bool, precision=2 u32, scale=3 u32, parameter_type=4 u32, type_name=5 string, class_name=6 string, name=7 string
CursorFactory: style=1 #Style, class_name=2 string, field_names=3 *string
Frame: offset=1 u64, done=2 bool, rows=3 *@Row
Row: value=1 *@ColumnValue
ColumnValue: value=1 *@TypedValue, array_value=2 *@TypedValue, has_array_value=3 bool, scalar_value=4 @TypedValue
TypedValue: type=1 #Rep, bool_value=2 bool, string_value=3 string, number_value=4 s64, bytes_value=5 bytes, double_value=6 double, null=7 bool, array_value=8 *@TypedValue, component_type=9 #Rep, implicitly_null=10 bool
QueryState: type=1 #State, sql=2 string, op=3 #Op, args=4 *@MetaDataOperationArgument, has_args=5 bool, has_sql=6 bool, has_op=7 bool
MetaDataOperationArgument: string_value=1 string, bool_value=2 bool, int_value=3 s32, string_array_values=4 *string, int_array_values=5 *s32, type=6 #Argument
"""  # noqa: E501


class ProtobufError(Exception):
    """A body that is not protobuf, with the text of the Java library."""


class Field:
    """One field of a message."""

    def __init__(self, text: str) -> None:
        left, self.kind = text.split(" ")
        self.name, _, number = left.partition("=")
        self.number = int(number)
        self.repeated = self.kind.startswith("*")
        self.kind = self.kind.lstrip("*")
        self.wire = {"string": 2, "bytes": 2, "double": 1}.get(self.kind, 2 if self.kind[0] == "@" else 0)
        self.tag = varint(self.number << 3 | self.wire)


_ONE_BYTE = [bytes([n]) for n in range(128)]


def varint(value: int) -> bytes:
    """An unsigned varint; negative numbers are taken as 64-bit two's complement."""
    if 0 <= value < 128:
        return _ONE_BYTE[value]
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value: int) -> bytes:
    return varint((value << 1) ^ (value >> 63))


def delimited(tag: bytes, data: bytes) -> bytes:
    return tag + varint(len(data)) + data


MESSAGES: dict[str, list[Field]] = {}
for _line in _SCHEMA.strip().split("\n"):
    _name, _, _rest = _line.partition(":")
    MESSAGES[_name] = [Field(part) for part in _rest.strip().split(", ") if part]
_BY_NUMBER = {name: {f.number: f for f in fields} for name, fields in MESSAGES.items()}


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _scalar(field: Field, value: Any) -> bytes:
    kind = field.kind
    if isinstance(value, bytes) and kind[0] == "@":
        return field.tag + varint(len(value)) + value
    if kind[0] == "@":
        return delimited(field.tag, encode(kind[1:], value))
    if kind == "string":
        return delimited(field.tag, _utf8(value))
    if kind == "bytes":
        return delimited(field.tag, value)
    if kind == "double":
        return field.tag + struct.pack("<d", value)
    return field.tag + _number(kind, value)


def _number(kind: str, value: Any) -> bytes:
    if kind[0] == "#":
        return varint(value if isinstance(value, int) else ENUMS[kind[1:]].index(value))
    if kind in ("s64", "s32"):
        return zigzag(int(value))
    if kind == "u32":
        return varint(int(value) & 0xFFFFFFFF)
    return varint(int(value))


def encode(message: str, values: dict[str, Any]) -> bytes:
    """The bytes of a message; absent, None and default members are left out, bytes stand for encoded messages."""
    out = bytearray()
    for field in MESSAGES[message]:
        value = values.get(field.name)
        if value is None:
            continue
        if field.repeated:
            if field.wire == 2:
                for item in value:
                    out += _scalar(field, item)
            elif value:
                out += delimited(varint(field.number << 3 | 2), b"".join(_number(field.kind, v) for v in value))
        elif field.kind[0] == "@" or not _is_default(field, value):
            out += _scalar(field, value)
    return bytes(out)


def _is_default(field: Field, value: Any) -> bool:
    if field.kind[0] == "#":
        return value in (0, ENUMS[field.kind[1:]][0])
    if field.kind == "double":
        return value == 0 and struct.pack("<d", value) == bytes(8)
    return not value


class _Reader:
    """Reads fields; every cut is an error with the Java library's words."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def varint(self) -> int:
        value = shift = 0
        while True:
            if self.at >= len(self.data):
                raise ProtobufError(_TRUNCATED)
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & 0xFFFFFFFFFFFFFFFF
            shift += 7
            if shift > 63:
                raise ProtobufError("CodedInputStream encountered a malformed varint.")

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise ProtobufError(_TRUNCATED)
        self.at += count
        return self.data[self.at - count : self.at]


_TRUNCATED = (
    "While parsing a protocol message, the input ended unexpectedly in the middle of a field.  This could mean either "
    "that the input has been truncated or that an embedded message misreported its own length."
)


def decode(message: str, data: bytes) -> dict[str, Any]:
    """The members that are present; unknown fields are skipped."""
    reader, result = _Reader(data), {}
    known = _BY_NUMBER[message]
    while reader.at < len(data):
        tag = reader.varint()
        number, wire = tag >> 3, tag & 7
        if number == 0:
            raise ProtobufError("Protocol message contained an invalid tag (zero).")
        raw: Any
        if wire == 0:
            raw = reader.varint()
        elif wire == 1:
            raw = reader.take(8)
        elif wire == 2:
            raw = reader.take(reader.varint())
        elif wire == 5:
            raw = reader.take(4)
        else:
            raise ProtobufError("Protocol message tag had invalid wire type.")
        if field := known.get(number):
            _store(result, field, wire, raw)
    return result


def _store(result: dict[str, Any], field: Field, wire: int, raw: Any) -> None:
    if field.repeated and wire == 2 and field.wire == 0:
        reader = _Reader(raw)
        values = result.setdefault(field.name, [])
        while reader.at < len(raw):
            values.append(_value(field, reader.varint()))
    elif wire != field.wire:
        return
    elif field.repeated:
        result.setdefault(field.name, []).append(_value(field, raw))
    else:
        result[field.name] = _value(field, raw)


def _value(field: Field, raw: Any) -> Any:
    kind = field.kind
    if kind[0] == "@":
        return decode(kind[1:], raw)
    if kind[0] == "#":
        names = ENUMS[kind[1:]]
        return names[raw] if raw < len(names) else raw
    if kind == "string":
        return raw.decode("utf-8", "replace")
    if kind == "double":
        return struct.unpack("<d", raw)[0]
    if kind == "bool":
        return raw != 0
    if kind in ("s64", "s32"):
        return (raw >> 1) ^ -(raw & 1)
    if kind in ("i64", "i32", "u64") and raw >= 1 << 63:
        return raw - (1 << 64)
    return raw & 0xFFFFFFFF if kind == "u32" else raw


def wrap(name: str, body: bytes) -> bytes:
    """A WireMessage with a response."""
    return encode("WireMessage", {"name": f"{PREFIX}Responses${name}", "wrapped_message": body})
