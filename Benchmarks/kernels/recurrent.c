/* W3: a network that keeps itself firing at about 10 Hz with a tick of a millisecond; nothing comes in. */
#include "workloads.h"

enum { TICKS = 1000 };

typedef struct workload {
  recurrent net;
  int32_t *membrane, *arrivals;
  uint32_t *fired;
  bench board;
  double spikes;
} workload;

static void run_yardstick(void *self) {
  workload *work = self;
  work->spikes = yardstick_recurrent(&work->net, TICKS, work->membrane, work->arrivals, work->fired);
}

static void prepare_board(void *self) {
  workload *work = self;
  recurrent_reset(&work->net, &work->board);
}

static void run_board(void *self) {
  workload *work = self;
  recurrent_run(&work->board, TICKS);
}

static void measure(const char *name, recurrent net, uint32_t cores, int repeats, double bar) {
  workload work = {net, NULL, NULL, NULL, {NULL, NULL, NULL, NULL}, 0};
  work.membrane = room(net.neurons * sizeof *work.membrane), work.arrivals = room(net.neurons * sizeof *work.arrivals);
  work.fired = room(net.neurons * sizeof *work.fired);
  work.board = recurrent_open(&work.net, cores, 1);
  side board = {prepare_board, run_board, &work, 0}, yardstick = {NULL, run_yardstick, &work, 0};
  board.count = recurrent_spikes(&net, &work.board, TICKS) * (double)net.fan;
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
  recurrent_free(&net);
}

/* The board simulated by two threads beside the same one simulated by one. */
static void measure_threads(const char *name, recurrent net, uint32_t cores, int repeats, double bar) {
  workload one = {net, NULL, NULL, NULL, recurrent_open(&net, cores, 1), 0};
  workload two = {net, NULL, NULL, NULL, recurrent_open(&net, cores, 2), 0};
  side alone = {prepare_board, run_board, &one, 0}, both = {prepare_board, run_board, &two, 0};
  alone.count = recurrent_spikes(&net, &one.board, TICKS) * (double)net.fan;
  both.count = recurrent_spikes(&net, &two.board, TICKS) * (double)net.fan;
  pair found = measure_pair(&both, &alone, repeats);
  report(name, ", 2 threads: events in those of 1", both.count / alone.count, "", NO_BAR, 0);
  report(name, ", 2 threads: CPU time in that of 1", found.cpu_ratio, "", NO_BAR, 0);
  report(name, ", 2 threads: wall time in that of 1", found.wall_ratio, "", bar > 0 ? AT_MOST : NO_BAR, bar);
  bench_close(&one.board), bench_close(&two.board);
  recurrent_free(&net);
}

void recurrent_workloads(int repeats) {
  measure("W3 1,000 neurons, 100 synapses each", recurrent_draw(1000), 2, 4 * repeats, 0);
  measure("W3 10,000 neurons, 1,000 synapses each", recurrent_draw(10000), 10, repeats, 1.2);
  measure_threads("W3 1,000 neurons", recurrent_draw(1000), 2, 4 * repeats, 0);
  measure_threads("W3 10,000 neurons", recurrent_draw(10000), 10, 2 * repeats, 0.65);
}
