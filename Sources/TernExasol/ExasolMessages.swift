internal import TernColumns
internal import TernCore

/// The requests of Exasol's WebSocket API, as bytes.
///
/// Source: Exasol reference, sections 2.2 to 2.11.
enum ExasolRequest {
  /// Attributes that a request sets before it runs.
  typealias Attributes = [(name: String, value: ExasolAttributeValue)]

  /// The bytes of one request. `redacted` is what the log may show.
  static func command(
    _ name: String, attributes: Attributes = [], _ body: (inout JSONWriter) -> Void = { _ in }
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("command", name)
    write(attributes, to: &writer)
    body(&writer)
    writer.endObject()
    return writer.finish()
  }

  /// `attributes`, if there are any.
  static func write(_ attributes: Attributes, to writer: inout JSONWriter) {
    guard !attributes.isEmpty else { return }
    writer.key("attributes")
    writer.beginObject()
    for (name, value) in attributes { value.write(name, to: &writer) }
    writer.endObject()
  }

  static func execute(_ sql: String, _ attributes: Attributes) -> [UInt8] {
    command("execute", attributes: attributes) { $0.member("sqlText", sql) }
  }

  static func executeBatch(_ texts: [String], _ attributes: Attributes) -> [UInt8] {
    command("executeBatch", attributes: attributes) { writer in
      writer.key("sqlTexts")
      writer.beginArray()
      for text in texts { writer.value(text) }
      writer.endArray()
    }
  }

  static func prepare(_ sql: String) -> [UInt8] {
    command("createPreparedStatement") { $0.member("sqlText", sql) }
  }

  static func closePrepared(_ handle: Int64) -> [UInt8] {
    command("closePreparedStatement") { $0.member("statementHandle", handle) }
  }

  /// `startPosition` counts rows from 0; `byteCount` is at most 64 MiB.
  static func fetch(_ handle: Int64, startPosition: Int64, byteCount: Int) -> [UInt8] {
    command("fetch") { writer in
      writer.member("resultSetHandle", handle)
      writer.member("startPosition", startPosition)
      writer.member("numBytes", Int64(min(max(byteCount, 1), fetchByteCountMax)))
    }
  }

  static func closeResultSets(_ handles: [Int64]) -> [UInt8] {
    command("closeResultSet") { writer in
      writer.key("resultSetHandles")
      writer.beginArray()
      for handle in handles { writer.value(handle) }
      writer.endArray()
    }
  }

  static func offset(_ handle: Int64) -> [UInt8] {
    command("getOffset") { $0.member("resultSetHandle", handle) }
  }

  static func hosts(_ hostIP: String) -> [UInt8] {
    command("getHosts") { $0.member("hostIp", hostIP) }
  }

  static func setAttributes(_ attributes: Attributes) -> [UInt8] {
    command("setAttributes", attributes: attributes)
  }

  static func enterParallel(_ hostIP: String, _ count: Int) -> [UInt8] {
    command("enterParallel") { writer in
      writer.member("hostIp", hostIP)
      writer.member("numRequestedConnections", Int64(count))
    }
  }

  static func requestParallelConnections(_ count: Int) -> [UInt8] {
    command("requestParallelConnections") {
      $0.member("numRequestedConnections", Int64(count))
    }
  }

  /// A metadata command; nil arguments match everything, `types` nil all of them.
  static func metadata(
    _ name: String, _ arguments: [(name: String, value: String?)], types: [String]? = nil
  ) -> [UInt8] {
    command(name) { writer in
      for (argument, value) in arguments {
        guard let value else { continue }
        writer.member(argument, value)
      }
      guard let types else { return }
      writer.key("tableTypes")
      writer.beginArray()
      for type in types { writer.value(type) }
      writer.endArray()
    }
  }

  /// What `fetch` may ask for at once.
  static let fetchByteCountMax = 67_108_864
  /// Has no reply of its own.
  static let abort = command("abortQuery")
  static let disconnect = command("disconnect")
  static let attributes = command("getAttributes")
}
