import Foundation
import Tampering
import TestSupport

/// Files beside which something stands, and what is no ledger at all.
extension HostileFile {
  static let besides: [HostileFile] =
    [
      beside("-wal", "noise") { _ in noise(40_000, seed: 1) },
      beside("-wal", "a few bytes") { _ in Array("hello".utf8) },
      beside("-wal", "the log of another ledger") { $0.otherLog },
      beside("-wal", "the ledger itself") { $0.bytes },
      beside("-shm", "noise") { _ in noise(32_768, seed: 2) },
      beside("-journal", "noise") { _ in noise(40_000, seed: 3) },
      beside("-journal", "a journal that takes the first page back to zeros") { pristine in
        journal(pages: pristine.pages, page: 1, [UInt8](repeating: 0, count: Pristine.pageBytes))
      },
      beside("-journal", "a journal that takes a page back to another") { pristine in
        let page = Array(pristine.bytes[5 * Pristine.pageBytes..<6 * Pristine.pageBytes])
        return journal(pages: pristine.pages, page: 5, page)
      },
      beside("-journal", "a journal that cuts the file off") { pristine in
        let page = Array(pristine.bytes[..<Pristine.pageBytes])
        return journal(pages: 3, page: 1, page)
      },
    ]
    + (0..<32).map { number in
      beside("-wal", "its own log with other bits, lot \(number)") { pristine in
        var random = SeededRandom(seed: UInt64(number))
        var log = pristine.log
        for _ in 0..<(number < 16 ? 1 : 64) {
          log[Int.random(in: 0..<(number % 2 == 0 ? 100 : log.count), using: &random)] ^= 4
        }
        return log
      }
    }

  private static func beside(
    _ suffix: String, _ name: String, _ content: @escaping @Sendable (Pristine) -> [UInt8]
  ) -> HostileFile {
    HostileFile(.beside, "\(suffix): \(name)") { pristine, path in
      try Data(pristine.bytes).write(to: URL(fileURLWithPath: path))
      try Data(content(pristine)).write(to: URL(fileURLWithPath: path + suffix))
    }
  }

  private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in .random(in: .min ... .max, using: &random) }
  }

  /// A rollback journal that is hot: <https://sqlite.org/fileformat2.html#the_rollback_journal>.
  private static func journal(pages: Int, page: UInt32, _ content: [UInt8]) -> [UInt8] {
    func big(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian, Array.init) }
    let nonce: UInt32 = 7
    var header: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
    header += big(1) + big(nonce) + big(UInt32(pages)) + big(512) + big(UInt32(content.count))
    header += [UInt8](repeating: 0, count: 512 - header.count)
    var sum = nonce
    for place in stride(from: content.count - 200, to: 0, by: -200) {
      sum &+= UInt32(content[place])
    }
    return header + big(page) + content + big(sum)
  }

  static let noLedgers: [HostileFile] = [
    HostileFile(.noLedger, "an empty file") { $0 = [] },
    HostileFile(.noLedger, "noise") { $0 = noise(100_000, seed: 4) },
    HostileFile(.noLedger, "noise behind SQLite's first words") { bytes in
      bytes = Array(bytes[..<16]) + noise(100_000, seed: 5)
    },
    HostileFile(.noLedger, "a text") { $0 = Array("date,amount\n2026-01-01,5\n".utf8) },
    HostileFile(.noLedger, "a file that claims four billion pages") { bytes in
      bytes.replaceSubrange(28..<32, with: [0xFF, 0xFF, 0xFF, 0xFE])
    },
    HostileFile(.noLedger, "a folder") { _, path in
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    },
    HostileFile(.noLedger, "a pipe") { _, path in mkfifo(path, 0o600) },
    HostileFile(.noLedger, "an endless device") { _, path in symlink("/dev/zero", path) },
    HostileFile(.noLedger, "a link to itself") { _, path in symlink(path, path) },
    HostileFile(.noLedger, "a link to nowhere") { _, path in symlink(path + "-none", path) },
    HostileFile(.noLedger, "another program's file") { _, path in
      try Data().write(to: URL(fileURLWithPath: path))
      try RawLedger(path).run("CREATE TABLE notes (text); INSERT INTO notes VALUES ('milk')")
    },
    HostileFile(.noLedger, "a ledger's marks on another program's file") { _, path in
      try Data().write(to: URL(fileURLWithPath: path))
      try RawLedger(path).run(
        "CREATE TABLE commits (x); PRAGMA application_id = 1279607879; PRAGMA user_version = 5")
    },
  ]
}
