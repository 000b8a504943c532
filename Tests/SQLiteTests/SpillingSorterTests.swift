import SQLite
import Testing

@Suite("Sorting and counting in flat memory")
struct SpillingSorterTests {
  /// The payloads of `sorter` in its order.
  private func payloads(of sorter: SpillingSorter) throws -> [[UInt8]] {
    var payloads: [[UInt8]] = []
    while let payload = try sorter.next() { payloads.append(payload) }
    return payloads
  }

  @Test("payloads come in the order of the first key, then the second, then the third")
  func order() throws {
    let sorter = try SpillingSorter()
    let keys: [[Int64]] = [
      [2, 0, 0], [1, 1, 0], [1, 0, 2], [1, 0, 1], [-1, 9, 9], [.min, 0, 0], [.max, 0, 0],
      [1, -1, 9],
    ]
    for (index, key) in keys.enumerated() {
      try sorter.add(key: key[0], key[1], key[2], [UInt8(index)])
    }
    #expect(try payloads(of: sorter) == [[5], [4], [7], [3], [2], [1], [0], [6]])
  }

  @Test("equal keys lose nothing, and an empty payload is a payload")
  func equalKeys() throws {
    let sorter = try SpillingSorter()
    for payload: [UInt8] in [[1], [], [1], [0, 255]] { try sorter.add(key: 0, 0, 0, payload) }
    let sorted = try payloads(of: sorter)
    #expect(sorted.count == 4)
    #expect(Set(sorted) == [[1], [], [0, 255]])
  }

  @Test("without rows there is no first one")
  func empty() throws {
    #expect(try SpillingSorter().next() == nil)
  }

  @Test("after the last payload there is none, however often one asks")
  func afterTheLast() throws {
    let sorter = try SpillingSorter()
    try sorter.add(key: 1, 0, 0, [1])
    #expect(try sorter.next() == [1])
    #expect(try sorter.next() == nil)
    #expect(try sorter.next() == nil)
  }

  @Test("20,000 rows come out sorted")
  func many() throws {
    let sorter = try SpillingSorter()
    for index in 0..<Int64(20_000) {
      let key = (index * 7_919) % 20_000
      try sorter.add(key: key / 100, key % 100, 0, Array("\(key)".utf8))
    }
    let sorted = try payloads(of: sorter).map { String(decoding: $0, as: UTF8.self) }
    #expect(sorted == (0..<20_000).map(String.init))
  }

  @Test("a counter counts each key apart")
  func counter() throws {
    let counter = try SpillingCounter()
    #expect(try counter.count([1]) == 1)
    #expect(try counter.count([1]) == 2)
    #expect(try counter.count([]) == 1)
    #expect(try counter.count([1, 0]) == 1)
    #expect(try counter.count([1]) == 3)
    #expect(try counter.count([]) == 2)
  }
}
