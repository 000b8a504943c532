import SQLite
import Testing

@Suite("Values given to a statement one after the other")
struct BinderTests {
  let database: Database

  init() throws { database = try Database(path: "", mode: .temporary) }

  /// What SQLite calls the type of each value, and the value.
  private func stored(_ bind: (inout Binder) -> Void) throws -> [String] {
    let statement = try database.statement(
      "SELECT typeof(?1) || ':' || ifnull(quote(?1), ''), typeof(?2) || ':' || quote(?2)")
    return try statement.first(bind) { [$0.text(0), $0.text(1)] } ?? []
  }

  @Test("keep their type, and nil is NULL")
  func types() throws {
    #expect(
      try stored {
        $0.add(Int64.min)
        $0.add(Int64?.none)
      } == ["integer:-9223372036854775808", "null:NULL"])
    #expect(
      try stored {
        $0.add("a'b")
        $0.add(String?.none)
      } == ["text:'a''b'", "null:NULL"])
    #expect(
      try stored {
        $0.add(text: Array("ü".utf8))
        $0.add(text: nil)
      } == ["text:'ü'", "null:NULL"])
    #expect(
      try stored { binder in
        [UInt8]([0, 255]).withUnsafeBytes { binder.add($0) }
        binder.add(UnsafeRawBufferPointer?.none)
      } == ["blob:X'00FF'", "null:NULL"])
  }

  @Test("are empty rather than NULL if they have no bytes")
  func empty() throws {
    #expect(
      try stored {
        $0.add("")
        $0.add(text: [])
      } == ["text:''", "text:''"])
    #expect(
      try stored {
        $0.add(UnsafeRawBufferPointer(start: nil, count: 0))
        $0.addNull()
      } == ["blob:X''", "null:NULL"])
  }

  @Test("are an error if there are more of them than parameters")
  func tooMany() throws {
    let statement = try database.statement("SELECT ?")
    let error = #expect(throws: DatabaseError.self) {
      try statement.run {
        $0.add(1)
        $0.add(2)
      }
    }
    #expect(error?.sql == "SELECT ?")
    // And the statement can be used again.
    #expect(try statement.first({ $0.add(7) }) { $0.int64(0) } == 7)
  }

  @Test("belong to a statement that is prepared once for its place in the program")
  func literal() throws {
    func statement() throws -> Statement { try database.statement(literal: "SELECT 1") }
    #expect(try statement() === statement())
    #expect(try statement().first({ _ in }) { $0.int64(0) } == 1)
  }
}
