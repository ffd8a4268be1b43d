#define _POSIX_C_SOURCE 200809L
#include "learner.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "try.h"

/* Finds stimulus and output by their roles; the lane between is "hidden1" if there is one, else the output again. */
static int find_layers(learner *one) {
  uint32_t populations, projections, found = 0;
  char name[64];
  TRY(one->context, spk_model_counts(one->model, &populations, &projections));
  for (uint32_t p = 0; p < populations; p++) {
    spk_population population = SPK_POPULATION_INIT;
    TRY(one->context, spk_model_get_population(one->model, p, &population, name));
    int lane = population.role == SPK_ROLE_STIMULUS ? 0 : population.role == SPK_ROLE_OUTPUT ? 2 : -1;
    if (strcmp(name, "hidden1") == 0) lane = 1;
    if (lane < 0) continue;
    one->populations[lane] = p;
    one->neurons[lane] = population.neuron_count;
    found |= 1U << lane;
  }
  if (!(found & 2)) {
    one->populations[1] = one->populations[2];
    one->neurons[1] = one->neurons[2];
  }
  if ((found & 5) == 5 && one->neurons[0] == DIGITS_PIXELS && one->neurons[2] == DIGITS_CLASSES) return 0;
  fprintf(stderr,
          "the model is no classifier of digits: it needs a stimulus population of %d neurons and an output population "
          "of %d\n",
          DIGITS_PIXELS, DIGITS_CLASSES);
  return 1;
}

int learner_open(learner *one, const spk_board_options *board) {
  spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  options.seed = one->seed;
  if (find_layers(one)) return 1;
  TRY(one->context, spk_device_open(one->context, "sim:", board, &one->device));
  TRY(one->context, spk_session_open(one->device, one->model, &options, &one->session));
  return 0;
}

int learner_close(learner *one) {
  TRY(one->context, spk_session_close(one->session));
  one->session = NULL;
  TRY(one->context, spk_device_close(one->device));
  one->device = NULL;
  return 0;
}

static int record_layers(learner *one, uint32_t on) {
  for (int lane = 0; lane < LEARNER_LANES; lane++)
    TRY(one->context, spk_session_record(one->session, one->populations[lane], on));
  return 0;
}

/* What is reported on the way: right answers among the last samples, and after how many to speak. */
typedef struct course {
  uint8_t right[LEARNER_WINDOW];
  size_t right_count, samples, point_step, line_step;
  double start;
  int terminal;
} course;

static int add_point(learner *one, const digits_set *check) {
  classifier_result result;
  size_t count = check->count < LEARNER_CHECKED ? check->count : LEARNER_CHECKED;
  TRY(one->context, classifier_test(one->session, check, count, LEARNER_TEST_TICKS, &result));
  one->point_samples[one->point_count] = (double)one->seen;
  one->point_accuracy[one->point_count++] = (double)result.right / (double)result.count;
  return 0;
}

static void report(learner *one, course *way) {
  size_t window = one->seen < LEARNER_WINDOW ? one->seen : LEARNER_WINDOW;
  double accuracy = (double)way->right_count / (double)window, speed = (double)one->seen / (one->seconds + 1e-9);
  int last = one->seen == way->samples;
  if (!last && one->seen % way->line_step != 0) return;
  printf("%s%zu of %zu samples, %.0f a second, running accuracy %.4f, %.0f s left  %s", way->terminal ? "\r" : "",
         one->seen, way->samples, speed, accuracy, (double)(way->samples - one->seen) / speed,
         way->terminal && !last ? "" : "\n");
  fflush(stdout);
}

static int train_in_order(learner *one, course *way, const digits_set *set, const digits_set *check, uint32_t *order,
                          const volatile sig_atomic_t *stop) {
  const classifier_schedule schedule = CLASSIFIER_SCHEDULE_INIT;
  while (one->seen < way->samples && !*stop) {
    size_t place = one->seen % set->count, slot = one->seen % LEARNER_WINDOW;
    uint32_t answer;
    if (place == 0) digits_shuffle(order, set->count, one->seed + one->seen);
    const uint8_t *image = digits_image(set, order[place]);
    uint8_t label = set->labels[order[place]];
    TRY(one->context,
        classifier_learn(one->session, &schedule, one->seen, way->samples, image, label, &answer));
    way->right_count -= way->right[slot];
    way->right[slot] = answer == label;
    way->right_count += way->right[slot];
    one->seen++;
    one->seconds = classifier_seconds() - way->start;
    report(one, way);
    int last = one->seen == way->samples;
    if ((last || one->seen % way->point_step == 0) && one->point_count < LEARNER_POINTS && add_point(one, check)) return 1;
  }
  if (*stop && one->seen < way->samples) printf("\nstopped after %zu samples\n", one->seen);
  return 0;
}

int learner_train(learner *one, const digits_set *set, const digits_set *check, size_t samples,
                  const volatile sig_atomic_t *stop) {
  course way = {.samples = samples, .start = classifier_seconds(), .terminal = isatty(STDOUT_FILENO)};
  way.point_step = (samples + 29) / 30;
  way.line_step = way.terminal ? 100 : (samples + 9) / 10;
  uint32_t *order = malloc(set->count * sizeof *order);
  if (!order) {
    fprintf(stderr, "not enough memory for an order of %zu samples\n", set->count);
    return 1;
  }
  int failed = train_in_order(one, &way, set, check, order, stop);
  free(order);
  return failed;
}

int learner_watch(learner *one, const uint8_t *image, uint32_t ticks, learner_spikes *spikes) {
  uint64_t learning, frozen;
  TRY(one->context, spk_session_ticks(one->session, &learning, &frozen));
  TRY(one->context, spk_session_set_ticks(one->session, learning, 0));
  if (record_layers(one, 1)) return 1;
  TRY(one->context, classifier_classify(one->session, image, ticks, NULL));
  TRY(one->context, spk_session_read_events(one->session, spikes->events, LEARNER_EVENTS, &spikes->count));
  if (record_layers(one, 0)) return 1;
  TRY(one->context, spk_session_set_ticks(one->session, learning, frozen));
  return 0;
}

int learner_compare(learner *one, learner *other, const digits_set *set, size_t count, uint32_t ticks, int *same) {
  learner_spikes *spikes = calloc(2, sizeof *spikes);
  int failed = !spikes;
  if (failed) fprintf(stderr, "not enough memory for the spikes of two presentations\n");
  *same = 1;
  for (size_t i = 0; i < count && !failed && *same; i++) {
    const uint8_t *image = digits_image(set, i);
    failed = learner_watch(one, image, ticks, &spikes[0]) || learner_watch(other, image, ticks, &spikes[1]);
    *same = !failed && spikes[0].count == spikes[1].count && spikes[0].count > 0 &&
            memcmp(spikes[0].events, spikes[1].events, spikes[0].count * sizeof(spk_event)) == 0;
  }
  free(spikes);
  return failed;
}
