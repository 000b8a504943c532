internal import SQLite

/// When commands take snapshots, and which of them are kept. Kept in the file.
public struct SnapshotPolicy: Hashable, Sendable {
  /// Whether snapshots are read and written at all.
  public var isEnabled = true
  /// Take one when so many events were recorded since the last; nil means: not for that reason.
  public var everyEvents: Int64? = 100
  /// Take one when the first event since the last was recorded so many microseconds ago; nil means: not
  /// for that reason.
  public var maxAgeMicros: Int64?
  /// Take one when a command had to fold more than so many events; nil means: not for that reason.
  public var onLoadEvents: Int64? = 20

  /// Every 100 events, and whenever somebody had to fold more than 20: of programs that each find an account
  /// in the file, as command lines do, a few save the others the time.
  public init() {}

  /// Whether a command that left `loaded` behind at `nowMicros` takes a snapshot.
  func isDue<State>(_ loaded: Loaded<State>, nowMicros: Int64) -> Bool {
    guard isEnabled, loaded.eventsSinceSnapshot > 0 else { return false }
    if !loaded.unusableSnapshots.isEmpty { return true }
    if let everyEvents, loaded.eventsSinceSnapshot >= everyEvents { return true }
    if let onLoadEvents, Int64(loaded.eventsFolded) > onLoadEvents { return true }
    guard let maxAgeMicros, let since = loaded.unsavedSinceMicros else { return false }
    return nowMicros - since >= maxAgeMicros
  }

  /// Which of `positions`, ascending, may go: the further back, the sparser. Behind every kept snapshot
  /// the next older one is at most a quarter of the way to the newest away, or the next at all.
  static func thinned(_ positions: [Int64]) -> [Int64] {
    guard let newest = positions.last else { return [] }
    var kept: [Int64] = []
    var superfluous: [Int64] = []
    for (index, position) in positions.enumerated() {
      let next = index + 1 < positions.count ? positions[index + 1] : nil
      // In 128 bits: the file may hold any number.
      if let older = kept.last, let next,
        Int128(next) - Int128(older) <= (Int128(newest) - Int128(older)) / 4
      {
        superfluous.append(position)
      } else {
        kept.append(position)
      }
    }
    return superfluous
  }
}

extension SnapshotPolicy {
  /// As kept in the file, 0 meaning off; what is not there is as by default.
  init(in database: Database, path: String) throws {
    try database.forEach("SELECT name, value FROM settings") { row in
      let (name, value) = (row.text(0), row.int64(1))
      let limit = value == 0 ? nil : value
      switch name {
      case "snapshots_enabled" where value == 0 || value == 1: isEnabled = value == 1
      case "snapshot_every_events" where value >= 0: everyEvents = limit
      case "snapshot_max_age_us" where value >= 0: maxAgeMicros = limit
      case "snapshot_on_load_events" where value >= 0: onLoadEvents = limit
      default:
        throw StoreFileError.damaged(
          path: path, position: nil,
          problem: "the setting \(name) = \(value) is unknown; choose the snapshot settings anew")
      }
    }
  }

  func save(in database: Database) throws {
    let limits = [everyEvents, maxAgeMicros, onLoadEvents]
    precondition(limits.allSatisfy { $0 ?? 1 > 0 }, "a limit is positive, or nil")
    let settings = [
      ("snapshots_enabled", isEnabled ? 1 : 0), ("snapshot_every_events", everyEvents ?? 0),
      ("snapshot_max_age_us", maxAgeMicros ?? 0), ("snapshot_on_load_events", onLoadEvents ?? 0),
    ]
    try database.run("DELETE FROM settings")
    for (name, value) in settings {
      try database.run("INSERT INTO settings (name, value) VALUES (?, ?)", name, value)
    }
  }
}

extension ReadTransaction {
  /// When commands take snapshots in this file.
  public func snapshotPolicy() throws -> SnapshotPolicy { try store.snapshotPolicy() }
}
