public import EventStore

/// A subscription, and how much it has not been given yet.
public struct SubscriptionStatus: Hashable, Sendable {
  /// The subscription.
  public let subscription: Subscription
  /// How many events after its checkpoint it wants.
  public let lag: Int64
}

/// Where a new subscription begins.
public enum SubscriptionStart: Hashable, Sendable {
  /// With the first event of the log.
  case start
  /// With the next event that is recorded.
  case now
  /// With what comes after a global position.
  case after(Int64)
}

// Subscriptions are no part of the log: the file remembers them, and no hash covers them.
extension Ledger {
  /// All subscriptions by name, as of one moment.
  public func subscriptions() throws -> [SubscriptionStatus] {
    try store.read { log in
      try log.subscriptions().map { SubscriptionStatus(subscription: $0, lag: try log.lag(of: $0)) }
    }
  }

  /// The subscription of that name. Throws `SubscriptionError.notFound`.
  public func subscription(named name: String) throws -> Subscription {
    try store.read { try $0.subscription(named: name) }
  }

  /// Makes a subscription. Throws `SubscriptionError`.
  public func createSubscription(
    _ name: String, from start: SubscriptionStart = .start,
    _ filter: Subscription.Filter = .init()
  ) throws -> Subscription {
    precondition(Subscription.isName(name), "'\(name)' names no subscription")
    let position: Int64 =
      switch start {
      case .start: 0
      case .now: try store.read { try $0.head().position }
      case .after(let position): position
      }
    return try store.createSubscription(name, after: position, filter)
  }

  /// Forgets a subscription with its dead letters. Throws `SubscriptionError.notFound`, and `running` while
  /// somebody runs it: who began with one of this name must not go on with the next.
  @discardableResult
  public func deleteSubscription(_ name: String) throws -> Subscription {
    let lock = try lockSubscription(name)
    defer { withExtendedLifetime(lock) {} }
    return try store.deleteSubscription(name)
  }

  /// What a subscription is to be given next, at most `limit` events, and where it is once it has them.
  public func deliveries(
    to name: String, limit: Int
  ) throws -> (events: [RecordedEvent], from: Int64, through: Int64) {
    try store.read { log in
      let subscription = try log.subscription(named: name)
      let (events, through) = try log.deliveries(to: subscription, limit: limit)
      return (events, subscription.checkpoint, through)
    }
  }

  /// Records that all up to `position` was delivered; see `EventStore.acknowledge`.
  @discardableResult
  public func acknowledge(
    _ name: String, through position: Int64, expecting expected: Int64? = nil
  ) throws -> Subscription {
    try store.acknowledge(name, through: position, expecting: expected)
  }

  /// The events that could not be delivered, and those of their streams that wait for them.
  public func deadLetters(of name: String) throws -> [DeadLetter] {
    try store.read { try $0.deadLetters(of: $0.subscription(named: name)) }
  }

  /// Has dead letters tried again by whoever runs the subscription; see `EventStore.retryDeadLetters`.
  public func retryDeadLetters(of name: String, position: Int64? = nil) throws -> Int64 {
    try store.retryDeadLetters(of: name, position: position)
  }

  /// Gives up a dead letter; see `EventStore.discard`.
  public func discardDeadLetter(at position: Int64, of name: String) throws {
    try store.discard(position, of: name)
  }

  /// Calls `body` for what a subscription is to be given next, at most `limit` events, as of one moment.
  public func forEachDelivery(
    to name: String, limit: Int?, _ body: (RecordedEvent) throws -> Void
  ) throws {
    try store.read { log in
      try log.forEachDelivery(to: log.subscription(named: name), limit: limit, body)
    }
  }

  /// Whether a process runs the subscription now.
  public func isSubscriptionRunning(_ name: String) throws -> Bool {
    SubscriptionLock.isHeld(of: name, in: store.path)
  }

  /// The right to run a subscription; it ends with the object. Throws `SubscriptionError`.
  public func lockSubscription(_ name: String) throws -> SubscriptionLock {
    _ = try subscription(named: name)
    return try SubscriptionLock(of: name, in: store.path)
  }
}
