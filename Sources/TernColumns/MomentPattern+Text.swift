public import TernCore

extension MomentPattern {
  /// The parts of a text while it is read.
  private struct Parts {
    var year: Int?
    var month: Int?
    var day: Int?
    var dayOfYear: Int?
    var hour = 0
    var isAfternoon: Bool?
    var minute = 0
    var second = 0
    var secondOfDay: Int?
    var nanoseconds = 0
  }

  /// Reads a wall clock; 22007 names the format when the text or the format does not give one.
  public func parse(_ text: Span<UInt8>) throws(TernError) -> WideTimestamp {
    var parts = Parts()
    var index = 0
    for element in elements {
      guard read(element, text, &index, &parts) else { throw mismatch }
    }
    guard index == text.count, let days = days(parts), let seconds = seconds(parts) else {
      throw mismatch
    }
    return WideTimestamp(
      seconds: Int64(days * 86_400 + seconds), nanoseconds: Int32(parts.nanoseconds))
  }

  /// Appends a wall clock in this format; fractions are cut to the digits that it shows.
  public func append(_ moment: WideTimestamp, to text: inout [UInt8]) {
    let date = CivilDate(days: moment.wallDays)
    let time = moment.nanosecondsOfDay
    let hour = UInt(time / 3_600_000_000_000)
    for element in elements {
      switch element {
      case .literal(let byte): text.append(byte)
      case .year: MomentText.append(date.year.magnitude, width: 4, to: &text)
      case .yearDigits(let count):
        MomentText.append(
          date.year.magnitude % UInt(PowersOfTen.word(count)), width: count, to: &text)
      case .month: MomentText.append(UInt(date.month), width: 2, to: &text)
      case .monthName: text += language.months[date.month - 1].uppercased().utf8
      case .monthShort: text += language.months[date.month - 1].prefix(3).uppercased().utf8
      case .day: MomentText.append(UInt(date.day), width: 2, to: &text)
      case .dayOfYear: MomentText.append(UInt(dayOfYear(moment, date)), width: 3, to: &text)
      case .weekday: text += weekday(moment).uppercased().utf8
      case .weekdayShort:
        text += weekday(moment).prefix(language.months[2] == "März" ? 2 : 3).uppercased().utf8
      case .hour: MomentText.append(hour, width: 2, to: &text)
      case .hour12: MomentText.append((hour + 11) % 12 + 1, width: 2, to: &text)
      case .half: text += (hour < 12 ? "AM" : "PM").utf8
      case .minute: MomentText.append(UInt(time / 60_000_000_000 % 60), width: 2, to: &text)
      case .second: MomentText.append(UInt(time / 1_000_000_000 % 60), width: 2, to: &text)
      case .secondOfDay: MomentText.append(UInt(time / 1_000_000_000), width: 5, to: &text)
      case .fraction(let count):
        let step = PowersOfTen.word(9 - min(count ?? 6, 9))
        MomentText.append(UInt(time % 1_000_000_000) / UInt(step), width: count ?? 6, to: &text)
      }
    }
  }

  private var mismatch: TernError {
    .data("a text does not give a full date in the session's format \(format)", .invalidDatetime)
  }

  private func weekday(_ moment: WideTimestamp) -> String {
    // 1970-01-01 was a Thursday.
    language.weekdays[((moment.wallDays % 7) + 10) % 7]
  }

  private func dayOfYear(_ moment: WideTimestamp, _ date: CivilDate) -> Int {
    moment.wallDays - CivilDate(year: date.year, month: 1, day: 1).days + 1
  }

  private func days(_ parts: Parts) -> Int? {
    guard let year = parts.year, year > 0 else { return nil }
    if let ordinal = parts.dayOfYear {
      guard 1...(CivilDate.isLeap(year) ? 366 : 365) ~= ordinal else { return nil }
      return CivilDate(year: year, month: 1, day: 1).days + ordinal - 1
    }
    guard let month = parts.month, let day = parts.day else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    return date.isValid ? date.days : nil
  }

  private func seconds(_ parts: Parts) -> Int? {
    if let seconds = parts.secondOfDay { return seconds < 86_400 ? seconds : nil }
    var hour = parts.hour
    if let isAfternoon = parts.isAfternoon {
      guard 1...12 ~= hour else { return nil }
      hour = hour % 12 + (isAfternoon ? 12 : 0)
    }
    guard hour < 24, parts.minute < 60, parts.second < 60 else { return nil }
    return (hour * 60 + parts.minute) * 60 + parts.second
  }

  /// Reads what one element stands for; false if something else is there.
  private func read(
    _ element: Element, _ text: Span<UInt8>, _ index: inout Int, _ parts: inout Parts
  ) -> Bool {
    switch element {
    case .literal(let byte):
      guard index < text.count, text[index] == byte else { return false }
      index += 1
      return true
    case .year: return take(4, text, &index) { parts.year = $0 }
    case .yearDigits(let count): return take(count, text, &index) { _ in }
    case .month: return take(2, text, &index) { parts.month = $0 }
    case .day: return take(2, text, &index) { parts.day = $0 }
    case .dayOfYear: return take(3, text, &index) { parts.dayOfYear = $0 }
    case .hour, .hour12: return take(2, text, &index) { parts.hour = $0 }
    case .minute: return take(2, text, &index) { parts.minute = $0 }
    case .second: return take(2, text, &index) { parts.second = $0 }
    case .secondOfDay: return take(5, text, &index) { parts.secondOfDay = $0 }
    case .fraction: return readFraction(text, &index, &parts)
    case .half:
      guard let half = word(["AM", "PM"], text, &index) else { return false }
      parts.isAfternoon = half == 1
    case .monthName:
      guard let month = word(language.months, text, &index) else { return false }
      parts.month = month + 1
    case .monthShort:
      guard let month = word(language.months.map { String($0.prefix(3)) }, text, &index) else {
        return false
      }
      parts.month = month + 1
    case .weekday, .weekdayShort:
      while index < text.count, text[index] >= 0x41 { index += 1 }
    }
    return true
  }

  private func take(
    _ digitCountMax: Int, _ text: Span<UInt8>, _ index: inout Int, _ store: (Int) -> Void
  ) -> Bool {
    var value = 0
    let end = min(text.count, index + digitCountMax)
    let start = index
    while index < end, 0x30...0x39 ~= text[index] {
      value = value * 10 + Int(text[index] - 0x30)
      index += 1
    }
    store(value)
    return index > start
  }

  private func readFraction(
    _ text: Span<UInt8>, _ index: inout Int, _ parts: inout Parts
  ) -> Bool {
    let start = index
    guard take(9, text, &index, { parts.nanoseconds = $0 }) else { return false }
    parts.nanoseconds *= Int(PowersOfTen.word(9 - (index - start)))
    return true
  }

  /// Which of the words comes next, in any case.
  private func word(_ words: [String], _ text: Span<UInt8>, _ index: inout Int) -> Int? {
    for (number, word) in words.enumerated() {
      let wanted = Array(word.uppercased().utf8)
      guard wanted.count <= text.count - index else { continue }
      var bytes: [UInt8] = []
      for offset in wanted.indices { bytes.append(text[index + offset]) }
      guard String(decoding: bytes, as: UTF8.self).uppercased().utf8.elementsEqual(wanted) else {
        continue
      }
      index += wanted.count
      return number
    }
    return nil
  }
}
