import TernColumns
import TernDriver

extension Connection {
  /// How Arrow export writes timestamps with 7 to 9 fraction digits: the option `timestamp_unit`.
  var timestampExport: TimestampExport {
    let name = (try? target.text("timestamp_unit")) ?? nil
    return name.flatMap { TimestampExport(name: $0) } ?? .microseconds
  }
}
