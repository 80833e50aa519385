internal import TernCore
internal import TernDriver

// Procedures, functions and privileges.
extension MaxScaleCatalog {
  /// SQLProcedures: 1 is a procedure, 2 a function.
  func procedures(_ filter: TableFilter) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.procedures)
    let sql =
      "SELECT ROUTINE_SCHEMA,ROUTINE_NAME,ROUTINE_TYPE,ROUTINE_COMMENT "
      + "FROM information_schema.ROUTINES"
      + self.filter(try conditions(filter, "ROUTINE_SCHEMA", "ROUTINE_NAME"))
    for row in try rows(sql) {
      answer.append([
        CatalogValue(row[0]), .null, CatalogValue(row[1]), .null, .null, .null,
        CatalogValue(row[3]), .integer(row[2] == "FUNCTION" ? 2 : 1),
      ])
    }
    return answer
  }

  /// ODBC's kinds of parameters.
  private static let modes: [String: Int64] = ["IN": 1, "INOUT": 2, "OUT": 4]
  private static let returnValue: Int64 = 5

  /// SQLProcedureColumns; the value of a function comes first, with the ordinal 0.
  func procedureColumns(
    _ filter: TableFilter, _ column: NameMatch
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.procedureColumns)
    let sql =
      "SELECT SPECIFIC_SCHEMA,SPECIFIC_NAME,ORDINAL_POSITION,PARAMETER_MODE,PARAMETER_NAME,"
      + "DTD_IDENTIFIER FROM information_schema.PARAMETERS"
      + self.filter(
        try conditions(filter, "SPECIFIC_SCHEMA", "SPECIFIC_NAME") + [
          try condition("IFNULL(PARAMETER_NAME,'')", column, isCaseSensitive: false)
        ])
    for row in try rows(sql) {
      let type = MaxScaleType(declaration: row[5] ?? "").sql
      let kind = row[3].map { Self.modes[$0] ?? 0 } ?? Self.returnValue
      answer.append([
        CatalogValue(row[0]), .null, CatalogValue(row[1]), .text(row[4] ?? ""), .integer(kind),
        CatalogValue(type.odbcType), .text(type.typeName), CatalogValue(type.columnSize),
        CatalogValue(type.octetLength), CatalogValue(type.decimalDigits),
        CatalogValue(type.numericRadix), .integer(1), .null, .null,
        CatalogValue(type.verboseType), CatalogValue(type.datetimeSubcode),
        CatalogValue(type.characterOctetLength), Self.number(row[2]), .text("YES"),
      ])
    }
    return answer
  }

  /// SQLTablePrivileges: those on the table, and those on its whole database.
  func tablePrivileges(_ filter: TableFilter) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.tablePrivileges)
    let sql =
      "SELECT TABLE_SCHEMA,TABLE_NAME,GRANTEE,PRIVILEGE_TYPE,IS_GRANTABLE "
      + "FROM information_schema.TABLE_PRIVILEGES"
      + self.filter(try conditions(filter, "TABLE_SCHEMA", "TABLE_NAME"))
      + " UNION SELECT t.TABLE_SCHEMA,t.TABLE_NAME,p.GRANTEE,p.PRIVILEGE_TYPE,p.IS_GRANTABLE "
      + "FROM information_schema.SCHEMA_PRIVILEGES p JOIN information_schema.TABLES t "
      + "ON t.TABLE_SCHEMA=p.TABLE_SCHEMA"
      + self.filter(try conditions(filter, "t.TABLE_SCHEMA", "t.TABLE_NAME"))
    for row in try rows(sql) {
      answer.append([
        CatalogValue(row[0]), .null, CatalogValue(row[1]), .null, CatalogValue(row[2]),
        CatalogValue(row[3]), CatalogValue(row[4]),
      ])
    }
    return answer
  }

  /// SQLColumnPrivileges: only what was granted on single columns.
  func columnPrivileges(
    _ filter: TableFilter, _ column: NameMatch
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.columnPrivileges)
    let sql =
      "SELECT TABLE_SCHEMA,TABLE_NAME,COLUMN_NAME,GRANTEE,PRIVILEGE_TYPE,IS_GRANTABLE "
      + "FROM information_schema.COLUMN_PRIVILEGES"
      + self.filter(
        try conditions(filter, "TABLE_SCHEMA", "TABLE_NAME") + [
          try condition("COLUMN_NAME", column, isCaseSensitive: false)
        ])
    for row in try rows(sql) {
      answer.append([
        CatalogValue(row[0]), .null, CatalogValue(row[1]), CatalogValue(row[2]), .null,
        CatalogValue(row[3]), CatalogValue(row[4]), CatalogValue(row[5]),
      ])
    }
    return answer
  }
}
