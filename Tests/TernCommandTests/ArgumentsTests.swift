import TernCore
import Testing

@testable import TernCommand

@Suite struct ArgumentsTests {
  private func parse(_ words: String..., hasDefault: Bool = false) throws -> Arguments {
    try Arguments(words, hasDefaultTarget: hasDefault)
  }

  @Test func readsTargetAndSQL() throws {
    let arguments = try parse("exasol://h", "select 1", "-F", "csv", "--max-rows=5", "-o", "x.csv")
    #expect(arguments.target == "exasol://h")
    #expect(arguments.sql == "select 1")
    #expect(arguments.format == .csv)
    #expect(arguments.output == "x.csv")
    #expect(arguments.settings.map(\.name) == ["max_rows"])
    #expect(arguments.settings.map(\.value) == ["5"])
  }

  @Test func aSingleWordIsSQLOnlyIfTheEnvironmentNamesATarget() throws {
    #expect(try parse("select 1", hasDefault: true).sql == "select 1")
    #expect(try parse("select a=b", hasDefault: true).sql == "select a=b")
    #expect(try parse("exasol://h", hasDefault: true).target == "exasol://h")
    #expect(try parse("Protocol = exasol;Server=h", hasDefault: true).sql == nil)
    #expect(try parse("select 1").target == "select 1")
    #expect(try parse(hasDefault: true) == parse())
  }

  @Test func keepsParametersInOrder() throws {
    let arguments = try parse("t", "q", "-p", "1", "--param-null", "--param", "")
    #expect(arguments.parameters == ["1", nil, ""])
  }

  @Test func wordsAfterTwoDashesAreNoOptions() throws {
    let arguments = try parse("t", "--", "-- comment\nselect 1")
    #expect(arguments.sql == "-- comment\nselect 1")
  }

  @Test(arguments: [
    (["--formt", "csv"], "did you mean --format?"), (["--format", "xml"], "known: table, csv"),
    (["--output"], "needs a value"), (["--quiet=1"], "takes no value"),
    (["a", "b", "c"], "quotes"),
    (["t", "q", "-f", "x"], "exclude"), (["--catalog", "tabels"], "known: catalogs"),
    (["--set", "x"], "NAME=VALUE"), (["--catalog", "tables", "-f", "x"], "--catalog takes"),
    (["-z"], "unknown option -z"),
  ])
  func saysWhatWasNotUnderstood(words: [String], part: String) {
    do throws(TernError) {
      _ = try Arguments(words, hasDefaultTarget: false)
      Issue.record("no error")
    } catch {
      #expect(error.message.contains(part), "\(error.message)")
      #expect(error.kind == .usage)
    }
  }

  @Test func helpNamesEveryOption() {
    for name in Array(Arguments.flags.keys) + Array(Arguments.values.keys)
    where name != "--options-markdown" {
      #expect(Arguments.help.contains(name), "\(name)")
    }
    #expect(Arguments.help.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }
}
