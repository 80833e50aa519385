internal import TernColumns
internal import TernCore

/// What the server wants to be told again with every query, so that hybrid tables read what was
/// written before. Opaque here; per session.
///
/// Source: Snowflake reference, section 3.7.
struct SnowflakeQueryContext: Hashable, Sendable {
  /// One piece: of two with the same id the newer counts; the lower its priority's number, the
  /// longer it is kept.
  typealias Entry = SnowflakeAnswer.ContextEntry

  /// By ascending priority.
  private(set) var entries: [Entry] = []
  /// Entries that are kept at most.
  private(set) var capacity: Int

  /// Entries kept where the server does not say how many (`QUERY_CONTEXT_CACHE_SIZE`).
  static let capacityDefault = 5
  /// More than this no server asks for.
  private static let capacityMax = 1_000

  /// Starts empty, as every session does.
  init(capacity: Int = Self.capacityDefault) {
    self.capacity = min(max(0, capacity), Self.capacityMax)
  }

  /// Changes how many entries are kept.
  mutating func resize(_ capacity: Int) {
    self.capacity = min(max(0, capacity), Self.capacityMax)
    trim()
  }

  /// Takes over what an answer says, failed ones too.
  ///
  mutating func merge(_ change: SnowflakeAnswer.ContextChange) {
    switch change {
    case .none: return
    case .cleared: entries = []
    case .entries(let news):
      // What collides is judged against earlier answers, not within this one.
      let before = entries
      for entry in news { merge(entry, before) }
      trim()
    }
  }

  private mutating func merge(_ entry: Entry, _ before: [Entry]) {
    if let index = entries.firstIndex(where: { $0.id == entry.id }) {
      let known = entries[index]
      let isNewer =
        entry.timestamp > known.timestamp
        || (entry.timestamp == known.timestamp && entry.priority != known.priority)
      guard isNewer else { return }
      entries.remove(at: index)
    }
    entries.removeAll { $0.priority == entry.priority && before.contains($0) }
    entries.append(entry)
  }

  private mutating func trim() {
    entries.sort { ($0.priority, $0.id) < ($1.priority, $1.id) }
    if entries.count > capacity { entries.removeLast(entries.count - capacity) }
  }

  /// Writes the value of `queryContextDTO`.
  func append(to writer: inout JSONWriter) {
    writer.beginObject()
    if !entries.isEmpty {
      writer.key("entries")
      writer.beginArray()
      for entry in entries {
        writer.beginObject()
        writer.member("id", entry.id)
        writer.member("timestamp", entry.timestamp)
        writer.member("priority", entry.priority)
        writer.key("context")
        writer.beginObject()
        if let context = entry.context { writer.member("base64Data", context) }
        writer.endObject()
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
  }
}
