/// One line on standard error that says how far something long has come, rewritten in its place.
///
/// Shown on a terminal only, and only once it has taken half a second.
final class ProgressLine {
  private static let quietMillis = 500
  private static let millisBetweenLines = 200

  private let isShown = Diagnostics.isTerminal
  private let start = ContinuousClock.now
  private var next: ContinuousClock.Instant
  /// How many columns of the terminal are taken.
  private var width = 0

  init() { next = start + .milliseconds(Self.quietMillis) }

  deinit { erase() }

  /// Shows `text`, if the line is due.
  func update(_ text: (_ seconds: Double) -> String) {
    guard isShown else { return }
    let now = ContinuousClock.now
    guard now >= next else { return }
    next = now + .milliseconds(Self.millisBetweenLines)
    let line = text((now - start) / .seconds(1))
    let padding = String(repeating: " ", count: max(0, width - line.count))
    Diagnostics.write("\r" + line + padding, terminator: "")
    width = line.count
  }

  /// Shows how many of `total` `things` are done, how fast that goes and how long it will take.
  func update(done: Int64, of total: Int64, _ things: String) {
    update { Self.text(done: done, of: total, things, seconds: $0) }
  }

  /// Takes the line away, so that something else can stand there.
  func erase() {
    guard width > 0 else { return }
    Diagnostics.write("\r" + String(repeating: " ", count: width) + "\r", terminator: "")
    width = 0
  }

  private static func text(
    done: Int64, of total: Int64, _ things: String, seconds: Double
  ) -> String {
    let perSecond = Double(done) / seconds
    let share = total > 0 ? "\(Int64(100 * Double(done) / Double(total)))%" : "100%"
    let line = "\(done) of \(total) \(things) (\(share)), \(Int64(perSecond))/s"
    guard done > 0, done < total,
      let left = Int64(exactly: (Double(total - done) / perSecond).rounded(.up))
    else { return line }
    return line + ", \(left) s left"
  }
}
