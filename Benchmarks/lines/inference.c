/* Classifies one image of 28 by 28 bytes from the standard input:  inference MODEL < IMAGE */
#include <spikelet/spikelet.h>
#include <stdio.h>

int main(int argc, char **argv) {
  static unsigned char image[784];
  spk_context *context;
  spk_device *board;
  spk_model *model;
  spk_session *session;
  spk_presentation show = SPK_PRESENTATION_INIT;
  spk_scores scores = SPK_SCORES_INIT;
  show.intensities = image;
  show.intensity_count = fread(image, 1, sizeof image, stdin);
  if (argc < 2 || spk_context_create(NULL, &context) || spk_device_open(context, "sim:", NULL, &board) ||
      spk_model_load_file(context, argv[1], &model) || spk_session_open(board, model, NULL, &session) ||
      spk_session_present(session, &show, &scores)) {
    fprintf(stderr, "%s\n", spk_context_message(NULL));
    return 1;
  }
  printf("class %u\n", (unsigned)scores.best);
  return spk_session_close(session) || spk_model_close(model) || spk_device_close(board) || spk_context_close(context);
}
