import Tern

/// One attribute of environments (ODBC, SQLSetEnvAttr): which values it takes and its default.
struct EnvironmentAttribute {
  /// `SQL_ATTR_ODBC_VERSION`.
  static let version: Int32 = 200

  /// nil: any value is kept.
  let allowed: [UInt32]?
  let defaultValue: UInt32
  /// What a value that is not allowed answers.
  let refusal: SQLState

  /// By number. 1064 is unixODBC's own question for the application's kind of Unicode.
  static let all: [Int32: EnvironmentAttribute] = [
    version: EnvironmentAttribute(
      allowed: [2, 3, 380], defaultValue: 3, refusal: .invalidOptionValue),
    10_001: EnvironmentAttribute(allowed: [1], defaultValue: 1, refusal: .unsupported),
    201: EnvironmentAttribute(allowed: nil, defaultValue: 0, refusal: .invalidOptionValue),
    202: EnvironmentAttribute(allowed: nil, defaultValue: 0, refusal: .invalidOptionValue),
    1_064: EnvironmentAttribute(allowed: nil, defaultValue: 0, refusal: .invalidOptionValue),
  ]
}

extension EnvironmentHandle {
  /// SQLSetEnvAttr.
  func set(_ attribute: Int32, _ value: Address) throws(TernError) -> ReturnCode {
    guard let row = EnvironmentAttribute.all[attribute] else {
      throw .usage("there is no environment attribute \(attribute)", .unknownOption)
    }
    let number = UInt32(truncatingIfNeeded: value.bits)
    guard row.allowed?.contains(number) ?? true else {
      throw .usage("environment attribute \(attribute) cannot be \(number)", row.refusal)
    }
    guard attribute != EnvironmentAttribute.version || connections.withLock({ $0.isEmpty }) else {
      throw .usage("the version is set before connections are allocated", .sequence)
    }
    attributes[attribute] = number
    return .success
  }

  /// SQLGetEnvAttr.
  func get(_ attribute: Int32, _ value: Address, _ length: Address) throws(TernError) -> ReturnCode
  {
    guard let row = EnvironmentAttribute.all[attribute] else {
      throw .usage("there is no environment attribute \(attribute)", .unknownOption)
    }
    value.store(attributes[attribute] ?? row.defaultValue)
    length.store(Int32(4))
    return .success
  }
}
