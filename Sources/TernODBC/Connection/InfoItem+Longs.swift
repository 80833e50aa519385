import Tern

// The answers of four bytes that are no lists of functions or conversions.
extension InfoItem {
  static let longs: [InfoItem] = fixed + [
    long(26) { UInt32(bitPattern: $0.server.defaultIsolation?.rawValue ?? 0) },
    long(72) { source in
      source.server.isolationLevels.reduce(0) { $0 | UInt32(bitPattern: $1.rawValue) }
    },
    long(91) { $0.hasSchemas ? 31 : 0 },
    long(92) { $0.hasCatalogs ? 31 : 0 },
    long(115) { $0.server.hasFullJoin ? 127 : 123 },
    long(119) { $0.server.hasTimeType ? 7 : 5 },
    long(120) { $0.server.hasMultipleResults ? 2 : 0 },
    long(121) { $0.server.hasMultipleResults ? 3 : 0 },
    long(131) { $0.server.hasSchemaDefinition ? 1 : 0 },
    long(140) { $0.server.hasSchemaDefinition ? 1 : 0 },
    long(148) { $0.server.hasIndexes ? 3 : 0 },
    long(170) { $0.server.hasIndexes ? 3 : 0 },
    long(149) { $0.server.hasInformationSchema ? 0x42_A040 : 0 },
    long(155) { $0.server.hasTimeType ? 7 : 5 },
    long(156) { $0.server.enforcesIntegrity ? 0xF : 0 },
    long(157) { $0.server.enforcesIntegrity ? 0xF : 0 },
    long(160) { $0.server.hasQuantifiedComparison ? 0x3E07 : 0x1E07 },
    long(161) { $0.server.hasFullJoin ? 0x1DA : 0x1D2 },
    long(172) { $0.server.hasSelectInto ? 7 : 3 },
    long(109) { $0.intervals("TIMESTAMPADD") },
    long(110) { $0.intervals("TIMESTAMPDIFF") },
  ]

  /// `SQL_FN_TSI_…` by the word that escape sequences use.
  static let timestampUnits: [(String, UInt32)] = [
    ("SQL_TSI_FRAC_SECOND", 1), ("SQL_TSI_SECOND", 2), ("SQL_TSI_MINUTE", 4),
    ("SQL_TSI_HOUR", 8), ("SQL_TSI_DAY", 16), ("SQL_TSI_WEEK", 32), ("SQL_TSI_MONTH", 64),
    ("SQL_TSI_QUARTER", 128), ("SQL_TSI_YEAR", 256),
  ]

  /// What holds for every server, or for this driver's cursors.
  private static let fixedValues: [(UInt16, UInt32)] = [
    (8, 63), (43, 1), (44, 17), (48, 3), (78, 0), (79, 1), (80, 0), (81, 15), (82, 0), (83, 0),
    (86, 3), (95, 31), (96, 3), (117, 0), (118, 1), (127, 0), (128, 0), (129, 0), (130, 0),
    (132, 1), (133, 0), (134, 1), (136, 0), (137, 0), (138, 0), (139, 0), (141, 1), (142, 0),
    (143, 1), (144, 0), (145, 0), (146, 0x201), (147, 0x81), (150, 0), (151, 0), (152, 2),
    (153, 2), (154, 3), (158, 0), (159, 0x3F), (162, 0), (163, 0xF), (164, 0xEE),
    (165, 0xF), (166, 0), (167, 0x207), (168, 0x1081), (169, 0x7F), (180, 0),
    (1_750, 0), (10_001, 1), (10_021, 0), (10_022, 0), (10_023, 0), (10_024, 0), (10_025, 0),
  ]

  private static let fixed = fixedValues.map { id, value in long(id) { _ in value } }

  /// Limits that are not known: 97 to 101 and 106 have two bytes, the others four.
  static let unknownLimits: [InfoItem] =
    [97, 98, 99, 100, 101, 106].map { id in short(id) { _ in 0 } }
    + [102, 104, 105, 108, 112].map { id in long(id) { _ in 0 } }
}
