import TernCore
import Testing

@testable import TernSnowflake

@Suite struct FileCommandTests {
  @Test(arguments: [
    ("PUT file:///a/b.csv @s", "put", "/a/b.csv"),
    (
      " /* PUT file:///x */ -- no\n put 'file:///a b/c?.csv' @~/p OVERWRITE=TRUE;", "put",
      "/a b/c?.csv"
    ),
    ("// file:///z\nPut FILE://rel/*.csv @%t", "put", "rel/*.csv"),
    ("GET @s/p file:///dir/;", "get", "/dir/"),
    ("get '@s/it''s here' 'file:///d'", "get", "/d"),
    ("GET @\"my stage\"/x file:///d PATTERN='.*file:///e.*'", "get", "/d"),
    ("PUT file:///a'b", "put", ""),
  ])
  func thePathIsWhatTheUserWrote(sql: String, verb: String, path: String) throws {
    guard !path.isEmpty else {
      #expect(throws: TernError.self) { _ = try SnowflakeFileCommand(sql) }
      return
    }
    let command = try SnowflakeFileCommand(sql)
    #expect(command.verb.rawValue.lowercased() == verb)
    #expect(command.path == path)
  }

  @Test(arguments: [
    "SELECT 1", "", "PUT", "PUT /a/b @s", "PUT http://a/b @s", "GET @s", "PUT ? @s",
    "GET file:///a @s", "PUT file:// @s", "PUT 'file:///a @s", "PUT 'file:///a\\\\b' @s",
    "PUT file:///a\\b @s", "PUT 'file:///a''b' @s", "PUT file:///a\"b\" @s",
    "PUT 'file:///a\nb' @s", "SELECT 'PUT file:///a @s'", "PUTS file:///a @s",
    "WITH x AS (SELECT 1) PUT file:///a @s",
  ])
  func whatMayMeanSomethingElseIsRefused(sql: String) {
    #expect(throws: TernError.self) { _ = try SnowflakeFileCommand(sql) }
  }

  @Test func aStatementForOneFileNamesItInPlaceOfThePattern() throws {
    let command = try SnowflakeFileCommand("PUT file:///a/*.csv @s PARALLEL=2 -- file:///a/*.csv")
    #expect(
      command.sql(forFile: "it's.csv.gz")
        == "PUT 'file://it\\'s.csv.gz' @s PARALLEL=2 -- file:///a/*.csv")
    let quoted = try SnowflakeFileCommand("PUT 'file:///a b' @s")
    #expect(quoted.sql(forFile: "a b") == "PUT 'file://a b' @s")
  }

  @Test(arguments: [
    ("*.csv", "a.csv", true), ("*.csv", ".csv", false), ("?.csv", "ab.csv", false),
    ("?.csv", "é.csv", true), ("a*b*c", "a-b-b-c", true), ("a*b*c", "a-b-b-d", false),
    ("*", "x", true), ("*", ".hidden", false), (".*", ".hidden", true), ("**", "abc", true),
    ("a", "a", true), ("a", "b", false), ("*a", "aaab", false), ("[ab]", "a", false),
  ])
  func patternsHaveStarsAndQuestionMarks(pattern: String, name: String, fits: Bool) {
    #expect(SnowflakeFilePlace.matches(Array(name.utf8), Array(pattern.utf8)) == fits)
  }

  @Test(arguments: [
    ("a.csv", "", "NONE"), ("a.csv.GZ", "", "GZIP"), ("a", "\u{1F}\u{8B}", "GZIP"),
    ("a.bz2", "", "BZIP2"), ("a", "BZh9", "BZIP2"), ("a.br", "", "BROTLI"), ("a.zst", "", "ZSTD"),
    ("a.deflate", "", "DEFLATE"), ("a.raw_deflate", "", "RAW_DEFLATE"), ("a", "PAR1", "PARQUET"),
    ("a", "ORC", "ORC"), ("a.xz", "", "XZ"), ("a.Z", "", "COMPRESS"), ("a.lzma", "", "LZMA"),
  ])
  func compressionIsSeenByNameThenByBytes(name: String, start: String, kind: String) {
    let bytes = start.unicodeScalars.map { UInt8($0.value) }
    #expect(SnowflakeFileCompression.detected(name: name, start: bytes).rawValue == kind)
  }
}
