/* A classifier of touches that was trained on the host (docs/training.md, "Touches") meets what it was not trained for, and learns it on
 * the board: wires that were mixed up, a worn fingertip, new kinds of touch.
 *
 *   adapt_touch MODEL TOUCHES [--board LOCATOR] [--known N] [--touches N] [--seed N] [--picture FILE.svg]
 *
 * MODEL comes from `spikelet train classify --classes N`, TOUCHES from `spikelet samples classify`: three quarters to learn from, the rest to
 * test with. The defaults are sim: 6 2000 1.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "touch_learner.h"
#include "try.h"

enum { POINTS = 7, CHANGES = 3 };
static const uint32_t points[POINTS] = {0, 50, 100, 200, 500, 1000, 2000};
/* What the accuracy under each change must have gained in the end; in a short run, and after all points. */
static const double gains[2][CHANGES] = {{0.05, -0.05, 0.2}, {0.1, 0.02, 0.5}};

typedef struct settings {
  const char *model, *touches, *locator, *picture;
  uint32_t known, touch_count; /* kinds that the model was trained with; touches to learn from */
  uint64_t seed;
} settings;

/* Shares of right answers after as many touches as `points` says. */
typedef struct learning_curve {
  double x[POINTS], y[POINTS];
  size_t count;
} learning_curve;

/* What has changed, and how learning it went. */
typedef struct change {
  const char *name;
  fingertip finger;
  uint32_t first, last;         /* kinds that are tested under it */
  uint32_t kinds;               /* it is learnt from touches of kinds below this one */
  learning_curve after, before; /* accuracy under it, and as before it: on the new fingertip, of the known kinds */
} change;

/* The share of right answers to touches of kinds first .. last, as `finger` feels them. Nothing is learnt. */
static int test(touch_learner *one, const touch *list, size_t count, uint32_t first, uint32_t last,
                const fingertip *finger, double *share) {
  size_t right = 0, all = 0;
  for (size_t i = 0; i < count; i++) {
    touch_event felt[TOUCH_EVENTS];
    double scores[TOUCH_KINDS];
    uint32_t kind;
    if (list[i].kind < first || list[i].kind > last) continue;
    if (touch_learner_answer(one, felt, touch_feel(&list[i], finger, i, felt), scores, &kind)) return 1;
    right += kind == list[i].kind;
    all++;
  }
  *share = all ? (double)right / (double)all : 0;
  return 0;
}

/* Learns from touches until `learnt` has come to `goal`; `next` is the touch to go on with. The rate falls to a tenth. */
static int learn_until(touch_learner *one, const change *world, const settings *set, const touch *list, size_t count,
                       uint32_t goal, uint32_t *learnt, size_t *next) {
  while (*learnt < goal) {
    const touch *sample = &list[*next];
    touch_event felt[TOUCH_EVENTS];
    *next = (*next + 1) % count;
    if (sample->kind >= world->kinds) continue;
    TRY(one->context, spk_session_set_rate(one->session, SPK_ALL, 256 - 230 * *learnt / set->touch_count));
    if (touch_learner_learn(one, sample->kind, felt, touch_feel(sample, &world->finger, *learnt + 1000000, felt)))
      return 1;
    ++*learnt;
  }
  return 0;
}

static int adapt(touch_learner *one, spk_device *board, const settings *set, const touches *all, change *world) {
  const size_t test_count = all->count / 4, learn_count = all->count - test_count;
  const touch *tests = all->list + learn_count;
  const fingertip usual = fingertip_new();
  size_t next = 0;
  uint32_t learnt = 0;
  if (touch_learner_start(one, board, set->seed)) return 1;
  for (size_t i = 0; i < POINTS && points[i] <= set->touch_count; i++) {
    if (learn_until(one, world, set, all->list, learn_count, points[i], &learnt, &next) ||
        test(one, tests, test_count, world->first, world->last, &world->finger, &world->after.y[i]) ||
        test(one, tests, test_count, 0, set->known - 1, &usual, &world->before.y[i]))
      return 1;
    world->after.x[i] = world->before.x[i] = points[i];
    world->after.count = world->before.count = i + 1;
    printf("%s,%llu,%u,%.4f,%.4f\n", world->name, (unsigned long long)set->seed, (unsigned)points[i], world->after.y[i],
           world->before.y[i]);
    fflush(stdout);
  }
  return touch_learner_end(one);
}

static int draw(const change worlds[CHANGES], const char *path) {
  chart picture;
  if (chart_open(&picture, path, 1380, 470, "A trained network adapts on the board",
                 "Right answers to fresh touches, after as many touches were learnt from")) {
    fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
    return 1;
  }
  for (int i = 0; i < CHANGES; i++) {
    const learning_curve *after = &worlds[i].after, *before = &worlds[i].before;
    chart_curve curves[2] = {{"what has changed", after->x, after->y, after->count, 1},
                             {"what was trained on the host", before->x, before->y, before->count, 0}};
    chart_curves(&picture, (chart_box){90 + 440 * i, 120, 360, 270}, worlds[i].name, "touches", "right", curves, 2);
  }
  if (chart_close(&picture) == 0) return 0;
  fprintf(stderr, "%s: could not be written to its end\n", path);
  return 1;
}

/* Prints what was gained. @return 0 if it is enough */
static int judge(const change worlds[CHANGES], int is_whole) {
  int missed = 0;
  for (int i = 0; i < CHANGES; i++) {
    double gained = worlds[i].after.y[worlds[i].after.count - 1] - worlds[i].after.y[0];
    missed += gained < gains[is_whole][i];
    printf("%s%s %+.4f", i ? ", " : "gained: ", worlds[i].name, gained);
  }
  printf("%s\n", missed ? ": too little" : "");
  return missed;
}

/* @return 0 if the command line is wrong */
static int read_settings(int argc, char **argv, settings *set) {
  *set = (settings){argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : NULL, "sim:", NULL, 6, 2000, 1};
  if (argc < 3 || argc % 2 == 0) return 0;
  for (int i = 3; i < argc; i += 2) {
    if (!strcmp(argv[i], "--board")) set->locator = argv[i + 1];
    else if (!strcmp(argv[i], "--picture")) set->picture = argv[i + 1];
    else if (!strcmp(argv[i], "--known")) set->known = (uint32_t)atoi(argv[i + 1]);
    else if (!strcmp(argv[i], "--touches")) set->touch_count = (uint32_t)atoi(argv[i + 1]);
    else if (!strcmp(argv[i], "--seed")) set->seed = strtoull(argv[i + 1], NULL, 10);
    else return 0;
  }
  return set->known >= 1 && set->known < TOUCH_KINDS && set->touch_count >= 1;
}

int main(int argc, char **argv) {
  settings set;
  touch_learner one;
  touches all;
  spk_context *context;
  spk_device *board;
  int end = 0;
  if (!read_settings(argc, argv, &set))
    return fprintf(stderr, "usage: adapt_touch MODEL TOUCHES [--board LOCATOR] [--known 1..7] [--touches N] [--seed N] "
                           "[--picture FILE.svg]\n"), 2;
  change worlds[CHANGES] = {
      {.name = "wires", .finger = fingertip_rewired(set.seed), .first = 0, .last = set.known - 1, .kinds = set.known},
      {.name = "wear", .finger = fingertip_worn(set.seed), .first = 0, .last = set.known - 1, .kinds = set.known},
      {.name = "new kinds", .finger = fingertip_new(), .first = set.known, .last = TOUCH_KINDS - 1, .kinds = TOUCH_KINDS}};
  if (touches_read(&all, set.touches)) return 1;
  TRY(NULL, spk_context_create(NULL, &context));
  TRY(context, spk_device_open(context, set.locator, NULL, &board));
  if (touch_learner_load(&one, context, set.model)) return 1;
  printf("change,seed,touches,accuracy under it,accuracy as before it\n");
  for (int i = 0; i < CHANGES && !end; i++) end = adapt(&one, board, &set, &all, &worlds[i]);
  if (end || (set.picture && draw(worlds, set.picture))) return 1;
  touches_free(&all);
  TRY(context, spk_model_close(one.model));
  TRY(context, spk_device_close(board));
  TRY(NULL, spk_context_close(context));
  return judge(worlds, set.touch_count >= points[POINTS - 1]) != 0;
}
