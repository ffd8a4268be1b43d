/* Every allocation fails once: some call says so, all closes, and nothing is leaked. */
#include "failing_allocations.h"

static spk_context *context;
static spk_device *device;
static spk_model *model, *loaded;
static spk_session *session;

static spk_status build(void) {
  const uint32_t layers[] = {6, 5, 3}, rows[] = {0, 1, 2, 3}, targets[] = {0, 1, 2};
  const int16_t weights[] = {1, 2, 3};
  const int32_t biases[] = {1, 2, 3};
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  spk_population population = SPK_POPULATION_INIT;
  spk_projection projection = SPK_PROJECTION_INIT;
  uint32_t output, more, sparse;
  options.layer_count = 3;
  options.layer_sizes = layers;
  population.neuron_count = 3;
  projection.connectivity = SPK_SPARSE;
  TRY(spk_model_build_erbp(context, &options, &model));
  TRY(spk_model_find_population(model, "output", &output));
  TRY(spk_model_add_population(model, "more", &population, &more));
  TRY(spk_model_set_parameters(model, more, SPK_BIAS, biases, 3));
  projection.source = output;
  projection.target = more;
  TRY(spk_model_add_projection(model, "output-more", &projection, &sparse));
  return spk_model_set_synapses(model, sparse, rows, targets, weights, 3);
}

static spk_status use(void) {
  static int16_t weights[30];
  static spk_event events[4096];
  const uint8_t intensities[6] = {255, 255, 255, 255, 255, 255};
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  const spk_event in[] = {{0, 0, 0}, {0, 0, 1}};
  uint32_t probe;
  size_t count;
  presentation.intensities = intensities;
  presentation.intensity_count = 6;
  presentation.label = 1;
  presentation.flags |= SPK_RUN_LEARN;
  run.ticks = 20;
  TRY(spk_session_record(session, 0, 1));
  TRY(spk_session_add_probe(session, 1, SPK_MEMBRANE, 0, 5, &probe));
  TRY(spk_session_present(session, &presentation, NULL));
  TRY(spk_session_run(session, &run, in, 2, events, 4096, &count));
  TRY(spk_session_read_weights(session, 0, weights, 30, &count));
  return spk_session_store(session, loaded);
}

static spk_status scenario(void) {
  static unsigned char bytes[65536];
  size_t size, core_count;
  TRY(spk_context_create(NULL, &context));
  TRY(spk_device_open(context, "sim:", NULL, &device));
  TRY(build());
  TRY(spk_model_save_memory(model, bytes, sizeof bytes, &size));
  TRY(spk_model_load_memory(context, bytes, size, &loaded));
  TRY(spk_model_place(loaded, NULL, NULL, 0, &core_count));
  TRY(spk_session_open(device, loaded, NULL, &session));
  return use();
}

/* Closes what was opened; closing must succeed without memory too. */
static void close_all(void) {
  OK(context, spk_session_close(session));
  OK(context, spk_model_close(loaded));
  OK(context, spk_model_close(model));
  OK(context, spk_device_close(device));
  OK(NULL, spk_context_close(context));
  session = NULL;
  loaded = model = NULL;
  device = NULL;
  context = NULL;
}

static int no_memory(spk_status status, const char *sentence) {
  return status == SPK_ERROR_NO_MEMORY && sentence[0] != 0;
}

int main(void) {
  fail_each_allocation(scenario, no_memory, close_all);
  return check_tally();
}
