public import EventStore
import LedgerDomain
import LedgerEvents

/// One type and version of event as a ledger stores it.
public struct StoredVersion: Hashable, Sendable {
  /// The stable name of the type.
  public let eventType: String
  /// The version of its payload, as stored.
  public let version: Int64
  /// How many events have it.
  public internal(set) var events: Int64 = 0
  /// How many of them this build can't read.
  public internal(set) var unreadable: Int64 = 0
}

extension Ledger {
  /// Upcasts and decodes every event as a reader would, changes nothing, and says what is stored:
  /// types and versions in alphabetical order.
  ///
  /// Goes on after an event that this build can't read and calls `onProblem` for each.
  public func examineEvents(
    onProblem: (EventDecodingError) throws -> Void
  ) throws -> [StoredVersion] {
    struct Key: Hashable {
      let type: String
      let version: Int64
    }
    var found: [Key: StoredVersion] = [:]
    var query = EventQuery()
    query.isRaw = true
    try store.read { log in
      try log.forEachEvent(query) { stored in
        let key = Key(type: stored.type, version: stored.version)
        var version = found[key] ?? StoredVersion(eventType: key.type, version: key.version)
        version.events += 1
        do throws(EventDecodingError) {
          _ = try LedgerEvent(try log.current(stored))
        } catch {
          version.unreadable += 1
          try onProblem(error)
        }
        found[key] = version
      }
    }
    return found.values.sorted { ($0.eventType, $0.version) < ($1.eventType, $1.version) }
  }
}
