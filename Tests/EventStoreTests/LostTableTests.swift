import EventStore
import SQLite
import Testing

@Suite("A lost table")
struct LostTableTests {
  let file: TestStore

  init() throws { file = try TestStore() }

  @Test(
    "is named as soon as the file is opened, and nothing is written",
    arguments: [
      "streams", "event_types", "actors", "commits", "recorded_events", "personal_texts",
      "projections", "snapshots", "settings",
    ])
  func whenOpened(_ table: String) throws {
    try SampleLog.write(to: file.open())
    let raw = try file.raw()
    try raw.run("DROP TABLE \(table)")
    let rest = AppendingTests.tables.filter { $0 != table }
    let before = try raw.contents(of: rest)
    let problem = "the table '\(table)' is missing"
    for access in [EventStore.Access.readWrite, .readOnly] {
      #expect(throws: StoreFileError.damaged(path: file.path, position: nil, problem: problem)) {
        try file.open(access)
      }
    }
    #expect(try raw.contents(of: rest) == before)
  }

  @Test(
    "is named by a handle that was open, and nothing is written",
    arguments: ["streams", "event_types", "actors", "commits", "recorded_events"])
  func whileOpen(_ table: String) throws {
    let store = try file.open()
    try SampleLog.write(to: store)
    let raw = try file.raw()
    try raw.run("DROP TABLE \(table)")
    let rest = AppendingTests.tables.filter { $0 != table }
    let before = try raw.contents(of: rest)
    let writing = #expect(throws: DatabaseError.self) { try store.append([.numbered(9)], to: "a") }
    let reading = #expect(throws: DatabaseError.self) { try store.events() }
    for error in [writing, reading] {
      #expect(error?.message.contains(table) == true, "\(String(describing: error))")
    }
    #expect(try raw.contents(of: rest) == before)
  }
}
