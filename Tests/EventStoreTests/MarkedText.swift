import Foundation
import TestSupport

@testable import EventStore

/// Personal text that is found again in a file's bytes, even where only a part of it is left.
struct MarkedText: Hashable {
  /// 12 letters that stand nowhere else, over and over; its salt is made of them too.
  let text: PersonalText
  private let marks: [Data]

  /// A text of `size` bytes, at least 12; the same one for the same `number`.
  init(number: Int, size: Int, field: String = "description") {
    var random = SeededRandom(seed: UInt64(number))
    let letters = Array("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ".utf8)
    func word(_ count: Int) -> [UInt8] {
      (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 }
    }
    let mark = word(12)
    let salt = word(PersonalText.saltBytes)
    let bytes = (0..<max(size, 12)).map { mark[$0 % 12] }
    text = PersonalText(field: field, salt: salt, text: String(decoding: bytes, as: UTF8.self))
    marks = [mark.prefix(8), mark.suffix(8), salt.prefix(8), salt.suffix(8)].map { Data($0) }
  }

  /// Whether any 8 bytes at either end of the mark or the salt stand in `bytes`.
  func isIn(_ bytes: Data) -> Bool {
    marks.contains { bytes.range(of: $0) != nil }
  }
}

extension TestStore {
  /// All bytes of the file and of what stands beside it under its name.
  func bytes() throws -> Data {
    try folder.names().reduce(into: Data()) { all, name in
      all += try Data(contentsOf: folder.url.appendingPathComponent(name))
    }
  }
}

extension EventStore {
  /// Erases what there is of `selection`, in a transaction of its own.
  @discardableResult
  func erase(
    _ selection: TextSelection, reason: PersonalText = .sample("asked", field: "reason")
  ) throws -> RecordedEvent {
    try write { transaction in
      try transaction.erase(
        try transaction.log.personalTexts(selection), recordingIn: "Book",
        NewCommit([], reason: reason))
    }
  }

  func personalTexts(_ selection: TextSelection) throws -> SelectedTexts {
    try read { try $0.personalTexts(selection) }
  }
}
