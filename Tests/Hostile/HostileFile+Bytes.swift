import Foundation
import TestSupport

/// Files whose bytes are others.
extension HostileFile {
  /// The same in the same order for a file of so many pages.
  static func all(ofPages pages: Int) -> [HostileFile] {
    truncated(pages) + headers() + pageHeaders(pages) + bits(pages) + sizes(pages) + swaps(pages)
  }

  private static func truncated(_ pages: Int) -> [HostileFile] {
    let ends = (0...pages).flatMap { page in
      [-1, 0, 1, 511, 4_096].map { page * Pristine.pageBytes + $0 }
    }
    let odd = [1, 15, 16, 17, 18, 19, 20, 27, 28, 31, 99, 100, 101, 107, 108, 500, 1_000, 8_000]
    return Set(ends + odd).sorted().filter { $0 > 0 && $0 != pages * Pristine.pageBytes }.map {
      end in
      HostileFile(.truncated, "to \(end) bytes") { bytes in
        if end < bytes.count {
          bytes.removeSubrange(end...)
        } else {
          bytes += [UInt8](repeating: 0x5A, count: end - bytes.count)
        }
      }
    }
  }

  /// Every byte of the file's own header and of the first page's.
  private static func headers() -> [HostileFile] {
    (0..<108).flatMap { place in
      others(at: place).map { name, change in
        HostileFile(.header, "byte \(place) \(name)") { change(&$0[place]) }
      }
    }
  }

  private static func others(at place: Int) -> [(String, @Sendable (inout UInt8) -> Void)] {
    [
      ("is 0x00", { $0 = 0 }), ("is 0xFF", { $0 = 0xFF }), ("is 0x7F", { $0 = 0x7F }),
      ("has another lowest bit", { $0 ^= 1 }), ("is one more", { $0 &+= 1 }),
      ("has another highest bit", { $0 ^= 0x80 }),
    ]
  }

  /// Every byte of the other pages' headers, and the first places of cells.
  private static func pageHeaders(_ pages: Int) -> [HostileFile] {
    (1..<pages).flatMap { page in
      (0..<16).flatMap { byte in
        others(at: byte).filter { !$0.0.contains("one more") }.map { name, change in
          HostileFile(.pageHeader, "page \(page + 1), byte \(byte) \(name)") {
            change(&$0[page * Pristine.pageBytes + byte])
          }
        }
      }
    }
  }

  /// Some bits of each page, one by one and many at once.
  private static func bits(_ pages: Int) -> [HostileFile] {
    (0..<pages).flatMap { page in
      (0..<24).map { number in
        HostileFile(.bits, "page \(page + 1), lot \(number)") { bytes in
          var random = SeededRandom(seed: UInt64(page * 1_000 + number))
          let count = number < 16 ? 1 : number < 20 ? 8 : 512
          for _ in 0..<count {
            let place = Int.random(in: 0..<Pristine.pageBytes, using: &random)
            let bit = UInt8.random(in: 0..<8, using: &random)
            bytes[page * Pristine.pageBytes + place] ^= 1 << bit
          }
        }
      }
    }
  }

  /// Where cells begin, numbers that stand for huge sizes: <https://sqlite.org/fileformat2.html#b_tree_pages>.
  private static func sizes(_ pages: Int) -> [HostileFile] {
    let numbers: [[UInt8]] = [
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
      [0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0x87, 0xFF, 0xFF, 0xFF, 0x7F], [0x80, 0x80, 0x00], [0x00],
    ]
    return (0..<pages).flatMap { page in
      numbers.enumerated().flatMap { index, number in
        (0..<4).map { cell in
          HostileFile(.sizes, "page \(page + 1), cell \(cell), number \(index)") { bytes in
            let start = page * Pristine.pageBytes
            let pointer = start + (page == 0 ? 100 : 0) + 8 + 2 * cell
            let place = start + Int(bytes[pointer]) << 8 + Int(bytes[pointer + 1])
            guard place + number.count + 5 <= start + Pristine.pageBytes else { return }
            // The size of the row, or further on the types of its columns.
            let offset = index == 3 ? 3 : index == 4 ? 4 : 0
            bytes.replaceSubrange(place + offset..<place + offset + number.count, with: number)
          }
        }
      }
    }
  }

  private static func range(of page: Int) -> Range<Int> {
    page * Pristine.pageBytes..<(page + 1) * Pristine.pageBytes
  }

  private static func swaps(_ pages: Int) -> [HostileFile] {
    (0..<pages).flatMap { page in
      let next = (page + 1) % pages
      let (one, two) = (range(of: page), range(of: next))
      return [
        HostileFile(.pages, "pages \(page + 1) and \(next + 1) change places") { bytes in
          let (first, second) = (Array(bytes[one]), Array(bytes[two]))
          bytes.replaceSubrange(one, with: second)
          bytes.replaceSubrange(two, with: first)
        },
        HostileFile(.pages, "page \(page + 1) is a copy of the next") { bytes in
          bytes.replaceSubrange(one, with: Array(bytes[two]))
        },
        HostileFile(.pages, "page \(page + 1) is all zeros") { bytes in
          bytes.replaceSubrange(one, with: repeatElement(0, count: Pristine.pageBytes))
        },
        HostileFile(.pages, "page \(page + 1) is all ones") { bytes in
          bytes.replaceSubrange(one, with: repeatElement(0xFF, count: Pristine.pageBytes))
        },
      ]
    }
  }
}
