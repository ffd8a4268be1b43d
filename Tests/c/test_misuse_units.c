/* Units: signals, values, probes and state where no unit is stated, where numbers are none, and where they lie beyond the limit. */
#include "small_network.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

enum { TICKS = 4, PLAIN_VALUE = 0 };

static small_network small;
static const float values[2 * TICKS] = {1, 2, 3, 4, 5, -0.25f, 10.0049f, -10.0049f};

static spk_run_options with(const spk_unit_signal *signals, size_t count) {
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  options.ticks = TICKS;
  options.unit_signals = signals;
  options.unit_signal_count = count;
  return options;
}

/* Both ways to run give the same refusal. */
static void refuse(spk_status status, const char *words, const spk_run_options *options) {
  REFUSED(small.context, status, words, spk_session_run(small.session, options, NULL, 0, NULL, 0, NULL));
  REFUSED(small.context, status, words, spk_session_submit_run(small.session, options, NULL, 0, NULL, NULL));
}

static void one_signal(void) {
  static const struct {
    spk_unit_signal signal;
    const char *words;
  } refused[] = {
      {{POPULATIONS, 0, values}, "population"}, {{UINT32_MAX, 0, values}, "population"}, {{INPUT, 0, values}, "input"},
      {{HIDDEN, 0, values}, "hidden"},          {{VALUE, 1, values}, "reserved"},        {{VALUE, 0, NULL}, "unit signal 0"},
  };
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    spk_run_options options = with(&refused[i].signal, 1);
    refuse(SPK_ERROR_ARGUMENT, refused[i].words, &options);
  }
  spk_unit_signal good = {VALUE, 0, values};
  spk_run_options options = with(&good, 1);
  OK(small.context, spk_session_run(small.session, &options, NULL, 0, NULL, 0, NULL));
  options.unit_signals = NULL;
  refuse(SPK_ERROR_ARGUMENT, "unit_signals", &options);
  options.unit_signal_count = SIZE_MAX;
  refuse(SPK_ERROR_ARGUMENT, "unit_signals", &options);
}

static void more_signals(void) {
  const int16_t counts[2 * TICKS] = {0};
  spk_signal signal = {VALUE, 0, counts};
  spk_unit_signal signals[64];
  for (uint32_t i = 0; i < 64; i++) signals[i] = (spk_unit_signal){VALUE, 0, values};
  spk_run_options options = with(signals, 64);
  options.signals = &signal;
  options.signal_count = 1;
  refuse(SPK_ERROR_ARGUMENT, "65", &options);
  options.unit_signal_count = 1;
  refuse(SPK_ERROR_ARGUMENT, "unit signal 0", &options); /* the same population in both */
  options.signal_count = 0;
  options.unit_signal_count = 2;
  refuse(SPK_ERROR_ARGUMENT, "unit signal 1", &options);
}

/* The limit is 1000 counts, a unit 100. */
static const struct {
  float value;
  const char *words;
} beyond[] = {
    {10.005f, "value 10.005 found, magnitude at most 10 expected, which is 1000 counts at 100 a unit"},
    {-10.0051f, "value -10.0051 found"},
    {1e30f, "value 1e+30 found"},
    {-3.4028235e38f, "value -3.4028235e+38 found"},
    {327.68f, "value 327.68 found"},
    {42949673.0f, "value 4.294967e+07 found"},
    {INFINITY, "value inf found"},
    {-INFINITY, "value -inf found"},
    {NAN, "nan found"},
};

static void values_out_of_range(void) {
  float wrong[2 * TICKS];
  spk_unit_signal signal = {VALUE, 0, wrong};
  spk_run_options options = with(&signal, 1);
  for (size_t i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
    memcpy(wrong, values, sizeof wrong);
    wrong[5] = beyond[i].value;
    refuse(SPK_ERROR_ARGUMENT, "unit signal 0, tick 2, neuron 1", &options);
    refuse(SPK_ERROR_ARGUMENT, beyond[i].words, &options);
    REFUSED(small.context, SPK_ERROR_ARGUMENT, "population \"value\", neuron 1",
            spk_session_set_values_units(small.session, VALUE, &wrong[4], 2));
    REFUSED(small.context, SPK_ERROR_ARGUMENT, beyond[i].words,
            spk_session_set_values_units(small.session, VALUE, &wrong[4], 2));
  }
}

static void held_values(void) {
  spk_session *session = small.session;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "population 5", spk_session_set_values_units(session, POPULATIONS, values, 2));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "analogue", spk_session_set_values_units(session, HIDDEN, values, 4));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "2 expected", spk_session_set_values_units(session, VALUE, values, 1));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "2 expected", spk_session_set_values_units(session, VALUE, NULL, 0));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "values", spk_session_set_values_units(session, VALUE, NULL, 2));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "", spk_session_set_values_units(session, VALUE, values, SIZE_MAX));
}

static void state(void) {
  spk_session *session = small.session;
  float found[4] = {77};
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "population 5", spk_session_read_state_units(session, POPULATIONS, 0, 0, found, 1));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "value", spk_session_read_state_units(session, VALUE, 0, 0, found, 1));
  for (uint32_t variable = SPK_REFRACTORY; variable < 12; variable++) {
    REFUSED(small.context, SPK_ERROR_ARGUMENT, "variable",
            spk_session_read_state_units(session, HIDDEN, variable, 0, found, 1));
  }
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "hidden", spk_session_read_state_units(session, HIDDEN, 0, 1, found, 4));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "hidden", spk_session_read_state_units(session, HIDDEN, 0, 0, found, 0));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "values", spk_session_read_state_units(session, HIDDEN, 0, 0, NULL, 1));
  REFUSED(small.context, SPK_ERROR_STATE, "output", spk_session_read_state_units(session, OUTPUT, 0, 0, found, 1));
  CHECK(found[0] == 77);
}

static void probes(void) {
  spk_session *session = small.session;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  float found[4] = {77};
  uint32_t scaled, plain;
  size_t count = 77;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "probe 0", spk_session_read_probe_units(session, 0, found, 4, &count));
  OK(small.context, spk_session_add_probe(session, HIDDEN, SPK_CURRENT1, 0, 2, &scaled));
  OK(small.context, spk_session_add_probe(session, OUTPUT, SPK_MEMBRANE, 0, 2, &plain));
  OK(small.context, spk_session_run(session, &run, NULL, 0, NULL, 0, NULL));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "probe 16", spk_session_read_probe_units(session, 16, found, 4, &count));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "values", spk_session_read_probe_units(session, scaled, NULL, 4, &count));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "", spk_session_read_probe_units(session, scaled, found, SIZE_MAX, &count));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "count", spk_session_read_probe_units(session, scaled, found, 4, NULL));
  REFUSED(small.context, SPK_ERROR_STATE, "counts_per_unit", spk_session_read_probe_units(session, plain, found, 4, &count));
  CHECK(count == 77);
  REFUSED(small.context, SPK_ERROR_TOO_SMALL, "2 needed", spk_session_read_probe_units(session, scaled, found, 1, &count));
  CHECK(count == 2 && found[0] == 77);
  OK(small.context, spk_session_read_probe_units(session, scaled, found, 4, &count));
  OK(small.context, spk_session_remove_probe(session, scaled));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "probe 0", spk_session_read_probe_units(session, scaled, found, 4, &count));
  OK(small.context, spk_session_remove_probe(session, plain));
}

static spk_completion submitted(const spk_submission *submission) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_completion completion = SPK_COMPLETION_INIT;
  OK(small.context, spk_session_submit_run(small.session, &run, NULL, 0, submission, NULL));
  OK(small.context, spk_context_next_completion(small.context, &completion, 10000));
  CHECK(completion.status == SPK_OK);
  return completion;
}

static void submissions(void) {
  spk_submission submission = SPK_SUBMISSION_INIT;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  float found[4] = {77, 77, 77, 77};
  int32_t counts[4];
  uint32_t plain;
  submission.probe_units = found;
  submission.probe_capacity = SIZE_MAX;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "probe_units",
          spk_session_submit_run(small.session, &run, NULL, 0, &submission, NULL));
  submission.probe_capacity = 4;
  submission.probe_values = counts;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "probe_values and probe_units",
          spk_session_submit_run(small.session, &run, NULL, 0, &submission, NULL));
  submission.probe_values = NULL;
  /* No probe, and one of a population without a unit: no values. */
  const uint32_t numbers[] = {0, 15, 16, UINT32_MAX};
  for (size_t i = 0; i < 4; i++) {
    submission.probe = numbers[i];
    CHECK(submitted(&submission).probe_count == 0 && found[0] == 77);
  }
  OK(small.context, spk_session_add_probe(small.session, OUTPUT, SPK_MEMBRANE, 0, 2, &plain));
  submission.probe = plain;
  CHECK(submitted(&submission).probe_count == 0 && found[0] == 77);
  /* The first version's struct ended before `probe_units`. */
  submission.struct_size = (uint32_t)offsetof(spk_submission, probe_units);
  submission.probe_values = counts;
  CHECK(submitted(&submission).probe_count == 2 && found[0] == 77);
  OK(small.context, spk_session_remove_probe(small.session, plain));
}

/* A model that states no unit anywhere, and one without anything. */
static void no_units(void) {
  spk_model *model;
  spk_session *scaled = small.session;
  spk_population value = small_population(SPK_ANALOGUE, 2, SPK_ROLE_NONE);
  spk_unit_signal signal = {PLAIN_VALUE, 0, values};
  spk_run_options options = with(&signal, 1);
  spk_submission submission = SPK_SUBMISSION_INIT;
  float found[1];
  OK(small.context, spk_session_close(scaled));
  OK(small.context, spk_model_create(small.context, "plain", &model));
  OK(small.context, spk_session_open(small.device, model, NULL, &small.session));
  submission.probe_units = found;
  submission.probe_capacity = 1;
  CHECK(submitted(&submission).probe_count == 0);
  OK(small.context, spk_session_close(small.session));
  OK(small.context, spk_model_add_population(model, "plain value", &value, NULL));
  OK(small.context, spk_session_open(small.device, model, NULL, &small.session));
  refuse(SPK_ERROR_STATE, "\"plain value\" does not say what a unit is", &options);
  REFUSED(small.context, SPK_ERROR_STATE, "counts_per_unit",
          spk_session_set_values_units(small.session, PLAIN_VALUE, values, 2));
  OK(small.context, spk_session_close(small.session));
  OK(small.context, spk_model_close(model));
  OK(small.context, spk_session_open(small.device, small.model, NULL, &small.session));
}

int main(void) {
  small = small_open();
  one_signal();
  uint64_t before = small_session_print(small.session);
  more_signals();
  values_out_of_range();
  held_values();
  state();
  CHECK(small_session_print(small.session) == before);
  probes();
  submissions();
  no_units();
  small_close(&small);
  return check_tally();
}
