import Testing

@testable import EventStore

@Suite("A commit that was altered on its way is not recorded")
struct RestoreRefusalTests {
  let trial: RestoreTrial

  init() throws { trial = try RestoreTrial() }

  /// Changes of one thing, after which nobody computed the hash again.
  static let changes: [CommitChange] = [
    .header("number") { $0.with(number: 4) },
    .header("last position") { $0.with(lastPosition: 6) },
    .header("recorded time") { $0.with(recordedAtMicros: $0.recordedAtMicros + 1) },
    .header("effective time") { $0.with(effectiveAtMicros: 5) },
    .header("actor") { $0.with(actor: "Alice") },
    .header("correlation id") { $0.with(correlationID: "c-4") },
    .header("causation id") { $0.with(causationID: "c-2") },
    .header("key") { $0.with(idempotencyKey: "other", fingerprint: Digest256(of: [])) },
    .header("digest of the reason") { $0.with(reasonDigest: Digest256(of: [])) },
    .header("no digest of the reason") { $0.with(reasonDigest: .some(nil)) },
    .header("other metadata") { $0.with(otherMetadata: Array("{}".utf8)) },
    .reason("reason", .sample("Rent", field: "reason")),
    .last("position") { $0.with(position: 6) },
    .last("stream") { $0.with(streamID: "a", streamPosition: 3) },
    .last("stream position") { $0.with(streamPosition: 2) },
    .last("type") { $0.with(type: "Opened") },
    .last("version") { $0.with(version: 2) },
    .last("data, a blank") { $0.with(data: $0.data + [0x20]) },
    .last("data, a digit") { $0.with(data: Array("{\"number\":6}".utf8)) },
    .last("digest of the text") { $0.with(personalDigest: Digest256(of: [])) },
    .last("no digest of the text") { $0.with(personalDigest: .some(nil)) },
    .last("text") { $0.with(personalText: .sample("Dinner")) },
    .last("salt") {
      let salt = Array(repeating: UInt8(0x42), count: PersonalText.saltBytes)
      return $0.with(
        personalText: PersonalText(stored: "description", salt: salt, text: "dinner"))
    },
    CommitChange("hash") {
      $0.map { $0.with(commit: $0.commit.with(hash: Digest256(of: []))) }
    },
    CommitChange("last event missing") { $0.dropLast() },
    CommitChange("order of events") { $0.reversed() },
    CommitChange("events twice") { $0 + $0 },
    CommitChange("one event twice") { [$0[0], $0[0]] },
  ]

  @Test("whatever is changed, left out or swapped", arguments: changes)
  func changed(_ change: CommitChange) throws {
    let error = try trial.refusal(of: change.apply(trial.next))
    #expect([4, 5, 6].contains(error.position))
  }

  @Test("a change of the data alone shows in the hash")
  func data() throws {
    let events = trial.next.map { $0.with(data: $0.data + [0x20]) }
    #expect(
      try trial.refusal(of: events)
        == RestoreError(position: 4, problem: "its hash is not that of its content"))
  }

  @Test("a transaction that is told of one goes on with the right one")
  func goesOn() throws {
    let wrong = trial.next.map { $0.with(data: Array("{}".utf8)) }
    try trial.store.write { transaction in
      #expect(throws: RestoreError.self) { try transaction.restore(wrong) }
      try transaction.restore(trial.next)
      try transaction.restore([])
    }
    #expect(try trial.store.events().map(\.streamPosition) == [0, 1, 0, 2, 1])
    #expect(try trial.file.verify().events == 5)
  }

  @Test("a commit that is there already, or that skips one, is none that comes next")
  func order() throws {
    #expect(
      try trial.refusal(of: trial.commits[1])
        == RestoreError(position: 3, problem: "it is commit 2, and commit 3 comes next"))
    let empty = try TestStore()
    let error = RestoreError(position: 3, problem: "it is commit 2, and commit 1 comes next")
    #expect(throws: error) { try empty.open().write { try $0.restore(trial.commits[1]) } }
  }

  @Test("without the store's id no hash is right")
  func otherID() throws {
    let other = try TestStore(isCreated: false)
    try EventStore.create(at: other.path, storeID: "other", configuration: other.configuration())
    let error = RestoreError(position: 1, problem: "its hash is not that of its content")
    #expect(throws: error) { try other.open().write { try $0.restore(trial.commits[0]) } }
    #expect(try other.open().events() == [])
  }

  @Test("an event that this build doesn't know is refused by name")
  func unknown() throws {
    trial.file.catalog = EventCatalog([.init("Opened", version: 1)])
    let store = try trial.file.open(projections: [])
    let error = EventDecodingError(
      position: 4,
      problem: "the event type 'Moved' is unknown to this version, which knows: Opened, "
        + "PersonalTextErased")
    #expect(throws: error) { try store.write { try $0.restore(trial.next) } }
    #expect(try store.head().commitNumber == 2)
  }
}
