/* Learning a dynamical system from its error alone, on a board in integers; then running without it. Prints a JSON line a case.
 *
 *   learn_dynamics [--seeds N] [--short] [--pictures FOLDER] [LOCATOR]
 *
 * Sources, settings and results: docs/representations.md.
 */
#include "dynamics_picture.h"
#include "ring_fit.h"

enum { TEST_SEED = 12345 };

/* How good a network is without feedback, by what drives the target. */
typedef struct judgement {
  double noise, steps, pulse, rate, frequency, damping;
} judgement;

/* One system, and how it is learnt. */
typedef struct system_case {
  const char *name;
  dynamics_shape shape;
  int random_kernels; /**< directions are drawn */
  double fast_rate;   /**< of fast weights that learn from random at the same time; 0: they are given */
  unsigned trials;    /**< of a second each */
  int rings;          /**< it has a frequency, which is measured */
} system_case;

static int judge(const study *one, const dynamics *net, const dynamics_weights *weights, int rings, judgement *out) {
  static double readouts[32768 * DYNAMICS_SIGNALS];
  dynamics_board board;
  dynamics_result result = {0};
  if (dynamics_open(one, net, weights, 0, 1, &board)) return 1;
  if (dynamics_test(&board, net, DYNAMICS_NOISE, 4, TEST_SEED, &result)) return 1;
  out->noise = result.nrmse;
  out->rate = result.rate;
  if (dynamics_test(&board, net, DYNAMICS_STEPS, 1.2, 0, &result)) return 1;
  out->steps = result.nrmse;
  result.all = readouts;
  if (dynamics_test(&board, net, DYNAMICS_PULSE, 1, 0, &result) || dynamics_close(&board)) return 1;
  out->pulse = result.nrmse;
  if (rings) ring_fit(net, readouts, (long)(1 / net->step), &out->frequency, &out->damping);
  return 0;
}

static void print_judgement(const char *name, const char *network, unsigned seed, const judgement *out, int rings) {
  printf("{\"case\":\"%s\",\"network\":\"%s\",\"seed\":%u,\"nrmse_noise\":%.4f,\"nrmse_steps\":%.4f,\"nrmse_pulse\":%.4f,"
         "\"rate_hz\":%.1f",
         name, network, seed, out->noise, out->steps, out->pulse, out->rate);
  if (rings) printf(",\"frequency_error\":%.4f,\"damping_error\":%.4f", out->frequency, out->damping);
  printf("}\n");
  fflush(stdout);
}

/* Fast weights that are random, but for the reset of each neuron. */
static void forget_fast(const dynamics *net, uint64_t seed, int16_t *fast) {
  double length = net->fast_unit * 127 / 1.02 / 1.1 / 10; /* a tenth of a kernel's square */
  for (uint32_t i = 0; i < net->shape.neurons * net->shape.neurons; i++)
    if (i % (net->shape.neurons + 1) != 0) fast[i] = study_round((length * draw_normal(&seed) / net->fast_unit + 0.5) * 256);
}

static int learn(const study *one, const dynamics *net, const system_case *what, unsigned seed,
                 dynamics_weights *weights, dynamics_curve *curve) {
  dynamics_board board;
  dynamics_result result = {0};
  curve->count = 0;
  if (dynamics_open(one, net, weights, what->fast_rate, seed, &board)) return 1;
  for (unsigned trial = 0; trial < what->trials; trial++) {
    double done = (double)trial / what->trials;
    TRY(one->context, spk_session_set_rate(board.session, board.slow, (uint32_t)(256 * pow(8, -done) + 0.5)));
    if (what->fast_rate > 0)
      TRY(one->context, spk_session_set_rate(board.session, board.fast, 256u >> (int)(5 * done)));
    if (dynamics_trial(&board, net, 1, (uint64_t)seed << 32 | trial, &result)) return 1;
    dynamics_point(curve, trial + 1, &result);
    fprintf(stderr, "\r%s, seed %u: trial %u of %u, error with feedback %.3f ", what->name, seed, trial + 1, what->trials,
            result.nrmse);
  }
  fprintf(stderr, "\n");
  return dynamics_read(&board, weights) || dynamics_close(&board);
}

static int draw_picture(const study *one, const dynamics *net, const dynamics_weights weights[2],
                        const dynamics_curve *curve, const char *name) {
  static dynamics_view views[2];
  for (int k = 0; k < 2; k++) {
    dynamics_board board;
    if (dynamics_open(one, net, &weights[k], 0, 1, &board)) return 1;
    if (dynamics_look(&board, net, &views[k]) || dynamics_close(&board)) return 1;
  }
  return dynamics_draw(one->pictures, name, net, &views[0], &views[1], curve);
}

static int run_case(const study *one, const system_case *what, unsigned seed, judgement *before, judgement *after) {
  static dynamics_weights weights[2]; /* before and after */
  dynamics net;
  dynamics_curve curve;
  double directions[DYNAMICS_NEURONS][DYNAMICS_SIGNALS];
  uint64_t draws = 3000 + seed;
  for (uint32_t i = 0; i < what->shape.neurons; i++)
    for (uint32_t j = 0; j < what->shape.signals; j++) directions[i][j] = draw_normal(&draws);
  dynamics_make(&net, &what->shape, what->random_kernels ? (const double (*)[DYNAMICS_SIGNALS])directions : NULL);
  for (uint32_t i = 0; i < DYNAMICS_BENT; i++) weights[0].bent[i] = 128; /* the middle of no weight */
  dynamics_optimum(&net, &weights[0]);
  if (judge(one, &net, &weights[0], what->rings, after)) return 1;
  print_judgement(what->name, "analytic weights", seed, after, what->rings);
  for (uint32_t i = 0; i < DYNAMICS_SYNAPSES; i++) weights[0].slow[i] = 128;
  if (what->fast_rate > 0) forget_fast(&net, 4000 + seed, weights[0].fast);
  if (judge(one, &net, &weights[0], 0, before)) return 1;
  print_judgement(what->name, "before", seed, before, 0);
  weights[1] = weights[0];
  if (learn(one, &net, what, seed, &weights[1], &curve)) return 1;
  if (judge(one, &net, &weights[1], what->rings, after)) return 1;
  print_judgement(what->name, "learnt", seed, after, what->rings);
  return one->pictures && seed == 1 && draw_picture(one, &net, weights, &curve, what->name);
}

#define OSCILLATOR { {-2.8274, 18.8496}, {-18.8496, -2.8274} } /* 3 Hz, damping ratio 0.15 */
#define PENDULUM { {0, 9.4248}, {-9.4248, -1.885} }             /* 1.5 Hz where it hangs */
#define PAIR { {-2, 12.566, 4, 0}, {-12.566, -2, 0, 0}, {4, 0, -3, 21.991}, {0, 0, -21.991, -3} } /* 2 and 3.5 Hz */

static const system_case cases[] = {
    {"oscillator", {2, 20, 4, 0, OSCILLATOR, 0}, 0, 0, 200, 1},
    {"fast and slow", {2, 20, 8, 0, OSCILLATOR, 0}, 0, 0.01, 200, 1},
    {"random kernels", {2, 20, 4, 0, OSCILLATOR, 0}, 1, 0, 200, 1},
    {"integrators", {2, 20, 8, 0, {{-5, 0}, {0, -2}}, 0}, 0, 0, 200, 0},
    {"stiff", {2, 20, 4, 0, {{0, 50}, {-50, -100}}, 0}, 0, 0, 200, 0},
    {"coupled pair", {4, 40, 8, 0, PAIR, 0}, 1, 0, 200, 0},
    {"pendulum", {2, 20, 4, 100, PENDULUM, 0.8}, 0, 0, 400, 0},
    {"pendulum without hidden neurons", {2, 20, 4, 0, PENDULUM, 0.8}, 0, 0, 400, 0},
};

/** Of the noise-driven error. The last case is there for the one before it to be compared with: errors of steps. */
static const double must[] = {0.06, 0.12, 0.08, 0.06, 0.06, 0.10, 0.25}, aim[] = {0.03, 0.06, 0.04, 0.03, 0.03, 0.06, 0.12};

enum { CASES = sizeof cases / sizeof cases[0], JUDGED = sizeof must / sizeof must[0], BARS = 5, DYNAMICS_SEEDS = 64 };

int main(int argc, char **argv) {
  study one;
  study_bar oscillator[] = {{.name = "NRMSE, steps", .must = 0.08, .aim = 0.04},
                            {.name = "NRMSE, ring", .must = 0.20, .aim = 0.12},
                            {.name = "error before / after", .must = 15, .aim = 30, .at_least = 1},
                            {.name = "error of frequency", .must = 0.03, .aim = 0.01},
                            {.name = "error of damping", .must = 0.20, .aim = 0.05}};
  study_bar bent = {.name = "NRMSE, steps, with hidden neurons / without", .must = 0.7, .aim = 0.4};
  double bent_steps[DYNAMICS_SEEDS] = {0};
  int missed = 0;
  if (study_begin(&one, argc, argv)) return 1;
  for (int i = 0; i < (one.is_short ? 1 : CASES); i++) {
    study_bar noise = {.name = "NRMSE, noise-driven", .must = i < JUDGED ? must[i] : 0, .aim = i < JUDGED ? aim[i] : 0};
    for (unsigned seed = 1; seed <= one.seeds; seed++) {
      judgement before, after;
      if (run_case(&one, &cases[i], seed, &before, &after)) return 1;
      if (i < JUDGED) study_take(&noise, after.noise);
      if (i == JUDGED - 1 && seed < DYNAMICS_SEEDS) bent_steps[seed] = after.steps;
      if (i == JUDGED && seed < DYNAMICS_SEEDS) study_take(&bent, bent_steps[seed] / after.steps);
      if (i > 0) continue;
      double numbers[BARS] = {after.steps, after.pulse, before.noise / after.noise, after.frequency, after.damping};
      for (int k = 0; k < BARS; k++) study_take(&oscillator[k], numbers[k]);
    }
    missed += study_judge(cases[i].name, &noise, 1);
    if (i == JUDGED) missed += study_judge(cases[JUDGED - 1].name, &bent, 1);
    if (i == 0) missed += study_judge(cases[0].name, oscillator, BARS);
  }
  return study_end(&one) || missed > 0;
}
