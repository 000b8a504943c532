import Tampering

/// Whether a stranger's trigger has run.
struct RawWitness {
  /// How often; nobody's if there is no such trigger in the file.
  let rows: Int64

  /// Throws if the file can't be read or has no witness.
  init(_ path: String) throws {
    rows = try RawLedger(path).integers("SELECT count(*) FROM \(HostileFile.witness)").first ?? 0
  }
}
