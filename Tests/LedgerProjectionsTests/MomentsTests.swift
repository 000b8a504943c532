import LedgerDomain
import Testing
import TestSupport

@testable import LedgerProjections

@Suite("The instants of a block as bytes")
struct MomentsTests {
  private typealias Moment = AccountTimeline.Block.Moment

  /// The most that a number holds, which is more than any balance differs from another.
  private static let most: Int128 = (1 << 76) - 1

  private static func moment(_ micros: Int64, _ netMinor: Int128) -> Moment {
    Moment(at: Instant(micros: micros), netMinor: netMinor)
  }

  @Test("are these: the distance in microseconds and what moved, as zigzag groups of 7 bits")
  func frozen() {
    let moments = [Self.moment(-1, 5), Self.moment(63, -64), Self.moment(64, 64)]
    let bytes: [UInt8] = [0x01, 0x0A, 0x80, 0x01, 0x7F, 0x02, 0x80, 0x01]
    #expect(Moments.encoded(moments) == bytes)
    #expect(Moments.decoded(bytes) == moments)
    #expect(Moments.encoded([]).isEmpty)
    #expect(Moments.decoded([])?.isEmpty == true)
  }

  @Test("come back as they were, at the ends of time and of 64 bits too")
  func extremes() {
    let micros: [Int64] = [
      .min, .min + 1, Instant.earliest.micros, -1, 0, 1, Instant.latest.micros, .max - 1, .max,
    ]
    let nets: [Int128] = [
      0, 1, -1, 63, 64, -64, -65, Int128(Int64.max), Int128(Int64.min), Int128(Int64.max) + 1,
      2 * Int128(Int64.min), Self.most, -Self.most - 1,
    ]
    for first in micros {
      for second in micros {
        for net in nets {
          let moments = [Self.moment(first, net), Self.moment(second, -1), Self.moment(0, net)]
          #expect(Moments.decoded(Moments.encoded(moments)) == moments)
        }
      }
    }
  }

  @Test("come back as they were from 2,000 random runs")
  func random() throws {
    var random = SeededRandom(seed: 1)
    for _ in 0..<2_000 {
      let bits = Int.random(in: 1...63, using: &random)
      let moments = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        let net = Int128(Int64.random(in: .min ... .max, using: &random) >> (63 - bits))
        let micros = Int64.random(in: .min ... .max, using: &random) >> Int64(bits)
        return Self.moment(micros, net * .random(in: 1...1_000, using: &random))
      }
      try #require(Moments.decoded(Moments.encoded(moments)) == moments)
    }
  }

  @Test("are refused where a number ends too early, is too long or leaves the range of time")
  func damaged() {
    let moments = [Self.moment(1_800_000_000_000_000, 10_000), Self.moment(.max, Self.most)]
    let bytes = Moments.encoded(moments)
    let wholeRuns = [0, Moments.encoded([moments[0]]).count, bytes.count]
    for length in 0...bytes.count where !wholeRuns.contains(length) {
      #expect(Moments.decoded(Array(bytes.prefix(length))) == nil, "\(length) bytes")
    }
    #expect(Moments.decoded(bytes + Moments.encoded([Self.moment(1, 0)])) == nil, "beyond the end")
    for long in [10, 11, 12, 19, 20, 64] {
      #expect(Moments.decoded(Array(repeating: 0xFF, count: long)) == nil)
      let late: [UInt8] = [0] + Array(repeating: 0x80, count: long) + [0x01]
      #expect((Moments.decoded(late) == nil) == (long > 10), "a number has at most 11 bytes")
    }
    #expect(Moments.decoded(Moments.encoded([Self.moment(0, Self.most + 1)])) == nil)
    #expect(Moments.decoded(Moments.encoded([Self.moment(0, .max), Self.moment(0, .min)])) == nil)
  }

  @Test("are nil or a run of instants whatever the bytes are")
  func anyBytes() throws {
    var random = SeededRandom(seed: 2)
    var refused = 0
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 1...30, using: &random)).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
      guard let moments = Moments.decoded(bytes) else {
        refused += 1
        continue
      }
      try #require(Moments.decoded(Moments.encoded(moments)) == moments)
    }
    #expect((1..<20_000).contains(refused))
  }
}
