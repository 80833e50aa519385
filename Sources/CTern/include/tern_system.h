// What TernCore needs of the system without seeing a pointer: a clock and a wake-up descriptor.
#ifndef TERN_SYSTEM_H
#define TERN_SYSTEM_H

#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/// Nanoseconds of the monotonic clock.
static inline int64_t tern_monotonic_nanoseconds(void) {
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// Nanoseconds since 1970-01-01 UTC.
static inline int64_t tern_wall_nanoseconds(void) {
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// A new close-on-exec, non-blocking eventfd, or -1.
static inline int32_t tern_wakeup_create(void) {
  return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

/// Makes the descriptor readable. A full counter already is.
static inline void tern_wakeup_signal(int32_t descriptor) {
  uint64_t one = 1;
  ssize_t ignored = write(descriptor, &one, sizeof one);
  (void)ignored;
}

/// Makes the descriptor unreadable again.
static inline void tern_wakeup_clear(int32_t descriptor) {
  uint64_t count;
  ssize_t ignored = read(descriptor, &count, sizeof count);
  (void)ignored;
}

/// Closes the descriptor.
static inline void tern_wakeup_close(int32_t descriptor) { close(descriptor); }

/// The process's environment, for programs that it starts.
static inline char **tern_environment(void) {
  extern char **environ;
  return environ;
}

/// Takes the lock of an open file unless somebody else has it; whether that worked. It is given
/// back when the descriptor is closed.
static inline int tern_file_try_lock(int32_t descriptor) {
  return flock(descriptor, LOCK_EX | LOCK_NB) == 0;
}

/// Names the calling thread; the system keeps 15 bytes.
static inline void tern_thread_set_name(const char *name) {
  prctl(PR_SET_NAME, (unsigned long)name, 0, 0, 0);
}

/// Whether the process was started with this signal ignored; for programs, not for libraries.
static inline int tern_signal_is_ignored(int number) {
  struct sigaction action;
  return sigaction(number, 0, &action) == 0 && action.sa_handler == SIG_IGN;
}

#endif
