#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Who reads a state of the file that needs its log of writes as it is.
///
/// In its transaction a reader has a lock on a byte of the `-shm` file: <https://sqlite.org/walformat.html>,
/// section 2.3. The system lists locks without anybody opening that file, which would let go of our own.
package enum LogReaders {
  /// The bytes 123 to 127 stand for five states that may be read.
  private static let readerBytes: ClosedRange<Int64> = 123...127

  /// The processes, each once; nil where the system lists no locks.
  static func processes(ofLogBeside path: String) -> [Int32]? {
    #if os(Linux)
      var status = stat()
      guard stat(path + "-shm", &status) == 0 else { return [] }
      return SystemText.ofFile("/proc/locks").map {
        processes(readingInode: UInt64(status.st_ino), in: $0)
      }
    #else
      return nil
    #endif
  }

  /// The processes with a reader's lock on that inode, in the words of `/proc/locks`:
  /// `1: POSIX  ADVISORY  READ 4711 fe:00:131074 124 124`, with an arrow behind the number if one waits.
  ///
  /// Devices are not compared, as some file systems call theirs by two names.
  package static func processes(readingInode inode: UInt64, in locks: String) -> [Int32] {
    var found: [Int32] = []
    for line in locks.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count == 8, fields[3] == "READ", let process = Int32(fields[4]),
        fields[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode,
        let first = Int64(fields[6]), let last = Int64(fields[7]),
        readerBytes.overlaps(first...max(first, last)), !found.contains(process)
      else { continue }
      found.append(process)
    }
    return found
  }
}

/// Files that the system makes up as they are read.
enum SystemText {
  /// Nil if there is no such file.
  static func ofFile(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &part, part.count)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      guard count > 0 else { return nil }
      bytes += part[..<count]
    }
  }
}
