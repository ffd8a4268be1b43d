#define _POSIX_C_SOURCE 200809L
#include "accuracy_rows.h"

#include <stdlib.h>

#include "../examples/c/draws.h"
#include "../examples/c/try.h"

enum { TEST_TICKS = 64, SHORT_COURSE = 20000 };

const accuracy_row accuracy_rows[] = {
    {"A", "none", 3, {784, 100, 10}, SPK_INT8, SPK_ROUND_STOCHASTIC, 0, 10000, 1, 0},
    {"B", "none", 3, {784, 100, 10}, SPK_INT8, SPK_ROUND_STOCHASTIC, 0, 60000, 1, 0},
    {"C", "none", 3, {784, 100, 10}, SPK_INT16_MASTER, SPK_ROUND_STOCHASTIC_BY_COLUMN, 0, 60000, 1, 0},
    {"D", "none", 3, {784, 500, 10}, SPK_INT16_MASTER, SPK_ROUND_STOCHASTIC_BY_COLUMN, 0, 60000, 5, 1},
    {"A-feedback", "no hidden feedback", 3, {784, 100, 10}, SPK_INT8, SPK_ROUND_STOCHASTIC, SPK_ERBP_NO_FEEDBACK,
     10000, 1, 0},
    {"A-nearest", "nearest rounding", 3, {784, 100, 10}, SPK_INT8, SPK_ROUND_NEAREST, 0, 10000, 1, 0},
    {"A-gate", "no gate", 3, {784, 100, 10}, SPK_INT8, SPK_ROUND_STOCHASTIC, SPK_ERBP_NO_GATE, 10000, 1, 0},
};
const size_t accuracy_row_count = sizeof accuracy_rows / sizeof accuracy_rows[0];

/* What a run holds open while it lasts. */
typedef struct bench {
  spk_context *context;
  spk_device *device;
  spk_model *model;
  spk_session *session;
  classifier_schedule schedule;
} bench;

static void override(uint32_t *field, long setting) {
  if (setting >= 0) *field = (uint32_t)setting;
}

static int bench_open(bench *one, const accuracy_row *row, const long *settings, uint64_t seed) {
  spk_erbp_options network = SPK_ERBP_OPTIONS_INIT;
  network.layer_count = row->layer_count;
  network.layer_sizes = row->layers;
  network.seed = seed;
  network.storage = row->storage;
  network.rounding = row->rounding;
  network.flags = row->flags;
  override(&network.hidden_shift, settings[SET_HIDDEN_SHIFT]);
  override(&network.output_shift, settings[SET_OUTPUT_SHIFT]);
  override(&network.gate, settings[SET_GATE]);
  override(&network.feedback_percent, settings[SET_FEEDBACK]);
  override(&network.gain, settings[SET_GAIN]);
  override(&network.floor, settings[SET_FLOOR]);
  override(&one->schedule.ticks, settings[SET_TICKS]);
  override(&one->schedule.first_learning_tick, settings[SET_FIRST_LEARNING_TICK]);
  override(&one->schedule.label_period, settings[SET_LABEL_PERIOD]);
  if (settings[SET_FINAL_RATE_PERMILLE] >= 0)
    one->schedule.final_rate = (double)settings[SET_FINAL_RATE_PERMILLE] / 1000;
  spk_board_options board = {(uint32_t)sizeof board, 4, 4096, 0, UINT64_C(4) << 20};
  spk_session_options session = SPK_SESSION_OPTIONS_INIT;
  session.seed = seed;
  TRY(one->context, spk_context_create(NULL, &one->context));
  TRY(one->context, spk_model_build_erbp(one->context, &network, &one->model));
  TRY(one->context, spk_device_open(one->context, "sim:", &board, &one->device));
  TRY(one->context, spk_session_open(one->device, one->model, &session, &one->session));
  return 0;
}

static int bench_close(bench *one) {
  TRY(one->context, spk_session_close(one->session));
  TRY(one->context, spk_model_close(one->model));
  TRY(one->context, spk_device_close(one->device));
  TRY(one->context, spk_context_close(one->context));
  return 0;
}

/* Tests the digits of the learning curve, frozen. */
static int add_point(bench *one, const digits_set *test, size_t seen, accuracy_run *run) {
  classifier_result result;
  size_t count = test->count < RUN_CHECKED ? test->count : RUN_CHECKED;
  TRY(one->context, classifier_test(one->session, test, count, TEST_TICKS, &result));
  run->samples[run->point_count] = (double)seen;
  run->frozen[run->point_count++] = (double)result.right / (double)result.count;
  return 0;
}

/* Learns all passes. `chosen` is [train->count], the samples of the row first; `order` [row->samples] is for a pass. */
static int bench_learn(bench *one, const accuracy_row *row, const digits_set *train, const digits_set *test,
                       uint32_t *chosen, uint32_t *order, accuracy_run *run) {
  size_t total = (size_t)row->samples * row->passes, seen = 0;
  size_t step = total <= SHORT_COURSE ? 1000 : 6000;
  uint64_t shifts = run->seed;
  uint8_t shifted[DIGITS_PIXELS];
  while (total / step >= RUN_POINTS) step *= 2;
  digits_shuffle(chosen, train->count, run->seed);
  for (uint32_t pass = 0; pass < row->passes; pass++) {
    digits_shuffle(order, row->samples, (run->seed << 32) + pass);
    for (uint32_t i = 0; i < row->samples; i++) {
      const uint8_t *image = digits_image(train, chosen[order[i]]);
      uint8_t label = train->labels[chosen[order[i]]];
      uint32_t answer;
      if (row->shifts) {
        int across = (int)draw_below(&shifts, 3) - 1;
        digits_shift(shifted, image, across, (int)draw_below(&shifts, 3) - 1);
        image = shifted;
      }
      TRY(one->context, classifier_learn(one->session, &one->schedule, seen++, total, image, label, &answer));
      if ((seen % step == 0 || seen == total) && add_point(one, test, seen, run)) return 1;
    }
  }
  return 0;
}

static int learn_and_test(bench *one, const accuracy_row *row, const digits_set *train, const digits_set *test,
                          accuracy_run *run) {
  classifier_result result;
  uint32_t *orders = malloc((train->count + row->samples) * sizeof *orders);
  if (!orders) {
    fprintf(stderr, "not enough memory for the order of %zu samples\n", train->count);
    return 1;
  }
  int failed = bench_learn(one, row, train, test, orders, orders + train->count, run);
  free(orders);
  if (failed) return failed;
  TRY(one->context, classifier_test(one->session, test, test->count, TEST_TICKS, &result));
  run->accuracy = (double)result.right / (double)result.count;
  return 0;
}

int accuracy_run_row(const accuracy_row *row, const long *settings, const digits_set *train, const digits_set *test,
                     accuracy_run *run) {
  bench one = {.schedule = CLASSIFIER_SCHEDULE_INIT};
  double start = classifier_seconds();
  if (bench_open(&one, row, settings, run->seed) || learn_and_test(&one, row, train, test, run)) return 1;
  run->seconds = classifier_seconds() - start;
  return bench_close(&one);
}
