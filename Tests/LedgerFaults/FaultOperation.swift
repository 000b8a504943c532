import EventStore
import LedgerDomain
import LedgerImport
import LedgerKit

/// What is done to a ledger while its disk fails.
package enum FaultOperation: CaseIterable, Hashable, Sendable {
  case create, deposit, transfer, reverse, importCommands, importAtomically, erase, periodClose
  case snapshot, prune, rebuild, catchUp, migration

  /// Whether the log ends where it began or where it ends when all is done, and nowhere between.
  var isAllOrNothing: Bool { self != .importCommands }

  /// The file with which it begins; nil: none.
  var file: FaultLedger? {
    switch self {
    case .create: nil
    case .migration: .older
    case .prune: .withSnapshots
    case .deposit, .transfer, .reverse, .importCommands, .importAtomically, .erase, .periodClose,
      .snapshot, .rebuild, .catchUp:
      .current
    }
  }

  /// Does it, and tells `acknowledge` of every commit that it says is there.
  ///
  /// A second time it finds everything done: then the same is acknowledged again.
  func perform(on ledger: Ledger, _ acknowledge: @escaping (NotedHead) -> Void) throws {
    func note(_ position: Int64, _ hash: Digest256) {
      acknowledge(
        NotedHead(storeID: ledger.id, position: position, headHash: hash, source: "\(self)"))
    }
    func command(_ command: Command) throws {
      var options = CommandOptions(actor: "tester")
      options.idempotencyKey = "k"
      let receipt = try ledger.perform(command, options)
      note(receipt.position, receipt.headHash)
    }
    let (a, b) = (try AccountID("a"), try AccountID("b"))
    switch self {
    case .create, .migration: try ledger.bringUpToDate()
    case .deposit: try command(.deposit(Amount("5"), to: a, description: "Lunch"))
    case .transfer: try command(.transfer(Amount("5"), from: a, to: b, description: "Rent"))
    case .reverse: try command(.reverse(Reversal(of: 3)))
    case .importCommands, .importAtomically:
      var plan = CommandImport(
        path: FaultLedger.commands, options: CommandOptions(actor: "tester"))
      plan.isAtomic = self == .importAtomically
      var heads: [(Int64, Digest256)] = []
      _ = try plan.run(
        on: ledger,
        results: ResultSink(
          line: { outcome in
            guard case .receipt(let receipt) = outcome else { return [0] }
            heads.append((receipt.position, receipt.headHash))
            return [1]
          },
          write: { line in
            let head = heads.removeFirst()
            precondition(line == [1], "every line can be booked")
            note(head.0, head.1)
          }, flush: {}))
    case .erase:
      let receipt = try ledger.erase(
        ErasureRequest(.positions([3]), actor: "tester", reason: "Asked"))
      note(receipt.position, receipt.headHash)
    case .periodClose:
      guard let period = Period("2020-01") else { preconditionFailure("that is a period") }
      do throws(any Error) {
        let receipt = try ledger.perform(PeriodRequest(.close(period), actor: "tester"))
        note(receipt.position, receipt.headHash)
      } catch let refusal as Rejection where refusal.code == "period_closed" {
        // It is done.
      }
    case .snapshot: _ = try ledger.takeSnapshots(of: [a, b])
    case .prune: _ = try ledger.pruneSnapshots(of: nil, keep: 0, takenBefore: nil)
    case .rebuild: try ledger.rebuildProjections()
    case .catchUp: try ledger.catchUpProjections()
    }
  }
}

/// What the disk does at one operation, and after it.
package enum Fault: CaseIterable, Hashable, Sendable {
  /// One operation fails.
  case error
  /// One write is cut off in its middle.
  case shortWrite
  /// There is no room for one write.
  case noRoom
  /// Everything fails from then on: the process died.
  case outage
  /// The same, and whatever was not synced is gone.
  case powerCut
  /// The same, but some sectors that were not synced survive.
  case tornPowerCut

  /// Whether the process goes on afterwards.
  var isSingle: Bool {
    switch self {
    case .error, .shortWrite, .noRoom: true
    case .outage, .powerCut, .tornPowerCut: false
    }
  }

  /// Whether what was not synced may be gone afterwards, or there again.
  var losesUnsynced: Bool { self == .powerCut || self == .tornPowerCut }
}
