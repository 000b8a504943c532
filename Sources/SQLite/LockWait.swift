import CSQLite

/// How a connection waits for a lock that another holds: it looks again after each pause, until its time
/// is up.
///
/// Each pause is as long as the last. SQLite's own waiting pauses longer the longer it has waited, so that
/// whoever has just written comes first again, and of several writers some hardly ever write.
/// <https://sqlite.org/c3ref/busy_handler.html>
final class LockWait {
  /// Long enough that a writer does several transactions in its turn, as each turn begins with reading again
  /// what others have changed; short beside what a person notices.
  private static let pauseMilliseconds: Int32 = 5

  private let longest: Duration
  private var began = ContinuousClock.now

  init(longest: Duration) { self.longest = longest }

  /// Has `handle` wait like this, as long as this object lives.
  func install(on handle: OpaquePointer) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    sqlite3_busy_handler(
      handle, { context, asked in LockWait.of(context).pause(asked: asked) ? 1 : 0 }, context)
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> LockWait {
    guard let context else { preconditionFailure("the handler was given its object") }
    return Unmanaged.fromOpaque(context).takeUnretainedValue()
  }

  /// Whether to look again, after a pause; `asked` times were for the same lock before.
  private func pause(asked: Int32) -> Bool {
    if asked == 0 { began = .now }
    guard ContinuousClock.now - began < longest else { return false }
    sqlite3_sleep(Self.pauseMilliseconds)
    return true
  }
}
