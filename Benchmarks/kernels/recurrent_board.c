/* The networks of W3, drawn, and on a board. */
#include "workloads.h"

#include "draws.h"

/* Four fifths excite, the others inhibit; `threshold` is in weights. */
static recurrent draw(size_t neurons, size_t fan, int excitation, int inhibition, int threshold, double drive) {
  recurrent net = {neurons, fan, NULL, NULL, NULL, NULL, threshold * 16};
  uint64_t state = 777;
  net.targets = room(neurons * fan * sizeof *net.targets), net.weights = room(neurons * fan);
  net.bias = room(neurons * sizeof *net.bias), net.start = room(neurons * sizeof *net.start);
  for (size_t i = 0; i < neurons; i++) {
    size_t chosen = 0;
    int excites = i < neurons * 4 / 5;
    for (size_t j = 0; j < neurons; j++) {
      if (draw_below(&state, (uint32_t)(neurons - j)) >= fan - chosen) continue;
      net.targets[i * fan + chosen] = (uint16_t)j;
      int weight = excites ? excitation + (int)draw_below(&state, 11) - 5 : inhibition + (int)draw_below(&state, 5) - 2;
      net.weights[i * fan + chosen++] = (int8_t)weight;
    }
    net.bias[i] = (int32_t)(threshold * 0.05 * drive * draw_between(&state, 0.7, 1.3) * 16);
    net.start[i] = (int32_t)(draw_between(&state, 0, threshold) * 16);
  }
  return net;
}

recurrent recurrent_draw(size_t neurons) {
  return neurons == 1000 ? draw(1000, 100, 25, -125, 400, 0.84) : draw(10000, 1000, 20, -100, 1000, 1.05);
}

void recurrent_free(recurrent *net) { free(net->targets), free(net->weights), free(net->bias), free(net->start); }

bench recurrent_open(const recurrent *net, uint32_t cores, uint32_t threads) {
  size_t synapses = net->neurons * net->fan;
  spk_population cells = SPK_POPULATION_INIT;
  spk_projection sparse = SPK_PROJECTION_INIT;
  uint32_t *targets = room(synapses * sizeof *targets), *starts = room((net->neurons + 1) * sizeof *starts);
  int16_t *weights = room(synapses * sizeof *weights);
  for (size_t i = 0; i < synapses; i++) targets[i] = net->targets[i], weights[i] = net->weights[i];
  for (size_t i = 0; i <= net->neurons; i++) starts[i] = (uint32_t)(i * net->fan);
  bench board = bench_create_threaded(cores, (uint32_t)(net->neurons / cores), 4 * synapses / cores + 65536, threads);
  cells.neuron_count = (uint32_t)net->neurons, cells.threshold = net->threshold, cells.decays[0].membrane = 204;
  bench_population(&board, &cells);
  must(spk_model_set_parameters(board.model, 0, SPK_BIAS, net->bias, net->neurons));
  sparse.compartment = SPK_MEMBRANE, sparse.connectivity = SPK_SPARSE, sparse.shift = 4;
  bench_projection(&board, &sparse, NULL, 0);
  must(spk_model_set_synapses(board.model, 0, starts, targets, weights, synapses));
  bench_open(&board);
  free(targets), free(starts), free(weights);
  return board;
}

void recurrent_reset(const recurrent *net, const bench *board) {
  must(spk_session_clear(board->session));
  must(spk_session_write_state(board->session, 0, SPK_MEMBRANE, 0, net->start, net->neurons));
}

void recurrent_run(const bench *board, uint32_t ticks) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  run.ticks = ticks;
  must(spk_session_run(board->session, &run, NULL, 0, NULL, 0, NULL));
}

double recurrent_spikes(const recurrent *net, const bench *board, uint32_t ticks) {
  spk_counters before = SPK_COUNTERS_INIT, after = SPK_COUNTERS_INIT;
  must(spk_session_record(board->session, 0, 1));
  must(spk_device_counters(board->device, &before));
  recurrent_reset(net, board);
  recurrent_run(board, ticks);
  must(spk_device_counters(board->device, &after));
  must(spk_session_record(board->session, 0, 0));
  return (double)(after.events_in - before.events_in);
}
