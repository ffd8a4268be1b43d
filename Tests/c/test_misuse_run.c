/* Opening sessions, runs, presentations and events: options and arrays that are wrong. */
#include "small_network.h"

static small_network small;

static void opening(void) {
  LONGER(spk_session_options) newer = {SPK_SESSION_OPTIONS_INIT, {0}};
  spk_session_options *options = &newer.known;
  spk_session *session = NULL;
  OK(small.context, spk_session_close(small.session));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "session", spk_session_open(small.device, small.model, NULL, NULL));
  options->struct_size = 0;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "struct_size",
          spk_session_open(small.device, small.model, options, &session));
  options->struct_size = sizeof *options - 1;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "struct_size",
          spk_session_open(small.device, small.model, options, &session));
  options->struct_size = sizeof newer;
  newer.tail[0] = 1;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "struct_size",
          spk_session_open(small.device, small.model, options, &session));
  CHECK(session == NULL);
  newer.tail[0] = 0;
  OK(small.context, spk_session_open(small.device, small.model, options, &small.session));
}

static void empty_models(void) {
  spk_device *device;
  spk_model *model;
  spk_session *session;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  OK(small.context, spk_device_open(small.context, "sim:", NULL, &device));
  OK(small.context, spk_model_create(small.context, "nothing", &model));
  OK(small.context, spk_session_open(device, model, NULL, &session));
  OK(small.context, spk_session_run(session, &run, NULL, 0, NULL, 0, NULL));
  REFUSED(small.context, SPK_ERROR_STATE, "role", spk_session_present(session, &presentation, NULL));
  OK(small.context, spk_session_set_enabled(session, SPK_ALL, 1));
  OK(small.context, spk_session_store(session, model));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "projection 0", spk_session_set_enabled(session, 0, 1));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "projections", spk_session_store(session, small.model));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "projections", spk_session_store(small.session, model));
  OK(small.context, spk_session_close(session));
  OK(small.context, spk_model_close(model));
  OK(small.context, spk_device_close(device));
}

static void running(void) {
  LONGER(spk_run_options) newer = {SPK_RUN_OPTIONS_INIT, {0}};
  spk_run_options *options = &newer.known;
  spk_event in[] = {{0, INPUT, 0}, {0, INPUT, 1}, {3, INPUT, 2}}, out[32];
  size_t count = 77;
#define RUN(words, ...) REFUSED(small.context, SPK_ERROR_ARGUMENT, words, spk_session_run(small.session, __VA_ARGS__))
  options->ticks = 4;
  RUN("options", NULL, in, 3, out, 32, &count);
  RUN("events_in", options, NULL, 3, out, 32, &count);
  RUN("events_out", options, in, 3, NULL, 4, &count);
  RUN("count_out", options, in, 3, out, 32, NULL);
  RUN("", options, in, SIZE_MAX, out, 32, &count);
  RUN("", options, in, SIZE_MAX / sizeof(spk_event) + 4, out, 32, &count);
  RUN("", options, in, 3, out, SIZE_MAX, &count);
  static const struct {
    uint32_t struct_size, ticks, flags, signal_count;
    const char *words;
  } refused[] = {
      {0, 4, 0, 0, "struct_size"},
      {(uint32_t)sizeof(spk_run_options) - 1, 4, 0, 0, "struct_size"},
      {(uint32_t)sizeof(spk_run_options), 0, 0, 0, "ticks"},
      {(uint32_t)sizeof(spk_run_options), 65537, 0, 0, "ticks"},
      {(uint32_t)sizeof(spk_run_options), UINT32_MAX, 0, 0, "ticks"},
      {(uint32_t)sizeof(spk_run_options), 4, 1 << 16, 0, "flags"},
      {(uint32_t)sizeof(spk_run_options), 4, 8, 0, "flags"},
      {(uint32_t)sizeof(spk_run_options), 4, UINT32_MAX, 0, "flags"},
      {(uint32_t)sizeof(spk_run_options), 4, 0, 1, "signals"},
  };
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    spk_run_options bad = {refused[i].struct_size, refused[i].ticks, refused[i].flags, refused[i].signal_count,
                           NULL, NULL, 0};
    RUN(refused[i].words, &bad, in, 3, out, 32, &count);
  }
  options->struct_size = sizeof newer;
  newer.tail[4] = 1;
  RUN("struct_size", options, in, 3, out, 32, &count);
  newer.tail[4] = 0;
  static const spk_event bad_events[][2] = {
      {{0, INPUT, 0}, {4, INPUT, 0}},           /* after the last tick */
      {{0, INPUT, 0}, {UINT32_MAX, INPUT, 0}},
      {{0, INPUT, 0}, {1, INPUT, 3}},           /* no such neuron */
      {{0, INPUT, 0}, {1, INPUT, UINT32_MAX}},
      {{0, INPUT, 0}, {1, HIDDEN, 0}},          /* not an input population */
      {{0, INPUT, 0}, {1, VALUE, 0}},
      {{0, INPUT, 0}, {1, POPULATIONS, 0}},     /* no such population */
      {{0, INPUT, 0}, {1, UINT32_MAX, 0}},
      {{1, INPUT, 0}, {0, INPUT, 0}},           /* falling ticks */
      {{1, INPUT, 0}, {1, INPUT, 0}},           /* twice the same */
  };
  for (size_t i = 0; i < sizeof bad_events / sizeof bad_events[0]; i++) {
    RUN(i == 6 || i == 7 ? "population" : "event 1", options, bad_events[i], 2, out, 32, &count);
  }
  CHECK(count == 77);
  OK(small.context, spk_session_run(small.session, options, in, 3, out, 32, &count));
  count = 77;
  OK(small.context, spk_session_run(small.session, options, NULL, 0, NULL, 0, &count));
  CHECK(count == 0);
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "count", spk_session_read_events(small.session, out, 32, NULL));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "events", spk_session_read_events(small.session, NULL, 4, &count));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "", spk_session_read_events(small.session, out, SIZE_MAX, &count));
  OK(small.context, spk_session_read_events(small.session, out, 32, &count));
}

static void presenting(void) {
  const uint8_t intensities[3] = {255, 0, 128};
  uint32_t counts[3] = {77, 77, 77};
  int64_t potentials[3];
  int32_t first_spikes[3];
  LONGER(spk_presentation) newer = {SPK_PRESENTATION_INIT, {0}};
  LONGER(spk_scores) scores = {SPK_SCORES_INIT, {0}};
  spk_presentation *one = &newer.known, good;
  one->intensities = intensities;
  one->intensity_count = 3;
  good = *one;
#define PRESENT(words, change)                                                                            \
  do {                                                                                                    \
    *one = good;                                                                                          \
    change;                                                                                               \
    REFUSED(small.context, SPK_ERROR_ARGUMENT, words, spk_session_present(small.session, one, &scores.known)); \
  } while (0)
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "presentation", spk_session_present(small.session, NULL, NULL));
  PRESENT("struct_size", one->struct_size = 0);
  PRESENT("struct_size", one->struct_size = sizeof *one - 8);
  PRESENT("ticks", one->ticks = 0);
  PRESENT("ticks", one->ticks = 65537);
  PRESENT("intensities", one->intensities = NULL);
  PRESENT("intensities", one->intensity_count = 2);
  PRESENT("intensities", one->intensity_count = 0);
  PRESENT("intensities", (one->intensity_count = 0, one->intensities = NULL));
  PRESENT("intensities", one->intensity_count = SIZE_MAX);
  PRESENT("label", one->label = 3);
  PRESENT("label", one->label = -2);
  PRESENT("label", one->label = INT32_MAX);
  PRESENT("label", one->label = INT32_MIN);
  PRESENT("label_period", one->label_period = 0);
  PRESENT("label_period", one->label_period = 65536);
  PRESENT("flags", one->flags = 4);
  PRESENT("flags", one->flags = 1 << 16);
  PRESENT("struct_size", (one->struct_size = sizeof newer, newer.tail[1] = 1));
  newer.tail[1] = 0;
  PRESENT("struct_size", scores.known.struct_size = 0);
  PRESENT("struct_size", scores.known.struct_size = sizeof scores.known - 1);
  *one = good;
  scores.known.struct_size = sizeof scores;
  scores.known.capacity = 2;
  scores.known.counts = counts;
  REFUSED(small.context, SPK_ERROR_TOO_SMALL, "capacity",
          spk_session_present(small.session, one, &scores.known));
  CHECK(counts[0] == 77 && scores.known.count == 0);
  scores.known.capacity = 3;
  scores.known.potentials = potentials;
  scores.known.first_spikes = first_spikes;
  one->struct_size = sizeof newer;
  one->first_learning_tick = UINT32_MAX;
  OK(small.context, spk_session_present(small.session, one, &scores.known));
  CHECK(scores.known.count == 3 && scores.known.best < 3 && counts[2] != 77);
  OK(small.context, spk_session_present(small.session, one, NULL));
}

int main(void) {
  small = small_open();
  opening();
  empty_models();
  uint64_t before = small_session_print(small.session);
  spk_run_options none = SPK_RUN_OPTIONS_INIT;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "events_in",
          spk_session_run(small.session, &none, NULL, 1, NULL, 0, NULL));
  CHECK(small_session_print(small.session) == before);
  running();
  presenting();
  small_close(&small);
  return check_tally();
}
