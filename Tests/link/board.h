/* What every program of these tests does with Spikelet: a small classifier on a simulated board, taught for some lessons.
 * The digest says what came of it: it depends on the seed, and on nothing that is linked beside. */
#ifndef TESTS_LINK_BOARD_H
#define TESTS_LINK_BOARD_H

#include <spikelet/spikelet.h>

#include <stdio.h>

enum { BOARD_INPUTS = 24, BOARD_CLASSES = 4 };

typedef struct board {
  spk_context *context;
  spk_device *device;
  spk_model *model;
  spk_session *session;
} board;

static inline spk_status board_open(board *one, uint64_t seed) {
  const uint32_t layers[] = {BOARD_INPUTS, 16, BOARD_CLASSES};
  spk_erbp_options network = SPK_ERBP_OPTIONS_INIT;
  spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  spk_status status;
  network.layer_count = 3;
  network.layer_sizes = layers;
  network.seed = options.seed = seed;
  if ((status = spk_context_create(NULL, &one->context)) != SPK_OK) return status;
  if ((status = spk_device_open(one->context, "sim:", NULL, &one->device)) != SPK_OK) return status;
  if ((status = spk_model_build_erbp(one->context, &network, &one->model)) != SPK_OK) return status;
  return spk_session_open(one->device, one->model, &options, &one->session);
}

/* One lesson. Folds the winner, and at times a weight, into the digest. */
static inline spk_status board_teach(board *one, uint32_t lesson, uint32_t *digest) {
  uint8_t intensities[BOARD_INPUTS];
  int16_t weights[BOARD_INPUTS * 16];
  size_t count = 0;
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  spk_scores scores = SPK_SCORES_INIT;
  for (uint32_t i = 0; i < BOARD_INPUTS; i++) {
    intensities[i] = (uint8_t)(i % BOARD_CLASSES == lesson % BOARD_CLASSES ? 230 : 5 * i);
  }
  presentation.intensities = intensities;
  presentation.intensity_count = BOARD_INPUTS;
  presentation.label = (int32_t)(lesson % BOARD_CLASSES);
  presentation.flags |= SPK_RUN_LEARN;
  spk_status status = spk_session_present(one->session, &presentation, &scores);
  if (status == SPK_OK) {
    status = spk_session_read_weights(one->session, 0, weights, sizeof weights / sizeof weights[0], &count);
  }
  *digest = *digest * 16777619u ^ scores.best;
  for (size_t i = 0; i < count && status == SPK_OK; i++) *digest = *digest * 16777619u ^ (uint16_t)weights[i];
  return status;
}

static inline spk_status board_close(board *one) {
  spk_status status;
  if ((status = spk_session_close(one->session)) != SPK_OK) return status;
  if ((status = spk_model_close(one->model)) != SPK_OK) return status;
  if ((status = spk_device_close(one->device)) != SPK_OK) return status;
  return spk_context_close(one->context);
}

/* Teaches a board of its own; prints the sentence of what failed. */
static inline int board_digest(uint64_t seed, uint32_t lessons, uint32_t *digest) {
  board one = {NULL, NULL, NULL, NULL};
  spk_status status = board_open(&one, seed);
  *digest = 0;
  for (uint32_t lesson = 0; lesson < lessons && status == SPK_OK; lesson++) status = board_teach(&one, lesson, digest);
  if (status == SPK_OK) status = board_close(&one);
  if (status != SPK_OK) fprintf(stderr, "%s: %s\n", spk_status_string(status), spk_context_message(NULL));
  return status == SPK_OK;
}

#endif
