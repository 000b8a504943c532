import Testing

@testable import LedgerImport

@Suite("CSVReader: what is no CSV")
struct CSVReaderRefusalTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let text: String
    let place: String

    init(_ text: String, _ place: String) { (self.text, self.place) = (text, place) }

    var testDescription: String { text.debugDescription }
  }

  @Test(
    "a quote that never closes is named where it opens",
    arguments: [
      Sample("\"", "1:1"),
      Sample("a,b\nc,\"d\n", "2:2"),
      Sample("a,b\n\"c\"\",d\ne,f\n", "2:1"),
      Sample("a,b\n\"c\",\"d\n\n\n", "2:2"),
      Sample("a,b,c\n1,\"2\n2\",\"3\n", "3:3"),
    ])
  func namesOpenQuote(_ sample: Sample) throws {
    let problem = try TemporaryFile(sample.text).problem()
    #expect(problem.place == sample.place)
    #expect(problem.problem.contains("quote"))
    #expect(problem.kind == .malformed)
  }

  @Test(
    "text after a closing quote is named where it stands",
    arguments: [
      Sample("\"a\"b", "1:1"),
      Sample("\"a\" ,b", "1:1"),
      Sample("a,b\nc,\"d\";\"e\"\n", "2:2"),
      Sample("a,b\n\"c\nd\"x,e\n", "3:1"),
    ])
  func namesTextAfterQuote(_ sample: Sample) throws {
    let problem = try TemporaryFile(sample.text).problem()
    #expect(problem.place == sample.place)
    #expect(problem.problem.contains("closing quote"))
  }

  @Test(
    "a NUL byte is named where it stands",
    arguments: [
      Sample("\0", "1:1"), Sample("a,b\nc,d\0e\n", "2:2"), Sample("a,b\n\"c\0\",d", "2:1"),
    ])
  func namesNUL(_ sample: Sample) throws {
    let problem = try TemporaryFile(sample.text).problem()
    #expect(problem.place == sample.place)
    #expect(problem.problem.contains("NUL"))
  }

  @Test(
    "bytes that are not UTF-8 are named where they stand",
    arguments: [
      [0x76, 0xFD, 0x62], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0x80],
    ] as [[UInt8]])
  func namesInvalidUTF8(_ bytes: [UInt8]) throws {
    let text = Array("a,b\nc,d\ne,".utf8) + bytes + Array("\n".utf8)
    let problem = try TemporaryFile(text).problem()
    #expect(problem.place == "3:2")
    #expect(problem.problem.contains("--encoding"))
  }

  @Test("a line of more than 1 MiB is refused, quoted or not", arguments: ["x", "\"x", "x,"])
  func refusesLongLine(_ start: String) throws {
    let text = "a,b\n" + start + String(repeating: "y", count: 1_048_577) + "\n"
    let problem = try TemporaryFile(text).problem()
    #expect(problem.line == 2)
    #expect(problem.problem.contains("longer than 1048576 bytes"))
    #expect(problem.column != nil)
  }

  @Test("a line of 100 MB is refused as soon as it is too long", .timeLimit(.minutes(1)))
  func refusesHugeLineFast() throws {
    let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)
    let file = try TemporaryFile(repeating: chunk, count: 100)
    let clock = ContinuousClock()
    let elapsed = try clock.measure {
      let problem = try file.problem()
      #expect(problem.line == 1)
    }
    #expect(elapsed < .seconds(10))
  }
}
