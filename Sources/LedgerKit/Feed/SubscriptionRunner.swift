public import EventStore

/// How a delivery went.
public enum Delivery: Hashable, Sendable {
  /// Everything was taken.
  case done
  /// There was nothing to take: of such events, nobody is told.
  case nothing
  /// Something was not taken, and would not be another time either.
  case refused(problem: String)
  /// Nothing can be taken now: no event is to blame.
  case unavailable(problem: String)
}

/// Too many events in a row were refused: whoever takes them is to blame rather than they.
public struct TooManyRefused: Error, Hashable, Sendable {
  /// The subscription.
  public let name: String
  /// How many were refused in a row.
  public let count: Int
  /// What was wrong with the last.
  public let problem: String
}

/// Delivers what a subscription wants, in order and each at least once.
///
/// A batch that is refused is tried again with longer and longer rests, then in halves, until the event to
/// blame is found: it becomes a dead letter, for which later events of its stream wait while other streams
/// go on. Hold the `SubscriptionLock` while you use it. Killed at any point, the next one begins with the
/// first event that was not acknowledged.
public struct SubscriptionRunner {
  /// How patient a runner is.
  public struct Policy: Hashable, Sendable {
    /// How many events are delivered together at most.
    public var batch = 100
    /// How often one is tried again before it is given up.
    public var retries = 5
    /// How long it rests before it tries again; twice as long each time. Milliseconds.
    public var firstRestMillis: Int64 = 100
    /// How long it rests at most. Milliseconds.
    public var longestRestMillis: Int64 = 10_000
    /// After so many refused events in a row it ends.
    public var mostRefused = 10

    /// The usual patience.
    public init() {}
  }

  /// What a step came to.
  public enum Step: Hashable, Sendable {
    /// So many events were delivered; 0 if there was other work.
    case worked(Int)
    /// There is nothing to deliver.
    case idle
    /// `rest` said that it is time to end.
    case ended
  }

  private let ledger: Ledger
  private let name: String
  private let policy: Policy
  /// How many are delivered together now: fewer while one to blame is looked for.
  private var limit: Int
  /// The end of the last batch that was refused; nil once it is behind the checkpoint.
  private var suspectThrough: Int64?
  private var refusedInARow = 0

  /// A runner of the subscription `name`.
  public init(_ ledger: Ledger, name: String, policy: Policy = Policy()) {
    (self.ledger, self.name, self.policy) = (ledger, name, policy)
    limit = policy.batch
  }

  /// Delivers the next batch, or the next dead letter that is to be tried again.
  ///
  /// `rest` waits so many milliseconds, and returns false if it is time to end. Throws `TooManyRefused`.
  public mutating func step(
    rest: (Int64) throws -> Bool, deliver: ([RecordedEvent]) throws -> Delivery
  ) throws -> Step {
    do {
      if let event = try dueDeadLetter() { return try retry(event, rest, deliver) }
      let (events, checkpoint, through) = try ledger.deliveries(to: name, limit: limit)
      guard !events.isEmpty else {
        guard through > checkpoint else { return .idle }
        try ledger.acknowledge(name, through: through, expecting: checkpoint)
        return .worked(0)
      }
      // While halves are tried, it is known already that waiting does not help.
      let retries = suspectThrough == nil || events.count == 1 ? policy.retries : 0
      let delivery = try attempt(events, retries: retries, rest, deliver)
      switch delivery {
      case nil: return .ended
      case .done?, .nothing?:
        try ledger.acknowledge(name, through: through, expecting: checkpoint)
        if delivery == .done { refusedInARow = 0 }
        forgetSuspects(through: through)
        return .worked(events.count)
      case .refused(let problem)?, .unavailable(let problem)?:
        if events.count > 1 {
          limit = events.count / 2
          suspectThrough = through
        } else {
          try bury(events[0], after: checkpoint, attempts: retries + 1, problem)
          forgetSuspects(through: events[0].position)
        }
        return .worked(0)
      }
    } catch SubscriptionError.moved {
      // Somebody else acknowledged: what is next has changed.
      return .worked(0)
    } catch SubscriptionError.noDeadLetter {
      // Somebody else gave it up meanwhile.
      return .worked(0)
    }
  }

  private mutating func forgetSuspects(through position: Int64) {
    guard position >= suspectThrough ?? 0 else { return }
    (limit, suspectThrough) = (policy.batch, nil)
  }

  private func dueDeadLetter() throws -> RecordedEvent? {
    try ledger.store.read { try $0.dueDeadLetter(of: $0.subscription(named: name)) }
  }

  private mutating func retry(
    _ event: RecordedEvent, _ rest: (Int64) throws -> Bool,
    _ deliver: ([RecordedEvent]) throws -> Delivery
  ) throws -> Step {
    switch try attempt([event], retries: 0, rest, deliver) {
    case nil: return .ended
    case .done?, .nothing?:
      try ledger.store.settle(event.position, of: name, problem: nil)
      return .worked(1)
    case .refused(let problem)?, .unavailable(let problem)?:
      try ledger.store.settle(event.position, of: name, problem: problem)
      return .worked(0)
    }
  }

  private mutating func bury(
    _ event: RecordedEvent, after checkpoint: Int64, attempts: Int, _ problem: String
  ) throws {
    refusedInARow += 1
    guard refusedInARow <= policy.mostRefused else {
      throw TooManyRefused(name: name, count: policy.mostRefused, problem: problem)
    }
    try ledger.store.bury(
      event.position, of: name, expecting: checkpoint, attempts: Int64(attempts),
      problem: problem)
  }

  /// Delivers `events`, and again up to `retries` times if they are refused; as often as it takes while
  /// nothing can be taken. Nil if it is time to end.
  private func attempt(
    _ events: [RecordedEvent], retries: Int, _ rest: (Int64) throws -> Bool,
    _ deliver: ([RecordedEvent]) throws -> Delivery
  ) throws -> Delivery? {
    var (millis, refusals) = (policy.firstRestMillis, 0)
    while true {
      let delivery = try deliver(events)
      switch delivery {
      case .done, .nothing: return delivery
      case .refused:
        refusals += 1
        if refusals > retries { return delivery }
      case .unavailable: break
      }
      guard try rest(millis) else { return nil }
      millis = min(2 * millis, max(policy.firstRestMillis, policy.longestRestMillis))
    }
  }
}
