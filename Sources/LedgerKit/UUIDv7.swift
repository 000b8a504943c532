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
    var bytes = (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * UInt64($0))) }
    bytes.append(0x70 | UInt8(subMilliseconds >> 8))
    bytes.append(UInt8(truncatingIfNeeded: subMilliseconds))
    bytes.append(0x80 | randomBytes[0] & 0x3F)
    bytes.append(contentsOf: randomBytes[1...7])
    text = Self.text(of: bytes)
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func text(of bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
