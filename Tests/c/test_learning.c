/* The main job in small: a classifier is built, learns, is stored, saved, loaded, and spikes again as before. */
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

enum { INPUTS = 20, HIDDEN = 12, CLASSES = 3, LESSONS = 400, TESTS = 60, CAPACITY = 8192 };

static spk_context *context;
static uint32_t draw = 1;

static uint32_t next_draw(void) {
  draw = draw * 1664525 + 1013904223;
  return draw >> 16;
}

/* A pattern of intensities: every third input is bright, the others are dim. */
static void pattern(uint32_t class, uint8_t intensities[INPUTS]) {
  for (uint32_t i = 0; i < INPUTS; i++) {
    intensities[i] = (uint8_t)(i % CLASSES == class ? 200 + next_draw() % 56 : next_draw() % 40);
  }
}

static spk_model *build(uint32_t storage) {
  const uint32_t layers[] = {INPUTS, HIDDEN, CLASSES};
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  spk_model *model = NULL;
  options.layer_count = 3;
  options.layer_sizes = layers;
  options.storage = storage;
  OK(context, spk_model_build_erbp(context, &options, &model));
  return model;
}

static size_t saved(spk_model *model, unsigned char **bytes) {
  size_t size = 0, again = 0;
  OK(context, spk_model_save_memory(model, NULL, 0, &size));
  *bytes = malloc(size);
  if (CHECK(*bytes != NULL)) OK(context, spk_model_save_memory(model, *bytes, size, &again));
  CHECK(again == size);
  return size;
}

static int same_bytes(spk_model *one, spk_model *other) {
  unsigned char *bytes[2];
  size_t sizes[2] = {saved(one, &bytes[0]), saved(other, &bytes[1])};
  int same = sizes[0] == sizes[1] && memcmp(bytes[0], bytes[1], sizes[0]) == 0;
  free(bytes[0]);
  free(bytes[1]);
  return same;
}

static uint32_t present(spk_session *session, const uint8_t *intensities, int32_t label, uint32_t flags) {
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  spk_scores scores = SPK_SCORES_INIT;
  presentation.intensities = intensities;
  presentation.intensity_count = INPUTS;
  presentation.label = label;
  presentation.flags = flags | SPK_RUN_CLEAR;
  OK(context, spk_session_present(session, &presentation, &scores));
  return scores.best;
}

static void learn(spk_session *session, uint32_t lessons) {
  uint8_t intensities[INPUTS];
  for (uint32_t i = 0; i < lessons; i++) {
    uint32_t class = next_draw() % CLASSES;
    pattern(class, intensities);
    present(session, intensities, (int32_t)class, SPK_RUN_LEARN);
  }
}

static uint32_t right_answers(spk_session *session) {
  uint8_t intensities[INPUTS];
  uint32_t right = 0;
  for (uint32_t i = 0; i < TESTS; i++) {
    pattern(i % CLASSES, intensities);
    right += present(session, intensities, -1, 0) == i % CLASSES;
  }
  return right;
}

/* The spikes of all populations during a frozen presentation with the draws of frozen tick 1,000. */
static size_t spikes(spk_session *session, spk_event events[CAPACITY]) {
  uint8_t intensities[INPUTS];
  size_t count = 0;
  draw = 5;
  pattern(1, intensities);
  for (uint32_t population = 0; population < 4; population++) OK(context, spk_session_record(session, population, 1));
  OK(context, spk_session_set_ticks(session, 0, 1000));
  present(session, intensities, -1, 0);
  OK(context, spk_session_read_events(session, events, CAPACITY, &count));
  return count;
}

static void files_keep_all(void) {
  spk_model *model = build(SPK_INT16_MASTER), *copy = NULL, *twin = build(SPK_INT16_MASTER);
  unsigned char *bytes;
  size_t size = saved(model, &bytes);
  OK(context, spk_model_load_memory(context, bytes, size, &copy));
  CHECK(same_bytes(model, copy));
  CHECK(same_bytes(model, twin));
  free(bytes);
  OK(context, spk_model_close(model));
  OK(context, spk_model_close(copy));
  OK(context, spk_model_close(twin));
}

/* Two models trained alike, but that one is tested in between: the weights are the same. */
static void tests_change_nothing(uint32_t storage) {
  spk_model *models[2];
  for (int tested = 0; tested < 2; tested++) {
    spk_device *device;
    spk_session *session;
    spk_model *before = build(storage);
    models[tested] = build(storage);
    OK(context, spk_device_open(context, test_locator(), NULL, &device));
    OK(context, spk_session_open(device, models[tested], NULL, &session));
    draw = 9;
    learn(session, 20);
    OK(context, spk_session_store(session, models[tested]));
    CHECK(!same_bytes(before, models[tested]));
    OK(context, spk_session_store(session, before));
    if (tested) right_answers(session);
    OK(context, spk_session_store(session, models[tested]));
    CHECK(same_bytes(before, models[tested]));
    draw = 10;
    learn(session, 20);
    OK(context, spk_session_store(session, models[tested]));
    CHECK(!same_bytes(before, models[tested]));
    OK(context, spk_session_close(session));
    OK(context, spk_model_close(before));
    OK(context, spk_device_close(device));
  }
  CHECK(same_bytes(models[0], models[1]));
  OK(context, spk_model_close(models[0]));
  OK(context, spk_model_close(models[1]));
}

static void learns_and_comes_back(uint32_t storage) {
  static spk_event before[CAPACITY], after[CAPACITY];
  char path[] = "/tmp/spikelet-XXXXXX";
  spk_model *model = build(storage), *loaded = NULL;
  spk_device *device;
  spk_session *session;
  OK(context, spk_device_open(context, test_locator(), NULL, &device));
  OK(context, spk_session_open(device, model, NULL, &session));
  draw = 1;
  learn(session, LESSONS);
  uint32_t right = right_answers(session);
  if (!CHECK(right >= TESTS - 2)) printf("  %u of %d answers are right\n", (unsigned)right, TESTS);
  OK(context, spk_session_store(session, model));
  size_t count = spikes(session, before);
  CHECK(count > 100 && count < CAPACITY);
  OK(context, spk_session_close(session));

  int file = mkstemp(path);
  if (!CHECK(file >= 0)) return;
  close(file);
  OK(context, spk_model_save_file(model, path));
  OK(context, spk_model_load_file(context, path, &loaded));
  CHECK(same_bytes(model, loaded));
  CHECK(unlink(path) == 0);
  OK(context, spk_session_open(device, loaded, NULL, &session));
  OK(context, spk_model_close(loaded));
  OK(context, spk_model_close(model));
  CHECK(spikes(session, after) == count && memcmp(before, after, count * sizeof before[0]) == 0);
  CHECK(right_answers(session) >= TESTS - 2);
  OK(context, spk_session_close(session));
  OK(context, spk_device_close(device));
}

int main(void) {
  OK(NULL, spk_context_create(NULL, &context));
  files_keep_all();
  tests_change_nothing(SPK_INT16_MASTER);
  tests_change_nothing(SPK_INT8);
  learns_and_comes_back(SPK_INT16_MASTER);
  learns_and_comes_back(SPK_INT8);
  OK(NULL, spk_context_close(context));
  return check_tally();
}
