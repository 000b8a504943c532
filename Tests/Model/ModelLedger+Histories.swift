import LedgerDomain

/// Lists of movements, and what they add up to.
extension ModelLedger {
  private typealias Placed = (position: Int64, event: Event)

  /// The movements of `account` known at `known`, in either order, with the balance after each.
  private func movements(
    of account: String, known: Int64?, isInOrderOfRecording: Bool
  ) -> [(position: Int64, event: Event, balance: Int128)] {
    var movements = placed(account).filter {
      $0.event.isMovement && recordedAt($0.event) <= known ?? .max
    }
    if !isInOrderOfRecording {
      movements.sort {
        (effectiveAt($0.event), $0.position)
          < (effectiveAt($1.event), $1.position)
      }
    }
    var balance = Int128(0)
    return movements.map { position, event in
      balance += Int128(event.minorUnits)
      return (position, event, balance)
    }
  }

  func history(
    of account: String, _ query: ModelHistoryQuery
  ) throws(ModelRefusal) -> [String] {
    try check(.instants(effective: nil, known: nil), of: account)
    let everything = ModelCut.instants(effective: nil, known: query.known)
    if balance(of: account, at: everything) == nil { throw notThere(account) }
    var movements = movements(
      of: account, known: query.known, isInOrderOfRecording: query.isInOrderOfRecording)
    movements = movements.filter { _, event, _ in
      let at = query.isInOrderOfRecording ? recordedAt(event) : effectiveAt(event)
      return at >= query.from ?? .min && at <= query.through ?? .max
    }
    if query.isReversed { movements.reverse() }
    return movements.prefix(query.limit ?? .max).map { position, event, balance in
      line(position, event, balance: balance, known: query.known)
    }
  }

  private func line(
    _ position: Int64, _ event: Event, balance: Int128, known: Int64?
  ) -> String {
    let commit = commit(of: event)
    let kind =
      switch (event.counterparty, event.type == .deposited) {
      case (nil, true): "deposit"
      case (nil, false): "withdrawal"
      case (_, true): "transfer-in"
      case (_, false): "transfer-out"
      }
    let isKnown = { (commit: Commit) in commit.recordedAt <= known ?? .max }
    let reversedBy = commits.first { $0.reverses == commit.last && isKnown($0) }?.last
    let correctedBy = commits.filter { $0.corrects == commit.last && isKnown($0) }.map(\.last)
    return "\(position) #\(event.version) \(kind) "
      + "\(ModelMoney.text(event.minorUnits, event.currency)) "
      + "= \(ModelMoney.text(balance, event.currency)) "
      + "\(ModelMoney.instant(commit.effectiveAt)) \(ModelMoney.instant(commit.recordedAt)) "
      + "with \(event.counterparty ?? "-"), \(event.text.shown), "
      + "reverses \(ModelText.number(commit.reverses)) by \(ModelText.number(reversedBy)), "
      + "corrects \(ModelText.number(commit.corrects)) by \(correctedBy)"
  }

  func statement(
    of account: String, _ monthText: String, known: Int64?, _ clock: Int64
  ) throws(ModelRefusal) -> [String] {
    guard let month = CalendarMonth(monthText) else {
      preconditionFailure("'\(monthText)' is no month")
    }
    let now = max(clock, commits.last?.recordedAt ?? clock)
    if month.start.micros > now {
      throw ModelRefusal("month_in_future", ["month": monthText, "now": ModelMoney.instant(now)])
    }
    try check(.instants(effective: nil, known: nil), of: account)
    let cut = ModelCut.instants(effective: month.end.micros, known: known)
    guard let closing = balance(of: account, at: cut) else { throw notThere(account) }
    let all = movements(of: account, known: known, isInOrderOfRecording: false)
    let before = all.filter { effectiveAt($0.event) < month.start.micros }
    let inMonth = all.filter {
      let at = effectiveAt($0.event)
      return at >= month.start.micros && at <= month.end.micros
    }
    func sum(_ movements: [Event]) -> Int128 {
      movements.reduce(Int128(0)) { $0 + Int128($1.minorUnits) }
    }
    func text(_ minorUnits: Int128) -> String { ModelMoney.text(minorUnits, closing.currency) }
    let credits = inMonth.map(\.event).filter { $0.minorUnits > 0 }
    let debits = inMonth.map(\.event).filter { $0.minorUnits < 0 }
    let last = commits.last { $0.recordedAt <= known ?? .max }?.last ?? 0
    return [
      "opening \(text(sum(before.map(\.event))))",
      "credits \(credits.count) \(text(sum(credits)))",
      "debits \(debits.count) \(text(-sum(debits)))",
      "closing \(text(Int128(closing.minorUnits)))", "position \(last)",
    ]
      + inMonth.map { position, event, balance in
        line(position, event, balance: balance, known: known)
      }
  }

  /// Positions of movements: of a transfer, the leg that pays.
  func hits(of word: String, inReasons: Bool) -> [String] {
    func has(_ text: Text) -> Bool {
      text.text?.split(separator: " ").contains(Substring(word)) ?? false
    }
    let found = commits.filter { commit in
      let legs = events(of: commit)
      guard legs.allSatisfy(\.isMovement) else { return false }
      return inReasons ? has(commit.reason) : legs.contains { has($0.text) }
    }
    return found.map { "\($0.first)" }
  }

  func flows(of account: String) throws(ModelRefusal) -> [String] {
    try check(.instants(effective: nil, known: nil), of: account)
    let own = events(of: account).filter(\.isMovement)
    let currency = events(of: account).first?.currency ?? ""
    func total(_ isTransfer: Bool, _ isIncoming: Bool) -> String {
      let sum = own.filter {
        ($0.counterparty != nil) == isTransfer && ($0.minorUnits > 0) == isIncoming
      }.reduce(Int128(0)) { $0 + Int128($1.minorUnits.magnitude) }
      return ModelMoney.text(sum, currency)
    }
    var lines: [String] = []
    for other in Set(own.compactMap(\.counterparty)) {
      for isIncoming in [true, false] {
        let legs = own.filter {
          $0.counterparty == other && ($0.minorUnits > 0) == isIncoming
        }
        let instants = legs.map(effectiveAt)
        guard let first = instants.min(), let last = instants.max() else { continue }
        let sum = legs.reduce(Int128(0)) { $0 + Int128($1.minorUnits.magnitude) }
        let pair = isIncoming ? "\(other) to \(account)" : "\(account) to \(other)"
        lines.append(
          "\(pair) \(ModelMoney.text(sum, currency)) in \(legs.count), "
            + "\(ModelMoney.instant(first)) to \(ModelMoney.instant(last))")
      }
    }
    let totals =
      "in \(total(false, true)), out \(total(false, false)), "
      + "received \(total(true, true)), paid \(total(true, false))"
    return [totals] + lines.sorted()
  }

  var statistics: [String] {
    var lines = ["\(commits.count) commits, \(head) events"]
    // The currency of what concerns the whole book is none.
    let byCurrency = Dictionary(grouping: events) { $0.account == nil ? "-" : $0.currency }
    for (currency, events) in byCurrency.sorted(by: { $0.key < $1.key }) {
      func sum(_ type: Kind, _ isTransfer: Bool) -> String {
        let all = events.filter { $0.type == type && ($0.counterparty != nil) == isTransfer }
        let sum = all.reduce(Int128(0)) { $0 + Int128($1.minorUnits.magnitude) }
        return "\(all.count) \(ModelMoney.text(sum, currency))"
      }
      lines.append(
        "\(currency): \(events.count) events, \(events.count { $0.type == .created }) opened, "
          + "\(events.count { $0.type == .closed }) closed, "
          + "in \(sum(.deposited, false)), out \(sum(.withdrawn, false)), "
          + "moved \(sum(.withdrawn, true))")
    }
    return lines
  }

  var audit: [String] {
    events.enumerated().map { index, event in
      let commit = commit(of: event)
      return "\(index + 1) \(event.account.map { "BankAccount-" + $0 } ?? "Book") "
        + "#\(event.version) \(event.type.rawValue) "
        + "\(ModelMoney.instant(commit.recordedAt)) \(ModelMoney.instant(commit.effectiveAt)) "
        + "\(commit.key ?? "-"), \(event.text.shown), \(commit.reason.shown)"
    }
  }
}
