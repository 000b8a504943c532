@testable import EventStore
import Foundation
import LedgerDomain
import LedgerEvents
import Testing

/// What folding frozen events saves: `fixtures/events/account-state-N.json` for version N of the state.
/// A change of the bytes needs a higher version, and a new file.
@Suite("A saved state")
struct FrozenStateTests {
  struct File: Decodable {
    let stateVersion: Int64
    let states: [State]
  }

  struct State: Decodable, CustomTestStringConvertible {
    let what: String
    /// Names of frozen events.
    let events: [String]
    let effectiveAtUs: [Int64]
    /// The saved bytes, as text.
    let state: String

    var testDescription: String { what }
  }

  /// Of the version that this build saves.
  private static let file: File? = {
    guard let version = AccountState.snapshots?.version else { return nil }
    let url = FrozenEvent.folder.appendingPathComponent("account-state-\(version).json")
    return try? JSONDecoder().decode(File.self, from: try Data(contentsOf: url))
  }()

  private func fold(_ frozen: State) throws -> AccountState {
    var state = AccountState(streamID: AccountStream.id(of: try AccountID("alice")))
    for (index, name) in frozen.events.enumerated() {
      let event = try #require(FrozenEvent.all.first { $0.name == name }, "no event \(name)")
      try state.evolve(
        try event.current(
          at: Int64(index), effectiveAtMicros: frozen.effectiveAtUs[index]))
    }
    return state
  }

  @Test("is frozen for the version that this build saves")
  func complete() throws {
    let file = try #require(Self.file)
    #expect(file.stateVersion == AccountState.snapshots?.version)
    #expect(file.states.count == 5)
  }

  @Test("has bytes that change only with its version", arguments: file?.states ?? [])
  func bytes(_ frozen: State) throws {
    let codec = try #require(AccountState.snapshots)
    let saved = codec.encode(try fold(frozen))
    #expect(String(decoding: saved, as: UTF8.self) == frozen.state)
  }

  @Test("is read back as the state that was saved", arguments: file?.states ?? [])
  func reads(_ frozen: State) throws {
    let codec = try #require(AccountState.snapshots)
    let streamID = AccountStream.id(of: try AccountID("alice"))
    let read = try codec.decode(streamID, Array(frozen.state.utf8))
    #expect(try read == fold(frozen))
    #expect(codec.encode(read) == Array(frozen.state.utf8))
  }

  @Test(
    "that is no state is refused with a sentence",
    arguments: [
      ("", "JSON"), ("[]", "lacks a version"), ("{}", "lacks a version"),
      (#"{"version":1,"status":"open","currency":"USD"}"#, "lacks a version"),
      (#"{"version":1,"status":"active","currency":"ZZZ"}"#, "lacks a version"),
      (#"{"version":"1","status":"active","currency":"USD"}"#, "lacks a version"),
      (#"{"version":1,"status":"active","currency":"USD"}"#, "its balance is no amount"),
      (
        #"{"version":1,"status":"active","currency":"USD","balance":"1"}"#,
        "its balance is no amount"
      ),
      (
        #"{"version":1,"status":"active","currency":"USD","balance":"1.00"}"#,
        "its overdraftLimit is no amount"
      ),
      (
        #"{"version":1,"status":"active","currency":"USD","balance":"1.00","#
          + #""overdraftLimit":"0.00","openedAtUs":"x"}"#, "its openedAtUs is no time"
      ),
    ])
  func malformed(_ text: String, _ problem: String) throws {
    let codec = try #require(AccountState.snapshots)
    let streamID = AccountStream.id(of: try AccountID("alice"))
    let error = try #require(throws: (any Error).self) {
      _ = try codec.decode(streamID, Array(text.utf8))
    }
    #expect(problem == "JSON" || "\(error)".contains(problem), "\(error)")
  }
}
