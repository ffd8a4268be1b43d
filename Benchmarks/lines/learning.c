/* Builds a classifier of images of 28 by 28 bytes, learns from samples of a label byte and an image each, and saves it:
 * learning MODEL < SAMPLES */
#include <spikelet/spikelet.h>
#include <stdio.h>

int main(int argc, char **argv) {
  static unsigned char sample[785];
  spk_context *context;
  spk_device *board;
  spk_model *model;
  spk_session *session;
  spk_erbp_options network = SPK_ERBP_OPTIONS_INIT;
  spk_presentation show = SPK_PRESENTATION_INIT;
  network.layer_sizes = (uint32_t[]){784, 100, 10};
  network.layer_count = 3;
  show.ticks = 32;
  show.flags = SPK_RUN_CLEAR | SPK_RUN_LEARN;
  show.intensities = sample + 1;
  show.intensity_count = sizeof sample - 1;
  int failed = argc < 2 || spk_context_create(NULL, &context) || spk_device_open(context, "sim:", NULL, &board) ||
               spk_model_build_erbp(context, &network, &model) || spk_session_open(board, model, NULL, &session);
  while (!failed && fread(sample, sizeof sample, 1, stdin) == 1) {
    show.label = sample[0];
    failed = spk_session_present(session, &show, NULL) != SPK_OK;
  }
  if (failed || spk_session_store(session, model) || spk_model_save_file(model, argv[1])) {
    fprintf(stderr, "%s\n", spk_context_message(NULL));
    return 1;
  }
  return spk_session_close(session) || spk_model_close(model) || spk_device_close(board) || spk_context_close(context);
}
