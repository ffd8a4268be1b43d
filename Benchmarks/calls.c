/* What a call costs: the look-up of a handle, the time of a step in each of the ways to make one, and its allocations,
 * of which there must be none; and whether a program that opens and closes for ever keeps its size.
 *
 *   calls FOLDER          prints a table, and writes FOLDER/calls.json; returns 1 if a bar is missed
 *   calls FOLDER --test   the same in short, times not judged
 */
#define _GNU_SOURCE
#include "measure.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { INPUTS = 16, NEURONS = 100, MOST_REPEATS = 31, WARM_UP_ROUNDS = 100 };

/* Every allocation of the process, of any thread and any library, passes here. */

static atomic_ulong allocations;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  void *found = aligned_alloc(alignment, size);
  if (found != NULL) *block = found;
  return found != NULL ? 0 : ENOMEM;
}

/* The network, as the bytes of its file. */
static size_t network(unsigned char *bytes, size_t capacity) {
  spk_context *context;
  spk_model *model;
  spk_population input = SPK_POPULATION_INIT, cells = SPK_POPULATION_INIT;
  spk_projection dense = SPK_PROJECTION_INIT;
  int16_t weights[INPUTS * NEURONS];
  size_t size;
  for (int i = 0; i < INPUTS * NEURONS; i++) weights[i] = (int16_t)(i * 37 % 61 - 20);
  input.kind = SPK_INPUT, input.neuron_count = INPUTS, input.role = SPK_ROLE_STIMULUS;
  cells.neuron_count = NEURONS, cells.role = SPK_ROLE_OUTPUT, cells.threshold = 200;
  cells.decays[0].membrane = 512, cells.decays[0].current1 = 1024;
  dense.target = 1;
  must(spk_context_create(NULL, &context));
  must(spk_model_create(context, "calls", &model));
  must(spk_model_add_population(model, "input", &input, NULL));
  must(spk_model_add_population(model, "cells", &cells, NULL));
  must(spk_model_add_projection(model, "input-cells", &dense, NULL));
  must(spk_model_set_weights(model, 0, weights, INPUTS * NEURONS));
  must(spk_model_save_memory(model, bytes, capacity, &size));
  must(spk_model_close(model));
  must(spk_context_close(context));
  return size;
}

typedef struct board {
  spk_context *context;
  spk_device *device;
  spk_model *model;
  spk_session *session;
} board;

static board open_board(const unsigned char *bytes, size_t size, uint32_t flags) {
  board one;
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  options.flags = flags;
  must(spk_context_create(&options, &one.context));
  must(spk_device_open(one.context, "sim:", NULL, &one.device));
  must(spk_model_load_memory(one.context, bytes, size, &one.model));
  must(spk_session_open(one.device, one.model, NULL, &one.session));
  return one;
}

static void close_board(board *one) {
  must(spk_session_close(one->session));
  must(spk_model_close(one->model));
  must(spk_device_close(one->device));
  must(spk_context_close(one->context));
}

/* The ways to make a step: one tick, 16 events in, and the spikes of 100 neurons out. */

static spk_event spikes[NEURONS];
static spk_submission submission = SPK_SUBMISSION_INIT;
static size_t spike_count;

static void step_ended(const spk_completion *completion) {
  must((spk_status)completion->status);
  spike_count += completion->event_count;
}

static void submit(board *one, spk_completion_callback callback) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_event events[INPUTS];
  for (uint32_t i = 0; i < INPUTS; i++) events[i] = (spk_event){0, 0, i};
  submission.callback = callback;
  submission.events_out = spikes;
  submission.event_capacity = NEURONS;
  must(spk_session_submit_run(one->session, &run, events, INPUTS, &submission, NULL));
}

static void step_by_run(board *one) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_event events[INPUTS];
  size_t count;
  for (uint32_t i = 0; i < INPUTS; i++) events[i] = (spk_event){0, 0, i};
  must(spk_session_run(one->session, &run, events, INPUTS, spikes, NEURONS, &count));
  spike_count += count;
}

static void step_by_presentation(board *one) {
  static const uint8_t full[INPUTS] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
  static uint32_t counts[NEURONS];
  spk_presentation show = SPK_PRESENTATION_INIT;
  spk_scores scores = SPK_SCORES_INIT;
  show.ticks = 1;
  show.flags = 0;
  show.intensities = full;
  show.intensity_count = INPUTS;
  scores.counts = counts;
  scores.capacity = NEURONS;
  must(spk_session_present(one->session, &show, &scores));
  spike_count += counts[scores.best];
}

static void step_by_queue(board *one) {
  spk_completion ended = SPK_COMPLETION_INIT;
  submit(one, NULL);
  must(spk_context_next_completion(one->context, &ended, 10000));
  step_ended(&ended);
}

static void step_by_callback(board *one) {
  submit(one, step_ended);
  must(spk_session_drain(one->session, 10000));
}

static void measure_step(board *one, const char *name, void (*step)(board *), int repeats, int steps) {
  double times[MOST_REPEATS];
  spike_count = 0;
  for (int i = 0; i < 200; i++) step(one);
  unsigned long before = atomic_load(&allocations);
  for (int repeat = 0; repeat < repeats; repeat++) {
    double start = seconds();
    for (int i = 0; i < steps; i++) step(one);
    times[repeat] = (seconds() - start) * 1e9 / steps;
  }
  unsigned long counted = atomic_load(&allocations) - before;
  report(name, ", time", median(times, (size_t)repeats), "ns", NO_BAR, 0);
  report(name, ", allocations", (double)counted / ((double)repeats * steps), "a step", AT_MOST, 0);
  if (spike_count > 0) return;
  fprintf(stderr, "calls: %s: the network is silent\n", name);
  exit(1);
}

static void measure_look_up(board *one, int repeats, int calls, double bar) {
  double times[MOST_REPEATS];
  uint32_t count;
  for (int repeat = 0; repeat < repeats; repeat++) {
    double start = seconds();
    for (int i = 0; i < calls; i++)
      if (spk_session_pending(one->session, &count) != SPK_OK) exit(1);
    times[repeat] = (seconds() - start) * 1e9 / calls;
  }
  report("spk_session_pending", "", median(times, (size_t)repeats), "ns", bar > 0 ? AT_MOST : NO_BAR, bar);
}

/* Opening, running and closing, again and again. */

static double resident_bytes(void) {
  unsigned long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%*u %lu", &pages) != 1) pages = 0;
  if (file != NULL) fclose(file);
  return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static double bytes_in_use(void) {
  struct mallinfo2 heap = mallinfo2();
  return (double)(heap.uordblks + heap.hblkhd);
}

/* The heap breathes by what the C library keeps of threads that have ended: growth is from the most that was in use in the last
 * rounds of the warm-up to the least in the last rounds of all. */
enum { BREATH = 20 };

/* What the C library may keep of a second thread, once, however many rounds there are. */
enum { KEPT_BYTES = 4096 };

static void measure_rounds(const unsigned char *bytes, size_t size, uint32_t flags, const char *name, int rounds) {
  double most = 0, least = 0, resident = 0, start = 0;
  for (int i = 0; i < WARM_UP_ROUNDS + rounds; i++) {
    if (i == WARM_UP_ROUNDS) resident = resident_bytes(), start = seconds();
    board one = open_board(bytes, size, flags);
    step_by_run(&one);
    step_by_callback(&one);
    close_board(&one);
    double heap = bytes_in_use();
    if (i >= WARM_UP_ROUNDS - BREATH && i < WARM_UP_ROUNDS && heap > most) most = heap;
    if (i == WARM_UP_ROUNDS + rounds - BREATH || (i > WARM_UP_ROUNDS + rounds - BREATH && heap < least)) least = heap;
  }
  double end = seconds();
  report(name, ", time", (end - start) * 1e6 / rounds, "us", NO_BAR, 0);
  report(name, ", growth of the heap", least > most ? least - most : 0, "bytes", AT_MOST, KEPT_BYTES);
  report(name, ", growth of the resident set", resident_bytes() - resident, "bytes", NO_BAR, 0);
}

int main(int argc, char **argv) {
  static unsigned char bytes[65536];
  int test = argc == 3 && strcmp(argv[2], "--test") == 0;
  if (argc != 2 && !test) return fputs("usage: calls FOLDER [--test]\n", stderr), 2;
  int repeats = test ? 3 : 21, steps = test ? 200 : 2000, rounds = test ? 200 : 10000;
  size_t size = network(bytes, sizeof bytes);

  unsigned long before = atomic_load(&allocations);
  board threaded = open_board(bytes, size, 0), plain = open_board(bytes, size, SPK_CONTEXT_NO_THREADS);
  if (atomic_load(&allocations) == before) return fputs("calls: allocations are not seen\n", stderr), 1;
  measure_look_up(&threaded, repeats, test ? 10000 : 1000000, test ? 0 : 20);
  measure_step(&threaded, "run", step_by_run, repeats, steps);
  measure_step(&threaded, "present", step_by_presentation, repeats, steps);
  measure_step(&threaded, "submit, next completion", step_by_queue, repeats, steps);
  measure_step(&threaded, "submit, callback, drain", step_by_callback, repeats, steps);
  measure_step(&plain, "submit, next completion, no threads", step_by_queue, repeats, steps);
  measure_step(&plain, "submit, callback, drain, no threads", step_by_callback, repeats, steps);
  close_board(&threaded);
  close_board(&plain);
  measure_rounds(bytes, size, SPK_CONTEXT_NO_THREADS, "open, run, close, no threads", rounds);
  measure_rounds(bytes, size, 0, "open, run, close", rounds);

  return write_report(argv[1], "calls");
}
