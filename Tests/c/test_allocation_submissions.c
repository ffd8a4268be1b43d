/* Every allocation of submissions, snapshots, watches and resuming fails once, with a thread and without. Boards are not
 * listed, for that is libusb, which goes on without the boards that it has no memory for. */
#include "failing_allocations.h"

enum { INPUTS = 6, HIDDEN_NEURONS = 5, TICKS = 24, CAPACITY = 4096 };

static spk_context *context;
static spk_device *device;
static spk_model *model;
static spk_session *session;
static uint32_t flags, probe; /* of the context; of the hidden neurons */
static uint32_t value;        /* the analogue population */

static spk_status build(void) {
  const uint32_t layers[] = {INPUTS, HIDDEN_NEURONS, 3};
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  spk_population analogue = SPK_POPULATION_INIT;
  spk_projection projection = SPK_PROJECTION_INIT;
  options.layer_count = 3;
  options.layer_sizes = layers;
  analogue.kind = SPK_ANALOGUE;
  analogue.neuron_count = 2;
  TRY(spk_model_build_erbp(context, &options, &model));
  TRY(spk_model_add_population(model, "value", &analogue, &value));
  projection.source = value;
  projection.target = 1;
  projection.delay_ticks = 3;
  return spk_model_add_projection(model, "value-hidden", &projection, NULL);
}

/* The status that the submission which ended first ended with. */
static spk_status ended(void) {
  spk_completion completion = SPK_COMPLETION_INIT;
  TRY(spk_context_next_completion(context, &completion, 10000));
  return (spk_status)completion.status;
}

static spk_status submit_both(void) {
  static spk_event events[CAPACITY];
  static int32_t values[TICKS * HIDDEN_NEURONS];
  static uint32_t counts[3];
  const uint8_t intensities[INPUTS] = {255, 255, 255, 255, 255, 255};
  const int16_t signal_values[2 * TICKS] = {100, -100, 50};
  const spk_signal signal = {value, 0, signal_values};
  const spk_event in[] = {{0, 0, 0}, {0, 0, 1}};
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_submission submission = SPK_SUBMISSION_INIT;
  spk_scores scores = SPK_SCORES_INIT;
  presentation.intensities = intensities;
  presentation.intensity_count = INPUTS;
  presentation.label = 1;
  presentation.flags |= SPK_RUN_LEARN;
  scores.counts = counts;
  scores.capacity = 3;
  run.ticks = TICKS;
  run.signals = &signal;
  run.signal_count = 1;
  submission.events_out = events;
  submission.event_capacity = CAPACITY;
  submission.probe = probe;
  submission.probe_values = values;
  submission.probe_capacity = TICKS * HIDDEN_NEURONS;
  TRY(spk_session_submit_run(session, &run, in, 2, &submission, NULL));
  spk_status first = ended();
  submission.probe_values = NULL;
  submission.probe_capacity = 0;
  TRY(first);
  TRY(spk_session_submit_present(session, &presentation, &scores, &submission, NULL));
  return ended();
}

static spk_status scenario(void) {
  static unsigned char bytes[65536];
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  spk_model *loaded = NULL;
  int32_t descriptor;
  size_t count;
  options.flags = flags;
  TRY(spk_context_create(&options, &context));
  TRY(spk_context_descriptor(context, &descriptor));
  TRY(spk_device_watch(context, "sim:", NULL, NULL));
  TRY(spk_device_watch(context, "unix:/no/such/socket", NULL, NULL));
  TRY(spk_device_open(context, "sim:", NULL, &device));
  TRY(build());
  TRY(spk_session_open(device, model, NULL, &session));
  TRY(spk_session_record(session, 0, 1));
  TRY(spk_session_add_probe(session, 1, SPK_MEMBRANE, 0, HIDDEN_NEURONS, &probe));
  TRY(submit_both());
  TRY(spk_session_snapshot(session, model));
  TRY(spk_model_save_memory(model, bytes, sizeof bytes, &count));
  TRY(spk_model_load_memory(context, bytes, count, &loaded));
  TRY(spk_model_close(model));
  model = loaded;
  TRY(submit_both());
  TRY(spk_session_restore(session, model));
  TRY(submit_both());
  TRY(spk_session_resume(session, model, NULL));
  TRY(submit_both());
  return spk_device_unwatch(context, "unix:/no/such/socket");
}

/* Closes what was opened; closing must succeed without memory too. */
static void close_all(void) {
  if (session != NULL) OK(context, spk_session_drain(session, 10000));
  OK(context, spk_session_close(session));
  OK(context, spk_model_close(model));
  OK(context, spk_device_close(device));
  OK(NULL, spk_context_close(context));
  session = NULL;
  model = NULL;
  device = NULL;
  context = NULL;
}

/* A thread that the system does not give is the system's refusal: it does not say that memory was the cause. */
static int no_memory_or_thread(spk_status status, const char *sentence) {
  if (status == SPK_ERROR_IO) return strstr(sentence, "no thread") != NULL;
  return status == SPK_ERROR_NO_MEMORY && sentence[0] != 0;
}

int main(void) {
  for (flags = 0; flags <= SPK_CONTEXT_NO_THREADS; flags++) {
    fail_each_allocation(scenario, no_memory_or_thread, close_all);
  }
  return check_tally();
}
