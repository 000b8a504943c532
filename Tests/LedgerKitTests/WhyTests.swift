import EventStore
import LedgerDomain
import TestSupport
import Testing

@testable import LedgerKit

@Suite("Why")
struct WhyTests {
  private let book: Book
  private let account: AccountID

  /// An account, opened at position 1.
  init() throws {
    book = try Book()
    account = try book.open("a")
  }

  @discardableResult
  private func deposit(because causationID: String?) throws -> Int64 {
    try book.perform(.deposit(Amount("1"), to: account)) { $0.causationID = causationID }.position
  }

  /// The tree around `position`: `2 deposit 1.00 USD to a`, an effect indented below its cause.
  private func tree(_ position: Int64) throws -> [String] {
    var tree: [String] = []
    try book.reopened().why(position) { commit in
      let mark = commit.role == .asked ? "> " : ""
      tree.append(
        String(repeating: "  ", count: commit.depth) + mark + "\(commit.position) \(commit.summary)"
      )
    }
    return tree
  }

  /// Where the commits around `position` stand.
  private func positions(_ position: Int64) throws -> [Int64] {
    var positions: [Int64] = []
    try book.reopened().why(position) { positions.append($0.position) }
    return positions
  }

  @Test("walks up to the root command, and down to everything that came of it")
  func walk() throws {
    let other = try book.open("b")
    try deposit(because: "job-9")
    try book.perform(.transfer(Amount("1"), from: account, to: other)) { $0.causationID = "3" }
    try book.perform(.withdraw(Amount("0.40"), from: other)) { $0.causationID = "4" }
    try deposit(because: "3")
    try book.perform(.change(other, overdraftLimit: Amount("3"))) { $0.causationID = "5" }
    try deposit(because: "6")
    try deposit(because: nil)
    let root = "3 deposit 1.00 USD to a"
    let middle = [
      "    6 withdraw 0.40 USD from b", "      9 deposit 1.00 USD to a", "    8 change b",
    ]
    #expect(
      try tree(3)
        == ["> \(root)", "  5 transfer 1.00 USD from a to b"] + middle
        + ["  7 deposit 1.00 USD to a"])
    #expect(try tree(4) == [root, "  > 5 transfer 1.00 USD from a to b"] + middle)
    #expect(try tree(5) == tree(4))
    #expect(
      try tree(9) == [
        root, "  5 transfer 1.00 USD from a to b", "    6 withdraw 0.40 USD from b",
        "      > 9 deposit 1.00 USD to a",
      ])
    #expect(try tree(10) == ["> 10 deposit 1.00 USD to a"])
    #expect(try tree(1) == ["> 1 open a in USD"])
  }

  @Test(
    "ends at a causation id that is no position of an earlier commit",
    arguments: [
      "job-9", "0", "-1", "+1", "01", "1.0", " 1", "1 ", "٣", "3", "4", "99",
      "9223372036854775807", "9223372036854775808", "1e0",
    ])
  func otherText(_ causationID: String) throws {
    try deposit(because: nil)
    // At position 3: its own, and those that come after it, are no causes.
    try deposit(because: causationID)
    try deposit(because: nil)
    for position in 1...4 as ClosedRange<Int64> {
      #expect(try positions(position) == [position])
    }
  }

  @Test("is refused for what has not been recorded", arguments: [2, 99, .max, 0, -1] as [Int64])
  func beyondHead(_ position: Int64) throws {
    #expect(throws: Rejection.beyondHead("position", asked: position, last: 1)) {
      try tree(position)
    }
  }

  @Test("names the commits that one takes back and puts right, whoever recorded them")
  func links() throws {
    let commit = Book.commit(
      "MoneyDeposited", 2, #"{"amount":"1.00","currency":"USD","balanceAfter":"1.00"}"#, account,
      nil)
    var linked = commit
    linked.otherMetadata = Array(#"{"reverses":1,"corrects":2}"#.utf8)
    _ = try book.ledger.store.write { transaction in
      _ = try transaction.append(commit)
      return try transaction.append(linked)
    }
    var links: [[Int64?]] = []
    for position in [2, 3] as [Int64] {
      try book.ledger.why(position) { links.append([$0.reverses, $0.corrects]) }
    }
    #expect(links == [[nil, nil], [1, 2]])
  }

  @Test("says in words what every command and an erasure did")
  func words() throws {
    try book.perform(.deposit(Amount("2"), to: account, description: "x")) { $0.reason = "y" }
    try book.perform(.withdraw(Amount("2"), from: account, description: "x"))
    try book.perform(.change(account, holder: "Ada"))
    try book.perform(.close(account))
    _ = try book.ledger.erase(.init(.positions([2]), actor: "tester", reason: "asked"))
    let two = ["MoneyDeposited", "MoneyWithdrawn"].map { type in
      NewEvent(
        type: type, version: 2,
        data: Array(#"{"amount":"1.00","currency":"USD","balanceAfter":"1.00"}"#.utf8))
    }
    _ = try book.ledger.store.write {
      try $0.append(
        NewCommit(
          appends: [.init(streamID: "BankAccount-a", expectedVersion: .any, events: two)],
          actor: "x", correlationID: "y"))
    }
    #expect(
      try [2, 3, 4, 5, 6, 8].flatMap { try tree($0) } == [
        "> 2 deposit 2.00 USD to a", "> 3 withdraw 2.00 USD from a", "> 4 change a", "> 5 close a",
        "> 6 erase 2 texts", "> 8 MoneyDeposited of a, MoneyWithdrawn of a",
      ])
  }

  @Test("agrees with a naive walk over 300 commits with random causes, and one long chain")
  func random() throws {
    var random = SeededRandom(seed: 11)
    var causes: [Int64: Int64] = [:]
    for position in 2...300 as ClosedRange<Int64> {
      let cause = position > 200 ? position - 1 : Int64.random(in: 1...400, using: &random)
      #expect(try deposit(because: "\(cause)") == position)
      if cause < position { causes[position] = cause }
    }
    func chain(_ position: Int64) -> [Int64] { (causes[position].map(chain) ?? []) + [position] }
    func effects(_ position: Int64) -> [Int64] {
      causes.filter { $0.value == position }.keys.sorted().flatMap { [$0] + effects($0) }
    }
    for position in stride(from: 1, through: 300, by: 7) as StrideThrough<Int64> {
      #expect(try positions(position) == chain(position) + effects(position))
    }
  }

  @Test("stops with a sentence where somebody changed where a commit ends")
  func damaged() throws {
    try deposit(because: nil)
    try deposit(because: "2")
    try RawFile(book.path).run(
      """
      DROP TRIGGER commits_refuses_update;
      UPDATE commits SET last_position = 9007199254740992 WHERE commit_number = 2
      """)
    for position in [2, 3] as [Int64] {
      #expect(throws: StoreFileError.self) { try tree(position) }
    }
  }
}
