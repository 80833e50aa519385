import TernColumns
import TernCore
import Testing

@testable import TernExasol

@Suite struct ExasolAttributesTests {
  private func merged(_ json: String) throws -> ExasolAttributes {
    var attributes = ExasolAttributes()
    try attributes.merge(reading: JSONReader(Array(json.utf8)))
    return attributes
  }

  @Test func namesAreComparedWithoutCaseAndMissingOnesStay() throws {
    let both = ["timezoneBehavior", "timeZoneBehavior"]
    for name in both {
      #expect(try merged(#"{"\#(name)":"ST"}"#).others["timezonebehavior"] == "ST")
    }
    let attributes = try merged(#"{"DATEFORMAT":"DD.MM.YYYY","timezone":"UTC"}"#)
    #expect(attributes.dateFormat == "DD.MM.YYYY")
    #expect(attributes.datetimeFormat == "YYYY-MM-DD HH24:MI:SS.FF6")
  }

  @Test(arguments: [("0", false), ("1", true), ("true", true), ("false", false)])
  func flagsComeAsWordsOrNumbers(text: String, flag: Bool) throws {
    #expect(try merged(#"{"openTransaction":\#(text)}"#).isTransactionOpen == flag)
    #expect(try merged(#"{"autocommit":\#(text)}"#).isAutocommit == flag)
  }

  @Test(arguments: [("null", nil as String?), (#""""#, nil), (#""A""#, "A")])
  func noSchemaIsNullOrEmpty(text: String, schema: String?) throws {
    #expect(try merged(#"{"currentSchema":"X","currentSchema":\#(text)}"#).currentSchema == schema)
  }

  @Test(arguments: ["-5", "1e99", "99999999999999999999", "\"x\"", "true"])
  func strangeIntervalsStayInRange(text: String) throws {
    let seconds = try merged(#"{"feedbackInterval":\#(text)}"#).feedbackIntervalSeconds
    #expect((0...86_400).contains(seconds))
  }

  @Test func valuesAreWrittenInTheirTypes() {
    let request = ExasolRequest.setAttributes([
      ("autocommit", .flag(false)), ("queryTimeout", .number(5)), ("currentSchema", .text("A\"")),
    ])
    #expect(
      String(decoding: request, as: UTF8.self)
        == #"{"command":"setAttributes","attributes":{"autocommit":false,"queryTimeout":5,"#
        + #""currentSchema":"A\""}}"#)
  }
}
