import LedgerDomain
import Testing
import TestSupport

@Suite("An instant")
struct InstantTests {
  private static let micros = Instant.earliest.micros...Instant.latest.micros

  @Test(
    "is printed in UTC with microseconds",
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
      (1, "1970-01-01T00:00:00.000001Z"), (-86_400_000_000, "1969-12-31T00:00:00.000000Z"),
      (-86_400_000_001, "1969-12-30T23:59:59.999999Z"),
      (1_776_248_625_123_456, "2026-04-15T10:23:45.123456Z"),
      (951_827_696_500_000, "2000-02-29T12:34:56.500000Z"),
      (-12_219_292_800_000_000, "1582-10-15T00:00:00.000000Z"),
      (-62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
      (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
      (.max, "294247-01-10T04:00:54.775807Z"),
    ])
  func isPrinted(_ micros: Int64, _ text: String) {
    #expect(Instant(micros: micros).description == text)
  }

  @Test("is read back exactly as it was printed")
  func roundTrips() throws {
    var random = SeededRandom(seed: 3)
    let edges = [Self.micros.lowerBound, -1, 0, 1, Self.micros.upperBound]
    let samples = edges + (0..<20_000).map { _ in .random(in: Self.micros, using: &random) }
    let lost = try samples.filter { micros in
      let text = Instant(micros: micros).description
      return try Instant(parsing: text, edge: .end, now: .earliest).micros != micros
    }
    #expect(lost.isEmpty)
  }

  @Test("is the same instant at every offset")
  func offsets() throws {
    var random = SeededRandom(seed: 4)
    for _ in 0..<2_000 {
      let second = Int64.random(in: -60_000_000_000...250_000_000_000, using: &random)
      let minutes = Int64.random(in: -1_439...1_439, using: &random)
      let local = Instant(micros: (second + minutes * 60) * 1_000_000).description.dropLast(8)
      let sign = minutes < 0 ? "-" : "+"
      let (hour, minute) = minutes.magnitude.quotientAndRemainder(dividingBy: 60)
      let text = "\(local)\(sign)\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
      let instant = try Instant(parsing: text, edge: .start, now: .latest)
      try #require(instant.micros == second * 1_000_000, "\(text)")
    }
  }

  @Test("sorts as its text does")
  func sortsAsText() {
    var random = SeededRandom(seed: 5)
    let instants = (0..<2_000).map { _ in
      Instant(micros: .random(in: Self.micros, using: &random))
    }
    #expect(instants.sorted().map(\.description) == instants.map(\.description).sorted())
  }
}
