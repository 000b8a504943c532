import EventStore
import Foundation
import Testing
import TestSupport

@Suite("The log of writes beside the file")
struct WriteAheadLogTests {
  /// What SQLite lets the log grow to before it is copied into the file: 2,000 pages, each with 24
  /// bytes in front (<https://sqlite.org/fileformat2.html#walformat>).
  private static let checkpointBytes = 2_000 * (8_192 + 24)
  /// What the log keeps when it begins anew.
  private static let keptBytes = 33_554_432
  /// The data of one event: some 40 pages, so that 50 commits fill the log.
  private static let dataBytes = 320_000

  let file: TestStore

  init() throws { file = try TestStore() }

  /// How large the log is.
  private var logBytes: Int {
    get throws {
      let attributes = try FileManager.default.attributesOfItem(atPath: file.path + "-wal")
      return try #require(attributes[.size] as? NSNumber).intValue
    }
  }

  @Test(
    "grows under a long reader, which can be seen, and shrinks once that ends; else it has a limit")
  func growth() throws {
    var configuration = file.configuration()
    configuration.durability = .normal
    let store = try EventStore(path: file.path, access: .readWrite, configuration: configuration)
    let text = String(repeating: "x", count: Self.dataBytes)
    let event = NewEvent(type: "Long", version: 1, data: Array("{\"text\":\"\(text)\"}".utf8))
    func append(commits: Int) throws {
      for _ in 0..<commits { try store.append([event], to: "a") }
    }
    let commitBytes = 2 * Self.dataBytes
    let limit = Self.checkpointBytes + commitBytes

    try append(commits: 120)
    #expect(try logBytes <= limit)
    #expect(try !store.read { try $0.statistics().isLogOverLimit })
    let underReader = try file.open(.readOnly).read { log in
      let seen = try log.head()
      try append(commits: 120)
      #expect(try log.head() == seen)
      return try logBytes
    }
    #expect(underReader > 2 * limit)
    #expect(underReader > Self.keptBytes)
    #expect(try store.read { try $0.statistics().isLogOverLimit })
    try append(commits: 120)
    #expect(try logBytes <= Self.keptBytes)
    #expect(try !store.read { try $0.statistics().isLogOverLimit })
    #expect(try file.open(.readOnly).head().position == 360)
  }

  @Test("is not brought back in a file that another program keeps without one")
  func otherJournal() throws {
    try file.open().append([.numbered(1)], to: "a")
    #expect(try file.raw().value("PRAGMA journal_mode = DELETE") == "delete")
    for number in 2...3 {
      #expect(try file.open(.readOnly).version(of: "a") == Int64(number - 2))
      try file.open().append([.numbered(number)], to: "a")
      #expect(try file.raw().value("PRAGMA journal_mode") == "delete")
    }
    #expect(try file.open(.readOnly).events().map(\.position) == [1, 2, 3])
    #expect(try file.folder.names() == ["test.ledger"])
    try file.verify()
  }
}
