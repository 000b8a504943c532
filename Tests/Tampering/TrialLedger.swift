import EventStore
import LedgerDomain
import LedgerEvents
import LedgerKit
import TestSupport

/// A ledger that is tampered with, the same bytes on every run.
package final class TrialLedger {
  /// Which of the two.
  package enum Size: String, CaseIterable, Sendable {
    /// 200 events, with every kind of commit.
    case short
    /// So many plain commits that the file keeps nodes of their tree.
    case long
  }

  /// How many events the short ledger has.
  package static let events: Int64 = 200
  /// How many commits the long one has.
  private static let longCommits = 780

  private let ledger: Ledger
  private let path: String
  private let clock: Clock
  private var step = 0
  private var position: Int64 = 0

  /// A clock that nobody turns, and chance that is none.
  private final class Clock {
    var micros: Int64 = 1_800_000_000_000_000
    var random = SeededRandom(seed: 200)

    func next() -> Int64 {
      micros += 61_000_003
      return micros
    }

    func randomBytes(_ count: Int) -> [UInt8] {
      (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }
  }

  /// Makes the ledger at `path`, where nothing may stand.
  package static func write(_ size: Size, to path: String) throws {
    let book = try TrialLedger(path)
    switch size {
    case .short: try writeShort(book)
    case .long: try writeLong(book)
    }
    try book.ledger.catchUpProjections()
  }

  private static func writeLong(_ book: TrialLedger) throws {
    var options = CommandOptions(actor: "teller")
    let account = try book.id("a")
    let opening = Command.open(account, try book.currency("EUR"))
    try book.ledger.booking { booking in
      _ = try booking.perform(opening, options)
      for number in 2...longCommits {
        options.correlationID = "c-\(number)"
        _ = try booking.perform(.deposit(Amount("1"), to: account), options)
      }
    }
  }

  private static func writeShort(_ book: TrialLedger) throws {
    try book.open()
    try book.recordVersion1()
    while book.position < events {
      if book.position == events - 1 {
        try book.perform(.deposit(Amount("1"), to: book.id("acct-42")))
      } else {
        try book.perform(step: book.step)
      }
      book.step += 1
      if book.step == 21 { try book.correct(book.position) }
      if book.step == 60 { try book.takeSnapshots() }
      if book.step == 45 { try book.erase([1, 7], "dinar") }
      if book.step == 90 { try book.erase([8], "dinar") }
      if [25, 35, 55].contains(book.step) { try book.watch() }
      if book.step == 50 { try book.perform(.close(try period("2026-12"))) }
      if book.step == 60 { try book.perform(.close(try period("2027-01-14"), reason: "a day")) }
      if book.step == 70 { try book.perform(.reopen(nil, reason: "too early")) }
    }
    try book.takeSnapshots()
    try book.feed()
  }

  private init(_ path: String) throws {
    let clock = Clock()
    let environment = Ledger.Environment(
      clockMicros: { clock.next() }, randomBytes: { clock.randomBytes($0) })
    try Ledger.create(at: path, environment: environment)
    (self.path, self.clock) = (path, clock)
    ledger = try Ledger(path: path, options: .init(access: .readWrite), environment: environment)
    try ledger.changeSnapshotPolicy { $0.everyEvents = 25 }
  }

  private func id(_ text: String) throws -> AccountID { try AccountID(text) }

  private func currency(_ code: String) throws -> Currency {
    guard let currency = Currency(code: code) else { throw Rejection.unknownCurrency(code: code) }
    return currency
  }

  private func ago(_ seconds: Int64) -> Instant {
    Instant(micros: clock.micros - seconds * 1_000_000)
  }

  private func perform(
    _ command: Command, by actor: String = "teller",
    _ change: (inout CommandOptions) -> Void = { _ in }
  ) throws {
    var options = CommandOptions(actor: actor)
    change(&options)
    position = try ledger.perform(command, options).position
  }

  /// Reverses the movement at `position`, and books another one for it.
  private func correct(_ position: Int64) throws {
    try perform(.reverse(Reversal(of: position, description: "Wrong amount"))) {
      $0.idempotencyKey = "undo-\(position)"
    }
    try perform(.deposit(Amount("120.70"), to: id("acct-42"))) { $0.corrects = position }
  }

  /// Feeds somebody who takes the first event and refuses the next.
  private func feed() throws {
    _ = try ledger.createSubscription("mail", .init(types: nil, streamPrefix: "BankAccount-"))
    var policy = SubscriptionRunner.Policy()
    (policy.batch, policy.retries) = (1, 0)
    var runner = SubscriptionRunner(ledger, name: "mail", policy: policy)
    for delivery in [Delivery.done, .refused(problem: "exit status 1")] {
      _ = try runner.step(rest: { _ in true }, deliver: { _ in delivery })
    }
  }

  private func takeSnapshots() throws {
    _ = try ledger.takeSnapshots(of: ["acct-42", "acct-99", "kasse", "shop:yen"].map(id))
  }

  /// Erases the texts at `positions`, reasons beside them included, and all that is said of an account.
  private func erase(_ positions: [Int64], _ account: String) throws {
    for target in [ErasureRequest.Target.positions(positions), .account(try id(account))] {
      var request = ErasureRequest(target, actor: "desk", reason: "asked for by letter")
      request.correlationID = "erasure-\(step)"
      position = try ledger.erase(request).position
    }
  }

  /// Adds rules for alerts; later acknowledges an alert, and removes a rule.
  private func watch() throws {
    func decide(_ action: AlertRequest.Action, reason: String? = nil) throws {
      var request = AlertRequest(action, actor: "desk")
      (request.reason, request.correlationID) = (reason, "alerts-\(step)")
      position = try ledger.perform(request).position
    }
    func rule(_ name: String, _ condition: AlertRule.Condition) throws -> AlertRule {
      guard let rule = AlertRule(name: name, condition: condition) else {
        preconditionFailure("'\(name)' is no rule")
      }
      return rule
    }
    switch step {
    case 25:
      let large = Money(minorUnits: 50_00, in: try currency("USD"))
      try decide(.add(rule("large", .largeAmount(large)), fromStart: true))
      try decide(
        .add(rule("new", .newCounterparty(nil)), fromStart: true), reason: "for the auditors")
    case 35:
      var alerts: [Alert] = []
      try ledger.forEachAlert { alerts.append($0) }
      try decide(.acknowledge(rule: alerts[0].rule, position: alerts[0].position))
    default: try decide(.remove(name: "large"), reason: "too loud")
    }
  }

  private static func period(_ text: String) throws -> Period {
    guard let period = Period(text) else { preconditionFailure("'\(text)' is no period") }
    return period
  }

  private func perform(_ action: PeriodRequest.Action) throws {
    var request = PeriodRequest(action, actor: "desk")
    (request.correlationID, request.causationID) = ("periods", "calendar \(step)")
    position = try ledger.perform(request).position
  }

  // MARK: Openings, and events of the first version

  private func open() throws {
    try perform(
      .open(
        id("acct-42"), currency("USD"), overdraftLimit: Amount("500"), holder: "Alice Johnson")
    ) { ($0.idempotencyKey, $0.reason, $0.correlationID) = ("open-42", "new customer", "c-1") }
    try perform(.open(id("acct-99"), currency("USD"), overdraftLimit: Amount("1000.00")))
    try perform(.open(id("kasse"), currency("EUR"), holder: "Jörg Müßig 🏦 \u{FFFD}"), by: "Zoë")
    try perform(.open(id("sparbuch"), currency("EUR"))) { $0.correlationID = "batch-α \u{FFFD}" }
    try perform(.open(id("shop:yen"), currency("JPY"), overdraftLimit: Amount("90000")))
    try perform(.open(id("dinar"), currency("BHD"), holder: "D")) { $0.causationID = "mail-1" }
    for (account, amount) in [("acct-42", "2000"), ("acct-99", "70.50"), ("kasse", "800")] {
      try perform(.deposit(Amount(amount), to: id(account), description: "Opening balance"))
    }
  }

  /// As the first version of the program stored them.
  private func recordVersion1() throws {
    let store = try EventStore.ofLedger(at: path, clockMicros: { [clock] in clock.next() })
    for (type, data) in [
      ("AccountCreated", #"{"accountId": "old-1", "currency": "USD", "name": "Ada Lovelace"}"#),
      ("MoneyDeposited", #"{"amount": 100.00, "currency": "USD", "description": "Päckchen"}"#),
      ("MoneyWithdrawn", #"{"amount": 2.55e1, "currency": "USD"}"#),
      ("AccountCreated", #"{"accountId": "old-2", "currency": "EUR", "name": "B"}"#),
      ("AccountClosed", "{}"),
    ] {
      let isSecond = data.contains("old-2") || type == "AccountClosed"
      let event = NewEvent(type: type, version: 1, data: Array(data.utf8))
      let append = StreamAppend(
        streamID: AccountStream.id(of: try id(isSecond ? "old-2" : "old-1")),
        expectedVersion: .any, events: [event])
      let commit = NewCommit(appends: [append], actor: "importer", correlationID: "old-\(type)")
      position = try store.write { try $0.append(commit) }.last?.position ?? position
    }
  }

  // MARK: Everything else

  private func perform(step: Int) throws {
    switch step % 4 {
    case 0: try performDollars(step)
    case 1: try performEuros(step)
    case 2: try performOthers(step)
    default: try performChanges(step)
    }
  }

  private func performDollars(_ step: Int) throws {
    switch step / 4 % 5 {
    case 0:
      try perform(.deposit(Amount("120.07"), to: id("acct-42"), description: "Payroll \(step)")) {
        $0.idempotencyKey = "payroll-\(step)"
      }
    case 1:
      try perform(
        .transfer(Amount("30"), from: id("acct-42"), to: id("acct-99"), description: "Rent")
      ) { ($0.idempotencyKey, $0.causationID) = ("rent-\(step)", "contract 7") }
    case 2:
      try perform(
        .withdraw(Amount("4.20"), from: id("acct-99"), description: "Cafe\u{301} Zoë ☕"),
        by: "kiosk \u{FFFD}")
    case 3:
      try perform(
        .withdraw(Amount("9.99"), from: id("acct-42"), description: "Late, \u{FFFD} says who?")
      ) {
        ($0.effectiveAt, $0.allowsPastOverdraft) = (ago(5_000), true)
        ($0.reason, $0.idempotencyKey) = ("found in a \u{FFFD} drawer", "late \u{FFFD}-\(step)")
      }
    default:
      try perform(.deposit(Amount("0.01"), to: id("acct-42"), description: longText)) {
        ($0.effectiveAt, $0.idempotencyKey) = (ago(700), "interest-\(step)")
        ($0.reason, $0.causationID) = ("", "run \u{FFFD} 12")
      }
    }
  }

  private func performEuros(_ step: Int) throws {
    switch step / 4 % 3 {
    case 0: try perform(.deposit(Amount("45.5"), to: id("kasse"), description: longText), by: "Zoë")
    case 1:
      try perform(
        .transfer(Amount("12.34"), from: id("kasse"), to: id("sparbuch"), description: "Spende ♥")
      ) { ($0.reason, $0.correlationID) = ("monthly", "batch-α \u{FFFD}") }
    default:
      try perform(.transfer(Amount("1"), from: id("sparbuch"), to: id("kasse")), by: "Zoë") {
        $0.effectiveAt = ago(100)
      }
    }
  }

  private func performOthers(_ step: Int) throws {
    switch step / 4 % 4 {
    case 0: try perform(.deposit(Amount("1500"), to: id("shop:yen")))
    case 1:
      try perform(.withdraw(Amount("700"), from: id("shop:yen"), description: "仕入れ")) {
        ($0.effectiveAt, $0.correlationID) = (ago(4_000), "batch-α \u{FFFD}")
      }
    case 2:
      try perform(.deposit(Amount("0.125"), to: id("dinar"), description: ""), by: "importer") {
        $0.causationID = "mail-\(step)"
      }
    default:
      try perform(.deposit(Amount("3"), to: id("old-1"), description: "x")) {
        $0.idempotencyKey = "old \(step)"
      }
    }
  }

  private func performChanges(_ step: Int) throws {
    let round = step / 20
    switch step / 4 % 5 {
    case 0: try perform(.change(id("acct-99"), overdraftLimit: Amount("\(1_000 + step)")))
    case 1:
      try perform(.change(id("acct-42"), holder: "Alice \(step). Johnson"), by: "desk") {
        $0.idempotencyKey = "name-\(step)"
      }
    case 2:
      try perform(.open(id("temp/\(round)"), currency("EUR"), holder: "T"), by: "desk \(round)") {
        $0.idempotencyKey = "temp-\(step)"
      }
    case 3:
      try perform(.close(id("temp/\(round)"))) {
        ($0.reason, $0.idempotencyKey) = ("no longer needed", round > 0 ? "shut-\(step)" : nil)
      }
    default:
      try perform(
        .change(id("kasse"), overdraftLimit: Amount("\(step).5"), holder: "Jörg \(step)")
      ) { $0.effectiveAt = ago(30) }
    }
  }

  private let longText =
    "Übertrag laut Beleg, Seite 1 von 3: " + String(repeating: "quarterly interest; ", count: 8)
}
