import TernColumns
import TernCore
import Testing

@testable import TernSnowflake

struct ReplyTests {
  @Test("trap 45: a code is text or a number, a flag a word or a Boolean")
  func trap45CodesAreTextOrNumbers() throws {
    for code in [#""390112""#, "390112", #""0390112""#] {
      let reply = try SnowflakeReply(Array(#"{"code":\#(code),"success":"false"}"#.utf8))
      #expect(reply.code == 390_112)
      #expect(!reply.isSuccess)
    }
    #expect(try SnowflakeReply(Array(#"{"success":"True"}"#.utf8)).isSuccess)
    let login = try SnowflakeReply(
      Array(
        #"{"data":{"token":"t","parameters":[{"name":"A","value":true},{"name":"B","value":5},"#
          .utf8)
        + Array(#"{"name":"C","value":"x"},{"name":"D","value":null}]},"success":true}"#.utf8))
    #expect(try SnowflakeLogin(login).parameters == ["A": "true", "B": "5", "C": "x"])
  }

  @Test("trap 46: unknown members are stepped over, null is as good as missing")
  func trap46UnknownMembersAndNull() throws {
    let text =
      #"{"headers":null,"x":[{"y":1}],"data":null,"code":null,"message":null,"success":true}"#
    let reply = try SnowflakeReply(Array(text.utf8))
    #expect(reply.data == nil && reply.code == nil && reply.message.isEmpty && reply.isSuccess)
    #expect(try SnowflakeReply(Array("{}".utf8)).isSuccess == false)
    let login = try SnowflakeReply(
      Array(
        #"{"data":{"token":"t","parameters":null,"sessionInfo":null,"z":{}},"success":true}"#.utf8))
    let facts = try SnowflakeLogin(login)
    #expect(facts.parameters.isEmpty && facts.database == nil && facts.masterToken == nil)
  }

  @Test("trap 24: ids beyond 2^53 keep their digits")
  func trap24LargeIDs() throws {
    for id in ["4611686018427387999", #""4611686018427387999""#] {
      let text = #"{"data":{"token":"t","sessionId":\#(id)},"success":true}"#
      let login = try SnowflakeLogin(try SnowflakeReply(Array(text.utf8)))
      #expect(login.sessionID == 4_611_686_018_427_387_999)
    }
  }

  @Test func dataAreWhereTheRangeSays() throws {
    let text = #"{"code":null, "data" :  {"a":[1,2,{"b":"}"}]} , "success":true}"#
    let reply = try SnowflakeReply(Array(text.utf8))
    let range = try #require(reply.data)
    #expect(String(decoding: reply.body[range], as: UTF8.self) == #"{"a":[1,2,{"b":"}"}]}"#)
    #expect(try reply.dataReader()?.rawValue() == Array(reply.body[range]))
  }

  @Test func everyCutOfAnAnswerIsAnError() {
    let text = Array(#"{"data":{"a":"x"},"code":"1","message":"m","success":true}"#.utf8)
    for count in 0..<text.count {
      #expect(throws: TernError.self, "cut at byte \(count)") {
        try SnowflakeReply(Array(text[..<count]))
      }
    }
  }
}
