import EventStore
package import JSONText
package import LedgerDomain

extension PeriodClosed {
  enum Member {
    static let period = "period"
    static let through = "through"
    static let accounts = "accounts"
    static let totals = "totals"
    static let currency = "currency"
    static let total = "total"
    static let accountsSha256 = "accountsSha256"
    static let checkpoint = "checkpoint"
    static let position = "position"
    static let headHash = "headHash"
    static let treeSize = "treeSize"
    static let treeRoot = "treeRoot"
    static let previousThrough = "previousThrough"
  }

  /// The payload.
  var data: [UInt8] {
    let members = [
      JSONMember(Member.period, .string(period.text)),
      JSONMember(Member.through, .string(period.end.description)),
      JSONMember(Member.accounts, .integer(book.accounts)),
      JSONMember(Member.totals, .array(book.totals.map(\.json))),
      JSONMember(Member.accountsSha256, .string(book.csvDigest.hex)),
      JSONMember(Member.checkpoint, history.json),
    ]
    let previous = previousThrough.map {
      JSONMember(Member.previousThrough, .string($0.description))
    }
    return JSONValue.object(members + [previous].compactMap(\.self)).compact
  }
}

extension CurrencyTotal {
  /// `{"currency":"USD","total":"4820.50"}`
  package var json: JSONValue {
    .object([
      JSONMember(PeriodClosed.Member.currency, .string(currency.code)),
      JSONMember(PeriodClosed.Member.total, .string(decimal)),
    ])
  }
}

extension PeriodClosed.History {
  /// `{"position":…,"headHash":…,"treeSize":…,"treeRoot":…}`
  package var json: JSONValue {
    .object([
      JSONMember(PeriodClosed.Member.position, .integer(position)),
      JSONMember(PeriodClosed.Member.headHash, .string(headHash.hex)),
      JSONMember(PeriodClosed.Member.treeSize, .integer(treeSize)),
      JSONMember(PeriodClosed.Member.treeRoot, .string(treeRoot.hex)),
    ])
  }
}

extension PeriodReopened {
  enum Member {
    static let closedAtPosition = "closedAtPosition"
  }

  /// The payload.
  var data: [UInt8] {
    JSONValue.object([
      JSONMember(PeriodClosed.Member.period, .string(period.text)),
      JSONMember(Member.closedAtPosition, .integer(closedAtPosition)),
    ]).compact
  }
}
