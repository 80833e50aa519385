internal import Glibc
internal import TernCore

/// What a wait is for.
enum Readiness {
  case readable, writable, either

  private var events: CShort {
    switch self {
    case .readable: CShort(POLLIN)
    case .writable: CShort(POLLOUT)
    case .either: CShort(POLLIN | POLLOUT)
    }
  }

  /// Waits until one of `descriptors` is ready, the call is cancelled or a limit has passed.
  ///
  /// - Parameter silence: passes when nothing moved for too long; later than the call's deadline it
  ///   has no effect.
  /// - Returns: false when `pause` passed first.
  func wait(
    on descriptors: [CInt], _ context: CallContext, silence: Deadline = .never,
    pause: Deadline = .never, _ what: String
  ) throws(TernError) -> Bool {
    var entries = descriptors.map { pollfd(fd: $0, events: events, revents: 0) }
    let wakeup = context.cancelToken.descriptor
    // A negative descriptor is ignored by `poll`; the wait is then cut into slices.
    entries.append(pollfd(fd: wakeup, events: CShort(POLLIN), revents: 0))
    while true {
      try context.check(what)
      if silence.isOver { throw silence.error(waitingFor: what) }
      if pause.isOver { return false }
      let next = context.deadline.earlier(silence).earlier(pause)
      var milliseconds = next.pollMilliseconds
      if wakeup < 0 { milliseconds = milliseconds < 0 ? 50 : min(milliseconds, 50) }
      // The count is the array's own.
      let result = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
      guard result > 0 else {
        if result < 0 && errno != EINTR && errno != EAGAIN {
          throw .lineLost("waiting for the network failed: \(systemMessage(errno))")
        }
        continue
      }
      if entries.dropLast().contains(where: { $0.revents != 0 }) { return true }
    }
  }
}
