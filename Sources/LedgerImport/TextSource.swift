#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a text file as UTF-8, a block at a time.
///
/// A byte order mark is honoured and removed; other encodings are what the system's `iconv` knows.
package final class TextSource {
  private static let blockBytes = 65_536
  private let file: InputFile
  private var converter: iconv_t?
  private var encoding: String?
  private var unconverted: [UInt8] = []
  private var isFirstBlock = true
  private var isAtEnd = false
  private var isFirstText = true
  private var convertedLines = 0
  /// Set once a byte could not be converted: what stands before it is handed out first.
  private var isUnconvertible = false

  /// `path` may be `-` for standard input; nil as `encoding` means UTF-8, or what a mark says.
  package init(path: String, encoding: String?) throws(InputError) {
    file = try InputFile(path: path)
    self.encoding = encoding
    if let encoding { try openConverter(encoding) }
  }

  deinit {
    if let converter { iconv_close(converter) }
  }

  var path: String { file.path }

  /// The next bytes; nil at the end.
  func next() throws(InputError) -> [UInt8]? {
    while !isAtEnd {
      guard !isUnconvertible else {
        throw InputError(
          path: path, line: convertedLines + 1,
          problem: "it is not in the encoding '\(encoding ?? "")'; "
            + "choose another with --encoding")
      }
      var block = try readBlock()
      if isFirstBlock {
        isFirstBlock = false
        try honourMark(of: &block)
      }
      isAtEnd = block.isEmpty
      var text = converter == nil ? block : converted(block)
      if isFirstText, !text.isEmpty {
        isFirstText = false
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
      }
      if !text.isEmpty { return text }
    }
    return nil
  }

  private func readBlock() throws(InputError) -> [UInt8] {
    var block: [UInt8] = []
    // The first block must be long enough to hold a byte order mark.
    while block.count < 4 {
      let bytes = try file.nextBytes(atMost: Self.blockBytes)
      guard !bytes.isEmpty else { break }
      block += bytes
    }
    return block
  }

  private func honourMark(of block: inout [UInt8]) throws(InputError) {
    if block.starts(with: [0xEF, 0xBB, 0xBF]) {
      block.removeFirst(3)
    } else if block.starts(with: [0xFF, 0xFE]) || block.starts(with: [0xFE, 0xFF]),
      encoding == nil
    {
      try openConverter("UTF-16")
    }
  }

  private func openConverter(_ encoding: String) throws(InputError) {
    let opened = iconv_open("UTF-8", encoding)
    guard let opened, Int(bitPattern: opened) != -1 else {
      throw failure("the encoding '\(encoding)' is unknown; 'iconv --list' shows those that are")
    }
    converter = opened
    self.encoding = encoding
  }

  private func converted(_ block: [UInt8]) -> [UInt8] {
    guard let converter else { return block }
    var input = unconverted + block
    var output = [UInt8](repeating: 0, count: input.count * 4 + 16)
    var (left, room) = (input.count, output.count)
    let status = input.withUnsafeMutableBytes { source in
      output.withUnsafeMutableBytes { target in
        var from = source.baseAddress?.assumingMemoryBound(to: CChar.self)
        var to = target.baseAddress?.assumingMemoryBound(to: CChar.self)
        return iconv(converter, &from, &left, &to, &room)
      }
    }
    // EINVAL: the block ends within a character, whose rest is in the next one.
    let isIncomplete = status == -1 && errno == EINVAL
    isUnconvertible = status == -1 && !(isIncomplete && !block.isEmpty)
    // The end of the file can't be the end of reading if something before it is wrong.
    if isUnconvertible { isAtEnd = false }
    unconverted = Array(input.suffix(left))
    let text = Array(output.prefix(output.count - room))
    convertedLines += text.count { $0 == UInt8(ascii: "\n") }
    return text
  }

  private func failure(_ problem: String) -> InputError {
    InputError(path: path, problem: problem)
  }
}
