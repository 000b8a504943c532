import EventStore
import LedgerDomain
import LedgerKit

/// What the real ledger says to every question, in the words of the model.
extension ModelSubject {
  /// The answer through one of the handles. Throws what is no refusal.
  func answer(_ question: ModelQuestion, _ handle: Int) throws -> [String] {
    do {
      return try answer(question, handles[handle])
    } catch let rejection as Rejection {
      let outcome = Self.outcome(of: rejection)
      return ["refused: \(outcome.code)"] + outcome.lines
    }
  }

  private func answer(_ question: ModelQuestion, _ ledger: Ledger) throws -> [String] {
    var lines: [String] = []
    switch question {
    case .balance(let account):
      lines = [Self.line(try ledger.balance(of: AccountID(account)))]
    case .balanceAt(let account, let cut):
      lines = [Self.line(try ledger.balance(of: AccountID(account), at: Self.cut(cut)))]
    case .accounts: try ledger.forEachAccount { lines.append(Self.line($0)) }
    case .accountsAt(let cut):
      try ledger.forEachBalance(at: Self.cut(cut)) { lines.append(Self.line($0)) }
    case .history(let account, let query):
      try ledger.forEachMovement(of: AccountID(account), Self.query(query)) {
        lines.append(Self.line($0))
      }
    case .statement(let account, let month, let known):
      lines = try statement(of: AccountID(account), month, known: known, ledger)
    case .search(let word, let inReasons):
      let field = inReasons ? "reason" : "description"
      var positions: [Int64] = []
      try ledger.search(SearchQuery(try SearchExpression("\(field):\(word)"))) {
        positions.append($0.position)
      }
      lines = positions.sorted().map { "\($0)" }
    case .flows(let account): lines = try flows(around: AccountID(account), ledger)
    case .statistics: lines = try statistics(ledger)
    case .alerts: lines = try alerts(ledger)
    case .audit: try ledger.forEachEvent(EventQuery()) { lines.append(Self.line($0)) }
    case .replay(let account):
      let replay = try ledger.replay(AccountID(account)) { _ in }
      let bug = replay.bug.map { "at \($0.position): \($0.problem)" } ?? "no bug"
      lines = ["\(replay.events) events, \(replay.balance?.decimal ?? "-"), \(bug)"]
    case .verify:
      let found = try ledger.verify()
      lines = ["\(found.commits) commits, \(found.events) events"]
    case .verifyProjections:
      try ledger.verifyProjections { lines.append("\($0)") }
      if lines.isEmpty { lines = ["ok"] }
    case .verifySnapshots:
      try ledger.verifySnapshots { snapshot, problem in
        if let problem {
          lines.append("\(snapshot.streamID) \(snapshot.streamPosition): \(problem)")
        }
      }
      if lines.isEmpty { lines = ["ok"] }
    case .verifyPeriods:
      try ledger.verifyPeriodCloses { close, differences in
        let result = differences.isEmpty ? "ok" : "\(differences)"
        lines.append(
          "\(close.period) at \(close.position), "
            + "reopened at \(ModelText.number(close.reopening?.position)): \(result)")
      }
    case .copy: lines = try copyAnswer(ledger)
    }
    return lines
  }

  // MARK: Questions

  private static func cut(_ cut: ModelCut) -> Cut {
    switch cut {
    case .version(let version): .version(version)
    case .position(let position): .position(position)
    case .instants(let effective, let known):
      .instants(
        effective: effective.map { Instant(micros: $0) }, known: known.map { Instant(micros: $0) })
    }
  }

  private static func query(_ given: ModelHistoryQuery) -> HistoryQuery {
    var query = HistoryQuery()
    query.order = given.isInOrderOfRecording ? .recorded : .effective
    query.from = given.from.map { Instant(micros: $0) }
    query.through = given.through.map { Instant(micros: $0) }
    query.known = given.known.map { Instant(micros: $0) }
    (query.isReversed, query.limit) = (given.isReversed, given.limit)
    return query
  }

  // MARK: Answers

  private static func line(_ account: AccountSummary) -> String {
    let holder = account.holder ?? (account.isHolderErased ? "[erased]" : "-")
    let leg = ModelText.leg(
      account.accountID.text, account.version, account.balance.decimal,
      account.balance.currency.code)
    return "\(leg) \(account.isClosed ? "closed" : "active") at \(account.position), "
      + "limit \(account.overdraftLimit.decimal), holder \(holder)"
  }

  private static func line(_ past: PastBalance) -> String {
    let leg = ModelText.leg(
      past.accountID.text, past.version, past.balance.decimal, past.balance.currency.code)
    return "\(leg) \(past.isClosed ? "closed" : "active") at \(past.position)"
  }

  private static func line(_ entry: HistoryEntry) -> String {
    let text = entry.description ?? (entry.isDescriptionErased ? "[erased]" : "-")
    let links = entry.links
    return "\(entry.position) #\(entry.version) \(entry.kind.rawValue) \(entry.amount.decimal) "
      + "= \(entry.balance.decimal) \(entry.effectiveAt) \(entry.recordedAt) "
      + "with \(entry.counterparty?.text ?? "-"), \(text), "
      + "reverses \(ModelText.number(links.reverses)) by \(ModelText.number(links.reversedBy)), "
      + "corrects \(ModelText.number(links.corrects)) by \(links.correctedBy)"
  }

  private static func line(_ event: RecordedEvent) -> String {
    let header = event.commit.header
    let text = event.personalText?.text ?? (event.isTextErased ? "[erased]" : "-")
    let reason = event.commit.reason?.text ?? (event.commit.isReasonErased ? "[erased]" : "-")
    return "\(event.position) \(event.streamID) #\(event.streamPosition) \(event.type) "
      + "\(ModelMoney.instant(header.recordedAtMicros)) "
      + "\(ModelMoney.instant(header.effectiveAtMicros)) "
      + "\(header.idempotencyKey ?? "-"), \(text), \(reason)"
  }

  private func statement(
    of account: AccountID, _ text: String, known: Int64?, _ ledger: Ledger
  ) throws -> [String] {
    guard let month = CalendarMonth(text) else { preconditionFailure("'\(text)' is no month") }
    var lines: [String] = []
    try ledger.statement(
      of: account, for: month, known: known.map { Instant(micros: $0) },
      begin: { statement in
        lines = [
          "opening \(statement.opening.decimal)",
          "credits \(statement.creditCount) \(statement.credits.decimal)",
          "debits \(statement.debitCount) \(statement.debits.decimal)",
          "closing \(statement.closing.decimal)", "position \(statement.position)",
        ]
      }, { lines.append(Self.line($0)) })
    return lines
  }

  private func flows(around account: AccountID, _ ledger: Ledger) throws -> [String] {
    let found = try ledger.flows(around: account)
    let totals = found.totals
    let lines = found.flows.map { near in
      let flow = near.flow
      return "\(flow.payer) to \(flow.payee) \(flow.total.decimal) in \(flow.transfers), "
        + "\(flow.first) to \(flow.last)"
    }
    return [
      "in \(totals.deposited.decimal), out \(totals.withdrawn.decimal), "
        + "received \(totals.received.decimal), paid \(totals.paid.decimal)"
    ] + lines.sorted()
  }

  private func statistics(_ ledger: Ledger) throws -> [String] {
    let found = try ledger.statistics(from: CalendarDay(of: .earliest))
    let lines = found.totals.map { row in
      let code = row.currency?.code ?? "-"
      func text(_ minorUnits: Int128) -> String { ModelMoney.text(minorUnits, code) }
      return "\(code): \(row.events) events, \(row.opened) opened, \(row.closed) closed, "
        + "in \(row.deposits) \(text(row.depositedMinor)), "
        + "out \(row.withdrawals) \(text(row.withdrawnMinor)), "
        + "moved \(row.transfers) \(text(row.transferredMinor))"
    }
    return ["\(found.commits) commits, \(found.position) events"] + lines
  }

  private func alerts(_ ledger: Ledger) throws -> [String] {
    var filter = AlertFilter()
    filter.includesSeen = true
    var lines: [String] = []
    try ledger.forEachAlert(filter) { alert in
      guard alert.finding == .largeAmount else { return }
      lines.append(
        "\(alert.id) \(alert.account) \(alert.amount.decimal), "
          + "seen \(ModelText.number(alert.seenPosition))")
    }
    return lines.sorted()
  }

  /// A copy of all of it is as good as the ledger.
  private func copyAnswer(_ ledger: Ledger) throws -> [String] {
    let path = try copy(of: ledger)
    defer { remove(path) }
    let copied = try reader(at: path)
    let (own, found) = (try ledger.verify(), try copied.verify())
    let head = own.headHash == found.headHash ? "the same head" : "another head"
    var lines = ["\(found.commits) commits, \(found.events) events, \(head)"]
    try copied.forEachAccount { lines.append(Self.line($0)) }
    try copied.verifyProjections { lines.append("\($0)") }
    return lines
  }
}
