/* The kernel that adds rows, beside reading as much memory: a tick in which every row of a dense projection arrives, less
 * one in which the projection is off. */
#include "workloads.h"

enum { COLUMNS = 256, TICKS = 500, MOST_REPEATS = 101 };

typedef struct workload {
  bench board;
  size_t rows;
  int8_t *weights;
  int16_t *sums;
  uint32_t *order;
} workload;

static void open_board(workload *work) {
  spk_population source = SPK_POPULATION_INIT, target = SPK_POPULATION_INIT;
  spk_projection dense = SPK_PROJECTION_INIT;
  work->board = bench_create(1, 2048, 1 << 20);
  source.neuron_count = (uint32_t)work->rows, source.bias = 1;
  target.neuron_count = COLUMNS, target.reads_out = 1, target.decays[0].membrane = 4096;
  bench_population(&work->board, &source);
  bench_population(&work->board, &target);
  int16_t *words = room(work->rows * COLUMNS * sizeof *words);
  for (size_t i = 0; i < work->rows * COLUMNS; i++) words[i] = (int16_t)(i * 37 % 61) - 20;
  dense.target = 1, dense.compartment = SPK_MEMBRANE;
  bench_projection(&work->board, &dense, words, work->rows * COLUMNS);
  free(words);
  bench_open(&work->board);
}

/* CPU time of a tick. */
static double ticks(workload *work, uint32_t enabled) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  run.ticks = TICKS;
  must(spk_session_set_enabled(work->board.session, 0, enabled));
  double start = cpu_seconds();
  must(spk_session_run(work->board.session, &run, NULL, 0, NULL, 0, NULL));
  return (cpu_seconds() - start) / TICKS;
}

static double read_rows(workload *work) {
  volatile uint8_t sink = 0;
  double start = cpu_seconds();
  for (int i = 0; i < TICKS; i++) sink = (uint8_t)(sink + yardstick_read(work->weights, work->rows * COLUMNS));
  return (cpu_seconds() - start) / TICKS;
}

static double add_rows(workload *work) {
  double start = cpu_seconds();
  for (int i = 0; i < TICKS; i++) yardstick_accumulate(work->weights, COLUMNS, work->order, work->rows, work->sums);
  return (cpu_seconds() - start) / TICKS;
}

static void measure(size_t rows, const char *name, int repeats) {
  workload work = {{NULL, NULL, NULL, NULL}, rows, room(rows * COLUMNS), room(COLUMNS * sizeof(int16_t)), room(rows * sizeof(uint32_t))};
  double speed[MOST_REPEATS], read[MOST_REPEATS], blocked[MOST_REPEATS];
  for (uint32_t i = 0; i < rows; i++) work.order[i] = i;
  open_board(&work);
  ticks(&work, 1);
  for (int i = 0; i < repeats; i++) {
    double time = ticks(&work, 1) - ticks(&work, 0);
    speed[i] = (double)rows * COLUMNS / time / 1e9;
    read[i] = read_rows(&work) / time;
    blocked[i] = add_rows(&work) / time;
  }
  report(name, ", weights a second", median(speed, (size_t)repeats), "G/s", NO_BAR, 0);
  report(name, ", speed in that of reading them", median(read, (size_t)repeats), "", NO_BAR, 0);
  report(name, ", speed in that of the yardstick", median(blocked, (size_t)repeats), "", AT_LEAST, 0.7);
  bench_close(&work.board);
  free(work.weights), free(work.sums), free(work.order);
}

void roofline_workloads(int repeats) {
  measure(64, "rows of 16 KiB (L1) added", repeats);
  measure(1024, "rows of 256 KiB (L2) added", repeats);
}
