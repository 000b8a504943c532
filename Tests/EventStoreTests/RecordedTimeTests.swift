import EventStore
import Testing

@Suite("The time of recording")
struct RecordedTimeTests {
  private static let hour: Int64 = 3_600_000_000
  private static let start: Int64 = 1_700_000_000_000_000

  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
  }

  /// Appends one event at `micros` by the clock and returns when it was recorded.
  private func record(at micros: Int64, _ store: EventStore? = nil) throws -> Int64 {
    file.clock.micros = micros
    let events = try (store ?? self.store).append([.numbered(0)], to: "a")
    return try #require(events.first).commit.header.recordedAtMicros
  }

  @Test("a stopped clock still gives every commit a later time, on every handle")
  func stopped() throws {
    let other = try file.open()
    let times = try (0..<10).map { index in
      try record(at: Self.start, index % 2 == 0 ? store : other)
    }
    #expect(times == (0..<10).map { Self.start + $0 })
  }

  @Test("commits of one transaction get later and later times")
  func oneTransaction() throws {
    file.clock.micros = Self.start
    let append = StreamAppend(streamID: "a", expectedVersion: .any, events: [.numbered(1)])
    let times = try store.write { transaction in
      try (0..<3).map { _ in
        let promised = try transaction.nextRecordedAtMicros()
        let events = try transaction.append(NewCommit([append]))
        #expect(events.first?.commit.header.recordedAtMicros == promised)
        return promised
      }
    }
    #expect(times == [Self.start, Self.start + 1, Self.start + 2])
  }

  @Test("the time that was promised stays, though the clock goes on")
  func promised() throws {
    file.clock.micros = Self.start
    try store.write { transaction in
      let promised = try transaction.nextRecordedAtMicros()
      file.clock.micros += 5
      #expect(try transaction.nextRecordedAtMicros() == promised)
    }
  }

  @Test("a clock set back by an hour goes on from the last commit, until it has caught up")
  func setBack() throws {
    #expect(try record(at: Self.start) == Self.start)
    #expect(try record(at: Self.start - Self.hour) == Self.start + 1)
    #expect(try record(at: Self.start - Self.hour + 1) == Self.start + 2)
    #expect(try record(at: Self.start + 3) == Self.start + 3)
    #expect(try record(at: Self.start + Self.hour) == Self.start + Self.hour)
    try file.verify()
  }

  @Test("a clock exactly 24 hours behind is accepted, one microsecond more is not")
  func farBehind() throws {
    let last = try record(at: Self.start)
    #expect(try record(at: last - 24 * Self.hour) == last + 1)
    let clock = last - 24 * Self.hour
    let error = AppendError.clockBehind(clockMicros: clock, lastRecordedAtMicros: last + 1)
    #expect(throws: error) { try record(at: clock) }
    #expect(throws: error) { try store.write { try $0.nextRecordedAtMicros() } }
    #expect(try store.events().count == 2)
    #expect(try record(at: Self.start + 9) == Self.start + 9)
  }

  @Test("a clock that is far behind is accepted on demand, and time still goes forward")
  func accepted() throws {
    try #expect(record(at: Self.start) == Self.start)
    var configuration = file.configuration()
    configuration.acceptsClockBehind = true
    let accepting = try EventStore(
      path: file.path, access: .readWrite, configuration: configuration)
    #expect(try record(at: 0, accepting) == Self.start + 1)
    #expect(try record(at: Self.start - 1_000 * Self.hour, accepting) == Self.start + 2)
  }

  @Test("the first commit may have any time", arguments: [0, -1, -62_135_596_800_000_000, 1])
  func first(_ micros: Int64) throws {
    #expect(try record(at: micros) == micros)
    try file.verify()
  }

  @Test("a cut in recorded time is a prefix of positions and falls between commits")
  func prefix() throws {
    let clocks: [Int64] = [0, 50, 20, 20, 90, 10, 91, 300]
    for (index, offset) in clocks.enumerated() {
      file.clock.micros = Self.start + offset
      let events = (0...(index % 3)).map(NewEvent.numbered)
      try store.append(events, to: index % 2 == 0 ? "a" : "b")
    }
    let all = try store.events()
    var counts: Set<Int> = []
    for offset in Int64(-1)...301 {
      var query = EventQuery()
      query.recordedThroughMicros = Self.start + offset
      let cut = try store.events(query)
      #expect(cut.elementsEqual(all.prefix(cut.count)))
      #expect(cut.last.map { $0.position == $0.commit.header.lastPosition } ?? true)
      #expect(
        all.dropFirst(cut.count).allSatisfy {
          $0.commit.header.recordedAtMicros > Self.start + offset
        })
      counts.insert(cut.count)
    }
    #expect(counts.count == clocks.count + 1)
  }

  @Test(
    "at every stored time, and a microsecond to either side, a cut has what was recorded by then")
  func everyStoredTime() throws {
    let clocks: [Int64] = [0, 7, 7, 3, 200, 199, 5_000_000, -1]
    for (index, offset) in clocks.enumerated() {
      file.clock.micros = Self.start + offset
      let append = {
        StreamAppend(streamID: $0, expectedVersion: .any, events: [.numbered(index), .numbered(0)])
      }
      try store.append(NewCommit(index % 2 == 0 ? [append("a")] : [append("b"), append("a")]))
    }
    let all = try file.open(.readOnly).events()
    let times = Set(all.map(\.commit.header.recordedAtMicros)).sorted()
    #expect(times.count == clocks.count)
    for cut in Set(times.flatMap { [$0 - 1, $0, $0 + 1] }).sorted() {
      for streamID in ["a", "b", nil] {
        var query = EventQuery(streamID: streamID)
        query.recordedThroughMicros = cut
        let expected = all.filter {
          $0.commit.header.recordedAtMicros <= cut && $0.streamID == streamID ?? $0.streamID
        }
        #expect(try store.events(query) == expected)
        query.isReversed = true
        #expect(try store.events(query) == expected.reversed())
      }
    }
  }
}
