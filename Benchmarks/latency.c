/* First numbers: how long a process takes to start with the library, how large the library is, and how long a
 * 784-100-10 classifier takes to learn from one sample.
 *
 *   latency FOLDER LIBRARY   prints a table, and writes FOLDER/latency.json
 */
#define _POSIX_C_SOURCE 200809L
#include "measure.h"

#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { PIXELS = 784, CLASSES = 10, PROCESS_RUNS = 50, LEARN_RUNS = 7, SAMPLES = 100, TICKS = 32, BURN_IN_TICKS = 8 };

extern char **environ;

static void write_model(const char *path) {
  spk_context *context;
  spk_model *model;
  uint32_t sizes[] = {PIXELS, 100, CLASSES};
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  options.layer_count = 3;
  options.layer_sizes = sizes;
  must(spk_context_create(NULL, &context));
  must(spk_model_build_erbp(context, &options, &model));
  must(spk_model_save_file(model, path));
  must(spk_model_close(model));
  must(spk_context_close(context));
}

/* What each started process does: opens a board, reads a model, closes both. */
static void open_and_close(const char *path) {
  spk_context *context;
  spk_device *device;
  spk_model *model;
  must(spk_context_create(NULL, &context));
  must(spk_device_open(context, "sim:", NULL, &device));
  must(spk_model_load_file(context, path, &model));
  must(spk_model_close(model));
  must(spk_device_close(device));
  must(spk_context_close(context));
}

/* Median time of a process of this program with one more argument, or with two, from its start to its end. */
static double process(const char *self, const char *task, const char *path) {
  double times[PROCESS_RUNS];
  char *arguments[] = {(char *)self, (char *)task, (char *)path, NULL, NULL};
  for (int i = 0; i < PROCESS_RUNS; i++) {
    pid_t child;
    int status;
    double start = seconds();
    if (posix_spawn(&child, self, NULL, NULL, arguments, environ) != 0 || waitpid(child, &status, 0) != child ||
        status != 0) {
      fprintf(stderr, "latency: \"%s %s %s\" did not end well\n", self, task, path);
      exit(1);
    }
    times[i] = (seconds() - start) * 1e3;
  }
  return median(times, PROCESS_RUNS);
}

/* Images of which a fifth of the pixels has ink, as handwritten digits have. */
static void draw_images(uint8_t *images) {
  uint32_t state = 1;
  for (size_t i = 0; i < (size_t)SAMPLES * PIXELS; i++) {
    state = state * 1664525u + 1013904223u;
    images[i] = (state >> 24) < 51 ? (uint8_t)(64 + (state >> 16) % 192) : 0;
  }
}

/* Median time of a sample, over passes of SAMPLES samples each. */
static double learn(const char *path, int learning) {
  static uint8_t images[SAMPLES * PIXELS];
  double times[LEARN_RUNS];
  spk_context *context;
  spk_device *device;
  spk_model *model;
  spk_session *session;
  draw_images(images);
  must(spk_context_create(NULL, &context));
  must(spk_device_open(context, "sim:", NULL, &device));
  must(spk_model_load_file(context, path, &model));
  must(spk_session_open(device, model, NULL, &session));
  for (int run = 0; run < LEARN_RUNS; run++) {
    double start = seconds();
    for (size_t i = 0; i < SAMPLES; i++) {
      spk_presentation presentation = SPK_PRESENTATION_INIT;
      presentation.ticks = TICKS;
      presentation.intensities = images + i * PIXELS;
      presentation.intensity_count = PIXELS;
      presentation.first_learning_tick = BURN_IN_TICKS;
      presentation.label = learning ? (int32_t)(i % CLASSES) : -1;
      presentation.flags = SPK_RUN_CLEAR | (learning ? SPK_RUN_LEARN : 0);
      must(spk_session_present(session, &presentation, NULL));
    }
    times[run] = (seconds() - start) * 1e3 / SAMPLES;
  }
  must(spk_session_close(session));
  must(spk_model_close(model));
  must(spk_device_close(device));
  must(spk_context_close(context));
  return median(times, LEARN_RUNS);
}

static double file_size(const char *path) {
  struct stat status;
  if (stat(path, &status) == 0) return (double)status.st_size;
  perror(path);
  exit(1);
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "--nothing") == 0) return spk_law_version() == 0;
  if (argc == 3 && strcmp(argv[1], "--open") == 0) {
    open_and_close(argv[2]);
    return 0;
  }
  if (argc != 3) {
    fputs("usage: latency FOLDER LIBRARY\n", stderr);
    return 2;
  }
  char model[4096];
  snprintf(model, sizeof model, "%s/latency.safetensors", argv[1]);
  write_model(model);
  report("process that only loads the library", "", process(argv[0], "--nothing", model), "ms", NO_BAR, 0);
  report("process that opens sim: and a 784-100-10 model", "", process(argv[0], "--open", model), "ms", NO_BAR, 0);
  report("library", "", file_size(argv[2]), "bytes", NO_BAR, 0);
  report("learning from one sample, 784-100-10, 32 ticks", "", learn(model, 1), "ms", NO_BAR, 0);
  report("frozen presentation, 784-100-10, 32 ticks", "", learn(model, 0), "ms", NO_BAR, 0);
  return write_report(argv[1], "latency");
}
