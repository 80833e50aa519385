import CTern

/// The memory behind an exported `ArrowArray`, freed by its `release`: it keeps the column alive.
@safe final class ExportedArray {
  private let column: Column
  let bufferCount: Int
  let buffers: UnsafeMutablePointer<UnsafeRawPointer?>
  var children = unsafe ExportedChildren<ArrowArray> { child in
    if let release = unsafe child.pointee.release { unsafe release(child) }
  }

  init(_ column: Column) {
    self.column = column
    let addresses = unsafe Self.addresses(column)
    bufferCount = unsafe addresses.count
    unsafe buffers = .allocate(capacity: max(1, bufferCount))
    for index in 0..<bufferCount {
      unsafe (buffers + index).initialize(to: addresses[index])
    }
  }

  deinit {
    unsafe buffers.deallocate()
  }

  /// The buffers in the order that Arrow asks for.
  private static func addresses(_ column: Column) -> [UnsafeRawPointer?] {
    let validity = unsafe column.validity?.baseAddress
    let values = unsafe column.values?.baseAddress
    switch ColumnLayout(column.type) {
    case .none: return unsafe []
    case .bits, .fixed, .list32: return unsafe [validity, values]
    case .offsets32, .offsets64: return unsafe [validity, values, column.data?.baseAddress]
    case .fixedList, .children: return unsafe [validity]
    }
  }

  /// A reference for `private_data`, given back by `release`.
  func retained() -> UnsafeMutableRawPointer { unsafe Unmanaged.passRetained(self).toOpaque() }

  /// The `release` of every exported array.
  static func release(_ array: UnsafeMutablePointer<ArrowArray>?) {
    guard let array = unsafe array, let data = unsafe array.pointee.private_data else { return }
    unsafe array.pointee.release = nil
    unsafe array.pointee.private_data = nil
    // Sound: `private_data` came from `retained()` and was just cleared.
    unsafe Unmanaged<ExportedArray>.fromOpaque(data).release()
  }
}
