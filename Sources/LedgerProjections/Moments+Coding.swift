package import LedgerDomain

/// The instants of a block as one run of bytes.
///
/// For each, the microseconds since the one before (the first: since 1970), and what moved in minor units:
/// both as zigzag numbers in groups of 7 bits, the lowest first, the top bit set in all but the last byte.
package enum Moments {
  package typealias Moment = AccountTimeline.Block.Moment

  package static func encoded(_ moments: [Moment]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(moments.count * 10)
    var last: Int64 = 0
    for moment in moments {
      append(Int128(moment.at.micros) - Int128(last), to: &bytes)
      append(moment.netMinor, to: &bytes)
      last = moment.at.micros
    }
    return bytes
  }

  /// Nil if the bytes are no such run.
  package static func decoded(_ bytes: [UInt8]) -> [Moment]? {
    var moments: [Moment] = []
    var rest = bytes[...]
    var last: Int128 = 0
    while !rest.isEmpty {
      guard let distance = number(from: &rest), let net = number(from: &rest),
        let micros = Int64(exactly: last + distance)
      else { return nil }
      moments.append(Moment(at: Instant(micros: micros), netMinor: net))
      last = Int128(micros)
    }
    return moments
  }

  private static func append(_ number: Int128, to bytes: inout [UInt8]) {
    var bits = UInt128(bitPattern: (number << 1) ^ (number >> 127))
    while bits >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: bits) | 0x80)
      bits >>= 7
    }
    bytes.append(UInt8(bits))
  }

  /// At most 77 bits: no movement of any instant has more.
  private static func number(from bytes: inout ArraySlice<UInt8>) -> Int128? {
    var bits: UInt128 = 0
    for shift in stride(from: UInt128(0), to: 77, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      bits |= UInt128(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return Int128(bits >> 1) ^ -Int128(bits & 1) }
    }
    return nil
  }
}
