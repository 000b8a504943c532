import LedgerDomain

/// A whole ledger in arrays, with its rules in the plainest words: what the real one is compared with.
///
/// Nothing here is clever: every answer is found by looking at all events of an account, or of the book.
package struct ModelLedger {
  /// Which rules it knows.
  package let rules: ModelRules
  /// In the order of recording: global position `n` stands at index `n - 1`.
  var events: [Event] = []
  var commits: [Commit] = []
  /// All closes of periods ever made.
  var closes: [Close] = []
  /// The positions of what each step recorded, by the step's number.
  var positions: [Int: [Int64]] = [:]
  /// Indices of each account's events.
  private var indices: [String: [Int]] = [:]
  var alertRules: [AlertRule] = []
  /// The position of each acknowledgement, by rule and position: `large-1@7`.
  var seenAlerts: [String: Int64] = [:]
  /// By handle.
  var acceptsClockBehind = [false, false]

  package init(rules: ModelRules = ModelRules()) { self.rules = rules }

  /// Something that was recorded.
  struct Event {
    let type: Kind
    /// Nil for what concerns the whole book.
    let account: String?
    /// Stream position.
    let version: Int64
    /// Index of its commit.
    let commit: Int
    /// Signed.
    var minorUnits: Int64 = 0
    var currency = ""
    var limitMinor: Int64?
    /// In the order of recording.
    var balanceAfter: Int64 = 0
    /// Of a transfer.
    var counterparty: String?
    /// Holder or description.
    var text = Text(nil)

    var isMovement: Bool { type == .deposited || type == .withdrawn }
  }

  enum Kind: String {
    case created = "AccountCreated"
    case changed = "AccountChanged"
    case deposited = "MoneyDeposited"
    case withdrawn = "MoneyWithdrawn"
    case closed = "AccountClosed"
    case periodClosed = "PeriodClosed"
    case periodReopened = "PeriodReopened"
    case erased = "PersonalTextErased"
    case alertRuleAdded = "AlertRuleAdded"
    case alertRuleRemoved = "AlertRuleRemoved"
    case alertAcknowledged = "AlertAcknowledged"
  }

  /// A text that may be erased.
  struct Text {
    private(set) var text: String?
    /// The position of the erasure.
    private(set) var erasedAt: Int64?

    init(_ text: String?) { self.text = text }

    var isErased: Bool { erasedAt != nil }
    /// Whether there was one.
    var wasGiven: Bool { text != nil || isErased }

    mutating func erase(at position: Int64) {
      if text != nil { (text, erasedAt) = (nil, position) }
    }

    var shown: String { text ?? (isErased ? "[erased]" : "-") }
  }

  /// What was recorded together.
  struct Commit {
    let first: Int64
    let last: Int64
    /// The number of the step that asked for it.
    var step = 0
    let recordedAt: Int64
    let effectiveAt: Int64
    /// What the idempotency key answers for.
    var content: ModelContent?
    var key: String?
    var correlationID: String?
    var reason = Text(nil)
    var reverses: Int64?
    var corrects: Int64?
  }

  /// A close of a period.
  struct Close {
    let period: String
    let through: Int64
    let position: Int64
    var reopenedAt: Int64?
  }

  // MARK: Looking

  var head: Int64 { Int64(events.count) }

  /// Every account ever opened, by id.
  var accounts: [String] { indices.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  /// In the order of recording.
  func events(of account: String) -> [Event] { (indices[account] ?? []).map { events[$0] } }

  func first(of account: String) -> Event? { indices[account]?.first.map { events[$0] } }

  func last(of account: String) -> Event? { indices[account]?.last.map { events[$0] } }

  /// With their global positions.
  func placed(_ account: String) -> [(position: Int64, event: Event)] {
    (indices[account] ?? []).map { (Int64($0 + 1), events[$0]) }
  }

  /// Stream position of the account's last event; nil before the first.
  func version(of account: String) -> Int64? {
    indices[account].map { Int64($0.count - 1) }
  }

  func commit(of event: Event) -> Commit { commits[event.commit] }

  // Without a copy of the commit: these two are asked for all the time.
  func recordedAt(_ event: Event) -> Int64 { commits[event.commit].recordedAt }
  func effectiveAt(_ event: Event) -> Int64 { commits[event.commit].effectiveAt }

  /// The commit with the event at `position`; nil if there is none.
  func commit(at position: Int64) -> Commit? {
    guard position > 0, position <= head else { return nil }
    return commits[events[Int(position - 1)].commit]
  }

  /// The events of a commit.
  func events(of commit: Commit) -> ArraySlice<Event> {
    events[Int(commit.first - 1)..<Int(commit.last)]
  }

  /// The commit that reversed the one that ends at `position`; nil if none did.
  func reversal(of position: Int64) -> Commit? { commits.first { $0.reverses == position } }

  /// The closes in force, the latest last.
  var latestClose: Close? { closes.last { $0.reopenedAt == nil } }

  /// Where the event is that `reference` means; beyond the end if there is none.
  func position(of reference: ModelReference) -> Int64 {
    switch reference {
    case .position(let position): return position
    case .recorded(let step, let event):
      let recorded = positions[step] ?? []
      return event < recorded.count ? recorded[event] : 1_000_000_000
    }
  }

  /// What came into the book less what left it, by currency.
  var external: [String: Int128] {
    events.filter { $0.isMovement && $0.counterparty == nil }.reduce(into: [:]) {
      $0[$1.currency, default: 0] += Int128($1.minorUnits)
    }
  }

  // MARK: Recording

  /// Records a commit of these events; `commit` is made from its first and its last position.
  mutating func record(_ new: [Event], as commit: (_ first: Int64, _ last: Int64) -> Commit) {
    commits.append(commit(head + 1, head + Int64(new.count)))
    for event in new {
      if let account = event.account { indices[account, default: []].append(events.count) }
      events.append(event)
    }
  }

  /// Takes back what was recorded after the first `commitCount` commits.
  mutating func takeBack(to commitCount: Int) {
    while commits.count > commitCount {
      let commit = commits.removeLast()
      while head >= commit.first {
        guard let account = events.removeLast().account else { continue }
        indices[account]?.removeLast()
        if indices[account] == [] { indices[account] = nil }
      }
    }
  }
}

/// The rules of the model that can be switched off, to see that a trial notices.
package struct ModelRules: Hashable, Sendable {
  /// A late movement is checked against every later balance.
  package var checksPast = true
  /// A reversal happens once.
  package var reversesOnce = true
  /// Nothing counts in a closed period.
  package var closesPeriods = true
  /// What counts at one instant counts together.
  package var countsInstantsTogether = true

  package init() {}
}
