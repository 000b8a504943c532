#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Waits for somebody, in this process or another, to write to a store.
///
/// On Linux the system tells of every write to the store's log at once; elsewhere, and where the system
/// can't, the store is looked at in short intervals. Not thread-safe.
public final class ChangeWatch {
  /// Why a wait ended.
  public enum Outcome: Hashable, Sendable {
    /// Something may have been written.
    case changed
    /// Nobody reads any more what is written to the descriptor that was given.
    case hungUp
  }

  /// The longest time without a look at the store, whatever the system tells.
  private static let longestMillis: Int32 = 1_000
  /// The same where the system tells nothing.
  private static let intervalMillis: Int32 = 50

  private let log: String
  private let descriptor: Int32
  private var isWatching = false
  /// How long the next wait is at most. What is written to the log counts a little later, of which the system
  /// tells nothing: after a change the waits are short at first, and then longer and longer.
  private var millis = longestMillis

  /// Begins to watch the store at `path`: what is written from now on ends the next wait.
  public init(path: String) {
    log = StoreFile.resolved(path) + "-wal"
    #if os(Linux)
      descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    #else
      descriptor = -1
    #endif
    watch()
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Waits until something may have been written since the last wait, a second at the longest.
  ///
  /// Ends too when a signal was handled, or when whoever reads from `output` has gone.
  public func wait(orHangUpOf output: Int32? = nil) -> Outcome {
    watch()
    let timeout = isWatching ? millis : Self.intervalMillis
    var waiting = [
      pollfd(fd: isWatching ? descriptor : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: output ?? -1, events: 0, revents: 0),
    ]
    // A signal ends it too, as going on after a stop does.
    _ = poll(&waiting, nfds_t(waiting.count), timeout)
    if waiting[1].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 { return .hungUp }
    if waiting[0].revents != 0 {
      forgetChanges()
      millis = 1
    } else {
      millis = min(2 * millis, Self.longestMillis)
    }
    return .changed
  }

  /// The log is made when a store is opened first, and may be made anew: to watch it twice changes nothing.
  private func watch() {
    #if os(Linux)
      guard descriptor >= 0 else { return }
      isWatching = inotify_add_watch(descriptor, log, UInt32(IN_MODIFY)) >= 0
    #endif
  }

  private func forgetChanges() {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    while read(descriptor, &bytes, bytes.count) > 0 {}
  }
}
