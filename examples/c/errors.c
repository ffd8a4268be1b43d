/* What can go wrong, provoked on purpose, and what a program does about it. A status is for code, its sentence for
 * people.
 *
 *   errors [LOCATOR]     the default is sim:
 */
#define _POSIX_C_SOURCE 200809L
#include "cells.h"

enum { MOST_TICKS = 65536, DEPTH = 2 };

static unsigned provoked, unexpected, logged;

/* What a status means for the program. Each status is named, so that the compiler tells of a new one. */
static const char *remedy(spk_status status) {
  switch (status) {
    case SPK_OK: return "nothing to mend";
    case SPK_ERROR_FULL: return "try again after the next completion";
    case SPK_ERROR_BUSY: return "try again when what is under way or open has ended";
    case SPK_ERROR_TIMEOUT:
    case SPK_ERROR_CANCELLED: return "go on: it took place up to a tick, and nothing is broken";
    case SPK_ERROR_TOO_SMALL: return "fetch the rest with more room";
    case SPK_ERROR_LOST: return "spk_session_resume() when the board is back, or close";
    case SPK_ERROR_NOT_FOUND:
    case SPK_ERROR_NO_MEMORY:
    case SPK_ERROR_IO: return "try again later, but not for ever";
    case SPK_ERROR_FORMAT:
    case SPK_ERROR_MODEL:
    case SPK_ERROR_UNSUPPORTED:
    case SPK_ERROR_DOES_NOT_FIT: return "another file, model or board: again will not help";
    case SPK_ERROR_ARGUMENT:
    case SPK_ERROR_HANDLE:
    case SPK_ERROR_STATE: return "mend the program";
    case SPK_ERROR_PROTOCOL:
    case SPK_ERROR_INTERNAL: return "give up, and report it";
  }
  return "unknown";
}

/* A failure that is wanted here. */
static void expect(const char *what, spk_status expected, spk_status found, const char *sentence) {
  printf("%s: %s: %s\n    %s\n", what, spk_status_string(found), sentence, remedy(found));
  provoked++;
  unexpected += found != expected || sentence[0] == '\0';
}

/* The sentence of a failed call is the thread's, until its next call; null asks for it whatever context it was of. */
#define EXPECT(what, expected, call)                           \
  do {                                                         \
    spk_status found = (call);                                 \
    expect(what, expected, found, spk_context_message(NULL));  \
  } while (0)

static void log_line(void *user, uint32_t level, const char *message) {
  (void)user, (void)message; /* a program would write it to its log: it is the sentence that is printed here */
  logged += level == SPK_LOG_ERROR;
}

static void board_moved(void *user, const char *locator, uint32_t is_present) {
  printf("watched: %s is %s\n", locator, is_present ? "there" : "not there");
  ++*(unsigned *)user;
}

static int boards(spk_context *context) {
  const char *nowhere = "unix:/nowhere/spikelet-board";
  spk_device *device;
  unsigned told = 0;
  EXPECT("bad locator", SPK_ERROR_ARGUMENT, spk_device_open(context, "com1", NULL, &device));
  EXPECT("not plugged in", SPK_ERROR_NOT_FOUND, spk_device_open(context, "usb:serial=none", NULL, &device));
  EXPECT("no board there", SPK_ERROR_NOT_FOUND, spk_device_open(context, nowhere, NULL, &device));
  /* Rather than trying again and again, watch: the callback says when the board comes. */
  TRY(context, spk_device_watch(context, nowhere, board_moved, &told));
  TRY(context, spk_context_process(context, 1000, NULL));
  TRY(context, spk_device_unwatch(context, nowhere));
  unexpected += told != 1;
  return 0;
}

static int models(spk_context *context, spk_model *model) {
  spk_board_options tiny = SPK_BOARD_OPTIONS_INIT;
  spk_population crowd = SPK_POPULATION_INIT, cell = SPK_POPULATION_INIT;
  spk_projection strong = SPK_PROJECTION_INIT;
  spk_device *board;
  spk_model *bad;
  spk_session *session;
  EXPECT("no model", SPK_ERROR_FORMAT, spk_model_load_memory(context, "GIF89a", 6, &bad));
  EXPECT("wrong count", SPK_ERROR_ARGUMENT, spk_model_set_weights(model, 0, (int16_t[]){1, 2, 3}, 3));

  crowd.kind = SPK_INPUT, crowd.neuron_count = 1000, cell.neuron_count = 1;
  strong.target = 1, strong.shift = 15;
  TRY(context, spk_model_create(context, "bad", &bad));
  TRY(context, spk_model_add_population(bad, "crowd", &crowd, NULL));
  TRY(context, spk_model_add_population(bad, "cell", &cell, NULL));
  TRY(context, spk_model_add_projection(bad, "strong", &strong, NULL));
  EXPECT("bad model", SPK_ERROR_MODEL, spk_model_check(bad));
  TRY(context, spk_model_close(bad));

  tiny.cores = 1, tiny.neurons_per_core = CELLS_COUNT / 2;
  TRY(context, spk_device_open(context, "sim:", &tiny, &board));
  EXPECT("does not fit", SPK_ERROR_DOES_NOT_FIT, spk_session_open(board, model, NULL, &session));
  return spk_device_close(board);
}

static int runs(spk_context *context, spk_device *board, spk_model *model) {
  spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  spk_run_options longest = SPK_RUN_OPTIONS_INIT, tick = SPK_RUN_OPTIONS_INIT;
  spk_completion ended = SPK_COMPLETION_INIT;
  spk_population crowd = SPK_POPULATION_INIT;
  spk_session *session;
  crowd.neuron_count = 1000;
  crowd.noise = 100;
  TRY(context, spk_model_add_population(model, "crowd", &crowd, NULL)); /* keeps the board busy */
  longest.ticks = MOST_TICKS;
  options.timeout_milliseconds = 50;
  TRY(context, spk_session_open(board, model, &options, &session));
  EXPECT("no time", SPK_ERROR_TIMEOUT, spk_session_run(session, &longest, NULL, 0, NULL, 0, NULL));
  TRY(context, spk_session_run(session, &tick, NULL, 0, NULL, 0, NULL)); /* the session goes on where it is */
  for (int i = 0; i < DEPTH; i++) TRY(context, spk_session_submit_run(session, &tick, NULL, 0, NULL, NULL));
  EXPECT("full queue", SPK_ERROR_FULL, spk_session_submit_run(session, &tick, NULL, 0, NULL, NULL));
  EXPECT("under way", SPK_ERROR_BUSY, spk_session_run(session, &tick, NULL, 0, NULL, 0, NULL));
  TRY(context, spk_context_next_completion(context, &ended, 1000)); /* makes room, */
  TRY(context, spk_session_submit_run(session, &longest, NULL, 0, NULL, NULL)); /* and so this is taken */
  TRY(context, spk_context_next_completion(context, &ended, 1000));
  TRY(context, spk_session_cancel(session, SPK_EVERY_TICKET));
  TRY(context, spk_context_next_completion(context, &ended, 1000)); /* what was cancelled ends as all else does */
  expect("cancelled", SPK_ERROR_CANCELLED, (spk_status)ended.status, ended.message);
  EXPECT("open children", SPK_ERROR_BUSY, spk_device_close(board));
  TRY(context, spk_session_close(session));
  EXPECT("stale handle", SPK_ERROR_HANDLE, spk_session_clear(session));
  return 0;
}

int main(int argc, char **argv) {
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  spk_context *context;
  spk_device *board;
  spk_model *model;
  options.flags = SPK_CONTEXT_NO_THREADS; /* so that nothing happens between two calls */
  options.queue_depth = DEPTH;
  options.log = log_line;
  TRY(NULL, spk_context_create(&options, &context));
  if (cells_model(context, &model) || boards(context) || models(context, model)) return 1;
  TRY(context, spk_device_open(context, argc > 1 ? argv[1] : "sim:", NULL, &board));
  if (runs(context, board, model)) return 1;
  TRY(context, spk_device_close(board));
  TRY(context, spk_model_close(model));
  TRY(NULL, spk_context_close(context));
  printf("%u failures, %u logged, %u unexpected\n", provoked, logged, unexpected);
  return unexpected != 0;
}
