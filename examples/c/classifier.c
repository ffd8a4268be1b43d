#define _POSIX_C_SOURCE 200809L
#include "classifier.h"

#include <string.h>
#include <time.h>

spk_status classifier_learn(spk_session *session, const classifier_schedule *schedule, size_t seen, size_t total,
                            const uint8_t *image, uint8_t label, uint32_t *answer) {
  if (seen % CLASSIFIER_RATE_SAMPLES == 0) {
    double rate = 256 * (1 - (1 - schedule->final_rate) * (double)seen / (double)total);
    spk_status status = spk_session_set_rate(session, SPK_ALL, (uint32_t)(rate + 0.5));
    if (status != SPK_OK) return status;
  }
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  spk_scores scores = SPK_SCORES_INIT;
  presentation.ticks = schedule->ticks;
  presentation.intensities = image;
  presentation.intensity_count = DIGITS_PIXELS;
  presentation.label = label;
  presentation.label_period = schedule->label_period;
  presentation.first_learning_tick = schedule->first_learning_tick;
  presentation.flags = SPK_RUN_LEARN | SPK_RUN_CLEAR;
  spk_status status = spk_session_present(session, &presentation, &scores);
  if (status == SPK_OK) *answer = scores.best;
  return status;
}

spk_status classifier_classify(spk_session *session, const uint8_t *image, uint32_t ticks, spk_scores *scores) {
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  presentation.ticks = ticks;
  presentation.intensities = image;
  presentation.intensity_count = DIGITS_PIXELS;
  return spk_session_present(session, &presentation, scores);
}

spk_status classifier_test(spk_session *session, const digits_set *set, size_t count, uint32_t ticks,
                           classifier_result *result) {
  memset(result, 0, sizeof *result);
  for (size_t i = 0; i < count; i++) {
    spk_scores scores = SPK_SCORES_INIT;
    spk_status status = classifier_classify(session, digits_image(set, i), ticks, &scores);
    if (status != SPK_OK) return status;
    result->count++;
    result->right += scores.best == set->labels[i];
    if (scores.best < DIGITS_CLASSES) result->confusion[set->labels[i]][scores.best]++;
  }
  return SPK_OK;
}

double classifier_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
