import LedgerDomain

extension ModelGenerator {
  private static let first: [(account: String, currency: String)] = [
    ("ada", "USD"), ("bob", "USD"), ("cyd", "USD"), ("eva", "EUR"), ("Ada", "EUR"),
    ("yuki", "JPY"), ("whale", currencyOfMuch), ("gran", "USD"), ("otto", "EUR"),
  ]

  private var active: [String] {
    model.accounts.filter { model.last(of: $0)?.type != .closed }
  }

  /// A new command, whatever its options.
  mutating func command() -> ModelCommand {
    let active = active
    if active.count < 4 || active.count < 9 && chance(20) { return opening() }
    if let account = emptied {
      emptied = nil
      return .close(account: account)
    }
    switch number(0...99) {
    case 0...2: return opening()
    case 3...9:
      let account = account()
      return chance(60)
        ? .change(account: account, limit: limit(of: account), holder: chance(20) ? holder() : nil)
        : .change(account: account, limit: nil, holder: holder())
    case 10...36:
      let account = account()
      return .deposit(
        account: account, amount: amount(for: account, isIncoming: true), description: text())
    case 37...55:
      let account = account()
      return .withdraw(
        account: account, amount: amount(for: account, isIncoming: false), description: text())
    case 56...77: return transfer()
    case 78...80: return closing()
    case 81...87:
      return .reverse(
        of: reference(), keepsEffectiveTime: chance(40), description: chance(50) ? text() : nil)
    case 88...90:
      return .reverseGroup(
        correlationID: "g\(max(0, group - number(0...3)))", keepsEffectiveTime: chance(40))
    case 91...93: return .closePeriod(period: period())
    case 94...96:
      let latest = model.latestClose?.period
      return .reopenPeriod(period: chance(50) ? nil : chance(80) ? latest : period())
    case 97: return .erase(texts: (0...number(0...2)).map { _ in reference() })
    case 98: return alertCommand()
    default: return .eraseAccount(account: account())
    }
  }

  private mutating func opening() -> ModelCommand {
    let unused = Self.first.filter { model.version(of: $0.account) == nil }
    let next = (account: "acct-\(model.accounts.count)", currency: pick(["USD", "USD", "EUR"]))
    let (account, currency) =
      chance(12) ? (self.account(), "USD") : unused.isEmpty ? next : unused[0]
    let limit = chance(60) ? amount(minorUnits: number(0...500) * 100, currency) : nil
    return .open(
      account: account, currency: currency, limit: chance(4) ? hostile() : limit,
      holder: chance(60) ? holder() : nil)
  }

  private mutating func transfer() -> ModelCommand {
    let payer = account()
    let currency = currency(of: payer)
    let same = active.filter { self.currency(of: $0) == currency && $0 != payer }
    let payee = same.isEmpty || chance(8) ? account() : pick(same)
    return .transfer(
      from: payer, to: payee, amount: amount(for: payer, isIncoming: false), description: text())
  }

  /// Closes an account that has nothing, or brings one to nothing, to be closed next.
  private mutating func closing() -> ModelCommand {
    let account = account()
    guard chance(85), let past = ModelPast(account, in: model), past.balanceMinor != 0 else {
      return .close(account: account)
    }
    emptied = account
    let amount = ModelAmount(
      ModelMoney.text(Int128(past.balanceMinor.magnitude), past.currency))
    return past.balanceMinor > 0
      ? .withdraw(account: account, amount: amount, description: text())
      : .deposit(account: account, amount: amount, description: text())
  }

  private mutating func alertCommand() -> ModelCommand {
    let rules = model.alertRules.map(\.name)
    switch number(0...5) {
    case 0...1:
      let kind = pick([
        "large-amount", "large-amount", "in-and-out", "many-withdrawals", "new-counterparty",
        "dormant",
      ])
      let hasAmount = ["large-amount", "in-and-out"].contains(kind)
      return .addAlertRule(
        name: chance(15) && !rules.isEmpty ? pick(rules) : "\(kind)-\(rules.count)", kind: kind,
        least: hasAmount ? number(1_000...6_000) : nil,
        currency: hasAmount ? pick(["USD", "EUR"]) : nil, fromStart: chance(50))
    case 2: return .removeAlertRule(name: chance(20) || rules.isEmpty ? "none" : pick(rules))
    default:
      let large = rules.filter { $0.hasPrefix("large") }
      let raised = model.alertLines.compactMap { $0.split(separator: " ").first }
      guard chance(70), let id = raised.isEmpty ? nil : pick(raised) else {
        return .acknowledge(rule: large.isEmpty ? "none" : pick(large), movement: reference())
      }
      let parts = id.split(separator: "@")
      return .acknowledge(
        rule: String(parts[0]), movement: reference(to: Int64(parts[1]) ?? 0))
    }
  }

  // MARK: Accounts

  mutating func account() -> String {
    switch number(0...99) {
    case 0...1: return "nobody"
    case 2: return pick(["", "-a", "ä", "a b", String(repeating: "x", count: 129), "a\n"])
    case 3...5 where model.version(of: Self.wide) != nil: return Self.wide
    case 3...5: return model.accounts.isEmpty ? "nobody" : pick(model.accounts)
    default: return active.isEmpty ? "nobody" : pick(active)
    }
  }

  func currency(of account: String) -> String {
    model.first(of: account)?.currency ?? "USD"
  }

  // MARK: Amounts

  private mutating func amount(for account: String, isIncoming: Bool) -> ModelAmount {
    if chance(3) { return hostile() }
    let currency = currency(of: account)
    guard let past = ModelPast(account, in: model) else { return amount(minorUnits: 500, currency) }
    let available = Int128(past.balanceMinor) + Int128(past.limitMinor)
    var minorUnits = number(1...9_000)
    if account == "whale", chance(30) {
      // As much as 64 bits hold, a little more, or less.
      let room = Int128(Int64.max) - Int128(past.balanceMinor)
      let most = isIncoming ? room : available
      minorUnits = Int64(clamping: most - Int128(pick([-1, 0, 1, number(2...1_000_000)])))
    } else if !isIncoming, chance(80), available > 0 {
      minorUnits = number(1...Int64(clamping: min(available, 9_000)))
    } else if chance(5) {
      minorUnits = Int64(clamping: available)
    }
    return amount(minorUnits: max(minorUnits, 0), currency)
  }

  private mutating func amount(minorUnits: Int64, _ currency: String) -> ModelAmount {
    var text = ModelMoney.text(minorUnits, currency)
    // Zeros behind the point need not be written.
    if chance(30), text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    switch number(0...99) {
    case 0...14: return ModelAmount(text, currency: currency)
    case 15...16: return ModelAmount(text, currency: pick(["EUR", "USD", "JPY", "BHD"]))
    case 17: return ModelAmount(text, currency: pick(["XXX", "usd", "", "US"]))
    default: return ModelAmount(text)
    }
  }

  private mutating func hostile() -> ModelAmount {
    ModelAmount(
      pick([
        "0", "0.00", "-5", "+5", "1,000", "1e3", "NaN", "٣", "", " 5", "5.", ".5", "5..0", "5.001",
        "0.0001", "1234567890123456789012345678901234567890", "92233720368547758.07",
        "92233720368547758.08", "9223372036854775807", "9223372036854775808", "00007",
      ]))
  }

  private mutating func limit(of account: String) -> ModelAmount {
    if chance(3) { return hostile() }
    let currency = currency(of: account)
    let debt = -(ModelPast(account, in: model)?.balanceMinor ?? 0)
    let least = debt > 0 && chance(70) ? debt : 0
    return amount(minorUnits: least + number(0...400) * 10, currency)
  }

  // MARK: Texts and references

  mutating func text() -> String? {
    guard chance(60) else { return nil }
    let words = (0...number(0...1)).map { _ in pick(ModelVocabulary.words) }
    return (words + ["\(number(1...99))"]).joined(separator: " ")
  }

  private mutating func holder() -> String { pick(["Ada L.", "Böb", "e\u{301}va", "\u{E9}va"]) }

  /// Where the book stands by tens of commits: what belongs together has the same.
  var group: Int64 { Int64(model.commits.count / 12) }

  /// An event, most often one that was recorded lately, and that moved money.
  mutating func reference() -> ModelReference {
    if chance(3) || model.commits.isEmpty { return .position(model.head + number(1...3)) }
    if chance(3) { return .position(number(-1...0)) }
    var position =
      chance(70) ? number(max(1, model.head - 60)...model.head) : number(1...model.head)
    for _ in 0..<3 where !model.events[Int(position - 1)].isMovement && chance(80) {
      position = number(max(1, position - 9)...min(model.head, position + 9))
    }
    return reference(to: position)
  }

  func reference(to position: Int64) -> ModelReference {
    guard let step = model.commit(at: position)?.step, let recorded = model.positions[step],
      let event = recorded.firstIndex(of: position)
    else { return .position(position) }
    return .recorded(step: step, event: event)
  }

  /// Most often one that is over and not closed.
  mutating func period() -> String {
    let days = chance(70) ? number(25...45) : number(0...24)
    let day = CalendarDay(of: Instant(micros: now - days * Self.day))
    return chance(20) ? String("\(day)".prefix(7)) : "\(day)"
  }
}
