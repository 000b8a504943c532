import EventStore
import LedgerDomain
import LedgerKit

/// Commands to the real ledger, and its receipts in the words of the model.
extension ModelSubject {
  /// What comes of `command`. Throws what is no refusal: nothing but a refusal is expected.
  func perform(
    _ command: ModelCommand, _ options: ModelOptions, _ handle: Int, in model: ModelLedger,
    isRehearsal: Bool
  ) throws -> ModelOutcome {
    do {
      let ledger = handles[handle]
      switch command {
      case .reverseGroup(let correlationID, let keepsEffectiveTime):
        let group = GroupReversal(
          correlationID: correlationID, keepsEffectiveTime: keepsEffectiveTime)
        let options = try self.options(options, in: model)
        return outcome(
          of: isRehearsal
            ? try ledger.rehearse(group, options) : try ledger.reverse(group, options),
          isRehearsal: isRehearsal)
      case .closePeriod(let text):
        return try perform(.close(Self.period(text), reason: options.reason), options, ledger)
      case .reopenPeriod(let text):
        let reason = options.reason ?? ModelLedger.reopeningReason
        return try perform(.reopen(text.map(Self.period), reason: reason), options, ledger)
      case .erase(let references):
        return try erase(.positions(references.map(model.position(of:))), options, ledger)
      case .eraseAccount(let account):
        return try erase(.account(try AccountID(account)), options, ledger)
      case .addAlertRule, .removeAlertRule, .acknowledge:
        return try decideAlert(command, options, in: model, ledger)
      case .open, .change, .deposit, .withdraw, .transfer, .close, .reverse:
        let command = try self.command(command, in: model)
        let options = try self.options(options, in: model)
        return outcome(
          of: isRehearsal
            ? try ledger.rehearse(command, options) : try ledger.perform(command, options),
          isRehearsal: isRehearsal)
      }
    } catch let rejection as Rejection {
      return Self.outcome(of: rejection)
    }
  }

  private static func period(_ text: String) -> Period {
    guard let period = Period(text) else { preconditionFailure("'\(text)' is no period") }
    return period
  }

  // MARK: Translating

  private func command(_ command: ModelCommand, in model: ModelLedger) throws -> Command {
    func amount(_ amount: ModelAmount) -> Amount {
      Amount(amount.text, currencyCode: amount.currency)
    }
    switch command {
    case .open(let account, let code, let limit, let holder):
      guard let currency = Currency(code: code) else {
        preconditionFailure("a trial opens accounts in currencies that there are")
      }
      return .open(
        try AccountID(account), currency, overdraftLimit: limit.map(amount), holder: holder)
    case .change(let account, let limit, let holder):
      return .change(try AccountID(account), overdraftLimit: limit.map(amount), holder: holder)
    case .deposit(let account, let given, let description):
      return .deposit(amount(given), to: try AccountID(account), description: description)
    case .withdraw(let account, let given, let description):
      return .withdraw(amount(given), from: try AccountID(account), description: description)
    case .transfer(let payer, let payee, let given, let description):
      return .transfer(
        amount(given), from: try AccountID(payer), to: try AccountID(payee),
        description: description)
    case .close(let account): return .close(try AccountID(account))
    case .reverse(let reference, let keepsEffectiveTime, let description):
      return .reverse(
        Reversal(
          of: model.position(of: reference), keepsEffectiveTime: keepsEffectiveTime,
          description: description))
    case .reverseGroup, .closePeriod, .reopenPeriod, .erase, .eraseAccount, .addAlertRule,
      .removeAlertRule, .acknowledge:
      preconditionFailure("\(command.name) is a request of its own")
    }
  }

  private func options(_ given: ModelOptions, in model: ModelLedger) throws -> CommandOptions {
    func expected(_ text: String?) -> ExpectedVersion {
      guard let text else { return .any }
      guard let expected = ExpectedVersion(text) else {
        preconditionFailure("'\(text)' is no expected version")
      }
      return expected
    }
    var options = CommandOptions(actor: "teller")
    options.reason = given.reason
    options.correlationID = given.correlationID
    options.idempotencyKey = given.key
    options.expectedVersion = expected(given.expectedVersion)
    options.expectedVersionTo = expected(given.expectedVersionTo)
    options.effectiveAt = given.effectiveAt.map { Instant(micros: $0) }
    options.allowsPastOverdraft = given.allowsPastOverdraft ?? false
    options.corrects = given.corrects.map(model.position(of:))
    return options
  }

  private func perform(
    _ action: PeriodRequest.Action, _ options: ModelOptions, _ ledger: Ledger
  ) throws -> ModelOutcome {
    var request = PeriodRequest(action, actor: "closer")
    request.correlationID = options.correlationID
    let receipt = try ledger.perform(request)
    var lines = [
      "command: \(receipt.command)", "position: \(receipt.position)",
      "recorded: \(receipt.recordedAt)", "period: \(receipt.close.period)",
      "closed at: \(receipt.close.position)",
      "closed through: \(receipt.closedThrough.map { "\($0)" } ?? "-")",
    ]
    if case .close = action {
      lines += ["accounts: \(receipt.close.accounts)"] + receipt.close.totals.map(\.text)
    }
    return outcome(lines, receipt.headHash, at: receipt.position)
  }

  private func erase(
    _ target: ErasureRequest.Target, _ options: ModelOptions, _ ledger: Ledger
  ) throws -> ModelOutcome {
    var request = ErasureRequest(
      target, actor: "officer", reason: options.reason ?? ModelLedger.erasureReason)
    request.correlationID = options.correlationID
    let receipt = try ledger.erase(request)
    let lines = [
      "position: \(receipt.position)", "texts: \(receipt.erased)", "reasons: \(receipt.reasons)",
    ]
    return outcome(
      lines, receipt.headHash, at: receipt.position,
      code: receipt.isReplay ? ModelOutcome.replayed : ModelOutcome.accepted)
  }

  private func decideAlert(
    _ command: ModelCommand, _ options: ModelOptions, in model: ModelLedger, _ ledger: Ledger
  ) throws -> ModelOutcome {
    let action: AlertRequest.Action =
      switch command {
      case .addAlertRule(let name, let kind, let least, let currency, let isFromStart):
        .add(try Self.rule(name, kind, least, currency), fromStart: isFromStart)
      case .removeAlertRule(let name): .remove(name: name)
      case .acknowledge(let rule, let movement):
        .acknowledge(rule: rule, position: model.position(of: movement))
      default: preconditionFailure("\(command.name) decides nothing about alerts")
      }
    var request = AlertRequest(action, actor: "warden")
    request.reason = options.reason
    let receipt = try ledger.perform(request)
    return outcome(
      ["position: \(receipt.position)", "recorded: \(receipt.recordedAt)"], receipt.headHash,
      at: receipt.position)
  }

  private static func rule(
    _ name: String, _ kind: String, _ least: Int64?, _ code: String?
  ) throws -> AlertRule {
    let day = ModelGenerator.day
    let amount = code.flatMap { Currency(code: $0) }.map { Money(minorUnits: least ?? 1, in: $0) }
    let condition: AlertRule.Condition? =
      switch kind {
      case "large-amount": amount.map { .largeAmount($0) }
      case "in-and-out": amount.map { .inAndOut($0, withinMicros: 9 * day) }
      case "many-withdrawals": .manyWithdrawals(count: 3, withinMicros: 3 * day)
      case "new-counterparty": .newCounterparty(nil)
      default: .dormant(afterMicros: 2 * day)
      }
    guard let condition, let rule = AlertRule(name: name, condition: condition) else {
      preconditionFailure("a trial has no rule \(name)")
    }
    return rule
  }

  // MARK: Receipts

  private func outcome(of receipt: Receipt, isRehearsal: Bool) -> ModelOutcome {
    let lines = [
      "command: \(receipt.command)", "position: \(receipt.position)",
      "recorded: \(receipt.recordedAt)", "counts: \(receipt.effectiveAt)",
      "key: \(receipt.idempotencyKey ?? "-")", "reverses: \(ModelText.number(receipt.reverses))",
      "rebooks: \(ModelText.number(receipt.rebooks))",
      "corrects: \(ModelText.number(receipt.corrects))",
    ]
    let legs = receipt.accounts.map { account in
      ModelText.leg(
        account.accountID.text, account.version, account.balance.decimal,
        account.balance.currency.code)
    }
    let code = receipt.isReplay ? ModelOutcome.replayed : ModelOutcome.accepted
    guard !isRehearsal || receipt.isReplay else {
      return ModelOutcome(code: code, lines: lines + legs)
    }
    return outcome(lines + legs, receipt.headHash, at: receipt.position, code: code)
  }

  private func outcome(of receipt: GroupReversalReceipt, isRehearsal: Bool) -> ModelOutcome {
    let lines = [
      "reversed: \(receipt.reversed)", "skipped: \(receipt.skipped)",
      "left open: \(receipt.accountsLeftOpen)", "moved: \(receipt.accountsMoved)",
      "position: \(receipt.position)", "recorded: \(receipt.recordedAt)",
    ]
    let legs = receipt.accounts.map { account in
      ModelText.leg(
        account.accountID.text, account.version, account.balance.decimal,
        account.balance.currency.code)
    }
    guard !isRehearsal else {
      return ModelOutcome(code: ModelOutcome.accepted, lines: lines + legs)
    }
    return outcome(lines + legs, receipt.headHash, at: receipt.position)
  }

  /// Says so if an earlier receipt of the same commit had another hash.
  private func outcome(
    _ lines: [String], _ hash: Digest256, at position: Int64,
    code: String = ModelOutcome.accepted
  ) -> ModelOutcome {
    let isSame = keep(hash, at: position)
    return ModelOutcome(code: code, lines: lines + (isSame ? [] : ["another hash than before"]))
  }

  static func outcome(of rejection: Rejection) -> ModelOutcome {
    ModelOutcome(
      code: rejection.code,
      lines: rejection.facts.map { name, fact in
        switch fact {
        case .text(let text): "\(name): \(text)"
        case .number(let number): "\(name): \(number)"
        case .numbers(let numbers): "\(name): \(numbers)"
        case .list(let texts): "\(name): \(texts.joined(separator: ", "))"
        }
      })
  }
}
