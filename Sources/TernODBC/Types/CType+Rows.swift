import TernODBCConvert

extension CType {
  /// `SQL_ARD_TYPE`: as the application row descriptor says.
  static let ardType: Int16 = -99

  /// Whether a binding may name this type.
  static func isKnown(_ type: Int16) -> Bool {
    type == CType.default || CTarget(code: type) != nil
  }
}
