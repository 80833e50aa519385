/// A keyword of the vendor's own drivers and what it means here.
///
/// Compared like every keyword: without regard to case and `_`.
public struct VendorKeyword: Hashable, Sendable {
  /// What becomes of the value.
  public enum Rule: Hashable, Sendable {
    /// The value of this option.
    case option(String)
    /// A number in this unit (`k`, `M`) for an option of type size.
    case sized(String, unit: String)
    /// Each known value stands for an option and its value.
    case values([Value])
    /// The value says which option the password really is.
    case passwordIs([Value])
  }

  /// One value of the keyword.
  public struct Value: Hashable, Sendable {
    /// What the vendor calls it, compared without regard to case.
    public let text: String
    /// The option it sets.
    public let option: String
    /// The option's value.
    public let value: String

    /// `text` means `option=value`.
    public init(_ text: String, _ option: String, _ value: String = "") {
      self.text = text
      self.option = option
      self.value = value
    }
  }

  /// The keyword, as the vendor writes it.
  public let keyword: String
  /// What becomes of its value.
  public let rule: Rule

  /// Makes a row.
  public init(_ keyword: String, _ rule: Rule) {
    self.keyword = keyword
    self.rule = rule
  }
}
