import EventStore
import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Checks what a commit says of earlier ones: that it corrects them, or books their opposite.
struct LinkCheck {
  let log: ReadTransaction
  /// The links of all commits before the one in question.
  let reversals: CommitLinks?

  /// Throws `StoreProblem` if the command could not have made these links.
  func check(_ command: RecordedCommand) throws {
    if let corrected = command.links.corrects {
      _ = try commit(endingAt: corrected, named: .corrects, by: command)
    }
    if let reversed = command.links.reverses { try checkReversal(of: reversed, by: command) }
  }

  private func checkReversal(of position: Int64, by command: RecordedCommand) throws {
    let events = try commit(endingAt: position, named: .reverses, by: command)
    guard case .command(let reversed) = try RecordedCommit(events),
      let opposite = reversed.opposite(describedAs: nil)
    else {
      throw problem("it reverses position \(position), which moved no money", command)
    }
    if let before = try reversals?.firstReversal(of: position) {
      throw problem(
        "it reverses position \(position), which was reversed before, at position \(before)",
        command)
    }
    let isNewTransfer = command.transferID == nil || command.transferID != reversed.transferID
    guard isNewTransfer, isOpposite(command, opposite) else {
      throw problem("it is not the opposite of position \(position)", command)
    }
  }

  /// The events of an earlier commit, which must end at `position`.
  private func commit(
    endingAt position: Int64, named name: LinkMetadata.Name, by command: RecordedCommand
  ) throws -> [RecordedEvent] {
    guard position < command.legs[0].recorded.position,
      let events = try log.commit(at: position), events.last?.position == position
    else {
      throw problem(
        "its commit \(name.rawValue) position \(position), at which no earlier commit ends", command
      )
    }
    return events
  }

  /// Whether `command` moved the money that `opposite` asks for, whatever it is called.
  private func isOpposite(_ command: RecordedCommand, _ opposite: Command) -> Bool {
    let events = command.legs.map { ($0.account, $0.event) }
    let made = CommandContent(events: events, effectiveAt: nil)
    // In another currency, it is no amount at all.
    guard
      let asked = try? CommandContent(
        opposite, effectiveAt: nil, accountCurrency: made.amount?.currency)
    else { return false }
    return made.command == asked.command && made.accounts == asked.accounts
      && made.amount == asked.amount
  }

  private func problem(_ text: String, _ command: RecordedCommand) -> StoreProblem {
    StoreProblem(position: command.legs[0].recorded.position, problem: text)
  }
}
