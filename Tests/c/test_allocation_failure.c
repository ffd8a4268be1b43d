/* Every allocation fails once: some call says so, all closes, and nothing is leaked.
 * The malloc family of this program stands before that of the C library, for the shared library. */
#include "check.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

/* What the C library calls its own. */
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *block, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *block);

static long live, made, failing; /* blocks in use; allocations so far; the one that fails, 0 for none */

/* Whether this allocation is to fail. */
static int fails(void) {
  made++;
  if (made != failing) return 0;
  errno = ENOMEM;
  return 1;
}

static void *counted(void *block) {
  live += block != NULL;
  return block;
}

void *malloc(size_t bytes) { return fails() ? NULL : counted(__libc_malloc(bytes)); }
void *calloc(size_t count, size_t bytes) { return fails() ? NULL : counted(__libc_calloc(count, bytes)); }
void *memalign(size_t alignment, size_t bytes) { return fails() ? NULL : counted(__libc_memalign(alignment, bytes)); }
void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

void *realloc(void *block, size_t bytes) {
  if (block == NULL) return malloc(bytes);
  if (bytes == 0) {
    free(block);
    return NULL;
  }
  return fails() ? NULL : __libc_realloc(block, bytes);
}

int posix_memalign(void **block, size_t alignment, size_t bytes) {
  void *found = memalign(alignment, bytes);
  if (found == NULL) return ENOMEM;
  *block = found;
  return 0;
}

void free(void *block) {
  live -= block != NULL;
  __libc_free(block);
}

static spk_context *context;
static spk_device *device;
static spk_model *model, *loaded;
static spk_session *session;

#define TRY(call)                                        \
  do {                                                   \
    spk_status try_status = (call);                      \
    if (try_status != SPK_OK) return try_status;         \
  } while (0)

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

int main(void) {
  static char output[4096];
  setvbuf(stdout, output, _IOLBF, sizeof output); /* printing allocates nothing */
  int done = 0;
  for (long number = 1; !done; number++) {
    long before = live;
    made = 0;
    failing = number;
    spk_status status = scenario();
    int reached = made >= number;
    const char *sentence = spk_context_message(context);
    done = status == SPK_OK && !reached;
    if (!done && !CHECK(status == SPK_ERROR_NO_MEMORY && sentence[0] != 0)) {
      printf("  allocation %ld: \"%s\", \"%s\"\n", number, spk_status_string(status), sentence);
    }
    close_all();
    failing = 0;
    /* The first round that comes past it makes what the process keeps, as the table of handles. */
    if (number > 1 && !CHECK(live <= before)) printf("  allocation %ld: %ld blocks are left\n", number, live - before);
    if (done) printf("%ld allocations failed, one at a time\n", number - 1);
    if (!CHECK(done || reached)) break; /* an earlier failure is still felt */
  }
  return check_tally();
}
