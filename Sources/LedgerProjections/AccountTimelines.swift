import EventStore
import LedgerDomain
import LedgerEvents
import SQLite

/// What was recorded late, and the timelines of accounts on which anything was: they answer for the past
/// without reading all of it again.
///
/// An event is late if it counts before another movement or change that its account had already. An
/// account without late events has no rows here: its stored balances are in effective order as they are.
final class AccountTimelines {
  static let tables = [
    ProjectionTable(
      "late_events",
      """
      (
        account_id    TEXT    NOT NULL,
        version       INTEGER NOT NULL,  -- stream position of the event
        effective_us  INTEGER NOT NULL,  -- when it counts
        latest_us     INTEGER NOT NULL,  -- the latest that an earlier movement or change counts
        moved_minor   INTEGER NOT NULL,  -- minor units, negative for a withdrawal; 0 for a change
        PRIMARY KEY (account_id, version)
      ) STRICT, WITHOUT ROWID
      """),
    ProjectionTable(
      "timeline_blocks",
      """
      (
        account_id    TEXT    NOT NULL,
        from_us       INTEGER NOT NULL,  -- the block reaches from here to the next one of its account
        limit_minor   INTEGER NOT NULL,  -- the overdraft limit in it
        sets_limit    INTEGER NOT NULL,  -- 1 if the limit came into force at its beginning, else 0
        net_minor     INTEGER,           -- what its movements add up to; NULL: beyond 64 bits, add them
        lowest_minor  INTEGER,           -- the least of that after any instant in it
        highest_minor INTEGER,           -- the most
        moments       BLOB    NOT NULL,  -- its instants and what moved at each, see Moments+Coding.swift
        PRIMARY KEY (account_id, from_us)
      ) STRICT, WITHOUT ROWID
      """),
  ]

  /// How many blocks may have their instants in memory, about.
  private static let mostOpenBlocks = 4_096

  private let database: Database
  private let lateEvents: String
  private let timelineBlocks: String
  private var kept: [AccountID: Kept] = [:]
  private var openBlocks = 0

  /// A timeline in memory.
  private final class Kept {
    var timeline: AccountTimeline
    /// Whether the table holds it, but for the changed blocks.
    var isStored: Bool
    /// Beginnings of the blocks that are other than in the table.
    var changed: Set<Instant> = []

    init(_ timeline: AccountTimeline, isStored: Bool) {
      (self.timeline, self.isStored) = (timeline, isStored)
    }
  }

  init(_ database: Database, in place: TablePlace) {
    self.database = database
    lateEvents = place["late_events"]
    timelineBlocks = place["timeline_blocks"]
  }

  /// What `change` would do if it counted at `effectiveAt`, on an account whose last event is at stream
  /// position `version`.
  func effect(
    of change: AccountTimeline.Change, at effectiveAt: Instant, on account: Place,
    _ log: ReadTransaction
  ) throws -> AccountTimeline.Effect {
    let kept = try keep(account, log)
    return try kept.timeline.effect(of: change, at: effectiveAt) { try moments(of: $0, account) }
  }

  /// An account, and how much of its stream has been seen.
  struct Place {
    let account: AccountID
    /// Stream position of its last event so far.
    let version: Int64
    /// Whether any event so far was late.
    let hasLateEvents: Bool
  }

  /// Notes that the event at stream position `version` counts before `latestMicros`.
  func noteLate(
    _ account: AccountID, version: Int64, effectiveMicros: Int64, latestMicros: Int64,
    movedMinor: Int64
  ) throws {
    try database.run(
      "INSERT OR REPLACE INTO \(lateEvents) VALUES (?, ?, ?, ?, ?)", account.text, version,
      effectiveMicros, latestMicros, movedMinor)
  }

  /// Adds the next event's `change`, nil if it is of no balance and no limit, to the account's timeline;
  /// `isLate` events give it one.
  func add(
    _ change: AccountTimeline.Change?, at effectiveAt: Instant, to account: Place, isLate: Bool,
    _ log: ReadTransaction
  ) throws {
    let isStored = account.hasLateEvents || isLate
    guard let kept = isStored ? try keep(account, log) : kept[account.account] else { return }
    if isStored, !kept.isStored {
      kept.isStored = true
      kept.changed = Set(kept.timeline.blocks.map(\.from))
    }
    guard let change else { return }
    let touched = try kept.timeline.insert(change, at: effectiveAt) { try moments(of: $0, account) }
    if isStored { kept.changed.formUnion(kept.timeline.blocks[touched].map(\.from)) }
    openBlocks += 1
  }

  /// Writes the blocks that changed.
  func flush() throws {
    for (account, kept) in kept where !kept.changed.isEmpty {
      for block in kept.timeline.blocks where kept.changed.contains(block.from) {
        try write(block, of: account)
      }
      kept.changed.removeAll()
    }
  }

  // MARK: Reading and writing

  private func keep(_ account: Place, _ log: ReadTransaction) throws -> Kept {
    if let kept = kept[account.account] { return kept }
    if openBlocks > Self.mostOpenBlocks {
      try flush()
      kept.removeAll()
      openBlocks = 0
    }
    let timeline =
      account.hasLateEvents
      ? try stored(account.account)
      : try AccountTimeline(of: account.account, through: account.version, log)
    let kept = Kept(timeline, isStored: account.hasLateEvents)
    self.kept[account.account] = kept
    openBlocks += timeline.blocks.count(where: \.isOpen)
    return kept
  }

  private func stored(_ account: AccountID) throws -> AccountTimeline {
    var blocks: [AccountTimeline.Block] = []
    try database.forEach(
      """
      SELECT from_us, limit_minor, sets_limit, net_minor, lowest_minor, highest_minor
        FROM \(timelineBlocks) WHERE account_id = ? ORDER BY from_us
      """, account.text
    ) { row in
      let from = Instant(micros: row.int64(0))
      let sums =
        if let net = row.optionalInt64(3), let lowest = row.optionalInt64(4),
          let highest = row.optionalInt64(5)
        {
          AccountTimeline.Block.Sums(
            net: Int128(net), lowest: Int128(lowest), highest: Int128(highest))
        } else {
          AccountTimeline.Block.Sums(of: try moments(from: from, account))
        }
      blocks.append(
        AccountTimeline.Block(
          from: from, limitMinor: row.int64(1), setsLimit: row.int64(2) != 0, sums: sums))
    }
    guard blocks.first?.from == .earliest else {
      throw StoreProblem(
        position: nil, problem: "the table timeline_blocks lacks the beginning of \(account)")
    }
    return AccountTimeline(blocks: blocks)
  }

  private func moments(
    of block: AccountTimeline.Block, _ account: Place
  ) throws -> [AccountTimeline.Block.Moment] {
    openBlocks += 1
    return try moments(from: block.from, account.account)
  }

  private func moments(
    from: Instant, _ account: AccountID
  ) throws -> [AccountTimeline.Block.Moment] {
    let bytes = try database.first(
      "SELECT moments FROM \(timelineBlocks) WHERE account_id = ? AND from_us = ?",
      account.text, from.micros
    ) { $0.bytes(0) }
    guard let bytes, let moments = Moments.decoded(bytes) else {
      throw StoreProblem(
        position: nil,
        problem: "the table timeline_blocks has no readable instants of \(account) from \(from) on")
    }
    return moments
  }

  private func write(_ block: AccountTimeline.Block, of account: AccountID) throws {
    guard block.isOpen else {
      try database.run(
        """
        UPDATE \(timelineBlocks) SET limit_minor = ?, sets_limit = ?
         WHERE account_id = ? AND from_us = ?
        """, block.limitMinor, block.setsLimit ? 1 : 0, account.text, block.from.micros)
      return
    }
    let sums = [block.sums.net, block.sums.lowest, block.sums.highest].map { Int64(exactly: $0) }
    let fits = !sums.contains(nil)
    try database.run(
      "INSERT OR REPLACE INTO \(timelineBlocks) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      account.text, block.from.micros, block.limitMinor, block.setsLimit ? 1 : 0,
      fits ? sums[0] : nil, fits ? sums[1] : nil, fits ? sums[2] : nil,
      Moments.encoded(block.moments))
  }
}
