/* Where neurons are placed changes nothing, reports of placements add up, and what does not fit is named. */
#include "check.h"

enum { INPUTS = 24, HIDDEN = 200, CLASSES = 10, CAPACITY = 65536, CORES = 40 };

static spk_context *context;

static spk_board_options board(uint32_t cores, uint32_t neurons, uint64_t bytes) {
  spk_board_options options = SPK_BOARD_OPTIONS_INIT;
  options.cores = cores;
  options.neurons_per_core = neurons;
  options.synapse_bytes_per_core = bytes;
  return options;
}

static spk_model *build(void) {
  const uint32_t layers[] = {INPUTS, HIDDEN, CLASSES};
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  spk_model *model = NULL;
  options.layer_count = 3;
  options.layer_sizes = layers;
  OK(context, spk_model_build_erbp(context, &options, &model));
  return model;
}

/* Ten lessons and a test: all spikes of the test, and the weights into `model`. */
static size_t learn(spk_model *model, const spk_board_options *size, spk_event *events) {
  spk_device *device;
  spk_session *session;
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  uint8_t intensities[INPUTS];
  uint32_t populations, projections;
  size_t count = 0;
  OK(context, spk_device_open(context, "sim:", size, &device));
  if (!OK(context, spk_session_open(device, model, NULL, &session))) return 0;
  OK(context, spk_model_counts(model, &populations, &projections));
  for (uint32_t i = 0; i < populations; i++) OK(context, spk_session_record(session, i, 1));
  presentation.intensities = intensities;
  presentation.intensity_count = INPUTS;
  for (int lesson = 0; lesson <= 10; lesson++) {
    for (int i = 0; i < INPUTS; i++) intensities[i] = (uint8_t)(37 * i + 91 * lesson);
    presentation.label = lesson < 10 ? lesson : -1;
    presentation.flags = SPK_RUN_CLEAR | (lesson < 10 ? SPK_RUN_LEARN : 0);
    OK(context, spk_session_present(session, &presentation, NULL));
  }
  OK(context, spk_session_read_events(session, events, CAPACITY, &count));
  OK(context, spk_session_store(session, model));
  OK(context, spk_session_close(session));
  OK(context, spk_device_close(device));
  return count;
}

static int same_weights(spk_model *one, spk_model *other) {
  static int16_t weights[2][CAPACITY];
  uint32_t populations, projections;
  OK(context, spk_model_counts(one, &populations, &projections));
  for (uint32_t i = 0; i < projections; i++) {
    size_t counts[2] = {0, 0};
    OK(context, spk_model_get_weights(one, i, weights[0], CAPACITY, &counts[0]));
    OK(context, spk_model_get_weights(other, i, weights[1], CAPACITY, &counts[1]));
    if (counts[0] != counts[1] || memcmp(weights[0], weights[1], counts[0] * sizeof weights[0][0]) != 0) return 0;
  }
  return 1;
}

static void placement_changes_nothing(void) {
  static spk_event events[2][CAPACITY];
  const spk_board_options boards[] = {board(1, 4096, 1 << 20), board(8, 32, 1 << 16), board(40, 7, 1 << 15),
                                      board(4, 128, 9000)};
  spk_model *fresh = build(), *models[2] = {build(), NULL};
  size_t counts[2] = {learn(models[0], &boards[0], events[0]), 0};
  CHECK(counts[0] > 100 && counts[0] < CAPACITY);
  CHECK(!same_weights(fresh, models[0]));
  for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
    models[1] = build();
    counts[1] = learn(models[1], &boards[i], events[1]);
    CHECK(counts[0] == counts[1] && memcmp(events[0], events[1], counts[0] * sizeof(spk_event)) == 0);
    CHECK(same_weights(models[0], models[1]));
    OK(context, spk_model_close(models[1]));
  }
  OK(context, spk_model_close(models[0]));
  OK(context, spk_model_close(fresh));
}

static void reports_add_up(void) {
  spk_model *model = build();
  spk_core_use cores[CORES];
  uint32_t populations, projections;
  uint64_t neurons = 0, synapses = 0;
  OK(context, spk_model_counts(model, &populations, &projections));
  for (uint32_t i = 0; i < populations; i++) {
    spk_population population = SPK_POPULATION_INIT;
    OK(context, spk_model_get_population(model, i, &population, NULL));
    if (population.kind == SPK_LEAKY) neurons += population.neuron_count;
  }
  for (uint32_t i = 0; i < projections; i++) {
    size_t weights = 0;
    spk_status status = spk_model_get_weights(model, i, NULL, 0, &weights);
    CHECK(status == SPK_OK && weights > 0);
    synapses += weights;
  }
  const spk_board_options boards[] = {board(1, 4096, 1 << 20), board(8, 32, 1 << 16), board(40, 7, 1 << 15)};
  for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
    uint64_t placed_neurons = 0, placed_synapses = 0;
    size_t count = 0;
    OK(context, spk_model_place(model, &boards[i], cores, CORES, &count));
    CHECK(count == boards[i].cores);
    for (size_t core = 0; core < count; core++) {
      const spk_core_use *use = &cores[core];
      CHECK(use->neurons <= boards[i].neurons_per_core && use->bytes <= boards[i].synapse_bytes_per_core);
      CHECK((use->slices == 0) == (use->neurons == 0));
      CHECK(use->neurons_permille == use->neurons * 1000 / boards[i].neurons_per_core);
      CHECK(use->bytes_permille == use->bytes * 1000 / boards[i].synapse_bytes_per_core);
      placed_neurons += use->neurons;
      placed_synapses += use->synapses;
    }
    CHECK(placed_neurons == neurons && placed_synapses == synapses);
  }
  OK(context, spk_model_close(model));
}

/* A population of 10 with 30 dense int8 synapses each: 300 bytes, 30 at the least on one core. */
static void what_does_not_fit_is_named(void) {
  spk_device *device;
  spk_model *model;
  spk_session *session = NULL;
  spk_population input = SPK_POPULATION_INIT, tall = SPK_POPULATION_INIT;
  spk_projection projection = SPK_PROJECTION_INIT;
  size_t count = 77;
  input.kind = SPK_INPUT;
  input.neuron_count = 30;
  tall.neuron_count = 10;
  projection.target = 1;
  OK(context, spk_model_create(context, "tall", &model));
  OK(context, spk_model_add_population(model, "wide", &input, NULL));
  OK(context, spk_model_add_population(model, "tall", &tall, NULL));
  OK(context, spk_model_add_projection(model, "wide-tall", &projection, NULL));
  const struct {
    spk_board_options size;
    const char *words;
  } small[] = {{board(1, 9, 1000), "\"tall\": neurons 9 .. 9"},
               {board(1, 10, 299), "\"tall\": neurons 9 .. 9"},
               {board(1, 10, 299), "30 synapse bytes"},
               {board(3, 3, 1000), "\"tall\": neurons 9 .. 9"},
               {board(100, 10, 29), "300 synapse bytes, 30 at the least"},
               {board(100, 10, 29), "has 29 free"}};
  for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
    REFUSED(context, SPK_ERROR_DOES_NOT_FIT, small[i].words, spk_model_place(model, &small[i].size, NULL, 0, &count));
    OK(context, spk_device_open(context, "sim:", &small[i].size, &device));
    REFUSED(context, SPK_ERROR_DOES_NOT_FIT, small[i].words, spk_session_open(device, model, NULL, &session));
    OK(context, spk_device_close(device));
  }
  CHECK(count == 77 && session == NULL);
  const spk_board_options large[] = {board(1, 10, 300), board(2, 5, 150), board(10, 1, 30), board(4096, 65536, 30)};
  for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
    OK(context, spk_model_place(model, &large[i], NULL, 0, &count));
    CHECK(count == large[i].cores);
  }
  OK(context, spk_model_close(model));
}

int main(void) {
  OK(NULL, spk_context_create(NULL, &context));
  placement_changes_nothing();
  reports_add_up();
  what_does_not_fit_is_named();
  OK(NULL, spk_context_close(context));
  return check_tally();
}
