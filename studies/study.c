#include "study.h"

#include <stdlib.h>
#include <string.h>

int study_begin(study *one, int argc, char **argv) {
  const char *locator = "sim:";
  memset(one, 0, sizeof *one);
  one->seeds = 3;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--short") == 0) {
      one->is_short = 1;
    } else if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc && atoi(argv[i + 1]) > 0) {
      one->seeds = (unsigned)atoi(argv[++i]);
    } else if (strcmp(argv[i], "--pictures") == 0 && i + 1 < argc) {
      one->pictures = argv[++i];
    } else if (argv[i][0] != '-') {
      locator = argv[i];
    } else {
      fprintf(stderr, "usage: %s [--seeds N] [--short] [--pictures FOLDER] [LOCATOR]\n", argv[0]);
      return 1;
    }
  }
  TRY(NULL, spk_context_create(NULL, &one->context));
  TRY(one->context, spk_device_open(one->context, locator, NULL, &one->device));
  return 0;
}

int study_end(study *one) {
  TRY(one->context, spk_device_close(one->device));
  TRY(NULL, spk_context_close(one->context));
  return 0;
}

void study_take(study_bar *bar, double value) {
  int is_worse = bar->at_least ? !(value >= bar->worst) : !(value <= bar->worst);
  if (bar->count++ == 0 || (!isnan(bar->worst) && is_worse)) bar->worst = value;
}

static int is_met(const study_bar *bar, double limit) {
  return bar->at_least ? bar->worst >= limit : bar->worst <= limit;
}

int study_judge(const char *name, const study_bar *bars, size_t count) {
  int missed = 0;
  for (size_t i = 0; i < count; i++) {
    const study_bar *bar = &bars[i];
    if (bar->count == 0) continue;
    printf("{\"bar\":\"%s\",\"of\":\"%s\",\"seeds\":%u,\"worst\":%.4f,\"%s\":%g,\"aim\":%g,\"met\":\"%s\"}\n", bar->name,
           name, bar->count, bar->worst, bar->at_least ? "at least" : "at most", bar->must, bar->aim,
           is_met(bar, bar->aim) ? "aim" : is_met(bar, bar->must) ? "must" : "no");
    missed += !is_met(bar, bar->must);
  }
  fflush(stdout);
  return missed;
}
