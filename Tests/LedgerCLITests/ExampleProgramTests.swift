import Foundation
import Testing

/// The program in the documentation of the event store.
@Suite("The example program")
struct ExampleProgramTests {
  private static let article = Program.root
    .appendingPathComponent("Sources/EventStore/EventStore.docc/StoreOfYourOwn.md")
  private static let source = Program.fixtures.appendingPathComponent("examples/room/main.swift")

  /// What stands in the first block of the article that is marked `language`.
  private static func block(_ language: String) throws -> String {
    let text = try String(contentsOf: article, encoding: .utf8)
    let parts = text.components(separatedBy: "```\(language)\n")
    return try #require(parts.dropFirst().first?.components(separatedBy: "```\n").first)
  }

  @Test("stands in the article as it is compiled")
  func source() throws {
    #expect(try Self.block("swift") == String(contentsOf: Self.source, encoding: .utf8))
  }

  @Test("prints what the article says")
  func output() throws {
    let outcome = try Sandbox().run("room rooms.db", mergingErrors: true)
    #expect(outcome.status == 0)
    #expect(outcome.output == (try Self.block("text")))
  }

  @Test("goes on where it stopped, on the same file")
  func again() throws {
    let sandbox = try Sandbox()
    try sandbox.run("room rooms.db")
    #expect(try sandbox.run("room rooms.db").output.hasPrefix("leave: position 5\n"))
  }

  @Test("of a projection stands in its article as it is compiled")
  func projection() throws {
    let article = Program.root
      .appendingPathComponent("Sources/LedgerKit/LedgerKit.docc/AddingAProjection.md")
    let source = Program.fixtures.appendingPathComponent("examples/largest/LargestMovements.swift")
    let text = try String(contentsOf: article, encoding: .utf8)
    #expect(text.contains("```swift\n\(try String(contentsOf: source, encoding: .utf8))```\n"))
  }
}
