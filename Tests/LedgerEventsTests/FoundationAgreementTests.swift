@testable import EventStore
import Foundation
import LedgerDomain
import LedgerEvents
import Testing
import TestSupport

@Suite("Foundation reads from a stored payload")
struct FoundationAgreementTests {
  /// Every member that any payload has.
  private struct Members: Codable, Equatable {
    var accountId: String?
    var currency: String?
    var overdraftLimit: String?
    var amount: String?
    var counterparty: String?
    var transferId: String?
    var balanceAfter: String?
  }

  @Test("what the event says", arguments: [1, 2, 3])
  func reads(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<1_000 {
      let account = try AccountID.random(using: &random)
      let event = try AccountEvent.random(of: account, marker: "", using: &random)
      let data = Data(event.stored(salt: fixedSalt).data)
      let read = try JSONDecoder().decode(Members.self, from: data)
      try #require(read == members(of: event), "\(event)")
      let names = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      try #require(names.count == count(read), "nothing but the members that are known")
    }
  }

  @Test("and what it writes from them is the same event", arguments: [4, 5])
  func writes(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<1_000 {
      let account = try AccountID.random(using: &random)
      let event = try AccountEvent.random(of: account, marker: "", using: &random)
      var stored = event.stored(salt: fixedSalt)
      stored.data = [UInt8](try JSONEncoder().encode(members(of: event)))
      try #require(try AccountEvent(RecordedEvent(stored, of: account)) == event)
    }
  }

  private func members(of event: AccountEvent) -> Members {
    switch event {
    case .created(let opening):
      Members(
        accountId: opening.accountID.text, currency: opening.currency.code,
        overdraftLimit: opening.overdraftLimit.decimal)
    case .changed(let change):
      Members(
        currency: change.overdraftLimit?.currency.code,
        overdraftLimit: change.overdraftLimit?.decimal)
    case .deposited(let movement), .withdrawn(let movement):
      Members(
        currency: movement.amount.currency.code, amount: movement.amount.decimal,
        counterparty: movement.counterparty?.text, transferId: movement.transferID,
        balanceAfter: movement.balanceAfter?.decimal)
    case .closed: Members()
    }
  }

  private func count(_ members: Members) -> Int {
    let all = [
      members.accountId, members.currency, members.overdraftLimit, members.amount,
      members.counterparty, members.transferId, members.balanceAfter,
    ]
    return all.count { $0 != nil }
  }
}
