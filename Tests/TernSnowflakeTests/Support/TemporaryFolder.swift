import Foundation

/// A folder of one test's own, which ends with the object.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "tern-snowflake-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a program that stands for a browser: it gets the pages that `lines` of Python fetch.
  func browser(_ lines: String = "fetch(url)") throws -> String {
    let text = """
      #!/usr/bin/env python3
      import sys, urllib.error, urllib.request
      url = sys.argv[-1]
      def fetch(url, **more):
          opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
          try:
              return opener.open(urllib.request.Request(url, **more), timeout=60).read()
          except urllib.error.HTTPError as error:
              return error.read()
      \(lines)
      """
    let file = path + "/browser.py"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: file)
    return file
  }
}
