/* The queue of completions: how many submissions there may be, results that do not fit, several sessions, and closing. */
#include "small_network.h"

#include <stdint.h>

enum { DEPTH = 3, TICKS = 16, CAPACITY = 128, VALUES = 4 * TICKS };

static small_network small;
static const spk_event in[] = {{0, INPUT, 0}, {1, INPUT, 1}, {2, INPUT, 2}, {4, INPUT, 0}, {5, INPUT, 1}, {6, INPUT, 2}};
static spk_run_options run = SPK_RUN_OPTIONS_INIT;

static spk_completion take(void) {
  spk_completion completion = SPK_COMPLETION_INIT;
  OK(small.context, spk_context_next_completion(small.context, &completion, 60000));
  return completion;
}

static uint64_t frozen_ticks(void) {
  uint64_t frozen = 0;
  OK(small.context, spk_session_ticks(small.session, NULL, &frozen));
  return frozen;
}

/* On their way or not taken: both count, and what is one too many leaves no trace. */
static void as_many_as_may(void) {
  uint64_t ticket = 0, before = frozen_ticks();
  for (uint64_t i = 1; i <= DEPTH; i++) {
    OK(small.context, spk_session_submit_run(small.session, &run, in, 6, NULL, &ticket));
    CHECK(ticket == i);
  }
  for (int round = 0; round < 2; round++) {
    ticket = 77;
    REFUSED(small.context, SPK_ERROR_FULL, "3", spk_session_submit_run(small.session, &run, in, 6, NULL, &ticket));
    CHECK(ticket == 77);
    OK(small.context, spk_session_drain(small.session, 60000)); /* and then none is on its way, but all are not taken */
  }
  CHECK(frozen_ticks() == before + DEPTH * TICKS);
  CHECK(take().ticket == 1);
  OK(small.context, spk_session_submit_run(small.session, &run, in, 6, NULL, &ticket));
  CHECK(ticket == DEPTH + 1); /* the one that was refused has taken no number */
  REFUSED(small.context, SPK_ERROR_FULL, "3", spk_session_submit_run(small.session, &run, in, 6, NULL, NULL));
  for (uint64_t i = 2; i <= DEPTH + 1; i++) CHECK(take().ticket == i);
  CHECK(frozen_ticks() == before + (DEPTH + 1) * TICKS);
}

static void more_results_than_room(void) {
  static spk_event expected[CAPACITY], events[CAPACITY];
  int32_t expected_values[VALUES], values[VALUES];
  spk_submission submission = SPK_SUBMISSION_INIT;
  spk_event sentinel;
  uint32_t probe, one;
  size_t count, value_count;
  memset(&sentinel, 77, sizeof sentinel);
  small_reopen(&small);
  OK(small.context, spk_session_record(small.session, HIDDEN, 1));
  OK(small.context, spk_session_add_probe(small.session, OUTPUT, SPK_CURRENT1, 0, 1, &one));
  OK(small.context, spk_session_add_probe(small.session, HIDDEN, SPK_MEMBRANE, 0, 4, &probe));
  run.flags = SPK_RUN_CLEAR;
  OK(small.context, spk_session_run(small.session, &run, in, 6, expected, CAPACITY, &count));
  OK(small.context, spk_session_read_probe(small.session, probe, expected_values, VALUES, &value_count));
  CHECK(count > 4 && count < CAPACITY && value_count == VALUES);
  submission.probe = probe;
  /* room for spikes, room for values; a null array asks for nothing */
  const size_t rooms[][2] = {{1, VALUES}, {count - 1, VALUES}, {CAPACITY, VALUES - 1}, {CAPACITY, 6}, {2, 7}, {0, 5}};
  for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
    memset(events, 77, sizeof events);
    memset(values, 77, sizeof values);
    submission.events_out = events;
    submission.event_capacity = rooms[i][0];
    submission.probe_values = values;
    submission.probe_capacity = rooms[i][1];
    OK(small.context, spk_session_submit_run(small.session, &run, in, 6, &submission, NULL));
    spk_completion completion = take();
    CHECK(completion.status == SPK_ERROR_TOO_SMALL && strstr(completion.message, "room") != NULL);
    CHECK(completion.ticks == TICKS && completion.event_count == count && completion.probe_count == VALUES);
    size_t fits = rooms[i][0] < count ? rooms[i][0] : count;
    CHECK(memcmp(events, expected, fits * sizeof events[0]) == 0);
    CHECK(memcmp(&events[fits], &sentinel, sizeof sentinel) == 0);
    CHECK(memcmp(values, expected_values, rooms[i][1] * sizeof values[0]) == 0);
    CHECK(rooms[i][1] == VALUES || values[rooms[i][1]] == 77 * 0x01010101);
  }
  submission.events_out = NULL;
  submission.event_capacity = 0;
  submission.probe_values = NULL;
  submission.probe_capacity = 0;
  OK(small.context, spk_session_submit_run(small.session, &run, in, 6, &submission, NULL));
  spk_completion completion = take();
  CHECK(completion.status == SPK_OK && completion.event_count == count && completion.probe_count == 0);
}

/* Completions of two sessions come from one queue; tickets are of each session. */
static void two_sessions(void) {
  spk_device *device = NULL;
  spk_session *other = NULL;
  int of_mine = 0, of_other = 0;
  OK(small.context, spk_device_open(small.context, "sim:", NULL, &device));
  OK(small.context, spk_session_open(device, small.model, NULL, &other));
  small_reopen(&small);
  for (int i = 0; i < DEPTH; i++) {
    OK(small.context, spk_session_submit_run(small.session, &run, in, 6, NULL, NULL));
    OK(small.context, spk_session_submit_run(other, &run, in, 6, NULL, NULL));
  }
  for (int i = 0; i < 2 * DEPTH; i++) {
    spk_completion completion = take();
    CHECK(completion.status == SPK_OK);
    if (completion.session == other) CHECK(completion.ticket == (uint64_t)++of_other);
    if (completion.session == small.session) CHECK(completion.ticket == (uint64_t)++of_mine);
  }
  CHECK(of_mine == DEPTH && of_other == DEPTH);
  /* What one session has not had taken goes with it, and the other's stays. */
  for (int i = 0; i < 2; i++) {
    OK(small.context, spk_session_submit_run(other, &run, in, 6, NULL, NULL));
    OK(small.context, spk_session_submit_run(small.session, &run, in, 6, NULL, NULL));
  }
  OK(small.context, spk_session_drain(other, 60000));
  OK(small.context, spk_session_drain(small.session, 60000));
  OK(small.context, spk_session_close(other));
  OK(small.context, spk_device_close(device));
  for (uint64_t i = 1; i <= 2; i++) {
    spk_completion completion = take();
    CHECK(completion.session == small.session && completion.ticket == DEPTH + i);
  }
  spk_completion none = SPK_COMPLETION_INIT;
  REFUSED(small.context, SPK_ERROR_TIMEOUT, "", spk_context_next_completion(small.context, &none, 0));
}

enum { LINKS = 40 };
static int chain_length; /* touched by callbacks, and while none can run */
static char last_message[64];

/* Submits the next out of its callback: the place of the one that has ended is free. */
static void submit_next(const spk_completion *completion) {
  CHECK(completion->user == &chain_length && completion->ticket == (uint64_t)++chain_length);
  CHECK(completion->status == SPK_OK && completion->ticks == TICKS);
  if (chain_length == LINKS) return;
  spk_submission next = SPK_SUBMISSION_INIT;
  next.callback = submit_next;
  next.user = &chain_length;
  OK(small.context, spk_session_submit_run(small.session, &run, in, 6, &next, NULL));
  REFUSED(small.context, SPK_ERROR_FULL, "1", spk_session_submit_run(small.session, &run, in, 6, &next, NULL));
  /* What it was given is its own until it returns. */
  CHECK(completion->ticket == (uint64_t)chain_length && completion->message[0] == 0);
}

static void keep_message(const spk_completion *completion) {
  OK(small.context, spk_session_submit_run(small.session, &run, in, 6, NULL, NULL));
  CHECK(completion->status == SPK_ERROR_CANCELLED);
  snprintf(last_message, sizeof last_message, "%s", completion->message);
}

static void one_at_a_time(uint32_t flags) {
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  spk_submission submission = SPK_SUBMISSION_INIT;
  options.flags = flags;
  options.queue_depth = 1;
  small = small_open_with(&options);
  chain_length = 0;
  submission.callback = submit_next;
  submission.user = &chain_length;
  OK(small.context, spk_session_submit_run(small.session, &run, in, 6, &submission, NULL));
  OK(small.context, spk_session_drain(small.session, 60000));
  CHECK(chain_length == LINKS && frozen_ticks() == LINKS * TICKS);
  if (flags == SPK_CONTEXT_NO_THREADS) {
    submission.callback = keep_message;
    OK(small.context, spk_session_submit_run(small.session, &run, in, 6, &submission, NULL));
    OK(small.context, spk_session_cancel(small.session, SPK_EVERY_TICKET));
    OK(small.context, spk_session_drain(small.session, 60000));
    CHECK(strstr(last_message, "before it began") != NULL);
    CHECK(take().status == SPK_OK);
  }
  small_close(&small);
}

int main(void) {
  run.ticks = TICKS;
  for (uint32_t flags = 0; flags <= SPK_CONTEXT_NO_THREADS; flags++) {
    spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
    options.flags = flags;
    options.queue_depth = DEPTH;
    run.flags = 0;
    small = small_open_with(&options);
    as_many_as_may();
    more_results_than_room();
    two_sessions();
    OK(small.context, spk_session_submit_run(small.session, &run, in, 6, NULL, NULL));
    OK(small.context, spk_session_drain(small.session, 60000));
    small_close(&small); /* with a completion that is not taken */
    one_at_a_time(flags);
  }
  return check_tally();
}
