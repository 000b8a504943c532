import EventStore
import Foundation
import JSONText
import LedgerCLI
import LedgerDomain
import LedgerKit
import TestSupport

/// Hands hostile files to a ledger and asks it everything.
package final class HostileTrial {
  /// What came of one file.
  package enum Outcome: UInt8, Sendable {
    /// It was not even opened.
    case refused = 1
    /// It was opened, and `verify` says that it is damaged.
    case damaged
    /// `verify` has nothing against it, and every answer is the right one.
    case sound
    /// `verify` has nothing against it, and yet an answer is wrong.
    case misled
    /// There was an answer that no user should see, or a stranger's code ran.
    case failed
    /// It was being tried; what remains if the program crashed or never came back.
    case started

    /// Whether it is as it should be.
    package var isGood: Bool { [.refused, .damaged, .sound].contains(self) }
  }

  private let pristine: Pristine
  private let folder: TemporaryFolder
  private let path: String
  /// What the ledger answered before anybody touched it.
  private var right: [String: [String]] = [:]

  /// A trial in a folder of its own.
  package init(_ pristine: Pristine) throws {
    self.pristine = pristine
    folder = try TemporaryFolder()
    path = folder.path("ledger.db")
    try Data(pristine.bytes).write(to: URL(fileURLWithPath: path))
    let questions = try Questions(open(.readOnly)).aboutHistory
    for (name, ask) in questions {
      var answer: [String] = []
      do { try ask(&answer) } catch { answer.append("\(error)") }
      right[name] = answer
    }
  }

  /// Makes the file and asks it everything that only reads, and then writes to it.
  package func outcome(of file: HostileFile) throws -> (outcome: Outcome, detail: String) {
    try clear()
    try file.write(pristine, to: path)
    let reading = try readEverything()
    guard reading.outcome.isGood else { return reading }
    try clear()
    try file.write(pristine, to: path)
    if let trouble = try writeSomething() { return (.failed, trouble) }
    return reading
  }

  private func clear() throws {
    for name in try folder.names() { try FileManager.default.removeItem(atPath: folder.path(name)) }
  }

  private func open(_ access: EventStore.Access) throws -> Ledger {
    var options = Ledger.Options(access: access)
    options.busyTimeoutMilliseconds = 100
    options.acceptsClockBehind = true
    var random = SeededRandom(seed: 9)
    return try Ledger(
      path: path, options: options,
      environment: .init(
        clockMicros: { 1_900_000_000_000_000 },
        randomBytes: { count in (0..<count).map { _ in .random(in: .min ... .max, using: &random) }
        }))
  }

  // MARK: Reading

  private func readEverything() throws -> (outcome: Outcome, detail: String) {
    let ledger: Ledger
    do {
      ledger = try open(.readOnly)
    } catch {
      return Self.trouble(error, "opening").map { (.failed, $0) } ?? (.refused, "")
    }
    let questions = try Questions(ledger)
    var wrong: [String] = []
    for (name, ask) in questions.aboutHistory {
      var answer: [String] = []
      do {
        try ask(&answer)
      } catch {
        if let trouble = Self.trouble(error, name) { return (.failed, trouble) }
        answer.append("\(error)")
      }
      if answer != right[name] { wrong.append(name) }
    }
    for (name, ask) in questions.aboutTheFile {
      var answer: [String] = []
      do { try ask(&answer) } catch {
        if let trouble = Self.trouble(error, name) { return (.failed, trouble) }
      }
    }
    do {
      _ = try ledger.verify()
    } catch {
      return Self.trouble(error, "verify").map { (.failed, $0) } ?? (.damaged, "")
    }
    return wrong.isEmpty ? (.sound, "") : (.misled, wrong.joined(separator: ", "))
  }

  /// What is wrong with how the program would answer to `error`; nil if nothing is.
  private static func trouble(_ error: any Error, _ question: String) -> String? {
    let answer = LedgerProgram.answer(to: error)
    let isReadable =
      answer.code != LedgerProgram.unforeseen && LedgerProgram.statuses.contains(answer.status)
      && answer.status != 0 && answer.sentence.utf8.count > 20
      && !(answer.sentence + answer.json).unicodeScalars.contains(where: \.steersTerminal)
    let showsSQL = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA "].contains {
      answer.sentence.contains($0)
    }
    guard !isReadable || showsSQL else { return nil }
    return "\(question): \(answer.status) \(answer.sentence.prefix(400).debugDescription)"
  }

  // MARK: Writing

  /// Nil if every command was done or refused with a sentence, and nobody else's code ran.
  private func writeSomething() throws -> String? {
    do {
      let ledger = try open(.readWrite)
      let (one, two) = (try AccountID("acct-42"), try AccountID("acct-99"))
      let options = CommandOptions(actor: "tester")
      let deeds: [(String, () throws -> Void)] = [
        ("deposit", { _ = try ledger.perform(.deposit(Amount("1"), to: one), options) }),
        (
          "transfer",
          { _ = try ledger.perform(.transfer(Amount("1"), from: one, to: two), options) }
        ),
        ("reverse", { _ = try ledger.perform(.reverse(Reversal(of: 3)), options) }),
        (
          "close a period",
          {
            guard let period = Period("2027-03") else { return }
            _ = try ledger.perform(PeriodRequest(.close(period), actor: "tester"))
          }
        ),
        (
          "erase",
          {
            _ = try ledger.erase(
              ErasureRequest(.positions([1, 7]), actor: "tester", reason: "asked for"))
          }
        ),
        ("take snapshots", { _ = try ledger.takeSnapshots() }),
        ("prune snapshots", { _ = try ledger.pruneSnapshots(keep: 0, takenBefore: nil) }),
        ("catch up", { try ledger.catchUpProjections() }),
        ("rebuild", { try ledger.rebuildProjections() }),
        ("settings", { _ = try ledger.changeSnapshotPolicy { $0.everyEvents = 7 } }),
        ("subscribe", { _ = try ledger.createSubscription("new") }),
      ]
      for (name, deed) in deeds {
        do { try deed() } catch {
          if let trouble = Self.trouble(error, name) { return trouble }
        }
      }
    } catch {
      if let trouble = Self.trouble(error, "opening for writing") { return trouble }
    }
    return strangersWork()
  }

  /// What a stranger's code left behind; nil if none ran.
  private func strangersWork() -> String? {
    guard let raw = try? RawWitness(path) else { return nil }
    return raw.rows == 0 ? nil : "a stranger's trigger ran"
  }
}
