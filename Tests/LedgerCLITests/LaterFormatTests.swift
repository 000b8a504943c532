import Foundation
import Testing

/// A ledger that a later version of the program has made.
@Suite("A file of a later format")
struct LaterFormatTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.makeLedger()
    // The last byte of `user_version` in the file's header: <https://sqlite.org/fileformat2.html>
    let file = try #require(FileHandle(forUpdatingAtPath: sandbox.path("ledger.db")))
    try file.seek(toOffset: 63)
    try file.write(contentsOf: [99])
    try file.close()
  }

  @Test(
    "is refused with both numbers, and not one byte of it changes",
    arguments: ["balance a", "deposit a 1", "verify", "init", "audit", "export events", "doctor"])
  func refused(_ command: String) throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: sandbox.path("ledger.db")))
    let outcome = try sandbox.run("ledger \(command)")
    #expect(outcome.status == 65)
    #expect(outcome.output.isEmpty)
    #expect(
      outcome.errors == """
        ledger: ledger_too_new: ledger.db has file format 99, and this version knows up to 5; \
        use a newer version of ledger

        """)
    #expect(try Data(contentsOf: URL(fileURLWithPath: sandbox.path("ledger.db"))) == before)
  }
}
