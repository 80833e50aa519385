/// What an ODBC function answers; the numbers of `sql.h`.
enum ReturnCode: Int16 {
  case success = 0
  case successWithInfo = 1
  case needData = 99
  case noData = 100
  case error = -1
  case invalidHandle = -2
}
