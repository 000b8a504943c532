import EventStore
import LedgerBench
import LedgerDomain
import LedgerKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A ledger of transfers among accounts, as `import commands` books them: each with a key and a
/// description. In a file of its own under `folder`, removed with the value.
struct PaymentLedger: ~Copyable {
  static let accounts = 1_000
  private static let transfersPerTransaction = 1_024

  let path: String

  /// Makes a ledger of at least `events` events.
  init(in folder: String, events: Int) throws {
    path = "\(folder)/payments-\(getpid()).db"
    removeStore(at: path)
    try Ledger.create(at: path, environment: .system)
    let ledger = try Ledger.open(path, .readWrite)
    guard let euro = Currency(code: "EUR") else { preconditionFailure("EUR is a currency") }
    let ids = try (0..<Self.accounts).map { try AccountID("acct-\($0)") }
    try ledger.booking { booking in
      for (number, id) in ids.enumerated() {
        try book(
          .open(id, euro, overdraftLimit: Amount("1000000"), holder: "Holder \(number)"),
          key: "open-\(number)", booking)
      }
    }
    let transfers = max(0, events - Self.accounts + 1) / 2
    for first in stride(from: 0, to: transfers, by: Self.transfersPerTransaction) {
      try ledger.booking { booking in
        for number in first..<min(first + Self.transfersPerTransaction, transfers) {
          try book(Self.transfer(number, among: ids), key: "transfer-\(number)", booking)
        }
      }
    }
  }

  deinit { removeStore(at: path) }

  private func book(_ command: Command, key: String, _ booking: Booking) throws {
    var options = CommandOptions(actor: "bench")
    options.idempotencyKey = key
    _ = try booking.perform(command, options)
  }

  /// Spread over the accounts by steps that have no factor in common with their number.
  private static func transfer(_ number: Int, among ids: [AccountID]) -> Command {
    let payer = number * 7 % ids.count
    let payee = (payer + 1 + number * 11 % (ids.count - 1)) % ids.count
    return .transfer(
      Amount("\(number % 90 + 1).\(number % 90 + 10)"), from: ids[payer], to: ids[payee],
      description: "Payment \(number) for goods received")
  }
}
