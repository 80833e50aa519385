import Tern
import TernCore
import TernDriver

/// Feeds any bytes to the parser of URIs and keyword strings. What it accepts must survive being
/// printed and read again; what it refuses must be refused with an error.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTarget(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  for audience in [ConnectionTarget.Audience.program, .odbc] {
    do throws(TernError) {
      let target = try ConnectionTarget(parsing: text, registry: .standard, audience: audience)
      _ = try? target.validated()
      guard audience == .program, target.driver != nil else { continue }
      let uri = target.uri(showingSecrets: true)
      let keywords = target.keywordString(showingSecrets: true)
      let again = try ConnectionTarget(parsing: keywords, registry: .standard)
      guard again.uri(showingSecrets: true) == uri,
        try ConnectionTarget(parsing: uri, registry: .standard).uri(showingSecrets: true) == uri
      else { fatalError("does not read back: \(uri) and \(keywords)") }
    } catch {
      continue
    }
  }
  return 0
}
