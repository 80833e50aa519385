/// Names of months and weekdays in the languages that a server writes dates in.
struct MonthNames: Hashable, Sendable {
  /// January first.
  let months: [String]
  /// Monday first.
  let weekdays: [String]

  /// ENG or DEU; anything else is English.
  init(_ language: String) {
    if language.uppercased().hasPrefix("D") {
      months = [
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
        "Oktober", "November", "Dezember",
      ]
      weekdays = [
        "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag",
      ]
    } else {
      months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
      ]
      weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
      ]
    }
  }
}
