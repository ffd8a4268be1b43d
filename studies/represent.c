/* Learning to represent a signal: from random recurrent weights to balance, in integers on a board. Prints a JSON line a case.
 *
 *   represent [--seeds N] [--short] [--pictures FOLDER] [LOCATOR]
 *
 * Sources, settings and results: docs/representations.md.
 */
#include <string.h>

#include "balance.h"
#include "represent_picture.h"

enum { CHUNKS = 50, HALVINGS = 5, SKIPPED = 10, DIRECTIONS = 12, TEST_SEED = 4711 };

static const double kernel_length = 0.25, learning_time = 3000;

/* What one state of the network is judged by. */
typedef struct judgement {
  double nrmse, refitted, rate, balance, cv, distance;
} judgement;

static long ticks(double time) { return (long)(time * BALANCE_TICKS); }

static void judge_signal(const measure *result, judgement *out) {
  out->nrmse = measure_nrmse(result);
  out->refitted = measure_refitted(result);
  out->rate = measure_rate(result);
  out->balance = measure_balance(result);
}

static void print_judgement(const char *network, unsigned seed, const judgement *out) {
  printf("{\"case\":\"represent\",\"network\":\"%s\",\"seed\":%u,\"nrmse_fixed\":%.4f,\"nrmse_refitted\":%.4f,\"rate\":%.4f,"
         "\"ei_correlation\":%.3f",
         network, seed, out->nrmse, out->refitted, out->rate, out->balance);
  if (!isnan(out->cv)) printf(",\"cv\":%.3f,\"distance\":%.4f", out->cv, out->distance);
  printf("}\n");
  fflush(stdout);
}

/* The network of the paper in floating point, with the weights that are best. */
static void judge_optimum(const balance *net, unsigned seed, judgement *out) {
  static measure result;
  balance_source source = {.draws = TEST_SEED};
  measure_begin(&result, BALANCE_NEURONS, BALANCE_SIGNALS, net->step, ticks(SKIPPED));
  balance_simulate(net, &source, ticks(300), &result);
  judge_signal(&result, out);
  out->cv = NAN;
  print_judgement("optimum, floating point", seed, out);
}

/* Intervals between spikes while the input is constant, and the membranes have noise: without any nothing is irregular. */
static int judge_constant(const study *one, const balance *net, balance_options options, const int16_t *weights,
                          judgement *out) {
  static measure result;
  uint64_t draws = TEST_SEED;
  balance_board board;
  options.noise = 0.005 * kernel_length * kernel_length;
  if (balance_open(one, net, &options, weights, &board)) return 1;
  out->cv = 0;
  for (int k = 0; k < DIRECTIONS; k++) {
    double angle = draw_between(&draws, 0, 2 * STUDY_PI), constant[] = {1.5 * cos(angle), 1.5 * sin(angle)};
    balance_source held = {.constant = constant};
    TRY(one->context, spk_session_clear(board.session));
    measure_begin(&result, BALANCE_NEURONS, BALANCE_SIGNALS, net->step, ticks(SKIPPED));
    if (balance_run(&board, net, &held, ticks(150), 0, &result)) return 1;
    out->cv += measure_interval_cv(&result) / DIRECTIONS;
  }
  return balance_close(&board);
}

static int judge(const study *one, const balance *net, const balance_options *options, const int16_t *weights,
                 const char *network, judgement *out) {
  static measure result;
  balance_source source = {.draws = TEST_SEED};
  balance_board board;
  if (balance_open(one, net, options, weights, &board)) return 1;
  measure_begin(&result, BALANCE_NEURONS, BALANCE_SIGNALS, net->step, ticks(SKIPPED));
  if (balance_run(&board, net, &source, ticks(300), 0, &result) || balance_close(&board)) return 1;
  judge_signal(&result, out);
  out->distance = balance_distance(net, weights);
  if (judge_constant(one, net, *options, weights, out)) return 1;
  print_judgement(network, (unsigned)options->seed, out);
  return 0;
}

/* Learns from the weights given while the rate is halved five times. @param curve takes a point a chunk; may be null */
static int learn(const study *one, balance *net, const balance_options *options, int16_t *weights,
                 represent_curve *curve) {
  static measure result;
  balance_source source = {.draws = options->seed};
  balance_board board;
  if (balance_open(one, net, options, weights, &board)) return 1;
  for (int chunk = 0; chunk < CHUNKS; chunk++) {
    double time = learning_time / CHUNKS;
    TRY(one->context, spk_session_set_rate(board.session, SPK_ALL, 256u >> (chunk * HALVINGS / CHUNKS)));
    measure_begin(&result, BALANCE_NEURONS, BALANCE_SIGNALS, net->step, 0);
    if (balance_run(&board, net, &source, ticks(time), 1, &result) || balance_weights(&board, weights)) return 1;
    if (curve) represent_point(curve, time * (chunk + 1), &result, balance_distance(net, weights));
    fprintf(stderr, "\rseed %u: learning, %d of %d, distance %.4f ", (unsigned)options->seed, chunk + 1, CHUNKS,
            balance_distance(net, weights));
  }
  fprintf(stderr, "\n");
  if (options->encoding_rate > 0 && balance_take_encoding(&board, net)) return 1;
  return balance_close(&board);
}

static void optimal_weights(const balance *net, int16_t *weights) {
  for (int i = 0; i < BALANCE_SYNAPSES; i++) weights[i] = study_round(net->optimum[i] / net->weight_unit);
}

/* Random weights, but the reset of each neuron, which is given. */
static void random_weights(const balance *net, uint64_t seed, int16_t *weights) {
  for (int i = 0; i < BALANCE_SYNAPSES; i++) {
    double value = 0.1 * kernel_length * kernel_length * draw_normal(&seed);
    int is_reset = i % (BALANCE_NEURONS + 1) == 0;
    weights[i] = study_round((is_reset ? net->optimum[i] : value) / net->weight_unit);
  }
}

static int draw_picture(const study *one, const balance *net, const balance_options *options, const int16_t *before,
                        const int16_t *after, const represent_curve *curve) {
  static represent_view views[2];
  const int16_t *weights[] = {before, after};
  for (int k = 0; k < 2; k++) {
    balance_source source = {.draws = TEST_SEED};
    balance_board board;
    if (balance_open(one, net, options, weights[k], &board)) return 1;
    if (balance_run(&board, net, &source, ticks(SKIPPED), 0, NULL)) return 1;
    if (represent_look(&board, net, &source, &views[k]) || balance_close(&board)) return 1;
  }
  return represent_draw(one->pictures, &views[0], &views[1], curve);
}

/* The kernels are given, and evenly spread; the recurrent weights come from random. */
static int learn_recurrent(const study *one, unsigned seed, uint32_t storage, study_bar *bars) {
  balance net;
  judgement optimum, before, after, fewer;
  represent_curve curve = {.count = 0};
  double angles[BALANCE_NEURONS], lengths[BALANCE_NEURONS];
  int16_t start[BALANCE_SYNAPSES], weights[BALANCE_SYNAPSES];
  balance_options options = {.storage = storage, .rate = 0.01, .ratio = storage == SPK_INT8 ? 1.85 : 1.8, .seed = seed};
  for (int i = 0; i < BALANCE_NEURONS; i++) {
    angles[i] = 2 * STUDY_PI * i / BALANCE_NEURONS;
    lengths[i] = kernel_length;
  }
  balance_make(&net, kernel_length, lengths, angles);
  judge_optimum(&net, seed, &optimum);
  optimal_weights(&net, weights);
  if (judge(one, &net, &options, weights, "optimum, board", &after)) return 1;
  random_weights(&net, 1000 + seed, start);
  memcpy(weights, start, sizeof weights);
  if (judge(one, &net, &options, start, "before", &before)) return 1;
  if (learn(one, &net, &options, weights, &curve)) return 1;
  if (judge(one, &net, &options, weights, storage == SPK_INT8 ? "learnt, int8" : "learnt", &after)) return 1;
  if (one->pictures && seed == 1 && storage != SPK_INT8 && draw_picture(one, &net, &options, start, weights, &curve))
    return 1;
  options.silenced = 3;
  if (judge(one, &net, &options, weights, "learnt, then 3 of 10 neurons removed", &fewer)) return 1;
  double numbers[] = {after.nrmse / optimum.nrmse,
                      after.refitted / optimum.refitted,
                      before.rate / after.rate,
                      after.rate / optimum.rate,
                      before.cv,
                      after.cv,
                      after.balance,
                      after.distance,
                      fewer.nrmse / optimum.nrmse};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) study_take(&bars[i], numbers[i]);
  return 0;
}

/* Kernels of random directions, many of them too short to reach threshold: the recurrent weights learn alone, then the
 * feed-forward ones with them. */
static int learn_encoding(const study *one, unsigned seed, study_bar *bar) {
  judgement alone, both;
  for (int encodes = 0; encodes < 2; encodes++) {
    balance net;
    double angles[BALANCE_NEURONS], lengths[BALANCE_NEURONS];
    int16_t weights[BALANCE_SYNAPSES];
    uint64_t draws = 2000 + seed;
    balance_options options = {.storage = SPK_INT16_MASTER, .rate = 0.01, .ratio = 1.6, .seed = seed};
    for (int i = 0; i < BALANCE_NEURONS; i++) {
      angles[i] = draw_between(&draws, 0, 2 * STUDY_PI);
      lengths[i] = kernel_length * draw_between(&draws, 0.3, 1.25);
    }
    balance_make(&net, kernel_length, lengths, angles);
    random_weights(&net, 1000 + seed, weights);
    options.encoding_rate = encodes ? 0.001 : 0;
    options.encoding_ratio = 0.2;
    if (learn(one, &net, &options, weights, NULL)) return 1;
    options.encoding_rate = 0;
    if (judge(one, &net, &options, weights, encodes ? "recurrent and feed-forward learnt" : "recurrent alone learnt",
              encodes ? &both : &alone))
      return 1;
  }
  study_take(bar, both.refitted / alone.refitted);
  return 0;
}

int main(int argc, char **argv) {
  study one;
  study_bar bars[] = {{.name = "NRMSE of the fixed decoder / optimum", .must = 1.3, .aim = 1.1},
                      {.name = "NRMSE of the refitted decoder / optimum", .must = 1.10, .aim = 1.03},
                      {.name = "rate before / after", .must = 5, .aim = 7, .at_least = 1},
                      {.name = "rate after / optimum", .must = 1.6, .aim = 1.2},
                      {.name = "CV before", .must = 0.25, .aim = 0.25},
                      {.name = "CV after", .must = 0.6, .aim = 0.8, .at_least = 1},
                      {.name = "correlation of E and I", .must = 0.95, .aim = 0.97, .at_least = 1},
                      {.name = "distance", .must = 0.02, .aim = 0.01},
                      {.name = "NRMSE without 3 of 10 neurons / optimum", .must = 1.5, .aim = 1.3}};
  enum { BARS = sizeof bars / sizeof bars[0] };
  study_bar of_int8[BARS], encoding = {.name = "NRMSE, refitted, with feed-forward learning / without", .must = 0.97, .aim = 0.9};
  int missed;
  if (study_begin(&one, argc, argv)) return 1;
  memcpy(of_int8, bars, sizeof bars);
  for (unsigned seed = 1; seed <= one.seeds; seed++) {
    if (learn_recurrent(&one, seed, SPK_INT16_MASTER, bars)) return 1;
    if (one.is_short) continue;
    if (learn_recurrent(&one, seed, SPK_INT8, of_int8) || learn_encoding(&one, seed, &encoding)) return 1;
  }
  missed = study_judge("represent", bars, BARS) + study_judge("represent, int8", of_int8, BARS) +
           study_judge("represent", &encoding, 1);
  return study_end(&one) || missed > 0;
}
