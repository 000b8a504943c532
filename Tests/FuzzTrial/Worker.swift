import Foundation
import Fuzzing

/// Tries one target until its time is up.
struct Worker {
  /// The argument that makes this program a worker.
  static let flag = "--worker"
  private static let mostFindings = 5

  private let target: FuzzTarget
  private let seed: UInt64
  private let seconds: Int

  private struct BadArguments: Error {}

  /// Takes the arguments that follow the flag.
  init(target name: String, seed: String, seconds: String) throws {
    guard let target = FuzzTarget.all.first(where: { $0.name == name }),
      let seed = UInt64(seed), let seconds = Int(seconds)
    else { throw BadArguments() }
    (self.target, self.seed, self.seconds) = (target, seed, seconds)
  }

  /// Where the input is found that a target crashed at.
  static func crash(_ name: String) -> String { "fuzz-crash-\(name)" }

  func run() throws {
    let inputs = try FuzzCorpus.kept.inputs(of: target).map(\.bytes)
    var mutator = Mutator(inputs, tokens: target.tokens, seed: seed)
    let tryOut = try target.trier()
    let crash = Self.crash(target.name)
    try Data().write(to: URL(fileURLWithPath: crash))
    guard let note = FileHandle(forUpdatingAtPath: crash) else { throw BadArguments() }
    let end = ContinuousClock.now + .seconds(seconds)
    var (tried, findings) = (0, 0)
    while ContinuousClock.now < end, findings < Self.mostFindings {
      let input = tried < inputs.count ? inputs[tried] : mutator.next()
      tried += 1
      // Before it is tried, for afterwards may be too late.
      try note.seek(toOffset: 0)
      try note.write(contentsOf: input)
      try note.truncate(atOffset: UInt64(input.count))
      do {
        try tryOut(input)
      } catch {
        findings += 1
        print("FOUND: \(target.name): \(error)\n  \(Data(input).base64EncodedString())")
      }
    }
    try FileManager.default.removeItem(atPath: crash)
    print("\(target.name): \(tried) inputs, \(findings) findings")
    exit(findings == 0 ? 0 : 1)
  }
}
