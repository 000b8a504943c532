import LedgerDomain

/// What the model says to every question, in lines.
extension ModelLedger {
  /// The answer to `question` when the clock says `clock`.
  package func answer(_ question: ModelQuestion, clock: Int64) -> [String] {
    do throws(ModelRefusal) {
      switch question {
      case .balance(let account):
        try check(.instants(effective: nil, known: nil), of: account)
        return [summary(of: account)]
      case .balanceAt(let account, let cut):
        try check(cut, of: account)
        guard let balance = balance(of: account, at: cut) else { throw notThere(account) }
        return [balance.line]
      case .accounts: return accounts.map(summary)
      case .accountsAt(let cut):
        try check(cut, of: nil)
        return balances(at: cut).map(\.line)
      case .history(let account, let query): return try history(of: account, query)
      case .statement(let account, let month, let known):
        return try statement(of: account, month, known: known, clock)
      case .search(let word, let inReasons): return hits(of: word, inReasons: inReasons)
      case .flows(let account): return try flows(of: account)
      case .statistics: return statistics
      case .alerts: return alertLines
      case .audit: return audit
      case .replay(let account):
        try check(.instants(effective: nil, known: nil), of: account)
        let last = last(of: account)
        let balance = ModelMoney.text(last?.balanceAfter ?? 0, last?.currency ?? "")
        return ["\((last?.version ?? -1) + 1) events, \(balance), no bug"]
      case .verify: return ["\(commits.count) commits, \(head) events"]
      case .verifyProjections, .verifySnapshots: return ["ok"]
      case .verifyPeriods:
        return closes.map { close in
          "\(close.period) at \(close.position), reopened at \(ModelText.number(close.reopenedAt)): ok"
        }
      case .copy:
        return ["\(commits.count) commits, \(head) events, the same head"]
          + accounts.map(summary)
      }
    } catch {
      return error.answer
    }
  }

  func notThere(_ account: String) -> ModelRefusal {
    ModelRefusal("account_not_found", ["accountId": account])
  }

  private func summary(of account: String) -> String {
    guard let past = ModelPast(account, in: self), let last = last(of: account),
      let now = balance(of: account, at: .instants(effective: nil, known: nil))
    else { preconditionFailure("an account that is listed was opened") }
    let holders = events(of: account).filter {
      ($0.type == .created || $0.type == .changed) && $0.text.wasGiven
    }
    let limit = ModelMoney.text(past.limitMinor, last.currency)
    return "\(now.line), limit \(limit), holder \(holders.last?.text.shown ?? "-")"
  }

  /// Everything that can be asked at once, for an examination of the whole ledger.
  package var everyQuestion: [ModelQuestion] {
    var questions: [ModelQuestion] = [
      .verify, .verifyProjections, .verifySnapshots, .verifyPeriods, .accounts, .audit, .statistics,
      .alerts,
    ]
    for account in accounts {
      var recorded = ModelHistoryQuery()
      (recorded.isInOrderOfRecording, recorded.isReversed) = (true, true)
      questions += [
        .history(account: account, query: ModelHistoryQuery()),
        .history(account: account, query: recorded), .flows(account: account),
        .replay(account: account),
      ]
      let instants = events(of: account).map { commit(of: $0).effectiveAt }
      let months = Set(instants.map { "\(CalendarMonth(of: Instant(micros: $0)))" }).sorted()
      questions += months.map { .statement(account: account, month: $0, known: nil) }
    }
    for word in ModelVocabulary.words {
      questions += [.search(word: word, inReasons: false), .search(word: word, inReasons: true)]
    }
    if head > 0 { questions.append(.copy) }
    return questions
  }
}

/// The words that texts are made of.
package enum ModelVocabulary {
  static let words = ["rent", "coffee", "salary", "cash", "refund"]
}
