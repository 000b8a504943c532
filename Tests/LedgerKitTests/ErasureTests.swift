import EventStore
import Foundation
import LedgerDomain
import TestSupport
import Testing

@testable import LedgerKit

@Suite("Erasing text about people")
struct ErasureTests {
  let book: Book
  let (alice, bob): (AccountID, AccountID)

  /// Two accounts, and a transfer between them: positions 5 and 6.
  init() throws {
    book = try Book()
    let usd = try Book.currency("USD")
    (alice, bob) = (try AccountID("alice"), try AccountID("bob"))
    try book.perform(.open(alice, usd, holder: "Alice Johnson")) { $0.reason = "Walk-in" }
    try book.perform(.open(bob, usd, holder: "Bob Lee"))
    try book.perform(.deposit(Amount("100"), to: alice, description: "Payroll")) {
      $0.idempotencyKey = "pay-1"
    }
    try book.perform(.deposit(Amount("1"), to: bob))
    try book.perform(.transfer(Amount("30"), from: alice, to: bob, description: "Rent")) {
      ($0.reason, $0.idempotencyKey) = ("Lease 7", "rent-1")
    }
  }

  private func request(_ target: ErasureRequest.Target) -> ErasureRequest {
    ErasureRequest(target, actor: "officer", reason: "Request 9")
  }

  @discardableResult
  private func erase(_ target: ErasureRequest.Target) throws -> ErasureReceipt {
    try book.ledger.erase(request(target))
  }

  /// Everything that an erasure must not change, and that people ask for.
  private func answers() throws -> [String] {
    let ledger = try book.reopened()
    var answers: [String] = []
    try ledger.forEachAccount { account in
      answers.append(
        "\(account.accountID) \(account.balance) \(account.version) \(account.isClosed)")
    }
    for account in [alice, bob] {
      for version in 0...(try ledger.balance(of: account).version) {
        answers.append("\(try ledger.balance(of: account, at: .version(version)))")
      }
      try ledger.forEachMovement(of: account) { entry in
        answers.append("\(entry.amount) \(entry.balance) \(entry.effectiveAt) \(entry.position)")
      }
    }
    return answers
  }

  @Test("of an account takes its holder, descriptions and reasons; the other party keeps its own")
  func account() throws {
    let before = try answers()
    let receipt = try erase(.account(alice))
    #expect(receipt.erased == [1, 3, 5])
    #expect(receipt.reasons == [1, 6])
    #expect(receipt.notErasable.isEmpty && !receipt.isReplay && receipt.residue == nil)
    #expect(receipt.position == 7)
    #expect(try answers() == before)
    #expect(try book.history(alice) == ["100.00 100.00", "-30.00 70.00"])
    #expect(try book.history(bob) == ["1.00 1.00", "30.00 31.00 Rent"])
    #expect(try book.accounts().map(\.holder) == [nil, "Bob Lee"])
    #expect(try book.accounts().map(\.isHolderErased) == [true, false])
    var erased: [Bool] = []
    try book.ledger.forEachMovement(of: alice) { erased.append($0.isDescriptionErased) }
    try book.ledger.forEachMovement(of: bob) { erased.append($0.isDescriptionErased) }
    #expect(erased == [true, true, false, false])
    #expect(try book.reopened().verify().events == 7)
  }

  @Test("is a commit that says who, when, why and which positions")
  func commit() throws {
    var request = request(.positions([1]))
    (request.correlationID, request.causationID) = ("ticket-9", "mail-4")
    let receipt = try book.ledger.erase(request)
    let event = try #require(try book.events().last)
    #expect(event == receipt.event)
    #expect(event.streamID == "Book" && event.type == "PersonalTextErased")
    #expect(event.text == #"{"positions":[1],"reasons":[1]}"#)
    let header = event.commit.header
    #expect(header.actor == "officer" && event.commit.reason?.text == "Request 9")
    #expect(header.correlationID == "ticket-9" && header.causationID == "mail-4")
    #expect(Instant(micros: header.recordedAtMicros) == receipt.recordedAt)
    #expect(receipt.headHash == event.commit.hash && receipt.ledgerID == book.ledger.id)
  }

  @Test("twice is harmless: the second time nothing is recorded, and it says since when")
  func twice() throws {
    let first = try erase(.account(alice))
    let again = try erase(.account(alice))
    #expect(again.isReplay)
    #expect(again.position == first.position && again.headHash == first.headHash)
    #expect(again.erased == first.erased && again.reasons == first.reasons)
    #expect(try erase(.positions([5])).isReplay)
    // Bob's copy is left, the reason of the commit they share is not.
    let rest = try erase(.account(bob))
    #expect(rest.erased == [2, 6] && rest.reasons == [])
    #expect(try erase(.positions([1, 2])).position == rest.position)
    #expect(try book.ledger.verify().events == 8)
  }

  @Test("goes on: what is recorded later has text, and can be erased too")
  func later() throws {
    try erase(.account(alice))
    try book.perform(.change(alice, holder: "A. J."))
    #expect(try book.accounts().map(\.holder) == ["A. J.", "Bob Lee"])
    #expect(try erase(.account(alice)).erased == [8])
    #expect(try book.accounts().map(\.isHolderErased) == [true, false])
    try book.perform(.withdraw(Amount("70"), from: alice))
    try book.perform(.close(alice))
    _ = try book.reopened().verify()
  }

  @Test("keeps idempotency keys: the first receipt comes again, whatever description is given now")
  func keys() throws {
    let commands: [(String, (String) -> Command)] = [
      ("pay-1", { [alice] in .deposit(Amount("100"), to: alice, description: $0) }),
      (
        "rent-1", { [alice, bob] in .transfer(Amount("30"), from: alice, to: bob, description: $0) }
      ),
    ]
    let firsts = try zip(commands, ["Payroll", "Rent"]).map { command, text in
      try book.perform(command.1(text)) { $0.idempotencyKey = command.0 }
    }
    try erase(.account(alice))
    for ((key, command), first) in zip(commands, firsts) {
      for text in ["Payroll", "Rent", "something else"] {
        let again = try book.perform(command(text)) { $0.idempotencyKey = key }
        #expect(again.isReplay && again.position == first.position)
        #expect(again.headHash == first.headHash && again.accounts == first.accounts)
      }
    }
    #expect(throws: Rejection.self) {
      try book.perform(.deposit(Amount("99"), to: alice)) { $0.idempotencyKey = "pay-1" }
    }
    #expect(try book.ledger.verify().events == 7)
  }

  @Test("of what is not there, or never had text, is refused and nothing is written")
  func refused() throws {
    let ledger = book.ledger
    try book.perform(.open(try AccountID("mute"), try Book.currency("USD")))
    let head = try ledger.verify()
    let refusals: [(ErasureRequest.Target, Rejection)] = [
      (.positions([8]), .beyondHead("position", asked: 8, last: 7)),
      (.positions([1, 4]), .nothingToErase(position: 4)),
      (.positions([9, 4]), .beyondHead("position", asked: 9, last: 7)),
      (.account(try AccountID("nobody")), .accountNotFound(try AccountID("nobody"))),
      (.account(try AccountID("mute")), .nothingToEraseOf(try AccountID("mute"))),
    ]
    for (target, rejection) in refusals {
      #expect(throws: rejection) { try erase(target) }
      #expect(throws: rejection) { try ledger.rehearse(request(target)) }
    }
    #expect(try ledger.verify() == head)
    #expect(try book.accounts().map(\.holder) == ["Alice Johnson", "Bob Lee", nil])
  }

  @Test("is shown by a rehearsal as it would be, which writes nothing")
  func rehearsal() throws {
    let head = try book.ledger.verify()
    let rehearsed = try book.ledger.rehearse(request(.account(alice)))
    #expect(rehearsed.erased == [1, 3, 5] && rehearsed.position == 7)
    #expect(try book.ledger.verify() == head)
    #expect(try book.history(alice) == ["100.00 100.00 Payroll", "-30.00 70.00 Rent"])
  }

  @Test("leaves text of version 1, which is hashed, and says so")
  func version1() throws {
    let ada = try book.openOldAccount()
    var notices: [StoreNotice] = []
    let ledger = try book.reopened(.readWrite) { notices.append($0) }
    #expect(throws: Rejection.notErasable(positions: [7, 8])) {
      try ledger.erase(request(.account(ada)))
    }
    #expect(throws: Rejection.notErasable(positions: [8])) {
      try ledger.erase(request(.positions([1, 8])))
    }
    #expect(throws: Rejection.nothingToErase(position: 9)) {
      try ledger.erase(request(.positions([9])))
    }
    #expect(notices.isEmpty)
    try book.perform(.deposit(Amount("1"), to: ada, description: "Tip"))
    let receipt = try ledger.erase(request(.account(ada)))
    #expect(receipt.erased == [10] && receipt.notErasable == [7, 8])
    #expect(notices == [.textsNotErasable(positions: [7, 8])])
    #expect(try ledger.erase(request(.account(ada))).isReplay)
    _ = try book.reopened().verify()
  }

  @Test("runs behind a clock that went back only if it is told to")
  func clock() throws {
    book.clockMicros -= 2 * 24 * 3_600 * 1_000_000
    #expect(throws: Rejection.self) { try erase(.account(alice)) }
    #expect(try book.accounts().map(\.holder) == ["Alice Johnson", "Bob Lee"])
  }

  @Test("leaves no byte in file, log, snapshots and projections, nor in what is dumped from it")
  func bytes() throws {
    #expect(try book.ledger.takeSnapshots() == 2)
    try erase(.account(alice))
    try erase(.account(bob))
    try book.perform(.deposit(Amount("1"), to: alice))
    let copy = book.path + ".copy"
    try RawFile(book.path).run("VACUUM INTO '\(copy)'")
    let files = ["", "-wal", "-shm", ".copy"].map { book.path + $0 }
    for file in files where FileManager.default.fileExists(atPath: file) {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
      for text in ["Alice", "Johnson", "Bob Lee", "Walk-in", "Payroll", "Lease 7"] {
        #expect(bytes.range(of: Data(text.utf8)) == nil, "\(text) in \(file)")
      }
    }
    let states = try RawFile(book.path).column("SELECT state FROM snapshots")
    #expect(states.count == 2)
    try book.ledger.verifySnapshots { #expect($1 == nil) }
    // The view that people read lacks the member.
    let data = try RawFile(book.path).column("SELECT data FROM events WHERE global_position < 7")
    #expect(data.allSatisfy { !$0.contains("holder") && !$0.contains("description") })
  }

  @Test("of a ledger of every older format leaves no byte but in the copy that is named")
  func olderFormats() throws {
    for kept in KeptLedger.all {
      let folder = try TemporaryFolder()
      let path = try kept.copy(to: folder)
      let raw = try RawFile(path)
      let positions = try raw.column("SELECT DISTINCT position FROM personal_texts")
        .compactMap(Int64.init)
      let salts = try raw.column("SELECT hex(salt) FROM personal_texts").compactMap {
        [UInt8](hex: $0.lowercased())
      }
      let original = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(salts.allSatisfy { original.range(of: Data($0)) != nil })
      #expect(positions.count > 5 && salts.count >= positions.count)
      var notices: [StoreNotice] = []
      let ledger = try KeptLedger.open(path, .readWrite) { notices.append($0) }
      for part in [positions.prefix(3), positions[...]] {
        _ = try ledger.erase(request(.positions(Array(part))))
      }
      let copies = try folder.names().filter { $0.contains(".format-") }.map { folder.path($0) }
      #expect(copies.count == (kept.format < KeptLedger.all.count ? 1 : 0))
      let named = notices.filter { $0 == .copiesHoldText(paths: copies) }
      #expect(named.count == (copies.isEmpty ? 0 : 2), "\(kept)")
      for name in try folder.names() where !name.contains(".format-") {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
        for mark in salts + [Array("Alice".utf8)] {
          #expect(bytes.range(of: Data(mark)) == nil, "\(name) of \(kept)")
        }
      }
      #expect(try KeptLedger.open(path, .readOnly).verify().commits == kept.commits + 2)
    }
  }
}
