extension StringProtocol {
  /// Whether `part` occurs, compared byte by byte.
  ///
  /// Wins over the overload of the module for regular expressions, which Swift imports unasked and
  /// which would bring a megabyte and a half into each shared object.
  public func contains(_ part: String) -> Bool {
    let wanted = Array(part.utf8)
    let bytes = Array(utf8)
    guard let first = wanted.first else { return true }
    guard bytes.count >= wanted.count else { return false }
    for start in 0...(bytes.count - wanted.count) where bytes[start] == first {
      if bytes[start..<(start + wanted.count)].elementsEqual(wanted) { return true }
    }
    return false
  }
}
