internal import Glibc

/// The system's words for an `errno` code: "connection reset by peer".
func systemMessage(_ code: CInt) -> String {
  var room = [CChar](repeating: 0, count: 128)
  // The text is terminated within `room`, whose length is passed.
  guard unsafe strerror_r(code, &room, room.count) == 0 else { return "error \(code)" }
  let end = room.firstIndex(of: 0) ?? room.count
  return String(decoding: room[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
}
