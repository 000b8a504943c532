import LedgerDomain
import Testing
import TestSupport

extension AccountEvent {
  /// Any event that `account` may have recorded; its personal text, if any, begins with `marker`.
  static func random(
    of account: AccountID, marker: String, using random: inout SeededRandom
  ) throws -> AccountEvent {
    let currency = try #require(Currency.all.randomElement(using: &random))
    let limit = Money(minorUnits: .random(in: 0 ... .max, using: &random), in: currency)
    let text = Bool.random(using: &random) ? marker + .random(using: &random) : nil
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return .created(.init(accountID: account, overdraftLimit: limit, holder: text))
    case 1:
      let isSame = Bool.random(using: &random)
      return .changed(.init(overdraftLimit: isSame ? nil : limit, holder: text))
    case 2: return .deposited(try .random(in: currency, text, using: &random))
    case 3: return .withdrawn(try .random(in: currency, text, using: &random))
    default: return .closed
    }
  }
}

extension AccountEvent.Movement {
  /// Any movement in `currency`, with or without a counterparty.
  fileprivate static func random(
    in currency: Currency, _ description: String?, using random: inout SeededRandom
  ) throws -> AccountEvent.Movement {
    // Small and large amounts alike.
    let units =
      Int64.random(in: 1 ... .max, using: &random) >> Int.random(in: 0..<60, using: &random)
    let isTransfer = Bool.random(using: &random)
    return .init(
      amount: Money(minorUnits: max(1, units), in: currency),
      balanceAfter: Money(minorUnits: .random(in: .min ... .max, using: &random), in: currency),
      counterparty: isTransfer ? try .random(using: &random) : nil,
      transferID: isTransfer ? .random(using: &random) : nil, description: description)
  }
}

extension AccountID {
  /// Any account id.
  static func random(using random: inout SeededRandom) throws -> AccountID {
    let allowed = Array("abcxyzABCXYZ0189_.:/@-")
    let tail = (0..<Int.random(in: 0...127, using: &random)).compactMap { _ in
      allowed.randomElement(using: &random)
    }
    return try AccountID("a" + String(tail))
  }
}

extension String {
  /// Any scalars, controls and quotes among them.
  static func random(using random: inout SeededRandom) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      let top: UInt32 = Bool.random(using: &random) ? 0xFF : 0x10FFFF
      if let scalar = UnicodeScalar(UInt32.random(in: 0...top, using: &random)) {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
