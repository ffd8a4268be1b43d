/* Several boards at once from one program, in the two ways that there are: one loop that takes the completions of all
 * boards from one queue, and a thread a board with blocking calls. Both give the same spikes.
 *
 *   several_boards [LOCATOR...]     the default is four boards, sim: sim: sim: sim:
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <time.h>

#include "cells.h"

enum { MOST_BOARDS = 16, STEPS = 500, STEP_TICKS = 4, IN_FLIGHT = 3, ROOM = CELLS_COUNT * STEP_TICKS };

typedef struct board {
  spk_context *context;
  spk_device *device;
  spk_session *session;
  const char *locator;
  uint32_t number;                  /* of the sensor that this board hears */
  uint32_t submitted, ended;        /* steps */
  spk_event spikes[IN_FLIGHT][ROOM]; /* of the steps that are on their way: the library's until they have ended */
  size_t spike_count;
  uint64_t hash;
  int failed;
} board;

/* A step's events. The first one clears what the board remembers of an earlier course. */
static size_t prepare_step(const board *one, uint32_t step, spk_run_options *run, spk_event *events) {
  size_t count = 0;
  for (uint32_t i = 0; i < STEP_TICKS; i++)
    count += cells_events(one->number, step * STEP_TICKS + i, i, events + count);
  run->ticks = STEP_TICKS;
  run->flags = step == 0 ? SPK_RUN_CLEAR : 0;
  return count;
}

static void note_step(board *one, const spk_event *spikes, size_t count) {
  one->spike_count += count;
  one->hash = cells_hash(one->hash, one->ended * STEP_TICKS, spikes, count);
  one->ended++;
}

/* The first way. Steps of one session end in their order; those of different boards come as they come. */

static int submit_step(board *one) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_submission submission = SPK_SUBMISSION_INIT; /* no callback: the completion goes to the context's queue */
  spk_event events[CELLS_CHANNELS * STEP_TICKS];
  size_t count = prepare_step(one, one->submitted, &run, events);
  submission.user = one;
  submission.events_out = one->spikes[one->submitted % IN_FLIGHT];
  submission.event_capacity = ROOM;
  TRY(one->context, spk_session_submit_run(one->session, &run, events, count, &submission, NULL));
  one->submitted++;
  return 0;
}

static int run_loop(spk_context *context, board *boards, size_t count) {
  for (size_t i = 0; i < count; i++)
    while (boards[i].submitted < IN_FLIGHT)
      if (submit_step(&boards[i])) return 1;
  for (size_t left = count * STEPS; left > 0; left--) {
    spk_completion ended = SPK_COMPLETION_INIT;
    TRY(context, spk_context_next_completion(context, &ended, 10000));
    board *one = ended.user;
    if (ended.status != SPK_OK) return fprintf(stderr, "board %u: %s\n", (unsigned)one->number, ended.message), 1;
    note_step(one, one->spikes[one->ended % IN_FLIGHT], ended.event_count);
    if (one->submitted < STEPS && submit_step(one)) return 1;
  }
  return 0;
}

/* The second way. Sentences of failed calls belong to the thread, so each thread prints its own. */

static int run_steps(board *one) {
  while (one->ended < STEPS) {
    spk_run_options run = SPK_RUN_OPTIONS_INIT;
    spk_event events[CELLS_CHANNELS * STEP_TICKS], spikes[ROOM];
    size_t spike_count, count = prepare_step(one, one->ended, &run, events);
    TRY(one->context, spk_session_run(one->session, &run, events, count, spikes, ROOM, &spike_count));
    note_step(one, spikes, spike_count);
  }
  return 0;
}

static void *board_thread(void *user) {
  board *one = user;
  one->failed = run_steps(one);
  return NULL;
}

static int run_threads(board *boards, size_t count) {
  pthread_t threads[MOST_BOARDS];
  int failed = 0;
  for (size_t i = 0; i < count; i++)
    if (pthread_create(&threads[i], NULL, board_thread, &boards[i]) != 0) return fputs("no thread\n", stderr), 1;
  for (size_t i = 0; i < count; i++) {
    pthread_join(threads[i], NULL);
    failed |= boards[i].failed;
  }
  return failed;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  static board boards[MOST_BOARDS];
  spk_context *context;
  spk_model *model;
  size_t count = argc > 1 ? (size_t)argc - 1 : 4;
  if (count > MOST_BOARDS) return fprintf(stderr, "at most %d boards\n", MOST_BOARDS), 2;
  TRY(NULL, spk_context_create(NULL, &context));
  if (cells_model(context, &model)) return 1; /* one model serves all: each session copies it to its board */
  for (size_t i = 0; i < count; i++) {
    board *one = &boards[i];
    *one = (board){.context = context, .number = (uint32_t)i, .locator = argc > 1 ? argv[i + 1] : "sim:"};
    TRY(context, spk_device_open(context, one->locator, NULL, &one->device));
    TRY(context, spk_session_open(one->device, model, NULL, &one->session));
  }

  uint64_t hashes[MOST_BOARDS];
  int same = 1;
  double start = seconds();
  if (run_loop(context, boards, count)) return 1;
  double middle = seconds();
  for (size_t i = 0; i < count; i++) {
    hashes[i] = boards[i].hash;
    boards[i].ended = 0, boards[i].spike_count = 0, boards[i].hash = 0;
  }
  if (run_threads(boards, count)) return 1;
  double end = seconds();
  for (size_t i = 0; i < count; i++) {
    printf("%s: %zu spikes\n", boards[i].locator, boards[i].spike_count);
    same &= boards[i].hash == hashes[i] && boards[i].spike_count > 0;
    TRY(context, spk_session_close(boards[i].session));
    TRY(context, spk_device_close(boards[i].device));
  }
  TRY(context, spk_model_close(model));
  TRY(NULL, spk_context_close(context));
  printf("%zu boards, %d steps each: %.0f steps a second in one loop, %.0f with a thread a board\n", count, STEPS,
         (double)(count * STEPS) / (middle - start), (double)(count * STEPS) / (end - middle));
  printf("the same spikes both ways: %s\n", same ? "yes" : "no");
  return !same;
}
