/* W4: a controller's step: 16 inputs in, one tick of 100 neurons that drive each other, spikes out. */
#include "workloads.h"

#include "draws.h"

enum { INPUTS = 16, NEURONS = 100, FAN = 10, MOST_STEPS = 100000 };

static bench open_loop(void) {
  bench board = bench_create(8, 1024, 131072);
  uint64_t state = 99;
  spk_population input = SPK_POPULATION_INIT, cells = SPK_POPULATION_INIT;
  spk_projection dense = SPK_PROJECTION_INIT, sparse = SPK_PROJECTION_INIT;
  int16_t in[INPUTS * NEURONS], weights[NEURONS * FAN];
  uint32_t starts[NEURONS + 1], targets[NEURONS * FAN];
  for (int i = 0; i < INPUTS * NEURONS; i++) in[i] = (int16_t)(10 + draw_around(&state, 98));
  for (uint32_t i = 0; i < NEURONS; i++) {
    uint32_t chosen = 0;
    starts[i] = i * FAN, starts[i + 1] = (i + 1) * FAN;
    for (uint32_t j = 0; j < NEURONS; j++) {
      if (draw_below(&state, NEURONS - j) >= FAN - chosen) continue;
      weights[i * FAN + chosen] = (int16_t)draw_around(&state, 73);
      targets[i * FAN + chosen++] = j;
    }
  }
  input.kind = SPK_INPUT, input.neuron_count = INPUTS;
  bench_population(&board, &input);
  cells.neuron_count = NEURONS, cells.role = SPK_ROLE_OUTPUT, cells.threshold = 276, cells.decays[0].membrane = 410;
  bench_population(&board, &cells);
  dense.target = 1, dense.compartment = SPK_MEMBRANE;
  bench_projection(&board, &dense, in, INPUTS * NEURONS);
  sparse.source = sparse.target = 1, sparse.compartment = SPK_MEMBRANE, sparse.connectivity = SPK_SPARSE;
  bench_projection(&board, &sparse, NULL, 0);
  must(spk_model_set_synapses(board.model, 1, starts, targets, weights, NEURONS * FAN));
  bench_open(&board);
  return board;
}

void loop_workload(int steps) {
  static double times[MOST_STEPS];
  static spk_event out[NEURONS];
  bench board = open_loop();
  uint64_t state = 7;
  double spikes = 0;
  if (steps > MOST_STEPS) steps = MOST_STEPS;
  for (int step = -1000; step < steps; step++) {
    spk_run_options run = SPK_RUN_OPTIONS_INIT;
    spk_event in[INPUTS];
    size_t count = 0, fired;
    for (uint32_t i = 0; i < INPUTS; i++)
      if (draw_below(&state, 4) == 0) in[count++] = (spk_event){0, 0, i};
    double start = seconds();
    must(spk_session_run(board.session, &run, in, count, out, NEURONS, &fired));
    if (step < 0) continue;
    times[step] = seconds() - start;
    spikes += (double)fired;
  }
  double middle = median(times, (size_t)steps);
  report("W4 step of 16 inputs and 100 neurons", ", spikes", spikes / steps, "", NO_BAR, 0);
  report("W4 step of 16 inputs and 100 neurons", ", median", middle * 1e6, "us", AT_MOST, 2);
  report("W4 step of 16 inputs and 100 neurons", ", 99th percentile", times[steps / 100 * 99] * 1e6, "us", NO_BAR, 0);
  report("W4 step of 16 inputs and 100 neurons", ", 99.9th percentile", times[steps / 1000 * 999] * 1e6, "us", NO_BAR, 0);
  bench_close(&board);
}
