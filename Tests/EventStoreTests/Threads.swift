import Foundation
import Synchronization

/// What threads have found so far.
private final class Collected<Value: Sendable>: Sendable {
  private let values = Mutex<[Value]>([])

  func add(_ value: Value) { values.withLock { $0.append(value) } }

  var all: [Value] { values.withLock { $0 } }
}

/// What `body` gives on `count` threads that run at once, in no order.
func onThreads<Value: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (Int) -> Value
) -> [Value] {
  let (collected, group) = (Collected<Value>(), DispatchGroup())
  for index in 0..<count {
    group.enter()
    Thread.detachNewThread {
      collected.add(body(index))
      group.leave()
    }
  }
  group.wait()
  return collected.all
}
