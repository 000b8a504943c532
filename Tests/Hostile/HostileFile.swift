import Foundation

/// A ledger's file as a stranger could hand it over, and what stands beside it.
package struct HostileFile: Sendable {
  /// What was done to it, for people.
  package let name: String
  /// Of which sort it is.
  package let kind: Kind
  private let make: @Sendable (Pristine, _ path: String) throws -> Void

  init(
    _ kind: Kind, _ name: String,
    make: @escaping @Sendable (Pristine, _ path: String) throws -> Void
  ) {
    (self.kind, self.name, self.make) = (kind, name, make)
  }

  /// One whose bytes are others.
  init(_ kind: Kind, _ name: String, bytes change: @escaping @Sendable (inout [UInt8]) -> Void) {
    self.init(kind, name) { pristine, path in
      var bytes = pristine.bytes
      change(&bytes)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
  }

  /// The sorts, in the order in which they are tried.
  package enum Kind: String, CaseIterable, Sendable {
    case truncated = "cut off"
    case header = "another byte in the header of the file"
    case pageHeader = "another byte in the header of a page"
    case bits = "bits of a page"
    case sizes = "absurd sizes in cells"
    case pages = "whole pages"
    case beside = "what stands beside the file"
    case schema = "a stranger's schema"
    case rows = "rows that no program writes"
    case contradictions = "rows that contradict each other"
    case noLedger = "no ledger at all"
  }

  /// Makes the file at `path`, where nothing may stand, and what is to stand beside it.
  package func write(_ pristine: Pristine, to path: String) throws {
    try make(pristine, path)
  }
}

extension HostileFile: CustomStringConvertible {
  package var description: String { "\(kind.rawValue): \(name)" }
}
