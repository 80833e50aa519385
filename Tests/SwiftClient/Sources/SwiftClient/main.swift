// A program of somebody else's: it knows the product Tern and nothing of its inside.
import Tern

func run(_ target: String) throws(TernError) {
  let connection = try Connection(
    ConnectionTarget(parsing: target, registry: .standard))
  let result = try connection.execute("SELECT id, name FROM retail.customer ORDER BY id")
  while let batch = try result.nextBatch() {
    for row in 0..<batch.rowCount {
      print(try batch.columns[0].int64(at: row), try batch.columns[1].text(at: row))
    }
  }
  let statement = connection.makeStatement()
  try statement.prepare("SELECT ? + 1")
  let builder = BatchBuilder(Schema([Field("1", .int64)]))
  try builder.append([41])
  statement.bind(try builder.finish())
  print(try statement.execute().nextBatch()?.columns[0].text(at: 0) ?? "nothing")
  do throws(TernError) {
    _ = try connection.execute("SELECT * FROM no_such_table")
  } catch {
    print(error.kind, error.sqlState)
  }
  connection.close()
}

do throws(TernError) {
  try run(CommandLine.arguments.last ?? "")
} catch {
  print("failed:", error)
}
