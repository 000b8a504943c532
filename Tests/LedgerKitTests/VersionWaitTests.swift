import LedgerDomain
import Testing

@testable import LedgerKit

@Suite("Waiting for a version")
struct VersionWaitTests {
  let book: Book
  let reader: Ledger

  init() throws {
    book = try Book()
    reader = try book.reopened()
  }

  /// Waits on the reader; each look in vain lets another connection do the next of `steps`.
  private func wait(
    for version: Int64, of account: AccountID, _ steps: [() throws -> Void]
  ) throws -> Int {
    var pauses = 0
    try reader.wait(for: version, of: account) {
      guard pauses < steps.count else { return false }
      try steps[pauses]()
      pauses += 1
      return true
    }
    return pauses
  }

  @Test("it ends with the write that reaches the version, which the next answer sees")
  func reached() throws {
    let account = try AccountID("a")
    let deposit: () throws -> Void = { try book.perform(.deposit(Amount("1"), to: account)) }
    let pauses = try wait(
      for: 2, of: account, [{ _ = try book.open("a") }, {}, deposit, {}, deposit, deposit])
    #expect(pauses == 5)
    #expect(try reader.balance(of: account).version == 2)
  }

  @Test("a version that is there, or was passed, is not waited for", arguments: [0, 1])
  func passed(_ version: Int64) throws {
    let account = try book.open("a")
    try book.perform(.deposit(Amount("1"), to: account))
    #expect(try wait(for: version, of: account, []) == 0)
  }

  @Test("when the time is up, it says how far the account came; -1 if it was never opened")
  func notReached() throws {
    let (account, nobody) = (try book.open("a"), try AccountID("nobody"))
    #expect(throws: VersionNotReached(account: account, version: 2, reached: 1)) {
      try wait(
        for: 2, of: account, [{ try book.perform(.deposit(Amount("1"), to: account)) }, {}])
    }
    #expect(throws: VersionNotReached(account: nobody, version: 0, reached: -1)) {
      try wait(for: 0, of: nobody, [])
    }
  }
}
