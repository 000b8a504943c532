import LedgerDomain

extension ModelGenerator {
  /// Options that fit `command`.
  mutating func options(for command: ModelCommand) -> ModelOptions {
    var options = ModelOptions()
    switch command {
    case .closePeriod, .reopenPeriod, .erase, .eraseAccount, .addAlertRule, .removeAlertRule,
      .acknowledge:
      options.reason = text() ?? "asked"
      return options
    case .reverseGroup(_, let keepsEffectiveTime):
      if !keepsEffectiveTime, chance(20) { options.effectiveAt = effectiveAt() }
      options.allowsPastOverdraft = chance(50) ? true : nil
      return options
    case .reverse(_, let keepsEffectiveTime, _):
      if !keepsEffectiveTime { options.effectiveAt = effectiveAt() }
    case .close: if chance(20) { options.effectiveAt = effectiveAt() }
    case .open, .change, .deposit, .withdraw, .transfer: options.effectiveAt = effectiveAt()
    }
    if chance(35) { options.key = "k\(model.commits.count)-\(number(0...999))" }
    if chance(15) { options.reason = text() }
    if chance(12) { options.allowsPastOverdraft = true }
    if chance(6) { options.corrects = reference() }
    options.correlationID = chance(25) && isMovement(command) ? "g\(group)" : nil
    addVersions(to: &options, for: command)
    return options
  }

  private func isMovement(_ command: ModelCommand) -> Bool {
    switch command {
    case .deposit, .withdraw, .transfer: true
    default: false
    }
  }

  private mutating func addVersions(to options: inout ModelOptions, for command: ModelCommand) {
    guard let first = command.accounts.first, chance(15) else { return }
    options.expectedVersion = expected(of: first)
    if case .transfer(_, let payee, _, _) = command, chance(50) {
      options.expectedVersionTo = expected(of: payee)
    }
  }

  private mutating func expected(of account: String) -> String {
    let actual = model.version(of: account)
    switch number(0...9) {
    case 0: return "no-stream"
    case 1: return "any"
    case 2...3: return "stream-exists"
    case 4: return "\(max(0, (actual ?? 0) + number(-1...1)))"
    default: return actual.map { "\($0)" } ?? "no-stream"
    }
  }

  /// Nil means: when it is recorded.
  private mutating func effectiveAt() -> Int64? {
    let (now, head) = (now, model.head)
    switch number(0...99) {
    case 0...44: return nil
    case 45...72 where head > 0:
      // Of something else, so that many things count at one instant, or beside it.
      let position = number(max(1, head - 150)...head)
      let at = model.commit(at: position)?.effectiveAt ?? now
      return chance(70) ? at : at + number(-1...1)
    case 73...87: return now - number(0...20 * Self.day)
    case 88...89:
      guard let close = model.latestClose else { return nil }
      return close.through + number(0...1)
    case 90...91: return now + number(1...2) * number(1...3_600_000_000)
    case 92...93: return now
    case 94...95: return Self.start - number(0...40) * Self.day
    case 96...97 where model.version(of: Self.wide) != nil:
      // Somewhere among the many instants of one account, or between two of them.
      return Self.start - number(0...2 * wideInstants) * Self.wideStep / 2
    default: return nil
    }
  }

  // MARK: Repetitions

  /// A command that was recorded under a key, again: just so, or with something changed.
  mutating func repetition() -> (ModelCommand, ModelOptions) {
    guard !keyed.isEmpty else {
      let command = command()
      return (command, options(for: command))
    }
    var (command, options) = pick(keyed)
    // These are not what the key answers for.
    if chance(30) { options.reason = text() }
    if chance(30) { options.expectedVersion = "stream-exists" }
    switch number(0...9) {
    case 0...4: break
    case 5:
      if case .reverse = command { break }
      options.effectiveAt = options.effectiveAt.map { $0 - 1 } ?? now - 1
    case 6: options.corrects = reference()
    case 7:
      let other = self.command()
      if other.takesKey { command = other }
    default: command = changed(command)
    }
    if case .reverse(_, true, _) = command { options.effectiveAt = nil }
    return (command, options)
  }

  private mutating func changed(_ command: ModelCommand) -> ModelCommand {
    switch command {
    case .open(let account, let currency, let limit, let holder):
      return chance(50)
        ? .open(account: account, currency: currency, limit: ModelAmount("7"), holder: holder)
        : .open(account: account, currency: pick(["USD", "EUR"]), limit: limit, holder: "X")
    case .change(let account, let limit, let holder):
      return chance(50)
        ? .change(account: account, limit: ModelAmount("7"), holder: holder)
        : .change(account: account, limit: limit, holder: chance(50) ? "X" : nil)
    case .deposit(let account, let amount, let description):
      return chance(50)
        ? .deposit(account: account, amount: other(amount), description: description)
        : .deposit(account: account, amount: amount, description: text())
    case .withdraw(let account, let amount, let description):
      return chance(50)
        ? .withdraw(account: account, amount: other(amount), description: description)
        : .withdraw(account: self.account(), amount: amount, description: description)
    case .transfer(let payer, let payee, let amount, let description):
      return chance(50)
        ? .transfer(from: payer, to: payee, amount: other(amount), description: description)
        : .transfer(from: payee, to: payer, amount: amount, description: description)
    case .close: return .close(account: account())
    case .reverse(let reference, let keepsEffectiveTime, let description):
      return chance(50)
        ? .reverse(
          of: self.reference(), keepsEffectiveTime: keepsEffectiveTime, description: description)
        : .reverse(of: reference, keepsEffectiveTime: keepsEffectiveTime, description: text())
    case .reverseGroup, .closePeriod, .reopenPeriod, .erase, .eraseAccount, .addAlertRule,
      .removeAlertRule, .acknowledge:
      return command
    }
  }

  private mutating func other(_ amount: ModelAmount) -> ModelAmount {
    pick([ModelAmount("1"), ModelAmount("x"), ModelAmount(amount.text, currency: "JPY"), amount])
  }
}
