import SQLite
import TestSupport
import Testing

@Suite("Copying all pages of a database")
struct PageCopyTests {
  let folder: TemporaryFolder
  let source: Database

  /// A source of more pages than are copied in one step, with a log of writes.
  init() throws {
    folder = try TemporaryFolder()
    source = try Database(path: folder.path("source.db"), mode: .create)
    try source.execute(
      """
      PRAGMA page_size = 512; PRAGMA journal_mode = WAL;
      CREATE TABLE numbers (number INTEGER PRIMARY KEY, filler TEXT);
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO numbers SELECT i, printf('%0400d', i) FROM n
      """)
  }

  private func copy() throws -> Database {
    try Database(path: folder.path("copy.db"), mode: .create)
  }

  private func count(_ database: Database) throws -> Int64? {
    try database.first("SELECT count(*) FROM numbers") { $0.int64(0) }
  }

  private func pages(_ database: Database) throws -> Int64? {
    try database.first("PRAGMA page_count") { $0.int64(0) }
  }

  private func addOne() throws {
    try Database(path: folder.path("source.db"), mode: .readWrite)
      .execute("INSERT INTO numbers (filler) VALUES ('late')")
  }

  @Test("gives the same database, and says how far it is")
  func whole() throws {
    let copy = try copy()
    var reports: [Int64] = []
    try source.copyPages(to: copy) { done, total in
      let all = try pages(source)
      #expect(total == all)
      reports.append(done)
    }
    #expect(reports.count > 2)
    #expect(reports == reports.sorted())
    let all = try pages(source)
    #expect(reports.last == all)
    #expect(try pages(copy) == all)
    #expect(try count(copy) == 3_000)
    #expect(try copy.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
  }

  @Test("inside a transaction copies its moment once, though others write after every step")
  func oneMoment() throws {
    let copy = try copy()
    try source.execute("BEGIN")
    #expect(try count(source) == 3_000)
    var steps = 0
    try source.copyPages(to: copy) { _, _ in
      steps += 1
      try addOne()
    }
    try source.execute("COMMIT")
    #expect(try count(copy) == 3_000)
    #expect(try count(source) == 3_000 + Int64(steps))
    #expect(try copy.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
  }

  @Test("outside of one begins anew when others write, and has what they wrote")
  func restarted() throws {
    let copy = try copy()
    var steps = 0
    try source.copyPages(to: copy) { _, _ in
      steps += 1
      if steps == 1 { try addOne() }
    }
    #expect(try count(copy) == 3_001)
  }

  @Test("ends with the error of whoever is told how far it is")
  func stopped() throws {
    struct Enough: Error {}
    let copy = try copy()
    #expect(throws: Enough.self) { try source.copyPages(to: copy) { _, _ in throw Enough() } }
    #expect(throws: (any Error).self) { try count(copy) }
    #expect(try count(source) == 3_000)
    try source.copyPages(to: copy) { _, _ in }
    #expect(try count(copy) == 3_000)
  }

  @Test("where there is no room for it, or somebody writes to the copy, says so")
  func refused() throws {
    let copy = try copy()
    try copy.execute("PRAGMA page_size = 512; PRAGMA max_page_count = 50")
    let full = #expect(throws: DatabaseError.self) { try source.copyPages(to: copy) { _, _ in } }
    #expect(full?.kind == .full)
    #expect(full?.path == copy.path)
    let other = try Database(path: folder.path("other.db"), mode: .create)
    try other.execute("BEGIN IMMEDIATE; CREATE TABLE x (y)")
    let second = try Database(path: folder.path("other.db"), mode: .readWrite)
    let busy = #expect(throws: DatabaseError.self) { try source.copyPages(to: second) { _, _ in } }
    #expect(busy?.kind == .busy)
  }
}
