import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@Suite("Alerts")
struct AlertTests {
  private static let day: Int64 = 86_400_000_000
  private let book: Book
  private let usd: Currency

  init() throws {
    book = try Book()
    usd = try Book.currency("USD")
  }

  private func ago(_ days: Double) -> Instant {
    Instant(micros: book.clockMicros - Int64(days * Double(Self.day)))
  }

  private func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, in: usd) }

  private func decide(_ action: AlertRequest.Action) throws {
    _ = try book.ledger.perform(AlertRequest(action, actor: "t"))
  }

  private func add(
    _ condition: AlertRule.Condition, as name: String = "r", of account: AccountID? = nil,
    fromStart: Bool = true
  ) throws {
    let rule = try #require(AlertRule(name: name, condition: condition, account: account))
    try decide(.add(rule, fromStart: fromStart))
  }

  /// The positions of the movements that raised an alert, in order.
  private func raised(_ rule: String = "r") throws -> [Int64] {
    var filter = AlertFilter()
    (filter.rule, filter.includesSeen) = (rule, true)
    var found: [Int64] = []
    try book.reopened().forEachAlert(filter) { found.append($0.position) }
    return found.reversed()
  }

  @Test("for a large amount: at least so much, a transfer once, in its currency alone")
  func large() throws {
    let (ada, bob) = (try book.open("ada"), try book.open("bob"))
    let eur = try book.open("eur", "EUR")
    let expected = [
      try book.perform(.deposit(Amount("100"), to: ada)).position,
      try book.perform(.transfer(Amount("100"), from: ada, to: bob)).position - 1,
    ]
    try book.perform(.deposit(Amount("99.99"), to: bob))
    try book.perform(.deposit(Amount("500"), to: eur))
    try add(.largeAmount(money(10_000)))
    #expect(try raised() == expected)
    try add(.largeAmount(money(10_000)), as: "bob", of: bob)
    #expect(try raised("bob").isEmpty)
    let last = try book.perform(.withdraw(Amount("150"), from: bob)).position
    #expect(try raised() == expected + [last])
    #expect(try raised("bob") == [last])
  }

  @Test(
    "for many withdrawals: at the edge of the window, once a window, late ones too")
  func many() throws {
    let ada = try book.open("ada", limit: "1000")
    let base = book.clockMicros
    func at(_ day: Int64, plus micros: Int64 = 0) -> Instant {
      Instant(micros: base - 50 * Self.day + day * Self.day + micros)
    }
    func position(_ day: Int64, plus micros: Int64 = 0) throws -> Int64 {
      try book.perform(.withdraw(Amount("1"), from: ada), at: at(day, plus: micros)).position
    }
    try add(.manyWithdrawals(count: 3, withinMicros: 2 * Self.day))
    _ = try position(0)
    _ = try position(1)
    // Two days after the first is just outside.
    _ = try position(2)
    #expect(try raised().isEmpty)
    let first = try position(2, plus: Self.day - 1)
    #expect(try raised() == [first])
    _ = try position(3)
    #expect(try raised() == [first])
    _ = try position(20)
    _ = try position(21)
    let late = try position(20, plus: 5)
    let second = try position(21, plus: 1)
    #expect(try raised() == [first, second])
    #expect(late < second)
    _ = try position(49)
    #expect(try raised() == [first, second])
  }

  @Test("for money that comes in and goes out: when both reach the amount, whichever does it")
  func inAndOut() throws {
    let ada = try book.open("ada", limit: "1000")
    try add(.inAndOut(money(10_000), withinMicros: 3 * Self.day))
    try book.perform(.deposit(Amount("60"), to: ada), at: ago(30))
    try book.perform(.withdraw(Amount("100"), from: ada), at: ago(29))
    let reached = try book.perform(.deposit(Amount("40"), to: ada), at: ago(28)).position
    try book.perform(.withdraw(Amount("5"), from: ada), at: ago(28))
    try book.perform(.deposit(Amount("100"), to: ada), at: ago(10))
    try book.perform(.withdraw(Amount("100"), from: ada), at: ago(6.9))
    #expect(try raised() == [reached])
  }

  @Test(
    "for windows: what counting everything finds, in whatever order and batches it is recorded",
    arguments: [1, 2, 3])
  func windows(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let (length, least, count): (Int64, Int64, Int64) = (3 * Self.day, 2_000, 3)
    try add(.inAndOut(money(least), withinMicros: length), as: "both")
    try add(.manyWithdrawals(count: count, withinMicros: length), as: "many")
    let accounts = [
      try book.open("ada", limit: "100000"), try book.open("bob", limit: "100000"),
    ]
    var moved: [AccountID: [(micros: Int64, minor: Int64)]] = [:]
    var expected: (both: [Int64], many: [Int64]) = ([], [])
    var manyRaised: [AccountID: [Int64]] = [:]
    for number in 0..<200 {
      let account = accounts[Int.random(in: 0..<2, using: &random)]
      // Mostly in order, some at the same time, some late.
      let late =
        Int64.random(in: 0..<4, using: &random) == 0 ? Double.random(in: 0..<8, using: &random) : 0
      let micros = ago(40 - Double(number / 3) / 2 + late).micros
      let minor = Int64.random(in: 1...9, using: &random) * 100
      let isIncoming = Bool.random(using: &random)
      let amount = Amount("\(minor / 100)")
      let receipt = try book.perform(
        isIncoming ? .deposit(amount, to: account) : .withdraw(amount, from: account),
        at: Instant(micros: micros))
      moved[account, default: []].append((micros, isIncoming ? minor : -minor))
      let window = (moved[account] ?? []).filter {
        $0.micros > micros - length && $0.micros <= micros
      }
      let into = window.map(\.minor).filter { $0 > 0 }.reduce(0, +)
      let out = -window.map(\.minor).filter { $0 < 0 }.reduce(0, +)
      let before = isIncoming ? (into - minor, out) : (into, out - minor)
      if min(into, out) >= least, min(before.0, before.1) < least {
        expected.both.append(receipt.position)
      }
      let isNews = !(manyRaised[account] ?? []).contains { $0 > micros - length && $0 <= micros }
      if !isIncoming, isNews, window.filter({ $0.minor < 0 }).count >= count {
        expected.many.append(receipt.position)
        manyRaised[account, default: []].append(micros)
      }
      if Int.random(in: 0..<10, using: &random) == 0 { _ = try raised("both") }
    }
    #expect(!expected.both.isEmpty && !expected.many.isEmpty)
    for _ in 0..<2 {
      #expect(try raised("both") == expected.both)
      #expect(try raised("many") == expected.many)
      try book.ledger.rebuildProjections(["alerts"])
    }
  }

  @Test("for a first payment to a counterparty, and no later one")
  func newCounterparty() throws {
    let (ada, bob, cy) = (
      try book.open("ada", limit: "99"), try book.open("bob"), try book.open("cy")
    )
    let first = try book.perform(.transfer(Amount("5"), from: ada, to: bob)).position - 1
    try add(.newCounterparty(nil))
    try add(.newCounterparty(money(500)), as: "five")
    try add(.newCounterparty(nil), as: "later", fromStart: false)
    try book.perform(.transfer(Amount("6"), from: ada, to: bob))
    let second = try book.perform(.transfer(Amount("1"), from: ada, to: cy)).position - 1
    try book.perform(.transfer(Amount("9"), from: ada, to: cy))
    #expect(try raised() == [first, second])
    #expect(try raised("five") == [first])
    #expect(try raised("later") == [second])
  }

  @Test("for an account that wakes up after so long, not before, and not for late entries")
  func dormant() throws {
    let ada = try book.open("ada")
    try book.perform(.deposit(Amount("1"), to: ada), at: ago(100))
    try book.perform(.deposit(Amount("1"), to: ada), at: Instant(micros: ago(70).micros - 99))
    try book.perform(.deposit(Amount("1"), to: ada), at: ago(90))
    let exact = try book.perform(
      .deposit(Amount("1"), to: ada), at: Instant(micros: ago(70).micros + 30 * Self.day)
    ).position
    try add(.dormant(afterMicros: 30 * Self.day))
    #expect(try raised() == [exact])
  }

  @Test("are acknowledged once, stay when their rule goes, and come back with no rebuild")
  func decisions() throws {
    let ada = try book.open("ada")
    let position = try book.perform(.deposit(Amount("100"), to: ada)).position
    try add(.largeAmount(money(1)))
    #expect(throws: Rejection.alertRuleExists(name: "r")) { try add(.largeAmount(money(2))) }
    #expect(throws: Rejection.alertNotFound(rule: "r", position: 1)) {
      try decide(.acknowledge(rule: "r", position: 1))
    }
    #expect(throws: Rejection.alertNotFound(rule: "x", position: position)) {
      try decide(.acknowledge(rule: "x", position: position))
    }
    try decide(.acknowledge(rule: "r", position: position))
    #expect(throws: Rejection.alertSeenBefore(rule: "r", position: position)) {
      try decide(.acknowledge(rule: "r", position: position))
    }
    try decide(.remove(name: "r"))
    #expect(throws: Rejection.alertRuleNotFound(name: "r")) { try decide(.remove(name: "r")) }
    try book.perform(.deposit(Amount("100"), to: ada))
    #expect(try raised() == [position])
    try book.ledger.rebuildProjections(["alerts"])
    var open: [Alert] = []
    try book.ledger.forEachAlert { open.append($0) }
    #expect(open.isEmpty)
    #expect(throws: Rejection.accountNotFound(try AccountID("nobody"))) {
      try add(.largeAmount(money(1)), as: "n", of: AccountID("nobody"))
    }
    #expect(throws: Rejection.alertRuleExists(name: "r")) { try add(.largeAmount(money(2))) }
    try add(.largeAmount(money(1)), as: "s")
    #expect(try raised("s").count == 2)
    #expect(try book.reopened().verify().events == 7)
  }
}
