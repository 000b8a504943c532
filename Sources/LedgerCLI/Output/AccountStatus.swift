/// Whether an account is open for business.
enum AccountStatus: String, CaseIterable {
  case active, closed

  init(isClosed: Bool) { self = isClosed ? .closed : .active }

  /// The word for it.
  static func name(isClosed: Bool) -> String { AccountStatus(isClosed: isClosed).rawValue }
}
