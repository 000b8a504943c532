import LedgerDomain

/// What concerns the whole book: periods, and texts that are erased.
extension ModelLedger {
  /// What is said where a reason is needed and none is given.
  static let (reopeningReason, erasureReason) = ("late", "asked")

  mutating func recordInBook(
    _ type: Kind, _ options: ModelOptions, reason: String?, at now: Int64
  ) {
    let version = events.count { $0.account == nil }
    let event = Event(type: type, account: nil, version: Int64(version), commit: commits.count)
    record([event]) { first, last in
      Commit(
        first: first, last: last, recordedAt: now, effectiveAt: now,
        correlationID: options.correlationID, reason: Text(options.reason ?? reason))
    }
  }

  private func facts(of close: Close) -> [String] {
    [
      "period: \(close.period)", "through: \(ModelMoney.instant(close.through))",
      "closedAtPosition: \(close.position)",
    ]
  }

  // MARK: Periods

  mutating func closePeriod(
    _ text: String, _ options: ModelOptions, _ step: ModelStep
  ) throws(ModelRefusal) -> ModelOutcome {
    let now = try nextRecordedAt(step.clockMicros, step.handle)
    let through = ModelText.end(ofPeriod: text)
    if let close = latestClose, through <= close.through {
      throw ModelRefusal("period_closed", ["asked": text]).adding(facts(of: close))
    }
    if through >= now {
      throw ModelRefusal(
        "period_not_over",
        [
          "period": text, "through": ModelMoney.instant(through), "now": ModelMoney.instant(now),
        ])
    }
    let book = balances(at: .instants(effective: through, known: nil))
    recordInBook(.periodClosed, options, reason: nil, at: now)
    closes.append(Close(period: text, through: through, position: head))
    var totals: [String: Int128] = [:]
    for balance in book { totals[balance.currency, default: 0] += Int128(balance.minorUnits) }
    let lines = totals.sorted { $0.key < $1.key }.map { currency, minorUnits in
      "\(ModelMoney.text(minorUnits, currency)) \(currency)"
    }
    return ModelOutcome(
      code: ModelOutcome.accepted,
      lines: periodLines("period close", closes[closes.count - 1])
        + ["accounts: \(book.count)"] + lines)
  }

  mutating func reopenPeriod(
    _ text: String?, _ options: ModelOptions, _ step: ModelStep
  ) throws(ModelRefusal) -> ModelOutcome {
    let now = try nextRecordedAt(step.clockMicros, step.handle)
    guard let latest = closes.lastIndex(where: { $0.reopenedAt == nil }),
      text == nil || closes[latest].period == text
    else {
      throw ModelRefusal("period_not_closed", ["asked": text ?? "latest"])
        .adding(latestClose.map(facts) ?? [])
    }
    recordInBook(.periodReopened, options, reason: Self.reopeningReason, at: now)
    closes[latest].reopenedAt = head
    return ModelOutcome(
      code: ModelOutcome.accepted, lines: periodLines("period reopen", closes[latest]))
  }

  private func periodLines(_ command: String, _ close: Close) -> [String] {
    let recordedAt = commits[commits.count - 1].recordedAt
    return [
      "command: \(command)", "position: \(head)", "recorded: \(ModelMoney.instant(recordedAt))",
      "period: \(close.period)", "closed at: \(close.position)",
      "closed through: \(latestClose.map { ModelMoney.instant($0.through) } ?? "-")",
    ]
  }

  // MARK: Texts

  /// The texts and the reasons of a selection.
  private struct Selection {
    var texts: [Int64] = []
    var reasons: [Int64] = []
    var erasedTexts: [Int64] = []
    var erasedReasons: [Int64] = []

    mutating func add(_ position: Int64, in model: ModelLedger) {
      let event = model.events[Int(position - 1)]
      let commit = model.commit(of: event)
      func add(_ text: Text, _ place: Int64, _ there: inout [Int64], _ gone: inout [Int64]) {
        if text.isErased, !gone.contains(place) { gone.append(place) }
        if text.text != nil, !there.contains(place) { there.append(place) }
      }
      add(event.text, position, &texts, &erasedTexts)
      add(commit.reason, commit.last, &reasons, &erasedReasons)
    }
  }

  mutating func erase(
    _ positions: [Int64], _ options: ModelOptions, _ step: ModelStep
  ) throws(ModelRefusal) -> ModelOutcome {
    let positions = Set(positions).sorted()
    for position in positions where commit(at: position) == nil { throw beyondHead(position) }
    var selection = Selection()
    for position in positions {
      let event = events[Int(position - 1)]
      guard event.text.wasGiven || commit(of: event).reason.wasGiven else {
        throw ModelRefusal("nothing_to_erase", ["position": position])
      }
      selection.add(position, in: self)
    }
    return try erase(selection, options, step)
  }

  mutating func erase(
    _ account: String, _ options: ModelOptions, _ step: ModelStep
  ) throws(ModelRefusal) -> ModelOutcome {
    guard version(of: account) != nil else {
      throw ModelRefusal("account_not_found", ["accountId": account])
    }
    var selection = Selection()
    for (position, _) in placed(account) { selection.add(position, in: self) }
    let all =
      selection.texts + selection.reasons + selection.erasedTexts + selection.erasedReasons
    if all.isEmpty { throw ModelRefusal("nothing_to_erase", ["accountId": account]) }
    return try erase(selection, options, step)
  }

  private mutating func erase(
    _ selection: Selection, _ options: ModelOptions, _ step: ModelStep
  ) throws(ModelRefusal) -> ModelOutcome {
    func lines(_ position: Int64, _ texts: [Int64], _ reasons: [Int64]) -> [String] {
      ["position: \(position)", "texts: \(texts)", "reasons: \(reasons)"]
    }
    if selection.texts.isEmpty, selection.reasons.isEmpty {
      let erasedAt =
        selection.erasedTexts.compactMap { events[Int($0 - 1)].text.erasedAt }
        + selection.erasedReasons.compactMap { commit(at: $0)?.reason.erasedAt }
      return ModelOutcome(
        code: ModelOutcome.replayed,
        lines: lines(erasedAt.max() ?? 0, selection.erasedTexts, selection.erasedReasons))
    }
    let now = try nextRecordedAt(step.clockMicros, step.handle)
    recordInBook(.erased, options, reason: Self.erasureReason, at: now)
    for position in selection.texts { events[Int(position - 1)].text.erase(at: head) }
    for position in selection.reasons {
      commits[events[Int(position - 1)].commit].reason.erase(at: head)
    }
    return ModelOutcome(
      code: ModelOutcome.accepted, lines: lines(head, selection.texts, selection.reasons))
  }
}

extension ModelRefusal {
  fileprivate func adding(_ more: [String]) -> ModelRefusal {
    ModelRefusal(code: code, facts: facts + more)
  }
}
