/* The accuracy table: each row learnt on line through the C interface, tested frozen, one JSON object a line. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "../examples/c/chart.h"
#include "accuracy_rows.h"

enum { MOST_RUNS = 128, VALIDATION = 10000, GENERATED_TRAIN = 60000, GENERATED_TEST = 10000, SHORT_COURSE = 20000 };

static const char usage[] =
    "accuracy: the accuracy table, a line of JSON for each run and each row's mean\n"
    "  --data DIR|generated  the default looks for MNIST first\n"
    "  --row NAME,…|all      A B C D A-feedback A-nearest A-gate (all)\n"
    "  --seeds N             runs of each row (3), from --first-seed N (1)\n"
    "  --validate            test on the last 10,000 training images, and never learn from them\n"
    "  --test N              test on the first N only\n"
    "  --curves FILE         learning curves, a line of JSON for each run\n"
    "  --picture FILE.svg    learning curves, drawn\n"
    "to try other settings: --layers N,N,… --samples N --passes N --shifts 0|1 --hidden-shift N --output-shift N\n"
    "  --gate N --feedback PERCENT --gain N --floor N --final-rate PERMILLE --ticks N --first-learning-tick N\n"
    "  --label-period N\n";

typedef struct choices {
  const char *data, *rows, *layers, *curves, *picture;
  long seeds, first_seed, validate, test, samples, passes, shifts, settings[SET_COUNT];
} choices;

/* All runs so far; static, since the curves of each are kept. */
static accuracy_run runs[MOST_RUNS];
static size_t run_count;

static long number(const char *name, const char *text, long low, long high) {
  char *end;
  errno = 0;
  long value = strtol(text, &end, 10);
  if (end != text && *end == '\0' && errno == 0 && value >= low && value <= high) return value;
  fprintf(stderr, "--%s: found \"%s\", expected a whole number from %ld to %ld\n", name, text, low, high);
  exit(2);
}

static choices read_choices(int argc, char **argv) {
  enum { FIRST_NUMBER = 256, FIRST_SETTING = 300 };
  static const struct option options[] = {
      {"data", 1, NULL, 'd'},
      {"row", 1, NULL, 'r'},
      {"layers", 1, NULL, 'l'},
      {"curves", 1, NULL, 'c'},
      {"picture", 1, NULL, 'p'},
      {"validate", 0, NULL, 'v'},
      {"help", 0, NULL, 'H'},
      {"seeds", 1, NULL, FIRST_NUMBER},
      {"first-seed", 1, NULL, FIRST_NUMBER + 1},
      {"test", 1, NULL, FIRST_NUMBER + 2},
      {"samples", 1, NULL, FIRST_NUMBER + 3},
      {"passes", 1, NULL, FIRST_NUMBER + 4},
      {"shifts", 1, NULL, FIRST_NUMBER + 5},
      {"hidden-shift", 1, NULL, FIRST_SETTING + SET_HIDDEN_SHIFT},
      {"output-shift", 1, NULL, FIRST_SETTING + SET_OUTPUT_SHIFT},
      {"gate", 1, NULL, FIRST_SETTING + SET_GATE},
      {"feedback", 1, NULL, FIRST_SETTING + SET_FEEDBACK},
      {"gain", 1, NULL, FIRST_SETTING + SET_GAIN},
      {"floor", 1, NULL, FIRST_SETTING + SET_FLOOR},
      {"final-rate", 1, NULL, FIRST_SETTING + SET_FINAL_RATE_PERMILLE},
      {"ticks", 1, NULL, FIRST_SETTING + SET_TICKS},
      {"first-learning-tick", 1, NULL, FIRST_SETTING + SET_FIRST_LEARNING_TICK},
      {"label-period", 1, NULL, FIRST_SETTING + SET_LABEL_PERIOD},
      {NULL, 0, NULL, 0}};
  choices made = {.rows = "all", .seeds = 3, .first_seed = 1, .shifts = -1};
  long *numbers[] = {&made.seeds, &made.first_seed, &made.test, &made.samples, &made.passes, &made.shifts};
  int option, index = 0;
  for (int i = 0; i < SET_COUNT; i++) made.settings[i] = -1;
  while ((option = getopt_long(argc, argv, "", options, &index)) != -1) switch (option) {
      case 'd': made.data = optarg; break;
      case 'r': made.rows = optarg; break;
      case 'l': made.layers = optarg; break;
      case 'c': made.curves = optarg; break;
      case 'p': made.picture = optarg; break;
      case 'v': made.validate = 1; break;
      case 'H': fputs(usage, stdout); exit(0);
      case '?': fputs(usage, stderr); exit(2);
      default: {
        long value = number(options[index].name, optarg, 0, 1000000);
        *(option >= FIRST_SETTING ? &made.settings[option - FIRST_SETTING] : numbers[option - FIRST_NUMBER]) = value;
      }
    }
  if (optind == argc) return made;
  fprintf(stderr, "found \"%s\", expected options only\n%s", argv[optind], usage);
  exit(2);
}

/* Whether a name is in a list with commas, or the list is "all". */
static int listed(const char *list, const char *name) {
  size_t length = strlen(name);
  if (strcmp(list, "all") == 0) return 1;
  for (const char *item = list; item; item = strchr(item, ',')) {
    if (*item == ',') item++;
    if (strncmp(item, name, length) == 0 && (item[length] == '\0' || item[length] == ',')) return 1;
  }
  return 0;
}

/* The row as it will run, with what the choices say otherwise. */
static accuracy_row adapt(const choices *made, accuracy_row row, const digits_set *train) {
  if (made->samples) row.samples = (uint32_t)made->samples;
  if (made->passes) row.passes = (uint32_t)made->passes;
  if (made->shifts >= 0) row.shifts = made->shifts != 0;
  if (row.samples > train->count) row.samples = (uint32_t)train->count;
  if (!made->layers) return row;
  char *rest = strdup(made->layers), *list = rest;
  row.layer_count = 0;
  for (char *item = strtok(rest, ","); item && row.layer_count < ROW_LAYERS; item = strtok(NULL, ","))
    row.layers[row.layer_count++] = (uint32_t)number("layers", item, 1, 1000000);
  free(list);
  return row;
}

static void print_start(const accuracy_row *row) {
  printf("{\"row\":\"%s\",\"network\":\"", row->name);
  for (uint32_t i = 0; i < row->layer_count; i++) printf("%s%u", i ? "-" : "", (unsigned)row->layers[i]);
  printf("\",\"storage\":\"%s\",\"samples\":%u,\"passes\":%u,\"shifts\":%s,\"ablation\":\"%s\",",
         row->storage == SPK_INT8 ? "int8" : "int16", (unsigned)row->samples, (unsigned)row->passes,
         row->shifts ? "true" : "false", row->ablation);
}

static int run_row(const choices *made, size_t index, const digits_set *train, const digits_set *test) {
  accuracy_row row = adapt(made, accuracy_rows[index], train);
  double sum = 0, lowest = 1, highest = 0;
  long done = 0;
  for (; done < made->seeds && run_count < MOST_RUNS; done++) {
    accuracy_run *run = &runs[run_count++];
    run->row = index;
    run->seed = (uint64_t)(made->first_seed + done);
    if (accuracy_run_row(&row, made->settings, train, test, run)) return 1;
    print_start(&row);
    printf("\"seed\":%llu,\"accuracy\":%.4f,\"seconds\":%.1f}\n", (unsigned long long)run->seed, run->accuracy,
           run->seconds);
    fflush(stdout);
    sum += run->accuracy;
    if (run->accuracy < lowest) lowest = run->accuracy;
    if (run->accuracy > highest) highest = run->accuracy;
  }
  if (done == 0) return 0;
  print_start(&row);
  printf("\"seeds\":%ld,\"mean\":%.4f,\"lowest\":%.4f,\"highest\":%.4f}\n", done, sum / (double)done, lowest, highest);
  return 0;
}

static int write_curves(const char *path) {
  FILE *file = fopen(path, "w");
  for (size_t r = 0; file && r < run_count; r++) {
    fprintf(file, "{\"row\":\"%s\",\"seed\":%llu,\"curve\":[", accuracy_rows[runs[r].row].name,
            (unsigned long long)runs[r].seed);
    for (size_t i = 0; i < runs[r].point_count; i++)
      fprintf(file, "%s[%.0f,%.4f]", i ? "," : "", runs[r].samples[i], runs[r].frozen[i]);
    fputs("]}\n", file);
  }
  if (file && fclose(file) == 0) return 0;
  fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
  return 1;
}

/* The curves of short or of long courses; a row has one colour, and its name once. */
static void draw_courses(chart *picture, chart_box box, const char *title, int is_short) {
  chart_curve curves[MOST_RUNS];
  size_t count = 0, last_row = SIZE_MAX;
  for (size_t r = 0; r < run_count; r++) {
    const accuracy_run *run = &runs[r];
    if ((run->samples[run->point_count - 1] <= SHORT_COURSE) != is_short) continue;
    const accuracy_row *row = &accuracy_rows[run->row];
    const char *name = run->row == last_row ? NULL : strcmp(row->ablation, "none") ? row->ablation : row->name;
    last_row = run->row;
    curves[count++] = (chart_curve){name, run->samples, run->frozen, run->point_count, (unsigned)run->row};
  }
  if (count) chart_curves(picture, box, title, "samples", "frozen accuracy, 500 test digits", curves, count);
}

static int draw_picture(const char *path, const char *data_name) {
  chart picture;
  if (chart_open(&picture, path, 1120, 520, "Learning curves of the accuracy table", data_name) == 0) {
    draw_courses(&picture, (chart_box){100, 130, 420, 320}, "Short courses", 1);
    draw_courses(&picture, (chart_box){650, 130, 420, 320}, "Long courses", 0);
    if (chart_close(&picture) == 0) return 0;
  }
  fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
  return 1;
}

int main(int argc, char **argv) {
  choices made = read_choices(argc, argv);
  digits_data data;
  char message[2048];
  if (digits_open(made.data, GENERATED_TRAIN, GENERATED_TEST, 1, &data, message, sizeof message)) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }
  digits_set train = data.train, test = data.test;
  if (made.validate) {
    size_t held_out = train.count < 2 * VALIDATION ? train.count / 2 : VALIDATION;
    train.count -= held_out;
    test = (digits_set){held_out, train.images + train.count * DIGITS_PIXELS, train.labels + train.count};
  }
  if (made.test && (size_t)made.test < test.count) test.count = (size_t)made.test;
  int failed = 0;
  for (size_t i = 0; i < accuracy_row_count && !failed; i++)
    if (listed(made.rows, accuracy_rows[i].name)) failed = run_row(&made, i, &train, &test);
  if (!failed && run_count == 0) failed = fprintf(stderr, "--row %s: no such row\n%s", made.rows, usage) != 0;
  if (!failed && made.curves) failed = write_curves(made.curves);
  if (!failed && made.picture) failed = draw_picture(made.picture, data.name);
  digits_free(&data);
  return failed;
}
