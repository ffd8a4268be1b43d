/* W3: a network that keeps itself firing at about 10 Hz with a tick of a millisecond; nothing comes in. */
#include "workloads.h"

#include "draws.h"
#include <string.h>

enum { TICKS = 1000 };

typedef struct workload {
  recurrent net;
  int32_t *membrane, *arrivals;
  uint32_t *fired;
  bench board;
  double spikes;
} workload;

/* Four fifths excite, the others inhibit; `threshold` is in weights. */
static recurrent draw_network(size_t neurons, size_t fan, int excitation, int inhibition, int threshold, double drive) {
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

static void run_yardstick(void *self) {
  workload *work = self;
  work->spikes = yardstick_recurrent(&work->net, TICKS, work->membrane, work->arrivals, work->fired);
}

static void prepare_board(void *self) {
  workload *work = self;
  must(spk_session_clear(work->board.session));
  must(spk_session_write_state(work->board.session, 0, SPK_MEMBRANE, 0, work->net.start, work->net.neurons));
}

static void run_board(void *self) {
  workload *work = self;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  run.ticks = TICKS;
  must(spk_session_run(work->board.session, &run, NULL, 0, NULL, 0, NULL));
}

static double count_board(workload *work) {
  spk_counters before = SPK_COUNTERS_INIT, after = SPK_COUNTERS_INIT;
  must(spk_session_record(work->board.session, 0, 1));
  must(spk_device_counters(work->board.device, &before));
  prepare_board(work);
  run_board(work);
  must(spk_device_counters(work->board.device, &after));
  must(spk_session_record(work->board.session, 0, 0));
  return (double)(after.events_in - before.events_in);
}

static void open_board(workload *work, uint32_t cores) {
  const recurrent *net = &work->net;
  size_t synapses = net->neurons * net->fan;
  spk_population cells = SPK_POPULATION_INIT;
  spk_projection sparse = SPK_PROJECTION_INIT;
  uint32_t *targets = room(synapses * sizeof *targets), *starts = room((net->neurons + 1) * sizeof *starts);
  int16_t *weights = room(synapses * sizeof *weights);
  for (size_t i = 0; i < synapses; i++) targets[i] = net->targets[i], weights[i] = net->weights[i];
  for (size_t i = 0; i <= net->neurons; i++) starts[i] = (uint32_t)(i * net->fan);
  work->board = bench_create(cores, (uint32_t)(net->neurons / cores), 4 * synapses / cores + 65536);
  cells.neuron_count = (uint32_t)net->neurons, cells.threshold = net->threshold, cells.decays[0].membrane = 204;
  bench_population(&work->board, &cells);
  must(spk_model_set_parameters(work->board.model, 0, SPK_BIAS, net->bias, net->neurons));
  sparse.compartment = SPK_MEMBRANE, sparse.connectivity = SPK_SPARSE, sparse.shift = 4;
  bench_projection(&work->board, &sparse, NULL, 0);
  must(spk_model_set_synapses(work->board.model, 0, starts, targets, weights, synapses));
  bench_open(&work->board);
  free(targets), free(starts), free(weights);
}

static void measure(const char *name, recurrent net, uint32_t cores, int repeats, double bar) {
  workload work = {net, NULL, NULL, NULL, {NULL, NULL, NULL, NULL}, 0};
  work.membrane = room(net.neurons * sizeof *work.membrane), work.arrivals = room(net.neurons * sizeof *work.arrivals);
  work.fired = room(net.neurons * sizeof *work.fired);
  open_board(&work, cores);
  side board = {prepare_board, run_board, &work, 0}, yardstick = {NULL, run_yardstick, &work, 0};
  board.count = count_board(&work) * (double)net.fan;
  run_yardstick(&work);
  yardstick.count = work.spikes * (double)net.fan;
  report(name, ", spikes of a neuron in a second", board.count / (double)net.fan / (double)net.neurons, "Hz", NO_BAR, 0);
  report(name, ", those of the board in the yardstick's", board.count / yardstick.count, "", NO_BAR, 0);
  pair found = measure_pair(&board, &yardstick, repeats);
  report(name, ", CPU time of an event", found.first * 1e12, "ps", NO_BAR, 0);
  report(name, ", CPU time in the yardstick's", found.cpu_ratio, "", bar > 0 ? AT_MOST : NO_BAR, bar);
  report(name, ", wall time in the yardstick's", found.wall_ratio, "", NO_BAR, 0);
  bench_close(&work.board);
  free(work.membrane), free(work.arrivals), free(work.fired);
  free(net.targets), free(net.weights), free(net.bias), free(net.start);
}

void recurrent_workloads(int repeats) {
  measure("W3 1,000 neurons, 100 synapses each", draw_network(1000, 100, 25, -125, 400, 0.84), 2, 4 * repeats, 0);
  measure("W3 10,000 neurons, 1,000 synapses each", draw_network(10000, 1000, 20, -100, 1000, 1.05), 10, repeats, 1.2);
}
