import EventStore
import LedgerDomain
import LedgerKit
import Testing

@Suite("Following a long log")
struct FollowPartsTests {
  @Test("is done in short parts that end with a commit, each read by itself")
  func parts() throws {
    let book = try Book()
    let (payer, payee) = (try book.open("a"), try book.open("b"))
    try book.perform(.deposit(Amount("5000"), to: payer))
    try book.ledger.booking { booking in
      for _ in 0..<1_500 {
        _ = try booking.perform(
          .transfer(Amount("1"), from: payer, to: payee), CommandOptions(actor: "tester"))
      }
    }
    let reader = try book.reopened()
    var (positions, ends): ([Int64], [Int64]) = ([], [])
    try reader.follow(EventQuery(), pause: { false }) { part in
      var last: RecordedEvent?
      let before = positions.count
      try reader.forEachEvent(part) { event in
        positions.append(event.position)
        last = event
      }
      let end = try #require(last)
      #expect(end.position == end.commit.header.lastPosition)
      #expect(end.position == part.through)
      ends.append(end.position)
      if ends.count < 3 { try book.perform(.deposit(Amount("1"), to: payer)) }
      return positions.count - before
    }
    // Positions 1,024 and 2,048 are the first of two in their commits; two deposits came meanwhile.
    #expect(ends == [1_025, 2_049, 3_005])
    #expect(positions == Array(1...3_005))
  }
}
