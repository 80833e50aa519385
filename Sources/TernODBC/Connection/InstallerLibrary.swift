import CODBC
import Glibc
import Tern

/// unixODBC's installer library, found at run time: the driver links neither it nor the manager.
struct InstallerLibrary: Sendable {
  private typealias Read = @convention(c) (
    UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
    UnsafeMutablePointer<CChar>?, CInt, UnsafePointer<CChar>?
  ) -> CInt
  private typealias Write = @convention(c) (
    UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?
  ) -> CInt
  private typealias Name = @convention(c) (UnsafePointer<CChar>?) -> CInt
  private typealias TwoNames = @convention(c) (UnsafePointer<CChar>?, UnsafePointer<CChar>?)
    -> CInt

  private let read: Address
  private let write: Address
  private let writeSource: Address
  private let removeSource: Address

  /// The library, where the system has it. Never closed: the manager uses it too.
  static let loaded: InstallerLibrary? = {
    for name in ["libodbcinst.so.2", "libodbcinst.so.1", "libodbcinst.so"] {
      if let library = InstallerLibrary(name) { return library }
    }
    return nil
  }()

  private init?(_ name: String) {
    guard let library = unsafe dlopen(name, RTLD_LAZY | RTLD_LOCAL) else { return nil }
    let find = { (symbol: String) in unsafe Address(dlsym(library, symbol)) }
    read = find("SQLGetPrivateProfileString")
    write = find("SQLWritePrivateProfileString")
    writeSource = find("SQLWriteDSNToIni")
    removeSource = find("SQLRemoveDSNFromIni")
    if read.isNull { return nil }
  }

  /// All settings of a section.
  func settings(of section: String, in file: String) -> [(name: String, value: String)] {
    keys(of: section, in: file).map { ($0, value(section, $0, file)) }
  }

  private func keys(of section: String, in file: String) -> [String] {
    let list = ask(section, nil, file, capacity: 16_384)
    return list.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  private func value(_ section: String, _ key: String, _ file: String) -> String {
    let bytes = ask(section, key, file, capacity: 4_096)
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  private func ask(
    _ section: String, _ key: String?, _ file: String, capacity: Int
  ) -> [UInt8] {
    // Sound: the address is that of this function, whose signature `odbcinst.h` fixes.
    guard let pointer = unsafe read.pointer else { return [] }
    let function = unsafe unsafeBitCast(pointer, to: Read.self)
    var buffer = [CChar](repeating: 0, count: capacity)
    let count: CInt
    if let key {
      count = unsafe function(section, key, "", &buffer, CInt(capacity), file)
    } else {
      count = unsafe function(section, nil, "", &buffer, CInt(capacity), file)
    }
    return buffer.prefix(max(0, min(Int(count), capacity))).map { UInt8(bitPattern: $0) }
  }

  /// Adds a data source for a driver. Tells whether that worked.
  func add(dataSource: String, driver: String) -> Bool {
    guard let pointer = unsafe writeSource.pointer else { return false }
    let function = unsafe unsafeBitCast(pointer, to: TwoNames.self)
    return unsafe function(dataSource, driver) != 0
  }

  /// Removes a data source. Tells whether that worked.
  func remove(dataSource: String) -> Bool {
    guard let pointer = unsafe removeSource.pointer else { return false }
    let function = unsafe unsafeBitCast(pointer, to: Name.self)
    return unsafe function(dataSource) != 0
  }

  /// Writes one setting. Tells whether that worked.
  func set(_ section: String, _ key: String, _ value: String, in file: String) -> Bool {
    guard let pointer = unsafe write.pointer else { return false }
    let function = unsafe unsafeBitCast(pointer, to: Write.self)
    return unsafe function(section, key, value, file) != 0
  }
}
