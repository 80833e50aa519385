public import TernCore

/// The system's zone database: `TZDIR`, else `/usr/share/zoneinfo`; never the process's own `TZ`.
public enum ZoneDirectory {
  /// The rules of a zone by its IANA name. UTC needs no file.
  ///
  /// - Throws: `.usage` HY024 that names the zone and where it was looked for.
  public static func rules(named name: String) throws(TernError) -> ZoneRules {
    if ["UTC", "Etc/UTC", "Z", "GMT"].contains(name) { return .utc }
    let folder = ProcessEnvironment.variable("TZDIR") ?? "/usr/share/zoneinfo"
    // A name is no way out of the folder.
    let isName = name.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: "+") || 0x30...0x39 ~= byte || 0x41...0x5A ~= byte & ~0x20
    }
    guard isName, !name.isEmpty, !name.hasPrefix("/"), !name.hasSuffix("/") else {
      throw .usage("\(name) is no name of a time zone", .invalidOptionValue)
    }
    let bytes: [UInt8]
    do throws(TernError) {
      bytes = try SmallFile.read("\(folder)/\(name)")
    } catch {
      throw .usage(
        "time zone \(name) is not known here: \(error.message) (Debian: package tzdata)",
        .invalidOptionValue)
    }
    return try ZoneRules(name: name, parsing: bytes.span)
  }
}
