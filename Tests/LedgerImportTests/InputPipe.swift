import Foundation

/// A file that is written while it is read.
final class InputPipe {
  private let pipe = Pipe()

  /// Names the end that is read.
  var path: String { "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)" }

  func write(_ text: String) {
    pipe.fileHandleForWriting.write(Data(text.utf8))
  }

  func close() {
    try? pipe.fileHandleForWriting.close()
  }
}
