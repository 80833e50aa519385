internal import TernColumns
internal import TernCore

/// One request and the answer that belongs to it, in both encodings.
///
/// Attributes that a server's version does not know are errors in JSON, so that none is sent
/// without need; in protobuf they are skipped, and the newest form goes to every server. What
/// proto3 leaves out because it is 0 or empty must be told from what is not there: an answer that
/// can be either starts from the value that is left out.
/// Source: Avatica reference, sections 5.2, 5.3, 15.2, 15.3 and 15.4.
protocol AvaticaMessage: Sendable {
  /// What an answer holds.
  associatedtype Answer: Sendable

  /// What the two are called.
  var names: AvaticaNames { get }
  /// Whether it may be sent again when a line ended without an answer: only what cannot have
  /// changed anything or moved a cursor (reference, section 6.5).
  var isSafeToRepeat: Bool { get }
  /// An answer before its first attribute.
  func makeAnswer() throws(TernError) -> Answer

  /// Writes the attributes.
  func write(_ writer: inout JSONWriter, _ connectionID: String)
  /// Writes the fields.
  func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError)
  /// Reads one attribute of the answer; false for one that it does not know.
  func read(
    _ name: String, _ reader: JSONReader, into answer: inout Answer
  ) throws(TernError) -> Bool
  /// Reads one field of the answer, or leaves it, which skips it.
  func read(
    _ field: Int, _ reader: ProtobufReader, into answer: inout Answer
  ) throws(TernError)
  /// Checks the answer once it is complete.
  func finish(_ answer: inout Answer) throws(TernError)
}

extension AvaticaMessage {
  /// Most requests may have run when their answer is lost.
  var isSafeToRepeat: Bool { false }
  /// Most answers need no check.
  func finish(_ answer: inout Answer) throws(TernError) {}
}

/// The names of a request and of its answer.
struct AvaticaNames: Hashable, Sendable {
  /// In JSON.
  let request: String
  let response: String
  /// The classes in protobuf, without their prefix.
  let requestClass: String
  let responseClass: String

  init(_ request: String, _ requestClass: String, _ response: String, _ responseClass: String) {
    self.request = request
    self.requestClass = requestClass
    self.response = response
    self.responseClass = responseClass
  }
}

/// The messages of the protocol, one type a request.
enum AvaticaMessages {}

/// An answer that says nothing but that it was done.
struct AvaticaDone: Hashable, Sendable {}

extension AvaticaMessage where Answer == AvaticaDone {
  func makeAnswer() throws(TernError) -> AvaticaDone { AvaticaDone() }
  func read(
    _ name: String, _ reader: JSONReader, into answer: inout AvaticaDone
  ) throws(TernError) -> Bool { false }
  func read(
    _ field: Int, _ reader: ProtobufReader, into answer: inout AvaticaDone
  ) throws(TernError) {}
}
