import EventStore

extension StoredTable {
  /// Every change of one value, one row, or all rows from one on.
  func tamperings() -> [Tampering] {
    (0..<rowCount).flatMap { row in
      columns.flatMap { tamperings(of: $0, row) } + tamperingsOfRow(row)
    }
  }

  // MARK: One value

  private func tamperings(of column: Column, _ row: Int) -> [Tampering] {
    let value = value(column.name, row)
    func set(_ kind: Tampering.Kind, _ other: String, relaxed: Bool = false) -> Tampering {
      var tampering = Tampering(name, column.name, kind, update(row, column.name, to: other))
      tampering.isRelaxed = relaxed
      return tampering
    }
    var tamperings = value.changes().map { set($0.kind, $0.value.literal) }
    if value == .null {
      tamperings += fillings(of: column, row).map { set(.filled, $0) }
    } else {
      tamperings.append(set(.erased, "NULL"))
      tamperings.append(set(.erased, "NULL", relaxed: true))
      tamperings += Self.otherTypes(of: value).map { set(.otherType, $0, relaxed: true) }
    }
    return tamperings + swap([column.name], row, kind: .swapped)
  }

  /// What could stand where nothing does: what other rows have there, and values that say little.
  private func fillings(of column: Column, _ row: Int) -> [String] {
    let borrowed = values(column.name).first { $0 != .null }?.literal
    let plain: [String]
    switch column.type {
    case "INTEGER":
      plain = ["0", "1"] + (column.name == "effective_at_us" ? ["recorded_at_us"] : [])
    case "TEXT": plain = ["''", "'x'", "'{}'", "'null'"]
    default: plain = ["x''", "zeroblob(32)"]
    }
    return Set(plain + [borrowed].compactMap(\.self)).sorted()
  }

  /// The same content, stored as another type.
  private static func otherTypes(of value: StoredValue) -> [String] {
    switch value {
    case .null: []
    case .integer(let integer):
      ["CAST('\(integer)' AS BLOB)", "'\(integer)~'", "\(integer) + 0.5"]
    case .text: ["CAST(\(value.literal) AS BLOB)"]
    case .blob(let bytes): [StoredValue.text(bytes).literal, "'\(bytes.hex)'"]
    }
  }

  /// Gives a row and the next what the other has in `names`; nothing if that is the same, or if the
  /// rows differ in nothing else, as then they only change places.
  private func swap(_ names: [String], _ row: Int, kind: Tampering.Kind) -> [Tampering] {
    guard row + 1 < rowCount else { return [] }
    let other = row + 1
    let changed = names.filter { value($0, row) != value($0, other) }
    let differsElsewhere = columns.contains {
      !names.contains($0.name) && value($0.name, row) != value($0.name, other)
    }
    guard let first = changed.first, differsElsewhere else { return [] }
    let parked = unused(first)
    func set(_ values: [(String, StoredValue)], _ condition: String) -> String {
      let list = values.map { "\($0) = \($1.literal)" }.joined(separator: ", ")
      return "UPDATE \(name) SET \(list) WHERE \(condition)"
    }
    let sql = [
      set([(first, parked)], condition(row)),
      set(changed.map { ($0, value($0, row)) }, condition(other)),
      set(changed.map { ($0, value($0, other)) }, condition(row, first, is: parked)),
    ]
    let column = names.count == 1 ? names[0] : nil
    return [Tampering(name, column, kind, sql.joined(separator: "; "))]
  }

  /// A value that stands nowhere in a column.
  private func unused(_ column: String) -> StoredValue {
    switch values(column).first(where: { $0 != .null }) {
    case .integer, .null, nil: return .integer(greatest(column) + 4_242)
    case .text: return .text(Array("~parked~".utf8))
    case .blob: return .blob(Array("~parked~".utf8))
    }
  }

  // MARK: One row

  private func tamperingsOfRow(_ row: Int) -> [Tampering] {
    let deleted = "DELETE FROM \(name) WHERE \(condition(row))"
    var tamperings = [Tampering(name, nil, .deleted, deleted)]
    tamperings += duplicates(of: row)
    let rest = columns.map(\.name).filter { !key.contains($0) }
    if key.count > 1 || key == ["rowid"] { tamperings += swap(key, row, kind: .rowsSwapped) }
    if rest.count > 1 { tamperings += swap(rest, row, kind: .rowsSwapped) }
    return tamperings + renumberings(of: row)
  }

  /// The row once more, under another key; and so that no unique column stands in the way.
  private func duplicates(of row: Int) -> [Tampering] {
    let names = columns.map(\.name)
    var copies: Set<[String]> = key == ["rowid"] ? [names] : []
    for column in key where column != "rowid" {
      for isUnique in [false, true] {
        copies.insert(
          names.map { name in
            name == column || isUnique && uniqueColumns.contains(name) ? other(name, row) : name
          })
      }
    }
    return copies.sorted { $0.lexicographicallyPrecedes($1) }.map { copy in
      Tampering(
        name, nil, .duplicated,
        "INSERT INTO \(name) (\(names.joined(separator: ", "))) "
          + "SELECT \(copy.joined(separator: ", ")) FROM \(name) WHERE \(condition(row))")
    }
  }

  private func other(_ column: String, _ row: Int) -> String {
    switch value(column, row) {
    case .integer: "\(greatest(column) + 1)"
    case .text: "\(column) || '~'"
    case .blob, .null: column
    }
  }

  // MARK: Numbers

  /// A row behind the end; and every row from this one on a number later, or earlier after its deletion.
  private func renumberings(of row: Int) -> [Tampering] {
    guard let column = key.first, column != "rowid", let number = value(column, row).integer else {
      // A hidden rowid is no content: VACUUM gives others.
      return []
    }
    let last = greatest(column)
    func move(_ condition: String, by distance: Int64) -> String {
      """
      UPDATE \(name) SET \(column) = -(\(column) + \(distance)) - 9 WHERE \(condition); \
      UPDATE \(name) SET \(column) = -(\(column) + 9) WHERE \(column) < -9
      """
    }
    var scripts = [update(row, column, to: "\(last + 1)"), update(row, column, to: "\(last + 99)")]
    scripts.append(move("\(column) >= \(number)", by: 1))
    if number != last {
      scripts.append(
        "DELETE FROM \(name) WHERE \(condition(row)); " + move("\(column) > \(number)", by: -1))
    }
    return scripts.map { Tampering(name, column, .renumbered, $0) }
  }
}
