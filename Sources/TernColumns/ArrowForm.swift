/// What a foreign Arrow stream means by its columns, where their Arrow types do not tell.
public struct ArrowForm: Hashable, Sendable {
  /// Whole numbers count units of the last of so many digits, of a number or of a second.
  public var digits: Int
  /// How texts are read, and that structures of a moment have an offset.
  public var text: ColumnFormat
  /// The forms of the columns inside; missing ones are plain.
  public var children: [ArrowForm]

  /// Makes a form; by default numbers are themselves.
  public init(digits: Int = 0, text: ColumnFormat = .standard, children: [ArrowForm] = []) {
    self.digits = digits
    self.text = text
    self.children = children
  }

  func child(_ index: Int) -> ArrowForm {
    children.indices.contains(index) ? children[index] : ArrowForm()
  }

  /// Whether moments come with an offset of their own.
  var hasOffset: Bool { text == .epochSecondsAndOffset || text == .packedSecondsAndOffset }
}
