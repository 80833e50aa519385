/// A path to a cell that tables may hold in global constants.
typealias CellPath<Root, Value> = any WritableKeyPath<Root, Value> & Sendable
