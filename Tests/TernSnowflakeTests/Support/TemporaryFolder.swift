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

  /// The command, for a URI, of a program that stands for a browser and does `lines` of Python.
  func browser(_ lines: String = "fetch(url)") throws -> String {
    let text = """
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
    // Not run as a program of its own: another test's new process may hold a file that was just
    // written open, and such files cannot be run.
    let file = path + "/browser.py"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return "python3%20\(file)"
  }
}
