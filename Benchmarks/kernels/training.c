/* W5: learning digits by eRBP, 784-500-10, int16 masters, beside the same rule in C. */
#include "workloads.h"

#include "digits.h"
#include "draws.h"
#include <string.h>

enum { TRAINED = 200 };

typedef struct workload {
  digits_data digits;
  classifier *net;
  bench board;
  training_activity seen;
} workload;

static void run_yardstick(void *self) {
  workload *work = self;
  for (size_t i = 0; i < TRAINED; i++) yardstick_train(work->net, digits_image(&work->digits.train, i), work->digits.train.labels[i], &work->seen);
}

static void run_board(void *self) {
  workload *work = self;
  for (size_t i = 0; i < TRAINED; i++) {
    spk_presentation show = SPK_PRESENTATION_INIT;
    show.ticks = 32, show.label = work->digits.train.labels[i], show.flags = SPK_RUN_CLEAR | SPK_RUN_LEARN;
    show.intensities = digits_image(&work->digits.train, i), show.intensity_count = PIXELS;
    must(spk_session_present(work->board.session, &show, NULL));
  }
}

static void copy_weights(spk_model *model, const char *name, int16_t *to, size_t rows, size_t columns, size_t width) {
  uint32_t index;
  size_t count;
  int16_t *weights = room(rows * columns * sizeof *weights);
  must(spk_model_find_projection(model, name, &index));
  must(spk_model_get_weights(model, index, weights, rows * columns, &count));
  for (size_t i = 0; i < rows; i++) memcpy(to + i * width, weights + i * columns, columns * sizeof *to);
  free(weights);
}

static void make_board(workload *work) {
  uint32_t sizes[] = {PIXELS, HIDDEN, CLASSES};
  uint64_t state = 5;
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  options.layer_count = 3, options.layer_sizes = sizes;
  work->board = bench_create(8, 1024, 131072);
  must(spk_model_close(work->board.model));
  must(spk_model_build_erbp(work->board.context, &options, &work->board.model));
  work->net = room(sizeof *work->net);
  work->net->random = 88172645463325252;
  for (int i = 0; i < WIDE; i++) work->net->lanes[i] = (uint32_t)draw_bits(&state) | 1;
  copy_weights(work->board.model, "input-hidden1", work->net->first, PIXELS, HIDDEN, WIDE);
  copy_weights(work->board.model, "hidden1-output", work->net->last, HIDDEN, CLASSES, NARROW);
  copy_weights(work->board.model, "error+-hidden1", work->net->feedback, CLASSES, HIDDEN, WIDE);
  bench_open(&work->board);
}

/* Synapses that the board goes through in a pass. */
static double count_board(workload *work) {
  uint32_t hidden, input;
  double events = 0;
  static spk_event spikes[100000];
  must(spk_model_find_population(work->board.model, "input", &input));
  must(spk_model_find_population(work->board.model, "hidden1", &hidden));
  must(spk_session_record(work->board.session, input, 1));
  must(spk_session_record(work->board.session, hidden, 1));
  for (size_t i = 0; i < TRAINED; i++) {
    spk_presentation show = SPK_PRESENTATION_INIT;
    size_t count;
    show.ticks = 32, show.label = work->digits.train.labels[i], show.flags = SPK_RUN_CLEAR | SPK_RUN_LEARN;
    show.intensities = digits_image(&work->digits.train, i), show.intensity_count = PIXELS;
    must(spk_session_present(work->board.session, &show, NULL));
    must(spk_session_read_events(work->board.session, spikes, 100000, &count));
    for (size_t s = 0; s < count; s++) events += spikes[s].population == input ? HIDDEN : spikes[s].population == hidden ? CLASSES : 0;
  }
  must(spk_session_record(work->board.session, input, 0));
  must(spk_session_record(work->board.session, hidden, 0));
  return events;
}

void training_workload(int repeats, int argc, char **argv) {
  static const char *const name = "W5 learning of a digit, 784-500-10";
  workload work;
  char message[256];
  memset(&work, 0, sizeof work);
  if (digits_open(argc > 2 ? argv[2] : NULL, TRAINED, 1, 1, &work.digits, message, sizeof message) != 0) {
    fprintf(stderr, "kernels: %s\n", message);
    exit(1);
  }
  make_board(&work);
  side board = {NULL, run_board, &work, TRAINED}, yardstick = {NULL, run_yardstick, &work, TRAINED};
  double events = count_board(&work);
  memset(&work.seen, 0, sizeof work.seen);
  run_yardstick(&work);
  double others = work.seen.spikes[0] * HIDDEN + work.seen.spikes[1] * CLASSES;
  report(name, ", events", events / TRAINED, "", NO_BAR, 0);
  report(name, ", those of the board in the yardstick's", events / others, "", NO_BAR, 0);
  pair found = measure_pair(&board, &yardstick, repeats);
  report(name, ", samples a second", 1 / found.first, "", NO_BAR, 0);
  report(name, ", CPU time in the yardstick's", found.cpu_ratio, "", AT_MOST, 1.5);
  report(name, ", wall time in the yardstick's", found.wall_ratio, "", NO_BAR, 0);
  bench_close(&work.board);
  digits_free(&work.digits);
  free(work.net);
}
