/* What a session is set to and asked for: numbers and arrays that are wrong. */
#include "small_network.h"

static small_network small;

#define REFUSE(words, call) REFUSED(small.context, SPK_ERROR_ARGUMENT, words, call)

static void settings(void) {
  spk_session *session = small.session;
  REFUSE("population", spk_session_record(session, POPULATIONS, 1));
  REFUSE("population", spk_session_record(session, UINT32_MAX, 1));
  REFUSE("value", spk_session_record(session, VALUE, 1));
  REFUSE("on", spk_session_record(session, HIDDEN, 2));
  REFUSE("projection", spk_session_set_enabled(session, PROJECTIONS, 1));
  REFUSE("projection", spk_session_set_enabled(session, SPK_ALL - 1, 1));
  REFUSE("on", spk_session_set_enabled(session, SPK_ALL, 2));
  REFUSE("projection", spk_session_set_learning(session, PROJECTIONS, 1));
  REFUSE("on", spk_session_set_learning(session, INPUT_HIDDEN, UINT32_MAX));
  REFUSED(small.context, SPK_ERROR_STATE, "hidden-output", spk_session_set_learning(session, HIDDEN_OUTPUT, 1));
  REFUSE("projection", spk_session_set_rate(session, PROJECTIONS, 256));
  REFUSE("rate", spk_session_set_rate(session, INPUT_HIDDEN, 257));
  REFUSE("rate", spk_session_set_rate(session, SPK_ALL, UINT32_MAX));
  REFUSED(small.context, SPK_ERROR_STATE, "hidden-output", spk_session_set_rate(session, HIDDEN_OUTPUT, 256));
  OK(small.context, spk_session_ticks(session, NULL, NULL));
  REFUSE("2^56", spk_session_set_ticks(session, (uint64_t)1 << 56, 0));
  REFUSE("2^56", spk_session_set_ticks(session, 0, UINT64_MAX));
}

static void arrays(void) {
  spk_session *session = small.session;
  int16_t weights[12] = {0}, values[3] = {0, 1001, 0};
  size_t count = 77;
  REFUSE("population", spk_session_set_values(session, POPULATIONS, values, 2));
  REFUSE("hidden", spk_session_set_values(session, HIDDEN, values, 2));
  REFUSE("values", spk_session_set_values(session, VALUE, NULL, 2));
  REFUSE("value", spk_session_set_values(session, VALUE, values, 1));
  REFUSE("value", spk_session_set_values(session, VALUE, values, 3));
  REFUSE("", spk_session_set_values(session, VALUE, values, SIZE_MAX));
  REFUSE("1001", spk_session_set_values(session, VALUE, values, 2));
  values[1] = INT16_MIN;
  REFUSE("neuron 1", spk_session_set_values(session, VALUE, values, 2));

  REFUSE("projection", spk_session_read_weights(session, PROJECTIONS, weights, 12, &count));
  REFUSE("projection", spk_session_read_weights(session, SPK_ALL, weights, 12, &count));
  REFUSE("weights", spk_session_read_weights(session, INPUT_HIDDEN, NULL, 12, &count));
  REFUSE("", spk_session_read_weights(session, INPUT_HIDDEN, weights, SIZE_MAX, &count));
  CHECK(count == 77);
  REFUSE("count", spk_session_read_weights(session, INPUT_HIDDEN, weights, 12, NULL));
  REFUSED(small.context, SPK_ERROR_TOO_SMALL, "11",
          spk_session_read_weights(session, INPUT_HIDDEN, weights, 11, &count));
  CHECK(count == 12);
  OK(small.context, spk_session_read_weights(session, VALUE_HIDDEN, NULL, 0, &count));
  CHECK(count == 4);

  REFUSE("projection", spk_session_write_weights(session, PROJECTIONS, weights, 12));
  REFUSE("weights", spk_session_write_weights(session, INPUT_HIDDEN, NULL, 12));
  REFUSE("input-hidden", spk_session_write_weights(session, INPUT_HIDDEN, weights, 11));
  REFUSE("input-hidden", spk_session_write_weights(session, INPUT_HIDDEN, weights, 0));
  REFUSE("", spk_session_write_weights(session, INPUT_HIDDEN, weights, SIZE_MAX));
  weights[11] = 101;
  REFUSE("weight 11", spk_session_write_weights(session, INPUT_HIDDEN, weights, 12));
  weights[11] = -129;
  REFUSE("weight 11", spk_session_write_weights(session, LABEL_HIDDEN, weights, 12));

  int16_t before[12];
  OK(small.context, spk_model_get_weights(small.model, INPUT_HIDDEN, before, 12, &count));
  OK(small.context, spk_session_read_weights(session, INPUT_HIDDEN, weights, 12, &count));
  CHECK(memcmp(before, weights, sizeof before) == 0);
}

static void stores(void) {
  spk_model *other = small_model(small.context);
  spk_population leaky = SPK_POPULATION_INIT;
  spk_projection projection = SPK_PROJECTION_INIT;
  leaky.neuron_count = 1;
  OK(small.context, spk_model_add_population(other, "more", &leaky, NULL));
  projection.target = HIDDEN;
  OK(small.context, spk_model_add_projection(other, "more", &projection, NULL));
  uint64_t before = small_model_print(other);
  REFUSE("projections", spk_session_store(small.session, other));
  CHECK(small_model_print(other) == before);
  OK(small.context, spk_model_close(other));
}

static void written_state(void) {
  spk_session *session = small.session;
  static const int32_t refused[][3] = {
      {SPK_MEMBRANE, 1 << 23, -(1 << 23) - 1},  {SPK_CURRENT1, 1 << 23, INT32_MIN},
      {SPK_CURRENT2, INT32_MAX, -(1 << 23) - 1}, {SPK_DENDRITE, 1 << 23, INT32_MIN},
      {SPK_REFRACTORY, 256, -1},
  };
  int32_t values[4] = {0};
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    for (int side = 1; side <= 2; side++) {
      values[3] = refused[i][side];
      REFUSE("value 3", spk_session_write_state(session, HIDDEN, (uint32_t)refused[i][0], 0, values, 4));
    }
  }
  values[3] = 0;
  REFUSE("population", spk_session_write_state(session, POPULATIONS, SPK_MEMBRANE, 0, values, 1));
  REFUSE("population", spk_session_write_state(session, UINT32_MAX, SPK_MEMBRANE, 0, values, 1));
  REFUSE("input", spk_session_write_state(session, INPUT, SPK_MEMBRANE, 0, values, 1));
  REFUSE("value", spk_session_write_state(session, VALUE, SPK_MEMBRANE, 0, values, 1));
  REFUSE("variable", spk_session_write_state(session, HIDDEN, 5, 0, values, 1));
  REFUSE("variable", spk_session_write_state(session, HIDDEN, 256, 0, values, 1));
  REFUSE("values", spk_session_write_state(session, HIDDEN, SPK_MEMBRANE, 0, NULL, 1));
  REFUSE("hidden", spk_session_write_state(session, HIDDEN, SPK_MEMBRANE, 0, values, 0));
  REFUSE("hidden", spk_session_write_state(session, HIDDEN, SPK_MEMBRANE, 0, values, 5));
  REFUSE("hidden", spk_session_write_state(session, HIDDEN, SPK_MEMBRANE, 4, values, 1));
  REFUSE("hidden", spk_session_write_state(session, HIDDEN, SPK_MEMBRANE, UINT32_MAX, values, 2));
  REFUSE("", spk_session_write_state(session, HIDDEN, SPK_MEMBRANE, 0, values, SIZE_MAX));
  REFUSE("", spk_session_write_state(session, HIDDEN, SPK_MEMBRANE, 0, values, SIZE_MAX / sizeof(int32_t) + 2));
}

static void state_and_probes(void) {
  spk_session *session = small.session;
  int32_t values[4] = {0};
  uint32_t probe = 77;
  size_t count = 77;
  REFUSE("population", spk_session_read_state(session, POPULATIONS, SPK_MEMBRANE, 0, values, 1));
  REFUSE("input", spk_session_read_state(session, INPUT, SPK_MEMBRANE, 0, values, 1));
  REFUSE("variable", spk_session_read_state(session, HIDDEN, 5, 0, values, 1));
  REFUSE("variable", spk_session_read_state(session, HIDDEN, 256, 0, values, 1));
  REFUSE("values", spk_session_read_state(session, HIDDEN, SPK_MEMBRANE, 0, NULL, 1));
  REFUSE("hidden", spk_session_read_state(session, HIDDEN, SPK_MEMBRANE, 0, values, 5));
  REFUSE("hidden", spk_session_read_state(session, HIDDEN, SPK_MEMBRANE, 4, values, 1));
  REFUSE("hidden", spk_session_read_state(session, HIDDEN, SPK_MEMBRANE, 3, values, 2));
  REFUSE("hidden", spk_session_read_state(session, HIDDEN, SPK_MEMBRANE, UINT32_MAX, values, 2));
  REFUSE("", spk_session_read_state(session, HIDDEN, SPK_MEMBRANE, 0, values, SIZE_MAX));

  REFUSE("population", spk_session_add_probe(session, POPULATIONS, SPK_MEMBRANE, 0, 1, &probe));
  REFUSE("label", spk_session_add_probe(session, LABEL, SPK_MEMBRANE, 0, 1, &probe));
  REFUSE("variable", spk_session_add_probe(session, HIDDEN, SPK_REFRACTORY, 0, 1, &probe));
  REFUSE("variable", spk_session_add_probe(session, HIDDEN, UINT32_MAX, 0, 1, &probe));
  REFUSE("hidden", spk_session_add_probe(session, HIDDEN, SPK_MEMBRANE, 0, 0, &probe));
  REFUSE("hidden", spk_session_add_probe(session, HIDDEN, SPK_MEMBRANE, 0, 5, &probe));
  REFUSE("hidden", spk_session_add_probe(session, HIDDEN, SPK_MEMBRANE, 2, UINT32_MAX, &probe));
  CHECK(probe == 77);
  REFUSE("probe", spk_session_add_probe(session, HIDDEN, SPK_MEMBRANE, 0, 1, NULL));
  for (uint32_t i = 0; i < 16; i++) {
    OK(small.context, spk_session_add_probe(session, HIDDEN, SPK_MEMBRANE, 0, 1, &probe));
    CHECK(probe == i);
  }
  REFUSED(small.context, SPK_ERROR_STATE, "16", spk_session_add_probe(session, HIDDEN, SPK_MEMBRANE, 0, 1, &probe));
  CHECK(probe == 15);
  REFUSE("probe 16", spk_session_remove_probe(session, 16));
  REFUSE("probe", spk_session_remove_probe(session, UINT32_MAX));
  OK(small.context, spk_session_remove_probe(session, 3));
  REFUSE("probe 3", spk_session_remove_probe(session, 3));
  REFUSE("probe 3", spk_session_set_probe_period(session, 3, 1));
  REFUSE("probe 16", spk_session_set_probe_period(session, 16, 1));
  REFUSE("ticks", spk_session_set_probe_period(session, 0, 0));
  REFUSE("ticks", spk_session_set_probe_period(session, 0, 65537));
  REFUSE("ticks", spk_session_set_probe_period(session, 0, UINT32_MAX));
  REFUSE("probe 3", spk_session_read_probe(session, 3, values, 4, &count));
  REFUSE("probe", spk_session_read_probe(session, UINT32_MAX, values, 4, &count));

  spk_run_options two_ticks = SPK_RUN_OPTIONS_INIT;
  two_ticks.ticks = 2;
  OK(small.context, spk_session_run(session, &two_ticks, NULL, 0, NULL, 0, NULL));
  REFUSE("values", spk_session_read_probe(session, 0, NULL, 4, &count));
  REFUSE("count", spk_session_read_probe(session, 0, values, 4, NULL));
  REFUSE("", spk_session_read_probe(session, 0, values, SIZE_MAX, &count));
  REFUSED(small.context, SPK_ERROR_TOO_SMALL, "2", spk_session_read_probe(session, 0, values, 1, &count));
  CHECK(count == 2);
  OK(small.context, spk_session_read_probe(session, 0, values, 4, &count));
}

int main(void) {
  small = small_open();
  uint64_t before = small_session_print(small.session);
  settings();
  arrays();
  stores();
  written_state();
  CHECK(small_session_print(small.session) == before);
  state_and_probes();
  small_close(&small);
  return check_tally();
}
