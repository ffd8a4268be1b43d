/* Model files between Spikelet and Python; the other half is Tests/python/model_interop.py.
 *
 * model_interop write FILE   builds a small model and saves it
 * model_interop read FILE    loads a file that Python wrote, checks it against the same model, prints a line an array
 */
#include <spikelet/spikelet.h>
#include <stdio.h>
#include <string.h>

enum { SOURCES = 6, TARGETS = 4, SYNAPSES = 5, PAIRS = SOURCES * TARGETS };

static const uint32_t row_starts[SOURCES + 1] = { 0, 2, 2, 3, 3, 4, 5 };
static const uint32_t synapse_targets[SYNAPSES] = { 0, 3, 1, 2, 0 };
static const int16_t synapse_weights[SYNAPSES] = { -128, 127, 1, -1, 5 };
static const int16_t lateral_weights[TARGETS] = { 1, -2, 3, -4 };
static const int32_t thresholds[TARGETS] = { 100, -100, 8388607, -8388608 };
static const int32_t decay_indices[TARGETS] = { 0, 1, 0, 1 };

static spk_context *context;

static int ok(spk_status status, const char *what) {
  if (status == SPK_OK) return 1;
  fprintf(stderr, "%s: %s: %s\n", what, spk_status_string(status), spk_context_message(context));
  return 0;
}

static int add_populations(spk_model *model) {
  spk_population input = SPK_POPULATION_INIT, hidden = SPK_POPULATION_INIT;
  input.kind = SPK_INPUT;
  input.neuron_count = SOURCES;
  input.role = SPK_ROLE_STIMULUS;
  hidden.neuron_count = TARGETS;
  hidden.role = SPK_ROLE_OUTPUT;
  hidden.threshold = 1000;
  hidden.decay_set_count = 2;
  hidden.decays[0] = (spk_decay_set){ 4096, 410, 4096, 0 };
  hidden.decays[1] = (spk_decay_set){ 256, 4096, 4096, 4096 };
  return ok(spk_model_add_population(model, "input", &input, NULL), "input") &&
         ok(spk_model_add_population(model, "hidden", &hidden, NULL), "hidden") &&
         ok(spk_model_set_parameters(model, 1, SPK_THRESHOLD, thresholds, TARGETS), "threshold") &&
         ok(spk_model_set_parameters(model, 1, SPK_DECAY_INDEX, decay_indices, TARGETS), "decay_index");
}

static int add_dense(spk_model *model) {
  spk_projection dense = SPK_PROJECTION_INIT;
  int16_t weights[PAIRS];
  dense.target = 1;
  dense.shift = 2;
  for (int i = 0; i < PAIRS; i++) weights[i] = (int16_t)(i * 37 % 256 - 128);
  return ok(spk_model_add_projection(model, "dense", &dense, NULL), "dense") &&
         ok(spk_model_set_weights(model, 0, weights, PAIRS), "dense weights");
}

static int add_masters(spk_model *model) {
  spk_projection masters = SPK_PROJECTION_INIT;
  int16_t weights[PAIRS];
  masters.target = 1;
  masters.storage = SPK_INT16_MASTER;
  masters.learning = 1;
  masters.rounding = SPK_ROUND_STOCHASTIC_BY_COLUMN;
  masters.low_limit = -20000;
  masters.term_count = 2;
  masters.terms[0].factor_a = SPK_FACTOR_DENDRITE;
  masters.terms[0].mantissa = -3;
  masters.terms[0].shift = 7;
  masters.terms[1].gate = SPK_GATE_INSIDE;
  masters.terms[1].gate_variable = SPK_FACTOR_CURRENT;
  masters.terms[1].gate_low = -5;
  masters.terms[1].gate_high = 5;
  masters.terms[1].mantissa = 1;
  masters.terms[1].shift = 2;
  for (int i = 0; i < PAIRS; i++) weights[i] = (int16_t)(i * 1000 - 12000);
  return ok(spk_model_add_projection(model, "masters", &masters, NULL), "masters") &&
         ok(spk_model_set_weights(model, 1, weights, PAIRS), "master weights");
}

static int add_others(spk_model *model) {
  spk_projection sparse = SPK_PROJECTION_INIT, lateral = SPK_PROJECTION_INIT;
  sparse.target = 1;
  sparse.connectivity = SPK_SPARSE;
  lateral.source = 1;
  lateral.target = 1;
  lateral.connectivity = SPK_ONE_TO_ONE;
  lateral.compartment = SPK_DENDRITE;
  lateral.disabled = 1;
  return ok(spk_model_add_projection(model, "sparse", &sparse, NULL), "sparse") &&
         ok(spk_model_set_synapses(model, 2, row_starts, synapse_targets, synapse_weights, SYNAPSES),
            "synapses") &&
         ok(spk_model_add_projection(model, "lateral", &lateral, NULL), "lateral") &&
         ok(spk_model_set_weights(model, 3, lateral_weights, TARGETS), "lateral weights");
}

/* FNV-1a, 32 bits. */
static uint32_t checksum(const void *data, size_t size) {
  const unsigned char *bytes = data;
  uint32_t sum = 2166136261u;
  for (size_t i = 0; i < size; i++) sum = (sum ^ bytes[i]) * 16777619u;
  return sum;
}

static int print_model(spk_model *model) {
  static const char *const parameters[] = { "threshold", "bias", "reset_to", "lower_bound", "decay_index" };
  for (uint32_t parameter = SPK_THRESHOLD; parameter <= SPK_DECAY_INDEX; parameter++) {
    int32_t values[TARGETS];
    if (!ok(spk_model_get_parameters(model, 1, parameter, values, TARGETS), parameters[parameter])) return 0;
    printf("hidden.%s %08x\n", parameters[parameter], (unsigned)checksum(values, sizeof values));
  }
  for (uint32_t index = 0; index < 4; index++) {
    spk_projection projection = SPK_PROJECTION_INIT;
    char name[64];
    int16_t weights[PAIRS];
    size_t count = 0;
    if (!ok(spk_model_get_projection(model, index, &projection, name), "projection") ||
        !ok(spk_model_get_weights(model, index, weights, PAIRS, &count), name)) {
      return 0;
    }
    printf("%s.weight %08x\n", name, (unsigned)checksum(weights, count * sizeof *weights));
  }
  return 1;
}

/* Equal models are saved as equal bytes. */
static int same(spk_model *left, spk_model *right) {
  static unsigned char bytes[2][16384];
  size_t sizes[2];
  if (!ok(spk_model_save_memory(left, bytes[0], sizeof bytes[0], &sizes[0]), "save") ||
      !ok(spk_model_save_memory(right, bytes[1], sizeof bytes[1], &sizes[1]), "save")) {
    return 0;
  }
  if (sizes[0] == sizes[1] && memcmp(bytes[0], bytes[1], sizes[0]) == 0) return 1;
  fprintf(stderr, "the file is not the model that was expected\n");
  return 0;
}

int main(int count, char **arguments) {
  spk_model *built = NULL, *loaded = NULL;
  int reads = count == 3 && strcmp(arguments[1], "read") == 0;
  if (count != 3 || (!reads && strcmp(arguments[1], "write") != 0)) {
    fprintf(stderr, "usage: model_interop read|write FILE\n");
    return 2;
  }
  if (!ok(spk_context_create(NULL, &context), "context")) return 1;
  int good = ok(spk_model_create(context, "interop", &built), "model") && add_populations(built) &&
             add_dense(built) && add_masters(built) && add_others(built);
  if (good && reads) {
    good = ok(spk_model_load_file(context, arguments[2], &loaded), "load") && print_model(loaded) &&
           same(built, loaded);
  } else if (good) {
    good = ok(spk_model_save_file(built, arguments[2]), "save");
  }
  good &= ok(spk_model_close(loaded), "close") && ok(spk_model_close(built), "close");
  good &= ok(spk_context_close(context), "close");
  return good ? 0 : 1;
}
