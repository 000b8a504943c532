import EventStore
import LedgerDomain
import LedgerKit

/// What can be asked of a ledger, each by itself.
struct Questions {
  private let ledger: Ledger
  private let accounts: [AccountID]
  /// An instant in the middle of the ledger.
  private let middle = Instant(micros: 1_800_006_000_000_000)

  init(_ ledger: Ledger) throws {
    self.ledger = ledger
    accounts = try ["acct-42", "acct-99", "a", "b", "nobody"].map { try AccountID($0) }
  }

  /// A question: its name, and what answers it as text.
  typealias Question = (name: String, ask: (inout [String]) throws -> Void)

  /// Those whose answers are what the events say.
  var aboutHistory: [Question] {
    accounts.flatMap { of($0) } + [
      ("accounts", { answer in try ledger.forEachAccount { answer.append("\($0)") } }),
      (
        "book",
        { answer in
          for cut in [Cut.position(100), .instants(effective: middle, known: nil)] {
            try ledger.forEachBalance(at: cut) { answer.append("\($0)") }
          }
        }
      ),
      (
        "rings",
        { answer in
          _ = try ledger.forEachRing {
            answer.append("\($0)")
            return true
          }
        }
      ),
      (
        "alerts",
        { answer in
          try ledger.forEachAlert { answer.append("\($0)") }
          try ledger.forEachAlertRule { answer.append("\($0)") }
        }
      ),
      (
        "search",
        { answer in
          for words in ["rent*", "dinar", "salary OR coffee", "reason:a*"] {
            let expression = try SearchExpression(words)
            try ledger.search(SearchQuery(expression)) { hit in
              answer.append("\(hit)")
              _ = try ledger.highlight(
                description: hit.description, reason: hit.reason, expression, open: "[", close: "]")
            }
          }
        }
      ),
      (
        "statistics",
        { answer in
          let found = try ledger.statistics(from: CalendarDay(of: middle))
          answer.append("\(found.totals)")
        }
      ),
      (
        "events",
        { answer in
          try ledger.forEachEvent(EventQuery()) { answer.append(Self.text(of: $0)) }
        }
      ),
      (
        "audit",
        { answer in
          var query = EventQuery()
          (query.order, query.isReversed, query.actor) = (.effective, true, "teller")
          try ledger.forEachEvent(query) { answer.append(Self.text(of: $0)) }
        }
      ),
      (
        "export",
        { answer in
          try ledger.forEachStoredCommit { answer += $0.map(Self.text) }
        }
      ),
      (
        "why",
        { answer in
          for position: Int64 in [1, 40, 120, 200] {
            try ledger.why(position) { answer.append("\($0.position) \($0.depth)") }
          }
        }
      ),
      (
        "restated",
        { answer in
          try ledger.forEachRestatement(of: nil, since: .position(60)) { answer.append("\($0)") }
        }
      ),
      (
        "periods",
        { answer in
          try ledger.forEachPeriodClose { answer.append("\($0.period) \($0.closedAt)") }
          try ledger.verifyPeriodCloses { answer.append("\($0.period) \($1.count)") }
        }
      ),
      (
        "checkpoint",
        { answer in
          let found = try ledger.checkpoint()
          answer.append("\(found.position) \(found.headHash.hex) \(found.treeRoot.hex)")
        }
      ),
      (
        "prove",
        { answer in
          for position: Int64 in [1, 111] {
            answer.append("\(try ledger.proveInclusion(of: position).path)")
          }
        }
      ),
    ]
  }

  /// Those about what can be made anew, or is no history.
  var aboutTheFile: [Question] {
    [
      (
        "verify snapshots",
        { answer in
          try ledger.verifySnapshots { answer.append("\($0.streamID) \($1 ?? "")") }
        }
      ),
      (
        "verify projections",
        { answer in
          try ledger.verifyProjections { answer.append("\($0)") }
        }
      ),
      (
        "projections",
        { answer in
          answer.append(
            "\(try ledger.projectionStatuses()) \(try ledger.projectionProblem() ?? "")")
        }
      ),
      (
        "snapshots",
        { answer in
          try ledger.forEachSnapshot { answer.append($0.streamID) }
          answer.append("\(try ledger.snapshotPolicy())")
        }
      ),
      (
        "subscriptions",
        { answer in
          for status in try ledger.subscriptions() {
            answer.append("\(status)")
            answer.append("\(try ledger.deadLetters(of: status.subscription.name))")
            let waiting = try ledger.deliveries(to: status.subscription.name, limit: 10_000)
            answer.append("\(waiting.events.count) \(waiting.through)")
          }
        }
      ),
      (
        "follow",
        { answer in
          try ledger.follow(EventQuery(), pause: { false }) { part in
            var count = 0
            try ledger.forEachEvent(part) { _ in count += 1 }
            answer.append("\(count)")
            return count
          }
        }
      ),
      (
        "doctor",
        { answer in
          answer.append("\(try ledger.examineEvents { answer.append("\($0)") })")
        }
      ),
    ]
  }

  private func of(_ account: AccountID) -> [Question] {
    func question(_ name: String, _ ask: @escaping (inout [String]) throws -> Void) -> Question {
      ("\(name) of \(account)", ask)
    }
    return [
      question("balance") { $0.append("\(try ledger.balance(of: account))") },
      question("summary") { $0.append("\(try ledger.summary(of: account, latest: 5))") },
      question("balance at") { answer in
        let cuts: [Cut] = [
          .instants(effective: middle, known: nil), .instants(effective: nil, known: middle),
          .instants(effective: middle, known: middle), .version(5), .position(77),
        ]
        for cut in cuts { answer.append("\(try ledger.balance(of: account, at: cut).balance)") }
      },
      question("history") { answer in
        try ledger.forEachMovement(of: account) { answer.append("\($0)") }
        var query = HistoryQuery()
        (query.order, query.isReversed, query.known) = (.recorded, true, middle)
        try ledger.forEachMovement(of: account, query) { answer.append("\($0)") }
      },
      question("statement") { answer in
        try ledger.statement(
          of: account, for: CalendarMonth(of: middle), begin: { answer.append("\($0)") }
        ) { answer.append("\($0)") }
      },
      question("flows") { answer in
        let found = try ledger.flows(around: account, depth: 3)
        answer.append("\(found.totals) \(found.flows)")
      },
      question("replay") { answer in
        let found = try ledger.replay(account) { answer.append("\($0.recorded.position)") }
        answer.append(found.bug.map { "\($0)" } ?? "")
      },
      question("diff") { answer in
        try ledger.diff(of: account, from: .version(3), to: .instants(effective: nil, known: nil)) {
          answer.append("\($0)")
        } forEach: {
          answer.append("\($0)")
        }
      },
    ]
  }

  private static func text(of event: RecordedEvent) -> String {
    "\(event.position) \(event.streamID) \(event.type) \(String(decoding: event.data, as: UTF8.self)) "
      + "\(event.personalText?.text ?? "") \(event.commit.header.actor) \(event.commit.hash.hex)"
  }
}
