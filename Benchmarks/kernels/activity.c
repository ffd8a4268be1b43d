/* Cost that falls with activity: spikes into 10,000 neurons, and a tenth of them. */
#include "workloads.h"

#include "draws.h"

enum { SOURCES = 1000, TARGETS = 10000, FAN = 1000, TICKS = 100, SPIKES = 80, MOST_REPEATS = 101 };

static void open_board(bench *board) {
  spk_population input = SPK_POPULATION_INIT, cells = SPK_POPULATION_INIT;
  spk_projection sparse = SPK_PROJECTION_INIT;
  uint64_t state = 3;
  uint32_t *targets = room(sizeof *targets * SOURCES * FAN), *starts = room(sizeof *starts * (SOURCES + 1));
  int16_t *weights = room(sizeof *weights * SOURCES * FAN);
  for (uint32_t i = 0; i < SOURCES; i++) {
    starts[i + 1] = (i + 1) * FAN;
    for (uint32_t k = 0; k < FAN; k++) {
      targets[i * FAN + k] = k * (TARGETS / FAN) + draw_below(&state, TARGETS / FAN);
      weights[i * FAN + k] = (int16_t)((int)draw_below(&state, 41) - 20);
    }
  }
  *board = bench_create(10, 1000, 1 << 20);
  input.kind = SPK_INPUT, input.neuron_count = SOURCES;
  cells.neuron_count = TARGETS, cells.threshold = 8388607, cells.decays[0].membrane = 204;
  bench_population(board, &input);
  bench_population(board, &cells);
  sparse.target = 1, sparse.compartment = SPK_MEMBRANE, sparse.connectivity = SPK_SPARSE;
  bench_projection(board, &sparse, NULL, 0);
  must(spk_model_set_synapses(board->model, 0, starts, targets, weights, SOURCES * FAN));
  bench_open(board);
  free(targets), free(starts), free(weights);
}

/* CPU time of a run with so many spikes in each tick. */
static double run(bench *board, uint32_t spikes) {
  static spk_event events[TICKS * SPIKES];
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  options.ticks = TICKS;
  for (uint32_t tick = 0; tick < TICKS; tick++)
    for (uint32_t i = 0; i < spikes; i++) events[tick * spikes + i] = (spk_event){tick, 0, i * (SOURCES / spikes) + tick % 12};
  double start = cpu_seconds();
  must(spk_session_run(board->session, &options, events, (size_t)TICKS * spikes, NULL, 0, NULL));
  return cpu_seconds() - start;
}

void activity_workload(int repeats) {
  bench board;
  double ratio[MOST_REPEATS];
  if (repeats > MOST_REPEATS) repeats = MOST_REPEATS;
  open_board(&board);
  run(&board, SPIKES);
  for (int i = 0; i < repeats; i++) {
    double all = run(&board, SPIKES);
    ratio[i] = run(&board, SPIKES / 10) / all;
  }
  report("10,000 neurons, a tenth of the spikes", ", time in that of all", median(ratio, (size_t)repeats), "", AT_MOST, 0.2);
  bench_close(&board);
}
