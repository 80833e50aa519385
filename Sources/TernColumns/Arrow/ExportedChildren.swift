/// The children of an exported `ArrowSchema` or `ArrowArray`, with the list that points to them.
@safe struct ExportedChildren<Node>: ~Copyable {
  private(set) var count = 0
  private(set) var list: UnsafeMutablePointer<UnsafeMutablePointer<Node>?>?
  private let release: (UnsafeMutablePointer<Node>) -> Void

  /// `release` calls the `release` of a child that still has one.
  init(_ release: @escaping (UnsafeMutablePointer<Node>) -> Void) {
    unsafe self.release = release
  }

  // Sound: whoever got a child and moved it has set its `release` to nil, as the interface asks.
  deinit {
    for index in 0..<count {
      guard let child = unsafe list?[index] else { continue }
      unsafe release(child)
      unsafe child.deallocate()
    }
    unsafe list?.deallocate()
  }

  /// One more child, made of `node`; its memory stays the list's.
  @unsafe mutating func add(_ node: Node) -> UnsafeMutablePointer<Node> {
    let child = UnsafeMutablePointer<Node>.allocate(capacity: 1)
    unsafe child.initialize(to: node)
    let larger = UnsafeMutablePointer<UnsafeMutablePointer<Node>?>.allocate(capacity: count + 1)
    for index in 0..<count { unsafe (larger + index).initialize(to: list?[index]) }
    unsafe (larger + count).initialize(to: child)
    unsafe list?.deallocate()
    unsafe list = larger
    count += 1
    return unsafe child
  }
}
