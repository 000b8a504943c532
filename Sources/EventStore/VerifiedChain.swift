internal import SQLite

/// What the chain pass found, and the file as a whole if that was left to it.
struct VerifiedChain: Sendable {
  let place: ChainPass.Place
  var file: Result<Void, any Error>?

  /// Fails with `ChainPass.Problem` for what is wrong with the log.
  static func checking(
    _ database: Database, after start: ChainPass.Place, _ end: LogEnd, _ catalog: EventCatalog?,
    _ course: VerifyCourse
  ) -> Result<VerifiedChain, any Error> {
    Result {
      do {
        var pass = try ChainPass(database, after: start, end, catalog, course)
        let place = try pass.run()
        var chain = VerifiedChain(place: place)
        if course.isClear {
          try FileCheck(database).checkTexts(pass.personalTexts, after: start, through: end)
        }
        if course.takeFile() { chain.file = Result { try FileCheck(database).run() } }
        return chain
      } catch let problem as ChainPass.Problem {
        course.stop(at: problem.position)
        throw problem
      }
    }
  }
}
