/// What a descriptor says of all its records together.
struct DescriptorHeader: Hashable {
  /// `SQL_DESC_ARRAY_SIZE`: rows of a rowset, or sets of parameters.
  var arraySize = 1
  /// `SQL_DESC_ARRAY_STATUS_PTR`.
  var arrayStatus = Address.null
  /// `SQL_DESC_BIND_OFFSET_PTR`: where a byte count lies that is added to every address.
  var bindOffset = Address.null
  /// `SQL_DESC_BIND_TYPE`: 0 by column, else the size of a row.
  var bindType = 0
  /// `SQL_DESC_ROWS_PROCESSED_PTR`.
  var rowsProcessed = Address.null

  /// The byte count to add to every address, read now.
  var offset: Int { bindOffset.load(Int.self) ?? 0 }
}
