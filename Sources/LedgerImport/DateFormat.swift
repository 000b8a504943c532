package import LedgerDomain

/// A bank's way of writing dates, in the letters of `strptime` (POSIX).
///
/// `%Y %y %m %d %e %H %M %S %z %b %B %F %D %T %R %%`; months by name are English. Numbers may lack
/// a leading zero, years may not. Two-digit years: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to
/// 2068. Times are UTC unless `%z` reads an offset.
package struct DateFormat: Hashable, Sendable {
  package let text: String
  private let items: [Item]

  private enum Item: Hashable, Sendable {
    case literal(Character)
    case field(Field)
  }

  private enum Field: Hashable, Sendable {
    case year, shortYear, month, monthName, day, hour, minute, second, offset
  }

  /// Nil if `text` has an unknown letter, or names no year, month or day.
  package init?(_ text: String) {
    guard let items = Self.items(of: text) else { return nil }
    let hasYear = items.contains(.field(.year)) || items.contains(.field(.shortYear))
    let hasMonth = items.contains(.field(.month)) || items.contains(.field(.monthName))
    guard hasYear, hasMonth, items.contains(.field(.day)) else { return nil }
    (self.text, self.items) = (text, items)
  }

  private static func items(of text: String) -> [Item]? {
    var items: [Item] = []
    var rest = text[...]
    while let character = rest.popFirst() {
      guard character == "%" else {
        items.append(.literal(character))
        continue
      }
      switch rest.popFirst() {
      case "Y": items.append(.field(.year))
      case "y": items.append(.field(.shortYear))
      case "m": items.append(.field(.month))
      case "b", "B", "h": items.append(.field(.monthName))
      case "d", "e": items.append(.field(.day))
      case "H": items.append(.field(.hour))
      case "M": items.append(.field(.minute))
      case "S": items.append(.field(.second))
      case "z": items.append(.field(.offset))
      case "F": items += Self.items(of: "%Y-%m-%d") ?? []
      case "D": items += Self.items(of: "%m/%d/%y") ?? []
      case "T": items += Self.items(of: "%H:%M:%S") ?? []
      case "R": items += Self.items(of: "%H:%M") ?? []
      case "%": items.append(.literal("%"))
      default: return nil
      }
    }
    return items
  }

  /// The instant that `text` names; nil if it doesn't follow the format or is no day of the calendar.
  package func instant(_ text: String) -> Instant? {
    var rest = text[...]
    var (year, month, dayOfMonth) = (0, 0, 0)
    var (hour, minute, second, offsetMinutes) = (0, 0, 0, 0)
    for item in items {
      switch item {
      case .literal(let character):
        guard rest.popFirst() == character else { return nil }
      case .field(.monthName):
        guard let number = Self.takeMonth(&rest) else { return nil }
        month = number
      case .field(.offset):
        guard let minutes = Self.takeOffset(&rest) else { return nil }
        offsetMinutes = minutes
      case .field(let field):
        guard let number = Self.takeNumber(&rest, of: field) else { return nil }
        switch field {
        case .year: year = number
        case .shortYear: year = number < 69 ? 2_000 + number : 1_900 + number
        case .month: month = number
        case .day: dayOfMonth = number
        case .hour: hour = number
        case .minute: minute = number
        case .second: second = number
        case .monthName, .offset: break
        }
      }
    }
    guard rest.isEmpty, hour < 24, minute < 60, second < 60,
      let day = CalendarDay(year: year, month: month, day: dayOfMonth)
    else { return nil }
    let seconds = ((hour * 60) + minute - offsetMinutes) * 60 + second
    let instant = Instant(micros: day.start.micros + Int64(seconds) * 1_000_000)
    return (Instant.earliest...Instant.latest).contains(instant) ? instant : nil
  }

  private static func takeNumber(_ rest: inout Substring, of field: Field) -> Int? {
    let year = rest
    let digits = field == .year ? 4 : 2
    guard let number = takeNumber(&rest, digits: digits) else { return nil }
    let isYear = field == .year || field == .shortYear
    return isYear && year.count - rest.count < digits ? nil : number
  }

  private static func takeNumber(_ rest: inout Substring, digits: Int) -> Int? {
    let number = rest.prefix(digits).prefix { ("0"..."9").contains($0) }
    rest = rest.dropFirst(number.count)
    return Int(number)
  }

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]

  private static func takeMonth(_ rest: inout Substring) -> Int? {
    let name = rest.prefix { $0.isLetter }.lowercased()
    guard name.count >= 3,
      let index = months.firstIndex(where: { $0 == name || $0.prefix(3) == name })
    else { return nil }
    rest = rest.dropFirst(name.count)
    return index + 1
  }

  /// `Z`, `+0200` or `+02:00`, as minutes east of UTC.
  private static func takeOffset(_ rest: inout Substring) -> Int? {
    guard let sign = rest.popFirst() else { return nil }
    if sign == "Z" { return 0 }
    guard sign == "+" || sign == "-" else { return nil }
    guard let hours = takeNumber(&rest, digits: 2) else { return nil }
    if rest.first == ":" { rest.removeFirst() }
    guard let minutes = takeNumber(&rest, digits: 2), hours < 24, minutes < 60 else { return nil }
    return (hours * 60 + minutes) * (sign == "-" ? -1 : 1)
  }
}
