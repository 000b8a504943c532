/// An aggregate with its rules, in terms of a program's own commands and events.
///
/// `decide` says what a command makes of the state, or throws why it is refused; `evolve` moves the
/// state past an event and holds no rules (Chassaing's decider). Neither knows of any store: both are
/// tested with plain values, see `Scenario` in the library AggregateTesting.
public protocol Decider {
  /// What may be asked for, and refused.
  associatedtype Command
  /// What happened.
  associatedtype Event

  /// Why a command was refused.
  associatedtype Refusal: Error = any Error

  /// The events that `command` makes of this state, none if it changes nothing; throws why it is
  /// refused.
  func decide(_ command: Command) throws(Refusal) -> [Event]

  /// Moves the state past `event`.
  mutating func evolve(_ event: Event)
}

/// An event of a program's own, as it is stored.
public protocol StorableEvent {
  /// The event that `recorded`, which comes in the current version of its type, stores; throws if it
  /// can't be read.
  init(_ recorded: RecordedEvent) throws

  /// The event as it is to be stored.
  func stored() throws -> NewEvent
}

extension Decider where Self: Aggregate, Event: StorableEvent {
  /// Moves the state past a recorded event.
  public mutating func evolve(_ recorded: RecordedEvent) throws {
    evolve(try Event(recorded))
  }
}

extension EventStore {
  /// Has the aggregate at `streamID` decide `command`, outside any transaction, and appends its events.
  ///
  /// Retries, idempotency and errors are those of `append(to:as:_:retries:decide:)`.
  @discardableResult
  public func perform<State: Aggregate & Decider>(
    _ command: State.Command, on streamID: String, as type: State.Type, _ commit: NewCommit,
    retries: Int = 3
  ) throws -> [RecordedEvent] where State.Event: StorableEvent {
    try append(to: streamID, as: type, commit, retries: retries) { state in
      try state.decide(command).map { try $0.stored() }
    }
  }
}
