internal import TernColumns
internal import TernCore
internal import TernDriver

/// Reads the documents of the SQL resource.
///
/// Source: MaxScale reference, sections 5 and 6.
enum MaxScaleReply {
  /// The token in the answer of `/auth`; nil if there is none.
  static func authToken(_ body: [UInt8]) throws(TernError) -> String? {
    let reader = try JSONReader(body, limit: .control)
    var token: String?
    try reader.forEachKey { (name) throws(TernError) in
      guard name == "meta", try reader.peek() == .object else { return try reader.skip() }
      try reader.forEachKey { (name) throws(TernError) in
        if name == "token" { token = try reader.stringOrNull() } else { try reader.skip() }
      }
    }
    try reader.finish()
    return token
  }

  /// The ids in a list of resources.
  static func ids(_ body: [UInt8]) throws(TernError) -> [String] {
    let reader = try JSONReader(body, limit: .control)
    var ids: [String] = []
    try reader.forEachKey { (name) throws(TernError) in
      guard name == "data", try reader.peek() == .array else { return try reader.skip() }
      try reader.forEachElement { () throws(TernError) in
        try reader.forEachKey { (name) throws(TernError) in
          if name == "id" { ids.append(try reader.scalarText() ?? "") } else { try reader.skip() }
        }
      }
    }
    try reader.finish()
    return ids
  }

  /// The id of a query that was accepted.
  static func queryID(_ body: [UInt8]) throws(TernError) -> String {
    let reader = try JSONReader(body, limit: .control)
    var id: String?
    try reader.forEachKey { (name) throws(TernError) in
      guard name == "data", try reader.peek() == .object else { return try reader.skip() }
      try reader.forEachKey { (name) throws(TernError) in
        if name == "id" { id = try reader.scalarText() } else { try reader.skip() }
      }
    }
    try reader.finish()
    guard let id else { throw .badReply("an accepted query without an id") }
    return id
  }

  /// Goes to the results of a query's answer: into their array, or to an object, which stands for
  /// results that are still to come.
  ///
  /// - Returns: whether there are results.
  static func enterResults(_ reader: JSONReader) throws(TernError) -> Bool {
    try enter("data", reader)
    try enter("attributes", reader)
    try reader.beginObject()
    guard try reader.find("results") else { return false }
    guard try reader.peek() == .array else {
      try reader.skip()
      return false
    }
    try reader.beginArray()
    return true
  }

  private static func enter(_ name: String, _ reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    guard try reader.find(name), try reader.peek() == .object else {
      throw .badReply("no object \(name) in an answer")
    }
  }

  /// Reads what follows the array of results, to the end of the document.
  static func leaveResults(_ reader: JSONReader) throws(TernError) {
    while reader.depth > 0 {
      while try reader.nextKey() != nil { try reader.skip() }
    }
    try reader.finish()
  }

  /// Every result of a query's answer, rows as they stand in the document; nil while it still runs.
  static func results(_ reader: JSONReader) throws(TernError) -> [MaxScaleResult]? {
    var results: [MaxScaleResult] = []
    let isDone = try enterResults(reader)
    if isDone {
      while try reader.nextElement() { results.append(try MaxScaleResult(reading: reader)) }
    }
    try leaveResults(reader)
    return isDone ? results : nil
  }
}

extension JSONReader {
  /// Steps over members up to the value of `name`; false if there is none, with the object left.
  fileprivate func find(_ name: String) throws(TernError) -> Bool {
    while let key = try nextKey() {
      if key == name { return true }
      try skip()
    }
    return false
  }
}

/// The answer to opening or cloning a connection.
///
/// Source: MaxScale reference, section 5.1 "Response".
struct MaxScaleOpened: Sendable {
  let token: MaxScaleToken
  /// The database's id of the connection; MaxScale's own for a service.
  let threadID: Int64

  /// - Parameter cookies: the values of `Set-Cookie`, where the token is that was to persist.
  init(
    _ body: [UInt8], cookies: [String] = [], receivedAt now: Int64
  ) throws(TernError) {
    let reader = try JSONReader(body, limit: .control)
    var resource = MaxScaleResource()
    var token: String?
    try reader.forEachKey { (name) throws(TernError) in
      switch name {
      case "data" where try reader.peek() == .object: try resource.read(reader)
      case "meta" where try reader.peek() == .object:
        try reader.forEachKey { (name) throws(TernError) in
          if name == "token" { token = try reader.stringOrNull() } else { try reader.skip() }
        }
      default: try reader.skip()
      }
    }
    try reader.finish()
    guard let id = resource.id else { throw .badReply("a connection without an id") }
    threadID = resource.threadID
    guard let token else {
      self.token = try MaxScaleToken(connectionID: id, cookies: cookies, receivedAt: now)
      return
    }
    self.token = try MaxScaleToken(connectionID: id, token, receivedAt: now)
  }
}

/// A connection as MaxScale describes it to everybody.
///
/// Source: MaxScale reference, section 5.1 "Response".
struct MaxScaleResource: Sendable {
  private(set) var id: String?
  /// 0 where it is not told: MaxScale 6.
  private(set) var threadID: Int64 = 0

  fileprivate init() {}

  /// The answer about one connection.
  init(_ body: [UInt8]) throws(TernError) {
    let reader = try JSONReader(body, limit: .control)
    try reader.forEachKey { (name) throws(TernError) in
      guard name == "data", try reader.peek() == .object else { return try reader.skip() }
      try read(reader)
    }
    try reader.finish()
  }

  fileprivate mutating func read(_ reader: JSONReader) throws(TernError) {
    try reader.forEachKey { (name) throws(TernError) in
      switch name {
      case "id": id = try reader.scalarText()
      case "attributes" where try reader.peek() == .object:
        try reader.forEachKey { (name) throws(TernError) in
          if name == "thread_id" {
            threadID = try reader.int64OrNull() ?? 0
          } else {
            try reader.skip()
          }
        }
      default: try reader.skip()
      }
    }
  }
}

/// One result of a query.
///
/// Source: MaxScale reference, section 6.
enum MaxScaleResult: Sendable {
  case rows(MaxScaleRows)
  case changed(MaxScaleChange)
  case failed(MaxScaleFault)

  /// Reads one element of `results`; its rows are kept as they stand there.
  init(reading reader: JSONReader) throws(TernError) {
    var element = MaxScaleElement()
    try reader.beginObject()
    while let name = try reader.nextKey() {
      if name == "data", try reader.peek() == .array {
        element.data = try reader.rawValue()
      } else {
        try element.read(name, reader)
      }
    }
    self = try element.result()
  }
}

extension MaxScaleResult {
  /// Whether the server may have warned: it tells how often, but not of statements with rows.
  var mayHaveWarnings: Bool {
    if case .changed(let change) = self { return change.warningCount > 0 }
    return true
  }
}

/// What a statement without rows did.
struct MaxScaleChange: Hashable, Sendable {
  var affectedRows: Int64 = 0
  /// An unsigned number that is printed as a signed one.
  var lastInsertID: UInt64 = 0
  var warningCount: Int64 = 0

  /// The same for the caller: 0 is no number that was made, and less than 0 no count.
  var outcome: Outcome {
    .changed(
      rows: affectedRows < 0 ? nil : affectedRows,
      lastInsertID: lastInsertID == 0 ? nil : lastInsertID)
  }
}

/// A result set whose rows are still text.
struct MaxScaleRows: Sendable {
  /// False if MaxScale stopped at its limit of rows.
  var isComplete = true
  /// The array of rows as it stood in the document.
  var data: [UInt8] = []
  var names: [String] = []
  /// From 24.02 on.
  var columns: [MaxScaleColumn]?
}

/// The members of one element of `results`, in whatever order they come.
struct MaxScaleElement: Sendable {
  var data: [UInt8]?
  private(set) var isComplete: Bool?
  private(set) var names: [String] = []
  private(set) var columns: [MaxScaleColumn]?
  private var change = MaxScaleChange()
  private var fault: MaxScaleFault?
  private var isChange = false

  init() {}

  /// Reads the value of one member.
  mutating func read(_ name: String, _ reader: JSONReader) throws(TernError) {
    switch name {
    case "complete": isComplete = try reader.bool()
    case "fields" where try reader.peek() == .array:
      try reader.beginArray()
      while try reader.nextElement() { try add(try reader.stringOrNull() ?? "") }
    case "metadata" where try reader.peek() == .array:
      var columns: [MaxScaleColumn] = []
      try reader.beginArray()
      while try reader.nextElement() {
        columns.append(try MaxScaleColumn(reading: reader))
        try Self.check(columns.count)
      }
      self.columns = columns
    case "errno":
      try setFault { fault throws(TernError) in fault.number = try reader.int64OrNull() ?? 0 }
    case "sqlstate":
      try setFault { fault throws(TernError) in fault.sqlState = try reader.scalarText() ?? "" }
    case "message":
      try setFault { fault throws(TernError) in fault.message = try reader.scalarText() ?? "" }
    case "affected_rows":
      isChange = true
      change.affectedRows = try reader.int64OrNull() ?? -1
    case "last_insert_id":
      change.lastInsertID = UInt64(bitPattern: try reader.int64OrNull() ?? 0)
    case "warnings": change.warningCount = try reader.int64OrNull() ?? 0
    default: try reader.skip()
    }
  }

  private mutating func setFault(
    _ body: (inout MaxScaleFault) throws(TernError) -> Void
  ) throws(TernError) {
    var fault = fault ?? MaxScaleFault()
    try body(&fault)
    self.fault = fault
  }

  private mutating func add(_ name: String) throws(TernError) {
    names.append(name)
    try Self.check(names.count)
  }

  private static func check(_ count: Int) throws(TernError) {
    guard count <= Limits.columnCountMax else {
      throw .badReply("more than \(Limits.columnCountMax) columns")
    }
  }

  /// What the members say together; an error wins over rows.
  func result() throws(TernError) -> MaxScaleResult {
    if let fault { return .failed(fault) }
    if let data {
      return .rows(
        MaxScaleRows(
          isComplete: isComplete ?? true, data: data, names: try checkedNames(),
          columns: columns))
    }
    guard isChange else { throw .badReply("a result that is neither rows nor a count") }
    return .changed(change)
  }

  /// The names of the columns, of which there must be as many as descriptions.
  func checkedNames() throws(TernError) -> [String] {
    guard columns == nil || columns?.count == names.count else {
      throw .badReply("\(columns?.count ?? 0) column descriptions for \(names.count) columns")
    }
    return names
  }
}
