public import EventStore

/// A test of an aggregate's rules in three words: given what happened, when a command comes, then these
/// events, or this refusal.
///
/// Works with any test framework: a scenario that ends otherwise throws a `ScenarioFailure`.
///
///     try given(Light(), .switchedOn).when(.switchOff).then(.switchedOff)
///     try given(Light()).when(.switchOff).refused(Light.Refusal.isOff)
public struct Scenario<State: Decider> {
  /// What the events given add up to.
  public let state: State

  /// What becomes of `command`.
  public func when(_ command: State.Command) -> Outcome<State> {
    do throws(State.Refusal) {
      let events = try state.decide(command)
      return Outcome(state: events.reduce(into: state) { $0.evolve($1) }, result: .success(events))
    } catch {
      return Outcome(state: state, result: .failure(error))
    }
  }
}

/// `state` after `events`, in order.
public func given<State: Decider>(_ state: State, _ events: State.Event...) -> Scenario<State> {
  given(state, events)
}

/// `state` after `events`, in order.
public func given<State: Decider>(_ state: State, _ events: [State.Event]) -> Scenario<State> {
  Scenario(state: events.reduce(into: state) { $0.evolve($1) })
}

/// What became of a command.
public struct Outcome<State: Decider> {
  /// The state after the command's events, or as it was if the command was refused.
  public let state: State
  /// The command's events in order, or why it was refused.
  public let result: Result<[State.Event], State.Refusal>
}

/// A scenario that did not end as its test says.
public struct ScenarioFailure: Error, CustomStringConvertible {
  /// What was expected, and what happened.
  public let description: String
}

extension Outcome where State.Event: Equatable {
  /// Throws `ScenarioFailure` unless the command made exactly `events`; none means that it changed
  /// nothing. Returns what came after, for the next step of a longer story.
  @discardableResult
  public func then(_ events: State.Event...) throws -> Scenario<State> {
    switch result {
    case .success(let made) where made == events: return Scenario(state: state)
    case .success(let made): throw failure(expected: "\(events)", found: "\(made)")
    case .failure(let error): throw failure(expected: "\(events)", found: "refused: \(error)")
    }
  }
}

extension Outcome {
  /// Throws `ScenarioFailure` unless the command was refused with just this error.
  public func refused<Refusal: Error & Equatable>(_ refusal: Refusal) throws {
    switch result {
    case .success(let made): throw failure(expected: "refused: \(refusal)", found: "\(made)")
    case .failure(let error):
      guard let error = error as? Refusal, error == refusal else {
        throw failure(expected: "refused: \(refusal)", found: "refused: \(error)")
      }
    }
  }

  private func failure(expected: String, found: String) -> ScenarioFailure {
    ScenarioFailure(description: "expected \(expected); found \(found)")
  }
}
