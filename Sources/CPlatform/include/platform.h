/* The C library as Spikelet uses it, with shims for what Swift cannot import: macros, variadic calls, errno. */
#ifndef SPIKELET_PLATFORM_H
#define SPIKELET_PLATFORM_H

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Memory aligned to 64 bytes, or null. Freed by free(). */
static inline void *spk_platform_allocate(size_t bytes) {
  void *p = NULL;
  return posix_memalign(&p, 64, bytes) == 0 ? p : NULL;
}

static inline int spk_platform_errno(void) { return errno; }

/* A stream socket that never blocks and ends with the program's image, or -1. TCP sends what it has at once. */
static inline int spk_platform_socket(int family) {
  int on = 1, s = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (s >= 0 && family != AF_UNIX) setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return s;
}

/* send() without SIGPIPE. */
static inline ssize_t spk_platform_send(int s, const void *bytes, size_t count) {
  return send(s, bytes, count, MSG_NOSIGNAL);
}

/* How the connect() that was under way on a socket ended: an errno, 0 for well. */
static inline int spk_platform_socket_error(int s) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/* getaddrinfo() for stream sockets; `port` in digits. */
static inline int spk_platform_resolve(const char *host, const char *port, int flags, struct addrinfo **list) {
  struct addrinfo hints = { .ai_flags = AI_NUMERICSERV | flags, .ai_socktype = SOCK_STREAM };
  return getaddrinfo(host, port, &hints, list);
}

/* The fewest decimal digits, 6 or more, that read back as `value`: 15 bytes at most, and a zero. */
static inline void spk_platform_digits(char text[32], float value) {
  for (int digits = 6; digits <= 9; digits++) {
    snprintf(text, 32, "%.*g", digits, (double)value);
    if (strtof(text, NULL) == value) break;
  }
  char *comma = strchr(text, ','); /* of a program that set a locale */
  if (comma) *comma = '.';
}

/* Monotonic time in nanoseconds. */
static inline int64_t spk_platform_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Atomic access to the words of the handle table. */
static inline uint64_t spk_platform_load(uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline int spk_platform_exchange(uint64_t *word, uint64_t *expected, uint64_t desired) {
  return __atomic_compare_exchange_n(word, expected, desired, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
static inline uint64_t spk_platform_add(uint64_t *word, uint64_t amount) {
  return __atomic_add_fetch(word, amount, __ATOMIC_ACQ_REL);
}

static inline void spk_platform_store(uint64_t *word, uint64_t value) {
  __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/* What was stored before it is seen by whoever loads after it what was stored since. */
static inline void spk_platform_fence(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

/* Sleeps while the low half of a word is that of `value`, or for no reason; wakes all that sleep on it. */
static inline void spk_platform_sleep_while(uint64_t *word, uint64_t value) {
  syscall(SYS_futex, (uint32_t *)word, FUTEX_WAIT_PRIVATE, (uint32_t)value, NULL, NULL, 0);
}
static inline void spk_platform_wake_sleepers(uint64_t *word) {
  syscall(SYS_futex, (uint32_t *)word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

/* Tells the processor that this is a loop that looks at memory. */
static inline void spk_platform_relax(void) {
#if defined __x86_64__
  __builtin_ia32_pause();
#elif defined __aarch64__
  __asm__ volatile("yield");
#endif
}

/* A descriptor that is readable between a signal and an unsignal; -1 if there is none. */
static inline int spk_platform_event(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
static inline void spk_platform_signal(int descriptor) {
  uint64_t one = 1;
  if (descriptor >= 0 && write(descriptor, &one, sizeof one) < 0) errno = 0;
}
/* How many signals it took back. */
static inline uint64_t spk_platform_unsignal(int descriptor) {
  uint64_t count = 0;
  if (descriptor >= 0 && read(descriptor, &count, sizeof count) < 0) errno = 0;
  return count;
}

/* Waits until one of two descriptors (-1: none) is readable, or the first one writable if that is asked for, or a
 * monotonic deadline in nanoseconds has passed. */
static inline void spk_platform_wait(int first, int writes, int second, int64_t deadline) {
  struct pollfd set[2] = { { first, (short)(writes ? POLLIN | POLLOUT : POLLIN), 0 }, { second, POLLIN, 0 } };
  int64_t left = deadline - spk_platform_now(), milliseconds = left / 1000000 + (left % 1000000 > 0);
  poll(set, 2, left <= 0 ? 0 : milliseconds > 60000 ? 60000 : (int)milliseconds);
}

/* The same for what is likely to come at once: looks for 30 microseconds before it sleeps, since to be woken takes longer. */
static inline void spk_platform_wait_awake(int first, int writes, int second, int64_t deadline) {
  struct pollfd set[2] = { { first, (short)(writes ? POLLIN | POLLOUT : POLLIN), 0 }, { second, POLLIN, 0 } };
  int64_t end = spk_platform_now() + 30000;
  do {
    if (poll(set, 2, 0) != 0) return;
    sched_yield();
  } while (spk_platform_now() < end);
  spk_platform_wait(first, writes, second, deadline);
}

/* A descriptor that is readable while one of those added to it is. */
static inline int spk_platform_set(void) { return epoll_create1(EPOLL_CLOEXEC); }
static inline int spk_platform_set_add(int set, int descriptor) {
  struct epoll_event event = { EPOLLIN, { NULL } };
  return epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event);
}
/* Makes the set readable while the descriptor is writable, too; or not any more. */
static inline void spk_platform_set_change(int set, int descriptor, int writes) {
  struct epoll_event event = { writes ? EPOLLIN | EPOLLOUT : EPOLLIN, { NULL } };
  epoll_ctl(set, EPOLL_CTL_MOD, descriptor, &event);
}
static inline void spk_platform_set_remove(int set, int descriptor) {
  epoll_ctl(set, EPOLL_CTL_DEL, descriptor, NULL);
}

/* A descriptor that is readable once a monotonic time in nanoseconds has come; time 0: never. */
static inline int spk_platform_timer(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK); }
static inline void spk_platform_timer_set(int timer, int64_t time) {
  struct itimerspec value = { { 0, 0 }, { time / 1000000000, time % 1000000000 } };
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &value, NULL);
}

/* A condition whose deadlines are monotonic, in nanoseconds. */
static inline void spk_platform_condition_init(pthread_cond_t *condition) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(condition, &attributes);
  pthread_condattr_destroy(&attributes);
}
static inline void spk_platform_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t deadline) {
  struct timespec time = { deadline / 1000000000, deadline % 1000000000 };
  pthread_cond_timedwait(condition, mutex, &time);
}

/* A thread that the program's signals are not delivered to, but for those of its own faults. Gives an errno. */
static inline int spk_platform_thread(pthread_t *thread, void *(*body)(void *), void *argument) {
  sigset_t blocked, before;
  sigfillset(&blocked);
  sigdelset(&blocked, SIGSEGV);
  sigdelset(&blocked, SIGBUS);
  sigdelset(&blocked, SIGFPE);
  sigdelset(&blocked, SIGILL);
  sigdelset(&blocked, SIGTRAP);
  sigdelset(&blocked, SIGABRT);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  int failure = pthread_create(thread, NULL, body, argument);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return failure;
}

/* Gives other threads a moment: about 50 microseconds. */
static inline void spk_platform_pause(void) {
  struct timespec t = { 0, 50000 };
  nanosleep(&t, NULL);
}

/* One entry of the process's table of handles: a state word, and the object that it stands for. */
struct spk_platform_slot {
  uint64_t state;
  void *object;
};
enum { SPK_PLATFORM_SLOTS = 16384 };
/* The table; zero at first, never null, never freed. */
struct spk_platform_slot *platform_handle_slots(void);

/* What a thread keeps of its last fault, and the text of the next one while it is put together. */
struct spk_platform_message {
  uint64_t context;
  uint64_t draft_count;
  uint8_t text[400];
  uint8_t draft[400];
  /* Callbacks of the library that this thread is inside of, and the session whose completion it was given last. */
  uint32_t callbacks;
  void *session;
};
/* This thread's; never null. */
struct spk_platform_message *platform_thread_message(void);

#endif
