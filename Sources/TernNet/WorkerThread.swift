internal import CTern
internal import Glibc
public import TernCore

/// A thread of ours inside somebody else's process.
///
/// All signals are blocked in it, so that the host's handlers run on the host's threads.
@safe public final class WorkerThread: @unchecked Sendable {
  // Sound as Sendable: `thread` is written before the object is shared; joining is done once,
  // under `Monitor`.

  private let thread: pthread_t
  private let isJoined = Monitor(false)

  private init(_ thread: pthread_t) { self.thread = thread }

  private final class Body {
    let name: String
    let run: @Sendable () -> Void

    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Starts `run` on a new thread.
  ///
  /// - Parameter name: up to 15 bytes, shown by `top -H` and debuggers.
  /// - Throws: `.internal` (HY001) when the system gives no thread.
  public static func start(
    _ name: String, _ run: @escaping @Sendable () -> Void
  ) throws(TernError) -> WorkerThread {
    // The retain is taken back by the thread's first line.
    let body = unsafe Unmanaged.passRetained(Body(name, run))
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        unsafe body.name.withCString { unsafe tern_thread_set_name($0) }
        body.run()
        return nil
      }, body.toOpaque())
    guard code == 0 else {
      unsafe body.release()
      throw TernError(.internal, .memory, "the system gave no thread (error \(code))")
    }
    return WorkerThread(thread)
  }

  /// Waits until the thread has ended. Later calls return at once; a call from the thread itself
  /// does too.
  public func join() {
    let isMine = isJoined.withLock { isJoined in
      defer { isJoined = true }
      return !isJoined
    }
    guard isMine else { return }
    if pthread_equal(thread, pthread_self()) != 0 {
      pthread_detach(thread)
    } else {
      pthread_join(thread, nil)
    }
  }

  deinit { if !isJoined.withLock({ $0 }) { pthread_detach(thread) } }
}
