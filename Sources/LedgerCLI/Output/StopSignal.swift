import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

private let hasStopSignalCome = Atomic<Bool>(false)

private func noteStopSignal(_ number: Int32) {
  hasStopSignalCome.store(true, ordering: .relaxed)
}

/// The user's wish to end, which waits until what is under way is whole, or tidied up.
enum StopSignal {
  /// Whether an interrupt or a request to end has come since `catchAll`.
  static var hasCome: Bool { hasStopSignalCome.load(ordering: .relaxed) }

  /// From now on, interrupts and requests to end are only noted; those that the caller of this program ignores
  /// stay ignored. Those that it holds back come through.
  static func catchAll() {
    // A handler must find it made.
    _ = hasCome
    let numbers = wanted
    for number in numbers {
      var action = sigaction()
      #if os(Linux)
        action.__sigaction_handler.sa_handler = noteStopSignal
      #else
        action.__sigaction_u.__sa_handler = noteStopSignal
      #endif
      sigaction(number, &action, nil)
    }
    changeMask(SIG_UNBLOCK, numbers)
  }

  /// From now on, an interrupt or a request to end first runs `body`, on a thread of its own, and then ends the
  /// program as it would have.
  static func tidyUp(_ body: @escaping @Sendable () -> Void) {
    let numbers = wanted
    changeMask(SIG_BLOCK, numbers)
    DispatchQueue.global().async {
      var awaited = set(of: numbers)
      var number: Int32 = 0
      guard sigwait(&awaited, &number) == 0 else { return }
      body()
      signal(number, SIG_DFL)
      changeMask(SIG_UNBLOCK, [number])
      kill(getpid(), number)
    }
  }

  /// The signals that ask for an end, without those that the caller of this program ignores.
  private static var wanted: [Int32] {
    [SIGINT, SIGTERM, SIGHUP].filter { number in
      var before = sigaction()
      sigaction(number, nil, &before)
      #if os(Linux)
        let handler = before.__sigaction_handler.sa_handler
      #else
        let handler = before.__sigaction_u.__sa_handler
      #endif
      return unsafeBitCast(handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self)
    }
  }

  private static func set(of numbers: [Int32]) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers { sigaddset(&set, number) }
    return set
  }

  private static func changeMask(_ change: Int32, _ numbers: [Int32]) {
    var set = set(of: numbers)
    pthread_sigmask(change, &set, nil)
  }
}
