/* Signals: populations, values and reserved fields that are wrong; and options of a run as older and newer callers pass them. */
#include "small_network.h"

#include <stdint.h>

enum { TICKS = 4 };

static small_network small;
static const int16_t values[2 * TICKS] = {1, 2, 3, 4, 5, 6, 7, -1000};

/* Both ways to run give the same refusal. */
#define REFUSE(words, options)                                                                                      \
  do {                                                                                                              \
    REFUSED(small.context, SPK_ERROR_ARGUMENT, words, spk_session_run(small.session, options, NULL, 0, NULL, 0, NULL)); \
    REFUSED(small.context, SPK_ERROR_ARGUMENT, words,                                                               \
            spk_session_submit_run(small.session, options, NULL, 0, NULL, NULL));                                   \
  } while (0)

static spk_run_options with(const spk_signal *signals, uint32_t count) {
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  options.ticks = TICKS;
  options.signals = signals;
  options.signal_count = count;
  return options;
}

static void one_signal(void) {
  static const struct {
    spk_signal signal;
    const char *words;
  } refused[] = {
      {{POPULATIONS, 0, values}, "population"}, {{UINT32_MAX, 0, values}, "population"}, {{INPUT, 0, values}, "input"},
      {{HIDDEN, 0, values}, "hidden"},          {{VALUE, 1, values}, "reserved"},        {{VALUE, 0, NULL}, "signal 0"},
  };
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    spk_run_options options = with(&refused[i].signal, 1);
    REFUSE(refused[i].words, &options);
  }
  spk_signal good = {VALUE, 0, values};
  spk_run_options options = with(&good, 1);
  OK(small.context, spk_session_run(small.session, &options, NULL, 0, NULL, 0, NULL));
  options.signals = NULL;
  REFUSE("signals", &options);
  options.signal_count = UINT32_MAX;
  REFUSE("signals", &options);
}

static void values_out_of_range(void) {
  int16_t wrong[2 * TICKS];
  spk_signal signal = {VALUE, 0, wrong};
  spk_run_options options = with(&signal, 1);
  const int16_t beyond[] = {1001, -1001, INT16_MAX, INT16_MIN};
  for (size_t i = 0; i < 4; i++) {
    memcpy(wrong, values, sizeof wrong);
    wrong[5] = beyond[i];
    REFUSE("tick 2, neuron 1", &options);
  }
}

static void more_signals(void) {
  spk_signal signals[65];
  for (uint32_t i = 0; i < 65; i++) signals[i] = (spk_signal){VALUE, 0, values};
  spk_run_options options = with(signals, 65);
  REFUSE("64", &options);
  options.signal_count = 2;
  REFUSE("signal 1", &options); /* the same population twice */
}

/* 65,536 ticks of 64 neurons are 8 MiB, and a request holds 4. */
static void too_long(void) {
  static int16_t long_values[64 * 65536];
  spk_population value = small_population(SPK_ANALOGUE, 64, SPK_ROLE_NONE);
  spk_model *model;
  spk_session *session;
  spk_signal signal = {0, 0, long_values};
  spk_run_options options = with(&signal, 1);
  OK(small.context, spk_session_close(small.session));
  OK(small.context, spk_model_create(small.context, "wide", &model));
  OK(small.context, spk_model_add_population(model, "value", &value, NULL));
  OK(small.context, spk_session_open(small.device, model, NULL, &session));
  options.ticks = 65536;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "4194304", spk_session_run(session, &options, NULL, 0, NULL, 0, NULL));
  options.ticks = 32768;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "4194304", spk_session_run(session, &options, NULL, 0, NULL, 0, NULL));
  options.ticks = 32767;
  OK(small.context, spk_session_run(session, &options, NULL, 0, NULL, 0, NULL));
  OK(small.context, spk_session_close(session));
  OK(small.context, spk_model_close(model));
  OK(small.context, spk_session_open(small.device, small.model, NULL, &small.session));
}

/* The first version's options were four numbers, the last of which was 0; the second's had no signals in units. */
static void older_callers(void) {
  struct {
    uint32_t struct_size, ticks, flags, reserved;
    unsigned char after[16]; /* the caller's own, and never looked at */
  } older = {16, TICKS, 0, 0, {0}};
  const spk_run_options *options = (const spk_run_options *)(const void *)&older;
  const uint32_t sizes[] = {0, 4, 12, 15, 17, 20, 23, 25, 32, 39};
  spk_signal signal = {VALUE, 0, values};
  spk_run_options second = with(&signal, 1);
  uint64_t before = 77, after = 77;
  memset(older.after, 0xFF, sizeof older.after);
  OK(small.context, spk_session_ticks(small.session, NULL, &before));
  OK(small.context, spk_session_run(small.session, options, NULL, 0, NULL, 0, NULL));
  OK(small.context, spk_session_submit_run(small.session, options, NULL, 0, NULL, NULL));
  OK(small.context, spk_session_drain(small.session, 10000));
  OK(small.context, spk_session_ticks(small.session, NULL, &after));
  CHECK(after == before + 2 * TICKS);
  second.struct_size = 24;
  second.unit_signal_count = SIZE_MAX;
  OK(small.context, spk_session_run(small.session, &second, NULL, 0, NULL, 0, NULL));
  older.reserved = 1;
  REFUSE("signals", options);
  older.reserved = 0;
  older.flags = 8;
  REFUSE("flags", options);
  older.flags = 0;
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    older.struct_size = sizes[i];
    REFUSE("struct_size", options);
  }
}

static void newer_callers(void) {
  LONGER(spk_run_options) newer = {SPK_RUN_OPTIONS_INIT, {0}};
  newer.known.struct_size = sizeof newer;
  OK(small.context, spk_session_run(small.session, &newer.known, NULL, 0, NULL, 0, NULL));
  for (size_t i = 0; i < sizeof newer.tail; i++) {
    newer.tail[i] = 1;
    REFUSE("struct_size", &newer.known);
    newer.tail[i] = 0;
  }
}

int main(void) {
  small = small_open();
  one_signal();
  values_out_of_range();
  more_signals();
  too_long();
  older_callers();
  newer_callers();
  small_close(&small);
  return check_tally();
}
