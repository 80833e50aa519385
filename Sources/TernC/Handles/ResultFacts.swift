import TernDriver

/// What a result says about itself, with texts that live as long as it is current.
struct ResultFacts {
  /// The server's id of the statement.
  let queryID: CText
  /// Names, in order.
  let names: [CText]
  /// The server's own words for the types.
  let typeNames: [CText]
  /// As the waist has them.
  let columns: [ColumnDescription]

  init(_ resultSet: ResultSet) {
    columns = resultSet.columns
    queryID = CText(resultSet.queryID ?? "")
    names = columns.map { CText($0.name) }
    typeNames = columns.map { CText($0.sql.typeName) }
  }

  /// The column of an index, nil if there is none.
  func column(_ index: Int32) -> ColumnDescription? {
    index >= 0 && Int(index) < columns.count ? columns[Int(index)] : nil
  }

  /// The text of an index in one of the lists, empty if there is none.
  func text(_ index: Int32, _ texts: [CText]) -> CText {
    index >= 0 && Int(index) < texts.count ? texts[Int(index)] : CText.empty
  }
}
