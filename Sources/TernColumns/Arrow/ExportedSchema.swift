import CTern

/// The memory behind an exported `ArrowSchema`, freed by its `release`.
@safe final class ExportedSchema {
  /// The NUL-terminated strings, and the metadata in Arrow's binary form (nil: none).
  let format: UnsafePointer<CChar>
  let name: UnsafePointer<CChar>
  let metadata: UnsafePointer<CChar>?
  var children = unsafe ExportedChildren<ArrowSchema> { child in
    if let release = unsafe child.pointee.release { unsafe release(child) }
  }

  init(_ format: String, _ name: String, _ metadata: [MetadataEntry]) {
    unsafe self.format = Self.copy(Array(format.utf8) + [0])
    unsafe self.name = Self.copy(Array(name.utf8) + [0])
    unsafe self.metadata = metadata.isEmpty ? nil : Self.copy(ArrowMetadata.encode(metadata))
  }

  deinit {
    unsafe format.deallocate()
    unsafe name.deallocate()
    unsafe metadata?.deallocate()
  }

  /// A reference for `private_data`, given back by `release`.
  func retained() -> UnsafeMutableRawPointer { unsafe Unmanaged.passRetained(self).toOpaque() }

  /// The `release` of every exported schema.
  static func release(_ schema: UnsafeMutablePointer<ArrowSchema>?) {
    guard let schema = unsafe schema, let data = unsafe schema.pointee.private_data else { return }
    unsafe schema.pointee.release = nil
    unsafe schema.pointee.private_data = nil
    // Sound: `private_data` came from `retained()` and was just cleared.
    unsafe Unmanaged<ExportedSchema>.fromOpaque(data).release()
  }

  private static func copy(_ bytes: [UInt8]) -> UnsafePointer<CChar> {
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() {
      unsafe (copy + index).initialize(to: CChar(bitPattern: byte))
    }
    return unsafe UnsafePointer(copy)
  }
}
