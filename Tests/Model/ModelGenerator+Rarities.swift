import LedgerDomain

extension ModelGenerator {
  /// What meets the refusals that chance seldom brings about, wherever the sequence has come to.
  mutating func addRarities() {
    clock = now + 1_000_000
    let (account, other) = ("rare", "rarer")
    let one = ModelAmount("1")
    book(.open(account: account, currency: "USD", limit: ModelAmount("50"), holder: nil))
    let opening = model.head
    book(.withdraw(account: account, amount: ModelAmount("40"), description: nil))
    book(.change(account: account, limit: ModelAmount("10"), holder: nil))
    book(.reverse(of: reference(to: opening), keepsEffectiveTime: false, description: nil))
    book(.deposit(account: account, amount: ModelAmount("40"), description: nil))
    var early = ModelOptions()
    early.effectiveAt = (model.commits.last?.recordedAt ?? now) - 1
    book(.close(account: account), early)
    let deposit = ModelCommand.deposit(account: account, amount: one, description: nil)
    book(deposit)
    let most = ModelAmount("92233720368547758.07")
    book(.deposit(account: account, amount: most, description: nil))
    let movement = reference(to: model.head)
    let reversal = ModelCommand.reverse(
      of: movement, keepsEffectiveTime: false, description: nil)
    for command in [reversal, reversal, .close(account: account), deposit] { book(command) }
    book(.open(account: other, currency: "USD", limit: nil, holder: nil))
    book(.transfer(from: other, to: other, amount: one, description: nil))
    book(.eraseAccount(account: other))
    book(.closePeriod(period: "\(CalendarDay(of: Instant(micros: now)))"))
    addRareAlerts(raisedBy: movement)
    addDip()
  }

  /// A late withdrawal that is covered at every instant, though not between the movements of one.
  private mutating func addDip() {
    let (account, five) = ("dip", ModelAmount("5"))
    book(.open(account: account, currency: "USD", limit: nil, holder: nil))
    book(.deposit(account: account, amount: five, description: nil))
    book(.withdraw(account: account, amount: five, description: nil))
    var then = ModelOptions()
    then.effectiveAt = model.commits.last?.effectiveAt
    book(.deposit(account: account, amount: five, description: nil), then)
    then.effectiveAt = then.effectiveAt.map { $0 - 1 }
    book(.withdraw(account: account, amount: ModelAmount("2"), description: nil), then)
  }

  private mutating func addRareAlerts(raisedBy movement: ModelReference) {
    let rule = "large-rare"
    let adding = ModelCommand.addAlertRule(
      name: rule, kind: "large-amount", least: 100, currency: "USD", fromStart: true)
    let removal = ModelCommand.removeAlertRule(name: rule)
    let seen = ModelCommand.acknowledge(rule: rule, movement: movement)
    let none = ModelCommand.acknowledge(rule: rule, movement: .position(0))
    for command in [adding, adding, seen, seen, none, removal, removal] { book(command) }
  }

  private mutating func book(_ command: ModelCommand, _ options: ModelOptions = ModelOptions()) {
    clock += 1_000
    add(.perform(command: command, options: options))
  }
}
