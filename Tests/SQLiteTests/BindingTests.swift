import SQLite
import Testing

@Suite("Values that go into a database and come back")
struct BindingTests {
  let database: Database

  init() throws {
    database = try Database(path: "", mode: .temporary)
    try database.execute("CREATE TABLE kept (value ANY) STRICT")
  }

  /// What `read` makes of `value` once it was stored, and what SQLite calls its type.
  private func roundTrip<Value: Bindable, Result>(
    _ value: Value, _ read: (Row) -> Result
  ) throws -> (type: String, result: Result) {
    try database.run("DELETE FROM kept")
    try database.run("INSERT INTO kept VALUES (?)", value)
    return try #require(
      try database.first("SELECT value, typeof(value) FROM kept") { ($0.text(1), read($0)) })
  }

  @Test(
    "text comes back byte for byte",
    arguments: [
      "", "plain", " ", "a\0b", "\0", "💶 naïve", "e\u{301}", "\u{e9}", "'; DROP TABLE kept; --",
      "line\nline\r\n", "\u{FEFF}bom", String(repeating: "ü", count: 70_000),
    ])
  func text(_ text: String) throws {
    let (type, bytes) = try roundTrip(text) { $0.bytes(0) }
    #expect(type == "text")
    #expect(bytes == Array(text.utf8))
    let read = try roundTrip(text) { $0.optionalText(0) }.result
    #expect(read.map { Array($0.utf8) } == Array(text.utf8))
  }

  @Test(
    "bytes bound as text are text, the empty ones too",
    arguments: ["", "{}", "a\0b", "💶"])
  func textBytes(_ text: String) throws {
    let (type, bytes) = try roundTrip(TextBytes(Array(text.utf8))) { $0.optionalBytes(0) }
    #expect(type == "text")
    #expect(bytes == Array(text.utf8))
  }

  @Test("a blob comes back byte for byte", arguments: [[], [0], [0, 255, 0], Array(0...255)])
  func blob(_ bytes: [UInt8]) throws {
    let (type, read) = try roundTrip(bytes) { $0.optionalBytes(0) }
    #expect(type == "blob")
    #expect(read == bytes)
  }

  @Test("an integer comes back", arguments: [0, 1, -1, Int64.max, Int64.min])
  func integer(_ integer: Int64) throws {
    let (type, read) = try roundTrip(integer) { $0.optionalInt64(0) }
    #expect(type == "integer")
    #expect(read == integer)
    #expect(try roundTrip(Int(integer)) { $0.int64(0) }.result == integer)
  }

  @Test("nil is NULL and reads as nil in every way")
  func null() throws {
    let (type, isNull) = try roundTrip(String?.none) { $0.isNull(0) }
    #expect(type == "null")
    #expect(isNull)
    #expect(try roundTrip(Int64?.none) { $0.optionalInt64(0) }.result == nil)
    #expect(try roundTrip(String?.none) { $0.optionalText(0) }.result == nil)
    #expect(try roundTrip([UInt8]?.none) { $0.optionalBytes(0) }.result == nil)
  }

  @Test("an optional with a value is that value, even an empty one")
  func some() throws {
    #expect(try roundTrip(String?.some("")) { $0.optionalText(0) }.result == "")
    #expect(try roundTrip([UInt8]?.some([])) { $0.optionalBytes(0) }.result == [])
    #expect(try roundTrip(Int64?.some(7)) { $0.optionalInt64(0) }.result == 7)
  }

  @Test("bytes that are not UTF-8 read as U+FFFD and are kept as they are")
  func invalidText() throws {
    try database.execute("INSERT INTO kept VALUES (CAST(x'61ff62' AS TEXT))")
    let read = try database.first("SELECT value FROM kept") { ($0.text(0), $0.bytes(0)) }
    let (text, bytes) = try #require(read)
    #expect(text == "a\u{FFFD}b")
    #expect(bytes == [0x61, 0xFF, 0x62])
  }

  @Test("values are bound in the order given")
  func order() throws {
    let row = try database.first("SELECT ?, ?, ?", 1, "two", [UInt8(3)]) {
      ($0.int64(0), $0.text(1), $0.bytes(2))
    }
    let (first, second, third) = try #require(row)
    #expect(first == 1)
    #expect(second == "two")
    #expect(third == [3])
  }

  @Test("a list is bound in its order")
  func list() throws {
    let statement = try database.statement("SELECT ?1 - ?2")
    defer { statement.reset() }
    try statement.bind(all: [10, 3])
    #expect(try statement.step())
    #expect(statement.row.int64(0) == 7)
  }

  @Test("one value too many is an error")
  func tooMany() {
    let error = #expect(throws: DatabaseError.self) { try database.run("SELECT ?", 1, 2) }
    #expect(error?.kind == .other)
    #expect(error?.sql == "SELECT ?")
  }

  @Test("a row names its columns")
  func named() throws {
    let columns = try database.first("SELECT 1 AS a, NULL AS b, 'x' AS c") { $0.named }
    #expect(columns?.map(\.name) == ["a", "b", "c"])
    #expect(columns?.map(\.value) == ["1", nil, "x"])
  }
}
