import LedgerDomain
package import LedgerKit

extension Workload.Transfer {
  /// The command that asks for it.
  package func command() throws -> Command {
    .transfer(
      Amount(amount), from: try AccountID(Workload.account(payer)),
      to: try AccountID(Workload.account(payee)))
  }

  /// Who asks, and the key.
  package func options(correlationID: String? = nil) -> CommandOptions {
    var options = CommandOptions(actor: "bench")
    options.idempotencyKey = name
    options.correlationID = correlationID
    return options
  }
}

extension Ledger {
  /// Records each transfer by itself, on disk before the next begins.
  func recordSingly(_ run: BenchRun, _ watch: inout Stopwatch) throws {
    for transfer in Workload(count: run.operations) {
      _ = try watch.step { try perform(try transfer.command(), transfer.options()) }
      try run.onProgress(transfer.number + 1)
    }
  }

  /// Records transfers together, as one import does: under one correlation id.
  func recordTogether(_ run: BenchRun, _ watch: inout Stopwatch) throws {
    try recordTogether(run.operations, &watch, run.onProgress)
  }

  fileprivate func recordTogether(
    _ operations: Int, _ watch: inout Stopwatch, _ onProgress: (Int) throws -> Void
  ) throws {
    let correlationID = newID()
    var transfers = Workload(count: operations)
    var recorded = 0
    while recorded < operations {
      recorded += try watch.step {
        try booking { booking in
          var count = 0
          while count < Workload.transfersPerTransaction, let transfer = transfers.next() {
            let options = transfer.options(correlationID: correlationID)
            _ = try booking.perform(try transfer.command(), options)
            count += 1
          }
          return count
        }
      }
      try onProgress(recorded)
    }
  }
}

extension BenchLedger {
  /// Records the first so many transfers of the workload, as `bulk` does.
  package func record(transfers: Int) throws {
    var watch = Stopwatch()
    try ledger.recordTogether(transfers, &watch) { _ in }
  }
}
