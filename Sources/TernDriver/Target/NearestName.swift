/// Finds what somebody who mistyped a name may have meant.
public enum NearestName {
  /// The name with the smallest edit distance, if that is at most a third of its length (and 2 at
  /// least); the first of several.
  public static func find(_ wrong: String, among names: [String]) -> String? {
    let folded = Array(OptionTable.fold(wrong).utf8)
    guard folded.count <= byteCountMax else { return nil }
    var best: (name: String, distance: Int)?
    for name in names {
      let candidate = Array(OptionTable.fold(name).utf8)
      let found = distance(folded, candidate)
      guard found <= max(2, candidate.count / 3), found < candidate.count else { continue }
      if best.map({ found < $0.distance }) ?? true { best = (name, found) }
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(replaced, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }

  /// Longer texts are no mistyped names.
  private static let byteCountMax = 64
}
