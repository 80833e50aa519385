extension StringProtocol {
  /// Whether `part` occurs, compared byte by byte.
  ///
  /// Wins over the overload of the module for regular expressions, which Swift imports unasked and
  /// which would bring a megabyte and a half into each shared object.
  public func contains(_ part: String) -> Bool { utf8Offset(of: part) != nil }

  /// UTF-8 bytes before the first place where `part` occurs; nil if it does not.
  public func utf8Offset(of part: String) -> Int? {
    let wanted = Array(part.utf8)
    let bytes = Array(utf8)
    guard let first = wanted.first else { return 0 }
    guard bytes.count >= wanted.count else { return nil }
    for start in 0...(bytes.count - wanted.count) where bytes[start] == first {
      if bytes[start..<(start + wanted.count)].elementsEqual(wanted) { return start }
    }
    return nil
  }
}
