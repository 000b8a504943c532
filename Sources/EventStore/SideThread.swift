import Dispatch
import Synchronization

/// A computation on a thread of its own.
final class SideThread<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let end = DispatchGroup()

  /// Starts `body` at once.
  init(_ body: @escaping @Sendable () -> Value) {
    DispatchQueue.global().async(group: end) { [self] in
      let result = body()
      value.withLock { $0 = result }
    }
  }

  /// What `body` returned. While it runs, `waiting` is called several times a second.
  func join(waiting: () -> Void = {}) -> Value {
    while end.wait(timeout: .now() + .milliseconds(100)) == .timedOut { waiting() }
    guard let result = value.withLock({ $0 }) else {
      preconditionFailure("a thread that has ended left its result")
    }
    return result
  }
}
