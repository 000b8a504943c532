/// One line of a text file.
struct InputLine: Hashable {
  /// Counted from 1.
  let number: Int
  /// Without its line end; nil if it is longer than its source allows.
  let bytes: [UInt8]?
}

/// The lines of a file, read as they come and in flat memory.
///
/// A line ends with LF or CRLF, the last one perhaps with nothing; a byte order mark (UTF-8) in
/// front of the first is removed.
final class LineSource {
  /// How long a line may be, unless whoever reads it says otherwise.
  static let longestLineBytes = 1_048_576
  /// A longer line is handed out without its bytes.
  let longestBytes: Int
  private static let blockBytes = 65_536
  private static let lineFeed = UInt8(ascii: "\n")

  private let file: InputFile
  private var buffer: [UInt8] = []
  /// Where in the buffer the next line begins.
  private var start = 0
  /// The buffer has no line end between `start` and here.
  private var searched = 0
  /// Where the next line ends, if that was read already.
  private var end: Int?
  private var isTooLong = false
  private var isAtEnd = false
  private var count = 0

  /// `path` may be `-` for standard input.
  init(
    path: String, longestBytes: Int = LineSource.longestLineBytes
  ) throws(InputError) {
    self.longestBytes = longestBytes
    file = try InputFile(path: path)
  }

  var path: String { file.path }

  /// The next line; nil at the end. Waits for it if it must.
  func next() throws(InputError) -> InputLine? {
    while !isKnown { try readBlock() }
    guard end != nil || searched > start || isTooLong else { return nil }
    count += 1
    let line = InputLine(number: count, bytes: isTooLong ? nil : bytesOfLine())
    start = end.map { $0 + 1 } ?? searched
    (searched, isTooLong) = (start, false)
    findEnd()
    return line
  }

  /// Whether `next` would answer without waiting for whoever writes the file.
  func isReady() throws(InputError) -> Bool {
    while !isKnown {
      guard file.isReady else { return false }
      try readBlock()
    }
    return true
  }

  /// Whether the next line, or that there is none, was read already.
  private var isKnown: Bool { end != nil || isAtEnd }

  private func bytesOfLine() -> [UInt8] {
    var line = buffer[start..<(end ?? searched)]
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    if count == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    return Array(line)
  }

  private func readBlock() throws(InputError) {
    let block = try file.nextBytes(atMost: Self.blockBytes)
    isAtEnd = block.isEmpty
    buffer.removeSubrange(..<start)
    (start, searched) = (0, searched - start)
    buffer += block
    findEnd()
  }

  private func findEnd() {
    end = buffer[searched...].firstIndex(of: Self.lineFeed)
    searched = end ?? buffer.count
    guard searched - start > longestBytes else { return }
    // What is too long to be handed out need not be kept.
    isTooLong = true
    buffer.removeSubrange(start..<searched)
    searched = start
    if end != nil { end = start }
  }
}
