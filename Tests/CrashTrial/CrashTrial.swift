import Foundation
import TestSupport

/// Many rounds, and what came of them.
final class CrashTrial {
  private let program: String
  private let rows: Int
  private let operations: [CrashOperation]
  private var ledgers: [TrialLedger: (folder: TrialFolder, before: VerifiedLedger?)] = [:]
  private var references: [String: Reference] = [:]
  private(set) var results: [String: [CrashRound.Outcome]] = [:]

  /// A trial of the program at `program`, on ledgers of about `rows` events; of operations whose
  /// names contain `name` only, if it is given, and of the first `count` of these.
  init(program: String, rows: Int, only name: String?, first count: Int) throws {
    (self.program, self.rows) = (program, rows)
    let help = try TrialFolder(program).run("backup", "--help")
    let hasBackups = help.hasSucceeded && help.output.contains("USAGE: ledger backup")
    if !hasBackups { print("left out: backup and restore, which this program has not") }
    let named = CrashOperation.all(withBackups: hasBackups).filter {
      name.map($0.name.contains) ?? true
    }
    operations = Array(named.prefix(count))
    try require(!operations.isEmpty, "there is no such operation")
  }

  /// Kills something in round number `round`; all chance comes from `seed` and the round.
  func run(round: Int, seed: UInt64) throws {
    let operation = operations[round % operations.count].varied(in: round / operations.count)
    var random = SeededRandom(seed: seed &* 1_000_003 &+ UInt64(round))
    let ledger = try ledger(operation.ledger)
    let reference = try reference(operation, on: ledger)
    let folder = try ledger.folder.copy()
    do {
      let round = CrashRound(operation: operation, reference: reference, folder: folder)
      results[operation.name, default: []].append(try round.run(&random))
    } catch {
      let place = FileManager.default.temporaryDirectory.path + "/crash-\(seed)-\(round)"
      if FileManager.default.fileExists(atPath: folder.evidence) {
        try? FileManager.default.removeItem(atPath: place)
        try FileManager.default.moveItem(atPath: folder.evidence, toPath: place)
      } else {
        try folder.copyFiles(to: place)
      }
      throw CrashFinding(
        "FAILED: seed \(seed), round \(round), \(operation.name): \(error)\n"
          + "  the ledger as the kill left it: \(place)")
    }
  }

  private func ledger(
    _ kind: TrialLedger
  ) throws -> (folder: TrialFolder, before: VerifiedLedger?) {
    if let ledger = ledgers[kind] { return ledger }
    let folder = try TrialFolder(program)
    try kind.make(in: folder, rows: rows)
    let ledger = (folder, try? folder.verified())
    ledgers[kind] = ledger
    return ledger
  }

  private func reference(
    _ operation: CrashOperation, on ledger: (folder: TrialFolder, before: VerifiedLedger?)
  ) throws -> Reference {
    let name = "\(operation.name) \(operation.ledger)"
    if let reference = references[name] { return reference }
    let reference = try Reference(operation, on: ledger.folder, before: ledger.before)
    references[name] = reference
    return reference
  }

  /// One row for each operation: how often, how many processes were killed, and where in the work.
  var table: String {
    let header = ["OPERATION", "ROUNDS", "KILLS", "BEFORE", "BETWEEN", "AFTER", "RECEIPTS"]
    let rows = operations.map { row($0.name, results[$0.name] ?? []) }
    let all = [header] + rows + [row("all", results.values.flatMap(\.self))]
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let gap = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + gap : gap + cell.0
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private func row(_ name: String, _ outcomes: [CrashRound.Outcome]) -> [String] {
    let counts = [
      outcomes.count, outcomes.reduce(0) { $0 + $1.kills },
      outcomes.count { $0.place == .before }, outcomes.count { $0.place == .between },
      outcomes.count { $0.place == .after }, outcomes.reduce(0) { $0 + $1.receipts },
    ]
    return [name] + counts.map(String.init)
  }
}
