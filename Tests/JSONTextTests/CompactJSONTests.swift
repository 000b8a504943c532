import JSONText
import Testing
import TestSupport

@Suite("Compact JSON")
struct CompactJSONTests {
  @Test("that is called so is what would be written, whatever it is made of", arguments: [11, 12])
  func isWhatIsWritten(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var (compact, others) = (0, 0)
    for _ in 0..<3_000 {
      let value = JSONValue.random(depth: 3, using: &random)
      for document in [value.compact, value.pretty] {
        if JSONValue.isCompact(document) {
          compact += 1
          try #require(try JSONValue(parsing: document).compact == document)
        } else {
          others += 1
        }
      }
    }
    #expect(compact > 500 && others > 500)
  }

  @Test(
    "is called so if it has no space outside of texts, and in them nothing to escape",
    arguments: [
      (#"{}"#, true), (#"{"a":"b c","d":[1,-2.50e3,true,null]}"#, true), (#""""#, true),
      (#"{ }"#, false), (#"{"a": 1}"#, false), (#"{"a":1} "#, false), (#" {}"#, false),
      (#"{"a":"\/"}"#, false), (#"{"a":"\u0041"}"#, false), (#"{"a":"é"}"#, false),
      ("{\"a\":\"\u{7F}\"}", false), ("{\"a\":1\n}", false), ("{\"a\":\t1}", false),
    ])
  func examples(_ document: String, _ isCompact: Bool) {
    #expect(JSONValue.isCompact(Array(document.utf8)) == isCompact)
  }

  @Test("has whole numbers as Swift writes them")
  func decimals() {
    var random = SeededRandom(seed: 13)
    let edges: [Int64] = [.min, .min + 1, -10, -1, 0, 1, 9, 10, 99, 100, .max]
    let samples = edges + (0..<1_000).map { _ in Int64.randomMagnitude(using: &random) }
    for value in samples {
      var bytes = Array("x".utf8)
      bytes.appendDecimal(value)
      #expect(bytes == Array("x\(value)".utf8))
    }
  }
}
