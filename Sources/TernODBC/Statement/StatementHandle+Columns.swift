import Tern

// SQLNumResultCols, SQLDescribeCol, SQLColAttribute, SQLDescribeParam.
extension StatementHandle {
  /// Where SQLDescribeCol and SQLDescribeParam write; any may be null.
  struct DescriptionOutputs {
    var type: Address
    var size: Address
    var digits: Address
    var nullable: Address

    func store(_ type: ReportedType, nullable: Int16) {
      self.type.store(type.concise)
      size.store(type.columnSize)
      digits.store(type.decimalDigits)
      self.nullable.store(nullable)
    }
  }

  /// SQLNumResultCols.
  func columnCount(_ output: Address) throws(TernError) -> ReturnCode {
    output.store(Int16(clamping: try describedColumns().count))
    return .success
  }

  /// SQLDescribeCol.
  func describeColumn(
    _ number: UInt16, _ name: OutputText, _ outputs: DescriptionOutputs
  ) throws(TernError) -> ReturnCode {
    let column = try describedColumn(number)
    try diagnostics.write(column.name, to: name)
    outputs.store(column.type, nullable: column.nullable)
    return .success
  }

  /// SQLColAttribute.
  func columnAttribute(
    _ number: UInt16, _ identifier: UInt16, _ text: OutputText, _ value: Address
  ) throws(TernError) -> ReturnCode {
    if identifier == 0 || identifier == 1_001 {
      value.store(try describedColumns().count)
      return .success
    }
    guard let field = ColumnField.all[identifier] else {
      throw .usage("columns have no attribute \(identifier)", .unknownDescriptorField)
    }
    switch field.value(try describedColumn(number)) {
    case .number(let number): value.store(number)
    case .text(let content): try diagnostics.write(content, to: text)
    }
    return .success
  }

  /// SQLDescribeParam: what the server says, else text of the size the connection string gives.
  func describeParameter(
    _ number: UInt16, _ outputs: DescriptionOutputs
  ) throws(TernError) -> ReturnCode {
    guard let prepared = prepared else { throw .usage("nothing is prepared", .sequence) }
    guard number >= 1, Int(number) <= prepared.parameterCount else {
      throw .usage("there is no parameter \(number)", .invalidIndex)
    }
    let index = Int(number) - 1
    if let parameters = prepared.parameters, index < parameters.count {
      let sql = parameters[index].sql
      let nullable: Int16 = sql.isNullable.map { $0 ? 1 : 0 } ?? 2
      outputs.store(ReportedType(sql, connection.reporting), nullable: nullable)
    } else {
      let told = connection.link.map { $0.capabilities.textLengthMax }.flatMap { $0 > 0 ? $0 : nil }
      let size =
        connection.reporting.stringParameterSize.map { Int64($0) } ?? told
        ?? Int64(ReportOptions.unknownSize)
      let text = SQLColumnType(
        typeName: "VARCHAR", odbcType: ODBCType.wvarchar, columnSize: size)
      outputs.store(ReportedType(text, ReportOptions()), nullable: 2)
    }
    return .success
  }

  /// The columns of the open result, or those that the prepared text will give; empty without.
  private func describedColumns() throws(TernError) -> [ReportedColumn] {
    guard hasExecuted || prepared != nil else {
      throw .usage("no statement was prepared or executed", .sequence)
    }
    if !hasExecuted, prepared?.columns == nil {
      throw .unsupported("this server describes columns only after execution")
    }
    return try ird.columns() ?? []
  }

  private func describedColumn(_ number: UInt16) throws(TernError) -> ReportedColumn {
    let columns = try describedColumns()
    guard !columns.isEmpty else {
      throw .usage("the statement gives no columns", .noColumns)
    }
    guard number >= 1, Int(number) <= columns.count else {
      throw .usage("there is no column \(number)", .invalidIndex)
    }
    return columns[Int(number) - 1]
  }
}
