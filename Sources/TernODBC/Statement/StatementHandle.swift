import Synchronization
import Tern
import TernODBCConvert

/// A statement handle: its descriptors, its attributes, what is prepared, and the open result.
///
/// Touched with `lock` held only, but for `work` and `isExecuting`, which a cancel from another
/// thread reads.
final class StatementHandle: DiagnosedHandle, @unchecked Sendable {
  // Sound as Sendable: every call holds the connection's lock.

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
  /// Its number.
  private(set) var number = Address.null
  /// The statement below.
  let work: Statement
  /// Attributes that are no descriptor cells.
  var settings: StatementSettings

  /// The descriptors it was born with.
  let implicitARD: DescriptorHandle
  /// See `implicitARD`.
  let implicitAPD: DescriptorHandle
  /// What results look like.
  let ird: DescriptorHandle
  /// What SQL says of the parameters.
  let ipd: DescriptorHandle
  /// Bound columns.
  var ard: DescriptorHandle
  /// Bound parameters.
  var apd: DescriptorHandle

  /// What was prepared, after the translation of escape sequences.
  var prepared: PreparedText?
  /// Whether the server is at work for this statement. Any thread.
  let isExecuting = Atomic<Bool>(false)
  /// What the last execution gave: a count or rows; nil before it and behind the last result.
  var result: ResultSet?
  /// The rows of `result`, while the cursor is open.
  var cursor: Cursor?
  /// Rows changed, as SQLRowCount says it.
  var rowCount = -1
  /// Whether anything was executed since the last close.
  var hasExecuted = false
  /// Parameters whose data the application is sending.
  var pending: PendingExecution?
  /// Where SQLGetData stopped.
  let reading = PartReader()
  /// The name for positioned statements, made when first asked for.
  var cursorName: String?

  /// Makes a statement on an open connection and gives it a number.
  init(_ connection: ConnectionHandle, _ link: Connection) {
    self.connection = connection
    lock = connection.lock
    work = link.makeStatement()
    settings = StatementSettings(connection.attributes, link.statementOptions)
    implicitARD = DescriptorHandle(.application, isExplicit: false, of: connection)
    implicitAPD = DescriptorHandle(.application, isExplicit: false, of: connection)
    ird = DescriptorHandle(.implementationRow, isExplicit: false, of: connection)
    ipd = DescriptorHandle(.implementationParameter, isExplicit: false, of: connection)
    (ard, apd) = (implicitARD, implicitAPD)
    number = HandleTable.live.add(.statement(self))
    let connected = connection.attributes
    ard.header.bindType = Int(bitPattern: connected[5, default: 0])
  }

  /// See `DiagnosedHandle`.
  var serverName: String { connection.serverName }
  /// See `DiagnosedHandle`.
  var connectionName: String { connection.connectionName }
  /// See `DiagnosedHandle`.
  var dataSourceName: String { connection.dataSourceName }

  /// The open cursor.
  /// - Throws: 24000 when there is none.
  func opened() throws(TernError) -> Cursor {
    guard let cursor = cursor else {
      throw .usage("no result set is open", .invalidCursorState)
    }
    return cursor
  }

  /// Ends the result and what was not read of it; the prepared text stays.
  func closeResult() {
    pending = nil
    result?.close()
    (result, cursor) = (nil, nil)
    reading.reset()
    hasExecuted = false
    rowCount = -1
    describe(prepared?.columns)
  }

  /// Says what columns an execution gives: nil when that is not known.
  func describe(_ columns: [ColumnDescription]?) {
    guard let columns else {
      ird.rowState = prepared == nil ? .notPrepared : .noResult
      return
    }
    let reporting = connection.reporting
    ird.rowState =
      columns.isEmpty
      ? .noResult : .columns(columns.map { ReportedColumn($0, reporting) })
  }

  /// Ends the life of the handle and all that hangs on it.
  func release() {
    closeResult()
    work.close()
    for descriptor in [implicitARD, implicitAPD, ird, ipd] { descriptor.release() }
    HandleTable.live.remove(number)
    number = .null
  }

  /// SQLFreeHandle.
  func free() -> ReturnCode {
    connection.statements[number.bits] = nil
    release()
    return .success
  }

  /// SQLFreeStmt.
  func free(_ option: UInt16) throws(TernError) -> ReturnCode {
    switch option {
    case 0: closeResult()
    case 1: return free()
    case 2: ard.setCount(0)
    case 3: apd.setCount(0)
    default: throw .usage("SQLFreeStmt has no option \(option)", .unknownOption)
    }
    return .success
  }

  /// SQLCloseCursor.
  func closeCursor() throws(TernError) -> ReturnCode {
    _ = try opened()
    closeResult()
    return .success
  }
}
