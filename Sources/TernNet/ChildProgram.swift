internal import CTern
internal import Glibc
public import TernCore

/// A program that was started beside this one, such as the user's browser.
///
/// No shell sees its arguments. It may outlive this object: browsers do.
public final class ChildProgram: Sendable {
  /// For whoever waits for its end.
  let processID: pid_t
  private let state = Lock(Ending.runs)

  /// How it ended.
  public enum Ending: Hashable, Sendable {
    case runs
    /// With this exit status; 128 and more for a signal.
    case ended(Int32)
  }

  /// Programs of the past that had not ended when their object did.
  private static let orphans = Lock<[pid_t]>([])

  /// Starts `arguments`, of which the first is a path, or a name that is looked for in `PATH`.
  ///
  /// - Throws: `.usage` (HY024) when there is no such program.
  public init(_ arguments: [String]) throws(TernError) {
    guard let name = arguments.first, !name.isEmpty,
      !arguments.contains(where: { $0.utf8.contains(0) })
    else { throw .usage("no program to start", .invalidOptionValue) }
    Self.reapOrphans()
    var pointers = unsafe arguments.map { unsafe strdup($0) }
    defer { unsafe pointers.forEach { unsafe free($0) } }
    unsafe pointers.append(nil)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // Signals as in a new login: our threads block them all.
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    // What it prints is not ours to print.
    for (descriptor, flags) in [(CInt(0), O_RDONLY), (1, O_WRONLY), (2, O_WRONLY)] {
      unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", flags, 0)
    }
    var processID: pid_t = 0
    // The strings live until the call returns, which copies them into the new process.
    let code = unsafe posix_spawnp(
      &processID, name, &actions, &attributes, pointers, tern_environment())
    guard code == 0 else {
      throw .usage("cannot start \(name): \(systemMessage(code))", .invalidOptionValue)
    }
    self.processID = processID
  }

  deinit {
    if ending == .runs { Self.orphans.withLock { $0.append(processID) } }
  }

  /// How it ended, if it has.
  public var ending: Ending {
    state.withLock { state in
      if state == .runs, let status = Self.reap(processID) { state = .ended(status) }
      return state
    }
  }

  /// Lets the system forget programs that ended unseen.
  private static func reapOrphans() {
    orphans.withLock { orphans in orphans.removeAll { reap($0) != nil } }
  }

  /// The exit status of a child; nil while it runs. One that somebody else has waited for counts as
  /// ended well.
  private static func reap(_ processID: pid_t) -> Int32? {
    var status: CInt = 0
    let result = unsafe waitpid(processID, &status, WNOHANG)
    guard result != 0 else { return nil }
    guard result == processID else { return 0 }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}
