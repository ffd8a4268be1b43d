/* The workloads of the kernels: each through the C API and by the yardstick, in pairs. */
#ifndef BENCHMARKS_WORKLOADS_H
#define BENCHMARKS_WORKLOADS_H

#include "../measure.h"
#include "yardstick.h"

/* One way to do a workload; `run` is timed, `prepare` is not and may be null. */
typedef struct side {
  void (*prepare)(void *self);
  void (*run)(void *self);
  void *self;
  double count; /* of what the time is divided by: set by whoever makes the pair */
} side;

/* Medians over pairs of runs, one of each side right after the other. */
typedef struct pair {
  double cpu_ratio, wall_ratio; /* time per count of the first side, in that of the second */
  double first, second;         /* CPU time per count, in seconds */
} pair;

pair measure_pair(side *first, side *second, int repeats);

double cpu_seconds(void);

/* Memory of `bytes`, aligned to 64, all zeros; ends the program if there is none. */
void *room(size_t bytes);

/* A board in the process with a model on it. */
typedef struct bench {
  spk_context *context;
  spk_device *device;
  spk_model *model;
  spk_session *session;
} bench;

/* A context, a board of so many cores of so many neurons and bytes, and an empty model. */
bench bench_create(uint32_t cores, uint32_t neurons, uint64_t bytes);
/* The same, simulated by so many threads. */
bench bench_create_threaded(uint32_t cores, uint32_t neurons, uint64_t bytes, uint32_t threads);
void bench_open(bench *one);
void bench_close(bench *one);

/* Adds a population or projection under a name made of its number. */
uint32_t bench_population(bench *one, const spk_population *population);
uint32_t bench_projection(bench *one, const spk_projection *projection, const int16_t *weights, size_t count);

/* The largest block that anybody has taken: while a session opens, that is the board's, with the network whole. */
extern size_t largest_block;

/* The network of W3 with 1,000 neurons or 10,000, and a board with it; drawn anew it is the same. */
recurrent recurrent_draw(size_t neurons);
void recurrent_free(recurrent *net);
bench recurrent_open(const recurrent *net, uint32_t cores, uint32_t threads);

/* Back to the start; so many ticks from there on; the spikes of so many from the start. */
void recurrent_reset(const recurrent *net, const bench *board);
void recurrent_run(const bench *board, uint32_t ticks);
double recurrent_spikes(const recurrent *net, const bench *board, uint32_t ticks);

void layers_workloads(int repeats);
void recurrent_workloads(int repeats);
void activity_workload(int repeats);
void loop_workload(int steps);
void training_workload(int repeats, int argc, char **argv);
void roofline_workloads(int repeats);

#endif
