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

/// The user's wish to end, which waits until what is under way is whole.
enum StopSignal {
  /// Whether an interrupt or a request to end has come since `catchAll`.
  static var hasCome: Bool { hasStopSignalCome.load(ordering: .relaxed) }

  /// From now on, interrupts and requests to end are only noted; those that the caller of this program ignores
  /// stay ignored. Those that it holds back come through.
  static func catchAll() {
    var caught = sigset_t()
    sigemptyset(&caught)
    // A handler must find it made.
    _ = hasCome
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var before = sigaction()
      sigaction(number, nil, &before)
      #if os(Linux)
        let isIgnored =
          unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self)
          == unsafeBitCast(SIG_IGN, to: Int.self)
      #else
        let isIgnored =
          unsafeBitCast(before.__sigaction_u.__sa_handler, to: Int.self)
          == unsafeBitCast(SIG_IGN, to: Int.self)
      #endif
      if isIgnored { continue }
      var action = sigaction()
      #if os(Linux)
        action.__sigaction_handler.sa_handler = noteStopSignal
      #else
        action.__sigaction_u.__sa_handler = noteStopSignal
      #endif
      sigaction(number, &action, nil)
      sigaddset(&caught, number)
    }
    sigprocmask(SIG_UNBLOCK, &caught, nil)
  }
}
