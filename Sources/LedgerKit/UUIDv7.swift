/// A unique id that sorts by the time it was made (RFC 9562, version 7).
///
/// Milliseconds lead; the 12 bits after them hold the microseconds, so that ids of one millisecond
/// stay in order (the RFC's method 3).
struct UUIDv7: Hashable, Sendable {
  let text: String

  /// `randomBytes` must be 10.
  init(micros: Int64, randomBytes: [UInt8]) {
    precondition(randomBytes.count == 10, "version 7 takes 10 random bytes here")
    let clamped = UInt64(max(0, micros))
    let (milliseconds, fraction) = clamped.quotientAndRemainder(dividingBy: 1_000)
    let subMilliseconds = UInt16(fraction * 4_096 / 1_000)
    let time = milliseconds << 16 | 0x7000 | UInt64(subMilliseconds)
    let chance = randomBytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    text = Self.text(time, 0x8000_0000_0000_0000 | chance & 0x3FFF_FFFF_FFFF_FFFF)
  }

  /// The 16 bytes as 8-4-4-4-12 hexadecimal digits.
  private static func text(_ first: UInt64, _ last: UInt64) -> String {
    String(unsafeUninitializedCapacity: 36) { text in
      var written = 0
      for half in [first, last] {
        for digit in 0..<16 {
          if written == 8 || written == 13 || written == 18 || written == 23 {
            text[written] = UInt8(ascii: "-")
            written += 1
          }
          let value = UInt8(truncatingIfNeeded: half >> (60 - 4 * UInt64(digit))) & 15
          text[written] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
          written += 1
        }
      }
      return written
    }
  }
}
