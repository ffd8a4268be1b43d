/* What USB does to a program, through the real libusb: a testbed has two boards, and does to them what it is told. It is
 * Tests/usb/testbed.c for scripts/test-usb, and testbed() in Tests/kernel/init for scripts/test-kernel, which then is in
 * SPIKELET_TESTBED_KERNEL. */
#include "../c/slow_network.h"

#include <stdlib.h>
#include <unistd.h>

enum { TICKS = 24, STEPS = 6, EVENTS = 1024 };

static _Thread_local small_network small;
static const char *board = "usb:serial=SIM0001";

/* A real kernel: nobody halts its endpoints or ends its transfers, and it takes none back from a board that stands still. */
static int in_kernel;

/* Tells the testbed, and waits until it is done. */
static void tell(char what, char number) {
  const char order[2] = {what, number};
  int answers = -1, orders = -1;
  char done = 0;
  if (sscanf(getenv("SPIKELET_TESTBED"), "%d %d", &answers, &orders) == 1) orders = answers;
  CHECK(write(orders, order, 2) == 2 && read(answers, &done, 1) == 1 && done == what);
}

static spk_status run(int number, spk_event *events, size_t *count) {
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  spk_event stimulus[TICKS];
  for (uint32_t i = 0; i < TICKS; i++) {
    stimulus[i] = (spk_event){i, i % 4 == 3 ? LABEL : INPUT, (i + (uint32_t)number) % 3};
  }
  options.ticks = TICKS;
  options.flags = SPK_RUN_LEARN;
  return spk_session_run(small.session, &options, stimulus, TICKS, events, EVENTS, count);
}

/* A number that every spike out, every weight and all state change. */
static uint64_t steps(int first, int count) {
  uint64_t hash = 14695981039346656037U;
  for (int i = first; i < first + count; i++) {
    spk_event events[EVENTS];
    size_t found = 0;
    OK(small.context, run(i, events, &found));
    CHECK(found > 0);
    for (size_t k = 0; k < found; k++) {
      hash = (hash ^ events[k].tick) * 1099511628211U;
      hash = (hash ^ events[k].population ^ (uint64_t)events[k].neuron << 32) * 1099511628211U;
    }
  }
  return hash ^ small_session_print(small.session);
}

/* The status of a run whose spikes do not matter. */
static spk_status run_once(void) {
  spk_event events[EVENTS];
  size_t found = 0;
  return run(0, events, &found);
}

/* Opens a board at a locator, in a context that is there already. */
static small_network open_in(spk_context *context, const char *locator) {
  small_network network = {context, NULL, NULL, NULL};
  OK(context, spk_device_open(context, locator, NULL, &network.device));
  network.model = small_model(context);
  OK(context, spk_session_open(network.device, network.model, NULL, &network.session));
  OK(context, spk_session_record(network.session, HIDDEN, 1));
  return network;
}

static void open_at(const char *locator) {
  spk_context *context = NULL;
  OK(NULL, spk_context_create(NULL, &context));
  small = open_in(context, locator);
}

/* One call resumes what was lost, from the model. */
static void resumes(void) {
  spk_resume_report report = SPK_RESUME_REPORT_INIT;
  OK(small.context, spk_session_resume(small.session, small.model, &report));
  CHECK(report.was_lost == 1);
}

/* The same spikes and weights as on a board in the process; at each step of several, and with all kinds of locator. */
static uint64_t expected, expected_later;

static void the_same_as_in_the_process(void) {
  static const char *const locators[] = {"usb:serial=SIM0001", "usb:bus=1,port=2", "usb:id=1209:0001,serial=SIM0002"};
  open_at("sim:");
  expected = steps(0, STEPS);
  expected_later = steps(STEPS, STEPS);
  small_close(&small);
  for (size_t i = 0; i < sizeof locators / sizeof locators[0]; i++) {
    open_at(locators[i]);
    CHECK(steps(0, STEPS) == expected);
    CHECK(steps(STEPS, STEPS) == expected_later);
    small_close(&small);
  }
}

static int seen;
static void watch(void *user, const char *locator, uint32_t is_present) {
  (void)user, (void)locator;
  __atomic_store_n(&seen, is_present ? 1 : -1, __ATOMIC_RELEASE);
}

static int sees(int presence) {
  for (int i = 0; i < 2000 && __atomic_load_n(&seen, __ATOMIC_ACQUIRE) != presence; i++) pause_milliseconds(1);
  return __atomic_load_n(&seen, __ATOMIC_ACQUIRE) == presence;
}

/* Watched boards are looked for as soon as libusb tells that a device comes or goes, and not only five times a second. */
static void news_come_at_once(void) {
  spk_context *context;
  double longest = 0;
  OK(NULL, spk_context_create(NULL, &context));
  seen = 0;
  OK(context, spk_device_watch(context, "usb:serial=SIM0002", NULL, NULL));
  OK(context, spk_device_watch(context, board, watch, NULL));
  CHECK(sees(1));
  for (int i = 0; i < 6; i++) {
    int comes = i % 2;
    double start = seconds();
    tell(comes ? 'p' : 'u', '1');
    CHECK(sees(comes ? 1 : -1));
    if (seconds() - start > longest) longest = seconds() - start;
  }
  printf("measured: the news that a board has come or gone: after %.1f ms at most\n", 1e3 * longest);
  CHECK(in_kernel || longest < 0.5);
  OK(NULL, spk_context_close(context));
}

static void boards_are_found(void) {
  static spk_board boards[8];
  spk_context *context;
  spk_device *device = NULL;
  size_t count = 0;
  OK(NULL, spk_context_create(NULL, &context));
  OK(context, spk_device_watch(context, board, watch, NULL));
  CHECK(sees(1));
  OK(context, spk_device_list(context, boards, 8, &count));
  CHECK(count == 3 && boards[1].is_present && boards[2].is_present);
  CHECK(strcmp(boards[0].locator, "sim:") == 0);
  CHECK(strcmp(boards[1].locator, board) == 0 || strcmp(boards[2].locator, board) == 0);
  REFUSED(context, SPK_ERROR_BUSY, "usb:serial=", spk_device_open(context, "usb:", NULL, &device));
  REFUSED(context, SPK_ERROR_NOT_FOUND, "serial=none", spk_device_open(context, "usb:serial=none", NULL, &device));
  REFUSED(context, SPK_ERROR_NOT_FOUND, "", spk_device_open(context, "usb:bus=1,port=1.1", NULL, &device));
  REFUSED(context, SPK_ERROR_NOT_FOUND, "", spk_device_open(context, "usb:id=1209:0002", NULL, &device));
  tell('u', '1');
  CHECK(sees(-1));
  OK(context, spk_device_open(context, "usb:", NULL, &device)); /* the only one now */
  OK(context, spk_device_close(device));
  OK(context, spk_device_list(context, boards, 8, &count));
  CHECK(count == 3); /* the watched one is listed, and is not there */
  tell('p', '1');
  CHECK(sees(1));
  OK(context, spk_device_unwatch(context, board));
  OK(NULL, spk_context_close(context));
}

static void failures_name_the_remedy(void) {
  spk_context *context;
  spk_device *device = NULL, *again = NULL;
  OK(NULL, spk_context_create(NULL, &context));
  OK(context, spk_device_open(context, board, NULL, &device));
  REFUSED(context, SPK_ERROR_BUSY, "has the board", spk_device_open(context, board, NULL, &again));
  OK(context, spk_device_close(device));
  if (!in_kernel) {
    tell('m', '1');
    REFUSED(context, SPK_ERROR_NO_MEMORY, "usbfs_memory_mb", spk_device_open(context, board, NULL, &again));
    tell('n', '1');
  }
  OK(context, spk_device_open(context, board, NULL, &device));
  OK(context, spk_device_close(device));
  OK(NULL, spk_context_close(context));
}

/* usbfs has no memory for a while: the call says so, and the session is resumed. */
static void memory_runs_out(void) {
  spk_run_options two_ticks = SPK_RUN_OPTIONS_INIT;
  two_ticks.ticks = 2;
  open_at(board);
  CHECK(steps(0, STEPS) == expected);
  OK(small.context, spk_session_snapshot(small.session, small.model));
  tell('m', '1');
  REFUSED(small.context, SPK_ERROR_NO_MEMORY, "on the way to the board",
          spk_session_run(small.session, &two_ticks, NULL, 0, NULL, 0, NULL));
  tell('n', '1');
  resumes();
  CHECK(steps(STEPS, STEPS) == expected_later);
  small_close(&small);
}

/* A halt is cleared: the session goes on as if nothing had been. Nine with nothing between are a loss. */
static void halts(void) {
  for (int i = 0; i < 2; i++) {
    open_at(board);
    CHECK(steps(0, STEPS) == expected);
    tell(i == 0 ? 'i' : 'o', '1');
    CHECK(steps(STEPS, STEPS) == expected_later);
    small_close(&small);
  }
  open_at(board);
  for (int i = 0; i < 9; i++) {
    tell('i', '1');
    pause_milliseconds(50);
  }
  REFUSED(small.context, SPK_ERROR_LOST, "resume", run_once());
  resumes();
  CHECK(steps(0, STEPS) == expected);
  small_close(&small);
}

/* What the bus reports while nothing is asked of the board is a loss at the next call; the session is resumed. */
static void errors_of_the_bus(void) {
  static const char kinds[] = {'e', 'v'};
  for (size_t i = 0; i < sizeof kinds; i++) {
    open_at(board);
    CHECK(steps(0, STEPS) == expected);
    OK(small.context, spk_session_snapshot(small.session, small.model));
    tell(kinds[i], '1');
    pause_milliseconds(50);
    REFUSED(small.context, SPK_ERROR_LOST, "resume", run_once());
    resumes();
    CHECK(steps(STEPS, STEPS) == expected_later);
    small_close(&small);
  }
}

static double unplug_time; /* before libusb can know of it */

static void *unplug_soon(void *number) {
  pause_milliseconds(100);
  unplug_time = seconds();
  tell('u', *(const char *)number);
  return NULL;
}

/* Prints how long after the unplugging something ended, which may be 200 ms. */
static void in_time(const char *what, double ended) {
  printf("measured: unplugged during %s: ended after %.1f ms\n", what, 1e3 * (ended - unplug_time));
  CHECK(ended - unplug_time < 0.2);
}

/* The board goes while a run waits for its answer: the call returns within 200 ms, and so does all that follows. */
static void unplugged_while_a_call_waits(void) {
  pthread_t thread;
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  spk_device *device = NULL;
  CHECK(setenv("SPIKELET_TEST_LOCATOR", board, 1) == 0);
  small = slow_open(NULL, 20000);
  options.ticks = SLOW_TICKS;
  CHECK(pthread_create(&thread, NULL, unplug_soon, "1") == 0);
  REFUSED(small.context, SPK_ERROR_LOST, "lost", spk_session_run(small.session, &options, NULL, 0, NULL, 0, NULL));
  double returned = seconds();
  CHECK(pthread_join(thread, NULL) == 0);
  in_time("a run", returned);
  REFUSED(small.context, SPK_ERROR_LOST, "lost", spk_session_run(small.session, &options, NULL, 0, NULL, 0, NULL));
  REFUSED(small.context, SPK_ERROR_NOT_FOUND, "no such board", spk_session_resume(small.session, small.model, NULL));
  REFUSED(small.context, SPK_ERROR_LOST, "lost", spk_session_run(small.session, &options, NULL, 0, NULL, 0, NULL));
  REFUSED(small.context, SPK_ERROR_NOT_FOUND, "", spk_device_open(small.context, board, NULL, &device));
  CHECK(seconds() - returned < 1);
  tell('p', '1');
  resumes();
  options.ticks = 10;
  OK(small.context, spk_session_run(small.session, &options, NULL, 0, NULL, 0, NULL));
  small_close(&small);
}

/* A frozen board takes nothing: an upload has all transfers in both directions under way. */
static void unplugged_during_an_upload(void) {
  pthread_t thread;
  spk_session *session = NULL;
  CHECK(setenv("SPIKELET_TEST_LOCATOR", board, 1) == 0);
  small = slow_open(NULL, 20000);
  OK(small.context, spk_session_close(small.session));
  tell('f', '1');
  CHECK(pthread_create(&thread, NULL, unplug_soon, "1") == 0);
  REFUSED(small.context, SPK_ERROR_LOST, "lost", spk_session_open(small.device, small.model, NULL, &session));
  double returned = seconds();
  CHECK(pthread_join(thread, NULL) == 0);
  in_time("an upload", returned);
  small.session = NULL;
  small_close(&small);
  tell('n', '1');
  tell('p', '1');
}

static double last_end;

static void note_the_end(const spk_completion *completion) {
  last_end = seconds();
  CHECK(completion->status == SPK_ERROR_LOST);
}

/* With submissions under way, and plugged in again: the session goes on from its snapshot, to the bit. */
static void unplugged_with_submissions(void) {
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  spk_submission submission = SPK_SUBMISSION_INIT;
  open_at(board);
  CHECK(steps(0, STEPS) == expected);
  OK(small.context, spk_session_snapshot(small.session, small.model));
  options.ticks = 60000;
  submission.callback = note_the_end;
  tell('f', '1');
  for (int i = 0; i < 4; i++) {
    OK(small.context, spk_session_submit_run(small.session, &options, NULL, 0, &submission, NULL));
  }
  unplug_soon("1");
  OK(small.context, spk_session_drain(small.session, 5000));
  in_time("four submissions", last_end);
  tell('n', '1');
  tell('p', '1');
  resumes();
  CHECK(steps(STEPS, STEPS) == expected_later);
  small_close(&small);
}

/* A board that does not answer: calls end at their deadline, and all closes at once with transfers under way. With a
 * kernel the board stands still for three seconds, and closing takes as long. */
static void closed_while_frozen(void) {
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  double start;
  CHECK(setenv("SPIKELET_TEST_LOCATOR", board, 1) == 0);
  small = slow_open(NULL, 300);
  tell('f', '1');
  start = seconds();
  options.ticks = 1;
  spk_status status = spk_session_run(small.session, &options, NULL, 0, NULL, 0, NULL);
  if (!CHECK(status == SPK_ERROR_LOST || status == SPK_ERROR_TIMEOUT)) {
    printf("  found \"%s\"\n", spk_status_string(status));
  }
  CHECK(seconds() - start < (in_kernel ? 2.8 : 5));
  if (!in_kernel) start = seconds();
  small_close(&small);
  CHECK(seconds() - start < (in_kernel ? 3.5 : 0.5));
  tell('n', '1');
  open_at(board);
  CHECK(steps(0, STEPS) == expected);
  small_close(&small);
}

/* What a program left half done is not for the next one. */
static void left_with_a_run_under_way(void) {
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  spk_resume_report report = SPK_RESUME_REPORT_INIT;
  CHECK(setenv("SPIKELET_TEST_LOCATOR", board, 1) == 0);
  small = slow_open(NULL, 20000);
  options.ticks = SLOW_TICKS;
  tell('f', '1');
  OK(small.context, spk_session_submit_run(small.session, &options, NULL, 0, NULL, NULL));
  pause_milliseconds(50);
  tell('e', '1');
  OK(small.context, spk_session_drain(small.session, 5000));
  tell('n', '1');
  OK(small.context, spk_session_resume(small.session, small.model, &report));
  small_close(&small);
  open_at(board);
  CHECK(steps(0, STEPS) == expected);
  small_close(&small);
}

/* A board a thread, each with a context of its own, and opened and closed again and again. */
static void *open_and_close(void *locator) {
  intptr_t failures = 0;
  for (int i = 0; i < 20; i++) {
    spk_context *context = NULL;
    spk_device *device = NULL;
    failures += spk_context_create(NULL, &context) != SPK_OK;
    failures += spk_device_open(context, locator, NULL, &device) != SPK_OK;
    failures += spk_device_close(device) != SPK_OK;
    failures += spk_context_close(context) != SPK_OK;
  }
  return (void *)failures;
}

static void boards_in_threads(void) {
  static char locators[2][24] = {"usb:serial=SIM0001", "usb:serial=SIM0002"};
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) CHECK(pthread_create(&threads[i], NULL, open_and_close, locators[i]) == 0);
  for (int i = 0; i < 2; i++) {
    void *failures = &threads;
    CHECK(pthread_join(threads[i], &failures) == 0 && failures == NULL);
  }
}

/* The same on boards that learn at the same time, each in a thread with a context of its own. */
static void *learn_in_a_thread(void *locator) {
  for (int i = 0; i < 3; i++) {
    open_at(locator);
    CHECK(steps(0, STEPS) == expected);
    CHECK(steps(STEPS, STEPS) == expected_later);
    small_close(&small);
  }
  return NULL;
}

static void boards_learn_in_threads(void) {
  static char locators[2][24] = {"usb:serial=SIM0001", "usb:serial=SIM0002"};
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) CHECK(pthread_create(&threads[i], NULL, learn_in_a_thread, locators[i]) == 0);
  for (int i = 0; i < 2; i++) CHECK(pthread_join(threads[i], NULL) == 0);
}

/* And in turns, in one context. */
static void boards_of_one_context(void) {
  spk_context *context = NULL;
  small_network networks[2];
  uint64_t prints[2][2];
  OK(NULL, spk_context_create(NULL, &context));
  networks[0] = open_in(context, "usb:serial=SIM0001");
  networks[1] = open_in(context, "usb:serial=SIM0002");
  for (int half = 0; half < 2; half++) {
    for (int i = 0; i < 2; i++) {
      small = networks[i];
      prints[half][i] = steps(half * STEPS, STEPS);
    }
  }
  CHECK(prints[0][0] == expected && prints[0][1] == expected);
  CHECK(prints[1][0] == expected_later && prints[1][1] == expected_later);
  REFUSED(context, SPK_ERROR_BUSY, "", spk_context_close(context));
  for (int i = 0; i < 2; i++) {
    OK(context, spk_session_close(networks[i].session));
    OK(context, spk_model_close(networks[i].model));
    OK(context, spk_device_close(networks[i].device));
  }
  OK(NULL, spk_context_close(context));
}

int main(void) {
  if (getenv("SPIKELET_TESTBED") == NULL) return 2;
  in_kernel = getenv("SPIKELET_TESTBED_KERNEL") != NULL;
  alarm(in_kernel ? 190 : 100); /* what waits for ever fails */
  the_same_as_in_the_process();
  boards_are_found();
  news_come_at_once();
  failures_name_the_remedy();
  if (!in_kernel) {
    memory_runs_out();
    halts();
    errors_of_the_bus();
    left_with_a_run_under_way();
  }
  unplugged_while_a_call_waits();
  unplugged_during_an_upload();
  unplugged_with_submissions();
  closed_while_frozen();
  boards_in_threads();
  boards_learn_in_threads();
  boards_of_one_context();
  return check_tally();
}
