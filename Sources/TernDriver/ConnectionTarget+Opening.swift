internal import TernCore

extension ConnectionTarget {
  func duration(_ name: String) throws(TernError) -> Int64 { 0 }
  func count(_ name: String) throws(TernError) -> Int64 { 0 }
  func size(_ name: String) throws(TernError) -> Int64 { 0 }
  func flag(_ name: String) throws(TernError) -> Bool { true }
  func readerCountMax() throws(TernError) -> Int { 1 }
  func openSession(_ context: CallContext) throws(TernError) -> any Session {
    throw .unsupported("no protocol is there yet")
  }
}
