/* Cost as the network grows: from 10^4 synapses to 10^8, inputs that fire at 10 Hz onto as many neurons, a board in the process.
 *
 *   growth FOLDER   prints a JSON line for each size, and writes them to FOLDER/growth.jsonl and a picture to FOLDER/growth.svg
 */
#define _GNU_SOURCE
#include "../studies/lines.h"
#include "draws.h"
#include "kernels/workloads.h"

#include <math.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REPEATS = 7, MOST_TICKS = 20000, LEAST_TICKS = 20, CORE_NEURONS = 1000 };

typedef struct size {
  uint32_t neurons, fan;
} size;

static const size sizes[] = {{100, 100},    {300, 100},     {1000, 100},    {1000, 300},    {1000, 1000},
                             {3000, 1000}, {10000, 1000}, {30000, 1000}, {100000, 1000}};

enum { SIZES = sizeof sizes / sizeof *sizes };

/* Filled by a process for each size. */
typedef struct cost {
  double ticks, events;           /* synaptic events of a run */
  double event_seconds;           /* CPU time of a run by its events, the median */
  double board_bytes, peak_bytes; /* of the network on the board, and of the process at most, by synapse */
  double open_seconds;            /* building the model and opening the session */
} cost;

static void add_synapses(const bench *board, size of) {
  size_t count = (size_t)of.neurons * of.fan;
  uint64_t state = 3;
  uint32_t *targets = malloc(sizeof *targets * count), *starts = malloc(sizeof *starts * (of.neurons + 1));
  int16_t *weights = malloc(sizeof *weights * count);
  if (!targets || !starts || !weights) perror("growth"), exit(1);
  uint32_t stretch = of.neurons / of.fan; /* each target is somewhere in its own stretch */
  for (size_t i = 0; i < count; i++) {
    uint32_t k = (uint32_t)(i % of.fan);
    targets[i] = k * stretch + draw_below(&state, stretch);
    weights[i] = (int16_t)((int)draw_below(&state, 41) - 20);
  }
  for (uint32_t i = 0; i <= of.neurons; i++) starts[i] = i * of.fan;
  must(spk_model_set_synapses(board->model, 0, starts, targets, weights, count));
  free(targets), free(starts), free(weights);
}

static bench open_board(size of) {
  spk_population input = SPK_POPULATION_INIT, cells = SPK_POPULATION_INIT;
  spk_projection sparse = SPK_PROJECTION_INIT;
  uint32_t cores = (of.neurons + CORE_NEURONS - 1) / CORE_NEURONS;
  bench board = bench_create(cores, CORE_NEURONS, 4 * (uint64_t)of.neurons * of.fan / cores + 65536);
  input.kind = SPK_INPUT, input.neuron_count = of.neurons;
  cells.neuron_count = of.neurons, cells.threshold = 8388607, cells.decays[0].membrane = 204;
  bench_population(&board, &input);
  bench_population(&board, &cells);
  sparse.target = 1, sparse.compartment = SPK_MEMBRANE, sparse.connectivity = SPK_SPARSE;
  bench_projection(&board, &sparse, NULL, 0);
  add_synapses(&board, of);
  largest_block = 0;
  bench_open(&board);
  return board;
}

/* Each input fires in a hundredth of the ticks. */
static size_t draw_events(spk_event *events, uint32_t neurons, uint32_t ticks) {
  uint64_t state = 7;
  size_t count = 0;
  for (uint32_t tick = 0; tick < ticks; tick++)
    for (uint32_t i = 0; i < neurons; i++)
      if (draw_below(&state, 100) == 0) events[count++] = (spk_event){tick, 0, i};
  return count;
}

static void measure(size of, cost *found) {
  double times[REPEATS], start = seconds();
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  bench board = open_board(of);
  double synapses = (double)of.neurons * of.fan;
  found->open_seconds = seconds() - start, found->board_bytes = (double)largest_block / synapses;
  double wanted = 2e7 / (synapses * 0.01);
  run.ticks = (uint32_t)fmax(LEAST_TICKS, fmin(MOST_TICKS, wanted));
  spk_event *events = malloc(sizeof *events * run.ticks * (of.neurons / 20 + 20));
  if (!events) perror("growth"), exit(1);
  size_t count = draw_events(events, of.neurons, run.ticks);
  found->ticks = run.ticks, found->events = (double)count * of.fan;
  for (int i = -1; i < REPEATS; i++) { /* the first only warms up */
    start = cpu_seconds();
    must(spk_session_run(board.session, &run, events, count, NULL, 0, NULL));
    times[i < 0 ? 0 : i] = cpu_seconds() - start;
  }
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  found->event_seconds = median(times, REPEATS) / found->events;
  found->peak_bytes = (double)used.ru_maxrss * 1024 / synapses;
  free(events);
  bench_close(&board);
}

/* In a process of its own, so that no size meets the memory of another. */
static int measure_apart(size of, cost *found) {
  int status;
  pid_t child = fork();
  if (child == 0) measure(of, found), _exit(0);
  if (child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
  fprintf(stderr, "growth: stopped at %u neurons of %u synapses\n", of.neurons, of.fan);
  return -1;
}

static void print(FILE *out, size of, const cost *found) {
  fprintf(out,
          "{\"neurons\": %u, \"fan\": %u, \"synapses\": %.0f, \"ticks\": %.0f, \"events\": %.0f, \"ns_per_event\": %.4g, "
          "\"board_bytes_per_synapse\": %.4g, \"peak_bytes_per_synapse\": %.4g, \"open_seconds\": %.3g}\n",
          of.neurons, of.fan, (double)of.neurons * of.fan, found->ticks, found->events, found->event_seconds * 1e9, found->board_bytes,
          found->peak_bytes, found->open_seconds);
  fflush(out);
}

static int draw_picture(const char *path, const cost *costs, size_t count) {
  double x[SIZES], time[SIZES], bytes[SIZES], most_time = 0, most_bytes = 0;
  chart picture;
  for (size_t i = 0; i < count; i++) {
    x[i] = log10((double)sizes[i].neurons * sizes[i].fan);
    time[i] = costs[i].event_seconds * 1e9, bytes[i] = costs[i].board_bytes;
    most_time = fmax(most_time, time[i]), most_bytes = fmax(most_bytes, bytes[i]);
  }
  chart_curve times = {NULL, x, time, count, 2}, memory = {NULL, x, bytes, count, 1};
  lines_axis synapses = {"synapses, power of ten", 4, 8}, nanoseconds = {"ns", 0, ceil(most_time)}, amount = {"bytes", 0, ceil(most_bytes)};
  if (chart_open(&picture, path, 900, 420, "Cost as the network grows",
                 "inputs at 10 Hz onto as many neurons, 100 to 1,000 synapses each, one thread"))
    return -1;
  lines_draw(&picture, (chart_box){90, 130, 330, 220}, "CPU time of a synaptic event", synapses, nanoseconds, &times, 1);
  lines_draw(&picture, (chart_box){530, 130, 330, 220}, "Memory of a synapse on the board", synapses, amount, &memory, 1);
  return chart_close(&picture);
}

int main(int argc, char **argv) {
  char path[4096];
  size_t done = 0;
  if (argc != 2) return fputs("usage: growth FOLDER\n", stderr), 2;
  cost *costs = mmap(NULL, sizeof *costs * SIZES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  snprintf(path, sizeof path, "%s/growth.jsonl", argv[1]);
  FILE *out = fopen(path, "w");
  if (costs == MAP_FAILED || out == NULL) return perror("growth"), 1;
  while (done < SIZES && measure_apart(sizes[done], &costs[done]) == 0) {
    print(stdout, sizes[done], &costs[done]);
    print(out, sizes[done], &costs[done]);
    done++;
  }
  if (fclose(out) != 0) return perror(path), 1;
  snprintf(path, sizeof path, "%s/growth.svg", argv[1]);
  if (draw_picture(path, costs, done) != 0) return perror(path), 1;
  return done < SIZES;
}
