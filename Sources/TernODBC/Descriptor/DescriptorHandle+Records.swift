import Tern

// SQLGetDescRec, SQLSetDescRec and SQLCopyDesc.
extension DescriptorHandle {
  /// Where SQLGetDescRec writes; any of them may be null.
  struct RecordOutputs {
    var type: Address
    var subtype: Address
    var length: Address
    var precision: Address
    var scale: Address
    var nullable: Address
  }

  /// What SQLSetDescRec sets.
  struct RecordInputs {
    var type: Int16
    var subtype: Int16
    var length: Int
    var precision: Int16
    var scale: Int16
    var data: Address
    var lengthCell: Address
    var indicator: Address
  }

  /// Reads the usual fields of a record at once.
  func readRecord(
    _ number: Int16, _ name: OutputText, _ outputs: RecordOutputs
  ) throws(TernError) -> ReturnCode {
    guard number >= 0 else { throw .usage("there is no record \(number)", .invalidIndex) }
    let found: DescriptorRecord?
    if role == .implementationRow {
      let columns = try columns() ?? []
      let isInside = number >= 1 && Int(number) <= columns.count
      found = isInside ? DescriptorRecord(describing: columns[Int(number) - 1]) : nil
    } else {
      found = record(Int(number))
    }
    guard let record = found else { return .noData }
    let verbose = VerboseType.split(record.conciseType)
    outputs.type.store(verbose.type)
    outputs.subtype.store(verbose.code)
    outputs.length.store(record.octetLength)
    outputs.precision.store(record.precision)
    outputs.scale.store(record.scale)
    outputs.nullable.store(role == .application ? Int16(2) : record.nullable)
    try diagnostics.write(record.name, to: name)
    return .success
  }

  /// Sets the usual fields of a record at once; equals the field calls in their order.
  func writeRecord(_ number: Int16, _ inputs: RecordInputs) throws(TernError) -> ReturnCode {
    guard role != .implementationRow else {
      throw .usage("an implementation row descriptor cannot be changed", .readOnlyDescriptor)
    }
    guard let concise = VerboseType.concise(inputs.type, code: inputs.subtype) else {
      throw .usage(
        "type \(inputs.type) has no code \(inputs.subtype)", .inconsistentDescriptor)
    }
    try change(Int(number)) { record throws(TernError) in
      record.setType(concise)
      record.octetLength = inputs.length
      if inputs.length > 0 { record.length = inputs.length }
      record.precision = inputs.precision
      record.scale = inputs.scale
      record.hasOwnScale = true
      if role == .application {
        record.data = inputs.data
        record.lengthCell = inputs.lengthCell
        record.indicator = inputs.indicator
      }
      guard inputs.data.isNull || record.isConsistent else {
        throw .usage("the record is not consistent", .inconsistentDescriptor)
      }
    }
    return .success
  }
}

extension Diagnostics {
  /// Writes a text result and notes a cut.
  ///
  /// - Throws: HY090 for a size that no text can have.
  mutating func write(_ content: String, to text: OutputText) throws(TernError) {
    guard !text.hasBadSize else {
      throw .usage("the buffer's size is negative or odd", .invalidLength)
    }
    warnTruncated(text.write(content))
  }
}
