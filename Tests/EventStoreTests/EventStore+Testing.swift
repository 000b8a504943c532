import EventStore

extension EventStore {
  /// Appends in a transaction of its own.
  @discardableResult
  func append(_ commit: NewCommit) throws -> [RecordedEvent] {
    try write { try $0.append(commit) }
  }

  /// Appends events to one stream in a transaction of its own.
  @discardableResult
  func append(
    _ events: [NewEvent], to streamID: String, expecting expected: ExpectedVersion = .any
  ) throws -> [RecordedEvent] {
    try append(
      NewCommit([StreamAppend(streamID: streamID, expectedVersion: expected, events: events)]))
  }

  func events(_ query: EventQuery = EventQuery()) throws -> [RecordedEvent] {
    try read { log in
      var events: [RecordedEvent] = []
      try log.forEachEvent(query) { events.append($0) }
      return events
    }
  }

  func version(of streamID: String) throws -> Int64? {
    try read { try $0.version(of: streamID) }
  }

  func head() throws -> LogHead { try read { try $0.head() } }

  /// Verifies the store alone, without rules about what its events mean.
  @discardableResult
  func verify() throws -> VerifiedLog {
    try read { try $0.verifyWithoutRules() }
  }
}

extension ReadTransaction {
  /// Verifies the log; `also` is shown every commit.
  @discardableResult
  func verifyWithoutRules(
    from trusted: Int64 = 0, also: ([RecordedEvent]) throws -> Void = { _ in }
  ) throws -> VerifiedLog {
    try verify(from: trusted) { commit, copies in
      try also(commit)
      return commit.map { ProjectedEvent($0, content: nil) }
    }
  }
}

extension NewCommit {
  /// A commit of which little but the appends matters.
  init(
    _ appends: [StreamAppend], key: String? = nil, reason: PersonalText? = nil,
    effectiveAtMicros: Int64? = nil
  ) {
    self.init(
      appends: appends, actor: "tester", correlationID: "correlation",
      idempotency: key.map { Idempotency(key: $0, fingerprint: Digest256(of: Array($0.utf8))) },
      reason: reason, effectiveAtMicros: effectiveAtMicros)
  }
}

extension NewEvent {
  /// An event of which only `number` matters.
  static func numbered(_ number: Int) -> NewEvent {
    NewEvent(type: "Numbered", version: 1, data: Array("{\"number\":\(number)}".utf8))
  }
}

extension PersonalText {
  /// Text with a salt that everybody can guess: 16 times the letter A.
  static func sample(_ text: String, field: String = "description") -> PersonalText {
    PersonalText(field: field, salt: Array(repeating: 0x41, count: saltBytes), text: text)
  }
}
