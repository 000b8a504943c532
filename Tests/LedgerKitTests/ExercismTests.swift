import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import Testing

/// The canonical cases of exercism's "bank account" exercise, where they are present.
@Suite("Exercism's bank account")
struct ExercismTests {
  private static let file = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("shared/data/exercism/canonical-data.json").path

  /// Cases that differ by policy: the balance of a closed account is 0.00, and an account that holds
  /// money is not closed, nor a closed id opened again.
  private static let ownAnswers: [String: String] = [
    "Cannot check balance of closed account": "0.00",
    "Reopened account does not retain balance": "balance_not_zero",
  ]

  private struct Suite: Decodable { let cases: [Case] }

  private struct Case: Decodable {
    let description: String
    let input: Input
    let expected: Expected
  }

  private struct Input: Decodable { let operations: [Operation] }

  private struct Operation: Decodable {
    let operation: String
    let amount: Int?
    let number: Int?
    let operations: [Operation]?
  }

  private enum Expected: Decodable {
    case balance(Int)
    case error(String)

    private struct Failure: Decodable { let error: String }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let balance = try? container.decode(Int.self) {
        self = .balance(balance)
      } else {
        self = .error(try container.decode(Failure.self).error)
      }
    }

    /// Our code or balance for the same answer.
    var ours: Set<String> {
      switch self {
      case .balance(let units): ["\(units).00"]
      case .error("account not open"): ["account_not_found", "account_closed"]
      case .error("account already open"): ["account_exists"]
      case .error("amount must be less than balance"): ["insufficient_funds"]
      case .error("amount must be greater than 0"): ["invalid_amount"]
      case .error(let other): [other]
      }
    }
  }

  /// Performs the operations; the answer is the last balance, or the code of the first refusal.
  private func answer(_ operations: [Operation], on book: Book) throws -> String {
    var balance = ""
    do {
      for operation in operations { try perform(operation, on: book, &balance) }
      return balance
    } catch let rejection as Rejection {
      return rejection.code
    }
  }

  private func perform(_ operation: Operation, on book: Book, _ balance: inout String) throws {
    let account = try AccountID("account")
    let amount = Amount("\(operation.amount ?? 0)")
    switch operation.operation {
    case "open": _ = try book.open("account")
    case "close": try book.perform(.close(account))
    case "deposit": try book.perform(.deposit(amount, to: account))
    case "withdraw": try book.perform(.withdraw(amount, from: account))
    case "balance": balance = try book.balance(account)
    case "concurrent":
      let ledgers = try (0..<2).map { _ in try book.reopened(.readWrite) }
      let options = CommandOptions(actor: "tester")
      for step in 0..<(operation.number ?? 0) {
        _ = try ledgers[step % 2].perform(.deposit(Amount("1"), to: account), options)
        _ = try ledgers[(step + 1) % 2].perform(.withdraw(Amount("1"), from: account), options)
      }
    default: Issue.record("the operation '\(operation.operation)' is new")
    }
  }

  @Test(
    "every case has the canonical answer, or ours where policy differs",
    .enabled(
      if: FileManager.default.fileExists(atPath: file), "../shared/data/exercism is not here"))
  func canonical() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Self.file))
    let cases = try JSONDecoder().decode(Suite.self, from: data).cases
    #expect(cases.count == 17)
    for example in cases {
      let found = try answer(example.input.operations, on: try Book())
      let own = Self.ownAnswers[example.description]
      #expect(own.map { $0 == found } ?? example.expected.ours.contains(found), "\(example)")
    }
  }
}
