import EventStore
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

extension Result<Receipt, Rejection> {
  /// The code of the refusal; nil if there was none.
  var code: String? {
    if case .failure(let rejection) = self { rejection.code } else { nil }
  }
}

/// Long random command sequences against a ledger kept in plain dictionaries.
@Suite("Model")
struct ModelTests {
  private struct Model {
    var balances: [String: Int64] = [:]
    var currencies: [String: String] = [:]
    var limits: [String: Int64] = [:]
    var closed: Set<String> = []
    var keys: [String: String] = [:]
    var events: Int64 = 0

    /// The code of the refusal that `step` meets; nil if it is accepted.
    func refusal(of step: Step) -> String? {
      switch step {
      case .open(let id, _, _): return balances[id] == nil ? nil : "account_exists"
      case .deposit(let id, let units):
        return unusable(id) ?? (units == 0 ? "invalid_amount" : nil)
      case .withdraw(let id, let units):
        return unusable(id) ?? (units == 0 ? "invalid_amount" : overdraws(id, units))
      case .transfer(let from, let to, let units):
        if from == to { return "same_account" }
        for code in ["account_not_found", "account_closed"]
        where unusable(from) == code || unusable(to) == code { return code }
        if currencies[from] != currencies[to] { return "currency_mismatch" }
        return units == 0 ? "invalid_amount" : overdraws(from, units)
      case .close(let id):
        return unusable(id) ?? (balances[id] == 0 ? nil : "balance_not_zero")
      }
    }

    private func unusable(_ id: String) -> String? {
      balances[id] == nil ? "account_not_found" : closed.contains(id) ? "account_closed" : nil
    }

    private func overdraws(_ id: String, _ units: Int64) -> String? {
      (balances[id] ?? 0) + (limits[id] ?? 0) < units ? "insufficient_funds" : nil
    }

    mutating func apply(_ step: Step) {
      events += 1
      switch step {
      case .open(let id, let currency, let limit):
        (balances[id], currencies[id], limits[id]) = (0, currency, limit)
      case .deposit(let id, let units): balances[id, default: 0] += units
      case .withdraw(let id, let units): balances[id, default: 0] -= units
      case .transfer(let from, let to, let units):
        balances[from, default: 0] -= units
        balances[to, default: 0] += units
        events += 1
      case .close(let id): closed.insert(id)
      }
    }
  }

  private enum Step: Hashable {
    case open(String, String, limit: Int64)
    case deposit(String, Int64)
    case withdraw(String, Int64)
    case transfer(String, String, Int64)
    case close(String)

    static func random(_ random: inout SeededRandom) -> Step {
      func account() -> String { "a\(Int.random(in: 0..<8, using: &random))" }
      func units() -> Int64 { Int64.random(in: 0...50_00, using: &random) }
      switch Int.random(in: 0..<20, using: &random) {
      case 0...1:
        let currency = Int.random(in: 0..<4, using: &random) == 0 ? "EUR" : "USD"
        return .open(account(), currency, limit: Int64.random(in: 0...2, using: &random) * 10_00)
      case 2...8: return .deposit(account(), units())
      case 9...12: return .withdraw(account(), units())
      case 13...18: return .transfer(account(), account(), units())
      default: return .close(account())
      }
    }

    func command() throws -> Command {
      func amount(_ units: Int64) -> Amount {
        Amount("\(units / 100).\(units % 100 / 10)\(units % 10)")
      }
      switch self {
      case .open(let id, let code, let limit):
        return .open(try AccountID(id), try Book.currency(code), overdraftLimit: amount(limit))
      case .deposit(let id, let units): return .deposit(amount(units), to: try AccountID(id))
      case .withdraw(let id, let units): return .withdraw(amount(units), from: try AccountID(id))
      case .transfer(let from, let to, let units):
        return .transfer(amount(units), from: try AccountID(from), to: try AccountID(to))
      case .close(let id): return .close(try AccountID(id))
      }
    }
  }

  @Test("random commands agree with the model at every step", arguments: [11, 12, 13])
  func agrees(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var model = Model()
    let book = try Book()
    var last: (step: Step, key: String, receipt: Receipt)?
    for index in 0..<400 {
      if Int.random(in: 0..<25, using: &random) == 0 { book.clockMicros -= 1_000_000 }
      if let (step, key, receipt) = last, Int.random(in: 0..<10, using: &random) == 0 {
        var again = try book.perform(try step.command()) { $0.idempotencyKey = key }
        again.isReplay = false
        #expect(again == receipt)
      }
      let (step, key) = (Step.random(&random), "key-\(index)")
      let outcome = try book.attempt(try step.command()) { $0.idempotencyKey = key }
      #expect(outcome.code == model.refusal(of: step), "seed \(seed), step \(index): \(step)")
      if case .success(let receipt) = outcome {
        model.apply(step)
        #expect(receipt.position == model.events)
        last = (step, key, receipt)
      }
      if index % 100 == 99 { try check(model, book) }
    }
  }

  /// Compares every balance, by projection and by fold, and verifies the file.
  private func check(_ model: Model, _ book: Book) throws {
    let ledger = try book.reopened()
    var found: [String: Int64] = [:]
    try ledger.forEachAccount { found[$0.accountID.text] = $0.balance.minorUnits }
    #expect(found == model.balances)
    for (id, balance) in model.balances {
      let cut = Cut.position(model.events)
      #expect(try ledger.balance(of: AccountID(id), at: cut).balance.minorUnits == balance)
    }
    #expect(try ledger.verify().events == model.events)
  }
}
