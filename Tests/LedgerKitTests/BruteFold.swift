import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import Testing

/// The whole log as the test itself reads it, and answers that are found by adding up all of it.
struct BruteFold {
  /// One event, reduced to what balances need.
  struct Entry {
    let streamID: String
    let version: Int64
    let position: Int64
    let commitEnd: Int64
    let recordedAt: Int64
    let effectiveAt: Int64
    let minorUnits: Int64
    let type: String
    /// Nil for what moves no money.
    let currency: String?
    let isTransfer: Bool
  }

  /// An answer, in the words of `PastBalance`.
  struct Answer: Equatable {
    var minorUnits: Int64
    var isClosed: Bool
    var version: Int64
    var position: Int64
  }

  let entries: [Entry]
  private let streams: [String: [Entry]]

  init(_ book: Book) throws {
    entries = try book.events().map(Entry.init)
    streams = Dictionary(grouping: entries, by: \.streamID)
  }

  /// Nil if the cut lets nothing of `account` through.
  func answer(_ account: AccountID, _ cut: Cut) -> Answer? {
    let seen = (streams["BankAccount-\(account)"] ?? []).filter { $0.counts(at: cut) }
    // A changed limit alone makes no account.
    guard seen.contains(where: { $0.type != "AccountChanged" }),
      let last = seen.max(by: { $0.version < $1.version })
    else { return nil }
    return Answer(
      minorUnits: seen.map(\.minorUnits).reduce(0, +),
      isClosed: seen.contains { $0.type == "AccountClosed" },
      version: last.version, position: last.commitEnd)
  }
}

extension BruteFold {
  /// The movements of `account` in the order of recording.
  func movements(of account: AccountID) -> [Entry] {
    entries.filter { $0.streamID == "BankAccount-\(account)" && $0.minorUnits != 0 }
  }
}

extension BruteFold.Entry {
  /// Whether `cut` lets it through.
  func counts(at cut: Cut) -> Bool {
    switch cut {
    case .version(let last): version <= last
    case .position(let position): commitEnd <= position
    case .instants(let effective, let known):
      effectiveAt <= effective?.micros ?? .max && recordedAt <= known?.micros ?? .max
    }
  }

  private struct Payload: Decodable {
    let amount: String?
    let currency: String?
    let transferId: String?
  }

  init(_ event: RecordedEvent) throws {
    let payload = try JSONDecoder().decode(Payload.self, from: Data(event.data))
    let digits = (payload.amount ?? "0").filter { $0 != "." }
    let sign: Int64 = event.type == "MoneyWithdrawn" ? -1 : 1
    let header = event.commit.header
    self.init(
      streamID: event.streamID, version: event.streamPosition, position: event.position,
      commitEnd: header.lastPosition, recordedAt: header.recordedAtMicros,
      effectiveAt: header.effectiveAtMicros, minorUnits: sign * (try #require(Int64(digits))),
      type: event.type, currency: payload.amount == nil ? nil : payload.currency,
      isTransfer: payload.transferId != nil)
  }
}

extension BruteFold.Answer {
  /// Nil if the ledger says that there was no such account.
  init?(_ account: AccountID, _ cut: Cut, in ledger: Ledger) throws {
    do {
      self.init(try ledger.balance(of: account, at: cut))
    } catch let rejection as Rejection where rejection.code == "account_not_found" {
      return nil
    }
  }

  init(_ past: PastBalance) {
    self.init(
      minorUnits: past.balance.minorUnits, isClosed: past.isClosed, version: past.version,
      position: past.position)
  }
}
