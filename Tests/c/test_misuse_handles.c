/* Every function that takes a handle, with handles that are null, closed, of another kind, or made up. */
#include "small_network.h"

#include <stdint.h>

static small_network good;
static const spk_population population = SPK_POPULATION_INIT;
static const spk_projection projection = SPK_PROJECTION_INIT;
static const spk_run_options one_tick = SPK_RUN_OPTIONS_INIT;
static uint8_t intensities[3];
static uint32_t layers[] = {3, 2};
static spk_population population_out = SPK_POPULATION_INIT;
static spk_projection projection_out = SPK_PROJECTION_INIT;
static spk_capabilities capabilities = SPK_CAPABILITIES_INIT;
static int16_t weights[12];
static int32_t values[4];
static float units[4];
static const uint32_t rows[3], targets[1];
static unsigned char bytes[65536];
static size_t count;
static uint32_t index_out, counts[2];
static uint64_t ticks[2];
static spk_device *device_out;
static spk_model *model_out;
static spk_session *session_out;
static spk_counters counters = SPK_COUNTERS_INIT;
static spk_completion completion = SPK_COMPLETION_INIT;
static spk_snapshot snapshot = SPK_SNAPSHOT_INIT;
static spk_board boards[8];
static uint32_t row_starts[3], pending;
static int32_t descriptor;
static const int32_t state[4];

static spk_status present(spk_session *session) {
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  presentation.intensities = intensities;
  presentation.intensity_count = sizeof intensities;
  return spk_session_present(session, &presentation, NULL);
}

static spk_status read_state_units(spk_session *session) {
  return spk_session_read_state_units(session, HIDDEN, SPK_MEMBRANE, 0, units, 4);
}

static spk_status submit_present(spk_session *session) {
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  presentation.intensities = intensities;
  presentation.intensity_count = sizeof intensities;
  return spk_session_submit_present(session, &presentation, NULL, NULL, NULL);
}

static spk_status build_erbp(spk_context *context) {
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  options.layer_count = 2;
  options.layer_sizes = layers;
  return spk_model_build_erbp(context, &options, &model_out);
}

/* What fails with a bad handle and an argument of its kind: name, kind of handle, call on `handle`. */
#define CALLS(CALL)                                                                                     \
  CALL(spk_device_open, context, spk_device_open(handle, "sim:", NULL, &device_out))                    \
  CALL(spk_model_create, context, spk_model_create(handle, "m", &model_out))                            \
  CALL(spk_model_load_file, context, spk_model_load_file(handle, "no such file", &model_out))           \
  CALL(spk_model_load_memory, context, spk_model_load_memory(handle, bytes, 8, &model_out))             \
  CALL(spk_model_build_erbp, context, build_erbp(handle))                                               \
  CALL(spk_device_list, context, spk_device_list(handle, boards, 8, &count))                            \
  CALL(spk_device_watch, context, spk_device_watch(handle, "sim:", NULL, NULL))                         \
  CALL(spk_device_unwatch, context, spk_device_unwatch(handle, "sim:"))                                 \
  CALL(spk_context_next_completion, context, spk_context_next_completion(handle, &completion, 0))       \
  CALL(spk_context_process, context, spk_context_process(handle, 0, NULL))                              \
  CALL(spk_context_descriptor, context, spk_context_descriptor(handle, &descriptor))                    \
  CALL(spk_device_counters, device, spk_device_counters(handle, &counters))                             \
  CALL(spk_device_capabilities, device, spk_device_capabilities(handle, &capabilities))                 \
  CALL(spk_session_open, device, spk_session_open(handle, good.model, NULL, &session_out))              \
  CALL(spk_session_open_model, model, spk_session_open(good.device, handle, NULL, &session_out))        \
  CALL(spk_model_save_file, model, spk_model_save_file(handle, "/dev/null/x"))                          \
  CALL(spk_model_save_memory, model, spk_model_save_memory(handle, bytes, sizeof bytes, &count))        \
  CALL(spk_model_check, model, spk_model_check(handle))                                                 \
  CALL(spk_model_add_population, model, spk_model_add_population(handle, "p", &population, NULL))       \
  CALL(spk_model_add_projection, model, spk_model_add_projection(handle, "p", &projection, NULL))       \
  CALL(spk_model_set_parameters, model, spk_model_set_parameters(handle, HIDDEN, SPK_BIAS, values, 4))  \
  CALL(spk_model_get_parameters, model, spk_model_get_parameters(handle, HIDDEN, SPK_BIAS, values, 4))  \
  CALL(spk_model_set_weights, model, spk_model_set_weights(handle, INPUT_HIDDEN, weights, 12))          \
  CALL(spk_model_get_weights, model, spk_model_get_weights(handle, INPUT_HIDDEN, weights, 12, &count))  \
  CALL(spk_model_set_synapses, model, spk_model_set_synapses(handle, VALUE_HIDDEN, rows, targets, weights, 0)) \
  CALL(spk_model_get_synapses, model, spk_model_get_synapses(handle, VALUE_HIDDEN, row_starts, NULL, NULL, 0, &count)) \
  CALL(spk_model_snapshot, model, spk_model_snapshot(handle, &snapshot))                                \
  CALL(spk_model_counts, model, spk_model_counts(handle, &counts[0], &counts[1]))                       \
  CALL(spk_model_get_population, model, spk_model_get_population(handle, 0, &population_out, NULL))     \
  CALL(spk_model_get_projection, model, spk_model_get_projection(handle, 0, &projection_out, NULL))     \
  CALL(spk_model_find_population, model, spk_model_find_population(handle, "input", &index_out))        \
  CALL(spk_model_find_projection, model, spk_model_find_projection(handle, "input-hidden", &index_out)) \
  CALL(spk_model_place, model, spk_model_place(handle, NULL, NULL, 0, &count))                          \
  CALL(spk_session_store_model, model, spk_session_store(good.session, handle))                         \
  CALL(spk_session_store, session, spk_session_store(handle, good.model))                               \
  CALL(spk_session_run, session, spk_session_run(handle, &one_tick, NULL, 0, NULL, 0, &count))          \
  CALL(spk_session_read_events, session, spk_session_read_events(handle, NULL, 0, &count))              \
  CALL(spk_session_present, session, present(handle))                                                   \
  CALL(spk_session_record, session, spk_session_record(handle, HIDDEN, 1))                              \
  CALL(spk_session_set_values, session, spk_session_set_values(handle, VALUE, weights, 2))              \
  CALL(spk_session_set_values_units, session, spk_session_set_values_units(handle, VALUE, units, 2))    \
  CALL(spk_session_clear, session, spk_session_clear(handle))                                           \
  CALL(spk_session_set_enabled, session, spk_session_set_enabled(handle, SPK_ALL, 1))                   \
  CALL(spk_session_set_learning, session, spk_session_set_learning(handle, SPK_ALL, 1))                 \
  CALL(spk_session_set_rate, session, spk_session_set_rate(handle, SPK_ALL, 256))                       \
  CALL(spk_session_read_weights, session, spk_session_read_weights(handle, 0, weights, 12, &count))     \
  CALL(spk_session_write_weights, session, spk_session_write_weights(handle, 0, weights, 12))           \
  CALL(spk_session_read_state, session, spk_session_read_state(handle, HIDDEN, 0, 0, values, 4))        \
  CALL(spk_session_read_state_units, session, read_state_units(handle))                                 \
  CALL(spk_session_add_probe, session, spk_session_add_probe(handle, HIDDEN, 0, 0, 1, &index_out))      \
  CALL(spk_session_read_probe, session, spk_session_read_probe(handle, 0, NULL, 0, &count))             \
  CALL(spk_session_read_probe_units, session, spk_session_read_probe_units(handle, 0, NULL, 0, &count)) \
  CALL(spk_session_set_probe_period, session, spk_session_set_probe_period(handle, 0, 2))               \
  CALL(spk_session_remove_probe, session, spk_session_remove_probe(handle, 0))                          \
  CALL(spk_session_ticks, session, spk_session_ticks(handle, &ticks[0], &ticks[1]))                     \
  CALL(spk_session_set_ticks, session, spk_session_set_ticks(handle, 5, 6))                             \
  CALL(spk_session_write_state, session, spk_session_write_state(handle, HIDDEN, 0, 0, state, 4))       \
  CALL(spk_session_snapshot_model, model, spk_session_snapshot(good.session, handle))                   \
  CALL(spk_session_snapshot, session, spk_session_snapshot(handle, good.model))                         \
  CALL(spk_session_restore_model, model, spk_session_restore(good.session, handle))                     \
  CALL(spk_session_restore, session, spk_session_restore(handle, good.model))                           \
  CALL(spk_session_resume_model, model, spk_session_resume(good.session, handle, NULL))                 \
  CALL(spk_session_resume, session, spk_session_resume(handle, good.model, NULL))                       \
  CALL(spk_session_submit_run, session, spk_session_submit_run(handle, &one_tick, NULL, 0, NULL, NULL)) \
  CALL(spk_session_submit_present, session, submit_present(handle))                                     \
  CALL(spk_session_cancel, session, spk_session_cancel(handle, SPK_EVERY_TICKET))                       \
  CALL(spk_session_pending, session, spk_session_pending(handle, &pending))                             \
  CALL(spk_session_drain, session, spk_session_drain(handle, 10000))
/* Null is allowed where something is closed. */
#define CLOSES(CALL)                                              \
  CALL(spk_context_close, context, spk_context_close(handle))     \
  CALL(spk_device_close, device, spk_device_close(handle))        \
  CALL(spk_model_close, model, spk_model_close(handle))           \
  CALL(spk_session_close, session, spk_session_close(handle))

#define DEFINE(name, kind, call) \
  static spk_status call_##name(void *handle) { return call; }
CALLS(DEFINE)
CLOSES(DEFINE)

typedef enum { context, device, model, session, kinds } kind;
typedef struct misuse {
  const char *name;
  kind kind;
  spk_status (*call)(void *handle);
} misuse;

#define ROW(name, kind, call) {#name, kind, call_##name},
static const misuse calls[] = {CALLS(ROW)};
static const misuse closes[] = {CLOSES(ROW)};

static void refuse(const misuse *one, const char *what, void *handle) {
  spk_status status = one->call(handle);
  const char *sentence = spk_context_message(NULL);
  check_count++;
  if (status == SPK_ERROR_HANDLE && sentence[0] != 0) return;
  check_failures++;
  printf("%s, %s: expected \"handle\" and a sentence, found \"%s\": \"%s\"\n", one->name, what,
         spk_status_string(status), sentence);
}

static void refuse_all(const misuse *one, void *const closed[kinds], void *const open[kinds]) {
  int local = 0;
  for (int other = 0; other < kinds; other++) {
    refuse(one, "closed", closed[other]);
    if (other != (int)one->kind) refuse(one, "of another kind", open[other]);
  }
  refuse(one, "0x1234", (void *)(uintptr_t)0x1234);
  refuse(one, "1", (void *)(uintptr_t)1);
  refuse(one, "all bits", (void *)UINTPTR_MAX);
  refuse(one, "the highest bit", (void *)(UINTPTR_MAX / 2 + 1));
  refuse(one, "an address", &local);
  for (int bit = 0; bit < 64; bit++) {
    refuse(one, "a handle with one bit changed", (void *)((uintptr_t)open[one->kind] ^ (uintptr_t)1 << bit));
  }
}

int main(void) {
  small_network gone = small_open();
  void *const closed[kinds] = {gone.context, gone.device, gone.model, gone.session};
  small_close(&gone);
  good = small_open();
  void *const open[kinds] = {good.context, good.device, good.model, good.session};
  for (int i = 0; i < kinds; i++) CHECK(open[i] != closed[i]);

  uint64_t model_before = small_model_print(good.model), session_before = small_session_print(good.session);
  size_t call_count = sizeof calls / sizeof calls[0], close_count = sizeof closes / sizeof closes[0];
  for (size_t i = 0; i < call_count; i++) {
    refuse(&calls[i], "null", NULL);
    refuse_all(&calls[i], closed, open);
  }
  for (size_t i = 0; i < close_count; i++) {
    OK(NULL, closes[i].call(NULL));
    refuse_all(&closes[i], closed, open);
  }
  CHECK(small_model_print(good.model) == model_before);
  CHECK(small_session_print(good.session) == session_before);

  for (size_t i = 0; i < call_count; i++) {
    if (calls[i].kind != session) continue;
    spk_status status = calls[i].call(good.session);
    if (!CHECK(status == SPK_OK)) printf("  %s: %s\n", calls[i].name, spk_context_message(NULL));
  }
  small_close(&good);
  return check_tally();
}
