import EventStore
import LedgerDomain
import LedgerEvents
import Testing

@Suite("A frozen event")
struct FrozenEventTests {
  /// One version of one type.
  private struct StoredVersion: Hashable {
    let type: String
    let version: Int64
  }

  @Test("is there of every type and version of accounts' events, and of no other")
  func complete() {
    let known = AccountEvent.types.flatMap { type in
      (type.oldestVersion...type.version).map { StoredVersion(type: type.name, version: $0) }
    }
    let frozen = FrozenEvent.all.map { StoredVersion(type: $0.type, version: $0.version) }
    #expect(Set(frozen) == Set(known))
    #expect(Set(FrozenEvent.all.map(\.name)).count == FrozenEvent.all.count)
    #expect(FrozenEvent.all.count == 19, "lines are added, never removed")
  }

  @Test("is read as what it says", arguments: FrozenEvent.all)
  func reads(_ frozen: FrozenEvent) throws {
    let current = try frozen.current()
    #expect(try AccountEvent(current).reads == frozen.reads)
    #expect(current.version == AccountEvent.currentVersion)
    let isOld = frozen.version < AccountEvent.currentVersion
    #expect(current.upcastFrom == (isOld ? frozen.version : nil))
    #expect(frozen.personalText?.digest.hex == frozen.personal?.digest)
  }

  @Test(
    "of the current version comes untouched, and this build stores the same bytes again",
    arguments: FrozenEvent.all.filter { $0.version == AccountEvent.currentVersion })
  func encodes(_ frozen: FrozenEvent) throws {
    #expect(try frozen.current() == frozen.recorded())
    let stored = try AccountEvent(try frozen.current()).stored(salt: fixedSalt)
    #expect(stored.type == frozen.type)
    #expect(stored.version == frozen.version)
    #expect(stored.dataText == frozen.data)
    #expect(stored.personalText == frozen.personalText)
  }

  @Test(
    "of an older version keeps all but its payload when it is upcast",
    arguments: FrozenEvent.all.filter { $0.version < AccountEvent.currentVersion })
  func upcasts(_ frozen: FrozenEvent) throws {
    let (stored, current) = (try frozen.recorded(at: 7), try frozen.current(at: 7))
    #expect(current.position == stored.position)
    #expect(current.streamID == stored.streamID)
    #expect(current.streamPosition == stored.streamPosition)
    #expect(current.type == stored.type)
    #expect(current.personalDigest == nil)
    #expect(current.commit == stored.commit)
    #expect(stored.data == Array(frozen.data.utf8))
  }

  @Test(
    "without the version that it was stored in is refused",
    arguments: FrozenEvent.all.filter { $0.version < AccountEvent.currentVersion })
  func isNotReadRaw(_ frozen: FrozenEvent) throws {
    let error = try #require(throws: EventDecodingError.self) {
      try AccountEvent(try frozen.recorded())
    }
    #expect(error.problem == "version 1 of '\(frozen.type)' is unknown to this version")
  }
}
