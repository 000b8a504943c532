import Testing

/// What the program says of itself.
@Suite("Help")
struct HelpTests {
  @Test("of a subcommand is the same however it is asked for, and begins with the program's name")
  func subcommands() throws {
    let sandbox = try Sandbox()
    let subcommands = try CommandWords.all(in: sandbox)
    #expect(subcommands.count > 40)
    for path in subcommands.map({ $0.path.joined(separator: " ") }) {
      let help = try sandbox.run("ledger help \(path)").output
      #expect(help.contains("\nUSAGE: ledger \(path) "), "\(path)")
      for flag in ["--help", "-h"] {
        #expect(try sandbox.run("ledger \(path) \(flag)").output == help, "\(path) \(flag)")
      }
    }
  }
}
