import TernCore
import TernDriver
import Testing

@testable import TernCommand

@Suite struct CatalogQuestionTests {
  @Test(
    arguments: [
      (nil, .any, .any, .any), ("emp", .any, .any, .exact("EMP")),
      ("hr.emp", .any, .exact("HR"), .exact("EMP")),
      ("x.%.e%", .exact("X"), .pattern("%"), .pattern("E%")),
      ("hr.", .any, .exact("HR"), .any), ("\"a.b\".my_%", .any, .exact("a.b"), .pattern("MY\\_%")),
      ("\"my_%\"", .any, .any, .exact("my_%")), ("my_table", .any, .any, .exact("MY_TABLE")),
    ] as [(String?, NameMatch, NameMatch, NameMatch)])
  func readsPatterns(
    pattern: String?, catalog: NameMatch, schema: NameMatch, name: NameMatch
  ) throws {
    let filter = TableFilter(catalog: catalog, schema: schema, name: name)
    #expect(try CatalogQuestion.request("tables", pattern, .upper) == .tables(filter, types: nil))
    #expect(
      try CatalogQuestion.request("columns", pattern, .upper) == .columns(filter, column: .any))
  }

  @Test func everyNameIsAQuestion() throws {
    for name in CatalogQuestion.names {
      _ = try CatalogQuestion.request(name, nil, .upper)
    }
  }

  @Test func namesFollowTheServersCase() throws {
    let request = try CatalogQuestion.request("schemas", "MixeD", .lower)
    #expect(request == .schemas(catalog: .any, schema: .exact("mixed")))
    let kept = try CatalogQuestion.request("schemas", "MixeD", .sensitive)
    #expect(kept == .schemas(catalog: .any, schema: .exact("MixeD")))
  }

  @Test(arguments: ["a.b.c.d", "\"open"])
  func refusesBadPatterns(pattern: String) {
    #expect(throws: TernError.self) { try CatalogQuestion.request("tables", pattern, .upper) }
  }
}
