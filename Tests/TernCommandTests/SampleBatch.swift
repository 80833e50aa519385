import TernColumns
import TernCore

@testable import TernCommand

/// A batch of `rows` with these columns.
func makeBatch(_ fields: [Field], _ rows: [[Value]]) throws(TernError) -> Batch {
  let builder = BatchBuilder(Schema(fields))
  for row in rows { try builder.append(row) }
  return try builder.finish()
}

/// What a format makes of batches with these columns.
func render(
  _ format: OutputFormat, _ fields: [Field], _ batches: [[[Value]]], nullText: String? = nil
) throws(TernError) -> String {
  var renderer = try format.renderer(Schema(fields), nullText: nullText)
  var output: [UInt8] = []
  for rows in batches { try renderer.append(try makeBatch(fields, rows), to: &output) }
  try renderer.finish(to: &output)
  return String(decoding: output, as: UTF8.self)
}
