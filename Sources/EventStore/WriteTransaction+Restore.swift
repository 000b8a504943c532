internal import SQLite

/// Why a commit from an exported store can't be recorded as it was there.
public struct RestoreError: Error, Hashable, Sendable {
  /// The global position of the first event that is wrong.
  public let position: Int64
  /// What is wrong.
  public let problem: String
}

extension WriteTransaction {
  /// Gives the store the id of another, whose commits it is about to take over.
  ///
  /// Throws `RestoreError` if it has commits of its own.
  public func takeOver(storeID: String) throws {
    guard head.commitNumber == 0 else {
      throw RestoreError(
        position: 1, problem: "this store has \(head.commitNumber) commits of its own")
    }
    try database.run("UPDATE store SET store_id = ?", storeID)
    try store.reloadStoreID()
    head = try log.head()
  }

  /// Records a commit just as another store recorded it: positions, times, keys, payload bytes, hash.
  ///
  /// Texts that an erasure names are erased when that is restored. Throws `RestoreError` if the commit
  /// doesn't follow the last one here, or if any hash is not that of its content; then nothing of it was
  /// recorded. It throws too if the commit erases what it can't, and then the transaction can't be kept.
  public func restore(_ events: [RecordedEvent]) throws {
    guard let first = events.first, let last = events.last else { return }
    let header = first.commit.header
    func check(_ isRight: Bool, _ problem: @autoclosure () -> String) throws(RestoreError) {
      guard isRight else { throw RestoreError(position: first.position, problem: problem()) }
    }
    try check(
      header.number == head.commitNumber + 1,
      "it is commit \(header.number), and commit \(head.commitNumber + 1) comes next")
    try check(
      header.lastPosition == last.position, "its lastPosition is not that of its last event")
    try check(
      header.recordedAtMicros > head.recordedAtMicros ?? .min,
      "it was not recorded after the commit before it")
    try check(
      header.effectiveAtMicros <= header.recordedAtMicros, "it counts after it was recorded")
    try check(
      (header.fingerprint == nil) == (header.idempotencyKey == nil),
      "it has a key without fingerprint, or the reverse")
    if let key = header.idempotencyKey {
      try check(try isFree(key), "its idempotency key named another commit before")
    }
    if let reason = first.commit.reason {
      try check(reason.hasDigest(header.reasonDigest), "its reason is not that of its digest")
      try check(
        reason.field == StoreSchema.reasonField,
        "its reason stands under the name '\(reason.field)'")
    }
    var places = StreamPlaces(log)
    var streamKeys: [Int64?] = []
    for (event, position) in zip(events, (head.position + 1)...) {
      var place = try places.place(in: event.streamID)
      try checkPlace(of: event, position, place.next())
      places.take(place)
      streamKeys.append(place.key)
    }
    let hash = HashChain.commit(after: head.hash, header, events: events.map(\.digest))
    try check(hash == first.commit.hash, "its hash is not that of its content")
    try restoreErasures(try record(first.commit, events, streamKeys: streamKeys))
  }

  /// To be called after the last commit.
  ///
  /// Throws `RestoreError` if a commit came without a text that no later erasure names, or if an erasure
  /// names what one before it named; then the transaction must not be kept.
  public func finishRestoring() throws {
    guard hasRestoredErasures else { return }
    do {
      try log.checkErasures()
    } catch let problem as StoreProblem {
      throw RestoreError(position: problem.position ?? 1, problem: problem.problem)
    }
  }

  /// What an erasure names goes, whatever file it came from.
  private func restoreErasures(_ events: [RecordedEvent]) throws {
    for event in events {
      let (header, reason) = (event.commit.header, event.commit.reason)
      if event.personalDigest != nil && event.personalText == nil
        || header.reasonDigest != nil && reason == nil
      {
        hasRestoredErasures = true
      }
      guard event.type == PersonalTextErased.type else { continue }
      hasRestoredErasures = true
      try keepingWhole {
        do {
          _ = try removeTexts(of: try log.erasure(event))
        } catch let problem as StoreProblem {
          throw RestoreError(position: event.position, problem: problem.problem)
        }
      }
    }
  }

  private func checkPlace(
    of event: RecordedEvent, _ position: Int64, _ streamPosition: Int64
  ) throws {
    func fail(_ problem: String) -> RestoreError {
      RestoreError(position: position, problem: problem)
    }
    guard event.position == position else {
      throw fail("its position is \(event.position), and \(position) comes next")
    }
    guard event.streamPosition == streamPosition else {
      throw fail(
        "its stream position is \(event.streamPosition), and \(streamPosition) comes next")
    }
    if let text = event.personalText {
      guard text.hasDigest(event.personalDigest) else {
        throw fail("its personal text is not that of its digest")
      }
      guard text.field != StoreSchema.reasonField else {
        throw fail("its personal text stands under the name '\(text.field)', the commit's own")
      }
    }
    if let problem = store.configuration.catalog?.problem(type: event.type, version: event.version)
    {
      throw EventDecodingError(position: position, problem: problem)
    }
  }
}
