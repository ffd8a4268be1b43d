/* What the benchmarks share: the end of a program whose call fails, a clock, medians, and the table of what was measured. */
#ifndef BENCHMARKS_MEASURE_H
#define BENCHMARKS_MEASURE_H

#include <spikelet/spikelet.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Ends the program with the sentence of a call that failed. */
static inline void must(spk_status status) {
  if (status == SPK_OK) return;
  fprintf(stderr, "%s: %s\n", spk_status_string(status), spk_context_message(NULL));
  exit(1);
}

static inline double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Sorts the values. */
static inline double median(double *values, size_t count) {
  qsort(values, count, sizeof *values, ascending);
  return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

enum { MOST_LINES = 80 };

typedef enum bound { NO_BAR, AT_MOST, AT_LEAST } bound;

typedef struct measurement {
  char name[96];
  const char *unit;
  double value, bar;
  bound bound;
} measurement;

/* One table for all files of a program. */
__attribute__((weak)) measurement lines[MOST_LINES];
__attribute__((weak)) size_t line_count, missed;

/* Prints a line of the table; the bar is what the value has to keep to. */
static inline void report(const char *name, const char *detail, double value, const char *unit, bound bound, double bar) {
  if (line_count == MOST_LINES) exit(1);
  measurement *line = &lines[line_count++];
  int misses = (bound == AT_MOST && value > bar) || (bound == AT_LEAST && value < bar);
  snprintf(line->name, sizeof line->name, "%s%s", name, detail);
  line->unit = unit, line->value = value, line->bar = bar, line->bound = bound;
  missed += (size_t)misses;
  printf("%-58s %12.3f %-7s", line->name, value, unit);
  if (bound != NO_BAR) printf(" %s %g: %s", bound == AT_MOST ? "at most" : "at least", bar, misses ? "MISSED" : "met");
  printf("\n");
  fflush(stdout);
}

/* Writes the table to FOLDER/PROGRAM.json.
 * Returns 1 if a bar is missed or the file cannot be written, for main() to return. */
static inline int write_report(const char *folder, const char *program) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.json", folder, program);
  FILE *out = fopen(path, "w");
  if (out == NULL) return perror(path), 1;
  fputs("[\n", out);
  for (size_t i = 0; i < line_count; i++) {
    const measurement *m = &lines[i];
    fprintf(out, "  {\"name\": \"%s\", \"value\": %.6g, \"unit\": \"%s\"", m->name, m->value, m->unit);
    if (m->bound != NO_BAR) fprintf(out, ", \"%s\": %g", m->bound == AT_MOST ? "at_most" : "at_least", m->bar);
    fprintf(out, "}%s\n", i + 1 < line_count ? "," : "");
  }
  fputs("]\n", out);
  if (fclose(out) != 0) return perror(path), 1;
  if (missed > 0) fprintf(stderr, "%s: %zu bars missed\n", program, missed);
  return missed > 0;
}

#endif
