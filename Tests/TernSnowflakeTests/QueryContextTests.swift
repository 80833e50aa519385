import TernColumns
import Testing

@testable import TernSnowflake

/// The cache of query contexts, rule by rule (section 3.7).
struct QueryContextTests {
  typealias Entry = SnowflakeAnswer.ContextEntry

  private func entry(_ id: Int64, _ time: Int64, _ priority: Int64, _ text: String? = nil) -> Entry
  {
    Entry(id: id, timestamp: time, priority: priority, context: text)
  }

  private func merged(_ answers: [Entry]..., capacity: Int = 5) -> [Entry] {
    var context = SnowflakeQueryContext(capacity: capacity)
    for answer in answers { context.merge(.entries(answer)) }
    return context.entries
  }

  @Test func newerEntriesReplaceThoseOfTheirId() {
    #expect(merged([entry(1, 10, 1, "a")], [entry(1, 11, 1, "b")]) == [entry(1, 11, 1, "b")])
    #expect(merged([entry(1, 10, 1, "a")], [entry(1, 9, 1, "b")]) == [entry(1, 10, 1, "a")])
    #expect(merged([entry(1, 10, 1, "a")], [entry(1, 10, 1, "b")]) == [entry(1, 10, 1, "a")])
    #expect(merged([entry(1, 10, 1, "a")], [entry(1, 10, 2, "b")]) == [entry(1, 10, 2, "b")])
    #expect(merged([entry(1, 10, 1)], [entry(1, 11, 7)]) == [entry(1, 11, 7)])
  }

  @Test func aPriorityBelongsToOneId() {
    #expect(merged([entry(1, 10, 1)], [entry(2, 5, 1)]) == [entry(2, 5, 1)])
    // The old holder has moved in the same answer.
    #expect(
      merged([entry(1, 10, 1)], [entry(1, 11, 2), entry(2, 11, 1)])
        == [entry(2, 11, 1), entry(1, 11, 2)])
    // An id that moves evicts the holder of its new priority.
    #expect(
      merged([entry(1, 10, 1), entry(2, 10, 2)], [entry(1, 11, 2)]) == [entry(1, 11, 2)])
    // Within one answer nothing collides.
    #expect(merged([entry(1, 10, 1), entry(2, 10, 1)]).count == 2)
  }

  @Test func entriesAreOrderedAndTheLeastImportantDropped() {
    let many = (0..<8).map { entry(10 - $0, 1, 10 - $0) }
    #expect(merged(many, capacity: 5).map(\.priority) == [3, 4, 5, 6, 7])
    #expect(merged(many, capacity: 0).isEmpty)
    var context = SnowflakeQueryContext()
    context.merge(.entries(many))
    context.resize(2)
    #expect(context.entries.map(\.priority) == [3, 4])
    context.resize(.max)
    context.resize(-1)
    #expect(context.entries.isEmpty)
  }

  @Test func nullForgetsAndAbsenceKeeps() throws {
    var context = SnowflakeQueryContext()
    context.merge(.entries([entry(0, 1, 0, "x")]))
    context.merge(.none)
    #expect(context.entries.count == 1)
    context.merge(.cleared)
    #expect(context.entries.isEmpty)
    for (text, change) in [
      (#"{"queryContext":null}"#, SnowflakeAnswer.ContextChange.cleared),
      (#"{"queryContext":{}}"#, .cleared), (#"{"a":1}"#, .none),
      (#"{"queryContext":{"entries":null}}"#, .cleared),
      (#"{"queryContext":{"entries":[]}}"#, .entries([])),
      (
        #"{"queryContext":{"entries":[{"id":0,"timestamp":5,"priority":0,"context":"CPb8fA=="}]}}"#,
        .entries([entry(0, 5, 0, "CPb8fA==")])
      ),
    ] {
      let bytes = Array(text.utf8)
      #expect(try SnowflakeAnswer(bytes, data: 0..<bytes.count).context == change, "\(text)")
    }
  }

  @Test func whatIsSent() {
    func text(_ entries: [Entry]) -> String {
      var context = SnowflakeQueryContext()
      context.merge(.entries(entries))
      var writer = JSONWriter()
      context.append(to: &writer)
      return String(decoding: writer.bytes, as: UTF8.self)
    }
    #expect(text([]) == "{}")
    #expect(
      text([entry(0, 1_738_794_687_263_091, 0, "CPb8fA=="), entry(7, 2, 1)])
        == #"{"entries":[{"id":0,"timestamp":1738794687263091,"priority":0,"#
        + #""context":{"base64Data":"CPb8fA=="}},"#
        + #"{"id":7,"timestamp":2,"priority":1,"context":{}}]}"#)
  }
}
