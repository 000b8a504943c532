import EventStore
import LedgerDomain
import LedgerImport
import LedgerKit

extension Ledger {
  /// Imports the transfers in the file at `path`.
  func importTransfers(_ run: BenchRun, _ path: String) throws {
    var options = CommandOptions(actor: "bench")
    options.correlationID = newID()
    let booked =
      switch run.source {
      case .csv: try importCSV(run, path, options)
      case .ndjson: try importCommands(run, path, options)
      }
    guard booked == run.operations else {
      throw WrongResult(problem: "\(booked) of \(run.operations) transfers were booked")
    }
    try run.onProgress(run.operations)
  }

  private func importCSV(
    _ run: BenchRun, _ path: String, _ options: CommandOptions
  ) throws -> Int64 {
    var mapping = CSVMapping(
      source: "bench", accounts: .transfer(from: "from", to: "to"), amounts: .column("amount"))
    mapping.idColumn = "id"
    let job = CSVImport(path: path, mapping: mapping, options: options, mode: .allOrNothing)
    return try job.run(on: self).booked
  }

  private func importCommands(
    _ run: BenchRun, _ path: String, _ options: CommandOptions
  ) throws -> Int64 {
    let sink = ResultSink(line: \.receiptBytes, write: { _ in }, flush: {})
    return try CommandImport(path: path, options: options).run(on: self, results: sink).booked
  }
}

extension CommandOutcome {
  /// What stands for an answer: the program's own are written by its command line.
  fileprivate var receiptBytes: [UInt8] {
    if case .receipt(let receipt) = self { Array(receipt.headHash.hex.utf8) } else { [] }
  }
}
