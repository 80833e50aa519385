import Testing

@testable import TernSnowflake

@Suite struct RequestIDTests {
  @Test func idsAreRandomUUIDsOfVersion4() {
    let first = SnowflakeRequestID().text
    #expect(first.count == 36)
    #expect(first.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
    #expect(Array(first)[14] == "4")
    #expect("89ab".contains(Array(first)[19]))
    #expect(first != SnowflakeRequestID().text)
  }
}
