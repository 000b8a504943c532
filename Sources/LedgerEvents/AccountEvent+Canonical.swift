package import EventStore
package import LedgerDomain

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension AccountEvent {
  /// A movement whose data is, byte for byte, what `stored` writes for one; nil for anything else, which
  /// has to be read as any JSON.
  ///
  /// Nearly every event of a ledger is such a movement, and this reads it several times as fast. Text
  /// that JSON would have to escape is left to the parser.
  package static func canonical(_ event: RecordedEvent) -> AccountEvent? {
    guard event.version == currentVersion else { return nil }
    switch event.type {
    case "MoneyDeposited": return movement(event).map { .deposited($0) }
    case "MoneyWithdrawn": return movement(event).map { .withdrawn($0) }
    default: return nil
    }
  }

  private static func movement(_ event: RecordedEvent) -> Movement? {
    guard event.personalText.map({ $0.field == PersonalField.description }) ?? true else {
      return nil
    }
    var movement = event.data.withUnsafeBytes { bytes in
      var payload = CanonicalPayload(bytes)
      return payload.movement()
    }
    // Missing only where an older version had none.
    guard movement?.balanceAfter != nil || event.upcastFrom != nil else { return nil }
    movement?.description = event.personalText?.text
    return movement
  }
}

/// The data of a movement, read from its first byte to its last.
private struct CanonicalPayload {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func movement() -> AccountEvent.Movement? {
    guard take("{\"amount\":\""), let amountText = text(), take(",\"currency\":\""),
      let code = text(), let currency = Currency(code: code),
      let amount = Money(storedDecimal: amountText, in: currency), amount.minorUnits > 0
    else { return nil }
    var movement = AccountEvent.Movement(amount: amount, balanceAfter: nil)
    if take(",\"counterparty\":\"") {
      guard let id = text(), let account = try? AccountID(String(decoding: id, as: UTF8.self))
      else {
        return nil
      }
      movement.counterparty = account
    }
    if take(",\"transferId\":\"") {
      guard let id = text() else { return nil }
      movement.transferID = String(decoding: id, as: UTF8.self)
    }
    if take(",\"balanceAfter\":\"") {
      guard let text = text(), let balance = Money(storedDecimal: text, in: currency) else {
        return nil
      }
      movement.balanceAfter = balance
    }
    return take("}") && offset == bytes.count ? movement : nil
  }

  /// Moves past `literal` if it comes next.
  private mutating func take(_ literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard bytes.count - offset >= count, let start = bytes.baseAddress,
      memcmp(start + offset, literal.utf8Start, count) == 0
    else { return false }
    offset += count
    return true
  }

  /// Printable ASCII up to the next quotation mark, and past that; nil if there is anything else.
  private mutating func text() -> UnsafeRawBufferPointer? {
    let start = offset
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        offset += 1
        return UnsafeRawBufferPointer(rebasing: bytes[start..<offset - 1])
      case UInt8(ascii: "\\"): return nil
      case 0x20..<0x7F: offset += 1
      default: return nil
      }
    }
    return nil
  }
}
