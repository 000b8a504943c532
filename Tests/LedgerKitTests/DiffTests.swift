import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@Suite("What lies between two cuts")
struct DiffTests {
  private struct Answer {
    var diff: BalanceDiff
    var movements: [ChangedMovement]

    func positions(_ change: ChangedMovement.Change) -> [Int64] {
      movements.filter { $0.change == change }.map(\.movement.position)
    }
  }

  private func answer(
    _ ledger: Ledger, _ account: AccountID, _ from: Cut, _ to: Cut
  ) throws -> Answer {
    var found: BalanceDiff?
    var movements: [ChangedMovement] = []
    try ledger.diff(of: account, from: from, to: to) { diff in
      #expect(found == nil && movements.isEmpty)
      found = diff
    } forEach: {
      movements.append($0)
    }
    return Answer(diff: try #require(found), movements: movements)
  }

  @Test(
    "of any two cuts are the movements that one of them counts, and they add up to the difference",
    arguments: [1, 2, 3])
  func model(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let backdated = try BackdatedBook(&random, commands: 120)
    let ledger = try backdated.book.reopened()
    var (added, removed) = (0, 0)
    for _ in 0..<400 {
      let account = backdated.accounts.shuffled(using: &random)[0]
      let from = backdated.anyCut(of: account, &random)
      let to = backdated.anyCut(of: account, &random)
      let brute = backdated.brute
      let wanted = (brute.answer(account, from), brute.answer(account, to))
      guard wanted.0 != nil || wanted.1 != nil else {
        #expect(throws: Rejection.accountNotThereYet(account)) {
          try answer(ledger, account, from, to)
        }
        continue
      }
      let found = try answer(ledger, account, from, to)
      #expect(found.diff.from?.balance.minorUnits == wanted.0?.minorUnits)
      #expect(found.diff.to?.balance.minorUnits == wanted.1?.minorUnits)
      let movements = brute.movements(of: account)
        .sorted { ($0.effectiveAt, $0.position) < ($1.effectiveAt, $1.position) }
      let isOnlyIn = { (one: Cut, other: Cut) in
        movements.filter { $0.counts(at: one) && !$0.counts(at: other) }.map(\.position)
      }
      #expect(found.positions(.added) == isOnlyIn(to, from), "\(account) \(from) \(to)")
      #expect(found.positions(.removed) == isOnlyIn(from, to), "\(account) \(from) \(to)")
      checkSums(of: found)
      added += found.positions(.added).count
      removed += found.positions(.removed).count
    }
    #expect(added > 1_000 && removed > 1_000)
  }

  private func checkSums(of found: Answer) {
    let (from, to) = (found.diff.from?.balance.minorUnits, found.diff.to?.balance.minorUnits)
    let sum = found.movements.map { changed in
      (changed.change == .added ? 1 : -1) * changed.movement.amount.minorUnits
    }.reduce(0, +)
    #expect(found.diff.difference.minorUnits == Int128(sum))
    #expect(sum == (to ?? 0) - (from ?? 0))
    let last = found.movements.last.map(\.movement.balance.minorUnits)
    #expect(last ?? Int128(from ?? 0) == Int128(to ?? 0))
  }

  @Test("is nothing between a cut and itself, and turned round between two cuts turned round")
  func turnedRound() throws {
    let book = try Book()
    let account = try book.open("a")
    try book.perform(.deposit(Amount("5"), to: account))
    try book.perform(.withdraw(Amount("2"), from: account))
    let there = try answer(book.ledger, account, .version(1), .version(2))
    let back = try answer(book.ledger, account, .version(2), .version(1))
    #expect(there.diff.difference.decimal == "-2.00")
    #expect(back.diff.difference.decimal == "2.00")
    #expect(there.positions(.added) == back.positions(.removed))
    #expect(back.movements.map(\.movement.balance.decimal) == ["5.00"])
    #expect(try answer(book.ledger, account, .version(1), .version(1)).movements.isEmpty)
  }

  @Test("knows no link that neither cut knows")
  func links() throws {
    let book = try Book()
    let account = try book.open("a")
    let first = try book.perform(.deposit(Amount("5"), to: account))
    try book.perform(.reverse(Reversal(of: first.position)))
    func reversedBy(_ cut: Cut) throws -> [Int64?] {
      var found: [Int64?] = []
      try book.ledger.diff(of: account, from: .version(0), to: cut) { _ in
      } forEach: {
        found.append($0.movement.links.reversedBy)
      }
      return found
    }
    let known = Cut.instants(effective: nil, known: first.recordedAt)
    for cut in [known, .version(1), .position(first.position)] {
      #expect(try reversedBy(cut) == [nil])
    }
    #expect(try reversedBy(.version(2)) == [3, nil])
  }

  @Test("never holds half a transfer")
  func transfers() throws {
    let book = try Book()
    let (payer, payee) = (try book.open("payer", limit: "9"), try book.open("payee"))
    let receipt = try book.perform(.transfer(Amount("4"), from: payer, to: payee))
    // The transfer's positions are 3 and 4: at 3 it has not happened.
    for account in [payer, payee] {
      let before = Cut.position(receipt.position - 2)
      let inside = Cut.position(receipt.position - 1)
      #expect(try answer(book.ledger, account, before, inside).movements.isEmpty)
      let after = Cut.position(receipt.position)
      #expect(try answer(book.ledger, account, inside, after).movements.count == 1)
    }
  }

  @Test("an account that is not there yet is nothing, and one that is nowhere is refused")
  func notThere() throws {
    let book = try Book()
    let other = try book.open("other")
    let account = try book.open("a")
    try book.perform(.deposit(Amount("5"), to: account))
    let found = try answer(book.ledger, account, .position(1), .position(3))
    #expect(found.diff.from == nil)
    #expect(found.diff.to?.position == 3)
    #expect(found.diff.difference.text == "5.00 USD")
    #expect(throws: Rejection.accountNotThereYet(account)) {
      try answer(book.ledger, account, .position(0), .position(1))
    }
    let nobody = try AccountID("nobody")
    #expect(throws: Rejection.accountNotFound(nobody)) {
      try answer(book.ledger, nobody, .position(0), .position(1))
    }
    #expect(throws: Rejection.beyondHead("position", asked: 4, last: 3)) {
      try answer(book.ledger, other, .position(1), .position(4))
    }
    #expect(throws: Rejection.beyondHead("version", asked: 1, last: 0)) {
      try answer(book.ledger, other, .version(1), .version(0))
    }
  }

  @Test("a difference of more than 64 bits is exact")
  func wide() throws {
    let book = try Book()
    let most = Money(minorUnits: .max, in: try Book.currency("USD")).decimal
    let account = try book.open("a", limit: most)
    try book.perform(.withdraw(Amount(most), from: account))
    try book.perform(.deposit(Amount(most), to: account))
    try book.perform(.deposit(Amount(most), to: account))
    let found = try answer(book.ledger, account, .version(1), .version(3))
    #expect(found.diff.difference.decimal == "184467440737095516.14")
    #expect(found.movements.map(\.movement.balance.decimal) == ["0.00", most])
  }
}
