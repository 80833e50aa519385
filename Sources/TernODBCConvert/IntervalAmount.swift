/// How long an interval is; months and seconds do not convert into each other.
enum IntervalAmount: Hashable {
  case months(Int64)
  case nanoseconds(Int128)
}
