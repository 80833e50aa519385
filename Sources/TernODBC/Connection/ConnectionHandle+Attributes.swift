import Tern

// SQLGetConnectAttr and SQLSetConnectAttr, and what attributes do to an open connection.
extension ConnectionHandle {
  /// Reads an attribute.
  func get(_ id: Int32, _ value: Address, _ text: OutputText) throws(TernError) -> ReturnCode {
    let row = try attribute(id)
    switch (try row.get(self), row.width) {
    case (.text(let content), _): try diagnostics.write(content, to: text)
    case (.number(let number), .pointer):
      value.store(number)
      text.writeLength(8)
    case (.number(let number), _):
      value.store(UInt32(truncatingIfNeeded: number))
      text.writeLength(4)
    }
    return .success
  }

  /// Changes an attribute; integers stand in the pointer itself.
  func set(
    _ id: Int32, _ value: Address, byteCount: Int, _ encoding: InputText.Encoding
  ) throws(TernError) -> ReturnCode {
    let row = try attribute(id)
    guard let set = row.set else { throw ConnectionAttribute.readOnly }
    if row.width == .text {
      let text = try InputText(value, byteCount: byteCount, encoding)
      try set(self, .text(try text.required("value")))
    } else {
      let isNarrow = row.width == .bits32
      try set(self, .number(isNarrow ? value.bits & 0xFFFF_FFFF : value.bits))
    }
    takeWarnings(to: &diagnostics)
    return .success
  }

  private func attribute(_ id: Int32) throws(TernError) -> ConnectionAttribute {
    guard let row = ConnectionAttribute.all[id] else {
      throw .usage("there is no connection attribute \(id)", .unknownOption)
    }
    return row
  }

  // MARK: - What attributes do

  func setAccessMode(_ isReadOnly: Bool) throws(TernError) {
    if let link, link.capabilities.canBeReadOnly { try link.set(.isReadOnly(isReadOnly)) }
    attributes.numbers[ConnectionAttribute.accessMode] = isReadOnly ? 1 : 0
  }

  func setAutocommit(_ isOn: Bool) throws(TernError) {
    if let link {
      guard isOn || link.capabilities.transactions != .none else {
        throw .unsupported(
          "this server has no transactions: leave autocommit on (in Python: autocommit=True)")
      }
      if isOn, !link.state.isAutocommit { closeResultsOfTransaction(link) }
      try link.setAutocommit(isOn)
      hasWork = false
    }
    attributes.numbers[ConnectionAttribute.autocommit] = isOn ? 1 : 0
  }

  func setConnectionTimeout(_ seconds: UInt) {
    attributes.numbers[ConnectionAttribute.connectionTimeout] = seconds
    guard let link else { return }
    do throws(TernError) {
      try link.set(.option(name: "network_timeout", value: String(seconds)))
    } catch {
      // Programs set this right after connecting and take an error for a failed connection.
      diagnostics.warn(.optionChanged, "the timeout counts from the next connect on")
    }
  }

  /// The isolation level as `SQL_TXN_…`, 0 where there is none.
  var isolation: UInt {
    let level = link?.state.isolation ?? link?.capabilities.defaultIsolation
    let known = level.map { UInt($0.rawValue) } ?? 0
    return attributes[ConnectionAttribute.isolation, default: known]
  }

  func setIsolation(_ bits: UInt) throws(TernError) {
    guard let wanted = IsolationLevel(rawValue: Int32(truncatingIfNeeded: bits)) else {
      throw .usage("\(bits) is no isolation level", .invalidOptionValue)
    }
    guard let link else {
      attributes.numbers[ConnectionAttribute.isolation] = bits
      return
    }
    let stricter = link.capabilities.isolationLevels.map(\.rawValue).sorted()
      .first { $0 >= wanted.rawValue }
    guard let level = stricter.flatMap({ IsolationLevel(rawValue: $0) }) else {
      throw .usage("this server has no isolation level \(wanted.name)", .invalidOptionValue)
    }
    guard !hasWork || UInt(level.rawValue) == isolation else {
      throw .usage("a transaction is open: end it first", .attributeLocked)
    }
    try link.set(.isolation(level))
    attributes.numbers[ConnectionAttribute.isolation] = UInt(level.rawValue)
    if level != wanted {
      diagnostics.warn(.optionChanged, "\(wanted.name) was replaced by \(level.name)")
    }
  }

  func setCatalog(_ value: ConnectionAttribute.Value) throws(TernError) {
    guard case .text(let name) = value else { throw .internal("a number for a catalog") }
    if let link {
      guard !link.capabilities.catalogTerm.isEmpty else {
        throw .unsupported("this server has no catalogs")
      }
      try link.set(.catalog(name))
    }
    attributes.catalog = name
  }

  /// Makes the connection as it was after connecting, for the next user of a pool.
  func reset() throws(TernError) {
    guard let link else { return }
    if !link.state.isAutocommit {
      try link.rollback()
      if first.isAutocommit { try link.setAutocommit(true) }
    }
    let now = link.state
    if let catalog = first.catalog, catalog != now.catalog { try link.set(.catalog(catalog)) }
    if (first.schema ?? "") != (now.schema ?? "") { try link.set(.schema(first.schema ?? "")) }
    if let level = first.isolation, level != now.isolation { try link.set(.isolation(level)) }
    if first.isReadOnly != now.isReadOnly { try link.set(.isReadOnly(first.isReadOnly)) }
    attributes = ConnectionAttributes()
    hasWork = false
  }
}
