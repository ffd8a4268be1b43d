#define _GNU_SOURCE
#include "workloads.h"

#include <string.h>

enum { MOST_REPEATS = 101 };

double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void *room(size_t bytes) {
  void *found = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
  if (found == NULL) exit(1);
  return memset(found, 0, bytes);
}

static void run(side *one, double *cpu, double *wall) {
  if (one->prepare != NULL) one->prepare(one->self);
  double cpu_start = cpu_seconds(), wall_start = seconds();
  one->run(one->self);
  *cpu = (cpu_seconds() - cpu_start) / one->count;
  *wall = (seconds() - wall_start) / one->count;
}

pair measure_pair(side *first, side *second, int repeats) {
  double cpu[2][MOST_REPEATS], wall[2][MOST_REPEATS], ratio[2][MOST_REPEATS];
  if (repeats > MOST_REPEATS) repeats = MOST_REPEATS;
  for (int i = -1; i < repeats; i++) { /* the first pair only warms up */
    int place = i < 0 ? 0 : i;
    run(first, &cpu[0][place], &wall[0][place]);
    run(second, &cpu[1][place], &wall[1][place]);
    ratio[0][place] = cpu[0][place] / cpu[1][place];
    ratio[1][place] = wall[0][place] / wall[1][place];
  }
  size_t count = (size_t)repeats;
  return (pair){median(ratio[0], count), median(ratio[1], count), median(cpu[0], count), median(cpu[1], count)};
}

bench bench_create(uint32_t cores, uint32_t neurons, uint64_t bytes) {
  return bench_create_threaded(cores, neurons, bytes, 1);
}

bench bench_create_threaded(uint32_t cores, uint32_t neurons, uint64_t bytes, uint32_t threads) {
  bench one = {NULL, NULL, NULL, NULL};
  spk_board_options board = SPK_BOARD_OPTIONS_INIT;
  board.cores = cores, board.neurons_per_core = neurons, board.synapse_bytes_per_core = bytes, board.threads = threads;
  must(spk_context_create(NULL, &one.context));
  must(spk_device_open(one.context, "sim:", &board, &one.device));
  must(spk_model_create(one.context, "kernels", &one.model));
  return one;
}

void bench_open(bench *one) { must(spk_session_open(one->device, one->model, NULL, &one->session)); }

void bench_close(bench *one) {
  must(spk_session_close(one->session));
  must(spk_model_close(one->model));
  must(spk_device_close(one->device));
  must(spk_context_close(one->context));
}

uint32_t bench_population(bench *one, const spk_population *population) {
  uint32_t index, projections;
  char name[16];
  must(spk_model_counts(one->model, &index, &projections));
  snprintf(name, sizeof name, "n%u", index);
  must(spk_model_add_population(one->model, name, population, &index));
  return index;
}

uint32_t bench_projection(bench *one, const spk_projection *projection, const int16_t *weights, size_t count) {
  uint32_t index, populations;
  char name[16];
  must(spk_model_counts(one->model, &populations, &index));
  snprintf(name, sizeof name, "p%u", index);
  must(spk_model_add_projection(one->model, name, projection, &index));
  if (weights != NULL) must(spk_model_set_weights(one->model, index, weights, count));
  return index;
}
