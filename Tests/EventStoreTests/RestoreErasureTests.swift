import Foundation
import Testing

@testable import EventStore

@Suite("Taking over a store in which text was erased")
struct RestoreErasureTests {
  let source: TestStore
  /// The commits before anything was erased, and the erasure.
  let commits: [[RecordedEvent]]
  /// All commits as they are after it.
  let erased: [[RecordedEvent]]

  let target: TestStore
  let copy: EventStore

  init() throws {
    source = try TestStore()
    let store = try source.open()
    try SampleLog.write(to: store)
    let before = try store.storedCommits()
    try store.erase(.positions([1]))
    erased = try store.storedCommits()
    commits = before + erased.suffix(1)
    target = try TestStore()
    copy = try target.open()
  }

  private func restore(_ commits: [[RecordedEvent]]) throws {
    try copy.write { transaction in
      for commit in commits { try transaction.restore(commit) }
      try transaction.finishRestoring()
    }
  }

  @Test("gives the same log, and what is missing is missing there too")
  func same() throws {
    try restore(erased)
    #expect(try copy.storedCommits() == erased)
    #expect(try target.verify() == (try source.verify()))
  }

  @Test("erases what older commits still have, to the last byte")
  func olderCommits() throws {
    #expect(commits[0][0].personalText?.text == "Alice A.")
    try restore(commits)
    #expect(copy.clearLog() == nil)
    #expect(try copy.storedCommits() == erased)
    #expect(try target.verify() == (try source.verify()))
    let bytes = try target.bytes()
    #expect(bytes.range(of: Data("Alice A.".utf8)) == nil)
    #expect(bytes.range(of: Data("as agreed".utf8)) == nil)
    #expect(bytes.range(of: Data("dinner".utf8)) != nil)
  }

  @Test("is refused without the erasure that names what is missing, and nothing was written")
  func uncovered() throws {
    for cut in 1...3 {
      let error = #expect(throws: RestoreError.self) { try restore(Array(erased.prefix(cut))) }
      #expect(error?.position == 1)
      #expect(error?.problem == "its personal text is missing, and no erasure names it")
    }
    var withoutReason = commits
    withoutReason[2] = commits[2].map { $0.with(commit: $0.commit.with(reason: .some(nil))) }
    let error = #expect(throws: RestoreError.self) { try restore(withoutReason) }
    #expect(
      error == RestoreError(position: 5, problem: "its reason is missing, and no erasure names it"))
    #expect(try copy.head().commitNumber == 0)
    try restore(commits)
  }

  /// The erasure with other data and the hash that it then has.
  private func forged(_ data: String, after commits: [[RecordedEvent]]) -> [RecordedEvent] {
    let event = erased[3][0].with(data: Array(data.utf8))
    let last = commits[commits.count - 1][0].commit
    let header = event.commit.header.with(
      number: last.header.number + 1, lastPosition: last.header.lastPosition + 1,
      recordedAtMicros: last.header.recordedAtMicros + 1)
    let moved = event.with(
      position: header.lastPosition, streamPosition: last.header.number == 3 ? 0 : 1)
    let hash = HashChain.commit(after: last.hash, header, events: [moved.digest])
    return [moved.with(commit: event.commit.with(header: header, hash: hash))]
  }

  @Test(
    "refuses an erasure that can't be one",
    arguments: [
      #"{"positions":[3],"reasons":[]}"#, #"{"positions":[],"reasons":[1]}"#,
      #"{"positions":[6],"reasons":[]}"#, #"{"positions":[5,1],"reasons":[]}"#,
      #"{"positions":[],"reasons":[]}"#, "{}",
    ])
  func impossible(_ data: String) throws {
    let forgery = forged(data, after: Array(commits.prefix(3)))
    let error = #expect(throws: RestoreError.self) { try restore(commits.prefix(3) + [forgery]) }
    #expect(error?.position == 6)
    #expect(try copy.head().commitNumber == 0)
    // Going on after that does not keep it.
    #expect(throws: RestoreError.self) {
      try copy.write { transaction in
        for commit in commits.prefix(3) { try transaction.restore(commit) }
        try? transaction.restore(forgery)
      }
    }
    #expect(try copy.head().commitNumber == 0)
  }

  @Test("refuses a second erasure of the same text")
  func twice() throws {
    let again = forged(#"{"positions":[1],"reasons":[]}"#, after: commits)
    let error = #expect(throws: RestoreError.self) { try restore(commits + [again]) }
    #expect(error?.position == 7)
    #expect(
      error?.problem == "it names the text at position 1, which the erasure at position 6 erased "
        + "before")
  }
}
