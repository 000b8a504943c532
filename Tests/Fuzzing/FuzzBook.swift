import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import TestSupport

/// A small ledger, and a file that inputs are put into for parsers that read files.
final class FuzzBook {
  let ledger: Ledger
  private let folder: TemporaryFolder
  private let path: String

  /// With the accounts `checking`, `a` and `b` in USD, and some money and words in them.
  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("input")
    ledger = try Self.ledger(at: folder.path("ledger.db"))
    let options = CommandOptions(actor: "clerk")
    guard let usd = Currency(code: "USD") else { return }
    for name in ["checking", "a", "b"] {
      let id = try AccountID(name)
      _ = try ledger.perform(.open(id, usd, holder: "Zoë Ash"), options)
      _ = try ledger.perform(.deposit(Amount("100"), to: id, description: "rent, May"), options)
    }
    try ledger.catchUpProjections()
  }

  /// A new, empty ledger in the same folder, in place of the last one of its kind.
  func emptyLedger() throws -> Ledger {
    let path = folder.path("empty.db")
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
    return try Self.ledger(at: path)
  }

  private static func ledger(at path: String) throws -> Ledger {
    let now: Int64 = 1_780_315_200_000_000
    var random = SeededRandom(seed: 3)
    let environment = Ledger.Environment(
      clockMicros: { now },
      randomBytes: { count in (0..<count).map { _ in .random(in: .min ... .max, using: &random) } })
    try Ledger.create(at: path, environment: environment)
    return try Ledger(path: path, options: .init(access: .readWrite), environment: environment)
  }

  /// The path of a file with just these bytes, until the next call.
  func file(_ bytes: [UInt8]) throws -> String {
    if !FileManager.default.fileExists(atPath: path) {
      try Data().write(to: URL(fileURLWithPath: path))
    }
    guard let file = FileHandle(forUpdatingAtPath: path) else { throw CocoaError(.fileNoSuchFile) }
    try file.write(contentsOf: bytes)
    try file.truncate(atOffset: UInt64(bytes.count))
    try file.close()
    return path
  }
}
