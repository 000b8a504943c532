import EventStore
import LedgerDomain
import LedgerKit
import Testing

@testable import LedgerImport

@Suite("CommandImport: all or nothing")
struct CommandImportAtomicTests {
  @Test(
    "one bad line leaves nothing of the file behind, and nothing is answered",
    arguments: [
      (ImportDesk.withdrawal("9.00"), "insufficient_funds"), ("", nil), ("{", nil),
      (ImportDesk.deposit("1.005"), "invalid_amount"),
      (#"{"command":"close","account":"a b"}"#, "invalid_account_id"),
      (#"{"command":"close"}"#, nil),
    ])
  func writesNothing(_ bad: String, _ code: String?) throws {
    let desk = try ImportDesk()
    let before = try desk.events()
    let lines = [
      ImportDesk.deposit("1"), #"{"command":"open","account":"b","currency":"USD"}"#, bad,
      ImportDesk.withdrawal("99"), ImportDesk.deposit("2"),
    ]
    let file = try TemporaryFile(lines.joined(separator: "\n"))
    let answers = Answers()
    let error = try #require(throws: InputError.self) {
      try desk.importCommands(at: file.path, answers) { $0.isAtomic = true }
    }
    #expect(error.path == file.path)
    #expect(error.line == 3)
    #expect(error.rejection?.code == code)
    #expect(answers.lines.isEmpty)
    #expect(answers.groups.isEmpty)
    #expect(try desk.events() == before)
  }

  @Test("the first bad line is the one that is named, however late it is")
  func namesFirst() throws {
    let desk = try ImportDesk()
    let good = [String](repeating: ImportDesk.deposit("1"), count: 3_000)
    let error = try #require(throws: InputError.self) {
      _ = try desk.answers(to: good + [ImportDesk.withdrawal("9999"), ""]) { $0.isAtomic = true }
    }
    #expect(error.line == 3_001)
    #expect(try desk.balances() == ["checking": "0.00"])
  }

  @Test("a good file is answered in order, all at once")
  func answersInOrder() throws {
    let desk = try ImportDesk()
    let lines = (1...3_000).map { ImportDesk.deposit("\($0)", key: "\($0)") }
    let file = try TemporaryFile(lines.joined(separator: "\n"))
    let answers = Answers()
    let result = try desk.importCommands(at: file.path, answers) { $0.isAtomic = true }
    #expect(answers.groups == [(2...3_001).map { "deposit \($0)" }])
    #expect(result == CommandImportResult(booked: 3_000))
    let again = try desk.importCommands(at: file.path) { $0.isAtomic = true }
    #expect(again == CommandImportResult(replayed: 3_000))
    #expect(try desk.balances() == ["checking": "4501500.00"])
  }

  @Test("after a refused file the ledger takes the corrected one")
  func takesCorrectedFile() throws {
    let desk = try ImportDesk()
    let open = #"{"command":"open","account":"b","currency":"USD","overdraftLimit":"5"}"#
    func lines(_ amount: String) -> [String] {
      [open, #"{"command":"withdraw","account":"b","amount":"\#(amount)"}"#]
    }
    #expect(throws: InputError.self) { _ = try desk.answers(to: lines("6")) { $0.isAtomic = true } }
    #expect(try desk.answers(to: lines("5")) { $0.isAtomic = true } == ["open 2", "withdraw 3"])
  }

  @Test("a dry run of all or nothing answers as if, or names the bad line")
  func rehearses() throws {
    let desk = try ImportDesk()
    let before = try desk.events()
    let answers = try desk.answers(to: [ImportDesk.deposit("1"), ImportDesk.withdrawal("1")]) {
      ($0.isAtomic, $0.isDryRun) = (true, true)
    }
    #expect(answers == ["deposit 2", "withdraw 3"])
    let error = try #require(throws: InputError.self) {
      _ = try desk.answers(to: [ImportDesk.deposit("1"), ImportDesk.withdrawal("2")]) {
        ($0.isAtomic, $0.isDryRun) = (true, true)
      }
    }
    #expect(error.line == 2)
    #expect(try desk.events() == before)
  }
}
