import Foundation
import Testing

@testable import LedgerImport

@Suite("TextSource: encodings")
struct TextSourceTests {
  /// A file and the encoding that is given for it.
  struct Sample: Sendable, CustomTestStringConvertible {
    let encoding: String?
    let bytes: [UInt8]

    init(_ encoding: String?, _ bytes: [UInt8]) { (self.encoding, self.bytes) = (encoding, bytes) }

    var testDescription: String { "\(encoding ?? "none"): \(bytes.prefix(8))" }
  }

  private static let text = Array("a,š\nb,c\n".utf8)
  private static let little: [UInt8] = "a,š\nb,c\n".utf16.flatMap {
    [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)]
  }
  private static let big: [UInt8] = "a,š\nb,c\n".utf16.flatMap {
    [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)]
  }

  @Test(
    "a byte order mark is honoured and removed",
    arguments: [
      Sample(nil, [0xEF, 0xBB, 0xBF] + text),
      Sample("UTF-8", [0xEF, 0xBB, 0xBF] + text),
      Sample(nil, [0xFF, 0xFE] + little),
      Sample(nil, [0xFE, 0xFF] + big),
      Sample("UTF-16", [0xFF, 0xFE] + little),
      Sample("UTF-16", [0xFE, 0xFF] + big),
      Sample("UTF-16LE", [0xFF, 0xFE] + little),
      Sample("UTF-16BE", [0xFE, 0xFF] + big),
    ])
  func honoursMark(_ sample: Sample) throws {
    let records = try TemporaryFile(sample.bytes).records(encoding: sample.encoding)
    #expect(records.map(\.fields) == [["a", "š"], ["b", "c"]])
  }

  @Test(
    "a named encoding is read as such",
    arguments: [
      Sample("UTF-8", text), Sample("utf-8", text),
      Sample("UTF-16LE", little), Sample("UTF-16BE", big),
      Sample("ISO-8859-2", [0x61, 0x2C, 0xB9, 0x0A, 0x62, 0x2C, 0x63, 0x0A]),
      Sample("windows-1250", [0x61, 0x2C, 0x9A, 0x0A, 0x62, 0x2C, 0x63, 0x0A]),
    ])
  func readsEncoding(_ sample: Sample) throws {
    let records = try TemporaryFile(sample.bytes).records(encoding: sample.encoding)
    #expect(records.map(\.fields) == [["a", "š"], ["b", "c"]])
  }

  @Test("UTF-16 without a mark or an encoding is refused for its NUL bytes")
  func refusesUnmarkedUTF16() throws {
    #expect(try TemporaryFile(Self.little).problem().problem.contains("NUL"))
  }

  @Test("a file of nothing but a mark is empty", arguments: [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE]])
  func findsOnlyMark(_ bytes: [UInt8]) throws {
    #expect(try TemporaryFile(bytes).records().isEmpty)
  }

  @Test("an encoding that iconv doesn't know is named")
  func namesUnknownEncoding() throws {
    let file = try TemporaryFile("a,b\n")
    let problem = try file.problem(encoding: "klingon")
    #expect(problem.problem.contains("'klingon'"))
    #expect(problem.path == file.path)
  }

  @Test(
    "bytes that the encoding doesn't have are refused",
    arguments: [
      Sample("UTF-8", [0x61, 0xFD, 0x62, 0x0A]),
      Sample("US-ASCII", [0x61, 0xC5, 0xA1, 0x0A]),
      Sample("UTF-16LE", [0x61, 0x00, 0x00, 0xDC, 0x62, 0x00]),
    ])
  func refusesForeignBytes(_ sample: Sample) throws {
    let problem = try TemporaryFile(sample.bytes).problem(encoding: sample.encoding)
    #expect(problem.problem.contains("--encoding"))
  }

  @Test(
    "a character cut off by the end of the file is refused",
    arguments: [
      Sample(nil, [0x61, 0x2C, 0xC5]), Sample("UTF-8", [0x61, 0x2C, 0xC5]),
      Sample(nil, [0xFF, 0xFE, 0x61, 0x00, 0x62]), Sample("UTF-16LE", [0x61, 0x00, 0x3D, 0xD8]),
      Sample("SHIFT_JIS", [0x61, 0x2C, 0x93]),
    ])
  func refusesCutOffCharacter(_ sample: Sample) throws {
    let problem = try TemporaryFile(sample.bytes).problem(encoding: sample.encoding)
    #expect(problem.kind == .malformed)
    #expect(problem.problem.contains("--encoding"))
  }

  @Test(
    "a character may lie across the end of a block",
    arguments: [
      Sample(nil, [0xE6, 0x97, 0xA5]), Sample("UTF-8", [0xE6, 0x97, 0xA5]),
      Sample("SHIFT_JIS", [0x93, 0xFA]), Sample("GB18030", [0xC8, 0xD5]),
    ])
  func joinsCharacterAcrossBlocks(_ sample: Sample) throws {
    for before in 65_530...65_536 {
      let padding = [UInt8](repeating: UInt8(ascii: "x"), count: before)
      let bytes = padding + sample.bytes + Array(",y\nz,w".utf8)
      let records = try TemporaryFile(bytes).records(encoding: sample.encoding)
      #expect(records.map(\.fields.last) == ["y", "w"])
      #expect(records.first?.fields.first?.hasSuffix("x日") == true)
    }
  }

  @Test("a surrogate pair may lie across the end of a block")
  func joinsSurrogatesAcrossBlocks() throws {
    let text = String(repeating: "x", count: 32_766) + "😀,y"
    let units = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let records = try TemporaryFile([0xFF, 0xFE] + units).records()
    #expect(records.first?.fields.first?.hasSuffix("x😀") == true)
    #expect(records.first?.fields.last == "y")
  }

  @Test("a missing file is missing, not malformed")
  func missesFile() throws {
    let path = TemporaryFile.freePath()
    let problem = try #require(throws: InputError.self) {
      try TextSource(path: path, encoding: nil)
    }
    #expect(problem.kind == .missing)
    #expect(problem.path == path)
    #expect(problem.line == nil)
  }

  @Test("a directory is no file")
  func refusesDirectory() throws {
    let path = FileManager.default.temporaryDirectory.path
    let problem = try #require(throws: InputError.self) {
      try TextSource(path: path, encoding: nil).next()
    }
    #expect(problem.kind == .malformed)
    #expect(problem.path == path)
  }
}
