import Synchronization

/// What the two passes of `verify` tell each other while they run side by side.
final class VerifyCourse: Sendable {
  /// The lowest position with a problem so far: no commit that begins after it matters.
  private let end = Atomic<Int64>(.max)
  private let fileIsTaken = Atomic(false)
  private let chain = Atomic<Int64>(0)
  private let content = Atomic<Int64>(0)

  /// The two passes.
  enum Pass { case chain, content }

  /// Whether a commit that begins at `position` can still hold the lowest problem.
  func reaches(_ position: Int64) -> Bool { position <= end.load(ordering: .relaxed) }

  /// A problem was found at `position`.
  func stop(at position: Int64) { end.min(position, ordering: .relaxed) }

  /// Whether no problem with the log was found so far.
  var isClear: Bool { end.load(ordering: .relaxed) == .max }

  /// Whether the caller is the first to ask, and so the one to check the file as a whole; nobody is if
  /// there is a problem already.
  func takeFile() -> Bool {
    isClear && !fileIsTaken.exchange(true, ordering: .relaxed)
  }

  /// How many events both passes have checked, on average.
  var done: Int64 { (chain.load(ordering: .relaxed) + content.load(ordering: .relaxed)) / 2 }

  func passed(_ position: Int64, _ pass: Pass) {
    switch pass {
    case .chain: chain.store(position, ordering: .relaxed)
    case .content: content.store(position, ordering: .relaxed)
    }
  }
}
