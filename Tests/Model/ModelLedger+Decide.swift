import LedgerDomain

/// What a command may make of the book.
extension ModelLedger {
  /// What all rules of one command need to know.
  struct Request {
    let options: ModelOptions
    /// What the clock says.
    let clock: Int64
    let handle: Int
    /// When the next commit is recorded.
    var now: Int64 = 0
    /// When it counts.
    var effectiveAt: Int64 = 0
  }

  /// What is to be recorded for one command about accounts.
  struct Decision {
    var name: String
    var effectiveAt: Int64
    var explicitEffectiveAt: Int64?
    var legs: [Leg]
    var openCurrency: String?
    var reverses: Int64?
    var corrects: Int64?

    struct Leg {
      let account: String
      let type: Kind
      var currency = ""
      var minorUnits: Int64 = 0
      var limitMinor: Int64?
      var counterparty: String?
      var text: String?
    }
  }

  /// When the next commit is recorded: by the clock, and a microsecond after the last one at least.
  func nextRecordedAt(_ clock: Int64, _ handle: Int) throws(ModelRefusal) -> Int64 {
    guard let last = commits.last?.recordedAt else { return clock }
    if clock < last - 86_400_000_000, !acceptsClockBehind[handle] {
      throw ModelRefusal(
        "clock_behind",
        ["clock": ModelMoney.instant(clock), "lastRecordedAt": ModelMoney.instant(last)])
    }
    return max(clock, last + 1)
  }

  /// Throws unless something may count at `effectiveAt`.
  private func require(_ effectiveAt: Int64, _ now: Int64) throws(ModelRefusal) {
    if effectiveAt > now {
      throw ModelRefusal(
        "effective_in_future",
        ["effectiveAt": ModelMoney.instant(effectiveAt), "now": ModelMoney.instant(now)])
    }
    if rules.closesPeriods, let close = latestClose, effectiveAt <= close.through {
      throw ModelRefusal(
        "period_closed",
        [
          "effectiveAt": ModelMoney.instant(effectiveAt), "period": close.period,
          "through": ModelMoney.instant(close.through), "closedAtPosition": close.position,
        ])
    }
  }

  /// What `command` is to record, in the order of precedence of what refuses it.
  func decide(_ command: ModelCommand, _ request: Request) throws(ModelRefusal) -> Decision {
    var request = request
    let options = request.options
    request.now = try nextRecordedAt(request.clock, request.handle)
    request.effectiveAt = options.effectiveAt ?? request.now
    try require(request.effectiveAt, request.now)
    var decision: Decision
    if case .reverse(let reference, let keepsEffectiveTime, let description) = command {
      let reversed = try reversible(position(of: reference))
      if keepsEffectiveTime {
        request.effectiveAt = reversed.effectiveAt
        try require(request.effectiveAt, request.now)
      }
      let opposite = opposite(of: reversed, description)
      decision = try plainDecision(opposite, request)
      decision.name = "reverse"
      decision.reverses = reversed.last
      if keepsEffectiveTime { decision.explicitEffectiveAt = reversed.effectiveAt }
    } else {
      decision = try plainDecision(command, request)
    }
    if let corrects = options.corrects.map(position(of:)) {
      guard let corrected = commit(at: corrects) else { throw beyondHead(corrects) }
      decision.corrects = corrected.last
    }
    return decision
  }

  func beyondHead(_ position: Int64) -> ModelRefusal {
    ModelRefusal("beyond_head", ["cut": "position", "asked": position, "last": head])
  }

  // MARK: Reversals

  private func reversible(_ position: Int64) throws(ModelRefusal) -> Commit {
    guard let commit = commit(at: position) else { throw beyondHead(position) }
    guard events(of: commit).allSatisfy(\.isMovement) else {
      throw ModelRefusal("not_reversible", ["position": position])
    }
    if rules.reversesOnce, let before = reversal(of: commit.last) {
      throw ModelRefusal(
        "already_reversed", ["position": position, "reversedBy": before.last])
    }
    return commit
  }

  /// The command that takes a movement back.
  private func opposite(of commit: Commit, _ description: String?) -> ModelCommand {
    let legs = events(of: commit)
    guard let first = legs.first, let payee = legs.last, let account = first.account else {
      preconditionFailure("every commit has an event, and a movement is of an account")
    }
    let minorUnits = Int64(first.minorUnits.magnitude)
    let amount = ModelAmount(ModelMoney.text(minorUnits, first.currency), currency: first.currency)
    if legs.count > 1 {
      return .transfer(
        from: payee.account ?? "", to: account, amount: amount, description: description)
    }
    return first.minorUnits > 0
      ? .withdraw(account: account, amount: amount, description: description)
      : .deposit(account: account, amount: amount, description: description)
  }

  // MARK: Accounts

  private func plainDecision(
    _ command: ModelCommand, _ request: Request
  ) throws(ModelRefusal) -> Decision {
    func one(_ leg: Decision.Leg) -> Decision {
      Decision(
        name: command.name, effectiveAt: request.effectiveAt,
        explicitEffectiveAt: request.options.effectiveAt, legs: [leg])
    }
    switch command {
    case .open(let account, let currency, let limit, let holder):
      try checkVersion(account, request.options.expectedVersion)
      guard version(of: account) == nil else {
        throw ModelRefusal("account_exists", ["accountId": account])
      }
      let limitMinor =
        try limit.map { limit throws(ModelRefusal) in
          try ModelMoney.minorUnits(limit, in: currency, mayBeZero: true)
        } ?? 0
      var decision = one(
        .init(
          account: account, type: .created, currency: currency, limitMinor: limitMinor, text: holder
        ))
      decision.openCurrency = currency
      return decision
    case .change(let account, let limit, let holder):
      try checkVersion(account, request.options.expectedVersion)
      let limitMinor = try newLimit(limit, try active(account), request)
      return one(.init(account: account, type: .changed, limitMinor: limitMinor, text: holder))
    case .deposit(let account, let amount, let description):
      try checkVersion(account, request.options.expectedVersion)
      return one(try leg(account, amount, isIncoming: true, description, request))
    case .withdraw(let account, let amount, let description):
      try checkVersion(account, request.options.expectedVersion)
      return one(try leg(account, amount, isIncoming: false, description, request))
    case .close(let account):
      try checkVersion(account, request.options.expectedVersion)
      try checkClosable(try active(account), request)
      return one(.init(account: account, type: .closed))
    case .transfer(let payer, let payee, let amount, let description):
      var decision = one(.init(account: payer, type: .withdrawn))
      decision.legs = try transfer(payer, payee, amount, description, request)
      return decision
    case .reverse, .reverseGroup, .closePeriod, .reopenPeriod, .erase, .eraseAccount,
      .addAlertRule, .removeAlertRule, .acknowledge:
      preconditionFailure("\(command.name) is no command about an account")
    }
  }

  private func checkVersion(_ account: String, _ expected: String?) throws(ModelRefusal) {
    let actual = version(of: account)
    let isRight =
      switch expected {
      case nil, "any": true
      case "no-stream": actual == nil
      case "stream-exists": actual != nil
      case let number?: actual.map(String.init) == number
      }
    guard !isRight else { return }
    throw ModelRefusal(
      "version_conflict",
      ["accountId": account, "expectedVersion": expected, "actualVersion": actual])
  }

  /// The account, which must be open.
  private func active(_ account: String) throws(ModelRefusal) -> ModelPast {
    guard let past = ModelPast(account, in: self) else {
      throw ModelRefusal("account_not_found", ["accountId": account])
    }
    if past.isClosed { throw ModelRefusal("account_closed", ["accountId": account]) }
    return past
  }

  private func newLimit(
    _ limit: ModelAmount?, _ past: ModelPast, _ request: Request
  ) throws(ModelRefusal) -> Int64? {
    guard let limit else { return nil }
    let limitMinor = try ModelMoney.minorUnits(limit, in: past.currency, mayBeZero: true)
    // A limit that a later one replaced long ago says nothing about today's balance.
    let isReplaced = past.limitSince.map { request.effectiveAt < $0 } ?? false
    if !isReplaced, Int128(past.balanceMinor) + Int128(limitMinor) < 0 {
      throw ModelRefusal(
        "overdraft_limit_too_low",
        [
          "accountId": past.account, "currency": past.currency,
          "balance": ModelMoney.text(past.balanceMinor, past.currency),
          "overdraftLimit": ModelMoney.text(limitMinor, past.currency),
        ])
    }
    let entry = ModelPast.Entry(at: request.effectiveAt, limitMinor: limitMinor)
    try check(past.effect(of: entry, rules), past, request)
    return limitMinor
  }

  private func checkClosable(_ past: ModelPast, _ request: Request) throws(ModelRefusal) {
    if request.effectiveAt < past.latestAt {
      throw ModelRefusal(
        "closed_before_last_change",
        [
          "accountId": past.account, "effectiveAt": ModelMoney.instant(request.effectiveAt),
          "lastChangeAt": ModelMoney.instant(past.latestAt),
        ])
    }
    if past.balanceMinor != 0 {
      throw ModelRefusal(
        "balance_not_zero",
        [
          "accountId": past.account, "currency": past.currency,
          "balance": ModelMoney.text(past.balanceMinor, past.currency),
        ])
    }
  }

  /// A deposit or a withdrawal, or one leg of a transfer.
  private func leg(
    _ account: String, _ amount: ModelAmount, isIncoming: Bool, _ description: String?,
    _ request: Request
  ) throws(ModelRefusal) -> Decision.Leg {
    let past = try active(account)
    let given = try ModelMoney.minorUnits(amount, in: past.currency, mayBeZero: false)
    let minorUnits = isIncoming ? given : -given
    let balance = Int128(past.balanceMinor) + Int128(minorUnits)
    let effect = past.effect(of: .init(at: request.effectiveAt, minorUnits: minorUnits), rules)
    if Int64(exactly: balance) == nil || effect == .overflow {
      throw ModelRefusal("amount_overflow", ["accountId": account])
    }
    let available = Int128(past.balanceMinor) + Int128(past.limitMinor)
    if !isIncoming, available < Int128(given) {
      let shown = Int64(clamping: available)
      throw ModelRefusal(
        "insufficient_funds",
        [
          "accountId": account, "currency": past.currency,
          "available": ModelMoney.text(shown, past.currency),
          "needed": ModelMoney.text(given, past.currency),
        ])
    }
    if !isIncoming { try check(effect, past, request) }
    return Decision.Leg(
      account: account, type: isIncoming ? .deposited : .withdrawn, currency: past.currency,
      minorUnits: minorUnits, text: description)
  }

  private func check(
    _ effect: ModelPast.Effect, _ past: ModelPast, _ request: Request
  ) throws(ModelRefusal) {
    guard rules.checksPast, request.options.allowsPastOverdraft != true,
      case .overdraws(let at, let shortMinor) = effect
    else { return }
    throw ModelRefusal(
      "past_overdraft",
      [
        "accountId": past.account, "currency": past.currency, "at": ModelMoney.instant(at),
        "short": ModelMoney.text(shortMinor, past.currency),
      ])
  }

  // MARK: Transfers

  /// What refuses a movement, the first of two first.
  private static let precedence = [
    "account_not_found", "account_closed", "unknown_currency", "currency_mismatch",
    "invalid_amount", "amount_overflow", "insufficient_funds", "past_overdraft",
  ]

  private func transfer(
    _ payer: String, _ payee: String, _ amount: ModelAmount, _ description: String?,
    _ request: Request
  ) throws(ModelRefusal) -> [Decision.Leg] {
    if payer == payee { throw ModelRefusal("same_account", ["accountId": payer]) }
    try checkVersion(payer, request.options.expectedVersion)
    try checkVersion(payee, request.options.expectedVersionTo)
    // What is not said is in the payer's currency.
    var amountIn = amount
    if let past = ModelPast(payer, in: self) {
      amountIn.currency = amount.currency ?? past.currency
    }
    let out = Result { () throws(ModelRefusal) in
      try leg(payer, amount, isIncoming: false, description, request)
    }
    let into = Result { () throws(ModelRefusal) in
      try leg(payee, amountIn, isIncoming: true, description, request)
    }
    let refusals = [out, into].compactMap { result in
      if case .failure(let refusal) = result { refusal } else { nil }
    }
    for code in Self.precedence {
      if let first = refusals.first(where: { $0.code == code }) { throw first }
    }
    var legs = [try out.get(), try into.get()]
    (legs[0].counterparty, legs[1].counterparty) = (payee, payer)
    return legs
  }
}
