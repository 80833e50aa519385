import Foundation
import TernColumns
import TernCore
import Testing

@_spi(Fuzzing) @testable import TernSnowflake

/// Damaged parts that a fuzzer found: whether they are fetched again may not depend on the network.
@Suite struct DamageTests {
  private static let parts = [
    "H4sIAAAAAAACA+1QuwrDMAzc+xVBs21k+ZE4SylJ+hN2hg7eQqYEUkr/vVbSIdC5WwWy7sTphBVBK3IgoC4ptXLZFDDn"
      + "da7SgphDYV1/6a59fytQc4a6oVKto+CVJmN5FJXDT7CmRqu99dax4Kthna+085uSTJZsF7UAAAAAAAAACDF225iAkKxE"
      + "LZEqNC3aFjfHBGJaxpHnnwnuCVr+12un60adSPAo6OiRYJdMXM4wiFNkG/Hbh9f87368+xukOh4KhwIAAA==",
    "H4sIAAAAAAACA+1QuwrDMAzc+xVBs21k+ZE4SylJ+hN2hg7eQqYEUkr/vVbSIdC5WwWy7sTphBVBK3IgoC4ptXLZFDDn"
      + "da7SgphDYV1/6a59fytQc4a6oVKto+CVJmN5FJXDT7CmRqu99dax4Kthna+085uSTJZsF7WQNHCH/RpvwjF225iAkKxE"
      + "kWCXTFzOMIhTZBvx24fX/O9+vPsCAAAAAAAAABukOh4KhwIAAA==",
  ]

  @Test(arguments: parts, SnowflakeReading.Kind.allCases)
  func piecesSayTheSame(_ text: String, _ kind: SnowflakeReading.Kind) throws {
    let bytes = Array(try #require(Data(base64Encoded: text)))
    let outcomes = [Int.max, 1, 5, 40].map { pieceMax -> String in
      do throws(TernError) {
        try SnowflakeReading.read(ArraySource(bytes, pieceMax: pieceMax), as: kind)
        return "ok"
      } catch { return "\(error.kind) \(error.sqlState)" }
    }
    #expect(Set(outcomes).count == 1, "\(outcomes)")
  }
}
