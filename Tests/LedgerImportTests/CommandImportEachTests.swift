import EventStore
import LedgerDomain
import LedgerKit
import SQLite
import Testing

@testable import LedgerImport

@Suite("CommandImport: each command by itself")
struct CommandImportEachTests {
  private static let lines = [
    ImportDesk.deposit("5.00", key: "1"),
    ImportDesk.withdrawal("9.00"),
    "",
    ImportDesk.deposit("1.005"),
    #"{"command":"deposit","account":"checking","amount":3}"#,
    #"{"command":"open","account":"till"}"#,
    #"{"command":"transfer","from":"checking","to":"till","amount":"2","idempotencyKey":"2"}"#,
    #"{"command":"change","account":"till","holder":"Ann"}"#,
    #"{"command":"close","account":"checking"}"#,
    ImportDesk.withdrawal("3.00"),
    #"{"command":"close","account":"checking"}"#,
  ]

  @Test("every line is answered in order, and what can be booked is")
  func answersInOrder() throws {
    let desk = try ImportDesk()
    let file = try TemporaryFile(Self.lines.joined(separator: "\r\n"))
    let answers = Answers()
    let result = try desk.importCommands(at: file.path, answers) { $0.defaultCurrency = "USD" }
    #expect(
      answers.lines == [
        "deposit 2", "2 insufficient_funds", "3 malformed", "4 invalid_amount", "5 amount",
        "open 3", "transfer 5", "change 6", "9 balance_not_zero", "withdraw 7", "close 8",
      ])
    #expect(result == CommandImportResult(booked: 6, replayed: 0, refused: 3, malformed: 2))
    #expect(result.lines == 11)
    #expect(try desk.balances() == ["checking": "0.00", "till": "2.00"])
    #expect(try desk.events().dropFirst().allSatisfy { $0.commit.header.actor == "clerk" })
  }

  @Test("all lines share the import's ids unless they have their own, each in a commit of its own")
  func sharesIDs() throws {
    let desk = try ImportDesk()
    _ = try desk.answers(to: [
      ImportDesk.deposit("1"), ImportDesk.deposit("2"),
      #"{"command":"deposit","account":"checking","amount":"3","correlationId":"own"}"#,
    ])
    let headers = try desk.events().dropFirst().map(\.commit.header)
    #expect(headers.map(\.correlationID) == ["import", "import", "own"])
    #expect(headers.map(\.number) == [2, 3, 4])
  }

  @Test("lines that were booked before are answered again and book nothing")
  func replays() throws {
    let desk = try ImportDesk()
    let lines = [
      ImportDesk.deposit("1", key: "a"), ImportDesk.deposit("2", key: "b"),
      ImportDesk.deposit("1", key: "a"), ImportDesk.deposit("3", key: "b"),
    ]
    #expect(
      try desk.answers(to: lines)
        == ["deposit 2", "deposit 3", "deposit 2 again", "4 idempotency_key_conflict"])
    #expect(
      try desk.answers(to: Array(lines.prefix(2))) == ["deposit 2 again", "deposit 3 again"])
    #expect(try desk.balances() == ["checking": "3.00"])
  }

  @Test("an empty file has no answers")
  func acceptsNothing() throws {
    let desk = try ImportDesk()
    #expect(try desk.answers(to: []).isEmpty)
  }

  @Test("a dry run answers as if, and books nothing")
  func rehearses() throws {
    let desk = try ImportDesk()
    let before = try desk.events()
    let lines = [
      ImportDesk.deposit("5"), ImportDesk.withdrawal("4"), "x", ImportDesk.withdrawal("2"),
    ]
    let expected = ["deposit 2", "withdraw 3", "3 malformed", "4 insufficient_funds"]
    #expect(try desk.answers(to: lines) { $0.isDryRun = true } == expected)
    #expect(try desk.events() == before)
    #expect(try desk.answers(to: lines) == expected)
  }

  // MARK: Groups

  @Test("lines that are there already are made durable together, 1,024 at a time")
  func groups() throws {
    let desk = try ImportDesk()
    let file = try TemporaryFile(
      repeating: Array((ImportDesk.deposit("1") + "\n").utf8), count: 2_500)
    let answers = Answers()
    try desk.importCommands(at: file.path, answers)
    #expect(answers.groups.map(\.count) == [1_024, 1_024, 452])
    #expect(try desk.balances() == ["checking": "2500.00"])
  }

  @Test("lines of many bytes make smaller groups")
  func groupsByBytes() throws {
    let desk = try ImportDesk()
    let text = String(repeating: "x", count: 400_000)
    let line =
      #"{"command":"deposit","account":"checking","amount":"1","description":"\#(text)"}"# + "\n"
    let file = try TemporaryFile(repeating: Array(line.utf8), count: 7)
    let answers = Answers()
    try desk.importCommands(at: file.path, answers)
    #expect(answers.groups.map(\.count) == [3, 3, 1])
  }

  @Test(
    "what a writer waits for is answered before it writes on, even if half a line is there",
    .timeLimit(.minutes(1)))
  func answersBeforeWaiting() throws {
    let desk = try ImportDesk()
    let pipe = InputPipe()
    let third = ImportDesk.deposit("3")
    pipe.write("\(ImportDesk.deposit("1"))\n\(ImportDesk.deposit("2"))\n\(third.prefix(20))")
    let answers = Answers()
    answers.onFlush = {
      switch answers.groups.count {
      case 1: pipe.write("\(third.dropFirst(20))\n\(ImportDesk.withdrawal("9"))\n")
      case 2:
        pipe.write("the last line has no end")
        pipe.close()
      default: break
      }
    }
    try desk.importCommands(at: pipe.path, answers)
    #expect(
      answers.groups == [
        ["deposit 2", "deposit 3"], ["deposit 4", "4 insufficient_funds"], ["5 malformed"],
      ])
  }

  // MARK: Durability

  @Test("what is written was durable before: another connection sees it", arguments: [true, false])
  func isDurableBeforeWritten(_ isAtomic: Bool) throws {
    let desk = try ImportDesk()
    let other = try desk.reader()
    let file = try TemporaryFile(
      repeating: Array((ImportDesk.deposit("1") + "\n").utf8), count: 1_500)
    let answers = Answers()
    var seen: Int64 = 1
    answers.onLine = { line in
      #expect(line == "deposit \(seen + 1)")
      var query = EventQuery()
      (query.after, query.limit) = (seen, 1)
      try other.forEachEvent(query) { seen = $0.position }
    }
    try desk.importCommands(at: file.path, answers) { $0.isAtomic = isAtomic }
    #expect(seen == 1_501)
  }

  @Test("a ledger that can't be written to loses what was not answered, and nothing else")
  func losesUnanswered() throws {
    let desk = try ImportDesk(busyTimeoutMilliseconds: 10)
    let file = try TemporaryFile(
      repeating: Array((ImportDesk.deposit("1") + "\n").utf8), count: 2_000)
    let blocker = try Database(path: desk.path, mode: .readWrite)
    let answers = Answers()
    answers.onFlush = { try blocker.execute("BEGIN IMMEDIATE") }
    let interruption = try #require(throws: InterruptedImport.self) {
      try desk.importCommands(at: file.path, answers)
    }
    #expect(interruption.lastLine == 1_024)
    #expect((interruption.cause as? DatabaseError)?.kind == .busy)
    #expect(answers.lines.count == 1_024)
    // Before any answer, the ledger's own error says it all.
    #expect(throws: DatabaseError.self) { try desk.importCommands(at: file.path) }
    try blocker.execute("ROLLBACK")
    #expect(try desk.balances() == ["checking": "1024.00"])
  }

  @Test("a reader of the answers that goes away ends the import; what it was told is there")
  func endsWithReader() throws {
    struct Gone: Error {}
    let desk = try ImportDesk()
    let file = try TemporaryFile(
      repeating: Array((ImportDesk.deposit("1") + "\n").utf8), count: 2_000)
    let answers = Answers()
    answers.onLine = { _ in if answers.lines.count == 10 { throw Gone() } }
    #expect(throws: Gone.self) { try desk.importCommands(at: file.path, answers) }
    #expect(try desk.balances() == ["checking": "1024.00"])
  }
}
