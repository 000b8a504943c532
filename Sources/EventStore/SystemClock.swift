#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The system's clock, for `EventStore.Configuration.clockMicros`.
public enum SystemClock {
  /// Microseconds since 1970, UTC. May stop or go back: a store's recorded times do not.
  public static func micros() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }

  /// Lets the thread rest so long.
  public static func sleep(micros: Int64) {
    guard micros > 0 else { return }
    var time = timespec()
    time.tv_sec = time_t(micros / 1_000_000)
    time.tv_nsec = Int(micros % 1_000_000 * 1_000)
    nanosleep(&time, nil)
  }
}
