import EventStore
import LedgerDomain
package import LedgerKit

/// A ledger with the accounts of the workload and nothing else yet.
package struct BenchLedger {
  package let ledger: Ledger
  package let path: String

  /// Makes the ledger at `path`, where none may stand.
  package init(at path: String, _ environment: Ledger.Environment = .system) throws {
    self.path = path
    try Ledger.create(at: path, environment: environment)
    ledger = try Ledger(path: path, options: .init(access: .readWrite), environment: environment)
    guard let dollar = Currency(code: "USD") else { preconditionFailure("USD is a currency") }
    var options = CommandOptions(actor: "bench")
    options.correlationID = ledger.newID()
    try ledger.booking { booking in
      for number in 0..<Workload.accounts {
        let id = try AccountID(Workload.account(number))
        _ = try booking.perform(
          .open(id, dollar, overdraftLimit: Amount(Workload.overdraftLimit)), options)
      }
    }
  }

  /// Throws `WrongResult` unless the ledger at `path` verifies and says what the first `transfers` of the
  /// workload add up to.
  package static func check(_ path: String, transfers: Int) throws {
    let ledger = try Ledger.open(path, .readOnly)
    let verified = try ledger.verify()
    let events = Int64(Workload.accounts + 2 * transfers)
    guard verified.events == events else {
      throw WrongResult(problem: "there are \(verified.events) events instead of \(events)")
    }
    var expected = [Int64](repeating: 0, count: Workload.accounts)
    for transfer in Workload(count: transfers) {
      expected[transfer.payer] -= transfer.minorUnits
      expected[transfer.payee] += transfer.minorUnits
    }
    for (number, minorUnits) in expected.enumerated() {
      let id = Workload.account(number)
      let found = try ledger.balance(of: AccountID(id)).balance.minorUnits
      guard found == minorUnits else {
        throw WrongResult(problem: "\(id) has \(found) instead of \(minorUnits) minor units")
      }
    }
  }
}

/// A ledger that does not hold what was recorded.
package struct WrongResult: Error {
  package let problem: String

  package init(problem: String) { self.problem = problem }
}
