import AggregateTesting
import EventStore
import Testing

@Suite("A scenario: given, when, then")
struct ScenarioTests {
  private let empty = Counter(streamID: "")

  private func added(_ numbers: Int...) -> [Counter.Added] { numbers.map { Counter.Added($0) } }

  @Test("what was given adds up to the state on which the command is decided")
  func state() throws {
    #expect(given(empty).state == empty)
    #expect(given(empty, Counter.Added(3), Counter.Added(4)).state == Counter(sum: 7, count: 2))
    #expect(given(empty, added(3, 4)).state == Counter(sum: 7, count: 2))
    try given(empty, added(3, 4)).when(.add([-7])).then(Counter.Added(-7))
    try given(empty, added(3, 4)).when(.add([-8])).refused(Counter.Refusal.belowZero(-1))
  }

  @Test("the state afterwards is past the command's events, or as it was if it was refused")
  func afterwards() throws {
    let outcome = given(empty, added(3)).when(.add([1, 1]))
    #expect(outcome.state == Counter(sum: 5, count: 3))
    #expect(try outcome.result.get() == added(1, 1))
    let refused = given(empty, added(3)).when(.add([-4]))
    #expect(refused.state == Counter(sum: 3, count: 1))
    #expect(refused.result == .failure(.belowZero(-1)))
  }

  @Test("a story goes on where the step before it ended")
  func story() throws {
    try given(empty)
      .when(.add([5])).then(Counter.Added(5))
      .when(.add([])).then()
      .when(.add([1, -6])).then(Counter.Added(1), Counter.Added(-6))
      .when(.add([-1])).refused(Counter.Refusal.belowZero(-1))
  }

  /// What the failure of `body` says.
  private func failure(_ body: () throws -> Void) throws -> String {
    try #require(#expect(throws: ScenarioFailure.self) { try body() }).description
  }

  @Test("other events than expected are a failure that shows both")
  func otherEvents() throws {
    for (expected, numbers) in [(added(6), [5]), (added(5, 5), [5]), ([], [5]), (added(5), [])] {
      let text = try failure {
        let outcome = given(empty).when(.add(numbers))
        switch expected.count {
        case 0: try outcome.then()
        case 1: try outcome.then(expected[0])
        default: try outcome.then(expected[0], expected[1])
        }
      }
      let found = numbers.map { Counter.Added($0) }
      #expect(text == "expected \(expected); found \(found)")
    }
  }

  @Test("events in another order are other events")
  func order() throws {
    let text = try failure {
      try given(empty).when(.add([1, 2])).then(Counter.Added(2), Counter.Added(1))
    }
    #expect(text == "expected \(added(2, 1)); found \(added(1, 2))")
  }

  @Test("a refusal where events were expected is a failure that shows both")
  func refusedInstead() throws {
    let text = try failure { try given(empty).when(.add([-1])).then(Counter.Added(-1)) }
    #expect(text == "expected \(added(-1)); found refused: \(Counter.Refusal.belowZero(-1))")
  }

  @Test("events where a refusal was expected are a failure that shows both")
  func eventsInstead() throws {
    let text = try failure {
      try given(empty).when(.add([1])).refused(Counter.Refusal.belowZero(-1))
    }
    #expect(text == "expected refused: \(Counter.Refusal.belowZero(-1)); found \(added(1))")
  }

  /// A refusal of another family.
  private enum Other: Error, Hashable { case reason }

  @Test("another refusal than expected is a failure that shows both")
  func otherRefusal() throws {
    let found = "found refused: \(Counter.Refusal.belowZero(-1))"
    let number = try failure {
      try given(empty).when(.add([-1])).refused(Counter.Refusal.belowZero(-2))
    }
    #expect(number == "expected refused: \(Counter.Refusal.belowZero(-2)); \(found)")
    let family = try failure { try given(empty).when(.add([-1])).refused(Other.reason) }
    #expect(family == "expected refused: \(Other.reason); \(found)")
  }
}
