import EventStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Ledger.Environment {
  /// This machine's clock, and chance from the system's generator.
  public static var system: Ledger.Environment {
    let chance = Chance()
    return Ledger.Environment(clockMicros: SystemClock.micros, randomBytes: chance.bytes)
  }
}

/// Random bytes of the system, fetched many at a time: each asking is a call into it.
private final class Chance {
  /// As many as the system gives at once.
  private static let bytesAtOnce = 256
  private var waiting: [UInt8] = []

  /// The next `count` bytes; none is handed out twice.
  func bytes(_ count: Int) -> [UInt8] {
    while waiting.count < count { fetch() }
    defer { waiting.removeLast(count) }
    return Array(waiting.suffix(count))
  }

  private func fetch() {
    var bytes = [UInt8](repeating: 0, count: Self.bytesAtOnce)
    guard getentropy(&bytes, bytes.count) == 0 else {
      preconditionFailure("this system has no random bytes")
    }
    waiting += bytes
  }
}
