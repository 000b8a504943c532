import Foundation
import Testing

/// Who may read the files that the program makes.
@Suite("A new file is its owner's alone")
struct PrivacyTests {
  private func mode(_ name: String, in sandbox: Sandbox) throws -> String {
    let attributes = try FileManager.default.attributesOfItem(atPath: sandbox.path(name))
    return String(try #require(attributes[.posixPermissions] as? Int), radix: 8)
  }

  @Test(
    "whatever the umask: the ledger, its log, locks, answers in files",
    arguments: ["000", "022", "077"])
  func modes(_ umask: String) throws {
    let sandbox = try Sandbox()
    try sandbox.run("umask \(umask); ledger init; ledger open a --currency USD")
    #expect(try mode("ledger.db", in: sandbox) == "600")
    try sandbox.run("ledger subscriptions create x --from start")
    // While it runs, its lock and the log are there.
    let modes = try sandbox.run(
      """
      umask \(umask)
      ledger subscriptions run x --once -- sh -c 'cat > got; stat -c %a ledger.db-wal ledger.db-shm *.lock'
      """)
    #expect(modes.output == "600\n600\n600\n")
    try sandbox.run("umask \(umask); ledger export events -o dump; ledger accounts -o list")
    try sandbox.run("umask \(umask); ledger events -O ndjson --limit 1 -o events")
    for name in ["dump", "list", "events"] { #expect(try mode(name, in: sandbox) == "600") }
    #expect(try mode("ledger.db", in: sandbox) == "600")
  }

  @Test("whatever the umask: the copy that a migration leaves")
  func migration() throws {
    let sandbox = try Sandbox()
    try FileManager.default.copyItem(
      at: Program.fixtures.appendingPathComponent("ledgers/format-4.ledger"),
      to: URL(fileURLWithPath: sandbox.path("ledger.db")))
    let outcome = try sandbox.run("umask 000; chmod 600 ledger.db; ledger init; ls")
    #expect(outcome.status == 0)
    let copies = outcome.output.split(separator: "\n").filter { $0.contains(".format-4") }
    #expect(copies.count == 1)
    for copy in copies { #expect(try mode(String(copy), in: sandbox) == "600") }
  }

  @Test("a file that is written over stays readable for whom it was")
  func writtenOver() throws {
    let sandbox = try Sandbox()
    try sandbox.run("ledger init; touch list; chmod 640 list; ledger accounts -o list")
    #expect(try mode("list", in: sandbox) == "640")
  }

  @Test("a link that somebody laid where a draft will be is not followed")
  func draft() throws {
    let sandbox = try Sandbox()
    try sandbox.run("ledger init; echo precious > victim")
    // The draft's name has the number of the process, which a shell keeps when it becomes the program.
    let outcome = try sandbox.run(
      "sh -c 'ln -s victim list.part-$$; exec ledger accounts -o list'; cat victim; cat list")
    #expect(
      outcome.output
        == "precious\nThere are no accounts; open one with: ledger open ACCOUNT --currency USD\n")
  }
}
