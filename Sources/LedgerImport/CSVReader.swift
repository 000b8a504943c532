/// One line of a CSV file: its fields, and where it began.
package struct CSVRecord {
  /// Counted from 1, skipped lines included.
  package let line: Int
  package let fields: [String]
}

/// Reads CSV (RFC 4180) with any one-byte delimiter, in constant memory.
///
/// Line ends may be LF, CRLF or CR; lines without any text are passed over. A quote inside an unquoted
/// field stands for itself.
package struct CSVReader {
  /// The longest line that is read: a longer one is surely no statement, or a quote never ends.
  static let longestRecordBytes = 1_048_576

  private let source: TextSource
  private let delimiter: UInt8
  private var block: [UInt8] = []
  private var offset = 0
  private var line = 1
  private var lastWasReturn = false

  package init(_ source: TextSource, delimiter: UInt8) {
    (self.source, self.delimiter) = (source, delimiter)
  }

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Passes over `count` lines, whatever is in them.
  mutating func skip(lines count: Int) throws(InputError) {
    let (target, overflow) = line.addingReportingOverflow(count)
    while overflow || line < target, try nextByte() != nil {}
  }

  /// The next line that has text in it; nil at the end.
  package mutating func next() throws(InputError) -> CSVRecord? {
    while let record = try nextLine() {
      if record.fields != [""] { return record }
    }
    return nil
  }

  private enum Place { case fieldStart, plain, quoted, afterQuote }

  private mutating func nextLine() throws(InputError) -> CSVRecord? {
    let firstLine = try lineOfNextByte()
    var fields: [String] = []
    var field: [UInt8] = []
    var place = Place.fieldStart
    var length = 0
    var quoteLine = firstLine
    while let byte = try nextByte(column: fields.count + 1) {
      length += 1
      guard length <= Self.longestRecordBytes else {
        throw failure(
          firstLine, column: fields.count + 1,
          "it is longer than \(Self.longestRecordBytes) bytes; is a quote left open?")
      }
      guard byte != 0 else {
        throw failure(
          line, column: fields.count + 1,
          "it has a NUL byte; is it text, and is --encoding right?")
      }
      let isLineEnd = byte == Self.lineFeed || byte == Self.carriageReturn
      switch (place, byte) {
      case (.fieldStart, Self.quote):
        place = .quoted
        quoteLine = line
      case (.quoted, Self.quote): place = .afterQuote
      case (.quoted, _): field.append(byte)
      case (.afterQuote, Self.quote):
        field.append(byte)
        place = .quoted
      case (_, delimiter):
        fields.append(try text(field, firstLine, fields.count + 1))
        field.removeAll(keepingCapacity: true)
        place = .fieldStart
      case _ where isLineEnd:
        fields.append(try text(field, firstLine, fields.count + 1))
        return CSVRecord(line: firstLine, fields: fields)
      case (.afterQuote, _):
        throw failure(
          line, column: fields.count + 1,
          "there is text after a closing quote; is --delimiter right?")
      case (.fieldStart, _), (.plain, _):
        field.append(byte)
        place = .plain
      }
    }
    guard place != .quoted else {
      throw failure(
        quoteLine, column: fields.count + 1, "a quote opens here and never closes")
    }
    guard length > 0 else { return nil }
    fields.append(try text(field, firstLine, fields.count + 1))
    return CSVRecord(line: firstLine, fields: fields)
  }

  private func text(
    _ bytes: [UInt8], _ line: Int, _ column: Int
  ) throws(InputError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw failure(
        line, column: column,
        "it is not UTF-8; name the file's encoding, such as --encoding ISO-8859-2")
    }
    return text
  }

  /// The number of the line that the next byte stands in.
  private mutating func lineOfNextByte() throws(InputError) -> Int {
    try passLineFeedAfterReturn()
    return line
  }

  private mutating func nextByte(column: Int = 1) throws(InputError) -> UInt8? {
    guard try fill(column: column) else { return nil }
    defer { offset += 1 }
    let byte = block[offset]
    let endsLine = byte == Self.carriageReturn || (byte == Self.lineFeed && !lastWasReturn)
    if endsLine { line += 1 }
    lastWasReturn = byte == Self.carriageReturn
    return byte
  }

  /// CRLF is one line end: its second byte is passed over when the next one is wanted.
  private mutating func passLineFeedAfterReturn() throws(InputError) {
    guard lastWasReturn else { return }
    lastWasReturn = false
    if try fill(), block[offset] == Self.lineFeed { offset += 1 }
  }

  /// Makes sure that there is a next byte, which belongs to the field `column`; false at the end.
  private mutating func fill(column: Int = 1) throws(InputError) -> Bool {
    guard offset == block.count else { return true }
    let next: [UInt8]?
    do {
      next = try source.next()
    } catch {
      // A byte that can't be converted has a place, a file that can't be read has none.
      throw error.line == nil ? error : failure(line, column: column, error.problem)
    }
    guard let next else { return false }
    (block, offset) = (next, 0)
    return true
  }

  private func failure(_ line: Int, column: Int? = nil, _ problem: String) -> InputError {
    InputError(path: source.path, line: line, column: column, problem: problem)
  }
}
