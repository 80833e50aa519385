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

/// Says what a data source may hold: the installer library shows it and frees it.
@implementation @c
public func ODBCINSTGetProperties(_ first: HODBCINSTPROPERTY!) -> CInt {
  guard var last = unsafe first else { return ODBCINST_ERROR }
  for property in SetupProperty.all {
    // Sound: `last` is the installer's record or one that was appended to it.
    let next = unsafe tern_odbc_append_property(
      last, property.name, property.value, property.prompt,
      property.choices.joined(separator: "\n"), property.help)
    guard let next = unsafe next else { return ODBCINST_ERROR }
    unsafe last = next
  }
  return ODBCINST_SUCCESS
}
