import Tern

/// A descriptor: bound columns or parameters of the application, or what the driver knows of them.
///
/// Touched with `lock` held only. An explicit one may serve several statements of its connection.
final class DescriptorHandle: DiagnosedHandle, @unchecked Sendable {
  // Sound as Sendable: every call holds the connection's lock.

  /// Whose side a descriptor describes.
  enum Role { case application, implementationRow, implementationParameter }

  /// What an implementation row descriptor can tell.
  enum RowState {
    case notPrepared
    case noResult
    case columns([ReportedColumn])
  }

  /// Whose side this is.
  let role: Role
  /// Whether the application allocated it.
  let isExplicit: Bool
  /// Whose it is.
  let connection: ConnectionHandle
  /// See `DiagnosedHandle`.
  let lock: CallLock
  /// See `DiagnosedHandle`.
  var diagnostics = Diagnostics() {
    didSet { hasRecords = diagnostics.hasRecords }
  }
  /// See `DiagnosedHandle`.
  private(set) var hasRecords = false
  /// Its number, while it is a live handle.
  var number = Address.null
  /// What holds for all records.
  var header = DescriptorHeader()
  /// Records from 1 on, at index 0; `SQL_DESC_COUNT` is their number.
  private(set) var records: [DescriptorRecord] = []
  /// Grows with every change of a record, so that converters chosen for older ones are dropped.
  private(set) var version = 0
  /// For implementation row descriptors: what the result looks like. Set by the statement.
  var rowState = RowState.notPrepared

  /// Makes one and gives it a number.
  init(_ role: Role, isExplicit: Bool, of connection: ConnectionHandle) {
    self.role = role
    self.isExplicit = isExplicit
    self.connection = connection
    lock = connection.lock
    number = HandleTable.live.add(.descriptor(self))
  }

  /// See `DiagnosedHandle`.
  var serverName: String { connection.serverName }
  /// See `DiagnosedHandle`.
  var connectionName: String { connection.connectionName }
  /// See `DiagnosedHandle`.
  var dataSourceName: String { connection.dataSourceName }

  /// Ends the life of the number.
  func release() {
    HandleTable.live.remove(number)
    number = .null
  }

  /// Most records that a 16-bit number can count.
  private static let recordCountMax = Int(Int16.max)

  /// The record of that number, from 1; nil beyond the count.
  func record(_ number: Int) -> DescriptorRecord? {
    number >= 1 && number <= records.count ? records[number - 1] : nil
  }

  /// Changes a record, making it and those before it if need be.
  func change(
    _ number: Int, _ body: (inout DescriptorRecord) throws(TernError) -> Void
  ) throws(TernError) {
    guard number >= 1, number <= DescriptorHandle.recordCountMax else {
      throw .usage("there is no record \(number)", .invalidIndex)
    }
    var record = self.record(number) ?? DescriptorRecord()
    try body(&record)
    setCount(max(records.count, number))
    records[number - 1] = record
    version &+= 1
  }

  /// Sets `SQL_DESC_COUNT`: drops records behind it, or adds empty ones.
  func setCount(_ count: Int) {
    let count = max(0, min(count, DescriptorHandle.recordCountMax))
    if count < records.count {
      records.removeLast(records.count - count)
    } else {
      records += Array(repeating: DescriptorRecord(), count: count - records.count)
    }
    version &+= 1
  }

  /// Unbinds a column; trailing unbound records are dropped from the count.
  func unbind(_ number: Int) {
    guard number >= 1, number <= records.count else { return }
    records[number - 1] = DescriptorRecord()
    while let last = records.last, !last.isBound { records.removeLast() }
    version &+= 1
  }

  /// All that SQLCopyDesc takes along.
  struct Content: Sendable {
    fileprivate var header: DescriptorHeader
    fileprivate var records: [DescriptorRecord]
  }

  /// What a copy gets; an implementation row descriptor tells its columns as records.
  var content: Content {
    guard case .columns(let columns) = rowState, role == .implementationRow else {
      return Content(header: header, records: records)
    }
    return Content(header: header, records: columns.map(DescriptorRecord.init(describing:)))
  }

  /// Takes over what another descriptor holds.
  /// - Throws: HY016 for an implementation row descriptor.
  func replace(with content: Content) throws(TernError) {
    guard role != .implementationRow else {
      throw .usage("an implementation row descriptor cannot be copied to", .readOnlyDescriptor)
    }
    header = content.header
    records = content.records
    version &+= 1
  }
}

extension DescriptorRecord {
  /// A record that says what an implementation row descriptor says of a column.
  init(describing column: ReportedColumn) {
    conciseType = column.type.concise
    length = column.type.columnSize
    octetLength = column.type.octetLength
    precision = column.type.precision
    scale = column.type.scale
    name = column.name
    nullable = column.nullable
  }
}
