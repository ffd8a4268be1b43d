#define _POSIX_C_SOURCE 200809L
#include "learn_picture.h"

#include <errno.h>
#include <string.h>

#include "chart.h"

int learn_picture_write(const learn_picture *scene, const learner *one, classifier_result *result,
                        const char *data_name, const char *path) {
  static const char *const names[LEARNER_LANES] = {"input", "hidden", "output"};
  static const double shares[LEARNER_LANES] = {0.42, 0.32, 0.26};
  chart_lane lanes[LEARNER_LANES];
  chart picture;
  char text[200];
  for (int i = 0; i < LEARNER_LANES; i++)
    lanes[i] = (chart_lane){names[i], one->populations[i], one->neurons[i], shares[i], i == 2 ? scene->label : -1};
  snprintf(text, sizeof text, "%s, %zu samples learnt on line, test accuracy %.4f", data_name, one->seen,
           (double)result->right / (double)result->count);
  if (chart_open(&picture, path, 1080, 960, "A spiking network learns digits", text)) {
    fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
    return 1;
  }
  chart_digit(&picture, (chart_box){964, 24, 76, 76}, scene->image);
  chart_raster(&picture, (chart_box){90, 140, 430, 340}, "Before learning", lanes, LEARNER_LANES,
               scene->before.events, scene->before.count, scene->ticks);
  chart_raster(&picture, (chart_box){610, 140, 430, 340}, "After learning: the same input spikes", lanes,
               LEARNER_LANES, scene->after.events, scene->after.count, scene->ticks);
  snprintf(text, sizeof text, "Answers to %zu test digits", result->count);
  chart_confusion(&picture, (chart_box){90, 590, 380, 310}, text, result->confusion);
  chart_curve curve = {"", one->point_samples, one->point_accuracy, one->point_count, 0};
  chart_curves(&picture, (chart_box){620, 590, 420, 310}, "Learning curve", "samples", "frozen, 500 test digits",
               &curve, 1);
  if (chart_close(&picture) == 0) return 0;
  fprintf(stderr, "%s: could not be written to its end\n", path);
  return 1;
}
