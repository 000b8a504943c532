import Foundation

/// The inputs that are kept: one file each, in a folder with the name of their target.
package struct FuzzCorpus {
  private let folder: URL

  /// Those of the project.
  package static let kept = FuzzCorpus(
    folder: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("fixtures/fuzz"))

  /// The inputs of `target`, by the names of their files.
  package func inputs(of target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
    let folder = folder.appendingPathComponent(target.name)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
      (name, Array(try Data(contentsOf: folder.appendingPathComponent(name))))
    }
  }

  /// The targets that there are inputs for.
  package func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }
}
