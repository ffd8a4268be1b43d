/* Snapshots, going back to them, and synapses that are read: structs that are wrong, and models of another shape. */
#include "small_network.h"

#include <stdint.h>

static small_network small;

#define REFUSE(words, call) REFUSED(small.context, SPK_ERROR_ARGUMENT, words, call)

static void reports(void) {
  LONGER(spk_snapshot) newer = {SPK_SNAPSHOT_INIT, {0}};
  LONGER(spk_resume_report) report = {SPK_RESUME_REPORT_INIT, {0}};
  spk_snapshot *snapshot = &newer.known;
  snapshot->seed = report.known.learning_ticks = 77;
  REFUSE("snapshot", spk_model_snapshot(small.model, NULL));
  snapshot->struct_size = 0;
  REFUSE("struct_size", spk_model_snapshot(small.model, snapshot));
  snapshot->struct_size = sizeof *snapshot - 8;
  REFUSE("struct_size", spk_model_snapshot(small.model, snapshot));
  snapshot->struct_size = sizeof newer;
  newer.tail[0] = 1;
  REFUSE("struct_size", spk_model_snapshot(small.model, snapshot));
  CHECK(snapshot->seed == 77);
  newer.tail[0] = 0;
  OK(small.context, spk_model_snapshot(small.model, snapshot));
  CHECK(snapshot->is_there == 0 && snapshot->seed == 0 && snapshot->learning_ticks == 0 && snapshot->frozen_ticks == 0);
  CHECK(snapshot->struct_size == sizeof newer);

  report.known.struct_size = 0;
  REFUSE("struct_size", spk_session_resume(small.session, small.model, &report.known));
  report.known.struct_size = sizeof report.known - 1;
  REFUSE("struct_size", spk_session_resume(small.session, small.model, &report.known));
  report.known.struct_size = sizeof report;
  report.tail[7] = 1;
  REFUSE("struct_size", spk_session_resume(small.session, small.model, &report.known));
  CHECK(report.known.learning_ticks == 77);
}

/* The small model but for one thing. */
static spk_model *differing(int difference) {
  spk_model *model = small_model(small.context);
  spk_population leaky = small_population(SPK_LEAKY, 1, SPK_ROLE_NONE);
  spk_projection more = small_projection(INPUT, HIDDEN, SPK_DENSE, SPK_INT8);
  if (difference == 0) OK(small.context, spk_model_add_population(model, "more", &leaky, NULL));
  if (difference == 1) OK(small.context, spk_model_add_projection(model, "more", &more, NULL));
  more.delay_ticks = 2;
  if (difference == 2) OK(small.context, spk_model_add_projection(model, "more", &more, NULL));
  return model;
}

static spk_model *empty(void) {
  spk_model *model = NULL;
  OK(small.context, spk_model_create(small.context, "empty", &model));
  return model;
}

/* Nothing changes: not the model, not the session. */
static void other_shapes(void) {
  for (int difference = 0; difference < 4; difference++) {
    spk_model *other = difference < 3 ? differing(difference) : empty();
    uint64_t model_before = small_model_print(other), session_before = small_session_print(small.session);
    REFUSE("the session", spk_session_snapshot(small.session, other));
    CHECK(small_model_print(other) == model_before);
    REFUSE("the session", spk_session_resume(small.session, other, NULL));
    REFUSED(small.context, SPK_ERROR_STATE, "no snapshot", spk_session_restore(small.session, other));
    CHECK(small_session_print(small.session) == session_before);
    OK(small.context, spk_model_close(other));
  }
  REFUSED(small.context, SPK_ERROR_STATE, "no snapshot", spk_session_restore(small.session, small.model));
}

static void synapses(void) {
  uint32_t rows[3] = {77, 77, 77}, targets[4] = {77, 77, 77, 77};
  int16_t weights[4] = {77, 77, 77, 77};
  size_t count = 77;
#define GET(words, ...) REFUSE(words, spk_model_get_synapses(small.model, __VA_ARGS__))
  GET("count", VALUE_HIDDEN, rows, targets, weights, 4, NULL);
  GET("projection 5", PROJECTIONS, rows, targets, weights, 4, &count);
  GET("projection", SPK_ALL, rows, targets, weights, 4, &count);
  GET("input-hidden", INPUT_HIDDEN, rows, targets, weights, 4, &count);
  GET("output-output", OUTPUT_OUTPUT, rows, targets, weights, 4, &count);
  GET("targets", VALUE_HIDDEN, rows, targets, NULL, SIZE_MAX, &count);
  GET("weights", VALUE_HIDDEN, rows, NULL, weights, SIZE_MAX / sizeof weights[0] + 2, &count);
  CHECK(count == 77);
  REFUSED(small.context, SPK_ERROR_TOO_SMALL, "4",
          spk_model_get_synapses(small.model, VALUE_HIDDEN, rows, targets, weights, 3, &count));
  CHECK(count == 4 && rows[0] == 77 && targets[0] == 77 && weights[0] == 77);
  count = 77;
  REFUSED(small.context, SPK_ERROR_TOO_SMALL, "4",
          spk_model_get_synapses(small.model, VALUE_HIDDEN, NULL, targets, NULL, 0, &count));
  CHECK(count == 4);
  OK(small.context, spk_model_get_synapses(small.model, VALUE_HIDDEN, NULL, NULL, NULL, 0, &count));
  OK(small.context, spk_model_get_synapses(small.model, VALUE_HIDDEN, rows, NULL, NULL, 0, &count));
  CHECK(rows[0] == 0 && rows[1] == 2 && rows[2] == 4 && targets[0] == 77);
  OK(small.context, spk_model_get_synapses(small.model, VALUE_HIDDEN, NULL, targets, weights, 4, &count));
  const uint32_t expected_targets[] = {0, 2, 1, 3};
  const int16_t expected_weights[] = {1, -2, 3, -4};
  CHECK(count == 4 && memcmp(targets, expected_targets, sizeof targets) == 0);
  CHECK(memcmp(weights, expected_weights, sizeof weights) == 0);
  spk_model *model = empty();
  REFUSE("projection 0", spk_model_get_synapses(model, 0, rows, NULL, NULL, 0, &count));
  OK(small.context, spk_model_close(model));
}

int main(void) {
  small = small_open();
  uint64_t before = small_model_print(small.model), session_before = small_session_print(small.session);
  reports();
  other_shapes();
  synapses();
  CHECK(small_model_print(small.model) == before);
  CHECK(small_session_print(small.session) == session_before);
  small_close(&small);
  return check_tally();
}
