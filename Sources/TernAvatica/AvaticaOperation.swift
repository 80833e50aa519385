internal import TernColumns

/// The calls of the server's own metadata that go through `syncResults`; the numbers are those of
/// protobuf.
///
/// Source: Avatica reference, sections 10.5 and 15.5.
enum AvaticaOperation: UInt64, Sendable {
  case bestRowIdentifier = 1
  case columnPrivileges = 4
  case crossReference = 6
  case exportedKeys = 7
  case importedKeys = 10
  case indexInfo = 11
  case primaryKeys = 12
  case procedureColumns = 13
  case procedures = 14
  case tablePrivileges = 20
  case versionColumns = 25

  var number: UInt64 { rawValue }

  /// As JSON names it.
  var name: String {
    switch self {
    case .bestRowIdentifier: "GET_BEST_ROW_IDENTIFIER"
    case .columnPrivileges: "GET_COLUMN_PRIVILEGES"
    case .crossReference: "GET_CROSS_REFERENCE"
    case .exportedKeys: "GET_EXPORTED_KEYS"
    case .importedKeys: "GET_IMPORTED_KEYS"
    case .indexInfo: "GET_INDEX_INFO"
    case .primaryKeys: "GET_PRIMARY_KEYS"
    case .procedureColumns: "GET_PROCEDURE_COLUMNS"
    case .procedures: "GET_PROCEDURES"
    case .tablePrivileges: "GET_TABLE_PRIVILEGES"
    case .versionColumns: "GET_VERSION_COLUMNS"
    }
  }
}

/// An argument of a metadata call: the server counts them and checks their types.
enum AvaticaArgument: Hashable, Sendable {
  case text(String?)
  case flag(Bool)
  case number(Int64)

  /// Writes an element of `operationArgs`. A list of types is not among them: servers that read
  /// JSON take none (reference, section 10.5).
  func write(to writer: inout JSONWriter) {
    switch self {
    case .text(let text?): writer.value(text)
    case .text(nil): writer.null()
    case .flag(let flag): writer.value(flag)
    case .number(let number): writer.value(number)
    }
  }

  /// Writes the fields of a `MetaDataOperationArgument`; a text is its default type.
  func write(to writer: inout ProtobufWriter) {
    switch self {
    case .text(let text?): writer.field(1, text)
    case .text(nil): writer.field(6, UInt64(5))
    case .flag(let flag):
      writer.field(2, flag)
      writer.field(6, UInt64(1))
    case .number(let number):
      writer.field(3, zigzag: number)
      writer.field(6, UInt64(2))
    }
  }
}
