import Foundation
import Testing
import TestSupport

/// What goes to files and pipes.
@Suite("Output")
struct OutputTests {
  private func book() throws -> Sandbox {
    let sandbox = try Sandbox()
    try sandbox.run("ledger init; ledger open a --currency USD; ledger deposit a 5")
    return sandbox
  }

  @Test("the ledger, its log and the input file are never overwritten by an answer")
  func protectsFiles() throws {
    let sandbox = try book()
    for target in ["ledger.db", "./ledger.db", "ledger.db-wal"] {
      #expect(try sandbox.run("ledger accounts -o \(target)").status == 64)
    }
    try sandbox.write("what\n1.00\n", to: "x.csv")
    let rules = "--source s --account a --amount-column what"
    #expect(try sandbox.run("ledger import csv x.csv \(rules) -o x.csv").status == 64)
    #expect(try sandbox.run("cat x.csv").output == "what\n1.00\n")
    #expect(try sandbox.run("ledger balance a").output == "a  5.00 USD\n")
    #expect(try sandbox.run("ledger verify").status == 0)
  }

  @Test("a receipt that has no place to go to is not booked")
  func opensOutputFirst() throws {
    let sandbox = try book()
    #expect(try sandbox.run("ledger deposit a 5 -o nowhere/receipt").status == 73)
    #expect(try sandbox.run("ledger balance a").output == "a  5.00 USD\n")
  }

  @Test("a failed query leaves the file that stood there, and no draft")
  func keepsFileOfFailedQuery() throws {
    let sandbox = try book()
    try sandbox.write("precious\n", to: "out.txt")
    #expect(try sandbox.run("ledger history nobody -o out.txt").status == 1)
    #expect(try sandbox.run("cat out.txt; ls | grep -c part").output == "precious\n0\n")
    #expect(try sandbox.run("ledger balance a -o out.txt; cat out.txt").output == "a  5.00 USD\n")
  }

  @Test("CSV stays CSV and JSON stays JSON, whatever a description says")
  func escapes() throws {
    let sandbox = try book()
    let text = ",\u{301}x \"\u{301}y\" \u{202E}z\nnew line"
    try sandbox.write(text, to: "text")
    try sandbox.run("ledger deposit a 1 --description \"$(cat text)\"")
    let json = try sandbox.run("ledger history a -O json").output
    let entries = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]]
    #expect(entries?.last?["description"] as? String == text)
    let csv = try sandbox.run("ledger history a -O csv").output
    #expect(csv.contains("\",\u{301}x \"\"\u{301}y\"\" \\u{202E}z\nnew line\""))
    for output in [json, csv] { #expect(!output.unicodeScalars.contains("\u{202E}")) }
  }

  @Test("numbers in an error are numbers")
  func factsHaveTypes() throws {
    let sandbox = try book()
    try sandbox.run("ledger deposit a 1 --idempotency-key k")
    let outcome = try sandbox.run("ledger deposit a 2 --idempotency-key k --format json")
    #expect(outcome.errors.contains(#""position":3,"differing":["amount"]"#))
  }
}
