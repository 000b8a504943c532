import EventStore
import JSONText
import LedgerDomain

/// Version 1 of the events' payloads: amounts are JSON numbers, there is no balance after, a new
/// account has a single `name`, and text about people stands inside the data.
///
///     AccountCreated   {"accountId": "acct-42", "currency": "USD", "name": "Alice Johnson"}
///     MoneyDeposited   {"amount": 100.00, "currency": "USD", "description": "Payroll"}
///     MoneyWithdrawn   the same
///     AccountClosed    {}
enum Version1 {
  static let version: Int64 = 1

  /// What is wrong with a payload.
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  @Sendable static func accountCreated(_ event: RecordedEvent) throws -> Upcaster.Payload {
    let object = try object(event)
    let currency = try currency(object)
    var data = JSONObjectWriter()
    data.add("accountId", try text("accountId", in: object))
    data.add("currency", currency.code)
    data.add("overdraftLimit", Money.zero(in: currency).decimal)
    return .init(
      data: data.finished(),
      personalText: try optionalText("name", in: object).map {
        .init(field: PersonalField.holder, text: $0)
      })
  }

  @Sendable static func movement(_ event: RecordedEvent) throws -> Upcaster.Payload {
    let object = try object(event)
    let currency = try currency(object)
    guard case .number(let number) = object["amount"] else {
      throw Problem(description: "its amount is missing, or is no number")
    }
    guard let amount = Money(exactly: number, in: currency) else {
      throw Problem(description: "its amount \(number) is no amount in \(currency)")
    }
    var data = JSONObjectWriter()
    data.add("amount", amount.decimal)
    data.add("currency", currency.code)
    return .init(
      data: data.finished(),
      personalText: try optionalText("description", in: object).map {
        .init(field: PersonalField.description, text: $0)
      })
  }

  @Sendable static func accountClosed(_ event: RecordedEvent) throws -> Upcaster.Payload {
    _ = try object(event)
    return .init(data: Array("{}".utf8))
  }

  private static func object(_ event: RecordedEvent) throws -> JSONValue {
    do {
      let value = try JSONValue(parsing: event.data)
      guard case .object = value else { throw Problem(description: "its data is no JSON object") }
      return value
    } catch let error as JSONParseError {
      throw Problem(
        description: "its data is not JSON: \(error.problem) at byte \(error.offset)")
    }
  }

  private static func currency(_ object: JSONValue) throws -> Currency {
    let code = try text("currency", in: object)
    guard let currency = Currency(code: code) else {
      throw Problem(description: "its currency '\(code)' is unknown to this version")
    }
    return currency
  }

  private static func text(_ name: String, in object: JSONValue) throws -> String {
    guard let text = object[name]?.string else {
      throw Problem(description: "its \(name) is missing, or is no text")
    }
    return text
  }

  private static func optionalText(_ name: String, in object: JSONValue) throws -> String? {
    guard let value = object[name], value != .null else { return nil }
    guard let text = value.string else { throw Problem(description: "its \(name) is no text") }
    return text
  }
}

extension Money {
  /// The amount that a JSON number (RFC 8259) stands for, such as `100.00`, `100` or `1e2`; nil if it is
  /// no whole number of minor units or does not fit in 64 bits. Never rounds.
  init?(exactly number: String, in currency: Currency) {
    let isNegative = number.hasPrefix("-")
    let parts = number.drop { $0 == "-" }.split(omittingEmptySubsequences: false) {
      $0 == "e" || $0 == "E"
    }
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, mantissa.count <= 2,
      var exponent = parts.count == 2 ? Int(parts[1]) : 0, (-99...99).contains(exponent)
    else { return nil }
    var digits = mantissa.joined()[...]
    exponent += currency.decimals - (mantissa.count == 2 ? mantissa[1].count : 0)
    while exponent < 0, digits.last == "0" {
      digits.removeLast()
      exponent += 1
    }
    if digits.allSatisfy({ $0 == "0" }) { (digits, exponent) = ("0", 0) }
    guard exponent >= 0 else { return nil }
    let sign = isNegative ? "-" : ""
    guard let minorUnits = Int64(sign + digits + String(repeating: "0", count: exponent)) else {
      return nil
    }
    self.init(minorUnits: minorUnits, in: currency)
  }
}
