internal import SQLite

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
    let through = events.count < limit ? head : events.last?.position ?? head
    // Else they would be delivered again and again.
    if let last = events.last?.position, last > through {
      throw StoreFileError.damaged(
        path: store.path, position: last, problem: "it stands after the end of the log")
    }
    return (events, through)
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
  func forEachHeldBack(
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
