/* Learns digits on line on a simulated board, tests the network, and saves and loads what was learnt. */
#define _POSIX_C_SOURCE 200809L
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "baselines.h"
#include "learn_picture.h"
#include "learner.h"
#include "placement.h"
#include "try.h"

enum { TEST_TICKS = LEARNER_TEST_TICKS, REPLAYED_DIGITS = 20, LINEAR_EPOCHS = 10 };

typedef struct settings {
  const char *data, *model, *save, *picture;
  size_t samples, test;
  uint32_t hidden, storage;
  uint64_t seed;
} settings;

static const char usage[] =
    "learn_digits: a spiking network learns digits on a simulated board\n"
    "  --data DIR|generated   MNIST in IDX files, or drawn digits; the default looks for MNIST first\n"
    "  --samples N            samples to learn from (all of MNIST, 20000 drawn ones)\n"
    "  --hidden N             hidden neurons (100)\n"
    "  --test N               test digits (2000)\n"
    "  --seed N               of weights, draws and order (1)\n"
    "  --storage int8|int16   how weights are stored (int16)\n"
    "  --model FILE           start from this model instead of a new network\n"
    "  --save FILE            keep what was learnt\n"
    "  --picture FILE.svg     draw spikes, answers and the learning curve\n";

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
  (void)number;
  interrupted = 1;
}

/* A whole number in low .. high, or an end with a sentence. */
static uint64_t number(const char *name, const char *text, uint64_t low, uint64_t high) {
  char *end;
  unsigned long long value = strtoull(text, &end, 10);
  if (*text >= '0' && *text <= '9' && *end == '\0' && value >= low && value <= high) return value;
  fprintf(stderr, "--%s: found \"%s\", expected a whole number from %llu to %llu\n", name, text,
          (unsigned long long)low, (unsigned long long)high);
  exit(2);
}

static settings read_settings(int argc, char **argv) {
  static const struct option options[] = {
      {"data", 1, NULL, 'd'},    {"samples", 1, NULL, 'n'}, {"hidden", 1, NULL, 'h'}, {"test", 1, NULL, 't'},
      {"seed", 1, NULL, 's'},    {"storage", 1, NULL, 'w'}, {"model", 1, NULL, 'm'},  {"save", 1, NULL, 'o'},
      {"picture", 1, NULL, 'p'}, {"help", 0, NULL, 'H'},    {NULL, 0, NULL, 0}};
  settings set = {.hidden = 100, .storage = SPK_INT16_MASTER, .seed = 1};
  int option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) switch (option) {
      case 'd': set.data = optarg; break;
      case 'n': set.samples = (size_t)number("samples", optarg, 1, 10000000); break;
      case 'h': set.hidden = (uint32_t)number("hidden", optarg, 1, 65536); break;
      case 't': set.test = (size_t)number("test", optarg, 1, 1000000); break;
      case 's': set.seed = number("seed", optarg, 0, UINT64_MAX); break;
      case 'w':
        set.storage = strcmp(optarg, "int8") == 0 ? SPK_INT8 : SPK_INT16_MASTER;
        if (set.storage == SPK_INT8 || strcmp(optarg, "int16") == 0) break;
        fprintf(stderr, "--storage: found \"%s\", expected int8 or int16\n", optarg);
        exit(2);
      case 'm': set.model = optarg; break;
      case 'o': set.save = optarg; break;
      case 'p': set.picture = optarg; break;
      case 'H': fputs(usage, stdout); exit(0);
      default: fputs(usage, stderr); exit(2);
    }
  if (optind == argc) return set;
  fprintf(stderr, "found \"%s\", expected options only\n%s", argv[optind], usage);
  exit(2);
}

/* A place for a file that is gone at the end. */
static int temporary_path(char *path, size_t size) {
  const char *folder = getenv("TMPDIR");
  snprintf(path, size, "%s/learn_digits_XXXXXX", folder ? folder : "/tmp");
  int file = mkstemp(path);
  if (file >= 0) return close(file);
  perror(path);
  return 1;
}

/* Builds a network, saves it, and loads it from its file; or loads the model that was asked for. */
static int make_model(const settings *set, learner *one) {
  if (set->model) {
    TRY(one->context, spk_model_load_file(one->context, set->model, &one->model));
    return 0;
  }
  uint32_t sizes[] = {DIGITS_PIXELS, set->hidden, DIGITS_CLASSES};
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  options.layer_count = 3;
  options.layer_sizes = sizes;
  options.seed = set->seed;
  options.storage = set->storage;
  if (set->storage == SPK_INT8) options.rounding = SPK_ROUND_STOCHASTIC;
  char path[1024];
  spk_model *built;
  if (temporary_path(path, sizeof path)) return 1;
  TRY(one->context, spk_model_build_erbp(one->context, &options, &built));
  spk_status saved = spk_model_save_file(built, path);
  if (saved == SPK_OK) saved = spk_model_load_file(one->context, path, &one->model);
  unlink(path);
  TRY(one->context, saved);
  TRY(one->context, spk_model_close(built));
  return 0;
}

/* Stores what was learnt, saves it, loads it into a second session, and compares the spikes of both. */
static int check_saved(const settings *set, learner *one, const spk_board_options *board, const digits_set *test) {
  learner other = {.context = one->context, .seed = one->seed};
  char path[1024];
  int same = 0;
  if (!set->save && temporary_path(path, sizeof path)) return 1;
  const char *file = set->save ? set->save : path;
  TRY(one->context, spk_session_store(one->session, one->model));
  spk_status saved = spk_model_save_file(one->model, file);
  if (saved == SPK_OK) saved = spk_model_load_file(one->context, file, &other.model);
  if (!set->save) unlink(path);
  TRY(one->context, saved);
  size_t count = test->count < REPLAYED_DIGITS ? test->count : REPLAYED_DIGITS;
  if (learner_open(&other, board) || learner_compare(one, &other, test, count, TEST_TICKS, &same)) return 1;
  if (learner_close(&other)) return 1;
  TRY(one->context, spk_model_close(other.model));
  printf("saved, loaded, same spikes: %s\n", same ? "yes" : "no");
  return !same;
}

static int learn(const settings *set, learner *one, digits_data *data, classifier_result *result) {
  static learn_picture scene;
  spk_board_options board = SPK_BOARD_OPTIONS_INIT;
  scene.image = digits_image(&data->test, 0);
  scene.label = data->test.labels[0];
  scene.ticks = TEST_TICKS;
  if (data->test.count > set->test) data->test.count = set->test;
  TRY(one->context, spk_context_create(NULL, &one->context));
  if (make_model(set, one)) return 1;
  TRY(one->context, placement_fit(one->model, &board));
  TRY(one->context, placement_print(one->model, &board));
  if (learner_open(one, &board) || learner_watch(one, scene.image, scene.ticks, &scene.before)) return 1;
  if (learner_train(one, &data->train, &data->test, set->samples, &interrupted)) return 1;
  TRY(one->context, classifier_test(one->session, &data->test, data->test.count, TEST_TICKS, result));
  if (check_saved(set, one, &board, &data->test)) return 1;
  if (learner_watch(one, scene.image, scene.ticks, &scene.after)) return 1;
  if (set->picture && learn_picture_write(&scene, one, result, data->name, set->picture)) return 1;
  if (learner_close(one)) return 1;
  TRY(one->context, spk_model_close(one->model));
  TRY(one->context, spk_context_close(one->context));
  return 0;
}

int main(int argc, char **argv) {
  settings set = read_settings(argc, argv);
  struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
  sigaction(SIGINT, &action, NULL);
  learner one = {.seed = set.seed};
  digits_data data;
  classifier_result result;
  char message[2048];
  if (digits_open(set.data, set.samples ? set.samples : 20000, set.test ? set.test : 2000, set.seed, &data, message,
                  sizeof message)) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }
  if (!set.samples) set.samples = data.train.count;
  if (!set.test) set.test = data.test.count;
  int failed = learn(&set, &one, &data, &result);
  if (!failed) {
    if (data.train.count > set.samples) data.train.count = set.samples;
    double accuracy = (double)result.right / (double)result.count;
    printf("\n  nearest class mean  %.4f\n", digits_nearest_mean(&data.train, &data.test));
    printf("  linear classifier   %.4f\n", digits_linear(&data.train, &data.test, LINEAR_EPOCHS, set.seed));
    printf("  spiking network     %.4f\n\n", accuracy);
    printf("%s: %zu samples learnt on line, %zu test digits\n", data.name, one.seen, result.count);
    printf("accuracy %.4f\n", accuracy);
  }
  digits_free(&data);
  return failed;
}
