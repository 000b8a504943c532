import EventStore
import JSONText
import LedgerDomain
import LedgerKit

/// One row of a statement, understood but not yet booked.
struct StatementRow: Hashable {
  /// Which way money goes; the order is that of booking within one instant.
  enum Direction: Int64 {
    case credit = 0
    case debit = 1
    case transfer = 2
  }

  let line: Int
  let direction: Direction
  /// The account; of a transfer, the payer.
  let account: String
  /// Of a transfer, the payee.
  let counterparty: String?
  /// Decimal text with a point, without a sign.
  let amount: String
  let effectiveMicros: Int64?
  let description: String?
  /// The bank's id of the row; nil if it has none.
  let id: String?
  /// The bank's balance after the row, perhaps with a sign.
  let bankBalance: String?
  /// How many identical rows without an id stood before it in the file, itself included.
  var ordinal: Int64 = 1

  var effectiveAt: Instant? { effectiveMicros.map { Instant(micros: $0) } }

  /// A digest of what was mapped, for rows without an id.
  var contentDigest: Digest256 {
    var fields = CanonicalBytes("row", version: 1)
    fields.append(direction.rawValue)
    fields.append(account)
    fields.append(counterparty)
    fields.append(amount)
    fields.append(effectiveMicros)
    fields.append(description)
    return fields.digest
  }

  /// The name under which the row is booked, once and never again.
  ///
  /// Keys of rows without an id begin with their day, so that they arrive in the order of their index.
  func idempotencyKey(source: String) -> String {
    if let id { return "\(source):\(id)" }
    let day = effectiveAt.map { "\(CalendarDay(of: $0)):" } ?? ""
    return "\(source):\(day)\(contentDigest.hex.prefix(32)):\(ordinal)"
  }
}

// Rows wait in a temporary file while they are sorted.
extension StatementRow {
  var spilled: [UInt8] {
    JSONValue.array([
      .integer(Int64(line)), .integer(direction.rawValue), .string(account),
      counterparty.map { .string($0) } ?? .null, .string(amount),
      effectiveMicros.map { .integer($0) } ?? .null, description.map { .string($0) } ?? .null,
      id.map { .string($0) } ?? .null, bankBalance.map { .string($0) } ?? .null,
      .integer(ordinal),
    ]).compact
  }

  init(spilled bytes: [UInt8]) {
    guard case .array(let values) = try? JSONValue(parsing: bytes), values.count == 10,
      let line = values[0].spilledInteger, let rawDirection = values[1].spilledInteger,
      let direction = Direction(rawValue: rawDirection), let account = values[2].string,
      let amount = values[4].string, let ordinal = values[9].spilledInteger
    else { preconditionFailure("a temporary file gives back what was put into it") }
    self.init(
      line: Int(line), direction: direction, account: account, counterparty: values[3].string,
      amount: amount, effectiveMicros: values[5].spilledInteger, description: values[6].string,
      id: values[7].string, bankBalance: values[8].string, ordinal: ordinal)
  }
}

extension JSONValue {
  fileprivate var spilledInteger: Int64? {
    if case .number(let text) = self { Int64(text) } else { nil }
  }
}
