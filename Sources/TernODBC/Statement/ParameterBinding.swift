/// What SQLBindParameter binds.
struct ParameterBinding {
  let cType: Int16
  let sqlType: Int16
  let size: UInt
  let digits: Int16
  let data: Address
  let capacity: Int
  let indicator: Address
}
