// The setup library's functions, in the same object: `Setup =` names it too.
public import CODBC
import Tern

/// Adds, changes or removes a data source. Attributes end with an empty one.
@implementation @c
public func ConfigDSN(
  _ window: HWND!, _ request: WORD, _ driver: LPCSTR!, _ attributes: LPCSTR!
) -> CInt {
  guard let driver = unsafe driver, let attributes = unsafe attributes else { return 0 }
  // Sound: setup programs pass zero-terminated text, and a list that ends with an empty one.
  var texts: [String] = []
  var next = unsafe attributes
  while unsafe next.pointee != 0 {
    unsafe texts.append(String(cString: next))
    // By bytes in memory: a text that is not UTF-8 is longer once it was read.
    while unsafe next.pointee != 0 { unsafe next += 1 }
    unsafe next += 1
  }
  let name = unsafe String(cString: driver)
  return DataSourceSetup.perform(request, driver: name, texts) ? 1 : 0
}
