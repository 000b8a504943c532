internal import SQLite

/// A named reader of the log that the file remembers.
public struct Subscription: Hashable, Sendable {
  /// Its key in the file.
  package let id: Int64
  /// Names it in its file.
  public let name: String
  /// Whether a subscription may have that name: 1 to 64 letters, digits and `-_.`, beginning with a letter or
  /// digit. It is part of a file's name.
  public static func isName(_ text: String) -> Bool {
    let characters = text.unicodeScalars
    return (1...64).contains(characters.count)
      && characters.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || isDigit($0) || "-_.".contains(Character($0)))
      }
      && characters.first.map { $0.properties.isAlphabetic || isDigit($0) } == true
  }

  private static func isDigit(_ character: Unicode.Scalar) -> Bool {
    ("0"..."9").contains(character)
  }

  /// A global position: all that it wants up to there was delivered, or is a dead letter.
  public let checkpoint: Int64
  /// What it wants.
  public let filter: Filter
  /// Microseconds since 1970, UTC.
  public let createdAtMicros: Int64
  /// How many events could not be delivered.
  public let deadLetters: Int64
  /// How many wait for one of these, of their own stream.
  public let waiting: Int64

  /// What a subscription wants. All conditions must hold.
  public struct Filter: Hashable, Sendable {
    /// Only these types of event; nil means every type.
    public var types: [String]?
    /// Only streams whose id begins with this.
    public var streamPrefix: String?

    /// Everything.
    public init() {}

    /// Whether it lets `event` through.
    public func wants(_ event: RecordedEvent) -> Bool {
      types?.contains(event.type) ?? true
        && streamPrefix.map { event.streamID.utf8.starts(with: $0.utf8) } ?? true
    }

    /// A value with all its fields.
    public init(types: [String]?, streamPrefix: String?) {
      (self.types, self.streamPrefix) = (types, streamPrefix)
    }
  }

  /// The query for what it wants after its checkpoint, or after another position.
  func query(after position: Int64? = nil) -> EventQuery {
    var query = EventQuery()
    query.types = filter.types
    query.streamPrefix = filter.streamPrefix
    query.after = position ?? checkpoint
    return query
  }
}

/// An event that could not be delivered, or that waits for one of its stream.
public struct DeadLetter: Hashable, Sendable {
  /// Its global position.
  public let position: Int64
  /// Its stream.
  public let streamID: String
  /// How often it was tried; 0: it waits.
  public let attempts: Int64
  /// What was wrong the last time; nil if it was never tried.
  public let problem: String?
  /// When that was: microseconds since 1970, UTC.
  public let failedAtMicros: Int64?
  /// Whether it is to be tried again.
  public let isDue: Bool
}

/// Why a subscription does not do what was asked.
public enum SubscriptionError: Error, Hashable, Sendable {
  /// There is none of that name.
  case notFound(name: String)
  /// There is one of that name.
  case exists(name: String)
  /// It is at `checkpoint`, not where the caller believes it is: somebody else moved it.
  case moved(name: String, checkpoint: Int64)
  /// The log ends at `head`.
  case beyondEnd(name: String, position: Int64, head: Int64)
  /// It has no dead letter at `position`, or one that waits.
  case noDeadLetter(name: String, position: Int64)
  /// Somebody else runs it.
  case running(name: String)
}

extension ReadTransaction {
  /// All subscriptions, by name.
  public func subscriptions() throws -> [Subscription] {
    var found: [Subscription] = []
    try store.database.forEach("\(Self.subscriptionQuery) ORDER BY s.name") {
      found.append(Self.subscription($0))
    }
    return found
  }

  /// The subscription of that name. Throws `SubscriptionError.notFound`.
  public func subscription(named name: String) throws -> Subscription {
    let found = try store.database.first(
      "\(Self.subscriptionQuery) WHERE s.name = ?", name, read: Self.subscription)
    guard let found else { throw SubscriptionError.notFound(name: name) }
    return found
  }

  private static let subscriptionQuery = """
    SELECT s.subscription_id, s.name, s.checkpoint, s.event_types, s.stream_prefix,
           s.created_at_us,
           (SELECT count(*) FROM dead_letters d
             WHERE d.subscription_id = s.subscription_id AND d.attempts > 0),
           (SELECT count(*) FROM dead_letters d
             WHERE d.subscription_id = s.subscription_id AND d.attempts = 0)
      FROM subscriptions s
    """

  private static func subscription(_ row: Row) -> Subscription {
    let types = row.optionalText(3)?.split(separator: "\n").map(String.init)
    return Subscription(
      id: row.int64(0), name: row.text(1), checkpoint: row.int64(2),
      filter: .init(types: types, streamPrefix: row.optionalText(4)),
      createdAtMicros: row.int64(5), deadLetters: row.int64(6), waiting: row.int64(7))
  }

  /// How many events after its checkpoint a subscription wants, those that would wait included.
  public func lag(of subscription: Subscription) throws -> Int64 {
    var count: Int64 = 0
    var query = subscription.query()
    query.includesPersonalText = false
    query.isRaw = true
    try forEachEvent(query) { _ in count += 1 }
    return count
  }

  /// The dead letters of a subscription in the order of the log, those that wait for one included: all, or the
  /// one at `position`.
  public func deadLetters(
    of subscription: Subscription, at position: Int64? = nil
  ) throws -> [DeadLetter] {
    var found: [DeadLetter] = []
    try store.database.forEach(
      """
      SELECT d.position, s.stream_id, d.attempts, d.problem, d.failed_at_us, d.is_due
        FROM dead_letters d JOIN streams s USING (stream_key)
       WHERE d.subscription_id = ?1 AND (?2 IS NULL OR d.position = ?2) ORDER BY d.position
      """, subscription.id, position
    ) { row in
      found.append(
        DeadLetter(
          position: row.int64(0), streamID: row.text(1), attempts: row.int64(2),
          problem: row.optionalText(3), failedAtMicros: row.optionalInt64(4),
          isDue: row.int64(5) != 0))
    }
    return found
  }

  /// The next event to be tried again: the first dead letter of its stream, and due; nil if there is none.
  public func dueDeadLetter(of subscription: Subscription) throws -> RecordedEvent? {
    let position =
      try store.database.first(
        """
        SELECT min(position) FROM dead_letters d
         WHERE subscription_id = ?1 AND is_due = 1
           AND position = (SELECT min(position) FROM dead_letters
                            WHERE subscription_id = ?1 AND stream_key = d.stream_key)
        """, subscription.id
      ) { $0.optionalInt64(0) } ?? nil
    return try position.flatMap { try event(at: $0) }
  }

  /// The streams that wait for a dead letter.
  private func waitingStreams(of subscription: Subscription) throws -> Set<String> {
    var streams: Set<String> = []
    try store.database.forEach(
      """
      SELECT stream_id FROM streams
       WHERE stream_key IN (SELECT stream_key FROM dead_letters WHERE subscription_id = ?)
      """, subscription.id
    ) { streams.insert($0.text(0)) }
    return streams
  }

  /// What a subscription is to be given next: at most `limit` events after its checkpoint, in order, and how
  /// far it has come once they are delivered. Events of streams that wait for a dead letter are left out.
  public func deliveries(
    to subscription: Subscription, limit: Int
  ) throws -> (events: [RecordedEvent], through: Int64) {
    var events: [RecordedEvent] = []
    try forEachDelivery(to: subscription, limit: limit) { events.append($0) }
    let head = max(try head().position, subscription.checkpoint)
    return (events, events.count < limit ? head : events.last?.position ?? head)
  }

  /// Calls `body` for the events of `deliveries`; nil means all of them.
  public func forEachDelivery(
    to subscription: Subscription, limit: Int?, _ body: (RecordedEvent) throws -> Void
  ) throws {
    let waiting = try waitingStreams(of: subscription)
    var query = subscription.query()
    query.limit = limit
    try forEachEvent(query, where: { !waiting.contains($0.streamID) }, body)
  }

  /// Calls `body` for what a subscription wants after its checkpoint up to `end` in streams that wait.
  fileprivate func forEachHeldBack(
    _ subscription: Subscription, through end: Int64, _ body: (RecordedEvent) throws -> Void
  ) throws {
    let waiting = try waitingStreams(of: subscription)
    guard !waiting.isEmpty else { return }
    var query = subscription.query()
    query.through = end
    query.includesPersonalText = false
    query.isRaw = true
    try forEachEvent(query, where: { waiting.contains($0.streamID) }, body)
  }
}

extension EventStore {
  /// Makes a subscription that is told what comes after `position`.
  ///
  /// Throws `SubscriptionError.exists`, or `beyondEnd` if the log does not go so far.
  public func createSubscription(
    _ name: String, after position: Int64, _ filter: Subscription.Filter
  ) throws -> Subscription {
    try maintain { log in
      if try log.subscriptions().contains(where: { $0.name == name }) {
        throw SubscriptionError.exists(name: name)
      }
      let head = try log.head().position
      guard position <= head else {
        throw SubscriptionError.beyondEnd(name: name, position: position, head: head)
      }
      try database.run(
        """
        INSERT INTO subscriptions (name, checkpoint, event_types, stream_prefix, created_at_us)
          VALUES (?, ?, ?, ?, ?)
        """, name, position, filter.types?.joined(separator: "\n"), filter.streamPrefix,
        configuration.clockMicros())
      return try log.subscription(named: name)
    }
  }

  /// Forgets a subscription with its dead letters. Throws `SubscriptionError.notFound`.
  public func deleteSubscription(_ name: String) throws -> Subscription {
    try maintain { log in
      let subscription = try log.subscription(named: name)
      try database.run(
        "DELETE FROM dead_letters WHERE subscription_id = ?", subscription.id)
      try database.run("DELETE FROM subscriptions WHERE subscription_id = ?", subscription.id)
      return subscription
    }
  }

  /// Records that all up to `position` was delivered; what it wants up to there of streams that wait for a
  /// dead letter waits too.
  ///
  /// With `expected`, only if the checkpoint is there. It never goes back: a second acknowledgement of the
  /// same position changes nothing, and one of an earlier one throws `SubscriptionError.moved`.
  @discardableResult
  public func acknowledge(
    _ name: String, through position: Int64, expecting expected: Int64? = nil
  ) throws -> Subscription {
    try maintain { log in
      let subscription = try log.subscription(named: name)
      let checkpoint = subscription.checkpoint
      guard expected ?? checkpoint == checkpoint, position >= checkpoint else {
        throw SubscriptionError.moved(name: name, checkpoint: checkpoint)
      }
      let head = try log.head().position
      guard position <= head else {
        throw SubscriptionError.beyondEnd(name: name, position: position, head: head)
      }
      if position > checkpoint { try advance(subscription, to: position, log) }
      return try log.subscription(named: name)
    }
  }

  private func advance(
    _ subscription: Subscription, to position: Int64, _ log: ReadTransaction
  ) throws {
    try log.forEachHeldBack(subscription, through: position) { event in
      try database.run(
        """
        INSERT INTO dead_letters (subscription_id, position, stream_key, attempts, is_due)
          SELECT ?, position, stream_key, 0, 0 FROM recorded_events WHERE position = ?
        """, subscription.id, event.position)
    }
    try database.run(
      "UPDATE subscriptions SET checkpoint = ? WHERE subscription_id = ?", position,
      subscription.id)
  }

  /// Records that the event at `position`, the next that the subscription wanted after `expected`, can't be
  /// delivered: later ones of its stream wait for it, and the subscription goes on with others.
  ///
  /// Throws `SubscriptionError.moved` if the checkpoint is not at `expected`.
  public func bury(
    _ position: Int64, of name: String, expecting expected: Int64, attempts: Int64,
    problem: String
  ) throws {
    try maintain { log in
      let subscription = try log.subscription(named: name)
      guard subscription.checkpoint == expected, position > expected else {
        throw SubscriptionError.moved(name: name, checkpoint: subscription.checkpoint)
      }
      // First what waits for others already.
      try advance(subscription, to: position, log)
      try database.run(
        """
        INSERT INTO dead_letters
          SELECT ?, position, stream_key, ?, ?, ?, 0 FROM recorded_events WHERE position = ?
        """, subscription.id, attempts, problem, configuration.clockMicros(), position)
    }
  }

  /// Records how it went to try the dead letter at `position` again: with a `problem` it stays and is no
  /// longer due; without one it is gone, and the next of its stream is due.
  ///
  /// Throws `SubscriptionError.noDeadLetter` if it is gone.
  public func settle(_ position: Int64, of name: String, problem: String?) throws {
    try maintain { log in
      let letter = try deadLetter(at: position, of: name, log)
      if let problem {
        try database.run(
          """
          UPDATE dead_letters
             SET attempts = attempts + 1, problem = ?, failed_at_us = ?, is_due = 0
           WHERE subscription_id = ? AND position = ?
          """, problem, configuration.clockMicros(), letter.subscription.id, position)
      } else {
        try remove(letter.letter, of: letter.subscription, log)
      }
    }
  }

  /// Gives up the dead letter at `position`: the next of its stream is due. Throws
  /// `SubscriptionError.noDeadLetter` if there is none, or if it waits itself.
  public func discard(_ position: Int64, of name: String) throws {
    try maintain { log in
      let found = try deadLetter(at: position, of: name, log)
      guard found.letter.attempts > 0 || found.letter.isDue else {
        throw SubscriptionError.noDeadLetter(name: name, position: position)
      }
      try remove(found.letter, of: found.subscription, log)
    }
  }

  /// Has dead letters tried again: the one at `position`, or all that wait for no other. Returns how many.
  public func retryDeadLetters(of name: String, position: Int64? = nil) throws -> Int64 {
    try maintain { log in
      let subscription = try log.subscription(named: name)
      if let position { _ = try deadLetter(at: position, of: name, log) }
      try database.run(
        """
        UPDATE dead_letters SET is_due = 1
         WHERE subscription_id = ?1 AND (?2 IS NULL OR position = ?2)
           AND position = (SELECT min(position) FROM dead_letters d
                            WHERE d.subscription_id = ?1 AND d.stream_key = dead_letters.stream_key)
        """, subscription.id, position)
      return try database.first("SELECT changes()") { $0.int64(0) } ?? 0
    }
  }

  private func deadLetter(
    at position: Int64, of name: String, _ log: ReadTransaction
  ) throws -> (subscription: Subscription, letter: DeadLetter) {
    let subscription = try log.subscription(named: name)
    let letter = try log.deadLetters(of: subscription, at: position).first
    guard let letter else {
      throw SubscriptionError.noDeadLetter(name: name, position: position)
    }
    return (subscription, letter)
  }

  private func remove(
    _ letter: DeadLetter, of subscription: Subscription, _ log: ReadTransaction
  ) throws {
    try database.run(
      "DELETE FROM dead_letters WHERE subscription_id = ? AND position = ?", subscription.id,
      letter.position)
    try database.run(
      """
      UPDATE dead_letters SET is_due = 1
       WHERE subscription_id = ?1
         AND position = (SELECT min(position) FROM dead_letters
                          WHERE subscription_id = ?1
                            AND stream_key = (SELECT stream_key FROM recorded_events
                                               WHERE position = ?2))
      """, subscription.id, letter.position)
  }
}

extension ReadTransaction {
  /// Throws `StoreProblem` unless every subscription is where one can be, with a log that ends at `head`.
  func checkSubscriptions(head: Int64) throws {
    try store.database.forEach(
      "SELECT name, checkpoint FROM subscriptions WHERE checkpoint NOT BETWEEN 0 AND ?", head
    ) { row in
      throw StoreProblem(
        position: nil,
        problem:
          "the subscription \(row.text(0)) is at checkpoint \(row.int64(1)); the log ends at "
          + "\(head)")
    }
    try store.database.forEach(
      """
      SELECT d.position FROM dead_letters d
        LEFT JOIN subscriptions s USING (subscription_id)
        LEFT JOIN recorded_events e ON e.position = d.position AND e.stream_key = d.stream_key
       WHERE s.subscription_id IS NULL OR e.position IS NULL OR d.position > s.checkpoint
      """
    ) { row in
      throw StoreProblem(
        position: nil, problem: "the dead letter of position \(row.int64(0)) is of no such event")
    }
  }
}
