import LedgerDomain

extension ModelLedger {
  /// Does what `step` asks for, if it is a command; what else happens to a ledger changes nothing here.
  /// Nil for what is no command.
  package mutating func take(_ step: ModelStep) -> ModelOutcome? {
    switch step.action {
    case .perform(let command, let options):
      let commitCount = commits.count
      let outcome = perform(command, options, step)
      guard commitCount < commits.count else { return outcome }
      for index in commitCount..<commits.count { commits[index].step = step.number }
      positions[step.number] = Array(commits[commitCount].first...head)
      return outcome
    case .rehearse(let command, let options):
      let commitCount = commits.count
      let outcome = perform(command, options, step)
      takeBack(to: commitCount)
      return outcome
    case .reopen(let accepts):
      acceptsClockBehind[step.handle] = accepts
      return nil
    case .ask, .askEverything, .takeSnapshotsEvery, .takeSnapshots, .pruneSnapshots, .rebuild,
      .catchUp, .moveToCopy:
      return nil
    }
  }

  private mutating func perform(
    _ command: ModelCommand, _ options: ModelOptions, _ step: ModelStep
  ) -> ModelOutcome {
    do throws(ModelRefusal) {
      for account in command.accounts { try checkID(account) }
      switch command {
      case .reverseGroup(let correlationID, let keepsEffectiveTime):
        return try reverseGroup(correlationID, keepsEffectiveTime, options, step)
      case .closePeriod(let period): return try closePeriod(period, options, step)
      case .reopenPeriod(let period): return try reopenPeriod(period, options, step)
      case .erase(let references):
        return try erase(references.map(position(of:)), options, step)
      case .eraseAccount(let account): return try erase(account, options, step)
      case .addAlertRule, .removeAlertRule, .acknowledge:
        return try decideAlert(command, options, step)
      case .open, .change, .deposit, .withdraw, .transfer, .close, .reverse:
        if let first = try firstReceipt(of: command, options) { return first }
        let booked = try book(command, options, step.clockMicros, step.handle)
        return receipt(of: booked)
      }
    } catch {
      return error.outcome
    }
  }

  /// Throws unless it is 1 to 128 ASCII letters, digits and `-_.:/@`, not starting with `-`.
  func checkID(_ account: String) throws(ModelRefusal) {
    let allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@"
    let scalars = account.unicodeScalars
    let isID =
      (1...128).contains(scalars.count) && scalars.first != "-"
      && scalars.allSatisfy(allowed.unicodeScalars.contains)
    if !isID { throw ModelRefusal("invalid_account_id", ["accountId": account]) }
  }

  // MARK: Commands about accounts

  /// The first receipt if the key was used for the same before.
  private func firstReceipt(
    of command: ModelCommand, _ options: ModelOptions
  ) throws(ModelRefusal) -> ModelOutcome? {
    guard let key = options.key, let commit = commits.first(where: { $0.key == key }),
      let content = commit.content
    else { return nil }
    let differing = differences(command, options, from: commit, content)
    guard differing.isEmpty else {
      throw ModelRefusal(
        "idempotency_key_conflict",
        [
          "idempotencyKey": key, "position": commit.last,
          "differing": differing.joined(separator: ", "),
        ])
    }
    var outcome = receipt(of: commit)
    outcome.code = ModelOutcome.replayed
    return outcome
  }

  private mutating func book(
    _ command: ModelCommand, _ options: ModelOptions, _ clock: Int64, _ handle: Int
  ) throws(ModelRefusal) -> Commit {
    let request = Request(options: options, clock: clock, handle: handle)
    let decision = try decide(command, request)
    let now = try nextRecordedAt(clock, handle)
    let recorded = decision.legs.map { event(of: $0) }
    let content = ModelContent(
      command: decision.name, accounts: decision.legs.map(\.account),
      minorUnits: decision.legs[0].limitMinor
        ?? (recorded[0].isMovement ? Int64(recorded[0].minorUnits.magnitude) : nil),
      currency: recorded[0].currency, effectiveAt: decision.explicitEffectiveAt,
      reverses: decision.reverses, corrects: decision.corrects)
    record(recorded) { first, last in
      Commit(
        first: first, last: last, recordedAt: now,
        effectiveAt: decision.explicitEffectiveAt ?? now, content: content, key: options.key,
        correlationID: options.correlationID, reason: Text(options.reason),
        reverses: decision.reverses, corrects: decision.corrects)
    }
    return commits[commits.count - 1]
  }

  private func event(of leg: Decision.Leg) -> Event {
    let last = last(of: leg.account)
    return Event(
      type: leg.type, account: leg.account, version: (version(of: leg.account) ?? -1) + 1,
      commit: commits.count, minorUnits: leg.minorUnits,
      currency: last?.currency ?? leg.currency, limitMinor: leg.limitMinor,
      balanceAfter: (last?.balanceAfter ?? 0) + leg.minorUnits, counterparty: leg.counterparty,
      text: Text(leg.text))
  }

  private func receipt(of commit: Commit) -> ModelOutcome {
    let reversed = commit.reverses.flatMap(self.commit(at:))
    let lines = [
      "command: \(commit.content?.command ?? "?")", "position: \(commit.last)",
      "recorded: \(ModelMoney.instant(commit.recordedAt))",
      "counts: \(ModelMoney.instant(commit.effectiveAt))",
      "key: \(commit.key ?? "-")", "reverses: \(ModelText.number(commit.reverses))",
      "rebooks: \(ModelText.number(reversed?.reverses))",
      "corrects: \(ModelText.number(commit.corrects))",
    ]
    let legs = events(of: commit).map { event in
      ModelText.leg(
        event.account ?? "", event.version, ModelMoney.text(event.balanceAfter, event.currency),
        event.currency)
    }
    return ModelOutcome(code: ModelOutcome.accepted, lines: lines + legs)
  }

  // MARK: Groups

  private mutating func reverseGroup(
    _ correlationID: String, _ keepsEffectiveTime: Bool, _ options: ModelOptions, _ step: ModelStep
  ) throws(ModelRefusal) -> ModelOutcome {
    _ = try nextRecordedAt(step.clockMicros, step.handle)
    let commitCount = commits.count
    var (reversed, skipped, opened, moved) = (0, 0, 0, [String]())
    for commit in commits.reversed() where commit.correlationID == correlationID {
      if commit.reverses != nil {
        skipped += 1
        continue
      }
      if events(of: commit).first?.type == .created {
        opened += 1
        continue
      }
      let command = ModelCommand.reverse(
        of: .position(commit.last), keepsEffectiveTime: keepsEffectiveTime, description: nil)
      do throws(ModelRefusal) {
        let new = try book(command, options, step.clockMicros, step.handle)
        reversed += 1
        for account in events(of: new).compactMap(\.account) where !moved.contains(account) {
          moved.append(account)
        }
      } catch {
        if error.code == "already_reversed" {
          skipped += 1
          continue
        }
        takeBack(to: commitCount)
        throw error.code == "not_reversible" ? error : error.reversing(commit.last)
      }
    }
    if reversed == 0 {
      throw ModelRefusal(
        "nothing_to_reverse", ["correlationId": correlationID, "reversed": skipped])
    }
    let last = commits[commits.count - 1]
    return ModelOutcome(
      code: ModelOutcome.accepted,
      lines: [
        "reversed: \(reversed)", "skipped: \(skipped)", "left open: \(opened)",
        "moved: \(moved.count)", "position: \(last.last)",
        "recorded: \(ModelMoney.instant(last.recordedAt))",
      ]
        + moved.map { account in
          let event = self.last(of: account)
          return ModelText.leg(
            account, event?.version ?? 0,
            ModelMoney.text(event?.balanceAfter ?? 0, event?.currency ?? ""),
            event?.currency ?? "")
        })
  }
}
