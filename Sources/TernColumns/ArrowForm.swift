/// What a foreign Arrow stream means by its columns, where their Arrow types do not tell.
public struct ArrowForm: Hashable, Sendable {
  /// Whole numbers count units of the last of so many digits, of a number or of a second.
  public var digits: Int
  /// How texts are read, and that structures of a moment have an offset.
  public var text: ColumnFormat
  /// The forms of the columns inside; missing ones are plain.
  public var children: [ArrowForm]
  /// What nested columns are read as, with the forms of `children`, before they become JSON text;
  /// nil: as they are.
  public var nested: DataType?

  /// Makes a form; by default numbers are themselves.
  public init(
    digits: Int = 0, text: ColumnFormat = .standard, children: [ArrowForm] = [],
    nested: DataType? = nil
  ) {
    self.digits = digits
    self.text = text
    self.children = children
    self.nested = nested
  }

  func child(_ index: Int) -> ArrowForm {
    children.indices.contains(index) ? children[index] : ArrowForm()
  }

  /// Whether moments come with an offset of their own.
  var hasOffset: Bool { text == .epochSecondsAndOffset || text == .packedSecondsAndOffset }
}
