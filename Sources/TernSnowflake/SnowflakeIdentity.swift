internal import TernCore
internal import TernDriver
internal import TernNet

/// What this client calls itself; the service chooses result formats and features by it.
///
/// Source: Snowflake reference, section 1.8.
struct SnowflakeIdentity: Hashable, Sendable {
  /// `CLIENT_APP_ID`.
  let name: String
  /// `CLIENT_APP_VERSION`.
  let version: String

  /// Reads `name/version`, as the option `client_id` has it.
  ///
  /// - Throws: `.usage` for text without a slash, or with what no header can hold.
  init(_ text: String) throws(TernError) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
      text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else {
      throw .usage("option client_id: name/version is expected", .invalidOptionValue)
    }
    name = String(parts[0])
    version = String(parts[1])
  }

  /// The session parameter that chooses the form of results for clients of this name.
  var formatParameter: String {
    let prefix =
      switch name {
      case "PythonConnector": "PYTHON_CONNECTOR_"
      case "Go": "GO_"
      case "ODBC": "ODBC_"
      case "JDBC": "JDBC_"
      case "JavaScript": "JS_"
      case "C API": "C_API_"
      default: ""
      }
    return prefix + "QUERY_RESULT_FORMAT"
  }

  /// The value of the header of that name.
  var userAgent: String {
    "\(name)/\(version) (\(ProcessFacts.system.split(separator: " ").joined(separator: "-")))"
      + " Tern/\(TernVersion.text)"
  }
}
