/* A sensor streamed to a board from one poll(2) loop, without threads: several short runs are on their way at a time,
 * and when the board falls behind, the ticks that gather go out in longer runs.
 *
 *   stream_poll [LOCATOR [TICKS [TICKS-PER-SECOND]]]     the default is sim: 2000 1000
 */
#define _POSIX_C_SOURCE 200809L
#include <poll.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "cells.h"

enum { IN_FLIGHT = 4, LONGEST_RUN = 8, GATHERED = 100, ROOM = CELLS_COUNT * LONGEST_RUN, MOST_TICKS = 30000 };

typedef struct stream stream;

/* One run on its way. Its room for spikes is the library's until its completion is handed over. */
typedef struct step {
  stream *owner;
  uint32_t first_tick, ticks;
  spk_event spikes[ROOM];
} step;

struct stream {
  spk_context *context;
  spk_session *session;
  uint32_t due, submitted, done; /* ticks */
  uint32_t step_count, full_count;
  uint64_t spike_count, hash;
  int in_order, failed;
  step steps[IN_FLIGHT + 1]; /* one more than can be on its way, so that a step that is refused overwrites none */
};

/* Runs inside spk_context_process(), once for each step, in the order in which they were submitted. */
static void step_ended(const spk_completion *completion) {
  step *one = completion->user;
  stream *all = one->owner;
  if (completion->status != SPK_OK) {
    fprintf(stderr, "tick %u: %s\n", (unsigned)one->first_tick, completion->message);
    all->failed = 1;
    return;
  }
  if (one->first_tick != all->done || completion->ticks != one->ticks) all->in_order = 0;
  all->done += completion->ticks;
  all->spike_count += completion->event_count;
  all->hash = cells_hash(all->hash, one->first_tick, one->spikes, completion->event_count);
}

/* Submits what is due. A full queue is no failure: the ticks stay due, and gather for a longer run. */
static int submit_due(stream *all) {
  while (all->submitted < all->due) {
    step *next = &all->steps[all->step_count % (IN_FLIGHT + 1)];
    spk_event events[CELLS_CHANNELS * LONGEST_RUN]; /* copied by the library before the call returns */
    size_t count = 0;
    next->owner = all;
    next->first_tick = all->submitted;
    next->ticks = all->due - all->submitted;
    if (next->ticks > LONGEST_RUN) next->ticks = LONGEST_RUN;
    for (uint32_t i = 0; i < next->ticks; i++) count += cells_events(0, next->first_tick + i, i, events + count);

    spk_run_options run = SPK_RUN_OPTIONS_INIT;
    spk_submission submission = SPK_SUBMISSION_INIT;
    run.ticks = next->ticks;
    submission.callback = step_ended;
    submission.user = next;
    submission.events_out = next->spikes;
    submission.event_capacity = ROOM;
    spk_status status = spk_session_submit_run(all->session, &run, events, count, &submission, NULL);
    if (status == SPK_ERROR_FULL) {
      all->full_count++;
      return 0;
    }
    TRY(all->context, status);
    all->submitted += next->ticks;
    all->step_count++;
  }
  return 0;
}

/* The loop: the timer says how many ticks are due, the library's descriptor when it has something to do. */
static int run_stream(stream *all, uint32_t ticks, long per_second) {
  struct itimerspec period = {{0, 1000000000 / per_second}, {0, 1}};
  struct pollfd ready[2] = {{timerfd_create(CLOCK_MONOTONIC, 0), POLLIN, 0}, {-1, POLLIN, 0}};
  if (ready[0].fd < 0 || timerfd_settime(ready[0].fd, 0, &period, NULL) != 0) return perror("timerfd"), 1;
  TRY(all->context, spk_context_descriptor(all->context, &ready[1].fd));
  all->due = ticks < GATHERED ? ticks : GATHERED; /* the sensor was on before the board */
  while (all->done < ticks && !all->failed) {
    if (submit_due(all)) return 1;
    if (poll(ready, 2, 5000) <= 0) return fputs("nothing happened for 5 seconds\n", stderr), 1;
    if (ready[0].revents) {
      uint64_t periods;
      if (read(ready[0].fd, &periods, sizeof periods) != sizeof periods) return perror("timerfd"), 1;
      all->due = periods < ticks - all->due ? all->due + (uint32_t)periods : ticks;
    }
    if (ready[1].revents) TRY(all->context, spk_context_process(all->context, 0, NULL));
  }
  close(ready[0].fd);
  return all->failed;
}

/* The same ticks in one blocking run: where runs begin and end changes nothing. */
static int run_at_once(stream *all, uint32_t ticks, uint64_t *hash) {
  static spk_event events[CELLS_CHANNELS * MOST_TICKS / 2];
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_event spikes[ROOM];
  size_t count = 0;
  run.ticks = ticks;
  run.flags = SPK_RUN_CLEAR;
  for (uint32_t i = 0; i < ticks; i++) count += cells_events(0, i, i, events + count);
  TRY(all->context, spk_session_run(all->session, &run, events, count, NULL, 0, NULL));
  do {
    TRY(all->context, spk_session_read_events(all->session, spikes, ROOM, &count));
    *hash = cells_hash(*hash, 0, spikes, count);
  } while (count == ROOM);
  return 0;
}

int main(int argc, char **argv) {
  static stream all = {.in_order = 1};
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  spk_device *board;
  spk_model *model;
  struct timespec start, end;
  uint64_t hash = 0;
  long ticks = argc > 2 ? atol(argv[2]) : 2000, per_second = argc > 3 ? atol(argv[3]) : 1000;
  if (ticks < 1 || ticks > MOST_TICKS || per_second < 2) return fputs("see the head of the source\n", stderr), 2;
  options.flags = SPK_CONTEXT_NO_THREADS;
  options.queue_depth = IN_FLIGHT;
  TRY(NULL, spk_context_create(&options, &all.context));
  TRY(all.context, spk_device_open(all.context, argc > 1 ? argv[1] : "sim:", NULL, &board));
  if (cells_model(all.context, &model)) return 1;
  TRY(all.context, spk_session_open(board, model, NULL, &all.session));
  clock_gettime(CLOCK_MONOTONIC, &start);
  if (run_stream(&all, (uint32_t)ticks, per_second)) return 1;
  clock_gettime(CLOCK_MONOTONIC, &end);
  if (run_at_once(&all, (uint32_t)ticks, &hash)) return 1;
  double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
  printf("%u ticks in %u steps, %llu spikes, %.0f ticks a second; the queue was full %u times\n", (unsigned)all.done,
         (unsigned)all.step_count, (unsigned long long)all.spike_count, all.done / seconds, (unsigned)all.full_count);
  printf("in order: %s, as in one run: %s\n", all.in_order ? "yes" : "no", hash == all.hash ? "yes" : "no");
  TRY(all.context, spk_session_close(all.session));
  TRY(all.context, spk_model_close(model));
  TRY(all.context, spk_device_close(board));
  TRY(NULL, spk_context_close(all.context));
  return !all.in_order || hash != all.hash;
}
