import LedgerDomain
import LedgerKit
import TestSupport

/// A book with random histories on three accounts, many movements late and many at one instant; and all of
/// its log as the test itself reads it.
struct BackdatedBook {
  let book: Book
  let accounts: [AccountID]
  let brute: BruteFold
  /// When the history began: nothing counts over 30 steps before.
  let start: Int64

  /// Microseconds between two effective times.
  static let step: Int64 = 1_000

  /// `commands` random deposits, withdrawals and transfers; one account is opened halfway, and one as
  /// version 1 of the events stored it.
  init(_ random: inout SeededRandom, commands: Int) throws {
    book = try Book()
    var accounts = [try book.openOldAccount("old"), try book.open("b", limit: "1000000")]
    start = book.clockMicros
    for number in 0..<commands {
      if number == commands / 2 { accounts.append(try book.open("late", limit: "1000000")) }
      book.clockMicros += Int64.random(in: 0...2, using: &random) * Self.step
      let back = Int64.random(in: 0...30, using: &random) * Self.step
      let isLate = Int.random(in: 0..<3, using: &random) > 0
      let effectiveAt = isLate ? Instant(micros: min(start + back, book.clockMicros)) : nil
      let command = Self.command(accounts, &random)
      do {
        try book.perform(command, at: effectiveAt) { options in
          (options.allowsPastOverdraft, options.reason) = (true, "found")
        }
      } catch let rejection as Rejection where rejection.code == "insufficient_funds" {
        continue
      }
    }
    self.accounts = accounts
    brute = try BruteFold(book)
  }

  private static func command(_ accounts: [AccountID], _ random: inout SeededRandom) -> Command {
    // Few amounts, so that late movements cancel now and then.
    let amount = Amount("\(Int.random(in: 1...3, using: &random))")
    let (first, second) = (accounts.shuffled(using: &random)[0], accounts[1])
    return switch Int.random(in: 0..<5, using: &random) {
    case 0, 1: .deposit(amount, to: first, description: "in")
    case 2, 3: .withdraw(amount, from: first)
    default:
      first == second
        ? .withdraw(amount, from: first) : .transfer(amount, from: first, to: second)
    }
  }

  /// Any instant around the history.
  func anyInstant(_ random: inout SeededRandom) -> Instant {
    Instant(micros: Int64.random(in: start - 5_000...book.clockMicros + 1, using: &random))
  }

  /// Any cut of `account`.
  func anyCut(of account: AccountID, _ random: inout SeededRandom) -> Cut {
    let version = brute.movements(of: account).last?.version ?? 0
    let position = brute.entries.last?.position ?? 0
    return switch Int.random(in: 0..<5, using: &random) {
    case 0: .instants(effective: anyInstant(&random), known: nil)
    case 1: .instants(effective: nil, known: anyInstant(&random))
    case 2: .instants(effective: anyInstant(&random), known: anyInstant(&random))
    case 3: .version(Int64.random(in: 0...version, using: &random))
    default: .position(Int64.random(in: 0...position, using: &random))
    }
  }
}
